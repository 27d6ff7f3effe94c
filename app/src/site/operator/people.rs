//! `/operator/people`: everybody with an account, found by name, address, organisation or code.

use journey::port::accounts::{PeopleFilter, PersonLine};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::words::encode,
    design::{Button, Grid, Title, say},
    request::visitor::query,
    site::operator::forms::{operators_only, person_page},
};

/// Lines of a page.
const PAGE: u32 = 50;

/// `/operator/people`
#[component]
pub fn OperatorPeople() -> impl IntoView {
    page(async {
        let context = context().await?;
        operators_only(&context.visitor()?.actor)?;
        let filter =
            PeopleFilter { find: query("find"), locked: query("show") == "locked", after: query("after"), limit: PAGE + 1 };
        let mut lines = context.services.store.find_people(&filter).await?;
        let more = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let show = if filter.locked { "locked" } else { "" };
        let next = lines
            .last()
            .filter(|_| more)
            .map(|last| format!("/operator/people?find={}&show={show}&after={}", encode(&filter.find), encode(&last.email)));
        let filtered = !filter.find.is_empty() || filter.locked || !filter.after.is_empty();
        let body = view! {
            {say::kept(context.kept.as_ref())}
            {say::banner(context.banner)}
            <Title text="People">"Everybody with an account. To invite another operator, go to "<a href="/organisation">"Operators"</a>"."</Title>
            <form class="gpc-filters" method="get" action="/operator/people" role="search">
                <div>
                    <label for="find">"Name, email address, organisation or ODS code"</label>
                    <input class="nhsuk-input" id="find" name="find" type="search" maxlength="200" value=filter.find.clone() />
                </div>
                <div>
                    <label for="show">"Show"</label>
                    <select class="nhsuk-select" id="show" name="show">
                        <option value="" selected=!filter.locked>"Everybody"</option>
                        <option value="locked" selected=filter.locked>"Locked accounts"</option>
                    </select>
                </div>
                <Button text="Find" secondary=true small=true />
            </form>
            {if lines.is_empty() { nobody(filtered) } else { table(&lines) }}
            <p class="gpc-meta gpc-below">
                {next.map(|to| view! { <a href=to rel="next">"Next page"</a> " " })}
                {filtered.then(|| view! { <a href="/operator/people">"Show everybody from the beginning"</a> })}
            </p>
        }
        .into_any();
        Ok(("People".to_owned(), body))
    })
}

fn nobody(filtered: bool) -> AnyView {
    let says = if filtered {
        "Nobody matches. Search for part of the name, the email address or the organisation."
    } else {
        "Nobody has an account yet."
    };
    view! { <div class="gpc-empty"><p>{says}</p></div> }.into_any()
}

/// How an account stands, in a word.
pub(crate) fn standing(locked: bool, confirmed: bool) -> AnyView {
    match (locked, confirmed) {
        (true, _) => view! { <strong class="nhsuk-tag nhsuk-tag--red">"Locked"</strong> }.into_any(),
        (false, false) => view! { <strong class="nhsuk-tag nhsuk-tag--yellow">"Address not confirmed"</strong> }.into_any(),
        (false, true) => "Can sign in".into_any(),
    }
}

fn table(lines: &[PersonLine]) -> AnyView {
    let rows = lines
        .iter()
        .map(|line| {
            let organisation = match line.organisations {
                0 => "None".to_owned(),
                1 => line.organisation.clone(),
                more => format!("{} and {} more", line.organisation, more - 1),
            };
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=person_page(&line.person)>{line.name.clone()}</a></th>
                    <td role="cell" data-l="Email" class="gpc-break">{line.email.clone()}</td>
                    <td role="cell" data-l="Organisation">{organisation}</td>
                    <td role="cell" data-l="Account">{standing(line.locked, line.confirmed)}</td>
                </tr>
            }
        })
        .collect_view();
    view! { <Grid caption="People, by email address" columns=["Name", "Email", "Organisation", "Account"] rows=rows.into_any() /> }
        .into_any()
}
