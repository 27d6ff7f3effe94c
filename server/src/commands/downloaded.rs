//! `verify --pack`: checks a journey that was downloaded, on any machine and without a database, and holds it against a list of heads
//! that somebody kept.

use std::{fs::File, path::Path};

use journey::base::ids::Seq;

use crate::{
    commands::listed::{Named, Outside, missing},
    pack::{self, Checked},
    seal, start,
    terminal::say,
};

/// Checks a journey that was downloaded, with a list of heads when somebody kept one.
pub(crate) fn run(file: &Path, kept: Option<&Outside>) -> Result<(), String> {
    let opened = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let checked = pack::check(opened, start::processes()?)?;
    let (events, head) = (checked.digests.len(), checked.head());
    say(&format!("Journey {} with {events} events and {} documents.", checked.journey, checked.documents));
    say(&format!("The last is entry {events}, and its digest is {head}."));
    if let Some(ledger) = &checked.ledger {
        say(&format!("In the daily lists of heads its ledger is called {ledger}."));
    }
    for (fingerprint, (subject, count)) in &checked.seals {
        print!("{}", seal::in_words(fingerprint, subject, *count));
    }
    let mut faults = checked.faults.clone();
    let says = kept.map(|kept| (kept.list.day, says_of(kept, &checked)));
    if let Some((_, Says::Otherwise(more))) = &says {
        faults.extend(more.iter().cloned());
    }
    for fault in &faults {
        say(&format!("BROKEN {fault}"));
    }
    if !faults.is_empty() {
        return Err(format!("{} broken", faults.len()));
    }
    say(
        "Every link holds, every step was lawful, the words are those that were sent and signed, and the documents those that were put in.",
    );
    match says {
        Some((day, Says::Has(seq))) => say(&format!("It has entry {seq}, as the list of {day} says.")),
        Some((day, _)) => say(&format!(
            "The list of {day} does not name it: it had not grown since the list before, or began later. Its history page says which list \
             names it last."
        )),
        None => say(
            "What was cut off after the last entry leaves no trace in here. Compare it with a list that was kept (--heads FILE), or with the \
             history page of the journey.",
        ),
    }
    Ok(())
}

/// What a list that was kept says of a journey that was downloaded.
#[derive(Debug, PartialEq, Eq)]
pub enum Says {
    /// It names this entry, and the pack has it so.
    Has(Seq),
    /// It does not name the journey.
    Nothing,
    /// The pack does not have what it names, or the list does not count: a sentence for each fault.
    Otherwise(Vec<String>),
}

/// Holds a journey that was downloaded against a list.
#[must_use]
pub fn says_of(outside: &Outside, checked: &Checked) -> Says {
    let Outside { list, fault, .. } = outside;
    let called = format!("the kept list of {}", list.day);
    if let Some(fault) = fault {
        return Says::Otherwise(vec![format!("{called}: {fault}")]);
    }
    let Some(head) = list.heads.iter().find(|head| Some(&head.ledger) == checked.ledger.as_ref()) else { return Says::Nothing };
    match missing(&checked.digests, &Named { list: called, outside: true, seq: head.seq, digest: head.digest.clone() }) {
        None => Says::Has(head.seq),
        Some(says) => Says::Otherwise(vec![says]),
    }
}
