//! What a command does to a journey, decided and not yet written.

use jiff::Timestamp;
use journey::{
    base::{
        actor::Actor,
        calendar,
        identity::Identity,
        ids::{JourneyRef, Seq, TaskId},
        text,
    },
    form::{Answers, Problems},
    ledger::{
        event::{By, Event, Recorded},
        journey::Journey,
        refusal::Refusal,
    },
    plan::{opening::Opening, process::TaskSpec},
    port::{Submission, seats::SeatChange, signatories::AskedChange},
    rule::{
        answering, asked_anew,
        command::Command,
        decide,
        draft::{Draft, DraftSeen},
    },
    scal::evidence::Evidence,
};

use crate::{
    act::{action::ActionRequest, known, sent},
    base::halt::Halt,
    request::services::Services,
};

/// What one command does to a journey: decided, and not yet written.
pub struct Decided {
    /// What happened.
    pub events: Vec<Event>,
    /// The journey afterwards.
    pub after: Journey,
    pub(crate) recorded: Vec<Recorded>,
    pub(crate) submissions: Vec<Submission>,
    pub(crate) texts: Vec<String>,
    pub(crate) drafts_done: Vec<DraftSeen>,
    pub(crate) drafts_sent: Vec<DraftSeen>,
    /// What becomes of seats with it.
    pub seats: Vec<SeatChange>,
    /// What happens to people who are asked by letter to sign.
    pub signatories: Vec<AskedChange>,
    pub(crate) evidence: Vec<(TaskId, Evidence)>,
}

impl Decided {
    /// What somebody did who has no account: signed by a link in a letter, or took that back. `texts` are those that it names.
    ///
    /// # Errors
    /// When the ledger of the journey cannot take it: a fault.
    pub fn by_link(journey: &Journey, event: Event, by: By, at: Timestamp, texts: Vec<String>) -> Result<Self, Halt> {
        Ok(Self { texts, ..Self::of(journey, vec![event], Some(by), at)? })
    }

    pub(crate) fn of(journey: &Journey, events: Vec<Event>, by: Option<By>, at: Timestamp) -> Result<Self, Halt> {
        let recorded = journey.record(events.clone(), by, at);
        let mut after = journey.clone();
        for event in &recorded {
            after.evolve(event)?;
        }
        Ok(Self::with(journey, after, events, recorded, at))
    }

    fn with(before: &Journey, after: Journey, events: Vec<Event>, recorded: Vec<Recorded>, at: Timestamp) -> Self {
        let signatories = asked_anew(before, &after, at);
        Self {
            events,
            after,
            recorded,
            submissions: Vec::new(),
            texts: Vec::new(),
            drafts_done: Vec::new(),
            drafts_sent: Vec::new(),
            seats: Vec::new(),
            signatories,
            evidence: Vec::new(),
        }
    }
}

/// Whoever signed by a link is looked at again where what they signed for has changed.
fn asked_anew(before: &Journey, after: &Journey, at: Timestamp) -> Vec<AskedChange> {
    let due = asked_anew::answer_by(at);
    let again = |spec: &TaskSpec| AskedChange::Again { journey: after.reference.clone(), task: spec.id.clone(), at, due };
    asked_anew::by(before, after).map(again).collect()
}

/// Opens a journey of this side, `consumer` or `provider`, for a supplier: the first deed of its ledger.
///
/// # Errors
/// [`Halt::Missing`] for anyone but an onboarding lead.
pub fn opened(
    services: &Services,
    actor: &Actor,
    side: &str,
    reference: &JourneyRef,
    opening: Opening,
    identity: Identity,
    at: Timestamp,
) -> Result<Decided, Halt> {
    let process = services.processes.newest(side).ok_or_else(|| Halt::Fault(format!("no {side} process")))?;
    let event = decide::open(process, actor, opening, identity).map_err(|_| Halt::Missing)?;
    let recorded = Recorded::chain(&reference.to_string(), None, at, Some(by(actor)), event.clone());
    let after = Journey::open(reference, &recorded, services.processes)?;
    Ok(Decided {
        events: vec![event],
        after,
        recorded: vec![recorded],
        submissions: Vec::new(),
        texts: Vec::new(),
        drafts_done: Vec::new(),
        drafts_sent: Vec::new(),
        seats: Vec::new(),
        signatories: Vec::new(),
        evidence: Vec::new(),
    })
}

