-- An edition of the catalogue that nobody answers may be withdrawn. Its rows stay: no ledger may ever name what is not known.
CREATE TABLE withdrawn_catalogues (
    edition TEXT   PRIMARY KEY REFERENCES catalogues (edition),
    at_us   BIGINT NOT NULL,
    person  TEXT   NOT NULL REFERENCES people (id),
    why     TEXT   NOT NULL
);
