//! `…/import`: a workbook that was sent back, shown row by row before anything of it is applied.

use journey::{
    base::ids::TaskId,
    catalogue::{row, scal},
    form::Answers,
    ledger::{journey::Journey, refusal::Refusal},
    plan::process::Page,
    port::WriteError,
    rule::{draft::Draft, offers},
    scal::{
        book::{Entry, NOTE},
        sheet::{self, Change, Comparison, File, Here, Told},
    },
};
use leptos::prelude::*;

use crate::{
    act::action::{ActionResult, act},
    base::{diff, halt::Halt, said::RefusedForm, words::counted},
    design::Button,
    desk::{
        context::TaskContext,
        kept_file::{self, ReadFile},
        working::entries,
    },
    request::{flash, visitor::Visitor},
    work::scal::{actions, frame::framed},
};

type Read = ReadFile<File>;

/// What the form asks for.
pub(super) const WORKBOOK: kept_file::Asks =
    kept_file::Asks { label: "Excel file (.xlsx), up to 5 MB", endings: ".xlsx", button: "Upload and look at the changes" };

/// The end of its address.
pub const PAGE: &str = "import";

/// Whether this person may write answers of this SCAL now.
#[must_use]
pub fn may(journey: &Journey, visitor: &Visitor, task: &TaskId) -> bool {
    let scal = journey.process.task(task).is_some_and(|spec| spec.page == Page::Scal);
    scal && offers::may_write(journey, &visitor.actor, task)
}

/// The page.
///
/// # Errors
/// [`Halt::Missing`] for whoever may not write answers.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    if !may(desk.journey(), &desk.visitor, &desk.spec.id) {
        return Err(Halt::Missing);
    }
    let read: Read = kept_file::kept(desk, kept_file::FILE).await?;
    let preview = if read.file.lines.is_empty() {
        None
    } else {
        Some(match compare(desk, &entries(desk).await?, &read.file) {
            Ok(comparison) => compared(desk, &read, comparison),
            Err(refusals) => refused(&read, refusals),
        })
    };
    let body = view! {
        {preview}
        <h2 class="nhsuk-heading-m">"Upload an Excel file"</h2>
        <p>"Download the SCAL as Excel, change status, answer and note in Excel or LibreOffice, and send the file back. You see every change before it is applied."</p>
        {kept_file::form(desk, "workbook", "/do/scal/upload", &WORKBOOK)}
        <p><a href=desk.path()>"Back to the SCAL"</a></p>
    };
    Ok(framed(desk, "Work in Excel".to_owned(), ().into_any(), body.into_any()))
}

fn compare(desk: &TaskContext, entries: &[Entry], file: &File) -> Result<Comparison, Vec<Told>> {
    let journey = desk.journey();
    let assigned = |entry: &Entry| entry.assignee.as_ref().map_or_else(String::new, |person| desk.who(person));
    sheet::compare(&Here { journey: &journey.reference, opening: &journey.opening, entries, assigned: &assigned }, file)
}

/// What is told of cells, with the first of them only.
fn told(list: &[Told]) -> AnyView {
    let more = list.len().saturating_sub(MOST_TOLD);
    let items = list
        .iter()
        .take(MOST_TOLD)
        .map(|(cell, says)| view! { <li><b>{cell.clone()}</b>{format!(": {says}.")}</li> })
        .collect_view();
    view! {
        <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
        {(more > 0).then(|| view! { <p>{format!("And {more} more.")}</p> })}
    }
    .into_any()
}

/// Cells of one kind that are told.
const MOST_TOLD: usize = 20;

fn refused(read: &Read, refusals: Vec<Told>) -> AnyView {
    view! {
        <section class="gpc-gate">
            <h2 class="nhsuk-heading-m">{format!("{} cannot be applied", read.name)}</h2>
            <p>"Nothing was changed. Put this right in the file, or download the SCAL again."</p>
            {told(&refusals)}
        </section>
    }
    .into_any()
}

fn compared(desk: &TaskContext, read: &Read, comparison: Comparison) -> AnyView {
    let Comparison { changes, faults, left_out, same, absent, doubts, of_another } = comparison;
    let kept = format!(
        "{} as they are.{}",
        counted(same, "row"),
        if absent > 0 { format!(" {} not in the file stay as they are too.", counted(absent, "row")) } else { String::new() }
    );
    let faulty = (!faults.is_empty()).then(|| {
        view! {
            <section class="gpc-finding">
                <h3 class="nhsuk-heading-s">{format!("{} cannot be taken", counted(faults.len(), "cell"))}</h3>
                {told(&faults)}
                <p>"The other rows can be applied. Put these right in the file and send it again, or answer them here."</p>
            </section>
        }
    });
    let left_out = (!left_out.is_empty()).then(|| {
        view! {
            <section class="gpc-finding">
                <h3 class="nhsuk-heading-s">"Not taken from the file"</h3>
                {told(&left_out)}
            </section>
        }
    });
    let doubts = (!doubts.is_empty()).then(|| {
        let items = doubts.into_iter().map(|says| view! { <p>{says}</p> }).collect_view();
        view! { <section class="gpc-gate"><h3 class="nhsuk-heading-s">"Is this the file that you meant?"</h3>{items}</section> }
    });
    let count = changes.len();
    let patience = diff::Patience::of_page();
    let items = changes.iter().map(|change| one(desk, change, !of_another, &patience)).collect_view();
    view! {
        <section aria-labelledby="changes">
            <h2 class="nhsuk-heading-m" id="changes">{format!("{}: {} would change", read.name, counted(count, "row"))}</h2>
            <p>{kept}</p>
            {doubts}
            {faulty}
            {left_out}
            {(count > 0).then(|| view! {
                <form action="/do/scal/apply" method="post">
                    {desk.hidden()}
                    {items}
                    <Button text="Apply the ticked changes" />
                </form>
            })}
        </section>
    }
    .into_any()
}

