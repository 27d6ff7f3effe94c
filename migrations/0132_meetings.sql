-- Meetings of two sides of a journey, on one of its tasks (`task` is '' for the journey as a whole). `id` comes from the form,
-- so that a form is sent once. How a meeting stands is told by its steps and stored nowhere.
CREATE TABLE meetings (
    id        TEXT   PRIMARY KEY,
    journey   TEXT   NOT NULL,
    task      TEXT   NOT NULL,
    side      TEXT   NOT NULL,
    with_side TEXT   NOT NULL,
    about     TEXT   NOT NULL,
    made_us   BIGINT NOT NULL
);
CREATE INDEX meetings_by_journey ON meetings (journey, made_us, id);

-- What was done about each, in its order from 1. The key decides which of two answers at once was first. `times` are the times
-- that are offered, or the one that was chosen, as JSON.
CREATE TABLE meeting_steps (
    meeting      TEXT   NOT NULL REFERENCES meetings (id),
    step         BIGINT NOT NULL,
    act          TEXT   NOT NULL,
    side         TEXT   NOT NULL,
    person       TEXT   NOT NULL REFERENCES people (id),
    organisation TEXT   NOT NULL REFERENCES organisations (id),
    at_us        BIGINT NOT NULL,
    times        TEXT   NOT NULL,
    minutes      BIGINT NOT NULL,
    place        TEXT   NOT NULL,
    words        TEXT   NOT NULL,
    told         BIGINT NOT NULL,
    PRIMARY KEY (meeting, step)
);
