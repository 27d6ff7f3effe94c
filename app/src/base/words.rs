//! How numbers and lists are said, and what may stand in an address.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// "1 finding", "3 findings".
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// "A", "A and B", "A, B and C".
#[must_use]
pub fn listed(mut items: Vec<String>) -> String {
    match items.pop() {
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
        None => String::new(),
    }
}

/// A text as part of a path or a query.
#[must_use]
pub fn encode(text: &str) -> String {
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
    utf8_percent_encode(text, PLAIN).to_string()
}

/// A filter as it may follow an address: never another address.
#[must_use]
pub fn tail(filter: &str) -> String {
    let lawful = filter.starts_with('?') && filter.len() < 1_000 && filter.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    if lawful { filter.to_owned() } else { String::new() }
}
