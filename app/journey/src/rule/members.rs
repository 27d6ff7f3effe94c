//! The organisations that will use the product: one list. The end-user group names them, and that list is the list of record;
//! the declaration, the plans and the recorded sites are compared with it.
//!
//! A declaration binds the organisations that it names, so a code that is no member is refused there, with who can change the
//! list. A plan and a recorded site name places, and a place of a member may have a code of its own (a site of a trust, a
//! branch of a practice), so there the difference is shown to everybody and refuses nothing.

use crate::{
    base::{actor::Side, identity::Identity, ids::OrganisationId, places},
    form::{Answers, Problem},
    ledger::{group::listed, journey::Journey},
    plan::process::{Page, TaskSpec},
    rule::{by_link, leaving},
};

/// How a list differs from the members of the group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// On the list, and no member.
    pub no_members: Vec<Identity>,
    /// Members that the list leaves out.
    pub left_out: Vec<Identity>,
}

impl Difference {
    /// Whether there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.no_members.is_empty() && self.left_out.is_empty()
    }
}

/// What a list of places or of organisations leaves out of the group, and what it adds. `answers` are those of the task.
/// `None` where the task lists none, or the ledger does not know the members.
#[must_use]
pub fn difference(journey: &Journey, spec: &TaskSpec, answers: &Answers) -> Option<Difference> {
    let group = journey.group()?;
    let declared = spec.page == Page::Declaration;
    let list = match spec.page {
        Page::Declaration => listed(answers.one("members")),
        // Those that sign are the organisations that use the product and have a part, and members that were asked by letter.
        Page::Agreement if spec.is_signed_by_users() => {
            let reached = group.members.iter().filter(|member| by_link::is_reached(journey, &member.ods_code));
            let mut all = parties(journey);
            let more: Vec<Identity> =
                reached.filter(|it| !all.iter().any(|party| party.ods_code == it.ods_code)).cloned().collect();
            all.extend(more);
            all
        }
        Page::GoLive => listed(answers.one("sites")),
        Page::Sites => {
            let site = |site: &crate::ledger::site::Site| Identity { name: site.name.clone(), ods_code: site.ods_code.clone() };
            journey.sites.values().map(site).collect()
        }
        Page::Form if spec.form.as_deref() == Some(APPROACH) => listed(answers.one("sites")),
        _ => return None,
    };
    let whole = declared || spec.page == Page::Agreement;
    let known = |it: &Identity| if whole { group.has(&it.ods_code) } else { group.has_place(&it.ods_code) };
    let is_there = |member: &Identity| {
        let same = |it: &Identity| it.ods_code == member.ods_code || (!whole && places::is_of(&it.ods_code, &member.ods_code));
        list.iter().any(same)
    };
    Some(Difference {
        no_members: list.iter().filter(|it| !known(it)).cloned().collect(),
        left_out: group.members.iter().filter(|member| !is_there(member)).cloned().collect(),
    })
}

/// The form of a plan of sites.
const APPROACH: &str = "deployment_approach";

/// The organisations that use the product and have a part.
fn parties(journey: &Journey) -> Vec<Identity> {
    let users = journey.parties().filter(|(_, side)| *side == Side::EndUser);
    users.filter_map(|(id, _)| journey.identity(id).cloned()).collect()
}

/// A member of the group that nobody asks to sign: it has no part in the journey, and no letter was sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unasked<'a> {
    /// Who it is, as the group names it.
    pub identity: &'a Identity,
    /// A part is asked for it and waits for the programme.
    pub asked: bool,
}

/// The members that nobody asks to sign; none where no end users sign, or the ledger does not know the members.
#[must_use]
pub fn without_part(journey: &Journey) -> Vec<Unasked<'_>> {
    let Some(group) = journey.group().filter(|_| journey.plan().any(TaskSpec::is_signed_by_users)) else { return Vec::new() };
    let there = parties(journey);
    let waits = |member: &Identity| {
        journey.asked_parts().any(|(_, part)| part.side == Side::EndUser && part.identity.ods_code == member.ods_code)
    };
    let unasked = |member: &&Identity| {
        !there.iter().any(|party| party.ods_code == member.ods_code) && !by_link::is_reached(journey, &member.ods_code)
    };
    group.members.iter().filter(unasked).map(|identity| Unasked { identity, asked: waits(identity) }).collect()
}

/// What a declaration may not say: lines that name no member, each with its number and who can change the list. `answers` are
/// as they were typed, so that the numbers are those of the page.
pub(crate) fn not_members(journey: &Journey, spec: &TaskSpec, answers: &Answers) -> Option<Problem> {
    let group = journey.group().filter(|_| spec.page == Page::Declaration)?;
    let text = answers.one("members");
    let codes = listed(text);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let strangers: Vec<String> = lines
        .zip(&codes)
        .filter(|(_, it)| !group.has(&it.ods_code))
        .map(|((at, _), it)| format!("line {}: {} is not a member of the group", at + 1, it.in_words()))
        .collect();
    if strangers.is_empty() {
        return None;
    }
    let label = leaving::group(journey).map_or("the end-user group", |task| task.label.as_str());
    let more = strangers.len().saturating_sub(FIRST);
    let told = strangers.into_iter().take(FIRST).collect::<Vec<_>>().join("; ");
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Some(Problem::new(
        "members",
        format!(
            "{told}{more}. Take it out, or ask a programme lead to open “{label}” again, where a group lead or an onboarding lead adds it"
        ),
    ))
}

/// Lines that are told one by one.
const FIRST: usize = 5;

/// What is filled in beforehand from the group: whom a declaration is for, and which sites a plan has.
#[must_use]
pub fn beforehand(journey: &Journey, spec: &TaskSpec, mut answers: Answers) -> Answers {
    let field = match spec.page {
        Page::Declaration => "members",
        Page::Form if spec.form.as_deref() == Some(APPROACH) => "sites",
        _ => return answers,
    };
    if let Some(group) = journey.group() {
        answers = answers.with(field, &group.lines());
    }
    answers
}

/// The organisation that leads the group, where a task is its alone and it has a part; `None` where any organisation of that
/// side may do it: also while no organisation with a part has the code of the lead, so that nobody is kept out by a slip.
#[must_use]
pub fn lead<'a>(journey: &'a Journey, spec: &TaskSpec) -> Option<&'a OrganisationId> {
    let code = &journey.group().filter(|_| spec.of_lead)?.lead;
    let is_lead = |id: &OrganisationId| journey.identity(id).is_some_and(|it| it.ods_code == *code);
    journey.parties().find(|(id, side)| *side == Side::EndUser && is_lead(id)).map(|(id, _)| id)
}