fn one(desk: &TaskContext, change: &Change, ticked: bool, patience: &diff::Patience) -> AnyView {
    let Some(row) = scal::rows(&desk.journey().opening).into_iter().find(|row| row.field == change.row) else {
        return ().into_any();
    };
    let form = row::row_form(row);
    let told = |answers: &Answers| {
        let note = answers.one(NOTE);
        let note = if note.is_empty() { String::new() } else { format!("\nNote for your own side: {note}") };
        format!("{}{note}", form.part_in_words(&form.parts[0], answers))
    };
    let (left, right) = patience.beside(&told(&change.before), &told(&change.after));
    let id = format!("apply-{}", change.row);
    view! {
        <section class="gpc-answer" aria-label=change.id.clone()>
            <header>
                <div class="nhsuk-checkboxes nhsuk-checkboxes--small">
                    <div class="nhsuk-checkboxes__item">
                        <input class="nhsuk-checkboxes__input" id=id.clone() type="checkbox" name="rows[]" value=change.row.to_string() checked=ticked />
                        <label class="nhsuk-label nhsuk-checkboxes__label" for=id><b class="gpc-code">{change.id.clone()}</b></label>
                    </div>
                </div>
            </header>
            <p class="gpc-answer__about">{row.requirement.clone()}</p>
            <div class="gpc-diff"><div><h4>"Here"</h4>{left}</div><div><h4>"In the file"</h4>{right}</div></div>
            {(!change.missing.is_empty()).then(|| view! { <p><b>"Still missing: "</b>{format!("{}.", change.missing.join(". "))}</p> })}
        </section>
    }
    .into_any()
}

/// Applies changes of the file that was read: those that are ticked.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/apply")]
pub async fn apply(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] rows: Vec<String>,
) -> ActionResult {
    act(async move {
        let path = actions::path_of(&journey, &task);
        let page = format!("{path}/{PAGE}");
        let desk = actions::desk(&journey, &task, &page, &Answers::default()).await?;
        if !may(desk.journey(), &desk.visitor, &desk.spec.id) {
            return Err(Halt::Missing);
        }
        let say = async |heading: &str, detail: &str| {
            let kept = RefusedForm {
                path: page.clone(),
                heading: heading.to_owned(),
                detail: detail.to_owned(),
                ..RefusedForm::default()
            };
            flash::keep(&desk.context.caller.session, kept).await?;
            Ok(page.clone())
        };
        let read: Read = kept_file::kept(&desk, kept_file::FILE).await?;
        let entries = entries(&desk).await?;
        let Ok(comparison) = compare(&desk, &entries, &read.file) else {
            return say("Nothing was changed", "The file does not fit this SCAL any more. Download it again.").await;
        };
        let drafts: Result<Vec<Draft>, Refusal> = comparison
            .changes
            .iter()
            .filter(|change| rows.iter().any(|row| *row == change.row.as_str()))
            .filter_map(|change| {
                let entry = entries.iter().find(|entry| entry.row.field == change.row)?;
                Some(actions::draft(&desk, entry, &change.after))
            })
            .collect();
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return crate::desk::refused::refused(&desk, page.clone(), &refusal, Answers::default()).await,
        };
        if drafts.is_empty() {
            return say("Nothing was changed", "Tick the rows whose changes you want.").await;
        }
        let count = counted(drafts.len(), "row");
        match desk.context.services.store.save_drafts(&desk.journey().reference, drafts).await {
            Ok(()) => {}
            Err(WriteError::Conflict) => {
                return say(
                    "Nothing was changed: a colleague saved one of these rows meanwhile",
                    "The list shows what would change now. Apply it again if it still fits.",
                )
                .await;
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        let services = &desk.context.services;
        kept_file::forget::<Read>(services, &desk.visitor, desk.journey(), &desk.spec.id, kept_file::FILE).await?;
        flash::say(
            &desk.context.caller,
            format!("{count} changed from {}", read.name),
            "They are in your draft. Nothing is sent until you submit the SCAL.",
        );
        Ok(path)
    })
    .await
}
