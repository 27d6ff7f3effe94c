//! `/journeys/{ref}/history`: everything that happened, newest first, and whether the chain of digests holds.

use std::collections::BTreeSet;

use journey::{
    base::{identity::Identity, ids::TaskId},
    ledger::{
        defect,
        event::{Event, Recorded},
        heads::name_of,
        journey::Journey,
        member_check::MemberCheck,
        names,
        site::StepSite,
    },
    plan::capability::Capability,
    port::heads::ListedHead,
    view::names::Names,
};
use leptos::prelude::*;

use crate::{
    act::{
        load::load_whole,
        page::{context, page},
        wording,
        wording::did,
    },
    base::{dates, paths, words::listed},
    design::{
        Button,
        Column::{Figures, Words},
        Crumbs, Details, Grid, Title, live_on,
    },
    islands::Wake,
    request::visitor::{param, query},
};

/// `/journeys/{ref}/history`
#[component]
pub fn History() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        // A ledger that does not verify cannot be loaded at all: every entry is read and every link checked.
        let loaded = load_whole(&context.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        let count = loaded.history.len();
        let reads = |recorded: &Recorded| recorded.event.task().is_none_or(|task| journey.may_read_task(&visitor.actor, task));
        let acted = names::acted_as(&loaded.history);
        // Tasks that the reader may read and of which something is recorded, in the order of the plan.
        let shown = query("task");
        let about = |recorded: &Recorded| shown.is_empty() || recorded.event.task().is_some_and(|task| task.as_str() == shown);
        let told: BTreeSet<&TaskId> = loaded.history.iter().filter(|one| reads(one)).filter_map(|one| one.event.task()).collect();
        let choices = journey.process.tasks.iter().filter(|spec| told.contains(&spec.id));
        let choices = choices
            .map(|spec| view! { <option value=spec.id.to_string() selected=spec.id.as_str() == shown>{spec.label.clone()}</option> })
            .collect_view();
        let lines = loaded
            .history
            .iter()
            .zip(&acted)
            .rev()
            .filter(|(recorded, _)| about(recorded) && (shown.is_empty() || reads(recorded)));
        let rows =
            lines.map(|(recorded, then)| row(journey, &loaded.names, recorded, then.as_ref(), reads(recorded))).collect_view();
        let listed = context.services.store.listed_head(&journey.reference.to_string()).await?;
        let here = paths::journey(&journey.reference);
        let product = journey.opening.product.clone();
        let body = view! {
            <Crumbs links=vec![("/journeys".to_owned(), "Journeys".to_owned()), (here.clone(), product.clone())] />
            <Title above=format!("{product} {}", journey.reference) text="History" />
            {live_on(&journey.reference)}
            <div data-live="verified" class="nhsuk-inset-text">
                <p>
                    {format!("Verified when this page was made: {}, each with the digest of the one before. The last digest is ", if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") })}
                    <span class="gpc-mono gpc-break">{journey.head.to_string()}</span> "."
                </p>
            </div>
            {journey.reads_everything(&visitor.actor).then(|| view! {
                <p>
                    <a href=format!("/journeys/{}/pack.zip", journey.reference) download>"Download the journey (ZIP)"</a>
                    ". It has the entries, the words that were sent and signed, the certificates and agreements as PDFs, and how anybody checks them without this service. Files that people added are not in it, only their digests."
                </p>
                {in_lists(journey, &loaded.history, listed)}
            })}
            <form class="gpc-filters" method="get" action=format!("{here}/history")>
                <div><label for="task">"Task"</label><select class="nhsuk-select" id="task" name="task"><option value="">"All entries"</option>{choices}</select></div>
                <Button text="Show" secondary=true small=true />
            </form>
            <Grid caption="Entries, newest first" columns=[Figures("Entry"), Words("When"), Words("Who"), Words("What")] rows=rows.into_any() live="entries" />
            <Wake />
        }
        .into_any();
        Ok((format!("History of {product}"), body))
    })
}

/// What this ledger is called in the daily lists of heads, and where one names it last: for those who may compare the whole of it.
fn in_lists(journey: &Journey, history: &[Recorded], listed: Option<ListedHead>) -> Option<AnyView> {
    let ledger = name_of(&journey.reference.to_string(), &history.first()?.digest);
    let named = match listed {
        Some(head) => view! {
            <a href=paths::heads(&head.day)>{format!("The list of {}", dates::date(head.day))}</a>
            {format!(" names it last: entry {}, digest ", head.seq)}
            <span class="gpc-mono gpc-break">{head.digest.to_string()}</span>"."
        }
        .into_any(),
        None => "No list names it yet.".into_any(),
    };
    let details = view! {
        <p>"Where all ledgers end is "<a href=paths::HEADS>"published every day in a signed list"</a>". Whoever keeps a list can tell later whether entries are missing. In these lists this ledger is called:"</p>
        <p class="gpc-mono gpc-break">{ledger.to_string()}</p>
        <p>{named}</p>
    };
    Some(view! { <Details summary="This journey in the daily lists" body=details.into_any() /> }.into_any())
}

