//! Lines of lists that an earlier release made are made anew from the ledgers, so that every list says what the rules of this
//! release say. So are the words under which messages and people are found.

use app::request::ledger::learn_these;
use journey::{
    ledger::journey::Journey,
    plan::process::Processes,
    port::{Ledger, StoreError, Worklist as _, WriteError, finding::Finding as _, scal::Scal as _},
    view::{
        overview::{self, LISTS},
        waits,
    },
};
use store::Db;

/// Journeys that are asked for at once.
const STEP: u32 = 100;

/// Makes every line anew, when rules older than these made them. Answers how many were made.
///
/// A ledger that does not hold is left as it is: `verify` finds it, and its pages say so. Whoever writes to a journey
/// meanwhile makes its line themselves.
///
/// # Errors
/// When the database does not answer. Then it is done again with the next start.
pub async fn renew(db: &Db, processes: &'static Processes) -> Result<usize, StoreError> {
    if db.lists_made().await? >= LISTS {
        return Ok(0);
    }
    // An edition that cannot be read leaves the lines of its journeys as they are; `verify` tells of both.
    if let Err(why) = learn_these(db.catalogues().await?) {
        tracing::warn!(why, "an edition of the catalogue cannot be read");
    }
    db.make_names_again().await?;
    let (mut made, mut after) = (0, None);
    loop {
        let step = db.references(after.as_ref(), STEP).await?;
        for reference in &step {
            db.make_words_again(reference).await?;
            let history = match db.history(reference).await {
                Ok(history) => history,
                Err(StoreError::Unreadable { .. }) => continue,
                Err(error) => return Err(error),
            };
            let Ok(journey) = Journey::replay(reference, &history, processes) else { continue };
            match db.make_again(reference, journey.seq, &overview::project(&journey)).await {
                Ok(()) => {
                    made += 1;
                    // Waits that ended before they were counted.
                    if let Ok(waits) = waits::of(reference, &history, processes) {
                        db.keep_waits(reference, &waits).await?;
                    }
                }
                Err(WriteError::Conflict) => {}
                Err(WriteError::Store(error)) => return Err(error),
            }
        }
        match step.into_iter().last() {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    db.note_lists_made(LISTS).await?;
    Ok(made)
}
