//! Reads a PDF as a screen reader does: along the tree of what its parts mean, with the text of each. Knows nothing of how
//! the file was made.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId, content::Content};

/// What stands on a page.
pub struct Sheet {
    /// The text of each numbered part of its content.
    pub parts: BTreeMap<i64, String>,
    /// What is drawn without saying whether it is content.
    pub unmarked: Vec<String>,
    /// The text that is there for the eye alone.
    pub artifacts: String,
    /// Where each piece of text stands.
    pub places: Vec<Place>,
}

/// Where a piece of text stands, from the left and from the top.
pub struct Place {
    pub left: f32,
    pub right: f32,
    pub baseline: f32,
    pub size: f32,
    /// Whether it is a part of what is said.
    pub said: bool,
}

/// A part of the tree.
pub struct Element {
    pub role: String,
    pub text: String,
    pub dictionary: Dictionary,
    pub children: Vec<Element>,
}

pub struct Pdf {
    pub document: Document,
    pub sheets: Vec<Sheet>,
    pages: Vec<ObjectId>,
}

/// The characters that each code of a font stands for, and how wide they are.
struct Font {
    shows: BTreeMap<u16, String>,
    widths: BTreeMap<u16, f32>,
    /// How wide all others are.
    other: f32,
}

impl Pdf {
    pub fn read(bytes: &[u8]) -> Self {
        let document = Document::load_mem(bytes).unwrap();
        let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
        let sheets = pages.iter().map(|page| sheet(&document, *page)).collect();
        Self { document, sheets, pages }
    }

    pub fn catalog(&self) -> &Dictionary {
        self.document.catalog().unwrap()
    }

    /// A dictionary within another one, behind a reference or not.
    pub fn within<'a>(&'a self, dictionary: &'a Dictionary, key: &str) -> &'a Dictionary {
        dictionary.get_deref(key.as_bytes(), &self.document).unwrap().as_dict().unwrap()
    }

    pub fn metadata(&self) -> String {
        let stream = self.catalog().get_deref(b"Metadata", &self.document).unwrap().as_stream().unwrap();
        String::from_utf8(stream.get_plain_content().unwrap()).unwrap()
    }

    pub fn tree(&self) -> Element {
        let root = self.within(self.catalog(), "StructTreeRoot");
        let mut seen = BTreeSet::new();
        let children = self.children(root.get(b"K").unwrap(), None, &mut seen);
        // Every part of every page is in the tree, and once.
        for (number, sheet) in self.sheets.iter().enumerate() {
            for part in sheet.parts.keys() {
                assert!(seen.contains(&(number, *part)), "part {part} of page {} is not in the tree", number + 1);
            }
        }
        Element { role: "Root".to_owned(), text: String::new(), dictionary: root.clone(), children: children.0 }
    }

    /// The elements below an element, and the text that stands in it itself.
    fn children(&self, of: &Object, page: Option<ObjectId>, seen: &mut BTreeSet<(usize, i64)>) -> (Vec<Element>, String) {
        let (_, of) = self.document.dereference(of).unwrap();
        match of {
            Object::Array(all) => {
                let mut gathered = (Vec::new(), String::new());
                for one in all {
                    let (children, text) = self.children(one, page, seen);
                    gathered.0.extend(children);
                    gathered.1.push_str(&text);
                }
                gathered
            }
            Object::Integer(part) => {
                let sheet = self.pages.iter().position(|it| Some(*it) == page).unwrap();
                assert!(seen.insert((sheet, *part)), "part {part} of page {} is in the tree twice", sheet + 1);
                (Vec::new(), self.sheets[sheet].parts[part].clone())
            }
            Object::Dictionary(one) => {
                let page = one.get(b"Pg").ok().map(|page| page.as_reference().unwrap()).or(page);
                match one.get(b"Type").and_then(Object::as_name).unwrap_or(b"StructElem") {
                    b"MCR" => self.children(one.get(b"MCID").unwrap(), page, seen),
                    b"OBJR" => {
                        let role = "Object".to_owned();
                        let dictionary = self.within(one, "Obj").clone();
                        (vec![Element { role, text: String::new(), dictionary, children: Vec::new() }], String::new())
                    }
                    _ => {
                        let role = String::from_utf8(one.get(b"S").unwrap().as_name().unwrap().to_vec()).unwrap();
                        let below = one.get(b"K").ok().map(|below| self.children(below, page, seen)).unwrap_or_default();
                        (vec![Element { role, text: below.1, dictionary: one.clone(), children: below.0 }], String::new())
                    }
                }
            }
            other => panic!("{other:?} in the tree"),
        }
    }
}

