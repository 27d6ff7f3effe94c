//! A thread as a page shows it: what was said, oldest first, and the form below it. Notes of one side stand in a box of
//! their own whose heading says who reads them, so that nobody writes them in the wrong place.
//!
//! Long because it draws one conversation wherever it stands.

use jiff::Timestamp;
use journey::{
    base::{
        actor::{Actor, Side},
        ids::{JourneyRef, MessageId, TaskId},
    },
    form::FileRef,
    ledger::journey::Journey,
    plan::process::TaskSpec,
    port::messages::{Listener, Message, Thread, ThreadFilter},
    rule::conversation::{self, Audience, MOST_CHARACTERS, Piece},
};
use leptos::prelude::*;

use crate::{
    base::{dates, halt::Halt, paths, said::RefusedForm, words::counted},
    design::{Button, Details, Hidden, TextArea, ask, group_class},
    islands::names,
    request::{
        services::Services,
        visitor::{Visitor, in_background, query},
    },
    site::messages::whom::{self, readers_of},
};

/// Messages that a page shows of a thread at once.
const SHOWN: u32 = 50;

/// A thread with everything its drawing looks at.
pub struct Talk {
    journey: JourneyRef,
    task: Option<TaskId>,
    /// The defect of the task that all of it is about.
    defect: Option<u32>,
    thread: Thread,
    own: Option<Audience>,
    offered: Vec<Audience>,
    /// Ids of messages that the reader may still take back.
    own_recent: Vec<MessageId>,
    /// Whether there is more before what is shown: to everybody, and of the notes.
    earlier: (bool, bool),
    /// Whether what is shown ends before the last message.
    not_last: bool,
    reader: Actor,
    organisation: String,
    kept: Option<RefusedForm>,
    /// An id for the form of each audience that is offered.
    fresh: Vec<String>,
    /// Who takes part, where it was asked who can be told.
    pub(crate) listeners: Option<Vec<Listener>>,
    /// For each audience that is offered those who can be told of a message: id, name and organisation.
    can_tell: Vec<Vec<(String, String, String)>>,
    /// Whether end users and commissioners read nothing here.
    closed: bool,
}

/// Whether a refused form is one of a conversation: only these say who may read. Forms of tasks ask for a message as well.
#[must_use]
pub fn is_message(kept: &RefusedForm) -> bool {
    kept.typed.0.contains_key("audience")
}

/// Whether a form that came back names people beside its words.
fn tells(kept: &RefusedForm) -> bool {
    !kept.typed.many("tell").is_empty()
}

