//! Queries of the group about rows of the accepted SCAL: what was asked, what the supplier replied, and the forms to go on with. They
//! stand on the task on which the group reviews the SCAL, and at the row for whoever looks at the SCAL.

use journey::{
    base::ids::FieldId,
    form::Answers,
    ledger::{
        event::Event,
        machine::Verb,
        standing::{Query, QueryWord},
    },
    plan::process::TaskSpec,
    rule::{command::Command, offers, queries},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act},
        post::perform,
    },
    base::{dates, paths, said::RefusedForm},
    design::{
        Button, Details, Hidden,
        ask::{self, Look},
    },
    desk::{
        actions::{id_of, stay, wish},
        context::TaskContext,
    },
};

/// Which of these forms came back, in what was typed: the id of its row, or this one for a new query.
const NEW: &str = "new";

/// The queries of the task on which the group reviews the SCAL, above its questions; nothing on any other task.
pub fn view(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    if !queries::reviews(journey, desk.spec) {
        return None;
    }
    let asked = &desk.record().queries;
    let may_ask = desk.may(Verb::RaiseQuery);
    if asked.is_empty() && !may_ask {
        return None;
    }
    let (open, closed): (Vec<_>, Vec<_>) = asked.iter().partition(|(_, query)| query.closed.is_none());
    let all = open.into_iter().chain(closed).map(|(row, query)| one(desk, desk.spec, row, query)).collect_view();
    Some(
        view! {
            <h2 class="nhsuk-heading-m" id="queries">"Queries about the SCAL"</h2>
            {all}
            {may_ask.then(|| ask_form(desk))}
        }
        .into_any(),
    )
}

/// What the group asked about a row, beside the row; nothing when it asked nothing.
pub fn of_row(desk: &TaskContext, row: &FieldId) -> Option<AnyView> {
    let journey = desk.journey();
    let (spec, query) = queries::of_row(journey, row)?;
    let reads = journey.may_read(&desk.visitor.actor, spec);
    reads.then(|| one(desk, spec, row, query))
}

/// A form of ours that came back with what was wrong.
fn kept<'a>(desk: &'a TaskContext, form: &str) -> Option<&'a RefusedForm> {
    desk.context.kept.as_ref().filter(|kept| kept.typed.one("query") == form)
}

fn said(desk: &TaskContext, word: &QueryWord) -> AnyView {
    let what = if word.changes { "The answer to the row is changed." } else { "" };
    view! {
        <li>
            <b>{desk.who(&word.by)}</b>
            <span class="gpc-meta">{format!(" {}, {}", word.role.title(), dates::moment(word.at))}</span>
            <p class="gpc-lines">{word.words.clone()}</p>
            {(!what.is_empty()).then(|| view! { <p class="gpc-meta">{what}</p> })}
        </li>
    }
    .into_any()
}

fn one(desk: &TaskContext, spec: &TaskSpec, row: &FieldId, query: &Query) -> AnyView {
    let journey = desk.journey();
    let id = row.as_str().to_uppercase();
    let waits_for_supplier = queries::for_supplier(journey.task(&spec.id)).any(|(known, _)| known == row);
    let stands = match &query.closed {
        Some((by, at)) => format!("Answered: {}, {}.", desk.who(by), dates::day_of(*at)),
        None if waits_for_supplier => "Open. The supplier has not replied yet.".to_owned(),
        None => "Open. The supplier has replied.".to_owned(),
    };
    let words = query.words.iter().map(|word| said(desk, word)).collect_view();
    let offered = offers::offers_on(journey, &desk.visitor.actor, &spec.id);
    let may = |verb: Verb| query.closed.is_none() && offered.contains(&verb);
    let reply = (may(Verb::AnswerQuery) && waits_for_supplier).then(|| reply_form(desk, spec, row));
    let close = (may(Verb::CloseQuery) && !waits_for_supplier).then(|| close_form(desk, spec, row));
    let to = journey.process.scal().map(|scal| format!("{}/{row}", paths::task(&journey.reference, &scal.id)));
    let heading = format!("query-{row}");
    if query.closed.is_some() {
        // What is answered stays to be read, and asks nothing of anybody.
        let body = view! { <p>{stands}" "<a href=to>{format!("See row {id}")}</a></p> <ul class="nhsuk-list">{words}</ul> };
        return view! { <Details summary=format!("Query about {id}, answered") body=body.into_any() /> }.into_any();
    }
    view! {
        <section class="gpc-finding" aria-labelledby=heading.clone()>
            <h3 class="nhsuk-heading-s" id=heading.clone()>"Query about "<a class="gpc-code" href=to>{id}</a></h3>
            <p>{stands}</p>
            <ul class="nhsuk-list">{words}</ul>
            {reply}
            {close}
        </section>
    }
    .into_any()
}

/// Hidden fields of these forms: they are about the review, also where they stand at a row of the SCAL.
fn hidden(desk: &TaskContext, spec: &TaskSpec, row: &str) -> AnyView {
    let journey = desk.journey();
    let values = vec![
        ("journey", journey.reference.to_string()),
        ("task", spec.id.to_string()),
        ("seen", journey.changed(&spec.id).to_string()),
        ("row", row.to_owned()),
    ];
    view! { <Hidden values=values /> }.into_any()
}

