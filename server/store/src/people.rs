//! Accounts, links, sessions in lists, and how often somebody tried. Every change appends to the `people` stream.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    actor::{Role, Side},
    event::{By, Recorded},
    ids::{Digest, OrganisationId, PersonId, Seq},
    people::PeopleEvent,
    port::{
        Answer, Letter, Link, LinkPurpose, Member, Membership, Organisation, People, Person, SessionLine, StoreError, WriteError,
    },
};
use sqlx::{Any, FromRow, Transaction};

use crate::{
    Db, conflict_or, instant,
    ledger::{EventRow, insert_event, seq_of},
    micros, outbox, parsed, small, unavailable, unreadable,
};

/// The stream of everything that happens to accounts.
pub const STREAM: &str = "people";

#[derive(FromRow)]
struct PersonRow {
    id: String,
    email: String,
    name: String,
    password: String,
    confirmed_us: Option<i64>,
}

impl PersonRow {
    fn read(self) -> Answer<Person> {
        Ok(Person {
            id: parsed("people", &self.email, "id", &self.id)?,
            email: self.email,
            name: self.name,
            password: self.password,
            confirmed: self.confirmed_us.is_some(),
        })
    }
}

#[derive(FromRow)]
struct OrganisationRow {
    id: String,
    name: String,
    ods_code: String,
    side: String,
}

impl OrganisationRow {
    fn read(self) -> Answer<Organisation> {
        Ok(Organisation {
            id: parsed("organisations", &self.id, "id", &self.id)?,
            side: side_of(&self.id, &self.side)?,
            name: self.name,
            ods_code: self.ods_code,
        })
    }
}

fn side_of(key: &str, name: &str) -> Answer<Side> {
    [Side::Supplier, Side::Programme, Side::EndUser, Side::Commissioner, Side::Operator]
        .into_iter()
        .find(|side| side.name() == name)
        .ok_or_else(|| unreadable("organisations", key, "side", &name))
}

#[derive(FromRow)]
struct MembershipRow {
    id: String,
    name: String,
    ods_code: String,
    side: String,
    roles: String,
}

#[derive(FromRow)]
struct MemberRow {
    person: String,
    name: String,
    email: String,
    roles: String,
    since_us: i64,
}

#[derive(FromRow)]
struct LinkRow {
    token: String,
    purpose: String,
    person: Option<String>,
    organisation: Option<String>,
    email: String,
    roles: String,
    made_by: Option<String>,
    created_us: i64,
    expires_us: i64,
}

impl LinkRow {
    fn read(self) -> Answer<Link> {
        let key = &self.token;
        let purpose =
            [LinkPurpose::Confirm, LinkPurpose::Invite, LinkPurpose::Reset].into_iter().find(|p| p.name() == self.purpose);
        Ok(Link {
            token: parsed("links", key, "token", key)?,
            purpose: purpose.ok_or_else(|| unreadable("links", key, "purpose", &self.purpose))?,
            person: self.person.map(|id| parsed("links", key, "person", &id)).transpose()?,
            organisation: self.organisation.map(|id| parsed("links", key, "organisation", &id)).transpose()?,
            email: self.email,
            roles: roles_of("links", key, &self.roles)?,
            by: self.made_by.map(|id| parsed("links", key, "made_by", &id)).transpose()?,
            created_at: instant("links", key, "created_us", self.created_us)?,
            expires_at: instant("links", key, "expires_us", self.expires_us)?,
        })
    }
}

#[derive(FromRow)]
struct SessionRow {
    handle: String,
    created_us: i64,
    seen_us: i64,
    agent: String,
}

fn roles_of(table: &'static str, key: &str, text: &str) -> Answer<Vec<Role>> {
    text.split(' ').filter(|name| !name.is_empty()).map(|name| parsed(table, key, "roles", name)).collect()
}

fn roles_text(roles: &[Role]) -> String {
    roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ")
}

