-- Who of a side is asked, as lists say it: organisations whose signature is missing, people who may not because of four eyes,
-- and whether each of the roles is asked or any of them. What is said of a turn that has gone is not looked at.
CREATE TABLE turn_hands (
    journey       TEXT   NOT NULL,
    task          TEXT   NOT NULL,
    side          TEXT   NOT NULL,
    organisations TEXT   NOT NULL,
    not_by        TEXT   NOT NULL,
    each_role     BIGINT NOT NULL,
    PRIMARY KEY (journey, task, side)
);

-- By which rules the lines of lists were made: they are made anew from the ledgers when a release makes others.
CREATE TABLE lists_made (
    one   BIGINT PRIMARY KEY,
    rules BIGINT NOT NULL
);
INSERT INTO lists_made (one, rules) VALUES (1, 0);
