//! Scenarios told as sentences, on the shipped consumer process.
//!
//! Long because each story is a few lines, and they share one cast.

mod common;

use std::collections::BTreeSet;

use common::{Play, actor, also_of, asks, at, chosen, id, identity, joins, opening, shipped};
use jiff::{SignedDuration, ToSpan as _};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        identity::Identity,
        ids::{FieldId, JourneyRef, Round, Seq},
    },
    form::{Answers, Part},
    ledger::{
        basis::{Basis, Change, Ground},
        event::{Event, Finding, Recorded},
        identity::identity_at,
        journey::{Journey, Phase},
        machine::{StateKind, Verb},
        names,
        refusal::Refusal,
        standing::{Settlement, Standing, State},
        words,
    },
    plan::{
        capability::{Capability, Chosen, PdsRoute},
        certificates::{self, ValidityChange},
        opening::{Opening, Plan},
        opening_form,
        process::{Page, Process, Processes},
    },
    rule::{
        audit,
        certificate::{self, CertificateNumber, CertificateState, Validity},
        claims,
        command::Command,
        decide, offers,
        review::{self, Answered, review, to_judge},
    },
    task::{forms, use_case, version},
    view::{
        overview::{self, first_of, overview},
        register::registered,
        turns::is_theirs,
    },
};

fn ada() -> Actor {
    actor("ada", "acme", &[Role::OnboardingLead, Role::Developer])
}

fn ben() -> Actor {
    actor("ben", "acme", &[Role::OnboardingLead, Role::Developer, Role::ClinicalSafetyOfficer, Role::Signatory])
}

fn pat() -> Actor {
    actor("pat", "nhs", &[Role::ProgrammeLead])
}

fn quin() -> Actor {
    actor("quin", "nhs", &[Role::ProgrammeLead])
}

fn ray() -> Actor {
    actor("ray", "nhs", &[Role::FunctionalAssurance])
}

fn sue() -> Actor {
    actor("sue", "nhs", &[Role::ClinicalSafety])
}

fn tom() -> Actor {
    actor("tom", "nhs", &[Role::InformationGovernance, Role::PlatformSupport, Role::ServiceManagement])
}

fn begin(opening: Opening) -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    Play::open(shipped(), process, &ada(), opening)
}

impl Told for Play {}

/// Steps of a scenario, without parameters that do not matter to it.
trait Told: Sized
where
    Self: std::borrow::BorrowMut<Play>,
{
    fn does(&mut self, actor: &Actor, verb: Verb, task: &str) {
        let play = self.borrow_mut();
        play.wait(10);
        let command = play.command(verb, &id(task), "as agreed");
        play.obey(actor, command).unwrap_or_else(|refusal| panic!("{verb:?} {task}: {refusal:?}"));
    }

    fn is_refused(&mut self, actor: &Actor, verb: Verb, task: &str) -> Refusal {
        let play = self.borrow_mut();
        let command = play.command(verb, &id(task), "as agreed");
        play.obey(actor, command).expect_err("it is refused")
    }

    fn stands(&self, task: &str) -> Standing {
        self.borrow().journey.standing(&id(task))
    }

    fn kind(&self, task: &str) -> StateKind {
        self.borrow().journey.task(&id(task)).state.kind()
    }

    /// From the beginning to the day when the use case lies before the programme.
    fn use_case_sent(&mut self) {
        for task in ["read-capabilities", "study-prerequisites", "choose-capabilities"] {
            self.does(&ada(), Verb::Submit, task);
        }
        self.does(&ada(), Verb::Submit, "contact-gp-connect-team");
        self.does(&pat(), Verb::Acknowledge, "contact-gp-connect-team");
        self.does(&ada(), Verb::Submit, "describe-use-case");
    }

    /// The shortest plan, until the certificate is issued.
    fn certified(&mut self) {
        self.ready_for_the_scal();
        self.does(&ada(), Verb::Submit, "submit-scal");
        for reviewer in [ray(), sue(), tom()] {
            self.does(&reviewer, Verb::Approve, "submit-scal");
        }
        self.does(&ada(), Verb::Submit, "test-int-providers");
        self.does(&ray(), Verb::Approve, "test-int-providers");
        self.does(&ray(), Verb::Issue, "receive-technical-conformance-certificate");
    }

    /// The shortest plan, until sites can be recorded.
    fn agreed_to_go_live(&mut self) {
        self.certified();
        self.does(&ada(), Verb::Submit, "receive-connection-agreement");
        self.does(&ben(), Verb::Sign, "receive-connection-agreement");
        self.does(&pat(), Verb::Sign, "receive-connection-agreement");
        self.does(&ada(), Verb::Submit, "approval-to-go-live");
        for reviewer in [pat(), tom(), sue()] {
            self.does(&reviewer, Verb::Approve, "approval-to-go-live");
        }
        self.does(&ada(), Verb::Submit, "deployment-approach");
        self.does(&pat(), Verb::Approve, "deployment-approach");
    }

    fn use_case_approved(&mut self) {
        self.use_case_sent();
        self.does(&pat(), Verb::Approve, "obtain-use-case-approval");
    }

    /// On the shortest route, to the day when the SCAL can be submitted.
    fn ready_for_the_scal(&mut self) {
        self.use_case_approved();
        self.does(&ada(), Verb::Submit, "contact-assurance-team");
        self.does(&ray(), Verb::Acknowledge, "contact-assurance-team");
        self.does(&ray(), Verb::Issue, "receive-scal");
        self.does(&ada(), Verb::Submit, "develop-product");
        for task in ["test-internet-demonstrator", "test-int-demonstrator"] {
            self.does(&ada(), Verb::Submit, task);
            // Rows of the SCAL go along, and two teams judge them.
            self.does(&ray(), Verb::Approve, task);
            self.does(&tom(), Verb::Approve, task);
        }
    }
}

/// Already conformant, nobody else will use it, supporting tasks are kept elsewhere.
fn shortest() -> Opening {
    Opening {
        capabilities: vec![chosen(Capability::AccessRecordHtml)],
        hscn: true,
        pds: PdsRoute::Own,
        already_conformant: true,
        other_organisations: false,
        supporting_tasks: false,
        catalogue: Default::default(),
        ..opening()
    }
}

fn field(name: &str) -> FieldId {
    name.parse().expect("a question")
}

/// The reviewer's form: every answer that needs it accepted, but for these, where a change is requested.
fn judged(judged: &[(Part, Answered)], decision: &str, changes: &[&str]) -> Answers {
    let mut typed = Answers::default().with("decision", decision);
    for (part, stands) in judged {
        let field = &part.id;
        if changes.contains(&field.as_str()) {
            typed = typed.with(&format!("verdict_{field}"), "change").with(&format!("finding_{field}"), " Say more ");
        } else if *stands != Answered::Kept {
            typed = typed.with(&format!("verdict_{field}"), "accept");
        }
    }
    typed
}

#[test]
fn a_use_case_is_returned_with_findings_and_what_did_not_change_keeps_its_verdict() {
    let mut play = begin(opening());
    play.use_case_sent();
    let task = id("obtain-use-case-approval");
    let spec = play.spec(&id("describe-use-case"));
    let form = forms::form_of(spec, &play.journey.opening);
    let first = play.answers(spec, "as agreed");

    // Round 1: everything is to be judged; two answers need a change.
    let asked = to_judge(&form, Role::ProgrammeLead, play.journey.task(&task), &[]);
    assert!(asked.iter().all(|(_, stands)| *stands == Answered::ToJudge));
    let nothing_said = review(&task, &asked, &Answers::default().with("decision", "approve"));
    let Err(Refusal::Invalid(problems)) = nothing_said else { panic!("every verdict is asked for") };
    assert_eq!(problems.0.len(), form.fields.len());
    let typed = judged(&asked, "return", &["problem", "users"]);
    let command = review(&task, &asked, &typed).expect("a whole review");
    play.obey(&pat(), command).expect("it is pat's to decide");
    let State::Returned { findings, refused: false, .. } = &play.journey.task(&id("describe-use-case")).state else {
        panic!("the use case came back");
    };
    assert_eq!(findings.iter().map(|f| f.words.as_str()).collect::<Vec<_>>(), ["Say more", "Say more"]);
    assert_eq!(play.stands("describe-use-case").word(), "Changes requested");
    assert!(matches!(play.stands("obtain-use-case-approval"), Standing::Locked { .. }));

    // Round 2: one of the two is answered, and an answer that was accepted is changed as well.
    play.wait(60 * 24);
    let second = first.clone().with("problem", "longer").with("purpose", "another");
    let submit = Command::Submit { task: id("describe-use-case"), answers: second.clone() };
    play.obey(&ben(), submit).expect("a colleague sends it again");
    assert_eq!(play.journey.task(&task).round, Round(2));
    let record = play.journey.task(&task);
    let changed = review::changed(&form, Role::ProgrammeLead, record, &[(Round(1), first.clone()), (Round(2), second.clone())]);
    assert_eq!(changed, [field("purpose"), field("problem")]);
    let asked = to_judge(&form, Role::ProgrammeLead, record, &changed);
    let stands: Vec<(&str, &Answered)> = asked.iter().map(|(part, stands)| (part.id.as_str(), stands)).collect();
    for (name, expected) in &stands {
        let told = match *name {
            "purpose" | "problem" => Answered::ToJudge,
            "users" => Answered::Unanswered,
            _ => Answered::Kept,
        };
        assert_eq!(**expected, told, "{name}");
    }
    // To approve while an old request is unanswered, the reviewer must say so.
    let silent = judged(&[], "approve", &[]).with("verdict_purpose", "accept").with("verdict_problem", "accept");
    let Err(Refusal::Invalid(problems)) = review(&task, &asked, &silent) else { panic!("one verdict is missing") };
    assert_eq!(problems.0[0].field, "verdict_users");

    // A colleague of the reviewer decides on round 2: hers are the verdicts that she gave, his stay his.
    let typed = judged(&asked, "return", &["users"]);
    let command = review(&task, &asked, &typed).expect("a whole review");
    play.obey(&quin(), command).expect("quin may decide as well");
    let record = play.journey.task(&task);
    let verdict = |name: &str| record.verdicts.last(&field(name)).expect("a verdict").clone();
    assert_eq!((verdict("direct_care").by.as_str(), verdict("direct_care").round), ("pat", Round(1)));
    assert_eq!((verdict("purpose").by.as_str(), verdict("purpose").round), ("quin", Round(2)));
    assert_eq!(verdict("users").finding.as_deref(), Some("Say more"));

    // Round 3 answers the last request and is approved; nothing is left open.
    play.does(&ada(), Verb::Submit, "describe-use-case");
    play.does(&pat(), Verb::Approve, "obtain-use-case-approval");
    let record = play.journey.task(&task);
    assert!(record.verdicts.each().all(|(_, verdict)| verdict.finding.is_none()));
    assert_eq!((record.round, play.kind("obtain-use-case-approval")), (Round(3), StateKind::Settled));
    assert_eq!(play.journey.task(&id("describe-use-case")).sent.len(), 3);
}

