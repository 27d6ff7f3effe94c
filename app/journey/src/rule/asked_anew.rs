//! Members of the group that signed by a link and are asked by letter again: because what they signed for has changed, or because
//! it is to be given anew, or was not in time.

use jiff::{Timestamp, ToSpan as _, civil::Date};

use crate::{
    base::{calendar, ids::Digest},
    ledger::{
        journey::{Journey, Phase},
        signing,
    },
    plan::process::TaskSpec,
};

/// Days within which an answer is asked for (domain/end_users.md §3: "answer within 14 days").
const ANSWER_DAYS: i64 = 14;

/// The day by which somebody who is asked at this time is asked to answer.
#[must_use]
pub fn answer_by(at: Timestamp) -> Date {
    calendar::date_of(at).checked_add(ANSWER_DAYS.days()).unwrap_or(Date::MAX)
}

/// The words that can be signed by a link now; `None` while nobody can.
fn words_now(journey: &Journey, spec: &TaskSpec) -> Option<Digest> {
    let withdrawn = matches!(journey.phase, Phase::Withdrawn { .. });
    let open = spec.applies(&journey.opening) && journey.standing(&spec.id).waiting_on().is_empty();
    (!withdrawn && open && signing::is_ready(journey.task(&spec.id))).then(|| signing::words(journey, spec))
}

/// The tasks whose signatories are looked at again after this: members can sign what they could not sign before, or other words. Who of
/// them has signed already, the letters ask when they are written.
pub fn by<'a>(before: &'a Journey, after: &'a Journey) -> impl Iterator<Item = &'static TaskSpec> + 'a {
    after.plan().filter(|spec| spec.is_signed_by_users()).filter(|spec| {
        let now = words_now(after, spec);
        let (was, is) = (before.task(&spec.id), after.task(&spec.id));
        let renewed = is.to_renew.keys().any(|of| !was.to_renew.contains_key(of));
        let lapsed = is.lapsed.keys().any(|of| !was.lapsed.contains_key(of));
        now.is_some() && (renewed || lapsed || now != words_now(before, spec))
    })
}
