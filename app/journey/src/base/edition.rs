//! The name of an edition of the SCAL catalogue.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Name of an edition: a year and a number, such as `2026-1`. Ordered by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Edition {
    year: u16,
    number: u16,
}

impl Edition {
    /// Whether it is the one that journeys follow that name none: they were opened before there was a second one.
    #[must_use]
    pub fn is_first(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Edition {
    fn default() -> Self {
        Self { year: 2026, number: 1 }
    }
}

impl FromStr for Edition {
    type Err = NotAnEdition;

    fn from_str(text: &str) -> Result<Self, NotAnEdition> {
        let parts = text.split_once('-').and_then(|(year, number)| Some((year.parse().ok()?, number.parse().ok()?)));
        match parts {
            Some((year @ 2020..=2099, number @ 1..=999)) if format!("{year}-{number}") == text => Ok(Self { year, number }),
            _ => Err(NotAnEdition(text.chars().take(40).collect())),
        }
    }
}

impl TryFrom<String> for Edition {
    type Error = NotAnEdition;

    fn try_from(text: String) -> Result<Self, NotAnEdition> {
        text.parse()
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.year, self.number)
    }
}

/// A text that names no edition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an edition; write a year and a number, like 2026-1")]
pub struct NotAnEdition(String);
