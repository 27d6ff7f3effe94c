//! Members of the end-user group that nobody asks to sign, by an account or by letter: named where people look
//! for signatures, with what to do about it.

use journey::{
    base::actor::Actor,
    ledger::{journey::Journey, machine::Verb},
    rule::{leaving, members, offers},
};
use leptos::prelude::*;

use crate::base::paths;

/// Names that are written out; more are counted.
pub const NAMED: usize = 20;

/// Who they are and what to do; nothing when every member has a part.
pub fn view(journey: &Journey, actor: &Actor) -> Option<AnyView> {
    leaving::group(journey).filter(|group| journey.may_read(actor, group))?;
    let all = members::without_part(journey);
    if all.is_empty() {
        return None;
    }
    let (waiting, nobody): (Vec<_>, Vec<_>) = all.into_iter().partition(|member| member.asked);
    let list = |says: &'static str, all: Vec<members::Unasked<'_>>| {
        let more = all.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| view! { <li>{format!("and {more} more")}</li> });
        let items = all.iter().take(NAMED).map(|it| view! { <li>{it.identity.in_words()}</li> }).collect_view();
        (!all.is_empty()).then(|| view! { <p>{says}</p> <ul class="nhsuk-list nhsuk-list--bullet">{items}{more}</ul> })
    };
    let offers = offers::offers_on_whole(journey, actor);
    let to = format!("/journeys/{}/organisations#give", journey.reference);
    // A group lead asks them by letter, and nobody has to be given a part for that.
    let by_letter = journey.plan().find(|spec| offers::judge(journey, actor, Verb::AskToSign, &spec.id).is_ok());
    let what_to_do = (!nobody.is_empty()).then(|| {
        if let Some(spec) = by_letter {
            let to = paths::signatories(&journey.reference, &spec.id);
            view! { <p><a href=to>"Ask somebody of each by email to sign"</a>". They need no account."</p> }.into_any()
        } else if offers.contains(&Verb::Join) {
            view! { <p><a href=to>"Add each of them"</a>", or leave it to the lead of the group, who asks them by email."</p> }.into_any()
        } else if offers.contains(&Verb::AskForPart) {
            view! { <p><a href=to>"Ask to add each of them"</a>", or leave it to the lead of the group, who asks them by email when there is something to sign."</p> }
                .into_any()
        } else {
            view! { <p>"The lead of the group asks somebody of each by email, when there is something to sign."</p> }
                .into_any()
        }
    });
    Some(
        view! {
            {list("Members of the group that nobody has asked to sign yet:", nobody)}
            {what_to_do}
            {list("Members of the group that are asked to sign when NHS England has confirmed who they are:", waiting)}
        }
        .into_any(),
    )
}
