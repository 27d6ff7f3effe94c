//! Editions of the catalogue. A journey pins the one it was opened with; moving it to a newer one is a deed of its own.
//! What this release ships is one file with the edition of each row; what operators publish joins it while the service
//! runs. An edition never changes once it is known, so that whoever reads it reads the same for ever.
//!
//! Long because editions and what differs between two of them are read together, with their tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{LazyLock, PoisonError, RwLock},
};

use jiff::Timestamp;

use crate::{
    base::{
        actor::{Actor, Role},
        edition::{Edition, NotAnEdition},
        fault::Fault,
        ids::FieldId,
        text,
    },
    catalogue::{
        csv::{self, HEADING},
        row::{Row, is_tab},
    },
    form::Problem,
    plan::process::{Page, Processes},
};

const SHIPPED: &str = include_str!("../../catalogues/scal.csv");

impl From<Edition> for String {
    fn from(edition: Edition) -> Self {
        edition.to_string()
    }
}

/// Every row of the shipped file, of every edition.
///
/// # Errors
/// Every fault: such a release must not start.
pub fn shipped() -> Result<&'static [Row], &'static [Fault]> {
    static READ: LazyLock<Result<Vec<Row>, Vec<Fault>>> = LazyLock::new(|| csv::read(SHIPPED, |_| None));
    READ.as_ref().map(Vec::as_slice).map_err(Vec::as_slice)
}

/// Reads a catalogue that somebody published. The rows of an edition from before there was a column of documents ask for what
/// the rows of the same id ask for in the shipped catalogue, as they always did.
///
/// # Errors
/// Every fault with its line.
pub fn read(text: &str) -> Result<Vec<Row>, Vec<Fault>> {
    csv::read(text, |id| shipped().unwrap_or_default().iter().find(|row| row.id == id)?.document.clone())
}

type Shelf = BTreeMap<Edition, &'static [Row]>;

static SHELF: LazyLock<RwLock<Shelf>> = LazyLock::new(|| {
    let all = shipped().unwrap_or_default();
    let mut names: Vec<&Edition> = all.iter().flat_map(|row| [Some(&row.since), row.until.as_ref()]).flatten().collect();
    names.sort();
    names.dedup();
    let asks = |edition: &Edition| {
        let rows: Vec<Row> = all
            .iter()
            .filter(|row| row.since <= *edition && row.until.as_ref().is_none_or(|until| *edition < *until))
            .cloned()
            .collect();
        &*rows.leak()
    };
    RwLock::new(names.into_iter().map(|edition| (edition.clone(), asks(edition))).collect())
});

/// The rows of an edition, in the order of the catalogue; none when it is not known here.
#[must_use]
pub fn rows(edition: &Edition) -> &'static [Row] {
    SHELF.read().unwrap_or_else(PoisonError::into_inner).get(edition).copied().unwrap_or_default()
}

/// Whether this edition is known here.
#[must_use]
pub fn knows(edition: &Edition) -> bool {
    SHELF.read().unwrap_or_else(PoisonError::into_inner).contains_key(edition)
}

/// Every known edition, oldest first.
#[must_use]
pub fn all() -> Vec<Edition> {
    SHELF.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
}

/// The edition that a new journey follows: the newest that stands.
#[must_use]
pub fn newest() -> Edition {
    all().into_iter().rfind(|edition| !is_withdrawn(edition)).unwrap_or_default()
}

/// Makes an edition known that was published in the service. One that is known already stays as it is.
/// The rows live as long as the process: editions are few and never forgotten.
pub fn learn(edition: Edition, mut rows: Vec<Row>) {
    rows.retain(|row| row.until.as_ref().is_none_or(|until| edition < *until));
    let mut shelf = SHELF.write().unwrap_or_else(PoisonError::into_inner);
    shelf.entry(edition).or_insert_with(|| rows.leak());
}

static PUBLISHED: LazyLock<RwLock<BTreeMap<Edition, Timestamp>>> = LazyLock::new(RwLock::default);

/// Makes it known when an edition was published in the service. What was said first stands.
pub fn was_published(edition: Edition, at: Timestamp) {
    PUBLISHED.write().unwrap_or_else(PoisonError::into_inner).entry(edition).or_insert(at);
}

