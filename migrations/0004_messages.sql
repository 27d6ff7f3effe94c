-- What is said on a journey, or on one of its tasks (`task` is '' for the journey as a whole). `audience` is 'all' or the
-- one side that may read it. `id` comes from the form, so that a form is sent once; `seq` counts within the journey in
-- the order of writing, which makes "seen up to here" mean something.
CREATE TABLE messages (
    id           TEXT   PRIMARY KEY,
    journey      TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    task         TEXT   NOT NULL,
    audience     TEXT   NOT NULL,
    person       TEXT   NOT NULL REFERENCES people (id),
    organisation TEXT   NOT NULL REFERENCES organisations (id),
    said_us      BIGINT NOT NULL,
    words        TEXT   NOT NULL,
    mentions     TEXT   NOT NULL,
    files        TEXT   NOT NULL,
    taken_us     BIGINT,
    UNIQUE (journey, seq)
);
CREATE INDEX messages_by_thread ON messages (journey, task, audience, seq);

-- How far each journey has counted its messages. Whoever writes takes the row first, so that writers queue.
CREATE TABLE conversations (
    journey TEXT   PRIMARY KEY,
    last    BIGINT NOT NULL
);

-- How far each person has seen each thread.
CREATE TABLE seen (
    person  TEXT   NOT NULL REFERENCES people (id),
    journey TEXT   NOT NULL,
    task    TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (person, journey, task)
);

-- Files that somebody uploaded for a message, sent or not yet. Whoever may read the message may read those it names.
CREATE TABLE uploads (
    person      TEXT   NOT NULL REFERENCES people (id),
    message     TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    bytes       BIGINT NOT NULL,
    uploaded_us BIGINT NOT NULL,
    PRIMARY KEY (person, message, digest)
);
CREATE INDEX uploads_by_age ON uploads (uploaded_us);

-- Who wants letters otherwise than at once: 'daily' or 'never'.
CREATE TABLE notices (
    person TEXT PRIMARY KEY REFERENCES people (id),
    choice TEXT NOT NULL
);

-- Lines that wait for the daily letter of a person. `message` is '' when it is not about one.
CREATE TABLE held (
    id      TEXT   PRIMARY KEY,
    person  TEXT   NOT NULL REFERENCES people (id),
    held_us BIGINT NOT NULL,
    subject TEXT   NOT NULL,
    link    TEXT   NOT NULL,
    message TEXT   NOT NULL
);
CREATE INDEX held_by_person ON held (person, held_us);
CREATE INDEX held_by_age ON held (held_us);
