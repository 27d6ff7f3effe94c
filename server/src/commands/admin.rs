//! `admin`: the only way to the first people of the programme, and back into an organisation that has nobody left who can
//! invite. Everybody else is invited by somebody.

use app::request::services::{Clock as _, Secrets as _};
use jiff::{Timestamp, ToSpan as _};
use journey::{
    base::{
        actor::{Role, Side},
        ids::Digest,
    },
    form::Answers,
    people::rules,
    port::{Letter, Link, LinkPurpose, Organisation, People as _, WriteError},
};
use store::{Access, Db};

use crate::{
    config::Admin,
    login::{MachineClock, MachineSecrets},
    start::existing,
    terminal::say,
};

/// Days for which an invitation works.
const DAYS: i64 = 14;

pub(crate) async fn run(what: Admin) -> Result<(), String> {
    let Admin::Invite { database, email, roles, organisation, base_url } = what;
    let clean =
        rules::email_only().check(&Answers::default().with("email", &email)).map_err(|problems| problems.0[0].says.clone())?;
    let email = clean.one("email").to_owned();
    let side = one_side(&roles)?;
    let db = existing(&database, Access::Write).await?;
    let secrets = MachineSecrets::new();
    let now = MachineClock.now();
    let organisation = meant(&db, side, &organisation, now).await?;
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
        enclosed: None,
    };
    db.add_link(link, letter).await.map_err(|e| e.to_string())?;
    db.close().await;
    say(&url);
    Ok(())
}

/// The organisation that somebody names. One of the programme or of the operators is made when it is not there; others come
/// by themselves, or from a supplier who gives them a part.
async fn meant(db: &Db, side: Side, text: &str, now: Timestamp) -> Result<Organisation, String> {
    let mut known = db.organisations_called(side, text.trim()).await.map_err(|error| error.to_string())?;
    if known.len() > 1 {
        let lines = known.iter().map(|one| format!("\n  {}  {}  {}", one.id, one.name, one.ods_code));
        let lines: String = lines.collect();
        return Err(format!(
            "there are several organisations of that name or code. Say which by its id, with --organisation:{lines}"
        ));
    }
    if let Some(only) = known.pop() {
        return Ok(only);
    }
    if !matches!(side, Side::Programme | Side::Operator) {
        return Err(format!(
            "there is no organisation “{text}” for these roles. Check its name, ODS code or id. Suppliers register themselves at \
             /register; end-user organisations come when they are added to a journey"
        ));
    }
    // Its id follows from its name, so that two who invite into it at once do not make two of it.
    let name = text.trim();
    let digest = Digest::of(format!("{} {}", side.name(), name.to_lowercase()).as_bytes());
    let id = digest.as_str()[..20].parse().map_err(|_| "no id".to_owned())?;
    let new = Organisation { id, name: name.to_owned(), ods_code: String::new(), side };
    match db.add_organisation(new.clone(), now).await {
        Ok(()) => Ok(new),
        Err(WriteError::Conflict) => {
            let known = db.organisations_called(side, name).await.map_err(|error| error.to_string())?.pop();
            known.ok_or_else(|| format!("{name} could not be made"))
        }
        Err(WriteError::Store(error)) => Err(error.to_string()),
    }
}

/// The one side that the roles belong to.
fn one_side(roles: &[Role]) -> Result<Side, String> {
    let side = roles.first().map(|role| role.side()).ok_or("name at least one role")?;
    // An operator may also belong to the programme: the same people run both.
    let fits = |role: &Role| role.side() == side || (side == Side::Programme && role.side() == Side::Operator);
    if !roles.iter().all(fits) {
        return Err("all roles of one invitation must be of one side".to_owned());
    }
    Ok(side)
}
