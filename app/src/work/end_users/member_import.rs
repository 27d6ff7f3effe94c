//! `…/members`: members from a file, shown row by row before anything of it reaches the list; and the rows that were not taken,
//! with their reasons, until another file comes.
//!
//! Long because the page, its tables and what is done with them are read together.

use journey::{
    base::ids::TaskId,
    ledger::journey::Journey,
    plan::process::Page,
    rule::offers,
    task::{
        end_users::MOST_MEMBERS,
        member_file::{
            Judged, MemberFile, Verdict,
            judge::{self, Ticks},
        },
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        page::PageContext,
    },
    base::{
        halt::Halt,
        paths,
        said::RefusedForm,
        words::{counted, encode, listed},
    },
    design::{Button, Details, Grid, Hidden, TextArea},
    desk::{
        begun,
        context::TaskContext,
        drafts::{self, Drafted, Saving},
        frame::framed,
        kept_file, ods,
    },
    request::{
        flash,
        services::services,
        visitor::{Visitor, calling},
    },
};

/// The end of its address.
pub const PAGE: &str = "members";

/// What was read of a file ([`kept_file::ReadFile`]), and what is left of it once it was applied.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Read {
    name: String,
    file: MemberFile,
    #[serde(default)]
    left: Vec<Left>,
}

/// A row that was not taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Left {
    row: usize,
    cell: String,
    code: String,
    name: String,
    why: String,
}

/// Whether this person may fill the list of this task now.
#[must_use]
pub fn may(journey: &Journey, visitor: &Visitor, task: &TaskId) -> bool {
    let group = journey.process.task(task).is_some_and(|spec| spec.page == Page::Group);
    group && offers::may_write(journey, &visitor.actor, task)
}

/// Rows of the reader's last file that were not taken.
///
/// # Errors
/// When they cannot be read.
pub async fn left(desk: &TaskContext) -> Result<usize, Halt> {
    Ok(kept_file::kept::<Read>(desk, kept_file::FILE).await?.left.len())
}

/// What is needed to say what a file would do: the list as it is now, the register, every row.
struct Preview {
    draft: Drafted,
    answers: journey::form::Answers,
    asked: ods::Asked,
    judged: Vec<Judged>,
}

async fn preview(desk: &TaskContext, read: &Read) -> Result<Preview, Halt> {
    let draft = drafts::load(desk, "answers").await?;
    let answers = begun::answers(desk, &draft)?;
    let asked = ods::ask(&desk.context.services, judge::codes(&read.file)).await?;
    let judged = judge::judge(&read.file, answers.one("members"), asked.register(), desk.today);
    Ok(Preview { draft, answers, asked, judged })
}

/// The page.
///
/// # Errors
/// [`Halt::Missing`] for whoever may not write the list.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    if !may(desk.journey(), &desk.visitor, &desk.spec.id) {
        return Err(Halt::Missing);
    }
    let read: Read = kept_file::kept(desk, kept_file::FILE).await?;
    let shown = if read.file.rows.is_empty() { None } else { Some(shown(desk, &read, preview(desk, &read).await?)) };
    let left = (!read.left.is_empty()).then(|| not_taken(&read));
    let body = view! {
        {shown}
        {left}
        <h2 class="nhsuk-heading-m">"Upload a file"</h2>
        <p>{format!("One row for each member, at most {MOST_MEMBERS} in the list. Write “ODS code” above the column with the codes and “Name” above the column with the names. Other columns are left out.")}</p>
        <p>"Excel takes zeros from the front of a code and makes numbers or dates of some codes. Format the column as text before you type codes into it."</p>
        {kept_file::form(desk, "members-file", "/do/end-users/members-file", &kept_file::ROWS)}
        <p><a href=desk.path()>"Back to the list of members"</a></p>
    };
    Ok(framed(desk, "Add members from a file".to_owned(), String::new(), body.into_any()))
}

