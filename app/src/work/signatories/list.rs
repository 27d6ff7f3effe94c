//! `/journeys/{ref}/tasks/{task}/signatories`: the members of the group, who was asked to sign for each, and who has signed.

use journey::{
    form::Answers,
    ledger::{machine::Verb, signing},
    rule::by_link,
};
use leptos::prelude::*;

use crate::{
    base::{halt::Halt, paths, words::counted},
    design::{Button, Column, Grid, Hidden, TextArea, ask, group_class},
    desk::{context::TaskContext, frame::framed, search::Search},
    request::visitor::query,
    work::signatories::{
        actions::PAGE,
        file,
        rows::{How, Row, asked, counted_rows, rows},
    },
};

/// What the page is called.
pub const TITLE: &str = "Signatures of the members";

/// Rows of one page.
const ROWS: usize = 100;

/// Which of them can be shown.
const SHOWS: [(&str, &str); 4] =
    [("", "All members"), ("unsigned", "Not signed, or to renew"), ("help", "Need something done"), ("signed", "Signed")];

/// The page.
///
/// # Errors
/// As [`asked`].
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let (journey, spec) = (desk.journey(), desk.spec);
    let all = asked(&desk.context.services, journey, spec).await?;
    let rows = rows(journey, spec, &all);
    let may = desk.may(Verb::AskToSign);
    let heading = counted_rows(&rows);
    let signed = rows.iter().filter(|row| row.how.is_signed()).count();
    let help = rows.iter().filter(|row| row.how.needs_help()).count();
    let chase =
        rows.iter().filter(|row| matches!(row.how, How::Sent | How::Opened | How::Again | How::Renew | How::Undelivered)).count();
    let search = Search::asked();
    let wanted = |row: &&Row<'_>| {
        let shown = match search.show.as_str() {
            "signed" => row.how.is_signed(),
            "unsigned" => row.how != How::Signed,
            "help" => row.how.needs_help(),
            _ => true,
        };
        shown && search.finds(&row.member.ods_code, &row.member.name)
    };
    let found: Vec<&Row<'_>> = rows.iter().filter(wanted).collect();
    let path = paths::signatories(&journey.reference, &spec.id);
    let lines = found.iter().skip(search.from).take(ROWS).map(|row| line(desk, row, may)).collect_view();
    let chosen = query("member");
    let one = rows.iter().find(|row| may && row.member.ods_code == chosen && row.how != How::Signed);
    let columns = [
        Column::Words("Organisation"),
        Column::Words("Signing"),
        Column::Words("Who was asked"),
        Column::Unseen("What you can do"),
    ];
    let table = if found.is_empty() {
        view! { <p>"No member matches your search. "<a href=path.clone()>"Show all"</a></p> }.into_any()
    } else {
        view! { <Grid caption="Members of the group, and who has signed for each" columns=columns rows=lines.into_any() /> }
            .into_any()
    };
    let to_remind = match chase {
        1 => "Remind the one who has not answered".to_owned(),
        more => format!("Remind the {more} who have not answered"),
    };
    let remind = (may && chase > 0).then(|| {
        view! {
            <form action="/do/signatories/remind" method="post">
                {desk.hidden()}
                <Button text=to_remind secondary=true />
            </form>
        }
    });
    let middle = view! {
        <p class="gpc-progress"><progress aria-label="Signatures" max=rows.len().to_string() value=signed.to_string()>{heading.clone()}</progress></p>
        <p>
            {format!("{} not signed. ", if rows.len() - signed == 1 { "1 has".to_owned() } else { format!("{} have", rows.len() - signed) })}
            {(help > 0).then(|| view! { <a href=format!("{path}?show=help")>{if help == 1 { "1 needs somebody to do something".to_owned() } else { format!("{help} need somebody to do something") }}</a>". " })}
            "An email is followed by a reminder after 5 working days, 3 times at most."
        </p>
        {one.map(|row| change(desk, row))}
        {remind}
        {search.form(&path, "Search the members", SHOWS.map(|(value, text)| (value, text.to_owned())))}
        {table}
        {search.pages(&path, found.len(), ROWS)}
        <p><a href=format!("{path}.csv") download="">"Download the list (CSV)"</a></p>
        {(may && one.is_none()).then(|| ask_many(desk))}
        <p><a href=desk.path()>{format!("Back to “{}”", spec.label)}</a></p>
    }
    .into_any();
    Ok(framed(desk, heading, spec.label.clone(), middle))
}

fn line(desk: &TaskContext, row: &Row<'_>, may: bool) -> AnyView {
    let who = match row.asked {
        Some(one) if one.ended.is_none() || row.how == How::Declined => {
            let email = may.then(|| view! { <br /><span class="gpc-meta gpc-break">{one.asked.email.clone()}</span> });
            view! { {one.asked.name.clone()} {email} }.into_any()
        }
        _ => ().into_any(),
    };
    let to = format!("{}?member={}#change", paths::signatories(&desk.journey().reference, &desk.spec.id), row.member.ods_code);
    let what = match row.how {
        How::Signed => None,
        How::NotAsked | How::WithAccount => Some("Ask somebody"),
        How::Declined => Some("Ask again"),
        _ => Some("Change or remind"),
    };
    let act = what.filter(|_| may).map(|text| {
        view! { <a href=to>{text}<span class="nhsuk-u-visually-hidden">{format!(": {}", row.member.name)}</span></a> }
    });
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{row.member.name.clone()}<br /><span class="gpc-meta gpc-mono">{row.member.ods_code.clone()}</span></th>
            <td role="cell" data-l="Signing"><strong class=row.how.class()>{row.how.word()}</strong><br /><span class="gpc-lines">{row.about()}</span></td>
            <td role="cell" data-l="Who was asked">{who}</td>
            <td role="cell" data-l="What you can do">{act}</td>
        </tr>
    }
    .into_any()
}

