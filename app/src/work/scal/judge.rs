//! The reviewer's side: the rows of one team, a verdict on each, kept row by row; then one decision that finishes its
//! sections.

use journey::{
    base::actor::Role,
    catalogue::{
        row::{self, Row},
        scal,
    },
    plan::process::Page,
    port::scal::Phrase,
    practice::{proof::Counted, run},
    rule::review::Answered,
    scal::{book::Filter, evidence::Evidence, verdicts::VerdictStatus},
};
use leptos::prelude::*;

use crate::{
    base::{dates, diff, halt::Halt, paths, words::counted},
    design::{Button, Hidden, file_link, link_out},
    desk::{context::TaskContext, teams},
    islands::single_keys::SingleKeys,
    work::live_runs::proofs::{Around, beside},
    work::scal::{
        answer::runs_of,
        bench::{Judged, ReviewContext, SHOWS, Show, list_path, scal_path},
        earlier,
        filter::{self, written},
        frame::framed,
        stage,
        table::{self, Choice, Line, says_tag},
        verdict_form::{for_team, verdict_form},
    },
};

/// The end of an address for this side: the shared filter with the word of this side, and the team that was chosen.
fn query(filter: &Filter, show: &str, team: &str) -> String {
    let shared = written(&Filter { show: journey::scal::book::Show::default(), ..filter.clone() });
    let show = if matches!(show, "" | "todo") { String::new() } else { format!("show={show}") };
    let parts: Vec<&str> = [shared.trim_start_matches('?'), &show, team].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// The page, with one row open when `row` names it.
///
/// # Errors
/// [`Halt::Missing`] when there is no such row for this team.
pub async fn view(desk: &TaskContext, role: Role, row: Option<&str>) -> Result<AnyView, Halt> {
    let bench = ReviewContext::load(desk, role).await?;
    let store = &desk.context.services.store;
    let open = match row {
        Some(id) => Some(bench.rows.iter().find(|judged| judged.row.field.as_str() == id).ok_or(Halt::Missing)?),
        None => None,
    };
    let scal = desk.journey().process.scal().map_or(&desk.spec.id, |scal| &scal.id);
    let evidence = store.evidence(&desk.journey().reference, scal).await?;
    let phrases = if open.is_some() { store.phrases(role).await? } else { Vec::new() };
    let runs = runs_of(desk, open.map(|judged| judged.row)).await?;
    let (filter, show) = (filter::asked(), crate::request::visitor::query("show"));
    let shown = bench.shown(&filter, &show);
    let team = teams::chosen(desk, role);
    let query = query(&filter, &show, &team);
    let pane = match open {
        Some(judged) => Some(pane(
            desk,
            &bench,
            judged,
            &shown,
            &query,
            Beside { evidence: &evidence, phrases: &phrases, runs: &runs },
            role,
        )?),
        None => None,
    };
    let scal = scal_path(desk);
    let class = if pane.is_some() { "gpc-split gpc-split--open" } else { "" };
    let halves = view! {
        <div class=class>
            <div class="gpc-list">
                {teams::choice(desk, role, &list_path(desk))}
                {list(desk, &bench, &shown, (&filter, show.as_str(), query.as_str()), open.map(|judged| judged.row), role)}
                <ul class="gpc-ways">
                    <li><a href=format!("{scal}/scal.xlsx")>"Download as Excel"</a></li>
                    <li><a href=format!("{scal}/evidence")>"Evidence"</a></li>
                    <li><a href=format!("{scal}/safety")>"Clinical safety"</a></li>
                    <li><a href=paths::traceability(&desk.journey().reference)>"Traceability"</a></li>
                    <li><a href=format!("{}/phrases{}", desk.path(), behind(&team))>"Phrase book"</a></li>
                    <li><a href=format!("{scal}/print")>"Print the whole SCAL"</a></li>
                </ul>
            </div>
            {pane}
        </div>
        <SingleKeys>
            <ul class="nhsuk-list">
                <li><kbd>"J"</kbd>" next row, "<kbd>"K"</kbd>" previous row, "<kbd>"N"</kbd>" first row without a verdict"</li>
                <li><kbd>"A"</kbd>" accept, and open the next row"</li>
                <li><kbd>"C"</kbd>" request a change: the cursor is in the words"</li>
                <li><kbd>"Ctrl"</kbd>" and "<kbd>"Enter"</kbd>" save, and open the next row"</li>
                <li><kbd>"Esc"</kbd>" back to the list"</li>
            </ul>
        </SingleKeys>
    };
    let round = desk.record().round;
    let heading = match desk.spec.page {
        Page::Testing => format!("Rows of the SCAL: {}, round {round}", desk.spec.label),
        _ => format!("Review SCAL, round {round}"),
    };
    Ok(framed(desk, heading, facts(desk, &bench, role), halves.into_any()))
}

/// What stands behind `?`, if anything does.
fn behind(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("?{query}") }
}

