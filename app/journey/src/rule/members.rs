//! The organisations that will use the product: one list. The end-user group names them, and that list is the list of record;
//! the declaration, the plans and the recorded sites are compared with it.
//!
//! A declaration binds the organisations that it names, so a code that is no member is refused there, with who can change the
//! list. A plan and a recorded site name places, and a place of a member may have a code of its own (a site of a trust, a
//! branch of a practice), so there the difference is shown to everybody and refuses nothing.

use jiff::civil::Date;

use crate::{
    base::{
        actor::Side,
        identity::Identity,
        ids::OrganisationId,
        ods::{Register, Remark, remark},
        places,
    },
    form::{Answers, Named, Problem, each_organisation, ods_code},
    ledger::{group::listed, journey::Journey, signing, standing::Signature},
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

/// An organisation that a group names, and what the register of ODS codes says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remarked {
    /// The line of the list in which it stands, from 1; `None` for the organisation that leads the group.
    pub line: Option<usize>,
    /// As the group names it.
    pub named: Named,
    /// What the register says.
    pub remark: Remark,
}

/// The organisations that the answers of a group name, as far as they can be read: the lead, then the members with their lines.
#[must_use]
pub fn named(answers: &Answers) -> Vec<(Option<usize>, Named)> {
    let lead =
        ods_code(answers.one("lead_ods")).ok().map(|ods_code| (None, Named { ods_code, name: answers.one("lead").to_owned() }));
    let members = each_organisation(answers.one("members")).filter_map(|(line, named)| Some((Some(line), named.ok()?)));
    lead.into_iter().chain(members).collect()
}

/// Those of them of which the register has something to say. It refuses nothing: codes close and merge, the register may be
/// older than a code, and people decide (domain/end_users.md §8).
#[must_use]
pub fn remarked(answers: &Answers, register: &Register, today: Date) -> Vec<Remarked> {
    let said = |(line, named): (Option<usize>, Named)| {
        let remark = remark(register, &named.ods_code, &named.name, today)?;
        Some(Remarked { line, named, remark })
    };
    named(answers).into_iter().filter_map(said).collect()
}

/// A list of members with the names of the register, where these differ. Every other line stays as it is.
#[must_use]
pub fn with_names_of(register: &Register, list: &str, today: Date) -> String {
    let mut lines: Vec<String> = list.lines().map(str::to_owned).collect();
    for (at, named) in each_organisation(list) {
        let Ok(named) = named else { continue };
        if let Some(Remark::Named(name)) = remark(register, &named.ods_code, &named.name, today) {
            lines[at - 1] = format!("{} {}", named.ods_code, name.chars().take(100).collect::<String>());
        }
    }
    lines.join("\n")
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

/// Signatures under a declaration of organisations that it does not name: members that joined later and signed the words of the
/// others (domain/end_users.md §9: "group declaration gets an addendum"). `answers` are the parts as they were sent.
#[must_use]
pub fn addendum<'a>(journey: &'a Journey, spec: &TaskSpec, answers: &Answers) -> Vec<&'a Signature> {
    if spec.page != Page::Declaration {
        return Vec::new();
    }
    let declared = listed(answers.one("members"));
    let named = |signature: &Signature| declared.iter().any(|it| signing::is_of(journey, signature, &it.ods_code));
    let users = journey.signatures(spec).into_iter().filter(|signature| signature.role.side() == Side::EndUser);
    users.filter(|signature| !named(signature)).collect()
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
    lead_of(journey).filter(|_| spec.of_lead)
}

/// The organisation that leads the group and has a part; `None` while none with its code has one.
#[must_use]
pub fn lead_of(journey: &Journey) -> Option<&OrganisationId> {
    let code = &journey.group()?.lead;
    let is_lead = |id: &OrganisationId| journey.identity(id).is_some_and(|it| it.ods_code == *code);
    journey.parties().find(|(id, side)| *side == Side::EndUser && is_lead(id)).map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::base::ods::Listed;

    #[test]
    fn the_register_is_asked_about_the_lead_and_every_line_that_can_be_read() {
        let today = date(2026, 3, 2);
        let listed = |code: &str, name: &str| {
            (code.to_owned(), Listed { code: code.to_owned(), name: name.to_owned(), ..Listed::default() })
        };
        let mut register: Register =
            [listed("RXQ", "EASTVALE"), listed("A21471", "WILLOW LANE"), listed("A21472", "MILL STREET")].into();
        register.insert("A21473".to_owned(), Listed { ended: true, ..Listed::default() });
        let list = "A21471 Willow Lane\nno code at all\n\nA21472 The Old Mill\nA21473 Closed\nA21474 New";
        let answers = Answers::default().with("lead", "Eastvale Trust").with("lead_ods", "rxq").with("members", list);
        let said: Vec<(Option<usize>, String)> =
            remarked(&answers, &register, today).into_iter().map(|it| (it.line, format!("{:?}", it.remark))).collect();
        let expected =
            [(None, "Named(\"EASTVALE\")"), (Some(4), "Named(\"MILL STREET\")"), (Some(5), "Closed(None)"), (Some(6), "Unknown")];
        assert_eq!(said, expected.map(|(line, says)| (line, says.to_owned())));
        let names = "A21471 Willow Lane\nno code at all\n\nA21472 MILL STREET\nA21473 Closed\nA21474 New";
        assert_eq!(with_names_of(&register, list, today), names);
    }
}
