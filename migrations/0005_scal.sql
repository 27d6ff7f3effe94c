-- Editions of the SCAL catalogue that operators published, whole, as they were read. Never changed.
CREATE TABLE catalogues (
    edition TEXT   PRIMARY KEY,
    body    TEXT   NOT NULL,
    note    TEXT   NOT NULL,
    person  TEXT   NOT NULL REFERENCES people (id),
    at_us   BIGINT NOT NULL
);

-- Findings that a team writes often.
CREATE TABLE phrases (
    id     TEXT   PRIMARY KEY,
    role   TEXT   NOT NULL,
    words  TEXT   NOT NULL,
    used   BIGINT NOT NULL,
    person TEXT   NOT NULL REFERENCES people (id),
    at_us  BIGINT NOT NULL
);
CREATE INDEX phrases_by_role ON phrases (role, used);

-- What is known of a file that proves something: on which product version, where and when it was made, by whom.
CREATE TABLE evidence (
    journey        TEXT   NOT NULL,
    task           TEXT   NOT NULL,
    digest         TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    product        TEXT   NOT NULL,
    environment    TEXT   NOT NULL,
    effective      TEXT   NOT NULL,
    tester         TEXT   NOT NULL,
    replaces       TEXT   NOT NULL,
    person         TEXT   NOT NULL REFERENCES people (id),
    at_us          BIGINT NOT NULL,
    PRIMARY KEY (journey, task, digest)
);
