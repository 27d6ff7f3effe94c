//! Defects that tests show (domain/testing.md §2 and §9): the supplier or the team that judges the stage raises one, the team says
//! who mends it and how bad it is, the supplier says when its own are mended, and the team closes them. One that others mend pauses
//! the clock of the supplier, and one that blocks holds the certificate (`ledger/defect_clock.rs`).
//!
//! Long because what is asked about a defect stands beside what is decided with it.

use crate::{
    base::{
        actor::{Role, Side},
        environment::Environment,
        ids::PersonId,
    },
    form::{
        Answers, Field, Form, Kind, Problem, Problems,
        field::Choice,
        short::{choice, line, words},
    },
    ledger::{
        defect::{Assessment, Closing, Defect, DefectRecord, DefectState, Owner, Severity},
        defect_clock::has_defects,
        event::Event,
        journey::Journey,
        refusal::Refusal,
    },
    plan::process::TaskSpec,
    rule::reason::words as written,
    task::results::scripts,
};

/// Defects that one journey may have.
pub const MOST_DEFECTS: usize = 500;

/// Characters of a request or an answer that are kept.
pub const LONGEST_TEXT: usize = 10_000;

/// The stages of a journey on which a defect can be seen.
pub fn stages(journey: &Journey) -> impl Iterator<Item = &'static TaskSpec> + '_ {
    journey.plan().filter(|spec| has_defects(spec))
}

/// Who raises one: whoever tests, and the team that judges the tests.
#[must_use]
pub(crate) fn raised_by(spec: &TaskSpec) -> Vec<Role> {
    if has_defects(spec) { spec.by.iter().chain(&spec.decide).copied().collect() } else { Vec::new() }
}

/// Who says that one is mended: whoever tests.
#[must_use]
pub fn mended_by(spec: &TaskSpec) -> Vec<Role> {
    if has_defects(spec) { spec.by.clone() } else { Vec::new() }
}

/// Who says what a defect is, closes it and opens it again: the team that judges the tests.
#[must_use]
pub fn judged_by(spec: &TaskSpec) -> Vec<Role> {
    if has_defects(spec) { spec.decide.clone() } else { Vec::new() }
}

/// Whether the supplier may say that this one is mended: it is open, and theirs.
#[must_use]
pub fn is_for_supplier(journey: &Journey, defect: &DefectRecord) -> bool {
    defect.state == DefectState::Open && defect.assessment.owner.is_supplier(journey.process.is_provider())
}

/// Whether this one waits for the team that judges the stage: it is new, said to be mended, or others mend it and the team asks them.
#[must_use]
pub fn is_for_team(journey: &Journey, defect: &DefectRecord) -> bool {
    defect.is_open() && (!defect.confirmed || !is_for_supplier(journey, defect))
}

/// Defects of a task that wait for the supplier.
pub fn for_supplier<'a>(journey: &'a Journey, spec: &'a TaskSpec) -> impl Iterator<Item = &'a DefectRecord> {
    journey.defects_of(&spec.id).filter(|defect| is_for_supplier(journey, defect))
}

/// Defects of a task that wait for the team that judges it.
pub fn for_team<'a>(journey: &'a Journey, spec: &'a TaskSpec) -> impl Iterator<Item = &'a DefectRecord> {
    journey.defects_of(&spec.id).filter(|defect| is_for_team(journey, defect))
}

/// What keeps the certificate of a task from being issued, as it is refused.
#[must_use]
pub(crate) fn refusal(journey: &Journey, spec: &TaskSpec) -> Option<Refusal> {
    let blocked = journey.blocked_by(spec);
    let told = |defect: &&DefectRecord| format!("{} “{}”", defect.name(), defect.defect.title);
    (!blocked.is_empty()).then(|| Refusal::DefectOpen { defects: blocked.iter().map(told).collect() })
}

const BLOCKS: [Choice; 2] =
    [("yes", "Yes", "No certificate is issued while it is open."), ("no", "No", "The certificate can be issued with it.")];

const CLOSINGS: [Choice; 2] = [
    ("mended", "It is mended", "The tests that showed it pass."),
    ("no_fault", "It is no fault", "What was seen is as it should be."),
];

fn severities() -> Vec<Choice> {
    Severity::ALL.iter().map(|it| (it.name(), it.title(), it.means())).collect()
}

