//! `/search`: what everybody may read, found by its words.

use std::collections::BTreeMap;

use journey::guidance::search::{Hit, search};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::words::{counted, encode},
    design::Title,
    request::visitor::query,
};

/// Hits on one page.
const PAGE: usize = 20;

/// `/search`
#[component]
pub fn Search() -> impl IntoView {
    page(async {
        let context = context().await?;
        let asked = journey::base::text::line(&query("q"));
        let corrected = if asked.is_empty() { BTreeMap::new() } else { context.services.store.corrected().await? };
        let found = search(&asked, &corrected);
        let at = query("page").parse::<usize>().ok().filter(|page| *page > 0).unwrap_or(1).min(found.len() / PAGE + 1);
        let results = if asked.is_empty() { None } else { Some(results(&asked, &found, at)) };
        let title = if asked.is_empty() { "Search".to_owned() } else { format!("{asked}, search") };
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Search">"Stages, tasks, capabilities, design decisions, interactions and words. Journeys are not searched here."</Title>
                <form action="/search" method="get" role="search">
                    <div class="nhsuk-form-group">
                        <label class="nhsuk-label" for="q">"What are you looking for?"</label>
                        <input class="nhsuk-input" id="q" name="q" type="search" maxlength="200" value=asked />
                    </div>
                    <button class="nhsuk-button">"Search the guidance"</button>
                </form>
                {results}
            </div></div>
        }
        .into_any();
        Ok((title, body))
    })
}

fn results(asked: &str, found: &[Hit], at: usize) -> AnyView {
    if found.is_empty() {
        return view! {
            <h2 class="nhsuk-heading-m">"Nothing was found"</h2>
            <p>"Every word has to fit. Try fewer words, or only the beginning of one. You can also " <a href="/glossary">"look through the glossary"</a> " or " <a href="/ecosystem/consumer">"the stages"</a> "."</p>
        }
        .into_any();
    }
    let from = (at - 1) * PAGE;
    let items = found
        .iter()
        .skip(from)
        .take(PAGE)
        .map(|hit| {
            view! {
                <li>
                    <h3 class="nhsuk-heading-s"><a href=hit.entry.to.clone()>{hit.entry.title.clone()}</a></h3>
                    <p><span class="gpc-meta">{hit.entry.kind}". "</span>{hit.excerpt.clone()}</p>
                </li>
            }
        })
        .collect_view();
    let link = |page: usize, words: &'static str, rel: &'static str| {
        view! { <a href=format!("/search?q={}&page={page}", encode(asked)) rel=rel>{words}</a>" " }
    };
    let before = (at > 1).then(|| link(at - 1, "Previous page", "prev"));
    let after = (from + PAGE < found.len()).then(|| link(at + 1, "Next page", "next"));
    view! {
        <h2 class="nhsuk-heading-m">{format!("{} for “{asked}”", counted(found.len(), "result"))}</h2>
        <ol class="nhsuk-list" start=(from + 1).to_string()>{items}</ol>
        <p>{before}{after}</p>
    }
    .into_any()
}
