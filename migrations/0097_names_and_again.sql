-- What else a journey is found by: how many of its tasks stand as "Check again", and every name that it, its supplier and the
-- organisations with a part have had, one a line. Lines are made anew from the ledgers (`lists_made`).
ALTER TABLE journeys ADD COLUMN again BIGINT NOT NULL DEFAULT 0;
ALTER TABLE journeys ADD COLUMN known_as TEXT NOT NULL DEFAULT '';
