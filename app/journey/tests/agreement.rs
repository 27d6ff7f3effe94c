//! The connection agreement: the text with its parts, and what becomes of those who sign it.

mod common;

use common::{Play, actor, at, by, id, identity, opening, shipped};
use jiff::{SignedDuration, Timestamp, civil::Date};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        edition::Edition,
        ids::Digest,
    },
    ledger::{
        agreement_text::{self, AgreementText, Block},
        event::{Event, Recorded, Signer},
        incident::Incident,
        journey::Journey,
        machine::Verb,
        refusal::Refusal,
        signing,
        standing::{Standing, State},
        words,
    },
    plan::{certificates, opening::Opening},
    rule::{
        audit::audit,
        certificate::CertificateNumber,
        command::Command,
        decide,
        duties::{self, Duty},
        offers,
    },
    task::agreement,
    view::overview::overview,
};

const AGREEMENT: &str = "receive-connection-agreement";
const CERTIFICATE: &str = "receive-technical-conformance-certificate";

fn ada() -> Actor {
    actor("ada", "acme", &[Role::OnboardingLead, Role::Developer, Role::ClinicalSafetyOfficer])
}

fn sam() -> Actor {
    actor("sam", "acme", &[Role::Signatory])
}

fn pat() -> Actor {
    actor("pat", "nhs", &[Role::ProgrammeLead])
}

fn teams() -> Actor {
    let roles: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
    actor("tess", "nhs", &roles)
}

fn does(play: &mut Play, actor: &Actor, verb: Verb, task: &str) {
    play.wait(10);
    let command = play.command(verb, &id(task), "Acme Ltd");
    play.obey(actor, command).unwrap_or_else(|refusal| panic!("{verb:?} {task} by {}: {refusal:?}", actor.person));
}

/// A journey whose certificate is issued: the parts of its agreement can be filled in.
fn certified() -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let opening = Opening { supporting_tasks: false, other_organisations: false, ..opening() };
    let mut play = Play::open(shipped(), process, &ada(), opening);
    until(&mut play, |play| play.journey.standing(&id(AGREEMENT)) == Standing::Ready);
    play
}

/// Everybody but whoever signs does what is theirs, until it is so.
fn until(play: &mut Play, so: impl Fn(&Play) -> bool) {
    let cast = [ada(), teams()];
    let acts = [Verb::StillHolds, Verb::Submit, Verb::Approve, Verb::Acknowledge, Verb::Issue];
    while !so(play) {
        let turns = overview(&play.journey).turns;
        let next = turns.iter().find_map(|turn| {
            let offered = |who: &Actor| offers::offers_on(&play.journey, who, &turn.task);
            let of = |who: &Actor| acts.iter().copied().find(|verb| offered(who).contains(verb));
            cast.iter().find_map(|who| Some((who.clone(), of(who)?, turn.task.to_string())))
        });
        let (who, verb, task) = next.expect("somebody brings it on");
        does(play, &who, verb, &task);
    }
}

/// The same, with the parts sent.
fn sent() -> Play {
    let mut play = certified();
    does(&mut play, &ada(), Verb::Submit, AGREEMENT);
    play
}

fn digest_of_round(play: &Play, task: &str) -> Digest {
    play.journey.task(&id(task)).sent.last().expect("it was sent").digest.clone()
}

