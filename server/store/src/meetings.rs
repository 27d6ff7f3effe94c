//! Meetings of journeys: each with the steps that were taken about it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use journey::{
    base::ids::{JourneyRef, MeetingId},
    ledger::event::By,
    port::{Answer, WriteError, meetings::Meetings, notices::Notice},
    rule::meeting::{Act, Meeting, Step},
};
use sqlx::{Any, Transaction};

use crate::{
    db::{Db, Ending},
    notices,
    row::{instant, micros, parsed, plain, row, side_of, small, unreadable},
};

/// The meetings of a journey with their steps.
pub const MEETINGS: &str = "SELECT m.id, m.task, m.side AS from_side, m.with_side, m.about, s.step, s.act, s.side, s.person, \
            s.organisation, s.at_us, s.times, s.minutes, s.place, s.words, s.told, p.name, o.name AS organisation_name \
     FROM meetings m JOIN meeting_steps s ON s.meeting = m.id \
     JOIN people p ON p.id = s.person JOIN organisations o ON o.id = s.organisation \
     WHERE m.journey = $1 ORDER BY m.made_us, m.id, s.step";

row! { StepRow of "meeting_steps" by id step {
    id: String,
    task: String,
    from_side: String,
    with_side: String,
    about: String,
    step: i64,
    act: String,
    side: String,
    person: String,
    organisation: String,
    at_us: i64,
    times: String,
    minutes: i64,
    place: String,
    words: String,
    told: i64,
    name: String,
    organisation_name: String,
} }

const STEPS: &str = "meeting_steps";

impl StepRow {
    fn step(&self) -> Answer<Step> {
        let key = self.key();
        let times: Vec<i64> = serde_json::from_str(&self.times).map_err(|error| unreadable(STEPS, &key, "times", &error))?;
        Ok(Step {
            act: Act::named(&self.act).ok_or_else(|| unreadable(STEPS, &key, "act", &self.act))?,
            side: side_of(STEPS, &key, &self.side)?,
            by: By {
                person: parsed(STEPS, &key, "person", &self.person)?,
                organisation: parsed(STEPS, &key, "organisation", &self.organisation)?,
            },
            at: instant(STEPS, &key, "at_us", self.at_us)?,
            times: times.into_iter().map(|at| instant(STEPS, &key, "times", at)).collect::<Answer<Vec<Timestamp>>>()?,
            minutes: small(STEPS, &key, "minutes", self.minutes)?,
            place: self.place.clone(),
            words: self.words.clone(),
            told: small(STEPS, &key, "told", self.told)?,
            name: self.name.clone(),
            organisation: self.organisation_name.clone(),
        })
    }

    fn meeting(&self) -> Answer<Meeting> {
        let key = &self.id;
        let task = (!self.task.is_empty()).then(|| parsed("meetings", key, "task", &self.task)).transpose()?;
        Ok(Meeting {
            id: parsed("meetings", key, "id", &self.id)?,
            task,
            from: side_of("meetings", key, &self.from_side)?,
            with: side_of("meetings", key, &self.with_side)?,
            about: self.about.clone(),
            steps: Vec::new(),
        })
    }
}

async fn write(
    transaction: &mut Transaction<'static, Any>,
    meeting: &MeetingId,
    place: usize,
    step: &Step,
) -> Result<(), WriteError> {
    let times: Vec<i64> = step.times.iter().map(|at| micros(*at)).collect();
    sqlx::query(
        "INSERT INTO meeting_steps (meeting, step, act, side, person, organisation, at_us, times, minutes, place, words, told) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(meeting.to_string())
    .bind(i64::try_from(place).unwrap_or(i64::MAX))
    .bind(step.act.name())
    .bind(step.side.name())
    .bind(step.by.person.to_string())
    .bind(step.by.organisation.to_string())
    .bind(micros(step.at))
    .bind(serde_json::Value::from(times).to_string())
    .bind(i64::from(step.minutes))
    .bind(plain(&step.place))
    .bind(plain(&step.words))
    .bind(i64::from(step.told))
    .execute(&mut **transaction)
    .written()
    .await?;
    Ok(())
}

#[async_trait]
impl Meetings for Db {
    async fn propose_meeting(&self, journey: &JourneyRef, meeting: &Meeting, told: &[Notice]) -> Result<(), WriteError> {
        let Some(first) = meeting.steps.first() else { return Err(WriteError::Conflict) };
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO meetings (id, journey, task, side, with_side, about, made_us) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(meeting.id.to_string())
        .bind(journey.to_string())
        .bind(meeting.task.as_ref().map_or_else(String::new, ToString::to_string))
        .bind(meeting.from.name())
        .bind(meeting.with.name())
        .bind(plain(&meeting.about))
        .bind(micros(first.at))
        .execute(&mut *transaction)
        .written()
        .await?;
        write(&mut transaction, &meeting.id, 1, first).await?;
        notices::insert(&mut transaction, told, first.at).await?;
        self.commit(transaction, &journey.to_string(), BTreeSet::new()).await
    }

    async fn answer_meeting(
        &self,
        journey: &JourneyRef,
        meeting: &MeetingId,
        after: usize,
        step: &Step,
        told: &[Notice],
    ) -> Result<(), WriteError> {
        let mut transaction = self.begin().await?;
        write(&mut transaction, meeting, after + 1, step).await?;
        notices::insert(&mut transaction, told, step.at).await?;
        self.commit(transaction, &journey.to_string(), BTreeSet::new()).await
    }

    async fn meetings(&self, journey: &JourneyRef) -> Answer<Vec<Meeting>> {
        let rows: Vec<StepRow> = sqlx::query_as(MEETINGS).bind(journey.to_string()).fetch_all(&self.read).answered().await?;
        let mut meetings: Vec<Meeting> = Vec::new();
        for row in rows {
            let step = row.step()?;
            match meetings.last_mut().filter(|meeting| meeting.id.as_str() == row.id) {
                Some(meeting) => meeting.steps.push(step),
                None => {
                    let mut meeting = row.meeting()?;
                    meeting.steps.push(step);
                    meetings.push(meeting);
                }
            }
        }
        Ok(meetings)
    }
}
