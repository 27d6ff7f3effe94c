//! What is being typed, kept: on "save and come back later", and by the autosave island while typing.
//!
//! Long because saving, showing and comparing drafts share the rules of versions.

use journey::{
    base::{
        actor::{Actor, Role},
        ids::{FieldId, TaskId},
    },
    catalogue::{row, scal},
    form::{Answers, Form, Part, Problems},
    ledger::{journey::Journey, machine::Verb},
    plan::process::{Page, TaskSpec},
    port::WriteError,
    rule::{answering, draft::Draft, offers, review, review as team_review},
    scal::{book, verdicts},
    task::forms,
};
use leptos::{prelude::*, server_fn::ServerFnError};

use crate::{
    act::{
        action::{ActionResult, Typed, act, signed_in},
        known, load, sent, wording,
    },
    base::{dates, diff, halt::Halt, paths, said::RefusedForm, words::encode},
    design::Hidden,
    desk::{context::TaskContext, judged},
    islands::autosave::Autosaved,
    request::{
        flash,
        services::{Services, services},
        visitor::{Caller, Visitor, calling},
    },
};

/// The draft of a page, as the page needs it.
pub struct Drafted {
    /// The words; `None` when there is no draft.
    pub answers: Option<Answers>,
    /// Its version; 0 when there is none.
    pub version: u64,
    /// "Draft saved 14:02" or that there is none.
    pub says: String,
    /// Whether the reader saved it.
    pub own: bool,
}

impl Drafted {
    /// What is saved beside what was typed, answer by answer, after somebody else was faster: so nobody writes over words that
    /// they have not seen.
    #[must_use]
    pub fn beside(&self, form: &Form, kept: Option<&RefusedForm>) -> Option<AnyView> {
        // A form that was refused for what is in it is no race.
        let (kept, saved) = (kept.filter(|kept| kept.problems.is_empty())?, self.answers.as_ref()?);
        let (saved, typed) = (dates::in_answers(form, saved), dates::in_answers(form, &kept.typed));
        let of = |part: &Part| (part.label.clone(), form.part_in_words(part, &saved), form.part_in_words(part, &typed));
        beside(self.own, form.to_review().iter().map(of).collect())
    }

    /// Hidden fields that say which draft a form writes to.
    #[must_use]
    pub fn hidden(&self, subject: &str) -> AnyView {
        let values = vec![("subject", subject.to_owned()), ("version", self.version.to_string())];
        view! { <Hidden values=values /> }.into_any()
    }
}

/// The draft of a task on a subject (`answers`, or that of a team's review).
///
/// # Errors
/// When it cannot be read.
pub async fn load_of(desk: &TaskContext, task: &TaskId, subject: &str) -> Result<Drafted, Halt> {
    drafted(desk, task, desk.context.services.store.draft(&desk.journey().reference, task, subject).await?)
}

fn drafted(desk: &TaskContext, task: &TaskId, draft: Option<Draft>) -> Result<Drafted, Halt> {
    Ok(match draft {
        Some(draft) => Drafted {
            answers: Some(serde_json::from_str(&draft.body).map_err(|error| Halt::Fault(format!("draft of {task}: {error}")))?),
            version: draft.version,
            own: draft.by == desk.visitor.actor.person,
            says: format!("Not sent. Draft saved by {} on {}.", desk.who(&draft.by), dates::moment(draft.at)),
        },
        None => Drafted { answers: None, version: 0, says: "Not sent. Nothing is saved yet.".to_owned(), own: false },
    })
}

/// Answers as they are saved and as they were typed, side by side where they differ: each with its question.
#[must_use]
pub fn beside(own: bool, answers: Vec<(String, String, String)>) -> Option<AnyView> {
    let patience = diff::Patience::of_page();
    let differ: Vec<AnyView> = answers
        .into_iter()
        .filter(|(_, saved, typed)| saved != typed)
        .map(|(label, saved, typed)| {
            let (left, right) = patience.beside(&saved, &typed);
            view! {
                {(!label.is_empty()).then(|| view! { <h3 class="nhsuk-heading-xs">{label}</h3> })}
                <div class="gpc-diff">
                    <div><h4>{if own { "Saved by you" } else { "Saved by your colleague" }}</h4>{left}</div>
                    <div><h4>"Typed by you"</h4>{right}</div>
                </div>
            }
            .into_any()
        })
        .collect();
    (!differ.is_empty()).then(|| differ.into_any())
}

