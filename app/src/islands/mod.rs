//! What runs in the browser. Each page works without it; an island only adds comfort and never owns the truth.

pub mod autosave;
pub mod count;
pub mod keys;
pub mod live;
pub mod names;
pub mod single_keys;
pub mod steps;
pub mod upload;

#[cfg(feature = "ssr")]
use leptos::{nonce::use_nonce, prelude::*};
#[cfg(feature = "ssr")]
use leptos_meta::Link;

/// The script that wakes the islands of a page. Pages without islands do not have it, and load no script at all. Both files
/// are named before the script runs, so that a slow line brings them side by side and not one after the other.
#[cfg(feature = "ssr")]
#[component]
pub fn Wake() -> impl IntoView {
    let assets = crate::request::services::services().map(|s| s.assets).unwrap_or_default();
    let (js, wasm) = (format!("/pkg/{}", assets.js), format!("/pkg/{}", assets.wasm));
    let script = format!(
        "import('{js}').then(m=>m.default({{module_or_path:'{wasm}'}}).then(()=>{{m.hydrate();\
         document.querySelectorAll('leptos-island').forEach(e=>m[e.dataset.component]?.(e))}}))"
    );
    (!assets.js.is_empty()).then(|| {
        view! {
            <Link rel="modulepreload" href=js />
            <Link rel="preload" as_="fetch" type_="application/wasm" crossorigin="anonymous" href=wasm />
            <script type="module" nonce=use_nonce()>
                {script}
            </script>
        }
    })
}
