-- Who an organisation is, as the programme confirmed it. Tables of their own, so that the rows of every older backup still
-- fit theirs.
CREATE TABLE confirmed_organisations (
    organisation TEXT   PRIMARY KEY REFERENCES organisations (id),
    person       TEXT   REFERENCES people (id),
    at_us        BIGINT NOT NULL
);

-- Another name or code that an organisation asked for, until the programme answers. Nobody asked (person is empty) where a
-- code was found twice.
CREATE TABLE asked_details (
    organisation TEXT   PRIMARY KEY REFERENCES organisations (id),
    name         TEXT   NOT NULL,
    ods_code     TEXT   NOT NULL,
    person       TEXT   REFERENCES people (id),
    at_us        BIGINT NOT NULL
);
CREATE INDEX asked_details_by_time ON asked_details (at_us);

-- Parts that suppliers asked for: whom to invite once the programme has confirmed who it is. A row goes with its answer.
CREATE TABLE asked_parts (
    part     TEXT   PRIMARY KEY,
    journey  TEXT   NOT NULL,
    side     TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    ods_code TEXT   NOT NULL,
    email    TEXT   NOT NULL,
    roles    TEXT   NOT NULL,
    person   TEXT   NOT NULL REFERENCES people (id),
    at_us    BIGINT NOT NULL
);
CREATE INDEX asked_parts_by_time ON asked_parts (at_us, part);
CREATE INDEX asked_parts_by_journey ON asked_parts (journey);

-- On a side a code is one organisation. Where it is several, the oldest keeps it; the others ask for it, and the programme
-- sees them.
INSERT INTO asked_details (organisation, name, ods_code, person, at_us)
SELECT o.id, o.name, o.ods_code, NULL, o.created_us FROM organisations o
WHERE o.ods_code <> '' AND EXISTS (
    SELECT 1 FROM organisations e
    WHERE e.side = o.side AND e.ods_code = o.ods_code
      AND (e.created_us < o.created_us OR (e.created_us = o.created_us AND e.id < o.id))
);
UPDATE organisations SET ods_code = '' WHERE id IN (SELECT organisation FROM asked_details);
DROP INDEX organisations_by_code;
CREATE UNIQUE INDEX organisations_by_code ON organisations (ods_code, side) WHERE ods_code <> '';
CREATE INDEX organisations_by_name ON organisations (folded, id);

-- One address has one link to an organisation, and invitations of an organisation are counted by the day.
CREATE INDEX links_by_invited ON links (organisation, email, created_us);
