//! `…/evidence`: every file of the SCAL with what is known of it, which rows name it, and what is out of date.

use std::collections::BTreeMap;

use journey::{
    base::ids::Digest,
    form::{Answers, FileRef},
    ledger::file_sort::{self, Sort},
    rule::offers,
    scal::{
        book::Entry,
        evidence::{self, Evidence},
    },
};
use leptos::prelude::*;

use crate::{
    base::{dates, halt::Halt, words::counted},
    design::{Button, Column::Unseen, Columns, Grid, Hidden, ask, file_link, group_class, picture},
    desk::{context::TaskContext, working::working},
    work::scal::frame::framed,
};

/// The facts about a file in one line.
#[must_use]
pub fn in_words(facts: &Evidence) -> String {
    let mut told = vec![format!("version {}", facts.product)];
    if let Some(environment) = facts.environment {
        told.push(environment.title().to_owned());
    }
    if let Some(day) = facts.effective {
        told.push(dates::date(day));
    }
    if !facts.tester.is_empty() {
        told.push(format!("by {}", facts.tester));
    }
    let sort = if facts.sort == Sort::Plain { String::new() } else { format!("{}, ", facts.sort.title()) };
    format!("{sort}{}.", told.join(", "))
}

/// The page. With `?file=` the form about one of them.
///
/// # Errors
/// [`Halt::Missing`] when there is no such file.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let journey = desk.journey();
    let (entries, product) = working(desk).await?;
    let facts = desk.context.services.store.evidence(&journey.reference, &desk.spec.id).await?;
    let writes = offers::may_write(journey, &desk.visitor.actor, &desk.spec.id);
    let mut named: BTreeMap<Digest, (FileRef, Vec<&Entry>)> = BTreeMap::new();
    for entry in &entries {
        for file in entry.files().iter().filter_map(|value| FileRef::parse(value)) {
            named.entry(file.digest.clone()).or_insert_with(|| (file, Vec::new())).1.push(entry);
        }
    }
    let asked = crate::request::visitor::query("file");
    let open = named.values().find(|(file, _)| file.digest.as_str() == asked);
    if !asked.is_empty() && open.is_none() {
        return Err(Halt::Missing);
    }
    let form = match open {
        Some((file, _)) if writes => Some(about(desk, file, &facts, &named)),
        _ => None,
    };
    let stale = named.keys().filter(|digest| facts.iter().any(|f| f.digest == **digest && f.is_stale(&product))).count();
    let path = desk.path();
    let rows = named
        .values()
        .map(|(file, of)| {
            let known = facts.iter().find(|facts| facts.digest == file.digest);
            let stale = known.is_some_and(|facts| facts.is_stale(&product));
            let reads = known.is_none_or(|facts| facts.sort.may_be_read_by(&desk.visitor.actor));
            let links = of
                .iter()
                .map(|entry| view! { <a class="gpc-code" href=format!("{path}/{}", entry.row.field)>{entry.row.id.clone()}</a>" " })
                .collect_view();
            let replaces = known.and_then(|facts| facts.replaces.as_ref()).and_then(|digest| named.get(digest)).map(|(old, _)| {
                view! { <p class="gpc-meta">{format!("In place of {}.", old.name)}</p> }
            });
            let change = format!("{path}/evidence?file={}", file.digest);
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">
                        {if reads { file_link(&file.to_string()) } else { view! { {file.name.clone()}<p class="gpc-meta">{withheld(known)}</p> }.into_any() }}
                        <p class="gpc-meta gpc-code">{format!("SHA-256 {}…", &file.digest.as_str()[..12])}</p>
                        {replaces}
                    </th>
                    <td role="cell" data-l="Made">{known.map_or_else(|| "Nothing is said about it yet.".to_owned(), in_words)}" "{stale.then(|| view! { <strong class="nhsuk-tag nhsuk-tag--grey">"Old version"</strong> })}</td>
                    <td role="cell" data-l="Received">{known.map(|facts| dates::day_of(facts.at)).unwrap_or_default()}</td>
                    <td role="cell" data-l="Rows">{links}</td>
                    {writes.then(|| view! { <td role="cell"><a href=change>"Change"<span class="nhsuk-u-visually-hidden">{format!(" what is said about {}", file.name)}</span></a></td> })}
                </tr>
            }
        })
        .collect_view();
    let renew = (stale > 0).then(|| {
        view! {
            <div class="gpc-finding">
                <p><b>{format!("{} of an older version than {product}.", counted(stale, "file"))}</b>" What was accepted on its strength stays accepted until the row changes; renew it where the change touches it."</p>
            </div>
        }
    });
    let body = view! {
           {writes.then(|| version_form(desk, &product))}
           {renew}
           {form}
           {if named.is_empty() {
               view! { <p>"No file yet. Add files to the rows of the SCAL; they are all listed here, with where, when and on which product version they were made."</p> }.into_any()
           } else {
               view! {
                   <Grid
    columns=Columns::from(["File", "Made", "Received", "Rows"]).and(writes.then_some(Unseen("Change")))
    rows=rows.into_any()
    />
               }
               .into_any()
           }}
           <p><a href=path.clone()>"Back to the SCAL"</a></p>
       };
    Ok(framed(desk, "Evidence".to_owned(), ().into_any(), body.into_any()))
}

