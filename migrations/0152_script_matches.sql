-- Which published test script a scenario of a supplier's suite belongs to, as somebody of the supplier said: for every
-- journey of theirs, and every run to come.
CREATE TABLE script_matches (
    organisation TEXT   NOT NULL REFERENCES organisations (id),
    scenario     TEXT   NOT NULL,
    scripts      TEXT   NOT NULL,
    person       TEXT   NOT NULL REFERENCES people (id),
    at_us        BIGINT NOT NULL,
    PRIMARY KEY (organisation, scenario)
);
