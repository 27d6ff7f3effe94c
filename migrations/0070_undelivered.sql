-- Letters that are not tried any more, and why. The letter itself stays in the outbox, so that the same promise is still one
-- letter and an operator can put it back.
CREATE TABLE undelivered (
    letter TEXT   PRIMARY KEY,
    reason TEXT   NOT NULL,
    at_us  BIGINT NOT NULL
);
CREATE INDEX undelivered_by_time ON undelivered (at_us);
