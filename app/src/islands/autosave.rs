//! Keeps what is typed: a second after the last key, the form's words go to its draft. Says when, or that they did not.

use leptos::prelude::*;

/// "Saved 14:02" under a form, kept true while typing. Without script the words of the last save stay.
#[island]
pub fn Autosave(
    /// The form's id. It holds hidden fields `journey`, `task`, `subject` and `version`.
    form: String,
    /// What to say before anything is typed.
    says: String,
) -> impl IntoView {
    let said = RwSignal::new(says);
    let failed = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    browser::watch(form, said, failed);
    #[cfg(not(feature = "hydrate"))]
    let _ = form;
    view! {
        <p class="gpc-saved" class:gpc-saved--no=move || failed.get() role="status">
            {move || said.get()}
        </p>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{FormData, Headers, HtmlFormElement, HtmlInputElement, RequestInit, Response, UrlSearchParams};

    /// Quiet time after the last key before a save.
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(900);

    pub fn watch(form: String, said: RwSignal<String>, failed: RwSignal<bool>) {
        let Some(form) = document().get_element_by_id(&form).and_then(|e| e.dyn_into::<HtmlFormElement>().ok()) else { return };
        let waiting: StoredValue<Option<TimeoutHandle>, LocalStorage> = StoredValue::new_local(None);
        let element = form.clone();
        let typed = Closure::<dyn FnMut()>::new(move || {
            if let Some(timer) = waiting.try_update_value(Option::take).flatten() {
                timer.clear();
            }
            let form = element.clone();
            let timer = set_timeout_with_handle(move || spawn_local(save(form, said, failed)), PAUSE);
            waiting.set_value(timer.ok());
        });
        let listener = typed.as_ref().unchecked_ref();
        if form.add_event_listener_with_callback("input", listener).is_ok() {
            typed.forget();
        }
    }

    async fn save(form: HtmlFormElement, said: RwSignal<String>, failed: RwSignal<bool>) {
        let answer = send(&form).await;
        // The answer is a JSON text: "version time" when it was saved, otherwise a sentence.
        let (ok, text) = match answer {
            Ok(text) => match text.split_once(' ').and_then(|(version, time)| version.parse::<u64>().ok().map(|v| (v, time))) {
                Some((version, time)) => {
                    set_version(&form, version);
                    (true, format!("Saved {time}"))
                }
                None => (false, text),
            },
            Err(_) => {
                (false, "Not saved. Your words are on this page only. They are tried again when you go on typing.".to_owned())
            }
        };
        // Announced by a screen reader when it changes to or from failure, not at every save.
        if failed.get_untracked() != !ok {
            failed.set(!ok);
        }
        said.set(text);
    }

    async fn send(form: &HtmlFormElement) -> Result<String, JsValue> {
        let data = FormData::new_with_form(form)?;
        let body = UrlSearchParams::new_with_str_sequence_sequence(&js_sys::Array::from(&data))?;
        let headers = Headers::new()?;
        headers.set("accept", "application/json")?;
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&body);
        init.set_headers(&headers);
        let response: Response =
            JsFuture::from(window().fetch_with_str_and_init("/do/draft/autosave", &init)).await?.dyn_into()?;
        if !response.ok() {
            return Err(JsValue::NULL);
        }
        let text = JsFuture::from(response.json()?).await?;
        text.as_string().ok_or(JsValue::NULL)
    }

    fn set_version(form: &HtmlFormElement, version: u64) {
        let field = form.query_selector("input[name=version]").ok().flatten().and_then(|e| e.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field {
            field.set_value(&version.to_string());
        }
    }
}
