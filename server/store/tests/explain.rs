//! How both databases run the statements that every page needs: through an index, whatever the table grows to.
//!
//! The two databases describe a plan each in its own words, so there are two arms.
//!
//! Long because it is one list of statements.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop there")]

mod support;

use sqlx::{Any, AnyConnection, AssertSqlSafe, Connection, Row, query::Query};
use store::{Dialect, hot};
use support::{House, on_postgres, on_sqlite};

/// A value for a placeholder.
#[derive(Clone, Copy)]
enum Value {
    Text(&'static str),
    Number(i64),
}
use Value::{Number, Text};

/// A hot statement, what it is asked for here, and the index that must answer.
struct Hot {
    name: &'static str,
    text: &'static str,
    asked: &'static [Value],
    index: &'static str,
}

const NOW: i64 = 1_760_000_000_000_000;

const WORK: [Value; 23] = [
    Text("programme_lead"),
    Text("clinical_safety"),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text("%%"),
    Text("0"),
    Text(""),
    Text(""),
    Text(""),
    Number(26),
    Text("%%"),
    Text("%%"),
    Text("%%"),
    Text("%%"),
    Text("%%"),
    Text(""),
    Text("9999-12-31"),
];

const WAITED: [Value; 17] = {
    let mut values = [Text(""); 17];
    values[0] = Number(NOW);
    values[1] = Text("task1");
    values
};

const UNSEEN_OF: [Value; 27] = {
    let mut values = [Text(""); 27];
    values[0] = Text("person1");
    values[1] = Text("programme");
    values[2] = Text("ref01000");
    values[3] = Text("ref01001");
    values
};
const RUNS: [Value; 14] = [
    Text("ref01000"),
    Text("p-self-test"),
    Text("digest1"),
    Text("digest2"),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
    Text(""),
];

const CODES: [Value; 100] = {
    let mut values = [Text(""); 100];
    (values[0], values[1]) = (Text("A1000"), Text("A1001"));
    values
};

const PAGE: [Value; 25] = {
    let mut values = [Text(""); 25];
    (values[0], values[1]) = (Text("ref01000"), Text("ref01001"));
    values
};

const PLACES: [Value; 129] = {
    let mut values = [Text(""); 129];
    (values[0], values[1], values[2], values[3], values[4]) =
        (Text("consumer-%"), Text("task1"), Text("n1"), Text("task2"), Text("n1"));
    values
};

const AT_A_STOP: [Value; 18] = {
    let mut values = [Text(""); 18];
    (values[0], values[1], values[2], values[17]) = (Text("consumer-%"), Text("task1"), Text("task2"), Number(50));
    values
};

const STATEMENTS: &[Hot] = &[
    Hot { name: "history", text: hot::HISTORY, asked: &[Text("ref01000"), Number(1)], index: "events" },
    Hot { name: "names", text: hot::NAMES, asked: &[Text("ref01000")], index: "events" },
    Hot { name: "submissions", text: hot::SUBMISSIONS, asked: &[Text("ref01000"), Text("task1")], index: "submissions" },
    Hot {
        name: "drafts of rows",
        text: hot::DRAFTS,
        asked: &[Text("ref01000"), Text("submit-scal"), Text("row."), Number(2_000)],
        index: "drafts",
    },
    Hot { name: "phrases", text: hot::PHRASES, asked: &[Text("functional_assurance"), Number(100)], index: "phrases_by_role" },
    Hot { name: "evidence", text: hot::EVIDENCE, asked: &[Text("ref01000"), Text("submit-scal")], index: "evidence" },
    Hot { name: "projection", text: hot::PROJECTION, asked: &[Text("ref01000")], index: "turns" },
    Hot {
        name: "journeys of one",
        text: hot::JOURNEYS_OF_ONE,
        asked: &[
            Text("org010"),
            Number(i64::MAX),
            Text(""),
            Text(""),
            Text("%%"),
            Number(26),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
        ],
        index: "journeys_by_organisation",
    },
    Hot {
        name: "journeys of a party",
        text: hot::JOURNEYS_OF_PARTY,
        asked: &[
            Text("org010"),
            Number(i64::MAX),
            Text(""),
            Text(""),
            Text("%%"),
            Number(26),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
        ],
        index: "parties_by_organisation",
    },
    Hot {
        name: "journeys of all",
        text: hot::JOURNEYS_OF_ALL,
        asked: &[
            Text(""),
            Number(NOW),
            Text("ref01000"),
            Text(""),
            Text("%%"),
            Number(26),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
        ],
        index: "journeys_by_change",
    },
    Hot { name: "work by age", text: hot::WORK_BY_AGE, asked: &WORK, index: "turns_by_role" },
    Hot { name: "work by due", text: hot::WORK_BY_DUE, asked: &WORK, index: "turns_by_due" },
    Hot { name: "work by age, newest first", text: hot::WORK_BY_AGE_BACK, asked: &WORK, index: "turns_by_role" },
    Hot { name: "work by due, last first", text: hot::WORK_BY_DUE_BACK, asked: &WORK, index: "turns_by_due" },
    Hot {
        name: "work shares",
        text: hot::SHARES,
        asked: &[
            Text("programme_lead"),
            Text("clinical_safety"),
            Text(""),
            Text(""),
            Text(""),
            Text(""),
            Text(""),
            Text("2026-01-07"),
        ],
        index: "turns_by_",
    },
    Hot { name: "waited", text: hot::WAITED, asked: &WAITED, index: "waits_by_task" },
    Hot { name: "wait counts", text: hot::WAIT_COUNTS, asked: &[Text("2025-12")], index: "waits_by_month" },
    Hot {
        name: "ahead",
        text: hot::AHEAD,
        asked: &[Text("programme_lead"), Text(""), Text(""), Text(""), Text(""), Text(""), Text(""), Number(NOW)],
        // Either of the two that begin with the role is as good.
        index: "turns_by_",
    },
    Hot {
        name: "deeds",
        text: hot::DEEDS,
        asked: &[Text("person1"), Number(i64::MAX), Text(""), Number(0), Number(26)],
        index: "events_by_person",
    },
    Hot {
        name: "figures",
        text: hot::FIGURES,
        asked: &[
            Text("programme_lead"),
            Text("clinical_safety"),
            Text(""),
            Text(""),
            Text(""),
            Text(""),
            Text(""),
            Text("2026-01-07"),
            Text("2026-01-09"),
            Text("person1"),
        ],
        // SQLite counts in `turns_by_due` alone; to PostgreSQL `turns_by_role` is as good.
        index: "turns_by_",
    },
    Hot { name: "turns of a page", text: hot::TURNS_OF, asked: &PAGE, index: "turns" },
    Hot { name: "around a page", text: hot::AROUND, asked: &PAGE, index: "parties" },
    // It counts every turn there is: PostgreSQL reads them by their key, SQLite task by task.
    Hot { name: "tally", text: hot::TALLY, asked: &PLACES, index: "turns" },
    Hot { name: "standing at", text: hot::STANDING_AT, asked: &AT_A_STOP, index: "turns_by_task" },
    Hot { name: "account", text: hot::ACCOUNT, asked: &[Text("person10")], index: "memberships" },
    Hot { name: "session", text: hot::SESSION, asked: &[Text("session1000"), Number(NOW)], index: "sessions" },
    Hot { name: "second step", text: hot::SECOND_STEP, asked: &[Text("person10")], index: "second_steps" },
    Hot { name: "lost second steps", text: hot::SECOND_STEP_RESETS, asked: &[Text("org10")], index: "second_step_resets" },
    Hot {
        name: "sessions of one",
        text: hot::SESSIONS_OF_PERSON,
        asked: &[Text("person10"), Number(NOW)],
        index: "sessions_by_person",
    },
    Hot {
        name: "register by product",
        text: hot::REGISTER_BY_PRODUCT,
        asked: &[
            Text(""),
            Text(""),
            Text("%"),
            Text("%%"),
            Text("product 100"),
            Text("TCC-ref00100-9"),
            Number(26),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
        ],
        index: "register_lines_by_product",
    },
    Hot {
        name: "register by issue",
        text: hot::REGISTER_BY_ISSUE,
        asked: &[
            Text(""),
            Text(""),
            Text("%"),
            Text("%%"),
            Number(NOW),
            Text("TCC-ref00100-9"),
            Number(26),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
        ],
        index: "register_lines_by_issue",
    },
    Hot { name: "registered", text: hot::REGISTERED, asked: &[Text("ref01000")], index: "register_lines" },
    Hot { name: "registered sites", text: hot::REGISTERED_SITES, asked: &[Text("ref01000")], index: "register_sites" },
    Hot { name: "ODS codes", text: hot::ODS_CODES, asked: &CODES, index: "ods_codes" },
    Hot { name: "who came after", text: hot::ODS_CODES, asked: &CODES, index: "ods_successors" },
    Hot { name: "live runs", text: hot::LIVE_RUNS, asked: &[Text("ref01000"), Number(20)], index: "live_runs_of_journey" },
    Hot { name: "live run", text: hot::LIVE_RUN, asked: &[Text("ref01000"), Text("run1000")], index: "live_runs" },
    Hot { name: "live run by key", text: hot::LIVE_RUN_BY_KEY, asked: &[Text("hash1000")], index: "live_runs" },
    Hot {
        name: "live exchanges",
        text: hot::LIVE_EXCHANGES,
        asked: &[Text("run1000"), Number(300), Number(0), Text("%"), Number(25)],
        index: "live_exchanges",
    },
    Hot { name: "live exchange", text: hot::LIVE_EXCHANGE, asked: &[Text("run1000"), Number(1)], index: "live_exchanges" },
    Hot { name: "live run whole", text: hot::LIVE_RUN_WHOLE, asked: &[Text("run1000")], index: "live_exchanges" },
    Hot { name: "live changes", text: hot::LIVE_CHANGES, asked: &[Text("run1000")], index: "live_exchanges" },
    Hot { name: "live summaries", text: hot::LIVE_SUMMARIES, asked: &[Text("run1000")], index: "live_exchanges" },
    Hot { name: "live counted", text: hot::LIVE_COUNTED, asked: &[Text("ref01000"), Number(50)], index: "live_runs_of_journey" },
    Hot { name: "live totals", text: hot::LIVE_TOTALS, asked: &[Text("run1000")], index: "live_totals" },
    Hot { name: "live failures", text: hot::LIVE_FAILURES, asked: &[Number(3_900), Number(100)], index: "live_totals_by_time" },
    Hot { name: "runs", text: hot::RUNS, asked: &RUNS, index: "test_runs" },
    Hot { name: "document", text: hot::DOCUMENT, asked: &[Text("content1")], index: "documents" },
    Hot { name: "document by its bytes", text: hot::DOCUMENT_WITH, asked: &[Text("digest1")], index: "documents_by_digest" },
    Hot { name: "documents to check", text: hot::DOCUMENTS, asked: &[Text("content1"), Number(20)], index: "documents" },
    Hot {
        name: "signatories",
        text: hot::SIGNATORIES,
        asked: &[Text("ref01000"), Text("data-sharing-agreement"), Number(2_000)],
        index: "signatories_by_task",
    },
    Hot { name: "signatory", text: hot::SIGNATORY, asked: &[Text("signatory1000")], index: "signatories" },
    Hot { name: "to remind", text: hot::TO_REMIND, asked: &[Number(400), Number(50)], index: "signatories_by_reminder" },
    Hot { name: "signing link", text: hot::SIGNING_LINK, asked: &[Text("token1000")], index: "signing_links" },
    Hot {
        name: "documents of a journey",
        text: hot::DOCUMENTS_OF,
        asked: &[Text("ref01000"), Text(""), Number(8)],
        index: "documents_by_journey",
    },
    Hot { name: "ends of ledgers", text: hot::ENDS, asked: &[Text("ref01000"), Number(500)], index: "events" },
    Hot { name: "list of heads", text: hot::LIST_OF, asked: &[Text("2026-03-02")], index: "head_lists" },
    Hot { name: "lists of heads", text: hot::LISTS, asked: &[Number(i64::MAX), Number(30)], index: "head_lists" },
    Hot { name: "listed head", text: hot::LISTED, asked: &[Text("ref01000")], index: "listed_heads" },
    Hot { name: "seal", text: hot::SEAL, asked: &[Text("fingerprint1000")], index: "seal_certificates" },
    Hot { name: "text", text: hot::TEXT, asked: &[Text("digest1")], index: "texts" },
    Hot { name: "link", text: hot::LINK, asked: &[Text("token1000"), Text("reset"), Number(NOW)], index: "links" },
    Hot { name: "invitations", text: hot::INVITATIONS, asked: &[Text("org010"), Number(NOW)], index: "links_by_organisation" },
    Hot {
        name: "organisations",
        text: hot::ORGANISATIONS,
        asked: &[
            Text("supplier 10"),
            Text("org010"),
            Text("%%"),
            Number(0),
            Number(51),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
            Text("%%"),
        ],
        index: "organisations_by_name",
    },
    Hot {
        name: "waiting parts",
        text: hot::WAITING_PARTS,
        asked: &[Number(NOW), Text("part10"), Number(50)],
        index: "asked_parts_by_time",
    },
    Hot {
        name: "waiting parts of one",
        text: hot::WAITING_PARTS_OF,
        asked: &[Text("ref01000")],
        index: "asked_parts_by_journey",
    },
    Hot { name: "parties", text: hot::PARTIES_OF, asked: &[Text("ref01000")], index: "parties" },
    Hot { name: "invited to", text: hot::INVITED_TO, asked: &[Text("ref01000"), Number(NOW)], index: "links_by_" },
    Hot {
        name: "links since",
        text: hot::LINKS_SINCE,
        asked: &[Text("guest10@example.org"), Text("reset"), Number(0)],
        index: "links_by_email",
    },
    Hot { name: "tries", text: hot::TRIES, asked: &[Text("bucket10"), Number(NOW)], index: "attempts" },
    Hot {
        name: "thread",
        text: hot::THREAD,
        asked: &[
            Text("ref01000"),
            Text("task1"),
            Number(i64::MAX),
            Number(51),
            Text("programme"),
            Number(i64::MAX),
            Text("person1"),
        ],
        index: "messages_by_thread",
    },
    Hot {
        name: "said",
        text: hot::SAID,
        asked: &[Text("common"), Text("word11"), Text(""), Text(""), Text("programme"), Number(50)],
        index: "message_words_by_time",
    },
    Hot {
        name: "said of one",
        text: hot::SAID_OF,
        asked: &[Text("word10"), Text("word11"), Text(""), Text(""), Text("supplier"), Number(50), Text("org010")],
        index: "message_words",
    },
    Hot {
        name: "called",
        text: hot::CALLED,
        asked: &[Text("name10"), Text("name11"), Text(""), Text(""), Number(20)],
        index: "person_words",
    },
    Hot { name: "meetings", text: hot::MEETINGS, asked: &[Text("ref01000")], index: "meetings_by_journey" },
    Hot { name: "unseen", text: hot::UNSEEN, asked: &[Text("ref01000"), Text("person1"), Text("programme")], index: "messages" },
    Hot { name: "unseen of many", text: hot::UNSEEN_OF, asked: &UNSEEN_OF, index: "messages" },
    Hot { name: "listeners", text: hot::LISTENERS, asked: &[Text("ref01000")], index: "memberships_by_organisation" },
    Hot { name: "held for", text: hot::HELD_FOR, asked: &[Number(NOW), Number(100)], index: "held" },
    Hot { name: "news", text: hot::NEWS, asked: &[Text("person10"), Number(NOW), Text(""), Number(51)], index: "news_by_time" },
    Hot { name: "held", text: hot::HELD, asked: &[Text("person10"), Number(NOW)], index: "held_by_person" },
    Hot { name: "bytes of an organisation", text: hot::BYTES_OF, asked: &[Text("org010")], index: "files_by_person" },
    Hot {
        name: "bytes in use",
        text: hot::IN_USE,
        asked: &[Text("digest1"), Number(NOW), Text("%digest1%")],
        index: "files_by_digest",
    },
    Hot { name: "named", text: hot::NAMED, asked: &[Text("ref01000"), Text("task1"), Text("%digest1%")], index: "drafts" },
    Hot { name: "letters waiting", text: hot::LETTERS_WAITING, asked: &[Number(i64::MAX)], index: "outbox_by_due" },
    Hot { name: "letters undelivered", text: hot::LETTERS_UNDELIVERED, asked: &[Number(3_900)], index: "undelivered_by_time" },
    Hot { name: "invitations undelivered", text: hot::INVITATIONS_UNDELIVERED, asked: &[Text("org010")], index: "links_by_" },
    Hot { name: "next letter", text: hot::NEXT_LETTER, asked: &[Number(NOW), Number(NOW)], index: "outbox_by_due" },
];

/// A service after some years: 200 suppliers, 4,000 journeys of ten events and three more organisations each, a queue of 8,000 turns.
const YEARS: &str = "
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199) INSERT INTO organisations
        SELECT 'org' || SUBSTR('00' || i, LENGTH('' || i)), 'Supplier ' || i, '', 'supplier', 0, 'supplier ' || i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) INSERT INTO people
        SELECT 'person' || i, i || '@example.org', 'Person ' || i, '', 0, 0 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO journeys
        SELECT 'ref' || SUBSTR('0000' || i, LENGTH('' || i)), 'consumer-2026-1', 'org' || SUBSTR('00' || (i % 200), LENGTH('' || (i % 200))),
            'Product ' || i, 'open', 'Engagement', 1, 30, 1, 1, i, CAST(1759999990000000 AS BIGINT) + i * 10000, NULL, 'product ' || i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 11999) INSERT INTO parties
        SELECT 'ref' || SUBSTR('0000' || (i / 3), LENGTH('' || (i / 3))),
            'org' || SUBSTR('00' || ((i + i / 3) % 200), LENGTH('' || ((i + i / 3) % 200))) FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) INSERT INTO events
        SELECT 'ref' || SUBSTR('0000' || (i / 10), LENGTH('' || (i / 10))), i % 10 + 1, i, 'person' || (i % 1000), 'org000', '{}', 'p', 'd' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO submissions
        SELECT 'ref' || SUBSTR('0000' || (i / 2), LENGTH('' || (i / 2))), 'task' || (i % 2), 1, 'd', '{}' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 31999) INSERT INTO turns
        SELECT 'ref' || SUBSTR('0000' || (i / 8), LENGTH('' || (i / 8))), 'task' || (i % 8),
            CASE i % 8 WHEN 0 THEN 'programme_lead' WHEN 1 THEN 'clinical_safety' ELSE 'onboarding_lead' END, 'programme', i % 8, 1,
            CASE WHEN i % 160 < 2 THEN 1 ELSE 0 END, i, '9999-12-31' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO sessions (id, handle, person, agent, data, created_us, seen_us, expires_us)
        SELECT 'session' || i, 'h', 'person' || (i % 1000), '', '{}', 0, i, 2000000000000000 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO links
        SELECT 'token' || i, 'invite', NULL, 'org' || SUBSTR('00' || (i % 200), LENGTH('' || (i % 200))), 'guest' || i || '@example.org', 'developer', NULL, i, 2000000000000000,
            CASE WHEN i % 10 = 0 THEN NULL ELSE i END FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) INSERT INTO asked_parts
        SELECT 'part' || i, 'ref' || SUBSTR('0000' || (i * 4), LENGTH('' || (i * 4))), 'end_user', '', '', '', '', 'person' || i,
            CAST(1760000000000000 AS BIGINT) + i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO attempts
        SELECT 'bucket' || (i % 400), i, 1 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO outbox
        SELECT 'letter' || i, '', '', '', i, i, 0, CASE WHEN i % 100 = 0 THEN NULL ELSE i END, '' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO files
        SELECT 'ref' || SUBSTR('0000' || (i / 2), LENGTH('' || (i / 2))), 'task' || (i % 2), 'digest' || i, '', '', 1, 'person' || (i % 1000), i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO uploads
        SELECT 'person' || (i % 1000), 'message' || i, 'digest' || i, '', '', 1, i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO undelivered
        SELECT 'invite-token' || i, 'refused', i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) INSERT INTO memberships
        SELECT 'person' || i, 'org' || SUBSTR('00' || (i % 200), LENGTH('' || (i % 200))), 'developer', 0 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO meetings
        SELECT 'meeting' || i, 'ref' || SUBSTR('0000' || (i / 4), LENGTH('' || (i / 4))), '', 'supplier', 'programme', 'About', i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO meeting_steps
        SELECT 'meeting' || (i / 2), i % 2 + 1, 'proposed', 'supplier', 'person' || (i % 1000), 'org000', i, '[]', 60, '', '', 0 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) INSERT INTO messages
        SELECT 'message' || i, 'ref' || SUBSTR('0000' || (i / 10), LENGTH('' || (i / 10))), i % 10 + 1, 'task' || (i % 2), 'all',
            'person' || (i % 1000), 'org000', i, '', '[]', '[]', NULL FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) INSERT INTO message_words
        SELECT 'word' || (i % 400), 'ref' || SUBSTR('0000' || (i / 10), LENGTH('' || (i / 10))), i % 10 + 1, i FROM n;
    INSERT INTO message_words SELECT 'common', journey, seq, said_us FROM message_words;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO person_words
        SELECT 'name' || (i % 400), 'person' || (i % 1000) FROM n WHERE i < 1000;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO seen
        SELECT 'person' || (i % 1000), 'ref' || SUBSTR('0000' || (i / 2), LENGTH('' || (i / 2))), 'task' || (i % 2), 3 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO held
        SELECT 'held' || i, 'person' || (i % 1000), CAST(1760000000000000 AS BIGINT) + i - 100, '', '', 'message' || i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO live_runs
        SELECT 'run' || i, 'ref' || SUBSTR('0000' || (i / 2), LENGTH('' || (i / 2))), i, i, '{}', 'hash' || i, '', 0, 0, 'h', NULL FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) INSERT INTO live_exchanges
        SELECT 'run' || (i / 10), i % 10 + 1, 'd', '{}', '[]', '{}', CASE i % 10 WHEN 0 THEN 1 ELSE 0 END, i % 2 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO live_totals
        SELECT 'run' || i, 'ref' || SUBSTR('0000' || (i / 2), LENGTH('' || (i / 2))), i, '{}', '{}' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO live_records
        SELECT 'run' || i, 'digest' || i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO test_runs
        SELECT 'ref' || SUBSTR('0000' || (i / 2), LENGTH('' || (i / 2))), 'p-self-test', 'digest' || (i % 2), '{}' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) INSERT INTO drafts
        SELECT 'ref' || SUBSTR('0000' || (i / 10), LENGTH('' || (i / 10))), 'submit-scal', 'row.' || (i % 10), 1, '{}', 'person' || (i % 1000), i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO phrases
        SELECT 'phrase' || i, CASE i % 10 WHEN 0 THEN 'functional_assurance' ELSE 'role' || (i % 10) END, 'w', i % 7, 'person' || (i % 1000), i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO evidence
        SELECT 'ref' || SUBSTR('0000' || (i / 2), LENGTH('' || (i / 2))), 'submit-scal', 'digest' || (i % 2), 'plain', '4', '', '', '', '', 'person' || (i % 1000), i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO register_lines
        SELECT 'ref' || SUBSTR('0000' || i, LENGTH('' || i)), 'certified', 'TCC-ref' || SUBSTR('0000' || i, LENGTH('' || i)) || '-9', 'consumer',
            'Product ' || i, 'org' || SUBSTR('00' || (i % 200), LENGTH('' || (i % 200))), 'Supplier', '', ' send-document=1.6.0 ',
            CAST(1759999990000000 AS BIGINT) + i * 10000, 'valid', NULL, '', 3, 'product ' || i, 'product ' || i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 11999) INSERT INTO register_sites
        SELECT 'ref' || SUBSTR('0000' || (i / 3), LENGTH('' || (i / 3))), 'A' || i, 'Surgery ' || i, 'surgery ' || i FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO signatories
        (id, journey, task, ods_code, organisation, name, email, made_by, asked_us, due, code_tries, codes, kept, letter, letter_us,
         reminders, remind_us, ended, reason)
        SELECT 'signatory' || i, 'ref' || SUBSTR('0000' || (i / 10), LENGTH('' || (i / 10))), 'data-sharing-agreement', 'A' || i, 'Surgery ' || i, 'n',
            'e', 'person1', i, '2026-03-16', 0, 0, '', 'letter' || i, i, 0, CASE i % 4 WHEN 0 THEN i ELSE NULL END, '', '' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO signing_links
        SELECT 'token' || i, 'signatory' || i, i, i + 100 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) INSERT INTO head_lists
        SELECT i, 'day' || i, i, 'digest' || i, 'key', 3, 'body', 'signature' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO listed_heads
        SELECT 'ref' || SUBSTR('0000' || i, LENGTH('' || i)), 'name' || i, 10, 'd', 'day4000' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999) INSERT INTO seal_certificates
        SELECT 'fingerprint' || i, 's', 'i', i, i, i, 'chain' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999) INSERT INTO ods_codes
        SELECT 'A' || i, 'SURGERY ' || i, 'GP practice', '', '', 'open', 'epraccur.csv' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 7999) INSERT INTO ods_successors
        SELECT 'A' || (i * 2), 'A' || (i + 1), '', 'succ.csv' FROM n;
    ANALYZE;
