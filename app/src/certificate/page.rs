//! The certificate as a page: number, facts, what it does not say, what ends it. Made from the ledger and from what was
//! submitted, so that it says what was looked at and nothing else.

use journey::{
    calendar, certificate,
    event::{Event, Recorded},
    form::{self, Answers},
    identity::identity_at,
    ids::TaskId,
    process::Page,
    standing::Standing,
    testing,
};
use leptos::prelude::*;

use crate::{
    design::{SummaryRow, dates},
    halt::Halt,
    overview::words,
    tasks::{frame::Desk, sent},
};

/// The event that issued what is valid now.
fn issued(desk: &Desk) -> Option<&Recorded> {
    if desk.standing != Standing::Settled {
        return None;
    }
    let of_task = |recorded: &&Recorded| matches!(&recorded.event, Event::Issued { task, .. } | Event::Approved { task, .. } if *task == desk.spec.id);
    desk.loaded.history.iter().rev().find(of_task)
}

async fn last_answers(desk: &Desk, task: &TaskId) -> Result<Option<Answers>, Halt> {
    sent::last(&desk.hall.services, desk.journey(), task).await?.as_ref().map(Desk::answers_of).transpose()
}

/// The certificate, when one is valid.
///
/// # Errors
/// When a submission cannot be read.
pub async fn view(desk: &Desk) -> Result<Option<AnyView>, Halt> {
    let (Some(kind), Some(issued)) = (certificate::kind(&desk.spec.id), issued(desk)) else { return Ok(None) };
    let journey = desk.journey();
    let number = certificate::number(kind, journey, issued.seq);
    let consumer = !journey.process.is_provider();
    let title = kind.title;
    // Who it was issued to: as the ledger named the supplier then. Ledgers of before do not say; of those the name of today
    // is the best that is known.
    let supplier = match identity_at(&desk.loaded.history, &journey.organisation, issued.seq) {
        Some(identity) => identity,
        None => {
            let today = desk.hall.services.store.organisation(&journey.organisation).await?;
            today.map(|organisation| organisation.identity()).unwrap_or_default()
        }
    };
    let mut tests = Vec::new();
    let mut providers = Vec::new();
    for spec in journey.plan().filter(|spec| spec.page == Page::Testing) {
        let Some(answers) = last_answers(desk, &spec.id).await? else { continue };
        let day = |field: &str| form::day(answers.one(field)).map_or_else(String::new, dates::date);
        tests.push(format!(
            "{}: {} to {}, product version {}",
            testing::environment(spec.id.as_str()),
            day("from"),
            day("to"),
            answers.one("version")
        ));
        providers.extend(testing::passed_with(&answers));
    }
    let scal = journey.plan().find(|spec| spec.page == Page::Scal).map(|spec| journey.task(&spec.id));
    let scal = scal.map(|record| {
        format!("Version {}, round {}, accepted on {}", journey.opening.catalogue, record.round, dates::day_of(record.since))
    });
    let words = match &issued.event {
        Event::Issued { note, .. } | Event::Approved { note, .. } => note.clone(),
        _ => String::new(),
    };
    let team = match &issued.event {
        Event::Issued { role, .. } | Event::Approved { role, .. } => role.title().to_lowercase(),
        _ => String::new(),
    };
    let by = issued.by.as_ref().map(|by| desk.who(&by.person)).unwrap_or_default();
    let or_none = |text: String| if text.is_empty() { "None".to_owned() } else { text };
    Ok(Some(
        view! {
            <article class="gpc-cert" aria-labelledby="certificate">
                <h2 class="nhsuk-heading-m" id="certificate">{title}</h2>
                <p class="gpc-cert__number gpc-mono">{number}</p>
                <dl class="nhsuk-summary-list">
                    <SummaryRow key="Supplier" value=supplier.in_words() />
                    <SummaryRow key="Product" value=journey.opening.product.clone() />
                    <SummaryRow key="Capabilities" value=words::capabilities(journey) />
                    {consumer.then(|| view! {
                        <SummaryRow key="Test route" value=journey.opening.route().about() />
                        <SummaryRow key="Tested in" value=or_none(tests.join("\n")) />
                        <SummaryRow key="Providers it works with" value=or_none(words::listed(providers.into_iter().map(str::to_owned).collect())) />
                        <SummaryRow key="SCAL" value=or_none(scal.unwrap_or_default()) />
                    })}
                    <SummaryRow key="Conditions and exceptions" value=or_none(words) />
                    <SummaryRow key="Issued" value=format!("{} by {by}, NHS England, {team}", dates::date(calendar::date_of(issued.at))) />
                    <SummaryRow key="Place in the history" value=format!("Entry {}, digest {}", issued.seq, issued.digest) />
                </dl>
                <p>{kind.not}</p>
                <p>{kind.ends}</p>
            </article>
        }
        .into_any(),
    ))
}
