//! One request with what was found in it and what was answered, as it is kept: a text under its digest, which names the digest of
//! the text before. Tokens are not in it but their digests are, so that the chain can be checked by those who may not see them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    base::{ids::Digest, named::named},
    conformance::{
        self, catalogue,
        mask::secret_of,
        reading::Brief,
        report::{Check, Outcome},
        rule::Rule,
    },
    guidance::spine::{interactions::interactions, worked::Captured},
    practice::{
        ask::Answer,
        refuse,
        run::{LiveRun, Opened},
        state::Change,
    },
};

named! {
    /// What a request was sent to.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum To {
        /// The practice, through the proxy.
        Practice = ("practice", "Practice"),
        /// The directory of systems.
        Sds = ("sds", "SDS"),
        /// The demographics service.
        Pds = ("pds", "PDS"),
        /// Requests that were turned away before they were read.
        Refused = ("refused", "Turned away before it was read"),
    }
}

named! {
    /// How a rule ended. Listed gravest first.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Ended {
        /// Not as it must be.
        Failed = ("failed", "Failed"),
        /// For a person to judge.
        Doubtful = ("doubtful", "To judge"),
        /// Worth knowing, and no fault.
        Noted = ("noted", "Noted"),
        /// It could not be looked at.
        NotMade = ("not_made", "Not checked"),
        /// As it must be.
        Passed = ("passed", "Passed"),
    }
}

/// A rule with what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// Its number in the catalogue.
    pub rule: String,
    /// What must hold.
    pub about: String,
    /// Whether it does.
    pub ended: Ended,
    /// What was found and what must stand there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

impl From<&Check> for Looked {
    fn from(check: &Check) -> Self {
        let ended = match &check.outcome {
            Outcome::Passed => Ended::Passed,
            Outcome::Failed(_) => Ended::Failed,
            Outcome::Doubtful(_) => Ended::Doubtful,
            Outcome::Noted(_) => Ended::Noted,
            Outcome::NotMade(_) => Ended::NotMade,
        };
        let words = match ended {
            Ended::Failed | Ended::Doubtful => format!("{} {}", check.outcome.words(), check.must),
            Ended::Noted | Ended::NotMade | Ended::Passed => check.outcome.words().to_owned(),
        };
        Self { rule: check.rule.to_owned(), about: check.about.to_owned(), ended, words }
    }
}

/// The text of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Its number in the run, from 1.
    pub number: u32,
    /// The digest of the text before.
    pub before: Digest,
    /// When the request came.
    pub at: Timestamp,
    /// What it was sent to.
    pub to: To,
    /// Version of the product.
    pub product: String,
    /// The rules that it was held against.
    pub rules: Digest,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The address, with the proxy before it.
    pub url: String,
    /// Headers, without what is secret.
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// What the proxy in front of this service said of the client's certificate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificate: Vec<(String, String)>,
    /// Every rule.
    pub checks: Vec<Looked>,
    /// Whether its token names a person with a smartcard; `None` when no token that can be read names anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smartcard: Option<bool>,
    /// Status of the answer; 0 where a capture has none.
    pub status: u16,
    /// Headers of the answer.
    pub answer_headers: Vec<(String, String)>,
    /// Body of the answer.
    pub answer: String,
    /// What it changed at the practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// An exchange as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The text.
    pub text: String,
    /// What was left out of the text: names and values of headers, for the supplier alone.
    pub held_back: Vec<(String, String)>,
}

impl Kept {
    /// The digest of the text.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }

    /// The exchange; `None` when the text is none, which its digest rules out.
    #[must_use]
    pub fn exchange(&self) -> Option<Exchange> {
        serde_json::from_str(&self.text).ok()
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let secret: usize = self.held_back.iter().map(|(name, value)| name.len() + value.len()).sum();
        (self.text.len() + secret) as u64
    }
}

/// Headers that only the supplier may see.
fn is_secret(name: &str) -> bool {
    secret_of(name).is_some()
}

/// What a browser keeps for itself is not kept at all.
fn is_dropped(name: &str) -> bool {
    secret_of(name) == Some("cookie")
}

/// What an exchange is made of.
#[derive(Debug)]
pub struct Took<'a> {
    /// Number and digest of the one before.
    pub after: (u32, &'a Digest),
    /// When the request came.
    pub at: Timestamp,
    /// What it was sent to.
    pub to: To,
    /// What it was sent as, masked.
    pub request: Captured,
    /// What the proxy in front of this service said of the client's certificate.
    pub certificate: Vec<(String, String)>,
    /// Every rule.
    pub checks: Vec<Check>,
}

