//! The seal: a digital signature of the service in the documents that it makes. Whoever has one can see without this service
//! who made it and that no byte was changed, with a program that shows PDFs or with OpenSSL.
//!
//! A signature is CMS (RFC 5652) with what CAdES asks for (ETSI EN 319 122-1): the digest of the document and of the certificate
//! are in what is signed. The time is in the document (`/M`) and is that of the service. Types are those of RustCrypto's `cms` and
//! `x509-cert`; signatures are made and checked by `ring`, which is here already for TLS. Whether somebody vouches for the
//! certificate is for whoever checks: nothing is trusted here but the key.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use cms::{
    cert::{CertificateChoices, IssuerAndSerialNumber},
    content_info::{CmsVersion, ContentInfo},
    signed_data::{CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos},
};
use der::{
    Any, Decode as _, Encode as _, EncodePem as _, Reader as _, Sequence, SliceReader, Tag,
    asn1::{Null, ObjectIdentifier, OctetString, SetOfVec},
    pem::LineEnding,
};
use jiff::Timestamp;
use journey::{base::ids::Digest, port::seals::SealCertificate};
use paper::SealPlace;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use ring::{
    rand::SystemRandom,
    rsa,
    signature::{
        self, ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_SHA256, UnparsedPublicKey,
    },
};
use sha2::{Digest as _, Sha256};
use x509_cert::{Certificate, attr::Attribute, spki::AlgorithmIdentifierOwned};

use crate::config::Serve;

/// The files of the key and of its certificates in the data folder.
const KEY_FILE: &str = "seal.key";
const CHAIN_FILE: &str = "seal.pem";

/// What programs that show a document name.
const BY: &str = "GP Connect onboarding";
const REASON: &str = "This document was made by the service and has not been changed since";

/// Room beside the certificates: the digests, the names and the signature itself, of a key of 8,192 bits at most.
const ROOM: usize = 4_096;

/// Certificates above one's own. A chain is seldom longer than three.
const MOST_CERTIFICATES: usize = 8;

/// How long a certificate lasts that is made here.
const YEARS: i64 = 10;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ECDSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const RSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const EC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// That a key signs documents (RFC 9336).
const SIGNS_DOCUMENTS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 36];

/// The certificate that signed, by its digest (RFC 5035): nobody can put another one with the same key in its place.
#[derive(Clone, Debug, Sequence)]
struct SigningCertificate {
    certs: Vec<CertificateId>,
}

/// See [`SigningCertificate`]. Without an algorithm it is SHA-256.
#[derive(Clone, Debug, Sequence)]
struct CertificateId {
    hash: OctetString,
}

enum Key {
    Ecdsa(EcdsaKeyPair),
    Rsa(rsa::KeyPair),
}

/// The key that documents are sealed with, and its certificates.
pub struct Seal {
    key: Key,
    chain: Vec<Certificate>,
    facts: SealCertificate,
}

