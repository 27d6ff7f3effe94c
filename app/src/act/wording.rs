//! How holders, dates and standings are said: the same words on every page (reference/pages/notes.md §2).

use jiff::civil::Date;
use journey::{
    base::{
        actor::{Role, Side},
        calendar,
        identity::Identity,
        ids::{OrganisationId, PersonId, TaskId},
    },
    ledger::{
        defect::{self, DefectRecord},
        event::Event,
        journey::Journey,
        signing,
        standing::{Settlement, State, TaskRecord},
    },
    people::rules,
    plan::{
        certificates::ValidityChange,
        process::{Settle, TaskSpec},
    },
    port::StoreError,
    view::{
        names::Names,
        turns::{self, Around, Turn},
    },
};
use leptos::prelude::*;

use crate::{
    base::{
        dates,
        words::{counted, listed},
    },
    request::{services::Services, visitor::Visitor},
};

/// The side for which a person reads a page of this journey.
#[must_use]
pub fn side_of(visitor: &Visitor, journey: &Journey) -> Side {
    if visitor.organisation.id == journey.organisation && visitor.actor.on(Side::Supplier) {
        Side::Supplier
    } else if visitor.is_programme() {
        Side::Programme
    } else {
        Side::EndUser
    }
}

/// Whether this turn is one that the person themselves may take.
#[must_use]
pub fn is_mine(turn: &Turn, visitor: &Visitor, journey: &Journey) -> bool {
    turns::is_theirs(turn, &visitor.actor, journey)
}

/// Who is around a journey, with the names of today.
#[must_use]
pub fn around(journey: &Journey, names: &Names) -> Around {
    Around::of(journey, &names.organisations)
}

/// Who approved what is settled: NHS England, and the commissioner where it was asked to agree.
#[must_use]
pub fn who_approved(record: &TaskRecord) -> &'static str {
    let commissioner = record.approvals.iter().any(|approval| approval.role.side() == Side::Commissioner);
    if commissioner { "NHS England and the commissioner" } else { "NHS England" }
}

/// Who asked for changes to what came back: NHS England, the commissioner, or both.
#[must_use]
pub fn who_asked(record: &TaskRecord) -> &'static str {
    let of = |side: Side| record.asked.iter().any(|asked| asked.role.side() == side);
    match (of(Side::Programme), of(Side::Commissioner)) {
        (false, true) => "The commissioner",
        (true, true) => "NHS England and the commissioner",
        _ => "NHS England",
    }
}

/// The organisation, then the team: "NHS England, functional assurance".
#[must_use]
pub fn holder(turn: &Turn, journey: &Journey, names: &Names) -> String {
    around(journey, names).team(turn).in_words()
}

/// The same for a reader, who is told of colleagues as such: "your clinical safety officer".
#[must_use]
pub fn holder_for(turn: &Turn, visitor: &Visitor, journey: &Journey, names: &Names) -> String {
    around(journey, names).team_for(turn, &visitor.actor).in_words()
}

/// What keeps turns of the reader's own organisation from being taken: nobody there holds the role. With the way to the
/// page where somebody can be given it, for whoever may.
///
/// # Errors
/// When the database does not answer.
pub async fn held_by_nobody(
    services: &Services,
    visitor: &Visitor,
    journey: &Journey,
    turns: &[Turn],
) -> Result<Vec<(String, bool)>, StoreError> {
    let actor = &visitor.actor;
    // Whoever can take one holds a role that fits; of the others somebody may have to be found.
    let others: Vec<Turn> = turns.iter().filter(|turn| !turns::is_theirs(turn, actor, journey)).cloned().collect();
    if turns::held_by_nobody(&others, journey, actor, &actor.roles).is_empty() {
        return Ok(Vec::new());
    }
    let members = services.store.members(&visitor.organisation.id).await?;
    let held = members.into_iter().flat_map(|member| member.roles).collect();
    let missing = turns::held_by_nobody(&others, journey, actor, &held);
    let may_give = rules::may_keep_people(actor);
    let says = |roles: Vec<Role>| (turns::nobody_is(&visitor.organisation.name, &roles), may_give);
    Ok(missing.into_iter().map(says).collect())
}

