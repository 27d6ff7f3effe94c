//! A journey as people see it: the list, opening one, its page with the four questions, its history.

pub mod actions;
pub mod history;
pub mod journey;
pub mod list;
pub mod new;
pub mod words;
