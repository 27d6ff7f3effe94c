//! Entries of the audit in words: the page and the file say the same.

use std::collections::BTreeMap;

use journey::{
    base::{
        actor::Role,
        ids::{OrganisationId, PersonId},
    },
    people::rules::PeopleEvent,
    plan::process::Processes,
    port::{
        StoreError,
        audit::{AuditLine, Entry},
    },
};

use crate::{base::words, request::services::Services};

/// Names of those whom entries are about, by id.
pub type Names = BTreeMap<String, String>;

/// The names that entries need beside those of who did it.
///
/// # Errors
/// When the database does not answer.
pub async fn names(services: &Services, lines: &[AuditLine]) -> Result<Names, StoreError> {
    let (mut people, mut organisations) = (Vec::new(), Vec::new());
    for line in lines {
        let Entry::People(event) = &line.entry else { continue };
        let (who, which) = about(event);
        people.extend(who.into_iter().cloned());
        organisations.extend(which.into_iter().cloned());
    }
    people.sort();
    people.dedup();
    organisations.sort();
    organisations.dedup();
    Ok(services.store.names_of(&people, &organisations).await?.into_iter().collect())
}

/// Whom and which organisations an event of accounts is about.
fn about(event: &PeopleEvent) -> (Vec<&PersonId>, Vec<&OrganisationId>) {
    match event {
        PeopleEvent::Registered { person, organisation }
        | PeopleEvent::Accepted { person, organisation, .. }
        | PeopleEvent::RolesChanged { person, organisation, .. }
        | PeopleEvent::Removed { person, organisation }
        | PeopleEvent::GivenBack { person, organisation, .. } => (vec![person], vec![organisation]),
        PeopleEvent::Confirmed { person }
        | PeopleEvent::PasswordChanged { person }
        | PeopleEvent::NameChanged { person }
        | PeopleEvent::Locked { person, .. }
        | PeopleEvent::Unlocked { person, .. }
        | PeopleEvent::SessionsEnded { person, .. }
        | PeopleEvent::ResetSent { person, .. }
        | PeopleEvent::SecondStepSetUp { person }
        | PeopleEvent::RecoveryCodesMade { person }
        | PeopleEvent::SecondStepRemoved { person }
        | PeopleEvent::SecondStepResetAsked { person, .. }
        | PeopleEvent::SecondStepReset { person, .. } => (vec![person], Vec::new()),
        PeopleEvent::Invited { organisation, .. }
        | PeopleEvent::InvitationCancelled { organisation }
        | PeopleEvent::DetailsAsked { organisation, .. }
        | PeopleEvent::DetailsDeclined { organisation, .. }
        | PeopleEvent::DetailsChanged { organisation, .. } => (Vec::new(), vec![organisation]),
        PeopleEvent::Merged { organisation, into, moved, .. } => {
            (moved.iter().map(|(person, _)| person).collect(), vec![organisation, into])
        }
    }
}

/// Who did it, and whether they have an account: whoever signs by a link in an email has none.
#[must_use]
pub fn who(line: &AuditLine) -> (String, bool) {
    match (&line.person, &line.entry) {
        (Some((id, name)), _) if id.as_str() == name => ("Somebody without an account, by a link in an email".to_owned(), false),
        (Some((_, name)), _) => (name.clone(), true),
        (None, Entry::Act(_)) => ("Not known".to_owned(), false),
        (None, _) => ("The service, a command or a link in an email".to_owned(), false),
    }
}

/// For which organisation: by its code, where it is not registered here.
#[must_use]
pub fn of_whom(line: &AuditLine) -> Option<String> {
    line.organisation.as_ref().map(|(id, name)| match id.as_str().strip_prefix("ods-") {
        Some(code) if id.as_str() == name => format!("ODS code {}", code.to_uppercase()),
        _ => name.clone(),
    })
}

fn roles_in_words(roles: &[Role]) -> String {
    words::listed(roles.iter().map(|role| role.title().to_lowercase()).collect())
}

