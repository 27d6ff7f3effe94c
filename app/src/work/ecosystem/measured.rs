//! Nothing in a picture lies on anything else: every word is measured, in both pictures, on journeys that are made up so that each
//! stop has the longest words, and at both sizes of type.

use std::collections::{BTreeMap, BTreeSet};

use journey::{
    plan::process::Processes,
    view::ecosystem::{Diagram, Group, Node, diagram},
};

use super::{
    draw::svg,
    hero,
    picture::{Look, Middle, Picture},
};

/// Widths of the letters of Helvetica in thousandths, from space on; Arial has the same.
#[rustfmt::skip]
const PLAIN: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556,
    278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,
    611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833,
    556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
#[rustfmt::skip]
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556,
    333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667,
    611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889,
    611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

fn width(text: &str, bold: bool, size: f64) -> f64 {
    let widths = if bold { &BOLD } else { &PLAIN };
    let of = |letter: char| f64::from(widths.get((letter as usize).wrapping_sub(32)).copied().unwrap_or(600));
    text.chars().map(of).sum::<f64>() / 1000.0 * size
}

#[derive(Clone, Debug)]
struct Shape {
    what: String,
    /// Left, top, right, bottom.
    at: [f64; 4],
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [left, top, right, bottom] = self.at;
        write!(f, "“{}” ({left:.0} {top:.0} to {right:.0} {bottom:.0})", self.what)
    }
}

impl Shape {
    fn meets(&self, other: &Shape, room: f64) -> bool {
        let ([l, t, r, b], [left, top, right, bottom]) = (self.at, other.at);
        l < right + room && left < r + room && t < bottom + room && top < b + room
    }
}

/// How large a class of text is: as it is drawn, or larger in a narrow window, where the text belongs to a stop.
type Sizes = fn(&str, bool) -> f64;

fn usual(class: &str, _: bool) -> f64 {
    let has = |name: &str| class.split(' ').any(|one| one == name);
    match () {
        () if has("t") => 24.0,
        () if has("n20") => 20.0,
        () if has("s") => 15.0,
        () => 16.0,
    }
}

fn narrow(class: &str, stop: bool) -> f64 {
    usual(class, stop) + if stop { 1.0 } else { 0.0 }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[at..].split('"').next()
}

