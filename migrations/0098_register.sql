-- The register of products: the newest certificate of each kind of a journey, as everybody may read it. Made from the ledgers, like the
-- line in `journeys`, and made anew with it (`lists_made`). `by_product` is the product as the register is ordered by it.
CREATE TABLE register_lines (
    journey       TEXT   NOT NULL,
    task          TEXT   NOT NULL,
    number        TEXT   NOT NULL,
    side          TEXT   NOT NULL,
    product       TEXT   NOT NULL,
    organisation  TEXT   NOT NULL,
    supplier      TEXT   NOT NULL,
    supplier_code TEXT   NOT NULL,
    capabilities  TEXT   NOT NULL,
    issued_us     BIGINT NOT NULL,
    validity      TEXT   NOT NULL,
    since_us      BIGINT,
    live_since    TEXT   NOT NULL,
    sites         BIGINT NOT NULL,
    folded        TEXT   NOT NULL,
    by_product    TEXT   NOT NULL,
    PRIMARY KEY (journey, task)
);
CREATE INDEX register_lines_by_product ON register_lines (by_product, number);
CREATE INDEX register_lines_by_issue ON register_lines (issued_us, number);

-- What else a line is found by: the sites at which its product is live.
CREATE TABLE register_sites (
    journey  TEXT NOT NULL,
    ods_code TEXT NOT NULL,
    name     TEXT NOT NULL,
    folded   TEXT NOT NULL,
    PRIMARY KEY (journey, ods_code)
);
