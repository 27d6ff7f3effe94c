//! What goes wrong around a database: files that are gone or locked, networks that are cut or swallow everything,
//! requests that end half-way. The memory says that it is away, soon, and is there again when it can be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop there")]

#[path = "contract/cast.rs"]
#[expect(dead_code, reason = "the cast of the contract; here fewer appear")]
mod cast;
#[path = "hurt/proxy.rs"]
mod proxy;
mod support;

use std::time::{Duration, Instant};

use cast::{Walk, at, by, everybody, id, submitted};
use journey::{
    base::{
        actor::Role,
        ids::{JourneyRef, Seq},
    },
    ledger::journey::Journey,
    port::{Ledger, People, Store, StoreError, WriteError, seats::Seats},
    view::overview,
};
use proxy::{Proxy, Way};
use sqlx::{AnyConnection, Connection};
use store::Db;
use support::{Folder, House, on_postgres, on_sqlite};

fn away<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
}

fn not_written(answer: Result<(), WriteError>) {
    assert!(matches!(answer, Err(WriteError::Store(StoreError::Unavailable(_)))), "{answer:?}");
}

/// Runs it and says whether it took at most so long.
async fn within<T>(seconds: f32, what: &str, work: impl Future<Output = T>) -> T {
    let begin = Instant::now();
    let done = work.await;
    let took = begin.elapsed().as_secs_f32();
    assert!(took <= seconds, "{what} took {took:.1} s instead of at most {seconds} s");
    done
}

