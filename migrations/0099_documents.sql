-- Documents that were made for people to keep, as PDFs: each is made once from what it says and kept as it is, so that a later
-- release hands out the same bytes and tells its own files from others. `body` is Base64.
CREATE TABLE documents (
    content TEXT   PRIMARY KEY,
    digest  TEXT   NOT NULL,
    journey TEXT   NOT NULL,
    task    TEXT   NOT NULL,
    number  TEXT   NOT NULL,
    made_us BIGINT NOT NULL,
    body    TEXT   NOT NULL
);

CREATE INDEX documents_by_digest ON documents (digest);