fn facts(desk: &TaskContext, bench: &ReviewContext, role: Role) -> AnyView {
    let record = desk.record();
    let sent = record.sent.last().map_or_else(String::new, |sent| format!("Submitted {}. ", dates::day_of(sent.at)));
    let due = desk.due();
    let due = due.map_or_else(String::new, |due| format!("Due {} ({}). ", dates::date(due), dates::due_in(due, desk.today).1));
    let changed = bench.rows.iter().filter(|judged| judged.stands != Answered::Kept).count();
    let blocking: Vec<&Judged> = bench.rows.iter().filter(|judged| judged.says.blocks()).collect();
    let open = blocking.len();
    let kept = bench.rows.iter().filter(|judged| judged.says == VerdictStatus::Kept).count();
    let kept = if kept > 0 { format!(" {kept} keep the verdict of an earlier round or a test stage.") } else { String::new() };
    let team = behind(&teams::chosen(desk, role));
    let path = desk.path();
    let next = blocking.first().map(|judged| format!("{path}/{}{team}#open-row", judged.row.field));
    let class = if open == 0 { "nhsuk-button" } else { "nhsuk-button nhsuk-button--secondary" };
    let finish = match desk.spec.page {
        // The rows of a stage are part of the decision on its record.
        Page::Testing => view! { <a class=class role="button" draggable="false" href=format!("{path}{team}#decision")>"Go to the decision"</a> }.into_any(),
        _ => view! { <a class=class role="button" draggable="false" href=format!("{path}/finish{team}")>"Finish my sections"</a> }.into_any(),
    };
    view! {
        <div class="gpc-headside">
            {finish}
            <p class="gpc-meta">
                {format!("{sent}{due}For {}: ", role.the())}
                <b>{format!("{} to look at, {} without a verdict.", counted(changed, "row"), open)}</b>
                {kept}
                " "{next.map(|to| view! { <a href=to data-key="n">"Go to the next"</a> })}
            </p>
        </div>
    }
    .into_any()
}

fn list(
    desk: &TaskContext,
    bench: &ReviewContext,
    shown: &[&Judged],
    (filter, show, query): (&Filter, &str, &str),
    open: Option<&'static Row>,
    role: Role,
) -> AnyView {
    let path = desk.path();
    let team = teams::chosen(desk, role);
    let count = |show: Show| bench.rows.iter().filter(|judged| show.lets_pass(judged, &bench.answers)).count();
    let shows: Vec<Choice> =
        SHOWS.iter().map(|(show, name, words)| ((*name).to_owned(), format!("{words} ({})", count(*show)))).collect();
    let mut first = vec![table::select("show", "Show", None, shows, if show.is_empty() { "todo" } else { show })];
    let rows: Vec<&'static Row> = bench.rows.iter().map(|judged| judged.row).collect();
    if !team.is_empty() {
        first.push(view! { <input type="hidden" name="as" value=role.name() /> }.into_any());
    }
    let filters = table::filters(&list_path(desk), &team, filter, &rows, first, shown.len());
    let lines: Vec<Line> = shown
        .iter()
        .map(|judged| Line {
            row: judged.row,
            to: format!("{path}/{}{query}", judged.row.field),
            tag: says_tag(judged.says),
            cells: vec![
                ("Status", row::row_form(judged.row).in_words(&judged.row.field, &bench.answers)),
                ("Changed", changed(judged).to_owned()),
                ("Evidence", judged.proofs().to_string()),
            ],
            open: open.is_some_and(|row| row.field == judged.row.field),
            tick: judged.says == VerdictStatus::None,
        })
        .collect();
    let nothing = lines.is_empty();
    let tells = |section: u32| {
        let of: Vec<&Judged> = bench.rows.iter().filter(|judged| judged.row.section == section).collect();
        let open = of.iter().filter(|judged| judged.says.blocks()).count();
        format!("{} of {} judged", of.len() - open, of.len())
    };
    let can_accept = shown.iter().any(|judged| judged.says == VerdictStatus::None);
    view! {
        {filters}
        {can_accept.then(|| view! {
            <form class="gpc-bulk" action="/do/scal/accept" method="post" id="accept">
                {desk.hidden()}
                <Hidden values=vec![("filter", query.to_owned()), for_team(role)] />
                <Button text="Accept the ticked rows" secondary=true small=true />
                <Button text="Accept all in the table" secondary=true small=true name="scope" value="shown" />
                <span>"You confirm a list before anything is accepted."</span>
            </form>
        })}
        {if nothing {
            view! { <p class="gpc-empty">"No row matches. Choose other filters, or show all rows."</p> }.into_any()
        } else {
            table::table(lines, "Verdict", can_accept.then_some("accept"), tells)
        }}
    }
    .into_any()
}

fn changed(judged: &Judged) -> &'static str {
    match (&judged.before, &judged.stands) {
        (_, Answered::Kept) => "No",
        (_, Answered::Unanswered) => "No, finding not answered",
        (Some(before), _) if before.is_empty() => "New",
        (Some(before), _) if *before == judged.now => "Files",
        (Some(_), _) => "Yes",
        (None, _) => "New",
    }
}