/// A verdict on an answer as it is typed, in words: what was chosen and what is said with it.
#[must_use]
pub fn verdict_in_words(field: &FieldId, typed: &Answers) -> String {
    let chosen = match typed.one(&review::verdict_of(field)) {
        "accept" => "Accept",
        "condition" => "Accept with a condition",
        "change" => "Request a change",
        _ => "",
    };
    let words = typed.one(&review::finding_of(field));
    [chosen, words].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The subject of a review of before each team had its own.
const BEFORE: &str = "review";

/// The draft of a team's review. One that this reader kept before each team had its own is read as well.
///
/// # Errors
/// When it cannot be read.
pub async fn load_review(desk: &TaskContext, role: Role) -> Result<Drafted, Halt> {
    let task = &desk.spec.id;
    // Both kinds begin alike, so that one question finds them.
    let kept = desk.context.services.store.drafts(&desk.journey().reference, task, BEFORE).await?;
    let of = |subject: &str| kept.iter().find(|draft| draft.subject == subject).cloned();
    let own = drafted(desk, task, of(&team_review::subject_of(role)))?;
    if own.answers.is_some() {
        return Ok(own);
    }
    let before = of(BEFORE);
    let mine = before.filter(|draft| draft.by == desk.visitor.actor.person);
    // It is of this round if it was kept since that was sent.
    let sent = desk.journey().submitted_in(desk.spec).sent.last().map(|sent| sent.at);
    let Some(mine) = mine.filter(|draft| sent.is_none_or(|at| draft.at >= at)) else { return Ok(own) };
    let answers = serde_json::from_str(&mine.body).map_err(|error| Halt::Fault(format!("draft of {}: {error}", desk.spec.id)))?;
    Ok(Drafted { answers: Some(answers), ..own })
}

/// The draft of this page's own task.
///
/// # Errors
/// When it cannot be read.
pub async fn load(desk: &TaskContext, subject: &str) -> Result<Drafted, Halt> {
    load_of(desk, &desk.spec.id, subject).await
}

/// The questions of which a draft keeps the answers (`sent` is what a verdict is about), or `None` when this person may
/// not write it.
fn keepable(journey: &Journey, actor: &Actor, spec: &TaskSpec, offers: &[Verb], subject: &str, sent: &Answers) -> Option<Form> {
    let row_of = |id: &str| scal::rows(&journey.opening).into_iter().find(|row| row.field.as_str() == id);
    if spec.page == Page::Scal {
        if let Some(row) = subject.strip_prefix(book::SUBJECT) {
            return may_write(journey, actor, spec).then(|| row_of(row)).flatten().map(book::draft_form);
        }
        if let Some(row) = subject.strip_prefix(verdicts::SUBJECT) {
            let judges = offers.contains(&Verb::Approve);
            let judged_by = |row: &&row::Row| actor.is(row::judge_of(row, sent));
            return row_of(row).filter(|row| judges && judged_by(row)).map(verdicts::draft_form);
        }
        return None;
    }
    // Rows of the SCAL that went with a test stage are judged there.
    if let Some(row) = subject.strip_prefix(verdicts::SUBJECT) {
        let along = journey.went_along(spec).iter().find(|along| along.row.as_str() == row);
        let judges = along.is_some_and(|along| offers.contains(&Verb::Approve) && actor.is(along.team));
        return row_of(row).filter(|_| judges).map(verdicts::draft_form);
    }
    if let Some(team) = subject.strip_prefix(team_review::SUBJECT) {
        let decides =
            [Verb::Approve, Verb::Return].into_iter().flat_map(|verb| offers::roles_for_verb(journey, actor, verb, &spec.id));
        return decides.into_iter().any(|role| role.name() == team).then(|| review_form(journey, spec));
    }
    (subject == "answers" && may_write(journey, actor, spec)).then(|| answering::asked(journey, spec))
}

/// The fields of a reviewer's form, for what a draft may keep.
fn review_form(journey: &Journey, spec: &TaskSpec) -> Form {
    let work = spec.reviews.as_ref().and_then(|id| journey.process.task(id)).unwrap_or(spec);
    judged::typed_form(&forms::form_of(work, &journey.opening))
}

/// How saving a draft went.
pub enum Saving {
    /// Saved as this version, now.
    Saved(u64),
    /// Somebody else saved another one since.
    Conflict(Option<Draft>),
    /// Nothing was saved: an answer is longer than can be kept, and nothing is ever cut.
    TooLong(Problems),
}

/// Saves what was typed over the version that was seen. Returns with it who the draft belongs to now.
///
/// # Errors
/// [`Halt::Missing`] when there is nothing to write for this person.
pub async fn save(journey: &str, task: &str, subject: &str, version: u64, typed: &Answers) -> Result<Saving, Halt> {
    let (services, caller) = (services()?, calling()?);
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    save_for(&services, &visitor, journey, task, subject, version, typed).await
}

/// Whether this person may write a draft of the answers of a task now.
#[must_use]
pub fn may_write(journey: &Journey, actor: &Actor, spec: &TaskSpec) -> bool {
    offers::may_write(journey, actor, &spec.id)
}

/// The same for a person who is known already.
///
/// # Errors
/// [`Halt::Missing`] when there is nothing to write for this person.
pub async fn save_for(
    services: &Services,
    visitor: &Visitor,
    journey: &str,
    task: &str,
    subject: &str,
    version: u64,
    typed: &Answers,
) -> Result<Saving, Halt> {
    let loaded = load::load(services, visitor, journey).await?.journey;
    let id: TaskId = task.parse().map_err(|_| Halt::Missing)?;
    let spec = loaded.process.task(&id).ok_or(Halt::Missing)?;
    let offers = offers::offers_on(&loaded, &visitor.actor, &id);
    // A form that was open while somebody sent it: there is no draft any more, and the words must not be lost.
    let sent = if subject.starts_with(verdicts::SUBJECT) {
        let sent = sent::last(services, &loaded, &id).await?;
        sent.as_ref().map(sent::answers_of).transpose()?.unwrap_or_default()
    } else {
        Answers::default()
    };
    let Some(form) = keepable(&loaded, &visitor.actor, spec, &offers, subject, &sent) else {
        return Ok(Saving::Conflict(None));
    };
    let mut kept = match form.keep(typed) {
        Ok(kept) => kept,
        Err(problems) => return Ok(Saving::TooLong(problems)),
    };
    if !book::confirmable(&loaded, kept.one(book::CONFIRMED)) {
        kept.0.remove(book::CONFIRMED);
    }
    // Only a colleague looks after a row.
    let assignee = kept.one(book::ASSIGNEE).to_owned();
    if subject.starts_with(book::SUBJECT) && !assignee.is_empty() {
        let members = services.store.members(&loaded.organisation).await?;
        if !members.iter().any(|member| member.person.as_str() == assignee) {
            kept.0.remove(book::ASSIGNEE);
        }
    }
    let kept = known::own(services, &loaded, spec, &form, kept).await?;
    let draft = Draft {
        task: id.clone(),
        subject: subject.to_owned(),
        version,
        body: kept.to_json(),
        by: visitor.actor.person.clone(),
        at: services.clock.now(),
        sent: false,
    };
    match services.store.save_draft(&loaded.reference, draft.clone(), version).await {
        Ok(version) => Ok(Saving::Saved(version)),
        Err(WriteError::Conflict) => {
            let theirs = services.store.draft(&loaded.reference, &id, subject).await?;
            // The same words of the same person: a second click, nothing to tell.
            match theirs {
                Some(theirs) if theirs.by == draft.by && theirs.body == draft.body => Ok(Saving::Saved(theirs.version)),
                theirs => Ok(Saving::Conflict(theirs)),
            }
        }
        Err(WriteError::Store(error)) => Err(error.into()),
    }
}

/// "Save and come back later".
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "draft/keep")]
pub async fn keep(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] subject: String,
    #[server(default)] version: u64,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let caller = calling()?;
        let typed = Answers(answers);
        let page = paths::task(&encode(&journey), &encode(&task));
        signed_in(&caller, &page, &typed).await?;
        match save(&journey, &task, &subject, version, &typed).await? {
            Saving::Saved(_) => {
                let shorten = too_long(&journey, &task, &subject, &typed).await?;
                let shorten = if shorten.is_empty() { shorten } else { format!(" {shorten} before you send it.") };
                flash::say(
                    &caller,
                    "Your draft is saved",
                    format!("Nothing was sent. You and your colleagues can continue it at any time.{shorten}"),
                );
                Ok(paths::journey(&encode(&journey)))
            }
            unsaved => {
                keep_unsaved(&journey, &page, unsaved, typed).await?;
                Ok(page)
            }
        }
    })
    .await
}

