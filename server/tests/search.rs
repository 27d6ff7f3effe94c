//! One search for everything: what people type and what they must find first, the same on both databases, and nothing that they may not
//! read.

use crate::common::{
    Browser, House, Page, WITH_FILES, multipart,
    world::{Play, Someone, admit, opening, register, shipped},
};
use axum::http::StatusCode;
use journey::{
    base::{
        actor::{Role, Side},
        ids::JourneyRef,
    },
    plan::opening::Opening,
    port::Ledger as _,
};

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn look(browser: &mut Browser, asked: &str) -> Page {
    browser.get(&format!("/search?q={}", encoded(asked))).await
}

/// Where the results lead, in order.
fn found(page: &Page) -> Vec<String> {
    let Some((_, results)) = page.body.split_once("id=\"results\"") else { return Vec::new() };
    let (results, _) = results.split_once("</main>").unwrap();
    let lists = results.split("gpc-found").skip(1).map(|list| list.split_once("</ol>").unwrap().0);
    lists
        .flat_map(|list| list.split("<li><a href=\"").skip(1))
        .map(|one| one.split_once('"').unwrap().0.replace("&amp;", "&"))
        .collect()
}

async fn say(who: &mut Someone, journey: &JourneyRef, audience: &str, words: &str) {
    let id = format!("said{}", crate::common::fresh());
    let reference = journey.to_string();
    let fields = [("journey", reference.as_str()), ("task", ""), ("audience", audience), ("message", &id), ("words", words)];
    let answer = who.browser.send(multipart(WITH_FILES, &fields, &[])).await;
    let page = who.browser.follow(answer).await;
    assert!(page.done().is_some(), "{}", page.body);
}

struct Cast {
    house: House,
    oneill: Someone,
    tarn: Someone,
    lead: Someone,
    group: Someone,
    ward: JourneyRef,
    bedside: JourneyRef,
    theirs: JourneyRef,
}

async fn cast(house: House) -> Cast {
    let mut oneill = register(&house, "O’Neill & Söhne", "zoe.oneill@oneill.example").await;
    let tarn = register(&house, "Tarn Software", "terry.tarn@tarn.example").await;
    let lead = admit(&house, Side::Programme, "NHS England", "pia.reviewer@nhs.example", &[Role::ProgrammeLead]).await;
    let group = admit(&house, Side::EndUser, "Eastvale Group", "uma.user@eastvale.example", &[Role::GroupLead]).await;
    let open = async |who: &Someone, product: &str, joins: &[&Someone]| {
        let opening = Opening { product: product.to_owned(), ..opening() };
        let mut play = Play::open_with("consumer", &house, who, opening);
        play.joined(&lead.actor, joins);
        play.written(&house).await
    };
    let ward = open(&oneill, "MédiLien Ward – Round 50%", &[&group]).await;
    let bedside = open(&oneill, "Bedside Diary", &[]).await;
    let theirs = open(&tarn, "Heron Ward Round", &[]).await;
    let mut lead = lead;
    let mut tarn = tarn;
    say(&mut oneill, &ward, "all", "The zebra logs are in O'Hara’s file.").await;
    say(&mut lead, &ward, "programme", "Noted: the okapi is not ready.").await;
    say(&mut oneill, &ward, "supplier", "Among us: the walrus waits.").await;
    say(&mut tarn, &theirs, "all", "The kestrel is ours alone.").await;
    Cast { house, oneill, tarn, lead, group, ward, bedside, theirs }
}

