//! Which file may name which. Within a crate the folders (and, where a crate has none, the files) stand in layers: each names
//! only what stands in a layer above it in [`LAYERS`], and no two files name each other, however far around. So a file can be
//! read with what it names, and nothing else. A new file or folder at the top of a crate has to be given its place here.
//!
//! Files are read as tokens: what `use` brings in, and every path with `::`, also those inside macros. A path that goes through
//! a re-export counts for the file where the thing is written. Tests within a file are left out: they may look around.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    str::FromStr as _,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A crate: its folder, its name, and its layers from the lowest. What stands on one line names nothing else on that line.
const LAYERS: &[(&str, &str, &[&str])] = &[
    (
        "app/journey",
        "journey",
        &[
            "base",
            "form",
            "people",
            "plan",
            "catalogue",
            "ledger",
            "task",
            "rule",
            "scal",
            "view",
            "guidance",
            "conformance",
            "practice",
            "port",
        ],
    ),
    ("app", "app", &["base", "request", "islands", "design", "act", "site", "desk", "work", "top"]),
    ("server/paper", "paper", &["document fonts seal", "bands lines", "pages setter", "tables write", "blocks"]),
    (
        "server/store",
        "store",
        &[
            "change migrations reader row",
            "db",
            "audit event_row links",
            "changes documents drafts files membership ods outbox picture register runs seals sessions texts words",
            "corrections heads lists live_runs notices seats second_steps sign_ins signatories whole",
            "meetings messages people scal worklist",
            "accounts finding ledger",
        ],
    ),
    (
        "server",
        "server",
        &[
            "evidence gate headers heavy host kinds listen lists file_store places run_refusals terminal workbook",
            "config form live login run_address unused",
            "seal",
            "heads metrics ods outbox pack start uploads",
            "demo downloads enter reports",
            "defects documents files live_files live_runs meetings messages previews register requests scal",
            "audit checks packing signatories sites traceability worklist",
            "raw_routes",
            "serve",
            "commands",
        ],
    ),
    ("xtask", "xtask", &["tools", "words", "fingerprint", "browser", "site"]),
];

/// A module by its path from the root of the crate, which is empty.
type Module = Vec<String>;

/// A name that one file takes from another: where, and as what.
#[derive(Clone, Debug)]
struct Named {
    line: usize,
    what: String,
}

/// One token of a file. Brackets of every kind are tokens of their own.
struct Token {
    text: String,
    line: usize,
}

/// The files of one crate.
struct House {
    files: BTreeMap<Module, (String, Vec<Token>)>,
    /// What each file brings in by `use`: under which name, from where.
    uses: BTreeMap<Module, BTreeMap<String, Module>>,
}

impl House {
    /// These files, by their names within the folder.
    fn of(folder: &str, texts: &[(String, String)]) -> Self {
        let has_library = texts.iter().any(|(name, _)| name == "lib.rs");
        let mut house = Self { files: BTreeMap::new(), uses: BTreeMap::new() };
        for (name, text) in texts {
            let mut module: Module = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            let last = module.last().cloned().unwrap_or_default();
            if last == "tests" {
                continue;
            }
            let is_root = module.len() == 1 && (last == "lib" || (last == "main" && !has_library));
            if last == "mod" || is_root {
                module.pop();
            }
            let path = format!("{folder}/{name}");
            let stream = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let mut tokens = Vec::new();
            flatten(stream, &mut tokens);
            house.files.insert(module, (path, without_tests(tokens)));
        }
        for (module, (_, tokens)) in &house.files {
            let brought = used(tokens).into_iter();
            let own = brought.filter_map(|(path, name, _)| Some((name, house.absolute(module, &path)?))).collect();
            house.uses.insert(module.clone(), own);
        }
        house
    }