/// Bytes that any question for words takes.
const SHORT: usize = 60;

/// What of a kept draft is too long to be sent, in words; empty when nothing is.
async fn too_long(journey: &str, task: &str, subject: &str, typed: &Answers) -> Result<String, Halt> {
    // Nothing is asked for short words, which is nearly always.
    if typed.0.values().flatten().all(|value| value.len() <= SHORT) {
        return Ok(String::new());
    }
    let (services, caller) = (services()?, calling()?);
    let (Some(visitor), Ok(id)) = (&caller.visitor, task.parse::<TaskId>()) else { return Ok(String::new()) };
    let loaded = load::load(&services, visitor, journey).await?.journey;
    let Some(spec) = loaded.process.task(&id) else { return Ok(String::new()) };
    let offers = offers::offers_on(&loaded, &visitor.actor, &id);
    let form = keepable(&loaded, &visitor.actor, spec, &offers, subject, &Answers::default()).unwrap_or_default();
    Ok(form.too_long(typed).0.into_iter().map(|problem| problem.says).collect::<Vec<_>>().join(". "))
}

/// Tells a writer why their draft was not saved, and keeps their words.
///
/// # Errors
/// When the session cannot be kept.
pub async fn keep_unsaved(journey: &str, page: &str, saving: Saving, typed: Answers) -> Result<(), Halt> {
    unsaved(&services()?, &calling()?, journey, page, saving, typed).await
}

