//! Captured requests held against the rules of the specification: the rules for everybody, and a page that checks what is pasted.

pub mod check;
pub mod rules;
