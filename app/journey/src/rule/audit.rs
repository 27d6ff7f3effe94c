//! What can be wrong with a ledger, and all of it: links that do not hold, events that make no sense, and events that no
//! lawful act can have led to. Pages need only know that a ledger holds (`Journey::replay`); this is for `verify`.

use crate::{
    base::ids::{Digest, FieldId, JourneyRef, Round, TaskId},
    ledger::{
        event::{Event, Recorded},
        journey::{Journey, Phase},
        machine::{StateKind, Verb, transition},
        signing,
        standing::Standing,
    },
    plan::{
        certificates::kind,
        process::{Processes, Settle},
    },
    rule::{by_link, defects, queries},
    task::forms,
};

/// What was found in one ledger.
#[derive(Debug, Default)]
pub struct Audit {
    /// One sentence for each fault.
    pub faults: Vec<String>,
    /// The journey at the end; `None` when the ledger could not be read to its end.
    pub journey: Option<Journey>,
    /// Each round that was sent, also one that was taken back: the digest of its words, and the questions of its form that take
    /// files, as the form was then.
    pub sent: Vec<(TaskId, Round, Digest, Vec<FieldId>)>,
}

/// Looks at a whole ledger, oldest event first.
#[must_use]
pub fn audit(reference: &JourneyRef, history: &[Recorded], processes: &'static Processes) -> Audit {
    let mut found = Audit { faults: broken_links(&reference.to_string(), history), ..Audit::default() };
    let Some((first, rest)) = history.split_first() else {
        found.faults.push("there is no event of it".to_owned());
        return found;
    };
    // A broken link is told already; what only follows from it is not told again.
    let sound = found.faults.is_empty();
    let mut journey = match Journey::open(reference, first, processes) {
        Ok(journey) => journey,
        Err(corrupt) => {
            found.faults.extend(sound.then(|| corrupt.to_string()));
            return found;
        }
    };
    for (at, recorded) in rest.iter().enumerate() {
        found.faults.extend(unlawful(&journey, recorded).map(|says| format!("event {} {says}", recorded.seq)));
        if let Event::Submitted { task, round, digest, .. } = &recorded.event
            && let Some(spec) = journey.process.task(task)
        {
            let form = forms::form_of(spec, &journey.opening);
            found.sent.push((task.clone(), *round, digest.clone(), form.takes_files().map(|field| field.id.clone()).collect()));
        }
        if let Err(corrupt) = journey.step(history, at + 1, processes) {
            found.faults.extend(sound.then(|| corrupt.to_string()));
            return found;
        }
    }
    found.journey = Some(journey);
    found
}

/// Every event that does not follow from the one before it as that one is stored.
pub fn broken_links<E>(stream: &str, history: &[Recorded<E>]) -> Vec<String> {
    let before = std::iter::once(None).chain(history.iter().map(Some));
    history
        .iter()
        .zip(before)
        .filter(|(recorded, before)| !recorded.follows(stream, before.map(|before| (before.seq, &before.digest))))
        .map(|(recorded, _)| format!("event {} does not follow from the event before it", recorded.seq))
        .collect()
}

