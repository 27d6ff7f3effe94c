//! What the register of ODS codes says of a code (domain/end_users.md §8): codes close, and organisations are succeeded by others.
//! The register is a copy of what the Organisation Data Service publishes; it is asked through `port::ods` and decides nothing.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// An organisation as the register has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its code, in capitals.
    pub code: String,
    /// Its name, as the register writes it; empty where the register knows only who came after it.
    pub name: String,
    /// What it is, in words: `GP practice`, `Pharmacy`; empty where the register does not say.
    pub role: String,
    /// Since when it is open, if that is known.
    pub opened: Option<Date>,
    /// Since when it is closed; a day to come where that is announced.
    pub closed: Option<Date>,
    /// The register says that it is closed, with or without a day.
    pub ended: bool,
    /// Who came after it.
    pub successors: Vec<Successor>,
}

/// Who came after an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Successor {
    /// Its code.
    pub code: String,
    /// Its name; empty where the register does not have it.
    pub name: String,
    /// Since when it is in its place, if that is known.
    pub since: Option<Date>,
    /// It is closed by now too.
    pub ended: bool,
}

/// The register's answers, by code. A code that it does not have has none.
pub type Register = BTreeMap<String, Listed>;

/// What the register says of an organisation that somebody named, when there is something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// It is closed, since this day where that is known, and nobody came after it.
    Closed(Option<Date>),
    /// It is closed, and these came after it.
    Succeeded(Option<Date>, Vec<Successor>),
    /// The register does not have the code.
    Unknown,
    /// The register has another name.
    Named(String),
}

impl Listed {
    /// Whether it is closed on this day.
    #[must_use]
    pub fn is_closed(&self, today: Date) -> bool {
        self.ended || self.closed.is_some_and(|day| day <= today)
    }
}

/// What the register says of this code under this name: nothing where all is well. An empty name agrees with every name.
#[must_use]
pub fn remark(register: &Register, code: &str, name: &str, today: Date) -> Option<Remark> {
    let Some(listed) = register.get(code) else { return Some(Remark::Unknown) };
    if listed.is_closed(today) {
        let since = listed.closed;
        return Some(if listed.successors.is_empty() {
            Remark::Closed(since)
        } else {
            Remark::Succeeded(since, listed.successors.clone())
        });
    }
    let other = !name.is_empty() && !listed.name.is_empty() && !is_same_name(name, &listed.name);
    other.then(|| Remark::Named(listed.name.clone()))
}

/// Whether two names are one: the register writes in capitals, people do not, and neither is strict about signs.
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| -> String {
        let name = name.to_lowercase().replace('&', " and ");
        let letters = name.chars().filter(|c| !matches!(c, '\'' | '’' | '.')).map(|c| if c.is_alphanumeric() { c } else { ' ' });
        letters.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn listed(code: &str, name: &str) -> Listed {
        Listed { code: code.to_owned(), name: name.to_owned(), ..Listed::default() }
    }

    #[test]
    fn capitals_and_signs_make_no_other_name() {
        for (one, other) in [
            ("Willow Lane Surgery", "WILLOW LANE SURGERY"),
            ("St. Mary’s Hospital", "ST MARY'S HOSPITAL"),
            ("Smith & Partners", "SMITH AND PARTNERS"),
            ("The Elms (Branch)", "THE ELMS - BRANCH"),
        ] {
            assert!(is_same_name(one, other), "{one}, {other}");
        }
        assert!(!is_same_name("Willow Lane Surgery", "Willow Lane Practice"));
    }

    #[test]
    fn the_register_speaks_only_where_there_is_something_to_say() {
        let today = date(2026, 3, 2);
        let next = Successor { code: "B2".to_owned(), ..Successor::default() };
        let register: Register = [
            listed("A1", "WILLOW LANE"),
            Listed { closed: Some(date(2026, 3, 2)), ..listed("A2", "MILL STREET") },
            Listed { closed: Some(date(2026, 3, 3)), ..listed("A3", "HARBOUR VIEW") },
            Listed { ended: true, successors: vec![next.clone()], ..listed("A4", "") },
        ]
        .into_iter()
        .map(|it| (it.code.clone(), it))
        .collect();
        assert_eq!(remark(&register, "A1", "Willow Lane", today), None);
        assert_eq!(remark(&register, "A1", "", today), None);
        assert_eq!(remark(&register, "A1", "Willow Road", today), Some(Remark::Named("WILLOW LANE".to_owned())));
        assert_eq!(remark(&register, "A2", "x", today), Some(Remark::Closed(Some(date(2026, 3, 2)))));
        assert_eq!(remark(&register, "A3", "Harbour View", today), None, "it closes tomorrow");
        assert_eq!(remark(&register, "A4", "x", today), Some(Remark::Succeeded(None, vec![next])));
        assert_eq!(remark(&register, "A9", "x", today), Some(Remark::Unknown));
    }
}
