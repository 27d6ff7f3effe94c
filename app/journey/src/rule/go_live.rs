//! Whether a site can be recorded as live, what is done there before, what stops it, and whether the days that somebody tells of
//! can be (domain/journeys.md, phase 5; domain/end_users.md §9).
//!
//! Long because every rule about single sites is here: each is a few lines, and they look at the same plan.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        ids::TaskId,
        places, text,
    },
    form::{self, Answers, Named, Problem, Problems, Wave},
    ledger::{
        event::Event,
        journey::Journey,
        refusal::Refusal,
        site::{Site, Step, StepSite},
    },
    plan::{
        capability::Capability,
        process::{Page, TaskSpec},
    },
    task::{
        forms,
        go_live::{FINE, FOR, MOST_SITES, OUTSIDE_PLAN, PLACES, TICKED, check_form, site_form, step_form},
    },
};

/// What was sent of a journey that a site is held against. The ledger has only digests of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The sites of the plan, in their waves; empty when there is none.
    pub waves: Vec<Wave>,
    /// The organisations that the declaration of the end users names; empty when there is none.
    pub declared: Vec<Named>,
}

impl Sent {
    /// The sites of the plan, in its order.
    pub fn planned(&self) -> impl Iterator<Item = &Named> {
        self.waves.iter().flat_map(|wave| &wave.sites)
    }

    /// The wave in which the plan has a site; `None` for one that it does not name.
    #[must_use]
    pub fn wave_of(&self, ods_code: &str) -> Option<&Wave> {
        self.waves.iter().find(|wave| names(&wave.sites, ods_code))
    }
}

/// What is done before the first live call: which step, on which day, for which capabilities, at which sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDone {
    /// What was done.
    pub step: Step,
    /// The day on which it was done.
    pub on: Date,
    /// For these capabilities of the product.
    pub capabilities: Vec<Capability>,
    /// At these sites of the plan.
    pub sites: Vec<StepSite>,
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
    if sent.waves.is_empty() || sent.wave_of(&site.ods_code).is_some() {
        site.outside_plan.clear();
    }
    let problems = disagreements(journey, &site, today, sent);
    if problems.is_empty() { Ok(site) } else { Err(Problems(problems)) }
}

/// What does not agree between a site and what the journey says elsewhere.
fn disagreements(journey: &Journey, site: &Site, today: Date, sent: &Sent) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(says) = unsigned(journey, &site.ods_code, sent) {
        problems.push(Problem::new("ods_code", says));
    }
    if site.live_on > today {
        problems.push(Problem::new("live_on", "Record the site when it is live: the day cannot be in the future"));
    } else if let Some((approval, day)) = approved_on(journey).filter(|(_, day)| site.live_on < *day) {
        let says = format!("“{approval}” was given on {}. A site cannot be live before that day", day.strftime("%-d %B %Y"));
        problems.push(Problem::new("live_on", says));
    }
    if let Some(says) = held_back(journey, site, sent) {
        problems.push(Problem::new("ods_code", says));
    }
    if !sent.waves.is_empty() && sent.wave_of(&site.ods_code).is_none() && site.outside_plan.is_empty() {
        let says = format!("{} is not in the plan. Correct the code, or say why the site is live", site.ods_code);
        problems.push(Problem::new(OUTSIDE_PLAN, says));
    }
    problems
}

/// Why a site of a later wave waits: the pilot at the sites of the first one is not accepted yet (domain/journeys.md, S-fot). A plan
/// without waves holds nothing back, and a site that is live already can be corrected.
fn held_back(journey: &Journey, site: &Site, sent: &Sent) -> Option<String> {
    let first = sent.wave_of(&site.ods_code).is_some_and(|wave| wave.number <= 1);
    if first || sent.waves.len() < 2 || journey.sites.contains_key(&site.ods_code) {
        return None;
    }
    let waits = holding(journey)?;
    let place =
        sent.wave_of(&site.ods_code).map_or_else(|| "is in no wave".to_owned(), |wave| format!("is in wave {}", wave.number));
    Some(format!(
        "{} {place}. Record it when “{}” is completed: until then only sites of wave 1 go live",
        site.ods_code, waits.label
    ))
}

