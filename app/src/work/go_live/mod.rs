//! Go Live: what is done at each site before it is live, the sites themselves as they begin to use the product, early checks,
//! suspensions, and the conditions under which the product may go live.

pub mod actions;
pub mod conditions;
pub mod file;
pub mod import;
pub mod one_site;
pub mod planned;
pub mod sites;
