//! Wishes to leave, on the page of the task that names the group: whoever decides finds there what waits for them.

use journey::{base::identity::Identity, rule::leaving};
use leptos::prelude::*;

use crate::{base::dates, desk::context::TaskContext};

/// Who asked that an organisation leaves, and the way to where that is decided; nothing while nobody has asked.
pub fn view(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    let wishes = leaving::waiting(journey, desk.spec);
    if wishes.is_empty() {
        return None;
    }
    let named = |organisation| {
        let today = || desk.loaded.names.organisations.get(organisation).cloned().unwrap_or_default();
        journey.identity(organisation).map_or_else(today, Identity::in_words)
    };
    let items = wishes
        .iter()
        .map(|(organisation, asked)| {
            let says =
                format!("{} asked on {} that {} leaves.", desk.who(&asked.by), dates::day_of(asked.at), named(organisation));
            view! { <p>{says}" "<span class="gpc-lines">{asked.reason.clone()}</span></p> }
        })
        .collect_view();
    let to = format!("/journeys/{}/organisations", journey.reference);
    let on = if leaving::may_confirm(journey, &desk.visitor.actor, desk.spec) {
        view! { <p><a href=to>"Confirm that it leaves, or let it stay"</a></p> }.into_any()
    } else {
        view! { <p>"A programme lead of NHS England who did not ask for it decides. " <a href=to>"See who takes part"</a></p> }
            .into_any()
    };
    Some(
        view! {
            <section class="nhsuk-inset-text" aria-labelledby="wishes">
                <h2 class="nhsuk-heading-s" id="wishes">"May an organisation leave?"</h2>
                {items}
                {on}
            </section>
        }
        .into_any(),
    )
}
