//! What a document means can be read from it by whoever cannot see it. A reader of its own looks at the file, as a screen
//! reader would: nothing here knows how it was made.

use paper::{Block, Paper, Text};

use crate::{
    reader::{Element, Pdf, string},
    samples,
};

/// A document of these blocks.
fn of(blocks: Vec<Block>) -> Pdf {
    Pdf::read(&paper::set(&Paper { blocks, ..samples::certificate() }).unwrap())
}

/// The tree below the title, one line for each element.
fn drawn(blocks: Vec<Block>) -> Vec<String> {
    of(blocks).tree().drawn().lines().skip(3).map(|line| line.strip_prefix("  ").unwrap().to_owned()).collect()
}

#[test]
fn the_file_says_that_it_is_accessible_and_made_to_last() {
    let pdf = Pdf::read(&paper::set(&samples::certificate()).unwrap());
    let catalog = pdf.catalog();
    assert!(pdf.within(catalog, "MarkInfo").get(b"Marked").unwrap().as_bool().unwrap());
    assert_eq!(string(catalog.get(b"Lang").unwrap()), "en-GB");
    assert!(pdf.within(catalog, "ViewerPreferences").get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
    let metadata = pdf.metadata();
    for part in [
        "<pdfuaid:part>1<",
        "<pdfaid:part>2<",
        "<pdfaid:conformance>A<",
        ">Technical conformance certificate<",
        ">Ambleside Health Ltd: Fellview Records, version 4.2<",
        "<xmp:CreateDate>2026-11-29T14:05:09",
    ] {
        assert!(metadata.contains(part), "{part} is not in {metadata}");
    }
    let info = pdf.within(&pdf.document.trailer, "Info");
    assert_eq!(string(info.get(b"Title").unwrap()), "Technical conformance certificate");
    // Tabbing goes where reading goes.
    for page in pdf.document.get_pages().into_values() {
        assert_eq!(pdf.document.get_dictionary(page).unwrap().get(b"Tabs").unwrap().as_name().unwrap(), b"S");
    }
}

#[test]
fn headings_lists_and_paragraphs_are_what_they_are() {
    let mixed = Text::from("The product ").strong("met").plain(" them.");
    let tree = drawn(vec![
        Block::Heading("One".to_owned()),
        Block::Paragraph(mixed),
        Block::Subheading("One in one".to_owned()),
        Block::Inset("Not an approval.".into()),
        Block::Numbered(vec!["First".into(), "Second".into()]),
        Block::Bulleted(vec!["Any".into()]),
        Block::Code("7K3M".to_owned()),
    ]);
    let expected = [
        "H2 One",
        "P The product  them.",
        "  Strong met",
        "H3 One in one",
        "P Not an approval.",
        "L",
        "  LI",
        "    Lbl 1.",
        "    LBody",
        "      P First",
        "  LI",
        "    Lbl 2.",
        "    LBody",
        "      P Second",
        "L",
        "  LI",
        "    Lbl •",
        "    LBody",
        "      P Any",
        "P",
        "  Code 7K3M",
    ];
    assert_eq!(tree, expected);
}

#[test]
fn the_title_is_the_first_heading_and_no_level_is_left_out() {
    let pdf = of(vec![Block::Subheading("Small".to_owned()), Block::Subheading("Smaller".to_owned())]);
    let drawn = pdf.tree().drawn();
    let headings: Vec<&str> = drawn.lines().map(str::trim).filter(|line| line.starts_with('H')).collect();
    assert_eq!(headings, ["H1 Technical conformance certificate", "H2 Small", "H3 Smaller"]);
    assert!(drawn.starts_with("Document\n  P GP Connect onboarding\n  H1 "), "{drawn}");
}

#[test]
fn tables_have_heads_for_their_rows_and_columns() {
    let scopes = |pdf: &Pdf| -> Vec<(String, String)> {
        let tree = pdf.tree();
        let scope = |head: &Element| {
            let attributes = head.dictionary.get(b"A").unwrap().as_array().unwrap();
            let scope = attributes.iter().find_map(|it| it.as_dict().unwrap().get(b"Scope").ok()).unwrap();
            (head.says().trim().to_owned(), String::from_utf8(scope.as_name().unwrap().to_vec()).unwrap())
        };
        tree.of("TH").into_iter().map(scope).collect()
    };
    let pair = |name: &str, scope: &str| (name.to_owned(), scope.to_owned());
    let facts = Block::Facts(vec![("Supplier".to_owned(), "Ambleside".into()), ("Nothing".to_owned(), Text::new())]);
    assert_eq!(scopes(&of(vec![facts.clone()])), [pair("Supplier", "Row"), pair("Nothing", "Row")]);
    let rows =
        ["Table", "  TBody", "    TR", "      TH Supplier", "      TD Ambleside", "    TR", "      TH Nothing", "      TD"];
    assert_eq!(drawn(vec![facts]), rows);

    let table = Block::Table(paper::Table {
        caption: "Parties".to_owned(),
        heads: vec!["Name".to_owned(), "Code".to_owned()],
        rows: vec![vec!["NHS England".into(), "X26".into()], vec!["Alone".into()], vec!["A".into(), "B".into(), "C".into()]],
    });
    let pdf = of(vec![table]);
    let heads = [("Name", "Column"), ("Code", "Column"), ("", "Column"), ("NHS England", "Row"), ("Alone", "Row"), ("A", "Row")];
    assert_eq!(scopes(&pdf), heads.map(|(name, scope)| pair(name, scope)));
    let tree = pdf.tree();
    assert_eq!(tree.of("Caption")[0].says().trim(), "Parties");
    // Every row has as many cells as there are columns.
    assert!(tree.of("TR").iter().all(|row| row.children.len() == 3));
    assert_eq!((tree.of("THead").len(), tree.of("TBody").len()), (1, 1));
}

#[test]
fn a_picture_says_what_it_is_and_a_link_where_it_leads() {
    let pdf = Pdf::read(&paper::set(&samples::certificate()).unwrap());
    let tree = pdf.tree();
    let figures = tree.of("Figure");
    assert_eq!(figures.len(), 1);
    assert_eq!(string(figures[0].dictionary.get(b"Alt").unwrap()), samples::QR);
    let links = tree.of("Link");
    assert_eq!(links.len(), 1);
    let address = links[0].text.trim();
    assert_eq!(address, format!("https://onboarding.example.nhs.uk/verify/{}", samples::NUMBER));
    assert!(!links[0].children.is_empty());
    for object in &links[0].children {
        assert_eq!(object.role, "Object");
        assert_eq!(string(object.dictionary.get(b"Contents").unwrap()), address);
        assert_eq!(string(pdf.within(&object.dictionary, "A").get(b"URI").unwrap()), address);
    }
}

#[test]
fn everything_on_a_page_is_content_or_says_that_it_is_none() {
    for paper in [samples::certificate(), samples::agreement()] {
        let pdf = Pdf::read(&paper::set(&paper).unwrap());
        let count = pdf.sheets.len();
        for (number, sheet) in pdf.sheets.iter().enumerate() {
            assert_eq!(sheet.unmarked, [""; 0], "page {}", number + 1);
            // The foot of a page is read to nobody.
            assert!(sheet.artifacts.contains(&format!("Page {} of {count}", number + 1)), "{}", sheet.artifacts);
            assert!(sheet.artifacts.contains(&paper.foot));
            assert!(!sheet.parts.values().any(|text| text.contains(&format!("of {count}"))));
        }
        let said = pdf.tree().says();
        assert!(!said.contains(&paper.foot) && said.contains(&paper.title));
    }
}

#[test]
fn what_is_said_is_said_in_the_order_in_which_it_was_given() {
    let pdf = Pdf::read(&paper::set(&samples::agreement()).unwrap());
    let said = pdf.tree().says();
    let order = [
        "Connection agreement for GP Connect",
        "Between the parties named below",
        "Who is bound",
        "ODS code",
        "Grasmere Primary Care Network",
        "Part 1",
        "Legal name of the supplier",
        "LA22 9AA",
        "Where data is processed",
        "Part 2",
        "1. We connect to GP Connect only with the product and the capabilities that this agreement names, and only for the direct care of patients.",
        "6. We know",
        "Annexes",
        "Evidence of signing",
        "Siân O’Connor",
        "Dimitrios Παπαδόπουλος",
        "Анна Ковальчук",
        "The words that were signed",
        samples::DIGEST,
        "Scan the code",
    ];
    let mut from = 0;
    for part in order {
        let at = said[from..].find(part).unwrap_or_else(|| panic!("“{part}” does not follow in {said}"));
        from += at + part.len();
    }
}

#[test]
fn the_outline_leads_to_every_heading() {
    let pdf = Pdf::read(&paper::set(&samples::agreement()).unwrap());
    let toc = pdf.document.get_toc().unwrap();
    let entries: Vec<(usize, &str)> = toc.toc.iter().map(|entry| (entry.level, entry.title.as_str())).collect();
    assert_eq!(entries.first(), Some(&(1, "Connection agreement for GP Connect")));
    assert!(entries.contains(&(2, "Parties")) && entries.contains(&(3, "Where data is processed")), "{entries:?}");
}
