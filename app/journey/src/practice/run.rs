//! A live run: an address of its own for some hours, to which a product sends its requests.
//!
//! How a run stands is found from its clock and its counts; only that somebody closed it is kept. What was said when it was opened
//! is the first link of its chain, so that version, tester and rules cannot be changed afterwards.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    base::{
        actor::{Actor, Role, Side},
        environment::Environment,
        ids::{Digest, JourneyRef, PersonId, TaskId},
        named::named,
    },
    form::{Answers, Field, Form, Kind},
    guidance::spine::interactions::Area,
    ledger::journey::{Journey, Phase},
    rule::conversation::{Audience, own_side},
};

/// How long a run stays open: an afternoon of testing. Whoever needs longer opens the next one.
pub const LASTS: SignedDuration = SignedDuration::from_hours(4);
/// Exchanges of a run: a suite of a hundred scripts, each three times over.
pub const MOST_EXCHANGES: u32 = 300;
/// Bytes of a run as it is kept: 300 exchanges of the usual 20 KB, so that a page and a download stay small.
pub const MOST_BYTES: u64 = 6 * 1024 * 1024;
/// Bytes of one request's body: a booking has 3 KB, a registration 2 KB.
pub const LONGEST_BODY: usize = 128 * 1024;
/// Bytes of all headers of a request, token included.
pub const LONGEST_HEADERS: usize = 16 * 1024;
/// Requests a second of one run, and as many again at once ten times over: what a product's own suite sends, and no load test.
pub const A_SECOND: u32 = 10;
/// Runs of a journey that are open at once.
pub const MOST_OPEN: usize = 3;
/// Runs of a journey in all.
pub const MOST_RUNS: usize = 200;
/// Characters of a version and of the name of a tester.
pub const LONGEST_WORDS: usize = 100;

named! {
    /// Why nothing more is taken.
    pub enum Closing {
        /// Somebody of the supplier closed it.
        Owner = ("owner", "closed by the supplier"),
        /// Its time is over.
        Time = ("time", "closed by itself: its time was over"),
        /// It has as many exchanges as it may have.
        Count = ("count", "closed by itself: it holds as many requests as a run can"),
        /// It was read from a file, and was whole from the beginning.
        File = ("file", "read from a file"),
        /// It holds as many bytes as it may hold.
        Bytes = ("bytes", "closed by itself: it holds as many bytes as a run can"),
    }
}

/// What was said when a run was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its id: part of its address on pages, and no secret.
    pub id: String,
    /// The journey.
    pub journey: JourneyRef,
    /// When.
    pub at: Timestamp,
    /// Who opened it.
    pub by: PersonId,
    /// Name of the environment.
    pub environment: String,
    /// Version of the product.
    pub version: String,
    /// Who tests, in their own words.
    pub tester: String,
    /// Names of the capabilities that are tried.
    pub areas: Vec<String>,
    /// The rules that it is held against.
    pub rules: Digest,
    /// The file that its requests were read from; `None` when they were sent here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<SourceFile>,
}

/// A capture that a run was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// What it was called.
    pub name: String,
    /// SHA-256 of its bytes, which are not kept: they may hold what must not be.
    pub digest: Digest,
}

impl Opened {
    /// What was said with [`form`], by whom and when. `rules` are those of this release, `file` is what the requests are read from.
    #[must_use]
    pub fn said(
        id: String,
        journey: &JourneyRef,
        (by, at): (&PersonId, Timestamp),
        said: &Answers,
        rules: Digest,
        file: Option<SourceFile>,
    ) -> Self {
        Self {
            id,
            journey: journey.clone(),
            at,
            by: by.clone(),
            environment: said.one("environment").to_owned(),
            version: said.one("version").to_owned(),
            tester: said.one("tester").to_owned(),
            areas: said.many("areas").to_vec(),
            rules,
            file,
        }
    }

    /// The text that the chain begins with.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the first exchange names as the digest before it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.text().as_bytes())
    }

    /// The environment in words.
    #[must_use]
    pub fn environment_title(&self) -> &str {
        Environment::named(&self.environment).map_or(self.environment.as_str(), |known| known.title())
    }

    /// The capabilities in words.
    #[must_use]
    pub fn areas_in_words(&self) -> String {
        let title = |name: &String| Area::named(name).map_or(name.as_str(), |known| known.title()).to_owned();
        self.areas.iter().map(title).collect::<Vec<_>>().join(", ")
    }

    /// Whether another run tried the same in the same place, so that the two can be compared.
    #[must_use]
    pub fn is_like(&self, other: &Opened) -> bool {
        self.journey == other.journey && self.environment == other.environment && self.areas == other.areas
    }
}

