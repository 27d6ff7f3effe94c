-- Reports of test suites as they were read when they were added: one row a report, its scenarios as JSON.
CREATE TABLE test_runs (
    journey TEXT NOT NULL,
    task    TEXT NOT NULL,
    digest  TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (journey, task, digest)
);
