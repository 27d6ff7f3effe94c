//! Pages drawn, and what they mean written beside them: PDF/A-2a and PDF/UA-1.

use jiff::tz::TimeZone;
use krilla::{
    Document, SerializeSettings,
    action::LinkAction,
    annotation::{Annotation, LinkAnnotation, Target},
    color::rgb,
    configure::{Accessibility, Archival, Configuration, ConfigurationBuilder},
    destination::XyzDestination,
    error::KrillaError,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    outline::{Outline, OutlineNode},
    page::{Page as Sheet, PageSettings},
    paint::Fill,
    surface::Surface,
    tagging::{self, Artifact, ArtifactType, BBox, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagTree},
    text::{Font, GlyphId, KrillaGlyph},
};

use crate::{
    bands::{Colour, Ink, Node, TEXT, Words},
    document::Paper,
    fonts::Face,
    lines,
    pages::Page,
};

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.28;
pub(crate) const HEIGHT: f32 = 841.89;
/// From the edge of the sheet to the text: at its sides, and at its top and foot.
pub(crate) const SIDE: f32 = 57.0;
pub(crate) const MARGIN: f32 = 50.0;
/// Longer entries of an outline are cut: nobody reads them there.
const LONGEST_ENTRY: usize = 200;

/// A document that is being drawn.
struct Writer {
    fonts: Vec<Font>,
    /// Where each part of the text was drawn.
    drawn: Vec<Vec<Identifier>>,
    /// Where each picture was drawn.
    boxes: Vec<Option<BBox>>,
    /// What is called how, how deep, and where.
    entries: Vec<(u16, String, usize, f32)>,
}

/// These pages as a file, with the lines that stand at the foot of each.
pub(crate) fn written(
    paper: &Paper,
    pages: &[Page],
    nodes: Vec<Node>,
    leaves: usize,
    feet: &[Vec<Ink>],
) -> Result<Vec<u8>, String> {
    let settings = SerializeSettings { configuration: both_standards()?, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let mut fonts = Vec::new();
    for face in Face::ALL {
        fonts.push(Font::new(face.bytes().into(), 0).ok_or("a font that is built in cannot be read")?);
    }
    let mut writer = Writer { fonts, drawn: vec![Vec::new(); leaves], boxes: vec![None; leaves], entries: Vec::new() };
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or("A4 is no size")?;
    for (number, page) in pages.iter().enumerate() {
        let mut sheet = document.start_page_with(size.clone());
        writer.page(&mut sheet, number, page, feet.get(number).map_or(&[], Vec::as_slice));
        sheet.finish();
    }
    document.set_outline(writer.outline());
    let language = (!paper.language.trim().is_empty()).then(|| lines::clean(&paper.language));
    let mut tree = TagTree::new().with_lang(language.clone());
    for node in nodes {
        writer.node(node, &mut tree.children);
    }
    document.set_tag_tree(tree);
    document.set_metadata(metadata(paper, language));
    document.finish().map_err(|error| match error {
        KrillaError::Validation(broken) => broken.iter().map(|(rule, _)| format!("{rule:?}")).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    })
}

/// To be read by everybody, and in fifty years.
fn both_standards() -> Result<Configuration, String> {
    ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| format!("{error:?}"))
}

