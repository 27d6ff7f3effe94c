//! `…/signatories-file`: who signs for which member, from a file. Every row is judged and shown before any letter is sent; the rows
//! that cannot be taken stay there with their reasons, until another file comes.

use std::collections::{BTreeMap, BTreeSet};

use journey::{
    base::ids::TaskId,
    ledger::{journey::Journey, machine::Verb},
    rule::{
        by_link::{self, JudgedPerson, OfPerson},
        offers,
    },
    task::member_file::people::PeopleFile,
};
use leptos::prelude::*;

use crate::{
    base::{halt::Halt, paths, words::counted},
    design::{Button, Details, Grid},
    desk::{
        context::TaskContext,
        frame::framed,
        kept_file::{self, ReadFile},
    },
    request::visitor::Visitor,
    work::signatories::{
        actions::{of_the_supplier, waiting},
        rows::asked,
    },
};

/// The end of its address.
pub const PAGE: &str = "signatories-file";

/// What the page is called.
pub const TITLE: &str = "Ask people from a file";

type Read = ReadFile<PeopleFile>;

/// Whether this person may ask people to sign on this task now.
#[must_use]
pub fn may(journey: &Journey, visitor: &Visitor, task: &TaskId) -> bool {
    offers::judge(journey, &visitor.actor, Verb::AskToSign, task).is_ok()
}

async fn judged(desk: &TaskContext, read: &Read) -> Result<Vec<JudgedPerson>, Halt> {
    let (services, journey) = (&desk.context.services, desk.journey());
    let all = asked(services, journey, desk.spec).await?;
    let now: BTreeMap<String, (String, String)> =
        waiting(&all).map(|one| (one.asked.member.ods_code.clone(), (one.asked.name.clone(), one.asked.email.clone()))).collect();
    let mut of_supplier = BTreeSet::new();
    for row in &read.file.rows {
        let email = row.email.to_lowercase();
        if email.contains('@') && of_the_supplier(services, journey, &email).await?.is_some() {
            of_supplier.insert(email);
        }
    }
    Ok(by_link::judge_file(journey, desk.spec, &read.file, &now, &of_supplier))
}

/// The page.
///
/// # Errors
/// [`Halt::Missing`] for whoever may not ask anybody to sign.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    if !may(desk.journey(), &desk.visitor, &desk.spec.id) {
        return Err(Halt::Missing);
    }
    let read: Read = kept_file::kept(desk, kept_file::FILE).await?;
    let shown = if read.file.rows.is_empty() { None } else { Some(shown(desk, &read, judged(desk, &read).await?)) };
    let back = paths::signatories(&desk.journey().reference, &desk.spec.id);
    let body = view! {
        {shown}
        <h2 class="nhsuk-heading-m">"Upload a file"</h2>
        <p>"One row for each member. Write “ODS code” above the column with the codes of the members, “Name” above the names of the people who sign and “Email” above their addresses. The columns can stand in any order. No email is sent before you have seen the rows."</p>
        {kept_file::form(desk, "signatories-file", "/do/signatories/file", &kept_file::ROWS)}
        <p><a href=back>"Back to the signatures of the members"</a></p>
    };
    Ok(framed(desk, TITLE.to_owned(), desk.spec.label.clone(), body.into_any()))
}

/// What the file would do: who gets a letter, which rows cannot be taken and why, who is asked or has signed already.
fn shown(desk: &TaskContext, read: &Read, judged: Vec<JudgedPerson>) -> AnyView {
    let lines = by_link::lines_of(&judged);
    let (good, rest): (Vec<JudgedPerson>, Vec<JudgedPerson>) = judged.into_iter().partition(|one| one.verdict.is_good());
    let done = |one: &JudgedPerson| matches!(one.verdict, OfPerson::Asked | OfPerson::Signed);
    let (there, bad): (Vec<JudgedPerson>, Vec<JudgedPerson>) = rest.into_iter().partition(done);
    let table = |caption: &str, of: &[JudgedPerson]| {
        let rows = of.iter().map(row).collect_view().into_any();
        view! { <Grid caption=caption.to_owned() columns=["Row", "Code", "Name", "Email address", "What happens"] rows=rows /> }
            .into_any()
    };
    let sum = [(good.len(), "ready to send"), (bad.len(), "cannot be taken"), (there.len(), "asked or signed already")];
    let sum: Vec<String> = sum.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let notes = read.file.notes.iter().map(|note| view! { <p>{format!("{note}.")}</p> }).collect_view();
    let send = if good.len() == 1 { "Send the email".to_owned() } else { format!("Send the {} emails", good.len()) };
    view! {
        <section aria-labelledby="rows">
            <h2 class="nhsuk-heading-m" id="rows">{format!("{}: {}", read.name, counted(read.file.rows.len(), "row"))}</h2>
            <p>{format!("{}.", sum.join(", "))}</p>
            {notes}
            {(!bad.is_empty()).then(|| view! {
                <h3 class="nhsuk-heading-s">{format!("{} cannot be taken", counted(bad.len(), "row"))}</h3>
                <p>"Put them right in your file and send it again: nobody gets a second email."</p>
                {table("Rows that cannot be taken", &bad)}
            })}
            {(!good.is_empty()).then(|| view! {
                <h3 class="nhsuk-heading-s">{format!("{} asked by email", if good.len() == 1 { "1 person is".to_owned() } else { format!("{} people are", good.len()) })}</h3>
                {table("People who get an email", &good)}
                <form action="/do/signatories/ask" method="post">
                    {desk.hidden()}
                    <input type="hidden" name="signatories" value=lines />
                    <Button text=send />
                </form>
            })}
            {(!there.is_empty()).then(|| view! {
                <Details summary=format!("{} of members that are asked or have signed already", counted(there.len(), "row")) body=table("Rows of members that are asked or have signed", &there) />
            })}
        </section>
    }
    .into_any()
}

fn row(one: &JudgedPerson) -> AnyView {
    let or = |text: &str| if text.is_empty() { "Nothing".to_owned() } else { text.to_owned() };
    let code = if one.code.is_empty() { one.row.code.clone() } else { one.code.clone() };
    view! {
        <tr role="row">
            <td role="cell" data-l="Row">{one.row.row.to_string()}</td>
            <th scope="row" role="rowheader"><span class="gpc-break">{or(&code)}</span></th>
            <td role="cell" data-l="Name">{or(&one.row.name)}</td>
            <td role="cell" data-l="Email address" class="gpc-break">{or(&one.row.email)}</td>
            <td role="cell" data-l="What happens">{format!("{}.", what(one))}</td>
        </tr>
    }
    .into_any()
}

fn what(one: &JudgedPerson) -> String {
    match &one.verdict {
        OfPerson::Good => "Gets an email".to_owned(),
        OfPerson::Replaces(name) => format!("Gets an email. {name} is not asked any more, and their link ends"),
        OfPerson::Asked => "Is asked already".to_owned(),
        OfPerson::Signed => "This member has signed".to_owned(),
        OfPerson::NoMember => "The group does not name this member".to_owned(),
        OfPerson::Double(row) => format!("The same member as in row {row} of the file"),
        OfPerson::Odd(why) => format!("Cell {}: {}", one.row.cell, why.trim_end_matches('.')),
        OfPerson::Nameless => "Write the name of the person who signs".to_owned(),
        OfPerson::NoAddress => "Write their email address, like name@example.org".to_owned(),
        OfPerson::OfSupplier => {
            "The address belongs to somebody of the supplier, who cannot sign for another organisation".to_owned()
        }
    }
}
