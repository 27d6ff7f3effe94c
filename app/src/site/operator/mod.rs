//! What operators do: accounts and organisations, the audit, emails that have not gone, how the service is.

pub mod asked;
pub mod audit;
pub mod desk;
pub mod emails;
pub mod entries;
pub mod forms;
pub mod letters;
pub mod merge;
pub mod organisations;
pub mod people;
pub mod person;
pub mod person_actions;
pub mod second_step;
