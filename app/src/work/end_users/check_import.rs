//! `…/checks-file`: what was checked of members, from a file. Every row is judged and shown before anything is recorded; the rows that
//! cannot be taken stay there with their reasons, until another file comes.

use journey::{
    base::{calendar, ids::TaskId},
    form::Answers,
    ledger::{event::Event, journey::Journey, machine::Verb, member_check::MemberCheck, refusal::Refusal},
    rule::{
        command::Command,
        member_checks::{self, JudgedCheck},
        offers,
    },
    task::member_file::{MemberFile, checks::CheckFile},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    act::{
        action::{ActionRequest, ActionResult, act, signed_in},
        page::PageContext,
        post::perform,
    },
    base::{
        halt::Halt,
        paths,
        words::{counted, encode},
    },
    design::{Button, Grid, ask, group_class},
    desk::{
        actions::{id_of, wish},
        context::TaskContext,
        frame::framed,
        kept_file,
    },
    islands::upload::Upload,
    request::{
        services::{Services, services},
        visitor::{Visitor, calling},
    },
    work::end_users::checks,
};

/// The end of its address.
pub const PAGE: &str = "checks-file";

/// What the page is called.
pub const TITLE: &str = "Record checks from a file";

/// What was read of a file. One file of a person is kept for each task: a list of members takes its place, and it that of one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Read {
    name: String,
    #[serde(default)]
    file: MemberFile,
    #[serde(default)]
    checks: CheckFile,
}

/// Keeps what was read of a file for its sender.
///
/// # Errors
/// [`Halt::Missing`] when this person records no checks.
pub async fn keep(
    services: &Services,
    visitor: &Visitor,
    journey: &Journey,
    task: &TaskId,
    name: &str,
    checks: CheckFile,
) -> Result<(), Halt> {
    if !may(journey, visitor, task) {
        return Err(Halt::Missing);
    }
    kept_file::keep(services, visitor, journey, task, &Read { name: name.to_owned(), file: MemberFile::default(), checks }).await
}

/// Forgets the file of before.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(services: &Services, visitor: &Visitor, journey: &Journey, task: &TaskId) -> Result<(), Halt> {
    kept_file::forget::<Read>(services, visitor, journey, task).await
}

/// Whether this person may record checks on this task now.
#[must_use]
pub fn may(journey: &Journey, visitor: &Visitor, task: &TaskId) -> bool {
    offers::judge(journey, &visitor.actor, Verb::CheckMembers, task).is_ok()
}

/// The page.
///
/// # Errors
/// [`Halt::Missing`] for whoever records no checks.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    if !may(desk.journey(), &desk.visitor, &desk.spec.id) {
        return Err(Halt::Missing);
    }
    let read: Read = kept_file::kept(desk).await?;
    let shown = (!read.checks.rows.is_empty()).then(|| shown(desk, &read));
    let problem = desk.context.kept.as_ref().and_then(|kept| kept.problem("file"));
    let class = group_class(problem.is_some());
    let body = view! {
        {shown}
        <h2 class="nhsuk-heading-m">"Upload a file"</h2>
        <p>"One row for each member. Write “ODS code”, “DSPT” and “Checked on” above the columns, and if you record it “Data sharing” and “Version”. The DSPT is one of: Standards exceeded, Standards met, Approaching standards, Standards not met. Nothing is recorded before you have seen the rows."</p>
        <form action="/do/end-users/checks-file" method="post" enctype="multipart/form-data" id="checks-file">
            {desk.hidden()}
            <div class=class>
                <label class="nhsuk-label nhsuk-label--s" for="file">"Excel (.xlsx, up to 5 MB) or CSV file (up to 1 MB)"</label>
                {ask::message("file", problem)}
                <input class="nhsuk-file-upload" id="file" type="file" name="file" accept=".xlsx,.csv,.txt,.tsv" />
            </div>
            <button class="nhsuk-button nhsuk-button--secondary" formenctype="multipart/form-data" formaction="/do/end-users/checks-file">"Upload and look at the rows"</button>
            <Upload />
        </form>
        <p><a href=format!("{}/{}", desk.path(), checks::PAGE)>"Back to the checks of the members"</a></p>
    };
    Ok(framed(desk, TITLE.to_owned(), String::new(), body.into_any()))
}

