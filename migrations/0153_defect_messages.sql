-- Which defect of a journey a message is about. What is said of a defect is said on its test stage as well: whoever reads the stage
-- reads it, and the page of the defect shows what is about it alone.
CREATE TABLE defect_messages (
    message TEXT   PRIMARY KEY REFERENCES messages (id),
    journey TEXT   NOT NULL,
    defect  BIGINT NOT NULL
);
CREATE INDEX defect_messages_by_defect ON defect_messages (journey, defect);
