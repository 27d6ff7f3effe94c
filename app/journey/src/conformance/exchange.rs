//! What is held against the rules: a request with its answer, and what is known around it.

use std::fmt;

use jiff::Timestamp;

use crate::{
    base::{environment::Environment, named::named},
    guidance::spine::worked::Captured,
    plan::capability::Capability,
};

/// An answer as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// Names as they were written, in their order.
    pub headers: Vec<(String, String)>,
    /// What came along; empty for nothing.
    pub body: String,
    /// How long it took, in milliseconds.
    pub took_ms: Option<u64>,
}

impl Answer {
    /// The values of a header, whose name may be written in any case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A request as it was sent, with what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent.
    pub request: Captured,
    /// What came back, where the capture has it.
    pub answer: Option<Answer>,
    /// When it was received.
    pub at: Option<Timestamp>,
    /// Where it was read: a file, and the line or entry in it.
    pub from: String,
    /// Whoever saved the capture left tokens and cookies out: that there are none says nothing.
    pub sanitised: bool,
}

impl From<Captured> for Exchange {
    fn from(request: Captured) -> Self {
        Self { request, ..Self::default() }
    }
}

named! {
    /// Which of the two interfaces: their tokens and media types differ.
    pub enum Api {
        /// Access Record HTML: specifications 0.x, FHIR DSTU2.
        Zero = ("0.x", "0.x"),
        /// Everything else: specifications 1.x, FHIR STU3.
        One = ("1.x", "1.x"),
    }
}

/// What is known around a request. All of it may be missing: the rules that need it say so then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Where it was sent.
    pub environment: Option<Environment>,
    /// Which interface, where the interaction does not say.
    pub api: Option<Api>,
    /// The product under assurance.
    pub product: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The ASIDs that the supplier registered; none for not known.
    pub asids: Vec<String>,
    /// ODS codes of the supplier and of whoever hosts for it.
    pub supplier_ods: Vec<String>,
    /// One message handling server sends for many organisations.
    pub shared_topology: Option<bool>,
    /// The practice that was meant.
    pub practice_ods: Option<String>,
    /// Capabilities in the scope of the supplier.
    pub in_scope: Option<Vec<Capability>>,
    /// Interactions that the supplier declared, with or without prefix; none for all of those capabilities.
    pub interactions: Vec<String>,
    /// It is evidence of a provider: how the answer looks and how long it took counts.
    pub provider: bool,
}

/// What somebody sent, short enough to be shown.
#[must_use]
pub fn cut(text: &str) -> String {
    let shown: String = text.chars().take(120).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}

/// A request in a line: its method, and its address without what is asked of whom.
impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.request.url.split_once('?').map_or_else(|| self.request.url.clone(), |(path, _)| format!("{path}?…"));
        write!(f, "{} {}", cut(&self.request.method), cut(&path))
    }
}
