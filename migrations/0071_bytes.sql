-- What an organisation has added is counted, and bytes that nothing names any more are found.
CREATE INDEX files_by_person ON files (person);
CREATE INDEX files_by_digest ON files (digest);
CREATE INDEX uploads_by_digest ON uploads (digest);
