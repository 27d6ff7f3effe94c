//! The whole database.

use async_trait::async_trait;

use crate::port::{
    accounts, answer::Answer, audit, corrections, documents, drafts::Drafts, files, finding, heads, ledger::Ledger, live_runs,
    meetings, messages, notices, ods, outbox::Outbox, people::People, picture, register, runs, scal, seals, seats, second_steps,
    sign_ins::SignIns, signatories, texts, work,
};

/// The whole database.
#[async_trait]
pub trait Store:
    Ledger
    + Drafts
    + People
    + SignIns
    + Outbox
    + accounts::Accounts
    + audit::Audit
    + corrections::Corrections
    + documents::Documents
    + files::Files
    + finding::Finding
    + heads::HeadLists
    + live_runs::LiveRuns
    + meetings::Meetings
    + messages::Messages
    + notices::NoticeBook
    + ods::OdsRegister
    + picture::Picture
    + register::ProductRegister
    + runs::Runs
    + texts::Texts
    + scal::Scal
    + seals::Seals
    + seats::Seats
    + second_steps::SecondSteps
    + signatories::Signatories
    + work::Worklist
{
    /// Answers when the database can be read and written.
    async fn ready(&self) -> Answer<()>;
}
