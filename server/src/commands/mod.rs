//! The tools of the binary.

mod admin;
pub mod backup;
pub mod draw;
pub mod letters;
pub mod verify;

use app::services::Clock as _;
use server_fn::axum::server_fn_paths;
use store::Db;

use crate::{
    beside::Beside,
    config::{Cli, Command, Database},
    demo,
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
        Command::Verify(place) => verify::run(&open(&place.database).await?, &place.vault()?).await,
        Command::Backup { place, to } => backup::run(&open(&place.database).await?, &place.vault()?, &to).await,
        Command::Restore { place, from } => backup::restore::run(&made(&place.database).await?, &place.vault()?, &from).await,
        Command::Letters { database, again } => {
            let db = open(&database).await?;
            let said = letters::run(&db, &again, MachineClock.now()).await;
            db.close().await;
            print!("{}", said?);
            Ok(())
        }
        Command::Unused { place, remove } => {
            let (db, vault, now) = (open(&place.database).await?, place.vault()?, MachineClock.now());
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
    Ok(db)
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
