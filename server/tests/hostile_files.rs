//! Files that people send cannot hurt: whatever a workbook or a report claims, nests or repeats, it is refused or read within a
//! bound of memory and time. One test, so that nothing else takes memory meanwhile. `FUZZ` is a factor for the broken ones.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

use std::{
    io::{Cursor, Read as _, Write as _},
    time::{Duration, Instant},
};

use journey::{results, scal::sheet::COLUMNS};
use peak_alloc::PeakAlloc;
use rust_xlsxwriter::Workbook;
use server::workbook::{read, read_catalogue};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What one file may take beside itself, in MiB.
const MOST: f32 = 64.0;
/// How long one may take, without optimisation and beside other work.
const SOON: Duration = Duration::from_secs(20);

/// A workbook with our heading and three rows, part by part.
fn sound() -> Vec<(String, String)> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, title) in (0..).zip(COLUMNS) {
        sheet.write_string(0, column, *title).unwrap();
    }
    for row in 0..3_u32 {
        sheet.write_string(row + 1, 0, format!("ROW-{row}")).unwrap();
        sheet.write_string(row + 1, 6, "Some words.").unwrap();
    }
    let mut archive = ZipArchive::new(Cursor::new(workbook.save_to_buffer().unwrap())).unwrap();
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.push((name, text));
    }
    parts
}

fn zipped(parts: &[(String, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The sound workbook with one part changed.
fn with(part: &str, change: impl FnOnce(&str) -> String) -> Vec<u8> {
    let mut parts = sound();
    let found = parts.iter_mut().find(|(name, _)| name.ends_with(part)).unwrap();
    found.1 = change(&found.1);
    zipped(&parts)
}

const STRINGS: &str = "sharedStrings.xml";
const SHEET: &str = "sheet1.xml";

fn behind(text: &str, mark: &str, more: &str) -> String {
    assert!(text.contains(mark), "{mark} in {text}");
    text.replacen(mark, &format!("{mark}{more}"), 1)
}

fn workbooks() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let claims = |number: &str| {
        let number = number.to_owned();
        with(STRINGS, move |text| {
            let begin = text.find("uniqueCount=\"").unwrap() + "uniqueCount=\"".len();
            let end = begin + text[begin..].find('"').unwrap();
            format!("{}{number}{}", &text[..begin], &text[end..])
        })
    };
    // One long text, named by thousands of cells.
    let shared = |length: usize, rows: u32| {
        let mut parts = sound();
        for (name, text) in &mut parts {
            if name.ends_with(STRINGS) {
                *text = text.replace("Some words.", &"x".repeat(length));
            }
            if name.ends_with(SHEET) {
                let number = text.split("r=\"G2\"").nth(1).unwrap().split("<v>").nth(1).unwrap().split('<').next().unwrap();
                let mut rows_more = String::new();
                for row in 5..5 + rows {
                    rows_more += &format!("<row r=\"{row}\">");
                    for column in 'A'..='M' {
                        rows_more += &format!("<c r=\"{column}{row}\" t=\"s\"><v>{number}</v></c>");
                    }
                    rows_more += "</row>";
                }
                *text = text.replacen("</sheetData>", &format!("{rows_more}</sheetData>"), 1);
            }
        }
        zipped(&parts)
    };
    let merged = |count: usize| {
        with(SHEET, |text| {
            let more = format!("<mergeCells count=\"{count}\">{}</mergeCells>", "<mergeCell ref=\"A2:B3\"/>".repeat(count));
            behind(text, "</sheetData>", &more)
        })
    };
    let empty_rows = |count: usize| {
        with(SHEET, |text| text.replacen("</sheetData>", &format!("{}</sheetData>", "<row></row>".repeat(count)), 1))
    };
    let formulas = |with_si: &str, count: usize| {
        let cell = format!("<c r=\"Z9\"><f t=\"shared\" si=\"{with_si}\" ref=\"A1:A2\">A1</f></c>");
        with(SHEET, |text| text.replacen("</sheetData>", &format!("<row r=\"9\">{}</row></sheetData>", cell.repeat(count)), 1))
    };
    let nested = |count: usize| {
        with(STRINGS, |text| {
            text.replacen("<t>", &format!("{}<t>", "<r>".repeat(count)), 1).replacen(
                "</t>",
                &format!("</t>{}", "</r>".repeat(count)),
                1,
            )
        })
    };
    vec![
        ("strings that are claimed: 10^15", claims("1000000000000000"), "claims to hold more"),
        ("strings that are claimed: more than there are numbers", claims("99999999999999999999999"), "claims to hold more"),
        ("strings that are claimed: 10^6", claims("1000000"), "claims to hold more"),
        ("a formula of a group that is claimed", formulas("4000000000000", 1), "claims to hold more"),
        ("a text of 1 MB in 5,200 cells", shared(1_000_000, 400), "longer than 32767 characters"),
        ("a text of 32,000 characters in 13,000 cells", shared(32_000, 1_000), "more than 8 MB of text"),
        ("a million merged cells", merged(1_000_000), "merged cells"),
        ("two thousand merged cells", merged(2_000), "cells are merged here"),
        ("a million empty rows", empty_rows(1_040_000), "far more rows"),
        ("395,000 empty rows", empty_rows(395_000), "far more rows"),
        ("thirty thousand formulas without a value", formulas("0", 30_000), "there is a formula"),
        ("five thousand levels", nested(5_000), "claims to hold more"),
        (
            "a million styles",
            with("styles.xml", |text| behind(text, "<cellXfs count=\"1\">", &"<xf/>".repeat(1_000_000))),
            "far larger unpacked",
        ),
        ("a part that is no XML", with(STRINGS, |text| text.replace("</sst>", "<")), "not an Excel workbook"),
    ]
}

fn junit(cases: &str) -> Vec<u8> {
    format!("<testsuite name=\"s\">{cases}</testsuite>").into_bytes()
}

fn reports() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let around =
        |open: &str, close: &str, times: usize, inner: &str| format!("{}{inner}{}", open.repeat(times), close.repeat(times));
    let case = "<testcase classname=\"a\" name=\"b\"/>";
    let megabyte = "x ".repeat(500_000);
    let spaces: String = (0..20_000).map(|at| format!("<a xmlns:n{at}=\"u{at}\">")).collect();
    vec![
        ("levels that an attribute hides", junit(&around("<a x=\"/>\">", "</a>", 20_000, &case.repeat(2_000))), "nested deeper"),
        ("levels with a name that begins with a line", junit(&around("<_a>", "</_a>", 20_000, case)), "nested deeper"),
        (
            "200 cases in each other around a megabyte",
            junit(&around(
                "<testcase classname=\"a\" name=\"b\" x=\"/>\"><failure x=\"/>\">",
                "</failure></testcase>",
                200,
                &megabyte,
            )),
            "nested deeper",
        ),
        (
            "30 cases in each other around a megabyte",
            junit(&around("<testcase classname=\"a\" name=\"b\"><failure>", "</failure></testcase>", 30, &megabyte)),
            "stands inside another one",
        ),
        ("a namespace at each level", junit(&format!("{spaces}{case}{}", "</a>".repeat(20_000))), "nested deeper"),
        (
            "a thousand namespaces side by side",
            junit(&(0..1_000).map(|at| format!("<a xmlns:n{at}=\"u{at}\"/>")).collect::<String>()),
            "too many attributes",
        ),
        (
            "a hundred thousand attributes of one element",
            junit(&format!(
                "<testcase classname=\"a\" name=\"b\" {}/>",
                (0..100_000).map(|at| format!("a{at}=\"\" ")).collect::<String>()
            )),
            "more than 100 attributes",
        ),
        ("too many elements", junit(&"<a/>".repeat(500_000)), "too many elements"),
        ("11,000 cases", junit(&case.repeat(11_000)), "more than 10000 scenarios"),
        (
            "objects of three bytes",
            format!("[{{\"name\":\"f\",\"elements\":[{}{{}}]}}]", "{},".repeat(2_000_000)).into_bytes(),
            "too many parts",
        ),
        ("brackets in brackets", format!("{}{}", "[".repeat(500_000), "]".repeat(500_000)).into_bytes(), "Cucumber JSON"),
    ]
}

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
        match self.below(6) {
            0 => format!("{}{}{}", &text[..start], element.repeat(times), &text[end..]),
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
                format!("{}{}{}", &text[..start + quote + 2], "x".repeat(times), &text[start + quote + 2..])
            }
        }
    }
}

