//! What an accepted SCAL comes to for those who will use the product: how many requirements each team settled and how, with
//! clinical safety and information governance first; what was accepted although it is not met; and under which conditions
//! (domain/end_users.md §1: the group's clinical safety officer reviews it before anybody declares).

use crate::{
    base::actor::Role,
    catalogue::{
        row::{self, Row},
        scal,
    },
    form::Answers,
    ledger::journey::Journey,
    plan::process::Page,
};

/// The requirements that one team settled, by how the supplier answered them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfTeam {
    /// The team.
    pub team: Role,
    /// All of them.
    pub all: usize,
    /// Met.
    pub met: usize,
    /// Met in part.
    pub partly: usize,
    /// Not met.
    pub not_met: usize,
    /// Not applicable to this product.
    pub not_applicable: usize,
}

/// A requirement that was accepted with something to know about it.
#[derive(Clone, Debug)]
pub struct ToKnow {
    /// Which.
    pub row: &'static Row,
    /// What the supplier says of it.
    pub words: String,
    /// What the teams asked for, in their words; none where it was only not met.
    pub conditions: Vec<String>,
    /// Whether it is met in part only.
    pub partly: bool,
}

/// The whole of it.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// By team, clinical safety first.
    pub teams: Vec<OfTeam>,
    /// Accepted although not met, or met in part.
    pub not_met: Vec<ToKnow>,
    /// Met, and accepted under a condition.
    pub under_condition: Vec<ToKnow>,
    /// Rows that hand a document over, such as the safety case.
    pub documents: Vec<&'static Row>,
}

/// The summary of what was accepted. `answers` are those of the round that was.
#[must_use]
pub fn summary(journey: &Journey, answers: &Answers) -> Summary {
    let mut told = Summary::default();
    let Some(spec) = journey.plan().find(|spec| spec.page == Page::Scal) else { return told };
    let verdicts = &journey.task(&spec.id).verdicts;
    let rows = scal::rows(&journey.opening);
    let mut teams: Vec<Role> = rows.iter().map(|row| row.owner).collect();
    teams.sort_by_key(|team| (*team != Role::ClinicalSafety, *team != Role::InformationGovernance, *team));
    teams.dedup();
    for team in teams {
        let status = |name: &str| {
            let is = |row: &&&Row| row.owner == team && answers.one(row.field.as_str()) == name;
            rows.iter().filter(is).count()
        };
        told.teams.push(OfTeam {
            team,
            all: rows.iter().filter(|row| row.owner == team).count(),
            met: status("met"),
            partly: status("partly"),
            not_met: status(row::NOT_MET),
            not_applicable: status("not_applicable"),
        });
    }
    let first = |row: &&&'static Row| told.teams.iter().position(|of| of.team == row.owner);
    let mut ordered: Vec<&&'static Row> = rows.iter().collect();
    ordered.sort_by_key(first);
    for row in ordered {
        let status = answers.one(row.field.as_str());
        let with_stage = journey.verdict_of_stage(&row.field).map(|(_, _, verdict)| verdict);
        let conditions = verdicts.all(&row.field).iter().chain(with_stage).filter_map(|verdict| verdict.condition.clone());
        let mut conditions: Vec<String> = conditions.collect();
        conditions.dedup();
        let partly = status == "partly";
        let about = ToKnow { row, words: answers.one(row.words()).to_owned(), conditions, partly };
        if partly || status == row::NOT_MET {
            told.not_met.push(about);
        } else if !about.conditions.is_empty() {
            told.under_condition.push(about);
        }
        if row::document(row).is_some() {
            told.documents.push(row);
        }
    }
    told
}
