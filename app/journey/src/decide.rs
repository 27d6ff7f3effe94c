//! What may happen next, and who may do it. `judge` is the one place: [`offers`] asks it for every verb to draw the
//! buttons, [`decide`] asks it again and then looks at the words.

use jiff::{Timestamp, civil::Date};

use crate::{
    actor::{Actor, Role, Side},
    agreement, answering,
    basis::{Basis, Change},
    certificate,
    command::{Command, Refusal},
    conflict::conflicted,
    event::{By, Event, Finding},
    form::{Answers, Field, Form, Kind, Problem, Problems},
    go_live,
    identity::Identity,
    ids::{Digest, FieldId, OrganisationId, TaskId},
    journey::{Journey, Phase},
    leaving,
    members::{self, Group},
    opening::{self, Opening},
    process::{Page, Process, Settle, TaskSpec},
    review,
    scal::{
        self, editions,
        evidence::{self, Sort},
        versions,
    },
    signing,
    standing::{Standing, State, StateKind, TaskRecord, Verb, transition},
    testing, use_case,
};

/// Something a person may do now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offer {
    /// What.
    pub verb: Verb,
    /// On which task; `None` for the journey as a whole.
    pub task: Option<TaskId>,
    /// In which of their roles.
    pub role: Role,
}

/// Everything this person may do on this journey now.
#[must_use]
pub fn offers(journey: &Journey, actor: &Actor) -> Vec<Offer> {
    let mut offers = Vec::new();
    if !journey.may_see(actor) {
        return offers;
    }
    let standings = journey.standings();
    for spec in journey.plan() {
        for verb in Verb::ON_TASKS {
            if let Ok(role) = judge_task(journey, actor, *verb, spec, &standings[&spec.id]) {
                offers.push(Offer { verb: *verb, task: Some(spec.id.clone()), role });
            }
        }
    }
    for verb in Verb::ON_JOURNEYS {
        if let Ok(role) = judge_journey(journey, actor, *verb) {
            offers.push(Offer { verb: *verb, task: None, role });
        }
    }
    offers
}

/// The verbs this person may use on the journey as a whole now.
#[must_use]
pub fn offers_on_whole(journey: &Journey, actor: &Actor) -> Vec<Verb> {
    Verb::ON_JOURNEYS.iter().copied().filter(|verb| judge_journey(journey, actor, *verb).is_ok()).collect()
}

/// The verbs this person may use on one task now.
#[must_use]
pub fn offers_on(journey: &Journey, actor: &Actor, task: &TaskId) -> Vec<Verb> {
    let Some(spec) = journey.process.task(task) else { return Vec::new() };
    let standing = journey.standing(task);
    Verb::ON_TASKS.iter().copied().filter(|verb| judge_task(journey, actor, *verb, spec, &standing).is_ok()).collect()
}

/// The verbs this person may use on one task now, each with the role in which they would.
#[must_use]
pub fn roles_on(journey: &Journey, actor: &Actor, task: &TaskId) -> Vec<(Verb, Role)> {
    let Some(spec) = journey.process.task(task) else { return Vec::new() };
    let standing = journey.standing(task);
    let judged = |verb: &Verb| judge_task(journey, actor, *verb, spec, &standing).ok().map(|role| (*verb, role));
    Verb::ON_TASKS.iter().filter_map(judged).collect()
}

/// The role in which this person may use a verb on a task now.
#[must_use]
pub fn role_on(journey: &Journey, actor: &Actor, verb: Verb, task: &TaskId) -> Option<Role> {
    let spec = journey.process.task(task)?;
    judge_task(journey, actor, verb, spec, &journey.standing(task)).ok()
}

/// Every role in which this person may use a verb on a task now: whoever holds several chooses.
#[must_use]
pub fn roles_for_verb(journey: &Journey, actor: &Actor, verb: Verb, task: &TaskId) -> Vec<Role> {
    let Some(spec) = journey.process.task(task) else { return Vec::new() };
    let standing = journey.standing(task);
    let may = |role: &Role| actor.only(*role).is_some_and(|only| judge_task(journey, &only, verb, spec, &standing).is_ok());
    roles_for(journey, spec, journey.task(task), verb).into_iter().filter(may).collect()
}