/// When editions were published, oldest first; nothing of those that this release ships.
#[must_use]
pub fn published() -> Vec<(Edition, Timestamp)> {
    let known = PUBLISHED.read().unwrap_or_else(PoisonError::into_inner);
    known.iter().map(|(edition, at)| (edition.clone(), *at)).collect()
}

static WITHDRAWN: LazyLock<RwLock<BTreeSet<Edition>>> = LazyLock::new(RwLock::default);

/// An edition was withdrawn: nobody is asked its rows any more, and they stay known.
pub fn was_withdrawn(edition: Edition) {
    WITHDRAWN.write().unwrap_or_else(PoisonError::into_inner).insert(edition);
}

/// Whether an edition was withdrawn.
#[must_use]
pub fn is_withdrawn(edition: &Edition) -> bool {
    WITHDRAWN.read().unwrap_or_else(PoisonError::into_inner).contains(edition)
}

/// Operators publish editions.
#[must_use]
pub fn may_publish(actor: &Actor) -> bool {
    actor.is(Role::Operator)
}

/// The teams that judge the rows of a SCAL, by every process that has one: a row of any other team nobody would judge.
#[must_use]
pub fn judges(processes: &Processes) -> BTreeSet<Role> {
    processes
        .all()
        .flat_map(|process| &process.tasks)
        .filter(|task| task.page == Page::Scal)
        .flat_map(|task| task.decide.clone())
        .collect()
}

/// An edition as it is proposed: later than every known one, lawful, different from the newest one, and with rows that
/// somebody is asked and that one of `judges` settles.
///
/// # Errors
/// What to put right; the fields are `edition` and `body`.
pub fn proposed(edition: &str, body: &str, judges: &BTreeSet<Role>) -> Result<(Edition, Vec<Row>), Vec<Problem>> {
    let edition: Edition = edition.parse().map_err(|error: NotAnEdition| vec![Problem::new("edition", error.to_string())])?;
    // The name of a withdrawn edition is not used again.
    let latest = all().pop().unwrap_or_default();
    if edition <= latest {
        return Err(vec![Problem::new("edition", format!("Name it later than {latest}, which is the latest"))]);
    }
    let newest = newest();
    let rows = read(body).map_err(|faults| {
        faults.into_iter().take(MOST_TOLD).map(|fault| Problem::new("body", fault.to_string())).collect::<Vec<_>>()
    })?;
    if rows.is_empty() {
        return Err(vec![Problem::new("body", "There is no row in it")]);
    }
    let faults: Vec<Problem> = rows
        .iter()
        .filter_map(|row| Some(Problem::new("body", format!("{}: {}", row.id, unfit(row, &edition, judges)?))))
        .take(MOST_TOLD)
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    if Difference::between(self::rows(&newest), &rows).is_empty() {
        return Err(vec![Problem::new(
            "body",
            format!("No row differs from edition {newest}. Change a row, or leave that edition as it is"),
        )]);
    }
    Ok((edition, rows))
}

/// Why a row that can be read does not fit into an edition.
fn unfit(row: &Row, edition: &Edition, judges: &BTreeSet<Role>) -> Option<String> {
    if text::is_blank(&row.requirement) {
        return Some("it asks nothing. Write the requirement".to_owned());
    }
    if !is_tab(&row.tab) {
        return Some(format!("“{}” is not a capability of a SCAL", row.tab));
    }
    // Sections stand in the plan of work of the teams: a new one comes with a release.
    let section = |known: &&Row| (known.section, &known.section_title) == (row.section, &row.section_title);
    if !all().iter().any(|edition| rows(edition).iter().any(|known| section(&known))) {
        return Some(format!("“{} {}” is not a section of a SCAL", row.section, row.section_title));
    }
    if !judges.contains(&row.owner) {
        let known: Vec<&str> = judges.iter().map(|role| role.name()).collect();
        return Some(format!(
            "“{}” does not judge a SCAL, so nobody would settle the row. Choose {}",
            row.owner.name(),
            known.join(", ")
        ));
    }
    (row.since > *edition).then(|| format!("it is said to be asked since {}, which is later than {edition}", row.since))
}

/// Faults that are told at once.
const MOST_TOLD: usize = 30;

/// What differs between two editions.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Asked by the newer one only.
    pub new: Vec<Row>,
    /// Asked by both in other words, or judged by another team: as it was, as it is.
    pub changed: Vec<(Row, Row)>,
    /// Something else about it changed, such as its section or its source; nobody is asked again.
    pub moved: Vec<(Row, Row)>,
    /// Asked by the older one only.
    pub withdrawn: Vec<Row>,
}

