//! Letters to people who are asked to sign by a link, and about them.

use jiff::{Timestamp, civil::Date};
use journey::{
    base::ids::{Digest, PersonId},
    port::{
        Enclosed, Letter,
        signatories::{Asked, SigningLink},
    },
};

use crate::{
    act::letters,
    base::{dates, paths},
    request::services::Services,
    work::signatories::about::About,
};

const FOOT: &str = "\n\nThis email was sent by GP Connect onboarding. If you reply, it goes to the people who look after the service. If you did not expect it, you can ignore it: nothing happens without you.\n";

/// The id of the letter with a link: its reader's page knows by it whether it arrived.
pub(crate) fn id_of(link: &SigningLink) -> String {
    format!("sign-{}", link.token)
}

/// How somebody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// For the first time, or as somebody new.
    First,
    /// Again, because they have not answered.
    Reminder,
    /// Again, because what was to be signed has changed since they signed.
    Again,
    /// Again, because what they signed counts until this day.
    Renew(Date),
    /// Again, because what they signed counted for a year that is over.
    Lapsed,
    /// Because they asked for another link.
    NewLink,
}

/// The letter with the link.
pub(crate) fn request(
    services: &Services,
    about: &About,
    asked: &Asked,
    (link, token): (&SigningLink, &str),
    on: Occasion,
) -> Letter {
    let subject = match on {
        Occasion::First | Occasion::NewLink => format!("Please sign for {}: {}", about.member.name, about.label),
        Occasion::Reminder => format!("Reminder: please sign for {}: {}", about.member.name, about.label),
        Occasion::Renew(by) => format!("Please renew by {}: {} for {}", dates::date(by), about.label, about.member.name),
        Occasion::Again | Occasion::Lapsed => format!("Please sign again for {}: {}", about.member.name, about.label),
    };
    let why = match on {
        Occasion::First | Occasion::NewLink => String::new(),
        Occasion::Reminder => "\n\nYou have not answered yet.".to_owned(),
        Occasion::Renew(by) => format!(
            "\n\nYou signed this a year ago. Your signature counts until {}. Please check that your organisation still meets the standards of the Data Security and Protection Toolkit, and sign again for another year.",
            dates::date(by)
        ),
        Occasion::Lapsed => {
            "\n\nYou signed this more than a year ago. Your signature was for one year, so it does not count any more.".to_owned()
        }
        Occasion::Again => {
            "\n\nYou have signed before. What is signed has changed since, so your signature does not count any more.".to_owned()
        }
    };
    let facts: String = about.facts().into_iter().map(|(name, words)| format!("\n\n{name}:\n{words}")).collect();
    let body = format!(
        "Hello {},\n\n{} Please answer by {}. It takes about 5 minutes, and you need no account.{why}{facts}\n\nRead it and sign, decline, or pass it on to the right person:\n{}{}\n\nThis link is for you alone and works until {}. On the page we send a code to this address, so nobody else can sign with it. If you have a question, ask it there: {} is told.\n\nYour reference: {}{FOOT}",
        asked.name,
        about.request(),
        about.due,
        services.base_url,
        paths::sign(token),
        crate::work::signatories::about::day(link.expires_at),
        about.asker,
        about.reference,
    );
    Letter { id: id_of(link), to: asked.email.clone(), subject, body, enclosed: None }
}

/// The letter with a code.
pub(crate) fn code(asked: &Asked, code: &str, at: Timestamp) -> Letter {
    let body = format!(
        "Hello {},\n\nYour code is {code}. Enter it on the page where you asked for it. It works once, for 15 minutes.\n\nNobody will ever ask you for this code by telephone or email.{FOOT}",
        asked.name
    );
    let id = format!("sign-code-{}-{}", asked.id, at.as_microsecond());
    Letter { id, to: asked.email.clone(), subject: "Your code to read and sign".to_owned(), body, enclosed: None }
}

/// The copy for whoever has signed: the words, the signature and the digest, to keep, and the document once everybody has signed whose
/// signature is waited for. Until then another letter will bring it.
pub(crate) fn copy(
    asked: &Asked,
    label: &str,
    text: &str,
    authority: &str,
    digest: &Digest,
    at: Timestamp,
    enclosed: Option<Enclosed>,
) -> Letter {
    let pdf =
        if enclosed.is_some() { letters::ENCLOSED } else { "When all the signatures are in, you get another email with a PDF." };
    let body = format!(
        "Hello {},\n\nYou have signed “{label}” for {}. This is your copy: the words, and your signature under them.\n\n{text}\n\nSignature\n\n{} for {}, by authority of: {authority}. Signed on {}.\n\nDigest of the words (SHA-256): {digest}\n\n{pdf}\n\nYou can take your signature back at any time: open the link in the email that asked you. If it does not work any more, its page sends you a new one.\n\nYour reference: {}{FOOT}",
        asked.name,
        asked.member.in_words(),
        asked.name,
        asked.member.in_words(),
        dates::moment(at),
        crate::work::signatories::about::reference(asked),
    );
    let id = format!("signed-{}-{}", asked.id, at.as_microsecond());
    Letter { id, to: asked.email.clone(), subject: format!("Signed for {}: {label}", asked.member.name), body, enclosed }
}

/// The letter that a signature was taken back, to whoever took it back.
pub(crate) fn taken_back(asked: &Asked, label: &str, reason: &str, at: Timestamp) -> Letter {
    let body = format!(
        "Hello {},\n\nThe signature for {} under “{label}” was taken back on {} with these words:\n\n{reason}\n\nIt does not count any more. What was signed before stays in the history.{FOOT}",
        asked.name,
        asked.member.in_words(),
        dates::moment(at),
    );
    let id = format!("signed-back-{}-{}", asked.id, at.as_microsecond());
    Letter {
        id,
        to: asked.email.clone(),
        subject: format!("Taken back for {}: {label}", asked.member.name),
        body,
        enclosed: None,
    }
}

/// A letter to whoever asked, about somebody they asked.
pub(crate) fn to_asker(
    services: &Services,
    (asker, to): (&PersonId, &str),
    asked: &Asked,
    what: &str,
    words: &str,
    at: Timestamp,
) -> Letter {
    let said = if words.is_empty() { String::new() } else { format!("\n\n{words}") };
    let body = format!(
        "Hello,\n\n{} ({}) {what}.{said}\n\nSee who has signed, and ask somebody else if you need to:\n{}{}{FOOT}",
        asked.name,
        asked.member.in_words(),
        services.base_url,
        paths::signatories(&asked.journey, &asked.task),
    );
    // Two things may be told of the same person in the same moment.
    let which = Digest::of(format!("{what} {words}").as_bytes());
    let id = format!("signatory-{}-{asker}-{}-{}", asked.id, at.as_microsecond(), &which.as_str()[..12]);
    Letter {
        id,
        to: to.to_owned(),
        subject: format!("{}: {} {what} ({})", asked.member.name, asked.name, asked.journey),
        body,
        enclosed: None,
    }
}
