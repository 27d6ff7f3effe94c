//! What a command needs before it does anything: the database, and the processes of this release.

use journey::plan::process::Processes;
use store::{Access, Db};

use crate::{config::Database, lists, start};

/// The database, made when it is not there, with its schema brought up to date.
pub(crate) async fn open(database: &Database) -> Result<Db, String> {
    let db = made(database).await?;
    db.migrate().await.map_err(|error| error.to_string())?;
    lists::renew(&db, start::processes()?).await.map_err(|error| error.to_string())?;
    Ok(db)
}

/// The database that is there, as it is: nothing is made, and no schema is brought up to date behind anybody's back.
pub(crate) async fn existing(database: &Database, access: Access) -> Result<Db, String> {
    let place = match &database.database_url {
        // Never in words: there is a password in it.
        Some(_) => "the database of DATABASE_URL".to_owned(),
        None => database.file().display().to_string(),
    };
    if database.database_url.is_none() && !database.file().is_file() {
        return Err(format!(
            "{place}: there is no database. Name the folder that `serve` uses (DATA, --data), or start the service there first"
        ));
    }
    let db = Db::existing(database.url().reveal(), access).await.map_err(|error| format!("{place}: {error}"))?;
    let (there, known) = (db.migrations().await.map_err(|error| format!("{place}: {error}"))?, store::migrations());
    if there == known {
        return Ok(db);
    }
    db.close().await;
    Err(match there.last() {
        None => format!("{place}: this is no database of the service. Start the service there first, or run `migrate`"),
        Some(newest) if there.iter().all(|one| known.contains(one)) => format!(
            "{place}: its schema ({newest}) is older than this release ({}). Use the release that the service runs; to upgrade, back up \
             with that release, then run `migrate` with this one",
            store::schema()
        ),
        Some(newest) => format!(
            "{place}: its schema ({newest}) is newer than this release ({}), or of another one. Use the release that the service runs",
            store::schema()
        ),
    })
}

/// The database, made when it is not there, with the schema that it has.
pub(crate) async fn made(database: &Database) -> Result<Db, String> {
    std::fs::create_dir_all(&database.data).map_err(|error| format!("{}: {error}", database.data.display()))?;
    Db::open(database.url().reveal()).await.map_err(|error| error.to_string())
}

/// The processes of this release.
///
/// # Errors
/// Every fault of a shipped process: such a release must not start.
pub fn processes() -> Result<&'static Processes, String> {
    Processes::shipped().map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        format!("a process of this release is not lawful:\n{}", all.join("\n"))
    })
}
