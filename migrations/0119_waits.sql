-- How long the programme took: a line for each team that was waited for in a round and has acted. Days are working days.
CREATE TABLE waits (
    journey  TEXT   NOT NULL,
    task     TEXT   NOT NULL,
    role     TEXT   NOT NULL,
    round    BIGINT NOT NULL,
    since_us BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    month    TEXT   NOT NULL,
    days     BIGINT NOT NULL,
    due      TEXT   NOT NULL,
    late     BIGINT NOT NULL,
    PRIMARY KEY (journey, task, role, round, since_us)
);
CREATE INDEX waits_by_task ON waits (task, until_us, days);
CREATE INDEX waits_by_month ON waits (month, task, role, days, round, due, late);
