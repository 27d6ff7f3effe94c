//! The only write path to a journey: who, load, decide, append, say, redirect. Every action answers with a redirect,
//! and a refused form waits in the session for the page it came from.

use std::sync::Arc;

use jiff::Timestamp;
use journey::{
    actor::{Actor, Role},
    answering, calendar, claims,
    command::{Command, Refusal},
    decide,
    event::{By, Event, Recorded},
    form::{Answers, Problem, Problems},
    identity::Identity,
    ids::{JourneyRef, Seq, TaskId},
    journey::Journey,
    leaving,
    opening::Opening,
    overview,
    port::{Batch, Draft, DraftSeen, Names, StoreError, Submission, WriteError, seats::SeatChange},
    process::TaskSpec,
    scal::evidence::Evidence,
    text,
    turns::{self, Around},
};
use leptos::server_fn::ServerFnError;

use crate::{
    design::dates,
    flash::{self, Kept, Waiting},
    halt::{End, Halt},
    letters::{self, Mail},
    overview::words,
    remembered::{self, Told},
    services::{Services, services},
    tasks::{files, frame::Desk, sent},
    visitor::{Caller, Visitor, calling},
};

/// What an action answers: nothing, the redirect says it all.
pub type Done = Result<(), ServerFnError>;

/// Answers as they come from a form: for each question the values sent.
pub type Typed = std::collections::BTreeMap<String, Vec<String>>;

/// Where a form came from and what it is about.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The journey, as typed in the form.
    pub journey: String,
    /// The task; empty for the journey as a whole.
    pub task: String,
    /// The last event of the task that was on the page.
    pub seen: Option<u64>,
    /// The page to come back to when it is refused: below the journey's own path.
    pub page: String,
    /// Everything that was typed.
    pub typed: Answers,
    /// The one of their roles in which somebody who holds several decides; `None` for whichever fits.
    pub role: Option<Role>,
    /// The drafts that become what is recorded, each as its writer saw it. Where a newer one is kept, nothing is recorded.
    pub drafts: Vec<DraftSeen>,
    /// Colleagues in whose place it is decided, though they have claimed it: their ids, with spaces between.
    pub instead: String,
    /// The drafts that were read into it and stay.
    pub sent: Vec<DraftSeen>,
}

/// A journey as a page or an action needs it.
pub struct Loaded {
    /// What is true now.
    pub journey: Arc<Journey>,
    /// Its ledger.
    pub history: Arc<Vec<Recorded>>,
    /// Who is who.
    pub names: Names,
}

/// Runs an action. Its answer is a redirect, or, where nothing could be recorded, the form's own answer (503 or 500: see
/// [`End`]), which lets the browser send the form again.
pub async fn act(work: impl Future<Output = Result<String, Halt>>) -> Done {
    let caller = calling().ok();
    let answer = match (work.await, &caller) {
        (Err(Halt::NotYours { heading, detail }), Some(caller)) => come_back(caller, heading, detail).await,
        (answer, _) => answer,
    };
    let (to, end) = match answer {
        Ok(to) | Err(Halt::Elsewhere(to)) => (Some(to), End::Answered),
        Err(Halt::SignIn) => (Some("/sign-in".to_owned()), End::Answered),
        Err(Halt::Missing) => (Some("/not-found".to_owned()), End::Answered),
        Err(Halt::NotYours { .. }) => (Some("/not-yours".to_owned()), End::Answered),
        Err(Halt::Away(why)) => {
            tracing::warn!(why, "the memory is away");
            (None, End::Away)
        }
        Err(Halt::Fault(why)) => {
            tracing::error!(why, "fault in an action");
            (None, End::Fault)
        }
    };
    if let Some(to) = to {
        leptos_axum::redirect(&to);
    }
    if let Some(caller) = caller {
        caller.doing.finish(end);
    }
    Ok(())
}

/// Brings somebody back to the page that their form came from, with the reason why nothing was done and what they typed.
///
/// # Errors
/// When the session cannot be kept.
pub async fn come_back(caller: &Caller, heading: String, detail: String) -> Result<String, Halt> {
    let Some((page, typed)) = caller.doing.take() else {
        let path = "/not-yours".to_owned();
        caller.said.refuse(Kept { path: path.clone(), heading, detail, ..Kept::default() });
        return Ok(path);
    };
    let path = page.split(['?', '#']).next().unwrap_or_default().to_owned();
    flash::keep(&caller.session, Kept { path, heading, detail, problems: Vec::new(), typed }).await?;
    Ok(page)
}