/// Why this person may not use a verb on a task, if they may not.
#[must_use]
pub fn why_not(journey: &Journey, actor: &Actor, verb: Verb, task: &TaskId) -> Option<Refusal> {
    let Some(spec) = journey.process.task(task) else { return Some(Refusal::Unknown) };
    judge_task(journey, actor, verb, spec, &journey.standing(task)).err()
}

/// May this person use this verb on this task, and in which role?
fn judge_task(
    journey: &Journey,
    actor: &Actor,
    verb: Verb,
    spec: &'static TaskSpec,
    standing: &Standing,
) -> Result<Role, Refusal> {
    if !journey.may_read(actor, spec) {
        return Err(Refusal::Unknown);
    }
    if matches!(journey.phase, Phase::Withdrawn { .. }) {
        return Err(Refusal::Closed);
    }
    if !spec.applies(&journey.opening) {
        return Err(Refusal::NotNeeded);
    }
    let record = journey.task(&spec.id);
    let state = record.state.kind();
    let wanted = roles_for(journey, spec, record, verb);
    // Each role decides once a round, so somebody who holds several approves for one that is still to come.
    let confirmed = if verb == Verb::StillHolds { journey.confirmed(spec) } else { Vec::new() };
    let given = |role: &Role| match verb {
        Verb::Approve => record.approvals.iter().any(|a| a.role == *role),
        // Second thoughts are allowed until every team has finished.
        Verb::Return => record.asked.iter().any(|asked| asked.role == *role),
        Verb::Refuse => false,
        _ => confirmed.contains(role),
    };
    let held: Vec<Role> = wanted.iter().copied().filter(|role| journey.stands_for(actor, *role)).collect();
    let decides = matches!(verb, Verb::Approve | Verb::Return | Verb::Refuse);
    let fresh = |role: &&Role| !(given(role) || decides && record.has_finished(**role));
    let Some(role) = held.iter().find(fresh).or_else(|| held.iter().find(|role| !given(role))).or(held.first()).copied() else {
        // A verb that nobody may use here, or that a colleague used for them, is refused for its moment, not for the person.
        let signs = matches!(verb, Verb::Sign | Verb::Decline);
        let too_late = signs && journey.signatures(spec).iter().any(|s| journey.stands_for(actor, s.role));
        let moment = wanted.is_empty() || too_late;
        return Err(if moment { settled_or_nothing(state) } else { Refusal::NotYours { roles: wanted } });
    };
    if transition(spec.settle, state, verb).is_none() {
        return Err(settled_or_nothing(state));
    }
    // To do without a task, or to open one again, its gate need not be open.
    let past_gates = matches!(
        verb,
        Verb::ProposeWaiver
            | Verb::ConfirmWaiver
            | Verb::DeclineWaiver
            | Verb::Reopen
            | Verb::WithdrawSignature
            | Verb::Uplift
            | Verb::Reassess
            | Verb::TakeBackSite
    );
    // What was settled stays so until something that it rests on changes.
    let again = matches!(standing, Standing::CheckAgain { .. });
    // An organisation whose signature is missing beside those of the others has its own turn.
    let alone = verb == Verb::Sign && !signing::late(journey, spec).is_empty();
    let of_what_holds = matches!(verb, Verb::Submit | Verb::Issue | Verb::Sign | Verb::Decline | Verb::StillHolds) && !alone;
    if state == StateKind::Settled && of_what_holds && !again {
        return Err(Refusal::AlreadySettled);
    }
    // More sites of what is live: on the version that was accepted.
    let past_gates = past_gates || (verb == Verb::RecordSite && again);
    if !standing.waiting_on().is_empty() && !past_gates {
        return Err(Refusal::Locked(standing.waiting_on().to_vec()));
    }
    if let Some(refusal) = conflicted(journey, actor, role) {
        return Err(refusal);
    }
    if role.side() == Side::EndUser
        && let Some(lead) = members::lead(journey, spec)
    {
        if *lead != actor.organisation {
            return Err(Refusal::ForLead);
        }
        if actor.member_of.contains(&journey.organisation) {
            return Err(Refusal::SignsForAnother);
        }
    }
    match verb {
        Verb::Start if !spec.can_start || record.started.is_some() => Err(Refusal::NothingToDo),
        // One new version at a time.
        Verb::Reassess if again && changes_product(journey, spec) => Err(Refusal::NothingToDo),
        Verb::Uplift if editions::newest() <= journey.opening.catalogue => Err(Refusal::NothingToDo),
        Verb::Approve | Verb::Return | Verb::Refuse | Verb::StillHolds if given(&role) => Err(Refusal::NothingToDo),
        Verb::SendBack if record.asked.is_empty() => Err(Refusal::NothingToDo),
        Verb::Approve | Verb::Return | Verb::Refuse | Verb::Acknowledge if journey.hands(spec).contains(&actor.person) => {
            Err(Refusal::SameHands)
        }
        // Four eyes where the decision had them.
        Verb::StillHolds if spec.settle != Settle::OnSubmit && journey.hands(spec).contains(&actor.person) => {
            Err(Refusal::SameHands)
        }
        // A supplier that builds for itself signs as an end user under its own name; for others nobody of it does.
        Verb::Sign | Verb::Decline | Verb::WithdrawSignature
            if role.side() == Side::EndUser
                && actor.organisation != journey.organisation
                && actor.member_of.contains(&journey.organisation) =>
        {
            Err(Refusal::SignsForAnother)
        }
        // Parts that somebody has signed stay as they are until the task is opened again or declined.
        Verb::Submit if spec.settle == Settle::BySignatures && !again && !record.signatures.is_empty() => {
            Err(Refusal::NothingToDo)
        }
        Verb::Submit if spec.page == Page::Sites && journey.sites.is_empty() => Err(Refusal::NothingToDo),
        Verb::TakeBackSite if journey.sites.is_empty() => Err(Refusal::NothingToDo),
        Verb::Sign | Verb::Decline if !may_sign_for(journey, spec, actor, role) => Err(Refusal::AlreadyDone),
        Verb::Sign | Verb::Decline if journey.signatures(spec).iter().any(|s| s.by == actor.person) => Err(Refusal::SameHands),
        Verb::WithdrawSignature if !signing::has_signed(journey, spec, &actor.organisation) => Err(Refusal::NothingToDo),
        Verb::ProposeWaiver if record.proposal.is_some() => Err(Refusal::NothingToDo),
        Verb::ConfirmWaiver | Verb::DeclineWaiver => match &record.proposal {
            None => Err(Refusal::NothingToDo),
            Some(proposal) if proposal.by == actor.person && verb == Verb::ConfirmWaiver => Err(Refusal::SameHands),
            Some(_) => Ok(role),
        },
        _ => Ok(role),
    }
}

