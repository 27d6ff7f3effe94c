//! "Check again": what a settled task rests on is no longer what it was. What changed, old beside new, and the form of whoever
//! may say that it still holds.

use journey::{
    ledger::{
        basis::{Basis, Change, Ground},
        machine::Verb,
        standing::Standing,
        use_case::UseCase,
    },
    plan::{capability::Chosen, certificates, process::Settle},
};
use leptos::prelude::*;

use crate::{
    act::wording,
    base::{dates, paths, words},
    design::{Button, Grid, Hidden, ask},
    desk::{claimed, context::TaskContext},
};

/// The section above everything else on the page of a task that is checked again.
pub fn view(desk: &TaskContext) -> Option<AnyView> {
    let Standing::CheckAgain { waiting_on } = &desk.standing else { return None };
    let journey = desk.journey();
    let done = wording::how(journey, desk.spec, &desk.loaded.names);
    let (heading, since, why) = match stopped(desk) {
        Some((heading, since, why)) => (heading, since, Some(why)),
        None => ("Check this again", "Something it depends on has changed since.".to_owned(), None),
    };
    let rows = journey.changes(desk.spec).into_iter().map(|change| row(desk, change)).collect::<Vec<_>>();
    let first = (!waiting_on.is_empty()).then(|| {
        let links = waiting_on.iter().map(|need| view! { <li>{link(desk, need)}</li> }).collect_view();
        view! {
            <p>"It can be looked at when this is completed:"</p>
            <ul class="nhsuk-list nhsuk-list--bullet">{links}</ul>
        }
    });
    let table = (!rows.is_empty()).then(|| {
        view! {
            <Grid caption="What has changed since it was completed" columns=["What changed", "When it was completed", "Now"] rows=rows.into_any() />
        }
    });
    Some(
        view! {
            <section class="gpc-gate gpc-again" aria-labelledby="again">
                <h2 class="nhsuk-heading-m" id="again">{heading}</h2>
                <p>{format!("{done} {since} Everything recorded here is kept, but it does not count as completed until it is checked.")}</p>
                {why}
                {table}
                {first}
                {said(desk)}
                {how_on(desk)}
                {form(desk)}
            </section>
        }
        .into_any(),
    )
}

fn link(desk: &TaskContext, task: &journey::base::ids::TaskId) -> AnyView {
    if !desk.journey().may_read_task(&desk.visitor.actor, task) {
        return desk.journey().process.label(task).to_owned().into_any();
    }
    let to = paths::task(&desk.journey().reference, &task);
    view! { <a href=to>{desk.journey().process.label(task).to_owned()}</a> }.into_any()
}

/// One change, old beside new.
fn row(desk: &TaskContext, change: Change) -> AnyView {
    let settled = |ground: Option<Ground>| match ground {
        Some(Ground { round, at, .. }) if round.0 > 0 => format!("Round {round}, {}", dates::day_of(at)),
        Some(Ground { at, .. }) => format!("Completed on {}", dates::day_of(at)),
        None => "Not completed".to_owned(),
    };
    let (what, then, now) = match change {
        Change::Need { task, then, now } => {
            let now = match now {
                None if desk.journey().process.task(&task).is_some_and(|spec| !spec.applies(&desk.journey().opening)) => {
                    "Not needed".to_owned()
                }
                now => settled(now),
            };
            (link(desk, &task), settled(then), now)
        }
        Change::Capabilities { then, now } => ("Capabilities".into_any(), listed(&then), listed(&now)),
        Change::Product { then, now } => ("Product version".into_any(), then, now),
        Change::Expired { on } => ("The certificate".into_any(), "Valid".to_owned(), format!("Expired on {}", dates::day_of(on))),
        Change::Stopped { withdrawn, at } => {
            let word = if withdrawn { "Withdrawn" } else { "Suspended" };
            ("The certificate".into_any(), "Valid".to_owned(), format!("{word} on {}", dates::day_of(at)))
        }
        Change::UseCase { then, now } => {
            let now = now.map_or_else(|| "None is approved".to_owned(), |now| used(&now));
            ("Use case".into_any(), used(&then), now)
        }
        Change::CareSetting { then, now } => ("Care setting of the group".into_any(), then, now),
        Change::Edition { then, now } => ("Edition of the SCAL".into_any(), then.to_string(), now.to_string()),
    };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{what}</th>
            <td role="cell" data-l="When it was completed">{then}</td>
            <td role="cell" data-l="Now">{now}</td>
        </tr>
    }
    .into_any()
}

