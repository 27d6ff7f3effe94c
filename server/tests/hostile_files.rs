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

/// The sound workbook with a text replaced in all its parts and in their names.
fn renamed(from: &str, to: &str) -> Vec<(String, String)> {
    sound().into_iter().map(|(name, text)| (name.replace(from, to), text.replace(from, to))).collect()
}

fn edit(parts: &mut [(String, String)], part: &str, from: &str, to: &str) {
    let (_, text) = parts.iter_mut().find(|(name, _)| name.ends_with(part)).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    *text = text.replacen(from, to, 1);
}

/// What is long and named by many, and what is reached under another name.
fn referred() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let megabyte = "S".repeat(1_000_000);
    let formula =
        "<row r=\"9\"><c r=\"A9\"><f t=\"shared\" ref=\"A9:A10\" si=\"99999999999999\">1</f><v>1</v></c></row></sheetData>";
    let mut other_name = renamed("sheet1.xml", "sheet1.dat");
    edit(&mut other_name, "sheet1.dat", "</sheetData>", formula);
    let styles = |code: &str, times: usize| {
        with("styles.xml", |text| {
            let codes = format!("<numFmts><numFmt numFmtId=\"200\" formatCode=\"{code}\"/></numFmts><fonts");
            let text = text.replacen("<fonts", &codes, 1);
            behind(&text, "<cellXfs count=\"1\">", &"<xf numFmtId=\"200\"/>".repeat(times))
        })
    };
    let font = |length: usize, times: usize| {
        with("styles.xml", |text| {
            let text = text.replacen("<name val=\"", &format!("<name val=\"{}", "f".repeat(length)), 1);
            behind(&text, "<cellXfs count=\"1\">", &"<xf fontId=\"0\"/>".repeat(times))
        })
    };
    let named = |name: &str, rows: usize| {
        let mut parts = sound();
        let more: String = (5..5 + rows)
            .map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>R{row}</t></is></c></row>"))
            .collect();
        edit(&mut parts, SHEET, "</sheetData>", &format!("{more}</sheetData>"));
        edit(&mut parts, "xl/workbook.xml", "\"Sheet1\"", &format!("\"{name}\""));
        zipped(&parts)
    };
    // Each sheet has its own name, so that only its part is the same.
    let listed = |times: usize, relation: &dyn Fn(usize) -> String, relations: &str| {
        let mut parts = sound();
        let cells = "<c/>".repeat(100_000);
        edit(&mut parts, SHEET, "<sheetData>", &format!("<sheetData><row r=\"9\">{cells}</row>"));
        let sheets: String =
            (0..times).map(|at| format!("<sheet name=\"N{at}\" sheetId=\"9\" r:id=\"{}\"/>", relation(at))).collect();
        edit(&mut parts, "xl/workbook.xml", "</sheets>", &format!("{sheets}</sheets>"));
        edit(&mut parts, "workbook.xml.rels", "</Relationships>", &format!("{relations}</Relationships>"));
        zipped(&parts)
    };
    let relations = |target: &str| {
        (0..90)
            .map(|at| format!("<Relationship Id=\"n{at}\" Type=\"http://x/relationships/worksheet\" Target=\"{target}\"/>"))
            .collect::<String>()
    };
    // Styles in a folder where sheets lie.
    let mut elsewhere = renamed("xl/", "xl/worksheets/");
    edit(&mut elsewhere, "styles.xml", "<cellXfs count=\"1\">", &format!("<cellXfs>{}", "<xf/>".repeat(400_000)));
    let pieces = |piece: &str| with(STRINGS, |text| text.replacen("Some words.", &piece.repeat(20), 1));
    let mut prefixed = vec![0_u8; 512];
    prefixed[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    prefixed.extend(zipped(&sound()));
    vec![
        ("a sheet in a part of another name", zipped(&other_name), "not an Excel workbook"),
        ("a format of 1 MB, named by a thousand", styles(&megabyte, 1_000), "claims to hold more"),
        ("a format of 60 kB, named by a thousand", styles(&"0".repeat(60_000), 1_000), "more and longer formats"),
        ("a format of 255 characters, named by 45,000", styles(&"0".repeat(255), 45_000), "more and longer formats"),
        ("a font of 60 kB, named by a thousand", font(60_000, 1_000), "more and longer formats"),
        ("400,000 styles in the folder of the sheets", zipped(&elsewhere), "far larger unpacked"),
        ("a name of 1 MB, of 1,990 rows", named(&megabyte, 1_990), "claims to hold more"),
        ("a name of 60 kB, of 1,990 rows", named(&"S".repeat(60_000), 1_990), "longer than 31 characters"),
        ("a name of 32 characters", named(&"S".repeat(32), 1), "longer than 31 characters"),
        ("a part listed 45,000 times", listed(45_000, &|_| "rId1".to_owned(), ""), "same sheet twice"),
        ("a part listed twice", listed(1, &|_| "rId1".to_owned(), ""), "same sheet twice"),
        (
            "a part under 90 relationships",
            listed(90, &|at| format!("n{at}"), &relations("/xl/worksheets/sheet1.xml")),
            "same sheet twice",
        ),
        ("200 sheets", listed(200, &|at| format!("n{at}"), ""), "more than 100 sheets"),
        ("a text of 20 MB in pieces", pieces(&format!("{megabyte}<!-- -->")), "far larger unpacked"),
        ("a text of 20 MB between elements", pieces(&format!("{megabyte}<a/>")), "claims to hold more"),
        ("an archive behind the head of another format", prefixed, "not an Excel workbook"),
        (
            "a cell beyond all numbers",
            with(SHEET, |text| text.replacen("r=\"A2\"", "r=\"A42949672970\"", 1)),
            "claims to hold more",
        ),
        (
            "a column beyond all numbers",
            with(SHEET, |text| text.replacen("r=\"A2\"", "r=\"AAAAAAAAAAAA2\"", 1)),
            "claims to hold more",
        ),
        (
            "merged from the end to the beginning",
            with(SHEET, |text| behind(text, "</sheetData>", "<mergeCells><mergeCell ref=\"B3:A2\"/></mergeCells>")),
            "claims to hold more",
        ),
        ("an error", with(SHEET, error_at), "Sheet1, A9: there is the error #N/A"),
        ("a cell twice", with(SHEET, |text| error_at(text).replacen("</row></sheetData>", TWICE, 1)), "has this cell twice"),
    ]
}

