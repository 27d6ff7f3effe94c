//! What of a text with parts stands in its PDF: the parts with their headings, the annexes with their digests, the statements, and
//! a page that says who signed it and how that is checked.

use app::{base::dates, request::services::Services};
use journey::{
    base::{actor::Side, identity::Identity, ids::Digest},
    ledger::{
        agreement_text::{Block as Part, Document},
        event::{Event, Recorded},
        journey::Journey,
        standing::Signature,
    },
    view::names::Names,
};
use paper::{Block, Table, Text};

/// A text with parts, below its title: the parts with their headings, what is part of it with digests, and the statements.
pub(crate) fn of_text(document: &Document<'_>) -> Vec<Block> {
    let facts = document.facts.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
    let mut blocks = vec![Block::Facts(facts)];
    for block in &document.blocks {
        match (block, blocks.last_mut()) {
            (Part::Heading(words), _) => blocks.push(Block::Heading((*words).to_owned())),
            (Part::Paragraph(words), _) => blocks.push(Block::Paragraph((*words).into())),
            (Part::Item(words), Some(Block::Bulleted(all))) => all.push((*words).into()),
            (Part::Item(words), _) => blocks.push(Block::Bulleted(vec![(*words).into()])),
            (Part::Statement(words), Some(Block::Numbered(all))) => all.push((*words).into()),
            (Part::Statement(words), _) => blocks.push(Block::Numbered(vec![(*words).into()])),
            (Part::Annex(what, digest), before) => {
                let row = vec![(*what).into(), digest.map_or_else(Text::new, |digest| Text::new().mono(digest))];
                match before {
                    Some(Block::Table(table)) => table.rows.push(row),
                    _ => blocks.push(Block::Table(Table {
                        caption: "What is part of this agreement".to_owned(),
                        heads: ["Annex", "Digest of its text (SHA-256)"].map(str::to_owned).to_vec(),
                        rows: vec![row],
                    })),
                }
            }
        }
    }
    blocks
}

/// Who an organisation was that somebody signed for.
pub(crate) fn signed_for(signature: &Signature, names: &Names) -> String {
    let known = || names.organisations.get(&signature.organisation).cloned();
    let named = signature.identity.as_ref().map(Identity::in_words).or_else(known);
    let programme = (signature.role.side() == Side::Programme).then(|| "NHS England".to_owned());
    named.or(programme).unwrap_or_default()
}

/// Who signed what, as what, by what authority, when and how, where each signature stands in the ledger, and where all of it is
/// checked: on a page of its own.
pub(crate) fn whole_evidence(
    services: &Services,
    journey: &Journey,
    history: &[Recorded],
    signed: &[Signature],
    names: &Names,
    words: &Digest,
) -> Vec<Block> {
    let entry = |signature: &Signature| {
        let is = |recorded: &&Recorded| {
            let by =
                recorded.by.as_ref().is_some_and(|by| by.person == signature.by && by.organisation == signature.organisation);
            by && recorded.at == signature.at
                && matches!(&recorded.event, Event::Signed { words, .. } if *words == signature.words)
        };
        history.iter().find(is).map(|recorded| recorded.seq.to_string()).unwrap_or_default()
    };
    let row = |signature: &Signature| {
        vec![
            signed_for(signature, names).into(),
            format!("{}, {}", signature.name, signature.role.title().to_lowercase()).into(),
            signature.authority.as_str().into(),
            dates::moment(signature.at).into(),
            if signature.by_link { "A link in an email" } else { "An account" }.into(),
            entry(signature).into(),
        ]
    };
    let heads = ["Organisation", "Signed by", "By authority of", "On", "With", "Entry"].map(str::to_owned).to_vec();
    let by_link = signed.iter().any(|signature| signature.by_link);
    let account = "Whoever signed with an account was signed in with an account of their own.";
    let link = " Whoever signed with a link had an email with a link and a code, both sent to one address.";
    let address = format!("{}/verify", services.base_url);
    vec![
        Block::NewPage,
        Block::Heading("Evidence of signing".to_owned()),
        Block::Table(Table {
            caption: "Everybody signed the same words, in this order".to_owned(),
            heads,
            rows: signed.iter().map(row).collect(),
        }),
        Block::Facts(vec![
            ("Digest of the words (SHA-256)".to_owned(), Text::new().mono(words.to_string())),
            ("Journey".to_owned(), journey.reference.to_string().into()),
        ]),
        Block::Paragraph(
            format!(
                "{account}{} The times are those of the service. “Entry” is the place of the signature in the ledger of the journey, where each entry has the digest of the one before. The words are kept under the digest above: whoever changes a letter of them has another digest.",
                if by_link { link } else { "" }
            )
            .into(),
        ),
        Block::Qr {
            holds: address.clone(),
            alternative: format!("QR code with the address {address}"),
            beside: Text::from("Whether this file is the one that was made here, byte for byte, can be checked at ")
                .link(address.clone(), address)
                .plain(" without an account."),
        },
    ]
}

#[cfg(test)]
mod tests {
    use journey::ledger::agreement_text;

    use super::*;

    #[test]
    fn a_text_with_parts_is_set_with_its_parts_its_annexes_and_its_statements() {
        let words = "Connection agreement\n\nJourney 7K3M-9PX4\nProduct: View 4.2\n\n## Part A: services form\n\nWhat it does.\n\n- One.\n- Two.\n\n## Annexes\n\n- Annex 1: the parts, round 1, digest abc\n- Annex 2: no certificate\n\n## What whoever signs agrees to\n\n1. First.\n2. Second.";
        let document = agreement_text::read(words).expect("a text with parts");
        let facts = |rows: &[(&str, &str)]| Block::Facts(rows.iter().map(|(k, v)| ((*k).to_owned(), (*v).into())).collect());
        let expected = vec![
            facts(&[("Journey", "7K3M-9PX4"), ("Product", "View 4.2")]),
            Block::Heading("Part A: services form".to_owned()),
            Block::Paragraph("What it does.".into()),
            Block::Bulleted(vec!["One.".into(), "Two.".into()]),
            Block::Heading("Annexes".to_owned()),
            Block::Table(Table {
                caption: "What is part of this agreement".to_owned(),
                heads: vec!["Annex".to_owned(), "Digest of its text (SHA-256)".to_owned()],
                rows: vec![
                    vec!["Annex 1: the parts, round 1".into(), Text::new().mono("abc")],
                    vec!["Annex 2: no certificate".into(), Text::new()],
                ],
            }),
            Block::Heading("What whoever signs agrees to".to_owned()),
            Block::Numbered(vec!["First.".into(), "Second.".into()]),
        ];
        assert_eq!(of_text(&document), expected);
    }
}
