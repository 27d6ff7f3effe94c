//! Confirming who an organisation is. Its journeys record the change.

use journey::{
    base::{
        identity::Identity,
        ids::{JourneyRef, OrganisationId},
    },
    form::{Answers, Problem},
    people::rules,
    port::{JourneyFilter, WriteError},
    rule::command::Command,
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act, signed_in},
        post::record,
    },
    base::{halt::Halt, said::RefusedForm, words::counted},
    request::{
        flash,
        services::{Services, services},
        visitor::{Visitor, calling},
    },
    work::organisations::{confirmers_only, link},
};

/// Journeys that are read at a time.
const STEP: u32 = 100;

/// Confirms name and code of an organisation, as they are or as they should be.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisations/set-details")]
pub async fn set_details(#[server(default)] organisation: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let id: OrganisationId = organisation.parse().map_err(|_| Halt::Missing)?;
        let page = link(&id);
        let visitor = signed_in(&caller, &page, &typed).await?;
        confirmers_only(&visitor.actor)?;
        let before = services.store.organisation(&id).await?.ok_or(Halt::Missing)?;
        not_ones_own(&visitor, &id, before.side)?;
        let refuse = |problems: Vec<Problem>| RefusedForm {
            path: page.clone(),
            heading: "There is a problem".to_owned(),
            detail: "Nothing was changed.".to_owned(),
            problems,
            typed: typed.clone(),
        };
        let clean = match rules::details().check(&typed) {
            Ok(clean) => clean,
            Err(problems) => {
                flash::keep(&caller.session, refuse(problems.0)).await?;
                return Ok(page);
            }
        };
        let identity = Identity { name: clean.one("organisation").to_owned(), ods_code: clean.one("ods_code").to_owned() };
        match services.store.set_details(&id, &identity, visitor.by(), services.clock.now()).await {
            Ok(()) => {}
            Err(WriteError::Conflict) => {
                let holder = services.store.organisation_coded(before.side, &identity.ods_code).await?;
                let holder = holder.map_or_else(|| "Another organisation".to_owned(), |holder| holder.name);
                let says =
                    format!("{holder} has this code. A code is one organisation: correct that one first, or enter another code");
                flash::keep(&caller.session, refuse(vec![Problem::new("ods_code", says)])).await?;
                return Ok(page);
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        let mut told = 0;
        if identity != before.identity() {
            for reference in journeys_of(&services, &id).await? {
                let (organisation, identity, before) = (id.clone(), identity.clone(), before.identity());
                let command = Command::Identify { organisation, identity, before };
                told += usize::from(record(&services, &visitor, &reference, &command).await?);
            }
        }
        let text = if told > 0 {
            format!("{} of it {} the change.", counted(told, "journey"), if told == 1 { "records" } else { "record" })
        } else {
            String::new()
        };
        flash::say(&caller, format!("{} is confirmed", identity.in_words()), text);
        Ok(page)
    })
    .await
}

/// Leaves an organisation as it is, though it asked for another name or code.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisations/decline-details")]
pub async fn decline_details(#[server(default)] organisation: String, #[server(default)] reason: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let id: OrganisationId = organisation.parse().map_err(|_| Halt::Missing)?;
        let page = link(&id);
        let visitor = signed_in(&caller, &page, &Answers::default()).await?;
        confirmers_only(&visitor.actor)?;
        let side = services.store.organisation(&id).await?.ok_or(Halt::Missing)?.side;
        not_ones_own(&visitor, &id, side)?;
        let clean = match rules::reason().check(&Answers::default().with("reason", &reason)) {
            Ok(clean) => clean,
            Err(problems) => {
                let kept = RefusedForm {
                    path: page.clone(),
                    heading: "There is a problem".to_owned(),
                    detail: "Nothing was changed.".to_owned(),
                    problems: problems.0,
                    typed: Answers::default(),
                };
                flash::keep(&caller.session, kept).await?;
                return Ok(page);
            }
        };
        services.store.decline_details(&id, clean.one("reason"), visitor.by(), services.clock.now()).await?;
        flash::say(&caller, "Name and code stay as they are", "");
        Ok(page)
    })
    .await
}

/// Nobody confirms who an organisation is that they belong to, but for the programme's own.
fn not_ones_own(visitor: &Visitor, id: &OrganisationId, side: journey::base::actor::Side) -> Result<(), Halt> {
    if side != journey::base::actor::Side::Programme && visitor.actor.member_of.contains(id) {
        return Err(Halt::NotYours {
            heading: "You cannot confirm an organisation that you belong to".to_owned(),
            detail: "Another programme lead can.".to_owned(),
        });
    }
    Ok(())
}

/// Journeys in which an organisation is the supplier or has a part.
async fn journeys_of(services: &Services, id: &OrganisationId) -> Result<Vec<JourneyRef>, Halt> {
    let mut found = Vec::new();
    for filter in [
        JourneyFilter { organisation: Some(id.clone()), limit: STEP, ..JourneyFilter::default() },
        JourneyFilter { party: Some(id.clone()), limit: STEP, ..JourneyFilter::default() },
    ] {
        let mut filter = filter;
        loop {
            let lines = services.store.journeys(&filter).await?;
            filter.after = lines.last().map(|last| (last.changed_at, last.reference.clone()));
            found.extend(lines.into_iter().map(|line| line.reference));
            if filter.after.is_none() {
                break;
            }
        }
    }
    Ok(found)
}
