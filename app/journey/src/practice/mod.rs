//! A practice that is not there: what Spine's proxy and the system of a practice would answer to a request, out of synthetic data
//! (domain/spine.md, domain/testing.md §5 to §7). A supplier sends the requests of its product to a live run, each is checked and
//! answered here, and what came of it is kept. Nothing is forwarded to anybody.
//!
//! What a request changes in the practice is a [`state::Change`]; the practice is made anew from the changes of its run, so that
//! nothing about it is stored twice.

pub mod answer;
mod appointments;
pub mod ask;
mod booking;
pub mod certificate;
pub mod directory;
mod documents;
pub mod exchange;
mod foundations;
pub mod from_file;
mod outcome;
pub mod people;
pub mod proof;
pub mod record;
mod refuse;
pub mod run;
pub mod seam;
mod sections;
mod slots;
pub mod state;
mod structured;
pub mod trace;
pub mod with_run;

#[cfg(test)]
mod tests;