/// Puts an exchange together.
#[must_use]
pub fn keep(opened: &Opened, took: Took<'_>, answer: &Answer) -> Kept {
    let mut held_back = Vec::new();
    let sent = conformance::exchange::Exchange::from(Captured { headers: took.request.headers.clone(), ..Captured::default() });
    let smartcard = Brief::user_of(&sent).map(|user| user != "UNK");
    let headers = took.request.headers.into_iter().filter(|(name, _)| !is_dropped(name)).map(|(name, value)| {
        if !is_secret(&name) {
            return (name, value);
        }
        let digest = format!("sha256:{}", Digest::of(value.as_bytes()));
        held_back.push((name.clone(), value));
        (name, digest)
    });
    let headers = headers.collect();
    let exchange = Exchange {
        number: took.after.0 + 1,
        before: took.after.1.clone(),
        at: took.at,
        to: took.to,
        product: opened.version.clone(),
        rules: opened.rules.clone(),
        method: took.request.method,
        url: took.request.url,
        headers,
        body: took.request.body,
        certificate: took.certificate,
        checks: took.checks.iter().map(Looked::from).collect(),
        smartcard,
        status: answer.status,
        answer_headers: answer.headers.iter().filter(|(name, _)| !is_secret(name)).cloned().collect(),
        answer: answer.body.clone(),
        change: answer.change.clone(),
    };
    Kept { text: serde_json::to_string(&exchange).unwrap_or_default(), held_back }
}

/// An entry about requests that were turned away before they were read: how many with which status, since the last such entry.
#[must_use]
pub fn turned_away(run: &LiveRun, at: Timestamp, counts: &BTreeMap<u16, u32>) -> Kept {
    let why = |status: u16| match status {
        408 => "the body did not arrive in time",
        413 => "the body was too long",
        429 => "too many came at once",
        431 => "the headers were too long",
        _ => "for another reason",
    };
    let told: Vec<String> = counts.iter().map(|(status, count)| format!("{count} with {status}: {}", why(*status))).collect();
    let all: u32 = counts.values().sum();
    let (was, status) =
        (if all == 1 { "request was" } else { "requests were" }, counts.keys().next().copied().unwrap_or_default());
    let words = format!("{all} {was} turned away and not kept. {}.", told.join("; "));
    let answer = Answer { status, headers: Vec::new(), body: words, change: None };
    let took = Took {
        after: (run.count, &run.head),
        at,
        to: To::Refused,
        request: Captured::default(),
        certificate: Vec::new(),
        checks: Vec::new(),
    };
    keep(&run.opened, took, &answer)
}

impl Exchange {
    /// The interaction that it names, without the prefix; empty for none.
    #[must_use]
    pub fn interaction(&self) -> String {
        let request = Captured { headers: self.headers.clone(), ..Captured::default() };
        refuse::named(&request).map(|known| known.id.clone()).unwrap_or_default()
    }

    /// How many rules ended so.
    #[must_use]
    pub fn count(&self, ended: Ended) -> usize {
        self.checks.iter().filter(|looked| looked.ended == ended).count()
    }

    /// The rules, failed ones first.
    #[must_use]
    pub fn failed_first(&self) -> Vec<&Looked> {
        let mut looked: Vec<&Looked> = self.checks.iter().collect();
        looked.sort_by_key(|one| one.ended);
        looked
    }

    /// What was sent to the practice's own address, short: the FHIR request.
    #[must_use]
    pub fn asked(&self) -> String {
        let target = refuse::target(&self.url);
        let shown = crate::guidance::spine::formats::root(target).map_or(target, |root| root.request);
        shown.to_owned()
    }

    /// Its outcomes for a comparison.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut rules = BTreeMap::new();
        for looked in &self.checks {
            let kept = rules.entry(looked.rule.clone()).or_insert(looked.ended);
            *kept = looked.ended.min(*kept);
        }
        let trace = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Ssp-TraceID"));
        let trace = trace.map(|(_, value)| value.trim().to_owned()).unwrap_or_default();
        let seen = (self.to == To::Practice).then_some(Seen { number: self.number, trace, smartcard: self.smartcard });
        Summary { interaction: self.interaction(), rules, seen }
    }
}

/// What the rules about several requests look at in one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Its number in the run.
    pub number: u32,
    /// Its trace id; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trace: String,
    /// Whether its token names a person with a smartcard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smartcard: Option<bool>,
}

/// The worst that each rule came to in one exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The interaction.
    pub interaction: String,
    /// Rules with how they ended.
    pub rules: BTreeMap<String, Ended>,
    /// What the rules about several requests look at; `None` for a look-up, and for what was kept before they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
}

/// What the rules of this release are known by: the catalogue, and the table of interactions.
#[must_use]
pub fn rules() -> Digest {
    static RULES: LazyLock<Digest> = LazyLock::new(|| {
        let told = |rule: &Rule| format!("{} {:?} {:?} {} {}", rule.id, rule.severity, rule.holds, rule.about, rule.must);
        let mut words: BTreeSet<String> = catalogue::RULES.iter().map(told).collect();
        words.extend(interactions().iter().map(|known| format!("{} {} {} {}", known.id, known.method, known.path, known.scope)));
        Digest::of(words.into_iter().collect::<Vec<_>>().join("\n").as_bytes())
    });
    RULES.clone()
}

/// Whether exchanges follow on one another from the opening to this head.
#[must_use]
pub fn is_whole(opened: &Opened, kept: &[Kept], head: &Digest) -> bool {
    let mut last = opened.digest();
    for (at, one) in kept.iter().enumerate() {
        let fits = one.exchange().is_some_and(|read| read.before == last && read.number as usize == at + 1);
        if !fits {
            return false;
        }
        last = one.digest();
    }
    last == *head
}
