//! The rules among what everybody may find: by number, and by the words that people have for what they are about.

use crate::{
    conformance::{catalogue::RULES, rule::Rule},
    guidance::entries::{Entry, Kind},
};

/// What people call a part of a request, by how the numbers of its rules begin.
const CALLED: [(&str, &str); 6] = [
    ("REQ", "address URL"),
    ("HDR", "header"),
    ("JWT", "token access claim"),
    ("BODY", "body parameters"),
    ("RSP", "answer response"),
    ("SET", "several requests"),
];

/// Words that people look for a rule by and that do not stand in it.
const ALSO: [(&str, &str); 3] =
    [("JWT-06", "token life lifetime lasts expires expiry"), ("JWT-07", "token clock age"), ("JWT-08", "token audience")];

/// One entry for each rule, read at `/spine/rules`.
#[must_use]
pub fn entries() -> Vec<Entry> {
    RULES.iter().map(entry).collect()
}

fn entry(rule: &Rule) -> Entry {
    let called = CALLED.iter().find(|(mark, _)| rule.id.starts_with(mark)).map_or("", |(_, called)| called);
    let also = ALSO.iter().filter(|(id, _)| *id == rule.id).map(|(_, words)| *words).collect::<Vec<_>>().join(" ");
    let text = format!("{} Such as {}. {called}, {} {also}", rule.must, rule.example, rule.step.1);
    let title = format!("Rule {}: {}", rule.id, rule.about);
    Entry::of(Kind::Spine, format!("/spine/rules#{}", rule.id), title, text).called(vec![rule.id.to_owned()]).refers()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::{catalogue::editions, guidance::search::search};

    #[test]
    fn a_rule_is_found_by_its_number_and_by_what_it_is_about() {
        let first = |question: &str| {
            let found = search(question, &BTreeMap::new(), &editions::newest(), super::entries);
            found.hits.first().map(|hit| hit.entry.to.clone()).unwrap_or_default()
        };
        for typed in ["JWT-07", "jwt-07", "jwt07"] {
            assert_eq!(first(typed), "/spine/rules#JWT-07", "{typed}");
        }
        assert_eq!(first("BODY-02"), "/spine/rules#BODY-02");
        for typed in ["token life", "tokens lifetime"] {
            assert_eq!(first(typed), "/spine/rules#JWT-06", "{typed}");
        }
    }
}
