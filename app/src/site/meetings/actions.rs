//! Proposing a meeting, and answering about one.

use journey::{
    form::{Answers, Problems},
    ledger::{journey::Journey, refusal::Refusal},
    port::WriteError,
    rule::{
        meeting::{Act, MOST_MEETINGS, Meeting, may_see},
        meeting_form,
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act, signed_in},
        load::load,
    },
    base::{dates, halt::Halt, paths, said::RefusedForm, words::encode},
    request::{flash, services::services, visitor::calling},
    site::meetings::{new::task_of, tell, words},
};

fn refused(page: &str, heading: &str, detail: String, typed: Answers) -> RefusedForm {
    RefusedForm { path: page.to_owned(), heading: heading.to_owned(), detail, problems: Vec::new(), typed }
}

/// A refusal as its page shows it.
fn not_done(page: &str, journey: &Journey, refusal: Refusal, typed: Answers) -> Result<RefusedForm, Halt> {
    match refusal {
        Refusal::Unknown => Err(Halt::Missing),
        Refusal::Invalid(Problems(problems)) => Ok(RefusedForm {
            problems,
            ..refused(page, "There is a problem", "Nothing has been sent. Your words are kept below.".to_owned(), typed)
        }),
        Refusal::NothingToDo => Ok(refused(
            page,
            "This cannot be done about the meeting any more",
            "See below how it stands. What you wrote was not sent and is kept.".to_owned(),
            typed,
        )),
        other => {
            let (heading, detail) = other.sentence(journey.process);
            Ok(refused(page, &heading, format!("{detail} Your words are kept below."), typed))
        }
    }
}

/// Proposes a meeting.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "meetings/propose")]
pub async fn propose(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] meeting: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let about = (!task.is_empty()).then(|| encode(&task));
        let page = paths::new_meeting(&encode(&journey), about.as_ref().map(|task| task as &dyn std::fmt::Display));
        let typed = Answers(answers).with("meeting", &meeting);
        let visitor = signed_in(&caller, &page, &typed).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let journey = &loaded.journey;
        let (task, id) = (task_of(journey, &task)?, meeting.parse().map_err(|_| Halt::Missing)?);
        let now = services.clock.now();
        let (with, about, step) = match meeting_form::propose(journey, &visitor.actor, task.as_ref(), &typed, now) {
            Ok(proposed) => proposed,
            Err(refusal) => {
                flash::keep(&caller.session, not_done(&page, journey, refusal, typed)?).await?;
                return Ok(page);
            }
        };
        if services.store.meetings(&journey.reference).await?.len() >= MOST_MEETINGS {
            let detail = format!("A journey has room for {MOST_MEETINGS} meetings. Agree on further ones in its messages. Your words are kept below.");
            flash::keep(&caller.session, refused(&page, "No more meetings can be proposed", detail, typed)).await?;
            return Ok(page);
        }
        let mut met = Meeting { id, task, from: step.side, with, about, steps: vec![step] };
        let notices = tell::about(&services, journey, &visitor, &met).await?;
        met.steps[0].told = u32::try_from(notices.len()).unwrap_or(u32::MAX);
        let to = paths::meeting(&journey.reference, &met.id);
        match services.store.propose_meeting(&journey.reference, &met, &notices).await {
            Ok(()) => {
                tracing::info!(journey = %journey.reference, person = %visitor.actor.person, "a meeting was proposed");
                let text = format!("{} was told. You are told when they answer.", journey::base::text::capital(&words::side(journey, with)));
                flash::say(&caller, "The meeting is proposed", text);
            }
            Err(WriteError::Conflict) => {
                let there = services.store.meetings(&journey.reference).await?;
                let mine = there.iter().any(|one| one.id == met.id && one.steps[0].by.person == visitor.actor.person);
                if !mine {
                    // An id that is somebody else's: only a form that is not ours sends it. The next one has a new id.
                    let detail = "Send it again. Your words are kept below.".to_owned();
                    let kept = refused(&page, "The meeting has not been proposed yet", detail, typed.with("meeting", ""));
                    flash::keep(&caller.session, kept).await?;
                    return Ok(page);
                }
                flash::say(&caller, "You have already proposed this meeting", "It was sent once. Nobody was told twice.");
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        Ok(to)
    })
    .await
}

