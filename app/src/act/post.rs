//! The only write path to a journey: who, load, decide, append, say, redirect. Every action answers with a redirect,
//! and a refused form waits in the session for the page it came from.
//!
//! Long because the one way to write is told in one piece.

use jiff::{SignedDuration, Timestamp};
use journey::{
    base::{
        actor::Actor,
        ids::{JourneyRef, PersonId, Seq, TaskId},
    },
    form::{Problem, Problems},
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
        refusal::Refusal,
    },
    plan::process::TaskSpec,
    port::{Batch, Letter, StoreError, WriteError, seats::SeatChange, signatories::AskedChange},
    rule::{claims, command::Command, step_up::asks_again, undo},
    scal::evidence::Evidence,
    view::{
        names::Names,
        overview,
        turns::{self, Around},
    },
};

use crate::{
    act::{
        action::{ActionRequest, come_back, signed_in},
        decided::{Decided, answered, brought, by, decided, newer},
        letters::{self, Mail},
        load::{Loaded, load, load_recorded, load_signed},
        step_up, usual, wording,
    },
    base::{dates, halt::Halt, said::RefusedForm, words::encode},
    request::{
        flash, ledger,
        services::{Services, services},
        visitor::{Caller, Visitor, calling},
    },
};

/// The same as [`load`] for the page of a journey or of one of its tasks: whoever's organisation has left it is taken to what it
/// signed there, so that an old link or bookmark still leads somewhere.
///
/// # Errors
/// As [`load`]; [`Halt::Elsewhere`] for those.
pub async fn load_or_signed(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    match load(services, visitor, reference).await {
        Err(Halt::Missing) => {
            let left = load_signed(services, visitor, reference).await?;
            Err(Halt::Elsewhere(format!("/journeys/{}/signed", left.journey.reference)))
        }
        other => other,
    }
}

/// A journey for whoever writes to it: what time has brought is recorded first.
async fn load_to_write(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let loaded = load_recorded(services, visitor, reference).await?;
    if bring_up_to_date(services, &loaded.journey).await? {
        return load_recorded(services, visitor, reference).await;
    }
    Ok(loaded)
}

/// Records what time itself has brought to a journey. Says whether anything was there to record.
///
/// # Errors
/// When the database does not answer.
pub async fn bring_up_to_date(services: &Services, journey: &Journey) -> Result<bool, Halt> {
    let Some(deed) = brought(journey, services.clock.now())? else { return Ok(false) };
    match notify_and_append(services, journey, deed, Vec::new()).await {
        // Another request brought it up to date: just as well.
        Ok(_) | Err(Unwritten::Conflict | Unwritten::Halt(Halt::Unavailable(_))) => Ok(true),
        Err(Unwritten::Halt(other)) => Err(other),
    }
}

/// Writes deeds of one journey, each of which follows from the one before, with letters: whole or not at all.
///
/// # Errors
/// [`Unwritten`].
pub async fn write(services: &Services, deeds: Vec<Decided>, mail: Mail) -> Result<(), Unwritten> {
    let Some(after) = deeds.last().map(|deed| deed.after.clone()) else { return Ok(()) };
    let mut batch = Batch {
        journey: after.reference.clone(),
        recorded: Vec::new(),
        submissions: Vec::new(),
        texts: Vec::new(),
        drafts_done: Vec::new(),
        drafts_sent: Vec::new(),
        seats: Vec::new(),
        signatories: Vec::new(),
        evidence: Vec::new(),
        letters: mail.letters,
        notices: mail.notices,
        letters_go: None,
        projection: overview::project(&after),
    };
    for deed in deeds {
        batch.letters_go = batch.letters_go.or(undo::letters_wait(&deed.after, &deed.recorded));
        batch.recorded.extend(deed.recorded);
        batch.submissions.extend(deed.submissions);
        batch.texts.extend(deed.texts);
        batch.drafts_done.extend(deed.drafts_done);
        batch.drafts_sent.extend(deed.drafts_sent);
        batch.seats.extend(deed.seats);
        batch.signatories.extend(deed.signatories);
        batch.evidence.extend(deed.evidence);
    }
    match services.store.append(batch).await {
        Ok(()) => Ok(()),
        Err(WriteError::Conflict) => Err(Unwritten::Conflict),
        Err(WriteError::Store(error)) => Err(Unwritten::Halt(error.into())),
    }
}

/// Why deeds were not written.
#[derive(Debug)]
pub enum Unwritten {
    /// Somebody else wrote to the journey meanwhile: decide again.
    Conflict,
    /// It stops here.
    Halt(Halt),
}

impl std::fmt::Display for Unwritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unwritten::Conflict => f.write_str("somebody else was first"),
            Unwritten::Halt(halt) => write!(f, "{halt:?}"),
        }
    }
}

