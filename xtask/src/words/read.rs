//! Every sentence that people read, with its place: out of Rust, processes, guidance and documents.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::words::code;

/// A text that people read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The file, from the root of the repository.
    pub file: String,
    /// The line on which it begins.
    pub line: usize,
    /// The text in one line.
    pub text: String,
}

/// Where what people read is written. Folders are read whole.
const PLACES: &[&str] = &[
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/operations.md",
    "docs/scal.md",
    "docs/security.md",
    "docs/signing.md",
    "docs/architecture.md",
    "docs/performance.md",
    "app/src",
    "app/journey/src",
    "app/journey/processes",
    "app/journey/guidance",
    "app/journey/agreements",
    "server/src",
    "server/paper/src",
    "server/store/src",
];

/// Everything that people read, file by file.
///
/// # Errors
/// When a file cannot be read, or is not what its name says.
pub fn everything(root: &Path) -> Result<Vec<Said>, String> {
    let mut all = Vec::new();
    for place in PLACES {
        let mut files = Vec::new();
        gather(&root.join(place), &mut files).map_err(|error| format!("{place}: {error}"))?;
        files.sort();
        for path in files {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            let source = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
            all.extend(of_file(&name, &source)?);
        }
    }
    Ok(all)
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            gather(&entry?.path(), files)?;
        }
        return Ok(());
    }
    let known = path.extension().is_some_and(|it| ["rs", "toml", "csv", "md"].iter().any(|one| it == *one));
    let is_test = path.file_stem().is_some_and(|it| it == "tests");
    if known && !is_test {
        files.push(path.to_owned());
    }
    Ok(())
}

/// What people read in one file.
///
/// # Errors
/// When it is not what its name says.
pub fn of_file(file: &str, source: &str) -> Result<Vec<Said>, String> {
    let failed = |error: String| format!("{file}: {error}");
    let texts = match file.rsplit_once('.').map(|(_, kind)| kind) {
        Some("rs") => code::texts(source).map_err(failed)?,
        Some("toml") => toml_texts(source).map_err(failed)?,
        Some("csv") => csv_texts(source).map_err(failed)?,
        _ => markdown_texts(source),
    };
    let said = texts.into_iter().map(|(line, text)| (line, text.split_whitespace().collect::<Vec<_>>().join(" "), text));
    let read = said.filter(|(_, one_line, _)| is_read(one_line));
    // Blanks within stay as they are written, for whoever looks for two of them; new lines become one.
    let kept = read.map(|(line, one_line, text)| {
        let text = if text.contains('\n') { one_line } else { text };
        Said { file: file.to_owned(), line, text }
    });
    Ok(kept.collect())
}

/// Whether somebody reads this: words, and no address, class, statement of SQL or name of a field.
fn is_read(text: &str) -> bool {
    const NEVER: [&str; 15] = [
        "BEGIN ",
        "nhsuk-",
        "gpc-",
        "://localhost",
        "SELECT ",
        "INSERT ",
        "UPDATE ",
        "DELETE FROM",
        "CREATE ",
        "PRAGMA",
        "; charset",
        "max-age",
        "application/",
        "default-src",
        "xmlns",
    ];
    let bare = without_values(text);
    if NEVER.iter().any(|never| text.contains(never)) || text.starts_with(['/', '<', '#', '.']) || text.starts_with("M ") {
        return false;
    }
    let words: Vec<&str> = bare.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).collect();
    let plain = |word: &str| word.chars().all(|c| c.is_alphabetic() || "’'-–.,;:?!()“”\"…".contains(c));
    if !words.iter().any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1) {
        return false;
    }
    match words.len() {
        0 => false,
        1 => {
            let word = words[0];
            let mut letters = word.chars();
            let begins = letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
            plain(word) && (begins || (text.len() > word.len() && text.contains(' ') && text.contains('{')))
        }
        count => words.iter().filter(|word| plain(word)).count() * 2 >= count && !text.contains("=\""),
    }
}

/// The text with "…" for each value in it, and for what is quoted as code.
#[must_use]
pub fn without_values(text: &str) -> String {
    let mut bare = String::new();
    let mut depth = 0_usize;
    let mut code = false;
    for c in text.chars() {
        match c {
            '`' => {
                if !code {
                    bare.push('…');
                }
                code = !code;
            }
            _ if code => {}
            '{' => {
                if depth == 0 {
                    bare.push('…');
                }
                depth += 1;
            }
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare
}

/// Where in a text a place is, as a line.
fn line_at(source: &str, at: usize) -> usize {
    source[..at].matches('\n').count() + 1
}

/// Keys of a definition that are read.
const KEYS: [&str; 15] = [
    "title", "about", "label", "noun", "help", "caption", "summary", "words", "text", "lines", "below", "footnote", "inner",
    "why", "name",
];

fn toml_texts(source: &str) -> Result<Vec<code::Text>, String> {
    fn walk(source: &str, key: &str, value: &toml::Spanned<toml::de::DeValue<'_>>, found: &mut Vec<code::Text>) {
        match value.get_ref() {
            toml::de::DeValue::String(text) if KEYS.contains(&key) => {
                found.push((line_at(source, value.span().start), text.to_string()))
            }
            toml::de::DeValue::Array(all) => all.iter().for_each(|one| walk(source, key, one, found)),
            toml::de::DeValue::Table(table) => table.iter().for_each(|(key, one)| walk(source, key.get_ref(), one, found)),
            _ => {}
        }
    }
    let table = toml::de::DeTable::parse(source).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for (key, value) in table.get_ref() {
        walk(source, key.get_ref(), value, &mut found);
    }
    found.sort_by_key(|(line, _)| *line);
    Ok(found)
}

fn csv_texts(source: &str) -> Result<Vec<code::Text>, String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(source.as_bytes());
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(0));
        found.extend(record.iter().map(|cell| (line, cell.to_owned())));
    }
    Ok(found)
}

/// Paragraphs, lines of lists and cells of tables; code and addresses are left out.
fn markdown_texts(source: &str) -> Vec<code::Text> {
    let mut found: Vec<code::Text> = Vec::new();
    let mut fenced = false;
    let mut goes_on = false;
    for (at, raw) in source.lines().enumerate() {
        let text = raw.trim();
        if text.starts_with("```") {
            fenced = !fenced;
            goes_on = false;
            continue;
        }
        if fenced || text.is_empty() || text.starts_with("|--") || text.starts_with("|:-") {
            goes_on = false;
            continue;
        }
        let text = without_code(text);
        if text.starts_with('|') {
            found.extend(text.split('|').map(|cell| (at + 1, cell.trim().to_owned())));
            goes_on = false;
            continue;
        }
        let new = text.starts_with(['#', '-', '*', '>'])
            || text.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        let heading = text.starts_with('#');
        let text = text.trim_start_matches(['#', '-', '*', '>', ' ']);
        match found.last_mut().filter(|_| goes_on && !new) {
            Some((_, so_far)) => {
                so_far.push(' ');
                so_far.push_str(text);
            }
            None => found.push((at + 1, text.to_owned())),
        }
        goes_on = !heading;
    }
    found
}

/// A line of Markdown with `{…}` for code, and the words of links without their addresses.
fn without_code(line: &str) -> String {
    let mut text: String = line.split('`').enumerate().map(|(at, part)| if at % 2 == 1 { "{…}" } else { part }).collect();
    while let Some((before, rest)) = text.split_once("](") {
        let Some((_, after)) = rest.split_once(')') else { break };
        let words = before.rsplit_once('[').map_or_else(|| before.to_owned(), |(start, words)| format!("{start}{words}"));
        text = format!("{words}{after}");
    }
    text
}
