//! What operators are told of a text of the guidance.

use journey::{
    base::{actor::Role, ids::PersonId},
    guidance::corrections::Subject,
    port::{Letter, corrections::Proposal},
};

use crate::{
    base::halt::Halt,
    request::{services::Services, visitor::Visitor},
};

fn letter(services: &Services, to: &str, subject: &str, text: &str, about: &Subject) -> Letter {
    Letter {
        id: format!("text-{}", services.secrets.id()),
        to: to.to_owned(),
        subject: format!("{subject} – {}", about.title),
        body: format!(
            "Hello,\n\n{text}\n\n{}/guidance/{}\n\nYou get this email because you are an operator of GP Connect onboarding.\n",
            services.base_url, about.id
        ),
        enclosed: None,
    }
}

/// To every other operator: a text waits.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn waits(services: &Services, by: &Visitor, about: &Subject, reason: &str) -> Result<Vec<Letter>, Halt> {
    let organisation = std::slice::from_ref(&by.actor.organisation);
    let operators: Vec<(PersonId, String)> = services.store.addresses(Some(organisation), &[Role::Operator]).await?;
    let text = format!(
        "{} proposes a new text for the guidance. Please publish it or send it back.\n\nWhy it is corrected: {reason}",
        by.name
    );
    let others = operators.into_iter().filter(|(person, _)| *person != by.actor.person);
    Ok(others.map(|(_, to)| letter(services, &to, "To publish: guidance text", &text, about)).collect())
}

/// To whoever wrote it: it is published, or sent back with these words.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn answered(
    services: &Services,
    by: &Visitor,
    about: &Subject,
    proposal: &Proposal,
    why: Option<&str>,
) -> Result<Option<Letter>, Halt> {
    let Some(writer) = services.store.person(&proposal.by).await? else { return Ok(None) };
    let (subject, text) = match why {
        None => ("Published: guidance text", format!("{} has published the text that you proposed.", by.name)),
        Some(why) => (
            "Sent back: guidance text",
            format!(
                "{} has sent back the text that you proposed. Your words are still there.\n\nWhat should be different: {why}",
                by.name
            ),
        ),
    };
    Ok(Some(letter(services, &writer.email, subject, &text, about)))
}