fn owners() -> Vec<Choice> {
    Owner::ALL.iter().map(|it| (it.name(), it.title(), "")).collect()
}

fn assessed_fields() -> Vec<Field> {
    vec![
        choice("owner", "Who mends it?", "As far as you know.", &owners(), "Select who mends it"),
        choice("severity", "How bad is it?", "", &severities(), "Select how bad it is"),
        choice("blocks", "Does it block the certificate?", "", &BLOCKS, "Select whether it blocks the certificate"),
    ]
}

/// What is asked of a defect.
#[must_use]
pub fn form() -> Form {
    let places: Vec<Choice> = Environment::ALL
        .iter()
        .filter(|place| **place != Environment::Statement)
        .map(|place| (place.name(), place.title(), ""))
        .collect();
    let text = |id: &str, label: &str| {
        let hint =
            "Optional. Tokens, cookies, certificates and NHS numbers that are no test numbers are left out before it is kept.";
        Field::new(id, label, Kind::Words { max: LONGEST_TEXT }).hint(hint)
    };
    let mut fields = vec![
        line("title", "What is wrong, in one line?", "", "Say in one line what is wrong"),
        words("happened", "What happened?", "No patient data.", "Say what happened"),
        words("expected", "What did you expect?", "Name the requirement if you know it.", "Say what you expected"),
        choice("environment", "Where was it seen?", "", &places, "Select where it was seen"),
        line("product", "With which version of the product?", "", "Enter the version of the product"),
        text("request", "The request"),
        text("answer", "The answer"),
        line("scripts", "Which test scripts show it?", "Optional. For example GPC-STR-TST-GEN-02.", ""),
    ];
    fields.extend(assessed_fields());
    Form::of(fields)
}

/// What is asked of whoever says what a defect is.
#[must_use]
pub fn assessing() -> Form {
    let mut fields = assessed_fields();
    fields.push(words("reason", "Why?", "Needed when you change something. The supplier reads it.", ""));
    Form::of(fields)
}

/// What is asked of whoever says that a defect is mended.
#[must_use]
pub fn mending() -> Form {
    Form::of(vec![
        words("what", "What was done?", "", "Say what was done"),
        line("version", "In which version of the product?", "", "Enter the version of the product"),
    ])
}

/// What is asked of whoever closes a defect.
#[must_use]
pub fn closing() -> Form {
    Form::of(vec![
        choice("how", "Why is it closed?", "", &CLOSINGS, "Select why it is closed"),
        words("known", "How do you know?", "The supplier reads it.", "Say how you know"),
    ])
}

/// What is asked of whoever opens a defect again.
#[must_use]
pub fn reopening() -> Form {
    Form::of(vec![words("again", "Why is it open again?", "The supplier reads it.", "Say why it is open again")])
}

fn assessment(clean: &Answers) -> Option<Assessment> {
    let (owner, severity) = (Owner::named(clean.one("owner"))?, Severity::named(clean.one("severity"))?);
    Some(Assessment { owner, severity, blocks: clean.one("blocks") == "yes" })
}

/// The test scripts that somebody names, as they are published.
fn scripts_of(typed: &str) -> Result<Vec<String>, Problem> {
    let named: Vec<String> = scripts::named(typed).iter().map(ToString::to_string).collect();
    if named.is_empty() && !typed.is_empty() {
        return Err(Problem::new("scripts", "Enter test scripts by their id, for example GPC-STR-TST-GEN-02, or leave it empty"));
    }
    Ok(named)
}

/// Reads why a defect is closed, with the words.
///
/// # Errors
/// Every problem, with its question.
pub fn read_closing(typed: &Answers) -> Result<(Closing, String), Problems> {
    let clean = closing().check(typed)?;
    let words = clean.one("known").to_owned();
    let missing = || Problems(vec![Problem::new("how", "Select why it is closed")]);
    Closing::named(clean.one("how")).map(|how| (how, words)).ok_or_else(missing)
}

/// What the form of an assessment begins with: what counts now.
#[must_use]
pub fn as_answers(assessment: Assessment) -> Answers {
    Answers::default()
        .with("owner", assessment.owner.name())
        .with("severity", assessment.severity.name())
        .with("blocks", if assessment.blocks { "yes" } else { "no" })
}

