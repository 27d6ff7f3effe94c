//! Whatever is written into a document, there is one: it stays within its pages, loses nothing and takes little.

use paper::{Block, Paper, Refused, Table, Text};

use crate::{reader::Pdf, samples};

/// The edges of the text on A4, and where the foot begins.
const EDGES: (f32, f32) = (57.0, 538.28);
const FOOT: f32 = 785.0;
const SHEET: f32 = 841.89;

/// A document of these blocks, which keeps to its margins.
fn of(blocks: Vec<Block>) -> Pdf {
    let pdf = Pdf::read(&paper::set(&Paper { blocks, ..samples::certificate() }).unwrap());
    for (number, sheet) in pdf.sheets.iter().enumerate() {
        for place in &sheet.places {
            // A space at the end of a line may hang over, and it alone.
            let across = place.left >= EDGES.0 - 0.1 && place.right <= EDGES.1 + 6.0;
            let along = place.baseline > 50.0 && place.baseline < if place.said { FOOT - 10.0 } else { SHEET - 36.0 };
            assert!(across && along, "page {}: from {} to {} at {}", number + 1, place.left, place.right, place.baseline);
            assert!(place.size >= 11.0);
        }
    }
    pdf
}

/// A text in every place where there can be one.
fn everywhere(text: &str) -> Vec<Block> {
    let one = || Text::from(text);
    vec![
        Block::Heading(text.to_owned()),
        Block::Subheading(text.to_owned()),
        Block::Paragraph(one().strong(text).mono(text).link(text, "https://example.nhs.uk")),
        Block::Inset(one()),
        Block::Code(text.to_owned()),
        Block::Numbered(vec![one(), one()]),
        Block::Bulleted(vec![one()]),
        Block::Facts(vec![(text.to_owned(), one())]),
        Block::Table(Table {
            caption: text.to_owned(),
            heads: vec![text.to_owned(), text.to_owned()],
            rows: vec![vec![one(), one()]],
        }),
        Block::Qr { holds: "https://example.nhs.uk".to_owned(), alternative: text.to_owned(), beside: one() },
    ]
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    for paper in [samples::certificate(), samples::agreement()] {
        let once = paper::set(&paper).unwrap();
        assert!(once == paper::set(&paper).unwrap());
        let later = Paper { made: "2026-11-30T14:05:09Z".parse().unwrap(), ..paper };
        assert!(once != paper::set(&later).unwrap(), "the date is in it");
    }
}

#[test]
fn names_of_all_of_europe_are_set_as_they_are_written() {
    let names =
        "Zoë Łukasiewicz-Őry, Þóra Æsing, Weiß, Çelik, Dvořák, Șerban, Ġanni, Siân “Ŵ” O’Connor – Παπαδόπουλος, Ковальчук, Ђорђе";
    let pdf = of(vec![Block::Paragraph(names.into())]);
    assert!(pdf.tree().says().contains(names), "{}", pdf.tree().says());
}

#[test]
fn what_no_font_has_is_shown_as_unknown_and_stays_in_the_text() {
    let pdf = of(vec![Block::Paragraph("Signed by 李明 🎉 مريم ☑".into())]);
    assert!(pdf.tree().says().contains("Signed by 李明 🎉 مريم ☑"), "{}", pdf.tree().says());
    // Five places look the same: what is drawn is one sign, and no hole.
    let unknown = of(vec![Block::Paragraph("\u{fffd}".into())]);
    assert!(unknown.tree().says().contains('\u{fffd}'));
}

#[test]
fn no_character_stops_a_document() {
    let odd = [
        "\u{0}\u{1}\u{7f}\u{9f}",
        "\u{feff}\u{200b}\u{200d}\u{ad}",
        "\u{e000}\u{f0000}\u{ffff}\u{1fffe}",
        "a\u{301}\u{301}\u{301}\u{20dd}",
        "\u{301}",
        "\u{202e}abc",
        "\r\n\r\n\t",
        "\u{2028}\u{2029}\u{85}",
        "👩‍👩‍👧‍👦🇬🇧✌🏽",
        "नमस्ते สวัสดี 漢字 한글 עברית",
        "e\u{301} n\u{303}",
        "\u{2011}\u{a0}\u{202f}\u{2009}",
        "<&>\"'()\\",
        "\u{10ffff}",
        " ",
    ];
    for text in odd {
        of(everywhere(text));
        let paper = Paper {
            title: format!("T{text}"),
            issuer: text.to_owned(),
            subject: text.to_owned(),
            foot: text.to_owned(),
            blocks: Vec::new(),
            ..samples::certificate()
        };
        let pdf = Pdf::read(&paper::set(&paper).unwrap());
        let metadata = pdf.metadata();
        assert!(!metadata.contains(|it: char| it.is_control() && !it.is_whitespace()), "{text:?}: {metadata}");
    }
    // The characters of the first plane but for most Chinese ones, and the emoji of the next, some thousands at a time.
    let all: Vec<char> =
        (0..0x1_0000).chain(0x1_f000..0x1_fb00).filter(|it| !(0x3400..0xa000).contains(it)).filter_map(char::from_u32).collect();
    for some in all.chunks(4096) {
        of(vec![Block::Paragraph(some.iter().collect::<String>().into())]);
    }
}

