//! Words that everything else is written in: ids, days, people and roles, editions and versions.

pub mod actor;
pub mod calendar;
pub mod edition;
pub mod environment;
pub mod fault;
pub mod fold;
pub mod identity;
pub mod ids;
pub(crate) mod named;
pub mod ods;
pub mod places;
pub mod text;
pub mod version_order;
