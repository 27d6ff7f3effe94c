//! Those who are concerned by something that nobody asked them to do: a certificate that they rely on, a site, an incident, a
//! reply, a part that their organisation has or has no more.

use journey::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::OrganisationId,
    },
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
    },
    plan::{
        capability::Capability,
        certificates::{self, ValidityChange},
    },
    port::{StoreError, notices::Notice},
    rule::{certificate::CertificateNumber, members, queries},
};

use crate::{
    act::letters::made::{Told, asking, at_once, link, organisation_of, told, with_words},
    base::{dates, paths, words::listed},
    request::services::Services,
};

/// Those of the supplier, of the end users and of the commissioner who answer for the use of a product.
const CONCERNED: &[Role] =
    &[Role::OnboardingLead, Role::ClinicalSafetyOfficer, Role::GroupLead, Role::EndUserCso, Role::Commissioner];

/// Those of an organisation that has a part beside the supplier.
const OF_A_PART: &[Role] = &[Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson, Role::Commissioner];

/// The supplier, and every organisation with a part.
fn with_a_part(journey: &Journey) -> Vec<OrganisationId> {
    journey.parties().map(|(id, _)| id.clone()).chain([journey.organisation.clone()]).collect()
}

/// What became of a certificate, in one sentence; `None` for an event that changed nothing of one. `before` is the journey as
/// it was.
fn became(before: &Journey, event: &Event) -> Option<(&'static str, &'static str, String)> {
    if let Event::Expired { .. } = event {
        return Some((
            "expired",
            "Do not rely on it any more, and let no more sites go live, until NHS England has issued another.",
            String::new(),
        ));
    }
    let Event::ValidityConfirmed { task } = event else { return None };
    let asked = before.task(task).validity.as_ref()?;
    let (word, what) = match asked.change {
        ValidityChange::Suspend => ("suspended", "Do not rely on it, and let no more sites go live, until it is reinstated."),
        ValidityChange::Withdraw => ("withdrawn", "Do not rely on it any more."),
        ValidityChange::Reinstate => ("reinstated", "It counts again as it did before."),
    };
    Some((word, what, asked.proposal.reason.clone()))
}

/// Whoever relies on a certificate learns that it is suspended, withdrawn or reinstated, or has expired: the supplier, and every organisation
/// that will use the product or leads its deployment.
pub(super) async fn relying(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &Recorded,
) -> Result<Vec<Notice>, StoreError> {
    let became = became(before, &recorded.event).zip(recorded.event.task().and_then(|task| journey.process.task(task)));
    let Some(((word, what, reason), spec)) = became else { return Ok(Vec::new()) };
    let Some((kind, issued)) = certificates::kind(spec).zip(before.task(&spec.id).settled) else { return Ok(Vec::new()) };
    let number = CertificateNumber::of(kind, &journey.reference, issued);
    let product = &journey.opening.product;
    let subject = format!("Certificate {word} – {product}");
    let says = match recorded.event {
        Event::Expired { .. } => format!("The certificate {number} of {product} has {word}."),
        _ => format!("NHS England has {word} the certificate {number} of {product}."),
    };
    let text = with_words(format!("{says} {what}"), &reason);
    let link = format!("{}{}", services.base_url, paths::certificate(&number));
    let people = services.store.addresses(Some(&with_a_part(journey)), CONCERNED).await?;
    Ok(at_once(told(services, journey, recorded, people, &Told { id: "validity", subject, text, link })))
}

/// Everybody concerned learns that a site is suspended, goes on, or is not live any more: the supplier, the programme, and every
/// organisation with a part. `before` is the journey as it was.
pub(super) async fn at_sites(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &Recorded,
) -> Result<Vec<Notice>, StoreError> {
    let product = &journey.opening.product;
    let of = |capabilities: &[Capability]| listed(capabilities.iter().map(|it| it.title().to_owned()).collect());
    let (ods_code, word, what, reason) = match &recorded.event {
        Event::SiteSuspended { ods_code, capabilities, reason, .. } => {
            (ods_code, "suspended", format!("{}: nobody uses it there until it is resumed.", of(capabilities)), reason)
        }
        Event::SiteResumed { ods_code, capabilities, reason, .. } => {
            (ods_code, "goes on", format!("{} can be used there again.", of(capabilities)), reason)
        }
        Event::SiteTakenBack { ods_code, reason, .. } => {
            (ods_code, "taken back", "The site is not recorded as live any more.".to_owned(), reason)
        }
        _ => return Ok(Vec::new()),
    };
    let name = before.sites.get(ods_code).map_or_else(String::new, |site| format!("{} ", site.name));
    let subject = format!("{name}({ods_code}) {word} – {product}");
    let text = with_words(format!("{product} at {name}({ods_code}). {what}"), reason);
    let link = link(services, journey, &recorded.event);
    let mut people = services.store.addresses(Some(&with_a_part(journey)), CONCERNED).await?;
    people.extend(services.store.addresses(None, &[Role::ProgrammeLead, Role::ServiceManagement]).await?);
    people.sort();
    people.dedup_by(|a, b| a.0 == b.0);
    let notices = told(services, journey, recorded, people, &Told { id: "site", subject, text, link });
    Ok(if word == "suspended" { at_once(notices) } else { notices })
}

