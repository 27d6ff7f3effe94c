//! `demo`: fills an empty database with organisations, people and journeys in every state.
//!
//! Nothing is written as a row. Accounts come about by registering, confirming, inviting and accepting; journeys by the
//! commands that a person would send, which the rules may refuse; files by the file store. What is made up is who does it
//! and when: the same seed gives the same people, references and words, and every date is counted back from today.
//!
//! No letters go out for it: those about accounts count as sent, those about journeys are not written, because nobody reads
//! these addresses.

mod by_link;
pub mod cast;
mod defects;
mod desk;
pub mod many;
pub mod play;
mod provider_words;
mod providers;
mod runs;
pub mod stage;
pub mod stories;
pub mod text;
pub mod words;

use app::request::services::Clock;
use jiff::Timestamp;
use journey::{
    people::second_steps::AppKey,
    port::{People as _, StoreError, ods::OdsRegister as _},
    view::waits,
};
use store::Db;

use crate::{
    config::Demo,
    demo::{
        cast::Cast,
        stage::{BEGUN, Stage},
    },
    file_store::FileStore,
    login::MachineClock,
    ods,
    terminal::say,
};

/// The password of everybody in the demo.
pub const PASSWORD: &str = journey::people::passwords::DEMO;

/// How much is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    /// Journeys in all; the stories when it is less.
    pub journeys: u32,
    /// People in all; the cast of the stories when it is less.
    pub people: u32,
}

/// The command `demo`.
pub(crate) async fn run(demo: Demo) -> Result<(), String> {
    let db = crate::start::open(&demo.place.database).await?;
    let file_store = demo.place.file_store()?;
    let size = Size { journeys: demo.journeys, people: demo.people };
    let (cast, journeys) = fill(&db, &file_store, size, MachineClock.now()).await?;
    say(&format!("{journeys} journeys, {} people.\n", cast.companies.iter().map(|company| company.people.len()).sum::<usize>()));
    print!("{}", sign_ins());
    db.close().await;
    Ok(())
}

/// Fills an empty database. Answers who is there now, and how many journeys.
///
/// # Errors
/// When the database is not empty, or something does not answer.
pub async fn fill(db: &Db, file_store: &FileStore, size: Size, now: Timestamp) -> Result<(Cast, usize), String> {
    if !db.is_empty().await.map_err(|error| error.to_string())? {
        return Err("the database is not empty: a demo begins with nothing. Name another folder with --data".to_owned());
    }
    // Whoever has loaded a register keeps it.
    if db.ods_loaded().await.map_err(|error| error.to_string())?.is_none() {
        ods::load_sample(db, now).await?;
    }
    let stage = Stage::new(db, file_store.clone(), now)?;
    let since = stage.almanac.at(BEGUN, 0);
    let cast = cast::assemble(&stage.services, PASSWORD, since, size.people).await?;
    let mut journeys = stories::all(&stage, &cast).await? + providers::all(&stage, &cast).await?;
    desk::set(&stage, &cast, PASSWORD, now).await?;
    runs::set(&stage, &cast, now).await?;
    count_waits(&stage).await?;
    journeys += many::more(&stage, &cast, (size.journeys as usize).saturating_sub(journeys)).await?;
    Ok((cast, journeys))
}

/// Each story is written at once: what teams were waited for in it is counted afterwards, so that there are figures to look at.
async fn count_waits(stage: &Stage) -> Result<(), String> {
    let (store, told) = (&stage.services.store, |error: StoreError| error.to_string());
    for reference in store.references(None, 100).await.map_err(told)? {
        let history = store.history(&reference).await.map_err(told)?;
        let waits = waits::of(&reference, &history, stage.services.processes).map_err(|why| why.to_string())?;
        store.keep_waits(&reference, &waits).await.map_err(told)?;
    }
    Ok(())
}

/// Whether this database was filled by the demo.
///
/// # Errors
/// When it does not answer.
pub async fn is_demo(db: &Db) -> Result<bool, String> {
    let first = db.person_by_email(cast::FIRST).await.map_err(|error| error.to_string())?;
    Ok(first.is_some())
}

/// The sign-ins of the demo as a table. The people who are there only to be many are left out.
#[must_use]
pub fn sign_ins() -> String {
    let line =
        |email: &str, name: &str, organisation: &str, roles: &str| format!("{email:<28} {name:<16} {organisation:<31} {roles}\n");
    let mut out = line("sign in as", "name", "organisation", "as");
    for (organisation, _, _, people) in cast::FIRMS {
        for (name, email, roles) in *people {
            let roles: Vec<&str> = roles.iter().map(|role| role.title()).collect();
            out += &line(email, name, organisation, &roles.join(", "));
        }
    }
    let key = AppKey::of_demo().text();
    out + &format!(
        "\nEverybody's password: {PASSWORD}\n\
         Second step of NHS England and of operators: `serve --demo` shows the code on the page that asks for it. The key for an \
         authenticator app: {key}\n\
         This is a demo: everybody who reads this can sign in. Put nothing real into it.\n"
    )
}
