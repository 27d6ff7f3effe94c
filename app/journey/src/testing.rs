//! The record of a test stage: where, when, which version, by whom, with which outcome (domain/testing.md §2 and §9:
//! "Evidence must name environment, date, product version, tester"). With it go the rows of the SCAL that the stage closes,
//! as they stand then (domain/scal.md: "the same SCAL is updated and re-submitted at each test stage").

use crate::{
    form::{Answers, Choice, Form, Part, Rule},
    forms::{choice, files, line, past_day, words},
    opening::{Condition, Opening},
    process::TaskSpec,
    scal::{self, Environment, Row, book::Entry},
};

/// The part of a record that holds the rows of the SCAL.
pub const ROWS: &str = "scal_rows";

/// The provider test systems that the sources name (domain/journeys.md, `test-int-providers`: "up to four").
pub const PROVIDERS: &[Choice] =
    &[("emis", "EMIS Health", ""), ("tpp", "TPP", ""), ("vision", "INPS Vision", ""), ("microtest", "Microtest Health", "")];

/// Fields of the outcome with each provider, in the order of [`PROVIDERS`].
const WITH_PROVIDER: [&str; 4] = ["with_emis", "with_tpp", "with_vision", "with_microtest"];

const OUTCOMES: &[Choice] = &[
    ("passed", "Passed", "Every test that this environment allows was passed."),
    ("open", "Passed, with open points", "Name them below. The team decides whether they hold you back."),
    ("failed", "Not passed yet", "Go on testing. Send the record when the tests pass."),
];

/// The environment of a test stage, in words.
#[must_use]
pub fn environment(task: &str) -> &'static str {
    match task {
        "test-internet-demonstrator" => "Internet-facing demonstrator",
        "test-opentest" => "OpenTest",
        "test-int-demonstrator" => "Integration (INT), demonstrator",
        "test-int-providers" => "Integration (INT), provider test systems",
        _ => "Test environment",
    }
}

/// The environment whose rows of the SCAL a test stage closes.
#[must_use]
pub fn closes(task: &str) -> Option<Environment> {
    match task {
        "test-internet-demonstrator" => Some(Environment::Internet),
        "test-opentest" => Some(Environment::OpenTest),
        "test-int-demonstrator" => Some(Environment::Int),
        "test-int-providers" => Some(Environment::Providers),
        _ => None,
    }
}

/// The test stage that closes rows of this environment: its own, or the next one where the route does without it.
#[must_use]
pub fn closed_in(environment: Environment, opening: &Opening) -> Environment {
    match environment {
        Environment::Internet if !Condition::InternetRoute.holds(opening) => closed_in(Environment::OpenTest, opening),
        Environment::OpenTest if !Condition::NeedsOpentest.holds(opening) => Environment::Int,
        other => other,
    }
}

/// The rows of the SCAL that a test stage closes, in the order of the catalogue.
#[must_use]
pub fn rows(spec: &TaskSpec, opening: &Opening) -> Vec<&'static Row> {
    let closes = closes(spec.id.as_str());
    scal::rows(opening).into_iter().filter(|row| Some(closed_in(row.environment, opening)) == closes).collect()
}

/// The record of a test stage as it is sent: what is typed, and the rows that go with it.
#[must_use]
pub fn form(spec: &TaskSpec, opening: &Opening) -> Form {
    let mut form = own(spec);
    let rows = rows(spec, opening);
    if rows.is_empty() {
        return form;
    }
    form.parts = form.fields.iter().map(Part::alone).collect();
    let mut together = Part {
        id: ROWS.parse().expect("an id written in the source"),
        label: format!("Rows of the SCAL that {} closes", environment(spec.id.as_str())),
        about: "As they stood in the SCAL when the record was sent. Name the row when you request a change.".to_owned(),
        fields: Vec::new(),
        owner: None,
    };
    for row in rows {
        let mut asked = scal::row_form(row).clone();
        for (field, what) in asked.fields.iter_mut().zip(["", ", answer", ", files", ", links"]) {
            field.label = format!("{}{what}", row.id);
            field.missing = None;
        }
        together.fields.extend(asked.fields.iter().map(|field| field.id.clone()));
        form.fields.extend(asked.fields);
        form.rules.extend(asked.rules);
    }
    form.parts.push(together);
    form
}

/// What was typed, with the rows that go along: those that are complete in the SCAL now. What was typed of rows is dropped.
#[must_use]
pub fn with_rows(spec: &TaskSpec, opening: &Opening, typed: &Answers, entries: &[Entry]) -> Answers {
    let mut answers = own(spec).only(typed);
    for row in rows(spec, opening) {
        if let Some(entry) = entries.iter().find(|entry| entry.row.field == row.field && goes_along(entry)) {
            answers.0.extend(entry.answers.0.clone());
        }
    }
    answers
}

/// Whether a row can go with the record of its test stage.
#[must_use]
pub fn goes_along(entry: &Entry) -> bool {
    scal::is_answered(entry.row, &entry.answers)
}

/// The questions of a test stage.
#[must_use]
pub fn own(spec: &TaskSpec) -> Form {
    let providers = spec.id.as_str() == "test-int-providers";
    let mut fields = vec![
        line(
            "endpoint",
            "Which endpoint or system did you test against?",
            "Its address, version or name.",
            "Say what you tested against",
        ),
        past_day("from", "First day of testing", "Enter the first day of testing"),
        past_day("to", "Last day of testing", "Enter the last day of testing"),
        line(
            "version",
            "Product version that was tested",
            "It must be the version under assurance: evidence of an older one goes stale.",
            "Enter the product version",
        ),
        line("tester", "Who tested?", "Name and role.", "Enter who tested"),
    ];
    let mut form = Form::default();
    if providers {
        let results: &[Choice] = &[
            ("passed", "Passed", ""),
            ("failed", "Failed", "Say below whose fault it was: ours, the provider's or Spine's."),
            ("not_tested", "Not tested", "Not available, or not used by our product."),
        ];
        for (field, (_, name, _)) in WITH_PROVIDER.iter().zip(PROVIDERS) {
            fields.push(choice(field, name, "", results, &format!("Say how it went with {name}")));
        }
        form.rules.push(Rule::Any { of: WITH_PROVIDER.to_vec(), is: "passed", says: "At least one provider must have passed" });
    }
    fields.extend([
        choice("outcome", "What came out?", "", OUTCOMES, "Say what came out"),
        words("tests", "Which tests did you run?", "Name the test scripts or SCAL rows.", "Say which tests you ran"),
        words("open_points", "What is open?", "Each open point, and whether it is yours, the provider's or Spine's.", ""),
        files("Requests and responses with all headers, screenshots, logs. No data of real patients."),
    ]);
    form.fields = fields;
    form.rule(Rule::NotBefore { from: "from", to: "to", says: "The last day cannot be before the first" })
        .rule(Rule::Needs {
            when: "outcome".to_owned(),
            is: &["open"],
            one_of: vec!["open_points".to_owned()],
            says: "Say what is open".to_owned(),
        })
        .rule(Rule::Not { field: "outcome", is: "failed", says: "Send the record when the tests pass. Your draft is kept" })
}

/// The providers that a record of `test-int-providers` names as passed.
#[must_use]
pub fn passed_with(answers: &Answers) -> Vec<&'static str> {
    WITH_PROVIDER
        .iter()
        .zip(PROVIDERS)
        .filter(|(field, _)| answers.one(field) == "passed")
        .map(|(_, (_, name, _))| *name)
        .collect()
}
