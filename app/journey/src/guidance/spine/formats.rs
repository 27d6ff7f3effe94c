//! What the fields of a request look like (domain/spine.md §5).

/// An accredited system id: 12 digits in every example, though the specification does not promise it.
#[must_use]
pub fn is_asid(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A trace id: a UUID.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// A party key: an ODS code, a hyphen, 6 or 7 digits.
#[must_use]
pub fn is_party_key(text: &str) -> bool {
    text.split_once('-')
        .is_some_and(|(ods, digits)| is_ods(ods) && matches!(digits.len(), 6 | 7) && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// An ODS code: 3 to 10 capital letters and digits.
#[must_use]
pub fn is_ods(text: &str) -> bool {
    (3..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// An NHS number: 10 digits, the last of which follows from the others (modulus 11).
#[must_use]
pub fn is_nhs_number(text: &str) -> bool {
    if text.len() != 10 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let digits: Vec<u32> = text.bytes().map(|b| u32::from(b - b'0')).collect();
    let sum: u32 = digits[..9].iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    // 11 is written 0; 10 is never given out.
    (11 - sum % 11) % 11 == digits[9]
}

/// A service root taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root<'a> {
    /// The whole of it.
    pub text: &'a str,
    /// Its host, with a port if it names one.
    pub host: &'a str,
    /// The practice.
    pub ods: &'a str,
    /// `STU3` or `DSTU2`.
    pub fhir: &'a str,
    /// Major version of the interface.
    pub major: &'a str,
    /// `gpconnect`, `gpconnect/structured`, `gpconnect/documents`; empty when there is none.
    pub segment: &'a str,
    /// What follows: the FHIR request, with its leading slash.
    pub request: &'a str,
}

/// Takes the provider's part of an address apart; `None` when it does not read `https://host/ODS/FHIR/major/…`.
#[must_use]
pub fn root(text: &str) -> Option<Root<'_>> {
    let rest = text.strip_prefix("https://")?;
    let mut parts = rest.splitn(5, '/');
    let (host, ods, fhir, major) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let tail = parts.next().unwrap_or_default();
    let numbered = !major.is_empty() && major.bytes().all(|b| b.is_ascii_digit());
    if host.is_empty() || !is_ods(ods) || !matches!(fhir, "STU3" | "DSTU2") || !numbered {
        return None;
    }
    // FHIR requests begin with the capital letter of a resource, or are the metadata: all before is the segment.
    let end = tail
        .split('/')
        .scan(0, |at, part| {
            let start = *at;
            *at += part.len() + 1;
            Some((start, part))
        })
        .find(|(_, part)| part.starts_with(|c: char| c.is_ascii_uppercase()) || part.split('?').next() == Some("metadata"))
        .map_or(tail.len(), |(start, _)| start);
    let segment = tail[..end].trim_end_matches('/');
    let fixed = text.len() - rest.len() + host.len() + ods.len() + fhir.len() + major.len() + 3;
    let (whole, request) = text.split_at(if segment.is_empty() { fixed } else { fixed + 1 + segment.len() });
    Some(Root { text: whole, host, ods, fhir, major, segment, request })
}

/// Whether a FHIR request is what an interaction asks for: `[id]` stands for one part, a query for one that begins so.
#[must_use]
pub fn fits(wanted: &str, request: &str) -> bool {
    let (path, query) = request.split_once('?').unwrap_or((request, ""));
    let (wanted_path, wanted_query) = wanted.split_once('?').map_or((wanted, None), |(path, query)| (path, Some(query)));
    let (parts, known): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), wanted_path.split('/').collect());
    let same = parts.len() == known.len()
        && parts
            .iter()
            .zip(&known)
            .all(|(part, known)| part == known || (*known == "[id]" && !part.is_empty() && *part != "metadata"));
    let asked = wanted_query.is_none_or(|wanted| !query.is_empty() && query.split('&').any(|pair| pair.starts_with(wanted)));
    same && asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_digit_is_seen_in_an_nhs_number() {
        assert!(is_nhs_number("9000000084") && is_nhs_number("9434765919"));
        for wrong in ["9000000085", "9000000048", "900000008", "90000000844", "9000000O84", ""] {
            assert!(!is_nhs_number(wrong), "{wrong}");
        }
        // Sums to 1 modulo 11: its check digit would be 10.
        assert!((0..10).all(|last| !is_nhs_number(&format!("100000001{last}"))));
    }

    #[test]
    fn ids_look_as_they_should() {
        assert!(is_asid("999999999999") && !is_asid("99999999999") && !is_asid("99999999999A"));
        assert!(is_uuid("09a01679-2564-4fb4-9129-aecc81ea2706") && !is_uuid("09a01679-2564-4fb4-9129") && !is_uuid("x"));
        assert!(is_party_key("T99999-9999999") && !is_party_key("T99999") && !is_party_key("t99999-9999999"));
    }

    #[test]
    fn an_address_is_taken_apart() {
        let one = root("https://h.nhs.uk/T99999/STU3/1/gpconnect/structured/Patient/$gpc.getstructuredrecord").expect("a root");
        assert_eq!(one.text, "https://h.nhs.uk/T99999/STU3/1/gpconnect/structured");
        assert_eq!((one.host, one.ods, one.fhir, one.major), ("h.nhs.uk", "T99999", "STU3", "1"));
        assert_eq!((one.segment, one.request), ("gpconnect/structured", "/Patient/$gpc.getstructuredrecord"));
        let bare = root("https://h.nhs.uk/T99999/STU3/1/metadata").expect("a root without a segment");
        assert_eq!((bare.text, bare.segment, bare.request), ("https://h.nhs.uk/T99999/STU3/1", "", "/metadata"));
        let alone = root("https://h.nhs.uk/T99999/STU3/1").expect("a root alone");
        assert_eq!((alone.segment, alone.request), ("", ""));
        for wrong in [
            "http://h/T99999/STU3/1",
            "https://h/T99999/R4/1",
            "https://h/T99999",
            "https:///T99999/STU3/1",
            "",
            "https://h/T99999/STU3/x",
        ] {
            assert_eq!(root(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_request_fits_its_interaction() {
        assert!(
            fits("/Patient/[id]", "/Patient/2")
                && !fits("/Patient/[id]", "/Patient/")
                && !fits("/Patient/[id]", "/Patient/2/Appointment")
        );
        assert!(fits("/Patient?identifier=", "/Patient?identifier=x%7C1") && !fits("/Patient?identifier=", "/Patient?name=x"));
        assert!(fits("/Slot?", "/Slot?start=ge2026-03-09") && !fits("/Slot?", "/Slot"));
    }
}
