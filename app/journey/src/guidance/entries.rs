//! What everybody may find: made of the same data as the pages, each with where it is read.

use crate::{
    base::{edition::Edition, named::named},
    catalogue::{editions, row::Row},
    guidance::{
        corrections, pages,
        spine::{
            interactions::{self, Interaction},
            steps::{self, Step},
        },
    },
    plan::{
        capability::Capability,
        process::Processes,
        track::{CONSUMER, PROVIDER},
    },
    view::ecosystem::diagram,
};

named! {
    /// What kind of thing is found: results stand in groups of these.
    pub enum Kind {
        /// A page of its own.
        Page = ("pages", "Pages"),
        /// A capability.
        Capability = ("capabilities", "Capabilities"),
        /// A stage of a journey.
        Stage = ("stages", "Stages"),
        /// A task as the process describes it.
        Task = ("tasks", "Tasks of the process"),
        /// A design decision.
        Decision = ("decisions", "Design decisions"),
        /// A row of the SCAL.
        Row = ("rows", "Rows of the SCAL"),
        /// What can be asked of a practice's system.
        Interaction = ("interactions", "Interactions"),
        /// A step, a field or an error on the way over Spine.
        Spine = ("spine", "Spine integration"),
        /// A word of the glossary.
        Word = ("words", "Words"),
    }
}

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is read.
    pub to: String,
    /// Its heading.
    pub title: String,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its words.
    pub text: String,
    /// What it is called exactly, where somebody may type that: an id, a header, a code of an error.
    pub(super) ids: Vec<String>,
    /// The text that it shows, where operators can correct it.
    pub(super) subject: Option<String>,
    /// It refers to what others explain: words of its title weigh no more than those of its text.
    pub(super) refers: bool,
}

impl Entry {
    pub(crate) fn of(kind: Kind, to: impl Into<String>, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { to: to.into(), title: title.into(), kind, text: text.into(), ids: Vec::new(), subject: None, refers: false }
    }

    pub(crate) fn called(mut self, ids: Vec<String>) -> Self {
        self.ids = ids;
        self
    }

    pub(crate) fn refers(mut self) -> Self {
        self.refers = true;
        self
    }

    fn corrected_as(mut self, subject: String) -> Self {
        self.subject = Some(subject);
        self
    }
}

fn page(to: &str, title: &str, text: &str) -> Entry {
    Entry::of(Kind::Page, to, title, text)
}

/// Everything, of the texts of this release and the rows of an edition.
pub(super) fn entries(edition: &Edition) -> Vec<Entry> {
    let mut all = vec![
        page(
            "/",
            "Connect a product to GP Connect",
            "What the service is for: suppliers, NHS England teams, practices, trusts and groups.",
        ),
        page(
            "/example",
            "An example journey",
            "Look at a journey moment by moment before you open one of your own: plan, use case, SCAL, tests, certificate, agreement, go live.",
        ),
        page(
            "/spine",
            "Spine integration in six steps",
            "How a request travels: PDS, SDS, SSP, the practice’s system. Headers, token, claims, LDAP filter, errors.",
        ),
        page("/capabilities", "Capabilities of GP Connect", "What a product can use, and what a GP system can provide."),
        page(
            "/scal",
            "Rows of the SCAL",
            "What the Supplier Conformance Assessment List asks, row by row, with the evidence that is expected.",
        ),
        page("/glossary", "Glossary", "Words of GP Connect and of this service."),
        page(
            "/register-of-products",
            "Register of products",
            "Products with a certificate: who supplies them, for what, since when.",
        ),
        page("/verify", "Check a certificate", "Enter the number of a certificate and see whether it is genuine and valid."),
        page(
            "/accessibility",
            "Accessibility statement",
            "Keyboard, zoom, screen reader, contrast, without JavaScript. How to report a problem.",
        ),
        page("/privacy", "Privacy", "What is kept about you, who sees it, your rights."),
        page("/cookies", "Cookies", "The three cookies of this service, and what each is for."),
        page("/register", "Create an account for your organisation", "For suppliers who want to connect a product."),
        page("/sign-in", "Sign in", "With your email address and password."),
    ];
    for side in [CONSUMER, PROVIDER] {
        all.extend(of_side(side));
    }
    for capability in Capability::ALL {
        let text = format!("{} Versions {}.", capability.about(), capability.versions().join(", "));
        all.push(Entry::of(Kind::Capability, format!("/capabilities/{}", capability.name()), capability.title(), text));
    }
    all.extend(pages::decisions().iter().filter_map(decision));
    all.extend(editions::rows(edition).iter().map(row));
    all.extend(interactions::interactions().iter().map(interaction));
    all.extend(spine());
    for term in pages::glossary() {
        let entry = Entry::of(Kind::Word, format!("/glossary#{}", term.anchor()), &term.term, &term.meaning);
        all.push(entry.corrected_as(corrections::word(term)));
    }
    all
}

fn decision(decision: &pages::Decision) -> Option<Entry> {
    let to = pages::decision_place(&decision.id)?;
    let rejected: Vec<&str> = pages::rejected(&decision.id).map(|one| one.option.as_str()).collect();
    let text = format!("{} {}: {} {}", decision.status.label(), decision.id, decision.chosen_option, rejected.join(" "));
    Some(Entry::of(Kind::Decision, to, &decision.title, text.trim()).called(vec![decision.id.clone()]))
}

