//! Steps of a sequence, one shown at a time. Every step is a link and every panel is on the page already; this only
//! shows another one without a new page, and plays them.

use leptos::prelude::*;

/// "Play" and "Pause" for the nearest `data-steps`; takes the clicks on its `data-to` links.
#[island]
pub fn Steps() -> impl IntoView {
    let ready = RwSignal::new(false);
    let playing = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    // Once the page is awake: what is drawn until then is what the server drew.
    Effect::new(move || browser::take(ready, playing, said));
    view! {
        <p class="gpc-play">
            {move || {
                ready
                    .get()
                    .then(|| {
                        view! {
                            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" on:click=move |_| playing.update(|on| *on = !*on)>
                                {move || if playing.get() { "Pause" } else { "Play the steps" }}
                            </button>
                        }
                    })
            }}
        </p>
        <p class="nhsuk-u-visually-hidden" role="status">
            {move || said.get()}
        </p>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{Element, HtmlElement, MouseEvent};

    /// How long a step is shown while they play: long enough to read its first sentences.
    const PACE: Duration = Duration::from_secs(5);

    pub fn take(ready: RwSignal<bool>, playing: RwSignal<bool>, said: RwSignal<String>) {
        let Ok(Some(root)) = document().query_selector("[data-steps]") else { return };
        let listened = root.clone();
        let clicked = Closure::<dyn FnMut(MouseEvent)>::new(move |event: MouseEvent| {
            let plain = event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let link = target.and_then(|element| element.closest("a[data-to]").ok().flatten());
            let Some(link) = link.filter(|_| plain) else { return };
            event.prevent_default();
            playing.set(false);
            show(&listened, &link.get_attribute("data-to").unwrap_or_default(), said, true);
        });
        if root.add_event_listener_with_callback("click", clicked.as_ref().unchecked_ref()).is_ok() {
            clicked.forget();
            ready.set(true);
        }
        let tick = move || {
            if !playing.get_untracked() {
                return;
            }
            let now = shown(&root);
            let last = root.query_selector_all("[data-panel]").map(|all| all.length()).unwrap_or(0);
            if now < last {
                show(&root, &(now + 1).to_string(), said, false);
            }
            if now + 1 >= last {
                playing.set(false);
            }
        };
        drop(set_interval_with_handle(tick, PACE));
    }

    fn shown(root: &Element) -> u32 {
        let panel = root.query_selector("[data-panel]:not([hidden])").ok().flatten();
        panel.and_then(|panel| panel.get_attribute("data-panel")).and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    fn each(root: &Element, selector: &str, act: impl Fn(&Element)) {
        let Ok(found) = root.query_selector_all(selector) else { return };
        for at in 0..found.length() {
            if let Some(element) = found.get(at).and_then(|node| node.dyn_into::<Element>().ok()) {
                act(&element);
            }
        }
    }

    /// Shows a step everywhere: in the picture, in the list, in the panels, and in the address.
    fn show(root: &Element, step: &str, said: RwSignal<String>, by_hand: bool) {
        each(root, "svg[data-step]", |svg| drop(svg.set_attribute("data-step", step)));
        each(root, "nav a[data-to]", |link| {
            let current = link.get_attribute("data-to").as_deref() == Some(step);
            drop(if current { link.set_attribute("aria-current", "step") } else { link.remove_attribute("aria-current") });
        });
        each(root, "[data-panel]", |panel| {
            let current = panel.get_attribute("data-panel").as_deref() == Some(step);
            drop(panel.toggle_attribute_with_force("hidden", !current));
            if let Ok(Some(heading)) = panel.query_selector("h2").map(|h| h.filter(|_| current)) {
                // A reader who chose is taken there; while they play only the words are said.
                match heading.dyn_into::<HtmlElement>() {
                    Ok(heading) if by_hand => drop(heading.focus()),
                    Ok(heading) => said.set(heading.text_content().unwrap_or_default()),
                    Err(_) => {}
                }
            }
        });
        let address = root.query_selector(&format!("nav a[data-to=\"{step}\"]")).ok().flatten();
        if let (Some(to), Ok(history)) = (address.and_then(|link| link.get_attribute("href")), window().history()) {
            let to = to.split('#').next().unwrap_or_default();
            drop(history.replace_state_with_url(&JsValue::NULL, "", Some(to)));
        }
    }
}
