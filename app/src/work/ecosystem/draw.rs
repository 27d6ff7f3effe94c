//! The drawing: SVG as text, without a style of its own (the sheet has it, `style/gpc/_ecosystem.scss`).

use std::{collections::BTreeMap, fmt::Write as _};

use journey::{
    base::text::lower_first,
    view::ecosystem::{Diagram, Group, Head, Node},
};

use crate::{
    base::words::counted,
    work::ecosystem::{
        icons,
        label::label,
        picture::{Look, Picture, escape},
    },
};

/// What a drawing that leaves the service carries with it.
pub struct Sheet {
    /// Its style.
    pub style: &'static str,
    /// What it shows.
    pub title: String,
    /// From when and where it is.
    pub source: String,
}

/// Room above and below a drawing that leaves the service.
const ABOVE: f64 = 64.0;
const BELOW: f64 = 40.0;

/// The drawing, on a sheet of its own when it is to be saved.
#[must_use]
pub fn svg(picture: &Picture, sheet: Option<&Sheet>) -> String {
    let diagram = picture.diagram;
    let [width, height] = diagram.size;
    // Programs that draw a file need its size in so many words.
    let (top, tall, size) = match sheet {
        Some(_) => {
            let tall = height + ABOVE + BELOW;
            (-ABOVE, tall, format!("width=\"{width}\" height=\"{tall}\" "))
        }
        None => (0.0, height, String::new()),
    };
    let mut out = format!(
        "<svg {size}xmlns=\"http://www.w3.org/2000/svg\" class=\"gpc-eco__svg\" viewBox=\"0 {top} {width} {tall}\" role=\"group\" aria-label=\"{}\">",
        escape(&diagram.name)
    );
    if let Some(sheet) = sheet {
        let _ = write!(
            out,
            "<style>{}</style><rect class=\"paper\" y=\"{top}\" width=\"{width}\" height=\"{tall}\"/><text class=\"t\" x=\"24\" y=\"-24\">{}</text><text class=\"s m\" x=\"24\" y=\"{}\">{}</text>",
            sheet.style,
            escape(&sheet.title),
            height + 22.0,
            escape(&sheet.source)
        );
    }
    out += &icons::definitions();
    out.push_str("<g aria-hidden=\"true\">");
    zones(diagram, &mut out);
    line(picture, &mut out);
    out.push_str("</g>");
    walked_by(diagram, &mut out);
    for group in &diagram.groups {
        if group.number.is_empty() {
            continue;
        }
        heading(group, picture.group(group), &mut out);
        for node in diagram.nodes.iter().filter(|node| node.group == group.id) {
            stop(node, picture.stop(node), &mut out);
        }
    }
    if let Some(group) = diagram.engagement() {
        middle(picture, group, &mut out);
    }
    if let Some(note) = &diagram.footnote {
        let _ = write!(out, "<text class=\"s m\" x=\"32\" y=\"{}\">{}</text>", height - 8.0, escape(note));
    }
    out.push_str("</svg>");
    out
}

fn zones(diagram: &Diagram, out: &mut String) {
    for group in &diagram.groups {
        let colour = &group.colour;
        if let Some([x, y, w, h]) = group.rect {
            let _ = write!(out, "<rect class=\"z {colour}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"12\"/>");
        }
        if let Some([x, y, r]) = group.circle.filter(|_| !group.number.is_empty()) {
            let _ = write!(out, "<circle class=\"z {colour}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>");
        }
    }
    if let Some([x, top, bottom]) = diagram.gateway {
        let _ = write!(out, "<path class=\"gate\" d=\"M{x} {top}V{bottom}\"/>");
    }
    for caption in &diagram.captions {
        let [x, y] = caption.at;
        let bold = if diagram.gateway.is_some() { " b" } else { "" };
        for (at, words) in (0u8..).zip(&caption.lines) {
            let _ = write!(out, "<text class=\"s{bold}\" x=\"{x}\" y=\"{}\">{}</text>", y + f64::from(at) * 18.0, escape(words));
        }
    }
}