/// The task that holds back the waves after the first, while it is not done.
#[must_use]
pub fn holding(journey: &Journey) -> Option<&'static TaskSpec> {
    journey.plan().find(|spec| spec.holds_waves && !journey.standing(&spec.id).is_done())
}

/// Whether a plan with sites was accepted once: what is prepared at single sites follows from it.
pub(crate) fn is_planned(journey: &Journey) -> bool {
    journey.plan().any(|spec| spec.plans_sites && journey.task(&spec.id).first_settled.is_some())
}

/// The roles that record what is done at sites before the first live call, whichever step it is.
pub(crate) fn prepared_by(spec: &TaskSpec) -> Vec<Role> {
    with(spec, &[Role::Developer, Role::PlatformSupport, Role::GroupLead])
}

/// The roles that record this step: identifiers and sharing are the supplier's and platform support's to know, what a practice has
/// turned on is known to the supplier and to the lead of the group.
fn records(spec: &TaskSpec, step: Step) -> Vec<Role> {
    match step {
        Step::Asid | Step::Sharing => with(spec, &[Role::Developer, Role::PlatformSupport]),
        Step::Enabled => with(spec, &[Role::Developer, Role::GroupLead]),
    }
}

/// The steps that a person may record here.
#[must_use]
pub fn steps_of(journey: &Journey, spec: &TaskSpec, actor: &Actor) -> Vec<Step> {
    let may = |step: &Step| records(spec, *step).into_iter().any(|role| journey.stands_for(actor, role));
    Step::ALL.iter().copied().filter(may).collect()
}

/// The roles that suspend a site and let it go on: the supplier, the lead of those who use the product, and NHS England.
pub(crate) fn suspends(spec: &TaskSpec) -> Vec<Role> {
    with(spec, &[Role::GroupLead, Role::ProgrammeLead, Role::ServiceManagement])
}

/// The roles that record an early check: those who see the product at work.
pub(crate) fn checked_by(spec: &TaskSpec) -> Vec<Role> {
    with(spec, &[Role::Developer, Role::GroupLead])
}

/// Whether somebody acts for the organisation that leads those who use the product: it does for all of them what is done at sites.
pub(crate) fn leads(journey: &Journey, actor: &Actor) -> bool {
    let own = journey.identity(&actor.organisation).map(|identity| &identity.ods_code);
    journey.group().zip(own).is_some_and(|(group, own)| group.lead == *own)
}

fn with(spec: &TaskSpec, more: &[Role]) -> Vec<Role> {
    let more = more.iter().copied().filter(|role| !spec.by.contains(role));
    spec.by.iter().copied().chain(more).collect()
}

/// Whether this side has suspended something that can go on.
pub(crate) fn suspended_by(journey: &Journey, side: Side) -> bool {
    journey.site_records().any(|(_, record)| record.suspended.values().any(|suspended| suspended.side == side))
}

/// Whether somebody can let something at this site go on: what their own side has suspended there.
#[must_use]
pub fn can_resume(journey: &Journey, actor: &Actor, ods_code: &str) -> bool {
    journey.site_record(ods_code).is_some_and(|record| record.suspended.values().any(|suspended| actor.on(suspended.side)))
}