impl Talk {
    /// Loads the last part of a thread, or the part that the address asks for, and notes that it is seen now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(
        services: &Services,
        visitor: &Visitor,
        journey: &Journey,
        task: Option<&TaskId>,
        kept: Option<RefusedForm>,
    ) -> Result<Self, Halt> {
        let talk = Self::load_unseen(services, visitor, journey, task, kept).await?;
        let last = talk.thread.all.iter().chain(&talk.thread.notes).map(|message| message.seq).max().unwrap_or(0);
        if last > talk.thread.seen && !talk.not_last && !in_background() {
            let marked = services.store.mark_seen(&visitor.actor.person, &journey.reference, task, last).await;
            if let Err(why) = marked {
                // It stays new until the next time: no reason to refuse the page.
                tracing::warn!(%why, "cannot note what was seen");
            }
        }
        Ok(talk)
    }

    async fn load_unseen(
        services: &Services,
        visitor: &Visitor,
        journey: &Journey,
        task: Option<&TaskId>,
        kept: Option<RefusedForm>,
    ) -> Result<Self, Halt> {
        let own = conversation::own_side(journey, &visitor.actor);
        let number = |name: &str| query(name).parse::<u64>().ok();
        let mut filter = ThreadFilter {
            journey: journey.reference.clone(),
            task: task.cloned(),
            own,
            reader: visitor.actor.person.clone(),
            before: number("before"),
            notes_before: number("notes-before"),
            limit: SHOWN + 1,
        };
        let mut thread = services.store.thread(&filter).await?;
        let asked: Option<MessageId> = query("message").parse().ok();
        if let Some(asked) = asked
            && !thread.all.iter().chain(&thread.notes).any(|message| message.id == asked)
            && let Some(message) = services.store.message(&journey.reference, &asked).await?
            && message.task.as_ref() == task
        {
            // The link in a letter leads to a message that is no longer among the last ones.
            let before = if message.audience == Audience::All { &mut filter.before } else { &mut filter.notes_before };
            *before = Some(message.seq + 1);
            thread = services.store.thread(&filter).await?;
        }
        let cut = |messages: &mut Vec<Message>| {
            let more = messages.len() > SHOWN as usize;
            if more {
                messages.remove(0);
            }
            more
        };
        let earlier = (cut(&mut thread.all), cut(&mut thread.notes));
        let not_last = filter.before.is_some() || filter.notes_before.is_some();
        let now = services.clock.now();
        let recent = |message: &&Message| {
            message.taken_back.is_none()
                && conversation::may_take_back(journey, &visitor.actor, task, (&message.by.person, message.at), now)
        };
        let offered = conversation::offered(journey, &visitor.actor, task);
        // On a task it is one more question, and asked when somebody wants to know.
        let wanted = task.is_none()
            || query("choose") == "yes"
            || kept.as_ref().is_some_and(|kept| !kept.typed.one("choose").is_empty() || tells(kept));
        let listeners =
            if wanted && !offered.is_empty() { Some(services.store.listeners(&journey.reference).await?) } else { None };
        let of = |audience: &Audience| {
            let readers = readers_of(journey, visitor, listeners.as_deref().unwrap_or_default(), (task, *audience));
            let named = |one: &&Listener| (one.person.to_string(), one.name.clone(), one.organisation_name.clone());
            readers.iter().map(named).collect()
        };
        let can_tell = offered.iter().map(of).collect();
        Ok(Self {
            listeners,
            can_tell,
            journey: journey.reference.clone(),
            task: task.cloned(),
            defect: None,
            own_recent: thread.all.iter().chain(&thread.notes).filter(recent).map(|message| message.id.clone()).collect(),
            own,
            fresh: offered.iter().map(|_| services.secrets.id()).collect(),
            offered,
            closed: task.and_then(|task| journey.process.task(task)).is_some_and(is_closed),
            earlier,
            not_last,
            reader: visitor.actor.clone(),
            organisation: visitor.organisation.name.clone(),
            kept,
            thread,
        })
    }

    /// What was said about one defect of a task.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn about_defect(
        services: &Services,
        visitor: &Visitor,
        journey: &Journey,
        (task, defect): (&TaskId, u32),
        kept: Option<RefusedForm>,
    ) -> Result<Self, Halt> {
        // It is seen with everything else of the task, on the page of the task.
        let mut talk = Self::load_unseen(services, visitor, journey, Some(task), kept).await?;
        let said = services.store.about_defect(&journey.reference, defect, talk.own, SHOWN).await?;
        let now = services.clock.now();
        let recent = |message: &&Message| {
            message.taken_back.is_none()
                && conversation::may_take_back(journey, &visitor.actor, Some(task), (&message.by.person, message.at), now)
        };
        talk.own_recent = said.iter().filter(recent).map(|message| message.id.clone()).collect();
        (talk.thread.all, talk.thread.notes) = said.into_iter().partition(|message| message.audience == Audience::All);
        talk.earlier = (false, false);
        talk.not_last = false;
        talk.defect = Some(defect);
        Ok(talk)
    }

    fn path(&self) -> String {
        if let Some(defect) = self.defect {
            return paths::defect(&self.journey, defect);
        }
        match &self.task {
            Some(task) => paths::task(&self.journey, &task),
            None => paths::of_journey(&self.journey, "messages"),
        }
    }

    fn of(&self, audience: Audience) -> &[Message] {
        if audience == Audience::All { &self.thread.all } else { &self.thread.notes }
    }

    /// The refused form of this audience.
    fn refused(&self, audience: Audience) -> Option<&RefusedForm> {
        self.kept.as_ref().filter(|kept| kept.typed.one("audience") == audience.name())
    }

    /// The thread of a task: one line with a folded form while nothing was said.
    pub fn below_a_task(&self) -> AnyView {
        let notes = self.own.map(|own| self.notes(own, true));
        view! {
            <section class="gpc-conversation" id="conversation" aria-labelledby="conversation-title">
                <h2 class="nhsuk-heading-m" id="conversation-title">"Conversation"</h2>
                {self.part(Audience::All, true, if self.defect.is_some() { "Nothing has been said about this defect yet." } else { "Nothing has been said about this task yet." })}
                {self.people()}
            </section>
            {notes}
            {self.watched()}
        }
        .into_any()
    }

    /// The thread of the journey. `people` says below the form who can be spoken to by name, where that is known.
    pub fn whole(&self, people: Option<AnyView>) -> AnyView {
        let notes = self.own.map(|own| self.notes(own, false));
        view! {
            <section class="gpc-conversation" aria-labelledby="conversation-title">
                <h2 class="nhsuk-heading-m" id="conversation-title">"Messages to everybody"</h2>
                {self.part(Audience::All, false, "Nothing has been said yet. Ask a question or tell the others what changed: everybody who takes part in this journey reads it.")}
                {people.unwrap_or_else(|| self.people())}
            </section>
            {notes}
            {self.watched()}
        }
        .into_any()
    }

    /// Suggests names where somebody can write.
    fn watched(&self) -> Option<AnyView> {
        (!self.offered.is_empty()).then(names::watched)
    }

    /// The way to the names that can be spoken to.
    fn people(&self) -> AnyView {
        let to = format!("/journeys/{}/messages#people", self.journey);
        view! { <p class="gpc-meta"><a href=to>"People you can mention"</a></p> }.into_any()
    }

    /// The box of one side: its heading names who reads it.
    fn notes(&self, own: Audience, folded: bool) -> AnyView {
        let who = if own == Audience::Programme { "NHS England".to_owned() } else { self.organisation.clone() };
        let heading = format!("Notes for {who} only");
        let about = if own == Audience::Programme {
            "Only the GP Connect teams read these. The supplier and end users never see them."
        } else {
            "Only your colleagues read these. NHS England and end users never see them."
        };
        view! {
            <section class="gpc-conversation gpc-notes" aria-labelledby="notes-title">
                <h2 class="nhsuk-heading-m" id="notes-title">{heading}</h2>
                <p class="gpc-meta">{about}</p>
                {self.part(own, folded, "There are no notes.")}
            </section>
        }
        .into_any()
    }

    fn part(&self, audience: Audience, folded: bool, empty: &'static str) -> AnyView {
        let messages = self.of(audience);
        let nothing = messages.is_empty();
        let first = messages.first().map_or(0, |message| message.seq);
        let more = if audience == Audience::All { self.earlier.0 } else { self.earlier.1 };
        let name = if audience == Audience::All { "before" } else { "notes-before" };
        let earlier = more.then(|| {
            let to = format!("{}?{name}={first}", self.path());
            let what = if audience == Audience::All { "Show earlier messages" } else { "Show earlier notes" };
            view! { <p><a href=to rel="prev">{what}</a></p> }
        });
        let last = self.not_last.then(|| view! { <p><a href=self.path()>"Show the last ones"</a></p> });
        let items = messages.iter().map(|message| self.message(message)).collect_view();
        let list = (!nothing).then(|| {
            let label = if audience == Audience::All { "Messages, oldest first" } else { "Notes, oldest first" };
            view! { <ol class="gpc-talk" aria-label=label>{items}</ol> }
        });
        let form = self.form(audience).map(|form| {
            let summary = if audience == Audience::All { "Write a message" } else { "Write a note" };
            if !(folded && nothing) {
                return form;
            }
            let open = self.refused(audience).is_some();
            view! {
                <Details summary=summary open=open body=form />
            }
            .into_any()
        });
        let closed = (form.is_none() && audience == Audience::All)
            .then(|| view! { <p class="gpc-meta">"This journey was withdrawn: nothing more can be said here. What was said stays."</p> });
        view! {
            {earlier}
            <div data-live=format!("messages-{}", audience.name())>
                {nothing.then(|| view! { <p class="gpc-meta">{empty}</p> })}
                {list}
            </div>
            {last}
            {form}
            {closed}
            {self.lost(audience)}
        }
        .into_any()
    }

    /// Words of a form that is not offered any more.
    fn lost(&self, audience: Audience) -> Option<AnyView> {
        let kept = self.refused(audience).filter(|_| !self.offered.contains(&audience))?;
        let words = kept.typed.one("words").to_owned();
        Some(
            view! {
                <label class="nhsuk-label nhsuk-label--s" for="kept-message">"Your words, not sent"</label>
                <TextArea id="kept-message" rows=6 described=None words=words />
            }
            .into_any(),
        )
    }

    fn message(&self, message: &Message) -> AnyView {
        let anchor = format!("message-{}", message.id);
        if let Some(at) = message.taken_back {
            let text = format!("Message taken back by {} at {}", message.name, dates::time_of(at));
            return view! { <li class="gpc-message gpc-message--gone" id=anchor><p class="gpc-meta">{text}</p></li> }.into_any();
        }
        let link = format!("{}?message={}#{anchor}", self.path(), message.id);
        let mine = message.by.person == self.reader.person;
        let new = message.seq > self.thread.seen && !mine && self.defect.is_none();
        let files = message
            .files
            .iter()
            .map(|file| {
                let to = format!("/files/{}?journey={}&message={}", file.digest, self.journey, message.id);
                view! { <li><a href=to download>{file.name.clone()}</a></li> }
            })
            .collect_view();
        let back = self.own_recent.contains(&message.id).then(|| {
            let values = vec![
                ("journey", self.journey.to_string()),
                ("task", self.task.as_ref().map_or_else(String::new, ToString::to_string)),
                ("message", message.id.to_string()),
            ];
            view! {
                <form action="/do/messages/take-back" method="post">
                    <Hidden values=values />
                    <button class="gpc-linkbutton">
                        "Take it back"<span class="nhsuk-u-visually-hidden">{format!(": the message of {}", dates::time_of(message.at))}</span>
                    </button>
                </form>
            }
        });
        view! {
            <li class="gpc-message" id=anchor>
                <p class="gpc-message__who">
                    <b>{message.name.clone()}</b>
                    {format!(", {}", message.organisation)}
                    {new.then(|| view! { " " <strong class="nhsuk-tag nhsuk-tag--blue">"New"</strong> })}
                    {message.defect.filter(|_| self.defect.is_none()).map(|defect| {
                        let to = paths::defect(&self.journey, defect);
                        view! { ". About "<a href=to>{format!("defect D-{defect}")}</a> }
                    })}
                </p>
                <p class="gpc-lines">{worded(&message.words, &message.mentions)}</p>
                {whom::told(&message.words, &message.mentions)}
                {(!message.files.is_empty()).then(|| view! { <ul class="nhsuk-list gpc-files" aria-label="Files of this message">{files}</ul> })}
                <div class="gpc-message__foot">
                    <a href=link><span class="nhsuk-u-visually-hidden">"Link to the message of "</span><time datetime=message.at.to_string()>{dates::moment(message.at)}</time></a>
                    {back}
                </div>
            </li>
        }
        .into_any()
    }

    fn form(&self, audience: Audience) -> Option<AnyView> {
        let place = self.offered.iter().position(|offered| *offered == audience)?;
        let refused = self.refused(audience);
        let typed = |name: &str| refused.map(|kept| kept.typed.one(name).to_owned()).unwrap_or_default();
        let field = audience.field();
        // A form that came back keeps its id: the files that came with it wait under that.
        let id = match typed("message") {
            id if id.is_empty() => self.fresh.get(place).cloned().unwrap_or_default(),
            id => id,
        };
        let values = vec![
            ("journey", self.journey.to_string()),
            ("task", self.task.as_ref().map_or_else(String::new, ToString::to_string)),
            ("defect", self.defect.map_or_else(String::new, |defect| defect.to_string())),
            ("audience", audience.name().to_owned()),
            ("message", id),
        ];
        let (label, hint, button) = match audience {
            Audience::All => (
                "Your message",
                format!(
                    "{} Whoever you choose below, or name with @ and the full name, is told at once. Up to {MOST_CHARACTERS} characters.",
                    readers(self.closed)
                ),
                "Send the message",
            ),
            _ => ("Your note", format!("Up to {MOST_CHARACTERS} characters."), "Keep the note"),
        };
        let waiting = refused.map(|kept| kept.typed.many("files").to_vec()).unwrap_or_default();
        let files_id = format!("{field}-files");
        let files_problem = refused.and_then(|kept| kept.problem(&files_id));
        let described = files_problem.as_ref().map(|_| format!("{files_id}-error"));
        let group = group_class(files_problem.is_some());
        Some(
            view! {
                <form class="gpc-say" action="/do/messages/send" method="post" enctype="multipart/form-data" novalidate>
                    <Hidden values=values />
                    {ask::words(field, "words", label, &hint, &typed("words"), refused.and_then(|kept| kept.problem(field)), 4)}
                    {names::list(field)}
                    <div data-whom=field>{whom::view(field, self.can_tell.get(place).filter(|_| self.listeners.is_some()), refused)}</div>
                    {(!waiting.is_empty()).then(|| waiting_files(&files_id, &waiting))}
                    <div class=group>
                        <label class="nhsuk-label" for=files_id.clone()>"Add files"</label>
                        {ask::message(&files_id, files_problem)}
                        <input class="nhsuk-file-upload" id=files_id.clone() type="file" name="file" multiple=true aria-describedby=described />
                    </div>
                    <Button text=button secondary=audience != Audience::All || self.task.is_some() />
                </form>
            }
            .into_any(),
        )
    }
}