#[test]
fn the_words_are_the_text_with_what_is_true_of_this_journey() {
    let mut play = certified();
    let spec = play.spec(&id(AGREEMENT));
    let before = words::words_to_send(&play.journey, spec);
    does(&mut play, &ada(), Verb::Submit, AGREEMENT);
    let words = words::words_to_sign(&play.journey, spec);
    let document = agreement_text::read(&words).expect("a text with parts");
    assert_eq!(document.title, "Connection agreement");
    let fact = |name: &str| document.facts.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    assert_eq!(fact("Journey"), Some(play.journey.reference.to_string().as_str()));
    assert_eq!(fact("Supplier"), Some("The acme (ACME)"));
    assert_eq!(fact("Product"), Some("Bedside View 4.2"));
    assert_eq!(fact("Text"), Some("connection-2026-2"));
    assert!(words.contains("is between The acme (ACME), called the supplier here, and NHS England"), "{words}");
    assert!(!words.contains('{') && !words.contains("  ") && !words.contains(": \n"), "no blank is left: {words}");

    // What is part of it is named by its digest: the parts, the SCAL that was accepted, and what the certificate says.
    let issued = play.history.iter().rfind(|recorded| recorded.event.task() == Some(&id(CERTIFICATE))).expect("it was issued");
    let Event::Issued { facts: Some(facts), .. } = &issued.event else { panic!("{:?}", issued.event) };
    let kind = certificates::kind(play.spec(&id(CERTIFICATE))).expect("a certificate");
    let number = CertificateNumber::of(kind, &play.journey.reference, issued.seq);
    let annexes: Vec<(&str, Option<&str>)> = document
        .blocks
        .iter()
        .filter_map(|block| if let Block::Annex(what, digest) = block { Some((*what, *digest)) } else { None })
        .collect();
    let (parts, scal) = (digest_of_round(&play, AGREEMENT), digest_of_round(&play, "submit-scal"));
    assert_eq!(annexes.len(), 3);
    assert_eq!(annexes[0], ("Annex 1: the parts as the supplier filled them in, round 1", Some(parts.as_str())));
    assert_eq!(annexes[1], ("Annex 2: the SCAL as accepted, edition 2026-1, round 1", Some(scal.as_str())));
    let named = format!("Annex 3: Technical conformance certificate {number}");
    assert_eq!(annexes[2], (named.as_str(), Some(facts.as_str())));

    // Whoever prepares it reads the same before: all but the digest of what is not sent yet.
    let line = format!("round 1, digest {parts}");
    let promised = words.replace(
        &format!("the parts as the supplier filled them in, {line}"),
        "the parts as the supplier fills them in and sends them",
    );
    assert_eq!(before, promised);
    // Each numbered line is a box to tick.
    let text = words::text_of(&play.journey, spec);
    assert_eq!(text, Some(AgreementText::Connection2026v2));
    let boxes = agreement::signing(spec, text).fields[0].options().len();
    assert_eq!(boxes, document.blocks.iter().filter(|block| matches!(block, Block::Statement(_))).count());
}

#[test]
fn the_text_that_was_signed_is_kept_with_the_signature() {
    let mut play = sent();
    let words = words::words_to_sign(&play.journey, play.spec(&id(AGREEMENT)));
    play.wait(10);
    let command = play.command(Verb::Sign, &id(AGREEMENT), "Sam Low");
    let events = decide::decide(&play.journey, &sam(), command, None, play.today()).expect("sam signs");
    assert_eq!(decide::texts(&play.journey, &events), [words]);
}

/// The ledger as a release without the text would have written it: nothing pins a version.
fn as_before(play: &Play) -> Play {
    let mut journey: Option<Journey> = None;
    let mut history: Vec<Recorded> = Vec::new();
    for recorded in &play.history {
        let mut event = recorded.event.clone();
        if let Event::Submitted { text, .. } = &mut event {
            *text = None;
            assert!(!serde_json::to_string(&event).expect("plain data").contains("\"text\""), "as it was written then");
        }
        let recorded = match &journey {
            None => recorded.clone(),
            Some(journey) => journey.record(vec![event], recorded.by.clone(), recorded.at).remove(0),
        };
        match &mut journey {
            None => journey = Some(Journey::open(&play.journey.reference, &recorded, shipped()).expect("an opening")),
            Some(journey) => journey.evolve(&recorded).expect("a lawful ledger"),
        }
        history.push(recorded);
    }
    Play { journey: journey.expect("opened"), history, now: play.now, processes: play.processes }
}

