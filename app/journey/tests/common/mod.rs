//! What the proofs share: a generator, people, good answers, and a journey that keeps its ledger.
#![expect(dead_code, reason = "each file of proofs uses its part")]

pub mod deployment;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, civil::Date};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        edition::Edition,
        environment::Environment,
        identity::Identity,
        ids::{Digest, FieldId, JourneyRef, OrganisationId, Seq, TaskId},
    },
    catalogue::{editions, scal},
    form::{Answers, Form, Kind, Named, Wave},
    ledger::{
        basis::Basis,
        defect::{Assessment, Closing, Defect, DefectState, Owner, Severity},
        event::{By, Event, Finding, Recorded, Signatory, Signer},
        incident::Incident,
        journey::Journey,
        machine::Verb,
        member_check::{Dspt, DsptCheck, MemberCheck},
        refusal::Refusal,
        signing,
        site::{Site, Step, StepSite},
    },
    plan::{
        capability::{Capability, Chosen, PdsRoute},
        certificates::ValidityChange,
        opening::Opening,
        process::{Page, Process, Processes, TaskSpec},
    },
    rule::{
        by_link, certificate,
        command::Command,
        decide, defects,
        go_live::{Sent, StepDone},
        member_checks, members, offers, queries, replaced, review,
    },
    task::{forms, go_live},
};

