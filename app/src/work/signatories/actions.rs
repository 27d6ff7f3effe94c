//! What a group lead does about people who sign by a link: ask them, ask somebody else, remind them, take a request back.

use jiff::{SignedDuration, Timestamp};
use journey::{
    base::{actor::Side, identity::Identity},
    form::{Answers, Problem, Problems},
    ledger::{event::Signatory, journey::Journey, machine::Verb, refusal::Refusal, signing},
    plan::process::TaskSpec,
    port::{
        Letter,
        signatories::{Asked, AskedChange, AskedSince, HowEnded},
    },
    rule::{by_link, command::Command, offers},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, act, signed_in},
        load::load,
        post::{Along, perform_along},
    },
    base::{
        halt::Halt,
        paths,
        said::RefusedForm,
        words::{counted, encode},
    },
    request::{
        flash,
        services::{Services, services},
        visitor::{Visitor, calling},
    },
    work::signatories::{about::About, answer_by, changed, letters, letters::Occasion, new_link, remind_at},
};

/// Between two letters that somebody sends to the same person by hand.
const BETWEEN_REMINDERS: SignedDuration = SignedDuration::from_hours(24);

/// The page of the list, below its task.
pub const PAGE: &str = "signatories";

/// What is wrong with an address that belongs to somebody of the supplier: nobody of it signs for a practice.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn of_the_supplier(services: &Services, journey: &Journey, email: &str) -> Result<Option<String>, Halt> {
    let Some(person) = services.store.person_by_email(email).await? else { return Ok(None) };
    let memberships = services.store.memberships(&person.id).await?;
    // A supplier that uses its product itself signs for itself.
    let supplier =
        memberships.iter().any(|it| it.organisation.id == journey.organisation && it.organisation.side == Side::Supplier);
    Ok(supplier.then(|| format!("{email} belongs to somebody of the supplier, who cannot sign for another organisation")))
}

fn refused(problems: Vec<Problem>) -> Refusal {
    Refusal::Invalid(Problems(problems))
}

/// Who is asked now, by the code of the member: those whose request has not ended.
pub(crate) fn waiting(all: &[AskedSince]) -> impl Iterator<Item = &AskedSince> {
    all.iter().filter(|one| one.ended.is_none())
}

/// Asks people by letter to sign for members: several lines at once, or one from its own fields. Whoever was asked before for the
/// same member is not asked any more, and their links end.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "signatories/ask")]
pub async fn ask_to_sign(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] signatories: String,
    #[server(default)] ods_code: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let one = !ods_code.is_empty();
        let typed = if one {
            Answers::default().with("ods_code", &ods_code).with("name", &name).with("email", &email)
        } else {
            Answers::default().with(by_link::SIGNATORIES, &signatories)
        };
        let page = format!("/tasks/{}/{PAGE}", encode(&task));
        let whole = format!("/journeys/{}{page}", encode(&journey));
        let visitor = signed_in(&caller, &whole, &typed).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let spec = task.parse().ok().and_then(|id| loaded.journey.process.task(&id)).ok_or(Halt::Missing)?;
        let lines =
            if one { by_link::passed_to(&ods_code, &name, &email).map(|line| vec![line]) } else { by_link::read(&signatories) };
        // What cannot be read is told by the same way as every refusal, so that the words come back.
        let lines = match lines {
            Ok(lines) => Ok(strangers_left_out(&services, &loaded.journey, lines).await?),
            Err(problems) => Err(Refusal::Invalid(problems)),
        };
        let lines = lines.and_then(|(lines, problems)| if problems.is_empty() { Ok(lines) } else { Err(refused(problems)) });
        let now = services.clock.now();
        let along = match &lines {
            Ok(lines) if offers::judge(&loaded.journey, &visitor.actor, Verb::AskToSign, &spec.id).is_ok() => {
                letters_to(&services, &visitor, &loaded.journey, spec, lines, now).await?
            }
            _ => Along::default(),
        };
        let wish = ActionRequest {
            journey: journey.clone(),
            task: task.clone(),
            seen: None,
            page: page.clone(),
            typed,
            role: None,
            drafts: Vec::new(),
            instead: String::new(),
            sent: Vec::new(),
        };
        perform_along(
            wish,
            |_, spec| {
                let lines = lines.clone()?;
                let asked = lines
                    .into_iter()
                    .map(|line| Signatory { member: Identity { name: String::new(), ods_code: line.ods_code }, name: line.name });
                Ok(Command::AskToSign { task: spec.ok_or(Refusal::Unknown)?.id.clone(), asked: asked.collect() })
            },
            along,
            |after, events| {
                let count = events.iter().map(|event| match event {
                    journey::ledger::event::Event::AskedToSign { asked, .. } => asked.len(),
                    _ => 0,
                });
                let heading = format!("{} to sign", counted_people(count.sum()));
                let to = paths::signatories(&after.reference, &task);
                (to, heading, "Each gets an email with a link of their own. You see here who has signed.".to_owned())
            },
        )
        .await
    })
    .await
}

