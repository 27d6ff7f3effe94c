//! A journey to look at: played from nothing by the same rules as every other one, by people who do not exist. It is in
//! no database, so that nobody can write to it.
//!
//! Long because it has the whole story of the example, step by step.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{SignedDuration, Timestamp};

use crate::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        identity::Identity,
        ids::{Digest, JourneyRef, TaskId},
    },
    form::{Answers, Form, Kind, Named},
    ledger::{
        event::{By, Finding, Recorded},
        journey::{Journey, Phase},
        machine::{StateKind, Verb},
        site::Site,
        standing::State,
        words,
    },
    plan::{
        capability::Capability,
        opening::Opening,
        process::{Page, Processes, Settle, TaskSpec},
        track::CONSUMER,
    },
    rule::{command::Command, decide, go_live::Sent, member_checks, offers, review},
    task::forms,
    view::{names::Names, overview::overview},
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

/// The example of this release. It is played once.
///
/// # Panics
/// When the rules of this release do not let it be played, which the tests rule out.
#[must_use]
pub fn example() -> &'static Example {
    static PLAYED: LazyLock<Example> = LazyLock::new(played);
    &PLAYED
}

/// Person, name, organisation, roles.
const CAST: [(&str, &str, &str, &[Role]); 14] = [
    ("amina", "Amina Khan", "harbour", &[Role::OnboardingLead]),
    ("dev", "Dev Patel", "harbour", &[Role::Developer]),
    ("cerys", "Cerys Morgan", "harbour", &[Role::ClinicalSafetyOfficer]),
    ("sam", "Sam Whitlock", "harbour", &[Role::Signatory]),
    ("ruth", "Ruth Delaney", "programme", &[Role::ProgrammeLead]),
    ("tom", "Tom Achebe", "programme", &[Role::FunctionalAssurance]),
    ("helen", "Helen Frost", "programme", &[Role::ClinicalSafety]),
    ("ingrid", "Ingrid Vale", "programme", &[Role::InformationGovernance]),
    ("pete", "Pete Lomax", "programme", &[Role::PlatformSupport]),
    ("mary", "Mary Teague", "programme", &[Role::ServiceManagement]),
    ("lewis", "Lewis Grant", "trust", &[Role::GroupLead]),
    ("nadia", "Nadia Farouk", "trust", &[Role::EndUserCso]),
    ("carol", "Carol Hughes", "trust", &[Role::AuthorisedPerson]),
    ("anil", "Anil Desai", "board", &[Role::Commissioner]),
];

/// Organisation, name, ODS code.
const ORGANISATIONS: [(&str, &str, &str); 4] = [
    ("harbour", "Harbour Health Software", "T99987"),
    ("programme", "NHS England", ""),
    ("trust", "Eastvale Hospitals NHS Trust", "T99988"),
    ("board", "Wenlow Integrated Care Board", "T99989"),
];

fn identity(number: usize) -> Identity {
    let (_, name, ods_code) = ORGANISATIONS[number];
    Identity { name: name.to_owned(), ods_code: ods_code.to_owned() }
}

/// What the programme asked for when the use case came the first time.
const FINDING: &str = "Say which staff groups will see the record, and how they are told that access is logged.";

/// Whether a moment has come.
type Come = fn(&Journey) -> bool;

