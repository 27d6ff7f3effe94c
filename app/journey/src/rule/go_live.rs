//! Whether a site can be recorded as live, and whether the days that somebody tells of can be (domain/journeys.md, phase 5).

use jiff::civil::Date;

use crate::{
    base::{actor::Side, calendar, places},
    form::{self, Answers, Named, Problem, Problems},
    ledger::{journey::Journey, site::Site},
    plan::process::{Page, TaskSpec},
    task::{
        forms,
        go_live::{OUTSIDE_PLAN, site_form},
    },
};

/// What was sent of a journey that a site is held against. The ledger has only digests of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The sites of the plan; empty when there is none.
    pub planned: Vec<Named>,
    /// The organisations that the declaration of the end users names; empty when there is none.
    pub declared: Vec<Named>,
}

/// Reads the answers about one site. Whether it agrees with what the journey says elsewhere is decided with the command
/// ([`agreed`]).
///
/// # Errors
/// Every problem, with its question.
pub fn site(journey: &Journey, answers: &Answers) -> Result<Site, Problems> {
    let clean = site_form(journey).check(answers)?;
    let live_on = form::day(clean.one("live_on")).map_err(|_| Problems(vec![Problem::new("live_on", "Enter the day")]))?;
    Ok(Site {
        ods_code: clean.one("ods_code").to_owned(),
        name: clean.one("name").to_owned(),
        live_on,
        note: clean.one("checked").to_owned(),
        outside_plan: clean.one(OUTSIDE_PLAN).to_owned(),
        capabilities: clean.many("capabilities").iter().filter_map(|name| name.parse().ok()).collect(),
    })
}

/// A site as it is recorded: one that the plan names needs no reason. `today` is the last day that can be meant.
///
/// # Errors
/// What does not agree with what the journey says elsewhere, each with its question.
pub fn agreed(journey: &Journey, mut site: Site, today: Date, sent: &Sent) -> Result<Site, Problems> {
    if sent.planned.is_empty() || names(&sent.planned, &site.ods_code) {
        site.outside_plan.clear();
    }
    let problems = disagreements(journey, &site, today, sent);
    if problems.is_empty() { Ok(site) } else { Err(Problems(problems)) }
}

/// What does not agree between a site and what the journey says elsewhere.
fn disagreements(journey: &Journey, site: &Site, today: Date, sent: &Sent) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(says) = unsigned(journey, site, sent) {
        problems.push(Problem::new("ods_code", says));
    }
    if site.live_on > today {
        problems.push(Problem::new("live_on", "Record the site when it is live: the day cannot be in the future"));
    } else if let Some((approval, day)) = approved_on(journey).filter(|(_, day)| site.live_on < *day) {
        let says = format!("“{approval}” was given on {}. A site cannot be live before that day", day.strftime("%-d %B %Y"));
        problems.push(Problem::new("live_on", says));
    }
    if !sent.planned.is_empty() && !names(&sent.planned, &site.ods_code) && site.outside_plan.is_empty() {
        let says = format!("{} is not in the plan. Correct the code, or say why the site is live", site.ods_code);
        problems.push(Problem::new(OUTSIDE_PLAN, says));
    }
    problems
}

fn names(organisations: &[Named], ods_code: &str) -> bool {
    organisations.iter().any(|organisation| organisation.ods_code == ods_code)
}

/// The approval to go live and the day of its first decision: what was live then stays so when it is decided anew. The
/// certificate comes before it by its gate.
fn approved_on(journey: &Journey) -> Option<(&'static str, Date)> {
    let approval = journey.plan().find(|spec| spec.page == Page::GoLive)?;
    let first = journey.task(&approval.id).first_settled?;
    Some((&approval.label, calendar::date_of(first)))
}

/// Whether the days that a submission tells of can be: none lies in the future, and none before the approval to go live
/// where the task comes after it.
///
/// # Errors
/// Every day that cannot be, with its question.
pub fn days(journey: &Journey, spec: &TaskSpec, answers: &Answers, today: Date) -> Result<(), Problems> {
    let approval = journey.plan().find(|task| task.page == Page::GoLive);
    let comes_after = approval.is_some_and(|approval| journey.process.comes_after(spec, &approval.id));
    forms::form_of(spec, &journey.opening).days(answers, today, approved_on(journey).filter(|_| comes_after))
}

/// Why the organisation of a site may not use the product: it has not signed what end users sign, and the declaration does
/// not name it. A site or branch is live under the word of its organisation ([`places`]). Nothing where no end users sign, or
/// where the ledger does not say who has signed.
fn unsigned(journey: &Journey, site: &Site, sent: &Sent) -> Option<String> {
    let belongs_to = |ods_code: &str| places::is_of(&site.ods_code, ods_code);
    if sent.declared.iter().any(|organisation| belongs_to(&organisation.ods_code)) {
        return None;
    }
    let missing = journey.plan().filter(|spec| spec.is_signed_by_users()).find(|spec| {
        let of_users = journey.signatures(spec).into_iter().filter(|signature| signature.role.side() == Side::EndUser);
        let codes: Vec<_> = of_users.filter_map(|s| s.identity.as_ref().or(journey.identity(&s.organisation))).collect();
        !codes.is_empty() && !codes.iter().any(|identity| belongs_to(&identity.ods_code))
    })?;
    Some(format!(
        "{} has not signed “{}”, and no declaration names it. Ask an authorised person of that organisation to sign, or a group \
lead to name it in the declaration; a programme lead opens either again",
        site.ods_code, missing.label
    ))
}