/// The signed-in person, or the way to sign in. What was typed waits until then if they had been signed in before.
///
/// # Errors
/// [`Halt::Elsewhere`] to the sign-in page.
pub async fn signed_in(caller: &Caller, page: &str, typed: &Answers) -> Result<Arc<Visitor>, Halt> {
    if let Some(visitor) = &caller.visitor {
        caller.doing.begin(page, typed);
        return Ok(visitor.clone());
    }
    if caller.account.is_some() {
        return Err(caller.nobody());
    }
    let waiting = flash::wait(&caller.session, page, typed.clone(), &[]).await?;
    Err(Halt::Elsewhere(to_sign_in(page, waiting)))
}

/// Where to sign in, and go on with this page.
#[must_use]
pub fn to_sign_in(page: &str, waiting: Waiting) -> String {
    let why = match waiting {
        Waiting::Kept => "signed-out",
        Waiting::TooLong => "too-long",
        Waiting::Nothing => "not-kept",
        Waiting::NoWords => "first",
    };
    format!("/sign-in?next={}&why={why}", encode(page))
}

/// What the sign-in page says of the words that led there, by `why` of its address ([`to_sign_in`]).
#[must_use]
pub fn why_sign_in(why: &str) -> Option<&'static str> {
    match why {
        "signed-out" => Some("You were signed out. Sign in to go on: the words you sent are kept until then."),
        "too-long" => Some(
            "You were signed out. The words you sent were too long to keep (more than 64 kB): go back, your browser still has \
             them. Sign in in another window, then send them again.",
        ),
        "not-kept" => Some(
            "Sign in first. Nothing of what you sent was kept: go back to find your words in your browser, sign in in another \
             window, then send them again.",
        ),
        "first" => Some("Sign in first, then do it again. Nothing was done yet."),
        _ => None,
    }
}

/// The journey with this reference as it is now, if this person may know of it. What time has brought is recorded first.
///
/// # Errors
/// [`Halt::Missing`] when there is none for them.
pub async fn load(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let reference: JourneyRef = reference.parse().map_err(|_| Halt::Missing)?;
    let mut loaded = read(services, &reference).await?;
    if !loaded.journey.may_see(&visitor.actor) {
        return Err(Halt::Missing);
    }
    if bring_up_to_date(services, &loaded.journey).await? {
        loaded = read(services, &reference).await?;
    }
    Ok(loaded)
}

/// A journey of which the visitor's organisation is no part any more and reads what it signed: not for whatever else.
///
/// # Errors
/// [`Halt::Missing`] for everybody else.
pub async fn load_signed(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let reference: JourneyRef = reference.parse().map_err(|_| Halt::Missing)?;
    let loaded = read(services, &reference).await?;
    if leaving::may_read_signed(&loaded.journey, &visitor.actor) { Ok(loaded) } else { Err(Halt::Missing) }
}

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

/// The same as [`load`], with every entry of its ledger read and verified now, whatever is remembered.
///
/// # Errors
/// As [`load`].
pub async fn load_whole(services: &Services, visitor: &Visitor, reference: &str) -> Result<Loaded, Halt> {
    let loaded = load(services, visitor, reference).await?;
    let told = remembered::whole(services, &loaded.journey.reference).await?;
    Ok(Loaded { journey: told.journey, history: told.history, names: loaded.names })
}

async fn read(services: &Services, reference: &JourneyRef) -> Result<Loaded, Halt> {
    let Told { journey, history } = remembered::read(services, reference).await?;
    let names = services.store.names(reference).await?;
    Ok(Loaded { journey, history, names })
}

/// Records what time itself has brought to a journey. Says whether anything was there to record.
///
/// # Errors
/// When the memory does not answer.
pub async fn bring_up_to_date(services: &Services, journey: &Journey) -> Result<bool, Halt> {
    let Some(deed) = brought(journey, services.clock.now())? else { return Ok(false) };
    match tell_and_write(services, journey, deed).await {
        // Another request brought it up to date: just as well.
        Ok(_) | Err(Unwritten::Conflict | Unwritten::Halt(Halt::Away(_))) => Ok(true),
        Err(Unwritten::Halt(other)) => Err(other),
    }
}

