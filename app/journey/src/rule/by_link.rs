//! Signing for a member of the group by a link in a letter, without an account (domain/end_users.md §3: "signatory"). A group
//! lead asks a person of each member; whoever has the letter, and the code that is sent to the same address, signs for that
//! member. The signature is one of the ledger like any other. It needs no part, as the group names the member, and it never keeps
//! the others waiting: an agreement is settled by those who have one, and by NHS England.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        text,
    },
    form::{self, Problem, Problems},
    ledger::{
        event::{Event, Signatory},
        journey::{Journey, Phase},
        refusal::Refusal,
        signing,
    },
    plan::process::TaskSpec,
    rule::reason::{reason_of, words as written},
    task::member_file::people::{PeopleFile, PersonRow},
};

/// The question of the form that names whom to ask.
pub const SIGNATORIES: &str = "signatories";

/// Whom to ask, as somebody typed or pasted it: for which member, by name and address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The ODS code of the member.
    pub ods_code: String,
    /// Who is asked.
    pub name: String,
    /// Their address, in small letters.
    pub email: String,
}

/// Longest name of a person or an address, in characters.
const LONGEST_NAME: usize = 200;

/// Longest question or reason of somebody who was asked, in characters.
pub const LONGEST_QUESTION: usize = 2_000;

/// Somebody else who is named in place of the person that was asked.
///
/// # Errors
/// What is wrong with the name or the address, with its question.
pub fn passed_to(ods_code: &str, name: &str, email: &str) -> Result<Line, Problems> {
    let (name, email) = (text::line(name), text::line(email).to_lowercase());
    let mut problems = Vec::new();
    if name.is_empty() || name.contains('@') || name.chars().count() > LONGEST_NAME {
        problems.push(Problem::new("name", "Enter the name of the person who should sign"));
    }
    if !form::looks_like_email(&email) || email.chars().count() > LONGEST_NAME {
        problems.push(Problem::new("email", "Enter their email address, like name@example.org"));
    }
    if problems.is_empty() { Ok(Line { ods_code: ods_code.to_owned(), name, email }) } else { Err(Problems(problems)) }
}

/// Lines that are told one by one when they cannot be read.
const FIRST: usize = 20;

/// Reads who is asked, one a line: the ODS code, the name of the person, their email address, with a comma, a semicolon or a tab
/// between, as they come out of a spreadsheet. The name of the organisation may stand second. A line of headings is passed over.
///
/// # Errors
/// Every line that cannot be read, with its number and what is wrong.
pub fn read(text: &str) -> Result<Vec<Line>, Problems> {
    let mut lines = Vec::new();
    let mut faults = Vec::new();
    for (at, line) in form::numbered(text) {
        let between = ['\t', ';', ','].into_iter().find(|mark| line.contains(*mark)).unwrap_or(',');
        let parts: Vec<String> = line.split(between).map(|part| text::line(part.trim_matches('"'))).collect();
        if at == 1 && !line.contains('@') && line.to_lowercase().contains("email") {
            continue;
        }
        let said = match parts.as_slice() {
            [code, name, email] | [code, _, name, email] => one(code, name, email),
            _ => Err("write the ODS code, the name of the person and their email address, with commas between".to_owned()),
        };
        match said {
            Ok(line) if lines.iter().any(|other: &Line| other.ods_code == line.ods_code) => {
                faults.push(format!("Line {at}: {} is there twice", line.ods_code));
            }
            Ok(line) => lines.push(line),
            Err(says) => faults.push(format!("Line {at}: {says}")),
        }
    }
    if faults.is_empty() {
        return Ok(lines);
    }
    let more = faults.len().saturating_sub(FIRST);
    faults.truncate(FIRST);
    if more > 0 {
        faults.push(format!("And {more} more lines"));
    }
    Err(Problems(faults.into_iter().map(|says| Problem::new(SIGNATORIES, says)).collect()))
}

