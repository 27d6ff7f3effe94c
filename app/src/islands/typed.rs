//! How a form says that something was typed in it before the islands of its page were awake.

/// Attribute of a form in which something was typed.
pub const TYPED: &str = "data-typed";
