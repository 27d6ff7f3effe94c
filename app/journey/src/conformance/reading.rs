//! A request read once, so that each rule looks at the same: its address taken apart, its token and its body decoded.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

use crate::{
    conformance::exchange::{Answer, Api, Context, Exchange},
    guidance::spine::{
        formats::{self, Root},
        interactions::{Interaction, interaction},
        token,
    },
};

/// Bodies that are read as JSON: longer ones are kept, and not taken apart.
pub const BODY_LIMIT: usize = 1 << 20;

/// Tokens that are read.
const TOKEN_LIMIT: usize = 64 << 10;

/// What a rule found. Its severity in the catalogue says what that means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It holds.
    Held,
    /// It does not: what was found.
    Wrong(String),
    /// It may be right: for a person to judge, whatever the severity.
    Doubt(String),
    /// It could not be looked at, or is not about this request: why.
    Skip(&'static str),
}

/// Holds, or says what was found.
pub fn must(holds: bool, otherwise: impl FnOnce() -> String) -> Found {
    if holds { Found::Held } else { Found::Wrong(otherwise()) }
}

/// The token of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Token<'a> {
    /// There is none.
    Missing,
    /// Whoever saved the capture left it out.
    LeftOut,
    /// It cannot be read: why.
    Unreadable(&'a str, &'static str),
    /// As it travelled, its header, its claims.
    Read(&'a str, Value, Value),
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// There is none.
    Empty,
    /// It is JSON.
    Json(Value),
    /// It is XML, which is not taken apart.
    Xml,
    /// It is neither.
    Other,
    /// It is longer than is read.
    Long,
}

/// The address of a request, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Address<'a> {
    /// A proxy stands before the provider's part.
    pub proxied: bool,
    /// The provider's part.
    pub target: &'a str,
    /// Its host, with a port if it names one.
    pub host: &'a str,
    /// Its parts, where they are as the specification has them.
    pub root: Option<Root<'a>>,
    /// The service root, also where its parts are others.
    pub base: Option<&'a str>,
    /// What follows the service root.
    pub request: &'a str,
}

/// A request, read.
pub struct Reading<'a> {
    /// As it was sent.
    pub exchange: &'a Exchange,
    /// What is known around it.
    pub context: &'a Context,
    /// Its address.
    pub address: Address<'a>,
    /// Its interaction, when its id is one.
    pub known: Option<&'static Interaction>,
    /// Which interface.
    pub api: Api,
    /// Its token.
    pub token: Token<'a>,
    /// Its body.
    pub body: Body,
    /// When it was sent, in seconds since 1970: the time of receipt, or what its token says.
    pub moment: Option<i64>,
}

impl<'a> Reading<'a> {
    /// Reads it.
    #[must_use]
    pub fn of(exchange: &'a Exchange, context: &'a Context) -> Self {
        let request = &exchange.request;
        let address = address(&request.url);
        let known = request.header("Ssp-InteractionID").next().and_then(|id| interaction(id.trim()));
        let old = address.root.as_ref().map_or_else(|| request.url.contains("/DSTU2/"), |root| root.fhir == "DSTU2");
        let api = match (known, context.api) {
            (Some(known), _) => {
                if known.is_old() {
                    Api::Zero
                } else {
                    Api::One
                }
            }
            (None, Some(api)) => api,
            (None, None) => {
                if old {
                    Api::Zero
                } else {
                    Api::One
                }
            }
        };
        let token = token_of(exchange);
        let issued = match &token {
            Token::Read(_, _, claims) => claims["iat"].as_i64().filter(|at| (0..100_000_000_000).contains(at)),
            _ => None,
        };
        let moment = exchange.at.map(|at| at.as_second()).or(issued);
        Self { exchange, context, address, known, api, token, body: body_of(&request.body), moment }
    }