impl Difference {
    /// Between these rows, older first.
    #[must_use]
    pub fn between(old: &[Row], new: &[Row]) -> Self {
        let known: BTreeMap<&FieldId, &Row> = old.iter().map(|row| (&row.field, row)).collect();
        let mut difference = Self::default();
        for row in new {
            match known.get(&row.field) {
                None => difference.new.push(row.clone()),
                Some(before) if before.asks_the_same(row) => {
                    if !told_apart(before, row).is_empty() {
                        difference.moved.push(((*before).clone(), row.clone()));
                    }
                }
                Some(before) => difference.changed.push(((*before).clone(), row.clone())),
            }
        }
        let gone = |row: &&Row| !new.iter().any(|now| now.field == row.field);
        difference.withdrawn = old.iter().filter(gone).cloned().collect();
        difference
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.moved.is_empty() && self.withdrawn.is_empty()
    }
}

/// What differs between two rows of one id: the name of the column, what stood in it and what stands in it. The editions
/// that name a row are left out.
#[must_use]
pub fn told_apart(before: &Row, now: &Row) -> Vec<(&'static str, String, String)> {
    let columns = HEADING.iter().copied().zip(before.record().into_iter().zip(now.record()));
    columns
        .filter(|(name, (before, now))| !matches!(*name, "since" | "until") && before != now)
        .map(|(name, (before, now))| (name, before, now))
        .collect()
}

