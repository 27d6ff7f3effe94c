//! Random walks on every shipped process: whatever people ask for, in whatever order, the promises hold.
//! `WALKS=10 cargo test -p journey --test walks` walks ten times as many; a failure names its seed, `SEED=n` walks it.
//!
//! Long because the walk, its witness and what is demanded of every step are read together.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Play, Rng, actor, also_of, by, chosen, every_opening, shipped, side_of};
use jiff::{SignedDuration, Timestamp, civil::Date};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        edition::Edition,
        ids::{Digest, FieldId, JourneyRef, OrganisationId, PersonId, Seq, TaskId},
    },
    catalogue::{editions, row, scal},
    form::{Form, Kind},
    ledger::{
        defect::{Assessment, DefectRecord, DefectState, Owner, Severity},
        event::{By, Event, Finding, Recorded},
        journey::{Corrupt, Journey, Phase},
        machine::Verb,
        member_check::{Dspt, MemberCheck},
        refusal::Refusal,
        signing,
        site::Step,
        standing::{Settlement, Standing, State},
        words,
    },
    plan::{
        capability::{Capability, Chosen, PdsRoute},
        certificates::ValidityChange,
        opening::Opening,
        opening_form,
        process::{Page, Process, Settle, Signs, TaskSpec},
    },
    rule::{
        audit::audit, by_link, certificate, command::Command, decide, defects, leaving, member_checks, offers, queries,
        reason::LONGEST_WORDS,
    },
    task::{forms, testing},
    view::{
        overview::{overview, project},
        register::registered,
        turns::{self, Around, Turn, Who},
    },
};

const WALKS: f64 = 200.0;
const STEPS: usize = 100;

/// Everybody who could meet on a journey of `acme`. Each role is held twice, so that four eyes can always be found.
fn cast() -> Vec<Actor> {
    let of = |side: Side| Role::ALL.iter().copied().filter(|role| role.side() == side).collect::<Vec<Role>>();
    let mut cast = vec![
        actor("ada", "acme", &[Role::OnboardingLead]),
        actor("ben", "acme", &[Role::Developer, Role::OnboardingLead]),
        actor("cas", "acme", &[Role::ClinicalSafetyOfficer]),
        actor("dia", "acme", &[Role::Signatory]),
        // A small supplier: one person is everything.
        actor("eve", "acme", &of(Side::Supplier)),
        actor("pat", "nhs", &[Role::ProgrammeLead]),
        actor("quin", "nhs", &[Role::ProgrammeLead, Role::ServiceManagement]),
        actor("ray", "nhs", &[Role::FunctionalAssurance]),
        actor("sue", "nhs", &[Role::ClinicalSafety]),
        actor("tom", "nhs", &[Role::InformationGovernance, Role::PlatformSupport]),
        actor("una", "nhs", &of(Side::Programme)),
        // Belongs to both sides, and acts now for the one, now for the other.
        also_of(actor("vic", "nhs", &of(Side::Programme)), "acme"),
        also_of(actor("vic", "acme", &of(Side::Supplier)), "nhs"),
        // Left the supplier and works for the programme; what she sent remains hers.
        actor("wyn", "acme", &[Role::OnboardingLead, Role::Developer]),
        actor("wyn", "nhs", &of(Side::Programme)),
        // Work for the programme and belong to an organisation that may get a part.
        also_of(actor("kim", "nhs", &of(Side::Programme)), "trust"),
        also_of(actor("lou", "nhs", &of(Side::Programme)), "icb"),
        // End users: theirs is a part once they have joined.
        actor("gil", "trust", &[Role::GroupLead]),
        actor("hal", "trust", &of(Side::EndUser)),
        actor("ian", "icb", &[Role::Commissioner]),
        actor("jan", "icb", &[Role::Commissioner]),
    ];
    cast.extend(strangers());
    cast
}

/// None of these may learn of the journey.
fn strangers() -> Vec<Actor> {
    let of = |side: Side| Role::ALL.iter().copied().filter(|role| role.side() == side).collect::<Vec<Role>>();
    vec![
        actor("xan", "globex", &of(Side::Supplier)),
        actor("yan", "elsewhere", &of(Side::EndUser)),
        actor("zoe", "elsewhere", &of(Side::Commissioner)),
        actor("opa", "host", &[Role::Operator]),
        actor("nil", "acme", &[]),
        also_of(actor("nat", "globex", &[Role::OnboardingLead]), "acme"),
    ]
}

fn is_stranger(actor: &Actor) -> bool {
    ["globex", "elsewhere", "host"].contains(&actor.organisation.as_str()) || actor.roles.is_empty()
}

/// What the ledger alone says, kept apart from the fold: who sent, approved, signed, proposed what.
#[derive(Default)]
struct Witness {
    sent: BTreeMap<TaskId, Vec<(u32, PersonId)>>,
    /// The number of the last round that was taken back.
    used: BTreeMap<TaskId, u32>,
    waiting: BTreeMap<TaskId, u32>,
    approved: BTreeMap<TaskId, Vec<Role>>,
    asked: BTreeMap<TaskId, BTreeSet<Role>>,
    signed: BTreeMap<TaskId, Vec<(Role, PersonId, OrganisationId, Digest)>>,
    /// Who does not sign the parts that were sent last, because somebody else was named.
    replaced: BTreeMap<TaskId, BTreeSet<PersonId>>,
    /// How often each task was settled, or waived.
    settled: BTreeMap<TaskId, u32>,
    /// For each settled task: how often each task before it had been settled then, or when it was last said to hold.
    rested: BTreeMap<TaskId, BTreeMap<TaskId, u32>>,
    /// The capabilities when each task was settled, or last said to hold.
    chosen: BTreeMap<TaskId, Vec<Chosen>>,
    proposed: BTreeMap<TaskId, PersonId>,
    /// What waits to become of a certificate, and by whom; and those that do not count.
    changes: BTreeMap<TaskId, (PersonId, ValidityChange)>,
    stopped: BTreeMap<TaskId, ValidityChange>,
    /// Whether the programme has answered the group, and who asked which organisation to leave.
    group_known: bool,
    leaves: BTreeMap<OrganisationId, PersonId>,
    /// What is suspended where, and for which side.
    suspended: BTreeMap<(String, Capability), Side>,
    /// Who has acted for which organisations.
    acted: BTreeMap<PersonId, BTreeSet<String>>,
    /// Organisations with a part now, by the ledger.
    with_a_part: BTreeSet<String>,
    /// What went with each test stage last: the rows, with their answers.
    with_stage: BTreeMap<TaskId, BTreeMap<FieldId, Digest>>,
    /// Of each answer to a row that went with a test stage: the teams that accepted exactly that answer there.
    at_stages: BTreeMap<(TaskId, FieldId, Digest), BTreeSet<Role>>,
    /// Signatures that count until a day.
    ending: BTreeMap<(TaskId, OrganisationId), Date>,
    /// Until which day each signature counts, and those that are to be given anew.
    renew_by: BTreeMap<(TaskId, OrganisationId), Date>,
    renewing: BTreeSet<(TaskId, OrganisationId)>,
    /// Members of which it was checked whether their DSPT standards are met.
    met: BTreeMap<String, bool>,
    /// Rows about which the group has an open query, and whether it waits for the supplier.
    queries: BTreeMap<FieldId, bool>,
    /// Defects, with the stage on which each was seen, and where it is.
    defects: BTreeMap<u32, (TaskId, DefectState)>,
    /// The rows of the SCAL on which the last word accepts them.
    accepted_rows: BTreeSet<FieldId>,
}

impl Witness {
    /// Sees a whole ledger again, event by event.
    fn of(play: &Play, cast: &[Actor]) -> Self {
        let mut witness = Self::default();
        let reference = &play.journey.reference;
        let mut journey = Journey::open(reference, &play.history[0], shipped()).expect("an honest ledger");
        let passed: BTreeSet<Seq> = play.history.iter().filter_map(|recorded| recorded.event.takes_back()).collect();
        for (at, recorded) in play.history.iter().enumerate().skip(1) {
            if passed.contains(&recorded.seq) || recorded.event.takes_back().is_some() {
                // What was taken back is as if it had not been said, but for the number of a round.
                if let Event::Submitted { task, round, .. } = &recorded.event {
                    witness.used.insert(task.clone(), round.0);
                }
                journey.step(&play.history, at, shipped()).expect("an honest ledger");
                continue;
            }
            let is_by = |actor: &&Actor| recorded.by.as_ref() == Some(&by(actor));
            let (time, reader) = (actor("time", "time", &[]), common::by_link_for("A21471"));
            let actor = match &recorded.by {
                Some(theirs) if *theirs == by(&reader) => &reader,
                Some(_) => cast.iter().find(is_by).expect("one of the cast"),
                None => &time,
            };
            witness.sees(&journey, actor, &recorded.event);
            journey.step(&play.history, at, shipped()).expect("an honest ledger");
            witness.saw(&journey, &recorded.event);
        }
        witness
    }

