//! PostgreSQL for tests: a database of its own on the server that the run was given, or a whole server of its own.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use server::config::Secret;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use super::{Folder, House, Quick, fresh};

/// The server to make databases on; `None` when this half is left out on purpose.
pub fn server() -> Option<String> {
    let given = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    if given.is_none() && left_out() {
        println!("skipped: no PostgreSQL (SKIP_POSTGRES=1)");
        return None;
    }
    Some(given.expect("set TEST_POSTGRES_URL to a PostgreSQL server, or SKIP_POSTGRES=1 to leave this half out"))
}

fn left_out() -> bool {
    std::env::var("SKIP_POSTGRES").is_ok_and(|skip| skip == "1")
}

/// Opens a connection, runs a statement, closes it.
pub async fn by_hand(url: &str, statement: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// An empty database on a server.
pub struct Fresh {
    pub url: String,
    server: String,
    name: String,
}

impl Fresh {
    pub async fn on(server: &str) -> Self {
        let name = format!("gpc_server_{}_{}", std::process::id(), fresh());
        by_hand(server, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).await;
        let (address, _) = server.split_once('?').unwrap_or((server, ""));
        let url = format!("{}/{name}", address.rsplit_once('/').unwrap().0);
        Self { url, server: server.to_owned(), name }
    }

    /// Nothing is left of it, whoever is still connected.
    pub async fn dropped(self) {
        by_hand(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

impl House {
    /// A house on PostgreSQL, and the database to drop when the test has passed.
    pub async fn on_postgres() -> Option<(Self, Fresh)> {
        let database = Fresh::on(&server()?).await;
        let url = Secret::from(database.url.clone());
        let house = Self::with(|config| config.place.database.database_url = Some(url), Arc::new(Quick)).await;
        Some((house, database))
    }
}

/// A server of its own, which may be killed and started again. It goes with its owner.
pub struct Own {
    pub url: String,
    note: PathBuf,
    _folder: Folder,
}

impl Own {
    /// A running server; `None` when PostgreSQL is left out on purpose.
    pub fn start() -> Option<Self> {
        if left_out() {
            println!("skipped: no PostgreSQL (SKIP_POSTGRES=1)");
            return None;
        }
        let folder = Folder::new();
        let note = folder.path().join("running");
        let url = told(&note, "start");
        Some(Self { url, note, _folder: folder })
    }

    /// All of its processes end at once, as in a power cut.
    pub fn kill(&self) {
        told(&self.note, "kill");
    }

    /// Starts it again on the same files and the same port.
    pub fn start_again(&self) {
        assert_eq!(told(&self.note, "start"), self.url);
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        told(&self.note, "stop");
    }
}

fn told(note: &Path, what: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/postgres.sh");
    let done = Command::new(script).arg(what).env("POSTGRES_NOTE", note).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() || std::thread::panicking(), "scripts/postgres.sh {what}: {said}");
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}
