//! The technical conformance certificate: issued when its gate holds, shown with its number and its facts, and checked by
//! anybody who has the number.

pub mod page;
pub mod validity;
pub mod verify;
