//! A journey to look at: played from nothing by the same rules as every other one, by people who do not exist. It is in
//! no database, so that nobody can write to it. There is one of each side; what is told stands in `story`.
use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{SignedDuration, Timestamp};

use crate::{
    base::{
        actor::{Actor, Role},
        calendar,
        ids::{Digest, JourneyRef},
    },
    form::{Answers, Form, Kind, Named},
    ledger::{
        event::{By, Finding, Recorded},
        journey::{Journey, Phase},
        machine::Verb,
        site::Site,
        standing::State,
        words,
    },
    plan::{
        opening::Opening,
        process::{Page, Processes, Settle, TaskSpec},
    },
    rule::{command::Command, decide, go_live::Sent, member_checks, offers, review},
    task::forms,
    view::{
        names::Names,
        overview::overview,
        story::{CONSUMES, PROVIDES, Story},
    },
};

/// A moment of the journey that is worth a look.
#[derive(Clone, Debug)]
pub struct Moment {
    /// What has just happened.
    pub title: &'static str,
    /// What there is to see.
    pub about: &'static str,
    /// Entries of the ledger up to here.
    pub entries: usize,
}

/// The journey with its moments.
#[derive(Clone, Debug)]
pub struct Example {
    /// The whole ledger.
    pub history: Vec<Recorded>,
    /// Who is who.
    pub names: Names,
    /// In order.
    pub moments: Vec<Moment>,
    /// The person with whose eyes it is shown: the lead of the supplier.
    pub reader: Actor,
    reference: JourneyRef,
}

impl Example {
    /// The journey as it was at this moment; the last one when there are not so many.
    ///
    /// # Panics
    /// When its ledger cannot be read back, which the tests rule out.
    #[must_use]
    pub fn at(&self, moment: usize) -> Journey {
        let entries = self.moments.get(moment).or(self.moments.last()).map_or(self.history.len(), |moment| moment.entries);
        let processes = Processes::shipped().expect("the processes of this release are lawful");
        Journey::replay(&self.reference, &self.history[..entries], processes).expect("the example follows from itself")
    }
}

/// The example of this side: of a consumer, unless it says provider. Each is played once.
///
/// # Panics
/// When the rules of this release do not let it be played, which the tests rule out.
#[must_use]
pub fn example(side: &str) -> &'static Example {
    static CONSUMER: LazyLock<Example> = LazyLock::new(|| played(&CONSUMES));
    static PROVIDER: LazyLock<Example> = LazyLock::new(|| played(&PROVIDES));
    if side == PROVIDES.side { &PROVIDER } else { &CONSUMER }
}

/// The ledger in the making.
struct Play {
    story: &'static Story,
    journey: Journey,
    history: Vec<Recorded>,
    now: Timestamp,
}

impl Play {
    fn does(&mut self, actor: &Actor, command: Command) -> bool {
        // The next working day, somewhere between nine and five.
        let minute = i64::try_from(self.history.len() * 97 % 420).unwrap_or(0);
        let next = calendar::after(calendar::date_of(self.now), 1);
        let nine = next.at(9, 0, 0, 0).to_zoned(calendar::uk()).map_or(self.now, |zoned| zoned.timestamp());
        self.now = nine + SignedDuration::from_mins(minute);
        let due = decide::due(&self.journey, self.now);
        self.append(due, None);
        let Ok(events) = decide::decide(&self.journey, actor, command, None, next) else { return false };
        let by = By { person: actor.person.clone(), organisation: actor.organisation.clone() };
        self.append(events, Some(by));
        true
    }

    fn append(&mut self, events: Vec<crate::ledger::event::Event>, by: Option<By>) {
        for recorded in self.journey.record(events, by, self.now) {
            self.journey.evolve(&recorded).expect("what was decided can be folded");
            self.history.push(recorded);
        }
    }
}