fn counted_people(count: usize) -> String {
    if count == 1 { "You asked 1 person".to_owned() } else { format!("You asked {count} people") }
}

/// The lines, and what is wrong with addresses among them.
async fn strangers_left_out(
    services: &Services,
    journey: &Journey,
    lines: Vec<by_link::Line>,
) -> Result<(Vec<by_link::Line>, Vec<Problem>), Halt> {
    let mut problems = Vec::new();
    for line in &lines {
        if let Some(says) = of_the_supplier(services, journey, &line.email).await? {
            problems.push(Problem::new(by_link::SIGNATORIES, format!("{}: {says}", line.ods_code)));
        }
    }
    Ok((lines, problems))
}

/// What is written with the request: who is asked, the links and the letters; and that others are not asked any more.
async fn letters_to(
    services: &Services,
    visitor: &Visitor,
    journey: &Journey,
    spec: &TaskSpec,
    lines: &[by_link::Line],
    now: Timestamp,
) -> Result<Along, Halt> {
    let before = services.store.signatories(&journey.reference, &spec.id).await?;
    let mut along = Along::default();
    let mut known: Option<About> = None;
    for line in lines {
        let Some(member) = journey.group().and_then(|group| group.members.iter().find(|it| it.ods_code == line.ods_code)) else {
            continue;
        };
        for old in waiting(&before).filter(|old| old.asked.member.ods_code == line.ods_code) {
            let (id, reason) = (old.asked.id.clone(), String::new());
            along.signatories.push(AskedChange::Ended { id, how: HowEnded::Replaced, reason, at: now });
        }
        let (link, token) = new_link(services, now);
        let asked = Asked {
            id: services.person_id(),
            journey: journey.reference.clone(),
            task: spec.id.clone(),
            member: member.clone(),
            name: line.name.clone(),
            email: line.email.clone(),
            by: visitor.actor.person.clone(),
            at: now,
            due: answer_by(now),
            letter: letters::id_of(&link),
            sent_at: now,
            remind_at: remind_at(now, 0),
        };
        let about = match &known {
            Some(about) => about.beside(&asked),
            None => About::of(services, journey, spec, &asked).await?,
        };
        along.letters.push(letters::request(services, &about, &asked, (&link, &token), Occasion::First));
        along.signatories.push(AskedChange::Asked { asked, link });
        known = Some(about);
    }
    Ok(along)
}

/// Who may do something about requests that are there, with the journey and everybody who was asked.
async fn allowed(
    journey: &str,
    task: &str,
) -> Result<(Services, std::sync::Arc<Visitor>, crate::act::load::Loaded, &'static TaskSpec, Vec<AskedSince>), Halt> {
    let (services, caller) = (services()?, calling()?);
    let page = format!("/journeys/{}/tasks/{}/{PAGE}", encode(journey), encode(task));
    let visitor = signed_in(&caller, &page, &Answers::default()).await?;
    let loaded = load(&services, &visitor, journey).await?;
    let spec = task.parse().ok().and_then(|id| loaded.journey.process.task(&id)).ok_or(Halt::Missing)?;
    match offers::judge(&loaded.journey, &visitor.actor, Verb::AskToSign, &spec.id) {
        Ok(_) => {}
        Err(Refusal::Unknown) => return Err(Halt::Missing),
        Err(refusal) => {
            let (heading, detail) = refusal.sentence(loaded.journey.process);
            return Err(Halt::NotYours { heading, detail });
        }
    }
    let all = services.store.signatories(&loaded.journey.reference, &spec.id).await?;
    Ok((services, visitor, loaded, spec, all))
}

