//! The rules of GP Connect onboarding: what a journey is, what may happen next and who may do it. Nothing here has a clock,
//! randomness or IO: time and ids are passed in.
//!
//! Each folder names only folders that stand above it in this list (`xtask/tests/layers.rs` says where one does not):
//!
//! - [`base`]: ids, days, people and roles, versions;
//! - [`form`]: questions, what is wrong with an answer, how what was typed is read;
//! - [`people`]: accounts, roles, passwords;
//! - [`plan`]: the process as published, and the plan that a few answers choose from it;
//! - [`catalogue`]: the rows of the SCAL, in their editions;
//! - [`ledger`]: the events of a journey, chained by digest, what they make true, and the one task machine;
//! - [`task`]: what each task asks;
//! - [`rule`]: what a person may do, and what comes of it; `decide` lists and obeys the same;
//! - [`scal`]: the work on a SCAL, for those who answer it and those who judge it;
//! - [`view`]: whose turn it is, how far a journey is, what people hear of it;
//! - [`guidance`]: what anybody may read;
//! - [`conformance`]: captured requests held against the rules of the specification;
//! - [`practice`]: a practice that is not there, for products to send requests to;
//! - [`port`]: all that the rules and the pages ask of the database.

pub mod base;
pub mod catalogue;
pub mod conformance;
pub mod form;
pub mod guidance;
pub mod ledger;
pub mod people;
pub mod plan;
pub mod port;
pub mod practice;
pub mod rule;
pub mod scal;
pub mod task;
pub mod view;
