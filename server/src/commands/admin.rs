//! `admin`: the only way to the first people of the programme. Everybody after them is invited by somebody.

use app::services::{Clock as _, Secrets as _};
use jiff::ToSpan as _;
use journey::{
    actor::{Role, Side},
    form::Answers,
    ids::Digest,
    people,
    port::{Letter, Link, LinkPurpose, Organisation, People as _},
};

use super::open;
use crate::{
    config::Admin,
    login::{MachineClock, MachineSecrets},
};

/// Days for which an invitation works.
const DAYS: i64 = 14;

pub(super) async fn run(what: Admin) -> Result<(), String> {
    let Admin::Invite { database, email, roles, organisation, base_url } = what;
    let clean =
        people::email_only().check(&Answers::default().with("email", &email)).map_err(|problems| problems.0[0].says.clone())?;
    let email = clean.one("email").to_owned();
    let side = one_side(&roles)?;
    let db = open(&database).await?;
    let secrets = MachineSecrets::new();
    let now = MachineClock.now();
    let organisation = match db.organisation_named(side, &organisation).await.map_err(|e| e.to_string())? {
        Some(known) => known,
        None => {
            let id = secrets.id().parse().map_err(|_| "no id".to_owned())?;
            let new = Organisation { id, name: organisation, ods_code: String::new(), side };
            db.add_organisation(new.clone(), now).await.map_err(|e| e.to_string())?;
            new
        }
    };
    let token = secrets.token();
    let expires_at = now.checked_add((DAYS * 24).hours()).map_err(|e| e.to_string())?;
    let url = format!("{}/invitations/{token}", base_url.trim_end_matches('/'));
    let link = Link {
        token: Digest::of(token.as_bytes()),
        purpose: LinkPurpose::Invite,
        person: None,
        organisation: Some(organisation.id),
        email: email.clone(),
        roles,
        by: None,
        created_at: now,
        expires_at,
    };
    let letter = Letter {
        id: format!("invite-{}", link.token),
        to: email,
        subject: format!("Join {} at GP Connect onboarding", organisation.name),
        body: format!("Hello,\n\nYou are invited to join {}. The link works for {DAYS} days.\n\n{url}\n", organisation.name),
    };
    db.add_link(link, letter).await.map_err(|e| e.to_string())?;
    db.close().await;
    println!("{url}");
    Ok(())
}

/// The one side that the roles belong to. Suppliers register themselves.
fn one_side(roles: &[Role]) -> Result<Side, String> {
    let side = roles.first().map(|role| role.side()).ok_or("name at least one role")?;
    // An operator may also belong to the programme: the same people run both.
    let fits = |role: &Role| role.side() == side || (side == Side::Programme && role.side() == Side::Operator);
    if !roles.iter().all(fits) {
        return Err("all roles of one invitation must be of one side".to_owned());
    }
    if side == Side::Supplier {
        return Err("suppliers register themselves at /register and invite their colleagues there".to_owned());
    }
    Ok(side)
}
