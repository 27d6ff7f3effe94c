//! Second steps of signing in, and recovery codes.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::{Digest, OrganisationId, PersonId},
    ledger::event::By,
    people::second_steps::AppKey,
    port::answer::{Answer, Letter, WriteError},
};

/// The second step of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondStep {
    /// The key of their authenticator app.
    pub key: AppKey,
    /// The newest 30 seconds whose code was used.
    pub last: i64,
    /// When it was set up.
    pub since: Timestamp,
    /// Recovery codes that were not used.
    pub codes_left: u32,
}

/// A lost second step that somebody asked to take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Whose.
    pub person: PersonId,
    /// Where it was asked for.
    pub organisation: OrganisationId,
    /// Who asked.
    pub asked_by: PersonId,
    /// How they know that it is its owner who has lost it.
    pub reason: String,
    /// When it was asked for.
    pub at: Timestamp,
}

/// Second steps. Every change also appends to the `people` stream, and tells the person by letter.
#[async_trait]
pub trait SecondSteps: Send + Sync {
    /// The second step of a person; `None` where they have none.
    async fn second_step(&self, person: &PersonId) -> Answer<Option<SecondStep>>;
    /// Sets one up, with the 30 seconds whose code confirmed it and digests of new recovery codes. `replaces` says whether it takes
    /// the place of another one. `Conflict` when there is one and it does not: somebody else was faster.
    async fn set_up_second_step(
        &self,
        person: &PersonId,
        step: &SecondStep,
        codes: &[Digest],
        replaces: bool,
        letter: Letter,
    ) -> Result<(), WriteError>;
    /// Notes that the code of these 30 seconds was used. Says whether it was the first to be.
    async fn use_code(&self, person: &PersonId, step: i64) -> Answer<bool>;
    /// Uses a recovery code. Says whether there was one that nobody had used; then the letter goes.
    async fn use_recovery_code(&self, person: &PersonId, code: &Digest, letter: Letter, now: Timestamp) -> Answer<bool>;
    /// New recovery codes in place of the old ones. `Conflict` without a second step.
    async fn make_recovery_codes(
        &self,
        person: &PersonId,
        codes: &[Digest],
        letter: Letter,
        now: Timestamp,
    ) -> Result<(), WriteError>;
    /// Takes the second step away. `Conflict` when there is none.
    async fn remove_second_step(&self, person: &PersonId, letter: Letter, now: Timestamp) -> Result<(), WriteError>;
    /// What was asked for in an organisation and waits, oldest first.
    async fn second_step_resets(&self, organisation: &OrganisationId) -> Answer<Vec<Reset>>;
    /// What was asked for about a person and waits.
    async fn second_step_reset(&self, person: &PersonId) -> Answer<Option<Reset>>;
    /// Asks to take a second step away. `Conflict` when there is none, or it was asked for already.
    async fn ask_second_step_reset(&self, reset: &Reset, by: By, letter: Letter) -> Result<(), WriteError>;
    /// Takes a request back; it may be gone.
    async fn drop_second_step_reset(&self, reset: &Reset) -> Answer<()>;
    /// Takes the second step away and ends every session of its owner. `Conflict` when this request does not wait any more.
    async fn confirm_second_step_reset(&self, reset: &Reset, by: By, letter: Letter, now: Timestamp) -> Result<(), WriteError>;
}