fn one(code: &str, name: &str, email: &str) -> Result<Line, String> {
    let ods_code = form::ods_code(code)?;
    if name.is_empty() || name.contains('@') {
        return Err(format!("{ods_code}: enter the name of the person who signs"));
    }
    let email = email.to_lowercase();
    if !form::looks_like_email(&email) || email.chars().count() > LONGEST_NAME || name.chars().count() > LONGEST_NAME {
        return Err(format!("{ods_code}: “{}” is not an email address", email.chars().take(60).collect::<String>()));
    }
    Ok(Line { ods_code, name: name.to_owned(), email })
}

/// The roles that ask members to sign: those of the end users that fill in the parts. Nobody of the supplier chooses who signs
/// for a practice.
pub(crate) fn asked_by(spec: &TaskSpec) -> Vec<Role> {
    spec.by.iter().copied().filter(|role| role.side() == Side::EndUser).collect()
}

/// The members of the group whose signature is missing or is to be given anew, as the group names them.
#[must_use]
pub fn unsigned<'a>(journey: &'a Journey, spec: &TaskSpec) -> Vec<&'a Identity> {
    let Some(group) = journey.group() else { return Vec::new() };
    let waits = |code: &str| !signing::has_signed_as(journey, spec, code) || signing::is_to_renew(journey, spec, code);
    group.members.iter().filter(|member| waits(&member.ods_code)).collect()
}

/// Whether a member was asked by letter to sign anything of this journey, or has signed so.
#[must_use]
pub fn is_reached(journey: &Journey, ods_code: &str) -> bool {
    journey.plan().filter(|spec| spec.is_signed_by_users()).any(|spec| {
        journey.task(&spec.id).asked_to_sign.contains_key(ods_code) || signing::has_signed_as(journey, spec, ods_code)
    })
}

/// Whom to ask, as it is recorded.
///
/// # Errors
/// Nobody is named, a name is missing, or a code is no member's whose signature is missing.
pub(crate) fn asked(journey: &Journey, spec: &TaskSpec, typed: Vec<Signatory>) -> Result<Vec<Signatory>, Refusal> {
    let waiting = unsigned(journey, spec);
    let mut asked: Vec<Signatory> = Vec::new();
    let mut problems = Vec::new();
    for Signatory { member, name } in typed {
        let name = written(&name, SIGNATORIES, "Enter the name of each person")?;
        match waiting.iter().find(|known| known.ods_code == member.ods_code) {
            None => problems.push(not_waiting(journey, &member)),
            Some(_) if asked.iter().any(|other| other.member.ods_code == member.ods_code) => {
                problems.push(Problem::new(SIGNATORIES, format!("{} is there twice", member.ods_code)));
            }
            Some(known) => asked.push(Signatory { member: (*known).clone(), name }),
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(Problems(problems)));
    }
    if asked.is_empty() {
        return Err(Refusal::problem(SIGNATORIES, "Name at least one person"));
    }
    Ok(asked)
}

fn not_waiting(journey: &Journey, member: &Identity) -> Problem {
    let is_member = journey.group().is_some_and(|group| group.has(&member.ods_code));
    let says = if is_member { "has signed already" } else { "is not a member of the group" };
    Problem::new(SIGNATORIES, format!("{} {says}", member.ods_code))
}

/// Whether somebody can sign for this member by a link now; the member, as the group names it.
///
/// # Errors
/// Why not.
pub fn may_sign<'a>(journey: &'a Journey, spec: &TaskSpec, ods_code: &str) -> Result<&'a Identity, Refusal> {
    if matches!(journey.phase, Phase::Withdrawn { .. }) {
        return Err(Refusal::Closed);
    }
    if !spec.applies(&journey.opening) {
        return Err(Refusal::NotNeeded);
    }
    let standing = journey.standing(&spec.id);
    if !standing.waiting_on().is_empty() {
        return Err(Refusal::Locked(standing.waiting_on().to_vec()));
    }
    if !spec.is_signed_by_users() || !signing::is_ready(journey.task(&spec.id)) {
        return Err(Refusal::NothingToDo);
    }
    if signing::has_signed_as(journey, spec, ods_code) && !signing::is_to_renew(journey, spec, ods_code) {
        return Err(Refusal::AlreadyDone);
    }
    let member = journey.group().and_then(|group| group.members.iter().find(|member| member.ods_code == ods_code));
    member.ok_or(Refusal::NoMember)
}

