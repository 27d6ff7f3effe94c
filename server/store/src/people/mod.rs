//! Accounts and links. Every change appends to the `people` stream.

pub mod rows;

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, OrganisationId, PersonId, Seq},
    },
    ledger::event::{By, Recorded},
    people::rules::PeopleEvent,
    port::{Answer, InHand, Letter, Link, LinkPurpose, Member, Membership, Organisation, People, Person, WriteError},
    scal::book,
};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    db::{Db, Ending},
    event_row::EventRow,
    links::{INVITATIONS, LINK, LinkRow, insert_link, roles_of, use_link, use_links},
    membership::{STREAM, append, insert_organisation, put_member},
    outbox,
    people::rows::{AccountRow, MembershipRow, OrganisationRow, PersonRow},
    row::{AT_ONCE, folded, instant, micros, parsed, places, plain, row, seq_of, small},
    seats, sessions, words,
};

/// A person and every place of theirs; one row without a place when they belong nowhere.
pub const ACCOUNT: &str = "SELECT p.id AS person, p.email, p.name AS called, p.password, p.confirmed_us, \
            (SELECT k.at_us FROM locked_people k WHERE k.person = p.id) AS locked_us, \
            o.id, o.name, o.ods_code, o.side, m.roles, \
            (SELECT COUNT(*) FROM (SELECT 1 FROM news n WHERE n.person = $1 AND n.unseen = 1 LIMIT 100) x) AS news \
     FROM people p LEFT JOIN memberships m ON m.person = p.id LEFT JOIN organisations o ON o.id = m.organisation \
     WHERE p.id = $1 ORDER BY m.since_us, o.id";

/// A person by address.
const PERSON_BY_EMAIL: &str = "SELECT p.id, p.email, p.name, p.password, p.confirmed_us, \
            (SELECT k.at_us FROM locked_people k WHERE k.person = p.id) AS locked_us FROM people p WHERE p.email = $1";

const PERSON: &str = "SELECT p.id, p.email, p.name, p.password, p.confirmed_us, \
            (SELECT k.at_us FROM locked_people k WHERE k.person = p.id) AS locked_us FROM people p WHERE p.id = $1";

/// Everybody of the programme whose address is confirmed and who is not locked.
const OF_PROGRAMME: &str = "SELECT m.person, m.organisation, p.name, p.email, m.roles, m.since_us \
     FROM memberships m JOIN people p ON p.id = m.person JOIN organisations o ON o.id = m.organisation \
     WHERE p.confirmed_us IS NOT NULL AND NOT EXISTS (SELECT 1 FROM locked_people k WHERE k.person = p.id) AND o.side = 'programme' ORDER BY m.person, m.organisation";

/// Everybody of these organisations whose address is confirmed and who is not locked; the places follow.
const OF_ORGANISATIONS: &str = "SELECT m.person, m.organisation, p.name, p.email, m.roles, m.since_us \
     FROM memberships m JOIN people p ON p.id = m.person WHERE p.confirmed_us IS NOT NULL \
       AND NOT EXISTS (SELECT 1 FROM locked_people k WHERE k.person = p.id) AND m.organisation IN";

row! { MemberRow of "memberships" by person organisation {
    person: String,
    organisation: String,
    name: String,
    email: String,
    roles: String,
    since_us: i64,
} }

impl Db {
    /// Begins a change of accounts. They all write to one stream, so they pass a turnstile one by one, before anything else
    /// is locked: nobody has to try again, and no two wait for each other.
    pub(crate) async fn begin_accounts(&self) -> Answer<Transaction<'static, Any>> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE turnstiles SET passed = passed + 1 WHERE stream = $1")
            .bind(STREAM)
            .execute(&mut *transaction)
            .answered()
            .await?;
        Ok(transaction)
    }
}

