//! Meetings: proposed by one side and chosen by the other, by one answer of many; who is told, what a calendar gets, and that
//! nobody else reads any of it.

use crate::common::{
    Browser, House, Page,
    world::{Play, Small, Someone, admit, invite, opening, register},
};
use axum::http::StatusCode;
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::JourneyRef,
    },
    plan::{
        capability::{Capability, Chosen},
        opening::Opening,
    },
    port::{meetings::Meetings as _, notices::NoticeBook as _},
    rule::meeting::Stage,
};

const TASK: &str = "s-clinical-meeting-1";

/// A supplier with two people, the programme, an end user with a part, and a stranger.
struct Cast {
    house: House,
    lead: Someone,
    developer: Someone,
    reviewer: Someone,
    safety: Someone,
    user: Someone,
    stranger: Someone,
    journey: JourneyRef,
}

async fn cast() -> Cast {
    let Small { house, mut lead, reviewer, assurance } = Small::new().await;
    let developer = invite(&house, &mut lead, "dora.developer@acme.example", Role::Developer).await;
    let safety = admit(&house, Side::Programme, "NHS England", "sam.safety@nhs.example", &[Role::ClinicalSafety]).await;
    let user = admit(&house, Side::EndUser, "A Trust", "uma.user@trust.example", &[Role::GroupLead]).await;
    let stranger = register(&house, "Globex", "gil.globex@globex.example").await;
    // A product whose plan has clinical meetings.
    let capability = Capability::AccessRecordStructured;
    let capabilities = vec![Chosen { capability, version: capability.versions()[0].to_owned() }];
    let mut play = Play::open_with("consumer", &house, &lead, Opening { capabilities, ..opening() });
    play.joined(&lead.actor, &[&user]);
    let people: [&Actor; 3] = [&lead.actor, &reviewer.actor, &assurance.actor];
    let journey = play.until_ready(&people, "describe-use-case").written(&house).await;
    house.letters().await;
    Cast { house, lead, developer, reviewer, safety, user, stranger, journey }
}

/// The fields in which times are offered: the second one in another way of writing.
fn times(act: &str) -> Vec<(String, String)> {
    let named = |name: &str, value: &str| (format!("answers[{act}-{name}][]"), value.to_owned());
    vec![
        named("day1", "1 6 2026"),
        named("time1", "14:30"),
        named("day2", "2 June 2026"),
        named("time2", "9am"),
        named("minutes", "90"),
        named("place", "https://meet.example/heron"),
        named("words", "The hazard log; <b>all</b> of it."),
    ]
}

impl Cast {
    fn to(&self, id: &str) -> String {
        format!("/journeys/{}/meetings/{id}", self.journey)
    }

