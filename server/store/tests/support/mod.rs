//! A database of its own for every test, and nothing left of it afterwards.
//!
//! SQLite: a fresh file. PostgreSQL: a clone of a template that was migrated once. The template has the collation of a
//! natural language where the server can do that, so that an order or a comparison that only holds byte by byte shows.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    task::Poll,
};

use journey::base::ids::Digest;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use store::Db;
use tokio::sync::Semaphore;

/// A database and the way to it.
pub struct House {
    pub db: Db,
    pub url: String,
}

impl House {
    /// Runs a statement behind the store's back.
    pub async fn by_hand(&self, statement: &str) {
        by_hand(&self.url, statement).await.unwrap();
    }
}

/// Opens a connection, runs a statement, closes it.
pub async fn by_hand(url: &str, statement: &str) -> sqlx::Result<()> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
    connection.close().await
}

fn next() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A folder that goes when it is dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("store_{}", next()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Tells a story on a new SQLite file.
pub async fn on_sqlite(story: impl AsyncFnOnce(House)) {
    let folder = Folder::new();
    let url = format!("sqlite://{}", folder.0.join("house.db").display());
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    let told = caught(story(House { db: db.clone(), url })).await;
    db.close().await;
    told.unwrap_or_else(|panic| resume_unwind(panic));
}

/// Tells a story on a new PostgreSQL database, unless there shall be none.
pub async fn on_postgres(story: impl AsyncFnOnce(House)) {
    // A server takes about a hundred connections, and each house may hold ten.
    static HOUSES: Semaphore = Semaphore::const_new(4);
    let Some(server) = server() else { return };
    let _one = HOUSES.acquire().await.unwrap();
    let template = template(&server).await;
    let name = format!("gpc_test_{}", next());
    by_hand(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
    let url = of(&server, &name);
    let db = Db::open(&url).await.unwrap();
    let told = caught(story(House { db: db.clone(), url })).await;
    db.close().await;
    by_hand(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    told.unwrap_or_else(|panic| resume_unwind(panic));
}

/// The story, or its panic: what was made for it goes in either case.
async fn caught<T>(story: impl Future<Output = T>) -> std::thread::Result<T> {
    let mut story = Box::pin(story);
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| story.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// The PostgreSQL server to test on; `None` when this half is left out on purpose.
fn server() -> Option<String> {
    let given = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    if given.is_none() && std::env::var("SKIP_POSTGRES").is_ok_and(|skip| skip == "1") {
        println!("skipped: no PostgreSQL (SKIP_POSTGRES=1)");
        return None;
    }
    Some(given.expect("set TEST_POSTGRES_URL to a PostgreSQL server, such as postgres://gpc@127.0.0.1:5432/postgres, or SKIP_POSTGRES=1 to leave it out"))
}

/// The address of another database on the same server. Nobody pulls its plug: it need not wait for the disk.
fn of(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').unwrap_or((server, ""));
    let (host, _) = address.rsplit_once('/').unwrap();
    format!("{host}/{name}?options[synchronous_commit]=off&{options}")
}

/// A migrated database, known by the migrations in it. Made by whichever test comes first, of all processes.
async fn template(server: &str) -> String {
    static MADE: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    MADE.get_or_init(|| make_template(server)).await.clone()
}

async fn make_template(server: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts: Vec<u8> = files.iter().flat_map(|file| std::fs::read(file).unwrap()).collect();
    let name = format!("gpc_template_{}", &Digest::of(&texts).as_str()[..16]);

    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(server).await.unwrap();
    sqlx::raw_sql("SELECT pg_advisory_lock(7316)").execute(&mut connection).await.unwrap();
    let there: Option<(String,)> = sqlx::query_as("SELECT CAST(datname AS TEXT) FROM pg_database WHERE datname = $1")
        .bind(name.clone())
        .fetch_optional(&mut connection)
        .await
        .unwrap();
    if there.is_none() {
        // Migrated under another name first, so that nobody ever clones half a template.
        let raw = format!("{name}_raw");
        let plain = format!("CREATE DATABASE {raw} TEMPLATE template0 ENCODING 'UTF8'");
        by_hand(server, &format!("DROP DATABASE IF EXISTS {raw} WITH (FORCE)")).await.unwrap();
        if by_hand(server, &format!("{plain} LOCALE_PROVIDER icu ICU_LOCALE 'en-GB'")).await.is_err() {
            by_hand(server, &plain).await.unwrap();
        }
        let db = Db::open(&of(server, &raw)).await.unwrap();
        db.migrate().await.unwrap();
        db.close().await;
        by_hand(server, &format!("ALTER DATABASE {raw} RENAME TO {name}")).await.unwrap();
    }
    connection.close().await.unwrap();
    name
}
