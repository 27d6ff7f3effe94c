//! Agreements that are signed in part, and organisations that come and go beside them.
//!
//! Long because each way in which a signature comes and goes is a story of its own.

mod common;

use common::{Play, actor, also_of, id, joins, opening, shipped};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::OrganisationId,
    },
    ledger::{
        basis::Change,
        event::{By, Event, Recorded, Signatory},
        journey::Journey,
        machine::Verb,
        refusal::Refusal,
        signing,
        standing::{Standing, State},
        words,
    },
    plan::{
        opening::Plan,
        process::{Process, Processes},
    },
    rule::{asked_anew, audit::audit, by_link, command::Command, decide, leaving, members},
    view::{overview::overview, turns::is_theirs},
};

const SHARING: &str = "data-sharing-agreement";

fn ada() -> Actor {
    actor("ada", "acme", &[Role::OnboardingLead, Role::Developer])
}

fn pat() -> Actor {
    actor("pat", "nhs", &[Role::ProgrammeLead])
}

/// The lead of an organisation, and whoever signs for it.
fn gil() -> Actor {
    actor("gil", "trust", &[Role::GroupLead])
}

fn amy() -> Actor {
    actor("amy", "trust", &[Role::AuthorisedPerson])
}

fn may() -> Actor {
    actor("may", "ward", &[Role::AuthorisedPerson])
}

fn does(play: &mut Play, actor: &Actor, verb: Verb, task: &str) {
    play.wait(10);
    let command = play.command(verb, &id(task), "The address is of another site.");
    play.obey(actor, command).unwrap_or_else(|refusal| panic!("{verb:?} {task} by {}: {refusal:?}", actor.person));
}

fn refused(play: &mut Play, actor: &Actor, verb: Verb, task: &str) -> Refusal {
    let command = play.command(verb, &id(task), "why");
    play.obey(actor, command).expect_err("it is refused")
}

fn org(name: &str) -> OrganisationId {
    name.parse().expect("an organisation id")
}

/// Whose turn it is on a task: the side, and the organisations that are asked.
fn turns(play: &Play, task: &str) -> Vec<(Side, Vec<String>)> {
    let turns = overview(&play.journey).turns.into_iter().filter(|turn| turn.task == id(task));
    turns.map(|turn| (turn.side, turn.organisations.iter().map(ToString::to_string).collect())).collect()
}

/// A trust and a ward have a part, the group is known, and the parts of the data sharing agreement are filled in.
fn to_be_signed(parties: &[&str]) -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut play = Play::open(shipped(), process, &ada(), opening());
    for task in ["read-capabilities", "study-prerequisites", "choose-capabilities", "contact-gp-connect-team"] {
        does(&mut play, &ada(), Verb::Submit, task);
    }
    does(&mut play, &pat(), Verb::Acknowledge, "contact-gp-connect-team");
    does(&mut play, &ada(), Verb::Submit, "describe-use-case");
    does(&mut play, &pat(), Verb::Approve, "obtain-use-case-approval");
    for party in parties {
        play.obey(&pat(), joins(party)).expect("a part is given");
    }
    does(&mut play, &gil(), Verb::Submit, "start-end-user-engagement");
    does(&mut play, &pat(), Verb::Acknowledge, "start-end-user-engagement");
    does(&mut play, &gil(), Verb::Submit, SHARING);
    play
}

/// The same, signed by everybody.
fn signed(parties: &[&str]) -> Play {
    let mut play = to_be_signed(parties);
    for party in parties {
        let who = if *party == "trust" { amy() } else { may() };
        does(&mut play, &who, Verb::Sign, SHARING);
    }
    does(&mut play, &pat(), Verb::Sign, SHARING);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    play
}

#[test]
fn whoever_signs_next_may_decline_and_then_everything_is_signed_again() {
    let mut play = to_be_signed(&["trust"]);
    does(&mut play, &amy(), Verb::Sign, SHARING);
    assert!(matches!(refused(&mut play, &gil(), Verb::Decline, SHARING), Refusal::NotYours { .. }));
    does(&mut play, &pat(), Verb::Decline, SHARING);
    let record = play.journey.task(&id(SHARING));
    let State::Returned { role: Role::ProgrammeLead, findings, .. } = &record.state else { panic!("it came back") };
    assert_eq!(findings[0].words, "The address is of another site.");
    assert!(record.signatures.is_empty(), "what was signed counts no more");
    assert_eq!(play.journey.standing(&id(SHARING)).word(), "Changes requested");
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec![])], "whoever fills in the parts");
    assert_eq!(refused(&mut play, &amy(), Verb::Sign, SHARING), Refusal::NothingToDo);
    assert_eq!(signing::count(&play.journey, play.spec(&id(SHARING))), None);

    does(&mut play, &gil(), Verb::Submit, SHARING);
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["trust".to_owned()])]);
    does(&mut play, &amy(), Verb::Sign, SHARING);
    does(&mut play, &pat(), Verb::Sign, SHARING);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(refused(&mut play, &pat(), Verb::Decline, SHARING), Refusal::AlreadySettled);
}

#[test]
fn an_organisation_may_decline_as_well() {
    let mut play = to_be_signed(&["trust", "ward"]);
    does(&mut play, &amy(), Verb::Sign, SHARING);
    assert_eq!(refused(&mut play, &amy(), Verb::Decline, SHARING), Refusal::AlreadyDone, "it has signed");
    let puppet = also_of(actor("ada", "ward", &[Role::AuthorisedPerson]), "acme");
    assert_eq!(refused(&mut play, &puppet, Verb::Decline, SHARING), Refusal::SignsForAnother);
    does(&mut play, &may(), Verb::Decline, SHARING);
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec![])]);
}