fn line(picture: &Picture, out: &mut String) {
    let head = |class: &str, [x, y, turn]: Head, shape: &str| {
        format!("<path class=\"{class}\" transform=\"translate({x} {y})rotate({turn})\" d=\"{shape}\"/>")
    };
    let (mut ahead, mut travelled, mut heads) = (String::new(), String::new(), String::new());
    for edge in &picture.diagram.edges {
        if edge.talk {
            let _ = write!(out, "<path class=\"g\" d=\"{}\"/>", edge.path);
            for at in [edge.head, edge.tail].into_iter().flatten() {
                heads += &head("gh", at, "M4 0L-10 7V-7z");
            }
            continue;
        }
        let been = picture.has_come_to(&edge.from) && picture.has_come_to(&edge.to);
        if been { &mut travelled } else { &mut ahead }.push_str(&edge.path);
        if let Some(at) = edge.head {
            heads += &head(if been { "ah" } else { "ah o" }, at, "M11 0L-7 10V-10z");
        }
    }
    if !ahead.is_empty() {
        let _ = write!(out, "<path class=\"hd\" d=\"{ahead}\"/><path class=\"hu\" d=\"{ahead}\"/>");
    }
    if !travelled.is_empty() {
        let _ = write!(out, "<path class=\"k\" d=\"{travelled}\"/>");
    }
    out.push_str(&heads);
}

/// The link around a stop or a heading. `keys` says where the arrow keys lead, for the island.
fn opening(class: &str, id: &str, name: &str, look: &Look, keys: &BTreeMap<String, String>, out: &mut String) {
    let words = if look.words.is_empty() { String::new() } else { format!(", {}", lower_first(&look.words)) };
    let next = if look.next { ", next for you" } else { "" };
    let count = look.number.map_or_else(String::new, |number| format!(", {}", counted(number as usize, "journey")));
    let _ = write!(
        out,
        "<a class=\"{class} {}\" data-stop=\"{id}\" href=\"{}\" aria-label=\"{}{}{count}{next}\"",
        look.class,
        escape(&look.href),
        escape(name),
        escape(&words)
    );
    for (key, to) in keys {
        let _ = write!(out, " data-{key}=\"{to}\"");
    }
    out.push('>');
    if !look.title.is_empty() {
        let _ = write!(out, "<title>{}</title>", escape(&look.title));
    }
}

/// Who walks a part of a stage, as the original picture says it: beside the leg that leads there.
fn walked_by(diagram: &Diagram, out: &mut String) {
    let mut number = "";
    for group in &diagram.groups {
        if !group.inner {
            number = &group.number;
        } else if let (Some(who), Some([x, y])) = (&group.who, group.who_at) {
            let _ = write!(
                out,
                "<text class=\"s\" x=\"{x}\" y=\"{y}\"><tspan class=\"b\">{number}{}</tspan> {}</text>",
                group.number,
                escape(who)
            );
        }
    }
}

