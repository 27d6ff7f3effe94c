//! Facts of a journey that are held against each other: when and where a product is live, and days that have passed.

mod common;

use common::{Play, actor, id, joins, opening, shipped};
use jiff::civil::{Date, date};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        environment::Environment,
    },
    catalogue::scal,
    form::{Against, Answers, Named},
    ledger::{machine::Verb, refusal::Refusal, site::Site, standing::Standing},
    plan::{
        opening::Opening,
        process::{Page, Settle},
    },
    rule::{
        command::Command,
        go_live::{self, Sent},
        offers,
    },
    task::{forms, testing},
};

/// A supplier, every team of the programme, and two people of a trust that will use the product.
fn cast() -> [Actor; 4] {
    let of = |side: Side| Role::ALL.iter().copied().filter(|role| role.side() == side).collect::<Vec<_>>();
    let supplier: Vec<Role> = of(Side::Supplier).into_iter().filter(|role| *role != Role::Signatory).collect();
    [
        actor("ada", "acme", &supplier),
        actor("sig", "acme", &[Role::Signatory]),
        actor("pro", "nhs", &of(Side::Programme)),
        actor("amy", "rj1", &of(Side::EndUser)),
    ]
}

/// Whatever the cast may do until a task can be begun, a day for each step.
fn until(play: &mut Play, cast: &[Actor], wanted: &str) {
    for _ in 0..200 {
        if !matches!(play.journey.standing(&id(wanted)), Standing::Locked { .. }) {
            return;
        }
        let next = cast.iter().find_map(|actor| {
            let offer = offers::offers(&play.journey, actor).into_iter().find(|offer| {
                let Some(task) = &offer.task else { return false };
                let spec = play.spec(task);
                let filled = spec.settle == Settle::BySignatures && play.journey.task(task).round.0 > 0;
                let leads = matches!(offer.verb, Verb::Approve | Verb::Acknowledge | Verb::Issue | Verb::Sign)
                    || offer.verb == Verb::Submit && !filled;
                leads && *task != id(wanted) && !play.journey.standing(task).is_done()
            })?;
            Some((actor.clone(), offer.verb, offer.task?))
        });
        let (actor, verb, task) = next.unwrap_or_else(|| panic!("nobody can bring {wanted} forward"));
        play.wait(60);
        if play.spec(&task).page == Page::Declaration {
            play.check_members();
        }
        let command = play.command(verb, &task, "done");
        play.obey(&actor, command).expect("what is offered is obeyed");
    }
    panic!("{wanted} never became ready");
}

/// A journey whose sites can be recorded, opened on 2 March; the approval to go live is given on 9 March.
fn deploying() -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let opening = Opening { supporting_tasks: false, ..opening() };
    let mut play = Play::open(shipped(), process, &cast()[0], opening);
    until(&mut play, &cast(), "start-end-user-engagement");
    play.obey(&cast()[2], joins("rj1")).expect("the trust joins");
    until(&mut play, &cast(), "approval-to-go-live");
    play.now = common::at("2026-03-09T09:00:00Z");
    until(&mut play, &cast(), "deployment-approach");
    play.now = common::at("2026-03-16T09:00:00Z");
    until(&mut play, &cast(), "go-live");
    play
}

fn named(ods_code: &str) -> Named {
    Named { ods_code: ods_code.to_owned(), name: "A place".to_owned() }
}

/// What is said of a site with this code, day and reason: which question, and whether it says this.
fn said(play: &Play, (code, day, reason): (&str, &str, &str), sent: &Sent) -> Vec<(String, String)> {
    let typed =
        Answers::default().with("ods_code", code).with("name", "A place").with("live_on", day).with("outside_plan", reason);
    let read = go_live::site(&play.journey, &typed);
    match read.and_then(|site| go_live::agreed(&play.journey, site, date(2026, 3, 20), sent)) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.0.into_iter().map(|problem| (problem.field, problem.says)).collect(),
    }
}

#[test]
fn a_site_is_live_after_its_approval_and_only_where_its_organisation_has_signed() {
    let play = deploying();
    let sent = Sent { planned: vec![named("RJ1"), named("A21471"), named("A20047")], declared: vec![named("A21471")] };
    let none: Vec<(String, String)> = Vec::new();
    assert_eq!(said(&play, ("RJ1", "2026-03-09", ""), &sent), none, "on the day of the approval, where it is signed");
    assert_eq!(said(&play, ("A21471", "2026-03-20", ""), &sent), none, "the declaration names it");
    let with_site = Sent { planned: vec![named("RJ101"), named("A21471001")], ..sent.clone() };
    assert_eq!(said(&play, ("RJ101", "2026-03-16", ""), &with_site), none, "a site of the trust that has signed");
    assert_eq!(said(&play, ("A21471001", "2026-03-16", ""), &with_site), none, "a branch of a declared practice");
    for (day, word) in [("2020-01-01", "9 March 2026"), ("2026-03-08", "9 March 2026"), ("2026-03-21", "in the future")] {
        let said = said(&play, ("RJ1", day, ""), &sent);
        assert!(matches!(&said[..], [(field, says)] if field == "live_on" && says.contains(word)), "{day}: {said:?}");
    }
    let unsigned = said(&play, ("A20047", "2026-03-16", ""), &sent);
    assert!(
        matches!(&unsigned[..], [(field, says)] if field == "ods_code"
            && says.contains("A20047 has not signed “Data sharing agreement”")
            && says.contains("authorised person") && says.contains("group lead") && says.contains("programme lead")),
        "it says who can change it: {unsigned:?}"
    );
}

