//! Letters about journeys and accounts: plain text, one link, whose turn it is and by when. They are written into the
//! outbox together with what they are about. Each event has its sentences in one of these files, so that no two letters say the
//! same thing differently.

mod accounts;
mod concerned;
mod made;
mod notes;
mod signing;
mod turns;

use std::collections::BTreeMap;

use journey::{
    base::calendar,
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
    },
    port::{Letter, StoreError, notices::Notice},
    view::turns::{Around, turns_on},
};

use crate::{
    act::{letters::made::link, usual},
    base::dates,
    request::services::Services,
};

pub use accounts::{account, of_invitation, undelivered, undelivered_in_words};
pub(crate) use made::{FOOT, asking, notice};
pub use made::{chosen_at, foot};
pub(crate) use signing::{ENCLOSED, complete};

/// What follows from something that was recorded.
#[derive(Debug, Default)]
pub struct Mail {
    /// Letters that always go: receipts.
    pub letters: Vec<Letter>,
    /// Letters about turns and decisions, which go as their reader chose.
    pub notices: Vec<Notice>,
}

/// The letters that follow from what was just recorded. `journey` is as it is afterwards, `before` as it was.
///
/// # Errors
/// When the addresses cannot be read.
pub async fn about(services: &Services, before: &Journey, journey: &Journey, recorded: &[Recorded]) -> Result<Mail, StoreError> {
    let turns_now = turns::begun(before, journey);
    // A decision that is undone was told to nobody by email; what waits is on the worklist again.
    if recorded.iter().any(|one| one.event.takes_back().is_some()) {
        let mut notices = Vec::new();
        for event in recorded {
            notices.extend(notes::note(services, journey, event, &turns_now).await?);
        }
        return Ok(Mail { notices, letters: Vec::new() });
    }
    let mut mail = Mail { notices: turns::turns(services, before, journey, recorded).await?, letters: Vec::new() };
    for event in recorded {
        mail.notices.extend(notes::note(services, journey, event, &turns_now).await?);
        mail.notices.extend(concerned::relying(services, before, journey, event).await?);
        mail.notices.extend(concerned::at_sites(services, before, journey, event).await?);
        mail.notices.extend(concerned::incident(services, journey, event).await?);
        mail.notices.extend(concerned::replied(services, journey, event).await?);
        mail.notices.extend(concerned::left(services, journey, event).await?);
        mail.notices.extend(concerned::joined(services, journey, event).await?);
        mail.notices.extend(signing::signed_before(services, before, journey, event).await?);
        mail.notices.extend(signing::lapsed(services, before, journey, event).await?);
        mail.notices.extend(signing::replaced(services, before, journey, event).await?);
        mail.letters.extend(receipt(services, journey, event).await?);
        mail.letters.extend(signing::copies(services, journey, event).await?);
    }
    Ok(mail)
}

/// Whoever sends something to the programme gets a receipt: what, when, by when an answer is due, how to ask.
async fn receipt(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Letter>, StoreError> {
    let (Event::Submitted { task, round, .. }, Some(by)) = (&recorded.event, &recorded.by) else { return Ok(Vec::new()) };
    let Some(spec) = journey.process.reviewer_of(task).or_else(|| journey.process.task(task)).filter(|s| !s.decide.is_empty())
    else {
        return Ok(Vec::new());
    };
    let Some(person) = services.store.person(&by.person).await? else { return Ok(Vec::new()) };
    let standing = journey.standing(&spec.id);
    let mut turns = turns_on(journey, spec, &standing);
    usual::expect(services, &mut turns).await?;
    // Of the sender only their own deed is known here, not what else they may do: the roles are named.
    let said = Around::of(journey, &BTreeMap::new()).said_of_all(&turns);
    let due = said.map_or_else(String::new, |(text, due)| {
        due.map_or_else(|| text.clone(), |due| format!("{text} Expect an answer by {}.", dates::date(due)))
    });
    Ok(vec![Letter {
        id: format!("{}-{}-receipt", journey.reference, recorded.seq),
        to: person.email,
        subject: format!("Received: {} – {} ({})", journey.process.noun(task), journey.opening.product, journey.reference),
        body: format!(
            "Hello {},\n\nWe received round {round} of “{}” for {} on {}.\n{due}\n\nYour reference is {}.\n\n{}{FOOT}\n",
            person.name,
            journey.process.noun(task),
            journey.opening.product,
            dates::date(calendar::date_of(recorded.at)),
            journey.reference,
            link(services, journey, &Event::Started { task: task.clone() }),
        ),
        enclosed: None,
    }])
}
