//! What is known of each member of the group: how it stands in the DSPT and by what it shares data, as the lead of the group recorded
//! it. A declaration is made for members alone whose standards are met (domain/end_users.md §9).

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::Date};

use crate::{
    base::{actor::Role, identity::Identity},
    form::{Answers, Field, Form, Kind, Problem, Problems, ods_code},
    ledger::{
        event::Event,
        group::listed,
        journey::Journey,
        member_check::{Checked, Dspt, DsptCheck, MemberCheck, Sharing, SharingKind},
        refusal::Refusal,
    },
    plan::process::{Page, TaskSpec},
    rule::{command::Command, leaving},
    task::member_file::checks::{CheckFile, CheckRow},
};

/// The questions about one member. What is left blank stays as it was recorded before.
#[must_use]
pub fn form() -> Form {
    let blank = ("", "Choose", "");
    let dspt = [blank].into_iter().chain(Dspt::ALL.iter().map(|it| (it.name(), it.title(), ""))).collect();
    let sharing = [blank].into_iter().chain(SharingKind::ALL.iter().map(|it| (it.name(), it.title(), ""))).collect();
    Form::of(vec![
        Field::new("ods_code", "ODS code of the member", Kind::OdsCode).required("Enter the ODS code of the member"),
        Field::new("dspt", "What is its DSPT status?", Kind::Pick(dspt))
            .hint("As its published assessment says, under this ODS code."),
        Field::new("checked_on", "When did you check it?", Kind::Day).hint("For example, 24 11 2026.").past(),
        Field::new("sharing", "Under what agreement does it share data?", Kind::Pick(sharing)),
        Field::new("version", "Version of its text", Kind::Line { max: 60 }).hint("For example, 2.1 of March 2026."),
    ])
}

/// What somebody typed about a member.
///
/// # Errors
/// Each answer that is missing or cannot be read. `today` is the day in the UK: no check is made tomorrow.
pub fn read(typed: &Answers, today: Date) -> Result<MemberCheck, Problems> {
    let clean = form().check(typed)?;
    form().days(&clean, today, None)?;
    let mut problems = Vec::new();
    let (dspt, on) = (Dspt::named(clean.one("dspt")), clean.one("checked_on").parse::<Date>().ok());
    let (kind, version) = (SharingKind::named(clean.one("sharing")), clean.one("version").to_owned());
    match (dspt, on) {
        (Some(_), None) => problems.push(Problem::new("checked_on", "Enter the day on which you checked it")),
        (None, Some(_)) => problems.push(Problem::new("dspt", "Give its DSPT status")),
        _ => {}
    }
    match (kind, version.is_empty()) {
        (Some(_), true) => {
            problems.push(Problem::new("version", "Enter the version of the agreement under which it shares data"))
        }
        (None, false) => problems.push(Problem::new("sharing", "Say under what agreement it shares data")),
        _ => {}
    }
    if problems.is_empty() && dspt.is_none() && kind.is_none() {
        problems.push(Problem::new("dspt", "Give its DSPT status, or say under what agreement it shares data"));
    }
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    Ok(MemberCheck {
        ods_code: ods_code(clean.one("ods_code")).unwrap_or_default(),
        dspt: dspt.zip(on).map(|(status, on)| DsptCheck { status, on }),
        sharing: kind.map(|kind| Sharing { kind, version }),
    })
}

/// Records checks of members.
///
/// # Errors
/// None is given, a code is no member's or there twice, a check is of tomorrow, or says what is known already.
pub(crate) fn recorded(
    journey: &Journey,
    spec: &TaskSpec,
    role: Role,
    checked: Vec<MemberCheck>,
    today: Date,
) -> Result<Event, Refusal> {
    let group = journey.group().ok_or(Refusal::NothingToDo)?;
    let mut problems = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for check in &checked {
        let says = |field: &str, says: &str| Problem::new(field, format!("{}: {says}", check.ods_code));
        *seen.entry(&check.ods_code).or_default() += 1;
        if !group.has(&check.ods_code) {
            problems.push(says("ods_code", "is not a member of the group"));
        } else if seen[check.ods_code.as_str()] == 2 {
            problems.push(says("ods_code", "is there twice"));
        }
        if check.dspt.as_ref().is_some_and(|dspt| dspt.on > today) {
            problems.push(says("checked_on", "the day of the check cannot be in the future"));
        }
        if check.dspt.is_none() && check.sharing.is_none() {
            problems.push(says("dspt", "give its DSPT status, or say under what agreement it shares data"));
        }
    }
    if checked.is_empty() {
        problems.push(Problem::new("ods_code", "Name at least one member"));
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(Problems(problems)));
    }
    if checked.iter().all(|check| is_known(journey, check)) {
        return Err(Refusal::AlreadyDone);
    }
    Ok(Event::MembersChecked { task: spec.id.clone(), role, checked })
}

