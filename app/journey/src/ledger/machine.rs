//! The one task machine: which verbs exist, and which state each may be used in.

use Settle::{ByAcknowledgement, ByIssue, ByReview, BySignatures, OnSubmit};
use StateKind::{Open, Returned, Settled, Submitted, Waived};

use crate::{base::named::named, plan::process::Settle};

named! {
    /// What a person can do to a task or a journey. Its name stands in URLs and in the committed tables.
    pub enum Verb {
        /// Record that work has started.
        Start = "start",
        /// Send the words, or mark as done.
        Submit = "submit",
        /// Approve what was submitted.
        Approve = "approve",
        /// Ask for changes, with findings.
        Return = "return",
        /// Send a round back before every team has finished.
        SendBack = "send-back",
        /// Refuse, with a reason.
        Refuse = "refuse",
        /// Undo one's own decision before anything was built on it.
        Undo = "undo",
        /// Take back a round that one has sent, before anybody who decides on it has opened it.
        TakeBackRound = "take-back-round",
        /// Move to the newest edition of the SCAL catalogue.
        Uplift = "uplift",
        /// Have a new version of the product assessed.
        Reassess = "reassess",
        /// Answer what was sent.
        Acknowledge = "acknowledge",
        /// Issue something.
        Issue = "issue",
        /// Say that what was settled still holds, though something it rests on has changed.
        StillHolds = "still-holds",
        /// Sign the words shown.
        Sign = "sign",
        /// Ask people by letter to sign for members of the group.
        AskToSign = "ask-to-sign",
        /// Do not sign, with a reason: whoever filled in the parts puts them right.
        Decline = "decline",
        /// An end-user organisation takes back what it has signed.
        WithdrawSignature = "withdraw-signature",
        /// Name somebody else of the supplier who signs, in place of somebody who does not or should not have.
        ReplaceSignatory = "replace-signatory",
        /// Report an incident under a connection agreement that was signed.
        ReportIncident = "report-incident",
        /// Propose to do without the task.
        ProposeWaiver = "propose-waiver",
        /// Agree to do without it.
        ConfirmWaiver = "confirm-waiver",
        /// Do not agree.
        DeclineWaiver = "decline-waiver",
        /// Propose that a certificate is suspended, withdrawn or reinstated.
        ProposeValidity = "propose-validity",
        /// Agree to that.
        ConfirmValidity = "confirm-validity",
        /// Do not agree, or take the proposal back.
        DeclineValidity = "decline-validity",
        /// Open it again.
        Reopen = "reopen",
        /// Record that a site is live.
        RecordSite = "record-site",
        /// Take a recorded site back.
        TakeBackSite = "take-back-site",
        /// Record that a step is done for capabilities at sites.
        RecordStep = "record-step",
        /// Take such a step back.
        TakeBackStep = "take-back-step",
        /// Suspend capabilities at a live site.
        SuspendSite = "suspend-site",
        /// Let capabilities that are suspended at a site go on.
        ResumeSite = "resume-site",
        /// Record what an early check at a live site showed.
        CheckSite = "check-site",
        /// Say that a condition of an approval is met.
        CloseCondition = "close-condition",
        /// Ask the supplier about a row of the accepted SCAL.
        RaiseQuery = "raise-query",
        /// Reply to such a query.
        AnswerQuery = "answer-query",
        /// Say that a query is answered.
        CloseQuery = "close-query",
        /// Record what was checked of members of the group.
        CheckMembers = "check-members",
        /// Say that tests showed a defect.
        RaiseDefect = "raise-defect",
        /// Say who mends a defect, how bad it is and whether it blocks.
        AssessDefect = "assess-defect",
        /// Say that a defect is mended.
        MendDefect = "mend-defect",
        /// Close a defect.
        CloseDefect = "close-defect",
        /// Open a defect again.
        ReopenDefect = "reopen-defect",
        /// Ask for a part for an organisation.
        AskForPart = "ask-for-part",
        /// Do not give a part that was asked for.
        DeclinePart = "decline-part",
        /// Give an organisation a part in the journey.
        Join = "join",
        /// Record that an organisation has another name or code.
        Identify = "identify",
        /// Ask that an organisation leaves.
        AskToLeave = "ask-to-leave",
        /// An organisation that was asked to leave stays.
        DeclineLeave = "decline-leave",
        /// Take the part of an organisation back.
        Leave = "leave",
        /// End the journey before it is live.
        Withdraw = "withdraw",
        /// Go on with a withdrawn journey.
        Resume = "resume",
    }
}

