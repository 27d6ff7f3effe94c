-- What each person was told of, whatever emails they chose: for the list of notifications on the pages.
CREATE TABLE news (
    person  TEXT   NOT NULL REFERENCES people (id),
    id      TEXT   NOT NULL,
    at_us   BIGINT NOT NULL,
    words   TEXT   NOT NULL,
    link    TEXT   NOT NULL,
    message TEXT   NOT NULL,
    unseen  BIGINT NOT NULL,
    PRIMARY KEY (person, id)
);
CREATE INDEX news_by_time ON news (person, at_us, id);
CREATE INDEX news_unseen ON news (person) WHERE unseen = 1;
CREATE INDEX news_by_message ON news (message) WHERE message <> '';
CREATE INDEX news_by_age ON news (at_us);