/// The same on a page.
#[must_use]
pub fn give_the_role(missing: &[(String, bool)]) -> AnyView {
    let items = missing
        .iter()
        .map(|(says, may_give)| {
            let says = says.clone();
            if *may_give {
                view! { <p class="gpc-nobody">{says}": " <a href="/organisation">"give somebody the role"</a> "."</p> }.into_any()
            } else {
                view! { <p class="gpc-nobody">{says}". Ask whoever looks after the people of your organisation to give somebody the role."</p> }
                    .into_any()
            }
        })
        .collect_view();
    items.into_any()
}

/// "Your turn since 26 February 2026." or "With NHS England, functional assurance, since …. Due …."
#[must_use]
pub fn held(turn: &Turn, visitor: &Visitor, journey: &Journey, names: &Names, today: Date) -> (bool, String) {
    let since = dates::day_of(turn.since);
    let expected = turn.expected.map(|day| format!(" Usually answered by {}.", dates::date(day))).unwrap_or_default();
    let paused = if turn.side == Side::Supplier { paused(journey, &turn.task) } else { None };
    let expected = paused.map_or(expected, |paused| format!(" {paused}"));
    let due = turn.due.map_or(expected, |due| format!(" Due {} ({}).", dates::date(due), dates::due_in(due, today).1));
    if is_mine(turn, visitor, journey) {
        (true, format!("since {since}.{due}"))
    } else {
        (false, format!("With {}, since {since}.{due}", holder_for(turn, visitor, journey, names)))
    }
}

/// Who an organisation of the journey is now, where that is somebody else than it was then.
#[must_use]
pub fn now_called(journey: &Journey, organisation: &OrganisationId, then: &Identity) -> Option<String> {
    journey.identity(organisation).filter(|now| *now != then).map(Identity::in_words)
}

/// A person's name, or a word that hides nothing and invents nothing.
#[must_use]
pub fn who(names: &Names, person: Option<&PersonId>) -> String {
    person.and_then(|id| names.people.get(id)).cloned().unwrap_or_else(|| "the service".to_owned())
}

/// Who has claimed what a turn asks of their team, each in a sentence with a space before it; empty when nobody has.
#[must_use]
pub fn claimed(turn: &Turn, names: &Names) -> String {
    let several = turn.roles.len() > 1;
    let claim = |role: &Role| {
        let person = names.claims.get(&(turn.task.clone(), *role))?;
        let team = if several { format!(" for {}", role.the()) } else { String::new() };
        Some(format!(" Claimed by {}{team}.", who(names, Some(person))))
    };
    turn.roles.iter().filter_map(claim).collect()
}

/// What does not count while a task is open again, in a sentence; empty when nothing rests on it.
#[must_use]
pub fn resting_on(journey: &Journey, task: &TaskId) -> String {
    let resting = journey.resting_on(task);
    let nouns: Vec<String> = resting.iter().map(|spec| spec.noun.clone()).collect();
    match nouns.len() {
        0 => String::new(),
        1 => format!("This does not count until it is completed again: {}.", nouns[0]),
        count => format!("These {count} do not count until it is completed again: {}.", listed(nouns)),
    }
}