/// Whether a task was settled for another version of the product than the one that is assessed.
fn changes_product(journey: &Journey, spec: &TaskSpec) -> bool {
    journey.changes(spec).iter().any(|change| matches!(change, Change::Product { .. }))
}

/// Whether the signature of this person's organisation is still missing.
pub(crate) fn may_sign_for(journey: &Journey, spec: &TaskSpec, actor: &Actor, role: Role) -> bool {
    let fits = |(wanted, organisation): &(Role, Option<OrganisationId>)| {
        *wanted == role && organisation.as_ref().is_none_or(|o| *o == actor.organisation)
    };
    journey.unsigned(spec).iter().any(fits)
}

fn settled_or_nothing(state: StateKind) -> Refusal {
    match state {
        StateKind::Settled | StateKind::Waived => Refusal::AlreadySettled,
        _ => Refusal::NothingToDo,
    }
}

/// Who may use a verb on a task, before the moment is considered.
fn roles_for(journey: &Journey, spec: &TaskSpec, record: &TaskRecord, verb: Verb) -> Vec<Role> {
    match verb {
        Verb::Start | Verb::Submit => spec.by.clone(),
        Verb::RecordSite | Verb::TakeBackSite if spec.page == Page::Sites => spec.by.clone(),
        Verb::Approve | Verb::Return | Verb::Refuse if spec.settle == Settle::ByReview => journey.deciders(spec),
        Verb::Return if spec.confirm => spec.decide.clone(),
        Verb::SendBack if spec.settle == Settle::ByReview => vec![Role::ProgrammeLead],
        Verb::Uplift | Verb::Reassess if spec.page == Page::Scal => spec.by.clone(),
        Verb::Acknowledge if spec.settle == Settle::ByAcknowledgement => spec.decide.clone(),
        Verb::Issue if spec.settle == Settle::ByIssue => spec.decide.clone(),
        Verb::StillHolds => journey.confirms(spec),
        Verb::Sign | Verb::Decline if spec.settle == Settle::BySignatures => journey.signs_next(spec).into_iter().collect(),
        Verb::WithdrawSignature if spec.settle == Settle::BySignatures => signing::may_withdraw(spec),
        Verb::ProposeWaiver if spec.waivable => {
            let own = spec.by.iter().copied().filter(|role| role.side() == Side::Supplier && *role != Role::OnboardingLead);
            [Role::OnboardingLead].into_iter().chain(own).chain([Role::ProgrammeLead]).collect()
        }
        Verb::ConfirmWaiver | Verb::DeclineWaiver if spec.waivable => vec![Role::ProgrammeLead],
        // What a person marked alone they may take back alone; what the other side decided, the programme lead opens.
        Verb::Reopen if spec.settle == Settle::WithJourney => Vec::new(),
        Verb::Reopen if matches!(record.state, State::Waived { .. }) => vec![Role::ProgrammeLead],
        // Nobody else is bound by what is signed in part: whoever filled it in takes it back to put it right.
        Verb::Reopen if spec.settle == Settle::BySignatures && record.state == State::Open => signing::may_reopen(spec, record),
        Verb::Reopen if spec.settle == Settle::OnSubmit => {
            if journey.process.reviewer_of(&spec.id).is_some() {
                return Vec::new();
            }
            let mut roles = spec.by.clone();
            if !roles.contains(&Role::ProgrammeLead) {
                roles.push(Role::ProgrammeLead);
            }
            roles
        }
        Verb::Reopen => vec![Role::ProgrammeLead],
        _ => Vec::new(),
    }
}

