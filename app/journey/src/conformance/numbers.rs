//! NHS numbers: which ones are test patients, and where a request names one.
//!
//! Test patients are the 999 range and the numbers that were published for testing (domain/testing.md §5 and §7,
//! domain/spine.md §2). Every other number with a right check digit may be a patient.

use serde_json::Value;

use crate::conformance::reading::{Body, Reading, Token};

/// What stands in the place of a number that must not be kept.
pub const MASK: &str = "NHS-NUMBER-HIDDEN";

/// Numbers that were published one by one: of the demonstrator, of the provider suite, of the specification.
const PUBLISHED: [&str; 19] = [
    "9658218873",
    "9658218865",
    "9658220142",
    "9658220150",
    "9658220169",
    "9658220290",
    "9658219748",
    "9658219705",
    "9658219691",
    "9658220215",
    "9658218903",
    "9658218989",
    "9324926233",
    "9999999991",
    "9000000084",
    "9006763985",
    "9226868522",
    "9973179641",
    "9866105660",
];

/// Numbers that were published as whole runs: the patients of the test data release, of the provider suite, and those that
/// may be registered.
const RUNS: [(u64, u64); 6] = [
    (9_476_111_852, 9_476_113_510),
    (9_476_718_870, 9_476_718_951),
    (9_476_719_915, 9_476_719_974),
    (9_476_728_329, 9_476_728_388),
    (9_476_730_129, 9_476_730_188),
    (9_651_258_500, 9_651_260_246),
];

/// Published as a test patient.
#[must_use]
pub fn is_published(number: &str) -> bool {
    let run = || number.parse().is_ok_and(|value: u64| RUNS.iter().any(|(first, last)| (*first..=*last).contains(&value)));
    PUBLISHED.contains(&number) || (number.len() == 10 && run())
}

/// A test patient: published, or of the range that is never given to anybody.
#[must_use]
pub fn is_test(number: &str) -> bool {
    number.starts_with("999") || is_published(number)
}

/// Taken out before.
#[must_use]
pub fn is_masked(number: &str) -> bool {
    number == MASK
}

/// A number that can be recognised by who knows it, and not read by others.
#[must_use]
pub fn middle_hidden(number: &str) -> String {
    let shown: Vec<char> = number.chars().take(12).collect();
    if shown.len() < 8 || is_test(number) {
        return shown.into_iter().collect();
    }
    shown.iter().enumerate().map(|(at, c)| if at < 3 || at + 2 >= shown.len() { *c } else { '•' }).collect()
}

/// The numbers that a request names as NHS numbers, by their namespace: in the address, in the token, in the body.
#[must_use]
pub fn stated(seen: &Reading<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (_, value) in seen.query() {
        for (system, number) in value.split(',').filter_map(|one| one.split_once('|')) {
            if system.ends_with("/nhs-number") {
                found.push(number.trim().to_owned());
            }
        }
    }
    if let Token::Read(_, _, claims) = &seen.token {
        walk(claims, &mut found);
    }
    match &seen.body {
        Body::Json(body) => walk(body, &mut found),
        Body::Empty => {}
        Body::Xml | Body::Other | Body::Long => {
            let text = &seen.exchange.request.body;
            for (at, name) in text.match_indices("/nhs-number") {
                let after = text[at + name.len()..].chars().take(200).skip_while(|c| !c.is_ascii_digit());
                found.push(after.take_while(char::is_ascii_digit).collect());
            }
        }
    }
    found.retain(|number: &String| !number.is_empty());
    found.sort();
    found.dedup();
    found
}

fn walk(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if members.get("system").and_then(Value::as_str).is_some_and(|system| system.ends_with("/nhs-number")) {
                match &members.get("value") {
                    Some(Value::String(number)) => found.push(number.trim().to_owned()),
                    Some(Value::Number(number)) => found.push(number.to_string()),
                    _ => {}
                }
            }
            members.values().for_each(|one| walk(one, found));
        }
        Value::Array(list) => list.iter().for_each(|one| walk(one, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guidance::spine::formats::is_nhs_number;

    #[test]
    fn test_patients_may_stand() {
        for number in ["9990000018", "9658218873", "9476111852", "9651260246", "9000000084", "9999999999", "9324926233"] {
            assert!(is_test(number), "{number}");
        }
        for number in ["9434765919", "4505577104", "9476113529"] {
            assert!(!is_test(number), "{number}");
        }
        // As many as the files that they come from have rows.
        let count = |run: usize| (RUNS[run].0..=RUNS[run].1).filter(|value| is_nhs_number(&value.to_string())).count();
        assert_eq!([count(0), count(5)], [153, 159]);
    }
}
