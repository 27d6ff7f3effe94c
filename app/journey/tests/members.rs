//! One list of the organisations that use the product, and what the lead of them does for all.

mod common;

use common::{Play, actor, also_of, answers_to, id, joins, opening, shipped};
use journey::{
    base::actor::{Actor, Role, Side},
    form::Answers,
    ledger::{
        event::Event, group::Group, journey::Journey, machine::Verb, member_check::Dspt, refusal::Refusal, standing::Standing,
    },
    plan::{opening::Opening, process::Settle},
    rule::{
        by_link::{self, OfPerson},
        command::Command,
        decide, member_checks,
        members::{self, Difference},
        offers,
    },
    task::{
        forms,
        member_file::{people, text},
    },
    view::overview::overview,
};

const GROUP: &str = "start-end-user-engagement";
const DECLARATION: &str = "end-user-declaration";
const REVIEW: &str = "end-user-reviews-scal";

fn of(person: &str, organisation: &str, side: Side) -> Actor {
    actor(person, organisation, &Role::ALL.iter().copied().filter(|role| role.side() == side).collect::<Vec<_>>())
}

/// Everybody of the trust, which leads, and of the ward.
fn gil() -> Actor {
    of("gil", "trust", Side::EndUser)
}

fn may() -> Actor {
    of("may", "ward", Side::EndUser)
}

/// A group of three members, of which two have a part. The words are as somebody types them.
fn group(play: &Play, members: &str) -> Command {
    let form = forms::form_of(play.spec(&id(GROUP)), &play.journey.opening);
    let answers = answers_to(&form, "as agreed").with("lead_ods", "rxq").with("members", members);
    Command::Submit { task: id(GROUP), answers }
}

const MEMBERS: &str = "RXQ The trust\nRYW The ward\nA21471 Willow Lane Surgery";

/// Brings a journey so far that a task can be begun; the group is sent as it is told.
fn until(task: &str, members: &str) -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let opening = Opening { already_conformant: true, hscn: true, supporting_tasks: false, ..opening() };
    let (eve, una) = (of("eve", "acme", Side::Supplier), of("una", "nhs", Side::Programme));
    let mut play = Play::open(shipped(), process, &eve, opening);
    for party in ["trust", "ward"] {
        let Command::Join { organisation, side, mut identity, part } = joins(party) else { panic!("a part") };
        identity.ods_code = if party == "trust" { "RXQ" } else { "RYW" }.to_owned();
        play.obey(&una, Command::Join { organisation, side, identity, part }).expect("a part is given");
    }
    let verbs = [Verb::Submit, Verb::Acknowledge, Verb::Approve, Verb::Issue, Verb::Sign];
    for _ in 0..200 {
        if play.journey.standing(&id(task)) == Standing::Ready {
            return play;
        }
        let plan: Vec<_> = play.journey.plan().map(|spec| spec.id.clone()).filter(|it| it.as_str() != task).collect();
        let cast = [eve.clone(), una.clone(), gil(), may()];
        let next = plan.iter().find_map(|it| {
            let filled = play.spec(it).settle == Settle::BySignatures && play.journey.task(it).round.0 > 0;
            let fits = |verb: &Verb| !(filled && *verb == Verb::Submit);
            let offered = |who: &Actor| {
                let offers = offers::offers_on(&play.journey, who, it);
                verbs.iter().copied().filter(fits).find(|verb| offers.contains(verb))
            };
            cast.iter().find_map(|who| offered(who).map(|verb| (it.clone(), who.clone(), verb)))
        });
        let (it, who, verb) = next.expect("somebody can go on");
        let command = if it.as_str() == GROUP && verb == Verb::Submit {
            group(&play, members)
        } else {
            play.command(verb, &it, "as agreed")
        };
        play.wait(10);
        play.obey(&who, command).unwrap_or_else(|refusal| panic!("{verb:?} {it}: {refusal:?}"));
    }
    panic!("{task} never became ready");
}

fn declared(play: &Play, members: &str) -> (Answers, Command) {
    let form = forms::form_of(play.spec(&id(DECLARATION)), &play.journey.opening);
    let answers = answers_to(&form, "as agreed").with("members", members);
    (answers.clone(), Command::Submit { task: id(DECLARATION), answers })
}