const TWICE: &str = "<c r=\"B9\"><v>1</v></c><c r=\"B9\"><v>2</v></c></row></sheetData>";

fn error_at(text: &str) -> String {
    text.replacen("</sheetData>", "<row r=\"9\"><c r=\"A9\" t=\"e\"><v>#N/A</v></c></row></sheetData>", 1)
}

/// Reports in which one long text is named by 9,000, or falls into millions of pieces: all are read, and cut.
fn long_reports() -> Vec<(&'static str, String, usize)> {
    let (megabyte, pieces) = ("a".repeat(1_000_000), ";".repeat(7_000_000));
    let suite = |name: &str| format!("<testsuite name=\"{name}\">{}</testsuite>", "<testcase name=\"b\"/>".repeat(9_000));
    let result = "<UnitTestResult testId=\"a\" testName=\"b\" outcome=\"Passed\"/>";
    let trx = |class: &str| {
        let test = format!("<D><UnitTest id=\"a\"><TestMethod className=\"{class}\"/></UnitTest></D>");
        format!("<TestRun>{test}{}</TestRun>", result.repeat(9_000))
    };
    let json = |name: &str| format!("[{{\"name\":\"{name}\",\"elements\":[{}]}}]", ["{\"name\":\"b\"}"; 9_000].join(","));
    vec![
        ("JUnit: a suite of 1 MB", suite(&megabyte), 9_000),
        ("JUnit: a suite that is mostly spaces", suite(&format!("a{}b", " ".repeat(1_000_000))), 9_000),
        ("TRX: a class of 1 MB", trx(&megabyte), 9_000),
        ("TRX: a class of 1 MB in pieces", trx(&"a.".repeat(500_000)), 9_000),
        ("JSON: a feature of 1 MB", json(&megabyte), 9_000),
        ("JSON: a feature of four-byte letters", json(&"\u{10400}".repeat(250_000)), 9_000),
        ("JSON: a place of 7 MB", format!("[{{\"name\":\"f\",\"elements\":[{{\"id\":\"{pieces}\",\"name\":\"b\"}}]}}]"), 1),
        ("JSON: words of 7 MB", format!("[{{\"name\":\"f\",\"elements\":[{{\"name\":\"{}\"}}]}}]", "b ".repeat(3_500_000)), 1),
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
    // As many formats as fit, none of them long.
    let styles =
        with("styles.xml", |text| behind(text, "<cellXfs count=\"1\">", &"<xf numFmtId=\"1\" fontId=\"0\"/>".repeat(45_000)));
    let (lines, more) = measured("45,000 styles", &styles, |bytes| read(bytes).unwrap());
    assert_eq!(lines.len(), 3);
    most = most.max(more);

    let factor: usize = std::env::var("FUZZ").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1);
    let mut rng = Rng(0x9e37_79b9_7f4a_7c15);
    let parts = sound();
    assert_eq!(read(zipped(&parts)).unwrap().len(), 3, "as it is, it is read");
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