fn withheld(known: Option<&Evidence>) -> String {
    let readers: Vec<String> = file_sort::readers(known.map_or(Sort::Plain, |facts| facts.sort))
        .iter()
        .map(|role| role.title().to_lowercase())
        .collect();
    format!("Only for {}.", crate::base::words::listed(readers))
}

/// The product version that is assessed: evidence of an older one is marked.
fn version_form(desk: &TaskContext, product: &str) -> AnyView {
    let kept = desk.context.kept.as_ref();
    let problem = kept.and_then(|kept| kept.problem("product_version"));
    let typed = kept.map(|kept| kept.typed.one("product_version").to_owned()).filter(|typed| !typed.is_empty());
    let value = typed.unwrap_or_else(|| product.to_owned());
    let class = group_class(problem.is_some());
    view! {
        <form action="/do/scal/product" method="post" novalidate>
            {desk.hidden()}
            <div class=class>
                <label class="nhsuk-label nhsuk-label--s" for="product_version">"Product version that is assessed"</label>
                <div class="nhsuk-hint" id="product_version-hint">"As registered with Spine. Evidence of an older version is marked, and continues to count until you renew it."</div>
                {ask::message("product_version", problem)}
                <input class="nhsuk-input nhsuk-input--width-10" id="product_version" name="product_version" value=value aria-describedby="product_version-hint" />
            </div>
            <Button text="Save the version" secondary=true small=true />
        </form>
    }
    .into_any()
}

fn about(desk: &TaskContext, file: &FileRef, facts: &[Evidence], named: &BTreeMap<Digest, (FileRef, Vec<&Entry>)>) -> AnyView {
    let known = facts.iter().find(|facts| facts.digest == file.digest);
    let before = known.map(|facts| {
        let mut answers =
            Answers::default().with("sort", facts.sort.name()).with("product", &facts.product).with("tester", &facts.tester);
        if let Some(environment) = facts.environment {
            answers = answers.with("environment", environment.name());
        }
        if let Some(day) = facts.effective {
            answers = answers.with("effective", &dates::date(day));
        }
        answers
    });
    let kept = desk.context.kept.as_ref();
    let typed = kept.map_or_else(|| before.unwrap_or_default(), |kept| kept.typed.clone());
    let replaces = known.and_then(|facts| facts.replaces.clone());
    let reads = known.is_none_or(|facts| facts.sort.may_be_read_by(&desk.visitor.actor));
    let picture = reads.then(|| picture(file, &desk.journey().reference, &desk.spec.id)).flatten();
    let rows_problem = kept.and_then(|kept| kept.problem("rows"));
    let rows_typed = kept.map(|kept| kept.typed.one("rows").to_owned()).unwrap_or_default();
    let rows_class = group_class(rows_problem.is_some());
    let others = named
        .values()
        .filter(|(other, _)| other.digest != file.digest)
        .map(|(other, _)| {
            let selected = replaces.as_ref() == Some(&other.digest);
            view! { <option value=other.digest.to_string() selected=selected>{other.name.clone()}</option> }
        })
        .collect_view();
    let questions =
        evidence::form().fields.iter().map(|field| ask::question(field, &typed, kept, &ask::Look::default())).collect_view();
    view! {
        <section class="gpc-pane" aria-labelledby="about-file">
            <h2 class="nhsuk-heading-m" id="about-file">{format!("About {}", file.name)}</h2>
            {picture}
            <form action="/do/scal/evidence" method="post" novalidate>
                {desk.hidden()}
                <Hidden values=vec![("file", file.digest.to_string())] />
                {questions}
                <div class="nhsuk-form-group">
                    <label class="nhsuk-label nhsuk-label--s" for="replaces">"It takes the place of"</label>
                    <select class="nhsuk-select" id="replaces" name="replaces"><option value="">"No earlier file"</option>{others}</select>
                </div>
                <Button text="Save what is known of it" />
            </form>
            <form action="/do/scal/attach" method="post" novalidate>
                {desk.hidden()}
                <Hidden values=vec![("file", file.digest.to_string())] />
                <div class=rows_class>
                    <label class="nhsuk-label nhsuk-label--s" for="rows">"Rows that it also proves"</label>
                    <div class="nhsuk-hint" id="rows-hint">"Ids of rows, with spaces or commas between, for example GPC-IG1, SCAL-SEC-09. The file is added to each of them."</div>
                    {ask::message("rows", rows_problem)}
                    <input class="nhsuk-input" id="rows" name="rows" value=rows_typed aria-describedby="rows-hint" />
                </div>
                <Button text="Add it to these rows" secondary=true small=true />
            </form>
        </section>
    }
    .into_any()
}
