//! `/operator/organisations`: every organisation, found by name or code, and one of them: its people, how many journeys name
//! it, and giving a role back when nobody holds it.

use journey::{
    base::ids::{JourneyRef, OrganisationId, PersonId},
    people::{operators, rules},
    port::{
        Member, Organisation,
        seats::{OrganisationFilter, RegisteredOrganisation},
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
        page::{context, page, titled},
    },
    base::{dates, halt::Halt, said::RefusedForm, words::encode},
    design::{
        Button,
        Column::{Figures, Words},
        Crumbs, Grid, Hidden, SummaryRow, Title, say,
    },
    request::visitor::{param, query},
    site::operator::{
        forms::{READ_BY_THEM, operating, operators_only, organisation_page, person_page, reason},
        letters,
    },
};

/// Lines of a page.
const PAGE: u32 = 50;

/// Journeys that are counted and named on the page of an organisation.
const MOST_JOURNEYS: u32 = 100;

/// `/operator/organisations`
#[component]
pub fn OperatorOrganisations() -> impl IntoView {
    page(async {
        let context = context().await?;
        operators_only(&context.visitor()?.actor)?;
        let filter = OrganisationFilter {
            find: query("find"),
            asked: false,
            after: query("after").split_once(' ').and_then(|(id, name)| Some((name.to_owned(), id.parse().ok()?))),
            limit: PAGE + 1,
        };
        let mut lines = context.services.store.organisations(&filter).await?;
        let more = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let next = lines.last().filter(|_| more).map(|last| {
            let after = format!("{} {}", last.organisation.id, last.organisation.name.to_lowercase());
            format!("/operator/organisations?find={}&after={}", encode(&filter.find), encode(&after))
        });
        let filtered = !filter.find.is_empty() || filter.after.is_some();
        let body = view! {
            {say::banner(context.banner)}
            <Title text="Organisations">"Programme leads confirm their names and codes. You look after who belongs to them."</Title>
            <form class="gpc-filters" method="get" action="/operator/organisations" role="search">
                <div>
                    <label for="find">"Name or ODS code"</label>
                    <input class="nhsuk-input" id="find" name="find" type="search" maxlength="200" value=filter.find.clone() />
                </div>
                <Button text="Find" secondary=true small=true />
            </form>
            {if lines.is_empty() {
                view! { <div class="gpc-empty"><p>"No organisation matches. Search for part of its name, or for its code."</p></div> }.into_any()
            } else {
                table(&lines)
            }}
            <p class="gpc-meta gpc-below">
                {next.map(|to| view! { <a href=to rel="next">"Next page"</a> " " })}
                {filtered.then(|| view! { <a href="/operator/organisations">"Show all from the beginning"</a> })}
            </p>
        }
        .into_any();
        Ok(("Organisations".to_owned(), body))
    })
}

