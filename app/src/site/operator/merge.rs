//! `/operator/organisations/{id}/merge`: an organisation that is there twice becomes one. What moves and what stops it is shown
//! before anything is done.

use journey::{
    base::ids::OrganisationId,
    port::{
        Organisation,
        accounts::{AccountsRefused, MergeShown},
        seats::OrganisationFilter,
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
        page::{context, page, titled},
    },
    base::{halt::Halt, said::RefusedForm, words},
    design::{Button, Crumbs, Grid, Hidden, Title, say},
    request::{
        flash,
        visitor::{param, query},
    },
    site::operator::{
        forms::{READ_BY_THEM, operating, operators_only, organisation_page, reason, why_not_merged},
        letters,
    },
};

/// Organisations that are offered.
const MOST: u32 = 20;

fn address(goes: &OrganisationId) -> String {
    format!("{}/merge", organisation_page(goes))
}

/// `/operator/organisations/{id}/merge`
#[component]
pub fn OperatorMerge() -> impl IntoView {
    let id = param("id");
    page(async move {
        let context = context().await?;
        operators_only(&context.visitor()?.actor)?;
        let id: OrganisationId = id.parse().map_err(|_| Halt::Missing)?;
        let store = &context.services.store;
        let goes = store.organisation(&id).await?.ok_or(Halt::Missing)?;
        let kept = context.kept.clone();
        // Whoever comes back sees again what they were about to do.
        let into = kept.as_ref().map(|kept| kept.typed.one("into").to_owned()).filter(|into| !into.is_empty());
        let into: Option<OrganisationId> = into.unwrap_or_else(|| query("into")).parse().ok();
        let body = match into {
            Some(into) => {
                let shown = store.merge_shown(&id, &into, context.services.clock.now()).await?.ok_or(Halt::Missing)?;
                preview(&shown, kept.as_ref())
            }
            None => {
                let find = query("find");
                let filter = OrganisationFilter {
                    find: if find.is_empty() { first_word(&goes.name) } else { find.clone() },
                    limit: MOST,
                    ..OrganisationFilter::default()
                };
                let found = store.organisations(&filter).await?;
                let others: Vec<Organisation> =
                    found.into_iter().map(|line| line.organisation).filter(|one| one.id != id && one.side == goes.side).collect();
                choose(&goes, &filter.find, &others)
            }
        };
        let title = format!("Merge {}", goes.name);
        let body = view! {
            <Crumbs links=vec![("/operator/organisations".to_owned(), "Organisations".to_owned()), (organisation_page(&id), goes.name.clone())] />
            {say::kept(kept.as_ref())}
            {say::banner(context.banner)}
            <Title text=title.clone()>"Use this when one organisation is here twice. It cannot be undone."</Title>
            {body}
        }
        .into_any();
        Ok((titled(&title, kept.as_ref()), body))
    })
}

