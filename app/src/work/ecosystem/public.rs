//! `/ecosystem/{side}`: the picture for everybody; each stage and each stop leads to its page.

use jiff::civil::Date;
use journey::{
    base::{calendar, ids::ProcessId},
    view::ecosystem::{Diagram, Group, Node, diagram},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, halt::Halt},
    design::Title,
    islands::{Wake, keys::Keys},
    request::{services::Services, visitor::param},
    work::ecosystem::{
        draw::{Sheet, svg},
        map::map,
        picture::{Look, Middle, Picture},
    },
};

/// The address of a stage.
#[must_use]
pub fn stage_path(diagram: &Diagram, group: &str) -> String {
    format!("/stages/{}/{group}", diagram.side)
}

/// The picture as nobody's: names, and where they lead.
fn blank(diagram: &'static Diagram) -> Picture {
    let stops = |node: &Node| Look { href: format!("{}#{}", stage_path(diagram, &node.group), node.id), ..Look::default() };
    let groups = |group: &Group| Look { href: stage_path(diagram, &group.id), ..Look::default() };
    let team = diagram
        .team
        .split_once(" Assurance")
        .map_or_else(|| vec![diagram.team.clone()], |(before, after)| vec![before.to_owned(), format!("Assurance{after}")]);
    Picture::new(diagram, stops, groups, Middle { tasks: Vec::new(), lines: team })
}

/// The picture where there is room for it, and the map where there is not: one of the two is shown and read out.
#[must_use]
pub fn both(picture: &Picture) -> AnyView {
    let (wide, narrow) = (svg(picture, None), map(picture));
    view! {
        <div class="gpc-eco" inner_html=wide></div>
        <div class="gpc-eco-map" inner_html=narrow></div>
    }
    .into_any()
}

/// On paper: from when and where the picture is.
#[must_use]
pub fn printed(services: &Services, path: &str) -> AnyView {
    let today = dates::date(calendar::date_of(services.clock.now()));
    view! { <p class="gpc-meta gpc-on-paper">{format!("{}{path}, {today}", services.base_url)}</p> }.into_any()
}

/// The style that a saved picture carries with it.
const SAVED: &str = include_str!("../../../../style/gpc/picture.css");

/// The picture as a file of its own, as it was on this day, from this address.
#[must_use]
pub fn saved(side: &str, process: &ProcessId, today: Date, base_url: &str) -> Option<String> {
    diagram(side).map(|diagram| {
        let source = format!("{base_url}/ecosystem/{side}, {}. Process version {process}.", dates::date(today));
        let sheet = Sheet { style: SAVED, title: title(side).to_owned(), source };
        svg(&blank(diagram), Some(&sheet))
    })
}

fn title(side: &str) -> &'static str {
    if side == "provider" { "The provider journey to GP Connect" } else { "The consumer journey to GP Connect" }
}

/// `/ecosystem/{side}`
#[component]
pub fn Ecosystem() -> impl IntoView {
    let side = param("side");
    page(async move {
        let context = context().await?;
        let diagram = diagram(&side).ok_or(Halt::Missing)?;
        let picture = blank(diagram);
        let (heading, about, other, other_text) = if side == "provider" {
            (
                "The provider journey",
                "From the first look at the specifications to the first practices that turn GP Connect on. For suppliers of systems that hold GP records.",
                "/ecosystem/consumer",
                "See the consumer journey",
            )
        } else {
            (
                "The consumer journey",
                "From the first look at the specifications to live use. For suppliers of products that call GP Connect.",
                "/ecosystem/provider",
                "See the provider journey",
            )
        };
        let file = format!("/ecosystem/{side}.svg");
        let example = if side == "provider" { "/example?side=provider" } else { "/example" };
        let body = view! {
            <Title text=heading>{about}</Title>
            <p>"Choose a stage or a stop to read what there is to do."</p>
            {both(&picture)}
            {printed(&context.services, &format!("/ecosystem/{side}"))}
            <Keys />
            <ul class="nhsuk-list gpc-below">
                <li><a href=other>{other_text}</a></li>
                <li><a href=file download data-picture>"Save the picture as SVG"</a></li>
                <li><a href=example>"See an example journey"</a></li>
                <li><a href="/register">"Create an account for your organisation"</a></li>
            </ul>
            <Wake />
        }
        .into_any();
        Ok((heading.to_owned(), body))
    })
}
