//! The record of a test stage: where, when, which version, by whom, with which outcome (domain/testing.md §2 and §9:
//! "Evidence must name environment, date, product version, tester").

use crate::{
    form::{Answers, Choice, Form, Rule},
    forms::{choice, day, files, line, words},
    process::TaskSpec,
};

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

/// The questions of a test stage.
#[must_use]
pub fn form(spec: &TaskSpec) -> Form {
    let providers = spec.id.as_str() == "test-int-providers";
    let mut fields = vec![
        line(
            "endpoint",
            "Which endpoint or system did you test against?",
            "Its address, version or name.",
            "Say what you tested against",
        ),
        day("from", "First day of testing", "Enter the first day of testing"),
        day("to", "Last day of testing", "Enter the last day of testing"),
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
