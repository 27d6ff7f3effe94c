//! The way into use: the request, the deployment approach, and the sites that are live (domain/journeys.md, phase 5).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Side,
    calendar,
    form::{self, Answers, Field, Form, Kind, Named, Problem, Problems},
    forms::{self, day, files, line, words},
    journey::Journey,
    members,
    opening::Capability,
    places,
    process::{Page, TaskSpec},
};

/// Sites that a plan may have.
const MOST_SITES: usize = 500;

fn sites(label: &str) -> Field {
    Field::new("sites", label, Kind::Organisations { most: MOST_SITES })
        .hint("One a line: the ODS code, then the name. Like: A21471 Willow Lane Surgery.")
        .required("Enter the sites")
}

/// The questions of `approval-to-go-live`.
#[must_use]
pub fn request() -> Form {
    Form::of(vec![
        sites("At which sites will the product go live first?"),
        day("first_on", "When is the first site planned to go live?", "Enter the planned date"),
        words(
            "support",
            "How are the sites supported?",
            "Who answers, in which hours, and how an incident reaches you.",
            "Say how the sites are supported",
        ),
        words(
            "training",
            "How are users trained?",
            "Who trains whom, in what, and how the consumer hazards are taught.",
            "Say how users are trained",
        ),
        words(
            "safety",
            "What is open in clinical safety?",
            "Residual risks, and what the sites must do about them. Write “nothing” if nothing is open.",
            "Say what is open in clinical safety",
        ),
        words("note", "Anything to add", "Optional.", ""),
        files("Optional. Training material, the support model, the safety case."),
    ])
}

/// The questions of `deployment-approach`.
#[must_use]
pub fn approach() -> Form {
    Form::of(vec![
        sites("Which sites are in the plan?"),
        words(
            "waves",
            "In which waves do they go live?",
            "Dates, and what must be true before the next wave begins.",
            "Say in which waves the sites go live",
        ),
        line(
            "endpoints",
            "Production endpoints",
            "Domain names, and where the product is hosted.",
            "Enter the production endpoints",
        ),
        words("training", "Training before each site starts", "", "Say how users are trained before their site starts"),
        words(
            "benefits",
            "What shall get better, and what is it today?",
            "A figure that you can measure again later.",
            "Say what shall get better",
        ),
        words(
            "rollback",
            "What is the way back if something goes wrong?",
            "Who decides, how the product is switched off, and how the site works without it.",
            "Say what the way back is",
        ),
        line(
            "agreed_with",
            "Who agreed to this plan?",
            "The commissioner where there is one: name, role, organisation and date.",
            "Enter who agreed to this plan",
        ),
        files("Optional. The plan as a document."),
    ])
}

/// What is asked when the first sites are live: the sites themselves are recorded one by one.
#[must_use]
pub fn completion() -> Form {
    Form::of(vec![
        words(
            "checks",
            "What did the early checks show?",
            "First calls, audit entries, feedback of users, incidents.",
            "Say what the early checks showed",
        ),
        words("note", "Anything to add", "Optional.", ""),
    ])
}

/// A site that is live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its ODS code.
    pub ods_code: String,
    /// Its name, as it was on that day.
    pub name: String,
    /// The day of its first successful live call.
    pub live_on: Date,
    /// What was checked; may be empty.
    pub note: String,
    /// Why it is live though the plan does not name it; empty for a site of the plan.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub outside_plan: String,
    /// What is turned on there. Empty for a consumer, whose product uses all of its capabilities at each site; for a
    /// provider, a practice turns each one on by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Capability>,
}

/// The questions about one site of this journey: for a provider also which capabilities the practice has turned on.
#[must_use]
pub fn site_form(journey: &Journey) -> Form {
    let mut fields = vec![
        Field::new("ods_code", "ODS code of the site", Kind::OdsCode).required("Enter the ODS code of the site"),
        line("name", "Name of the site", "", "Enter the name of the site"),
    ];
    if journey.process.is_provider() {
        let chosen = journey.opening.capabilities.iter().map(|c| (c.capability.name(), c.capability.title(), ""));
        fields.push(
            Field::new("capabilities", "Which capabilities has the practice turned on?", Kind::Choices(chosen.collect()))
                .hint("Those that are not selected are off.")
                .required("Select the capabilities that the practice has turned on"),
        );
        fields.push(day("live_on", "Day on which the practice turned them on", "Enter the day"));
    } else {
        fields.push(day("live_on", "Day of its first successful live call", "Enter the day of the first successful call"));
    }
    fields.push(
        Field::new("checked", "What was checked?", Kind::Words { max: 1000 })
            .hint("Optional. Who called, what was seen, what the audit says."),
    );
    fields.push(
        Field::new(OUTSIDE_PLAN, "Why is it live though the plan does not name it?", Kind::Words { max: 1000 })
            .hint("Only for a site that the plan does not name."),
    );
    Form::of(fields)
}

/// The question about a site that the plan does not name.
const OUTSIDE_PLAN: &str = "outside_plan";

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
    let missing = journey.plan().filter(|spec| members::is_signed_by_users(spec)).find(|spec| {
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
