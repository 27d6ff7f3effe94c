//! An operator withdraws an edition of the catalogue that no journey answers.

use journey::{
    base::edition::Edition,
    catalogue::{
        editions,
        withdrawal::{Stays, may_go},
    },
    port::{WriteError, audit::Act},
};
use leptos::prelude::*;

use crate::{
    act::action::{ActionResult, Typed, act},
    base::{halt::Halt, paths, said::RefusedForm},
    request::ledger::learn,
    site::operator::forms::{self, noted, operating},
    work::scal::told,
};

/// The key of the form of one edition.
fn key(edition: &Edition) -> String {
    format!("withdraw-{edition}")
}

/// What withdraws an edition, with its reason.
pub(crate) fn form(edition: &Edition, kept: Option<&RefusedForm>) -> AnyView {
    forms::Form {
        key: key(edition),
        summary: format!("Withdraw edition {edition}"),
        says: format!(
            "Only an edition that no journey answers can be withdrawn. New journeys then follow the edition before it, and \
             suppliers whose SCAL it would have changed are told. The name {edition} is not used again."
        ),
        action: "/do/catalogue/withdraw",
        hidden: vec![("edition", edition.to_string())],
        button: format!("Withdraw edition {edition}"),
        warning: true,
    }
    .draw(kept)
}

/// Withdraws an edition.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "catalogue/withdraw")]
pub async fn withdraw(#[server(default)] edition: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let edition: Edition = edition.parse().map_err(|_| Halt::Missing)?;
        let operating = match operating(paths::CATALOGUE.to_owned(), &key(&edition), answers).await? {
            Ok(operating) => operating,
            Err(page) => return Ok(page),
        };
        let services = &operating.services;
        learn(services).await?;
        let published = editions::published().into_iter().find(|(known, _)| *known == edition);
        // A journey that takes it up after this was counted goes on with it: its rows stay known.
        let used = match published {
            Some((_, since)) => services.store.journeys_on(&edition, since).await?,
            None => 0,
        };
        if let Err(stays) = may_go(&edition, used) {
            let (heading, detail) = in_words(&edition, &stays);
            return operating.refuse(&heading, &detail).await;
        }
        let note = noted(services, &operating.caller, Act::EditionWithdrawn, &edition.to_string(), &operating.reason);
        let deed = told::Deed::Withdrawn(&operating.reason);
        let notices = told::notices(services, &edition, editions::rows(&edition), deed).await?;
        match services.store.withdraw_catalogue(&edition, note, notices).await {
            Ok(()) => {
                editions::was_withdrawn(edition.clone());
                tracing::info!(%edition, person = %operating.visitor.actor.person, "an edition of the catalogue was withdrawn");
                let says = format!(
                    "New journeys follow edition {}. Suppliers whose SCAL it would have changed are told.",
                    editions::newest()
                );
                operating.done(&format!("Edition {edition} is withdrawn"), &says)
            }
            Err(WriteError::Conflict) => {
                let (heading, detail) = in_words(&edition, &Stays::Withdrawn);
                operating.refuse(&heading, &detail).await
            }
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// Why an edition stays: a heading and what to do.
fn in_words(edition: &Edition, stays: &Stays) -> (String, String) {
    match stays {
        Stays::Shipped => (
            format!("Edition {edition} came with the release"),
            "Only an edition that was published here can be withdrawn.".to_owned(),
        ),
        Stays::Withdrawn => (
            format!("Edition {edition} is withdrawn already"),
            "Somebody else was faster, or the page was old. Nothing was changed.".to_owned(),
        ),
        Stays::Used(journeys) => (
            if *journeys == 1 {
                format!("1 journey answers edition {edition}")
            } else {
                format!("{journeys} journeys answer edition {edition}")
            },
            "It cannot be withdrawn, because what they answered must stay as it is. Publish a newer edition that puts it right."
                .to_owned(),
        ),
    }
}
