//! A process as published: stages, tasks, gates, who acts, who decides. `read` takes it from TOML with a closed vocabulary
//! and no expressions; `check` says whether what was read is lawful.
//!
//! Long because it has every word of a definition, with its meaning.

use std::{collections::BTreeMap, str::FromStr};

use jiff::{ToSpan as _, civil::Date};

use crate::{
    base::{
        actor::{Role, Side},
        calendar,
        environment::Environment,
        ids::{ProcessId, StageId, TaskId},
        named::named,
    },
    plan::{
        opening::{Condition, Opening},
        track::PROVIDER,
    },
};

/// A heading of the plan. Stages are never states.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Name in definitions and URLs.
    pub id: StageId,
    /// The heading.
    pub title: String,
    /// One sentence below it.
    pub about: String,
    /// Line of the definition, for messages.
    pub line: usize,
}

named! {
    /// What ends a task.
    pub enum Settle {
        /// Whoever acts says that it is done.
        OnSubmit = "on_submit",
        /// Every role in `decide` approves what was submitted, or one asks for changes or refuses.
        ByReview = "by_review",
        /// A role in `decide` answers what was sent.
        ByAcknowledgement = "by_acknowledgement",
        /// A role in `decide` issues something.
        ByIssue = "by_issue",
        /// The roles in `decide` sign, in that order.
        BySignatures = "by_signatures",
        /// Open for as long as the journey is not live.
        WithJourney = "with_journey",
    }
}

named! {
    /// Where a task comes from (domain/journeys.md, "Sources and which version is used").
    pub enum Origin {
        /// The published list of December 2019; for providers, the published picture and pages of March 2020.
        Source = "source",
        /// The list of March 2020.
        Added2020 = "added-2020",
        /// Real, but absent from both lists.
        Supporting = "supporting",
    }
}

named! {
    /// What is signed: which statements, and which parts are filled in first.
    pub enum Signs {
        /// The connection agreement.
        Connection = ("connection", "Connection agreement"),
        /// The agreement on sharing data.
        Sharing = ("data_sharing", "Data sharing agreement"),
        /// The declaration of the organisations that use the product.
        Declaration = ("declaration", "End-user declaration"),
        /// The record of tests that were watched.
        Witness = ("witness", "Record of witnessed tests"),
    }
}

named! {
    /// What sort of page a task has.
    pub enum Page {
        /// A note and "this is done".
        Mark = "mark",
        /// What is in place already and what is not.
        Prerequisites = "prerequisites",
        /// The capabilities and their versions.
        Capabilities = "capabilities",
        /// The use case, question by question.
        UseCase = "use_case",
        /// A first message that a team answers.
        Contact = "contact",
        /// The running conversation.
        Conversation = "conversation",
        /// A short form.
        Form = "form",
        /// Evidence, with words and files.
        Evidence = "evidence",
        /// Something a team issues.
        Issue = "issue",
        /// The SCAL.
        Scal = "scal",
        /// The record of a test stage.
        Testing = "testing",
        /// A test record with the reports of a test suite, which are read.
        Results = "results",
        /// A record of tests that were watched, to sign.
        Witness = "witness",
        /// A certificate.
        Certificate = "certificate",
        /// An agreement to sign.
        Agreement = "agreement",
        /// An end-user group and its members.
        Group = "group",
        /// A declaration to sign.
        Declaration = "declaration",
        /// A decision on what another task submitted.
        Decision = "decision",
        /// The request to go live.
        GoLive = "go_live",
        /// Sites and their go-live.
        Sites = "sites",
    }
}

named! {
    /// A fact that a settlement can rest on beside the tasks before it: when it changes, what was settled is checked again.
    pub enum Rests {
        /// The capabilities with their versions.
        Capabilities = "capabilities",
        /// The version of the product.
        Version = "version",
        /// The edition of the SCAL catalogue.
        Edition = "edition",
    }
}

