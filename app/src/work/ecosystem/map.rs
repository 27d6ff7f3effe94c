//! The picture down the page, for windows that are too narrow for it: a band for each stage, a row for each stop, and the same line
//! through them, with its forks, its ways back and where it comes together again.
//!
//! Each row has its piece of the line as a drawing of its own, so that words may wrap and be enlarged, and a row grows with them.

use std::{collections::BTreeMap, fmt::Write as _};

use journey::{
    base::text::capital,
    view::ecosystem::{Group, Node},
};

use crate::{
    base::words::counted,
    work::ecosystem::{
        draw::symbol,
        picture::{Look, Picture, escape},
    },
};

/// Where the lines run, from the left: the way back of a cycle, the line, and the second of two that run side by side.
const BACK: f64 = 12.0;
const MAIN: f64 = 42.0;
const SECOND: f64 = 80.0;

/// From the top of a row to the middle of what stands on the line.
const STOP: f64 = 36.0;
const HEAD: f64 = 40.0;
const PART: f64 = 30.0;
/// Where two lines come together above the heading.
const JOIN: f64 = 92.0;

/// Further down than any row reaches: the drawing of a row ends with it.
const END: &str = "V999";

enum Kind<'a> {
    Head(&'a Group),
    Part(&'a Group),
    Stop(&'a Node),
}

/// A row with its piece of the line.
struct Row<'a> {
    kind: Kind<'a>,
    lane: f64,
    middle: f64,
    forks: bool,
    ahead: String,
    travelled: String,
    heads: String,
}

impl Row<'_> {
    fn is_head(&self) -> bool {
        matches!(self.kind, Kind::Head(_))
    }

    fn paint(&mut self, been: bool, path: &str) {
        if been { &mut self.travelled } else { &mut self.ahead }.push_str(path);
    }

    fn arrow(&mut self, been: bool, x: f64, y: f64, turn: i16) {
        let class = if been { "ah" } else { "ah o" };
        let _ =
            write!(self.heads, "<path class=\"{class}\" transform=\"translate({x} {y})rotate({turn})\" d=\"M9 0L-6 8V-8z\"/>");
    }
}

/// The map, stage by stage in the order of the tour.
#[must_use]
pub fn map(picture: &Picture) -> String {
    let rows = rows(picture);
    let mut out = String::from("<ol class=\"gpc-tour\">");
    if let Some(group) = picture.diagram.engagement() {
        around(picture, group, &mut out);
    }
    let mut open = false;
    for row in &rows {
        if let Kind::Head(group) = &row.kind {
            out.push_str(if open { "</ol></li>" } else { "" });
            open = true;
            let forked = picture.diagram.nodes_of(group).any(|node| node.group != group.id);
            let class = if forked { " is-forked" } else { "" };
            let _ = write!(out, "<li class=\"gpc-tour__stage {}{class}\">", group.colour);
            heading(group, picture.group(group), row, &mut out);
            out.push_str("<ol>");
            continue;
        }
        match &row.kind {
            Kind::Part(group) => {
                out.push_str("<li>");
                heading(group, picture.group(group), row, &mut out);
                out.push_str("</li>");
            }
            Kind::Stop(node) => stop(node, picture.stop(node), row, &mut out),
            Kind::Head(_) => {}
        }
    }
    out.push_str(if open { "</ol></li></ol>" } else { "</ol>" });
    out
}

/// Every row, with the line drawn through all of them.
fn rows<'a>(picture: &Picture) -> Vec<Row<'a>> {
    let diagram = picture.diagram;
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut lane = MAIN;
    let mut parts = 0;
    for group in diagram.groups.iter().filter(|group| !group.number.is_empty()) {
        parts = if group.inner { parts + 1 } else { 0 };
        lane = if parts > 1 { SECOND } else { MAIN };
        let (kind, middle) = if group.inner { (Kind::Part(group), PART) } else { (Kind::Head(group), HEAD) };
        rows.push(Row::new(kind, lane, middle));
        let nodes = diagram.nodes.iter().filter(|node| node.group == group.id);
        rows.extend(nodes.map(|node| Row::new(Kind::Stop(node), lane, STOP)));
    }
    let _ = lane;
    let at: BTreeMap<&str, usize> = rows
        .iter()
        .enumerate()
        .filter_map(|(at, row)| if let Kind::Stop(node) = row.kind { Some((node.id.as_str(), at)) } else { None })
        .collect();
    for edge in diagram.edges.iter().filter(|edge| !edge.talk) {
        let (Some(&from), Some(&to)) = (at.get(edge.from.as_str()), at.get(edge.to.as_str())) else { continue };
        let been = picture.has_come_to(&edge.from) && picture.has_come_to(&edge.to);
        if to < from {
            back(&mut rows, from, to, been);
            continue;
        }
        match (rows[from].lane == SECOND, rows[to].lane == SECOND) {
            (false, true) => fork(&mut rows, from, to, been),
            (true, false) => join(&mut rows, from, to, been),
            (second, _) => run(&mut rows, if second { SECOND } else { MAIN }, from, to, been),
        }
        if to == from + 1 {
            let lane = rows[to].lane;
            rows[to].arrow(been, lane, 1.0, 90);
        }
    }
    rows
}

