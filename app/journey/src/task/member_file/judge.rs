//! What each row of a file would do to the list: compared with the list, with the rows above it and with the register.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{
    base::ods::{Register, Remark, Successor, remark},
    form::{Named, each_organisation, ods_code},
    task::{
        end_users::MOST_MEMBERS,
        member_file::columns::{FileRow, MemberFile},
    },
};

/// A row with what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// As it stands in the file.
    pub row: FileRow,
    /// Its code as it would be kept; empty where there is none.
    pub code: String,
    /// What the register calls it, where it has it.
    pub register: String,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is added, unless somebody says otherwise.
    Good,
    /// It is added; the register has another name for it.
    Renamed,
    /// It is closed, since this day where that is known: added only where somebody says so.
    Closed(Option<Date>),
    /// These came after it: they are added in its place where somebody says so.
    Succeeded(Option<Date>, Vec<Successor>),
    /// The register does not have it: added only where somebody says so.
    Unknown,
    /// It stands in this line of the list.
    There(usize),
    /// It stands in this row of the file already.
    Double(usize),
    /// Its code cannot be read, for this reason.
    Odd(String),
    /// It has no name, and the register knows none.
    Nameless,
    /// The list is full.
    NoRoom,
}

impl Verdict {
    /// Whether it is added unless somebody says otherwise.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Verdict::Good | Verdict::Renamed)
    }

    /// Whether it is added where somebody says so.
    #[must_use]
    pub fn may_be_taken(&self) -> bool {
        self.is_good() || matches!(self, Verdict::Closed(_) | Verdict::Succeeded(..) | Verdict::Unknown)
    }
}

/// Codes that the register is asked about: those of the rows, and of whatever list they are added to.
#[must_use]
pub fn codes(file: &MemberFile) -> Vec<String> {
    let mut codes: Vec<String> = file.rows.iter().filter_map(|row| ods_code(&row.code).ok()).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// Every row with what becomes of it. `list` is what stands in the list now, as it is typed; without a register codes are
/// looked at by their form alone.
#[must_use]
pub fn judge(file: &MemberFile, list: &str, register: Option<&Register>, today: Date) -> Vec<Judged> {
    let mut lines = 0;
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for (at, named) in each_organisation(list) {
        lines += 1;
        if let Ok(named) = named {
            there.entry(named.ods_code).or_insert(at);
        }
    }
    let mut room = MOST_MEMBERS.saturating_sub(lines);
    let mut above: BTreeMap<String, usize> = BTreeMap::new();
    let mut judged = Vec::with_capacity(file.rows.len());
    for row in &file.rows {
        let read = if row.strange.is_empty() { ods_code(&row.code) } else { Err(row.strange.clone()) };
        let code = read.clone().unwrap_or_default();
        let listed = register.and_then(|register| register.get(&code));
        let called = listed.map(|listed| listed.name.clone()).unwrap_or_default();
        let verdict = match read {
            Err(why) => Verdict::Odd(why),
            Ok(_) => verdict(row, &code, &called, (&there, &above), register, today),
        };
        let full = room == 0 && verdict.may_be_taken();
        let verdict = if full { Verdict::NoRoom } else { verdict };
        if verdict.is_good() {
            room -= 1;
        }
        if !code.is_empty() {
            above.entry(code.clone()).or_insert(row.row);
        }
        judged.push(Judged { row: row.clone(), code, register: called, verdict });
    }
    judged
}

type Places = BTreeMap<String, usize>;

fn verdict(
    row: &FileRow,
    code: &str,
    called: &str,
    (there, above): (&Places, &Places),
    register: Option<&Register>,
    today: Date,
) -> Verdict {
    if let Some(line) = there.get(code) {
        return Verdict::There(*line);
    }
    if let Some(first) = above.get(code) {
        return Verdict::Double(*first);
    }
    let fits = !name_of(row).is_empty();
    match register.and_then(|register| remark(register, code, name_of(row), today)) {
        Some(Remark::Closed(since)) if fits || !called.is_empty() => Verdict::Closed(since),
        Some(Remark::Succeeded(since, next)) => Verdict::Succeeded(since, next),
        Some(Remark::Unknown) if fits => Verdict::Unknown,
        Some(Remark::Named(_)) => Verdict::Renamed,
        None if fits || !called.is_empty() => Verdict::Good,
        _ => Verdict::Nameless,
    }
}

/// The name in the file, where a list takes it.
fn name_of(row: &FileRow) -> &str {
    let fits = row.name.chars().count() <= LONGEST_NAME && !row.name.contains('@');
    if fits { &row.name } else { "" }
}

/// Characters of a name that a list takes.
const LONGEST_NAME: usize = 100;

impl Judged {
    /// The organisation as it would stand in the list: under the name in the file, or where there is none, or where that is
    /// wished for, under that of the register.
    #[must_use]
    pub fn named(&self, of_register: bool) -> Named {
        let own = name_of(&self.row);
        let other = of_register && matches!(self.verdict, Verdict::Renamed);
        let name = if own.is_empty() || other { self.register.chars().take(LONGEST_NAME).collect() } else { own.to_owned() };
        Named { ods_code: self.code.clone(), name }
    }
}

/// What somebody ticked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticks {
    /// Rows, each by its number; or by its number, a colon and the code of whoever came after it.
    pub rows: Vec<String>,
    /// Names are those of the register where they differ.
    pub names: bool,
}

