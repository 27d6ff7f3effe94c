//! Second steps of signing in, and recovery codes.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::ids::{Digest, PersonId},
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
}
