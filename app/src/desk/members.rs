//! How the organisations of a task differ from the members of the end-user group: shown to whoever fills it in, signs it or
//! reviews it.

use journey::{
    base::identity::Identity,
    form::Answers,
    ledger::standing::Standing,
    plan::process::Page,
    rule::{leaving, members},
};
use leptos::prelude::*;

use crate::{
    act::sent,
    base::{halt::Halt, paths},
    desk::{context::TaskContext, unasked},
};

/// Names that are written out; more are counted.
const NAMED: usize = 20;

/// The section of a task whose organisations are others than those of the group; nothing where they are the same.
///
/// # Errors
/// When what was sent cannot be read.
pub fn view(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    let (journey, spec) = (desk.journey(), desk.spec);
    if matches!(desk.standing, Standing::Locked { .. }) {
        return Ok(None);
    }
    // What nobody has sent yet leaves nothing out.
    let listed = !matches!(spec.page, Page::Agreement | Page::Sites);
    let answers = match desk.sent.last() {
        Some(last) => sent::answers_of(last)?,
        None if listed => return Ok(None),
        None => Answers::default(),
    };
    let unused = spec.page == Page::Sites && journey.sites.is_empty();
    let found = members::difference(journey, spec, &answers).filter(|found| !found.is_none() && !unused);
    let Some(found) = found else { return Ok(None) };
    let (strangers, left_out) = match spec.page {
        // Those that it leaves out are told with what to do about it.
        Page::Agreement => ("These are asked to sign, although the group does not name them as members:", ""),
        Page::Declaration => ("It is declared for these, which are not members:", "It leaves out these members:"),
        Page::Sites => ("These sites belong to no member of the group:", "No site of these members is recorded yet:"),
        _ => ("These sites belong to no member of the group:", "No site of these members is in it:"),
    };
    let fold = |says: &'static str, all: &[Identity]| {
        let more = all.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| view! { <li>{format!("and {more} more")}</li> });
        let items = all.iter().take(NAMED).map(|it| view! { <li>{it.in_words()}</li> }).collect_view();
        (!all.is_empty()).then(|| view! { <p>{says}</p> <ul class="nhsuk-list nhsuk-list--bullet">{items}{more}</ul> })
    };
    let group = leaving::group(journey).map(|group| {
        let to = paths::task(&journey.reference, &group.id);
        view! { <p class="gpc-meta">"The list of members is in " <a href=to>{group.noun.clone()}</a> "."</p> }
    });
    Ok(Some(
        view! {
            <section class="nhsuk-inset-text" aria-labelledby="members-differ">
                <h2 class="nhsuk-heading-s" id="members-differ">"Compared with the members of the group"</h2>
                {fold(strangers, &found.no_members)}
                {if spec.page == Page::Agreement { unasked::view(journey, &desk.visitor.actor) } else { fold(left_out, &found.left_out).map(IntoAny::into_any) }}
                {group}
            </section>
        }
        .into_any(),
    ))
}
