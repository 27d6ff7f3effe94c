//! The test stage and the SCAL are one review: rows that go with a stage are judged there, by their own teams, once.

mod common;

use common::{Play, actor, id, opening, shipped};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        environment::Environment,
        ids::{FieldId, Round, TaskId},
    },
    catalogue::{
        row::{self, Row},
        scal,
    },
    form::{Answers, Problems},
    ledger::{
        event::{Event, Finding},
        machine::{StateKind, Verb},
        refusal::Refusal,
        standing::Standing,
    },
    plan::{opening::Opening, process::Settle},
    rule::{
        answering,
        command::Command,
        decide, offers,
        review::{self, Answered},
    },
    scal::stage,
    task::{forms, testing},
};

const STAGE: &str = "test-int-demonstrator";
const SCAL: &str = "submit-scal";

fn supplier() -> Actor {
    actor("ada", "acme", &[Role::OnboardingLead, Role::Developer, Role::ClinicalSafetyOfficer])
}

fn assurance() -> Actor {
    actor("ray", "nhs", &[Role::FunctionalAssurance])
}

fn governance() -> Actor {
    actor("tom", "nhs", &[Role::InformationGovernance])
}

/// Everything before a task is done by people who are not asked about here.
fn until(play: &mut Play, wanted: &str) {
    let programme: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
    let everybody = [supplier(), actor("pro", "nhs", &programme)];
    for _ in 0..200 {
        if !matches!(play.journey.standing(&id(wanted)), Standing::Locked { .. }) {
            return;
        }
        let next = everybody.iter().find_map(|actor| {
            let verbs = [Verb::Submit, Verb::Approve, Verb::Acknowledge, Verb::Issue];
            let open = |task: &TaskId| task.as_str() != wanted && !play.journey.standing(task).is_done();
            let offers = offers::offers(&play.journey, actor);
            let offer = offers.into_iter().find(|o| verbs.contains(&o.verb) && o.task.as_ref().is_some_and(open))?;
            Some((actor.clone(), offer.verb, offer.task?))
        });
        let (actor, verb, task) = next.expect("somebody can go on");
        let command = play.command(verb, &task, "done");
        play.obey(&actor, command).expect("what is offered is obeyed");
    }
    panic!("{wanted} is never reached");
}

fn at_stage() -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open(shipped(), process, &supplier(), opening);
    until(&mut play, STAGE);
    play
}

/// A row that this team judges and this stage closes.
fn row_of(play: &Play, team: Role) -> &'static Row {
    let rows = scal::rows(&play.journey.opening);
    rows.into_iter().find(|row| row.owner == team && row.environment == Environment::Int).expect("a row")
}

fn met(answers: Answers, row: &Row) -> Answers {
    answers.with(row.field.as_str(), "met").with(row.words(), "As written.")
}

/// The record of the stage alone.
fn record(play: &Play) -> Answers {
    let own = testing::own(play.spec(&id(STAGE)));
    own.only(&play.answers(play.spec(&id(STAGE)), "as agreed"))
}

fn send(play: &mut Play, answers: Answers) -> Vec<Event> {
    play.wait(10);
    play.obey(&supplier(), Command::Submit { task: id(STAGE), answers }).expect("complete")
}

fn approve(play: &mut Play, by: &Actor, accepted: Vec<FieldId>) -> Result<(), Vec<String>> {
    play.wait(10);
    let command = Command::Approve { task: id(STAGE), note: String::new(), accepted, conditions: Vec::new() };
    match play.obey(by, command) {
        Ok(_) => Ok(()),
        Err(Refusal::Invalid(Problems(problems))) => Err(problems.into_iter().map(|problem| problem.field).collect()),
        Err(other) => panic!("{other:?}"),
    }
}

fn unjudged(play: &Play, role: Role) -> Vec<FieldId> {
    review::unjudged(&play.journey, play.spec(&id(STAGE)), role)
}

/// Every row of the SCAL is met in the same words.
fn whole(play: &Play) -> Answers {
    scal::rows(&play.journey.opening).into_iter().fold(Answers::default(), |answers, row| {
        let answers = met(answers, row);
        if row::document(row).is_some() { answers.with(row.links(), "https://example.org/safety") } else { answers }
    })
}

