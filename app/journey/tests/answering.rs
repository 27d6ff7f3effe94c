//! What came back is not read twice in the same words: it is changed, or a reply says why not.

mod common;

use common::{Play, actor, id, opening, shipped};
use journey::{
    base::{
        actor::{Actor, Role},
        ids::FieldId,
    },
    form::{Answers, Problems},
    ledger::{
        event::Finding,
        machine::{StateKind, Verb},
    },
    rule::{answering, command::Command, review},
};

const WORK: &str = "describe-use-case";
const REVIEW: &str = "obtain-use-case-approval";

fn ada() -> Actor {
    actor("ada", "acme", &[Role::OnboardingLead, Role::Developer])
}

fn pat() -> Actor {
    actor("pat", "nhs", &[Role::ProgrammeLead])
}

fn field(name: &str) -> FieldId {
    name.parse().expect("a question")
}

/// At the day when the use case was sent, with what was sent.
fn sent() -> (Play, Answers) {
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut play = Play::open(shipped(), process, &ada(), opening());
    for task in ["read-capabilities", "study-prerequisites", "choose-capabilities", "contact-gp-connect-team"] {
        let command = play.command(Verb::Submit, &id(task), "as agreed");
        play.obey(&ada(), command).expect("it is theirs");
    }
    let command = play.command(Verb::Acknowledge, &id("contact-gp-connect-team"), "welcome");
    play.obey(&pat(), command).expect("it is theirs");
    let answers = play.answers(play.spec(&id(WORK)), "as agreed");
    sends(&mut play, &answers);
    (play, answers)
}

fn sends(play: &mut Play, answers: &Answers) {
    play.wait(10);
    play.obey(&ada(), Command::Submit { task: id(WORK), answers: answers.clone() }).expect("it is theirs");
}

/// The programme asks for a change of these answers, or of the whole where none is named, and accepts the others.
fn returns(play: &mut Play, fields: &[Option<&str>]) {
    play.wait(10);
    let findings: Vec<Finding> =
        fields.iter().map(|name| Finding { field: name.map(field), words: "Say more.".to_owned() }).collect();
    let found = |id: &FieldId| findings.iter().any(|finding| finding.field.as_ref() == Some(id));
    let unjudged = review::unjudged(&play.journey, play.spec(&id(REVIEW)), Role::ProgrammeLead);
    let accepted = unjudged.into_iter().filter(|id| !found(id)).collect();
    let command = Command::Return { task: id(REVIEW), findings, accepted, conditions: Vec::new() };
    play.obey(&pat(), command).expect("it is theirs");
    assert_eq!(play.journey.task(&id(WORK)).state.kind(), StateKind::Returned);
}

/// What is said when this is sent after that: the question and the sentence of each problem.
fn said(play: &Play, before: &Answers, now: &Answers) -> Vec<(String, String)> {
    let answered = answering::answered(&play.journey, play.spec(&id(WORK)), before, now);
    answered.err().map(|Problems(all)| all.into_iter().map(|p| (p.field, p.says)).collect()).unwrap_or_default()
}

fn at(said: Vec<(String, String)>) -> Vec<String> {
    said.into_iter().map(|(field, _)| field).collect()
}

#[test]
fn each_finding_is_answered_by_a_change_or_by_a_reply() {
    let (mut play, first) = sent();
    assert_eq!(said(&play, &first, &first), [], "nothing has come back");
    returns(&mut play, &[Some("purpose"), Some("users")]);
    let problems = said(&play, &first, &first);
    assert_eq!(at(problems.clone()), ["reply_purpose", "reply_users"]);
    assert!(problems.iter().all(|(_, says)| says.starts_with("Change “") && says.ends_with("why it stays as it is")));
    // One of them, or another answer, is not both.
    let changed = first.clone().with("users", "Ward pharmacists and junior doctors.");
    assert_eq!(at(said(&play, &first, &changed)), ["reply_purpose"]);
    let other = first.clone().with("direct_care", "Something else.");
    assert_eq!(at(said(&play, &first, &other)), ["reply_purpose", "reply_users"]);
    // What nobody can see is neither a change nor a reply.
    let unseen =
        changed.clone().with("purpose", &format!("{}\u{200b} ", first.one("purpose"))).with("reply_purpose", " \u{200b}");
    assert_eq!(at(said(&play, &first, &unseen)), ["reply_purpose"]);
    // A reply goes with the round, under its digest.
    let second = changed.with("reply_purpose", "The hospital asked for exactly this.");
    assert_eq!(said(&play, &first, &second), []);
    let spec = play.spec(&id(WORK));
    let clean = answering::sent(spec, &play.journey.opening, &second).check(&second).expect("complete");
    assert_eq!(answering::reply(&clean, Some(&field("purpose"))), "The hospital asked for exactly this.");
    sends(&mut play, &second);
    let digest = journey::base::ids::Digest::of(clean.to_json().as_bytes());
    assert_eq!(play.journey.task(&id(WORK)).sent.last().expect("round 2").digest, digest);
    // A reply belongs to its round: the same words do not answer the next finding, and the next round begins without them.
    returns(&mut play, &[Some("purpose")]);
    assert_eq!(at(said(&play, &clean, &clean)), ["reply_purpose"]);
    assert_eq!(answering::without_replies(clean.clone()).one("reply_purpose"), "");
    assert_eq!(said(&play, &clean, &clean.clone().with("reply_purpose", "Their letter is added.")), []);
}

#[test]
fn what_was_asked_of_the_whole_is_answered_by_any_change_or_by_one_reply() {
    let (mut play, first) = sent();
    returns(&mut play, &[None]);
    let problems = said(&play, &first, &first);
    assert_eq!(at(problems.clone()), ["reply"]);
    assert!(problems[0].1.starts_with("Change what was asked for"));
    assert_eq!(said(&play, &first, &first.clone().with("users", "Ward pharmacists.")), []);
    assert_eq!(said(&play, &first, &first.clone().with("reply", "There is nothing to change.")), []);
    // Files, days and choices are compared as they are kept, not as they are typed.
    let task = id("s-cso");
    let spec = play.spec(&task);
    assert!(answering::answered(&play.journey, spec, &first, &first).is_ok(), "another task has not come back");
}

#[test]
fn the_question_for_a_reply_stands_below_its_answer_while_it_is_asked() {
    let (mut play, first) = sent();
    let names = |play: &Play| -> Vec<String> {
        answering::asked(&play.journey, play.spec(&id(WORK))).fields.into_iter().map(|field| field.id.to_string()).collect()
    };
    assert!(!names(&play).iter().any(|name| name.starts_with("reply")));
    returns(&mut play, &[Some("users"), None]);
    let asked = names(&play);
    let place = asked.iter().position(|name| name == "users").expect("a question");
    assert_eq!(asked[place + 1], "reply_users");
    assert_eq!(asked.last().map(String::as_str), Some("reply"));
    // A draft keeps it.
    let form = answering::asked(&play.journey, play.spec(&id(WORK)));
    assert_eq!(form.keep(&first.clone().with("reply_users", "Because.")).expect("short").one("reply_users"), "Because.");
    sends(&mut play, &first.with("users", "Others.").with("reply", "It is all there."));
    assert!(!names(&play).iter().any(|name| name.starts_with("reply")));
}
