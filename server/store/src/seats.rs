//! Seats: organisations as the programme confirms them, parts that wait, and invitations.
//!
//! Long because its statements are read beside the rows that they fill.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use journey::{
    base::{
        actor::Role,
        identity::Identity,
        ids::{Digest, JourneyRef, OrganisationId, PartId, PersonId},
    },
    ledger::event::{By, Event, Recorded},
    people::rules::{self, InvitationLimit, PeopleEvent},
    port::{
        Answer, Letter, Link, Organisation, WriteError,
        seats::{
            AskedDetails, Invited, OpenInvitation, OrganisationFilter, PartyLine, RegisteredOrganisation, RolesRefused,
            SeatChange, Seats, WaitingPart,
        },
    },
};
use sqlx::{Any, Transaction};

use crate::{
    db::{Db, Ending},
    links::{insert_link, roles_of, roles_text},
    membership::{active_places, append, insert_organisation, put_member, would_lose_the_last_operator},
    outbox,
    row::{folded, has_words, instant, micros, parsed, patterns, plain, row, side_of, small, unreadable},
};

/// An invitation that is sent again with the same roles within this time is the same one: a second click.
const SAME: SignedDuration = SignedDuration::from_mins(15);

/// Invitations are counted over this time.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Parts that wait, oldest first.
pub const WAITING_PARTS: &str = "SELECT a.part, a.journey, j.product, o.name AS supplier, a.side, a.name, a.ods_code, a.email, a.roles, \
            a.person, p.name AS asker, p.email AS address, a.at_us \
     FROM asked_parts a JOIN journeys j ON j.ref = a.journey JOIN organisations o ON o.id = j.organisation \
          JOIN people p ON p.id = a.person \
     WHERE (a.at_us, a.part) > ($1, $2) ORDER BY a.at_us, a.part LIMIT CAST($3 AS BIGINT)";

/// Parts of one journey that wait.
pub const WAITING_PARTS_OF: &str = "SELECT a.part, a.journey, j.product, o.name AS supplier, a.side, a.name, a.ods_code, a.email, a.roles, \
            a.person, p.name AS asker, p.email AS address, a.at_us \
     FROM asked_parts a JOIN journeys j ON j.ref = a.journey JOIN organisations o ON o.id = j.organisation \
          JOIN people p ON p.id = a.person \
     WHERE a.journey = $1 ORDER BY a.at_us, a.part LIMIT 200";

/// Organisations by name.
pub const ORGANISATIONS: &str = concat!(
    "SELECT o.id, o.name, o.ods_code, o.side, o.folded, c.at_us AS confirmed_us, \
            (SELECT COUNT(*) FROM memberships m WHERE m.organisation = o.id) AS people, \
            d.name AS asked_name, d.ods_code AS asked_code, d.at_us AS asked_us, p.name AS asker \
     FROM organisations o LEFT JOIN confirmed_organisations c ON c.organisation = o.id \
          LEFT JOIN asked_details d ON d.organisation = o.id LEFT JOIN people p ON p.id = d.person \
     WHERE (o.folded, o.id) > ($1, $2) AND NOT EXISTS (SELECT 1 FROM merged_organisations x WHERE x.organisation = o.id) \
       AND ",
    has_words!("(o.folded || ' ' || LOWER(o.ods_code))", "$3" "$6" "$7" "$8" "$9" "$10"),
    " AND ($4 = 0 OR d.organisation IS NOT NULL) \
     ORDER BY o.folded, o.id LIMIT CAST($5 AS BIGINT)"
);

/// Organisations with a part in a journey.
pub const PARTIES_OF: &str = "SELECT o.id, o.name, o.ods_code, o.side, \
            (SELECT COUNT(*) FROM memberships m WHERE m.organisation = o.id) AS people \
     FROM parties a JOIN organisations o ON o.id = a.organisation WHERE a.journey = $1 ORDER BY o.folded, o.id";

/// Open invitations to the organisations of a journey.
pub const INVITED_TO: &str = "SELECT l.token, l.organisation, l.email, l.expires_us, u.reason \
     FROM parties a JOIN links l ON l.organisation = a.organisation \
          LEFT JOIN undelivered u ON u.letter = 'invite-' || l.token \
     WHERE a.journey = $1 AND l.purpose = 'invite' AND l.used_us IS NULL AND l.expires_us > $2 \
     ORDER BY l.created_us, l.token LIMIT 500";

