//! The certificate as a page: number, facts, what it does not say, what ends it. The facts are those that were kept when it
//! was issued; of a certificate that an earlier release issued, what the ledger and the submissions tell.

use journey::{
    base::{
        calendar,
        identity::Identity,
        ids::{Digest, Round, TaskId},
    },
    form::{self, Answers},
    ledger::{
        event::{Event, Recorded},
        identity::identity_at,
        journey::Journey,
        machine::Verb,
        names,
        standing::Standing,
    },
    plan::{certificates, process::TaskSpec},
    rule::{
        certificate::{self, CertificateNumber, Facts},
        offers,
    },
    task::testing,
};
use leptos::prelude::*;

use crate::{
    act::{sent, wording},
    base::{dates, halt::Halt, paths, words},
    design::{StandingTag, SummaryRow},
    desk::context::TaskContext,
    request::services::Services,
};

/// The event that issued the certificate that a task has now: it is shown also while it is checked again. `None` where there is
/// none, or the task was opened again.
#[must_use]
pub fn issued<'a>(journey: &Journey, history: &'a [Recorded], spec: &TaskSpec) -> Option<&'a Recorded> {
    if !matches!(journey.standing(&spec.id), Standing::Settled | Standing::CheckAgain { .. }) {
        return None;
    }
    let of_task = |recorded: &&Recorded| matches!(&recorded.event, Event::Issued { task, .. } | Event::Approved { task, .. } if *task == spec.id);
    history.iter().rev().find(of_task)
}

/// The answers of one round of a task, if its words are what they were.
async fn answers(
    services: &Services,
    journey: &Journey,
    task: &TaskId,
    round: Round,
    digest: &Digest,
) -> Result<Option<Answers>, Halt> {
    let then = sent::round(services, journey, task, round).await?.filter(|then| then.digest == *digest);
    then.as_ref().map(sent::answers_of).transpose()
}

/// The facts as they were kept; of an issue of before, as the ledger tells them.
///
/// # Errors
/// When they cannot be read, or are not what was issued.
pub async fn facts(
    services: &Services,
    journey: &Journey,
    history: &[Recorded],
    spec: &TaskSpec,
    issued: &Recorded,
) -> Result<Facts, Halt> {
    let store = &services.store;
    let (team, note, digest) = match &issued.event {
        Event::Issued { role, note, facts, .. } | Event::Approved { role, note, facts, .. } => (*role, note, facts),
        _ => return Err(Halt::Missing),
    };
    if let Some(digest) = digest {
        let text = store.text(digest).await?.filter(|text| Digest::of(text.as_bytes()) == *digest);
        let text = text.ok_or_else(|| Halt::Fault(format!("the facts of entry {} are not what was issued", issued.seq)))?;
        return serde_json::from_str(&text).map_err(|error| Halt::Fault(format!("facts {digest}: {error}")));
    }
    let today = certificate::facts(journey, spec, team, note).and_then(|text| serde_json::from_str(&text).ok());
    let mut facts: Facts = today.ok_or_else(|| Halt::Fault(format!("{} leaves no certificate", spec.id)))?;
    facts.conditions.clone_from(note);
    // Ledgers of before do not always say who the supplier is; the name of today is then the best that is known.
    facts.supplier = match identity_at(history, &journey.organisation, issued.seq) {
        Some(identity) => Some(identity),
        None => store.organisation(&journey.organisation).await?.map(|organisation| organisation.identity()),
    };
    Ok(facts)
}