#[test]
fn what_was_sent_before_there_was_a_text_keeps_its_words_and_is_signed_as_it_was() {
    let mut play = as_before(&sent());
    let spec = play.spec(&id(AGREEMENT));
    let reference = play.journey.reference.to_string();
    let (parts, scal) = (digest_of_round(&play, AGREEMENT), digest_of_round(&play, "submit-scal"));
    let expected = format!(
        "Receive connection agreement\n\nJourney {reference}\nSupplier: The acme (ACME)\nProduct: Bedside View 4.2\nCapabilities: Access Record HTML 0.7.4, Access Record Structured 1.6.2\nParts filled in: round 1, digest {parts}\nSCAL as accepted, which is part of this: round 1, digest {scal}\n
1. The supplier connects the product to GP Connect as described in the parts filled in, and for nothing else.
2. Data obtained through GP Connect is used for the direct care of the patient only, and is not sold or used for charging.
3. The SCAL as accepted is part of this agreement. A change that touches it is submitted before it is released.
4. The supplier keeps a clinical safety officer, a hazard log and a safety case, and reports a clinical safety incident within 48 hours.
5. The supplier keeps the standards of the Data Security and Protection Toolkit, and checks them for each organisation before it goes live.
6. The supplier runs a service desk and joins a high severity incident within 30 minutes.
7. NHS England may suspend the connection when patients or data are at risk, and says why.
8. Whoever signs has authority to sign for their organisation."
    );
    assert_eq!(words::words_to_sign(&play.journey, spec), expected);
    assert_eq!(agreement::signing(spec, words::text_of(&play.journey, spec)).fields[0].options().len(), 8);
    does(&mut play, &sam(), Verb::Sign, AGREEMENT);
    does(&mut play, &pat(), Verb::Sign, AGREEMENT);
    assert_eq!(play.journey.standing(&id(AGREEMENT)), Standing::Settled);
    let signed: Vec<Digest> = play.journey.task(&id(AGREEMENT)).signatures.iter().map(|s| s.words.clone()).collect();
    assert_eq!(signed, [Digest::of(expected.as_bytes()), Digest::of(expected.as_bytes())]);
    assert_eq!(audit(&play.journey.reference, &play.history, shipped()).faults, Vec::<String>::new());

    // Sent anew, it is the text of today; what was signed under other words is history.
    does(&mut play, &pat(), Verb::Reopen, AGREEMENT);
    does(&mut play, &ada(), Verb::Submit, AGREEMENT);
    assert!(words::words_to_sign(&play.journey, spec).contains("## Part A: services form"));
    let opened = play.history[0].by.clone();
    assert_eq!(opened, Some(by(&ada())));
    assert_eq!(play.journey.identity(&play.journey.organisation), Some(&identity("acme")));
}

fn ann() -> Actor {
    actor("ann", "acme", &[Role::Signatory])
}

fn signer(who: &Actor) -> Signer {
    Signer { person: who.person.clone(), name: format!("The {}", who.person) }
}

/// The lead of the supplier names somebody to sign in place of somebody else.
fn names(play: &mut Play, from: &Actor, to: &Actor, reason: &str) -> Result<Vec<Event>, Refusal> {
    play.wait(10);
    let (from, to) = (signer(from), signer(to));
    play.obey(&ada(), Command::ReplaceSignatory { task: id(AGREEMENT), from, to, reason: reason.to_owned() })
}

fn signs(play: &mut Play, who: &Actor) -> Result<Vec<Event>, Refusal> {
    play.wait(10);
    let command = play.command(Verb::Sign, &id(AGREEMENT), "A name");
    play.obey(who, command)
}

/// Who may not take the turn to sign, though their role could.
fn kept_from_signing(play: &Play) -> Vec<String> {
    let turns =
        overview(&play.journey).turns.into_iter().filter(|turn| turn.task == id(AGREEMENT) && turn.roles == [Role::Signatory]);
    turns.flat_map(|turn| turn.not_by).map(|person| person.to_string()).collect()
}

