//! Who appears in the stories, and the journeys they make.

use jiff::{SignedDuration, Timestamp};
use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, JourneyRef, OrganisationId, PersonId, Round, Seq, TaskId},
    },
    ledger::{
        event::{By, Event, Recorded},
        journey::Journey,
    },
    plan::{
        capability::{Capability, Chosen, PdsRoute},
        opening::Opening,
        process::Processes,
    },
    port::{Batch, Enclosed, Ledger, Letter, Link, LinkPurpose, Organisation, People, Person, Submission},
    rule::draft::DraftSeen,
    view::{overview, turns::Turn},
};
use store::Db;

/// So many seconds after the stories begin.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000 + seconds).unwrap()
}

/// So many microseconds after the stories begin.
pub fn tick(micros: i64) -> Timestamp {
    at(0) + SignedDuration::from_micros(micros)
}

pub fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub fn processes() -> &'static Processes {
    Processes::shipped().unwrap()
}

/// An organisation whose code is its name.
pub fn organisation(name: &str, side: Side) -> Organisation {
    Organisation { id: id(name), name: format!("{name} & Söhne"), ods_code: name.to_uppercase(), side }
}

pub fn person(name: &str, confirmed: bool) -> Person {
    Person {
        id: id(name),
        email: format!("{name}@example.org"),
        name: format!("{}{} O'Neill", name[..1].to_uppercase(), &name[1..]),
        password: "$argon2id$first".to_owned(),
        confirmed,
        locked: false,
    }
}

pub fn letter(name: &str) -> Letter {
    Letter {
        id: name.to_owned(),
        to: format!("{name}@example.org"),
        subject: format!("About {name}"),
        body: "Dear you,\n\n“it’s” 100% _ \\ done.\n".to_owned(),
        // Some go with a document.
        enclosed: name.ends_with("01").then(|| Enclosed {
            journey: JourneyRef::from_bits(7),
            task: id("submit-scal"),
            seq: Seq(41),
        }),
    }
}