/// A run as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveRun {
    /// What was said when it was opened.
    pub opened: Opened,
    /// The secret in its address, while it is open.
    pub key: Option<String>,
    /// Exchanges.
    pub count: u32,
    /// Bytes.
    pub bytes: u64,
    /// The digest of the newest exchange; of the opening when there is none.
    pub head: Digest,
    /// When somebody closed it.
    pub closed: Option<Timestamp>,
}

impl LiveRun {
    /// A run that begins.
    #[must_use]
    pub fn begin(opened: Opened, key: String) -> Self {
        Self { head: opened.digest(), opened, key: Some(key), count: 0, bytes: 0, closed: None }
    }

    /// When it ends by itself.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.opened.at.checked_add(LASTS).unwrap_or(Timestamp::MAX)
    }

    /// Why it takes nothing more; `None` while it does.
    #[must_use]
    pub fn closing(&self, now: Timestamp) -> Option<Closing> {
        match self {
            _ if self.opened.file.is_some() => Some(Closing::File),
            _ if self.closed.is_some() => Some(Closing::Owner),
            _ if self.count >= MOST_EXCHANGES => Some(Closing::Count),
            _ if self.bytes >= MOST_BYTES => Some(Closing::Bytes),
            _ if now >= self.ends() => Some(Closing::Time),
            _ => None,
        }
    }
}

/// Whether a person may read the runs of a journey: the supplier's own people and the programme's reviewers, nobody else.
#[must_use]
pub fn may_read(journey: &Journey, actor: &Actor) -> bool {
    journey.may_see(actor) && matches!(own_side(journey, actor), Some(Audience::Supplier | Audience::Programme))
}

/// Whether they may see tokens: those of the supplier whose tokens they are.
#[must_use]
pub fn may_see_tokens(journey: &Journey, actor: &Actor) -> bool {
    may_read(journey, actor) && own_side(journey, actor) == Some(Audience::Supplier)
}

/// Whether a task is one for which a product is tried: its page leads to the runs.
#[must_use]
pub fn helps_with(task: &TaskId) -> bool {
    let id = task.as_str();
    matches!(id, "try-demonstrator" | "develop-product") || id.starts_with("test-")
}

/// Whether they may open and close runs and see their addresses.
#[must_use]
pub fn may_test(journey: &Journey, actor: &Actor) -> bool {
    let tests = [Role::OnboardingLead, Role::Developer].iter().any(|role| actor.roles.contains(role));
    let goes_on = !matches!(journey.phase, Phase::Withdrawn { .. });
    goes_on && tests && actor.on(Side::Supplier) && may_see_tokens(journey, actor)
}

/// The questions that open a run.
#[must_use]
pub fn form() -> Form {
    let environments = Environment::ALL.iter().filter(|one| **one != Environment::Statement);
    let areas = Area::ALL.iter().filter(|area| area.name() != "foundations");
    Form::of(vec![
        Field::new("version", "Which version of the product is tried?", Kind::Line { max: LONGEST_WORDS })
            .hint("For example 4.2.1.")
            .required("Enter the version of the product"),
        Field::new("tester", "Who tests?", Kind::Line { max: LONGEST_WORDS }).required("Enter the name of whoever tests"),
        Field::new(
            "environment",
            "Which environment is the product set up for?",
            Kind::Choice(environments.map(|one| (one.name(), one.title(), "")).collect()),
        )
        .hint("The run itself is here. A run counts for the environment that you name.")
        .required("Select an environment"),
        Field::new("areas", "What is tried?", Kind::Choices(areas.map(|area| (area.name(), area.title(), "")).collect()))
            .hint("Select all that apply. Foundations belong to each of them.")
            .required("Select at least one capability"),
    ])
}

