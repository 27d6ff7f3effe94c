//! Where all journeys stand: for the picture that the programme sees.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        actor::Side,
        ids::{JourneyRef, TaskId},
    },
    port::answer::Answer,
};

/// Pairs of a task and the place it belongs to that one question takes.
pub const MOST_PLACES: usize = 64;

/// Tasks of one place that one question takes.
pub const MOST_TASKS: usize = 16;

/// Open journeys that came to a place on one day and are still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The place, as the question named it.
    pub place: String,
    /// The day.
    pub since: Date,
    /// How many.
    pub journeys: u32,
}

/// An open journey at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyAtStop {
    /// Which.
    pub journey: JourneyRef,
    /// The product.
    pub product: String,
    /// The supplier's name.
    pub supplier: String,
    /// The task that it is about.
    pub task: TaskId,
    /// Whose turn it is there.
    pub side: Side,
    /// Since when.
    pub since: Timestamp,
}

/// Questions over all journeys of a side.
#[async_trait]
pub trait Picture: Send + Sync {
    /// How many journeys of this side, `consumer` or `provider`, stand at each place since each day: a journey counts once
    /// in a place, since the earliest of its turns there. At most [`MOST_PLACES`] pairs are looked at.
    async fn tally(&self, side: &str, places: &[(TaskId, String)]) -> Answer<Vec<Tally>>;
    /// The journeys of this side with a turn on one of these tasks, longest there first. At most [`MOST_TASKS`] are looked for.
    async fn standing_at(&self, side: &str, tasks: &[TaskId], limit: u32) -> Answer<Vec<JourneyAtStop>>;
}
