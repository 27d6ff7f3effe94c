//! Signatures that are missing beside others, and what becomes of an agreement that is signed in part.
//!
//! An agreement that everybody signed is settled. An organisation that has its part later, or takes its own signature back,
//! does not undo what the others signed: it has its own turn, and the agreement says how many have signed. Without any
//! signature of an organisation that uses the product nothing is settled (domain/end_users.md §3: one agreement for each).

use jiff::{Timestamp, ToSpan as _, civil::Date};

use crate::{
    base::{
        actor::{Role, Side},
        calendar,
        identity::Identity,
        ids::{Digest, OrganisationId, PersonId, Round},
    },
    ledger::{
        journey::{Journey, Phase},
        standing::{Ending, Signature, State, TaskRecord},
        words,
    },
    plan::process::{Settle, Signs, TaskSpec},
};

/// The organisations whose signature is missing on an agreement that is settled and holds for the others.
#[must_use]
pub fn late(journey: &Journey, spec: &TaskSpec) -> Vec<OrganisationId> {
    if !stands(journey, spec) {
        return Vec::new();
    }
    journey.unsigned(spec).into_iter().filter_map(|(_, organisation)| organisation).collect()
}

/// Since when the first of them could sign: it joined, or took its signature back. `None` when none is missing.
#[must_use]
pub fn late_since(journey: &Journey, spec: &TaskSpec) -> Option<Timestamp> {
    let record = journey.task(&spec.id);
    let since = |organisation: &OrganisationId| {
        let back = record.taken_back.iter().rev().find(|back| back.organisation == *organisation).map(|back| back.at);
        let renewed = record.to_renew.get(organisation).or(record.lapsed.get(organisation)).copied();
        back.into_iter().chain(renewed).chain(journey.joined(organisation)).max()
    };
    late(journey, spec).iter().filter_map(since).min()
}

/// Digest of the words to sign: those that the others have signed where their agreement stands, else those of now.
#[must_use]
pub fn words(journey: &Journey, spec: &TaskSpec) -> Digest {
    let theirs = journey.task(&spec.id).signatures.last().filter(|_| stands(journey, spec)).map(|last| last.words.clone());
    theirs.unwrap_or_else(|| Digest::of(words::words_to_sign(journey, spec).as_bytes()))
}

/// Who may not sign in this role because they filled in the parts: whoever prepares a connection agreement and whoever signs it for
/// the supplier are two people. Of what end users sign, one person may do both: a practice has often no second.
#[must_use]
pub fn prepared_by<'a>(journey: &'a Journey, spec: &TaskSpec, role: Role) -> Option<&'a PersonId> {
    journey.task(&spec.id).sent.last().filter(|_| prepares(spec, role)).map(|sent| &sent.by)
}

/// Whether whoever fills in the parts may not sign in this role.
#[must_use]
pub fn prepares(spec: &TaskSpec, role: Role) -> bool {
    spec.signs == Some(Signs::Connection) && role.side() == Side::Supplier
}

/// Whether somebody does not sign in this role because somebody else was named in their place.
#[must_use]
pub fn is_replaced(journey: &Journey, spec: &TaskSpec, role: Role, person: &PersonId) -> bool {
    prepares(spec, role) && journey.task(&spec.id).replaced.iter().any(|replaced| replaced.from.person == *person)
}

/// The role that somebody of the supplier signs in, where another of its people may be named instead: under a connection
/// agreement whose parts were sent.
#[must_use]
pub fn replaceable(journey: &Journey, spec: &TaskSpec) -> Option<Role> {
    let signs = spec.decide.iter().copied().find(|role| prepares(spec, *role));
    signs.filter(|_| is_ready(journey.task(&spec.id)))
}

/// Whether the parts were sent and nobody has to fill them in again, so that people can sign.
#[must_use]
pub fn is_ready(record: &TaskRecord) -> bool {
    record.round > Round(0) && !record.to_fill_in
}

