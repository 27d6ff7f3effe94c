//! `/catalogue`: the editions of the SCAL catalogue. Operators publish a new one from a CSV text: first every fault with its
//! line, then what would change and for how many journeys, and only then is it published.

use journey::{
    base::actor::Actor,
    catalogue::{
        editions::{self, Difference},
        row::Row,
    },
    form::{Answers, Field, Form, Kind, Problem},
    port::{WriteError, scal::Catalogue},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        page::{context, page, titled},
    },
    base::{dates, diff, halt::Halt, paths, said::RefusedForm, words::counted},
    design::{Button, Title, ask, say},
    request::{
        flash,
        ledger::learn,
        services::{Services, services},
        visitor::{Caller, calling},
    },
    work::scal::{told, withdraw},
};

/// Where the editions are.
pub const PAGE: &str = paths::CATALOGUE;

/// Longest catalogue, in characters: about a thousand rows.
const LONGEST: usize = 300_000;

/// Bytes of the rows as the form of the page sends them, within what any form may have.
const MOST_SENT: usize = 480_000;

/// Refuses everybody who does not publish editions.
///
/// # Errors
/// [`Halt::NotYours`], with whom to ask.
pub fn operators_only(actor: &Actor) -> Result<(), Halt> {
    if editions::may_publish(actor) {
        return Ok(());
    }
    Err(Halt::NotYours {
        heading: "Operators of this service publish the catalogue".to_owned(),
        detail: "If a row should read differently, write to the functional assurance team.".to_owned(),
    })
}

/// The edition that was typed, with its rows.
pub(crate) struct Typed {
    edition: journey::base::edition::Edition,
    rows: Vec<Row>,
    body: String,
    note: String,
}

fn form() -> Form {
    Form::of(vec![
        Field::new("edition", "Name of the edition", Kind::Line { max: 10 })
            .hint("A year and a number, later than the newest one, for example 2026-2.")
            .required("Enter the name of the edition"),
        Field::new("note", "What has changed, in a sentence", Kind::Words { max: 1_000 }).required("Say what has changed"),
        Field::new("body", "All rows, as CSV", Kind::Words { max: LONGEST })
            .hint("With the heading id, capability, section, level, who, requirement, evidence_expected, environment, owner, source, origin, since, until, document. A row that names a document takes no “met” without it. Rows that are left out are withdrawn.")
            .required("Paste the rows as CSV"),
    ])
}

/// Every problem at once: of the fields, then of the rows with their lines.
pub(crate) fn read(services: &Services, typed: &Answers) -> Result<Typed, Vec<Problem>> {
    let clean = form().check(typed).map_err(|problems| problems.0)?;
    // What comes from a file is published by the form of the page, in which some characters take three bytes and more.
    let sent: usize = form_urlencoded::byte_serialize(clean.one("body").as_bytes()).map(str::len).sum();
    if sent > MOST_SENT {
        let says = format!(
            "The rows are too long: as a form they take {sent} bytes, and {MOST_SENT} are the most. Shorten the longest texts"
        );
        return Err(vec![Problem::new("body", says)]);
    }
    let (edition, rows) = editions::proposed(clean.one("edition"), clean.one("body"), &editions::judges(services.processes))?;
    Ok(Typed { edition, rows, body: clean.one("body").to_owned(), note: clean.one("note").to_owned() })
}