/// The signature of whoever has the letter, for a member.
///
/// # Errors
/// As [`may_sign`]; other words are to be signed than those that were shown; a name or an authority is missing.
pub fn sign(
    journey: &Journey,
    spec: &TaskSpec,
    ods_code: &str,
    (name, authority): (&str, &str),
    shown: &crate::base::ids::Digest,
    today: Date,
) -> Result<Event, Refusal> {
    let member = may_sign(journey, spec, ods_code)?;
    let role = spec.decide.iter().copied().find(|role| role.side() == Side::EndUser).ok_or(Refusal::NothingToDo)?;
    if *shown != signing::words(journey, spec) {
        return Err(Refusal::WordsChanged);
    }
    Ok(Event::Signed {
        task: spec.id.clone(),
        role,
        name: written(name, "name", "Enter your full name")?,
        authority: written(authority, "authority", "Say by what authority you sign")?,
        words: shown.clone(),
        member: Some(member.clone()),
        renew_by: signing::renew_by(spec, role, today),
    })
}

/// Takes back what was signed by a link for a member.
///
/// # Errors
/// Nothing was signed so, or no reason is given.
pub fn take_back(journey: &Journey, spec: &TaskSpec, ods_code: &str, reason: &str) -> Result<Event, Refusal> {
    if matches!(journey.phase, Phase::Withdrawn { .. }) {
        return Err(Refusal::Closed);
    }
    let of_member = |s: &&crate::ledger::standing::Signature| {
        s.by_link && s.identity.as_ref().is_some_and(|identity| identity.ods_code == ods_code)
    };
    let signed = journey.task(&spec.id).signatures.iter().find(of_member).ok_or(Refusal::NothingToDo)?;
    Ok(Event::SignatureWithdrawn { task: spec.id.clone(), role: signed.role, reason: reason_of(reason)?, until: None })
}

/// A row of a file that names who signs, with what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedPerson {
    /// As it stands in the file.
    pub row: PersonRow,
    /// Its code as it would be kept; empty where there is none.
    pub code: String,
    /// What becomes of it.
    pub verdict: OfPerson,
}

/// What becomes of a row that names who signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfPerson {
    /// They get a letter.
    Good,
    /// They get a letter, and whoever was asked before for the member is not asked any more.
    Replaces(String),
    /// The same person is asked already, with the same address.
    Asked,
    /// The member has signed.
    Signed,
    /// The group does not name this member.
    NoMember,
    /// The member stands in this row of the file already.
    Double(usize),
    /// Its code cannot be read, for this reason.
    Odd(String),
    /// There is no name.
    Nameless,
    /// There is no address that a letter can go to.
    NoAddress,
    /// The address belongs to somebody of the supplier, who signs for no other organisation.
    OfSupplier,
}

impl OfPerson {
    /// Whether a letter goes.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, OfPerson::Good | OfPerson::Replaces(_))
    }
}

