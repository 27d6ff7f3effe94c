//! Who looks at a journey hears of it once the change can be seen, on whichever replica it was written.

use std::{collections::BTreeSet, time::Duration};

use journey::{
    base::{actor::Role, ids::JourneyRef},
    port::Ledger,
    view::turns::Turn,
};
use store::{Change, Db, Heard};
use tokio::sync::broadcast::Receiver;

use crate::{
    cast::{Walk, at, by, everybody, id, submitted, turn},
    support::House,
};

/// The next journey that is named. "Anything" comes when a listener begins.
async fn heard(changes: &mut Receiver<Heard>) -> JourneyRef {
    let named = async {
        loop {
            if let Change::Journey { reference, .. } = changes.recv().await.unwrap().change {
                return reference;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), named).await.expect("a change is heard within ten seconds")
}

async fn silence(changes: &mut Receiver<Heard>) {
    let heard = tokio::time::timeout(Duration::from_millis(300), heard(changes)).await;
    assert!(heard.is_err(), "{heard:?} was announced");
}

/// Somebody who listens elsewhere: another replica where there can be one. Listening has begun when this returns.
async fn listener(house: &House) -> (Db, Receiver<Heard>, Option<tokio::task::JoinHandle<()>>) {
    if house.db.dialect() == store::Dialect::Sqlite {
        let changes = house.db.changes();
        return (house.db.clone(), changes, None);
    }
    let other = Db::open(&house.url).await.unwrap();
    let mut changes = other.changes();
    let listening = tokio::spawn(other.clone().listen());
    let begun = tokio::time::timeout(Duration::from_secs(10), changes.recv()).await.expect("listening begins");
    assert_eq!(begun.unwrap().change, Change::Anything, "what was announced before may have been missed");
    (other, changes, Some(listening))
}

pub async fn who_listens_hears_of_a_journey_when_it_can_be_seen(house: House) {
    everybody(&house.db).await;
    let (other, mut changes, listening) = listener(&house).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    let reference = walk.0.reference.clone();
    house.db.append(opened).await.unwrap();
    assert_eq!(heard(&mut changes).await, reference);
    assert_eq!(other.history(&reference).await.unwrap().len(), 1, "what is announced can be read");
    house.db.append(walk.then(vec![submitted("study-prerequisites", 1)], Some(by("ada", "acme")), at(1))).await.unwrap();
    assert_eq!(heard(&mut changes).await, reference);
    let task = id("contact-gp-connect-team");
    house.db.claim(&reference, &task, Role::ProgrammeLead, &id("grace"), at(2)).await.unwrap();
    assert_eq!(heard(&mut changes).await, reference);
    house.db.release(&reference, &task, Role::ProgrammeLead).await.unwrap();
    assert_eq!(heard(&mut changes).await, reference);
    if let Some(listening) = listening {
        listening.abort();
        other.close().await;
    }
}

pub async fn a_change_names_the_roles_whose_turn_it_was_or_is(house: House) {
    everybody(&house.db).await;
    let waits = |task: &str, role| turn(task, &[role], at(0), None);
    let done = |task: &str, role| Turn { awaited: false, ..waits(task, role) };
    let roles = |all: &[Role]| Some(all.iter().copied().collect::<BTreeSet<Role>>());
    let (other, mut changes, listening) = listener(&house).await;
    let (mut walk, mut opened) = Walk::open(1, "Patient view", at(0));
    opened.projection.turns =
        vec![waits("contact-gp-connect-team", Role::ProgrammeLead), done("try-demonstrator", Role::Developer)];
    house.db.append(opened).await.unwrap();
    assert_eq!(told(&mut changes).await, roles(&[Role::ProgrammeLead]), "whose turn it is");
    let mut then = walk.then(vec![submitted("study-prerequisites", 1)], Some(by("ada", "acme")), at(1));
    then.projection.turns = vec![waits("s-dspt", Role::InformationGovernance)];
    house.db.append(then).await.unwrap();
    assert_eq!(told(&mut changes).await, roles(&[Role::ProgrammeLead, Role::InformationGovernance]), "and whose it was");
    let (reference, task) = (&walk.0.reference, id("s-dspt"));
    house.db.claim(reference, &task, Role::InformationGovernance, &id("grace"), at(2)).await.unwrap();
    assert_eq!(told(&mut changes).await, roles(&[Role::InformationGovernance]), "a claim concerns those whose turn it is");
    house.db.release(reference, &task, Role::InformationGovernance).await.unwrap();
    assert_eq!(told(&mut changes).await, roles(&[Role::InformationGovernance]));
    if let Some(listening) = listening {
        listening.abort();
        other.close().await;
    }
}

/// The roles of the next change that names a journey.
async fn told(changes: &mut Receiver<Heard>) -> Option<BTreeSet<Role>> {
    let named = async {
        loop {
            if let Change::Journey { roles, .. } = changes.recv().await.unwrap().change {
                return roles;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), named).await.expect("a change is heard within ten seconds")
}

pub async fn what_is_not_written_is_not_announced(house: House) {
    everybody(&house.db).await;
    let (mut walk, opened) = Walk::open(1, "Patient view", at(0));
    house.db.append(opened.clone()).await.unwrap();
    let stale = walk.then(vec![submitted("study-prerequisites", 1)], Some(by("ada", "acme")), at(1));
    house.db.append(stale.clone()).await.unwrap();
    let (other, mut changes, listening) = listener(&house).await;
    house.db.append(stale).await.expect_err("the same place twice");
    silence(&mut changes).await;
    if let Some(listening) = listening {
        listening.abort();
        other.close().await;
    }
}
