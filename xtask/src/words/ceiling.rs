//! How hard what people read may be, page group by page group: `reading-age.txt` has the age of each, in years, which may only go
//! down. A new group starts with its own age, rounded up to the next half year.

use std::collections::BTreeMap;

use crate::words::{
    age,
    read::{Said, without_values},
};

/// Groups with fewer sentences have no age: one long one would be all of it.
const FEWEST: usize = 8;

/// The group a file belongs to: a folder of pages, or a document.
pub fn group_of(file: &str) -> String {
    let parts: Vec<&str> = file.split('/').collect();
    let deep = match parts.as_slice() {
        ["app", "src", "site" | "work", _, _, ..] => 4,
        ["app", "journey", "src", _, _, ..] => 4,
        ["server", "src", "demo" | "commands", ..] => 3,
        ["app", "src" | "journey", _, _, ..] => 3,
        ["app" | "server", _, _, ..] => 2,
        _ => parts.len(),
    };
    parts[..deep].join("/")
}

/// Whole sentences in a text: three words or more, with a mark at the end.
pub fn sentences(text: &str) -> Vec<String> {
    let bare = without_values(text).replace('…', " ");
    let mut all = Vec::new();
    let mut one = String::new();
    for word in bare.split_whitespace() {
        if !one.is_empty() {
            one.push(' ');
        }
        one.push_str(word);
        if word.trim_end_matches(['”', ')', '"']).ends_with(['.', '?', '!', ':']) {
            let whole = std::mem::take(&mut one);
            if whole.split(' ').filter(|word| word.chars().any(char::is_alphabetic)).count() > 2 {
                all.push(whole);
            }
        }
    }
    all
}

/// The age of each group that has enough sentences.
pub fn ages(all: &[Said]) -> BTreeMap<String, f64> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for said in all {
        groups.entry(group_of(&said.file)).or_default().extend(sentences(&said.text));
    }
    groups.retain(|_, sentences| sentences.len() >= FEWEST);
    groups.into_iter().map(|(group, sentences)| (group, age::age(&sentences))).collect()
}

/// Rounded up to a half year, with a little room for a word that changes.
fn ceiling(age: f64) -> f64 {
    ((age + 0.15) * 2.0).ceil() / 2.0
}

/// The table as it is written down.
pub fn parse(table: &str) -> BTreeMap<String, f64> {
    let lines = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '));
    lines.filter_map(|(age, group)| Some((group.trim().to_owned(), age.parse().ok()?))).collect()
}

/// The table as it should be: no group higher than it was.
pub fn written(before: &BTreeMap<String, f64>, now: &BTreeMap<String, f64>) -> String {
    let mut text =
        "# Reading age in years of what stands in each group, by Flesch-Kincaid (xtask/src/words/age.rs). It may only go down:\n\
        # UPDATE_TABLES=1 cargo test --package xtask lowers it and adds new groups.\n"
            .to_owned();
    for (group, age) in now {
        let most = before.get(group).map_or(ceiling(*age), |most| most.min(ceiling(*age)));
        text.push_str(&format!("{most:.1} {group}\n"));
    }
    text
}

/// What does not keep to the table, each in a sentence.
pub fn faults(table: &BTreeMap<String, f64>, now: &BTreeMap<String, f64>) -> Vec<String> {
    let mut all = Vec::new();
    for (group, age) in now {
        match table.get(group) {
            Some(most) if age > most => {
                all.push(format!("{group}: reading age {age:.2}, and {most:.1} is the most. Use shorter words and sentences"))
            }
            Some(most) if ceiling(*age) + 0.5 < *most => {
                all.push(format!("{group}: reading age {age:.2}: lower the {most:.1} in the table"))
            }
            Some(_) => {}
            None => all.push(format!("{group}: not in the table yet")),
        }
    }
    all.extend(
        table.keys().filter(|group| !now.contains_key(*group)).map(|group| format!("{group}: in the table, and no longer there")),
    );
    all
}