    /// The first value of a header, without spaces around it.
    #[must_use]
    pub fn header(&self, name: &'static str) -> Option<&'a str> {
        let request = &self.exchange.request;
        request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// It belongs to specifications 0.x.
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.api == Api::Zero
    }

    /// The claims of the token.
    ///
    /// # Errors
    /// Why there are none.
    pub fn claims(&self) -> Result<&Value, Found> {
        match &self.token {
            Token::Read(_, _, claims) => Ok(claims),
            Token::Missing => Err(Found::Skip("There is no token to read.")),
            Token::LeftOut => Err(Found::Skip("The token was left out of the capture.")),
            Token::Unreadable(..) => Err(Found::Skip("The token cannot be read.")),
        }
    }

    /// One claim.
    ///
    /// # Errors
    /// Why there is none.
    pub fn claim(&self, name: &str) -> Result<&Value, Found> {
        self.claims()?.get(name).ok_or(Found::Skip("The claim is missing, which JWT-04 says."))
    }

    /// The interaction.
    ///
    /// # Errors
    /// That it is not known.
    pub fn interaction(&self) -> Result<&'static Interaction, Found> {
        self.known.ok_or(Found::Skip("The interaction is not known."))
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// Why it is none.
    pub fn json(&self) -> Result<&Value, Found> {
        match &self.body {
            Body::Json(value) => Ok(value),
            Body::Empty => Err(Found::Skip("There is no body.")),
            Body::Xml => Err(Found::Skip("The body is XML, which is not taken apart here.")),
            Body::Other => Err(Found::Skip("The body cannot be read, which BODY-01 says.")),
            Body::Long => Err(Found::Skip("The body is longer than 1 MB and is not taken apart here.")),
        }
    }

    /// The answer.
    ///
    /// # Errors
    /// That there is none.
    pub fn answer(&self) -> Result<&'a Answer, Found> {
        self.exchange.answer.as_ref().ok_or(Found::Skip("There is no answer in the capture."))
    }

    /// The day on which it was sent: in the United Kingdom it may be the next one already.
    #[must_use]
    pub fn days(&self) -> Option<(Date, Date)> {
        let day = |at: i64| Some(Timestamp::from_second(at).ok()?.to_zoned(TimeZone::UTC).date());
        Some((day(self.moment?)?, day(self.moment?.checked_add(3600)?)?))
    }

    /// Names and values of the query, decoded.
    #[must_use]
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.address.request.split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect()
    }
}

/// What the rules about sets look at in one request: no more is kept of each than this.
pub struct Brief<'a> {
    /// Where it was read.
    pub from: &'a str,
    /// What is known around it.
    pub context: &'a Context,
    /// Its trace id, when it has one.
    pub trace: Option<&'a str>,
    /// Its interaction, when its id is one.
    pub known: Option<&'static Interaction>,
    /// The national user id of its token.
    pub user: Option<String>,
}

impl<'a> Brief<'a> {
    /// Reads it.
    #[must_use]
    pub fn of(exchange: &'a Exchange, context: &'a Context) -> Self {
        let header = |name: &'static str| {
            let headers = &exchange.request.headers;
            headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        };
        Self {
            from: &exchange.from,
            context,
            trace: header("Ssp-TraceID").filter(|trace| !trace.is_empty()),
            known: header("Ssp-InteractionID").and_then(interaction),
            user: Self::user_of(exchange),
        }
    }

    /// The national user id of its token, when that can be read and names one.
    #[must_use]
    pub fn user_of(exchange: &Exchange) -> Option<String> {
        let user = match token_of(exchange) {
            Token::Read(_, _, claims) => identified(&claims["requesting_practitioner"], "/Id/sds-user-id").map(str::to_owned),
            _ => None,
        };
        user.filter(|user| !user.trim().is_empty())
    }
}

