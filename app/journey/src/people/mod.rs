//! Accounts, roles and passwords: who may keep the people of an organisation, and how.

pub mod operators;
pub mod passwords;
pub mod rules;
pub mod second_steps;