/// Reads a step that was done: the sites that were ticked, and those that were typed or pasted one a line.
///
/// # Errors
/// Every problem, with its question; of the lines each with its number.
pub fn read_step(journey: &Journey, steps: &[Step], typed: &Answers) -> Result<StepDone, Problems> {
    let clean = step_form(journey, steps).check(typed)?;
    let step = Step::named(clean.one("step")).ok_or_else(|| Problems(vec![Problem::new("step", "Select what was done")]))?;
    let on = form::day(clean.one("on")).map_err(|why| Problems(vec![Problem::new("on", why.says("On which day?"))]))?;
    let capabilities = clean.many(FOR).iter().filter_map(|name| name.parse().ok()).collect();
    let mut sites: Vec<StepSite> = Vec::new();
    let mut faults = Vec::new();
    for (at, line) in form::numbered(clean.one(PLACES)) {
        match place(line, step) {
            Ok(site) if sites.iter().any(|known| known.ods_code == site.ods_code) => {
                faults.push(format!("line {at}: {} is there already", site.ods_code));
            }
            Ok(site) => sites.push(site),
            Err(says) => faults.push(format!("line {at}: {says}")),
        }
    }
    let more = faults.len().saturating_sub(MOST_TOLD);
    faults.truncate(MOST_TOLD);
    if more > 0 {
        faults.push(format!("and {more} more"));
    }
    if !faults.is_empty() {
        return Err(Problems(vec![Problem::new(PLACES, format!("Nothing was recorded. Correct {}", faults.join("; ")))]));
    }
    let asid = text::line(typed.one(ASID));
    for code in typed.many(TICKED).iter().take(MOST_SITES) {
        if step == Step::Asid && !is_asid(&asid) && !sites.iter().any(|known| known.ods_code == *code) {
            let field = if typed.0.contains_key(ASID) { ASID } else { PLACES };
            return Err(Problems(vec![Problem::new(field, format!("Enter the ASID of {code}: {ASID_DIGITS} digits"))]));
        }
        if !sites.iter().any(|known| known.ods_code == *code) {
            sites.push(StepSite { ods_code: code.clone(), asid: asid.clone() });
        }
    }
    Ok(StepDone { step, on, capabilities, sites })
}

/// The identifier of one site, where it is asked for by itself.
pub const ASID: &str = "asid";

/// Lines with something wrong that are told one by one.
const MOST_TOLD: usize = 8;

/// A line of sites: the code, then perhaps a name, then the identifier where that is what was done.
fn place(line: &str, step: Step) -> Result<StepSite, String> {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"');
    let mut words = line.split(between).filter(|word| !word.is_empty());
    let ods_code = form::ods_code(words.next().unwrap_or_default())?;
    let asid = words.next_back().unwrap_or_default();
    if step != Step::Asid {
        return Ok(StepSite { ods_code, asid: String::new() });
    }
    if asid.contains(['E', 'e', '+', '.']) && asid.parse::<f64>().is_ok() {
        return Err(format!("“{asid}” looks like a number that a spreadsheet changed. Format the column as text"));
    }
    if !is_asid(asid) {
        return Err(format!("write the ASID of {ods_code} at the end: {ASID_DIGITS} digits"));
    }
    Ok(StepSite { ods_code, asid: asid.to_owned() })
}

pub(crate) fn is_asid(asid: &str) -> bool {
    asid.len() == ASID_DIGITS && asid.bytes().all(|b| b.is_ascii_digit())
}