    /// A path as it is written in a file, from the root of the crate; `None` for what is no part of it.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let mut base = module.clone();
        let mut rest = path;
        match path.first().map(String::as_str)? {
            "crate" => (base, rest) = (Vec::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            first => {
                let mut child = base.clone();
                child.push(first.to_owned());
                if !self.files.contains_key(&child) {
                    return None;
                }
            }
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    /// The file in which what this path names is written, and its name there.
    fn written_in(&self, path: &Module, turns: usize) -> Option<(Module, String)> {
        let known = (0..=path.len()).rev().find(|length| self.files.contains_key(&path[..*length]))?;
        let (module, rest) = (path[..known].to_vec(), &path[known..]);
        let Some(first) = rest.first() else { return Some((module, String::new())) };
        let through = self.uses.get(&module).and_then(|uses| uses.get(first)).filter(|through| **through != *path && turns > 0);
        if let Some(through) = through {
            let mut further = through.clone();
            further.extend(rest[1..].iter().cloned());
            return self.written_in(&further, turns - 1);
        }
        Some((module, rest.join("::")))
    }

    /// Who names whom.
    fn arrows(&self) -> BTreeMap<(Module, Module), Vec<Named>> {
        let mut arrows: BTreeMap<(Module, Module), Vec<Named>> = BTreeMap::new();
        for (module, (_, tokens)) in &self.files {
            let uses = &self.uses[module];
            let brought = used(tokens).into_iter().filter_map(|(path, _, line)| Some((self.absolute(module, &path)?, line)));
            let written = paths(tokens).into_iter().filter_map(|(path, line)| {
                let through = uses.get(&path[0]).filter(|through| self.files.contains_key(*through));
                let absolute = match through {
                    Some(through) => through.iter().chain(&path[1..]).cloned().collect(),
                    None => self.absolute(module, &path)?,
                };
                Some((absolute, line))
            });
            for (path, line) in brought.chain(written) {
                if let Some((other, what)) = self.written_in(&path, 8)
                    && other != *module
                {
                    arrows.entry((module.clone(), other)).or_default().push(Named { line, what });
                }
            }
        }
        arrows
    }

    /// Everything that does not keep to the layers, in words.
    fn faults(&self, layers: &[&str]) -> Vec<String> {
        let arrows = self.arrows();
        let place =
            |module: &Module| module.first().map(|top| layers.iter().position(|line| line.split(' ').any(|it| it == top)));
        let mut faults = Vec::new();
        for (module, (path, _)) in &self.files {
            // The program beside a library stands above all of it.
            if place(module) == Some(None) && module != &["main".to_owned()] {
                faults.push(format!("{path} has no place in the layers"));
            }
        }
        // What is told as an arrow up is not told again as a part of circles.
        let mut sound = arrows.clone();
        for ((from, to), named) in &arrows {
            let (Some(Some(one)), Some(other)) = (place(from), place(to)) else { continue };
            if from.first() != to.first() && other.is_none_or(|other| one <= other) {
                faults.push(format!("{} stands above it", self.says(from, to, named)));
                sound.remove(&(from.clone(), to.clone()));
            }
        }
        // The root may bring everything together; nothing below names it.
        for ((from, to), named) in arrows.iter().filter(|((_, to), _)| to.is_empty()) {
            faults.push(format!("{}, which is the root", self.says(from, to, named)));
        }
        let mut told: BTreeSet<Module> = BTreeSet::new();
        for ((from, to), named) in &sound {
            if !(told.contains(from) && told.contains(to))
                && let Some(way) = self.way(&sound, to, from)
            {
                let mut says = format!("a circle: {}", self.says(from, to, named));
                for step in way.windows(2) {
                    let back = (step[0].clone(), step[1].clone());
                    let _ = write!(says, "; {}", self.says(&step[0], &step[1], &sound[&back]));
                }
                told.extend(way);
                faults.push(says);
            }
        }
        faults
    }

    /// A line that names another file, in words.
    fn says(&self, from: &Module, to: &Module, named: &[Named]) -> String {
        let (first, to) = (&named[0], &self.files[to].0);
        format!("{}:{} names {} of {to}", self.files[from].0, first.line, first.what)
    }

    /// The shortest way along arrows from one file to another.
    fn way(&self, arrows: &BTreeMap<(Module, Module), Vec<Named>>, from: &Module, to: &Module) -> Option<Vec<Module>> {
        let mut seen = BTreeSet::from([from.clone()]);
        let mut ways = std::collections::VecDeque::from([vec![from.clone()]]);
        while let Some(way) = ways.pop_front() {
            let last = way.last()?;
            if last == to {
                return Some(way);
            }
            for (_, next) in arrows.keys().filter(|(one, _)| one == last) {
                if seen.insert(next.clone()) {
                    ways.push_back(way.iter().cloned().chain([next.clone()]).collect());
                }
            }
        }
        None
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(Token { text: open.to_owned(), line });
                flatten(group.stream(), tokens);
                tokens.push(Token { text: close.to_owned(), line: group.span_close().start().line });
            }
            TokenTree::Punct(punct) => {
                let colon = punct.as_char() == ':' && tokens.last().is_some_and(|last| last.text == ":");
                match tokens.last_mut().filter(|_| colon) {
                    Some(last) => last.text.push(':'),
                    None => tokens.push(Token { text: punct.as_char().to_string(), line }),
                }
            }
            TokenTree::Ident(ident) => tokens.push(Token { text: ident.to_string(), line }),
            TokenTree::Literal(_) => tokens.push(Token { text: "0".to_owned(), line }),
        }
    }
}

