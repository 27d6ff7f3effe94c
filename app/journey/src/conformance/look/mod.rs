//! What each rule looks at, by where it looks.

pub mod address;
pub mod answer;
pub mod body;
pub mod headers;
pub mod people;
pub mod set;
pub mod token;
