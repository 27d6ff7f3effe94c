//! Files that people send cannot hurt: whatever a workbook or a report claims, nests or repeats, it is refused or read within a
//! bound of memory and time. One test, so that nothing else takes memory meanwhile. `FUZZ` is a factor for the broken ones.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::time::{Duration, Instant};

use common::bombs::{behind, junit, long_reports, referred, reports, sound, with, workbooks, zipped};
use journey::task::{member_file::columns, results};
use peak_alloc::PeakAlloc;
use server::workbook::{read, read_catalogue, table};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What one file may take beside itself, in MiB.
const MOST: f32 = 64.0;
/// How long one may take, without optimisation and beside other work.
const SOON: Duration = Duration::from_secs(20);

/// Runs it, and says how much memory it took beside its input, in MiB, and how long.
fn measured<T>(what: &str, bytes: &[u8], run: impl FnOnce(Vec<u8>) -> T) -> (T, f32) {
    let given = bytes.to_vec();
    MEMORY.reset_peak_usage();
    let (before, began) = (MEMORY.current_usage_as_mb(), Instant::now());
    let made = run(given);
    let (more, took) = (MEMORY.peak_usage_as_mb() - before, began.elapsed());
    assert!(more < MOST, "{what}: {} bytes took {more} MiB", bytes.len());
    assert!(took < SOON, "{what}: {} bytes took {took:?}", bytes.len());
    (made, more)
}

/// The same numbers each time.
struct Rng(u64);

impl Rng {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }

    /// The structure of an XML text changed somewhere: an element many times or inside itself, another number, a longer value.
    fn broken(&mut self, text: &str) -> String {
        let kind = self.below(6);
        self.changed(text, kind)
    }

    fn changed(&mut self, text: &str, kind: usize) -> String {
        let starts: Vec<usize> = text.match_indices('<').map(|(at, _)| at).collect();
        let Some(start) = (!starts.is_empty()).then(|| starts[self.below(starts.len())]) else { return text.to_owned() };
        let tag_end = text[start..].find('>').map_or(text.len(), |at| start + at + 1);
        let tag = &text[start..tag_end];
        let name: String = tag[1..].chars().take_while(|c| c.is_alphanumeric() || *c == ':').collect();
        let end = if tag.ends_with("/>") || tag.starts_with("</") || tag.starts_with("<?") {
            tag_end
        } else {
            let close = format!("</{name}>");
            text[tag_end..].find(&close).map_or(tag_end, |at| tag_end + at + close.len())
        };
        let element = &text[start..end];
        let times = [2, 50, 3_000, 60_000][self.below(4)].min(4_000_000 / element.len().max(1)).max(1);
        match kind {
            REPEATED => format!("{}{}{}", &text[..start], element.repeat(times), &text[end..]),
            1 => format!(
                "{}{}{}{}{}",
                &text[..start],
                tag.repeat(times),
                element,
                format!("</{name}>").repeat(times),
                &text[end..]
            ),
            2 => format!("{}{}", &text[..start], &text[end..]),
            3 | 4 => {
                let Some(digit) = tag.find(|c: char| c.is_ascii_digit()) else { return text.to_owned() };
                let length = tag[digit..].find(|c: char| !c.is_ascii_digit()).unwrap_or(tag.len() - digit);
                let number = ["0", "-1", "99999", "4294967296", "18446744073709551615", "1e99", ""][self.below(7)];
                format!("{}{number}{}", &text[..start + digit], &text[start + digit + length..])
            }
            _ => {
                let Some(quote) = tag.find("=\"") else { return text.to_owned() };
                let times = [times, 20_000, 1_000_000][self.below(3)];
                format!("{}{}{}", &text[..start + quote + 2], "x".repeat(times), &text[start + quote + 2..])
            }
        }
    }

    /// A workbook in which something became long, something else became many, and parts may have other names.
    fn referred(&mut self, parts: &mut [(String, String)]) {
        let core: Vec<usize> = (0..parts.len())
            .filter(|at| {
                ["workbook.xml", "styles.xml", "sheet1.xml", "workbook.xml.rels"].iter().any(|end| parts[*at].0.ends_with(end))
            })
            .collect();
        for kind in [LONGER, REPEATED] {
            let at = core[self.below(core.len())];
            parts[at].1 = self.changed(&parts[at].1, kind);
        }
        let (from, to) = [
            ("", ""),
            ("sheet1.xml", "sheet1.bin"),
            ("styles.xml", "sheet1.xml"),
            ("xl/", "xl/worksheets/"),
            ("worksheets/", ""),
        ][self.below(5)];
        for (name, text) in parts.iter_mut().filter(|_| !from.is_empty()) {
            *name = name.replace(from, to);
            *text = text.replace(from, to);
        }
    }
}

/// Kinds of change: an element many times, the value of an attribute longer.
const REPEATED: usize = 0;
const LONGER: usize = 5;