async fn insert_person(transaction: &mut Transaction<'static, Any>, person: &Person, at: Timestamp) -> Result<(), WriteError> {
    sqlx::query("INSERT INTO people (id, email, name, password, confirmed_us, created_us) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(person.id.to_string())
        .bind(plain(&person.email))
        .bind(plain(&person.name))
        .bind(person.password.clone())
        .bind(person.confirmed.then(|| micros(at)))
        .bind(micros(at))
        .execute(&mut **transaction)
        .written()
        .await?;
    sqlx::query("INSERT INTO people_found (person, folded) VALUES ($1, $2)")
        .bind(person.id.to_string())
        .bind(folded(&format!("{} {}", person.name, person.email)))
        .execute(&mut **transaction)
        .written()
        .await?;
    words::put_person(transaction, person.id.as_str(), &person.name, &person.email).await?;
    Ok(())
}

#[async_trait]
impl People for Db {
    async fn register(
        &self,
        organisation: Organisation,
        person: Person,
        roles: Vec<Role>,
        link: Link,
        letter: Letter,
    ) -> Result<(), WriteError> {
        let at = link.created_at;
        let mut transaction = self.begin_accounts().await?;
        insert_organisation(&mut transaction, &organisation, at).await?;
        insert_person(&mut transaction, &person, at).await?;
        put_member(&mut transaction, &person.id, &organisation.id, &roles, at).await?;
        insert_link(&mut transaction, &link).await?;
        outbox::insert(&mut transaction, &[&letter], at).await?;
        let event = PeopleEvent::Registered { person: person.id, organisation: organisation.id };
        append(&mut transaction, at, None, event).await?;
        transaction.commit().written().await
    }

    async fn add_organisation(&self, organisation: Organisation, at: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        insert_organisation(&mut transaction, &organisation, at).await?;
        transaction.commit().written().await
    }

    async fn organisation_named(&self, side: Side, name: &str) -> Answer<Option<Organisation>> {
        let row: Option<OrganisationRow> = sqlx::query_as(
            "SELECT id, name, ods_code, side FROM organisations WHERE side = $1 AND name = $2 ORDER BY created_us LIMIT 1",
        )
        .bind(side.name())
        .bind(plain(name))
        .fetch_optional(&self.read)
        .answered()
        .await?;
        row.map(OrganisationRow::read).transpose()
    }

    async fn organisation_coded(&self, side: Side, ods_code: &str) -> Answer<Option<Organisation>> {
        let row: Option<OrganisationRow> = sqlx::query_as(
            "SELECT id, name, ods_code, side FROM organisations WHERE ods_code = $1 AND side = $2 ORDER BY created_us LIMIT 1",
        )
        .bind(plain(ods_code))
        .bind(side.name())
        .fetch_optional(&self.read)
        .answered()
        .await?;
        row.map(OrganisationRow::read).transpose()
    }

    async fn organisation(&self, id: &OrganisationId) -> Answer<Option<Organisation>> {
        let row: Option<OrganisationRow> = sqlx::query_as("SELECT id, name, ods_code, side FROM organisations WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.read)
            .answered()
            .await?;
        row.map(OrganisationRow::read).transpose()
    }

    async fn person_by_email(&self, email: &str) -> Answer<Option<Person>> {
        let row: Option<PersonRow> =
            sqlx::query_as(PERSON_BY_EMAIL).bind(plain(email)).fetch_optional(&self.read).answered().await?;
        row.map(PersonRow::read).transpose()
    }

    async fn person(&self, id: &PersonId) -> Answer<Option<Person>> {
        let row: Option<PersonRow> = sqlx::query_as(PERSON).bind(id.to_string()).fetch_optional(&self.read).answered().await?;
        row.map(PersonRow::read).transpose()
    }

    async fn account(&self, id: &PersonId) -> Answer<Option<(Person, Vec<Membership>, u32)>> {
        let rows: Vec<AccountRow> = sqlx::query_as(ACCOUNT).bind(id.to_string()).fetch_all(&self.read).answered().await?;
        let places = rows.iter().filter_map(AccountRow::place).map(MembershipRow::read).collect::<Answer<Vec<_>>>()?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let news = row.news()?;
        Ok(Some((row.person()?, places, news)))
    }

    async fn memberships(&self, person: &PersonId) -> Answer<Vec<Membership>> {
        let rows: Vec<MembershipRow> = sqlx::query_as(
            "SELECT m.person, o.id, o.name, o.ods_code, o.side, m.roles \
             FROM memberships m JOIN organisations o ON o.id = m.organisation \
             WHERE m.person = $1 ORDER BY m.since_us, o.id",
        )
        .bind(person.to_string())
        .fetch_all(&self.read)
        .answered()
        .await?;
        rows.into_iter().map(MembershipRow::read).collect()
    }

    async fn in_hand(&self, organisation: &OrganisationId, person: &PersonId) -> Answer<InHand> {
        let (rows, claims): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM journeys j JOIN drafts d ON d.journey = j.ref \
                     WHERE j.organisation = $1 AND d.subject LIKE $2 AND d.body LIKE $3), \
                    (SELECT COUNT(*) FROM team_claims c JOIN memberships m ON m.person = c.person \
                         JOIN organisations o ON o.id = m.organisation \
                     WHERE c.person = $4 AND m.organisation = $1 AND o.side = 'programme')",
        )
        .bind(organisation.to_string())
        .bind(format!("{}%", book::SUBJECT))
        .bind(format!("%\"{}\":[\"{person}\"]%", book::ASSIGNEE))
        .bind(person.to_string())
        .fetch_one(&self.read)
        .answered()
        .await?;
        let small = |number| small("memberships", person.as_str(), "person", number);
        Ok(InHand { rows: small(rows)?, claims: small(claims)? })
    }

    async fn members(&self, organisation: &OrganisationId) -> Answer<Vec<Member>> {
        let rows: Vec<MemberRow> = sqlx::query_as(
            "SELECT m.person, m.organisation, p.name, p.email, m.roles, m.since_us \
             FROM memberships m JOIN people p ON p.id = m.person \
             WHERE m.organisation = $1 ORDER BY p.id",
        )
        .bind(organisation.to_string())
        .fetch_all(&self.read)
        .answered()
        .await?;
        let read = |row: MemberRow| {
            let key = row.key();
            Ok(Member {
                person: parsed("memberships", &key, "person", &row.person)?,
                roles: roles_of("memberships", &key, &row.roles)?,
                since: instant("memberships", &key, "since_us", row.since_us)?,
                name: row.name,
                email: row.email,
            })
        };
        let mut members = rows.into_iter().map(read).collect::<Answer<Vec<Member>>>()?;
        members.sort_by_cached_key(|member| folded(&member.name));
        Ok(members)
    }

    async fn addresses(&self, of: Option<&[OrganisationId]>, roles: &[Role]) -> Answer<Vec<(PersonId, String)>> {
        // Roles are few and lists short, so they are picked here; a limit before that would leave people out.
        let mut rows: Vec<MemberRow> = Vec::new();
        match of {
            None => rows.extend(sqlx::query_as::<_, MemberRow>(OF_PROGRAMME).fetch_all(&self.read).answered().await?),
            Some(organisations) => {
                for some in organisations.chunks(AT_ONCE) {
                    let text = format!("{OF_ORGANISATIONS} {}", places(1, some.len()));
                    let mut query = sqlx::query_as(AssertSqlSafe(text));
                    for organisation in some {
                        query = query.bind(organisation.to_string());
                    }
                    let more: Vec<MemberRow> = query.fetch_all(&self.read).answered().await?;
                    rows.extend(more);
                }
            }
        }
        // Who works in two teams or two organisations gets one letter.
        let mut found = BTreeMap::new();
        for row in rows {
            let key = row.key();
            if roles_of("memberships", &key, &row.roles)?.iter().any(|role| roles.contains(role)) {
                found.insert(parsed("memberships", &key, "person", &row.person)?, row.email);
            }
        }
        Ok(found.into_iter().collect())
    }

    async fn add_link(&self, link: Link, letter: Letter) -> Answer<()> {
        if link.purpose == LinkPurpose::Invite {
            let mut transaction = self.begin_accounts().await?;
            seats::write_invitation(&mut transaction, &link, &letter).await?;
            return transaction.commit().answered().await;
        }
        let mut transaction = self.begin().await?;
        insert_link(&mut transaction, &link).await?;
        outbox::insert(&mut transaction, &[&letter], link.created_at).await?;
        transaction.commit().answered().await
    }

    async fn link(&self, token: &Digest, purpose: LinkPurpose, now: Timestamp) -> Answer<Option<Link>> {
        let row: Option<LinkRow> = sqlx::query_as(LINK)
            .bind(token.to_string())
            .bind(purpose.name())
            .bind(micros(now))
            .fetch_optional(&self.read)
            .answered()
            .await?;
        row.map(LinkRow::read).transpose()
    }

    async fn invitations(&self, organisation: &OrganisationId, now: Timestamp) -> Answer<Vec<Link>> {
        let rows: Vec<LinkRow> =
            sqlx::query_as(INVITATIONS).bind(organisation.to_string()).bind(micros(now)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(LinkRow::read).collect()
    }

    async fn confirm(&self, token: &Digest, now: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        let link = use_link(&mut transaction, token, LinkPurpose::Confirm, now).await?;
        let person = link.person.ok_or(WriteError::Conflict)?;
        sqlx::query("UPDATE people SET confirmed_us = $2 WHERE id = $1 AND confirmed_us IS NULL")
            .bind(person.to_string())
            .bind(micros(now))
            .execute(&mut *transaction)
            .answered()
            .await?;
        append(&mut transaction, now, None, PeopleEvent::Confirmed { person }).await?;
        transaction.commit().written().await
    }

    async fn accept(&self, token: &Digest, person: PersonId, new: Option<Person>, now: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        let link = use_link(&mut transaction, token, LinkPurpose::Invite, now).await?;
        let organisation = link.organisation.ok_or(WriteError::Conflict)?;
        if let Some(new) = &new {
            insert_person(&mut transaction, new, now).await?;
        }
        let roles = seats::accepted(&mut transaction, &organisation, &person, &link.email, &link.roles, now).await?;
        let by = Some(By { person: person.clone(), organisation: organisation.clone() });
        let event = PeopleEvent::Accepted { person: person.clone(), organisation, roles };
        append(&mut transaction, now, by, event).await?;
        transaction.commit().written().await
    }

    async fn rename(&self, person: &PersonId, name: &str, now: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        let found: Option<(String,)> = sqlx::query_as("UPDATE people SET name = $2 WHERE id = $1 RETURNING email")
            .bind(person.to_string())
            .bind(plain(name))
            .fetch_optional(&mut *transaction)
            .answered()
            .await?;
        let Some((email,)) = found else { return Err(WriteError::Conflict) };
        sqlx::query("UPDATE people_found SET folded = $2 WHERE person = $1")
            .bind(person.to_string())
            .bind(folded(&format!("{name} {email}")))
            .execute(&mut *transaction)
            .answered()
            .await?;
        words::take_person(&mut transaction, person.as_str()).await?;
        words::put_person(&mut transaction, person.as_str(), name, &email).await?;
        append(&mut transaction, now, None, PeopleEvent::NameChanged { person: person.clone() }).await?;
        transaction.commit().written().await
    }

    async fn set_password(
        &self,
        person: &PersonId,
        hash: &str,
        keep: Option<&str>,
        link: Option<&Digest>,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        if let Some(token) = link {
            let link = use_link(&mut transaction, token, LinkPurpose::Reset, now).await?;
            if link.person.as_ref() != Some(person) {
                return Err(WriteError::Conflict);
            }
        }
        // Whoever could follow a link in a letter has proved the address.
        let done = sqlx::query("UPDATE people SET password = $2, confirmed_us = COALESCE(confirmed_us, $3) WHERE id = $1")
            .bind(person.to_string())
            .bind(hash.to_owned())
            .bind(link.map(|_| micros(now)))
            .execute(&mut *transaction)
            .answered()
            .await?;
        if done.rows_affected() != 1 {
            return Err(WriteError::Conflict);
        }
        // Older letters that permit a new password must not undo this one.
        use_links(&mut transaction, person, LinkPurpose::Reset, now).await?;
        sqlx::query(sessions::END)
            .bind(person.to_string())
            .bind(String::new())
            .bind(keep.unwrap_or_default().to_owned())
            .bind(sessions::ended(person))
            .execute(&mut *transaction)
            .answered()
            .await?;
        append(&mut transaction, now, None, PeopleEvent::PasswordChanged { person: person.clone() }).await?;
        transaction.commit().written().await
    }

    async fn people_events(&self, after: Seq, limit: u32) -> Answer<Vec<Recorded<PeopleEvent>>> {
        let rows: Vec<EventRow> = sqlx::query_as(
            "SELECT stream, seq, at_us, person, organisation, body, prev, digest FROM events \
             WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        )
        .bind(STREAM)
        .bind(seq_of(after))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .answered()
        .await?;
        rows.into_iter().map(EventRow::read::<PeopleEvent>).collect()
    }
}
