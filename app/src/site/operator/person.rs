//! `/operator/people/{id}`: one account, and what an operator does about it.

use journey::{
    base::ids::PersonId,
    port::{
        SessionLine,
        accounts::{AccountFile, AccountsRefused},
        second_steps::Reset,
    },
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page, titled},
    base::{dates, halt::Halt, said::RefusedForm, words::encode},
    design::{Crumbs, Grid, SummaryRow, Title, say},
    request::visitor::param,
    site::{
        operator::forms::{Form, in_words, operators_only, organisation_page},
        people::account::browser,
    },
};

/// `/operator/people/{id}`
#[component]
pub fn OperatorPerson() -> impl IntoView {
    let id = param("id");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        operators_only(&visitor.actor)?;
        let id: PersonId = id.parse().map_err(|_| Halt::Missing)?;
        let store = &context.services.store;
        let found = store.account_file(&id).await?.ok_or(Halt::Missing)?;
        let sessions = store.sessions(&id, context.services.clock.now()).await?;
        let last = store.last_sign_in(&id).await?;
        // Once locked it is not asked whether they can be.
        let can_lock = if found.lock.is_some() { Ok(()) } else { store.can_lock(&id, &visitor.by()).await };
        let has_step = store.second_step(&id).await?.is_some();
        let asked = store.second_step_reset(&id).await?;
        let kept = context.kept.clone();
        let (name, person) = (found.person.name.clone(), found.person.clone());
        let last = last.map_or_else(|| "Not in the last 90 days".to_owned(), dates::moment);
        let seen = sessions.first().map_or_else(|| "Not signed in now".to_owned(), |session| dates::moment(session.seen));
        let audit = format!("/audit?person={}", encode(&person.email));
        let lock = found.lock.as_ref().map(|lock| {
            let says = format!("Locked on {} by {}.", dates::moment(lock.at), lock.by);
            view! {
                <div class="nhsuk-inset-text"><p><strong>{says}</strong></p><p class="gpc-lines">{format!("The reason: {}", lock.reason)}</p></div>
            }
        });
        let confirmed = if person.confirmed { "Yes" } else { "Not yet" };
        let body = view! {
            <Crumbs links=vec![("/operator/people".to_owned(), "People".to_owned())] />
            {say::kept(kept.as_ref())}
            {say::banner(context.banner)}
            <Title text=name.clone() />
            {lock}
            <dl class="nhsuk-summary-list">
                <SummaryRow key="Email address" value=person.email.clone() />
                <SummaryRow key="Address confirmed" value=confirmed />
                <SummaryRow key="Account since" value=dates::day_of(found.created) />
                <SummaryRow key="Last signed in" value=last />
                <SummaryRow key="Last seen" value=seen />
            </dl>
            <h2 class="nhsuk-heading-m" id="organisations">"Organisations"</h2>
            {places(&found)}
            <h2 class="nhsuk-heading-m gpc-below" id="sessions">"Where they are signed in"</h2>
            {signed_in(&sessions)}
            <h2 class="nhsuk-heading-m gpc-below" id="acts">"What you can do"</h2>
            {acts(&found, &sessions, can_lock, (has_step, asked.as_ref()), kept.as_ref())?}
            <p class="gpc-below"><a href=audit>{format!("Everything that {name} did, and what was done to this account")}</a></p>
        }
        .into_any();
        Ok((titled(&name, kept.as_ref()), body))
    })
}

fn places(found: &AccountFile) -> AnyView {
    if found.places.is_empty() {
        return view! { <p>"They belong to no organisation."</p> }.into_any();
    }
    let rows = found
        .places
        .iter()
        .map(|place| {
            let roles: Vec<&str> = place.roles.iter().map(|role| role.title()).collect();
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader"><a href=organisation_page(&place.organisation.id)>{place.organisation.name.clone()}</a></th>
                    <td role="cell" data-l="ODS code" class="gpc-mono">{place.organisation.ods_code.clone()}</td>
                    <td role="cell" data-l="Roles">{roles.join(", ")}</td>
                </tr>
            }
        })
        .collect_view();
    view! { <Grid caption="Organisations and roles" columns=["Organisation", "ODS code", "Roles"] rows=rows.into_any() /> }
        .into_any()
}

