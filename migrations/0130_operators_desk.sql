-- The operator's desk. Tables of their own, so that the rows of every older backup still fit theirs.

-- People who cannot sign in, until an operator unlocks them.
CREATE TABLE locked_people (
    person    TEXT   PRIMARY KEY REFERENCES people (id),
    reason    TEXT   NOT NULL,
    locked_by TEXT   NOT NULL REFERENCES people (id),
    at_us     BIGINT NOT NULL
);

-- Organisations that were there twice: the people of each are in the other.
CREATE TABLE merged_organisations (
    organisation TEXT   PRIMARY KEY REFERENCES organisations (id),
    kept         TEXT   NOT NULL REFERENCES organisations (id),
    reason       TEXT   NOT NULL,
    merged_by    TEXT   NOT NULL REFERENCES people (id),
    at_us        BIGINT NOT NULL
);

-- Name and address of people in lower case, as they are searched.
CREATE TABLE people_found (
    person TEXT PRIMARY KEY REFERENCES people (id),
    folded TEXT NOT NULL
);
INSERT INTO people_found (person, folded) SELECT id, LOWER(name || ' ' || email) FROM people;

-- What is no event of a ledger and is kept all the same: sign-ins, exports, what operators do to emails, texts and editions.
-- The network address goes after two days, a sign-in after 90.
CREATE TABLE audit (
    id           TEXT   PRIMARY KEY,
    at_us        BIGINT NOT NULL,
    act          TEXT   NOT NULL,
    person       TEXT,
    organisation TEXT,
    journey      TEXT,
    about        TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    address      TEXT   NOT NULL
);
CREATE INDEX audit_by_time ON audit (at_us, id);
CREATE INDEX audit_by_person ON audit (person, act, at_us);

-- The audit reads every ledger by time, and asks what names an organisation.
CREATE INDEX events_by_time ON events (at_us, stream, seq);
CREATE INDEX events_by_organisation ON events (organisation, stream);
