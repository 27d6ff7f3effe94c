//! Names while somebody writes: after `@` and a letter a list of those who read the message stands below its field. Arrows choose,
//! Enter and Tab write the name and tick it among those who are told at once, Escape closes the list. Whoever reads the message is known
//! from the choice below the words; where that was not asked for yet, the page is read once more with it.

use leptos::prelude::*;

/// The place of the list of a field. Empty until somebody writes.
#[cfg(feature = "ssr")]
pub fn list(field: &str) -> AnyView {
    view! {
        <div class="gpc-names">
            <ul id=format!("{field}-names") role="listbox" aria-label="People who read this" hidden></ul>
            <p class="nhsuk-u-visually-hidden" role="status"></p>
        </div>
    }
    .into_any()
}

/// Watches the fields of conversations. One on a page.
#[cfg(feature = "ssr")]
pub fn watched() -> AnyView {
    view! { <Names /> }.into_any()
}

/// Writes into the lists that stand on the page.
#[island]
fn Names() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::watch();
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::RefCell, rc::Rc};

    use leptos::{prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        DomParser, Element, Event, EventTarget, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent, Response, SupportedType,
    };

    /// Names that are shown at once, and characters that a name is looked for by.
    const SHOWN: usize = 6;
    const LONGEST: usize = 40;

    /// Somebody who can be named.
    #[derive(Clone)]
    struct Person {
        name: String,
        label: String,
        /// What is ticked, or suggested, below the words.
        choice: Element,
    }

    /// A field with its list.
    struct Field {
        text: HtmlTextAreaElement,
        list: Element,
        shown: Vec<Person>,
        active: usize,
        /// UTF-16 units from the `@` to the cursor.
        typed: u32,
        asked: bool,
    }

    type Shared = Rc<RefCell<Field>>;

    pub fn watch() {
        let Ok(fields) = document().query_selector_all(".gpc-say textarea") else { return };
        for at in 0..fields.length() {
            let text = fields.get(at).and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
            if let Some(text) = text {
                watch_one(text);
            }
        }
    }

    fn watch_one(text: HtmlTextAreaElement) {
        let Some(list) = document().get_element_by_id(&format!("{}-names", text.id())) else { return };
        for (name, value) in
            [("aria-autocomplete", "list"), ("aria-haspopup", "listbox"), ("aria-controls", &list.id()), ("autocomplete", "off")]
        {
            drop(text.set_attribute(name, value));
        }
        let field = Field { text: text.clone(), list: list.clone(), shown: Vec::new(), active: 0, typed: 0, asked: false };
        let field: Shared = Rc::new(RefCell::new(field));
        let typed = field.clone();
        listen(&text, "input", move |_| suggest(&typed));
        let pressed = field.clone();
        listen(&text, "keydown", move |event| {
            if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                press(&pressed, event);
            }
        });
        for name in ["blur", "click"] {
            let left = field.clone();
            listen(&text, name, move |_| left.borrow_mut().close());
        }
        // Before the field is left, so that the cursor stays in it.
        listen(&list, "mousedown", move |event| {
            event.prevent_default();
            let on = event.target().and_then(|on| on.dyn_into::<Element>().ok()).and_then(|on| on.closest("li").ok().flatten());
            let place = on.and_then(|on| on.get_attribute("data-at")?.parse().ok());
            if let Some(place) = place {
                field.borrow_mut().pick(place);
            }
        });
    }

    fn listen(target: &EventTarget, name: &str, work: impl FnMut(Event) + 'static) {
        let work = Closure::<dyn FnMut(Event)>::new(work);
        if target.add_event_listener_with_callback(name, work.as_ref().unchecked_ref()).is_ok() {
            work.forget();
        }
    }

    fn press(field: &Shared, event: &KeyboardEvent) {
        let mut field = field.borrow_mut();
        let (count, active) = (field.shown.len(), field.active);
        if count == 0 || event.is_composing() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => field.choose((active + 1) % count),
            "ArrowUp" => field.choose((active + count - 1) % count),
            "Enter" | "Tab" if !event.shift_key() => field.pick(active),
            "Escape" => field.close(),
            "ArrowLeft" | "ArrowRight" | "Home" | "End" | "Tab" => return field.close(),
            _ => return,
        }
        event.prevent_default();
    }

    /// Shows who fits what stands between an `@` and the cursor.
    fn suggest(shared: &Shared) {
        let mut field = shared.borrow_mut();
        let Some(typed) = typed(&field.text) else { return field.close() };
        let people = field.people();
        if people.is_empty() && !field.asked {
            field.asked = true;
            let again = shared.clone();
            spawn_local(async move {
                if ask().await.is_ok() {
                    suggest(&again);
                }
            });
            return;
        }
        let wanted = format!(" {}", folded(&typed));
        let fits = people.into_iter().filter(|(words, _)| format!(" {words}").contains(&wanted));
        let shown: Vec<Person> = fits.map(|(_, person)| person).take(SHOWN).collect();
        field.typed = js_sys::JsString::from(typed.as_str()).length() + 1;
        field.show(shown);
    }

    /// What was typed after the last `@` before the cursor; nothing where that is part of an address.
    fn typed(text: &HtmlTextAreaElement) -> Option<String> {
        let caret = text.selection_start().ok().flatten()?;
        let before = String::from(js_sys::JsString::from(text.value()).substring(0, caret));
        let (front, typed) = before.rsplit_once('@')?;
        let inside = front.chars().next_back().is_some_and(|last| {
            let last = js_sys::JsString::from(String::from(last));
            last.to_lower_case() != last.to_upper_case() || (48.0..58.0).contains(&last.char_code_at(0))
        });
        let fits = !typed.is_empty() && !typed.starts_with(' ') && !typed.contains('\n') && typed.len() <= LONGEST;
        (fits && !inside).then(|| typed.to_owned())
    }

    /// Small letters without accents, apostrophes and dashes, as `data-as` has them.
    fn folded(typed: &str) -> String {
        let plain = js_sys::JsString::from(typed).normalize("NFKD").to_lower_case();
        let apart = |c: &char| ('\u{300}'..='\u{36f}').contains(c) || "'’‘`´-‐‑–—".contains(*c);
        String::from(plain).chars().filter(|c| !apart(c)).collect()
    }

    impl Field {
        /// Everybody who can be named, with the words that they are found by.
        fn people(&self) -> Vec<(String, Person)> {
            let form = self.text.closest("form").ok().flatten();
            let Some(all) = form.and_then(|form| form.query_selector_all("[data-as]").ok()) else { return Vec::new() };
            let person = |at| {
                let choice = all.get(at)?.dyn_into::<Element>().ok()?;
                let said = |name: &str| choice.get_attribute(name).unwrap_or_default();
                let (words, name, label) = (said("data-as"), said("data-name"), said("data-label"));
                Some((words, Person { name, label, choice }))
            };
            (0..all.length()).filter_map(person).collect()
        }

        fn show(&mut self, shown: Vec<Person>) {
            if shown.is_empty() {
                return self.close();
            }
            self.list.set_inner_html("");
            for (place, person) in shown.iter().enumerate() {
                let Ok(line) = document().create_element("li") else { return };
                line.set_id(&format!("{}-{place}", self.list.id()));
                line.set_text_content(Some(&person.label));
                for (name, value) in [("role", "option"), ("data-at", &place.to_string())] {
                    drop(line.set_attribute(name, value));
                }
                drop(self.list.append_child(&line));
            }
            drop(self.list.remove_attribute("hidden"));
            let count = shown.len();
            self.shown = shown;
            self.choose(0);
            self.say(&if count == 1 { "1 person.".to_owned() } else { format!("{count} people. Choose with the arrow keys.") });
        }

        fn choose(&mut self, place: usize) {
            self.active = place;
            let lines = self.list.children();
            for at in 0..lines.length() {
                let Some(line) = lines.item(at) else { continue };
                let is = at as usize == place;
                drop(line.set_attribute("aria-selected", if is { "true" } else { "false" }));
                if is {
                    drop(self.text.set_attribute("aria-activedescendant", &line.id()));
                }
            }
        }

        /// Writes the name and ticks who it is.
        fn pick(&mut self, place: usize) {
            let Some(person) = self.shown.get(place).cloned() else { return };
            if let Ok(Some(caret)) = self.text.selection_start() {
                let words = format!("@{} ", person.name);
                let from = caret.saturating_sub(self.typed);
                drop(self.text.set_range_text_with_start_and_end_and_mode(&words, from, caret, "end"));
            }
            match person.choice.clone().dyn_into::<HtmlInputElement>() {
                Ok(tick) => tick.set_checked(true),
                Err(_) => self.fill_in(&person.label),
            }
            self.close();
            self.say(&format!("{} is told at once.", person.name));
        }

        /// Of many people each is named in a field.
        fn fill_in(&self, label: &str) {
            let form = self.text.closest("form").ok().flatten();
            let Some(all) = form.and_then(|form| form.query_selector_all("input[name=tell]").ok()) else { return };
            let fields: Vec<HtmlInputElement> = (0..all.length()).filter_map(|at| all.get(at)?.dyn_into().ok()).collect();
            if !fields.iter().any(|field| field.value() == label)
                && let Some(free) = fields.iter().find(|field| field.value().is_empty())
            {
                free.set_value(label);
            }
        }

        fn close(&mut self) {
            self.shown.clear();
            drop(self.list.set_attribute("hidden", ""));
            drop(self.text.remove_attribute("aria-activedescendant"));
            self.say("");
        }

        fn say(&self, words: &str) {
            if let Some(said) = self.list.next_element_sibling() {
                said.set_text_content(Some(words));
            }
        }
    }

    /// Asks who reads what is written here, and puts the choice below the words of each form.
    async fn ask() -> Result<(), JsValue> {
        let address = format!("{}?choose=yes", window().location().pathname()?);
        let response: Response = JsFuture::from(window().fetch_with_str(&address)).await?.dyn_into()?;
        if !response.ok() || response.redirected() {
            return Err(JsValue::NULL);
        }
        let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        let fresh = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
        let parts = document().query_selector_all("[data-whom]")?;
        for at in 0..parts.length() {
            let Some(part) = parts.get(at).and_then(|part| part.dyn_into::<Element>().ok()) else { continue };
            let name = part.get_attribute("data-whom").unwrap_or_default();
            if let Some(new) = fresh.query_selector(&format!("[data-whom=\"{name}\"]"))? {
                part.set_inner_html(&new.inner_html());
            }
        }
        Ok(())
    }
}
