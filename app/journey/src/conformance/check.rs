//! Every rule asked about a request, or about a set of them, in the order of the catalogue. All faults are told in one go.

use crate::{
    conformance::{
        catalogue::RULES,
        exchange::{Api, Context, Exchange},
        hidden::told,
        reading::{Brief, Found, Reading},
        report::{Check, Outcome},
        rule::{Holds, Look, Rule, Severity},
    },
    guidance::spine::worked::Captured,
};

/// What the rules say of one exchange: one check for each rule that is about a single request.
#[must_use]
pub fn check(exchange: &Exchange, context: &Context) -> Vec<Check> {
    let reading = Reading::of(exchange, context);
    let one = |rule: &Rule| match rule.look {
        Look::One(look) => Some(made(rule, if concerns(rule, &reading) { look(&reading) } else { of_the_other(rule) })),
        Look::Set(_) => None,
    };
    RULES.iter().filter_map(one).collect()
}

/// What the rules say of several exchanges together: one check for each rule that is about a set.
#[must_use]
pub fn check_set(exchanges: &[Exchange], context: &Context) -> Vec<Check> {
    let all: Vec<Brief<'_>> = exchanges.iter().map(|exchange| Brief::of(exchange, context)).collect();
    check_briefs(&all)
}

/// The same of what is kept of each of them.
#[must_use]
pub fn check_briefs(all: &[Brief<'_>]) -> Vec<Check> {
    let one = |rule: &Rule| match rule.look {
        Look::Set(look) => Some(made(rule, look(all))),
        Look::One(_) => None,
    };
    RULES.iter().filter_map(one).collect()
}

/// What the rules say of a request of which nothing else is known.
#[must_use]
pub fn request(captured: &Captured) -> Vec<Check> {
    check(&Exchange::from(captured.clone()), &Context::default())
}

fn concerns(rule: &Rule, reading: &Reading<'_>) -> bool {
    match rule.holds {
        Holds::Both => true,
        Holds::Zero => reading.api == Api::Zero,
        Holds::One => reading.api == Api::One,
    }
}

fn of_the_other(rule: &Rule) -> Found {
    Found::Skip(if rule.holds == Holds::Zero {
        "It is a rule of specifications 0.x."
    } else {
        "It is a rule of specifications 1.x."
    })
}

fn made(rule: &Rule, found: Found) -> Check {
    let outcome = match found {
        Found::Held => Outcome::Passed,
        Found::Skip(why) => Outcome::NotMade(why.to_owned()),
        Found::Doubt(found) => Outcome::Doubtful(told(found)),
        Found::Wrong(found) => match rule.severity {
            Severity::Error => Outcome::Failed(told(found)),
            Severity::Warning => Outcome::Doubtful(told(found)),
            Severity::Information => Outcome::Noted(told(found)),
        },
    };
    Check { rule: rule.id, about: rule.about, must: rule.must, outcome }
}