#[test]
fn what_is_signed_in_part_is_opened_again_by_whoever_filled_it_in() {
    let mut play = to_be_signed(&["trust", "ward"]);
    assert_eq!(refused(&mut play, &gil(), Verb::Reopen, SHARING), Refusal::NothingToDo, "nobody has signed: it can be changed");
    does(&mut play, &amy(), Verb::Sign, SHARING);
    assert_eq!(refused(&mut play, &gil(), Verb::Submit, SHARING), Refusal::NothingToDo);
    assert!(matches!(refused(&mut play, &may(), Verb::Reopen, SHARING), Refusal::NotYours { .. }));
    let mut by_lead = play.clone();
    does(&mut by_lead, &pat(), Verb::Reopen, SHARING);
    does(&mut play, &gil(), Verb::Reopen, SHARING);
    for mut play in [play, by_lead] {
        assert!(play.journey.task(&id(SHARING)).signatures.is_empty());
        assert_eq!(refused(&mut play, &may(), Verb::Sign, SHARING), Refusal::NothingToDo, "not the words that are put right");
        does(&mut play, &gil(), Verb::Submit, SHARING);
        for who in [amy(), may(), pat()] {
            does(&mut play, &who, Verb::Sign, SHARING);
        }
        assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
        assert!(matches!(refused(&mut play, &gil(), Verb::Reopen, SHARING), Refusal::NotYours { .. }), "what is settled is not");
    }
}

#[test]
fn an_organisation_takes_back_its_own_signature_and_no_other() {
    let mut play = signed(&["trust", "ward"]);
    let stranger = actor("eve", "acme", &[Role::Signatory, Role::OnboardingLead]);
    assert!(matches!(refused(&mut play, &stranger, Verb::WithdrawSignature, SHARING), Refusal::NotYours { .. }));
    let puppet = also_of(actor("ada", "ward", &[Role::AuthorisedPerson]), "acme");
    assert_eq!(refused(&mut play, &puppet, Verb::WithdrawSignature, SHARING), Refusal::SignsForAnother);
    does(&mut play, &may(), Verb::WithdrawSignature, SHARING);
    let spec = play.spec(&id(SHARING));
    let signatures = play.journey.signatures(spec);
    assert_eq!(signatures.iter().map(|s| s.organisation.as_str()).collect::<Vec<_>>(), ["trust", "nhs"]);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled, "it is what the others signed");
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("2 of 3 have signed"));
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["ward".to_owned()])], "and it waits for that one alone");
    assert_eq!(refused(&mut play, &may(), Verb::WithdrawSignature, SHARING), Refusal::NothingToDo);
    does(&mut play, &may(), Verb::Sign, SHARING);
    assert_eq!(turns(&play, SHARING), []);
}

#[test]
fn without_any_signature_of_those_who_use_it_nothing_is_settled() {
    let mut play = signed(&["trust"]);
    does(&mut play, &amy(), Verb::WithdrawSignature, SHARING);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Draft);
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["trust".to_owned()])]);
    does(&mut play, &amy(), Verb::Sign, SHARING);
    assert_eq!(turns(&play, SHARING), [(Side::Programme, vec![])], "the programme countersigns again");
}

/// Everybody else goes on meanwhile: what was settled stays so.
#[test]
fn an_organisation_that_joins_later_signs_what_the_others_signed() {
    let mut play = signed(&["trust"]);
    let before = play.journey.task(&id(SHARING)).signatures[0].words.clone();
    let settled = play.now;
    play.wait(60 * 24 * 30);
    play.obey(&pat(), joins("ward")).expect("a part is given");
    let joined = play.now;
    // Meanwhile the supplier is called otherwise: the words would be others today.
    let renamed =
        Command::Identify { organisation: org("acme"), identity: common::identity("acmeltd"), before: common::identity("acme") };
    play.obey(&pat(), renamed).expect("the programme confirms another name");
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["ward".to_owned()])]);
    let turn = overview(&play.journey).turns.into_iter().find(|turn| turn.task == id(SHARING)).expect("its turn");
    assert_eq!(turn.since, joined, "and not since the others signed");
    assert!(turn.awaited);
    let spec = play.spec(&id(SHARING));
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("2 of 3 have signed"));
    assert_eq!(refused(&mut play, &may(), Verb::Decline, SHARING), Refusal::AlreadySettled, "it undoes nothing of theirs");
    assert_eq!(refused(&mut play, &amy(), Verb::Sign, SHARING), Refusal::AlreadyDone);
    does(&mut play, &may(), Verb::Sign, SHARING);
    let record = play.journey.task(&id(SHARING));
    assert_eq!(record.since, settled);
    assert!(record.signatures.iter().all(|signature| signature.words == before), "everybody signs the same words");
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("3 of 3 have signed"));
    assert_eq!(decide::texts(&play.journey, &[play.history.last().expect("signed").event.clone()]), Vec::<String>::new());
}

/// The group of these tests names one member, which has no part: A21471.
const MEMBER: &str = "A21471";

