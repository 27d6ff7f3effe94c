//! Public guidance: capabilities with their register of design decisions, the rows of the SCAL, and the glossary.

pub mod capability;
pub mod rows;

use std::collections::BTreeMap;

use journey::{
    guidance::{
        corrections::{read, word},
        pages::{self, Piece},
        sources::{self, Source},
    },
    plan::capability::Capability,
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    design::Title,
};

/// A text in which words of the glossary lead to what they mean, and ids of decisions and rows to where they are read.
pub(crate) fn in_place(text: &str) -> AnyView {
    pages::explained(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(words) => with_ids(words),
            Piece::Explained(word, term) => {
                view! { <a class="gpc-term" href=format!("/glossary#{}", term.anchor()) title=term.meaning.clone()>{word.to_owned()}</a> }.into_any()
            }
        })
        .collect_view()
        .into_any()
}

fn with_ids(words: &str) -> AnyView {
    let mut pieces: Vec<AnyView> = Vec::new();
    let mut plain = String::new();
    for word in words.split_inclusive(' ') {
        let id = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let place = if id.contains('-') { pages::decision_place(id).or_else(|| pages::row_place(id)) } else { None };
        let Some((to, (before, after))) = place.zip(word.split_once(id)) else {
            plain.push_str(word);
            continue;
        };
        plain.push_str(before);
        pieces.push(std::mem::take(&mut plain).into_any());
        pieces.push(view! { <a href=to>{id.to_owned()}</a> }.into_any());
        plain.push_str(after);
    }
    pieces.push(plain.into_any());
    pieces.collect_view().into_any()
}

/// Where something comes from, each source with its address if it has one.
pub(crate) fn sourced(source: &str) -> AnyView {
    let all = sources::sources(source);
    let count = all.len();
    all.into_iter()
        .enumerate()
        .map(|(at, one)| {
            let end = if at + 1 < count { "; " } else { "" };
            view! { {linked(one)}{end} }
        })
        .collect_view()
        .into_any()
}

/// One source.
pub(crate) fn linked(source: Source) -> AnyView {
    match source.address {
        Some(to) => view! { <a href=to rel="external">{source.words}</a> }.into_any(),
        None => source.words.into_any(),
    }
}

/// `/capabilities`
#[component]
pub fn Capabilities() -> impl IntoView {
    page(async {
        context().await?;
        let items = Capability::ALL
            .iter()
            .map(|capability| {
                let to = format!("/capabilities/{}", capability.name());
                view! {
                    <section class="gpc-below">
                        <h2 class="nhsuk-heading-m"><a href=to>{capability.title()}</a></h2>
                        <p>{capability.about()}</p>
                    </section>
                }
            })
            .collect_view();
        let providers = pages::providers()
            .iter()
            .map(|provider| view! { <li>{format!("{}: {}", provider.name, provider.about.to_lowercase().replace("gp ", "GP "))}</li> })
            .collect_view();
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Capabilities of GP Connect">"What a product can use, and what a GP system can provide."</Title>
                {items}
                <section class="gpc-below" aria-labelledby="providers">
                    <h2 class="nhsuk-heading-m" id="providers">"Who provides GP Connect"</h2>
                    <p>"Suppliers of GP systems that the specification names. Which capabilities a practice has switched on, SDS says."</p>
                    <ul class="nhsuk-list nhsuk-list--bullet">{providers}</ul>
                </section>
                <p class="gpc-below"><a href="/spine">"See how a request travels over Spine"</a></p>
            </div></div>
        }
        .into_any();
        Ok(("Capabilities of GP Connect".to_owned(), body))
    })
}

/// `/glossary`
#[component]
pub fn Glossary() -> impl IntoView {
    page(async {
        let context = context().await?;
        let corrected = context.services.store.corrected().await?;
        // The first word of each letter.
        let mut letters: BTreeMap<char, String> = BTreeMap::new();
        for term in pages::glossary() {
            if let Some(letter) = term.term.chars().next().map(|first| first.to_ascii_uppercase()) {
                letters.entry(letter).or_insert_with(|| term.anchor());
            }
        }
        let letters = letters
            .into_iter()
            .map(|(letter, to)| view! { <li><a href=format!("#{to}") aria-label=format!("Words with {letter}")>{letter.to_string()}</a></li> })
            .collect_view();
        let rows = pages::glossary()
            .iter()
            .map(|term| {
                let meaning = read(&corrected, &word(term), &term.meaning).to_owned();
                view! {
                    <div class="nhsuk-summary-list__row" id=term.anchor()>
                        <dt class="nhsuk-summary-list__key">{term.term.clone()}</dt>
                        <dd class="nhsuk-summary-list__value">{meaning}</dd>
                    </div>
                }
            })
            .collect_view();
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Glossary">"Words of GP Connect and of this service, each in a sentence or two."</Title>
                <nav aria-label="A to Z"><ol class="gpc-letters">{letters}</ol></nav>
                <dl class="nhsuk-summary-list">{rows}</dl>
            </div></div>
        }
        .into_any();
        Ok(("Glossary".to_owned(), body))
    })
}
