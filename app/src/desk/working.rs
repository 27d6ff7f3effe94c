//! The SCAL as it stands for whoever reads: the working copy of the own side, for everybody else what was sent last.

use journey::{
    catalogue::scal,
    form::Answers,
    ledger::journey::Journey,
    plan::process::TaskSpec,
    port::Submission,
    rule::draft::{Draft, DraftSeen},
    scal::{
        book::{self, Entry},
        verdicts,
    },
};

use crate::{
    act::sent,
    base::halt::Halt,
    desk::{context::TaskContext, judged, working},
    request::services::Services,
};

/// What was sent last.
///
/// # Errors
/// When it cannot be read.
pub fn last_sent(desk: &TaskContext) -> Result<Answers, Halt> {
    Ok(desk.sent.last().map(sent::answers_of).transpose()?.unwrap_or_default())
}

/// The working copy of the own side; for everybody else what was sent last.
///
/// # Errors
/// When the database does not answer, or a draft cannot be read.
pub async fn entries(desk: &TaskContext) -> Result<Vec<Entry>, Halt> {
    Ok(working(desk).await?.0)
}

/// The same with the product version that is assessed.
///
/// # Errors
/// When the database does not answer, or a draft cannot be read.
pub async fn working(desk: &TaskContext) -> Result<(Vec<Entry>, String), Halt> {
    let (entries, product, _) = to_submit(desk).await?;
    Ok((entries, product))
}

/// The same with the versions of the drafts that it was made of: what a round made of it takes.
///
/// # Errors
/// As [`working()`].
pub async fn to_submit(desk: &TaskContext) -> Result<(Vec<Entry>, String, Vec<DraftSeen>), Halt> {
    let journey = desk.journey();
    let own = desk.visitor.actor.organisation == journey.organisation;
    let drafts = drafts_of(&desk.context.services, journey, desk.spec, own).await?;
    let entries = copy_of(journey, desk.spec, &desk.sent, &drafts)?;
    let taken = book::taken(&drafts);
    Ok((entries, product_of(journey, desk.spec, &desk.sent, &drafts, own)?, taken))
}

/// The product version that is assessed.
///
/// # Errors
/// When a submission cannot be read.
pub fn product_of(journey: &Journey, spec: &TaskSpec, sent: &[Submission], drafts: &[Draft], own: bool) -> Result<String, Halt> {
    // What was written down since the last round; then the version whose assessment began since then; then what was sent.
    let written = drafts.iter().find(|draft| draft.subject == working::PRODUCT && !draft.sent);
    let written: Option<Answers> = written.and_then(|draft| serde_json::from_str(&draft.body).ok());
    let begun = journey.product_version().filter(|(_, round)| own && *round == journey.task(&spec.id).round);
    Ok(match (written, begun) {
        (Some(written), _) => written.one(scal::PRODUCT_VERSION).to_owned(),
        (None, Some((product, _))) => product.to_owned(),
        (None, None) => {
            let last = sent.last().map(sent::answers_of).transpose()?.unwrap_or_default();
            let sent = last.one(scal::PRODUCT_VERSION).to_owned();
            // What was said at the start is not asked again.
            if sent.is_empty() { journey.opening.version.clone() } else { sent }
        }
    })
}

/// The same where there is no desk. `own` says whether drafts may be read.
///
/// # Errors
/// When the database does not answer, or something cannot be read.
pub async fn working_copy(services: &Services, journey: &Journey, spec: &TaskSpec, own: bool) -> Result<Vec<Entry>, Halt> {
    let sent = sent::needed(services, journey, spec).await?;
    copy_of(journey, spec, &sent, &drafts_of(services, journey, spec, own).await?)
}

/// The drafts of the rows, for whoever may see them: `own` says that it is their side's.
///
/// # Errors
/// When the database does not answer.
pub async fn drafts_of(services: &Services, journey: &Journey, spec: &TaskSpec, own: bool) -> Result<Vec<Draft>, Halt> {
    if !own {
        return Ok(Vec::new());
    }
    Ok(services.store.drafts(&journey.reference, &spec.id, book::SUBJECT).await?)
}

/// The rows made of what was sent and of these drafts.
///
/// # Errors
/// When one of them cannot be read.
pub fn copy_of(journey: &Journey, spec: &TaskSpec, sent: &[Submission], drafts: &[Draft]) -> Result<Vec<Entry>, Halt> {
    book::entries(journey, journey.task(&spec.id), &judged::rounds(sent)?, drafts).map_err(Halt::Fault)
}

/// What this team has typed so far.
///
/// # Errors
/// When the database does not answer, or a draft cannot be read.
pub async fn typed(desk: &TaskContext) -> Result<(Answers, Vec<Draft>), Halt> {
    let drafts = desk.context.services.store.drafts(&desk.journey().reference, &desk.spec.id, verdicts::SUBJECT).await?;
    Ok((verdicts::typed(&drafts).map_err(Halt::Fault)?, drafts))
}

/// The draft that holds the product version: beside the rows, and never one of them.
pub(crate) const PRODUCT: &str = "row.product";