#[test]
fn a_site_outside_the_plan_is_recorded_with_a_reason() {
    let play = deploying();
    let sent = Sent { planned: vec![named("A21471")], declared: vec![named("RJ1")] };
    let bare = said(&play, ("RJ1", "2026-03-16", ""), &sent);
    assert!(
        matches!(&bare[..], [(field, says)] if field == "outside_plan" && says.contains("RJ1 is not in the plan")),
        "{bare:?}"
    );
    let typed = |code: &str| {
        let typed = Answers::default().with("ods_code", code).with("name", "A place").with("live_on", "2026-03-16");
        let site = go_live::site(&play.journey, &typed.with("outside_plan", "It took over a ward.")).expect("it is read");
        let site = go_live::agreed(&play.journey, site, date(2026, 3, 20), &sent);
        site.expect("with a reason").outside_plan
    };
    assert_eq!(typed("RJ1"), "It took over a ward.");
    let all = Sent { planned: vec![named("RJ1")], ..sent.clone() };
    assert_eq!(said(&play, ("RJ1", "2026-03-16", ""), &all), []);
    assert_eq!(said(&play, ("RJ1", "2026-03-16", ""), &Sent::default()), [], "there is no plan that could name it");
}

/// Whatever page or program asks: a site or a submission that tells of a day that cannot be is refused with the question.
#[test]
fn no_command_records_a_day_that_cannot_be() {
    let mut play = deploying();
    let refused = |play: &mut Play, command: Command| match play.obey(&cast()[0], command) {
        Err(Refusal::Invalid(problems)) => problems.0.into_iter().map(|problem| problem.field).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let command = |play: &Play, live_on: Date, sent: Sent| {
        let site = Site { live_on, ..common::site("A21471", "") };
        assert_eq!(play.today(), date(2026, 3, 16));
        Command::RecordSite { task: id("go-live"), site, sent }
    };
    let declared = || Sent { planned: Vec::new(), declared: vec![named("A21471")] };
    let (early, late) = (command(&play, date(2026, 3, 8), declared()), command(&play, date(2026, 3, 17), declared()));
    assert_eq!(refused(&mut play, early), ["live_on"]);
    assert_eq!(refused(&mut play, late), ["live_on"]);
    let unsigned = command(&play, date(2026, 3, 16), Sent::default());
    assert_eq!(refused(&mut play, unsigned), ["ods_code"]);
    assert!(play.journey.sites.is_empty());
    let task = id("s-dspt");
    let mut play = Play::open(shipped(), shipped().newest("consumer").expect("one"), &cast()[0], opening());
    let answers = play.answers(play.spec(&task), "words").with("published_on", "2026-03-03");
    assert_eq!(refused(&mut play, Command::Submit { task, answers }), ["published_on"]);
}

#[test]
fn an_approval_that_is_given_again_takes_no_day_back() {
    let mut play = deploying();
    let first: Date = date(2026, 3, 9);
    let approval = id("approval-to-go-live");
    play.now = common::at("2026-03-18T09:00:00Z");
    let again = play.command(Verb::Reopen, &approval, "Another support model.");
    play.obey(&cast()[2], again).expect("opened again");
    let send = play.command(Verb::Submit, &approval, "The new model.");
    play.obey(&cast()[0], send).expect("sent again");
    for _ in 0..3 {
        let approve = play.command(Verb::Approve, &approval, "");
        play.obey(&cast()[2], approve).expect("each team approves");
    }
    assert_eq!(play.journey.standing(&approval), Standing::Settled);
    let sent = Sent { planned: Vec::new(), declared: vec![named("A21471")] };
    assert_eq!(said(&play, ("A21471", &first.to_string(), ""), &sent), []);
}

#[test]
fn a_recorded_site_can_always_be_taken_back() {
    let mut play = deploying();
    let record = play.command(Verb::RecordSite, &id("go-live"), "Early checks are done.");
    play.obey(&cast()[0], record).expect("recorded");
    let again = play.command(Verb::Reopen, &id("approval-to-go-live"), "A hazard.");
    play.obey(&cast()[2], again).expect("opened again");
    let task_locked = play.journey.standing(&id("go-live"));
    assert!(matches!(task_locked, Standing::Locked { .. }), "{task_locked:?}");
    let taken = play.command(Verb::TakeBackSite, &id("go-live"), "Suspended until the hazard is closed.");
    play.obey(&cast()[0], taken).expect("whatever else is open");
    assert!(play.journey.sites.is_empty());
}

/// The questions of a task that tell of what has happened.
fn past(play: &Play, task: &str) -> Vec<String> {
    let form = forms::form_of(play.spec(&id(task)), &play.journey.opening);
    form.fields.iter().filter(|field| field.past).map(|field| field.id.to_string()).collect()
}

#[test]
fn no_day_that_tells_of_the_past_lies_in_the_future_or_before_the_approval_that_it_follows() {
    let consumer = Play::open(shipped(), shipped().newest("consumer").expect("one"), &cast()[0], opening());
    for (task, days) in [
        ("s-clinical-meeting-1", vec!["held_on"]),
        ("s-pentest", vec!["from", "to"]),
        ("s-dspt", vec!["published_on"]),
        ("data-sharing-agreement", vec!["checked_on"]),
        ("test-internet-demonstrator", vec!["from", "to"]),
        ("approval-to-go-live", vec![]),
    ] {
        assert_eq!(past(&consumer, task), days, "{task}");
    }
    let provider = Play::open(shipped(), shipped().newest("provider").expect("one"), &cast()[0], opening());
    for (task, days) in
        [("p-witness-test", vec!["held_on"]), ("p-pentest", vec!["from", "to"]), ("p-vp-test", vec!["from", "to"])]
    {
        assert_eq!(past(&provider, task), days, "{task}");
    }
    let told = |play: &Play, task: &str, from: &str, to: &str| {
        let typed = Answers::default().with("from", from).with("to", to);
        let told = go_live::days(&play.journey, play.spec(&id(task)), &typed, date(2026, 3, 20));
        told.err().map(|problems| problems.0.into_iter().map(|p| (p.field, p.says)).collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(told(&consumer, "s-pentest", "2026-03-01", "2026-03-20"), [], "until today");
    let future = told(&consumer, "s-pentest", "2026-03-21", "2026-12-25");
    assert!(future.len() == 2 && future.iter().all(|(_, says)| says.contains("cannot be in the future")), "{future:?}");
    // A pilot comes after the approval of 9 March.
    let play = deploying();
    let early = told(&play, "s-first-of-type", "2026-03-08", "2026-03-16");
    assert!(matches!(&early[..], [(field, says)] if field == "from" && says.contains("9 March 2026")), "{early:?}");
    assert_eq!(told(&play, "s-first-of-type", "2026-03-09", "2026-03-16"), []);
    assert_eq!(told(&play, "test-int-providers", "2026-01-08", "2026-01-09"), [], "what comes before it may be older");
}

#[test]
fn every_row_that_is_tested_goes_along_with_a_stage_of_the_plan_on_every_route() {
    let process = shipped().newest("consumer").expect("a consumer process");
    // What chooses neither route nor rows makes no difference.
    for opening in common::every_opening().into_iter().filter(|it| !it.supporting_tasks && !it.other_organisations) {
        let stages: Vec<_> = process.plan(&opening).filter(|spec| spec.closes.is_some()).collect();
        for row in scal::rows(&opening).into_iter().filter(|row| row.environment != Environment::Statement) {
            let of = stages.iter().filter(|spec| testing::rows(spec, &opening).iter().any(|known| known.field == row.field));
            assert_eq!(of.count(), 1, "{} on {:?}", row.id, opening.route());
        }
    }
}

#[test]
fn a_figure_stands_against_its_limits_and_a_missed_one_is_explained() {
    let provider = Play::open(shipped(), shipped().newest("provider").expect("one"), &cast()[0], opening());
    let form = forms::form_of(provider.spec(&id("p-vp-test")), &provider.journey.opening);
    let with = |commands: &str, queries: &str, points: &str| {
        let typed = common::answers_to(&form, "words").with("commands", commands).with("queries", queries);
        form.check(&typed.with("open_points", points))
    };
    let said = |commands: &str, queries: &str, points: &str| {
        with(commands, queries, points).err().map(|p| p.0.into_iter().map(|p| p.field).collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(said("249", "2999 ms", ""), [""; 0]);
    assert_eq!(said("400", "9000", "Another index is built by May."), [""; 0]);
    for (commands, queries) in [("250", "80"), ("80", "3000"), ("400", "9000")] {
        assert_eq!(said(commands, queries, ""), ["open_points"], "{commands} and {queries}");
    }
    assert_eq!(said("fast", "80", ""), ["commands"], "it could not be compared");
    let words = |commands: &str| {
        let clean = with(commands, "80", "Another index.").expect("taken");
        let field = form.field("commands").expect("asked");
        (form.in_words(&field.id, &clean), field.against(clean.one("commands")))
    };
    assert_eq!(words("99 ms"), ("99 ms: below 100 ms, as it should be.".to_owned(), Some(Against::Target)));
    assert_eq!(words("100").1, Some(Against::Limit));
    assert_eq!(words("400"), ("400 ms: not below the limit of 250 ms.".to_owned(), Some(Against::Missed)));
    // What was sent before figures were read stays as it was written.
    let old = Answers::default().with("commands", "about a quarter of a second");
    assert_eq!(form.in_words(&"commands".parse().expect("an id"), &old), "about a quarter of a second");
}
