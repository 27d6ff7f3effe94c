//! Meetings: who may propose one and to whom, who may answer, how one stands after each step, and what a calendar gets of it.

mod common;

use common::{Play, actor, also_of, at, joins, opening, shipped};
use jiff::Timestamp;
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::{MeetingId, TaskId},
    },
    form::{Answers, Problems},
    ledger::refusal::Refusal,
    rule::{
        command::Command,
        meeting::{self, Act, MOST_STEPS, Meeting, Stage},
        meeting_form::{self, answer, field, propose},
    },
    view::calendar_file::{self, Entry},
};

/// A journey of Acme in which a trust has a part.
fn world() -> (Play, Actor) {
    let lead = actor("lena", "acme", &[Role::OnboardingLead]);
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut world = Play::open(shipped(), process, &lead, opening());
    world.obey(&programme(), joins("trust")).expect("the programme gives it a part");
    (world, lead)
}

fn programme() -> Actor {
    actor("pia", "nhs", &[Role::ProgrammeLead])
}

fn now() -> Timestamp {
    at("2026-03-02T09:00:00Z")
}

/// A form with these days and times, and words where an act wants some.
fn typed(act: Act, times: &[(&str, &str)]) -> Answers {
    let mut typed = Answers::default()
        .with(&field(act, "minutes"), "90")
        .with(&field(act, "place"), "https://meet.example/1")
        .with(&field(act, "words"), "The hazard log.");
    for (place, (day, time)) in times.iter().enumerate() {
        typed = typed.with(&field(act, &format!("day{}", place + 1)), day).with(&field(act, &format!("time{}", place + 1)), time);
    }
    typed
}

/// What the lead of the supplier proposes to the programme.
fn proposed(world: &Play, lead: &Actor, task: Option<&TaskId>) -> Meeting {
    let form = typed(Act::Proposed, &[("10 3 2026", "14:30"), ("9 3 2026", "2pm")]);
    let (with, about, step) = propose(&world.journey, lead, task, &form, now()).expect("they may");
    let id: MeetingId = "met".parse().expect("an id");
    Meeting { id, task: task.cloned(), from: step.side, with, about, steps: vec![step] }
}

/// Takes a step, which has to be possible.
fn takes(world: &Play, meeting: &mut Meeting, actor: &Actor, act: Act, form: &Answers) {
    let step = answer(&world.journey, actor, meeting, act, form, now()).unwrap_or_else(|why| panic!("{act:?}: {why:?}"));
    meeting.steps.push(step);
}

fn chooses(time: &str) -> Answers {
    Answers::default().with(&field(Act::Agreed, "time"), time)
}

#[test]
fn those_who_take_part_may_propose_a_meeting_to_another_side_and_nobody_else() {
    let (world, lead) = world();
    let task: TaskId = "s-clinical-meeting-1".parse().expect("a task");
    let open = "describe-use-case".parse().expect("a task");
    let everybody = [
        (lead, vec![Side::Programme, Side::EndUser], vec![Side::Programme]),
        (programme(), vec![Side::Supplier, Side::EndUser], vec![Side::Supplier]),
        (actor("uma", "trust", &[Role::GroupLead]), vec![Side::Programme, Side::Supplier], vec![]),
        // Who belongs to both stands on neither side.
        (also_of(actor("bo", "nhs", &[Role::ClinicalSafety]), "acme"), vec![], vec![]),
        (actor("gil", "globex", &[Role::OnboardingLead]), vec![], vec![]),
        (actor("ula", "elsewhere", &[Role::GroupLead]), vec![], vec![]),
        (actor("opa", "host", &[Role::Operator]), vec![], vec![]),
        (actor("nobody", "acme", &[]), vec![], vec![]),
    ];
    for (actor, on_journey, on_task) in everybody {
        let person = &actor.person;
        let form = typed(Act::Proposed, &[("9 3 2026", "14:00")]);
        for (task, asked) in [(None, &on_journey), (Some(&open), &on_journey), (Some(&task), &on_task)] {
            assert_eq!(&meeting::may_ask(&world.journey, &actor, task), asked, "{person} {task:?}");
            let said = propose(&world.journey, &actor, task, &form, now());
            assert_eq!(said.is_ok(), !asked.is_empty(), "{person} {task:?} {said:?}");
        }
        // Whom they did not have the choice of, they cannot ask by hand.
        let form = form.with(&field(Act::Proposed, "with"), "operator");
        assert!(propose(&world.journey, &actor, None, &form, now()).is_err(), "{person}");
    }
}

#[test]
fn a_task_of_another_process_and_a_conversation_have_no_meetings() {
    let (world, lead) = world();
    for task in ["p-self-test", "ongoing-communication", "none-such"] {
        let task = task.parse().expect("a name");
        assert_eq!(meeting::may_ask(&world.journey, &lead, Some(&task)), [], "{task}");
    }
}