/// How a task was settled, waived or sent back, as the hint below its name.
#[must_use]
pub fn how(journey: &Journey, spec: &TaskSpec, names: &Names) -> String {
    let record = journey.task(&spec.id);
    let day = dates::day_of(record.since);
    match &record.state {
        State::Settled { how, by, .. } => match how {
            Settlement::Marked if journey.process.reviewer_of(&spec.id).is_some() => {
                format!("Sent by {} on {day}.", who(names, by.as_ref()))
            }
            Settlement::Marked => format!("Marked as done by {} on {day}.", who(names, by.as_ref())),
            Settlement::Approved => format!("Approved by NHS England on {day}.{}", lapses(journey, spec)),
            Settlement::Acknowledged if spec.confirm => format!("Confirmed by NHS England on {day}."),
            Settlement::Acknowledged => format!("Answered by NHS England on {day}."),
            Settlement::Issued => format!("Issued by NHS England on {day}."),
            Settlement::Signed => match signing::count(journey, spec) {
                Some((there, all)) if there < all => format!("Signed on {day}. {there} of {all} have signed."),
                _ => format!("Signed by everybody on {day}."),
            },
            Settlement::Live => String::new(),
        },
        State::Waived { proposed_by, confirmed_by, reason } => {
            format!("{} and {} agreed on {day}: {reason}", who(names, Some(proposed_by)), who(names, Some(confirmed_by)))
        }
        State::Returned { role, findings, .. } if spec.settle == Settle::BySignatures => {
            let why = findings.first().map(|finding| finding.words.as_str()).unwrap_or_default();
            format!("Declined by {} on {day}: {why}", role.the())
        }
        State::Returned { refused: true, .. } => format!("Refused in round {}.", record.round),
        State::Returned { findings, .. } => format!("Round {}: {}.", record.round, counted(findings.len(), "finding")),
        State::Open | State::Submitted => match &record.reopened {
            Some(reopening) => format!("Open again: {}", reopening.reason),
            None => signing::count_in_words(journey, spec).map(|text| format!("{text}.")).unwrap_or_default(),
        },
    }
}

/// "Paused since 3 March 2026: defect D-2 belongs to the provider." `None` while the clock of the supplier on a task goes on.
#[must_use]
pub fn paused(journey: &Journey, task: &TaskId) -> Option<String> {
    let paused = journey.paused(task)?;
    let (since, name) = (dates::day_of(paused.since), defect::name(paused.number));
    Some(format!("Paused since {since}: defect {name} belongs to {}.", paused.owner.the()))
}

/// " (defect D-2 blocks it)": what of a stage a certificate waits for beside the stage itself; empty where there is nothing.
#[must_use]
pub fn blocks(journey: &Journey, spec: &TaskSpec, need: &TaskId) -> String {
    let names: Vec<String> =
        journey.blocked_by(spec).into_iter().filter(|defect| defect.task == *need).map(DefectRecord::name).collect();
    match names.len() {
        0 => String::new(),
        1 => format!(" (defect {} blocks it)", names[0]),
        _ => format!(" (defects {} block it)", listed(names)),
    }
}

/// Until when an approval holds if the work it permits is not started.
fn lapses(journey: &Journey, spec: &TaskSpec) -> String {
    match (journey.lapses(), &spec.lapse) {
        (Some((task, at)), Some(lapse)) if task == spec.id => {
            let last = calendar::date_of(at).yesterday().unwrap_or_else(|_| calendar::date_of(at));
            let work = journey.process.noun(&lapse.unless_started);
            format!(" It lapses after {} unless “{work}” has been started by then.", dates::date(last))
        }
        _ => String::new(),
    }
}

/// "Access Record Structured 1.6.2 and Access Document 1.6.2".
#[must_use]
pub fn capabilities(journey: &Journey) -> String {
    listed(journey.opening.capabilities.iter().map(|c| format!("{} {}", c.capability.title(), c.version)).collect())
}