impl Seal {
    /// The key and its certificates, the nearest first, both as PEM: P-256 or RSA from 2,048 bits, as PKCS #8.
    ///
    /// # Errors
    /// What is wrong with them, in a sentence. It does not tell the key.
    pub fn read(key: &str, chain: &str) -> Result<Self, String> {
        let none = "the key is none: it is PEM with “BEGIN PRIVATE KEY”, of P-256 or RSA from 2,048 bits; `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` makes one";
        let (label, der) = der::pem::decode_vec(key.trim().as_bytes()).map_err(|_| none)?;
        if label != "PRIVATE KEY" {
            return Err(none.to_owned());
        }
        let ecdsa = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der, &SystemRandom::new());
        let key = match ecdsa {
            Ok(pair) => Key::Ecdsa(pair),
            Err(_) => rsa::KeyPair::from_pkcs8(&der).map(Key::Rsa).map_err(|_| none)?,
        };
        // What reads them does not stop at a text that is too short.
        if !chain.contains("-----BEGIN CERTIFICATE-----") {
            return Err("there is no certificate: it is PEM with “BEGIN CERTIFICATE”".to_owned());
        }
        let chain = Certificate::load_pem_chain(chain.as_bytes())
            .map_err(|error| format!("the certificates cannot be read as PEM: {error}"))?;
        let own = chain.first().ok_or("there is no certificate")?;
        if chain.len() > MOST_CERTIFICATES {
            return Err(format!("there are more than {MOST_CERTIFICATES} certificates"));
        }
        let public = match &key {
            Key::Ecdsa(pair) => pair.public_key().as_ref().to_vec(),
            Key::Rsa(pair) => pair.public_key().as_ref().to_vec(),
        };
        if own.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes() != public {
            return Err("the first certificate is not that of the key".to_owned());
        }
        if let Some(pair) = chain.windows(2).find(|pair| pair[0].tbs_certificate.issuer != pair[1].tbs_certificate.subject) {
            let (below, above) = (&pair[0].tbs_certificate, &pair[1].tbs_certificate);
            return Err(format!(
                "“{}” did not issue “{}”: put each certificate before the one that issued it",
                above.subject, below.subject
            ));
        }
        let facts = facts(own, &chain)?;
        Ok(Self { key, chain, facts })
    }

    /// The seal of a service: the one that is given, or on SQLite the one in the data folder, which is made when it is not there.
    /// `None` where neither is: replicas that each made a certificate of their own would teach everybody that they change.
    ///
    /// # Errors
    /// When what is given or in the folder cannot be used, or none can be made: one sentence.
    pub fn of(config: &Serve, now: Timestamp) -> Result<Option<Self>, String> {
        if let (Some(key), Some(chain)) = (&config.seal_key, &config.seal_chain) {
            return Self::in_files(key, chain).map(Some);
        }
        let database = &config.place.database;
        if database.database_url.is_some() {
            return Ok(None);
        }
        let (key, chain) = (database.data.join(KEY_FILE), database.data.join(CHAIN_FILE));
        if !key.exists() && !chain.exists() {
            let (secret, public) = made(&config.public_url(), now)?;
            kept(&chain, &public, 0o644)?;
            kept(&key, &secret, 0o600)?;
            tracing::info!(
                key = %key.display(),
                certificate = %chain.display(),
                "a key and a certificate to sign documents with were made: nobody else vouches for it"
            );
        }
        Self::in_files(&key, &chain).map(Some)
    }

    fn in_files(key: &Path, chain: &Path) -> Result<Self, String> {
        let read = |path: &Path| fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
        let told = |says| format!("{} and {}: {says}", key.display(), chain.display());
        Self::read(&read(key)?, &read(chain)?).map_err(told)
    }

    /// What the certificate says.
    #[must_use]
    pub fn certificate(&self) -> &SealCertificate {
        &self.facts
    }

    /// A document of ours with the seal in it.
    ///
    /// # Errors
    /// When the document is none that was made here, or it cannot be signed.
    pub fn sealed(&self, pdf: &[u8], at: Timestamp) -> Result<Vec<u8>, String> {
        let certificates: usize = self.chain.iter().map(|one| one.to_der().map_or(0, |der| der.len())).sum();
        let place = SealPlace { by: BY.to_owned(), reason: REASON.to_owned(), at, room: certificates + ROOM };
        let open = paper::with_place(pdf, &place)?;
        let signature = self.signature(&digest_of(open.covered()))?;
        open.sealed(&signature)
    }

    /// A signature of what has this digest, as CMS without what is signed.
    fn signature(&self, digest: &[u8]) -> Result<Vec<u8>, String> {
        self.signature_of(digest).map_err(|error| format!("a signature cannot be written: {error}"))?
    }

    fn signature_of(&self, digest: &[u8]) -> der::Result<Result<Vec<u8>, String>> {
        let own = &self.chain[0];
        let certificate =
            SigningCertificate { certs: vec![CertificateId { hash: OctetString::new(Sha256::digest(own.to_der()?).to_vec())? }] };
        let attributes = SetOfVec::try_from(vec![
            attribute(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
            attribute(MESSAGE_DIGEST, Any::encode_from(&OctetString::new(digest)?)?)?,
            attribute(SIGNING_CERTIFICATE, Any::encode_from(&certificate)?)?,
        ])?;
        let random = SystemRandom::new();
        let signed = attributes.to_der()?;
        let (algorithm, signature) = match &self.key {
            Key::Ecdsa(pair) => (ecdsa(), pair.sign(&random, &signed).map(|made| made.as_ref().to_vec())),
            Key::Rsa(pair) => {
                let mut made = vec![0; pair.public().modulus_len()];
                (rsa_sha_256(), pair.sign(&RSA_PKCS1_SHA256, &random, &signed, &mut made).map(|()| made))
            }
        };
        let Ok(signature) = signature else { return Ok(Err("the key does not sign".to_owned())) };
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: own.tbs_certificate.issuer.clone(),
                serial_number: own.tbs_certificate.serial_number.clone(),
            }),
            digest_alg: named(SHA_256),
            signed_attrs: Some(attributes),
            signature_algorithm: algorithm,
            signature: OctetString::new(signature)?,
            unsigned_attrs: None,
        };
        let chain: Vec<CertificateChoices> = self.chain.iter().cloned().map(CertificateChoices::Certificate).collect();
        let data = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![named(SHA_256)])?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
            certificates: Some(CertificateSet::try_from(chain)?),
            crls: None,
            signer_infos: SignerInfos::try_from(vec![signer])?,
        };
        Ok(Ok(ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&data)? }.to_der()?))
    }
}