    /// Sees one event before it is folded, and objects to what must never be written.
    fn sees(&mut self, before: &Journey, actor: &Actor, event: &Event) {
        let told = || format!("{event:?} by {}", actor.person);
        self.sees_leaving(before, actor, event);
        self.sees_verdicts(before, event);
        self.is_no_ones_own(before, actor, event);
        let Some(task) = event.task() else { return };
        let spec = before.process.task(task).expect("a task of the process");
        assert!(spec.applies(&before.opening), "{}: not in the plan", told());
        let work = spec.reviews.clone().unwrap_or_else(|| task.clone());
        let answers = |witness: &Self, round: u32, role: &Role| {
            assert_eq!(witness.waiting.get(&work), Some(&round), "{}: nothing waits in that round", told());
            assert!(!witness.sent[&work].iter().any(|(_, by)| *by == actor.person), "{}: four eyes", told());
            assert!(!actor.member_of.contains(&before.organisation), "{}: own organisation", told());
            assert!(before.deciders(spec).contains(role) && actor.is(*role), "{}: not their role", told());
        };
        let open_gate = || assert!(!matches!(before.standing(task), Standing::Locked { .. }), "{}: locked", told());
        match event {
            Event::Submitted { round, .. } => {
                open_gate();
                assert!(!is_survey(spec) || self.queries.is_empty(), "{}: a query is open", told());
                if spec.page == Page::Declaration && before.group().is_some() {
                    assert_eq!(self.met.get("A21471"), Some(&true), "{}: its DSPT is not met", told());
                }
                let sent = self.sent.entry(task.clone()).or_default();
                let last = sent.last().map_or(0, |(last, _)| *last).max(self.used.get(task).copied().unwrap_or_default());
                assert_eq!(round.0, last + 1, "{}: rounds count", told());
                assert!(spec.by.iter().any(|role| actor.is(*role)), "{}: not theirs", told());
                sent.push((round.0, actor.person.clone()));
                self.replaced.remove(task);
                if spec.settle != Settle::BySignatures {
                    self.waiting.insert(task.clone(), round.0);
                }
                self.proposed.remove(task);
                self.changes.remove(task);
                self.approved.clear_of(before, task);
                for task in [Some(task), before.process.reviewer_of(task).map(|spec| &spec.id)].into_iter().flatten() {
                    self.asked.remove(task);
                }
            }
            Event::Approved { round, role, .. } => {
                open_gate();
                answers(self, round.0, role);
                let approved = self.approved.entry(task.clone()).or_default();
                assert!(!approved.contains(role), "{}: approved twice", told());
                approved.push(*role);
                self.asked.entry(task.clone()).or_default().remove(role);
                self.finished(before, spec);
            }
            Event::Returned { round, role, findings, .. } => {
                open_gate();
                answers(self, round.0, role);
                assert!(findings.iter().all(|finding| !finding.words.trim().is_empty()) && !findings.is_empty(), "{}", told());
                self.asked.entry(task.clone()).or_default().insert(*role);
                self.approved.entry(task.clone()).or_default().retain(|approved| approved != role);
                self.finished(before, spec);
            }
            Event::SentBack { round, .. } => {
                open_gate();
                assert_eq!(self.waiting.get(&work), Some(&round.0), "{}: nothing waits in that round", told());
                assert!(!self.asked[task].is_empty(), "{}: nobody has asked for anything", told());
                assert!(actor.is(Role::ProgrammeLead) && !actor.member_of.contains(&before.organisation), "{}", told());
                self.waiting.remove(&work);
            }
            Event::Refused { round, role, .. } => {
                open_gate();
                answers(self, round.0, role);
                self.waiting.remove(&work);
            }
            Event::Acknowledged { round, role, .. } => {
                open_gate();
                answers(self, round.0, role);
                self.waiting.remove(task);
            }
            Event::Issued { role, .. } => {
                open_gate();
                assert!(spec.decide.contains(role) && actor.is(*role), "{}: not their role", told());
                assert!(!actor.member_of.contains(&before.organisation), "{}: own organisation", told());
                assert!(!self.changes.contains_key(task), "{}: a change of it waits", told());
                assert_ne!(self.stopped.get(task), Some(&ValidityChange::Suspend), "{}: it is suspended", told());
                let holds_up = |defect: &&DefectRecord| defect.is_blocking() && needs(before, spec, &defect.task);
                let open = before.defects().iter().find(holds_up);
                assert!(open.is_none() || spec.page != Page::Certificate, "{}: {open:?} blocks it", told());
                self.proposed.remove(task);
            }
            Event::Signed { role, words, member: Some(member), renew_by, .. } => {
                open_gate();
                self.gives_anew(task, *role, &actor.organisation, *renew_by);
                let signed = self.signed.entry(task.clone()).or_default();
                let now = Digest::of(words::words_to_sign(before, spec).as_bytes());
                let beside = before.standing(task) == Standing::Settled && signed.iter().any(|(.., under)| under == words);
                assert!(*words == now || beside, "{}: other words", told());
                signed.retain(|(.., under)| under == words);
                let group = before.group().expect("a group");
                assert!(group.has(&member.ods_code) && role.side() == Side::EndUser, "{}: not a member", told());
                assert!(!signed.iter().any(|(_, _, by, _)| *by == actor.organisation), "{}: one for each member", told());
                signed.push((*role, actor.person.clone(), actor.organisation.clone(), words.clone()));
            }
            Event::AskedToSign { asked, .. } => {
                open_gate();
                assert!(actor.is(Role::GroupLead) && !actor.member_of.contains(&before.organisation), "{}", told());
                assert!(!asked.is_empty() && self.sent.contains_key(task), "{}: nothing to sign yet", told());
            }
            Event::Signed { role, words, renew_by, .. } => {
                open_gate();
                self.gives_anew(task, *role, &actor.organisation, *renew_by);
                let signed = self.signed.entry(task.clone()).or_default();
                assert_eq!(before.signs_next(spec), Some(*role), "{}: signed out of order", told());
                let gone = self.replaced.get(task).is_some_and(|gone| gone.contains(&actor.person));
                assert!(!gone || *role != Role::Signatory, "{}: somebody else was named", told());
                assert!(self.sent.contains_key(task), "{}: signed before the parts were filled in", told());
                // What was signed under other words is history. Whoever signs after the others signs theirs.
                signed.retain(|(.., under)| under == words);
                assert!(actor.is(*role) && !signed.iter().any(|(_, by, ..)| *by == actor.person), "{}: same hands", told());
                let now = Digest::of(words::words_to_sign(before, spec).as_bytes());
                let beside = before.standing(task) == Standing::Settled && signed.iter().any(|(.., under)| under == words);
                assert!(*words == now || beside, "{}: other words", told());
                let settled = before.standing(task) == Standing::Settled;
                let others = signed.iter().filter(|(of, _, by, _)| of == role && *by == actor.organisation);
                assert!(!settled || others.count() == 0, "{}: one signature for each organisation", told());
                signed.push((*role, actor.person.clone(), actor.organisation.clone(), words.clone()));
                if before.unsigned(spec).len() == 1 && !settled {
                    self.proposed.remove(task);
                }
            }
            Event::Declined { role, .. } => {
                open_gate();
                assert_eq!(before.signs_next(spec), Some(*role), "{}: not asked", told());
                assert!(actor.is(*role) && self.sent.contains_key(task), "{}", told());
                assert_ne!(before.standing(task), Standing::Settled, "{}: what holds is not declined", told());
                self.signed.remove(task);
            }
            Event::SignatureWithdrawn { role, until: Some(until), .. } => {
                let signed = self.signed.get(task).expect("somebody has signed");
                let own = signed.iter().any(|(of, _, by, _)| of == role && *by == actor.organisation);
                assert!(actor.is(*role) && own, "{}: not theirs", told());
                self.ending.insert((task.clone(), actor.organisation.clone()), *until);
            }
            Event::SignatureEnded { organisation, .. } => {
                let until = self.ending.remove(&(task.clone(), organisation.clone()));
                assert!(until.is_some() && actor.person.as_str() == "time", "{}: nobody said so", told());
                self.ends(task, organisation);
            }
            Event::RenewalDue { organisations, .. } => {
                assert!(actor.person.as_str() == "time" && !organisations.is_empty(), "{}: time asks for it", told());
                for organisation in organisations {
                    let signed = self.signed[task].iter().any(|(of, _, by, _)| of.side() == Side::EndUser && by == organisation);
                    let key = (task.clone(), organisation.clone());
                    assert!(signed && self.renew_by.contains_key(&key), "{}: nothing to renew", told());
                    assert!(self.renewing.insert(key), "{}: asked twice", told());
                }
            }
            Event::SignaturesLapsed { organisations, .. } => {
                for organisation in organisations {
                    let by = self.renew_by.remove(&(task.clone(), organisation.clone()));
                    assert!(by.is_some() && actor.person.as_str() == "time", "{}: it said no day", told());
                    self.renewing.remove(&(task.clone(), organisation.clone()));
                    self.ends(task, organisation);
                }
            }
            Event::SignatureWithdrawn { role, .. } => {
                let signed = self.signed.get_mut(task).expect("somebody has signed");
                let there = signed.len();
                signed.retain(|(of, _, by, _)| !(of == role && *by == actor.organisation));
                assert!(actor.is(*role) && signed.len() < there, "{}: not theirs", told());
                if !signed.iter().any(|(of, ..)| of == role) {
                    signed.clear();
                }
            }
            Event::SignatoryReplaced { role, from, to, .. } => {
                assert!(actor.is(Role::OnboardingLead) && *role == Role::Signatory, "{}: not theirs", told());
                let sent = self.sent.get(task).and_then(|sent| sent.last()).expect("the parts were sent");
                assert!(from.person != to.person && to.person != sent.1, "{}: somebody who cannot sign", told());
                let signed = self.signed.entry(task.clone()).or_default();
                let there = signed.len();
                signed.retain(|(of, by, ..)| !(of == role && *by == from.person));
                let settled = matches!(before.task(task).state, State::Settled { .. });
                assert!(!settled || signed.len() + 1 == there, "{}: nothing was signed", told());
                let replaced = self.replaced.entry(task.clone()).or_default();
                replaced.remove(&to.person);
                assert!(replaced.insert(from.person.clone()), "{}: they do not sign already", told());
            }
            Event::IncidentReported { incident, .. } => {
                assert!(actor.is(Role::OnboardingLead) || actor.is(Role::ClinicalSafetyOfficer), "{}: not theirs", told());
                assert!(self.settled.contains_key(task), "{}: nobody has agreed to it", told());
                assert!(!incident.what.is_empty() && incident.noticed <= incident.reported, "{}", told());
            }
            Event::WaiverProposed { .. } => {
                assert!(spec.waivable, "{}", told());
                self.proposed.insert(task.clone(), actor.person.clone());
            }
            Event::WaiverConfirmed { .. } => {
                let proposed_by = self.proposed.remove(task).unwrap_or_else(|| panic!("{}: nobody proposed", told()));
                assert_ne!(proposed_by, actor.person, "{}: four eyes", told());
                assert!(actor.is(Role::ProgrammeLead) && !actor.member_of.contains(&before.organisation), "{}", told());
            }
            Event::ValidityProposed { change, .. } => {
                let issued = matches!(before.task(task).state, State::Settled { .. });
                assert!(spec.certificate.is_some() && issued, "{}: there is no certificate", told());
                let again = self.changes.insert(task.clone(), (actor.person.clone(), *change));
                assert_eq!(again, None, "{}: one change at a time", told());
            }
            Event::ValidityConfirmed { .. } => {
                let (by, change) = self.changes.remove(task).unwrap_or_else(|| panic!("{}: nobody proposed", told()));
                if change == ValidityChange::Reinstate {
                    assert_eq!(self.stopped.remove(task), Some(ValidityChange::Suspend), "{}: only what is suspended", told());
                } else {
                    self.stopped.insert(task.clone(), change);
                }
                assert_ne!(by, actor.person, "{}: four eyes", told());
                assert!(actor.on(Side::Programme) && !actor.member_of.contains(&before.organisation), "{}", told());
            }
            Event::ValidityDeclined { .. } => drop(self.changes.remove(task).expect("somebody proposed")),
            Event::WaiverDeclined { .. } => drop(self.proposed.remove(task).expect("somebody proposed")),
            Event::Reopened { .. } | Event::Lapsed { .. } => {
                for task in [task, &work] {
                    self.waiting.remove(task);
                    self.approved.remove(task);
                    self.asked.remove(task);
                    self.signed.remove(task);
                    self.changes.remove(task);
                    self.stopped.remove(task);
                }
            }
            Event::Uplifted { catalogue, .. } => {
                assert!(*catalogue > before.opening.catalogue, "{}: not newer", told());
                assert!(spec.by.iter().any(|role| actor.is(*role)), "{}: not theirs", told());
            }
            Event::Reassessed { rows, .. } => {
                let was = before.standing(task);
                assert!(was.is_done() || matches!(was, Standing::Locked { .. } | Standing::CheckAgain { .. }), "{}", told());
                assert!(!rows.is_empty() && spec.by.iter().any(|role| actor.is(*role)), "{}", told());
            }
            Event::SiteStep { step, on, capabilities, sites, .. } => {
                let may = match step {
                    Step::Asid | Step::Sharing => [Role::OnboardingLead, Role::Developer, Role::PlatformSupport],
                    Step::Enabled => [Role::OnboardingLead, Role::Developer, Role::GroupLead],
                };
                assert!(may.iter().any(|role| actor.is(*role)), "{}: not theirs", told());
                assert!(!sites.is_empty() && capabilities.iter().all(|it| before.chosen().contains(it)), "{}", told());
                let planned = before.process.tasks.iter().filter(|spec| spec.plans_sites);
                let first = planned.filter_map(|spec| before.task(&spec.id).first_settled).min();
                let first = first.unwrap_or_else(|| panic!("{}: no plan was accepted", told()));
                assert!(calendar::date_of(first) <= calendar::date_of(before.changed_at) && on.year() > 2000, "{}", told());
            }
            Event::SiteStepTakenBack { sites, .. } => {
                let stood = |code: &String| before.site_record(code).is_some_and(|record| !record.steps.is_empty());
                assert!(sites.iter().all(stood), "{}: it was not done", told());
            }
            Event::SiteSuspended { ods_code, capabilities, side, .. } => {
                assert!(before.sites.contains_key(ods_code) && !capabilities.is_empty(), "{}: not live", told());
                assert!(actor.on(*side) && *side != Side::Commissioner, "{}: for another side", told());
                for capability in capabilities {
                    let again = self.suspended.insert((ods_code.clone(), *capability), *side);
                    assert_eq!(again, None, "{}: it is suspended already", told());
                }
            }
            Event::SiteResumed { ods_code, capabilities, .. } => {
                for capability in capabilities {
                    let side = self.suspended.remove(&(ods_code.clone(), *capability));
                    assert!(side.is_some_and(|side| actor.on(side)), "{}: another side suspended it", told());
                }
            }
            Event::SiteChecked { ods_code, on, .. } => {
                let site = before.sites.get(ods_code).unwrap_or_else(|| panic!("{}: not live", told()));
                assert!(*on >= site.live_on, "{}: before it was live", told());
            }
            Event::ConditionClosed { field, role, note, .. } => {
                let set = before.task(task).verdicts.of(field, *role).and_then(|verdict| verdict.condition.clone());
                assert!(set.is_some() && actor.is(*role) && !note.is_empty(), "{}: no condition of theirs", told());
                assert!(!actor.member_of.contains(&before.organisation), "{}", told());
            }
            Event::SiteLive { site, .. } => {
                open_gate();
                assert_ne!(before.sites.get(&site.ods_code), Some(site), "{}: it is there already", told());
                assert!(self.stopped.is_empty(), "{}: a certificate is stopped", told());
                assert!(spec.by.iter().any(|role| actor.is(*role)), "{}: not theirs", told());
            }
            Event::SiteTakenBack { ods_code, .. } => {
                self.suspended.retain(|(code, _), _| code != ods_code);
                assert!(before.sites.contains_key(ods_code), "{}: nobody recorded it", told());
                assert!(spec.by.iter().any(|role| actor.is(*role)), "{}: not theirs", told());
            }
            Event::StillHolds { role, .. } => {
                open_gate();
                assert!(!is_survey(spec) || self.queries.is_empty(), "{}: a query is open", told());
                assert!(matches!(before.standing(task), Standing::CheckAgain { .. }), "{}: nothing has changed", told());
                assert!(actor.is(*role) && !actor.member_of.is_empty(), "{}: not their role", told());
                if role.side() == Side::Programme {
                    assert!(!actor.member_of.contains(&before.organisation), "{}: own organisation", told());
                }
                assert!(!matches!(spec.page, Page::Certificate), "{}: a certificate is issued anew", told());
            }
            Event::MembersChecked { role, checked, .. } => {
                assert!(*role == Role::GroupLead && actor.is(*role), "{}: not the lead", told());
                let group = before.group().expect("a group");
                assert!(!checked.is_empty() && checked.iter().all(|check| group.has(&check.ods_code)), "{}", told());
                let enough = |check: &MemberCheck| check.dspt.as_ref().is_some_and(|dspt| dspt.status <= Dspt::Met);
                for check in checked.iter().filter(|check| check.dspt.is_some()) {
                    self.met.insert(check.ods_code.clone(), enough(check));
                }
            }
            Event::QueryRaised { row, role, .. } => {
                open_gate();
                assert!(role.side() == Side::EndUser && actor.is(*role), "{}: not the group", told());
                assert_ne!(before.standing(task), Standing::Settled, "{}: it was accepted", told());
                let again = self.queries.insert(row.clone(), true);
                assert_ne!(again, Some(true), "{}: it waits for a reply", told());
            }
            Event::QueryAnswered { row, role, .. } => {
                assert!(role.side() == Side::Supplier && actor.organisation == before.organisation, "{}", told());
                assert_eq!(self.queries.insert(row.clone(), false), Some(true), "{}: nobody asked", told());
            }
            Event::QueryClosed { row, role, .. } => {
                open_gate();
                assert!(role.side() == Side::EndUser && actor.is(*role), "{}: not the group", told());
                assert_eq!(self.queries.remove(row), Some(false), "{}: nobody replied", told());
            }
            Event::DefectRaised { number, role, .. } => {
                open_gate();
                let team = role.side() == Side::Programme && spec.decide.contains(role);
                assert!(actor.is(*role) && (team || spec.by.contains(role)), "{}: not theirs", told());
                assert_eq!(*number as usize, self.defects.len() + 1, "{}: numbers count", told());
                self.defects.insert(*number, (task.clone(), DefectState::Open));
            }
            Event::DefectAssessed { number, role, .. } | Event::DefectReopened { number, role, .. } => {
                let assessed = matches!(event, Event::DefectAssessed { .. });
                let (of, state) = self.defects.get_mut(number).expect("it was raised");
                let closed = matches!(state, DefectState::Closed(_));
                assert!(actor.is(*role) && role.side() == Side::Programme && of == task, "{}", told());
                assert!(if assessed { !closed } else { *state != DefectState::Open }, "{}: it is {state:?}", told());
                if !assessed {
                    *state = DefectState::Open;
                }
            }
            Event::DefectMended { number, role, version, .. } => {
                let (_, state) = self.defects.get_mut(number).expect("it was raised");
                assert!(actor.is(*role) && actor.organisation == before.organisation, "{}", told());
                assert_eq!(*state, DefectState::Open, "{}: nothing to mend", told());
                let others = before.defect(*number).is_some_and(|it| it.is_with_others(before.process.is_provider()));
                assert!(!others, "{}: others mend it", told());
                *state = DefectState::Mended { version: version.clone() };
            }
            Event::DefectClosed { number, role, how, .. } => {
                let (of, state) = self.defects.get_mut(number).expect("it was raised");
                assert!(actor.is(*role) && role.side() == Side::Programme && of == task, "{}", told());
                assert!(!actor.member_of.contains(&before.organisation), "{}: own organisation", told());
                assert!(!matches!(state, DefectState::Closed(_)), "{}: it is closed", told());
                *state = DefectState::Closed(*how);
            }
            Event::Started { .. } => assert!(spec.can_start && spec.by.iter().any(|role| actor.is(*role)), "{}", told()),
            other => panic!("{other:?} is about a task, and this witness does not look at it"),
        }
    }

