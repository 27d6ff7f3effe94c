//! The certificates of the seal: each is known once, since the first time.

use journey::{
    base::ids::Digest,
    port::seals::{KnownSeal, SealCertificate, Seals as _},
};

use crate::{
    cast::{at, count},
    support::House,
};

/// A certificate that nobody could check: what is in it is looked at elsewhere.
pub fn certificate(name: &str) -> SealCertificate {
    SealCertificate {
        fingerprint: Digest::of(name.as_bytes()),
        subject: format!("CN={name} “é”"),
        issuer: "CN=Above".to_owned(),
        from: at(0),
        until: at(9),
        chain: format!("-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n"),
    }
}

pub async fn a_certificate_is_known_since_the_first_time(house: House) {
    let db = house.db;
    assert_eq!(db.seals(9).await.unwrap(), []);
    let (one, other) = (certificate("one"), certificate("other"));
    db.keep_seal(one.clone(), at(1)).await.unwrap();
    db.keep_seal(other.clone(), at(2)).await.unwrap();
    db.keep_seal(one.clone(), at(3)).await.unwrap();
    let (one, other) = (KnownSeal { certificate: one, since: at(1) }, KnownSeal { certificate: other, since: at(2) });
    assert_eq!(db.seals(9).await.unwrap(), [other.clone(), one.clone()]);
    assert_eq!(db.seals(1).await.unwrap(), std::slice::from_ref(&other));
    assert_eq!(db.seal(&one.certificate.fingerprint).await.unwrap(), Some(one));
    assert_eq!(db.seal(&Digest::of(b"nobody")).await.unwrap(), None);
    assert_eq!(count(&house.url, "seal_certificates").await, 2);
}
