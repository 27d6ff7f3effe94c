//! Live runs: a supplier opens one, sends its product's requests to the address of it, and sees each rule pass or fail meanwhile.

pub mod actions;
pub mod list;
mod look;
pub mod one;
pub mod one_request;
pub mod seen;
