//! Keeps what is typed: a second after the last key, and at once when the field, the page or the window is left, the form's
//! words go to its draft. Says when, or that they did not. One save follows the other, because each is over the version that
//! the one before made.

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

/// What a save while typing answers, as JSON.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Autosaved {
    /// The version of the draft that was made; none when nothing was saved.
    pub version: Option<u64>,
    /// What the person is told.
    pub says: String,
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
    use web_sys::{
        Event, EventTarget, FocusEvent, FormData, Headers, HtmlElement, HtmlFormElement, HtmlInputElement, RequestInit, Response,
        SubmitEvent, UrlSearchParams,
    };

    use crate::islands::typed::TYPED;

    /// Quiet time after the last key before a save.
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(900);

    /// Longest body that a browser sends on after the page is left.
    const LONGEST_LEFT: u32 = 60_000;

    /// What is known of the form.
    #[derive(Default)]
    struct Typing {
        /// Runs out when nothing was typed for a while.
        waiting: Option<TimeoutHandle>,
        /// Something was typed since the last save began.
        unsaved: bool,
        /// A save is under way.
        saving: bool,
        /// The form was sent meanwhile, by this button: it goes when the save is answered, so that it names the right version.
        sent_by: Option<Option<HtmlElement>>,
    }

    type Shared = StoredValue<Typing, LocalStorage>;

    pub fn watch() {
        let said = document().query_selector("form .gpc-saved").ok().flatten().and_then(|e| e.dyn_into::<HtmlElement>().ok());
        let Some(said) = said else { return };
        let form = said.closest("form").ok().flatten().and_then(|e| e.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let typing: Shared = StoredValue::new_local(Typing::default());
        let save_now = {
            let (form, said) = (form.clone(), said.clone());
            move || now(typing, &form, &said)
        };
        let later = save_now.clone();
        let typed = move || {
            typing.update_value(|typing| typing.unsaved = true);
            stop_waiting(typing);
            let timer = set_timeout_with_handle(later.clone(), PAUSE).ok();
            typing.update_value(|typing| typing.waiting = timer);
        };
        // Typed while this was still on its way.
        if form.has_attribute(TYPED) {
            typed();
        }
        listen(&form, "input", move |_| typed());
        // A field, the window or the page is left: a link that was followed, by a click or by a key.
        let (left, own) = (save_now.clone(), form.clone());
        listen(&form, "focusout", move |event| {
            // To a button of this form: it sends the words itself.
            let to = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
            let button = to.and_then(|to| to.dyn_into::<HtmlElement>().ok()).filter(|to| to.tag_name() == "BUTTON");
            let sends = button.and_then(|button| button.closest("form").ok().flatten());
            if sends.is_none_or(|form| !form.is_same_node(Some(&own))) {
                left();
            }
        });
        let hidden = save_now.clone();
        listen(&document(), "visibilitychange", move |_| {
            if document().hidden() {
                hidden();
            }
        });
        let (element, status) = (form.clone(), said.clone());
        listen(&window(), "pagehide", move |_| {
            // Nobody waits for the answer of a save that is under way any more: what was typed since goes over what it makes.
            let (saving, unsaved) = typing.with_value(|typing| (typing.saving, typing.unsaved));
            if saving && unsaved {
                typing.update_value(|typing| typing.unsaved = false);
                set_version(&element, version(&element) + 1);
                let (form, said) = (element.clone(), status.clone());
                spawn_local(async move { save(&form, &said).await });
            } else {
                save_now();
            }
        });
        listen(&form, "submit", move |event| {
            stop_waiting(typing);
            typing.update_value(|typing| typing.unsaved = false);
            if typing.with_value(|typing| typing.saving) {
                event.prevent_default();
                let by = event.dyn_ref::<SubmitEvent>().and_then(SubmitEvent::submitter);
                typing.update_value(|typing| typing.sent_by = Some(by));
            }
        });
    }

    fn listen(target: &EventTarget, name: &str, work: impl FnMut(Event) + 'static) {
        let work = Closure::<dyn FnMut(Event)>::new(work);
        if target.add_event_listener_with_callback(name, work.as_ref().unchecked_ref()).is_ok() {
            work.forget();
        }
    }

    fn stop_waiting(typing: Shared) {
        if let Some(timer) = typing.try_update_value(|typing| typing.waiting.take()).flatten() {
            timer.clear();
        }
    }

    /// Saves what is not saved yet, unless a save is under way: then it follows.
    fn now(typing: Shared, form: &HtmlFormElement, said: &HtmlElement) {
        stop_waiting(typing);
        let begin = typing.try_update_value(|typing| {
            let begin = typing.unsaved && !typing.saving;
            if begin {
                typing.unsaved = false;
                typing.saving = true;
            }
            begin
        });
        if begin == Some(true) {
            let (form, said) = (form.clone(), said.clone());
            spawn_local(async move {
                save(&form, &said).await;
                typing.update_value(|typing| typing.saving = false);
                match typing.try_update_value(|typing| typing.sent_by.take()).flatten() {
                    Some(by) => drop(form.request_submit_with_submitter(by.as_ref())),
                    None => now(typing, &form, &said),
                }
            });
        }
    }

    async fn save(form: &HtmlFormElement, said: &HtmlElement) {
        let answer = send(form).await;
        let (ok, text) = match answer {
            Ok((version, says)) => {
                if let Some(version) = version {
                    set_version(form, version);
                }
                (version.is_some(), says)
            }
            Err(_) => {
                (false, "Not saved. Your words are on this page only. They are tried again when you continue typing.".to_owned())
            }
        };
        // The same words again would be read out again by a screen reader.
        if said.text_content().as_deref() != Some(&text) {
            said.set_class_name(if ok { "gpc-saved" } else { "gpc-saved gpc-saved--no" });
            said.set_text_content(Some(&text));
        }
    }

    /// What [`super::Autosaved`] says: the version that was made, and the words.
    async fn send(form: &HtmlFormElement) -> Result<(Option<u64>, String), JsValue> {
        let data = FormData::new_with_form(form)?;
        let body = UrlSearchParams::new_with_str_sequence_sequence(&js_sys::Array::from(&data))?;
        let headers = Headers::new()?;
        headers.set("accept", "application/json")?;
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&body);
        // So that it arrives when the page is left meanwhile.
        if body.to_string().length() < LONGEST_LEFT {
            js_sys::Reflect::set(&init, &"keepalive".into(), &true.into())?;
        }
        init.set_headers(&headers);
        let response: Response =
            JsFuture::from(window().fetch_with_str_and_init("/do/draft/autosave", &init)).await?.dyn_into()?;
        if !response.ok() {
            return Err(JsValue::NULL);
        }
        let answer = JsFuture::from(response.json()?).await?;
        let says = js_sys::Reflect::get(&answer, &"says".into())?.as_string().ok_or(JsValue::NULL)?;
        let version = js_sys::Reflect::get(&answer, &"version".into())?.as_f64();
        let version = version.map(|version| version as u64);
        Ok((version, says))
    }

    fn version_field(form: &HtmlFormElement) -> Option<HtmlInputElement> {
        form.query_selector("input[name=version]").ok().flatten().and_then(|e| e.dyn_into::<HtmlInputElement>().ok())
    }

    fn version(form: &HtmlFormElement) -> u64 {
        version_field(form).and_then(|field| field.value().parse().ok()).unwrap_or(0)
    }

    fn set_version(form: &HtmlFormElement, version: u64) {
        if let Some(field) = version_field(form) {
            field.set_value(&version.to_string());
        }
    }
}
