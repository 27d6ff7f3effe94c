//! The connection agreement: the text with its parts, and what becomes of those who sign it.

mod common;

use common::{Play, actor, by, id, identity, opening, shipped};
use journey::{
    base::{
        actor::{Actor, Role},
        ids::Digest,
    },
    ledger::{
        agreement_text::{self, AgreementText, Block},
        event::{Event, Recorded},
        journey::Journey,
        machine::Verb,
        standing::Standing,
        words,
    },
    plan::{certificates, opening::Opening},
    rule::{audit::audit, certificate::CertificateNumber, decide, offers},
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
    let roles: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == pat().roles.first().unwrap().side()).collect();
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
    let cast = [ada(), teams()];
    let acts = [Verb::Submit, Verb::Approve, Verb::Acknowledge, Verb::Issue];
    while !matches!(play.journey.standing(&id(AGREEMENT)), Standing::Ready) {
        let turns = overview(&play.journey).turns;
        let next = turns.iter().find_map(|turn| {
            let offered = |who: &Actor| offers::offers_on(&play.journey, who, &turn.task);
            let of = |who: &Actor| acts.iter().copied().find(|verb| offered(who).contains(verb));
            cast.iter().find_map(|who| Some((who.clone(), of(who)?, turn.task.to_string())))
        });
        let (who, verb, task) = next.expect("somebody brings it on");
        does(&mut play, &who, verb, &task);
    }
    play
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
    Play { journey: journey.expect("opened"), history, now: play.now }
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
