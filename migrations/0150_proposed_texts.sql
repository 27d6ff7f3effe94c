-- A corrected text is proposed by one person and published by another. What was sent back or taken back stays, with why.
CREATE TABLE proposed_corrections (
    subject     TEXT   NOT NULL,
    number      BIGINT NOT NULL,
    follows     BIGINT NOT NULL,
    words       TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    person      TEXT   NOT NULL REFERENCES people (id),
    at_us       BIGINT NOT NULL,
    outcome     TEXT   NOT NULL,
    answer      TEXT   NOT NULL,
    answered_by TEXT   REFERENCES people (id),
    answered_us BIGINT,
    PRIMARY KEY (subject, number)
);

-- One at a time waits for each text.
CREATE UNIQUE INDEX proposed_corrections_waiting ON proposed_corrections (subject) WHERE outcome = 'waiting';

-- Why a version was made, and who published what another one wrote. What was published before has none.
CREATE TABLE published_corrections (
    subject TEXT   NOT NULL,
    version BIGINT NOT NULL,
    reason  TEXT   NOT NULL,
    person  TEXT   NOT NULL REFERENCES people (id),
    PRIMARY KEY (subject, version)
);
