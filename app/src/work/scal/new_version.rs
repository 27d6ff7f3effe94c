//! `…/new-version`: a product whose SCAL was accepted has changed. Its supplier names the version and the rows that it
//! touches; only these are asked again.

use journey::{
    base::ids::FieldId,
    catalogue::scal::PRODUCT_VERSION,
    form::Answers,
    ledger::{machine::Verb, refusal::Refusal},
    rule::{
        command::Command,
        offers,
        versions::{self, PRODUCT_NAME},
    },
    scal::{book::Entry, evidence::Evidence, sheet},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act},
        post::perform,
    },
    base::{halt::Halt, words::counted},
    design::{Button, ask, group_class},
    desk::refused::refused,
    desk::{
        actions::{id_of, stay, wish},
        context::TaskContext,
        working::working,
    },
    work::scal::{
        actions::{desk, path_of},
        frame::framed,
    },
};

/// The page.
///
/// # Errors
/// [`Halt::Missing`] when this person cannot begin an assessment now.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    if !desk.may(Verb::Reassess) {
        return Err(Halt::Missing);
    }
    let (entries, product) = working(desk).await?;
    let evidence = desk.context.services.store.evidence(&desk.journey().reference, &desk.spec.id).await?;
    let kept = desk.context.kept.as_ref();
    let typed = kept.map(|kept| kept.typed.clone()).unwrap_or_default();
    let problem = kept.and_then(|kept| kept.problem(PRODUCT_VERSION));
    let class = group_class(problem.is_some());
    let name_problem = kept.and_then(|kept| kept.problem(PRODUCT_NAME));
    let name_class = group_class(name_problem.is_some());
    let name = kept.map_or_else(|| desk.journey().opening.product.clone(), |kept| kept.typed.one(PRODUCT_NAME).to_owned());
    let before = if product.is_empty() {
        "No version was named so far.".to_owned()
    } else {
        format!("Version {product} was assessed last.")
    };
    let always = entries
        .iter()
        .filter_map(|entry| {
            let why = versions::always(entry.row)?;
            Some(view! { <li><b class="gpc-code">{entry.row.id.clone()}</b>{format!(" {why}")}</li> })
        })
        .collect_view();
    let mut sections: Vec<(u32, &str)> =
        entries.iter().map(|entry| (entry.row.section, entry.row.section_title.as_str())).collect();
    sections.dedup();
    let groups = sections
        .into_iter()
        .map(|(number, title)| {
            let of: Vec<&Entry> =
                entries.iter().filter(|entry| entry.row.section == number && versions::always(entry.row).is_none()).collect();
            let chosen = of.iter().any(|entry| typed.many("rows").iter().any(|row| row == entry.row.field.as_str()));
            let count = counted(of.len(), "row");
            let boxes = of.into_iter().map(|entry| tick(entry, &evidence, &typed)).collect_view();
            view! {
                <details class="nhsuk-details" open=chosen>
                    <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{format!("{number} {title}, {count}")}</span></summary>
                    <fieldset class="nhsuk-fieldset nhsuk-details__text">
                        <legend class="nhsuk-u-visually-hidden">{format!("Rows of {title} that the version touches")}</legend>
                        <div class="nhsuk-checkboxes nhsuk-checkboxes--small">{boxes}</div>
                    </fieldset>
                </details>
            }
        })
        .collect_view();
    let body = view! {
        <form action="/do/scal/reassess" method="post" novalidate>
            {desk.hidden()}
            <div class=name_class>
                <label class="nhsuk-label nhsuk-label--s" for=PRODUCT_NAME>"Name of the product"</label>
                <div class="nhsuk-hint" id="product_name-hint">"Change it if the product has another name now. What was issued and signed keeps the name of its day, and both names are found."</div>
                {ask::message(PRODUCT_NAME, name_problem)}
                <input class="nhsuk-input" id=PRODUCT_NAME name=PRODUCT_NAME value=name aria-describedby="product_name-hint" />
            </div>
            <div class=class>
                <label class="nhsuk-label nhsuk-label--s" for=PRODUCT_VERSION>"New product version"</label>
                <div class="nhsuk-hint" id="product_version-hint">{format!("As registered with Spine. {before}")}</div>
                {ask::message(PRODUCT_VERSION, problem)}
                <input class="nhsuk-input nhsuk-input--width-10" id=PRODUCT_VERSION name=PRODUCT_VERSION value=typed.one(PRODUCT_VERSION).to_owned() aria-describedby="product_version-hint" />
            </div>
            <h2 class="nhsuk-heading-m">"Asked at every version"</h2>
            <ul class="nhsuk-list nhsuk-list--bullet">{always}</ul>
            <h2 class="nhsuk-heading-m">"What else does it touch?"</h2>
            <p>"Tick the rows whose answer or evidence the new version changes. Every other row stays accepted, with its answer and evidence."</p>
            {groups}
            <p>"The SCAL is opened again until these rows are accepted anew. What depends on it waits and is kept; sites that are live stay live."</p>
            <div class="nhsuk-button-group">
                <Button text="Begin the assessment" />
                <a href=desk.path()>"Cancel"</a>
            </div>
        </form>
    };
    Ok(framed(desk, "Have a new product version assessed".to_owned(), ().into_any(), body.into_any()))
}

