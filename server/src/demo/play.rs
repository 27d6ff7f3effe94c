//! A journey of the demo: brought forward command by command, each by somebody who may, and written whole.
//!
//! Long because it plays every kind of task, each in a few lines.

use std::collections::VecDeque;

use app::{
    act::{
        decided::{self, Decided},
        letters::Mail,
        post,
    },
    base::halt::Halt,
    desk::drafts,
    request::visitor::Visitor,
};
use axum::body::Bytes;
use futures_util::stream;
use jiff::{Timestamp, ToSpan as _, civil::Date};
use journey::{
    base::{
        actor::{Role, Side},
        calendar,
        identity::Identity,
        ids::{Digest, FieldId, JourneyRef, OrganisationId, PartId, TaskId},
    },
    catalogue::scal,
    form::{Answers, Field, FileRef, Form, Kind, Named, Part, Wave},
    ledger::{
        event::{By, Finding},
        incident::Incident,
        journey::Journey,
        machine::StateKind,
        site::{Site, Step, StepSite},
        standing::Standing,
        words::words_to_sign,
    },
    plan::{
        certificates::ValidityChange,
        opening::Opening,
        process::{Page, Settle, TaskSpec},
        track::CONSUMER,
    },
    port::{files::StoredFile, messages::NewMessage, seats::SeatChange},
    rule::{
        command::Command,
        conversation::{self, Audience},
        go_live::{Sent, StepDone},
        member_checks,
    },
    scal::book,
    task::{forms, go_live::FINE, results},
};

use crate::demo::{
    cast::{Cast, Company, Someone},
    stage::{Rng, Stage},
    words,
};

/// Commands that bring a task forward at most, so that a fault in a definition ends a demo and does not hang it.
const ENOUGH: usize = 400;

/// A journey in the making.
pub(crate) struct Play<'a> {
    pub(super) stage: &'a Stage,
    cast: &'a Cast,
    pub journey: Journey,
    pub(super) deeds: Vec<Decided>,
    pub(super) at: Timestamp,
    /// Days before today.
    day: f64,
    pub rng: Rng,
    /// Files come with the evidence: the stories have them, the many do not.
    pub with_files: bool,
    /// The members of its group, where it has others than most.
    pub members: Option<String>,
    sites: VecDeque<(&'static str, &'static str)>,
}

pub(super) fn task(id: &str) -> Result<TaskId, String> {
    id.parse().map_err(|_| format!("“{id}” is no task"))
}

pub(super) fn halted(halt: Halt) -> String {
    format!("{halt:?}")
}

impl<'a> Play<'a> {
    /// The supplier's lead opens it, so many days ago.
    pub fn open(stage: &'a Stage, cast: &'a Cast, supplier: &Company, opening: Opening, days_ago: i64) -> Result<Self, String> {
        Self::open_as(CONSUMER, stage, cast, supplier, opening, days_ago)
    }

    /// The same on one of the two sides.
    pub fn open_as(
        side: &'static str,
        stage: &'a Stage,
        cast: &'a Cast,
        supplier: &Company,
        opening: Opening,
        days_ago: i64,
    ) -> Result<Self, String> {
        let lead = supplier.people.first().ok_or("a supplier without people")?;
        let reference: JourneyRef = stage.services.journey_ref();
        let seed = u64::from_str_radix(&Digest::of(reference.to_string().as_bytes()).as_str()[..12], 16).unwrap_or(1);
        let mut rng = Rng::new(seed);
        let at = stage.almanac.at(days_ago, i64::try_from(10 + rng.below(300)).unwrap_or(10));
        let deed = decided::opened(&stage.services, &lead.actor, side, &reference, opening, supplier.organisation.identity(), at)
            .map_err(halted)?;
        let sites = words::SITES.iter().copied().collect();
        #[expect(clippy::cast_precision_loss, reason = "days of a demo")]
        let day = days_ago as f64;
        Ok(Self {
            stage,
            cast,
            journey: deed.after.clone(),
            deeds: vec![deed],
            at,
            day,
            rng,
            with_files: true,
            members: None,
            sites,
        })
    }

