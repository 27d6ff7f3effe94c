//! Certificates: what each is called, its number and what it says (domain/testing.md §8).
//!
//! Long because how one stands is said here for everybody, with each way in which it can end.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    base::{
        actor::Role,
        edition::Edition,
        identity::Identity,
        ids::{Digest, JourneyRef, Round, Seq, TaskId},
        named::named,
    },
    catalogue::scal,
    ledger::{
        event::{Event, Recorded},
        journey::{Journey, Phase},
        standing::{Standing, State, Stopped, TaskRecord},
        standings::last_day,
    },
    plan::{
        capability::Chosen,
        certificates::{CertificateKind, ValidityChange, kind, number, of_prefix, prefixes},
        process::{Page, Processes, TaskSpec},
    },
};

/// What a certificate says, as it was when it was issued. Its text is kept under its digest, which the event of the issue
/// names; a page shows this and nothing that is true only today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The words at its head.
    pub title: String,
    /// The supplier, as the ledger named it; `None` where it did not say.
    pub supplier: Option<Identity>,
    /// The product with its version.
    pub product: String,
    /// The capabilities with their versions.
    pub capabilities: Vec<Chosen>,
    /// The test route, in words; empty for providers.
    pub route: String,
    /// The edition of the SCAL catalogue, the round that was accepted and its digest; `None` where there is no SCAL.
    pub scal: Option<(Edition, Round, Digest)>,
    /// The records of the test stages: which task, which round, which words.
    pub stages: Vec<(TaskId, Round, Digest)>,
    /// Conditions and exceptions; may be empty.
    pub conditions: String,
    /// The team that issued it.
    pub team: Role,
    /// What it does not say.
    pub not: String,
    /// What ends it.
    pub ends: String,
    /// How many months it is valid for from the day of its issue; `None` where time alone does not end it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_months: Option<u32>,
}

impl Facts {
    /// Its last day, when it was issued at this moment; `None` where time alone does not end it.
    #[must_use]
    pub fn last_day(&self, issued: Timestamp) -> Option<Date> {
        last_day(issued, self.valid_months?)
    }
}

/// What the teams accepted under a condition in the SCAL, each row with the words of its team. It stands on the certificate
/// whoever issues it.
#[must_use]
pub fn under_conditions(journey: &Journey) -> Vec<String> {
    let Some(spec) = journey.plan().find(|spec| spec.page == Page::Scal) else { return Vec::new() };
    let verdicts = &journey.task(&spec.id).verdicts;
    let mut told = Vec::new();
    for row in scal::rows(&journey.opening) {
        let with_stage = journey.verdict_of_stage(&row.field).map(|(_, _, verdict)| verdict);
        for verdict in verdicts.all(&row.field).iter().chain(with_stage) {
            let Some(condition) = &verdict.condition else { continue };
            let line = format!("{}: {condition}", row.id);
            if !told.contains(&line) {
                told.push(line);
            }
        }
    }
    told
}

/// The facts of the certificate that a task leaves when it is settled now by this team with these words, as the text that is
/// kept; `None` for a task that leaves none.
#[must_use]
pub fn facts(journey: &Journey, spec: &TaskSpec, team: Role, note: &str) -> Option<String> {
    let kind = kind(spec)?;
    let sent = |spec: &TaskSpec| {
        let sent = journey.task(&spec.id).sent.last()?;
        Some((spec.id.clone(), sent.round, sent.digest.clone()))
    };
    let answered = journey.plan().find(|spec| spec.page == Page::Scal).and_then(sent);
    let facts = Facts {
        title: kind.title.to_owned(),
        supplier: journey.identity(&journey.organisation).cloned(),
        product: journey.product().to_owned(),
        capabilities: journey.opening.capabilities.clone(),
        route: if journey.process.is_provider() { String::new() } else { journey.opening.route().about().to_owned() },
        scal: answered.map(|(_, round, digest)| (journey.opening.catalogue.clone(), round, digest)),
        stages: journey.plan().filter(|spec| spec.page == Page::Testing).filter_map(sent).collect(),
        conditions: under_conditions(journey)
            .into_iter()
            .chain([note.to_owned()].into_iter().filter(|note| !note.is_empty()))
            .collect::<Vec<_>>()
            .join("\n"),
        team,
        not: kind.not.to_owned(),
        ends: kind.ends.to_owned(),
        valid_months: spec.valid_months,
    };
    serde_json::to_string(&facts).ok()
}

