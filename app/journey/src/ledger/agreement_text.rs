//! The texts of agreements that are files beside the rules (`app/journey/agreements`): which versions there are, how a text is
//! filled from a journey, and how what was filled in is read back as a document. A version never changes once something was sent
//! with it: what is signed binds its words, and other words are a new version in a new file.
//!
//! The topics are those of the connection agreement (domain/journeys.md, source CA; domain/end_users.md §2; domain/people.md §2);
//! the sentences are this product's own.

use serde::{Deserialize, Serialize};

use crate::{
    base::named::named,
    plan::process::{Signs, TaskSpec},
};

named! {
    /// A version of the text of the connection agreement.
    #[derive(Serialize, Deserialize)]
    pub enum AgreementText {
        /// The first that is a text with parts.
        #[serde(rename = "connection-2026-2")]
        Connection2026v2 = "connection-2026-2",
    }
}

/// What stands in a text for something that only the journey knows.
pub(crate) const BLANKS: &[&str] = &["supplier", "product", "capabilities", "parts", "scal", "certificate"];

impl AgreementText {
    /// The version that is signed with parts that are sent now; `None` for what has no text of its own.
    #[must_use]
    pub fn to_send(spec: &TaskSpec) -> Option<Self> {
        (spec.signs == Some(Signs::Connection)).then(|| Self::ALL.last().copied()).flatten()
    }

    /// The text as it stands in its file, with blanks like `{product}`.
    #[must_use]
    pub fn source(self) -> &'static str {
        match self {
            AgreementText::Connection2026v2 => include_str!("../../agreements/connection-2026-2.md"),
        }
    }

    /// The statements that whoever signs agrees to, in their order: the numbered lines of the text. None has a blank in it.
    #[must_use]
    pub fn statements(self) -> Vec<&'static str> {
        let blocks = read(self.source()).map(|document| document.blocks).unwrap_or_default();
        let statement = |block| if let Block::Statement(words) = block { Some(words) } else { None };
        blocks.into_iter().filter_map(statement).collect()
    }

    /// The text with every blank filled, below a first line that is its title. `of` knows what is filled in for a blank; what is
    /// filled in is not looked through for blanks again.
    #[must_use]
    pub(crate) fn filled(self, of: impl Fn(&str) -> String) -> String {
        let mut rest = self.source();
        let mut filled = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}') {
                Some((blank, more)) if BLANKS.contains(&blank) => {
                    filled.push_str(&of(blank));
                    rest = more;
                }
                _ => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled.trim_end().to_owned()
    }
}

/// A text with parts, read back from the words that are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// Its first line.
    pub title: &'a str,
    /// What stands above the first heading: what it is about, each with its name.
    pub facts: Vec<(&'a str, &'a str)>,
    /// The rest, in reading order.
    pub blocks: Vec<Block<'a>>,
}