fn judge_journey(journey: &Journey, actor: &Actor, verb: Verb) -> Result<Role, Refusal> {
    if !journey.may_see(actor) {
        return Err(Refusal::Unknown);
    }
    if matches!(verb, Verb::AskToLeave | Verb::DeclineLeave | Verb::Leave) {
        return leaving::may_any(journey, actor, verb);
    }
    let wanted: &[Role] = match verb {
        Verb::AskForPart => &[Role::OnboardingLead],
        Verb::Join | Verb::Identify => &[Role::ProgrammeLead],
        Verb::DeclinePart => &[Role::OnboardingLead, Role::ProgrammeLead],
        Verb::Withdraw => &[Role::OnboardingLead],
        Verb::Resume => &[Role::ProgrammeLead],
        _ => return Err(Refusal::Unknown),
    };
    let Some(role) = wanted.iter().copied().find(|role| journey.stands_for(actor, *role)) else {
        return Err(Refusal::NotYours { roles: wanted.to_vec() });
    };
    if let Some(refusal) = conflicted(journey, actor, role) {
        return Err(refusal);
    }
    match (verb, &journey.phase) {
        (Verb::AskForPart | Verb::Join | Verb::Withdraw, Phase::Open)
        | (Verb::Resume, Phase::Withdrawn { .. })
        | (Verb::AskForPart | Verb::Join, Phase::Live { .. })
        // Who an organisation is may be put right at any time, also of what has ended.
        | (Verb::Identify, _) => Ok(role),
        (Verb::DeclinePart, Phase::Open | Phase::Live { .. }) if journey.asked_parts().next().is_some() => Ok(role),
        (Verb::AskForPart | Verb::DeclinePart | Verb::Join, Phase::Withdrawn { .. }) => Err(Refusal::Closed),
        _ => Err(Refusal::NothingToDo),
    }
}

/// The first event of a new journey. `identity` is who the supplier is.
///
/// # Errors
/// [`Refusal::NotYours`] for anyone but an onboarding lead.
pub fn open(process: &Process, actor: &Actor, opening: Opening, identity: Identity) -> Result<Event, Refusal> {
    if !actor.is(Role::OnboardingLead) {
        return Err(Refusal::NotYours { roles: vec![Role::OnboardingLead] });
    }
    let organisation = actor.organisation.clone();
    Ok(Event::Opened { process: process.id.clone(), organisation, opening, identity: Some(identity) })
}