const REGISTERED: &str = "SELECT o.id, o.name, o.ods_code, o.side, o.folded, c.at_us AS confirmed_us, \
            (SELECT COUNT(*) FROM memberships m WHERE m.organisation = o.id) AS people, \
            d.name AS asked_name, d.ods_code AS asked_code, d.at_us AS asked_us, p.name AS asker \
     FROM organisations o LEFT JOIN confirmed_organisations c ON c.organisation = o.id \
          LEFT JOIN asked_details d ON d.organisation = o.id LEFT JOIN people p ON p.id = d.person \
     WHERE o.id = $1";

row! { WaitingRow of "asked_parts" by part {
    part: String,
    journey: String,
    product: String,
    supplier: String,
    side: String,
    name: String,
    ods_code: String,
    email: String,
    roles: String,
    person: String,
    asker: String,
    address: String,
    at_us: i64,
} }

impl WaitingRow {
    fn read(self) -> Answer<WaitingPart> {
        let key = &self.key();
        Ok(WaitingPart {
            part: parsed("asked_parts", key, "part", &self.part)?,
            journey: parsed("asked_parts", key, "journey", &self.journey)?,
            product: self.product,
            supplier: self.supplier,
            side: side_of("asked_parts", key, &self.side)?,
            identity: Identity { name: self.name, ods_code: self.ods_code },
            email: self.email,
            roles: roles_of("asked_parts", key, &self.roles)?,
            by: (parsed("asked_parts", key, "person", &self.person)?, self.asker, self.address),
            at: instant("asked_parts", key, "at_us", self.at_us)?,
        })
    }
}

row! { RegisteredRow of "organisations" by id {
    id: String,
    name: String,
    ods_code: String,
    side: String,
    confirmed_us: Option<i64>,
    people: i64,
    asked_name: Option<String>,
    asked_code: Option<String>,
    asked_us: Option<i64>,
    asker: Option<String>,
} }

impl RegisteredRow {
    fn read(self) -> Answer<RegisteredOrganisation> {
        let key = &self.key();
        let asked = match (self.asked_name, self.asked_code, self.asked_us) {
            (Some(name), Some(ods_code), Some(at)) => Some(AskedDetails {
                identity: Identity { name, ods_code },
                by: self.asker.unwrap_or_default(),
                at: instant("asked_details", key, "at_us", at)?,
            }),
            _ => None,
        };
        Ok(RegisteredOrganisation {
            organisation: Organisation {
                id: parsed("organisations", key, "id", &self.id)?,
                side: side_of("organisations", key, &self.side)?,
                name: self.name,
                ods_code: self.ods_code,
            },
            confirmed: self.confirmed_us.map(|at| instant("confirmed_organisations", key, "at_us", at)).transpose()?,
            people: small("memberships", key, "people", self.people)?,
            asked,
        })
    }
}

row! { PartyRow of "organisations" by id {
    id: String,
    name: String,
    ods_code: String,
    side: String,
    people: i64,
} }

row! { InvitedRow of "links" by token {
    token: String,
    organisation: String,
    email: String,
    expires_us: i64,
    reason: Option<String>,
} }

row! { HeldRow of "memberships" by person organisation {
    person: String,
    organisation: String,
    roles: String,
} }

row! { OpenLink of "links" by token {
    token: String,
    roles: String,
    created_us: i64,
} }

