-- A lost second step that somebody asks to take away, until a second person agrees or it is taken back.
CREATE TABLE second_step_resets (
    person       TEXT   NOT NULL PRIMARY KEY REFERENCES people (id),
    organisation TEXT   NOT NULL REFERENCES organisations (id),
    asked_by     TEXT   NOT NULL REFERENCES people (id),
    reason       TEXT   NOT NULL,
    at_us        BIGINT NOT NULL
);
CREATE INDEX second_step_resets_by_organisation ON second_step_resets (organisation, at_us);
