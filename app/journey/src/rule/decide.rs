//! What may happen next, and who may do it. `judge` is the one place: `offers` asks it for every verb to draw the
//! buttons, [`decide`] asks it again and then looks at the words.
//!
//! Long because every wish is turned into its event in one match, so that each can be read beside the others.

use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        actor::{Actor, Role},
        identity::Identity,
        ids::{Digest, FieldId, OrganisationId, Seq, TaskId},
        text,
    },
    catalogue::{editions, scal},
    form::{Answers, Problem, Problems, day},
    ledger::{
        agreement_text::AgreementText,
        basis::Basis,
        event::{By, Event, Finding},
        file_sort::{self, Sort},
        group::Group,
        journey::{Journey, Phase},
        machine::{StateKind, Verb},
        refusal::Refusal,
        signing,
        standing::Standing,
        words,
    },
    plan::{
        certificates::kind,
        opening::Opening,
        opening_form,
        process::{Page, Process, Settle, TaskSpec},
    },
    rule::{
        answering, by_link, certificate,
        command::Command,
        defects, go_live, incident, leaving, member_checks, members,
        offers::{judge, judge_journey, judge_task, may_write},
        queries,
        reason::{reason_of, words},
        replaced, review, undo, versions,
    },
    task::{testing, use_case},
};