    /// What is said of rows of the SCAL, with a test stage or with the SCAL itself.
    fn sees_verdicts(&mut self, before: &Journey, event: &Event) {
        let Some(spec) = event.task().and_then(|task| before.process.task(task)) else { return };
        if let Event::QueryAnswered { row, changes: true, .. } = event {
            self.accepted_rows.remove(row);
        }
        let mut said = Vec::new();
        let (mut found, mut role_of) = (Vec::new(), None);
        match event {
            Event::Approved { role, accepted, conditions, .. } => {
                said.extend(accepted.iter().chain(conditions.iter().filter_map(|c| c.field.as_ref())).cloned());
                role_of = Some(*role);
            }
            Event::Returned { role, accepted, conditions, findings, .. } => {
                said.extend(accepted.iter().chain(conditions.iter().filter_map(|c| c.field.as_ref())).cloned());
                found.extend(findings.iter().filter_map(|finding| finding.field.clone()));
                role_of = Some(*role);
            }
            _ => {}
        }
        match (spec.page, event) {
            (Page::Testing, Event::Submitted { along, .. }) => {
                let rows = along.iter().map(|one| (one.row.clone(), one.answer.clone())).collect();
                self.with_stage.insert(spec.id.clone(), rows);
            }
            (Page::Testing, Event::Approved { role, .. } | Event::Returned { role, .. }) => {
                for (row, answer) in self.with_stage.get(&spec.id).into_iter().flatten() {
                    let teams = self.at_stages.entry((spec.id.clone(), row.clone(), answer.clone())).or_default();
                    if said.contains(row) {
                        teams.insert(*role);
                    }
                    if found.contains(row) {
                        teams.remove(role);
                    }
                }
                // Whoever accepts a stage for its team has accepted every row of it that is still asked there.
                let asked = testing::rows(spec, &before.opening);
                let along = before.task(&spec.id).sent.last().expect("a round").along.iter();
                let along = along.filter(|one| one.team == *role && asked.iter().any(|row| row.field == one.row));
                for one in along.filter(|_| matches!(event, Event::Approved { .. })) {
                    let teams = &self.at_stages[&(spec.id.clone(), one.row.clone(), one.answer.clone())];
                    assert!(teams.contains(role), "{}: accepted without a verdict on {}", spec.id, one.row);
                }
            }
            (Page::Testing, Event::Refused { .. }) => self.at_stages.retain(|(stage, ..), _| *stage != spec.id),
            (Page::Scal, Event::Submitted { judged, .. }) => {
                for row in judged {
                    let accepted = |(stage, rows): (&TaskId, &BTreeMap<FieldId, Digest>)| {
                        let answer = rows.get(row)?.clone();
                        self.at_stages.get(&(stage.clone(), row.clone(), answer)).filter(|teams| !teams.is_empty())
                    };
                    assert!(
                        self.with_stage.iter().any(|stage| accepted(stage).is_some()),
                        "{row} counts, and nobody accepted it"
                    );
                    self.accepted_rows.insert(row.clone());
                }
            }
            (Page::Scal, Event::Refused { .. }) => self.accepted_rows.clear(),
            (Page::Scal, Event::Reassessed { rows, .. }) => self.accepted_rows.retain(|row| !rows.contains(row)),
            (Page::Scal, Event::Uplifted { catalogue, .. }) => {
                let asked = |edition: &Edition, id: &FieldId| {
                    let row = editions::rows(edition).iter().find(|row| row.field == *id);
                    row.map(|row| (row.requirement.clone(), row.evidence.clone(), row.owner))
                };
                let old = before.opening.catalogue.clone();
                self.accepted_rows.retain(|row| asked(&old, row) == asked(catalogue, row));
            }
            (Page::Scal, _) if role_of.is_some() => {
                self.accepted_rows.extend(said);
                self.accepted_rows.retain(|row| !found.contains(row));
            }
            _ => {}
        }
    }

    /// Who leaves: with the programme's word once it has answered the group, and never by one person's word alone then.
    fn sees_leaving(&mut self, before: &Journey, actor: &Actor, event: &Event) {
        if let Event::Acknowledged { task, .. } | Event::WaiverConfirmed { task } = event {
            self.group_known |= before.process.task(task).is_some_and(|spec| spec.page == Page::Group);
        }
        let own = |organisation: &OrganisationId| actor.organisation == *organisation;
        let programme = actor.is(Role::ProgrammeLead);
        match event {
            Event::LeaveAsked { organisation, .. } => {
                assert!(self.group_known && (own(organisation) || programme || actor.is(Role::OnboardingLead)), "{event:?}");
                self.leaves.insert(organisation.clone(), actor.person.clone());
            }
            Event::LeaveDeclined { organisation, .. } => {
                let asked = self.leaves.remove(organisation).expect("somebody asked");
                assert!(programme || own(organisation) || actor.is(Role::OnboardingLead), "{event:?} asked by {asked}");
            }
            Event::Left { organisation, .. } => {
                let asked = self.leaves.remove(organisation);
                if self.group_known {
                    assert!(programme && asked.is_some_and(|asked| asked != actor.person), "{event:?}: four eyes");
                } else {
                    assert!(programme || own(organisation) || actor.is(Role::OnboardingLead), "{event:?}");
                }
                for signed in self.signed.values_mut() {
                    let there = signed.len();
                    signed.retain(|(role, _, by, _)| role.side() != Side::EndUser || by != organisation);
                    if signed.len() < there && !signed.iter().any(|(role, ..)| role.side() == Side::EndUser) {
                        signed.clear();
                    }
                }
            }
            _ => {}
        }
    }

    /// Whatever somebody does for the programme is neither for an organisation of theirs nor on work of their own.
    fn is_no_ones_own(&mut self, before: &Journey, actor: &Actor, event: &Event) {
        let told = || format!("{event:?} by {}", actor.person);
        let supplier = before.organisation.as_str();
        if actor.organisation.as_str() == "nhs" {
            let theirs = |id: &str| id == supplier || self.with_a_part.contains(id);
            assert!(!actor.member_of.iter().any(|id| theirs(id.as_str())), "{}: own organisation", told());
            let acted = self.acted.get(&actor.person).into_iter().flatten();
            assert_eq!(acted.filter(|id| *id != "nhs").count(), 0, "{}: own work", told());
        }
        match event {
            Event::Joined { organisation, .. } => {
                assert!(!actor.member_of.contains(organisation), "{}: lets their own organisation in", told());
                self.with_a_part.insert(organisation.to_string());
            }
            Event::Replanned { before: was, .. } => {
                assert!(actor.is(Role::FunctionalAssurance) && actor.organisation.as_str() == "nhs", "{}", told());
                assert_eq!(*was, before.opening.plan(), "{}: what was", told());
            }
            Event::Left { organisation, .. } => drop(self.with_a_part.remove(organisation.as_str())),
            _ => {}
        }
        self.acted.entry(actor.person.clone()).or_default().insert(actor.organisation.to_string());
    }

    /// A signature that says until which day it counts; the one that it renews makes room.
    fn gives_anew(&mut self, task: &TaskId, role: Role, organisation: &OrganisationId, renew_by: Option<Date>) {
        let key = (task.clone(), organisation.clone());
        if self.renewing.remove(&key)
            && let Some(signed) = self.signed.get_mut(task)
        {
            signed.retain(|(of, _, by, _)| !(*of == role && by == organisation));
        }
        if let Some(by) = renew_by {
            self.renew_by.insert(key, by);
        }
    }

    /// What an organisation that uses the product has signed counts no more.
    fn ends(&mut self, task: &TaskId, organisation: &OrganisationId) {
        let signed = self.signed.get_mut(task).expect("somebody has signed");
        signed.retain(|(of, _, by, _)| !(of.side() == Side::EndUser && by == organisation));
        if !signed.iter().any(|(of, ..)| of.side() == Side::EndUser) {
            signed.clear();
        }
    }

    /// A round is over when every team has decided.
    fn finished(&mut self, before: &Journey, spec: &TaskSpec) {
        let approved = self.approved.get(&spec.id).map_or(0, Vec::len);
        let asked = self.asked.get(&spec.id).map_or(0, BTreeSet::len);
        if approved + asked == before.deciders(spec).len() {
            self.waiting.remove(spec.reviews.as_ref().unwrap_or(&spec.id));
        }
    }

    /// Sees what an event has made true: what was settled now, and on what.
    fn saw(&mut self, after: &Journey, event: &Event) {
        let Some(task) = event.task() else { return };
        let state = &after.task(task).state;
        let settles = match event {
            Event::Submitted { .. }
            | Event::Approved { .. }
            | Event::Acknowledged { .. }
            | Event::Issued { .. }
            | Event::WaiverConfirmed { .. } => matches!(state, State::Settled { .. } | State::Waived { .. }),
            // Whoever signs beside what is settled settles nothing anew.
            Event::Signed { .. } => matches!(state, State::Settled { .. }) && after.task(task).settled == Some(after.seq),
            _ => false,
        };
        let holds = matches!(event, Event::StillHolds { .. }) && after.standing(task) == Standing::Settled;
        if settles {
            self.stopped.remove(task);
            *self.settled.entry(task.clone()).or_default() += 1;
        }
        if settles || holds {
            let spec = after.process.task(task).expect("a task of the process");
            let count = |need: &TaskId| (need.clone(), self.settled.get(need).copied().unwrap_or_default());
            self.rested.insert(task.clone(), spec.needs.iter().map(count).collect());
            self.chosen.insert(task.clone(), after.opening.capabilities.clone());
        }
    }

