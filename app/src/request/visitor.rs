//! Who asks: the person of the session, resolved once per request by the server's gate.

use std::sync::Arc;

use axum::http::request::Parts;
use jiff::Timestamp;
use journey::{
    base::{
        actor::{Actor, Side},
        ids::PersonId,
    },
    port::{Membership, Organisation, StoreError},
};
use leptos::prelude::{WithUntracked as _, use_context};
use leptos_router::hooks::use_params_map;
use tower_sessions::Session;

use crate::{
    base::{
        halt::{Doing, Halt},
        paths,
    },
    request::said::Flash,
};

/// A signed-in person, acting for one organisation.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Full name.
    pub name: String,
    /// Address.
    pub email: String,
    /// The organisation they act for.
    pub organisation: Organisation,
    /// Everywhere they belong.
    pub memberships: Vec<Membership>,
    /// As the rules see them.
    pub actor: Actor,
    /// Notifications that they have not seen, counted up to [`MOST_UNSEEN`].
    ///
    /// [`MOST_UNSEEN`]: journey::port::notices::MOST_UNSEEN
    pub news: u32,
    /// When they showed a second step in this session.
    pub second_step: Option<Timestamp>,
}

impl Visitor {
    /// Whether they act for a team of the programme.
    #[must_use]
    pub fn is_programme(&self) -> bool {
        self.actor.on(Side::Programme)
    }

    /// First role held, in words; for the header.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.actor.roles.iter().next().map_or("", |role| role.title())
    }

    /// As the ledger names them.
    #[must_use]
    pub fn by(&self) -> journey::ledger::event::By {
        journey::ledger::event::By { person: self.actor.person.clone(), organisation: self.actor.organisation.clone() }
    }
}

/// A signed-in person, whether they belong to an organisation or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// Address.
    pub email: String,
    /// When they are signed out, unless they open another page before.
    pub ends: Timestamp,
    /// Whether that is the end of the session whatever they do.
    pub at_latest: bool,
    /// When they showed a second step in this session.
    pub second_step: Option<Timestamp>,
    /// They have roles that count only once a second step was shown, and none was: until then they act for nobody.
    pub withheld: bool,
}

/// Where a session holds the second since 1970 in which a second step was shown.
pub const SECOND_STEP: &str = "second_step";

/// What the gate found out about a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who, if signed in and of an organisation.
    pub visitor: Option<Arc<Visitor>>,
    /// Who is signed in, also when they belong nowhere: they may accept an invitation.
    pub account: Option<Account>,
    /// The session, signed in or not.
    pub session: Session,
    /// What is said to this browser.
    pub said: Flash,
    /// How far an action of theirs came.
    pub doing: Doing,
    /// The address the request came from, for limits.
    pub address: String,
    /// The browser, as it says itself.
    pub agent: String,
    /// A page that its own script reads again, or a browser ahead of time: nobody looks at it, so it counts as no visit.
    pub in_background: bool,
}

/// How far changes had been heard before anything of this page was read: the page listens to what comes after.
#[derive(Clone, Debug)]
pub struct Drawn(pub String);

impl Caller {
    /// Where whoever acts for nobody goes: to sign in, or, when they are signed in, to the second step that their roles wait for,
    /// and when they belong nowhere, to the page that says so.
    #[must_use]
    pub fn nobody(&self) -> Halt {
        match &self.account {
            Some(account) if account.withheld => Halt::Elsewhere(paths::SET_UP_SECOND_STEP.to_owned()),
            Some(_) => Halt::Elsewhere("/no-organisation".to_owned()),
            None => Halt::SignIn,
        }
    }
}

fn caller() -> Option<Caller> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Caller>().cloned())
}

/// Who asks; `None` when nobody is signed in.
#[must_use]
pub fn visitor() -> Option<Arc<Visitor>> {
    caller().and_then(|caller| caller.visitor)
}

/// The caller of this request.
///
/// # Errors
/// [`StoreError::Unavailable`] when the gate did not run, which it always does.
pub fn calling() -> Result<Caller, StoreError> {
    caller().ok_or_else(|| StoreError::Unavailable("no caller in this request".to_owned()))
}

/// Whether nobody looks at this page now ([`Caller::in_background`]).
#[must_use]
pub fn in_background() -> bool {
    caller().is_some_and(|caller| caller.in_background)
}

/// How far changes had been heard when this page was asked for; empty where nobody counts them.
#[must_use]
pub fn drawn() -> String {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Drawn>().map(|drawn| drawn.0.clone())).unwrap_or_default()
}

/// Path of this request, with its query.
#[must_use]
pub fn path_and_query() -> String {
    use_context::<Parts>().and_then(|parts| parts.uri.path_and_query().map(ToString::to_string)).unwrap_or_default()
}

/// Path of this request.
#[must_use]
pub fn path() -> String {
    use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default()
}

/// A part of the address that the route names, such as `reference`; empty when the route has none of that name.
#[must_use]
pub fn param(name: &str) -> String {
    use_params_map().with_untracked(|params| params.get(name).unwrap_or_default())
}

/// One value of the query, decoded; empty when it is not there.
#[must_use]
pub fn query(name: &str) -> String {
    let query = use_context::<Parts>().and_then(|parts| parts.uri.query().map(str::to_owned)).unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.chars().take(300).collect())
        .unwrap_or_default()
}
