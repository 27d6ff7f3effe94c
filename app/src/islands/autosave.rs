//! Keeps what is typed: a second after the last key, the form's words go to its draft. Says when, or that they did not.

use leptos::prelude::*;

/// "Saved 14:02" at the end of a form, kept true while typing. Without script the words of the last save stay. The form
/// holds hidden fields `journey`, `task`, `subject` and `version`.
#[cfg(feature = "ssr")]
pub fn autosaved(says: &str) -> AnyView {
    view! {
        <p class="gpc-saved" role="status">{says.to_owned()}</p>
        <Autosave />
    }
    .into_any()
}

/// Watches the form that has a `gpc-saved`. It has no arguments, so that pages load nothing that could read them.
#[island]
fn Autosave() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::watch();
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{FormData, Headers, HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit, Response, UrlSearchParams};

    /// Quiet time after the last key before a save.
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(900);

    pub fn watch() {
        let said = document().query_selector("form .gpc-saved").ok().flatten().and_then(|e| e.dyn_into::<HtmlElement>().ok());
        let Some(said) = said else { return };
        let form = said.closest("form").ok().flatten().and_then(|e| e.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let waiting: StoredValue<Option<TimeoutHandle>, LocalStorage> = StoredValue::new_local(None);
        let element = form.clone();
        let typed = Closure::<dyn FnMut()>::new(move || {
            if let Some(timer) = waiting.try_update_value(Option::take).flatten() {
                timer.clear();
            }
            let (form, said) = (element.clone(), said.clone());
            let timer = set_timeout_with_handle(move || spawn_local(save(form, said)), PAUSE);
            waiting.set_value(timer.ok());
        });
        let listener = typed.as_ref().unchecked_ref();
        if form.add_event_listener_with_callback("input", listener).is_ok() {
            typed.forget();
        }
    }

    async fn save(form: HtmlFormElement, said: HtmlElement) {
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
        // The same words again would be read out again by a screen reader.
        if said.text_content().as_deref() != Some(&text) {
            said.set_class_name(if ok { "gpc-saved" } else { "gpc-saved gpc-saved--no" });
            said.set_text_content(Some(&text));
        }
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
