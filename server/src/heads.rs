//! The daily list of heads: once a day, after midnight UK time, the sweep writes down where every ledger ends that moved since the
//! list before, and signs it. Lists are handed out to anybody, to be kept where whoever runs the database cannot reach them.
//!
//! Signatures are Ed25519 and made with `ring`, which is here already for TLS. The secret key is never in the database: whoever can
//! only write there cannot sign.

use std::{fs, io::Write as _, path::Path as FilePath};

use app::request::services::Services;
use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use jiff::civil::Date;
use journey::{
    base::{calendar, ids::Digest},
    ledger::heads::{Head, HeadList, SignedList, name_of},
    port::{
        StoreError, WriteError,
        heads::{KeptList, ListFacts, ListedHead},
    },
};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::{config::Serve, file_store::hex, gate::turned_away, headers::SANDBOX};

/// The file of the secret key in the data folder.
const FILE: &str = "heads.key";

/// The secret key that lists are signed with.
pub struct HeadsKey(Ed25519KeyPair);

impl HeadsKey {
    /// The key that is written as 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it is not written so. The sentence does not tell it.
    pub fn read(text: &str) -> Result<Self, String> {
        let seed = bytes_of(text.trim()).filter(|seed| seed.len() == 32);
        let key = seed.and_then(|seed| Ed25519KeyPair::from_seed_unchecked(&seed).ok());
        key.map(Self).ok_or_else(|| "a key has 64 hexadecimal digits; `openssl rand -hex 32` makes one".to_owned())
    }

    /// The key of a service: the one that is given, or on SQLite the one in the data folder, which is made when it is not there.
    /// `None` where neither is: beside a PostgreSQL database each replica, and each new container, would make a key of its own.
    ///
    /// # Errors
    /// When the one that is given or in the folder is no key, or none can be made: one sentence.
    pub fn of(config: &Serve) -> Result<Option<Self>, String> {
        if let Some(given) = &config.heads_key {
            return Self::read(given.reveal()).map(Some).map_err(|says| format!("HEADS_KEY: {says}"));
        }
        let database = &config.place.database;
        if database.database_url.is_some() {
            return Ok(None);
        }
        Self::in_folder(&database.data).map(Some)
    }

    fn in_folder(folder: &FilePath) -> Result<Self, String> {
        let path = folder.join(FILE);
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        if !path.exists() {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed).map_err(|error| told(&error))?;
            let whole = folder.join(format!("{FILE}.part"));
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let written = options.open(&whole).and_then(|mut file| {
                file.write_all(format!("{}\n", hex(&seed)).as_bytes())?;
                file.sync_all()
            });
            // There is never half a key under its name.
            written.and_then(|()| fs::rename(&whole, &path)).map_err(|error| told(&error))?;
            tracing::info!(file = %path.display(), "a key for the daily lists of heads was made: keep a copy of it elsewhere");
        }
        let text = fs::read_to_string(&path).map_err(|error| told(&error))?;
        Self::read(&text).map_err(|says| {
            told(&format!(
                "{says}. Put the copy back that was kept, or take the file away: then a new key is made, and the lists say so"
            ))
        })
    }

    /// The public key, as 64 hexadecimal digits.
    #[must_use]
    pub fn public(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    fn sign(&self, text: &str) -> String {
        hex(self.0.sign(text.as_bytes()).as_ref())
    }
}

/// The bytes that hexadecimal digits mean.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// The list that is signed, when the signature is that of the key it names.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub fn checked(signed: &SignedList) -> Result<HeadList, String> {
    let list = HeadList::read(&signed.text)?;
    let (key, signature) = (bytes_of(&list.key).unwrap_or_default(), bytes_of(&signed.signature).unwrap_or_default());
    let good = UnparsedPublicKey::new(&ED25519, key).verify(signed.text.as_bytes(), &signature).is_ok();
    if good { Ok(list) } else { Err(format!("its signature is not that of the key {}", list.key)) }
}

