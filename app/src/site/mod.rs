//! Pages that belong to no task: accounts and organisations, messages, guidance, search, lists of journeys.

pub mod guidance;
pub mod journeys;
pub mod messages;
pub mod people;
pub mod search;