impl Verb {
    /// The verbs that act on a task.
    pub const ON_TASKS: &'static [Verb] = &[
        Verb::Start,
        Verb::Submit,
        Verb::Approve,
        Verb::Return,
        Verb::SendBack,
        Verb::Refuse,
        Verb::Undo,
        Verb::TakeBackRound,
        Verb::Uplift,
        Verb::Reassess,
        Verb::Acknowledge,
        Verb::Issue,
        Verb::StillHolds,
        Verb::Sign,
        Verb::AskToSign,
        Verb::Decline,
        Verb::WithdrawSignature,
        Verb::ReplaceSignatory,
        Verb::ReportIncident,
        Verb::ProposeWaiver,
        Verb::ConfirmWaiver,
        Verb::DeclineWaiver,
        Verb::ProposeValidity,
        Verb::ConfirmValidity,
        Verb::DeclineValidity,
        Verb::Reopen,
        Verb::RecordSite,
        Verb::TakeBackSite,
        Verb::RecordStep,
        Verb::TakeBackStep,
        Verb::SuspendSite,
        Verb::ResumeSite,
        Verb::CheckSite,
        Verb::CloseCondition,
        Verb::RaiseQuery,
        Verb::AnswerQuery,
        Verb::CloseQuery,
        Verb::CheckMembers,
        Verb::RaiseDefect,
        Verb::AssessDefect,
        Verb::MendDefect,
        Verb::CloseDefect,
        Verb::ReopenDefect,
    ];

    /// The verbs that act on the whole journey.
    pub const ON_JOURNEYS: &'static [Verb] = &[
        Verb::AskForPart,
        Verb::DeclinePart,
        Verb::Join,
        Verb::Identify,
        Verb::AskToLeave,
        Verb::DeclineLeave,
        Verb::Leave,
        Verb::Withdraw,
        Verb::Resume,
    ];
}

named! {
    /// The states of a task, by name.
    pub enum StateKind {
        /// Nothing was submitted in this round.
        Open = "open",
        /// Waits for the other side.
        Submitted = "submitted",
        /// Came back with findings or a refusal.
        Returned = "returned",
        /// Done.
        Settled = "settled",
        /// Done without, by two people.
        Waived = "waived",
    }
}

const ANSWERED: &[Settle] = &[ByReview, ByAcknowledgement];

const SENT: &[Settle] = &[OnSubmit, ByReview, ByAcknowledgement];

/// How a task is settled that leaves a certificate.
const CERTIFIES: &[Settle] = &[ByReview, ByIssue];

const CAN_COME_BACK: &[Settle] = &[ByReview, ByAcknowledgement, BySignatures];

const ALL: &[Settle] = &[OnSubmit, ByReview, ByAcknowledgement, ByIssue, BySignatures];