/// A line of a short form.
fn input(desk: &TaskContext, id: &'static str, label: &'static str, kind: &'static str, value: String) -> AnyView {
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key(id));
    let problem = kept.and_then(|kept| kept.problem(id));
    let value = kept.map_or(value, |kept| kept.typed.one(id).to_owned());
    let class = if problem.is_some() { "nhsuk-input nhsuk-input--error" } else { "nhsuk-input" };
    let described = problem.is_some().then(|| format!("{id}-error"));
    let around = group_class(problem.is_some());
    view! {
        <div class=around>
            <label class="nhsuk-label nhsuk-label--s" for=id>{label}</label>
            {ask::message(id, problem)}
            <input class=class id=id name=id type=kind value=value aria-describedby=described />
        </div>
    }
    .into_any()
}

/// What can be done about one member: ask somebody, correct an address, remind, take the request back.
fn change(desk: &TaskContext, row: &Row<'_>) -> AnyView {
    let current = row.asked.filter(|one| one.ended.is_none());
    let (name, email) = current.map(|one| (one.asked.name.clone(), one.asked.email.clone())).unwrap_or_default();
    let of = || vec![("ods_code", row.member.ods_code.clone())];
    let (heading, button) = match current {
        Some(_) => (format!("Change who is asked for {}", row.member.name), "Send a new email"),
        None => (format!("Ask somebody to sign for {}", row.member.name), "Send the email"),
    };
    let both = current.map(|_| {
        view! {
            <form action="/do/signatories/remind" method="post">
                {desk.hidden()}
                <Hidden values=of() />
                <div class="nhsuk-button-group">
                    <Button text="Remind them" secondary=true />
                    <Button text="Do not ask them any more" secondary=true action="/do/signatories/take-back" />
                </div>
            </form>
        }
    });
    view! {
        <section class="nhsuk-card gpc-card" id="change" aria-labelledby="change-heading">
            <div class="nhsuk-card__content">
                <h2 class="nhsuk-heading-m" id="change-heading">{heading}</h2>
                {current.is_some().then(|| view! { <p>"With another name or address, the links of before end at once."</p> })}
                <form action="/do/signatories/ask" method="post" novalidate>
                    {desk.hidden()}
                    <Hidden values=of() />
                    {input(desk, "name", "Name of the person who signs", "text", name)}
                    {input(desk, "email", "Their email address", "email", email)}
                    <Button text=button />
                </form>
                {both}
            </div>
        </section>
    }
    .into_any()
}

/// The form that asks many at once.
fn ask_many(desk: &TaskContext) -> AnyView {
    let kept = desk.context.kept.as_ref();
    let typed = kept.map_or_else(Answers::default, |kept| kept.typed.clone());
    let problems: Vec<String> = kept
        .map(|kept| kept.problems.iter().filter(|p| p.field == by_link::SIGNATORIES).map(|p| p.says.clone()).collect())
        .unwrap_or_default();
    let wrong = !problems.is_empty();
    let problem = wrong.then(|| problems.join("; "));
    let described = if wrong { "signatories-hint signatories-error" } else { "signatories-hint" };
    view! {
        <h2 class="nhsuk-heading-m">"Ask people to sign"</h2>
        <p><a href=format!("{}/{}", desk.path(), file::PAGE)>"Ask people from an Excel or CSV file"</a>", or type them here."</p>
        <p>"Each gets an email with a link of their own, and a code when they open it. They need no account. You never see the links."</p>
        <form action="/do/signatories/ask" method="post" novalidate>
            {desk.hidden()}
            <div class=group_class(wrong)>
                <label class="nhsuk-label nhsuk-label--s" for="signatories">"Who signs for which member?"</label>
                <div class="nhsuk-hint" id="signatories-hint">"One per line: the ODS code, the name of the person, their email address, with commas between. You can paste columns from a spreadsheet. Like: A21471, Rae Reader, rae@willowlane.example"</div>
                {ask::message("signatories", problem)}
                <TextArea id="signatories" name="signatories" rows=8 described=Some(described.to_owned()) wrong=wrong words=typed.one(by_link::SIGNATORIES).to_owned() />
            </div>
            <Button text="Send the emails" />
        </form>
    }
    .into_any()
}

/// The way to this page from its task, for whoever reads the task: how many have signed, and what to do.
pub fn link(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    if !desk.spec.is_signed_by_users() || journey.group().is_none() || !signing::is_ready(desk.record()) {
        return None;
    }
    let members = journey.group().map(|group| group.members.as_slice()).unwrap_or_default();
    let all = members.len();
    let unsigned = members.iter().filter(|member| !signing::has_signed_as(journey, desk.spec, &member.ods_code)).count();
    let text = if desk.may(Verb::AskToSign) {
        "Ask members to sign by email, and see who has"
    } else {
        "See who has signed for each member"
    };
    let to = format!("{}/{PAGE}", desk.path());
    let says = format!(
        "{} of {} of the group {} signed. ",
        all - unsigned,
        counted(all, "member"),
        if all - unsigned == 1 { "has" } else { "have" }
    );
    Some(view! { <p>{says}<a href=to>{text}</a></p> }.into_any())
}