";

/// The plan of a statement, line by line.
async fn plan(connection: &mut AnyConnection, explain: &str, hot: &Hot, column: usize) -> Vec<String> {
    let text = format!("{explain} {}", hot.text);
    let mut query: Query<'_, Any, _> = sqlx::query(AssertSqlSafe(text));
    for value in hot.asked {
        query = match *value {
            Text(text) => query.bind(text),
            Number(number) => query.bind(number),
        };
    }
    let rows = query.fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(column)).collect()
}

/// Tables that grow with every year. Claims do not: each ends with what it is for.
const LARGE: &[&str] = &[
    "events",
    "turns",
    "journeys",
    "submissions",
    "sessions",
    "links",
    "signatories",
    "signing_links",
    "attempts",
    "outbox",
    "undelivered",
    "files",
    "uploads",
    "drafts",
    "people",
    "parties",
    "messages",
    "meetings",
    "meeting_steps",
    "message_words",
    "person_words",
    "seen",
    "held",
    "memberships",
    "test_runs",
    "live_runs",
    "live_exchanges",
    "live_totals",
    "live_records",
    "register_lines",
    "register_sites",
    "head_lists",
    "listed_heads",
    "ods_codes",
    "ods_successors",
];

async fn every_hot_statement_runs_through_an_index(house: House) {
    house.by_hand(YEARS).await;
    let mut connection = AnyConnection::connect(&house.url).await.unwrap();
    if house.db.dialect() == Dialect::Postgres {
        // Even some thousand rows are read faster than looked up; here an index shall answer wherever there is one.
        sqlx::raw_sql("SET enable_seqscan = off").execute(&mut connection).await.unwrap();
    }
    for hot in STATEMENTS {
        let (plan, reads_all, looks_up) = match house.db.dialect() {
            // "SCAN t" reads a whole table, "SCAN t USING INDEX" a whole index.
            Dialect::Sqlite => {
                let plan = plan(&mut connection, "EXPLAIN QUERY PLAN", hot, 3).await;
                // What a part of the statement has found, cut by its LIMIT, is no table.
                // Nor are the rows that the statement itself brings along.
                let part = |name: &str| {
                    let made = |verb| plan.iter().any(|line| line.strip_prefix(verb) == Some(name));
                    // Claims (`c`) are counted one by one: they are never more than what is being worked on now.
                    made("CO-ROUTINE ") || made("MATERIALIZE ") || name.contains("CONSTANT ROW") || name == "c"
                };
                let reads_all = plan.iter().filter_map(|line| line.strip_prefix("SCAN ")).any(|name| !part(name));
                let looks_up = plan.iter().any(|line| line.starts_with("SEARCH ") && line.contains(hot.index));
                (plan, reads_all, looks_up)
            }
            Dialect::Postgres => {
                let plan = plan(&mut connection, "EXPLAIN", hot, 0).await;
                let large = |line: &String| LARGE.iter().any(|table| line.contains(&format!("Seq Scan on {table} ")));
                let reads_all = plan.iter().any(large);
                let looks_up = plan.iter().any(|line| line.contains("Index") && line.contains(hot.index));
                (plan, reads_all, looks_up)
            }
        };
        assert!(looks_up && !reads_all, "{}: {plan:#?}", hot.name);
    }
    connection.close().await.unwrap();
}

