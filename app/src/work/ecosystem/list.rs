//! The picture as a list in words.

use std::fmt::Write as _;

use journey::{
    base::text::capital,
    view::ecosystem::{Group, Node},
};

use crate::{
    base::words::counted,
    work::ecosystem::picture::{Look, Picture, escape},
};

/// The same as a list, which is also the map of narrow windows: stages, and in each its stops, in the order of the tour.
#[must_use]
pub fn list(picture: &Picture) -> String {
    let diagram = picture.diagram;
    let mut out = String::from("<ol class=\"gpc-tour\">");
    let mut order: Vec<&Group> = diagram.groups.iter().filter(|group| group.number.is_empty()).collect();
    order.extend(diagram.groups.iter().filter(|group| !group.number.is_empty()));
    for group in order {
        let look = picture.group(group);
        let inner = if group.inner { " is-inner" } else { "" };
        let number = if group.number.is_empty() {
            String::new()
        } else {
            format!("<i class=\"num {}\">{}</i>", group.colour, group.number)
        };
        let words = if group.number.is_empty() && look.words.is_empty() { escape(&diagram.team) } else { escape(&look.words) };
        let who = group.who.as_ref().filter(|_| group.inner).map_or_else(String::new, |who| escape(&capital(who)).into_owned());
        let words = [words.into_owned(), who].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ");
        let _ = write!(
            out,
            "<li class=\"gpc-tour__stage {}{inner}\"><p class=\"gpc-tour__head\">{number}<a href=\"{}\">{}</a> <span>{words}</span></p>",
            group.colour,
            escape(&look.href),
            escape(&group.title),
        );
        let nodes: Vec<&Node> = diagram.nodes.iter().filter(|node| node.group == group.id).collect();
        if !nodes.is_empty() {
            out.push_str("<ol>");
            for node in nodes {
                let look = picture.stop(node);
                let next = if look.next { " <b class=\"gpc-tour__next\">Next for you</b>" } else { "" };
                let count = look.number.map_or_else(String::new, |number| format!("{}. ", counted(number as usize, "journey")));
                let more = if look.title.is_empty() { String::new() } else { format!(" <span>{}</span>", escape(&look.title)) };
                let beside = beside(look);
                let _ = write!(
                    out,
                    "<li class=\"{}\"><svg class=\"gpc-tour__icon\" viewBox=\"0 0 40 40\" aria-hidden=\"true\" focusable=\"false\"><circle class=\"n\" cx=\"20\" cy=\"20\" r=\"17\"/><use href=\"#eco-{}\" class=\"i\" transform=\"translate(10 10)scale(.84)\"/></svg><div><a href=\"{}\">{}</a> <span>{count}{}</span>{more}{next}{beside}</div></li>",
                    look.class,
                    node.icon,
                    escape(&look.href),
                    escape(&node.name),
                    escape(&look.words),
                );
            }
            out.push_str("</ol>");
        }
        out.push_str("</li>");
    }
    out.push_str("</ol>");
    out
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
