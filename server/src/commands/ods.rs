//! `ods`: loads the register of ODS codes from the files that the Organisation Data Service publishes, and lists them.

use std::{fs::File, io::BufReader, path::Path};

use app::request::services::Clock as _;
use jiff::Timestamp;
use store::{Access, Db};

use crate::{config::Ods, login::MachineClock, ods, start::existing, terminal::say};

pub(crate) async fn run(what: Ods) -> Result<(), String> {
    match what {
        Ods::Load { database, files } => {
            let db = existing(&database, Access::Write).await?;
            let mut failed = None;
            for path in &files {
                match load(&db, path, MachineClock.now()).await {
                    Ok(said) => say(&said),
                    // What was loaded before it stays, and so it is said.
                    Err(why) => {
                        failed = Some(why);
                        break;
                    }
                }
            }
            db.close().await;
            failed.map_or(Ok(()), Err)
        }
        Ods::List { database } => {
            let db = existing(&database, Access::Read).await?;
            let said = list(&db).await;
            db.close().await;
            print!("{}", said?);
            Ok(())
        }
    }
}

/// Loads one file and says what it brought.
///
/// # Errors
/// Why nothing of it was loaded.
pub async fn load(db: &Db, path: &Path, now: Timestamp) -> Result<String, String> {
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let summary = ods::load(db, &name, BufReader::new(file), now).await?;
    Ok(summary.in_words(&name))
}

/// The files that were loaded, one a line.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &Db) -> Result<String, String> {
    let files = db.ods_files().await.map_err(|error| error.to_string())?;
    if files.is_empty() {
        return Ok("No file was loaded: members of a group are looked at by the form of their codes alone.\n".to_owned());
    }
    let line = |(name, at, codes): (String, Timestamp, u64)| format!("{name}\t{codes} organisations\tloaded {at}\n");
    Ok(files.into_iter().map(line).collect())
}
