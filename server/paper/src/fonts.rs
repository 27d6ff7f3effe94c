//! The three faces that everything is set in, and which characters they have.

use std::{cell::RefCell, collections::HashMap, ops::Range};

use harfrust::{Direction, FontRef, ShapeOptions, Shaper, ShaperData, UnicodeBuffer};

/// A face of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Face {
    Regular,
    Bold,
    Mono,
}

impl Face {
    pub(crate) const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Mono];

    /// The font as it is embedded.
    pub(crate) const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../fonts/OpenSans-Regular.ttf"),
            Self::Bold => include_bytes!("../fonts/OpenSans-Bold.ttf"),
            Self::Mono => include_bytes!("../fonts/NotoMono-Regular.ttf"),
        }
    }
}

/// What is shown of a character that no face has.
pub(crate) const UNKNOWN: char = '\u{fffd}';

/// A glyph as it is set, in parts of the size of its text. Several may show one character, and one several characters.
#[derive(Clone, Debug)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    pub(crate) face: Face,
    pub(crate) advance: f32,
    pub(crate) right: f32,
    pub(crate) up: f32,
    /// Which characters of the text it shows.
    pub(crate) shows: Range<usize>,
}

/// The fonts as they were read.
pub(crate) struct Loaded(Vec<(FontRef<'static>, ShaperData)>);

impl Loaded {
    pub(crate) fn read() -> Self {
        Self(
            Face::ALL
                .into_iter()
                .map(|face| {
                    let font = FontRef::new(face.bytes()).expect("the fonts that are built in can be read");
                    let data = ShaperData::new(&font);
                    (font, data)
                })
                .collect(),
        )
    }
}

/// Makes glyphs of characters.
pub(crate) struct Fonts<'a> {
    shapers: Vec<Shaper<'a>>,
    known: RefCell<HashMap<(Face, char), bool>>,
}

impl<'a> Fonts<'a> {
    pub(crate) fn of(loaded: &'a Loaded) -> Self {
        Self { shapers: loaded.0.iter().map(|(font, data)| data.shaper(font).build()).collect(), known: RefCell::default() }
    }

    fn shaper(&self, face: Face) -> &Shaper<'a> {
        &self.shapers[face as usize]
    }

    /// A part of a text in one manner, as glyphs. What this face misses is taken from another one, or shown as unknown.
    pub(crate) fn glyphs(&self, text: &str, part: Range<usize>, face: Face, glyphs: &mut Vec<Glyph>) {
        let mut run: Vec<(char, usize)> = Vec::new();
        let mut of = face;
        for (at, character) in text[part.clone()].char_indices() {
            let (shown, from) = self.shown(character, face);
            if from != of && !run.is_empty() {
                self.shape(&run, part.start + at, of, glyphs);
                run.clear();
            }
            of = from;
            run.push((shown, part.start + at));
        }
        if !run.is_empty() {
            self.shape(&run, part.end, of, glyphs);
        }
    }

    /// What is shown of a character, and in which face.
    fn shown(&self, character: char, face: Face) -> (char, Face) {
        // A hyphen that holds a word together looks like any other.
        let alike = if character == '\u{2011}' { '-' } else { character };
        let other = if face == Face::Mono { Face::Regular } else { Face::Mono };
        [(alike, face), (alike, other)].into_iter().find(|(it, of)| self.has(*of, *it)).unwrap_or((UNKNOWN, face))
    }

    /// Whether a face has a character, be it put together of others.
    fn has(&self, face: Face, character: char) -> bool {
        if character.is_ascii_graphic() || character == ' ' {
            return true;
        }
        *self.known.borrow_mut().entry((face, character)).or_insert_with(|| {
            let mut glyphs = Vec::new();
            self.shape(&[(character, 0)], character.len_utf8(), face, &mut glyphs);
            glyphs.iter().all(|glyph| glyph.id != 0)
        })
    }

    /// Characters of one face, each with its place in the text, as glyphs.
    fn shape(&self, run: &[(char, usize)], end: usize, face: Face, glyphs: &mut Vec<Glyph>) {
        let mut buffer = UnicodeBuffer::new();
        for (character, at) in run {
            // A text of more than four thousand million bytes is not one that anybody reads.
            buffer.add(*character, u32::try_from(*at).unwrap_or(u32::MAX));
        }
        buffer.guess_segment_properties();
        // No face has a script that runs the other way.
        buffer.set_direction(Direction::LeftToRight);
        let shaper = self.shaper(face);
        let em = shaper.units_per_em() as f32;
        let shaped = shaper.shape(buffer, ShapeOptions::new());
        let infos = shaped.glyph_infos();
        let first = glyphs.len();
        // From the last to the first, because a glyph shows everything up to where the next one begins.
        let (mut next, mut end) = (u32::MAX, end);
        for (info, place) in infos.iter().zip(shaped.glyph_positions()).rev() {
            if next != u32::MAX && info.cluster < next {
                end = next as usize;
            }
            next = info.cluster;
            glyphs.push(Glyph {
                id: info.glyph_id,
                face,
                advance: place.x_advance as f32 / em,
                right: place.x_offset as f32 / em,
                up: place.y_offset as f32 / em,
                shows: info.cluster as usize..end,
            });
        }
        glyphs[first..].reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyphs(text: &str, face: Face) -> Vec<Glyph> {
        let loaded = Loaded::read();
        let mut glyphs = Vec::new();
        Fonts::of(&loaded).glyphs(text, 0..text.len(), face, &mut glyphs);
        glyphs
    }

    #[test]
    fn european_letters_are_known_in_every_face() {
        let letters = "ÀéłőŐßçčžşğİıøåæœþðŵŷąęśćńřůňțșĳľĸŋ ΑΩέώς ЖяЇґђѓљў “”‘’–—…•€£№\u{a0}\u{2011}";
        for face in Face::ALL {
            assert!(glyphs(letters, face).iter().all(|glyph| glyph.id != 0 && glyph.face == face), "{face:?}");
        }
    }

    #[test]
    fn every_glyph_says_what_it_shows_and_nothing_is_lost() {
        for text in ["office", "e\u{301}a", "a漢字b\u{1f389}", "\u{1e02}", "Ж\u{301}"] {
            for face in Face::ALL {
                let glyphs = glyphs(text, face);
                assert_eq!(glyphs.first().map(|glyph| glyph.shows.start), Some(0), "{text}");
                assert_eq!(glyphs.last().map(|glyph| glyph.shows.end), Some(text.len()), "{text}");
                assert!(glyphs.windows(2).all(|two| two[0].shows == two[1].shows || two[0].shows.end == two[1].shows.start));
                assert!(glyphs.iter().all(|glyph| glyph.id != 0), "{text}");
            }
        }
    }

    #[test]
    fn what_no_face_has_is_shown_as_unknown() {
        let unknown = glyphs("\u{fffd}", Face::Regular)[0].id;
        assert_eq!(glyphs("漢", Face::Regular)[0].id, unknown);
        assert_ne!(glyphs("h", Face::Regular)[0].id, unknown);
    }
}
