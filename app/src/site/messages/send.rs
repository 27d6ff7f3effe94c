//! Saying something: the words and files of a form become a message with its notices, or come back with the reason.

use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, MessageId, PersonId, TaskId},
    },
    form::{Answers, LONGEST, Problem, Problems},
    ledger::{journey::Journey, refusal::Refusal},
    plan::process::Page,
    port::{
        Letter, WriteError,
        messages::{Listener, NewMessage},
        notices::Notice,
    },
    rule::conversation::{self, Audience},
    view::notices::Asks,
};

use crate::{
    act::{
        action::signed_in,
        letters::foot,
        load::{Loaded, load},
    },
    base::{
        halt::Halt,
        paths,
        said::RefusedForm,
        words::{counted, encode},
    },
    request::{
        flash,
        services::Services,
        visitor::{Caller, Visitor},
    },
    site::messages::{
        thread::{is_closed, readers},
        whom::readers_of,
    },
};

/// What a form of a conversation sends, beside its files.
#[derive(Clone, Debug, Default)]
pub struct MessageForm {
    /// The journey, as typed in the form.
    pub journey: String,
    /// The task; empty for the journey as a whole.
    pub task: String,
    /// The number of a defect of that task; empty where it is about none.
    pub defect: String,
    /// For whom.
    pub audience: String,
    /// The form's id, which becomes the message's.
    pub message: String,
    /// The words.
    pub words: String,
    /// Digests of files that came before and shall stay.
    pub keep: Vec<String>,
    /// Who is to be told at once: ids of people, or names as they are suggested.
    pub tell: Vec<String>,
    /// `choose` for whoever wants to see first who can be told: nothing is sent then.
    pub then: String,
}

/// Names that a form may give beside its words.
pub const MOST_TOLD: usize = 20;

/// Where a form is about.
struct Place {
    loaded: Loaded,
    task: Option<TaskId>,
    defect: Option<u32>,
    audience: Audience,
    id: MessageId,
}

impl MessageForm {
    /// The page that the form came from.
    #[must_use]
    pub fn page(&self) -> String {
        if let Ok(defect) = self.defect.parse() {
            return paths::defect(&encode(&self.journey), defect);
        }
        match self.task.as_str() {
            "" => paths::of_journey(&encode(&self.journey), "messages"),
            task => paths::task(&encode(&self.journey), &encode(task)),
        }
    }

    /// What was typed, as the page shows it again.
    #[must_use]
    pub fn typed(&self) -> Answers {
        let mut typed = Answers::default()
            .with("message", &self.message)
            .with("audience", &self.audience)
            .with("words", &self.words.chars().take(LONGEST).collect::<String>());
        let tell: Vec<String> = self.tell.iter().filter(|one| !one.trim().is_empty()).take(MOST_TOLD).cloned().collect();
        if !tell.is_empty() {
            typed.0.insert("tell".to_owned(), tell);
        }
        typed
    }

    async fn place(&self, services: &Services, visitor: &Visitor) -> Result<Place, Halt> {
        let loaded = load(services, visitor, &self.journey).await?;
        let task = match self.task.as_str() {
            "" => None,
            task => {
                let journey = &loaded.journey;
                let spec = task.parse().ok().and_then(|id| journey.process.task(&id)).ok_or(Halt::Missing)?;
                if !spec.applies(&journey.opening) || spec.page == Page::Conversation {
                    return Err(Halt::Missing);
                }
                Some(spec.id.clone())
            }
        };
        let audience = self.audience.parse().map_err(|_| Halt::Missing)?;
        let id = self.message.parse().map_err(|_| Halt::Missing)?;
        let defect = match self.defect.as_str() {
            "" => None,
            number => {
                let known = number.parse().ok().and_then(|number| loaded.journey.defect(number));
                Some(known.filter(|known| Some(&known.task) == task.as_ref()).ok_or(Halt::Missing)?.number)
            }
        };
        Ok(Place { loaded, task, defect, audience, id })
    }
}

/// Under which id files may be stored for this form, if its sender may write there; otherwise what to say of them.
///
/// # Errors
/// [`Halt::Missing`] when there is nothing of the kind for this person.
pub async fn may_add(services: &Services, visitor: &Visitor, said: &MessageForm) -> Result<Result<MessageId, String>, Halt> {
    let place = said.place(services, visitor).await?;
    let journey = &place.loaded.journey;
    if !conversation::may_read(journey, &visitor.actor, place.task.as_ref(), place.audience) {
        return Err(Halt::Missing);
    }
    if conversation::offered(journey, &visitor.actor, place.task.as_ref()).contains(&place.audience) {
        Ok(Ok(place.id))
    } else {
        Ok(Err("nothing more can be said here".to_owned()))
    }
}