/// Whether all that a check says was recorded last of its member.
fn is_known(journey: &Journey, check: &MemberCheck) -> bool {
    let known = journey.checked(&check.ods_code);
    let dspt = known.and_then(|known| known.dspt.as_ref()).map(|(dspt, ..)| dspt);
    let sharing = known.and_then(|known| known.sharing.as_ref()).map(|(sharing, ..)| sharing);
    (check.dspt.is_none() || check.dspt.as_ref() == dspt) && (check.sharing.is_none() || check.sharing.as_ref() == sharing)
}

/// Whether a check of the DSPT is older than a year: assessments are published yearly.
#[must_use]
pub fn is_old(check: &DsptCheck, today: Date) -> bool {
    check.on.checked_add(1.year()).is_ok_and(|until| until < today)
}

/// Whether it is known of a member that its DSPT standards are met.
#[must_use]
pub fn is_met(checked: Option<&Checked>) -> bool {
    checked.and_then(|checked| checked.dspt.as_ref()).is_some_and(|(dspt, ..)| dspt.status.is_enough())
}

/// The members of the group of which that is not known.
#[must_use]
pub fn not_met(journey: &Journey) -> Vec<&Identity> {
    let Some(group) = journey.group() else { return Vec::new() };
    group.members.iter().filter(|member| !is_met(journey.checked(&member.ods_code))).collect()
}

/// The wish of a lead who has found that the standards of every other member are met; `None` where that is known of all.
#[must_use]
pub fn rest_is_met(journey: &Journey, on: Date) -> Option<Command> {
    let task = leaving::group(journey)?.id.clone();
    let check = |member: &Identity| {
        let dspt = Some(DsptCheck { status: Dspt::Met, on });
        MemberCheck { ods_code: member.ods_code.clone(), dspt, sharing: None }
    };
    let checked: Vec<MemberCheck> = not_met(journey).into_iter().map(check).collect();
    (!checked.is_empty()).then_some(Command::CheckMembers { task, checked })
}

/// Lines that are told one by one.
const FIRST: usize = 5;

/// What a declaration may not say: lines that name a member whose DSPT standards are not known to be met, each with its number and
/// what there is to do. `answers` are as they were typed, so that the numbers are those of the page.
pub(crate) fn undeclarable(journey: &Journey, spec: &TaskSpec, answers: &Answers) -> Option<Problem> {
    journey.group().filter(|_| spec.page == Page::Declaration)?;
    let text = answers.one("members");
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let codes = listed(text);
    let told: Vec<String> = lines
        .zip(&codes)
        .filter(|(_, it)| !is_met(journey.checked(&it.ods_code)))
        .map(|((at, _), it)| {
            let known = journey.checked(&it.ods_code).and_then(|checked| checked.dspt.as_ref());
            let how = known
                .map_or("no DSPT check is recorded".to_owned(), |(dspt, ..)| format!("its DSPT says “{}”", dspt.status.title()));
            format!("line {}: {}: {how}", at + 1, it.in_words())
        })
        .collect();
    if told.is_empty() {
        return None;
    }
    let label = leaving::group(journey).map_or("the end-user group", |task| task.label.as_str());
    let more = told.len().saturating_sub(FIRST);
    let told = told.into_iter().take(FIRST).collect::<Vec<_>>().join("; ");
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let says = format!(
        "{told}{more}. Take it out, or check its published assessment and record “Standards met” in the checks of “{label}”"
    );
    Some(Problem::new("members", says))
}

/// A row of a file of checks, with what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedCheck {
    /// As it stands in the file.
    pub row: CheckRow,
    /// What becomes of it.
    pub verdict: OfCheck,
}

/// What becomes of a row of checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfCheck {
    /// It is recorded.
    Good(MemberCheck),
    /// It was recorded before.
    Known,
    /// It cannot be, for this reason.
    Bad(String),
}

