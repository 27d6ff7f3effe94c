//! What a reviewer does to a SCAL: verdicts row by row, the decision that finishes the sections of a team, its phrase book.

use journey::{
    catalogue::{row::Row, scal},
    form::{Answers, Problem},
    ledger::{event::Event, refusal::Refusal},
    plan::process::Page,
    port::WriteError,
    rule::{
        draft::{Draft, DraftSeen},
        review,
    },
    scal::verdicts::{self, VerdictStatus},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
        post::perform,
    },
    base::{
        halt::Halt,
        said::RefusedForm,
        words::{counted, encode, tail},
    },
    desk::refused::refused,
    desk::{
        actions::{decided_heading, done, id_of, wish},
        context::TaskContext,
        drafts::{self, Saving},
        phrases, teams,
    },
    request::flash,
    work::scal::{
        actions::{bench_desk, desk, path_of, row_of},
        bench::{ReviewContext, list_path},
        filter::carried,
        table,
    },
};

/// Saves a verdict on one row, puts a phrase into its words, or adds its words to the phrase book.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/judge")]
pub async fn judge(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] row: String,
    #[server(default)] version: u64,
    #[server(default)] filter: String,
    #[server(default)] then: String,
    #[server(default)] phrase: String,
    #[server(default)] answers: Typed,
    #[server(default)] role: String,
) -> ActionResult {
    act(async move {
        let mut typed = Answers(answers);
        let (path, tail) = (path_of(&journey, &task), tail(&filter));
        let page = format!("{path}/{}", encode(&row));
        let here = format!("{page}{tail}");
        let desk = bench_desk(&journey, &task, &page, &typed).await?;
        let asked = row_of(desk.journey(), &row)?;
        let team = role;
        let role = match teams::judging(&desk, &team) {
            Ok(role) => role,
            Err(refusal) => return refused(&desk, without_a_bench(&desk, here), &refusal, typed).await,
        };
        let bench = ReviewContext::load(&desk, role).await?;
        let Some(judged) = bench.rows.iter().find(|judged| judged.row.field == asked.field) else { return Err(Halt::Missing) };
        let finding = review::finding_of(&asked.field);
        if !phrase.is_empty() {
            typed = phrases::put_in(&desk, role, &phrase, &asked.field, typed).await?;
        }
        if then == "phrase" {
            match phrases::add(&desk, role, typed.one(&finding)).await? {
                Ok(()) => flash::say(&desk.context.caller, "It is in the phrase book", ""),
                Err(refusal) => {
                    let problems = vec![Problem::new(&finding, "Write the words first")];
                    let (heading, detail) = refusal.sentence(desk.journey().process);
                    flash::keep(
                        &desk.context.caller.session,
                        RefusedForm { path: page.clone(), heading, detail, problems, typed },
                    )
                    .await?;
                    return Ok(here);
                }
            }
        }
        let onwards = matches!(then.as_str(), "next" | "accept");
        if then == "accept" {
            typed = typed.with(&review::verdict_of(&asked.field), "accept");
        }
        // Seen before it was saved: afterwards the row may no longer be in the list.
        let list: Vec<&Row> = bench.shown(&carried(&tail), &show_of(&tail)).into_iter().map(|judged| judged.row).collect();
        let all: Vec<&Row> = bench.rows.iter().map(|judged| judged.row).collect();
        let next = table::neighbours(&all, &list, asked).2;
        match drafts::save(&journey, &task, &verdicts::subject_of(&asked.field), version, &typed).await? {
            Saving::Saved(_) => {}
            unsaved => {
                drafts::keep_unsaved(&journey, &page, unsaved, typed).await?;
                return Ok(here);
            }
        }
        if VerdictStatus::of(&asked.field, &judged.stands, &typed) == VerdictStatus::WordsMissing {
            let says = if typed.one(&review::verdict_of(&asked.field)) == "condition" {
                "Say under what condition"
            } else {
                "Say what to change"
            };
            return refused(&desk, here, &Refusal::problem(&finding, says), typed).await;
        }
        Ok(match next.filter(|_| onwards) {
            Some(next) => format!("{path}/{}{tail}#open-row", next.field),
            None if onwards => format!("{}{tail}", list_path(&desk)),
            None => here,
        })
    })
    .await
}

