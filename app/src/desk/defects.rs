//! Defects on the page of a test stage, and of a certificate that waits for some: what is open, and the way to raise one.

use journey::ledger::{defect::DefectRecord, defect_clock::has_defects, machine::Verb};
use leptos::prelude::*;

use crate::{act::wording, base::paths, base::words::counted, desk::context::TaskContext};

/// Open defects that are named here; the list has the others.
const NAMED: usize = 5;

/// The section; nothing where there can be no defects.
pub fn view(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    if !has_defects(desk.spec) {
        return blocking(desk);
    }
    let open: Vec<&DefectRecord> = journey.defects_of(&desk.spec.id).filter(|defect| defect.is_open()).collect();
    let any = journey.defects_of(&desk.spec.id).next().is_some();
    let raises = desk.may(Verb::RaiseDefect);
    if !any && !raises {
        return None;
    }
    let paused = wording::paused(journey, &desk.spec.id).map(|text| {
        view! { <div class="nhsuk-inset-text"><p><b>"The time of the supplier: "</b>{text}</p></div> }
    });
    let new = paths::new_defect(&journey.reference, &format!("task={}", desk.spec.id));
    let more = open.len().saturating_sub(NAMED);
    let items = open.iter().take(NAMED).map(|defect| view! { <li>{line(desk, defect)}</li> }).collect_view();
    let none = any && open.is_empty();
    Some(
        view! {
            <section aria-labelledby="defects">
                <h2 class="nhsuk-heading-s" id="defects">"Defects"</h2>
                {paused}
                {(!open.is_empty()).then(|| view! { <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul> })}
                {(more > 0).then(|| view! { <p>{format!("And {} open.", counted(more, "more defect"))}</p> })}
                {none.then(|| view! { <p>"Every defect of this stage is closed."</p> })}
                <p>
                    {any.then(|| view! { <a href=paths::defects(&journey.reference)>"See all defects"</a>". " })}
                    {raises.then(|| view! { <a href=new>"Raise a defect"</a>"." })}
                </p>
            </section>
        }
        .into_any(),
    )
}

/// A defect with the way to its page, for whoever reads the stage on which it was seen.
fn line(desk: &TaskContext, defect: &DefectRecord) -> AnyView {
    let journey = desk.journey();
    let text = format!("{} {}", defect.name(), defect.defect.title);
    let says = format!(". {}. {}.", defect.standing(), defect.assessment.in_words());
    if !journey.may_read_task(&desk.visitor.actor, &defect.task) {
        return view! { {defect.name()} ". " {defect.standing()} "." }.into_any();
    }
    view! { <a href=paths::defect(&journey.reference, defect.number)>{text}</a>{says} }.into_any()
}

/// What a certificate waits for.
fn blocking(desk: &TaskContext) -> Option<AnyView> {
    let blocked = desk.journey().blocked_by(desk.spec);
    if blocked.is_empty() || desk.standing.is_done() {
        return None;
    }
    let items = blocked.iter().map(|defect| view! { <li>{line(desk, defect)}</li> }).collect_view();
    Some(
        view! {
            <section aria-labelledby="defects" class="nhsuk-inset-text">
                <h2 class="nhsuk-heading-s" id="defects">"A defect that blocks the certificate is open"</h2>
                <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
                <p>"The certificate can be issued when each is closed, or no longer blocks."</p>
            </section>
        }
        .into_any(),
    )
}
