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

ALTER TABLE corrections ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE corrections ADD COLUMN published_by TEXT REFERENCES people (id);
