-- Live runs: an address of its own for some hours, to which a product sends its requests. `body` is what was said when it was
-- opened, the text that its chain begins with. The key itself stands here only while the run is open.
CREATE TABLE live_runs (
    id        TEXT   NOT NULL PRIMARY KEY,
    journey   TEXT   NOT NULL,
    opened_us BIGINT NOT NULL,
    ends_us   BIGINT NOT NULL,
    body      TEXT   NOT NULL,
    key_hash  TEXT   NOT NULL UNIQUE,
    key       TEXT   NOT NULL,
    count     BIGINT NOT NULL,
    bytes     BIGINT NOT NULL,
    head      TEXT   NOT NULL,
    closed_us BIGINT
);
CREATE INDEX live_runs_of_journey ON live_runs (journey, opened_us, id);

-- What was sent to a run and answered: a text under its digest, in a chain. `held_back` has the headers that only the supplier sees,
-- `summary` how its rules ended. `changed` and `failed` are 1 or 0.
CREATE TABLE live_exchanges (
    run       TEXT   NOT NULL,
    seq       BIGINT NOT NULL,
    digest    TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    held_back TEXT   NOT NULL,
    summary   TEXT   NOT NULL,
    changed   BIGINT NOT NULL,
    failed    BIGINT NOT NULL,
    PRIMARY KEY (run, seq)
);
CREATE INDEX live_exchanges_changed ON live_exchanges (run, seq) WHERE changed = 1;