/// The digest of [`facts`].
#[must_use]
pub(crate) fn digest(journey: &Journey, spec: &TaskSpec, team: Role, note: &str) -> Option<Digest> {
    facts(journey, spec, team, note).map(|text| Digest::of(text.as_bytes()))
}

/// The number of a certificate: its kind, the journey's reference and the place of its issue in the ledger, so that a
/// certificate issued anew has another number and each can be found in the history. It is also what anybody checks it by: the
/// reference in it has a character that tells a slip of the tongue or of the pen, and opens nothing but what the certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateNumber {
    prefix: &'static str,
    /// The journey.
    pub journey: JourneyRef,
    /// The event that issued it.
    pub issued: Seq,
}

impl CertificateNumber {
    /// The number of what this event of a journey issued.
    #[must_use]
    pub fn of(kind: CertificateKind, journey: &JourneyRef, issued: Seq) -> Self {
        Self { prefix: kind.prefix, journey: journey.clone(), issued }
    }

    /// What it is the number of.
    #[must_use]
    pub fn kind(&self) -> CertificateKind {
        of_prefix(self.prefix).expect("a number begins like a kind")
    }

    /// The number that somebody typed or read out: small letters, spaces and missing hyphens are as good. `None` for what can be
    /// the number of no certificate.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let bare = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let typed = bare(text);
        let (prefix, rest) = prefixes().find_map(|prefix| Some((prefix, typed.strip_prefix(&bare(prefix))?)))?;
        let (journey, issued) = rest.split_at_checked(8)?;
        // On the telephone a nought is an O and a one is an L.
        let digits = issued.replace('O', "0").replace(['I', 'L'], "1");
        Some(Self { prefix, journey: journey.parse().ok()?, issued: Seq(digits.parse::<u64>().ok().filter(|seq| *seq > 0)?) })
    }
}

impl fmt::Display for CertificateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&number(self.prefix, &self.journey, self.issued))
    }
}

named! {
    /// How a certificate stands, in a word: what is listed of it.
    pub enum Validity {
        /// It holds.
        Valid = ("valid", "Valid"),
        /// It is looked at again.
        InQuestion = ("in_question", "Put into question"),
        /// Another was issued in its place.
        Superseded = ("superseded", "Superseded"),
        /// It was suspended.
        Suspended = ("suspended", "Suspended"),
        /// Its time has run out.
        Expired = ("expired", "Expired"),
        /// It was withdrawn.
        Withdrawn = ("withdrawn", "Withdrawn"),
        /// Its task was opened again.
        Reopened = ("reopened", "No longer valid"),
        /// The supplier has ended the journey.
        Ended = ("ended", "No longer valid"),
    }
}

impl FromStr for Validity {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::named(name).ok_or_else(|| format!("no certificate stands as {name}"))
    }
}

/// How a certificate stands for whoever relies on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateState {
    /// It holds, for the version of the product that it names and for no other.
    Valid,
    /// Something that it rests on has changed since: the programme looks at it again, and until then it does not count.
    InQuestion,
    /// Another was issued in its place.
    Superseded {
        /// Which.
        by: CertificateNumber,
        /// When.
        on: Timestamp,
    },
    /// The task that left it was opened again, and no other was issued yet.
    Reopened {
        /// When.
        on: Timestamp,
    },
    /// Two people of the programme suspended it.
    Suspended {
        /// Since when.
        on: Timestamp,
        /// Why.
        reason: String,
    },
    /// The time ran out for which it was issued.
    Expired {
        /// Since when: the first instant after its last day.
        on: Timestamp,
    },
    /// Two people of the programme withdrew it for good.
    Withdrawn {
        /// Since when.
        on: Timestamp,
        /// Why.
        reason: String,
    },
    /// The supplier has ended the journey.
    Ended {
        /// When.
        on: Timestamp,
    },
}