/// Requests for a part that may wait in one journey: as many as its page shows.
pub const MOST_ASKED: usize = 200;

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
pub fn decide(journey: &Journey, actor: &Actor, command: Command, seen: Option<Seq>, today: Date) -> Result<Vec<Event>, Refusal> {
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
    // What is done about a defect changes nothing else of its stage, and nothing else of the stage changes it.
    let now = match &command {
        Command::RaiseDefect { .. } => Seq(0),
        command => match command.defect() {
            Some(number) => journey.defect(number).map_or(Seq(0), |defect| defect.changed),
            None => journey.changed(&task),
        },
    };
    if let Some(seen) = seen
        && now > seen
        && !matches!(judged, Err(Refusal::NotYours { .. }))
    {
        return Err(Refusal::ChangedSince { seen, now, by: None });
    }
    let role = judged?;
    let record = journey.submitted_in(spec);
    let round = record.round;
    let (mut follows, mut more) = (None, Vec::new());
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
            if let Some(problem) = member_checks::undeclarable(journey, spec, &typed) {
                return Err(Refusal::Invalid(Problems(vec![problem])));
            }
            let group =
                if spec.page == Page::Group { Group::of(&answers, use_case::setting(answers.one("care_setting"))) } else { None };
            let justified = if spec.page == Page::Scal { scal::justified(&journey.opening, &answers) } else { Vec::new() };
            let along = testing::along(spec, &journey.opening, &answers);
            let judged = if spec.page == Page::Scal { testing::judged_already(journey, spec, &answers) } else { Vec::new() };
            let agrees = journey.asked_to_agree(spec, &actor.organisation);
            let digest = Digest::of(answers.to_json().as_bytes());
            let text = AgreementText::to_send(spec);
            let use_case = (spec.page == Page::UseCase).then(|| use_case::told(&answers));
            Event::Submitted { digest, round: round.next(), task, justified, group, along, judged, text, agrees, use_case }
        }
        Command::Uplift { task } => Event::Uplifted { task, catalogue: editions::newest() },
        Command::Reassess { task, product, name, rows } => {
            let (product, name) = (versions::named(&product)?, versions::renamed(&journey.opening, &name)?);
            Event::Reassessed { task, product, name, rows: versions::touched(&journey.opening, &rows) }
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
        Command::Undo { task, at } => undo::undone(journey, spec, task, at)?,
        Command::TakeBackRound { opened: true, .. } => return Err(Refusal::Opened),
        Command::TakeBackRound { task, .. } => undo::taken_back(journey, spec, task)?,
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
            // A certificate says what it is by itself; what is written is added to it.
            let missing = if kind(spec).is_some() { "" } else { "Say what you issue" };
            let note = words(&note, "note", missing)?;
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
            let renew_by = signing::renew_by(spec, role, today);
            Event::Signed { task, role, name, authority, words: shown, member: None, renew_by }
        }
        Command::AskToSign { task, asked } => Event::AskedToSign { asked: by_link::asked(journey, spec, asked)?, task },
        Command::Decline { task, reason } => Event::Declined { task, role, reason: reason_of(&reason)? },
        Command::WithdrawSignature { task, reason, until } => {
            let (until, reason) = (last_day(&until, today), reason_of(&reason));
            // What is wrong with either is told at once.
            match (until, reason) {
                (Ok(until), Ok(reason)) => Event::SignatureWithdrawn { task, role, reason, until },
                (Err(problem), Err(Refusal::Invalid(mut problems))) => {
                    problems.0.push(problem);
                    return Err(Refusal::Invalid(problems));
                }
                (Err(problem), _) => return Err(Refusal::Invalid(Problems(vec![problem]))),
                (_, Err(refusal)) => return Err(refusal),
            }
        }
        Command::ReplaceSignatory { task, from, to, reason } => replaced::decided(journey, spec, task, (from, to), &reason)?,
        Command::ReportIncident { task, incident } => {
            Event::IncidentReported { task, incident: incident::agreed(incident, today)? }
        }
        Command::ProposeWaiver { task, reason } => Event::WaiverProposed { task, reason: reason_of(&reason)? },
        Command::ConfirmWaiver { task } => Event::WaiverConfirmed { task },
        Command::DeclineWaiver { task, reason } => Event::WaiverDeclined { task, reason: reason_of(&reason)? },
        Command::ProposeValidity { task, change, reason } => {
            if !certificate::may_become(journey.task(&task)).contains(&change) {
                return Err(Refusal::problem("change", "Choose what should happen to the certificate"));
            }
            Event::ValidityProposed { task, change, reason: reason_of(&reason)? }
        }
        Command::ConfirmValidity { task } => Event::ValidityConfirmed { task },
        Command::DeclineValidity { task, reason } => Event::ValidityDeclined { task, reason: reason_of(&reason)? },
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
        Command::RecordStep { task, done, sent } => go_live::step(journey, actor, task, done, today, &sent)?,
        Command::RecordSteps { task, done, sent } => {
            for one in done {
                match go_live::step(journey, actor, task.clone(), one, today, &sent) {
                    Err(Refusal::AlreadyDone) => {}
                    said => more.push(said?),
                }
            }
            if more.is_empty() {
                return Err(Refusal::AlreadyDone);
            }
            more.remove(0)
        }
        Command::TakeBackStep { task, step, capabilities, sites, reason } => {
            go_live::step_back(journey, actor, task, (step, capabilities, sites), reason_of(&reason)?)?
        }
        Command::SuspendSite { task, ods_code, capabilities, reason } => {
            let capabilities = go_live::to_suspend(journey, &ods_code, &capabilities)?;
            Event::SiteSuspended { task, ods_code, capabilities, reason: reason_of(&reason)?, side: role.side() }
        }
        Command::ResumeSite { task, ods_code, capabilities, reason } => {
            let capabilities = go_live::to_resume(journey, &ods_code, &capabilities, role.side())?;
            Event::SiteResumed { task, ods_code, capabilities, reason: reason_of(&reason)? }
        }
        Command::CheckSite { task, ods_code, answers } => go_live::check(journey, (task, ods_code), &answers, today)?,
        Command::CloseCondition { task, field, note } => {
            let open = record.open_conditions().find(|(id, verdict)| **id == field && verdict.role == role);
            let Some((_, verdict)) = open else { return Err(Refusal::AlreadyDone) };
            let round = verdict.round;
            let note = words(&note, "note", "Say how the condition was met")?;
            Event::ConditionClosed { task, field, role, round, note }
        }
        Command::CheckMembers { checked, .. } => member_checks::recorded(journey, spec, role, checked, today)?,
        Command::RaiseQuery { row, words, .. } => queries::raised(journey, spec, role, &row, &words)?,
        Command::AnswerQuery { row, words, changes, .. } => {
            let answered = queries::answered(journey, spec, (role, &row, &words), changes)?;
            follows = queries::reopened(journey, &answered);
            answered
        }
        Command::CloseQuery { row, .. } => queries::closed(journey, spec, role, &row)?,
        Command::RaiseDefect { defect, assessment, .. } => {
            defects::raised(journey, spec, (role, &actor.person), defect, assessment)?
        }
        Command::AssessDefect { number, assessment, reason, .. } => {
            defects::assessed(journey, spec, role, (number, assessment), &reason)?
        }
        Command::MendDefect { number, what, version, .. } => defects::mended(journey, spec, role, number, (&what, &version))?,
        Command::CloseDefect { number, how, words, .. } => defects::closed(journey, spec, role, (number, how), &words)?,
        Command::ReopenDefect { number, words, .. } => defects::reopened(journey, spec, role, number, &words)?,
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
    events.extend(more);
    Ok(events)
}