    /// What counts as done rests on what is done, as it was when it was settled or looked at again.
    fn rests(&self, journey: &Journey) {
        for spec in journey.plan() {
            let by_hand = spec.settle != Settle::WithJourney && matches!(journey.task(&spec.id).state, State::Settled { .. });
            if !by_hand || journey.standing(&spec.id) != Standing::Settled {
                continue;
            }
            for need in spec.needs.iter().filter_map(|need| journey.process.task(need)) {
                assert!(journey.standing(&need.id).is_done(), "{} counts as done, {} does not", spec.id, need.id);
                let in_plan = need.applies(&journey.opening);
                if spec.settle != Settle::BySignatures && in_plan {
                    let now = self.settled.get(&need.id).copied().unwrap_or_default();
                    let then = self.rested[&spec.id][&need.id];
                    assert_eq!(now, then, "{} was settled anew after {} rested on it", need.id, spec.id);
                }
            }
            // No certificate stands without a verdict on each row of its SCAL.
            if spec.page == Page::Certificate && journey.process.scal().is_some() {
                for row in scal::rows(&journey.opening) {
                    assert!(self.accepted_rows.contains(&row.field), "{} stands, and nobody accepted {}", spec.id, row.id);
                }
            }
            // Whatever a certificate or a signature is for, it is for the capabilities of the journey.
            if matches!(spec.page, Page::Certificate | Page::Agreement | Page::Declaration | Page::GoLive | Page::Scal) {
                assert_eq!(self.chosen[&spec.id], journey.opening.capabilities, "{} is for other capabilities", spec.id);
            }
        }
    }

    /// What is settled is settled for a reason that the ledger has.
    fn agrees(&self, journey: &Journey) {
        for spec in &journey.process.tasks {
            let record = journey.task(&spec.id);
            let work = spec.reviews.as_ref().unwrap_or(&spec.id);
            match &record.state {
                State::Settled { how: Settlement::Approved, .. } => {
                    // Whoever agrees beside the programme may have come or gone since.
                    let of_programme = |roles: Vec<Role>| -> BTreeSet<Role> {
                        roles.into_iter().filter(|role| !spec.agrees.contains(role)).collect()
                    };
                    let asked = of_programme(journey.deciders(spec));
                    assert_eq!(of_programme(self.approved[&spec.id].clone()), asked, "{}", spec.id);
                    assert_eq!(self.sent[work].last().map(|sent| sent.0), Some(record.round.0), "{}", spec.id);
                }
                State::Settled { how: Settlement::Signed, .. } => {
                    let signed: BTreeSet<Role> = self.signed[&spec.id].iter().map(|signed| signed.0).collect();
                    assert_eq!(signed, spec.decide.iter().copied().collect(), "{}", spec.id);
                    let witnessed: Vec<_> = self.signed[&spec.id].iter().map(|(_, by, of, _)| (by, of)).collect();
                    let counted: Vec<_> = record.signatures.iter().map(|s| (&s.by, &s.organisation)).collect();
                    assert_eq!(counted, witnessed, "{}", spec.id);
                    let words: BTreeSet<&Digest> = record.signatures.iter().map(|signature| &signature.words).collect();
                    assert_eq!(words.len(), 1, "{}: everybody signed the same words", spec.id);
                }
                State::Submitted => {
                    assert_eq!(self.waiting.get(work).copied(), Some(record.round.0), "{}", spec.id);
                }
                _ => {}
            }
            assert_eq!(record.proposal.as_ref().map(|proposal| &proposal.by), self.proposed.get(&spec.id), "{}", spec.id);
            let change = record.validity.as_ref().map(|asked| (asked.proposal.by.clone(), asked.change));
            assert_eq!(change.as_ref(), self.changes.get(&spec.id), "{}", spec.id);
            let stopped = self.stopped.get(&spec.id);
            assert_eq!(
                record.stopped.as_ref().map(|stopped| stopped.withdrawn),
                stopped.map(|s| *s == ValidityChange::Withdraw),
                "{}",
                spec.id
            );
            let counts = journey.standing(&spec.id) == Standing::Settled;
            assert!(!counts || stopped.is_none(), "{} counts, and its certificate was stopped", spec.id);
            let rounds = self.sent.get(&spec.id).map_or(0, Vec::len);
            assert_eq!(record.sent.len(), rounds, "{}", spec.id);
        }
    }
}

/// Whether a task of the plan comes after another one, however far.
fn needs(journey: &Journey, spec: &TaskSpec, other: &TaskId) -> bool {
    let is_planned = |id: &TaskId| journey.plan().find(|spec| spec.id == *id);
    spec.needs.iter().any(|need| is_planned(need).is_some_and(|need| need.id == *other || needs(journey, need, other)))
}

/// Whether the group reviews the SCAL on this task.
fn is_survey(spec: &TaskSpec) -> bool {
    spec.form.as_deref() == Some("end_user_scal_review")
}

trait ClearOf {
    fn clear_of(&mut self, journey: &Journey, task: &TaskId);
}

impl ClearOf for BTreeMap<TaskId, Vec<Role>> {
    /// A new round asks everybody again: on the task itself, or on the one that decides on it.
    fn clear_of(&mut self, journey: &Journey, task: &TaskId) {
        self.remove(task);
        if let Some(decides) = journey.process.reviewer_of(task) {
            self.remove(&decides.id);
        }
    }
}

/// A wish with what must come of it, if it is offered.
struct Wish {
    command: Command,
    /// The words are what the form asks for.
    good: bool,
    /// What the writer saw.
    seen: Option<Seq>,
    stale: bool,
}

/// A random wish of this verb: mostly with good words, now and then with bad ones or on an old page.
fn wish(rng: &mut Rng, play: &Play, verb: Verb, task: &TaskId) -> Wish {
    let journey = &play.journey;
    let changed = match verb {
        Verb::AssessDefect | Verb::MendDefect | Verb::CloseDefect | Verb::ReopenDefect => {
            let number = play.command(verb, task, "words").defect().unwrap_or(0);
            journey.defect(number).map_or(Seq(0), |defect| defect.changed)
        }
        // Nothing that others did keeps anybody from raising one.
        Verb::RaiseDefect => Seq(0),
        _ => journey.changed(task),
    };
    let (seen, stale) = match rng.below(8) {
        0 if changed > Seq(0) && task_verb(verb) => (Some(Seq(changed.0 - 1)), true),
        1..=3 => (Some(changed), false),
        4 => (Some(journey.seq), false),
        _ => (None, false),
    };
    let bad = rng.one_in(6);
    let words = match (bad, rng.below(4)) {
        (true, 0) => String::new(),
        (true, 1) => " \u{202e}\t\n ".to_owned(),
        (true, 2) => "x".repeat(LONGEST_WORDS + 1),
        (true, _) => "\u{0}".to_owned(),
        (false, 0) => "é".repeat(LONGEST_WORDS),
        (false, _) => format!("words {}", rng.below(1000)),
    };
    let optional_ok = words.chars().count() <= LONGEST_WORDS;
    let mut command = play.command(verb, task, &words);
    let good = match &mut command {
        Command::Submit { answers, .. } => {
            let form = forms::form_of(play.spec(task), &journey.opening);
            let words = format!("words {}", rng.below(3));
            *answers = play.answers(play.spec(task), &words);
            // Now and then other capabilities.
            if play.spec(task).page == Page::Capabilities && rng.one_in(3) {
                *answers = opening_form::as_answers(&[chosen(*rng.pick(Capability::ALL))]);
            }
            // Now and then a row is not met, which calls the technical architect in.
            if play.spec(task).page == Page::Scal && rng.one_in(3) {
                let row = &scal::rows(&journey.opening)[0];
                *answers = answers.clone().with(row.field.as_str(), row::NOT_MET).with(row.words(), &words);
            }
            let declares = play.spec(task).page == Page::Declaration && journey.group().is_some();
            let known = !declares || member_checks::is_met(journey.checked("A21471"));
            (!bad || !spoil(rng, &form, answers)) && known
        }
        // Now and then from a later day on, or from one that has passed.
        Command::WithdrawSignature { until, .. } => {
            let days = *rng.pick(&[None, None, Some(0), Some(20), Some(-1)]);
            let day = days.map(|days: i64| play.today().checked_add(jiff::Span::new().days(days)).expect("a day"));
            *until = day.map(|day| day.to_string()).unwrap_or_default();
            !bad && days != Some(-1)
        }
        // Now and then one that is not met, a stranger, or what is known already.
        Command::CheckMembers { checked, .. } => {
            *checked = play.all_met(*rng.pick(Dspt::ALL));
            if rng.one_in(8) && !checked.is_empty() {
                checked.push(MemberCheck { ods_code: "Z99".to_owned(), ..checked[0].clone() });
            }
            let known =
                |check: &MemberCheck| journey.checked(&check.ods_code).and_then(|known| known.dspt.as_ref()).map(|it| &it.0);
            checked.len() == 1 && known(&checked[0]) != checked[0].dspt.as_ref()
        }
        // Mostly about one of a few rows; now and then about none that there is.
        Command::RaiseQuery { row, .. } => {
            let rows = scal::rows(&journey.opening);
            *row = rows[rng.below(3.min(rows.len()))].id.to_lowercase();
            if rng.one_in(8) {
                "GPC-XX".clone_into(row);
            }
            let waits = queries::for_supplier(journey.task(task)).any(|(known, _)| known.as_str() == row.as_str());
            !bad && !waits && row != "GPC-XX"
        }
        Command::AnswerQuery { changes, row, .. } => {
            *changes = rng.one_in(2);
            let asked = scal::rows(&journey.opening).iter().any(|known| known.field.as_str() == row.as_str());
            !bad && (!*changes || (asked && queries::may_change(journey)))
        }
        Command::CloseQuery { .. } => true,
        // Mostly several are open; some block, and some belong to others.
        Command::RaiseDefect { defect, assessment, .. } => {
            defect.title = format!("Seen after {} entries", play.history.len());
            let owner = *rng.pick(Owner::ALL);
            *assessment = Assessment { owner, severity: *rng.pick(Severity::ALL), blocks: rng.one_in(2) };
            !bad
        }
        Command::AssessDefect { number, assessment, .. } => {
            let owner = *rng.pick(Owner::ALL);
            *assessment = Assessment { owner, severity: Severity::Medium, blocks: rng.one_in(3) };
            let known = journey.defect(*number);
            let same = known.is_some_and(|known| known.assessment == *assessment);
            // What is confirmed as it was needs no words; what is said already is not said twice.
            let again = known.is_some_and(|known| known.confirmed && known.assessment == *assessment);
            !again && (!bad || same && optional_ok)
        }
        // A certificate says what it is without a word more.
        Command::Issue { .. } if play.spec(task).certificate.is_some() => optional_ok,
        // Of what is possible either may be wished for; and now and then what is not.
        Command::ProposeValidity { change, .. } => {
            *change = *rng.pick(ValidityChange::ALL);
            !bad && certificate::may_become(journey.task(task)).contains(change)
        }
        // Now and then somebody approves what they have not read.
        Command::Approve { accepted, .. } => {
            let unread = rng.one_in(8) && !accepted.is_empty() && is_fresh(journey, task);
            if unread {
                accepted.clear();
            }
            optional_ok && !unread
        }
        Command::Return { findings, .. } => {
            if bad && rng.one_in(3) {
                findings.clear();
            } else if rng.one_in(2) {
                findings.insert(0, Finding { field: "purpose".parse().ok(), words: "Say more".to_owned() });
            }
            !bad && !findings.is_empty()
        }
        // Now and then the assurance team corrects what was said at the start.
        Command::Acknowledge { note, .. } if play.spec(task).opens_engagement && rng.one_in(2) => {
            let mut plan = journey.opening.plan();
            match rng.below(4) {
                0 => plan.capabilities = vec![chosen(*rng.pick(Capability::ALL))],
                1 => plan.supporting_tasks = !plan.supporting_tasks,
                2 => plan.hscn = !plan.hscn,
                _ => plan.other_organisations = !plan.other_organisations,
            }
            command = Command::OpenEngagement { task: task.clone(), note: note.clone(), plan };
            !bad
        }
        Command::Sign { words, .. } if !bad && rng.one_in(5) => {
            *words = Digest::of(b"other words");
            false
        }
        // Words about who an organisation is are checked where they are read (`end_users::invitation`).
        Command::Join { organisation, side, identity, part } => {
            let name = ["trust", "icb"][rng.below(2)];
            *organisation = name.parse().expect("an organisation id");
            *side = side_of(organisation);
            *identity = common::identity(name);
            let waits = journey.asked_parts().any(|(part, _)| part.as_str() == name);
            *part = waits.then(|| name.parse().expect("a part"));
            !journey.has_joined(organisation)
        }
        Command::AskForPart { part, side, identity } => {
            let name = ["trust", "icb"][rng.below(2)];
            *part = name.parse().expect("a part");
            *side = side_of(&name.parse().expect("an organisation id"));
            *identity = common::identity(name);
            !journey.knows_code(*side, &identity.ods_code)
        }
        Command::DeclinePart { part, .. } => {
            *part = journey.asked_parts().next().map_or_else(|| "none".parse().expect("a part"), |(part, _)| part.clone());
            !bad && part.as_str() != "none"
        }
        Command::Identify { organisation, identity, .. } => {
            let id = journey.organisation.clone();
            *organisation = id;
            *identity = common::identity(["acme", "acmeltd"][rng.below(2)]);
            journey.identity(organisation) != Some(identity)
        }
        Command::AskToLeave { organisation, .. }
        | Command::DeclineLeave { organisation, .. }
        | Command::Leave { organisation, .. } => {
            *organisation = ["trust", "icb"][rng.below(2)].parse().expect("an organisation id");
            // Whose wish it is decides who may; the witness looks at that.
            let joined = journey.has_joined(organisation);
            let asked = journey.asked_leave(organisation).is_some();
            // The reason of a wish is the wish's own.
            (!bad || verb == Verb::Leave && asked) && joined
        }
        Command::RecordSite { site, .. } => {
            // The words about a site are checked where the site is read (`go_live::site`); its day is today.
            journey.sites.get(&site.ods_code) != Some(site)
        }
        Command::TakeBackStep { capabilities, sites, step, .. } => {
            let record = sites.first().and_then(|code| journey.site_record(code));
            let stands = |capability: &Capability| record.is_some_and(|it| it.steps.contains_key(&(*capability, *step)));
            !bad && capabilities.iter().any(stands)
        }
        Command::CheckSite { answers, .. } => {
            *answers = answers.clone().with("looked_at", "Three calls, all of them answered.");
            true
        }
        Command::RecordStep { .. } => true,
        Command::Reassess { product, .. } => {
            if !bad {
                *product = format!("4.{}", rng.below(1000));
            }
            !bad
        }
        Command::Start { .. } | Command::ConfirmWaiver { .. } | Command::ConfirmValidity { .. } | Command::Uplift { .. } => true,
        Command::Undo { .. } | Command::TakeBackRound { .. } => true,
        _ => !bad,
    };
    Wish { command, good, seen, stale }
}

