//! Results of the provider test suites, read from the reports they write: JUnit XML, TRX and Cucumber JSON
//! (domain/testing.md §4).

pub mod json;
pub mod matched;
pub mod read;
pub mod rows;
pub mod scripts;
pub mod xml;

pub use read::read;
pub use rows::{Area, Count, FIELD, LONGEST, MOST, MOST_ROWS, Outcome, Rerun, Row, Run, compare, reads, totals};