/// What stands beside the answer that is judged.
#[derive(Clone, Copy)]
struct Beside<'a> {
    evidence: &'a [Evidence],
    phrases: &'a [Phrase],
    runs: &'a [Counted],
}

fn pane(
    desk: &TaskContext,
    bench: &ReviewContext,
    judged: &Judged,
    shown: &[&Judged],
    query: &str,
    Beside { evidence, phrases, runs }: Beside<'_>,
    role: Role,
) -> Result<AnyView, Halt> {
    let row = judged.row;
    let list: Vec<&Row> = shown.iter().map(|judged| judged.row).collect();
    let saved = bench.draft(&row.field).map_or_else(
        || "No verdict yet".to_owned(),
        |draft| format!("Saved {} by {}", dates::when(draft.at, desk.today), desk.who(&draft.by)),
    );
    let all: Vec<&Row> = bench.rows.iter().map(|judged| judged.row).collect();
    let walk = table::walk(
        (desk.path().as_str(), list_path(desk).as_str()),
        query,
        &all,
        &list,
        row,
        view! { <span class="gpc-meta">{saved}</span> }.into_any(),
    );
    let verdict = desk.record().verdicts.of(&row.field, role).cloned();
    let finding = verdict.as_ref().and_then(|verdict| {
        let words = verdict.finding.clone().or_else(|| verdict.condition.clone())?;
        let what = if verdict.finding.is_some() { "Finding" } else { "Condition" };
        Some(view! {
            <div class="gpc-finding">
                <p><b>{format!("{what}, round {}.", verdict.round)}</b>{format!(" {}, {}", desk.who(&verdict.by), dates::day_of(verdict.at))}</p>
                <p class="gpc-lines">{words}</p>
            </div>
        })
    });
    let at_stage = verdict.as_ref().and_then(|verdict| {
        let stage = desk.journey().process.task(verdict.stage.as_ref()?)?;
        let to = format!("/journeys/{}/tasks/{}", desk.journey().reference, stage.id);
        let by = format!(", by {} on {}. The answer is the same.", desk.who(&verdict.by), dates::day_of(verdict.at));
        Some(view! { <p>"Accepted with "<a href=to>{stage.label.clone()}</a>{by}</p> })
    });
    let answer = match &judged.before {
        Some(before) if *before != judged.now && !before.is_empty() => {
            let (left, right) = diff::Patience::of_page().beside(before, &judged.now);
            view! { <div class="gpc-diff"><div><h3>"Before"</h3>{left}</div><div><h3>"Now"</h3>{right}</div></div> }.into_any()
        }
        _ => view! { <p class="gpc-lines">{judged.now.clone()}</p> }.into_any(),
    };
    let product = bench.answers.one(scal::PRODUCT_VERSION).to_owned();
    let files = judged
        .files
        .iter()
        .map(|file| {
            let facts = evidence.iter().find(|facts| facts.digest == file.digest);
            let stale = facts.is_some_and(|facts| facts.is_stale(&product));
            view! {
                <li>
                    {file_link(&file.to_string())}" "
                    {stale.then(|| view! { <strong class="nhsuk-tag nhsuk-tag--grey">"Old version"</strong> })}
                    {facts.map(|facts| view! { <span class="gpc-meta">{crate::work::scal::evidence::in_words(facts)}</span> })}
                </li>
            }
        })
        .collect_view();
    let escalated = (bench.answers.one(row.field.as_str()) == row::NOT_MET).then(|| {
        view! { <div class="nhsuk-inset-text"><p>"The supplier does not meet this and says why. The technical architect decides: accept, accept under a condition, or refuse the justification and say what must change."</p></div> }
    });
    Ok(view! {
        <section class="gpc-pane" aria-labelledby="open-row">
            {walk}
            <h2 class="nhsuk-heading-m gpc-code" id="open-row" tabindex="-1">{row.id.clone()}</h2>
            {says_tag(judged.says)}
            {table::asked(row)}
            {stage::told(desk, row)}
            {escalated}
            {at_stage}
            {finding}
            <h3>"Answer"</h3>
            {answer}
            {(!judged.files.is_empty()).then(|| view! { <ul class="nhsuk-list gpc-files" aria-label="Files of this answer">{files}</ul> })}
            {(!judged.links.is_empty()).then(|| {
                let links = judged.links.iter().map(|link| link_out(link)).collect_view();
                view! { <ul class="nhsuk-list gpc-files" aria-label="Links of this answer">{links}</ul> }
            })}
            {run::may_read(desk.journey(), &desk.visitor.actor).then(|| {
                let files: Vec<String> = judged.files.iter().map(ToString::to_string).collect();
                let (journey, now) = (desk.journey(), desk.context.services.clock.now());
                beside(row, &files, &Around { journey, counted: runs, product: &product, now, answers: false, tests: false })
            })}
            {verdict_form(desk, bench, judged, query, phrases, role)}
            {earlier::view(desk, row)?}
        </section>
    }
    .into_any())
}