fn table(lines: &[RegisteredOrganisation]) -> AnyView {
    let rows = lines
        .iter()
        .map(|line| {
            let organisation = &line.organisation;
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=organisation_page(&organisation.id)>{organisation.name.clone()}</a></th>
                    <td role="cell" data-l="ODS code" class="gpc-mono">{organisation.ods_code.clone()}</td>
                    <td role="cell" data-l="Side">{organisation.side.title()}</td>
                    <td role="cell" data-l="People" class="gpc-num">{line.people.to_string()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Grid caption="Organisations, by name" columns=[Words("Organisation"), Words("ODS code"), Words("Side"), Figures("People")] rows=rows.into_any() />
    }
    .into_any()
}

/// `/operator/organisations/{id}`
#[component]
pub fn OperatorOrganisation() -> impl IntoView {
    let id = param("id");
    page(async move {
        let context = context().await?;
        operators_only(&context.visitor()?.actor)?;
        let id: OrganisationId = id.parse().map_err(|_| Halt::Missing)?;
        let store = &context.services.store;
        let found = store.registered(&id).await?.ok_or(Halt::Missing)?;
        let merged = store.merged(&id).await?;
        let people = store.people_of(&id).await?;
        let invitations = store.invitations(&id, context.services.clock.now()).await?.len();
        let journeys = store.journeys_naming(&id, MOST_JOURNEYS).await?;
        let kept = context.kept.clone();
        let organisation = found.organisation.clone();
        let gone = merged.map(|merged| {
            let says = format!("Merged on {} into ", dates::day_of(merged.at));
            view! {
                <div class="nhsuk-inset-text">
                    <p><strong>{says}<a href=organisation_page(&merged.kept.id)>{merged.kept.name.clone()}</a>"."</strong></p>
                    <p class="gpc-lines">{format!("The reason: {}", merged.reason)}</p>
                </div>
            }
        });
        let is_gone = gone.is_some();
        let kept_by_nobody = !people.iter().any(|(member, locked)| !locked && rules::keeps_people(&member.roles));
        let give = (kept_by_nobody && !is_gone).then(|| give_back(&organisation, &people, kept.as_ref()));
        let merge = (!is_gone).then(|| format!("{}/merge", organisation_page(&id)));
        let confirmed = found.confirmed.map_or_else(|| "Not yet".to_owned(), dates::day_of);
        let audit = format!("/audit?organisation={id}");
        let body = view! {
            <Crumbs links=vec![("/operator/organisations".to_owned(), "Organisations".to_owned())] />
            {say::kept(kept.as_ref())}
            {say::banner(context.banner)}
            <Title text=organisation.name.clone() />
            {gone}
            <dl class="nhsuk-summary-list">
                <SummaryRow key="ODS code" value=organisation.ods_code.clone() />
                <SummaryRow key="Side" value=organisation.side.title() />
                <SummaryRow key="Confirmed by NHS England" value=confirmed />
                <SummaryRow key="Invitations that wait" value=invitations.to_string() />
                <SummaryRow key="Journeys" value=named(&journeys) />
            </dl>
            {give}
            <h2 class="nhsuk-heading-m" id="people">"People"</h2>
            {people_view(&people)}
            <ul class="nhsuk-list gpc-below">
                {merge.map(|to| view! { <li><a href=to>"Merge with a double of this organisation"</a></li> })}
                <li><a href=audit>"Everything that was done for this organisation, and about it"</a></li>
            </ul>
        }
        .into_any();
        Ok((titled(&found.organisation.name, kept.as_ref()), body))
    })
}

/// How many journeys name it, and which: operators see no more of them.
fn named(journeys: &[JourneyRef]) -> String {
    let references = journeys.iter().map(JourneyRef::to_string).collect::<Vec<_>>().join(", ");
    match journeys.len() {
        0 => "None".to_owned(),
        many if many >= MOST_JOURNEYS as usize => format!("{many} or more: {references}, …"),
        some => format!("{some}: {references}"),
    }
}

fn people_view(people: &[(Member, bool)]) -> AnyView {
    if people.is_empty() {
        return view! { <p>"Nobody belongs to it."</p> }.into_any();
    }
    let rows = people
        .iter()
        .map(|(member, locked)| {
            let roles: Vec<&str> = member.roles.iter().map(|role| role.title()).collect();
            let tag = locked.then(|| view! { " "<strong class="nhsuk-tag nhsuk-tag--red">"Locked"</strong> });
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=person_page(&member.person)>{member.name.clone()}</a>{tag}</th>
                    <td role="cell" data-l="Email" class="gpc-break">{member.email.clone()}</td>
                    <td role="cell" data-l="Roles">{roles.join(", ")}</td>
                    <td role="cell" data-l="Since">{dates::day_of(member.since)}</td>
                </tr>
            }
        })
        .collect_view();
    view! { <Grid caption="People of this organisation" columns=["Name", "Email", "Roles", "Since"] rows=rows.into_any() /> }
        .into_any()
}

/// Nobody can invite there any more: somebody of it gets the role.
fn give_back(organisation: &Organisation, people: &[(Member, bool)], kept: Option<&RefusedForm>) -> AnyView {
    let role = operators::keeper_of(organisation.side).title();
    let able: Vec<&Member> = people.iter().filter(|(_, locked)| !locked).map(|(member, _)| member).collect();
    if able.is_empty() {
        let says = format!(
            "Nobody who can sign in belongs to it. Somebody can be invited with the command gpc-onboarding admin invite, as “{role}”."
        );
        return view! { <div class="nhsuk-inset-text"><p>{says}</p></div> }.into_any();
    }
    let chosen = kept.map(|kept| kept.typed.one("person").to_owned()).unwrap_or_default();
    let options = able
        .into_iter()
        .map(|member| {
            let (id, value) = (format!("person-{}", member.person), member.person.to_string());
            let checked = value == chosen;
            view! {
                <div class="nhsuk-radios__item">
                    <input class="nhsuk-radios__input" id=id.clone() name="answers[person][]" type="radio" value=value checked=checked />
                    <label class="nhsuk-label nhsuk-radios__label" for=id>{format!("{} ({})", member.name, member.email)}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="nhsuk-inset-text" aria-labelledby="give-back">
            <h2 class="nhsuk-heading-s" id="give-back">"Nobody looks after the people of this organisation"</h2>
            <p>{format!("Give the role “{role}” to somebody who belongs to it. They are told by email.")}</p>
            <form action="/do/operator/give-back" method="post" novalidate>
                <Hidden values=vec![("organisation", organisation.id.to_string())] />
                <div class="nhsuk-form-group">
                    <fieldset class="nhsuk-fieldset">
                        <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">"Who gets it?"</legend>
                        <div class="nhsuk-radios">{options}</div>
                    </fieldset>
                </div>
                {reason("give", READ_BY_THEM, kept)}
                <Button text="Give the role" />
            </form>
        </section>
    }
    .into_any()
}

/// Gives the role that looks after people to somebody of an organisation in which nobody has it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "operator/give-back")]
pub async fn give_role_back(#[server(default)] organisation: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let id: OrganisationId = organisation.parse().map_err(|_| Halt::Missing)?;
        let chosen = answers.get("person").and_then(|values| values.first()).cloned().unwrap_or_default();
        let operating = match operating(organisation_page(&id), "give", answers).await? {
            Ok(operating) => operating,
            Err(page) => return Ok(page),
        };
        let store = &operating.services.store;
        let of = store.organisation(&id).await?.ok_or(Halt::Missing)?;
        let chosen: Option<PersonId> = chosen.parse().ok();
        let person = match &chosen {
            Some(chosen) => store.person(chosen).await?,
            None => None,
        };
        let Some(person) = person else {
            return operating.refuse("There is a problem", "Choose who gets the role. Nothing was changed.").await;
        };
        let role = operators::keeper_of(of.side).title();
        let to = (person.name.as_str(), person.email.as_str());
        let letter = letters::given_back(&operating.services, to, &of, role, &operating.reason);
        let (by, now) = (operating.visitor.by(), operating.services.clock.now());
        match store.give_back(&id, &person.id, &operating.reason, by, now, letter).await {
            Ok(role) => operating
                .done(&format!("{} is {} now", person.name, role.held()), "They are told by email and can invite people."),
            Err(refused) => operating.refused(refused).await,
        }
    })
    .await
}
