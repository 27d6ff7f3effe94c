//! The words that are signed as a document: heading, parties and facts, parts with their headings, numbered statements; digests and
//! the text exactly as it is signed stand folded below, for whoever checks them.

use journey::{
    base::ids::Digest,
    ledger::agreement_text::{self, Block, Document},
};
use leptos::prelude::*;

use crate::{
    base::halt::Halt,
    design::{Details, SummaryRow},
    request::services::Services,
};

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

/// A text with parts, from its title on. Digests are told elsewhere, to those who look for them.
fn document(document: &Document<'_>) -> AnyView {
    let facts = document.facts.iter().map(|(key, value)| view! { <SummaryRow key=*key value=*value /> }).collect_view();
    let mut blocks: Vec<AnyView> = Vec::new();
    let mut rest = document.blocks.as_slice();
    while let Some(first) = rest.first() {
        // What is listed together is one list.
        let same = |block: &&Block<'_>| match first {
            Block::Item(_) | Block::Annex(..) => matches!(block, Block::Item(_) | Block::Annex(..)),
            Block::Statement(_) => matches!(block, Block::Statement(_)),
            Block::Heading(_) | Block::Paragraph(_) => false,
        };
        let (these, after) = rest.split_at(rest.iter().take_while(same).count().max(1));
        rest = after;
        let items = these.iter().map(|block| {
            let (Block::Item(words)
            | Block::Statement(words)
            | Block::Annex(words, _)
            | Block::Heading(words)
            | Block::Paragraph(words)) = block;
            view! { <li>{(*words).to_owned()}</li> }
        });
        blocks.push(match first {
            Block::Heading(words) => view! { <h4 class="nhsuk-heading-xs">{(*words).to_owned()}</h4> }.into_any(),
            Block::Paragraph(words) => view! { <p>{(*words).to_owned()}</p> }.into_any(),
            Block::Item(_) | Block::Annex(..) => {
                view! { <ul class="nhsuk-list nhsuk-list--bullet">{items.collect_view()}</ul> }.into_any()
            }
            Block::Statement(_) => view! { <ol class="nhsuk-list nhsuk-list--number">{items.collect_view()}</ol> }.into_any(),
        });
    }
    view! {
        <h3 class="nhsuk-heading-s">{document.title.to_owned()}</h3>
        <dl class="nhsuk-summary-list">{facts}</dl>
        {blocks}
    }
    .into_any()
}

/// A text with parts for whoever is about to send it: whole, before there is anything of it that could be checked.
pub fn to_send(words: &Document<'_>) -> AnyView {
    view! {
        <h2 class="nhsuk-heading-m" id="words">"What will be signed"</h2>
        <p>"Read it before you send the details: this is what everybody signs. The details that you fill in are Annex 1. The digest of each annex is added when you send them."</p>
        <div class="gpc-words gpc-whole" role="region" aria-labelledby="words">{document(words)}</div>
    }
    .into_any()
}

/// The text below a heading.
pub fn view(heading: &'static str, text: &str, digest: &Digest) -> AnyView {
    let with_parts = agreement_text::read(text);
    let read = parts(text).filter(|_| with_parts.is_none());
    let annexes = with_parts.iter().flat_map(|document| &document.blocks).filter_map(|block| match block {
        Block::Annex(what, Some(digest)) => Some(format!("{what}, digest {digest}")),
        _ => None,
    });
    let lines = read.iter().flat_map(|read| &read.digests).map(|line| (*line).to_owned()).chain(annexes);
    let digests = lines.map(|line| view! { <li class="gpc-mono gpc-break">{line}</li> }).collect_view();
    let body = match &read {
        _ if with_parts.is_some() => with_parts.as_ref().map(document).into_any(),
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

/// The text that was signed, as it was kept with the signature.
///
/// # Errors
/// When it cannot be read, or is not what was signed.
pub async fn kept(services: &Services, digest: &Digest) -> Result<String, Halt> {
    let text = services.store.text(digest).await?;
    match text {
        Some(text) if Digest::of(text.as_bytes()) == *digest => Ok(text),
        Some(_) => Err(Halt::Fault(format!("the text {digest} is not what was signed"))),
        None => Ok("The release of this service that recorded these signatures did not keep the words. Their digest is below."
            .to_owned()),
    }
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
