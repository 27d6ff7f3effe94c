//! Each kind of block as bands, and what it means.

use std::{num::NonZeroU16, rc::Rc};

use krilla::tagging::{ListNumbering, Tag};
use qrcodegen::{QrCode, QrCodeEcc};

use crate::{
    bands::{BLUE, Band, Ink, Node, PALE, TEXT},
    document::{Block, Paper, Text},
    fonts::Face,
    lines::{self, Line},
    setter::{BODY, GAP, Look, Row, Setter, lowered},
};

const ISSUER: Look = Look { face: Face::Bold, size: 12.0, leading: 18.0, colour: BLUE };
const TITLE: Look = Look { face: Face::Bold, size: 25.0, leading: 32.0, colour: TEXT };
const HEADING: Look = Look { face: Face::Bold, size: 16.0, leading: 22.0, colour: TEXT };
const SUBHEADING: Look = Look { face: Face::Bold, size: 12.5, leading: 18.0, colour: TEXT };
const CODE: Look = Look { face: Face::Mono, size: 18.0, leading: 26.0, colour: TEXT };

/// How far the items of a list are from the edge, at least.
const INDENT: f32 = 24.0;
/// The side of a QR code, with the light edge that a camera needs around it.
const QR: f32 = 108.0;
const QR_EDGE: f32 = 4.0;

/// A code that cannot be drawn: it holds too much.
#[derive(Debug)]
pub(crate) struct TooLong;

