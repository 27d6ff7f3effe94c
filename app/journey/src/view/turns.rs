//! Whose turn it is: the one answer that every page, list, banner, letter, picture and export asks for. It follows from
//! the ledger alone, and agrees with `decide`: whoever has the turn can act, and whoever can act where work waits has it.
//!
//! Long because whose turn it is has one answer, and all that goes into it is here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        ids::{OrganisationId, PersonId, Round, TaskId},
        text::{capital, joined},
    },
    ledger::{
        defect::DefectRecord,
        journey::{Journey, Phase},
        machine::Verb,
        signing,
        standing::{Standing, State, TaskRecord},
    },
    plan::process::{Page, Settle, TaskSpec},
    rule::{certificate, defects, leaving, members, offers, queries},
};

/// Who holds a task now, of one side. A task that two sides may do has a turn for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The task.
    pub task: TaskId,
    /// The side.
    pub side: Side,
    /// The roles that may act, on that side.
    pub roles: Vec<Role>,
    /// The organisations that are asked, where not every one of that side is: those whose signature is missing.
    pub organisations: Vec<OrganisationId>,
    /// People of that side who have had a hand in it and so may not: a second pair of eyes is asked.
    pub not_by: Vec<PersonId>,
    /// Since when the work can be done: nothing before it was missing since.
    pub since: Timestamp,
    /// By when an answer is aimed at: only the programme has targets.
    pub due: Option<Date>,
    /// By when an answer may be expected by what is usual, where there is no target. Not recorded: whoever shows it asks
    /// ([`crate::view::waits::Usual`]).
    pub expected: Option<Date>,
    /// The round it is about; 0 when nothing was sent yet.
    pub round: Round,
    /// Each of the roles is asked, and not one of them: those who have still to decide.
    pub each: bool,
    /// It came back or was sent: somebody waits for this. A task that could merely be started is not.
    pub awaited: bool,
}

/// What brings a task on: whoever is offered one of these has the turn.
const ACTS: &[Verb] = &[
    Verb::Submit,
    Verb::RecordSite,
    Verb::Approve,
    Verb::Return,
    Verb::Refuse,
    Verb::Acknowledge,
    Verb::Issue,
    Verb::Sign,
    Verb::StillHolds,
    Verb::ConfirmWaiver,
    Verb::ProposeValidity,
    Verb::ConfirmValidity,
    Verb::AnswerQuery,
    Verb::CloseQuery,
    Verb::MendDefect,
    Verb::CloseDefect,
];

/// Whose turn it is on one task: one turn for each side that may act, and a lead's where a proposal waits to do without it or,
/// on the task that names the group, a wish to leave.
#[must_use]
pub fn turns_on(journey: &Journey, spec: &'static TaskSpec, standing: &Standing) -> Vec<Turn> {
    turns_since(journey, spec, standing, &mut BTreeMap::new())
}

/// The same for many tasks: what is known of when each was settled is kept in `known`.
pub(crate) fn turns_since(
    journey: &Journey,
    spec: &'static TaskSpec,
    standing: &Standing,
    known: &mut BTreeMap<&'static TaskId, Timestamp>,
) -> Vec<Turn> {
    if matches!(journey.phase, Phase::Withdrawn { .. }) || spec.settle == Settle::WithJourney {
        return Vec::new();
    }
    let record = journey.task(&spec.id);
    let roles = asked(journey, spec, standing);
    let awaited = match spec.settle {
        _ if record.validity.is_some() => true,
        Settle::ByIssue | Settle::BySignatures => !roles.is_empty(),
        _ => matches!(standing, Standing::Submitted | Standing::Returned | Standing::CheckAgain { .. }),
    };
    let since = if begins(journey, spec, standing) { issued(journey) } else { journey.since_known(spec, known) };
    let since = signing::late_since(journey, spec).unwrap_or(since);
    let since = record.validity.as_ref().map_or(since, |asked| asked.proposal.at);
    let mut turns: Vec<Turn> = Vec::new();
    for side in sides(journey, &roles) {
        let timed = side == Side::Programme && record.validity.is_none();
        let due = spec.target.filter(|_| timed).and_then(|target| target.due(calendar::date_of(since)));
        turns.push(Turn {
            task: spec.id.clone(),
            side,
            roles: roles.iter().copied().filter(|role| role.side() == side).collect(),
            organisations: unsigned(journey, spec, &roles),
            not_by: not_by(journey, hands(journey, spec, standing, side), side),
            since,
            due,
            expected: None,
            round: record.round,
            each: spec.settle == Settle::ByReview && *standing == Standing::Submitted,
            awaited,
        });
    }
    if let Some(proposal) = &record.proposal {
        waits_for_lead(journey, spec, &mut turns, vec![proposal.by.clone()], proposal.at);
    }
    queries_wait(journey, spec, standing, &mut turns);
    defects_wait(journey, spec, &mut turns);
    let wishes = leaving::waiting(journey, spec);
    if let Some((_, oldest)) = wishes.iter().min_by_key(|(_, asked)| asked.at) {
        // Of several wishes each lead may confirm those of others.
        let one = wishes.iter().all(|(_, asked)| asked.by == oldest.by);
        waits_for_lead(journey, spec, &mut turns, if one { vec![oldest.by.clone()] } else { Vec::new() }, oldest.at);
    }
    turns
}