/// The event of a step that is done.
///
/// # Errors
/// What is wrong with it, each with its question: a day that has not come, a site that the plan does not name, an identifier that
/// is none, a step that somebody else records.
pub(crate) fn step(
    journey: &Journey,
    actor: &Actor,
    task: TaskId,
    done: StepDone,
    today: Date,
    sent: &Sent,
) -> Result<Event, Refusal> {
    let StepDone { step, on, mut capabilities, mut sites } = done;
    capabilities.sort_unstable();
    capabilities.dedup();
    sites.sort_unstable();
    let mut problems = Vec::new();
    problems.extend(not_theirs(journey, actor, &task, step));
    problems.extend(of_product(journey, &capabilities));
    if on > today {
        problems.push(Problem::new("on", "Record the step when it is done: the day cannot be in the future"));
    }
    if sites.is_empty() {
        problems.push(Problem::new(PLACES, "Tick at least one site, or write its ODS code"));
    }
    let known = |code: &str| sent.wave_of(code).is_some() || journey.sites.contains_key(code);
    for site in sites.iter().filter(|site| !known(&site.ods_code)) {
        let says = format!("{} is not in the plan. Correct the code, or put the site into the plan first", site.ods_code);
        problems.push(Problem::new(PLACES, says));
    }
    for site in sites.iter().filter(|site| step == Step::Asid && !is_asid(&site.asid)) {
        let says = format!("Enter the ASID of {}: {ASID_DIGITS} digits, such as 918999198738", site.ods_code);
        problems.push(Problem::new(PLACES, says));
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(Problems(problems)));
    }
    sites.dedup_by(|a, b| a.ods_code == b.ods_code);
    for site in sites.iter_mut().filter(|_| step != Step::Asid) {
        site.asid.clear();
    }
    let there = |site: &StepSite, capability: &Capability| {
        let done = journey.site_record(&site.ods_code).and_then(|record| record.steps.get(&(*capability, step)));
        done.is_some_and(|done| done.on == on && done.asid == site.asid)
    };
    if sites.iter().all(|site| capabilities.iter().all(|capability| there(site, capability))) {
        return Err(Refusal::AlreadyDone);
    }
    Ok(Event::SiteStep { task, step, on, capabilities, sites })
}

/// Digits of the identifier of a system at an organisation (domain/spine.md §7).
const ASID_DIGITS: usize = 12;

/// The event of a step that is taken back.
///
/// # Errors
/// [`Refusal::AlreadyDone`] where none of it stands as done; a problem for a step that somebody else records.
pub(crate) fn step_back(
    journey: &Journey,
    actor: &Actor,
    task: TaskId,
    (step, capabilities, sites): (Step, Vec<Capability>, Vec<String>),
    reason: String,
) -> Result<Event, Refusal> {
    if let Some(problem) = not_theirs(journey, actor, &task, step) {
        return Err(Refusal::Invalid(Problems(vec![problem])));
    }
    let stands = |code: &String| {
        let record = journey.site_record(code);
        record.is_some_and(|record| capabilities.iter().any(|capability| record.steps.contains_key(&(*capability, step))))
    };
    let sites: BTreeSet<String> = sites.into_iter().filter(stands).collect();
    if sites.is_empty() {
        return Err(Refusal::AlreadyDone);
    }
    Ok(Event::SiteStepTakenBack { task, step, capabilities, sites: sites.into_iter().collect(), reason })
}

fn not_theirs(journey: &Journey, actor: &Actor, task: &TaskId, step: Step) -> Option<Problem> {
    let spec = journey.process.task(task)?;
    if steps_of(journey, spec, actor).contains(&step) {
        return None;
    }
    let roles: Vec<String> = records(spec, step).into_iter().map(|role| role.the()).collect();
    Some(Problem::new("step", format!("“{}” is recorded by others: {}", step.title(), roles.join(", "))))
}

fn of_product(journey: &Journey, capabilities: &[Capability]) -> Option<Problem> {
    if capabilities.is_empty() {
        return Some(Problem::new(FOR, "Select at least one capability"));
    }
    let foreign = capabilities.iter().find(|capability| !journey.chosen().contains(capability))?;
    Some(Problem::new(FOR, format!("{} is not a capability of this product", foreign.title())))
}

/// The capabilities that are suspended at a site now: these, or all that are live there.
///
/// # Errors
/// A problem for a site that is not live, and for capabilities that are not; [`Refusal::AlreadyDone`] when all are suspended.
pub(crate) fn to_suspend(journey: &Journey, ods_code: &str, wanted: &[Capability]) -> Result<Vec<Capability>, Refusal> {
    let Some(site) = journey.sites.get(ods_code) else { return Err(not_live()) };
    let recorded = journey.recorded_at(site);
    if let Some(not) = wanted.iter().find(|capability| !recorded.contains(capability)) {
        return Err(Refusal::problem("capabilities", &format!("{} is not live at {ods_code}", not.title())));
    }
    let live = journey.live_at(ods_code);
    let now: Vec<Capability> = live.into_iter().filter(|capability| wanted.is_empty() || wanted.contains(capability)).collect();
    if now.is_empty() { Err(Refusal::AlreadyDone) } else { Ok(now) }
}

