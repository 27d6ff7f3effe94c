//! What is done to sites: prepared step by step, recorded as live, corrected, checked, suspended, taken back; and to the conditions
//! of an approval.
//!
//! Long because every action on sites is here, each of a few lines.

use std::sync::Arc;

use journey::{
    form::Answers,
    ledger::{event::Event, journey::Journey, machine::Verb, refusal::Refusal, site::Step},
    plan::capability::Capability,
    rule::{
        command::Command,
        go_live::{self, Sent},
        offers,
    },
    task::go_live as forms,
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, Typed, act, signed_in},
        load::load,
        post::perform,
    },
    base::{
        dates,
        halt::Halt,
        paths,
        words::{counted, encode},
    },
    desk::actions::{id_of, stay, wish},
    request::{
        services::services,
        visitor::{Visitor, calling},
    },
    work::go_live::planned::sent_of,
};

/// Whoever records something at sites, and what was sent that the sites are held against.
async fn held_against(wish: &ActionRequest) -> Result<(Arc<Visitor>, Sent), Halt> {
    let (services, caller) = (services()?, calling()?);
    let page = format!("{}{}", paths::journey(&encode(&wish.journey)), wish.page);
    let visitor = signed_in(&caller, &page, &wish.typed).await?;
    let sent = sent_of(&services, &load(&services, &visitor, &wish.journey).await?.journey).await?;
    Ok((visitor, sent))
}

/// Records that a site is live, or corrects it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/record-site")]
pub async fn record_site(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        let wish = wish(&journey, &task, seen, typed.clone());
        let (_, sent) = held_against(&wish).await?;
        perform(
            wish,
            |journey, spec| {
                let site = go_live::site(journey, &typed).map_err(Refusal::Invalid)?;
                Ok(Command::RecordSite { task: id_of(spec)?, site, sent: sent.clone() })
            },
            |after, events| {
                let heading = match events.first() {
                    Some(Event::SiteLive { site, .. }) => {
                        format!("{} is recorded as live since {}", site.name, dates::date(site.live_on))
                    }
                    _ => "The site is recorded".to_owned(),
                };
                stay(after, events, heading)
            },
        )
        .await
    })
    .await
}

/// Takes a recorded site back.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/take-back-site")]
pub async fn take_back_site(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] ods_code: String,
    #[server(default)] reason: String,
) -> ActionResult {
    let typed = Answers::default().with("reason", &reason).with("form", "take-back");
    act(perform(
        at(wish(&journey, &task, seen, typed), &ods_code),
        |_, spec| Ok(Command::TakeBackSite { task: id_of(spec)?, ods_code: ods_code.clone(), reason: reason.clone() }),
        |after, events| stay(after, events, "The site is taken back. Its record stays in the history".to_owned()),
    ))
    .await
}

/// A refused form about one site comes back on the page of that site.
fn at(mut wish: ActionRequest, ods_code: &str) -> ActionRequest {
    if !ods_code.is_empty() {
        wish.page = format!("{}/{}", wish.page, encode(&ods_code.to_lowercase()));
    }
    wish
}

/// Back on the page of a site, or of all of them.
fn back_at(after: &Journey, events: &[Event], heading: String, ods_code: &str) -> (String, String, String) {
    let (mut to, heading, text) = stay(after, events, heading);
    if !ods_code.is_empty() {
        to = format!("{to}/{}", encode(&ods_code.to_lowercase()));
    }
    (to, heading, text)
}

/// Records that a step is done at sites. `from` is the site on whose page the form stood; empty on the list of all.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/record-step")]
pub async fn record_step(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] from: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        let wish = at(wish(&journey, &task, seen, typed.clone()), &from);
        let (visitor, sent) = held_against(&wish).await?;
        perform(
            wish,
            |journey, spec| {
                let task = id_of(spec)?;
                // Whoever may record none reads why, and not what is wrong with the form.
                offers::judge(journey, &visitor.actor, Verb::RecordStep, &task)?;
                let steps = spec.map(|spec| go_live::steps_of(journey, spec, &visitor.actor)).unwrap_or_default();
                let done = go_live::read_step(journey, &steps, &typed).map_err(Refusal::Invalid)?;
                Ok(Command::RecordStep { task, done, sent: sent.clone() })
            },
            |after, events| {
                let heading = match events.first() {
                    Some(Event::SiteStep { step, sites, .. }) => {
                        format!("“{}” is recorded at {}", step.title(), counted(sites.len(), "site"))
                    }
                    _ => "It is recorded".to_owned(),
                };
                back_at(after, events, heading, &from)
            },
        )
        .await
    })
    .await
}