fn named(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid, parameters: None }
}

fn ecdsa() -> AlgorithmIdentifierOwned {
    named(ECDSA_SHA_256)
}

fn rsa_sha_256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: RSA_SHA_256, parameters: Some(Null.into()) }
}

fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

fn digest_of(pieces: [&[u8]; 2]) -> Vec<u8> {
    let mut hash = Sha256::new();
    pieces.into_iter().for_each(|piece| hash.update(piece));
    hash.finalize().to_vec()
}

/// What a certificate says, with those above it.
fn facts(own: &Certificate, chain: &[Certificate]) -> Result<SealCertificate, String> {
    let odd = |error: &dyn std::fmt::Display| format!("a certificate cannot be read: {error}");
    let der = own.to_der().map_err(|error| odd(&error))?;
    let mut pem = String::new();
    for one in chain {
        pem.push_str(&one.to_pem(LineEnding::LF).map_err(|error| odd(&error))?);
    }
    let instant = |time: &x509_cert::time::Time| {
        let seconds = i64::try_from(time.to_unix_duration().as_secs()).map_err(|error| odd(&error))?;
        Timestamp::from_second(seconds).map_err(|error| odd(&error))
    };
    let said = &own.tbs_certificate;
    Ok(SealCertificate {
        fingerprint: Digest::of(&der),
        subject: said.subject.to_string(),
        issuer: said.issuer.to_string(),
        from: instant(&said.validity.not_before)?,
        until: instant(&said.validity.not_after)?,
        chain: pem,
    })
}

/// A key of its own and a certificate that nobody else vouches for, both as PEM.
fn made(address: &str, now: Timestamp) -> Result<(String, String), String> {
    let told = |error: rcgen::Error| format!("a certificate cannot be made: {error}");
    let second = |second: i64| time::OffsetDateTime::from_unix_timestamp(second).map_err(|error| error.to_string());
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, format!("{BY} at {address}"));
    params.not_before = second(now.as_second())?;
    params.not_after = second(now.as_second() + YEARS * 365 * 24 * 3600)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(SIGNS_DOCUMENTS.to_vec())];
    let key = KeyPair::generate().map_err(told)?;
    let certificate = params.self_signed(&key).map_err(told)?;
    let pem = |label, der: &[u8]| der::pem::encode_string(label, LineEnding::LF, der).map_err(|error| error.to_string());
    Ok((pem("PRIVATE KEY", &key.serialize_der())?, pem("CERTIFICATE", certificate.der())?))
}

/// Writes a file whole or not at all.
fn kept(path: &Path, text: &str, mode: u32) -> Result<(), String> {
    let whole = PathBuf::from(format!("{}.part", path.display()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let written = options.open(&whole).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&whole, path)).map_err(|error| format!("{}: {error}", path.display()))
}