fn names(all: &[journey::base::identity::Identity]) -> Vec<&str> {
    all.iter().map(|it| it.ods_code.as_str()).collect()
}

#[test]
fn a_declaration_names_members_only_and_says_whom_it_leaves_out() {
    let mut play = until(DECLARATION, MEMBERS);
    let spec = play.spec(&id(DECLARATION));
    let filled = members::beforehand(&play.journey, spec, Answers::default());
    assert_eq!(filled.one("members"), "RXQ The trust\nRYW The ward\nA21471 Willow Lane Surgery");

    let (_, command) = declared(&play, "RXQ The trust\n\nT99999 Not a member Practice");
    let Err(Refusal::Invalid(problems)) = play.obey(&gil(), command) else { panic!("a stranger is refused") };
    assert_eq!(problems.0.len(), 1);
    let problem = &problems.0[0];
    assert_eq!(problem.field, "members");
    for words in ["line 3: Not a member Practice (T99999) is not a member of the group", "programme lead", "onboarding lead"] {
        assert!(problem.says.contains(words), "{}", problem.says);
    }

    // Nor anybody whose standards are not known to be met, and it says what to do.
    let (answers, command) = declared(&play, "RXQ The trust\nA21471 Willow Lane");
    let Err(Refusal::Invalid(problems)) = play.obey(&gil(), command.clone()) else { panic!("nothing is checked yet") };
    for words in ["line 1: The trust (RXQ): no DSPT check is recorded", "line 2: Willow Lane (A21471)", "record “Standards met”"]
    {
        assert!(problems.0[0].says.contains(words), "{}", problems.0[0].says);
    }
    let mut checked = play.all_met(Dspt::Met);
    checked[2].dspt.as_mut().expect("a check").status = Dspt::Approaching;
    let task = id("start-end-user-engagement");
    play.obey(&gil(), Command::CheckMembers { task: task.clone(), checked: checked.clone() }).expect("the lead records it");
    let Err(Refusal::Invalid(problems)) = play.obey(&gil(), command.clone()) else { panic!("one is not met") };
    assert!(
        problems.0[0].says.starts_with("line 2: Willow Lane (A21471): its DSPT says “Approaching standards”"),
        "{problems:?}"
    );
    assert!(!problems.0[0].says.contains("RXQ"), "only those that are not met: {problems:?}");
    checked[2].dspt.as_mut().expect("a check").status = Dspt::Exceeded;
    play.obey(&gil(), Command::CheckMembers { task, checked }).expect("they have published another");
    play.obey(&gil(), command).expect("members only");
    let found = members::difference(&play.journey, spec, &answers).expect("it is compared");
    assert_eq!((names(&found.no_members), names(&found.left_out)), (vec![], vec!["RYW"]));
}

/// Whoever signs is whoever has a part; that those are not the members is said.
#[test]
fn an_agreement_says_which_members_cannot_sign_and_who_signs_and_is_no_member() {
    let play = until("data-sharing-agreement", "RXQ The trust\nT99951 Willow Lane Surgery");
    let spec = play.spec(&id("data-sharing-agreement"));
    let found = members::difference(&play.journey, spec, &Answers::default()).expect("it is compared");
    assert_eq!((names(&found.no_members), names(&found.left_out)), (vec!["RYW"], vec!["T99951"]));
    // The supplier's own agreement is nobody else's.
    let connection = play.spec(&id("receive-connection-agreement"));
    assert_eq!(members::difference(&play.journey, connection, &Answers::default()), None);
}

/// A member without a part is asked by nobody: it is named, and is not any more once it has one.
#[test]
fn members_without_a_part_are_named_until_they_have_one() {
    let mut play = until("data-sharing-agreement", MEMBERS);
    let told = |play: &Play| {
        let all = members::without_part(&play.journey);
        all.iter().map(|it| (it.identity.ods_code.clone(), it.asked)).collect::<Vec<_>>()
    };
    assert_eq!(told(&play), [("A21471".to_owned(), false)]);
    let surgery = || journey::base::identity::Identity { name: "Willow Lane".to_owned(), ods_code: "A21471".to_owned() };
    let part: journey::base::ids::PartId = "surgery".parse().expect("a part");
    let asks = Command::AskForPart { part: part.clone(), side: Side::EndUser, identity: surgery() };
    play.obey(&of("eve", "acme", Side::Supplier), asks).expect("asked");
    assert_eq!(told(&play), [("A21471".to_owned(), true)]);
    let organisation = "surgery".parse().expect("an organisation");
    let joins = Command::Join { organisation, side: Side::EndUser, identity: surgery(), part: Some(part) };
    play.obey(&of("una", "nhs", Side::Programme), joins).expect("given");
    assert_eq!(told(&play), []);
}

