//! The process as published, and the plan that the opening of a journey chooses from it.

pub mod bound;
pub mod capability;
pub mod certificates;
pub mod check;
pub mod opening;
pub mod opening_form;
pub mod process;
pub mod read;
pub mod track;
