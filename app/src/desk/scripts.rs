//! Reports of test runs held against the published test scripts of a test stage: what came out of each script, what no report
//! says, where two reports disagree, and scenarios that name no script, which somebody of the supplier places by hand.

use std::collections::BTreeSet;

use journey::{
    catalogue::row::Row as ScalRow,
    form::{Answers, Problem},
    ledger::machine::Verb,
    plan::process::Page,
    task::{
        results::{
            Outcome, Row, Run,
            matched::{self, Matched, called},
            scripts::{Script, named},
        },
        testing,
    },
};
use leptos::prelude::*;

use crate::{
    act::action::{ActionResult, act},
    base::{
        halt::Halt,
        paths,
        said::RefusedForm,
        words::{counted, encode, listed},
    },
    design::{Details, Grid, Hidden, group_class},
    desk::context::TaskContext,
    request::flash,
};

/// Scenarios without a script that one page lists, each with its form.
const MOST_LISTED: usize = 50;

fn tag(outcome: Outcome) -> AnyView {
    let class = match outcome {
        Outcome::Passed => "nhsuk-tag nhsuk-tag--green",
        Outcome::Failed => "nhsuk-tag nhsuk-tag--red",
        Outcome::Skipped => "nhsuk-tag nhsuk-tag--yellow",
    };
    view! { <strong class=class>{outcome.title()}</strong> }.into_any()
}

/// What the reports of a test stage say of the scripts that its rows name, and of others.
///
/// # Errors
/// When the database does not answer.
pub async fn view(desk: &TaskContext, reports: &[(String, &Run)]) -> Result<Option<AnyView>, Halt> {
    if reports.is_empty() {
        return Ok(None);
    }
    let journey = desk.journey();
    let by_hand = desk.context.services.store.script_matches(&journey.organisation).await?;
    let runs: Vec<&Run> = reports.iter().map(|(_, run)| *run).collect();
    let found = matched::matched(&runs, &by_hand);
    // The suites of providers name features, and scripts only where somebody ran those as well: then they are told and nothing else.
    let of_stage = desk.spec.page == Page::Testing;
    if !of_stage && found.scripts().next().is_none() {
        return Ok(None);
    }
    let asked = testing::scripts(desk.spec, &journey.opening);
    let missing = found.missing(&asked.keys().copied().collect::<BTreeSet<_>>());
    let rows_of = |script: &Script| -> Vec<&'static ScalRow> {
        asked.iter().filter(|(known, _)| script.is_of(known) || known.is_of(script)).flat_map(|(_, rows)| rows.clone()).collect()
    };
    let lines = found
        .scripts()
        .map(|(script, rows)| line(desk, script, rows, &rows_of(&script), found.outcome(script, None)))
        .collect_view();
    let none = found.scripts().next().is_none();
    let repeated = match found.repeated() {
        0 => None,
        1 => Some("1 script stands in more than one report. Its scenarios are counted in each.".to_owned()),
        many => Some(format!("{many} scripts stand in more than one report. Their scenarios are counted in each.")),
    };
    Ok(Some(
        view! {
            <h3 class="nhsuk-heading-s gpc-below" id="scripts">"Published test scripts"</h3>
            {repeated.map(|says| view! { <p>{says}</p> })}
            {disagreeing(&found, reports)}
            {if none {
                view! { <p>"No scenario names a published test script. Put its id, such as GPC-SPN-TST-10, into the name of the scenario, or say below which one it is."</p> }.into_any()
            } else {
                view! { <Grid caption="Test scripts in these reports" columns=["Script", "Result", "Scenarios", "Rows of the SCAL"] rows=lines.into_any() /> }.into_any()
            }}
            {not_there(&missing)}
            {of_stage.then(|| unmatched(desk, &found, &by_hand))}
        }
        .into_any(),
    ))
}