/// What people type, and what the first result must be: its address, or the beginning of it.
async fn thirty_things_that_people_type(house: House) {
    let mut cast = cast(house).await;
    let (ward, bedside) = (format!("/journeys/{}", cast.ward), format!("/journeys/{}", cast.bedside));
    let reference = cast.bedside.to_string();
    let bare = reference.replace('-', "").to_lowercase();
    let spelled = reference.replace('-', " ");
    let (of_ward, scal) = (ward.as_str(), format!("{bedside}/tasks/submit-scal/"));
    let typed: &[(&str, &str)] = &[
        ("O'Neill", "/journeys/"),
        ("O’Neill", "/journeys/"),
        ("oneill sohne", "/journeys/"),
        ("medilien", of_ward),
        ("Round Ward", of_ward),
        ("Söhne MédiLien", of_ward),
        ("50%", of_ward),
        ("Bedsde Diery", &bedside),
        ("bedside diary", &bedside),
        (&reference, &bedside),
        (&bare, &bedside),
        (&spelled, &bedside),
        ("zebra log", &ward),
        ("O'Hara", &ward),
        ("walrus", &ward),
        ("Zoe", &ward),
        ("GPC-SPN-TST-10", "/scal/spine#gpc-ssp10-01"),
        ("GPC-SSP04-02", "/scal/spine#gpc-ssp04-02"),
        ("GPC–SSP04–02", "/scal/spine#gpc-ssp04-02"),
        ("403", "/spine?step=4"),
        ("no_patient_consent", "/spine?step=5"),
        ("Ssp-TraceID", "/spine?step=3#"),
        (
            "urn:nhs:names:services:gpconnect:fhir:operation:gpc.getcarerecord-1",
            "/spine?step=3&capability=html&interaction=fhir:operation:gpc.getcarerecord",
        ),
        ("DCB0160", "/glossary#dcb0160"),
        ("0160", "/glossary#dcb0160"),
        ("asids", "/glossary#asid"),
        ("jwt", "/glossary#jwt"),
        ("NHS numbers", "/glossary#nhs-number"),
        // Their own task first, and what the guidance says of it below.
        ("prerequisits", "/journeys/"),
        ("smart card", "/spine?step=3"),
        ("practice manager", "/stages/"),
        ("DEC-HTML-18a", "/capabilities/access-record-html#dec-html-18a"),
        ("hazard logs", "/journeys/"),
        ("declartion", "/journeys/"),
        ("pratice", "/journeys/"),
    ];
    let mut wrong = Vec::new();
    for (typed, wanted) in typed {
        let page = look(&mut cast.oneill.browser, typed).await;
        assert_eq!(page.status, StatusCode::OK, "{typed}");
        let all = found(&page);
        if !all.first().is_some_and(|first| first.starts_with(wanted)) {
            wrong.push(format!("{typed}: {all:?}, not {wanted}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    // Tasks and rows of the reader's journeys stand beside the guidance.
    let rows = found(&look(&mut cast.oneill.browser, "GPC-SSP04-02").await);
    assert!(rows.iter().any(|to| to.starts_with(&scal)), "{rows:?}");
    let tasks = found(&look(&mut cast.oneill.browser, "use case diary").await);
    assert_eq!(tasks.first().unwrap(), &format!("{bedside}/tasks/describe-use-case"), "{tasks:?}");
    let slips = look(&mut cast.oneill.browser, "declartion").await;
    assert!(slips.body.contains("Did you mean") && slips.body.contains("href=\"/search?q=declaration\""), "{}", slips.body);
    let nothing = look(&mut cast.oneill.browser, "zzqqj").await;
    assert!(nothing.body.contains("Nothing was found") && found(&nothing).is_empty());
    // A database of before is made anew when it is opened, messages and names included.
    cast.house.db.note_lists_made(0).await.unwrap();
    assert!(server::lists::renew(&cast.house.db, shipped()).await.unwrap() > 2);
    for (asked, wanted) in [("zebra log", of_ward), ("medilien", of_ward), (bare.as_str(), bedside.as_str())] {
        let all = found(&look(&mut cast.oneill.browser, asked).await);
        assert!(all.first().is_some_and(|first| first.starts_with(wanted)), "{asked}: {all:?}");
    }
    // Every browser finds the guidance, and is told how to find the rest.
    let mut nobody = cast.house.browser();
    let page = look(&mut nobody, "asids").await;
    assert_eq!(found(&page).first().unwrap(), "/glossary#asid");
    assert!(page.body.contains("Sign in to search your journeys"));
    for asked in ["MédiLien", &reference, "zebra", "Zoë"] {
        assert!(
            found(&look(&mut nobody, asked).await)
                .iter()
                .all(|to| !to.starts_with("/journeys") && !to.starts_with("/organisation"))
        );
    }
}

async fn nobody_finds_what_they_may_not_read(house: House) {
    let mut cast = cast(house).await;
    let theirs = format!("/journeys/{}", cast.theirs);
    let ward = format!("/journeys/{}", cast.ward);
    let secrets = ["kestrel", "heron", "Tarn Software", "terry.tarn@tarn.example", "Terry Tarn", &cast.theirs.to_string()];
    for asked in secrets {
        let page = look(&mut cast.oneill.browser, asked).await;
        assert!(found(&page).iter().all(|to| !to.starts_with("/journeys/") && !to.starts_with("/organisation")), "{asked}");
        let (_, results) = page.body.split_once("id=\"results\"").unwrap();
        assert!(!results.contains("Heron Ward") && !results.contains("ours alone"), "{asked}");
        let own = found(&look(&mut cast.tarn.browser, asked).await);
        assert!(own.iter().any(|to| to.starts_with(&theirs) || to == "/organisation"), "{asked}: {own:?}");
        let all = found(&look(&mut cast.lead.browser, asked).await);
        assert!(all.iter().any(|to| to.starts_with(&theirs) || to.starts_with("/organisations/")), "{asked}: {all:?}");
    }
    // Notes are for their side alone; what was said to everybody is for whoever takes part.
    let finds =
        async |who: &mut Someone, asked: &str| found(&look(&mut who.browser, asked).await).iter().any(|to| to.starts_with(&ward));
    assert!(
        !finds(&mut cast.oneill, "okapi").await && finds(&mut cast.lead, "okapi").await && !finds(&mut cast.group, "okapi").await
    );
    assert!(
        finds(&mut cast.oneill, "walrus").await
            && !finds(&mut cast.lead, "walrus").await
            && !finds(&mut cast.group, "walrus").await
    );
    assert!(
        finds(&mut cast.oneill, "zebra").await && finds(&mut cast.lead, "zebra").await && finds(&mut cast.group, "zebra").await
    );
    assert!(!finds(&mut cast.tarn, "zebra").await && !finds(&mut cast.tarn, "MédiLien").await);
    // A task that is closed to a side is not found by it.
    let closed = found(&look(&mut cast.group.browser, "penetration test").await);
    assert!(closed.iter().all(|to| !to.ends_with("/tasks/s-pentest")), "{closed:?}");
    assert!(found(&look(&mut cast.oneill.browser, "penetration test").await).iter().any(|to| to.ends_with("/tasks/s-pentest")));
    // What nobody has thought of is answered all the same.
    let long = "x%_!".repeat(500);
    for asked in ["%", "_", "!", "\\", "\"", "*", "NEAR(", "AND", "' OR 1=1 --", "\0", "   ", "–", "’", "\u{202e}", "(((", &long]
    {
        for who in [&mut cast.oneill, &mut cast.lead, &mut cast.group] {
            assert_eq!(look(&mut who.browser, asked).await.status, StatusCode::OK, "{asked:?}");
        }
    }
}

#[tokio::test]
async fn what_people_type_is_found() {
    thirty_things_that_people_type(House::new().await).await;
}

#[tokio::test]
async fn what_people_type_is_found_on_postgres() {
    let Some((house, database)) = House::on_postgres().await else { return };
    thirty_things_that_people_type(house).await;
    database.dropped().await;
}

#[tokio::test]
async fn nobody_finds_more_than_they_read() {
    nobody_finds_what_they_may_not_read(House::new().await).await;
}

#[tokio::test]
async fn nobody_finds_more_than_they_read_on_postgres() {
    let Some((house, database)) = House::on_postgres().await else { return };
    nobody_finds_what_they_may_not_read(house).await;
    database.dropped().await;
}
