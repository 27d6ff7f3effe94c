//! What runs in the browser. Each page works without it; an island only adds comfort and never owns the truth.

pub mod autosave;
pub mod keys;
pub mod live;
pub mod single_keys;
pub mod steps;
pub mod upload;

#[cfg(feature = "ssr")]
use leptos::{nonce::use_nonce, prelude::*};

/// The script that wakes the islands of a page. Pages without islands do not have it, and load no script at all.
#[cfg(feature = "ssr")]
#[component]
pub fn Wake() -> impl IntoView {
    let assets = crate::services::services().map(|s| s.assets).unwrap_or_default();
    let script = format!(
        "import('/pkg/{js}').then(m=>m.default({{module_or_path:'/pkg/{wasm}'}}).then(()=>{{m.hydrate();\
         document.querySelectorAll('leptos-island').forEach(e=>m[e.dataset.component]?.(e))}}))",
        js = assets.js,
        wasm = assets.wasm,
    );
    (!assets.js.is_empty()).then(|| view! { <script type="module" nonce=use_nonce()>{script}</script> })
}
