//! One row beside the table: what it asks, what was found, its answer and its files. And all rows below each other, on paper.

use std::collections::BTreeMap;

use journey::{
    base::ids::Digest,
    catalogue::{
        editions,
        row::{self, Row},
    },
    form::{Answers, FileRef, Kind},
    ledger::journey::Why,
    practice::run,
    scal::book::{self, ASSIGNEE, CONFIRMED, Entry, NOTE},
};
use leptos::prelude::*;

use crate::{
    base::{dates, diff, halt::Halt},
    design::{Button, Hidden, answer_view, ask},
    desk::{context::TaskContext, drafts, working::entries},
    islands::{autosave::autosaved, upload::Upload},
    work::{
        end_users::queries,
        live_runs::proofs::{Around, beside},
        scal::{
            answering::AnswerContext,
            earlier,
            filter::written,
            stage,
            table::{self, stands_tag},
        },
    },
};

/// The open row, beside those that are shown.
///
/// # Errors
/// When a submission cannot be read.
pub(crate) fn pane(desk: &TaskContext, book: &AnswerContext, shown: &[&Entry], entry: &Entry) -> Result<AnyView, Halt> {
    let row = entry.row;
    let shown: Vec<&Row> = shown.iter().map(|entry| entry.row).collect();
    let says = match &entry.saved {
        Some((by, at)) if book.own => format!("Saved {} by {}", dates::when(*at, desk.today), book.name_of(by)),
        _ => String::new(),
    };
    let all: Vec<&Row> = book.entries.iter().map(|entry| entry.row).collect();
    let path = desk.path();
    let walk = table::walk(
        (path.as_str(), path.as_str()),
        &written(&book.filter),
        &all,
        &shown,
        row,
        view! { <span class="gpc-meta">{says}</span> }.into_any(),
    );
    let verdict = entry.verdict.as_ref().and_then(|verdict| {
        let who = if desk.visitor.is_programme() { desk.who(&verdict.by) } else { verdict.role.title().to_owned() };
        let (what, words) = match (&verdict.finding, &verdict.condition) {
            (Some(words), _) => ("Finding", words.clone()),
            (None, Some(words)) => ("Condition", words.clone()),
            (None, None) => return None,
        };
        Some(view! {
            <div class="gpc-finding">
                <p><b>{format!("{what}, round {}.", verdict.round)}</b>{format!(" {who}, {}", dates::day_of(verdict.at))}</p>
                <p class="gpc-lines">{words}</p>
            </div>
        })
    });
    let again = match entry.again.as_ref().map(|again| &again.why) {
        Some(Why::NewVersion(product)) => Some(
            view! { <div class="gpc-finding"><p><b>{format!("Version {product} touches this row.")}</b>" Look at your answer and its evidence. When they are right for this version, confirm the answer."</p></div> }
                .into_any(),
        ),
        Some(Why::Query) => Some(
            view! { <div class="gpc-finding"><p><b>"The group that will use the product asked about this row."</b>" Change your answer, then confirm it. The team of this row judges it again."</p></div> }
                .into_any(),
        ),
        Some(Why::OtherWords) => asked_again(row),
        None => None,
    };
    let body = if book.writes { form(desk, book, entry) } else { reading(entry) };
    Ok(view! {
        <section class="gpc-pane" aria-labelledby="open-row">
            {walk}
            <h2 class="nhsuk-heading-m gpc-code" id="open-row" tabindex="-1">{row.id.clone()}</h2>
            {stands_tag(entry.stands)}
            {table::asked(row)}
            {entry.lacks_evidence().then(|| match row::document(row) {
                Some(document) => view! { <div class="gpc-finding"><p><b>{format!("The {document} is missing.")}</b>" Add it as a file, or a link to it. The SCAL cannot be submitted without it."</p></div> }.into_any(),
                None => view! { <div class="gpc-finding"><p><b>"The evidence is missing."</b>{format!(" Expected: {}. Add it here as a file or a link, or say in the answer why there is none.", row.evidence.trim_end_matches('.'))}</p></div> }.into_any(),
            })}
            {stage::told(desk, row)}
            {again}
            {verdict}
            {run::may_read(desk.journey(), &desk.visitor.actor).then(|| beside(row, entry.files(), &around(desk, book)))}
            {body}
            {queries::of_row(desk, &row.field)}
            {earlier::view(desk, row)?}
        </section>
    }
    .into_any())
}

fn around<'a>(desk: &'a TaskContext, book: &'a AnswerContext) -> Around<'a> {
    Around {
        journey: desk.journey(),
        counted: &book.runs,
        product: &book.product,
        now: desk.context.services.clock.now(),
        answers: book.writes,
        tests: run::may_test(desk.journey(), &desk.visitor.actor),
    }
}

