//! What somebody is asked to sign, in the plain words of letters and pages.

use journey::{
    base::{calendar, identity::Identity, ids::PersonId},
    ledger::journey::Journey,
    plan::process::TaskSpec,
    port::signatories::Asked,
    rule::leaving,
};

use crate::{
    act::sent,
    base::{dates, halt::Halt},
    request::services::Services,
};

/// What a letter and the first page say, without any document.
#[derive(Clone)]
pub(crate) struct About {
    /// What is signed, such as "Data sharing agreement".
    pub(crate) label: String,
    /// For which organisation.
    pub(crate) member: Identity,
    /// Who asks: name and organisation.
    pub(crate) asker: String,
    /// The product with its version.
    pub(crate) product: String,
    /// Who makes it.
    pub(crate) supplier: String,
    /// What its users can do with it.
    pub(crate) does: Vec<String>,
    /// What the group will use it for, in its own words; empty where it said nothing.
    pub(crate) purpose: String,
    /// By when an answer is asked for.
    pub(crate) due: String,
    /// What somebody quotes who writes or telephones about it.
    pub(crate) reference: String,
}

impl About {
    /// Gathers it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn of(services: &Services, journey: &Journey, spec: &TaskSpec, asked: &Asked) -> Result<Self, Halt> {
        let purpose = match leaving::group(journey) {
            Some(group) => match sent::last(services, journey, &group.id).await? {
                Some(submission) => sent::answers_of(&submission)?.one("purpose").to_owned(),
                None => String::new(),
            },
            None => String::new(),
        };
        Ok(Self {
            label: spec.noun.clone(),
            member: asked.member.clone(),
            asker: asker(services, journey, &asked.by).await?,
            product: journey.product().to_owned(),
            supplier: journey.identity(&journey.organisation).map_or_else(String::new, |it| it.name.clone()),
            does: journey.opening.capabilities.iter().map(|one| one.capability.about().to_owned()).collect(),
            purpose,
            due: dates::date(asked.due),
            reference: reference(asked),
        })
    }

    /// The same for somebody else who is asked by the same person.
    pub(crate) fn beside(&self, asked: &Asked) -> Self {
        let (member, due) = (asked.member.clone(), dates::date(asked.due));
        Self { member, due, reference: reference(asked), ..self.clone() }
    }

    /// The sentence that says who asks for what.
    pub(crate) fn request(&self) -> String {
        format!("{} asks you to sign “{}” for {}.", self.asker, self.label, self.member.in_words())
    }

    /// What it lets whom do, what it does not, what follows, and the way back: name and words of each.
    pub(crate) fn facts(&self) -> Vec<(&'static str, String)> {
        let product =
            if self.supplier.is_empty() { self.product.clone() } else { format!("{}, by {}", self.product, self.supplier) };
        let mut facts = vec![("Product", product), ("What its users can do", self.does.join(" "))];
        if !self.purpose.is_empty() {
            facts.push(("What it will be used for", self.purpose.clone()));
        }
        facts.extend([
            (
                "What it may not be used for",
                "Anything but the direct care of a patient: no research, no planning, no charging.".to_owned(),
            ),
            (
                "If you sign",
                "Nothing is shared by your signature alone. Each practice still turns GP Connect on in its own system."
                    .to_owned(),
            ),
            ("Later", "You can take your signature back at any time, with the link in the email.".to_owned()),
        ]);
        facts
    }
}

/// What somebody quotes: the journey and their organisation.
pub(crate) fn reference(asked: &Asked) -> String {
    format!("{} {}", asked.journey, asked.member.ods_code)
}

/// Who asks: by name and organisation, as far as they are known today.
async fn asker(services: &Services, journey: &Journey, by: &PersonId) -> Result<String, Halt> {
    let Some((person, memberships, _)) = services.store.account(by).await? else {
        return Ok("The lead of your group".to_owned());
    };
    let own = memberships.iter().find(|membership| journey.parties().any(|(id, _)| *id == membership.organisation.id));
    let of = own.and_then(|membership| journey.identity(&membership.organisation.id)).map(|identity| identity.name.clone());
    Ok(of.map_or_else(|| person.name.clone(), |of| format!("{} of {of}", person.name)))
}

/// An address of which only its owner recognises all: `r••••@willow.example`.
pub(crate) fn masked(email: &str) -> String {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}••••@{domain}")
}

/// "14 December 2026".
pub(crate) fn day(at: jiff::Timestamp) -> String {
    dates::date(calendar::date_of(at))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_address_is_known_to_its_owner_alone() {
        assert_eq!(masked("rae.reader@willow.example"), "r••••@willow.example");
        assert_eq!(masked("é@b.example"), "é••••@b.example");
        assert_eq!(masked(""), "••••@");
    }
}