#[test]
fn what_is_empty_is_left_out_or_stays_an_empty_cell() {
    of(everywhere(""));
    let blocks = vec![
        Block::Numbered(Vec::new()),
        Block::Facts(Vec::new()),
        Block::Table(Table::default()),
        Block::Table(Table { heads: vec![String::new()], ..Table::default() }),
        Block::Paragraph(Text::new()),
        Block::NewPage,
        Block::NewPage,
    ];
    let pdf = of(blocks);
    assert_eq!(pdf.sheets.len(), 1);
    let nothing = Paper {
        issuer: String::new(),
        subject: String::new(),
        foot: String::new(),
        blocks: Vec::new(),
        ..samples::certificate()
    };
    assert!(paper::set(&nothing).is_ok());
    for title in ["", " ", "\u{200b}"] {
        assert_eq!(paper::set(&Paper { title: title.to_owned(), ..samples::certificate() }), Err(Refused::Untitled));
    }
}

#[test]
fn a_long_word_stays_within_the_margins_wherever_it_stands() {
    let digest = samples::DIGEST;
    let pdf = of(everywhere(digest));
    assert!(pdf.tree().says().matches(digest).count() >= 14);
    of(everywhere(&"ß".repeat(3000)));
    let many =
        Table { caption: String::new(), heads: vec![digest.to_owned(); 12], rows: vec![vec![Text::new().mono(digest); 12]] };
    let pdf = of(vec![Block::Table(many)]);
    assert_eq!(pdf.tree().says().matches(digest).count(), 24);
    // What is said beside the pages may be long, too.
    let long = "a".repeat(40_000);
    let blocks = vec![
        Block::Heading(long.clone()),
        Block::Qr { holds: String::new(), alternative: long.clone(), beside: Text::new() },
        Block::Paragraph(Text::new().link("here", format!("https://{long}")).link("there", "https://é.example")),
    ];
    let paper = Paper { title: long.clone(), subject: long.clone(), foot: long, blocks, ..samples::certificate() };
    assert!(paper::set(&paper).is_ok());
}

#[test]
fn a_word_without_end_takes_no_longer_than_other_words() {
    let one = "ß".repeat(100_000);
    let marked = format!("a{}", "\u{301}".repeat(20_000));
    for text in [Text::from(one.as_str()), Text::new().mono(one), marked.as_str().into()] {
        let begun = std::time::Instant::now();
        let blocks = vec![Block::Paragraph(text)];
        paper::set(&Paper { blocks, ..samples::certificate() }).unwrap();
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
    }
}

#[test]
fn a_qr_code_that_is_to_hold_too_much_is_refused() {
    let holds = |count: usize| Block::Qr { holds: "é".repeat(count), alternative: String::new(), beside: Text::new() };
    let set = |block: Block| paper::set(&Paper { blocks: vec![block], ..samples::certificate() });
    assert!(set(holds(1000)).is_ok() && set(holds(0)).is_ok());
    assert_eq!(set(holds(3000)), Err(Refused::QrTooLong));
}

#[test]
fn rows_stay_whole_and_heads_come_again_for_the_eye() {
    let row = |number: usize| vec![format!("Row {number}").into(), format!("one {number}\ntwo {number}\nthree {number}").into()];
    let table = Table {
        caption: "Rows".to_owned(),
        heads: vec!["Name".to_owned(), "Lines".to_owned()],
        rows: (0..60).map(row).collect(),
    };
    let pdf = of(vec![Block::Heading("Before".to_owned()), Block::Table(table)]);
    assert!(pdf.sheets.len() > 3);
    for (number, sheet) in pdf.sheets.iter().enumerate() {
        let said: String = sheet.parts.values().map(String::as_str).collect();
        assert_eq!(said.matches("one ").count(), said.matches("three ").count(), "page {}", number + 1);
        assert_eq!(sheet.artifacts.contains("NameLines"), number > 0, "{}", sheet.artifacts);
    }
    assert_eq!(pdf.tree().of("THead").len(), 1);
    // A row that no page can hold is broken, and all of it is there.
    let long: String = (0..150).map(|line| format!("line {line}\n")).collect();
    let pdf = of(vec![Block::Facts(vec![("Long".to_owned(), long.into())])]);
    assert!(pdf.tree().says().contains("line 149") && pdf.sheets.len() > 2);
}

#[test]
fn a_heading_is_never_the_last_line_of_a_page() {
    // Wherever the heading comes on the page, what follows it is on the same one.
    for lines in 30..50 {
        let before = "x\n".repeat(lines);
        let pdf =
            of(vec![Block::Paragraph(before.into()), Block::Heading("Heading".to_owned()), Block::Paragraph("After it.".into())]);
        let on = |words: &str| pdf.sheets.iter().position(|sheet| sheet.parts.values().any(|text| text.contains(words)));
        assert_eq!(on("Heading"), on("After it."), "after {lines} lines");
    }
}
