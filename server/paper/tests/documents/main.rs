//! Documents, looked at from outside.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod hostile;
mod reader;
mod samples;
mod seal;
mod structure;
