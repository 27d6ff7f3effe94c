//! A command as a shell reads it: of Unix, with what Windows and word processors make of it.

use crate::conformance::capture::tidy::is_space;

/// A command taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// Its words.
    pub words: Vec<String>,
    /// How many bytes of the text it took.
    pub length: usize,
}

/// Words that a command may have.
const WORDS: usize = 500;

/// What opens a quote, and what it is.
fn opens(c: char) -> Option<(bool, bool)> {
    match c {
        '\'' => Some((true, false)),
        '"' => Some((false, false)),
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => Some((true, true)),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => Some((false, true)),
        _ => None,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// `^` goes on and escapes, as in the command prompt of Windows.
    caret: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn skip_line_end(&mut self) {
        if self.peek() == Some('\r') {
            self.next();
        }
        if self.peek() == Some('\n') {
            self.next();
        }
    }

    /// The text until the quote closes; `careted` when it was opened as `^"`.
    fn quoted(&mut self, word: &mut String, single: bool, curled: bool, careted: bool) -> Result<(), &'static str> {
        loop {
            let Some(c) = self.next() else { return Err("A quote that opens here is not closed.") };
            if let Some((one, _)) = opens(c)
                && one == single
                && (curled || matches!(c, '\'' | '"'))
            {
                // What a word processor curled may stand in the text as well: the end is where a word ends.
                let ends = self.peek().is_none_or(|c| is_space(c) || matches!(c, '\n' | '\\' | '^' | '`' | ';' | '|' | '&'));
                if !curled || ends {
                    // The command prompt doubles a quote to keep it.
                    if !single && self.caret && self.peek() == Some('"') {
                        self.next();
                        word.push('"');
                        continue;
                    }
                    return Ok(());
                }
            }
            if c == '\\' && !single {
                match self.peek() {
                    Some(next @ ('"' | '\\' | '$' | '`')) => {
                        self.next();
                        word.push(next);
                    }
                    Some('\n' | '\r') => self.skip_line_end(),
                    _ => word.push(c),
                }
            } else if c == '^' && careted {
                // Browsers write ^" instead of a quote for Windows, and ^ before whatever else means something there.
                match self.next() {
                    Some('\\') if self.text[self.at..].starts_with("^\"") => {
                        self.at += 2;
                        word.push('"');
                    }
                    Some('"') => return Ok(()),
                    Some(next) => word.push(next),
                    None => {}
                }
            } else {
                word.push(c);
            }
        }
    }

    /// The text of `$'…'`.
    fn escaped(&mut self, word: &mut String) -> Result<(), &'static str> {
        loop {
            match self.next() {
                None => return Err("A quote that opens here is not closed."),
                Some('\'') => return Ok(()),
                Some('\\') => match self.next() {
                    Some('n') => word.push('\n'),
                    Some('r') => word.push('\r'),
                    Some('t') => word.push('\t'),
                    Some(kind @ ('u' | 'x')) => {
                        let most = if kind == 'u' { 4 } else { 2 };
                        let digits: String =
                            self.text[self.at..].chars().take(most).take_while(char::is_ascii_hexdigit).collect();
                        self.at += digits.len();
                        word.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
                    }
                    Some(c) => word.push(c),
                    None => return Err("A quote that opens here is not closed."),
                },
                Some(c) => word.push(c),
            }
        }
    }

    /// Whether a command goes on after the end of a line that nothing continues: word processors wrap, and drop what said so.
    fn goes_on(&self) -> bool {
        let rest = self.text[self.at..].trim_start_matches(|c| is_space(c) || c == '\n');
        let blank = self.text[self.at..].len() - rest.len();
        let lines = self.text[self.at..self.at + blank].matches('\n').count();
        let begins = ["-", "\u{2013}", "\u{2014}", "'", "\"", "\u{2018}", "\u{201c}", "http://", "https://"];
        lines < 2 && begins.iter().any(|begin| rest.starts_with(begin))
    }
}

/// The command that the text begins with.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn command(text: &str) -> Result<Command, &'static str> {
    let first = text.lines().next().unwrap_or_default().trim_end();
    let caret = first.ends_with('^') || first.contains("^\"");
    let mut reader = Reader { text, at: 0, caret };
    let (mut words, mut word, mut begun) = (Vec::new(), String::new(), false);
    while let Some(c) = reader.next() {
        match c {
            '\n' => {
                if begun {
                    words.push(std::mem::take(&mut word));
                    begun = false;
                }
                if !reader.goes_on() {
                    break;
                }
            }
            c if is_space(c) => {
                if begun {
                    words.push(std::mem::take(&mut word));
                    begun = false;
                }
            }
            ';' | '|' if !begun => break,
            '&' if !begun && reader.peek() == Some('&') => break,
            '>' if !begun => break,
            '\\' | '`' if matches!(reader.peek(), Some('\n' | '\r')) => reader.skip_line_end(),
            '^' if reader.caret => match reader.peek() {
                Some('\n' | '\r') => reader.skip_line_end(),
                Some('"') => {
                    reader.next();
                    begun = true;
                    reader.quoted(&mut word, false, false, true)?;
                }
                Some(next) => {
                    reader.next();
                    begun = true;
                    word.push(next);
                }
                None => {}
            },
            '\\' if !reader.caret => {
                begun = true;
                // A space after the mark that goes on is easily left there.
                let rest = &reader.text[reader.at..];
                let blank = rest.len() - rest.trim_start_matches(is_space).len();
                if blank > 0 && rest[blank..].starts_with('\n') && word.is_empty() {
                    reader.at += blank + 1;
                    begun = false;
                } else {
                    word.extend(reader.next());
                }
            }
            '$' if reader.peek() == Some('\'') && !begun => {
                reader.next();
                begun = true;
                reader.escaped(&mut word)?;
            }
            c => {
                begun = true;
                match opens(c) {
                    Some((single, curled)) => reader.quoted(&mut word, single, curled, false)?,
                    None => word.push(c),
                }
            }
        }
        if words.len() > WORDS {
            return Err("The command has more than 500 words.");
        }
    }
    if begun {
        words.push(word);
    }
    Ok(Command { words, length: reader.at })
}