/// Whoever asks for parts without end fills no ledger: those that wait are answered first.
#[test]
fn no_more_requests_wait_than_its_page_shows() {
    let mut play = until("data-sharing-agreement", MEMBERS);
    let asks = |number: usize| Command::AskForPart {
        part: format!("part-{number}").parse().expect("a part"),
        side: Side::EndUser,
        identity: journey::base::identity::Identity {
            name: format!("Surgery {number}"),
            ods_code: format!("B{:05}", 10_000 + number),
        },
    };
    let eve = of("eve", "acme", Side::Supplier);
    for number in 0..decide::MOST_ASKED {
        play.obey(&eve, asks(number)).expect("asked");
    }
    let refused = play.obey(&eve, asks(9_999));
    assert!(
        matches!(&refused, Err(Refusal::Invalid(problems)) if problems.0[0].says.contains("200 requests wait")),
        "{refused:?}"
    );
    let first = "part-0".parse().expect("a part");
    play.obey(&of("una", "nhs", Side::Programme), Command::DeclinePart { part: first, reason: "Unknown.".to_owned() })
        .expect("declined");
    play.obey(&eve, asks(9_999)).expect("one fewer waits");
}

/// A site of a trust or a branch of a practice has a code of its own: it belongs to a member. Another code that begins alike
/// belongs to nobody.
#[test]
fn a_plan_shows_sites_of_nobody_and_members_without_a_site() {
    let play = until(DECLARATION, MEMBERS);
    let of = |task: &str, sites: &str| {
        members::difference(&play.journey, play.spec(&id(task)), &Answers::default().with("sites", sites)).expect("compared")
    };
    for task in ["approval-to-go-live", "deployment-approach"] {
        let found = of(task, "RXQ01 The main site\nA21471 Willow Lane\nZ99999 Never Declared Surgery");
        assert_eq!((names(&found.no_members), names(&found.left_out)), (vec!["Z99999"], vec!["RYW"]), "{task}");
        let alike = of(task, "RXQ1234 Another place\nRYW02 A ward\nA21471 Willow Lane");
        assert_eq!((names(&alike.no_members), names(&alike.left_out)), (vec!["RXQ1234"], vec!["RXQ"]), "{task}");
        assert_eq!(of(task, "RXQ The trust\nRYW02 A ward\nA21471001 A branch"), Difference::default(), "{task}");
    }
    let plan = members::beforehand(&play.journey, play.spec(&id("deployment-approach")), Answers::default());
    assert_eq!(plan.one("sites").lines().count(), 3);
}

#[test]
fn the_lead_of_the_group_looks_at_the_scal_for_all() {
    let mut play = until(REVIEW, MEMBERS);
    assert!(!play.offers(&may(), Verb::Submit, REVIEW));
    let command = play.command(Verb::Submit, &id(REVIEW), "as agreed");
    assert_eq!(play.obey(&may(), command.clone()), Err(Refusal::ForLead));
    let turns: Vec<_> = overview(&play.journey).turns.into_iter().filter(|turn| turn.task == id(REVIEW)).collect();
    assert_eq!(turns.len(), 1);
    assert_eq!(turns[0].organisations, ["trust".parse().expect("an organisation")]);
    let puppet = also_of(actor("eve", "trust", &[Role::GroupLead]), "acme");
    assert_eq!(play.obey(&puppet, command.clone()), Err(Refusal::SignsForAnother));
    let signs = actor("amy", "trust", &[Role::AuthorisedPerson]);
    assert!(matches!(play.obey(&signs, command.clone()), Err(Refusal::NotYours { .. })));
    play.obey(&actor("cso", "trust", &[Role::EndUserCso]), command).expect("its clinical safety officer does");
}