    /// Goes on so many days ago.
    pub fn on(&mut self, days_ago: i64) -> &mut Self {
        #[expect(clippy::cast_precision_loss, reason = "days of a demo")]
        let day = days_ago as f64;
        self.day = self.day.min(day);
        self
    }

    /// The next moment of work: later than the last one, on the day that it is by now.
    pub(super) fn tick(&mut self) -> Timestamp {
        #[expect(clippy::cast_possible_truncation, reason = "days of a demo")]
        let day = self.day.max(1.0) as i64;
        let minute = i64::try_from(self.rng.below(420)).unwrap_or(0);
        let gap = i64::try_from(3 + self.rng.below(25)).unwrap_or(3);
        // Yesterday may be full already: then a quarter of an hour later is late enough, and never tomorrow.
        let wanted = self.stage.almanac.at(day, minute).max(self.at + gap.minutes());
        let latest = self.stage.almanac.at(1, 14 * 60).max(self.at + 1.second());
        self.at = wanted.min(latest);
        self.at
    }

    fn today(&self) -> Date {
        calendar::date_of(self.at)
    }

    /// Somebody of the journey who holds this role; of this organisation, where it matters.
    pub(super) fn holder(&mut self, role: Role, organisation: Option<&OrganisationId>) -> Result<Someone, String> {
        let part = |id: &OrganisationId| *id == self.journey.organisation || self.journey.has_joined(id);
        let fits = |company: &&Company| match role.side() {
            Side::Programme => company.organisation.side == Side::Programme,
            _ => part(&company.organisation.id),
        };
        let mut found: Vec<&Someone> = self
            .cast
            .companies
            .iter()
            .filter(fits)
            .filter(|company| organisation.is_none_or(|id| company.organisation.id == *id))
            .flat_map(|company| &company.people)
            .filter(|someone| someone.actor.is(role))
            .collect();
        found.truncate(1);
        found.first().map(|someone| (*someone).clone()).ok_or_else(|| format!("nobody is {} here", role.title()))
    }

    /// One command by one person, at the next moment. What time brought before is recorded first.
    pub async fn does(&mut self, who: &Someone, command: Command) -> Result<&mut Self, String> {
        let at = self.tick();
        if let Some(deed) = decided::brought(&self.journey, at).map_err(halted)? {
            self.journey = deed.after.clone();
            self.deeds.push(deed);
        }
        let (product, verb) = (self.journey.opening.product.clone(), command.verb());
        let task = command.task().cloned();
        let decided =
            decided::decided(&self.stage.services, &who.actor, (&self.journey, &[]), command, None, at).await.map_err(halted)?;
        let deed = decided.map_err(|refusal| format!("{product}: {} {task:?} by {}: {refusal:?}", verb.name(), who.email))?;
        self.journey = deed.after.clone();
        self.deeds.push(deed);
        Ok(self)
    }

    /// The same by whoever holds the role.
    pub async fn as_role(&mut self, role: Role, command: Command) -> Result<&mut Self, String> {
        let who = self.holder(role, None)?;
        self.does(&who, command).await
    }

    /// The team that issued the certificate proposes what becomes of it, and a programme lead agrees.
    pub async fn validity(&mut self, change: ValidityChange, reason: &str) -> Result<&mut Self, String> {
        let issued = self.journey.plan().find(|spec| spec.page == Page::Certificate).ok_or("a plan without a certificate")?;
        let (task, reason) = (issued.id.clone(), reason.to_owned());
        let role = issued.decide.first().copied().ok_or("a certificate that nobody issues")?;
        self.as_role(role, Command::ProposeValidity { task: task.clone(), change, reason }).await?;
        self.as_role(Role::ProgrammeLead, Command::ConfirmValidity { task }).await
    }

