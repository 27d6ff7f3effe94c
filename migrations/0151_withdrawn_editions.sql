-- An edition of the catalogue that nobody answers may be withdrawn. Its rows stay: no ledger may ever name what is not known.
ALTER TABLE catalogues ADD COLUMN withdrawn_us BIGINT;
ALTER TABLE catalogues ADD COLUMN withdrawn_by TEXT REFERENCES people (id);
ALTER TABLE catalogues ADD COLUMN withdrawn_why TEXT NOT NULL DEFAULT '';
