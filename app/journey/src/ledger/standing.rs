//! What is true of a task: its rounds, verdicts, signatures and state.
//!
//! Long because it has every word that is kept of a task, with its meaning.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        actor::Role,
        edition::Edition,
        identity::Identity,
        ids::{Digest, FieldId, OrganisationId, PersonId, Round, Seq, TaskId},
    },
    ledger::{
        agreement_text::AgreementText,
        basis::Basis,
        event::{Along, Finding, Signer},
        incident::Incident,
        machine::StateKind,
        use_case::UseCase,
    },
    plan::{capability::Chosen, certificates::ValidityChange, opening::Condition},
};

/// A reviewer's word on one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Accepted, or a change was requested with these words.
    pub finding: Option<String>,
    /// Accepted under a condition, with these words.
    pub condition: Option<String>,
    /// Who said it.
    pub by: PersonId,
    /// For which role.
    pub role: Role,
    /// When.
    pub at: Timestamp,
    /// In which round.
    pub round: Round,
    /// The test stage with which it was given, when the answer of a SCAL was judged there.
    pub stage: Option<TaskId>,
}

/// The verdicts on the answers of a task: the last word of each team on each of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts(BTreeMap<FieldId, Vec<Verdict>>);

impl Verdicts {
    /// Whether nobody has said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The last word of a team on an answer.
    #[must_use]
    pub fn of(&self, field: &FieldId, role: Role) -> Option<&Verdict> {
        self.all(field).iter().find(|verdict| verdict.role == role)
    }

    /// The last word of every team on an answer, oldest first.
    #[must_use]
    pub fn all(&self, field: &FieldId) -> &[Verdict] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// What counts for whoever answered: the newest word; among those of one round a finding before any other.
    #[must_use]
    pub fn last(&self, field: &FieldId) -> Option<&Verdict> {
        self.all(field).iter().max_by_key(|verdict| (verdict.round, verdict.finding.is_some(), verdict.at))
    }

    /// The rounds that some team's last word is about, one for each word.
    pub fn rounds(&self) -> impl Iterator<Item = Round> {
        self.0.values().flatten().map(|verdict| verdict.round)
    }

    /// Every answer with each team's last word on it.
    pub(crate) fn every(&self) -> impl Iterator<Item = (&FieldId, &Verdict)> {
        self.0.iter().flat_map(|(field, all)| all.iter().map(move |verdict| (field, verdict)))
    }

    /// Every answer with what counts of it, by the id of the answer.
    pub fn each(&self) -> impl Iterator<Item = (&FieldId, &Verdict)> {
        self.0.keys().filter_map(|field| Some((field, self.last(field)?)))
    }

    /// A team says something of an answer: in place of what it had said before.
    pub(crate) fn says(&mut self, field: &FieldId, verdict: Verdict) {
        let all = self.0.entry(field.clone()).or_default();
        all.retain(|known| known.role != verdict.role);
        all.push(verdict);
    }

    /// Nothing that was said of an answer counts any more.
    pub(crate) fn forget(&mut self, field: &FieldId) {
        self.0.remove(field);
    }

    /// What a team had found is answered, as far as `answered` says so of the answer.
    pub(crate) fn answers(&mut self, verdict: &Verdict, answered: impl Fn(&FieldId) -> bool) {
        for (field, all) in &mut self.0 {
            for old in all.iter_mut().filter(|old| old.role == verdict.role && old.finding.is_some()) {
                if answered(field) {
                    *old = verdict.clone();
                }
            }
        }
    }
}

/// What a team asked for when it had finished its part of a review. It goes back with what the other teams say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The team.
    pub role: Role,
    /// Who spoke for it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What to change.
    pub findings: Vec<Finding>,
}

/// A round that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Which round.
    pub round: Round,
    /// By whom.
    pub by: PersonId,
    /// Roles of another side that decide on it beside those of the definition, as long as an organisation of theirs has a part.
    pub agrees: Vec<Role>,
    /// When.
    pub at: Timestamp,
    /// Of the words.
    pub digest: Digest,
    /// Answers that ask for an exception.
    pub justified: Vec<FieldId>,
    /// Of a test stage: the rows of the SCAL that went with it.
    pub along: Vec<Along>,
    /// The capabilities that the journey had then: it answers for these.
    pub capabilities: Vec<Chosen>,
    /// The edition of the catalogue that the journey answered then.
    pub edition: Edition,
    /// Of the parts of a connection agreement: the version of the text that is signed with them.
    pub text: Option<AgreementText>,
    /// Of a use case: what stands of it in what is signed.
    pub use_case: Option<UseCase>,
    /// What is signed with these parts names the use case: the ledger had one when they were sent.
    pub names_use: bool,
    /// It names the care setting of the group, likewise.
    pub names_setting: bool,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// In what capacity.
    pub role: Role,
    /// By whom.
    pub by: PersonId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// Who that organisation was when it was signed for; `None` in ledgers that did not say so yet.
    pub identity: Option<Identity>,
    /// Name as signed.
    pub name: String,
    /// By what authority.
    pub authority: String,
    /// When.
    pub at: Timestamp,
    /// Of the words shown.
    pub words: Digest,
    /// Given by a link in a letter, without an account, for a member of the group that has no part.
    pub by_link: bool,
    /// The last day on which it counts unless it is given anew.
    pub renew_by: Option<Date>,
}

