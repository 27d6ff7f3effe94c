//! `…/checks-file`: what was checked of members, from a file. Every row is judged and shown before anything is recorded; the rows that
//! cannot be taken stay there with their reasons, until another file comes.

use journey::{
    base::{calendar, ids::TaskId},
    form::Answers,
    ledger::{event::Event, journey::Journey, machine::Verb, member_check::MemberCheck, refusal::Refusal},
    rule::{
        command::Command,
        member_checks::{self, JudgedCheck, OfCheck},
        offers,
    },
    task::member_file::checks::CheckFile,
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, act, signed_in},
        page::PageContext,
        post::perform,
    },
    base::{
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
    work::end_users::checks,
};

/// The end of its address.
pub const PAGE: &str = "checks-file";

/// What the page is called.
pub const TITLE: &str = "Record checks from a file";

/// What the file is kept as: a list of members on the same task is kept beside it.
pub const KEPT: &str = "import.checks";

type Read = ReadFile<CheckFile>;

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
    let read: Read = kept_file::kept(desk, KEPT).await?;
    let shown = (!read.file.rows.is_empty()).then(|| shown(desk, &read));
    let body = view! {
        {shown}
        <h2 class="nhsuk-heading-m">"Upload a file"</h2>
        <p>"One row for each member. Write “ODS code”, “DSPT” and “Checked on” above the columns, and if you record it “Data sharing” and “Version”. The DSPT is one of: Standards exceeded, Standards met, Approaching standards, Standards not met. Nothing is recorded before you have seen the rows."</p>
        {kept_file::form(desk, "checks-file", "/do/end-users/checks-file", &kept_file::ROWS)}
        <p><a href=format!("{}/{}", desk.path(), checks::PAGE)>"Back to the checks of the members"</a></p>
    };
    Ok(framed(desk, TITLE.to_owned(), String::new(), body.into_any()))
}

fn shown(desk: &TaskContext, read: &Read) -> AnyView {
    let judged = member_checks::judge_file(desk.journey(), &read.file, desk.today);
    let (good, rest): (Vec<JudgedCheck>, Vec<JudgedCheck>) =
        judged.into_iter().partition(|one| matches!(one.verdict, OfCheck::Good(_)));
    let (known, bad): (Vec<JudgedCheck>, Vec<JudgedCheck>) =
        rest.into_iter().partition(|one| matches!(one.verdict, OfCheck::Known));
    let sum = [(good.len(), "can be recorded"), (bad.len(), "cannot be recorded"), (known.len(), "recorded already")];
    let sum: Vec<String> = sum.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let table = |caption: &'static str, of: &[JudgedCheck]| {
        let rows = of.iter().map(row).collect_view().into_any();
        view! { <Grid caption=caption columns=["Row", "Code", "DSPT", "Checked on", "Data sharing", "What happens"] rows=rows /> }
            .into_any()
    };
    let notes = read.file.notes.iter().map(|note| view! { <p>{format!("{note}.")}</p> }).collect_view();
    view! {
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
                <form action="/do/end-users/take-checks" method="post">
                    {desk.hidden()}
                    <Button text=format!("Record {}", counted(good.len(), "check")) />
                </form>
            })}
            {(!known.is_empty()).then(|| view! {
                <Details summary=format!("{} recorded already", counted(known.len(), "row")) body=table("Rows that are recorded already", &known) />
            })}
        </section>
    }
    .into_any()
}

fn row(one: &JudgedCheck) -> AnyView {
    let or = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let what = match &one.verdict {
        OfCheck::Good(_) => "Can be recorded.".to_owned(),
        OfCheck::Known => "Recorded already.".to_owned(),
        OfCheck::Bad(why) => format!("{}.", why.trim_end_matches('.')),
    };
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
        let read: Read = kept_file::kept(&desk, KEPT).await?;
        let today = calendar::date_of(desk.context.services.clock.now());
        let wish = ActionRequest {
            page: format!("/tasks/{}/{PAGE}", encode(&task)),
            seen: None,
            ..wish(&journey, &task, 0, Answers::default())
        };
        perform(
            wish,
            |journey, spec| {
                let judged = member_checks::judge_file(journey, &read.file, today);
                let good = |one: JudgedCheck| if let OfCheck::Good(check) = one.verdict { Some(check) } else { None };
                let checked: Vec<MemberCheck> = judged.into_iter().filter_map(good).collect();
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
                let to = format!("{}/{}", paths::task(&after.reference, &task), checks::PAGE);
                (to, format!("{} recorded", counted(count, "check")), checks::still_missing(after))
            },
        )
        .await
    })
    .await
}