/// Queries of the group about rows of the SCAL: the supplier replies to them whatever else waits, and the group looks at each
/// reply once the SCAL is accepted as it is then.
fn queries_wait(journey: &Journey, spec: &TaskSpec, standing: &Standing, turns: &mut Vec<Turn>) {
    let record = journey.task(&spec.id);
    if record.queries.is_empty() || !spec.applies(&journey.opening) {
        return;
    }
    let gate_open = standing.waiting_on().is_empty();
    let supplier = queries::for_supplier(record).map(|(_, word)| word.at).min();
    let group = queries::for_group(record).map(|(_, word)| word.at).min().filter(|_| gate_open);
    let waits = [(Side::Supplier, supplier, queries::answered_by(journey)), (Side::EndUser, group, queries::asked_by(spec))];
    for (side, since, roles) in waits {
        let Some(since) = since else { continue };
        match turns.iter_mut().find(|turn| turn.side == side) {
            Some(own) => own.awaited = true,
            None => turns.push(Turn {
                task: spec.id.clone(),
                side,
                organisations: if side == Side::EndUser { unsigned(journey, spec, &roles) } else { Vec::new() },
                roles,
                not_by: Vec::new(),
                since,
                due: None,
                expected: None,
                round: record.round,
                each: false,
                awaited: true,
            }),
        }
    }
}

/// Defects that were seen on a stage: the supplier mends its own, the team that judges the stage looks at new ones, at those that are
/// said to be mended, and at those that others mend. While others mend one, the clock of the supplier stands still and nobody waits
/// for it.
fn defects_wait(journey: &Journey, spec: &'static TaskSpec, turns: &mut Vec<Turn>) {
    if journey.defects_of(&spec.id).next().is_none() {
        return;
    }
    let paused = journey.paused(&spec.id).is_some();
    for turn in turns.iter_mut().filter(|turn| turn.side == Side::Supplier) {
        turn.since = journey.supplier_since(&spec.id, turn.since);
        turn.awaited &= !paused;
    }
    let since = |side: Side| match side {
        Side::Supplier => defects::for_supplier(journey, spec).map(DefectRecord::touched).min(),
        _ => defects::for_team(journey, spec).map(DefectRecord::touched).min(),
    };
    for (side, roles) in [(Side::Supplier, defects::mended_by(spec)), (Side::Programme, defects::judged_by(spec))] {
        let Some(since) = since(side) else { continue };
        match turns.iter_mut().find(|turn| turn.side == side) {
            Some(own) => {
                own.awaited = true;
                let more: Vec<Role> = roles.into_iter().filter(|role| !own.roles.contains(role)).collect();
                own.roles.extend(more);
            }
            None => turns.push(Turn {
                task: spec.id.clone(),
                side,
                roles,
                organisations: Vec::new(),
                not_by: not_by(journey, Vec::new(), side),
                since,
                due: None,
                expected: None,
                round: Round(0),
                each: false,
                awaited: true,
            }),
        }
    }
}

