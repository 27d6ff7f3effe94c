//! Shows how far files have come while they are sent. Without script the browser sends the same form by itself; what
//! happens to the files is the same either way.

use leptos::prelude::*;

/// A line in a form that takes files: nothing until some are being sent, then how far they are.
#[island]
pub fn Upload() -> impl IntoView {
    let said = RwSignal::new(String::new());
    let per_cent = RwSignal::new(None::<u32>);
    #[cfg(feature = "hydrate")]
    browser::watch(said, per_cent);
    view! {
        <div class="gpc-progress">
            {move || {
                per_cent.get()
                    .map(|per_cent| {
                        view! { <progress max="100" value=per_cent.to_string() aria-label="Upload progress"></progress> }
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

    pub fn watch(said: RwSignal<String>, per_cent: RwSignal<Option<u32>>) {
        let line = document().query_selector("form .gpc-progress").ok().flatten();
        let form = line.and_then(|line| line.closest("form").ok().flatten()).and_then(|e| e.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let element = form.clone();
        let submitted = Closure::<dyn FnMut(SubmitEvent)>::new(move |event: SubmitEvent| {
            let button = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
            // Only the button that is for files; everything else goes its way.
            let Some(action) = button.filter(|b| b.form_enctype() == "multipart/form-data").map(|b| b.form_action()) else {
                return;
            };
            if send(&element, &action, said, per_cent).is_some() {
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
    fn send(form: &HtmlFormElement, action: &str, said: RwSignal<String>, per_cent: RwSignal<Option<u32>>) -> Option<()> {
        let request = XmlHttpRequest::new().ok()?;
        let data = FormData::new_with_form(form).ok()?;
        request.open("POST", action).ok()?;
        let moved = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            if !event.length_computable() || event.total() == 0.0 {
                return;
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
            let far = (event.loaded() / event.total() * 100.0) as u32;
            // Told in quarters: a screen reader that reads every per cent reads nothing else.
            let words = if far < 100 {
                format!("Sending the files: {} %", far / 25 * 25)
            } else {
                "The files are being checked".to_owned()
            };
            per_cent.set(Some(far));
            if said.get_untracked() != words {
                said.set(words);
            }
        });
        request.upload().ok()?.set_onprogress(Some(moved.as_ref().unchecked_ref()));
        let done = request.clone();
        let loaded = Closure::<dyn FnMut()>::new(move || {
            let to = done.response_url();
            // What was not taken at all is answered without a page to go to: the words and files are still here.
            let refused = !done.status().is_ok_and(|status| status < 400 || status == 403 || status == 404);
            // What became of each file stands on the page that follows; it waits there for its reader.
            if refused || to.is_empty() || window().location().assign(&to).is_err() {
                failed(said, per_cent);
            }
        });
        request.set_onload(Some(loaded.as_ref().unchecked_ref()));
        let broken = Closure::<dyn FnMut()>::new(move || failed(said, per_cent));
        request.set_onerror(Some(broken.as_ref().unchecked_ref()));
        request.send_with_opt_form_data(Some(&data)).ok()?;
        said.set("Sending the files".to_owned());
        per_cent.set(Some(0));
        moved.forget();
        loaded.forget();
        broken.forget();
        Some(())
    }

    fn failed(said: RwSignal<String>, per_cent: RwSignal<Option<u32>>) {
        per_cent.set(None);
        said.set(
            "The files did not arrive. They are still chosen and your words are on this page: press the button again.".to_owned(),
        );
    }
}