/// Choosing other capabilities changes the plan; what was settled for the old ones is checked again
/// (domain/journeys.md, phase 1: it "re-scopes the SCAL").
fn rescoped(journey: &Journey, spec: &TaskSpec, answers: &Answers) -> Option<Event> {
    let capabilities = opening_form::chosen(answers);
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
        Command::AskForPart { .. } if journey.asked_parts().count() >= MOST_ASKED => {
            let says = format!("{MOST_ASKED} requests wait already. NHS England answers those first, or take one back");
            return Err(Refusal::problem("organisation", &says));
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
            let now = words::words_to_sign(journey, journey.process.task(task)?);
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

/// What time itself brings: approvals that lapsed, certificates that expired, signatures whose last day has passed, and those that are
/// to be given anew. Recorded before anything else is decided.
#[must_use]
pub fn due(journey: &Journey, now: Timestamp) -> Vec<Event> {
    let lapsed = journey.lapses().into_iter().filter(|(_, at)| *at <= now).map(|(task, _)| Event::Lapsed { task });
    let expired = journey.expire().filter(|(_, on)| *on <= now).map(|(task, _)| Event::Expired { task: task.clone() });
    let ended = signing::endings(journey)
        .into_iter()
        .filter(|(_, _, at)| *at <= now)
        .map(|(spec, ending, _)| Event::SignatureEnded { task: spec.id.clone(), organisation: ending.back.organisation.clone() });
    lapsed.chain(expired).chain(ended).chain(renewed(journey, now)).collect()
}

/// Signatures that are to be given anew, and those that were not in time, of every task.
fn renewed(journey: &Journey, now: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    for spec in journey.plan().filter(|spec| spec.is_signed_by_users()) {
        let found = signing::renewals(journey, spec, now);
        // What was taken back and ends in the same moment has ended.
        let ends = |of: &OrganisationId| {
            let mut all = signing::endings(journey).into_iter();
            all.any(|(task, ending, at)| task.id == spec.id && ending.back.organisation == *of && at <= now)
        };
        let others = |all: Vec<OrganisationId>| all.into_iter().filter(|of| !ends(of)).collect::<Vec<_>>();
        let (due, lapsed) = (others(found.due), others(found.lapsed));
        if !due.is_empty() {
            events.push(Event::RenewalDue { task: spec.id.clone(), organisations: due });
        }
        if !lapsed.is_empty() {
            events.push(Event::SignaturesLapsed { task: spec.id.clone(), organisations: lapsed });
        }
    }
    events
}

/// When time brings something next; `None` when it never does.
#[must_use]
pub fn due_at(journey: &Journey) -> Option<Timestamp> {
    let ends = signing::endings(journey).first().map(|(_, _, at)| *at);
    let signed = journey.plan().filter(|spec| spec.is_signed_by_users());
    let renewed = signed.filter_map(|spec| signing::renewals(journey, spec, Timestamp::MIN).next);
    journey.moves_by_itself().into_iter().chain(ends).chain(renewed).min()
}

/// The last day of a signature, as somebody typed it; none where nothing is typed.
fn last_day(typed: &str, today: Date) -> Result<Option<Date>, Problem> {
    if text::line(typed).is_empty() {
        return Ok(None);
    }
    match day(typed) {
        Ok(until) if until < today => {
            Err(Problem::new("until", "The last day cannot be in the past. Leave it blank to take it back at once"))
        }
        Ok(until) => Ok(Some(until)),
        Err(why) => Err(Problem::new("until", why.says("Last day on which it counts"))),
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
        return Err(judge(journey, actor, Verb::Submit, task).err().unwrap_or(Refusal::Unknown));
    }
    if !from.may_be_read_by(actor) {
        return Err(Refusal::NotYours { roles: file_sort::readers(from) });
    }
    let (task, file) = (task.clone(), file.clone());
    Ok((from != to).then_some(Event::Reclassified { task, file, from, to }))
}