/// The same as two texts to be shown beside each other, a line for each column.
#[must_use]
pub fn beside(before: &Row, now: &Row) -> (String, String) {
    let told = told_apart(before, now);
    let line = |name: &str, value: &str| format!("{}: {value}", name.replace('_', " "));
    let before: Vec<String> = told.iter().map(|(name, before, _)| line(name, before)).collect();
    let now: Vec<String> = told.iter().map(|(name, _, now)| line(name, now)).collect();
    (before.join("\n"), now.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_are_read_as_they_are_written_and_ordered_by_time() {
        let read = |text: &str| text.parse::<Edition>();
        assert_eq!(read("2026-2").expect("an edition").to_string(), "2026-2");
        let sorted = ["2026-2", "2026-10", "2027-1"].map(|text| read(text).expect("an edition"));
        assert!(sorted.is_sorted());
        for text in ["", "2026", "2026-", "2026-0", "2026-01", "26-1", "2026-1 ", "1999-1"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_document_of_a_row_stands_in_the_catalogue_and_editions_of_before_keep_theirs() {
        let text = |heading: &str, rows: &[(&str, &str)]| {
            let line = |(id, end): &(&str, &str)| {
                format!("{id},Common,3 Clinical safety DCB0129,MUST,both,r,e,statement,clinical_safety,s,2026-1,{end}\n")
            };
            format!("{heading}\n{}", rows.iter().map(line).collect::<String>())
        };
        let before = "id,capability,section,level,who,requirement,evidence_expected,environment,owner,source,since,until";
        let now = format!("{before},document");
        let documents =
            |text: &str| -> Vec<Option<String>> { read(text).expect("lawful").into_iter().map(|row| row.document).collect() };
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(documents(&text(before, &[("SCAL-CS-03", ""), ("SCAL-CS-99", "")])), [named("hazard log"), None]);
        let rows = [("SCAL-CS-03", ","), ("SCAL-CS-98", ",risk register")];
        assert_eq!(documents(&text(&now, &rows)), [None, named("risk register")], "an edition says it itself");
        for name in [" \u{200b}".to_owned(), "x".repeat(61)] {
            let faults = read(&text(&now, &[("SCAL-CS-98", &format!(",{name}"))])).expect_err("no name of a document");
            assert!(faults[0].line == 2 && faults[0].says.starts_with("the name of its document"), "{faults:?}");
        }
    }

    #[test]
    fn what_is_published_is_known_and_never_changes() {
        let edition: Edition = "2091-7".parse().expect("an edition");
        let row = shipped().expect("lawful")[0].clone();
        assert!(!knows(&edition));
        learn(edition.clone(), vec![row.clone()]);
        learn(edition.clone(), Vec::new());
        assert_eq!(rows(&edition).len(), 1, "the first one stands");
        assert_eq!(rows(&edition)[0].id, row.id);
    }

    #[test]
    fn a_difference_names_new_changed_and_withdrawn_rows() {
        let old = &shipped().expect("lawful")[..3];
        let mut new = old[1..].to_vec();
        new[0].requirement.push_str(" And more.");
        let mut added = old[0].clone();
        added.field = "scal-org-99".parse().expect("a name");
        new.push(added);
        let difference = Difference::between(old, &new);
        let names = |rows: &[Row]| rows.iter().map(|row| row.field.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&difference.new), ["scal-org-99"]);
        assert_eq!(difference.changed[0].1.field, old[1].field);
        assert_eq!(names(&difference.withdrawn), [old[0].field.to_string()]);
        assert!(Difference::between(old, old).is_empty());
    }

    /// The rows of the newest edition as a file, changed.
    fn file(change: impl FnOnce(&mut Vec<Vec<String>>)) -> String {
        let mut records: Vec<Vec<String>> = rows(&newest()).iter().map(Row::record).collect();
        change(&mut records);
        let mut written = ::csv::Writer::from_writer(Vec::new());
        written.write_record(HEADING).expect("in memory");
        records.iter().for_each(|record| written.write_record(record).expect("in memory"));
        String::from_utf8(written.into_inner().expect("in memory")).expect("text")
    }

    fn column(name: &str) -> usize {
        HEADING.iter().position(|known| *known == name).expect("a column")
    }

    #[test]
    fn an_edition_that_nobody_would_ask_judge_or_notice_is_refused() {
        let judges = judges(Processes::shipped().expect("lawful"));
        assert_eq!(judges.len(), 3, "{judges:?}");
        let says = |text: &str| proposed("2099-9", text, &judges).expect_err("a fault")[0].says.clone();
        let with = |name: &str, value: &str| file(|rows| rows[1][column(name)] = value.to_owned());
        for (name, value, part) in [
            ("owner", "service_management", "“service_management” does not judge a SCAL"),
            ("owner", "technical_architect", "does not judge a SCAL"),
            ("capability", "Commonly", "“Commonly” is not a capability of a SCAL"),
            ("section", "99 Nowhere", "“99 Nowhere” is not a section of a SCAL"),
            ("section", "1 Nowhere", "“1 Nowhere” is not a section of a SCAL"),
            ("requirement", " \u{200b}", "it asks nothing"),
            ("since", "2099-10", "which is later than 2099-9"),
        ] {
            let said = says(&with(name, value));
            assert!(said.starts_with(&format!("{}: ", rows(&newest())[1].id)) && said.contains(part), "{name}: {said}");
        }
        assert!(says(&file(|_| {})).starts_with("No row differs from edition"));
        let (edition, _) = proposed("2099-9", &with("source", "Another source"), &judges).expect("one thing differs");
        assert_eq!(edition.to_string(), "2099-9");
    }

    #[test]
    fn a_difference_shows_every_field_that_differs() {
        let old = &shipped().expect("lawful")[..2];
        for (name, value, asked_again) in [
            ("level", "MAY", true),
            ("environment", "providers", true),
            ("evidence_expected", "Another", true),
            ("requirement", "Another", true),
            ("owner", "clinical_safety", true),
            ("section", "9 Access Record HTML", false),
            ("capability", "Spine", false),
            ("who", "consumer", false),
            ("source", "Another", false),
            ("document", "statement of authority", true),
        ] {
            let mut record = old[1].record();
            record[column(name)] = value.to_owned();
            let mut written = ::csv::Writer::from_writer(Vec::new());
            written.write_record(HEADING).expect("in memory");
            written.write_record(&record).expect("in memory");
            let new = read(&String::from_utf8(written.into_inner().expect("in memory")).expect("text")).expect("lawful");
            let difference = Difference::between(&old[1..], &new);
            let (changed, moved) = (difference.changed.len(), difference.moved.len());
            assert_eq!((changed == 1, moved == 1), (asked_again, !asked_again), "{name}");
            let told = told_apart(&old[1], &new[0]);
            assert_eq!(told, [(name, old[1].record()[column(name)].clone(), value.to_owned())]);
            assert!(beside(&old[1], &new[0]).1.ends_with(&format!(": {value}")), "{name}");
        }
    }
}