#[test]
fn rows_of_a_stage_are_judged_by_their_own_teams_before_it_is_accepted_and_not_again_with_the_scal() {
    let mut play = at_stage();
    let (of_assurance, of_governance) = (row_of(&play, Role::FunctionalAssurance), row_of(&play, Role::InformationGovernance));
    let answers = met(met(record(&play), of_assurance), of_governance);
    let events = send(&mut play, answers.clone());
    let Some(Event::Submitted { along, .. }) = events.first() else { panic!("{events:?}") };
    let teams: Vec<(&FieldId, Role)> = along.iter().map(|along| (&along.row, along.team)).collect();
    assert!(teams.contains(&(&of_assurance.field, Role::FunctionalAssurance)) && teams.len() == 2, "{teams:?}");
    assert!(teams.contains(&(&of_governance.field, Role::InformationGovernance)));

    // Each row is for its own team, and the record for the team that decides on the stage.
    assert_eq!(unjudged(&play, Role::InformationGovernance), std::slice::from_ref(&of_governance.field));
    assert!(!unjudged(&play, Role::FunctionalAssurance).contains(&of_governance.field));
    let of_record: Vec<FieldId> =
        unjudged(&play, Role::FunctionalAssurance).into_iter().filter(|id| *id != of_assurance.field).collect();
    assert_eq!(of_record.len(), testing::own(play.spec(&id(STAGE))).fields.len());
    let refused = approve(&mut play, &assurance(), of_record.clone()).expect_err("a row has no verdict");
    assert_eq!(refused, [format!("verdict_{}", of_assurance.field)], "and it says which");
    // What somebody says of a row of another team is not said.
    let all = unjudged(&play, Role::FunctionalAssurance).into_iter().chain([of_governance.field.clone()]).collect();
    approve(&mut play, &assurance(), all).expect("its own are judged");
    assert_eq!(play.journey.task(&id(STAGE)).state.kind(), StateKind::Submitted, "the other team has not finished");
    assert_eq!(unjudged(&play, Role::InformationGovernance), std::slice::from_ref(&of_governance.field));

    // A finding sends it back with the row named; the same answer does not come again, nor a record without the row.
    let findings = vec![Finding { field: Some(of_governance.field.clone()), words: "Name the standard.".to_owned() }];
    play.obey(&governance(), Command::Return { task: id(STAGE), findings, accepted: Vec::new(), conditions: Vec::new() })
        .expect("it is theirs");
    assert_eq!(play.journey.task(&id(STAGE)).state.kind(), StateKind::Returned);
    let says = |play: &Play, now: &Answers| {
        let answered = answering::answered(&play.journey, play.spec(&id(STAGE)), &answers, now);
        answered.err().map(|Problems(all)| all[0].says.clone()).unwrap_or_default()
    };
    assert!(says(&play, &answers).starts_with(&format!("Change the answer to {} in the SCAL", of_governance.id)));
    assert!(says(&play, &met(record(&play), of_assurance)).contains("so that it goes along again"));
    let second = answers.clone().with(of_governance.words(), "As the standard says, chapter 3.");
    assert_eq!(says(&play, &second), "");
    // A reply does as well, and comes through although what is typed of rows does not.
    let reply = answering::reply_to(Some(&of_governance.field));
    let typed = answers.clone().with(&reply, "It names the standard already.");
    let typed = stage::with_rows(play.spec(&id(STAGE)), &play.journey.opening, &typed, &[]);
    assert_eq!((typed.one(&reply), typed.one(of_governance.words())), ("It names the standard already.", ""));
    assert_eq!(says(&play, &met(met(typed, of_assurance), of_governance)), "");
    send(&mut play, second.clone());
    assert_eq!(unjudged(&play, Role::FunctionalAssurance), [], "what it accepted stays accepted");
    approve(&mut play, &governance(), Vec::new()).expect_err("its finding is open");
    approve(&mut play, &assurance(), Vec::new()).expect("nothing is left to say");
    approve(&mut play, &governance(), vec![of_governance.field.clone()]).expect("it is answered");
    assert_eq!(play.journey.standing(&id(STAGE)), Standing::Settled);

    // The SCAL answers one row as the stage did and the other one not: one verdict counts.
    until(&mut play, SCAL);
    let mut other = play.clone();
    let events = play.obey(&supplier(), Command::Submit { task: id(SCAL), answers: whole(&play) }).expect("complete");
    let Some(Event::Submitted { judged, .. }) = events.first() else { panic!("{events:?}") };
    assert_eq!(judged.as_slice(), std::slice::from_ref(&of_assurance.field));
    let record = play.journey.task(&id(SCAL));
    let verdict = record.verdicts.of(&of_assurance.field, Role::FunctionalAssurance).expect("it counts");
    assert_eq!((verdict.by.as_str(), verdict.stage.as_ref(), verdict.round), ("ray", Some(&id(STAGE)), record.round));
    let open = review::unjudged(&play.journey, play.spec(&id(SCAL)), Role::FunctionalAssurance);
    assert!(!open.contains(&of_assurance.field) && open.len() > 10, "{open:?}");
    let form = scal::judged_form(&play.journey.opening, &whole(&play));
    let stands = review::to_judge(&form, Role::FunctionalAssurance, record, &[]);
    let kept: Vec<&FieldId> = stands.iter().filter(|(_, how)| *how == Answered::Kept).map(|(part, _)| &part.id).collect();
    assert_eq!(kept, [&of_assurance.field]);
    // Both, when both answer what was judged; another status is another team's to judge.
    let same = whole(&other).with(of_governance.words(), "As the standard says, chapter 3.");
    let not_met = same.clone().with(of_assurance.field.as_str(), row::NOT_MET);
    let scal_of = |play: &Play| play.spec(&id(SCAL));
    assert_eq!(testing::judged_already(&other.journey, scal_of(&other), &same).len(), 2);
    assert_eq!(testing::judged_already(&other.journey, scal_of(&other), &not_met), std::slice::from_ref(&of_governance.field));
    // Whatever the teams find later counts before what a stage said.
    other.obey(&supplier(), Command::Submit { task: id(SCAL), answers: same.clone() }).expect("complete");
    let findings = vec![Finding { field: Some(of_assurance.field.clone()), words: "It is out of date.".to_owned() }];
    let command = Command::Return { task: id(SCAL), findings, accepted: Vec::new(), conditions: Vec::new() };
    other.obey(&assurance(), command).expect("second thoughts are allowed");
    assert_eq!(testing::judged_already(&other.journey, scal_of(&other), &same), []);
    assert!(review::unjudged(&other.journey, scal_of(&other), Role::FunctionalAssurance).contains(&of_assurance.field));
}

