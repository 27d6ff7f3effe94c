//! Captured requests held against the rules of the specification (domain/spine.md §10): each rule is one entry of the
//! [`catalogue`] with a function of its own, [`check`] asks all of them, [`capture`] reads what people have (HAR, raw HTTP, curl,
//! Postman), [`mask`] takes out what must not be kept. Nothing here accepts evidence by itself: it tells sender and reviewer
//! what to look at first.

pub mod capture;
pub mod catalogue;
pub mod check;
pub mod exchange;
pub mod found;
pub mod hidden;
pub mod look;
pub mod mask;
pub mod numbers;
pub mod plain;
pub mod reading;
pub mod report;
pub mod rule;
pub mod told;

#[cfg(test)]
mod tests;
