//! `/audit`: who did what, when and from where. What people wrote on a journey is not in it.

use journey::{
    form::Problem,
    port::audit::{AuditKind, AuditLine},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page, titled},
    base::{dates, said::RefusedForm},
    design::{Button, Grid, Title, ask, group_class, say},
    request::{services::Services, visitor::query},
    site::operator::{
        asked::AuditAsked,
        entries::{self, Names},
        forms::{operators_only, person_page},
    },
};

/// Entries of a page.
const PAGE: u32 = 50;

/// `/audit`
#[component]
pub fn AuditPage() -> impl IntoView {
    page(async {
        let context = context().await?;
        operators_only(&context.visitor()?.actor)?;
        let services = &context.services;
        let asked = AuditAsked::read(query);
        let (lines, problems) = match asked.filter(services, PAGE + 1).await? {
            Ok(filter) => (services.store.audit(&filter).await?, Vec::new()),
            Err(problems) => (Vec::new(), problems),
        };
        let more = lines.len() > PAGE as usize;
        let lines: Vec<AuditLine> = lines.into_iter().take(PAGE as usize).collect();
        let names = entries::names(services, &lines).await?;
        let wrong = (!problems.is_empty()).then(|| RefusedForm {
            heading: "There is a problem".to_owned(),
            detail: "Nothing is shown until it is put right.".to_owned(),
            problems: problems.clone(),
            ..RefusedForm::default()
        });
        let next = lines.last().filter(|_| more).map(|last| asked.next(last));
        let goes_on = !asked.after.is_empty();
        let list = match (lines.is_empty(), problems.is_empty()) {
            (true, true) => {
                view! { <div class="gpc-empty"><p>"No entry matches. Choose more days, or every kind."</p></div> }.into_any()
            }
            (true, false) => ().into_any(),
            (false, _) => table(services, &lines, &names),
        };
        let first = format!("/audit{}", asked.tail());
        let body = view! {
            {say::kept(wrong.as_ref().or(context.kept.as_ref()))}
            {say::banner(context.banner)}
            <Title text="Audit">"Who did what, and when, newest first. Network addresses are kept for two days, sign-ins for 90."</Title>
            {filters(&asked, &problems)}
            {list}
            <p class="gpc-meta gpc-below">
                {next.map(|to| view! { <a href=to rel="next">"Older entries"</a> " " })}
                {goes_on.then(|| view! { <a href=first>"Newest entries"</a> " " })}
                {asked.narrows().then(|| view! { <a href="/audit">"Show everything"</a> })}
            </p>
        }
        .into_any();
        Ok((titled("Audit", wrong.as_ref()), body))
    })
}

fn filters(asked: &AuditAsked, problems: &[Problem]) -> AnyView {
    let field = |id: &'static str, label: &'static str, kind: &'static str, value: &str| {
        let problem = problems.iter().find(|problem| problem.field == id).map(|problem| problem.says.clone());
        let wrong = problem.is_some();
        let class = if wrong { "nhsuk-input nhsuk-input--error" } else { "nhsuk-input" };
        let described = wrong.then(|| format!("{id}-error"));
        view! {
            <div class=group_class(wrong)>
                <label for=id>{label}</label>
                {ask::message(id, problem)}
                <input class=class id=id name=id type=kind maxlength="200" value=value.to_owned() aria-describedby=described />
            </div>
        }
    };
    let kinds = AuditKind::ALL.iter().map(|kind| {
        let selected = kind.name() == asked.kind;
        view! { <option value=kind.name() selected=selected>{kind.title()}</option> }
    });
    let download = format!("/audit.csv{}", asked.tail());
    view! {
        <form class="gpc-filters" method="get" action="/audit" role="search" aria-label="Search the audit">
            {field("person", "Person, by email address", "text", &asked.person)}
            {field("organisation", "Organisation or ODS code", "text", &asked.organisation)}
            {field("journey", "Journey", "text", &asked.journey)}
            <div>
                <label for="kind">"Kind"</label>
                <select class="nhsuk-select" id="kind" name="kind">
                    <option value="">"Every kind"</option>
                    {kinds.collect_view()}
                </select>
            </div>
            {field("from", "From", "date", &asked.from)}
            {field("until", "Until", "date", &asked.until)}
            <Button text="Show" secondary=true small=true />
            {problems.is_empty().then(|| view! { <p><a href=download download>"Download as CSV"</a></p> })}
        </form>
    }
    .into_any()
}

fn table(services: &Services, lines: &[AuditLine], names: &Names) -> AnyView {
    let rows = lines.iter().map(|line| row(services, line, names)).collect_view();
    view! { <Grid caption="Entries, newest first" columns=["When", "Who", "What", "From"] rows=rows.into_any() /> }.into_any()
}

fn row(services: &Services, line: &AuditLine, names: &Names) -> AnyView {
    let who = match (entries::who(line), &line.person) {
        ((name, true), Some((id, _))) => view! { <a href=person_page(id)>{name}</a> }.into_any(),
        ((name, _), _) => name.into_any(),
    };
    // No link: two of them would stand too close to be touched.
    let organisation = entries::of_whom(line).map(|name| view! { <br /><span class="gpc-meta">{name}</span> });
    let what = entries::what(services.processes, line, names);
    let journey =
        line.journey.as_ref().map(|journey| view! { <br /><span class="gpc-meta gpc-mono">{journey.to_string()}</span> });
    let reason = (!line.reason.is_empty())
        .then(|| view! { <br /><span class="gpc-meta gpc-lines">{format!("The reason: {}", line.reason)}</span> });
    let kind = line.entry.kind().title();
    view! {
        <tr role="row">
            <td role="cell" data-l="When" class="gpc-nb">{dates::moment(line.mark.at)}</td>
            <td role="cell" data-l="Who">{who}{organisation}</td>
            <td role="cell" data-l="What"><span class="gpc-meta">{kind}</span><br />{what}{journey}{reason}</td>
            <td role="cell" data-l="From" class="gpc-mono">{line.address.clone()}</td>
        </tr>
    }
    .into_any()
}