#[test]
fn a_member_without_a_part_signs_by_a_link_and_keeps_nobody_waiting() {
    let mut play = to_be_signed(&["trust"]);
    let spec = play.spec(&id(SHARING));
    assert_eq!(by_link::unsigned(&play.journey, spec).iter().map(|it| it.ods_code.as_str()).collect::<Vec<_>>(), [MEMBER]);
    for who in [ada(), amy(), may()] {
        let refusal = refused(&mut play, &who, Verb::AskToSign, SHARING);
        assert!(matches!(refusal, Refusal::NotYours { .. } | Refusal::Unknown), "{}: {refusal:?}", who.person);
    }
    let puppet = also_of(actor("ada", "trust", &[Role::GroupLead]), "acme");
    assert_eq!(refused(&mut play, &puppet, Verb::AskToSign, SHARING), Refusal::SignsForAnother);
    let before = play.journey.changed(&id(SHARING));
    does(&mut play, &gil(), Verb::AskToSign, SHARING);
    assert_eq!(play.journey.changed(&id(SHARING)), before, "an open page of the task stays good");
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("0 of 3 have signed"));
    assert_eq!(members::without_part(&play.journey), [], "somebody asks it now");

    // Whoever is waited for has been waited for since before, when a member signs beside them; and when the member was the last
    // that the programme waited for, since then.
    let mut beside = play.clone();
    let waited = beside.journey.task(&id(SHARING)).since;
    beside.wait(60);
    beside.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    assert_eq!(beside.journey.task(&id(SHARING)).since, waited);

    // Whoever has an account signs without waiting for it, and so does the programme.
    does(&mut play, &amy(), Verb::Sign, SHARING);
    does(&mut play, &pat(), Verb::Sign, SHARING);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    let settled = play.journey.task(&id(SHARING)).settled;
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("2 of 3 have signed"));
    assert_eq!(turns(&play, SHARING), [], "nobody with an account is waited for");

    play.wait(60 * 24);
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    let record = play.journey.task(&id(SHARING));
    let last = record.signatures.last().expect("signatures");
    assert_eq!((last.name.as_str(), last.by_link, last.role), ("Rae Reader", true, Role::AuthorisedPerson));
    assert_eq!(last.identity.as_ref().map(|it| it.ods_code.as_str()), Some(MEMBER));
    assert_eq!(last.words, record.signatures[0].words, "the words of the others");
    assert_eq!(record.settled, settled, "it unsettled nobody");
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("3 of 3 have signed"));
    assert_eq!(play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader"), Err(Refusal::AlreadyDone));
    assert_eq!(refused(&mut play, &gil(), Verb::AskToSign, SHARING), Refusal::NothingToDo, "nobody is left to ask");
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());

    // It is taken back by the same link, and given again.
    assert!(matches!(play.take_back_by_link(&id(SHARING), MEMBER, " "), Err(Refusal::Invalid(_))));
    play.take_back_by_link(&id(SHARING), MEMBER, "We close.").expect("taken back");
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled, "the others stay");
    assert_eq!(play.take_back_by_link(&id(SHARING), MEMBER, "We close."), Err(Refusal::NothingToDo));
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed again");
}

/// A group in which nobody has an account: one signature by a link is what the programme countersigns.
#[test]
fn where_nobody_of_the_members_has_an_account_the_programme_countersigns_the_first() {
    let mut play = to_be_signed(&["trust"]);
    play.obey(&pat(), Command::Leave { organisation: org("trust"), reason: "It only led the group.".to_owned() }).ok();
    play.obey(&gil(), ask("trust")).ok();
    play.obey(&pat(), leave("trust")).expect("it leaves");
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec![])], "somebody of the members");
    assert!(matches!(refused(&mut play, &pat(), Verb::Sign, SHARING), Refusal::NotYours { .. } | Refusal::NothingToDo));
    play.wait(60);
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    assert_eq!(play.journey.task(&id(SHARING)).since, play.now, "the programme is waited for from now on");
    assert_eq!(turns(&play, SHARING), [(Side::Programme, vec![])]);
    does(&mut play, &pat(), Verb::Sign, SHARING);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    play.take_back_by_link(&id(SHARING), MEMBER, "We close.").expect("taken back");
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Draft, "nobody who uses it has signed");
}

/// A member that signed by a link and gets a part later has signed.
#[test]
fn a_part_given_later_does_not_ask_for_a_second_signature() {
    let mut play = to_be_signed(&["trust"]);
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    let identity = journey::base::identity::Identity { name: "Willow Lane Surgery".to_owned(), ods_code: MEMBER.to_owned() };
    play.obey(&pat(), Command::Join { organisation: org("willow"), side: Side::EndUser, identity, part: None }).expect("a part");
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["trust".to_owned()])]);
    let spec = play.spec(&id(SHARING));
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("1 of 3 have signed"));
}

#[test]
fn a_link_signs_nothing_when_it_may_not() {
    let sharing = id(SHARING);
    let mut early = Play::open(shipped(), shipped().newest("consumer").expect("a process"), &ada(), opening());
    assert!(matches!(early.sign_by_link(&sharing, MEMBER, "Rae"), Err(Refusal::Locked(_))));
    let mut play = to_be_signed(&["trust"]);
    assert_eq!(play.sign_by_link(&sharing, "B82617", "Rae"), Err(Refusal::NoMember));
    assert!(matches!(play.sign_by_link(&sharing, MEMBER, " "), Err(Refusal::Invalid(_))));
    assert_eq!(play.sign_by_link(&id("receive-connection-agreement"), MEMBER, "Rae").ok(), None);
    let spec = play.spec(&sharing);
    let other = journey::base::ids::Digest::of(b"other words");
    let signed = by_link::sign(&play.journey, spec, MEMBER, ("Rae", "Caldicott Guardian"), &other, play.today());
    assert_eq!(signed, Err(Refusal::WordsChanged));
    // A person of the cast cannot write it in the name of somebody else without `verify` saying so.
    let honest = by_link::sign(&play.journey, spec, MEMBER, ("Rae", "Caldicott Guardian"), &play.to_sign(spec), play.today())
        .expect("may");
    let mut forged = play.clone();
    forged.append(vec![honest], Some(common::by(&amy())));
    let faults = audit(&forged.journey.reference, &forged.history, shipped()).faults;
    assert!(faults.len() == 1 && faults[0].contains("in the name of another"), "{faults:?}");
    // Parts that are filled in again, a journey that ended.
    does(&mut play, &amy(), Verb::Sign, SHARING);
    play.sign_by_link(&sharing, MEMBER, "Rae Reader").expect("signed");
    does(&mut play, &pat(), Verb::Decline, SHARING);
    assert_eq!(play.sign_by_link(&sharing, MEMBER, "Rae"), Err(Refusal::NothingToDo), "the parts are put right first");
    play.obey(&ada(), Command::Withdraw { reason: "Over".to_owned() }).expect("withdrawn");
    assert_eq!(play.sign_by_link(&sharing, MEMBER, "Rae"), Err(Refusal::Closed));
    assert_eq!(play.take_back_by_link(&sharing, MEMBER, "why"), Err(Refusal::Closed));
}

