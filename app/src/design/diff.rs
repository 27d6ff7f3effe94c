//! Old beside new, word by word. What went is struck through, what came is underlined: not by colour alone.

use leptos::prelude::*;
use similar::{ChangeTag, TextDiff};

/// The two texts, each with what differs marked. A space between two changed words counts as changed, so that a new
/// sentence is one mark and not ten.
#[must_use]
pub fn beside(old: &str, new: &str) -> (AnyView, AnyView) {
    let diff = TextDiff::from_words(old, new);
    let changes: Vec<(ChangeTag, &str)> = diff.iter_all_changes().map(|change| (change.tag(), change.value())).collect();
    let (mut left, mut right) = (Marks::default(), Marks::default());
    for (at, (tag, text)) in changes.iter().enumerate() {
        let changed = |side: ChangeTag| {
            let near = |c: Option<&(ChangeTag, &str)>| c.is_some_and(|c| c.0 == side);
            text.trim().is_empty()
                && near(changes[..at].iter().rev().find(|c| c.0 != side.other()))
                && near(changes[at + 1..].iter().find(|c| c.0 != side.other()))
        };
        match tag {
            ChangeTag::Equal => {
                left.push(text, changed(ChangeTag::Delete));
                right.push(text, changed(ChangeTag::Insert));
            }
            ChangeTag::Delete => left.push(text, true),
            ChangeTag::Insert => right.push(text, true),
        }
    }
    let old = left
        .0
        .into_iter()
        .map(|(text, gone)| if gone { view! { <del>{text}</del> }.into_any() } else { text.into_any() })
        .collect_view();
    let new = right
        .0
        .into_iter()
        .map(|(text, came)| if came { view! { <ins>{text}</ins> }.into_any() } else { text.into_any() })
        .collect_view();
    (view! { <p class="gpc-lines">{old}</p> }.into_any(), view! { <p class="gpc-lines">{new}</p> }.into_any())
}

/// Pieces of one text, each marked or not; neighbours that are alike are one piece.
#[derive(Default)]
struct Marks(Vec<(String, bool)>);

impl Marks {
    fn push(&mut self, text: &str, marked: bool) {
        match self.0.last_mut().filter(|last| last.1 == marked) {
            Some(last) => last.0.push_str(text),
            None => self.0.push((text.to_owned(), marked)),
        }
    }
}

/// The other side of a difference.
trait Other {
    fn other(self) -> Self;
}

impl Other for ChangeTag {
    fn other(self) -> Self {
        match self {
            ChangeTag::Delete => ChangeTag::Insert,
            ChangeTag::Insert => ChangeTag::Delete,
            ChangeTag::Equal => ChangeTag::Equal,
        }
    }
}
