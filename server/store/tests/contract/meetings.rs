//! Meetings: written once, in the order of what was done, told to those who are named, and answered by one of many.

use journey::{
    base::{
        actor::Side,
        ids::{JourneyRef, MeetingId},
    },
    port::{WriteError, meetings::Meetings, notices::NoticeBook as _},
    rule::meeting::{Act, Meeting, Stage, Step},
};

use crate::{
    cast::{at, by, everybody, id},
    messages::notice,
    support::House,
};

fn journey_of(bits: u64) -> JourneyRef {
    JourneyRef::from_bits(bits)
}

fn step(act: Act, side: Side, person: &str, organisation: &str, second: i64) -> Step {
    Step {
        act,
        side,
        by: by(person, organisation),
        at: at(second),
        times: vec![at(90_000), at(95_000)],
        minutes: 90,
        place: "https://meet.example/é?a=1;b=2".to_owned(),
        words: String::new(),
        told: 2,
        name: String::new(),
        organisation: String::new(),
    }
}

/// A meeting that the supplier proposes to the programme.
pub fn meeting(name: &str, task: Option<&str>, second: i64) -> Meeting {
    Meeting {
        id: id(name),
        task: task.map(id),
        from: Side::Supplier,
        with: Side::Programme,
        about: "Hazards, “é”.\nAnd controls.".to_owned(),
        steps: vec![step(Act::Proposed, Side::Supplier, "ada", "acme", second)],
    }
}

pub async fn what_was_done_about_a_meeting_is_read_in_its_order(house: House) {
    let db = house.db;
    everybody(&db).await;
    let (mut first, second) = (meeting("one", Some("s-pentest"), 2), meeting("two", None, 1));
    db.propose_meeting(&journey_of(1), &first, &[notice("m", "grace", false)]).await.unwrap();
    db.propose_meeting(&journey_of(1), &second, &[]).await.unwrap();
    db.propose_meeting(&journey_of(2), &meeting("three", None, 1), &[]).await.unwrap();
    assert_eq!(db.news(&id("grace"), None, 10).await.unwrap().len(), 1, "who is named is told in the same act");
    let again = db.propose_meeting(&journey_of(1), &meeting("one", None, 9), &[notice("n", "grace", false)]).await;
    assert!(matches!(again, Err(WriteError::Conflict)), "a form is sent once");
    assert_eq!(db.news(&id("grace"), None, 10).await.unwrap().len(), 1, "what is not written is not told");
    let mut agreed = step(Act::Agreed, Side::Programme, "grace", "programme", 3);
    agreed.times = vec![at(95_000)];
    let mut ended = step(Act::Cancelled, Side::Supplier, "bob", "acme", 4);
    (ended.times, ended.words) = (Vec::new(), "100%\0'".to_owned());
    for (after, step) in [(1, &agreed), (2, &ended)] {
        db.answer_meeting(&journey_of(1), &id("one"), after, step, &[]).await.unwrap();
    }
    ended.words = "100%\u{fffd}'".to_owned();
    first.steps.extend([agreed, ended]);
    assert!(matches!(first.stage(), Some(Stage::Cancelled(_))));
    let mut read = db.meetings(&journey_of(1)).await.unwrap();
    let who: Vec<(String, String)> = read[1].steps.iter().map(|step| (step.name.clone(), step.organisation.clone())).collect();
    assert!(who.iter().all(|(name, organisation)| !name.is_empty() && !organisation.is_empty()), "{who:?}");
    for step in read.iter_mut().flat_map(|meeting| &mut meeting.steps) {
        (step.name, step.organisation) = (String::new(), String::new());
    }
    assert_eq!(read, [second, first]);
    assert_eq!(db.meetings(&journey_of(3)).await.unwrap(), []);
}

pub async fn of_ten_who_answer_one_meeting_one_is_first(house: House) {
    let db = house.db;
    everybody(&db).await;
    db.propose_meeting(&journey_of(1), &meeting("one", None, 1), &[]).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for second in 0..10_i64 {
        let db = db.clone();
        tasks.spawn(async move {
            let answer = step(Act::Declined, Side::Programme, "grace", "programme", 10 + second);
            let told = [notice(&format!("answer-{second}"), "ada", false)];
            let meeting: MeetingId = id("one");
            match db.answer_meeting(&journey_of(1), &meeting, 1, &answer, &told).await {
                Ok(()) => true,
                Err(WriteError::Conflict) => false,
                Err(WriteError::Store(why)) => panic!("{why}"),
            }
        });
    }
    let won = tasks.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
    assert_eq!(db.meetings(&journey_of(1)).await.unwrap()[0].steps.len(), 2);
    assert_eq!(db.news(&id("ada"), None, 20).await.unwrap().len(), 1, "who was slower told nobody");
}
