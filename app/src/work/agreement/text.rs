//! The words that are signed as a document: heading, parties and facts, numbered statements; digests and the text exactly as it is
//! signed stand folded below, for whoever checks them.

use journey::base::ids::Digest;
use leptos::prelude::*;

use crate::design::{Details, SummaryRow};

/// A text that is signed, read as the parts that `ledger/words.rs` writes.
struct Parts<'a> {
    title: &'a str,
    facts: Vec<(&'a str, &'a str)>,
    /// Lines that name the digest of something that is part of it.
    digests: Vec<&'a str>,
    statements: Vec<&'a str>,
}

/// Reads it; `None` for a text that has anything else in it: that is shown as it is.
fn parts(text: &str) -> Option<Parts<'_>> {
    let mut lines = text.lines().filter(|line| !line.is_empty());
    let mut parts = Parts { title: lines.next()?, facts: Vec::new(), digests: Vec::new(), statements: Vec::new() };
    for line in lines {
        let numbered = line.split_once(". ").filter(|(number, _)| number.parse() == Ok(parts.statements.len() + 1));
        if let Some((_, statement)) = numbered {
            parts.statements.push(statement);
        } else if !parts.statements.is_empty() {
            return None;
        } else if line.contains(", digest ") {
            parts.digests.push(line);
        } else if let Some(fact) = line.split_once(": ").or(line.split_once(' ').filter(|(key, _)| *key == "Journey")) {
            parts.facts.push(fact);
        } else {
            return None;
        }
    }
    Some(parts)
}

/// The text below a heading.
pub fn view(heading: &'static str, text: &str, digest: &Digest) -> AnyView {
    let read = parts(text);
    let digests =
        read.iter().flat_map(|read| &read.digests).map(|line| view! { <li class="gpc-mono gpc-break">{(*line).to_owned()}</li> });
    let digests = digests.collect_view();
    let body = match &read {
        Some(parts) => {
            let facts = parts.facts.iter().map(|(key, value)| view! { <SummaryRow key=*key value=*value /> }).collect_view();
            let statements = parts.statements.iter().map(|statement| view! { <li>{(*statement).to_owned()}</li> }).collect_view();
            view! {
                <h3 class="nhsuk-heading-s">{parts.title.to_owned()}</h3>
                <dl class="nhsuk-summary-list">{facts}</dl>
                <ol class="nhsuk-list nhsuk-list--number">{statements}</ol>
            }
            .into_any()
        }
        None => view! { <div class="gpc-lines">{text.to_owned()}</div> }.into_any(),
    };
    let exact = view! {
        <ul class="nhsuk-list">{digests}</ul>
        <p class="gpc-meta">"Digest of these words: " <span class="gpc-mono gpc-break">{digest.to_string()}</span></p>
        <p>"The text exactly as it is signed:"</p>
        <div class="gpc-words gpc-lines">{text.to_owned()}</div>
    };
    view! {
        <h2 class="nhsuk-heading-m" id="words">{heading}</h2>
        <div class="gpc-words gpc-whole" role="region" aria-labelledby="words">{body}</div>
        <Details summary="Digests: for whoever checks later that nothing was changed" body=exact.into_any() />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn what_is_signed_is_read_as_a_document_and_anything_else_is_left_alone() {
        let text = "Data sharing agreement\n\nJourney 7K3M-9PX4\nSupplier: Acme (YGA01)\nProduct: View: 4.2\nParts filled in: round 1, digest abc\n\n1. One. And more.\n2. Two";
        let read = parts(text).expect("a document");
        assert_eq!(read.title, "Data sharing agreement");
        assert_eq!(read.facts, [("Journey", "7K3M-9PX4"), ("Supplier", "Acme (YGA01)"), ("Product", "View: 4.2")]);
        assert_eq!(read.digests, ["Parts filled in: round 1, digest abc"]);
        assert_eq!(read.statements, ["One. And more.", "Two"]);
        for other in ["", "Title\nsomething without a mark", "Title\n1. One\nafter the statements", "Title\n2. Two"] {
            assert!(parts(other).is_none(), "{other}");
        }
    }
}
