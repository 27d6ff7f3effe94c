//! Steps at sites from a file: what becomes of each row, and what is recorded of those that are right.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    base::actor::Actor,
    form::{self, ods_code},
    ledger::{
        journey::Journey,
        site::{Step, StepSite},
    },
    plan::{capability::Capability, process::TaskSpec},
    rule::go_live::{self, Sent, StepDone},
    task::member_file::sites::{SiteStepFile, SiteStepRow, heading},
};

/// Steps with different days or capabilities that one file records: each is an entry of the ledger.
pub const MOST_ENTRIES: usize = 300;

/// A step that a row says is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowStep {
    /// What was done.
    pub step: Step,
    /// On which day.
    pub on: Date,
    /// For these capabilities.
    pub capabilities: Vec<Capability>,
    /// Where.
    pub site: StepSite,
}

/// A row of a file of steps, with what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedSite {
    /// As it stands in the file.
    pub row: SiteStepRow,
    /// What becomes of it.
    pub verdict: OfSite,
}

/// What becomes of a row of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfSite {
    /// These are recorded; at least one.
    Good(Vec<RowStep>),
    /// It says nothing that is not recorded.
    Known,
    /// It cannot be recorded, for this reason.
    Bad(String),
}

/// Every row of a file with what becomes of it, for whoever sent it.
#[must_use]
pub fn judge_file(
    journey: &Journey,
    spec: &TaskSpec,
    actor: &Actor,
    file: &SiteStepFile,
    (today, sent): (Date, &Sent),
) -> Vec<JudgedSite> {
    let steps = go_live::steps_of(journey, spec, actor);
    let mut above: BTreeMap<(String, Capability), usize> = BTreeMap::new();
    let mut judged = |row: &SiteStepRow| {
        let verdict = match of_row(journey, row, (today, sent)) {
            Err(why) => OfSite::Bad(why),
            // The file that is given out has a row for every site, whatever was done there.
            Ok((_, _, said)) if said.is_empty() => OfSite::Known,
            Ok((code, capabilities, said)) => {
                let double = capabilities.iter().find_map(|capability| above.get(&(code.clone(), *capability)).copied());
                let fresh: Vec<RowStep> = said.into_iter().filter(|step| !is_known(journey, step)).collect();
                let foreign = fresh.iter().find(|step| !steps.contains(&step.step));
                if let Some(first) = double {
                    OfSite::Bad(format!("The same site and capability as in row {first} of the file"))
                } else if let Some(foreign) = foreign {
                    OfSite::Bad(format!("“{}” is recorded by others. Leave that cell empty", foreign.step.title()))
                } else {
                    above.extend(capabilities.into_iter().map(|capability| ((code.clone(), capability), row.row)));
                    if fresh.is_empty() { OfSite::Known } else { OfSite::Good(fresh) }
                }
            }
        };
        JudgedSite { row: row.clone(), verdict }
    };
    file.rows.iter().map(&mut judged).collect()
}

/// Whether a step stands as recorded for every capability.
fn is_known(journey: &Journey, said: &RowStep) -> bool {
    let record = journey.site_record(&said.site.ods_code);
    said.capabilities.iter().all(|capability| {
        let done = record.and_then(|record| record.steps.get(&(*capability, said.step)));
        done.is_some_and(|done| done.on == said.on && done.asid == said.site.asid)
    })
}

type Read = (String, Vec<Capability>, Vec<RowStep>);

fn of_row(journey: &Journey, row: &SiteStepRow, (today, sent): (Date, &Sent)) -> Result<Read, String> {
    if !row.strange.is_empty() {
        return Err(format!("Cell {}: {}", row.cell, row.strange));
    }
    let code = ods_code(&row.code).map_err(|why| format!("Cell {}: {why}", row.cell))?;
    if sent.wave_of(&code).is_none() && !journey.sites.contains_key(&code) {
        return Err(format!("{code} is not in the plan"));
    }
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let chosen = journey.chosen();
    let named: Vec<Capability> = match plain(&row.capability).as_str() {
        "" => chosen.into_iter().collect(),
        text => {
            chosen.into_iter().filter(|one| [plain(one.title()), plain(one.name())].iter().any(|name| name == text)).collect()
        }
    };
    if named.is_empty() {
        return Err(format!("“{}” is not a capability of this product", row.capability));
    }
    let mut said = Vec::new();
    for (step, day) in Step::ALL.iter().copied().zip(&row.days).filter(|(_, day)| !day.is_empty()) {
        let on = form::day(day).map_err(|why| why.says(heading(step)))?;
        if on > today {
            return Err(format!("“{}”: the day cannot be in the future", heading(step)));
        }
        let asid = if step == Step::Asid { row.asid.clone() } else { String::new() };
        if step == Step::Asid && !go_live::is_asid(&asid) {
            return Err(format!("“{asid}” is not an ASID: an ASID has 12 digits, such as 918999198738"));
        }
        said.push(RowStep { step, on, capabilities: named.clone(), site: StepSite { ods_code: code.clone(), asid } });
    }
    if !row.asid.is_empty() && row.days[0].is_empty() {
        return Err("There is an ASID without the day on which it was registered".to_owned());
    }
    Ok((code, named, said))
}

/// What is recorded of the rows that are right: each step once for all sites that have it on the same day and for the same capabilities.
#[must_use]
pub fn recorded(judged: Vec<JudgedSite>) -> Vec<StepDone> {
    let mut found: BTreeMap<(Step, Date, Vec<Capability>), Vec<StepSite>> = BTreeMap::new();
    for one in judged {
        let OfSite::Good(steps) = one.verdict else { continue };
        for RowStep { step, on, capabilities, site } in steps {
            found.entry((step, on, capabilities)).or_default().push(site);
        }
    }
    let done = |((step, on, capabilities), sites)| StepDone { step, on, capabilities, sites };
    found.into_iter().map(done).collect()
}
