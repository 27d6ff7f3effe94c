//! Agreements and declarations: the parts are filled in, the words are shown, everybody signs in their order.

pub mod beside;
pub mod duties;
pub mod kept;
pub mod remind;
pub mod replace;
pub mod sign;
pub mod text;
