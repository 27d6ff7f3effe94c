//! Meetings of two sides of a journey: who may propose one, who may answer, and how one stands. What was done about a
//! meeting is a list of steps beside the ledger, as messages are; how it stands is told from them and never stored.
//! Pages, emails and calendar files all ask here.

use jiff::{SignedDuration, Timestamp};

use crate::{
    base::{
        actor::{Actor, Side},
        ids::{MeetingId, TaskId},
        named::named,
    },
    ledger::{
        event::By,
        journey::{Journey, Phase},
    },
    plan::process::Page,
    rule::conversation::{self, Audience},
};

/// Times that one proposal may name.
pub const MOST_TIMES: usize = 3;

/// Meetings that a journey may have, ended ones included.
pub const MOST_MEETINGS: usize = 200;

/// Steps after which a meeting can only be agreed, declined or cancelled.
pub const MOST_STEPS: usize = 40;

named! {
    /// What somebody does about a meeting.
    pub enum Act {
        /// Proposes it.
        Proposed = "proposed",
        /// Offers other times before one is agreed.
        Others = "others",
        /// Chooses one of the times that the other side offered.
        Agreed = "agreed",
        /// Says no to the times that the other side offered.
        Declined = "declined",
        /// Asks for another time after one was agreed. That one stands until the other side has chosen.
        Moved = "moved",
        /// Ends it.
        Cancelled = "cancelled",
    }
}

/// One step of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub act: Act,
    /// For which side.
    pub side: Side,
    /// By whom.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// The times that are offered, or the one that was chosen.
    pub times: Vec<Timestamp>,
    /// How long it is, in minutes.
    pub minutes: u32,
    /// Where, or at which link.
    pub place: String,
    /// Why, in the words of whoever did it.
    pub words: String,
    /// How many others were told.
    pub told: u32,
    /// Full name of whoever did it, as it is now; empty in a step that is not written yet.
    pub name: String,
    /// The name of their organisation, likewise.
    pub organisation: String,
}

impl Step {
    /// Whether times are offered with it.
    #[must_use]
    pub fn offers(&self) -> bool {
        matches!(self.act, Act::Proposed | Act::Others | Act::Moved)
    }

    /// When the meeting at this time is over.
    #[must_use]
    pub fn end_of(&self, start: Timestamp) -> Timestamp {
        start.checked_add(SignedDuration::from_mins(i64::from(self.minutes))).unwrap_or(Timestamp::MAX)
    }

    /// The times that are still to come.
    pub fn ahead(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        self.times.iter().copied().filter(move |time| *time > now)
    }
}

/// A meeting, as its steps tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Which.
    pub id: MeetingId,
    /// About which task; `None` for the journey as a whole.
    pub task: Option<TaskId>,
    /// The side that proposed it.
    pub from: Side,
    /// The side that was asked.
    pub with: Side,
    /// What it is for.
    pub about: String,
    /// What was done, oldest first. The first one proposed it.
    pub steps: Vec<Step>,
}

/// How a meeting stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage<'a> {
    /// One side has offered times and the other has not answered.
    Waiting(&'a Step),
    /// A time is agreed, and one side has asked for another.
    Moving {
        /// The step that agreed the time which stands until then.
        agreed: &'a Step,
        /// The step that asks for another.
        asked: &'a Step,
    },
    /// A time is agreed.
    Agreed(&'a Step),
    /// The other side said no.
    Declined(&'a Step),
    /// One side ended it.
    Cancelled(&'a Step),
}

impl Meeting {
    /// How it stands; `None` for one without a first step, which no form makes.
    #[must_use]
    pub fn stage(&self) -> Option<Stage<'_>> {
        let (mut agreed, mut asked, mut end) = (None, None, None);
        for step in &self.steps {
            match step.act {
                Act::Proposed | Act::Others | Act::Moved => asked = Some(step),
                Act::Agreed => (agreed, asked) = (Some(step), None),
                // Whoever does not want another time keeps the one that is agreed.
                Act::Declined if agreed.is_some() => asked = None,
                Act::Declined => end = Some(Stage::Declined(step)),
                Act::Cancelled => end = Some(Stage::Cancelled(step)),
            }
        }
        end.or(match (agreed, asked) {
            (Some(agreed), Some(asked)) => Some(Stage::Moving { agreed, asked }),
            (Some(agreed), None) => Some(Stage::Agreed(agreed)),
            (None, Some(asked)) => Some(Stage::Waiting(asked)),
            (None, None) => None,
        })
    }

    /// The step that agreed the last time, whatever came after.
    #[must_use]
    pub fn agreed(&self) -> Option<&Step> {
        self.steps.iter().rev().find(|step| step.act == Act::Agreed)
    }

    /// The time that was agreed last, with the step that agreed it.
    #[must_use]
    pub fn held(&self) -> Option<(Timestamp, &Step)> {
        self.agreed().and_then(|step| step.times.first().map(|time| (*time, step)))
    }

    /// How often what was agreed has changed since it was agreed first, for calendars.
    #[must_use]
    pub fn sequence(&self) -> usize {
        let agreed = self.steps.iter().filter(|step| step.act == Act::Agreed).count();
        agreed.saturating_sub(1) + usize::from(agreed > 0 && matches!(self.stage(), Some(Stage::Cancelled(_))))
    }

    /// The side that has to answer, while one has to.
    #[must_use]
    pub fn waits_for(&self) -> Option<Side> {
        match self.stage()? {
            Stage::Waiting(asked) | Stage::Moving { asked, .. } => Some(self.other(asked.side)),
            _ => None,
        }
    }

    /// The other of its two sides.
    #[must_use]
    pub fn other(&self, side: Side) -> Side {
        if side == self.from { self.with } else { self.from }
    }

    /// Whether nothing is to come of it any more: it has ended, or its time has passed and nobody asks for another.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        match self.stage() {
            Some(Stage::Agreed(step)) => step.times.iter().all(|start| step.end_of(*start) <= now),
            Some(Stage::Waiting(_) | Stage::Moving { .. }) => false,
            Some(Stage::Declined(_) | Stage::Cancelled(_)) | None => true,
        }
    }
}

