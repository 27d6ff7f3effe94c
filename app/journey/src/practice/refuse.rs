//! Who refuses a request and how, by what was found in it: the proxy looks at headers and address, the practice at token and body
//! (domain/spine.md §6 to §9). Every fault is told in one answer; the gravest of them decides its status.

use crate::{
    conformance::report::{Check, Outcome},
    guidance::spine::{
        formats::{self, Root},
        interactions::{Area, Interaction, PREFIX, example, interaction},
        token,
        worked::Captured,
    },
    practice::{
        outcome::{Code, Refused},
        people::PRACTICES,
    },
};

/// What a request turned out to be.
pub(crate) struct Asked<'a> {
    pub(crate) known: &'static Interaction,
    pub(crate) root: Root<'a>,
}

/// Rules that the proxy itself enforces.
const OF_PROXY: [&str; 8] = ["REQ-01", "REQ-02", "REQ-03", "HDR-01", "HDR-03", "HDR-05", "HDR-06", "HDR-08"];

/// The interaction that a request names, whatever else is wrong with it.
pub(crate) fn named(request: &Captured) -> Option<&'static Interaction> {
    let id = request.header("Ssp-InteractionID").next()?.trim();
    interaction(id).filter(|_| id.starts_with(PREFIX))
}

/// The provider's part of an address.
pub(crate) fn target(url: &str) -> &str {
    url.get(1..).and_then(|rest| rest.find("https://")).map_or(url, |at| &url[at + 1..])
}

/// The service root that SDS has for a practice and a capability.
pub(crate) fn service_root(ods: &str, known: &Interaction, area: Area) -> String {
    format!("https://{}/{ods}/{}/{}", example::PROVIDER_HOST, known.version_path(), area.segment())
}

/// Takes a request, or refuses it.
pub(crate) fn look<'a>(request: &'a Captured, checks: &[Check]) -> Result<Asked<'a>, Refused> {
    if !matches!(request.method.as_str(), "GET" | "POST" | "PUT" | "DELETE") {
        return Err(Refused::by_proxy(405, format!("{} is not a method of GP Connect.", short(&request.method))));
    }
    let known = named(request);
    media(request, known)?;
    let failed = || checks.iter().filter_map(|check| Some((check, said(check)?)));
    let mut found: Vec<Refused> = Vec::new();
    found.extend(failed().filter(|(check, _)| OF_PROXY.contains(&check.rule)).map(|(_, words)| Refused::by_proxy(400, words)));
    let root = formats::root(target(&request.url));
    found.extend(directory(request, root.as_ref(), known).err());
    let decided = claims(request);
    found.extend(
        failed()
            .filter(|(check, _)| !OF_PROXY.contains(&check.rule))
            .filter_map(|(check, words)| Some(Refused::by_practice(code(check.rule, request, decided.as_ref())?, words))),
    );
    if let Some(refused) = found.into_iter().reduce(Refused::and) {
        return Err(refused);
    }
    let (Some(known), Some(root)) = (known, root) else {
        return Err(Refused::by_practice(Code::BAD_REQUEST, "The request names no interaction of GP Connect."));
    };
    if request.method != known.method || !formats::fits(&known.path, root.request) {
        return Err(Refused::by_practice(Code::BAD_REQUEST, "Method and path are not those of the interaction."));
    }
    Ok(Asked { known, root })
}

/// A rule that failed, in words.
fn said(check: &Check) -> Option<String> {
    match &check.outcome {
        Outcome::Failed(words) => Some(format!("{}: {}. {words} {}", check.rule, check.about, check.must)),
        Outcome::Passed | Outcome::Doubtful(_) | Outcome::Noted(_) | Outcome::NotMade(_) => None,
    }
}

