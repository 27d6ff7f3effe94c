-- One schema for SQLite and PostgreSQL. The portable subset is written down in server/store/src/lib.rs:
-- TEXT for ids, digests, JSON and dates; BIGINT for microseconds (UTC) and flags; nothing else. `folded` holds in lower
-- case what people search for.

CREATE TABLE organisations (
    id         TEXT   PRIMARY KEY,
    name       TEXT   NOT NULL,
    ods_code   TEXT   NOT NULL,
    side       TEXT   NOT NULL,
    created_us BIGINT NOT NULL,
    folded     TEXT   NOT NULL
);

CREATE TABLE people (
    id           TEXT   PRIMARY KEY,
    email        TEXT   NOT NULL UNIQUE,
    name         TEXT   NOT NULL,
    password     TEXT   NOT NULL,
    confirmed_us BIGINT,
    created_us   BIGINT NOT NULL
);

CREATE TABLE memberships (
    person       TEXT   NOT NULL REFERENCES people (id),
    organisation TEXT   NOT NULL REFERENCES organisations (id),
    roles        TEXT   NOT NULL,
    since_us     BIGINT NOT NULL,
    PRIMARY KEY (person, organisation)
);
CREATE INDEX memberships_by_organisation ON memberships (organisation);

-- Links in letters. Only the digest of a token is kept.
CREATE TABLE links (
    token        TEXT   PRIMARY KEY,
    purpose      TEXT   NOT NULL,
    person       TEXT   REFERENCES people (id),
    organisation TEXT   REFERENCES organisations (id),
    email        TEXT   NOT NULL,
    roles        TEXT   NOT NULL,
    made_by      TEXT   REFERENCES people (id),
    created_us   BIGINT NOT NULL,
    expires_us   BIGINT NOT NULL,
    used_us      BIGINT
);
CREATE INDEX links_by_organisation ON links (organisation, expires_us) WHERE used_us IS NULL;
CREATE INDEX links_by_person ON links (person) WHERE used_us IS NULL;

CREATE TABLE sessions (
    id         TEXT   PRIMARY KEY,
    handle     TEXT   NOT NULL,
    person     TEXT,
    agent      TEXT   NOT NULL,
    data       TEXT   NOT NULL,
    created_us BIGINT NOT NULL,
    seen_us    BIGINT NOT NULL,
    expires_us BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person, seen_us);
CREATE INDEX sessions_by_expiry ON sessions (expires_us);

-- Tries to sign in and the like, per account and per address.
CREATE TABLE attempts (
    bucket TEXT   NOT NULL,
    at_us  BIGINT NOT NULL,
    tries  BIGINT NOT NULL,
    PRIMARY KEY (bucket, at_us)
);
CREATE INDEX attempts_by_time ON attempts (at_us);

-- The ledger: one stream per journey and one for accounts. The primary key decides every race.
CREATE TABLE events (
    stream       TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    at_us        BIGINT NOT NULL,
    person       TEXT,
    organisation TEXT,
    body         TEXT   NOT NULL,
    prev         TEXT   NOT NULL,
    digest       TEXT   NOT NULL,
    PRIMARY KEY (stream, seq)
);

-- Whoever writes to a stream of which there is only one takes its row first, so that writers queue instead of colliding.
CREATE TABLE turnstiles (
    stream TEXT   PRIMARY KEY,
    passed BIGINT NOT NULL
);
INSERT INTO turnstiles (stream, passed) VALUES ('people', 0);

-- What was submitted, once and for ever.
CREATE TABLE submissions (
    journey TEXT   NOT NULL,
    task    TEXT   NOT NULL,
    round   BIGINT NOT NULL,
    digest  TEXT   NOT NULL,
    body    TEXT   NOT NULL,
    PRIMARY KEY (journey, task, round)
);

-- What lists show of a journey: always the fold of its ledger.
CREATE TABLE journeys (
    ref          TEXT   PRIMARY KEY,
    process      TEXT   NOT NULL,
    organisation TEXT   NOT NULL REFERENCES organisations (id),
    product      TEXT   NOT NULL,
    phase        TEXT   NOT NULL,
    stage        TEXT   NOT NULL,
    done         BIGINT NOT NULL,
    planned      BIGINT NOT NULL,
    supplier_turns  BIGINT NOT NULL,
    programme_turns BIGINT NOT NULL,
    opened_us    BIGINT NOT NULL,
    changed_us   BIGINT NOT NULL,
    lapses_us    BIGINT,
    folded       TEXT   NOT NULL
);
CREATE INDEX journeys_by_organisation ON journeys (organisation, changed_us, ref);
CREATE INDEX journeys_by_change ON journeys (changed_us, ref);
CREATE INDEX journeys_by_lapse ON journeys (lapses_us) WHERE lapses_us IS NOT NULL;

-- Organisations that were given a part in a journey, beside the supplier.
CREATE TABLE parties (
    journey      TEXT NOT NULL,
    organisation TEXT NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (journey, organisation)
);

-- Whose turn it is: one row per task and role. `place` orders tasks and, within a task, roles; `due` is a date,
-- '9999-12-31' when there is no target.
CREATE TABLE turns (
    journey  TEXT   NOT NULL REFERENCES journeys (ref),
    task     TEXT   NOT NULL,
    role     TEXT   NOT NULL,
    side     TEXT   NOT NULL,
    place    BIGINT NOT NULL,
    round    BIGINT NOT NULL,
    awaited  BIGINT NOT NULL,
    since_us BIGINT NOT NULL,
    due      TEXT   NOT NULL,
    PRIMARY KEY (journey, task, role)
);
CREATE INDEX turns_by_role ON turns (role, since_us, journey, task) WHERE awaited = 1;

CREATE TABLE claims (
    journey TEXT   NOT NULL,
    task    TEXT   NOT NULL,
    person  TEXT   NOT NULL REFERENCES people (id),
    at_us   BIGINT NOT NULL,
    PRIMARY KEY (journey, task)
);

CREATE TABLE drafts (
    journey  TEXT   NOT NULL,
    task     TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    body     TEXT   NOT NULL,
    person   TEXT   NOT NULL REFERENCES people (id),
    saved_us BIGINT NOT NULL,
    PRIMARY KEY (journey, task, subject)
);

CREATE TABLE outbox (
    id         TEXT   PRIMARY KEY,
    address    TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    queued_us  BIGINT NOT NULL,
    due_us     BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    sent_us    BIGINT,
    last_error TEXT   NOT NULL
);
CREATE INDEX outbox_by_due ON outbox (due_us) WHERE sent_us IS NULL;
