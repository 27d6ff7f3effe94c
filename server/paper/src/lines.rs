//! Text broken into lines: first into glyphs, then where it may be broken, then as many as fit.

use std::ops::Range;

use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::{
    document::{Manner, Text},
    fonts::{Face, Fonts, Glyph, UNKNOWN},
};

/// A digest is broken after as many characters as this, so that its parts can be compared.
const GROUP: usize = 8;

/// A text as glyphs, which can be broken into lines of any width.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<Glyph>,
    /// For each glyph, which span of the text it is of.
    pub(crate) spans: Vec<usize>,
    breaks: Vec<(usize, BreakOpportunity)>,
}

impl Line {
    /// A text in a face of its own where its spans name none.
    pub(crate) fn of(fonts: &Fonts, text: &Text, face: Face) -> Self {
        let mut line = Self { text: String::new(), glyphs: Vec::new(), spans: Vec::new(), breaks: Vec::new() };
        let mut parts = Vec::new();
        for span in &text.0 {
            let start = line.text.len();
            line.text.extend(readable(&span.words.replace("\r\n", "\n")));
            parts.push((start..line.text.len(), span));
        }
        if line.text.is_empty() {
            // A cell without words is a cell all the same, and has to have something in it.
            line.text.push(' ');
            parts = parts.pop().map(|(_, span)| (0..1, span)).into_iter().collect();
        }
        line.breaks = linebreaks(&line.text).collect();
        // A line feed has broken the line by now; what is set is a space.
        line.text = line.text.replace('\n', " ");
        for (number, (part, span)) in parts.into_iter().enumerate() {
            let face = match span.manner {
                Manner::Plain | Manner::Link(_) => face,
                Manner::Strong => Face::Bold,
                Manner::Mono => Face::Mono,
            };
            fonts.glyphs(&line.text, part, face, &mut line.glyphs);
            line.spans.resize(line.glyphs.len(), number);
        }
        line
    }

    fn is_space(&self, at: usize) -> bool {
        self.text[self.glyphs[at].shows.clone()].chars().all(|character| character == ' ')
    }

    /// How wide glyphs are, without the spaces that they end with.
    pub(crate) fn width(&self, glyphs: Range<usize>) -> f32 {
        let last = glyphs.clone().rev().find(|at| !self.is_space(*at)).map_or(glyphs.start, |at| at + 1);
        self.glyphs[glyphs.start..last].iter().map(|glyph| glyph.advance).sum()
    }

    /// Whether the line may or must end before a glyph.
    fn may_break(&self, at: usize) -> Option<BreakOpportunity> {
        let place = self.glyphs[at].shows.start;
        self.breaks.binary_search_by_key(&place, |(before, _)| *before).ok().map(|found| self.breaks[found].1)
    }

    /// How wide its widest line is when it is broken nowhere, and how wide its longest word.
    pub(crate) fn widths(&self) -> (f32, f32) {
        let (mut whole, mut word): (f32, f32) = (0.0, 0.0);
        let (mut line_from, mut word_from) = (0, 0);
        for at in 1..=self.glyphs.len() {
            let ends = if at == self.glyphs.len() { Some(BreakOpportunity::Mandatory) } else { self.may_break(at) };
            if ends.is_some() {
                word = word.max(self.width(word_from..at));
                word_from = at;
            }
            if ends == Some(BreakOpportunity::Mandatory) {
                whole = whole.max(self.width(line_from..at));
                line_from = at;
            }
        }
        (whole, word)
    }

    /// The glyphs of each line, where a line holds so much.
    pub(crate) fn broken(&self, width: f32) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let (mut start, mut at, mut filled) = (0, 0, 0.0);
        let mut last_chance = None;
        while at < self.glyphs.len() {
            if at > start {
                match self.may_break(at) {
                    Some(BreakOpportunity::Mandatory) => {
                        lines.push(start..at);
                        (start, filled, last_chance) = (at, 0.0, None);
                    }
                    Some(BreakOpportunity::Allowed) => last_chance = Some(at),
                    None => {}
                }
            }
            filled += self.glyphs[at].advance;
            if filled > width && at > start && !self.is_space(at) {
                let end = last_chance.unwrap_or_else(|| self.within_a_word(start, at));
                lines.push(start..end);
                (start, at, filled, last_chance) = (end, end, 0.0, None);
            } else {
                at += 1;
            }
        }
        lines.push(start..self.glyphs.len());
        lines
    }

    /// Where a word is broken that is longer than its line: a digest behind whole groups, into lines of one length, and no word
    /// within a character.
    fn within_a_word(&self, start: usize, at: usize) -> usize {
        let fit = at - start;
        // Nothing is a digest that is longer than a few lines: the rest of it is not looked at for each of them.
        let far = self.glyphs.len().min(at + fit * 8);
        let ends = (at + 1..far).find(|it| self.may_break(*it).is_some()).unwrap_or(far);
        let is_mono = self.glyphs[start..ends].iter().all(|glyph| glyph.face == Face::Mono);
        let whole = ends - start;
        let even = whole.div_ceil(whole.div_ceil(fit)).next_multiple_of(GROUP);
        let wanted = if !is_mono || fit < GROUP { at } else { start + even.min(fit / GROUP * GROUP) };
        let begins = |it: &usize| self.glyphs[*it].shows != self.glyphs[*it - 1].shows;
        let before = (start + 1..=wanted).rev().find(begins);
        before.or_else(|| (wanted + 1..self.glyphs.len()).find(begins)).unwrap_or(self.glyphs.len())
    }
}