fn figure(tag: &str, name: &str) -> f64 {
    attribute(tag, name).and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

/// Every text of a drawing. Lines of one text are measured one after the other.
fn texts(drawn: &str, sizes: Sizes) -> Vec<Shape> {
    let mut found = Vec::new();
    for (start, _) in drawn.match_indices("<text") {
        let (before, piece) = (&drawn[..start], &drawn[start + 5..]);
        let stop = before.rfind("<a class=\"").is_some_and(|link| before[link..].starts_with("<a class=\"sp"));
        // The figure of a badge stands in a group of its own.
        let moved = before.rfind("<g transform=\"translate(").map(|at| &before[at..]).filter(|group| !group.contains("</g>"));
        let moved = moved.and_then(|group| group.split(['(', ')']).nth(1)?.split_once(' '));
        let moved = moved.map_or((0.0, 0.0), |(x, y)| (x.parse().unwrap_or(0.0), y.parse().unwrap_or(0.0)));
        let (tag, rest) = piece.split_once('>').expect("a tag ends");
        let inner = rest.split("</text>").next().unwrap_or_default();
        let class = attribute(tag, "class").unwrap_or_default();
        let mut wide = 0.0;
        let mut words = String::new();
        let mut tallest: f64 = 0.0;
        for part in inner.split("<tspan") {
            let (own, text) = match part.split_once('>') {
                Some((own, text)) if inner.contains("<tspan") => (attribute(own, "class").unwrap_or(class), text),
                _ => (class, part),
            };
            let text = text.replace("</tspan>", "").replace("&amp;", "&");
            let bold = own.split(' ').any(|one| matches!(one, "l" | "t" | "b" | "n20" | "w"));
            wide += width(text.trim_end(), bold, sizes(own, stop)) + if part.contains(" dx=") { 12.0 } else { 0.0 };
            tallest = if text.is_empty() { tallest } else { tallest.max(sizes(own, stop)) };
            words += text.trim_end();
        }
        let (x, y) = (figure(tag, "x") + moved.0, figure(tag, "y") + moved.1);
        let has = |name: &str| class.split(' ').any(|one| one == name);
        let left = if has("c") {
            x - wide / 2.0
        } else if has("e") {
            x - wide
        } else {
            x
        };
        found.push(Shape { what: words, at: [left, y - tallest * 0.74, left + wide, y + tallest * 0.2] });
    }
    found
}

/// The line as points, a unit or two apart.
fn points(path: &str) -> Vec<[f64; 2]> {
    let mut out: Vec<[f64; 2]> = Vec::new();
    let (mut at, mut rest) = ([0.0, 0.0], path);
    while let Some(command) = rest.chars().next() {
        let end = rest[1..].find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |end| end + 1);
        let n: Vec<f64> = rest[1..end].split([' ', ',']).filter_map(|text| text.parse().ok()).collect();
        rest = &rest[end..];
        let from = at;
        let steps = 100;
        let mut add = |of: &dyn Fn(f64) -> [f64; 2]| out.extend((0..=steps).map(|step| of(f64::from(step) / f64::from(steps))));
        match command {
            'M' => at = [n[0], n[1]],
            'L' => {
                at = [n[0], n[1]];
                add(&|t| [from[0] + (n[0] - from[0]) * t, from[1] + (n[1] - from[1]) * t]);
            }
            'Q' => {
                at = [n[2], n[3]];
                add(&|t| {
                    let u = 1.0 - t;
                    [u * u * from[0] + 2.0 * u * t * n[0] + t * t * n[2], u * u * from[1] + 2.0 * u * t * n[1] + t * t * n[3]]
                });
            }
            'A' => {
                // Arcs of the pictures run clockwise and are no longer than half a circle.
                at = [n[5], n[6]];
                let (r, [dx, dy]) = (n[0], [n[5] - from[0], n[6] - from[1]]);
                let half = dx.hypot(dy) / 2.0;
                let off = (r * r - half * half).max(0.0).sqrt() / half / 2.0;
                let centre = [from[0] + dx / 2.0 - dy * off, from[1] + dy / 2.0 + dx * off];
                let (begin, mut end) =
                    ((from[1] - centre[1]).atan2(from[0] - centre[0]), (at[1] - centre[1]).atan2(at[0] - centre[0]));
                if end < begin {
                    end += std::f64::consts::TAU;
                }
                add(&|t| {
                    let angle = begin + (end - begin) * t;
                    [centre[0] + r * angle.cos(), centre[1] + r * angle.sin()]
                });
            }
            other => panic!("{other} is no command of these paths"),
        }
    }
    out
}

/// Everything that no word may touch: stops with their badges and halo, the pill of the next one, the line and the arrows.
fn shapes(diagram: &Diagram, looks: &BTreeMap<&str, Look>) -> Vec<Shape> {
    let mut found = Vec::new();
    for node in &diagram.nodes {
        let [x, y] = node.at;
        let look = &looks[node.id.as_str()];
        let r = if look.next { 36.0 } else { 29.0 };
        // A disc is as wide as this only in its middle; words stand above, below or beside it.
        found.push(Shape { what: format!("stop {}", node.id), at: [x - r * 0.9, y - r, x + r * 0.9, y + r] });
        let [bx, by] = [x + node.badge[0], y + node.badge[1]];
        let wide = if look.number.is_some() { 15.0 } else { 11.0 };
        found.push(Shape { what: format!("badge of {}", node.id), at: [bx - wide, by - 11.0, bx + wide, by + 11.0] });
    }
    for edge in &diagram.edges {
        for [x, y] in points(&edge.path) {
            let half = if edge.talk { 1.5 } else { 4.0 };
            found
                .push(Shape { what: format!("line {} to {}", edge.from, edge.to), at: [x - half, y - half, x + half, y + half] });
        }
        if let Some([x, y, _]) = edge.head {
            let r = if edge.talk { 7.0 } else { 9.0 };
            found.push(Shape { what: format!("arrow {} to {}", edge.from, edge.to), at: [x - r, y - r, x + r, y + r] });
        }
    }
    if let Some([x, y, r]) = diagram.engagement().and_then(|group| group.circle) {
        for step in 0..120 {
            let angle = f64::from(step) / 120.0 * std::f64::consts::TAU;
            let (x, y) = (x + (r - 5.0) * angle.cos(), y + (r - 5.0) * angle.sin());
            found.push(Shape { what: "the ring".to_owned(), at: [x - 5.0, y - 5.0, x + 5.0, y + 5.0] });
        }
    }
    found
}

