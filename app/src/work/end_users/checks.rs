//! `…/checks`: every member of the group with what is known of it: how it stands in the DSPT, by what it shares data, and what was
//! reviewed and declared for it. The lead of the group records what it has checked, member by member.

use jiff::civil::Date;
use journey::{
    base::{calendar, identity::Identity, places},
    form::Answers,
    ledger::{
        event::Event,
        journey::Journey,
        machine::Verb,
        member_check::Checked,
        signing,
        standing::{Signature, State},
    },
    plan::process::{Page, TaskSpec},
    rule::{command::Command, member_checks, queries},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, Typed, act},
        post::perform,
    },
    base::{
        dates,
        halt::Halt,
        paths,
        words::{counted, encode},
    },
    design::{Button, Column, Details, Grid, ask},
    desk::{
        actions::{id_of, wish},
        context::TaskContext,
        frame::framed,
        search::Search,
    },
    request::{services::services, visitor::query},
};

/// The end of its address.
pub const PAGE: &str = "checks";

/// What the page is called.
pub const TITLE: &str = "Checks of the members";

/// Rows of one page.
const ROWS: usize = 100;

/// Which of them can be shown.
const SHOWS: [(&str, &str); 3] = [("", "All members"), ("not-met", "DSPT not met"), ("old", "Checked more than a year ago")];

/// A member with what is known of it.
pub struct Row<'a> {
    /// Which.
    pub member: &'a Identity,
    /// What the lead has recorded.
    pub checked: Option<&'a Checked>,
    /// Its signature under the data sharing agreement.
    pub shares: Option<&'a Signature>,
    /// Its signature under the declaration.
    pub declares: Option<&'a Signature>,
    /// The identifiers of its systems, as they were recorded at its sites: one for each that differs.
    pub asids: Vec<&'a str>,
}

impl Row<'_> {
    /// How it stands in the DSPT, with who looked and when.
    #[must_use]
    pub fn dspt(&self) -> (String, String) {
        match self.checked.and_then(|checked| checked.dspt.as_ref()) {
            Some((dspt, ..)) => (dspt.status.title().to_owned(), dates::date(dspt.on)),
            None => ("Not checked".to_owned(), String::new()),
        }
    }

    /// Whether its check is more than a year old.
    #[must_use]
    pub fn is_old(&self, today: Date) -> bool {
        self.checked.and_then(|checked| checked.dspt.as_ref()).is_some_and(|(dspt, ..)| member_checks::is_old(dspt, today))
    }

    /// By what it shares data, as the lead wrote it.
    #[must_use]
    pub fn sharing(&self) -> String {
        let told = self.checked.and_then(|checked| checked.sharing.as_ref());
        told.map_or_else(String::new, |(sharing, ..)| format!("{}, {}", sharing.kind.title(), sharing.version))
    }
}

/// Every member of the group, in its order.
#[must_use]
pub fn rows(journey: &Journey) -> Vec<Row<'_>> {
    let Some(group) = journey.group() else { return Vec::new() };
    let on = |page: Page| journey.plan().find(|spec| spec.page == page && spec.is_signed_by_users());
    let (sharing, declaration) = (on(Page::Agreement), on(Page::Declaration));
    let signed = |spec: Option<&'static TaskSpec>, member: &Identity| {
        let of = |signature: &&Signature| signing::is_of(journey, signature, &member.ods_code);
        spec.and_then(|spec| journey.signatures(spec).into_iter().find(of))
    };
    let row = |member| Row {
        member,
        checked: journey.checked(&member.ods_code),
        shares: signed(sharing, member),
        declares: signed(declaration, member),
        asids: asids(journey, member),
    };
    group.members.iter().map(row).collect()
}

/// The identifiers that were recorded at the sites of a member, for whichever capability.
fn asids<'a>(journey: &'a Journey, member: &Identity) -> Vec<&'a str> {
    let own = journey.site_records().filter(|(code, _)| places::is_of(code, &member.ods_code));
    let mut all: Vec<&str> = own
        .flat_map(|(_, record)| record.steps.values())
        .map(|done| done.asid.as_str())
        .filter(|asid| !asid.is_empty())
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The day on which the group accepted the SCAL; `None` while it has not.
#[must_use]
pub fn reviewed(journey: &Journey) -> Option<Date> {
    let record = journey.task(&queries::review(journey)?.id);
    matches!(record.state, State::Settled { .. }).then(|| calendar::date_of(record.since))
}

