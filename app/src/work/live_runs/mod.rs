//! Live runs: a supplier opens one, sends its product's requests to the address of it, and sees each rule pass or fail meanwhile.

pub mod actions;
pub mod answering;
pub mod capture;
pub mod from_file;
pub mod list;
mod look;
pub mod one;
pub mod one_request;
pub mod proofs;
pub(crate) mod rows;
pub mod seen;