/// One edge of the machine: from, verb, to, and the ways of settling for which it exists.
pub type Transition = (StateKind, Verb, StateKind, &'static [Settle]);

/// Every transition there is. An approval, a return or a signature that is not the last one of its task stays where it is:
/// a round goes back when every team has finished.
/// When a task reviews another, `Return` and `Refuse` send that other one back and leave the review open.
pub const TRANSITIONS: &[Transition] = &[
    (Open, Verb::Start, Open, SENT),
    (Open, Verb::Submit, Settled, &[OnSubmit]),
    (Open, Verb::Submit, Submitted, ANSWERED),
    // The parts that are filled in before they are signed.
    (Open, Verb::Submit, Open, &[BySignatures]),
    (Open, Verb::RecordSite, Open, &[OnSubmit]),
    (Open, Verb::TakeBackSite, Open, &[OnSubmit]),
    // What is done at single sites leaves the task as it is.
    (Open, Verb::RecordStep, Open, &[OnSubmit]),
    (Open, Verb::TakeBackStep, Open, &[OnSubmit]),
    (Open, Verb::SuspendSite, Open, &[OnSubmit]),
    (Open, Verb::ResumeSite, Open, &[OnSubmit]),
    (Open, Verb::CheckSite, Open, &[OnSubmit]),
    // Members of a group that was sent are checked again and again, and the group stays as it is.
    (Submitted, Verb::CheckMembers, Submitted, &[ByAcknowledgement]),
    (Settled, Verb::CheckMembers, Settled, &[ByAcknowledgement]),
    // The group asks about the SCAL before it answers, and again when it looks at it again.
    (Open, Verb::RaiseQuery, Open, &[OnSubmit]),
    (Open, Verb::AnswerQuery, Open, &[OnSubmit]),
    (Open, Verb::CloseQuery, Open, &[OnSubmit]),
    (Settled, Verb::RaiseQuery, Settled, &[OnSubmit]),
    (Settled, Verb::AnswerQuery, Settled, &[OnSubmit]),
    (Settled, Verb::CloseQuery, Settled, &[OnSubmit]),
    // Answers are kept; what is asked in other words is asked again.
    (Open, Verb::Uplift, Open, &[ByReview]),
    (Returned, Verb::Uplift, Returned, &[ByReview]),
    (Settled, Verb::Uplift, Settled, &[ByReview]),
    (Settled, Verb::Reassess, Settled, &[ByReview]),
    (Open, Verb::Issue, Settled, &[ByIssue]),
    (Open, Verb::Sign, Settled, &[BySignatures]),
    // What is signed in part can be put right or taken back: by whoever filled it in, signs next, or has signed.
    (Open, Verb::Decline, Returned, &[BySignatures]),
    (Open, Verb::AskToSign, Open, &[BySignatures]),
    (Open, Verb::WithdrawSignature, Open, &[BySignatures]),
    (Open, Verb::ReplaceSignatory, Open, &[BySignatures]),
    (Open, Verb::Reopen, Open, &[BySignatures]),
    (Open, Verb::ProposeWaiver, Open, ALL),
    (Open, Verb::ConfirmWaiver, Waived, ALL),
    (Open, Verb::DeclineWaiver, Open, ALL),
    (Submitted, Verb::Approve, Settled, &[ByReview]),
    (Submitted, Verb::Return, Returned, ANSWERED),
    (Submitted, Verb::SendBack, Returned, &[ByReview]),
    (Submitted, Verb::Refuse, Returned, &[ByReview]),
    (Submitted, Verb::Acknowledge, Settled, &[ByAcknowledgement]),
    // As it was before: waiting for the decision. A task that reviews another stays open when it sends that one back.
    (Settled, Verb::Undo, Submitted, ANSWERED),
    (Returned, Verb::Undo, Submitted, ANSWERED),
    (Submitted, Verb::Undo, Submitted, &[ByReview]),
    (Open, Verb::Undo, Submitted, &[ByReview]),
    // As it was before it was sent: open for the first round, returned or settled for a later one.
    (Submitted, Verb::TakeBackRound, Open, ANSWERED),
    // The words of a task that another one decides on.
    (Settled, Verb::TakeBackRound, Open, &[OnSubmit]),
    (Returned, Verb::Submit, Settled, &[OnSubmit]),
    (Returned, Verb::Submit, Submitted, ANSWERED),
    (Returned, Verb::Submit, Open, &[BySignatures]),
    (Returned, Verb::ProposeWaiver, Returned, CAN_COME_BACK),
    (Returned, Verb::ConfirmWaiver, Waived, CAN_COME_BACK),
    (Returned, Verb::DeclineWaiver, Returned, CAN_COME_BACK),
    (Settled, Verb::RecordSite, Settled, &[OnSubmit]),
    (Settled, Verb::TakeBackSite, Settled, &[OnSubmit]),
    (Settled, Verb::RecordStep, Settled, &[OnSubmit]),
    (Settled, Verb::TakeBackStep, Settled, &[OnSubmit]),
    (Settled, Verb::SuspendSite, Settled, &[OnSubmit]),
    (Settled, Verb::ResumeSite, Settled, &[OnSubmit]),
    (Settled, Verb::CheckSite, Settled, &[OnSubmit]),
    (Settled, Verb::CloseCondition, Settled, &[ByReview]),
    // What stands as "Check again": whoever settled it says that it still holds, or it is done again.
    (Settled, Verb::StillHolds, Settled, &[OnSubmit, ByReview, ByAcknowledgement, ByIssue]),
    (Settled, Verb::Submit, Settled, &[OnSubmit]),
    (Settled, Verb::Submit, Submitted, ANSWERED),
    (Settled, Verb::Submit, Open, &[BySignatures]),
    (Settled, Verb::Issue, Settled, &[ByIssue]),
    (Settled, Verb::Sign, Settled, &[BySignatures]),
    (Settled, Verb::AskToSign, Settled, &[BySignatures]),
    (Settled, Verb::Decline, Returned, &[BySignatures]),
    // It stays settled for the others; without any of theirs it is open.
    (Settled, Verb::WithdrawSignature, Settled, &[BySignatures]),
    // An incident is reported whatever becomes of the agreement.
    (Open, Verb::ReportIncident, Open, &[BySignatures]),
    (Returned, Verb::ReportIncident, Returned, &[BySignatures]),
    (Settled, Verb::ReportIncident, Settled, &[BySignatures]),
    // A defect goes its own way and leaves the stage on which it was seen as it is.
    (Open, Verb::RaiseDefect, Open, &[ByReview]),
    (Submitted, Verb::RaiseDefect, Submitted, &[ByReview]),
    (Returned, Verb::RaiseDefect, Returned, &[ByReview]),
    (Settled, Verb::RaiseDefect, Settled, &[ByReview]),
    (Open, Verb::AssessDefect, Open, &[ByReview]),
    (Submitted, Verb::AssessDefect, Submitted, &[ByReview]),
    (Returned, Verb::AssessDefect, Returned, &[ByReview]),
    (Settled, Verb::AssessDefect, Settled, &[ByReview]),
    (Waived, Verb::AssessDefect, Waived, &[ByReview]),
    (Open, Verb::MendDefect, Open, &[ByReview]),
    (Submitted, Verb::MendDefect, Submitted, &[ByReview]),
    (Returned, Verb::MendDefect, Returned, &[ByReview]),
    (Settled, Verb::MendDefect, Settled, &[ByReview]),
    (Waived, Verb::MendDefect, Waived, &[ByReview]),
    (Open, Verb::CloseDefect, Open, &[ByReview]),
    (Submitted, Verb::CloseDefect, Submitted, &[ByReview]),
    (Returned, Verb::CloseDefect, Returned, &[ByReview]),
    (Settled, Verb::CloseDefect, Settled, &[ByReview]),
    (Waived, Verb::CloseDefect, Waived, &[ByReview]),
    (Open, Verb::ReopenDefect, Open, &[ByReview]),
    (Submitted, Verb::ReopenDefect, Submitted, &[ByReview]),
    (Returned, Verb::ReopenDefect, Returned, &[ByReview]),
    (Settled, Verb::ReopenDefect, Settled, &[ByReview]),
    (Waived, Verb::ReopenDefect, Waived, &[ByReview]),
    // What one signed counts no more, and somebody else signs the same words.
    (Settled, Verb::ReplaceSignatory, Open, &[BySignatures]),
    // Its certificate is suspended, withdrawn or reinstated. The work stays as it was.
    (Settled, Verb::ProposeValidity, Settled, CERTIFIES),
    (Settled, Verb::ConfirmValidity, Settled, CERTIFIES),
    (Settled, Verb::DeclineValidity, Settled, CERTIFIES),
    (Settled, Verb::Reopen, Open, ALL),
    (Waived, Verb::Reopen, Open, ALL),
];

/// Where a verb leads from a state, if it leads anywhere.
#[must_use]
pub fn transition(settle: Settle, state: StateKind, verb: Verb) -> Option<StateKind> {
    TRANSITIONS.iter().find(|t| t.0 == state && t.1 == verb && t.3.contains(&settle)).map(|t| t.2)
}
