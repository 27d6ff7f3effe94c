//! What was said on journeys: the words, who has seen them, and the files that came with them.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    base::{
        actor::{Actor, Role},
        ids::{Digest, JourneyRef, MessageId, OrganisationId, PersonId, TaskId},
    },
    form::FileRef,
    ledger::event::By,
    port::{
        answer::{Answer, WriteError},
        notices::Notice,
    },
    rule::conversation::Audience,
};

/// Something said on a journey or on one of its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which. It was on the form, so that a form is sent once.
    pub id: MessageId,
    /// Position among everything said on the journey, from 1, in the order in which it was written.
    pub seq: u64,
    /// On which task; `None` for the journey as a whole.
    pub task: Option<TaskId>,
    /// For whom.
    pub audience: Audience,
    /// Who wrote it, for which organisation.
    pub by: By,
    /// The writer's name.
    pub name: String,
    /// Their organisation's name.
    pub organisation: String,
    /// When.
    pub at: Timestamp,
    /// What. Empty once it was taken back.
    pub words: String,
    /// Names of the people it speaks to.
    pub mentions: Vec<String>,
    /// Files that came with it.
    pub files: Vec<FileRef>,
    /// The number of the defect that it is about, if it is about one of its task.
    pub defect: Option<u32>,
    /// When it was taken back, if it was.
    pub taken_back: Option<Timestamp>,
}

/// A message to be written.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its id, from the form.
    pub id: MessageId,
    /// On which journey.
    pub journey: JourneyRef,
    /// On which task; `None` for the journey as a whole.
    pub task: Option<TaskId>,
    /// The number of the defect of that task that it is about, if it is about one.
    pub defect: Option<u32>,
    /// For whom.
    pub audience: Audience,
    /// Who writes.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// What.
    pub words: String,
    /// Names of the people it speaks to.
    pub mentions: Vec<String>,
    /// Which of the files that this person uploaded for it come with it.
    pub files: Vec<Digest>,
    /// Who is told.
    pub notices: Vec<Notice>,
}

/// Which part of a thread.
#[derive(Clone, Debug)]
pub struct ThreadFilter {
    /// On which journey.
    pub journey: JourneyRef,
    /// On which task; `None` for the journey as a whole.
    pub task: Option<TaskId>,
    /// The reader's own side, whose notes are read beside what everybody reads.
    pub own: Option<Audience>,
    /// Who reads.
    pub reader: PersonId,
    /// Only what was said to everybody before this position.
    pub before: Option<u64>,
    /// Only notes from before this position.
    pub notes_before: Option<u64>,
    /// At most so many of each, the last ones.
    pub limit: u32,
}

/// A part of a thread, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// What was said to everybody.
    pub all: Vec<Message>,
    /// Notes of the reader's own side.
    pub notes: Vec<Message>,
    /// The last position that the reader has seen of it.
    pub seen: u64,
}

/// Somebody who takes part in a journey, for one of their organisations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Who.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// Address.
    pub email: String,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// As what.
    pub roles: Vec<Role>,
}

impl Listener {
    /// As the rules see them, one of all who take part.
    #[must_use]
    pub fn actor(&self, all: &[Listener]) -> Actor {
        Actor {
            person: self.person.clone(),
            organisation: self.organisation.clone(),
            member_of: all.iter().filter(|one| one.person == self.person).map(|one| one.organisation.clone()).collect(),
            roles: self.roles.iter().copied().collect(),
        }
    }
}

/// A file that was uploaded for a message. It can be read once the message is sent, by whoever may read that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Digest of its bytes, and the name it was sent under.
    pub file: FileRef,
    /// Its kind, by content: a media type.
    pub kind: String,
    /// How many bytes.
    pub bytes: u64,
    /// When.
    pub at: Timestamp,
}

/// Conversations.
#[async_trait]
pub trait Messages: Send + Sync {
    /// Writes a message with its notices, and answers its position. `Conflict` when its form was sent before.
    async fn say(&self, message: NewMessage) -> Result<u64, WriteError>;
    /// A message of a journey.
    async fn message(&self, journey: &JourneyRef, id: &MessageId) -> Answer<Option<Message>>;
    /// A part of a thread, and how far the reader has seen it.
    async fn thread(&self, filter: &ThreadFilter) -> Answer<Thread>;
    /// Takes back a message that this person wrote after `since`: its words, files and letters that wait are gone.
    /// `Conflict` when there is none.
    async fn unsay(
        &self,
        journey: &JourneyRef,
        id: &MessageId,
        person: &PersonId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), WriteError>;
    /// What was said about a defect: to everybody, and to the reader's own side. At most so many of each, the last ones.
    async fn about_defect(&self, journey: &JourneyRef, defect: u32, own: Option<Audience>, limit: u32) -> Answer<Vec<Message>>;
    /// Notes that a person has seen a thread up to this position. It never goes back.
    async fn mark_seen(&self, person: &PersonId, journey: &JourneyRef, task: Option<&TaskId>, seen: u64) -> Answer<()>;
    /// How much of each thread of a journey a person has not seen: to everybody, and to their own side.
    async fn unseen(&self, person: &PersonId, journey: &JourneyRef, own: Option<Audience>) -> Answer<Vec<(Option<TaskId>, u32)>>;
    /// The same for each thread of these journeys; those without are left out.
    async fn unseen_of(
        &self,
        person: &PersonId,
        journeys: &[JourneyRef],
        own: Option<Audience>,
    ) -> Answer<Vec<(JourneyRef, Option<TaskId>, u32)>>;
    /// Who takes part in a journey: everybody of the supplier and of organisations with a part, and who of the programme
    /// has done, claimed or said something there, or answered about a meeting. By name; a person of two such organisations is there twice.
    async fn listeners(&self, journey: &JourneyRef) -> Answer<Vec<Listener>>;
    /// Notes a file whose bytes are stored, for a message that this person is writing.
    async fn add_upload(&self, person: &PersonId, message: &MessageId, upload: Upload) -> Answer<()>;
    /// The files that this person uploaded for a message.
    async fn uploads(&self, person: &PersonId, message: &MessageId) -> Answer<Vec<Upload>>;
    /// Forgets uploads from before this time whose message was never sent. Answers how many.
    async fn forget_uploads(&self, before: Timestamp) -> Answer<u64>;
}
