//! Organisations, and who belongs to them in which roles: the rows that several ports write.

use jiff::Timestamp;
use journey::{
    base::{
        actor::Role,
        ids::{Digest, OrganisationId, PersonId, Seq},
    },
    ledger::event::{By, Recorded},
    people::{
        operators::{self, Place},
        rules::PeopleEvent,
    },
    port::{Answer, Organisation, StoreError, WriteError},
};
use sqlx::{Any, Transaction};

use crate::db::Ending as _;
use crate::{
    event_row::insert_event,
    links::{roles_of, roles_text},
    row::{folded, micros, parsed, plain, row, unreadable},
};

/// Adds an event to the `people` stream, after [`Db::begin_accounts`].
pub(crate) async fn append(
    transaction: &mut Transaction<'static, Any>,
    at: Timestamp,
    by: Option<By>,
    event: PeopleEvent,
) -> Answer<()> {
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT seq, digest FROM events WHERE stream = $1 ORDER BY seq DESC LIMIT 1")
            .bind(STREAM)
            .fetch_optional(&mut **transaction)
            .answered()
            .await?;
    let last = match last {
        Some((seq, digest)) => {
            let seq = u64::try_from(seq).map_err(|error| unreadable("events", STREAM, "seq", &error))?;
            Some((Seq(seq), parsed::<Digest>("events", STREAM, "digest", &digest)?))
        }
        None => None,
    };
    let recorded = Recorded::chain(STREAM, last.as_ref().map(|(seq, digest)| (*seq, digest)), at, by, event);
    insert_event(transaction, STREAM, &recorded).await.map_err(|error| match error {
        WriteError::Store(error) => error,
        WriteError::Conflict => StoreError::Unavailable("the stream of accounts grew beside its turnstile".to_owned()),
    })
}

/// A new organisation. `Conflict` when its side has one with this code.
pub(crate) async fn insert_organisation(
    transaction: &mut Transaction<'static, Any>,
    organisation: &Organisation,
    at: Timestamp,
) -> Result<(), WriteError> {
    sqlx::query("INSERT INTO organisations (id, name, ods_code, side, created_us, folded) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(organisation.id.to_string())
        .bind(plain(&organisation.name))
        .bind(plain(&organisation.ods_code))
        .bind(organisation.side.name())
        .bind(micros(at))
        .bind(folded(&organisation.name))
        .execute(&mut **transaction)
        .written()
        .await?;
    Ok(())
}

pub(crate) async fn put_member(
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
    .answered()
    .await?;
    Ok(())
}

/// The stream of everything that happens to accounts.
pub(crate) const STREAM: &str = "people";

/// The places of everybody who is not locked, in the organisations of one person and wherever somebody operates.
const PLACES: &str = "SELECT m.person, m.organisation, m.roles FROM memberships m \
     WHERE NOT EXISTS (SELECT 1 FROM locked_people k WHERE k.person = m.person) \
       AND (m.organisation IN (SELECT organisation FROM memberships WHERE person = $1) OR m.roles LIKE '%operator%') \
     ORDER BY m.organisation, m.person";

row! { PlaceRow of "memberships" by person organisation {
    person: String,
    organisation: String,
    roles: String,
} }

/// The places of everybody who is not locked, beside this person's.
pub(crate) async fn active_places(transaction: &mut Transaction<'static, Any>, person: &PersonId) -> Answer<Vec<Place>> {
    let rows: Vec<PlaceRow> = sqlx::query_as(PLACES).bind(person.to_string()).fetch_all(&mut **transaction).answered().await?;
    let read = |row: PlaceRow| {
        let key = row.key();
        Ok((
            parsed("memberships", &key, "person", &row.person)?,
            parsed("memberships", &key, "organisation", &row.organisation)?,
            roles_of("memberships", &key, &row.roles)?,
        ))
    };
    rows.into_iter().map(read).collect()
}

/// Whether nobody could operate this service any more, were this person to lose the role of an operator.
pub(crate) async fn would_lose_the_last_operator(transaction: &mut Transaction<'static, Any>, person: &PersonId) -> Answer<bool> {
    Ok(operators::is_last_operator(&active_places(transaction, person).await?, person))
}