/// What one command does to a journey: decided, and not yet written.
pub struct Deed {
    /// What happened.
    pub events: Vec<Event>,
    /// The journey afterwards.
    pub after: Journey,
    recorded: Vec<Recorded>,
    submissions: Vec<Submission>,
    texts: Vec<String>,
    drafts_done: Vec<DraftSeen>,
    drafts_sent: Vec<DraftSeen>,
    /// What becomes of seats with it.
    pub seats: Vec<SeatChange>,
    evidence: Vec<(TaskId, Evidence)>,
}

impl Deed {
    fn of(journey: &Journey, events: Vec<Event>, by: Option<By>, at: Timestamp) -> Result<Self, Halt> {
        let recorded = journey.record(events.clone(), by, at);
        let mut after = journey.clone();
        for event in &recorded {
            after.evolve(event)?;
        }
        Ok(Self {
            events,
            after,
            recorded,
            submissions: Vec::new(),
            texts: Vec::new(),
            drafts_done: Vec::new(),
            drafts_sent: Vec::new(),
            seats: Vec::new(),
            evidence: Vec::new(),
        })
    }
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
) -> Result<Deed, Halt> {
    let process = services.processes.newest(side).ok_or_else(|| Halt::Fault(format!("no {side} process")))?;
    let event = decide::open(process, actor, opening, identity).map_err(|_| Halt::Missing)?;
    let recorded = Recorded::chain(&reference.to_string(), None, at, Some(by(actor)), event.clone());
    let after = Journey::open(reference, &recorded, services.processes)?;
    Ok(Deed {
        events: vec![event],
        after,
        recorded: vec![recorded],
        submissions: Vec::new(),
        texts: Vec::new(),
        drafts_done: Vec::new(),
        drafts_sent: Vec::new(),
        seats: Vec::new(),
        evidence: Vec::new(),
    })
}

/// What time itself has brought until now, if anything.
///
/// # Errors
/// When the ledger of the journey cannot take it: a fault.
pub fn brought(journey: &Journey, now: Timestamp) -> Result<Option<Deed>, Halt> {
    let events = decide::due(journey, now);
    if events.is_empty() { Ok(None) } else { Deed::of(journey, events, None, now).map(Some) }
}

