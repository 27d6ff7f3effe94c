//! How many characters are left, while somebody writes. Without script the limit stands below the field, and the server counts.

use leptos::prelude::*;

/// Keeps the counts of a page true. One on a page.
#[cfg(feature = "ssr")]
pub fn characters_left() -> AnyView {
    view! {
        <p class="nhsuk-u-visually-hidden" role="status" data-left></p>
        <Count />
    }
    .into_any()
}

/// Watches every field that says what its limit is.
#[island]
fn Count() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::watch();
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Event, HtmlTextAreaElement};

    /// A screen reader is told when nothing was typed for so long.
    const PAUSE: Duration = Duration::from_secs(1);

    pub fn watch() {
        let waiting: StoredValue<Option<TimeoutHandle>, LocalStorage> = StoredValue::new_local(None);
        // Fields that come later, such as those of a row that is opened, are counted too.
        let typed = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let field = event.target().and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
            let Some(words) = field.and_then(|field| count(&field)) else { return };
            if let Some(timer) = waiting.try_update_value(Option::take).flatten() {
                timer.clear();
            }
            let told = move || {
                if let Ok(Some(said)) = document().query_selector("[data-left]") {
                    said.set_text_content(Some(&words));
                }
            };
            waiting.set_value(set_timeout_with_handle(told, PAUSE).ok());
        });
        if document().add_event_listener_with_callback("input", typed.as_ref().unchecked_ref()).is_ok() {
            typed.forget();
        }
    }

    /// Says it below the field.
    fn count(field: &HtmlTextAreaElement) -> Option<String> {
        let line = document().get_element_by_id(&format!("{}-limit", field.id()))?;
        let max: usize = line.get_attribute("data-max")?.parse().ok()?;
        let typed = field.value().chars().count();
        let some = |count: usize| if count == 1 { "1 character".to_owned() } else { format!("{count} characters") };
        let words = match max.checked_sub(typed) {
            Some(left) => format!("You have {} left", some(left)),
            None => format!("You have {} too many. The limit is {max}.", some(typed - max)),
        };
        line.set_text_content(Some(&words));
        Some(words)
    }
}
