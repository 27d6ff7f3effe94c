-- What somebody recorded, newest first.
CREATE INDEX events_by_person ON events (person, at_us, stream, seq) WHERE person IS NOT NULL;

-- Views of the worklist that a person keeps: a name, and the end of its address.
CREATE TABLE work_views (
    person TEXT NOT NULL REFERENCES people (id),
    name   TEXT NOT NULL,
    query  TEXT NOT NULL,
    PRIMARY KEY (person, name)
);