/// Moments in the order in which they come.
const MOMENTS: [(&str, &str, Come); 11] = [
    ("The journey is opened", "A few questions are answered. The plan, the test route and the SCAL follow from them.", |_| true),
    (
        "The use case is waiting for an answer",
        "The supplier has sent it. It is NHS England's turn, with a date by which it aims to answer.",
        |now| is(now, "describe-use-case", StateKind::Submitted) || waits(now, "obtain-use-case-approval"),
    ),
    ("The use case came back", "NHS England asked for a change and said which. Everything that was written is kept.", |now| {
        is(now, "describe-use-case", StateKind::Returned) || is(now, "obtain-use-case-approval", StateKind::Returned)
    }),
    ("The use case is approved", "The second round answered the finding. Development may begin.", |now| {
        done(now, "obtain-use-case-approval")
    }),
    ("The SCAL is here", "NHS England has issued the list of requirements for exactly these capabilities.", |now| {
        done(now, "receive-scal")
    }),
    (
        "First tests are passed",
        "The product works against the demonstrator. Testing continues in the integration environment.",
        |now| done(now, "test-internet-demonstrator"),
    ),
    ("The SCAL is accepted", "Every team has accepted its part, with the clinical safety case.", |now| done(now, "submit-scal")),
    (
        "Technical conformance is certified",
        "Tests against the systems of practices are passed, and the certificate is issued.",
        |now| done(now, "receive-technical-conformance-certificate"),
    ),
    ("The connection agreement is signed", "Both sides have signed the same words.", |now| {
        done(now, "receive-connection-agreement")
    }),
    ("Go live is approved", "The end users have signed their declaration, and nothing stands in the way any more.", |now| {
        done(now, "approval-to-go-live")
    }),
    ("The product is live", "The first practice uses it. The journey stays readable, with everything that happened.", |now| {
        matches!(now.phase, Phase::Live { .. })
    }),
];

fn of(name: &str) -> Option<TaskId> {
    name.parse().ok()
}

fn is(journey: &Journey, name: &str, kind: StateKind) -> bool {
    of(name).is_some_and(|task| journey.task(&task).state.kind() == kind)
}

fn waits(journey: &Journey, name: &str) -> bool {
    overview(journey).turns.iter().any(|turn| turn.task.as_str() == name && turn.awaited)
}

fn done(journey: &Journey, name: &str) -> bool {
    of(name).is_some_and(|task| journey.standing(&task).is_done())
}

fn opening() -> Opening {
    Opening::with_one("Harbour Bedside 2.0", Capability::AccessRecordStructured)
}

