//! The page of a task, which chooses among the kinds of work; all routes; the shell around every page.

mod looks;
pub mod routes;
pub mod shell;
pub mod task;
