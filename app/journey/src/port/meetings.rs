//! Meetings of journeys, each as the steps that were taken about it.

use async_trait::async_trait;

use crate::{
    base::ids::{JourneyRef, MeetingId},
    port::{
        answer::{Answer, WriteError},
        notices::Notice,
    },
    rule::meeting::{Meeting, Step},
};

/// Meetings.
#[async_trait]
pub trait Meetings: Send + Sync {
    /// Writes a meeting with its first step and who is told. `Conflict` when its form was sent before.
    async fn propose_meeting(&self, journey: &JourneyRef, meeting: &Meeting, notices: &[Notice]) -> Result<(), WriteError>;
    /// Writes the step after these many of a meeting. `Conflict` when somebody else has written one meanwhile.
    async fn answer_meeting(
        &self,
        journey: &JourneyRef,
        meeting: &MeetingId,
        after: usize,
        step: &Step,
        notices: &[Notice],
    ) -> Result<(), WriteError>;
    /// The meetings of a journey, oldest first.
    async fn meetings(&self, journey: &JourneyRef) -> Answer<Vec<Meeting>>;
}
