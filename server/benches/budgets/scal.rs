//! A SCAL of 500 rows, reached as people would: an operator's edition, and a supplier who moves to it.

use std::time::Instant;

use jiff::Timestamp;
use journey::port::{
    People as _,
    scal::{Catalogue, Scal as _},
};
use store::Db;

use crate::{
    load::Person,
    process::{Measured as _, Service},
};

const ROWS: usize = 500;

/// Publishes the edition, before the service starts.
pub async fn publish(db: &Db) {
    let mut body = format!("{}\n", journey::catalogue::csv::HEADING.join(","));
    for row in 1..=ROWS {
        let section = 1 + row / 60;
        body.push_str(&format!(
            "BENCH-{row:03},Common,{section} Section {section},MUST,both,\"Row {row} asks that the product shows who has looked at a record, when, and for which reason.\",\
             Screenshot and extract of the audit log,int,functional_assurance,Bench,2099-1,,\n"
        ));
    }
    let by = db.person_by_email("olive@service.example").await.unwrap().unwrap().id;
    let catalogue = Catalogue {
        edition: "2099-1".parse().unwrap(),
        body,
        note: "500 rows".to_owned(),
        by,
        at: Timestamp::UNIX_EPOCH,
        withdrawn: None,
    };
    db.publish_catalogue(catalogue, Vec::new()).await.unwrap();
}

/// The supplier moves its SCAL to the edition.
pub async fn move_to_it(person: &Person, journey: &str) {
    let to = person.post("scal/uplift", &[("journey", journey), ("task", "submit-scal"), ("seen", "1000000")]).await;
    assert_eq!(to, format!("/journeys/{journey}/tasks/submit-scal"));
}

/// The pages: a name, the path, CPU budget in ms.
pub fn pages(journey: &str) -> Vec<(&'static str, String, f64)> {
    let path = format!("/journeys/{journey}/tasks/submit-scal");
    vec![
        ("SCAL page, 500 rows", format!("{path}?show=all"), 10.0),
        ("SCAL page, one row of 500 open", format!("{path}/bench-250?show=all"), 10.0),
        ("SCAL page, 500 rows filtered to one", format!("{path}?show=all&find=row+250"), 2.0),
    ]
}

/// Saves rows one after the other: ms of CPU for each.
pub async fn saving(service: &Service, person: &Person, journey: &str) -> f64 {
    const COUNT: usize = 100;
    let (before, begun) = (service.cpu(), Instant::now());
    for row in 1..=COUNT {
        let (row, words) = (format!("bench-{row:03}"), "As it stands in chapter 3.");
        let (status, of_words) = (format!("answers[{row}][]"), format!("answers[{row}_words][]"));
        let subject = format!("row.{row}");
        let fields = [
            ("journey", journey),
            ("task", "submit-scal"),
            ("subject", subject.as_str()),
            ("version", "0"),
            (status.as_str(), "met"),
            (of_words.as_str(), words),
        ];
        person.post("draft/autosave", &fields).await;
    }
    assert!(begun.elapsed().as_secs() < 60, "saving does not come to an end");
    (service.cpu() - before) * 1000.0 / COUNT as f64
}