/// What becomes of seats with a batch of events: in its transaction, which has passed the turnstile of accounts.
pub(crate) async fn change(
    transaction: &mut Transaction<'static, Any>,
    journey: &JourneyRef,
    recorded: &[Recorded],
    seats: &[SeatChange],
) -> Result<(), WriteError> {
    for seat in seats {
        match seat {
            SeatChange::Asked { part, email, roles } => {
                let asked = recorded.iter().find_map(|recorded| match &recorded.event {
                    Event::PartAsked { part: asked, side, identity } if asked == part => {
                        Some((recorded.by.as_ref()?, recorded.at, *side, identity))
                    }
                    _ => None,
                });
                // Whom to invite belongs to a request of this batch.
                let Some((by, at, side, identity)) = asked else { return Err(WriteError::Conflict) };
                sqlx::query(
                    "INSERT INTO asked_parts (part, journey, side, name, ods_code, email, roles, person, at_us) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(part.to_string())
                .bind(journey.to_string())
                .bind(side.name())
                .bind(plain(&identity.name))
                .bind(plain(&identity.ods_code))
                .bind(plain(email))
                .bind(roles_text(roles))
                .bind(by.person.to_string())
                .bind(micros(at))
                .execute(&mut **transaction)
                .written()
                .await?;
            }
            SeatChange::Answered { part } => {
                sqlx::query("DELETE FROM asked_parts WHERE part = $1")
                    .bind(part.to_string())
                    .execute(&mut **transaction)
                    .answered()
                    .await?;
            }
            SeatChange::Made(organisation) => {
                let last = recorded.last().ok_or(WriteError::Conflict)?;
                insert_organisation(transaction, organisation, last.at).await?;
                let by = last.by.as_ref().map(|by| &by.person);
                confirm(transaction, &organisation.id, by, last.at).await?;
            }
            SeatChange::Invited { link, letter } => write_invitation(transaction, link, letter).await?,
            SeatChange::Left { organisation } => {
                let at = recorded.last().map_or(Timestamp::MIN, |last| last.at);
                sqlx::query(
                    "UPDATE links SET used_us = $2 WHERE organisation = $1 AND purpose = 'invite' AND used_us IS NULL \
                       AND NOT EXISTS (SELECT 1 FROM memberships WHERE organisation = $1) \
                       AND NOT EXISTS (SELECT 1 FROM parties WHERE organisation = $1 AND journey <> $3)",
                )
                .bind(organisation.to_string())
                .bind(micros(at))
                .bind(journey.to_string())
                .execute(&mut **transaction)
                .answered()
                .await?;
            }
        }
    }
    Ok(())
}

async fn confirm(
    transaction: &mut Transaction<'static, Any>,
    organisation: &OrganisationId,
    by: Option<&PersonId>,
    at: Timestamp,
) -> Answer<()> {
    sqlx::query(
        "INSERT INTO confirmed_organisations (organisation, person, at_us) VALUES ($1, $2, $3) \
         ON CONFLICT (organisation) DO UPDATE SET person = excluded.person, at_us = excluded.at_us",
    )
    .bind(organisation.to_string())
    .bind(by.map(ToString::to_string))
    .bind(micros(at))
    .execute(&mut **transaction)
    .answered()
    .await?;
    Ok(())
}

/// Writes an invitation; older ones of the same address to the same organisation end.
pub(crate) async fn write_invitation(transaction: &mut Transaction<'static, Any>, link: &Link, letter: &Letter) -> Answer<()> {
    if let Some(organisation) = &link.organisation {
        end_invitations(transaction, organisation, Some(&link.email), None, link.created_at).await?;
        let by = link.by.clone().map(|person| By { person, organisation: organisation.clone() });
        let event = PeopleEvent::Invited { organisation: organisation.clone(), roles: link.roles.clone() };
        append(transaction, link.created_at, by, event).await?;
    }
    insert_link(transaction, link).await?;
    outbox::insert(transaction, &[letter], link.created_at).await
}

/// Ends the open invitations of an organisation: those to an address, those that a person made, or both.
async fn end_invitations(
    transaction: &mut Transaction<'static, Any>,
    organisation: &OrganisationId,
    email: Option<&str>,
    made_by: Option<&PersonId>,
    now: Timestamp,
) -> Answer<()> {
    sqlx::query(
        "UPDATE links SET used_us = $4 WHERE organisation = $1 AND purpose = 'invite' AND used_us IS NULL \
           AND (email = $2 OR made_by = $3)",
    )
    .bind(organisation.to_string())
    .bind(email.map(plain))
    .bind(made_by.map(ToString::to_string))
    .bind(micros(now))
    .execute(&mut **transaction)
    .answered()
    .await?;
    Ok(())
}

/// What follows from an invitation that was accepted: roles held already stay, the other invitations of this address end,
/// and with the first person of an organisation those that somebody made who is not of it.
pub(crate) async fn accepted(
    transaction: &mut Transaction<'static, Any>,
    organisation: &OrganisationId,
    person: &PersonId,
    email: &str,
    offered: &[Role],
    now: Timestamp,
) -> Answer<Vec<Role>> {
    let held = roles_held(transaction, organisation).await?;
    let own = held.iter().find(|(member, _)| member == person).map(|(_, roles)| roles.clone()).unwrap_or_default();
    let mut roles = own;
    for role in offered {
        if !roles.contains(role) {
            roles.push(*role);
        }
    }
    put_member(transaction, person, organisation, &roles, now).await?;
    end_invitations(transaction, organisation, Some(email), None, now).await?;
    sqlx::query(
        "UPDATE links SET used_us = $2 WHERE organisation = $1 AND purpose = 'invite' AND used_us IS NULL \
           AND made_by IS NOT NULL AND made_by NOT IN (SELECT person FROM memberships WHERE organisation = $1)",
    )
    .bind(organisation.to_string())
    .bind(micros(now))
    .execute(&mut **transaction)
    .answered()
    .await?;
    Ok(roles)
}

async fn roles_held(
    transaction: &mut Transaction<'static, Any>,
    organisation: &OrganisationId,
) -> Answer<Vec<(PersonId, Vec<Role>)>> {
    let rows: Vec<HeldRow> =
        sqlx::query_as("SELECT person, organisation, roles FROM memberships WHERE organisation = $1 ORDER BY person")
            .bind(organisation.to_string())
            .fetch_all(&mut **transaction)
            .answered()
            .await?;
    let read = |row: HeldRow| {
        let key = row.key();
        Ok((parsed("memberships", &key, "person", &row.person)?, roles_of("memberships", &key, &row.roles)?))
    };
    rows.into_iter().map(read).collect()
}

#[async_trait]
impl Seats for Db {
    async fn waiting_parts(&self, after: Option<(Timestamp, PartId)>, limit: u32) -> Answer<Vec<WaitingPart>> {
        let (at, part) = after.map_or((i64::MIN, String::new()), |(at, part)| (micros(at), part.to_string()));
        let rows: Vec<WaitingRow> =
            sqlx::query_as(WAITING_PARTS).bind(at).bind(part).bind(i64::from(limit)).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(WaitingRow::read).collect()
    }

    async fn waiting_parts_of(&self, journey: &JourneyRef) -> Answer<Vec<WaitingPart>> {
        let rows: Vec<WaitingRow> =
            sqlx::query_as(WAITING_PARTS_OF).bind(journey.to_string()).fetch_all(&self.read).answered().await?;
        rows.into_iter().map(WaitingRow::read).collect()
    }

    async fn parties_of(&self, journey: &JourneyRef, now: Timestamp) -> Answer<Vec<PartyLine>> {
        let rows: Vec<PartyRow> = sqlx::query_as(PARTIES_OF).bind(journey.to_string()).fetch_all(&self.read).answered().await?;
        let links: Vec<InvitedRow> =
            sqlx::query_as(INVITED_TO).bind(journey.to_string()).bind(micros(now)).fetch_all(&self.read).answered().await?;
        let mut lines = Vec::new();
        for row in rows {
            let key = row.key();
            let invited = links.iter().filter(|link| row.people == 0 && link.organisation == row.id);
            let read = |link: &InvitedRow| {
                let key = &link.key();
                Ok(OpenInvitation {
                    token: parsed("links", key, "token", &link.token)?,
                    email: link.email.clone(),
                    until: instant("links", key, "expires_us", link.expires_us)?,
                    undelivered: link.reason.as_deref().map(|it| parsed("undelivered", key, "reason", it)).transpose()?,
                })
            };
            let invited = invited.map(read).collect::<Answer<Vec<_>>>()?;
            lines.push(PartyLine {
                organisation: Organisation {
                    id: parsed("organisations", &key, "id", &row.id)?,
                    side: side_of("organisations", &key, &row.side)?,
                    name: row.name,
                    ods_code: row.ods_code,
                },
                people: small("memberships", &key, "people", row.people)?,
                invited,
            });
        }
        Ok(lines)
    }

    async fn seats_waiting(&self) -> Answer<(u32, u32)> {
        let (parts, details): (i64, i64) =
            sqlx::query_as("SELECT (SELECT COUNT(*) FROM asked_parts), (SELECT COUNT(*) FROM asked_details)")
                .fetch_one(&self.read)
                .answered()
                .await?;
        Ok((small("asked_parts", "", "count", parts)?, small("asked_details", "", "count", details)?))
    }

    async fn organisations(&self, filter: &OrganisationFilter) -> Answer<Vec<RegisteredOrganisation>> {
        let (name, id) = filter.after.clone().map_or_else(Default::default, |(name, id)| (name, id.to_string()));
        let [first, words @ ..] = patterns(&filter.find);
        let mut query = sqlx::query_as(ORGANISATIONS)
            .bind(plain(&name))
            .bind(id)
            .bind(first)
            .bind(i64::from(filter.asked))
            .bind(i64::from(filter.limit));
        for word in words {
            query = query.bind(word);
        }
        let rows: Vec<RegisteredRow> = query.fetch_all(&self.read).answered().await?;
        rows.into_iter().map(RegisteredRow::read).collect()
    }

    async fn registered(&self, id: &OrganisationId) -> Answer<Option<RegisteredOrganisation>> {
        let row: Option<RegisteredRow> =
            sqlx::query_as(REGISTERED).bind(id.to_string()).fetch_optional(&self.read).answered().await?;
        row.map(RegisteredRow::read).transpose()
    }

    async fn ask_details(&self, organisation: &OrganisationId, identity: &Identity, by: By, now: Timestamp) -> Answer<()> {
        let mut transaction = self.begin_accounts().await?;
        sqlx::query(
            "INSERT INTO asked_details (organisation, name, ods_code, person, at_us) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (organisation) DO UPDATE \
             SET name = excluded.name, ods_code = excluded.ods_code, person = excluded.person, at_us = excluded.at_us",
        )
        .bind(organisation.to_string())
        .bind(plain(&identity.name))
        .bind(plain(&identity.ods_code))
        .bind(by.person.to_string())
        .bind(micros(now))
        .execute(&mut *transaction)
        .answered()
        .await?;
        let event = PeopleEvent::DetailsAsked { organisation: organisation.clone(), identity: identity.clone() };
        append(&mut transaction, now, Some(by), event).await?;
        transaction.commit().answered().await
    }

    async fn set_details(
        &self,
        organisation: &OrganisationId,
        identity: &Identity,
        by: By,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin_accounts().await?;
        sqlx::query("UPDATE organisations SET name = $2, ods_code = $3, folded = $4 WHERE id = $1")
            .bind(organisation.to_string())
            .bind(plain(&identity.name))
            .bind(plain(&identity.ods_code))
            .bind(folded(&identity.name))
            .execute(&mut *transaction)
            .written()
            .await?;
        sqlx::query("DELETE FROM asked_details WHERE organisation = $1")
            .bind(organisation.to_string())
            .execute(&mut *transaction)
            .answered()
            .await?;
        confirm(&mut transaction, organisation, Some(&by.person), now).await?;
        let event = PeopleEvent::DetailsChanged { organisation: organisation.clone(), identity: Some(identity.clone()) };
        append(&mut transaction, now, Some(by), event).await?;
        transaction.commit().written().await
    }

    async fn decline_details(&self, organisation: &OrganisationId, reason: &str, by: By, now: Timestamp) -> Answer<()> {
        let mut transaction = self.begin_accounts().await?;
        let done = sqlx::query("DELETE FROM asked_details WHERE organisation = $1")
            .bind(organisation.to_string())
            .execute(&mut *transaction)
            .answered()
            .await?;
        if done.rows_affected() == 1 {
            let event = PeopleEvent::DetailsDeclined { organisation: organisation.clone(), reason: plain(reason) };
            append(&mut transaction, now, Some(by), event).await?;
        }
        transaction.commit().answered().await
    }

    async fn invite(&self, link: Link, letter: Letter, limit: InvitationLimit) -> Answer<Invited> {
        let Some(organisation) = link.organisation.clone() else {
            return Err(unreadable("links", link.token.as_str(), "organisation", &"an invitation is to an organisation"));
        };
        let mut transaction = self.begin_accounts().await?;
        let (now, email) = (micros(link.created_at), plain(&link.email));
        let open: Option<OpenLink> = sqlx::query_as(
            "SELECT token, roles, created_us FROM links WHERE organisation = $1 AND email = $2 AND purpose = 'invite' \
               AND used_us IS NULL AND expires_us > $3 \
               AND NOT EXISTS (SELECT 1 FROM undelivered u WHERE u.letter = 'invite-' || links.token) \
             ORDER BY created_us DESC LIMIT 1",
        )
        .bind(organisation.to_string())
        .bind(email.clone())
        .bind(now)
        .fetch_optional(&mut *transaction)
        .answered()
        .await?;
        if let Some(open) = open {
            let key = open.key();
            let same = roles_of("links", &key, &open.roles)? == link.roles;
            if same && open.created_us > micros(before(link.created_at, SAME)) {
                return Ok(Invited::Already(instant("links", &key, "created_us", open.created_us)?));
            }
        }
        let since = micros(before(link.created_at, DAY));
        let (of_organisation, to_address): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM links WHERE organisation = $1 AND purpose = 'invite' AND created_us > $3), \
                    (SELECT COUNT(*) FROM links WHERE email = $2 AND purpose = 'invite' AND created_us > $3)",
        )
        .bind(organisation.to_string())
        .bind(email)
        .bind(since)
        .fetch_one(&mut *transaction)
        .answered()
        .await?;
        if of_organisation >= i64::from(limit.of_organisation) {
            return Ok(Invited::TooManyOfOrganisation);
        }
        if to_address >= i64::from(limit.to_address) {
            return Ok(Invited::TooManyToAddress);
        }
        write_invitation(&mut transaction, &link, &letter).await?;
        transaction.commit().answered().await?;
        Ok(Invited::Sent)
    }

    async fn set_roles(
        &self,
        organisation: &OrganisationId,
        person: &PersonId,
        roles: &[Role],
        seen: Option<&[Role]>,
        by: By,
        now: Timestamp,
    ) -> Result<(), RolesRefused> {
        let mut transaction = self.begin_accounts().await?;
        let members = roles_held(&mut transaction, organisation).await?;
        let held = |who: &PersonId| members.iter().find(|(member, _)| member == who).map(|(_, roles)| roles.as_slice());
        // Everybody may leave; whoever looks after people changes what others may do.
        let leaves = by.person == *person && roles.is_empty();
        if !leaves && !held(&by.person).is_some_and(rules::keeps_people) {
            return Err(RolesRefused::NotAKeeper);
        }
        let Some(before) = held(person) else { return Err(RolesRefused::ChangedSince) };
        if seen.is_some_and(|seen| seen.len() != before.len() || seen.iter().any(|role| !before.contains(role))) {
            return Err(RolesRefused::ChangedSince);
        }
        // Whoever is locked looks after nobody.
        let able = active_places(&mut transaction, person).await?;
        let able =
            able.into_iter().filter(|(_, at, _)| at == organisation).map(|(who, _, roles)| (who, roles)).collect::<Vec<_>>();
        if rules::leaves_nobody(&able, person, roles) {
            return Err(RolesRefused::LeavesNobody);
        }
        let operates = |roles: &[Role]| roles.contains(&Role::Operator);
        if operates(before) && !operates(roles) && would_lose_the_last_operator(&mut transaction, person).await? {
            return Err(RolesRefused::LeavesNobody);
        }
        if rules::keeps_people(before) && !rules::keeps_people(roles) {
            end_invitations(&mut transaction, organisation, None, Some(person), now).await?;
        }
        let event = if roles.is_empty() {
            sqlx::query(
                "UPDATE links SET used_us = $3 WHERE organisation = $1 AND purpose = 'invite' AND used_us IS NULL \
                   AND email = (SELECT email FROM people WHERE id = $2)",
            )
            .bind(organisation.to_string())
            .bind(person.to_string())
            .bind(micros(now))
            .execute(&mut *transaction)
            .answered()
            .await?;
            sqlx::query("DELETE FROM memberships WHERE person = $1 AND organisation = $2")
                .bind(person.to_string())
                .bind(organisation.to_string())
                .execute(&mut *transaction)
                .answered()
                .await?;
            PeopleEvent::Removed { person: person.clone(), organisation: organisation.clone() }
        } else {
            put_member(&mut transaction, person, organisation, roles, now).await?;
            PeopleEvent::RolesChanged { person: person.clone(), organisation: organisation.clone(), roles: roles.to_vec() }
        };
        append(&mut transaction, now, Some(by), event).await?;
        Ok(transaction.commit().answered().await?)
    }

    async fn cancel_invitation(&self, organisation: &OrganisationId, token: &Digest, by: By, now: Timestamp) -> Answer<()> {
        let mut transaction = self.begin_accounts().await?;
        let done = sqlx::query(
            "UPDATE links SET used_us = $3 WHERE token = $1 AND organisation = $2 AND purpose = 'invite' AND used_us IS NULL",
        )
        .bind(token.to_string())
        .bind(organisation.to_string())
        .bind(micros(now))
        .execute(&mut *transaction)
        .answered()
        .await?;
        if done.rows_affected() == 1 {
            let event = PeopleEvent::InvitationCancelled { organisation: organisation.clone() };
            append(&mut transaction, now, Some(by), event).await?;
        }
        transaction.commit().answered().await
    }
}

fn before(at: Timestamp, time: SignedDuration) -> Timestamp {
    at.checked_sub(time).unwrap_or(Timestamp::MIN)
}