/// Text with `%3A` and the like read. A plus sign stays: in a time it is one.
#[must_use]
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut read = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digit = |place: usize| bytes.get(place).and_then(|b| char::from(*b).to_digit(16));
        if bytes[at] == b'%'
            && let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2))
        {
            read.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            at += 3;
        } else {
            read.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// Where the second address begins, before any query: what stands before it is the proxy.
fn second(url: &str) -> Option<usize> {
    let path = url.split('?').next().unwrap_or_default();
    let rest = path.get(1..)?;
    rest.find("https://").into_iter().chain(rest.find("http://")).min().map(|at| at + 1)
}

fn address(url: &str) -> Address<'_> {
    let at = second(url);
    let target = at.map_or(url, |at| &url[at..]);
    let rest = target.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let root = formats::root(target);
    let (base, request) = match &root {
        Some(root) => (Some(root.text), root.request),
        None => loose(target).map_or((None, ""), |at| (Some(target[..at].trim_end_matches('/')), &target[at..])),
    };
    Address { proxied: at.is_some(), target, host, root, base, request }
}

/// Resources that interactions begin with.
const BEGINNINGS: [&str; 9] =
    ["Patient", "Practitioner", "Organization", "Location", "HealthcareService", "Slot", "Appointment", "Binary", "metadata"];

/// Where the FHIR request begins in an address whose parts are others than the specification has.
fn loose(target: &str) -> Option<usize> {
    let path = target.split('?').next().unwrap_or_default();
    let begin = path.find("://")? + 3;
    let mut at = begin;
    for part in path[begin..].split('/') {
        if at > begin && BEGINNINGS.contains(&part) {
            return Some(at - 1);
        }
        at += part.len() + 1;
    }
    None
}

/// What stands where somebody took a token out.
fn is_blacked_out(text: &str) -> bool {
    let marks = |c: char| matches!(c, '*' | 'x' | 'X' | '•' | '█' | '.' | '…' | '-' | '_');
    let words = ["redacted", "removed", "masked", "hidden", "left out", "token"];
    if text.starts_with('$') || text.contains("{{") {
        return true;
    }
    let plain = text.trim_matches(|c| matches!(c, '[' | ']' | '<' | '>' | '(' | ')' | '{' | '}' | ' ')).to_lowercase();
    text.chars().nth(2).is_some()
        && (text.chars().all(marks) || (text.len() < 200 && words.iter().any(|word| plain.starts_with(word))))
}

/// The token of an exchange.
#[must_use]
pub fn token_of(exchange: &Exchange) -> Token<'_> {
    let Some(value) = exchange.request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")) else {
        return if exchange.sanitised { Token::LeftOut } else { Token::Missing };
    };
    let value = value.1.trim();
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let text = rest.trim();
    if is_blacked_out(value) || (scheme.eq_ignore_ascii_case("bearer") && is_blacked_out(text)) {
        return Token::LeftOut;
    }
    if !scheme.eq_ignore_ascii_case("bearer") || text.is_empty() {
        return Token::Missing;
    }
    if text.len() > TOKEN_LIMIT {
        return Token::Unreadable(text, "It is longer than 64 KB.");
    }
    match token::decode(text) {
        Ok((header, claims)) => Token::Read(text, header, claims),
        Err(why) => Token::Unreadable(text, why),
    }
}

fn body_of(text: &str) -> Body {
    let text = text.trim();
    if text.is_empty() {
        Body::Empty
    } else if text.len() > BODY_LIMIT {
        Body::Long
    } else if let Ok(value) = serde_json::from_str(text) {
        Body::Json(value)
    } else if text.starts_with('<') {
        Body::Xml
    } else {
        Body::Other
    }
}

/// Whether a text is there and not blank.
#[must_use]
pub fn text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// The identifiers of a resource: a list, or the one.
#[must_use]
pub fn identifiers(resource: &Value) -> &[Value] {
    match &resource["identifier"] {
        Value::Array(list) => list,
        one @ Value::Object(_) => std::slice::from_ref(one),
        _ => &[],
    }
}

/// The value beside a namespace that ends so.
#[must_use]
pub fn identified<'v>(resource: &'v Value, end: &str) -> Option<&'v str> {
    let of = |one: &&Value| one["system"].as_str().is_some_and(|system| system.ends_with(end));
    identifiers(resource).iter().find(of)?["value"].as_str()
}