#[test]
fn a_review_must_not_contradict_itself() {
    let mut play = begin(opening());
    play.use_case_sent();
    let task = id("obtain-use-case-approval");
    let form = forms::form_of(play.spec(&id("describe-use-case")), &play.journey.opening);
    let asked = to_judge(&form, Role::ProgrammeLead, play.journey.task(&task), &[]);
    let problem = |typed: &Answers| match review(&task, &asked, typed) {
        Err(Refusal::Invalid(problems)) => problems.0.into_iter().map(|p| p.field).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(problem(&judged(&asked, "approve", &["users"])), ["decision"]);
    assert_eq!(problem(&judged(&asked, "return", &[])), ["decision"]);
    assert_eq!(problem(&judged(&asked, "", &[])), ["decision"]);
    let wordless = judged(&asked, "return", &["users"]).with("finding_users", "  ");
    assert_eq!(problem(&wordless), ["finding_users"]);
    // To refuse, no answer needs a verdict; but a reason is needed.
    let refuse = review(&task, &asked, &Answers::default().with("decision", "refuse")).expect("no verdicts");
    assert!(matches!(play.obey(&pat(), refuse), Err(Refusal::Invalid(problems)) if problems.0[0].field == "reason"));
}

/// One tick accepts every answer of which nothing was said, but none where the team has found something before.
#[test]
fn one_tick_accepts_the_answers_of_which_nothing_was_said() {
    let mut play = begin(opening());
    play.use_case_sent();
    let task = id("obtain-use-case-approval");
    let form = forms::form_of(play.spec(&id("describe-use-case")), &play.journey.opening);
    let asked = to_judge(&form, Role::ProgrammeLead, play.journey.task(&task), &[]);
    let tick = Answers::default().with("rest", "accept");
    let typed = tick.clone().with("decision", "return").with("verdict_users", "change").with("finding_users", "Say who.");
    let command = review(&task, &asked, &typed).expect("every answer has a verdict");
    play.obey(&pat(), command).expect("it is pat's to decide");
    let verdicts = &play.journey.task(&task).verdicts;
    let open: Vec<&str> = verdicts.each().filter(|(_, said)| said.finding.is_some()).map(|(answer, _)| answer.as_str()).collect();
    assert_eq!((verdicts.each().count(), open), (form.fields.len(), vec!["users"]));

    // It comes again in the same words: what was found is still open, and the tick does not close it.
    play.does(&ada(), Verb::Submit, "describe-use-case");
    let asked = to_judge(&form, Role::ProgrammeLead, play.journey.task(&task), &[]);
    let Err(Refusal::Invalid(problems)) = review(&task, &asked, &tick.with("decision", "approve")) else { panic!("it is open") };
    assert_eq!(problems.0.into_iter().map(|problem| problem.field).collect::<Vec<_>>(), ["verdict_users"]);
}

/// Nobody accepts an answer under a condition that is not written down.
#[test]
fn a_condition_is_written_down() {
    let mut play = begin(opening());
    play.use_case_sent();
    let task = id("obtain-use-case-approval");
    let form = forms::form_of(play.spec(&id("describe-use-case")), &play.journey.opening);
    let asked = to_judge(&form, Role::ProgrammeLead, play.journey.task(&task), &[]);
    let typed = judged(&asked, "approve", &[]).with("verdict_users", "condition").with("finding_users", "  ");
    let Err(Refusal::Invalid(problems)) = review(&task, &asked, &typed) else { panic!("a condition without words") };
    let told: Vec<(&str, &str)> = problems.0.iter().map(|problem| (problem.field.as_str(), problem.says.as_str())).collect();
    assert_eq!(told, [("finding_users", "Say under what condition")]);
    let command = review(&task, &asked, &typed.with("finding_users", " Until May. ")).expect("it is written down");
    play.obey(&pat(), command).expect("it is pat's to decide");
    let verdict = play.journey.task(&task).verdicts.last(&field("users")).expect("a verdict");
    assert_eq!(verdict.condition.as_deref(), Some("Until May."));
}

/// Two teams write on their reviews of the same work at once: each has a draft that says whose it is.
#[test]
fn each_team_has_a_draft_of_its_own_for_its_review() {
    for role in Role::ALL {
        let subject = review::subject_of(*role);
        let whose: Vec<&Role> =
            Role::ALL.iter().filter(|team| subject.strip_prefix(review::SUBJECT) == Some(team.name())).collect();
        assert_eq!(whose, [role], "{subject}");
    }
}

#[test]
fn a_refused_use_case_can_be_replaced_by_another() {
    let mut play = begin(opening());
    play.use_case_sent();
    play.does(&pat(), Verb::Refuse, "obtain-use-case-approval");
    let State::Returned { refused: true, findings, .. } = &play.journey.task(&id("describe-use-case")).state else {
        panic!("it is refused");
    };
    assert_eq!(findings[0].words, "as agreed");
    assert!(play.offers(&ada(), Verb::Submit, "describe-use-case"));
    let answers = play.answers(play.spec(&id("describe-use-case")), "something else");
    let command = Command::Submit { task: id("describe-use-case"), answers };
    play.obey(&ada(), command).expect("a different use case");
    // Of another use case, nothing is accepted beforehand.
    assert!(play.journey.task(&id("obtain-use-case-approval")).verdicts.is_empty());
    play.does(&pat(), Verb::Approve, "obtain-use-case-approval");
    assert_eq!(play.stands("obtain-use-case-approval"), Standing::Settled);
}

#[test]
fn an_approval_lapses_after_its_last_day_unless_development_started() {
    let mut play = begin(opening());
    play.use_case_sent();
    // Six months after 31 August there is no 31 February: the last day is the 28th.
    play.now = at("2026-08-31T22:30:00Z");
    let command = play.command(Verb::Approve, &id("obtain-use-case-approval"), "yes");
    play.obey(&pat(), command).expect("approved");
    // It is past eleven in London in summer, and still August.
    assert_eq!(calendar::date_of(play.now), jiff::civil::date(2026, 8, 31));
    let (task, when) = play.journey.lapses().expect("it will lapse");
    assert_eq!((task, when), (id("obtain-use-case-approval"), at("2027-03-01T00:00:00Z")));
    let mut started = play.clone();

    play.now = at("2027-02-28T23:59:59Z");
    play.pass_time();
    assert_eq!(play.stands("obtain-use-case-approval"), Standing::Settled, "the last day counts");
    play.now = at("2027-03-01T00:00:00Z");
    assert_eq!(decide::due(&play.journey, play.now), [Event::Lapsed { task: id("obtain-use-case-approval") }]);
    play.pass_time();
    assert_eq!(play.history.last().expect("an event").by, None, "time did it, not a person");
    assert_eq!(play.stands("describe-use-case"), Standing::Ready, "it can be sent again");
    assert!(matches!(play.stands("develop-product"), Standing::Locked { .. }));
    assert!(play.journey.task(&id("obtain-use-case-approval")).reopened.as_ref().expect("why").by.is_none());
    assert_eq!(play.journey.lapses(), None, "it lapses once");
    // The same words may be good still: they are sent and approved again, and nothing says any more that it was opened.
    play.does(&ada(), Verb::Submit, "describe-use-case");
    play.does(&quin(), Verb::Approve, "obtain-use-case-approval");
    assert_eq!(play.journey.task(&id("obtain-use-case-approval")).reopened, None);
    assert_eq!(play.journey.task(&id("describe-use-case")).reopened, None);

    started.now = at("2027-02-28T23:59:59Z");
    let command = started.command(Verb::Start, &id("develop-product"), "");
    started.obey(&ada(), command).expect("development starts on the last day");
    started.now = at("2029-01-01T00:00:00Z");
    started.pass_time();
    assert_eq!(started.stands("obtain-use-case-approval"), Standing::Settled);
    assert_eq!(started.stands("develop-product").word(), "In progress");
}

#[test]
fn an_approval_does_not_lapse_because_finished_work_is_opened_again() {
    let mut play = begin(opening());
    play.use_case_approved();
    play.does(&ada(), Verb::Submit, "develop-product");
    play.now += 400.hours() * 24;
    play.does(&ada(), Verb::Reopen, "develop-product");
    play.pass_time();
    assert_eq!(play.stands("obtain-use-case-approval"), Standing::Settled);
    assert_eq!(play.stands("develop-product"), Standing::Ready);
}

#[test]
fn what_depended_on_a_reopened_task_is_checked_again_and_its_work_is_kept() {
    let mut play = begin(opening());
    play.use_case_approved();
    play.does(&ada(), Verb::Submit, "contact-assurance-team");
    let before = play.journey.task(&id("contact-assurance-team")).clone();
    // Whoever opens it again is told what it takes along; what was not done yet is no loss.
    let resting = |task: &str| play.journey.resting_on(&id(task)).iter().map(|spec| spec.id.as_str()).collect::<Vec<_>>();
    assert_eq!(resting("choose-capabilities"), ["describe-use-case", "obtain-use-case-approval"]);
    assert_eq!(resting("obtain-use-case-approval"), Vec::<&str>::new());
    play.does(&ada(), Verb::Reopen, "choose-capabilities");
    assert_eq!(play.stands("choose-capabilities"), Standing::Ready);
    assert_eq!(play.stands("describe-use-case"), Standing::CheckAgain { waiting_on: vec![id("choose-capabilities")] });
    assert_eq!(play.stands("contact-assurance-team"), Standing::Locked { waiting_on: vec![id("obtain-use-case-approval")] });
    let refusal = play.is_refused(&ray(), Verb::Acknowledge, "contact-assurance-team");
    assert_eq!(refusal.sentence(play.journey.process).1, "This has to be completed first: Use case approval.");
    assert_eq!(*play.journey.task(&id("contact-assurance-team")), before, "the work is kept");
    assert!(overview(&play.journey).turns.iter().all(|turn| turn.task != id("contact-assurance-team")));

    play.does(&ben(), Verb::Submit, "choose-capabilities");
    let again = Standing::CheckAgain { waiting_on: Vec::new() };
    assert_eq!(play.stands("describe-use-case"), again, "it was described for another round of the choice");
    let spec = play.spec(&id("describe-use-case"));
    let changes = play.journey.changes(spec);
    let round = |ground: &Option<Ground>| ground.as_ref().map(|ground| ground.round);
    assert!(
        matches!(&changes[..], [Change::Need { task, then, now }] if task.as_str() == "choose-capabilities"
            && round(then) == Some(Round(1)) && round(now) == Some(Round(2))),
        "{changes:?}"
    );
    play.is_refused(&ray(), Verb::Acknowledge, "contact-assurance-team");
    assert!(matches!(play.is_refused(&pat(), Verb::StillHolds, "describe-use-case"), Refusal::NotYours { .. }));
    play.does(&ada(), Verb::StillHolds, "describe-use-case");
    assert_eq!(play.stands("describe-use-case"), Standing::Settled);
    assert_eq!(play.stands("obtain-use-case-approval"), Standing::Settled, "nothing that it rests on is another");
    play.does(&ray(), Verb::Acknowledge, "contact-assurance-team");
}

#[test]
fn what_the_other_side_decided_only_the_programme_opens_again() {
    let mut play = begin(opening());
    play.use_case_approved();
    let refusal = play.is_refused(&ada(), Verb::Reopen, "obtain-use-case-approval");
    assert_eq!(refusal, Refusal::NotYours { roles: vec![Role::ProgrammeLead] });
    assert_eq!(play.is_refused(&ada(), Verb::Reopen, "describe-use-case"), Refusal::AlreadySettled);
    play.does(&pat(), Verb::Reopen, "obtain-use-case-approval");
    assert_eq!(play.stands("describe-use-case"), Standing::Ready, "there is something to send again");
    assert!(matches!(play.stands("obtain-use-case-approval"), Standing::Locked { .. }));
    play.does(&ada(), Verb::Submit, "describe-use-case");
    assert_eq!(play.journey.task(&id("obtain-use-case-approval")).round, Round(2));
    // Whoever had the first round is asked first.
    let before = |play: &Play| {
        let (person, round) = claims::had_before(&play.journey, &id("obtain-use-case-approval"), Role::ProgrammeLead)?;
        Some((person.clone(), round))
    };
    assert_eq!(before(&play), Some((pat().person, Round(1))));
    let named = |play: &Play| {
        overview::project(&play.journey).had_before.into_iter().map(|had| (had.round, had.person)).collect::<Vec<_>>()
    };
    assert_eq!(named(&play), [(Round(2), pat().person)], "the worklist says so");
    play.does(&quin(), Verb::Approve, "obtain-use-case-approval");
    assert_eq!(named(&play), [], "nothing waits any more");
}

#[test]
fn a_task_is_waived_by_a_second_person_and_what_waited_for_it_goes_on() {
    let mut play = begin(Opening { hscn: true, pds: PdsRoute::None, ..shortest() });
    play.journey.opening.already_conformant = false;
    play.use_case_approved();
    assert_eq!(play.is_refused(&ada(), Verb::ProposeWaiver, "develop-product"), Refusal::NothingToDo, "it is not waivable");
    play.does(&ada(), Verb::ProposeWaiver, "test-opentest");
    // A list says what is to be decided, and not that the test has come.
    let spec = play.spec(&id("test-opentest"));
    let lead = journey::view::turns::turns_on(&play.journey, spec, &play.journey.standing(&spec.id))
        .into_iter()
        .find(|turn| turn.side == Side::Programme);
    let lead = lead.expect("it waits for a lead");
    assert_eq!(journey::view::turns::beside(spec, Role::ProgrammeLead, lead.round), Some("decide whether to skip it"));
    assert!(matches!(play.is_refused(&ada(), Verb::ConfirmWaiver, "test-opentest"), Refusal::NotYours { .. }));
    play.does(&pat(), Verb::DeclineWaiver, "test-opentest");
    play.does(&pat(), Verb::ProposeWaiver, "test-opentest");
    assert_eq!(play.is_refused(&pat(), Verb::ConfirmWaiver, "test-opentest"), Refusal::SameHands);
    let waits = |play: &Play| matches!(play.stands("test-int-demonstrator"), Standing::Locked { waiting_on } if waiting_on.contains(&id("test-opentest")));
    assert!(waits(&play));
    play.does(&quin(), Verb::ConfirmWaiver, "test-opentest");
    assert!(!waits(&play));
    assert_eq!(play.stands("test-opentest"), Standing::NotNeeded { because: None });
    let State::Waived { proposed_by, confirmed_by, reason } = &play.journey.task(&id("test-opentest")).state else { panic!() };
    assert_eq!((proposed_by.as_str(), confirmed_by.as_str(), reason.as_str()), ("pat", "quin", "as agreed"));
    // It is done without, not gone: a programme lead can ask for it after all.
    play.does(&pat(), Verb::Reopen, "test-opentest");
    assert!(waits(&play));
}

#[test]
fn whoever_would_do_a_task_for_the_supplier_may_propose_to_do_without_it() {
    let mut play = begin(opening());
    play.use_case_approved();
    play.obey(&pat(), joins("trust")).expect("the trust joins");
    let proposes = |actor: &Actor, task: &str| play.offers(actor, Verb::ProposeWaiver, task);
    let developer = actor("dev", "acme", &[Role::Developer]);
    let officer = actor("cas", "acme", &[Role::ClinicalSafetyOfficer]);
    let lead = actor("lee", "acme", &[Role::OnboardingLead]);
    let group = actor("gil", "trust", &[Role::GroupLead]);
    assert!(proposes(&developer, "s-hscn") && !proposes(&officer, "s-hscn"));
    assert!(proposes(&officer, "s-clinical-meeting-1") && !proposes(&developer, "s-clinical-meeting-1"));
    assert!(proposes(&lead, "s-hscn") && proposes(&lead, "s-clinical-meeting-1"), "a lead may for every task");
    assert!(!proposes(&group, "s-first-of-type"), "end users have a say in it, but not whether it is done");
}

#[test]
fn work_that_is_sent_after_all_ends_the_proposal_to_do_without() {
    let mut play = begin(opening());
    play.use_case_approved();
    play.does(&ada(), Verb::ProposeWaiver, "s-cso");
    play.does(&ben(), Verb::Submit, "s-cso");
    assert_eq!(play.journey.task(&id("s-cso")).proposal, None);
    play.does(&ben(), Verb::Reopen, "s-cso");
    assert_eq!(play.is_refused(&pat(), Verb::ConfirmWaiver, "s-cso"), Refusal::NothingToDo);
}

#[test]
fn a_second_click_records_nothing_and_says_so() {
    let mut play = begin(opening());
    play.does(&ada(), Verb::Submit, "study-prerequisites");
    let seen = Some(Seq(0));
    let command = play.command(Verb::Submit, &id("study-prerequisites"), "as agreed");
    assert_eq!(play.obey_seen(&ada(), command.clone(), seen), Err(Refusal::AlreadyDone));
    // Line ends and outer space are not other words.
    let spaced = play.command(Verb::Submit, &id("study-prerequisites"), "  as agreed\r\n");
    assert_eq!(play.obey_seen(&ada(), spaced, seen), Err(Refusal::AlreadyDone));
    // Other words, or another person, are not a second click.
    let other = play.command(Verb::Submit, &id("study-prerequisites"), "other words");
    assert!(matches!(play.obey_seen(&ada(), other, seen), Err(Refusal::ChangedSince { seen: Seq(0), now: Seq(2), .. })));
    assert!(matches!(play.obey_seen(&ben(), command, seen), Err(Refusal::ChangedSince { .. })));
    assert_eq!(play.history.len(), 2);

    play.obey(&pat(), joins("trust")).expect("the trust joins");
    assert_eq!(play.obey(&pat(), joins("trust")), Err(Refusal::AlreadyDone));
    assert_eq!(play.history.len(), 3);
}

#[test]
fn the_same_words_may_be_sent_again_once_they_came_back() {
    let mut play = begin(opening());
    play.use_case_sent();
    assert_eq!(play.is_refused(&ada(), Verb::Submit, "describe-use-case"), Refusal::AlreadyDone);
    play.does(&pat(), Verb::Return, "obtain-use-case-approval");
    play.does(&ada(), Verb::Submit, "describe-use-case");
    assert_eq!(play.journey.task(&id("describe-use-case")).round, Round(2));
}

#[test]
fn of_two_people_who_decide_at_once_the_second_is_told_and_keeps_the_words() {
    let mut play = begin(opening());
    play.use_case_sent();
    let seen = play.journey.changed(&id("obtain-use-case-approval"));
    play.does(&pat(), Verb::Return, "obtain-use-case-approval");
    let command = play.command(Verb::Approve, &id("obtain-use-case-approval"), "fine");
    let now = play.journey.changed(&id("obtain-use-case-approval"));
    assert_eq!(play.obey_seen(&quin(), command.clone(), Some(seen)), Err(Refusal::ChangedSince { seen, now, by: None }));
    // Also when the work was sent again in between: what quin read is not what lies there now.
    play.does(&ada(), Verb::Submit, "describe-use-case");
    assert!(matches!(play.obey_seen(&quin(), command.clone(), Some(seen)), Err(Refusal::ChangedSince { .. })));
    let seen = play.journey.changed(&id("obtain-use-case-approval"));
    play.obey_seen(&quin(), command, Some(seen)).expect("a fresh page decides");
    // Whoever had no say is told that, not that somebody was faster.
    let command = play.command(Verb::Approve, &id("obtain-use-case-approval"), "fine");
    assert!(matches!(play.obey_seen(&ada(), command, Some(Seq(1))), Err(Refusal::NotYours { .. })));
}

#[test]
fn of_two_colleagues_with_the_same_role_the_second_is_told_too() {
    let mut play = begin(shortest());
    play.ready_for_the_scal();
    play.does(&ada(), Verb::Submit, "submit-scal");
    let seen = Some(play.journey.changed(&id("submit-scal")));
    play.does(&ray(), Verb::Approve, "submit-scal");
    let ron = actor("ron", "nhs", &[Role::FunctionalAssurance]);
    let command = play.command(Verb::Approve, &id("submit-scal"), "fine");
    // Not "only clinical safety can do this": it was his to do, and Ray did it.
    assert!(matches!(play.obey_seen(&ron, command, seen), Err(Refusal::ChangedSince { .. })));
    assert_eq!(play.is_refused(&ron, Verb::Approve, "submit-scal"), Refusal::NothingToDo);
    // Who holds a second role goes on with that one.
    let both = actor("kim", "nhs", &[Role::FunctionalAssurance, Role::InformationGovernance]);
    play.does(&both, Verb::Approve, "submit-scal");
    assert_eq!(play.journey.task(&id("submit-scal")).approvals[1].role, Role::InformationGovernance);
    play.does(&sue(), Verb::Approve, "submit-scal");

    play.does(&ada(), Verb::Submit, "test-int-providers");
    play.does(&ray(), Verb::Approve, "test-int-providers");
    play.does(&ray(), Verb::Issue, "receive-technical-conformance-certificate");
    let agreement = id("receive-connection-agreement");
    let seen = Some(play.journey.changed(&agreement));
    play.does(&ada(), Verb::Submit, "receive-connection-agreement");
    play.does(&ben(), Verb::Sign, agreement.as_str());
    let dia = actor("dia", "acme", &[Role::Signatory]);
    let command = play.command(Verb::Sign, &agreement, "Dia");
    assert!(matches!(play.obey_seen(&dia, command, seen), Err(Refusal::ChangedSince { .. })));
    assert_eq!(play.is_refused(&dia, Verb::Sign, agreement.as_str()), Refusal::NothingToDo);
    assert!(matches!(play.is_refused(&ray(), Verb::Sign, agreement.as_str()), Refusal::NotYours { .. }));
}

#[test]
fn a_withdrawn_journey_refuses_everything_until_it_is_resumed_and_then_goes_on_where_it_was() {
    let mut play = begin(opening());
    play.use_case_sent();
    play.obey(&ada(), Command::Withdraw { reason: "no money".to_owned() }).expect("the supplier withdraws");
    let Phase::Withdrawn { reason, .. } = &play.journey.phase else { panic!("it is withdrawn") };
    assert_eq!(reason, "no money");
    assert_eq!(play.is_refused(&pat(), Verb::Approve, "obtain-use-case-approval"), Refusal::Closed);
    assert_eq!(play.is_refused(&ada(), Verb::Submit, "try-demonstrator"), Refusal::Closed);
    assert_eq!(overview(&play.journey).turns, [], "it is nobody's turn");
    let wanted = offers::offers(&play.journey, &pat());
    // Who an organisation is may be put right also there.
    assert_eq!(wanted.iter().map(|offer| offer.verb).collect::<Vec<_>>(), [Verb::Identify, Verb::Resume]);
    assert_eq!(offers::offers(&play.journey, &ada()), []);
    assert!(matches!(play.obey(&pat(), Command::Resume { reason: " ".to_owned() }), Err(Refusal::Invalid(_))));
    play.obey(&pat(), Command::Resume { reason: "money came".to_owned() }).expect("a programme lead resumes");
    assert_eq!(play.journey.phase, Phase::Open);
    play.does(&pat(), Verb::Approve, "obtain-use-case-approval");
}

#[test]
fn while_a_journey_is_withdrawn_no_approval_lapses() {
    let mut play = begin(opening());
    play.use_case_approved();
    play.obey(&ada(), Command::Withdraw { reason: "a pause".to_owned() }).expect("withdrawn");
    play.now = at("2030-01-01T00:00:00Z");
    assert_eq!(decide::due(&play.journey, play.now), []);
    play.obey(&pat(), Command::Resume { reason: "go on".to_owned() }).expect("resumed");
    assert_eq!(decide::due(&play.journey, play.now).len(), 1, "the six months were over meanwhile");
}

#[test]
fn the_scal_is_accepted_by_three_teams_and_a_return_asks_all_of_them_again() {
    let mut play = begin(shortest());
    play.ready_for_the_scal();
    play.does(&ada(), Verb::Submit, "submit-scal");
    let turn = |play: &Play| overview(&play.journey).turns.into_iter().find(|turn| turn.task == id("submit-scal"));
    let roles = |play: &Play| turn(play).map(|turn| turn.roles).unwrap_or_default();
    assert_eq!(roles(&play), [Role::FunctionalAssurance, Role::ClinicalSafety, Role::InformationGovernance]);
    play.does(&sue(), Verb::Approve, "submit-scal");
    assert_eq!(roles(&play), [Role::FunctionalAssurance, Role::InformationGovernance]);
    assert!(!play.offers(&sue(), Verb::Approve, "submit-scal"), "once for each team");
    assert!(play.offers(&sue(), Verb::Return, "submit-scal"), "second thoughts are allowed until all have approved");
    play.does(&ray(), Verb::Approve, "submit-scal");
    assert_eq!(play.kind("submit-scal"), StateKind::Submitted);

    // Sue has second thoughts. It goes back when everybody has finished, with what each of them asks for.
    play.does(&sue(), Verb::Return, "submit-scal");
    assert_eq!(roles(&play), [Role::InformationGovernance]);
    play.does(&tom(), Verb::Return, "submit-scal");
    assert_eq!(turn(&play).expect("a turn").side, Side::Supplier);
    let State::Returned { findings, refused: false, .. } = &play.journey.task(&id("submit-scal")).state else {
        panic!("it came back");
    };
    assert_eq!(findings.len(), 2, "one of each team");
    assert_eq!(play.is_refused(&ray(), Verb::Approve, "submit-scal"), Refusal::NothingToDo);
    play.does(&ben(), Verb::Submit, "submit-scal");
    assert_eq!(roles(&play).len(), 3, "all three look at round 2");
    for reviewer in [ray(), sue(), tom()] {
        assert_eq!(play.kind("submit-scal"), StateKind::Submitted);
        play.does(&reviewer, Verb::Approve, "submit-scal");
    }
    assert_eq!(play.stands("submit-scal"), Standing::Settled);
}

/// Two teams have read the rows of one capability. The supplier chooses another one meanwhile, and everything before the SCAL is
/// put right. What the third team approves then is the SCAL that was sent: it has no row of the new capability.
#[test]
fn a_scal_that_was_sent_for_other_capabilities_is_checked_again_when_it_is_approved() {
    let mut play = begin(shortest());
    play.ready_for_the_scal();
    play.does(&ada(), Verb::Submit, "submit-scal");
    play.does(&sue(), Verb::Approve, "submit-scal");
    play.does(&ray(), Verb::Approve, "submit-scal");
    let answers = opening_form::as_answers(&[common::chosen(Capability::SendDocument)]);
    play.does(&ada(), Verb::Reopen, "choose-capabilities");
    play.obey(&ada(), Command::Submit { task: id("choose-capabilities"), answers }).expect("chosen anew");
    let everybody = [ada(), pat(), ray(), sue(), tom()];
    for _ in 0..60 {
        if play.offers(&tom(), Verb::Approve, "submit-scal") {
            break;
        }
        let verbs = [Verb::StillHolds, Verb::Submit, Verb::Acknowledge, Verb::Approve, Verb::Issue];
        let steps = verbs.iter().flat_map(|verb| everybody.iter().map(move |actor| (*verb, actor)));
        let before = |offer: &offers::Offer| {
            offer.task.clone().filter(|task| task.as_str() != "submit-scal" && !play.journey.standing(task).is_done())
        };
        let next = steps.clone().find_map(|(verb, actor)| {
            let offers = offers::offers(&play.journey, actor);
            offers.iter().filter(|offer| offer.verb == verb).find_map(before).map(|task| (verb, actor, task))
        });
        let (verb, actor, task) = next.expect("somebody can go on");
        play.does(actor, verb, task.as_str());
    }
    play.does(&tom(), Verb::Approve, "submit-scal");
    assert!(matches!(play.stands("submit-scal"), Standing::CheckAgain { .. }), "{:?}", play.stands("submit-scal"));
    assert!(!play.offers(&ray(), Verb::Issue, "receive-technical-conformance-certificate"));
    assert!(!play.offers(&sue(), Verb::StillHolds, "submit-scal"), "rows that nobody has read are not said to hold");
    // It is answered for what is chosen now.
    play.does(&pat(), Verb::Reopen, "submit-scal");
    play.does(&ben(), Verb::Submit, "submit-scal");
    for reviewer in [ray(), sue(), tom()] {
        play.does(&reviewer, Verb::Approve, "submit-scal");
    }
    assert_eq!(play.stands("submit-scal"), Standing::Settled);
}

#[test]
fn an_agreement_is_signed_in_order_each_by_another_person_and_on_the_words_shown() {
    let mut play = begin(shortest());
    play.ready_for_the_scal();
    play.does(&ada(), Verb::Submit, "submit-scal");
    for reviewer in [ray(), sue(), tom()] {
        play.does(&reviewer, Verb::Approve, "submit-scal");
    }
    play.does(&ada(), Verb::Submit, "test-int-providers");
    play.does(&ray(), Verb::Approve, "test-int-providers");
    play.does(&ray(), Verb::Issue, "receive-technical-conformance-certificate");

    let agreement = "receive-connection-agreement";
    assert!(!play.offers(&ben(), Verb::Sign, agreement), "the parts come first");
    play.does(&ada(), Verb::Submit, agreement);
    assert!(matches!(play.is_refused(&pat(), Verb::Sign, agreement), Refusal::NotYours { roles } if roles == [Role::Signatory]));
    let Command::Sign { words, .. } = play.command(Verb::Sign, &id(agreement), "") else { panic!("a signature") };
    let sign = |name: &str, authority: &str, words| Command::Sign {
        task: id(agreement),
        name: name.to_owned(),
        authority: authority.to_owned(),
        words,
    };
    let field = |refused: Result<Vec<Event>, Refusal>| match refused {
        Err(Refusal::Invalid(problems)) => problems.0[0].field.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(field(play.obey(&ben(), sign(" ", "director", words.clone()))), "name");
    assert_eq!(field(play.obey(&ben(), sign("Ben Fox", "", words.clone()))), "authority");
    let other = journey::base::ids::Digest::of(b"other words");
    assert_eq!(play.obey(&ben(), sign("Ben Fox", "director", other)), Err(Refusal::WordsChanged));
    play.obey(&ben(), sign(" Ben Fox ", "director", words)).expect("the supplier signs first");
    assert_eq!(play.stands(agreement), Standing::Draft);
    // Ben has since become a programme lead; his signature stays one.
    let ben_at_nhs = actor("ben", "nhs", &[Role::ProgrammeLead]);
    assert_eq!(play.is_refused(&ben_at_nhs, Verb::Sign, agreement), Refusal::OwnWork);
    play.does(&pat(), Verb::Sign, agreement);
    assert_eq!(play.stands(agreement), Standing::Settled);
    let signatures = &play.journey.task(&id(agreement)).signatures;
    assert_eq!(signatures.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["Ben Fox", "as agreed"]);
    assert_eq!(signatures[0].words, signatures[1].words);
}

/// A new version of the product after the certificate and the first signature: neither counts any more, nobody can simply say
/// that they do, and what is issued and signed then is for the new one.
#[test]
fn a_certificate_and_a_signature_are_for_the_version_that_was_assessed() {
    let mut play = begin(shortest());
    play.ready_for_the_scal();
    play.does(&ada(), Verb::Submit, "submit-scal");
    let mut accepted = review::unjudged(&play.journey, play.spec(&id("submit-scal")), Role::FunctionalAssurance);
    let under = accepted.pop().expect("a row that ray judges");
    let conditions = vec![Finding { field: Some(under), words: "Until May.".to_owned() }];
    let approve = Command::Approve { task: id("submit-scal"), note: String::new(), accepted, conditions };
    play.obey(&ray(), approve).expect("all is judged");
    for reviewer in [sue(), tom()] {
        play.does(&reviewer, Verb::Approve, "submit-scal");
    }
    play.does(&ada(), Verb::Submit, "test-int-providers");
    play.does(&ray(), Verb::Approve, "test-int-providers");
    let (certificate, agreement) = ("receive-technical-conformance-certificate", "receive-connection-agreement");
    // What was accepted under a condition stands on it, whoever issues it.
    let text = certificate::facts(&play.journey, play.spec(&id(certificate)), Role::FunctionalAssurance, "And no other.");
    assert!(text.is_some_and(|text| text.contains(": Until May.\\nAnd no other.")));
    let issue = Command::Issue { task: id(certificate), note: String::new() };
    play.obey(&ray(), issue).expect("nothing has to be added to it");
    let first = play.journey.task(&id(certificate)).settled;
    // Whoever has only the number learns how it stands at every step.
    let kind = certificates::kind(play.spec(&id(certificate))).expect("it leaves one");
    let number = |seq: Option<Seq>| CertificateNumber::of(kind, &JourneyRef::from_bits(0x0003_1415_9265), seq.expect("settled"));
    let checked = |play: &Play, number: &CertificateNumber| {
        certificate::find(shipped(), &play.journey, &play.history, number).map(|found| found.state)
    };
    assert_eq!(checked(&play, &number(first)), Some(CertificateState::Valid));
    assert_eq!(checked(&play, &number(Some(Seq(1)))), None, "another event");
    play.does(&ada(), Verb::Submit, agreement);
    play.does(&ben(), Verb::Sign, agreement);
    let before = play.to_sign(play.spec(&id(agreement)));

    let product = "Bedside View 5".to_owned();
    play.obey(
        &ada(),
        Command::Reassess { task: id("submit-scal"), product: product.clone(), name: String::new(), rows: Vec::new() },
    )
    .expect("offered");
    assert!(matches!(play.stands(certificate), Standing::CheckAgain { .. }));
    assert_eq!(checked(&play, &number(first)), Some(CertificateState::InQuestion));
    assert!(matches!(play.stands("test-int-providers"), Standing::CheckAgain { .. }), "it was tested with the version before");
    assert!(!play.offers(&ray(), Verb::StillHolds, certificate) && !play.offers(&ray(), Verb::Issue, certificate), "not yet");
    // The stages still hold, says whoever accepted them; the SCAL is sent and accepted anew.
    for stage in ["test-internet-demonstrator", "test-int-demonstrator"] {
        play.does(&ray(), Verb::StillHolds, stage);
    }
    assert!(!play.offers(&ray(), Verb::StillHolds, "submit-scal"), "its rows are asked for another version");
    play.does(&ada(), Verb::Submit, "submit-scal");
    for reviewer in [ray(), sue(), tom()] {
        play.does(&reviewer, Verb::Approve, "submit-scal");
    }
    play.does(&ray(), Verb::StillHolds, "test-int-providers");
    assert!(!play.offers(&ray(), Verb::StillHolds, certificate), "a certificate is issued anew and never confirmed");
    play.does(&ray(), Verb::Issue, certificate);
    let second = play.journey.task(&id(certificate)).settled;
    assert_ne!(second, first, "with a number of its own");
    let superseded = CertificateState::Superseded { by: number(second), on: play.now };
    assert_eq!(checked(&play, &number(first)), Some(superseded));
    assert_eq!(checked(&play, &number(second)), Some(CertificateState::Valid));
    // The supplier signed other words: it signs again before anybody countersigns.
    assert_ne!(play.to_sign(play.spec(&id(agreement))), before);
    assert!(matches!(play.is_refused(&pat(), Verb::Sign, agreement), Refusal::NotYours { roles } if roles == [Role::Signatory]));
    play.does(&ben(), Verb::Sign, agreement);
    play.does(&pat(), Verb::Sign, agreement);
    assert_eq!(play.stands(agreement), Standing::Settled);
    let signatures = &play.journey.task(&id(agreement)).signatures;
    assert_eq!(signatures.len(), 2, "what was signed under other words is history");
    assert_eq!(signatures[0].words, signatures[1].words);
    play.does(&pat(), Verb::Reopen, certificate);
    assert_eq!(checked(&play, &number(second)), Some(CertificateState::Reopened { on: play.now }));
    assert!(matches!(checked(&play, &number(first)), Some(CertificateState::Superseded { .. })), "as before");
    play.wait(1);
    play.obey(&ada(), Command::Withdraw { reason: "Another product takes its place.".to_owned() }).expect("it is ada's");
    assert_eq!(checked(&play, &number(second)), Some(CertificateState::Ended { on: play.now }));
}

/// Two people of the programme suspend a certificate, reinstate it, and withdraw it for good: whoever has the number reads why
/// and since when, and nothing that rests on it counts meanwhile.
#[test]
fn two_people_suspend_reinstate_and_withdraw_a_certificate() {
    let certificate = "receive-technical-conformance-certificate";
    let mut play = begin(shortest());
    play.certified();
    let first = play.journey.task(&id(certificate)).settled.expect("settled");
    let kind = certificates::kind(play.spec(&id(certificate))).expect("it leaves one");
    let number = |seq: Seq| CertificateNumber::of(kind, &JourneyRef::from_bits(0x0003_1415_9265), seq);
    let checked =
        |play: &Play, seq: Seq| certificate::find(shipped(), &play.journey, &play.history, &number(seq)).map(|found| found.state);
    let propose = |change: ValidityChange, reason: &str| Command::ProposeValidity {
        task: id(certificate),
        change,
        reason: reason.to_owned(),
    };
    // Nobody of the supplier, and nobody alone.
    let refused = play.obey(&ada(), propose(ValidityChange::Suspend, "We found a fault."));
    assert!(matches!(refused, Err(Refusal::NotYours { .. })));
    let refused = play.obey(&ray(), propose(ValidityChange::Reinstate, "It is fine."));
    assert!(matches!(refused, Err(Refusal::Invalid(_))), "it counts");
    play.obey(&ray(), propose(ValidityChange::Suspend, "An incident of 3 May is looked into.")).expect("his team issued it");
    assert_eq!(checked(&play, first), Some(CertificateState::Valid), "nobody has agreed yet");
    assert_eq!(play.is_refused(&ray(), Verb::ConfirmValidity, certificate), Refusal::SameHands);
    assert_eq!(play.is_refused(&ray(), Verb::ProposeValidity, certificate), Refusal::NothingToDo, "one change at a time");
    let waits = |play: &Play, who: &Actor| {
        overview(&play.journey).turns.iter().any(|turn| turn.task == id(certificate) && is_theirs(turn, who, &play.journey))
    };
    assert!(waits(&play, &pat()) && !waits(&play, &ray()) && !waits(&play, &ada()));
    play.does(&pat(), Verb::DeclineValidity, certificate);
    assert_eq!(play.stands(certificate), Standing::Settled, "it stays as it was");

    play.obey(&pat(), propose(ValidityChange::Suspend, "An incident of 3 May is looked into.")).expect("a lead may");
    play.wait(1);
    play.does(&ray(), Verb::ConfirmValidity, certificate);
    let (since, reason) = (play.now, "An incident of 3 May is looked into.".to_owned());
    assert_eq!(checked(&play, first), Some(CertificateState::Suspended { on: since, reason }));
    assert!(matches!(play.stands(certificate), Standing::CheckAgain { waiting_on } if waiting_on.is_empty()));
    assert!(matches!(play.stands("receive-connection-agreement"), Standing::Locked { .. }), "no agreement rests on it");
    assert_eq!(play.is_refused(&ray(), Verb::Issue, certificate), Refusal::NothingToDo, "nobody alone issues another past it");
    assert!(waits(&play, &ray()) && waits(&play, &pat()) && !waits(&play, &ada()));
    play.obey(&ray(), propose(ValidityChange::Reinstate, "The product was not the cause.")).expect("suspended");
    play.does(&pat(), Verb::ConfirmValidity, certificate);
    assert_eq!(checked(&play, first), Some(CertificateState::Valid));
    assert_eq!(play.stands(certificate), Standing::Settled);
    assert_eq!(play.stands("receive-connection-agreement"), Standing::Ready, "as before");

    play.obey(&pat(), propose(ValidityChange::Withdraw, "The tests were of another product.")).expect("it counts");
    play.does(&ray(), Verb::ConfirmValidity, certificate);
    let gone = CertificateState::Withdrawn { on: play.now, reason: "The tests were of another product.".to_owned() };
    assert_eq!(checked(&play, first), Some(gone.clone()));
    assert_eq!(play.is_refused(&pat(), Verb::ProposeValidity, certificate), Refusal::NothingToDo, "for good");
    // Another is issued in its place, and the withdrawn one is not taken for one that was merely replaced.
    play.wait(1);
    play.does(&ray(), Verb::Issue, certificate);
    let second = play.journey.task(&id(certificate)).settled.expect("settled");
    assert_eq!(checked(&play, second), Some(CertificateState::Valid));
    assert_eq!(checked(&play, first), Some(gone.clone()));
    // Nor when a third takes the place of the second.
    play.does(&pat(), Verb::Reopen, certificate);
    play.does(&ray(), Verb::Issue, certificate);
    assert!(matches!(checked(&play, second), Some(CertificateState::Superseded { .. })));
    assert_eq!(checked(&play, first), Some(gone));
    assert!(audit::audit(&play.journey.reference, &play.history, shipped()).faults.is_empty());
}

/// Where the process says for how long a certificate is valid, it ends by itself after its last day, for everybody who looks, and another
/// is issued with a number of its own. Today's processes say nothing of it, and theirs never end so.
#[test]
fn a_certificate_expires_after_its_last_day_where_the_process_says_so() {
    let text = include_str!("../processes/consumer-2026-1.toml")
        .replace("certificate = \"technical_conformance\"", "certificate = \"technical_conformance\"\nvalid_months = 24");
    let processes: &'static Processes = Box::leak(Box::new(Processes::of(vec![Process::read(&text).expect("lawful")])));
    let certificate = "receive-technical-conformance-certificate";
    let mut play = Play::open(processes, processes.all().next().expect("one"), &ada(), shortest());
    // Two years after 29 February there is no such day: the last one is the 28th.
    play.now = at("2028-02-28T10:00:00Z");
    play.agreed_to_go_live();
    let since = play.journey.task(&id(certificate)).certificate.as_ref().expect("issued").at;
    let first = play.journey.task(&id(certificate)).settled.expect("settled");
    let last = calendar::date_of(since).checked_add(24.months()).expect("a day");
    let over = last.tomorrow().expect("a day").to_zoned(calendar::uk()).expect("an instant").timestamp();
    let facts = |play: &Play| {
        let spec = play.spec(&id(certificate));
        certificate::facts(&play.journey, spec, Role::FunctionalAssurance, "").expect("it leaves one")
    };
    assert!(facts(&play).ends_with(",\"valid_months\":24}"), "{}", facts(&play));
    let read: certificate::Facts = serde_json::from_str(&facts(&play)).expect("facts");
    assert_eq!(read.last_day(since), Some(last));
    assert!(
        !facts(&begin(shortest())).contains("valid_months"),
        "what is kept of today's certificates has the digests of before"
    );
    let kind = certificates::kind(play.spec(&id(certificate))).expect("it leaves one");
    let number = |seq: Seq| CertificateNumber::of(kind, &JourneyRef::from_bits(0x0003_1415_9265), seq);
    let checked =
        |play: &Play, seq: Seq| certificate::find(processes, &play.journey, &play.history, &number(seq)).map(|found| found.state);
    assert_eq!(overview::project(&play.journey).lapses_at, Some(over), "the sweep knows when to look");

    play.now = over - SignedDuration::from_secs(1);
    play.pass_time();
    assert_eq!(checked(&play, first), Some(CertificateState::Valid), "the last day counts");
    let mut suspended = play.clone();
    play.now = over + SignedDuration::from_hours(30);
    assert_eq!(decide::due(&play.journey, play.now), [Event::Expired { task: id(certificate) }]);
    play.pass_time();
    assert_eq!(decide::due(&play.journey, play.now), [], "it expires once");
    assert_eq!(play.history.last().expect("an event").by, None, "time did it, not a person");
    assert_eq!(checked(&play, first), Some(CertificateState::Expired { on: over }), "whenever it was recorded");
    assert_eq!(registered(&play.journey).lines[0].validity, Validity::Expired);
    assert_eq!(registered(&play.journey).lines[0].since, Some(over));
    assert!(matches!(play.stands(certificate), Standing::CheckAgain { waiting_on } if waiting_on.is_empty()));
    assert_eq!(play.journey.changes(play.spec(&id(certificate))), [Change::Expired { on: over }]);
    let waits = |play: &Play, who: &Actor| {
        overview(&play.journey).turns.iter().any(|turn| turn.task == id(certificate) && is_theirs(turn, who, &play.journey))
    };
    assert!(waits(&play, &ray()) && !waits(&play, &ada()), "the team that issues it has the turn");
    assert_eq!(play.is_refused(&ada(), Verb::RecordSite, "go-live"), Refusal::Locked(vec![id(certificate)]), "no more sites");
    assert_eq!(play.is_refused(&pat(), Verb::ProposeValidity, certificate), Refusal::NothingToDo, "it has ended already");
    assert!(!play.offers(&ray(), Verb::StillHolds, certificate), "it is issued anew and never confirmed");

    // Another in its place.
    play.wait(1);
    play.does(&ray(), Verb::Issue, certificate);
    let second = play.journey.task(&id(certificate)).settled.expect("settled");
    assert_eq!(checked(&play, second), Some(CertificateState::Valid));
    assert!(matches!(checked(&play, first), Some(CertificateState::Superseded { .. })));
    assert!(overview::project(&play.journey).lapses_at.expect("in two years again") > over);
    assert!(audit::audit(&play.journey.reference, &play.history, processes).faults.is_empty());

    // One that is suspended expires all the same; one that was withdrawn has ended already.
    let propose = |change| Command::ProposeValidity { task: id(certificate), change, reason: "An incident.".to_owned() };
    suspended.obey(&ray(), propose(ValidityChange::Suspend)).expect("it counts");
    suspended.does(&pat(), Verb::ConfirmValidity, certificate);
    let mut withdrawn = suspended.clone();
    suspended.now = over;
    suspended.pass_time();
    assert_eq!(checked(&suspended, first), Some(CertificateState::Expired { on: over }));
    withdrawn.obey(&ray(), propose(ValidityChange::Withdraw)).expect("it is suspended");
    withdrawn.does(&pat(), Verb::ConfirmValidity, certificate);
    withdrawn.now = over;
    assert_eq!(decide::due(&withdrawn.journey, withdrawn.now), []);
    assert!(matches!(checked(&withdrawn, first), Some(CertificateState::Withdrawn { .. })));

    // An entry that says so before its time is none.
    let mut early = begin_in(processes);
    early.agreed_to_go_live();
    let told = early.journey.record(vec![Event::Expired { task: id(certificate) }], None, early.now);
    assert!(early.journey.evolve(&told[0]).is_err());
}

fn begin_in(processes: &'static Processes) -> Play {
    Play::open(processes, processes.all().next().expect("one"), &ada(), shortest())
}

/// No further site goes live while the certificate is suspended; what is live stays recorded.
#[test]
fn a_suspended_certificate_stops_more_sites() {
    let certificate = "receive-technical-conformance-certificate";
    let mut play = begin(shortest());
    play.agreed_to_go_live();
    play.does(&ada(), Verb::RecordSite, "go-live");
    play.does(&ray(), Verb::ProposeValidity, certificate);
    play.does(&pat(), Verb::ConfirmValidity, certificate);
    assert_eq!(play.is_refused(&ada(), Verb::RecordSite, "go-live"), Refusal::Locked(vec![id(certificate)]));
    assert!(play.offers(&ada(), Verb::TakeBackSite, "go-live"), "a site can always be taken back");
    play.does(&ray(), Verb::ProposeValidity, certificate);
    play.does(&pat(), Verb::ConfirmValidity, certificate);
    assert!(play.offers(&ada(), Verb::RecordSite, "go-live"));
}

/// What one team has read another has not: each answer is open for every team until that team has said something of it.
#[test]
fn no_team_approves_what_only_another_one_has_read() {
    let text = include_str!("small.toml")
        .replace("decide = [\"programme_lead\"] # reviews", "decide = [\"programme_lead\", \"clinical_safety\"]");
    let processes: &'static Processes = Box::leak(Box::new(Processes::of(vec![Process::read(&text).expect("lawful")])));
    let mut play = Play::open(processes, processes.all().next().expect("one"), &ada(), opening());
    play.does(&ada(), Verb::Submit, "mark");
    play.does(&ada(), Verb::Submit, "describe");
    play.does(&pat(), Verb::Approve, "decide-it");
    assert_eq!(play.stands("decide-it"), Standing::Submitted, "one of two teams");
    let task = id("decide-it");
    let form = forms::form_of(play.spec(&id("describe")), &play.journey.opening);
    let asked = to_judge(&form, Role::ClinicalSafety, play.journey.task(&task), &[]);
    assert!(!asked.is_empty() && asked.iter().all(|(_, stands)| *stands == Answered::ToJudge), "{asked:?}");
    let unread = Command::Approve { task: task.clone(), note: String::new(), accepted: Vec::new(), conditions: Vec::new() };
    let Err(Refusal::Invalid(problems)) = play.obey(&sue(), unread) else { panic!("it was approved unread") };
    assert_eq!(problems.0.len(), asked.len(), "one for each answer");
    play.does(&sue(), Verb::Approve, "decide-it");
    assert_eq!(play.stands("decide-it"), Standing::Settled);
}

#[test]
fn whoever_has_signed_for_an_organisation_is_not_told_that_it_is_their_turn() {
    let mut play = begin(opening());
    play.use_case_approved();
    for organisation in ["trust", "hospice"] {
        play.obey(&pat(), joins(organisation)).expect("it joins");
    }
    let gil = actor("gil", "trust", &[Role::GroupLead]);
    let (amy, may, ivo) = (
        actor("amy", "trust", &[Role::AuthorisedPerson]),
        actor("may", "trust", &[Role::AuthorisedPerson]),
        actor("ivo", "hospice", &[Role::AuthorisedPerson]),
    );
    let agreement = "data-sharing-agreement";
    let told = |play: &Play| {
        let turns = overview(&play.journey).turns;
        let turn = turns.into_iter().find(|turn| turn.task == id(agreement)).expect("a turn");
        [&gil, &amy, &may, &ivo, &pat()].map(|actor| is_theirs(&turn, actor, &play.journey))
    };
    play.does(&gil, Verb::Submit, "start-end-user-engagement");
    play.does(&pat(), Verb::Acknowledge, "start-end-user-engagement");
    assert_eq!(told(&play), [true, false, false, false, false], "the parts come first");
    play.does(&gil, Verb::Submit, agreement);
    assert_eq!(told(&play), [false, true, true, true, false]);
    play.does(&amy, Verb::Sign, agreement);
    assert_eq!(told(&play), [false, false, false, true, false]);
    assert_eq!(play.is_refused(&may, Verb::Sign, agreement), Refusal::AlreadyDone);
    play.does(&ivo, Verb::Sign, agreement);
    assert_eq!(told(&play), [false, false, false, false, true]);
}

#[test]
fn nobody_reviews_the_work_of_an_organisation_they_belong_to() {
    let mut play = begin(opening());
    play.use_case_sent();
    let double = also_of(actor("vic", "nhs", &[Role::ProgrammeLead]), "acme");
    assert_eq!(play.is_refused(&double, Verb::Approve, "obtain-use-case-approval"), Refusal::OwnOrganisation);
    // Ada has moved to the programme: she is not of the supplier any more, but the words are hers.
    let moved = actor("ada", "nhs", &[Role::ProgrammeLead]);
    assert_eq!(play.is_refused(&moved, Verb::Approve, "obtain-use-case-approval"), Refusal::OwnWork);
    play.does(&pat(), Verb::Approve, "obtain-use-case-approval");
}

/// Four eyes hold for every organisation that has a part, not for the supplier alone.
#[test]
fn nobody_of_the_programme_decides_where_an_organisation_of_theirs_has_a_part() {
    let mut play = begin(opening());
    play.use_case_approved();
    play.obey(&pat(), joins("trust")).expect("the trust joins");
    play.does(&actor("gil", "trust", &[Role::GroupLead]), Verb::Submit, "start-end-user-engagement");
    let double = also_of(actor("kim", "nhs", &[Role::ProgrammeLead]), "trust");
    assert_eq!(play.is_refused(&double, Verb::Acknowledge, "start-end-user-engagement"), Refusal::OwnOrganisation);
    assert_eq!(play.is_refused(&double, Verb::Reopen, "choose-capabilities"), Refusal::OwnOrganisation);
    assert_eq!(play.obey(&double, joins("icb")), Err(Refusal::OwnOrganisation));
    assert!(!offers::offers(&play.journey, &double).iter().any(|offer| offer.role == Role::ProgrammeLead));
    play.does(&pat(), Verb::Acknowledge, "start-end-user-engagement");
}

/// Whoever did something here for the supplier and works for the programme now does nothing for it on this journey: neither
/// on what they sent themselves nor on what rests on it.
#[test]
fn whoever_worked_on_a_journey_for_others_decides_nothing_on_it_for_the_programme() {
    let mut play = begin(opening());
    play.use_case_approved();
    // Ada sent the use case. Everything else here was sent by Ben.
    let everything: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
    let moved = actor("ada", "nhs", &everything);
    play.does(&ben(), Verb::Start, "develop-product");
    for (verb, task) in
        [(Verb::Reopen, "obtain-use-case-approval"), (Verb::Reopen, "choose-capabilities"), (Verb::ProposeWaiver, "s-pentest")]
    {
        assert_eq!(play.is_refused(&moved, verb, task), Refusal::OwnWork, "{verb:?} {task}");
    }
    assert_eq!(play.obey(&moved, joins("trust")), Err(Refusal::OwnWork));
    assert!(!offers::offers(&play.journey, &moved).iter().any(|offer| offer.role.side() == Side::Programme));
    play.obey(&pat(), joins("trust")).expect("the trust joins");
    let leave = Command::Leave { organisation: "trust".parse().expect("an id"), reason: "A mistake.".to_owned() };
    assert_eq!(play.obey(&moved, leave), Err(Refusal::OwnWork));
    play.obey(&ada(), Command::Withdraw { reason: "No money.".to_owned() }).expect("a lead withdraws");
    assert_eq!(play.obey(&moved, Command::Resume { reason: "Money.".to_owned() }), Err(Refusal::OwnWork));
    let of_trust = also_of(actor("kim", "nhs", &everything), "trust");
    assert_eq!(play.obey(&of_trust, Command::Resume { reason: "Money.".to_owned() }), Err(Refusal::OwnOrganisation));
    play.obey(&pat(), Command::Resume { reason: "Money.".to_owned() }).expect("somebody else resumes it");
}

/// Nobody confirms a part for an organisation of their own.
#[test]
fn nobody_lets_their_own_organisation_in() {
    let mut play = begin(opening());
    let double = also_of(actor("kim", "nhs", &[Role::ProgrammeLead]), "trust");
    assert_eq!(play.obey(&double, joins("trust")), Err(Refusal::OwnOrganisation));
    play.obey(&double, joins("icb")).expect("another one is none of hers");
    play.obey(&pat(), joins("trust")).expect("somebody else does");
}

/// Doing without the tasks that bear on safety takes a second person: what a supplier says at the start takes none of them away.
#[test]
fn the_assurance_team_confirms_or_corrects_what_was_said_at_the_start() {
    let said = Opening { unconfirmed: true, supporting_tasks: false, ..opening() };
    let safety = ["s-cso", "s-clinical-meeting-1", "s-dspt", "s-pentest", "s-production-access"];
    let mut play = begin(said.clone());
    let in_plan = |play: &Play, task: &str| play.journey.plan().any(|spec| spec.id.as_str() == task);
    assert!(safety.iter().all(|task| in_plan(&play, task)) && !in_plan(&play, "s-mpv"));
    play.use_case_approved();
    play.does(&ada(), Verb::Submit, "contact-assurance-team");
    let team = id("contact-assurance-team");
    let opens = |plan: &Plan| Command::OpenEngagement { task: team.clone(), note: "Welcome.".to_owned(), plan: plan.clone() };
    assert!(matches!(play.obey(&ada(), opens(&said.plan())), Err(Refusal::NotYours { .. })));
    assert!(matches!(play.obey(&pat(), opens(&said.plan())), Err(Refusal::NotYours { .. })));
    let mut agreed = play.clone();

    // It agrees: by a word of its own, which is recorded.
    let events = agreed.obey(&ray(), opens(&said.plan())).expect("it is ray's to answer");
    let [Event::Acknowledged { .. }, Event::Replanned { plan, before }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((plan, before), (&said.plan(), &said.plan()));
    assert!(!safety.iter().any(|task| in_plan(&agreed, task)));
    assert!(!agreed.journey.opening.unconfirmed);

    // Or it corrects: route, capabilities and tasks follow, and what was decided on something else is checked again.
    let corrected = Plan {
        supporting_tasks: true,
        hscn: true,
        pds: PdsRoute::Own,
        capabilities: vec![chosen(Capability::AccessDocument)],
        ..said.plan()
    };
    play.obey(&ray(), opens(&corrected)).expect("it is ray's to answer");
    assert_eq!(play.journey.opening.plan(), corrected);
    assert!(in_plan(&play, "s-pentest") && in_plan(&play, "s-mpv") && !in_plan(&play, "test-opentest"));
    assert!(!in_plan(&play, "s-clinical-meeting-1"), "nothing structured any more");
    assert!(matches!(play.stands("describe-use-case"), Standing::CheckAgain { .. }));
    assert!(play.offers(&ada(), Verb::Submit, "describe-use-case"));
    assert_eq!(
        corrected.unlike(&said.plan()),
        [
            "capabilities: Access Document 1.6.2",
            "connected to HSCN: yes",
            "patients are found on PDS: by the product itself",
            "supporting tasks in the plan: yes"
        ]
    );
    // Other tasks are not answered with a plan.
    let mut other = begin(opening());
    other.does(&ada(), Verb::Submit, "study-prerequisites");
    other.does(&ada(), Verb::Submit, "contact-gp-connect-team");
    let task = id("contact-gp-connect-team");
    let command = Command::OpenEngagement { task, note: "Welcome.".to_owned(), plan: said.plan() };
    assert_eq!(other.obey(&pat(), command), Err(Refusal::Unknown));
}

/// Name and version are asked once, in two fields, and carried to where a form asks for them.
#[test]
fn the_version_is_asked_once_and_another_one_is_said_to_both_sides() {
    let mut play = begin(Opening { product: "Bedside View".to_owned(), version: "4.2.1".to_owned(), ..shortest() });
    assert_eq!(play.journey.product(), "Bedside View 4.2.1");
    let process = play.journey.process;
    let asking = process.tasks.iter().filter(|task| {
        task.page != Page::Scal && forms::asked(task, &play.journey.opening).fields.iter().any(|f| f.id.as_str() == "version")
    });
    let asking: Vec<_> = asking.collect();
    assert!(asking.len() >= 5, "{} forms ask for it", asking.len());
    for task in asking {
        assert_eq!(forms::beforehand(task, &play.journey.opening).one("version"), "4.2.1", "{}", task.id);
    }
    // What was said at the start is not asked again.
    let prerequisites = play.spec(&id("study-prerequisites"));
    let told = |hscn, pds| {
        let answers = forms::beforehand(prerequisites, &Opening { hscn, pds, ..play.journey.opening.clone() });
        (answers.one("hscn").to_owned(), answers.one("pds").to_owned())
    };
    assert_eq!(told(true, PdsRoute::ThirdParty), ("ready".to_owned(), "ready".to_owned()));
    assert_eq!(told(false, PdsRoute::None), (String::new(), String::new()), "what is missing is for the supplier to say");
    let mpv = forms::beforehand(play.spec(&id("s-mpv")), &play.journey.opening);
    assert_eq!((mpv.one("product"), mpv.one("version")), ("Bedside View", "4.2.1"));
    let says = |play: &Play, named: &str| version::other(&play.journey, &Answers::default().with("version", named));
    for same in ["4.2.1", "v4.2.1", "Bedside View 4.2.1", ""] {
        assert_eq!(says(&play, same), None, "{same}");
    }
    assert_eq!(
        says(&play, "4.2.1-rc3").as_deref(),
        Some("This was sent for version 4.2.1-rc3. The version of this journey is 4.2.1.")
    );
    // A later version that is assessed takes its place.
    play.ready_for_the_scal();
    let words = words::words_to_sign(&play.journey, play.spec(&id("receive-connection-agreement")));
    assert!(words.contains("Product: Bedside View 4.2.1\n"), "{words}");
    play.does(&ada(), Verb::Submit, "submit-scal");
    for team in [ray(), sue(), tom()] {
        play.does(&team, Verb::Approve, "submit-scal");
    }
    let reassess =
        Command::Reassess { task: id("submit-scal"), product: "4.3".to_owned(), name: String::new(), rows: Vec::new() };
    play.obey(&ada(), reassess).expect("a later version");
    assert_eq!(play.journey.product(), "Bedside View 4.3");
    assert!(says(&play, "4.2.1").is_some() && says(&play, "4.3").is_none());
    // A journey of before says both in its name, and nothing is compared.
    let old = begin(shortest());
    assert_eq!((old.journey.product(), says(&old, "9")), ("Bedside View 4.2", None));
}

/// A typing error in the name of the product is put right as something that is recorded, and the certificate is issued anew.
#[test]
fn a_name_that_is_put_right_is_in_the_history_and_what_names_it_is_checked_again() {
    let mut play = begin(Opening { product: "Bedsde View".to_owned(), version: "4.2".to_owned(), ..shortest() });
    play.ready_for_the_scal();
    let spec = play.spec(&id("receive-connection-agreement"));
    let before = words::words_to_sign(&play.journey, spec);
    assert_eq!(play.kind("test-int-demonstrator"), StateKind::Settled);
    play.does(&pat(), Verb::Reopen, "contact-assurance-team");
    play.does(&ada(), Verb::Submit, "contact-assurance-team");
    let plan = Plan { product: "Bedside View".to_owned(), ..play.journey.opening.plan() };
    let task = id("contact-assurance-team");
    let command = Command::OpenEngagement { task, note: "The name was mistyped.".to_owned(), plan: plan.clone() };
    let events = play.obey(&ray(), command).expect("it is ray's to answer");
    let Event::Replanned { before: was, .. } = &events[1] else { panic!("{events:?}") };
    assert_eq!(plan.unlike(was), ["product: Bedside View"]);
    assert_eq!(play.journey.product(), "Bedside View 4.2");
    let called = |seq: Seq| names::product_at(&play.history, seq);
    assert_eq!((called(Seq(1)), called(play.journey.seq)), (Some("Bedsde View"), Some("Bedside View")));
    assert!(["Bedsde View", "Bedside View"].iter().all(|name| play.journey.known_as().any(|known| known == *name)));
    let now = words::words_to_sign(&play.journey, spec);
    assert!(before.contains("Bedsde View 4.2") && now.contains("Bedside View 4.2") && before != now);
    let changes = play.journey.changes(play.spec(&id("test-int-demonstrator")));
    assert!(changes.iter().any(|change| matches!(change, Change::Product { .. })), "{changes:?}");
}

/// A journey that was opened before its plan was confirmed by anybody goes on as it is.
#[test]
fn an_older_journey_without_supporting_tasks_keeps_its_plan() {
    let play = begin(shortest());
    assert!(!play.journey.opening.unconfirmed);
    assert!(!play.journey.plan().any(|spec| spec.id.as_str() == "s-cso"));
}

/// What is approved is what is assessed: the use case names the capabilities of the journey.
#[test]
fn a_use_case_is_for_the_capabilities_of_its_journey() {
    let mut play = begin(opening());
    for task in ["study-prerequisites", "contact-gp-connect-team", "read-capabilities", "choose-capabilities"] {
        play.does(&ada(), Verb::Submit, task);
    }
    play.does(&pat(), Verb::Acknowledge, "contact-gp-connect-team");
    let spec = play.spec(&id("describe-use-case"));
    let right = play.answers(spec, "words");
    let only_html = right.clone().with("capabilities", "access-record-html");
    let sends = |answers| Command::Submit { task: id("describe-use-case"), answers };
    let Err(Refusal::Invalid(problems)) = play.obey(&ada(), sends(only_html.clone())) else { panic!("taken") };
    assert_eq!(problems.0[0].field, "capabilities");
    assert!(problems.0[0].says.contains("Access Record HTML, Access Record Structured"), "{}", problems.0[0].says);
    play.obey(&ada(), sends(right)).expect("the same capabilities");
    // Others are chosen while it is looked at: nobody can say that what was written holds, it is written anew.
    let answers = opening_form::as_answers(&[common::chosen(Capability::AccessRecordHtml)]);
    play.does(&ada(), Verb::Reopen, "choose-capabilities");
    play.obey(&ada(), Command::Submit { task: id("choose-capabilities"), answers }).expect("chosen anew");
    assert!(matches!(play.journey.standing(&id("describe-use-case")), Standing::CheckAgain { .. }));
    assert!(!play.offers(&ada(), Verb::StillHolds, "describe-use-case"));
    assert!(!play.offers(&pat(), Verb::Approve, "obtain-use-case-approval"));
    play.obey(&ada(), sends(only_html)).expect("for what is chosen now");
    play.does(&pat(), Verb::Approve, "obtain-use-case-approval");
    assert!(play.journey.standing(&id("obtain-use-case-approval")).is_done());
}

/// A supplier that belongs to a practice by name only does not sign its own data sharing agreement.
#[test]
fn nobody_of_the_supplier_signs_for_an_organisation_that_will_use_the_product() {
    let mut play = begin(opening());
    play.use_case_approved();
    play.obey(&pat(), joins("trust")).expect("the trust joins");
    let gil = actor("gil", "trust", &[Role::GroupLead]);
    play.does(&gil, Verb::Submit, "start-end-user-engagement");
    play.does(&pat(), Verb::Acknowledge, "start-end-user-engagement");
    play.does(&gil, Verb::Submit, "data-sharing-agreement");
    let puppet = also_of(actor("ada", "trust", &[Role::AuthorisedPerson]), "acme");
    assert_eq!(play.is_refused(&puppet, Verb::Sign, "data-sharing-agreement"), Refusal::SignsForAnother);
    assert!(!play.offers(&puppet, Verb::Sign, "data-sharing-agreement"));
    play.does(&actor("amy", "trust", &[Role::AuthorisedPerson]), Verb::Sign, "data-sharing-agreement");
}

/// A supplier's word gives nobody a seat.
#[test]
fn a_part_that_a_supplier_asks_for_waits_until_the_programme_has_confirmed_who_it_is() {
    let mut play = begin(opening());
    let gil = actor("gil", "trust", &[Role::GroupLead]);
    assert_eq!(play.obey(&ada(), joins("trust")), Err(Refusal::NotYours { roles: vec![Role::ProgrammeLead] }));
    play.obey(&ada(), asks("trust")).expect("a lead asks");
    assert!(!play.journey.may_see(&gil), "asked for is not given");
    assert_eq!(play.obey(&ada(), asks("trust")), Err(Refusal::AlreadyDone), "a second click is one request");
    let no = |reason: &str| Command::DeclinePart { part: "trust".parse().expect("a part"), reason: reason.to_owned() };
    assert!(matches!(play.obey(&pat(), no(" ")), Err(Refusal::Invalid(_))), "with a reason");
    play.obey(&pat(), no("The code is of another organisation.")).expect("the programme declines");
    assert_eq!(play.obey(&ada(), no("again")), Err(Refusal::NothingToDo));
    play.obey(&ada(), asks("trust")).expect("it can be asked for anew");
    let yes = Command::Join {
        organisation: "trust".parse().expect("an organisation id"),
        side: Side::EndUser,
        identity: identity("trust"),
        part: Some("trust".parse().expect("a part")),
    };
    play.obey(&pat(), yes).expect("the programme confirms");
    assert!(play.journey.may_see(&gil));
}

/// What was signed names the organisations as they were then, whatever they are called later.
#[test]
fn a_signature_and_its_words_name_who_the_organisations_were() {
    let mut play = begin(opening());
    play.use_case_approved();
    play.obey(&pat(), joins("trust")).expect("the trust joins");
    let gil = actor("gil", "trust", &[Role::GroupLead]);
    play.does(&gil, Verb::Submit, "start-end-user-engagement");
    play.does(&pat(), Verb::Acknowledge, "start-end-user-engagement");
    play.does(&gil, Verb::Submit, "data-sharing-agreement");
    let spec = play.spec(&id("data-sharing-agreement"));
    let before = words::words_to_sign(&play.journey, spec);
    assert!(before.contains("\nSupplier: The acme (ACME)\n"), "{before}");
    play.does(&actor("amy", "trust", &[Role::AuthorisedPerson]), Verb::Sign, "data-sharing-agreement");
    let renamed = |organisation: &str, name: &str| Command::Identify {
        organisation: organisation.parse().expect("an organisation id"),
        identity: identity(name),
        before: Identity::default(),
    };
    play.obey(&pat(), renamed("trust", "bigtrust")).expect("the programme confirms another name");
    play.obey(&pat(), renamed("acme", "bigco")).expect("the programme confirms another name");
    assert_eq!(play.obey(&pat(), renamed("acme", "bigco")), Err(Refusal::AlreadyDone));
    assert_eq!(play.obey(&pat(), renamed("stranger", "x")), Err(Refusal::Unknown));
    assert_eq!(play.obey(&ada(), renamed("acme", "x")), Err(Refusal::NotYours { roles: vec![Role::ProgrammeLead] }));
    let signature = &play.journey.task(&id("data-sharing-agreement")).signatures[0];
    assert_eq!(signature.identity, Some(identity("trust")));
    assert!(words::words_to_sign(&play.journey, spec).contains("Supplier: The bigco (BIGCO)"));
    // Old events are read as they were: at each place of the ledger the name of that time.
    let signed = play.history.iter().find(|r| matches!(r.event, Event::Signed { .. })).expect("signed").seq;
    let acme = play.journey.organisation.clone();
    assert_eq!(identity_at(&play.history, &acme, signed), Some(identity("acme")));
    assert_eq!(identity_at(&play.history, &acme, play.journey.seq), Some(identity("bigco")));
    assert_eq!(identity_at(&play.history, &"trust".parse().expect("an id"), Seq(1)), None, "it had no part then");
    // Whoever acted stands there under the name of that day, and every name finds the journey.
    let acted = names::acted_as(&play.history);
    let at = |seq: Seq| play.history.iter().position(|recorded| recorded.seq == seq).expect("it is there");
    assert_eq!((&acted[0], &acted[at(signed)]), (&Some(identity("acme")), &Some(identity("trust"))));
    assert_eq!(acted.last(), Some(&None), "the ledger says nothing of the programme");
    let known: Vec<&str> = play.journey.known_as().collect();
    assert_eq!(
        known,
        ["Bedside View 4.2", "The acme (ACME)", "The bigco (BIGCO)", "The bigtrust (BIGTRUST)", "The trust (TRUST)"]
    );
}

/// A ledger of before does not say who its supplier is. When a name is corrected there, the name of before is recorded with
/// it, and what was signed keeps its words until then.
#[test]
fn a_ledger_of_before_keeps_its_words_and_learns_the_old_name_with_the_new_one() {
    let mut play = begin(opening());
    let Event::Opened { process, organisation, opening, .. } = play.history[0].event.clone() else { panic!("opened first") };
    let old = Event::Opened { process, organisation: organisation.clone(), opening, identity: None };
    let text = serde_json::to_string(&old).expect("plain data");
    assert!(!text.contains("identity"), "{text}");
    let first = Recorded::chain(&play.journey.reference.to_string(), None, play.now, Some(common::by(&ada())), old);
    play.journey = Journey::open(&play.journey.reference, &first, shipped()).expect("an opening of before");
    play.history = vec![first];
    let spec = play.spec(&id("receive-connection-agreement"));
    assert!(!words::words_to_sign(&play.journey, spec).contains("Supplier:"));
    let correction =
        Command::Identify { organisation: organisation.clone(), identity: identity("new"), before: identity("acme") };
    play.obey(&pat(), correction).expect("a programme lead corrects it");
    assert_eq!(identity_at(&play.history, &organisation, Seq(1)), Some(identity("acme")));
    assert_eq!(identity_at(&play.history, &organisation, Seq(2)), Some(identity("new")));
    assert_eq!(names::acted_as(&play.history), [Some(identity("acme")), None]);
}

#[test]
fn another_organisation_learns_nothing() {
    let mut play = begin(opening());
    play.use_case_sent();
    let user = actor("gil", "trust", &[Role::GroupLead]);
    for stranger in [actor("xan", "globex", &[Role::OnboardingLead]), user.clone(), actor("opa", "host", &[Role::Operator])] {
        assert!(!play.journey.may_see(&stranger));
        assert_eq!(play.is_refused(&stranger, Verb::Submit, "try-demonstrator"), Refusal::Unknown);
        assert_eq!(play.is_refused(&stranger, Verb::Withdraw, "try-demonstrator"), Refusal::Unknown);
        let nowhere = Command::Start { task: id("no-such-task") };
        assert_eq!(play.obey(&stranger, nowhere), Err(Refusal::Unknown), "what is there and what is not look alike");
    }
    play.does(&pat(), Verb::Approve, "obtain-use-case-approval");
    play.obey(&pat(), joins("trust")).expect("the trust joins");
    assert!(play.journey.may_see(&user) && play.offers(&user, Verb::Submit, "start-end-user-engagement"));
}

#[test]
fn the_shortest_plan_has_neither_end_users_nor_opentest_nor_supporting_tasks() {
    let play = begin(shortest());
    let plan: Vec<&str> = play.journey.plan().map(|task| task.id.as_str()).collect();
    assert_eq!(
        plan,
        [
            "read-capabilities",
            "study-prerequisites",
            "try-demonstrator",
            "choose-capabilities",
            "contact-gp-connect-team",
            "describe-use-case",
            "obtain-use-case-approval",
            "contact-assurance-team",
            "receive-scal",
            "develop-product",
            "ongoing-communication",
            "test-internet-demonstrator",
            "test-int-demonstrator",
            "submit-scal",
            "test-int-providers",
            "receive-technical-conformance-certificate",
            "receive-connection-agreement",
            "approval-to-go-live",
            "deployment-approach",
            "go-live",
        ]
    );
    let stages: Vec<String> = overview(&play.journey).stages.into_iter().map(|stage| stage.id.to_string()).collect();
    assert_eq!(stages, ["get-started-explore", "engagement", "development-assurance", "deployment"], "no empty heading");
    let because = |task: &str| play.stands(task);
    assert!(matches!(because("data-sharing-agreement"), Standing::NotNeeded { because: Some(_) }));
    let mut play = play;
    assert_eq!(play.is_refused(&ada(), Verb::Submit, "s-hscn"), Refusal::NotNeeded);
}

#[test]
fn the_overview_answers_the_four_questions() {
    let mut play = begin(opening());
    let now = overview(&play.journey);
    assert_eq!(now.count, (0, play.journey.plan().filter(|task| task.is_work()).count()));
    assert_eq!(now.stage, Some(0));
    let of_first: BTreeSet<&str> = now.turns.iter().map(|turn| turn.task.as_str()).collect();
    assert!(of_first.contains("read-capabilities") && !of_first.contains("choose-capabilities"));
    assert_eq!(now.next.expect("something is locked").0, id("choose-capabilities"));

    play.use_case_sent();
    let sent_at = play.now;
    let now = overview(&play.journey);
    let turn = now.turns.iter().find(|turn| turn.task == id("obtain-use-case-approval")).expect("a turn");
    assert_eq!((turn.side, turn.round, turn.awaited), (Side::Programme, Round(1), true));
    assert_eq!(turn.since, sent_at);
    // Monday 2 March 2026 and 14 days.
    assert_eq!(turn.due, Some(jiff::civil::date(2026, 3, 16)));
    let of = |side: Side| now.turns.iter().filter(move |turn| turn.side == side);
    assert_eq!(first_of(&play.journey, of(Side::Programme)).map(|t| &t.task), Some(&turn.task));
    play.does(&pat(), Verb::Return, "obtain-use-case-approval");
    let now = overview(&play.journey);
    let first = first_of(&play.journey, now.turns.iter().filter(|turn| turn.side == Side::Supplier)).expect("a turn");
    assert_eq!(first.task, id("describe-use-case"), "what came back goes before what could be started");
    assert_eq!(first.due, None, "the supplier has no target");
}

#[test]
fn the_last_task_makes_the_journey_live_in_the_same_breath() {
    let mut play = begin(shortest());
    play.agreed_to_go_live();
    assert_eq!(play.stands("ongoing-communication"), Standing::Ready);
    assert!(!play.offers(&ada(), Verb::Submit, "go-live"), "no site is live yet");
    play.does(&ada(), Verb::RecordSite, "go-live");
    let command = play.command(Verb::Submit, &id("go-live"), "two sites");
    let events = play.obey(&ada(), command).expect("live");
    assert_eq!(events.last(), Some(&Event::WentLive));
    assert_eq!(play.journey.phase, Phase::Live { since: play.now });
    assert_eq!(play.stands("ongoing-communication"), Standing::Settled);
    assert_eq!(play.is_refused(&ada(), Verb::Withdraw, "go-live"), Refusal::NothingToDo);
    // What is live stays live: a correction of the last record is not the end of the service.
    play.does(&ada(), Verb::Reopen, "go-live");
    assert!(matches!(play.journey.phase, Phase::Live { .. }));
    let command = play.command(Verb::Submit, &id("go-live"), "three sites");
    assert_eq!(play.obey(&ada(), command).expect("recorded again").len(), 1, "it goes live once");
}

#[test]
fn a_clock_that_steps_back_changes_nothing_that_was_recorded() {
    let mut play = begin(opening());
    play.does(&ada(), Verb::Submit, "study-prerequisites");
    play.now -= 1.hours();
    play.does(&ben(), Verb::Reopen, "study-prerequisites");
    play.does(&ben(), Verb::Submit, "study-prerequisites");
    assert_eq!(play.stands("study-prerequisites"), Standing::Settled);
}

#[test]
fn control_and_direction_characters_reach_neither_findings_nor_reasons() {
    let mut play = begin(opening());
    play.use_case_sent();
    let command = play.command(Verb::Return, &id("obtain-use-case-approval"), " say\u{202e} more\u{0}\r\n ");
    let events = play.obey(&pat(), command).expect("returned");
    assert!(matches!(&events[0], Event::Returned { findings, .. } if findings[0].words == "say more"), "{events:?}");
}

#[test]
fn a_refusal_says_whose_it_is_in_words() {
    let mut play = begin(opening());
    play.use_case_approved();
    let mut detail = |actor: &Actor, verb: Verb, task: &str| {
        let (heading, detail) = play.is_refused(actor, verb, task).sentence(play.journey.process);
        assert_eq!(heading, "You cannot do this in your role");
        detail.split(". ").next().unwrap_or_default().to_owned()
    };
    assert_eq!(detail(&ray(), Verb::Approve, "obtain-use-case-approval"), "Only a programme lead at NHS England can do this");
    assert_eq!(
        detail(&ray(), Verb::ProposeWaiver, "s-hscn"),
        "Only an onboarding lead or a developer at the supplier, or a programme lead at NHS England can do this"
    );
    assert_eq!(
        detail(&ray(), Verb::Submit, "start-end-user-engagement"),
        "Only an onboarding lead at the supplier, or an end-user group lead at an organisation that will use the product can do this"
    );
    assert_eq!(
        detail(&ada(), Verb::Approve, "submit-scal"),
        "Only the functional assurance team, the clinical safety team or the information governance team at NHS England can do this"
    );
}

#[test]
fn every_task_has_one_word_for_how_it_stands() {
    let locked = Standing::Locked { waiting_on: vec![id("study-prerequisites")] };
    let words = [
        (Standing::NotNeeded { because: None }, "Not needed", true),
        (locked.clone(), "Cannot start yet", false),
        (Standing::Ready, "Ready to start", false),
        (Standing::Draft, "In progress", false),
        (Standing::Submitted, "Submitted", false),
        (Standing::Returned, "Changes requested", false),
        (Standing::Settled, "Completed", true),
    ];
    for (standing, word, done) in words {
        assert_eq!((standing.word(), standing.is_done()), (word, done));
        assert_eq!(standing.clone().with_draft(false), standing, "without a draft it stands as it stands");
        let expected = if standing == Standing::Ready { Standing::Draft } else { standing.clone() };
        assert_eq!(standing.with_draft(true), expected, "a draft is work that has started, and nothing more");
    }
}

#[test]
fn each_page_asks_what_it_is_for_and_a_mark_asks_nothing() {
    let play = begin(opening());
    let asked = |task: &str| {
        let form = forms::form_of(play.spec(&id(task)), &play.journey.opening);
        let told: Vec<(String, bool)> = form.fields.iter().map(|f| (f.id.to_string(), f.missing.is_some())).collect();
        told
    };
    let told = |fields: &[(&str, bool)]| fields.iter().map(|(name, must)| ((*name).to_owned(), *must)).collect::<Vec<_>>();
    assert_eq!(asked("read-capabilities"), told(&[("note", false)]));
    let parts = ["hscn", "pds", "cso", "ig", "accessibility", "hosting"].map(|part| (part, true));
    assert_eq!(asked("study-prerequisites"), told(&[parts.as_slice(), &[("note", false)]].concat()));
    assert_eq!(asked("contact-gp-connect-team"), told(&[("message", true), ("contact", true)]));
    assert_eq!(asked("describe-use-case").len(), use_case::form(&play.journey.opening).fields.len());
    let beforehand = use_case::beforehand(&play.journey.opening);
    assert_eq!(beforehand.many("capabilities"), ["access-record-html", "access-record-structured"]);
}

#[test]
fn only_an_onboarding_lead_opens_a_journey() {
    let process = shipped().newest("consumer").expect("a consumer process");
    for somebody in [pat(), ray(), actor("dev", "acme", &[Role::Developer]), actor("nil", "acme", &[])] {
        let refused = decide::open(process, &somebody, opening(), identity("acme"));
        assert_eq!(refused, Err(Refusal::NotYours { roles: vec![Role::OnboardingLead] }));
    }
}

#[test]
fn choosing_other_capabilities_changes_the_plan_and_what_rests_on_them_is_checked_again() {
    let mut play = begin(shortest());
    play.use_case_approved();
    play.does(&ada(), Verb::Reopen, "choose-capabilities");
    let answers = opening_form::as_answers(&[chosen(Capability::AccessRecordStructured)]);
    let events = play.obey(&ada(), Command::Submit { task: id("choose-capabilities"), answers }).expect("offered");
    assert!(matches!(&events[1], Event::Rescoped { capabilities } if capabilities.len() == 1), "{events:?}");
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(play.journey.opening.capabilities, [chosen(Capability::AccessRecordStructured)]);
    assert_eq!(play.stands("describe-use-case"), Standing::CheckAgain { waiting_on: Vec::new() });
    let changes = play.journey.changes(play.spec(&id("obtain-use-case-approval")));
    assert!(
        matches!(&changes[..], [Change::Capabilities { now, .. }] if *now == play.journey.opening.capabilities),
        "{changes:?}"
    );
    // It was written and approved for other capabilities: nobody can say that it holds.
    assert_eq!(play.is_refused(&ada(), Verb::StillHolds, "describe-use-case"), Refusal::AlreadySettled);
    assert_eq!(play.is_refused(&pat(), Verb::StillHolds, "obtain-use-case-approval"), Refusal::AlreadySettled);
    play.does(&ada(), Verb::Submit, "describe-use-case");
    play.does(&pat(), Verb::Approve, "obtain-use-case-approval");
    assert_eq!(play.stands("obtain-use-case-approval"), Standing::Settled);

    // Of another version of the same capability they can say it.
    play.does(&ada(), Verb::Reopen, "choose-capabilities");
    let older = Chosen { version: "1.5.1".to_owned(), ..chosen(Capability::AccessRecordStructured) };
    let answers = opening_form::as_answers(std::slice::from_ref(&older));
    play.obey(&ada(), Command::Submit { task: id("choose-capabilities"), answers }).expect("offered");
    play.does(&ada(), Verb::StillHolds, "describe-use-case");
    play.does(&pat(), Verb::StillHolds, "obtain-use-case-approval");
    assert_eq!(play.stands("obtain-use-case-approval"), Standing::Settled);

    // The same ones again change nothing.
    play.does(&ada(), Verb::Reopen, "choose-capabilities");
    let answers = opening_form::as_answers(&[older]);
    let events = play.obey(&ada(), Command::Submit { task: id("choose-capabilities"), answers }).expect("offered");
    assert_eq!(events.len(), 1, "{events:?}");
}

/// The use case waits to be written for the capabilities that were chosen since. That something else was looked at meanwhile
/// and still holds says nothing of it.
#[test]
fn a_use_case_for_other_capabilities_is_not_said_to_hold_by_a_word_about_another_task() {
    let mut play = begin(shortest());
    play.use_case_approved();
    play.does(&ada(), Verb::Reopen, "choose-capabilities");
    let answers = opening_form::as_answers(&[chosen(Capability::AccessRecordStructured)]);
    play.obey(&ada(), Command::Submit { task: id("choose-capabilities"), answers }).expect("offered");
    play.does(&ada(), Verb::Reopen, "study-prerequisites");
    play.does(&ada(), Verb::Submit, "study-prerequisites");
    play.does(&pat(), Verb::StillHolds, "contact-gp-connect-team");
    assert_eq!(play.stands("contact-gp-connect-team"), Standing::Settled);
    assert_eq!(play.stands("describe-use-case"), Standing::CheckAgain { waiting_on: Vec::new() });
    assert_eq!(play.is_refused(&ada(), Verb::StillHolds, "describe-use-case"), Refusal::AlreadySettled);
    assert!(play.offers(&ada(), Verb::Submit, "describe-use-case"), "it is written anew");
}

/// Whoever opens the engagement corrects the capabilities: since that day, and not since its approval, the use case waits to be
/// written anew.
#[test]
fn a_use_case_waits_to_be_written_anew_since_the_capabilities_were_corrected() {
    let mut play = begin(shortest());
    play.use_case_approved();
    play.does(&ada(), Verb::Submit, "contact-assurance-team");
    play.wait(60 * 24 * 30);
    let plan = Plan { capabilities: vec![chosen(Capability::AccessRecordStructured)], ..play.journey.opening.plan() };
    let note = "It reads structured records, as we agreed.".to_owned();
    play.obey(&ray(), Command::OpenEngagement { task: id("contact-assurance-team"), note, plan }).expect("ray opens it");
    assert_eq!(play.stands("describe-use-case"), Standing::CheckAgain { waiting_on: Vec::new() });
    let turn = overview(&play.journey).turns.into_iter().find(|turn| turn.task == id("describe-use-case"));
    assert_eq!(turn.map(|turn| (turn.side, turn.since)), Some((Side::Supplier, play.now)));
}

/// In ledgers of before, a use case could be said to hold for other capabilities than it was written for. It stays so.
#[test]
fn a_use_case_that_was_said_to_hold_for_other_capabilities_before_stays_so() {
    let mut play = begin(shortest());
    play.use_case_approved();
    play.does(&ada(), Verb::Reopen, "choose-capabilities");
    let answers = opening_form::as_answers(&[chosen(Capability::AccessRecordStructured)]);
    play.obey(&ada(), Command::Submit { task: id("choose-capabilities"), answers }).expect("offered");
    let words = [(ada(), "describe-use-case", Role::OnboardingLead), (pat(), "obtain-use-case-approval", Role::ProgrammeLead)];
    for (who, task, role) in words {
        assert!(matches!(play.stands(task), Standing::CheckAgain { .. }), "{task}");
        let basis = Basis::now(&play.journey, play.spec(&id(task))).digest();
        let said = Event::StillHolds { task: id(task), role, reason: "It is the same use.".to_owned(), basis };
        play.append(vec![said], Some(common::by(&who)));
        assert_eq!(play.stands(task), Standing::Settled, "{task}");
    }
}

/// What several teams accepted stands again when each of them has said so; what one team answered for all stands again by the
/// word of one.
#[test]
fn what_every_team_decided_every_team_says_to_hold_and_what_one_answered_one_does() {
    let small = Process::read(include_str!("small.toml")).expect("lawful");
    let processes: &'static Processes = Box::leak(Box::new(Processes::of(vec![small])));
    let mut play = Play::open(processes, processes.all().next().expect("one"), &ada(), opening());
    for task in ["mark", "reviewed", "answered"] {
        play.does(&ada(), Verb::Submit, task);
    }
    play.does(&ray(), Verb::Approve, "reviewed");
    play.does(&sue(), Verb::Approve, "reviewed");
    play.does(&ray(), Verb::Acknowledge, "answered");
    play.does(&ada(), Verb::Reopen, "mark");
    play.does(&ada(), Verb::Submit, "mark");
    let again = Standing::CheckAgain { waiting_on: Vec::new() };
    assert_eq!((play.stands("reviewed"), play.stands("answered")), (again.clone(), again.clone()));
    play.does(&ray(), Verb::StillHolds, "reviewed");
    assert_eq!(play.stands("reviewed"), again, "one of two teams");
    play.does(&sue(), Verb::StillHolds, "reviewed");
    assert_eq!(play.stands("reviewed"), Standing::Settled);
    play.does(&sue(), Verb::StillHolds, "answered");
    assert_eq!(play.stands("answered"), Standing::Settled);
}

#[test]
fn a_proposed_waiver_waits_for_a_programme_lead() {
    let mut play = begin(Opening { supporting_tasks: true, ..opening() });
    play.does(&ada(), Verb::ProposeWaiver, "s-cso");
    let turns = overview(&play.journey).turns;
    let of_task: Vec<(Side, bool)> = turns.iter().filter(|t| t.task.as_str() == "s-cso").map(|t| (t.side, t.awaited)).collect();
    assert_eq!(of_task, [(Side::Supplier, false), (Side::Programme, true)]);
}

#[test]
fn what_waits_to_be_confirmed_goes_back_to_whoever_sent_it_and_mere_contact_does_not() {
    let mut play = begin(opening());
    play.use_case_sent();
    assert!(matches!(play.is_refused(&pat(), Verb::Return, "contact-gp-connect-team"), Refusal::AlreadySettled));
    play.does(&pat(), Verb::Approve, "obtain-use-case-approval");
    play.does(&ada(), Verb::Submit, "contact-assurance-team");
    assert_eq!(play.is_refused(&ray(), Verb::Return, "contact-assurance-team"), Refusal::NothingToDo);
    play.does(&ada(), Verb::Submit, "start-end-user-engagement");
    play.does(&pat(), Verb::Return, "start-end-user-engagement");
    assert_eq!(play.stands("start-end-user-engagement"), Standing::Returned);
    assert_eq!(play.is_refused(&pat(), Verb::Acknowledge, "start-end-user-engagement"), Refusal::NothingToDo);
    play.does(&ada(), Verb::Submit, "start-end-user-engagement");
    play.does(&pat(), Verb::Acknowledge, "start-end-user-engagement");
    let record = play.journey.task(&id("start-end-user-engagement"));
    assert_eq!((record.round, play.stands("start-end-user-engagement")), (Round(2), Standing::Settled));
    assert_eq!(record.replies.iter().map(|reply| reply.round).collect::<Vec<_>>(), [Round(2)], "the words answer that round");
}

/// What the programme wrote with an approval, and with what it issued, can be read also when both are open again.
#[test]
fn words_that_came_with_an_approval_or_with_what_was_issued_stay() {
    let mut play = begin(shortest());
    play.ready_for_the_scal();
    let (approval, issued) = ("obtain-use-case-approval", "receive-scal");
    for task in [issued, approval] {
        play.does(&pat(), Verb::Reopen, task);
    }
    let wrote = |task: &str| {
        let replies = &play.journey.task(&id(task)).replies;
        replies.iter().map(|reply| (reply.how, reply.by.as_str(), reply.words.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(wrote(approval), [(Settlement::Approved, "pat", "as agreed")]);
    assert_eq!(wrote(issued), [(Settlement::Issued, "ray", "as agreed")]);
}

/// Who wrote a round decides on none of its rounds, and is named where somebody asks whose hands it was in.
#[test]
fn everybody_who_sent_a_round_has_a_hand_in_what_decides_on_it() {
    let mut play = begin(shortest());
    play.use_case_sent();
    let hands = |play: &Play, task: &str| -> Vec<String> {
        play.journey.hands(play.spec(&id(task))).iter().map(ToString::to_string).collect()
    };
    assert_eq!(hands(&play, "obtain-use-case-approval"), ["ada"]);
    play.does(&pat(), Verb::Return, "obtain-use-case-approval");
    play.does(&ben(), Verb::Submit, "describe-use-case");
    assert_eq!(hands(&play, "obtain-use-case-approval"), ["ada", "ben"], "of both rounds");
    assert!(hands(&play, "submit-scal").is_empty());
    let turns = journey::view::turns::turns_on(
        &play.journey,
        play.spec(&id("obtain-use-case-approval")),
        &play.stands("obtain-use-case-approval"),
    );
    let not_by: Vec<String> = turns[0].not_by.iter().map(ToString::to_string).collect();
    assert_eq!(not_by, ["ada", "ben"], "and it is not their turn");
}
