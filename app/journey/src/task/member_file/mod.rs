//! Members of an end-user group as a file: a table that somebody keeps in a spreadsheet or gets out of another system
//! (domain/end_users.md §8). It is read as far as it can be: what spreadsheets do to codes is told by row and never guessed, and
//! nothing of a file reaches the list before somebody has seen each row and confirmed it.

pub mod checks;
pub mod columns;
pub mod judge;
pub mod people;
pub mod sites;
pub mod text;

pub use columns::{FileRow, MemberFile, RowFile};
pub use judge::{Judged, Verdict, judge};
