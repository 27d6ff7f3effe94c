//! Messages and people by their words. Journeys and organisations are found by the lists that have them.

use async_trait::async_trait;

use crate::{
    base::ids::{JourneyRef, OrganisationId, PersonId},
    port::{answer::Answer, messages::Message},
    rule::conversation::Audience,
};

/// Which messages of whichever journey.
#[derive(Clone, Debug)]
pub struct SaidFilter {
    /// They have all these words ([`crate::base::fold::keywords`]), or their writer's name has.
    pub words: Vec<String>,
    /// Of journeys of this supplier, or in which this organisation has a part; `None` for all.
    pub organisation: Option<OrganisationId>,
    /// The side whose notes are looked at beside what everybody reads.
    pub own: Option<Audience>,
    /// At most so many.
    pub limit: u32,
}

/// Somebody who was found by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
}

/// What is found by words.
#[async_trait]
pub trait Finding: Send + Sync {
    /// Messages with these words, newest first. What the reader may read of them is for the rules to say, journey by journey
    /// ([`crate::rule::conversation::may_read`]).
    async fn said(&self, filter: &SaidFilter) -> Answer<Vec<(JourneyRef, Message)>>;
    /// Makes anew what messages of a journey are found by.
    async fn make_words_again(&self, journey: &JourneyRef) -> Answer<()>;
    /// People whose name or address has all these words ([`crate::base::fold::keywords`]), each with an organisation. For whoever may
    /// know of everybody.
    async fn people_called(&self, words: &[String], limit: u32) -> Answer<Vec<Called>>;
    /// Makes anew what people are found by.
    async fn make_names_again(&self) -> Answer<()>;
}