/// Something waits for a programme lead beside what is done on a task: a proposal to do without it, or a wish to leave the
/// group. `by` are those who asked for it and so do not decide.
fn waits_for_lead(journey: &Journey, spec: &TaskSpec, turns: &mut Vec<Turn>, by: Vec<PersonId>, since: Timestamp) {
    let lead = Role::ProgrammeLead;
    match turns.iter_mut().find(|turn| turn.side == Side::Programme) {
        // It waits beside what that side does there anyway.
        Some(own) if own.roles.contains(&lead) => {}
        Some(own) => own.roles.push(lead),
        None => turns.push(Turn {
            task: spec.id.clone(),
            side: Side::Programme,
            roles: vec![lead],
            organisations: Vec::new(),
            not_by: not_by(journey, by, Side::Programme),
            since,
            due: None,
            expected: None,
            round: Round(0),
            each: false,
            awaited: true,
        }),
    }
}

/// What a programme lead decides beside what is done on a task, told from a turn as lists keep it: nothing was sent yet, and a lead
/// has no part in sending it.
#[must_use]
pub fn beside(spec: &TaskSpec, role: Role, round: Round) -> Option<&'static str> {
    let sends = spec.by.contains(&role) || matches!(spec.settle, Settle::ByIssue | Settle::BySignatures);
    if role != Role::ProgrammeLead || round.0 > 0 || sends {
        return None;
    }
    Some(if spec.page == Page::Group { "decide whether an organisation leaves" } else { "decide whether to skip it" })
}

/// The roles that may act on a task as it stands, of whichever side.
fn asked(journey: &Journey, spec: &TaskSpec, standing: &Standing) -> Vec<Role> {
    let record = journey.task(&spec.id);
    match (standing, spec.settle) {
        // Whoever has a query to reply to, or a reply to look at, is told by `queries_wait`.
        _ if !queries::open_rows(record).is_empty() => Vec::new(),
        _ if record.validity.is_some() || stays_stopped(record, standing) => {
            // The supplier may send what a review left anew; nobody else issues another meanwhile.
            let again = matches!(standing, Standing::CheckAgain { waiting_on } if waiting_on.is_empty());
            let anew = spec.by.iter().copied().filter(|_| again && spec.settle == Settle::ByReview);
            certificate::changed_by(spec).into_iter().chain(anew).collect()
        }
        (Standing::Submitted, _) => journey.deciders(spec).into_iter().filter(|role| !record.has_finished(*role)).collect(),
        (Standing::Ready | Standing::Draft, Settle::ByIssue) => spec.decide.clone(),
        (Standing::Ready | Standing::Draft, Settle::BySignatures) => {
            journey.signs_next(spec).map_or_else(|| spec.by.clone(), |role| vec![role])
        }
        (Standing::Ready | Standing::Draft | Standing::Returned, _) => spec.by.clone(),
        (Standing::CheckAgain { waiting_on }, _) if waiting_on.is_empty() => check_again(journey, spec),
        // Whoever joined after the others had signed, or took a signature back.
        (Standing::Settled, Settle::BySignatures) if !signing::late(journey, spec).is_empty() => {
            journey.signs_next(spec).into_iter().collect()
        }
        (Standing::Locked { .. }, _) if begins(journey, spec, standing) => spec.by.clone(),
        _ => Vec::new(),
    }
}

/// Whether a certificate is suspended, and whoever may reinstate or withdraw it is waited for.
fn stays_stopped(record: &TaskRecord, standing: &Standing) -> bool {
    let suspended = record.stopped.as_ref().is_some_and(|stopped| !stopped.withdrawn);
    suspended && matches!(standing, Standing::CheckAgain { waiting_on } if waiting_on.is_empty())
}