#[test]
fn one_side_offers_times_and_the_other_chooses_one() {
    let (world, lead) = world();
    let mut met = proposed(&world, &lead, None);
    let pia = programme();
    assert_eq!(met.steps[0].times, [at("2026-03-09T14:00:00Z"), at("2026-03-10T14:30:00Z")], "in their order");
    assert_eq!((met.waits_for(), met.held()), (Some(Side::Programme), None));
    let offered = |met: &Meeting, actor: &Actor| meeting::offered(&world.journey, actor, met, now());
    assert_eq!(offered(&met, &lead), [Act::Others, Act::Cancelled], "nobody answers themselves");
    assert_eq!(offered(&met, &pia), [Act::Agreed, Act::Others, Act::Declined]);
    // Of another side, or of none: they do not know of it.
    for actor in [actor("uma", "trust", &[Role::GroupLead]), actor("gil", "globex", &[Role::OnboardingLead])] {
        assert_eq!(offered(&met, &actor), []);
        assert!(!meeting::may_see(&world.journey, &actor, &met));
        let refused = answer(&world.journey, &actor, &met, Act::Agreed, &chooses("2026-03-09T14:00:00Z"), now());
        assert_eq!(refused, Err(Refusal::Unknown));
    }
    // Only what was offered can be chosen.
    let other = answer(&world.journey, &pia, &met, Act::Agreed, &chooses("2026-03-09T15:00:00Z"), now());
    assert_eq!(other, Err(Refusal::problem("agreed-time", "Choose one of the times")));
    takes(&world, &mut met, &pia, Act::Agreed, &chooses("2026-03-10T14:30:00Z"));
    let (held, step) = met.held().expect("it is agreed");
    assert_eq!((held, step.minutes, step.place.as_str()), (at("2026-03-10T14:30:00Z"), 90, "https://meet.example/1"));
    assert_eq!((met.waits_for(), met.sequence()), (None, 0));
    for actor in [&lead, &pia] {
        assert_eq!(offered(&met, actor), [Act::Moved, Act::Cancelled], "either side may");
        let again = answer(&world.journey, actor, &met, Act::Agreed, &chooses("2026-03-09T14:00:00Z"), now());
        assert_eq!(again, Err(Refusal::NothingToDo), "it has been chosen");
    }
    assert!(!met.is_over(now()) && met.is_over(at("2026-03-10T16:00:00Z")));
    assert_eq!(meeting::offered(&world.journey, &lead, &met, at("2026-03-10T16:00:00Z")), [], "it has been held");
}

#[test]
fn what_is_agreed_stands_until_the_other_side_has_chosen_anew() {
    let (world, lead) = world();
    let (mut met, pia) = (proposed(&world, &lead, None), programme());
    takes(&world, &mut met, &pia, Act::Others, &typed(Act::Others, &[("11 March 2026", "9.15")]));
    assert_eq!(met.waits_for(), Some(Side::Supplier), "offers go back and forth");
    takes(&world, &mut met, &lead, Act::Agreed, &chooses("2026-03-11T09:15:00Z"));
    takes(&world, &mut met, &pia, Act::Moved, &typed(Act::Moved, &[("12 3 2026", "1430")]));
    assert!(matches!(met.stage(), Some(Stage::Moving { .. })));
    assert_eq!((met.held().map(|(at, _)| at), met.sequence()), (Some(at("2026-03-11T09:15:00Z")), 0));
    let mut kept = met.clone();
    takes(&world, &mut kept, &lead, Act::Declined, &typed(Act::Declined, &[]));
    assert!(matches!(kept.stage(), Some(Stage::Agreed(_))), "the time that was agreed stands");
    takes(&world, &mut met, &lead, Act::Agreed, &chooses("2026-03-12T14:30:00Z"));
    assert_eq!((met.held().map(|(at, _)| at), met.sequence()), (Some(at("2026-03-12T14:30:00Z")), 1));
    takes(&world, &mut met, &lead, Act::Cancelled, &typed(Act::Cancelled, &[]));
    assert_eq!(met.sequence(), 2);
    assert!(met.is_over(now()) && meeting::offered(&world.journey, &pia, &met, now()).is_empty());
}

#[test]
fn no_is_said_with_a_reason_and_ends_what_was_not_agreed() {
    let (world, lead) = world();
    let (mut met, pia) = (proposed(&world, &lead, None), programme());
    let bare = answer(&world.journey, &pia, &met, Act::Declined, &Answers::default(), now());
    assert_eq!(bare, Err(Refusal::problem("declined-words", "Say why you decline the meeting")));
    takes(&world, &mut met, &pia, Act::Declined, &typed(Act::Declined, &[]));
    assert!(matches!(met.stage(), Some(Stage::Declined(_))) && met.is_over(now()));
    assert_eq!(met.sequence(), 0, "no calendar has it");
}