fn pills(drawn: &str) -> Vec<Shape> {
    drawn
        .split("<rect class=\"pill\"")
        .skip(1)
        .map(|tag| {
            let (x, y) = (figure(tag, "x"), figure(tag, "y"));
            Shape { what: "Next for you".to_owned(), at: [x, y, x + figure(tag, "width"), y + 24.0] }
        })
        .collect()
}

/// What lies on what, once each.
type Faults = BTreeSet<String>;

fn look_at(side: &str, look: &dyn Fn(&Node) -> Look, count: &str, middle: &[&str], tasks: usize, faults: &mut Faults) {
    let Some(diagram) = diagram(side) else { panic!("{side} is drawn") };
    let looks: BTreeMap<&str, Look> = diagram.nodes.iter().map(|node| (node.id.as_str(), look(node))).collect();
    let processes = Processes::shipped().unwrap_or_else(|faults| panic!("{faults:?}"));
    let Some(process) = processes.newest(side) else { panic!("{side} is a process") };
    let groups = |group: &Group| {
        let tasks = diagram.counted(group, process).len();
        Look { words: count.replace("{all}", &tasks.to_string()), ..Look::default() }
    };
    let middle = Middle { tasks: vec![true; tasks], lines: middle.iter().map(|line| (*line).to_owned()).collect() };
    let drawn = svg(&Picture::new(diagram, look, groups, middle), None);
    for sizes in [usual as Sizes, narrow] {
        let texts = texts(&drawn, sizes);
        let pills = pills(&drawn);
        let next = |shape: &Shape| shape.what == "Next for you";
        for (at, one) in texts.iter().enumerate() {
            let [left, top, right, bottom] = one.at;
            if left < 0.0 || top < 0.0 || right > diagram.size[0] || bottom > diagram.size[1] {
                faults.insert(format!("{side}: {one} lies outside the picture"));
            }
            let pills = pills.iter().filter(|_| !next(one));
            for other in texts[at + 1..].iter().chain(pills).filter(|other| one.meets(other, 1.0)) {
                faults.insert(format!("{side}: {one} lies on {other}"));
            }
        }
        // The numbers of stages and the figures of badges stand in shapes of their own.
        let words = texts.iter().filter(|text| text.what.chars().count() > 2).chain(&pills);
        let shapes = shapes(diagram, &looks);
        for one in words {
            let met: BTreeSet<&str> =
                shapes.iter().filter(|shape| one.meets(shape, 0.0)).map(|shape| shape.what.as_str()).collect();
            faults.extend(met.iter().map(|what| format!("{side}: {one} lies on {what}")));
        }
    }
}

/// Everything that can stand below a stop, the longest of each kind.
const WORDS: [(&str, &str); 9] = [
    ("none", "Not needed"),
    ("locked", "Cannot start yet"),
    ("ready", "Ready to start"),
    ("draft", "In progress, 10 of 12"),
    ("submitted", "Submitted"),
    ("submitted", "Submitted, due 29 September"),
    ("returned", "Changes requested"),
    ("again", "Check again"),
    ("settled", "Completed"),
];

const SIDES: [&str; 2] = ["consumer", "provider"];