/// The ledger in the making.
struct Play {
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

fn played() -> Example {
    let processes = Processes::shipped().expect("the processes of this release are lawful");
    let process = processes.newest(CONSUMER).expect("a consumer process");
    let cast: Vec<Actor> = CAST.iter().map(|(person, _, organisation, roles)| actor(person, organisation, roles)).collect();
    let reader = cast[0].clone();
    let reference = JourneyRef::from_bits(0x0e_8a3b_1e00);
    let now: Timestamp = "2025-09-01T09:00:00Z".parse().expect("an instant");
    let event = decide::open(process, &reader, opening(), identity(0)).expect("an onboarding lead opens");
    let by = By { person: reader.person.clone(), organisation: reader.organisation.clone() };
    let first = Recorded::chain(&reference.to_string(), None, now, Some(by), event);
    let journey = Journey::open(&reference, &first, processes).expect("a lawful opening");
    let mut play = Play { journey, history: vec![first], now };
    let mut moments = Vec::new();
    note(&mut moments, &play);
    // The supplier asks, and the programme confirms who it is.
    let lead = cast.iter().find(|actor| actor.is(Role::ProgrammeLead)).expect("a programme lead").clone();
    for (number, side) in [(2, Side::EndUser), (3, Side::Commissioner)] {
        let (id, ..) = ORGANISATIONS[number];
        let (organisation, part) = (id.parse().expect("an organisation id"), id.parse().expect("a part"));
        let (identity, again) = (identity(number), identity(number));
        play.does(&reader, Command::AskForPart { part, side, identity });
        let part = Some(id.parse().expect("a part"));
        play.does(&lead, Command::Join { organisation, side, identity: again, part });
    }
    let most = 6 * play.journey.plan().count();
    for _ in 0..most {
        if matches!(play.journey.phase, Phase::Live { .. }) {
            break;
        }
        let Some((actor, command)) = next(&play.journey, &cast) else { break };
        play.does(&actor, command);
        note(&mut moments, &play);
    }
    Example { history: play.history, names: names(), moments, reader, reference }
}

/// Notes the next moment as soon as it has come.
fn note(moments: &mut Vec<Moment>, play: &Play) {
    if let Some((title, about, come)) = MOMENTS.get(moments.len())
        && come(&play.journey)
    {
        moments.push(Moment { title, about, entries: play.history.len() });
    }
}

/// The first deed that somebody may do, in the order of the page: what is asked for by whoever is asked.
fn next(journey: &Journey, cast: &[Actor]) -> Option<(Actor, Command)> {
    overview(journey).turns.iter().find_map(|turn| {
        let spec = journey.process.task(&turn.task)?;
        cast.iter().find_map(|actor| {
            let verb = offers::offers_on(journey, actor, &turn.task).into_iter().find(|verb| wanted(journey, *verb, spec))?;
            Some((actor.clone(), command(journey, verb, spec, actor)?))
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

fn command(journey: &Journey, verb: Verb, spec: &TaskSpec, actor: &Actor) -> Option<Command> {
    let task = spec.id.clone();
    // The first answer to the use case is a finding, so that there is a second round to look at.
    let sent = journey.submitted_in(spec).round.0;
    if verb == Verb::Approve && spec.id.as_str() == "obtain-use-case-approval" && sent == 1 {
        let findings = vec![Finding { field: None, words: FINDING.to_owned() }];
        return Some(Command::Return { task, findings, accepted: Vec::new(), conditions: Vec::new() });
    }
    let name =
        CAST.iter().find(|(id, ..)| *id == actor.person.as_str()).map_or_else(String::new, |(_, name, ..)| (*name).to_owned());
    // Nobody is declared for before the lead has looked at their standards.
    if verb == Verb::Submit
        && spec.page == Page::Declaration
        && let Some(checks) = member_checks::rest_is_met(journey, calendar::date_of(journey.changed_at))
    {
        return Some(checks);
    }
    Some(match verb {
        Verb::Submit => Command::Submit { task, answers: answers(spec, journey) },
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
                ods_code: "A21471".to_owned(),
                name: "Willow Lane Surgery".to_owned(),
                live_on: calendar::date_of(journey.changed_at),
                note: "The first record was opened by a ward pharmacist.".to_owned(),
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

fn answers(spec: &TaskSpec, journey: &Journey) -> Answers {
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
            Kind::Email => "amina@harbour.example".to_owned(),
            Kind::OdsCode => "YGA01".to_owned(),
            Kind::Organisations { .. } | Kind::Waves { .. } => "A21471 Willow Lane Surgery".to_owned(),
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

fn names() -> Names {
    Names {
        people: CAST.iter().map(|(id, name, ..)| (id.parse().expect("a person id"), (*name).to_owned())).collect(),
        organisations: ORGANISATIONS
            .iter()
            .map(|(id, name, _)| (id.parse().expect("an organisation id"), (*name).to_owned()))
            .collect(),
        claims: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_through_every_moment_to_live() {
        let example = example();
        let come: Vec<&str> = example.moments.iter().map(|moment| moment.title).collect();
        assert_eq!(come, MOMENTS.map(|(title, ..)| title), "every moment comes, in its order");
        assert!(example.moments.windows(2).all(|two| two[0].entries < two[1].entries));
        assert!(matches!(example.at(usize::MAX).phase, Phase::Live { .. }));
        assert_eq!(example.moments.last().map(|moment| moment.entries), Some(example.history.len()));
    }

    #[test]
    fn everybody_in_it_has_a_name() {
        let example = example();
        for recorded in &example.history {
            if let Some(by) = &recorded.by {
                assert!(
                    example.names.people.contains_key(&by.person) && example.names.organisations.contains_key(&by.organisation)
                );
            }
        }
        assert!(example.history.iter().any(|recorded| matches!(recorded.event, crate::ledger::event::Event::Returned { .. })));
    }

    #[test]
    fn each_moment_can_be_looked_at() {
        for moment in 0..example().moments.len() {
            assert_eq!(example().at(moment).seq.0 as usize, example().moments[moment].entries);
        }
    }
}