/// What the row asked before.
fn asked_again(row: &Row) -> Option<AnyView> {
    let before = editions::all().into_iter().rev().find_map(|edition| {
        let old = editions::rows(&edition).iter().find(|old| old.field == row.field)?;
        (!old.asks_the_same(row)).then_some(old)
    })?;
    let (left, right) = diff::Patience::of_page().beside(&before.requirement, &row.requirement);
    Some(
        view! {
            <div class="gpc-finding"><p><b>"The catalogue asks something else now."</b>" Look at your answer. When it is right for what is asked now, confirm it."</p></div>
            <div class="gpc-diff">
                <div><h3>"Asked before"</h3>{left}</div>
                <div><h3>"Asked now"</h3>{right}</div>
            </div>
        }
        .into_any(),
    )
}

/// The answer for those who only read.
fn reading(entry: &Entry) -> AnyView {
    let form = row::row_form(entry.row);
    let rows = form
        .fields
        .iter()
        .map(|field| {
            view! {
                <div class="nhsuk-summary-list__row">
                    <dt class="nhsuk-summary-list__key">{field.label.clone()}</dt>
                    <dd class="nhsuk-summary-list__value gpc-lines">
                        {if entry.answers.many(field.id.as_str()).is_empty() { "Not given".into_any() } else { answer_view(form, field, &entry.answers) }}
                    </dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="nhsuk-summary-list">{rows}</dl> }.into_any()
}

fn form(desk: &TaskContext, book: &AnswerContext, entry: &Entry) -> AnyView {
    let row = entry.row;
    let kept = desk.context.kept.as_ref();
    let typed: Answers = kept.map_or_else(|| entry.body(), |kept| kept.typed.clone());
    let asked = row::row_form(row);
    let status = asked.fields[0].id.to_string();
    let options = row::STATUSES
        .iter()
        .map(|(value, words, _)| {
            let selected = typed.one(&status) == *value;
            view! { <option value=*value selected=selected>{*words}</option> }
        })
        .collect_view();
    let people = book
        .members
        .iter()
        .map(|member| {
            let selected = typed.one(ASSIGNEE) == member.person.as_str();
            view! { <option value=member.person.to_string() selected=selected>{member.name.clone()}</option> }
        })
        .collect_view();
    let subject = book::subject_of(&row.field);
    let page = format!("/tasks/{}/{}", desk.spec.id, row.field);
    let values = vec![
        ("subject", subject),
        ("version", entry.version.to_string()),
        ("row", row.field.to_string()),
        ("filter", written(&book.filter)),
        ("page", page),
    ];
    // What was confirmed stays so when the row is saved again.
    let confirmed = match &entry.again {
        Some(again) => {
            let value = again.since.to_string();
            view! { <button class="nhsuk-button nhsuk-button--secondary" name=format!("answers[{CONFIRMED}][]") value=value>"Confirm the answer"</button> }.into_any()
        }
        None => view! { <input type="hidden" name=format!("answers[{CONFIRMED}][]") value=entry.confirmed.clone() /> }.into_any(),
    };
    let files = asked.fields.iter().find(|field| matches!(field.kind, Kind::Files { .. }));
    let links = asked.fields.iter().find(|field| matches!(field.kind, Kind::Links { .. }));
    let own = entry.saved.as_ref().is_some_and(|(by, _)| *by == desk.visitor.actor.person);
    let theirs = kept.filter(|_| !entry.answers.is_blank()).and_then(|kept| {
        let form = row::row_form(entry.row);
        let words = |answers: &Answers| form.part_in_words(&form.parts[0], answers);
        drafts::beside(own, vec![(String::new(), words(&entry.answers), words(&kept.typed))])
    });
    // What is expected stands above the form already.
    let words = &asked.fields[1].clone().hint("");
    view! {
        {theirs}
        <form action="/do/scal/save" method="post" id="row" novalidate>
            {desk.hidden()}
            <Hidden values=values />
            <div class="nhsuk-form-group">
                <label class="nhsuk-label nhsuk-label--s" for=status.clone()>"Answer"</label>
                <select class="nhsuk-select" id=status.clone() name=format!("answers[{status}][]")>
                    <option value="">"Not answered"</option>
                    {options}
                </select>
            </div>
            {ask::question(words, &typed, kept, &ask::Look { rows: 4, ..ask::Look::default() })}
            {files.map(|field| view! {
                {ask::question(field, &typed, kept, &ask::Look::default())}
                <Upload />
            })}
            {facts_of_files(desk, book, entry)}
            {there_already(book, entry)}
            {links.map(|field| ask::question(field, &typed, kept, &ask::Look { rows: 2, ..ask::Look::default() }))}
            <div class="nhsuk-form-group">
                <label class="nhsuk-label nhsuk-label--s" for=ASSIGNEE>"Who looks after this row"</label>
                <select class="nhsuk-select" id=ASSIGNEE name=format!("answers[{ASSIGNEE}][]")>
                    <option value="">"Nobody"</option>
                    {people}
                </select>
            </div>
            {ask::words(NOTE, &format!("answers[{NOTE}][]"), "Note for your own side", "NHS England does not see it.", typed.one(NOTE), None, 2)}
            <div class="nhsuk-button-group">
                <button class="nhsuk-button" type="submit" name="then" value="next" data-key="Ctrl+Enter">"Save and next"</button>
                <Button text="Save" secondary=true name="then" value="stay" />
                {confirmed}
            </div>
            {autosaved("")}
        </form>
    }
    .into_any()
}

/// Files of other rows: one of them may prove this row as well.
fn there_already(book: &AnswerContext, entry: &Entry) -> Option<AnyView> {
    let own = entry.files();
    let others = book.entries.iter().flat_map(Entry::files).filter(|value| !own.contains(value));
    let others = others.filter_map(|value| FileRef::parse(value)).map(|file| (file.digest.clone(), file));
    // One that proves many rows is offered once.
    let others: BTreeMap<Digest, FileRef> = others.collect();
    if others.is_empty() {
        return None;
    }
    let options = others
        .into_values()
        .map(|file| {
            let value = file.to_string();
            view! { <option value=value>{file.name}</option> }
        })
        .collect_view();
    Some(
        view! {
            <div class="nhsuk-form-group">
                <label class="nhsuk-label nhsuk-label--s" for="also">"Add a file of another row"</label>
                <select class="nhsuk-select" id="also" name=format!("answers[{}][]", entry.row.files())>
                    <option value="">"None"</option>
                    {options}
                </select>
            </div>
        }
        .into_any(),
    )
}

/// What is known of each file of a row; what is older than the product is marked.
fn facts_of_files(desk: &TaskContext, book: &AnswerContext, entry: &Entry) -> Option<AnyView> {
    let files: Vec<FileRef> = entry.files().iter().filter_map(|value| FileRef::parse(value)).collect();
    if files.is_empty() {
        return None;
    }
    let path = desk.path();
    let items = files
        .into_iter()
        .map(|file| {
            let facts = book.evidence.iter().find(|facts| facts.digest == file.digest);
            let told = facts.map_or_else(|| "Nothing is said about it yet.".to_owned(), crate::work::scal::evidence::in_words);
            let stale = facts.is_some_and(|facts| facts.is_stale(&book.product));
            let to = format!("{path}/evidence?file={}", file.digest);
            view! {
                <li>
                    {stale.then(|| view! { <strong class="nhsuk-tag nhsuk-tag--grey">"Old version"</strong>" " })}
                    {format!("{}: {told} ", file.name)}
                    <a href=to>"Say where and when"<span class="nhsuk-u-visually-hidden">{format!(" {} was made", file.name)}</span></a>
                </li>
            }
        })
        .collect_view();
    Some(view! { <ul class="nhsuk-list gpc-meta">{items}</ul> }.into_any())
}

/// Everything on paper: each row with its requirement and answer.
///
/// # Errors
/// When the database does not answer.
pub async fn printed(desk: &TaskContext) -> Result<AnyView, Halt> {
    let entries = entries(desk).await?;
    let mut section = 0;
    let mut body = Vec::new();
    for entry in &entries {
        if entry.row.section != section {
            section = entry.row.section;
            body.push(view! { <h2 class="nhsuk-heading-m">{format!("{section} {}", entry.row.section_title)}</h2> }.into_any());
        }
        body.push(
            view! {
                <section class="gpc-answer" aria-label=entry.row.id.clone()>
                    <header><h3 class="nhsuk-heading-s gpc-code">{entry.row.id.clone()}</h3>{stands_tag(entry.stands)}</header>
                    <div class="gpc-answer__about">{table::asked(entry.row)} {reading(entry)}</div>
                </section>
            }
            .into_any(),
        );
    }
    let product = desk.journey().opening.product.clone();
    Ok(view! {
        <p class="nhsuk-u-margin-bottom-4"><a href=desk.path()>"Back to the SCAL"</a></p>
        <h1 class="nhsuk-heading-l"><span class="nhsuk-caption-l">{format!("{product} {}", desk.journey().reference)}</span>"SCAL"</h1>
        <p class="gpc-meta">{format!("Catalogue {}. Made on {}. Use your browser to print it.", desk.journey().opening.catalogue, dates::date(desk.today))}</p>
        {body}
    }
    .into_any())
}
