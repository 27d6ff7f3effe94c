//! What the pages of several kinds of task have in common.

use journey::{
    form::{Answers, Field, Form, Kind, Part},
    ledger::machine::Verb,
};

use leptos::prelude::*;

use crate::{
    base::dates,
    design::{Button, Details, SummaryRow, against, answer_view, ask},
    desk::{claimed, context::TaskContext},
};

/// Rare and weighty: do without, open again.
pub fn more(desk: &TaskContext) -> AnyView {
    let fold = |summary: &'static str, body: AnyView| {
        view! {
            <Details summary=summary body=body />
        }
        .into_any()
    };
    let propose = desk.may(Verb::ProposeWaiver).then(|| {
        fold(
            "Ask to skip this task",
            view! {
                <form action="/do/task/propose-waiver" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("reason", "reason", "Why is it not needed?", "A programme lead reads this and decides. It must not be you.", "", None, 3)}
                    <Button text="Ask to skip it" secondary=true small=true />
                </form>
            }
            .into_any(),
        )
    });
    let reopen = desk.may(Verb::Reopen).then(|| {
        let resting = desk.journey().resting_on(&desk.spec.id);
        let labels = resting.iter().map(|spec| view! { <li>{spec.noun.clone()}</li> }).collect_view();
        fold(
            "Open it again",
            view! {
                {(!resting.is_empty()).then(|| view! {
                    <p>"These do not count until it is completed again:"</p>
                    <ul class="nhsuk-list nhsuk-list--bullet">{labels}</ul>
                })}
                {(!desk.record().signatures.is_empty()).then(|| view! { <p>"The signatures that were given do not count any more. Whoever has signed is told, and signs again when the details have been sent again."</p> })}
                <form action="/do/task/reopen" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("reason-reopen", "reason", "Why is it opened again?", "What depends on it cannot continue until it is completed again. All work is kept.", "", None, 3)}
                    <Button text="Open it again" secondary=true small=true />
                </form>
            }
            .into_any(),
        )
    });
    let send_back = desk.may(Verb::SendBack).then(|| {
        fold(
            "Send it back now, without waiting for the other teams",
            view! {
                <form action="/do/task/send-back" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("reason-send-back", "reason", "Why does it not wait for the other teams?", "Everybody on this journey can read this. The supplier gets what has been asked for so far.", "", None, 2)}
                    <Button text="Send it back to the supplier" secondary=true small=true />
                </form>
            }
            .into_any(),
        )
    });
    let proposal = desk.record().proposal.as_ref().map(|proposal| {
        let confirm = desk.may(Verb::ConfirmWaiver).then(|| {
            view! {
                <form action="/do/task/confirm-waiver" method="post">
                    {desk.hidden()}
                    {claimed::instead(desk, "instead-agrees")}
                    <Button text="Agree to skip it" small=true />
                </form>
            }
        });
        let decline = desk.may(Verb::DeclineWaiver).then(|| {
            view! {
                <form action="/do/task/decline-waiver" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("reason-decline", "reason", "Why does it stay in the plan?", "", "", None, 2)}
                    {claimed::instead(desk, "instead-keeps")}
                    <Button text="Do not agree" secondary=true small=true />
                </form>
            }
        });
        view! {
            <section class="gpc-finding">
                <h2 class="nhsuk-heading-s">"Asked for: skip this task"</h2>
                <p class="gpc-lines">{proposal.reason.clone()}</p>
                <p class="gpc-meta">{format!("{}, {}. A programme lead who did not ask for it decides.", desk.who(&proposal.by), crate::base::dates::day_of(proposal.at))}</p>
                {confirm}
                {decline}
            </section>
        }
    });
    view! { {send_back} {proposal} {propose} {reopen} }.into_any()
}

/// Answers as a summary list; files can be opened, nothing can be changed.
pub fn summary(form: &Form, answers: &Answers) -> AnyView {
    let dated = dates::in_answers(form, answers);
    // What is judged together is told together.
    let together: Vec<&Part> = form.parts.iter().filter(|part| part.fields.len() > 1 && form.parts.len() > 1).collect();
    let of_part = |field: &Field| together.iter().find(|part| part.fields.contains(&field.id));
    let rows = form
        .fields
        .iter()
        .filter(|field| of_part(field).is_none_or(|part| part.fields[0] == field.id && !part.is_blank(answers)))
        .map(|field| match field.kind {
            _ if of_part(field).is_some() => {
                let told =
                    of_part(field).map_or_else(Default::default, |part| (part.label.clone(), form.part_in_words(part, &dated)));
                view! { <SummaryRow key=told.0 value=told.1 /> }.into_any()
            }
            Kind::Files { .. } if !answers.many(field.id.as_str()).is_empty() => view! {
                <div class="nhsuk-summary-list__row">
                    <dt class="nhsuk-summary-list__key">{field.label.clone()}</dt>
                    <dd class="nhsuk-summary-list__value">{answer_view(form, field, answers)}</dd>
                </div>
            }
            .into_any(),
            Kind::Figure { .. } => view! {
                <div class="nhsuk-summary-list__row">
                    <dt class="nhsuk-summary-list__key">{field.label.clone()}</dt>
                    <dd class="nhsuk-summary-list__value">{form.in_words(&field.id, answers)}" "{field.against(answers.one(field.id.as_str())).map(against)}</dd>
                </div>
            }
            .into_any(),
            _ => view! { <SummaryRow key=field.label.clone() value=form.in_words(&field.id, &dated) /> }.into_any(),
        })
        .collect_view();
    view! { <dl class="nhsuk-summary-list">{rows}</dl> }.into_any()
}
