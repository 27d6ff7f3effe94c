//! Rows that know their table and key, so that one which cannot be read says where it is.

use std::{fmt::Display, str::FromStr};

use jiff::Timestamp;
use journey::{
    base::{actor::Side, ids::Seq, text},
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

/// Text as it is searched: `LOWER` of SQLite knows only ASCII.
pub(crate) fn folded(text: &str) -> String {
    plain(text).to_lowercase()
}

pub(crate) fn seq_of(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

/// The longest text that is looked for; SQLite refuses patterns of 50,000 bytes.
const LONGEST_FIND: usize = 200;

/// `%text%` with the wildcards of LIKE taken literally; `%%` for nothing, which finds all.
pub(crate) fn pattern(find: &str) -> String {
    let found: String = folded(&text::line(find)).chars().take(LONGEST_FIND).collect();
    format!("%{}%", found.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}
