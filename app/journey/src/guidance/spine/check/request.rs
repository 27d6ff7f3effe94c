//! A captured request held against the rules (domain/spine.md §10): each check passed, failed, or says why it could not
//! be made. It never accepts evidence by itself; it tells sender and reviewer what to look at first.

use serde_json::Value;

use crate::guidance::spine::{
    check::{
        claims,
        report::{Check, Outcome, Report, cut},
    },
    formats::{self, Root, is_asid, is_nhs_number, is_uuid},
    interactions::{Interaction, interaction},
    worked::Captured,
};

/// Every check of a captured request, in the order of the catalogue: address, headers, token, body.
#[must_use]
pub fn request(captured: &Captured) -> Vec<Check> {
    let mut report = Report::default();
    let ids: Vec<&str> = captured.header("Ssp-InteractionID").map(str::trim).collect();
    let known = ids.first().and_then(|id| interaction(id));
    let target = target(&captured.url);
    let root = formats::root(target);
    address(&mut report, captured, target, root.as_ref(), known);
    headers(&mut report, captured, known);
    let numbers = numbers(captured);
    match token_of(captured) {
        Some(text) => claims::token(&mut report, text, root.as_ref(), known, &captured.body),
        None => report.add("JWT-01", claims::SHAPE, Outcome::NotMade("There is no token to read.".to_owned())),
    }
    body(&mut report, captured, known);
    let wrong: Vec<&str> = numbers.iter().map(String::as_str).filter(|number| !is_nhs_number(number)).collect();
    report.must(
        "REQ-11",
        "Every NHS number has the right check digit",
        wrong.is_empty(),
        format!("{} is not an NHS number: its last digit does not fit.", wrong.join(", ")),
    );
    report.0
}

/// The provider's part of an address: what follows the proxy.
fn target(url: &str) -> &str {
    url.get(1..).and_then(|rest| rest.find("https://")).map_or(url, |at| &url[at + 1..])
}

fn token_of(captured: &Captured) -> Option<&str> {
    captured.header("Authorization").next()?.trim().strip_prefix("Bearer ").map(str::trim)
}

fn address(report: &mut Report, captured: &Captured, target: &str, root: Option<&Root<'_>>, known: Option<&Interaction>) {
    let https = captured.url.starts_with("https://");
    report.must("REQ-01", "The address is https", https, "The address must begin with https://.");
    report.must(
        "REQ-02",
        "The address is the proxy followed by the whole service root",
        target.len() < captured.url.len(),
        "There is no second https:// in it. Put the proxy before the address that SDS gave you, and leave that as it is.",
    );
    let Some(root) = root else {
        let why = format!("“{}” does not read https://host/ODS code/STU3/1/gpconnect.", cut(target));
        report.add("REQ-04", "The service root has its parts", Outcome::Doubtful(why));
        return;
    };
    let number = root.host.bytes().all(|b| b.is_ascii_digit() || b == b'.') || root.host.starts_with('[');
    report.must(
        "REQ-03",
        "The provider is named as SDS names it",
        !root.host.contains(':') && !number,
        format!("“{}” names a port or is a number. Use the name exactly as SDS has it: the proxy refuses all else.", root.host),
    );
    report.add("REQ-04", "The service root has its parts", Outcome::Passed);
    let Some(known) = known else {
        let why = || Outcome::NotMade("The interaction is not known.".to_owned());
        report.add("REQ-08", "Method and path belong to the interaction", why());
        return;
    };
    // Foundations are read at the root of whichever capability uses them.
    let segments = known.area == crate::guidance::spine::interactions::Area::Foundations
        || root.segment.is_empty()
        || root.segment == known.area.segment();
    report.should(
        "REQ-06",
        "The service root belongs to the capability",
        segments,
        format!("It ends in “{}”; {} is answered at “{}”.", root.segment, known.area.title(), known.area.segment()),
    );
    let version = known.version_path().split('/').next().unwrap_or_default();
    report.must(
        "REQ-07",
        "The FHIR version belongs to the interaction",
        root.fhir == version,
        format!("The address says {}; this interaction is {version}.", root.fhir),
    );
    report.must(
        "REQ-08",
        "Method and path belong to the interaction",
        captured.method == known.method && formats::fits(&known.path, root.request),
        format!("{} {} was sent; this interaction is {} {}.", captured.method, cut(root.request), known.method, known.path),
    );
    let query = root.request.split_once('?').map_or("", |(_, query)| query);
    if query.contains("identifier=") {
        report.should(
            "REQ-09",
            "The bar between system and value is written %7C",
            !query.contains('|'),
            "Write | as %7C: some systems refuse it otherwise.",
        );
    }
    if known.path == "/Patient?identifier=" {
        let system = known.nhs_number_system();
        report.must(
            "REQ-10",
            "Patients are found by the NHS number system of this version",
            query.replace("%3A", ":").replace("%2F", "/").contains(&format!("identifier={system}")),
            format!("Search with identifier={system}%7C and the number."),
        );
    }
    if known.id.contains("search:slot") {
        let has = |part: &str| query.split('&').any(|pair| pair.starts_with(part));
        report.must(
            "BODY-02",
            "A search for slots says from when, until when, and free",
            has("start=ge") && has("end=le") && has("status=free"),
            "Give start=ge…, end=le… and status=free.",
        );
    }
}