/// Who is asked by letter to sign for a member of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedSignatory {
    /// By name.
    pub name: String,
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// One word of a query of the group about a row of the SCAL: what the group asked, or what the supplier replied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryWord {
    /// For which role: of the group, or of the supplier.
    pub role: Role,
    /// Who wrote it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The words; never empty.
    pub words: String,
    /// A reply that changes the answer to the row.
    pub changes: bool,
}

/// What the group asked about a row of the SCAL, with every reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Every word, oldest first. The first is the group's.
    pub words: Vec<QueryWord>,
    /// Who said for the group that it is answered, and when; `None` while it is open.
    pub closed: Option<(PersonId, Timestamp)>,
}

impl Query {
    /// The last word while it is open.
    #[must_use]
    pub fn last(&self) -> Option<&QueryWord> {
        self.words.last().filter(|_| self.closed.is_none())
    }
}

/// A signature that its organisation took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// Whose it was.
    pub organisation: OrganisationId,
    /// Who took it back.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Somebody of the supplier who does not sign, because somebody else was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Who does not sign.
    pub from: Signer,
    /// Who was named instead.
    pub to: Signer,
    /// Who named them.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// Whether a signature was taken back with it.
    pub had_signed: bool,
}

/// An incident, with who reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// What happened.
    pub incident: Incident,
    /// Who reported it.
    pub by: PersonId,
    /// When the report was recorded.
    pub at: Timestamp,
}

/// A version of the product that a certificate was issued for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// The product with its version.
    pub product: String,
    /// The version, where it was assessed later than the journey was opened. A name that was put right is no other version.
    pub version: Option<String>,
    /// When the first certificate for it was issued.
    pub at: Timestamp,
}

/// A signature that its organisation took back from a later day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The last day, in the UK, on which it counts.
    pub until: Date,
    /// Who took it back, when and why.
    pub back: TakenBack,
}

/// An approval for one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// For which role.
    pub role: Role,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Words of the programme that came with an answer, an approval or something issued. They stay, whatever happens after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// What was done with these words.
    pub how: Settlement,
    /// The round that it is about; 0 where nothing was sent before.
    pub round: Round,
    /// For which role.
    pub role: Role,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The words; never empty.
    pub words: String,
}

/// A condition of an approval that is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedCondition {
    /// The answer that was accepted under it.
    pub field: FieldId,
    /// The team that set it and says so.
    pub role: Role,
    /// The round in which it was set.
    pub round: Round,
    /// How it was met.
    pub note: String,
    /// Who says so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A word of whoever settled a task that it still holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// For which role.
    pub role: Role,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why it holds.
    pub reason: String,
    /// Digest of what it rests on now.
    pub basis: Digest,
}

/// A proposal to do without a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who proposed.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// A proposal to change how the certificate of a task counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidityProposal {
    /// What becomes of it.
    pub change: ValidityChange,
    /// Who proposed it, when and why.
    pub proposal: Proposal,
}

/// A certificate that does not count: two people suspended or withdrew it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Withdrawn and not merely suspended.
    pub withdrawn: bool,
    /// Who proposed it and why.
    pub proposal: Proposal,
    /// Who agreed.
    pub confirmed_by: PersonId,
    /// Since when it does not count.
    pub at: Timestamp,
}

/// A certificate as it was issued: for what, to whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedAs {
    /// The event that issued it.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// The product with its version.
    pub product: String,
    /// The capabilities with their versions.
    pub capabilities: Vec<Chosen>,
    /// The supplier, as the ledger named it then; `None` in ledgers that did not say so yet.
    pub supplier: Option<Identity>,
    /// Digest of the facts that it says; `None` in ledgers that did not say so yet.
    pub facts: Option<Digest>,
}

/// How a task was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Whoever acts said so.
    Marked,
    /// Approved by every role asked.
    Approved,
    /// Answered.
    Acknowledged,
    /// Issued.
    Issued,
    /// Signed by all.
    Signed,
    /// The journey is live.
    Live,
}