/// A small generator (xorshift), so that a failed walk can be walked again from its seed.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        // Spread the seed: neighbours would walk alike.
        Self(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from((self.next() >> 33) % (n as u64)).expect("below n")
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

pub fn shipped() -> &'static Processes {
    // A second edition of the catalogue, so that a journey can move to it: a row reads differently, one is gone, one is new.
    let mut rows = editions::rows(&Edition::default()).to_vec();
    let mut added = rows.remove(4);
    rows[0].requirement.push_str(" And its website.");
    added.field = "scal-org-99".parse().expect("a name");
    "SCAL-ORG-99".clone_into(&mut added.id);
    rows.push(added);
    editions::learn("2026-2".parse().expect("an edition"), rows);
    Processes::shipped().expect("the shipped definitions are lawful")
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub fn id(text: &str) -> TaskId {
    text.parse().expect("a task id")
}

/// A person who belongs to one organisation and acts for it.
pub fn actor(person: &str, organisation: &str, roles: &[Role]) -> Actor {
    Actor {
        person: person.parse().expect("a person id"),
        organisation: organisation.parse().expect("an organisation id"),
        member_of: vec![organisation.parse().expect("an organisation id")],
        roles: roles.iter().copied().collect(),
    }
}

/// Whoever has the letter that asks to sign for the member with this code.
pub fn by_link_for(ods_code: &str) -> Actor {
    let organisation = signing::organisation_of_member(ods_code).expect("a code");
    actor(&format!("reader-{}", ods_code.to_lowercase()), organisation.as_str(), &[Role::AuthorisedPerson])
}

/// The same person, who belongs to this organisation as well.
pub fn also_of(mut actor: Actor, organisation: &str) -> Actor {
    actor.member_of.push(organisation.parse().expect("an organisation id"));
    actor
}

/// The answers that give the longest plan but for one test stage.
pub fn opening() -> Opening {
    Opening {
        product: "Bedside View 4.2".to_owned(),
        capabilities: vec![chosen(Capability::AccessRecordHtml), chosen(Capability::AccessRecordStructured)],
        hscn: false,
        pds: PdsRoute::None,
        already_conformant: false,
        other_organisations: true,
        supporting_tasks: true,
        catalogue: Default::default(),
        unconfirmed: false,
        version: String::new(),
    }
}

pub fn chosen(capability: Capability) -> Chosen {
    Chosen { capability, version: capability.versions()[0].to_owned() }
}

/// Every combination of the answers that a `when` can see, with every set of capabilities.
pub fn every_opening() -> Vec<Opening> {
    let mut all = Vec::new();
    for capabilities in 1..1usize << Capability::ALL.len() {
        let of_set = Capability::ALL.iter().enumerate().filter(|(place, _)| capabilities >> place & 1 == 1);
        let capabilities: Vec<Chosen> = of_set.map(|(_, capability)| chosen(*capability)).collect();
        for pds in PdsRoute::ALL {
            for flags in 0..16 {
                all.push(Opening {
                    product: "Bedside View 4.2".to_owned(),
                    capabilities: capabilities.clone(),
                    hscn: flags & 1 != 0,
                    pds: *pds,
                    already_conformant: flags & 2 != 0,
                    other_organisations: flags & 4 != 0,
                    supporting_tasks: flags & 8 != 0,
                    catalogue: Default::default(),
                    unconfirmed: false,
                    version: String::new(),
                });
            }
        }
    }
    all
}

/// Answers that the form takes; `words` makes them differ.
pub fn answers_to(form: &Form, words: &str) -> Answers {
    let mut answers = Answers::default();
    for field in &form.fields {
        let value = match &field.kind {
            Kind::Choice(options) | Kind::Pick(options) | Kind::Choices(options) => options[0].0.to_owned(),
            Kind::Email => "name@example.org".to_owned(),
            Kind::OdsCode => "YGA01".to_owned(),
            Kind::Organisations { .. } | Kind::Waves { .. } => "A21471 Willow Lane Surgery".to_owned(),
            Kind::Links { .. } => "https://example.org/evidence".to_owned(),
            Kind::Day => "2026-03-02".to_owned(),
            Kind::Figure { .. } => "80".to_owned(),
            Kind::Files { .. } => "abababababababababababababababababababababababababababababababab evidence.pdf".to_owned(),
            Kind::Line { .. } | Kind::Words { .. } => words.to_owned(),
        };
        answers = answers.with(field.id.as_str(), &value);
    }
    answers
}

/// A journey with the ledger that it was folded from, and a clock that is moved by hand.
#[derive(Clone)]
pub struct Play {
    pub journey: Journey,
    pub history: Vec<Recorded>,
    pub now: Timestamp,
    pub processes: &'static Processes,
}

impl Play {
    pub fn open(processes: &'static Processes, process: &Process, actor: &Actor, opening: Opening) -> Self {
        let reference = JourneyRef::from_bits(0x0003_1415_9265);
        let now = at("2026-03-02T09:00:00Z");
        let event = decide::open(process, actor, opening, identity("acme")).expect("an onboarding lead opens");
        let first = Recorded::chain(&reference.to_string(), None, now, Some(by(actor)), event);
        let journey = Journey::open(&reference, &first, processes).expect("a lawful opening");
        Self { journey, history: vec![first], now, processes }
    }

    pub fn wait(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    /// Time first, then the wish: as the write path does it.
    pub fn obey(&mut self, actor: &Actor, command: Command) -> Result<Vec<Event>, Refusal> {
        self.obey_seen(actor, command, None)
    }

    pub fn obey_seen(&mut self, actor: &Actor, command: Command, seen: Option<Seq>) -> Result<Vec<Event>, Refusal> {
        self.pass_time();
        let events = decide::decide(&self.journey, actor, command, seen, self.today())?;
        self.append(events.clone(), Some(by(actor)));
        Ok(events)
    }

    pub fn pass_time(&mut self) {
        let due = decide::due(&self.journey, self.now);
        self.append(due, None);
    }

    pub fn append(&mut self, events: Vec<Event>, by: Option<By>) {
        for recorded in self.journey.record(events, by, self.now) {
            self.history.push(recorded);
            let last = self.history.len() - 1;
            self.journey.step(&self.history, last, self.processes).expect("what was decided can be folded");
        }
    }

    pub fn spec(&self, task: &TaskId) -> &'static TaskSpec {
        self.journey.process.task(task).expect("a task of the process")
    }

    /// Whether this person is offered this verb on this task.
    pub fn offers(&self, actor: &Actor, verb: Verb, task: &str) -> bool {
        offers::offers_on(&self.journey, actor, &id(task)).contains(&verb)
    }

    /// A lawful wish of this verb, with words.
    pub fn command(&self, verb: Verb, task: &TaskId, words: &str) -> Command {
        let (task, spec) = (task.clone(), self.spec(task));
        let text = words.to_owned();
        match verb {
            Verb::Start => Command::Start { task },
            // Chosen as it was: what choosing anew does has a scenario of its own.
            Verb::Submit if spec.page == Page::Capabilities => {
                Command::Submit { task, answers: forms::beforehand(spec, &self.journey.opening) }
            }
            Verb::Submit => Command::Submit { task, answers: self.answers(spec, words) },
            // Whoever approves has read and accepted everything: of all teams, so that it does for whoever it is.
            Verb::Approve => {
                let teams = self.journey.deciders(spec);
                let unjudged = |role: &Role| review::unjudged(&self.journey, spec, *role);
                let mut accepted: Vec<FieldId> =
                    teams.iter().flat_map(unjudged).collect::<BTreeSet<FieldId>>().into_iter().collect();
                // A go-live is approved under a condition.
                let under = spec.page == Page::GoLive && !text.is_empty() && !accepted.is_empty();
                let under =
                    under.then(|| Finding { field: Some(accepted.remove(0)), words: "Train both shifts first.".to_owned() });
                Command::Approve { task, note: text, accepted, conditions: under.into_iter().collect() }
            }
            Verb::Return => Command::Return {
                task,
                findings: vec![Finding { field: None, words: text }],
                accepted: Vec::new(),
                conditions: Vec::new(),
            },
            Verb::SendBack => Command::SendBack { task, reason: text },
            Verb::Refuse => Command::Refuse { task, reason: text },
            Verb::Undo => Command::Undo { task, at: self.now },
            Verb::TakeBackRound => Command::TakeBackRound { task, opened: false },
            Verb::Uplift => Command::Uplift { task },
            Verb::Reassess => Command::Reassess { task, product: text, name: String::new(), rows: Vec::new() },
            Verb::Acknowledge => Command::Acknowledge { task, note: text },
            Verb::Issue => Command::Issue { task, note: text },
            Verb::StillHolds => {
                let basis = Basis::now(&self.journey, spec).digest();
                Command::StillHolds { task, reason: text, basis }
            }
            Verb::Decline => Command::Decline { task, reason: text },
            Verb::AskToSign => {
                let first = by_link::unsigned(&self.journey, spec).first().map(|member| (*member).clone());
                let asked = first.into_iter().map(|member| Signatory { member, name: text.clone() }).collect();
                Command::AskToSign { task, asked }
            }
            Verb::WithdrawSignature => Command::WithdrawSignature { task, reason: text, until: String::new() },
            Verb::ReplaceSignatory => self.replaces(task, spec, text),
            Verb::ReportIncident => {
                let incident = Incident { what: text, noticed: self.now, reported: self.now, sites: Vec::new() };
                Command::ReportIncident { task, incident }
            }
            Verb::Sign => Command::Sign { task, name: text.clone(), authority: text, words: self.to_sign(spec) },
            Verb::ProposeWaiver => Command::ProposeWaiver { task, reason: text },
            Verb::ConfirmWaiver => Command::ConfirmWaiver { task },
            Verb::DeclineWaiver => Command::DeclineWaiver { task, reason: text },
            Verb::ProposeValidity => {
                // What is possible: a suspension of what is valid, then it counts again.
                let possible = certificate::may_become(self.journey.task(&task));
                let change = possible.first().copied().unwrap_or(ValidityChange::Suspend);
                Command::ProposeValidity { task, change, reason: text }
            }
            Verb::ConfirmValidity => Command::ConfirmValidity { task },
            Verb::DeclineValidity => Command::DeclineValidity { task, reason: text },
            Verb::Reopen => Command::Reopen { task, reason: text },
            Verb::RecordSite => {
                let site = Site { live_on: self.today(), ..site("A21471", &text) };
                let declared = vec![Named { ods_code: site.ods_code.clone(), name: site.name.clone() }];
                Command::RecordSite { task, site, sent: Sent { waves: Vec::new(), declared } }
            }
            Verb::RecordStep => {
                let sites = vec![StepSite { ods_code: "A21471".to_owned(), asid: String::new() }];
                let capabilities = self.journey.chosen().into_iter().collect();
                let record = self.journey.site_record("A21471");
                let there = record.is_some_and(|record| record.steps.values().any(|done| done.on == self.today()));
                let on = if there { self.today().yesterday().expect("a day") } else { self.today() };
                let done = StepDone { step: Step::Sharing, on, capabilities, sites };
                Command::RecordStep { task, done, sent: in_waves(&[&["A21471"], &["B82617"]]) }
            }
            Verb::TakeBackStep => {
                let capabilities = self.journey.chosen().into_iter().collect();
                Command::TakeBackStep { task, step: Step::Sharing, capabilities, sites: vec!["A21471".to_owned()], reason: text }
            }
            Verb::SuspendSite => {
                Command::SuspendSite { task, ods_code: "A21471".to_owned(), capabilities: Vec::new(), reason: text }
            }
            Verb::ResumeSite => {
                Command::ResumeSite { task, ods_code: "A21471".to_owned(), capabilities: Vec::new(), reason: text }
            }
            Verb::CheckSite => {
                let answers = answers_to(&go_live::check_form(), &text).with("checked_on", &self.today().to_string());
                Command::CheckSite { task, ods_code: "A21471".to_owned(), answers }
            }
            Verb::CloseCondition => {
                let open = self.journey.task(&task).open_conditions().next().map(|(field, _)| field.clone());
                Command::CloseCondition { task, field: open.unwrap_or_else(|| "none".parse().expect("a name")), note: text }
            }
            Verb::TakeBackSite => Command::TakeBackSite { task, ods_code: "A21471".to_owned(), reason: text },
            Verb::CheckMembers => Command::CheckMembers { task, checked: self.all_met(Dspt::Exceeded) },
            Verb::RaiseQuery => {
                let waits: Vec<&FieldId> = queries::for_supplier(self.journey.task(&task)).map(|(row, _)| row).collect();
                let rows = scal::rows(&self.journey.opening);
                let row = rows.into_iter().find(|row| !waits.contains(&&row.field)).expect("a row to ask about").id.clone();
                Command::RaiseQuery { task, row, words: text }
            }
            Verb::AnswerQuery => {
                let record = self.journey.task(&task);
                let row = queries::for_supplier(record).next().map(|(row, _)| row.to_string()).unwrap_or_default();
                Command::AnswerQuery { task, row, words: text, changes: false }
            }
            Verb::CloseQuery => {
                let record = self.journey.task(&task);
                let row = queries::for_group(record).next().map(|(row, _)| row.to_string()).unwrap_or_default();
                Command::CloseQuery { task, row }
            }
            Verb::RaiseDefect => Command::RaiseDefect { task, defect: defect(&text), assessment: seen_as(Owner::Consumer) },
            Verb::AssessDefect => {
                let open = self.journey.defects_of(&task).find(|defect| defect.is_open());
                // What is new is confirmed as the other's; what was said before is said otherwise.
                let owner = match open {
                    Some(open) if open.confirmed && open.assessment.owner == Owner::Spine => Owner::Consumer,
                    _ => Owner::Spine,
                };
                let number = open.map_or(0, |open| open.number);
                Command::AssessDefect { task, number, assessment: seen_as(owner), reason: text }
            }
            Verb::MendDefect => {
                let number = defects::for_supplier(&self.journey, spec).next().map_or(0, |open| open.number);
                Command::MendDefect { task, number, what: text, version: "2.5".to_owned() }
            }
            Verb::CloseDefect => {
                let waits = defects::for_team(&self.journey, spec).next();
                let open = waits.or_else(|| self.journey.defects_of(&task).find(|defect| defect.is_open()));
                let theirs = open.is_some_and(|open| defects::is_for_supplier(&self.journey, open));
                let how = if theirs { Closing::NoFault } else { Closing::Mended };
                Command::CloseDefect { number: open.map_or(0, |open| open.number), task, how, words: text }
            }
            Verb::ReopenDefect => {
                let gone = self.journey.defects_of(&task).find(|defect| defect.state != DefectState::Open);
                Command::ReopenDefect { number: gone.map_or(0, |gone| gone.number), task, words: text }
            }
            Verb::AskForPart => asks("trust"),
            Verb::DeclinePart => Command::DeclinePart { part: "trust".parse().expect("a part"), reason: text },
            Verb::Join => joins("trust"),
            Verb::Identify => Command::Identify {
                organisation: "trust".parse().expect("an organisation id"),
                identity: identity(words),
                before: identity("trust"),
            },
            Verb::AskToLeave => Command::AskToLeave { organisation: "trust".parse().expect("an organisation id"), reason: text },
            Verb::DeclineLeave => {
                Command::DeclineLeave { organisation: "trust".parse().expect("an organisation id"), reason: text }
            }
            Verb::Leave => Command::Leave { organisation: "trust".parse().expect("an organisation id"), reason: text },
            Verb::Withdraw => Command::Withdraw { reason: text },
            Verb::Resume => Command::Resume { reason: text },
        }
    }

    /// Somebody else of the cast signs for the supplier: in place of whoever has signed, or of the first who may.
    fn replaces(&self, task: TaskId, spec: &TaskSpec, reason: String) -> Command {
        let signer = |person: &str| Signer { person: person.parse().expect("a person id"), name: format!("The {person}") };
        let given = replaced::given(&self.journey, spec).map(|signature| signature.by.to_string());
        let gone = |person: &str| self.journey.task(&task).replaced.iter().any(|known| known.from.person.as_str() == person);
        let all = ["dia", "eve", "vic"];
        let from = given.or(all.iter().find(|person| !gone(person)).map(ToString::to_string)).expect("somebody may sign");
        let prepared = self.journey.task(&task).sent.last().map(|sent| sent.by.to_string());
        let other = |person: &&&str| ***person != from && Some((**person).to_owned()) != prepared;
        let to = all.iter().find(other).expect("somebody else may");
        Command::ReplaceSignatory { from: signer(&from), to: signer(to), task, reason }
    }

    /// A check of every member of the group, of today.
    pub fn all_met(&self, status: Dspt) -> Vec<MemberCheck> {
        let members = self.journey.group().map(|group| group.members.clone()).unwrap_or_default();
        let dspt = Some(DsptCheck { status, on: self.today() });
        members.into_iter().map(|it| MemberCheck { ods_code: it.ods_code, dspt: dspt.clone(), sharing: None }).collect()
    }

    /// The lead of the group records that every member has met the standards, unless that is known: nobody is declared for before.
    pub fn check_members(&mut self) {
        let Some(command) = member_checks::rest_is_met(&self.journey, self.today()) else { return };
        let users = self.journey.parties().find(|(_, side)| *side == Side::EndUser).map(|(id, _)| id);
        let Some(lead) = members::lead_of(&self.journey).or(users) else { return };
        let who = actor("gil", lead.as_str(), &[Role::GroupLead]);
        // Where nobody of the group has a part, nobody can; then nobody declares either.
        if let Ok(events) = decide::decide(&self.journey, &who, command, None, self.today()) {
            self.append(events, Some(by(&who)));
        }
    }

    /// Signs for a member of the group as whoever has the letter with the link does.
    pub fn sign_by_link(&mut self, task: &TaskId, ods_code: &str, name: &str) -> Result<Event, Refusal> {
        self.pass_time();
        let spec = self.spec(task);
        let event =
            by_link::sign(&self.journey, spec, ods_code, (name, "Caldicott Guardian"), &self.to_sign(spec), self.today())?;
        self.append(vec![event.clone()], Some(by(&by_link_for(ods_code))));
        Ok(event)
    }

    /// Takes that back.
    pub fn take_back_by_link(&mut self, task: &TaskId, ods_code: &str, reason: &str) -> Result<Event, Refusal> {
        self.pass_time();
        let event = by_link::take_back(&self.journey, self.spec(task), ods_code, reason)?;
        self.append(vec![event.clone()], Some(by(&by_link_for(ods_code))));
        Ok(event)
    }

    /// The day it is now.
    pub fn today(&self) -> Date {
        calendar::date_of(self.now)
    }

    /// Answers that the form of a task takes, whose days are today. A use case is for the capabilities of its journey.
    pub fn answers(&self, spec: &TaskSpec, words: &str) -> Answers {
        let form = forms::form_of(spec, &self.journey.opening);
        let mut answers = answers_to(&form, words);
        for field in form.fields.iter().filter(|field| matches!(field.kind, Kind::Day)) {
            answers = answers.with(field.id.as_str(), &self.today().to_string());
        }
        if spec.page == Page::UseCase {
            let names = self.journey.opening.capabilities.iter().map(|c| c.capability.name().to_owned()).collect();
            answers.0.insert("capabilities".to_owned(), names);
        }
        answers
    }

    pub fn to_sign(&self, spec: &TaskSpec) -> Digest {
        signing::words(&self.journey, spec)
    }
}

/// A defect of INT.
pub fn defect(happened: &str) -> Defect {
    Defect {
        title: "An allergy is missing".to_owned(),
        happened: happened.to_owned(),
        expected: "The bundle has all four allergies.".to_owned(),
        environment: Environment::Int,
        product: "Bedside View 2.4".to_owned(),
        request: "POST /Patient/$gpc.getstructuredrecord".to_owned(),
        answer: "200 OK".to_owned(),
        run: None,
        scripts: vec!["GPC-STR-TST-ALG-02".to_owned()],
    }
}

/// A defect that blocks, and that is mended by this one.
pub fn seen_as(owner: Owner) -> Assessment {
    Assessment { owner, severity: Severity::High, blocks: true }
}

/// A site that is live, with words about it.
pub fn site(ods_code: &str, note: &str) -> Site {
    let live_on = "2026-03-01".parse().expect("a date");
    Site {
        ods_code: ods_code.to_owned(),
        name: "Willow Lane Surgery".to_owned(),
        live_on,
        note: note.to_owned(),
        outside_plan: String::new(),
        capabilities: Vec::new(),
    }
}

/// A plan that names these sites in waves.
pub fn in_waves(waves: &[&[&str]]) -> Sent {
    let named = |code: &&str| Named { ods_code: (*code).to_owned(), name: "A surgery".to_owned() };
    let wave = |(at, sites): (usize, &&[&str])| Wave { number: at + 1, from: None, sites: sites.iter().map(named).collect() };
    Sent { waves: waves.iter().enumerate().map(wave).collect(), declared: Vec::new() }
}

/// Who an organisation of the cast is: its code is its id.
pub fn identity(organisation: &str) -> Identity {
    Identity { name: format!("The {organisation}"), ods_code: organisation.to_uppercase() }
}

/// The supplier asks for a part for an organisation of the cast.
pub fn asks(organisation: &str) -> Command {
    let side = side_of(&organisation.parse().expect("an organisation id"));
    Command::AskForPart { part: organisation.parse().expect("a part"), side, identity: identity(organisation) }
}

/// The programme gives an organisation of the cast a part without being asked.
pub fn joins(organisation: &str) -> Command {
    let organisation_id = organisation.parse().expect("an organisation id");
    let side = side_of(&organisation_id);
    Command::Join { organisation: organisation_id, side, identity: identity(organisation), part: None }
}

/// The side of an organisation of the cast.
pub fn side_of(organisation: &OrganisationId) -> Side {
    if matches!(organisation.as_str(), "icb" | "board") { Side::Commissioner } else { Side::EndUser }
}

pub fn by(actor: &Actor) -> By {
    By { person: actor.person.clone(), organisation: actor.organisation.clone() }
}

/// Compares with a committed file. `UPDATE_TABLES=1` writes it anew, but for where it would only hide a difference (`CI`).
pub fn committed(file: &str, now: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    if std::env::var_os("UPDATE_TABLES").is_some() && std::env::var_os("CI").is_none() {
        std::fs::write(&path, now).expect("the table can be written");
        return;
    }
    let was = std::fs::read_to_string(&path).unwrap_or_default();
    if was == now {
        return;
    }
    let (was, now): (Vec<&str>, Vec<&str>) = (was.lines().collect(), now.lines().collect());
    let mut diff = String::new();
    for line in 0..was.len().max(now.len()) {
        let (old, new) = (was.get(line).copied(), now.get(line).copied());
        if old != new && diff.lines().count() < 40 {
            let number = line + 1;
            diff += &old.map_or_else(String::new, |text| format!("{number:>4} - {text}\n"));
            diff += &new.map_or_else(String::new, |text| format!("{number:>4} + {text}\n"));
        }
    }
    panic!("tests/{file} differs; if that is meant, run again with UPDATE_TABLES=1 and review the change:\n{diff}");
}

/// The roles of a set, by name.
pub fn names(roles: &BTreeSet<Role>) -> Vec<&'static str> {
    roles.iter().map(|role| role.name()).collect()
}
