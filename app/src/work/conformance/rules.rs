//! `/spine/rules`: every rule about a request, with where it is written and which rows of the SCAL it supports.

use journey::{
    conformance::{
        catalogue::{RULES, VERSION},
        rule::Rule,
    },
    guidance::{
        sources::sources,
        spine::interactions::{Interaction, interaction, interactions},
    },
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    design::{Crumbs, Grid, Title},
};

/// Where a rule is read.
#[must_use]
pub fn address(rule: &str) -> String {
    format!("/spine/rules#{rule}")
}

/// The groups of rules, by how their numbers begin.
const GROUPS: [(&str, &str); 6] = [
    ("REQ", "Address"),
    ("HDR", "Headers"),
    ("JWT", "Token"),
    ("BODY", "What is asked"),
    ("RSP", "Answer"),
    ("SET", "Several requests together"),
];

/// An interaction that a rule is about, for the page that explains it.
fn shown(rule: &Rule) -> &'static Interaction {
    let id = match rule.id {
        "BODY-02" => "fhir:rest:search:slot-1",
        "BODY-04" => "fhir:rest:search:patient_appointments-1",
        "BODY-05" => "fhir:rest:create:appointment-1",
        "JWT-21" => "fhir:operation:gpc.getcarerecord",
        "REQ-09" | "REQ-10" => "fhir:rest:search:patient-1",
        _ => "fhir:operation:gpc.getstructuredrecord-1",
    };
    interaction(id).unwrap_or(&interactions()[0])
}

/// `/spine/rules`
#[component]
pub fn Rules() -> impl IntoView {
    page(async {
        context().await?;
        let groups = GROUPS
            .iter()
            .map(|(mark, title)| {
                let rows = RULES.iter().filter(|rule| rule.id.starts_with(mark)).map(row).collect_view();
                view! {
                    <h2 class="nhsuk-heading-m" id=mark.to_lowercase()>{*title}</h2>
                    <Grid
                        caption=format!("Rules: {title}")
                        columns=["Rule", "What must stand there", "When it does not", "Specifications", "Where it is written"]
                        rows=rows.into_any()
                    />
                }
            })
            .collect_view();
        let body = view! {
            <Crumbs links=vec![("/spine".to_owned(), "Spine integration in six steps".to_owned())] />
            <Title text="Rules for requests">
                {format!("The {} rules that a captured request is held against, version {VERSION}.", RULES.len())}
            </Title>
            <p>"A rule that does not hold fails, is for a person to judge, or is for information. What the specification leaves open never fails. No rule accepts a row of the SCAL by itself."</p>
            <p><a href="/spine/check">"Check a request"</a></p>
            {groups}
        }
        .into_any();
        Ok(("Rules for requests".to_owned(), body))
    })
}

fn row(rule: &Rule) -> AnyView {
    let written = sources(rule.source)
        .into_iter()
        .map(|source| match source.address {
            Some(to) => view! { <a href=to>{source.words}</a> }.into_any(),
            None => source.words.into_any(),
        })
        .collect_view();
    let rows = if rule.rows.is_empty() { String::new() } else { format!(". Rows of the SCAL: {}", rule.rows.join(", ")) };
    view! {
        <tr role="row" id=rule.id>
            <th scope="row" role="rowheader">
                <a href=rule.explained(shown(rule))>{rule.id}</a>
                ": "{rule.about}
            </th>
            <td role="cell" data-l="What must stand there" class="gpc-break">
                {rule.must}
                <span class="gpc-meta">"Such as "<code>{rule.example}</code></span>
            </td>
            <td role="cell" data-l="When it does not">{rule.severity.title()}</td>
            <td role="cell" data-l="Specifications">{rule.holds.title()}</td>
            <td role="cell" data-l="Where it is written" class="gpc-break">
                {written}
                <span class="gpc-meta">{rows}</span>
            </td>
        </tr>
    }
    .into_any()
}