/// Whether nobody has ever said a word about what waits here: then every team has something to read.
fn is_fresh(journey: &Journey, task: &TaskId) -> bool {
    let record = journey.task(task);
    let one_team = journey.process.task(task).is_some_and(|spec| spec.decide.len() == 1);
    one_team && record.verdicts.is_empty()
}

fn may_leave(journey: &Journey, actor: &Actor, command: &Command) -> bool {
    match command {
        Command::AskToLeave { organisation, .. }
        | Command::DeclineLeave { organisation, .. }
        | Command::Leave { organisation, .. } => leaving::may(journey, actor, command.verb(), organisation).is_ok(),
        _ => true,
    }
}

fn task_verb(verb: Verb) -> bool {
    Verb::ON_TASKS.contains(&verb)
}

/// Spoils one answer; says whether that makes the form refuse.
fn spoil(rng: &mut Rng, form: &Form, answers: &mut journey::form::Answers) -> bool {
    // Of some tasks nothing is asked, and nobody may submit them.
    if form.fields.is_empty() {
        return false;
    }
    let field = rng.pick(&form.fields);
    let (value, refused) = match (&field.kind, rng.below(2)) {
        (Kind::Choice(_) | Kind::Pick(_) | Kind::Choices(_), 0) => ("no such choice".to_owned(), true),
        (Kind::Line { max } | Kind::Words { max }, 0) => ("x".repeat(max + 1), true),
        _ => (" \r\n ".to_owned(), field.missing.is_some()),
    };
    *answers = std::mem::take(answers).with(field.id.as_str(), &value).with("not_asked", "dropped");
    refused
}

/// One step: somebody wants something. What was offered is obeyed, everything else is refused with a sentence.
fn step(rng: &mut Rng, play: &mut Play, cast: &[Actor], witness: &mut Witness) {
    pass_time(rng, play, witness);
    if rng.one_in(8) {
        signed_by_link(rng, play, witness);
    }
    let (actor, verb, task) = choose(rng, play, cast);
    let offered = is_offered(rng, &play.journey, actor, verb, &task);
    let mut wish = wish(rng, play, verb, &task);
    // Each team closes its own conditions.
    if let Command::CloseCondition { field, .. } = &mut wish.command {
        let of_theirs = play.journey.task(&task).open_conditions().find(|(_, verdict)| actor.is(verdict.role));
        *field = of_theirs.map_or_else(|| field.clone(), |(open, _)| open.clone());
    }
    let wish = wish;
    // Who may ask or let one organisation leave may not be the one for another.
    let offered = offered && may_leave(&play.journey, actor, &wish.command);
    let told = format!("{verb:?} on {task} by {} for {}", actor.person, actor.organisation);
    if is_stranger(actor) {
        assert_eq!(offers::offers(&play.journey, actor), [], "{} is a stranger", actor.person);
        assert!(!play.journey.may_see(actor) && !offered, "{told}");
    }
    match decide::decide(&play.journey, actor, wish.command.clone(), wish.seen, play.today()) {
        Ok(events) => {
            assert!(offered, "{told}: obeyed but not offered");
            assert!(wish.good, "{told}: bad words were taken");
            assert!(!wish.stale, "{told}: an old page overwrote a newer one");
            // What follows by itself, from choosing other capabilities or from opening the engagement, comes after it.
            // So does a SCAL that is open again for a row that the group asked about.
            let own = events.iter().take_while(|event| !matches!(event, Event::Rescoped { .. } | Event::Replanned { .. }));
            let own = own.filter(|event| verb != Verb::AnswerQuery || !matches!(event, Event::Reopened { .. }));
            assert_eq!(own.filter(|event| **event != Event::WentLive).count(), 1, "{told}: one wish, one deed");
            for event in events {
                if let Some(of) = event.takes_back() {
                    let theirs = play.history.iter().find(|recorded| recorded.seq == of).expect("an entry of this ledger");
                    assert_eq!(theirs.by, Some(by(actor)), "{told}: somebody else's");
                    let minutes = (play.now - theirs.at).total(jiff::Unit::Minute).expect("a span of time");
                    assert!(verb != Verb::Undo || minutes <= 10.0, "{told}: after {minutes} minutes");
                    play.append(vec![event], Some(by(actor)));
                    *witness = Witness::of(play, cast);
                    continue;
                }
                witness.sees(&play.journey, actor, &event);
                play.append(vec![event.clone()], Some(by(actor)));
                witness.saw(&play.journey, &event);
            }
        }
        Err(refusal) => {
            let (heading, detail) = refusal.sentence(play.journey.process);
            assert!(!heading.trim().is_empty() && !detail.trim().is_empty(), "{told}: {refusal:?} has no sentence");
            if offered {
                match &refusal {
                    Refusal::ChangedSince { seen, now, .. } => assert!(wish.stale && seen < now, "{told}: {refusal:?}"),
                    Refusal::Invalid(problems) => assert!(!wish.good && !problems.0.is_empty(), "{told}: {refusal:?}"),
                    // A part is given to one organisation or another, and to their own by others.
                    Refusal::OwnOrganisation => assert!(verb == Verb::Join && actor.member_of.len() > 1, "{told}"),
                    Refusal::WordsChanged => assert!(!wish.good && verb == Verb::Sign, "{told}"),
                    Refusal::TooLateToUndo => assert!(verb == Verb::Undo, "{told}"),
                    Refusal::AlreadyDone => {
                        assert!(
                            !wish.good
                                && matches!(
                                    verb,
                                    Verb::AskForPart
                                        | Verb::DeclinePart
                                        | Verb::Join
                                        | Verb::Identify
                                        | Verb::Leave
                                        | Verb::AskToLeave
                                        | Verb::DeclineLeave
                                        | Verb::RecordSite
                                        | Verb::TakeBackStep
                                        | Verb::CheckMembers
                                        | Verb::AssessDefect
                                ),
                            "{told}"
                        )
                    }
                    other => panic!("{told}: offered, yet {other:?}"),
                }
            }
            if is_stranger(actor) {
                assert_eq!(refusal, Refusal::Unknown, "{told}");
            }
        }
    }
}

/// Somebody opens the link in their letter and signs for a member, or takes that back.
fn signed_by_link(rng: &mut Rng, play: &mut Play, witness: &mut Witness) {
    let signs = |spec: &&TaskSpec| by_link::may_sign(&play.journey, spec, "A21471").is_ok();
    let Some(task) = play.journey.plan().find(signs).or_else(|| play.journey.plan().find(|spec| spec.is_signed_by_users()))
    else {
        return;
    };
    let (task, reader) = (task.id.clone(), common::by_link_for("A21471"));
    let before = play.journey.clone();
    let asked = before.task(&task).asked_to_sign.contains_key("A21471");
    let done = if rng.one_in(3) {
        play.take_back_by_link(&task, "A21471", "We close.")
    } else if asked || rng.one_in(3) {
        play.sign_by_link(&task, "A21471", "Rae Reader")
    } else {
        return;
    };
    match done {
        Ok(event) => {
            witness.sees(&before, &reader, &event);
            witness.saw(&play.journey, &event);
        }
        Err(refusal) => {
            assert!(!matches!(refusal, Refusal::Invalid(_) | Refusal::WordsChanged), "{refusal:?}");
            assert!(!refusal.sentence(play.journey.process).0.is_empty());
        }
    }
}

/// Whether the page of the task offers this verb. The page of the whole journey must say the same; it is asked now and
/// then, because it is long.
fn is_offered(rng: &mut Rng, journey: &Journey, actor: &Actor, verb: Verb, task: &TaskId) -> bool {
    let on_task = Verb::ON_TASKS.contains(&verb);
    let here = on_task && offers::offers_on(journey, actor, task).contains(&verb);
    if on_task && !rng.one_in(8) {
        return here;
    }
    let offers = offers::offers(journey, actor);
    assert!(offers.iter().all(|offer| actor.is(offer.role)), "{} is offered something in a role of others", actor.person);
    let listed = offers.iter().any(|offer| offer.verb == verb && offer.task.as_ref().is_none_or(|t| t == task));
    assert!(!on_task || listed == here, "{verb:?} on {task} by {}: the two pages differ", actor.person);
    listed
}

/// Minutes, mostly; days now and then; months rarely; and sometimes a clock that was put right by a second.
fn pass_time(rng: &mut Rng, play: &mut Play, witness: &mut Witness) {
    let nobody = actor("time", "time", &[]);
    match rng.below(40) {
        0 => play.now -= SignedDuration::from_secs(1),
        1 => play.wait(60 * 24 * 200),
        2..=8 => play.wait(60 * 24),
        // To the day on which somebody is asked to renew a signature, which a walk would hardly ever meet.
        9 => {
            let plan = play.journey.plan().filter(|spec| spec.is_signed_by_users());
            let asked = plan.filter_map(|spec| signing::renewals(&play.journey, spec, play.now).next).min();
            play.now = asked.unwrap_or(play.now).max(play.now);
        }
        _ => play.wait(1 + i64::try_from(rng.below(90)).expect("small")),
    }
    for event in decide::due(&play.journey, play.now) {
        witness.sees(&play.journey, &nobody, &event);
        play.append(vec![event], None);
    }
    assert_eq!(decide::due(&play.journey, play.now), [], "time is passed once");
}