/// Who looks again at what was settled: those who may say that it still holds and have not, and those who may do it again.
fn check_again(journey: &Journey, spec: &TaskSpec) -> Vec<Role> {
    let confirmed = journey.confirmed(spec);
    let mut roles: Vec<Role> = journey.confirms(spec).into_iter().filter(|role| !confirmed.contains(role)).collect();
    let anew = match spec.settle {
        // The parts may be put right before; it is the signatures that are awaited.
        Settle::BySignatures => journey.signs_next(spec).into_iter().collect(),
        Settle::ByIssue => spec.decide.clone(),
        _ => spec.by.clone(),
    };
    for role in anew {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

/// The sides of these roles, in their order. One that has no organisation in the journey waits for nobody, unless there is
/// no other.
fn sides(journey: &Journey, roles: &[Role]) -> Vec<Side> {
    let mut sides: Vec<Side> = Vec::new();
    for role in roles {
        if !sides.contains(&role.side()) {
            sides.push(role.side());
        }
    }
    let here = |side: &Side| match side {
        Side::Supplier | Side::Programme => true,
        side => journey.parties().any(|(_, of)| of == *side),
    };
    let present: Vec<Side> = sides.iter().copied().filter(here).collect();
    if present.is_empty() { sides } else { present }
}

/// The organisations that are asked, where not all of a side are: the lead of the group, or those whose signature is missing
/// where each signs for itself.
fn unsigned(journey: &Journey, spec: &TaskSpec, roles: &[Role]) -> Vec<OrganisationId> {
    let signing = spec.settle == Settle::BySignatures && journey.task(&spec.id).round > Round(0);
    if let Some(lead) = members::lead(journey, spec) {
        return vec![lead.clone()];
    }
    let missing = if signing { journey.unsigned(spec) } else { Vec::new() };
    let asked = missing.into_iter().filter(|(role, _)| roles.contains(role));
    asked.filter_map(|(_, organisation)| organisation).collect()
}

/// These, and for the programme everybody who has worked here for others.
fn not_by(journey: &Journey, mut people: Vec<PersonId>, side: Side) -> Vec<PersonId> {
    if side == Side::Programme {
        people.extend(journey.hands_of_others().cloned());
        people.sort();
        people.dedup();
    }
    people
}

/// Who may not act on a task as it stands, because the rest of it is theirs.
fn hands(journey: &Journey, spec: &TaskSpec, standing: &Standing, side: Side) -> Vec<PersonId> {
    // Whoever signed other words than those of today signs again.
    let to_renew = &journey.task(&spec.id).to_renew;
    let stay = journey.signatures(spec).into_iter().filter(|signature| !to_renew.contains_key(&signature.organisation));
    let signatures = stay.map(|signature| signature.by.clone());
    let next = journey.signs_next(spec).filter(|role| role.side() == side);
    let prepared = next.and_then(|role| signing::prepared_by(journey, spec, role)).cloned();
    match (spec.settle, standing) {
        (Settle::BySignatures, _) => {
            let replaced = journey.task(&spec.id).replaced.iter().map(|replaced| replaced.from.person.clone());
            let supplier = next.is_some_and(|role| signing::prepares(spec, role));
            signatures.chain(prepared).chain(replaced.filter(|_| supplier)).collect()
        }
        // Whoever agrees for another side is somebody else than whoever sent it for that side before.
        (_, Standing::Submitted) if spec.agrees.iter().any(|role| role.side() == side) => {
            journey.hands(spec).into_iter().collect()
        }
        (_, Standing::Submitted | Standing::CheckAgain { .. } | Standing::Settled) if side == Side::Programme => {
            let asked = journey.task(&spec.id).validity.as_ref().map(|asked| asked.proposal.by.clone());
            let decided = if *standing == Standing::Settled { None } else { Some(journey.hands(spec)) };
            decided.into_iter().flatten().chain(asked).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the rows of the SCAL may be answered though it cannot be sent yet: from the day it is issued.
#[must_use]
pub fn begins(journey: &Journey, spec: &TaskSpec, standing: &Standing) -> bool {
    spec.page == Page::Scal
        && matches!(standing, Standing::Locked { .. })
        && matches!(journey.task(&spec.id).state, State::Open | State::Returned { .. })
        && issue(journey).is_some_and(|issue| journey.standing(&issue.id) == Standing::Settled)
}

fn issue(journey: &Journey) -> Option<&'static TaskSpec> {
    journey.plan().find(|task| task.page == Page::Issue)
}

fn issued(journey: &Journey) -> Timestamp {
    issue(journey).map_or(journey.opened_at, |issue| journey.since(issue))
}

/// How a task stands for whoever reads a page: with a draft that is `kept` it is in progress, and the SCAL stands as what
/// it is from the day it is issued, although its submission still waits.
#[must_use]
pub fn shown(journey: &Journey, spec: &TaskSpec, standing: &Standing, kept: bool) -> Standing {
    let standing = if begins(journey, spec, standing) { Standing::Ready } else { standing.clone() };
    // What was taken back is where whoever writes goes on.
    standing.with_draft(kept || journey.task(&spec.id).kept_back.is_some())
}

/// Whether this turn is one that this person may take now, in a role of that side.
#[must_use]
pub fn is_theirs(turn: &Turn, actor: &Actor, journey: &Journey) -> bool {
    if !turn.roles.iter().any(|role| journey.stands_for(actor, *role)) {
        return false;
    }
    let offered = offers::roles_on(journey, actor, &turn.task);
    let waits = |verb: Verb| match verb {
        // The team may close any defect; it is waited for only where one is for it to look at.
        Verb::CloseDefect => {
            journey.process.task(&turn.task).is_some_and(|spec| defects::for_team(journey, spec).next().is_some())
        }
        verb => ACTS.contains(&verb),
    };
    let acts = offered.iter().any(|(verb, role)| waits(*verb) && turn.roles.contains(role));
    acts || journey.process.task(&turn.task).is_some_and(|spec| {
        let begins = begins(journey, spec, &journey.standing(&spec.id)) && offers::may_write(journey, actor, &spec.id);
        begins || turn.side == Side::Programme && leaving::may_confirm(journey, actor, spec)
    })
}

/// Who has a turn, as one reader is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The reader, who can act now.
    You,
    /// Somebody else in the reader's own organisation.
    Own {
        /// The roles that may act or must.
        roles: Vec<Role>,
        /// Each of the roles is asked, not any of them.
        each: bool,
    },
    /// Somebody else.
    Team {
        /// Of this side.
        side: Side,
        /// The organisation or organisations, by name.
        name: String,
        /// The roles that may act or must.
        roles: Vec<Role>,
        /// Each of the roles is asked, not any of them.
        each: bool,
    },
}

impl Who {
    /// "You", "your clinical safety officer", or "NHS England, clinical safety".
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Who::You => "You".to_owned(),
            Who::Own { roles, each } => {
                let roles = titles(roles, *each);
                format!("your {}", if roles.is_empty() { "organisation" } else { &roles })
            }
            Who::Team { name, roles, each, .. } => {
                let roles = titles(roles, *each);
                if roles.is_empty() { name.clone() } else { format!("{name}, {roles}") }
            }
        }
    }
}

/// "developer or onboarding lead"; "signatory and programme lead" where each is asked.
fn titles(roles: &[Role], each: bool) -> String {
    let roles: Vec<String> = roles.iter().map(|role| role.title().to_lowercase()).collect();
    joined(&roles, if each { "and" } else { "or" })
}

/// The turns of one holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Who.
    pub who: Who,
    /// Their tasks, in page order.
    pub tasks: Vec<TaskId>,
}