/// One block of such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block<'a> {
    /// The heading of a part.
    Heading(&'a str),
    /// A paragraph.
    Paragraph(&'a str),
    /// An item in no order that matters.
    Item(&'a str),
    /// Something that is part of the agreement, and the digest of its text where it has one.
    Annex(&'a str, Option<&'a str>),
    /// What whoever signs agrees to. They are counted from 1.
    Statement(&'a str),
}

/// Reads words that were made of a text with parts; `None` for any others, such as those of before there was one.
#[must_use]
pub fn read(words: &str) -> Option<Document<'_>> {
    let mut lines = words.lines().filter(|line| !line.is_empty());
    let title = lines.next()?;
    let mut document = Document { title: title.strip_prefix("# ").unwrap_or(title), facts: Vec::new(), blocks: Vec::new() };
    let mut statements = 0;
    for line in lines {
        if let Some(heading) = line.strip_prefix("## ") {
            document.blocks.push(Block::Heading(heading));
        } else if document.blocks.is_empty() {
            document.facts.push(line.split_once(": ").or(line.split_once(' ').filter(|(key, _)| *key == "Journey"))?);
        } else if let Some(item) = line.strip_prefix("- ") {
            document.blocks.push(match item.split_once(", digest ") {
                Some((what, digest)) => Block::Annex(what, Some(digest)),
                None if item.starts_with("Annex ") => Block::Annex(item, None),
                None => Block::Item(item),
            });
        } else if let Some((_, words)) = line.split_once(". ").filter(|(number, _)| number.parse() == Ok(statements + 1)) {
            statements += 1;
            document.blocks.push(Block::Statement(words));
        } else {
            document.blocks.push(Block::Paragraph(line));
        }
    }
    (!document.blocks.is_empty()).then_some(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the contract of the field has in it, by what a reader would look for (domain/journeys.md, source CA).
    #[test]
    fn every_version_has_every_part_and_no_blank_that_nobody_fills() {
        for text in AgreementText::ALL {
            let source = text.source();
            let document = read(source).expect("a text with parts");
            assert_eq!(document.title, "Connection agreement");
            assert_eq!(document.facts, [], "what it is about is told by the journey");
            let headings: Vec<&str> =
                document.blocks.iter().filter_map(|b| if let Block::Heading(words) = b { Some(*words) } else { None }).collect();
            let wanted = [
                "Parties",
                "Part A: services form",
                "Part B: processing form",
                "Part C: acceptable use policy",
                "Duties",
                "Annexes",
            ];
            for part in wanted {
                assert_eq!(headings.iter().filter(|heading| heading.starts_with(part)).count(), 1, "{part} in {headings:?}");
            }
            assert!(headings.last().is_some_and(|last| last.contains("agrees to")), "{headings:?}");
            // Every heading has words below it.
            for pair in document.blocks.windows(2) {
                assert!(!pair.iter().all(|block| matches!(block, Block::Heading(_))), "{pair:?}");
            }
            for (fact, says) in [
                ("incidents are reported in time", "within 48 hours"),
                ("the version before is supported", "12 months"),
                ("an incident manager joins", "within 30 minutes"),
                ("a plan puts it right", "within 30 days"),
                ("it is ended with notice", "30 days' notice"),
                ("a disagreement is escalated", "after 5 working days"),
                ("clinical risk of organisations", "DCB0160"),
                ("direct care", "direct care of the patient only"),
            ] {
                assert!(source.contains(says), "{fact}");
            }
            // Nobody fills a blank that is not known, and none that is known was forgotten.
            for blank in BLANKS {
                assert_eq!(source.matches(&format!("{{{blank}}}")).count(), 1, "{blank}");
            }
            assert_eq!(source.matches('{').count(), BLANKS.len(), "a blank that nobody fills");
            assert!((5..=9).contains(&text.statements().len()), "a form has room for nine");
            let style = ["shall", "hereby", "thereof", ";", "e.g."];
            assert!(style.iter().all(|word| !source.contains(word)), "plain words");
        }
    }

    #[test]
    fn what_is_filled_in_is_read_back_and_fills_no_other_blank() {
        let text = AgreementText::Connection2026v2;
        let filled = text.filled(|blank| match blank {
            "product" => "View {scal} 4.2".to_owned(),
            "parts" => "the parts, round 1, digest abc".to_owned(),
            other => format!("the {other}"),
        });
        assert!(filled.contains("It is about View {scal} 4.2 and about"), "{filled}");
        let document = read(&filled).expect("a text with parts");
        assert!(document.blocks.contains(&Block::Annex("Annex 1: the parts, round 1", Some("abc"))), "{:?}", document.blocks);
        assert!(document.blocks.contains(&Block::Annex("Annex 2: the scal", None)));
        let statements = document.blocks.iter().filter(|block| matches!(block, Block::Statement(_))).count();
        assert_eq!(statements, text.statements().len());
    }

    #[test]
    fn words_without_parts_are_no_such_document() {
        let before = "Receive connection agreement\n\nJourney 7K3M-9PX4\nProduct: View\n\n1. One.\n2. Two.";
        for other in ["", "A title", before] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