/// Two of three times something that is offered, with more weight on what leads on; else anybody and anything at all.
fn choose<'a>(rng: &mut Rng, play: &Play, cast: &'a [Actor]) -> (&'a Actor, Verb, TaskId) {
    let any = rng.pick(&play.journey.process.tasks).id.clone();
    let verbs = [Verb::ON_TASKS, Verb::ON_JOURNEYS].concat();
    match rng.below(9) {
        0..=2 => (rng.pick(cast), *rng.pick(&verbs), any),
        3..=5 => {
            let deed = (0..12).find_map(|_| next_deed(rng, &play.journey, cast));
            // A lead sends back what one team has asked for, now and then.
            let asked =
                play.journey.plan().find(|spec| !play.journey.task(&spec.id).asked.is_empty()).map(|spec| spec.id.clone());
            if let Some(task) = asked
                && rng.one_in(4)
            {
                return (rng.pick(cast), Verb::SendBack, task);
            }
            match deed.unwrap_or_else(|| (rng.pick(cast), Verb::Resume, any)) {
                (actor, Verb::Approve, task) if rng.one_in(3) => (actor, *rng.pick(&[Verb::Return, Verb::Refuse]), task),
                (actor, Verb::Sign, task) if rng.one_in(4) => (actor, Verb::Decline, task),
                deed => deed,
            }
        }
        6 if let Some(task) = certified(&play.journey).filter(|_| rng.one_in(2)) => {
            let verb = match play.journey.task(&task).validity {
                None => Verb::ProposeValidity,
                Some(_) if rng.one_in(4) => Verb::DeclineValidity,
                Some(_) => Verb::ConfirmValidity,
            };
            let may = |actor: &&Actor| offers::offers_on(&play.journey, actor, &task).contains(&verb);
            (cast.iter().filter(may).nth(rng.below(3)).unwrap_or(&cast[0]), verb, task)
        }
        7 if let Some(deed) = at_sites(rng, &play.journey, cast).filter(|_| rng.one_in(2)) => deed,
        7 if let Some(deed) = closes(&play.journey, cast).filter(|_| rng.one_in(2)) => deed,
        7 if let Some(deed) = asks_about_a_row(&play.journey, cast).filter(|_| rng.one_in(2)) => deed,
        8 if rng.one_in(3)
            && let Some(deed) = about_a_defect(rng, &play.journey, cast) =>
        {
            deed
        }
        7 if !play.journey.sites.is_empty() => {
            let sites =
                play.journey.process.tasks.iter().find(|task| task.page == Page::Sites).expect("where sites are recorded");
            let may = |actor: &&Actor| offers::offers_on(&play.journey, actor, &sites.id).contains(&Verb::TakeBackSite);
            (cast.iter().find(may).unwrap_or(&cast[0]), Verb::TakeBackSite, sites.id.clone())
        }
        8 if let Some((actor, task)) = asks_to_sign(&play.journey, cast).filter(|_| rng.one_in(2)) => {
            (actor, Verb::AskToSign, task)
        }
        7 if let Some((actor, task)) = replaces(&play.journey, cast).filter(|_| rng.one_in(2)) => {
            (actor, Verb::ReplaceSignatory, task)
        }
        8 if let Some(task) = signed_by_users(&play.journey) => {
            let may = |actor: &&Actor| offers::offers_on(&play.journey, actor, &task).contains(&Verb::WithdrawSignature);
            (cast.iter().find(may).unwrap_or(&cast[0]), Verb::WithdrawSignature, task)
        }
        6 if play.journey.parties().any(|(organisation, _)| play.journey.asked_leave(organisation).is_some()) => {
            let verb = *rng.pick(&[Verb::DeclineLeave, Verb::DeclineLeave, Verb::Leave]);
            let may = |actor: &&Actor| offers::offers_on_whole(&play.journey, actor).contains(&verb);
            (cast.iter().find(may).unwrap_or(&cast[0]), verb, any)
        }
        6 if play.journey.asked_parts().next().is_some() && rng.one_in(2) => {
            let may = |actor: &&Actor| offers::offers_on_whole(&play.journey, actor).contains(&Verb::DeclinePart);
            (cast.iter().find(may).unwrap_or(&cast[0]), Verb::DeclinePart, any)
        }
        6 if rng.one_in(3) => (rng.pick(cast), Verb::AskToLeave, any),
        6 if rng.one_in(3) => (rng.pick(cast), *rng.pick(Verb::ON_JOURNEYS), any),
        _ => {
            for _ in 0..20 {
                let (actor, task) = (rng.pick(cast), rng.pick(&play.journey.process.tasks));
                let offers = offers::offers_on(&play.journey, actor, &task.id);
                if !offers.is_empty() {
                    return (actor, *rng.pick(&offers), task.id.clone());
                }
            }
            (rng.pick(cast), Verb::Resume, any)
        }
    }
}

/// Something at a site, by somebody who may.
fn at_sites<'a>(rng: &mut Rng, journey: &Journey, cast: &'a [Actor]) -> Option<(&'a Actor, Verb, TaskId)> {
    const AT_SITES: &[Verb] = &[Verb::RecordStep, Verb::TakeBackStep, Verb::SuspendSite, Verb::ResumeSite, Verb::CheckSite];
    let task = &journey.plan().find(|spec| spec.page == Page::Sites)?.id;
    let (from, of) = (rng.below(AT_SITES.len()), rng.below(3));
    AT_SITES[from..].iter().chain(&AT_SITES[..from]).find_map(|verb| {
        let may = |actor: &&Actor| offers::offers_on(journey, actor, task).contains(verb);
        let who = cast.iter().filter(may).nth(of).or_else(|| cast.iter().find(may))?;
        Some((who, *verb, task.clone()))
    })
}

/// A condition that its team says is met.
fn closes<'a>(journey: &Journey, cast: &'a [Actor]) -> Option<(&'a Actor, Verb, TaskId)> {
    let task = &journey.plan().find(|spec| journey.task(&spec.id).open_conditions().next().is_some())?.id;
    let may = |actor: &&Actor| offers::offers_on(journey, actor, task).contains(&Verb::CloseCondition);
    Some((cast.iter().find(may)?, Verb::CloseCondition, task.clone()))
}

/// Who may ask about a row of the SCAL, reply, or say that it is answered: mostly whoever is waited for.
fn asks_about_a_row<'a>(journey: &Journey, cast: &'a [Actor]) -> Option<(&'a Actor, Verb, TaskId)> {
    let task = &queries::review(journey)?.id;
    [Verb::CloseQuery, Verb::AnswerQuery, Verb::RaiseQuery].into_iter().find_map(|verb| {
        let may = |actor: &&Actor| offers::offers_on(journey, actor, task).contains(&verb);
        Some((cast.iter().find(may)?, verb, task.clone()))
    })
}

/// Who may do something about a defect.
fn about_a_defect<'a>(rng: &mut Rng, journey: &Journey, cast: &'a [Actor]) -> Option<(&'a Actor, Verb, TaskId)> {
    const DEEDS: &[Verb] = &[Verb::AssessDefect, Verb::MendDefect, Verb::CloseDefect, Verb::ReopenDefect, Verb::RaiseDefect];
    let from = rng.below(DEEDS.len());
    let stages: Vec<&TaskSpec> = defects::stages(journey).collect();
    DEEDS[from..].iter().chain(&DEEDS[..from]).find_map(|verb| {
        stages.iter().find_map(|spec| {
            let may = |actor: &&Actor| offers::offers_on(journey, actor, &spec.id).contains(verb);
            Some((cast.iter().find(may)?, *verb, spec.id.clone()))
        })
    })
}

/// Who may ask a member of the group to sign what.
fn asks_to_sign<'a>(journey: &Journey, cast: &'a [Actor]) -> Option<(&'a Actor, TaskId)> {
    let mut signed = journey.plan().filter(|spec| spec.is_signed_by_users());
    signed.find_map(|spec| {
        let may = |actor: &&Actor| offers::offers_on(journey, actor, &spec.id).contains(&Verb::AskToSign);
        Some((cast.iter().find(may)?, spec.id.clone()))
    })
}

/// Who may name somebody else to sign what for the supplier.
fn replaces<'a>(journey: &Journey, cast: &'a [Actor]) -> Option<(&'a Actor, TaskId)> {
    let mut signed = journey.plan().filter(|spec| spec.signs == Some(Signs::Connection));
    signed.find_map(|spec| {
        let may = |actor: &&Actor| offers::offers_on(journey, actor, &spec.id).contains(&Verb::ReplaceSignatory);
        Some((cast.iter().find(may)?, spec.id.clone()))
    })
}

/// A task that an organisation which uses the product has signed.
fn signed_by_users(journey: &Journey) -> Option<TaskId> {
    let is = |spec: &&TaskSpec| journey.task(&spec.id).signatures.iter().any(|s| s.role.side() == Side::EndUser);
    journey.plan().find(is).map(|spec| spec.id.clone())
}

/// Something that brings the journey on, by somebody whose turn it is.
fn next_deed<'a>(rng: &mut Rng, journey: &Journey, cast: &'a [Actor]) -> Option<(&'a Actor, Verb, TaskId)> {
    let turns = overview(journey).turns;
    let from = rng.below(cast.len());
    let turn = (!turns.is_empty()).then(|| rng.pick(&turns))?;
    // Whoever it falls on first, beginning anywhere in the cast.
    let round = cast[from..].iter().chain(&cast[..from]);
    let mut mine = round.filter(|actor| turn.roles.iter().any(|role| actor.is(*role)));
    mine.find_map(|actor| {
        let verb = offers::offers_on(journey, actor, &turn.task).into_iter().find(|verb| diligent(journey, *verb, &turn.task))?;
        Some((actor, verb, turn.task.clone()))
    })
}

/// Those who want to be finished: each does what is offered of these verbs.
fn diligent(journey: &Journey, verb: Verb, task: &TaskId) -> bool {
    let signed = journey.process.task(task).is_some_and(|spec| spec.settle == Settle::BySignatures);
    let again = matches!(journey.standing(task), Standing::CheckAgain { .. });
    let confirms = journey.process.task(task).is_some_and(|spec| !journey.confirms(spec).is_empty());
    match verb {
        // What can be confirmed need not be done again.
        Verb::Submit | Verb::Issue if again && confirms => false,
        Verb::Submit if again && signed => false,
        // Once is enough, though either can be done again.
        Verb::RecordSite => journey.sites.is_empty() && journey.task(task).state == State::Open,
        // A certificate that was stopped counts again, and none is stopped.
        Verb::ProposeValidity => journey.task(task).stopped.is_some(),
        Verb::ConfirmValidity | Verb::DeclineValidity => {
            let asked = journey.task(task).validity.as_ref().map(|asked| asked.change);
            (asked == Some(ValidityChange::Reinstate)) == (verb == Verb::ConfirmValidity)
        }
        Verb::Submit if signed => journey.task(task).round.0 == 0 || journey.task(task).to_fill_in,
        Verb::AnswerQuery | Verb::CloseQuery | Verb::MendDefect => true,
        Verb::CloseDefect => journey.process.task(task).is_some_and(|spec| defects::for_team(journey, spec).next().is_some()),
        _ => matches!(verb, Verb::Submit | Verb::Approve | Verb::Acknowledge | Verb::Issue | Verb::Sign | Verb::StillHolds),
    }
}

/// A task whose certificate was issued and stands.
fn certified(journey: &Journey) -> Option<TaskId> {
    let issued = |spec: &&TaskSpec| spec.certificate.is_some() && matches!(journey.task(&spec.id).state, State::Settled { .. });
    journey.plan().find(issued).map(|spec| spec.id.clone())
}

/// From here to live, by nothing but diligence. Says how many deeds it took.
fn finish(rng: &mut Rng, mut play: Play, cast: &[Actor]) -> usize {
    // A defect takes two deeds at most: it is said to be mended, and closed.
    let bound = 6 * play.journey.plan().count() + 2 + 2 * play.journey.defects().len();
    let mut deeds = let_join(&mut play, cast);
    while !matches!(play.journey.phase, Phase::Live { .. }) {
        assert!(deeds < bound, "not live after {deeds} deeds");
        do_something(rng, &mut play, cast);
        deeds += 1;
    }
    // Whoever is live has a certificate, and all that it rests on.
    let certified = |spec: &TaskSpec| spec.page != Page::Certificate || play.journey.standing(&spec.id).is_done();
    assert!(play.journey.plan().all(certified), "live without a certificate");
    Witness::of(&play, cast).rests(&play.journey);
    deeds
}

/// Where several teams look at one thing, one of them asks for a change, and now and then a lead does not wait for the others.
fn disagree(rng: &mut Rng, play: &mut Play, cast: &[Actor]) {
    let several = |spec: &&TaskSpec| spec.decide.len() > 1 && play.journey.standing(&spec.id) == Standing::Submitted;
    let Some(task) = play.journey.plan().find(several).map(|spec| spec.id.clone()) else { return };
    for verb in [Verb::Return, Verb::SendBack] {
        let who = cast.iter().find(|actor| offers::offers_on(&play.journey, actor, &task).contains(&verb));
        if let Some(who) = who.filter(|_| verb == Verb::Return || rng.one_in(2)) {
            let command = play.command(verb, &task, "Say more.");
            play.obey(who, command).expect("what is offered is obeyed");
        }
    }
}

/// Where the group may ask about a row of the SCAL, or is answered, it goes on a step.
fn ask_about_a_row(rng: &mut Rng, play: &mut Play, cast: &[Actor]) {
    let Some((who, verb, task)) = asks_about_a_row(&play.journey, cast) else { return };
    let mut command = play.command(verb, &task, "How is that done?");
    if let Command::AnswerQuery { changes, .. } = &mut command {
        *changes = rng.one_in(2) && queries::may_change(&play.journey);
    }
    play.obey(who, command).expect("what is offered is obeyed");
}