/// Adds an event to the `people` stream. Two writers at once collide on its position; the caller tries again.
async fn append(
    transaction: &mut Transaction<'static, Any>,
    at: Timestamp,
    by: Option<By>,
    event: PeopleEvent,
) -> Result<(), WriteError> {
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT seq, digest FROM events WHERE stream = $1 ORDER BY seq DESC LIMIT 1")
            .bind(STREAM)
            .fetch_optional(&mut **transaction)
            .await
            .map_err(unavailable)?;
    let last = match last {
        Some((seq, digest)) => {
            let seq = u64::try_from(seq).map_err(|error| unreadable("events", STREAM, "seq", &error))?;
            Some((Seq(seq), parsed::<Digest>("events", STREAM, "digest", &digest)?))
        }
        None => None,
    };
    let recorded = Recorded::chain(STREAM, last.as_ref().map(|(seq, digest)| (*seq, digest)), at, by, event);
    insert_event(transaction, STREAM, &recorded).await
}

/// How often a write is tried when another one took the next place of the `people` stream.
const TRIES: usize = 6;

macro_rules! again {
    ($body:expr) => {{
        let mut left = TRIES;
        loop {
            left -= 1;
            match $body.await {
                Err(WriteError::Conflict) if left > 0 => tokio::task::yield_now().await,
                other => break other,
            }
        }
    }};
}

fn never_conflicts(result: Result<(), WriteError>) -> Answer<()> {
    result.map_err(|error| match error {
        WriteError::Store(error) => error,
        WriteError::Conflict => StoreError::Unavailable("too many people changed accounts at once".to_owned()),
    })
}