impl From<StoreError> for Unwritten {
    fn from(error: StoreError) -> Self {
        Unwritten::Halt(error.into())
    }
}

impl From<Halt> for Unwritten {
    fn from(halt: Halt) -> Self {
        Unwritten::Halt(halt)
    }
}

/// Writes one deed with the letters that follow from it. Answers what happened and the journey afterwards.
async fn notify_and_append(
    services: &Services,
    before: &Journey,
    deed: Decided,
    letters: Vec<Letter>,
) -> Result<(Vec<Event>, Journey), Unwritten> {
    let mut mail = letters::about(services, before, &deed.after, &deed.recorded).await?;
    mail.letters.extend(letters);
    let done = (deed.events.clone(), deed.after.clone());
    write(services, vec![deed], mail).await?;
    Ok(done)
}

/// How often a write is tried again when somebody else wrote to the same journey meanwhile. If they wrote to the same
/// task, the second try is refused with [`Refusal::ChangedSince`]; if not, it goes through.
const TRIES: usize = 8;

/// Entries that one person may record in one journey in 24 hours: more than anybody does by hand, and few enough that reading a
/// ledger stays cheap for everybody else.
const MOST_A_DAY: usize = 1_000;

/// How many entries of a ledger are this person's, of the 24 hours before.
fn of_a_day(history: &[Recorded], person: &PersonId, now: Timestamp) -> usize {
    let since = now - SignedDuration::from_hours(24);
    let recent = history.iter().rev().take_while(|recorded| recorded.at > since);
    recent.filter(|recorded| recorded.by.as_ref().is_some_and(|by| by.person == *person)).count()
}

