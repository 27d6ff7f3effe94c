//! `/ecosystem/{side}`: the picture for everybody; each stage and each stop leads to its page.

use journey::view::ecosystem::{Diagram, Group, Node, diagram};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::halt::Halt,
    design::Title,
    islands::{Wake, keys::Keys},
    request::visitor::param,
    work::ecosystem::{
        draw::svg,
        list::list,
        picture::{Look, Middle, Picture},
    },
};

/// The address of a stage.
#[must_use]
pub fn stage_path(diagram: &Diagram, group: &str) -> String {
    format!("/stages/{}/{group}", diagram.side)
}

/// The picture and its list, as nobody's: names, and where they lead.
#[must_use]
pub fn drawn(diagram: &'static Diagram, head: &str) -> (String, String) {
    let stops = |node: &Node| Look { href: format!("{}#{}", stage_path(diagram, &node.group), node.id), ..Look::default() };
    let groups = |group: &Group| Look { href: stage_path(diagram, &group.id), ..Look::default() };
    let team = diagram
        .team
        .split_once(" Assurance")
        .map_or_else(|| vec![diagram.team.clone()], |(before, after)| vec![before.to_owned(), format!("Assurance{after}")]);
    let picture = Picture::new(diagram, stops, groups, Middle { tasks: Vec::new(), lines: team });
    (svg(&picture, head), list(&picture))
}

/// The style that a saved picture carries with it.
const SAVED: &str = include_str!("../../../../style/gpc/picture.css");

/// The picture as a file of its own.
#[must_use]
pub fn saved(side: &str) -> Option<String> {
    diagram(side).map(|diagram| {
        let [width, height] = diagram.size;
        // Programs that draw it need its size in so many words.
        let size = format!("<svg width=\"{width}\" height=\"{height}\" ");
        drawn(diagram, &format!("<style>{SAVED}</style>")).0.replacen("<svg ", &size, 1)
    })
}

/// `/ecosystem/{side}`
#[component]
pub fn Ecosystem() -> impl IntoView {
    let side = param("side");
    page(async move {
        context().await?;
        let diagram = diagram(&side).ok_or(Halt::Missing)?;
        let (picture, list) = drawn(diagram, "");
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
        let body = view! {
            <Title text=heading>{about}</Title>
            <p>"Choose a stage or a stop to read what there is to do."</p>
            <div class="gpc-eco" inner_html=picture></div>
            <section aria-labelledby="list">
                <h2 class="nhsuk-heading-m" id="list">"Stage by stage"</h2>
                <div inner_html=list></div>
            </section>
            <Keys />
            <ul class="nhsuk-list gpc-below">
                <li><a href=other>{other_text}</a></li>
                <li><a href=file download data-picture>"Save the picture as SVG"</a></li>
                <li><a href="/example">"See an example journey"</a></li>
                <li><a href="/register">"Create an account for your organisation"</a></li>
            </ul>
            <Wake />
        }
        .into_any();
        Ok((heading.to_owned(), body))
    })
}