impl Setter<'_> {
    /// Everything that a document says.
    pub(crate) fn paper(&mut self, paper: &Paper) -> Result<(), TooLong> {
        if !paper.issuer.trim().is_empty() {
            let (rows, nodes) = self.text(&paper.issuer.as_str().into(), ISSUER, 0.0, self.width);
            self.rows(rows, ISSUER.leading, 0.0, true);
            self.nodes.push(Node::group(Tag::P, nodes));
        }
        let rule = Ink::Fill { x: 0.0, y: 0.0, width: self.width, height: 3.0, colour: BLUE };
        self.band(Band { before: 4.0, height: 3.0, keeps: true, inks: vec![rule], ..Band::default() });
        self.heading(&paper.title, 1, TITLE, 20.0);
        for block in &paper.blocks {
            self.block(block)?;
        }
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<(), TooLong> {
        match block {
            Block::Heading(words) => self.heading(words, 2, HEADING, 24.0),
            Block::Subheading(words) => self.heading(words, (self.level + 1).min(3), SUBHEADING, 16.0),
            Block::Paragraph(text) => self.paragraph(text),
            Block::Inset(text) => self.inset(text),
            Block::Code(code) => self.code(code),
            Block::Numbered(items) => self.list(items, true),
            Block::Bulleted(items) => self.list(items, false),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Qr { holds, alternative, beside } => self.qr(holds, alternative, beside)?,
            Block::NewPage => self.fresh = true,
        }
        Ok(())
    }

    fn heading(&mut self, words: &str, level: u16, look: Look, before: f32) {
        let called = lines::clean(words);
        if called.trim().is_empty() {
            return;
        }
        self.level = level;
        let text = words.into();
        let width = self.balanced(&text, look);
        let (rows, nodes) = self.text(&text, look, 0.0, width);
        let first = self.bands.len();
        self.rows(rows, look.leading, before, true);
        if let Some(band) = self.bands.get_mut(first) {
            band.entry = Some((level, called.clone()));
        }
        let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
        self.nodes.push(Node::group(Tag::Hn(level, Some(called)), nodes));
    }

    /// The smallest width at which a heading has no more lines than it has to have: no word of it stands alone.
    fn balanced(&self, text: &Text, look: Look) -> f32 {
        let line = Line::of(self.fonts, text, look.face);
        let count = |width: f32| line.broken(width / look.size).len();
        let needed = count(self.width);
        let (mut small, mut large) = (if needed > 1 { self.width / 2.0 } else { self.width }, self.width);
        while large - small > look.size / 2.0 {
            let middle = f32::midpoint(small, large);
            (small, large) = if count(middle) > needed { (middle, large) } else { (small, middle) };
        }
        large
    }

    fn paragraph(&mut self, text: &Text) {
        if !text.is_empty() {
            let (rows, nodes) = self.text(text, BODY, 0.0, self.width);
            self.rows(rows, BODY.leading, GAP, false);
            self.nodes.push(Node::group(Tag::P, nodes));
        }
    }

    fn inset(&mut self, text: &Text) {
        if text.is_empty() {
            return;
        }
        let (mut rows, nodes) = self.text(text, BODY, 20.0, self.width - 20.0);
        let count = rows.len();
        for (number, row) in rows.iter_mut().enumerate() {
            let (above, below) = (if number == 0 { 4.0 } else { 0.0 }, if number + 1 == count { 4.0 } else { 0.0 });
            let height = BODY.leading + above + below;
            row.push(Ink::Fill { x: 0.0, y: -above, width: 5.0, height, colour: BLUE });
        }
        self.rows(rows, BODY.leading, GAP + 8.0, false);
        // What follows is as far away as what comes before.
        self.after = 8.0;
        self.nodes.push(Node::group(Tag::P, nodes));
    }

    fn code(&mut self, code: &str) {
        if code.trim().is_empty() {
            return;
        }
        let (mut rows, nodes) = self.text(&Text::new().mono(code), CODE, 14.0, self.width - 28.0);
        let lines = rows.len();
        for (number, row) in rows.iter_mut().enumerate() {
            let (above, below) = (if number == 0 { 8.0 } else { 0.0 }, if number + 1 == lines { 8.0 } else { 0.0 });
            let height = CODE.leading + above + below;
            row.insert(0, Ink::Fill { x: 0.0, y: -above, width: self.width, height, colour: PALE });
        }
        self.rows(rows, CODE.leading, GAP + 8.0, false);
        self.after = 8.0;
        self.nodes.push(Node::group(Tag::P, nodes));
    }

    fn list(&mut self, items: &[Text], counted: bool) {
        let labels = (1..=items.len()).map(|number| if counted { format!("{number}. ") } else { "• ".to_owned() });
        let labels: Vec<_> = labels.map(|label| self.text(&label.into(), BODY, 0.0, self.width)).collect();
        // The last number is the longest: every item begins behind it.
        let indent = labels.last().map_or(INDENT, |(label, _)| INDENT.max(label_end(label)));
        let mut nodes = Vec::new();
        for (number, (item, (label, label_nodes))) in items.iter().zip(labels).enumerate() {
            let (mut rows, body) = self.text(item, BODY, indent, self.width - indent);
            if let Some(first) = rows.first_mut() {
                first.splice(0..0, label.into_iter().flatten());
            }
            self.rows(rows, BODY.leading, if number == 0 { GAP } else { 5.0 }, false);
            let body = Node::group(Tag::LBody, vec![Node::group(Tag::P, body)]);
            nodes.push(Node::group(Tag::LI, vec![Node::group(Tag::Lbl, label_nodes), body]));
        }
        if !nodes.is_empty() {
            let numbering = if counted { ListNumbering::Decimal } else { ListNumbering::Disc };
            self.nodes.push(Node::group(Tag::L(numbering), nodes));
        }
    }

    fn qr(&mut self, holds: &str, alternative: &str, beside: &Text) -> Result<(), TooLong> {
        let code = QrCode::encode_text(holds, QrCodeEcc::Medium).map_err(|_| TooLong)?;
        let rows: Vec<Vec<bool>> = (0..code.size()).map(|y| (0..code.size()).map(|x| code.get_module(x, y)).collect()).collect();
        let module = QR / (rows.len() as f32 + 2.0 * QR_EDGE);
        let edge = module * QR_EDGE;
        let leaf = self.leaf();
        // The light edge of the code lies in the margin, so that its dark part stands in line with the text.
        let side = QR - 2.0 * edge;
        let code = Ink::Qr { x: 0.0, y: 0.0, module, rows: Rc::new(rows), leaf };
        let alternative = Some(lines::clean(alternative)).filter(|words| !words.trim().is_empty());
        let alternative = alternative.unwrap_or_else(|| lines::clean(&format!("QR code: {holds}")));
        self.nodes.push(Node::Picture(leaf, alternative));

        let x = side + 18.0;
        let mut inks = vec![code];
        let mut rest = Vec::new();
        let mut height = side;
        if !beside.is_empty() {
            let (mut rows, nodes) = self.text(beside, BODY, x, self.width - x);
            let fit = ((side / BODY.leading).ceil() as usize).min(rows.len());
            rest = rows.split_off(fit);
            height = height.max(BODY.leading * fit as f32 - 3.0);
            for (number, row) in rows.into_iter().enumerate() {
                inks.extend(row.into_iter().map(|ink| lowered(ink, BODY.leading * number as f32 - 3.0)));
            }
            self.nodes.push(Node::group(Tag::P, nodes));
        }
        self.band(Band { before: GAP + 8.0, height, inks, ..Band::default() });
        self.rows(rest, BODY.leading, 0.0, false);
        self.after = 8.0;
        Ok(())
    }
}

/// Where the label of an item ends.
fn label_end(label: &[Row]) -> f32 {
    let ends = |ink: &Ink| if let Ink::Words(words) = ink { words.x + words.width() } else { 0.0 };
    label.iter().flatten().map(ends).fold(0.0, f32::max)
}