/// The events that obey a command, or why not. `seen` is the last event of the task that was on the writer's page; `today` the
/// day in the UK, which no day that tells of the past comes after.
///
/// # Errors
/// A [`Refusal`], which knows its sentence.
pub fn decide(
    journey: &Journey,
    actor: &Actor,
    command: Command,
    seen: Option<crate::ids::Seq>,
    today: Date,
) -> Result<Vec<Event>, Refusal> {
    let Some(task) = command.task().cloned() else { return decide_journey(journey, actor, command) };
    let spec = journey.process.task(&task).ok_or(Refusal::Unknown)?;
    let judged = judge_task(journey, actor, command.verb(), spec, &journey.standing(&task));
    if let Err(refusal @ (Refusal::Unknown | Refusal::Closed | Refusal::NotNeeded)) = &judged {
        return Err(refusal.clone());
    }
    if let Command::Submit { answers, .. } = &command
        && sent_before(journey, spec, actor, answers)
    {
        return Err(Refusal::AlreadyDone);
    }
    let now = journey.changed(&task);
    if let Some(seen) = seen
        && now > seen
        && !matches!(judged, Err(Refusal::NotYours { .. }))
    {
        return Err(Refusal::ChangedSince { seen, now, by: None });
    }
    let role = judged?;
    let record = journey.submitted_in(spec);
    let round = record.round;
    let mut follows = None;
    let event = match command {
        Command::Start { task } => Event::Started { task },
        Command::Submit { task, answers: typed } => {
            let form = answering::sent(spec, &journey.opening, &typed);
            let answers = form.check(&typed).map_err(Refusal::Invalid)?;
            go_live::days(journey, spec, &answers, today).map_err(Refusal::Invalid)?;
            follows = rescoped(journey, spec, &answers);
            use_case::is_for(journey, spec, &answers)?;
            if let Some(problem) = members::not_members(journey, spec, &typed) {
                return Err(Refusal::Invalid(Problems(vec![problem])));
            }
            let group = if spec.page == Page::Group { Group::of(&answers) } else { None };
            let justified = if spec.page == Page::Scal { scal::justified(&journey.opening, &answers) } else { Vec::new() };
            let along = testing::along(spec, &journey.opening, &answers);
            let judged = if spec.page == Page::Scal { testing::judged_already(journey, spec, &answers) } else { Vec::new() };
            let digest = Digest::of(answers.to_json().as_bytes());
            Event::Submitted { digest, round: round.next(), task, justified, group, along, judged }
        }
        Command::Uplift { task } => Event::Uplifted { task, catalogue: editions::newest() },
        Command::Reassess { task, product, rows } => {
            let product = versions::named(&product)?;
            Event::Reassessed { task, product, rows: versions::touched(&journey.opening, &rows) }
        }
        Command::Approve { task, note, mut accepted, conditions } => {
            let said = |id: &FieldId| accepted.contains(id) || conditions.iter().any(|c| c.field.as_ref() == Some(id));
            let unread = review::unjudged(journey, spec, role).into_iter().filter(|id| !said(id));
            let says = "Accept this answer or request a change";
            let problems: Vec<Problem> = unread.map(|id| Problem::new(&format!("verdict_{id}"), says)).collect();
            if !problems.is_empty() {
                return Err(Refusal::Invalid(Problems(problems)));
            }
            accepted = review::own(journey, spec, role, accepted);
            let note = words(&note, "note", "")?;
            let conditions = tidied(conditions, "Say under what condition")?;
            let facts = certificate::digest(journey, spec, role, &note);
            Event::Approved { task, round, role, note, accepted, conditions, facts }
        }
        Command::Return { task, findings, mut accepted, conditions } => {
            accepted = review::own(journey, spec, role, accepted);
            if findings.is_empty() {
                return Err(Refusal::problem("findings", "Say what to change, for at least one answer"));
            }
            let findings = tidied(findings, "Say what to change")?;
            let conditions = tidied(conditions, "Say under what condition")?;
            // Of several teams that may answer, one is enough to ask for a change.
            let gathered = spec.settle == Settle::ByReview;
            Event::Returned { task, round, role, findings, accepted, conditions, gathered }
        }
        Command::SendBack { task, reason } => Event::SentBack { task, round, reason: reason_of(&reason)? },
        Command::Refuse { task, reason } => Event::Refused { task, round, role, reason: reason_of(&reason)? },
        // An answer without a word about the plan confirms it as it is.
        Command::Acknowledge { task, note } => {
            let plan = journey.opening.plan();
            follows = spec.opens_engagement.then(|| Event::Replanned { before: plan.clone(), plan });
            Event::Acknowledged { task, round, role, note: words(&note, "note", "Write an answer")? }
        }
        Command::OpenEngagement { .. } if !spec.opens_engagement => return Err(Refusal::Unknown),
        Command::OpenEngagement { task, note, plan } => {
            if plan.capabilities.is_empty() {
                return Err(Refusal::problem("capabilities", "Select at least one capability"));
            }
            follows = Some(Event::Replanned { before: journey.opening.plan(), plan });
            Event::Acknowledged { task, round, role, note: words(&note, "note", "Write an answer")? }
        }
        Command::Issue { task, note } => {
            let note = words(&note, "note", "Say what you issue")?;
            let facts = certificate::digest(journey, spec, role, &note);
            Event::Issued { task, role, note, facts }
        }
        Command::StillHolds { task, reason, basis } => {
            let reason = words(&reason, "reason", "Say why it still holds")?;
            if basis != Basis::now(journey, spec).digest() {
                return Err(Refusal::BasisChanged);
            }
            Event::StillHolds { task, role, reason, basis }
        }
        Command::Sign { task, name, authority, words: shown } => {
            let name = words(&name, "name", "Enter your full name")?;
            let authority = words(&authority, "authority", "Say by what authority you sign")?;
            if shown != signing::words(journey, spec) {
                return Err(Refusal::WordsChanged);
            }
            Event::Signed { task, role, name, authority, words: shown }
        }
        Command::Decline { task, reason } => Event::Declined { task, role, reason: reason_of(&reason)? },
        Command::WithdrawSignature { task, reason } => Event::SignatureWithdrawn { task, role, reason: reason_of(&reason)? },
        Command::ProposeWaiver { task, reason } => Event::WaiverProposed { task, reason: reason_of(&reason)? },
        Command::ConfirmWaiver { task } => Event::WaiverConfirmed { task },
        Command::DeclineWaiver { task, reason } => Event::WaiverDeclined { task, reason: reason_of(&reason)? },
        Command::Reopen { task, reason } => Event::Reopened { task, reason: reason_of(&reason)? },
        Command::RecordSite { task, site, sent } => {
            let site = go_live::agreed(journey, site, today, &sent).map_err(Refusal::Invalid)?;
            if journey.sites.get(&site.ods_code) == Some(&site) {
                return Err(Refusal::AlreadyDone);
            }
            Event::SiteLive { task, site }
        }
        Command::TakeBackSite { task, ods_code, reason } => {
            if !journey.sites.contains_key(&ods_code) {
                return Err(Refusal::problem("ods_code", "This site is not recorded"));
            }
            Event::SiteTakenBack { task, ods_code, reason: reason_of(&reason)? }
        }
        Command::AskForPart { .. }
        | Command::DeclinePart { .. }
        | Command::Join { .. }
        | Command::Identify { .. }
        | Command::AskToLeave { .. }
        | Command::DeclineLeave { .. }
        | Command::Leave { .. }
        | Command::Withdraw { .. }
        | Command::Resume { .. } => {
            return Err(Refusal::Unknown);
        }
    };
    let mut events = with_consequences(journey, actor, event);
    events.extend(follows);
    Ok(events)
}