#[test]
fn nothing_that_is_sent_takes_more_than_its_bound() {
    let mut most: f32 = 0.0;
    for (what, bytes, says) in workbooks() {
        let (refusals, more) = measured(what, &bytes, |bytes| read(bytes).expect_err(what));
        assert!(refusals.iter().any(|refusal| refusal.contains(says)), "{what}: {refusals:?}");
        assert!(refusals.len() <= 21, "{what}: {} refusals", refusals.len());
        most = most.max(more);
        // The catalogue has the same reader, and other columns.
        most = most.max(measured(what, &bytes, |bytes| drop(read_catalogue(bytes))).1);
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

    let factor: usize = std::env::var("FUZZ").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1);
    let mut rng = Rng(0x9e37_79b9_7f4a_7c15);
    let parts = sound();
    assert_eq!(read(zipped(&parts)).unwrap().len(), 3, "as it is, it is read");
    let report = "<testsuites><testsuite name=\"s\" tests=\"2\"><testcase classname=\"a.b\" name=\"c\" time=\"0.1\"><failure message=\"m\">words</failure></testcase>\
                  <testcase name=\"d\"><skipped/></testcase></testsuite></testsuites>";
    let (mut refused, all) = (0, 150 * factor);
    for number in 0..all {
        let mut broken = parts.clone();
        for _ in 0..=rng.below(3) {
            let at = rng.below(broken.len());
            broken[at].1 = rng.broken(&broken[at].1);
        }
        let (outcome, more) = measured(&format!("workbook {number}"), &zipped(&broken), read);
        refused += usize::from(outcome.is_err());
        most = most.max(more);
        let mut text = rng.broken(report);
        for _ in 0..rng.below(3) {
            text = rng.broken(&text);
        }
        let (outcome, more) = measured(&format!("report {number}"), text.as_bytes(), |bytes| results::read(&bytes));
        refused += usize::from(outcome.is_err());
        most = most.max(more);
    }
    println!("{refused} of {} files of another structure refused, at most {most:.1} MiB each", 2 * all);
    assert!(refused > all / 4, "{refused} of {}", 2 * all);
}
