//! Defects that tests show: what was seen, who mends it, how bad it is, and what became of it. Each has a number in its journey,
//! and follows from its events alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::base::{
    actor::{Role, Side},
    environment::Environment,
    ids::{PersonId, Seq, TaskId},
    named::named,
};

named! {
    /// Who mends a defect (domain/testing.md §2).
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Owner {
        /// The product that asks.
        Consumer = ("consumer", "Consumer"),
        /// The product that answers.
        Provider = ("provider", "Provider"),
        /// Spine, between the two.
        Spine = ("spine", "Spine"),
    }
}

impl Owner {
    /// "the provider", "Spine"
    #[must_use]
    pub fn the(self) -> &'static str {
        match self {
            Owner::Consumer => "the consumer",
            Owner::Provider => "the provider",
            Owner::Spine => "Spine",
        }
    }

    /// Whether the supplier of a journey mends it: a consumer's journey is that of the consumer, a provider's that of the provider.
    #[must_use]
    pub fn is_supplier(self, of_provider: bool) -> bool {
        self == if of_provider { Owner::Provider } else { Owner::Consumer }
    }
}

named! {
    /// How bad a defect is. The sources give no scale; decision 0042 says why these four.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Severity {
        /// Patients or their data are at risk, or nothing can be tested.
        Critical = ("critical", "Critical"),
        /// Something that is needed does not work, and there is no way around it.
        High = ("high", "High"),
        /// Something does not work as specified, and there is a way around it.
        Medium = ("medium", "Medium"),
        /// It disturbs nobody's work.
        Low = ("low", "Low"),
    }
}

impl Severity {
    /// What it means, in a sentence.
    #[must_use]
    pub fn means(self) -> &'static str {
        match self {
            Severity::Critical => "Patients or their data could be at risk, or testing cannot continue.",
            Severity::High => "Something that is needed does not work, and there is no way around it.",
            Severity::Medium => "Something does not work as specified, and there is a way around it.",
            Severity::Low => "A small fault that does not stop anybody's work.",
        }
    }
}

named! {
    /// How a defect was closed.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Closing {
        /// It is mended.
        Mended = ("mended", "Mended"),
        /// It was no fault.
        NoFault = ("no_fault", "No fault"),
    }
}

/// What whoever raised it wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// In one line.
    pub title: String,
    /// What happened.
    pub happened: String,
    /// What was expected.
    pub expected: String,
    /// Where it was seen.
    pub environment: Environment,
    /// The version of the product that it was seen with.
    pub product: String,
    /// The request as text, without anything secret; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request: String,
    /// The answer to it, likewise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
    /// The live run and the number of the request in it, if it was seen there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<(String, u64)>,
    /// Test scripts that show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scripts: Vec<String>,
}

/// Who mends a defect, how bad it is, and whether the certificate waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Who mends it.
    pub owner: Owner,
    /// How bad it is.
    pub severity: Severity,
    /// Whether no certificate is issued while it is open.
    pub blocks: bool,
}

impl Assessment {
    /// "Provider, high, blocks the certificate"
    #[must_use]
    pub fn in_words(self) -> String {
        let blocks = if self.blocks { "blocks the certificate" } else { "does not block the certificate" };
        format!("{}, {}, {blocks}", self.owner.title(), self.severity.title().to_lowercase())
    }
}

/// Where a defect is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefectState {
    /// Somebody mends it.
    Open,
    /// The supplier says that it is mended, and the programme has not agreed yet.
    Mended {
        /// In which version of the product.
        version: String,
    },
    /// It is settled.
    Closed(Closing),
}

/// Something that was said of a defect, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefectWord {
    /// What was done.
    pub deed: DefectDeed,
    /// In what capacity.
    pub role: Role,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// In words; may be empty.
    pub words: String,
}

