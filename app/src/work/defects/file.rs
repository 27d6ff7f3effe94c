//! The defects of a journey as lines of a CSV file.

use journey::{
    base::{actor::Actor, calendar},
    ledger::journey::Journey,
    view::names::Names,
};

use crate::{act::wording, work::defects::seen::readable};

/// The heads of the columns.
pub const HEAD: [&str; 17] = [
    "defect",
    "title",
    "test stage",
    "environment",
    "product version",
    "owner",
    "severity",
    "blocks the certificate",
    "standing",
    "raised on",
    "raised by",
    "changed on",
    "test scripts",
    "live run",
    "request number",
    "what happened",
    "what was expected",
];

/// A line for each defect that this person reads, the newest first.
#[must_use]
pub fn lines(journey: &Journey, actor: &Actor, names: &Names) -> Vec<[String; 17]> {
    let line = |defect: &journey::ledger::defect::DefectRecord| {
        let seen = &defect.defect;
        let (run, request) = seen.run.as_ref().map_or_else(Default::default, |(run, number)| (run.clone(), number.to_string()));
        [
            defect.name(),
            seen.title.clone(),
            journey.process.noun(&defect.task).to_owned(),
            seen.environment.title().to_owned(),
            seen.product.clone(),
            defect.assessment.owner.title().to_owned(),
            defect.assessment.severity.title().to_owned(),
            if defect.assessment.blocks { "yes" } else { "no" }.to_owned(),
            defect.standing(),
            calendar::date_of(defect.at()).to_string(),
            wording::who(names, defect.words.first().map(|word| &word.by)),
            calendar::date_of(defect.touched()).to_string(),
            seen.scripts.join(", "),
            run,
            request,
            seen.happened.clone(),
            seen.expected.clone(),
        ]
    };
    readable(journey, actor).into_iter().map(line).collect()
}