/// Every row of a file with what becomes of it. `asked` is who is asked now, by the code of the member, with name and address;
/// `of_supplier` are addresses of the supplier's people.
#[must_use]
pub fn judge_file(
    journey: &Journey,
    spec: &TaskSpec,
    file: &PeopleFile,
    asked: &BTreeMap<String, (String, String)>,
    of_supplier: &BTreeSet<String>,
) -> Vec<JudgedPerson> {
    let unsigned: BTreeSet<&str> = unsigned(journey, spec).into_iter().map(|member| member.ods_code.as_str()).collect();
    let mut above: BTreeMap<String, usize> = BTreeMap::new();
    let judged = |row: &PersonRow| {
        let read = if row.strange.is_empty() { form::ods_code(&row.code) } else { Err(row.strange.clone()) };
        let code = read.clone().unwrap_or_default();
        let email = row.email.to_lowercase();
        let verdict = match read {
            Err(why) => OfPerson::Odd(why),
            Ok(_) if !journey.group().is_some_and(|group| group.has(&code)) => OfPerson::NoMember,
            Ok(_) if !unsigned.contains(code.as_str()) => OfPerson::Signed,
            Ok(_) if above.contains_key(&code) => OfPerson::Double(above[&code]),
            Ok(_) => match passed_to(&code, &row.name, &email) {
                Err(problems) if problems.0.iter().any(|problem| problem.field == "name") => OfPerson::Nameless,
                Err(_) => OfPerson::NoAddress,
                Ok(_) if of_supplier.contains(&email) => OfPerson::OfSupplier,
                Ok(line) => match asked.get(&code) {
                    Some((name, address)) if *name == line.name && *address == line.email => OfPerson::Asked,
                    Some((name, _)) => OfPerson::Replaces(name.clone()),
                    None => OfPerson::Good,
                },
            },
        };
        if verdict.is_good() || verdict == OfPerson::Asked {
            above.insert(code.clone(), row.row);
        }
        JudgedPerson { row: row.clone(), code, verdict }
    };
    file.rows.iter().map(judged).collect()
}

/// The rows that get a letter, as lines that [`read`] reads.
#[must_use]
pub fn lines_of(judged: &[JudgedPerson]) -> String {
    let line = |one: &JudgedPerson| format!("{}\t{}\t{}", one.code, text::line(&one.row.name), one.row.email.to_lowercase());
    judged.iter().filter(|one| one.verdict.is_good()).map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_as_a_spreadsheet_or_a_person_writes_them() {
        let rae = Line { ods_code: "A21471".to_owned(), name: "Rae Reader".to_owned(), email: "rae@willow.example".to_owned() };
        for text in [
            "A21471, Rae Reader, rae@willow.example",
            "a21471;Rae  Reader;RAE@willow.example",
            "A21471\tRae Reader\trae@willow.example",
            "A21471\tWillow Lane Surgery\tRae Reader\trae@willow.example",
            "ODS code, Name, Email address\nA21471, Rae Reader, rae@willow.example",
            "\n\n\"A21471\",\"Rae Reader\",\"rae@willow.example\"\n",
        ] {
            assert_eq!(read(text).as_deref(), Ok(std::slice::from_ref(&rae)), "{text}");
        }
        assert_eq!(read("").as_deref(), Ok(&[][..]));
    }

    #[test]
    fn every_line_that_cannot_be_read_is_named() {
        let says = |text: &str| {
            let problems = read(text).expect_err(text).0;
            assert!(problems.iter().all(|problem| problem.field == SIGNATORIES));
            problems.into_iter().map(|problem| problem.says).collect::<Vec<_>>()
        };
        let text = "A21471, Rae Reader, rae@willow.example\nB82617, Bo\n21471, Bo, bo@b.example\nB82617, , bo@b.example\nB82617, Bo, bo\n\
                    a21471, Ray, ray@willow.example";
        let told = says(text);
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(told[0].starts_with("Line 2: write the ODS code, the name"), "{}", told[0]);
        assert!(told[1].starts_with("Line 3: “21471” looks like a number"), "{}", told[1]);
        assert_eq!(told[2], "Line 4: B82617: enter the name of the person who signs");
        assert_eq!(told[3], "Line 5: B82617: “bo” is not an email address");
        assert_eq!(told[4], "Line 6: A21471 is there twice");
        let many = (0..30).map(|at| format!("line {at}\n")).collect::<String>();
        assert_eq!(says(&many).len(), FIRST + 1);
        assert_eq!(says(&many).last().map(String::as_str), Some("And 10 more lines"));
    }
}