/// What time itself has brought until now, if anything.
///
/// # Errors
/// When the ledger of the journey cannot take it: a fault.
pub fn brought(journey: &Journey, now: Timestamp) -> Result<Option<Decided>, Halt> {
    let events = decide::due(journey, now);
    if events.is_empty() { Ok(None) } else { Decided::of(journey, events, None, now).map(Some) }
}

/// Decides on a command. An answer may name only files that were added to its task.
///
/// # Errors
/// When the database does not answer. The inner error is for the person.
pub async fn decided(
    services: &Services,
    actor: &Actor,
    (journey, history): (&Journey, &[Recorded]),
    command: Command,
    seen: Option<Seq>,
    at: Timestamp,
) -> Result<Result<Decided, Refusal>, Halt> {
    let spec = command.task().and_then(|task| journey.process.task(task));
    if let Command::Submit { answers, .. } = &command
        && let Err(refusal) = known::lawful(services, journey, spec, answers).await?
    {
        return Ok(Err(refusal));
    }
    let events = match decide::decide(journey, actor, command.clone(), seen, calendar::date_of(at)) {
        Ok(events) => events,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut deed = if events.iter().any(|event| event.takes_back().is_some()) {
        let recorded = journey.record(events.clone(), Some(by(actor)), at);
        let after = journey.then(history, &recorded, services.processes)?;
        Decided::with(journey, after, events, recorded, at)
    } else {
        Decided::of(journey, events, Some(by(actor)), at)?
    };
    deed.texts = decide::texts(journey, &deed.events);
    deed.submissions = submissions_of(journey, spec, &command, &deed.events);
    Ok(Ok(deed))
}

/// Whether what a task came back with is answered by these answers, compared with the round that came back.
///
/// # Errors
/// When that round cannot be read. The inner error is for the person.
pub async fn answered(
    services: &Services,
    journey: &Journey,
    spec: &TaskSpec,
    answers: &Answers,
) -> Result<Result<(), Problems>, Halt> {
    if answering::findings(journey, spec).is_empty() {
        return Ok(Ok(()));
    }
    let before = sent::last(services, journey, &spec.id).await?;
    let before = before.as_ref().map(sent::answers_of).transpose()?.unwrap_or_default();
    Ok(answering::answered(journey, spec, &before, answers))
}

fn submissions_of(journey: &Journey, spec: Option<&TaskSpec>, command: &Command, events: &[Event]) -> Vec<Submission> {
    let (Some(spec), Command::Submit { answers, .. }) = (spec, command) else { return Vec::new() };
    let Ok(answers) = answering::sent(spec, &journey.opening, answers).check(answers) else { return Vec::new() };
    events
        .iter()
        .filter_map(|event| match event {
            Event::Submitted { task, round, digest, .. } => {
                Some(Submission { digest: digest.clone(), task: task.clone(), round: *round, body: answers.to_json() })
            }
            _ => None,
        })
        .collect()
}

/// A draft that somebody saved since the writer of this wish saw it. One whose every word is sent now loses nothing, and is
/// taken as seen: a draft that was being saved when its form was sent.
pub(crate) async fn newer(services: &Services, journey: &Journey, wish: &mut ActionRequest) -> Result<Option<Draft>, Halt> {
    for seen in &mut wish.drafts {
        let Some(draft) = services.store.draft(&journey.reference, &seen.task, &seen.subject).await? else { continue };
        if draft.version == seen.version {
            continue;
        }
        let tidy = |values: &[String]| values.iter().map(|value| text::tidy(value)).filter(|v| !v.is_empty()).collect::<Vec<_>>();
        let words: Option<Answers> = serde_json::from_str(&draft.body).ok();
        let sent = |words: Answers| words.0.iter().all(|(id, values)| tidy(values) == tidy(wish.typed.many(id)));
        if !words.is_some_and(sent) {
            return Ok(Some(draft));
        }
        seen.version = draft.version;
    }
    Ok(None)
}

pub(crate) fn by(actor: &Actor) -> By {
    By { person: actor.person.clone(), organisation: actor.organisation.clone() }
}
