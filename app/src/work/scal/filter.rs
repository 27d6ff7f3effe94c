//! What narrows the table, as it stands in an address.

use journey::{
    base::{actor::Role, environment::Environment},
    catalogue::row::Level,
    scal::book::{Filter, Show},
};

use crate::request::visitor::query;

/// The filter of this request.
#[must_use]
pub fn asked() -> Filter {
    of(query)
}

/// The filter that a form carries along, as [`written`] wrote it.
#[must_use]
pub fn carried(text: &str) -> Filter {
    let text = text.trim_start_matches('?');
    let one = |name: &str| {
        form_urlencoded::parse(text.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.chars().take(300).collect())
            .unwrap_or_default()
    };
    of(one)
}

fn of(one: impl Fn(&str) -> String) -> Filter {
    Filter {
        show: Show::named(&one("show")).unwrap_or_default(),
        section: one("section").parse().ok(),
        environment: Environment::named(&one("environment")),
        level: Level::named(&one("level")),
        owner: one("owner").parse::<Role>().ok(),
        assigned: one("assigned"),
        text: one("find"),
    }
}

/// The filter as the end of an address: nothing, or `?` with what narrows.
#[must_use]
pub fn written(filter: &Filter) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    };
    if filter.show != Show::default() {
        add("show", filter.show.name());
    }
    add("section", &filter.section.map_or_else(String::new, |section| section.to_string()));
    add("environment", filter.environment.map_or("", Environment::name));
    add("level", filter.level.map_or("", Level::name));
    add("owner", filter.owner.map_or("", Role::name));
    add("assigned", &filter.assigned);
    add("find", &filter.text);
    let query = query.finish();
    if query.is_empty() { query } else { format!("?{query}") }
}