/// A lead gives those a part who have none yet.
fn let_join(play: &mut Play, cast: &[Actor]) -> usize {
    let lead = cast.iter().find(|a| a.is(Role::ProgrammeLead) && a.member_of.len() == 1).expect("a programme lead");
    let mut deeds = 0;
    for name in ["trust", "icb"] {
        let organisation = name.parse().expect("an organisation id");
        if play.journey.phase == Phase::Open && !play.journey.has_joined(&organisation) {
            let waits = play.journey.asked_parts().any(|(part, _)| part.as_str() == name);
            let command = match common::joins(name) {
                Command::Join { organisation, side, identity, .. } => {
                    let part = waits.then(|| name.parse().expect("a part"));
                    Command::Join { organisation, side, identity, part }
                }
                other => other,
            };
            play.obey(lead, command).expect("a programme lead gives it a part");
            deeds += 1;
        }
    }
    deeds
}

/// One deed that is offered to somebody: mostly to somebody whose turn it is said to be.
fn do_something(rng: &mut Rng, play: &mut Play, cast: &[Actor]) -> Event {
    let journey = &play.journey;
    let by_turn = next_deed(rng, journey, cast);
    let (actor, verb, task) = by_turn.or_else(|| by_offers(journey, cast)).unwrap_or_else(|| {
        panic!("nobody can do anything, and the journey is {:?}: {:?}", journey.phase, overview(journey).turns);
    });
    if verb == Verb::Submit && play.spec(&task).page == Page::Declaration {
        play.check_members();
    }
    let command = play.command(verb, &task, "done with care");
    play.obey(actor, command).expect("what is offered is obeyed").remove(0)
}

fn by_offers<'a>(journey: &Journey, cast: &'a [Actor]) -> Option<(&'a Actor, Verb, TaskId)> {
    cast.iter().find_map(|actor| {
        let offer = offers::offers(journey, actor)
            .into_iter()
            .find(|offer| offer.task.as_ref().is_some_and(|task| diligent(journey, offer.verb, task)))?;
        Some((actor, offer.verb, offer.task.expect("these verbs are about tasks")))
    })
}

/// Whose turn it is says what can be done: no more and no less.
fn turns_equal_offers(play: &Play, cast: &[Actor]) {
    let journey = &play.journey;
    let now = overview(journey);
    // Where somebody asked that an organisation leaves, whoever is offered to let it go has a turn on the task of the group.
    let asked = journey.parties().any(|(organisation, _)| journey.asked_leave(organisation).is_some());
    let group = journey.plan().find(|spec| asked && spec.page == Page::Group).map(|spec| spec.id.clone());
    let confirms = |actor: &Actor| {
        let of_whole = |offer: &offers::Offer| offer.task.is_none() && offer.verb == Verb::Leave;
        let offer = offers::offers(journey, actor).into_iter().find(of_whole);
        group.clone().zip(offer.map(|offer| offer.role))
    };
    let acting = |actor: &Actor| -> BTreeSet<(TaskId, Role)> {
        let offers = offers::offers(journey, actor).into_iter();
        let leads_on = |verb: Verb| {
            use Verb::{
                Acknowledge, Approve, ConfirmValidity, ConfirmWaiver, Issue, ProposeValidity, RecordSite, Refuse, Return, Sign,
                StillHolds, Submit,
            };
            let decides = matches!(verb, Approve | Return | Refuse | Acknowledge | Issue | ConfirmWaiver);
            let decides = decides || matches!(verb, ProposeValidity | ConfirmValidity);
            let of_defects = matches!(verb, Verb::MendDefect | Verb::CloseDefect);
            decides
                || of_defects
                || matches!(verb, Submit | RecordSite | Sign | StillHolds | Verb::AnswerQuery | Verb::CloseQuery)
        };
        let again = |task: &TaskId| matches!(journey.standing(task), Standing::CheckAgain { .. });
        let done = |task: &TaskId| matches!(journey.task(task).state, State::Settled { .. } | State::Waived { .. });
        let open = |task: &TaskId| !done(task) || again(task);
        offers
            .filter(|offer| leads_on(offer.verb))
            // Parts that are filled in may be put right; nobody waits for that.
            .filter(|offer| {
                let filled = |task: &TaskId| {
                    let signed = journey.process.task(task).is_some_and(|spec| spec.settle == Settle::BySignatures);
                    signed && journey.task(task).round.0 > 0 && !journey.task(task).to_fill_in
                };
                offer.verb != Verb::Submit || !offer.task.as_ref().is_some_and(filled)
            })
            // A team that has decided may think again; nobody waits for that either.
            .filter(|offer| {
                let finished = |task: &TaskId| journey.task(task).has_finished(offer.role);
                !matches!(offer.verb, Verb::Approve | Verb::Return | Verb::Refuse) || !offer.task.as_ref().is_some_and(finished)
            })
            // More sites of what is live may always be recorded; nobody waits for that.
            .filter(|offer| offer.verb != Verb::RecordSite || !offer.task.as_ref().is_some_and(done))
            // The team may close any defect; it is waited for where one is new, said to be mended, or with others.
            .filter(|offer| {
                let waits = |task: &TaskId| {
                    let spec = journey.process.task(task).expect("a task");
                    defects::for_team(journey, spec).next().is_some()
                };
                offer.verb != Verb::CloseDefect || offer.task.as_ref().is_some_and(waits)
            })
            // What becomes of a certificate that is suspended waits for somebody. What becomes of one that counts does not.
            .filter(|offer| {
                let waits = |task: &TaskId| {
                    let suspended = journey.task(task).stopped.as_ref().is_some_and(|stopped| !stopped.withdrawn);
                    suspended && matches!(journey.standing(task), Standing::CheckAgain { waiting_on } if waiting_on.is_empty())
                };
                offer.verb != Verb::ProposeValidity || offer.task.as_ref().is_some_and(waits)
            })
            // Whoever signs after the others, beside what is settled, is waited for; and whoever agrees to a change of it.
            .filter_map(|offer| {
                offer
                    .task
                    .filter(|task| {
                        let beside = matches!(offer.verb, Verb::Sign | Verb::ConfirmValidity);
                        // Whoever asked or was asked about a row is waited for, however the review stands.
                        let asks = matches!(offer.verb, Verb::AnswerQuery | Verb::CloseQuery);
                        open(task) || beside || asks || matches!(offer.verb, Verb::MendDefect | Verb::CloseDefect)
                    })
                    .map(|task| (task, offer.role))
            })
            .chain(confirms(actor))
            .collect()
    };
    // Its rows may be answered from the day it is issued; `decide` says who may write.
    let writing = |actor: &Actor, task: &TaskId| {
        journey.process.task(task).is_some_and(|spec| spec.page == Page::Scal)
            && matches!(journey.standing(task), Standing::Locked { .. })
            && offers::may_write(journey, actor, task)
    };
    let mut somebody: BTreeMap<(TaskId, Side), bool> = BTreeMap::new();
    let around = Around::of(journey, &BTreeMap::new());
    for actor in cast {
        let can = acting(actor);
        for (task, role) in &can {
            let of = now.turns.iter().filter(|turn| turn.task == *task && turn.roles.contains(role));
            assert_eq!(of.count(), 1, "{} can act on {task} as {role:?}, and has no turn: {:?}", actor.person, now.turns);
        }
        for turn in &now.turns {
            let theirs = turns::is_theirs(turn, actor, journey);
            let offered = can.iter().any(|(task, role)| *task == turn.task && role.side() == turn.side);
            let told = format!("{} acts for {}: {turn:?}", actor.person, actor.organisation);
            assert_eq!(theirs, offered || writing(actor, &turn.task) && turn.side == Side::Supplier, "{told}");
            if is_stranger(actor) {
                assert!(!theirs, "{told}");
            }
            *somebody.entry((turn.task.clone(), turn.side)).or_default() |= theirs;
        }
        // What a list knows of the journey says the same as the journey.
        for turn in &now.turns {
            let theirs = turns::is_theirs(turn, actor, journey);
            assert_eq!(around.gives(turn, actor), theirs, "{} for {}: {turn:?}", actor.person, actor.organisation);
        }
        let is = |turn: &Turn| turns::is_theirs(turn, actor, journey);
        let held = around.held(&now.turns, actor);
        let told: BTreeSet<&TaskId> = held.iter().flat_map(|held| &held.tasks).collect();
        assert_eq!(told, now.turns.iter().map(|turn| &turn.task).collect::<BTreeSet<_>>(), "every task is told of, and no other");
        let you: Vec<usize> = held.iter().enumerate().filter(|(_, held)| held.who == Who::You).map(|(at, _)| at).collect();
        assert_eq!(you, if now.turns.iter().any(is) { vec![0] } else { Vec::new() }, "the reader's own come first");
        assert_eq!(turns::in_words(&held).contains("You: "), !you.is_empty());
    }
    for turn in &now.turns {
        let Some(spec) = journey.process.task(&turn.task) else { continue };
        if turn.roles.iter().any(|role| turns::beside(spec, *role, turn.round).is_some()) {
            let wish = leaving::waiting(journey, spec).is_empty();
            assert!(journey.task(&spec.id).proposal.is_some() || !wish, "nothing is to be decided beside {}", spec.id);
        }
    }
    for turn in &now.turns {
        let side_is_here = |side: Side| match side {
            Side::EndUser => journey.has_joined(&"trust".parse().expect("an organisation id")),
            Side::Commissioner => journey.has_joined(&"icb".parse().expect("an organisation id")),
            _ => true,
        };
        // Where everybody of a role has had a hand in it, or belongs to a party, a colleague must help: the cast has one.
        let can = somebody[&(turn.task.clone(), turn.side)];
        assert!(can || !side_is_here(turn.side), "it is said to be {:?}'s turn on {}, but nobody can", turn.side, turn.task);
        assert!(turn.roles.iter().all(|role| role.side() == turn.side) && !turn.roles.is_empty());
        assert!(turn.due.is_none() || turn.side == Side::Programme, "only the programme has targets");
    }
    assert_eq!(now.count, journey.count(None));
    assert_eq!(now.count.1, journey.plan().filter(|task| task.is_work()).count());
    assert!(now.stages.iter().all(|stage| stage.all > 0 && stage.done <= stage.all && !stage.title.is_empty()));
    if let Some(stage) = now.stage {
        assert!(now.stages[stage].done < now.stages[stage].all, "the present stage is not done");
    }
    if let Some((task, stops)) = &now.next {
        assert!(matches!(now.standings[task], Standing::Locked { .. }) && !stops.is_empty());
    }
    for (task, standing) in &now.standings {
        assert_eq!(*standing, journey.standing(task), "{task} stands alike alone and among all");
    }
    assert_eq!(project(journey).turns, now.turns);
}

fn same(folded: &Journey, replayed: &Journey) {
    assert_eq!(folded.phase, replayed.phase);
    assert_eq!((folded.seq, &folded.head), (replayed.seq, &replayed.head));
    assert_eq!(folded.changed_at, replayed.changed_at);
    assert_eq!(folded.defects(), replayed.defects());
    assert_eq!(folded.opening, replayed.opening);
    assert_eq!((&folded.organisation, &folded.opened_by), (&replayed.organisation, &replayed.opened_by));
    for spec in &folded.process.tasks {
        assert_eq!(folded.task(&spec.id), replayed.task(&spec.id), "{}", spec.id);
        assert_eq!(folded.paused(&spec.id), replayed.paused(&spec.id), "{}", spec.id);
    }
    for organisation in ["trust", "icb"] {
        let organisation = organisation.parse().expect("an organisation id");
        assert_eq!(folded.has_joined(&organisation), replayed.has_joined(&organisation));
    }
}

fn begin(rng: &mut Rng, cast: &[Actor], openings: &[Opening]) -> Play {
    let processes: Vec<&Process> = shipped().all().collect();
    // As it is read from a supplier's answers, or as journeys were opened before anybody confirmed them.
    let opening = Opening { unconfirmed: rng.one_in(2), ..rng.pick(openings).clone() };
    let process = *rng.pick(&processes);
    Play::open(shipped(), process, &cast[0], opening)
}

#[derive(Default)]
struct Told {
    events: BTreeMap<String, usize>,
    live: usize,
    withdrawn: usize,
    finished: usize,
    longest: usize,
    /// Rows whose verdict of a test stage counted in a SCAL.
    judged_once: usize,
}

