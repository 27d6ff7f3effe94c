-- Who of a team decided on the round before the one that waits for it: the worklist names them. What is said of a turn that has
-- gone, or of another round, is not looked at.
CREATE TABLE had_before (
    journey TEXT   NOT NULL,
    task    TEXT   NOT NULL,
    role    TEXT   NOT NULL,
    round   BIGINT NOT NULL,
    person  TEXT   NOT NULL,
    PRIMARY KEY (journey, task, role)
);