/// Service management, clinical safety and the programme learn of an incident at once, and so do those of the supplier who answer
/// for it.
pub(super) async fn incident(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Notice>, StoreError> {
    let Event::IncidentReported { incident, .. } = &recorded.event else { return Ok(Vec::new()) };
    let product = &journey.opening.product;
    let programme = [Role::ServiceManagement, Role::ClinicalSafety, Role::ProgrammeLead];
    let supplier = [Role::OnboardingLead, Role::ClinicalSafetyOfficer];
    let mut people = services.store.addresses(None, &programme).await?;
    let own = services.store.addresses(Some(std::slice::from_ref(&journey.organisation)), &supplier).await?;
    people.extend(own);
    let sites: Vec<String> = incident.sites.iter().map(Identity::in_words).collect();
    let sites = if sites.is_empty() { "No site in particular".to_owned() } else { sites.join(", ") };
    let late = if incident.late_by().is_some() { "later than agreed" } else { "on time" };
    let text = with_words(
        format!(
            "{} reported an incident with {product}.\nNoticed: {}\nReported: {}, {late}\nSites: {sites}",
            organisation_of(journey, recorded),
            dates::moment(incident.noticed),
            dates::moment(incident.reported),
        ),
        &incident.what,
    );
    let subject = format!("Incident reported – {product}");
    let link = format!("{}#duties", link(services, journey, &recorded.event));
    Ok(at_once(told(services, journey, recorded, people, &Told { id: "incident", subject, text, link })))
}

/// The group learns what the supplier replied to its query.
pub(super) async fn replied(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Notice>, StoreError> {
    let Event::QueryAnswered { task, row, words, changes, .. } = &recorded.event else { return Ok(Vec::new()) };
    let Some(spec) = journey.process.task(task) else { return Ok(Vec::new()) };
    let (product, row) = (&journey.opening.product, row.as_str().to_uppercase());
    let then = if *changes {
        "The answer to the row is changed. NHS England judges it again; then you can continue your review."
    } else {
        "Say that it answers you, or ask again. Your review can be sent when no query is open."
    };
    let subject = format!("Reply about {row} – {product}");
    let text = with_words(format!("The supplier of {product} replied to your query about row {row} of the SCAL. {then}"), words);
    let link = link(services, journey, &recorded.event);
    let lead = members::lead(journey, spec).cloned();
    let users = journey.parties().filter(|(_, side)| *side == Side::EndUser).map(|(id, _)| id.clone());
    let organisations: Vec<OrganisationId> = lead.map_or_else(|| users.collect(), |lead| vec![lead]);
    let people = services.store.addresses(Some(&organisations), &queries::asked_by(spec)).await?;
    let notices = told(services, journey, recorded, people, &Told { id: "reply", subject, text, link });
    Ok(notices.into_iter().map(asking).collect())
}

/// The people of an organisation learn that somebody wants it to leave, that it stays, or that it has left.
pub(super) async fn left(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Notice>, StoreError> {
    let product = &journey.opening.product;
    let mut link = format!("{}/journeys/{}/organisations", services.base_url, journey.reference);
    let (organisation, subject, text) = match &recorded.event {
        Event::LeaveAsked { organisation, reason } => {
            let text = format!(
                "Somebody asked that your organisation leaves the journey of {product}. A programme lead of NHS England confirms it, or lets it stay. Until then nothing changes."
            );
            (organisation, "Request that your organisation leaves", with_words(text, reason))
        }
        Event::LeaveDeclined { organisation, reason } => {
            let text = format!("Your organisation still takes part in the journey of {product}.");
            (organisation, "Your organisation stays", with_words(text, reason))
        }
        Event::Left { organisation, reason } => {
            let read = if journey.left_after_signing(organisation) {
                link = format!("{}/journeys/{}/signed", services.base_url, journey.reference);
                "\n\nWhat it signed does not count any more. You can always read it here:"
            } else {
                link = format!("{}/journeys", services.base_url);
                ""
            };
            let text = format!("Your organisation no longer takes part in the journey of {product}.");
            (organisation, "Your organisation has left", with_words(text, reason) + read)
        }
        _ => return Ok(Vec::new()),
    };
    let people = services.store.addresses(Some(std::slice::from_ref(organisation)), OF_A_PART).await?;
    let (subject, text) = (format!("{subject} – {product}"), text.trim_end().to_owned());
    Ok(told(services, journey, recorded, people, &Told { id: "left", subject, text, link }))
}

/// An organisation whose people are here already learns that it has a part.
pub(super) async fn joined(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Notice>, StoreError> {
    let Event::Joined { organisation, .. } = &recorded.event else { return Ok(Vec::new()) };
    let people = services.store.addresses(Some(std::slice::from_ref(organisation)), OF_A_PART).await?;
    let product = &journey.opening.product;
    let subject = format!("Your organisation takes part – {product}");
    let text = format!(
        "Your organisation takes part in the journey of {product} to GP Connect. You can see there what is asked of you."
    );
    let link = format!("{}/journeys/{}", services.base_url, journey.reference);
    Ok(told(services, journey, recorded, people, &Told { id: "joined", subject, text, link }))
}
