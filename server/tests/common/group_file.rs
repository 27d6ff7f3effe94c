//! A group that comes from a file: what the pages of its lead send.

use axum::http::StatusCode;
use jiff::civil::date;
use journey::{
    base::{ids::JourneyRef, ods::Listed},
    form::Answers,
    port::Drafts as _,
};

use super::{
    Browser, House, Page, multipart_named,
    world::{fields_of, task},
};

pub const GROUP: &str = "start-end-user-engagement";

/// A register with 240 practices, of which one is closed and one was succeeded.
pub async fn register(house: &House, name: &str) {
    let mut file = house.db.load_ods(name);
    let listed = |code: String, name: String| Listed { code, name, role: "GP practice".to_owned(), ..Listed::default() };
    for at in 0..240 {
        file.organisation(listed(format!("A{at:05}"), format!("SURGERY {at}"))).await.unwrap();
    }
    let closed = Some(date(2025, 4, 1));
    file.organisation(Listed { closed, ended: true, ..listed("B00001".to_owned(), "OLD MILL".to_owned()) }).await.unwrap();
    file.organisation(Listed { closed, ended: true, ..listed("B00002".to_owned(), "OLD QUAY".to_owned()) }).await.unwrap();
    file.organisation(listed("B00003".to_owned(), "NEW QUAY".to_owned())).await.unwrap();
    file.succeeded("B00002".to_owned(), "B00003".to_owned(), closed).await.unwrap();
    file.done("2026-03-01T09:00:00Z".parse().unwrap()).await.unwrap();
}

pub fn path(reference: &JourneyRef) -> String {
    format!("/journeys/{reference}/tasks/{GROUP}")
}

pub async fn upload(browser: &mut Browser, reference: &JourneyRef, name: &str, bytes: &[u8]) -> Page {
    let journey = reference.to_string();
    let words = [("journey", journey.as_str()), ("task", GROUP)];
    let page = browser.send(multipart_named("file", "end-users/members-file", &words, &[(name, bytes)])).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    browser.follow(page).await
}

/// Sends a form of the group's page with these answers.
pub async fn sends(
    browser: &mut Browser,
    reference: &JourneyRef,
    action: &str,
    version: u64,
    more: &[(&str, &str)],
    answers: &Answers,
) -> Page {
    let mut fields = vec![
        ("journey".to_owned(), reference.to_string()),
        ("task".to_owned(), GROUP.to_owned()),
        ("seen".to_owned(), "1000".to_owned()),
        ("subject".to_owned(), "answers".to_owned()),
        ("version".to_owned(), version.to_string()),
    ];
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields.extend(fields_of(answers));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(action, &fields).await
}

pub async fn take(browser: &mut Browser, reference: &JourneyRef, version: &str, rows: &[String], names: bool) -> Page {
    let journey = reference.to_string();
    let mut fields = vec![("journey", journey.as_str()), ("task", GROUP), ("version", version)];
    if names {
        fields.push(("names", "register"));
    }
    fields.extend(rows.iter().map(|row| ("rows[]", row.as_str())));
    browser.submit("end-users/take-members", &fields).await
}

/// The rows that a page ticks beforehand.
pub fn ticked(page: &Page) -> Vec<String> {
    let boxes = page.body.split("<input").filter(|tag| tag.contains("name=\"rows[]\""));
    let boxes = boxes.filter(|tag| tag.split('>').next().unwrap().contains(" checked"));
    boxes.map(|tag| tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

pub async fn members(house: &House, reference: &JourneyRef) -> (String, u64) {
    let draft = house.db.draft(reference, &task(GROUP), "answers").await.unwrap().expect("a draft");
    let answers: Answers = serde_json::from_str(&draft.body).unwrap();
    (answers.one("members").to_owned(), draft.version)
}

/// 240 rows of which 12 are bad, each in its own way, as semicolon-separated Windows-1252 with a title above the heading.
pub fn many() -> Vec<u8> {
    let mut table = "Members of the group\r\n\r\nPractice name;List size;ODS Code\r\n".to_owned();
    for at in 0..228 {
        table += &format!("Surgery {at};812{at};A{at:05}\r\n");
    }
    for bad in [
        "Café A;1;5.00E+01",
        "Café B;1;2345",
        "Café C;1;01-Dec",
        "Café D;1;A2OO47",
        "Café E;1;Surgery",
        "Café F;1;",
        "Café G;1;A00007",
        "Café H;1;B00001",
        "Café I;1;B00002",
        "Café J;1;Z99999",
        "Café K;1;A1",
        ";1;Z99998",
    ] {
        table += &format!("{bad}\r\n");
    }
    table.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}