/// What somebody did, as the middle of a sentence: "Ruth Delaney **returned this with findings** at 10:04".
#[must_use]
pub fn did(event: &Event) -> &'static str {
    match event {
        Event::Opened { .. } => "opened the journey",
        Event::Started { .. } => "started work on this",
        Event::Submitted { .. } => "submitted this",
        Event::Approved { .. } => "approved this",
        Event::Returned { .. } => "returned this with findings",
        Event::SentBack { .. } => "sent this back before every team had finished",
        Event::Refused { .. } => "refused this",
        Event::Undone { .. } => "undid their decision",
        Event::RoundTakenBack { .. } => "took back what they had sent",
        Event::Uplifted { .. } => "moved this to a newer edition of the catalogue",
        Event::Reassessed { .. } => "began the assessment of a new product version",
        Event::Acknowledged { .. } => "answered this",
        Event::Issued { .. } => "issued this",
        Event::StillHolds { .. } => "said that this still holds",
        Event::Signed { .. } => "signed this",
        Event::AskedToSign { .. } => "asked members of the group by email to sign this",
        Event::Declined { .. } => "declined to sign this",
        Event::SignatureWithdrawn { until: None, .. } => "took back the signature of their organisation",
        Event::SignatureWithdrawn { until: Some(_), .. } => "took back the signature of their organisation from a later day on",
        Event::SignatureEnded { .. } => "let a signature end that was taken back",
        Event::RenewalDue { .. } => "asked for signatures anew that count for a year",
        Event::SignaturesLapsed { .. } => "let signatures lapse that were not given anew",
        Event::SignatoryReplaced { .. } => "named somebody else to sign this",
        Event::IncidentReported { .. } => "reported an incident",
        Event::WaiverProposed { .. } => "asked to skip this",
        Event::WaiverConfirmed { .. } => "agreed to skip this",
        Event::WaiverDeclined { .. } => "did not agree to skip this",
        Event::ValidityProposed { change: ValidityChange::Suspend, .. } => "proposed to suspend the certificate",
        Event::ValidityProposed { change: ValidityChange::Withdraw, .. } => "proposed to withdraw the certificate",
        Event::ValidityProposed { change: ValidityChange::Reinstate, .. } => "proposed to reinstate the certificate",
        Event::ValidityConfirmed { .. } => "agreed to what was proposed for the certificate",
        Event::ValidityDeclined { .. } => "did not agree to what was proposed for the certificate",
        Event::Reopened { .. } => "opened this again",
        Event::Lapsed { .. } => "let this lapse",
        Event::Expired { .. } => "let the certificate expire",
        Event::Replanned { .. } => "confirmed the plan of the journey",
        Event::Rescoped { .. } => "chose other capabilities",
        Event::PartAsked { .. } => "asked to add an organisation",
        Event::PartDeclined { .. } => "did not add an organisation",
        Event::Joined { .. } => "added an organisation",
        Event::Identified { .. } => "corrected who an organisation is",
        Event::LeaveAsked { .. } => "asked that an organisation leaves",
        Event::LeaveDeclined { .. } => "let an organisation stay that was asked to leave",
        Event::Left { .. } => "removed an organisation",
        Event::Reclassified { .. } => "said what sort of evidence a file is",
        Event::SiteLive { .. } => "recorded a site",
        Event::SiteTakenBack { .. } => "took a site back",
        Event::SiteStep { .. } => "recorded what was done at sites",
        Event::SiteStepTakenBack { .. } => "took back what was recorded of sites",
        Event::SiteSuspended { .. } => "suspended a site",
        Event::SiteResumed { .. } => "resumed a site",
        Event::SiteChecked { .. } => "recorded an early check of a site",
        Event::ConditionClosed { .. } => "said that a condition of this is met",
        Event::MembersChecked { .. } => "recorded what was checked of members of the group",
        Event::QueryRaised { .. } => "asked the supplier about a row of the SCAL",
        Event::QueryAnswered { changes: false, .. } => "replied to a query about the SCAL",
        Event::QueryAnswered { changes: true, .. } => "replied to a query about the SCAL and changes the answer",
        Event::QueryClosed { .. } => "said that a query about the SCAL is answered",
        Event::DefectRaised { .. } => "raised a defect",
        Event::DefectAssessed { .. } => "said who mends a defect and how bad it is",
        Event::DefectMended { .. } => "said that a defect is mended",
        Event::DefectClosed { .. } => "closed a defect",
        Event::DefectReopened { .. } => "opened a defect again",
        Event::WentLive => "took the journey live",
        Event::Withdrawn { .. } => "withdrew the journey",
        Event::Resumed { .. } => "resumed the journey",
    }
}