/// Reads what was typed about a defect. `run` and `exchange` name a request of a live run.
///
/// # Errors
/// Every problem, with its question.
pub fn read(typed: &Answers) -> Result<(Defect, Assessment), Problems> {
    let scripts = scripts_of(typed.one("scripts").trim());
    let checked = form().check(typed);
    let (clean, scripts) = match (checked, scripts) {
        (Ok(clean), Ok(scripts)) => (clean, scripts),
        (Err(mut problems), Err(problem)) => {
            problems.0.push(problem);
            return Err(problems);
        }
        (Err(problems), _) => return Err(problems),
        (_, Err(problem)) => return Err(Problems(vec![problem])),
    };
    let (Some(environment), Some(assessment)) = (Environment::named(clean.one("environment")), assessment(&clean)) else {
        return Err(Problems(vec![Problem::new("environment", "Select where it was seen")]));
    };
    let run = typed.one("run").trim();
    let is_run = run.len() <= 40 && !run.is_empty() && run.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let number = typed.one("exchange").trim().parse::<u64>().ok().filter(|_| is_run);
    let text = |field: &str| clean.one(field).to_owned();
    let defect = Defect {
        title: text("title"),
        happened: text("happened"),
        expected: text("expected"),
        environment,
        product: text("product"),
        request: text("request"),
        answer: text("answer"),
        run: number.map(|number| (run.to_owned(), number)),
        scripts,
    };
    Ok((defect, assessment))
}

/// Reads who mends a defect and how bad it is, with the reason.
///
/// # Errors
/// Every problem, with its question.
pub fn read_assessment(typed: &Answers) -> Result<(Assessment, String), Problems> {
    let clean = assessing().check(typed)?;
    let reason = clean.one("reason").to_owned();
    assessment(&clean).map(|it| (it, reason)).ok_or_else(|| Problems(vec![Problem::new("owner", "Select who mends it")]))
}

/// A defect as it is recorded. It has the next number.
///
/// # Errors
/// Something is left out, there are too many, or the same person sends the same again.
pub(crate) fn raised(
    journey: &Journey,
    spec: &TaskSpec,
    (role, by): (Role, &PersonId),
    defect: Defect,
    assessment: Assessment,
) -> Result<Event, Refusal> {
    let again =
        |known: &DefectRecord| known.is_open() && known.defect == defect && known.words.first().is_some_and(|w| w.by == *by);
    if journey.defects_of(&spec.id).any(again) {
        return Err(Refusal::AlreadyDone);
    }
    if journey.defects().len() >= MOST_DEFECTS {
        return Err(Refusal::problem(
            "title",
            &format!("A journey has at most {MOST_DEFECTS} defects. Write to the team instead"),
        ));
    }
    let mut problems = Vec::new();
    let mut asked = |text: &str, field: &str, missing: &str, most: usize| match written(text, field, missing) {
        Ok(text) if text.chars().count() <= most => text,
        Ok(_) => {
            problems.push(Problem::new(field, "Write less"));
            String::new()
        }
        Err(Refusal::Invalid(found)) => {
            problems.extend(found.0);
            String::new()
        }
        Err(_) => String::new(),
    };
    let title = asked(&defect.title, "title", "Say in one line what is wrong", 200);
    let happened = asked(&defect.happened, "happened", "Say what happened", 4_000);
    let expected = asked(&defect.expected, "expected", "Say what you expected", 4_000);
    let product = asked(&defect.product, "product", "Enter the version of the product", 200);
    // Masks may be a little longer than what they stand for.
    for (field, text) in [("request", &defect.request), ("answer", &defect.answer)] {
        if text.chars().count() > LONGEST_TEXT * 2 {
            problems.push(Problem::new(field, "Write less"));
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(Problems(problems)));
    }
    let number = u32::try_from(journey.defects().len()).unwrap_or(u32::MAX).saturating_add(1);
    let defect = Defect { title, happened, expected, product, ..defect };
    Ok(Event::DefectRaised { task: spec.id.clone(), number, role, defect, assessment })
}

/// The defect of this task with this number, in a state in which something can be done.
fn of<'a>(
    journey: &'a Journey,
    spec: &TaskSpec,
    number: u32,
    fits: impl Fn(&DefectRecord) -> bool,
) -> Result<&'a DefectRecord, Refusal> {
    let known = journey.defect(number).filter(|defect| defect.task == spec.id).ok_or(Refusal::Unknown)?;
    if fits(known) { Ok(known) } else { Err(Refusal::NothingToDo) }
}