fn played(story: &'static Story) -> Example {
    let processes = Processes::shipped().expect("the processes of this release are lawful");
    let process = processes.newest(story.side).expect("a process of this side");
    let cast: Vec<Actor> = story.cast.iter().map(|(person, _, organisation, roles)| actor(person, organisation, roles)).collect();
    let reader = cast[0].clone();
    let reference = JourneyRef::from_bits(story.bits);
    let now: Timestamp = "2025-09-01T09:00:00Z".parse().expect("an instant");
    let event = decide::open(process, &reader, Opening::with_one(story.product, story.capability), story.identity(0))
        .expect("an onboarding lead opens");
    let by = By { person: reader.person.clone(), organisation: reader.organisation.clone() };
    let first = Recorded::chain(&reference.to_string(), None, now, Some(by), event);
    let journey = Journey::open(&reference, &first, processes).expect("a lawful opening");
    let mut play = Play { story, journey, history: vec![first], now };
    let mut moments = Vec::new();
    note(&mut moments, &play);
    // The supplier asks, and the programme confirms who it is.
    let lead = cast.iter().find(|actor| actor.is(Role::ProgrammeLead)).expect("a programme lead").clone();
    for (number, side) in story.guests.iter().copied() {
        let (id, ..) = story.organisations[number];
        let (organisation, part) = (id.parse().expect("an organisation id"), id.parse().expect("a part"));
        let (identity, again) = (story.identity(number), story.identity(number));
        play.does(&reader, Command::AskForPart { part, side, identity });
        let part = Some(id.parse().expect("a part"));
        play.does(&lead, Command::Join { organisation, side, identity: again, part });
    }
    let most = 6 * play.journey.plan().count();
    for _ in 0..most {
        if matches!(play.journey.phase, Phase::Live { .. }) {
            break;
        }
        let Some((actor, command)) = next(story, &play.journey, &cast) else { break };
        play.does(&actor, command);
        note(&mut moments, &play);
    }
    Example { history: play.history, names: names(story), moments, reader, reference }
}

/// Notes the next moment as soon as it has come.
fn note(moments: &mut Vec<Moment>, play: &Play) {
    if let Some((title, about, come)) = play.story.moments.get(moments.len())
        && come(&play.journey)
    {
        moments.push(Moment { title, about, entries: play.history.len() });
    }
}

/// The first deed that somebody may do, in the order of the page: what is asked for by whoever is asked.
fn next(story: &Story, journey: &Journey, cast: &[Actor]) -> Option<(Actor, Command)> {
    overview(journey).turns.iter().find_map(|turn| {
        let spec = journey.process.task(&turn.task)?;
        cast.iter().find_map(|actor| {
            let verb = offers::offers_on(journey, actor, &turn.task).into_iter().find(|verb| wanted(journey, *verb, spec))?;
            Some((actor.clone(), command(story, journey, verb, spec, actor)?))
        })
    })
}

/// Once is enough, where something could be done again.
fn wanted(journey: &Journey, verb: Verb, spec: &TaskSpec) -> bool {
    let record = journey.task(&spec.id);
    match verb {
        Verb::RecordSite => journey.sites.is_empty() && record.state == State::Open,
        Verb::Submit if spec.settle == Settle::BySignatures => record.round.0 == 0,
        _ => matches!(verb, Verb::Submit | Verb::Approve | Verb::Acknowledge | Verb::Issue | Verb::Sign),
    }
}

fn command(story: &Story, journey: &Journey, verb: Verb, spec: &TaskSpec, actor: &Actor) -> Option<Command> {
    let task = spec.id.clone();
    let sent = journey.submitted_in(spec).round.0;
    let (returned, finding) = story.returned;
    if verb == Verb::Approve && spec.id.as_str() == returned && sent == 1 {
        let findings = vec![Finding { field: None, words: finding.to_owned() }];
        return Some(Command::Return { task, findings, accepted: Vec::new(), conditions: Vec::new() });
    }
    let name = story
        .cast
        .iter()
        .find(|(id, ..)| *id == actor.person.as_str())
        .map_or_else(String::new, |(_, name, ..)| (*name).to_owned());
    // Nobody is declared for before the lead has looked at their standards.
    if verb == Verb::Submit
        && spec.page == Page::Declaration
        && let Some(checks) = member_checks::rest_is_met(journey, calendar::date_of(journey.changed_at))
    {
        return Some(checks);
    }
    Some(match verb {
        Verb::Submit => Command::Submit { task, answers: answers(story, spec, journey) },
        Verb::Approve => {
            let role = offers::judge(journey, actor, verb, &task).ok();
            let accepted = role.map(|role| review::unjudged(journey, spec, role)).unwrap_or_default();
            Command::Approve { task, note: "In order.".to_owned(), accepted, conditions: Vec::new() }
        }
        Verb::Acknowledge => Command::Acknowledge { task, note: "Welcome. You hear from us this week.".to_owned() },
        Verb::Issue => Command::Issue { task, note: "For this product, as its journey stands.".to_owned() },
        Verb::Sign => {
            let words = Digest::of(words::words_to_sign(journey, spec).as_bytes());
            Command::Sign { task, name, authority: "authorised to sign for the organisation".to_owned(), words }
        }
        Verb::RecordSite => {
            let site = Site {
                ods_code: story.site.0.to_owned(),
                name: story.site.1.to_owned(),
                live_on: calendar::date_of(journey.changed_at),
                note: story.site.2.to_owned(),
                outside_plan: String::new(),
                capabilities: Vec::new(),
            };
            // The declaration of the end users names it.
            let declared = vec![Named { ods_code: site.ods_code.clone(), name: site.name.clone() }];
            Command::RecordSite { task, site, sent: Sent { waves: Vec::new(), declared } }
        }
        _ => return None,
    })
}

