//! Old beside new, word by word. What went is struck through, what came is underlined: not by colour alone.

use std::time::{Duration, Instant};

use leptos::prelude::*;
use similar::{ChangeTag, TextDiff};

/// Words of one text that are compared; a longer one is shown as changed from its beginning to its end.
const MOST_WORDS: usize = 4_000;

/// Two texts of so few words are compared whatever the time: that takes microseconds.
const FEW_WORDS: usize = 50;

/// How long one page may compare texts, all of them together: as long as it takes to make a page that compares nothing, since
/// on a machine with one core everybody else waits meanwhile. Texts that are alike take far less, however long they are.
const FOR_A_PAGE: Duration = Duration::from_millis(5);

/// The time that a page has for its comparisons. What is found by then is lawful, if not the shortest way from one text to the
/// other: who sends a hundred long answers again costs the reader of the page no more than who sends one.
pub struct Patience {
    until: Instant,
}

impl Patience {
    /// The time of one page, from now on.
    #[must_use]
    pub fn of_page() -> Self {
        Self { until: Instant::now() + FOR_A_PAGE }
    }

    /// The two texts, each with what differs marked. A space between two changed words counts as changed, so that a new
    /// sentence is one mark and not ten.
    #[must_use]
    pub fn beside(&self, old: &str, new: &str) -> (AnyView, AnyView) {
        let changes = self.changes(old, new);
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

    fn changes<'a>(&self, old: &'a str, new: &'a str) -> Vec<(ChangeTag, &'a str)> {
        if old == new {
            return vec![(ChangeTag::Equal, old)];
        }
        let longer = |words: usize| [old, new].iter().any(|text| text.split_whitespace().nth(words).is_some());
        if longer(MOST_WORDS) {
            return vec![(ChangeTag::Delete, old), (ChangeTag::Insert, new)];
        }
        let mut how = TextDiff::configure();
        if longer(FEW_WORDS) {
            how.deadline(self.until);
        }
        let diff = how.diff_words(old, new);
        // The pieces are parts of the two texts, whichever they were found in.
        diff.iter_all_changes().map(|change| (change.tag(), change.value())).collect()
    }
}

/// The parts of two texts that differ, line by line: neighbouring lines of the old one beside those of the new one that stand in their
/// place. Either may be empty.
#[must_use]
pub fn changed_lines(old: &str, new: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut goes_on = false;
    for change in TextDiff::from_lines(old, new).iter_all_changes() {
        if change.tag() == ChangeTag::Equal {
            goes_on = false;
            continue;
        }
        if !goes_on {
            parts.push((String::new(), String::new()));
            goes_on = true;
        }
        if let Some((before, after)) = parts.last_mut() {
            let side = if change.tag() == ChangeTag::Delete { before } else { after };
            side.push_str(change.value());
        }
    }
    parts
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tag: ChangeTag, changes: &[(ChangeTag, &str)]) -> String {
        changes.iter().filter(|change| [tag, ChangeTag::Equal].contains(&change.0)).map(|change| change.1).collect()
    }

    /// Whatever is compared, the two texts are there whole; and how many pieces there are is bounded.
    #[test]
    fn long_texts_of_short_words_are_shown_and_not_compared_for_ever() {
        let letters = |seed: usize, words: usize| {
            (0..words)
                .map(|at| char::from(b'a' + u8::try_from((at * at + seed * at) % 23).unwrap_or(0)))
                .fold(String::new(), |text, letter| text + &letter.to_string() + " ")
        };
        for words in [10, 3_999, 10_000] {
            let (old, new) = (letters(3, words), letters(7, words));
            for patience in [Patience::of_page(), Patience { until: Instant::now() }] {
                let found = patience.changes(&old, &new);
                assert_eq!((of(ChangeTag::Delete, &found), of(ChangeTag::Insert, &found)), (old.clone(), new.clone()));
                assert!(words < MOST_WORDS || found.len() == 2, "{} pieces of {words} words", found.len());
            }
        }
        assert_eq!(Patience::of_page().changes("the same", "the same").len(), 1);
    }

    #[test]
    fn lines_that_differ_stand_beside_each_other() {
        let old = "Product: Ward View\nUse case: meals\nWhere: hospice\n\n1. One\n";
        let new = "Product: Ward View\nUse case: beds\nWhere: hospital\n\n1. One\n2. Two\n";
        let parts = [("Use case: meals\nWhere: hospice\n", "Use case: beds\nWhere: hospital\n"), ("", "2. Two\n")];
        assert_eq!(changed_lines(old, new), parts.map(|(old, new)| (old.to_owned(), new.to_owned())));
        assert_eq!(changed_lines(old, old), []);
    }

    /// Once the time of a page is over, what is left of it is not compared.
    #[test]
    fn a_page_has_one_time_for_all_its_texts() {
        let texts =
            |word: &str| (0..200).map(|at| if at % 10 == 0 { format!("{word} ") } else { format!("{at} ") }).collect::<String>();
        let (old, new) = (texts("old"), texts("new"));
        let over = Patience { until: Instant::now() };
        let alike =
            |patience: Patience| patience.changes(&old, &new).iter().filter(|change| change.0 == ChangeTag::Equal).count();
        let at_leisure = Patience { until: Instant::now() + Duration::from_secs(60) };
        let (found, hasty) = (alike(at_leisure), alike(over));
        assert!(hasty < found / 4, "{found} pieces are alike, and {hasty} when there was no time to look");
        let over = Patience { until: Instant::now() };
        assert_eq!(of(ChangeTag::Equal, &over.changes("a short old text", "a short new text")), "a short  text");
    }
}
