-- The daily lists of heads: where every ledger that moved since the list before ends, signed by the service. `number` decides which of
-- several replicas makes a list, and `day` that there is one of each day. `body` is the text that is signed; what stands beside it is
-- in it too.
CREATE TABLE head_lists (
    number     BIGINT PRIMARY KEY,
    day        TEXT   NOT NULL UNIQUE,
    made_us    BIGINT NOT NULL,
    digest     TEXT   NOT NULL,
    public_key TEXT   NOT NULL,
    ledgers    BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    signature  TEXT   NOT NULL
);
CREATE INDEX head_lists_by_key ON head_lists (public_key, day);

-- Where a list named each ledger last: what has grown since is on the next one. `name` is what the ledger is called in lists.
CREATE TABLE listed_heads (
    stream TEXT   PRIMARY KEY,
    name   TEXT   NOT NULL,
    seq    BIGINT NOT NULL,
    digest TEXT   NOT NULL,
    day    TEXT   NOT NULL
);

-- The documents of a journey go into its pack.
CREATE INDEX documents_by_journey ON documents (journey, content);