/// What was done about a defect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefectDeed {
    /// It was raised, and seen so by whoever raised it.
    Raised(Assessment),
    /// The programme said who mends it, and how bad it is.
    Assessed(Assessment),
    /// The supplier says that it is mended in this version.
    Mended(String),
    /// The programme closed it.
    Closed(Closing),
    /// The programme opened it again.
    Reopened,
}

/// A defect as its events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefectRecord {
    /// Its number in the journey, from 1.
    pub number: u32,
    /// The test stage on which it was seen.
    pub task: TaskId,
    /// What was written of it.
    pub defect: Defect,
    /// As it counts now: what the programme said last, or whoever raised it.
    pub assessment: Assessment,
    /// Whether the programme has said so. What a supplier alone says blocks, but pauses no clock.
    pub confirmed: bool,
    /// Where it is.
    pub state: DefectState,
    /// Everything that was done about it, oldest first; the first is that it was raised.
    pub words: Vec<DefectWord>,
    /// The last event that is about it.
    pub changed: Seq,
}

impl DefectRecord {
    /// One that was raised just now.
    #[must_use]
    pub fn raised(number: u32, task: TaskId, defect: Defect, word: DefectWord, seq: Seq) -> Option<Self> {
        let DefectDeed::Raised(assessment) = word.deed else { return None };
        let confirmed = word.role.side() == Side::Programme;
        let state = DefectState::Open;
        Some(Self { number, task, defect, assessment, confirmed, state, words: vec![word], changed: seq })
    }

    /// What follows from something that was done about it; `false` where that cannot be.
    pub fn goes_on(&mut self, word: DefectWord, seq: Seq) -> bool {
        match (&word.deed, &self.state) {
            (DefectDeed::Assessed(assessment), DefectState::Open | DefectState::Mended { .. }) => {
                self.assessment = *assessment;
                self.confirmed = true;
            }
            (DefectDeed::Mended(version), DefectState::Open) => self.state = DefectState::Mended { version: version.clone() },
            (DefectDeed::Closed(how), DefectState::Open | DefectState::Mended { .. }) => {
                self.state = DefectState::Closed(*how);
                self.confirmed = true;
            }
            (DefectDeed::Reopened, DefectState::Mended { .. } | DefectState::Closed(_)) => {
                self.state = DefectState::Open;
                self.confirmed = true;
            }
            _ => return false,
        }
        self.words.push(word);
        self.changed = seq;
        true
    }

    /// "D-2"
    #[must_use]
    pub fn name(&self) -> String {
        name(self.number)
    }

    /// Whether it is not closed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state, DefectState::Closed(_))
    }

    /// Whether the certificate waits for it.
    #[must_use]
    pub fn is_blocking(&self) -> bool {
        self.is_open() && self.assessment.blocks
    }

    /// Whether it holds the supplier up: it is open, and the programme has said that somebody else mends it.
    #[must_use]
    pub fn is_with_others(&self, of_provider: bool) -> bool {
        self.state == DefectState::Open && self.confirmed && !self.assessment.owner.is_supplier(of_provider)
    }

    /// When it was raised.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.words.first().map_or(Timestamp::MIN, |word| word.at)
    }

    /// When something was done about it last.
    #[must_use]
    pub fn touched(&self) -> Timestamp {
        self.words.last().map_or(Timestamp::MIN, |word| word.at)
    }

    /// "Open", "Said to be mended in 2.4", "Closed: mended"
    #[must_use]
    pub fn standing(&self) -> String {
        match &self.state {
            DefectState::Open if !self.confirmed => "New".to_owned(),
            DefectState::Open => "Open".to_owned(),
            DefectState::Mended { version } => format!("Mended in {version}, to be agreed"),
            DefectState::Closed(how) => format!("Closed: {}", how.title().to_lowercase()),
        }
    }
}

/// "D-2"
#[must_use]
pub fn name(number: u32) -> String {
    format!("D-{number}")
}

/// A time in which the clock of the supplier on a test stage stood still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// From when.
    pub from: Timestamp,
    /// Until when; `None` while it lasts.
    pub until: Option<Timestamp>,
}
