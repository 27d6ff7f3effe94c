//! Single keys for people who go through many rows: a link or button with `data-key` is followed when its key is pressed
//! outside a field, and `data-then` names what has the cursor afterwards. They can be switched off (WCAG 2.1.4), and the choice is
//! remembered in this browser. A key that is held with Ctrl works in fields too.

use leptos::prelude::*;

/// The list of keys with the switch: what they do stands in `children`. Without script there are no keys, and nothing is shown.
#[cfg(feature = "ssr")]
#[component]
pub fn SingleKeys(
    /// A line for each key.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="gpc-key" hidden>
            <details class="nhsuk-details">
                <summary class="nhsuk-details__summary" data-key="?">
                    <span class="nhsuk-details__summary-text">"Keys"</span>
                </summary>
                <div class="nhsuk-details__text">{children()}</div>
            </details>
            <span class="gpc-key__on">
                <span></span>
                <button type="button" class="gpc-linkbutton"></button>
            </span>
        </div>
        <SingleKeysAwake />
    }
}

/// Shows the list, and follows the keys.
#[island]
fn SingleKeysAwake() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::watch();
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::Cell, rc::Rc};

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Element, HtmlElement, KeyboardEvent};

    const REMEMBERED: &str = "gpc-keys";

    pub fn watch() {
        let Some(list) = document().query_selector(".gpc-key").ok().flatten() else { return };
        let remembered = window().local_storage().ok().flatten().and_then(|s| s.get_item(REMEMBERED).ok().flatten());
        let on = Rc::new(Cell::new(remembered.as_deref() != Some("off")));
        drop(list.remove_attribute("hidden"));
        tell(&list, on.get());
        let (switch, told) = (on.clone(), list.clone());
        let turned = Closure::<dyn FnMut()>::new(move || {
            switch.set(!switch.get());
            remember(switch.get());
            tell(&told, switch.get());
        });
        if let Ok(Some(button)) = list.query_selector(".gpc-key__on button") {
            drop(button.add_event_listener_with_callback("click", turned.as_ref().unchecked_ref()));
        }
        turned.forget();
        let pressed = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
            let typing = document().active_element().is_some_and(|e| {
                matches!(e.tag_name().as_str(), "TEXTAREA" | "SELECT")
                    || e.tag_name() == "INPUT" && !matches!(e.get_attribute("type").as_deref(), Some("radio" | "checkbox"))
            });
            let Some(key) = name_of(&event, typing, on.get()) else { return };
            let found = document().query_selector(&format!("[data-key=\"{key}\"]")).ok().flatten();
            if let Some(element) = found.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
                event.prevent_default();
                element.click();
                let then = element.get_attribute("data-then").and_then(|id| document().get_element_by_id(&id));
                let _ = then.and_then(|then| then.dyn_into().ok()).unwrap_or(element).focus();
            }
        });
        if window().add_event_listener_with_callback("keydown", pressed.as_ref().unchecked_ref()).is_ok() {
            pressed.forget();
        }
    }

    /// What a key is called in `data-key`: nothing for a key that is not meant for the page.
    fn name_of(event: &KeyboardEvent, typing: bool, on: bool) -> Option<String> {
        if event.alt_key() || event.default_prevented() {
            return None;
        }
        let key = event.key();
        if event.ctrl_key() || event.meta_key() {
            // Nothing of the browser's own is taken, and no single key is meant, so the switch is not asked.
            return (key == "Enter").then(|| "Ctrl+Enter".to_owned());
        }
        let single = key == "Escape" || key == "?" || (key.len() == 1 && key.chars().all(|c| c.is_ascii_alphanumeric()));
        let meant = on && single && (!typing || key == "Escape");
        meant.then(|| if key == "Escape" { key } else { key.to_ascii_lowercase() })
    }

    /// Says whether keys are on, and what the button does.
    fn tell(list: &Element, on: bool) {
        let (says, does) =
            if on { ("Press ? for the list. ", "Turn keys off") } else { ("Single keys are off. ", "Turn keys on") };
        for (selector, words) in [(".gpc-key__on span", says), (".gpc-key__on button", does)] {
            if let Ok(Some(element)) = list.query_selector(selector) {
                element.set_text_content(Some(words));
            }
        }
    }

    fn remember(on: bool) {
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(REMEMBERED, if on { "on" } else { "off" });
        }
    }
}
