//! `/organisations/{id}`: one organisation, its people, and confirming who it is.

use journey::{base::ids::OrganisationId, form::Answers, people::rules};
use leptos::prelude::*;

use crate::{
    act::page::{context, page, titled},
    base::{dates, halt::Halt},
    design::{Button, Crumbs, Details, Grid, Hidden, SummaryRow, Title, ask, say},
    request::visitor::param,
    work::organisations::{confirmers_only, side},
};

/// `/organisations/{id}`
#[component]
pub fn OneOrganisation() -> impl IntoView {
    let id = param("id");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        confirmers_only(&visitor.actor)?;
        let id: OrganisationId = id.parse().map_err(|_| Halt::Missing)?;
        let found = context.services.store.registered(&id).await?.ok_or(Halt::Missing)?;
        let members = context.services.store.members(&id).await?;
        let organisation = &found.organisation;
        let kept = context.kept.clone();
        let shown = found.asked.as_ref().map_or_else(|| organisation.identity(), |asked| asked.identity.clone());
        let now = Answers::default().with("organisation", &shown.name).with("ods_code", &shown.ods_code);
        let answers = context.typed_or(now);
        let asked = found.asked.as_ref().map(|asked| {
            let who = if asked.by.is_empty() {
                "Its code was found with another organisation, which keeps it. Confirm name and code as they should be."
                    .to_owned()
            } else {
                format!("{} asked on {} for: {}.", asked.by, dates::day_of(asked.at), asked.identity.in_words())
            };
            view! { <div class="nhsuk-inset-text"><p>{who}</p></div> }
        });
        let decline = found.asked.is_some().then(|| {
            view! {
                <Details summary="Do not change it" body=view! { <form action="/do/organisations/decline-details" method="post" novalidate>
                            <Hidden values=vec![("organisation", id.to_string())] />
                            {ask::words("reason", "reason", "Why?", "It is kept in the record of accounts.", "", kept.as_ref().and_then(|kept| kept.problem("reason")), 2)}
                            <Button text="Do not change it" secondary=true small=true />
                        </form> }.into_any() />
            }
        });
        let people_of = members
            .into_iter()
            .map(|member| {
                let titles: Vec<&str> = member.roles.iter().map(|role| role.title()).collect();
                view! {
                    <tr role="row">
                        <th scope="row" role="rowheader">{member.name}</th>
                        <td role="cell" data-l="Email" class="gpc-break">{member.email}</td>
                        <td role="cell" data-l="Roles">{titles.join(", ")}</td>
                        <td role="cell" data-l="Since">{dates::day_of(member.since)}</td>
                    </tr>
                }
            })
            .collect_view();
        let confirmed = found.confirmed.map_or_else(|| "Not yet".to_owned(), dates::day_of);
        let code = if organisation.ods_code.is_empty() { "Not given".to_owned() } else { organisation.ods_code.clone() };
        let some = found.people > 0;
        let name = organisation.name.clone();
        let body = view! {
            <Crumbs links=vec![("/organisations".to_owned(), "Organisations".to_owned())] />
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                {say::kept(kept.as_ref())}
                {say::banner(context.banner)}
                <Title text=name.clone() />
                <dl class="nhsuk-summary-list">
                    <SummaryRow key="ODS code" value=code />
                    <SummaryRow key="Side" value=side(organisation.side) />
                    <SummaryRow key="Confirmed by NHS England" value=confirmed />
                </dl>
                <h2 class="nhsuk-heading-m" id="details">"Confirm name and code"</h2>
                {asked}
                <p>"Journeys of this organisation record the change in their history. What was signed and issued before names it as it was then."</p>
                <form action="/do/organisations/set-details" method="post" novalidate>
                    <Hidden values=vec![("organisation", id.to_string())] />
                    {ask::questions(&rules::details(), &answers, kept.as_ref())}
                    <Button text="Confirm name and code" />
                </form>
                {decline}
                <h2 class="nhsuk-heading-m gpc-below">"People"</h2>
                {if some {
                    view! {
                        <Grid caption=format!("People of {name}") columns=["Name", "Email", "Roles", "Since"] rows=people_of.into_any() />
                    }
                    .into_any()
                } else {
                    view! { <p>"Nobody belongs to it yet."</p> }.into_any()
                }}
            </div></div>
        }
        .into_any();
        Ok((titled(&found.organisation.name, kept.as_ref()), body))
    })
}
