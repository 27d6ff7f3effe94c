//! Old beside new, word by word. What went is struck through, what came is underlined: not by colour alone.

use leptos::prelude::*;
use similar::{ChangeTag, TextDiff};

/// The two texts, each with what differs marked.
#[must_use]
pub fn beside(old: &str, new: &str) -> (AnyView, AnyView) {
    let diff = TextDiff::from_words(old, new);
    let mut left = Vec::new();
    let mut right = Vec::new();
    for change in diff.iter_all_changes() {
        let text = change.value().to_owned();
        match change.tag() {
            ChangeTag::Equal => {
                left.push(text.clone().into_any());
                right.push(text.into_any());
            }
            ChangeTag::Delete => left.push(view! { <del>{text}</del> }.into_any()),
            ChangeTag::Insert => right.push(view! { <ins>{text}</ins> }.into_any()),
        }
    }
    (view! { <p class="gpc-lines">{left}</p> }.into_any(), view! { <p class="gpc-lines">{right}</p> }.into_any())
}