    async fn proposes(&self, who: &Someone, id: &str, task: &str, more: &[(&str, &str)]) -> Page {
        let journey = self.journey.to_string();
        let times = times("proposed");
        let mut fields = vec![("journey", journey.as_str()), ("task", task), ("meeting", id)];
        fields.extend(times.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        fields.extend(more);
        who.browser.clone().submit("meetings/propose", &fields).await
    }

    async fn answers(&self, who: &Someone, id: &str, deed: &str, seen: &str, fields: &[(&str, &str)]) -> Page {
        let mut browser = who.browser.clone();
        answers(&mut browser, &self.journey, id, deed, seen, fields).await
    }

    /// Subjects of the emails that wait, by address.
    async fn told(&self) -> Vec<String> {
        let letters = self.house.letters().await;
        letters.into_iter().map(|letter| format!("{}: {}", letter.to, letter.subject)).collect()
    }
}

async fn answers(browser: &mut Browser, journey: &JourneyRef, id: &str, deed: &str, seen: &str, fields: &[(&str, &str)]) -> Page {
    let journey = journey.to_string();
    let mut all = vec![("journey", journey.as_str()), ("meeting", id), ("deed", deed), ("seen", seen)];
    all.extend(fields);
    browser.submit("meetings/answer", &all).await
}

const FIRST: (&str, &str) = ("answers[agreed-time][]", "2026-06-01T13:30:00Z");
const SECOND: (&str, &str) = ("answers[agreed-time][]", "2026-06-02T08:00:00Z");

#[tokio::test]
async fn a_meeting_is_proposed_chosen_and_stands_where_both_sides_look() {
    let cast = cast().await;
    let page = cast.proposes(&cast.lead, "met", TASK, &[]).await;
    assert_eq!(page.done().as_deref(), Some("The meeting is proposed"), "{}", page.body);
    assert!(
        page.body.contains("Monday 1 June 2026, 14:30 to 16:00") && page.body.contains("Tuesday 2 June 2026, 09:00 to 10:30")
    );
    assert!(page.body.contains("&lt;b&gt;all&lt;/b&gt;") && !page.body.contains("<b>all</b>"));
    let mut told = cast.told().await;
    told.sort();
    let about = format!("Clinical meeting 1 – Bedside View 4.2 ({})", cast.journey);
    // The team whose task it is, whoever has taken part, and the colleague. Not the end user, and not the writer.
    let asked = |to: &str| format!("{to}: Choose a time to meet: {about}");
    assert!(told.contains(&asked(&cast.safety.email)) && told.contains(&asked(&cast.reviewer.email)), "{told:?}");
    assert!(told.contains(&format!("{}: Meeting proposed: {about}", cast.developer.email)), "{told:?}");
    assert!(!told.iter().any(|to| to.contains("trust.example") || to.contains(&cast.lead.email)), "{told:?}");
    assert!(page.body.contains(&format!("{} other people were told.", told.len())), "{}", page.body);
    let news = cast.house.db.news(&cast.safety.actor.person, None, 5).await.unwrap();
    assert_eq!(news[0].words, format!("Choose a time to meet: {about}"));
    assert!(news[0].link.ends_with(&cast.to("met")), "{}", news[0].link);
    // It stands on the task, on the journey and in the list; the other side is told that it waits for them.
    let home = format!("/journeys/{}", cast.journey);
    for path in [format!("{home}/tasks/{TASK}"), home.clone(), format!("{home}/meetings"), format!("{home}/messages")] {
        let mine = cast.lead.browser.clone().get(&path).await;
        assert!(mine.body.contains(&cast.to("met")) && mine.body.contains("Proposed"), "{path}: {}", mine.body);
        let theirs = cast.safety.browser.clone().get(&path).await;
        assert!(theirs.body.contains(&cast.to("met")) && theirs.body.contains("Answer it"), "{path}: {}", theirs.body);
        let other = cast.user.browser.clone().get(&path).await;
        assert!(!other.body.contains(&cast.to("met")), "{path}");
    }
    // Nobody chooses from what their own side offered; the other side does, once.
    let own = cast.answers(&cast.lead, "met", "agreed", "1", &[FIRST]).await;
    assert_eq!(own.refusal().as_deref(), Some("This cannot be done about the meeting any more"), "{}", own.body);
    let page = cast.answers(&cast.safety, "met", "agreed", "1", &[FIRST]).await;
    assert_eq!(page.done().as_deref(), Some("The meeting is agreed"), "{}", page.body);
    assert!(page.body.contains("Download it for your calendar"), "{}", page.body);
    let told = cast.told().await;
    assert!(told.contains(&format!("{}: Meeting agreed: {about}", cast.lead.email)), "{told:?}");
    let again = cast.answers(&cast.safety, "met", "agreed", "1", &[FIRST]).await;
    assert_eq!(again.done().as_deref(), Some("You have already sent this"), "{}", again.body);
    assert_eq!(cast.told().await, Vec::<String>::new(), "nobody is told twice");
}

#[tokio::test]
async fn the_file_for_calendars_follows_what_is_agreed() {
    let cast = cast().await;
    cast.proposes(&cast.lead, "met", "", &[]).await;
    let file = format!("{}/meeting.ics", cast.to("met"));
    assert_eq!(cast.lead.browser.clone().get(&file).await.status, StatusCode::NOT_FOUND, "nothing is agreed");
    cast.answers(&cast.reviewer, "met", "agreed", "1", &[SECOND]).await;
    let got = cast.lead.browser.clone().get(&file).await;
    assert_eq!(got.status, StatusCode::OK);
    assert_eq!(got.headers.get("content-type").unwrap(), "text/calendar; charset=utf-8; method=PUBLISH");
    assert!(got.headers.get("content-disposition").unwrap().to_str().unwrap().starts_with("attachment"), "{:?}", got.headers);
    assert!(got.body.contains("\r\nDTSTART:20260602T080000Z\r\n") && got.body.contains("\r\nSEQUENCE:0\r\n"), "{}", got.body);
    assert!(got.body.contains("\r\nUID:met@") && got.body.contains("\r\nSTATUS:CONFIRMED\r\n"), "{}", got.body);
    assert_eq!(cast.reviewer.browser.clone().get(&file).await.body, got.body, "both sides have the same");
    for who in [&cast.user, &cast.stranger] {
        for path in [&file, &cast.to("met")] {
            assert_eq!(who.browser.clone().get(path).await.status, StatusCode::NOT_FOUND, "{} {path}", who.email);
        }
        let page = cast.answers(who, "met", "cancelled", "2", &[("answers[cancelled-words][]", "No.")]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", who.email);
    }
    // The other side moves it, and cancels it in the end.
    let moved = times("moved");
    let fields: Vec<(&str, &str)> = moved.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = cast.answers(&cast.reviewer, "met", "moved", "2", &fields).await;
    assert_eq!(page.done().as_deref(), Some("You asked for another time"), "{}", page.body);
    assert!(
        page.body.contains("Asked to move to") && page.body.contains("Tuesday 2 June 2026, 09:00 to 10:30, unless"),
        "{}",
        page.body
    );
    cast.answers(&cast.developer, "met", "agreed", "3", &[FIRST]).await;
    let got = cast.lead.browser.clone().get(&file).await.body;
    assert!(got.contains("\r\nDTSTART:20260601T133000Z\r\n") && got.contains("\r\nSEQUENCE:1\r\n"), "{got}");
    let page = cast.answers(&cast.lead, "met", "cancelled", "4", &[]).await;
    assert!(page.body.contains("Say why you cancel the meeting"), "{}", page.body);
    cast.house.letters().await;
    let page = cast.answers(&cast.lead, "met", "cancelled", "4", &[("answers[cancelled-words][]", "Sam is ill.")]).await;
    assert_eq!(page.done().as_deref(), Some("The meeting is cancelled"), "{}", page.body);
    let got = cast.lead.browser.clone().get(&file).await.body;
    assert!(got.contains("\r\nSTATUS:CANCELLED\r\n") && got.contains("\r\nSEQUENCE:2\r\n"), "{got}");
    let letters = cast.house.letters().await;
    let letter = letters.iter().find(|letter| letter.to == cast.reviewer.email).unwrap();
    assert!(letter.subject.starts_with("Meeting cancelled: ") && letter.body.contains("Sam is ill."), "{letter:?}");
    assert!(letter.body.contains("It was agreed for Monday 1 June 2026, 14:30 to 16:00"), "{}", letter.body);
}

#[tokio::test]
async fn of_several_who_answer_at_once_one_wins_and_the_others_keep_their_words() {
    let cast = cast().await;
    cast.proposes(&cast.lead, "met", "", &[]).await;
    let words = ("answers[declined-words][]", "Heron: none of these suits the clinical team.");
    let agreed = cast.answers(&cast.reviewer, "met", "agreed", "1", &[FIRST]).await;
    assert!(agreed.done().is_some(), "{}", agreed.body);
    let late = cast.answers(&cast.safety, "met", "declined", "1", &[words]).await;
    assert_eq!(late.refusal().as_deref(), Some("Somebody was faster"), "{}", late.body);
    assert!(late.body.contains("Pia Reviewer chose Monday 1 June 2026, 14:30 to 16:00"), "{}", late.body);
    assert!(late.body.contains("Heron: none of these suits"), "the words are kept: {}", late.body);
    // At the same moment.
    cast.proposes(&cast.lead, "other", "", &[]).await;
    let at_once = [&cast.reviewer, &cast.safety, &cast.reviewer, &cast.safety].into_iter().map(|who| {
        let (mut browser, journey) = (who.browser.clone(), cast.journey.clone());
        tokio::spawn(async move { answers(&mut browser, &journey, "other", "declined", "1", &[words]).await.status })
    });
    for sent in at_once.collect::<Vec<_>>() {
        assert_eq!(sent.await.unwrap(), StatusCode::OK);
    }
    let meetings = cast.house.db.meetings(&cast.journey).await.unwrap();
    let other = meetings.iter().find(|met| met.id.as_str() == "other").unwrap();
    assert_eq!(other.steps.len(), 2);
    assert!(matches!(other.stage(), Some(Stage::Declined(_))));
}

#[tokio::test]
async fn what_cannot_be_read_comes_back_with_every_word() {
    let cast = cast().await;
    for task in ["", TASK] {
        let bad =
            [("answers[proposed-day1][]", "29 3 2026"), ("answers[proposed-time1][]", "1:30"), ("answers[proposed-place][]", "")];
        let page = cast.proposes(&cast.lead, "met", task, &bad).await;
        assert!(
            page.body.contains("<title>Error: ") && page.body.contains("There is no 01:30 on 29 March 2026"),
            "{}",
            page.body
        );
        assert!(page.body.contains("Say where you meet") && page.body.contains("2 June 2026"), "{}", page.body);
        assert!(page.body.contains("The hazard log; &lt;b&gt;all&lt;/b&gt; of it."), "{}", page.body);
        assert_eq!(page.hidden("task"), task);
        assert_eq!(page.hidden("meeting"), "met", "sent again it is the same meeting");
    }
    assert_eq!(cast.house.db.meetings(&cast.journey).await.unwrap(), []);
    // A form that is sent twice is one meeting; an id of somebody else's is none.
    cast.proposes(&cast.lead, "met", "", &[]).await;
    let page = cast.proposes(&cast.lead, "met", "", &[]).await;
    assert_eq!(page.done().as_deref(), Some("You have already proposed this meeting"), "{}", page.body);
    let page = cast.proposes(&cast.developer, "met", "", &[]).await;
    assert_eq!(page.refusal().as_deref(), Some("The meeting has not been proposed yet"), "{}", page.body);
    assert!(page.body.contains("The hazard log;") && page.hidden("meeting") != "met", "{}", page.body);
    assert_eq!(cast.house.db.meetings(&cast.journey).await.unwrap().len(), 1);
    // Signed out: the words wait until the sign-in.
    let mut browser = cast.reviewer.browser.clone();
    cast.house.clock.forward(31 * 60);
    let words = ("answers[declined-words][]", "Heron words from before.");
    let page = answers(&mut browser, &cast.journey, "met", "declined", "1", &[words]).await;
    assert_eq!(page.heading(), "Sign in");
    browser.sign_in(&cast.reviewer.email).await;
    let page = browser.get(&cast.to("met")).await;
    assert!(page.body.contains("Heron words from before.") && page.body.contains("You were signed out"), "{}", page.body);
}