/// What a double is likely to be found by.
fn first_word(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

fn choose(goes: &Organisation, find: &str, others: &[Organisation]) -> AnyView {
    let page = address(&goes.id);
    let rows = others
        .iter()
        .map(|other| {
            let to = format!("{page}?into={}", other.id);
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=to>{other.name.clone()}</a></th>
                    <td role="cell" data-l="ODS code" class="gpc-mono">{other.ods_code.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2 class="nhsuk-heading-m">{format!("Which organisation stays, when {} goes?", goes.name)}</h2>
        <form class="gpc-filters" method="get" action=page.clone() role="search">
            <div>
                <label for="find">"Name or ODS code of the one that stays"</label>
                <input class="nhsuk-input" id="find" name="find" type="search" maxlength="200" value=find.to_owned() />
            </div>
            <Button text="Find" secondary=true small=true />
        </form>
        {if others.is_empty() {
            view! { <div class="gpc-empty"><p>"No other organisation of this kind matches. Search for part of its name, or for its code."</p></div> }.into_any()
        } else {
            view! { <Grid caption="Organisations that can stay" columns=["Organisation", "ODS code"] rows=rows.into_any() /> }.into_any()
        }}
    }
    .into_any()
}

fn preview(shown: &MergeShown, kept: Option<&RefusedForm>) -> AnyView {
    let (goes, stays) = (shown.goes.name.clone(), shown.stays.name.clone());
    let code = |organisation: &Organisation| match organisation.ods_code.as_str() {
        "" => "without an ODS code".to_owned(),
        code => format!("ODS code {code}"),
    };
    let both = format!("{goes} ({}) goes. {stays} ({}) stays.", code(&shown.goes), code(&shown.stays));
    if !shown.refusals.is_empty() {
        let reasons = shown.refusals.iter().map(|refusal| view! { <li>{why_not_merged(refusal)}</li> }).collect_view();
        let swap = format!("{}?into={}", address(&shown.stays.id), shown.goes.id);
        return view! {
            <p>{both}</p>
            <div class="nhsuk-inset-text">
                <h2 class="nhsuk-heading-s">"They cannot be merged this way"</h2>
                <ul class="nhsuk-list nhsuk-list--bullet">{reasons}</ul>
            </div>
            <p><a href=swap>{format!("See what happens when {stays} goes and {goes} stays")}</a></p>
            <p><a href=address(&shown.goes.id)>"Choose another organisation"</a></p>
        }
        .into_any();
    }
    let moves = shown
        .moves
        .iter()
        .map(|member| {
            let roles: Vec<&str> = member.roles.iter().map(|role| role.title()).collect();
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{member.name.clone()}</th>
                    <td role="cell" data-l="Email" class="gpc-break">{member.email.clone()}</td>
                    <td role="cell" data-l="Roles then">{roles.join(", ")}</td>
                </tr>
            }
        })
        .collect_view();
    let some = !shown.moves.is_empty();
    let free = (!shown.goes.ods_code.is_empty()).then(|| format!("The ODS code of {goes} is free again. "));
    let invitations = words::counted(shown.invitations as usize, "open invitation");
    let keepers = match shown.keepers.len() {
        0 => format!("Nobody looks after the people of {stays} now."),
        _ => {
            let names = shown.keepers.iter().map(|member| member.name.clone()).collect();
            format!("{} will be told by email, and so will everybody who moves.", words::listed(names))
        }
    };
    let seen = shown.moves.iter().map(|member| member.person.to_string()).collect::<Vec<_>>().join(" ");
    view! {
        <p>{both}</p>
        <h2 class="nhsuk-heading-m">"What happens"</h2>
        {if some {
            view! { <Grid caption=format!("People who move to {stays}") columns=["Name", "Email", "Roles then"] rows=moves.into_any() /> }.into_any()
        } else {
            view! { <p>{format!("Nobody belongs to {goes}.")}</p> }.into_any()
        }}
        <ul class="nhsuk-list nhsuk-list--bullet gpc-below">
            <li>{format!("{invitations} to {goes} then lead to {stays}.")}</li>
            <li>{free}{format!("{stays} keeps its own name and code.")}</li>
            <li>{format!("No journey moves: none names {goes}.")}</li>
            <li>{keepers}</li>
        </ul>
        <form action="/do/operator/merge" method="post" novalidate>
            <Hidden values=vec![("goes", shown.goes.id.to_string()), ("seen", seen)] />
            <input type="hidden" name="answers[into][]" value=shown.stays.id.to_string() />
            {reason("merge", READ_BY_THEM, kept)}
            <Button text=format!("Merge into {stays}") warning=true />
        </form>
        <p><a href=address(&shown.goes.id)>"Choose another organisation"</a></p>
    }
    .into_any()
}

/// Merges two organisations as the page showed it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "operator/merge")]
pub async fn merge(
    #[server(default)] goes: String,
    #[server(default)] seen: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let goes: OrganisationId = goes.parse().map_err(|_| Halt::Missing)?;
        let into = answers.get("into").and_then(|values| values.first()).cloned().unwrap_or_default();
        let operating = match operating(address(&goes), "merge", answers).await? {
            Ok(operating) => operating,
            Err(page) => return Ok(page),
        };
        let into: OrganisationId = into.parse().map_err(|_| Halt::Missing)?;
        let (services, reason, now) = (&operating.services, operating.reason.as_str(), operating.services.clock.now());
        let shown = services.store.merge_shown(&goes, &into, now).await?.ok_or(Halt::Missing)?;
        let names = (shown.goes.name.as_str(), shown.stays.name.as_str());
        let moved = shown.moves.iter().map(|member| letters::moved(services, (&member.name, &member.email), names, reason));
        let moving = words::listed(shown.moves.iter().map(|member| member.name.clone()).collect());
        let told = shown.keepers.iter().filter(|keeper| !shown.moves.iter().any(|member| member.person == keeper.person));
        let told = told.map(|keeper| letters::joined(services, (&keeper.name, &keeper.email), names, &moving, reason));
        let letters = if shown.moves.is_empty() { Vec::new() } else { moved.chain(told).collect() };
        let seen: Result<Vec<_>, _> = seen.split_whitespace().map(str::parse).collect();
        let Ok(seen) = seen else { return operating.refused(AccountsRefused::ChangedSince).await };
        match services.store.merge(&goes, &into, &seen, reason, operating.visitor.by(), now, letters).await {
            Ok(()) => {
                tracing::info!(person = %operating.visitor.actor.person, %goes, %into, "merged two organisations");
                flash::say(
                    &operating.caller,
                    format!("{} and {} are one", names.0, names.1),
                    "Everybody whom it concerns is told by email.",
                );
                Ok(organisation_page(&into))
            }
            Err(refused) => operating.refused(refused).await,
        }
    })
    .await
}