fn counted(play: &Play) -> Option<(usize, usize)> {
    signing::count(&play.journey, play.spec(&id(AGREEMENT)))
}

fn faults(play: &Play) -> Vec<String> {
    audit(&play.journey.reference, &play.history, shipped()).faults
}

#[test]
fn somebody_else_is_named_while_the_signature_is_missing() {
    let mut play = sent();
    assert!(play.offers(&sam(), Verb::Sign, AGREEMENT) && play.offers(&ann(), Verb::Sign, AGREEMENT));
    names(&mut play, &sam(), &ann(), "Sam is away until May.").expect("the lead names somebody");
    assert!(!play.offers(&sam(), Verb::Sign, AGREEMENT) && !play.offers(&sam(), Verb::Decline, AGREEMENT));
    assert!(play.offers(&ann(), Verb::Sign, AGREEMENT));
    assert!(kept_from_signing(&play).contains(&"sam".to_owned()), "{:?}", kept_from_signing(&play));
    assert_eq!(signs(&mut play, &sam()), Err(Refusal::Replaced));
    assert_eq!(counted(&play), Some((0, 2)));
    // Named again, sam signs and ann does not.
    names(&mut play, &ann(), &sam(), "Sam is back.").expect("the lead names somebody");
    assert_eq!(signs(&mut play, &ann()), Err(Refusal::Replaced));
    signs(&mut play, &sam()).expect("sam signs");
    signs(&mut play, &pat()).expect("NHS England countersigns");
    assert_eq!(play.journey.standing(&id(AGREEMENT)), Standing::Settled);
    assert_eq!(faults(&play), Vec::<String>::new());
}

#[test]
fn a_signature_of_the_wrong_person_is_given_again_and_the_other_one_stays() {
    let mut play = sent();
    signs(&mut play, &sam()).expect("sam signs");
    signs(&mut play, &pat()).expect("NHS England countersigns");
    let words = play.journey.task(&id(AGREEMENT)).signatures[0].words.clone();
    names(&mut play, &sam(), &ann(), "Sam had no authority to sign for Acme.").expect("the lead names somebody");
    let record = play.journey.task(&id(AGREEMENT));
    assert_eq!(record.state, State::Open, "it does not hold without a signature of the supplier");
    let by: Vec<&str> = record.signatures.iter().map(|signature| signature.by.as_str()).collect();
    assert_eq!(by, ["pat"], "the signature of NHS England is there still");
    assert_eq!(counted(&play), Some((1, 2)));
    assert!(record.replaced.iter().any(|replaced| replaced.had_signed && replaced.to.person == ann().person));
    assert!(!play.offers(&pat(), Verb::Sign, AGREEMENT), "nobody of NHS England signs again");
    assert_eq!(signs(&mut play, &sam()), Err(Refusal::Replaced));
    signs(&mut play, &ann()).expect("ann signs");
    assert_eq!(play.journey.standing(&id(AGREEMENT)), Standing::Settled);
    let record = play.journey.task(&id(AGREEMENT));
    assert!(record.signatures.iter().all(|signature| signature.words == words), "they are the same words");
    assert_eq!(record.signatures.len(), 2);
    assert_eq!(faults(&play), Vec::<String>::new());
    // It is in the history who had signed, and why that counts no more.
    let told = play.history.iter().filter(|recorded| matches!(recorded.event, Event::SignatoryReplaced { .. })).count();
    assert_eq!(told, 1);
}