/// The way to the page from the task of the group, with what is not met yet.
pub fn link(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    let group = journey.group().filter(|_| desk.spec.page == Page::Group)?;
    let all = group.members.len();
    let missing = member_checks::not_met(journey).len();
    let to = format!("{}/{PAGE}", desk.path());
    let says = format!("DSPT standards are met by {} of {}.", all - missing, counted(all, "member"));
    Some(view! { <p>{says}" "<a href=to>"See and record the checks of the members"</a></p> }.into_any())
}

/// The page.
///
/// # Errors
/// [`Halt::Missing`] while the group names nobody.
pub fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let journey = desk.journey();
    if journey.group().is_none() || desk.spec.page != Page::Group {
        return Err(Halt::Missing);
    }
    let rows = rows(journey);
    let missing = member_checks::not_met(journey).len();
    let old = rows.iter().filter(|row| row.is_old(desk.today)).count();
    let search = Search::asked();
    let wanted = |row: &&Row<'_>| {
        let shown = match search.show.as_str() {
            "not-met" => !member_checks::is_met(row.checked),
            "old" => row.is_old(desk.today),
            _ => true,
        };
        shown && search.finds(&row.member.ods_code, &row.member.name)
    };
    let found: Vec<&Row<'_>> = rows.iter().filter(wanted).collect();
    let path = format!("{}/{PAGE}", desk.path());
    let may = desk.may(Verb::CheckMembers);
    let lines = found.iter().skip(search.from).take(ROWS).map(|row| line(desk, row, may, &path)).collect_view();
    let columns = [
        Column::Words("Member"),
        Column::Words("DSPT"),
        Column::Words("Data sharing"),
        Column::Words("Declaration"),
        Column::Words("ASID"),
        Column::Unseen("What you can do"),
    ];
    let table = if found.is_empty() {
        view! { <p>"No member matches your search. "<a href=path.clone()>"Show all"</a></p> }.into_any()
    } else {
        view! { <Grid caption="Members of the group, and what is known of each" columns=columns rows=lines.into_any() /> }
            .into_any()
    };
    let review = reviewed(journey).map_or_else(
        || "The group has not accepted the SCAL yet.".to_owned(),
        |day| format!("The group accepted the SCAL on {}.", dates::date(day)),
    );
    let heading = format!("DSPT standards are met by {} of {}", rows.len() - missing, counted(rows.len(), "member"));
    let csv = format!("{path}.csv");
    let middle = view! {
        <p>{review}" A declaration can be made for members whose standards are met."</p>
        {(old > 0).then(|| view! { <p>{format!("{} more than a year ago. Assessments are published every year: please check again.", checked_were(old))}</p> })}
        {may.then(|| form(desk))}
        {search.form(&path, "Search the members", SHOWS.map(|(value, text)| (value, text.to_owned())))}
        {table}
        {search.pages(&path, found.len(), ROWS)}
        <p><a href=csv download="">"Download the list (CSV)"</a></p>
        <p><a href=desk.path()>{format!("Back to “{}”", desk.spec.label)}</a></p>
    }
    .into_any();
    Ok(framed(desk, heading, TITLE.to_owned(), middle))
}

fn checked_were(count: usize) -> String {
    if count == 1 { "1 member was checked".to_owned() } else { format!("{count} members were checked") }
}