async fn insert_person(transaction: &mut Transaction<'static, Any>, person: &Person, at: Timestamp) -> Result<(), WriteError> {
    sqlx::query("INSERT INTO people (id, email, name, password, confirmed_us, created_us) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(person.id.to_string())
        .bind(person.email.clone())
        .bind(person.name.clone())
        .bind(person.password.clone())
        .bind(person.confirmed.then(|| micros(at)))
        .bind(micros(at))
        .execute(&mut **transaction)
        .await
        .map_err(conflict_or)?;
    Ok(())
}

async fn insert_organisation(
    transaction: &mut Transaction<'static, Any>,
    organisation: &Organisation,
    at: Timestamp,
) -> Answer<()> {
    sqlx::query("INSERT INTO organisations (id, name, ods_code, side, created_us) VALUES ($1, $2, $3, $4, $5)")
        .bind(organisation.id.to_string())
        .bind(organisation.name.clone())
        .bind(organisation.ods_code.clone())
        .bind(organisation.side.name())
        .bind(micros(at))
        .execute(&mut **transaction)
        .await
        .map_err(unavailable)?;
    Ok(())
}

async fn put_member(
    transaction: &mut Transaction<'static, Any>,
    person: &PersonId,
    organisation: &OrganisationId,
    roles: &[Role],
    at: Timestamp,
) -> Answer<()> {
    sqlx::query(
        "INSERT INTO memberships (person, organisation, roles, since_us) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (person, organisation) DO UPDATE SET roles = excluded.roles",
    )
    .bind(person.to_string())
    .bind(organisation.to_string())
    .bind(roles_text(roles))
    .bind(micros(at))
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(())
}

async fn insert_link(transaction: &mut Transaction<'static, Any>, link: &Link) -> Answer<()> {
    sqlx::query(
        "INSERT INTO links (token, purpose, person, organisation, email, roles, made_by, created_us, expires_us, used_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)",
    )
    .bind(link.token.to_string())
    .bind(link.purpose.name())
    .bind(link.person.as_ref().map(ToString::to_string))
    .bind(link.organisation.as_ref().map(ToString::to_string))
    .bind(link.email.clone())
    .bind(roles_text(&link.roles))
    .bind(link.by.as_ref().map(ToString::to_string))
    .bind(micros(link.created_at))
    .bind(micros(link.expires_at))
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(())
}

/// Uses a link. Only the first of two users gets it.
async fn use_link(
    transaction: &mut Transaction<'static, Any>,
    token: &Digest,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<Link, WriteError> {
    let row: Option<LinkRow> = sqlx::query_as(
        "UPDATE links SET used_us = $3 WHERE token = $1 AND purpose = $2 AND used_us IS NULL AND expires_us > $3 \
         RETURNING token, purpose, person, organisation, email, roles, made_by, created_us, expires_us",
    )
    .bind(token.to_string())
    .bind(purpose.name())
    .bind(micros(now))
    .fetch_optional(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(row.ok_or(WriteError::Conflict)?.read()?)
}

impl Db {
    async fn try_register(
        &self,
        organisation: &Organisation,
        person: &Person,
        roles: &[Role],
        link: &Link,
        letter: &Letter,
    ) -> Result<(), WriteError> {
        let at = link.created_at;
        let mut transaction = self.begin().await?;
        insert_organisation(&mut transaction, organisation, at).await?;
        insert_person(&mut transaction, person, at).await?;
        put_member(&mut transaction, &person.id, &organisation.id, roles, at).await?;
        insert_link(&mut transaction, link).await?;
        outbox::insert(&mut transaction, letter, at).await?;
        let event = PeopleEvent::Registered { person: person.id.clone(), organisation: organisation.id.clone() };
        append(&mut transaction, at, None, event).await?;
        transaction.commit().await.map_err(conflict_or)
    }

    async fn try_add_link(&self, link: &Link, letter: &Letter) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        insert_link(&mut transaction, link).await?;
        outbox::insert(&mut transaction, letter, link.created_at).await?;
        if let (LinkPurpose::Invite, Some(organisation)) = (link.purpose, &link.organisation) {
            let by = link.by.clone().map(|person| By { person, organisation: organisation.clone() });
            let event = PeopleEvent::Invited { organisation: organisation.clone(), roles: link.roles.clone() };
            append(&mut transaction, link.created_at, by, event).await?;
        }
        transaction.commit().await.map_err(conflict_or)
    }

    async fn try_cancel(&self, organisation: &OrganisationId, token: &Digest, by: &By, now: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE links SET used_us = $3 WHERE token = $1 AND organisation = $2 AND purpose = 'invite' AND used_us IS NULL",
        )
        .bind(token.to_string())
        .bind(organisation.to_string())
        .bind(micros(now))
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
        if done.rows_affected() == 1 {
            let event = PeopleEvent::InvitationCancelled { organisation: organisation.clone() };
            append(&mut transaction, now, Some(by.clone()), event).await?;
        }
        transaction.commit().await.map_err(conflict_or)
    }

    async fn try_confirm(&self, token: &Digest, now: Timestamp) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let link = use_link(&mut transaction, token, LinkPurpose::Confirm, now).await?;
        let person = link.person.ok_or(WriteError::Conflict)?;
        sqlx::query("UPDATE people SET confirmed_us = $2 WHERE id = $1 AND confirmed_us IS NULL")
            .bind(person.to_string())
            .bind(micros(now))
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
        append(&mut transaction, now, None, PeopleEvent::Confirmed { person }).await?;
        transaction.commit().await.map_err(conflict_or)
    }

    async fn try_accept(
        &self,
        token: &Digest,
        person: &PersonId,
        new: Option<&Person>,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let link = use_link(&mut transaction, token, LinkPurpose::Invite, now).await?;
        let organisation = link.organisation.ok_or(WriteError::Conflict)?;
        if let Some(new) = new {
            insert_person(&mut transaction, new, now).await?;
        }
        put_member(&mut transaction, person, &organisation, &link.roles, now).await?;
        let by = Some(By { person: person.clone(), organisation: organisation.clone() });
        let event = PeopleEvent::Accepted { person: person.clone(), organisation, roles: link.roles };
        append(&mut transaction, now, by, event).await?;
        transaction.commit().await.map_err(conflict_or)
    }

    async fn try_set_password(
        &self,
        person: &PersonId,
        hash: &str,
        keep: Option<&str>,
        link: Option<&Digest>,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        if let Some(token) = link {
            let link = use_link(&mut transaction, token, LinkPurpose::Reset, now).await?;
            if link.person.as_ref() != Some(person) {
                return Err(WriteError::Conflict);
            }
        }
        // Whoever could follow a link in a letter has proved the address.
        sqlx::query("UPDATE people SET password = $2, confirmed_us = COALESCE(confirmed_us, $3) WHERE id = $1")
            .bind(person.to_string())
            .bind(hash.to_owned())
            .bind(link.map(|_| micros(now)))
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
        sqlx::query("DELETE FROM sessions WHERE person = $1 AND id <> $2")
            .bind(person.to_string())
            .bind(keep.unwrap_or_default().to_owned())
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
        append(&mut transaction, now, None, PeopleEvent::PasswordChanged { person: person.clone() }).await?;
        transaction.commit().await.map_err(conflict_or)
    }

    async fn try_set_roles(
        &self,
        organisation: &OrganisationId,
        person: &PersonId,
        roles: &[Role],
        by: &By,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        let event = if roles.is_empty() {
            sqlx::query("DELETE FROM memberships WHERE person = $1 AND organisation = $2")
                .bind(person.to_string())
                .bind(organisation.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(unavailable)?;
            PeopleEvent::Removed { person: person.clone(), organisation: organisation.clone() }
        } else {
            put_member(&mut transaction, person, organisation, roles, now).await?;
            PeopleEvent::RolesChanged { person: person.clone(), organisation: organisation.clone(), roles: roles.to_vec() }
        };
        append(&mut transaction, now, Some(by.clone()), event).await?;
        transaction.commit().await.map_err(conflict_or)
    }
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
        let mut left = TRIES;
        loop {
            // An address that is taken stays taken; a place in the stream is free a moment later.
            if self.person_by_email(&person.email).await?.is_some() {
                return Err(WriteError::Conflict);
            }
            left -= 1;
            match self.try_register(&organisation, &person, &roles, &link, &letter).await {
                Err(WriteError::Conflict) if left > 0 => tokio::task::yield_now().await,
                other => return other,
            }
        }
    }

    async fn add_organisation(&self, organisation: Organisation, at: Timestamp) -> Answer<()> {
        let mut transaction = self.begin().await?;
        insert_organisation(&mut transaction, &organisation, at).await?;
        transaction.commit().await.map_err(unavailable)
    }

    async fn organisation_named(&self, side: Side, name: &str) -> Answer<Option<Organisation>> {
        let row: Option<OrganisationRow> = sqlx::query_as(
            "SELECT id, name, ods_code, side FROM organisations WHERE side = $1 AND name = $2 ORDER BY created_us LIMIT 1",
        )
        .bind(side.name())
        .bind(name.to_owned())
        .fetch_optional(&self.read)
        .await
        .map_err(unavailable)?;
        row.map(OrganisationRow::read).transpose()
    }

    async fn organisation(&self, id: &OrganisationId) -> Answer<Option<Organisation>> {
        let row: Option<OrganisationRow> = sqlx::query_as("SELECT id, name, ods_code, side FROM organisations WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.read)
            .await
            .map_err(unavailable)?;
        row.map(OrganisationRow::read).transpose()
    }

    async fn person_by_email(&self, email: &str) -> Answer<Option<Person>> {
        let row: Option<PersonRow> =
            sqlx::query_as("SELECT id, email, name, password, confirmed_us FROM people WHERE email = $1")
                .bind(email.to_owned())
                .fetch_optional(&self.read)
                .await
                .map_err(unavailable)?;
        row.map(PersonRow::read).transpose()
    }

    async fn person(&self, id: &PersonId) -> Answer<Option<Person>> {
        let row: Option<PersonRow> = sqlx::query_as("SELECT id, email, name, password, confirmed_us FROM people WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.read)
            .await
            .map_err(unavailable)?;
        row.map(PersonRow::read).transpose()
    }

    async fn memberships(&self, person: &PersonId) -> Answer<Vec<Membership>> {
        let rows: Vec<MembershipRow> = sqlx::query_as(
            "SELECT o.id, o.name, o.ods_code, o.side, m.roles FROM memberships m JOIN organisations o ON o.id = m.organisation \
             WHERE m.person = $1 ORDER BY m.since_us, o.id",
        )
        .bind(person.to_string())
        .fetch_all(&self.read)
        .await
        .map_err(unavailable)?;
        let read = |row: MembershipRow| {
            let roles = roles_of("memberships", person.as_str(), &row.roles)?;
            let organisation = OrganisationRow { id: row.id, name: row.name, ods_code: row.ods_code, side: row.side }.read()?;
            Ok(Membership { organisation, roles })
        };
        rows.into_iter().map(read).collect()
    }

    async fn members(&self, organisation: &OrganisationId) -> Answer<Vec<Member>> {
        let rows: Vec<MemberRow> = sqlx::query_as(
            "SELECT p.id AS person, p.name, p.email, m.roles, m.since_us FROM memberships m JOIN people p ON p.id = m.person \
             WHERE m.organisation = $1 ORDER BY LOWER(p.name), p.id",
        )
        .bind(organisation.to_string())
        .fetch_all(&self.read)
        .await
        .map_err(unavailable)?;
        let read = |row: MemberRow| {
            Ok(Member {
                person: parsed("memberships", &row.email, "person", &row.person)?,
                roles: roles_of("memberships", &row.email, &row.roles)?,
                since: instant("memberships", &row.email, "since_us", row.since_us)?,
                name: row.name,
                email: row.email,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn addresses(&self, organisation: Option<&OrganisationId>, roles: &[Role]) -> Answer<Vec<(PersonId, String)>> {
        // Without an organisation: everybody of the programme. Roles are few and lists short, so they are picked here.
        let rows: Vec<MemberRow> = sqlx::query_as(
            "SELECT p.id AS person, p.name, p.email, m.roles, m.since_us FROM memberships m JOIN people p ON p.id = m.person \
             JOIN organisations o ON o.id = m.organisation \
             WHERE p.confirmed_us IS NOT NULL AND (m.organisation = $1 OR ($1 = '' AND o.side = 'programme')) ORDER BY p.id LIMIT 500",
        )
        .bind(organisation.map_or_else(String::new, ToString::to_string))
        .fetch_all(&self.read)
        .await
        .map_err(unavailable)?;
        let mut found = Vec::new();
        for row in rows {
            if roles_of("memberships", &row.email, &row.roles)?.iter().any(|role| roles.contains(role)) {
                found.push((parsed("memberships", &row.email, "person", &row.person)?, row.email));
            }
        }
        Ok(found)
    }

    async fn add_link(&self, link: Link, letter: Letter) -> Answer<()> {
        never_conflicts(again!(self.try_add_link(&link, &letter)))
    }

    async fn link(&self, token: &Digest, purpose: LinkPurpose, now: Timestamp) -> Answer<Option<Link>> {
        let row: Option<LinkRow> = sqlx::query_as(
            "SELECT token, purpose, person, organisation, email, roles, made_by, created_us, expires_us FROM links \
             WHERE token = $1 AND purpose = $2 AND used_us IS NULL AND expires_us > $3",
        )
        .bind(token.to_string())
        .bind(purpose.name())
        .bind(micros(now))
        .fetch_optional(&self.read)
        .await
        .map_err(unavailable)?;
        row.map(LinkRow::read).transpose()
    }

    async fn invitations(&self, organisation: &OrganisationId, now: Timestamp) -> Answer<Vec<Link>> {
        let rows: Vec<LinkRow> = sqlx::query_as(
            "SELECT token, purpose, person, organisation, email, roles, made_by, created_us, expires_us FROM links \
             WHERE organisation = $1 AND purpose = 'invite' AND used_us IS NULL AND expires_us > $2 ORDER BY created_us LIMIT 200",
        )
        .bind(organisation.to_string())
        .bind(micros(now))
        .fetch_all(&self.read)
        .await
        .map_err(unavailable)?;
        rows.into_iter().map(LinkRow::read).collect()
    }

    async fn cancel_invitation(&self, organisation: &OrganisationId, token: &Digest, by: By, now: Timestamp) -> Answer<()> {
        never_conflicts(again!(self.try_cancel(organisation, token, &by, now)))
    }

    async fn confirm(&self, token: &Digest, now: Timestamp) -> Result<(), WriteError> {
        again!(self.try_confirm(token, now))
    }

    async fn accept(&self, token: &Digest, person: PersonId, new: Option<Person>, now: Timestamp) -> Result<(), WriteError> {
        again!(self.try_accept(token, &person, new.as_ref(), now))
    }

    async fn set_password(
        &self,
        person: &PersonId,
        hash: &str,
        keep: Option<&str>,
        link: Option<&Digest>,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        again!(self.try_set_password(person, hash, keep, link, now))
    }

    async fn set_roles(
        &self,
        organisation: &OrganisationId,
        person: &PersonId,
        roles: &[Role],
        by: By,
        now: Timestamp,
    ) -> Answer<()> {
        never_conflicts(again!(self.try_set_roles(organisation, person, roles, &by, now)))
    }

    async fn sessions(&self, person: &PersonId, now: Timestamp) -> Answer<Vec<SessionLine>> {
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT handle, created_us, seen_us, agent FROM sessions WHERE person = $1 AND expires_us > $2 ORDER BY seen_us DESC LIMIT 50",
        )
        .bind(person.to_string())
        .bind(micros(now))
        .fetch_all(&self.read)
        .await
        .map_err(unavailable)?;
        let read = |row: SessionRow| {
            Ok(SessionLine {
                since: instant("sessions", &row.handle, "created_us", row.created_us)?,
                seen: instant("sessions", &row.handle, "seen_us", row.seen_us)?,
                handle: parsed("sessions", &row.handle, "handle", &row.handle)?,
                agent: row.agent,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn end_sessions(&self, person: &PersonId, handle: Option<&Digest>, keep: Option<&str>) -> Answer<()> {
        sqlx::query("DELETE FROM sessions WHERE person = $1 AND ($2 = '' OR handle = $2) AND id <> $3")
            .bind(person.to_string())
            .bind(handle.map_or_else(String::new, ToString::to_string))
            .bind(keep.unwrap_or_default().to_owned())
            .execute(&self.write)
            .await
            .map_err(unavailable)?;
        Ok(())
    }

    async fn attempt(&self, bucket: &str, now: Timestamp, since: Timestamp) -> Answer<u32> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM attempts WHERE bucket = $1 AND at_us < $2")
            .bind(bucket.to_owned())
            .bind(micros(since))
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
        sqlx::query("INSERT INTO attempts (bucket, at_us) VALUES ($1, $2)")
            .bind(bucket.to_owned())
            .bind(micros(now))
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
        let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM attempts WHERE bucket = $1")
            .bind(bucket.to_owned())
            .fetch_one(&mut *transaction)
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        small("attempts", bucket, "count", count)
    }

    async fn forgive(&self, bucket: &str) -> Answer<()> {
        sqlx::query("DELETE FROM attempts WHERE bucket = $1")
            .bind(bucket.to_owned())
            .execute(&self.write)
            .await
            .map_err(unavailable)?;
        Ok(())
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
        .await
        .map_err(unavailable)?;
        rows.into_iter().map(EventRow::read::<PeopleEvent>).collect()
    }
}
