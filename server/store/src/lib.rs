//! All the SQL, for SQLite and PostgreSQL, behind the one port `journey::port::Store`. Knows no page and no rule.
//!
//! One text per statement, `'static`, through sqlx `Any`; only those that write or ask for many rows at once are put together
//! (`row::places`). One folder of migrations. The portable subset: ids, digests, JSON and dates are TEXT, instants BIGINT
//! microseconds UTC, flags BIGINT 0/1, sums are cast back to BIGINT, `$1` placeholders, `ON CONFLICT`, `RETURNING`, partial
//! indexes. No BOOLEAN (SQLite cannot read it through `Any`), no binary,
//! triggers, arrays, JSON operators or `now()`. `tests/contract.rs` runs every function here on both databases.
//!
//! Text differs most. `LOWER` knows only ASCII on SQLite: what is searched is folded before (`base::fold`), and words of messages and
//! names stand in tables of their own, since what each database brings for texts folds and cuts otherwise. `LIKE` escapes with `!`, since
//! a backslash depends on a setting. PostgreSQL has no character 0 (`row::plain`). The order of text is the database's own:
//! pages compare a key with the same database that ordered it, and where people read an order, it is made here.
//!
//! SQLite's planner looks at what is bound to a bare `LIMIT $1` or `LIKE $1`, and so parses the statement again at each use:
//! hot statements say `LIMIT CAST($1 AS BIGINT)` and `LIKE CAST($1 AS TEXT)`, which it takes as they come.
//!
//! Where the dialects must differ there are two arms side by side: `Db::begin`, [`Db::open`], [`Db::migrate`],
//! [`Db::listen`], [`Db::existing`], [`Db::snapshot`], [`Db::schema_of`], `reader` and `tests/explain.rs`.

mod accounts;
mod audit;
mod change;
mod changes;
mod corrections;
mod db;
mod documents;
mod drafts;
mod event_row;
mod files;
mod finding;
mod heads;
mod ledger;
mod links;
mod lists;
mod live_runs;
mod meetings;
mod membership;
mod messages;
mod migrations;
mod notices;
mod ods;
mod outbox;
mod people;
mod picture;
mod reader;
mod register;
mod row;
mod runs;
mod scal;
mod seals;
mod seats;
mod second_steps;
mod sessions;
mod sign_ins;
mod signatories;
mod texts;
mod whole;
mod words;
mod worklist;

pub use crate::change::{Change, Heard, Position};
pub use crate::db::{Access, Db, Dialect};
pub use crate::ods::OdsFile;
pub use crate::sessions::Sessions;
pub use crate::{
    migrations::{migrations, schema},
    whole::{Filling, LEFT_OUT, Snapshot, StoredSubmission, TABLES, Table},
};

/// The statements that every page needs: `tests/explain.rs` asks both databases how they run them.
pub mod hot {
    pub use crate::corrections::CORRECTED;
    pub use crate::documents::{DOCUMENT, DOCUMENT_WITH, DOCUMENTS, DOCUMENTS_OF};
    pub use crate::drafts::DRAFTS;
    pub use crate::files::{BYTES_OF, IN_USE, NAMED};
    pub use crate::finding::{CALLED, SAID, SAID_OF};
    pub use crate::heads::{ENDS, LIST_OF, LISTED, LISTS};
    pub use crate::ledger::{HISTORY, NAMES, SUBMISSIONS};
    pub use crate::links::{INVITATIONS, LINK};
    pub use crate::lists::{AROUND, JOURNEYS_OF_ALL, JOURNEYS_OF_ONE, JOURNEYS_OF_PARTY, PROJECTION, TURNS_OF};
    pub use crate::live_runs::{
        ALL_OF_JOURNEY as LIVE_RUNS, BY_KEY as LIVE_RUN_BY_KEY, CHANGES as LIVE_CHANGES, COUNTED as LIVE_COUNTED,
        EXCHANGE as LIVE_EXCHANGE, EXCHANGES as LIVE_EXCHANGES, FAILURES as LIVE_FAILURES, OF_JOURNEY as LIVE_RUN,
        SUMMARIES as LIVE_SUMMARIES, TOTALS as LIVE_TOTALS, WHOLE as LIVE_RUN_WHOLE,
    };
    pub use crate::meetings::MEETINGS;
    pub use crate::messages::{LISTENERS, THREAD, UNSEEN, UNSEEN_OF};
    pub use crate::notices::{HELD, HELD_FOR, NEWS};
    pub use crate::ods::ODS_CODES;
    pub use crate::outbox::{INVITATIONS_UNDELIVERED, LETTERS_UNDELIVERED, LETTERS_WAITING, NEXT_LETTER};
    pub use crate::people::ACCOUNT;
    pub use crate::picture::{STANDING_AT, TALLY};
    pub use crate::register::{REGISTER_BY_ISSUE, REGISTER_BY_PRODUCT, REGISTERED, REGISTERED_SITES};
    pub use crate::runs::RUNS;
    pub use crate::scal::{EVIDENCE, PHRASES};
    pub use crate::seals::SEAL;
    pub use crate::seats::{INVITED_TO, ORGANISATIONS, PARTIES_OF, WAITING_PARTS, WAITING_PARTS_OF};
    pub use crate::second_steps::{RESETS as SECOND_STEP_RESETS, SECOND_STEP};
    pub use crate::sessions::SESSION;
    pub use crate::sign_ins::{LINKS_SINCE, SESSIONS_OF_PERSON, TRIES};
    pub use crate::signatories::{SIGNATORIES, SIGNATORY, SIGNING_LINK, TO_REMIND};
    pub use crate::texts::TEXT;
    pub use crate::worklist::{
        AHEAD, DEEDS, FIGURES, SHARES, WAIT_COUNTS, WAITED, WORK_BY_AGE, WORK_BY_AGE_BACK, WORK_BY_DUE, WORK_BY_DUE_BACK,
    };
}