#[test]
fn only_members_whose_signature_is_missing_are_asked() {
    let mut play = to_be_signed(&["trust"]);
    let asks = |code: &str, name: &str| {
        let member = journey::base::identity::Identity { name: String::new(), ods_code: code.to_owned() };
        Signatory { member, name: name.to_owned() }
    };
    let mut says = |asked: Vec<Signatory>| {
        let refusal = play.obey(&gil(), Command::AskToSign { task: id(SHARING), asked }).expect_err("refused");
        let Refusal::Invalid(problems) = refusal else { panic!("{refusal:?}") };
        problems.0.into_iter().map(|problem| problem.says).collect::<Vec<_>>()
    };
    assert_eq!(says(vec![]), ["Name at least one person"]);
    assert_eq!(says(vec![asks(MEMBER, "")]), ["Enter the name of each person"]);
    assert_eq!(says(vec![asks("B82617", "Rae")]), ["B82617 is not a member of the group"]);
    assert_eq!(says(vec![asks(MEMBER, "Rae"), asks(MEMBER, "Ray")]), ["A21471 is there twice"]);
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    assert_eq!(refused(&mut play, &gil(), Verb::AskToSign, SHARING), Refusal::NothingToDo);
}

fn leave(organisation: &str) -> Command {
    Command::Leave { organisation: org(organisation), reason: "It merges with another trust.".to_owned() }
}

fn ask(organisation: &str) -> Command {
    Command::AskToLeave { organisation: org(organisation), reason: "It merges with another trust.".to_owned() }
}

fn quin() -> Actor {
    actor("quin", "nhs", &[Role::ProgrammeLead])
}

/// Before the programme has answered the group, the supplier puts its own list right.
#[test]
fn until_the_group_is_answered_an_organisation_leaves_by_one_word() {
    let process = shipped().newest("consumer").expect("a consumer process");
    let begin = || {
        let mut play = Play::open(shipped(), process, &ada(), opening());
        play.obey(&pat(), joins("trust")).expect("a part is given");
        play
    };
    for who in [ada(), pat(), gil(), amy()] {
        assert_eq!(begin().obey(&who, ask("trust")), Err(Refusal::NothingToDo));
        begin().obey(&who, leave("trust")).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", who.person));
    }
    for who in [actor("dev", "acme", &[Role::Developer]), actor("cso", "trust", &[Role::EndUserCso])] {
        assert!(matches!(begin().obey(&who, leave("trust")), Err(Refusal::NotYours { .. })));
    }
}

#[test]
fn once_the_group_is_answered_two_people_let_an_organisation_leave() {
    let mut play = signed(&["trust", "ward"]);
    for who in [ada(), gil(), may()] {
        assert!(matches!(play.obey(&who, leave("ward")), Err(Refusal::NotYours { .. })), "{}", who.person);
    }
    assert_eq!(play.obey(&pat(), leave("ward")), Err(Refusal::NothingToDo), "nobody has asked");
    assert!(matches!(play.obey(&gil(), ask("ward")), Err(Refusal::NotYours { .. })), "another organisation does not");
    // A lead who asks needs another one; the supplier takes back what it asked, and not what others did.
    play.obey(&pat(), ask("ward")).expect("a lead may ask as well");
    assert_eq!(play.obey(&pat(), leave("ward")), Err(Refusal::SameHands));
    let stays = Command::DeclineLeave { organisation: org("ward"), reason: "It stays.".to_owned() };
    assert!(matches!(play.obey(&ada(), stays.clone()), Err(Refusal::NotYours { .. })));
    play.obey(&quin(), stays.clone()).expect("another lead declines");
    play.obey(&ada(), ask("ward")).expect("the supplier asks");
    assert_eq!(play.obey(&ada(), ask("ward")), Err(Refusal::NothingToDo));
    play.obey(&ada(), stays).expect("and takes it back");
    play.obey(&may(), ask("ward")).expect("an organisation asks for itself");
    assert!(play.journey.may_see(&may()), "nothing happens until it is confirmed");
    play.obey(&pat(), Command::Leave { organisation: org("ward"), reason: String::new() }).expect("a lead confirms");
    let last = &play.history.last().expect("recorded").event;
    assert!(matches!(last, Event::Left { reason, .. } if reason == "It merges with another trust."), "{last:?}");
    assert!(!play.journey.may_see(&may()));
    // The others go on; what it signed counts no more, and can be read by it alone.
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    let spec = play.spec(&id(SHARING));
    assert_eq!(signing::count(&play.journey, spec), Some((2, 2)));
    assert!(leaving::may_read_signed(&play.journey, &may()));
    for other in [actor("eve", "elsewhere", &[Role::AuthorisedPerson]), actor("dev", "ward", &[])] {
        assert!(!leaving::may_read_signed(&play.journey, &other), "{}", other.person);
    }
}

/// Whoever refuses is not simply taken out, and whoever signed and went does not carry the agreement.
#[test]
fn the_signature_of_an_organisation_that_left_settles_nothing_and_does_not_come_back() {
    let mut play = signed(&["trust"]);
    play.obey(&ada(), ask("trust")).expect("asked");
    play.obey(&pat(), leave("trust")).expect("confirmed");
    assert_ne!(play.journey.standing(&id(SHARING)), Standing::Settled);
    let spec = play.spec(&id(SHARING));
    assert_eq!(play.journey.signatures(spec), Vec::<&journey::ledger::standing::Signature>::new());
    play.obey(&pat(), joins("trust")).expect("it comes back");
    assert_eq!(play.journey.signatures(spec), Vec::<&journey::ledger::standing::Signature>::new(), "and signs anew");
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["trust".to_owned()])]);
    does(&mut play, &amy(), Verb::Sign, SHARING);
    does(&mut play, &pat(), Verb::Sign, SHARING);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert!(!leaving::may_read_signed(&play.journey, &amy()), "it reads the journey itself");
}

