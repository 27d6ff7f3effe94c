//! What people read in a file of Rust: its string literals and the text of its `view!`s. Tokens are walked, nothing is compiled. Left
//! out: comments, attributes, tests, what is logged or panicked with, and the parts of a tag that are not read (classes, addresses,
//! names of fields). The children of an element become one text, with `{…}` where a value stands, so that a sentence is read whole.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};

/// Tags that do not end a sentence.
const INLINE: &[&str] =
    &["a", "abbr", "b", "bdi", "br", "code", "em", "i", "kbd", "q", "small", "span", "strong", "sup", "time", "wbr"];

/// Attributes whose value is read. Of a component (its name begins with a capital letter) every other one counts as well.
const READ: &[&str] = &["alt", "aria-label", "aria-description", "label", "placeholder", "title", "content"];

/// Properties of components that are not read.
const UNREAD: &[&str] = &[
    "action", "back", "class", "field", "for_id", "group", "href", "id", "key", "kind", "method", "name", "path", "rel", "size",
    "step", "to", "type", "value",
];

/// Macros whose words are for whoever runs or mends the service.
const NOT_READ: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_span",
    "error",
    "error_span",
    "event",
    "include_bytes",
    "include_str",
    "info",
    "info_span",
    "matches",
    "panic",
    "span",
    "todo",
    "trace",
    "trace_span",
    "unreachable",
    "warn",
    "warn_span",
];

/// A text as it stands, and the line on which it begins.
pub type Text = (usize, String);

/// Everything that may be read in this file.
///
/// # Errors
/// When it is no Rust.
pub fn texts(source: &str) -> Result<Vec<Text>, String> {
    let stream = TokenStream::from_str(source).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    rust(&stream.into_iter().collect::<Vec<_>>(), &mut found);
    found.sort_by_key(|(line, _)| *line);
    Ok(found)
}

fn is(tree: Option<&TokenTree>, text: &str) -> bool {
    match tree {
        Some(TokenTree::Punct(punct)) => text.len() == 1 && text.starts_with(punct.as_char()),
        Some(TokenTree::Ident(ident)) => ident == text,
        _ => false,
    }
}

fn line(tree: &TokenTree) -> usize {
    tree.span().start().line
}

fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

/// The text of a literal, if it is one of text.
fn literal(literal: &Literal) -> Option<String> {
    match syn::parse_str(&literal.to_string()).ok()? {
        syn::Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

/// Statements and items.
fn rust(trees: &[TokenTree], found: &mut Vec<Text>) {
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        at += 1;
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                at += usize::from(is(trees.get(at), "!"));
                if let Some(TokenTree::Group(attribute)) = trees.get(at) {
                    at += 1;
                    let says = attribute.stream().to_string();
                    if says.starts_with("cfg") && says.contains("test") || says == "test" {
                        at = after_item(trees, at);
                    }
                }
            }
            // `name!(…)`
            TokenTree::Ident(name) if is(trees.get(at), "!") => {
                if let Some(TokenTree::Group(group)) = trees.get(at + 1) {
                    at += 2;
                    let name = name.to_string();
                    if name == "view" {
                        view(&inside(group), found);
                    } else if !NOT_READ.contains(&name.as_str()) {
                        rust(&inside(group), found);
                    }
                }
            }
            // `.expect("…")`: for whoever mends it.
            TokenTree::Ident(name)
                if (name == "expect" || name == "tests") && matches!(trees.get(at), Some(TokenTree::Group(_))) =>
            {
                at += 1
            }
            TokenTree::Group(group) => rust(&inside(group), found),
            TokenTree::Literal(one) => found.extend(literal(one).map(|text| (line(tree), text))),
            _ => {}
        }
    }
}

/// Where the item ends that begins here: after its body, or after its semicolon.
fn after_item(trees: &[TokenTree], mut at: usize) -> usize {
    while let Some(tree) = trees.get(at) {
        at += 1;
        let ends = match tree {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            tree => is(Some(tree), ";"),
        };
        if ends {
            break;
        }
    }
    at
}

/// A sentence that is being put together.
#[derive(Default)]
struct Sentence {
    line: Option<usize>,
    text: String,
}

impl Sentence {
    fn add(&mut self, line: usize, text: &str) {
        self.line.get_or_insert(line);
        self.text.push_str(text);
    }

    fn end(&mut self, found: &mut Vec<Text>) {
        let text = std::mem::take(&mut self.text);
        if let Some(line) = self.line.take() {
            found.push((line, text));
        }
    }
}

/// What stands in a `view!`.
fn view(trees: &[TokenTree], found: &mut Vec<Text>) {
    let mut sentence = Sentence::default();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        at += 1;
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '<' => {
                let closes = is(trees.get(at), "/");
                at += usize::from(closes);
                let mut name = String::new();
                while let Some(TokenTree::Ident(part)) = trees.get(at) {
                    name = part.to_string();
                    at += 1;
                    // `crate::Thing`
                    if is(trees.get(at), ":") && is(trees.get(at + 1), ":") {
                        at += 2;
                    } else {
                        break;
                    }
                }
                if !INLINE.contains(&name.as_str()) {
                    sentence.end(found);
                } else if name == "kbd" || name == "q" {
                    sentence.add(line(tree), if closes { "”" } else { "“" });
                }
                at = tag(trees, at, &name, found);
            }
            TokenTree::Literal(one) => {
                if let Some(text) = literal(one) {
                    sentence.add(line(tree), &text);
                }
            }
            TokenTree::Group(group) => {
                sentence.add(line(tree), "{…}");
                rust(&inside(group), found);
            }
            _ => {}
        }
    }
    sentence.end(found);
}

/// The attributes of a tag, up to where it ends.
fn tag(trees: &[TokenTree], mut at: usize, tag: &str, found: &mut Vec<Text>) -> usize {
    let mut name = String::new();
    let mut value: Option<Vec<TokenTree>> = None;
    let component = tag.starts_with(char::is_uppercase);
    let mut give = |name: &mut String, value: &mut Option<Vec<TokenTree>>| {
        let read = READ.contains(&name.as_str()) || component && !UNREAD.contains(&name.as_str());
        if let Some(value) = value.take().filter(|_| read) {
            rust(&value, found);
        }
        name.clear();
    };
    while let Some(tree) = trees.get(at) {
        at += 1;
        if is(Some(tree), ">") && !is(trees.get(at.wrapping_sub(2)), "=") {
            break;
        }
        match &mut value {
            None if is(Some(tree), "=") => value = Some(Vec::new()),
            None => match tree {
                TokenTree::Ident(part) => {
                    let goes_on = name.ends_with(['-', ':']);
                    if !goes_on {
                        name.clear();
                    }
                    name.push_str(&part.to_string());
                }
                TokenTree::Punct(punct) => name.push(punct.as_char()),
                // `<A {..}>`, or a property by its name alone.
                _ => {}
            },
            Some(so_far) => {
                let ends = matches!(so_far.last(), Some(TokenTree::Literal(_) | TokenTree::Group(_) | TokenTree::Ident(_)));
                let keyword =
                    so_far.last().is_some_and(|last| ["move", "as", "if", "else", "match"].iter().any(|it| is(Some(last), it)));
                match tree {
                    TokenTree::Ident(next) if ends && !keyword => {
                        give(&mut name, &mut value);
                        name = next.to_string();
                    }
                    // The slash of `<br class="x" />`.
                    tree if is(Some(tree), "/") && is(trees.get(at), ">") => {}
                    tree => so_far.push(tree.clone()),
                }
            }
        }
    }
    give(&mut name, &mut value);
    at
}
