//! The certificate that a client showed. Mutual TLS ends at a proxy in front of this service, which says in a header what it saw;
//! where none is configured nothing is looked at (domain/spine.md §7).

use jiff::Timestamp;

use crate::{
    conformance::report::{Check, Outcome},
    guidance::spine::{token, worked::Captured},
};

/// Facts that are kept of one header at most.
const MOST: usize = 12;
/// Characters of each.
const LONGEST: usize = 300;

/// What a header says: `Subject="CN=…";Issuer="…";Hash=…`, or anything else as one fact.
#[must_use]
pub fn facts(header: &str) -> Vec<(String, String)> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in header.chars() {
        match c {
            '"' => quoted = !quoted,
            // More than one certificate was passed on: the first is the client's.
            ',' if !quoted && parts.iter().any(|part| part.contains('=')) => break,
            ';' if !quoted => parts.push(String::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(c)),
        }
    }
    let short = |text: &str| text.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>();
    let fact = |part: &String| match part.split_once('=') {
        Some((name, value)) if !name.contains(' ') => (short(name), short(value)),
        _ => ("Certificate".to_owned(), short(part)),
    };
    parts.iter().filter(|part| !part.trim().is_empty()).take(MOST).map(fact).collect()
}

/// The common name of the subject.
fn common_name(facts: &[(String, String)]) -> Option<&str> {
    let (_, subject) = facts.iter().find(|(name, _)| name.eq_ignore_ascii_case("subject"))?;
    let mut parts = subject.split([',', '/']).map(str::trim);
    parts.find_map(|part| part.strip_prefix("CN=").or_else(|| part.strip_prefix("cn=")))
}

/// What is wrong with it: that there is none, that it has ended, that it names another endpoint than the token.
#[must_use]
pub fn checked(facts: &[(String, String)], request: &Captured, now: Timestamp) -> Vec<Check> {
    let told = |rule, about, outcome| Check { rule, about, must: MUST, outcome };
    const MUST: &str =
        "A client certificate of the national issuing team that has not ended, whose common name is the FQDN of your endpoint.";
    const SHOWN: &str = "The client shows a certificate that names its endpoint";
    if facts.is_empty() {
        let why = "No client certificate arrived. Spine takes requests over mutual TLS only.";
        return vec![told("TLS-01", SHOWN, Outcome::Doubtful(why.to_owned()))];
    }
    let token = request.header("Authorization").next().and_then(|value| value.trim().strip_prefix("Bearer "));
    let claims = token.and_then(|text| token::decode(text.trim()).ok()).map(|(_, claims)| claims);
    let issuer = claims.as_ref().and_then(|claims| claims["iss"].as_str()).and_then(|iss| url::Url::parse(iss).ok());
    let outcome = match (common_name(facts), issuer.as_ref().and_then(url::Url::host_str)) {
        (None, _) => Outcome::NotMade("The proxy does not say whose certificate it is.".to_owned()),
        (Some(_), None) => Outcome::NotMade("The token names no endpoint to compare with.".to_owned()),
        (Some(name), Some(host)) if name.eq_ignore_ascii_case(host) => Outcome::Passed,
        (Some(name), Some(host)) => Outcome::Doubtful(format!(
            "The certificate is of {name} and iss names {host}. The common name is the FQDN that was registered."
        )),
    };
    let mut checks = vec![told("TLS-01", SHOWN, outcome)];
    let ends =
        facts.iter().find(|(name, _)| name.eq_ignore_ascii_case("notafter")).and_then(|(_, at)| at.parse::<Timestamp>().ok());
    if let Some(ends) = ends {
        let outcome = if ends > now { Outcome::Passed } else { Outcome::Failed(format!("It ended at {ends}.")) };
        checks.push(told("TLS-02", "The certificate has not ended", outcome));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guidance::spine::{interactions::interaction, worked::worked};

    fn outcomes(header: &str) -> Vec<(&'static str, bool)> {
        let request = worked(interaction("fhir:rest:read:patient-1").expect("it is known"));
        let now = "2026-03-02T10:00:00Z".parse().expect("an instant");
        checked(&facts(header), &request, now).into_iter().map(|check| (check.rule, check.outcome == Outcome::Passed)).collect()
    }

    #[test]
    fn a_certificate_is_compared_with_the_token() {
        let good = "Hash=abc;Subject=\"CN=consumer.example.nhs.uk,O=NHS; England\";NotAfter=2027-01-01T00:00:00Z";
        assert_eq!(outcomes(good), [("TLS-01", true), ("TLS-02", true)]);
        assert_eq!(facts(good)[1], ("Subject".to_owned(), "CN=consumer.example.nhs.uk,O=NHS; England".to_owned()));
        assert_eq!(
            outcomes("Subject=\"/O=NHS/CN=other.example\";NotAfter=2026-01-01T00:00:00Z"),
            [("TLS-01", false), ("TLS-02", false)]
        );
        assert_eq!(outcomes(""), [("TLS-01", false)]);
        assert_eq!(facts("anything at all"), [("Certificate".to_owned(), "anything at all".to_owned())]);
        assert_eq!(facts(&"a=b;".repeat(100)).len(), MOST);
    }
}
