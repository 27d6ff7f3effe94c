//! Files that want more memory or time than they may have: what somebody hostile sends in.

use std::io::{Cursor, Read as _, Write as _};

use journey::scal::sheet::COLUMNS;
use rust_xlsxwriter::Workbook;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// A workbook with our heading and three rows, part by part.
pub fn sound() -> Vec<(String, String)> {
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

/// The parts as a file.
pub fn zipped(parts: &[(String, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The sound workbook with one part changed.
pub fn with(part: &str, change: impl FnOnce(&str) -> String) -> Vec<u8> {
    let mut parts = sound();
    let found = parts.iter_mut().find(|(name, _)| name.ends_with(part)).unwrap();
    found.1 = change(&found.1);
    zipped(&parts)
}

const STRINGS: &str = "sharedStrings.xml";
const SHEET: &str = "sheet1.xml";

/// The text with more behind a mark that is in it.
pub fn behind(text: &str, mark: &str, more: &str) -> String {
    assert!(text.contains(mark), "{mark} in {text}");
    text.replacen(mark, &format!("{mark}{more}"), 1)
}

/// Workbooks that want more than they may: what each is, its bytes, and what the refusal says.
pub fn workbooks() -> Vec<(&'static str, Vec<u8>, &'static str)> {
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

/// One text of a part replaced once.
fn edit(parts: &mut [(String, String)], part: &str, from: &str, to: &str) {
    let (_, text) = parts.iter_mut().find(|(name, _)| name.ends_with(part)).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    *text = text.replacen(from, to, 1);
}

/// What is long and named by many, and what is reached under another name.
pub fn referred() -> Vec<(&'static str, Vec<u8>, &'static str)> {
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
        ("a cell twice", with(SHEET, |text| error_at(text).replacen("</row></sheetData>", TWICE, 1)), "has this cell twice"),
    ]
}

const TWICE: &str = "<c r=\"B9\"><v>1</v></c><c r=\"B9\"><v>2</v></c></row></sheetData>";

fn error_at(text: &str) -> String {
    text.replacen("</sheetData>", "<row r=\"9\"><c r=\"A9\" t=\"e\"><v>#N/A</v></c></row></sheetData>", 1)
}

/// Reports in which one long text is named by 9,000, or falls into millions of pieces: all are read, and cut.
pub fn long_reports() -> Vec<(&'static str, String, usize)> {
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

/// A report of these cases.
pub fn junit(cases: &str) -> Vec<u8> {
    format!("<testsuite name=\"s\">{cases}</testsuite>").into_bytes()
}

/// Reports that want more than they may, likewise.
pub fn reports() -> Vec<(&'static str, Vec<u8>, &'static str)> {
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