fn answers(story: &Story, spec: &TaskSpec, journey: &Journey) -> Answers {
    let opening = &journey.opening;
    let form: Form = forms::form_of(spec, opening);
    let given = forms::beforehand(spec, opening);
    form.fields.iter().fold(Answers::default(), |answers, field| {
        let known = given.one(field.id.as_str());
        if !known.is_empty() {
            return given.many(field.id.as_str()).iter().fold(answers, |mut answers, value| {
                answers.0.entry(field.id.to_string()).or_default().push(value.clone());
                answers
            });
        }
        let value = match &field.kind {
            Kind::Choice(options) | Kind::Pick(options) | Kind::Choices(options) => options[0].0.to_owned(),
            Kind::Email => format!("{}@{}.example", story.cast[0].0, story.organisations[0].0),
            Kind::OdsCode => "YGA01".to_owned(),
            Kind::Organisations { .. } | Kind::Waves { .. } => format!("{} {}", story.site.0, story.site.1),
            Kind::Links { .. } => "https://example.org/evidence".to_owned(),
            Kind::Day => calendar::date_of(journey.changed_at).to_string(),
            Kind::Figure { .. } => "80".to_owned(),
            Kind::Files { .. } => format!("{} evidence.pdf", Digest::of(b"an example")),
            Kind::Line { .. } | Kind::Words { .. } => "An example.".to_owned(),
        };
        answers.with(field.id.as_str(), &value)
    })
}

fn actor(person: &str, organisation: &str, roles: &[Role]) -> Actor {
    let organisation: crate::base::ids::OrganisationId = organisation.parse().expect("an organisation id");
    Actor {
        person: person.parse().expect("a person id"),
        member_of: vec![organisation.clone()],
        organisation,
        roles: roles.iter().copied().collect(),
    }
}

fn names(story: &Story) -> Names {
    Names {
        meetings: false,
        people: story.cast.iter().map(|(id, name, ..)| (id.parse().expect("a person id"), (*name).to_owned())).collect(),
        organisations: story
            .organisations
            .iter()
            .map(|(id, name, _)| (id.parse().expect("an organisation id"), (*name).to_owned()))
            .collect(),
        claims: BTreeMap::new(),
        opened: std::collections::BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [&Story; 2] = [&CONSUMES, &PROVIDES];

    #[test]
    fn it_comes_through_every_moment_to_live() {
        for story in BOTH {
            let example = example(story.side);
            let come: Vec<&str> = example.moments.iter().map(|moment| moment.title).collect();
            let told: Vec<&str> = story.moments.iter().map(|(title, ..)| *title).collect();
            assert_eq!(come, told, "every moment comes, in its order");
            assert!(example.moments.windows(2).all(|two| two[0].entries < two[1].entries));
            assert!(matches!(example.at(usize::MAX).phase, Phase::Live { .. }));
            assert_eq!(example.moments.last().map(|moment| moment.entries), Some(example.history.len()));
        }
    }

    #[test]
    fn everybody_in_it_has_a_name() {
        for story in BOTH {
            let example = example(story.side);
            for recorded in &example.history {
                if let Some(by) = &recorded.by {
                    let Names { people, organisations, .. } = &example.names;
                    assert!(people.contains_key(&by.person) && organisations.contains_key(&by.organisation));
                }
            }
            let returned = |recorded: &Recorded| matches!(recorded.event, crate::ledger::event::Event::Returned { .. });
            assert!(example.history.iter().any(returned));
        }
    }

    #[test]
    fn each_moment_can_be_looked_at() {
        for example in BOTH.map(|story| example(story.side)) {
            for (number, moment) in example.moments.iter().enumerate() {
                assert_eq!(example.at(number).seq.0 as usize, moment.entries);
            }
        }
    }
}
