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

-- The files that are the record of a run: whoever sees one as evidence finds the run by the digest of the file.
CREATE TABLE live_records (
    journey TEXT NOT NULL,
    digest  TEXT NOT NULL,
    run     TEXT NOT NULL,
    PRIMARY KEY (journey, digest)
);
