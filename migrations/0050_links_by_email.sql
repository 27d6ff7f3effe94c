-- Whether a letter with a link went to an address a short while ago.
CREATE INDEX links_by_email ON links (email, purpose, created_us);
