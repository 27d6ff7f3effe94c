//! Which place is whose, by its ODS code: a site of a trust has the trust's code and two characters more, a branch of a practice
//! the practice's code and three digits more (domain/end_users.md §8). No other code says that it belongs to another: that one
//! code begins with another means nothing.

/// Whether the place with this code is the organisation itself, or a site or branch of it. An organisation without a code has
/// no places.
#[must_use]
pub fn is_of(place: &str, organisation: &str) -> bool {
    let Some(suffix) = place.strip_prefix(organisation).filter(|_| !organisation.is_empty()) else { return false };
    let is_site =
        is_trust(organisation) && suffix.len() == 2 && suffix.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let is_branch = is_practice(organisation) && suffix.len() == 3 && suffix.bytes().all(|b| b.is_ascii_digit());
    suffix.is_empty() || is_site || is_branch
}

/// `^R[A-Z0-9]{2}$`
fn is_trust(code: &str) -> bool {
    code.len() == 3 && code.starts_with('R') && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// `^[A-HJ-NPVWY][0-9]{5}$`
fn is_practice(code: &str) -> bool {
    let Some((first, rest)) = code.split_at_checked(1) else { return false };
    matches!(first, "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "J" | "K" | "L" | "M" | "N" | "P" | "V" | "W" | "Y")
        && rest.len() == 5
        && rest.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn a_site_is_of_its_trust_and_a_branch_of_its_practice_and_nothing_else_is_anybodys() {
        for (place, organisation) in [
            ("RLP", "RLP"),
            ("RLP01", "RLP"),
            ("RLPX9", "RLP"),
            ("A21471", "A21471"),
            ("A21471001", "A21471"),
            ("YGA01", "YGA01"),
        ] {
            assert!(is_of(place, organisation), "{place} is of {organisation}");
        }
        for (place, organisation) in [
            // Not the length of a site or a branch.
            ("RLP1", "RLP"),
            ("RLP001", "RLP"),
            ("A2147101", "A21471"),
            ("A21471ABC", "A21471"),
            // Neither a trust nor a practice: a board, a network, a supplier, a pharmacy, a code that is a part of others.
            ("QOQ01", "QOQ"),
            ("U12345001", "U12345"),
            ("YGA01", "YGA"),
            ("FA123001", "FA123"),
            ("A21471", "A21"),
            ("A21471", "A2147"),
            ("I12345001", "I12345"),
            // A trust is no place of its site.
            ("RLP", "RLP01"),
            ("RLP01", ""),
            ("", ""),
        ] {
            assert!(!is_of(place, organisation), "{place} is not of {organisation}");
        }
    }
}