/// One entry as a line of the table. `then` is who the organisation that acted was at that time. Of a task that is not for the
/// reader it says that something happened, and no words.
pub(crate) fn row(journey: &Journey, names: &Names, recorded: &Recorded, then: Option<&Identity>, reads: bool) -> AnyView {
    let who = wording::who(names, recorded.by.as_ref().map(|by| &by.person));
    let today = recorded.by.as_ref().and_then(|by| names.organisations.get(&by.organisation)).cloned().unwrap_or_default();
    let organisation = match then {
        Some(then) if !today.is_empty() && then.name != today => format!("{}, now {today}", then.name),
        Some(then) => then.name.clone(),
        None => today,
    };
    let task = recorded.event.task().map(|task| journey.process.label(task).to_owned());
    let details = details(&recorded.event).filter(|_| reads);
    view! {
        <tr role="row" id=format!("entry-{}", recorded.seq)>
            <td role="cell" data-l="Entry" class="gpc-num">{recorded.seq.to_string()}</td>
            <td role="cell" data-l="When"><time class="gpc-nb" datetime=recorded.at.to_string()>{dates::moment(recorded.at)}</time></td>
            <td role="cell" data-l="Who">{who}<br /><span class="gpc-meta">{organisation}</span></td>
            <td role="cell" data-l="What">
                {task.map(|task| view! { <b>{task}</b> ": " })}
                {did(&recorded.event)}
                {details.map(|text| view! { <div class="gpc-meta gpc-lines">{text}</div> })}
            </td>
        </tr>
    }
    .into_any()
}

