//! `/journeys/{ref}/signed`: what an organisation signed on a journey in which it has no part any more. It reads its own
//! signatures, the words and the parts that were filled in, and nothing else of the journey.

use jiff::Timestamp;
use journey::{
    base::ids::TaskId,
    form::Answers,
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
    },
    plan::process::TaskSpec,
    task::forms,
};
use leptos::prelude::*;

use crate::{
    act::{
        load::{Loaded, load_signed},
        page::{PageContext, context, page},
        sent,
    },
    base::{dates, halt::Halt},
    design::{SummaryRow, Title},
    request::{services::Services, visitor::param},
    work::agreement::text::kept,
};

/// `/journeys/{ref}/signed`
#[component]
pub fn SignedPage() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = load_signed(&context.services, &visitor, &reference).await?;
        let own = &visitor.organisation.id;
        let mut told = Vec::new();
        for recorded in loaded.history.iter().rev() {
            let by_own = recorded.by.as_ref().is_some_and(|by| by.organisation == *own);
            if let (true, Event::Signed { task, .. }) = (by_own, &recorded.event) {
                told.push(one(&context, &loaded, recorded, task).await?);
            }
        }
        let product = loaded.journey.opening.product.clone();
        let name = visitor.organisation.name.clone();
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title above=format!("{product} {}", loaded.journey.reference) text=format!("What {name} signed")>
                    "Your organisation no longer takes part in this journey. What it signed no longer counts, and you can always read it here."
                </Title>
                {told}
            </div></div>
        }
        .into_any();
        Ok((format!("What {name} signed for {product}"), body))
    })
}

/// The parts of an agreement as they were filled in at this time: each question with its answer.
///
/// # Errors
/// When the round cannot be read.
pub async fn filled_in(
    services: &Services,
    journey: &Journey,
    spec: &TaskSpec,
    at: Timestamp,
) -> Result<Vec<(String, String)>, Halt> {
    let then = journey.task(&spec.id).sent.iter().rfind(|sent| sent.at <= at).map(|sent| sent.round);
    let parts = match then {
        Some(round) => sent::round(services, journey, &spec.id, round).await?,
        None => None,
    };
    let answers = parts.as_ref().map(sent::answers_of).transpose()?.unwrap_or_else(Answers::default);
    let form = forms::form_of(spec, &journey.opening);
    let answers = dates::in_answers(&form, &answers);
    let filled = form.fields.iter().filter(|field| !answers.one(field.id.as_str()).is_empty());
    Ok(filled.map(|field| (field.label.clone(), form.in_words(&field.id, &answers))).collect())
}

/// One signature, with the words and the parts as they were then.
async fn one(context: &PageContext, loaded: &Loaded, recorded: &Recorded, task: &TaskId) -> Result<AnyView, Halt> {
    let (journey, services) = (&loaded.journey, &context.services);
    let Event::Signed { name, authority, role, words, .. } = &recorded.event else { return Ok(().into_any()) };
    let Some(spec) = journey.process.task(task) else { return Ok(().into_any()) };
    let text = kept(services, words).await?;
    let parts = filled_in(services, journey, spec, recorded.at).await?;
    let filled = parts.into_iter().map(|(key, value)| view! { <SummaryRow key=key value=value /> }).collect_view();
    let signed = format!("{name}, {}, {}. {authority}", role.title().to_lowercase(), dates::moment(recorded.at));
    Ok(view! {
        <h2 class="nhsuk-heading-m">{spec.label.clone()}</h2>
        <p>"Signed by " <span class="gpc-lines">{signed}</span></p>
        <div class="gpc-words gpc-lines">{text}</div>
        <p class="gpc-meta">"Digest of these words: " <span class="gpc-mono gpc-break">{words.to_string()}</span></p>
        <h3 class="nhsuk-heading-s">"The details that were filled in"</h3>
        <dl class="nhsuk-summary-list">{filled}</dl>
    }
    .into_any())
}
