//! Rows answered with a run: what is planned before the record is stored, and what is saved once it is.

use journey::{
    base::{calendar::date_of, environment::Environment},
    form::{Answers, FileRef},
    ledger::{file_sort::Sort, refusal::Refusal},
    plan::process::TaskSpec,
    port::WriteError,
    practice::{
        exchange::Kept,
        proof::{self, Counted, Held, MOST_RUNS_READ},
        record, with_run,
    },
    rule::{draft::Draft, offers},
    scal::{
        book::{self, Entry},
        evidence::Evidence,
    },
};

use crate::{
    act::{load::Loaded, sent},
    base::{dates, halt::Halt},
    desk::working::{copy_of, drafts_of, product_of},
    request::{services::Services, visitor::Visitor},
    work::live_runs::seen::one_run,
};

/// Rows that are to be answered with a run.
pub struct Planned {
    /// The journey.
    pub loaded: Loaded,
    /// Its SCAL.
    pub spec: &'static TaskSpec,
    /// The run.
    pub counted: Counted,
    /// What the file is called.
    pub name: String,
    kept: Vec<Kept>,
    rows: Vec<(Entry, Vec<Held>)>,
}

/// What an answer with a run came to.
pub enum Came {
    /// So many rows are answered, by their published ids.
    Answered(Vec<String>),
    /// Nothing was changed, because of this.
    Refused(Refusal),
    /// Nothing was changed: somebody saved one of the rows meanwhile.
    Overtaken,
}

/// What a visitor wants, if they may: those rows of the journey answered with that run.
///
/// # Errors
/// [`Halt::Missing`] when there is no such run or row for them; a refusal says why a row cannot be answered with it.
pub async fn planned(
    services: &Services,
    visitor: &Visitor,
    reference: &str,
    run: &str,
    rows: &[&str],
) -> Result<Result<Planned, Refusal>, Halt> {
    let (loaded, run) = one_run(services, visitor, reference, run).await?;
    let journey = &loaded.journey;
    let spec = journey.process.scal().ok_or(Halt::Missing)?;
    if !offers::may_write(journey, &visitor.actor, &spec.id) {
        let why = offers::judge(journey, &visitor.actor, journey::ledger::machine::Verb::Submit, &spec.id);
        return Ok(Err(why.err().unwrap_or(Refusal::NothingToDo)));
    }
    if rows.is_empty() {
        return Ok(Err(Refusal::problem("rows", "Tick at least one row")));
    }
    let kept = services.store.whole_live_run(&run.opened.id).await?;
    let runs = services.store.counted_runs(&journey.reference, MOST_RUNS_READ).await?;
    let known = runs.into_iter().find(|one| one.run.opened.id == run.opened.id);
    let counted = match known {
        Some(counted) => counted,
        None => Counted { totals: services.store.live_totals(&run.opened.id).await?, run, record: None },
    };
    let sent = sent::needed(services, journey, spec).await?;
    let drafts = drafts_of(services, journey, spec, true).await?;
    let product = product_of(journey, spec, &sent, &drafts, true)?;
    let entries = copy_of(journey, spec, &sent, &drafts)?;
    let mut chosen = Vec::new();
    for id in rows {
        let entry = entries.iter().find(|entry| entry.row.field.as_str() == *id).ok_or(Halt::Missing)?;
        match proof::answers(entry.row, &counted, &journey.opening, &product, services.clock.now()) {
            Ok(held) => chosen.push((entry.clone(), held)),
            Err(unfit) => return Ok(Err(Refusal::problem("rows", &format!("{}: {}", entry.row.id, unfit.words())))),
        }
    }
    let opened = &counted.run.opened;
    let name = format!("Run {} {} {}.json", date_of(opened.at), opened.version, opened.environment_title());
    let name = name.replace(['/', '\\', ':'], "-");
    Ok(Ok(Planned { loaded, spec, counted, name, kept, rows: chosen }))
}

impl Planned {
    /// The bytes of the record: the same for whoever asks, without what is the supplier's alone.
    #[must_use]
    pub fn record(&self, services: &Services) -> String {
        let closed = self.counted.run.closing(services.clock.now()).map(|closing| closing.title());
        record::text(&self.counted.run, &self.kept, closed, false)
    }

    /// What is known of the record as evidence: what was said when the run was opened.
    #[must_use]
    pub fn evidence(&self, services: &Services, visitor: &Visitor, record: &FileRef) -> Evidence {
        let opened = &self.counted.run.opened;
        Evidence {
            digest: record.digest.clone(),
            sort: Sort::default(),
            product: opened.version.clone(),
            environment: Environment::named(&opened.environment),
            effective: Some(date_of(opened.at)),
            tester: opened.tester.clone(),
            replaces: None,
            by: visitor.actor.person.clone(),
            at: services.clock.now(),
        }
    }

    /// Saves the rows, all or none. The record is stored by then.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn save(self, services: &Services, visitor: &Visitor, record: &FileRef) -> Result<Came, Halt> {
        let day = dates::day_of(self.counted.run.opened.at);
        let mut drafts = Vec::new();
        let mut ids = Vec::new();
        for (entry, held) in &self.rows {
            let words = proof::words(&self.counted, held, &day);
            let body: Answers = match with_run::answered(entry, &words, record) {
                Ok(body) => body,
                Err(refusal) => return Ok(Came::Refused(refusal)),
            };
            ids.push(entry.row.id.clone());
            drafts.push(Draft {
                task: self.spec.id.clone(),
                subject: book::subject_of(&entry.row.field),
                version: entry.version,
                body: body.to_json(),
                by: visitor.actor.person.clone(),
                at: services.clock.now(),
                sent: false,
            });
        }
        match services.store.save_drafts(&self.loaded.journey.reference, drafts).await {
            Ok(()) => Ok(Came::Answered(ids)),
            Err(WriteError::Conflict) => Ok(Came::Overtaken),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    }
}
