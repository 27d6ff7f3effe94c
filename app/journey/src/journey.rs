//! What is true now: a journey is the fold of its events.

mod fold;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan as _};

use crate::{
    actor::{Actor, Role, Side},
    agreement,
    basis::{Basis, Change},
    calendar, certificate,
    event::{By, Event, Recorded},
    go_live::Site,
    identity::Identity,
    ids::{Digest, FieldId, JourneyRef, OrganisationId, PartId, PersonId, Round, Seq, TaskId},
    leaving::AskedLeave,
    members::Group,
    names,
    opening::{Capability, Opening},
    process::{Page, Process, Processes, Settle, TaskSpec},
    scal::{Edition, editions},
    standing::{Signature, Standing, State, TaskRecord},
    testing,
};

/// Where a journey is as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// On its way.
    Open,
    /// The last task settled.
    Live {
        /// When.
        since: Timestamp,
    },
    /// Ended by the supplier.
    Withdrawn {
        /// When.
        since: Timestamp,
        /// Why.
        reason: String,
    },
}

/// A ledger that this release cannot have written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Corrupt {
    /// The digest or position does not follow from the event before.
    #[error("event {0} does not follow from the event before it")]
    Broken(Seq),
    /// The first event does not open the journey, or a later one does.
    #[error("event {0} is not in its place")]
    Misplaced(Seq),
    /// The pinned process version is not in this release.
    #[error("the process version “{0}” is not part of this release")]
    UnknownProcess(String),
    /// The journey answers an edition of the catalogue that is not known: neither shipped nor published here. Its rows
    /// cannot be told, and nobody may take them for none.
    #[error("the edition “{0}” of the catalogue is not known here")]
    UnknownEdition(Edition),
    /// An event names a task that the pinned version does not have.
    #[error("event {0} names a task that the process does not have")]
    UnknownTask(Seq),
}

/// One product of one supplier on its way, as its ledger tells it.
#[derive(Clone, Debug)]
pub struct Journey {
    /// Its short code.
    pub reference: JourneyRef,
    /// The pinned version.
    pub process: &'static Process,
    /// The supplier.
    pub organisation: OrganisationId,
    /// The answers that chose the plan.
    pub opening: Opening,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// By whom.
    pub opened_by: Option<By>,
    /// Where it is.
    pub phase: Phase,
    /// Last position of the ledger.
    pub seq: Seq,
    /// Digest there.
    pub head: Digest,
    /// When that was.
    pub changed_at: Timestamp,
    /// Sites that are live, by code.
    pub sites: BTreeMap<String, Site>,
    parties: BTreeMap<OrganisationId, Side>,
    /// Since when each of them has its part.
    joined: BTreeMap<OrganisationId, Timestamp>,
    asked_parts: BTreeMap<PartId, AskedPart>,
    asked_leaves: BTreeMap<OrganisationId, AskedLeave>,
    group: Option<Group>,
    /// Organisations that have signed something here, whether or not it counts.
    signers: BTreeSet<OrganisationId>,
    /// Organisations that had a part and have none.
    left: BTreeSet<OrganisationId>,
    identities: BTreeMap<OrganisationId, Identity>,
    /// Every name that the product, the supplier and the organisations with a part have had.
    known_as: BTreeSet<String>,
    tasks: BTreeMap<TaskId, TaskRecord>,
    /// What every task is that the ledger says nothing of.
    untouched: TaskRecord,
    asked_again: BTreeMap<FieldId, Again>,
    product: Option<(String, Round)>,
    /// Name and version as the journey was opened.
    named: String,
    /// The product that is assessed, with its version.
    assessed: String,
    /// When capabilities, version or edition became what they are.
    facts_since: Timestamp,
    resumed: Option<Timestamp>,
    /// Who has recorded something for the supplier or for an organisation with a part.
    hands_of_others: BTreeSet<PersonId>,
    /// The capabilities that the use case was sent for, or was said to hold for.
    use_case_for: Option<BTreeSet<Capability>>,
}