/// Whose journey it is and who else has a part in it, with the names of all: what a list knows of a journey beside its turns.
#[derive(Clone, Debug)]
pub struct Around {
    /// The supplier.
    pub supplier: OrganisationId,
    /// The other organisations, with their side.
    pub parties: Vec<(OrganisationId, Side)>,
    /// Their names and that of the supplier.
    pub names: BTreeMap<OrganisationId, String>,
}

impl Around {
    /// As the journey itself knows them. `names` are those of today; where one is missing, the ledger's counts.
    #[must_use]
    pub fn of(journey: &Journey, names: &BTreeMap<OrganisationId, String>) -> Self {
        let parties: Vec<(OrganisationId, Side)> = journey.parties().map(|(id, side)| (id.clone(), side)).collect();
        let all = parties.iter().map(|(id, _)| id).chain([&journey.organisation]);
        let named = all.filter_map(|id| {
            let name = names.get(id).cloned().or_else(|| journey.identity(id).map(|identity| identity.name.clone()))?;
            Some((id.clone(), name))
        });
        Self { supplier: journey.organisation.clone(), names: named.collect(), parties }
    }

    /// Whether a person may take this turn, from what a list knows: the same as [`is_theirs`] says of the whole journey.
    #[must_use]
    pub fn gives(&self, turn: &Turn, actor: &Actor) -> bool {
        if turn.not_by.contains(&actor.person) || !turn.roles.iter().any(|role| actor.is(*role)) {
            return false;
        }
        let belongs_here = |id: &OrganisationId| *id == self.supplier || self.parties.iter().any(|(party, _)| party == id);
        let own = &actor.organisation;
        match turn.side {
            Side::Supplier => *own == self.supplier,
            // Nobody of the programme decides on the work of an organisation of theirs.
            Side::Programme => !actor.member_of.iter().any(belongs_here),
            Side::EndUser | Side::Commissioner => {
                // Nobody of the supplier signs for another organisation.
                let for_another = *own != self.supplier && actor.member_of.contains(&self.supplier);
                let asked = turn.organisations.is_empty() || turn.organisations.contains(own) && !for_another;
                belongs_here(own) && asked
            }
            Side::Operator => false,
        }
    }