/// Performs a wish on a journey. `make` turns the typed words into a command; `next` names the page that follows and
/// what it says.
///
/// # Errors
/// [`Halt`] when there is no such journey, nobody is signed in, or the database does not answer. A refusal is no error: the
/// answer is then the page the wish came from.
pub async fn perform(
    wish: ActionRequest,
    make: impl Fn(&Journey, Option<&'static TaskSpec>) -> Result<Command, Refusal>,
    next: impl FnOnce(&Journey, &[Event]) -> (String, String, String),
) -> Result<String, Halt> {
    perform_along(wish, make, Along::default(), next).await
}

/// What is written beside the ledger in the transaction of a deed.
#[derive(Clone, Debug, Default)]
pub struct Along {
    /// What becomes of seats.
    pub seats: Vec<SeatChange>,
    /// What happens to people who are asked by letter to sign.
    pub signatories: Vec<AskedChange>,
    /// Letters that always go.
    pub letters: Vec<Letter>,
    /// Nothing is recorded: what is asked for is looked at, and refused as it would be.
    pub only_checked: bool,
}

/// The same, with what becomes of seats in the same transaction.
///
/// # Errors
/// As [`perform`].
pub async fn perform_with_seats(
    wish: ActionRequest,
    make: impl Fn(&Journey, Option<&'static TaskSpec>) -> Result<Command, Refusal>,
    seats: Vec<SeatChange>,
    next: impl FnOnce(&Journey, &[Event]) -> (String, String, String),
) -> Result<String, Halt> {
    perform_along(wish, make, Along { seats, ..Along::default() }, next).await
}

/// The same, with all that goes along.
///
/// # Errors
/// As [`perform`].
pub async fn perform_along(
    mut wish: ActionRequest,
    make: impl Fn(&Journey, Option<&'static TaskSpec>) -> Result<Command, Refusal>,
    along: Along,
    next: impl FnOnce(&Journey, &[Event]) -> (String, String, String),
) -> Result<String, Halt> {
    let services = services()?;
    let caller = calling()?;
    let page = format!("/journeys/{}{}", encode(&wish.journey), wish.page);
    let visitor = signed_in(&caller, &page, &wish.typed).await?;
    for attempt in 0..TRIES {
        let loaded = load_to_write(&services, &visitor, &wish.journey).await?;
        let journey = &loaded.journey;
        // Asked only when something was in the way.
        if attempt > 0
            && let Some(theirs) = newer(&services, journey, &mut wish).await?
        {
            let own = theirs.by == visitor.actor.person;
            let who = if own { "You".to_owned() } else { wording::who(&loaded.names, Some(&theirs.by)) };
            let heading = format!("{who} saved another draft at {}", dates::time_of(theirs.at));
            let detail =
                "Nothing was sent, and both drafts are kept: the words you sent are on this page. Compare them, then send again."
                    .to_owned();
            flash::keep(
                &caller.session,
                RefusedForm { path: page.clone(), heading, detail, problems: Vec::new(), typed: wish.typed.clone() },
            )
            .await?;
            return Ok(page);
        }
        let spec = match wish.task.as_str() {
            "" => None,
            task => Some(task.parse().ok().and_then(|id| journey.process.task(&id)).ok_or(Halt::Missing)?),
        };
        let seen = wish.seen.map(Seq);
        let at = services.clock.now();
        if of_a_day(&loaded.history, &visitor.actor.person, at) >= MOST_A_DAY {
            let heading = format!("You have recorded {MOST_A_DAY} entries in this journey within a day");
            let detail = "Nothing was recorded, and your words are kept. You can continue tomorrow.".to_owned();
            let kept = RefusedForm { path: page.clone(), heading, detail, problems: Vec::new(), typed: wish.typed.clone() };
            flash::keep(&caller.session, kept).await?;
            return Ok(page);
        }
        // Whoever chose a role decides in that one or not at all: never for another team.
        let actor = match wish.role {
            Some(role) => visitor.actor.only(role).ok_or(Refusal::NotYours { roles: vec![role] }),
            None => Ok(visitor.actor.clone()),
        };
        let decided = match actor.and_then(|actor| Ok((actor, make(journey, spec)?))) {
            Ok((actor, command)) => {
                let verb = command.verb();
                match decided(&services, &actor, (journey, &loaded.history), command.clone(), seen, at).await? {
                    Ok(deed) => match (&command, spec) {
                        (Command::Submit { answers, .. }, Some(spec)) => {
                            answered(&services, journey, spec, answers).await?.map(|()| (verb, deed)).map_err(Refusal::Invalid)
                        }
                        _ => Ok((verb, deed)),
                    },
                    Err(refusal) => Err(refusal),
                }
            }
            Err(refusal) => Err(refusal),
        };
        let (verb, mut deed) = match decided {
            Ok(decided) => decided,
            Err(Refusal::Unknown) => return Err(Halt::Missing),
            Err(refusal) => {
                refuse(&caller, &loaded, &wish, &page, refusal).await?;
                return Ok(page);
            }
        };
        let claims = &loaded.names.claims;
        let held = deed.events.first().and_then(|event| claims::of_another(claims, journey, event, &visitor.actor));
        if let Some(holder) = held.filter(|holder| !wish.instead.split(' ').any(|id| id == holder.as_str())) {
            let heading = format!("{} has claimed this", wording::who(&loaded.names, Some(holder)));
            let detail =
                "Nothing was recorded, and your words are kept. Leave it to them, or say that you decide in their place.";
            let problems = vec![Problem::new("instead", "Select this to decide in their place")];
            let kept =
                RefusedForm { path: page.clone(), heading, detail: detail.to_owned(), problems, typed: wish.typed.clone() };
            flash::keep(&caller.session, kept).await?;
            return Ok(page);
        }
        if along.only_checked {
            return Ok(next(&deed.after, &deed.events).0);
        }
        if asks_again(verb)
            && let Some(to) = step_up::stale(&services, &caller, &page, &wish.typed).await?
        {
            return Ok(to);
        }
        deed.seats.clone_from(&along.seats);
        deed.signatories.extend(along.signatories.iter().cloned());
        deed.drafts_done.clone_from(&wish.drafts);
        deed.drafts_sent.clone_from(&wish.sent);
        match notify_and_append(&services, journey, deed, along.letters.clone()).await {
            Ok((events, after)) => {
                tracing::info!(journey = %journey.reference, person = %visitor.actor.person, verb = verb.name(), "done");
                let (to, heading, text) = next(&after, &events);
                let text =
                    if text.is_empty() { whose_turn(&services, &after, &events, &visitor, &loaded.names).await? } else { text };
                // A commissioner who agrees to a plan decides as well.
                let undo = spec.and_then(|spec| Some((spec, undo::undoable_until(&after, spec, at)?)));
                if visitor.is_programme() || undo.is_some() {
                    let text = match undo {
                        Some((_, until)) => {
                            format!("{text} You can undo this until {}.", dates::time_of(until)).trim_start().to_owned()
                        }
                        None => text,
                    };
                    flash::say_and_go_on(&caller, heading, text, undo.map(|(spec, _)| (&after.reference, &spec.id)));
                } else {
                    flash::say(&caller, heading, text);
                }
                return Ok(to);
            }
            Err(Unwritten::Conflict) => {}
            Err(Unwritten::Halt(halt)) => return Err(halt),
        }
    }
    let heading = "Many people are writing to this journey at once".to_owned();
    let detail = "Nothing was recorded. Wait a moment, then send your words again: they are kept.".to_owned();
    come_back(&caller, heading, detail).await
}

/// Whose turn it is after a deed, in a sentence for whoever did it; empty when it is nobody's or nobody waits.
async fn whose_turn(
    services: &Services,
    after: &Journey,
    events: &[Event],
    visitor: &Visitor,
    names: &Names,
) -> Result<String, StoreError> {
    let task = events.first().and_then(Event::task);
    let Some(spec) = task.and_then(|id| after.process.reviewer_of(id).or_else(|| after.process.task(id))) else {
        return Ok(String::new());
    };
    let on = |spec| turns::turns_on(after, spec, &after.standing(&spec.id));
    // What a review sent back waits on the task that it reviews.
    let mut turns = on(spec);
    if let Some(reviewed) = spec.reviews.as_ref().and_then(|id| after.process.task(id)) {
        turns.extend(on(reviewed));
    }
    turns.retain(|turn| turn.awaited);
    usual::expect(services, &mut turns).await?;
    let said = Around::of(after, &names.organisations).said(&turns, &visitor.actor);
    Ok(said.map_or_else(String::new, |(text, due)| {
        let due = due.map_or_else(String::new, |due| format!(" Expect an answer by {}.", dates::date(due)));
        format!("{text}{due}")
    }))
}

/// Records one command on a journey beside what a person is doing elsewhere. Says whether there was anything to record.
///
/// # Errors
/// [`Halt::Unavailable`] when the database does not answer. A refusal is no error: that journey is left as it is.
pub async fn record(services: &Services, visitor: &Visitor, reference: &JourneyRef, command: &Command) -> Result<bool, Halt> {
    for _ in 0..TRIES {
        let loaded = load_to_write(services, visitor, &reference.to_string()).await?;
        let at = services.clock.now();
        let decided = decided(services, &visitor.actor, (&loaded.journey, &loaded.history), command.clone(), None, at).await?;
        let Ok(deed) = decided else { return Ok(false) };
        match notify_and_append(services, &loaded.journey, deed, Vec::new()).await {
            Ok(_) => return Ok(true),
            Err(Unwritten::Conflict) => {}
            Err(Unwritten::Halt(halt)) => return Err(halt),
        }
    }
    Err(Halt::Unavailable("many people are writing to this journey at once".to_owned()))
}

/// Records that a file is of another sort now, together with what is known of it. Says no when somebody wrote to the journey
/// meanwhile.
///
/// # Errors
/// [`Halt::Unavailable`] when the database does not answer.
pub async fn tell_of_file(
    services: &Services,
    actor: &Actor,
    journey: &Journey,
    event: Event,
    task: &TaskId,
    evidence: Evidence,
) -> Result<bool, Halt> {
    let mut recorded = ledger::read(services, &journey.reference).await?.journey;
    if bring_up_to_date(services, &recorded).await? {
        recorded = ledger::read(services, &journey.reference).await?.journey;
    }
    // What somebody looked at may hold what time had brought and nobody had recorded.
    if recorded.seq != journey.seq {
        return Ok(false);
    }
    let mut deed = Decided::of(&recorded, vec![event], Some(by(actor)), evidence.at)?;
    deed.evidence.push((task.clone(), evidence));
    match notify_and_append(services, &recorded, deed, Vec::new()).await {
        Ok(_) => Ok(true),
        Err(Unwritten::Conflict) => Ok(false),
        Err(Unwritten::Halt(halt)) => Err(halt),
    }
}

pub(crate) async fn refuse(
    caller: &Caller,
    loaded: &Loaded,
    wish: &ActionRequest,
    page: &str,
    refusal: Refusal,
) -> Result<(), Halt> {
    let process = loaded.journey.process;
    let (mut heading, mut detail) = refusal.sentence(process);
    let problems = match &refusal {
        Refusal::Invalid(Problems(problems)) => problems.clone(),
        _ => Vec::new(),
    };
    if let Refusal::ChangedSince { seen, .. } = &refusal {
        // Of this task, or of the one it decides on.
        let same = |task: &TaskId| {
            task.as_str() == wish.task || process.reviewer_of(task).is_some_and(|reviewer| reviewer.id.as_str() == wish.task)
        };
        let faster = loaded.history.iter().rev().find(|r| r.seq > *seen && r.event.task().is_some_and(same));
        if let Some(recorded) = faster {
            let by = recorded.by.as_ref().map(|by| &by.person);
            let at = dates::time_of(recorded.at);
            if by.is_some() && by == caller.visitor.as_ref().map(|v| &v.actor.person) {
                // A second click, or a page left open: their own deed is not a race.
                heading = format!("You already did this at {at}");
                "It was recorded once. Nothing was sent twice.".clone_into(&mut detail);
            } else {
                let who = by.and_then(|by| loaded.names.people.get(by)).map_or("The service", String::as_str);
                heading = format!("{who} {} at {at}", wording::did(&recorded.event));
            }
        }
    }
    tracing::info!(journey = %loaded.journey.reference, refusal = ?std::mem::discriminant(&refusal), "refused");
    let kept = RefusedForm { path: page.to_owned(), heading, detail, problems, typed: wish.typed.clone() };
    flash::keep(&caller.session, kept).await
}
