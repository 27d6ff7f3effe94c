//! The small pictures of the start page: zones, the line, and the stages as links. Stops are dots.

use std::fmt::Write as _;

use journey::view::ecosystem::Diagram;

use crate::work::ecosystem::{picture::escape, public::stage_path};

/// The picture at less than half its size: labels of stops would be too small to read, so there are none.
#[must_use]
pub fn svg(diagram: &'static Diagram) -> String {
    let [width, height] = diagram.size;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gpc-hero__svg\" viewBox=\"0 0 {width} {height}\" role=\"group\" aria-label=\"{}\"><g aria-hidden=\"true\">",
        escape(&diagram.name)
    );
    for group in &diagram.groups {
        if let Some([x, y, w, h]) = group.rect {
            let _ =
                write!(out, "<rect class=\"z {}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"16\"/>", group.colour);
        }
        if let Some([x, y, r]) = group.circle {
            let class = if group.number.is_empty() { "ring" } else { "z" };
            let _ = write!(
                out,
                "<circle class=\"{class} {}\" cx=\"{x}\" cy=\"{y}\" r=\"{}\"/>",
                group.colour,
                if class == "ring" { r + 18.0 } else { r }
            );
        }
    }
    let line: String = diagram.edges.iter().filter(|edge| !edge.talk).map(|edge| edge.path.as_str()).collect();
    let _ = write!(out, "<path class=\"k\" d=\"{line}\"/>");
    for node in &diagram.nodes {
        let [x, y] = node.at;
        let _ = write!(out, "<circle class=\"n\" cx=\"{x}\" cy=\"{y}\" r=\"19\"/>");
    }
    out.push_str("</g>");
    for group in diagram.groups.iter().filter(|group| !group.inner) {
        let path = stage_path(diagram, &group.id);
        let href = escape(&path);
        let (number, title) = (escape(&group.number), escape(&group.title));
        if let Some([x, y, _]) = group.circle.filter(|_| group.number.is_empty()) {
            let _ = write!(out, "<a href=\"{href}\"><text class=\"c\" x=\"{x}\" y=\"{}\">{title}</text></a>", y + 12.0);
            continue;
        }
        let [x, y] = place(diagram, &group.id);
        let _ = write!(
            out,
            "<a href=\"{href}\" aria-label=\"{number} {title}\"><circle class=\"num {}\" cx=\"{}\" cy=\"{}\" r=\"26\"/><text class=\"c {}\" x=\"{}\" y=\"{y}\">{number} </text>",
            group.colour,
            x + 26.0,
            y - 12.0,
            group.colour,
            x + 26.0
        );
        // The headings are large here: they may take two lines.
        for (line, words) in (0u8..).zip(wrapped(&group.title)) {
            let _ = write!(out, "<text x=\"{}\" y=\"{}\">{} </text>", x + 64.0, y + f64::from(line) * 40.0, escape(&words));
        }
        out.push_str("</a>");
    }
    out.push_str("</svg>");
    out
}

/// Where the heading of a stage stands: inside a circle, below a strip, where the large picture has it otherwise.
fn place(diagram: &Diagram, id: &str) -> [f64; 2] {
    let Some(group) = diagram.group(id) else { return [0.0, 0.0] };
    match (group.circle, group.rect) {
        (Some([x, y, r]), _) => [x - r * 0.8, y + 12.0],
        (_, Some([x, y, w, h])) if w > h => match diagram.nodes.iter().find(|node| node.group == id) {
            // Beside its only stop, below several.
            Some(node) if diagram.nodes.iter().filter(|other| other.group == id).count() == 1 => {
                [node.at[0] + 36.0, node.at[1] + 12.0]
            }
            _ => [x + 12.0, y + h - 24.0],
        },
        (_, Some([x, y, _, h])) => [x + 10.0, y + h * 0.24],
        // A stage of two parts: between them.
        _ => {
            let parts: Vec<[f64; 4]> = diagram.groups.iter().filter(|group| group.inner).filter_map(|group| group.rect).collect();
            parts.first().map_or([group.title_at[0], group.title_at[1]], |[x, y, ..]| [*x, y - 24.0])
        }
    }
}

/// At most three words a line.
fn wrapped(title: &str) -> Vec<String> {
    let words: Vec<&str> = title.split(' ').collect();
    words.chunks(3).map(|line| line.join(" ")).collect()
}
