//! `…/steps-file`: what was done at sites, from a file. Every row is judged and shown before anything is recorded; the rows that cannot be
//! taken stay there with their reasons, until another file comes.

use journey::{
    base::{calendar, ids::TaskId},
    form::Answers,
    ledger::{event::Event, journey::Journey, machine::Verb, refusal::Refusal, site::Step},
    rule::{
        command::Command,
        offers,
        site_file::{self, JudgedSite, MOST_ENTRIES, OfSite},
    },
    task::member_file::sites::SiteStepFile,
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, act, signed_in},
        page::PageContext,
        post::perform,
    },
    base::{
        dates,
        halt::Halt,
        paths,
        words::{counted, encode, listed},
    },
    design::{Button, Details, Grid},
    desk::{
        actions::{id_of, wish},
        context::TaskContext,
        frame::framed,
        kept_file::{self, ReadFile},
    },
    request::{
        services::services,
        visitor::{Visitor, calling},
    },
    work::go_live::planned::sent_of,
};

/// The end of its address.
pub const PAGE: &str = "steps-file";

/// What the page is called.
pub const TITLE: &str = "Record steps from a file";

type Read = ReadFile<SiteStepFile>;

/// Whether this person may record steps at sites on this task now.
#[must_use]
pub fn may(journey: &Journey, visitor: &Visitor, task: &TaskId) -> bool {
    offers::judge(journey, &visitor.actor, Verb::RecordStep, task).is_ok()
}

/// The page.
///
/// # Errors
/// [`Halt::Missing`] for whoever records no steps; when the plan cannot be read.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    if !may(desk.journey(), &desk.visitor, &desk.spec.id) {
        return Err(Halt::Missing);
    }
    let read: Read = kept_file::kept(desk, kept_file::FILE).await?;
    let shown = if read.file.rows.is_empty() { None } else { Some(shown(desk, &read).await?) };
    let csv = format!("{}.csv", paths::sites(&desk.journey().reference, &desk.spec.id));
    let body = view! {
        {shown}
        <h2 class="nhsuk-heading-m">"Upload a file"</h2>
        <p>"One row for each site, or for each capability at a site. "<a href=csv download="">"Download the sites (CSV)"</a>", write the days and the ASIDs into it, and send it back. Leave a cell empty where nothing has been done yet. Nothing is recorded before you have seen the rows."</p>
        {kept_file::form(desk, "steps-file", "/do/go-live/steps-file", &kept_file::ROWS)}
        <p><a href=format!("{}#sites", desk.path())>"Back to the sites"</a></p>
    };
    Ok(framed(desk, TITLE.to_owned(), String::new(), body.into_any()))
}

async fn shown(desk: &TaskContext, read: &Read) -> Result<AnyView, Halt> {
    let sent = sent_of(&desk.context.services, desk.journey()).await?;
    let judged = site_file::judge_file(desk.journey(), desk.spec, &desk.visitor.actor, &read.file, (desk.today, &sent));
    let entries = site_file::recorded(judged.clone()).len();
    let (good, rest): (Vec<JudgedSite>, Vec<JudgedSite>) =
        judged.into_iter().partition(|one| matches!(one.verdict, OfSite::Good(_)));
    let (known, bad): (Vec<JudgedSite>, Vec<JudgedSite>) = rest.into_iter().partition(|one| matches!(one.verdict, OfSite::Known));
    let sum = [(good.len(), "can be recorded"), (bad.len(), "cannot be recorded"), (known.len(), "with nothing new")];
    let sum: Vec<String> = sum.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let table = |caption: &'static str, of: &[JudgedSite]| {
        let rows = of.iter().map(row).collect_view().into_any();
        let columns = ["Row", "Code", "Capability", "ASID", "Registered", "Sharing", "Enabled", "What happens"];
        view! { <Grid caption=caption columns=columns rows=rows /> }.into_any()
    };
    let notes = read.file.notes.iter().map(|note| view! { <p>{format!("{note}.")}</p> }).collect_view();
    let record = if entries > MOST_ENTRIES {
        let says = format!("These rows have {entries} different days or capabilities. Send a file with {MOST_ENTRIES} at most.");
        view! { <p class="nhsuk-inset-text">{says}</p> }.into_any()
    } else {
        view! {
            <form action="/do/go-live/take-steps" method="post">
                {desk.hidden()}
                <Button text=format!("Record {}", counted(good.len(), "row")) />
            </form>
        }
        .into_any()
    };
    Ok(view! {
        <section aria-labelledby="rows">
            <h2 class="nhsuk-heading-m" id="rows">{format!("{}: {}", read.name, counted(read.file.rows.len(), "row"))}</h2>
            <p>{format!("{}.", listed(sum))}</p>
            {notes}
            {(!bad.is_empty()).then(|| view! {
                <h3 class="nhsuk-heading-s">{format!("{} cannot be recorded", counted(bad.len(), "row"))}</h3>
                <p>"Put them right in your file and send it again: what is recorded already is not recorded twice."</p>
                {table("Rows that cannot be recorded", &bad)}
            })}
            {(!good.is_empty()).then(|| view! {
                <h3 class="nhsuk-heading-s">{format!("{} can be recorded", counted(good.len(), "row"))}</h3>
                {table("Rows that can be recorded", &good)}
                {record}
            })}
            {(!known.is_empty()).then(|| view! {
                <Details summary=format!("{} with nothing new", counted(known.len(), "row")) body=table("Rows that say nothing new", &known) />
            })}
        </section>
    }
    .into_any())
}