/// The capabilities that go on at a site now: these, or all that this side has suspended.
///
/// # Errors
/// A problem for what another side has suspended; [`Refusal::AlreadyDone`] when none of them is suspended.
pub(crate) fn to_resume(
    journey: &Journey,
    ods_code: &str,
    wanted: &[Capability],
    side: Side,
) -> Result<Vec<Capability>, Refusal> {
    let Some(record) = journey.site_record(ods_code) else { return Err(Refusal::AlreadyDone) };
    let of = |own: bool| {
        let asked = record.suspended.iter().filter(|(capability, _)| wanted.is_empty() || wanted.contains(capability));
        asked.filter(move |(_, suspended)| (suspended.side == side) == own)
    };
    let own: Vec<Capability> = of(true).map(|(capability, _)| *capability).collect();
    if !own.is_empty() {
        return Ok(own);
    }
    match of(false).next() {
        Some((_, suspended)) => {
            let says = format!("{} suspended this. Only they can resume it", suspended.side.title());
            Err(Refusal::problem("reason", &says))
        }
        None => Err(Refusal::AlreadyDone),
    }
}

fn not_live() -> Refusal {
    Refusal::problem("ods_code", "This site is not recorded as live")
}

/// The event of an early check.
///
/// # Errors
/// Every problem, with its question: also a day before the site was live, or one that has not come.
pub(crate) fn check(
    journey: &Journey,
    (task, ods_code): (TaskId, String),
    typed: &Answers,
    today: Date,
) -> Result<Event, Refusal> {
    let Some(site) = journey.sites.get(&ods_code) else { return Err(not_live()) };
    let clean = check_form().check(typed).map_err(Refusal::Invalid)?;
    let on = form::day(clean.one("checked_on")).map_err(|why| Refusal::problem("checked_on", &why.says("Day of the check")))?;
    if on > today {
        return Err(Refusal::problem("checked_on", "Record the check when it is done: the day cannot be in the future"));
    }
    if on < site.live_on {
        let says =
            format!("{} is live since {}. A check cannot be before that day", ods_code, site.live_on.strftime("%-d %B %Y"));
        return Err(Refusal::problem("checked_on", &says));
    }
    let fine = clean.one("outcome") == FINE;
    Ok(Event::SiteChecked { task, ods_code, on, fine, words: clean.one("looked_at").to_owned() })
}

/// Whether whoever uses the product at a site has signed what end users sign; `None` where nobody has to.
#[must_use]
pub fn has_signed(journey: &Journey, ods_code: &str, sent: &Sent) -> Option<bool> {
    journey.plan().any(TaskSpec::is_signed_by_users).then(|| unsigned(journey, ods_code, sent).is_none())
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
fn unsigned(journey: &Journey, site: &str, sent: &Sent) -> Option<String> {
    let belongs_to = |ods_code: &str| places::is_of(site, ods_code);
    if sent.declared.iter().any(|organisation| belongs_to(&organisation.ods_code)) {
        return None;
    }
    let missing = journey.plan().filter(|spec| spec.is_signed_by_users()).find(|spec| {
        let of_users = journey.signatures(spec).into_iter().filter(|signature| signature.role.side() == Side::EndUser);
        let codes: Vec<_> = of_users.filter_map(|s| s.identity.as_ref().or(journey.identity(&s.organisation))).collect();
        !codes.is_empty() && !codes.iter().any(|identity| belongs_to(&identity.ods_code))
    })?;
    Some(format!(
        "{site} has not signed “{}”, and no declaration names it. Ask an authorised person of that organisation to sign, or a group \
lead to name it in the declaration; a programme lead opens either again",
        missing.label
    ))
}