/// A part that the supplier asked for and that waits for the programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPart {
    /// For which side.
    pub side: Side,
    /// The organisation, as the supplier names it.
    pub identity: Identity,
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A row of the SCAL that is asked again though it has an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// The event that asks it. Whoever confirms the row names it, so that nothing else silences the question.
    pub since: Seq,
    /// Why.
    pub why: Why,
}

/// Why a row is asked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The catalogue asks something else.
    OtherWords,
    /// This version of the product touches it.
    NewVersion(String),
}

impl Journey {
    /// The fold of a whole ledger, each link verified.
    ///
    /// # Errors
    /// [`Corrupt`] at the first event that cannot be.
    pub fn replay(reference: &JourneyRef, history: &[Recorded], processes: &'static Processes) -> Result<Self, Corrupt> {
        let Some((first, rest)) = history.split_first() else { return Err(Corrupt::Misplaced(Seq(0))) };
        let mut journey = Self::open(reference, first, processes)?;
        for recorded in rest {
            journey.evolve(recorded)?;
        }
        Ok(journey)
    }

    /// The journey after its first event.
    ///
    /// # Errors
    /// [`Corrupt`] when that is not a lawful opening.
    pub fn open(reference: &JourneyRef, first: &Recorded, processes: &'static Processes) -> Result<Self, Corrupt> {
        if !first.follows(&reference.to_string(), None) {
            return Err(Corrupt::Broken(first.seq));
        }
        let Event::Opened { process, organisation, opening, identity } = &first.event else {
            return Err(Corrupt::Misplaced(first.seq));
        };
        if !editions::knows(&opening.catalogue) {
            return Err(Corrupt::UnknownEdition(opening.catalogue.clone()));
        }
        let process = processes.get(process).ok_or_else(|| Corrupt::UnknownProcess(process.to_string()))?;
        Ok(Self {
            reference: reference.clone(),
            process,
            organisation: organisation.clone(),
            opening: opening.clone(),
            opened_at: first.at,
            opened_by: first.by.clone(),
            phase: Phase::Open,
            seq: first.seq,
            head: first.digest.clone(),
            changed_at: first.at,
            sites: BTreeMap::new(),
            parties: BTreeMap::new(),
            joined: BTreeMap::new(),
            asked_parts: BTreeMap::new(),
            asked_leaves: BTreeMap::new(),
            group: None,
            signers: BTreeSet::new(),
            left: BTreeSet::new(),
            identities: identity.iter().map(|identity| (organisation.clone(), identity.clone())).collect(),
            known_as: names::told_by(&first.event).into_iter().collect(),
            tasks: BTreeMap::new(),
            untouched: TaskRecord::untouched(first.at),
            asked_again: BTreeMap::new(),
            product: None,
            named: opening.named(),
            assessed: opening.named(),
            facts_since: first.at,
            resumed: None,
            hands_of_others: first.by.iter().map(|by| by.person.clone()).collect(),
            use_case_for: None,
        })
    }

    /// The next events of this journey, chained and with their place, not yet applied.
    #[must_use]
    pub fn record(&self, events: Vec<Event>, by: Option<By>, at: Timestamp) -> Vec<Recorded> {
        let stream = self.reference.to_string();
        let mut last = (self.seq, self.head.clone());
        events
            .into_iter()
            .map(|event| {
                let recorded = Recorded::chain(&stream, Some((last.0, &last.1)), at, by.clone(), event);
                last = (recorded.seq, recorded.digest.clone());
                recorded
            })
            .collect()
    }