/// What was done, as a sentence without who did it.
#[must_use]
pub fn what(processes: &Processes, line: &AuditLine, names: &Names) -> String {
    match &line.entry {
        Entry::Act(act) if line.about.is_empty() => act.title().to_owned(),
        Entry::Act(act) => format!("{}: {}", act.title(), line.about),
        Entry::People(event) => of_people(event, names),
        Entry::Journey { event, task } => {
            let event = event.replace('_', " ");
            let mut said: String = event.chars().take(1).flat_map(char::to_uppercase).collect();
            said.extend(event.chars().skip(1));
            match task {
                Some(task) => format!("{said}: {}", label(processes, task)),
                None => said,
            }
        }
    }
}

/// What a task is called in whichever process has it.
fn label(processes: &Processes, task: &str) -> String {
    let found = processes.all().flat_map(|process| &process.tasks).find(|spec| spec.id.as_str() == task);
    found.map_or_else(|| task.to_owned(), |spec| spec.label.clone())
}

fn of_people(event: &PeopleEvent, names: &Names) -> String {
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let who = |person: &PersonId| name(person.as_str());
    let which = |organisation: &OrganisationId| name(organisation.as_str());
    match event {
        PeopleEvent::Registered { person, organisation } => format!("{} registered {}", who(person), which(organisation)),
        PeopleEvent::Confirmed { person } => format!("{} confirmed their email address", who(person)),
        PeopleEvent::Invited { organisation, roles } => {
            format!("Invited somebody to {} as {}", which(organisation), roles_in_words(roles))
        }
        PeopleEvent::InvitationCancelled { organisation } => format!("Took back an invitation to {}", which(organisation)),
        PeopleEvent::Accepted { person, organisation, roles } => {
            format!("{} joined {} as {}", who(person), which(organisation), roles_in_words(roles))
        }
        PeopleEvent::RolesChanged { person, organisation, roles } => {
            format!("Changed the roles of {} at {} to {}", who(person), which(organisation), roles_in_words(roles))
        }
        PeopleEvent::Removed { person, organisation } => format!("Removed {} from {}", who(person), which(organisation)),
        PeopleEvent::DetailsAsked { organisation, identity } => {
            format!("Asked for {} to be called {}", which(organisation), identity.in_words())
        }
        PeopleEvent::DetailsDeclined { organisation, .. } => {
            format!("Did not change the name and code of {}", which(organisation))
        }
        PeopleEvent::DetailsChanged { organisation, identity } => match identity {
            Some(identity) => format!("Confirmed the name and code of {}", identity.in_words()),
            None => format!("Changed the name or code of {}", which(organisation)),
        },
        PeopleEvent::PasswordChanged { person } => format!("{} set a new password", who(person)),
        PeopleEvent::NameChanged { person } => format!("{} changed their name", who(person)),
        PeopleEvent::Locked { person, .. } => format!("Locked the account of {}", who(person)),
        PeopleEvent::Unlocked { person, .. } => format!("Unlocked the account of {}", who(person)),
        PeopleEvent::SessionsEnded { person, .. } => format!("Signed {} out everywhere", who(person)),
        PeopleEvent::ResetSent { person, .. } => format!("Sent {} a link to set a new password", who(person)),
        PeopleEvent::SecondStepSetUp { person } => format!("{} set up a second step", who(person)),
        PeopleEvent::RecoveryCodesMade { person } => format!("{} made new recovery codes", who(person)),
        PeopleEvent::SecondStepRemoved { person } => format!("{} took their second step away", who(person)),
        PeopleEvent::SecondStepResetAsked { person, .. } => format!("Asked to take away the lost second step of {}", who(person)),
        PeopleEvent::SecondStepReset { person, .. } => format!("Took away the lost second step of {}", who(person)),
        PeopleEvent::GivenBack { person, organisation, roles, .. } => {
            format!("Gave a role back: {} is now {} at {}", who(person), roles_in_words(roles), which(organisation))
        }
        PeopleEvent::Merged { organisation, into, moved, .. } => {
            let moved = words::counted(moved.len(), "account");
            format!("Merged {} into {}: {moved} moved", which(organisation), which(into))
        }
    }
}