impl<'a> Row<'a> {
    fn new(kind: Kind<'a>, lane: f64, middle: f64) -> Self {
        Self { kind, lane, middle, forks: false, ahead: String::new(), travelled: String::new(), heads: String::new() }
    }
}

/// Straight down, from the middle of one row to the middle of another.
fn run(rows: &mut [Row<'_>], lane: f64, from: usize, to: usize, been: bool) {
    for (at, row) in rows.iter_mut().enumerate().take(to + 1).skip(from) {
        let top = if at == from { row.middle } else { 0.0 };
        let path = if at == to { format!("M{lane} {top}V{}", row.middle) } else { format!("M{lane} {top}{END}") };
        row.paint(been, &path);
    }
}

/// The second line leaves the first below the heading of the stage and goes on beside it.
fn fork(rows: &mut [Row<'_>], from: usize, to: usize, been: bool) {
    let Some(head) = (from..to).rev().find(|at| rows[*at].is_head()) else { return };
    run(rows, MAIN, from, head, been);
    let y = rows[head].middle;
    let path = format!(
        "M{MAIN} {y}V{}Q{MAIN} {} 48 {}L74 {}Q{SECOND} {} {SECOND} {}{END}",
        y + 20.0,
        y + 26.0,
        y + 32.0,
        y + 58.0,
        y + 64.0,
        y + 70.0
    );
    rows[head].forks = true;
    rows[head].paint(been, &path);
    for row in &mut rows[head + 1..to] {
        row.paint(been, &format!("M{SECOND} 0{END}"));
    }
    let middle = rows[to].middle;
    rows[to].paint(been, &format!("M{SECOND} 0V{middle}"));
}

/// The second line comes back to the first above the heading of the next stage.
fn join(rows: &mut [Row<'_>], from: usize, to: usize, been: bool) {
    let Some(head) = (from..to).find(|at| rows[*at].is_head()) else { return };
    let middle = rows[from].middle;
    rows[from].paint(been, &format!("M{SECOND} {middle}{END}"));
    for row in &mut rows[from + 1..head] {
        row.paint(been, &format!("M{SECOND} 0{END}"));
    }
    rows[head].middle = JOIN;
    rows[head].paint(been, &format!("M{SECOND} 0V12Q{SECOND} 18 74 24L48 50Q{MAIN} 56 {MAIN} 62V{JOIN}"));
    run(rows, MAIN, head, to, been);
}

/// From the end of a cycle back to its beginning, beside the line.
fn back(rows: &mut [Row<'_>], from: usize, to: usize, been: bool) {
    let (inner, middle) = (BACK + 14.0, STOP);
    rows[to].paint(been, &format!("M{MAIN} {middle}H{inner}Q{BACK} {middle} {BACK} {}{END}", middle + 14.0));
    for row in &mut rows[to + 1..from] {
        row.paint(been, &format!("M{BACK} 0{END}"));
    }
    rows[from].paint(been, &format!("M{BACK} 0V{}Q{BACK} {middle} {inner} {middle}H{MAIN}", middle - 14.0));
    let half = to + (from - to).div_ceil(2);
    let y = if (from - to).is_multiple_of(2) { middle } else { 1.0 };
    rows[half].arrow(been, BACK, y, -90);
}

/// The piece of the line beside a row, and what stands on it.
fn way(row: &Row<'_>, on_it: &str, out: &mut String) {
    out.push_str("<svg class=\"gpc-way\" aria-hidden=\"true\" focusable=\"false\"><svg>");
    if !row.ahead.is_empty() {
        let _ = write!(out, "<path class=\"hd\" d=\"{0}\"/><path class=\"hu\" d=\"{0}\"/>", row.ahead);
    }
    if !row.travelled.is_empty() {
        let _ = write!(out, "<path class=\"k\" d=\"{}\"/>", row.travelled);
    }
    let _ = write!(out, "</svg>{}{on_it}</svg>", row.heads);
}

/// The engagement goes along with all of it: a box above the line.
fn around(picture: &Picture, group: &Group, out: &mut String) {
    let look = picture.group(group);
    let words = match picture.middle.lines.split_first() {
        Some((first, rest)) if !look.words.is_empty() => [first.clone(), rest.join(" ")].join(". "),
        _ => picture.diagram.team.clone(),
    };
    let _ = write!(
        out,
        "<li class=\"gpc-tour__around\"><a href=\"{}\">{}</a>, all the way through<span>{}</span></li>",
        escape(&look.href),
        escape(&group.title),
        escape(words.trim_end_matches(". "))
    );
}

fn heading(group: &Group, look: &Look, row: &Row<'_>, out: &mut String) {
    let (x, y) = (row.lane, row.middle);
    let (class, symbol) = if group.inner {
        let symbol = format!(
            "<circle class=\"q\" cx=\"{x}\" cy=\"{y}\" r=\"12\"/><text class=\"l c\" x=\"{x}\" y=\"{}\">{}</text>",
            y + 5.0,
            group.number
        );
        (" is-part", symbol)
    } else {
        let colour = &group.colour;
        let symbol = format!(
            "<circle class=\"num {colour}\" cx=\"{x}\" cy=\"{y}\" r=\"17\"/><text class=\"n20 c {colour}\" x=\"{x}\" y=\"{}\">{}</text>",
            y + 7.0,
            group.number
        );
        (
            if row.forks {
                " is-fork"
            } else if y > HEAD {
                " is-join"
            } else {
                ""
            },
            symbol,
        )
    };
    let _ = write!(out, "<div class=\"gpc-tour__head{class}\">");
    way(row, &symbol, out);
    let who = group.who.as_ref().filter(|_| group.inner).map_or_else(String::new, |who| escape(&capital(who)).into_owned());
    let words =
        [who, escape(&look.words).into_owned()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ");
    let _ = write!(
        out,
        "<a href=\"{}\"><span class=\"nhsuk-u-visually-hidden\">{} </span>{}</a> <span>{words}</span></div>",
        escape(&look.href),
        group.number,
        escape(&group.title),
    );
}

fn stop(node: &Node, look: &Look, row: &Row<'_>, out: &mut String) {
    let _ = write!(out, "<li class=\"gpc-tour__stop {}\">", look.class);
    let shape = symbol(node, look, false);
    let halo = if look.next { "<circle class=\"halo\" r=\"36\"/>" } else { "" };
    way(
        row,
        &format!("<g class=\"{}\" transform=\"translate({} {})scale(.72)\">{halo}{shape}</g>", look.class, row.lane, row.middle),
        out,
    );
    let next = if look.next { " <b class=\"gpc-tour__next\">Next for you</b>" } else { "" };
    let count = look.number.map_or_else(String::new, |number| format!("{}. ", counted(number as usize, "journey")));
    let more = if look.title.is_empty() { String::new() } else { format!(" <span>{}</span>", escape(&look.title)) };
    let words = format!("{count}{}", escape(&look.words));
    let words = if words.is_empty() { words } else { format!(" <span>{words}</span>") };
    let _ = write!(out, "<a href=\"{}\">{}</a>{words}{next}{more}{}</li>", escape(&look.href), escape(&node.name), beside(look),);
}

/// The supporting tasks of a stop: how many are done, and each with the way to it.
fn beside(look: &Look) -> String {
    if look.beside.is_empty() {
        return String::new();
    }
    let mut out = format!(" <span>Also here: {} of {} completed</span><ul>", look.beside_done, look.beside.len());
    for (label, word, href) in &look.beside {
        let _ = write!(out, "<li><a href=\"{}\">{}</a> {}</li>", escape(href), escape(label), escape(word));
    }
    out.push_str("</ul>");
    out
}
