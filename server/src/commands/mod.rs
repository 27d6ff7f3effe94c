//! The tools of the binary.

mod admin;
pub mod backup;
pub mod draw;
pub mod letters;
pub mod verify;

use app::services::Clock as _;
use server_fn::axum::server_fn_paths;
use store::{Access, Db};

use crate::{
    beside::Beside,
    config::{Cli, Command, Database},
    demo, lists,
    login::MachineClock,
    serve, unused,
};

/// Does what the command line says.
///
/// # Errors
/// One sentence for the person at the terminal.
pub async fn run(cli: Cli) -> Result<(), String> {
    match cli.command {
        Command::Serve(config) => serve::run(*config).await,
        Command::Migrate(database) => {
            open(&database).await?;
            println!("The schema is up to date.");
            Ok(())
        }
        Command::Admin { what } => admin::run(what).await,
        Command::Demo(demo) => demo::run(demo).await,
        Command::Verify(place) => {
            let (db, vault) = (existing(&place.database, Access::Read).await?, place.existing_vault()?);
            verify::run(&db, &vault).await
        }
        Command::Backup { place, to } => {
            let (db, vault) = (existing(&place.database, Access::Read).await?, place.existing_vault()?);
            backup::run(&db, &vault, &to).await
        }
        Command::Restore { place, from } => backup::restore::run(&made(&place.database).await?, &place.vault()?, &from).await,
        Command::Letters { database, again } => {
            let access = if again.is_empty() { Access::Read } else { Access::Write };
            let db = existing(&database, access).await?;
            let said = letters::run(&db, &again, MachineClock.now()).await;
            db.close().await;
            print!("{}", said?);
            Ok(())
        }
        Command::Unused { place, remove } => {
            let access = if remove { Access::Write } else { Access::Read };
            let (db, vault) = (existing(&place.database, access).await?, place.existing_vault()?);
            let now = MachineClock.now();
            let found = unused::everywhere(&db, &vault, remove, now).await;
            db.close().await;
            let found = found?;
            let bytes: u64 = found.iter().map(|kept| kept.bytes).sum();
            let what = if remove { "were removed" } else { "would be removed with --remove" };
            println!("{}{} files with {bytes} bytes {what}.", unused::listed(&found, now), found.len());
            Ok(())
        }
        Command::Draw { process, as_ } => draw::run(process, as_),
        Command::Routes => {
            routes();
            Ok(())
        }
    }
}

/// The database, made when it is not there, with the schema that it has.
async fn made(database: &Database) -> Result<Db, String> {
    std::fs::create_dir_all(&database.data).map_err(|error| format!("{}: {error}", database.data.display()))?;
    Db::open(database.url().reveal()).await.map_err(|error| error.to_string())
}

/// The database, made when it is not there, with its schema brought up to date.
pub(crate) async fn open(database: &Database) -> Result<Db, String> {
    let db = made(database).await?;
    db.migrate().await.map_err(|error| error.to_string())?;
    lists::renew(&db, serve::processes()?).await.map_err(|error| error.to_string())?;
    Ok(db)
}

/// The database that is there, as it is: nothing is made, and no schema is brought up to date behind anybody's back.
async fn existing(database: &Database, access: Access) -> Result<Db, String> {
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

fn routes() {
    for page in serve::pages() {
        println!("GET  {}", page.path());
    }
    let mut others: Vec<(&str, String)> = server_fn_paths().map(|(path, method)| (path, method.to_string())).collect();
    others.extend(Beside::ALL.map(|route| (route.path(), route.method().to_owned())));
    others.sort();
    for (path, method) in others {
        println!("{method:<4} {path}");
    }
}