/// The tokens but for what is compiled for tests alone.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    const TESTS: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept: Vec<Token> = Vec::new();
    let mut rest = tokens.into_iter();
    while let Some(token) = rest.next() {
        kept.push(token);
        let end = kept.len().checked_sub(TESTS.len()).map(|at| &kept[at..]);
        if end.is_some_and(|end| end.iter().map(|token| token.text.as_str()).eq(TESTS)) {
            let mut depth = 0_usize;
            for token in rest.by_ref() {
                match token.text.as_str() {
                    "{" => depth += 1,
                    "}" if depth == 1 => break,
                    "}" => depth -= 1,
                    ";" if depth == 0 => break,
                    _ => {}
                }
            }
        }
    }
    kept
}

/// What `use` brings in: path, name here, line.
fn used(tokens: &[Token]) -> Vec<(Vec<String>, String, usize)> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let begins = tokens
            .get(at.wrapping_sub(2))
            .is_none_or(|before| ["", ";", "{", "}", ")", "]", "pub"].contains(&before.text.as_str()));
        if token.text == "use" && begins {
            at = tree(tokens, at, &[], &mut all);
        }
    }
    all
}

/// One tree of a `use`, up to where it ends.
fn tree(tokens: &[Token], mut at: usize, before: &[String], all: &mut Vec<(Vec<String>, String, usize)>) -> usize {
    let mut path = before.to_vec();
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "::" => {}
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = tree(tokens, at, &path, all);
                    at += usize::from(tokens.get(at).is_some_and(|token| token.text == ","));
                }
                return at + 1;
            }
            "as" => {
                let name = tokens.get(at + 1).map_or("_", |token| token.text.as_str());
                all.push((path, name.to_owned(), token.line));
                return at + 2;
            }
            "*" => {}
            "," | "}" | ";" => break,
            part => path.push(part.to_owned()),
        }
        at += 1;
    }
    let line = tokens.get(at).map_or(0, |token| token.line);
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if let Some(last) = path.last().cloned() {
        all.push((path, last, line));
    }
    at
}

/// Every path with `::` outside `use`, with its line.
fn paths(tokens: &[Token]) -> Vec<(Vec<String>, usize)> {
    let is_name = |token: &Token| token.text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let mut all = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].text == "use" {
            at += tokens[at..].iter().position(|token| token.text == ";").unwrap_or(tokens.len());
            continue;
        }
        let follows = at > 0 && ["::", "."].contains(&tokens[at - 1].text.as_str());
        let mut end = at;
        while is_name(&tokens[end])
            && tokens.get(end + 1).is_some_and(|it| it.text == "::")
            && tokens.get(end + 2).is_some_and(is_name)
        {
            end += 2;
        }
        if end > at && !follows {
            all.push(((at..=end).step_by(2).map(|at| tokens[at].text.clone()).collect(), tokens[at].line));
        }
        at = end + 1;
    }
    all
}

