//! What stands after a connection agreement was signed: what is due when, incidents that were reported, and the form that reports one.

use jiff::{SignedDuration, civil::Date};
use journey::{
    base::{identity::Identity, text},
    catalogue::editions,
    form::Answers,
    ledger::{
        event::Event,
        incident::{HOURS, Incident},
        journey::Journey,
        machine::Verb,
        refusal::Refusal,
        standing::Reported,
        words::text_of,
    },
    rule::{
        command::Command,
        duties::{self, Duty},
        incident, offers,
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
        post::perform,
    },
    base::{
        dates::{self, Due},
        paths,
        words::{counted, listed},
    },
    design::{Button, Details, Grid, ask},
    desk::{
        actions::{id_of, stay, wish},
        context::TaskContext,
    },
    request::{
        services::services,
        visitor::{Visitor, calling},
    },
};

/// What the form is called among those of the page.
const FORM: &str = "report-incident";

/// What the duty is, and what is to be done.
pub(crate) fn told(duty: &Duty) -> (String, &'static str) {
    match duty {
        Duty::Uplift { edition, .. } => (
            format!("Move to edition {edition} of the SCAL"),
            "The supplier moves the SCAL of this journey to it and answers what it asks anew.",
        ),
        Duty::Support { version, .. } => {
            (format!("Support {version}"), "A newer version is certified. The version before it is supported for 12 months more.")
        }
        Duty::Review { .. } => {
            ("Look at this agreement together".to_owned(), "The supplier and NHS England do this once a year.")
        }
    }
}

/// By when, in words; a day that is past is said plainly.
fn when(duty: &Duty, today: Date) -> String {
    match (duty, duty.day()) {
        (Duty::Support { .. }, Some(until)) => format!("Until {}", dates::date(until)),
        (_, Some(day)) if duty.is_late(today) => format!("Late. It was due on {}", dates::date(day)),
        (Duty::Review { .. }, Some(day)) => format!("Next on {}", dates::date(day)),
        (_, Some(day)) => format!("By {}", dates::date(day)),
        (_, None) => "With the next change of the product".to_owned(),
    }
}

/// The section below the signatures; nothing before the agreement was settled for the first time.
pub fn view(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    if duties::task(journey).is_none_or(|spec| spec.id != desk.spec.id) {
        return None;
    }
    let duties = duties::of(journey, &editions::published(), desk.today);
    let rows = duties.iter().map(|duty| {
        let (what, says) = told(duty);
        let class = if duty.is_late(desk.today) { Due::Late } else { Due::Later }.class();
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{what}</th>
                <td role="cell" data-l="When"><span class=class>{when(duty, desk.today)}</span></td>
                <td role="cell" data-l="What is to be done">{says}</td>
            </tr>
        }
    });
    let table = if duties.is_empty() {
        let before = text_of(journey, desk.spec).is_none();
        let says = if before {
            "The words that were signed name no days but for incidents. An agreement that is sent again has the days in its text."
        } else {
            "Nothing is due."
        };
        view! { <p>{says}</p> }.into_any()
    } else {
        let caption = "Duties under this agreement, the nearest first";
        view! { <Grid caption=caption columns=["Duty", "When", "What is to be done"] rows=rows.collect_view().into_any() /> }
            .into_any()
    };
    Some(
        view! {
            <h2 class="nhsuk-heading-m" id="duties">"Duties under this agreement"</h2>
            {table}
            <h3 class="nhsuk-heading-s">"Incidents"</h3>
            <p>{format!("An incident that touches clinical safety or the service is reported within {HOURS} hours of noticing it. Service management is told at once.")}</p>
            {incidents(desk)}
            {desk.may(Verb::ReportIncident).then(|| report(desk))}
        }
        .into_any(),
    )
}