/// The same where services and caller are known already.
///
/// # Errors
/// When the session cannot be kept.
pub async fn unsaved(
    services: &Services,
    caller: &Caller,
    journey: &str,
    page: &str,
    saving: Saving,
    typed: Answers,
) -> Result<(), Halt> {
    let theirs = match saving {
        Saving::Saved(_) => return Ok(()),
        Saving::Conflict(theirs) => theirs,
        Saving::TooLong(Problems(problems)) => {
            let heading = "Your draft was not saved: an answer is too long".to_owned();
            let detail = "Nothing was cut. Your words are below: shorten the answer, then save again.".to_owned();
            return flash::keep(&caller.session, RefusedForm { path: page.to_owned(), heading, detail, problems, typed }).await;
        }
    };
    let names = match journey.parse() {
        Ok(reference) => services.store.names(&reference).await?,
        Err(_) => Default::default(),
    };
    let me = caller.visitor.as_ref().map(|visitor| &visitor.actor.person);
    let heading = match &theirs {
        Some(draft) if me == Some(&draft.by) => {
            format!("You saved this draft in another window at {}", dates::time_of(draft.at))
        }
        Some(draft) => format!("{} saved this draft at {}", wording::who(&names, Some(&draft.by)), dates::time_of(draft.at)),
        None => "Your draft was not saved: this task cannot be written to now".to_owned(),
    };
    let detail = match &theirs {
        Some(_) => {
            "Nothing was overwritten. Your words are in the form below; save again to put them in place of the other draft."
        }
        None => "Nothing was overwritten. Your words are below: copy them if you need them.",
    }
    .to_owned();
    flash::keep(&caller.session, RefusedForm { path: page.to_owned(), heading, detail, problems: Vec::new(), typed }).await
}

/// Saves while typing.
///
/// # Errors
/// Never: a failure is a sentence.
#[server(prefix = "/do", endpoint = "draft/autosave")]
pub async fn autosave(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] subject: String,
    #[server(default)] version: u64,
    #[server(default)] answers: Typed,
) -> Result<Autosaved, ServerFnError> {
    let typed = Answers(answers);
    let mut made = None;
    let says = match save(&journey, &task, &subject, version, &typed).await {
        Ok(Saving::Saved(version)) => {
            made = Some(version);
            let now = services().map(|s| dates::time_of(s.clock.now())).unwrap_or_default();
            let shorten = too_long(&journey, &task, &subject, &typed).await.unwrap_or_default();
            if shorten.is_empty() { format!("Saved {now}") } else { format!("Saved {now}. {shorten} before you send it.") }
        }
        Ok(Saving::TooLong(Problems(problems))) => {
            let says: Vec<String> = problems.into_iter().map(|problem| problem.says).collect();
            format!("Not saved: {}. Your words are on this page only.", says.join(". "))
        }
        Ok(Saving::Conflict(Some(theirs))) => {
            format!("Not saved: a colleague saved this draft at {}. Your words are on this page. Press “Save and come back later” to compare.", dates::time_of(theirs.at))
        }
        Ok(Saving::Conflict(None)) => "Not saved: this was sent meanwhile. Copy your words before you leave the page.".to_owned(),
        Err(Halt::SignIn) => "Not saved: you were signed out. Your words are on this page. Press “Save and come back later” to sign in and keep them.".to_owned(),
        Err(_) => "Not saved. Your words are on this page only. They are tried again when you continue typing.".to_owned(),
    };
    Ok(Autosaved { version: made, says })
}
