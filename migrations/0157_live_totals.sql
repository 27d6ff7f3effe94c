-- What the requests of a live run came to, kept beside it so that the rows of a SCAL can be held against many runs at once. It is
-- made anew from `live_exchanges` where it is missing. `failed` is the part that the programme counts.
CREATE TABLE live_totals (
    run       TEXT   NOT NULL PRIMARY KEY,
    journey   TEXT   NOT NULL,
    opened_us BIGINT NOT NULL,
    body      TEXT   NOT NULL,
    failed    TEXT   NOT NULL
);
CREATE INDEX live_totals_by_time ON live_totals (opened_us, run);

-- The file that is the record of a run: whoever sees it as evidence finds the run by the digest of the file.
CREATE TABLE live_records (
    run    TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL
);
