//! What whoever did it last may take back: a decision for ten minutes, a round until somebody opens it. The page of the task
//! looks at it ([`crate::desk::take_back`]).

use crate::{
    act::{load::Loaded, page::PageContext, sent},
    base::halt::Halt,
    request::visitor::Visitor,
};
use jiff::Timestamp;
use journey::{
    base::{
        actor::Role,
        ids::{FieldId, PersonId},
    },
    catalogue::scal,
    form::Answers,
    ledger::{
        event::{Event, Finding},
        journey::Journey,
        machine::Verb,
    },
    plan::process::{Page, TaskSpec},
    port::Submission,
    rule::{draft::Draft, review, undo},
    scal::verdicts,
};

/// What a page has to know of it.
#[derive(Clone, Debug, Default)]
pub struct SecondThoughts {
    /// Until when the reader may undo their decision.
    pub undo_until: Option<Timestamp>,
    /// The reader sent the round that waits, and nobody who decides on it has opened it.
    pub takes_back: bool,
    /// The round that was taken back: whoever writes goes on with its words.
    pub kept_back: Option<Submission>,
}

impl SecondThoughts {
    /// Looks, and notes that a round was opened where the reader decides on it.
    ///
    /// # Errors
    /// When the database does not answer, or the words that were taken back cannot be read.
    pub async fn load(
        context: &PageContext,
        visitor: &Visitor,
        loaded: &Loaded,
        spec: &'static TaskSpec,
        offers: &[Verb],
    ) -> Result<Self, Halt> {
        let (journey, names) = (&loaded.journey, &loaded.names);
        let store = &context.services.store;
        let (work, record) = (spec.reviews.as_ref().unwrap_or(&spec.id), journey.submitted_in(spec));
        let now = context.services.clock.now();
        let opens = [Verb::Approve, Verb::Return, Verb::Acknowledge].iter().any(|verb| offers.contains(verb));
        if opens && !context.caller.in_background && !names.opened.contains(&(work.clone(), record.round)) {
            store.note_opened(&journey.reference, work, record.round, &visitor.actor.person, now).await?;
        }
        let takes_back =
            offers.contains(&Verb::TakeBackRound) && !names.opened.contains(&(spec.id.clone(), journey.task(&spec.id).round));
        let kept_back = match &journey.task(&spec.id).kept_back {
            Some(_) if offers.contains(&Verb::Submit) => sent::kept_back(&context.services, journey, &spec.id).await?,
            _ => None,
        };
        let undo_until = offers.contains(&Verb::Undo).then(|| undo::undoable_until(journey, spec, now)).flatten();
        Ok(Self { undo_until, takes_back, kept_back })
    }
}

/// What was decided, as it was typed: whoever undoes it goes on from there. `None` for what is typed into no draft.
fn typed_again(event: &Event) -> Option<(Role, Answers)> {
    let accepts = |typed: Answers, accepted: &[FieldId]| {
        accepted.iter().fold(typed, |typed, id| typed.with(&review::verdict_of(id), "accept"))
    };
    let says = |typed: Answers, verdict: &str, all: &[Finding]| {
        let of = |finding: &Finding| finding.field.clone().map(|id| (id, finding.words.clone()));
        all.iter().filter_map(of).fold(typed, |typed, (id, words)| {
            typed.with(&review::verdict_of(&id), verdict).with(&review::finding_of(&id), &words)
        })
    };
    match event {
        Event::Approved { role, note, accepted, conditions, .. } => {
            let typed = accepts(Answers::default().with("note", note), accepted);
            Some((*role, says(typed, "condition", conditions)))
        }
        Event::Returned { role, findings, accepted, conditions, .. } => {
            let typed = says(accepts(Answers::default(), accepted), "condition", conditions);
            Some((*role, says(typed, "change", findings)))
        }
        Event::Refused { role, reason, .. } => Some((*role, Answers::default().with("reason", reason))),
        _ => None,
    }
}

/// The same as the drafts that it was made of, each new: verdicts on rows of the SCAL row by row, all else as the draft of the review.
#[must_use]
pub fn drafts_again(journey: &Journey, spec: &TaskSpec, event: &Event, by: &PersonId, at: Timestamp) -> Vec<Draft> {
    let Some((role, mut typed)) = typed_again(event) else { return Vec::new() };
    let draft = |subject: String, typed: &Answers| Draft {
        task: spec.id.clone(),
        subject,
        version: 0,
        body: typed.to_json(),
        by: by.clone(),
        at,
        sent: false,
    };
    let mut drafts = Vec::new();
    for row in scal::rows(&journey.opening) {
        let of_row: Answers = Answers(
            [review::verdict_of(&row.field), review::finding_of(&row.field)]
                .into_iter()
                .filter_map(|id| typed.0.remove_entry(&id))
                .collect(),
        );
        if !of_row.0.is_empty() {
            drafts.push(draft(verdicts::subject_of(&row.field), &of_row));
        }
    }
    if spec.page != Page::Scal {
        drafts.push(draft(review::subject_of(role), &typed));
    }
    drafts
}