/// Sends what was said, or keeps it for the page it came from. `refused` are the files that were not taken, each with its
/// reason; `added` those that were. Answers where to go.
///
/// # Errors
/// [`Halt`] when there is no such place for this person, nobody is signed in, or the database does not answer.
pub async fn send(
    services: &Services,
    caller: &Caller,
    said: MessageForm,
    added: Vec<Digest>,
    refused: Vec<String>,
) -> Result<String, Halt> {
    let page = said.page();
    let mut typed = said.typed();
    let visitor = signed_in(caller, &page, &typed).await?;
    let Place { loaded, task, defect, audience, id } = said.place(services, &visitor).await?;
    let journey = &loaded.journey;
    let chosen: Vec<Digest> = said.keep.iter().filter_map(|digest| digest.parse().ok()).chain(added).collect();
    let waiting = services.store.uploads(&visitor.actor.person, &id).await?;
    let files: Vec<Digest> = waiting.iter().map(|upload| upload.file.digest.clone()).filter(|d| chosen.contains(d)).collect();
    let judged = conversation::judge(journey, &visitor.actor, (task.as_ref(), audience), &said.words, files.len());
    if judged == Err(Refusal::Unknown) {
        return Err(Halt::Missing);
    }
    let kept_files = || waiting.iter().filter(|u| files.contains(&u.file.digest)).map(|u| u.file.to_string()).collect();
    if said.then == "choose" && refused.is_empty() && judged != Err(Refusal::Closed) {
        // The same form again, with everything that was typed and with the people who can be told.
        typed.0.insert("files".to_owned(), kept_files());
        let typed = typed.with("choose", "yes");
        flash::keep(&caller.session, RefusedForm { path: page.clone(), typed, ..RefusedForm::default() }).await?;
        return Ok(format!("{page}#{}-tell", audience.field()));
    }
    let listeners = services.store.listeners(&journey.reference).await?;
    let picked = picked(journey, &visitor, &listeners, (task.as_ref(), audience), &said.tell);
    let (words, picked) = match (judged, picked) {
        (Ok(words), Ok(picked)) if refused.is_empty() => (words, picked),
        (judged, picked) => {
            typed.0.insert("files".to_owned(), kept_files());
            let nobody = picked.err().map(|says| Problem::new(&format!("{}-tell", audience.field()), says));
            let kept = not_sent(journey, audience, judged.err(), (nobody, refused), page.clone(), typed);
            flash::keep(&caller.session, kept).await?;
            return Ok(page);
        }
    };
    let closed = task.as_ref().and_then(|task| journey.process.task(task)).is_some_and(is_closed);
    let mut message = NewMessage {
        id: id.clone(),
        journey: journey.reference.clone(),
        task,
        defect,
        audience,
        by: visitor.by(),
        at: services.clock.now(),
        words,
        mentions: Vec::new(),
        files,
        notices: Vec::new(),
    };
    tell(services, journey, &visitor, (&listeners, &picked), &mut message).await?;
    match services.store.say(message).await {
        Ok(_) => {
            let (heading, text) = match audience {
                Audience::All => ("Your message is sent", readers(closed)),
                _ => ("Your note is kept", "Only your own side reads it."),
            };
            tracing::info!(journey = %journey.reference, person = %visitor.actor.person, audience = audience.name(), "said");
            flash::say(caller, heading, text);
        }
        Err(WriteError::Conflict) => {
            let earlier = services.store.message(&journey.reference, &id).await?;
            if earlier.is_none_or(|earlier| earlier.by.person != visitor.actor.person) {
                // An id that is somebody else's: only a form that is not ours sends it. The next one has a new id.
                typed.0.insert("message".to_owned(), vec![String::new()]);
                let kept = not_sent(journey, audience, None, (None, Vec::new()), page.clone(), typed);
                flash::keep(&caller.session, kept).await?;
                return Ok(page);
            }
            flash::say(caller, "You have already sent this", "It was kept once. Nothing was sent twice.");
        }
        Err(WriteError::Store(error)) => return Err(error.into()),
    }
    Ok(format!("{page}#message-{id}"))
}

fn not_sent(
    journey: &Journey,
    audience: Audience,
    refusal: Option<Refusal>,
    (nobody, refused): (Option<Problem>, Vec<String>),
    path: String,
    typed: Answers,
) -> RefusedForm {
    let (mut heading, mut detail) =
        (String::from("Your message has not been sent yet"), String::from("Your words are kept below."));
    let mut problems = Vec::new();
    match refusal {
        Some(Refusal::Invalid(Problems(found))) => {
            "There is a problem".clone_into(&mut heading);
            problems = found;
        }
        Some(other) => {
            let sentence = other.sentence(journey.process);
            heading = sentence.0;
            detail = format!("{} Your words are kept below.", sentence.1);
        }
        None if nobody.is_some() => "There is a problem".clone_into(&mut heading),
        None if refused.is_empty() => "Send it again.".clone_into(&mut detail),
        None => {}
    }
    let field = format!("{}-files", audience.field());
    problems.extend(nobody);
    problems.extend(refused.into_iter().map(|says| Problem::new(&field, says)));
    RefusedForm { path, heading, detail, problems, typed }
}