/// The signature of an organisation that counts until a day: it was taken back from then on.
#[must_use]
pub fn ending<'a>(record: &'a TaskRecord, organisation: &OrganisationId) -> Option<&'a Ending> {
    record.ending.iter().find(|ending| ending.back.organisation == *organisation)
}

/// Signatures whose last day is known, each with its task and the first instant at which it counts no more, soonest first. None
/// ends while the journey is withdrawn.
#[must_use]
pub fn endings(journey: &Journey) -> Vec<(&'static TaskSpec, &Ending, Timestamp)> {
    if matches!(journey.phase, Phase::Withdrawn { .. }) {
        return Vec::new();
    }
    let after = |ending: &Ending| calendar::first_instant_after(ending.until);
    let of = |spec: &'static TaskSpec| {
        let record = journey.task(&spec.id);
        let stands = matches!(record.state, State::Open | State::Settled { .. });
        let all = record.ending.iter().filter(move |_| stands);
        all.filter_map(move |ending| Some((spec, ending, after(ending)?))).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = journey.plan().flat_map(of).collect();
    all.sort_by_key(|(_, _, at)| *at);
    all
}

/// Days before the last day of a signature on which it is asked for anew.
const RENEW_WITHIN: i64 = 30;

/// When a signature is asked for anew that counts until this day.
#[must_use]
pub fn renewal_asked(renew_by: Date) -> Option<Timestamp> {
    calendar::first_instant_after(renew_by.checked_sub(RENEW_WITHIN.days()).ok()?)
}

/// The day until which a signature counts that is given today in this role, where the process asks for it anew.
#[must_use]
pub fn renew_by(spec: &TaskSpec, role: Role, today: Date) -> Option<Date> {
    let months = i32::try_from(spec.renew_months.filter(|_| role.side() == Side::EndUser)?).ok()?;
    today.checked_add(months.months()).ok()
}

/// Signatures that are to be given anew, or were not in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renewals {
    /// Of which organisations the time has come to ask for them.
    pub due: Vec<OrganisationId>,
    /// Of which the last day has passed.
    pub lapsed: Vec<OrganisationId>,
    /// When the next of them is due or lapses.
    pub next: Option<Timestamp>,
}

/// The same of one task at this time. Only signatures that count are asked for anew; nothing is while the journey is withdrawn.
#[must_use]
pub fn renewals(journey: &Journey, spec: &TaskSpec, now: Timestamp) -> Renewals {
    let record = journey.task(&spec.id);
    let mut found = Renewals::default();
    let withdrawn = matches!(journey.phase, Phase::Withdrawn { .. });
    if withdrawn || record.signatures.iter().all(|signature| signature.renew_by.is_none()) {
        return found;
    }
    for signature in journey.signatures(spec) {
        let Some(by) = signature.renew_by else { continue };
        let (Some(asked), Some(end)) = (renewal_asked(by), calendar::first_instant_after(by)) else { continue };
        let is_asked = record.to_renew.contains_key(&signature.organisation);
        if end <= now {
            found.lapsed.push(signature.organisation.clone());
        } else if asked <= now && !is_asked {
            found.due.push(signature.organisation.clone());
        }
        let next = if is_asked { end } else { asked };
        found.next = Some(found.next.map_or(next, |known| known.min(next)));
    }
    found
}

/// Until which day the signature of the organisation with this code counts that is to be given anew; `None` where it need not be.
#[must_use]
pub fn to_renew_by(journey: &Journey, spec: &TaskSpec, ods_code: &str) -> Option<Date> {
    let to_renew = &journey.task(&spec.id).to_renew;
    if to_renew.is_empty() {
        return None;
    }
    let mut all = journey.signatures(spec).into_iter().filter(|signature| to_renew.contains_key(&signature.organisation));
    all.find(|signature| is_of(journey, signature, ods_code)).and_then(|signature| signature.renew_by)
}

/// Whether there is one.
#[must_use]
pub fn is_to_renew(journey: &Journey, spec: &TaskSpec, ods_code: &str) -> bool {
    to_renew_by(journey, spec, ods_code).is_some()
}

