-- Files that were added to a task. The bytes lie in the file store under their digest; whoever may see the task may
-- read them, and nobody else: the same bytes on another journey are a row of their own.
CREATE TABLE files (
    journey     TEXT   NOT NULL,
    task        TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    bytes       BIGINT NOT NULL,
    person      TEXT   NOT NULL REFERENCES people (id),
    uploaded_us BIGINT NOT NULL,
    PRIMARY KEY (journey, task, digest)
);
