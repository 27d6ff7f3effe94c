//! The use case: described question by question, checked, submitted, reviewed with a finding per answer.

pub mod actions;
pub mod check;
pub mod form;