    /// Who has this turn, for a reader who cannot take it.
    #[must_use]
    pub fn team(&self, turn: &Turn) -> Who {
        let name = match turn.side {
            Side::Programme => Side::Programme.title().to_owned(),
            Side::Supplier => self.names.get(&self.supplier).cloned().unwrap_or_else(|| "the supplier".to_owned()),
            side => {
                let of_side = self.parties.iter().filter(|(_, of)| *of == side).map(|(id, _)| id);
                let asked: Vec<&OrganisationId> =
                    if turn.organisations.is_empty() { of_side.collect() } else { turn.organisations.iter().collect() };
                let names: Vec<String> = asked.into_iter().filter_map(|id| self.names.get(id)).cloned().collect();
                some(names).unwrap_or_else(|| side.title().to_owned())
            }
        };
        Who::Team { side: turn.side, name, roles: turn.roles.clone(), each: turn.each }
    }

    /// The same for a reader who is told of their own colleagues as such.
    #[must_use]
    pub fn team_for(&self, turn: &Turn, reader: &Actor) -> Who {
        let own = &reader.organisation;
        let is_own = match turn.side {
            Side::Supplier => *own == self.supplier,
            Side::EndUser | Side::Commissioner => {
                let mut asked = turn.organisations.iter();
                asked.next() == Some(own) && asked.next().is_none()
            }
            // Teams of the programme are told apart by name.
            Side::Programme | Side::Operator => false,
        };
        if is_own { Who::Own { roles: turn.roles.clone(), each: turn.each } } else { self.team(turn) }
    }

    /// Who holds these turns, as this reader is told: see `holders`.
    #[must_use]
    pub fn held(&self, turns: &[Turn], reader: &Actor) -> Vec<Held> {
        holders(turns, |turn| self.gives(turn, reader), |turn| self.team_for(turn, reader))
    }

    /// Whose turn it is in one sentence, with everybody named: for a letter, which may be read by others too.
    #[must_use]
    pub fn said_of_all(&self, turns: &[Turn]) -> Option<(String, Option<Date>)> {
        said(turns, |_| false, |turn| self.team(turn))
    }

    /// Whose turn it is in one sentence, as this reader is told: see `said` of a turn.
    #[must_use]
    pub fn said(&self, turns: &[Turn], reader: &Actor) -> Option<(String, Option<Date>)> {
        said(turns, |turn| self.gives(turn, reader), |turn| self.team_for(turn, reader))
    }
}

/// Organisations of a side that are named; more are counted.
const NAMED: usize = 3;

/// The first few of these names, and how many more there are.
fn some(mut names: Vec<String>) -> Option<String> {
    if names.len() > NAMED + 1 {
        let more = names.len() - NAMED;
        names.truncate(NAMED);
        names.push(format!("{more} more"));
    }
    (!names.is_empty()).then(|| joined(&names, "and"))
}