/// Nobody of the supplier speaks for an organisation that uses the product, about leaving as little as about signing.
#[test]
fn nobody_of_the_supplier_asks_in_the_name_of_another_organisation() {
    let mut play = signed(&["trust"]);
    let puppet = also_of(actor("ada", "trust", &[Role::AuthorisedPerson]), "acme");
    assert_eq!(play.obey(&puppet, ask("trust")), Err(Refusal::SignsForAnother));
}

/// Whoever fills in the parts of a connection agreement does not sign it for the supplier: a colleague does, and has the turn. A
/// practice, which often has one person for everything, fills in and signs what it agrees to.
#[test]
fn whoever_prepares_the_connection_agreement_does_not_sign_it_for_the_supplier() {
    let text = include_str!("small.toml");
    let processes: &'static Processes = Box::leak(Box::new(Processes::of(vec![Process::read(text).expect("lawful")])));
    let both = |name: &str| actor(name, "acme", &[Role::OnboardingLead, Role::Signatory]);
    let (prepares, signs) = (both("ada"), both("ben"));
    let mut play = Play::open(processes, processes.all().next().expect("one"), &prepares, opening());
    play.obey(&pat(), joins("trust")).expect("a part is given");
    does(&mut play, &prepares, Verb::Submit, "mark");
    does(&mut play, &prepares, Verb::Submit, "signed");
    assert_eq!(refused(&mut play, &prepares, Verb::Sign, "signed"), Refusal::SameHands);
    let waiting = |play: &Play, who: &Actor| {
        overview(&play.journey).turns.iter().any(|turn| turn.task == id("signed") && is_theirs(turn, who, &play.journey))
    };
    assert!(waiting(&play, &signs) && !waiting(&play, &prepares));
    // The other one puts a part right: now it is the first who signs.
    does(&mut play, &signs, Verb::Submit, "signed");
    assert_eq!(refused(&mut play, &signs, Verb::Sign, "signed"), Refusal::SameHands);
    does(&mut play, &prepares, Verb::Sign, "signed");
    // Nobody counts who prepared it on the side of the programme, and an end user does both.
    let moira = actor("moira", "trust", &[Role::GroupLead, Role::AuthorisedPerson]);
    does(&mut play, &moira, Verb::Submit, "declared");
    does(&mut play, &moira, Verb::Sign, "declared");
}

/// The organisations of which the page of the agreement says that they took their signature back, in the order in which they did.
fn told_as_taken_back(play: &Play) -> Vec<&str> {
    play.journey.task(&id(SHARING)).taken_back.iter().map(|back| back.organisation.as_str()).collect()
}

/// Whoever signs again is no longer told to have taken its signature back, and whoever has not signed again still is.
#[test]
fn a_signature_is_told_as_taken_back_until_its_own_organisation_signs_again() {
    let mut play = signed(&["trust", "ward"]);
    does(&mut play, &may(), Verb::WithdrawSignature, SHARING);
    does(&mut play, &amy(), Verb::WithdrawSignature, SHARING);
    assert_eq!(told_as_taken_back(&play), ["ward", "trust"]);
    does(&mut play, &amy(), Verb::Sign, SHARING);
    assert_eq!(told_as_taken_back(&play), ["ward"]);
    does(&mut play, &may(), Verb::Sign, SHARING);
    assert_eq!(told_as_taken_back(&play), Vec::<&str>::new());
}

/// An organisation that left is not waited for: nothing is told of the signature that it took back, also when it comes back.
/// What another one took back is told as before.
#[test]
fn of_an_organisation_that_left_no_signature_is_told_as_taken_back() {
    let mut play = signed(&["trust", "ward"]);
    does(&mut play, &amy(), Verb::WithdrawSignature, SHARING);
    does(&mut play, &may(), Verb::WithdrawSignature, SHARING);
    assert_eq!(told_as_taken_back(&play), ["trust", "ward"]);
    play.obey(&may(), ask("ward")).expect("an organisation asks for itself");
    play.obey(&pat(), leave("ward")).expect("a lead confirms");
    assert_eq!(told_as_taken_back(&play), ["trust"]);
    play.obey(&pat(), joins("ward")).expect("it comes back");
    assert_eq!(told_as_taken_back(&play), ["trust"]);
}

/// The assurance team puts the name of the product right long after an agreement was signed: it waits to be signed again since
/// that day, and not since it was signed.
#[test]
fn an_agreement_waits_to_be_signed_again_since_the_name_of_the_product_was_put_right() {
    let mut play = signed(&["trust"]);
    let contact = "contact-assurance-team";
    does(&mut play, &ada(), Verb::Submit, contact);
    play.wait(60 * 24 * 30);
    let plan = Plan { product: "Bedside Window".to_owned(), ..play.journey.opening.plan() };
    let opens = Command::OpenEngagement { task: id(contact), note: "The name was mistyped.".to_owned(), plan };
    play.obey(&actor("ray", "nhs", &[Role::FunctionalAssurance]), opens).expect("it is the assurance team's to answer");
    let corrected = play.now;
    play.wait(60 * 24);
    assert!(matches!(play.journey.standing(&id(SHARING)), Standing::CheckAgain { .. }));
    let turn = overview(&play.journey).turns.into_iter().find(|turn| turn.task == id(SHARING)).expect("somebody's turn");
    assert_eq!(turn.since, corrected);
}