/// Choosing other capabilities changes the plan; what was settled for the old ones is checked again
/// (domain/journeys.md, phase 1: it "re-scopes the SCAL").
fn rescoped(journey: &Journey, spec: &TaskSpec, answers: &Answers) -> Option<Event> {
    let capabilities = opening::chosen(answers);
    if spec.page != Page::Capabilities || capabilities == journey.opening.capabilities {
        return None;
    }
    Some(Event::Rescoped { capabilities })
}

fn decide_journey(journey: &Journey, actor: &Actor, command: Command) -> Result<Vec<Event>, Refusal> {
    let verb = command.verb();
    match &command {
        Command::AskToLeave { organisation, .. }
        | Command::DeclineLeave { organisation, .. }
        | Command::Leave { organisation, .. }
            if journey.may_see(actor) && journey.has_joined(organisation) =>
        {
            leaving::may(journey, actor, verb, organisation)?
        }
        _ => judge_journey(journey, actor, verb)?,
    };
    Ok(vec![match command {
        Command::AskForPart { side, identity, .. } if journey.knows_code(side, &identity.ods_code) => {
            return Err(Refusal::AlreadyDone);
        }
        Command::AskForPart { part, side, identity } => Event::PartAsked { part, side, identity },
        Command::DeclinePart { part, .. } if !journey.asked_parts().any(|(known, _)| *known == part) => {
            return Err(Refusal::AlreadyDone);
        }
        Command::DeclinePart { part, reason } => Event::PartDeclined { part, reason: reason_of(&reason)? },
        Command::Join { part: Some(part), .. } if !journey.asked_parts().any(|(known, _)| *known == part) => {
            return Err(Refusal::AlreadyDone);
        }
        Command::Join { part: None, side, ref identity, .. } if journey.knows_code(side, &identity.ods_code) => {
            return Err(Refusal::AlreadyDone);
        }
        Command::Join { organisation, .. } if journey.has_joined(&organisation) => return Err(Refusal::AlreadyDone),
        // Nobody confirms who their own organisation is.
        Command::Join { organisation, .. } if actor.member_of.contains(&organisation) => return Err(Refusal::OwnOrganisation),
        Command::Join { organisation, side, identity, part } => {
            Event::Joined { organisation, side: Some(side), identity: Some(identity), part }
        }
        Command::Identify { organisation, .. } if organisation != journey.organisation && !journey.has_joined(&organisation) => {
            return Err(Refusal::Unknown);
        }
        Command::Identify { organisation, identity, before } => {
            let before = journey.identity(&organisation).cloned().unwrap_or(before);
            if before == identity {
                return Err(Refusal::AlreadyDone);
            }
            Event::Identified { organisation, identity, before }
        }
        Command::AskToLeave { organisation, .. }
        | Command::DeclineLeave { organisation, .. }
        | Command::Leave { organisation, .. }
            if !journey.has_joined(&organisation) =>
        {
            return Err(Refusal::AlreadyDone);
        }
        Command::AskToLeave { organisation, reason } => Event::LeaveAsked { organisation, reason: reason_of(&reason)? },
        Command::DeclineLeave { organisation, reason } => Event::LeaveDeclined { organisation, reason: reason_of(&reason)? },
        Command::Leave { organisation, reason } => {
            // What is confirmed is the wish, with its reason.
            let asked = journey.asked_leave(&organisation).filter(|_| leaving::needs_confirmation(journey));
            let reason = asked.map_or_else(|| reason_of(&reason), |asked| Ok(asked.reason.clone()))?;
            Event::Left { organisation, reason }
        }
        Command::Withdraw { reason } => Event::Withdrawn { reason: reason_of(&reason)? },
        Command::Resume { reason } => Event::Resumed { reason: reason_of(&reason)? },
        _ => return Err(Refusal::Unknown),
    }])
}

