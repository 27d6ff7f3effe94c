//! Shows how far files have come while they are sent. Without script the browser sends the same form by itself; what
//! happens to the files is the same either way.

use leptos::prelude::*;

/// A line below a form that takes files: nothing until some are being sent, then how far they are.
#[island]
pub fn Upload(
    /// The form's id.
    form: String,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let part = RwSignal::new(None::<f64>);
    #[cfg(feature = "hydrate")]
    browser::watch(&form, said, part);
    #[cfg(not(feature = "hydrate"))]
    let _ = form;
    view! {
        <div class="gpc-progress">
            {move || {
                part.get()
                    .map(|part| {
                        view! { <progress max="1" value=part.to_string() aria-label="How far the files have come"></progress> }
                    })
            }}
            <p class="gpc-meta" role="status">
                {move || said.get()}
            </p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{
        DragEvent, Element, FormData, HtmlButtonElement, HtmlFormElement, HtmlInputElement, ProgressEvent, SubmitEvent,
        XmlHttpRequest,
    };

    pub fn watch(form: &str, said: RwSignal<String>, part: RwSignal<Option<f64>>) {
        let Some(form) = document().get_element_by_id(form).and_then(|e| e.dyn_into::<HtmlFormElement>().ok()) else { return };
        let element = form.clone();
        let submitted = Closure::<dyn FnMut(SubmitEvent)>::new(move |event: SubmitEvent| {
            let button = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
            // Only the button that is for files; everything else goes its way.
            let Some(action) = button.filter(|b| b.form_enctype() == "multipart/form-data").map(|b| b.form_action()) else {
                return;
            };
            if send(&element, &action, said, part).is_some() {
                event.prevent_default();
            }
        });
        if form.add_event_listener_with_callback("submit", submitted.as_ref().unchecked_ref()).is_ok() {
            submitted.forget();
        }
        take_drops(&form);
    }

    /// Files can be dropped on the place where they are chosen; that is the same as choosing and uploading them.
    fn take_drops(form: &HtmlFormElement) {
        let Ok(places) = form.query_selector_all(".gpc-upload") else { return };
        for place in (0..places.length()).filter_map(|at| places.item(at)?.dyn_into::<Element>().ok()) {
            drop(place.set_attribute("data-drop", "You can also drop files here"));
            let over = Closure::<dyn FnMut(DragEvent)>::new(|event: DragEvent| event.prevent_default());
            drop(place.add_event_listener_with_callback("dragover", over.as_ref().unchecked_ref()));
            over.forget();
            let target = place.clone();
            let dropped = Closure::<dyn FnMut(DragEvent)>::new(move |event: DragEvent| {
                event.prevent_default();
                let input = target.query_selector("input[type=file]").ok().flatten();
                let input = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
                let button = target.query_selector("button").ok().flatten();
                let button = button.and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
                if let (Some(input), Some(button), Some(files)) =
                    (input, button, event.data_transfer().and_then(|data| data.files()))
                    && files.length() > 0
                {
                    input.set_files(Some(&files));
                    button.click();
                }
            });
            drop(place.add_event_listener_with_callback("drop", dropped.as_ref().unchecked_ref()));
            dropped.forget();
        }
    }

    /// Starts to send. `None` when that cannot be: the browser then does it.
    fn send(form: &HtmlFormElement, action: &str, said: RwSignal<String>, part: RwSignal<Option<f64>>) -> Option<()> {
        let request = XmlHttpRequest::new().ok()?;
        let data = FormData::new_with_form(form).ok()?;
        request.open("POST", action).ok()?;
        let moved = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            if !event.length_computable() || event.total() == 0.0 {
                return;
            }
            let far = event.loaded() / event.total();
            // Told in quarters: a screen reader that reads every per cent reads nothing else.
            let quarter = (far * 4.0).floor() * 25.0;
            let words =
                if far < 1.0 { format!("Sending the files: {quarter:.0} %") } else { "The files are being checked".to_owned() };
            part.set(Some(far));
            if said.get_untracked() != words {
                said.set(words);
            }
        });
        request.upload().ok()?.set_onprogress(Some(moved.as_ref().unchecked_ref()));
        let done = request.clone();
        let loaded = Closure::<dyn FnMut()>::new(move || {
            let to = done.response_url();
            // What became of each file stands on the page that follows; it waits there for its reader.
            if to.is_empty() || window().location().assign(&to).is_err() {
                failed(said, part);
            }
        });
        request.set_onload(Some(loaded.as_ref().unchecked_ref()));
        let broken = Closure::<dyn FnMut()>::new(move || failed(said, part));
        request.set_onerror(Some(broken.as_ref().unchecked_ref()));
        request.send_with_opt_form_data(Some(&data)).ok()?;
        said.set("Sending the files".to_owned());
        part.set(Some(0.0));
        moved.forget();
        loaded.forget();
        broken.forget();
        Some(())
    }

    fn failed(said: RwSignal<String>, part: RwSignal<Option<f64>>) {
        part.set(None);
        said.set(
            "The files did not arrive. They are still chosen and your words are on this page: press the button again.".to_owned(),
        );
    }
}