#[test]
fn times_that_have_passed_are_not_chosen_and_others_can_be_offered() {
    let (world, lead) = world();
    let (met, pia) = (proposed(&world, &lead, None), programme());
    let between = at("2026-03-10T10:00:00Z");
    let late = answer(&world.journey, &pia, &met, Act::Agreed, &chooses("2026-03-09T14:00:00Z"), between);
    assert!(matches!(late, Err(Refusal::Invalid(_))), "{late:?}");
    let after = at("2026-03-11T10:00:00Z");
    assert_eq!(meeting::offered(&world.journey, &pia, &met, after), [Act::Others, Act::Declined]);
    assert_eq!(meeting::offered(&world.journey, &lead, &met, after), [Act::Others, Act::Cancelled]);
}

#[test]
fn offers_do_not_go_back_and_forth_for_ever() {
    let (world, lead) = world();
    let (mut met, pia) = (proposed(&world, &lead, None), programme());
    while met.steps.len() < MOST_STEPS {
        let turn = if met.steps.len() % 2 == 0 { &lead } else { &pia };
        takes(&world, &mut met, turn, Act::Others, &typed(Act::Others, &[("12 3 2026", "14:30")]));
    }
    let last = if met.steps.last().map(|step| step.side) == Some(Side::Supplier) { &pia } else { &lead };
    assert_eq!(meeting::offered(&world.journey, last, &met, now()), [Act::Agreed, Act::Declined]);
}

#[test]
fn a_withdrawn_journey_has_its_meetings_to_be_read_only() {
    let (mut world, lead) = world();
    let met = proposed(&world, &lead, None);
    world.obey(&lead, Command::Withdraw { reason: "Not now.".to_owned() }).expect("the lead may");
    for actor in [lead, programme()] {
        assert!(meeting::may_see(&world.journey, &actor, &met));
        assert_eq!(meeting::offered(&world.journey, &actor, &met, now()), []);
        assert_eq!(meeting::may_ask(&world.journey, &actor, None), []);
        let form = typed(Act::Proposed, &[("9 3 2026", "14:00")]);
        assert_eq!(propose(&world.journey, &actor, None, &form, now()).err(), Some(Refusal::Closed));
    }
}

