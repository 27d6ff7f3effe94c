-- The document that goes with a letter of the outbox, as "journey/task/entry": it is named and not held. A table of its own, so that
-- backups of before have the columns that they had.
CREATE TABLE enclosures (
    letter   TEXT PRIMARY KEY,
    document TEXT NOT NULL
);
