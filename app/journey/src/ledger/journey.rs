//! What is true now of one product of one supplier, as its ledger tells it. `fold` makes it from the events; `standings` and
//! `signing` say what follows from it.
//!
//! Long because everything that the fold knows is a field here, with its question beside it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use jiff::Timestamp;

use crate::{
    base::{
        actor::{Actor, Role, Side},
        edition::Edition,
        identity::Identity,
        ids::{Digest, FieldId, JourneyRef, OrganisationId, PartId, PersonId, Round, Seq, TaskId},
    },
    ledger::{
        defect::{DefectRecord, Pause},
        event::{Along, By},
        group::Group,
        member_check::Checked,
        site::{Site, SiteRecord},
        standing::{Standing, State, TaskRecord, Verdict},
        use_case::ApprovedUse,
    },
    plan::{
        capability::Capability,
        opening::Opening,
        process::{Page, Process, TaskSpec},
    },
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
    /// The last entry that is about the journey as a whole and not about one task.
    pub(super) whole_changed: Seq,
    /// Entries that a later one takes back: what they say is passed over.
    pub(super) passed: BTreeSet<Seq>,
    /// Sites that are live, suspended ones among them, by code.
    pub sites: BTreeMap<String, Site>,
    /// What was recorded of places beside that, by code.
    pub(super) site_records: BTreeMap<String, SiteRecord>,
    pub(super) parties: BTreeMap<OrganisationId, Side>,
    /// Since when each of them has its part.
    pub(super) joined: BTreeMap<OrganisationId, Timestamp>,
    pub(super) asked_parts: BTreeMap<PartId, AskedPart>,
    pub(super) asked_leaves: BTreeMap<OrganisationId, AskedLeave>,
    pub(super) group: Option<Group>,
    /// Organisations that have signed something here, whether or not it counts.
    pub(super) signers: BTreeSet<OrganisationId>,
    /// Organisations that had a part and have none.
    pub(super) left: BTreeSet<OrganisationId>,
    pub(super) identities: BTreeMap<OrganisationId, Identity>,
    /// Every name that the product, the supplier and the organisations with a part have had.
    pub(super) known_as: BTreeSet<String>,
    pub(super) tasks: BTreeMap<TaskId, TaskRecord>,
    /// What every task is that the ledger says nothing of.
    pub(super) untouched: TaskRecord,
    pub(super) asked_again: BTreeMap<FieldId, Again>,
    pub(super) product: Option<(String, Round)>,
    /// Name and version as the journey was opened.
    pub(super) named: String,
    /// How each task stands, once somebody has asked: a journey is another one after each event only.
    pub(super) stands: OnceLock<BTreeMap<&'static TaskId, Standing>>,
    /// The product that is assessed, with its version.
    pub(super) assessed: String,
    /// When capabilities, version or edition became what they are.
    pub(super) facts_since: Timestamp,
    pub(super) resumed: Option<Timestamp>,
    /// Who has recorded something for the supplier or for an organisation with a part.
    pub(super) hands_of_others: BTreeSet<PersonId>,
    /// What was checked of members of the group, by ODS code.
    pub(super) checked: BTreeMap<String, Checked>,
    /// The capabilities that the use case was sent for, or was said to hold for.
    pub(super) use_case_for: Option<BTreeSet<Capability>>,
    /// Every defect that was raised, by its number.
    pub(super) defects: Vec<DefectRecord>,
    /// When the clock of the supplier stood still on each test stage, oldest first.
    pub(super) pauses: BTreeMap<TaskId, Vec<Pause>>,
    /// The use case that was approved last, where the ledger says what it says.
    pub(super) use_case: Option<ApprovedUse>,
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
    /// The group that will use the product asked about it, and the supplier changes the answer.
    Query,
}

impl Journey {
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

    /// A task and everything that stands behind it, however far.
    pub(super) fn behind<'a>(&'a self, task: &'a TaskId) -> BTreeSet<&'a TaskId> {
        let mut behind: BTreeSet<&TaskId> = BTreeSet::from([task]);
        loop {
            let next = |spec: &&TaskSpec| !behind.contains(&spec.id) && spec.needs.iter().any(|need| behind.contains(need));
            let Some(spec) = self.plan().find(next) else { return behind };
            behind.insert(&spec.id);
        }
    }