/// The last task settling makes the journey live, in the same breath.
fn with_consequences(journey: &Journey, actor: &Actor, event: Event) -> Vec<Event> {
    if event.task() != Some(&journey.process.last) {
        return vec![event];
    }
    let mut after = journey.clone();
    let by = Some(By { person: actor.person.clone(), organisation: actor.organisation.clone() });
    let recorded = journey.record(vec![event.clone()], by, journey.changed_at);
    let lives = journey.phase == Phase::Open
        && recorded.iter().all(|r| after.evolve(r).is_ok())
        && after.standing(&journey.process.last).is_done();
    if lives { vec![event, Event::WentLive] } else { vec![event] }
}

/// The texts that these events name by their digest, as they stand in this moment: what is signed, and the facts of what is
/// issued. They are kept with the events, so that what was signed or issued can be shown as it was.
#[must_use]
pub fn texts(journey: &Journey, events: &[Event]) -> Vec<String> {
    let text = |event: &Event| match event {
        Event::Signed { task, words, .. } => {
            let now = agreement::words_to_sign(journey, journey.process.task(task)?);
            // Whoever signs after the others signs their words, which are kept already.
            (Digest::of(now.as_bytes()) == *words).then_some(now)
        }
        Event::Issued { task, role, note, facts: Some(_) } | Event::Approved { task, role, note, facts: Some(_), .. } => {
            certificate::facts(journey, journey.process.task(task)?, *role, note)
        }
        _ => None,
    };
    events.iter().filter_map(text).collect()
}

