-- The register of ODS codes, as the command `ods load` took it from the files that the Organisation Data Service publishes. Days are
-- like 2026-03-02, empty where there is none; `status` is `open` or `closed`; `file` is the one that the row was read from last.
CREATE TABLE ods_codes (
    code   TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    role   TEXT NOT NULL,
    opened TEXT NOT NULL,
    closed TEXT NOT NULL,
    status TEXT NOT NULL,
    file   TEXT NOT NULL
);

-- Who came after an organisation.
CREATE TABLE ods_successors (
    code      TEXT NOT NULL,
    successor TEXT NOT NULL,
    since     TEXT NOT NULL,
    file      TEXT NOT NULL,
    PRIMARY KEY (code, successor)
);

-- The files that were loaded, each with its last time.
CREATE TABLE ods_files (
    name      TEXT   PRIMARY KEY,
    loaded_us BIGINT NOT NULL,
    codes     BIGINT NOT NULL
);
