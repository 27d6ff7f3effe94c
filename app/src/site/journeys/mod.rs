//! Journeys in lists: all of them, a new one, the history of one.

pub mod actions;
pub mod history;
pub mod list;
pub mod new;
