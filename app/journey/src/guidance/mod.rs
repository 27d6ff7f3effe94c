//! What anybody may read: the handbook's pages, its glossary, the Spine explained, and the search over all of it.

pub mod corrections;
pub mod entries;
pub mod pages;
pub mod reading;
pub mod search;
pub mod sources;
pub mod spine;
