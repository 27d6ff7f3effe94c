//! The SCAL between two sides: what may be sent, who decides on what, what an edition asks again, and what may come back
//! in a workbook. The seeded walks are small programs of their own: a failing seed can be run again.
//!
//! Long because each story is a few lines, and they share one SCAL.

mod common;

use common::{Play, Rng, actor, at, id, opening, shipped};
use jiff::Timestamp;
use journey::{
    base::{
        actor::{Actor, Role, Side},
        edition::Edition,
        environment::{self, Environment},
        ids::{FieldId, Round},
    },
    catalogue::{editions, row, scal},
    form::Answers,
    ledger::{
        event::{Event, Finding},
        machine::Verb,
        refusal::Refusal,
        standing::Standing,
    },
    plan::opening::Opening,
    rule::{
        command::Command,
        draft::Draft,
        review::{self, Answered, changed, review, to_judge},
    },
    scal::{
        book::{self, ASSIGNEE, CONFIRMED, Entry, Filter, NOTE, RowStatus, Show},
        sheet::{self, File, Here, Line, Stamp},
        summary,
        verdicts::VerdictStatus,
        withdrawn::withdrawn,
    },
};

fn supplier() -> Actor {
    actor("ada", "acme", &[Role::OnboardingLead, Role::Developer, Role::ClinicalSafetyOfficer])
}

fn team(name: &str, role: Role) -> Actor {
    actor(name, "nhs", &[role])
}

/// A journey at the SCAL: everything before it is done by people who are not asked about here.
fn at_scal() -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open(shipped(), process, &supplier(), opening);
    let programme: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
    let everybody = [supplier(), actor("pro", "nhs", &programme)];
    for _ in 0..200 {
        if !matches!(play.journey.standing(&scal_task()), Standing::Locked { .. }) {
            return play;
        }
        let next = everybody.iter().find_map(|actor| {
            let offers = journey::rule::offers::offers(&play.journey, actor);
            let wanted = [Verb::Submit, Verb::Approve, Verb::Acknowledge, Verb::Issue];
            let offer = offers.into_iter().find(|offer| {
                wanted.contains(&offer.verb) && offer.task.as_ref().is_some_and(|task| !play.journey.standing(task).is_done())
            })?;
            Some((actor.clone(), offer.verb, offer.task?))
        });
        let (actor, verb, task) = next.expect("somebody can go on");
        let command = play.command(verb, &task, "done");
        play.obey(&actor, command).expect("what is offered is obeyed");
    }
    panic!("the SCAL is never reached");
}

/// Whoever settled something looks at it again and says that it still holds, until nothing is left to say.
fn confirm_all(play: &mut Play) {
    let programme: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
    let everybody = [supplier(), actor("pro", "nhs", &programme)];
    let next = |play: &Play| {
        everybody.iter().find_map(|actor| {
            let offers = journey::rule::offers::offers(&play.journey, actor);
            let offer = offers.into_iter().find(|offer| offer.verb == Verb::StillHolds)?;
            Some((actor.clone(), offer.task?))
        })
    };
    while let Some((actor, task)) = next(play) {
        let command = play.command(Verb::StillHolds, &task, "The part that was tested is the same.");
        play.obey(&actor, command).expect("what is offered is obeyed");
    }
}

fn scal_task() -> journey::base::ids::TaskId {
    id("submit-scal")
}

/// An answer to every row, all met, but for these.
fn answers(play: &Play, but: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::default();
    for row in scal::rows(&play.journey.opening) {
        let status = but.iter().find(|(field, _)| *field == row.field.as_str()).map_or("met", |(_, status)| status);
        answers = answers.with(row.field.as_str(), status).with(row.words(), "As written.");
        if row::document(row).is_some() {
            answers = answers.with(row.links(), "https://example.org/safety");
        }
    }
    answers
}

fn submit(play: &mut Play, answers: Answers) {
    play.obey(&supplier(), Command::Submit { task: scal_task(), answers }).expect("complete");
}

/// Accepts every row of the own team.
fn approve(play: &mut Play, by: &Actor) -> Result<(), Refusal> {
    let role = *by.roles.first().expect("a team");
    let accepted = review::unjudged(&play.journey, play.spec(&scal_task()), role);
    let command = Command::Approve { task: scal_task(), note: String::new(), accepted, conditions: Vec::new() };
    play.obey(by, command).map(drop)
}

/// A lead does not wait for the other teams.
fn send_back(play: &mut Play) {
    let command = Command::SendBack { task: scal_task(), reason: "The others are away.".to_owned() };
    play.obey(&team("lea", Role::ProgrammeLead), command).expect("one team has asked for something");
}

fn draft(row: &FieldId, body: &Answers, version: u64, at: Timestamp) -> Draft {
    Draft {
        task: scal_task(),
        subject: book::subject_of(row),
        version,
        body: body.to_json(),
        by: "ada".parse().expect("an id"),
        at,
        sent: false,
    }
}

/// What the draft of a row holds once somebody has said that its answer is right for what is asked now.
fn confirmed(entries: &[Entry], row: &FieldId) -> Answers {
    entries.iter().find(|entry| entry.row.field == *row).expect("a row").confirmed_body()
}

fn entries(play: &Play, last: &Answers, drafts: &[Draft]) -> Vec<Entry> {
    let record = play.journey.task(&scal_task());
    let sent: Vec<(Round, Answers)> = record.sent.last().map(|sent| (sent.round, last.clone())).into_iter().collect();
    book::entries(&play.journey, record, &sent, drafts).expect("readable")
}

