//! What everybody may read of a journey: its newest certificates, how they stand, and where the product is live.

mod common;

use common::{Play, actor, id, identity, joins, opening, shipped, site};
use jiff::Timestamp;
use journey::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        ids::TaskId,
    },
    ledger::{machine::Verb, site::Site, standing::Standing},
    plan::{
        certificates::ValidityChange,
        opening::Opening,
        process::{Page, Signs},
    },
    rule::{
        certificate::{self, Validity},
        command::Command,
        go_live::Sent,
        offers,
    },
    view::{
        overview::project,
        register::{ProductSide, RegisterLine, Registered, published_reason, registered},
    },
};

const CERTIFICATE: &str = "receive-technical-conformance-certificate";

fn of(person: &str, organisation: &str, side: Side) -> Actor {
    actor(person, organisation, &Role::ALL.iter().copied().filter(|role| role.side() == side).collect::<Vec<_>>())
}

/// Both leads of the programme, everybody of the supplier, and everybody of a trust.
fn cast() -> [Actor; 5] {
    [
        of("ada", "acme", Side::Supplier),
        of("ben", "acme", Side::Supplier),
        of("pat", "nhs", Side::Programme),
        of("quin", "nhs", Side::Programme),
        of("gil", "trust", Side::EndUser),
    ]
}

fn begin(side: &str, opening: Opening) -> Play {
    let process = shipped().newest(side).expect("a process of each side");
    Play::open(shipped(), process, &cast()[0], opening)
}

fn shortest() -> Opening {
    Opening { already_conformant: true, hscn: true, supporting_tasks: false, other_organisations: false, ..opening() }
}

/// Whatever somebody may do is done, in the order of the plan, until this task can be begun.
fn until(play: &mut Play, wanted: &str) {
    let cast = cast();
    for _ in 0..300 {
        if !matches!(play.journey.standing(&id(wanted)), Standing::Locked { .. }) {
            return;
        }
        let verbs = [Verb::Sign, Verb::Submit, Verb::Acknowledge, Verb::Approve, Verb::Issue, Verb::RecordSite];
        let plan: Vec<TaskId> = play.journey.plan().map(|spec| spec.id.clone()).filter(|task| *task != id(wanted)).collect();
        let next = plan.iter().filter(|task| !play.journey.standing(task).is_done()).find_map(|task| {
            cast.iter().find_map(|actor| {
                let offered = offers::offers_on(&play.journey, actor, task);
                let sent = play.journey.task(task).round.0 > 0 && play.journey.process.task(task)?.signs.is_some();
                let verb = verbs.into_iter().find(|verb| offered.contains(verb) && !(sent && *verb == Verb::Submit))?;
                Some((actor.clone(), verb, task.clone()))
            })
        });
        let (actor, verb, task) = next.unwrap_or_else(|| panic!("nobody brings {wanted} forward"));
        if play.spec(&task).page == Page::Declaration {
            play.check_members();
        }
        let command = play.command(verb, &task, "as agreed");
        play.wait(10);
        play.obey(&actor, command).unwrap_or_else(|why| panic!("{verb:?} {task}: {why:?}"));
    }
    panic!("{wanted} is never reached");
}

fn only(play: &Play) -> RegisterLine {
    let [line] = <[RegisterLine; 1]>::try_from(registered(&play.journey).lines).expect("one line");
    line
}

/// What is listed is what the page of the certificate says.
fn stands(play: &Play) -> (Validity, Option<Timestamp>) {
    let line = only(play);
    let found = certificate::find(shipped(), &play.journey, &play.history, &line.number).expect("it is found by its number");
    assert_eq!((found.state.validity(), found.state.since()), (line.validity, line.since));
    assert_eq!(project(&play.journey).registered, registered(&play.journey));
    (line.validity, line.since)
}

fn change(play: &mut Play, change: ValidityChange) {
    let [_, _, pat, quin, _] = cast();
    play.wait(10);
    let propose = Command::ProposeValidity { task: id(CERTIFICATE), change, reason: "An incident.".to_owned() };
    play.obey(&pat, propose).expect("a lead proposes");
    play.obey(&quin, Command::ConfirmValidity { task: id(CERTIFICATE) }).expect("another agrees");
}

#[test]
fn nothing_is_registered_before_a_certificate_is_issued() {
    let mut play = begin("consumer", shortest());
    until(&mut play, CERTIFICATE);
    assert_eq!(registered(&play.journey), Registered::default());
}

#[test]
fn a_certificate_is_listed_as_it_was_issued_and_as_it_stands() {
    let [ada, _, pat, ..] = cast();
    let mut play = begin("consumer", shortest());
    until(&mut play, "receive-connection-agreement");
    let line = only(&play);
    let issued = play.journey.task(&id(CERTIFICATE)).settled.expect("settled");
    let event = play.history.iter().find(|recorded| recorded.seq == issued).expect("in the ledger");
    let expected = RegisterLine {
        task: id(CERTIFICATE),
        number: line.number.clone(),
        side: ProductSide::Consumer,
        product: "Bedside View 4.2".to_owned(),
        organisation: play.journey.organisation.clone(),
        supplier: Some(identity("acme")),
        capabilities: play.journey.opening.capabilities.clone(),
        issued_at: event.at,
        validity: Validity::Valid,
        since: None,
        live_since: None,
        sites: 0,
    };
    assert_eq!(line, expected);
    assert_eq!(line.number.to_string(), format!("TCC-{}-{issued}", play.journey.reference));

    change(&mut play, ValidityChange::Suspend);
    assert_eq!(stands(&play), (Validity::Suspended, Some(play.now)));
    change(&mut play, ValidityChange::Reinstate);
    assert_eq!(stands(&play), (Validity::Valid, None));

    // The supplier is called something else today: the certificate was issued to the name of that day.
    let identify = Command::Identify {
        organisation: play.journey.organisation.clone(),
        identity: identity("Acme & Sons"),
        before: identity("acme"),
    };
    play.obey(&pat, identify).expect("the programme says who it is");
    assert_eq!(only(&play).supplier, Some(identity("acme")));

    // Another version is assessed: what is listed is what was certified, and it is put into question.
    let reassess =
        Command::Reassess { task: id("submit-scal"), product: "5".to_owned(), name: "Bedside".to_owned(), rows: Vec::new() };
    play.obey(&ada, reassess).expect("a new version");
    assert_eq!((stands(&play), only(&play).product), ((Validity::InQuestion, None), "Bedside View 4.2".to_owned()));

    play.wait(10);
    play.obey(&pat, Command::Reopen { task: id(CERTIFICATE), reason: "A mistake.".to_owned() }).expect("a lead opens it again");
    assert_eq!(stands(&play), (Validity::Reopened, Some(play.now)));
    play.wait(10);
    play.obey(&ada, Command::Withdraw { reason: "Not ours any more.".to_owned() }).expect("the supplier ends it");
    assert_eq!(stands(&play), (Validity::Ended, Some(play.now)));
}

