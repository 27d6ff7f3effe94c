//! What a picture shows: how each stop and each group looks, and what stands in the middle.

use std::{borrow::Cow, collections::BTreeMap};

use journey::view::ecosystem::{Diagram, Group, Node};

/// How a stop or a group is shown.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// A state of the sheet: `settled`, `ready`, `draft`, `submitted`, `returned`, `locked`, `none`; empty on the public picture.
    pub class: &'static str,
    /// The line below the name; may be empty.
    pub words: String,
    /// What pointing and focus add; may be empty.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// Supporting tasks that belong here: label, how each stands, and where it leads.
    pub beside: Vec<(String, String, String)>,
    /// So many of them are done.
    pub beside_done: usize,
    /// It is the reader's next one.
    pub next: bool,
    /// A figure in the badge, in place of a sign: journeys that stand here.
    pub number: Option<u32>,
    /// The figure is over its target.
    pub late: bool,
}

impl Look {
    /// Whether the journey has come here.
    fn opened(&self) -> bool {
        self.class != "locked"
    }
}

/// What the middle says.
#[derive(Clone, Debug, Default)]
pub struct Middle {
    /// One for each of its tasks: done or not. Empty for a plain ring.
    pub tasks: Vec<bool>,
    /// Lines below the word.
    pub lines: Vec<String>,
}

/// A picture with everything that is to be shown on it.
pub struct Picture {
    pub(crate) diagram: &'static Diagram,
    stops: BTreeMap<&'static str, Look>,
    groups: BTreeMap<&'static str, Look>,
    pub(crate) middle: Middle,
}

impl Picture {
    /// The picture on which each stop and each group is shown so; the words of a group are its count.
    #[must_use]
    pub fn new(diagram: &'static Diagram, stop: impl Fn(&Node) -> Look, group: impl Fn(&Group) -> Look, middle: Middle) -> Self {
        let stops = diagram.nodes.iter().map(|node| (node.id.as_str(), stop(node))).collect();
        let groups = diagram.groups.iter().map(|known| (known.id.as_str(), group(known))).collect();
        Self { diagram, stops, groups, middle }
    }

    /// Whether the journey has come to the stop with this id.
    pub(crate) fn has_come_to(&self, id: &str) -> bool {
        self.stops.get(id).is_none_or(Look::opened)
    }

    pub(crate) fn stop(&self, node: &Node) -> &Look {
        &self.stops[node.id.as_str()]
    }

    pub(crate) fn group(&self, group: &Group) -> &Look {
        &self.groups[group.id.as_str()]
    }
}

/// A text as it may stand in markup.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"))
}
