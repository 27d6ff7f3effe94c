//! What is wrong with a request that was captured, rule by rule.

pub mod claims;
pub mod report;
pub mod request;

#[cfg(test)]
mod tests;
