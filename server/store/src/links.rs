//! Links in letters: single-purpose, expiring, used once.

use jiff::Timestamp;
use journey::{
    base::{
        actor::Role,
        ids::{Digest, PersonId},
    },
    port::{Answer, Link, LinkPurpose, WriteError},
};
use sqlx::{Any, Transaction};

use crate::{
    db::Ending as _,
    row::{instant, micros, parsed, plain, row, unreadable},
};

/// A link that still works.
pub const LINK: &str = "SELECT token, purpose, person, organisation, email, roles, made_by, created_us, expires_us \
     FROM links WHERE token = $1 AND purpose = $2 AND used_us IS NULL AND expires_us > $3";

/// Invitations to an organisation that still wait.
pub const INVITATIONS: &str = "SELECT token, purpose, person, organisation, email, roles, made_by, created_us, expires_us \
     FROM links WHERE organisation = $1 AND purpose = 'invite' AND used_us IS NULL AND expires_us > $2 \
     ORDER BY created_us, token LIMIT 200";

row! { LinkRow of "links" by token {
    token: String,
    purpose: String,
    person: Option<String>,
    organisation: Option<String>,
    email: String,
    roles: String,
    made_by: Option<String>,
    created_us: i64,
    expires_us: i64,
} }

impl LinkRow {
    pub(crate) fn read(self) -> Answer<Link> {
        let key = &self.key();
        let purpose =
            [LinkPurpose::Confirm, LinkPurpose::Invite, LinkPurpose::Reset].into_iter().find(|p| p.name() == self.purpose);
        Ok(Link {
            token: parsed("links", key, "token", &self.token)?,
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

pub(crate) fn roles_of(table: &'static str, key: &str, text: &str) -> Answer<Vec<Role>> {
    text.split(' ').filter(|name| !name.is_empty()).map(|name| parsed(table, key, "roles", name)).collect()
}

pub(crate) fn roles_text(roles: &[Role]) -> String {
    roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ")
}

pub(crate) async fn insert_link(transaction: &mut Transaction<'static, Any>, link: &Link) -> Answer<()> {
    sqlx::query(
        "INSERT INTO links (token, purpose, person, organisation, email, roles, made_by, created_us, expires_us, used_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)",
    )
    .bind(link.token.to_string())
    .bind(link.purpose.name())
    .bind(link.person.as_ref().map(ToString::to_string))
    .bind(link.organisation.as_ref().map(ToString::to_string))
    .bind(plain(&link.email))
    .bind(roles_text(&link.roles))
    .bind(link.by.as_ref().map(ToString::to_string))
    .bind(micros(link.created_at))
    .bind(micros(link.expires_at))
    .execute(&mut **transaction)
    .answered()
    .await?;
    Ok(())
}

/// Uses a link. Only the first of two users gets it.
pub(crate) async fn use_link(
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
    .answered()
    .await?;
    Ok(row.ok_or(WriteError::Conflict)?.read()?)
}

/// Uses up every link of this purpose that was sent to a person.
pub(crate) async fn use_links(
    transaction: &mut Transaction<'static, Any>,
    person: &PersonId,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Answer<()> {
    sqlx::query("UPDATE links SET used_us = $3 WHERE person = $1 AND purpose = $2 AND used_us IS NULL")
        .bind(person.to_string())
        .bind(purpose.name())
        .bind(micros(now))
        .execute(&mut **transaction)
        .answered()
        .await?;
    Ok(())
}
