//! Agreements and declarations: the parts are filled in, the words are shown, everybody signs in their order.

pub mod kept;
pub mod sign;
pub mod text;
