//! Which of two versions of a product is the later one.

use std::cmp::Ordering;

/// A part of a version, in the order in which they follow what stands before them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// What is made before a release: how near it is, and the word.
    Before(usize, String),
    /// Nothing more, which is as much as 0.
    End,
    /// A word or letter that stands for something later.
    Word(String),
    /// A number that is not 0, of whatever length: how many digits, and which.
    Number(usize, String),
}

/// Words for what is made before a release, farthest first.
const BEFORE: &[&[&str]] =
    &[&["dev", "snapshot", "nightly"], &["alpha"], &["beta"], &["pre", "preview", "milestone"], &["rc", "cr", "candidate"]];

fn steps(version: &str) -> Vec<Step> {
    let version = version.to_lowercase();
    let mut steps: Vec<Step> = Vec::new();
    let mut rest = version.as_str();
    while let Some(first) = rest.chars().next() {
        let same = |c: char| if first.is_ascii_digit() { c.is_ascii_digit() } else { c.is_alphabetic() };
        let end = rest.find(|c: char| !same(c)).unwrap_or(rest.len());
        if end == 0 {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (part, after) = rest.split_at(end);
        rest = after;
        if first.is_ascii_digit() {
            let digits = part.trim_start_matches('0');
            steps.push(if digits.is_empty() { Step::End } else { Step::Number(digits.len(), digits.to_owned()) });
        } else if let Some(rank) = BEFORE.iter().position(|words| words.contains(&part)) {
            // 4.2.0-rc1 is 4.2-rc1.
            while steps.last() == Some(&Step::End) {
                steps.pop();
            }
            steps.push(Step::Before(rank, part.to_owned()));
        } else if !(steps.is_empty() && matches!(part, "v" | "version" | "release")) {
            steps.push(Step::Word(part.to_owned()));
        }
    }
    steps
}

/// Two versions as people write them: numbers by their value, words by their letters, part by part; a candidate before its
/// release.
#[must_use]
pub fn compare(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (steps(one), steps(other));
    // 4.2 is 4.2.0.
    let longest = one.len().max(other.len());
    one.resize_with(longest, || Step::End);
    other.resize_with(longest, || Step::End);
    one.cmp(&other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_part_by_part() {
        for (old, new) in [
            ("4.2", "4.2.1"),
            ("4.2.9", "4.2.10"),
            ("4.9", "5"),
            ("v4.2", "4.3"),
            ("4.2-a", "4.2-b"),
            ("4.2 1", "4.2 2"),
            ("4.2", "4.2a"),
            ("4.2a", "4.2.1"),
            ("4.2-rc1", "4.2"),
            ("4.2-rc1", "4.2.0"),
            ("4.2.0-rc.1", "4.2"),
            ("4.1", "4.2-rc1"),
            ("4.2 RC2", "4.2 RC10"),
            ("4.2-beta.3", "4.2-rc1"),
            ("4.2-alpha", "4.2-beta"),
            ("4.2-SNAPSHOT", "4.2-alpha"),
            ("4.99999999999999999999", "4.100000000000000000000"),
            ("4.2.20261128093000123456789", "4.2.20261128093000123456790"),
        ] {
            assert_eq!(compare(old, new), Ordering::Less, "{old} {new}");
            assert_eq!(compare(new, old), Ordering::Greater, "{new} {old}");
        }
        for (one, other) in
            [("4.2", "4.2.0"), ("V4.2", "4.2"), ("4..2", "4.2"), ("4.02", "4.2"), ("4.2.0-rc1", "4.2-RC.1"), ("version 4", "4")]
        {
            assert_eq!(compare(one, other), Ordering::Equal, "{one} {other}");
        }
    }
}