/// The certificate that a document is sealed with, when the seal holds: no byte of the document is another one than when it was
/// signed with the key of that certificate. `None` when it has no seal, as documents of before the service had one.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub fn checked(pdf: &[u8]) -> Result<Option<SealCertificate>, String> {
    let Some(found) = paper::seal_in(pdf)? else { return Ok(None) };
    let odd = |error: der::Error| format!("its digital signature cannot be read: {error}");
    let mut reader = SliceReader::new(&found.signature).map_err(odd)?;
    let content = ContentInfo::decode(&mut reader).map_err(odd)?;
    let rest = reader.read_slice(reader.remaining_len()).map_err(odd)?;
    if content.content_type != SIGNED_DATA || rest.iter().any(|byte| *byte != 0) {
        return Err("its digital signature is another thing".to_owned());
    }
    let data: SignedData = content.content.decode_as().map_err(odd)?;
    let [signer] = data.signer_infos.0.as_slice() else { return Err("it is not signed by one".to_owned()) };
    // As it is written above, and not otherwise: what is not signed has one way to be.
    let as_here = data.version == CmsVersion::V1
        && data.digest_algorithms.as_slice() == [named(SHA_256)]
        && data.encap_content_info == EncapsulatedContentInfo { econtent_type: DATA, econtent: None }
        && data.crls.is_none()
        && signer.version == CmsVersion::V1
        && signer.digest_alg == named(SHA_256)
        && signer.unsigned_attrs.is_none();
    if !as_here {
        return Err("its digital signature was not made by this service".to_owned());
    }
    let all = data.certificates.iter().flat_map(|set| set.0.iter()).filter_map(|one| match one {
        CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
        CertificateChoices::Other(_) => None,
    });
    let all: Vec<Certificate> = all.collect();
    let is_signer = |one: &&Certificate| {
        let said = &one.tbs_certificate;
        matches!(&signer.sid, SignerIdentifier::IssuerAndSerialNumber(sid) if sid.issuer == said.issuer && sid.serial_number == said.serial_number)
    };
    let own = all.iter().find(is_signer).ok_or("the certificate of its digital signature is missing")?;
    let attributes = signer.signed_attrs.as_ref().ok_or("its digital signature signs no digest")?;
    let value = |oid| {
        let of: Vec<_> = attributes.iter().filter(|attribute| attribute.oid == oid).collect();
        match of[..] {
            [one] if one.values.len() == 1 => one.values.get(0),
            _ => None,
        }
    };
    let is_data = value(CONTENT_TYPE).and_then(|it| it.decode_as::<ObjectIdentifier>().ok()) == Some(DATA);
    let digest = value(MESSAGE_DIGEST).and_then(|it| it.decode_as::<OctetString>().ok());
    if !is_data || digest.is_none_or(|digest| digest.as_bytes() != digest_of(found.covered)) {
        return Err("its bytes are not those that were signed".to_owned());
    }
    let named: Option<SigningCertificate> = value(SIGNING_CERTIFICATE).and_then(|it| it.decode_as().ok());
    let hash = Sha256::digest(own.to_der().map_err(odd)?);
    if named.is_none_or(|named| named.certs.first().is_none_or(|first| first.hash.as_bytes() != hash.as_slice())) {
        return Err("its digital signature names another certificate".to_owned());
    }
    let key = &own.tbs_certificate.subject_public_key_info;
    let algorithm: &dyn signature::VerificationAlgorithm = match (key.algorithm.oid, &signer.signature_algorithm) {
        (EC_KEY, made) if *made == ecdsa() => &ECDSA_P256_SHA256_ASN1,
        (RSA_KEY, made) if *made == rsa_sha_256() => &RSA_PKCS1_2048_8192_SHA256,
        (other, _) => return Err(format!("its digital signature is of a kind that is not read here: {other}")),
    };
    // What is signed is the set itself, not the field that it stands in (RFC 5652, 5.4).
    let signed = attributes.to_der().map_err(odd)?;
    debug_assert_eq!(signed.first(), Some(&u8::from(Tag::Set)));
    UnparsedPublicKey::new(algorithm, key.subject_public_key.raw_bytes())
        .verify(&signed, signer.signature.as_bytes())
        .map_err(|_| "its digital signature is not that of its certificate".to_owned())?;
    facts(own, std::slice::from_ref(own)).map(Some)
}

/// How many documents a certificate has signed, as a line.
#[must_use]
pub fn in_words(fingerprint: &Digest, subject: &str, count: u64) -> String {
    let documents = if count == 1 { "1 document is".to_owned() } else { format!("{count} documents are") };
    format!("{documents} signed with the certificate {fingerprint} ({subject}).\n")
}