/// The list with what was ticked, how many were added, and the rows that were not taken. What stands in the list already is
/// not one of those.
#[must_use]
pub fn added(judged: Vec<Judged>, list: &str, ticks: &Ticks) -> (String, usize, Vec<Judged>) {
    let mut lines: Vec<String> = list.lines().map(str::to_owned).collect();
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    let mut there: BTreeSet<String> =
        each_organisation(list).filter_map(|(_, named)| named.ok()).map(|named| named.ods_code).collect();
    let mut room = MOST_MEMBERS.saturating_sub(each_organisation(list).count());
    // By the number of a row: itself, and the codes of whoever came after it. An organisation that was split has several.
    let mut ticked: BTreeMap<usize, BTreeSet<Option<&str>>> = BTreeMap::new();
    for tick in &ticks.rows {
        let (row, code) = tick.split_once(':').map_or((tick.as_str(), None), |(row, code)| (row, Some(code)));
        if let Ok(row) = row.parse() {
            ticked.entry(row).or_default().insert(code);
        }
    }
    let (mut count, mut left) = (0, Vec::new());
    for one in judged {
        let mut taken = false;
        for tick in ticked.get(&one.row.row).into_iter().flatten().filter(|_| one.verdict.may_be_taken()) {
            let wished = match tick {
                None => Some(one.named(ticks.names)),
                Some(code) => successor(&one, code),
            };
            let Some(named) = wished.filter(|named| room > 0 && !named.name.is_empty() && !there.contains(&named.ods_code))
            else {
                continue;
            };
            lines.push(format!("{} {}", named.ods_code, named.name));
            there.insert(named.ods_code);
            (room, count, taken) = (room - 1, count + 1, true);
        }
        if !taken && !matches!(one.verdict, Verdict::There(_)) {
            left.push(one);
        }
    }
    (lines.join("\n"), count, left)
}