/// What the team says of a defect.
///
/// # Errors
/// It is closed, nothing is changed, or something is without a reason.
pub(crate) fn assessed(
    journey: &Journey,
    spec: &TaskSpec,
    role: Role,
    (number, assessment): (u32, Assessment),
    reason: &str,
) -> Result<Event, Refusal> {
    let known = of(journey, spec, number, DefectRecord::is_open)?;
    let same = known.assessment == assessment;
    if same && known.confirmed {
        return Err(Refusal::AlreadyDone);
    }
    let reason = written(reason, "reason", if same { "" } else { "Say why you change it" })?;
    Ok(Event::DefectAssessed { task: spec.id.clone(), number, role, assessment, reason })
}

/// The supplier says that a defect of theirs is mended.
///
/// # Errors
/// It is not open, others mend it, or words are missing.
pub(crate) fn mended(
    journey: &Journey,
    spec: &TaskSpec,
    role: Role,
    number: u32,
    (what, version): (&str, &str),
) -> Result<Event, Refusal> {
    of(journey, spec, number, |defect| is_for_supplier(journey, defect))?;
    let typed = Answers::default().with("what", what).with("version", version);
    let clean = mending().check(&typed).map_err(Refusal::Invalid)?;
    let (what, version) = (clean.one("what").to_owned(), clean.one("version").to_owned());
    Ok(Event::DefectMended { task: spec.id.clone(), number, role, what, version })
}

/// The team closes a defect.
///
/// # Errors
/// It is closed, words are missing, or the supplier has not said yet that one of theirs is mended.
pub(crate) fn closed(
    journey: &Journey,
    spec: &TaskSpec,
    role: Role,
    (number, how): (u32, Closing),
    words: &str,
) -> Result<Event, Refusal> {
    let known = of(journey, spec, number, DefectRecord::is_open)?;
    if how == Closing::Mended && is_for_supplier(journey, known) {
        let says =
            "The supplier mends it and has not said that it is done. Close it as no fault, or say that somebody else mends it";
        return Err(Refusal::problem("how", says));
    }
    let words = written(words, "known", "Say how you know")?;
    Ok(Event::DefectClosed { task: spec.id.clone(), number, role, how, words })
}

/// The team opens a defect again, or does not agree that it is mended.
///
/// # Errors
/// It is open, or words are missing.
pub(crate) fn reopened(journey: &Journey, spec: &TaskSpec, role: Role, number: u32, words: &str) -> Result<Event, Refusal> {
    of(journey, spec, number, |defect| defect.state != DefectState::Open)?;
    let words = written(words, "again", "Say why it is open again")?;
    Ok(Event::DefectReopened { task: spec.id.clone(), number, role, words })
}

/// The roles that an event about a defect can have been done for.
#[must_use]
pub(crate) fn done_by(event: &Event, spec: &TaskSpec) -> Option<(Role, Vec<Role>)> {
    match event {
        Event::DefectRaised { role, .. } => Some((*role, raised_by(spec))),
        Event::DefectMended { role, .. } => Some((*role, mended_by(spec))),
        Event::DefectAssessed { role, .. } | Event::DefectClosed { role, .. } | Event::DefectReopened { role, .. } => {
            Some((*role, judged_by(spec)))
        }
        _ => None,
    }
}

/// Which of the defects of a journey a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DefectFilter {
    /// Only open ones, or only closed ones.
    pub open: Option<bool>,
    /// Only of this owner.
    pub owner: Option<Owner>,
    /// Only this bad.
    pub severity: Option<Severity>,
}

impl DefectFilter {
    /// Whether a list with this filter shows it.
    #[must_use]
    pub fn shows(&self, defect: &DefectRecord) -> bool {
        self.open.is_none_or(|open| defect.is_open() == open)
            && self.owner.is_none_or(|owner| defect.assessment.owner == owner)
            && self.severity.is_none_or(|severity| defect.assessment.severity == severity)
    }
}

/// Whose turn a defect is, in words: "The supplier", or the team; `None` once it is closed.
#[must_use]
pub fn turn(journey: &Journey, defect: &DefectRecord) -> Option<Side> {
    match defect {
        defect if !defect.is_open() => None,
        defect if is_for_team(journey, defect) => Some(Side::Programme),
        _ => Some(Side::Supplier),
    }
}
