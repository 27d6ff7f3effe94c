//! Single keys for people who go through many rows: a link or button with `data-key` is followed when its key is pressed
//! outside a field. They can be switched off (WCAG 2.1.4), and the choice is remembered in this browser.

use leptos::prelude::*;

/// The list of keys with the switch. Without script there are no keys, and the line is not shown.
#[island]
pub fn SingleKeys() -> impl IntoView {
    let on = RwSignal::new(true);
    let awake = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    browser::watch(on, awake);
    let toggle = move |_| {
        on.update(|on| *on = !*on);
        #[cfg(feature = "hydrate")]
        browser::remember(on.get_untracked());
    };
    view! {
        <p class="gpc-key" hidden=move || !awake.get()>
            {move || if on.get() { "Keys: J next row, K previous row, A accept, C request a change, Escape back to the list. " } else { "Single keys are off. " }}
            <button type="button" class="gpc-linkbutton" on:click=toggle>
                {move || if on.get() { "Turn keys off" } else { "Turn keys on" }}
            </button>
        </p>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{HtmlElement, KeyboardEvent};

    const REMEMBERED: &str = "gpc-keys";

    pub fn watch(on: RwSignal<bool>, awake: RwSignal<bool>) {
        let remembered = window().local_storage().ok().flatten().and_then(|s| s.get_item(REMEMBERED).ok().flatten());
        // After the server's page was taken over as it is: what differs from it is set when that is done.
        Effect::new(move |_| {
            on.set(remembered.as_deref() != Some("off"));
            awake.set(true);
        });
        let pressed = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
            let held = event.ctrl_key() || event.alt_key() || event.meta_key();
            let typing = document().active_element().is_some_and(|e| {
                matches!(e.tag_name().as_str(), "TEXTAREA" | "SELECT")
                    || e.tag_name() == "INPUT" && !matches!(e.get_attribute("type").as_deref(), Some("radio" | "checkbox"))
            });
            let escape = event.key() == "Escape";
            if held || !on.get_untracked() || (typing && !escape) || event.default_prevented() {
                return;
            }
            let key = if escape { event.key() } else { event.key().to_lowercase() };
            if !key.chars().all(|c| c.is_ascii_alphanumeric()) {
                return;
            }
            let found = document().query_selector(&format!("[data-key=\"{key}\"]")).ok().flatten();
            if let Some(element) = found.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
                event.prevent_default();
                element.click();
                let _ = element.focus();
            }
        });
        if window().add_event_listener_with_callback("keydown", pressed.as_ref().unchecked_ref()).is_ok() {
            pressed.forget();
        }
    }

    pub fn remember(on: bool) {
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(REMEMBERED, if on { "on" } else { "off" });
        }
    }
}
