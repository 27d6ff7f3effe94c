//! Who may do what now. [`offers`] asks for every verb to draw the buttons, `decide` asks again for the one that was pressed.
//!
//! Long because every verb is judged in one place, each beside the others.

use crate::{
    base::{
        actor::{Actor, Role, Side},
        ids::{OrganisationId, TaskId},
    },
    catalogue::editions,
    ledger::{
        defect::{DefectRecord, DefectState},
        journey::{Journey, Phase},
        machine::{StateKind, Verb, transition},
        refusal::Refusal,
        signing,
        standing::{Standing, State, TaskRecord},
    },
    plan::{
        certificates::kind,
        process::{Page, Settle, Signs, TaskSpec},
    },
    rule::{
        by_link, certificate, conflict::conflicted, defects, go_live, incident, leaving, members, queries, replaced, undo,
        versions,
    },
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

/// May this person use this verb on this task now, and in which role?
///
/// # Errors
/// Why not; [`Refusal::Unknown`] for a task that the process does not have.
pub fn judge(journey: &Journey, actor: &Actor, verb: Verb, task: &TaskId) -> Result<Role, Refusal> {
    let spec = journey.process.task(task).ok_or(Refusal::Unknown)?;
    judge_task(journey, actor, verb, spec, &journey.standing(task))
}

/// Every role in which this person may use a verb on a task now: whoever holds several chooses.
#[must_use]
pub fn roles_for_verb(journey: &Journey, actor: &Actor, verb: Verb, task: &TaskId) -> Vec<Role> {
    let Some(spec) = journey.process.task(task) else { return Vec::new() };
    let standing = journey.standing(task);
    let may = |role: &Role| actor.only(*role).is_some_and(|only| judge_task(journey, &only, verb, spec, &standing).is_ok());
    roles_for(journey, spec, journey.task(task), verb).into_iter().filter(may).collect()
}

/// The same where the standing is known.
pub(crate) fn judge_task(
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
            | Verb::ProposeValidity
            | Verb::ConfirmValidity
            | Verb::DeclineValidity
            | Verb::Reopen
            | Verb::Undo
            | Verb::TakeBackRound
            | Verb::WithdrawSignature
            | Verb::ReplaceSignatory
            | Verb::ReportIncident
            | Verb::Uplift
            | Verb::Reassess
            | Verb::TakeBackSite
            | Verb::RecordStep
            | Verb::TakeBackStep
            | Verb::SuspendSite
            | Verb::ResumeSite
            | Verb::CheckSite
            | Verb::CloseCondition
            | Verb::AnswerQuery
            | Verb::CheckMembers
            | Verb::AssessDefect
            | Verb::MendDefect
            | Verb::CloseDefect
            | Verb::ReopenDefect
    );
    // What was settled stays so until something that it rests on changes.
    let again = matches!(standing, Standing::CheckAgain { .. });
    // An organisation whose signature is missing beside those of the others has its own turn.
    let alone = verb == Verb::Sign && !signing::late(journey, spec).is_empty();
    let of_what_holds = matches!(verb, Verb::Submit | Verb::Issue | Verb::Sign | Verb::Decline | Verb::StillHolds) && !alone;
    let of_what_holds = of_what_holds || verb == Verb::RaiseQuery;
    if state == StateKind::Settled && of_what_holds && !again {
        return Err(Refusal::AlreadySettled);
    }
    // More sites of what is live: on the version that was accepted, as long as nobody has stopped its certificate.
    let stopped = if verb == Verb::RecordSite { certificate::stopped(journey) } else { None };
    if let Some(stopped) = stopped {
        return Err(Refusal::Locked(vec![stopped.id.clone()]));
    }
    let blocked = if verb == Verb::Issue { defects::refusal(journey, spec) } else { None };
    if let Some(blocked) = blocked {
        return Err(blocked);
    }
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
    let at_sites = matches!(verb, Verb::RecordStep | Verb::TakeBackStep | Verb::SuspendSite | Verb::ResumeSite | Verb::CheckSite);
    if at_sites && role.side() == Side::EndUser && !go_live::leads(journey, actor) {
        return Err(Refusal::ForLead);
    }
    // What is recorded of every member is the lead's to record.
    if verb == Verb::CheckMembers && members::lead_of(journey).is_some_and(|lead| *lead != actor.organisation) {
        return Err(Refusal::ForLead);
    }
    match verb {
        Verb::CheckMembers if journey.group().is_none() => Err(Refusal::NothingToDo),
        // The group has not got its answer yet; what it writes meanwhile is a draft.
        Verb::Submit | Verb::StillHolds if !queries::open_rows(record).is_empty() => {
            Err(Refusal::QueryOpen { rows: queries::open_rows(record) })
        }
        Verb::Start if !spec.can_start || record.started.is_some() => Err(Refusal::NothingToDo),
        // One new version at a time.
        Verb::Reassess if again && versions::changes_product(journey, spec) => Err(Refusal::NothingToDo),
        Verb::Uplift if editions::newest() <= journey.opening.catalogue => Err(Refusal::NothingToDo),
        Verb::Approve | Verb::Return | Verb::Refuse | Verb::StillHolds if given(&role) => Err(Refusal::NothingToDo),
        Verb::SendBack if record.asked.is_empty() => Err(Refusal::NothingToDo),
        Verb::Undo if journey.undoable(spec).is_none_or(|deed| deed.by != actor.person) => Err(Refusal::NothingToDo),
        Verb::TakeBackRound if journey.recallable(spec).is_none_or(|deed| deed.by != actor.person) => Err(Refusal::NothingToDo),
        Verb::Approve | Verb::Return | Verb::Refuse | Verb::Acknowledge if journey.hands(spec).contains(&actor.person) => {
            Err(Refusal::SameHands)
        }
        // Four eyes where the decision had them.
        Verb::StillHolds if spec.settle != Settle::OnSubmit && journey.hands(spec).contains(&actor.person) => {
            Err(Refusal::SameHands)
        }
        // A supplier that builds for itself signs as an end user under its own name; for others nobody of it does.
        Verb::Sign | Verb::AskToSign | Verb::Decline | Verb::WithdrawSignature
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
        // What is prepared belongs to a plan that was accepted once.
        Verb::RecordStep if !go_live::is_planned(journey) => Err(Refusal::Locked(standing.waiting_on().to_vec())),
        Verb::TakeBackStep if journey.site_records().all(|(_, record)| record.steps.is_empty()) => Err(Refusal::NothingToDo),
        Verb::SuspendSite if journey.sites_in_use().next().is_none() => Err(Refusal::NothingToDo),
        Verb::CheckSite if journey.sites.is_empty() => Err(Refusal::NothingToDo),
        Verb::ResumeSite if !go_live::suspended_by(journey, role.side()) => Err(Refusal::NothingToDo),
        Verb::CloseCondition if !record.open_conditions().any(|(_, verdict)| verdict.role == role) => Err(Refusal::NothingToDo),
        Verb::Sign | Verb::Decline if !may_sign_for(journey, spec, actor, role) => Err(Refusal::AlreadyDone),
        Verb::Sign | Verb::Decline if signing::has_signed_already(journey, spec, &actor.person) => Err(Refusal::SameHands),
        Verb::Sign if signing::prepared_by(journey, spec, role) == Some(&actor.person) => Err(Refusal::SameHands),
        Verb::Sign | Verb::Decline if signing::is_replaced(journey, spec, role, &actor.person) => Err(Refusal::Replaced),
        // Its duties stand from the day on which it was settled first.
        Verb::ReportIncident if record.first_settled.is_none() => Err(Refusal::NothingToDo),
        Verb::ReplaceSignatory if !replaced::may_be(journey, spec) => Err(Refusal::NothingToDo),
        Verb::AskToSign if !signing::is_ready(record) || by_link::unsigned(journey, spec).is_empty() => Err(Refusal::NothingToDo),
        Verb::AssessDefect | Verb::CloseDefect if !journey.defects_of(&spec.id).any(DefectRecord::is_open) => {
            Err(Refusal::NothingToDo)
        }
        Verb::MendDefect if defects::for_supplier(journey, spec).next().is_none() => Err(Refusal::NothingToDo),
        Verb::ReopenDefect if journey.defects_of(&spec.id).all(|defect| defect.state == DefectState::Open) => {
            Err(Refusal::NothingToDo)
        }
        Verb::AnswerQuery if queries::for_supplier(record).next().is_none() => Err(Refusal::NothingToDo),
        Verb::CloseQuery if queries::for_group(record).next().is_none() => Err(Refusal::NothingToDo),
        Verb::WithdrawSignature if !signing::has_signed(journey, spec, &actor.organisation) => Err(Refusal::NothingToDo),
        // Two people suspended it, or one proposed a change: that is decided first, and nobody alone issues another past it.
        Verb::Issue if record.validity.is_some() || record.stopped.as_ref().is_some_and(|stopped| !stopped.withdrawn) => {
            Err(Refusal::NothingToDo)
        }
        Verb::ProposeValidity if record.validity.is_some() || certificate::may_become(record).is_empty() => {
            Err(Refusal::NothingToDo)
        }
        Verb::ConfirmValidity | Verb::DeclineValidity => match &record.validity {
            None => Err(Refusal::NothingToDo),
            Some(asked) if asked.proposal.by == actor.person && verb == Verb::ConfirmValidity => Err(Refusal::SameHands),
            Some(_) => Ok(role),
        },
        Verb::ProposeWaiver if record.proposal.is_some() => Err(Refusal::NothingToDo),
        Verb::ConfirmWaiver | Verb::DeclineWaiver => match &record.proposal {
            None => Err(Refusal::NothingToDo),
            Some(proposal) if proposal.by == actor.person && verb == Verb::ConfirmWaiver => Err(Refusal::SameHands),
            Some(_) => Ok(role),
        },
        _ => Ok(role),
    }
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
        Verb::RecordStep | Verb::TakeBackStep if spec.page == Page::Sites => go_live::prepared_by(spec),
        Verb::SuspendSite | Verb::ResumeSite if spec.page == Page::Sites => go_live::suspends(spec),
        Verb::CheckSite if spec.page == Page::Sites => go_live::checked_by(spec),
        Verb::CloseCondition if spec.page == Page::GoLive => record.open_conditions().map(|(_, verdict)| verdict.role).collect(),
        Verb::Approve | Verb::Return if spec.settle == Settle::ByReview => journey.deciders(spec),
        // Whoever agrees for another side agrees or asks for changes; NHS England alone refuses.
        Verb::Refuse if spec.settle == Settle::ByReview => spec.decide.clone(),
        Verb::Return if spec.confirm => spec.decide.clone(),
        Verb::SendBack if spec.settle == Settle::ByReview => vec![Role::ProgrammeLead],
        Verb::Undo if undo::decides(spec) => undo::undone_by(journey, spec),
        Verb::TakeBackRound if journey.recallable(spec).is_some() => spec.by.clone(),
        Verb::Uplift | Verb::Reassess if spec.page == Page::Scal => spec.by.clone(),
        Verb::Acknowledge if spec.settle == Settle::ByAcknowledgement => spec.decide.clone(),
        Verb::Issue if spec.settle == Settle::ByIssue => spec.decide.clone(),
        Verb::StillHolds => journey.confirms(spec),
        Verb::Sign | Verb::Decline if spec.settle == Settle::BySignatures => journey.signs_next(spec).into_iter().collect(),
        Verb::AskToSign if spec.is_signed_by_users() => by_link::asked_by(spec),
        Verb::CheckMembers if spec.page == Page::Group => {
            spec.by.iter().copied().filter(|role| role.side() == Side::EndUser).collect()
        }
        Verb::RaiseQuery | Verb::CloseQuery if queries::reviews(journey, spec) => queries::asked_by(spec),
        Verb::AnswerQuery if queries::reviews(journey, spec) => queries::answered_by(journey),
        Verb::RaiseDefect => defects::raised_by(spec),
        Verb::MendDefect => defects::mended_by(spec),
        Verb::AssessDefect | Verb::CloseDefect | Verb::ReopenDefect => defects::judged_by(spec),
        Verb::WithdrawSignature if spec.settle == Settle::BySignatures => signing::may_withdraw(spec),
        Verb::ReplaceSignatory if spec.signs == Some(Signs::Connection) => replaced::named_by(spec),
        Verb::ReportIncident if spec.signs == Some(Signs::Connection) => incident::REPORTED_BY.to_vec(),
        Verb::ProposeWaiver if spec.waivable => {
            let own = spec.by.iter().copied().filter(|role| role.side() == Side::Supplier && *role != Role::OnboardingLead);
            [Role::OnboardingLead].into_iter().chain(own).chain([Role::ProgrammeLead]).collect()
        }
        Verb::ConfirmWaiver | Verb::DeclineWaiver if spec.waivable => vec![Role::ProgrammeLead],
        Verb::ProposeValidity | Verb::ConfirmValidity | Verb::DeclineValidity if kind(spec).is_some() => {
            certificate::changed_by(spec)
        }
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

pub(crate) fn judge_journey(journey: &Journey, actor: &Actor, verb: Verb) -> Result<Role, Refusal> {
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

/// Whether this person may write answers of a task now. A review of the group is written while its queries are open. Those of the SCAL are gathered while testing goes on, so its gate
/// need not be open for that.
#[must_use]
pub fn may_write(journey: &Journey, actor: &Actor, task: &TaskId) -> bool {
    let Some(spec) = journey.process.task(task) else { return false };
    match judge_task(journey, actor, Verb::Submit, spec, &journey.standing(task)) {
        Ok(_) => true,
        Err(Refusal::Locked(_)) => spec.page == Page::Scal,
        Err(Refusal::QueryOpen { .. }) => true,
        Err(_) => false,
    }
}