/// The certificate, when one was issued and nobody opened the task again.
///
/// # Errors
/// When the facts or a submission cannot be read.
pub async fn view(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    let journey = desk.journey();
    let issued = issued(journey, &desk.loaded.history, desk.spec);
    let Some((kind, issued)) = certificates::kind(desk.spec).zip(issued) else { return Ok(None) };
    let number = CertificateNumber::of(kind, &journey.reference, issued.seq).to_string();
    let facts = facts(&desk.context.services, journey, &desk.loaded.history, desk.spec, issued).await?;
    let listed = listed(rows(&desk.context.services, journey, &facts).await?);
    let by = issued.by.as_ref().map(|by| desk.who(&by.person)).unwrap_or_default();
    let (class, doubted) = match &desk.record().stopped {
        Some(stopped) if stopped.withdrawn => {
            ("gpc-cert gpc-cert--ended", Some(("nhsuk-tag nhsuk-tag--red", "Withdrawn", " It never counts again.")))
        }
        Some(_) => (
            "gpc-cert gpc-cert--doubted",
            Some(("nhsuk-tag nhsuk-tag--orange", "Suspended", " It does not count until it is reinstated.")),
        ),
        None if desk.record().expired.is_some() => (
            "gpc-cert gpc-cert--ended",
            Some(("nhsuk-tag nhsuk-tag--red", "Expired", " It does not count any more. NHS England can issue another.")),
        ),
        None if matches!(desk.standing, Standing::CheckAgain { .. }) => (
            "gpc-cert gpc-cert--doubted",
            Some(("nhsuk-tag nhsuk-tag--yellow", "Check again", " It does not count while it is being checked again.")),
        ),
        None => ("gpc-cert", None),
    };
    let doubted = doubted.map(|(tag, word, says)| view! { <p><strong class=tag>{word}</strong>{says}</p> });
    let team = facts.team.title().to_lowercase();
    let until = facts.last_day(issued.at);
    // It keeps the names that it was issued to; what they became since stands beside them.
    let supplier = facts.supplier.as_ref().and_then(|then| wording::now_called(journey, &journey.organisation, then));
    let supplier = supplier.map(|now| format!("The supplier is called {now} now."));
    let product = &journey.opening.product;
    let renamed = names::product_at(&desk.loaded.history, issued.seq).is_some_and(|then| then != product);
    let product = renamed.then(|| format!("The product is called {product} now."));
    let renamed: Vec<String> = supplier.into_iter().chain(product).collect();
    Ok(Some(
        view! {
            <article class=class aria-labelledby="certificate">
                <h2 class="nhsuk-heading-m" id="certificate">{facts.title.clone()}</h2>
                <p class="gpc-cert__number gpc-mono">{number.clone()}</p>
                {doubted}
                <dl class="nhsuk-summary-list">
                    {listed}
                    {until.map(|day| view! { <SummaryRow key="Valid until" value=dates::date(day) /> })}
                    <SummaryRow key="Issued" value=format!("{} by {by}, NHS England, {team}", dates::date(calendar::date_of(issued.at))) />
                    <SummaryRow key="Place in the history" value=format!("Entry {}, digest {}", issued.seq, issued.digest) />
                </dl>
                {(!renamed.is_empty()).then(|| view! { <p class="gpc-meta">{renamed.join(" ")}</p> })}
                <p>{facts.not.clone()}</p>
                <p>{facts.ends.clone()}</p>
                <p><a href=paths::certificate_file(&journey.reference, &desk.spec.id) download="">"Download the certificate (PDF)"</a></p>
                <p>"Anybody can check by its number whether it is still valid: "<a href=paths::certificate(&number)>{format!("check {number}")}</a>"."</p>
            </article>
        }
        .into_any(),
    ))
}