#[test]
fn nothing_that_is_sent_takes_more_than_its_bound() {
    let mut most: f32 = 0.0;
    for (what, bytes, says) in workbooks().into_iter().chain(referred()) {
        let (refusals, more) = measured(what, &bytes, |bytes| read(bytes).expect_err(what));
        assert!(refusals.iter().any(|refusal| refusal.contains(says)), "{what}: {refusals:?}");
        assert!(refusals.len() <= 21, "{what}: {} refusals", refusals.len());
        most = most.max(more);
        // The catalogue has the same reader, and other columns.
        most = most.max(measured(what, &bytes, |bytes| drop(read_catalogue(bytes))).1);
        // So has a list of members, which takes whatever columns there are.
        most = most.max(measured(what, &bytes, |bytes| drop(table::read(bytes))).1);
    }
    for (what, bytes, says) in reports() {
        let (fault, more) = measured(what, &bytes, |bytes| results::read(&bytes).expect_err(what));
        assert!(fault.to_string().contains(says), "{what}: {fault}");
        most = most.max(more);
    }
    // What is lawful is read: 9,000 cases, each with a long message, of which no more is kept than is shown.
    let cases = format!("<testcase classname=\"a\" name=\"b\"><failure>{}</failure></testcase>", "x".repeat(700)).repeat(9_000);
    let (run, more) = measured("many long messages", &junit(&cases), |bytes| results::read(&bytes).unwrap());
    assert!(run.rows.len() == 9_000 && run.rows.iter().all(|row| row.message.len() == 600));
    most = most.max(more);

    for (what, text, rows) in long_reports() {
        let (run, more) = measured(what, text.as_bytes(), |bytes| results::read(&bytes).unwrap());
        assert_eq!(run.rows.len(), rows, "{what}");
        let cut = |row: &results::Row| [&row.feature, &row.scenario].iter().all(|text| (1..=300).contains(&text.chars().count()));
        assert!(run.rows.iter().all(cut), "{what}");
        most = most.max(more);
    }
    // Texts that are nearly all separators, quotation marks or ends of lines.
    for sign in [",", ";", "\t", "\"", "\n", "\"\n", "A20047,", "=\""] {
        let text = sign.repeat(1_000_000 / sign.len());
        most =
            most.max(measured(sign, text.as_bytes(), |bytes| drop(table::read(bytes).map(|(lines, _)| columns::find(&lines)))).1);
    }
    // As many formats as fit, none of them long.
    let styles =
        with("styles.xml", |text| behind(text, "<cellXfs count=\"1\">", &"<xf numFmtId=\"1\" fontId=\"0\"/>".repeat(45_000)));
    let (lines, more) = measured("45,000 styles", &styles, |bytes| read(bytes).unwrap());
    assert_eq!(lines.lines.len(), 3);
    most = most.max(more);

    let factor: usize = std::env::var("FUZZ").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1);
    let mut rng = Rng(0x9e37_79b9_7f4a_7c15);
    let parts = sound();
    assert_eq!(read(zipped(&parts)).unwrap().lines.len(), 3, "as it is, it is read");
    let report = "<testsuites><testsuite name=\"s\" tests=\"2\"><testcase classname=\"a.b\" name=\"c\" time=\"0.1\"><failure message=\"m\">words</failure></testcase>\
                  <testcase name=\"d\"><skipped/></testcase></testsuite></testsuites>";
    let trx = "<TestRun><TestDefinitions><UnitTest id=\"a\"><TestMethod className=\"c.d, e\"/></UnitTest></TestDefinitions><Results>\
               <UnitTestResult testId=\"a\" testName=\"c.d.f\" outcome=\"Failed\"><Message>m</Message></UnitTestResult></Results></TestRun>";
    let (mut refused, all) = (0, 100 * factor);
    for number in 0..all {
        let mut broken = parts.clone();
        if number % 2 == 0 {
            rng.referred(&mut broken);
        } else {
            for _ in 0..=rng.below(3) {
                let at = rng.below(broken.len());
                broken[at].1 = rng.broken(&broken[at].1);
            }
        }
        let (outcome, more) = measured(&format!("workbook {number}"), &zipped(&broken), read);
        refused += usize::from(outcome.is_err());
        most = most.max(more);
        most = most.max(measured(&format!("list {number}"), &zipped(&broken), |bytes| drop(table::read(bytes))).1);
        let sample = [report, trx][rng.below(2)];
        let mut text = rng.broken(sample);
        for _ in 0..rng.below(3) {
            text = rng.broken(&text);
        }
        if number % 3 == 0 {
            text = rng.changed(sample, LONGER);
            text = rng.changed(&text, REPEATED);
        }
        let (outcome, more) = measured(&format!("report {number}"), text.as_bytes(), |bytes| results::read(&bytes));
        refused += usize::from(outcome.is_err());
        most = most.max(more);
    }
    println!("{refused} of {} files of another structure refused, at most {most:.1} MiB each", 2 * all);
    assert!(refused > all / 4, "{refused} of {}", 2 * all);
}
