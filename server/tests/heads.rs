//! The daily lists of heads: one of each day, signed, and whatever is cut off, written anew or taken away afterwards is found by them.
//!
//! Long because each way to lose or forge something is a story of its own.

use std::process::Command as Run;

use crate::common::{
    Folder, House,
    postgres::by_hand,
    settings,
    world::{Small, shipped, task},
};
use axum::http::StatusCode;
use jiff::civil::date;
use journey::{
    base::ids::{JourneyRef, Seq},
    ledger::{
        event::Recorded,
        heads::{HeadList, name_of},
    },
    port::{Ledger as _, heads::HeadLists as _},
    rule::command::Command,
};
use server::{
    commands::{
        downloaded::{Says, says_of},
        listed::Outside,
        verify,
    },
    heads::{HeadsKey, checked, publish},
    lists, pack,
};

const DAY: i64 = 24 * 60 * 60;

fn key(of: char) -> HeadsKey {
    HeadsKey::read(&of.to_string().repeat(64)).unwrap()
}

fn url(house: &House) -> String {
    format!("sqlite://{}", house.file().display())
}

/// What `verify` finds with a list that was kept, beside the file that answers of tests name.
async fn faults(house: &House, kept: Option<&Outside>) -> Vec<String> {
    let file_store = house.config.place.file_store().unwrap();
    let found = verify::examine_with(&house.db, &file_store, kept).await.unwrap();
    found.faults.into_iter().filter(|fault| !fault.contains("names a file that is not known: abab")).collect()
}

/// One more entry of a journey, by its supplier as a person does it.
async fn goes_on(small: &Small, reference: &JourneyRef, task: &str) {
    let mut lead = small.house.browser();
    lead.sign_in(&small.lead.email).await;
    let before = small.house.db.history(reference).await.unwrap().len();
    let (journey, seen) = (reference.to_string(), before.to_string());
    let fields = [("journey", &*journey), ("task", task), ("seen", &*seen), ("reason", "It is tested elsewhere.")];
    let page = lead.submit("task/propose-waiver", &fields).await;
    assert_eq!(small.house.db.history(reference).await.unwrap().len(), before + 1, "{}", page.body);
}

/// Makes the list of today and answers it as somebody keeps it.
async fn made(house: &House) -> Outside {
    let day = publish(&house.services, &key('a')).await.unwrap().unwrap();
    let (status, file) = house.browser().download(&format!("/verify/heads/{day}/list.txt")).await;
    assert_eq!(status, StatusCode::OK);
    Outside::of(std::str::from_utf8(&file).unwrap()).unwrap()
}