/// What a certificate says, in rows: of one that was issued as of one that would be.
///
/// # Errors
/// When the record of a test stage cannot be read.
pub async fn rows(services: &Services, journey: &Journey, facts: &Facts) -> Result<Vec<(&'static str, String)>, Halt> {
    let mut tests = Vec::new();
    let mut providers = Vec::new();
    for (task, round, digest) in &facts.stages {
        let Some(answers) = answers(services, journey, task, *round, digest).await? else { continue };
        let day = |field: &str| form::day(answers.one(field)).map_or_else(|_| String::new(), dates::date);
        tests.push(format!(
            "{}: {} to {}, product version {}",
            journey.process.task(task).map_or("Test environment", testing::environment),
            day("from"),
            day("to"),
            answers.one("version")
        ));
        providers.extend(testing::passed_with(&answers).into_iter().map(str::to_owned));
    }
    let scal = facts.scal.as_ref().map(|(edition, round, _)| format!("Version {edition}, round {round}"));
    let or_none = |text: String| if text.is_empty() { "None".to_owned() } else { text };
    let capabilities = facts.capabilities.iter().map(|one| format!("{} {}", one.capability.title(), one.version)).collect();
    let mut rows = vec![
        ("Supplier", facts.supplier.as_ref().map(Identity::in_words).unwrap_or_default()),
        ("Product", facts.product.clone()),
        ("Capabilities", words::listed(capabilities)),
    ];
    if !facts.route.is_empty() {
        rows.extend([
            ("Test route", facts.route.clone()),
            ("Tested in", or_none(tests.join("\n"))),
            ("Providers it works with", or_none(words::listed(providers))),
            ("SCAL", or_none(scal.unwrap_or_default())),
        ]);
    }
    if let Some(months) = facts.valid_months {
        rows.push(("Valid for", format!("{} from the day of issue", words::counted(months as usize, "month"))));
    }
    rows.push(("Conditions and exceptions", or_none(facts.conditions.clone())));
    Ok(rows)
}

fn listed(rows: Vec<(&'static str, String)>) -> AnyView {
    rows.into_iter().map(|(key, value)| view! { <SummaryRow key=key value=value /> }).collect_view().into_any()
}

/// The certificate as it would be issued now, and what it rests on: whoever issues it reads all of it before. Nothing for a task
/// that leaves none, and for whoever cannot issue it now.
///
/// # Errors
/// When a submission cannot be read.
pub async fn draft(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    let (Some(kind), true) = (certificates::kind(desk.spec), desk.may(Verb::Issue)) else { return Ok(None) };
    let journey = desk.journey();
    let team = offers::judge(journey, &desk.visitor.actor, Verb::Issue, &desk.spec.id).map_err(|_| Halt::Missing)?;
    let facts = certificate::facts(journey, desk.spec, team, "").and_then(|text| serde_json::from_str::<Facts>(&text).ok());
    let facts = facts.ok_or_else(|| Halt::Fault(format!("{} leaves no certificate", desk.spec.id)))?;
    let listed = listed(rows(&desk.context.services, journey, &facts).await?);
    let needs = journey
        .plan()
        .filter(|need| desk.spec.needs.contains(&need.id))
        .map(|need| {
            let standing = journey.standing(&need.id);
            view! {
                <li class="nhsuk-task-list__item nhsuk-task-list__item--with-link">
                    <div class="nhsuk-task-list__name-and-hint">
                        <a class="nhsuk-task-list__link nhsuk-link" href=paths::task(&journey.reference, &need.id)>{need.label.clone()}</a>
                    </div>
                    <div class="nhsuk-task-list__status"><StandingTag standing=standing /></div>
                </li>
            }
        })
        .collect_view();
    Ok(Some(
        view! {
            <h2 class="nhsuk-heading-m" id="rests-on">"What it rests on"</h2>
            <ul class="nhsuk-task-list" aria-labelledby="rests-on">{needs}</ul>
            <h2 class="nhsuk-heading-m" id="draft">"The certificate as it will be issued"</h2>
            <article class="gpc-cert gpc-cert--draft" aria-labelledby="draft">
                <h3 class="nhsuk-heading-s">{kind.title}</h3>
                <dl class="nhsuk-summary-list">
                    {listed}
                    <SummaryRow key="Issued by" value=format!("{}, NHS England, {}", desk.visitor.name, team.title().to_lowercase()) />
                </dl>
                <p>{kind.not}</p>
                <p>{kind.ends}</p>
            </article>
        }
        .into_any(),
    ))
}