/// Takes back that a step is done at sites.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/take-back-step")]
pub async fn take_back_step(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] from: String,
    #[server(default)] step: String,
    #[server(default)] reason: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    let answers = Answers(answers);
    let (capabilities, codes) = (named(&answers), answers.many(forms::TICKED).to_vec());
    act(perform(
        at(wish(&journey, &task, seen, Answers::default().with("reason", &reason)), &from),
        |_, spec| {
            let Some(step) = Step::named(&step) else { return Err(Refusal::problem("step", "Select what is not done")) };
            let (capabilities, sites) = (capabilities.clone(), codes.clone());
            Ok(Command::TakeBackStep { task: id_of(spec)?, step, capabilities, sites, reason: reason.clone() })
        },
        |after, events| back_at(after, events, "It is taken back. What was recorded stays in the history".to_owned(), &from),
    ))
    .await
}

fn named(answers: &Answers) -> Vec<Capability> {
    answers.many("capabilities").iter().filter_map(|name| Capability::named(name)).collect()
}

/// Suspends capabilities at a site.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/suspend-site")]
pub async fn suspend_site(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] ods_code: String,
    #[server(default)] reason: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    let capabilities = named(&Answers(answers));
    let typed = Answers::default().with("reason", &reason).with("form", "suspend");
    act(perform(
        at(wish(&journey, &task, seen, typed), &ods_code),
        |_, spec| {
            let (capabilities, reason) = (capabilities.clone(), reason.clone());
            Ok(Command::SuspendSite { task: id_of(spec)?, ods_code: ods_code.clone(), capabilities, reason })
        },
        |after, events| {
            back_at(after, events, "The product is suspended here. Everybody concerned is told".to_owned(), &ods_code)
        },
    ))
    .await
}

/// Lets capabilities go on that are suspended at a site.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/resume-site")]
pub async fn resume_site(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] ods_code: String,
    #[server(default)] reason: String,
) -> ActionResult {
    let typed = Answers::default().with("reason", &reason).with("form", "resume");
    act(perform(
        at(wish(&journey, &task, seen, typed), &ods_code),
        |_, spec| {
            let (ods_code, reason) = (ods_code.clone(), reason.clone());
            Ok(Command::ResumeSite { task: id_of(spec)?, ods_code, capabilities: Vec::new(), reason })
        },
        |after, events| back_at(after, events, "The product is resumed here. Everybody concerned is told".to_owned(), &ods_code),
    ))
    .await
}

/// Records what an early check at a live site showed.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/check-site")]
pub async fn check_site(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] ods_code: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    let answers = Answers(answers);
    act(perform(
        at(wish(&journey, &task, seen, answers.clone()), &ods_code),
        |_, spec| Ok(Command::CheckSite { task: id_of(spec)?, ods_code: ods_code.clone(), answers: answers.clone() }),
        |after, events| back_at(after, events, "The early check is recorded".to_owned(), &ods_code),
    ))
    .await
}

/// Says that a condition of an approval is met.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/close-condition")]
pub async fn close_condition(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] field: String,
    #[server(default)] role: String,
    #[server(default)] note: String,
) -> ActionResult {
    let typed = Answers::default().with("note", &note).with("field", &field);
    let mut wish = wish(&journey, &task, seen, typed);
    wish.role = role.parse().ok();
    act(perform(
        wish,
        |_, spec| {
            let field = field.parse().map_err(|_| Refusal::AlreadyDone)?;
            Ok(Command::CloseCondition { task: id_of(spec)?, field, note: note.clone() })
        },
        |after, events| stay(after, events, "The condition is closed".to_owned()),
    ))
    .await
}