    /// Applies one event.
    ///
    /// # Errors
    /// [`Corrupt`] when it does not follow; the journey is then unchanged.
    pub fn evolve(&mut self, recorded: &Recorded) -> Result<(), Corrupt> {
        if !recorded.follows(&self.reference.to_string(), Some((self.seq, &self.head))) {
            return Err(Corrupt::Broken(recorded.seq));
        }
        if recorded.event.task().is_some_and(|task| self.process.task(task).is_none()) {
            return Err(Corrupt::UnknownTask(recorded.seq));
        }
        if let Event::Uplifted { catalogue, .. } = &recorded.event
            && !editions::knows(catalogue)
        {
            return Err(Corrupt::UnknownEdition(catalogue.clone()));
        }
        self.apply(recorded)?;
        self.known_as.extend(names::told_by(&recorded.event));
        self.seq = recorded.seq;
        self.head = recorded.digest.clone();
        self.changed_at = recorded.at;
        Ok(())
    }

    /// What the ledger says of a task; untouched when it says nothing.
    #[must_use]
    pub fn task(&self, task: &TaskId) -> &TaskRecord {
        self.tasks.get(task).unwrap_or(&self.untouched)
    }

    /// The record that holds the submissions a review task decides on: its own, or the other task's.
    #[must_use]
    pub fn submitted_in(&self, task: &TaskSpec) -> &TaskRecord {
        self.task(task.reviews.as_ref().unwrap_or(&task.id))
    }

    /// The last event that touched a task or the one it decides on.
    #[must_use]
    pub fn changed(&self, task: &TaskId) -> Seq {
        let own = self.task(task).changed;
        self.submitter(task).map_or(own, |other| own.max(self.task(&other).changed))
    }

    /// The tasks of this journey's plan, in page order.
    pub fn plan(&self) -> impl Iterator<Item = &'static TaskSpec> + '_ {
        let process: &'static Process = self.process;
        process.tasks.iter().filter(|task| task.applies(&self.opening))
    }