/// Asks again until it answers.
async fn back<T>(seconds: f32, mut ask: impl AsyncFnMut() -> Result<T, StoreError>) {
    let begin = Instant::now();
    while let Err(error) = ask().await {
        assert!(begin.elapsed().as_secs_f32() < seconds, "still away after {seconds} s: {error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_had_is_unavailable() {
    let folder = Folder::new();
    away(Db::open(&format!("sqlite://{}/no/such/folder/house.db", folder.0.display())).await);
    let garbage = folder.0.join("garbage.db");
    std::fs::write(&garbage, "This is no database. ".repeat(1000)).unwrap();
    away(Db::open(&format!("sqlite://{}", garbage.display())).await);
    away(Db::open("sqlite://x?mode=nonsense").await);
    // A path with a space, a percent sign and a letter of its own.
    let odd = folder.0.join("haus 100% ü.db");
    let db = Db::open(&format!("sqlite://{}", odd.display().to_string().replace('%', "%25"))).await.unwrap();
    db.migrate().await.unwrap();
    db.ready().await.unwrap();
    db.close().await;
    assert!(odd.exists());
}

#[tokio::test]
async fn what_is_only_in_memory_is_one_memory() {
    let db = Db::open("sqlite::memory:").await.unwrap();
    db.migrate().await.unwrap();
    everybody(&db).await;
    assert!(db.person(&id("ada")).await.unwrap().is_some());
    db.ready().await.unwrap();
    away(Db::open("sqlite::memory:").await.unwrap().person(&id("ada")).await);
}

#[tokio::test]
async fn a_file_that_may_only_be_read_is_read() {
    on_sqlite(async |house| {
        everybody(&house.db).await;
        let (walk, opened) = Walk::open(1, "Patient view", at(0));
        house.db.append(opened.clone()).await.unwrap();
        let db = Db::open(&format!("{}?mode=ro", house.url)).await.unwrap();
        assert_eq!(db.history(&walk.0.reference).await.unwrap(), opened.recorded);
        not_written(db.append(walk.would(submitted("read-capabilities", 1), by("ada", "acme"), at(1))).await);
        not_written(db.claim(&walk.0.reference, &id("read-capabilities"), Role::ProgrammeLead, &id("ada"), at(1)).await);
        away(db.ready().await);
        db.close().await;
        assert_eq!(house.db.history(&walk.0.reference).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_was_taken_away_is_noticed_and_not_made_anew() {
    on_sqlite(async |house| {
        house.db.ready().await.unwrap();
        let file = house.url.trim_start_matches("sqlite://").to_owned();
        std::fs::rename(&file, format!("{file}.away")).unwrap();
        away(house.db.ready().await);
        assert!(!std::path::Path::new(&file).exists());
        std::fs::rename(format!("{file}.away"), &file).unwrap();
        house.db.ready().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_file_cut_in_half_is_an_error_and_never_half_a_story() {
    let folder = Folder::new();
    let file = folder.0.join("house.db");
    let url = format!("sqlite://{}", file.display());
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    db.append(opened).await.unwrap();
    for round in 1..200 {
        db.append(walk.then(vec![submitted("try-demonstrator", round)], Some(by("ada", "acme")), at(1))).await.unwrap();
    }
    db.close().await;
    let whole = std::fs::metadata(&file).unwrap().len();
    std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(whole / 2).unwrap();
    let told = match Db::open(&url).await {
        Ok(db) => db.history(&walk.0.reference).await,
        Err(error) => Err(error),
    };
    away(told);
}

#[tokio::test]
async fn readers_go_on_while_another_program_holds_the_file() {
    on_sqlite(async |house| {
        let db = house.db;
        everybody(&db).await;
        let (walk, opened) = Walk::open(1, "Patient view", at(0));
        db.append(opened).await.unwrap();
        let next = walk.would(submitted("read-capabilities", 1), by("ada", "acme"), at(1));
        let mut other = AnyConnection::connect(&house.url).await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE; UPDATE people SET name = name").execute(&mut other).await.unwrap();
        let reads = async {
            for _ in 0..20 {
                within(0.5, "reading", db.history(&walk.0.reference)).await.unwrap();
            }
        };
        let ((), written) = tokio::join!(reads, within(7.0, "giving up", db.append(next.clone())));
        not_written(written);
        other.close().await.unwrap();
        within(1.0, "writing", db.append(next)).await.unwrap();
    })
    .await;
}

/// Requests end when people close the page. Each write is whole or not there, and the next one works.
async fn a_request_that_ends_half_way_leaves_nothing_half(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    db.append(opened).await.unwrap();
    for number in 0..60u32 {
        walk.0 = consistent(&db, &reference).await;
        let next = walk.would(submitted("try-demonstrator", number + 1), by("ada", "acme"), at(i64::from(number)));
        let (db2, db3) = (db.clone(), db.clone());
        let write = tokio::spawn(async move { db2.append(next).await });
        let roles = tokio::spawn(async move {
            db3.set_roles(&id("acme"), &id("bob"), &[Role::Developer], None, by("ada", "acme"), at(1)).await
        });
        tokio::time::sleep(Duration::from_micros(u64::from(number) * 150)).await;
        write.abort();
        roles.abort();
        drop((write.await, roles.await));
    }
    // The last one may still land, and then this one is not the first.
    loop {
        walk.0 = consistent(&db, &reference).await;
        let next = walk.would(submitted("read-capabilities", 1), by("ada", "acme"), at(99));
        match within(2.0, "an ordinary write", db.append(next)).await {
            Err(WriteError::Conflict) => {}
            done => break done.unwrap(),
        }
    }
    println!("{} of 60 were written before they ended", walk.0.seq.0 - 1);
    let (acme, bob) = (id("acme"), id("bob"));
    let change = db.set_roles(&acme, &bob, &[Role::Signatory], None, by("ada", "acme"), at(99));
    within(2.0, "an ordinary change", change).await.unwrap();
    let mut last = None;
    for recorded in db.people_events(Seq(0), 999).await.unwrap() {
        assert!(recorded.follows("people", last.as_ref().map(|(seq, digest)| (*seq, digest))));
        last = Some((recorded.seq, recorded.digest));
    }
}

/// The journey, after seeing that what lists show of it is the fold of its ledger. What was sent before its request ended
/// may still be written, so it looks until nothing moves.
async fn consistent(db: &Db, reference: &JourneyRef) -> Journey {
    loop {
        let history = db.history(reference).await.unwrap();
        let projection = db.projection(reference).await.unwrap();
        if db.history(reference).await.unwrap() == history {
            let journey = Journey::replay(reference, &history, cast::processes()).unwrap();
            assert_eq!(projection, Some(overview::project(&journey)));
            return journey;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_a_request_that_ends_half_way_leaves_nothing_half() {
    on_sqlite(a_request_that_ends_half_way_leaves_nothing_half).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_a_request_that_ends_half_way_leaves_nothing_half() {
    on_postgres(a_request_that_ends_half_way_leaves_nothing_half).await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_soon() {
    let nobody = within(4.0, "giving up", Db::open("postgres://gpc@127.0.0.1:9/postgres")).await;
    away(nobody);
    on_postgres(async |house| {
        away(within(4.0, "giving up", Db::open(&house.url.replace("gpc_test", "gpc_no_such"))).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_is_cut_is_noticed_and_so_is_its_return() {
    on_postgres(async |house| {
        everybody(&house.db).await;
        let (proxy, url) = Proxy::before(&house.url).await;
        let db = Db::open(&url).await.unwrap();
        let (walk, opened) = Walk::open(1, "Patient view", at(0));
        db.append(opened).await.unwrap();
        let next = walk.would(submitted("read-capabilities", 1), by("ada", "acme"), at(1));
        for way in [Way::Refused, Way::Closed] {
            proxy.set(way);
            let (reading, writing, ready) = tokio::join!(
                within(4.0, "reading", db.history(&walk.0.reference)),
                within(4.0, "writing", db.append(next.clone())),
                within(4.0, "asking", db.ready()),
            );
            away(reading);
            not_written(writing);
            away(ready);
            proxy.set(Way::Open);
            back(5.0, async || db.history(&walk.0.reference).await).await;
        }
        db.append(next).await.unwrap();
        db.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_swallows_everything_holds_nobody_for_ever() {
    on_postgres(async |house| {
        everybody(&house.db).await;
        let (proxy, url) = Proxy::before(&house.url).await;
        let db = Db::open(&url).await.unwrap();
        let (walk, opened) = Walk::open(1, "Patient view", at(0));
        db.append(opened).await.unwrap();

        // In the middle of statements: fifteen people ask while the network goes.
        sqlx::raw_sql("SELECT 1").execute(&mut AnyConnection::connect(&url).await.unwrap()).await.unwrap();
        let asking: Vec<_> = (0..15)
            .map(|_| {
                let (db, reference) = (db.clone(), walk.0.reference.clone());
                tokio::spawn(async move {
                    loop {
                        let begin = Instant::now();
                        if let Err(error) = db.history(&reference).await {
                            return (begin.elapsed().as_secs_f32(), error);
                        }
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(200)).await;
        proxy.set(Way::Frozen);
        for one in asking {
            let (took, error) = one.await.unwrap();
            assert!(took < 7.0, "held for {took:.1} s: {error}");
        }
        // The old connections never come back, as when a server was replaced: new ones do.
        proxy.set(Way::Forgotten);
        back(5.0, async || db.history(&walk.0.reference).await).await;
        for _ in 0..20 {
            within(1.0, "reading", db.history(&walk.0.reference)).await.unwrap();
        }
        // Some connections may hang until TCP gives up; closing waits for them a while, and nobody for closing.
        drop(db);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_is_there_again_at_once() {
    on_postgres(async |house| {
        everybody(&house.db).await;
        for _ in 0..3 {
            house
                .by_hand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
                .await;
            back(1.0, async || house.db.person(&id("ada")).await).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_nobody_lets_go_ends_in_an_answer() {
    on_postgres(async |house| {
        let db = house.db;
        everybody(&db).await;
        let mut other = AnyConnection::connect(&house.url).await.unwrap();
        sqlx::raw_sql("BEGIN; UPDATE turnstiles SET passed = 0").execute(&mut other).await.unwrap();
        let (acme, bob) = (id("acme"), id("bob"));
        let change = db.set_roles(&acme, &bob, &[Role::Signatory], None, by("ada", "acme"), at(1));
        let change = async { change.await.map_err(|refused| StoreError::Unavailable(refused.to_string())) };
        away(within(4.0, "giving up", change).await);
        within(0.5, "reading", db.members(&id("acme"))).await.unwrap();
        other.close().await.unwrap();
        db.set_roles(&id("acme"), &id("bob"), &[Role::Signatory], None, by("ada", "acme"), at(1)).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_that_start_at_once_migrate_once() {
    on_postgres(async |house| {
        house.by_hand("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
        let replicas: Vec<_> = (0..3)
            .map(|_| {
                let url = house.url.clone();
                tokio::spawn(async move {
                    let db = Db::open(&url).await?;
                    db.migrate().await?;
                    db.ready().await?;
                    db.close().await;
                    Ok::<(), StoreError>(())
                })
            })
            .collect();
        for replica in replicas {
            replica.await.unwrap().unwrap();
        }
        house.db.migrate().await.unwrap();
        everybody(&house.db).await;
    })
    .await;
}
