//! What happened, chained: each recorded event carries the digest of the one before.
//!
//! Old events never change shape. A new field is optional, a new meaning is a new variant, and
//! `tests/every-event.json` holds one of each that must always decode.
//!
//! Long because it has every event with every field, and what each means.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    base::{
        actor::{Role, Side},
        edition::Edition,
        identity::Identity,
        ids::{Digest, FieldId, OrganisationId, PartId, PersonId, ProcessId, Round, Seq, TaskId},
    },
    ledger::{
        agreement_text::AgreementText,
        defect::{Assessment, Closing, Defect},
        file_sort::Sort,
        group::Group,
        incident::Incident,
        member_check::MemberCheck,
        site::{Site, Step, StepSite},
        use_case::UseCase,
    },
    plan::{
        capability::{Capability, Chosen},
        certificates::ValidityChange,
        opening::{Opening, Plan},
    },
};

/// A row of the SCAL as it went with the record of its test stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Along {
    /// Which.
    pub row: FieldId,
    /// The team that judges this answer to it.
    pub team: Role,
    /// Of the answer: as long as the SCAL answers the same, the verdict that is given here counts there.
    pub answer: Digest,
}

/// What a reviewer says about one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The question; `None` for the submission as a whole.
    pub field: Option<FieldId>,
    /// What to change, in words for the supplier.
    pub words: String,
}