/// `/catalogue`
#[component]
pub fn CataloguePage() -> impl IntoView {
    page(async {
        let context = context().await?;
        operators_only(&context.visitor()?.actor)?;
        learn(&context.services).await?;
        let published = context.services.store.catalogues().await?;
        let under_way = context.services.store.journeys_under_way().await?;
        // What is only to be looked at is kept like a refused form, with nothing to complain of.
        let (kept, preview) = match context.kept.clone() {
            Some(kept) if kept.heading.is_empty() => {
                let preview = read(&context.services, &kept.typed).ok().map(|typed| preview(&typed, &kept.typed, under_way));
                (Some(kept), preview)
            }
            other => (other, None),
        };
        let shown = kept.as_ref().filter(|kept| !kept.heading.is_empty());
        let answers = kept.as_ref().map(|kept| kept.typed.clone()).unwrap_or_default();
        let editions = editions::all()
            .iter()
            .rev()
            .map(|edition| {
                let one = published.iter().find(|one| one.edition == *edition);
                let how = match one {
                    None => "Came with the release.".to_owned(),
                    Some(Catalogue { withdrawn: Some((at, why)), .. }) => format!("Withdrawn on {}. {why}", dates::day_of(*at)),
                    Some(one) => format!("Published on {}. {}", dates::day_of(one.at), one.note),
                };
                let form = one.filter(|one| one.withdrawn.is_none()).map(|one| withdraw::form(&one.edition, shown));
                let to = format!("/catalogue/{edition}");
                view! { <li><b>{edition.to_string()}</b>{format!(": {}. {how} ", counted(editions::rows(edition).len(), "row"))}<a href=to download>"Download as Excel"<span class="nhsuk-u-visually-hidden">{format!(", edition {edition}")}</span></a>{form}</li> }
            })
            .collect_view();
        let questions = form()
            .fields
            .iter()
            .map(|field| {
                let rows = if field.id.as_str() == "body" { 14 } else { 3 };
                let name = field.id.to_string();
                ask::question(field, &answers, shown, &ask::Look { name, rows, ..ask::Look::default() })
            })
            .collect_view();
        let body = view! {
            {say::kept(shown)}
            {say::banner(context.banner)}
            <Title text="Catalogue of the SCAL">{format!("{} under way. Each answers the edition it was opened with, until its supplier moves it.", counted(usize::try_from(under_way).unwrap_or(usize::MAX), "journey"))}</Title>
            <ul class="nhsuk-list nhsuk-list--bullet">{editions}</ul>
            {preview}
            <h2 class="nhsuk-heading-m">"Publish a new edition"</h2>
            <form action="/do/catalogue/preview" method="post" novalidate>
                {questions}
                <div class="nhsuk-form-group">
                    <label class="nhsuk-label nhsuk-label--s" for="file">"Or all rows from a file"</label>
                    <div class="nhsuk-hint" id="file-hint">"An Excel workbook of one sheet, or a CSV text, with the same heading. It takes the place of the rows above."</div>
                    {ask::message("file", shown.and_then(|kept| kept.problem("file")))}
                    <div class="gpc-upload">
                        <input class="nhsuk-file-upload" id="file" name="file" type="file" accept=".xlsx,.csv" aria-describedby="file-hint" />
                        <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" formaction="/do/catalogue/file" formenctype="multipart/form-data">"Read the file"</button>
                    </div>
                </div>
                <Button text="See what would change" secondary=true />
            </form>
        }
        .into_any();
        Ok((titled("Catalogue of the SCAL", shown), body))
    })
}

fn preview(new: &Typed, typed: &Answers, under_way: u64) -> AnyView {
    let change = Difference::between(editions::rows(&editions::newest()), &new.rows);
    let plain = |rows: &[Row]| {
        rows.iter()
            .map(|row| view! { <li><b class="gpc-code">{row.id.clone()}</b>{format!(" {}", row.requirement)}</li> })
            .collect_view()
    };
    let patience = diff::Patience::of_page();
    let beside = |rows: &[(Row, Row)]| {
        rows.iter()
            .map(|(before, now)| {
                let (left, right) = editions::beside(before, now);
                let (left, right) = patience.beside(&left, &right);
                view! {
                    <li>
                        <b class="gpc-code">{now.id.clone()}</b>
                        <div class="gpc-diff"><div><h4>"Before"</h4>{left}</div><div><h4>"Now"</h4>{right}</div></div>
                    </li>
                }
            })
            .collect_view()
    };
    let part = |count: usize, heading: &'static str, items: AnyView| {
        (count > 0).then(
            || view! { <h3 class="nhsuk-heading-s">{format!("{heading} ({count})")}</h3> <ul class="nhsuk-list">{items}</ul> },
        )
    };
    let values = ["edition", "note", "body"].map(|name| (name, typed.one(name).to_owned()));
    view! {
        <section class="nhsuk-inset-text" aria-labelledby="preview">
            <h2 class="nhsuk-heading-m" id="preview">{format!("Edition {} would have {}", new.edition, counted(new.rows.len(), "row"))}</h2>
            {part(change.new.len(), "New", plain(&change.new).into_any())}
            {part(change.changed.len(), "Changed", beside(&change.changed).into_any())}
            {part(change.moved.len(), "Changed, and not asked again", beside(&change.moved).into_any())}
            {part(change.withdrawn.len(), "Withdrawn", plain(&change.withdrawn).into_any())}
            <p>{format!("{under_way} journeys under way can be moved to it by their suppliers. New journeys follow it from now on. It cannot be changed afterwards.")}</p>
            <form action="/do/catalogue/publish" method="post" novalidate>
                {values.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()}
                <Button text=format!("Publish edition {}", new.edition) />
            </form>
        </section>
    }
    .into_any()
}

