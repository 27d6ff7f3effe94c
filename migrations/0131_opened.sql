-- Who of those that decide on a round opened it first: from then on it is not taken back.
CREATE TABLE opened (
    journey TEXT   NOT NULL,
    task    TEXT   NOT NULL,
    round   BIGINT NOT NULL,
    person  TEXT   NOT NULL,
    at_us   BIGINT NOT NULL,
    PRIMARY KEY (journey, task, round)
);
