//! What the pages of a SCAL have around their middle.

use journey::rule::offers;

use leptos::prelude::*;

use crate::{
    base::paths,
    design::{Crumbs, Title, kept_true, live_on, say},
    desk::{
        again,
        context::TaskContext,
        frame::{self, gate, reopened},
        parts::more,
        replies,
    },
    islands::{Wake, count::characters_left},
};

/// Crumbs, messages, heading with facts and the way to send, then the two halves, then what every task's page has below.
pub fn framed(desk: &TaskContext, heading: String, facts: AnyView, halves: AnyView) -> AnyView {
    let journey = desk.journey();
    let product = journey.opening.product.clone();
    let home = paths::journey(&journey.reference);
    let links = vec![("/journeys".to_owned(), "Journeys".to_owned()), (home, product.clone())];
    view! {
        <Crumbs links=links />
        {say::kept(desk.context.kept.as_ref().or(desk.not_said.as_ref()))}
        {say::banner(desk.context.banner.clone())}
        <div class="gpc-head">
            <Title above=format!("{product} {}", journey.reference) text=heading />
            {facts}
        </div>
        {live_on(&journey.reference)}
        {again::view(desk)}
        {frame::finished(desk)}
        {kept_true("gate", closed(desk))}
        {halves}
        <div class="nhsuk-grid-row">
            <div class="nhsuk-grid-column-two-thirds">
                {replies::view(desk)}
                {more(desk)}
                {desk.talk.below_a_task()}
            </div>
            <div class="nhsuk-grid-column-one-third gpc-aside">{kept_true("aside", crate::desk::frame::aside(desk))}</div>
        </div>
        {characters_left()}
        <Wake />
    }
    .into_any()
}

/// The closed gate and why it is open again. Whoever can answer rows already reads of the gate in one line, folded.
fn closed(desk: &TaskContext) -> AnyView {
    let gate = gate(desk);
    let early = gate.is_some() && offers::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id);
    if !early {
        return view! { {gate} {reopened(desk)} }.into_any();
    }
    view! {
        <details class="nhsuk-details">
            <summary class="nhsuk-details__summary">
                <span class="nhsuk-details__summary-text">"You can answer rows now. See what must be done before you can submit"</span>
            </summary>
            {gate}
        </details>
        {reopened(desk)}
    }
    .into_any()
}
