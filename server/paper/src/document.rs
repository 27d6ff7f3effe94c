//! What a document says, before anything is known of pages: blocks of text, each of one kind.

use jiff::Timestamp;

/// One document, whole. The same one always gives the same bytes, so everything that changes stands in it, the date too.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// The name of the document: its first heading, and what a reader shows in its window.
    pub title: String,
    /// Whose document it is, above the title.
    pub issuer: String,
    /// What it is about, for catalogues; it is not printed.
    pub subject: String,
    /// The language of all of it, such as `en-GB`.
    pub language: String,
    /// When it was made.
    pub made: Timestamp,
    /// What stands at the foot of every page beside its number: what names the document when pages part.
    pub foot: String,
    /// What it says, in reading order.
    pub blocks: Vec<Block>,
}

/// One part of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading of the second level: the title has the first.
    Heading(String),
    /// A heading of the third level; of the second, where none of that stands before it.
    Subheading(String),
    /// A paragraph. A line feed in it begins a new line.
    Paragraph(Text),
    /// A paragraph that must not be missed, with a blue bar beside it.
    Inset(Text),
    /// A few characters to be typed somewhere else, large and all of one width.
    Code(String),
    /// Items that are counted, from 1.
    Numbered(Vec<Text>),
    /// Items in no order that matters.
    Bulleted(Vec<Text>),
    /// Names and what they stand for: a table of two columns, in which each row has its name as its head.
    Facts(Vec<(String, Text)>),
    /// A table with a head for each column.
    Table(Table),
    /// A QR code.
    Qr {
        /// What a camera reads.
        holds: String,
        /// What whoever cannot see it is told.
        alternative: String,
        /// What stands to the right of it.
        beside: Text,
    },
    /// What follows begins on a new page.
    NewPage,
}

/// A table whose columns have heads. A row with fewer cells than the others is filled up with empty ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What the table shows, printed above it.
    pub caption: String,
    /// A head for each column.
    pub heads: Vec<String>,
    /// The rows. The first cell of each is the head of its row.
    pub rows: Vec<Vec<Text>>,
}

/// Words in one or several manners.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text(pub(crate) Vec<Span>);

/// Words in one manner.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) words: String,
    pub(crate) manner: Manner,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Manner {
    Plain,
    Strong,
    Mono,
    Link(String),
}

impl Text {
    /// Nothing, to begin with.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// These words after what is there.
    #[must_use]
    pub fn plain(self, words: impl Into<String>) -> Self {
        self.and(words, Manner::Plain)
    }

    /// These words after what is there, in bold.
    #[must_use]
    pub fn strong(self, words: impl Into<String>) -> Self {
        self.and(words, Manner::Strong)
    }

    /// These characters after what is there, all of one width: digests, numbers, codes.
    #[must_use]
    pub fn mono(self, words: impl Into<String>) -> Self {
        self.and(words, Manner::Mono)
    }

    /// These words after what is there, as a link to an address.
    #[must_use]
    pub fn link(self, words: impl Into<String>, address: impl Into<String>) -> Self {
        self.and(words, Manner::Link(address.into()))
    }

    fn and(mut self, words: impl Into<String>, manner: Manner) -> Self {
        self.0.push(Span { words: words.into(), manner });
        self
    }

    /// Whether there is nothing to read in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|span| span.words.trim().is_empty())
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::new().plain(words)
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self::new().plain(words)
    }
}
