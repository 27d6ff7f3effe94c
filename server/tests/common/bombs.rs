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
