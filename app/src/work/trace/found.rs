//! Everything that the traceability of a journey is made of.

use std::collections::BTreeMap;

use journey::{
    base::ids::Digest,
    form::FileRef,
    ledger::journey::Journey,
    plan::process::Page,
    practice::{
        proof::{Counted, MOST_RUNS_READ},
        trace::{Known, Line, lines},
    },
    scal::{book::Entry, evidence::Evidence},
    task::results::{self, Outcome, Run, matched::matched, scripts::Script},
};

use crate::{
    act::{load::Loaded, sent},
    base::halt::Halt,
    desk::working::{copy_of, drafts_of, product_of},
    request::{services::Services, visitor::Visitor},
    work::live_runs::seen::journey_with_runs,
};

/// What was found.
pub struct Found {
    /// The journey.
    pub loaded: Loaded,
    /// The rows of its SCAL.
    pub entries: Vec<Entry>,
    /// Its runs, newest first.
    pub counted: Vec<Counted>,
    /// What is known of the files of its SCAL.
    pub evidence: Vec<Evidence>,
    /// What the reports of its test stages say of scripts.
    pub outcomes: BTreeMap<Script, Outcome>,
    /// The version that is assessed.
    pub product: String,
}

impl Found {
    /// A line for each row.
    #[must_use]
    pub fn lines(&self) -> Vec<Line<'_>> {
        let known = Known {
            entries: &self.entries,
            counted: &self.counted,
            evidence: &self.evidence,
            outcomes: &self.outcomes,
            product: &self.product,
        };
        lines(&self.loaded.journey, known)
    }
}

/// Of a journey, for those who see its runs. The own side sees its working copy, reviewers what was sent last.
///
/// # Errors
/// [`Halt::Missing`] for everybody else; when the database does not answer.
pub async fn found(services: &Services, visitor: &Visitor, reference: &str) -> Result<Found, Halt> {
    let loaded = journey_with_runs(services, visitor, reference).await?;
    let journey = &loaded.journey;
    let spec = journey.process.scal().ok_or(Halt::Missing)?;
    let own = visitor.actor.organisation == journey.organisation;
    let sent = sent::needed(services, journey, spec).await?;
    let drafts = drafts_of(services, journey, spec, own).await?;
    let product = product_of(journey, spec, &sent, &drafts, own)?;
    let entries = copy_of(journey, spec, &sent, &drafts)?;
    let counted = services.store.counted_runs(&journey.reference, MOST_RUNS_READ).await?;
    let evidence = services.store.evidence(&journey.reference, &spec.id).await?;
    let outcomes = outcomes(services, journey).await?;
    Ok(Found { entries, counted, evidence, outcomes, product, loaded })
}

/// What the reports of the last round of each test stage say of the published scripts. A later stage counts before an earlier one.
async fn outcomes(services: &Services, journey: &Journey) -> Result<BTreeMap<Script, Outcome>, Halt> {
    let mut outcomes = BTreeMap::new();
    let mut by_hand = None;
    for spec in journey.plan().filter(|spec| spec.page == Page::Testing) {
        let Some(last) = sent::last(services, journey, &spec.id).await? else { continue };
        let answers = sent::answers_of(&last)?;
        let files = answers.many(results::FIELD).iter().filter_map(|value| FileRef::parse(value));
        let digests: Vec<Digest> = files.map(|file| file.digest).collect();
        if digests.is_empty() {
            continue;
        }
        let runs = services.store.runs(&journey.reference, &spec.id, &digests).await?;
        let by_hand = match &mut by_hand {
            Some(known) => known,
            unknown => unknown.insert(services.store.script_matches(&journey.organisation).await?),
        };
        let runs: Vec<&Run> = digests.iter().filter_map(|digest| runs.get(digest)).collect();
        let found = matched(&runs, by_hand);
        outcomes.extend(found.scripts().filter_map(|(script, _)| Some((script, found.outcome(script, None)?))));
    }
    Ok(outcomes)
}