/// A slip in the code of the lead keeps nobody out, and neither does a ledger of before.
#[test]
fn where_nobody_with_a_part_leads_any_of_them_does_it() {
    let mut play = until(REVIEW, MEMBERS);
    let mut slip = play.clone();
    let renamed = Command::Identify {
        organisation: "trust".parse().expect("an organisation"),
        identity: common::identity("othertrust"),
        before: common::identity("trust"),
    };
    slip.obey(&of("una", "nhs", Side::Programme), renamed).expect("the programme confirms");
    assert!(slip.offers(&may(), Verb::Submit, REVIEW));

    let events: Vec<_> = play.history[1..].iter().map(|recorded| (recorded.event.clone(), recorded.by.clone())).collect();
    play.journey = Journey::open(&play.journey.reference, &play.history[0], shipped()).expect("opened");
    play.history.truncate(1);
    for (mut event, by) in events {
        if let Event::Submitted { group, .. } = &mut event {
            *group = None;
        }
        play.append(vec![event], by);
    }
    assert_eq!(play.journey.group(), None);
    assert!(play.offers(&may(), Verb::Submit, REVIEW) && play.offers(&gil(), Verb::Submit, REVIEW));
}

/// The care setting is asked for since then; what was sent before stays what it was.
#[test]
fn a_group_that_was_sent_without_a_care_setting_stays_a_group_and_a_new_one_is_asked_for_it() {
    let play = until(REVIEW, MEMBERS);
    let form = forms::form_of(play.spec(&id(GROUP)), &play.journey.opening);
    let mut before = answers_to(&form, "as agreed").with("lead_ods", "RXQ").with("members", MEMBERS);
    before.0.remove("care_setting");
    let group = Group::of(&before, None).expect("members");
    assert_eq!((group.lead.as_str(), group.members.len()), ("RXQ", 3));
    assert_eq!(form.in_words(&"care_setting".parse().expect("an id"), &before), "");
    let kept = form.keep(&before).expect("a draft of before");
    assert_eq!(kept.one("members"), MEMBERS);
    let problems = form.check(&before).expect_err("a new one is asked").0;
    let asked: Vec<(&str, &str)> = problems.iter().map(|problem| (problem.field.as_str(), problem.says.as_str())).collect();
    assert_eq!(asked, [("care_setting", "Select the care setting")]);
}

/// 240 rows of who signs for which member, twelve of which are bad, each in its own way: every one is told, and the others get a
/// letter.
#[test]
fn of_240_rows_that_name_who_signs_12_bad_ones_are_told_and_the_others_are_asked() {
    let list: String = (0..236).map(|at| format!("A{at:05} Surgery {at}\n")).collect();
    let mut play = until("data-sharing-agreement", &list);
    let spec = play.spec(&id("data-sharing-agreement"));
    let answers = play.answers(spec, "words");
    play.obey(&gil(), Command::Submit { task: spec.id.clone(), answers }).expect("the parts are filled in");
    play.sign_by_link(&spec.id, "A00001", "Sam Signed").expect("one has signed");
    let mut table = "Email,Practice,Name,ODS code\n".to_owned();
    for at in 0..228 {
        table += &format!("p{at}@practice.example,Surgery {at},Pat Number{at},A{at:05}\n");
    }
    for bad in [
        "a@b.example,Surgery,Pat One,Z99999",
        "a@b.example,Surgery,Pat One,2345",
        "a@b.example,Surgery,Pat One,01-Dec",
        "a@b.example,Surgery,,A00228",
        "no address,Surgery,Pat One,A00229",
        ",Surgery,Pat One,A00230",
        "a@b.example,Surgery,pat@b.example,A00231",
        "a@b.example,Surgery,Pat Again,A00002",
        "lead@acme.example,Surgery,Pat One,A00232",
        "a@b.example,Surgery,Pat One,",
        "a@b.example,Surgery,Pat One,5.00E+01",
        "a@b.example,Surgery,Pat One,Ward 4",
    ] {
        table += &format!("{bad}\n");
    }
    let file = people::find(&text::lines(table.as_bytes()).expect("a table")).expect("columns");
    let asked = [
        ("A00003".to_owned(), ("Pat Number3".to_owned(), "p3@practice.example".to_owned())),
        ("A00004".to_owned(), ("Kim Before".to_owned(), "kim@practice.example".to_owned())),
    ];
    let of_supplier = ["lead@acme.example".to_owned()].into();
    let judged = by_link::judge_file(&play.journey, spec, &file, &asked.into(), &of_supplier);
    assert_eq!(judged.len(), 240);
    assert_eq!(judged[1].verdict, OfPerson::Signed, "it has signed");
    assert_eq!(judged[3].verdict, OfPerson::Asked, "nobody gets a second letter");
    assert_eq!(judged[4].verdict, OfPerson::Replaces("Kim Before".to_owned()));
    let told: Vec<String> = judged[228..].iter().map(|one| format!("{:?}", one.verdict)).collect();
    for (at, part) in [
        "NoMember",
        "was it 02345",
        "looks like a date",
        "Nameless",
        "NoAddress",
        "NoAddress",
        "Nameless",
        "Double(4)",
        "OfSupplier",
        "Enter an ODS code",
        "spreadsheet changed",
        "Odd",
    ]
    .into_iter()
    .enumerate()
    {
        assert!(told[at].contains(part), "row {}: {} is not {part}", at + 230, told[at]);
    }
    let lines = by_link::read(&by_link::lines_of(&judged)).expect("they are read as if they were typed");
    assert_eq!(lines.len(), 228 - 2, "all but the one that has signed and the one that is asked");
    assert_eq!((lines[0].ods_code.as_str(), lines[0].email.as_str()), ("A00000", "p0@practice.example"));
}

