-- A session that was ended elsewhere stays for its time, signed out: it remembers whose it was, and no request that was under
-- way when it ended may sign it in again.
ALTER TABLE sessions ADD COLUMN ended BIGINT NOT NULL DEFAULT 0;
