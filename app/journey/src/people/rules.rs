//! Accounts: what may be asked of a person, who may invite whom, and what happens to accounts as events.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        actor::{Actor, Role, Side},
        identity::Identity,
        ids::{OrganisationId, PersonId},
    },
    form::{Answers, Choice, Field, Form, Kind, Problem, Problems, Rule},
    people::passwords::{self, PASSWORD_MAX, PASSWORD_MIN},
};

/// Something that happened to an account. These events form a stream of their own, chained like a journey's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum PeopleEvent {
    /// An organisation and its first person were registered.
    Registered {
        /// The person.
        person: PersonId,
        /// The organisation.
        organisation: OrganisationId,
    },
    /// A person proved that letters reach them.
    Confirmed {
        /// The person.
        person: PersonId,
    },
    /// Somebody was invited to an organisation.
    Invited {
        /// To which.
        organisation: OrganisationId,
        /// The roles offered.
        roles: Vec<Role>,
    },
    /// An invitation was taken back before it was accepted.
    InvitationCancelled {
        /// To which organisation.
        organisation: OrganisationId,
    },
    /// An invitation was accepted.
    Accepted {
        /// By whom.
        person: PersonId,
        /// To which organisation.
        organisation: OrganisationId,
        /// With which roles.
        roles: Vec<Role>,
    },
    /// A person's roles changed.
    RolesChanged {
        /// Whose.
        person: PersonId,
        /// Where.
        organisation: OrganisationId,
        /// To what.
        roles: Vec<Role>,
    },
    /// A person left an organisation.
    Removed {
        /// Who.
        person: PersonId,
        /// From where.
        organisation: OrganisationId,
    },
    /// An organisation asked the programme to confirm another name or code.
    DetailsAsked {
        /// Which.
        organisation: OrganisationId,
        /// What it asked for.
        identity: Identity,
    },
    /// What an organisation asked for was not changed.
    DetailsDeclined {
        /// Which.
        organisation: OrganisationId,
        /// Why.
        reason: String,
    },
    /// The name or the code of an organisation was corrected or confirmed.
    DetailsChanged {
        /// Of which.
        organisation: OrganisationId,
        /// Who it is from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<Identity>,
    },
    /// A password was set anew; every other session ended.
    PasswordChanged {
        /// Whose.
        person: PersonId,
    },
    /// A person changed what they are called. The name itself is no part of the ledger.
    NameChanged {
        /// Whose.
        person: PersonId,
    },
    /// An operator locked an account: its sessions ended, and nobody signs in to it.
    Locked {
        /// Whose.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// An operator unlocked an account.
    Unlocked {
        /// Whose.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// An operator ended every session of a person.
    SessionsEnded {
        /// Whose.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// An operator sent a person a link to set a new password.
    ResetSent {
        /// To whom.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// An operator gave the role that looks after people to a member, because nobody had it.
    GivenBack {
        /// To whom.
        person: PersonId,
        /// Where.
        organisation: OrganisationId,
        /// Their roles from then on.
        roles: Vec<Role>,
        /// Why.
        reason: String,
    },
    /// An operator merged an organisation that was there twice: its people moved.
    Merged {
        /// The one that went.
        organisation: OrganisationId,
        /// The one that stayed.
        into: OrganisationId,
        /// Who moved, with the roles they have there.
        moved: Vec<(PersonId, Vec<Role>)>,
        /// Why.
        reason: String,
    },
    /// A second step of signing in was set up, in place of the one before.
    SecondStepSetUp {
        /// Whose.
        person: PersonId,
    },
    /// New recovery codes took the place of the old ones.
    RecoveryCodesMade {
        /// Whose.
        person: PersonId,
    },
    /// Somebody who need not have a second step took theirs away.
    SecondStepRemoved {
        /// Whose.
        person: PersonId,
    },
    /// Somebody asked for the second step of a person to be taken away, because it is lost.
    SecondStepResetAsked {
        /// Whose.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// A second person agreed: the second step was taken away, and every session of its owner ended.
    SecondStepReset {
        /// Whose.
        person: PersonId,
        /// Why.
        reason: String,
    },
}

impl PeopleEvent {
    /// Why an operator did it; empty for what has no reason.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Locked { reason, .. }
            | Self::Unlocked { reason, .. }
            | Self::SessionsEnded { reason, .. }
            | Self::ResetSent { reason, .. }
            | Self::GivenBack { reason, .. }
            | Self::Merged { reason, .. }
            | Self::SecondStepResetAsked { reason, .. }
            | Self::SecondStepReset { reason, .. }
            | Self::DetailsDeclined { reason, .. } => reason,
            _ => "",
        }
    }
}

/// Who belongs where in which roles, as the stream of accounts says: for `verify`, which compares it with the lists. Whoever
/// registers an organisation leads it.
#[must_use]
pub fn memberships(events: &[PeopleEvent]) -> BTreeMap<(PersonId, OrganisationId), BTreeSet<Role>> {
    let mut held = BTreeMap::new();
    for event in events {
        match event {
            PeopleEvent::Registered { person, organisation } => {
                held.insert((person.clone(), organisation.clone()), BTreeSet::from([Role::OnboardingLead]));
            }
            PeopleEvent::Accepted { person, organisation, roles }
            | PeopleEvent::RolesChanged { person, organisation, roles }
            | PeopleEvent::GivenBack { person, organisation, roles, .. } => {
                held.insert((person.clone(), organisation.clone()), roles.iter().copied().collect());
            }
            PeopleEvent::Removed { person, organisation } => {
                held.remove(&(person.clone(), organisation.clone()));
            }
            PeopleEvent::Merged { organisation, into, moved, .. } => {
                for (person, roles) in moved {
                    held.remove(&(person.clone(), organisation.clone()));
                    held.insert((person.clone(), into.clone()), roles.iter().copied().collect());
                }
            }
            PeopleEvent::Locked { .. }
            | PeopleEvent::Unlocked { .. }
            | PeopleEvent::SessionsEnded { .. }
            | PeopleEvent::ResetSent { .. }
            | PeopleEvent::Confirmed { .. }
            | PeopleEvent::Invited { .. }
            | PeopleEvent::InvitationCancelled { .. }
            | PeopleEvent::DetailsAsked { .. }
            | PeopleEvent::DetailsDeclined { .. }
            | PeopleEvent::DetailsChanged { .. }
            | PeopleEvent::NameChanged { .. }
            | PeopleEvent::SecondStepSetUp { .. }
            | PeopleEvent::RecoveryCodesMade { .. }
            | PeopleEvent::SecondStepRemoved { .. }
            | PeopleEvent::SecondStepResetAsked { .. }
            | PeopleEvent::SecondStepReset { .. }
            | PeopleEvent::PasswordChanged { .. } => {}
        }
    }
    held
}

/// The questions that register an organisation and its first person. The password is asked beside them, and is never kept.
#[must_use]
pub fn registration() -> Form {
    Form::of(vec![
        organisation_field(),
        ods_field(),
        name_field(),
        Field::new("email", "What is your email address?", Kind::Email)
            .hint("We send a link there, to confirm that it is yours.")
            .required("Enter your email address"),
    ])
    .rule(Rule::NoAddress { field: "organisation" })
    .rule(Rule::NoAddress { field: "name" })
}

fn organisation_field() -> Field {
    Field::new("organisation", "What is your organisation called?", Kind::Line { max: 120 })
        .hint("The legal name of the supplier.")
        .required("Enter the name of your organisation")
}

fn ods_field() -> Field {
    Field::new("ods_code", "What is its ODS code?", Kind::OdsCode)
        .hint("Leave this empty if you do not have one yet. You can add it later.")
}

/// The questions that correct the name and the code of an organisation.
#[must_use]
pub fn details() -> Form {
    Form::of(vec![organisation_field(), ods_field()]).rule(Rule::NoAddress { field: "organisation" })
}

/// Why what an organisation asked for is not changed.
#[must_use]
pub fn reason() -> Form {
    Form::of(vec![Field::new("reason", "Why?", Kind::Words { max: 2_000 }).required("Give a reason")])
}

/// The questions of a person who accepts an invitation and has no account yet.
#[must_use]
pub fn acceptance() -> Form {
    Form::of(vec![name_field()]).rule(Rule::NoAddress { field: "name" })
}

fn name_field() -> Field {
    Field::new("name", "What is your name?", Kind::Line { max: 100 })
        .hint("First and last name, as your colleagues know you.")
        .required("Enter your name")
}

/// The question for an email address alone.
#[must_use]
pub fn email_only() -> Form {
    Form::of(vec![Field::new("email", "Email address", Kind::Email).required("Enter your email address")])
}

/// The questions that invite somebody, with the roles that this person may give.
#[must_use]
pub fn invitation(actor: &Actor) -> Form {
    let roles: Vec<Choice> = may_give(actor).into_iter().map(|role| (role.name(), role.title(), role.about())).collect();
    Form::of(vec![
        Field::new("email", "Email address", Kind::Email).required("Enter the email address of your colleague"),
        Field::new("roles", "What will they do?", Kind::Choices(roles))
            .hint("Select all that apply.")
            .required("Select at least one role"),
    ])
}

/// Who may look after the people of an organisation: its onboarding leads, for the programme its leads, for end-user
/// organisations their group leads, for commissioners and operators everybody. Where an organisation has nobody left, an operator
/// gives the role back (`operators`), or the command `admin` invites.
const KEEPERS: &[Role] = &[Role::OnboardingLead, Role::ProgrammeLead, Role::GroupLead, Role::Commissioner, Role::Operator];

/// Whether this person may invite, change roles and remove in the organisation they act for.
#[must_use]
pub fn may_keep_people(actor: &Actor) -> bool {
    KEEPERS.iter().any(|role| actor.is(*role))
}

/// Whether somebody with these roles looks after the people of their organisation.
#[must_use]
pub fn keeps_people(roles: &[Role]) -> bool {
    roles.iter().any(|role| KEEPERS.contains(role))
}

/// Whether this person confirms who an organisation is: its name and its code on every side.
#[must_use]
pub fn may_confirm_organisations(actor: &Actor) -> bool {
    actor.is(Role::ProgrammeLead)
}

/// Invitations of an organisation that nobody has confirmed yet, and of one that the programme knows, and those to one
/// address: in a day.
#[must_use]
pub fn invitation_limit(confirmed: bool) -> InvitationLimit {
    InvitationLimit { of_organisation: if confirmed { 100 } else { 20 }, to_address: 5 }
}

/// The roles this person may give to others: those of their own side.
#[must_use]
pub fn may_give(actor: &Actor) -> Vec<Role> {
    let sides: Vec<Side> = KEEPERS.iter().filter(|role| actor.is(**role)).map(|role| role.side()).collect();
    Role::ALL.iter().copied().filter(|role| sides.contains(&role.side())).collect()
}

/// Whether a change would leave an organisation without anybody who may invite.
#[must_use]
pub fn leaves_nobody(members: &[(PersonId, Vec<Role>)], person: &PersonId, roles: &[Role]) -> bool {
    !keeps_people(roles) && !members.iter().any(|(other, held)| other != person && keeps_people(held))
}

/// Whether a new password will do: it is long enough, and not among the first that somebody tries. Asked wherever one is set.
///
/// # Errors
/// The problem, for the field `password` or `again`.
pub fn password(password: &str, again: &str, email: &str) -> Result<(), Problems> {
    let length = password.chars().count();
    let name = email.split('@').next().unwrap_or(email).to_lowercase();
    let says = if length < PASSWORD_MIN {
        format!("Use a password of at least {PASSWORD_MIN} characters. Three random words are easy to remember")
    } else if length > PASSWORD_MAX {
        format!("Use a password of at most {PASSWORD_MAX} characters")
    } else if name.chars().count() > 3 && password.to_lowercase().contains(&name) {
        "Use a password that does not contain your email name".to_owned()
    } else if password.chars().collect::<std::collections::BTreeSet<_>>().len() < 5 {
        "Use a password with more different characters".to_owned()
    } else if passwords::is_common(password) {
        "Use a password that is harder to guess: many people use this one, or one like it. Three random words are easy to remember".to_owned()
    } else if password != again {
        return Err(Problems(vec![Problem::new("again", "Enter the same password twice")]));
    } else {
        return Ok(());
    };
    Err(Problems(vec![Problem::new("password", says)]))
}

/// Roles picked on a form, limited to what may be given.
#[must_use]
pub fn roles_picked(actor: &Actor, answers: &Answers) -> Vec<Role> {
    let allowed = may_give(actor);
    answers.many("roles").iter().filter_map(|name| name.parse().ok()).filter(|role| allowed.contains(role)).collect()
}

/// How many invitations may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationLimit {
    /// By one organisation in a day.
    pub of_organisation: u32,
    /// To one address in a day, whoever writes.
    pub to_address: u32,
}
