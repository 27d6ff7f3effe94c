//! `/guidance`: texts that operators correct.

pub mod actions;
mod letters;
pub mod page;