fn metadata(paper: &Paper, language: Option<String>) -> Metadata {
    let made = paper.made.to_zoned(TimeZone::UTC).datetime();
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(made.year()).unwrap_or_default())
        .month(part(made.month()))
        .day(part(made.day()))
        .hour(part(made.hour()))
        .minute(part(made.minute()))
        .second(part(made.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let mut metadata = Metadata::new().title(lines::clean(&paper.title)).creation_date(date);
    if let Some(language) = language {
        metadata = metadata.language(language);
    }
    if !paper.subject.trim().is_empty() {
        metadata = metadata.description(lines::clean(&paper.subject));
    }
    if !paper.issuer.trim().is_empty() {
        metadata = metadata.authors(vec![lines::clean(&paper.issuer)]);
    }
    metadata
}

impl Writer {
    fn page(&mut self, sheet: &mut Sheet, number: usize, page: &Page, foot: &[Ink]) {
        let mut links = Vec::new();
        let mut surface = sheet.surface();
        for (top, band) in &page.bands {
            let top = MARGIN + top;
            if let Some((level, words)) = &band.entry {
                self.entries.push((*level, words.clone(), number, top));
            }
            for ink in &band.inks {
                self.ink(&mut surface, ink, number, top, ArtifactType::Layout);
                if let Ink::Words(Words { leaf: Some(leaf), address: Some(address), .. }) = ink {
                    links.push((*leaf, address.to_string(), area(ink, top)));
                }
            }
        }
        for ink in foot {
            self.ink(&mut surface, ink, number, HEIGHT - MARGIN, ArtifactType::Footer);
        }
        surface.finish();
        for (leaf, address, area) in links {
            let Some(area) = area else { continue };
            let link = LinkAnnotation::new(area, Target::Action(LinkAction::new(address.clone()).into()));
            let link = sheet.add_tagged_annotation(Annotation::new_link(link, Some(lines::clean(&address))));
            self.drawn[leaf].push(link);
        }
    }

    fn ink(&mut self, surface: &mut Surface, ink: &Ink, page: usize, top: f32, kind: ArtifactType) {
        match ink {
            Ink::Words(words) => {
                let tag =
                    words.leaf.map_or(ContentTag::Artifact(Artifact::with_kind(kind)), |_| ContentTag::Span(SpanTag::empty()));
                let drawn = surface.start_tagged(tag);
                surface.set_fill(Some(fill(words.colour)));
                let start = Point::from_xy(SIDE + words.x, top + words.baseline);
                let font = self.fonts[words.face as usize].clone();
                surface.draw_glyphs(start, &glyphs(words), font, &words.text, words.size, false);
                surface.end_tagged();
                if let Some(leaf) = words.leaf {
                    self.drawn[leaf].push(drawn);
                }
            }
            Ink::Fill { x, y, width, height, colour } => {
                surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
                let mut path = PathBuilder::new();
                if let Some(area) = Rect::from_xywh(SIDE + x, top + y, *width, *height) {
                    path.push_rect(area);
                }
                draw(surface, path, *colour);
                surface.end_tagged();
            }
            Ink::Qr { x, y, module, rows, leaf } => {
                let (left, top) = (SIDE + x, top + y);
                let drawn = surface.start_tagged(ContentTag::Other);
                let mut path = PathBuilder::new();
                for (number, row) in rows.iter().enumerate() {
                    let mut at = 0;
                    // What is dark side by side is one rectangle.
                    for same in row.chunk_by(|one, other| one == other) {
                        let (x, y) = (left + at as f32 * module, top + number as f32 * module);
                        at += same.len();
                        if let (true, Some(area)) = (same[0], Rect::from_xywh(x, y, same.len() as f32 * module, *module)) {
                            path.push_rect(area);
                        }
                    }
                }
                draw(surface, path, TEXT);
                surface.end_tagged();
                self.drawn[*leaf].push(drawn);
                let side = rows.len() as f32 * module;
                self.boxes[*leaf] = Rect::from_xywh(left, top, side, side).map(|area| BBox::new(page, area));
            }
        }
    }

    /// What a part means, with where it was drawn.
    fn node(&self, node: Node, into: &mut Vec<tagging::Node>) {
        match node {
            Node::Leaf(leaf) => into.extend(self.drawn[leaf].iter().copied().map(tagging::Node::from)),
            Node::Group(tag, nodes) => {
                let mut children = Vec::new();
                for node in nodes {
                    self.node(node, &mut children);
                }
                into.push(TagGroup::with_children(tag, children).into());
            }
            Node::Picture(leaf, alternative) => {
                let mut tag = Tag::Figure(Some(alternative));
                tag.set_bbox(self.boxes[leaf]);
                let children = self.drawn[leaf].iter().copied().map(tagging::Node::from).collect();
                into.push(TagGroup::with_children(tag, children).into());
            }
        }
    }

    /// The headings as a tree.
    fn outline(&self) -> Outline {
        let mut outline = Outline::new();
        let mut rest = self.entries.as_slice();
        while let Some((level, ..)) = rest.first() {
            outline.push_child(entry(&mut rest, *level));
        }
        outline
    }
}

/// The first of these headings with those below it.
fn entry(rest: &mut &[(u16, String, usize, f32)], level: u16) -> OutlineNode {
    let (_, words, page, top) = &rest[0];
    *rest = &rest[1..];
    let words: String = words.chars().take(LONGEST_ENTRY).collect();
    let mut node =
        OutlineNode::new(words, XyzDestination::new(*page, Point::from_xy(0.0, (top - 10.0).max(0.0)))).with_open(true);
    while let Some((below, ..)) = rest.first().filter(|(below, ..)| *below > level) {
        node.push_child(entry(rest, *below));
    }
    node
}

fn fill(colour: Colour) -> Fill {
    let [red, green, blue] = colour;
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

fn draw(surface: &mut Surface, path: PathBuilder, colour: Colour) {
    surface.set_fill(Some(fill(colour)));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn glyphs(words: &Words) -> Vec<KrillaGlyph> {
    let glyph = |glyph: &crate::fonts::Glyph| {
        let id = GlyphId::new(glyph.id);
        KrillaGlyph::new(id, glyph.advance, glyph.right, glyph.up, 0.0, glyph.shows.clone(), None)
    };
    words.glyphs.iter().map(glyph).collect()
}

/// Where words can be clicked.
fn area(ink: &Ink, top: f32) -> Option<Rect> {
    let Ink::Words(words) = ink else { return None };
    let (left, base) = (SIDE + words.x, top + words.baseline);
    Rect::from_ltrb(left, base - words.size, left + words.width(), base + words.size / 3.0)
}
