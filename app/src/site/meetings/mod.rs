//! Meetings of two sides, on a journey or on one of its tasks: proposed, answered, moved and cancelled, for calendars and in
//! emails. Who may do what is `journey::rule::meeting`.

pub mod actions;
pub mod file;
pub mod list;
pub mod new;
pub mod one;
pub mod tell;
pub mod words;