/// A member that the group names after everybody has declared has its own turn by letter: nobody else signs again, and the
/// declaration has an addendum.
#[test]
fn a_member_that_joins_after_the_declaration_signs_beside_the_others_and_is_its_addendum() {
    let mut play = until(DECLARATION, MEMBERS);
    let spec = play.spec(&id(DECLARATION));
    play.check_members();
    let (answers, command) = declared(&play, MEMBERS);
    play.obey(&gil(), command).expect("declared for all");
    for who in [gil(), may(), of("una", "nhs", Side::Programme)] {
        let command = play.command(Verb::Sign, &id(DECLARATION), "Signed with care");
        play.obey(&who, command).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", who.person));
    }
    play.sign_by_link(&id(DECLARATION), "A21471", "Rae Reader").expect("a member that the declaration names");
    assert_eq!(play.journey.standing(&id(DECLARATION)), Standing::Settled);
    assert_eq!(members::addendum(&play.journey, spec, &answers).len(), 0, "nobody joined later");

    let una = of("una", "nhs", Side::Programme);
    play.wait(60 * 24);
    play.obey(&una, Command::Reopen { task: id(GROUP), reason: "One more.".to_owned() }).expect("a lead opens it");
    let again = group(&play, &format!("{MEMBERS}\nB82617 Marsh Road Practice"));
    play.obey(&gil(), again).expect("one more member");
    let command = play.command(Verb::Acknowledge, &id(GROUP), "Recorded");
    play.obey(&una, command).expect("the programme records it");
    // The lead says that the review of the SCAL holds for the new member as well.
    let command = play.command(Verb::StillHolds, &id(REVIEW), "The new practice uses it alike.");
    play.obey(&gil(), command).expect("it holds");
    assert_eq!(play.journey.standing(&id(DECLARATION)), Standing::Settled, "nobody is unsettled");
    let before = play.journey.signatures(spec).len();
    assert_eq!(
        overview(&play.journey).turns.iter().filter(|turn| turn.task == id(DECLARATION)).count(),
        0,
        "nobody is waited for"
    );
    play.sign_by_link(&id(DECLARATION), "B82617", "Bo Fox").expect("its own turn");
    assert_eq!(play.journey.standing(&id(DECLARATION)), Standing::Settled);
    assert_eq!(play.journey.signatures(spec).len(), before + 1, "the others did not sign again");
    let later = members::addendum(&play.journey, spec, &answers);
    let codes: Vec<&str> = later.iter().filter_map(|it| it.identity.as_ref()).map(|it| it.ods_code.as_str()).collect();
    assert_eq!(codes, ["B82617"]);
    assert_eq!(
        member_checks::not_met(&play.journey).len(),
        1,
        "its DSPT is still to be checked, and the page of the group says so"
    );
}