/// A state with the facts that are true in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing was submitted in this round.
    Open,
    /// Waits for the other side.
    Submitted,
    /// Came back.
    Returned {
        /// By whom.
        by: PersonId,
        /// For which role.
        role: Role,
        /// What to change; for a refusal the one reason.
        findings: Vec<Finding>,
        /// Refused rather than asked to change.
        refused: bool,
    },
    /// Done.
    Settled {
        /// How.
        how: Settlement,
        /// By whom; `None` when time or the journey did it.
        by: Option<PersonId>,
        /// Words that came with it; may be empty.
        note: String,
    },
    /// Done without.
    Waived {
        /// Who proposed it.
        proposed_by: PersonId,
        /// Who agreed.
        confirmed_by: PersonId,
        /// Why.
        reason: String,
    },
}

impl State {
    /// Its name.
    #[must_use]
    pub fn kind(&self) -> StateKind {
        match self {
            State::Open => StateKind::Open,
            State::Submitted => StateKind::Submitted,
            State::Returned { .. } => StateKind::Returned,
            State::Settled { .. } => StateKind::Settled,
            State::Waived { .. } => StateKind::Waived,
        }
    }
}

/// Why a task is open again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopening {
    /// By whom; `None` when the approval lapsed.
    pub by: Option<PersonId>,
    /// Why.
    pub reason: String,
}

/// What was done last to a task, as long as it is a deed that its doer may take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastDeed {
    /// The entry.
    pub seq: Seq,
    /// Who did it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// What the ledger says of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRecord {
    /// Rounds submitted so far.
    pub round: Round,
    /// Where it is.
    pub state: State,
    /// Since when it is there.
    pub since: Timestamp,
    /// The decision that was recorded last.
    pub decided: Option<LastDeed>,
    /// The last sending of a round that is decided on.
    pub handed_in: Option<LastDeed>,
    /// The last round that was sent was taken back: its words are where whoever writes goes on.
    pub kept_back: Option<(Round, Digest)>,
    /// Last event that touched it: what a writer must have seen.
    pub changed: Seq,
    /// When work was said to have started.
    pub started: Option<Timestamp>,
    /// Every round sent, oldest first.
    pub sent: Vec<Sent>,
    /// The last word of each team on each answer.
    pub verdicts: Verdicts,
    /// Approvals of the present round.
    pub approvals: Vec<Approval>,
    /// What teams asked for in the present round, or in the one that came back.
    pub asked: Vec<Asked>,
    /// What the programme wrote when it answered, approved or issued, oldest first.
    pub replies: Vec<Reply>,
    /// Conditions of approvals that the teams that set them say are met, oldest first.
    pub closed: Vec<ClosedCondition>,
    /// Signatures so far.
    pub signatures: Vec<Signature>,
    /// Whether the parts of an agreement are filled in again before anybody signs: it was declined or opened again.
    pub to_fill_in: bool,
    /// Signatures that were taken back and not given again since, oldest first.
    pub taken_back: Vec<TakenBack>,
    /// Who does not sign these parts for the supplier, because somebody else was named; each person once, oldest first.
    pub replaced: Vec<Replaced>,
    /// Incidents that were reported under it, oldest first.
    pub incidents: Vec<Reported>,
    /// Signatures that count until a day, because their organisation took them back from then on.
    pub ending: Vec<Ending>,
    /// Signatures that are to be given anew, by organisation, since when. They count until their last day.
    pub to_renew: BTreeMap<OrganisationId, Timestamp>,
    /// Organisations whose signature was not given anew in time and counts no more, since when.
    pub lapsed: BTreeMap<OrganisationId, Timestamp>,
    /// Who was asked by letter to sign for members of the group, by the ODS code of the member.
    pub asked_to_sign: BTreeMap<String, AskedSignatory>,
    /// What the group asked about rows of the SCAL, where it reviews it here.
    pub queries: BTreeMap<FieldId, Query>,
    /// The event that settled or waived it last.
    pub settled: Option<Seq>,
    /// The certificate that it left last, as it was issued; nothing takes it back, whatever becomes of the task.
    pub certificate: Option<IssuedAs>,
    /// The versions of the product that it left a certificate for, oldest first.
    pub versions: Vec<Certified>,
    /// When it was settled for the first time; a waiver settles nothing.
    pub first_settled: Option<Timestamp>,
    /// What that settlement rests on. A waiver rests on nothing.
    pub basis: Option<Basis>,
    /// Who has said since then that it still holds, oldest first.
    pub confirmed: Vec<Confirmation>,
    /// When it was last said to hold by everybody who is asked.
    pub held: Option<Timestamp>,
    /// A waiver that waits for a second person.
    pub proposal: Option<Proposal>,
    /// A change of its certificate that waits for a second person.
    pub validity: Option<ValidityProposal>,
    /// Its certificate was suspended or withdrawn, and no other was issued since.
    pub stopped: Option<Stopped>,
    /// Since when its certificate has expired, until another is issued: the first instant after its last day.
    pub expired: Option<Timestamp>,
    /// Why it is open again, until it is settled.
    pub reopened: Option<Reopening>,
}

