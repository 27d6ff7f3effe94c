//! One request: who asks, what the service can do for them, what is said to them next.

pub mod flash;
pub mod ledger;
pub mod pasted;
pub mod said;
pub mod services;
pub mod visitor;
