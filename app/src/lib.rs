//! The Leptos app: shell, pages, actions. Pages are drawn on the server; only islands hydrate. Nothing here has a path
//! to SQL, and no page decides a rule: that is `journey`.
//!
//! Modules in layers, each naming only those before it: `base` (words, days, what stops a page), `request` (who asks, the services,
//! what is said once), `islands` (what runs in a browser), `design` (components), `act` (reading and writing journeys), `site` (pages
//! that need no task), `desk` (what every task's page has), `work` (the parts of a journey), `top` (routes, the document, the page of
//! a task). `xtask/tests/layers.rs` holds them to it.

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

/// Wakes the islands of a page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
