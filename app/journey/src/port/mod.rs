//! All that the rules and the pages ask of the database. One implementation, in `server/store`: the traits are the
//! wall that keeps SQL out of `app`. Split by concern; [`Store`] is all of them.

pub mod accounts;
pub mod answer;
pub mod audit;
pub mod corrections;
pub mod documents;
pub mod drafts;
pub mod files;
pub mod finding;
pub mod heads;
pub mod ledger;
pub mod live_runs;
pub mod meetings;
pub mod messages;
pub mod notices;
pub mod ods;
pub mod outbox;
pub mod people;
pub mod picture;
pub mod register;
pub mod runs;
pub mod scal;
pub mod seals;
pub mod seats;
pub mod second_steps;
pub mod sign_ins;
pub mod signatories;
pub mod store;
pub mod texts;
pub mod work;

pub use answer::{Answer, Enclosed, Letter, StoreError, WriteError};
pub use drafts::{Drafts, MOST_DRAFTS};
pub use ledger::{AGAIN, Batch, JourneyFilter, JourneyLine, Ledger, MOST_JOURNEYS, Submission};
pub use outbox::{Outbox, Outgoing, Undelivered, Unsent};
pub use people::{InHand, Link, LinkPurpose, MOST_INVITATIONS, Member, Membership, Organisation, People, Person};
pub use sign_ins::{SessionLine, SignIns};
pub use store::Store;
pub use work::{Deed, MOST_VIEWS, WorkFigures, WorkFilter, WorkLine, WorkOrder, WorkShare, Worklist};
