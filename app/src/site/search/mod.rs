//! `/search`: everything that the reader may read, found by its words, in groups.

mod own;

use std::collections::BTreeMap;

use journey::{
    catalogue::editions,
    conformance::found,
    guidance::{
        entries::Kind,
        search::{Found, search},
    },
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::words::{counted, encode},
    design::Title,
    request::visitor::query,
    site::search::own::{Group, Line, Own, own},
};

/// Results of one page of one group.
const PAGE: usize = 20;

/// Results that a group shows beside others.
const FIRST: usize = 5;

/// Rows of the SCAL that are looked for on the reader's journeys: the best.
const ROWS: usize = 5;

/// `/search`
#[component]
pub fn Search() -> impl IntoView {
    page(async {
        let context = context().await?;
        let asked: String = journey::base::text::line(&query("q")).chars().take(LONGEST).collect();
        let corrected = if asked.is_empty() { BTreeMap::new() } else { context.services.store.corrected().await? };
        let found = search(&asked, &corrected, &editions::newest(), found::entries);
        let visitor = context.caller.visitor.clone();
        let own = match &visitor {
            Some(visitor) if !asked.is_empty() => {
                own(&context.services, visitor, &asked, found.meant(&asked).as_deref(), &rows(&found)).await?
            }
            _ => Own::default(),
        };
        let results = (!asked.is_empty()).then(|| results(&asked, found, own));
        let title = if asked.is_empty() { "Search".to_owned() } else { format!("{asked}, search") };
        let about = if visitor.is_some() {
            "Your journeys with their tasks, rows and messages, people, and all of the guidance."
        } else {
            "Stages, tasks, capabilities, design decisions, rows of the SCAL, Spine integration and words. Sign in to search your journeys."
        };
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Search">{about}</Title>
                <form action="/search" method="get" role="search" aria-label="Search again">
                    <div class="nhsuk-form-group">
                        <label class="nhsuk-label" for="q">"What are you looking for?"</label>
                        <input class="nhsuk-input" id="q" name="q" type="search" maxlength=LONGEST.to_string() value=asked />
                    </div>
                    <button class="nhsuk-button">"Search"</button>
                </form>
                {results}
            </div></div>
        }
        .into_any();
        Ok((title, body))
    })
}

/// Characters of a question.
const LONGEST: usize = 200;

/// Ids of the rows that fit best. Rows that have only some of the words are none.
fn rows(found: &Found) -> Vec<String> {
    let rows = found.hits.iter().filter(|hit| hit.entry.kind == Kind::Row && !found.partly);
    rows.filter_map(|hit| hit.entry.title.split_once(", ")).map(|(id, _)| id.to_owned()).take(ROWS).collect()
}

/// The guidance in groups, the kind of the best result first.
fn of_guidance(found: Found) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for hit in found.hits {
        let kind = hit.entry.kind;
        let line = Line { to: hit.entry.to, title: hit.entry.title, about: String::new(), text: hit.excerpt };
        match groups.iter_mut().find(|group| group.name == kind.name()) {
            Some(group) => group.lines.push(line),
            None => groups.push(Group { name: kind.name(), title: kind.title(), lines: vec![line], more: None }),
        }
    }
    groups
}

fn results(asked: &str, mut found: Found, own: Own) -> AnyView {
    // What the reader has by this name is meant, and not what the guidance has only in part or by another word.
    if !own.called.is_empty() && (found.partly || !found.instead.is_empty()) {
        found = Found::default();
    }
    let (exact, partly) = (found.exact, found.partly);
    let meant = found.meant(asked);
    let unknown = found.unknown.clone();
    let guidance = of_guidance(found);
    // What is called exactly so comes first. Rows on journeys follow the guidance, which has the same rows once.
    let groups: Vec<Group> = if exact {
        [guidance, own.rows, own.called, own.tasks].into_iter().flatten().collect()
    } else {
        [own.called, own.tasks, guidance, own.rows].into_iter().flatten().collect()
    };
    let wanted = query("kind");
    if groups.is_empty() {
        return nothing(own.meant.or(meant));
    }
    let said = told(meant.or(own.meant), &unknown, partly);
    if let Some(group) = groups.iter().find(|group| group.name == wanted) {
        return view! { {said}{whole(asked, group)} }.into_any();
    }
    let all: usize = groups.iter().map(|group| group.lines.len()).sum();
    let links = (groups.len() > 1).then(|| {
        let items = groups
            .iter()
            .map(|group| view! { <li><a href=format!("#{}", group.name)>{group.title}</a>{format!(" ({})", group.lines.len())}</li> })
            .collect_view();
        view! { <nav aria-label="Kinds of results"><ul class="gpc-kinds">{items}</ul></nav> }
    });
    let groups = groups.iter().map(|group| some(asked, group)).collect_view();
    view! {
        <h2 class="nhsuk-heading-m" id="results">{format!("{} for “{asked}”", counted(all, "result"))}</h2>
        {said}
        {links}
        {groups}
    }
    .into_any()
}

