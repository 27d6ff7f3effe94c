//! Text set in rows, the rows gathered as bands, and what each part of them means.

use std::{ops::Range, rc::Rc};

use krilla::tagging::Tag;

use crate::{
    bands::{BLUE, Band, Colour, Ink, Node, TEXT, Words},
    document::{Manner, Text},
    fonts::{Face, Fonts, Glyph},
    lines::Line,
};

/// How a text looks.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) face: Face,
    pub(crate) size: f32,
    pub(crate) leading: f32,
    pub(crate) colour: Colour,
}

pub(crate) const BODY: Look = Look { face: Face::Regular, size: 11.0, leading: 16.5, colour: TEXT };
pub(crate) const STRONG: Look = Look { face: Face::Bold, ..BODY };

/// The space between two paragraphs.
pub(crate) const GAP: f32 = 10.0;

/// What stands on one line, as it is drawn from its own top.
pub(crate) type Row = Vec<Ink>;

/// Gathers bands and what they mean.
pub(crate) struct Setter<'a> {
    pub(crate) fonts: &'a Fonts<'a>,
    pub(crate) width: f32,
    /// The height of a page.
    pub(crate) height: f32,
    pub(crate) bands: Vec<Band>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) leaves: usize,
    /// The level of the heading before.
    pub(crate) level: u16,
    /// Whether what comes next begins a page.
    pub(crate) fresh: bool,
    /// How much further away it is than it would be by itself.
    pub(crate) after: f32,
}

impl<'a> Setter<'a> {
    pub(crate) fn new(fonts: &'a Fonts<'a>, width: f32, height: f32) -> Self {
        Self { fonts, width, height, bands: Vec::new(), nodes: Vec::new(), leaves: 0, level: 0, fresh: false, after: 0.0 }
    }

    pub(crate) fn band(&mut self, mut band: Band) {
        band.fresh |= std::mem::take(&mut self.fresh);
        band.before += std::mem::take(&mut self.after);
        self.bands.push(band);
    }

    pub(crate) fn leaf(&mut self) -> usize {
        self.leaves += 1;
        self.leaves - 1
    }

    /// A text broken into rows, and what its parts mean.
    pub(crate) fn text(&mut self, text: &Text, look: Look, x: f32, width: f32) -> (Vec<Row>, Vec<Node>) {
        let line = Line::of(self.fonts, text, look.face);
        let mut nodes = Vec::new();
        let mut leaves: Vec<Option<usize>> = vec![None; text.0.len().max(1)];
        let rows = line.broken(width / look.size);
        let rows = rows
            .into_iter()
            .map(|glyphs| {
                let mut at = x;
                let mut row = Vec::new();
                let mut start = glyphs.start;
                while start < glyphs.end {
                    let (span, face) = (line.spans[start], line.glyphs[start].face);
                    let same = |it: &usize| line.spans[*it] == span && line.glyphs[*it].face == face;
                    let end = (start..glyphs.end).find(|it| !same(it)).unwrap_or(glyphs.end);
                    let manner = text.0.get(span).map_or(&Manner::Plain, |span| manner(&span.manner));
                    let leaf = *leaves[span].get_or_insert_with(|| {
                        let leaf = self.leaf();
                        nodes.push(match manner {
                            Manner::Plain => Node::Leaf(leaf),
                            Manner::Strong => Node::group(Tag::Strong, vec![Node::Leaf(leaf)]),
                            Manner::Mono => Node::group(Tag::Code, vec![Node::Leaf(leaf)]),
                            Manner::Link(_) => Node::group(Tag::Link, vec![Node::Leaf(leaf)]),
                        });
                        leaf
                    });
                    let words = words(&line, start..end, look, at, leaf, manner);
                    at += words.width();
                    if let (Manner::Link(_), width) = (manner, words.width()) {
                        let y = words.baseline + 1.8;
                        row.push(Ink::Fill { x: words.x, y, width, height: 0.7, colour: BLUE });
                    }
                    row.push(Ink::Words(words));
                    start = end;
                }
                row
            })
            .collect();
        (rows, nodes)
    }

    /// Rows of text as bands: the first two and the last two stay together.
    pub(crate) fn rows(&mut self, rows: Vec<Row>, leading: f32, before: f32, keeps: bool) {
        let count = rows.len();
        for (number, inks) in rows.into_iter().enumerate() {
            let before = if number == 0 { before } else { 0.0 };
            let together = number + 1 < count && (number == 0 || number + 2 == count);
            self.band(Band { before, height: leading, keeps: together || keeps, inks, ..Band::default() });
        }
    }
}

/// An address that a file cannot hold as one is no link, and its words are set all the same.
fn manner(manner: &Manner) -> &Manner {
    match manner {
        Manner::Link(address)
            if address.is_empty() || address.len() > 2000 || !address.bytes().all(|it| it.is_ascii_graphic()) =>
        {
            &Manner::Plain
        }
        other => other,
    }
}

/// The same, further down.
pub(crate) fn lowered(mut ink: Ink, by: f32) -> Ink {
    match &mut ink {
        Ink::Words(words) => words.baseline += by,
        Ink::Fill { y, .. } | Ink::Qr { y, .. } => *y += by,
    }
    ink
}

/// The same, as something that is no part of what is said.
pub(crate) fn for_the_eye(mut ink: Ink) -> Ink {
    if let Ink::Words(words) = &mut ink {
        (words.leaf, words.address) = (None, None);
    }
    ink
}

/// Glyphs of one manner and face, with the characters that they show.
fn words(line: &Line, glyphs: Range<usize>, look: Look, x: f32, leaf: usize, manner: &Manner) -> Words {
    let glyphs = &line.glyphs[glyphs];
    let start = glyphs.first().map_or(0, |glyph| glyph.shows.start);
    let end = glyphs.last().map_or(start, |glyph| glyph.shows.end);
    let within = |glyph: &Glyph| Glyph { shows: glyph.shows.start - start..glyph.shows.end - start, ..glyph.clone() };
    let address = if let Manner::Link(address) = manner { Some(Rc::from(address.as_str())) } else { None };
    Words {
        x,
        // The height of capitals is seven tenths of the size: half of it above the middle of the line.
        baseline: look.leading / 2.0 + look.size * 0.36,
        face: glyphs.first().map_or(look.face, |glyph| glyph.face),
        size: look.size,
        colour: if address.is_some() { BLUE } else { look.colour },
        text: line.text[start..end].to_owned(),
        glyphs: glyphs.iter().map(within).collect(),
        leaf: Some(leaf),
        address,
    }
}