/// What a use case is for, and where.
fn used(says: &UseCase) -> String {
    format!("{} ({})", says.purpose, words::listed(says.care_settings.clone()))
}

fn listed(chosen: &[Chosen]) -> String {
    words::listed(chosen.iter().map(|one| format!("{} {}", one.capability.title(), one.version)).collect())
}

/// That its certificate does not count, who decided that, and why.
fn stopped(desk: &TaskContext) -> Option<(&'static str, String, AnyView)> {
    let stopped = desk.record().stopped.as_ref()?;
    let (heading, word) = if stopped.withdrawn {
        ("The certificate was withdrawn", "withdrawn")
    } else {
        ("The certificate is suspended", "suspended")
    };
    let (by, and) = (desk.who(&stopped.proposal.by), desk.who(&stopped.confirmed_by));
    let since = format!("It was {word} on {} by {by} and {and}.", dates::day_of(stopped.at));
    let why = view! { <div class="nhsuk-inset-text"><p class="gpc-lines">{stopped.proposal.reason.clone()}</p></div> };
    Some((heading, since, why.into_any()))
}

/// Who has said already that it still holds.
fn said(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    let counted = journey.confirmed(desk.spec);
    let lines = journey
        .task(&desk.spec.id)
        .confirmed
        .iter()
        .filter(|said| counted.contains(&said.role))
        .map(|said| {
            let who = format!("{}, {}, {}: ", desk.who(&said.by), said.role.title().to_lowercase(), dates::day_of(said.at));
            view! { <li>{who}<span class="gpc-lines">{said.reason.clone()}</span></li> }
        })
        .collect::<Vec<_>>();
    (!lines.is_empty()).then(|| {
        view! { <p>"These teams have said that it still holds:"</p> <ul class="nhsuk-list nhsuk-list--bullet">{lines}</ul> }
            .into_any()
    })
}

/// How it counts as completed again, where nobody can simply say so.
fn how_on(desk: &TaskContext) -> Option<AnyView> {
    // While only something further back is open, nothing has to be done here: it may stand again as it is.
    if desk.journey().changes(desk.spec).is_empty() {
        return None;
    }
    let text = match desk.spec.settle {
        _ if let Some(stopped) = &desk.record().stopped => {
            if stopped.withdrawn {
                "The certificate never counts again. NHS England can issue another, with a number of its own."
            } else {
                "Two people of NHS England reinstate the certificate, or withdraw it."
            }
        }
        Settle::ByIssue | Settle::ByReview if certificates::kind(desk.spec).is_some() => {
            "A certificate cannot be confirmed. NHS England issues it again, with a number of its own."
        }
        Settle::BySignatures => {
            "A signature counts only for the words that were signed. Everybody signs the words as they are now."
        }
        _ if desk.journey().confirms(desk.spec).is_empty() => "The supplier looks at what changed and sends it again.",
        _ => return None,
    };
    Some(view! { <p>{text}</p> }.into_any())
}

fn form(desk: &TaskContext) -> Option<AnyView> {
    if !desk.may(Verb::StillHolds) {
        return None;
    }
    let basis = Basis::now(desk.journey(), desk.spec).digest().to_string();
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key("holds"));
    let typed = kept.map(|kept| kept.typed.one("reason").to_owned()).unwrap_or_default();
    let problem = kept.and_then(|kept| kept.problem("reason"));
    Some(
        view! {
            <form action="/do/task/still-holds" method="post" novalidate>
                {desk.hidden()}
                <Hidden values=vec![("basis", basis)] />
                {ask::words("reason", "reason", "Why does it still hold?", "Everybody on this journey can read this.", &typed, problem, 3)}
                {claimed::instead(desk, "instead-holds")}
                <Button text="It still holds" />
            </form>
        }
        .into_any(),
    )
}