#[test]
fn nobody_is_named_who_cannot_sign_and_only_the_supplier_names() {
    let mut play = certified();
    let wish = |play: &Play, who: &Actor| {
        let command = Command::ReplaceSignatory {
            task: id(AGREEMENT),
            from: signer(&sam()),
            to: signer(&ann()),
            reason: "Why.".to_owned(),
        };
        decide::decide(&play.journey, who, command, None, play.today()).expect_err("it is refused")
    };
    assert_eq!(wish(&play, &ada()), Refusal::NothingToDo, "the parts are not sent");
    does(&mut play, &ada(), Verb::Submit, AGREEMENT);
    for other in [sam(), pat(), actor("dev", "acme", &[Role::Developer])] {
        assert_eq!(wish(&play, &other), Refusal::NotYours { roles: vec![Role::OnboardingLead] }, "{}", other.person);
    }
    let field = |refusal: Result<Vec<Event>, Refusal>| {
        let Err(Refusal::Invalid(problems)) = refusal else { panic!("{refusal:?}") };
        problems.0[0].field.clone()
    };
    assert_eq!(field(names(&mut play, &sam(), &ada(), "Why.")), "to", "whoever filled in the parts does not sign");
    assert_eq!(field(names(&mut play, &sam(), &sam(), "Why.")), "to");
    assert_eq!(field(names(&mut play, &sam(), &ann(), " ")), "reason");
    signs(&mut play, &sam()).expect("sam signs");
    assert_eq!(field(names(&mut play, &ann(), &sam(), "Why.")), "from", "it is sam who signed");
    names(&mut play, &sam(), &ann(), "Why.").expect("the lead names somebody");
    assert_eq!(field(names(&mut play, &sam(), &ann(), "Why.")), "from", "sam does not sign already");
    // Parts that are sent again are signed by whoever may.
    does(&mut play, &ann(), Verb::Decline, AGREEMENT);
    does(&mut play, &ada(), Verb::Submit, AGREEMENT);
    signs(&mut play, &sam()).expect("sam signs");
    assert_eq!(faults(&play), Vec::<String>::new());
}

