//! A certificate that is suspended, withdrawn or reinstated: two people of the programme agree on it, with a reason that whoever
//! checks the certificate reads.

use journey::{
    base::text,
    form::{Answers, Field, Kind},
    ledger::{machine::Verb, refusal::Refusal, standing::ValidityProposal},
    plan::certificates::ValidityChange,
    rule::{certificate, command::Command},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, act},
        post::perform,
    },
    base::dates,
    design::{
        Button, Details,
        ask::{self, Look},
    },
    desk::{
        actions::{id_of, stay, wish},
        claimed,
        context::TaskContext,
    },
};

/// What becomes of it, as the middle of a sentence: "to suspend the certificate".
fn act_of(change: ValidityChange) -> &'static str {
    match change {
        ValidityChange::Suspend => "suspend",
        ValidityChange::Withdraw => "withdraw",
        ValidityChange::Reinstate => "reinstate",
    }
}

/// What it means for those who rely on the certificate.
fn about(change: ValidityChange) -> &'static str {
    match change {
        ValidityChange::Suspend => "Nobody relies on it and no more sites go live until it is reinstated.",
        ValidityChange::Withdraw => "It never counts again. Another certificate can be issued in its place.",
        ValidityChange::Reinstate => "It counts again, with the same number.",
    }
}

/// What was proposed, for whoever decides; else the form of whoever may propose. Nothing where neither is.
pub fn view(desk: &TaskContext) -> Option<AnyView> {
    if let Some(asked) = &desk.record().validity {
        return Some(proposed(desk, asked));
    }
    let possible = certificate::may_become(desk.record());
    if !desk.may(Verb::ProposeValidity) {
        return None;
    }
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key("change"));
    let typed = kept.map(|kept| kept.typed.clone()).unwrap_or_default();
    let options = possible.iter().map(|change| (change.name(), change.title(), about(*change))).collect();
    let change = Field::new("change", "What should happen to the certificate?", Kind::Choice(options));
    let look = |name: &str| Look { name: name.to_owned(), rows: 3, ..Look::default() };
    let reason = Field::new("reason", "Why?", Kind::Words { max: journey::rule::reason::LONGEST_WORDS })
        .hint("Anybody who checks the certificate by its number reads this.");
    let body = view! {
        <form action="/do/task/propose-validity" method="post" novalidate>
            {desk.hidden()}
            {ask::question(&change, &typed, kept, &look("change"))}
            {ask::question(&reason, &typed, kept, &look("reason"))}
            <p class="gpc-meta">"It counts when a second person of your team, or a programme lead, agrees."</p>
            <Button text="Propose it" secondary=true small=true />
        </form>
    };
    let acts: Vec<&str> = possible.iter().map(|change| act_of(*change)).collect();
    let summary = text::capital(&format!("{} the certificate", acts.join(" or ")));
    Some(view! { <Details summary=summary open=kept.is_some() body=body.into_any() /> }.into_any())
}

fn proposed(desk: &TaskContext, asked: &ValidityProposal) -> AnyView {
    let (act, proposal) = (act_of(asked.change), &asked.proposal);
    let confirm = desk.may(Verb::ConfirmValidity).then(|| {
        view! {
            <form action="/do/task/confirm-validity" method="post">
                {desk.hidden()}
                {claimed::instead(desk, "instead-validity")}
                <Button text=format!("Agree to {act} it") small=true />
            </form>
        }
    });
    let own = proposal.by == desk.visitor.actor.person;
    let (why, no) = if own { ("Why do you take it back?", "Take the proposal back") } else { ("Why not?", "Do not agree") };
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key("declined"));
    let typed = kept.map(|kept| kept.typed.one("reason").to_owned()).unwrap_or_default();
    let problem = kept.and_then(|kept| kept.problem("reason"));
    let decline = desk.may(Verb::DeclineValidity).then(|| {
        view! {
            <form action="/do/task/decline-validity" method="post" novalidate>
                {desk.hidden()}
                {ask::words("reason-validity", "reason", why, "It stays in the history of this journey.", &typed, problem, 2)}
                <Button text=no secondary=true small=true />
            </form>
        }
    });
    view! {
        <section class="gpc-finding" aria-labelledby="validity">
            <h2 class="nhsuk-heading-s" id="validity">{format!("Proposed: {act} the certificate")}</h2>
            <p class="gpc-lines">{proposal.reason.clone()}</p>
            <p>{about(asked.change)}</p>
            <p class="gpc-meta">{format!("{}, {}. Somebody else of the team that issued it, or another programme lead, decides.", desk.who(&proposal.by), dates::day_of(proposal.at))}</p>
            {confirm}
            {decline}
        </section>
    }
    .into_any()
}

/// Proposes that a certificate is suspended, withdrawn or reinstated.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/propose-validity")]
pub async fn propose_validity(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] change: String,
    #[server(default)] reason: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default().with("change", &change).with("reason", &reason)),
        |_, spec| {
            let change = ValidityChange::named(&change);
            let change = change.ok_or_else(|| Refusal::problem("change", "Choose what should happen to the certificate"))?;
            Ok(Command::ProposeValidity { task: id_of(spec)?, change, reason: reason.clone() })
        },
        |after, events| stay(after, events, "Proposed. A second person decides".to_owned()),
    ))
    .await
}

/// Agrees to what was proposed for a certificate.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/confirm-validity")]
pub async fn confirm_validity(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] instead: String,
) -> ActionResult {
    act(perform(
        ActionRequest { instead, ..wish(&journey, &task, seen, Answers::default()) },
        |_, spec| Ok(Command::ConfirmValidity { task: id_of(spec)? }),
        |after, events| stay(after, events, "Agreed. Whoever checks the certificate sees it from now on".to_owned()),
    ))
    .await
}

/// Does not agree to what was proposed for a certificate, or takes the proposal back.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/decline-validity")]
pub async fn decline_validity(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] reason: String,
) -> ActionResult {
    act(perform(
        wish(&journey, &task, seen, Answers::default().with("declined", "yes").with("reason", &reason)),
        |_, spec| Ok(Command::DeclineValidity { task: id_of(spec)?, reason: reason.clone() }),
        |after, events| stay(after, events, "The certificate stays as it is".to_owned()),
    ))
    .await
}
