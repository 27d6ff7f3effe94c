-- Every certificate that documents have been or are signed with by the service. They are public. `chain` has the certificate and those
-- above it, as PEM; what stands beside it is read from it. The secret key is never here.
CREATE TABLE seal_certificates (
    fingerprint TEXT   PRIMARY KEY,
    subject     TEXT   NOT NULL,
    issuer      TEXT   NOT NULL,
    from_us     BIGINT NOT NULL,
    until_us    BIGINT NOT NULL,
    since_us    BIGINT NOT NULL,
    chain       TEXT   NOT NULL
);
