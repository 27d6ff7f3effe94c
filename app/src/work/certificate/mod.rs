//! The technical conformance certificate: issued when its gate holds, shown with its number and its facts.

pub mod page;