/// What the practice says when a rule failed; nothing where the rule is about more than one request or about the answer.
fn code(rule: &str, request: &Captured, claims: Option<&serde_json::Value>) -> Option<Code> {
    let wrong_kind = |claim: &str, kind: &str| claims.is_some_and(|c| c[claim].is_object() && c[claim]["resourceType"] != kind);
    let parameters = || request.body.contains("\"Parameters\"");
    Some(match rule {
        "REQ-10" => Code::INVALID_IDENTIFIER_SYSTEM,
        "REQ-11" | "REQ-12" => Code::INVALID_NHS_NUMBER,
        "JWT-13" if wrong_kind("requesting_device", "Device") => Code::INVALID_RESOURCE,
        "JWT-14" if wrong_kind("requesting_organization", "Organization") => Code::INVALID_RESOURCE,
        "JWT-16" if wrong_kind("requesting_practitioner", "Practitioner") => Code::INVALID_RESOURCE,
        "BODY-01" if serde_json::from_str::<serde_json::Value>(&request.body).is_err() => Code::BAD_REQUEST,
        "BODY-01" if parameters() => Code::INVALID_PARAMETER,
        "BODY-01" | "BODY-05" => Code::INVALID_RESOURCE,
        "BODY-02" | "BODY-03" | "BODY-04" => Code::INVALID_PARAMETER,
        other if other.starts_with("SET-") || other.starts_with("RSP-") => return None,
        _ => Code::BAD_REQUEST,
    })
}

fn claims(request: &Captured) -> Option<serde_json::Value> {
    let text = request.header("Authorization").next()?.trim().strip_prefix("Bearer ")?;
    token::decode(text.trim()).ok().map(|(_, claims)| claims)
}

/// The proxy compares the address with SDS, and knows which systems may ask and be asked.
fn directory(request: &Captured, root: Option<&Root<'_>>, known: Option<&Interaction>) -> Result<(), Refused> {
    let to = request.header("Ssp-To").next().unwrap_or_default().trim();
    if !to.is_empty() && to != example::PROVIDER_ASID {
        let words = format!("SDS has no system {} that takes this interaction. Send Ssp-To as SDS gives it.", short(to));
        return Err(Refused::by_proxy(403, words));
    }
    let Some(known) = known else { return Ok(()) };
    let fits = |ods: &&str| {
        let mut areas = vec![known.area];
        if known.area == Area::Foundations {
            areas.extend([Area::Structured, Area::Documents]);
        }
        areas.into_iter().any(|area| root.is_some_and(|root| root.text == service_root(ods, known, area)))
    };
    if PRACTICES.iter().any(fits) {
        return Ok(());
    }
    let wanted: Vec<String> = PRACTICES.iter().map(|ods| service_root(ods, known, known.area)).collect();
    Err(Refused::by_proxy(
        400,
        format!("The address is not the one that SDS has. For this interaction it has {}.", wanted.join(" and ")),
    ))
}

/// Whether sender and practice speak the same media types. What is not said is taken as JSON.
fn media(request: &Captured, known: Option<&Interaction>) -> Result<(), Refused> {
    let old = known.is_some_and(Interaction::is_old);
    let names = if old { ["application/json+fhir", "application/json"] } else { ["application/fhir+json", "application/json"] };
    let is_json = |text: &str| names.contains(&text.split(';').next().unwrap_or_default().trim());
    let refuse = |what: &str, value: &str| {
        let words = format!("{what} is “{}”. Send {}.", short(value), names[0]);
        Err(Refused::by_proxy(415, words))
    };
    let format = url::form_urlencoded::parse(request.url.split_once('?').map_or("", |(_, query)| query).as_bytes())
        .find(|(name, _)| name == "_format")
        .map(|(_, value)| value.replace(' ', "+"));
    if let Some(format) = format.filter(|format| !is_json(format) && format != "json") {
        return refuse("_format", &format);
    }
    let accepted = |one: &str| is_json(one) || matches!(one.split(';').next().map(str::trim), Some("*/*" | "application/*"));
    if let Some(accept) = request.header("Accept").find(|value| !value.split(',').any(accepted)) {
        return refuse("Accept", accept);
    }
    match request.header("Content-Type").next() {
        Some(kind) if !request.body.is_empty() && !is_json(kind) => refuse("Content-Type", kind),
        _ => Ok(()),
    }
}

/// What somebody sent, short enough for an answer.
pub(crate) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
