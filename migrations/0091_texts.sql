-- What was signed or issued is kept as it stood then, under the digest that its event names.
CREATE TABLE texts (
    digest TEXT NOT NULL PRIMARY KEY,
    body   TEXT NOT NULL
);
