//! `/journeys`: the journeys of one's organisation, or for the programme all of them.

use std::collections::BTreeMap;

use journey::{
    base::{actor::Side, fold, ids::JourneyRef},
    ledger::standing::Standing,
    people::operators,
    port::{AGAIN, JourneyFilter, JourneyLine},
    rule::conversation,
    view::turns,
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, halt::Halt, paths, words::encode},
    design::{
        ButtonLink,
        Column::{Figures, Words},
        Grid, Title, say,
    },
    request::{
        services::Services,
        visitor::{Visitor, query},
    },
    site::messages::thread::unread,
};

/// Lines of a page: as many as one question about turns takes.
const PAGE: u32 = 25;

/// `/journeys`
#[component]
pub fn Journeys() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        let programme = visitor.is_programme();
        // Operators have no journeys: whoever signs in as one lands on their desk.
        if operators::may_operate(&visitor.actor) && !programme {
            return Err(Halt::Elsewhere("/operator".to_owned()));
        }
        let supplier_side = visitor.actor.on(Side::Supplier) && !programme;
        let (find, phase) = (query("find"), query("phase"));
        let after = query("after").split_once('_').and_then(|(at, reference)| {
            Some((jiff::Timestamp::from_microsecond(at.parse().ok()?).ok()?, reference.parse().ok()?))
        });
        let paged = after.is_some();
        let filter = JourneyFilter {
            organisation: supplier_side.then(|| visitor.organisation.id.clone()),
            party: (!programme && !supplier_side).then(|| visitor.organisation.id.clone()),
            find: find.clone(),
            phase: phase.clone(),
            after,
            limit: PAGE + 1,
        };
        let mut lines = context.services.store.journeys(&filter).await?;
        let more = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let turns = whose(&context.services, &visitor, &lines).await?;
        let shown: Vec<JourneyRef> = lines.iter().map(|line| line.reference.clone()).collect();
        let own = conversation::own_side_in_lists(&visitor.actor);
        let mut unseen: BTreeMap<JourneyRef, u32> = BTreeMap::new();
        for (journey, task, count) in context.services.store.unseen_of(&visitor.actor.person, &shown, own).await? {
            if conversation::is_news_in_lists(context.services.processes, &visitor.actor, task.as_ref()) {
                *unseen.entry(journey).or_default() += count;
            }
        }
        let last = lines.last().map(|l| format!("{}_{}", l.changed_at.as_microsecond(), l.reference));
        let next =
            last.filter(|_| more).map(|after| format!("/journeys?find={}&phase={}&after={after}", encode(&find), encode(&phase)));
        let may_open = visitor.actor.is(journey::base::actor::Role::OnboardingLead);
        let filtered = !find.is_empty() || !phase.is_empty() || paged;
        let list = if lines.is_empty() {
            empty(filtered, may_open, programme, &visitor.organisation.name)
        } else {
            table(lines, &unseen, &turns, programme, &find)
        };
        let body = view! {
            {say::kept(context.kept.as_ref())}
            {say::banner(context.banner)}
            <div class="gpc-head">
                <Title text="Journeys">
                    {match (programme, supplier_side) {
                        (true, _) => "Every supplier's products on their way to GP Connect.".to_owned(),
                        (_, true) => format!("Products of {} on their way to GP Connect.", visitor.organisation.name),
                        _ => format!("Journeys in which {} takes part.", visitor.organisation.name),
                    }}
                </Title>
                {may_open.then(|| view! { <ButtonLink to="/journeys/new" text="Start a journey" /> })}
            </div>
            {filters(&find, &phase)}
            {list}
            {next.map(|to| view! { <p class="gpc-below"><a href=to rel="next">"Next page"</a></p> })}
            {paged.then(|| view! { <p><a href="/journeys">"Back to the first page"</a></p> })}
        }
        .into_any();
        Ok(("Journeys".to_owned(), body))
    })
}

fn filters(find: &str, phase: &str) -> AnyView {
    let phases =
        [("", "All"), ("open", "In progress"), ("live", "Live"), ("withdrawn", "Withdrawn"), (AGAIN, Standing::CHECK_AGAIN)];
    let options = phases
        .into_iter()
        .map(|(value, text)| {
            let selected = value == phase;
            view! { <option value=value selected=selected>{text}</option> }
        })
        .collect_view();
    view! {
        <form class="gpc-filters" action="/journeys" method="get" role="search" aria-label="Filter journeys">
            <div>
                <label for="find">"Find"</label>
                <input class="nhsuk-input" id="find" name="find" type="search" value=find.to_owned() />
            </div>
            <div>
                <label for="phase">"Standing"</label>
                <select class="nhsuk-select" id="phase" name="phase">{options}</select>
            </div>
            <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Apply"</button>
        </form>
    }
    .into_any()
}

