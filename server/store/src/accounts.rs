//! Accounts and organisations as operators look after them. Every change passes the turnstile of accounts first, asks the
//! rules of what it finds there, and is written with its reason and its letters, all or nothing.
//!
//! Long because its statements are read beside the rows that they fill.

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::{
        actor::Role,
        ids::{JourneyRef, OrganisationId, PersonId},
    },
    ledger::event::By,
    people::{
        operators::{self, Place},
        rules::{self, PeopleEvent},
    },
    port::{
        Answer, Letter, Link, LinkPurpose, Member, Organisation, People as _,
        accounts::{AccountFile, Accounts, AccountsRefused, Lock, MergeShown, Merged, PeopleFilter, PersonLine},
    },
};
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::{
    db::{Db, Ending},
    links::{insert_link, roles_of},
    membership::{active_places, append, put_member},
    outbox,
    people::rows::OrganisationRow,
    row::{AT_ONCE, folded, has_words, instant, micros, parsed, patterns, places, plain, row, small},
    sessions,
};

/// People by address.
const PEOPLE: &str = concat!(
    "SELECT p.id, p.name, p.email, p.confirmed_us, k.at_us AS locked_us, \
            (SELECT o.name FROM memberships m JOIN organisations o ON o.id = m.organisation WHERE m.person = p.id \
             ORDER BY m.since_us, o.id LIMIT 1) AS organisation, \
            (SELECT COUNT(*) FROM memberships m WHERE m.person = p.id) AS organisations \
     FROM people p JOIN people_found f ON f.person = p.id LEFT JOIN locked_people k ON k.person = p.id \
     WHERE p.email > $1 AND ($2 = 0 OR k.person IS NOT NULL) \
       AND (",
    has_words!("f.folded", "$3" "$5" "$6" "$7" "$8" "$9"),
    " OR EXISTS (SELECT 1 FROM memberships m JOIN organisations o ON o.id = m.organisation WHERE m.person = p.id AND ",
    has_words!("(o.folded || ' ' || LOWER(o.ods_code))", "$3" "$5" "$6" "$7" "$8" "$9"),
    ")) ORDER BY p.email LIMIT CAST($4 AS BIGINT)"
);

const MEMBERS: &str = "SELECT m.person, m.organisation, p.name, p.email, m.roles, m.since_us, k.at_us AS locked_us \
     FROM memberships m JOIN people p ON p.id = m.person LEFT JOIN locked_people k ON k.person = p.id \
     WHERE m.organisation = $1 ORDER BY p.id";

const NAMING: &str = "SELECT ref FROM journeys WHERE organisation = $1 \
     UNION SELECT journey FROM parties WHERE organisation = $1 \
     UNION SELECT stream FROM events WHERE organisation = $1 AND stream <> 'people' \
     ORDER BY 1 LIMIT CAST($2 AS BIGINT)";

const OPEN_INVITATIONS: &str =
    "SELECT COUNT(*) FROM links WHERE organisation = $1 AND purpose = 'invite' AND used_us IS NULL AND expires_us > $2";

const MERGED: &str = "SELECT x.organisation, o.id, o.name, o.ods_code, o.side, x.reason, x.at_us FROM merged_organisations x JOIN organisations o ON o.id = x.kept \
     WHERE x.organisation = $1";

/// Journeys that a refusal names.
const MOST_NAMED: u32 = 20;

row! { FoundRow of "people" by id {
    id: String,
    name: String,
    email: String,
    confirmed_us: Option<i64>,
    locked_us: Option<i64>,
    organisation: Option<String>,
    organisations: i64,
} }

row! { MemberRow of "memberships" by person organisation {
    person: String,
    organisation: String,
    name: String,
    email: String,
    roles: String,
    since_us: i64,
    locked_us: Option<i64>,
} }

row! { LockRow of "locked_people" by person {
    person: String,
    created_us: i64,
    reason: Option<String>,
    locker: Option<String>,
    at_us: Option<i64>,
} }

row! { MergedRow of "merged_organisations" by organisation {
    organisation: String,
    id: String,
    name: String,
    ods_code: String,
    side: String,
    reason: String,
    at_us: i64,
} }

impl MemberRow {
    fn read(self) -> Answer<(Member, bool)> {
        let key = &self.key();
        let member = Member {
            person: parsed("memberships", key, "person", &self.person)?,
            roles: roles_of("memberships", key, &self.roles)?,
            since: instant("memberships", key, "since_us", self.since_us)?,
            name: self.name,
            email: self.email,
        };
        Ok((member, self.locked_us.is_some()))
    }
}