impl CertificateState {
    /// The same in a word.
    #[must_use]
    pub fn validity(&self) -> Validity {
        match self {
            CertificateState::Valid => Validity::Valid,
            CertificateState::InQuestion => Validity::InQuestion,
            CertificateState::Superseded { .. } => Validity::Superseded,
            CertificateState::Suspended { .. } => Validity::Suspended,
            CertificateState::Expired { .. } => Validity::Expired,
            CertificateState::Withdrawn { .. } => Validity::Withdrawn,
            CertificateState::Reopened { .. } => Validity::Reopened,
            CertificateState::Ended { .. } => Validity::Ended,
        }
    }

    /// The word on its tag.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.validity().title()
    }

    /// Since when it stands so, where something happened to it.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        match self {
            CertificateState::Valid | CertificateState::InQuestion => None,
            CertificateState::Superseded { on, .. }
            | CertificateState::Reopened { on }
            | CertificateState::Suspended { on, .. }
            | CertificateState::Expired { on }
            | CertificateState::Withdrawn { on, .. }
            | CertificateState::Ended { on } => Some(*on),
        }
    }
}

/// What the programme may make of the certificate of a task now; nothing where none was issued.
#[must_use]
pub fn may_become(record: &TaskRecord) -> &'static [ValidityChange] {
    match &record.stopped {
        _ if !is_settled(record) => &[],
        // What has ended by itself needs nobody to end it.
        None if record.expired.is_some() => &[],
        None => &[ValidityChange::Suspend, ValidityChange::Withdraw],
        Some(Stopped { withdrawn: false, .. }) => &[ValidityChange::Reinstate, ValidityChange::Withdraw],
        Some(Stopped { withdrawn: true, .. }) => &[],
    }
}

/// Who suspends, withdraws and reinstates the certificate of a task: the teams that leave it, and the programme lead.
#[must_use]
pub(crate) fn changed_by(spec: &TaskSpec) -> Vec<Role> {
    let lead = [Role::ProgrammeLead].into_iter().filter(|lead| !spec.decide.contains(lead));
    spec.decide.iter().copied().chain(lead).collect()
}

/// The first task of the plan whose certificate was suspended or withdrawn, or has expired. While there is one, no more sites go live.
#[must_use]
pub(crate) fn stopped(journey: &Journey) -> Option<&'static TaskSpec> {
    journey.plan().find(|spec| journey.task(&spec.id).stopped.is_some() || journey.task(&spec.id).expired.is_some())
}

/// A certificate that was issued once.
#[derive(Clone, Debug)]
pub struct IssuedCertificate<'a> {
    /// The task that leaves it.
    pub spec: &'static TaskSpec,
    /// What it is.
    pub kind: CertificateKind,
    /// The event that issued it.
    pub issued: &'a Recorded,
    /// How it stands now.
    pub state: CertificateState,
}

/// The certificate with this number; `None` when the journey never left one. `history` is the whole ledger of the journey.
#[must_use]
pub fn find<'a>(
    processes: &'static Processes,
    journey: &Journey,
    history: &'a [Recorded],
    number: &CertificateNumber,
) -> Option<IssuedCertificate<'a>> {
    let at = history.iter().position(|recorded| recorded.seq == number.issued)?;
    let issued = &history[at];
    let (Event::Issued { task, .. } | Event::Approved { task, .. }) = &issued.event else { return None };
    let spec = journey.process.task(task)?;
    let kind = kind(spec).filter(|kind| kind.prefix == number.prefix)?;
    // Of several teams that approve, the last one leaves it.
    let then = Journey::replay(&journey.reference, &history[..=at], processes).ok()?;
    if !is_settled(then.task(task)) || then.task(task).settled != Some(issued.seq) {
        return None;
    }
    let newest = journey.task(task).certificate.as_ref()?;
    let state = if newest.seq == issued.seq {
        state_of_newest(journey, spec)?
    } else if let Some((on, reason)) = withdrawn_before(processes, then, history, at, task) {
        // Withdrawn for good, it is not merely replaced.
        CertificateState::Withdrawn { on, reason }
    } else {
        CertificateState::Superseded { by: CertificateNumber::of(kind, &journey.reference, newest.seq), on: newest.at }
    };
    Some(IssuedCertificate { spec, kind, issued, state })
}