/// The group is opened again to name one more member: what the others signed counts as before when it is answered, and the new
/// member signs by a link beside them.
#[test]
fn a_member_that_is_named_later_signs_beside_the_others_and_unsettles_nobody() {
    let mut play = signed(&["trust"]);
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    let (group, spec) = (id("start-end-user-engagement"), play.spec(&id(SHARING)));
    does(&mut play, &pat(), Verb::Reopen, group.as_str());
    assert!(matches!(play.sign_by_link(&id(SHARING), "B82617", "Bo Fox"), Err(Refusal::Locked(_))), "not while the list is open");
    let answers = play.answers(play.spec(&group), "x").with("members", "A21471 Willow Lane Surgery\nB82617 Marsh Road Practice");
    play.obey(&gil(), Command::Submit { task: group.clone(), answers }).expect("sent");
    does(&mut play, &pat(), Verb::Acknowledge, group.as_str());
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(play.journey.signatures(spec).len(), 3, "the words are the same");
    assert_eq!(by_link::unsigned(&play.journey, spec).iter().map(|it| it.ods_code.as_str()).collect::<Vec<_>>(), ["B82617"]);
    does(&mut play, &gil(), Verb::AskToSign, SHARING);
    play.sign_by_link(&id(SHARING), "B82617", "Bo Fox").expect("signed");
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("4 of 4 have signed"));
    // Whoever is taken off the list cannot sign any more; a signature that was given stays in the history.
    does(&mut play, &pat(), Verb::Reopen, group.as_str());
    let answers = play.answers(play.spec(&group), "x").with("members", "A21471 Willow Lane Surgery");
    play.obey(&gil(), Command::Submit { task: group.clone(), answers }).expect("sent");
    does(&mut play, &pat(), Verb::Acknowledge, group.as_str());
    assert_eq!(play.sign_by_link(&id(SHARING), "B82617", "Bo Fox"), Err(Refusal::AlreadyDone));
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());
}

fn takes_back(play: &mut Play, who: &Actor, until: &str) -> Result<Vec<Event>, Refusal> {
    let (reason, until) = ("The practice closes.".to_owned(), until.to_owned());
    play.obey(who, Command::WithdrawSignature { task: id(SHARING), reason, until })
}

/// A signature that is taken back from a later day on counts through that day, as it is in the UK, and no longer.
#[test]
fn a_signature_that_is_taken_back_from_a_day_on_counts_through_that_day() {
    let mut play = signed(&["trust", "ward"]);
    let spec = play.spec(&id(SHARING));
    let last = play.today().checked_add(jiff::Span::new().days(30)).expect("a day");
    takes_back(&mut play, &may(), &last.to_string()).expect("it says from when on");
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("3 of 3 have signed"));
    assert_eq!(signing::ending(play.journey.task(&id(SHARING)), &"ward".parse().expect("an id")).map(|it| it.until), Some(last));
    // Another day takes the place of the one before.
    let later = last.checked_add(jiff::Span::new().days(1)).expect("a day");
    takes_back(&mut play, &may(), &later.to_string()).expect("they thought again");
    let end = later.tomorrow().expect("a day").to_zoned(journey::base::calendar::uk()).expect("a day").timestamp();
    assert_eq!(decide::due_at(&play.journey), Some(end), "the sweep looks at it then");
    play.now = end - jiff::SignedDuration::from_secs(1);
    play.pass_time();
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("3 of 3 have signed"), "its last evening");
    play.now = end;
    play.pass_time();
    assert_eq!(told_as_taken_back(&play), ["ward"]);
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("2 of 3 have signed"));
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled, "the others stay");
    assert_eq!(decide::due_at(&play.journey), play.journey.lapses().map(|(_, at)| at), "nothing more of it is due");
    does(&mut play, &may(), Verb::Sign, SHARING);
    assert_eq!(told_as_taken_back(&play), Vec::<&str>::new());
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());
}

#[test]
fn a_last_day_that_has_passed_or_is_none_is_told_with_the_reason_that_is_missing() {
    let mut play = signed(&["trust", "ward"]);
    for (until, says) in [("1 1 2020", "The last day cannot be in the past"), ("soon", "Enter a date for “Last day")] {
        let Err(Refusal::Invalid(problems)) = takes_back(&mut play, &may(), until) else { panic!("{until}") };
        assert!(problems.0.iter().any(|problem| problem.field == "until" && problem.says.starts_with(says)), "{problems:?}");
    }
    let (reason, until) = (String::new(), "soon".to_owned());
    let both = play.obey(&may(), Command::WithdrawSignature { task: id(SHARING), reason, until });
    let Err(Refusal::Invalid(problems)) = both else { panic!("two things are wrong") };
    assert_eq!(problems.0.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), ["reason", "until"]);
}

/// What ends an agreement for all ends what was to come: nobody's new signature is taken away by a day of before.
#[test]
fn a_day_of_before_takes_no_new_signature_away() {
    let mut play = signed(&["trust", "ward"]);
    let last = play.today().checked_add(jiff::Span::new().days(30)).expect("a day");
    takes_back(&mut play, &may(), &last.to_string()).expect("from a day on");
    takes_back(&mut play, &may(), "").expect("and then at once");
    does(&mut play, &may(), Verb::Sign, SHARING);
    play.wait(60 * 24 * 40);
    play.pass_time();
    assert_eq!(told_as_taken_back(&play), Vec::<&str>::new());
    assert_eq!(decide::due(&play.journey, play.now), []);
}

/// The use case is described anew for another setting and approved again.
fn used_otherwise(play: &mut Play, setting: &str) {
    let task = id("describe-use-case");
    does(play, &pat(), Verb::Reopen, "obtain-use-case-approval");
    let answers = play.answers(play.spec(&task), "Meals.").with("purpose", "To order meals.").with("care_settings", setting);
    play.wait(10);
    play.obey(&ada(), Command::Submit { task, answers }).expect("sent");
    does(play, &pat(), Verb::Approve, "obtain-use-case-approval");
    // The group is looked at again, as everything that rests on the use case: it stays what it is.
    does(play, &pat(), Verb::StillHolds, "start-end-user-engagement");
}