/// The verb that leads to an event of a task; `None` for what is no step of the task machine.
fn verb_of(event: &Event) -> Option<Verb> {
    Some(match event {
        Event::Started { .. } => Verb::Start,
        Event::Submitted { .. } => Verb::Submit,
        Event::Approved { .. } => Verb::Approve,
        Event::Returned { .. } => Verb::Return,
        Event::Refused { .. } => Verb::Refuse,
        Event::Uplifted { .. } => Verb::Uplift,
        Event::Reassessed { .. } => Verb::Reassess,
        Event::Acknowledged { .. } => Verb::Acknowledge,
        Event::Issued { .. } => Verb::Issue,
        Event::SentBack { .. } => Verb::SendBack,
        Event::Undone { .. } => Verb::Undo,
        Event::RoundTakenBack { .. } => Verb::TakeBackRound,
        Event::StillHolds { .. } => Verb::StillHolds,
        Event::Signed { .. } => Verb::Sign,
        Event::AskedToSign { .. } => Verb::AskToSign,
        Event::Declined { .. } => Verb::Decline,
        Event::SignatureWithdrawn { .. } | Event::SignatureEnded { .. } | Event::SignaturesLapsed { .. } => {
            Verb::WithdrawSignature
        }
        Event::SignatoryReplaced { .. } => Verb::ReplaceSignatory,
        Event::IncidentReported { .. } => Verb::ReportIncident,
        Event::WaiverProposed { .. } => Verb::ProposeWaiver,
        Event::WaiverConfirmed { .. } => Verb::ConfirmWaiver,
        Event::WaiverDeclined { .. } => Verb::DeclineWaiver,
        Event::ValidityProposed { .. } => Verb::ProposeValidity,
        Event::ValidityConfirmed { .. } => Verb::ConfirmValidity,
        Event::ValidityDeclined { .. } => Verb::DeclineValidity,
        Event::Reopened { .. } | Event::Lapsed { .. } => Verb::Reopen,
        Event::SiteLive { .. } => Verb::RecordSite,
        Event::SiteTakenBack { .. } => Verb::TakeBackSite,
        Event::SiteStep { .. } => Verb::RecordStep,
        Event::SiteStepTakenBack { .. } => Verb::TakeBackStep,
        Event::SiteSuspended { .. } => Verb::SuspendSite,
        Event::SiteResumed { .. } => Verb::ResumeSite,
        Event::SiteChecked { .. } => Verb::CheckSite,
        Event::ConditionClosed { .. } => Verb::CloseCondition,
        Event::MembersChecked { .. } => Verb::CheckMembers,
        Event::QueryRaised { .. } => Verb::RaiseQuery,
        Event::QueryAnswered { .. } => Verb::AnswerQuery,
        Event::QueryClosed { .. } => Verb::CloseQuery,
        Event::DefectRaised { .. } => Verb::RaiseDefect,
        Event::DefectAssessed { .. } => Verb::AssessDefect,
        Event::DefectMended { .. } => Verb::MendDefect,
        Event::DefectClosed { .. } => Verb::CloseDefect,
        Event::DefectReopened { .. } => Verb::ReopenDefect,
        // Whether its time had come is asked by the fold.
        Event::Expired { .. }
        | Event::RenewalDue { .. }
        | Event::Opened { .. }
        | Event::Replanned { .. }
        | Event::Rescoped { .. }
        | Event::PartAsked { .. }
        | Event::PartDeclined { .. }
        | Event::Joined { .. }
        | Event::Identified { .. }
        | Event::LeaveAsked { .. }
        | Event::LeaveDeclined { .. }
        | Event::Left { .. }
        | Event::Reclassified { .. }
        | Event::WentLive
        | Event::Withdrawn { .. }
        | Event::Resumed { .. } => return None,
    })
}