/// Files that came with a form that was refused: they are here already, and can be left out.
fn waiting_files(id: &str, waiting: &[String]) -> AnyView {
    let items = waiting
        .iter()
        .filter_map(|value| FileRef::parse(value))
        .enumerate()
        .map(|(place, file)| {
            let item = format!("{id}-{place}");
            view! {
                <div class="nhsuk-checkboxes__item">
                    <input class="nhsuk-checkboxes__input" id=item.clone() name="keep" type="checkbox" value=file.digest.to_string() checked=true />
                    <label class="nhsuk-label nhsuk-checkboxes__label" for=item>{file.name}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="nhsuk-form-group">
            <fieldset class="nhsuk-fieldset">
                <legend class="nhsuk-fieldset__legend">"Files that come with it"</legend>
                <div class="nhsuk-checkboxes nhsuk-checkboxes--small">{items}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// Words with the names that are spoken to in bold.
fn worded(words: &str, names: &[String]) -> AnyView {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    conversation::pieces(words, &names)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.to_owned().into_any(),
            Piece::Mention(name) => view! { <b>{name.to_owned()}</b> }.into_any(),
        })
        .collect_view()
        .into_any()
}

/// Whether only the supplier and the programme read what is said on a task.
pub(crate) fn is_closed(spec: &TaskSpec) -> bool {
    !spec.is_read_by(Side::EndUser) && !spec.is_read_by(Side::Commissioner)
}

/// Who reads what is said to everybody.
pub(crate) fn readers(closed: bool) -> &'static str {
    if closed { "The supplier and NHS England read it." } else { "Everybody who takes part in this journey reads it." }
}

/// "1 unread message".
#[must_use]
pub fn unread(count: u32) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "unread message")
}

/// The last instant at which something that was said can just not be taken back any more.
pub(crate) fn too_old(now: Timestamp) -> Timestamp {
    now.checked_sub(conversation::TAKE_BACK).unwrap_or(Timestamp::MIN)
}
