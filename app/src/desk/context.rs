//! A task with everything that its page looks at.

use std::sync::Arc;

use jiff::civil::Date;
use journey::{
    base::{calendar, ids::TaskId},
    form::Answers,
    ledger::{
        journey::Journey,
        machine::Verb,
        standing::{Standing, TaskRecord},
    },
    plan::process::{Page, TaskSpec},
    port::Submission,
    rule::{meeting::Meeting, offers},
    view::turns::{self, Turn},
};

use leptos::prelude::*;

use crate::{
    act::{action::signed_in, load::Loaded, page::PageContext, post::load_or_signed, sent, usual, wording},
    base::{halt::Halt, paths, said::RefusedForm},
    design::Hidden,
    desk::second_thoughts::SecondThoughts,
    request::{
        services::services,
        visitor::{Visitor, calling},
    },
    site::{
        meetings,
        messages::thread::{Talk, is_message},
    },
};

/// A task with everything its page looks at.
pub struct TaskContext {
    /// What every page has: services, caller, what to say.
    pub context: PageContext,
    /// Who reads.
    pub visitor: Arc<Visitor>,
    /// The journey.
    pub loaded: Loaded,
    /// The task as published.
    pub spec: &'static TaskSpec,
    /// How it stands.
    pub standing: Standing,
    /// How it stands for whoever reads: in progress when a draft is kept.
    pub shown: Standing,
    /// What the reader may do.
    pub offers: Vec<Verb>,
    /// Whose turn it is: one for each side.
    pub turns: Vec<Turn>,
    /// What keeps turns of the reader's organisation from being taken.
    pub nobody: Vec<(String, bool)>,
    /// Of the work it is about the rounds that its pages look at, oldest first ([`sent::needed`]).
    pub sent: Vec<Submission>,
    /// Today, in the UK.
    pub today: Date,
    /// What was said about it.
    pub talk: Talk,
    /// The meetings of the journey that the reader sees.
    pub meetings: Vec<Meeting>,
    /// What the reader may take back.
    pub second_thoughts: SecondThoughts,
    /// A refused form of the conversation: the forms of the task itself do not look at it.
    pub not_said: Option<RefusedForm>,
}

impl TaskContext {
    /// The desk of a form that was sent, or the way to sign in. A refused form waits for `page`.
    ///
    /// # Errors
    /// As [`TaskContext::load`].
    pub async fn of_form(journey: &str, task: &str, page: &str, typed: &Answers) -> Result<Self, Halt> {
        let caller = calling()?;
        signed_in(&caller, page, typed).await?;
        let context = PageContext { services: services()?, caller, banner: None, kept: None };
        Self::load(context, journey, task).await
    }

    /// Loads the desk of a task.
    ///
    /// # Errors
    /// [`Halt::Missing`] when there is no such task for this person.
    pub async fn load(mut context: PageContext, reference: &str, task: &str) -> Result<Self, Halt> {
        let visitor = context.visitor()?;
        let loaded = load_or_signed(&context.services, &visitor, reference).await?;
        let journey = &loaded.journey;
        let task: TaskId = task.parse().map_err(|_| Halt::Missing)?;
        let reads = |spec: &&TaskSpec| spec.applies(&journey.opening) && journey.may_read(&visitor.actor, spec);
        let spec = journey.process.task(&task).filter(reads).ok_or(Halt::Missing)?;
        let standing = journey.standing(&spec.id);
        let sent = sent::needed(&context.services, journey, spec).await?;
        // A kept draft says that work has begun; a standing that cannot show one is not asked for.
        let begun = turns::shown(journey, spec, &standing, true) == Standing::Draft;
        let kept = begun && context.services.store.drafted(&journey.reference, "answers").await?.contains(&spec.id);
        let shown = turns::shown(journey, spec, &standing, kept);
        let mut turns = turns::turns_on(journey, spec, &standing);
        usual::expect(&context.services, &mut turns).await?;
        let nobody = wording::held_by_nobody(&context.services, &visitor, journey, &turns).await?;
        let not_said = context.kept.take_if(|kept| is_message(kept));
        // The channel of the whole journey is a task too.
        let thread = (spec.page != Page::Conversation).then_some(&spec.id);
        let talk = Talk::load(&context.services, &visitor, journey, thread, not_said.clone()).await?;
        let meetings = meetings::list::seen(&context.services, &loaded, &visitor.actor).await?;
        let offers = offers::offers_on(journey, &visitor.actor, &spec.id);
        let second_thoughts = SecondThoughts::load(&context, &visitor, &loaded, spec, &offers).await?;
        Ok(Self {
            offers,
            second_thoughts,
            shown,
            turns,
            nobody,
            today: calendar::date_of(context.services.clock.now()),
            sent,
            talk,
            meetings,
            not_said,
            spec,
            standing,
            visitor,
            loaded,
            context,
        })
    }

    /// The journey.
    #[must_use]
    pub fn journey(&self) -> &Journey {
        &self.loaded.journey
    }

    /// What the ledger says of the task.
    #[must_use]
    pub fn record(&self) -> &TaskRecord {
        self.journey().task(&self.spec.id)
    }

    /// Whether the reader may use this verb now.
    #[must_use]
    pub fn may(&self, verb: Verb) -> bool {
        self.offers.contains(&verb)
    }

    /// By when NHS England aims to answer what waits here.
    #[must_use]
    pub fn due(&self) -> Option<Date> {
        self.turns.iter().find_map(|turn| turn.due)
    }

    /// Whose turn it is, in one sentence for the reader.
    #[must_use]
    pub fn whose_turn(&self) -> Option<String> {
        let around = wording::around(self.journey(), &self.loaded.names);
        around.said(&self.turns, &self.visitor.actor).map(|(text, _)| text)
    }

    /// The task's own path.
    #[must_use]
    pub fn path(&self) -> String {
        paths::task(&self.journey().reference, &self.spec.id)
    }

    /// Hidden fields of every form: which journey, which task, and the last event of it that this page shows.
    #[must_use]
    pub fn hidden(&self) -> AnyView {
        let journey = self.journey();
        let values = vec![
            ("journey", journey.reference.to_string()),
            ("task", self.spec.id.to_string()),
            ("seen", journey.changed(&self.spec.id).to_string()),
        ];
        view! { <Hidden values=values /> }.into_any()
    }

    /// A person's name.
    #[must_use]
    pub fn who(&self, person: &journey::base::ids::PersonId) -> String {
        wording::who(&self.loaded.names, Some(person))
    }
}