/// domain/end_users.md §9: a change of the use case asks for new signatures, of accounts and of links; what was signed stays in the
/// history, and what changed is told old beside new.
#[test]
fn another_use_case_is_signed_again_by_everybody() {
    let mut play = signed(&["trust"]);
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    let spec = play.spec(&id(SHARING));
    let before = words::words_to_sign(&play.journey, spec);
    assert!(
        before.contains("Use case as approved: The address is of another site.\nWhere it is used: General practice\n"),
        "{before}"
    );
    assert!(before.contains("Care setting of the group: General practice\n"), "{before}");
    let settled = play.journey.clone();
    // The same words, sent and approved again, are the same use case.
    does(&mut play, &pat(), Verb::Reopen, "obtain-use-case-approval");
    assert_eq!(asked_anew::by(&settled, &play.journey).count(), 0, "nobody can sign while it is open");
    does(&mut play, &ada(), Verb::Submit, "describe-use-case");
    does(&mut play, &pat(), Verb::Approve, "obtain-use-case-approval");
    does(&mut play, &pat(), Verb::StillHolds, "start-end-user-engagement");
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(play.journey.signatures(spec).len(), 3, "each counts as before");

    used_otherwise(&mut play, "hospice");
    assert!(matches!(play.journey.standing(&id(SHARING)), Standing::CheckAgain { waiting_on } if waiting_on.is_empty()));
    let changes = play.journey.changes(spec);
    let [Change::UseCase { then, now: Some(now) }] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((then.purpose.as_str(), now.purpose.as_str()), ("The address is of another site.", "To order meals."));
    assert_eq!(now.care_settings, ["Hospice"]);
    assert_eq!(play.journey.signatures(spec).len(), 0);
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["trust".to_owned()])], "whoever signed signs again");
    does(&mut play, &amy(), Verb::Sign, SHARING);
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("the words are others");
    does(&mut play, &pat(), Verb::Sign, SHARING);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());
}

/// Those who signed by a link are looked at again in the moment in which other words can be signed, and in no other.
#[test]
fn whoever_signed_by_a_link_is_asked_again_when_other_words_can_be_signed() {
    let mut play = signed(&["trust"]);
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    let from = play.history.len();
    used_otherwise(&mut play, "hospice");
    let mut journey = Journey::replay(&play.journey.reference, &play.history[..from], shipped()).expect("a lawful ledger");
    let mut asked = Vec::new();
    for recorded in &play.history[from..] {
        let before = journey.clone();
        journey.evolve(recorded).expect("it follows");
        asked.extend(asked_anew::by(&before, &journey).map(|spec| (recorded.seq, spec.id.to_string())));
    }
    assert_eq!(asked, [(play.journey.seq, SHARING.to_owned())], "when the group was said to hold, and not before");
}

/// A group that uses the product in another care setting signs again; one more member changes nothing for the others.
#[test]
fn another_care_setting_of_the_group_is_signed_again() {
    let mut play = signed(&["trust"]);
    let (group, spec) = (id("start-end-user-engagement"), play.spec(&id(SHARING)));
    does(&mut play, &pat(), Verb::Reopen, group.as_str());
    let answers = play.answers(play.spec(&group), "x").with("care_setting", "hospice");
    play.obey(&gil(), Command::Submit { task: group.clone(), answers }).expect("sent");
    does(&mut play, &pat(), Verb::Acknowledge, group.as_str());
    let changes = play.journey.changes(spec);
    let [Change::CareSetting { then, now }] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((then.as_str(), now.as_str()), ("General practice", "Hospice"));
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["trust".to_owned()])]);
}

/// Ledgers of before say neither what the use case says nor in which setting the group is. What was sent there to be signed keeps its
/// words, also when a later release sends the group or the use case again.
#[test]
fn what_was_sent_before_the_use_case_was_named_keeps_its_words_and_its_signatures() {
    let now = to_be_signed(&["trust"]);
    let mut play = Play { history: Vec::new(), ..now.clone() };
    for recorded in &now.history {
        let mut event = recorded.event.clone();
        if let Event::Submitted { use_case, group, .. } = &mut event {
            *use_case = None;
            if let Some(group) = group {
                group.care_setting = None;
            }
        }
        let after = play.history.last().map(|last| (last.seq, &last.digest));
        let stream = play.journey.reference.to_string();
        let recorded = Recorded::chain(&stream, after, recorded.at, recorded.by.clone(), event);
        play.history.push(recorded);
    }
    play.journey = Journey::replay(&play.journey.reference, &play.history, shipped()).expect("a lawful ledger");
    let spec = play.spec(&id(SHARING));
    assert!(!words::words_to_sign(&play.journey, spec).contains("Use case"));
    does(&mut play, &amy(), Verb::Sign, SHARING);
    let group = id("start-end-user-engagement");
    does(&mut play, &pat(), Verb::Reopen, group.as_str());
    does(&mut play, &gil(), Verb::Submit, group.as_str());
    does(&mut play, &pat(), Verb::Acknowledge, group.as_str());
    used_otherwise(&mut play, "hospice");
    assert_eq!(play.journey.signatures(spec).len(), 1, "the words of before, and what was signed under them");
    does(&mut play, &pat(), Verb::Sign, SHARING);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(play.journey.changes(spec), []);
}

/// Days after the last day of a signature that is given today.
fn at_days_from_now(play: &mut Play, months: i32, days: i64) {
    let day = play.today().checked_add(jiff::Span::new().months(months)).expect("a day");
    let day = day.checked_add(jiff::Span::new().days(days)).expect("a day");
    play.now = day.to_zoned(journey::base::calendar::uk()).expect("a day").timestamp();
}

