//! What a person asks for, and the answer when it cannot be.
//!
//! Long because every wish has its fields here, with what they mean.

use jiff::Timestamp;

use crate::{
    base::{
        actor::Side,
        identity::Identity,
        ids::{Digest, FieldId, OrganisationId, PartId, TaskId},
    },
    form::Answers,
    ledger::{
        defect::{Assessment, Closing, Defect},
        event::{Finding, Signatory, Signer},
        incident::Incident,
        machine::Verb,
        member_check::MemberCheck,
        site::{Site, Step},
    },
    plan::{capability::Capability, certificates::ValidityChange, opening::Plan},
    rule::go_live::{Sent, StepDone},
};

/// A wish, with everything needed to judge it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Record that work has started.
    Start {
        /// Which task.
        task: TaskId,
    },
    /// Submit the words.
    Submit {
        /// Which task.
        task: TaskId,
        /// As typed.
        answers: Answers,
    },
    /// Approve.
    Approve {
        /// Which task.
        task: TaskId,
        /// Words to the supplier; may be empty.
        note: String,
        /// Answers that are accepted.
        accepted: Vec<FieldId>,
        /// Answers that are accepted under a condition, with its words.
        conditions: Vec<Finding>,
    },
    /// Ask for changes.
    Return {
        /// Which task.
        task: TaskId,
        /// At least one, each with words.
        findings: Vec<Finding>,
        /// Answers that are accepted.
        accepted: Vec<FieldId>,
        /// Answers that are accepted under a condition, with its words.
        conditions: Vec<Finding>,
    },
    /// Move the journey to the newest edition of the SCAL catalogue.
    Uplift {
        /// The task that answers it.
        task: TaskId,
    },
    /// Have a new version of the product assessed, by the rows that it touches.
    Reassess {
        /// The task that answers the SCAL.
        task: TaskId,
        /// The new version, as the supplier writes it.
        product: String,
        /// What the product is called from now on; blank, or the name that it has, where it keeps that.
        name: String,
        /// The rows that it touches, beside those that every version asks.
        rows: Vec<FieldId>,
    },
    /// Send a round back before every team has finished.
    SendBack {
        /// Which task.
        task: TaskId,
        /// Why it does not wait.
        reason: String,
    },
    /// Refuse.
    Refuse {
        /// Which task.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// Undo one's own decision.
    Undo {
        /// Which task.
        task: TaskId,
        /// Now.
        at: Timestamp,
    },
    /// Take back the round that one has sent.
    TakeBackRound {
        /// Which task.
        task: TaskId,
        /// Whether anybody who decides on it has opened it.
        opened: bool,
    },
    /// Answer what was sent.
    Acknowledge {
        /// Which task.
        task: TaskId,
        /// The answer.
        note: String,
    },
    /// Open the engagement: answer what was sent, and confirm or correct the plan.
    OpenEngagement {
        /// Which task.
        task: TaskId,
        /// The answer.
        note: String,
        /// The plan as it is from now on.
        plan: Plan,
    },
    /// Issue something.
    Issue {
        /// Which task.
        task: TaskId,
        /// What, in words.
        note: String,
    },
    /// Say that what was settled still holds.
    StillHolds {
        /// Which task.
        task: TaskId,
        /// Why.
        reason: String,
        /// Digest of what it rests on, as the page showed it.
        basis: Digest,
    },
    /// Sign.
    Sign {
        /// Which task.
        task: TaskId,
        /// Name as signed.
        name: String,
        /// By what authority.
        authority: String,
        /// Digest of the words that were on the page.
        words: Digest,
    },
    /// Ask people by letter to sign for members of the group.
    AskToSign {
        /// Which task.
        task: TaskId,
        /// Who is asked for which member.
        asked: Vec<Signatory>,
    },
    /// Do not sign what is to be signed.
    Decline {
        /// Which task.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// Take back the signature of one's own organisation.
    WithdrawSignature {
        /// Which task.
        task: TaskId,
        /// Why.
        reason: String,
        /// The last day on which it counts, as somebody typed it; blank where it counts no more at once.
        until: String,
    },
    /// Name somebody else of the supplier who signs.
    ReplaceSignatory {
        /// Which task.
        task: TaskId,
        /// Who does not sign.
        from: Signer,
        /// Who signs instead. That both belong to the supplier, and that this one has the role, is known to whoever asks.
        to: Signer,
        /// Why.
        reason: String,
    },
    /// Report an incident.
    ReportIncident {
        /// Which task: the agreement.
        task: TaskId,
        /// What happened.
        incident: Incident,
    },
    /// Propose to do without.
    ProposeWaiver {
        /// Which task.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// Agree to do without.
    ConfirmWaiver {
        /// Which task.
        task: TaskId,
    },
    /// Do not agree.
    DeclineWaiver {
        /// Which task.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// Propose that a certificate is suspended, withdrawn or reinstated.
    ProposeValidity {
        /// Which task left it.
        task: TaskId,
        /// What becomes of it.
        change: ValidityChange,
        /// Why.
        reason: String,
    },
    /// Agree to what was proposed.
    ConfirmValidity {
        /// Which task left it.
        task: TaskId,
    },
    /// Do not agree, or take the proposal back.
    DeclineValidity {
        /// Which task left it.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// Open again.
    Reopen {
        /// Which task.
        task: TaskId,
        /// Why.
        reason: String,
    },
    /// Ask for a part for an end-user organisation or a commissioner: the programme confirms who it is.
    AskForPart {
        /// The id of the request.
        part: PartId,
        /// For which side: end users or commissioner.
        side: Side,
        /// The organisation, by name and code.
        identity: Identity,
    },
    /// Do not give a part that was asked for, or take the request back.
    DeclinePart {
        /// Which request.
        part: PartId,
        /// Why.
        reason: String,
    },
    /// Give an end-user organisation or a commissioner a part in the journey, having confirmed who it is.
    Join {
        /// Which organisation.
        organisation: OrganisationId,
        /// For which side: end users or commissioner.
        side: Side,
        /// Who it is.
        identity: Identity,
        /// The request that this answers, when the supplier asked.
        part: Option<PartId>,
    },
    /// Record that an organisation of this journey has another name or another code.
    Identify {
        /// Which organisation.
        organisation: OrganisationId,
        /// Who it is from now on.
        identity: Identity,
        /// Who it was until now, for a journey whose ledger does not say.
        before: Identity,
    },
    /// Ask that an organisation leaves.
    AskToLeave {
        /// Which organisation.
        organisation: OrganisationId,
        /// Why.
        reason: String,
    },
    /// Let an organisation stay that was asked to leave.
    DeclineLeave {
        /// Which organisation.
        organisation: OrganisationId,
        /// Why.
        reason: String,
    },
    /// Take the part of an organisation back.
    Leave {
        /// Which organisation.
        organisation: OrganisationId,
        /// Why. Whoever confirms a wish repeats no reason: that of the wish counts.
        reason: String,
    },
    /// Record that a site is live, or correct what was recorded of it.
    RecordSite {
        /// Which task.
        task: TaskId,
        /// The site.
        site: Site,
        /// What was sent that it is held against: the ledger has only digests of it.
        sent: Sent,
    },
    /// Take a recorded site back.
    TakeBackSite {
        /// Which task.
        task: TaskId,
        /// Its code.
        ods_code: String,
        /// Why.
        reason: String,
    },
    /// Record that a step is done for capabilities at sites.
    RecordStep {
        /// Which task records the sites.
        task: TaskId,
        /// What was done, at which sites.
        done: StepDone,
        /// What was sent that the sites are held against.
        sent: Sent,
    },
    /// Record several of these at once, as a file says them.
    RecordSteps {
        /// Which task records the sites.
        task: TaskId,
        /// What was done, at which sites; each is an entry of its own.
        done: Vec<StepDone>,
        /// What was sent that the sites are held against.
        sent: Sent,
    },
    /// Take such a step back.
    TakeBackStep {
        /// Which task records the sites.
        task: TaskId,
        /// What is not done.
        step: Step,
        /// For which capabilities.
        capabilities: Vec<Capability>,
        /// At the sites with these codes.
        sites: Vec<String>,
        /// Why.
        reason: String,
    },
    /// Suspend capabilities at a live site, or let them go on.
    SuspendSite {
        /// Which task records the sites.
        task: TaskId,
        /// Its code.
        ods_code: String,
        /// Which; none means all that are live there and not suspended.
        capabilities: Vec<Capability>,
        /// Why.
        reason: String,
    },
    /// Let capabilities that are suspended at a site go on.
    ResumeSite {
        /// Which task records the sites.
        task: TaskId,
        /// Its code.
        ods_code: String,
        /// Which; none means all that this side has suspended.
        capabilities: Vec<Capability>,
        /// Why.
        reason: String,
    },
    /// Record what an early check at a live site showed.
    CheckSite {
        /// Which task records the sites.
        task: TaskId,
        /// Its code.
        ods_code: String,
        /// As typed: the day, whether anything was found, and the words.
        answers: Answers,
    },
    /// Say that a condition of an approval is met.
    CloseCondition {
        /// Which task.
        task: TaskId,
        /// The answer that was accepted under it.
        field: FieldId,
        /// How it was met.
        note: String,
    },
    /// Record what was checked of members of the group.
    CheckMembers {
        /// The task that names the group.
        task: TaskId,
        /// What was checked of whom.
        checked: Vec<MemberCheck>,
    },
    /// Ask the supplier about a row of the accepted SCAL.
    RaiseQuery {
        /// The task on which the group reviews it.
        task: TaskId,
        /// The row, as somebody writes its id; case does not matter.
        row: String,
        /// What is asked.
        words: String,
    },
    /// Reply to a query.
    AnswerQuery {
        /// The task on which the group reviews the SCAL.
        task: TaskId,
        /// The row.
        row: String,
        /// The reply.
        words: String,
        /// Whether the answer to the row is changed.
        changes: bool,
    },
    /// Say that a query is answered.
    CloseQuery {
        /// The task on which the group reviews the SCAL.
        task: TaskId,
        /// The row.
        row: String,
    },
    /// Say that tests showed a defect.
    RaiseDefect {
        /// The test stage.
        task: TaskId,
        /// What was seen. What must not be kept was taken out before.
        defect: Defect,
        /// Who mends it and how bad it is, as whoever raises it sees it.
        assessment: Assessment,
    },
    /// Say who mends a defect, how bad it is and whether it blocks.
    AssessDefect {
        /// The test stage.
        task: TaskId,
        /// Which.
        number: u32,
        /// From now on.
        assessment: Assessment,
        /// Why; may be blank where nothing is changed.
        reason: String,
    },
    /// Say that a defect is mended.
    MendDefect {
        /// The test stage.
        task: TaskId,
        /// Which.
        number: u32,
        /// What was done.
        what: String,
        /// In which version of the product.
        version: String,
    },
    /// Close a defect.
    CloseDefect {
        /// The test stage.
        task: TaskId,
        /// Which.
        number: u32,
        /// As what.
        how: Closing,
        /// In words.
        words: String,
    },
    /// Open a defect again.
    ReopenDefect {
        /// The test stage.
        task: TaskId,
        /// Which.
        number: u32,
        /// Why.
        words: String,
    },
    /// End the journey.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Go on with it.
    Resume {
        /// Why.
        reason: String,
    },
}

impl Command {
    /// What it does.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Command::Start { .. } => Verb::Start,
            Command::Submit { .. } => Verb::Submit,
            Command::Approve { .. } => Verb::Approve,
            Command::Return { .. } => Verb::Return,
            Command::Uplift { .. } => Verb::Uplift,
            Command::Reassess { .. } => Verb::Reassess,
            Command::SendBack { .. } => Verb::SendBack,
            Command::Refuse { .. } => Verb::Refuse,
            Command::Undo { .. } => Verb::Undo,
            Command::TakeBackRound { .. } => Verb::TakeBackRound,
            Command::Acknowledge { .. } | Command::OpenEngagement { .. } => Verb::Acknowledge,
            Command::Issue { .. } => Verb::Issue,
            Command::StillHolds { .. } => Verb::StillHolds,
            Command::Sign { .. } => Verb::Sign,
            Command::AskToSign { .. } => Verb::AskToSign,
            Command::Decline { .. } => Verb::Decline,
            Command::WithdrawSignature { .. } => Verb::WithdrawSignature,
            Command::ReplaceSignatory { .. } => Verb::ReplaceSignatory,
            Command::ReportIncident { .. } => Verb::ReportIncident,
            Command::ProposeWaiver { .. } => Verb::ProposeWaiver,
            Command::ConfirmWaiver { .. } => Verb::ConfirmWaiver,
            Command::DeclineWaiver { .. } => Verb::DeclineWaiver,
            Command::ProposeValidity { .. } => Verb::ProposeValidity,
            Command::ConfirmValidity { .. } => Verb::ConfirmValidity,
            Command::DeclineValidity { .. } => Verb::DeclineValidity,
            Command::Reopen { .. } => Verb::Reopen,
            Command::RecordSite { .. } => Verb::RecordSite,
            Command::TakeBackSite { .. } => Verb::TakeBackSite,
            Command::RecordStep { .. } | Command::RecordSteps { .. } => Verb::RecordStep,
            Command::TakeBackStep { .. } => Verb::TakeBackStep,
            Command::SuspendSite { .. } => Verb::SuspendSite,
            Command::ResumeSite { .. } => Verb::ResumeSite,
            Command::CheckSite { .. } => Verb::CheckSite,
            Command::CloseCondition { .. } => Verb::CloseCondition,
            Command::CheckMembers { .. } => Verb::CheckMembers,
            Command::RaiseQuery { .. } => Verb::RaiseQuery,
            Command::AnswerQuery { .. } => Verb::AnswerQuery,
            Command::CloseQuery { .. } => Verb::CloseQuery,
            Command::RaiseDefect { .. } => Verb::RaiseDefect,
            Command::AssessDefect { .. } => Verb::AssessDefect,
            Command::MendDefect { .. } => Verb::MendDefect,
            Command::CloseDefect { .. } => Verb::CloseDefect,
            Command::ReopenDefect { .. } => Verb::ReopenDefect,
            Command::AskForPart { .. } => Verb::AskForPart,
            Command::DeclinePart { .. } => Verb::DeclinePart,
            Command::Join { .. } => Verb::Join,
            Command::Identify { .. } => Verb::Identify,
            Command::AskToLeave { .. } => Verb::AskToLeave,
            Command::DeclineLeave { .. } => Verb::DeclineLeave,
            Command::Leave { .. } => Verb::Leave,
            Command::Withdraw { .. } => Verb::Withdraw,
            Command::Resume { .. } => Verb::Resume,
        }
    }

    /// The task it is about; `None` for the journey as a whole.
    #[must_use]
    pub fn task(&self) -> Option<&TaskId> {
        match self {
            Command::Start { task }
            | Command::Submit { task, .. }
            | Command::Approve { task, .. }
            | Command::Return { task, .. }
            | Command::Uplift { task }
            | Command::Reassess { task, .. }
            | Command::SendBack { task, .. }
            | Command::Refuse { task, .. }
            | Command::Undo { task, .. }
            | Command::TakeBackRound { task, .. }
            | Command::Acknowledge { task, .. }
            | Command::OpenEngagement { task, .. }
            | Command::Issue { task, .. }
            | Command::StillHolds { task, .. }
            | Command::Sign { task, .. }
            | Command::AskToSign { task, .. }
            | Command::Decline { task, .. }
            | Command::WithdrawSignature { task, .. }
            | Command::ReplaceSignatory { task, .. }
            | Command::ReportIncident { task, .. }
            | Command::ProposeWaiver { task, .. }
            | Command::ConfirmWaiver { task }
            | Command::DeclineWaiver { task, .. }
            | Command::ProposeValidity { task, .. }
            | Command::ConfirmValidity { task }
            | Command::DeclineValidity { task, .. }
            | Command::Reopen { task, .. }
            | Command::RecordSite { task, .. }
            | Command::TakeBackSite { task, .. }
            | Command::RecordStep { task, .. }
            | Command::RecordSteps { task, .. }
            | Command::TakeBackStep { task, .. }
            | Command::SuspendSite { task, .. }
            | Command::ResumeSite { task, .. }
            | Command::CheckSite { task, .. }
            | Command::CloseCondition { task, .. }
            | Command::CheckMembers { task, .. }
            | Command::RaiseQuery { task, .. }
            | Command::AnswerQuery { task, .. }
            | Command::CloseQuery { task, .. }
            | Command::RaiseDefect { task, .. }
            | Command::AssessDefect { task, .. }
            | Command::MendDefect { task, .. }
            | Command::CloseDefect { task, .. }
            | Command::ReopenDefect { task, .. } => Some(task),
            Command::AskForPart { .. }
            | Command::DeclinePart { .. }
            | Command::Join { .. }
            | Command::Identify { .. }
            | Command::AskToLeave { .. }
            | Command::DeclineLeave { .. }
            | Command::Leave { .. }
            | Command::Withdraw { .. }
            | Command::Resume { .. } => None,
        }
    }

    /// The number of the defect it is about, if it is about one that there is.
    #[must_use]
    pub fn defect(&self) -> Option<u32> {
        match self {
            Command::AssessDefect { number, .. }
            | Command::MendDefect { number, .. }
            | Command::CloseDefect { number, .. }
            | Command::ReopenDefect { number, .. } => Some(*number),
            _ => None,
        }
    }
}