/// By when NHS England aims to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// So many working days, from 1 to 1000.
    WorkingDays(u32),
    /// So many days of the calendar, weekends and bank holidays counted, from 1 to 1000.
    CalendarDays(u32),
    /// Nothing is published.
    Unpublished,
}

impl Target {
    /// The last day on which the answer is in time, for what waits since this day.
    #[must_use]
    pub fn due(self, since: Date) -> Option<Date> {
        match self {
            Target::WorkingDays(days) => Some(calendar::after(since, days)),
            Target::CalendarDays(days) => Some(since.saturating_add(i64::from(days).days())),
            Target::Unpublished => None,
        }
    }

    /// About how many working days that is, to compare with others.
    #[must_use]
    pub fn working_days(self) -> Option<u32> {
        match self {
            Target::WorkingDays(days) => Some(days),
            Target::CalendarDays(days) => Some(days * 5 / 7),
            Target::Unpublished => None,
        }
    }

    /// "5 working days", "14 days", or that there is none.
    #[must_use]
    pub fn in_words(self) -> String {
        let counted = |days: u32, one: &str| if days == 1 { format!("1 {one}") } else { format!("{days} {one}s") };
        match self {
            Target::WorkingDays(days) => counted(days, "working day"),
            Target::CalendarDays(days) => counted(days, "day"),
            Target::Unpublished => "No target is published".to_owned(),
        }
    }
}

impl FromStr for Target {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SAYS: &str = "say “5 working days” or “14 calendar days”, from 1 to 1000, or “none”";
        if text == "none" {
            return Ok(Target::Unpublished);
        }
        let (days, kind) = text.split_once(' ').ok_or(SAYS)?;
        let days = days.parse().ok().filter(|days| (1..=1000).contains(days)).ok_or(SAYS)?;
        match kind {
            "working days" | "working day" => Ok(Target::WorkingDays(days)),
            "calendar days" | "calendar day" => Ok(Target::CalendarDays(days)),
            _ => Err(SAYS),
        }
    }
}

/// An approval that lapses when the work it permits is not started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// Calendar months after approval.
    pub months: u32,
    /// The task whose start prevents it.
    pub unless_started: TaskId,
}

/// One task as published.
#[derive(Clone, Debug)]
pub struct TaskSpec {
    /// Name in definitions, URLs and the ledger.
    pub id: TaskId,
    /// Its stage.
    pub stage: StageId,
    /// The official label.
    pub label: String,
    /// What it is called in a sentence: the thing itself, not what somebody does. The label where nothing else is said.
    pub noun: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Node of the ecosystem diagram.
    pub node: String,
    /// What sort of page.
    pub page: Page,
    /// The questions, by the name of their form (`task::forms`); `None` where the sort of page says what is asked, or where it
    /// is only asked what was done and where it is found.
    pub form: Option<String>,
    /// What is signed, of a task that is settled by signatures.
    pub signs: Option<Signs>,
    /// After how many months a signature of an organisation that uses the product is given anew; `None` where time alone does not
    /// end it. A signature says its own last day, so that a definition that is changed asks nobody who signed before.
    pub renew_months: Option<u32>,
    /// Other tasks whose words become part of what is signed.
    pub binds: Vec<TaskId>,
    /// The environment whose rows of the SCAL this test stage closes.
    pub closes: Option<Environment>,
    /// The certificate that it leaves when it is settled, by its name (`plan::certificates`).
    pub certificate: Option<String>,
    /// How many months that certificate is valid for; `None` where time alone does not end it.
    pub valid_months: Option<u32>,
    /// What is sent names the sites of the plan, which recorded sites are compared with.
    pub plans_sites: bool,
    /// Roles that act: start, submit, mark.
    pub by: Vec<Role>,
    /// What ends it.
    pub settle: Settle,
    /// Roles that decide, issue, acknowledge, or sign in this order.
    pub decide: Vec<Role>,
    /// Roles that decide beside them when a submission asks for an exception, such as a row of the SCAL that is not met.
    pub escalate: Vec<Role>,
    /// Roles of another side that decide beside them where an organisation of that side has a part and did not send it itself.
    pub agrees: Vec<Role>,
    /// While this is not done, sites of later waves do not go live.
    pub holds_waves: bool,
    /// What was sent is confirmed, or a change is asked for: it is no mere contact.
    pub confirm: bool,
    /// Tasks that must be settled before. One that is not needed counts as settled.
    pub needs: Vec<TaskId>,
    /// The facts that its settlement rests on, beside the tasks in `needs`.
    pub rests: Vec<Rests>,
    /// The other task whose submission this one decides on.
    pub reviews: Option<TaskId>,
    /// All must hold for the task to be in the plan.
    pub when: Vec<Condition>,
    /// May be waived, with a reason and a second person.
    pub waivable: bool,
    /// By when the programme aims to answer, issue or sign; said of every task that may wait for it.
    pub target: Option<Target>,
    /// The sides beside the supplier and the programme that read it though they have nothing to do there: end users,
    /// commissioners, or both. Whoever acts or signs reads it anyway.
    pub readers: Vec<Side>,
    /// Whether whoever answers it opens the engagement, and so confirms or corrects what the supplier said at the start.
    pub opens_engagement: bool,
    /// Has a mark "work has started".
    pub can_start: bool,
    /// Of the organisations that will use the product, the one that leads the group does it for all.
    pub of_lead: bool,
    /// When its approval lapses.
    pub lapse: Option<Lapse>,
    /// What to do and what it leaves.
    pub help: String,
    /// Line of the definition, for messages.
    pub line: usize,
}

