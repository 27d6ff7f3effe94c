//! The machine that this service runs on, as an operator sees it.

use std::path::PathBuf;

use app::request::services::{Host, Hosting};

/// A folder of files, or a bucket, and which database.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Which database.
    pub database: &'static str,
    /// Where files are; `None` for a bucket.
    pub files: Option<PathBuf>,
}

impl Hosting for Machine {
    fn look(&self) -> Host {
        let files = self.files.as_ref().map_or_else(|| "a bucket".to_owned(), |folder| folder.display().to_string());
        let disk = self.files.as_ref().and_then(|folder| rustix::fs::statvfs(folder).ok());
        let disk = disk.map(|found| {
            let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
            (bytes(found.f_bavail), bytes(found.f_blocks))
        });
        Host { version: env!("CARGO_PKG_VERSION"), database: self.database, files, disk }
    }
}
