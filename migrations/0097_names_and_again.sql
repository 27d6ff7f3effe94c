-- What else a journey is found by: how many of its tasks stand as "Check again", and every name that it, its supplier and the
-- organisations with a part have had, one a line. Made anew from the ledgers (`lists_made`), like the line in `journeys`: a table
-- beside it, so that backups of before fit into it.
CREATE TABLE found_by (
    journey  TEXT   PRIMARY KEY,
    again    BIGINT NOT NULL,
    known_as TEXT   NOT NULL
);