/// A record that was sent before rows were judged one by one is accepted as it was, and its rows are judged with the SCAL.
#[test]
fn a_stage_of_before_goes_on_as_it_was() {
    let mut play = at_stage();
    let row = row_of(&play, Role::InformationGovernance);
    let answers = met(record(&play), row);
    let mut events = decide::decide(
        &play.journey,
        &supplier(),
        Command::Submit { task: id(STAGE), answers },
        None,
        journey::base::calendar::date_of(play.now),
    )
    .expect("complete");
    if let Some(Event::Submitted { along, .. }) = events.first_mut() {
        along.clear();
    }
    play.append(events, Some(common::by(&supplier())));
    let spec = play.spec(&id(STAGE));
    assert_eq!(play.journey.deciders(spec), [Role::FunctionalAssurance]);
    let accepted = unjudged(&play, Role::FunctionalAssurance);
    assert!(!accepted.contains(&row.field));
    approve(&mut play, &assurance(), accepted).expect("as it was");
    assert_eq!(play.journey.standing(&id(STAGE)), Standing::Settled);
    until(&mut play, SCAL);
    assert_eq!(testing::judged_already(&play.journey, play.spec(&id(SCAL)), &whole(&play)), []);
}

/// Nobody accepts rows with a tick for all others, nor by what a form says of them.
#[test]
fn a_verdict_on_a_row_is_given_at_its_bench() {
    let mut play = at_stage();
    let row = row_of(&play, Role::FunctionalAssurance);
    let answers = met(record(&play), row);
    send(&mut play, answers.clone());
    let spec = play.spec(&id(STAGE));
    let form = review::judged_form(&play.journey, spec, &answers);
    let judged = review::to_judge(&form, Role::FunctionalAssurance, play.journey.task(&id(STAGE)), &[]);
    let verdict = format!("verdict_{}", row.field);
    let typed = Answers::default().with("rest", "accept").with("decision", "approve").with(&verdict, "accept");
    let with = |kept: &Answers| review::with_rows(play.journey.went_along(spec), &judged, &typed, kept);
    let Err(Refusal::Invalid(Problems(problems))) = with(&Answers::default()) else { panic!("no verdict was kept") };
    assert_eq!(problems.len(), 1);
    assert!(problems[0].field == verdict && problems[0].says.starts_with(&row.id), "{problems:?}");
    let kept = Answers::default().with(&verdict, "change").with(&format!("finding_{}", row.field), "Say more.");
    let typed = with(&kept).expect("every row has a verdict");
    assert_eq!(typed.one(&verdict), "change", "what was kept counts");
}

