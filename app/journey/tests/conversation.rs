//! Who may read what on a conversation, who may say something, and what a message must be: for every kind of person.

mod common;

use common::{Play, actor, also_of, at, joins, opening, shipped};
use jiff::SignedDuration;
use journey::{
    base::actor::{Actor, Role, Side},
    ledger::refusal::Refusal,
    rule::{
        command::Command,
        conversation::{self, Audience, MOST_CHARACTERS, MOST_FILES, TAKE_BACK},
    },
};

/// A journey of Acme in which a trust and a board have a part.
fn world() -> (Play, Actor) {
    let lead = actor("lena", "acme", &[Role::OnboardingLead]);
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut world = Play::open(shipped(), process, &lead, opening());
    for organisation in ["trust", "board"] {
        let programme = actor("pia", "nhs", &[Role::ProgrammeLead]);
        world.obey(&programme, joins(organisation)).expect("the programme gives it a part");
    }
    (world, lead)
}

/// Everybody, with what they may read: `a` for all, `p` and `s` for the notes of a side.
fn everybody() -> Vec<(Actor, &'static str)> {
    vec![
        (actor("lena", "acme", &[Role::OnboardingLead]), "as"),
        (actor("dora", "acme", &[Role::Developer]), "as"),
        (actor("pia", "nhs", &[Role::ProgrammeLead]), "ap"),
        (actor("iga", "nhs", &[Role::InformationGovernance]), "ap"),
        (actor("uma", "trust", &[Role::GroupLead]), "a"),
        (actor("ben", "board", &[Role::Commissioner]), "a"),
        // Who works for the programme and belongs to one of those who take part, whichever.
        (also_of(actor("bo", "nhs", &[Role::ProgrammeLead]), "acme"), "a"),
        (also_of(actor("bu", "nhs", &[Role::ClinicalSafety]), "trust"), "a"),
        (also_of(actor("bi", "nhs", &[Role::ClinicalSafety]), "elsewhere"), "ap"),
        (actor("gil", "globex", &[Role::OnboardingLead]), ""),
        (actor("ula", "elsewhere", &[Role::GroupLead]), ""),
        (actor("opa", "host", &[Role::Operator]), ""),
        (actor("nobody", "acme", &[]), ""),
    ]
}

fn short(audience: Audience) -> &'static str {
    match audience {
        Audience::All => "a",
        Audience::Programme => "p",
        Audience::Supplier => "s",
    }
}

#[test]
fn what_one_may_read_one_may_write_and_nothing_else() {
    let (world, _) = world();
    for (actor, reads) in everybody() {
        let person = &actor.person;
        for audience in Audience::ALL.iter().copied() {
            let may = conversation::may_read(&world.journey, &actor, None, audience);
            assert_eq!(may, reads.contains(short(audience)), "{person} {audience:?}");
            let said = conversation::judge(&world.journey, &actor, (None, audience), " Hello.\r\nYou. ", 0);
            assert_eq!(said, if may { Ok("Hello.\nYou.".to_owned()) } else { Err(Refusal::Unknown) }, "{person} {audience:?}");
        }
        let offered: String = conversation::offered(&world.journey, &actor, None).into_iter().map(short).collect();
        assert_eq!(offered, reads, "{person}");
        // A number in a list never tells of what cannot be read.
        let listed = conversation::own_side_in_lists(&actor);
        let own = conversation::own_side(&world.journey, &actor);
        assert!(listed.is_none() || !world.journey.may_see(&actor) || listed == own, "{person}");
    }
}

#[test]
fn a_withdrawn_journey_is_read_and_not_written_to() {
    let (mut world, lead) = world();
    world.obey(&lead, Command::Withdraw { reason: "Not now.".to_owned() }).expect("the lead may");
    for (actor, reads) in everybody() {
        assert_eq!(conversation::offered(&world.journey, &actor, None), []);
        assert_eq!(conversation::may_read(&world.journey, &actor, None, Audience::All), reads.contains('a'));
        let refusal = if reads.is_empty() { Refusal::Unknown } else { Refusal::Closed };
        assert_eq!(conversation::judge(&world.journey, &actor, (None, Audience::All), "Hello.", 0), Err(refusal));
        assert!(!conversation::may_take_back(&world.journey, &actor, None, (&actor.person, world.now), world.now));
    }
}