    /// What was completed on top of a task, however far behind it, in page order: none of it counts while that one is open.
    #[must_use]
    pub fn resting_on(&self, task: &TaskId) -> Vec<&'static TaskSpec> {
        let behind = self.behind(task);
        let done = |spec: &&'static TaskSpec| matches!(self.task(&spec.id).state, State::Settled { .. });
        self.plan().filter(|spec| spec.id != *task && behind.contains(&spec.id)).filter(done).collect()
    }

    /// Whether the use case was sent for other capabilities than those of the journey. Versions of a specification are none
    /// of its business.
    #[must_use]
    pub fn is_for_another_use(&self) -> bool {
        self.use_case_for.as_ref().is_some_and(|sent| *sent != self.chosen())
    }

    /// The use case that was approved last; `None` before one was, and in ledgers that did not say what it says.
    #[must_use]
    pub fn approved_use(&self) -> Option<&ApprovedUse> {
        self.use_case.as_ref()
    }

    /// Every defect of this journey, closed ones among them, in the order of their numbers.
    #[must_use]
    pub fn defects(&self) -> &[DefectRecord] {
        &self.defects
    }

    /// The defect with this number.
    #[must_use]
    pub fn defect(&self, number: u32) -> Option<&DefectRecord> {
        self.defects.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// Defects that were seen on this task.
    pub fn defects_of<'a>(&'a self, task: &'a TaskId) -> impl Iterator<Item = &'a DefectRecord> {
        self.defects.iter().filter(move |defect| defect.task == *task)
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

    /// Whether nothing of this journey is closed to a person: so it is for the supplier and the programme.
    #[must_use]
    pub fn reads_everything(&self, actor: &Actor) -> bool {
        self.process.tasks.iter().all(|spec| self.may_read(actor, spec))
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

    /// What was checked of a member of the group; `None` when nothing was.
    #[must_use]
    pub fn checked(&self, ods_code: &str) -> Option<&Checked> {
        self.checked.get(ods_code)
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

    /// The roles that decide on what was submitted last: those of the definition, those that an exception calls in, and of a
    /// test stage the teams of the rows of the SCAL that went along.
    #[must_use]
    pub fn deciders(&self, spec: &TaskSpec) -> Vec<Role> {
        let mut roles = spec.decide.clone();
        let asks = self.task(&spec.id).sent.last().is_some_and(|sent| !sent.justified.is_empty());
        roles.extend(spec.escalate.iter().filter(|_| asks));
        let agree = self.task(&spec.id).sent.last().map(|sent| sent.agrees.as_slice()).unwrap_or_default();
        roles.extend(agree.iter().filter(|role| self.parties.values().any(|side| *side == role.side())));
        let teams: BTreeSet<Role> = self.went_along(spec).iter().map(|along| along.team).collect();
        roles.extend(teams.into_iter().filter(|team| !spec.decide.contains(team)));
        roles
    }

    /// The roles of other sides that are asked to agree to what this organisation sends now.
    #[must_use]
    pub fn asked_to_agree(&self, spec: &TaskSpec, sender: &OrganisationId) -> Vec<Role> {
        let has_part = |side: Side| self.parties.values().any(|of| *of == side);
        let own = self.parties.get(sender);
        spec.agrees.iter().copied().filter(|role| has_part(role.side()) && own != Some(&role.side())).collect()
    }

    /// What was recorded of a place, beside the day since which it is live.
    #[must_use]
    pub fn site_record(&self, ods_code: &str) -> Option<&SiteRecord> {
        self.site_records.get(ods_code)
    }

    /// Every place of which something was recorded before it was live, while it is, or after.
    pub fn site_records(&self) -> impl Iterator<Item = (&String, &SiteRecord)> {
        self.site_records.iter()
    }

    /// The capabilities that are live at a site and not suspended there; none for a site that is not live.
    #[must_use]
    pub fn live_at(&self, ods_code: &str) -> Vec<Capability> {
        let Some(site) = self.sites.get(ods_code) else { return Vec::new() };
        let suspended = self.site_records.get(ods_code).map(|record| &record.suspended);
        let goes_on = |capability: &Capability| suspended.is_none_or(|suspended| !suspended.contains_key(capability));
        self.recorded_at(site).into_iter().filter(goes_on).collect()
    }

    /// The capabilities that a site was recorded with: all of the product where the record names none.
    #[must_use]
    pub fn recorded_at(&self, site: &Site) -> Vec<Capability> {
        if site.capabilities.is_empty() { self.chosen().into_iter().collect() } else { site.capabilities.clone() }
    }

    /// The sites where at least one capability is live and not suspended.
    pub fn sites_in_use(&self) -> impl Iterator<Item = &Site> {
        self.sites.values().filter(|site| !self.live_at(&site.ods_code).is_empty())
    }

    /// The rows that went with the last round of a test stage; none of other tasks, nor of what was sent before rows were
    /// judged one by one.
    #[must_use]
    pub fn went_along(&self, spec: &TaskSpec) -> &[Along] {
        self.task(&spec.id).sent.last().map(|sent| sent.along.as_slice()).unwrap_or_default()
    }

    /// The verdict that was given with a test stage on a row, and the answer that it is about: accepted by its team, in the
    /// words of the last round of the stage that the row went with.
    #[must_use]
    pub fn verdict_of_stage(&self, row: &FieldId) -> Option<(&TaskId, &Along, &Verdict)> {
        let of_stage = |spec: &'static TaskSpec| Some((spec, self.went_along(spec).iter().find(|along| along.row == *row)?));
        let (stage, along) = self.plan().filter(|spec| spec.page == Page::Testing).find_map(of_stage)?;
        let record = self.task(&stage.id);
        let verdict = record.verdicts.of(row, along.team).filter(|verdict| verdict.finding.is_none())?;
        record.answers_the_same(row, verdict.round).then_some((&stage.id, along, verdict))
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

/// The wish that an organisation leaves, which waits for a programme lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedLeave {
    /// Who asked.
    pub by: PersonId,
    /// For which organisation they acted.
    pub of: OrganisationId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Whether an organisation is the supplier, or an end user or commissioner with a part.
#[must_use]
pub fn has_part(journey: &Journey, organisation: &OrganisationId) -> bool {
    *organisation == journey.organisation || journey.has_joined(organisation)
}

impl Journey {
    /// The other task whose submission this one decides on.
    pub(crate) fn submitter(&self, task: &TaskId) -> Option<TaskId> {
        self.process.task(task).and_then(|spec| spec.reviews.clone())
    }
}
