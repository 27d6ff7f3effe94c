//! The tools of the binary.

pub mod admin;
pub mod backup;
pub mod check;
pub mod downloaded;
pub mod draw;
pub mod letters;
pub mod listed;
pub mod ods;
pub mod try_here;
pub mod verify;

use std::process::ExitCode;

use app::request::services::Clock as _;
use server_fn::axum::server_fn_paths;
use store::Access;

use crate::{
    commands::{backup::restore, listed::Outside},
    config::{Cli, Command},
    demo,
    login::MachineClock,
    raw_routes::RawRoutes,
    serve,
    start::{existing, made, open},
    terminal::say,
    unused,
};

/// Does what the command line says.
///
/// # Errors
/// One sentence for the person at the terminal.
pub async fn run(cli: Cli) -> Result<ExitCode, String> {
    match cli.command {
        Command::Check(check) => check::run(&check),
        other => done(other).await.map(|()| ExitCode::SUCCESS),
    }
}

async fn done(command: Command) -> Result<(), String> {
    match command {
        Command::Check(_) => Ok(()),
        Command::Serve(config) => serve::run(*config).await,
        Command::Migrate(database) => {
            open(&database).await?;
            say("The schema is up to date.");
            Ok(())
        }
        Command::Admin { what } => admin::run(what).await,
        Command::Demo(demo) => demo::run(demo).await,
        Command::Try(given) => try_here::run(given).await,
        Command::Verify { place, pack, heads } => {
            let kept = heads.as_deref().map(Outside::read).transpose()?;
            if let Some(file) = pack {
                return downloaded::run(&file, kept.as_ref());
            }
            let (db, file_store) = (existing(&place.database, Access::Read).await?, place.existing_vault()?);
            verify::run(&db, &file_store, kept.as_ref()).await
        }
        Command::Backup { place, to } => {
            let (db, file_store) = (existing(&place.database, Access::Read).await?, place.existing_vault()?);
            backup::run(&db, &file_store, &to).await
        }
        Command::Restore { place, from } => restore::run(&made(&place.database).await?, &place.file_store()?, &from).await,
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
            let (db, file_store) = (existing(&place.database, access).await?, place.existing_vault()?);
            let now = MachineClock.now();
            let found = unused::everywhere(&db, &file_store, remove, now).await;
            db.close().await;
            let found = found?;
            let bytes: u64 = found.iter().map(|kept| kept.bytes).sum();
            let what = if remove { "were removed" } else { "would be removed with --remove" };
            say(&format!("{}{} files with {bytes} bytes {what}.", unused::listed(&found, now), found.len()));
            Ok(())
        }
        Command::Ods { what } => ods::run(what).await,
        Command::Draw { process, as_ } => draw::run(process, as_),
        Command::Routes => {
            routes();
            Ok(())
        }
    }
}

fn routes() {
    for page in serve::pages() {
        say(&format!("GET  {}", page.path()));
    }
    let mut others: Vec<(&str, String)> = server_fn_paths().map(|(path, method)| (path, method.to_string())).collect();
    others.extend(RawRoutes::ALL.map(|route| (route.path(), route.method().to_owned())));
    others.sort();
    for (path, method) in others {
        say(&format!("{method:<4} {path}"));
    }
}
