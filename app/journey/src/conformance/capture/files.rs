//! What comes of reading a capture.

use crate::conformance::exchange::Exchange;

/// Bytes that a capture may have.
pub const LARGEST: usize = 10 << 20;

/// Requests that are read of one capture.
pub const MOST: usize = 500;

/// Faults and notes that are told of one capture.
const TOLD: usize = 50;

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, such as `line 12` or `entry 3`; empty for the whole of it.
    pub at: String,
    /// Why, as a sentence.
    pub why: String,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// What it is, in words.
    pub format: &'static str,
    /// The requests.
    pub exchanges: Vec<Exchange>,
    /// What could not be read.
    pub faults: Vec<Fault>,
    /// What was left out, or put right, and is no fault.
    pub notes: Vec<String>,
    /// How many requests there are beyond those that are read.
    pub more: usize,
}

impl Capture {
    /// Nothing but a fault of the whole.
    #[must_use]
    pub fn refused(format: &'static str, why: impl Into<String>) -> Self {
        Self { format, faults: vec![Fault { at: String::new(), why: why.into() }], ..Self::default() }
    }

    pub(crate) fn fault(&mut self, at: impl Into<String>, why: impl Into<String>) {
        if self.faults.len() < TOLD {
            self.faults.push(Fault { at: at.into(), why: why.into() });
        }
    }

    /// So much of it could not be read that the rest is left.
    pub(crate) fn is_broken(&self) -> bool {
        self.faults.len() >= TOLD
    }

    pub(crate) fn note(&mut self, words: impl Into<String>) {
        if self.notes.len() < TOLD {
            self.notes.push(words.into());
        }
    }

    /// Takes one more, or counts it.
    pub(crate) fn take(&mut self, exchange: Exchange) {
        if self.exchanges.len() < MOST { self.exchanges.push(exchange) } else { self.more += 1 }
    }

    pub(crate) fn finished(mut self) -> Self {
        if self.is_broken() {
            self.note("So much of it could not be read that not all of it was looked at.");
        }
        if self.more > 0 {
            let why = format!(
                "It has {} requests, and {MOST} are read of one file. Send the others in a file of their own.",
                MOST + self.more
            );
            self.fault("", why);
        } else if self.exchanges.is_empty() && self.faults.is_empty() {
            self.fault("", "There is no request in it.");
        }
        self
    }
}