/// What stands beside the pages and not on them is cut after so many characters: a file may hold no more than some sixteen
/// thousand in one piece, and nobody reads half of that.
const LONGEST: usize = 2000;

/// Words as they can be set, on one line: for what stands beside the pages and not on them.
pub(crate) fn clean(words: &str) -> String {
    readable(words).map(|it| if it == '\n' { ' ' } else { it }).take(LONGEST).collect()
}

/// No letter of any language has more marks on it than this (Unicode Standard Annex 15, stream-safe text).
const MARKS: usize = 30;

/// The characters of a text as they can be set.
fn readable(words: &str) -> impl Iterator<Item = char> {
    words.chars().filter_map(as_set).scan(0, |marks, character| {
        let is_mark = matches!(character, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}');
        *marks = if is_mark { *marks + 1 } else { 0 };
        Some((*marks <= MARKS).then_some(character))
    }).flatten()
}

/// A character as it can be set: those that are seen by nobody are left out, and what stands for no agreed character is shown
/// as unknown.
fn as_set(character: char) -> Option<char> {
    match character {
        '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        // Marks that say how others are to be shown: soft hyphens, joiners, directions, variations.
        '\u{ad}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}' => None,
        it if it.is_control() => None,
        '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff0}'..='\u{fffb}' | '\u{f0000}'..='\u{10ffff}' => Some(UNKNOWN),
        it if u32::from(it) & 0xfffe == 0xfffe => Some(UNKNOWN),
        it => Some(it),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fonts::Loaded;

    fn broken(text: &Text, width: f32) -> Vec<String> {
        let loaded = Loaded::read();
        let line = Line::of(&Fonts::of(&loaded), text, Face::Regular);
        let lines = line.broken(width);
        for glyphs in &lines {
            let seen = glyphs.clone().filter(|at| !line.is_space(*at)).count();
            assert!(line.width(glyphs.clone()) <= width || seen == 1, "{glyphs:?} of {:?} is too wide", line.text);
        }
        let at = |glyph: usize| line.glyphs.get(glyph).map_or(line.text.len(), |glyph| glyph.shows.start);
        lines.iter().map(|glyphs| line.text[at(glyphs.start)..at(glyphs.end)].to_owned()).collect()
    }

    #[test]
    fn lines_end_between_words() {
        assert_eq!(broken(&"one two three four".into(), 4.5), ["one two ", "three ", "four"]);
        assert_eq!(broken(&"one\ntwo\r\n\nthree".into(), 50.0), ["one ", "two ", " ", "three"]);
        assert_eq!(broken(&"".into(), 5.0).concat().trim(), "");
    }

    #[test]
    fn a_digest_ends_its_lines_with_whole_groups() {
        let digest = "0123456789abcdef".repeat(4);
        let lines = broken(&Text::new().mono(digest.clone()), 20.0);
        assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [32, 32]);
        assert_eq!(lines.concat(), digest);
        assert_eq!(broken(&Text::new().mono(digest.clone()), 26.0).iter().map(String::len).collect::<Vec<_>>(), [32, 32]);
        // Words before it stay where they are.
        let lines = broken(&Text::from("SHA-256: ").mono(digest.clone()), 20.0);
        assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [9, 32, 32]);
    }

    #[test]
    fn a_long_word_is_broken_and_no_line_is_too_small_to_go_on() {
        let long = "ö".repeat(100);
        assert_eq!(broken(&long.as_str().into(), 10.0).concat(), long);
        assert_eq!(broken(&"office e\u{301}e\u{301}".into(), 0.01).concat(), "office e\u{301}e\u{301}");
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        assert_eq!(clean(&format!("a{}b\u{301}", "\u{301}".repeat(99))), format!("a{}b\u{301}", "\u{301}".repeat(MARKS)));
        assert_eq!(broken(&"a\u{0}\u{200d}\u{feff}b\u{e000}\u{ffff}\tc".into(), 50.0), ["ab\u{fffd}\u{fffd} c"]);
    }
}