#[test]
fn a_message_has_words_within_limits() {
    let (world, lead) = world();
    let says =
        |words: &str, files: usize| match conversation::judge(&world.journey, &lead, (None, Audience::Supplier), words, files) {
            Err(Refusal::Invalid(problems)) => {
                assert_eq!(problems.0[0].field, "message-supplier");
                problems.0[0].says.clone()
            }
            other => format!("{other:?}"),
        };
    let fits = "é".repeat(MOST_CHARACTERS);
    assert_eq!(says(&fits, MOST_FILES), format!("Ok({fits:?})"));
    assert_eq!(says(&format!("{fits}xy"), 0), "Shorten the message by 2 characters");
    assert_eq!(says(" \r\n\u{202e} ", 0), "Write what you want to say");
    assert_eq!(says("", 1), "Write what the files are");
    assert_eq!(says("Files.", MOST_FILES + 2), "Leave out 2 of the files: a message can have 20");
}

#[test]
fn ones_own_message_is_taken_back_within_a_quarter_of_an_hour() {
    let (world, lead) = world();
    let other = actor("dora", "acme", &[Role::Developer]);
    let said = at("2026-03-02T09:00:00Z");
    let may = |actor: &Actor, after| conversation::may_take_back(&world.journey, actor, None, (&lead.person, said), said + after);
    assert!(may(&lead, SignedDuration::ZERO) && may(&lead, TAKE_BACK - SignedDuration::from_micros(1)));
    assert!(!may(&lead, TAKE_BACK) && !may(&other, SignedDuration::ZERO));
}

#[test]
fn what_is_said_about_a_closed_task_is_read_by_the_supplier_and_the_programme_alone() {
    let (world, _) = world();
    let (closed, open) = ("s-pentest".parse().unwrap(), "submit-scal".parse().unwrap());
    for (actor, reads) in everybody() {
        let person = &actor.person;
        let inside = ["acme", "nhs"].contains(&actor.organisation.as_str());
        for audience in Audience::ALL.iter().copied() {
            let may = conversation::may_read(&world.journey, &actor, Some(&closed), audience);
            assert_eq!(may, inside && reads.contains(short(audience)), "{person} {audience:?}");
        }
        assert_eq!(
            conversation::offered(&world.journey, &actor, Some(&closed)).is_empty(),
            !inside || reads.is_empty(),
            "{person}"
        );
        let news = conversation::is_news_in_lists(shipped(), &actor, Some(&closed));
        assert_eq!(news, actor.on(Side::Supplier) || actor.on(Side::Programme), "{person}");
        let user = actor.on(Side::EndUser) && !reads.is_empty();
        if user {
            assert!(conversation::may_read(&world.journey, &actor, Some(&open), Audience::All), "{person}");
        }
    }
}

/// The whole journey as a file is for those to whom no task of it is closed.
#[test]
fn a_journey_is_read_whole_by_the_supplier_and_the_programme_alone() {
    let (world, _) = world();
    for (actor, reads) in everybody() {
        let inside = ["acme", "nhs"].contains(&actor.organisation.as_str());
        assert_eq!(world.journey.reads_everything(&actor), inside && !reads.is_empty(), "{}", actor.person);
    }
}

#[test]
fn what_is_closed_to_hospitals_and_boards_is_open_to_the_supplier_and_the_programme() {
    let (world, _) = world();
    let task = |id: &str| id.parse().expect("a task id");
    for (actor, reads) in everybody() {
        let (person, journey) = (&actor.person, &world.journey);
        let all = reads.contains('p') || reads.contains('s') || matches!(person.as_str(), "bo" | "bu");
        assert_eq!(journey.may_read_task(&actor, &task("describe-use-case")), !reads.is_empty(), "{person}");
        assert_eq!(journey.may_read_task(&actor, &task("s-pentest")), all, "{person}");
        assert!(!journey.may_read_task(&actor, &task("no-such-task")), "{person}");
        assert_eq!(journey.reads_everything(&actor), all, "{person}");
    }
}