/// How the newest certificate of a task stands; `None` when it never left one. Nothing but the fold is asked, so that lists say the
/// same as the page of the certificate.
#[must_use]
pub(crate) fn state_of_newest(journey: &Journey, spec: &TaskSpec) -> Option<CertificateState> {
    let record = journey.task(&spec.id);
    let newest = record.certificate.as_ref()?;
    let still = record.settled == Some(newest.seq);
    Some(match (&record.stopped, &journey.phase) {
        (Some(Stopped { withdrawn: true, proposal, at, .. }), _) if still => {
            CertificateState::Withdrawn { on: *at, reason: proposal.reason.clone() }
        }
        // One that was suspended expires all the same.
        _ if still && record.expired.is_some() => CertificateState::Expired { on: record.expired? },
        (Some(Stopped { proposal, at, .. }), _) if still => {
            CertificateState::Suspended { on: *at, reason: proposal.reason.clone() }
        }
        (_, Phase::Withdrawn { since, .. }) => CertificateState::Ended { on: *since },
        _ if !still || !is_settled(record) => CertificateState::Reopened { on: record.since },
        _ if journey.standing(&spec.id) == Standing::Settled => CertificateState::Valid,
        _ => CertificateState::InQuestion,
    })
}

/// Since when and why the certificate that this event left had been withdrawn when the next one took its place. `at` is where that
/// event stands, `then` the journey as it was then.
fn withdrawn_before(
    processes: &'static Processes,
    mut then: Journey,
    history: &[Recorded],
    at: usize,
    task: &TaskId,
) -> Option<(Timestamp, String)> {
    let issued = then.task(task).settled;
    for next in at + 1..history.len() {
        let stopped = then.task(task).stopped.clone();
        then.step(history, next, processes).ok()?;
        if then.task(task).settled != issued {
            let stopped = stopped.filter(|stopped| stopped.withdrawn)?;
            return Some((stopped.at, stopped.proposal.reason));
        }
    }
    None
}

fn is_settled(record: &TaskRecord) -> bool {
    matches!(record.state, State::Settled { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_survives_the_telephone_and_nothing_else_is_one() {
        let kinds: Vec<&str> = prefixes().collect();
        for prefix in &kinds {
            let number = CertificateNumber { prefix, journey: JourneyRef::from_bits(0x0003_1415_9265), issued: Seq(120) };
            let written = number.to_string();
            let said = written.to_lowercase().replace('-', " ").replace("120", "l2o");
            for typed in [written.clone(), written.replace('-', ""), format!("  {said} "), written.replace('-', "\u{2013}")] {
                assert_eq!(CertificateNumber::typed(&typed), Some(number.clone()), "{typed}");
            }
        }
        let good = format!("TCC-{}-7", JourneyRef::from_bits(0x0003_1415_9265));
        assert!(CertificateNumber::typed(&good).is_some());
        let slips = [
            good.replace("TCC", "TCD"),
            good.trim_end_matches("-7").to_owned(),
            good.replace("-7", "-0"),
            format!("{good}99999999999999999999"),
            good.replacen('-', "-9", 1),
            "TCC".to_owned(),
            "TCC-ééééééé-7".to_owned(),
            String::new(),
        ];
        for slip in slips {
            assert_eq!(CertificateNumber::typed(&slip), None, "{slip}");
        }
    }
}
