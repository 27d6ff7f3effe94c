//! Any capture: what it is, and then by the reader of its kind.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::conformance::{
    capture::{
        decode::{TAKEN, decoded},
        files::{Capture, LARGEST},
        har, postman, raw,
    },
    exchange::cut,
};

/// Reads a capture; `name` is what it is called, for the places of its requests.
#[must_use]
pub fn read(bytes: &[u8], name: &str) -> Capture {
    if bytes.len() > LARGEST {
        return Capture::refused("", format!("It is larger than {} MB.", LARGEST >> 20));
    }
    let (text, note) = match decoded(bytes) {
        Ok(read) => read,
        Err(why) => return Capture::refused("", why),
    };
    let mut capture = Capture::default();
    capture.notes.extend(note);
    let start = text.trim_start();
    if start.starts_with(['{', '[']) {
        json(&mut capture, name, &text);
    } else if start.starts_with('<') {
        let page = start.get(..200).unwrap_or(start).to_ascii_lowercase();
        let what =
            if page.contains("<html") || page.starts_with("<!doctype html") { "a web page, perhaps of a sign-in" } else { "XML" };
        return Capture::refused("", format!("It is {what}. {TAKEN}"));
    } else {
        capture.format = "text";
        raw::read(&mut capture, name, &text);
    }
    capture.finished()
}

/// What stands at the top of a file of JSON.
#[derive(Default)]
struct Top {
    /// It is a HAR file.
    log: bool,
    /// Who made it.
    creator: String,
    entries: usize,
    skipped: usize,
    /// It is a collection, or has one.
    items: usize,
    /// Values of names in the collection.
    values: Vec<(String, String)>,
    /// It is a run.
    run: bool,
    executions: usize,
    /// It has results without requests.
    results: bool,
    /// What else stands at the top.
    others: Vec<String>,
}

fn json(capture: &mut Capture, name: &str, text: &str) {
    let (mut top, mut kept, mut collection) = (Top::default(), Capture::default(), Capture::default());
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Level { name, place: Place::Top, top: &mut top, kept: &mut kept, collection: &mut collection };
    let outcome = seed.deserialize(&mut reader).and_then(|()| reader.end());
    let from_run = top.run && top.executions > 0;
    let (format, mut read) = if top.log {
        ("HAR", kept)
    } else if from_run {
        ("Postman run", kept)
    } else {
        ("Postman collection", collection)
    };
    if read.exchanges.is_empty() && read.faults.is_empty() && outcome.is_ok() && !top.log {
        *capture = Capture { notes: std::mem::take(&mut capture.notes), ..Capture::refused("JSON", other(&top, text)) };
        return;
    }
    if let Err(error) = outcome {
        let last = if top.log { ("entry", top.entries) } else { ("request", top.executions.max(top.items)) };
        let after = if last.1 > 0 { format!(", after {} {}", last.0, last.1) } else { String::new() };
        let at = format!("line {}{after}", error.line());
        if error.is_eof() {
            read.fault(at, "The file ends too early: it was cut off.");
        } else {
            let words = error.to_string();
            read.fault(
                at,
                format!("The file is no JSON from here on: {}.", cut(words.split(" at line ").next().unwrap_or_default())),
            );
        }
    }
    if top.log {
        har::saved_by(&mut read, &top.creator, top.skipped);
    } else {
        postman::with_values(&mut read, &top.values);
    }
    read.format = format;
    read.notes.splice(0..0, std::mem::take(&mut capture.notes));
    *capture = read;
}

fn other(top: &Top, text: &str) -> String {
    if top.results {
        return "It is a run of Postman without its requests. Run the collection with newman and --reporters json, or export the collection with its answers.".to_owned();
    }
    if top.run || top.items > 0 {
        return "There is no request in it.".to_owned();
    }
    if text.trim_start().starts_with('[') {
        return format!("It is a list in JSON, and no capture. {TAKEN}");
    }
    if top.others.iter().any(|key| key == "resourceType") {
        return "It is a body alone. A request has a first line with method and address, and headers.".to_owned();
    }
    let keys = if top.others.is_empty() { "nothing".to_owned() } else { top.others.join(", ") };
    format!("It is JSON with {}, and no capture. {TAKEN}", cut(&keys))
}

/// Where in a file of JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Log,
    Creator,
    Entries,
    Collection,
    Items,
    Values,
    Run,
    Executions,
}

struct Level<'s> {
    name: &'s str,
    place: Place,
    top: &'s mut Top,
    kept: &'s mut Capture,
    collection: &'s mut Capture,
}

impl Level<'_> {
    fn below(&mut self, place: Place) -> Level<'_> {
        Level { name: self.name, place, top: self.top, kept: self.kept, collection: self.collection }
    }
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a capture")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let next = match (self.place, key.as_ref()) {
                (Place::Top, "log") => Some(Place::Log),
                (Place::Top, "collection") => Some(Place::Collection),
                (Place::Top, "run") => Some(Place::Run),
                (Place::Top | Place::Collection, "item") => Some(Place::Items),
                (Place::Top | Place::Collection, "variable") => Some(Place::Values),
                (Place::Log, "entries") => Some(Place::Entries),
                (Place::Log, "creator" | "browser") => Some(Place::Creator),
                (Place::Run, "executions") => Some(Place::Executions),
                (Place::Creator, "name") => {
                    let raw: &RawValue = map.next_value()?;
                    if raw.get().len() < 200 {
                        self.top.creator.push_str(raw.get());
                    }
                    continue;
                }
                _ => None,
            };
            match key.as_ref() {
                "log" if self.place == Place::Top => self.top.log = true,
                "run" if self.place == Place::Top => self.top.run = true,
                "results" if self.place == Place::Top => self.top.results = true,
                _ if self.place == Place::Top && self.top.others.len() < 8 && key.len() < 40 => {
                    self.top.others.push(key.clone().into_owned());
                }
                _ => {}
            }
            match next {
                Some(place) => map.next_value_seed(self.below(place))?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(raw) = list.next_element::<&RawValue>()? {
            if self.kept.is_broken() || self.collection.is_broken() {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(());
            }
            match self.place {
                Place::Entries => {
                    self.top.entries += 1;
                    har::entry(self.kept, self.name, self.top.entries, raw.get(), &mut self.top.skipped);
                }
                Place::Items => postman::item(self.collection, self.name, &mut self.top.items, raw.get(), 0),
                Place::Executions => postman::execution(self.kept, self.name, &mut self.top.executions, raw.get()),
                Place::Values if self.top.values.len() < 200 && raw.get().len() < 1 << 16 => {
                    let read: serde_json::Value = serde_json::from_str(raw.get()).unwrap_or_default();
                    if let (Some(key), Some(value)) = (read["key"].as_str(), read["value"].as_str()) {
                        self.top.values.push((key.to_owned(), value.to_owned()));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
