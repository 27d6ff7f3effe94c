//! What a team does with its verdicts: accept many rows after looking at the list, and finish its sections.

use journey::{base::actor::Role, catalogue::row, rule::review, scal::verdicts::VerdictStatus};
use leptos::prelude::*;

use crate::{
    base::{halt::Halt, words::counted},
    design::{Button, Hidden, ask},
    desk::{claimed, context::TaskContext, teams},
    work::scal::{
        bench::{Judged, ReviewContext, list_path},
        frame::framed,
        verdict_form::for_team,
    },
};

/// What finishing would do, to be confirmed.
///
/// # Errors
/// [`Halt::Missing`] for whoever cannot decide now.
pub async fn finish(desk: &TaskContext, role: Role) -> Result<AnyView, Halt> {
    let bench = ReviewContext::load(desk, role).await?;
    let path = desk.path();
    let team = teams::chosen(desk, role);
    let (all, team) =
        if team.is_empty() { ("?show=all".to_owned(), team) } else { (format!("?show=all&{team}"), format!("?{team}")) };
    let open: Vec<&Judged> = bench.rows.iter().filter(|judged| judged.says.blocks()).collect();
    if !open.is_empty() {
        let items = open
            .iter()
            .map(|judged| view! { <li><a class="gpc-code" href=format!("{path}/{}{team}", judged.row.field)>{judged.row.id.clone()}</a>{format!(" {}", judged.says.word())}</li> })
            .collect_view();
        let body = view! {
            <section class="gpc-gate">
                <h2 class="nhsuk-heading-m">"You cannot finish your sections yet"</h2>
                <p>{format!("{} without a verdict. What you judged is saved.", counted(open.len(), "row"))}</p>
                <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
            </section>
        };
        return Ok(framed(desk, "Finish my sections".to_owned(), ().into_any(), body.into_any()));
    }
    let of = |says: VerdictStatus| bench.rows.iter().filter(move |judged| judged.says == says);
    let told = |says: VerdictStatus, what: &'static str| {
        let rows: Vec<&Judged> = of(says).collect();
        (!rows.is_empty()).then(|| {
            let items = rows
                .iter()
                .map(|judged| {
                    let words = bench.typed.one(&review::finding_of(&judged.row.field)).to_owned();
                    view! {
                        <li>
                            <a class="gpc-code" href=format!("{path}/{}{all}", judged.row.field)>{judged.row.id.clone()}</a>
                            {(!words.is_empty()).then(|| view! { ": "<span class="gpc-lines">{words}</span> })}
                        </li>
                    }
                })
                .collect_view();
            view! { <h2 class="nhsuk-heading-s">{format!("{what} ({})", rows.len())}</h2><ul class="nhsuk-list nhsuk-list--bullet">{items}</ul> }
        })
    };
    let returns = VerdictStatus::decision(bench.rows.iter().map(|judged| judged.says)) == "return";
    let others: Vec<String> = desk
        .journey()
        .deciders(desk.spec)
        .into_iter()
        .filter(|other| *other != role && !desk.record().approvals.iter().any(|given| given.role == *other))
        .map(|other| other.the())
        .collect();
    let follows = match (returns, others.is_empty()) {
        (true, _) => "The SCAL goes back to the supplier. What is accepted stays accepted unless it changes.".to_owned(),
        (false, true) => "Every team has then signed off: the SCAL is accepted.".to_owned(),
        (false, false) => format!("Your sections are signed off. It still waits for {}.", others.join(", ")),
    };
    let kept = desk.context.kept.as_ref();
    let note = kept.map(|kept| kept.typed.one("note").to_owned()).unwrap_or_default();
    let body = view! {
        {told(VerdictStatus::Change, "Changes requested")}
        {told(VerdictStatus::Condition, "Accepted with a condition")}
        {told(VerdictStatus::Accept, "Accepted")}
        {told(VerdictStatus::Kept, "Kept from an earlier round or a test stage")}
        <form action="/do/scal/finish" method="post" novalidate>
            {desk.hidden()}
            <Hidden values=vec![for_team(role)] />
            {(!returns).then(|| ask::words("note", "note", "Words to the supplier", "If there is something to say.", &note, kept.and_then(|kept| kept.problem("note")), 3))}
            <p>{follows}</p>
            {claimed::instead(desk, "instead")}
            <div class="nhsuk-button-group">
                <Button text=if returns { "Return to supplier" } else { "Sign off my sections" } />
                <a href=format!("{path}{team}")>"Continue reviewing"</a>
            </div>
        </form>
    };
    Ok(framed(desk, format!("Finish my sections: {}", role.title().to_lowercase()), ().into_any(), body.into_any()))
}

/// The rows that are about to be accepted together, to be confirmed.
///
/// # Errors
/// When the database does not answer.
pub async fn confirm(desk: &TaskContext, role: Role) -> Result<AnyView, Halt> {
    let bench = ReviewContext::load(desk, role).await?;
    let path = list_path(desk);
    let kept = desk.context.kept.as_ref();
    let chosen: Vec<&Judged> = bench
        .rows
        .iter()
        .filter(|judged| kept.is_some_and(|kept| kept.typed.many("rows").iter().any(|id| *id == judged.row.field.as_str())))
        .collect();
    let filter = kept.map(|kept| kept.typed.one("filter").to_owned()).unwrap_or_default();
    let body = if chosen.is_empty() {
        view! { <p>"No row is chosen. "<a href=path>"Go back and tick the rows"</a>"."</p> }.into_any()
    } else {
        let items = chosen
            .iter()
            .map(|judged| {
                let status = row::row_form(judged.row).in_words(&judged.row.field, &bench.answers);
                view! {
                    <li>
                        <b class="gpc-code">{judged.row.id.clone()}</b>{format!(" {} ", judged.row.requirement)}
                        <span class="gpc-meta">{format!("{status}, {}.", counted(judged.files.len(), "file"))}</span>
                        <input type="hidden" name="rows[]" value=judged.row.field.to_string() />
                    </li>
                }
            })
            .collect_view();
        view! {
            <form action="/do/scal/accept" method="post">
                {desk.hidden()}
                <Hidden values=vec![("sure", "yes".to_owned()), ("filter", filter.clone()), for_team(role)] />
                <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
                <div class="nhsuk-button-group">
                    <Button text=format!("Accept {}", counted(chosen.len(), "row")) />
                    <a href=format!("{path}{filter}")>"Go back without accepting"</a>
                </div>
            </form>
        }
        .into_any()
    };
    let detail = view! { <p class="gpc-meta">"Each row is recorded as accepted by you when you finish your sections. Until then you can change it."</p> };
    Ok(framed(desk, "Accept these rows?".to_owned(), detail.into_any(), body))
}