fn headers(report: &mut Report, captured: &Captured, known: Option<&Interaction>) {
    let one = |name: &'static str| -> Option<&str> { captured.header(name).next().map(str::trim) };
    let shown = |value: Option<&str>| value.map_or_else(|| "It is missing.".to_owned(), |v| format!("It is “{}”.", cut(v)));
    let trace = one("Ssp-TraceID");
    report.must(
        "HDR-01",
        "Ssp-TraceID is a UUID",
        trace.is_some_and(is_uuid),
        format!("{} It must be a UUID, new for each request.", shown(trace)),
    );
    let (from, to) = (one("Ssp-From"), one("Ssp-To"));
    for (rule, about, value) in
        [("HDR-03", "Ssp-From is the ASID of the consumer", from), ("HDR-05", "Ssp-To is the ASID of the provider", to)]
    {
        let outcome = match value {
            Some(value) if is_asid(value) => Outcome::Passed,
            Some(_) => Outcome::Doubtful(format!("{} An ASID has 12 digits.", shown(value))),
            None => Outcome::Failed("It is missing.".to_owned()),
        };
        report.add(rule, about, outcome);
    }
    if from.is_some() && from == to {
        let why = "Ssp-From and Ssp-To are the same. That is right only for one system that is both consumer and provider.";
        report.add("HDR-05", "Consumer and provider are two systems", Outcome::Doubtful(why.to_owned()));
    }
    let id = one("Ssp-InteractionID");
    report.must(
        "HDR-06",
        "Ssp-InteractionID is an interaction of GP Connect",
        known.is_some() && id.is_some_and(|id| id.starts_with(crate::guidance::spine::interactions::PREFIX)),
        format!("{} It must be one of the ids of the specification, in full.", shown(id)),
    );
    let twice: Vec<&str> = ["Ssp-TraceID", "Ssp-From", "Ssp-To", "Ssp-InteractionID"]
        .into_iter()
        .filter(|name| captured.header(name).count() > 1)
        .collect();
    report.must(
        "HDR-08",
        "Each Ssp header is there once",
        twice.is_empty(),
        format!("{} is there more than once. Upper and lower case make no difference.", twice.join(", ")),
    );
    report.must(
        "HDR-09",
        "Authorization carries a token",
        token_of(captured).is_some(),
        "It must read Bearer, a space, and the token.",
    );
    let Some(known) = known else { return };
    let kind = if known.is_old() { "json+fhir" } else { "fhir+json" };
    let media = |name: &'static str| one(name).map(|value| value.contains(kind) || value.contains(&kind.replace("json", "xml")));
    let content = !known.has_body() || media("Content-Type") == Some(true);
    report.should(
        "HDR-10",
        "The media type is FHIR of this version",
        content && media("Accept") != Some(false),
        format!("Send Accept, and Content-Type with a body, as {}.", known.media_type()),
    );
}

fn body(report: &mut Report, captured: &Captured, known: Option<&Interaction>) {
    let Some(known) = known.filter(|known| known.has_body()) else { return };
    let read: Result<Value, _> = serde_json::from_str(&captured.body);
    let Ok(body) = read else {
        let why = if captured.body.trim().starts_with('<') { "It is XML, which is not checked here." } else { "It is not JSON." };
        report.add("BODY-01", "The body is what the interaction asks for", Outcome::NotMade(why.to_owned()));
        return;
    };
    let kind = body["resourceType"].as_str().unwrap_or_default();
    if known.path.contains('$') {
        let wanted = if known.id.contains("registerpatient") { "registerPatient" } else { "patientNHSNumber" };
        let parameters = body["parameter"].as_array().map(Vec::as_slice).unwrap_or_default();
        report.must(
            "BODY-01",
            "The body is what the interaction asks for",
            kind == "Parameters" && parameters.iter().any(|parameter| parameter["name"] == wanted),
            format!("It must be a Parameters resource that names {wanted}."),
        );
        return;
    }
    report.must(
        "BODY-01",
        "The body is what the interaction asks for",
        kind == "Appointment",
        format!("It is “{}” and must be an Appointment.", cut(kind)),
    );
    let long = |field: &str| body[field].as_str().map_or(0, |text| text.chars().count());
    report.must(
        "BODY-05",
        "Description and comment of an appointment hold their limits",
        long("description") <= 100 && long("comment") <= 500 && (known.id.contains("cancel") || body.get("reason").is_none()),
        "A description has at most 100 characters, a comment at most 500, and there is no reason.",
    );
}

/// What stands beside a namespace of NHS numbers, in the address and in the body.
fn numbers(captured: &Captured) -> Vec<String> {
    let mut found = Vec::new();
    for text in [&captured.url, &captured.body] {
        let plain = text.replace("%7C", "|").replace("%7c", "|").replace("%3A", ":").replace("%2F", "/");
        for (at, name) in plain.match_indices("/Id/nhs-number") {
            let after = plain[at + name.len()..].chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit);
            found.extend(Some(after.collect::<String>()).filter(|digits| !digits.is_empty()));
        }
    }
    found
}
