//! A task's page: what it is, how it stands, and whatever its reader may do now. The use case and its review have
//! their own middles (`use_case`); everything around them is the same for every task.

pub mod actions;
pub mod again;
pub mod drafts;
pub mod files;
pub mod frame;
pub mod members;
pub mod page;
pub mod replies;
pub mod results;
pub mod review;
pub mod sent;
