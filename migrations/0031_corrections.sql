-- Texts of the public guidance that operators corrected after a release. A text is never changed in place: its newest
-- version is the one that is read, and every earlier one can be published again.
CREATE TABLE corrections (
    subject TEXT   NOT NULL,
    version BIGINT NOT NULL,
    words   TEXT   NOT NULL,
    person  TEXT   NOT NULL REFERENCES people (id),
    at_us   BIGINT NOT NULL,
    PRIMARY KEY (subject, version)
);
