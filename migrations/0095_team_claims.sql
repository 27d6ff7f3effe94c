-- Each team claims its own part of a task: what one team has claimed is still free for the others. A claim of before stays for
-- every team that has the turn. The table of before stays, empty, so that a backup of before can be restored.
CREATE TABLE team_claims (
    journey TEXT   NOT NULL,
    task    TEXT   NOT NULL,
    role    TEXT   NOT NULL,
    person  TEXT   NOT NULL REFERENCES people (id),
    at_us   BIGINT NOT NULL,
    PRIMARY KEY (journey, task, role)
);
INSERT INTO team_claims (journey, task, role, person, at_us)
SELECT c.journey, c.task, t.role, c.person, c.at_us
  FROM claims c JOIN turns t ON t.journey = c.journey AND t.task = c.task
 WHERE t.side = 'programme' AND t.awaited = 1;
DELETE FROM claims;