impl TaskSpec {
    /// Whether organisations that use the product sign this.
    #[must_use]
    pub fn is_signed_by_users(&self) -> bool {
        self.settle == Settle::BySignatures && self.decide.iter().any(|role| role.side() == Side::EndUser)
    }

    /// Whether it is work that ends, and so counts: a conversation that stays open with the journey does not.
    #[must_use]
    pub fn is_work(&self) -> bool {
        self.settle != Settle::WithJourney
    }

    /// Whether people of this side read what is in it: the supplier and the programme everything, end users and
    /// commissioners where they act or sign, and what the definition opens to them. Nothing else.
    #[must_use]
    pub fn is_read_by(&self, side: Side) -> bool {
        match side {
            Side::Supplier | Side::Programme => true,
            Side::EndUser | Side::Commissioner => {
                self.readers.contains(&side)
                    || self.by.iter().chain(&self.decide).chain(&self.agrees).any(|role| role.side() == side)
            }
            Side::Operator => false,
        }
    }

    /// Whether the opening of a journey leaves this task in its plan.
    #[must_use]
    pub fn applies(&self, opening: &Opening) -> bool {
        self.when.iter().all(|condition| condition.holds(opening))
    }
}

/// A process version: what every journey that pins it follows.
#[derive(Clone, Debug)]
pub struct Process {
    /// Name and version.
    pub id: ProcessId,
    /// Who walks it, in words.
    pub title: String,
    /// Journeys as `consumer` or `provider`.
    pub side: String,
    /// When this task settles, the journey is live.
    pub last: TaskId,
    /// In page order.
    pub stages: Vec<Stage>,
    /// In page order.
    pub tasks: Vec<TaskSpec>,
}

impl Process {
    /// Whether it is walked by those who hold the record and open it, not by those who use it.
    #[must_use]
    pub fn is_provider(&self) -> bool {
        self.side == PROVIDER
    }