/// Decides on a command. An answer may name only files that were added to its task.
///
/// # Errors
/// When the memory does not answer. The inner error is for the person.
pub async fn decided(
    services: &Services,
    actor: &Actor,
    journey: &Journey,
    command: Command,
    seen: Option<Seq>,
    at: Timestamp,
) -> Result<Result<Deed, Refusal>, Halt> {
    let spec = command.task().and_then(|task| journey.process.task(task));
    if let Command::Submit { answers, .. } = &command
        && let Err(refusal) = files::lawful(services, journey, spec, answers).await?
    {
        return Ok(Err(refusal));
    }
    let events = match decide::decide(journey, actor, command.clone(), seen, calendar::date_of(at)) {
        Ok(events) => events,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut deed = Deed::of(journey, events, Some(by(actor)), at)?;
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
    let before = before.as_ref().map(Desk::answers_of).transpose()?.unwrap_or_default();
    Ok(answering::answered(journey, spec, &before, answers))
}

/// Writes deeds of one journey, each of which follows from the one before, with letters: whole or not at all.
///
/// # Errors
/// [`Unwritten`].
pub async fn write(services: &Services, deeds: Vec<Deed>, mail: Mail) -> Result<(), Unwritten> {
    let Some(after) = deeds.last().map(|deed| deed.after.clone()) else { return Ok(()) };
    let mut batch = Batch {
        journey: after.reference.clone(),
        recorded: Vec::new(),
        submissions: Vec::new(),
        texts: Vec::new(),
        drafts_done: Vec::new(),
        drafts_sent: Vec::new(),
        seats: Vec::new(),
        evidence: Vec::new(),
        letters: mail.letters,
        notices: mail.notices,
        projection: overview::project(&after),
    };
    for deed in deeds {
        batch.recorded.extend(deed.recorded);
        batch.submissions.extend(deed.submissions);
        batch.texts.extend(deed.texts);
        batch.drafts_done.extend(deed.drafts_done);
        batch.drafts_sent.extend(deed.drafts_sent);
        batch.seats.extend(deed.seats);
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
async fn tell_and_write(services: &Services, before: &Journey, deed: Deed) -> Result<(Vec<Event>, Journey), Unwritten> {
    let mail = letters::about(services, before, &deed.after, &deed.recorded).await?;
    let done = (deed.events.clone(), deed.after.clone());
    write(services, vec![deed], mail).await?;
    Ok(done)
}

fn by(actor: &Actor) -> By {
    By { person: actor.person.clone(), organisation: actor.organisation.clone() }
}

/// How often a write is tried again when somebody else wrote to the same journey meanwhile. If they wrote to the same
/// task, the second try is refused with [`Refusal::ChangedSince`]; if not, it goes through.
const TRIES: usize = 8;

/// Performs a wish on a journey. `make` turns the typed words into a command; `next` names the page that follows and
/// what it says.
///
/// # Errors
/// [`Halt`] when there is no such journey, nobody is signed in, or the memory is away. A refusal is no error: the
/// answer is then the page the wish came from.
pub async fn perform(
    wish: Wish,
    make: impl Fn(&Journey, Option<&'static TaskSpec>) -> Result<Command, Refusal>,
    next: impl FnOnce(&Journey, &[Event]) -> (String, String, String),
) -> Result<String, Halt> {
    perform_with_seats(wish, make, Vec::new(), next).await
}

/// The same, with what becomes of seats in the same transaction.
///
/// # Errors
/// As [`perform`].
pub async fn perform_with_seats(
    mut wish: Wish,
    make: impl Fn(&Journey, Option<&'static TaskSpec>) -> Result<Command, Refusal>,
    seats: Vec<SeatChange>,
    next: impl FnOnce(&Journey, &[Event]) -> (String, String, String),
) -> Result<String, Halt> {
    let services = services()?;
    let caller = calling()?;
    let page = format!("/journeys/{}{}", encode(&wish.journey), wish.page);
    let visitor = signed_in(&caller, &page, &wish.typed).await?;
    for attempt in 0..TRIES {
        let loaded = load(&services, &visitor, &wish.journey).await?;
        let journey = &loaded.journey;
        // Asked only when something was in the way.
        if attempt > 0
            && let Some(theirs) = newer(&services, journey, &mut wish).await?
        {
            let own = theirs.by == visitor.actor.person;
            let who = if own { "You".to_owned() } else { words::who(&loaded.names, Some(&theirs.by)) };
            let heading = format!("{who} saved another draft at {}", dates::time_of(theirs.at));
            let detail =
                "Nothing was sent, and both drafts are kept: the words you sent are on this page. Compare them, then send again."
                    .to_owned();
            flash::keep(
                &caller.session,
                Kept { path: page.clone(), heading, detail, problems: Vec::new(), typed: wish.typed.clone() },
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
        // Whoever chose a role decides in that one or not at all: never for another team.
        let actor = match wish.role {
            Some(role) => visitor.actor.only(role).ok_or(Refusal::NotYours { roles: vec![role] }),
            None => Ok(visitor.actor.clone()),
        };
        let decided = match actor.and_then(|actor| Ok((actor, make(journey, spec)?))) {
            Ok((actor, command)) => {
                let verb = command.verb();
                match decided(&services, &actor, journey, command.clone(), seen, at).await? {
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
        let held = deed.events.first().and_then(|event| claims::of_another(claims, event, &visitor.actor.person));
        if let Some(holder) = held.filter(|holder| !wish.instead.split(' ').any(|id| id == holder.as_str())) {
            let heading = format!("{} has claimed this", words::who(&loaded.names, Some(holder)));
            let detail =
                "Nothing was recorded, and your words are kept. Leave it to them, or say that you decide in their place.";
            let problems = vec![Problem::new("instead", "Select this to decide in their place")];
            let kept = Kept { path: page.clone(), heading, detail: detail.to_owned(), problems, typed: wish.typed.clone() };
            flash::keep(&caller.session, kept).await?;
            return Ok(page);
        }
        deed.seats.clone_from(&seats);
        deed.drafts_done.clone_from(&wish.drafts);
        deed.drafts_sent.clone_from(&wish.sent);
        match tell_and_write(&services, journey, deed).await {
            Ok((events, after)) => {
                tracing::info!(journey = %journey.reference, person = %visitor.actor.person, verb = verb.name(), "done");
                let (to, heading, text) = next(&after, &events);
                let text = if text.is_empty() { whose_turn(&after, &events, &visitor, &loaded.names) } else { text };
                flash::say(&caller, heading, text);
                return Ok(to);
            }
            Err(Unwritten::Conflict) => {}
            Err(Unwritten::Halt(halt)) => return Err(halt),
        }
    }
    let heading = "Many people write to this journey at once".to_owned();
    let detail = "Nothing was recorded. Wait a moment, then send your words again: they are kept.".to_owned();
    come_back(&caller, heading, detail).await
}

/// Whose turn it is after a deed, in a sentence for whoever did it; empty when it is nobody's or nobody waits.
fn whose_turn(after: &Journey, events: &[Event], visitor: &Visitor, names: &Names) -> String {
    let task = events.first().and_then(Event::task);
    let Some(spec) = task.and_then(|id| after.process.reviewer_of(id).or_else(|| after.process.task(id))) else {
        return String::new();
    };
    let on = |spec| turns::turns_on(after, spec, &after.standing(&spec.id));
    // What a review sent back waits on the task that it reviews.
    let mut turns = on(spec);
    if let Some(reviewed) = spec.reviews.as_ref().and_then(|id| after.process.task(id)) {
        turns.extend(on(reviewed));
    }
    turns.retain(|turn| turn.awaited);
    let said = Around::of(after, &names.organisations).said(&turns, &visitor.actor);
    said.map_or_else(String::new, |(text, due)| {
        let due = due.map_or_else(String::new, |due| format!(" Expect an answer by {}.", dates::date(due)));
        format!("{text}{due}")
    })
}

/// Records one command on a journey beside what a person is doing elsewhere. Says whether there was anything to record.
///
/// # Errors
/// [`Halt::Away`] when the memory does not answer. A refusal is no error: that journey is left as it is.
pub async fn record(services: &Services, visitor: &Visitor, reference: &JourneyRef, command: &Command) -> Result<bool, Halt> {
    for _ in 0..TRIES {
        let loaded = load(services, visitor, &reference.to_string()).await?;
        let at = services.clock.now();
        let decided = decided(services, &visitor.actor, &loaded.journey, command.clone(), None, at).await?;
        let Ok(deed) = decided else { return Ok(false) };
        match tell_and_write(services, &loaded.journey, deed).await {
            Ok(_) => return Ok(true),
            Err(Unwritten::Conflict) => {}
            Err(Unwritten::Halt(halt)) => return Err(halt),
        }
    }
    Err(Halt::Away("many people write to this journey at once".to_owned()))
}

/// Records that a file is of another sort now, together with what is known of it. Says no when somebody wrote to the journey
/// meanwhile.
///
/// # Errors
/// [`Halt::Away`] when the memory does not answer.
pub async fn tell_of_file(
    services: &Services,
    actor: &Actor,
    journey: &Journey,
    event: Event,
    task: &TaskId,
    evidence: Evidence,
) -> Result<bool, Halt> {
    let mut deed = Deed::of(journey, vec![event], Some(by(actor)), evidence.at)?;
    deed.evidence.push((task.clone(), evidence));
    match tell_and_write(services, journey, deed).await {
        Ok(_) => Ok(true),
        Err(Unwritten::Conflict) => Ok(false),
        Err(Unwritten::Halt(halt)) => Err(halt),
    }
}

async fn refuse(caller: &Caller, loaded: &Loaded, wish: &Wish, page: &str, refusal: Refusal) -> Result<(), Halt> {
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
                heading = format!("You did this already at {at}");
                "It was recorded once. Nothing was sent twice.".clone_into(&mut detail);
            } else {
                let who = by.and_then(|by| loaded.names.people.get(by)).map_or("The service", String::as_str);
                heading = format!("{who} {} at {at}", letters::did(&recorded.event));
            }
        }
    }
    tracing::info!(journey = %loaded.journey.reference, refusal = ?std::mem::discriminant(&refusal), "refused");
    let kept = Kept { path: page.to_owned(), heading, detail, problems, typed: wish.typed.clone() };
    flash::keep(&caller.session, kept).await
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
async fn newer(services: &Services, journey: &Journey, wish: &mut Wish) -> Result<Option<Draft>, Halt> {
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

/// A text as part of a path or a query.
#[must_use]
pub fn encode(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'/');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