fn incidents(desk: &TaskContext) -> AnyView {
    let all = &desk.record().incidents;
    if all.is_empty() {
        return view! { <p class="gpc-meta">"No incident has been reported."</p> }.into_any();
    }
    let row = |reported: &Reported| {
        let incident = &reported.incident;
        let sites = listed(incident.sites.iter().map(Identity::in_words).collect());
        let class = if incident.late_by().is_some() { Due::Late } else { Due::Later }.class();
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><span class="gpc-lines">{incident.what.clone()}</span></th>
                <td role="cell" data-l="Noticed">{dates::moment(incident.noticed)}</td>
                <td role="cell" data-l="Reported">
                    {format!("{}. ", dates::moment(incident.reported))}
                    <span class=class>{in_time(incident)}</span>
                    {format!(" Recorded by {}.", desk.who(&reported.by))}
                </td>
                <td role="cell" data-l="Where">{if sites.is_empty() { "No site in particular".to_owned() } else { sites }}</td>
            </tr>
        }
    };
    // The newest is what somebody looks for.
    let rows = all.iter().rev().map(row).collect_view();
    view! { <Grid caption="Incidents that were reported, the newest first" columns=["What happened", "Noticed", "Reported", "Where"] rows=rows.into_any() /> }
        .into_any()
}

/// "In time." or "3 hours late."
fn in_time(incident: &Incident) -> String {
    match incident.late_by() {
        None => "On time.".to_owned(),
        Some(late) if late < SignedDuration::from_hours(1) => "Less than an hour late.".to_owned(),
        Some(late) => format!("{} late.", counted(usize::try_from(late.as_hours()).unwrap_or_default(), "hour")),
    }
}

fn report(desk: &TaskContext) -> AnyView {
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.one("form") == FORM);
    let typed = kept.map(|kept| kept.typed.clone()).unwrap_or_default();
    let body = view! {
        <form action="/do/task/report-incident" method="post" novalidate>
            {desk.hidden()}
            {ask::questions(&incident::form(), &typed, kept)}
            <Button text="Report it" secondary=true />
        </form>
    };
    view! { <Details summary="Report an incident" open=kept.is_some() body=body.into_any() /> }.into_any()
}

/// What stands on the page of the journey, with the way to it: the nearest duty, and how many are late. `None` before there are any,
/// and for whoever does not read the agreement.
pub fn line(visitor: &Visitor, journey: &Journey, today: Date) -> Option<(String, String)> {
    let spec = duties::task(journey).filter(|spec| journey.may_read(&visitor.actor, spec))?;
    let all = duties::of(journey, &editions::published(), today);
    let late = all.iter().filter(|duty| duty.is_late(today)).count();
    // The yearly review is nothing that anybody has to be told every day.
    let next = all.iter().find(|duty| !matches!(duty, Duty::Review { .. }));
    let incidents = journey.task(&spec.id).incidents.len();
    let mut parts = Vec::new();
    if late > 0 {
        parts.push(if late == 1 { "1 duty is late".to_owned() } else { format!("{late} duties are late") });
    }
    parts.extend(next.map(|duty| format!("{}: {}", told(duty).0, text::lower_first(&when(duty, today)))));
    if incidents > 0 {
        parts.push(format!("{} reported", counted(incidents, "incident")));
    }
    let to = format!("{}#duties", paths::task(&journey.reference, &spec.id));
    (!parts.is_empty()).then(|| (to, format!("{}.", parts.join(". "))))
}

/// Reports an incident under the agreement.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/report-incident")]
pub async fn report_incident(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (visitor, now) = (calling()?.visitor, services()?.clock.now());
        let typed = Answers(answers).with("form", FORM);
        perform(
            wish(&journey, &task, seen, typed.clone()),
            |journey, spec| {
                let task = id_of(spec)?;
                let visitor = visitor.as_ref().ok_or(Refusal::Unknown)?;
                offers::judge(journey, &visitor.actor, Verb::ReportIncident, &task)?;
                let incident = incident::read(&typed, now).map_err(Refusal::Invalid)?;
                Ok(Command::ReportIncident { task, incident })
            },
            |after, events| {
                let late =
                    matches!(events.first(), Some(Event::IncidentReported { incident, .. }) if incident.late_by().is_some());
                let heading = if late { "Reported, later than 48 hours after it was noticed" } else { "Reported" };
                let (to, heading, _) = stay(after, events, heading.to_owned());
                (to, heading, "Service management of NHS England gets an email now.".to_owned())
            },
        )
        .await
    })
    .await
}
