//! Why something cannot be done, in words for whoever asked.

use crate::{
    base::{
        actor::{Role, Side},
        ids::{PersonId, Seq, TaskId},
        text::joined,
    },
    form::{Problem, Problems},
    plan::process::Process,
};

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
    /// Somebody else was named to sign in their place.
    Replaced,
    /// The group does not name this organisation as a member.
    NoMember,
    /// The group asked the supplier about rows of the SCAL and has not said that it is answered.
    QueryOpen {
        /// The rows, as people write them.
        rows: Vec<String>,
    },
    /// A defect that blocks the certificate is open.
    DefectOpen {
        /// Each with its name and title.
        defects: Vec<String>,
    },
    /// It is done already.
    AlreadySettled,
    /// Exactly this was sent before, by the same person: a second click.
    AlreadyDone,
    /// The time in which a decision can be undone has passed.
    TooLateToUndo,
    /// Somebody who decides on it has opened what was sent.
    Opened,
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
                let mut sides: Vec<(Side, Vec<String>)> = Vec::new();
                for role in roles {
                    let title = role.any();
                    match sides.iter_mut().find(|(side, _)| *side == role.side()) {
                        Some((_, titles)) => titles.push(title),
                        None => sides.push((role.side(), vec![title])),
                    }
                }
                let who: Vec<String> = sides.into_iter().map(|(side, titles)| at_side(&joined(&titles, "or"), side)).collect();
                let detail =
                    "If you work there and should have this role, ask whoever looks after the people of your organisation.";
                ("You cannot do this in your role".to_owned(), format!("Only {} can do this. {detail}", who.join(", or ")))
            }
            Refusal::Locked(waiting_on) => {
                let what: Vec<String> = waiting_on.iter().map(|id| process.noun(id).to_owned()).collect();
                (
                    "You cannot do this yet".to_owned(),
                    format!(
                        "{} to be completed first: {}.",
                        if what.len() == 1 { "This has" } else { "These have" },
                        joined(&what, "and")
                    ),
                )
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
                "You belong to an organisation that takes part in this journey. Your colleagues can decide.",
            ),
            Refusal::OwnWork => two(
                "You cannot decide here for NHS England",
                "You have worked on this journey for the supplier or for an organisation that takes part in it. A colleague at NHS \
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
            Refusal::Replaced => two(
                "Somebody else signs in your place",
                "A colleague was named to sign instead of you. Whoever completed the details can name you again.",
            ),
            Refusal::NoMember => two(
                "The group does not name this organisation",
                "It was taken off the list of members after you were asked. Nothing was signed. Whoever asked you can say why.",
            ),
            Refusal::QueryOpen { rows } => (
                "A query about the SCAL is open".to_owned(),
                format!(
                    "Rows: {}. Wait for the supplier's reply and say that it answers you. Until then you can save your review as a draft.",
                    rows.join(", ")
                ),
            ),
            Refusal::DefectOpen { defects } => (
                "A defect that blocks the certificate is open".to_owned(),
                format!(
                    "{}. Close {} or say that {} not block before you issue the certificate.",
                    joined(defects, "and"),
                    if defects.len() == 1 { "it" } else { "them" },
                    if defects.len() == 1 { "it does" } else { "they do" },
                ),
            ),
            Refusal::AlreadySettled => two("This is completed already", "Nothing was changed."),
            Refusal::AlreadyDone => two("You have already sent this", "It was recorded once. Nothing was sent twice."),
            Refusal::TooLateToUndo => two(
                "It is too late to undo this",
                "A decision can be undone for 10 minutes. A programme lead can open the task again.",
            ),
            Refusal::Opened => two(
                "NHS England has opened what you sent",
                "It cannot be taken back any more. Write to the people who review it in the conversation of the task.",
            ),
            Refusal::NothingToDo => two(
                "There is nothing to decide here now",
                "Nothing here waits for a decision from you. Above it says whose turn it is.",
            ),
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

fn at_side(who: &str, side: Side) -> String {
    match side {
        Side::Supplier => format!("{who} at the supplier"),
        Side::Programme => format!("{who} at NHS England"),
        Side::EndUser => format!("{who} at an organisation that will use the product"),
        Side::Commissioner => "the commissioner".to_owned(),
        Side::Operator => format!("{who} of this service"),
    }
}