impl Element {
    /// All elements from here on, in reading order.
    pub fn all(&self) -> Vec<&Self> {
        let below = self.children.iter().flat_map(Self::all);
        std::iter::once(self).chain(below).collect()
    }

    pub fn of(&self, role: &str) -> Vec<&Self> {
        self.all().into_iter().filter(|element| element.role == role).collect()
    }

    /// Everything that is said from here on. Words of another manner come after those around them.
    pub fn says(&self) -> String {
        self.all().into_iter().map(|element| element.text.as_str()).collect()
    }

    /// The tree as lines, each as deep as it stands.
    pub fn drawn(&self) -> String {
        fn draw(element: &Element, depth: usize, into: &mut String) {
            let text = element.text.trim();
            into.push_str(format!("{}{} {text}", "  ".repeat(depth), element.role).trim_end());
            into.push('\n');
            element.children.iter().for_each(|child| draw(child, depth + 1, into));
        }
        let mut drawn = String::new();
        self.children.iter().for_each(|child| draw(child, 0, &mut drawn));
        drawn
    }
}

pub fn string(object: &Object) -> String {
    let bytes = object.as_str().unwrap();
    match bytes.strip_prefix(&[0xfe, 0xff]) {
        Some(wide) => utf16(wide),
        None => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
    String::from_utf16(&units).unwrap()
}

/// What a font says of itself. That it is embedded is seen here: nothing is read of one that is not.
fn font(document: &Document, font: &Dictionary) -> Font {
    let map = font.get_deref(b"ToUnicode", document).unwrap().as_stream().unwrap().get_plain_content().unwrap();
    let map = String::from_utf8(map).unwrap();
    let mut shows = BTreeMap::new();
    for block in map.split("beginbfchar").skip(1) {
        for line in block.split("endbfchar").next().unwrap().lines().filter(|line| line.contains('<')) {
            let hex: Vec<Vec<u8>> =
                line.split(['<', '>']).filter(|it| !it.trim().is_empty()).map(|it| bytes(it.trim())).collect();
            shows.insert(u16::from_be_bytes([hex[0][0], hex[0][1]]), utf16(&hex[1]));
        }
    }
    assert!(!map.contains("beginbfrange"), "ranges are not read here");
    let descendants = font.get_deref(b"DescendantFonts", document).unwrap().as_array().unwrap();
    let (_, below) = document.dereference(&descendants[0]).unwrap();
    let below = below.as_dict().unwrap();
    let descriptor = below.get_deref(b"FontDescriptor", document).unwrap().as_dict().unwrap();
    let file = [b"FontFile2".as_slice(), b"FontFile3"].into_iter().find_map(|key| descriptor.get_deref(key, document).ok());
    assert!(file.is_some_and(|file| !file.as_stream().unwrap().content.is_empty()), "a font is not embedded");
    let mut widths = BTreeMap::new();
    let mut listed = below.get_deref(b"W", document).unwrap().as_array().unwrap().iter();
    while let (Some(first), Some(next)) = (listed.next(), listed.next()) {
        let first = u16::try_from(first.as_i64().unwrap()).unwrap();
        match next {
            Object::Array(each) => {
                widths.extend((first..).zip(each.iter().map(|width| width.as_float().unwrap())));
            }
            last => {
                let width = listed.next().unwrap().as_float().unwrap();
                widths.extend((first..=u16::try_from(last.as_i64().unwrap()).unwrap()).map(|code| (code, width)));
            }
        }
    }
    let other = below.get(b"DW").map_or(1000.0, |width| width.as_float().unwrap());
    Font { shows, widths, other }
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// What a piece of content is: a numbered part, nothing that is said, or what its characters really are.
enum Mark {
    Part(i64),
    Artifact,
    Actual,
}

fn sheet(document: &Document, page: ObjectId) -> Sheet {
    let mut sheet = Sheet { parts: BTreeMap::new(), unmarked: Vec::new(), artifacts: String::new(), places: Vec::new() };
    let named = document.get_page_fonts(page).unwrap();
    let fonts: BTreeMap<&[u8], Font> = named.iter().map(|(name, it)| (name.as_slice(), font(document, it))).collect();
    let content = Content::decode(&document.get_page_content(page)).unwrap();
    let mut marks: Vec<Mark> = Vec::new();
    let (mut set_in, mut size, mut x, mut y) = (None, 0.0, 0.0, 0.0);
    for operation in content.operations {
        let number = |at: usize| operation.operands[at].as_float().unwrap();
        match operation.operator.as_str() {
            "BMC" | "BDC" => {
                let properties = operation.operands.get(1).and_then(|it| it.as_dict().ok());
                let part = properties.and_then(|it| it.get(b"MCID").ok()).map(|it| it.as_i64().unwrap());
                let actual = properties.and_then(|it| it.get(b"ActualText").ok()).map(string);
                marks.push(match (part, actual) {
                    (Some(part), _) => {
                        sheet.parts.insert(part, String::new());
                        Mark::Part(part)
                    }
                    (None, Some(actual)) => {
                        say(&mut sheet, &marks, &actual);
                        Mark::Actual
                    }
                    (None, None) => {
                        assert_eq!(operation.operands[0].as_name().unwrap(), b"Artifact");
                        Mark::Artifact
                    }
                });
            }
            "EMC" => assert!(marks.pop().is_some()),
            "Tf" => {
                set_in = Some(&fonts[operation.operands[0].as_name().unwrap()]);
                size = number(1);
            }
            // Pages are drawn from the top down: the baseline is counted from there.
            "Tm" => (x, y) = (number(4), number(5)),
            "Tj" | "TJ" => {
                if marks.is_empty() {
                    sheet.unmarked.push(operation.operator.clone());
                }
                let pieces = match &operation.operands[0] {
                    Object::Array(pieces) => pieces.clone(),
                    one => vec![one.clone()],
                };
                let set_in = set_in.unwrap();
                let left = x;
                for piece in pieces {
                    if let Ok(codes) = piece.as_str() {
                        for code in codes.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])) {
                            x += set_in.widths.get(&code).unwrap_or(&set_in.other) * size / 1000.0;
                            say(&mut sheet, &marks, set_in.shows.get(&code).map_or("", String::as_str));
                        }
                    } else {
                        x -= piece.as_float().unwrap() * size / 1000.0;
                    }
                }
                let said = !marks.iter().any(|mark| matches!(mark, Mark::Artifact));
                sheet.places.push(Place { left, right: x, baseline: y, size, said });
            }
            "f" | "f*" | "S" | "B" | "Do" if marks.is_empty() => sheet.unmarked.push(operation.operator.clone()),
            _ => {}
        }
    }
    sheet
}

fn say(sheet: &mut Sheet, marks: &[Mark], text: &str) {
    match marks.last() {
        Some(Mark::Part(part)) => sheet.parts.entry(*part).or_default().push_str(text),
        Some(Mark::Artifact) => sheet.artifacts.push_str(text),
        // What the characters really are was said before.
        Some(Mark::Actual) | None => {}
    }
}
