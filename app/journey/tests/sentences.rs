//! Sentences that are put together: whose turn it is, what is refused and why, what stops a task, and what a task is called. Both
//! processes are played to their end, and at every step everybody of every side is told everything that they could be told. Each
//! sentence is looked at as a reader would: a capital letter, a full stop, one blank between words, articles and numbers that fit.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::collections::BTreeSet;

use common::{Play, actor, at, deployment, joins, opening, shipped};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        text::joined,
    },
    ledger::machine::{TRANSITIONS, Verb},
    plan::process::Settle,
    rule::offers,
    view::{
        overview::overview,
        turns::{self, Around, Turn},
    },
};

/// What is wrong with a sentence.
fn faults(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut wrong = |says: &str| all.push(format!("{says}: {text}"));
    if text.contains("  ") || text.starts_with(' ') || text.ends_with(' ') {
        wrong("a blank too many");
    }
    if text.contains(" .") || text.contains(" ,") || text.contains("..") || text.contains(",,") || text.contains(": .") {
        wrong("marks that do not fit");
    }
    if text.chars().next().is_none_or(|first| !first.is_uppercase() && !first.is_numeric() && first != '“') {
        wrong("no capital letter");
    }
    if !text.ends_with(['.', '?', '!']) {
        wrong("no full stop");
    }
    if text.contains("(s)") || text.contains('{') || text.contains('_') {
        wrong("a part that is no word");
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.windows(2) {
        let (one, next) = (pair[0].to_lowercase(), pair[1].trim_end_matches(['.', ',', ';', ':', '?', '!']).to_lowercase());
        let vowel = next.starts_with(['a', 'e', 'i', 'o', 'u'])
            && !next.starts_with("use")
            && !next.starts_with("one")
            && !next.starts_with("uni");
        if one == next && one != "that"
            || matches!((one.as_str(), next.as_str()), ("a" | "an" | "the" | "your", "a" | "an" | "the" | "your"))
        {
            wrong(&format!("“{} {}”", pair[0], pair[1]));
        }
        if pair[1].len() > 1
            && next != "and"
            && pair[1].starts_with(char::is_lowercase)
            && (one == "a" && vowel || one == "an" && !vowel)
        {
            wrong(&format!("the other article: “{} {}”", pair[0], pair[1]));
        }
        let plural = ["tasks", "answers", "findings", "changes", "things", "rows", "days", "teams"].contains(&next.as_str());
        if one == "1" && plural
            || one == "0"
            || (one.parse::<u32>().is_ok_and(|count| count > 1)
                && ["task", "answer", "finding", "change"].contains(&next.as_str()))
        {
            wrong(&format!("a number that does not fit: “{} {}”", pair[0], pair[1]));
        }
    }
    all
}

/// What a heading has wrong: as a sentence, but without its full stop.
fn faults_of_heading(text: &str) -> Vec<String> {
    if text.ends_with(['.', ';', ':', ',']) {
        vec![format!("a mark at the end of a heading: {text}")]
    } else {
        faults(&format!("{text}."))
    }
}

/// Everybody: one person for each role alone, and one without any.
fn everybody() -> Vec<Actor> {
    let home = |side: Side| match side {
        Side::Supplier => "acme",
        Side::Programme => "nhs",
        Side::EndUser => "rj1",
        Side::Commissioner => "icb",
        Side::Operator => "ops",
    };
    let alone =
        Role::ALL.iter().map(|role| actor(&format!("one-{}", role.name().replace('_', "-")), home(role.side()), &[*role]));
    alone.chain([actor("nobody", "acme", &[])]).collect()
}

/// Everything that anybody may be told of a journey as it stands now.
fn told(play: &Play, everybody: &[Actor], said: &mut BTreeSet<String>, headed: &mut BTreeSet<String>) -> usize {
    let journey = &play.journey;
    let names = ["acme", "rj1", "icb"].map(|id| (id.parse().unwrap(), format!("The {id} organisation")));
    let around = Around::of(journey, &names.into());
    let view = overview(journey);
    let mut verbs: Vec<Verb> = TRANSITIONS.iter().map(|(_, verb, _, _)| *verb).collect();
    verbs.sort_by_key(|verb| verb.name());
    verbs.dedup();
    let mut sentences = Vec::new();
    let mut headings = Vec::new();
    for reader in everybody {
        sentences.push(turns::in_words(&around.held(&view.turns, reader)));
        for spec in journey.plan() {
            let on: Vec<Turn> = turns::turns_on(journey, spec, &journey.standing(&spec.id));
            sentences.extend(around.said(&on, reader).map(|(text, _)| text));
            sentences.extend(on.iter().map(|turn| format!("With {}.", around.team_for(turn, reader).in_words())));
            for verb in &verbs {
                if let Err(refusal) = offers::judge(journey, reader, *verb, &spec.id) {
                    let (heading, detail) = refusal.sentence(journey.process);
                    headings.push(heading);
                    sentences.push(detail);
                }
            }
        }
        for missing in turns::held_by_nobody(&view.turns, journey, reader, &BTreeSet::new()) {
            headings.push(turns::nobody_is("Fresh Clinical Systems", &missing));
        }
    }
    sentences.extend(around.said_of_all(&view.turns).map(|(text, _)| text));
    let count = sentences.len() + headings.len();
    said.extend(sentences.into_iter().filter(|text| !text.is_empty()));
    headed.extend(headings);
    count
}

#[test]
fn everything_that_anybody_is_told_on_the_way_to_live_is_a_sentence() {
    let everybody = everybody();
    let cast = deployment::cast();
    let (mut said, mut headed) = (BTreeSet::new(), BTreeSet::new());
    let mut count = 0;
    for side in ["consumer", "provider"] {
        let mut play = Play::open(shipped(), shipped().newest(side).unwrap(), &cast[0], opening());
        count += told(&play, &everybody, &mut said, &mut headed);
        let mut steps = 0;
        loop {
            let next = cast.iter().find_map(|actor| {
                let offer = offers::offers(&play.journey, actor).into_iter().find(|offer| {
                    let Some(task) = &offer.task else { return false };
                    let spec = play.spec(task);
                    let filled = spec.settle == Settle::BySignatures && play.journey.task(task).round.0 > 0;
                    let forward = matches!(offer.verb, Verb::Approve | Verb::Acknowledge | Verb::Issue | Verb::Sign)
                        || offer.verb == Verb::Submit && !filled;
                    forward && !play.journey.standing(task).is_done()
                })?;
                Some((actor.clone(), offer.verb, offer.task?))
            });
            let Some((actor, verb, task)) = next else { break };
            // Each task that can come back does so once, and is told then too.
            if verb == Verb::Approve && offers::judge(&play.journey, &actor, Verb::Return, &task).is_ok() {
                let mut back = play.clone();
                let command = back.command(Verb::Return, &task, "Say more.");
                if back.obey(&actor, command).is_ok() {
                    count += told(&back, &everybody, &mut said, &mut headed);
                }
            }
            play.wait(60);
            if play.now < at("2026-03-09T09:00:00Z") && task.as_str() == "deployment-approach" {
                play.now = at("2026-03-16T09:00:00Z");
            }
            play.check_members();
            let command = play.command(verb, &task, "done");
            if play.obey(&actor, command).is_err() {
                break;
            }
            if task.as_str() == "obtain-use-case-approval" {
                play.obey(&cast[2], joins("rj1")).expect("the trust joins");
            }
            count += told(&play, &everybody, &mut said, &mut headed);
            steps += 1;
        }
        assert!(steps > 20, "{side}: only {steps} steps");
    }
    assert!(count > 100_000 && said.len() > 200, "only {count} sentences, {} of them different", said.len());
    let bad: Vec<String> =
        said.iter().flat_map(|text| faults(text)).chain(headed.iter().flat_map(|text| faults_of_heading(text))).collect();
    assert!(bad.is_empty(), "{} of {}:\n{}", bad.len(), said.len(), bad.join("\n"));
}

#[test]
fn what_a_definition_says_is_a_sentence_and_its_names_fit_into_one() {
    let mut bad = Vec::new();
    for side in ["consumer", "provider"] {
        let process = shipped().newest(side).unwrap();
        for stage in &process.stages {
            bad.extend(faults(&stage.about));
        }
        for task in &process.tasks {
            bad.extend(faults(&task.help));
            bad.extend(faults(&format!("“{}” was approved on 3 March.", task.noun)));
            bad.extend(faults_of_heading(&format!("Your turn: {} – Bedside View", task.noun)));
            let verb = [
                "Obtain ",
                "Receive ",
                "Describe ",
                "Submit ",
                "Complete ",
                "Read ",
                "Study ",
                "Choose ",
                "Register ",
                "Appoint ",
            ];
            if verb.iter().any(|verb| task.noun.starts_with(verb)) || task.noun.ends_with(" signed") || task.noun.len() > 60 {
                bad.push(format!("no noun: {}", task.noun));
            }
            for condition in &task.when {
                bad.extend(faults(&format!("Only if {}.", condition.about())));
            }
            for roles in [&task.by, &task.decide] {
                let the: Vec<String> = roles.iter().map(|role| role.the()).collect();
                if !the.is_empty() {
                    bad.extend(faults(&format!("It goes to {}.", joined(&the, "and"))));
                }
            }
        }
    }
    for role in Role::ALL {
        bad.extend(faults(role.about()));
        bad.extend(faults(&format!("Only {} can do this.", role.any())));
        bad.extend(faults(&format!("Tom Achebe is {} now.", role.held())));
        bad.extend(faults(&format!("Declined by {}.", role.the())));
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn a_sentence_that_does_not_agree_is_seen() {
    for text in [
        "It goes to  the programme lead.",
        "It goes to the the programme lead.",
        "it goes to the programme lead.",
        "It goes to the programme lead",
        "It goes to the programme lead..",
        "It goes to a onboarding lead.",
        "It goes to an developer.",
        "You: 1 tasks.",
        "You: 2 task.",
        "You have 3 task(s).",
        "It waits for a a decision.",
        "With your the signatory.",
        "It waits for: .",
        "With .",
        "Approved for 0 working days.",
        "It goes to programme_lead.",
    ] {
        assert!(!faults(text).is_empty(), "{text}");
    }
    for text in [
        "It goes to the programme lead.",
        "“Use case” was approved.",
        "You: 1 task. NHS England, programme lead: 2 tasks.",
        "It is an organisation that uses a use case.",
    ] {
        assert_eq!(faults(text), Vec::<String>::new());
    }
    assert!(!faults_of_heading("You cannot do this yet.").is_empty() && faults_of_heading("You cannot do this yet").is_empty());
}
