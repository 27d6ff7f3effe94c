//! What word processors and mail do to a request: curly quotes, spaces that do not break, lines that are wrapped.

use std::borrow::Cow;

/// A space of any width, without the end of a line.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' | '\u{3000}' | '\u{feff}' | '\u{200b}')
}

/// Without spaces of any width around it.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c| is_space(c) || c == '\n')
}

/// A value that was wrapped over lines: what belongs to one word is put together again.
pub(crate) fn joined(value: &mut String, more: &str) {
    let more = trimmed(more);
    let last = value.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default();
    // A token or an address goes on; after a word stands a space.
    let whole = last.len() > 20 && more.chars().next().is_some_and(|c| !c.is_whitespace());
    value.truncate(value.trim_end().len());
    if !whole && !value.is_empty() {
        value.push(' ');
    }
    value.push_str(more);
}

/// A value on one line.
pub(crate) fn on_one_line(value: &str) -> String {
    let mut lines = value.lines();
    let mut made = trimmed(lines.next().unwrap_or_default()).to_owned();
    for line in lines {
        joined(&mut made, line);
    }
    made
}

/// A body as it was meant: JSON whose quotes were curled, whose spaces do not break, or whose texts were wrapped is put
/// right, when that makes it JSON.
pub(crate) fn body(text: &str) -> Cow<'_, str> {
    let text = trimmed(text);
    if text.len() > 1 << 20 || !text.starts_with(['{', '[', '\u{feff}']) || is_json(text) {
        return Cow::Borrowed(text);
    }
    let plain: String = text
        .chars()
        .map(|c| match c {
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => '"',
            '\u{2018}' | '\u{2019}' => '\'',
            c if is_space(c) => ' ',
            c => c,
        })
        .collect();
    for attempt in [without_wraps(&plain), without_wraps(text)] {
        if is_json(&attempt) {
            return Cow::Owned(attempt);
        }
    }
    Cow::Borrowed(text)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Without ends of lines inside quotes.
fn without_wraps(text: &str) -> String {
    let (mut made, mut quoted, mut escaped) = (String::with_capacity(text.len()), false, false);
    for c in text.chars() {
        if quoted && matches!(c, '\n' | '\r') {
            continue;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && !escaped;
        made.push(c);
    }
    made
}