impl MergedRow {
    fn read(self) -> Answer<Merged> {
        let at = instant("merged_organisations", &self.key(), "at_us", self.at_us)?;
        let kept = OrganisationRow::of(self.id, self.name, self.ods_code, self.side).read()?;
        Ok(Merged { kept, reason: self.reason, at })
    }
}

/// Nobody but somebody who operates this service now.
async fn operators_only(transaction: &mut Transaction<'static, Any>, by: &By) -> Result<(), AccountsRefused> {
    let places = active_places(transaction, &by.person).await?;
    let operates = |(who, at, roles): &Place| *who == by.person && *at == by.organisation && roles.contains(&Role::Operator);
    if places.iter().any(operates) { Ok(()) } else { Err(AccountsRefused::NotAnOperator) }
}

async fn members_of(transaction: &mut Transaction<'static, Any>, organisation: &OrganisationId) -> Answer<Vec<(Member, bool)>> {
    let rows: Vec<MemberRow> =
        sqlx::query_as(MEMBERS).bind(organisation.to_string()).fetch_all(&mut **transaction).answered().await?;
    rows.into_iter().map(MemberRow::read).collect()
}

async fn organisation_of(transaction: &mut Transaction<'static, Any>, id: &OrganisationId) -> Answer<Option<Organisation>> {
    let row: Option<OrganisationRow> = sqlx::query_as("SELECT id, name, ods_code, side FROM organisations WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(&mut **transaction)
        .answered()
        .await?;
    row.map(OrganisationRow::read).transpose()
}

async fn naming(
    transaction: &mut Transaction<'static, Any>,
    organisation: &OrganisationId,
    limit: u32,
) -> Answer<Vec<JourneyRef>> {
    let rows: Vec<(String,)> = sqlx::query_as(NAMING)
        .bind(organisation.to_string())
        .bind(i64::from(limit))
        .fetch_all(&mut **transaction)
        .answered()
        .await?;
    rows.into_iter().map(|(reference,)| parsed("journeys", organisation.as_str(), "ref", &reference)).collect()
}

async fn is_merged(transaction: &mut Transaction<'static, Any>, organisation: &OrganisationId) -> Answer<bool> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM merged_organisations WHERE organisation = $1")
        .bind(organisation.to_string())
        .fetch_one(&mut **transaction)
        .answered()
        .await?;
    Ok(count > 0)
}

async fn end_all(transaction: &mut Transaction<'static, Any>, person: &PersonId) -> Answer<()> {
    sqlx::query(sessions::END)
        .bind(person.to_string())
        .bind(String::new())
        .bind(String::new())
        .bind(sessions::ended(person))
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(())
}

/// What merging would do, as it is found in a transaction.
async fn shown(
    transaction: &mut Transaction<'static, Any>,
    goes: &OrganisationId,
    stays: &OrganisationId,
    now: Timestamp,
) -> Answer<Option<MergeShown>> {
    let (Some(goes), Some(stays)) = (organisation_of(transaction, goes).await?, organisation_of(transaction, stays).await?)
    else {
        return Ok(None);
    };
    let merged = is_merged(transaction, &goes.id).await? || is_merged(transaction, &stays.id).await?;
    let journeys = naming(transaction, &goes.id, MOST_NAMED).await?;
    let there = members_of(transaction, &stays.id).await?;
    let mut moves = Vec::new();
    for (mut member, _) in members_of(transaction, &goes.id).await? {
        if let Some((known, _)) = there.iter().find(|(known, _)| known.person == member.person) {
            let more: Vec<Role> = member.roles.iter().filter(|role| !known.roles.contains(role)).copied().collect();
            member.roles = known.roles.iter().copied().chain(more).collect();
        }
        moves.push(member);
    }
    let (invitations,): (i64,) = sqlx::query_as(OPEN_INVITATIONS)
        .bind(goes.id.to_string())
        .bind(micros(now))
        .fetch_one(&mut **transaction)
        .answered()
        .await?;
    let keepers = there.into_iter().filter(|(member, locked)| !locked && rules::keeps_people(&member.roles));
    let refusals = operators::merge_refusals((&goes.id, goes.side), (&stays.id, stays.side), merged, journeys);
    Ok(Some(MergeShown {
        moves,
        invitations: small("links", goes.id.as_str(), "count", invitations)?,
        keepers: keepers.map(|(member, _)| member).collect(),
        refusals,
        goes,
        stays,
    }))
}

/// Whether an operator may lock somebody: asked before the form is shown, and again when it is done.
async fn lockable(transaction: &mut Transaction<'static, Any>, person: &PersonId, by: &By) -> Result<(), AccountsRefused> {
    operators_only(transaction, by).await?;
    if by.person == *person {
        return Err(AccountsRefused::Oneself);
    }
    let active = active_places(transaction, person).await?;
    if operators::is_last_operator(&active, person) {
        return Err(AccountsRefused::LastOperator);
    }
    let mut names = Vec::new();
    for id in operators::left_without(&active, person) {
        names.extend(organisation_of(transaction, &id).await?.map(|organisation| organisation.name));
    }
    if names.is_empty() { Ok(()) } else { Err(AccountsRefused::LastKeeper(names)) }
}

#[async_trait]
impl Accounts for Db {
    async fn find_people(&self, filter: &PeopleFilter) -> Answer<Vec<PersonLine>> {
        let [first, words @ ..] = patterns(&filter.find);
        let mut query = sqlx::query_as(PEOPLE)
            .bind(plain(&filter.after))
            .bind(i64::from(filter.locked))
            .bind(first)
            .bind(i64::from(filter.limit));
        for word in words {
            query = query.bind(word);
        }
        let rows: Vec<FoundRow> = query.fetch_all(&self.read).answered().await?;
        let read = |row: FoundRow| {
            let key = row.key();
            Ok(PersonLine {
                person: parsed("people", &key, "id", &row.id)?,
                organisations: small("memberships", &key, "count", row.organisations)?,
                organisation: row.organisation.unwrap_or_default(),
                confirmed: row.confirmed_us.is_some(),
                locked: row.locked_us.is_some(),
                name: row.name,
                email: row.email,
            })
        };
        rows.into_iter().map(read).collect()
    }

    async fn account_file(&self, person: &PersonId) -> Answer<Option<AccountFile>> {
        let Some((account, places, _)) = self.account(person).await? else { return Ok(None) };
        let row: LockRow = sqlx::query_as(
            "SELECT p.id AS person, p.created_us, k.reason, b.name AS locker, k.at_us FROM people p \
             LEFT JOIN locked_people k ON k.person = p.id LEFT JOIN people b ON b.id = k.locked_by WHERE p.id = $1",
        )
        .bind(person.to_string())
        .fetch_one(&self.read)
        .answered()
        .await?;
        let key = row.key();
        let lock = match (row.reason, row.at_us) {
            (Some(reason), Some(at)) => {
                Some(Lock { reason, by: row.locker.unwrap_or_default(), at: instant("locked_people", &key, "at_us", at)? })
            }
            _ => None,
        };
        let created = instant("people", &key, "created_us", row.created_us)?;
        Ok(Some(AccountFile { person: account, created, places, lock }))
    }

    async fn names_of(&self, people: &[PersonId], organisations: &[OrganisationId]) -> Answer<Vec<(String, String)>> {
        let mut found = Vec::new();
        let people = people.iter().map(ToString::to_string).collect::<Vec<_>>();
        let organisations = organisations.iter().map(ToString::to_string).collect::<Vec<_>>();
        for (table, ids) in [("people", people), ("organisations", organisations)] {
            for some in ids.chunks(AT_ONCE) {
                let text = format!("SELECT id, name FROM {table} WHERE id IN ({})", places(some.len(), 1));
                let mut query = sqlx::query_as(AssertSqlSafe(text));
                for id in some {
                    query = query.bind(id.clone());
                }
                let rows: Vec<(String, String)> = query.fetch_all(&self.read).answered().await?;
                found.extend(rows);
            }
        }
        Ok(found)
    }

    async fn can_lock(&self, person: &PersonId, by: &By) -> Result<(), AccountsRefused> {
        let mut transaction = self.begin().await?;
        let answer = lockable(&mut transaction, person, by).await;
        transaction.rollback().answered().await?;
        answer
    }

    async fn lock(&self, person: &PersonId, reason: &str, by: By, now: Timestamp, letter: Letter) -> Result<(), AccountsRefused> {
        let mut transaction = self.begin_accounts().await?;
        lockable(&mut transaction, person, &by).await?;
        let done = sqlx::query(
            "INSERT INTO locked_people (person, reason, locked_by, at_us) VALUES ($1, $2, $3, $4) ON CONFLICT (person) DO NOTHING",
        )
        .bind(person.to_string())
        .bind(plain(reason))
        .bind(by.person.to_string())
        .bind(micros(now))
        .execute(&mut *transaction)
        .answered()
        .await?;
        if done.rows_affected() == 0 {
            return Err(AccountsRefused::ChangedSince);
        }
        end_all(&mut transaction, person).await?;
        outbox::insert(&mut transaction, &[&letter], now).await?;
        append(&mut transaction, now, Some(by), PeopleEvent::Locked { person: person.clone(), reason: plain(reason) }).await?;
        Ok(transaction.commit().answered().await?)
    }

    async fn unlock(
        &self,
        person: &PersonId,
        reason: &str,
        by: By,
        now: Timestamp,
        letter: Letter,
    ) -> Result<(), AccountsRefused> {
        let mut transaction = self.begin_accounts().await?;
        operators_only(&mut transaction, &by).await?;
        let done = sqlx::query("DELETE FROM locked_people WHERE person = $1")
            .bind(person.to_string())
            .execute(&mut *transaction)
            .answered()
            .await?;
        if done.rows_affected() == 0 {
            return Err(AccountsRefused::ChangedSince);
        }
        outbox::insert(&mut transaction, &[&letter], now).await?;
        append(&mut transaction, now, Some(by), PeopleEvent::Unlocked { person: person.clone(), reason: plain(reason) }).await?;
        Ok(transaction.commit().answered().await?)
    }

    async fn end_all_sessions(
        &self,
        person: &PersonId,
        reason: &str,
        by: By,
        now: Timestamp,
        letter: Letter,
    ) -> Result<(), AccountsRefused> {
        let mut transaction = self.begin_accounts().await?;
        operators_only(&mut transaction, &by).await?;
        end_all(&mut transaction, person).await?;
        outbox::insert(&mut transaction, &[&letter], now).await?;
        let event = PeopleEvent::SessionsEnded { person: person.clone(), reason: plain(reason) };
        append(&mut transaction, now, Some(by), event).await?;
        Ok(transaction.commit().answered().await?)
    }

    async fn send_reset(&self, link: Link, letter: Letter, reason: &str, by: By) -> Result<(), AccountsRefused> {
        let (Some(person), LinkPurpose::Reset) = (link.person.clone(), link.purpose) else {
            return Err(AccountsRefused::ChangedSince);
        };
        let mut transaction = self.begin_accounts().await?;
        operators_only(&mut transaction, &by).await?;
        insert_link(&mut transaction, &link).await?;
        outbox::insert(&mut transaction, &[&letter], link.created_at).await?;
        let event = PeopleEvent::ResetSent { person, reason: plain(reason) };
        append(&mut transaction, link.created_at, Some(by), event).await?;
        Ok(transaction.commit().answered().await?)
    }

    async fn give_back(
        &self,
        organisation: &OrganisationId,
        person: &PersonId,
        reason: &str,
        by: By,
        now: Timestamp,
        letter: Letter,
    ) -> Result<Role, AccountsRefused> {
        let mut transaction = self.begin_accounts().await?;
        operators_only(&mut transaction, &by).await?;
        let of = organisation_of(&mut transaction, organisation).await?.ok_or(AccountsRefused::ChangedSince)?;
        let members = members_of(&mut transaction, organisation).await?;
        if members.iter().any(|(member, locked)| !locked && rules::keeps_people(&member.roles)) {
            return Err(AccountsRefused::HasAKeeper);
        }
        let found = members.iter().find(|(member, locked)| member.person == *person && !locked);
        let Some((member, _)) = found else { return Err(AccountsRefused::ChangedSince) };
        let role = operators::keeper_of(of.side);
        let roles: Vec<Role> = member.roles.iter().copied().chain([role]).collect();
        put_member(&mut transaction, person, organisation, &roles, now).await?;
        outbox::insert(&mut transaction, &[&letter], now).await?;
        let event =
            PeopleEvent::GivenBack { person: person.clone(), organisation: organisation.clone(), roles, reason: plain(reason) };
        append(&mut transaction, now, Some(by), event).await?;
        transaction.commit().answered().await?;
        Ok(role)
    }

    async fn people_of(&self, organisation: &OrganisationId) -> Answer<Vec<(Member, bool)>> {
        let rows: Vec<MemberRow> =
            sqlx::query_as(MEMBERS).bind(organisation.to_string()).fetch_all(&self.read).answered().await?;
        let mut members = rows.into_iter().map(MemberRow::read).collect::<Answer<Vec<_>>>()?;
        members.sort_by_cached_key(|(member, _)| folded(&member.name));
        Ok(members)
    }

    async fn journeys_naming(&self, organisation: &OrganisationId, limit: u32) -> Answer<Vec<JourneyRef>> {
        let rows: Vec<(String,)> =
            sqlx::query_as(NAMING).bind(organisation.to_string()).bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(|(reference,)| parsed("journeys", organisation.as_str(), "ref", &reference)).collect()
    }

    async fn merged(&self, organisation: &OrganisationId) -> Answer<Option<Merged>> {
        let row: Option<MergedRow> =
            sqlx::query_as(MERGED).bind(organisation.to_string()).fetch_optional(&self.read).answered().await?;
        row.map(MergedRow::read).transpose()
    }

    async fn merge_shown(&self, goes: &OrganisationId, stays: &OrganisationId, now: Timestamp) -> Answer<Option<MergeShown>> {
        let mut transaction = self.begin().await?;
        let found = shown(&mut transaction, goes, stays, now).await?;
        transaction.rollback().answered().await?;
        Ok(found)
    }

    async fn merge(
        &self,
        goes: &OrganisationId,
        stays: &OrganisationId,
        seen: &[PersonId],
        reason: &str,
        by: By,
        now: Timestamp,
        letters: Vec<Letter>,
    ) -> Result<(), AccountsRefused> {
        let mut transaction = self.begin_accounts().await?;
        operators_only(&mut transaction, &by).await?;
        let found = shown(&mut transaction, goes, stays, now).await?.ok_or(AccountsRefused::ChangedSince)?;
        if !found.refusals.is_empty() {
            return Err(AccountsRefused::NotMerged(found.refusals));
        }
        let people: Vec<&PersonId> = found.moves.iter().map(|member| &member.person).collect();
        if people.len() != seen.len() || people.iter().any(|person| !seen.contains(person)) {
            return Err(AccountsRefused::ChangedSince);
        }
        for member in &found.moves {
            put_member(&mut transaction, &member.person, stays, &member.roles, now).await?;
        }
        // An address has one open invitation to an organisation: that of the one that stays.
        const MOVE: [&str; 2] = [
            "UPDATE links SET used_us = $3 WHERE organisation = $1 AND purpose = 'invite' AND used_us IS NULL AND email IN \
               (SELECT l.email FROM links l WHERE l.organisation = $2 AND l.purpose = 'invite' AND l.used_us IS NULL AND l.expires_us > $3)",
            "UPDATE links SET organisation = $2 WHERE organisation = $1 AND purpose = 'invite' AND used_us IS NULL AND expires_us > $3",
        ];
        for text in MOVE {
            sqlx::query(text)
                .bind(goes.to_string())
                .bind(stays.to_string())
                .bind(micros(now))
                .execute(&mut *transaction)
                .answered()
                .await?;
        }
        const GONE: [&str; 3] = [
            "DELETE FROM memberships WHERE organisation = $1",
            "DELETE FROM asked_details WHERE organisation = $1",
            "UPDATE organisations SET ods_code = '' WHERE id = $1",
        ];
        for text in GONE {
            sqlx::query(text).bind(goes.to_string()).execute(&mut *transaction).answered().await?;
        }
        sqlx::query(
            "INSERT INTO merged_organisations (organisation, kept, reason, merged_by, at_us) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(goes.to_string())
        .bind(stays.to_string())
        .bind(plain(reason))
        .bind(by.person.to_string())
        .bind(micros(now))
        .execute(&mut *transaction)
        .answered()
        .await?;
        outbox::insert(&mut transaction, &letters.iter().collect::<Vec<_>>(), now).await?;
        let event = PeopleEvent::Merged {
            organisation: goes.clone(),
            into: stays.clone(),
            moved: found.moves.into_iter().map(|member| (member.person, member.roles)).collect(),
            reason: plain(reason),
        };
        append(&mut transaction, now, Some(by), event).await?;
        Ok(transaction.commit().answered().await?)
    }
}
