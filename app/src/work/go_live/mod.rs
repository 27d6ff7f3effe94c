//! Go Live: the sites, recorded one by one as they begin to use the product.

pub mod actions;
pub mod sites;
