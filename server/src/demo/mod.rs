//! `demo`: fills an empty database with organisations, people and journeys in every state.
//!
//! Nothing is written as a row. Accounts come about by registering, confirming, inviting and accepting; journeys by the
//! commands that a person would send, which the rules may refuse; files by the file store. What is made up is who does it
//! and when: the same seed gives the same people, references and words, and every date is counted back from today.
//!
//! No letters go out for it: those about accounts count as sent, those about journeys are not written, because nobody reads
//! these addresses.

pub mod cast;
mod many;
mod play;
mod stories;
pub mod text;
mod words;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use app::services::{Busy, Clock, Secrets, Services};
use async_trait::async_trait;
use jiff::{Timestamp, ToSpan as _, civil::Date};
use journey::{calendar, ids::Digest, port::People as _};
use store::Db;

use crate::{
    config::Demo,
    login::{MachineClock, MachineSecrets},
    vault::Vault,
};
use cast::Cast;

/// The password of everybody in the demo.
pub const PASSWORD: &str = journey::people::passwords::DEMO;
/// Days before today on which the accounts were made.
const BEGUN: i64 = 400;

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
    let db = crate::commands::open(&demo.place.database).await?;
    let vault = demo.place.vault()?;
    let size = Size { journeys: demo.journeys, people: demo.people };
    let (cast, journeys) = fill(&db, &vault, size, MachineClock.now()).await?;
    println!("{journeys} journeys, {} people.\n", cast.companies.iter().map(|company| company.people.len()).sum::<usize>());
    print!("{}", sign_ins());
    db.close().await;
    Ok(())
}

/// Fills an empty database. Answers who is there now, and how many journeys.
///
/// # Errors
/// When the database is not empty, or something does not answer.
pub async fn fill(db: &Db, vault: &Vault, size: Size, now: Timestamp) -> Result<(Cast, usize), String> {
    if !db.is_empty().await.map_err(|error| error.to_string())? {
        return Err("the database is not empty: a demo begins with nothing. Name another folder with --data".to_owned());
    }
    let stage = Stage::new(db, vault.clone(), now)?;
    let since = stage.almanac.at(BEGUN, 0);
    let cast = cast::assemble(&stage.services, PASSWORD, since, size.people).await?;
    let mut journeys = stories::all(&stage, &cast).await?;
    journeys += many::more(&stage, &cast, (size.journeys as usize).saturating_sub(journeys)).await?;
    Ok((cast, journeys))
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
    out + &format!(
        "\nEverybody's password: {PASSWORD}\nThis is a demo: everybody who reads this can sign in. Put nothing real into it.\n"
    )
}

/// What everything needs.
pub(crate) struct Stage {
    pub services: Services,
    pub clock: Arc<Stopped>,
    pub vault: Vault,
    pub almanac: Almanac,
}

impl Stage {
    fn new(db: &Db, vault: Vault, now: Timestamp) -> Result<Self, String> {
        let clock = Arc::new(Stopped(AtomicI64::new(now.as_microsecond())));
        let services = Services {
            store: Arc::new(db.clone()),
            clock: clock.clone(),
            secrets: Arc::new(Seeded {
                counted: AtomicU64::new(0),
                bits: Mutex::new(Rng::new(1)),
                machine: MachineSecrets::new(),
            }),
            remembered: Arc::default(),
            processes: crate::serve::processes()?,
            assets: Arc::default(),
            base_url: "http://127.0.0.1:3000".into(),
            tries_per_address: 10,
            nhs_brand: false,
            help_address: "".into(),
        };
        Ok(Self { services, clock, vault, almanac: Almanac { today: calendar::date_of(now) } })
    }
}

/// A clock that stands where it was put.
pub(crate) struct Stopped(AtomicI64);

impl Stopped {
    pub fn put(&self, at: Timestamp) {
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Ids and references that are the same in every demo. Only the password is hashed with a salt of its own.
struct Seeded {
    counted: AtomicU64,
    bits: Mutex<Rng>,
    machine: MachineSecrets,
}

impl Seeded {
    fn next(&self, what: &str) -> String {
        Digest::of(format!("demo {what} {}", self.counted.fetch_add(1, Ordering::Relaxed)).as_bytes()).to_string()
    }
}

#[async_trait]
impl Secrets for Seeded {
    fn token(&self) -> String {
        // A link of the demo is used at once, so that a token anybody can work out opens nothing.
        self.next("token")
    }

    fn id(&self) -> String {
        self.next("id")[..20].to_owned()
    }

    fn bits(&self) -> u64 {
        self.bits.lock().map_or(0, |mut rng| rng.next())
    }

    async fn hash(&self, password: String) -> Result<String, Busy> {
        self.machine.hash(password).await
    }

    async fn fits(&self, password: String, hash: Option<String>) -> Result<bool, Busy> {
        self.machine.fits(password, hash).await
    }
}

/// Days counted back from today, and hours in which people work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Almanac {
    pub today: Date,
}

impl Almanac {
    /// So many minutes after nine in the morning, so many days ago; the working day before when nobody worked then.
    pub fn at(&self, days_ago: i64, minute: i64) -> Timestamp {
        let mut date = self.today.saturating_sub(days_ago.max(1).days());
        while !calendar::is_working_day(date) {
            date = date.yesterday().unwrap_or(date);
        }
        let nine = date.at(9, 0, 0, 0).to_zoned(calendar::uk());
        nine.map_or(Timestamp::UNIX_EPOCH, |nine| nine.timestamp()) + minute.minutes()
    }
}

/// A small generator (xorshift): the demo is the same every time.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        // Spread the seed: neighbours would go alike.
        Self(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from((self.next() >> 33) % (n.max(1) as u64)).unwrap_or(0)
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