    /// The supplier reports an incident under its agreement that it had noticed so many hours before the day on which it is now.
    pub async fn incident(&mut self, id: &str, what: &str, hours: i64) -> Result<&mut Self, String> {
        #[expect(clippy::cast_possible_truncation, reason = "days of a demo")]
        let reported = self.stage.almanac.at(self.day.max(1.0) as i64, 0).max(self.at);
        let noticed = reported - hours.hours();
        let incident = Incident { what: what.to_owned(), noticed, reported, sites: Vec::new() };
        self.as_role(Role::OnboardingLead, Command::ReportIncident { task: task(id)?, incident }).await
    }

    /// The lead asks for a part for these organisations, and the programme confirms who they are.
    pub async fn joined(&mut self, codes: &[&str]) -> Result<&mut Self, String> {
        for code in codes {
            let company = self.cast.companies.iter().find(|company| company.organisation.ods_code == *code);
            let company = company.ok_or_else(|| format!("{code} is nobody"))?.organisation.clone();
            let (identity, side) = (company.identity(), company.side);
            let part = self.asks_for(side, identity.clone()).await?;
            let answer = Command::Join { organisation: company.id, side, identity, part: Some(part) };
            self.as_role(Role::ProgrammeLead, answer).await?;
        }
        Ok(self)
    }

    async fn asks_for(&mut self, side: Side, identity: Identity) -> Result<PartId, String> {
        let part: PartId = self.stage.services.secrets.id().parse().map_err(|_| "random ids are ids".to_owned())?;
        self.as_role(Role::OnboardingLead, Command::AskForPart { part: part.clone(), side, identity }).await?;
        Ok(part)
    }

    /// The lead asks for a part for an organisation that nobody has confirmed yet, and names its first person.
    pub async fn asks(&mut self, identity: Identity, email: &str) -> Result<&mut Self, String> {
        let part = self.asks_for(Side::EndUser, identity).await?;
        let roles = vec![Role::GroupLead, Role::AuthorisedPerson];
        if let Some(deed) = self.deeds.last_mut() {
            deed.seats.push(SeatChange::Asked { part, email: email.to_owned(), roles });
        }
        Ok(self)
    }