/// One script: the worst of its scenarios, each scenario, and the rows that it proves.
fn line(
    desk: &TaskContext,
    script: Script,
    rows: &[(usize, &Row)],
    proves: &[&'static ScalRow],
    worst: Option<Outcome>,
) -> AnyView {
    let scenarios = rows
        .iter()
        .map(|(_, row)| {
            let example = if row.example.is_empty() { String::new() } else { format!(" ({})", row.example) };
            view! { <li class="gpc-break">{format!("{}: {}{example}", row.outcome.title(), row.scenario)}</li> }
        })
        .collect_view();
    let scal = desk.journey().process.scal().map(|scal| paths::task(&desk.journey().reference, &scal.id));
    let links = proves
        .iter()
        .map(|row| match &scal {
            Some(scal) => {
                view! { <li><a class="gpc-code" href=format!("{scal}/{}", row.field)>{row.id.clone()}</a></li> }.into_any()
            }
            None => view! { <li class="gpc-code">{row.id.clone()}</li> }.into_any(),
        })
        .collect_view();
    let other = proves.is_empty().then_some("Not asked at this stage");
    view! {
        <tr role="row">
            <th scope="row" role="rowheader" class="gpc-code">{script.to_string()}</th>
            <td role="cell" data-l="Result">{worst.map(tag)}</td>
            <td role="cell" data-l="Scenarios"><ul class="nhsuk-list">{scenarios}</ul></td>
            <td role="cell" data-l="Rows of the SCAL"><ul class="nhsuk-list">{links}</ul>{other}</td>
        </tr>
    }
    .into_any()
}

fn disagreeing(found: &Matched<'_>, reports: &[(String, &Run)]) -> Option<AnyView> {
    let name = |place: usize| reports.get(place).map_or("", |(name, _)| name.as_str());
    let items: Vec<_> = found
        .disagreeing()
        .into_iter()
        .map(|(script, said)| {
            let said = said.into_iter().map(|(place, outcome)| format!("{} says “{}”", name(place), outcome.title())).collect();
            view! { <li class="gpc-break">{format!("{script}: {}.", listed(said))}</li> }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="gpc-finding" aria-labelledby="disagreeing">
                <h4 class="nhsuk-heading-xs" id="disagreeing">"These reports disagree"</h4>
                <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn not_there(missing: &[Script]) -> Option<AnyView> {
    let ids: Vec<String> = missing.iter().map(ToString::to_string).collect();
    (!ids.is_empty()).then(|| {
        view! { <p><b>{format!("Not in these reports ({}): ", ids.len())}</b>{format!("{}. Nothing is known of them.", listed(ids))}</p> }
            .into_any()
    })
}

/// The scenarios that name no script. Whoever sends the record places them; it is remembered for every run to come.
fn unmatched(
    desk: &TaskContext,
    found: &Matched<'_>,
    by_hand: &std::collections::BTreeMap<String, BTreeSet<Script>>,
) -> Option<AnyView> {
    let may = desk.may(Verb::Submit);
    let kept = desk.context.kept.as_ref();
    let form = |at: usize, scenario: &str, known: String| {
        let id = format!("script-{at}");
        let own = kept.filter(|kept| kept.typed.one("scenario") == scenario);
        let typed = own.map_or(known, |kept| kept.typed.one("scripts").to_owned());
        let problem = own.and_then(|kept| kept.problem("scripts"));
        let (class, wrong) = (group_class(problem.is_some()), problem.is_some().then_some("true"));
        let says = format!("Which script is “{scenario}”?");
        view! {
            <form action="/do/task/match-script" method="post" novalidate>
                {desk.hidden()}
                <Hidden values=vec![("scenario", scenario.to_owned())] />
                <div class=class>
                    <label class="nhsuk-label" for=id.clone()>{says}</label>
                    {crate::design::ask::message(&id, problem)}
                    <input class="nhsuk-input nhsuk-input--width-20" id=id name="scripts" value=typed maxlength="200" aria-invalid=wrong />
                    " "<button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Remember it"</button>
                </div>
            </form>
        }
        .into_any()
    };
    let more = found.unmatched.len().saturating_sub(MOST_LISTED);
    let items: Vec<_> = found
        .unmatched
        .iter()
        .take(MOST_LISTED)
        .enumerate()
        .map(|(at, row)| {
            let scenario = called(row);
            let body = if may { form(at, &scenario, String::new()) } else { view! { {scenario} }.into_any() };
            view! { <li class="gpc-break">{body}</li> }
        })
        .collect();
    let here: BTreeSet<String> = found.scripts().flat_map(|(_, rows)| rows.iter().map(|(_, row)| called(row))).collect();
    let said: Vec<_> = by_hand
        .iter()
        .filter(|(scenario, _)| may && here.contains(*scenario))
        .take(MOST_LISTED)
        .enumerate()
        .map(|(at, (scenario, scripts))| {
            let known = scripts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            view! { <li class="gpc-break">{form(MOST_LISTED + at, scenario, known)}</li> }
        })
        .collect();
    let open = kept.is_some_and(|kept| kept.problem("scripts").is_some());
    let list = (!items.is_empty()).then(|| {
        view! {
            <Details summary=format!("{} without a script", counted(found.unmatched.len(), "scenario")) open=open body=view! {
                <p>"Their names hold no id of a published script. They prove no row until somebody of the supplier says which script they are."</p>
                <ul class="nhsuk-list">{items}</ul>
                {(more > 0).then(|| view! { <p>{format!("And {more} more in the reports.")}</p> })}
            }.into_any() />
        }
    });
    let placed = (!said.is_empty()).then(|| {
        view! {
            <Details summary=format!("{} matched by hand", counted(said.len(), "scenario")) open=open body=view! {
                <p>"To undo one, empty its field."</p>
                <ul class="nhsuk-list">{said}</ul>
            }.into_any() />
        }
    });
    (list.is_some() || placed.is_some()).then(|| view! { {list} {placed} }.into_any())
}

/// Remembers which scripts a scenario is; an empty field forgets it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/match-script")]
pub async fn match_script(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] scenario: String,
    #[server(default)] scripts: String,
) -> ActionResult {
    act(async move {
        let path = paths::task(&encode(&journey), &encode(&task));
        let typed = Answers::default().with("scenario", &scenario).with("scripts", &scripts);
        let desk = TaskContext::of_form(&journey, &task, &path, &typed).await?;
        if desk.spec.page != Page::Testing {
            return Err(Halt::Missing);
        }
        let keep = |heading: &str, detail: &str, problems: Vec<Problem>| RefusedForm {
            path: path.clone(),
            heading: heading.to_owned(),
            detail: detail.to_owned(),
            problems,
            typed: typed.clone(),
        };
        let session = &desk.context.caller.session;
        if !desk.may(Verb::Submit) {
            let refusal = journey::rule::offers::judge(desk.journey(), &desk.visitor.actor, Verb::Submit, &desk.spec.id);
            let (heading, detail) = refusal.err().map(|refusal| refusal.sentence(desk.journey().process)).unwrap_or_default();
            flash::keep(session, keep(&heading, &detail, Vec::new())).await?;
            return Ok(path);
        }
        let found = named(&scripts);
        let known = scenario.contains(": ") && scenario.chars().count() <= 700;
        if !known || (found.is_empty() && !scripts.trim().is_empty()) {
            let says = "Write the id of a published script, such as GPC-SPN-TST-10";
            flash::keep(session, keep("There is a problem", "Nothing was remembered.", vec![Problem::new("scripts", says)]))
                .await?;
            return Ok(format!("{path}#scripts"));
        }
        let services = &desk.context.services;
        let (supplier, by, now) = (&desk.journey().organisation, &desk.visitor.actor.person, services.clock.now());
        services.store.match_scripts(supplier, &scenario, &found, by, now).await?;
        let ids = found.iter().map(ToString::to_string).collect::<Vec<_>>();
        if ids.is_empty() {
            flash::say(&desk.context.caller, "The scenario has no script any more", "");
        } else {
            let text = "It counts in every report of your organisation, also in those to come.";
            flash::say(&desk.context.caller, format!("The scenario is {}", listed(ids)), text);
        }
        Ok(format!("{path}#scripts"))
    })
    .await
}
