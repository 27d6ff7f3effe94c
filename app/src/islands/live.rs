//! Keeps an open page true: when its journey changes, the parts that are marked `data-live` are fetched again and put in
//! place. Forms are never touched; where one has become stale, the page says so and the reader decides.

use leptos::prelude::*;

/// Listens for as long as the page is open where changes are announced, such as `/live/worklist`. One on a page; [`Wake`]
/// goes with it. What changed after the page was asked for is heard as well.
///
/// [`Wake`]: super::Wake
#[cfg(feature = "ssr")]
pub fn live_at(path: &str) -> AnyView {
    let listen = format!("{path}?after={}", crate::request::visitor::drawn());
    view! {
        <div data-listen=listen>
            <p class="nhsuk-u-visually-hidden" role="status"></p>
            <p class="gpc-stale" role="status"></p>
            <Live />
        </div>
    }
    .into_any()
}

/// Says once, to everybody, when the page was brought up to date. What it says into stands beside it, so that nothing has to be
/// taken over when it wakes.
#[island]
fn Live() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::listen();
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Document, DomParser, Element, EventSource, HtmlElement, HtmlInputElement, Response, SupportedType};

    /// Several changes within this time are one.
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(250);

    pub fn listen() {
        let told = document().query_selector("[data-listen]").ok().flatten();
        let path = told.and_then(|told| told.get_attribute("data-listen"));
        let Some(source) = path.and_then(|path| EventSource::new(&path).ok()) else { return };
        let waiting: StoredValue<Option<TimeoutHandle>, LocalStorage> = StoredValue::new_local(None);
        let changed = Closure::<dyn FnMut()>::new(move || {
            if let Some(timer) = waiting.try_update_value(Option::take).flatten() {
                timer.clear();
            }
            waiting.set_value(set_timeout_with_handle(move || spawn_local(refresh()), PAUSE).ok());
        });
        if source.add_event_listener_with_callback("changed", changed.as_ref().unchecked_ref()).is_ok() {
            changed.forget();
        }
    }

    async fn refresh() {
        // Whatever goes wrong, the page stays as it is: the next change tries again.
        let Ok(fresh) = fetch().await else { return };
        let parts = document().query_selector_all("[data-live]");
        let mut replaced = false;
        if let Ok(parts) = parts {
            for at in 0..parts.length() {
                if let Some(part) = parts.get(at).and_then(|part| part.dyn_into::<Element>().ok()) {
                    replaced |= replace(&part, &fresh);
                }
            }
        }
        if seen(&document()) != seen(&fresh)
            && seen(&document()).is_some()
            && let Some(stale) = find("[data-listen] > .gpc-stale")
        {
            stale.set_inner_html(STALE);
        }
        if replaced && let Some(said) = find("[data-listen] > [role=status]") {
            // The same words twice would not be read out twice.
            let again = said.text_content().as_deref() == Some(UPDATED);
            said.set_text_content(Some(if again { UPDATED_AGAIN } else { UPDATED }));
        }
    }

    fn find(selector: &str) -> Option<Element> {
        document().query_selector(selector).ok().flatten()
    }

    const UPDATED_AGAIN: &str = "This page has been updated. ";
    const STALE: &str = "This has changed since you opened the page. <a href=\"\">Load it again</a> to see it. \
                         If you are writing, save first or copy your words.";
    const UPDATED: &str = "This page has been updated.";

    async fn fetch() -> Result<Document, JsValue> {
        let address = window().location().href()?;
        let response: Response = JsFuture::from(window().fetch_with_str(&address)).await?.dyn_into()?;
        // Signed out, or the journey is not theirs any more: the page they have says nothing new.
        if !response.ok() || response.redirected() {
            return Err(JsValue::NULL);
        }
        let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)
    }

    /// Puts the fresh words of a part in place. Somebody who writes in it is left alone; whoever stands on a link of it
    /// stands on the same link afterwards.
    fn replace(part: &Element, fresh: &Document) -> bool {
        let name = part.get_attribute("data-live").unwrap_or_default();
        let Ok(Some(new)) = fresh.query_selector(&format!("[data-live=\"{name}\"]")) else { return false };
        let html = new.inner_html();
        if html == part.inner_html() {
            return false;
        }
        let focused = document().active_element().filter(|element| part.contains(Some(element)));
        if focused.as_ref().is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")) {
            return false;
        }
        let link = focused.and_then(|element| element.get_attribute("href"));
        part.set_inner_html(&html);
        let again = link.and_then(|to| part.query_selector(&format!("a[href=\"{to}\"]")).ok().flatten());
        if let Some(element) = again.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            drop(element.focus());
        }
        true
    }

    /// The last event of the task that the forms of a page know of.
    fn seen(document: &Document) -> Option<String> {
        let field = document.query_selector("main input[name=seen]").ok().flatten()?;
        field.dyn_into::<HtmlInputElement>().ok().map(|field| field.value())
    }
}