/// domain/end_users.md §9: renewed yearly. A signature says its last day; it is asked for 30 days before, counts until then, and
/// whoever gives it anew changes nothing for the others.
#[test]
fn a_signature_is_asked_for_again_before_its_year_is_over_and_renewed_beside_the_others() {
    let mut play = signed(&["trust", "ward"]);
    does(&mut play, &ada(), Verb::Start, "develop-product");
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    let spec = play.spec(&id(SHARING));
    let said: Vec<Option<jiff::civil::Date>> = play.journey.signatures(spec).iter().map(|s| s.renew_by).collect();
    let last = play.today().checked_add(jiff::Span::new().months(12)).expect("a day");
    assert_eq!(said, [Some(last), Some(last), None, Some(last)], "NHS England signs once");
    let before = play.clone();
    at_days_from_now(&mut play, 12, -30);
    play.pass_time();
    assert_eq!(turns(&play, SHARING), [], "31 days before");
    let mut play = before;
    at_days_from_now(&mut play, 12, -29);
    play.pass_time();
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["trust".to_owned(), "ward".to_owned()])]);
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("4 of 4 have signed"), "they count until then");
    assert_eq!(signing::to_renew_by(&play.journey, spec, MEMBER), Some(last));
    let turn = overview(&play.journey).turns.into_iter().find(|turn| turn.task == id(SHARING)).expect("a turn");
    assert_eq!(turn.since, play.now, "since they were asked");
    // The same person signs again; the member by its link.
    assert!(is_theirs(&turn, &amy(), &play.journey));
    does(&mut play, &amy(), Verb::Sign, SHARING);
    assert_eq!(refused(&mut play, &amy(), Verb::Sign, SHARING), Refusal::AlreadyDone);
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("it is renewed");
    assert_eq!(play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader"), Err(Refusal::AlreadyDone));
    let next = play.today().checked_add(jiff::Span::new().months(12)).expect("a day");
    let said: Vec<Option<jiff::civil::Date>> = play.journey.signatures(spec).iter().map(|s| s.renew_by).collect();
    assert_eq!(said, [Some(last), None, Some(next), Some(next)], "one for each, and the ward has not renewed");
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["ward".to_owned()])]);
    // The ward lets its own lapse.
    let end = last.tomorrow().expect("a day").to_zoned(journey::base::calendar::uk()).expect("a day").timestamp();
    assert_eq!(decide::due_at(&play.journey), Some(end), "the sweep looks at it then");
    play.now = end - jiff::SignedDuration::from_secs(1);
    play.pass_time();
    assert_eq!(play.journey.signatures(spec).len(), 4, "its last evening");
    play.now = end;
    play.pass_time();
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("3 of 4 have signed"));
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled, "the others stay");
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["ward".to_owned()])]);
    assert!(play.journey.task(&id(SHARING)).lapsed.contains_key(&org("ward")));
    does(&mut play, &may(), Verb::Sign, SHARING);
    assert!(play.journey.task(&id(SHARING)).lapsed.is_empty());
    assert_eq!(signing::count_in_words(&play.journey, spec).as_deref(), Some("4 of 4 have signed"));
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());
}

/// When everybody lets it lapse nothing is signed, and everybody signs again, NHS England among them.
#[test]
fn an_agreement_that_everybody_lets_lapse_is_open_again() {
    let mut play = signed(&["trust"]);
    does(&mut play, &ada(), Verb::Start, "develop-product");
    play.sign_by_link(&id(SHARING), MEMBER, "Rae Reader").expect("signed");
    let mut asked = Vec::new();
    let before = play.journey.clone();
    at_days_from_now(&mut play, 12, 1);
    play.pass_time();
    asked.extend(asked_anew::by(&before, &play.journey).map(|spec| spec.id.to_string()));
    assert_eq!(asked, [SHARING.to_owned()], "whoever signed by a link gets another one");
    let last = play.history.last().expect("an event");
    assert!(matches!(&last.event, Event::SignaturesLapsed { organisations, .. } if organisations.len() == 2), "{last:?}");
    assert!(!play.history.iter().any(|recorded| matches!(recorded.event, Event::RenewalDue { .. })), "too late to ask before");
    assert_eq!(play.journey.standing(&id(SHARING)).word(), "In progress");
    assert_eq!(turns(&play, SHARING), [(Side::EndUser, vec!["trust".to_owned()])]);
    does(&mut play, &amy(), Verb::Sign, SHARING);
    does(&mut play, &pat(), Verb::Sign, SHARING);
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
}

/// A signature of before says no day: none is asked for, and none lapses.
#[test]
fn a_signature_of_before_there_was_a_year_ends_by_no_day() {
    let mut play = to_be_signed(&["trust"]);
    does(&mut play, &ada(), Verb::Start, "develop-product");
    for (who, role, by) in [(amy(), Role::AuthorisedPerson, "trust"), (pat(), Role::ProgrammeLead, "nhs")] {
        let words = play.to_sign(play.spec(&id(SHARING)));
        let name = "Amy".to_owned();
        let event = Event::Signed { task: id(SHARING), role, authority: name.clone(), name, words, member: None, renew_by: None };
        play.append(vec![event], Some(By { person: who.person, organisation: org(by) }));
    }
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    at_days_from_now(&mut play, 40, 0);
    play.pass_time();
    assert_eq!(play.journey.standing(&id(SHARING)), Standing::Settled);
    assert_eq!(turns(&play, SHARING), []);
}

/// A ledger in which a signature is asked for or lapses before its time was not written here.
#[test]
fn no_signature_lapses_before_its_day() {
    let mut play = signed(&["trust"]);
    for event in [
        Event::RenewalDue { task: id(SHARING), organisations: vec![org("trust")] },
        Event::SignaturesLapsed { task: id(SHARING), organisations: vec![org("trust")] },
        Event::SignaturesLapsed { task: id(SHARING), organisations: vec![org("nobody")] },
    ] {
        play.wait(10);
        let recorded = play.journey.record(vec![event], None, play.now).remove(0);
        assert!(play.journey.clone().evolve(&recorded).is_err(), "{recorded:?}");
    }
}

/// What was taken back until a day that passes while nobody looks has ended, and is not asked for anew in the same moment.
#[test]
fn what_was_taken_back_is_not_asked_for_again() {
    let mut play = signed(&["trust", "ward"]);
    does(&mut play, &ada(), Verb::Start, "develop-product");
    let until = play.today().checked_add(jiff::Span::new().days(30)).expect("a day");
    takes_back(&mut play, &may(), &until.to_string()).expect("it says from when on");
    at_days_from_now(&mut play, 12, -10);
    play.pass_time();
    assert_eq!(told_as_taken_back(&play), ["ward"]);
    let asked = play.history.iter().filter_map(|recorded| match &recorded.event {
        Event::RenewalDue { organisations, .. } => Some(organisations.clone()),
        _ => None,
    });
    assert_eq!(asked.collect::<Vec<_>>(), [vec![org("trust")]]);
}
