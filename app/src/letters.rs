//! Letters about journeys and accounts: plain text, one link, whose turn it is and by when. They are written into the
//! outbox together with what they are about.

use journey::{
    actor::{Role, Side},
    calendar,
    event::{Event, Recorded},
    ids::{OrganisationId, Seq},
    journey::Journey,
    overview,
    port::{Letter, StoreError},
    process::Settle,
};

use crate::{design::dates, services::Services};

const FOOT: &str =
    "\n\nYou get this letter because you have a part in this at GP Connect onboarding. Please do not reply to it.\n";

/// What somebody did, as the middle of a sentence: "Ruth Delaney **returned this with findings** at 10:04".
#[must_use]
pub fn did(event: &Event) -> &'static str {
    match event {
        Event::Opened { .. } => "opened the journey",
        Event::Started { .. } => "started work on this",
        Event::Submitted { .. } => "submitted this",
        Event::Approved { .. } => "approved this",
        Event::Returned { .. } => "returned this with findings",
        Event::Refused { .. } => "refused this",
        Event::Acknowledged { .. } => "answered this",
        Event::Issued { .. } => "issued this",
        Event::Signed { .. } => "signed this",
        Event::WaiverProposed { .. } => "proposed to do without this",
        Event::WaiverConfirmed { .. } => "agreed to do without this",
        Event::WaiverDeclined { .. } => "did not agree to do without this",
        Event::Reopened { .. } => "opened this again",
        Event::Lapsed { .. } => "let this lapse",
        Event::Rescoped { .. } => "chose other capabilities",
        Event::Joined { .. } => "added an organisation",
        Event::Left { .. } => "took back the part of an organisation",
        Event::SiteLive { .. } => "recorded a site",
        Event::SiteTakenBack { .. } => "took a site back",
        Event::WentLive => "took the journey live",
        Event::Withdrawn { .. } => "withdrew the journey",
        Event::Resumed { .. } => "resumed the journey",
    }
}

/// The letters that follow from what was just recorded. `journey` is as it is afterwards, `before` as it was.
///
/// # Errors
/// When the addresses cannot be read.
pub async fn about(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &[Recorded],
) -> Result<Vec<Letter>, StoreError> {
    let mut letters = turns(services, before, journey, recorded).await?;
    for event in recorded {
        let Some(note) = note_of(services, journey, event) else { continue };
        let organisation = (note.side == Side::Supplier).then_some(&journey.organisation);
        for (person, address) in services.store.addresses(organisation, &note.roles).await? {
            // Nobody needs a letter about what they did themselves, except the receipt.
            if !note.receipt && event.by.as_ref().is_some_and(|by| by.person == person) {
                continue;
            }
            letters.push(Letter {
                id: format!("{}-{}-{person}", journey.reference, event.seq),
                to: address,
                subject: note.subject.clone(),
                body: format!("Hello,\n\n{}\n\n{}{FOOT}", note.text, note.link),
            });
        }
        letters.extend(receipt(services, journey, event).await?);
        if let Event::Joined { organisation, .. } = &event.event {
            letters.extend(joined(services, journey, event.seq, organisation).await?);
        }
    }
    Ok(letters)
}

/// Those whose turn it has become by this. What was submitted to the programme or returned to the supplier has a letter
/// of its own, so these are the turns to issue and to sign, and every turn of the end users and the commissioner.
async fn turns(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &[Recorded],
) -> Result<Vec<Letter>, StoreError> {
    let Some(last) = recorded.last() else { return Ok(Vec::new()) };
    let was = overview::overview(before).turns;
    let mut letters = Vec::new();
    for turn in overview::overview(journey).turns {
        let Some(spec) = journey.process.task(&turn.task) else { continue };
        let told = was.iter().any(|old| old.task == turn.task && old.roles == turn.roles && old.round == turn.round);
        let theirs = matches!(turn.side, Side::EndUser | Side::Commissioner);
        let asked = turn.awaited && matches!(spec.settle, Settle::ByIssue | Settle::BySignatures);
        if told || !(theirs || asked) {
            continue;
        }
        let organisations: Vec<Option<OrganisationId>> = match turn.side {
            Side::Supplier => vec![Some(journey.organisation.clone())],
            Side::EndUser | Side::Commissioner => {
                journey.parties().filter(|(_, side)| *side == turn.side).map(|(id, _)| Some(id.clone())).collect()
            }
            _ => vec![None],
        };
        let product = &journey.opening.product;
        for organisation in organisations {
            for (person, to) in services.store.addresses(organisation.as_ref(), &turn.roles).await? {
                if last.by.as_ref().is_some_and(|by| by.person == person) {
                    continue;
                }
                letters.push(Letter {
                    id: format!("{}-{}-turn-{}-{person}", journey.reference, last.seq, turn.task),
                    to,
                    subject: format!("{product}: {} waits for you ({})", spec.label, journey.reference),
                    body: format!(
                        "Hello,\n\nIt is your turn: “{}” for {product}.\n\n{}/journeys/{}/tasks/{}{FOOT}",
                        spec.label, services.base_url, journey.reference, turn.task
                    ),
                });
            }
        }
    }
    Ok(letters)
}

