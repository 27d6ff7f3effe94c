//! What runs in the browser. Each page works without it; an island only adds comfort and never owns the truth.

pub mod autosave;
pub mod count;
pub mod keys;
pub mod live;
pub mod names;
pub mod single_keys;
pub mod steps;
pub mod typed;
pub mod upload;

#[cfg(feature = "ssr")]
use leptos::{nonce::use_nonce, prelude::*};
#[cfg(feature = "ssr")]
use leptos_meta::Link;

#[cfg(feature = "ssr")]
use crate::islands::typed::TYPED;

/// The script that wakes the islands of a page. Pages without islands do not have it, and load no script at all. Both files
/// are named before the script runs, so that a slow line brings them side by side and not one after the other. Until then a line
/// of script marks each form in which something is typed ([`typed::TYPED`]).
#[cfg(feature = "ssr")]
#[component]
pub fn Wake() -> impl IntoView {
    let assets = crate::request::services::services().map(|s| s.assets).unwrap_or_default();
    let (js, wasm) = (format!("/pkg/{}", assets.js), format!("/pkg/{}", assets.wasm));
    let script = format!(
        "import('{js}').then(m=>m.default({{module_or_path:'{wasm}'}}).then(()=>{{m.hydrate();\
         document.querySelectorAll('leptos-island').forEach(e=>m[e.dataset.component]?.(e))}}))"
    );
    let typed = format!("addEventListener('input',e=>e.target.form?.setAttribute('{TYPED}',''))");
    (!assets.js.is_empty()).then(|| {
        view! {
            <Link rel="modulepreload" href=js />
            <Link rel="preload" as_="fetch" type_="application/wasm" crossorigin="anonymous" href=wasm />
            <script nonce=use_nonce()>{typed}</script>
            <script type="module" nonce=use_nonce()>
                {script}
            </script>
        }
    })
}