fn signed_in(sessions: &[SessionLine]) -> AnyView {
    if sessions.is_empty() {
        return view! { <p>"They are not signed in anywhere."</p> }.into_any();
    }
    let rows = sessions
        .iter()
        .map(|session| {
            view! {
                <tr role="row">
                    <td role="cell" data-l="Browser">{browser(&session.agent)}</td>
                    <td role="cell" data-l="Signed in">{dates::moment(session.since)}</td>
                    <td role="cell" data-l="Last seen">{dates::moment(session.seen)}</td>
                </tr>
            }
        })
        .collect_view();
    view! { <Grid caption="Sessions, last seen first" columns=["Browser", "Signed in", "Last seen"] rows=rows.into_any() /> }
        .into_any()
}

/// The forms: what is not offered says why.
fn acts(
    found: &AccountFile,
    sessions: &[SessionLine],
    can_lock: Result<(), AccountsRefused>,
    (has_step, asked): (bool, Option<&Reset>),
    kept: Option<&RefusedForm>,
) -> Result<AnyView, Halt> {
    let hidden = || vec![("person", found.person.id.to_string())];
    let lock = match (&found.lock, can_lock) {
        (Some(_), _) => Form {
            key: "unlock".to_owned(),
            summary: "Unlock the account".to_owned(),
            says: "They can sign in again with their password, and are told by email.".to_owned(),
            action: "/do/operator/unlock",
            hidden: hidden(),
            button: "Unlock the account".to_owned(),
            warning: false,
        }
        .draw(kept),
        (None, Ok(())) => Form {
            key: "lock".to_owned(),
            summary: "Lock the account".to_owned(),
            says: "They are signed out everywhere, cannot sign in and get no more emails about journeys. They are told by email. You can unlock the account again."
                .to_owned(),
            action: "/do/operator/lock",
            hidden: hidden(),
            button: "Lock the account".to_owned(),
            warning: true,
        }
        .draw(kept),
        (None, Err(refused)) => {
            let (heading, detail) = in_words(refused)?;
            view! { <div class="nhsuk-inset-text"><p><strong>{format!("This account cannot be locked. {heading}.")}</strong></p><p>{detail}</p></div> }
                .into_any()
        }
    };
    let end = (!sessions.is_empty()).then(|| {
        Form {
            key: "end".to_owned(),
            summary: "Sign them out everywhere".to_owned(),
            says: "Every session ends at once. They can sign in again, and are told by email.".to_owned(),
            action: "/do/operator/end-sessions",
            hidden: hidden(),
            button: "Sign them out everywhere".to_owned(),
            warning: false,
        }
        .draw(kept)
    });
    let reset = Form {
        key: "reset".to_owned(),
        summary: "Send a link to set a new password".to_owned(),
        says: format!("The link goes to {} and works for one hour. You do not see it.", found.person.email),
        action: "/do/operator/send-reset",
        hidden: hidden(),
        button: "Send the link".to_owned(),
        warning: false,
    }
    .draw(kept);
    let lost = Form {
        key: "second-step".to_owned(),
        summary: match asked {
            Some(_) => "Take away the lost second step".to_owned(),
            None => "Ask to take away a lost second step".to_owned(),
        },
        says: match asked {
            Some(asked) => format!("It was asked for on {}: {}", dates::moment(asked.at), asked.reason),
            None => "Another person has to confirm it. They are told by email.".to_owned(),
        },
        action: "/do/operator/reset-second-step",
        hidden: hidden(),
        button: if asked.is_some() { "Take it away".to_owned() } else { "Ask for it".to_owned() },
        warning: false,
    };
    let lost = has_step.then(|| lost.draw(kept));
    Ok(view! { {lock}{end}{reset}{lost} }.into_any())
}