/// What the form says before it was filled in: version and capabilities of the journey.
#[must_use]
pub fn filled_in(journey: &Journey, tester: &str) -> Answers {
    let version = journey.product_version().map_or(journey.opening.version.as_str(), |(version, _)| version);
    let mut answers = Answers::default().with("version", version).with("tester", tester);
    let chosen = journey.opening.capabilities.iter().filter_map(|chosen| Area::of(chosen.capability));
    answers.0.insert("areas".to_owned(), chosen.map(|area| area.name().to_owned()).collect());
    answers
}

/// Why no run can be opened now, in words; `None` when one can.
#[must_use]
pub fn full(runs: &[LiveRun], now: Timestamp) -> Option<&'static str> {
    if runs.iter().filter(|run| run.closing(now).is_none()).count() >= MOST_OPEN {
        return Some("Three runs of this journey are open. Close one of them first.");
    }
    no_room(runs.len())
}

/// The same for a run that is never open.
#[must_use]
pub fn no_room(runs: usize) -> Option<&'static str> {
    (runs >= MOST_RUNS).then_some("This journey has 200 runs, which is as many as are kept. Write to the GP Connect team.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> LiveRun {
        let opened = Opened {
            id: "r1".to_owned(),
            journey: JourneyRef::from_bits(1),
            at: "2026-03-02T10:00:00Z".parse().expect("an instant"),
            by: "ada".parse().expect("an id"),
            environment: "int".to_owned(),
            version: "4.2".to_owned(),
            tester: "Ada".to_owned(),
            areas: vec!["structured".to_owned()],
            rules: Digest::of(b"rules"),
            file: None,
        };
        LiveRun::begin(opened, "key".to_owned())
    }

    #[test]
    fn a_run_closes_by_time_count_bytes_or_its_owner() {
        let run = run();
        let (soon, late) = (run.opened.at + SignedDuration::from_mins(1), run.opened.at + LASTS);
        assert_eq!((run.closing(soon), run.closing(late)), (None, Some(Closing::Time)));
        assert_eq!(LiveRun { count: MOST_EXCHANGES, ..run.clone() }.closing(soon), Some(Closing::Count));
        assert_eq!(LiveRun { bytes: MOST_BYTES, ..run.clone() }.closing(soon), Some(Closing::Bytes));
        assert_eq!(LiveRun { closed: Some(soon), ..run }.closing(late), Some(Closing::Owner));
    }

    #[test]
    fn the_chain_begins_with_what_was_said() {
        let run = run();
        let mut other = run.opened.clone();
        other.version = "4.3".to_owned();
        assert_eq!(run.head, run.opened.digest());
        assert_ne!(other.digest(), run.head);
        assert!(other.is_like(&run.opened), "a rerun with the next version is compared");
        let read: Opened = serde_json::from_str(&other.text()).expect("it reads again");
        assert_eq!(read, other);
    }

    #[test]
    fn a_form_is_told_everything_that_is_wrong_with_it() {
        let problems = form().check(&Answers::default()).expect_err("nothing is answered");
        assert_eq!(problems.0.len(), 4);
        let good =
            Answers::default().with("version", "4.2").with("tester", "Ada").with("environment", "int").with("areas", "html");
        assert!(form().check(&good).is_ok());
        assert!(form().check(&good.with("environment", "statement")).is_err(), "a statement is no place to test");
    }

    #[test]
    fn every_task_that_tries_a_product_leads_to_its_runs() {
        let processes = crate::plan::process::Processes::shipped().expect("lawful");
        let ids = processes.all().flat_map(|process| &process.tasks).map(|task| &task.id);
        let found: Vec<&str> = ids.filter(|id| helps_with(id)).map(TaskId::as_str).collect();
        for wanted in ["try-demonstrator", "develop-product", "test-internet-demonstrator", "test-opentest", "test-int-providers"]
        {
            assert!(found.contains(&wanted), "{wanted}: {found:?}");
        }
    }

    #[test]
    fn three_runs_are_open_at_once_at_most() {
        let (run, now) = (run(), run().opened.at);
        assert_eq!(full(&[run.clone(), run.clone()], now), None);
        assert!(full(&[run.clone(), run.clone(), run.clone()], now).is_some());
        assert_eq!(full(&[run.clone(), run.clone(), run.clone()], now + LASTS), None, "they have closed by themselves");
        assert!(full(&vec![run; MOST_RUNS], now + LASTS).is_some());
    }
}
