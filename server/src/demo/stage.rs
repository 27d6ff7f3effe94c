//! The stage on which the demo is played: a clock that stands still until it is moved, and chance that is the same each time.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use app::request::services::{Busy, Clock, Host, Hosting, Secrets, Services};
use async_trait::async_trait;
use jiff::{Timestamp, ToSpan as _, civil::Date};
use journey::base::{calendar, ids::Digest};
use store::Db;

use crate::{file_store::FileStore, login::MachineSecrets};

/// Days before today on which the accounts were made.
pub(crate) const BEGUN: i64 = 400;

/// What everything needs.
pub(crate) struct Stage {
    pub services: Services,
    pub clock: Arc<Stopped>,
    pub file_store: FileStore,
    pub almanac: Almanac,
}

impl Stage {
    pub(crate) fn new(db: &Db, file_store: FileStore, now: Timestamp) -> Result<Self, String> {
        let clock = Arc::new(Stopped(AtomicI64::new(now.as_microsecond())));
        let services = Services {
            store: Arc::new(db.clone()),
            clock: clock.clone(),
            hosting: Arc::new(Nowhere),
            secrets: Arc::new(Seeded {
                counted: AtomicU64::new(0),
                bits: Mutex::new(Rng::new(1)),
                machine: MachineSecrets::new(),
            }),
            remembered: Arc::default(),
            processes: crate::start::processes()?,
            assets: Arc::default(),
            base_url: "http://127.0.0.1:3000".into(),
            tries_per_address: 10,
            longest_file_mb: 100,
            nhs_brand: false,
            help_address: "".into(),
            shows_codes: false,
        };
        Ok(Self { services, clock, file_store, almanac: Almanac { today: calendar::date_of(now) } })
    }
}

/// Nobody looks at the machine while the demo is made.
struct Nowhere;

impl Hosting for Nowhere {
    fn look(&self) -> Host {
        Host::default()
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