/// Whether somebody has signed this with an account and does not sign again: whoever signed a year ago does.
#[must_use]
pub fn has_signed_already(journey: &Journey, spec: &TaskSpec, person: &PersonId) -> bool {
    let to_renew = &journey.task(&spec.id).to_renew;
    journey.signatures(spec).iter().any(|s| s.by == *person && !to_renew.contains_key(&s.organisation))
}

/// Who acts in the ledger for a member of the group that signs by a link in a letter: an id made of its ODS code, as it has no
/// account. `None` for what is no code.
#[must_use]
pub fn organisation_of_member(ods_code: &str) -> Option<OrganisationId> {
    format!("ods-{}", ods_code.to_lowercase()).parse().ok()
}

/// Whether a signature that counts is that of the organisation with this code.
#[must_use]
pub fn has_signed_as(journey: &Journey, spec: &TaskSpec, ods_code: &str) -> bool {
    journey.signatures(spec).into_iter().any(|signature| is_of(journey, signature, ods_code))
}

/// Whether the signature of this member was taken back by whoever signed it by a link: nobody is reminded of it by letter.
#[must_use]
pub fn took_back(journey: &Journey, spec: &TaskSpec, ods_code: &str) -> bool {
    let own = organisation_of_member(ods_code);
    journey.task(&spec.id).taken_back.iter().any(|back| Some(&back.organisation) == own.as_ref())
}

/// Whether a signature is that of the organisation with this code.
#[must_use]
pub fn is_of(journey: &Journey, signature: &Signature, ods_code: &str) -> bool {
    signature.role.side() == Side::EndUser && identity_of(journey, signature).is_some_and(|it| it.ods_code == ods_code)
}

fn identity_of<'a>(journey: &'a Journey, signature: &'a Signature) -> Option<&'a Identity> {
    signature.identity.as_ref().or(journey.identity(&signature.organisation))
}

/// How many signatures there are that count, and how many are asked for. `None` before the parts are filled in.
#[must_use]
pub fn count(journey: &Journey, spec: &TaskSpec) -> Option<(usize, usize)> {
    let record = journey.task(&spec.id);
    if spec.settle != Settle::BySignatures || !is_ready(record) {
        return None;
    }
    // Members that were asked by letter and have not signed.
    let by_letter = record.asked_to_sign.keys().filter(|code| !has_signed_as(journey, spec, code));
    let waits = |code: &&String| !journey.parties().any(|(id, _)| journey.identity(id).is_some_and(|it| it.ods_code == **code));
    // A signature that is to be given anew is there until its last day.
    let renewed = journey.unsigned(spec).into_iter().filter_map(|(_, of)| of).filter(|of| journey.is_renewing(spec, of)).count();
    let missing = journey.unsigned(spec).len() - renewed + by_letter.filter(waits).count();
    let there = journey.signatures(spec).len();
    Some((there, there + missing))
}

/// "3 of 4 have signed".
#[must_use]
pub fn count_in_words(journey: &Journey, spec: &TaskSpec) -> Option<String> {
    count(journey, spec).map(|(there, all)| format!("{there} of {all} {} signed", if all == 1 { "has" } else { "have" }))
}

/// Whether a signature of this organisation counts here: one of a role of the organisations that use the product.
#[must_use]
pub fn has_signed(journey: &Journey, spec: &TaskSpec, organisation: &OrganisationId) -> bool {
    journey.task(&spec.id).signatures.iter().any(|s| s.role.side() == Side::EndUser && s.organisation == *organisation)
}

/// The roles that may take back the signature of their own organisation: those of the end users that sign.
#[must_use]
pub(crate) fn may_withdraw(spec: &TaskSpec) -> Vec<Role> {
    spec.decide.iter().copied().filter(|role| role.side() == Side::EndUser).collect()
}

/// The roles that may open an agreement again that is signed in part: whoever fills in the parts, and the programme.
#[must_use]
pub(crate) fn may_reopen(spec: &TaskSpec, record: &TaskRecord) -> Vec<Role> {
    if record.signatures.is_empty() {
        return Vec::new();
    }
    let mut roles = spec.by.clone();
    if !roles.contains(&Role::ProgrammeLead) {
        roles.push(Role::ProgrammeLead);
    }
    roles
}