/// What the file would do, in four tables: what is added, what somebody decides about, what cannot be, what is there.
fn shown(desk: &TaskContext, read: &Read, preview: Preview) -> AnyView {
    let Preview { draft, asked, judged, .. } = preview;
    let known = asked.register().is_some();
    let renamed = judged.iter().filter(|one| matches!(one.verdict, Verdict::Renamed)).count();
    let (good, rest): (Vec<Judged>, Vec<Judged>) = judged.into_iter().partition(|one| one.verdict.is_good());
    let (there, rest): (Vec<Judged>, Vec<Judged>) = rest.into_iter().partition(|one| matches!(one.verdict, Verdict::There(_)));
    let (open, bad): (Vec<Judged>, Vec<Judged>) = rest.into_iter().partition(|one| one.verdict.may_be_taken());
    let table = |caption: &str, of: &[Judged]| {
        let rows = of.iter().map(|one| row(one, known)).collect_view().into_any();
        let columns = ["Row", "Code", "Name in the file", "Name in the register", "What happens"];
        view! { <Grid caption=caption.to_owned() columns=columns rows=rows /> }.into_any()
    };
    let sum = [
        (good.len(), "can be added"),
        (open.len(), "to decide about"),
        (bad.len(), "cannot be added"),
        (there.len(), "in the list already"),
    ];
    let sum: Vec<String> = sum.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let notes = read.file.notes.iter().map(|note| view! { <p>{format!("{note}.")}</p> }).collect_view();
    let takes = !good.is_empty() || !open.is_empty();
    view! {
        <section aria-labelledby="rows">
            <h2 class="nhsuk-heading-m" id="rows">{format!("{}: {}", read.name, counted(read.file.rows.len(), "row"))}</h2>
            <p>{format!("{}.", listed(sum))}</p>
            {notes}
            <p class="gpc-meta nhsuk-u-margin-bottom-4">{asked.in_words()}</p>
            <form action="/do/end-users/take-members" method="post">
                {desk.hidden()}
                <Hidden values=vec![("version", draft.version.to_string())] />
                {(!good.is_empty()).then(|| view! {
                    <h3 class="nhsuk-heading-s">{format!("{} can be added", counted(good.len(), "row"))}</h3>
                    {table("Rows that can be added", &good)}
                    {(renamed > 0).then(|| names(renamed))}
                })}
                {(!open.is_empty()).then(|| view! {
                    <h3 class="nhsuk-heading-s">{format!("{} to decide about", counted(open.len(), "row"))}</h3>
                    <p>"These are not added unless you tick them."</p>
                    {table("Rows to decide about", &open)}
                })}
                {(!bad.is_empty()).then(|| view! {
                    <h3 class="nhsuk-heading-s">{format!("{} cannot be added", counted(bad.len(), "row"))}</h3>
                    <p>"You can copy them afterwards with what is wrong, put them right in your file and send it again: what was added before is not added twice."</p>
                    {table("Rows that cannot be added", &bad)}
                })}
                {(!there.is_empty()).then(|| view! {
                    <Details summary=format!("{} in the list already", counted(there.len(), "row")) body=table("Rows that are in the list already", &there) />
                })}
                {takes.then(|| view! { <Button text="Add the ticked rows" /> })}
            </form>
        </section>
    }
    .into_any()
}

fn names(renamed: usize) -> AnyView {
    let says = match renamed {
        1 => "Use the name of the register for the row whose name differs".to_owned(),
        some => format!("Use the names of the register for the {some} rows whose names differ"),
    };
    view! {
        <div class="nhsuk-checkboxes nhsuk-checkboxes--small nhsuk-u-margin-bottom-4">
            <div class="nhsuk-checkboxes__item">
                <input class="nhsuk-checkboxes__input" id="names" type="checkbox" name="names" value="register" checked=true />
                <label class="nhsuk-label nhsuk-checkboxes__label" for="names">{says}</label>
            </div>
        </div>
    }
    .into_any()
}

