//! The conditions under which going live was approved: those that are open, with the form of the team that set them, and those
//! that are met.

use journey::{
    base::ids::FieldId,
    ledger::{machine::Verb, standing::Verdict},
    plan::process::Page,
    rule::{answering, offers},
};
use leptos::prelude::*;

use crate::{
    base::dates,
    design::{Button, Details, Hidden, ask},
    desk::context::TaskContext,
};

/// The conditions of this approval; nothing where there are none.
pub fn view(desk: &TaskContext) -> Option<AnyView> {
    let record = desk.record();
    let open: Vec<(&FieldId, &Verdict)> = record.open_conditions().collect();
    if desk.spec.page != Page::GoLive || (open.is_empty() && record.closed.is_empty()) {
        return None;
    }
    let label = |field: &FieldId| answering::label_of(desk.spec, &desk.journey().opening, field);
    let told = open
        .iter()
        .map(|(field, verdict)| {
            let words = verdict.condition.clone().unwrap_or_default();
            let who = format!("Set by {} on {}.", verdict.role.the(), dates::day_of(verdict.at));
            view! {
                <li>
                    <b>{label(field)}</b>": "<span class="gpc-lines">{words}</span>
                    <br /><span class="gpc-meta">{who}</span>
                    {close(desk, field, verdict)}
                </li>
            }
        })
        .collect_view();
    let met = record
        .closed
        .iter()
        .map(|closed| {
            let who = format!(
                "{}, {}, {}",
                desk.who(&closed.by),
                closed.role.the(),
                dates::moment(closed.at)
            );
            view! { <li><b>{label(&closed.field)}</b>": "<span class="gpc-lines">{closed.note.clone()}</span><br /><span class="gpc-meta">{who}</span></li> }
        })
        .collect_view();
    let (some_open, some_met) = (!open.is_empty(), !record.closed.is_empty());
    Some(
        view! {
            <section aria-labelledby="conditions">
                <h2 class="nhsuk-heading-m" id="conditions">"Conditions of the approval"</h2>
                {some_open.then(|| view! { <p>"Open. Each is closed by the team that set it."</p><ul class="nhsuk-list nhsuk-list--bullet">{told}</ul> })}
                {(!some_open).then(|| view! { <p>"Every condition is met."</p> })}
                {some_met.then(|| view! { <Details summary="Conditions that are met" body=view! { <ul class="nhsuk-list nhsuk-list--bullet">{met}</ul> }.into_any() /> })}
            </section>
        }
        .into_any(),
    )
}

/// The form of whoever may say that it is met.
fn close(desk: &TaskContext, field: &FieldId, verdict: &Verdict) -> Option<AnyView> {
    let roles = offers::roles_for_verb(desk.journey(), &desk.visitor.actor, Verb::CloseCondition, &desk.spec.id);
    if !roles.contains(&verdict.role) {
        return None;
    }
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.one("field") == field.as_str());
    let problem = kept.and_then(|kept| kept.problem("note"));
    let typed = kept.map(|kept| kept.typed.one("note").to_owned()).unwrap_or_default();
    let open = problem.is_some();
    let id = format!("met-{field}");
    Some(
        view! {
            <Details
                summary="Say that it is met"
                open=open
                body=view! {
                    <form action="/do/go-live/close-condition" method="post" novalidate>
                        {desk.hidden()}
                        <Hidden values=vec![("field", field.to_string()), ("role", verdict.role.name().to_owned())] />
                        {ask::words(&id, "note", "How was it met?", "The supplier reads this. It stays on the approval.", &typed, problem, 2)}
                        <Button text="Close the condition" secondary=true small=true />
                    </form>
                }.into_any()
            />
        }
        .into_any(),
    )
}
