//! What somebody looks for in the worklist, as its address says it, and what is next there. Whoever is sent the address sees the
//! same, as far as their teams go.

use jiff::civil::Date;
use journey::{
    base::{
        actor::{Role, Side},
        calendar,
        ids::PersonId,
        text,
    },
    port::{WorkFilter, WorkLine, WorkOrder},
};

use crate::{
    base::{halt::Halt, paths, words::encode},
    request::{
        services::Services,
        visitor::{Caller, Visitor},
    },
};

/// Longest text that is looked for.
const LONGEST: usize = 200;

/// Where a session keeps the question that was asked last.
const KEPT: &str = "worklist";

/// When what is looked for is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueWhen {
    /// It was due before.
    Late,
    /// Today or in two working days.
    Soon,
}

impl DueWhen {
    /// Its word in an address.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DueWhen::Late => "late",
            DueWhen::Soon => "soon",
        }
    }
}

/// A question to the worklist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// In product, supplier or reference.
    pub find: String,
    /// For this team only.
    pub team: Option<Role>,
    /// This task only; empty for all.
    pub task: String,
    /// `mine`, `free`, a person, or empty for all.
    pub claimed: String,
    /// What is due then only.
    pub due: Option<DueWhen>,
    /// In which order.
    pub order: WorkOrder,
    /// From here on: a place that [`Asked::next`] gave out.
    pub after: String,
}

impl Asked {
    /// The question of an address, which `of` knows by the names of its fields. What nobody can have chosen counts as not chosen.
    #[must_use]
    pub fn read(of: impl Fn(&str) -> String) -> Self {
        let order = of("order");
        Self {
            find: text::line(&of("find")).chars().take(LONGEST).collect(),
            team: of("team").parse().ok(),
            task: of("task").chars().take(LONGEST).collect(),
            claimed: of("claimed").chars().take(LONGEST).collect(),
            due: [DueWhen::Late, DueWhen::Soon].into_iter().find(|due| due.name() == of("due")),
            order: WorkOrder::ALL.into_iter().find(|one| one.name() == order).unwrap_or_default(),
            after: of("after"),
        }
    }

    /// The question of the end of an address.
    #[must_use]
    pub fn of_tail(tail: &str) -> Self {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(tail.trim_start_matches('?').as_bytes()).into_owned().collect();
        Self::read(|name| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default())
    }

    /// Whether anything is asked for but the order.
    #[must_use]
    pub fn narrows(&self) -> bool {
        let team_only = Self { team: self.team, order: self.order, after: self.after.clone(), ..Self::default() };
        *self != team_only
    }

    /// Whether it goes on after a page.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        !self.after.is_empty()
    }

    /// What follows the address of the worklist and of its files; empty for all of it.
    #[must_use]
    pub fn tail(&self) -> String {
        let fields = [
            ("find", &*self.find),
            ("team", self.team.map_or("", Role::name)),
            ("task", &*self.task),
            ("claimed", &*self.claimed),
            ("due", self.due.map_or("", DueWhen::name)),
            ("order", self.order.name()),
        ];
        let said: Vec<String> = fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
    }

    /// Its address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}{}", paths::WORKLIST, self.tail())
    }

    /// The same question after this line.
    #[must_use]
    pub fn after(&self, last: &WorkLine) -> Self {
        let after = format!("{} {} {} {}", last.key(self.order), last.journey, last.task, last.role.name());
        Self { after, ..self.clone() }
    }

    /// Where the page after this line is.
    #[must_use]
    pub fn next(&self, last: &WorkLine) -> String {
        let (tail, after) = (self.tail(), self.after(last).after);
        format!("{}{tail}{}after={}", paths::WORKLIST, if tail.is_empty() { "?" } else { "&" }, encode(&after))
    }

    /// The teams of these whose work is shown.
    #[must_use]
    pub fn roles(&self, mine: &[Role]) -> Vec<Role> {
        match self.team.filter(|team| mine.contains(team)) {
            Some(team) => vec![team],
            None => mine.to_vec(),
        }
    }

    /// As the database is asked, for somebody of these teams.
    #[must_use]
    pub fn filter(&self, mine: &[Role], me: &PersonId, today: Date, limit: u32) -> WorkFilter {
        let due = match self.due {
            None => (None, None),
            Some(DueWhen::Late) => (None, calendar::last_working_day(today).yesterday().ok()),
            Some(DueWhen::Soon) => (Some(calendar::last_working_day(today)), Some(calendar::after(today, 2))),
        };
        let (claimed, of) = match self.claimed.as_str() {
            "" | "mine" | "free" => (self.claimed.clone(), Some(me.clone())),
            person => ("mine".to_owned(), person.parse().ok()),
        };
        WorkFilter {
            roles: self.roles(mine),
            find: self.find.clone(),
            task: self.task.clone(),
            claimed,
            me: of,
            due,
            order: self.order,
            after: after(&self.after),
            limit,
        }
    }
}