fn walk(seed: u64, cast: &[Actor], openings: &[Opening], told: &mut Told) {
    let mut rng = Rng::new(seed);
    let mut play = begin(&mut rng, cast, openings);
    let mut witness = Witness::default();
    // Half of the walks begin somewhere on the way.
    if rng.one_in(2) {
        let_join(&mut play, cast);
        for _ in 0..rng.below(90) {
            if matches!(play.journey.phase, Phase::Live { .. }) {
                break;
            }
            if rng.one_in(5) {
                disagree(&mut rng, &mut play, cast);
            }
            if rng.one_in(4) {
                ask_about_a_row(&mut rng, &mut play, cast);
            }
            do_something(&mut rng, &mut play, cast);
        }
        witness = Witness::of(&play, cast);
    }
    let look = 20 + rng.below(80);
    for at in 0..STEPS {
        step(&mut rng, &mut play, cast, &mut witness);
        if at == look || at + 1 == STEPS {
            witness.agrees(&play.journey);
            witness.rests(&play.journey);
        }
        if at % 10 == look % 10 || at + 1 == STEPS {
            turns_equal_offers(&play, cast);
        }
        if at == look || at + 1 == STEPS {
            the_register_says_what_a_number_tells(&play);
        }
    }
    same(&play.journey, &Journey::replay(&play.journey.reference, &play.history, shipped()).expect("an honest ledger"));
    // `verify` finds nothing wrong with what honest people have done.
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());
    for recorded in &play.history {
        *told.events.entry(tag(&recorded.event)).or_default() += 1;
        if let Event::Submitted { judged, .. } = &recorded.event {
            told.judged_once += judged.len();
        }
    }
    match play.journey.phase {
        Phase::Withdrawn { .. } => told.withdrawn += 1,
        Phase::Live { .. } => told.live += 1,
        Phase::Open => {
            told.longest = told.longest.max(finish(&mut rng, play, cast));
            told.finished += 1;
        }
    }
}

/// Who reads the register and who checks a certificate by its number learn the same of it.
fn the_register_says_what_a_number_tells(play: &Play) {
    for line in registered(&play.journey).lines {
        let found = certificate::find(shipped(), &play.journey, &play.history, &line.number).expect("what is listed was issued");
        assert_eq!((found.state.validity(), found.state.since()), (line.validity, line.since), "{}", line.number);
        assert_eq!((found.issued.at, &found.spec.id), (line.issued_at, &line.task));
    }
}

fn tag(event: &Event) -> String {
    serde_json::to_value(event).expect("an event")["event"].as_str().expect("a tag").to_owned()
}

/// The seeds to walk, shared out so that two threads have half each.
fn seeds(half: u64) -> Vec<u64> {
    if let Some(seed) = std::env::var("SEED").ok().and_then(|text| text.parse().ok()) {
        return vec![seed];
    }
    let times: f64 = std::env::var("WALKS").ok().and_then(|text| text.parse().ok()).unwrap_or(1.0);
    (0..(WALKS * times) as u64).filter(|seed| seed % 2 == half).collect()
}

fn walk_all(half: u64) {
    let (cast, openings) = (cast(), every_opening());
    let mut told = Told::default();
    let seeds = seeds(half);
    for seed in &seeds {
        let walked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| walk(*seed, &cast, &openings, &mut told)));
        assert!(walked.is_ok(), "the walk with SEED={seed} broke a promise (above)");
    }
    println!(
        "{} walks: {} live, {} withdrawn, {} finished by diligence, the longest after {} deeds; {} rows judged once; events {:?}",
        seeds.len(),
        told.live,
        told.withdrawn,
        told.finished,
        told.longest,
        told.judged_once,
        told.events
    );
    // A walk that never meets something proves nothing about it.
    if seeds.len() >= 100 {
        for event in EVERY_EVENT {
            assert!(told.events.contains_key(*event), "no walk ever met {event}");
        }
        assert!(told.judged_once > 0, "no row was ever judged with its test stage");
    }
}

const EVERY_EVENT: &[&str] = &[
    "sent_back",
    "opened",
    "started",
    "submitted",
    "approved",
    "returned",
    "refused",
    "acknowledged",
    "issued",
    "still_holds",
    "replanned",
    "rescoped",
    "reassessed",
    "signed",
    "asked_to_sign",
    "declined",
    "signature_withdrawn",
    "signatory_replaced",
    "incident_reported",
    "signature_ended",
    "renewal_due",
    "signatures_lapsed",
    "site_live",
    "site_taken_back",
    "site_step",
    "site_step_taken_back",
    "site_suspended",
    "site_resumed",
    "site_checked",
    "condition_closed",
    "waiver_proposed",
    "waiver_confirmed",
    "waiver_declined",
    "validity_proposed",
    "validity_confirmed",
    "validity_declined",
    "members_checked",
    "query_raised",
    "query_answered",
    "query_closed",
    "defect_raised",
    "defect_assessed",
    "defect_mended",
    "defect_closed",
    "defect_reopened",
    "reopened",
    "lapsed",
    "uplifted",
    "part_asked",
    "part_declined",
    "joined",
    "identified",
    "left",
    "leave_asked",
    "leave_declined",
    "went_live",
    "withdrawn",
    "resumed",
];

#[test]
fn whatever_people_ask_for_the_promises_hold_even_seeds() {
    walk_all(0);
}

#[test]
fn whatever_people_ask_for_the_promises_hold_odd_seeds() {
    walk_all(1);
}

/// From the very beginning, for every plan there is.
#[test]
fn diligence_alone_brings_every_plan_to_live() {
    let cast = cast();
    let mut plans = BTreeSet::new();
    let openings = every_opening();
    for process in shipped().all() {
        for opening in &openings {
            let plan: Vec<&TaskId> = process.plan(opening).map(|task| &task.id).collect();
            if plans.insert(plan) {
                finish(&mut Rng::new(plans.len() as u64), Play::open(shipped(), process, &cast[0], opening.clone()), &cast);
            }
        }
    }
    assert!(plans.len() >= 20, "{} plans", plans.len());
}

/// A ledger with something of everything, for the proofs that it cannot be changed.
fn ledger() -> Play {
    let cast = cast();
    let opening = Opening {
        product: "Bedside View 4.2".to_owned(),
        capabilities: vec![chosen(Capability::SendDocument)],
        hscn: true,
        pds: PdsRoute::Own,
        already_conformant: false,
        other_organisations: true,
        supporting_tasks: true,
        catalogue: Default::default(),
        unconfirmed: false,
        version: String::new(),
    };
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut play = Play::open(shipped(), process, &cast[0], opening);
    let mut rng = Rng::new(7);
    let mut witness = Witness::default();
    while play.history.len() < 40 {
        step(&mut rng, &mut play, &cast, &mut witness);
    }
    play
}

fn replays(reference: &JourneyRef, history: &[Recorded]) -> Result<Journey, Corrupt> {
    Journey::replay(reference, history, shipped())
}

#[test]
fn no_byte_of_a_ledger_can_be_changed() {
    let Play { journey, history, .. } = ledger();
    let mut tried = 0;
    for place in 0..history.len() {
        let honest = &history[place];
        // The ledger up to here is honest; whether what follows is believed is decided here.
        let before = (place > 0).then(|| replays(&journey.reference, &history[..place]).expect("honest"));
        let believed = |tampered: &Recorded| match &before {
            Some(before) => before.clone().evolve(tampered).is_ok(),
            None => Journey::open(&journey.reference, tampered, shipped()).is_ok(),
        };
        assert!(believed(honest));
        let text = honest.body.clone();
        // Every byte; of the longest notes, every so-manieth.
        for at in (0..text.len()).step_by(text.len() / 400 + 1) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= [1u8, 2, 4, 16][at % 4];
            let Ok(body) = String::from_utf8(bytes) else { continue };
            let Ok(event) = serde_json::from_str::<Event>(&body) else { continue };
            tried += 1;
            assert!(!believed(&Recorded { event, body, ..honest.clone() }), "event {place}, byte {at} of {text}");
        }
        // Changes that are read as the same event: other spelling of a letter, spaces, a field that nobody knows.
        let first = text.chars().find(char::is_ascii_alphabetic).expect("a letter");
        let escaped = text.replacen(first, &format!("\\u{:04x}", u32::from(first)), 1);
        for body in [
            escaped,
            text.replacen(':', ": ", 1),
            format!(" {text}"),
            format!("{text}\n"),
            format!("{},\"x\":1}}", &text[..text.len() - 1]),
        ] {
            let event: Event = serde_json::from_str(&body).expect("the same event");
            assert_eq!(event, honest.event, "{body}");
            tried += 1;
            assert!(!believed(&Recorded { event, body, ..honest.clone() }), "event {place}");
        }
        let someone = |person: &str, organisation: &str| Some(by(&actor(person, organisation, &[])));
        let was = honest.by.clone();
        let mut digest = honest.digest.to_string();
        digest.replace_range(0..1, if digest.starts_with('0') { "1" } else { "0" });
        let tampered: Vec<Recorded> = vec![
            Recorded { at: honest.at + SignedDuration::from_micros(1), ..honest.clone() },
            Recorded { at: Timestamp::UNIX_EPOCH, ..honest.clone() },
            Recorded { seq: honest.seq.next(), ..honest.clone() },
            Recorded { seq: Seq(honest.seq.0 - 1), ..honest.clone() },
            Recorded { by: if was.is_some() { None } else { someone("mallory", "acme") }, ..honest.clone() },
            Recorded { by: someone("mallory", was.as_ref().map_or("acme", |by| by.organisation.as_str())), ..honest.clone() },
            Recorded { by: someone(was.as_ref().map_or("ada", |by| by.person.as_str()), "mallory"), ..honest.clone() },
            Recorded { prev: Digest::of(b"another"), ..honest.clone() },
            Recorded { digest: digest.parse().expect("hexadecimal"), ..honest.clone() },
        ];
        for tampered in tampered {
            tried += 1;
            assert!(!believed(&tampered), "event {place} as {tampered:?}");
        }
    }
    assert!(tried > 1_500, "only {tried} changes could be tried");
}

#[test]
fn events_cannot_be_moved_left_out_repeated_or_taken_to_another_journey() {
    let Play { journey, history, .. } = ledger();
    let reference = &journey.reference;
    for place in 0..history.len() - 1 {
        let mut without = history.clone();
        without.remove(place);
        assert!(replays(reference, &without).is_err(), "without event {place}");
        let mut twice = history.clone();
        twice.insert(place, history[place].clone());
        assert!(replays(reference, &twice).is_err(), "event {place} twice");
        for other in place + 1..history.len() {
            let mut swapped = history.clone();
            swapped.swap(place, other);
            assert!(replays(reference, &swapped).is_err(), "events {place} and {other} swapped");
        }
    }
    assert!(replays(&JourneyRef::from_bits(42), &history).is_err(), "another journey's ledger");
    assert_eq!(replays(reference, &[]).err(), Some(Corrupt::Misplaced(Seq(0))));
    // What was cut off at the end is honest as far as it goes: that more was there is known by whoever keeps the head.
    let shorter = replays(reference, &history[..history.len() - 1]).expect("honest");
    assert_ne!(shorter.head, journey.head);
}

/// A chain that is honest in itself, and yet says what this release cannot have written.
#[test]
fn a_ledger_that_makes_no_sense_is_refused_and_changes_nothing() {
    let Play { journey, history, now, .. } = ledger();
    let person: Option<By> = Some(by(&actor("ada", "acme", &[])));
    let task: TaskId = "s-dspt".parse().expect("a task id");
    let nonsense = [
        (Event::Started { task: "no-such-task".parse().expect("a task id") }, person.clone(), "UnknownTask"),
        (history[0].event.clone(), person.clone(), "Misplaced"),
        (Event::WaiverConfirmed { task: "describe-use-case".parse().expect("a task id") }, person, "Misplaced"),
        (Event::WaiverProposed { task, reason: "nobody did it".to_owned() }, None, "Misplaced"),
    ];
    for (event, by, kind) in nonsense {
        let recorded = journey.record(vec![event], by, now).remove(0);
        let mut after = journey.clone();
        let corrupt = after.evolve(&recorded).expect_err("nonsense");
        assert!(format!("{corrupt:?}").starts_with(kind), "{corrupt:?}");
        assert!(corrupt.to_string().contains(&recorded.seq.to_string()), "{corrupt}");
        same(&journey, &after);
    }
    let mut unknown = history[0].event.clone();
    if let Event::Opened { process, .. } = &mut unknown {
        *process = "consumer-1999-1".parse().expect("a process id");
    }
    let first = Recorded::chain(&journey.reference.to_string(), None, now, None, unknown);
    assert_eq!(replays(&journey.reference, &[first]).err(), Some(Corrupt::UnknownProcess("consumer-1999-1".to_owned())));
    let first = Recorded::chain(&journey.reference.to_string(), None, now, None, Event::WentLive);
    assert_eq!(replays(&journey.reference, &[first]).err(), Some(Corrupt::Misplaced(Seq(1))));
}

/// A page of every settle is met by the cast: otherwise the walks would be about less than they say.
#[test]
fn the_shipped_processes_use_every_way_to_settle() {
    let used: BTreeSet<Settle> = shipped().all().flat_map(|process| &process.tasks).map(|task| task.settle).collect();
    assert_eq!(used.len(), Settle::ALL.len());
}