/// A question for words, and what was typed into it if the form came back. Its field is `words` where a summary links to it.
fn words_of(desk: &TaskContext, form: &str, label: &str, help: &str) -> AnyView {
    let kept = kept(desk, form);
    let typed = kept.map(|kept| kept.typed.one("words").to_owned()).unwrap_or_default();
    let id = if kept.is_some() { "words".to_owned() } else { format!("words-{form}") };
    ask::words(&id, "words", label, help, &typed, kept.and_then(|kept| kept.problem("words")), 3)
}

fn reply_form(desk: &TaskContext, spec: &TaskSpec, row: &FieldId) -> AnyView {
    let change = queries::may_change(desk.journey());
    let help = if change {
        "The group reads it. If the answer to the row has to change, say what you change: the SCAL is open again then, and the team of this row judges it again. Every other row keeps its verdict."
    } else {
        "The group reads it. The SCAL is with NHS England now, so its answer cannot be changed until they have finished."
    };
    view! {
        <form action="/do/end-users/answer-query" method="post" novalidate>
            {hidden(desk, spec, row.as_str())}
            {words_of(desk, row.as_str(), "Your reply", help)}
            <div class="nhsuk-button-group">
                <Button text="Send the reply" small=true name="then" value="reply" />
                {change.then(|| view! { <Button text="Send it and change the answer" secondary=true small=true name="then" value="change" /> })}
            </div>
        </form>
    }
    .into_any()
}

fn close_form(desk: &TaskContext, spec: &TaskSpec, row: &FieldId) -> AnyView {
    view! {
        <form action="/do/end-users/close-query" method="post" novalidate>
            {hidden(desk, spec, row.as_str())}
            {words_of(desk, row.as_str(), "What else do you ask?", "Only to ask again.")}
            <div class="nhsuk-button-group">
                <Button text="It is answered" small=true />
                <Button text="Ask again" secondary=true small=true action="/do/end-users/raise-query" />
            </div>
        </form>
    }
    .into_any()
}

fn ask_form(desk: &TaskContext) -> AnyView {
    let kept = kept(desk, NEW);
    let typed = kept.map(|kept| kept.typed.clone()).unwrap_or_default();
    let row = journey::form::Field::new("row", "Which row do you ask about?", journey::form::Kind::Line { max: 40 })
        .hint("Its id, for example GPC-IG1. You find it in the SCAL.");
    let look = Look { name: "row".to_owned(), ..Look::default() };
    view! {
        <h3 class="nhsuk-heading-s">"Ask the supplier about a row"</h3>
        <form action="/do/end-users/raise-query" method="post" novalidate>
            {desk.hidden()}
            <input type="hidden" name="query" value=NEW />
            {ask::question(&row, &typed, kept, &look)}
            {words_of(desk, NEW, "What do you ask?", "The supplier gets an email and replies here. You can save your review meanwhile, and send it when every query is answered.")}
            <Button text="Ask the supplier" secondary=true small=true />
        </form>
    }
    .into_any()
}

fn typed(form: &str, row: &str, words: &str) -> Answers {
    let form = if form.is_empty() { row } else { form };
    Answers::default().with("query", form).with("row", row).with("words", words)
}

/// Asks the supplier about a row, or asks again.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/raise-query")]
pub async fn raise_query(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] query: String,
    #[server(default)] row: String,
    #[server(default)] words: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, typed(&query, &row, &words)),
        |_, spec| Ok(Command::RaiseQuery { task: id_of(spec)?, row: row.clone(), words: words.clone() }),
        |after, events| stay(after, events, "The supplier was asked".to_owned()),
    ))
    .await
}

/// Replies to a query, and opens the SCAL again where its answer is changed.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/answer-query")]
pub async fn answer_query(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] row: String,
    #[server(default)] words: String,
    #[server(default)] then: String,
) -> ActionResult {
    let changes = then == "change";
    act(perform(
        wish(&journey, &task, seen, typed("", &row, &words)),
        |_, spec| Ok(Command::AnswerQuery { task: id_of(spec)?, row: row.clone(), words: words.clone(), changes }),
        |after, events| {
            let (to, heading, text) = stay(after, events, "Your reply was sent to the group".to_owned());
            match (after.process.scal(), events.first()) {
                // Where the answer is changed.
                (Some(scal), Some(Event::QueryAnswered { row, changes: true, .. })) => (
                    format!("{}/{row}", paths::task(&after.reference, &scal.id)),
                    heading,
                    "Change the answer here, then send the SCAL again. The team of this row judges it.".to_owned(),
                ),
                _ => (to, heading, text),
            }
        },
    ))
    .await
}

/// Says that a query is answered.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/close-query")]
pub async fn close_query(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] row: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, typed("", &row, "")),
        |_, spec| Ok(Command::CloseQuery { task: id_of(spec)?, row: row.clone() }),
        |after, events| stay(after, events, "The query is answered".to_owned()),
    ))
    .await
}