/// The people that a form names beside its words; what to say where it names somebody who does not read the message.
fn picked(
    journey: &Journey,
    visitor: &Visitor,
    listeners: &[Listener],
    place: (Option<&TaskId>, Audience),
    tell: &[String],
) -> Result<Vec<PersonId>, String> {
    let readers = readers_of(journey, visitor, listeners, place);
    let names: Vec<(&str, &str)> = readers.iter().map(|one| (one.name.as_str(), one.organisation_name.as_str())).collect();
    let named = tell.iter().filter(|typed| !typed.trim().is_empty());
    let mut picked = Vec::new();
    for typed in named {
        let by_id = readers.iter().position(|one| one.person.as_str() == typed);
        let place = by_id.or_else(|| conversation::named_one(typed, &names));
        let Some(place) = place else {
            let shown: String = typed.trim().chars().take(80).collect();
            return Err(format!("Nobody called “{shown}” reads this. Choose a name from the list"));
        };
        picked.push(readers[place].person.clone());
    }
    if picked.len() > MOST_TOLD { Err(format!("Choose at most {MOST_TOLD} people")) } else { Ok(picked) }
}

/// Finds out who is spoken to and who is told. Whoever may not read the message is neither.
async fn tell(
    services: &Services,
    journey: &Journey,
    visitor: &Visitor,
    (listeners, picked): (&[Listener], &[PersonId]),
    message: &mut NewMessage,
) -> Result<(), Halt> {
    let about = message.task.as_ref();
    let reads = |one: &&Listener| conversation::may_read(journey, &one.actor(listeners), about, message.audience);
    let readers: Vec<&Listener> = listeners.iter().filter(reads).collect();
    let names: Vec<&str> = readers.iter().map(|one| one.name.as_str()).collect();
    let mut mentions: Vec<String> = Vec::new();
    let mut told: Vec<(PersonId, String, bool)> = Vec::new();
    let spoken_to = conversation::mentioned(&message.words, &names);
    for (place, one) in readers.iter().enumerate() {
        let mentioned = spoken_to.contains(&place) || picked.contains(&one.person);
        if mentioned && !mentions.contains(&one.name) {
            mentions.push(one.name.clone());
        }
        // A person of two organisations is told once, and nobody of their own words.
        if one.person != visitor.actor.person && !told.iter().any(|(person, ..)| *person == one.person) {
            told.push((one.person.clone(), one.email.clone(), mentioned));
        }
    }
    // While nobody of the programme has anything to do with the journey, its leads hear of a question.
    let programme = |one: &Listener| one.roles.iter().any(|role| role.side() == Side::Programme);
    if message.audience == Audience::All && !visitor.is_programme() && !listeners.iter().any(programme) {
        let leads = services.store.addresses(None, &[Role::ProgrammeLead]).await?;
        let leads = leads.into_iter().filter(|(person, _)| !told.iter().any(|(known, ..)| known == person)).collect::<Vec<_>>();
        told.extend(leads.into_iter().map(|(person, email)| (person, email, false)));
    }
    let notices =
        told.into_iter().map(|(person, to, mentioned)| notice(services, journey, visitor, message, person, to, mentioned));
    message.notices = notices.collect();
    message.mentions = mentions;
    Ok(())
}

fn notice(
    services: &Services,
    journey: &Journey,
    visitor: &Visitor,
    message: &NewMessage,
    person: PersonId,
    to: String,
    mentioned: bool,
) -> Notice {
    let (id, product) = (&message.id, &journey.opening.product);
    let path = match (&message.task, message.defect) {
        (_, Some(defect)) => format!("defects/{defect}"),
        (Some(task), None) => format!("tasks/{task}"),
        (None, None) => "messages".to_owned(),
    };
    let link = format!("{}/journeys/{}/{path}?message={id}#message-{id}", services.base_url, journey.reference);
    let on_task = |task: &TaskId| match message.defect.and_then(|number| journey.defect(number)) {
        Some(defect) => format!(" about defect {} “{}”", defect.name(), defect.defect.title),
        None => format!(" about “{}”", journey.process.noun(task)),
    };
    let about = message.task.as_ref().map(on_task).unwrap_or_default();
    let author = &visitor.name;
    let did = match (message.audience, mentioned) {
        (Audience::All, false) => "wrote a message",
        (Audience::All, true) => "mentioned you in a message",
        (_, false) => "wrote a note",
        (_, true) => "mentioned you in a note",
    };
    let files = match message.files.len() {
        0 => String::new(),
        count => format!(
            "\n\n{} with it.",
            if count == 1 { "1 file comes".to_owned() } else { format!("{} come", counted(count, "file")) }
        ),
    };
    // A letter may be passed on: what one side notes for itself stays on its page.
    let text = match message.audience {
        Audience::All => {
            format!("{author}, {}, {did}{about} for {product}:\n\n{}{files}", visitor.organisation.name, message.words)
        }
        _ => format!("{author} {did}{about} for {product}. Only your own side may read it, so its words are not in this email."),
    };
    Notice {
        letter: Letter {
            id: format!("message-{id}-{person}"),
            to,
            subject: format!("{product}: {author} {did} ({})", journey.reference),
            body: format!("Hello,\n\n{text}\n\n{link}{}", foot(services)),
            enclosed: None,
        },
        person,
        link,
        asks: if mentioned { Asks::Now } else { Asks::Nothing },
        message: Some(id.clone()),
    }
}
