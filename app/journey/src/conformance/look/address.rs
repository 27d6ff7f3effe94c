//! Rules about method and address: REQ-01 to REQ-12.

use crate::{
    base::environment::Environment,
    conformance::{
        exchange::cut,
        hidden,
        numbers::{self, middle_hidden},
        reading::{Found, Reading, must},
    },
    guidance::spine::{
        formats::{fits, is_nhs_number},
        interactions::Area,
    },
};

/// REQ-01
pub fn https(seen: &Reading<'_>) -> Found {
    let request = &seen.exchange.request;
    let mut wrong = Vec::new();
    if request.method.trim().is_empty() {
        wrong.push("There is no method.".to_owned());
    }
    if request.url.trim().is_empty() {
        wrong.push("There is no address.".to_owned());
    } else if !request.url.starts_with("https://") {
        wrong.push(format!("The address begins with “{}”.", cut(request.url.get(..8).unwrap_or(&request.url))));
    }
    must(wrong.is_empty(), || wrong.join(" "))
}

/// REQ-02
pub fn proxied(seen: &Reading<'_>) -> Found {
    let address = &seen.address;
    if address.proxied {
        return must(address.target.starts_with("https://"), || {
            format!("The provider’s part is “{}”.", cut(address.target.split('?').next().unwrap_or_default()))
        });
    }
    let found = "There is no second https:// in the address.".to_owned();
    // The demonstrators stand behind no proxy.
    match seen.context.environment {
        Some(Environment::Internet | Environment::OpenTest) => Found::Doubt(found),
        _ => Found::Wrong(found),
    }
}

/// REQ-03
pub fn named(seen: &Reading<'_>) -> Found {
    let host = seen.address.host;
    if host.is_empty() {
        return Found::Skip("The address names no provider.");
    }
    let name = host.rsplit('@').next().unwrap_or(host);
    let number =
        name.starts_with('[') || name.split(':').next().is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    must(!name.contains(':') && !number, || format!("The provider is “{}”.", cut(host)))
}

/// REQ-04
pub fn parts(seen: &Reading<'_>) -> Found {
    must(seen.address.root.is_some(), || {
        format!("It is “{}”.", cut(seen.address.base.unwrap_or(seen.address.target).split('?').next().unwrap_or_default()))
    })
}

/// REQ-05
pub fn practice(seen: &Reading<'_>) -> Found {
    let Some(wanted) = &seen.context.practice_ods else { return Found::Skip("The practice that was meant is not known.") };
    let Some(root) = &seen.address.root else { return Found::Skip("The service root names no practice, which REQ-04 says.") };
    must(root.ods.eq_ignore_ascii_case(wanted.trim()), || {
        format!("The address names {}, and the practice is {}.", cut(root.ods), cut(wanted))
    })
}

/// REQ-06
pub fn segment(seen: &Reading<'_>) -> Found {
    let known = match seen.interaction() {
        Ok(known) => known,
        Err(why) => return why,
    };
    let Some(root) = &seen.address.root else { return Found::Skip("The service root has other parts, which REQ-04 says.") };
    // Foundations are read at the root of whichever capability uses them, and some roots go on with /fhir.
    let segment = root.segment.strip_suffix("/fhir").unwrap_or(root.segment);
    let right = known.area == Area::Foundations || matches!(segment, "" | "fhir") || segment == known.area.segment();
    must(right, || {
        format!("It ends in “{}”; {} is answered at “{}”.", cut(root.segment), known.area.title(), known.area.segment())
    })
}

/// REQ-07
pub fn fhir_version(seen: &Reading<'_>) -> Found {
    let known = match seen.interaction() {
        Ok(known) => known,
        Err(why) => return why,
    };
    let wanted = known.version_path().split('/').next().unwrap_or_default();
    let path = seen.address.target.split('?').next().unwrap_or_default();
    let found =
        seen.address.root.as_ref().map(|root| root.fhir).or_else(|| path.split('/').find(|p| matches!(*p, "STU3" | "DSTU2")));
    match found {
        Some(found) => must(found == wanted, || format!("The address says {found}, and this interaction is {wanted}.")),
        None => Found::Skip("The address names no version of FHIR, which REQ-04 says."),
    }
}

/// REQ-08
pub fn method_and_path(seen: &Reading<'_>) -> Found {
    let known = match seen.interaction() {
        Ok(known) => known,
        Err(why) => return why,
    };
    if seen.address.base.is_none() {
        return Found::Wrong(format!(
            "No FHIR request can be found in the address. This interaction is {} {}.",
            known.method, known.path
        ));
    }
    let request = seen.address.request;
    let method = seen.exchange.request.method.trim();
    must(method == known.method && fits(&known.path, request), || {
        let shown = cut(request.split('?').next().unwrap_or_default());
        format!("{} {shown} was sent; this interaction is {} {}.", cut(method), known.method, known.path)
    })
}

fn query(request: &str) -> &str {
    request.split_once('?').map_or("", |(_, query)| query)
}

/// REQ-09
pub fn bar(seen: &Reading<'_>) -> Found {
    let query = query(seen.address.request);
    if !query.contains("identifier=") {
        return Found::Skip("Nothing is searched for by an identifier.");
    }
    must(!query.contains('|'), || "It is written |.".to_owned())
}

/// REQ-10
pub fn patient_system(seen: &Reading<'_>) -> Found {
    let known = match seen.interaction() {
        Ok(known) => known,
        Err(why) => return why,
    };
    if known.path != "/Patient?identifier=" {
        return Found::Skip("No patient is searched for.");
    }
    let Some((_, value)) = seen.query().into_iter().find(|(name, _)| name == "identifier") else {
        return Found::Skip("There is no identifier, which REQ-08 says.");
    };
    let system = value.split_once('|').map_or("", |(system, _)| system);
    must(system == known.nhs_number_system(), || {
        let found = if system.is_empty() { "missing".to_owned() } else { format!("“{}”", cut(system)) };
        format!("The namespace is {found}, and this version has {}.", known.nhs_number_system())
    })
}

/// REQ-11
pub fn check_digit(seen: &Reading<'_>) -> Found {
    let stated = numbers::stated(seen);
    if stated.is_empty() {
        return Found::Skip("No NHS number is named.");
    }
    let (published, wrong): (Vec<&String>, Vec<&String>) = stated
        .iter()
        .filter(|number| !is_nhs_number(number) && !numbers::is_masked(number))
        .partition(|n| numbers::is_published(n));
    let shown = |list: &[&String]| list.iter().map(|number| middle_hidden(number)).collect::<Vec<_>>().join(", ");
    if !wrong.is_empty() {
        return Found::Wrong(format!("Not an NHS number: {}.", shown(&wrong)));
    }
    if published.is_empty() {
        Found::Held
    } else {
        Found::Doubt(format!("{} is published as a number that is none: right in a test of errors only.", shown(&published)))
    }
}

/// REQ-12
pub fn test_patients(seen: &Reading<'_>) -> Found {
    let found = hidden::real(seen.exchange);
    must(found == 0, || {
        if found == 1 {
            return "1 NHS number is not on the list of test patients. It was hidden before anything was kept.".to_owned();
        }
        format!("{found} NHS numbers are not on the list of test patients. They were hidden before anything was kept.")
    })
}