type Place = (String, journey::base::ids::JourneyRef, journey::base::ids::TaskId, Role);

fn after(text: &str) -> Option<Place> {
    let mut parts = text.split(' ');
    Some((parts.next()?.to_owned(), parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The programme's roles held by a person: the teams whose work they see.
#[must_use]
pub fn teams(visitor: &Visitor) -> Vec<Role> {
    visitor.actor.roles.iter().copied().filter(|role| role.side() == Side::Programme).collect()
}

/// What anybody else is told.
#[must_use]
pub fn only_for_teams() -> Halt {
    Halt::NotYours {
        heading: "The worklist is for the GP Connect teams".to_owned(),
        detail: "Your own tasks are on the page of each journey.".to_owned(),
    }
}

/// Keeps the question for the way back after a decision.
///
/// # Errors
/// When the session cannot be kept.
pub async fn remember(caller: &Caller, asked: &Asked) -> Result<(), Halt> {
    let tail = asked.tail();
    let known: String = caller.session.get(KEPT).await.map_err(Halt::session)?.unwrap_or_default();
    // A page that is only looked at again writes nothing.
    if known != tail {
        caller.session.insert(KEPT, tail).await.map_err(Halt::session)?;
    }
    Ok(())
}

/// Tasks that are looked at to find the next one.
const AHEAD: u32 = 10;

/// Where a reviewer goes on after a decision: to the next task of the worklist as they looked at it last, and back to it.
///
/// # Errors
/// When the database or the session does not answer.
pub async fn onwards(services: &Services, caller: &Caller) -> Result<Vec<(String, String)>, Halt> {
    let Some(visitor) = &caller.visitor else { return Ok(Vec::new()) };
    let mine = teams(visitor);
    if mine.is_empty() {
        return Ok(Vec::new());
    }
    let tail: String = caller.session.get(KEPT).await.map_err(Halt::session)?.unwrap_or_default();
    let (asked, me) = (Asked::of_tail(&tail), &visitor.actor.person);
    let today = calendar::date_of(services.clock.now());
    let lines = services.store.worklist(&asked.filter(&mine, me, today, AHEAD)).await?;
    let theirs = |line: &&WorkLine| line.claimed_by.as_ref().is_none_or(|(person, _)| person == me);
    let next = lines.iter().find(theirs).map(|line| {
        let label = services.processes.noun(&line.process, &line.task);
        (paths::task(&line.journey, &line.task), format!("Next in your worklist: {label}, {}", line.product))
    });
    let all = services.store.figures(&asked.roles(&mine), me, today, today).await?.all;
    let back = match all {
        0 => "Back to the worklist: nothing is waiting".to_owned(),
        1 => "Back to the worklist: 1 task is waiting".to_owned(),
        all => format!("Back to the worklist: {all} tasks are waiting"),
    };
    Ok(next.into_iter().chain([(asked.path(), back)]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_looked_for_and_is_read_back() {
        let tail = "?find=O%27Neill&team=clinical_safety&task=submit-scal&claimed=free&due=late&order=due-last";
        let asked = Asked::of_tail(tail);
        assert_eq!(asked.tail(), tail);
        assert!(asked.narrows() && !asked.goes_on());
        assert_eq!(Asked::of_tail("?order=due&team=nobody&due=never").tail(), "?order=due");
        assert!(!Asked::of_tail("?order=due&team=clinical_safety").narrows());
        assert_eq!(Asked::default().path(), "/worklist");
    }

    #[test]
    fn what_a_colleague_has_claimed_is_asked_for_by_who_they_are() {
        let me: PersonId = "grace".parse().unwrap_or_else(|_| panic!("an id"));
        let today = jiff::civil::date(2026, 11, 30);
        let filter = Asked::of_tail("?claimed=hal").filter(&[Role::ClinicalSafety], &me, today, 5);
        assert_eq!((filter.claimed.as_str(), filter.me.map(|id| id.to_string())), ("mine", Some("hal".to_owned())));
        let late = Asked::of_tail("?due=late").filter(&[Role::ClinicalSafety], &me, today, 5);
        assert_eq!(late.due, (None, Some(jiff::civil::date(2026, 11, 29))));
    }
}
