-- The document that goes with a letter, as "journey/task/entry": the outbox names it and does not hold it. Empty for letters without.
ALTER TABLE outbox ADD COLUMN enclosed TEXT NOT NULL DEFAULT '';