/// Chooses a time, offers others, says no, asks for another time, or cancels.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "meetings/answer")]
pub async fn answer(
    #[server(default)] journey: String,
    #[server(default)] meeting: String,
    #[server(default)] deed: String,
    #[server(default)] seen: usize,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let page = paths::meeting(&encode(&journey), &encode(&meeting));
        let typed = Answers(answers).with("act", &deed);
        let visitor = signed_in(&caller, &page, &typed).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let journey = &loaded.journey;
        let deed = Act::named(&deed).ok_or(Halt::Missing)?;
        let find = |all: Vec<Meeting>| all.into_iter().find(|one| one.id.as_str() == meeting);
        let there = find(services.store.meetings(&journey.reference).await?);
        let mut met = there.filter(|one| may_see(journey, &visitor.actor, one)).ok_or(Halt::Missing)?;
        if met.steps.len() != seen {
            return somebody_was_faster(&caller, page, &met, (deed, &visitor.actor.person), typed).await;
        }
        let now = services.clock.now();
        let step = match meeting_form::answer(journey, &visitor.actor, &met, deed, &typed, now) {
            Ok(step) => step,
            Err(refusal) => {
                flash::keep(&caller.session, not_done(&page, journey, refusal, typed)?).await?;
                return Ok(page);
            }
        };
        let side = step.side;
        met.steps.push(step);
        let notices = tell::about(&services, journey, &visitor, &met).await?;
        let Some(step) = met.steps.last_mut() else { return Err(Halt::Missing) };
        step.told = u32::try_from(notices.len()).unwrap_or(u32::MAX);
        match services.store.answer_meeting(&journey.reference, &met.id, seen, step, &notices).await {
            Ok(()) => {
                tracing::info!(journey = %journey.reference, person = %visitor.actor.person, act = deed.name(), "a meeting was answered");
                let other = journey::base::text::capital(&words::side(journey, met.other(side)));
                let (heading, text) = match deed {
                    Act::Agreed => ("The meeting is agreed", format!("{other} was told. Download it for your calendar below.")),
                    Act::Proposed | Act::Others => ("Your times are offered", format!("{other} was told. You are told when they answer.")),
                    Act::Declined if met.agreed().is_some() => ("The meeting stays as it was agreed", format!("{other} was told.")),
                    Act::Declined => ("The meeting is declined", format!("{other} was told why.")),
                    Act::Moved => ("You asked for another time", format!("{other} was told. The meeting stays as agreed until they choose.")),
                    Act::Cancelled => ("The meeting is cancelled", format!("{other} was told why.")),
                };
                flash::say(&caller, heading, text);
                Ok(page)
            }
            Err(WriteError::Conflict) => {
                let now_there = find(services.store.meetings(&journey.reference).await?).ok_or(Halt::Missing)?;
                somebody_was_faster(&caller, page, &now_there, (deed, &visitor.actor.person), typed).await
            }
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// Something was done about the meeting since the page was opened: by the same person, who clicked twice, or by somebody else.
async fn somebody_was_faster(
    caller: &crate::request::visitor::Caller,
    page: String,
    met: &Meeting,
    (deed, person): (Act, &journey::base::ids::PersonId),
    typed: Answers,
) -> Result<String, Halt> {
    let Some(last) = met.steps.last() else { return Err(Halt::Missing) };
    let said = meeting_form::field(deed, "words");
    if last.by.person == *person && last.act == deed && last.words == typed.one(&said).trim() {
        flash::say(caller, "You have already sent this", "It was recorded once. Nobody was told twice.");
        return Ok(page);
    }
    let detail = format!(
        "{} {} on {}. Nothing of yours was sent; what you wrote is kept.",
        last.name,
        words::did(last),
        dates::moment(last.at)
    );
    flash::keep(&caller.session, refused(&page, "Somebody was faster", detail, typed)).await?;
    Ok(page)
}