/// The word of the reviewer's first select in a filter.
fn show_of(tail: &str) -> String {
    let mut pairs = form_urlencoded::parse(tail.trim_start_matches('?').as_bytes());
    pairs.find(|(key, _)| key == "show").map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Where somebody reads that they do not judge here: a test stage has no bench for them.
fn without_a_bench(desk: &TaskContext, page: String) -> String {
    if desk.spec.page == Page::Testing { desk.path() } else { page }
}

/// Accepts rows together: first shows them, then does it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/accept")]
pub async fn accept(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] rows: Vec<String>,
    #[server(default)] filter: String,
    #[server(default)] scope: String,
    #[server(default)] sure: String,
    #[server(default)] role: String,
) -> ActionResult {
    act(async move {
        let (path, tail) = (path_of(&journey, &task), tail(&filter));
        let desk = bench_desk(&journey, &task, &path, &Answers::default()).await?;
        let page = format!("{}{tail}", list_path(&desk));
        let team = role;
        let role = match teams::judging(&desk, &team) {
            Ok(role) => role,
            Err(refusal) => return refused(&desk, without_a_bench(&desk, page), &refusal, Answers::default()).await,
        };
        let bench = ReviewContext::load(&desk, role).await?;
        let rows = if scope == "shown" {
            let shown = bench.shown(&carried(&tail), &show_of(&tail));
            shown
                .into_iter()
                .filter(|judged| judged.says == VerdictStatus::None)
                .map(|judged| judged.row.field.to_string())
                .collect()
        } else {
            rows
        };
        if rows.is_empty() {
            return refused(&desk, page, &Refusal::problem("accept", "Tick the rows that you accept"), Answers::default()).await;
        }
        if sure != "yes" {
            let typed = Answers([("rows".to_owned(), rows), ("filter".to_owned(), vec![tail])].into());
            // Kept to be looked at, with nothing to complain of.
            let path = format!("{path}/accept");
            flash::keep(&desk.context.caller.session, RefusedForm { path: path.clone(), typed, ..RefusedForm::default() })
                .await?;
            return Ok(teams::for_the_same(&desk, role, &path));
        }
        let at = desk.context.services.clock.now();
        // Only rows of this team without a verdict: what a colleague has judged meanwhile stays.
        let drafts: Vec<Draft> = bench
            .rows
            .iter()
            .filter(|judged| judged.says == VerdictStatus::None && rows.iter().any(|id| *id == judged.row.field.as_str()))
            .map(|judged| Draft {
                task: desk.spec.id.clone(),
                subject: verdicts::subject_of(&judged.row.field),
                version: bench.version(&judged.row.field),
                body: Answers::default().with(&review::verdict_of(&judged.row.field), "accept").to_json(),
                by: desk.visitor.actor.person.clone(),
                at,
                sent: false,
            })
            .collect();
        let count = drafts.len();
        match desk.context.services.store.save_drafts(&desk.journey().reference, drafts).await {
            Ok(()) => {
                let text = if count < rows.len() { "Rows that had a verdict already keep it." } else { "" };
                flash::say(&desk.context.caller, format!("{} accepted", counted(count, "row")), text);
            }
            Err(WriteError::Conflict) => {
                flash::say(
                    &desk.context.caller,
                    "Nothing was changed",
                    "A colleague judged one of these rows in the same moment. Look at the table and do it again.",
                );
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        Ok(page)
    })
    .await
}

/// Finishes the sections of a team: signs them off, or returns the SCAL with its findings.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/finish")]
pub async fn finish(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] note: String,
    #[server(default)] role: String,
    #[server(default)] instead: String,
) -> ActionResult {
    act(async move {
        let page = format!("{}/finish", path_of(&journey, &task));
        let said = Answers::default().with("note", &note);
        let desk = desk(&journey, &task, &page, &said).await?;
        let team = role;
        let role = match teams::judging(&desk, &team) {
            Ok(role) => role,
            Err(refusal) => return refused(&desk, path_of(&journey, &task), &refusal, said).await,
        };
        let bench = ReviewContext::load(&desk, role).await?;
        let decision = VerdictStatus::decision(bench.rows.iter().map(|judged| judged.says));
        let typed = bench.typed.clone().with("decision", decision).with("note", &note);
        let form = scal::judged_form(&desk.journey().opening, &bench.answers);
        let judged = crate::desk::judged::judged(&form, role, desk.record(), &desk.sent)?;
        let mut wish = wish(&journey, &task, seen, said);
        wish.page.push_str("/finish");
        wish.role = Some(role);
        wish.instead = instead;
        // The verdicts that this decision is made of, as they were read: one that a colleague saves meanwhile stops it.
        wish.drafts = bench
            .rows
            .iter()
            .filter(|judged| matches!(judged.says, VerdictStatus::Accept | VerdictStatus::Condition | VerdictStatus::Change))
            .map(|judged| DraftSeen {
                task: desk.spec.id.clone(),
                subject: verdicts::subject_of(&judged.row.field),
                version: bench.version(&judged.row.field),
            })
            .collect();
        perform(
            wish,
            |_, spec| review::review(&id_of(spec)?, &judged, &typed),
            |after, events| {
                let heading = match events.first() {
                    Some(Event::Approved { .. }) => "Your sections are signed off".to_owned(),
                    _ => decided_heading(after, events),
                };
                done(after, events, heading)
            },
        )
        .await
    })
    .await
}
