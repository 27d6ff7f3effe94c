//! `/scal` and `/scal/{tab}`: what the SCAL asks, for everybody, in the words of the newest edition. Answers stand on journeys alone.

use journey::{
    catalogue::{
        editions,
        row::{Row, Who},
    },
    guidance::pages::tab_name,
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{halt::Halt, words::counted},
    design::{Crumbs, Grid, Title},
    request::visitor::param,
    site::guidance::{in_place, sourced},
};

/// The tabs in the order of the catalogue, each with its rows.
fn tabs() -> Vec<(&'static str, Vec<&'static Row>)> {
    let mut tabs: Vec<(&'static str, Vec<&'static Row>)> = Vec::new();
    for row in editions::rows(&editions::newest()) {
        match tabs.iter_mut().find(|(tab, _)| *tab == row.tab) {
            Some((_, rows)) => rows.push(row),
            None => tabs.push((&row.tab, vec![row])),
        }
    }
    tabs
}

/// `/scal`
#[component]
pub fn ScalTabs() -> impl IntoView {
    page(async {
        context().await?;
        let items = tabs()
            .into_iter()
            .map(|(tab, rows)| {
                view! { <li><a href=format!("/scal/{}", tab_name(tab))>{tab}</a>" "<span class="gpc-meta">{counted(rows.len(), "row")}</span></li> }
            })
            .collect_view();
        let edition = editions::newest().to_string();
        let body = view! {
            <Crumbs links=vec![("/".to_owned(), "Start".to_owned())] />
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Rows of the SCAL">{format!("Edition {edition}")}</Title>
                <p>"The Supplier Conformance Assessment List asks what a product must show before it connects. Which rows you answer follows from the capabilities of your journey."</p>
                <ul class="nhsuk-list nhsuk-list--bullet">{items}</ul>
            </div></div>
        }
        .into_any();
        Ok(("Rows of the SCAL".to_owned(), body))
    })
}

/// `/scal/{tab}`
#[component]
pub fn ScalTab() -> impl IntoView {
    let name = param("tab");
    page(async move {
        context().await?;
        let (tab, rows) = tabs().into_iter().find(|(tab, _)| tab_name(tab) == name).ok_or(Halt::Missing)?;
        let facts = format!("{}. Edition {}.", counted(rows.len(), "row"), editions::newest());
        let mut sections: Vec<(&str, Vec<&Row>)> = Vec::new();
        for row in rows {
            match sections.iter_mut().find(|(title, _)| *title == row.section_title) {
                Some((_, rows)) => rows.push(row),
                None => sections.push((&row.section_title, vec![row])),
            }
        }
        let many = sections.len() > 1;
        let contents = many.then(|| {
            let items = sections
                .iter()
                .enumerate()
                .map(|(at, (title, rows))| {
                    view! { <li><a href=format!("#section-{}", at + 1)>{(*title).to_owned()}</a>" "<span class="gpc-meta">{counted(rows.len(), "row")}</span></li> }
                })
                .collect_view();
            view! { <nav aria-label="On this page"><ol class="nhsuk-list">{items}</ol></nav> }
        });
        let tables = sections
            .into_iter()
            .enumerate()
            .map(|(at, (title, rows))| {
                let lines = rows.into_iter().map(line).collect_view();
                view! {
                    <h2 class="nhsuk-heading-m gpc-below" id=format!("section-{}", at + 1)>{title.to_owned()}</h2>
                    <Grid caption=title.to_owned() columns=["Row", "What is asked", "Evidence expected", "Source"] rows=lines.into_any() />
                }
            })
            .collect_view();
        let body = view! {
            <Crumbs links=vec![("/".to_owned(), "Start".to_owned()), ("/scal".to_owned(), "Rows of the SCAL".to_owned())] />
            <Title text=format!("{tab}, rows of the SCAL")>{facts}</Title>
            {contents}
            {tables}
        }
        .into_any();
        Ok((format!("{tab}, rows of the SCAL"), body))
    })
}

fn line(row: &Row) -> AnyView {
    let who = match row.who {
        Who::Consumer => "Consumers.",
        Who::Provider => "Providers.",
        Who::Both => "Consumers and providers.",
    };
    let facts = format!("{who} Closed in: {}. Settled by: {}.", row.environment.title(), row.owner.title().to_lowercase());
    view! {
        <tr role="row" id=row.id.to_lowercase()>
            <th scope="row" role="rowheader" class="gpc-code">{row.id.clone()}</th>
            <td role="cell" data-l="What is asked">{in_place(&row.requirement)}" "<b>{row.level.words()}</b><br /><span class="gpc-meta">{facts}</span></td>
            <td role="cell" data-l="Evidence expected">{row.evidence.clone()}</td>
            <td role="cell" data-l="Source">{sourced(&row.source)}</td>
        </tr>
    }
    .into_any()
}
