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
pub mod agreement;
#[cfg(feature = "ssr")]
pub mod certificate;
#[cfg(feature = "ssr")]
pub mod design;
#[cfg(feature = "ssr")]
pub mod ecosystem;
#[cfg(feature = "ssr")]
pub mod end_users;
#[cfg(feature = "ssr")]
pub mod flash;
#[cfg(feature = "ssr")]
pub mod go_live;
#[cfg(feature = "ssr")]
pub mod guidance;
#[cfg(feature = "ssr")]
pub mod halt;
#[cfg(feature = "ssr")]
pub mod letters;
#[cfg(feature = "ssr")]
pub mod messages;
#[cfg(feature = "ssr")]
pub mod organisations;
#[cfg(feature = "ssr")]
pub mod overview;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod people;
#[cfg(feature = "ssr")]
pub mod post;
#[cfg(feature = "ssr")]
pub mod remembered;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod scal;
#[cfg(feature = "ssr")]
pub mod search;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod start;
#[cfg(feature = "ssr")]
pub mod tasks;
#[cfg(feature = "ssr")]
pub mod use_case;
#[cfg(feature = "ssr")]
pub mod visitor;
#[cfg(feature = "ssr")]
pub mod worklist;

/// Wakes the islands of a page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