fn details(event: &Event) -> Option<String> {
    let text = match event {
        Event::Opened { process, opening, .. } => format!("{} Process version {process}.", opening.route().about()),
        Event::Submitted { round, digest, .. } => format!("Round {round}. Digest of the words: {}…", &digest.as_str()[..16]),
        Event::Approved { note, round, role, .. } => format!("Round {round}, for {}. {note}", role.the()),
        Event::Returned { round, findings, .. } => {
            let all: Vec<String> = findings.iter().map(|f| f.words.clone()).collect();
            format!("Round {round}.\n{}", all.join("\n"))
        }
        Event::Uplifted { catalogue, .. } => format!("Edition {catalogue}."),
        Event::Reassessed { product, name, rows, .. } => {
            let ids: Vec<String> = rows.iter().map(|row| row.as_str().to_uppercase()).collect();
            let renamed = if name.is_empty() { String::new() } else { format!(" The product is called {name} from now on.") };
            format!("Version {product}.{renamed} Asked again: {}.", ids.join(", "))
        }
        Event::SignatureWithdrawn { reason, until: Some(until), .. } => {
            format!("It counts until {}. {reason}", dates::date(*until))
        }
        Event::SignatureEnded { organisation, .. } => format!("Of {organisation}."),
        Event::RenewalDue { organisations, .. } | Event::SignaturesLapsed { organisations, .. } => {
            let all: Vec<String> = organisations.iter().map(ToString::to_string).collect();
            format!("Of {}.", all.join(", "))
        }
        Event::Refused { reason, .. }
        | Event::Declined { reason, .. }
        | Event::SignatureWithdrawn { reason, .. }
        | Event::WaiverProposed { reason, .. }
        | Event::WaiverDeclined { reason, .. }
        | Event::ValidityProposed { reason, .. }
        | Event::ValidityDeclined { reason, .. }
        | Event::Reopened { reason, .. }
        | Event::StillHolds { reason, .. }
        | Event::SentBack { reason, .. }
        | Event::Withdrawn { reason }
        | Event::Resumed { reason } => reason.clone(),
        Event::SignatoryReplaced { from, to, reason, .. } => format!("{} in place of {}. {reason}", to.name, from.name),
        Event::IncidentReported { incident, .. } => {
            let sites: Vec<String> = incident.sites.iter().map(Identity::in_words).collect();
            let (noticed, told) = (dates::moment(incident.noticed), dates::moment(incident.reported));
            format!("Noticed {noticed}, reported {told}.\n{}\n{}", incident.what, sites.join(", ")).trim_end().to_owned()
        }
        Event::Acknowledged { note, .. } | Event::Issued { note, .. } => note.clone(),
        Event::Signed { name, authority, member, renew_by, .. } => {
            let of = member.as_ref().map_or_else(String::new, |of| format!(", for {}, by a link in an email", of.in_words()));
            let until = renew_by.map_or_else(String::new, |by| format!(" It counts until {}.", dates::date(by)));
            format!("As {name}, {authority}{of}.{until}")
        }
        Event::AskedToSign { asked, .. } => {
            let all = asked.iter().map(|one| format!("{}: {}", one.member.in_words(), one.name));
            all.collect::<Vec<_>>().join("\n")
        }
        Event::Replanned { plan, before } if plan == before => "As the supplier answered at the start.".to_owned(),
        Event::Replanned { plan, before } => {
            format!("Until then: {}.\nFrom now on: {}.", before.unlike(plan).join("; "), plan.unlike(before).join("; "))
        }
        Event::Rescoped { capabilities } => {
            let all: Vec<String> = capabilities.iter().map(|c| format!("{} {}", c.capability.title(), c.version)).collect();
            all.join(", ")
        }
        Event::SiteLive { site, .. } => {
            let outside = match site.outside_plan.as_str() {
                "" => String::new(),
                why => format!(" Not in the plan: {why}"),
            };
            format!("{} {}, live since {}. {}{outside}", site.ods_code, site.name, dates::date(site.live_on), site.note)
        }
        Event::MembersChecked { checked, .. } => checked.iter().map(checked_in_words).collect::<Vec<_>>().join("\n"),
        Event::QueryRaised { row, words, .. } | Event::QueryAnswered { row, words, .. } => {
            format!("{}: {words}", row.as_str().to_uppercase())
        }
        Event::DefectRaised { number, defect, assessment, .. } => {
            let place = defect.environment.title();
            format!(
                "{}, {}: {}. {place}, {}.\n{}\nExpected: {}",
                defect::name(*number),
                assessment.in_words(),
                defect.title,
                defect.product,
                defect.happened,
                defect.expected
            )
        }
        Event::DefectAssessed { number, assessment, reason, .. } => {
            format!("{}: {}. {reason}", defect::name(*number), assessment.in_words()).trim_end().to_owned()
        }
        Event::DefectMended { number, what, version, .. } => format!("{}, in {version}: {what}", defect::name(*number)),
        Event::DefectClosed { number, how, words, .. } => {
            format!("{}: {}. {words}", defect::name(*number), how.title().to_lowercase())
        }
        Event::DefectReopened { number, words, .. } => format!("{}: {words}", defect::name(*number)),
        Event::Undone { of, .. } => format!("Entry {of} does not count any more."),
        Event::RoundTakenBack { round, of, .. } => format!("Round {round}, entry {of}, does not count any more."),
        Event::QueryClosed { row, .. } => row.as_str().to_uppercase(),
        Event::PartAsked { identity, .. } | Event::Joined { identity: Some(identity), .. } => identity.in_words(),
        Event::PartDeclined { reason, .. }
        | Event::Left { reason, .. }
        | Event::LeaveAsked { reason, .. }
        | Event::LeaveDeclined { reason, .. } => reason.clone(),
        Event::Identified { identity, before, .. } => format!("{} is {} from now on.", before.in_words(), identity.in_words()),
        Event::Reclassified { file, from, to, .. } => {
            format!("{} until then, {} from now on. Digest of the file: {}…", from.title(), to.title(), &file.as_str()[..16])
        }
        Event::SiteTakenBack { ods_code, reason, .. } => format!("{ods_code}: {reason}"),
        Event::SiteStep { step, on, capabilities, sites, .. } => {
            let of = |site: &StepSite| match site.asid.as_str() {
                "" => site.ods_code.clone(),
                asid => format!("{} {asid}", site.ods_code),
            };
            let sites = in_short(&sites.iter().map(of).collect::<Vec<_>>());
            format!("{} on {}, for {}: {sites}.", step.title(), dates::date(*on), titles(capabilities))
        }
        Event::SiteStepTakenBack { step, capabilities, sites, reason, .. } => {
            format!("{}, for {}: {}. {reason}", step.title(), titles(capabilities), in_short(sites))
        }
        Event::SiteSuspended { ods_code, capabilities, reason, .. }
        | Event::SiteResumed { ods_code, capabilities, reason, .. } => {
            format!("{ods_code}, {}: {reason}", titles(capabilities))
        }
        Event::SiteChecked { ods_code, on, fine, words, .. } => {
            let showed = if *fine { "nothing to put right" } else { "something to put right" };
            format!("{ods_code}, {}: {showed}. {words}", dates::date(*on))
        }
        Event::ConditionClosed { round, role, note, .. } => {
            format!("Set in round {round} by {}. {note}", role.the())
        }
        Event::Started { .. }
        | Event::WaiverConfirmed { .. }
        | Event::ValidityConfirmed { .. }
        | Event::Lapsed { .. }
        | Event::Expired { .. }
        | Event::Joined { identity: None, .. }
        | Event::WentLive => {
            return None;
        }
    };
    Some(text)
}

fn titles(capabilities: &[Capability]) -> String {
    listed(capabilities.iter().map(|it| it.title().to_owned()).collect())
}

/// Hundreds of codes are counted, after those that are named.
fn in_short(sites: &[String]) -> String {
    const NAMED: usize = 20;
    let more = sites.len().saturating_sub(NAMED);
    let named = sites.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}

/// "A21471: Standards met on 2 March 2026. National arrangement, 2.1."
fn checked_in_words(check: &MemberCheck) -> String {
    let dspt = check.dspt.as_ref().map(|dspt| format!("{} on {}", dspt.status.title(), dates::date(dspt.on)));
    let sharing = check.sharing.as_ref().map(|sharing| format!("{}, {}", sharing.kind.title(), sharing.version));
    let told: Vec<String> = dspt.into_iter().chain(sharing).collect();
    format!("{}: {}.", check.ods_code, told.join(". "))
}
