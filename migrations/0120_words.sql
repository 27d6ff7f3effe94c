-- Words of messages, as they are looked for (`base::fold`): each message once for each of its words and of its writer's name. Made of the
-- messages and made anew with the lines of lists, so that no backup holds them.
CREATE TABLE message_words (
    word    TEXT   NOT NULL,
    journey TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    said_us BIGINT NOT NULL,
    PRIMARY KEY (word, journey, seq)
);
-- For whoever reads every journey: the newest with a word.
CREATE INDEX message_words_by_time ON message_words (word, said_us, journey, seq);
-- For a message that is taken back.
CREATE INDEX message_words_of_message ON message_words (journey, seq);

-- Words of names and addresses of people. Both stay as they were given.
CREATE TABLE person_words (
    word   TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (word, person)
);