    pub(super) fn spec(&self, id: &TaskId) -> Result<&'static TaskSpec, String> {
        self.journey.process.task(id).ok_or_else(|| format!("“{id}” is no task"))
    }

    fn form(&self, spec: &TaskSpec) -> Form {
        forms::asked(spec, &self.journey.opening)
    }

    fn answers(&mut self, spec: &TaskSpec) -> Answers {
        let (form, today) = (self.form(spec), self.today());
        let company = self.cast.companies.iter().find(|company| company.organisation.id == self.journey.organisation);
        let answers = words::answers(&self.journey, spec, &form, company, today, &mut self.rng);
        match &self.members {
            Some(members) if form.fields.iter().any(|field| field.id.as_str() == "members") => answers.with("members", members),
            _ => answers,
        }
    }

    /// Whoever may, sends a task; with evidence where the form takes files.
    pub async fn submits(&mut self, id: &str) -> Result<&mut Self, String> {
        let spec = self.spec(&task(id)?)?;
        let who = self.sender(spec)?;
        // Nobody is declared for before the lead has looked at their standards.
        if spec.page == Page::Declaration
            && let Some(checks) = member_checks::rest_is_met(&self.journey, self.today())
        {
            self.does(&who, checks).await?;
        }
        let mut answers = self.answers(spec);
        if self.with_files {
            self.attach(spec, &who, &mut answers).await?;
        }
        self.does(&who, Command::Submit { task: spec.id.clone(), answers }).await
    }

    fn sender(&mut self, spec: &TaskSpec) -> Result<Someone, String> {
        let roles = spec.by.clone();
        roles.iter().find_map(|role| self.holder(*role, None).ok()).ok_or_else(|| format!("nobody here may send {}", spec.id))
    }

    /// Adds a file to the task, through the store of bytes and the record of files.
    async fn attach(&mut self, spec: &TaskSpec, who: &Someone, answers: &mut Answers) -> Result<(), String> {
        let fields = self.form(spec).fields;
        let testing = spec.page == Page::Testing;
        // A test stage takes a report of its run beside the other files.
        let takes = |f: &&Field| matches!(f.kind, Kind::Files { .. }) && !(testing && f.id.as_str() == results::FIELD);
        let Some(field) = fields.iter().find(takes).map(|f| f.id.to_string()) else { return Ok(()) };
        let mut given: Vec<(String, (String, Vec<u8>))> = Vec::new();
        if testing {
            given.extend(words::run_of_stage(&self.journey, spec).map(|report| (results::FIELD.to_owned(), report)));
        }
        given.extend(words::evidence(&self.journey, spec, self.today()).into_iter().map(|file| (field.clone(), file)));
        let at = self.tick();
        for (field, (name, bytes)) in given {
            let report = Bytes::from(bytes);
            let mut sender = stream::iter([Ok::<Bytes, String>(report.clone())]);
            let temporary = self.stage.services.secrets.id();
            let kept = self.stage.file_store.keep(&mut sender, 1_000_000, &temporary, crate::kinds::kind_of).await;
            let taken = kept.map_err(|lost| lost.to_string())?.map_err(|says| format!("{name}: {says}"))?;
            let file = StoredFile {
                digest: taken.digest.clone(),
                task: spec.id.clone(),
                name: name.clone(),
                kind: taken.kind.to_owned(),
                bytes: taken.bytes,
                by: who.actor.person.clone(),
                at,
            };
            if results::reads(spec.page, &field) {
                let run = results::read(&report).map_err(|fault| fault.to_string())?;
                let read = self.stage.services.store.add_run(&self.journey.reference, &spec.id, &taken.digest, &run).await;
                read.map_err(|error| error.to_string())?;
            }
            let stored = self.stage.services.store.add_file(&self.journey.reference, file).await;
            stored.map_err(|error| error.to_string())?;
            answers.0.entry(field.clone()).or_default().push(FileRef { digest: taken.digest, name }.to_string());
        }
        Ok(())
    }

    fn parts(&self, spec: &TaskSpec, role: Role) -> Vec<Part> {
        let work = spec.reviews.as_ref().and_then(|id| self.journey.process.task(id)).unwrap_or(spec);
        let owned = |part: &Part| part.owner.is_none_or(|owner| owner == role);
        self.form(work).to_review().into_iter().filter(owned).collect()
    }

    /// One team approves, with every part of it accepted.
    pub async fn approves(&mut self, id: &str, role: Role) -> Result<&mut Self, String> {
        let spec = self.spec(&task(id)?)?;
        let mut accepted: Vec<FieldId> = self.parts(spec, role).into_iter().map(|part| part.id).collect();
        // Clinical safety lets a product go live under a condition.
        let under = spec.page == Page::GoLive && role == Role::ClinicalSafety && !accepted.is_empty();
        let condition = under.then(|| Finding { field: Some(accepted.remove(0)), words: words::CONDITION.to_owned() });
        let conditions = condition.into_iter().collect();
        let note = words::note(spec, &mut self.rng);
        self.as_role(role, Command::Approve { task: spec.id.clone(), note, accepted, conditions }).await
    }

    /// Clinical safety says that its condition is met.
    pub async fn closes_condition(&mut self, id: &str, note: &str) -> Result<&mut Self, String> {
        let task = task(id)?;
        let open = self.journey.task(&task).open_conditions().next().map(|(field, verdict)| (field.clone(), verdict.role));
        let (field, role) = open.ok_or("no condition is open")?;
        self.as_role(role, Command::CloseCondition { task, field, note: note.to_owned() }).await
    }

    /// Records a step at these sites, each with its identifier where that is what was done.
    pub async fn prepares(&mut self, role: Role, step: Step, sites: &[(&str, &str)]) -> Result<&mut Self, String> {
        let site = |(code, asid): &(&str, &str)| StepSite { ods_code: (*code).to_owned(), asid: (*asid).to_owned() };
        let named = |(code, _): &(&str, &str)| Named { ods_code: (*code).to_owned(), name: (*code).to_owned() };
        let wave = Wave { number: 0, from: None, sites: sites.iter().map(named).collect() };
        let sent = Sent { waves: vec![wave], declared: Vec::new() };
        let capabilities = self.journey.chosen().into_iter().collect();
        let done = StepDone { step, on: self.today(), capabilities, sites: sites.iter().map(site).collect() };
        self.as_role(role, Command::RecordStep { task: task("go-live")?, done, sent }).await
    }

    /// Records an early check at a live site.
    pub async fn checks(&mut self, code: &str, fine: bool, words: &str) -> Result<&mut Self, String> {
        let outcome = if fine { FINE } else { "found" };
        let answers =
            Answers::default().with("checked_on", &self.today().to_string()).with("outcome", outcome).with("looked_at", words);
        let command = Command::CheckSite { task: task("go-live")?, ods_code: code.to_owned(), answers };
        self.as_role(Role::OnboardingLead, command).await
    }

    /// The supplier suspends the product at a site.
    pub async fn suspends(&mut self, code: &str, reason: &str) -> Result<&mut Self, String> {
        let (ods_code, reason) = (code.to_owned(), reason.to_owned());
        let command = Command::SuspendSite { task: task("go-live")?, ods_code, capabilities: Vec::new(), reason };
        self.as_role(Role::OnboardingLead, command).await
    }

    /// One team returns it: these parts need a change, the others are accepted. Parts are named by the start of their id.
    pub async fn returns(&mut self, id: &str, role: Role, findings: &[(&str, &str)]) -> Result<&mut Self, String> {
        let spec = self.spec(&task(id)?)?;
        let parts = self.parts(spec, role);
        let mut found = Vec::new();
        for (start, words) in findings {
            let part = parts.iter().find(|part| part.id.as_str().starts_with(start));
            let part = part.or(parts.first()).ok_or_else(|| format!("{id} has no parts"))?;
            found.push(Finding { field: Some(part.id.clone()), words: (*words).to_owned() });
        }
        let named = |part: &FieldId| found.iter().any(|finding| finding.field.as_ref() == Some(part));
        let accepted = parts.into_iter().map(|part| part.id).filter(|part| !named(part)).collect();
        self.as_role(role, Command::Return { task: spec.id.clone(), findings: found, accepted, conditions: Vec::new() }).await
    }

    /// Signs for whoever is next. Says whether anybody was.
    pub async fn signs(&mut self, id: &str) -> Result<bool, String> {
        let spec = self.spec(&task(id)?)?;
        let Some((role, organisation)) = self.journey.unsigned(spec).into_iter().next() else { return Ok(false) };
        if self.journey.task(&spec.id).round.0 == 0 {
            return Ok(false);
        }
        let who = self.holder(role, organisation.as_ref())?;
        let words = Digest::of(words_to_sign(&self.journey, spec).as_bytes());
        let authority = words::authority(role);
        self.does(&who, Command::Sign { task: spec.id.clone(), name: who.name.clone(), authority, words }).await?;
        Ok(true)
    }

    /// Records the next site as live; the declaration of the demo names every one.
    pub async fn site(&mut self, id: &str) -> Result<&mut Self, String> {
        let (code, name) = self.sites.pop_front().ok_or("no more sites")?;
        let live_on = self.today();
        let note = "First record opened by the practice manager; the audit shows the entry.".to_owned();
        let site = Site {
            ods_code: code.to_owned(),
            name: name.to_owned(),
            live_on,
            note,
            outside_plan: String::new(),
            // A practice turns each on by itself; where products read records, a site has them all.
            capabilities: if self.journey.process.is_provider() {
                self.journey.chosen().into_iter().collect()
            } else {
                Vec::new()
            },
        };
        let declared = vec![Named { ods_code: site.ods_code.clone(), name: site.name.clone() }];
        let sent = Sent { waves: Vec::new(), declared };
        self.as_role(Role::OnboardingLead, Command::RecordSite { task: task(id)?, site, sent }).await
    }

    /// Does what comes next on the plan until this task can be begun, or until the whole plan is done when it is empty. What
    /// there is to do is spread over the days from now to `end` days ago.
    pub async fn until(&mut self, wanted: &str, end: i64) -> Result<&mut Self, String> {
        let wanted = if wanted.is_empty() { None } else { Some(task(wanted)?) };
        #[expect(clippy::cast_precision_loss, reason = "days of a demo")]
        let end = end as f64;
        for _ in 0..ENOUGH {
            let standings = self.journey.standings();
            let there = wanted.as_ref().is_some_and(|id| !matches!(standings.get(id), Some(Standing::Locked { .. })));
            let before = self.journey.plan().take_while(|spec| wanted.as_ref() != Some(&spec.id));
            let left: Vec<&'static TaskSpec> = before.filter(|spec| !self.is_over(spec, &standings[&spec.id])).collect();
            if there {
                return Ok(self);
            }
            // What stands behind the wanted task may still hold it up.
            let others: Vec<&'static TaskSpec> = self.journey.plan().filter(|spec| wanted.as_ref() != Some(&spec.id)).collect();
            let next = left.iter().chain(&others).copied().find(|spec| {
                let standing = &standings[&spec.id];
                !matches!(standing, Standing::Locked { .. }) && !self.is_over(spec, standing)
            });
            let Some(spec) = next else { return Ok(self) };
            let steps: f64 = left.iter().map(|spec| self.steps(spec)).sum();
            self.day = (self.day - (self.day - end) / steps.max(1.0)).max(end.min(self.day)).max(1.0);
            self.step(spec).await?;
        }
        Err(format!("{}: no end", self.journey.opening.product))
    }

    /// How many commands a task takes until it is done, roughly.
    fn steps(&self, spec: &TaskSpec) -> f64 {
        let waits = self.journey.task(&spec.id).state.kind() == StateKind::Submitted;
        let sends = if waits || spec.by.is_empty() { 0.0 } else { 1.0 };
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let decides = spec.decide.len() as f64;
        if spec.page == Page::Sites { 3.0 } else { sends + decides }
    }

    /// Done, or not to be waited for: what ends with the journey, and what comes after it.
    fn is_over(&self, spec: &TaskSpec, standing: &Standing) -> bool {
        standing.is_done() || spec.settle == Settle::WithJourney || matches!(spec.id.as_str(), "s-uplift" | "s-first-of-type")
    }

    /// Whatever brings this task forward now.
    pub async fn goes_on(&mut self, id: &str) -> Result<(), String> {
        let spec = self.spec(&task(id)?)?;
        self.step(spec).await
    }

    /// The one thing that brings this task forward now.
    async fn step(&mut self, spec: &'static TaskSpec) -> Result<(), String> {
        let record = self.journey.submitted_in(spec);
        let waits = self.journey.task(&spec.id).state.kind() == StateKind::Submitted;
        let id = spec.id.as_str();
        match spec.settle {
            Settle::ByReview if waits => {
                let record = self.journey.task(&spec.id);
                let role = self.journey.deciders(spec).into_iter().find(|role| !record.has_finished(*role));
                self.approves(id, role.ok_or_else(|| format!("{id} waits for nobody"))?).await?;
            }
            Settle::ByAcknowledgement if waits => {
                let (role, note) = (spec.decide[0], words::answer(spec));
                self.as_role(role, Command::Acknowledge { task: spec.id.clone(), note }).await?;
            }
            Settle::ByIssue => {
                let (role, note) = (spec.decide[0], words::issued(spec));
                self.as_role(role, Command::Issue { task: spec.id.clone(), note }).await?;
            }
            Settle::BySignatures if record.round.0 > 0 => {
                self.signs(id).await?;
            }
            _ if spec.page == Page::Sites && self.journey.sites.len() < 2 => {
                self.site(id).await?;
            }
            _ => {
                self.submits(id).await?;
            }
        }
        Ok(())
    }

    /// Writes what was decided so far, in one piece.
    pub async fn write(&mut self) -> Result<(), String> {
        post::write(&self.stage.services, std::mem::take(&mut self.deeds), Mail::default()).await.map_err(|why| why.to_string())
    }

    /// Writes it and saves a draft of the answers, of which every question after the first `share` of them is left open.
    pub async fn drafts(&mut self, id: &str, share: f64) -> Result<(), String> {
        self.write().await?;
        let spec = self.spec(&task(id)?)?;
        let who = self.sender(spec)?;
        let form = self.form(spec);
        let mut answers = self.answers(spec);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share")]
        let keep = (form.fields.len() as f64 * share) as usize;
        let kept: Vec<&str> = form.fields.iter().take(keep).map(|field| field.id.as_str()).collect();
        answers.0.retain(|field, _| kept.contains(&field.as_str()));
        let at = self.tick();
        self.stage.clock.put(at);
        let company = self.cast.companies.iter().find(|company| company.organisation.id == who.actor.organisation);
        let visitor = Visitor {
            name: who.name.clone(),
            email: who.email.clone(),
            organisation: company.ok_or("nobody's organisation")?.organisation.clone(),
            memberships: Vec::new(),
            actor: who.actor.clone(),
            news: 0,
            second_step: None,
        };
        let reference = self.journey.reference.to_string();
        // A row of the SCAL is a draft of its own.
        let subjects: Vec<String> = if spec.page == Page::Scal {
            let rows = scal::rows(&self.journey.opening).into_iter();
            rows.filter(|row| kept.contains(&row.field.as_str())).map(|row| book::subject_of(&row.field)).collect()
        } else {
            vec!["answers".to_owned()]
        };
        for subject in subjects {
            let saved = drafts::save_for(&self.stage.services, &visitor, &reference, id, &subject, 0, &answers).await;
            if !matches!(saved.map_err(halted)?, drafts::Saving::Saved(_)) {
                return Err(format!("{id}: the draft was not taken"));
            }
        }
        Ok(())
    }

    /// Somebody says something to everybody, or to their own side, on the journey or on a task. Nobody is written to about it.
    pub async fn says(&mut self, role: Role, audience: Audience, on: &str, words: &str, mentions: &[&str]) -> Result<(), String> {
        self.write().await?;
        let who = self.holder(role, None)?;
        let task = if on.is_empty() { None } else { Some(task(on)?) };
        let words = conversation::judge(&self.journey, &who.actor, (task.as_ref(), audience), words, 0)
            .map_err(|refusal| format!("{refusal:?}"))?;
        let message = NewMessage {
            id: self.stage.services.secrets.id().parse().map_err(|_| "no id")?,
            journey: self.journey.reference.clone(),
            task,
            defect: None,
            audience,
            by: By { person: who.actor.person.clone(), organisation: who.actor.organisation.clone() },
            at: self.tick(),
            words,
            mentions: mentions.iter().map(|name| (*name).to_owned()).collect(),
            files: Vec::new(),
            notices: Vec::new(),
        };
        self.stage.services.store.say(message).await.map(drop).map_err(|error| error.to_string())
    }

    /// Somebody of the programme takes the task upon themselves.
    pub async fn claimed(&mut self, id: &str, role: Role) -> Result<(), String> {
        let who = self.holder(role, None)?;
        let at = self.tick();
        let claimed = self.stage.services.store.claim(&self.journey.reference, &task(id)?, role, &who.actor.person, at).await;
        claimed.map_err(|error| error.to_string())
    }
}
