//! Steps of a sequence, one shown at a time. Every step is a link and every panel is on the page already; this only
//! shows another one without a new page, and plays them.

use leptos::prelude::*;

/// "Play" and "Pause" for the nearest `data-steps`; takes the clicks on its `data-to` links.
#[cfg(feature = "ssr")]
#[component]
pub fn Steps() -> impl IntoView {
    view! {
        <p class="gpc-play"></p>
        <p class="nhsuk-u-visually-hidden" role="status" data-said></p>
        <StepsAwake />
    }
}

/// Puts the button in its place.
#[island]
fn StepsAwake() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::take();
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::Cell, rc::Rc, time::Duration};

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{Element, HtmlElement, MouseEvent};

    /// How long a step is shown while they play: long enough to read its first sentences.
    const PACE: Duration = Duration::from_secs(5);

    const BUTTON: &str =
        "<button type=\"button\" class=\"nhsuk-button nhsuk-button--secondary nhsuk-button--small\">Play the steps</button>";

    /// Whether they play, and the button that says so.
    #[derive(Clone)]
    struct Playing(Rc<Cell<bool>>, Element);

    impl Playing {
        fn set(&self, on: bool) {
            self.0.set(on);
            self.1.set_text_content(Some(if on { "Pause" } else { "Play the steps" }));
        }
    }

    pub fn take() {
        let Ok(Some(root)) = document().query_selector("[data-steps]") else { return };
        let Ok(Some(place)) = document().query_selector(".gpc-play") else { return };
        place.set_inner_html(BUTTON);
        let Some(button) = place.first_element_child() else { return };
        let playing = Playing(Rc::default(), button.clone());
        let turned = playing.clone();
        let pressed = Closure::<dyn FnMut()>::new(move || turned.set(!turned.0.get()));
        drop(button.add_event_listener_with_callback("click", pressed.as_ref().unchecked_ref()));
        pressed.forget();
        let (listened, stopped) = (root.clone(), playing.clone());
        let clicked = Closure::<dyn FnMut(MouseEvent)>::new(move |event: MouseEvent| {
            let plain = event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let link = target.and_then(|element| element.closest("a[data-to]").ok().flatten());
            let Some(link) = link.filter(|_| plain) else { return };
            event.prevent_default();
            stopped.set(false);
            show(&listened, &link.get_attribute("data-to").unwrap_or_default(), true);
        });
        if root.add_event_listener_with_callback("click", clicked.as_ref().unchecked_ref()).is_ok() {
            clicked.forget();
        }
        let tick = move || {
            if !playing.0.get() {
                return;
            }
            let now = shown(&root);
            let last = root.query_selector_all("[data-panel]").map(|all| all.length()).unwrap_or(0);
            if now < last {
                show(&root, &(now + 1).to_string(), false);
            }
            if now + 1 >= last {
                playing.set(false);
            }
        };
        drop(set_interval_with_handle(tick, PACE));
    }

    fn say(words: &str) {
        if let Ok(Some(said)) = document().query_selector("[data-said]") {
            said.set_text_content(Some(words));
        }
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
    fn show(root: &Element, step: &str, by_hand: bool) {
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
                    Ok(heading) => say(&heading.text_content().unwrap_or_default()),
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