/// What was looked for in place of what was typed.
fn told(meant: Option<String>, unknown: &[String], partly: bool) -> AnyView {
    let meant = meant.map(|meant| {
        let to = format!("/search?q={}", encode(&meant));
        view! { <p>"Did you mean "<a href=to>{meant}</a>"? These results are for that."</p> }
    });
    let unknown = (!unknown.is_empty()).then(|| {
        let words: Vec<String> = unknown.iter().map(|word| format!("“{word}”")).collect();
        view! { <p>{format!("No guidance has {}.", words.join(" or "))}</p> }
    });
    let partly = (partly && unknown.is_none())
        .then(|| view! { <p>"No guidance has all of these words. These results have most of them."</p> });
    view! { {meant}{unknown}{partly} }.into_any()
}

fn nothing(meant: Option<String>) -> AnyView {
    let meant = meant.map(|meant| {
        let to = format!("/search?q={}", encode(&meant));
        view! { <p>"Did you mean "<a href=to>{meant}</a>"?"</p> }
    });
    view! {
        <h2 class="nhsuk-heading-m" id="results">"Nothing was found"</h2>
        {meant}
        <p>"Try fewer words, or another word for the same. You can also look through:"</p>
        <ul class="nhsuk-list nhsuk-list--bullet">
            <li><a href="/glossary">"the glossary"</a></li>
            <li><a href="/ecosystem/consumer">"the stages of the consumer journey"</a></li>
            <li><a href="/capabilities">"the capabilities"</a></li>
            <li><a href="/scal">"the rows of the SCAL"</a></li>
        </ul>
    }
    .into_any()
}

fn lines(lines: &[Line], from: usize) -> AnyView {
    let items = lines
        .iter()
        .map(|line| {
            let about = (!line.about.is_empty()).then(|| view! { <span class="gpc-meta">{line.about.clone()}</span> });
            let text = (!line.text.is_empty()).then(|| view! { <p>{line.text.clone()}</p> });
            view! { <li><a href=line.to.clone()>{line.title.clone()}</a>" "{about}{text}</li> }
        })
        .collect_view();
    view! { <ol class="nhsuk-list gpc-found" start=(from + 1).to_string()>{items}</ol> }.into_any()
}

/// The first of a group, with the way to the rest.
fn some(asked: &str, group: &Group) -> AnyView {
    let count = group.lines.len();
    let rest = (count > FIRST).then(|| {
        let to = format!("/search?q={}&kind={}", encode(asked), group.name);
        view! { <p><a href=to>{format!("Show all {count}")}<span class="nhsuk-u-visually-hidden">{format!(" in {}", group.title)}</span></a></p> }
    });
    let more = more(group);
    let heading =
        if group.more.is_some() { format!("{} (more than {count})", group.title) } else { format!("{} ({count})", group.title) };
    view! {
        <section aria-labelledby=group.name>
            <h3 class="nhsuk-heading-s" id=group.name>{heading}</h3>
            {lines(&group.lines[..count.min(FIRST)], 0)}
            {rest}
            {more}
        </section>
    }
    .into_any()
}

fn more(group: &Group) -> Option<AnyView> {
    let to = group.more.clone()?;
    Some(view! { <p><a href=to>{format!("See them all in the list: {}", group.title.to_lowercase())}</a></p> }.into_any())
}

/// One group, page by page.
fn whole(asked: &str, group: &Group) -> AnyView {
    let count = group.lines.len();
    let last = count.div_ceil(PAGE).max(1);
    let at = query("page").parse::<usize>().ok().filter(|page| *page > 0).unwrap_or(1).min(last);
    let from = (at - 1) * PAGE;
    let link = |page: usize, words: &'static str, rel: &'static str| {
        view! { <a href=format!("/search?q={}&kind={}&page={page}", encode(asked), group.name) rel=rel>{words}</a>" " }
    };
    let before = (at > 1).then(|| link(at - 1, "Previous page", "prev"));
    let after = (at < last).then(|| link(at + 1, "Next page", "next"));
    view! {
        <h2 class="nhsuk-heading-m" id="results">{format!("{}: {} for “{asked}”", group.title, counted(count, "result"))}</h2>
        <p><a href=format!("/search?q={}", encode(asked))>"Show results of every kind"</a></p>
        {lines(&group.lines[from..(from + PAGE).min(count)], from)}
        {more(group)}
        <p>{before}{after}</p>
    }
    .into_any()
}