/// The status or the kind that somebody writes in a table: its title or its name, whatever the case.
fn written<T: Copy>(text: &str, all: &[T], named: impl Fn(T) -> (&'static str, &'static str)) -> Option<T> {
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let text = plain(text);
    all.iter().copied().find(|one| {
        let (name, title) = named(*one);
        text == plain(name) || text == plain(title)
    })
}

/// Every row of a file with what becomes of it.
#[must_use]
pub fn judge_file(journey: &Journey, file: &CheckFile, today: Date) -> Vec<JudgedCheck> {
    let mut above: BTreeMap<String, usize> = BTreeMap::new();
    let mut judged = |row: &CheckRow| {
        let verdict = match of_row(journey, row, today) {
            Err(why) => OfCheck::Bad(why),
            Ok(check) => match above.get(&check.ods_code) {
                Some(first) => OfCheck::Bad(format!("The same member as in row {first} of the file")),
                None => {
                    above.insert(check.ods_code.clone(), row.row);
                    if is_known(journey, &check) { OfCheck::Known } else { OfCheck::Good(check) }
                }
            },
        };
        JudgedCheck { row: row.clone(), verdict }
    };
    file.rows.iter().map(&mut judged).collect()
}

fn of_row(journey: &Journey, row: &CheckRow, today: Date) -> Result<MemberCheck, String> {
    if !row.strange.is_empty() {
        return Err(format!("Cell {}: {}", row.cell, row.strange));
    }
    let code = ods_code(&row.code).map_err(|why| format!("Cell {}: {why}", row.cell))?;
    if !journey.group().is_some_and(|group| group.has(&code)) {
        return Err("The group does not name this member".to_owned());
    }
    let dspt = written(&row.dspt, Dspt::ALL, |it| (it.name(), it.title()));
    if dspt.is_none() && !row.dspt.is_empty() {
        let known: Vec<&str> = Dspt::ALL.iter().map(|it| it.title()).collect();
        return Err(format!("“{}” is not a DSPT status. Write {}", row.dspt, known.join(", or ")));
    }
    let kind = written(&row.sharing, SharingKind::ALL, |it| (it.name(), it.title()));
    if kind.is_none() && !row.sharing.is_empty() {
        return Err(format!("“{}” is not a kind of data sharing. Write Local agreement or National arrangement", row.sharing));
    }
    let typed = Answers::default()
        .with("ods_code", &code)
        .with("dspt", dspt.map_or("", Dspt::name))
        .with("checked_on", &row.on)
        .with("sharing", kind.map_or("", SharingKind::name))
        .with("version", &row.version);
    read(&typed, today).map_err(|problems| problems.0.into_iter().next().map(|problem| problem.says).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_check_says_what_was_found_and_when() {
        let today = date(2026, 3, 2);
        let typed = |fields: &[(&str, &str)]| {
            let all = fields.iter().fold(Answers::default().with("ods_code", "a21471"), |all, (id, value)| all.with(id, value));
            read(&all, today).map_err(|problems| problems.0.into_iter().map(|problem| problem.field).collect::<Vec<_>>())
        };
        let met = typed(&[("dspt", "met"), ("checked_on", "1 3 2026")]).expect("complete");
        assert_eq!(met.ods_code, "A21471");
        assert_eq!(met.dspt, Some(DsptCheck { status: Dspt::Met, on: date(2026, 3, 1) }));
        let both = typed(&[("sharing", "national"), ("version", "2.1")]).expect("complete");
        assert_eq!(both.sharing.map(|sharing| sharing.kind), Some(SharingKind::National));
        assert_eq!(typed(&[]), Err(vec!["dspt".to_owned()]), "nothing is said");
        assert_eq!(typed(&[("dspt", "met")]), Err(vec!["checked_on".to_owned()]));
        assert_eq!(typed(&[("checked_on", "1 3 2026")]), Err(vec!["dspt".to_owned()]));
        assert_eq!(
            typed(&[("dspt", "met"), ("checked_on", "3 3 2026")]),
            Err(vec!["checked_on".to_owned()]),
            "nobody checks tomorrow"
        );
        assert_eq!(typed(&[("sharing", "local")]), Err(vec!["version".to_owned()]));
    }

    #[test]
    fn a_check_is_old_after_a_year() {
        let check = DsptCheck { status: Dspt::Met, on: date(2026, 3, 2) };
        assert!(!is_old(&check, date(2027, 3, 2)) && is_old(&check, date(2027, 3, 3)));
    }
}