    /// "Consumer" or "Provider", as the beginning of a sentence.
    #[must_use]
    pub fn side_title(&self) -> &'static str {
        if self.is_provider() { "Provider" } else { "Consumer" }
    }

    /// The task with this id.
    #[must_use]
    pub fn task(&self, id: &TaskId) -> Option<&TaskSpec> {
        self.tasks.iter().find(|task| task.id == *id)
    }

    /// The label of a task, or its id when this version does not know it.
    #[must_use]
    pub fn label<'a>(&'a self, id: &'a TaskId) -> &'a str {
        self.task(id).map_or(id.as_str(), |task| &task.label)
    }

    /// What a task is called in a sentence, or its id when this version does not know it.
    #[must_use]
    pub fn noun<'a>(&'a self, id: &'a TaskId) -> &'a str {
        self.task(id).map_or(id.as_str(), |task| &task.noun)
    }

    /// The task that decides on what this one submits, when that is another one.
    #[must_use]
    pub fn reviewer_of(&self, id: &TaskId) -> Option<&TaskSpec> {
        self.tasks.iter().find(|task| task.reviews.as_ref() == Some(id))
    }

    /// Whether a task waits for this other one, by whatever lies between. Gates have no circles (`check`), so this ends.
    #[must_use]
    pub fn comes_after(&self, task: &TaskSpec, other: &TaskId) -> bool {
        let waits = |need: &TaskId| need == other || self.task(need).is_some_and(|need| self.comes_after(need, other));
        task.needs.iter().any(waits)
    }

    /// The task that answers the SCAL, where there is one.
    #[must_use]
    pub fn scal(&self) -> Option<&TaskSpec> {
        self.tasks.iter().find(|task| task.page == Page::Scal)
    }

    /// The tasks whose files a submission of this one may name: its own, and those of the SCAL where rows of the SCAL go
    /// along with the record of a test stage.
    pub fn lends_files<'a>(&'a self, spec: &'a TaskSpec) -> impl Iterator<Item = &'a TaskSpec> {
        std::iter::once(spec).chain(self.scal().filter(|_| spec.page == Page::Testing))
    }

    /// The tasks that these answers leave in the plan.
    pub fn plan<'a>(&'a self, opening: &'a Opening) -> impl Iterator<Item = &'a TaskSpec> {
        self.tasks.iter().filter(move |task| task.applies(opening))
    }
}

/// The processes this release knows: a journey names one of them.
#[derive(Debug)]
pub struct Processes(BTreeMap<ProcessId, Process>);

impl Processes {
    /// These processes and no others: for proofs on a definition made for the purpose.
    #[must_use]
    pub fn of(processes: Vec<Process>) -> Self {
        Self(processes.into_iter().map(|process| (process.id.clone(), process)).collect())
    }

    /// The process with this id.
    #[must_use]
    pub fn get(&self, id: &ProcessId) -> Option<&Process> {
        self.0.get(id)
    }

    /// The label of a task in this version, or its id when nobody knows it: for lists of many journeys.
    #[must_use]
    pub fn label(&self, process: &ProcessId, task: &TaskId) -> String {
        self.get(process).map_or_else(|| task.to_string(), |process| process.label(task).to_owned())
    }

    /// What a task is called in a sentence, or its id when nobody knows it.
    #[must_use]
    pub fn noun(&self, process: &ProcessId, task: &TaskId) -> String {
        self.get(process).map_or_else(|| task.to_string(), |process| process.noun(task).to_owned())
    }

    /// The version that a new journey of this side follows: the newest.
    #[must_use]
    pub fn newest(&self, side: &str) -> Option<&Process> {
        self.0.values().filter(|process| process.side == side).max_by_key(|process| version(&process.id))
    }

    /// Every process, side by side, oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Process> {
        let mut all: Vec<&Process> = self.0.values().collect();
        all.sort_by_key(|process| (&process.side, version(&process.id)));
        all.into_iter()
    }
}

/// The year and the number in it: versions are ordered as numbers, so that the tenth of a year comes after its second.
fn version(id: &ProcessId) -> Vec<u64> {
    id.as_str().split('-').filter_map(|part| part.parse().ok()).collect()
}
