//! What pages, lists and letters show of a journey: whose turn it is, how far it is, the picture of it.

pub mod calendar_file;
pub mod ecosystem;
pub mod example;
pub mod length;
pub mod names;
pub mod notices;
pub mod overview;
pub mod register;
pub mod sites;
mod story;
pub mod turns;
pub mod waits;
