//! Pages that belong to no task: accounts and organisations, messages, guidance, search, lists of journeys, the register of products, the daily
//! lists of heads.

pub mod guidance;
pub mod heads;
pub mod journeys;
pub mod meetings;
pub mod messages;
pub mod news;
pub mod operator;
pub mod people;
pub mod register;
pub mod seal;
pub mod search;
pub mod texts;