/// Every file of a folder of the repository, by its name within it.
fn files(folder: &str) -> Vec<(String, String)> {
    let base = root().join(folder);
    let mut texts = Vec::new();
    let mut folders = vec![base.clone()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let name = path.strip_prefix(&base).unwrap().to_str().unwrap().to_owned();
                texts.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    texts
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn no_file_names_what_stands_above_it_and_no_two_name_each_other() {
    let faults: Vec<String> = LAYERS
        .iter()
        .flat_map(|(folder, _, layers)| House::of(&format!("{folder}/src"), &files(&format!("{folder}/src"))).faults(layers))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong in a small crate: files by name, with what is written in them.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let texts: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    House::of("small", &texts).faults(&["low", "high"])
}

#[test]
fn a_circle_and_an_arrow_up_are_told_by_their_lines() {
    let lawful = [
        ("lib.rs", "pub mod low;\npub mod high;"),
        ("low/mod.rs", "pub mod a;\npub mod b;\npub use a::A;"),
        ("low/a.rs", "pub struct A;"),
        ("low/b.rs", "use crate::low::A;\npub fn b(_: A) {}"),
        ("high/mod.rs", "use crate::low;\nfn f() { view! { <p>{crate::low::b::b(low::A)}</p> } }"),
    ];
    assert_eq!(faults(&lawful), [""; 0]);
    let with = |name: &str, text: &str| {
        let mut files = lawful.to_vec();
        files.retain(|(known, _)| *known != name);
        files.push((name, text));
        faults(&files)
    };
    let told = |faults: Vec<String>, parts: &[&str]| {
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(parts.iter().all(|part| faults[0].contains(part)), "{faults:?}");
    };
    // Two files of one folder that name each other, one of them inside a macro.
    told(
        with("low/a.rs", "\npub struct A;\nfn f() { view! { {super::b::b(A)} } }"),
        &["a circle", "a.rs:3", "b.rs:1", "names A"],
    );
    // A path in a function, and one that was brought in.
    told(with("low/a.rs", "pub struct A;\nfn f() {\n    crate::high::f();\n}"), &["a.rs:3", "stands above it", "high"]);
    told(with("low/a.rs", "use super::super::high;\npub struct A;"), &["a.rs:1", "stands above it"]);
    // A file that nobody gave a place.
    told(with("odd.rs", "pub struct Odd;"), &["odd.rs", "has no place"]);
    // Tests may look around.
    assert_eq!(with("low/a.rs", "pub struct A;\n#[cfg(test)]\nmod tests {\n    use crate::high;\n}"), [""; 0]);
}

/// Lines that a file may have without saying why in its first lines; of tests more.
const LONG: [(&[&str], usize); 2] = [
    (&["app/journey/src", "app/src", "server/src", "server/paper/src", "server/store/src", "xtask/src"], 400),
    (&["app/journey/tests", "server/tests", "server/paper/tests", "server/store/tests", "xtask/tests"], 600),
];

#[test]
fn a_long_file_says_why_it_is_long() {
    let mut silent = Vec::new();
    for (folders, most) in LONG {
        for (folder, (name, text)) in folders.iter().flat_map(|folder| files(folder).into_iter().map(move |file| (folder, file)))
        {
            let head: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
            let lines = text.lines().count();
            if lines > most && !head.contains("Long because") {
                silent.push(format!("{folder}/{name}: {lines} lines"));
            }
        }
    }
    assert!(silent.is_empty(), "split these, or say in their first lines “Long because …”: {silent:#?}");
}

/// What stands inside a text area is not escaped by the framework: `design::TextArea` does it, for all. A grid has roles and
/// heads that its cells repeat: `design::Grid`.
#[test]
fn a_text_area_and_a_grid_are_drawn_in_one_place() {
    for (bare, component) in [("<textarea", "TextArea"), ("<table class=\"gpc-grid", "Grid"), ("<table class=class", "Grid")] {
        let drawn = files("app/src").into_iter().filter(|(_, text)| {
            text.contains(&format!("{bare} ")) || text.contains(&format!("{bare}>")) || text.contains(&format!("{bare}\""))
        });
        let others: Vec<String> =
            drawn.map(|(name, _)| name).filter(|name| !["design/mod.rs", "design/grid.rs"].contains(&name.as_str())).collect();
        assert!(others.is_empty(), "use design::{component}: {others:?}");
    }
}

/// The page for people says the same as this table.
#[test]
fn the_layers_stand_in_the_architecture() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    for (folder, name, layers) in LAYERS {
        let line = format!("| `{folder}` | {} |", layers.iter().map(|line| format!("`{line}`")).collect::<Vec<_>>().join(" "));
        assert!(page.contains(&line), "docs/architecture.md misses the layers of {name}:\n{line}");
    }
}