/// An organisation whose people are here already learns that it has a part.
async fn joined(
    services: &Services,
    journey: &Journey,
    seq: Seq,
    organisation: &OrganisationId,
) -> Result<Vec<Letter>, StoreError> {
    let roles = [Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson, Role::Commissioner];
    let people = services.store.addresses(Some(organisation), &roles).await?;
    let product = &journey.opening.product;
    let letter = |(person, to): (journey::ids::PersonId, String)| Letter {
        id: format!("{}-{seq}-joined-{person}", journey.reference),
        to,
        subject: format!("{product}: your organisation has a part ({})", journey.reference),
        body: format!(
            "Hello,\n\nYour organisation has a part in the journey of {product} to GP Connect. You see there what is asked of you.\n\n{}/journeys/{}{FOOT}",
            services.base_url, journey.reference
        ),
    };
    Ok(people.into_iter().map(letter).collect())
}

struct Note {
    side: Side,
    roles: Vec<Role>,
    receipt: bool,
    subject: String,
    text: String,
    link: String,
}

fn link(services: &Services, journey: &Journey, event: &Event) -> String {
    let task = event.task().map(|task| {
        let shown =
            journey.process.reviewer_of(task).filter(|_| matches!(event, Event::Submitted { .. })).map_or(task, |r| &r.id);
        format!("/tasks/{shown}")
    });
    format!("{}/journeys/{}{}", services.base_url, journey.reference, task.unwrap_or_default())
}

