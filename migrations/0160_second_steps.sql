-- The second step of signing in. The key is read whenever a code is checked, so it is kept as it is. `last_step` is the newest 30
-- seconds whose code was used: each code opens once.
CREATE TABLE second_steps (
    person    TEXT   NOT NULL PRIMARY KEY REFERENCES people (id),
    key       TEXT   NOT NULL,
    last_step BIGINT NOT NULL,
    made_us   BIGINT NOT NULL
);

-- Codes for whoever has lost the key: only digests, each opens once.
CREATE TABLE recovery_codes (
    person  TEXT   NOT NULL REFERENCES people (id),
    digest  TEXT   NOT NULL,
    used_us BIGINT,
    PRIMARY KEY (person, digest)
);