    /// What was completed on top of a task, however far behind it, in page order: none of it counts while that one is open.
    #[must_use]
    pub fn resting_on(&self, task: &TaskId) -> Vec<&'static TaskSpec> {
        let mut behind: BTreeSet<&TaskId> = BTreeSet::from([task]);
        loop {
            let next = |spec: &&TaskSpec| !behind.contains(&spec.id) && spec.needs.iter().any(|need| behind.contains(need));
            let Some(spec) = self.plan().find(next) else { break };
            behind.insert(&spec.id);
        }
        let done = |spec: &&'static TaskSpec| matches!(self.task(&spec.id).state, State::Settled { .. });
        self.plan().filter(|spec| spec.id != *task && behind.contains(&spec.id)).filter(done).collect()
    }

    /// How one task stands. [`Journey::standings`] is cheaper for all of them.
    #[must_use]
    pub fn standing(&self, task: &TaskId) -> Standing {
        let mut known = BTreeMap::new();
        self.process.task(task).map_or(Standing::NotNeeded { because: None }, |spec| self.stand(spec, &mut known))
    }

    /// How every task of the process stands.
    #[must_use]
    pub fn standings(&self) -> BTreeMap<&'static TaskId, Standing> {
        let mut known = BTreeMap::new();
        for spec in &self.process.tasks {
            self.stand(spec, &mut known);
        }
        known
    }

    /// Gates have no circles (`check`), so this ends.
    fn stand(&self, spec: &'static TaskSpec, known: &mut BTreeMap<&'static TaskId, Standing>) -> Standing {
        if let Some(standing) = known.get(&spec.id) {
            return standing.clone();
        }
        let standing = self.stand_now(spec, known);
        known.insert(&spec.id, standing.clone());
        standing
    }

    fn stand_now(&self, spec: &'static TaskSpec, known: &mut BTreeMap<&'static TaskId, Standing>) -> Standing {
        if let Some(because) = spec.when.iter().copied().find(|condition| !condition.holds(&self.opening)) {
            return Standing::NotNeeded { because: Some(because) };
        }
        let record = self.task(&spec.id);
        if matches!(record.state, State::Waived { .. }) {
            return Standing::NotNeeded { because: None };
        }
        let settled = matches!(record.state, State::Settled { .. });
        let process = self.process;
        let mut waiting_on = Vec::new();
        for need in spec.needs.iter().filter_map(|need| process.task(need)) {
            if !self.stand(need, known).is_done() {
                waiting_on.push(need.id.clone());
            }
        }
        let other_use = spec.page == Page::UseCase && self.is_for_another_use();
        if settled && (!waiting_on.is_empty() || other_use || !self.holds(spec, record)) {
            return Standing::CheckAgain { waiting_on };
        }
        if !waiting_on.is_empty() {
            return Standing::Locked { waiting_on };
        }
        if spec.settle == Settle::WithJourney {
            return if matches!(self.phase, Phase::Live { .. }) { Standing::Settled } else { Standing::Ready };
        }
        match &record.state {
            State::Open if record.started.is_some() || !record.signatures.is_empty() => Standing::Draft,
            State::Open if spec.settle == Settle::BySignatures && record.round > Round(0) => Standing::Draft,
            State::Open if spec.page == Page::Sites && !self.sites.is_empty() => Standing::Draft,
            State::Open => Standing::Ready,
            State::Submitted => Standing::Submitted,
            State::Returned { .. } => Standing::Returned,
            State::Settled { .. } => Standing::Settled,
            State::Waived { .. } => Standing::NotNeeded { because: None },
        }
    }

    /// Whether what a settled task rests on is what it was.
    fn holds(&self, spec: &TaskSpec, record: &TaskRecord) -> bool {
        record.basis.as_ref().is_none_or(|basis| basis.holds(self, spec))
    }

    /// What is no longer as it was when a task was settled; empty for one that is not settled.
    #[must_use]
    pub fn changes(&self, spec: &TaskSpec) -> Vec<Change> {
        let record = self.task(&spec.id);
        let basis = record.basis.as_ref().filter(|_| matches!(record.state, State::Settled { .. }));
        basis.map(|basis| basis.changes(self, spec)).unwrap_or_default()
    }

    /// The roles that may say that a settled task still holds: those that settled it. Of a certificate and of signatures
    /// nobody may: the one is issued anew, the others are given for the words as they are now. Nor of a SCAL whose rows or
    /// product are others.
    #[must_use]
    pub fn confirms(&self, spec: &TaskSpec) -> Vec<Role> {
        if certificate::kind(&spec.id).is_some() {
            return Vec::new();
        }
        // What it says of the capabilities is no longer true: it is written anew, and that is decided on.
        let use_case = |spec: &TaskSpec| spec.page == Page::UseCase;
        let reviewed = spec.reviews.as_ref().and_then(|other| self.process.task(other));
        if (use_case(spec) || reviewed.is_some_and(use_case)) && self.is_for_another_use() {
            return Vec::new();
        }
        let other_rows = |change: &Change| !matches!(change, Change::Need { .. });
        match spec.settle {
            Settle::ByReview if spec.page == Page::Scal && self.changes(spec).iter().any(other_rows) => Vec::new(),
            Settle::OnSubmit => spec.by.clone(),
            // Rows of the SCAL that went along are asked again by the SCAL.
            Settle::ByReview if spec.page == Page::Testing => spec.decide.clone(),
            Settle::ByReview => self.deciders(spec),
            Settle::ByAcknowledgement | Settle::ByIssue => spec.decide.clone(),
            Settle::BySignatures | Settle::WithJourney => Vec::new(),
        }
    }

    /// The roles among [`Journey::confirms`] that have said so of what the task rests on now.
    #[must_use]
    pub fn confirmed(&self, spec: &TaskSpec) -> Vec<Role> {
        let record = self.task(&spec.id);
        if record.confirmed.is_empty() {
            return Vec::new();
        }
        let now = Basis::now(self, spec).digest();
        record.confirmed.iter().filter(|said| said.basis == now).map(|said| said.role).collect()
    }

    /// Whether the use case was sent for other capabilities than those of the journey. Versions of a specification are none
    /// of its business.
    #[must_use]
    pub fn is_for_another_use(&self) -> bool {
        self.use_case_for.as_ref().is_some_and(|sent| *sent != self.chosen())
    }

    /// The capabilities of this journey, whatever their versions.
    #[must_use]
    pub fn chosen(&self) -> BTreeSet<Capability> {
        self.opening.capabilities.iter().map(|chosen| chosen.capability).collect()
    }

    /// The product that is assessed: its name and version as the supplier gave them.
    #[must_use]
    pub fn product(&self) -> &str {
        &self.assessed
    }

    /// Since when a task can be worked on as it stands: not before everything in front of it was settled, and not while the
    /// journey was withdrawn. So no clock runs while somebody else holds the work up.
    #[must_use]
    pub fn since(&self, spec: &'static TaskSpec) -> Timestamp {
        self.since_known(spec, &mut BTreeMap::new())
    }

    /// The same for many tasks; `known` keeps since when each was settled with everything before it.
    pub(crate) fn since_known(&self, spec: &'static TaskSpec, known: &mut BTreeMap<&'static TaskId, Timestamp>) -> Timestamp {
        let process = self.process;
        let gates = spec.needs.iter().filter_map(|need| process.task(need));
        let open = gates.map(|need| self.settled_since(need, known)).max().unwrap_or(self.opened_at);
        let going_on = self.resumed.unwrap_or(self.opened_at);
        let record = self.task(&spec.id);
        let settled = matches!(record.state, State::Settled { .. });
        // What is checked again is so since the facts changed; what was said to hold is settled since then.
        let own = if settled && !self.holds(spec, record) { record.since.max(self.facts_since) } else { record.since };
        own.max(record.held.unwrap_or(own)).max(open).max(going_on)
    }

    /// Since when a gate is open. Gates have no circles (`check`), so this ends.
    fn settled_since(&self, spec: &'static TaskSpec, known: &mut BTreeMap<&'static TaskId, Timestamp>) -> Timestamp {
        if let Some(at) = known.get(&spec.id) {
            return *at;
        }
        let record = self.task(&spec.id);
        let at = match record.state {
            _ if !spec.applies(&self.opening) => self.opened_at,
            // What is done without waits for nothing either.
            State::Waived { .. } => record.since,
            _ => self.since_known(spec, known),
        };
        known.insert(&spec.id, at);
        at
    }

    /// Tasks in the plan and how many of them are done, for one stage or for all.
    #[must_use]
    pub fn count(&self, stage: Option<&crate::ids::StageId>) -> (usize, usize) {
        let standings = self.standings();
        let of_plan = self.plan().filter(|task| task.is_work() && stage.is_none_or(|stage| task.stage == *stage));
        of_plan.fold((0, 0), |(done, all), task| (done + usize::from(standings[&task.id].is_done()), all + 1))
    }

    /// Whether a person may know of this journey at all. Everybody else gets "no such page".
    #[must_use]
    pub fn may_see(&self, actor: &Actor) -> bool {
        actor.on(Side::Programme) || (actor.organisation == self.organisation && actor.on(Side::Supplier)) || self.is_party(actor)
    }

    /// Whether a person reads what is in a task: its page, its files, the words of its history and what was said about it.
    /// That the task is there, and how it stands, is in the plan of everybody who may know of the journey.
    #[must_use]
    pub fn may_read(&self, actor: &Actor, spec: &TaskSpec) -> bool {
        let own = actor.organisation == self.organisation && actor.on(Side::Supplier);
        let as_party = |side: Side| self.is_party(actor) && actor.on(side) && spec.is_read_by(side);
        actor.on(Side::Programme) || own || as_party(Side::EndUser) || as_party(Side::Commissioner)
    }

    /// The same by the name of the task. Nobody reads one that the process does not have.
    #[must_use]
    pub fn may_read_task(&self, actor: &Actor, task: &TaskId) -> bool {
        self.process.task(task).is_some_and(|spec| self.may_read(actor, spec))
    }

    /// Whether an organisation was given a part in this journey.
    #[must_use]
    pub fn has_joined(&self, organisation: &OrganisationId) -> bool {
        self.parties.contains_key(organisation)
    }

    /// The organisations that were given a part in this journey, with their side.
    pub fn parties(&self) -> impl Iterator<Item = (&OrganisationId, Side)> {
        self.parties.iter().map(|(organisation, side)| (organisation, *side))
    }

    /// Since when an organisation has its part.
    #[must_use]
    pub fn joined(&self, organisation: &OrganisationId) -> Option<Timestamp> {
        self.joined.get(organisation).copied()
    }

    /// The group as it was sent last; `None` before it was, and in ledgers that did not say so yet.
    #[must_use]
    pub fn group(&self) -> Option<&Group> {
        self.group.as_ref()
    }

    /// The wish that an organisation leaves, which waits for a programme lead.
    #[must_use]
    pub fn asked_leave(&self, organisation: &OrganisationId) -> Option<&AskedLeave> {
        self.asked_leaves.get(organisation)
    }

    /// Whether an organisation has no part any more and has signed something here.
    #[must_use]
    pub fn left_after_signing(&self, organisation: &OrganisationId) -> bool {
        self.left.contains(organisation) && self.signers.contains(organisation)
    }

    /// Parts that the supplier asked for and that wait for the programme.
    pub fn asked_parts(&self) -> impl Iterator<Item = (&PartId, &AskedPart)> {
        self.asked_parts.iter()
    }

    /// Who an organisation of this journey is, as its ledger says; `None` when it does not say.
    #[must_use]
    pub fn identity(&self, organisation: &OrganisationId) -> Option<&Identity> {
        self.identities.get(organisation)
    }

    /// Every name that the product, the supplier and the organisations with a part have had, with codes.
    pub fn known_as(&self) -> impl Iterator<Item = &str> {
        self.known_as.iter().map(String::as_str)
    }

    /// Whether an organisation with this code has a part on this side, or waits for one.
    #[must_use]
    pub fn knows_code(&self, side: Side, ods_code: &str) -> bool {
        let is_it = |identity: &Identity| identity.ods_code == ods_code;
        let joined = self.parties().any(|(id, on)| on == side && self.identity(id).is_some_and(is_it));
        joined || self.asked_parts.values().any(|asked| asked.side == side && is_it(&asked.identity))
    }

    /// Whether a person has recorded something here for the supplier or for an organisation with a part.
    #[must_use]
    pub fn acted_for_others(&self, person: &PersonId) -> bool {
        self.hands_of_others.contains(person)
    }

    /// Everybody of whom that is true.
    pub fn hands_of_others(&self) -> impl Iterator<Item = &PersonId> {
        self.hands_of_others.iter()
    }

    /// End users and commissioners that have a part in this journey. A supplier that builds for itself holds both parts.
    fn is_party(&self, actor: &Actor) -> bool {
        let has_part = actor.organisation == self.organisation || self.parties.contains_key(&actor.organisation);
        has_part && (actor.on(Side::EndUser) || actor.on(Side::Commissioner))
    }

    /// The signatures that count. Of a task that is settled, those that settled it; else those under the words that are to be
    /// signed now, so that everybody signs the same.
    #[must_use]
    pub fn signatures(&self, spec: &TaskSpec) -> Vec<&Signature> {
        let record = self.task(&spec.id);
        let all = record.signatures.iter();
        if record.signatures.is_empty() || (matches!(record.state, State::Settled { .. }) && self.holds(spec, record)) {
            return all.collect();
        }
        let now = Digest::of(agreement::words_to_sign(self, spec).as_bytes());
        all.filter(|signature| signature.words == now).collect()
    }

    /// The signatures that are missing, in their order: one for each role, and for a role of the end users one for each
    /// of their organisations that has a part. `None` stands for whichever organisation holds the role.
    #[must_use]
    pub fn unsigned(&self, spec: &TaskSpec) -> Vec<(Role, Option<OrganisationId>)> {
        self.missing(spec, &self.signatures(spec))
    }

    /// The signatures that are missing beside these.
    fn missing(&self, spec: &TaskSpec, there: &[&Signature]) -> Vec<(Role, Option<OrganisationId>)> {
        let users: Vec<&OrganisationId> =
            self.parties.iter().filter(|(_, side)| **side == Side::EndUser).map(|(organisation, _)| organisation).collect();
        let mut missing = Vec::new();
        for role in spec.decide.iter().copied() {
            let signed =
                |by: Option<&OrganisationId>| there.iter().any(|s| s.role == role && by.is_none_or(|by| s.organisation == *by));
            if role.side() == Side::EndUser && !users.is_empty() {
                missing.extend(users.iter().filter(|o| !signed(Some(o))).map(|o| (role, Some((*o).clone()))));
            } else if !signed(None) {
                missing.push((role, None));
            }
        }
        missing
    }

    /// The role that signs next, once the parts are filled in.
    #[must_use]
    pub fn signs_next(&self, spec: &TaskSpec) -> Option<Role> {
        let record = self.task(&spec.id);
        let ready = record.round > Round(0) && !record.to_fill_in;
        self.unsigned(spec).first().map(|(role, _)| *role).filter(|_| ready)
    }

    /// Whether a person may act for the side of this role on this journey.
    #[must_use]
    pub fn stands_for(&self, actor: &Actor, role: Role) -> bool {
        actor.is(role)
            && match role.side() {
                Side::Programme => true,
                Side::Supplier => actor.organisation == self.organisation,
                Side::EndUser | Side::Commissioner => self.is_party(actor),
                Side::Operator => false,
            }
    }

    /// When an approval of this journey lapses unless the work it permits starts: the first instant after the last day.
    #[must_use]
    pub fn lapses(&self) -> Option<(TaskId, Timestamp)> {
        if self.phase != Phase::Open {
            return None;
        }
        self.plan().find_map(|spec| {
            let lapse = spec.lapse.as_ref()?;
            let record = self.tasks.get(&spec.id)?;
            let approved = matches!(record.state, State::Settled { .. });
            let work = self.task(&lapse.unless_started);
            // Work that was sent once has started, also when it is opened again.
            if !approved || work.started.is_some() || work.round > Round(0) || work.state != State::Open {
                return None;
            }
            let months = i32::try_from(lapse.months).ok()?;
            let last = calendar::date_of(record.since).checked_add(months.months()).ok()?;
            let after = last.tomorrow().ok()?.to_zoned(calendar::uk()).ok()?;
            Some((spec.id.clone(), after.timestamp()))
        })
    }

    /// The roles that decide on what was submitted last: those of the definition, those that an exception calls in, and of a
    /// test stage the teams of the rows of the SCAL that went along.
    #[must_use]
    pub fn deciders(&self, spec: &TaskSpec) -> Vec<Role> {
        let mut roles = spec.decide.clone();
        let asks = self.task(&spec.id).sent.last().is_some_and(|sent| !sent.justified.is_empty());
        roles.extend(spec.escalate.iter().filter(|_| asks));
        roles.extend(testing::teams(self, spec));
        roles
    }

    /// Since when and why a row is asked again that this journey had answered.
    #[must_use]
    pub fn asked_again(&self, row: &FieldId) -> Option<&Again> {
        self.asked_again.get(row)
    }

    /// Name and version of the product as they were when the journey was opened: what is signed says them, and a version
    /// that was assessed later beside it.
    #[must_use]
    pub fn named(&self) -> &str {
        &self.named
    }

    /// The product version whose assessment began after an accepted SCAL, and the round of the SCAL that was sent last then.
    #[must_use]
    pub fn product_version(&self) -> Option<(&str, Round)> {
        self.product.as_ref().map(|(product, round)| (product.as_str(), *round))
    }

    /// Everybody who sent a round of the work that this task decides on.
    #[must_use]
    pub fn hands(&self, spec: &TaskSpec) -> BTreeSet<PersonId> {
        self.submitted_in(spec).sent.iter().map(|sent| sent.by.clone()).collect()
    }
}