/// One thing that happened to a journey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A supplier opened the journey on this version of the process.
    Opened {
        /// The pinned version.
        process: ProcessId,
        /// The supplier.
        organisation: OrganisationId,
        /// The answers that choose the plan.
        opening: Opening,
        /// Who the supplier is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<Identity>,
    },
    /// Work on a task has started.
    Started {
        /// Which.
        task: TaskId,
    },
    /// A task was submitted; the words are stored under their digest.
    Submitted {
        /// Which.
        task: TaskId,
        /// The round this opens.
        round: Round,
        /// Of the stored submission.
        digest: Digest,
        /// Answers that ask for an exception, such as rows of the SCAL that are not met.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        justified: Vec<FieldId>,
        /// Who leads the group that uses the product, and its members, when these were sent. Ledgers of before do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<Group>,
        /// Of a test stage: the rows of the SCAL that go with it. Each is judged by its own team before the stage is accepted.
        /// Ledgers of before do not say, and are judged as they were.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        along: Vec<Along>,
        /// Of a SCAL: the rows whose answers were judged with a test stage. Those verdicts count here.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        judged: Vec<FieldId>,
        /// Roles of another side that decide beside those of the definition: an organisation of that side had a part, and did not
        /// send this itself. Ledgers of before do not say, and nobody was asked.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        agrees: Vec<Role>,
        /// Of the parts of a connection agreement: the version of the text that is signed with them. Without it, the words are
        /// those of before there was a text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<AgreementText>,
        /// Of a use case: what stands of it in what organisations sign that use the product. Ledgers of before do not say, and what
        /// is signed there does not name it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        use_case: Option<UseCase>,
    },
    /// A reviewing role approved the submission.
    Approved {
        /// Which.
        task: TaskId,
        /// Of what.
        round: Round,
        /// For whom the reviewer spoke.
        role: Role,
        /// Words to the supplier; may be empty.
        note: String,
        /// Answers accepted in this round; they stay accepted unless they change.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        accepted: Vec<FieldId>,
        /// Answers accepted under a condition, with its words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conditions: Vec<Finding>,
        /// Digest of the facts of the certificate that this leaves, which are kept as a text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        facts: Option<Digest>,
    },
    /// A reviewer asked for changes.
    Returned {
        /// Which.
        task: TaskId,
        /// Of what.
        round: Round,
        /// For whom the reviewer spoke.
        role: Role,
        /// What to change, at least one.
        findings: Vec<Finding>,
        /// Answers that stay accepted unless they change.
        accepted: Vec<FieldId>,
        /// Answers accepted under a condition, with its words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conditions: Vec<Finding>,
        /// It goes back when every team has finished. In ledgers of before, the first team that asked sent it back at once.
        #[serde(default, skip_serializing_if = "is_not")]
        gathered: bool,
    },
    /// A programme lead sent a round back with what was asked for so far, before every team had finished.
    SentBack {
        /// Which.
        task: TaskId,
        /// Of what.
        round: Round,
        /// Why it does not wait for the others.
        reason: String,
    },
    /// Whoever decided took the decision back, before anything was built on it. It is passed over from then on.
    Undone {
        /// Which task.
        task: TaskId,
        /// The entry that holds the decision.
        of: Seq,
    },
    /// Whoever sent a round took it back, before anybody who decides on it had opened it. It is passed over from then on.
    RoundTakenBack {
        /// Which task.
        task: TaskId,
        /// The round.
        round: Round,
        /// The entry by which it was sent.
        of: Seq,
    },
    /// A reviewer refused the submission.
    Refused {
        /// Which.
        task: TaskId,
        /// Of what.
        round: Round,
        /// For whom the reviewer spoke.
        role: Role,
        /// Why.
        reason: String,
    },
    /// The journey moved to a newer edition of the SCAL catalogue.
    Uplifted {
        /// The task that answers it.
        task: TaskId,
        /// The edition that is answered from now on.
        catalogue: Edition,
    },
    /// A new version of the product is assessed from now on, by the rows that it touches.
    Reassessed {
        /// The task that answers the SCAL.
        task: TaskId,
        /// The new version.
        product: String,
        /// What the product is called from now on; empty where it keeps its name. What was issued and signed before names the
        /// old one.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// The rows that are asked again; every other row keeps its verdict.
        rows: Vec<FieldId>,
    },
    /// A team answered what was sent to it.
    Acknowledged {
        /// Which.
        task: TaskId,
        /// Of what.
        round: Round,
        /// For whom.
        role: Role,
        /// The answer.
        note: String,
    },
    /// A team issued something.
    Issued {
        /// Which.
        task: TaskId,
        /// For whom.
        role: Role,
        /// What was issued, in words.
        note: String,
        /// Digest of the facts that were issued, which are kept as a text. Ledgers of before do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        facts: Option<Digest>,
    },
    /// Whoever settled a task said that it still holds, though something that it rests on has changed.
    StillHolds {
        /// Which.
        task: TaskId,
        /// For whom.
        role: Role,
        /// Why.
        reason: String,
        /// Digest of what it rests on now.
        basis: Digest,
    },
    /// A person signed, bound to the words that were shown.
    Signed {
        /// Which.
        task: TaskId,
        /// In what capacity.
        role: Role,
        /// Name as signed.
        name: String,
        /// By what authority.
        authority: String,
        /// Digest of the words shown.
        words: Digest,
        /// The member of the group that was signed for by a link in a letter, as the group names it: whoever signed has no account,
        /// and the organisation no part. `None` for whoever signed with an account.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<Identity>,
        /// The last day, in the UK, on which it counts unless it is given anew before, where the process asks for that. Ledgers of
        /// before do not say, and what was signed there ends by no day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        renew_by: Option<Date>,
    },
    /// People were asked by letter to sign for members of the group. The letter has a link; they need no account.
    AskedToSign {
        /// Which.
        task: TaskId,
        /// Who was asked, for which member. A member that was asked before is asked by this from now on.
        asked: Vec<Signatory>,
    },
    /// Whoever signs next declined to. No signature that was given counts any more, and the parts are filled in again.
    Declined {
        /// Which.
        task: TaskId,
        /// In what capacity.
        role: Role,
        /// Why.
        reason: String,
    },
    /// An organisation took its own signature back.
    SignatureWithdrawn {
        /// Which.
        task: TaskId,
        /// In what capacity it was taken back.
        role: Role,
        /// Why.
        reason: String,
        /// The last day, in the UK, on which it counts. Where it is not said, it counts no more at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// The last day of a signature that was taken back has passed: it counts no more.
    SignatureEnded {
        /// Which.
        task: TaskId,
        /// Whose.
        organisation: OrganisationId,
    },
    /// The time has come to give signatures anew: they count until the day that each of them says.
    RenewalDue {
        /// Which task.
        task: TaskId,
        /// Whose.
        organisations: Vec<OrganisationId>,
    },
    /// The last day of signatures has passed that were not given anew: they count no more.
    SignaturesLapsed {
        /// Which task.
        task: TaskId,
        /// Whose.
        organisations: Vec<OrganisationId>,
    },
    /// Somebody of the supplier signs in place of somebody else. What that one had signed counts no more; every other signature
    /// stays.
    SignatoryReplaced {
        /// Which.
        task: TaskId,
        /// In what capacity.
        role: Role,
        /// Who does not sign.
        from: Signer,
        /// Who signs instead.
        to: Signer,
        /// Why.
        reason: String,
    },
    /// The supplier reported an incident under its connection agreement.
    IncidentReported {
        /// The agreement.
        task: TaskId,
        /// What happened.
        incident: Incident,
    },
    /// Somebody proposed to do without a task.
    WaiverProposed {
        /// Which.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// A second person agreed.
    WaiverConfirmed {
        /// Which.
        task: TaskId,
    },
    /// A second person did not agree.
    WaiverDeclined {
        /// Which.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// Somebody of the programme proposed that the certificate of a task is suspended, withdrawn or reinstated.
    ValidityProposed {
        /// The task that left it.
        task: TaskId,
        /// What becomes of it.
        change: ValidityChange,
        /// Why. Whoever checks the certificate reads it.
        reason: String,
    },
    /// A second person agreed: the change counts from now on.
    ValidityConfirmed {
        /// The task that left it.
        task: TaskId,
    },
    /// A second person did not agree, or whoever proposed it took it back.
    ValidityDeclined {
        /// The task that left it.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// A settled or waived task, or an agreement that is signed in part, was opened again; what depends on it locks and keeps its work.
    Reopened {
        /// Which.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// An approval lapsed because the work was not started in time.
    Lapsed {
        /// Which.
        task: TaskId,
    },
    /// The time ran out for which the certificate of a task was issued.
    Expired {
        /// Which.
        task: TaskId,
    },
    /// The assurance team opened the engagement and confirmed the plan that follows from the opening, or corrected it.
    Replanned {
        /// From now on.
        plan: Plan,
        /// Until then.
        before: Plan,
    },
    /// The capabilities were chosen anew; the plan follows them.
    Rescoped {
        /// All of them, with their versions.
        capabilities: Vec<Chosen>,
    },
    /// The supplier asked for a part for an organisation. It waits until the programme has confirmed who that is.
    PartAsked {
        /// The request.
        part: PartId,
        /// For which side: end users or commissioner.
        side: Side,
        /// The organisation, as the supplier names it.
        identity: Identity,
    },
    /// A part that was asked for is not given: the programme declined it, or the supplier took the request back.
    PartDeclined {
        /// The request.
        part: PartId,
        /// Why.
        reason: String,
    },
    /// An organisation that will use the product, or leads its deployment, has a part from now on.
    Joined {
        /// Which.
        organisation: OrganisationId,
        /// For which side; end users when it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        side: Option<Side>,
        /// Who it is, as the programme confirmed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<Identity>,
        /// The request that this answers, when the supplier had asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<PartId>,
    },
    /// The programme confirmed another name or another code of an organisation that has a part in this journey.
    Identified {
        /// Which.
        organisation: OrganisationId,
        /// Who it is from now on.
        identity: Identity,
        /// Who it was until now.
        before: Identity,
    },
    /// Somebody asked that an organisation leaves. It waits for a programme lead.
    LeaveAsked {
        /// Which.
        organisation: OrganisationId,
        /// Why.
        reason: String,
    },
    /// An organisation that was asked to leave stays: the programme declined it, or whoever asked took the wish back.
    LeaveDeclined {
        /// Which.
        organisation: OrganisationId,
        /// Why.
        reason: String,
    },
    /// An organisation has no part any more. What it signed can be read by it still, and does not count.
    Left {
        /// Which.
        organisation: OrganisationId,
        /// Why.
        reason: String,
    },
    /// A file that proves something is of another sort now, and so for other readers.
    Reclassified {
        /// The task it was added to.
        task: TaskId,
        /// SHA-256 of its bytes.
        file: Digest,
        /// What it was.
        from: Sort,
        /// What it is.
        to: Sort,
    },
    /// The product is live at a site.
    SiteLive {
        /// The task that records it.
        task: TaskId,
        /// The site. A site that is there already is replaced: a correction.
        site: Site,
    },
    /// A site was recorded by mistake, or stopped using the product.
    SiteTakenBack {
        /// The task that records it.
        task: TaskId,
        /// Its code.
        ods_code: String,
        /// Why.
        reason: String,
    },
    /// A step was done for some capabilities at some sites before their first live call.
    SiteStep {
        /// The task that records the sites.
        task: TaskId,
        /// What was done.
        step: Step,
        /// The day on which it was done.
        on: Date,
        /// For these capabilities.
        capabilities: Vec<Capability>,
        /// At these sites.
        sites: Vec<StepSite>,
    },
    /// A step counts no longer as done: it was recorded by mistake, or was undone.
    SiteStepTakenBack {
        /// The task that records the sites.
        task: TaskId,
        /// What is not done.
        step: Step,
        /// For these capabilities.
        capabilities: Vec<Capability>,
        /// At the sites with these codes.
        sites: Vec<String>,
        /// Why.
        reason: String,
    },
    /// Capabilities are suspended at a live site: nobody uses them there until they go on.
    SiteSuspended {
        /// The task that records the sites.
        task: TaskId,
        /// Its code.
        ods_code: String,
        /// Which, at least one.
        capabilities: Vec<Capability>,
        /// Why.
        reason: String,
        /// For which side whoever suspended them acted.
        side: Side,
    },
    /// Capabilities that were suspended at a site go on.
    SiteResumed {
        /// The task that records the sites.
        task: TaskId,
        /// Its code.
        ods_code: String,
        /// Which, at least one.
        capabilities: Vec<Capability>,
        /// Why.
        reason: String,
    },
    /// What an early check at a live site showed.
    SiteChecked {
        /// The task that records the sites.
        task: TaskId,
        /// Its code.
        ods_code: String,
        /// The day of the check.
        on: Date,
        /// Nothing was found that has to be put right.
        fine: bool,
        /// What was looked at and what it showed.
        words: String,
    },
    /// A team that approved under a condition says that it is met.
    ConditionClosed {
        /// The task.
        task: TaskId,
        /// The answer that was accepted under it.
        field: FieldId,
        /// The team that set it.
        role: Role,
        /// The round in which it was set.
        round: Round,
        /// How it was met.
        note: String,
    },
    /// The group asked the supplier about a row of the accepted SCAL, or asked again (domain/journeys.md, `end-user-reviews-scal`).
    QueryRaised {
        /// The task on which the group reviews the SCAL.
        task: TaskId,
        /// For which role of the group.
        role: Role,
        /// The row.
        row: FieldId,
        /// What is asked.
        words: String,
    },
    /// The supplier replied to a query of the group.
    QueryAnswered {
        /// The task on which the group reviews the SCAL.
        task: TaskId,
        /// For which role of the supplier.
        role: Role,
        /// The row.
        row: FieldId,
        /// The reply.
        words: String,
        /// The answer to the row is changed: it is asked again, and judged again by its team.
        #[serde(default, skip_serializing_if = "is_not")]
        changes: bool,
    },
    /// The group has the answer that it asked for.
    QueryClosed {
        /// The task on which the group reviews the SCAL.
        task: TaskId,
        /// For which role of the group.
        role: Role,
        /// The row.
        row: FieldId,
    },
    /// The lead of the group recorded what it checked of members: their DSPT status, and by what they share data.
    MembersChecked {
        /// The task that names the group.
        task: TaskId,
        /// For which role.
        role: Role,
        /// Of which members, and what; at least one.
        checked: Vec<MemberCheck>,
    },
    /// Tests showed a defect.
    DefectRaised {
        /// The test stage.
        task: TaskId,
        /// Its number in the journey, from 1.
        number: u32,
        /// For whom: the supplier, or the team that judges the stage.
        role: Role,
        /// What was seen.
        defect: Defect,
        /// Who mends it and how bad it is, as whoever raised it sees it.
        assessment: Assessment,
    },
    /// The team that judges the stage said who mends a defect, how bad it is and whether it blocks.
    DefectAssessed {
        /// The test stage.
        task: TaskId,
        /// Which.
        number: u32,
        /// For whom.
        role: Role,
        /// From now on.
        assessment: Assessment,
        /// Why; empty where it was seen so before.
        reason: String,
    },
    /// The supplier said that a defect is mended.
    DefectMended {
        /// The test stage.
        task: TaskId,
        /// Which.
        number: u32,
        /// For whom.
        role: Role,
        /// What was done.
        what: String,
        /// In which version of the product.
        version: String,
    },
    /// The team that judges the stage closed a defect.
    DefectClosed {
        /// The test stage.
        task: TaskId,
        /// Which.
        number: u32,
        /// For whom.
        role: Role,
        /// As what.
        how: Closing,
        /// In words.
        words: String,
    },
    /// The team that judges the stage opened a defect again.
    DefectReopened {
        /// The test stage.
        task: TaskId,
        /// Which.
        number: u32,
        /// For whom.
        role: Role,
        /// Why.
        words: String,
    },
    /// The last task settled.
    WentLive,
    /// The supplier ended the journey before it was live.
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// A withdrawn journey goes on.
    Resumed {
        /// Why.
        reason: String,
    },
}

impl Event {
    /// The task it is about, if it is about one.
    #[must_use]
    pub fn task(&self) -> Option<&TaskId> {
        match self {
            Event::Started { task }
            | Event::Submitted { task, .. }
            | Event::Approved { task, .. }
            | Event::Returned { task, .. }
            | Event::SentBack { task, .. }
            | Event::Undone { task, .. }
            | Event::RoundTakenBack { task, .. }
            | Event::Uplifted { task, .. }
            | Event::Reassessed { task, .. }
            | Event::Refused { task, .. }
            | Event::Acknowledged { task, .. }
            | Event::Issued { task, .. }
            | Event::StillHolds { task, .. }
            | Event::Signed { task, .. }
            | Event::AskedToSign { task, .. }
            | Event::Declined { task, .. }
            | Event::SignatureWithdrawn { task, .. }
            | Event::SignatoryReplaced { task, .. }
            | Event::IncidentReported { task, .. }
            | Event::WaiverProposed { task, .. }
            | Event::WaiverConfirmed { task }
            | Event::WaiverDeclined { task, .. }
            | Event::ValidityProposed { task, .. }
            | Event::ValidityConfirmed { task }
            | Event::ValidityDeclined { task, .. }
            | Event::Reopened { task, .. }
            | Event::Lapsed { task }
            | Event::Expired { task }
            | Event::Reclassified { task, .. }
            | Event::SiteLive { task, .. }
            | Event::SiteTakenBack { task, .. }
            | Event::SiteStep { task, .. }
            | Event::SiteStepTakenBack { task, .. }
            | Event::SiteSuspended { task, .. }
            | Event::SiteResumed { task, .. }
            | Event::SiteChecked { task, .. }
            | Event::ConditionClosed { task, .. }
            | Event::MembersChecked { task, .. }
            | Event::SignatureEnded { task, .. }
            | Event::RenewalDue { task, .. }
            | Event::SignaturesLapsed { task, .. }
            | Event::QueryRaised { task, .. }
            | Event::QueryAnswered { task, .. }
            | Event::QueryClosed { task, .. }
            | Event::DefectRaised { task, .. }
            | Event::DefectAssessed { task, .. }
            | Event::DefectMended { task, .. }
            | Event::DefectClosed { task, .. }
            | Event::DefectReopened { task, .. } => Some(task),
            Event::Opened { .. }
            | Event::Replanned { .. }
            | Event::Rescoped { .. }
            | Event::PartAsked { .. }
            | Event::PartDeclined { .. }
            | Event::Joined { .. }
            | Event::Identified { .. }
            | Event::LeaveAsked { .. }
            | Event::LeaveDeclined { .. }
            | Event::Left { .. }
            | Event::WentLive
            | Event::Withdrawn { .. }
            | Event::Resumed { .. } => None,
        }
    }
}

impl Event {
    /// The number of the defect it is about, if it is about one.
    #[must_use]
    pub fn defect(&self) -> Option<u32> {
        match self {
            Event::DefectRaised { number, .. }
            | Event::DefectAssessed { number, .. }
            | Event::DefectMended { number, .. }
            | Event::DefectClosed { number, .. }
            | Event::DefectReopened { number, .. } => Some(*number),
            _ => None,
        }
    }

    /// The entry that is passed over from this one on.
    #[must_use]
    pub fn takes_back(&self) -> Option<Seq> {
        match self {
            Event::Undone { of, .. } | Event::RoundTakenBack { of, .. } => Some(*of),
            _ => None,
        }
    }

    /// A decision on a round that whoever made it may undo for a while. What leaves a certificate is not among them: it may have
    /// been shown to somebody.
    #[must_use]
    pub fn is_undoable(&self) -> bool {
        match self {
            Event::Approved { facts, .. } => facts.is_none(),
            Event::Returned { .. } | Event::Refused { .. } | Event::Acknowledged { .. } | Event::SentBack { .. } => true,
            _ => false,
        }
    }
}

fn is_not(flag: &bool) -> bool {
    !*flag
}

/// Somebody who is asked to sign for a member of the group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatory {
    /// The member, as the group names it.
    pub member: Identity,
    /// Who is asked, by name.
    pub name: String,
}

/// Somebody with an account who signs, or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// Who.
    pub person: PersonId,
    /// Their name then.
    pub name: String,
}

/// Who caused an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The person.
    pub person: PersonId,
    /// The organisation they acted for.
    pub organisation: OrganisationId,
}

/// An event with its place in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<E = Event> {
    /// Its position, from 1.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Who; `None` when time itself did it.
    pub by: Option<By>,
    /// What.
    pub event: E,
    /// The event as it is stored, byte for byte: what the digest is of. A release that does not know a field of it still
    /// sees whether it was changed.
    pub body: String,
    /// Digest of the event before.
    pub prev: Digest,
    /// Digest of this one.
    pub digest: Digest,
}