#[test]
fn only_the_newest_certificate_is_listed_and_a_withdrawn_one_until_there_is_another() {
    let [_, _, pat, ..] = cast();
    let mut play = begin("consumer", shortest());
    until(&mut play, "receive-connection-agreement");
    let first = only(&play).number;
    change(&mut play, ValidityChange::Withdraw);
    assert_eq!(stands(&play), (Validity::Withdrawn, Some(play.now)));
    play.wait(10);
    let issue = play.command(Verb::Issue, &id(CERTIFICATE), "as agreed");
    play.obey(&pat, issue).expect("another in its place");
    assert_eq!(stands(&play), (Validity::Valid, None));
    assert_ne!(only(&play).number, first);
    // That it is done without from now on does not make it a certificate that was never there.
    let number = only(&play).number;
    play.wait(10);
    play.obey(&pat, Command::Reopen { task: id(CERTIFICATE), reason: "A mistake.".to_owned() }).expect("opened again");
    assert_eq!((stands(&play).0, only(&play).number), (Validity::Reopened, number));
}

#[test]
fn a_product_is_live_since_its_first_site_and_says_nothing_else_of_it() {
    let mut play = begin("consumer", shortest());
    until(&mut play, "go-live");
    let ada = &cast()[0];
    play.wait(3 * 24 * 60);
    let today = play.today();
    for (code, day) in [("A21471", today), ("B10001", today.yesterday().expect("a day"))] {
        let site = Site { live_on: day, outside_plan: "As a pilot.".to_owned(), ..site(code, "Dr Ann Other called.") };
        let sent = Sent::default();
        play.obey(ada, Command::RecordSite { task: id("go-live"), site, sent }).expect("a site is live");
    }
    let now = registered(&play.journey);
    assert_eq!((now.lines[0].sites, now.lines[0].live_since), (2, Some(today.yesterday().expect("a day"))));
    assert_eq!(now.sites.keys().map(String::as_str).collect::<Vec<_>>(), ["A21471", "B10001"]);
    let told = format!("{now:?}");
    for hidden in ["Ann Other", "As a pilot", "ada", "pat"] {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
    let take_back = |code: &str| Command::TakeBackSite {
        task: id("go-live"),
        ods_code: code.to_owned(),
        reason: "It was another.".to_owned(),
    };
    play.obey(ada, take_back("B10001")).expect("taken back");
    let now = registered(&play.journey);
    assert_eq!((now.lines[0].sites, now.lines[0].live_since, now.sites.len()), (1, Some(today), 1));
    play.obey(ada, Command::Withdraw { reason: "Not ours any more.".to_owned() }).expect("the supplier ends it");
    assert_eq!((stands(&play).0, only(&play).sites), (Validity::Ended, 1), "it stays listed");
}

#[test]
fn a_provider_is_listed_with_each_kind_of_its_certificates() {
    let mut play = begin("provider", opening());
    until(&mut play, "p-rollout-live");
    let lines = registered(&play.journey).lines;
    let kinds: Vec<&str> = lines.iter().map(|line| line.number.kind().prefix).collect();
    assert_eq!(kinds, ["CATR", "DEVMAC-FOT", "DEVMAC-ROLLOUT"]);
    assert!(lines.iter().all(|line| line.side == ProductSide::Provider && line.sites == 1));
    for line in &lines {
        let found = certificate::find(shipped(), &play.journey, &play.history, &line.number).expect("found by its number");
        assert_eq!(found.state.validity(), line.validity);
        assert_eq!(calendar::date_of(found.issued.at), calendar::date_of(line.issued_at));
    }
}

/// The reason in a data sharing agreement is written to be published, and is once everybody has signed it.
#[test]
fn why_data_is_shared_is_public_when_it_is_agreed() {
    let mut play = begin("consumer", Opening { other_organisations: true, ..shortest() });
    play.obey(&cast()[2], joins("trust")).expect("a part is given");
    let agreement = play.journey.plan().find(|spec| spec.signs == Some(Signs::Sharing)).expect("it is in the plan");
    until(&mut play, agreement.id.as_str());
    let submit = play.command(Verb::Submit, &agreement.id, "For direct care.");
    play.obey(&cast()[4], submit).expect("the trust fills it in");
    assert_eq!(published_reason(&play.journey), None, "nobody has signed it");
    until(&mut play, "go-live");
    assert_eq!(play.journey.standing(&agreement.id), Standing::Settled);
    assert_eq!(published_reason(&play.journey), Some((&agreement.id, "reason")));
}
