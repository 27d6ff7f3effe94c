//! What a page says to a reader who can only look.

use journey::{
    ledger::{machine::Verb, refusal::Refusal, standing::Standing},
    plan::process::Settle,
    rule::offers,
};
use leptos::prelude::*;

use crate::desk::context::TaskContext;

/// Whether the reader decides or signs something here.
pub fn decides(desk: &TaskContext) -> bool {
    [Verb::Approve, Verb::Acknowledge, Verb::Issue, Verb::Sign, Verb::Decline].iter().any(|verb| desk.may(*verb))
}

/// What a reader can have to do on a page without deciding anything.
const WORK: &[Verb] = &[
    Verb::Submit,
    Verb::Start,
    Verb::RecordSite,
    Verb::RecordStep,
    Verb::CheckSite,
    Verb::RaiseQuery,
    Verb::AnswerQuery,
    Verb::CloseQuery,
];

/// The one sentence for a reader who can only look.
pub fn nothing_to_do(desk: &TaskContext) -> Option<AnyView> {
    let locked = matches!(desk.standing, Standing::Locked { .. });
    let done = desk.standing.is_done();
    // What is checked again says itself what is to be done.
    let again = matches!(desk.standing, Standing::CheckAgain { .. });
    let acts = WORK.iter().any(|verb| desk.may(*verb));
    if locked || done || again || acts || decides(desk) {
        return None;
    }
    if desk.spec.settle == Settle::WithJourney {
        return Some(view! { <p class="gpc-meta">"It stays open until the product is live."</p> }.into_any());
    }
    let signing = desk.spec.settle == Settle::BySignatures && desk.record().round.0 > 0;
    let verb = match desk.standing {
        Standing::Submitted => Verb::Approve,
        _ if signing => Verb::Sign,
        _ => Verb::Submit,
    };
    let text = match offers::judge(desk.journey(), &desk.visitor.actor, verb, &desk.spec.id).err() {
        // The reader is on the page that says whose turn it is.
        Some(Refusal::NothingToDo) => desk.whose_turn().unwrap_or_else(|| "There is nothing to do here now.".to_owned()),
        Some(Refusal::AlreadyDone) if signing => "Your organisation has signed. Other signatures are still awaited.".to_owned(),
        Some(refusal) => {
            let (heading, detail) = refusal.sentence(desk.journey().process);
            format!("{heading}. {detail}")
        }
        None => return None,
    };
    Some(view! { <div class="nhsuk-inset-text"><p>{text}</p></div> }.into_any())
}
