//! What suppliers are told of an edition of the catalogue when it is published, and when it is withdrawn: those whose SCAL it
//! would change, once.

use journey::{
    base::{
        actor::{Role, Side},
        edition::Edition,
    },
    catalogue::{editions::Difference, row::Row, scal},
    ledger::journey::{Journey, Phase},
    plan::process::Page,
    port::notices::Notice,
};

use crate::{
    act::letters::notice,
    base::{halt::Halt, words::counted},
    request::{ledger, services::Services},
};

/// Journeys that are looked at in one step.
const STEP: u32 = 100;

/// What happened to an edition.
#[derive(Clone, Copy)]
pub enum Deed<'a> {
    /// It was published.
    Published,
    /// It was withdrawn, for this reason.
    Withdrawn(&'a str),
}

/// A letter to everybody who fills in a SCAL that this edition would change. A journey that cannot be read gets none: it says
/// itself what is wrong with it.
///
/// # Errors
/// When the database does not answer.
pub async fn notices(services: &Services, edition: &Edition, rows: &[Row], deed: Deed<'_>) -> Result<Vec<Notice>, Halt> {
    let mut notices = Vec::new();
    let mut last = None;
    loop {
        let step = services.store.references(last.as_ref(), STEP).await?;
        for reference in &step {
            let journey = match ledger::read(services, reference).await {
                Ok(told) => told.journey,
                Err(Halt::Unavailable(why)) => return Err(Halt::Unavailable(why)),
                Err(_) => continue,
            };
            notices.extend(about(services, &journey, edition, rows, deed).await?);
        }
        last = step.into_iter().last();
        if last.is_none() {
            return Ok(notices);
        }
    }
}

/// The same of one journey.
async fn about(
    services: &Services,
    journey: &Journey,
    edition: &Edition,
    rows: &[Row],
    deed: Deed<'_>,
) -> Result<Vec<Notice>, Halt> {
    let opening = &journey.opening;
    let scal = journey.plan().find(|spec| spec.page == Page::Scal);
    let goes_on = !matches!(journey.phase, Phase::Withdrawn { .. }) && opening.catalogue < *edition;
    let Some(spec) = scal.filter(|_| goes_on) else { return Ok(Vec::new()) };
    let old: Vec<Row> = scal::rows(opening).into_iter().cloned().collect();
    let new: Vec<Row> = scal::asked_of(rows, opening).into_iter().cloned().collect();
    let change = Difference::between(&old, &new);
    if change.new.is_empty() && change.changed.is_empty() && change.withdrawn.is_empty() {
        return Ok(Vec::new());
    }
    let roles: Vec<Role> = spec.by.iter().copied().filter(|role| role.side() == Side::Supplier).collect();
    let product = &opening.product;
    let now = opening.catalogue.clone();
    let text = match deed {
        Deed::Withdrawn(why) => format!(
            "Edition {edition} of the SCAL catalogue is withdrawn. Your SCAL stays as it is, on edition {now}, and there is \
             nothing that you need to do.\n\nThe reason: {why}"
        ),
        Deed::Published => format!(
            "Edition {edition} of the SCAL catalogue is published. For {product} it would bring {}, ask {} in other words and leave \
         out {}.\n\nYour SCAL stays as it is, on edition {}, until one of you moves it. What would change is shown before it does.",
            counted(change.new.len(), "new row"),
            counted(change.changed.len(), "row"),
            counted(change.withdrawn.len(), "row"),
            now,
        ),
    };
    let (kind, heading) = match deed {
        Deed::Published => ("edition", "New edition of the SCAL catalogue"),
        Deed::Withdrawn(_) => ("edition-withdrawn", "Withdrawn: edition of the SCAL catalogue"),
    };
    let subject = format!("{heading} – {product} ({})", journey.reference);
    let link = format!("{}/journeys/{}/tasks/{}", services.base_url, journey.reference, spec.id);
    let people = services.store.addresses(Some(std::slice::from_ref(&journey.organisation)), &roles).await?;
    let told = |person: (journey::base::ids::PersonId, String)| {
        let id = format!("{kind}-{edition}-{}-{}", journey.reference, person.0);
        notice(services, id, person, &subject, &text, &link)
    };
    Ok(people.into_iter().map(told).collect())
}