#[tokio::test]
async fn there_is_one_list_of_each_day_and_anybody_reads_it() {
    let small = Small::new().await;
    let house = &small.house;
    let mut nobody = house.browser();
    assert!(nobody.get("/verify/heads").await.body.contains("No list has been made yet"));
    let reference = small.submitted().await;
    let history = format!("/journeys/{reference}/history");
    let mut lead = small.lead.browser.clone();
    assert!(lead.get(&history).await.body.contains("No list names it yet."));

    let first = made(house).await;
    assert_eq!((first.list.number, first.list.day, &first.fault), (1, date(2026, 3, 2), &None));
    let recorded = house.db.history(&reference).await.unwrap();
    let ledger = name_of(&reference.to_string(), &recorded[0].digest);
    let named = first.list.heads.iter().find(|head| head.ledger == ledger).unwrap();
    assert_eq!((named.seq, &named.digest), (recorded.last().unwrap().seq, &recorded.last().unwrap().digest));
    assert_eq!(first.list.heads.len(), 2, "the journey and the accounts");
    assert!(!first.signed.text.contains(&reference.to_string()), "no journey is named");
    assert_eq!(publish(&house.services, &key('a')).await.unwrap(), None, "there is one of today");

    // Two seconds before midnight in the UK, then at it: in March that is the same in UTC.
    house.clock.forward(15 * 60 * 60 - 2);
    assert_eq!(publish(&house.services, &key('a')).await.unwrap(), None);
    house.clock.forward(2);
    let second = made(house).await;
    assert_eq!((second.list.number, second.list.day), (2, date(2026, 3, 3)));
    assert_eq!(
        (second.list.heads.len(), &second.list.before),
        (0, &journey::base::ids::Digest::of(first.signed.text.as_bytes()))
    );
    // A day without a service has no list; the next one goes on.
    house.clock.forward(2 * DAY);
    goes_on(&small, &reference, "s-hscn").await;
    let after = house.db.history(&reference).await.unwrap();
    let third = made(house).await;
    assert_eq!((third.list.number, third.list.day), (3, date(2026, 3, 5)));
    assert_eq!(third.list.heads.iter().map(|head| head.seq).collect::<Vec<_>>(), [Seq(after.len() as u64)]);

    let all = nobody.get("/verify/heads").await.body;
    for wanted in ["2 March 2026", "3 March 2026", "5 March 2026", &key('a').public(), "/verify/heads/2026-03-05/list.txt"] {
        assert!(all.contains(wanted), "{wanted}: {all}");
    }
    let one = nobody.get("/verify/heads/2026-03-05").await.body;
    for wanted in [ledger.as_str(), after.last().unwrap().digest.as_str(), &third.signed.signature, third.list.before.as_str()] {
        assert!(one.contains(wanted), "{wanted}: {one}");
    }
    assert!(nobody.get("/verify/heads/2026-03-03").await.body.contains("No ledger has grown"));
    let earlier = nobody.get("/verify/heads?before=2").await.body;
    assert!(earlier.contains("2 March 2026") && !earlier.contains("3 March 2026"), "{earlier}");
    assert!(nobody.get("/verify/heads?before=1").await.body.contains("There are no earlier lists"));
    assert!(nobody.get("/verify").await.body.contains("href=\"/verify/heads\""));
    lead.sign_in(&small.lead.email).await;
    let told = lead.get(&history).await.body;
    assert!(told.contains(ledger.as_str()) && told.contains("/verify/heads/2026-03-05"), "{told}");
    for path in
        ["/verify/heads/2026-03-04", "/verify/heads/none", "/verify/heads/none/list.txt", "/verify/heads/2026-03-04/list.txt"]
    {
        assert_eq!(nobody.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for kept in [&first, &second, &third] {
        assert_eq!(faults(house, Some(kept)).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn of_two_replicas_one_makes_the_list() {
    let mut houses = vec![(House::new().await, None)];
    houses.extend(House::on_postgres().await.map(|(house, database)| (house, Some(database))));
    for (house, database) in houses {
        let small = Small::of(house).await;
        small.submitted().await;
        let (one, other) = (key('a'), key('b'));
        for day in 0..5 {
            let services = &small.house.services;
            let (one, other) = tokio::join!(publish(services, &one), publish(services, &other));
            let made = [one.unwrap(), other.unwrap()].into_iter().flatten().count();
            assert_eq!(made, 1, "day {day}");
            small.house.clock.forward(DAY);
        }
        let all = small.house.db.lists_after(0, 9).await.unwrap();
        assert_eq!(all.iter().map(|list| list.facts.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert!(all.iter().all(|list| checked(&list.signed).is_ok()));
        assert_eq!(small.house.faults().await, Vec::<String>::new());
        if let Some(database) = database {
            small.house.db.close().await;
            database.dropped().await;
        }
    }
}

#[tokio::test]
async fn another_key_is_told_and_breaks_nothing() {
    let small = Small::new().await;
    small.submitted().await;
    publish(&small.house.services, &key('a')).await.unwrap().unwrap();
    small.house.clock.forward(DAY);
    publish(&small.house.services, &key('b')).await.unwrap().unwrap();
    assert_eq!(small.house.faults().await, Vec::<String>::new());
    let body = small.house.browser().get("/verify/heads").await.body;
    assert!(
        body.contains("The key has changed.") && body.contains(&key('a').public()) && body.contains(&key('b').public()),
        "{body}"
    );
    let found = verify::examine(&small.house.db, &small.house.config.place.file_store().unwrap()).await.unwrap();
    let keys = found.keys_in_words();
    assert!(keys.contains(&format!("2026-03-02 to 2026-03-02 are signed with the key {}", key('a').public())), "{keys}");
}

/// On SQLite the key is made beside the database; replicas of PostgreSQL are given one, or make no lists.
#[test]
fn the_key_is_given_or_lies_beside_sqlite() {
    let folder = Folder::new();
    let mut config = settings(folder.path());
    let made = HeadsKey::of(&config).unwrap().unwrap().public();
    assert_eq!(HeadsKey::of(&config).unwrap().unwrap().public(), made, "after a restart it is the same");
    config.place.database.database_url = Some("postgres://db.internal/onboarding".to_owned().into());
    assert!(HeadsKey::of(&config).unwrap().is_none());
    config.heads_key = Some("a".repeat(64).into());
    assert_eq!(HeadsKey::of(&config).unwrap().unwrap().public(), key('a').public());
    config.heads_key = Some("a-secret-that-is-no-key".to_owned().into());
    let says = HeadsKey::of(&config).err().unwrap();
    assert!(says.starts_with("HEADS_KEY: ") && !says.contains("a-secret"), "{says}");
}

/// Takes the last entry off, with everything that hangs on it: nothing but a list remembers it.
async fn cut(house: &House, reference: &JourneyRef) {
    let last = house.db.history(reference).await.unwrap().len();
    let text = format!("DELETE FROM events WHERE stream = '{reference}' AND seq = {last}; UPDATE lists_made SET rules = 0");
    by_hand(&url(house), &text).await;
    lists::renew(&house.db, shipped()).await.unwrap();
}

/// A journey whose last two entries leave nothing beside the ledger.
async fn marked(small: &Small) -> JourneyRef {
    let mut play = crate::common::world::Play::open(&small.house, &small.lead);
    play.submits(&small.lead.actor, "read-capabilities");
    for of in ["s-pentest", "s-hscn"] {
        play.does(&small.lead.actor, Command::ProposeWaiver { task: task(of), reason: "It is tested elsewhere.".to_owned() });
    }
    play.written(&small.house).await
}

#[tokio::test]
async fn a_tail_that_is_cut_off_is_found_by_nothing_but_the_lists() {
    let small = Small::new().await;
    let reference = marked(&small).await;
    cut(&small.house, &reference).await;
    assert_eq!(small.house.faults().await, Vec::<String>::new(), "without a list nobody can tell");
    let length = small.house.db.history(&reference).await.unwrap().len();
    made(&small.house).await;
    cut(&small.house, &reference).await;
    let says = format!("{reference}: the list of 2026-03-02 names entry {length}, and the ledger ends at {}", length - 1);
    assert_eq!(small.house.faults().await, [says]);
    // Whoever goes on after the cut, and has the next list made, is found as well.
    goes_on(&small, &reference, "s-pds-route").await;
    small.house.clock.forward(DAY);
    made(&small.house).await;
    assert_eq!(
        small.house.faults().await,
        [format!("{reference}: entry {length} is not the one that the list of 2026-03-02 names")]
    );
}

#[tokio::test]
async fn a_ledger_that_is_written_anew_is_found() {
    let small = Small::new().await;
    let reference = marked(&small).await;
    made(&small.house).await;
    let history = small.house.db.history(&reference).await.unwrap();
    // Every entry a second later, consistent in itself.
    let mut text = String::new();
    let mut before: Option<Recorded> = None;
    for one in &history {
        let at = one.at + jiff::SignedDuration::from_secs(1);
        let link = before.as_ref().map(|before| (before.seq, &before.digest));
        let anew = Recorded::chain(&reference.to_string(), link, at, one.by.clone(), one.event.clone());
        let (at, prev, digest, seq) = (at.as_microsecond(), &anew.prev, &anew.digest, anew.seq);
        text.push_str(&format!(
            "UPDATE events SET at_us = {at}, prev = '{prev}', digest = '{digest}' WHERE stream = '{reference}' AND seq = {seq};"
        ));
        before = Some(anew);
    }
    text.push_str(&format!(
        "UPDATE journeys SET opened_us = opened_us + 1000000 WHERE ref = '{reference}'; UPDATE lists_made SET rules = 0"
    ));
    by_hand(&url(&small.house), &text).await;
    lists::renew(&small.house.db, shipped()).await.unwrap();
    let says = format!("{reference}: the ledger begins with another entry than when the list of 2026-03-02 named it");
    assert_eq!(small.house.faults().await, [says]);
    // Whoever takes the note of it away as well is found by the list, which cannot be read backwards.
    by_hand(&url(&small.house), &format!("DELETE FROM listed_heads WHERE stream = '{reference}'")).await;
    let ledger = name_of(&reference.to_string(), &history[0].digest);
    let says = format!("the list of 2026-03-02 names entry {} of a ledger that is not there: {ledger}", history.len());
    assert_eq!(small.house.faults().await, [says]);
}

#[tokio::test]
async fn a_journey_that_is_taken_away_is_found() {
    let small = Small::new().await;
    let reference = marked(&small).await;
    made(&small.house).await;
    let length = small.house.db.history(&reference).await.unwrap().len();
    let mut text = String::new();
    for (table, of) in [
        ("events", "stream"),
        ("submissions", "journey"),
        ("turns", "journey"),
        ("turn_hands", "journey"),
        ("had_before", "journey"),
        ("found_by", "journey"),
        ("journeys", "ref"),
    ] {
        text.push_str(&format!("DELETE FROM {table} WHERE {of} = '{reference}';"));
    }
    by_hand(&url(&small.house), &text).await;
    let says = format!("{reference}: the list of 2026-03-02 names entry {length} of it, and there is no such ledger");
    assert_eq!(small.house.faults().await, [says]);
    // So is an account's tail.
    let last = "DELETE FROM events WHERE stream = 'people' AND seq = (SELECT MAX(seq) FROM events WHERE stream = 'people')";
    by_hand(&url(&small.house), last).await;
    let found = small.house.faults().await;
    assert!(found.iter().any(|fault| fault.starts_with("people: the list of 2026-03-02 names entry")), "{found:?}");
}

#[tokio::test]
async fn a_list_that_is_changed_or_taken_away_is_found() {
    let small = Small::new().await;
    marked(&small).await;
    for _ in 0..3 {
        made(&small.house).await;
        small.house.clock.forward(DAY);
    }
    let original = small.house.db.lists_after(1, 1).await.unwrap().remove(0);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
    let again = |text: &str| format!("UPDATE head_lists SET {text} WHERE number = 2");
    let back = again(&format!(
        "body = '{}', signature = '{}', digest = '{}', ledgers = 0, made_us = {}",
        original.signed.text,
        original.signed.signature,
        original.facts.digest,
        original.facts.made_at.as_microsecond()
    ));
    for (change, says) in [
        (
            "body = replace(body, 'made 2026-03-03T09', 'made 2026-03-03T08')",
            "the list of 2026-03-03: its signature is not that of the key",
        ),
        ("body = replace(body, 'number 2', 'number two')", "the list of 2026-03-03: “two” is not the number of a list"),
        (
            "signature = replace(signature, substr(signature, 1, 1), CASE substr(signature, 1, 1) WHEN 'a' THEN 'b' ELSE 'a' END)",
            "the list of 2026-03-03: its signature is not that of the key",
        ),
        ("signature = ''", "the list of 2026-03-03: its signature is not that of the key"),
        ("made_us = 'never'", "head_lists"),
        ("ledgers = 5", "the list of 2026-03-03: what stands beside it is not what it says"),
    ] {
        by_hand(&url(&small.house), &again(change)).await;
        let found = small.house.faults().await;
        assert!(found.iter().any(|fault| fault.contains(says)), "{change}: {found:?}");
        by_hand(&url(&small.house), &back).await;
        assert_eq!(small.house.faults().await, Vec::<String>::new(), "{change}");
    }
    by_hand(&url(&small.house), "UPDATE listed_heads SET seq = seq - 1 WHERE stream = 'people'").await;
    let noted = "people: what is noted of the list that names it last is not what the lists say";
    assert_eq!(small.house.faults().await, [noted]);
    by_hand(
        &url(&small.house),
        "UPDATE listed_heads SET seq = seq + 1 WHERE stream = 'people'; DELETE FROM head_lists WHERE number = 2",
    )
    .await;
    assert_eq!(small.house.faults().await, ["the list of 2026-03-04 does not follow from the list before it"]);
    // Whoever kept the list that is gone knows of it.
    let kept = Outside::of(&original.signed.file()).unwrap();
    let found = faults(&small.house, Some(&kept)).await;
    assert!(
        found.iter().any(|fault| fault.starts_with("the kept list of 2026-03-03, number 2, is not among the lists")),
        "{found:?}"
    );
}

/// Whoever has the database and no key can make up lists that are consistent with each other; the key that they name is another one.
#[tokio::test]
async fn a_list_that_somebody_else_signed_names_their_key() {
    let small = Small::new().await;
    marked(&small).await;
    let kept = made(&small.house).await;
    let forged = HeadList { key: key('b').public(), ..kept.list.clone() };
    assert!(Outside::of(&format!("{}signature {}\n", forged.text(), kept.signed.signature)).unwrap().fault.is_some());
    by_hand(&url(&small.house), "DELETE FROM head_lists; DELETE FROM listed_heads").await;
    publish(&small.house.services, &key('b')).await.unwrap().unwrap();
    assert_eq!(faults(&small.house, None).await, Vec::<String>::new());
    let found = verify::examine(&small.house.db, &small.house.config.place.file_store().unwrap()).await.unwrap();
    assert!(!found.keys_in_words().contains(&kept.list.key), "{}", found.keys_in_words());
    let found = faults(&small.house, Some(&kept)).await;
    assert!(matches!(&found[..], [one] if one.contains("number 1, is not among the lists of this database")), "{found:?}");
}

/// Somebody kept a list; the database is the one of the day before, as after a restore of a backup.
#[tokio::test]
async fn a_list_that_was_kept_shows_what_a_database_has_lost() {
    let small = Small::new().await;
    let reference = marked(&small).await;
    made(&small.house).await;
    let folder = Folder::new();
    let old = folder.path().join("old.sqlite");
    by_hand(&url(&small.house), &format!("VACUUM INTO '{}'", old.display())).await;
    small.house.clock.forward(DAY);
    goes_on(&small, &reference, "s-pds-route").await;
    let length = small.house.db.history(&reference).await.unwrap().len();
    let evening = folder.path().join("evening");
    std::fs::create_dir_all(evening.join("files")).unwrap();
    by_hand(&url(&small.house), &format!("VACUUM INTO '{}'", evening.join("onboarding.sqlite").display())).await;
    let kept = made(&small.house).await;
    assert_eq!(faults(&small.house, Some(&kept)).await, Vec::<String>::new());

    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("files")).unwrap();
    std::fs::rename(&old, data.join("onboarding.sqlite")).unwrap();
    let list = folder.path().join("list.txt");
    std::fs::write(&list, kept.signed.file()).unwrap();
    let verify_in = |data: &std::path::Path, more: &[&str]| {
        let said =
            Run::new(env!("CARGO_BIN_EXE_gpc-onboarding")).arg("verify").arg("--data").arg(data).args(more).output().unwrap();
        (said.status.success(), String::from_utf8(said.stdout).unwrap() + &String::from_utf8_lossy(&said.stderr))
    };
    let verify = |more: &[&str]| verify_in(&data, more);
    // Of one that was copied after the last entry and before the list nothing is missing but the list.
    let (good, says) = verify_in(&evening, &["--heads", list.to_str().unwrap()]);
    assert!(!good && says.matches("BROKEN").count() == 1 && says.contains("is not among the lists of this database"), "{says}");
    let (good, says) = verify(&[]);
    assert!(good && says.contains("1 lists of heads") && says.contains(&key('a').public()), "{says}");
    let (good, says) = verify(&["--heads", list.to_str().unwrap()]);
    assert!(!good && says.contains("the kept list of 2026-03-03, number 2, is not among the lists of this database"), "{says}");
    let cut = format!("{reference}: the kept list of 2026-03-03 names entry {length}, and the ledger ends at {}", length - 1);
    assert!(says.contains(&cut), "{says}");
    // A backup carries the lists, and whoever restores is told which is the newest.
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    let told = |of: &[&std::ffi::OsStr]| {
        let said = Run::new(env!("CARGO_BIN_EXE_gpc-onboarding")).args(of).output().unwrap();
        assert!(said.status.success(), "{of:?}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    };
    told(&["backup".as_ref(), "--data".as_ref(), data.as_os_str(), "--to".as_ref(), backup.as_os_str()]);
    let says = told(&["restore".as_ref(), "--data".as_ref(), restored.as_os_str(), "--from".as_ref(), backup.as_os_str()]);
    assert!(says.contains("The newest list of heads is of 2026-03-02."), "{says}");
    let says = told(&["verify".as_ref(), "--data".as_ref(), restored.as_os_str()]);
    assert!(says.contains("1 lists of heads"), "{says}");
    std::fs::write(&list, "Not a list.\n").unwrap();
    let (good, says) = verify(&["--heads", list.to_str().unwrap()]);
    assert!(!good && says.contains("this is no list of heads"), "{says}");
}

#[tokio::test]
async fn a_list_that_was_kept_shows_whether_a_pack_is_whole() {
    let small = Small::new().await;
    let reference = marked(&small).await;
    let path = format!("/journeys/{reference}/pack.zip");
    let (_, before) = small.lead.browser.download(&path).await;
    let first = made(&small.house).await;
    goes_on(&small, &reference, "s-pds-route").await;
    let (_, after) = small.lead.browser.download(&path).await;
    small.house.clock.forward(DAY);
    let second = made(&small.house).await;
    small.house.clock.forward(DAY);
    let third = made(&small.house).await;
    let read = |bytes: &[u8]| pack::check(std::io::Cursor::new(bytes.to_vec()), shipped()).unwrap();
    let (before, after, bytes) = (read(&before), read(&after), after);
    let (short, long) = (before.digests.len() as u64, after.digests.len() as u64);
    assert!(short < long);
    assert_eq!(says_of(&first, &before), Says::Has(Seq(short)));
    assert_eq!(says_of(&first, &after), Says::Has(Seq(short)), "it went on since");
    assert_eq!(says_of(&second, &after), Says::Has(Seq(long)));
    assert_eq!(says_of(&third, &after), Says::Nothing);
    let cut = format!("the kept list of 2026-03-03 names entry {long}, and the ledger ends at {short}");
    assert_eq!(says_of(&second, &before), Says::Otherwise(vec![cut]));
    let forged = Outside::of(&second.signed.file().replace("number 2", "number 3")).unwrap();
    assert!(matches!(says_of(&forged, &after), Says::Otherwise(says) if says[0].contains("signature")));

    let folder = Folder::new();
    let (file, list) = (folder.path().join("journey.zip"), folder.path().join("list.txt"));
    std::fs::write(&file, bytes).unwrap();
    std::fs::write(&list, second.signed.file()).unwrap();
    let said = Run::new(env!("CARGO_BIN_EXE_gpc-onboarding"))
        .args(["verify", "--pack"])
        .arg(&file)
        .arg("--heads")
        .arg(&list)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success() && words.contains(&format!("It has entry {long}, as the list of 2026-03-03 says.")), "{words}");
}
