-- The picture of all journeys asks stop by stop who stands there: a stop is a few tasks.
CREATE INDEX turns_by_task ON turns (task, journey, since_us);
