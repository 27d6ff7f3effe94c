//! A list on the page of a task that is searched and paged: what the address asks for, the form above the list, and the ways on
//! below it.

use journey::base::fold;
use leptos::prelude::*;

use crate::{base::words::encode, request::visitor::query};

/// What the address asks of a list of organisations.
pub struct Search {
    /// Part of a name or a code.
    find: String,
    /// Which of them are shown; empty for all.
    pub show: String,
    /// How many come before the first that is shown.
    pub from: usize,
}

impl Search {
    /// As this page was asked for.
    #[must_use]
    pub fn asked() -> Self {
        Self { find: query("find"), show: query("show"), from: query("from").parse().unwrap_or(0) }
    }

    /// Whether each of the words stands in the name or the code.
    #[must_use]
    pub fn finds(&self, ods_code: &str, name: &str) -> bool {
        let text = fold::folded(&format!("{ods_code} {name}"));
        fold::asked(&self.find).iter().all(|word| text.contains(word.as_str()))
    }

    /// The form above the list. `to` is the page, perhaps with the place on it; `shows` is what can be shown, each with its words.
    pub fn form<'a>(&self, to: &str, about: &'static str, shows: impl IntoIterator<Item = (&'a str, String)>) -> AnyView {
        let option = |(value, text): (&str, String)| {
            let selected = value == self.show;
            view! { <option value=value.to_owned() selected=selected>{text}</option> }
        };
        let options = shows.into_iter().map(option).collect_view();
        view! {
            <form class="gpc-filters" action=to.to_owned() method="get" role="search" aria-label=about>
                <div>
                    <label for="find">"Name or ODS code"</label>
                    <input class="nhsuk-input" id="find" name="find" type="search" maxlength="200" value=self.find.clone() />
                </div>
                <div>
                    <label for="show">"Show"</label>
                    <select class="nhsuk-select" id="show" name="show">{options}</select>
                </div>
                <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Apply"</button>
            </form>
        }
        .into_any()
    }

    /// The ways on and back, where so many are found and so many stand on one page.
    pub fn pages(&self, to: &str, found: usize, rows: usize) -> Option<AnyView> {
        let (path, place) = to.split_once('#').map_or((to, String::new()), |(path, place)| (path, format!("#{place}")));
        let at = |from: usize| format!("{path}?find={}&show={}&from={from}{place}", encode(&self.find), encode(&self.show));
        let next = (found > self.from + rows).then(|| view! { <a href=at(self.from + rows) rel="next">"Next page"</a>" " });
        let first = (self.from > 0).then(|| view! { <a href=at(0)>"Back to the first page"</a> });
        (next.is_some() || first.is_some()).then(|| view! { <p class="gpc-below">{next}{first}</p> }.into_any())
    }
}
