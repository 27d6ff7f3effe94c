//! Signing by a link in a letter, as the practices of a group do it: the group of forty of the demo, whose lead asks those who have not
//! signed. The agreement is settled already, so the letter after each signature has the document with it.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use journey::{
    base::ids::JourneyRef,
    ledger::journey::Journey,
    plan::process::Processes,
    port::{Ledger as _, People as _, signatories::Signatories as _},
    rule::by_link,
    task::agreement,
};
use store::Db;

use crate::{
    load::Person,
    process::{Measured as _, Service},
};

const TASK: &str = "data-sharing-agreement";

/// How often each signs and takes the signature back.
const ROUNDS: usize = 5;

/// What signing costs.
pub struct Signing {
    /// ms of CPU for one signature, with its letter and the document in it.
    pub cost: f64,
    /// Signatures a second, from as many browsers at once as there are signers.
    pub per_second: f64,
    /// How many were measured.
    pub count: usize,
    /// Those of which the ledger has no entry.
    pub lost: usize,
}

/// Somebody who was let in by a link and a code.
struct Signer {
    person: Person,
    token: String,
}

/// Asks everybody of this journey who has not signed, lets each of them in, and has all of them sign at once, several times over.
pub async fn by_links(service: &Service, data: &Path, reference: &str) -> Signing {
    let db = Db::open(&format!("sqlite://{}", data.join("onboarding.sqlite").display())).await.unwrap();
    let reference: JourneyRef = reference.parse().unwrap();
    let journey = read(&db, &reference).await;
    let spec = journey.process.task(&TASK.parse().unwrap()).unwrap();
    let asked = db.signatories(&reference, &spec.id).await.unwrap();
    let lead = db.person(&asked[0].asked.by).await.unwrap().unwrap().email;
    let lead = Person::signed_in(&service.base, &lead).await;
    let codes: Vec<String> = by_link::unsigned(&journey, spec).iter().map(|member| member.ods_code.clone()).collect();
    let lines: Vec<String> = codes.iter().map(|code| format!("{code}, Rae Bench, {}", address(code))).collect();
    let fields = [("journey", reference.to_string()), ("task", TASK.to_owned()), ("signatories", lines.join("\n"))];
    lead.post("signatories/ask", &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await;

    let links = letters(data, &codes, "Please sign", |body| {
        let (_, token) = body.split_once("/sign/")?;
        Some(token.split_whitespace().next()?.to_owned())
    })
    .await;
    let mut signers = Vec::new();
    for token in links.values() {
        let person = Person::stranger(&service.base);
        person.post("sign/code", &[("token", token)]).await;
        signers.push(Signer { person, token: token.clone() });
    }
    let sent = letters(data, &codes, "Your code", |body| Some(body.split_once("Your code is ")?.1[..6].to_owned())).await;
    for (signer, (code, _)) in signers.iter().zip(&links) {
        signer.person.post("sign/enter", &[("token", &signer.token), ("code", &sent[code])]).await;
    }

    let words = signers[0].person.text(&format!("/sign/{}", signers[0].token)).await;
    let words = words.split_once("name=\"words\" value=\"").expect("a form to sign").1.split_once('"').unwrap().0.to_owned();
    let form = agreement::signing(spec, None);
    let boxes = form.fields[0].options();
    let mut fields = vec![("words", words.as_str()), ("answers[authority][]", "caldicott_guardian")];
    fields.extend(boxes.iter().map(|choice| ("answers[statements][]", choice.0)));
    let (mut cpu, mut seconds) = (0.0, 0.0);
    let before = signatures(&db, &reference).await;
    for round in 0..ROUNDS {
        if round > 0 {
            for Signer { person, token } in &signers {
                person.post("sign/take-back", &[("token", token), ("reason", "To measure once more.")]).await;
            }
        }
        settle(data).await;
        let (used, begun) = (service.cpu(), Instant::now());
        let all = signers.iter().map(|Signer { person, token }| {
            let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("token", token.as_str())]).collect();
            async move { person.post("sign/sign", &fields).await }
        });
        futures_util::future::join_all(all).await;
        seconds += begun.elapsed().as_secs_f64();
        // The letters go meanwhile and afterwards.
        settle(data).await;
        cpu += service.cpu() - used;
    }
    let count = ROUNDS * signers.len();
    let stored = signatures(&db, &reference).await - before;
    Signing { cost: cpu * 1000.0 / count as f64, per_second: count as f64 / seconds, count, lost: count.saturating_sub(stored) }
}

fn address(code: &str) -> String {
    format!("bench.{}@practices.example", code.to_lowercase())
}

async fn read(db: &Db, reference: &JourneyRef) -> Journey {
    Journey::replay(reference, &db.history(reference).await.unwrap(), Processes::shipped().unwrap()).unwrap()
}

/// Signatures by a link that the ledger has, whether they still count or not.
async fn signatures(db: &Db, reference: &JourneyRef) -> usize {
    use journey::ledger::event::Event;
    let history = db.history(reference).await.unwrap();
    history.iter().filter(|recorded| matches!(recorded.event, Event::Signed { member: Some(_), .. })).count()
}

/// What each of these was sent under a subject, by its code; waits until all have it.
async fn letters(
    data: &Path,
    codes: &[String],
    subject: &str,
    find: impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, String> {
    let begun = Instant::now();
    loop {
        let mut found = BTreeMap::new();
        for path in std::fs::read_dir(data.join("mail")).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let code = codes.iter().find(|code| text.starts_with(&format!("To: {}\n", address(code))));
            let under = text.lines().nth(1).is_some_and(|line| line.contains(subject));
            if let (Some(code), true, Some(what)) = (code, under, find(&text)) {
                found.insert(code.clone(), what);
            }
        }
        if found.len() == codes.len() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{} of {} letters came: {subject}", found.len(), codes.len());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Waits until no more letters come.
async fn settle(data: &Path) {
    let count = || std::fs::read_dir(data.join("mail")).map_or(0, Iterator::count);
    let mut before = count();
    loop {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let now = count();
        if now == before {
            return;
        }
        before = now;
    }
}
