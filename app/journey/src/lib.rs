//! The rules of GP Connect onboarding: what a journey is, what may happen next and who may do it.
//!
//! A journey is a stream of events (`event`), chained by digest. `journey` folds them into what is true now, on a process
//! that was published as data (`process`, lawful by `check`) for a plan chosen by a few answers (`opening`). `decide` lists
//! what a person may do and obeys the same list; `standing` is the one task machine; `turns` says whose turn it is, and `overview`
//! answers the other questions of a journey.
//! `form` asks and checks; `use_case`, `agreement` know what a complete one is; `conversation` who may read and say what
//! beside the ledger; `notices` how people hear of it; `text` makes one of what is typed or sent; `audit` tells all that is
//! wrong with a ledger. `port` is all that the rules ask of the world. Nothing here has a clock, randomness or IO: time and ids
//! are passed in.

pub mod actor;
pub mod agreement;
pub mod answering;
pub mod audit;
pub mod basis;
pub mod calendar;
pub mod certificate;
pub mod check;
pub mod claims;
pub mod command;
pub mod conflict;
pub mod conversation;
pub mod corrections;
pub mod decide;
pub mod ecosystem;
pub mod end_users;
pub mod event;
pub mod example;
pub mod form;
pub mod forms;
pub mod go_live;
pub mod guidance;
pub mod identity;
pub mod ids;
pub mod journey;
pub mod leaving;
pub mod members;
pub mod names;
pub mod notices;
pub mod opening;
pub mod overview;
pub mod people;
pub mod places;
pub mod port;
pub mod process;
pub mod provider;
pub mod results;
pub mod review;
pub mod scal;
pub mod search;
pub mod signing;
pub mod spine;
pub mod standing;
pub mod testing;
pub mod text;
pub mod turns;
pub mod use_case;
pub mod version;