/// Whether an agreement is settled, and on what it was.
pub(crate) fn stands(journey: &Journey, spec: &TaskSpec) -> bool {
    let record = journey.task(&spec.id);
    let settled = spec.settle == Settle::BySignatures && matches!(record.state, State::Settled { .. });
    settled && !record.signatures.is_empty() && record.basis.as_ref().is_none_or(|basis| basis.holds(journey, spec))
}

impl Journey {
    /// The signatures that count. Of a task that is settled, those that settled it; else those under the words that are to be
    /// signed now, so that everybody signs the same.
    #[must_use]
    pub fn signatures(&self, spec: &TaskSpec) -> Vec<&Signature> {
        let record = self.task(&spec.id);
        let all = record.signatures.iter();
        if record.signatures.is_empty() || (matches!(record.state, State::Settled { .. }) && self.holds(spec, record)) {
            return all.collect();
        }
        let now = Digest::of(words::words_to_sign(self, spec).as_bytes());
        all.filter(|signature| signature.words == now).collect()
    }

    /// Whether what an organisation has signed counts and is to be given anew.
    #[must_use]
    pub fn is_renewing(&self, spec: &TaskSpec, organisation: &OrganisationId) -> bool {
        let record = self.task(&spec.id);
        let is_due = |s: &&Signature| record.to_renew.contains_key(&s.organisation) && self.is_by(s, organisation);
        !record.to_renew.is_empty() && self.signatures(spec).iter().any(is_due)
    }

    /// Whether a signature is that of this organisation: whoever signed by a link signed for the organisation with that code, also
    /// where it has a part by now.
    #[must_use]
    pub fn is_by(&self, signature: &Signature, organisation: &OrganisationId) -> bool {
        let code = self.identity(organisation).map(|it| it.ods_code.as_str()).filter(|code| !code.is_empty());
        let by_link = signature.by_link && signature.identity.as_ref().is_some_and(|it| Some(it.ods_code.as_str()) == code);
        signature.organisation == *organisation || by_link
    }

    /// The signatures that are missing, in their order: one for each role, and for a role of the end users one for each
    /// of their organisations that has a part. `None` stands for whichever organisation holds the role. One that is to be given anew
    /// is among them: its organisation signs again.
    #[must_use]
    pub fn unsigned(&self, spec: &TaskSpec) -> Vec<(Role, Option<OrganisationId>)> {
        self.missing(spec, &self.signatures(spec))
    }

    /// The signatures that are missing beside these.
    pub(crate) fn missing(&self, spec: &TaskSpec, there: &[&Signature]) -> Vec<(Role, Option<OrganisationId>)> {
        let users: Vec<&OrganisationId> =
            self.parties.iter().filter(|(_, side)| **side == Side::EndUser).map(|(organisation, _)| organisation).collect();
        let mut missing = Vec::new();
        for role in spec.decide.iter().copied() {
            let to_renew = &self.task(&spec.id).to_renew;
            let signed = |by: Option<&OrganisationId>| {
                let stays = |s: &&&Signature| by.is_none() || !to_renew.contains_key(&s.organisation);
                there.iter().filter(stays).any(|s| s.role == role && by.is_none_or(|by| self.is_by(s, by)))
            };
            if role.side() == Side::EndUser && !users.is_empty() {
                missing.extend(users.iter().filter(|o| !signed(Some(o))).map(|o| (role, Some((*o).clone()))));
            } else if !signed(None) {
                missing.push((role, None));
            }
        }
        missing
    }

    /// The role that signs next, once the parts are filled in.
    #[must_use]
    pub fn signs_next(&self, spec: &TaskSpec) -> Option<Role> {
        let record = self.task(&spec.id);
        self.unsigned(spec).first().map(|(role, _)| *role).filter(|_| is_ready(record))
    }
}