/// Whoever came after a row's organisation, under the name of the register, or where that has none under the row's own.
fn successor(of: &Judged, code: &str) -> Option<Named> {
    let Verdict::Succeeded(_, next) = &of.verdict else { return None };
    let next = next.iter().find(|next| next.code == code && !next.ended)?;
    let name = if next.name.is_empty() { name_of(&of.row).to_owned() } else { next.name.chars().take(LONGEST_NAME).collect() };
    Some(Named { ods_code: next.code.clone(), name })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        base::ods::Listed,
        task::member_file::{columns::find, text},
    };

    const TODAY: Date = date(2026, 3, 2);

    fn register() -> Register {
        let listed = |code: &str, name: &str| Listed { code: code.to_owned(), name: name.to_owned(), ..Listed::default() };
        let next = |code: &str, name: &str| Successor { code: code.to_owned(), name: name.to_owned(), ..Successor::default() };
        let mut all: Vec<Listed> = (0..240).map(|at| listed(&format!("A{at:05}"), &format!("SURGERY {at}"))).collect();
        all.push(Listed { ended: true, closed: Some(date(2025, 4, 1)), ..listed("B00001", "CLOSED PRACTICE") });
        let successors = vec![next("A00001", "SURGERY 1"), next("C00009", "NEW GROUP")];
        all.push(Listed { ended: true, successors, ..listed("B00002", "MERGED PRACTICE") });
        all.into_iter().map(|it| (it.code.clone(), it)).collect()
    }

    fn file(table: &str) -> MemberFile {
        find(&text::lines(table.as_bytes()).expect("a table")).expect("columns")
    }

    /// 240 rows, 12 of which are bad, each in its own way.
    fn many() -> String {
        let mut table = "ODS code,Name\n".to_owned();
        for at in 0..228 {
            table += &format!("A{at:05},Surgery {at}\n");
        }
        for bad in [
            "5.00E+01,Surgery 228",
            "2345,Surgery 229",
            "01-Dec,Surgery 230",
            "A2OO47,Surgery 231",
            "Surgery,Surgery 232",
            ",Surgery 233",
            "A00007,Surgery 7 again",
            "B00001,Closed Practice",
            "B00002,Merged Practice",
            "Z99999,Nobody knows",
            "A1,Too short",
            "A00228",
        ] {
            table += &format!("{bad}\n");
        }
        table
    }

    #[test]
    fn of_240_rows_12_bad_ones_are_told_each_with_its_reason() {
        let register = register();
        let judged = judge(&file(&many()), "A00003 Surgery 3", Some(&register), TODAY);
        assert_eq!(judged.len(), 240);
        assert_eq!(judged[3].verdict, Verdict::There(1));
        let bad: Vec<(usize, String)> = judged
            .iter()
            .filter(|one| one.verdict != Verdict::Good && !matches!(one.verdict, Verdict::There(_)))
            .map(|one| (one.row.row, format!("{:?}", one.verdict)))
            .collect();
        for ((row, told), (at, part)) in bad.iter().zip([
            (230, "spreadsheet changed"),
            (231, "was it 02345?"),
            (232, "looks like a date"),
            (233, "Was it A20047?"),
            (234, "is a word, not an ODS code"),
            (235, "Enter an ODS code"),
            (236, "Double(9)"),
            (237, "Closed(Some(2025-04-01))"),
            (238, "Succeeded(None"),
            (239, "Unknown"),
            (240, "Enter an ODS code"),
        ]) {
            assert!(*row == at && told.contains(part), "{row}: {told}, expected {at}: {part}");
        }
        // The last one has no name in the file; the register has.
        assert_eq!(bad.len(), 11);
        assert_eq!(judged[239].named(false), Named { ods_code: "A00228".to_owned(), name: "SURGERY 228".to_owned() });
    }

    #[test]
    fn what_is_ticked_is_added_and_the_rest_is_kept_with_its_row() {
        let register = register();
        let judged = judge(&file(&many()), "A00003 Surgery 3\n\n", Some(&register), TODAY);
        let mut rows: Vec<String> =
            judged.iter().filter(|one| one.verdict.is_good()).map(|one| one.row.row.to_string()).collect();
        // Of the two who came after one, the first stands in the list by then; who was never offered is not taken.
        rows.extend(["238:A00001", "238:C00009", "238:X00001", "237", "999", "230", "x", ":"].map(str::to_owned));
        let ticks = Ticks { rows, names: true };
        let (list, count, left) = added(judged, "A00003 Surgery 3\n\n", &ticks);
        assert_eq!(count, 227 + 1 + 1 + 1, "the good ones, the one without a name, the closed one, one who came after");
        assert!(list.starts_with("A00003 Surgery 3\nA00000 Surgery 0\n"), "{list}");
        assert!(list.ends_with("B00001 Closed Practice\nC00009 NEW GROUP\nA00228 SURGERY 228"), "{list}");
        assert_eq!(left.iter().map(|one| one.row.row).collect::<Vec<_>>(), [230, 231, 232, 233, 234, 235, 236, 239, 240]);
        let (list, count, _) = added(
            judge(&file("B00002,Merged\n"), "", Some(&register), TODAY),
            "",
            &Ticks { rows: vec!["1:C00009".to_owned()], names: false },
        );
        assert_eq!((list.as_str(), count), ("C00009 NEW GROUP", 1));
    }

    #[test]
    fn another_name_is_marked_and_taken_as_wished() {
        let register = register();
        let judged = || judge(&file("A00001,Old Mill\n"), "", Some(&register), TODAY);
        assert_eq!(judged()[0].verdict, Verdict::Renamed);
        for (names, line) in [(false, "A00001 Old Mill"), (true, "A00001 SURGERY 1")] {
            assert_eq!(added(judged(), "", &Ticks { rows: vec!["1".to_owned()], names }).0, line);
        }
    }

    #[test]
    fn without_a_register_codes_are_looked_at_by_their_form() {
        let judged = judge(&file("A00001,Old Mill\nZ99999,Nobody knows\nB00001,\n"), "", None, TODAY);
        let verdicts: Vec<&Verdict> = judged.iter().map(|one| &one.verdict).collect();
        assert_eq!(verdicts, [&Verdict::Good, &Verdict::Good, &Verdict::Nameless]);
    }

    #[test]
    fn a_list_has_500_members_and_no_more() {
        let list: String = (0..499).map(|at| format!("D{at:05} Practice\n")).collect();
        let file = file("A00001,One\nA00002,Two\nA00003,Three\n");
        let judged = judge(&file, &list, None, TODAY);
        let verdicts: Vec<&Verdict> = judged.iter().map(|one| &one.verdict).collect();
        assert_eq!(verdicts, [&Verdict::Good, &Verdict::NoRoom, &Verdict::NoRoom]);
        let ticks = Ticks { rows: ["1", "2", "3"].map(str::to_owned).to_vec(), names: false };
        let (list, count, left) = added(judged, &list, &ticks);
        assert_eq!((list.lines().count(), count, left.len()), (500, 1, 2));
    }
}