impl<E: Serialize> Recorded<E> {
    /// The next event of a stream. `stream` is the journey's reference (or `people`), so that an event cannot be moved to another stream.
    #[must_use]
    pub fn chain(stream: &str, after: Option<(Seq, &Digest)>, at: Timestamp, by: Option<By>, event: E) -> Self {
        let (seq, prev) = next(after);
        let body = serde_json::to_string(&event).expect("events are plain data");
        let digest = digest_of(stream, seq, at, by.as_ref(), &body, &prev);
        Self { seq, at, by, event, body, prev, digest }
    }
}

impl<E> Recorded<E> {
    /// Whether this is what was recorded after `after`.
    #[must_use]
    pub fn follows(&self, stream: &str, after: Option<(Seq, &Digest)>) -> bool {
        next(after) == (self.seq, self.prev.clone())
            && self.digest == digest_of(stream, self.seq, self.at, self.by.as_ref(), &self.body, &self.prev)
    }
}

/// Position and digest before of what comes after this.
fn next(after: Option<(Seq, &Digest)>) -> (Seq, Digest) {
    after.map_or_else(|| (Seq(1), Digest::root()), |(seq, digest)| (seq.next(), digest.clone()))
}

/// SHA-256 over one line of JSON: stream, position, microseconds, who, what as it is stored, digest before. JSON quotes
/// every text, so no two different events share a line.
fn digest_of(stream: &str, seq: Seq, at: Timestamp, by: Option<&By>, body: &str, prev: &Digest) -> Digest {
    let before = serde_json::to_string(&(stream, seq, at.as_microsecond(), by)).expect("plain data");
    let before = before.strip_suffix(']').unwrap_or_default();
    Digest::of(format!("{before},{body},\"{prev}\"]").as_bytes())
}