/// Makes the list of today, unless there is one. Answers its day when it was made here: of several replicas one does it.
///
/// # Errors
/// When the database does not answer. Then it is done with the next sweep.
pub async fn publish(services: &Services, key: &HeadsKey) -> Result<Option<Date>, StoreError> {
    let store = &services.store;
    let now = services.clock.now();
    let day = calendar::date_of(now);
    let newest = store.newest_list().await?;
    // Of a day on which the clock went wrong there may be one that is not the newest.
    if newest.as_ref().is_some_and(|newest| newest.day == day) || store.list_of(day).await?.is_some() {
        return Ok(None);
    }
    let grown = store.grown_ledgers().await?.into_iter();
    let named: Vec<ListedHead> = grown
        .map(|end| ListedHead {
            ledger: name_of(&end.stream, &end.first),
            stream: end.stream,
            seq: end.seq,
            digest: end.digest,
            day,
        })
        .collect();
    let mut heads: Vec<Head> =
        named.iter().map(|head| Head { ledger: head.ledger.clone(), seq: head.seq, digest: head.digest.clone() }).collect();
    // The order of the names says nothing of when a ledger moved.
    heads.sort();
    let list = HeadList {
        number: newest.as_ref().map_or(1, |newest| newest.number + 1),
        day,
        made_at: now,
        before: newest.as_ref().map_or_else(Digest::root, |newest| newest.digest.clone()),
        key: key.public(),
        heads,
    };
    if newest.as_ref().is_some_and(|newest| newest.key != list.key) {
        tracing::warn!(
            key = list.key,
            "the list of heads is signed with another key than the one before: tell those who keep lists"
        );
    }
    let text = list.text();
    let facts = ListFacts {
        number: list.number,
        day,
        made_at: now,
        digest: Digest::of(text.as_bytes()),
        key: list.key,
        ledgers: u32::try_from(named.len()).unwrap_or(u32::MAX),
    };
    let signature = key.sign(&text);
    match store.publish_list(KeptList { facts, signed: SignedList { text, signature } }, named).await {
        Ok(()) => Ok(Some(day)),
        // Another replica was first.
        Err(WriteError::Conflict) => Ok(None),
        Err(WriteError::Store(error)) => Err(error),
    }
}

/// Hands a list out to be kept: `GET /verify/heads/{day}/list.txt`, to anybody.
pub async fn get(State(services): State<Services>, Path(day): Path<String>) -> Response {
    let found = match day.parse() {
        Ok(day) => services.store.list_of(day).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(list)) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
                (header::HeaderName::from_static(SANDBOX), HeaderValue::from_static("1")),
            ];
            let name = format!("attachment; filename=\"gp-connect-onboarding-heads-{}.txt\"", list.facts.day);
            (headers, [(header::CONTENT_DISPOSITION, name)], list.signed.file()).into_response()
        }
        Ok(None) => turned_away(
            StatusCode::NOT_FOUND,
            "There is no list of that day",
            "Days are written like 2026-03-29. Go to /verify/heads to see which lists there are.",
        ),
        Err(why) => {
            tracing::warn!(%why, "a list of heads could not be read");
            turned_away(StatusCode::SERVICE_UNAVAILABLE, "The list cannot be read just now", "Wait a moment, then try again.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first test vector of RFC 8032, section 7.1.
    const SECRET: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn key() -> HeadsKey {
        HeadsKey::read(SECRET).expect("a key")
    }

    #[test]
    fn a_key_is_64_digits_and_is_not_told() {
        assert_eq!(key().public(), PUBLIC);
        assert_eq!(HeadsKey::read(&format!("{SECRET}\n")).expect("a key").public(), PUBLIC);
        for bad in ["", "secret", &SECRET[1..], &SECRET[2..], &format!("{SECRET}00"), &SECRET.replace('9', "ä")] {
            let says = HeadsKey::read(bad).err().expect("no key");
            assert!(bad.is_empty() || !says.contains(bad), "{says}");
        }
    }

    #[test]
    fn a_list_whose_text_or_signature_was_changed_is_none() {
        let list = HeadList {
            number: 1,
            day: jiff::civil::date(2026, 3, 2),
            made_at: "2026-03-02T00:04:00Z".parse().expect("a time"),
            before: Digest::root(),
            key: key().public(),
            heads: Vec::new(),
        };
        let text = list.text();
        let signed = SignedList { signature: key().sign(&text), text };
        assert_eq!(checked(&signed).as_ref(), Ok(&list));
        let other = HeadList { number: 2, ..list };
        for changed in [
            SignedList { text: other.text(), ..signed.clone() },
            SignedList { text: signed.text.replace(PUBLIC, SECRET), ..signed.clone() },
            SignedList { signature: String::new(), ..signed.clone() },
            SignedList { signature: signed.signature.replacen(|_| true, "", 2), ..signed.clone() },
            SignedList { signature: "00".repeat(64), ..signed },
        ] {
            assert!(checked(&changed).is_err(), "{changed:?}");
        }
    }

    #[test]
    fn the_key_of_a_folder_is_made_once_and_for_its_owner_alone() {
        let folder = std::env::temp_dir().join(format!("gpc-heads-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let (first, again) = (HeadsKey::in_folder(&folder), HeadsKey::in_folder(&folder));
        let (first, again) = (first.expect("it is made").public(), again.expect("it is read").public());
        let path = folder.join(FILE);
        #[cfg(unix)]
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).expect("a file").permissions()) & 0o777;
        fs::write(&path, "nothing").expect("it is damaged");
        let damaged = HeadsKey::in_folder(&folder).err();
        fs::remove_dir_all(&folder).expect("it goes");
        assert_eq!(first, again);
        #[cfg(unix)]
        assert_eq!(mode, 0o600);
        assert!(damaged.is_some_and(|says| says.contains(FILE) && says.contains("take the file away")));
    }
}