fn row(one: &Judged, known: bool) -> AnyView {
    let code = if one.code.is_empty() { one.row.code.clone() } else { one.code.clone() };
    let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
    let register = or(&one.register, if known && !one.code.is_empty() { "Not there" } else { "–" });
    let differs = matches!(one.verdict, Verdict::Renamed);
    let number = one.row.row.to_string();
    let tick = |value: String, says: String, checked: bool| {
        let id = format!("take-{}", value.replace(':', "-"));
        view! {
            <div class="nhsuk-checkboxes nhsuk-checkboxes--small">
                <div class="nhsuk-checkboxes__item">
                    <input class="nhsuk-checkboxes__input" id=id.clone() type="checkbox" name="rows[]" value=value checked=checked />
                    <label class="nhsuk-label nhsuk-checkboxes__label" for=id>{says}</label>
                </div>
            </div>
        }
        .into_any()
    };
    let why = why(one);
    let why = (!why.is_empty()).then(|| view! { <div class="nhsuk-u-margin-bottom-2">{format!("{why}.")}</div> });
    let ticks = match &one.verdict {
        verdict if verdict.is_good() => vec![tick(number.clone(), format!("Add {code}"), true)],
        Verdict::Succeeded(_, next) => {
            let open = next.iter().filter(|next| !next.ended);
            let mut ticks: Vec<AnyView> = open
                .map(|next| tick(format!("{number}:{}", next.code), format!("Add {} instead", ods::came_after(next)), false))
                .collect();
            ticks.push(tick(number.clone(), format!("Add {code} all the same"), false));
            ticks
        }
        verdict if verdict.may_be_taken() => vec![tick(number.clone(), format!("Add {code} all the same"), false)],
        _ => Vec::new(),
    };
    view! {
        <tr role="row">
            <td role="cell" data-l="Row">{number.clone()}</td>
            <th scope="row" role="rowheader"><span class=look(&code)>{or(&code, "Nothing")}</span></th>
            <td role="cell" data-l="Name in the file">{or(&one.row.name, "–")}</td>
            <td role="cell" data-l="Name in the register">
                {register}
                {differs.then(|| view! { " "<strong class="nhsuk-tag nhsuk-tag--yellow">"Differs"</strong> })}
            </td>
            <td role="cell" data-l="What happens">{why}{ticks}</td>
        </tr>
    }
    .into_any()
}

/// Why a row is not simply added; empty where it is.
fn why(one: &Judged) -> String {
    match &one.verdict {
        Verdict::Good | Verdict::Renamed => String::new(),
        Verdict::Closed(since) => capital(&ods::closed(*since)),
        Verdict::Succeeded(since, next) => {
            let next = next.iter().map(ods::came_after).collect();
            format!("{}. After it came {}", capital(&ods::closed(*since)), listed(next))
        }
        Verdict::Unknown => "Not in the register that is loaded here. It may be new, or the code may be wrong".to_owned(),
        Verdict::There(line) => format!("In line {line} of the list"),
        Verdict::Double(row) => format!("The same code as in row {row} of the file"),
        Verdict::Odd(why) => format!("Cell {}: {}", one.row.cell, why.trim_end_matches('.')),
        Verdict::Nameless => "Write the name beside the code, in at most 100 characters and without an email address".to_owned(),
        Verdict::NoRoom => format!("The list has {MOST_MEMBERS} members, and no more fit"),
    }
}

/// What is no code may be long: it breaks anywhere, which a code does not.
fn look(text: &str) -> Option<&'static str> {
    (text.chars().count() > 12).then_some("gpc-code")
}

fn capital(text: &str) -> String {
    journey::base::text::capital(text)
}