/// Why nobody can have done this at this moment, if nobody can. Only what every release has refused is told: a journey of
/// an older release is as honest as one of today.
fn unlawful(journey: &Journey, recorded: &Recorded) -> Option<String> {
    let event = &recorded.event;
    let withdrawn = matches!(journey.phase, Phase::Withdrawn { .. });
    match event {
        Event::WentLive if journey.phase != Phase::Open => return Some("goes live, and the journey is not open".to_owned()),
        Event::WentLive if journey.task(&journey.process.last).state.kind() != StateKind::Settled => {
            return Some(format!("goes live, and “{}” is not done", journey.process.label(&journey.process.last)));
        }
        Event::Withdrawn { .. } if journey.phase != Phase::Open => {
            return Some("withdraws a journey that is not open".to_owned());
        }
        Event::Resumed { .. } if !withdrawn => return Some("resumes a journey that was not withdrawn".to_owned()),
        _ => {}
    }
    let (task, verb) = (event.task()?, verb_of(event)?);
    let spec = journey.process.task(task)?;
    let told = |says: String| Some(format!("({} of “{}”) {says}", verb.name(), spec.label));
    let state = journey.task(task).state.kind();
    if withdrawn {
        return told("was recorded while the journey was withdrawn".to_owned());
    }
    // What other capabilities open again was in the plan until the moment before.
    if verb != Verb::Reopen && !spec.applies(&journey.opening) {
        return told("is about a task that is not in the plan".to_owned());
    }
    if transition(spec.settle, state, verb).is_none() {
        return told(format!("cannot be: the task was {}", state.name()));
    }
    if verb == Verb::Issue && !journey.blocked_by(spec).is_empty() {
        return told("was issued while a defect that blocks it was open".to_owned());
    }
    let by_link = matches!(event, Event::Signed { member: Some(_), .. });
    if let Event::Signed { member: Some(member), .. } = event {
        // What was signed by a link names a member of the group that had not signed, in the name that is made of its code.
        let acts = recorded.by.as_ref().map(|by| &by.organisation);
        if acts != signing::organisation_of_member(&member.ods_code).as_ref() {
            return told("was signed by a link for one organisation in the name of another".to_owned());
        }
        if let Err(refusal) = by_link::may_sign(journey, spec, &member.ods_code) {
            return told(format!("cannot be: {}", refusal.sentence(journey.process).0));
        }
    }
    if verb == Verb::ReportIncident && journey.task(task).first_settled.is_none() {
        return told("is about an agreement that nobody had signed".to_owned());
    }
    if let Event::SignatoryReplaced { role, from, to, .. } = event {
        let signed = journey.task(task).signatures.iter().any(|s| s.role == *role && s.by == from.person);
        if Some(*role) != signing::replaceable(journey, spec) || from.person == to.person {
            return told("names somebody who cannot sign there".to_owned());
        }
        if state == StateKind::Settled && !signed {
            return told("takes back a signature that is not there".to_owned());
        }
    }
    if let Event::Signed { role, member: None, .. } = event
        && recorded.by.as_ref().is_some_and(|by| signing::is_replaced(journey, spec, *role, &by.person))
    {
        return told("was signed by somebody in whose place another was named".to_owned());
    }
    // What counts as done is done again only where something that it rests on has changed.
    let anew = matches!(verb, Verb::Submit | Verb::Issue | Verb::Decline | Verb::StillHolds | Verb::RaiseQuery)
        || (verb == Verb::Sign && !by_link && journey.unsigned(spec).is_empty());
    if anew && state == StateKind::Settled && !matches!(journey.standing(task), Standing::CheckAgain { .. }) {
        return told("cannot be: the task was settled".to_owned());
    }
    let record = journey.submitted_in(spec);
    let round = match event {
        Event::Submitted { round, .. } => Some((*round, record.round.next())),
        Event::Approved { round, .. } | Event::Returned { round, .. } | Event::Acknowledged { round, .. } => {
            Some((*round, record.round))
        }
        Event::Refused { round, .. } | Event::SentBack { round, .. } => Some((*round, record.round)),
        _ => None,
    };
    if let Some((says, is)) = round.filter(|(says, is)| says != is) {
        return told(format!("names round {says}, and it was round {is}"));
    }
    let role = match event {
        Event::Approved { role, .. } | Event::Returned { role, .. } | Event::Refused { role, .. } => {
            Some((*role, journey.deciders(spec)))
        }
        Event::Acknowledged { role, .. }
        | Event::Issued { role, .. }
        | Event::Signed { role, .. }
        | Event::Declined { role, .. }
        | Event::SignatureWithdrawn { role, .. }
        | Event::SignatoryReplaced { role, .. } => Some((*role, spec.decide.clone())),
        Event::StillHolds { role, .. } => Some((*role, journey.confirms(spec))),
        Event::QueryRaised { role, .. } | Event::QueryClosed { role, .. } => Some((*role, queries::asked_by(spec))),
        Event::QueryAnswered { role, .. } => Some((*role, queries::answered_by(journey))),
        event => defects::done_by(event, spec),
    };
    if let Some((role, _)) = role.filter(|(role, asked)| !asked.contains(role)) {
        return told(format!("was done for {}, who has no part in it", role.title().to_lowercase()));
    }
    if matches!(verb, Verb::ProposeValidity | Verb::ConfirmValidity | Verb::DeclineValidity) && kind(spec).is_none() {
        return told("is about a certificate, and the task leaves none".to_owned());
    }
    let person = recorded.by.as_ref().map(|by| &by.person);
    let decides = matches!(verb, Verb::Approve | Verb::Return | Verb::Refuse | Verb::Acknowledge)
        || (verb == Verb::StillHolds && spec.settle != Settle::OnSubmit);
    if decides && person.is_some_and(|person| journey.hands(spec).contains(person)) {
        return told("was done by somebody who sent a round of it".to_owned());
    }
    // Nobody takes back what somebody else did, or what something was built on.
    let deed = match verb {
        Verb::Undo => journey.undoable(spec),
        Verb::TakeBackRound => journey.recallable(spec),
        _ => None,
    };
    let takes_back = event.takes_back();
    if takes_back.is_some() && deed.map(|deed| (Some(deed.seq), Some(&deed.by))) != Some((takes_back, person)) {
        return told("takes back what could not be taken back".to_owned());
    }
    let proposed_by = journey.task(task).proposal.as_ref().map(|proposal| &proposal.by);
    let changed_by = journey.task(task).validity.as_ref().map(|asked| &asked.proposal.by);
    let confirms_own =
        (verb == Verb::ConfirmWaiver && proposed_by == person) || (verb == Verb::ConfirmValidity && changed_by == person);
    if confirms_own {
        return told("was done by whoever proposed it".to_owned());
    }
    None
}
