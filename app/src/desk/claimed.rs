//! A decision on what a colleague has claimed: their name stands above the form, and whoever decides all the same says so.

use journey::{
    base::{
        actor::{Role, Side},
        ids::PersonId,
    },
    view::names::Names,
};
use leptos::prelude::*;

use crate::{
    act::wording,
    base::{said::RefusedForm, words},
    design::{ask, group_class},
    desk::context::TaskContext,
};

/// The teams for which the reader could decide now and a colleague has claimed it.
fn of_others(desk: &TaskContext) -> Vec<(Role, &PersonId)> {
    let actor = &desk.visitor.actor;
    let roles = desk.turns.iter().filter(|turn| turn.side == Side::Programme).flat_map(|turn| turn.roles.iter().copied());
    let held = |role: Role| {
        let holder = desk.loaded.names.claims.get(&(desk.spec.id.clone(), role))?;
        (actor.is(role) && *holder != actor.person).then_some((role, holder))
    };
    roles.filter_map(held).collect()
}

/// Who has claimed it, and the box that says to decide in their place; nothing where nobody else has. Part of the form that
/// decides; `id` is its own on the page.
pub fn instead(desk: &TaskContext, id: &'static str) -> Option<AnyView> {
    in_place_of(&of_others(desk), &desk.loaded.names, desk.context.kept.as_ref(), id)
}

/// The same for these claims.
pub fn in_place_of(held: &[(Role, &PersonId)], names: &Names, kept: Option<&RefusedForm>, id: &str) -> Option<AnyView> {
    if held.is_empty() {
        return None;
    }
    let mut holders: Vec<&PersonId> = held.iter().map(|(_, holder)| *holder).collect();
    holders.dedup();
    let who = |holder: &PersonId| wording::who(names, Some(holder));
    let listed = words::listed(holders.iter().map(|holder| who(holder)).collect());
    let told: Vec<String> =
        held.iter().map(|(role, holder)| format!("{} has claimed it for {}.", who(holder), role.the())).collect();
    let value = holders.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let problem = kept.and_then(|kept| kept.problem("instead"));
    let group = group_class(problem.is_some());
    let id = id.to_owned();
    Some(
        view! {
            <div class=group>
                <p>{told.join(" ")}" Leave it to them, or say that you decide in their place."</p>
                {ask::message(&id, problem)}
                <div class="nhsuk-checkboxes nhsuk-checkboxes--small">
                    <div class="nhsuk-checkboxes__item">
                        <input class="nhsuk-checkboxes__input" id=id.clone() type="checkbox" name="instead" value=value />
                        <label class="nhsuk-label nhsuk-checkboxes__label" for=id>{format!("I decide in the place of {listed}")}</label>
                    </div>
                </div>
            </div>
        }
        .into_any(),
    )
}
