-- Who is asked by letter to sign for a member of an end-user group. The signature itself is an event; here is what a letter
-- needs. Somebody else who is asked for the same member is another row. `kept` is what was typed and saved for later.
CREATE TABLE signatories (
    id           TEXT   PRIMARY KEY,
    journey      TEXT   NOT NULL,
    task         TEXT   NOT NULL,
    ods_code     TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    email        TEXT   NOT NULL,
    made_by      TEXT   NOT NULL,
    asked_us     BIGINT NOT NULL,
    due          TEXT   NOT NULL,
    opened_us    BIGINT,
    code         TEXT,
    code_us      BIGINT,
    code_tries   BIGINT NOT NULL,
    codes        BIGINT NOT NULL,
    kept         TEXT   NOT NULL,
    letter       TEXT   NOT NULL,
    letter_us    BIGINT NOT NULL,
    reminders    BIGINT NOT NULL,
    remind_us    BIGINT,
    signed_us    BIGINT,
    ended        TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    ended_us     BIGINT
);
CREATE UNIQUE INDEX signatories_asked ON signatories (journey, task, ods_code) WHERE ended_us IS NULL;
CREATE INDEX signatories_by_task ON signatories (journey, task, ods_code, asked_us);
CREATE INDEX signatories_by_reminder ON signatories (remind_us) WHERE remind_us IS NOT NULL;

-- The links in those letters. Only the digest of a token is kept. Each works until it expires or its person is not asked any more.
CREATE TABLE signing_links (
    token      TEXT   PRIMARY KEY,
    signatory  TEXT   NOT NULL REFERENCES signatories (id),
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL
);
CREATE INDEX signing_links_by_signatory ON signing_links (signatory);