/// What a team kept on its bench goes with its decision: the change that it asks for, in its own words.
#[test]
fn the_words_that_were_kept_on_a_row_go_back_with_the_record() {
    let mut play = at_stage();
    let row = row_of(&play, Role::InformationGovernance);
    let answers = met(record(&play), row);
    send(&mut play, answers.clone());
    let spec = play.spec(&id(STAGE));
    let form = review::judged_form(&play.journey, spec, &answers);
    let judged = review::to_judge(&form, Role::InformationGovernance, play.journey.task(&id(STAGE)), &[]);
    let kept = format!(r#"{{"verdict_{0}":["change"],"finding_{0}":["Name the standard."]}}"#, row.field);
    let kept: Answers = serde_json::from_str(&kept).expect("a draft of the bench");
    let typed = Answers::default().with("decision", "return");
    let typed = review::with_rows(play.journey.went_along(spec), &judged, &typed, &kept).expect("the row has a verdict");
    let command = review::review(&id(STAGE), &judged, &typed).expect("a whole review");
    play.obey(&governance(), command).expect("it is theirs");
    let asked = &play.journey.task(&id(STAGE)).asked;
    let findings: Vec<_> = asked.iter().flat_map(|asked| &asked.findings).collect();
    assert_eq!(findings, [&Finding { field: Some(row.field.clone()), words: "Name the standard.".to_owned() }]);
}

/// A row without a verdict is told by what it waits for: that nobody of the team has looked yet, or that what the team found
/// is still open.
#[test]
fn a_row_that_waits_for_a_verdict_says_whether_something_was_found_before() {
    let mut play = at_stage();
    let row = row_of(&play, Role::InformationGovernance);
    let answers = met(record(&play), row);
    let missing = |play: &Play| {
        let spec = play.spec(&id(STAGE));
        let form = review::judged_form(&play.journey, spec, &answers);
        let judged = review::to_judge(&form, Role::InformationGovernance, play.journey.task(&id(STAGE)), &[]);
        let (typed, kept) = (Answers::default().with("decision", "approve"), Answers::default());
        match review::with_rows(play.journey.went_along(spec), &judged, &typed, &kept) {
            Err(Refusal::Invalid(Problems(problems))) => problems.into_iter().map(|problem| problem.says).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    send(&mut play, answers.clone());
    let says = missing(&play);
    assert!(says.len() == 1 && says[0].starts_with(&row.id) && says[0].contains("has no verdict yet"), "{says:?}");
    let findings = vec![Finding { field: Some(row.field.clone()), words: "Name the standard.".to_owned() }];
    let command = Command::Return { task: id(STAGE), findings, accepted: Vec::new(), conditions: Vec::new() };
    play.obey(&governance(), command).expect("it is theirs");
    let command = Command::SendBack { task: id(STAGE), reason: "The other team is away.".to_owned() };
    play.obey(&actor("lea", "nhs", &[Role::ProgrammeLead]), command).expect("one team has asked for something");
    let reply = answering::reply_to(Some(&row.field));
    send(&mut play, answers.clone().with(&reply, "It names the standard already."));
    let says = missing(&play);
    assert!(says.len() == 1 && says[0].starts_with(&row.id) && says[0].contains("has an open finding"), "{says:?}");
}

/// Of many rows without a verdict twenty are named, and the others are counted.
#[test]
fn many_rows_without_a_verdict_are_named_up_to_twenty_and_then_counted() {
    let stage = id("test-internet-demonstrator");
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut play = Play::open(shipped(), process, &supplier(), Opening { supporting_tasks: false, ..opening() });
    until(&mut play, stage.as_str());
    let spec = play.spec(&stage);
    let answers = play.answers(spec, "as agreed");
    play.obey(&supplier(), Command::Submit { task: stage.clone(), answers: answers.clone() }).expect("complete");
    let along = play.journey.went_along(spec);
    let form = review::judged_form(&play.journey, spec, &answers);
    let mut rows = review::to_judge(&form, Role::FunctionalAssurance, play.journey.task(&stage), &[]);
    rows.retain(|(part, _)| along.iter().any(|along| along.row == part.id));
    let missing = |of: usize| {
        let (typed, kept) = (Answers::default().with("decision", "approve"), Answers::default());
        match review::with_rows(along, &rows[..of], &typed, &kept) {
            Err(Refusal::Invalid(Problems(problems))) => problems,
            other => panic!("{other:?}"),
        }
    };
    let twenty = missing(20);
    assert_eq!(twenty.len(), 20);
    assert!(twenty.iter().all(|problem| problem.field.starts_with("verdict_")), "{twenty:?}");
    let more = missing(23);
    assert_eq!(more[..20], twenty);
    let rest: Vec<&str> = more[20..].iter().map(|problem| problem.says.as_str()).collect();
    assert_eq!(rest, ["3 more rows have no verdict yet"]);
}

/// A row that was accepted with the second record of a stage is accepted in the first round of the SCAL, in the words of that
/// round: when the supplier writes something else in the second, the team looks at it again.
#[test]
fn a_row_that_was_judged_with_a_stage_and_changed_in_the_scal_since_is_judged_again() {
    let mut play = at_stage();
    let row = row_of(&play, Role::InformationGovernance);
    let once = met(record(&play), row);
    send(&mut play, once.clone());
    let findings = vec![Finding { field: Some(row.field.clone()), words: "Name the standard.".to_owned() }];
    let command = Command::Return { task: id(STAGE), findings, accepted: Vec::new(), conditions: Vec::new() };
    play.obey(&governance(), command).expect("it is theirs");
    let lead = actor("lea", "nhs", &[Role::ProgrammeLead]);
    let sends_back = |task: &str| Command::SendBack { task: id(task), reason: "The others are away.".to_owned() };
    play.obey(&lead, sends_back(STAGE)).expect("one team has asked for something");
    let named = "As the standard says, chapter 3.";
    send(&mut play, once.with(row.words(), named));
    for team in [assurance(), governance()] {
        let accepted = unjudged(&play, team.roles.first().copied().expect("a team"));
        approve(&mut play, &team, accepted).expect("everything is judged");
    }

    // Round 1 of the SCAL says what was accepted there.
    until(&mut play, SCAL);
    let first = whole(&play).with(row.words(), named);
    play.obey(&supplier(), Command::Submit { task: id(SCAL), answers: first.clone() }).expect("complete");
    let form = scal::judged_form(&play.journey.opening, &first);
    let stands = |play: &Play, rounds: &[(Round, Answers)]| {
        let record = play.journey.task(&id(SCAL));
        let changed = review::changed(&form, Role::InformationGovernance, record, rounds);
        let judged = review::to_judge(&form, Role::InformationGovernance, record, &changed);
        judged.into_iter().find(|(part, _)| part.id == row.field).map(|(_, stands)| stands)
    };
    assert_eq!(stands(&play, &[(Round(1), first.clone())]), Some(Answered::Kept));

    // Another team returns it, and round 2 says something else of this row.
    let other = row_of(&play, Role::FunctionalAssurance);
    let findings = vec![Finding { field: Some(other.field.clone()), words: "It is out of date.".to_owned() }];
    let command = Command::Return { task: id(SCAL), findings, accepted: Vec::new(), conditions: Vec::new() };
    play.obey(&assurance(), command).expect("it is theirs");
    play.obey(&lead, sends_back(SCAL)).expect("one team has asked for something");
    let second = first.clone().with(row.words(), "As the standard says, chapter 4.");
    play.obey(&supplier(), Command::Submit { task: id(SCAL), answers: second.clone() }).expect("complete");
    assert_eq!(stands(&play, &[(Round(1), first), (Round(2), second)]), Some(Answered::ToJudge));
}

/// A team is asked for verdicts on what its task asks, in both processes: the test records of providers have questions of their
/// own, and close no rows.
#[test]
fn a_verdict_is_asked_on_what_the_task_asks_and_on_nothing_else() {
    let mut seen = 0;
    for side in ["consumer", "provider"] {
        let process = shipped().newest(side).expect("it is shipped");
        let play = Play::open(shipped(), process, &supplier(), opening());
        for spec in process.plan(&play.journey.opening).filter(|spec| spec.settle == Settle::ByReview) {
            let work = spec.reviews.as_ref().map_or(spec, |other| process.task(other).expect("it is in the process"));
            let asked = forms::form_of(work, &play.journey.opening);
            for role in &spec.decide {
                for part in review::unjudged(&play.journey, spec, *role) {
                    let known = asked.to_review().iter().any(|known| known.id == part) || asked.field(part.as_str()).is_some();
                    assert!(known, "{}: nobody asks {part}", spec.id);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}