/// Signed by everybody.
fn settled() -> Play {
    let mut play = sent();
    signs(&mut play, &sam()).expect("sam signs");
    signs(&mut play, &pat()).expect("NHS England countersigns");
    play
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// What is due, in words that a test can read.
fn duties_on(play: &Play, published: &[(Edition, Timestamp)], today: &str) -> Vec<String> {
    let today = day(today);
    let told = |duty: Duty| {
        let late = if duty.is_late(today) { " late" } else { "" };
        match &duty {
            Duty::Uplift { edition, due } => {
                format!("uplift {edition} {}{late}", due.map_or("?".to_owned(), |due| due.to_string()))
            }
            Duty::Support { version, until } => format!("support {version} {until}{late}"),
            Duty::Review { on } => format!("review {on}{late}"),
        }
    };
    duties::of(&play.journey, published, today).into_iter().map(told).collect()
}

#[test]
fn after_signing_its_duties_stand_with_days() {
    let newer: Edition = "2026-2".parse().expect("an edition");
    let play = sent();
    assert_eq!(duties_on(&play, &[], "2026-06-01"), [""; 0], "nothing before everybody has signed");
    let play = settled();
    assert_eq!(play.now.to_string().get(..10), Some("2026-03-02"), "signed on that day");
    assert_eq!(
        duties_on(&play, &[], "2026-06-01"),
        ["review 2027-03-02", "uplift 2026-2 ?"],
        "nobody knows when it was published"
    );
    let published = [(newer.clone(), at("2026-05-10T09:00:00Z"))];
    assert_eq!(duties_on(&play, &published, "2026-06-01"), ["review 2027-03-02", "uplift 2026-2 2027-05-10"]);
    assert_eq!(duties_on(&play, &published, "2027-05-10"), ["uplift 2026-2 2027-05-10", "review 2028-03-02"]);
    assert_eq!(duties_on(&play, &published, "2027-05-11"), ["uplift 2026-2 2027-05-10 late", "review 2028-03-02"]);
    // That the journey has moved is not enough: the SCAL is accepted under it.
    let mut moved = settled();
    moved.obey(&ada(), Command::Uplift { task: id("submit-scal") }).expect("a newer edition");
    assert_eq!(duties_on(&moved, &published, "2026-06-01"), ["review 2027-03-02", "uplift 2026-2 2027-05-10"]);
    until(&mut moved, |play| play.journey.standing(&id("submit-scal")) == Standing::Settled);
    assert_eq!(duties_on(&moved, &published, "2026-06-01"), ["review 2027-03-02"]);
    // What was published before counts from the day on which it was signed.
    let before = [(newer, at("2025-01-10T09:00:00Z"))];
    assert_eq!(duties_on(&play, &before, "2026-06-01"), ["uplift 2026-2 2027-03-02", "review 2027-03-02"]);
    // What was signed without a text names no days.
    let mut old = as_before(&sent());
    signs(&mut old, &sam()).expect("sam signs");
    signs(&mut old, &pat()).expect("NHS England countersigns");
    assert_eq!(duties_on(&old, &before, "2026-06-01"), [""; 0]);
    assert!(duties::task(&old.journey).is_some(), "an incident is reported there as well");
}

#[test]
fn a_new_version_leaves_the_one_before_supported_for_twelve_months() {
    let mut play = settled();
    play.wait(60 * 24 * 30);
    let reassess =
        Command::Reassess { task: id("submit-scal"), product: "4.3".to_owned(), name: String::new(), rows: Vec::new() };
    play.obey(&ada(), reassess).expect("a later version");
    let published = [("2026-2".parse().expect("an edition"), at("2026-05-10T09:00:00Z"))];
    let support = |play: &Play, today: &str| {
        duties_on(play, &published, today).into_iter().filter(|duty| duty.starts_with("support")).collect::<Vec<_>>()
    };
    assert_eq!(support(&play, "2026-04-02"), [""; 0], "nothing is certified yet");
    until(&mut play, |play| play.journey.standing(&id(CERTIFICATE)) == Standing::Settled);
    assert_eq!(support(&play, "2026-04-02"), ["support Bedside View 4.2 2027-04-01"]);
    assert_eq!(support(&play, "2027-04-01"), ["support Bedside View 4.2 2027-04-01"]);
    assert_eq!(support(&play, "2027-04-02"), [""; 0], "it has ended");
}

#[test]
fn an_incident_is_reported_once_the_agreement_was_signed_whatever_becomes_of_it() {
    let cso = actor("cas", "acme", &[Role::ClinicalSafetyOfficer]);
    let reports = |play: &mut Play, who: &Actor, hours: i64| {
        let noticed = play.now - SignedDuration::from_hours(hours);
        let incident = Incident { what: "Records were merged.".to_owned(), noticed, reported: play.now, sites: Vec::new() };
        play.obey(who, Command::ReportIncident { task: id(AGREEMENT), incident })
    };
    let mut play = sent();
    assert_eq!(reports(&mut play, &cso, 1), Err(Refusal::NothingToDo), "nobody has signed");
    let mut play = settled();
    for other in [sam(), pat(), actor("dev", "acme", &[Role::Developer])] {
        assert!(matches!(reports(&mut play, &other, 1), Err(Refusal::NotYours { .. })), "{}", other.person);
    }
    reports(&mut play, &cso, 47).expect("it is reported");
    reports(&mut play, &ada(), 51).expect("it is reported, late");
    does(&mut play, &pat(), Verb::Reopen, AGREEMENT);
    reports(&mut play, &cso, 48).expect("the agreement is open again, and it is reported");
    let late: Vec<Option<i64>> =
        play.journey.task(&id(AGREEMENT)).incidents.iter().map(|r| r.incident.late_by().map(|late| late.as_hours())).collect();
    assert_eq!(late, [None, Some(3), None]);
    let empty = Incident { what: " ".to_owned(), noticed: play.now, reported: play.now, sites: Vec::new() };
    let refused = play.obey(&cso, Command::ReportIncident { task: id(AGREEMENT), incident: empty });
    assert!(matches!(refused, Err(Refusal::Invalid(_))), "{refused:?}");
    assert_eq!(faults(&play), Vec::<String>::new());
}