impl TaskRecord {
    /// Whether a team has decided on the present round.
    #[must_use]
    pub fn has_finished(&self, role: Role) -> bool {
        self.approvals.iter().any(|approval| approval.role == role) || self.asked.iter().any(|asked| asked.role == role)
    }

    /// The conditions under which answers were accepted, with the verdicts that have them: those that no team has said are met.
    pub fn open_conditions(&self) -> impl Iterator<Item = (&FieldId, &Verdict)> {
        let closed = |field: &FieldId, verdict: &Verdict| {
            self.closed.iter().any(|it| it.field == *field && it.role == verdict.role && it.round == verdict.round)
        };
        self.verdicts.every().filter(move |(field, verdict)| verdict.condition.is_some() && !closed(field, verdict))
    }

    /// Whether a row went with the last round of a test stage in the same words as with this one. Of everything else, the
    /// ledger does not say what was answered.
    #[must_use]
    pub fn answers_the_same(&self, row: &FieldId, since: Round) -> bool {
        let of = |sent: &Sent| sent.along.iter().find(|along| along.row == *row).map(|along| along.answer.clone());
        let Some(now) = self.sent.last().and_then(of) else { return true };
        self.sent.iter().find(|sent| sent.round == since).and_then(of) == Some(now)
    }

    /// A task nobody has touched since the journey was opened.
    #[must_use]
    pub fn untouched(since: Timestamp) -> Self {
        Self {
            round: Round(0),
            state: State::Open,
            since,
            decided: None,
            handed_in: None,
            kept_back: None,
            changed: Seq(0),
            started: None,
            sent: Vec::new(),
            verdicts: Verdicts::default(),
            approvals: Vec::new(),
            asked: Vec::new(),
            replies: Vec::new(),
            closed: Vec::new(),
            signatures: Vec::new(),
            to_fill_in: false,
            taken_back: Vec::new(),
            replaced: Vec::new(),
            incidents: Vec::new(),
            versions: Vec::new(),
            ending: Vec::new(),
            to_renew: BTreeMap::new(),
            lapsed: BTreeMap::new(),
            asked_to_sign: BTreeMap::new(),
            queries: BTreeMap::new(),
            settled: None,
            certificate: None,
            first_settled: None,
            basis: None,
            confirmed: Vec::new(),
            held: None,
            proposal: None,
            validity: None,
            stopped: None,
            expired: None,
            reopened: None,
        }
    }
}

/// How a task stands, gates considered. The eight words that people read are [`Standing::word`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The opening leaves it out of the plan, or two people agreed to do without it.
    NotNeeded {
        /// The condition that does not hold; `None` when it was waived.
        because: Option<Condition>,
    },
    /// Something before it is missing. Work already done is kept.
    Locked {
        /// What is missing, directly.
        waiting_on: Vec<TaskId>,
    },
    /// Whoever acts can start.
    Ready,
    /// Work has started, or words are kept in a draft.
    Draft,
    /// Waits for the other side.
    Submitted,
    /// Came back.
    Returned,
    /// Was done, and something that it rests on is no longer what it was. The work is kept and does not count as done.
    CheckAgain {
        /// What must stand first, directly; empty when it can be looked at now.
        waiting_on: Vec<TaskId>,
    },
    /// Done.
    Settled,
}

impl Standing {
    /// The word of what is to be checked again.
    pub const CHECK_AGAIN: &str = "Check again";

    /// The word on every screen, letter and export (design/product.md, "Words").
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Standing::NotNeeded { .. } => "Not needed",
            Standing::Locked { .. } => "Cannot start yet",
            Standing::Ready => "Ready to start",
            Standing::Draft => "In progress",
            Standing::Submitted => "Submitted",
            Standing::Returned => "Changes requested",
            Standing::CheckAgain { .. } => Self::CHECK_AGAIN,
            Standing::Settled => "Completed",
        }
    }

    /// Whether what waits for this task may go on.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Standing::Settled | Standing::NotNeeded { .. })
    }

    /// What must stand before anything can be done here; empty when that can be done now.
    #[must_use]
    pub fn waiting_on(&self) -> &[TaskId] {
        match self {
            Standing::Locked { waiting_on } | Standing::CheckAgain { waiting_on } => waiting_on,
            _ => &[],
        }
    }

    /// The same, seen by someone who knows that a draft is kept.
    #[must_use]
    pub fn with_draft(self, kept: bool) -> Self {
        if kept && self == Standing::Ready { Standing::Draft } else { self }
    }
}
