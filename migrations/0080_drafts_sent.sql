-- Which version of a draft went into what was sent, of drafts that stay when it is sent: the rows of the SCAL. A later version
-- did not go in. Until now the clock said so: what was saved before the last round had gone in.
CREATE TABLE drafts_sent (
    journey TEXT   NOT NULL,
    task    TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (journey, task, subject)
);
INSERT INTO drafts_sent (journey, task, subject, version)
SELECT d.journey, d.task, d.subject, d.version FROM drafts d
 WHERE SUBSTR(d.subject, 1, 4) = 'row.'
   AND EXISTS (SELECT 1 FROM events e
                WHERE e.stream = d.journey AND e.at_us >= d.saved_us
                  AND e.body LIKE '{"event":"submitted","task":"' || d.task || '",%');

-- A row that is asked again is answered by a confirmation that names the event that asked. Until now any save after that event
-- did, and such rows stay answered.
UPDATE drafts SET body =
       '{"confirmed":["'
       || (SELECT CAST(MAX(e.seq) AS TEXT) FROM events e
            WHERE e.stream = drafts.journey AND e.at_us < drafts.saved_us
              AND (e.body LIKE '{"event":"uplifted",%' OR e.body LIKE '{"event":"reassessed",%'))
       || '"]'
       || CASE WHEN body = '{}' THEN '}' ELSE ',' || SUBSTR(body, 2) END
 WHERE SUBSTR(subject, 1, 4) = 'row.' AND subject <> 'row.product'
   AND EXISTS (SELECT 1 FROM events e
                WHERE e.stream = drafts.journey AND e.at_us < drafts.saved_us
                  AND (e.body LIKE '{"event":"uplifted",%' OR e.body LIKE '{"event":"reassessed",%'));
