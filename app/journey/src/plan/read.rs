//! Reads a definition and notes every fault with its line.

use std::str::FromStr;

use toml::de::{DeTable, DeValue};

use crate::{
    base::{
        actor::{Role, Side},
        environment::Environment,
        fault::Fault,
        ids::{NotAnId, ProcessId, TaskId},
    },
    plan::{
        check,
        opening::Condition,
        process::{Lapse, Origin, Page, Process, Rests, Settle, Signs, Stage, Target, TaskSpec},
    },
};

impl Process {
    /// Reads a definition and checks it.
    ///
    /// # Errors
    /// Every fault at once, each with its line.
    pub fn read(text: &str) -> Result<Process, Vec<Fault>> {
        let root = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(0, |span| line_at(text, span.start));
            vec![Fault { line, says: error.message().to_owned() }]
        })?;
        let mut faults = Vec::new();
        let mut top = Reader { text, table: root.get_ref(), line: 1, faults: &mut faults };
        top.only(&["id", "title", "side", "last", "stage", "task"]);
        let id = top.parsed::<ProcessId>("id");
        let title = top.text("title");
        let side = top.text("side");
        let last = top.parsed::<TaskId>("last");
        let mut unread = vec![UNREAD.to_owned()];
        let stages = top.each("stage", &mut unread, read_stage);
        let tasks = top.each("task", &mut unread, read_task);
        let process = Process {
            id: id.unwrap_or_else(unread_id),
            title: title.unwrap_or_default(),
            side: side.unwrap_or_default(),
            last: last.unwrap_or_else(unread_id),
            stages,
            tasks,
        };
        // What could not be read is known to be wrong: that others name it is no fault of theirs.
        let excused = |fault: &Fault| unread.iter().any(|id| fault.says.contains(&format!("“{id}”")));
        faults.extend(check::lawful(&process).into_iter().filter(|fault| !excused(fault)));
        if faults.is_empty() {
            return Ok(process);
        }
        faults.sort();
        faults.dedup();
        Err(faults)
    }
}

/// Stands for a name that could not be read, so that the rest can be checked.
const UNREAD: &str = "unread";

fn unread_id<T: FromStr<Err: std::fmt::Debug>>() -> T {
    UNREAD.parse().expect("a lawful name")
}

fn read_stage(mut r: Reader<'_, '_>) -> Option<Stage> {
    r.only(&["id", "title", "about"]);
    let (id, title, about) = (r.parsed("id"), r.text("title"), r.text("about"));
    Some(Stage { id: id?, title: title?, about: about?, line: r.line })
}

fn read_task(mut r: Reader<'_, '_>) -> Option<TaskSpec> {
    r.only(&[
        "id",
        "stage",
        "label",
        "noun",
        "origin",
        "node",
        "page",
        "form",
        "signs",
        "renew_months",
        "binds",
        "closes",
        "certificate",
        "valid_months",
        "plans_sites",
        "by",
        "settle",
        "decide",
        "escalate",
        "agrees",
        "holds_waves",
        "confirm",
        "needs",
        "rests",
        "reviews",
        "when",
        "waivable",
        "target",
        "readers",
        "opens_engagement",
        "can_start",
        "of_lead",
        "lapses_months",
        "lapses_unless_started",
        "help",
    ]);
    let id = r.parsed("id");
    let stage = r.parsed("stage");
    let label = r.text("label");
    let noun = r.has("noun").then(|| r.text("noun")).flatten();
    let origin = r.word("origin", Origin::ALL, Origin::name);
    let node = r.text("node");
    let page = r.word("page", Page::ALL, Page::name);
    let form = r.has("form").then(|| r.text("form")).flatten();
    let signs = r.has("signs").then(|| r.word("signs", Signs::ALL, Signs::name)).flatten();
    let renew_months = r.number("renew_months");
    let binds = r.list("binds", |text| text.parse().map_err(|e: NotAnId| e.to_string()));
    let closes = r.has("closes").then(|| r.word("closes", Environment::ALL, Environment::name)).flatten();
    let certificate = r.has("certificate").then(|| r.text("certificate")).flatten();
    let valid_months = r.number("valid_months");
    let plans_sites = r.flag("plans_sites");
    let settle = r.word("settle", Settle::ALL, Settle::name);
    let by = r.words("by", Role::ALL, Role::name);
    let decide = r.words("decide", Role::ALL, Role::name);
    let escalate = r.words("escalate", Role::ALL, Role::name);
    let agrees = r.words("agrees", Role::ALL, Role::name);
    let holds_waves = r.flag("holds_waves");
    let confirm = r.flag("confirm");
    let needs = r.list("needs", |text| text.parse().map_err(|e: NotAnId| e.to_string()));
    let rests = r.words("rests", Rests::ALL, Rests::name);
    let reviews = r.has("reviews").then(|| r.parsed("reviews")).flatten();
    let when = r.words("when", Condition::ALL, Condition::name);
    let waivable = r.flag("waivable");
    let opens_engagement = r.flag("opens_engagement");
    let readers = r.words("readers", Side::ALL, Side::name);
    let target = r.has("target").then(|| r.parsed::<Target>("target")).flatten();
    let can_start = r.flag("can_start");
    let of_lead = r.flag("of_lead");
    let months = r.number("lapses_months");
    let unless = r.has("lapses_unless_started").then(|| r.parsed("lapses_unless_started")).flatten();
    let help = r.text("help");
    if r.has("lapses_months") != r.has("lapses_unless_started") {
        r.fault(r.line, "lapses_months and lapses_unless_started go together".to_owned());
    }
    let lapse = months.zip(unless).map(|(months, unless_started)| Lapse { months, unless_started });
    Some(TaskSpec {
        id: id?,
        stage: stage?,
        noun: noun.or_else(|| label.clone()).unwrap_or_default(),
        label: label?,
        origin: origin?,
        node: node?,
        page: page?,
        form,
        signs,
        renew_months,
        binds,
        closes,
        certificate,
        valid_months,
        plans_sites,
        by,
        settle: settle?,
        decide,
        escalate,
        agrees,
        holds_waves,
        confirm,
        needs,
        rests,
        reviews,
        when,
        waivable,
        target,
        readers,
        opens_engagement,
        can_start,
        of_lead,
        lapse,
        help: help?,
        line: r.line,
    })
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|b| **b == b'\n').count() + 1
}

