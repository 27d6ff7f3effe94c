//! Shows how far files have come while they are sent. Without script the browser sends the same form by itself; what
//! happens to the files is the same either way.

use leptos::prelude::*;

/// A line in a form that takes files: nothing until some are being sent, then how far they are.
#[cfg(feature = "ssr")]
#[component]
pub fn Upload() -> impl IntoView {
    view! {
        <div class="gpc-progress">
            <p class="gpc-meta" role="status"></p>
        </div>
        <UploadAwake />
    }
}

/// Watches the form around that line.
#[island]
fn UploadAwake() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::watch();
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{
        DragEvent, Element, FormData, HtmlButtonElement, HtmlFormElement, HtmlInputElement, ProgressEvent, SubmitEvent,
        XmlHttpRequest,
    };

    pub fn watch() {
        let line = document().query_selector("form .gpc-progress").ok().flatten();
        let Some(line) = line else { return };
        let form =
            Some(&line).and_then(|line| line.closest("form").ok().flatten()).and_then(|e| e.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let element = form.clone();
        let submitted = Closure::<dyn FnMut(SubmitEvent)>::new(move |event: SubmitEvent| {
            let button = event.submitter().and_then(|button| button.dyn_into::<HtmlButtonElement>().ok());
            // Only the button that is for files; everything else goes its way.
            let Some(action) = button.filter(|b| b.form_enctype() == "multipart/form-data").map(|b| b.form_action()) else {
                return;
            };
            if send(&element, &action, &line).is_some() {
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
    fn send(form: &HtmlFormElement, action: &str, line: &Element) -> Option<()> {
        let request = XmlHttpRequest::new().ok()?;
        let data = FormData::new_with_form(form).ok()?;
        request.open("POST", action).ok()?;
        let told = line.clone();
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
            tell(&told, Some(far), &words);
        });
        request.upload().ok()?.set_onprogress(Some(moved.as_ref().unchecked_ref()));
        let (done, told) = (request.clone(), line.clone());
        let loaded = Closure::<dyn FnMut()>::new(move || {
            let to = done.response_url();
            // What was not taken at all is answered without a page to go to: the words and files are still here.
            let refused = !done.status().is_ok_and(|status| status < 400 || status == 403 || status == 404);
            // What became of each file stands on the page that follows; it waits there for its reader.
            if refused || to.is_empty() || window().location().assign(&to).is_err() {
                tell(&told, None, FAILED);
            }
        });
        request.set_onload(Some(loaded.as_ref().unchecked_ref()));
        let told = line.clone();
        let broken = Closure::<dyn FnMut()>::new(move || tell(&told, None, FAILED));
        request.set_onerror(Some(broken.as_ref().unchecked_ref()));
        request.send_with_opt_form_data(Some(&data)).ok()?;
        tell(line, Some(0), "Sending the files");
        moved.forget();
        loaded.forget();
        broken.forget();
        Some(())
    }

    const FAILED: &str =
        "The files did not arrive. They are still chosen and your words are on this page: press the button again.";

    /// Says how far they are; without a number the bar goes. The same words again would be read out again.
    fn tell(line: &Element, per_cent: Option<u32>, words: &str) {
        let bar = || line.query_selector("progress").ok().flatten();
        match (per_cent, bar()) {
            (None, Some(bar)) => bar.remove(),
            (Some(_), None) => {
                let html = "<progress max=\"100\" aria-label=\"Upload progress\"></progress>";
                drop(line.insert_adjacent_html("afterbegin", html));
            }
            _ => {}
        }
        if let (Some(far), Some(bar)) = (per_cent, bar()) {
            drop(bar.set_attribute("value", &far.to_string()));
        }
        let said = line.query_selector("[role=status]").ok().flatten();
        if let Some(said) = said.filter(|said| said.text_content().as_deref() != Some(words)) {
            said.set_text_content(Some(words));
        }
    }
}
