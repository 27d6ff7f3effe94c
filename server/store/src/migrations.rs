//! The versions of the schema that this release knows.

/// The newest schema that this release knows.
#[must_use]
pub fn schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Every migration of this release, in order.
#[must_use]
pub fn migrations() -> Vec<i64> {
    MIGRATIONS.iter().map(|migration| migration.version).collect()
}

pub(crate) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");