/// What is said of the times of a proposal.
fn said(world: &Play, lead: &Actor, times: &[(&str, &str)]) -> Vec<String> {
    match propose(&world.journey, lead, None, &typed(Act::Proposed, times), now()) {
        Err(Refusal::Invalid(Problems(problems))) => {
            problems.into_iter().map(|problem| format!("{}: {}", problem.field, problem.says)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_time_exists_once_and_is_to_come() {
    let (world, lead) = world();
    let one = |day: &str, time: &str| said(&world, &lead, &[(day, time)]).join("|");
    assert_eq!(one("2 3 2026", "09:00"), "proposed-day1: 09:00 on 2 March 2026 has passed. Choose a time to come");
    assert_eq!(
        one("29 3 2026", "1:30am"),
        "proposed-time1: There is no 01:30 on 29 March 2026: the clocks go forward that night. Choose another time"
    );
    assert_eq!(
        one("25 10 2026", "1:30"),
        "proposed-time1: 01:30 on 25 October 2026 comes twice: the clocks go back that night. Choose another time"
    );
    assert_eq!(one("3 3 2027", "10:00"), "proposed-day1: Choose a day within a year from now");
    assert_eq!(one("", ""), "proposed-day1: Enter the day of the meeting, like 24 11 2026");
    assert_eq!(one("9 3 2026", ""), "proposed-time1: Enter the time at which the meeting starts, like 14:30");
    assert_eq!(one("9 3 2026", "25:00"), "proposed-time1: Enter a time like 14:30 or 2:30pm");
    assert_eq!(one("9 3 2026", "2"), "proposed-time1: Enter a time like 14:30 or 2:30pm", "morning or afternoon?");
    assert!(one("31 2 2026", "10:00").starts_with("proposed-day1: Enter a date for “Day” that exists"));
    // All of them at once, and no time twice. The second and the third may be left out, and not by half.
    let three = said(&world, &lead, &[("9 3 2026", "10:00"), ("9 3 2026", "10am"), ("10 3 2026", "")]);
    assert_eq!(three.len(), 2, "{three:?}");
    assert!(three[0].starts_with("proposed-time2: You have offered this time already") && three[1].starts_with("proposed-time3"));
    // British Summer Time is an hour ahead.
    let form = typed(Act::Proposed, &[("30 3 2026", "10:00"), ("29 3 2026", "00:30"), ("25 10 2026", "2:30")]);
    let (_, _, step) = propose(&world.journey, &lead, None, &form, now()).expect("these exist once");
    let times = ["2026-03-29T00:30:00Z", "2026-03-30T09:00:00Z", "2026-10-25T02:30:00Z"].map(at);
    assert_eq!(step.times, times);
}

#[test]
fn times_are_read_as_people_write_them() {
    let read = |text: &str| meeting_form::time_of_day(text).map(|time| time.strftime("%H:%M").to_string());
    for (text, time) in [
        ("14:30", "14:30"),
        ("14.30", "14:30"),
        ("1430", "14:30"),
        ("9:05", "09:05"),
        ("2pm", "14:00"),
        ("2:30 p.m.", "14:30"),
        ("12am", "00:00"),
        ("12.15 PM", "12:15"),
        ("noon", "12:00"),
    ] {
        assert_eq!(read(text).as_deref(), Some(time), "{text}");
    }
    for none in ["", "2", "14", "24:00", "14:60", "13pm", "0am", "1:2", "١٤:٣٠", "-1:30", "half past two", "14:30:00"] {
        assert_eq!(read(none), None, "{none}");
    }
}

fn entry() -> Entry {
    Entry {
        summary: "Clinical meeting 1; Bedside View, “Ärzte” 🏥 and a name that is so long that its line has to be folded twice"
            .to_owned(),
        description: "For: back\\slash\r\nand a second line\u{7}".to_owned(),
        page: "https://gpc.example/journeys/7K3M-9PX4/meetings/met".to_owned(),
        host: "gpc.example".to_owned(),
    }
}

#[test]
fn a_calendar_gets_what_is_agreed_and_changes_the_entry_that_it_has() {
    let (world, lead) = world();
    let (mut met, pia) = (proposed(&world, &lead, None), programme());
    assert_eq!(calendar_file::file(&met, &entry()), None, "nothing is agreed");
    takes(&world, &mut met, &pia, Act::Others, &typed(Act::Others, &[("30 3 2026", "10:00")]));
    takes(&world, &mut met, &lead, Act::Agreed, &chooses("2026-03-30T09:00:00Z"));
    let first = calendar_file::file(&met, &entry()).expect("it is agreed");
    for line in [
        "UID:met@gpc.example\r\n",
        "SEQUENCE:0\r\n",
        "METHOD:PUBLISH\r\n",
        "STATUS:CONFIRMED\r\n",
        // Ten o'clock in British Summer Time.
        "DTSTART:20260330T090000Z\r\n",
        "DTEND:20260330T103000Z\r\n",
        "DTSTAMP:20260302T090000Z\r\n",
        "LOCATION:https://meet.example/1\r\n",
    ] {
        assert!(first.contains(&format!("\r\n{line}")), "{line} {first}");
    }
    assert!(first.starts_with("BEGIN:VCALENDAR\r\n") && first.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
    // Asking for another time changes nothing yet.
    takes(&world, &mut met, &pia, Act::Moved, &typed(Act::Moved, &[("31 3 2026", "10:00")]));
    assert_eq!(calendar_file::file(&met, &entry()).expect("it stands"), first);
    takes(&world, &mut met, &lead, Act::Agreed, &chooses("2026-03-31T09:00:00Z"));
    let second = calendar_file::file(&met, &entry()).expect("it is agreed");
    assert!(second.contains("\r\nSEQUENCE:1\r\n") && second.contains("\r\nDTSTART:20260331T090000Z\r\n"), "{second}");
    takes(&world, &mut met, &pia, Act::Cancelled, &typed(Act::Cancelled, &[]));
    let third = calendar_file::file(&met, &entry()).expect("calendars take it out");
    assert!(third.contains("\r\nSEQUENCE:2\r\n") && third.contains("\r\nSTATUS:CANCELLED\r\n"), "{third}");
    for file in [first, second, third] {
        assert_eq!(file.matches("UID:met@gpc.example").count(), 1);
        let lines: Vec<&str> = file.split("\r\n").collect();
        assert!(lines.iter().all(|line| line.len() <= 75 && !line.contains(['\r', '\n', '\u{7}'])), "{file}");
        // What was folded is whole again when it is read.
        let whole = file.replace("\r\n ", "");
        assert!(
            whole.contains("\r\nSUMMARY:Clinical meeting 1\\; Bedside View\\, “Ärzte” 🏥 and a name that is so long that its line has to be folded twice\r\n"),
            "{whole}"
        );
        assert!(whole.contains("\r\nDESCRIPTION:For: back\\\\slash\\nand a second line\r\n"), "{whole}");
    }
}