/// The rows of the last file that were not taken, as a table and as text to be copied into a spreadsheet.
fn not_taken(read: &Read) -> AnyView {
    let rows = read.left.iter().map(|left| {
        view! {
            <tr role="row">
                <td role="cell" data-l="Cell">{left.cell.clone()}</td>
                <th scope="row" role="rowheader"><span class=look(&left.code)>{if left.code.is_empty() { "Nothing".to_owned() } else { left.code.clone() }}</span></th>
                <td role="cell" data-l="Name in the file">{left.name.clone()}</td>
                <td role="cell" data-l="Why">{format!("{}.", left.why)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view().into_any();
    // What a spreadsheet would take for a formula stays a text.
    let plain = |text: &str| {
        let line = text.replace(['\t', '\n'], " ");
        if line.starts_with(['=', '+', '-', '@']) { format!("'{line}") } else { line }
    };
    let line = |left: &Left| [&left.code, &left.name, &left.row.to_string(), &left.why].map(|text| plain(text)).join("\t");
    let text =
        format!("ODS code\tName\tRow\tWhy it was not taken\n{}", read.left.iter().map(line).collect::<Vec<_>>().join("\n"));
    view! {
        <section class="gpc-finding" aria-labelledby="left">
            <h2 class="nhsuk-heading-m" id="left">{format!("{} of {} not taken", counted(read.left.len(), "row"), read.name)}</h2>
            <p>"Put them right in your file and send it again, or type them into the list. They stay here until you upload another file."</p>
            <Grid caption="Rows that were not taken" columns=["Cell", "Code", "Name in the file", "Why"] rows=rows />
            <Details
                summary="Copy them into a spreadsheet"
                body=view! {
                    <label class="nhsuk-label nhsuk-label--s" for="left-text">"Code, name, row and reason, with tabs between"</label>
                    <TextArea id="left-text" rows=8 described=None words=text />
                }
                .into_any()
            />
        </section>
    }
    .into_any()
}

/// Adds rows of the file that was read to the list: those that are ticked.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/take-members")]
pub async fn take(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] version: u64,
    #[server(default)] names: String,
    #[server(default)] rows: Vec<String>,
) -> ActionResult {
    act(async move {
        let path = paths::task(&encode(&journey), &encode(&task));
        let page = format!("{path}/{PAGE}");
        let caller = calling()?;
        signed_in(&caller, &page, &journey::form::Answers::default()).await?;
        let context = PageContext { services: services()?, caller, banner: None, kept: None };
        let desk = TaskContext::load(context, &journey, &task).await?;
        if !may(desk.journey(), &desk.visitor, &desk.spec.id) {
            return Err(Halt::Missing);
        }
        let say = async |heading: &str, detail: &str| {
            let (heading, detail) = (heading.to_owned(), detail.to_owned());
            let kept = RefusedForm { path: page.clone(), heading, detail, ..RefusedForm::default() };
            flash::keep(&desk.context.caller.session, kept).await?;
            Ok(page.clone())
        };
        let read: Read = kept_file::kept(&desk, kept_file::FILE).await?;
        let Preview { draft, answers, judged, .. } = preview(&desk, &read).await?;
        // What is ticked was seen beside the list of that version.
        const FASTER: (&str, &str) = (
            "Nothing was added: the draft was changed meanwhile",
            "The tables show what would be added now. Tick and add again if it still fits.",
        );
        if draft.version != version {
            return say(FASTER.0, FASTER.1).await;
        }
        let ticks = Ticks { rows, names: names == "register" };
        let (list, count, left) = judge::added(judged, answers.one("members"), &ticks);
        if count == 0 {
            return say("Nothing was added", "Tick the rows that you want to add.").await;
        }
        let answers = answers.with("members", &list);
        let services = &desk.context.services;
        let saving = drafts::save_for(services, &desk.visitor, &journey, &task, "answers", version, &answers).await?;
        match saving {
            Saving::Saved(_) => {}
            Saving::Conflict(_) => return say(FASTER.0, FASTER.1).await,
            Saving::TooLong(_) => {
                return say("Nothing was added: the list is too long", "Take members out of the list first.").await;
            }
        }
        let left: Vec<Left> = left.iter().map(kept_as_left).collect();
        let rest = if left.is_empty() {
            String::new()
        } else {
            format!(" {} not taken: they are listed below.", counted_were(left.len()))
        };
        let to = if left.is_empty() { path.clone() } else { page.clone() };
        let name = read.name.clone();
        kept_file::keep(
            services,
            &desk.visitor,
            desk.journey(),
            &desk.spec.id,
            kept_file::FILE,
            &Read { name: read.name, file: MemberFile::default(), left },
        )
        .await?;
        flash::say(
            &desk.context.caller,
            format!("{} added from {name}", counted(count, "member")),
            format!("They are in your draft, which is saved. Nothing is sent yet.{rest}"),
        );
        Ok(to)
    })
    .await
}

fn counted_were(rows: usize) -> String {
    if rows == 1 { "1 row was".to_owned() } else { format!("{rows} rows were") }
}

fn kept_as_left(one: &Judged) -> Left {
    let why = match why(one) {
        why if why.is_empty() => "It was not ticked".to_owned(),
        why => why,
    };
    Left { row: one.row.row, cell: one.row.cell.clone(), code: one.row.code.clone(), name: one.row.name.clone(), why }
}