/// A row to tick, with the versions that its evidence was made on.
fn tick(entry: &Entry, evidence: &[Evidence], typed: &Answers) -> AnyView {
    let field = entry.row.field.to_string();
    let id = format!("touches-{field}");
    let mut made_on: Vec<&str> = evidence
        .iter()
        .filter(|facts| entry.files().iter().any(|value| value.starts_with(facts.digest.as_str())) && !facts.product.is_empty())
        .map(|facts| facts.product.as_str())
        .collect();
    made_on.dedup();
    let made = (!made_on.is_empty()).then(|| format!(" Evidence of version {}.", made_on.join(", ")));
    let checked = typed.many("rows").contains(&field);
    view! {
        <div class="nhsuk-checkboxes__item">
            <input class="nhsuk-checkboxes__input" id=id.clone() type="checkbox" name="rows[]" value=field checked=checked />
            <label class="nhsuk-label nhsuk-checkboxes__label" for=id>
                <b class="gpc-code">{entry.row.id.clone()}</b>{format!(" {}", entry.row.requirement)}
                {made.map(|made| view! { <span class="gpc-meta">{made}</span> })}
            </label>
        </div>
    }
    .into_any()
}

/// Begins the assessment of a new version.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/reassess")]
pub async fn reassess(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] product_version: String,
    #[server(default)] product_name: String,
    #[server(default)] rows: Vec<String>,
) -> ActionResult {
    act(async move {
        let page = format!("{}/new-version", path_of(&journey, &task));
        let mut typed = Answers::default().with(PRODUCT_VERSION, &product_version).with(PRODUCT_NAME, &product_name);
        typed.0.insert("rows".to_owned(), rows.iter().take(sheet::MOST_ROWS).cloned().collect());
        let desk = desk(&journey, &task, &page, &typed).await?;
        if !desk.may(Verb::Reassess) {
            let why = offers::judge(desk.journey(), &desk.visitor.actor, Verb::Reassess, &desk.spec.id).err();
            return refused(&desk, desk.path(), &why.unwrap_or(Refusal::NothingToDo), Answers::default()).await;
        }
        let before = working(&desk).await?.1;
        let product = match versions::later(&before, &product_version) {
            Ok(product) => product,
            Err(refusal) => return refused(&desk, page, &refusal, typed).await,
        };
        if let Err(refusal) = versions::renamed(&desk.journey().opening, &product_name) {
            return refused(&desk, page, &refusal, typed).await;
        }
        let rows: Vec<FieldId> = rows.iter().filter_map(|row| row.parse().ok()).collect();
        let count = versions::touched(&desk.journey().opening, &rows).len();
        perform(
            wish(&journey, &task, seen, typed),
            |_, spec| {
                let (product, name) = (product.clone(), product_name.clone());
                Ok(Command::Reassess { task: id_of(spec)?, product, name, rows: rows.clone() })
            },
            |after, events| {
                stay(after, events, format!("Version {product} is assessed: {} to look at again", counted(count, "row")))
            },
        )
        .await
    })
    .await
}