/// Reads one table and notes every fault instead of stopping at the first.
struct Reader<'a, 'f> {
    text: &'a str,
    table: &'a DeTable<'a>,
    line: usize,
    faults: &'f mut Vec<Fault>,
}

impl<'a> Reader<'a, '_> {
    fn fault(&mut self, line: usize, says: String) {
        self.faults.push(Fault { line, says });
    }

    fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    fn only(&mut self, known: &[&str]) {
        for key in self.table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                let line = line_at(self.text, key.span().start);
                self.fault(line, format!("“{}” is not a word here; known are {}", key.get_ref(), known.join(", ")));
            }
        }
    }

    /// The value of a key with its line, if it is there.
    fn value(&self, key: &str) -> Option<(&'a DeValue<'a>, usize)> {
        let value = self.table.get(key)?;
        Some((value.get_ref(), line_at(self.text, value.span().start)))
    }

    fn text(&mut self, key: &str) -> Option<String> {
        match self.value(key) {
            Some((DeValue::String(text), _)) if !text.trim().is_empty() => Some(text.to_string()),
            Some((_, line)) => {
                self.fault(line, format!("{key} must be a text that is not empty"));
                None
            }
            None => {
                self.fault(self.line, format!("{key} is missing"));
                None
            }
        }
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&mut self, key: &str) -> Option<T> {
        let text = self.text(key)?;
        let line = self.value(key).map_or(self.line, |(_, line)| line);
        text.parse().map_err(|error| self.fault(line, format!("{key}: {error}"))).ok()
    }

    fn word<T: Copy>(&mut self, key: &str, known: &[T], name: fn(T) -> &'static str) -> Option<T> {
        let text = self.text(key)?;
        let line = self.value(key).map_or(self.line, |(_, line)| line);
        self.one_of(key, &text, line, known, name)
    }

    fn one_of<T: Copy>(&mut self, key: &str, text: &str, line: usize, known: &[T], name: fn(T) -> &'static str) -> Option<T> {
        let found = known.iter().copied().find(|word| name(*word) == text);
        if found.is_none() {
            let known: Vec<&str> = known.iter().map(|word| name(*word)).collect();
            self.fault(line, format!("{key}: “{text}” is not known; known are {}", known.join(", ")));
        }
        found
    }

    fn words<T: Copy>(&mut self, key: &str, known: &[T], name: fn(T) -> &'static str) -> Vec<T> {
        let texts = self.texts(key);
        texts.into_iter().filter_map(|(text, line)| self.one_of(key, &text, line, known, name)).collect()
    }

    fn list<T>(&mut self, key: &str, parse: fn(&str) -> Result<T, String>) -> Vec<T> {
        let texts = self.texts(key);
        let parsed =
            texts.into_iter().map(|(text, line)| parse(&text).map_err(|says| self.fault(line, format!("{key}: {says}"))));
        parsed.filter_map(Result::ok).collect()
    }

    fn texts(&mut self, key: &str) -> Vec<(String, usize)> {
        let Some((value, line)) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            self.fault(line, format!("{key} must be a list of texts"));
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            let line = line_at(self.text, item.span().start);
            match item.get_ref() {
                DeValue::String(text) => texts.push((text.to_string(), line)),
                _ => self.fault(line, format!("{key} must be a list of texts")),
            }
        }
        texts
    }

    fn flag(&mut self, key: &str) -> bool {
        match self.value(key) {
            Some((DeValue::Boolean(flag), _)) => *flag,
            Some((_, line)) => {
                self.fault(line, format!("{key} must be true or false"));
                false
            }
            None => false,
        }
    }

    fn number(&mut self, key: &str) -> Option<u32> {
        let (value, line) = self.value(key)?;
        let number = match value {
            DeValue::Integer(number) => number.as_str().parse().ok().filter(|n| (1..=1000).contains(n)),
            _ => None,
        };
        if number.is_none() {
            self.fault(line, format!("{key} must be a whole number from 1 to 1000"));
        }
        number
    }

    /// The entries of a list of tables; the names of those that could not be read go to `unread`.
    fn each<T>(&mut self, key: &str, unread: &mut Vec<String>, read: fn(Reader<'_, '_>) -> Option<T>) -> Vec<T> {
        let Some((DeValue::Array(items), _)) = self.value(key) else {
            self.fault(self.line, format!("[[{key}]] is missing"));
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items.iter() {
            let line = line_at(self.text, item.span().start);
            match item.get_ref() {
                DeValue::Table(table) => match read(Reader { text: self.text, table, line, faults: self.faults }) {
                    Some(one) => all.push(one),
                    None => unread.extend(table.get("id").and_then(|id| id.get_ref().as_str()).map(str::to_owned)),
                },
                _ => self.fault(line, format!("{key} must be written as [[{key}]]")),
            }
        }
        all
    }
}
