//! The small pictures of the start page: zones, the line with its arrows, and the stages as links. Stops are dots, gates keep their
//! shape. Where there is no room for words in the picture, the stages stand below it as a list.

use std::fmt::Write as _;

use journey::view::ecosystem::{Diagram, Head};

use crate::work::ecosystem::{picture::escape, public::stage_path};

/// Zones are no taller here than the line and a word below it need.
const TALL: f64 = 164.0;
/// The ring of the engagement has room for its word.
const RING: f64 = 132.0;
/// From the middle of a number to its word.
pub(super) const BESIDE: f64 = 40.0;

/// The picture at less than half its size: labels of stops would be too small to read, so there are none.
#[must_use]
pub fn svg(diagram: &'static Diagram) -> String {
    let [width, height] = diagram.size;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gpc-hero__svg\" viewBox=\"0 0 {width} {}\" role=\"group\" aria-label=\"{}\"><g aria-hidden=\"true\">",
        height - 60.0,
        escape(&diagram.name)
    );
    zones(diagram, &mut out);
    line(diagram, &mut out);
    for group in &diagram.groups {
        if let Some([x, y]) = group.small_at {
            let (colour, number) = (&group.colour, &group.number);
            let round = if group.circle.is_some() { " class=\"round\"" } else { "" };
            let _ = write!(
                out,
                "<g{round}><circle class=\"num {colour}\" cx=\"{x}\" cy=\"{y}\" r=\"29\"/><text class=\"c {colour}\" x=\"{x}\" y=\"{}\">{number}</text></g>",
                y + 14.0
            );
        }
    }
    out.push_str("</g>");
    for group in diagram.groups.iter().filter(|group| !group.inner) {
        let href = stage_path(diagram, &group.id);
        let (href, title) = (escape(&href), escape(&group.title));
        let (class, [x, y]) = match (group.small_at, group.circle) {
            (Some([x, y]), _) if group.id == "deploy" => ("", [x - 28.0, y + 64.0]),
            (Some([x, y]), _) => ("", [x + BESIDE, y]),
            (None, Some([x, y, _])) => (" c", [x, y]),
            _ => continue,
        };
        let _ = write!(
            out,
            "<a class=\"in\" href=\"{href}\"><rect class=\"f\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"70\"/><text class=\"w{class}\" x=\"{x}\" y=\"{}\">{title}</text></a>",
            if class.is_empty() { x - 6.0 } else { x - RING },
            y - 35.0,
            if class.is_empty() { reach(&group.title) + 12.0 } else { RING * 2.0 },
            y + 14.0
        );
    }
    out.push_str("</svg>");
    out
}

/// How far a title reaches at most, for the place where it can be pressed.
#[expect(clippy::cast_precision_loss, reason = "a few words")]
fn reach(title: &str) -> f64 {
    title.chars().count() as f64 * 21.0
}

fn zones(diagram: &Diagram, out: &mut String) {
    for group in &diagram.groups {
        if let Some([x, y, w, h]) = group.rect {
            let h = if w > h { h.min(TALL) } else { h };
            let _ =
                write!(out, "<rect class=\"z {}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"16\"/>", group.colour);
        }
        if let Some([x, y, r]) = group.circle.filter(|_| !group.number.is_empty()) {
            let _ = write!(out, "<circle class=\"z {}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>", group.colour);
        }
    }
    let talk = diagram.edges.iter().filter(|edge| edge.talk);
    for edge in talk {
        let _ = write!(out, "<path class=\"g\" d=\"{}\"/>", edge.path);
        if let Some(head) = edge.head {
            arrow("gh", head, out);
        }
    }
    if let Some([x, y, _]) = diagram.engagement().and_then(|group| group.circle) {
        let _ = write!(out, "<circle class=\"ring\" cx=\"{x}\" cy=\"{y}\" r=\"{RING}\"/>");
    }
}

fn arrow(class: &str, [x, y, turn]: Head, out: &mut String) {
    let _ = write!(out, "<path class=\"{class}\" transform=\"translate({x} {y})rotate({turn})\" d=\"M18 0L-12 17V-17z\"/>");
}

fn line(diagram: &Diagram, out: &mut String) {
    let legs = || diagram.edges.iter().filter(|edge| !edge.talk);
    let path: String = legs().map(|edge| edge.path.as_str()).collect();
    let _ = write!(out, "<path class=\"k\" d=\"{path}\"/>");
    for head in legs().filter_map(|edge| edge.head) {
        arrow("ah", head, out);
    }
    for node in &diagram.nodes {
        let [x, y] = node.at;
        let _ = match node.shape.as_deref() {
            Some("triangle") => write!(out, "<path class=\"n\" d=\"M{x} {}l30 52h-60z\"/>", y - 30.0),
            Some("diamond") => write!(out, "<path class=\"n\" d=\"M{x} {}l24 24l-24 24l-24-24z\"/>", y - 24.0),
            _ => write!(out, "<circle class=\"n\" cx=\"{x}\" cy=\"{y}\" r=\"19\"/>"),
        };
    }
}

/// The stages as a list, for where the words do not fit into the picture.
#[must_use]
pub fn stages(diagram: &'static Diagram) -> String {
    let mut out = String::from("<ol class=\"gpc-hero__stages\">");
    for group in diagram.groups.iter().filter(|group| !group.inner) {
        let disc =
            if group.number.is_empty() { String::new() } else { format!("<i class=\"{}\">{}</i>", group.colour, group.number) };
        let _ =
            write!(out, "<li>{disc}<a href=\"{}\">{}</a></li>", escape(&stage_path(diagram, &group.id)), escape(&group.title));
    }
    out.push_str("</ol>");
    out
}
