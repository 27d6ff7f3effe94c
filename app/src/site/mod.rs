//! Pages that belong to no task: accounts and organisations, messages, guidance, search, lists of journeys, the register of products.

pub mod guidance;
pub mod journeys;
pub mod messages;
pub mod people;
pub mod register;
pub mod search;
