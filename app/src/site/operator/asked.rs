//! What somebody looks for in the audit, as its address says it: the page and the file are asked alike.

use jiff::{Timestamp, ToSpan as _, civil::Date};
use journey::{
    base::{
        calendar,
        ids::{JourneyRef, OrganisationId, PersonId},
        text,
    },
    form::Problem,
    port::{
        StoreError,
        audit::{AuditFilter, AuditKind, AuditLine, Mark},
        seats::OrganisationFilter,
    },
};

use crate::{base::words::encode, request::services::Services};

/// Longest text that is looked for.
const LONGEST: usize = 200;

/// A question to the audit, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditAsked {
    /// A person, by email address or id.
    pub person: String,
    /// An organisation, by name, ODS code or id.
    pub organisation: String,
    /// A journey, by reference.
    pub journey: String,
    /// A kind, by name.
    pub kind: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// After this entry.
    pub after: String,
}

impl AuditAsked {
    /// The question of an address, which `of` knows by the names of its fields.
    #[must_use]
    pub fn read(of: impl Fn(&str) -> String) -> Self {
        let typed = |name: &str| text::line(&of(name)).chars().take(LONGEST).collect();
        Self {
            person: typed("person"),
            organisation: typed("organisation"),
            journey: typed("journey"),
            kind: typed("kind"),
            from: typed("from"),
            until: typed("until"),
            after: typed("after"),
        }
    }

    /// Whether anything narrows it.
    #[must_use]
    pub fn narrows(&self) -> bool {
        !self.fields().iter().all(|(_, value)| value.is_empty())
    }

    fn fields(&self) -> [(&'static str, &str); 6] {
        [
            ("person", &self.person),
            ("organisation", &self.organisation),
            ("journey", &self.journey),
            ("kind", &self.kind),
            ("from", &self.from),
            ("until", &self.until),
        ]
    }

    /// What follows the address of the page and of the file, without where it goes on.
    #[must_use]
    pub fn tail(&self) -> String {
        let said = self.fields().into_iter().filter(|(_, value)| !value.is_empty());
        let said: Vec<String> = said.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
    }

    /// Where the page after this entry is.
    #[must_use]
    pub fn next(&self, last: &AuditLine) -> String {
        let tail = self.tail();
        let join = if tail.is_empty() { "?" } else { "&" };
        format!("/audit{tail}{join}after={}", encode(&marked(&last.mark)))
    }

    /// The question for the database, or what is wrong with what was typed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn filter(&self, services: &Services, limit: u32) -> Result<Result<AuditFilter, Vec<Problem>>, StoreError> {
        let mut problems = Vec::new();
        let mut missing = |field: &str, says: &str| problems.push(Problem::new(field, says));
        let mut filter = AuditFilter { limit, after: mark_of(&self.after), ..AuditFilter::default() };
        if !self.person.is_empty() {
            filter.person = person(services, &self.person).await?;
            if filter.person.is_none() {
                missing("person", "Nobody has an account with this email address. Enter the whole address");
            }
        }
        if !self.organisation.is_empty() {
            filter.organisation = organisation(services, &self.organisation).await?;
            if filter.organisation.is_none() {
                missing("organisation", "No organisation, or more than one, matches. Enter its whole name or its ODS code");
            }
        }
        if !self.journey.is_empty() {
            filter.journey = self.journey.parse::<JourneyRef>().ok();
            if filter.journey.is_none() {
                missing("journey", "Enter a reference like 7K3M-9PX4");
            }
        }
        filter.kind = AuditKind::named(&self.kind);
        let mut day = |field: &str, typed: &str| match typed.parse::<Date>() {
            _ if typed.is_empty() => None,
            Ok(day) => Some(day),
            Err(_) => {
                problems.push(Problem::new(field, "Enter a day like 2026-03-02"));
                None
            }
        };
        filter.from = day("from", &self.from).and_then(begins);
        filter.until = day("until", &self.until).and_then(|day| day.checked_add(1.day()).ok()).and_then(begins);
        Ok(if problems.is_empty() { Ok(filter) } else { Err(problems) })
    }
}

/// The first instant of a day in the UK.
fn begins(day: Date) -> Option<Timestamp> {
    day.to_zoned(calendar::uk()).ok().map(|zoned| zoned.timestamp())
}

async fn person(services: &Services, typed: &str) -> Result<Option<PersonId>, StoreError> {
    if let Some(found) = services.store.person_by_email(&typed.to_lowercase()).await? {
        return Ok(Some(found.id));
    }
    let Ok(id) = typed.parse::<PersonId>() else { return Ok(None) };
    Ok(services.store.person(&id).await?.map(|person| person.id))
}

/// The one of this id, name or code; or the only one that fits.
async fn organisation(services: &Services, typed: &str) -> Result<Option<OrganisationId>, StoreError> {
    if let Ok(id) = typed.parse::<OrganisationId>()
        && let Some(found) = services.store.organisation(&id).await?
    {
        return Ok(Some(found.id));
    }
    let filter = OrganisationFilter { find: typed.to_owned(), limit: 50, ..OrganisationFilter::default() };
    let found = services.store.organisations(&filter).await?;
    let folded = typed.to_lowercase();
    let exactly = |name: &str, code: &str| name.to_lowercase() == folded || code.to_lowercase() == folded;
    let mut exact = found.iter().filter(|line| exactly(&line.organisation.name, &line.organisation.ods_code));
    let one = match (exact.next(), exact.next(), found.as_slice()) {
        (Some(one), None, _) | (None, None, [one]) => Some(one),
        _ => None,
    };
    Ok(one.map(|line| line.organisation.id.clone()))
}

fn marked(mark: &Mark) -> String {
    format!("{}_{}_{}_{}", mark.at.as_microsecond(), mark.source, mark.seq, mark.key)
}

fn mark_of(text: &str) -> Option<Mark> {
    let mut parts = text.splitn(4, '_');
    let (at, source, seq, key) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
    Some(Mark { at, source: source.parse().ok()?, seq: seq.parse().ok()?, key: key.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_again_where_it_was() {
        for key in ["abc", "7K3M-9PX4", "a_b_c", ""] {
            let mark = Mark { at: Timestamp::UNIX_EPOCH, source: 1, key: key.to_owned(), seq: 7 };
            assert_eq!(mark_of(&marked(&mark)), Some(mark));
        }
        for nonsense in ["", "a_b_c_d", "1_2_3", "99999999999999999999_1_1_a"] {
            assert_eq!(mark_of(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn an_address_keeps_what_was_typed() {
        let asked = AuditAsked::read(|name| match name {
            "person" => "ada@acme.example".to_owned(),
            "from" => " 2026-03-02 ".to_owned(),
            _ => String::new(),
        });
        assert_eq!(asked.tail(), "?person=ada%40acme.example&from=2026-03-02");
        assert!(asked.narrows());
        assert_eq!(AuditAsked::default().tail(), "");
    }
}