/// The side for which a person takes part in meetings on a task or on the journey as a whole. Who works for the programme and
/// belongs to an organisation with a part in the journey stands on neither side, as with notes.
#[must_use]
pub fn side_of(journey: &Journey, actor: &Actor, task: Option<&TaskId>) -> Option<Side> {
    if !conversation::may_read(journey, actor, task, Audience::All) {
        return None;
    }
    match conversation::own_side(journey, actor) {
        Some(Audience::Supplier) => Some(Side::Supplier),
        Some(Audience::Programme) => Some(Side::Programme),
        _ if actor.on(Side::Programme) => None,
        _ => [Side::EndUser, Side::Commissioner].into_iter().find(|side| actor.on(*side)),
    }
}

/// Whether a person sees a meeting: those of its two sides do. A link to a meeting lets people in, so nobody else reads it.
#[must_use]
pub fn may_see(journey: &Journey, actor: &Actor, meeting: &Meeting) -> bool {
    side_of(journey, actor, meeting.task.as_ref()).is_some_and(|side| [meeting.from, meeting.with].contains(&side))
}

/// Whether meetings are about such a task of this journey: one of its plan, and no conversation, which is the whole journey's.
#[must_use]
pub fn is_place(journey: &Journey, task: Option<&TaskId>) -> bool {
    task.is_none_or(|task| {
        let spec = journey.process.task(task);
        spec.is_some_and(|spec| spec.applies(&journey.opening) && spec.page != Page::Conversation)
    })
}

/// The sides that a person may ask to meet on a task or on the journey as a whole; none where they may propose nothing.
#[must_use]
pub fn may_ask(journey: &Journey, actor: &Actor, task: Option<&TaskId>) -> Vec<Side> {
    let is_open = !matches!(journey.phase, Phase::Withdrawn { .. });
    let Some(own) = side_of(journey, actor, task).filter(|_| is_open && is_place(journey, task)) else { return Vec::new() };
    let spec = task.and_then(|task| journey.process.task(task));
    let takes_part = |side: Side| match side {
        Side::Supplier | Side::Programme => true,
        Side::EndUser | Side::Commissioner => {
            journey.parties().any(|(_, of)| of == side) && spec.is_none_or(|spec| spec.is_read_by(side))
        }
        Side::Operator => false,
    };
    // Whom most people want to meet comes first.
    let order = [Side::Programme, Side::Supplier, Side::EndUser, Side::Commissioner];
    order.into_iter().filter(|side| *side != own && takes_part(*side)).collect()
}

/// What a person may do about a meeting now. What is drawn and what is obeyed are this list.
#[must_use]
pub fn offered(journey: &Journey, actor: &Actor, meeting: &Meeting, now: Timestamp) -> Vec<Act> {
    let side = side_of(journey, actor, meeting.task.as_ref()).filter(|side| [meeting.from, meeting.with].contains(side));
    let (Some(side), Some(stage)) = (side, meeting.stage()) else { return Vec::new() };
    if matches!(journey.phase, Phase::Withdrawn { .. }) {
        return Vec::new();
    }
    let to_come = |step: &Step| step.times.iter().any(|start| step.end_of(*start) > now);
    let (asked, agreed) = match stage {
        Stage::Waiting(asked) => (Some(asked), None),
        Stage::Moving { agreed, asked } => (Some(asked), Some(agreed)),
        Stage::Agreed(agreed) => (None, Some(agreed)),
        Stage::Declined(_) | Stage::Cancelled(_) => return Vec::new(),
    };
    let mut acts = Vec::new();
    if let Some(asked) = asked {
        if asked.side != side && asked.ahead(now).next().is_some() {
            acts.push(Act::Agreed);
        }
        acts.push(Act::Others);
        if asked.side != side {
            acts.push(Act::Declined);
        }
    } else if agreed.is_some_and(to_come) {
        acts.push(Act::Moved);
    }
    let own = asked.is_some_and(|asked| asked.side == side);
    if agreed.is_some_and(to_come) || (own && agreed.is_none()) {
        acts.push(Act::Cancelled);
    }
    let long = meeting.steps.len() >= MOST_STEPS;
    acts.retain(|act| !long || !matches!(act, Act::Others | Act::Moved));
    acts
}
