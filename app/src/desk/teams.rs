//! For which team the reader decides: whoever holds several roles chooses, on the page and in its address.

use journey::{
    base::actor::Role,
    ledger::{machine::Verb, refusal::Refusal},
    rule::offers,
};
use leptos::prelude::*;

use crate::{desk::context::TaskContext, request::visitor};

/// The team for which the reader decides: the one that they chose, among those that they may decide for now.
#[must_use]
pub fn deciding(desk: &TaskContext) -> Option<Role> {
    let (may, wanted) = (all(desk), visitor::query(AS));
    may.iter().copied().find(|role| role.name() == wanted).or_else(|| may.first().copied())
}

/// The word of an address for the team that the reader has chosen.
const AS: &str = "as";

/// What stands in an address behind `?` or `&` so that the next page is for the same team; nothing for whoever decides for
/// one team only.
#[must_use]
pub fn chosen(desk: &TaskContext, role: Role) -> String {
    if all(desk).len() > 1 { format!("{AS}={}", role.name()) } else { String::new() }
}

/// Every team for which the reader may decide now: those that have not finished first.
#[must_use]
pub fn all(desk: &TaskContext) -> Vec<Role> {
    let mut may = offers::roles_for_verb(desk.journey(), &desk.visitor.actor, Verb::Approve, &desk.spec.id);
    may.sort_by_key(|role| desk.record().has_finished(*role));
    may
}

/// Whoever holds several roles chooses for which team they decide.
/// `path` is the page that they choose it for.
#[must_use]
pub fn choice(desk: &TaskContext, role: Role, path: &str) -> Option<AnyView> {
    let may = all(desk);
    let others = may.into_iter().filter(|other| *other != role).map(|other| {
        let to = format!("{path}?{AS}={}", other.name());
        view! { <li><a href=to>{format!("Decide for {}", other.the())}</a></li> }
    });
    let others: Vec<_> = others.collect();
    (!others.is_empty()).then(|| {
        view! {
            <p>{format!("You decide for {}.", role.the())}</p>
            <ul class="nhsuk-list">{others}</ul>
        }
        .into_any()
    })
}

/// The team for which somebody judges here: the one that their form names and no other, or the first one that may.
///
/// # Errors
/// Why they may not.
pub fn judging(desk: &TaskContext, team: &str) -> Result<Role, Refusal> {
    let (journey, actor, task) = (desk.journey(), &desk.visitor.actor, &desk.spec.id);
    let Some(named) = Role::ALL.iter().copied().find(|role| role.name() == team) else {
        return offers::judge(journey, actor, Verb::Approve, task);
    };
    if all(desk).contains(&named) {
        return Ok(named);
    }
    let only = actor.only(named).ok_or_else(|| Refusal::NotYours { roles: vec![named] })?;
    Err(offers::judge(journey, &only, Verb::Approve, task).err().unwrap_or(Refusal::NothingToDo))
}

/// A page for the same team.
#[must_use]
pub fn for_the_same(desk: &TaskContext, role: Role, page: &str) -> String {
    let chosen = chosen(desk, role);
    if chosen.is_empty() { page.to_owned() } else { format!("{page}?{chosen}") }
}
