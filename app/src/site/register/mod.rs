//! The register of products, for anybody: which product is assured for what, how its certificate stands and where it is live.

pub mod asked;
pub mod list;
pub mod one;
