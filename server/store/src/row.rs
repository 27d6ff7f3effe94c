//! Rows that know their table and key, so that one which cannot be read says where it is.

use std::{fmt::Display, str::FromStr};

use jiff::Timestamp;
use journey::{
    base::{actor::Side, fold, ids::Seq, text},
    port::{Answer, StoreError},
};
use sqlx::{Any, Decode, Row, Type, any::AnyRow};

/// A row of a table, known by some of its columns. SQLite keeps any kind of value in any column, so that even a number
/// may turn out not to be one.
macro_rules! row {
    ($name:ident of $table:literal by $($key:ident)+ { $($field:ident: $type:ty,)+ }) => {
        pub(crate) struct $name { $($field: $type,)+ }

        impl $name {
            fn key(&self) -> String {
                [$(self.$key.to_string()),+].join(" ")
            }
        }

        impl<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> for $name {
            fn from_row(row: &'r sqlx::any::AnyRow) -> sqlx::Result<Self> {
                let key = [$(stringify!($key)),+];
                Ok(Self { $($field: $crate::row::column(row, $table, &key, stringify!($field))?,)+ })
            }
        }
    };
}
pub(crate) use row;

pub(crate) fn column<'r, T>(row: &'r AnyRow, table: &'static str, key: &[&str], name: &'static str) -> sqlx::Result<T>
where
    T: Decode<'r, Any> + Type<Any>,
{
    row.try_get(name).map_err(|error| {
        let part = |name: &&str| {
            row.try_get::<String, _>(*name).or_else(|_| row.try_get::<i64, _>(*name).map(|number| number.to_string()))
        };
        let key: Vec<String> = key.iter().map(|name| part(name).unwrap_or_else(|_| "?".to_owned())).collect();
        sqlx::Error::Decode(Box::new(unreadable(table, &key.join(" "), name, &error)))
    })
}

pub(crate) fn instant(table: &'static str, key: &str, column: &'static str, micros: i64) -> Answer<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| unreadable(table, key, column, &error))
}

pub(crate) fn parsed<T: FromStr<Err: Display>>(table: &'static str, key: &str, column: &'static str, text: &str) -> Answer<T> {
    text.parse().map_err(|error: T::Err| unreadable(table, key, column, &error))
}

pub(crate) fn small(table: &'static str, key: &str, column: &'static str, number: i64) -> Answer<u32> {
    u32::try_from(number).map_err(|error| unreadable(table, key, column, &error))
}

pub(crate) fn unreadable(table: &'static str, key: &str, column: &'static str, why: &dyn Display) -> StoreError {
    StoreError::Unreadable { table, key: key.to_owned(), column, why: why.to_string() }
}

/// The side with this name.
pub(crate) fn side_of(table: &'static str, key: &str, name: &str) -> Answer<Side> {
    Side::named(name).ok_or_else(|| unreadable(table, key, "side", &name))
}

/// How many rows are written or asked for in one statement: a few thousand places for values are known to both databases.
pub(crate) const AT_ONCE: usize = 200;

/// So many places for values after a first one: `$2, $3, $4`.
pub(crate) fn after_first(count: usize) -> String {
    (2..count + 2).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ")
}

/// Places for the values of so many rows of so many columns: `($1, $2), ($3, $4)`. Nothing else is ever put together into a
/// statement.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    let row = |at: usize| (1..=columns).map(|column| format!("${}", at * columns + column)).collect::<Vec<_>>().join(", ");
    (0..rows).map(|at| format!("({})", row(at))).collect::<Vec<_>>().join(", ")
}

pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// Text that somebody typed, as both databases take it: PostgreSQL has no character 0.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Text as it is searched: `LOWER` of SQLite knows only ASCII, and accents, apostrophes and dashes are written in many ways.
pub(crate) fn folded(text: &str) -> String {
    fold::folded(text)
}

pub(crate) fn seq_of(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

/// The longest text that is looked for; SQLite refuses patterns of 50,000 bytes.
const LONGEST_FIND: usize = 200;

/// Words of a question that a list looks for, each by itself; further ones are looked for in their order.
pub(crate) const WORDS: usize = 6;

/// A condition of a statement: the text has every word, each in its place of [`patterns`]. A place without a word is left out before
/// the text is looked at, so that a planner that knows what is bound does not think of it as something that few rows have.
macro_rules! has_words {
    ($text:literal, $first:literal $($place:literal)*) => {
        concat!(
            "((CAST(", $first, " AS TEXT) = '%%' OR ", $text, " LIKE CAST(", $first, " AS TEXT) ESCAPE '!')",
            $(" AND (CAST(", $place, " AS TEXT) = '%%' OR ", $text, " LIKE CAST(", $place, " AS TEXT) ESCAPE '!')",)*
            ")"
        )
    };
}
pub(crate) use has_words;

/// `%word%` for each word, with the wildcards of LIKE taken literally; `%%` where there is none, which finds all.
pub(crate) fn patterns(find: &str) -> [String; WORDS] {
    let find: String = text::line(find).chars().take(LONGEST_FIND).collect();
    let words = fold::asked(&find);
    // Marks alone are no word of any text: nothing is found, and not everything.
    let words = if words.is_empty() && !text::is_blank(&find) { vec!["\u{fffd}".to_owned()] } else { words };
    let literal = |word: &String| word.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    std::array::from_fn(|at| {
        let last = if at + 1 == WORDS { words.len() } else { at + 1 };
        let some = words.get(at..last.min(words.len())).unwrap_or_default();
        format!("%{}%", some.iter().map(literal).collect::<Vec<_>>().join("%"))
    })
}
