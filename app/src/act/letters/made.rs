//! How every letter is made: whom it greets, where its link leads, how it ends.

use journey::{
    base::{
        identity::Identity,
        ids::{OrganisationId, PersonId},
    },
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
    },
    port::{Letter, notices::Notice},
    view::notices::Asks,
};

use crate::{base::paths, request::services::Services};

pub(crate) const FOOT: &str = "\n\nYou get this email because you take part in this at GP Connect onboarding. If you reply, it goes to the people who look after the service.";

/// The end of a letter that its reader can choose not to get.
#[must_use]
pub fn foot(services: &Services) -> String {
    format!("{FOOT}\nYou can choose when you get emails like this: {}\n", chosen_at(&services.base_url))
}

/// Where people choose which emails they get.
#[must_use]
pub fn chosen_at(base_url: &str) -> String {
    format!("{base_url}/account#notices")
}

/// A letter about something behind this link, for whom, by which id.
pub(crate) fn notice(
    services: &Services,
    id: String,
    (person, to): (PersonId, String),
    subject: &str,
    text: &str,
    link: &str,
) -> Notice {
    let body = format!("Hello,\n\n{text}\n\n{link}{}", foot(services));
    let letter = Letter { id, to, subject: subject.to_owned(), body, enclosed: None };
    Notice { person, letter, link: link.to_owned(), asks: Asks::Nothing, message: None }
}

/// What is told of an entry of the ledger.
pub(super) struct Told {
    /// What the letter is called beside the entry, where several follow from it: `site`.
    pub(super) id: &'static str,
    /// Without the reference, which is added.
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) link: String,
}

/// The same for each of these people. Nobody needs a letter about what they did themselves.
pub(super) fn told(
    services: &Services,
    journey: &Journey,
    recorded: &Recorded,
    people: Vec<(PersonId, String)>,
    told: &Told,
) -> Vec<Notice> {
    let subject = format!("{} ({})", told.subject, journey.reference);
    let others = people.into_iter().filter(|(person, _)| recorded.by.as_ref().is_none_or(|by| by.person != *person));
    let one = |(person, to): (PersonId, String)| {
        let id = format!("{}-{}-{}-{person}", journey.reference, recorded.seq, told.id);
        notice(services, id, (person, to), &subject, &told.text, &told.link)
    };
    others.map(one).collect()
}

/// The same, without waiting for a daily letter.
pub(super) fn at_once(notices: Vec<Notice>) -> Vec<Notice> {
    notices.into_iter().map(|notice| Notice { asks: Asks::Now, ..notice }).collect()
}

/// The same to somebody who has to do something about it.
pub(crate) fn asking(notice: Notice) -> Notice {
    Notice { asks: Asks::Act, ..notice }
}

pub(super) fn link(services: &Services, journey: &Journey, event: &Event) -> String {
    if let Some(number) = event.defect() {
        return format!("{}{}", services.base_url, paths::defect(&journey.reference, number));
    }
    let task = event.task().map(|task| {
        let shown =
            journey.process.reviewer_of(task).filter(|_| matches!(event, Event::Submitted { .. })).map_or(task, |r| &r.id);
        format!("/tasks/{shown}")
    });
    let seats =
        matches!(event, Event::PartAsked { .. } | Event::PartDeclined { .. } | Event::Joined { .. } | Event::Identified { .. })
            || matches!(event, Event::LeaveAsked { .. } | Event::LeaveDeclined { .. } | Event::Left { .. });
    let page = task.unwrap_or_else(|| if seats { "/organisations".to_owned() } else { String::new() });
    format!("{}/journeys/{}{page}", services.base_url, journey.reference)
}

pub(super) fn named(journey: &Journey, organisation: &OrganisationId) -> String {
    journey.identity(organisation).map_or_else(|| "an organisation".to_owned(), Identity::in_words)
}

/// Who somebody acted for, by name.
pub(super) fn organisation_of(journey: &Journey, recorded: &Recorded) -> String {
    let organisation = recorded.by.as_ref().and_then(|by| journey.identity(&by.organisation));
    organisation.map_or_else(|| "An organisation".to_owned(), Identity::in_words)
}

pub(super) fn with_words(text: String, words: &str) -> String {
    if words.is_empty() { text } else { format!("{text}\n\nIn their words:\n{words}") }
}
