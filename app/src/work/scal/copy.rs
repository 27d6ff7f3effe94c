//! `…/copy`: answers of the common sections that the supplier gave in another of its SCALs, to be taken over row by row.

use std::sync::Arc;

use journey::{
    base::ids::JourneyRef,
    catalogue::row,
    form::Answers,
    ledger::{journey::Journey, refusal::Refusal},
    plan::process::Page,
    port::{JourneyFilter, WriteError},
    rule::{draft::Draft, offers},
    scal::book::{self, Entry, NOTE},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act},
        load::load,
    },
    base::{halt::Halt, words::counted},
    design::{Button, Hidden},
    desk::{
        context::TaskContext,
        working::{entries, working_copy},
    },
    request::flash,
    work::scal::{actions, frame::framed},
};

/// Journeys that are offered.
const MOST: u32 = 50;

/// A row that can be taken over.
struct Offer {
    entry: Entry,
    answers: Answers,
}

/// The rows of another SCAL that can be taken over.
async fn offers(desk: &TaskContext, from: &Journey) -> Result<Vec<Offer>, Halt> {
    let Some(spec) = from.plan().find(|spec| spec.page == Page::Scal) else { return Ok(Vec::new()) };
    let there = working_copy(&desk.context.services, from, spec, true).await?;
    let here = entries(desk).await?;
    let fits = |entry: Entry| {
        let answers = there.iter().find_map(|other| book::to_take_over(&entry, other))?;
        Some(Offer { entry, answers })
    };
    Ok(here.into_iter().filter_map(fits).collect())
}

/// The other journey, if it is one of the own organisation.
async fn other(desk: &TaskContext, reference: &str) -> Result<Arc<Journey>, Halt> {
    let from = load(&desk.context.services, &desk.visitor, reference).await?.journey;
    let own = from.organisation == desk.journey().organisation && from.reference != desk.journey().reference;
    if own { Ok(from) } else { Err(Halt::Missing) }
}

/// The page: first which product, then which rows.
///
/// # Errors
/// [`Halt::Missing`] for whoever may not write answers.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    if !offers::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id) {
        return Err(Halt::Missing);
    }
    let reference = crate::request::visitor::query("from");
    let body = if reference.is_empty() { choose(desk).await? } else { rows(desk, &*other(desk, &reference).await?).await? };
    let body = view! { {body} <p><a href=desk.path()>"Back to the SCAL"</a></p> };
    Ok(framed(desk, "Take over answers".to_owned(), ().into_any(), body.into_any()))
}

async fn choose(desk: &TaskContext) -> Result<AnyView, Halt> {
    let filter =
        JourneyFilter { organisation: Some(desk.journey().organisation.clone()), limit: MOST, ..JourneyFilter::default() };
    let here: &JourneyRef = &desk.journey().reference;
    let path = desk.path();
    let lines = desk.context.services.store.journeys(&filter).await?;
    let items = lines
        .iter()
        .filter(|line| line.reference != *here)
        .map(|line| {
            let to = format!("{path}/copy?from={}", line.reference);
            view! { <li><a href=to>{line.product.clone()}</a>{format!(" {}, {}", line.reference, line.stage)}</li> }
        })
        .collect_view();
    Ok(if lines.iter().all(|line| line.reference == *here) {
        view! { <p>"Your organisation has no other product here. Answers of the common sections can be taken over from one product to the next."</p> }.into_any()
    } else {
        view! {
            <p>"Answers of the common sections, such as information governance and clinical safety, can be taken over from another product of your organisation. From which one?"</p>
            <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
        }
        .into_any()
    })
}

async fn rows(desk: &TaskContext, from: &Journey) -> Result<AnyView, Halt> {
    let offers = offers(desk, from).await?;
    if offers.is_empty() {
        let text = format!(
            "Nothing fits: every row that {} has answered in words is answered here too, or reads differently.",
            from.opening.product
        );
        return Ok(view! { <p>{text}</p> }.into_any());
    }
    let count = offers.len();
    let items = offers
        .iter()
        .map(|offer| {
            let row = offer.entry.row;
            let form = row::row_form(row);
            let words = form.part_in_words(&form.parts[0], &offer.answers);
            let id = format!("copy-{}", row.field);
            view! {
                <section class="gpc-answer" aria-label=row.id.clone()>
                    <header>
                        <div class="nhsuk-checkboxes nhsuk-checkboxes--small">
                            <div class="nhsuk-checkboxes__item">
                                <input class="nhsuk-checkboxes__input" id=id.clone() type="checkbox" name="rows[]" value=row.field.to_string() checked />
                                <label class="nhsuk-label nhsuk-checkboxes__label" for=id><b class="gpc-code">{row.id.clone()}</b></label>
                            </div>
                        </div>
                    </header>
                    <p class="gpc-answer__about">{row.requirement.clone()}</p>
                    <div class="gpc-diff gpc-diff--one"><div><p class="gpc-lines">{words}</p></div></div>
                </section>
            }
        })
        .collect_view();
    Ok(view! {
        <p>{format!("{} of {} can be taken over. Read each one: it must be true of this product too. Files are not taken over.", counted(count, "answer"), from.opening.product)}</p>
        <form action="/do/scal/copy" method="post">
            {desk.hidden()}
            <Hidden values=vec![("from", from.reference.to_string())] />
            {items}
            <Button text="Take over the ticked answers" />
        </form>
    }
    .into_any())
}

/// Takes answers over. Each is marked with where it comes from in the note of the own side.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/copy")]
pub async fn copy(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] from: String,
    #[server(default)] rows: Vec<String>,
) -> ActionResult {
    act(async move {
        let path = actions::path_of(&journey, &task);
        let desk = actions::desk(&journey, &task, &format!("{path}/copy"), &Answers::default()).await?;
        if !offers::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id) {
            return Err(Halt::Missing);
        }
        let from = other(&desk, &from).await?;
        let mark = format!("Taken over from {} ({}).", from.opening.product, from.reference);
        let drafts: Result<Vec<Draft>, Refusal> = offers(&desk, &from)
            .await?
            .into_iter()
            .filter(|offer| rows.iter().any(|row| *row == offer.entry.row.field.as_str()))
            .map(|offer| {
                let note = if offer.entry.note.is_empty() { mark.clone() } else { format!("{}\n{mark}", offer.entry.note) };
                let mut body = offer.entry.body();
                body.0.extend(offer.answers.0);
                actions::draft(&desk, &offer.entry, &body.with(NOTE, &note))
            })
            .collect();
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return crate::desk::refused::refused(&desk, path, &refusal, Answers::default()).await,
        };
        let count = drafts.len();
        let (heading, text) = match desk.context.services.store.save_drafts(&desk.journey().reference, drafts).await {
            Ok(()) => (
                format!("{} taken over", counted(count, "answer")),
                "Each is marked in the note for your own side. Nothing is sent until you submit the SCAL.",
            ),
            Err(WriteError::Conflict) => (
                "Nothing was taken over".to_owned(),
                "A colleague saved one of these rows in the same moment. Do it again if it still fits.",
            ),
            Err(WriteError::Store(error)) => return Err(error.into()),
        };
        flash::say(&desk.context.caller, heading, text);
        Ok(path)
    })
    .await
}