fn typed_of(edition: &str, note: &str, body: &str) -> Answers {
    Answers::default().with("edition", edition).with("note", note).with("body", body)
}

/// Shows what an edition would change. Nothing is published.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "catalogue/preview")]
pub async fn show(
    #[server(default)] edition: String,
    #[server(default)] note: String,
    #[server(default)] body: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = typed_of(&edition, &note, &body);
        let visitor = signed_in(&caller, PAGE, &typed).await?;
        operators_only(&visitor.actor)?;
        look_at(&services, &caller, typed).await
    })
    .await
}

/// Keeps what was typed or read from a file for the page, which shows what it would change or what is wrong with it.
///
/// # Errors
/// When the database does not answer.
pub async fn look_at(services: &Services, caller: &Caller, typed: Answers) -> Result<String, Halt> {
    learn(services).await?;
    let kept = match read(services, &typed) {
        Ok(_) => RefusedForm { path: PAGE.to_owned(), typed, ..RefusedForm::default() },
        Err(problems) => RefusedForm {
            path: PAGE.to_owned(),
            heading: format!("{} to put right", counted(problems.len(), "thing")),
            detail: "Nothing was published. Your text is kept below.".to_owned(),
            problems,
            typed,
        },
    };
    flash::keep(&caller.session, kept).await?;
    Ok(PAGE.to_owned())
}

/// Publishes an edition.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "catalogue/publish")]
pub async fn publish(
    #[server(default)] edition: String,
    #[server(default)] note: String,
    #[server(default)] body: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = typed_of(&edition, &note, &body);
        let visitor = signed_in(&caller, PAGE, &typed).await?;
        operators_only(&visitor.actor)?;
        learn(&services).await?;
        let refused = |heading: String, problems: Vec<Problem>| RefusedForm {
            path: PAGE.to_owned(),
            heading,
            detail: "Nothing was published. Your text is kept below.".to_owned(),
            problems,
            typed: typed.clone(),
        };
        let new = match read(&services, &typed) {
            Ok(new) => new,
            Err(problems) => {
                flash::keep(&caller.session, refused(format!("{} to put right", counted(problems.len(), "thing")), problems)).await?;
                return Ok(PAGE.to_owned());
            }
        };
        let catalogue = Catalogue {
            edition: new.edition.clone(),
            body: new.body,
            note: new.note,
            by: visitor.actor.person.clone(),
            at: services.clock.now(),
            withdrawn: None,
        };
        let at = catalogue.at;
        let notices = told::notices(&services, &new.edition, &new.rows, told::Deed::Published).await?;
        match services.store.publish_catalogue(catalogue, notices).await {
            Ok(()) => {
                tracing::info!(edition = %new.edition, person = %visitor.actor.person, "an edition of the catalogue was published");
                editions::was_published(new.edition.clone(), at);
                editions::learn(new.edition.clone(), new.rows);
                flash::say(&caller, format!("Edition {} is published", new.edition), "Suppliers whose SCAL it would change are told by email, and see on it that they can move.");
            }
            Err(WriteError::Conflict) => {
                let heading = format!("Edition {} was published by somebody else meanwhile", new.edition);
                flash::keep(&caller.session, refused(heading, Vec::new())).await?;
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        Ok(PAGE.to_owned())
    })
    .await
}
