//! What pages are filled with: bands as wide as the page, each of which stays whole, and the tree of what they mean.

use std::rc::Rc;

use krilla::tagging::TagKind;

use crate::fonts::{Face, Glyph};

/// A colour: red, green, blue.
pub(crate) type Colour = [u8; 3];

/// Dark enough for everything that is read.
pub(crate) const TEXT: Colour = [0x21, 0x2b, 0x32];
/// The blue of the NHS.
pub(crate) const BLUE: Colour = [0x00, 0x5e, 0xb8];
/// Lines between the rows of a table.
pub(crate) const BORDER: Colour = [0xd8, 0xdd, 0xe0];
/// What stands behind a code.
pub(crate) const PALE: Colour = [0xf0, 0xf4, 0xf5];
/// What is at the foot of a page, still read with ease.
pub(crate) const GREY: Colour = [0x4c, 0x62, 0x72];

/// A piece of a document that stays whole: a line of text, a row of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Band {
    /// The space above it, but for the top of a page.
    pub(crate) before: f32,
    pub(crate) height: f32,
    /// Whether it stays on one page with what follows.
    pub(crate) keeps: bool,
    /// Whether it begins a page.
    pub(crate) fresh: bool,
    pub(crate) inks: Vec<Ink>,
    /// What is drawn again above it when it comes first on a page: the heads of its table.
    pub(crate) again: Option<Rc<Self>>,
    /// What it is called in the outline, and how deep.
    pub(crate) entry: Option<(u16, String)>,
}

/// Something to be drawn, in points from the left edge of the text and the top of its band.
#[derive(Clone, Debug)]
pub(crate) enum Ink {
    Words(Words),
    /// A rectangle that means nothing: a line, a background.
    Fill {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        colour: Colour,
    },
    Qr {
        x: f32,
        y: f32,
        /// The side of one module.
        module: f32,
        /// Which modules of each row are dark.
        rows: Rc<Vec<Vec<bool>>>,
        leaf: usize,
    },
}

/// Words of one manner on one line.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub(crate) x: f32,
    pub(crate) baseline: f32,
    pub(crate) face: Face,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
    pub(crate) text: String,
    /// What they are drawn with; `shows` counts within `text`.
    pub(crate) glyphs: Vec<Glyph>,
    /// What they are a part of; nothing, where they are there for the eye alone.
    pub(crate) leaf: Option<usize>,
    pub(crate) address: Option<Rc<str>>,
}

impl Words {
    pub(crate) fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.advance).sum::<f32>() * self.size
    }
}

/// What a part of a document means.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Group(TagKind, Vec<Self>),
    /// What is drawn with this number.
    Leaf(usize),
    /// A picture, drawn with this number, and what is said of it.
    Picture(usize, String),
}

impl Node {
    pub(crate) fn group(tag: impl Into<TagKind>, children: Vec<Self>) -> Self {
        Self::Group(tag.into(), children)
    }
}