/// A row is known by its id and by those of the tests that it comes from: `SPN-TST-10, 11` are two, with and without `GPC-`.
fn row(row: &Row) -> Entry {
    let to = pages::place_of_row(row);
    let text = format!("{}: {} {}. {}", row.tab, row.requirement, row.evidence, row.source);
    let mut ids = vec![row.id.clone()];
    for part in row.source.split("; ") {
        let mut stem = "";
        for one in part.rsplit(' ').collect::<Vec<_>>().into_iter().rev().map(|word| word.trim_end_matches(',')) {
            if let Some((before, _)) = one.rsplit_once('-').filter(|(_, end)| end.chars().all(|c| c.is_ascii_digit())) {
                stem = before;
                ids.extend([one.to_owned(), format!("GPC-{one}")]);
            } else if !stem.is_empty() && !one.is_empty() && one.chars().all(|c| c.is_ascii_digit()) {
                ids.extend([format!("{stem}-{one}"), format!("GPC-{stem}-{one}")]);
            }
        }
    }
    Entry::of(Kind::Row, to, format!("{}, {}", row.id, row.section_title), text).called(ids)
}

/// An interaction is known by its id, in full and as it is said, and by the same with and without its version.
fn interaction(known: &Interaction) -> Entry {
    let to = format!("/spine?step=3&capability={}&interaction={}", known.area.name(), known.id);
    let text = format!("{} {} {} {}", known.method, known.path, known.full_id(), known.scope);
    let said = known.id.rsplit(':').next().unwrap_or_default().to_owned();
    let other = known.id.strip_suffix("-1").map_or_else(|| format!("{}-1", known.id), str::to_owned);
    let ids = vec![known.full_id(), known.id.clone(), said, format!("{}{other}", interactions::PREFIX), other];
    Entry::of(Kind::Interaction, to, format!("{} ({})", known.operation, known.area.title()), text).called(ids)
}

/// The interactions that the steps are told of: what most ask for, and what may come too late.
const TOLD: [&str; 3] =
    ["fhir:operation:gpc.getstructuredrecord-1", "fhir:rest:create:appointment-1", "fhir:operation:gpc.registerpatient-1"];

/// The six steps with their fields and errors, each where it is read.
fn spine() -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    for known in TOLD.iter().filter_map(|id| interactions::interaction(id)) {
        let first = known.id == TOLD[0];
        for step in steps::steps(known) {
            let to = if first {
                format!("/spine?step={}", step.number)
            } else {
                format!("/spine?step={}&capability={}&interaction={}", step.number, known.area.name(), known.id)
            };
            let mut said = told(&step, &to);
            if first {
                let blocks = step.messages.iter().flat_map(|message| &message.blocks);
                let text: Vec<String> = blocks.map(|(title, text)| format!("{title}: {text}")).collect();
                let title = format!("Step {}: {}", step.number, step.title);
                all.push(Entry::of(Kind::Spine, &to, title, format!("{}. {} {}", step.about, step.why, text.join(" "))));
            }
            // What is the same for every interaction is found once.
            said.retain(|one| all.iter().all(|known| (&known.title, &known.text) != (&one.title, &one.text)));
            said.retain(|one| first || one.title.starts_with("Error"));
            all.extend(said);
        }
    }
    all
}

fn told(step: &Step, to: &str) -> Vec<Entry> {
    let mut all = Vec::new();
    for (number, message) in step.messages.iter().enumerate() {
        for (place, field) in message.fields.iter().enumerate() {
            let to = format!("{to}#{}", steps::field_place(step.number, number, place));
            let title = format!("{} (step {}: {})", field.name, step.number, message.title.to_lowercase());
            let ids = std::iter::once(field.name.clone()).chain(codes(&field.value)).collect();
            all.push(Entry::of(Kind::Spine, to, title, format!("{}. {}", field.value, field.why)).called(ids));
        }
    }
    for (place, trouble) in step.troubles.iter().enumerate() {
        let to = format!("{to}#{}", steps::trouble_place(step.number, place));
        let title = format!("Error in step {}: {}", step.number, trouble.cause);
        let text = format!("{} {}", trouble.seen, trouble.cure);
        all.push(Entry::of(Kind::Spine, to, title, text).called(codes(trouble.seen)));
    }
    all
}

/// What an error is called: its HTTP status, and words in capital letters with a line between them.
fn codes(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').map(|word| word.trim_matches('_'));
    let is_status = |word: &str| word.len() == 3 && word.chars().all(|c| c.is_ascii_digit());
    let is_code = |word: &str| word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    words.filter(|word| is_status(word) || is_code(word)).map(str::to_owned).collect()
}

fn of_side(side: &'static str) -> Vec<Entry> {
    let (Some(picture), Some(process)) = (diagram(side), Processes::shipped().ok().and_then(|all| all.newest(side))) else {
        return Vec::new();
    };
    let mut all = vec![page(
        &format!("/ecosystem/{side}"),
        &picture.name,
        &format!("The {side} journey as a picture, stage by stage. {}", picture.team),
    )];
    for group in &picture.groups {
        let troubles: Vec<String> = pages::troubles()
            .iter()
            .filter(|trouble| trouble.side == side && trouble.stage == group.id)
            .map(|trouble| format!("{} {}", trouble.what, trouble.cure))
            .collect();
        let tasks: Vec<&str> = picture.tasks_of(group, process).iter().map(|task| task.label.as_str()).collect();
        all.push(Entry::of(
            Kind::Stage,
            format!("/stages/{side}/{}", group.id),
            format!("{}, {side} journey", group.name),
            format!("{}. {}", tasks.join(", "), troubles.join(" ")),
        ));
    }
    for task in &process.tasks {
        let group = picture.nodes.iter().find(|node| node.id == task.node).map_or(task.node.as_str(), |node| node.group.as_str());
        let to = format!("/stages/{side}/{group}#{}", task.id);
        let entry = Entry::of(Kind::Task, to, format!("{} ({side})", task.label), &task.help);
        all.push(entry.corrected_as(format!("{side}/{}", task.id)));
    }
    all
}
