//! The words of a stop: its name, how it stands, and whether it is the reader's next one.

use std::fmt::Write as _;

use journey::view::ecosystem::Node;

use crate::work::ecosystem::picture::{Look, escape};

/// So many letters of a line of status fit below a stop.
const LETTERS: usize = 16;

/// The words of a status in lines: where they are too long for one, what comes after a comma has a line of its own.
fn lines(words: &str) -> Vec<String> {
    if words.chars().count() <= LETTERS {
        return if words.is_empty() { Vec::new() } else { vec![words.to_owned()] };
    }
    let mut lines: Vec<String> = Vec::new();
    for part in words.split_inclusive(", ") {
        let part = part.trim_end();
        let cut = if part.chars().count() > LETTERS { part.rfind(' ') } else { None };
        match cut {
            Some(at) => lines.extend([part[..at].to_owned(), part[at + 1..].to_owned()]),
            None => lines.push(part.to_owned()),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The pill stands a little further off than a line.
const PILL: f64 = 1.4;

/// Writes them where the picture has room for them.
pub(crate) fn label(node: &Node, look: &Look, out: &mut String) {
    let [dx, dy] = node.shift;
    let status = lines(&look.words);
    let names: f64 = node.label.iter().map(|_| 1.0).sum();
    let below: f64 = status.iter().map(|_| 1.0).sum::<f64>() + if look.next { PILL } else { 0.0 };
    let (x, anchor, first) = match node.label_at.as_str() {
        "above" => (node.at[0], "c", node.at[1] - 40.0 - 20.0 * (names - 1.0 + below)),
        "left" => (node.at[0] - 38.0, "e", node.at[1] - 10.0 * (names + below) + 15.0),
        "right" => (node.at[0] + 38.0, "", node.at[1] - 10.0 * (names + below) + 15.0),
        _ => (node.at[0], "c", node.at[1] + 50.0),
    };
    let (x, mut y) = (x + dx, first + dy);
    for words in &node.label {
        let _ = write!(out, "<text class=\"l {anchor}\" x=\"{x}\" y=\"{y}\">{} </text>", escape(words));
        y += 20.0;
    }
    for words in &status {
        let _ = write!(out, "<text class=\"s {anchor}\" x=\"{x}\" y=\"{y}\">{} </text>", escape(words));
        y += 20.0;
    }
    if look.next {
        let left = match anchor {
            "c" => x - 56.0,
            "e" => x - 112.0,
            _ => x,
        };
        let _ = write!(
            out,
            "<rect class=\"pill\" x=\"{left}\" y=\"{}\" width=\"112\" height=\"24\" rx=\"12\"/><text class=\"s b w c\" x=\"{}\" y=\"{}\">Next for you</text>",
            y - 12.0,
            left + 56.0,
            y + 5.0
        );
    }
}
