//! How a request to GP Connect is made, step by step, and what is looked at in one.

pub mod formats;
pub mod interactions;
pub mod steps;
pub mod token;
pub mod worked;
