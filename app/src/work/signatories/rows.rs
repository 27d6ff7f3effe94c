//! The members of the group and how each stands: signed, asked, declined, or not asked yet.

use std::collections::BTreeMap;

use journey::{
    base::{identity::Identity, text::capital},
    ledger::{journey::Journey, signing, standing::Signature},
    plan::process::TaskSpec,
    port::signatories::{AskedSince, HowEnded},
};

use crate::{
    base::{dates, halt::Halt, words::counted},
    request::services::Services,
};

/// How a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Somebody has signed for it.
    Signed,
    /// Somebody has signed for it, and it is to be given anew.
    Renew,
    /// It signed before, and what is signed has changed, or its year is over.
    Again,
    /// Whoever signed took it back.
    TakenBack,
    /// Whoever was asked declined.
    Declined,
    /// The letter cannot arrive.
    Undelivered,
    /// Whoever was asked has opened the page with a code.
    Opened,
    /// The letter was sent.
    Sent,
    /// It has people with accounts here, who are asked there.
    WithAccount,
    /// Nobody was asked.
    NotAsked,
}

impl How {
    /// The word on a page and in a file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            How::Signed => "Signed",
            How::Renew => "Renew",
            How::Again => "Must sign again",
            How::TakenBack => "Taken back",
            How::Declined => "Declined",
            How::Undelivered => "Email failed",
            How::Opened => "Opened",
            How::Sent => "Email sent",
            How::WithAccount => "Signs with an account",
            How::NotAsked => "Not asked",
        }
    }

    /// The classes of its tag.
    pub(crate) fn class(self) -> &'static str {
        match self {
            How::Signed => "nhsuk-tag nhsuk-tag--green",
            How::Renew | How::Again | How::TakenBack | How::Declined => "nhsuk-tag nhsuk-tag--yellow",
            How::Undelivered => "nhsuk-tag nhsuk-tag--red",
            How::Opened => "nhsuk-tag nhsuk-tag--blue",
            How::Sent | How::WithAccount => "nhsuk-tag nhsuk-tag--white",
            How::NotAsked => "nhsuk-tag nhsuk-tag--grey",
        }
    }

    /// Whether there is a signature that counts.
    #[must_use]
    pub fn is_signed(self) -> bool {
        matches!(self, How::Signed | How::Renew)
    }

    /// Whether nothing goes on before somebody does something about it.
    #[must_use]
    pub fn needs_help(self) -> bool {
        matches!(self, How::TakenBack | How::Declined | How::Undelivered | How::NotAsked)
    }
}

/// A member, and how it stands.
pub struct Row<'a> {
    /// Which.
    pub member: &'a Identity,
    /// How it stands.
    pub how: How,
    /// Its signature, when it has signed.
    pub signature: Option<&'a Signature>,
    /// Who was asked last, when somebody was asked by letter.
    pub asked: Option<&'a AskedSince>,
}

impl Row<'_> {
    /// What stands beside the word.
    #[must_use]
    pub fn about(&self) -> String {
        let day = |at| dates::day_of(at);
        match (self.how, self.signature, self.asked) {
            (How::Signed | How::Renew, Some(signature), _) => {
                let by = signature.renew_by.filter(|_| self.how == How::Renew);
                let by = by.map_or_else(String::new, |by| format!(". Renew by {}", dates::date(by)));
                format!("{}, {}{by}", signature.name, day(signature.at))
            }
            (How::Declined, _, Some(asked)) => {
                let (reason, at) = asked.ended.as_ref().map(|(_, reason, at)| (reason.as_str(), *at)).unwrap_or_default();
                format!("“{reason}” {}", day(at))
            }
            (How::Undelivered, _, Some(asked)) => asked.undelivered.map_or_else(String::new, |why| capital(why.in_words())),
            (How::Opened, _, Some(asked)) => asked.opened_at.map_or_else(String::new, |at| format!("Opened {}", day(at))),
            (How::Sent | How::Again, _, Some(asked)) => {
                let reminders = if asked.reminders > 0 {
                    format!(", {}", counted(asked.reminders as usize, "reminder"))
                } else {
                    String::new()
                };
                format!("Last email {}{reminders}", day(asked.asked.sent_at))
            }
            _ => String::new(),
        }
    }
}

/// Every member of the group with how it stands, in the order of the group.
#[must_use]
pub fn rows<'a>(journey: &'a Journey, spec: &TaskSpec, all: &'a [AskedSince]) -> Vec<Row<'a>> {
    // Of each member the newest: the list is in the order in which they were asked.
    let mut newest: BTreeMap<&str, &AskedSince> = BTreeMap::new();
    for one in all {
        newest.insert(&one.asked.member.ods_code, one);
    }
    let signatures = journey.signatures(spec);
    let of = |member: &Identity| {
        signatures.iter().copied().find(|signature| {
            let identity = signature.identity.as_ref().or(journey.identity(&signature.organisation));
            identity.is_some_and(|identity| identity.ods_code == member.ods_code)
        })
    };
    let members = journey.group().map(|group| group.members.iter()).into_iter().flatten();
    members
        .map(|member| {
            let (signature, asked) = (of(member), newest.get(member.ods_code.as_str()).copied());
            let has_part = journey.parties().any(|(id, _)| journey.identity(id).is_some_and(|it| it.ods_code == member.ods_code));
            let how = match asked {
                _ if signature.is_some() && signing::is_to_renew(journey, spec, &member.ods_code) => How::Renew,
                _ if signature.is_some() => How::Signed,
                Some(AskedSince { ended: Some((HowEnded::Declined, ..)), .. }) => How::Declined,
                Some(one) if one.ended.is_none() && signing::took_back(journey, spec, &member.ods_code) => How::TakenBack,
                Some(one) if one.ended.is_none() && one.undelivered.is_none() && one.signed_at.is_some() => How::Again,
                Some(one) if one.ended.is_none() && one.undelivered.is_some() => How::Undelivered,
                Some(one) if one.ended.is_none() && one.opened_at.is_some() => How::Opened,
                Some(one) if one.ended.is_none() => How::Sent,
                _ if has_part => How::WithAccount,
                _ => How::NotAsked,
            };
            Row { member, how, signature, asked }
        })
        .collect()
}

/// Everybody who was asked for a task, where members of a group sign it.
///
/// # Errors
/// [`Halt::Missing`] for a task that they do not sign; when the database does not answer.
pub async fn asked(services: &Services, journey: &Journey, spec: &TaskSpec) -> Result<Vec<AskedSince>, Halt> {
    if !spec.is_signed_by_users() || journey.group().is_none() {
        return Err(Halt::Missing);
    }
    Ok(services.store.signatories(&journey.reference, &spec.id).await?)
}

/// "212 of 240 organisations have signed".
#[must_use]
pub fn counted_rows(rows: &[Row<'_>]) -> String {
    let signed = rows.iter().filter(|row| row.how.is_signed()).count();
    let have = if rows.len() == 1 { "organisation has" } else { "organisations have" };
    format!("{signed} of {} {have} signed", rows.len())
}
