//! The two sides of GP Connect that a product can be on.

/// The side of a product that uses GP Connect.
pub const CONSUMER: &str = "consumer";

/// The side of a product that opens the records it holds.
pub const PROVIDER: &str = "provider";