/// What time itself brings: approvals that lapsed. Recorded before anything else is decided.
#[must_use]
pub fn due(journey: &Journey, now: Timestamp) -> Vec<Event> {
    match journey.lapses() {
        Some((task, at)) if at <= now => vec![Event::Lapsed { task }],
        _ => Vec::new(),
    }
}

/// A second click: the same person sends the same words that are already there.
fn sent_before(journey: &Journey, spec: &TaskSpec, actor: &Actor, answers: &Answers) -> bool {
    let record = journey.task(&spec.id);
    let again = matches!(journey.standing(&spec.id), Standing::CheckAgain { .. });
    let waiting = matches!(record.state.kind(), StateKind::Submitted | StateKind::Settled) && !again;
    let Some(last) = record.sent.last().filter(|last| waiting && last.by == actor.person) else { return false };
    answering::sent(spec, &journey.opening, answers)
        .check(answers)
        .is_ok_and(|a| Digest::of(a.to_json().as_bytes()) == last.digest)
}

/// Words of findings or conditions as they are recorded. None may be empty.
fn tidied(findings: Vec<Finding>, missing: &str) -> Result<Vec<Finding>, Refusal> {
    let tidy = |finding: Finding| {
        let field = finding.field.as_ref().map_or("findings", |f| f.as_str());
        Ok(Finding { words: words(&finding.words, field, missing)?, field: finding.field })
    };
    findings.into_iter().map(tidy).collect()
}

/// Whether this person may write answers of a task now. Those of the SCAL are gathered while testing goes on, so its gate
/// need not be open for that.
#[must_use]
pub fn may_write(journey: &Journey, actor: &Actor, task: &TaskId) -> bool {
    let Some(spec) = journey.process.task(task) else { return false };
    match judge_task(journey, actor, Verb::Submit, spec, &journey.standing(task)) {
        Ok(_) => true,
        Err(Refusal::Locked(_)) => spec.page == Page::Scal,
        Err(_) => false,
    }
}

/// Whether this person may say what is known of a file: whoever may write the task's answers, and may read the file as it
/// is known now. So nobody makes a hazard log plain who may not read it. The event, when it becomes another sort.
///
/// # Errors
/// [`Refusal::NotYours`] with the roles that may read it; what [`decide`] says of sending the task.
pub fn tell_of_file(
    journey: &Journey,
    actor: &Actor,
    task: &TaskId,
    file: &Digest,
    (from, to): (Sort, Sort),
) -> Result<Option<Event>, Refusal> {
    if !may_write(journey, actor, task) {
        return Err(why_not(journey, actor, Verb::Submit, task).unwrap_or(Refusal::Unknown));
    }
    if !from.may_be_read_by(actor) {
        return Err(Refusal::NotYours { roles: evidence::readers(from) });
    }
    let (task, file) = (task.clone(), file.clone());
    Ok((from != to).then_some(Event::Reclassified { task, file, from, to }))
}

/// Longest reason, note or finding, in characters.
pub const LONGEST_WORDS: usize = 4_000;

fn reason_of(text: &str) -> Result<String, Refusal> {
    words(text, "reason", "Give a reason")
}

/// Words that came with a decision. With an empty `missing` they may be left out.
fn words(text: &str, field: &str, missing: &str) -> Result<String, Refusal> {
    let mut asked = Field::new(field, "What you wrote", Kind::Words { max: LONGEST_WORDS });
    if !missing.is_empty() {
        asked = asked.required(missing);
    }
    let form = Form::of(vec![asked]);
    let clean = form.check(&Answers::default().with(field, text)).map_err(Refusal::Invalid)?;
    Ok(clean.one(field).to_owned())
}