fn row(one: &JudgedSite) -> AnyView {
    let or = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let what = match &one.verdict {
        OfSite::Good(steps) => {
            let steps: Vec<String> =
                steps.iter().map(|step| format!("{} on {}", step.step.in_sentence(), dates::date(step.on))).collect();
            format!("Recorded: {}.", listed(steps))
        }
        OfSite::Known => "Nothing new.".to_owned(),
        OfSite::Bad(why) => format!("{}.", why.trim_end_matches('.')),
    };
    let days = ["Registered", Step::Sharing.short(), Step::Enabled.short()].into_iter().zip(&one.row.days);
    let days = days.map(|(what, day)| view! { <td role="cell" data-l=what>{or(day)}</td> });
    view! {
        <tr role="row">
            <td role="cell" data-l="Row">{one.row.row.to_string()}</td>
            <th scope="row" role="rowheader"><span class="gpc-break">{or(&one.row.code)}</span></th>
            <td role="cell" data-l="Capability">{if one.row.capability.is_empty() { "All".to_owned() } else { one.row.capability.clone() }}</td>
            <td role="cell" data-l="ASID"><span class="gpc-mono gpc-break">{or(&one.row.asid)}</span></td>
            {days.collect_view()}
            <td role="cell" data-l="What happens">{what}</td>
        </tr>
    }
    .into_any()
}

/// Records the rows of the file that can be recorded, all at once.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "go-live/take-steps")]
pub async fn take_steps(#[server(default)] journey: String, #[server(default)] task: String) -> ActionResult {
    act(async move {
        let page = format!("{}/{PAGE}", paths::task(&encode(&journey), &encode(&task)));
        let caller = calling()?;
        signed_in(&caller, &page, &Answers::default()).await?;
        let context = PageContext { services: services()?, caller, banner: None, kept: None };
        let desk = TaskContext::load(context, &journey, &task).await?;
        if !may(desk.journey(), &desk.visitor, &desk.spec.id) {
            return Err(Halt::Missing);
        }
        let read: Read = kept_file::kept(&desk, kept_file::FILE).await?;
        let services = &desk.context.services;
        let (today, sent) = (calendar::date_of(services.clock.now()), sent_of(services, desk.journey()).await?);
        let wish = ActionRequest {
            page: format!("/tasks/{}/{PAGE}", encode(&task)),
            seen: None,
            ..wish(&journey, &task, 0, Answers::default())
        };
        perform(
            wish,
            |journey, spec| {
                let task = id_of(spec)?;
                let spec = spec.ok_or(Refusal::Unknown)?;
                let judged = site_file::judge_file(journey, spec, &desk.visitor.actor, &read.file, (today, &sent));
                let done = site_file::recorded(judged);
                if done.is_empty() {
                    return Err(Refusal::problem("file", "No row of the file can be recorded"));
                }
                if done.len() > MOST_ENTRIES {
                    return Err(Refusal::problem("file", "The file has too many different days for one recording"));
                }
                Ok(Command::RecordSteps { task, done, sent: sent.clone() })
            },
            |after, events| {
                let mut codes: Vec<&str> = Vec::new();
                for event in events {
                    if let Event::SiteStep { sites, .. } = event {
                        codes.extend(sites.iter().map(|site| site.ods_code.as_str()));
                    }
                }
                codes.sort_unstable();
                codes.dedup();
                let to = format!("{}#sites", paths::task(&after.reference, &task));
                (to, format!("Recorded at {}", counted(codes.len(), "site")), String::new())
            },
        )
        .await
    })
    .await
}
