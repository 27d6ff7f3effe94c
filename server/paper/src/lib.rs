//! Documents for people to keep: what was signed, what was issued. Each is set on A4 as a PDF that is tagged for whoever has
//! it read aloud (PDF/UA-1) and can be read in fifty years (PDF/A-2a): headings, lists, tables with heads, fonts within it.
//!
//! A [`Paper`] says what stands in a document; [`set`] makes the file. The same paper always gives the same bytes: there is
//! no clock here and nothing by chance. What may be said in a document, and to whom, is decided by whoever makes the paper.
//!
//! Lines are broken and pages filled here, because a library that does both would double the time of a build
//! (docs/decisions/0023-how-a-pdf-is-set.md).

mod bands;
mod blocks;
mod document;
mod fonts;
mod lines;
mod pages;
mod seal;
mod setter;
mod tables;
mod write;

pub use document::{Block, Paper, Table, Text};
pub use seal::{SealFound, SealPlace, Unsealed, seal_in, with_place};

use bands::{BORDER, GREY, Ink};
use fonts::{Face, Fonts, Loaded};
use setter::{Look, Setter};
use write::{HEIGHT, MARGIN, SIDE, WIDTH};

/// Why there is no document.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// Without a title nobody can tell one document from another in a list of windows.
    #[error("a document needs a title")]
    Untitled,
    /// A QR code holds some two thousand characters.
    #[error("the QR code cannot hold so much")]
    QrTooLong,
    /// The file would break a rule of PDF/A or PDF/UA.
    #[error("the document cannot be written: {0}")]
    Unwritable(String),
}

const FOOT: Look = Look { face: Face::Regular, size: 11.0, leading: 15.0, colour: GREY };
/// What stands at the foot may go on for a second line; more would be a page of its own.
const FOOT_LINES: usize = 2;
/// The room that the number of the page takes, and the space above the foot.
const NUMBER: f32 = 110.0;
const ABOVE_FOOT: f32 = 30.0;

/// A document as a PDF.
///
/// # Errors
/// When the title is missing, a QR code is to hold too much, or the file would break a rule of PDF/A or PDF/UA.
pub fn set(paper: &Paper) -> Result<Vec<u8>, Refused> {
    if lines::clean(&paper.title).trim().is_empty() {
        return Err(Refused::Untitled);
    }
    let loaded = Loaded::read();
    let fonts = Fonts::of(&loaded);
    let width = WIDTH - 2.0 * SIDE;
    let mut foot = Setter::new(&fonts, width, HEIGHT);
    let (mut named, _) = foot.text(&paper.foot.as_str().into(), FOOT, 0.0, width - NUMBER);
    named.truncate(FOOT_LINES);
    let height = HEIGHT - 2.0 * MARGIN - ABOVE_FOOT + FOOT.leading - FOOT.leading * (named.len() as f32 - 1.0).max(0.0);

    let mut setter = Setter::new(&fonts, width, height);
    setter.paper(paper).map_err(|_| Refused::QrTooLong)?;
    let pages = pages::filled(setter.bands, height);
    let count = pages.len();
    let up = FOOT.leading * named.len() as f32;
    let named: Vec<Ink> = named
        .into_iter()
        .enumerate()
        .flat_map(|(line, row)| row.into_iter().map(move |ink| setter::lowered(ink, FOOT.leading * line as f32)))
        .collect();
    let feet: Vec<Vec<Ink>> = (1..=count)
        .map(|number| {
            let (row, _) = foot.text(&format!("Page {number} of {count}").into(), FOOT, 0.0, width);
            let mut row: Vec<Ink> = row.into_iter().flatten().collect();
            let end = row.iter().map(|ink| if let Ink::Words(words) = ink { words.width() } else { 0.0 }).sum::<f32>();
            for ink in &mut row {
                if let Ink::Words(words) = ink {
                    words.x += width - end;
                }
            }
            row.extend(named.iter().cloned());
            let mut row: Vec<Ink> =
                row.into_iter().map(|ink| setter::lowered(setter::for_the_eye(ink), FOOT.leading - up)).collect();
            let y = FOOT.leading - up - 7.0;
            row.push(Ink::Fill { x: 0.0, y, width, height: 0.75, colour: BORDER });
            row
        })
        .collect();
    write::written(paper, &pages, setter.nodes, setter.leaves, &feet).map_err(Refused::Unwritable)
}