/// A page of the worklist and of the register costs the same whatever there is: nothing is read to be sorted.
#[tokio::test]
async fn on_sqlite_the_worklist_and_the_register_are_read_in_their_order() {
    on_sqlite(async |house: House| {
        house.by_hand(YEARS).await;
        let mut connection = AnyConnection::connect(&house.url).await.unwrap();
        let orders = STATEMENTS.iter().filter(|hot| hot.name.starts_with("work by") || hot.name.starts_with("register by"));
        for hot in orders {
            let plan = plan(&mut connection, "EXPLAIN QUERY PLAN", hot, 3).await;
            assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE")), "{}: {plan:#?}", hot.name);
        }
    })
    .await;
}

/// SQLite's planner looks at what is bound there, and so parses the statement again at each use.
#[test]
fn no_hot_statement_lets_a_bare_value_choose_its_plan() {
    for hot in STATEMENTS {
        assert!(!hot.text.contains("LIMIT $") && !hot.text.contains("LIKE $"), "{}", hot.name);
    }
}

#[tokio::test]
async fn on_sqlite_every_hot_statement_runs_through_an_index() {
    on_sqlite(every_hot_statement_runs_through_an_index).await;
}

#[tokio::test]
async fn on_postgres_every_hot_statement_runs_through_an_index() {
    on_postgres(every_hot_statement_runs_through_an_index).await;
}