fn line(desk: &TaskContext, row: &Row<'_>, may: bool, path: &str) -> AnyView {
    let (dspt, on) = row.dspt();
    let class = match row.checked.and_then(|checked| checked.dspt.as_ref()) {
        Some((check, ..)) if check.status.is_enough() => "nhsuk-tag nhsuk-tag--green",
        Some(_) => "nhsuk-tag nhsuk-tag--red",
        None => "nhsuk-tag nhsuk-tag--grey",
    };
    let by = row.checked.and_then(|checked| checked.dspt.as_ref()).map(|(_, by, _)| desk.who(by));
    let about = by.map(|by| format!("Checked on {on} by {by}"));
    let old = row.is_old(desk.today).then_some("More than a year ago: please check again.");
    let signed = |signature: Option<&Signature>| {
        signature.map_or_else(|| "Not signed".to_owned(), |signature| format!("Signed on {}", dates::day_of(signature.at)))
    };
    let sharing = row.sharing();
    let to = format!("{path}?member={}#check", row.member.ods_code);
    let what = may.then(|| view! { <a href=to>"Record a check"<span class="nhsuk-u-visually-hidden">{format!(" of {}", row.member.in_words())}</span></a> });
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{row.member.name.clone()}<br /><span class="gpc-meta">{row.member.ods_code.clone()}</span></th>
            <td role="cell" data-l="DSPT">
                <strong class=class>{dspt}</strong>
                {about.map(|about| view! { <br /><span class="gpc-meta">{about}</span> })}
                {old.map(|old| view! { <br /><span class="gpc-meta">{old}</span> })}
            </td>
            <td role="cell" data-l="Data sharing">
                {(!sharing.is_empty()).then(|| view! { {sharing}<br /> })}
                <span class="gpc-meta">{signed(row.shares)}</span>
            </td>
            <td role="cell" data-l="Declaration"><span class="gpc-meta">{signed(row.declares)}</span></td>
            <td role="cell" data-l="ASID"><span class="gpc-mono gpc-break">{if row.asids.is_empty() { "Not recorded".to_owned() } else { row.asids.join(", ") }}</span></td>
            <td role="cell" data-l="What you can do">{what}</td>
        </tr>
    }
    .into_any()
}

/// What was checked of one member, named by the address or typed.
fn form(desk: &TaskContext) -> AnyView {
    let chosen = query("member");
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key("dspt"));
    let typed = kept.map_or_else(|| Answers::default().with("ods_code", &chosen), |kept| kept.typed.clone());
    // Both lists are the questions themselves, and not what is usually left as it is.
    let form = member_checks::form();
    let questions = form.fields.iter().map(|field| ask::question(field, &typed, kept, &ask::Look::default())).collect_view();
    let open = kept.is_some() || !chosen.is_empty();
    let body = view! {
        <form action="/do/end-users/check-member" method="post" id="check" novalidate>
            {desk.hidden()}
            {questions}
            <p class="gpc-meta">"What you leave blank stays as it was. It is recorded with your name and the day."</p>
            <Button text="Record the check" small=true />
        </form>
    };
    let file = format!("{}/checks-file", desk.path());
    view! { <p><a href=file>"Record checks from an Excel or CSV file"</a>", or record one here."</p> <Details summary="Record a check of a member" open=open body=body.into_any() /> }.into_any()
}

/// Of how many members it is not known yet that their standards are met, as a sentence.
pub(super) fn still_missing(journey: &Journey) -> String {
    match member_checks::not_met(journey).len() {
        0 => "DSPT standards are met by every member.".to_owned(),
        some => format!("DSPT standards are not met yet by {}, or nobody has checked.", counted(some, "member")),
    }
}

/// Records what was checked of a member.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/check-member")]
pub async fn check_member(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    let typed = Answers(answers);
    act(async move {
        let today = calendar::date_of(services()?.clock.now());
        let page = format!("/tasks/{}/{PAGE}", encode(&task));
        // Of several leads each checks others: what one recorded stops nobody else.
        let wish = ActionRequest { page, seen: None, ..wish(&journey, &task, 0, typed.clone()) };
        perform(
            wish,
            |_, spec| {
                let check = member_checks::read(&typed, today).map_err(journey::ledger::refusal::Refusal::Invalid)?;
                Ok(Command::CheckMembers { task: id_of(spec)?, checked: vec![check] })
            },
            |after, events| {
                let code = match events.first() {
                    Some(Event::MembersChecked { checked, .. }) => checked.first().map(|check| check.ods_code.clone()),
                    _ => None,
                };
                let heading = format!("The check of {} is recorded", code.unwrap_or_default());
                (format!("{}/{PAGE}", paths::task(&after.reference, &task)), heading, still_missing(after))
            },
        )
        .await
    })
    .await
}
