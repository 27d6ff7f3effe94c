//! The record of a test stage: where, when, which version, by whom, with which outcome (domain/testing.md §2 and §9:
//! "Evidence must name environment, date, product version, tester"). With it go the rows of the SCAL that the stage closes,
//! as they stand then (domain/scal.md: "the same SCAL is updated and re-submitted at each test stage").

use std::collections::BTreeMap;

use crate::{
    base::{environment::Environment, ids::FieldId},
    catalogue::{
        row::{self, Row},
        scal,
    },
    form::{
        Answers, Choice, Field, Form, Kind, Part, Rule,
        short::{choice, files, in_order, line, needs, past_day, words},
    },
    ledger::{event::Along, journey::Journey},
    plan::{
        opening::{Condition, Opening},
        process::{Page, TaskSpec},
    },
    task::results::{
        self,
        scripts::{self, Script},
    },
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
    ("failed", "Not passed yet", "Continue testing. Send the record when the tests pass."),
];

/// The environment of a test stage, in words.
#[must_use]
pub fn environment(spec: &TaskSpec) -> &'static str {
    match spec.closes {
        Some(Environment::Internet) => "Internet-facing demonstrator",
        Some(Environment::OpenTest) => "OpenTest",
        Some(Environment::Int) => "Integration (INT), demonstrator",
        Some(Environment::Providers) => "Integration (INT), provider test systems",
        Some(Environment::Statement) | None => "Test environment",
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
    scal::rows(opening).into_iter().filter(|row| Some(closed_in(row.environment, opening)) == spec.closes).collect()
}

/// The published test scripts that the rows of a test stage name as their source, each with the rows that it proves.
#[must_use]
pub fn scripts(spec: &TaskSpec, opening: &Opening) -> BTreeMap<Script, Vec<&'static Row>> {
    let mut all: BTreeMap<Script, Vec<&'static Row>> = BTreeMap::new();
    for row in rows(spec, opening) {
        for script in scripts::of_row(row) {
            all.entry(script).or_default().push(row);
        }
    }
    all
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
        label: format!("Rows of the SCAL that {} closes", environment(spec)),
        about: "As they stood in the SCAL when the record was sent. Name the row when you request a change.".to_owned(),
        fields: Vec::new(),
        owner: None,
    };
    for row in rows {
        let mut asked = row::row_form(row).clone();
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

/// The rows that go with this record of a test stage, each with the team that judges its answer.
#[must_use]
pub fn along(spec: &TaskSpec, opening: &Opening, answers: &Answers) -> Vec<Along> {
    let there = |row: &&Row| !part_of(row).is_blank(answers);
    let along =
        |row: &Row| Along { row: row.field.clone(), team: row::judge_of(row, answers), answer: scal::digest_of(row, answers) };
    if spec.page == Page::Testing { rows(spec, opening).into_iter().filter(there).map(along).collect() } else { Vec::new() }
}

/// A row as one part of a record.
#[must_use]
pub fn part_of(row: &Row) -> Part {
    let mut part = row::row_form(row).parts.first().cloned().expect("the questions of a row are one part");
    part.owner = Some(row.owner);
    part
}

/// The record of a test stage as it is judged: the record itself by those who decide on it, and each row that went along
/// by its own team.
#[must_use]
pub fn judged(journey: &Journey, spec: &TaskSpec) -> Form {
    let mut form = form(spec, &journey.opening);
    let rows = rows(spec, &journey.opening);
    let along = journey.went_along(spec);
    // One team decides on the record; the teams of rows do not judge it.
    let record = if let [one] = spec.decide.as_slice() { Some(*one) } else { None };
    form.parts.retain(|part| part.id.as_str() != ROWS);
    for part in &mut form.parts {
        part.owner = record;
    }
    form.parts.extend(along.iter().filter_map(|along| {
        let row = rows.iter().find(|row| row.field == along.row)?;
        Some(Part { owner: Some(along.team), ..part_of(row) })
    }));
    form
}

/// The rows whose verdicts of test stages count in a SCAL that is sent with these answers: it answers what was judged there,
/// the same team judges it, no team of the SCAL has judged it itself, and it was never asked again.
#[must_use]
pub fn judged_already(journey: &Journey, scal: &TaskSpec, answers: &Answers) -> Vec<FieldId> {
    let own = &journey.task(&scal.id).verdicts;
    let counts = |row: &&Row| {
        own.all(&row.field).is_empty()
            && journey.asked_again(&row.field).is_none()
            && journey.verdict_of_stage(&row.field).is_some_and(|(_, along, _)| {
                along.team == row::judge_of(row, answers) && along.answer == scal::digest_of(row, answers)
            })
    };
    scal::rows(&journey.opening).into_iter().filter(counts).map(|row| row.field.clone()).collect()
}

/// The questions of a test stage.
#[must_use]
pub fn own(spec: &TaskSpec) -> Form {
    let providers = spec.closes == Some(Environment::Providers);
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
        choice("outcome", "What was the result?", "", OUTCOMES, "Say what the result was"),
        words("tests", "Which tests did you run?", "Name the test scripts or SCAL rows.", "Say which tests you ran"),
        words("open_points", "What is open?", "Each open point, and whether it is yours, the provider's or Spine's.", ""),
        Field::new(results::FIELD, "Reports of your test runs", Kind::Files { most: results::MOST }).hint(
            "Optional. JUnit XML, TRX or Cucumber JSON, 8 MB each. Each scenario is read and held against the published test scripts. JUnit says most.",
        ),
        files("Requests and responses with all headers, screenshots, logs. No data of real patients."),
    ]);
    form.fields = fields;
    in_order(form).rule(needs("outcome", &["open"], "open_points", "Say what is open")).rule(Rule::Not {
        field: "outcome",
        is: "failed",
        says: "Send the record when the tests pass. Your draft is kept",
    })
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