#[test]
fn a_row_that_is_not_met_calls_the_technical_architect_in_and_nobody_else_settles_it() {
    let mut play = at_scal();
    let architect = team("tess", Role::TechnicalArchitect);
    let not_met = answers(&play, &[("scal-org-06", "not_met")]);
    submit(&mut play, not_met.clone());
    let form = scal::judged_form(&play.journey.opening, &not_met);
    let judged = |role: Role| {
        to_judge(&form, role, play.journey.task(&scal_task()), &[])
            .into_iter()
            .map(|(part, _)| part.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(judged(Role::TechnicalArchitect), ["scal-org-06"]);
    assert!(!judged(Role::FunctionalAssurance).contains(&"scal-org-06".to_owned()));
    for (name, role) in [("fay", Role::FunctionalAssurance), ("cas", Role::ClinicalSafety), ("ian", Role::InformationGovernance)]
    {
        approve(&mut play, &team(name, role)).expect("theirs to approve");
    }
    assert_eq!(play.journey.standing(&scal_task()), Standing::Submitted, "it waits for the architect");
    approve(&mut play, &architect).expect("theirs to approve");
    assert!(play.journey.standing(&scal_task()).is_done());
}

#[test]
fn where_every_row_is_met_the_technical_architect_has_no_part() {
    let mut play = at_scal();
    let all_met = answers(&play, &[]);
    submit(&mut play, all_met);
    assert!(matches!(approve(&mut play, &team("tess", Role::TechnicalArchitect)), Err(Refusal::NotYours { .. })));
    for (name, role) in [("fay", Role::FunctionalAssurance), ("cas", Role::ClinicalSafety), ("ian", Role::InformationGovernance)]
    {
        approve(&mut play, &team(name, role)).expect("theirs to approve");
    }
    assert!(play.journey.standing(&scal_task()).is_done());
}

/// A team asked for a change, and the supplier answers that the row is not met: from then on it is the architect's to accept,
/// and what that team accepts meanwhile does not make the row look accepted.
#[test]
fn what_became_an_exception_is_not_accepted_by_the_team_that_had_asked_for_a_change() {
    let mut play = at_scal();
    let first = answers(&play, &[]);
    submit(&mut play, first.clone());
    let row: FieldId = "scal-org-06".parse().expect("a row");
    let command = Command::Return {
        task: scal_task(),
        findings: vec![Finding { field: Some(row.clone()), words: "Name the hub.".to_owned() }],
        accepted: Vec::new(),
        conditions: Vec::new(),
    };
    play.obey(&team("fay", Role::FunctionalAssurance), command).expect("a return");
    send_back(&mut play);
    let second = answers(&play, &[("scal-org-06", "not_met")]);
    submit(&mut play, second.clone());
    let rounds = [(Round(1), first), (Round(2), second)];
    let stands = |play: &Play| {
        let now = book::entries(&play.journey, play.journey.task(&scal_task()), &rounds, &[]).expect("readable");
        now.into_iter().find(|entry| entry.row.field == row).expect("a row").stands
    };
    assert_eq!(stands(&play), RowStatus::Answered);
    for (name, role) in TEAMS {
        approve(&mut play, &team(name, role)).expect("theirs to approve");
    }
    assert_eq!(stands(&play), RowStatus::Answered, "nobody has granted the exception");
    approve(&mut play, &team("tess", Role::TechnicalArchitect)).expect("theirs to approve");
    assert_eq!(stands(&play), RowStatus::Accepted);
}

/// A team asked for a change of a row that the next edition does not ask any more: nobody can answer it, and when the team
/// accepts the rest nothing of it stays open.
#[test]
fn a_finding_on_a_row_that_is_withdrawn_does_not_stay_open() {
    let mut play = at_scal();
    let first = answers(&play, &[]);
    submit(&mut play, first);
    let gone = &editions::rows(&Edition::default())[4];
    let command = Command::Return {
        task: scal_task(),
        findings: vec![Finding { field: Some(gone.field.clone()), words: "Name the wards.".to_owned() }],
        accepted: Vec::new(),
        conditions: Vec::new(),
    };
    play.obey(&team("fay", gone.owner), command).expect("a return");
    send_back(&mut play);
    play.obey(&supplier(), Command::Uplift { task: scal_task() }).expect("there is a newer edition");
    let second = answers(&play, &[]);
    submit(&mut play, second);
    let open = |play: &Play| {
        let verdicts = &play.journey.task(&scal_task()).verdicts;
        verdicts.each().filter(|(_, verdict)| verdict.finding.is_some()).map(|(row, _)| row.clone()).collect::<Vec<_>>()
    };
    assert_eq!(open(&play), std::slice::from_ref(&gone.field), "the team has not looked yet");
    for (name, role) in TEAMS {
        approve(&mut play, &team(name, role)).expect("theirs to approve");
    }
    assert!(play.journey.standing(&scal_task()).is_done());
    assert_eq!(open(&play), []);
}

#[test]
fn a_verdict_stays_with_an_untouched_row_and_leaves_a_changed_one() {
    let mut play = at_scal();
    let first = answers(&play, &[]);
    submit(&mut play, first.clone());
    let finding = |field: &str, words: &str| Finding { field: field.parse().ok(), words: words.to_owned() };
    let command = Command::Return {
        task: scal_task(),
        findings: vec![finding("scal-org-03", "Give the version.")],
        accepted: vec!["scal-org-01".parse().expect("a row")],
        conditions: vec![finding("scal-org-02", "Until May.")],
    };
    play.obey(&team("fay", Role::FunctionalAssurance), command).expect("a return");
    assert_eq!(play.journey.standing(&scal_task()), Standing::Submitted, "the other teams have not finished");
    send_back(&mut play);
    let stands = |entries: &[Entry], row: &str| entries.iter().find(|e| e.row.field.as_str() == row).expect("a row").stands;
    let now = entries(&play, &first, &[]);
    assert_eq!(stands(&now, "scal-org-01"), RowStatus::Accepted);
    assert_eq!(stands(&now, "scal-org-02"), RowStatus::AcceptedWithCondition);
    assert_eq!(stands(&now, "scal-org-03"), RowStatus::ChangeRequested);
    assert!(book::to_send(&now).is_err(), "a finding that is not answered blocks");
    let told = book::progress(&now);
    assert_eq!((told.returned, told.accepted, told.ready), (1, 2, told.all - 1), "one is asked for, two are accepted");
    // Answering the finding, and touching an accepted row.
    let later = play.journey.changed_at + jiff::SignedDuration::from_secs(60);
    let change = |row: &str, words: &str| {
        let row: FieldId = row.parse().expect("a row");
        draft(&row, &Answers::default().with(row.as_str(), "met").with(&format!("{row}_words"), words), 1, later)
    };
    let now = entries(&play, &first, &[change("scal-org-03", "4.2.3"), change("scal-org-01", "Other words.")]);
    assert_eq!(stands(&now, "scal-org-03"), RowStatus::Answered);
    assert_eq!(stands(&now, "scal-org-01"), RowStatus::Answered);
    let second = book::to_send(&now).expect("nothing blocks");
    submit(&mut play, second.clone());
    let form = scal::judged_form(&play.journey.opening, &second);
    let record = play.journey.task(&scal_task());
    let rounds = vec![(Round(1), first.clone()), (Round(2), second.clone())];
    let judged = to_judge(&form, Role::FunctionalAssurance, record, &changed(&form, Role::FunctionalAssurance, record, &rounds));
    let how = |row: &str| judged.iter().find(|(part, _)| part.id.as_str() == row).map(|(_, how)| how.clone());
    assert_eq!(how("scal-org-01"), Some(Answered::ToJudge), "it changed");
    assert_eq!(how("scal-org-02"), Some(Answered::Kept));
    assert_eq!(how("scal-org-03"), Some(Answered::ToJudge));
    // Another team returns this round before assurance has looked: the finding stays answered, for both sides.
    let command = Command::Return {
        task: scal_task(),
        findings: vec![finding("scal-cs-04", "Add the date.")],
        accepted: Vec::new(),
        conditions: Vec::new(),
    };
    play.obey(&team("cas", Role::ClinicalSafety), command).expect("a return");
    send_back(&mut play);
    let record = play.journey.task(&scal_task());
    let now = book::entries(&play.journey, record, &rounds, &[]).expect("readable");
    assert_eq!(stands(&now, "scal-org-03"), RowStatus::Answered);
    let third = second.clone().with("scal-cs-04_words", "Reviewed in May.");
    let mut rounds = rounds;
    rounds.push((Round(3), third.clone()));
    submit(&mut play, third);
    let record = play.journey.task(&scal_task());
    let judged = to_judge(&form, Role::FunctionalAssurance, record, &changed(&form, Role::FunctionalAssurance, record, &rounds));
    let how = |row: &str| judged.iter().find(|(part, _)| part.id.as_str() == row).map(|(_, how)| how.clone());
    assert_eq!(how("scal-org-03"), Some(Answered::ToJudge), "not judged since it changed");
}

const TEAMS: [(&str, Role); 3] =
    [("fay", Role::FunctionalAssurance), ("cas", Role::ClinicalSafety), ("ian", Role::InformationGovernance)];

/// Submitted, and accepted by every team.
fn accepted(answers: &Answers) -> Play {
    let mut play = at_scal();
    submit(&mut play, answers.clone());
    for (name, role) in TEAMS {
        let form = scal::judged_form(&play.journey.opening, answers);
        let accepted = to_judge(&form, role, play.journey.task(&scal_task()), &[]).into_iter().map(|(part, _)| part.id).collect();
        let command = Command::Approve { task: scal_task(), note: String::new(), accepted, conditions: Vec::new() };
        play.obey(&team(name, role), command).expect("theirs to approve");
    }
    assert!(play.journey.standing(&scal_task()).is_done());
    play
}

#[test]
fn a_product_may_have_another_name_from_a_new_version_on() {
    let mut play = accepted(&answers(&at_scal(), &[]));
    let before = play.journey.opening.product.clone();
    let signed = play.journey.named().to_owned();
    let wish =
        |name: &str| Command::Reassess { task: scal_task(), product: "4.3".to_owned(), name: name.to_owned(), rows: Vec::new() };
    for bad in ["x".repeat(81), "Look at https://elsewhere.example".to_owned()] {
        assert!(matches!(play.obey(&supplier(), wish(&bad)), Err(Refusal::Invalid(_))), "{bad}");
    }
    let known = play.journey.opening.named();
    play.obey(&supplier(), wish("  Ward Window ")).expect("a name");
    assert_eq!(play.journey.opening.product, "Ward Window");
    assert_eq!(play.journey.product(), "Ward Window 4.3");
    let names: Vec<&str> = play.journey.known_as().collect();
    assert!(names.contains(&before.as_str()) && names.contains(&"Ward Window"), "both are found: {names:?}");
    assert_eq!(play.journey.named(), signed, "what is signed names it as it was, and the version beside it");
    assert_ne!(play.journey.opening.named(), known);
}

/// A product that was opened with its version in its name: what is assessed is called as its supplier writes each new version,
/// and the name with the first one in it is not put in front of the second.
#[test]
fn each_new_version_of_a_product_without_a_version_of_its_own_is_called_as_it_was_written() {
    let first = answers(&at_scal(), &[]);
    let mut play = accepted(&first);
    let wish = |product: &str| Command::Reassess {
        task: scal_task(),
        product: product.to_owned(),
        name: String::new(),
        rows: Vec::new(),
    };
    assert_eq!(play.journey.product(), "Bedside View 4.2");
    play.obey(&supplier(), wish("Bedside View 4.3")).expect("a new version");
    assert_eq!(play.journey.product(), "Bedside View 4.3");
    confirm_all(&mut play);
    submit(&mut play, first);
    for (name, role) in TEAMS {
        approve(&mut play, &team(name, role)).expect("theirs to approve");
    }
    play.obey(&supplier(), wish("Bedside View 4.4")).expect("the version before is accepted");
    assert_eq!(play.journey.product(), "Bedside View 4.4");
}

#[test]
fn a_new_version_asks_only_the_rows_that_it_touches_again() {
    let first = answers(&at_scal(), &[]);
    let mut play = accepted(&first);
    let touched: FieldId = "scal-sec-09".parse().expect("a row");
    let wish = |product: &str, rows: Vec<FieldId>| Command::Reassess {
        task: scal_task(),
        product: product.to_owned(),
        name: String::new(),
        rows,
    };
    assert!(matches!(play.obey(&supplier(), wish(" ", Vec::new())), Err(Refusal::Invalid(_))), "a version has a name");
    let unknown: FieldId = "no-such-row".parse().expect("an id");
    let events = play.obey(&supplier(), wish("4.3", vec![touched.clone(), unknown])).expect("it is accepted");
    let expected = ["scal-org-03", "scal-cs-05", "scal-cs-10", "scal-sec-09"].map(|id| id.parse::<FieldId>().expect("a row"));
    assert!(matches!(&events[..], [Event::Reassessed { rows, .. }] if *rows == expected), "{events:?}");
    assert_eq!(play.journey.product_version().map(|(product, _)| product), Some("4.3"));
    assert!(!play.journey.standing(&scal_task()).is_done(), "it is checked again");

    let now = entries(&play, &first, &[]);
    let again: Vec<&FieldId> = now.iter().filter(|e| e.stands == RowStatus::AskedAgain).map(|e| &e.row.field).collect();
    assert_eq!(again, expected.iter().collect::<Vec<_>>());
    assert!(now.iter().all(|entry| entry.stands == RowStatus::Accepted || expected.contains(&entry.row.field)));
    let says = book::to_send(&now).expect_err("four rows to look at").0;
    assert_eq!(says.len(), 4);
    assert!(says[0].says.ends_with("version 4.3 touches it"), "{}", says[0].says);
    assert!(matches!(play.obey(&supplier(), wish("4.4", Vec::new())), Err(Refusal::NothingToDo)), "one at a time");

    // Assigning, noting, attaching, even other words: nobody has said that the answer is right for this version.
    let later = play.journey.changed_at + jiff::SignedDuration::from_secs(60);
    let file = "abababababababababababababababababababababababababababababababab evidence.pdf";
    for (what, value) in
        [(ASSIGNEE, "ben"), (NOTE, "For Ben."), ("scal-sec-09_files", file), ("scal-sec-09_words", "Other words.")]
    {
        let body = now.iter().find(|entry| entry.row.field == touched).expect("a row").body().with(what, value);
        let now = entries(&play, &first, &[draft(&touched, &body, 1, later)]);
        let stands = now.iter().find(|entry| entry.row.field == touched).expect("a row").stands;
        assert_eq!(stands, RowStatus::AskedAgain, "{what}");
    }
    // The same words stand when somebody says so, and only these rows wait for a verdict. Clocks say nothing about it.
    let long_ago = at("2001-01-01T00:00:00Z");
    let drafts: Vec<Draft> = expected.iter().map(|row| draft(row, &confirmed(&now, row), 1, long_ago)).collect();
    let now = entries(&play, &first, &drafts);
    assert!(book::to_send(&now).is_ok(), "{now:?}");
    // The tests were run on the version before: that is looked at first, and nobody sends the SCAL past it.
    confirm_all(&mut play);
    submit(&mut play, first.clone());
    let form = scal::judged_form(&play.journey.opening, &first);
    let record = play.journey.task(&scal_task());
    let rounds = [(Round(1), first.clone()), (Round(2), first.clone())];
    let to_look_at: usize = TEAMS
        .iter()
        .map(|(_, role)| {
            let judged = to_judge(&form, *role, record, &changed(&form, *role, record, &rounds));
            judged.iter().filter(|(_, how)| *how == Answered::ToJudge).count()
        })
        .sum();
    assert_eq!(to_look_at, 4);
}

#[test]
fn a_newer_edition_asks_changed_rows_again_and_keeps_the_rest() {
    let first = answers(&at_scal(), &[]);
    let mut play = accepted(&first);
    let before = scal::rows(&play.journey.opening).len();
    play.obey(&supplier(), Command::Uplift { task: scal_task() }).expect("there is a newer edition");
    assert!(!play.journey.standing(&scal_task()).is_done(), "it is checked again");
    let now = entries(&play, &first, &[]);
    let of = |stands: RowStatus| {
        now.iter().filter(|entry| entry.stands == stands).map(|e| e.row.field.to_string()).collect::<Vec<_>>()
    };
    // The second edition of these tests: the first row reads differently, the fifth is gone, one is new.
    assert_eq!(of(RowStatus::AskedAgain), ["scal-org-01"]);
    assert_eq!(of(RowStatus::ToAnswer), ["scal-org-99"]);
    assert_eq!(of(RowStatus::Accepted).len(), before - 2);
    assert!(matches!(play.obey(&supplier(), Command::Uplift { task: scal_task() }), Err(Refusal::NothingToDo)), "once");
    // Saying that its answer is right answers it; saving it does not, and no earlier confirmation does.
    let row: FieldId = "scal-org-01".parse().expect("a row");
    let later = play.journey.changed_at + jiff::SignedDuration::from_secs(60);
    let same = Answers::default().with(row.as_str(), "met").with("scal-org-01_words", "As written.");
    let earlier = same.clone().with(CONFIRMED, &(play.journey.seq.0 - 1).to_string());
    for body in [&same, &earlier] {
        assert_eq!(entries(&play, &first, &[draft(&row, body, 1, later)])[0].stands, RowStatus::AskedAgain);
    }
    let body = confirmed(&now, &row);
    assert!(!entries(&play, &first, &[draft(&row, &body, 1, later)])[0].stands.blocks());
    assert!(book::confirmable(&play.journey, body.one(CONFIRMED)));
    assert!(!book::confirmable(&play.journey, &play.journey.seq.next().to_string()), "nobody confirms what nobody asked yet");
}

/// What was answered to a row that an edition leaves out stays readable: as it was sent, or as it was written down since.
#[test]
fn an_answer_to_a_row_that_is_withdrawn_stays_readable() {
    let first = answers(&at_scal(), &[]);
    let mut play = accepted(&first);
    let gone = &editions::rows(&Edition::default())[4];
    let sent = [(Round(1), first)];
    let told = |play: &Play, drafts: &[Draft]| {
        let all = withdrawn(&play.journey.opening, &sent, drafts).expect("they are read");
        all.into_iter().map(|it| (it.row.id.clone(), it.answers.one(gone.words()).to_owned(), it.round)).collect::<Vec<_>>()
    };
    assert_eq!(told(&play, &[]), [], "every row is asked");
    play.obey(&supplier(), Command::Uplift { task: scal_task() }).expect("there is a newer edition");
    assert_eq!(told(&play, &[]), [(gone.id.clone(), "As written.".to_owned(), Some(Round(1)))]);
    let body = Answers::default().with(gone.field.as_str(), "met").with(gone.words(), "Written down since.");
    let newer = draft(&gone.field, &body, 1, play.now);
    assert_eq!(told(&play, std::slice::from_ref(&newer)), [(gone.id.clone(), "Written down since.".to_owned(), None)]);
    let read = Draft { sent: true, ..newer };
    assert_eq!(told(&play, &[read]), [(gone.id.clone(), "As written.".to_owned(), Some(Round(1)))]);
}

/// Ada reads the working copy and presses submit; Ben saves a row; then the round is written. Whatever the clocks say, Ben's
/// words are no part of the round, and still stand in the working copy.
#[test]
fn what_was_saved_while_a_round_was_being_sent_is_not_lost() {
    let mut play = at_scal();
    let first = answers(&play, &[]);
    let row: FieldId = "scal-org-01".parse().expect("a row");
    let read = draft(&row, &first, 4, play.now);
    let taken = book::taken(std::slice::from_ref(&read));
    assert_eq!((taken[0].subject.as_str(), taken[0].version), ("row.scal-org-01", 4));
    submit(&mut play, first.clone());
    let sent_at = play.journey.task(&scal_task()).sent[0].at;
    let bens = Answers::default().with(row.as_str(), "partly").with("scal-org-01_words", "Ben knows better.");
    for clock in [sent_at - jiff::SignedDuration::from_hours(1), sent_at, sent_at + jiff::SignedDuration::from_hours(1)] {
        let now = entries(&play, &first, &[draft(&row, &bens, 5, clock)]);
        assert_eq!(now[0].words(), "Ben knows better.", "saved at {clock}, sent at {sent_at}");
        // What went in stands as the round has it, whatever its clock says.
        let went_in = Draft { sent: true, ..draft(&row, &bens, 4, clock) };
        assert_eq!(entries(&play, &first, std::slice::from_ref(&went_in))[0].words(), "As written.");
        assert!(book::taken(&[went_in]).is_empty(), "it does not go in twice");
    }
}

#[test]
fn rows_of_somebody_who_left_need_somebody() {
    let play = at_scal();
    let rows = scal::rows(&play.journey.opening);
    let of = |person: &str| Answers::default().with(ASSIGNEE, person);
    let drafts = [
        draft(&rows[0].field, &of("ada"), 1, at("2027-01-01T00:00:00Z")),
        draft(&rows[1].field, &of("ruth"), 1, at("2027-01-01T00:00:00Z")),
    ];
    let mut entries = entries(&play, &Answers::default(), &drafts);
    let ada = "ada".parse().expect("an id");
    book::find_left(&mut entries, [&ada]);
    let nobodys = Filter { show: Show::All, assigned: book::NOBODY.to_owned(), ..Filter::default() };
    let shown: Vec<&FieldId> = entries.iter().filter(|e| nobodys.lets_pass(e, &ada)).map(|e| &e.row.field).collect();
    assert!(shown.contains(&&rows[1].field) && !shown.contains(&&rows[0].field));
    assert_eq!(shown.len(), rows.len() - 1);
}

#[test]
fn rows_that_do_not_apply_are_counted_apart() {
    let play = at_scal();
    let answers = answers(&play, &[("scal-org-01", "not_applicable"), ("scal-org-02", "not_applicable")]);
    let drafts: Vec<Draft> =
        scal::rows(&play.journey.opening).iter().map(|row| draft(&row.field, &answers, 1, at("2027-01-01T00:00:00Z"))).collect();
    let told = book::progress(&entries(&play, &Answers::default(), &drafts));
    assert_eq!((told.ready, told.not_applicable), (told.all, 2));
}

#[test]
fn what_is_sent_says_row_by_row_what_is_missing() {
    let play = at_scal();
    let rows = scal::rows(&play.journey.opening);
    let started = Answers::default().with(rows[1].field.as_str(), "partly");
    let drafts = [draft(&rows[1].field, &started, 1, at("2027-01-01T00:00:00Z"))];
    let problems = book::to_send(&entries(&play, &Answers::default(), &drafts)).expect_err("nearly everything is missing").0;
    assert_eq!(problems.len(), rows.len());
    assert_eq!(problems[1].says, format!("Say why for {}", rows[1].id));
}

#[test]
fn filters_narrow_by_everything_that_a_row_has() {
    let play = at_scal();
    let rows = scal::rows(&play.journey.opening);
    let mine = Answers::default().with(ASSIGNEE, "ada").with(NOTE, "Ask the hosting team.");
    let drafts = [draft(&rows[5].field, &mine, 1, at("2027-01-01T00:00:00Z"))];
    let entries = entries(&play, &Answers::default(), &drafts);
    let me = "ada".parse().expect("an id");
    let shown =
        |filter: Filter| entries.iter().filter(|e| filter.lets_pass(e, &me)).map(|e| e.row.field.to_string()).collect::<Vec<_>>();
    let all = Filter { show: Show::All, ..Filter::default() };
    assert_eq!(shown(all.clone()).len(), rows.len());
    assert_eq!(shown(Filter { show: Show::Mine, ..all.clone() }), [rows[5].field.to_string()]);
    assert_eq!(shown(Filter { text: "hosting TEAM".to_owned(), ..all.clone() }), [rows[5].field.to_string()]);
    // Apostrophes and dashes are typed in whichever way.
    let finds = |text: &str| shown(Filter { text: text.to_owned(), ..all.clone() });
    assert_eq!(finds("patient’s"), finds("patient's"));
    assert_eq!(finds(&rows[5].id.replace('-', "–")), [rows[5].field.to_string()]);
    assert_eq!(finds(&rows[5].id.replace('-', "").to_lowercase()), [rows[5].field.to_string()]);
    assert_eq!(shown(Filter { assigned: book::NOBODY.to_owned(), ..all.clone() }).len(), rows.len() - 1);
    let clinical = shown(Filter { owner: Some(Role::ClinicalSafety), ..all.clone() });
    assert_eq!(clinical, shown(Filter { section: Some(3), ..all.clone() }));
    let int = environment::Environment::Int;
    assert!(shown(Filter { environment: Some(int), ..all.clone() }).len() < rows.len());
    assert!(shown(Filter { show: Show::Accepted, ..all }).is_empty());
}

/// Words as people and spreadsheets write them.
fn words(rng: &mut Rng) -> String {
    const BITS: &[&str] =
        &["=1+2", "+44", "@x", "-", "é", "“", "\n", " ", "a", "\t", "Ω", "'", "\"", "<b>", "&amp;", "0042", "2026-03-02"];
    (0..rng.below(8)).map(|_| *rng.pick(BITS)).collect()
}

fn line_of(entry: &Entry, line: u32) -> Line {
    let status = row::STATUSES.iter().find(|known| known.0 == entry.status()).map_or("Not answered", |known| known.1);
    Line {
        sheet: format!("{} {}", entry.row.section, entry.row.section_title),
        line,
        id: entry.row.id.clone(),
        status: status.to_owned(),
        words: entry.words().to_owned(),
        note: entry.note.clone(),
        ..Line::default()
    }
}

fn compared(play: &Play, entries: &[Entry], file: &File) -> Result<sheet::Comparison, Vec<sheet::Told>> {
    let here =
        Here { journey: &play.journey.reference, opening: &play.journey.opening, entries, assigned: &|_| "Ada Byron".to_owned() };
    sheet::compare(&here, file)
}

fn file(lines: &[Line]) -> File {
    File { lines: lines.to_vec(), ..File::default() }
}

#[test]
fn a_workbook_without_edits_changes_nothing_and_one_with_edits_exactly_these() {
    let play = at_scal();
    let rows = scal::rows(&play.journey.opening);
    for seed in 0..40 {
        let mut rng = Rng::new(seed);
        let drafts: Vec<Draft> = rows
            .iter()
            .filter(|_| rng.one_in(2))
            .map(|row| {
                let mut body = Answers::default().with(row.words(), &words(&mut Rng::new(seed + 7))).with(NOTE, "n");
                body = body.with(row.field.as_str(), row::STATUSES[(seed % 4) as usize].0);
                draft(&row.field, &body, 3, at("2027-01-01T00:00:00Z"))
            })
            .collect();
        let entries = entries(&play, &Answers::default(), &drafts);
        let mut lines: Vec<Line> =
            entries.iter().enumerate().map(|(n, e)| line_of(e, u32::try_from(n).expect("few") + 2)).collect();
        let same = compared(&play, &entries, &file(&lines)).expect("ours");
        assert_eq!((same.changes.len(), same.faults.len(), same.same), (0, 0, entries.len()), "seed {seed}");
        let edited = rng.below(lines.len());
        lines[edited].words = format!("edited {seed}");
        let one = compared(&play, &entries, &file(&lines)).expect("ours");
        assert_eq!(one.changes.len(), 1, "seed {seed}");
        assert_eq!(one.changes[0].id, entries[edited].row.id);
        assert_eq!(one.changes[0].version, entries[edited].version);
    }
}

fn told(list: &[sheet::Told], cell: &str) -> String {
    list.iter().find(|(at, _)| at.ends_with(cell)).map_or_else(|| panic!("{cell} in {list:?}"), |(_, says)| says.clone())
}

#[test]
fn a_cell_that_cannot_be_taken_keeps_its_row_out_and_every_fault_is_told_at_once() {
    let play = at_scal();
    let entries = entries(&play, &Answers::default(), &[]);
    let mut lines: Vec<Line> =
        entries.iter().take(7).enumerate().map(|(n, e)| line_of(e, u32::try_from(n).expect("few") + 2)).collect();
    lines[0].status = "Perhaps".to_owned();
    lines[0].words = "x".repeat(5000);
    lines[1].words = "x".repeat(4001);
    lines[2].words = "Taken.".to_owned();
    lines[3].strange = vec![(sheet::STATUS, "there is the error #N/A".to_owned()), (sheet::WORDS, "there is a date".to_owned())];
    lines[5].id = lines[4].id.clone();
    lines[5].sheet = "Other".to_owned();
    lines[6].id = "GPC-OTHER".to_owned();
    let read = compared(&play, &entries, &file(&lines)).expect("the rest of it is ours");
    assert_eq!(read.faults.len(), 6, "{:?}", read.faults);
    assert!(told(&read.faults, ", F2").contains("“Perhaps” is not a status"));
    assert!(told(&read.faults, "Organisation and product, G2").contains("Shorten it by 1000 characters"));
    assert!(told(&read.faults, "G3").contains("Shorten it by 1 char"));
    assert!(told(&read.faults, "F5").contains("#N/A") && told(&read.faults, "G5").contains("date"));
    // What comes twice is told with both places, and neither is taken.
    assert!(
        read.faults.iter().any(|(at, says)| at == "1 Organisation and product, A6 and Other, A7" && says.contains("2 times"))
    );
    assert!(told(&read.left_out, "A8").contains("“GPC-OTHER” is not a row of this SCAL"));
    assert_eq!(read.changes.iter().map(|change| change.id.as_str()).collect::<Vec<_>>(), [entries[2].row.id.as_str()]);
    assert_eq!((read.same, read.absent), (0, entries.len() - 5));
    // Where nothing is ours, nothing is offered.
    let strange: Vec<Line> = ["GPC-OTHER", "Total"].map(|id| Line { id: id.to_owned(), line: 2, ..Line::default() }).into();
    assert_eq!(compared(&play, &entries, &file(&strange)).expect_err("nothing of ours").len(), 2);
}

#[test]
fn a_line_that_is_not_a_row_is_left_out_and_told_by_what_it_is() {
    let play = at_scal();
    let entries = entries(&play, &Answers::default(), &[]);
    let ours = line_of(&entries[0], 2);
    let with = |id: &str, words: &str| Line {
        sheet: "S".to_owned(),
        line: 9,
        id: id.to_owned(),
        words: words.to_owned(),
        ..Line::default()
    };
    let left_out = |line: Line| {
        let read = compared(&play, &entries, &file(&[ours.clone(), line])).expect("one row is ours");
        assert_eq!((read.changes.len(), read.faults.len()), (0, 0));
        read.left_out.into_iter().map(|(cell, says)| format!("{cell}: {says}")).collect::<Vec<_>>()
    };
    assert_eq!(left_out(with("\u{a0}", " \u{200b}")), Vec::<String>::new(), "a stray space is nothing");
    assert!(left_out(with("", "Half of them are done"))[0].starts_with("S, A9: There is text in a line without the id"));
    assert!(left_out(with("Total", ""))[0].contains("“Total” is not a row of this SCAL. It was left out"));
    assert!(left_out(with("1.02", ""))[0].contains("“1.02” looks like a number that a spreadsheet changed"));
    // A row of the catalogue that this product does not answer.
    let elsewhere = editions::rows(&play.journey.opening.catalogue)
        .iter()
        .find(|row| !entries.iter().any(|entry| entry.row.field == row.field))
        .expect("a row of another capability");
    assert!(left_out(with(&elsewhere.id, "x"))[0].contains("is not asked of this product"));
    // Its own row is found in small letters, with another dash and with a space in front.
    let loose = Line { id: format!(" {}\u{a0}", entries[0].row.id.to_lowercase().replace('-', "\u{2013}")), ..ours.clone() };
    assert_eq!(compared(&play, &entries, &file(&[loose])).expect("ours").same, 1);
}

#[test]
fn a_file_of_an_older_edition_is_taken_as_far_as_its_rows_are_asked() {
    let mut play = accepted(&answers(&at_scal(), &[]));
    let before = entries(&play, &answers(&play, &[]), &[]);
    let lines: Vec<Line> = before.iter().enumerate().map(|(n, e)| line_of(e, u32::try_from(n).expect("few") + 2)).collect();
    let of = Stamp {
        journey: play.journey.reference.clone(),
        product: play.journey.opening.product.clone(),
        edition: play.journey.opening.catalogue.clone(),
        day: jiff::civil::date(2026, 3, 2),
    };
    assert_eq!(
        Stamp::read(&of.lines().into_iter().map(|(name, value)| (format!(" {name}\u{a0}"), value)).collect::<Vec<_>>()),
        Some(of.clone())
    );
    let mut file = File { lines, of: Some(of), ..File::default() };
    assert_eq!(compared(&play, &before, &file).expect("ours").doubts, Vec::<String>::new());
    play.obey(&supplier(), Command::Uplift { task: scal_task() }).expect("there is a newer edition");
    let now = entries(&play, &answers(&play, &[]), &[]);
    let read = compared(&play, &now, &file).expect("common rows");
    // The second edition of these tests: the fifth row is gone, one is new.
    assert_eq!(read.left_out.len(), 1, "{:?}", read.left_out);
    assert!(read.left_out[0].1.contains("is not asked in edition 2026-2, which this SCAL follows"), "{:?}", read.left_out);
    assert_eq!((read.absent, read.faults.len()), (1, 0));
    assert!(read.doubts[0].contains("This file has the rows of edition 2026-1") && !read.of_another);
    // Of another journey.
    file.of =
        file.of.map(|of| Stamp { journey: journey::base::ids::JourneyRef::from_bits(77), product: "Other".to_owned(), ..of });
    let read = compared(&play, &now, &file).expect("common rows");
    assert!(read.of_another && read.doubts[0].starts_with("This file is the SCAL of Other ("));
}

#[test]
fn what_would_still_be_missing_and_what_is_not_taken_is_said() {
    let play = at_scal();
    let entries = entries(&play, &Answers::default(), &[]);
    let mut lines: Vec<Line> =
        entries.iter().take(6).enumerate().map(|(n, e)| line_of(e, u32::try_from(n).expect("few") + 2)).collect();
    lines[0].status = "Does\u{a0}not  apply\u{200b}".to_owned();
    lines[1].status = "not met".to_owned();
    lines[2].status = "Met".to_owned();
    lines[3].status = "Partly met".to_owned();
    lines[3].words = "Soon.\r\nVery soon.\u{b}".to_owned();
    lines[4].note = "For us".to_owned();
    // What went out as it is, but for three cells of others.
    for (line, entry) in lines.iter_mut().zip(&entries) {
        let written = sheet::cells(entry, "Ada Byron", true);
        line.others = written
            .iter()
            .enumerate()
            .filter(|(at, _)| !sheet::may_be_edited(*at))
            .map(|(at, text)| (at, sheet::beginning(text)))
            .collect();
    }
    lines[0].others.insert(sheet::PROOFS, "nowhere.pdf".to_owned());
    lines[0].others.insert(1, "MAY".to_owned());
    lines[1].others.insert(sheet::ASSIGNED, "Somebody else".to_owned());
    lines[2].others.insert(10, "Accepted".to_owned());
    let read = compared(&play, &entries, &file(&lines)).expect("ours");
    let missing: Vec<String> = read.changes.iter().map(|change| change.missing.join("; ")).collect();
    let id = |at: usize| &entries[at].row.id;
    assert_eq!(
        missing,
        [
            format!("Say why for {}", id(0)),
            format!("Say why for {}", id(1)),
            format!("Say where the evidence for {} is, or add it", id(2)),
            String::new(),
            String::new()
        ]
    );
    assert_eq!(read.changes[3].after.one(entries[3].row.words()), "Soon.\nVery soon.");
    assert_eq!(read.changes[1].after.one(entries[1].row.field.as_str()), "not_met");
    assert_eq!(read.left_out.len(), 2, "{:?}", read.left_out);
    assert!(told(&read.left_out, "B2").starts_with("“Level”, “Files and links” reads differently here"));
    assert!(told(&read.left_out, "J3").starts_with("“Assigned to”"));
    // Of a file of another edition it is no news that the catalogue reads differently.
    let other = Stamp {
        journey: play.journey.reference.clone(),
        product: String::new(),
        edition: "2090-3".parse().expect("an edition"),
        day: jiff::civil::date(2026, 3, 2),
    };
    let read = compared(&play, &entries, &File { of: Some(other), ..file(&lines) }).expect("ours");
    assert!(told(&read.left_out, "I2").starts_with("“Files and links” reads differently"));
}

#[test]
fn a_verdict_counts_when_it_has_the_words_it_needs() {
    let row: FieldId = "scal-org-01".parse().expect("a row");
    let typed = |verdict: &str, words: &str| {
        Answers::default().with(&review::verdict_of(&row), verdict).with(&review::finding_of(&row), words)
    };
    let says = |verdict: &str, words: &str, stands: &Answered| VerdictStatus::of(&row, stands, &typed(verdict, words));
    assert_eq!(says("", "", &Answered::ToJudge), VerdictStatus::None);
    assert_eq!(says("", "", &Answered::Kept), VerdictStatus::Kept);
    assert_eq!(says("", "", &Answered::Unanswered), VerdictStatus::None);
    assert_eq!(says("accept", "", &Answered::Unanswered), VerdictStatus::Accept);
    assert_eq!(says("change", " ", &Answered::ToJudge), VerdictStatus::WordsMissing);
    assert_eq!(says("change", "Say more.", &Answered::Kept), VerdictStatus::Change);
    assert_eq!(says("condition", "", &Answered::ToJudge), VerdictStatus::WordsMissing);
    assert_eq!(says("condition", "Until May.", &Answered::ToJudge), VerdictStatus::Condition);
}

/// Random answers, random verdicts, until it is settled: what must hold of a SCAL after every step.
#[test]
fn a_verdict_has_a_submission_and_a_settled_scal_has_no_open_row() {
    let teams = [TEAMS.as_slice(), &[("tess", Role::TechnicalArchitect)]].concat();
    let mut settled = 0;
    for seed in 0..12 {
        let mut rng = Rng::new(9_000 + seed);
        let mut play = at_scal();
        let mut rounds: Vec<(Round, Answers)> = Vec::new();
        for round in 1..=8 {
            let mut answers = rounds.last().map_or_else(|| answers(&play, &[]), |(_, last)| last.clone());
            for row in scal::rows(&play.journey.opening) {
                if rng.one_in(6) {
                    let status = rng.pick(row::STATUSES).0;
                    answers = answers.with(row.field.as_str(), status).with(row.words(), &format!("Words {}.", rng.below(100)));
                }
            }
            // With a row that is not answered nothing goes.
            let missing = rng.pick(&scal::rows(&play.journey.opening)).field.to_string();
            let mut short = answers.clone();
            short.0.remove(&missing);
            let refused = play.obey(&supplier(), Command::Submit { task: scal_task(), answers: short });
            assert!(matches!(refused, Err(Refusal::Invalid(_))), "seed {seed}: {missing} is missing");
            submit(&mut play, answers.clone());
            rounds.push((Round(round), answers.clone()));
            let form = scal::judged_form(&play.journey.opening, &answers);
            for (name, role) in &teams {
                let reviewer = team(name, *role);
                if journey::rule::offers::judge(&play.journey, &reviewer, Verb::Approve, &scal_task()).is_err() {
                    continue;
                }
                let record = play.journey.task(&scal_task());
                let asked = to_judge(&form, *role, record, &changed(&form, *role, record, &rounds));
                let mut typed = Answers::default();
                let mut worst = "approve";
                for (part, _) in asked.iter().filter(|(_, stands)| *stands != Answered::Kept) {
                    let verdict = if rng.one_in(60) { "change" } else { ["accept", "condition"][usize::from(rng.one_in(8))] };
                    worst = if verdict == "change" { "return" } else { worst };
                    typed =
                        typed.with(&format!("verdict_{}", part.id), verdict).with(&format!("finding_{}", part.id), "Because.");
                }
                let typed = typed.with("decision", worst);
                // A verdict too few makes no decision.
                if let Some((part, _)) = asked.iter().find(|(_, stands)| *stands != Answered::Kept) {
                    let mut silent = typed.clone();
                    silent.0.remove(&format!("verdict_{}", part.id));
                    let few = review(&scal_task(), &asked, &silent);
                    // A team has finished when it has looked at every answer, whatever it asks for.
                    assert!(matches!(few, Err(Refusal::Invalid(_))), "seed {seed}: {few:?}");
                }
                let command = review(&scal_task(), &asked, &typed).expect("every verdict is given");
                play.obey(&reviewer, command).expect("theirs to decide");
                lawful(&play, &rounds);
            }
            if play.journey.standing(&scal_task()).is_done() {
                settled += 1;
                break;
            }
        }
    }
    assert!(settled >= 8, "{settled} were settled");
}

/// The words of rows on pages and in workbooks, and which of them keep a SCAL from being sent.
#[test]
fn a_row_stands_in_one_of_seven_words_and_four_of_them_keep_it_from_being_sent() {
    let told: Vec<(&str, bool)> = RowStatus::ALL.iter().map(|status| (status.word(), status.blocks())).collect();
    assert_eq!(
        told,
        [
            ("Change requested", true),
            ("Asked again", true),
            ("Not answered", true),
            ("Started", true),
            ("Answered", false),
            ("Accepted with condition", false),
            ("Accepted", false),
        ]
    );
}

/// Evidence of a row: files and links, each counted once; said to be met without any, it is told.
#[test]
fn a_row_knows_its_files_and_links() {
    let play = at_scal();
    let file = format!("{} audit.pdf", "ab".repeat(32));
    let rows = scal::rows(&play.journey.opening);
    let row = rows.into_iter().find(|row| row::expects_evidence(row) && row.document.is_none()).expect("a row that is tested");
    let empty = Answers::default().with(row.field.as_str(), "met").with(row.words(), "In the log.");
    let of = |answers: &Answers| {
        let all = entries(&play, &Answers::default(), &[draft(&row.field, answers, 1, play.now)]);
        all.into_iter().find(|entry| entry.row.field == row.field).expect("its entry")
    };
    let none = of(&empty);
    assert_eq!((none.proofs(), none.lacks_evidence(), none.status()), (0, true, "met"));
    let some = of(&empty.clone().with(row.files(), &file).with(row.links(), "https://a.example/1\nhttps://a.example/2"));
    assert_eq!(some.files(), [file]);
    assert_eq!(some.links(), ["https://a.example/1", "https://a.example/2"]);
    assert_eq!((some.proofs(), some.lacks_evidence()), (3, false));
}

/// What those read who will use the product: the clinical part first, and everything that was accepted with a word beside it.
#[test]
fn an_accepted_scal_is_told_in_short_with_what_is_not_met_and_under_which_condition() {
    let mut play = at_scal();
    let answers = answers(&play, &[("scal-cs-01", "partly"), ("gpc-ig1", "not_met")]).with("gpc-ig1_words", "By May.");
    submit(&mut play, answers.clone());
    for (name, role) in [TEAMS.as_slice(), &[("tess", Role::TechnicalArchitect)]].concat() {
        let accepted = review::unjudged(&play.journey, play.spec(&scal_task()), role);
        let (conditions, accepted) = accepted.into_iter().partition::<Vec<_>, _>(|row| row.as_str() == "scal-org-02");
        let conditions =
            conditions.iter().map(|row| Finding { field: Some(row.clone()), words: "Until May.".to_owned() }).collect();
        let command = Command::Approve { task: scal_task(), note: String::new(), accepted, conditions };
        play.obey(&team(name, role), command).expect("theirs to accept");
    }
    let told = summary::summary(&play.journey, &answers);
    assert_eq!(told.teams.iter().map(|of| of.team).collect::<Vec<_>>()[..2], [Role::ClinicalSafety, Role::InformationGovernance]);
    let all: usize = told.teams.iter().map(|of| of.all).sum();
    assert_eq!(all, scal::rows(&play.journey.opening).len(), "every row is somebody's");
    for of in &told.teams {
        assert_eq!(of.all, of.met + of.partly + of.not_met + of.not_applicable, "{:?}", of.team);
    }
    assert_eq!((told.teams[0].partly, told.teams[1].not_met), (1, 1));
    let ids = |all: &[summary::ToKnow]| all.iter().map(|about| about.row.field.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(&told.not_met), ["scal-cs-01", "gpc-ig1"], "clinical safety first");
    assert_eq!((told.not_met[0].partly, told.not_met[1].partly, told.not_met[1].words.as_str()), (true, false, "By May."));
    assert_eq!(ids(&told.under_condition), ["scal-org-02"]);
    assert_eq!(told.under_condition[0].conditions, ["Until May."]);
    assert!(told.documents.iter().any(|row| row.document.as_deref() == Some("hazard log")), "{:?}", told.documents.len());
}

/// Every verdict is about a round that was sent; once settled, every row is answered and accepted in the words that stand.
fn lawful(play: &Play, rounds: &[(Round, Answers)]) {
    let record = play.journey.task(&scal_task());
    for (row, verdict) in record.verdicts.each() {
        assert!(record.sent.iter().any(|sent| sent.round == verdict.round), "{row} was judged without being sent");
    }
    if !play.journey.standing(&scal_task()).is_done() {
        return;
    }
    let (_, last) = rounds.last().expect("a round was sent");
    let form = scal::judged_form(&play.journey.opening, last);
    for (row, part) in scal::rows(&play.journey.opening).into_iter().zip(&form.parts) {
        let verdict = record.verdicts.last(&row.field).unwrap_or_else(|| panic!("{} has no verdict", row.id));
        let (_, judged) = rounds.iter().find(|(round, _)| *round == verdict.round).expect("the round of the verdict");
        assert!(verdict.finding.is_none() && row::is_answered(row, last), "{} is open", row.id);
        assert!(!part.differs(judged, last), "{} was judged in other words", row.id);
        assert!(Some(verdict.role) == part.owner, "{} was judged by {:?}", row.id, verdict.role);
    }
}

#[test]
fn hazard_log_and_safety_case_are_handed_over_and_other_missing_evidence_is_marked() {
    let play = at_scal();
    let row = |id: &str| id.parse::<FieldId>().expect("a row");
    let said = |id: &str, answers: &Answers| {
        let drafts = [draft(&row(id), answers, 1, at("2027-01-01T00:00:00Z"))];
        let now = entries(&play, &Answers::default(), &drafts);
        let entry = now.iter().find(|entry| entry.row.field == row(id)).expect("a row").clone();
        let problems = book::to_send(&now).expect_err("nearly everything is missing").0;
        let says = problems.into_iter().find(|problem| problem.field == id).map(|problem| problem.says);
        (entry.stands, entry.lacks_evidence(), says)
    };
    for (id, document) in [("scal-cs-03", "hazard log"), ("scal-cs-05", "clinical safety case")] {
        let met = Answers::default().with(id, "met").with(&format!("{id}_words"), "It is in our quality system.");
        let says = format!("Add the {document} to {}: a file, or a link to it", id.to_uppercase());
        assert_eq!(said(id, &met), (RowStatus::Started, true, Some(says)), "words do not show it");
        let linked = met.with(&format!("{id}_links"), "https://example.org/safety");
        assert_eq!(said(id, &linked), (RowStatus::Answered, false, None));
        let why = Answers::default().with(id, "partly").with(&format!("{id}_words"), "By May.");
        assert_eq!(said(id, &why), (RowStatus::Answered, false, None), "what is not met yet can be said");
    }
    let tested = scal::rows(&play.journey.opening).into_iter().find(|row| row.environment == Environment::Int).expect("a row");
    let id = tested.field.as_str();
    let met = Answers::default().with(id, "met").with(tested.words(), "See the test report.");
    assert_eq!(said(id, &met), (RowStatus::Answered, true, None), "marked, and not held back");
}

#[test]
fn rows_are_named_as_people_write_them_and_an_unknown_one_is_said() {
    let play = at_scal();
    let entries = entries(&play, &Answers::default(), &[]);
    let (first, second) = (entries[0].row.id.clone(), entries[1].row.id.clone());
    let ids =
        |typed: &str| book::named(&entries, typed).map(|found| found.iter().map(|it| it.row.id.clone()).collect::<Vec<_>>());
    let both = Ok(vec![first.clone(), second.clone()]);
    for typed in [
        format!("{first} {second}"),
        format!("{first},{second}"),
        format!("{};{}", first.to_lowercase(), second.to_lowercase()),
        format!(" {first}\n\n{second} ,; {first} "),
    ] {
        assert_eq!(ids(&typed), both, "{typed}");
    }
    let says = |typed: &str| match ids(typed) {
        Err(Refusal::Invalid(problems)) => problems.0[0].says.clone(),
        other => panic!("{typed}: {other:?}"),
    };
    assert_eq!(says(&format!("{first} SCAL-NO-1")), "“SCAL-NO-1” is not a row of this SCAL");
    for nothing in ["", " ,;\n "] {
        assert_eq!(says(nothing), "Name at least one row, for example GPC-IG1");
    }
}

#[test]
fn an_answer_of_another_product_is_taken_over_where_the_same_is_asked_and_nothing_is_answered_yet() {
    let play = at_scal();
    let common = scal::rows(&play.journey.opening).into_iter().find(|row| row.tab == row::COMMON).expect("a common row");
    let own = scal::rows(&play.journey.opening).into_iter().find(|row| row.tab != row::COMMON).expect("another row");
    let typed = |row: &row::Row, status: &str, words: &str| {
        let body = Answers::default().with(row.field.as_str(), status).with(row.words(), words);
        let drafts = [draft(&row.field, &body, 1, at("2026-03-02T10:00:00Z"))];
        let all = entries(&play, &Answers::default(), &drafts);
        all.into_iter().find(|entry| entry.row.field == row.field).expect("the row")
    };
    let there = typed(common, "met", "As in our policy.");
    let taken = book::to_take_over(&typed(common, "", ""), &there).expect("taken over");
    assert_eq!((taken.one(common.field.as_str()), taken.one(common.words())), ("met", "As in our policy."));
    for (here, there, why) in [
        (typed(common, "met", "Ours."), there.clone(), "it is answered here"),
        (typed(common, "", "Begun."), there.clone(), "somebody has begun here"),
        (typed(common, "", ""), typed(common, "met", ""), "there are no words there"),
        (typed(common, "", ""), typed(common, "", "Begun."), "there is no answer there"),
        (typed(own, "", ""), typed(own, "met", "As tested."), "what the product does is said anew"),
        (typed(own, "", ""), there.clone(), "another row"),
    ] {
        assert_eq!(book::to_take_over(&here, &there), None, "{why}");
    }
    let mut other_words = typed(common, "", "");
    // The second edition asks the first row in other words.
    other_words.row = &editions::rows(&"2026-2".parse().expect("an edition"))[0];
    assert_eq!(other_words.row.field, common.field);
    assert_eq!(book::to_take_over(&other_words, &there), None, "it is asked in other words");
}

#[test]
fn a_note_a_person_and_a_file_stay_as_they_were_kept_in_a_draft() {
    let play = at_scal();
    let row = scal::rows(&play.journey.opening)[0];
    let bare = Answers::default().with(row.field.as_str(), "met").with(row.words(), "As written.");
    let kept = |body: &Answers| {
        let all = entries(&play, &Answers::default(), &[draft(&row.field, body, 1, at("2026-03-02T10:00:00Z"))]);
        all.into_iter().find(|entry| entry.row.field == row.field).expect("the row")
    };
    assert_eq!(kept(&bare).body(), bare, "nothing is added that nobody wrote");
    let noted = bare.clone().with(NOTE, "Ask Helen.").with(ASSIGNEE, "ben");
    assert_eq!(kept(&noted).body(), noted);
    // The name of a file is part of what is signed: it is not tidied like words.
    let name = "abababababababababababababababababababababababababababababababab  my evidence\u{a0}1.pdf";
    let with_file = bare.clone().with(row.files(), name);
    assert_eq!(kept(&with_file).answers.one(row.files()), name);
}

#[test]
fn a_filter_shows_what_is_asked_for_and_nothing_else() {
    let play = at_scal();
    let rows = scal::rows(&play.journey.opening);
    let (first, second, third) = (rows[0], rows[1], rows[2]);
    let met = |row: &row::Row, words: &str| Answers::default().with(row.field.as_str(), "met").with(row.words(), words);
    let now = at("2026-03-02T10:00:00Z");
    let drafts = [
        draft(&first.field, &met(first, "Zebra crossing.").with(ASSIGNEE, "ada"), 1, now),
        draft(&second.field, &met(second, "Elephant house.").with(ASSIGNEE, "ben").with(NOTE, "Ask about giraffes."), 1, now),
        draft(
            &third.field,
            &Answers::default().with(third.field.as_str(), row::NOT_APPLICABLE).with(third.words(), "No."),
            1,
            now,
        ),
    ];
    let mut all = entries(&play, &Answers::default(), &drafts);
    let (ada, ben) = ("ada".parse().expect("an id"), "ben".parse().expect("an id"));
    book::find_left(&mut all, [&ada, &ben]);
    let shown = |filter: Filter| {
        all.iter().filter(|entry| filter.lets_pass(entry, &ada)).map(|entry| entry.row.id.as_str()).collect::<Vec<_>>()
    };
    let by_text = |text: &str| shown(Filter { show: Show::All, text: text.to_owned(), ..Filter::default() });
    assert_eq!(by_text("ZEBRA crossing"), [first.id.as_str()]);
    assert_eq!(by_text("giraffes"), [second.id.as_str()], "a note is searched as well");
    assert_eq!(by_text("zebra elephant"), [""; 0], "every word, in one row");
    assert_eq!(by_text("").len(), all.len());
    assert!(by_text(&first.id.to_lowercase()).contains(&first.id.as_str()));
    assert_eq!(shown(Filter { show: Show::Mine, ..Filter::default() }), [first.id.as_str()]);
    let of = |assigned: &str| shown(Filter { show: Show::All, assigned: assigned.to_owned(), ..Filter::default() });
    assert_eq!(of("ben"), [second.id.as_str()]);
    assert_eq!(of(book::NOBODY).len(), all.len() - 2);
    let blocks = shown(Filter::default());
    assert!(
        !blocks.contains(&first.id.as_str()) && blocks.len() < all.len() && !blocks.is_empty(),
        "what can be sent is not to do"
    );
    assert!(shown(Filter { show: Show::Answered, ..Filter::default() }).contains(&first.id.as_str()));
    assert_eq!(shown(Filter { show: Show::Returned, ..Filter::default() }), [""; 0]);
    assert_eq!(shown(Filter { show: Show::Accepted, ..Filter::default() }), [""; 0]);
    let fits = |filter: &Filter, row: &row::Row| filter.fits(row, &[]);
    for row in rows.iter().take(40) {
        let exactly = Filter {
            show: Show::All,
            section: Some(row.section),
            environment: Some(row.environment),
            level: Some(row.level),
            owner: Some(row.owner),
            ..Filter::default()
        };
        assert!(fits(&exactly, row), "{}", row.id);
        assert!(!fits(&Filter { section: Some(row.section + 1000), ..exactly.clone() }, row));
        let other = |role: &&Role| **role != row.owner;
        assert!(!fits(&Filter { owner: Role::ALL.iter().find(other).copied(), ..exactly.clone() }, row));
        let elsewhere = environment::Environment::ALL.iter().copied().find(|it| *it != row.environment);
        assert!(!fits(&Filter { environment: elsewhere, ..exactly.clone() }, row));
        let level = row::Level::ALL.iter().copied().find(|it| *it != row.level);
        assert!(!fits(&Filter { level, ..exactly.clone() }, row));
    }
    let told = book::progress(&all);
    assert_eq!((told.all, told.not_applicable, told.accepted, told.returned), (all.len(), 1, 0, 0));
    assert_eq!(told.ready, all.len() - blocks.len());
}