fn empty(filtered: bool, may_open: bool, programme: bool, organisation: &str) -> AnyView {
    if filtered {
        return view! {
            <div class="gpc-empty">
                <h2 class="nhsuk-heading-s">"No journey matches"</h2>
                <p>"Change what you look for, or " <a href="/journeys">"show all journeys"</a> "."</p>
            </div>
        }
        .into_any();
    }
    let organisation = organisation.to_owned();
    view! {
        <div class="gpc-empty">
            <h2 class="nhsuk-heading-s">{if programme { "No supplier has opened a journey yet" } else { "You have no journeys yet" }}</h2>
            {(!programme)
                .then(|| {
                    view! {
                        <p>"A journey takes one product to GP Connect. Start one when you know what your product is for. You can change the capabilities later."</p>
                        {if may_open {
                            view! { <ButtonLink to="/journeys/new" text="Start a journey" /> }.into_any()
                        } else {
                            view! { <p>"An onboarding lead of your organisation can start one."</p> }.into_any()
                        }}
                        <p class="gpc-meta">{format!("Expecting to see one? You are signed in for {organisation}. ")}<a href="/account">"Switch organisation"</a></p>
                    }
                })}
        </div>
    }
    .into_any()
}

/// Whose turn it is in each of these journeys, as the reader is told.
async fn whose(services: &Services, visitor: &Visitor, lines: &[JourneyLine]) -> Result<BTreeMap<JourneyRef, String>, Halt> {
    let asked: Vec<JourneyRef> = lines.iter().map(|line| line.reference.clone()).collect();
    let told = services.store.turns_of(&asked).await?;
    let said = told.into_iter().map(|(reference, listed, around)| {
        let words = turns::in_words(&around.held(&listed, &visitor.actor));
        (reference, words)
    });
    Ok(said.collect())
}

/// By which other name a line was found: that of before, or that of an organisation with a part.
fn also_known(line: &JourneyLine, find: &str) -> Option<String> {
    let asked = fold::asked(find);
    let shown = fold::folded(&format!("{} {} {}", line.product, line.supplier, line.reference));
    let other: Vec<&String> = asked.iter().filter(|word| !shown.contains(word.as_str())).collect();
    if other.is_empty() {
        return None;
    }
    let has = |name: &&str| {
        let name = fold::folded(name);
        other.iter().any(|word| name.contains(word.as_str()))
    };
    let names: Vec<&str> = line.known_as.lines().filter(has).take(MOST_NAMES).collect();
    (!names.is_empty()).then(|| format!("Its history names: {}", names.join("; ")))
}

/// Other names that a line tells.
const MOST_NAMES: usize = 3;

fn table(
    lines: Vec<JourneyLine>,
    unseen: &BTreeMap<JourneyRef, u32>,
    turns: &BTreeMap<JourneyRef, String>,
    programme: bool,
    find: &str,
) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let to = paths::journey(&line.reference);
            let place = match line.phase.as_str() {
                "live" => "Live".to_owned(),
                "withdrawn" => "Withdrawn".to_owned(),
                _ => line.stage.clone(),
            };
            let with = turns.get(&line.reference).cloned().unwrap_or_default();
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">
                        <a href=to>{line.product.clone()}</a>
                        {programme.then(|| view! { <br /><span class="gpc-meta">{line.supplier.clone()}</span> })}
                        {also_known(&line, find).map(|names| view! { <br /><span class="gpc-meta">{names}</span> })}
                        {unseen.get(&line.reference).map(|count| view! { <br /><span class="gpc-unread">{unread(*count)}</span> })}
                    </th>
                    <td role="cell" data-l="Reference"><span class="gpc-mono">{line.reference.to_string()}</span></td>
                    <td role="cell" data-l="Stage">{place}</td>
                    <td role="cell" data-l="Completed" class="gpc-num">{format!("{} of {}", line.done, line.all)}</td>
                    <td role="cell" data-l="Whose turn">{with}</td>
                    <td role="cell" data-l="Last change">{dates::day_of(line.changed_at)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Grid caption="Journeys, last changed first" columns=[Words("Product"), Words("Reference"), Words("Stage"), Figures("Completed"), Words("Whose turn"), Words("Last change")] rows=rows.into_any() />
    }
    .into_any()
}