pub fn token(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

/// A link that works for a day from the beginning.
pub fn link(name: &str, purpose: LinkPurpose) -> Link {
    Link {
        token: token(name),
        purpose,
        person: None,
        organisation: None,
        email: format!("{name}@example.org"),
        roles: Vec::new(),
        by: None,
        created_at: at(0),
        expires_at: at(86_400),
    }
}

pub fn invitation(name: &str, organisation: &str, roles: &[Role]) -> Link {
    Link { organisation: Some(id(organisation)), roles: roles.to_vec(), ..link(name, LinkPurpose::Invite) }
}

pub fn by(person: &str, organisation: &str) -> By {
    By { person: id(person), organisation: id(organisation) }
}

/// Registers a supplier with its onboarding lead.
pub async fn supplier(db: &Db, organisation_name: &str, lead: &str) {
    let confirm = Link { person: Some(id(lead)), ..link(&format!("confirm {lead}"), LinkPurpose::Confirm) };
    let letter = letter(&format!("confirm-{lead}"));
    let roles = vec![Role::OnboardingLead, Role::Developer];
    db.register(organisation(organisation_name, Side::Supplier), person(lead, false), roles, confirm, letter).await.unwrap();
}

/// Invites somebody who accepts at once.
pub async fn member(db: &Db, organisation: &str, name: &str, roles: &[Role]) {
    let link = invitation(&format!("invite {name} {organisation}"), organisation, roles);
    db.add_link(link.clone(), letter(&format!("invite-{name}-{organisation}"))).await.unwrap();
    let known = db.person(&id(name)).await.unwrap().is_some();
    db.accept(&link.token, id(name), (!known).then(|| person(name, true)), at(1)).await.unwrap();
}

/// Ada leads for the supplier Acme, Bob develops there; Grace and Hal work for the programme.
pub async fn everybody(db: &Db) {
    supplier(db, "acme", "ada").await;
    member(db, "acme", "bob", &[Role::Developer]).await;
    db.add_organisation(organisation("programme", Side::Programme), at(0)).await.unwrap();
    member(db, "programme", "grace", &[Role::ProgrammeLead]).await;
    member(db, "programme", "hal", &[Role::FunctionalAssurance, Role::ClinicalSafety]).await;
}

pub fn opening(product: &str) -> Opening {
    Opening {
        product: product.to_owned(),
        capabilities: vec![Chosen { capability: Capability::AccessRecordStructured, version: "1.6.2".to_owned() }],
        hscn: true,
        pds: PdsRoute::Own,
        already_conformant: false,
        other_organisations: true,
        supporting_tasks: true,
        catalogue: Default::default(),
        unconfirmed: false,
        version: String::new(),
    }
}

/// A journey as its writer holds it: every step is a batch that follows the last.
pub struct Walk(pub Journey);

impl Walk {
    /// Opened by Ada for Acme.
    pub fn open(bits: u64, product: &str, when: Timestamp) -> (Self, Batch) {
        Self::open_for(bits, product, "acme", when)
    }

    /// Opened by Ada for another organisation.
    pub fn open_for(bits: u64, product: &str, organisation: &str, when: Timestamp) -> (Self, Batch) {
        let reference = JourneyRef::from_bits(bits);
        let event = Event::Opened {
            identity: None,
            process: processes().newest("consumer").unwrap().id.clone(),
            organisation: id(organisation),
            opening: opening(product),
        };
        let first = Recorded::chain(&reference.to_string(), None, when, Some(by("ada", organisation)), event);
        let journey = Journey::open(&reference, &first, processes()).unwrap();
        let batch = batch(&journey, vec![first]);
        (Self(journey), batch)
    }

    /// The next events.
    pub fn then(&mut self, events: Vec<Event>, by: Option<By>, when: Timestamp) -> Batch {
        let recorded = self.0.record(events, by, when);
        for one in &recorded {
            self.0.evolve(one).unwrap();
        }
        batch(&self.0, recorded)
    }

    /// What would be written, without writing it: for races.
    pub fn would(&self, event: Event, by: By, when: Timestamp) -> Batch {
        Self(self.0.clone()).then(vec![event], Some(by), when)
    }
}

fn batch(journey: &Journey, recorded: Vec<Recorded>) -> Batch {
    Batch {
        journey: journey.reference.clone(),
        recorded,
        submissions: Vec::new(),
        texts: Vec::new(),
        drafts_done: Vec::new(),
        drafts_sent: Vec::new(),
        seats: Vec::new(),
        signatories: Vec::new(),
        evidence: Vec::new(),
        letters: Vec::new(),
        notices: Vec::new(),
        letters_go: None,
        projection: overview::project(journey),
    }
}

pub fn submission(name: &str, round: u32, body: &str) -> Submission {
    Submission { digest: Digest::of(body.as_bytes()), task: id(name), round: Round(round), body: body.to_owned() }
}

/// A draft of this task as somebody saw it.
pub fn seen(task: &str, subject: &str, version: u64) -> DraftSeen {
    DraftSeen { task: id(task), subject: subject.to_owned(), version }
}

pub fn submitted(task: &str, round: u32) -> Event {
    Event::Submitted {
        task: id(task),
        round: Round(round),
        digest: Digest::of(task.as_bytes()),
        justified: Vec::new(),
        group: None,
        along: Vec::new(),
        judged: Vec::new(),
        agrees: Vec::new(),
        text: None,
        use_case: None,
    }
}

/// A turn of one task for these roles.
pub fn turn(task: &str, roles: &[Role], since: Timestamp, due: Option<&str>) -> Turn {
    Turn {
        task: id(task),
        side: roles[0].side(),
        roles: roles.to_vec(),
        organisations: Vec::new(),
        not_by: Vec::new(),
        since,
        due: due.map(id),
        expected: None,
        round: Round(1),
        each: false,
        awaited: true,
    }
}

/// A journey in the lists with these turns, whatever the rules would make of it.
pub async fn listed(db: &Db, bits: u64, product: &str, organisation: &str, changed: Timestamp, turns: Vec<Turn>) -> JourneyRef {
    let (walk, mut batch) = Walk::open_for(bits, product, organisation, changed);
    batch.projection.turns = turns;
    db.append(batch).await.unwrap();
    walk.0.reference
}

/// Every row of a table, as text.
pub async fn count(url: &str, table: &str) -> i64 {
    use sqlx::Connection;
    let mut connection = sqlx::AnyConnection::connect(url).await.unwrap();
    let text = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    let (count,): (i64,) = sqlx::query_as(text).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    count
}

pub fn task(name: &str) -> TaskId {
    id(name)
}

pub fn people(names: &[&str]) -> Vec<PersonId> {
    names.iter().map(|name| id(name)).collect()
}

pub fn organisation_id(name: &str) -> OrganisationId {
    id(name)
}
