//! Corrected texts: one proposes, another publishes; the newest is read, none is lost, and of two who answer one wins.

use journey::port::{
    Outbox as _, WriteError,
    audit::{Act, Noted},
    corrections::{Corrections, Fate, MOST_VERSIONS, NewProposal},
};

use crate::{
    cast::{at, everybody, id, letter},
    operator::noted,
    support::House,
};

pub fn text(words: &str, seen: u32) -> NewProposal {
    NewProposal { subject: "words/asid".to_owned(), seen, words: words.to_owned(), reason: "It was wrong.".to_owned() }
}

fn by(name: &str, act: Act, person: &str, second: i64) -> Noted {
    noted(name, act, Some(person), second)
}

pub async fn a_text_is_proposed_by_one_and_published_by_another(house: House) {
    let db = house.db;
    everybody(&db).await;
    let before = db.letters_waiting().await.unwrap().0;
    assert!(db.corrected().await.unwrap().is_empty() && db.proposals().await.unwrap().is_empty());
    db.propose(text("First ‘é’.\0", 0), by("p1", Act::TextProposed, "ada", 1), vec![letter("bob")]).await.unwrap();
    let proposal = db.proposals().await.unwrap().remove("words/asid").unwrap();
    assert_eq!((proposal.number, proposal.follows, proposal.fate), (1, 0, Fate::Waiting));
    assert_eq!((proposal.words.as_str(), proposal.reason.as_str(), proposal.at), ("First ‘é’.\u{fffd}", "It was wrong.", at(1)));
    assert_eq!((proposal.by, proposal.named.as_str()), (id("ada"), "Ada O'Neill"));
    assert!(db.corrected().await.unwrap().is_empty(), "nobody reads it yet");

    // One at a time; nothing is proposed over what was not seen.
    let second = db.propose(text("Second.", 0), by("p2", Act::TextProposed, "bob", 2), Vec::new()).await;
    assert!(matches!(second, Err(WriteError::Conflict)));
    let answer = |number: u32, fate: Fate, name: &'static str, at: i64| {
        let mut note = by(name, Act::TextPublished, "bob", at);
        note.reason = if fate == Fate::SentBack { "Say twelve digits.".to_owned() } else { String::new() };
        db.answer_proposal("words/asid", number, fate, note, None)
    };
    answer(1, Fate::SentBack, "a1", 3).await.unwrap();
    for stale in [0, 1, 2] {
        assert!(matches!(answer(stale, Fate::Published, "late", 4).await, Err(WriteError::Conflict)), "{stale}");
    }
    let proposal = db.proposals().await.unwrap().remove("words/asid").unwrap();
    assert_eq!((proposal.fate, proposal.answer.as_str()), (Fate::SentBack, "Say twelve digits."));
    assert_eq!(proposal.answered.unwrap().1, at(3));

    db.propose(text("Twelve digits.", 0), by("p3", Act::TextProposed, "ada", 5), Vec::new()).await.unwrap();
    answer(2, Fate::Published, "a2", 6).await.unwrap();
    assert_eq!(db.corrected().await.unwrap()["words/asid"], "Twelve digits.");
    let version = db.versions("words/asid").await.unwrap().remove(0);
    assert_eq!((version.number, version.words.as_str(), version.reason.as_str()), (1, "Twelve digits.", "It was wrong."));
    assert_eq!((version.by.as_str(), version.published_by.as_deref(), version.at), ("Ada O'Neill", Some("Bob O'Neill"), at(6)));
    for stale in [0, 2, u32::MAX] {
        let late = db.propose(text("Late.", stale), by("late", Act::TextProposed, "ada", 7), Vec::new()).await;
        assert!(matches!(late, Err(WriteError::Conflict)), "{stale}");
    }

    db.propose(text("Never.", 1), by("p4", Act::TextProposed, "ada", 8), Vec::new()).await.unwrap();
    answer(3, Fate::TakenBack, "a3", 9).await.unwrap();
    assert_eq!(db.corrected().await.unwrap()["words/asid"], "Twelve digits.");
    for version in 1..=MOST_VERSIONS + 1 {
        let (proposed, published) = (format!("m{version}"), format!("n{version}"));
        db.propose(text("More.", version), by(&proposed, Act::TextProposed, "ada", 10), Vec::new()).await.unwrap();
        let note = by(&published, Act::TextPublished, "bob", 10);
        db.answer_proposal("words/asid", version + 3, Fate::Published, note, None).await.unwrap();
    }
    assert_eq!(db.versions("words/asid").await.unwrap().len(), MOST_VERSIONS as usize);
    assert_eq!(db.letters_waiting().await.unwrap().0, before + 1, "a letter goes with what it tells of");
}