fn heading(group: &Group, look: &Look, out: &mut String) {
    let [x, y] = group.title_at;
    opening("st", &group.id, &group.name, look, &BTreeMap::new(), out);
    let colour = &group.colour;
    let (number, title, count) = (escape(&group.number), escape(&group.title), escape(&look.words));
    if group.inner {
        let _ = write!(
            out,
            "<circle class=\"q\" cx=\"{}\" cy=\"{}\" r=\"11\"/><text class=\"l c\" x=\"{}\" y=\"{}\">{number} </text><text class=\"l\" x=\"{}\" y=\"{y}\">{title} </text>",
            x + 12.0,
            y - 6.0,
            x + 12.0,
            y - 1.0,
            x + 30.0
        );
        if let Some([left, _, width, _]) = group.rect {
            let _ = write!(out, "<text class=\"h m e\" x=\"{}\" y=\"{y}\">{count}</text>", left + width - 20.0);
        }
    } else {
        let _ = write!(
            out,
            "<circle class=\"num {colour}\" cx=\"{}\" cy=\"{}\" r=\"16\"/><text class=\"n20 c {colour}\" x=\"{}\" y=\"{}\">{number} </text>",
            x + 16.0,
            y - 8.0,
            x + 16.0,
            y - 2.0
        );
        if group.below {
            let _ = write!(
                out,
                "<text class=\"t\" x=\"{}\" y=\"{y}\">{title} </text><text class=\"h m\" x=\"{}\" y=\"{}\">{count}</text>",
                x + 42.0,
                x,
                y + 22.0
            );
        } else {
            let _ = write!(
                out,
                "<text x=\"{}\" y=\"{y}\"><tspan class=\"t\">{title} </tspan><tspan class=\"h m\" dx=\"12\">{count}</tspan></text>",
                x + 42.0
            );
        }
    }
    out.push_str("</a>");
}

fn stop(node: &Node, look: &Look, out: &mut String) {
    let [x, y] = node.at;
    // What is read out is what is seen, so that people who speak to their browser can say it.
    let name = node.label.join(" ").replace('*', "");
    opening("sp", &node.id, &name, look, &node.keys, out);
    let halo = if look.next { "<circle class=\"halo\" r=\"36\"/>" } else { "" };
    // What is seen reads like the name of the link: the words first, then the figure.
    let counted = look.number.is_some();
    if counted {
        label(node, look, out);
    }
    let _ = write!(
        out,
        "<g transform=\"translate({x} {y})\"><circle class=\"f\" r=\"35\"/>{halo}{}</g>",
        symbol(node, look, counted)
    );
    if !counted {
        label(node, look, out);
    }
    out.push_str("</a>");
}

/// The shape of a stop with its icon and its badge, around its centre. A figure in the badge is for the large picture.
pub(crate) fn symbol(node: &Node, look: &Look, figure: bool) -> String {
    let mut out = String::new();
    let (shape, down) = match node.shape.as_deref() {
        Some("triangle") => ("<path class=\"n\" d=\"M0-30L33 25H-33z\"/>", 5.0),
        Some("diamond") => ("<path class=\"n\" d=\"M0-24L24 0L0 24L-24 0z\"/>", 0.0),
        _ => ("<circle class=\"n\" r=\"28\"/>", 0.0),
    };
    let (reach, scale) = if node.shape.as_deref() == Some("diamond") { (11.0, 0.92) } else { (15.0, 1.25) };
    let _ = write!(
        out,
        "{shape}<use href=\"#eco-{}\" class=\"i\" transform=\"translate({} {})scale({scale})\"/>",
        node.icon,
        -reach,
        down - reach
    );
    if figure || look.number.is_none() {
        badge(node, look, &mut out);
    }
    out
}

