//! The organisations that will use a product or lead its deployment: how they get a part in a journey.

pub mod actions;
pub mod check_import;
pub mod checks;
pub mod member_import;
pub mod member_list;
pub mod organisations;
pub mod queries;
pub mod reviewed;
pub mod wishes;