fn note_of(services: &Services, journey: &Journey, recorded: &Recorded) -> Option<Note> {
    let product = &journey.opening.product;
    let label = recorded.event.task().map_or("", |task| journey.process.label(task));
    let supplier = vec![Role::OnboardingLead];
    let note = |side: Side, roles: Vec<Role>, subject: String, text: String| {
        Some(Note {
            side,
            roles,
            receipt: false,
            subject: format!("{subject} ({})", journey.reference),
            text,
            link: link(services, journey, &recorded.event),
        })
    };
    let to_supplier = |subject: String, text: String| note(Side::Supplier, supplier.clone(), subject, text);
    match &recorded.event {
        Event::Submitted { task, round, .. } => {
            let spec = journey.process.reviewer_of(task).or_else(|| journey.process.task(task))?;
            if spec.decide.is_empty() {
                return None;
            }
            let standing = journey.standing(&spec.id);
            let due = overview::turn(journey, spec, &standing).and_then(|turn| turn.due);
            let by = due.map_or_else(String::new, |due| format!(" An answer is due on {}.", dates::date(due)));
            note(
                Side::Programme,
                spec.decide.clone(),
                format!("{product}: {} waits for you", spec.label),
                format!("The supplier of {product} submitted round {round} of “{label}”.{by}"),
            )
        }
        Event::Approved { note: words, .. } => to_supplier(
            format!("{product}: {label}, approved"),
            with_words(format!("NHS England approved “{label}” for {product}."), words),
        ),
        Event::Returned { findings, .. } => to_supplier(
            format!("{product}: changes requested"),
            format!(
                "It is your turn. NHS England returned “{label}” with {}. What was accepted stays accepted.",
                counted(findings.len(), "finding")
            ),
        ),
        Event::Refused { reason, .. } => to_supplier(
            format!("{product}: {label}, refused"),
            with_words(format!("NHS England refused “{label}” for {product}."), reason),
        ),
        Event::Acknowledged { note: words, .. } => {
            to_supplier(format!("{product}: {label}, answered"), with_words(format!("NHS England answered “{label}”."), words))
        }
        Event::Issued { note: words, .. } => to_supplier(
            format!("{product}: {label}"),
            with_words(format!("NHS England completed “{label}” for {product}."), words),
        ),
        Event::Signed { name, role, .. } => to_supplier(
            format!("{product}: {label}, signed"),
            format!("{name} ({}) signed “{label}”.", role.title().to_lowercase()),
        ),
        Event::WaiverProposed { reason, .. } => note(
            Side::Programme,
            vec![Role::ProgrammeLead],
            format!("{product}: do without “{label}”?"),
            with_words(format!("Somebody proposed to do without “{label}” for {product}. A programme lead decides."), reason),
        ),
        Event::WaiverConfirmed { .. } => {
            to_supplier(format!("{product}: {label}, not needed"), format!("A second person agreed to do without “{label}”."))
        }
        Event::WaiverDeclined { reason, .. } => to_supplier(
            format!("{product}: {label} stays in the plan"),
            with_words(format!("The proposal to do without “{label}” was not agreed."), reason),
        ),
        Event::Reopened { reason, .. } => to_supplier(
            format!("{product}: {label}, open again"),
            with_words(format!("“{label}” was opened again. Your work is kept."), reason),
        ),
        Event::Lapsed { .. } => to_supplier(
            format!("{product}: the approval lapsed"),
            format!("“{label}” lapsed because development had not started. Your use case is kept: check it and submit it again."),
        ),
        Event::WentLive => {
            to_supplier(format!("{product} is live"), format!("{product} is live. Every step is kept in its history."))
        }
        Event::Resumed { reason } => {
            to_supplier(format!("{product}: resumed"), with_words("The journey goes on.".to_owned(), reason))
        }
        Event::Withdrawn { reason } => note(
            Side::Programme,
            vec![Role::ProgrammeLead],
            format!("{product}: withdrawn"),
            with_words(format!("The supplier withdrew {product}."), reason),
        ),
        Event::SiteLive { .. } | Event::SiteTakenBack { .. } | Event::Left { .. } => None,
        Event::Opened { .. } | Event::Started { .. } | Event::Rescoped { .. } | Event::Joined { .. } => None,
    }
}

/// Whoever sends something to the programme gets a receipt: what, when, by when an answer is due, how to ask.
async fn receipt(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Letter>, StoreError> {
    let (Event::Submitted { task, round, .. }, Some(by)) = (&recorded.event, &recorded.by) else { return Ok(Vec::new()) };
    let Some(spec) = journey.process.reviewer_of(task).or_else(|| journey.process.task(task)).filter(|s| !s.decide.is_empty())
    else {
        return Ok(Vec::new());
    };
    let Some(person) = services.store.person(&by.person).await? else { return Ok(Vec::new()) };
    let standing = journey.standing(&spec.id);
    let due = overview::turn(journey, spec, &standing).and_then(|turn| turn.due);
    let due = due.map_or_else(
        || "It is NHS England's turn.".to_owned(),
        |due| format!("It is NHS England's turn. Expect an answer by {}.", dates::date(due)),
    );
    Ok(vec![Letter {
        id: format!("{}-{}-receipt", journey.reference, recorded.seq),
        to: person.email,
        subject: format!("Received: {} ({})", journey.process.label(task), journey.reference),
        body: format!(
            "Hello {},\n\nWe received round {round} of “{}” for {} on {}.\n{due}\n\nYour reference is {}.\n\n{}{FOOT}",
            person.name,
            journey.process.label(task),
            journey.opening.product,
            dates::date(calendar::date_of(recorded.at)),
            journey.reference,
            link(services, journey, &Event::Started { task: task.clone() }),
        ),
    }])
}

fn with_words(text: String, words: &str) -> String {
    if words.is_empty() { text } else { format!("{text}\n\nIn their words:\n{words}") }
}

/// "1 finding", "3 findings".
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// A letter about an account. `id` makes it one letter however often it is written.
#[must_use]
pub fn account(id: String, to: &str, subject: &str, text: &str, link: &str) -> Letter {
    Letter {
        id,
        to: to.to_owned(),
        subject: subject.to_owned(),
        body: format!(
            "Hello,\n\n{text}\n\n{link}\n\nIf you did not expect this letter you can ignore it: nothing happens without the link.\n"
        ),
    }
}