/// Takes a request back: its links end at once.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "signatories/take-back")]
pub async fn take_request_back(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] ods_code: String,
) -> ActionResult {
    act(async move {
        let (services, _, loaded, spec, all) = allowed(&journey, &task).await?;
        let caller = calling()?;
        let now = services.clock.now();
        let page = paths::signatories(&loaded.journey.reference, &spec.id);
        // Whoever has signed keeps the link with which they can take that back.
        let signed = signing::has_signed_as(&loaded.journey, spec, &ods_code);
        let found = waiting(&all).find(|one| one.asked.member.ods_code == ods_code);
        let Some(one) = found.filter(|_| !signed) else { return Ok(page) };
        let ended = AskedChange::Ended { id: one.asked.id.clone(), how: HowEnded::TakenBack, reason: String::new(), at: now };
        if !changed(&services, &[ended], &[], now).await? {
            flash::say(&caller, "Somebody was faster", "They answered, or passed it on, just now. Look at the list.");
            return Ok(page);
        }
        let says = format!("{} is not asked any more", one.asked.name);
        flash::say(&caller, says, "The links in their emails do not work any more. You can ask somebody else at any time.");
        Ok(page)
    })
    .await
}

/// Reminds everybody who has not signed, or one of them; those who were written to in the last 24 hours are left out.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "signatories/remind")]
pub async fn remind_signatories(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] ods_code: String,
) -> ActionResult {
    act(async move {
        let (services, _, loaded, spec, all) = allowed(&journey, &task).await?;
        let caller = calling()?;
        let now = services.clock.now();
        let page = paths::signatories(&loaded.journey.reference, &spec.id);
        let code = |one: &&AskedSince| one.asked.member.ods_code.clone();
        let unsigned = |one: &&AskedSince| by_link::may_sign(&loaded.journey, spec, &code(one)).is_ok();
        // Whoever took a signature back is reminded only by somebody who means them.
        let back = |one: &&AskedSince| signing::took_back(&loaded.journey, spec, &one.asked.member.ods_code);
        let chosen = |one: &&AskedSince| (ods_code.is_empty() && !back(one)) || one.asked.member.ods_code == ods_code;
        let (mut changes, mut mail, mut recent) = (Vec::new(), Vec::<Letter>::new(), 0);
        for one in waiting(&all).filter(unsigned).filter(chosen) {
            if now.duration_since(one.asked.sent_at) < BETWEEN_REMINDERS {
                recent += 1;
                continue;
            }
            let (change, letter) = written_again(&services, &loaded.journey, spec, one, now, false).await?;
            changes.push(change);
            mail.push(letter);
        }
        let sent = changes.len();
        if sent > 0 && !changed(&services, &changes, &mail, now).await? {
            let detail = "Somebody else reminded one of them, or one of them answered, just now. Nothing was sent: look at the \
                          list, then try again.";
            let kept = RefusedForm {
                path: page.clone(),
                heading: "Somebody was faster".to_owned(),
                detail: detail.to_owned(),
                ..RefusedForm::default()
            };
            flash::keep(&caller.session, kept).await?;
            return Ok(page);
        }
        let left = match recent {
            0 => String::new(),
            1 => "1 was written to in the last 24 hours and is not reminded again yet.".to_owned(),
            many => format!("{many} were written to in the last 24 hours and are not reminded again yet."),
        };
        let heading = if sent == 0 { "Nobody was reminded".to_owned() } else { format!("{} sent", counted(sent, "reminder")) };
        flash::say(&caller, heading, left);
        Ok(page)
    })
    .await
}

/// Another letter to somebody who has not answered, with a link of its own.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn written_again(
    services: &Services,
    journey: &Journey,
    spec: &TaskSpec,
    one: &AskedSince,
    now: Timestamp,
    by_itself: bool,
) -> Result<(AskedChange, Letter), Halt> {
    let (link, token) = new_link(services, now);
    let about = About::of(services, journey, spec, &one.asked).await?;
    let code = &one.asked.member.ods_code;
    let again = one.signed_at.is_some() && !signing::took_back(journey, spec, code);
    let lapsed = signing::organisation_of_member(code).is_some_and(|of| journey.task(&spec.id).lapsed.contains_key(&of));
    let on = if let Some(by) = signing::to_renew_by(journey, spec, code) {
        Occasion::Renew(by)
    } else if again && lapsed {
        Occasion::Lapsed
    } else if again {
        Occasion::Again
    } else {
        Occasion::Reminder
    };
    let letter = letters::request(services, &about, &one.asked, (&link, &token), on);
    let reminders = one.reminders + u32::from(by_itself);
    let change = AskedChange::Sent {
        id: one.asked.id.clone(),
        letter: letters::id_of(&link),
        link,
        before: one.asked.sent_at,
        remind_at: remind_at(now, reminders),
        by_itself,
    };
    Ok((change, letter))
}