#[test]
fn no_word_of_a_journey_lies_on_anything() {
    let mut faults = Faults::new();
    for side in SIDES {
        for (class, words) in WORDS {
            let look = |_: &Node| Look { class, words: words.to_owned(), ..Look::default() };
            look_at(
                side,
                &look,
                "{all} of {all} completed",
                &["12 of 18 completed", "With NHS England", "since 29 September"],
                6,
                &mut faults,
            );
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_word_lies_on_anything_wherever_the_reader_is_next() {
    let mut faults = Faults::new();
    for side in SIDES {
        let nodes: Vec<&str> =
            diagram(side).map(|known| known.nodes.iter().map(|node| node.id.as_str()).collect()).unwrap_or_default();
        for next in nodes {
            for words in ["Changes requested", "In progress, 10 of 12"] {
                let look = |node: &Node| Look {
                    class: "returned",
                    words: if node.id == next { words.to_owned() } else { "Cannot start yet".to_owned() },
                    next: node.id == next,
                    ..Look::default()
                };
                look_at(
                    side,
                    &look,
                    "{all} of {all} completed",
                    &["12 of 18 completed", "Your turn", "since 29 September"],
                    1,
                    &mut faults,
                );
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_word_lies_on_anything_in_the_public_picture_and_in_that_of_the_programme() {
    let mut faults = Faults::new();
    for side in SIDES {
        look_at(side, &|_| Look::default(), "", &["GP Connect Consumer", "Assurance team"], 0, &mut faults);
        for (number, words) in [(0, "none now"), (12, "median 120 days"), (12, "late, 120 days")] {
            let look = |_: &Node| Look { words: words.to_owned(), number: Some(number), ..Look::default() };
            look_at(side, &look, "112 journeys", &["112 journeys", "median 120 days"], 0, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_ring_is_there_when_its_only_task_is_done() {
    let Some(diagram) = diagram("provider") else { panic!("it is drawn") };
    for (done, parts) in [(true, 1), (false, 2)] {
        let picture =
            Picture::new(diagram, |_| Look::default(), |_| Look::default(), Middle { tasks: vec![done], lines: Vec::new() });
        let drawn = svg(&picture, None);
        assert_eq!(drawn.matches("<circle class=\"part").count(), parts, "a whole ring is a circle");
        assert_eq!(drawn.matches("<path class=\"part").count(), 0, "and no arc that ends where it begins");
    }
}

#[test]
fn the_words_of_the_small_pictures_keep_off_the_line_and_in_their_zone() {
    for side in SIDES {
        let Some(diagram) = diagram(side) else { panic!("{side} is drawn") };
        let drawn = hero::svg(diagram);
        let texts = texts(&drawn, |_, _| 39.0);
        assert!(texts.iter().any(|text| text.what == "Engagement"));
        let lines: Vec<[f64; 2]> = diagram.edges.iter().filter(|edge| !edge.talk).flat_map(|edge| points(&edge.path)).collect();
        for text in texts.iter().filter(|text| text.what.chars().count() > 2) {
            let [left, top, right, bottom] = text.at;
            for [x, y] in &lines {
                let on = *x + 6.0 > left && *x - 6.0 < right && *y + 6.0 > top && *y - 6.0 < bottom;
                assert!(!on, "{side}: {text:?} lies on the line at {x}, {y}");
            }
            for node in &diagram.nodes {
                let [x, y] = node.at;
                let on = x + 20.0 > left && x - 20.0 < right && y + 20.0 > top && y - 20.0 < bottom;
                assert!(!on, "{side}: {text:?} lies on {}", node.id);
            }
            let within = diagram.groups.iter().any(|group| {
                let rect = group.rect.is_some_and(|[x, y, w, h]| left >= x && right <= x + w && top >= y && bottom <= y + h);
                let round = group.circle.is_some_and(|[x, y, r]| {
                    let r = if group.number.is_empty() { 125.0 } else { r - 6.0 };
                    let far = |edge: f64| (edge - x).hypot((top - y).abs().max((bottom - y).abs()));
                    far(left) <= r && far(right) <= r
                });
                rect || round
            });
            assert!(within, "{side}: {text:?} sticks out of its zone");
        }
        assert_eq!(
            drawn.matches("class=\"ah\"").count(),
            diagram.edges.iter().filter(|edge| !edge.talk && edge.head.is_some()).count()
        );
    }
}
