//! Names of things, as types that parse: a bare string is never an id.
//! Nothing here makes a random value; whoever needs one passes the bits in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A text that is not a name of that kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a {kind}")]
pub struct NotAnId {
    kind: &'static str,
    text: String,
}

/// What most ids are: small letters, digits and two signs between them.
fn is_plain(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

/// 64 digits of SHA-256 in small letters.
fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        text_id!($(#[$doc])* $name, $kind, is_plain);
    };
    ($(#[$doc:meta])* $name:ident, $kind:literal, $fits:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as written in definitions, URLs and the database.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if $fits(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId { kind: $kind, text: text.chars().take(80).collect() }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A process version, such as `consumer-2026-1`.
    ProcessId,
    "process version"
);
text_id!(
    /// A stage of a process, such as `engagement`.
    StageId,
    "stage"
);
text_id!(
    /// A task of a process, such as `describe-use-case`.
    TaskId,
    "task"
);
text_id!(
    /// A question of a form, such as `direct_care`.
    FieldId,
    "question"
);
text_id!(
    /// A person with an account.
    PersonId,
    "person"
);
text_id!(
    /// An organisation.
    OrganisationId,
    "organisation"
);
text_id!(
    /// A request for a part in a journey.
    PartId,
    "part"
);
text_id!(
    /// A message of a conversation.
    MessageId,
    "message"
);
text_id!(
    /// A meeting, from its first proposal on.
    MeetingId,
    "meeting"
);
text_id!(
    /// A SHA-256 digest in lower-case hexadecimal.
    Digest,
    "digest",
    is_digest
);

impl Digest {
    /// What the first event of a stream names as the digest before it.
    #[must_use]
    pub fn root() -> Self {
        Self("0".repeat(64))
    }

    /// SHA-256 of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(format!("{:x}", sha2::Sha256::digest(bytes)))
    }
}

/// Position of an event in its stream, from 1. 0 means "nothing yet".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How often a task has been submitted, from 1. 0 means "never".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Round(pub u32);

impl Round {
    /// The round after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The short code of a journey, fit to be read out on the telephone: seven characters of Crockford's base 32
/// (no I, L, O or U) and a check character, written `7K3M-9PX4`.
///
/// The check is a sum over GF(32) in which each place has its own weight, so that one wrong character and two
/// swapped neighbours are always noticed. Reading forgives case, spaces, missing hyphens, and I, L, O for 1, 1, 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JourneyRef([u8; 8]);

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl JourneyRef {
    /// A reference from 35 random bits.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        let mut values = [0u8; 7];
        for (place, value) in values.iter_mut().enumerate() {
            *value = (bits >> (5 * place) & 31) as u8;
        }
        let mut text = [0u8; 8];
        for (place, value) in values.iter().enumerate() {
            text[place] = CROCKFORD[usize::from(*value)];
        }
        text[7] = CROCKFORD[usize::from(check_value(&values))];
        Self(text)
    }
}

/// The value of the check character: Σ αⁱ·cᵢ over GF(32), i from 1 at the right, with x⁵ + x² + 1, where α is x.
fn check_value(values: &[u8]) -> u8 {
    times_alpha(values.iter().fold(0, |sum, value| times_alpha(sum) ^ value))
}

fn times_alpha(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { (doubled ^ 0b10_0101) & 31 }
}

impl FromStr for JourneyRef {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let refuse = || NotAnId { kind: "journey reference", text: text.chars().take(40).collect() };
        let mut values = Vec::with_capacity(8);
        for letter in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
            let letter = match letter.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            let value = CROCKFORD.iter().position(|c| char::from(*c) == letter).ok_or_else(refuse)?;
            values.push(u8::try_from(value).map_err(|_| refuse())?);
            if values.len() > 8 {
                return Err(refuse());
            }
        }
        match values.split_last() {
            Some((check, rest)) if rest.len() == 7 && check_value(rest) == *check => {
                let mut text = [0u8; 8];
                for (place, value) in values.iter().enumerate() {
                    text[place] = CROCKFORD[usize::from(*value)];
                }
                Ok(Self(text))
            }
            _ => Err(refuse()),
        }
    }
}

impl TryFrom<String> for JourneyRef {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<JourneyRef> for String {
    fn from(reference: JourneyRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for JourneyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.iter().enumerate() {
            if place == 4 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_survives_the_telephone() {
        let reference = JourneyRef::from_bits(0x0003_1415_9265);
        let said = reference.to_string().to_lowercase().replace('-', " ");
        assert_eq!(said.parse::<JourneyRef>(), Ok(reference));
    }

    #[test]
    fn every_wrong_character_and_every_swap_is_noticed() {
        for seed in [1u64, 0x07ff_ffff_ffff & 0x0123_4567_89ab, 0x7_7777_7777] {
            let good = JourneyRef::from_bits(seed).to_string().replace('-', "");
            for place in 0..8 {
                for other in CROCKFORD {
                    let mut bad = good.clone().into_bytes();
                    if bad[place] == *other {
                        continue;
                    }
                    bad[place] = *other;
                    let bad = String::from_utf8(bad).expect("ASCII");
                    assert!(bad.parse::<JourneyRef>().is_err(), "{bad} passes for {good}");
                }
                if place < 7 {
                    let mut bad = good.clone().into_bytes();
                    bad.swap(place, place + 1);
                    let bad = String::from_utf8(bad).expect("ASCII");
                    assert!(bad == good || bad.parse::<JourneyRef>().is_err(), "{bad} passes for {good}");
                }
            }
        }
    }

    #[test]
    fn a_digest_is_sixty_four_digits_and_nothing_else() {
        for good in [Digest::root(), Digest::of(b"a")] {
            assert_eq!(good.as_str().parse(), Ok(good));
        }
        let short = "a".repeat(63);
        for bad in ["", "x", &short, &"g".repeat(64), &"A".repeat(64), &format!("{short}aa"), &format!("{short}-")] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn nonsense_is_not_a_reference() {
        for text in ["", "7K3M", "7K3M-9PX4-7K3M", "../etc/passwd", "ÄÖÜß-1234", "0000-0001"] {
            assert!(text.parse::<JourneyRef>().is_err(), "{text}");
        }
    }
}
