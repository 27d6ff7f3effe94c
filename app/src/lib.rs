//! The Leptos app: shell, pages, actions. Pages are drawn on the server; only islands hydrate. Nothing here has a path
//! to SQL, and no page decides a rule: that is `journey`.
//!
//! Modules in the order of a journey: `start` and `people` (who), `overview` (a journey), `tasks` and `use_case` (its
//! work), `messages` (what is said about it),
//! `worklist` (who reviews). Around them `shell`, `routes`, `page`, `post` (the only write path), `flash`.

#![recursion_limit = "256"]
#![cfg_attr(feature = "ssr", expect(missing_docs, reason = "the macros of Leptos make public fields of documented arguments"))]

pub mod islands;

#[cfg(feature = "ssr")]
pub mod act;
#[cfg(feature = "ssr")]
pub mod base;
#[cfg(feature = "ssr")]
pub mod design;
#[cfg(feature = "ssr")]
pub mod desk;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
pub mod site;
#[cfg(feature = "ssr")]
pub mod top;
#[cfg(feature = "ssr")]
pub mod work;
