//! Questions and answers: what a form asks, what is wrong with what was typed, and how it is read.

pub mod answers;
pub mod field;
pub mod questions;
pub mod read;
pub mod short;
pub mod waves;

pub use answers::{Answers, LONGEST, Problem, Problems};
pub use field::{Against, Choice, Field, FileRef, Kind, LONGEST_NAME, MOST_WAVES};
pub use questions::{Form, Part, Rule};
pub use read::{LONGEST_LINK, Named, NoDay, day, each_organisation, links, ods_code, organisations};
pub(crate) use read::{looks_like_email, numbered};
pub use waves::{Wave, waves};
