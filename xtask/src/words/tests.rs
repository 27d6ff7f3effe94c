//! What is extracted, what is refused, and that neither is the case by accident.

use std::{env, fs, path::Path, sync::LazyLock};

use crate::words::{
    age, ceiling,
    check::{self, banned},
    code, read,
    read::Said,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn said(text: &str) -> Said {
    Said { file: "app/src/work/page.rs".to_owned(), line: 1, text: text.to_owned() }
}

fn faults(text: &str) -> Vec<String> {
    check::faults(&said(text), &banned().unwrap())
}

/// Everything, read once for all tests.
static ALL: LazyLock<Vec<Said>> = LazyLock::new(|| read::everything(root()).unwrap());

/// What is found in this page, without its lines.
fn found(source: &str) -> Vec<String> {
    read::of_file("app/src/page.rs", source).unwrap().into_iter().map(|said| said.text).collect()
}

#[test]
fn nothing_that_people_read_has_a_phrase_that_nobody_says() {
    let banned = banned().unwrap();
    let all = &*ALL;
    assert!(all.len() > 5_000, "only {} texts were found", all.len());
    let wrong: Vec<String> = all
        .iter()
        .flat_map(|said| {
            check::faults(said, &banned)
                .into_iter()
                .map(move |fault| format!("{}:{}: {}\n    {fault}", said.file, said.line, said.text))
        })
        .collect();
    assert!(wrong.is_empty(), "{} to mend; `cargo xtask words` shows them in their place:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_exception_is_needed() {
    let all = &*ALL;
    for phrase in banned().unwrap() {
        assert!(!phrase.say.is_empty() && phrase.say_not == phrase.say_not.to_lowercase(), "{}", phrase.say_not);
        for (place, why) in &phrase.stays {
            assert!(!why.is_empty(), "{}: why does it stay in {place}?", phrase.say_not);
            let bare = check::Banned { stays: Default::default(), ..phrase.clone() };
            let needed = all
                .iter()
                .any(|said| said.file.starts_with(place) && !check::faults(said, std::slice::from_ref(&bare)).is_empty());
            assert!(needed, "{}: it is no longer in {place}", phrase.say_not);
        }
    }
}

#[test]
fn what_people_read_does_not_get_harder() {
    let path = root().join("xtask/src/words/reading-age.txt");
    let now = ceiling::ages(&ALL);
    let table = ceiling::parse(&fs::read_to_string(&path).unwrap_or_default());
    if env::var_os("UPDATE_TABLES").is_some() {
        fs::write(&path, ceiling::written(&table, &now)).unwrap();
    }
    let table = ceiling::parse(&fs::read_to_string(&path).unwrap());
    let faults = ceiling::faults(&table, &now);
    assert!(faults.is_empty(), "{}\nUPDATE_TABLES=1 lowers the table, and never raises it.", faults.join("\n"));
}

#[test]
fn bad_sentences_are_refused() {
    for (text, part) in [
        ("We send you a letter.", "say “email”"),
        ("Letters come once a day.", "say “emails”"),
        ("One a line: the ODS code, then the name.", "say “One per line”"),
        ("The words", "say “What is signed”"),
        ("Take it back", "Delete"),
        ("With Acme for 0 working days", "since today"),
        ("Do without this task", "skip"),
        ("Nothing was said about this task yet", ""),
        ("It is the the supplier's turn.", "one is enough"),
        ("This is a organisation.", "the other article"),
        ("It needs an use case.", "the other article"),
        ("Ask a NHS team.", "the other article"),
        ("Wait for an SCAL.", "the other article"),
        ("It goes  to them.", "two blanks"),
        ("It goes to them .", "full stop"),
        ("You have 2 task(s).", "count it"),
    ] {
        let all = faults(text);
        assert!(part.is_empty() || all.iter().any(|fault| fault.contains(part)), "{text}: {all:?}");
    }
}

#[test]
fn good_sentences_are_left_alone() {
    for text in [
        "We send you an email.",
        "An ODS code has 3 to 10 letters and digits.",
        "Keep the words that you typed.",
        "Your signature goes under the words.",
        "You can take it back for a quarter of an hour.",
        "A SCAL has an edition, a user a role, an NHS team a worklist, and an HTTP call an 18-digit id.",
        "A one-off use of a European UUID is a unit.",
        "{count} of {all} rows are ready.",
        "I know that that is so.",
        "Add .xlsx or .csv files.",
    ] {
        assert_eq!(faults(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn sentences_are_found_whole_and_nothing_else_is() {
    let page = r##"
        //! A comment is not read.
        #[doc = "Nor is this one."]
        fn page() -> impl IntoView {
            tracing::warn!("a log is not read either");
            let heading = format!("{name} is your colleague");
            let kept = many.expect("an invariant is for whoever mends it");
            view! {
                <p class="nhsuk-body gpc-some other">"We sent it to " <strong>{email}</strong> ". Open the "<a href="/some/where">"link in it"</a>"."</p>
                <Button text="Send the form" action="/do/some/thing" />
                <input aria-label="Read by a screen reader" name="not read here" />
                <div hidden=!shown>{if late { "It is late" } else { "It is on time" }}</div>
                <p>"The second\
                    paragraph."</p>
            }
        }
        const TEXT: &str = "SELECT nothing FROM here";
        #[cfg(test)]
        mod tests {
            const OF_A_TEST: &str = "What a test says is not read.";
        }
        const AFTER: &str = "After the tests";
    "##;
    let all = found(page);
    for whole in [
        "{name} is your colleague",
        "We sent it to {…}. Open the link in it.",
        "Send the form",
        "Read by a screen reader",
        "It is late",
        "It is on time",
        "The secondparagraph.",
        "After the tests",
    ] {
        assert!(all.iter().any(|text| text == whole), "{whole}: {all:#?}");
    }
    assert_eq!(all.len(), 8, "{all:#?}");
    let lines: Vec<usize> =
        code::texts("fn f() {\n\n    say(\"On the third line\");\n}").unwrap().into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [3]);
}

#[test]
fn processes_guidance_and_documents_are_read() {
    let toml = read::of_file(
        "a.toml",
        "id = \"a-b\"\n[[task]]\nlabel = \"Read about it\"\nneeds = [\"not this one\"]\nhelp = \"Do it.\"\n",
    )
    .unwrap();
    assert_eq!(
        toml.iter().map(|said| (said.line, said.text.as_str())).collect::<Vec<_>>(),
        [(3, "Read about it"), (5, "Do it.")]
    );
    let csv = read::of_file("a.csv", "id,text\nx-1,\"It says, so.\"\n").unwrap();
    assert_eq!(csv.iter().map(|said| (said.line, said.text.as_str())).collect::<Vec<_>>(), [(2, "It says, so.")]);
    let markdown = "# A heading\n\nA paragraph that\ngoes on with `code` and [a link](to.md).\n\n```\nnot this one\n```\n\n| A cell | of two |\n|---|---|\n";
    let texts: Vec<String> = read::of_file("a.md", markdown).unwrap().into_iter().map(|said| said.text).collect();
    assert_eq!(texts, ["A heading", "A paragraph that goes on with {…} and a link.", "A cell", "of two"]);
}

#[test]
fn hard_words_are_older_than_easy_ones_and_the_table_only_goes_down() {
    for (word, count) in [("sign", 1), ("patient", 2), ("people", 2), ("asked", 1), ("organisation", 5), ("practices", 3)] {
        assert_eq!(age::syllables(word), count, "{word}");
    }
    // A sentence of a text book, whose grade is known: 5 words, 6 syllables.
    assert!((age::grade(&["The cat sat on carpets."]) - 0.52).abs() < 0.01);
    let page = |text: &str| (0..10).map(|_| said(text)).collect::<Vec<_>>();
    let easy = ceiling::ages(&page("We ask you to sign. It takes five minutes."));
    let hard =
        ceiling::ages(&page("Authorisation of the aforementioned organisational responsibilities necessitates documentation."));
    let table = ceiling::parse(&ceiling::written(&Default::default(), &easy));
    assert_eq!(ceiling::faults(&table, &easy), Vec::<String>::new());
    assert_eq!(ceiling::faults(&table, &hard).len(), 1, "harder than the table");
    let after = ceiling::parse(&ceiling::written(&table, &hard));
    assert_eq!(after, table, "the table does not go up");
    let before = ceiling::parse(&ceiling::written(&Default::default(), &hard));
    assert_eq!(ceiling::faults(&before, &easy).len(), 1, "the table is higher than it has to be");
    assert_eq!(ceiling::parse(&ceiling::written(&before, &easy)), table);
    assert_eq!(ceiling::faults(&Default::default(), &easy).len(), 1, "a new group is not in the table");
    assert_eq!(ceiling::group_of("app/src/work/scal/row.rs"), "app/src/work/scal");
    assert_eq!(ceiling::group_of("app/src/desk/frame.rs"), "app/src/desk");
    assert_eq!(ceiling::group_of("app/journey/src/rule/decide.rs"), "app/journey/src/rule");
    assert_eq!(ceiling::group_of("app/journey/processes/a.toml"), "app/journey/processes");
    assert_eq!(ceiling::group_of("server/src/serve.rs"), "server/src");
    assert_eq!(ceiling::group_of("docs/scal.md"), "docs/scal.md");
    assert_eq!(ceiling::sentences("No end here").len() + ceiling::sentences("Two words.").len(), 0);
    assert_eq!(
        ceiling::sentences("It is {name}. Is it so? Yes, it is (really so)."),
        ["It is .", "Is it so?", "Yes, it is (really so)."][1..]
    );
}
