//! The kinds of work, each on the desk of its tasks; the page of a journey, the picture, the worklist.

pub mod agreement;
pub mod certificate;
pub mod conformance;
pub mod defects;
pub mod ecosystem;
pub mod end_users;
pub mod go_live;
pub mod journey;
pub mod live_runs;
pub mod organisations;
pub mod scal;
pub mod signatories;
pub mod start;
pub mod trace;
pub mod use_case;
pub mod worklist;