/// Signs beside colour: a tick, a triangle, a half, a clock, an arrow back, a padlock, a bar.
fn badge(node: &Node, look: &Look, out: &mut String) {
    let [x, y] = node.badge;
    if let Some(number) = look.number {
        let class = match (number, look.late) {
            (0, _) => "num0",
            (_, true) => "num1 late",
            _ => "num1",
        };
        let wide = if number > 99 { 20.0 } else { 15.0 };
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"30\" rx=\"15\"/><text class=\"l c {class}\" aria-hidden=\"true\" x=\"{x}\" y=\"{}\">{number} </text>",
            x - wide,
            y - 15.0,
            wide * 2.0,
            y + 5.5
        );
        return;
    }
    let shape = match look.class {
        "settled" => "<circle class=\"bd\" r=\"11\"/><path class=\"bw\" d=\"M-5 0l3.5 4L5-4\"/>",
        "ready" => "<circle class=\"br\" r=\"10\"/><path class=\"bs\" d=\"M-3-5l7 5-7 5z\"/>",
        "draft" => "<circle class=\"br\" r=\"10\"/><path class=\"bs\" d=\"M0-10a10 10 0 0 1 0 20z\"/>",
        "submitted" => {
            "<rect class=\"bd\" x=\"-11\" y=\"-11\" width=\"22\" height=\"22\" rx=\"2\"/><path class=\"bw\" d=\"M0-6v6h5M7 0a7 7 0 1 1-14 0a7 7 0 1 1 14 0\"/>"
        }
        "returned" => {
            "<path class=\"bd\" d=\"M0-14L14 0L0 14L-14 0z\"/><path class=\"bw\" d=\"M5 5V1a3 3 0 0 0-3-3h-7M-2-5l-3 3 3 3\"/>"
        }
        "locked" => "<circle class=\"br\" r=\"10\"/><path class=\"bl\" d=\"M-4-.5h8v5h-8zM-2.5-.5v-2a2.5 2.5 0 0 1 5 0v2\"/>",
        "none" => "<circle class=\"br\" r=\"10\"/><path class=\"bl\" d=\"M-4.5 0h9\"/>",
        _ => return,
    };
    let _ = write!(out, "<g class=\"x\" transform=\"translate({x} {y})\">{shape}</g>");
}

/// The ring of the middle has one part for each of its tasks.
fn middle(picture: &Picture, group: &Group, out: &mut String) {
    let Some([x, y, radius]) = group.circle else { return };
    let look = picture.group(group);
    let name = format!("{} {}", group.title, picture.middle.lines.join(" "));
    opening("mid", &group.id, &name, &Look { words: String::new(), ..look.clone() }, &BTreeMap::new(), out);
    let r = radius - 5.0;
    let _ = write!(
        out,
        "<circle class=\"f\" cx=\"{x}\" cy=\"{y}\" r=\"{}\"/><circle class=\"mi\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>",
        radius + 7.0
    );
    let tasks = &picture.middle.tasks;
    if tasks.is_empty() {
        let _ = write!(out, "<circle class=\"ring\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>");
    }
    let all: f64 = tasks.iter().map(|_| 1.0).sum();
    let gap = 5.0;
    let mut from = 0.0;
    // An arc that ends where it begins is not drawn: the whole ring is a circle.
    if let [done] = tasks.as_slice() {
        let ring = |class: &str| format!("<circle class=\"part {class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>");
        out.push_str(&if *done { ring("") } else { ring("o") + &ring("u") });
    }
    for done in tasks.iter().filter(|_| tasks.len() > 1) {
        let to = from + 360.0 / all;
        let point = |degrees: f64| {
            let turned = (degrees - 90.0).to_radians();
            (x + r * turned.cos(), y + r * turned.sin())
        };
        let ((x0, y0), (x1, y1)) = (point(from + gap / 2.0), point(to - gap / 2.0));
        let large = u8::from(360.0 / all > 180.0);
        let d = format!("M{x0:.1} {y0:.1}A{r} {r} 0 {large} 1 {x1:.1} {y1:.1}");
        if *done {
            let _ = write!(out, "<path class=\"part\" d=\"{d}\"/>");
        } else {
            let _ = write!(out, "<path class=\"part o\" d=\"{d}\"/><path class=\"part u\" d=\"{d}\"/>");
        }
        from = to;
    }
    let _ = write!(out, "<use href=\"#eco-talk\" class=\"i\" transform=\"translate({} {})scale(1.4)\"/>", x - 17.0, y - 68.0);
    let _ = write!(out, "<text class=\"n20 c\" x=\"{x}\" y=\"{}\">{} </text>", y - 8.0, escape(&group.title));
    let mut at = y + 16.0;
    for words in &picture.middle.lines {
        let _ = write!(out, "<text class=\"s c\" x=\"{x}\" y=\"{at}\">{} </text>", escape(words));
        at += 19.0;
    }
    out.push_str("</a>");
}
