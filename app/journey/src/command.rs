//! What a person asks for, and the answer when it cannot be.

use crate::{
    actor::{Role, Side},
    event::Finding,
    form::{Answers, Problem, Problems},
    go_live::{Sent, Site},
    identity::Identity,
    ids::{Digest, FieldId, OrganisationId, PartId, PersonId, Seq, TaskId},
    opening::Plan,
    process::Process,
    standing::Verb,
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
            Command::Acknowledge { .. } | Command::OpenEngagement { .. } => Verb::Acknowledge,
            Command::Issue { .. } => Verb::Issue,
            Command::StillHolds { .. } => Verb::StillHolds,
            Command::Sign { .. } => Verb::Sign,
            Command::Decline { .. } => Verb::Decline,
            Command::WithdrawSignature { .. } => Verb::WithdrawSignature,
            Command::ProposeWaiver { .. } => Verb::ProposeWaiver,
            Command::ConfirmWaiver { .. } => Verb::ConfirmWaiver,
            Command::DeclineWaiver { .. } => Verb::DeclineWaiver,
            Command::Reopen { .. } => Verb::Reopen,
            Command::RecordSite { .. } => Verb::RecordSite,
            Command::TakeBackSite { .. } => Verb::TakeBackSite,
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
            | Command::Acknowledge { task, .. }
            | Command::OpenEngagement { task, .. }
            | Command::Issue { task, .. }
            | Command::StillHolds { task, .. }
            | Command::Sign { task, .. }
            | Command::Decline { task, .. }
            | Command::WithdrawSignature { task, .. }
            | Command::ProposeWaiver { task, .. }
            | Command::ConfirmWaiver { task }
            | Command::DeclineWaiver { task, .. }
            | Command::Reopen { task, .. }
            | Command::RecordSite { task, .. }
            | Command::TakeBackSite { task, .. } => Some(task),
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
}

/// Why not. Each kind knows its sentence; none is an error of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such task on this journey, or not for this person.
    Unknown,
    /// Other people do this.
    NotYours {
        /// The roles that may.
        roles: Vec<Role>,
    },
    /// Something before it is missing.
    Locked(Vec<TaskId>),
    /// The words need a change.
    Invalid(Problems),
    /// Whoever sent it, signed before or proposed it cannot also decide.
    SameHands,
    /// Nobody reviews the work of an organisation they belong to.
    OwnOrganisation,
    /// They have worked on this journey for another organisation.
    OwnWork,
    /// Nobody of the supplier signs for an organisation that will use the product.
    SignsForAnother,
    /// The organisation that leads the group does this for all of it.
    ForLead,
    /// It is done already.
    AlreadySettled,
    /// Exactly this was sent before, by the same person: a second click.
    AlreadyDone,
    /// There is nothing to decide on now.
    NothingToDo,
    /// Somebody was faster.
    ChangedSince {
        /// What the writer saw.
        seen: Seq,
        /// What is there now.
        now: Seq,
        /// Who changed it, when that was a person.
        by: Option<PersonId>,
    },
    /// The words on the page are no longer the words to sign.
    WordsChanged,
    /// What the task rests on has changed again since the page was opened.
    BasisChanged,
    /// The opening or two people left it out of the plan.
    NotNeeded,
    /// The journey has ended.
    Closed,
}

impl Refusal {
    /// The words are at fault, not the moment: summary and fields show each problem.
    #[must_use]
    pub fn problem(field: &str, says: &str) -> Self {
        Refusal::Invalid(Problems(vec![Problem::new(field, says)]))
    }

    /// What cannot be done and why, in two short parts: a heading, and what changes it and who can.
    #[must_use]
    pub fn sentence(&self, process: &Process) -> (String, String) {
        let two = |heading: &str, detail: &str| (heading.to_owned(), detail.to_owned());
        match self {
            Refusal::Unknown => two("There is no such task", "Check the link, or open the journey and choose a task."),
            Refusal::NotYours { roles } => {
                // Some roles are people and some are teams, so no article fits them all.
                let mut sides: Vec<(Side, Vec<String>)> = Vec::new();
                for role in roles {
                    let title = lower_first(role.title());
                    match sides.iter_mut().find(|(side, _)| *side == role.side()) {
                        Some((_, titles)) => titles.push(title),
                        None => sides.push((role.side(), vec![title])),
                    }
                }
                let who: Vec<String> =
                    sides.into_iter().map(|(side, titles)| format!("{} at {}", either(titles), at_side(side))).collect();
                let detail = "If that should be you, ask whoever looks after the roles of your organisation.";
                ("You cannot do this in your role".to_owned(), format!("It is for {}. {detail}", who.join(", or ")))
            }
            Refusal::Locked(waiting_on) => {
                let what: Vec<&str> = waiting_on.iter().map(|id| process.label(id)).collect();
                ("You cannot do this yet".to_owned(), format!("It waits for: {}.", what.join("; ")))
            }
            Refusal::Invalid(problems) => {
                let count = problems.0.len();
                let s = if count == 1 { "answer needs" } else { "answers need" };
                ("There is a problem".to_owned(), format!("Your words are kept. {count} {s} a change."))
            }
            Refusal::SameHands => {
                two("A second person must do this", "You sent it, signed it or proposed it yourself. A colleague can decide.")
            }
            Refusal::OwnOrganisation => two(
                "You cannot decide on your own organisation's work",
                "You belong to an organisation that has a part in this journey. Your colleagues can decide.",
            ),
            Refusal::OwnWork => two(
                "You cannot decide here for NHS England",
                "You have worked on this journey for the supplier or for an organisation with a part in it. A colleague at NHS \
England who has not can decide.",
            ),
            Refusal::SignsForAnother => two(
                "You cannot sign for another organisation",
                "You belong to the supplier. Somebody of the organisation that will use the product signs for it.",
            ),
            Refusal::ForLead => two(
                "The organisation that leads the group does this",
                "Its group lead or its clinical safety officer does it for all members. Tell them in the conversation what you found.",
            ),
            Refusal::AlreadySettled => two("This is completed already", "Nothing was changed."),
            Refusal::AlreadyDone => two("You have already sent this", "It was recorded once. Nothing was sent twice."),
            Refusal::NothingToDo => two("There is nothing to decide here now", "Open the task to see whose turn it is."),
            Refusal::ChangedSince { .. } => two(
                "Somebody was faster",
                "Nothing was overwritten and your words are kept below. Look at what is recorded now, then decide again.",
            ),
            Refusal::WordsChanged => two(
                "The words to sign have changed",
                "They were updated after you opened the page. Read them again before you sign.",
            ),
            Refusal::BasisChanged => two(
                "Something changed again",
                "What this task rests on changed after you opened the page. Your words are kept below. Look at what is different now, \
then decide.",
            ),
            Refusal::NotNeeded => two("This task is not needed", "It is not part of this journey's plan."),
            Refusal::Closed => {
                two("This journey was withdrawn", "A programme lead can resume it. Everything that was recorded stays.")
            }
        }
    }
}

fn at_side(side: Side) -> &'static str {
    match side {
        Side::Supplier => "the supplier",
        Side::Programme => "NHS England",
        Side::EndUser => "the organisations that will use the product",
        Side::Commissioner => "the commissioner",
        Side::Operator => "this service",
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn either(mut words: Vec<String>) -> String {
    match words.pop() {
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} or {last}", words.join(", ")),
        None => String::new(),
    }
}