fn shown(desk: &TaskContext, read: &Read) -> AnyView {
    let judged = member_checks::judge_file(desk.journey(), &read.checks, desk.today);
    let (good, bad): (Vec<JudgedCheck>, Vec<JudgedCheck>) = judged.into_iter().partition(|one| one.outcome.is_ok());
    let table = |caption: &'static str, of: &[JudgedCheck]| {
        let rows = of.iter().map(row).collect_view().into_any();
        view! { <Grid caption=caption columns=["Row", "Code", "DSPT", "Checked on", "Data sharing", "What happens"] rows=rows /> }
            .into_any()
    };
    let notes = read.checks.notes.iter().map(|note| view! { <p>{format!("{note}.")}</p> }).collect_view();
    view! {
        <section aria-labelledby="rows">
            <h2 class="nhsuk-heading-m" id="rows">{format!("{}: {}", read.name, counted(read.checks.rows.len(), "row"))}</h2>
            <p>{format!("{} can be recorded, {} cannot.", good.len(), bad.len())}</p>
            {notes}
            {(!bad.is_empty()).then(|| view! {
                <h3 class="nhsuk-heading-s">{format!("{} cannot be recorded", counted(bad.len(), "row"))}</h3>
                <p>"Put them right in your file and send it again: what is recorded already is not recorded twice."</p>
                {table("Rows that cannot be recorded", &bad)}
            })}
            {(!good.is_empty()).then(|| view! {
                <h3 class="nhsuk-heading-s">{format!("{} can be recorded", counted(good.len(), "row"))}</h3>
                {table("Rows that can be recorded", &good)}
                <form action="/do/end-users/take-checks" method="post">
                    {desk.hidden()}
                    <Button text=format!("Record {}", counted(good.len(), "check")) />
                </form>
            })}
        </section>
    }
    .into_any()
}

fn row(one: &JudgedCheck) -> AnyView {
    let or = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let what =
        one.outcome.as_ref().map_or_else(|why| format!("{}.", why.trim_end_matches('.')), |_| "Can be recorded.".to_owned());
    let sharing =
        [one.row.sharing.as_str(), one.row.version.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
    view! {
        <tr role="row">
            <td role="cell" data-l="Row">{one.row.row.to_string()}</td>
            <th scope="row" role="rowheader"><span class="gpc-break">{or(&one.row.code)}</span></th>
            <td role="cell" data-l="DSPT">{or(&one.row.dspt)}</td>
            <td role="cell" data-l="Checked on">{or(&one.row.on)}</td>
            <td role="cell" data-l="Data sharing">{or(&sharing.join(", "))}</td>
            <td role="cell" data-l="What happens">{what}</td>
        </tr>
    }
    .into_any()
}

/// Records the rows of the file that can be recorded.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/take-checks")]
pub async fn take_checks(#[server(default)] journey: String, #[server(default)] task: String) -> ActionResult {
    act(async move {
        let page = format!("{}/{PAGE}", paths::task(&encode(&journey), &encode(&task)));
        let caller = calling()?;
        signed_in(&caller, &page, &Answers::default()).await?;
        let context = PageContext { services: services()?, caller, banner: None, kept: None };
        let desk = TaskContext::load(context, &journey, &task).await?;
        if !may(desk.journey(), &desk.visitor, &desk.spec.id) {
            return Err(Halt::Missing);
        }
        let read: Read = kept_file::kept(&desk).await?;
        let today = calendar::date_of(desk.context.services.clock.now());
        let wish = ActionRequest {
            page: format!("/tasks/{}/{PAGE}", encode(&task)),
            seen: None,
            ..wish(&journey, &task, 0, Answers::default())
        };
        perform(
            wish,
            |journey, spec| {
                let judged = member_checks::judge_file(journey, &read.checks, today);
                let checked: Vec<MemberCheck> = judged.into_iter().filter_map(|one| one.outcome.ok()).collect();
                if checked.is_empty() {
                    return Err(Refusal::problem("file", "No row of the file can be recorded"));
                }
                Ok(Command::CheckMembers { task: id_of(spec)?, checked })
            },
            |after, events| {
                let count = match events.first() {
                    Some(Event::MembersChecked { checked, .. }) => checked.len(),
                    _ => 0,
                };
                let missing = member_checks::not_met(after).len();
                let text = format!("Of {} it is not known that DSPT standards are met.", counted(missing, "member"));
                let to = format!("{}/{}", paths::task(&after.reference, &task), checks::PAGE);
                (to, format!("{} recorded", counted(count, "check")), text)
            },
        )
        .await
    })
    .await
}