/// Who holds these turns: the reader first, then the others in page order, each once. `theirs` says of a turn whether the
/// reader can take it.
fn holders(turns: &[Turn], theirs: impl Fn(&Turn) -> bool, who: impl Fn(&Turn) -> Who) -> Vec<Held> {
    let mut all: Vec<Held> = Vec::new();
    let mut add = |who: Who, task: &TaskId| {
        let same = |held: &&mut Held| match (&held.who, &who) {
            (Who::You, Who::You) | (Who::Own { .. }, Who::Own { .. }) => true,
            // Teams of the programme are told apart; of another organisation the tasks are.
            (Who::Team { side: Side::Programme, roles, .. }, Who::Team { side: Side::Programme, roles: other, .. }) => {
                roles == other
            }
            (Who::Team { name, side, .. }, Who::Team { name: other, side: of, .. }) => name == other && side == of,
            _ => false,
        };
        match all.iter_mut().find(same) {
            Some(held) => {
                if let (
                    Who::Team { roles, each, .. } | Who::Own { roles, each },
                    Who::Team { roles: more, .. } | Who::Own { roles: more, .. },
                ) = (&mut held.who, &who)
                {
                    *each = *each && roles == more;
                    roles.extend(more.iter().filter(|role| !roles.contains(role)).copied().collect::<Vec<_>>());
                }
                if !held.tasks.contains(task) {
                    held.tasks.push(task.clone());
                }
            }
            None => all.push(Held { who, tasks: vec![task.clone()] }),
        }
    };
    let (mine, others): (Vec<&Turn>, Vec<&Turn>) = turns.iter().partition(|turn| theirs(turn));
    mine.iter().for_each(|turn| add(Who::You, &turn.task));
    others.iter().for_each(|turn| add(who(turn), &turn.task));
    all
}

/// "You: 2 tasks. NHS England, clinical safety: 1 task." Nothing when it is nobody's turn.
#[must_use]
pub fn in_words(holders: &[Held]) -> String {
    let one = |held: &Held| {
        let tasks = if held.tasks.len() == 1 { "1 task".to_owned() } else { format!("{} tasks", held.tasks.len()) };
        format!("{}: {tasks}.", capital(&held.who.in_words()))
    };
    holders.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Whose turn it is in one sentence: "It is your turn.", "It is the turn of NHS England, programme lead." By when an answer
/// of others is aimed at comes beside it, for whoever knows how a day is written. `None` when it is nobody's turn.
fn said(turns: &[Turn], theirs: impl Fn(&Turn) -> bool, who: impl Fn(&Turn) -> Who) -> Option<(String, Option<Date>)> {
    let due = turns.iter().filter(|turn| !theirs(turn)).find_map(|turn| turn.due.or(turn.expected));
    let holders = holders(turns, theirs, who);
    let yours = holders.first().is_some_and(|held| held.who == Who::You);
    let others: Vec<String> = holders.iter().filter(|held| held.who != Who::You).map(|held| held.who.in_words()).collect();
    let text = match (yours, others.as_slice()) {
        (false, []) => return None,
        (true, []) => "It is your turn.".to_owned(),
        (true, others) => format!("It is your turn, and that of {}.", others.join("; and of ")),
        (false, others) => format!("It is the turn of {}.", others.join("; and of ")),
    };
    Some((text, due))
}

/// Turns of the reader's own organisation that nobody there can take, because nobody holds any of the roles: with the roles,
/// of which one is enough. `held` are the roles that its people hold.
#[must_use]
pub fn held_by_nobody(turns: &[Turn], journey: &Journey, actor: &Actor, held: &BTreeSet<Role>) -> Vec<Vec<Role>> {
    let own = |turn: &&Turn| match turn.side {
        Side::Supplier => journey.organisation == actor.organisation,
        Side::EndUser | Side::Commissioner => {
            journey.parties().any(|(organisation, side)| *organisation == actor.organisation && side == turn.side)
                && (turn.organisations.is_empty() || turn.organisations.contains(&actor.organisation))
        }
        Side::Programme => actor.on(Side::Programme),
        Side::Operator => false,
    };
    let mut missing: Vec<Vec<Role>> = Vec::new();
    for turn in turns.iter().filter(own).filter(|turn| !turn.roles.iter().any(|role| held.contains(role))) {
        if !missing.contains(&turn.roles) {
            missing.push(turn.roles.clone());
        }
    }
    missing
}

/// "Nobody at Fresh Clinical Systems is a developer": what keeps their turn from being taken.
#[must_use]
pub fn nobody_is(organisation: &str, roles: &[Role]) -> String {
    let held: Vec<String> = roles.iter().map(|role| role.held()).collect();
    format!("Nobody at {organisation} is {}", joined(&held, "or"))
}
