//! Letters: each promise is one letter, sent once, and tried again until it goes.

use std::collections::BTreeMap;

use journey::{
    base::actor::Role,
    people::rules::InvitationLimit,
    port::{
        Ledger, LinkPurpose, Outbox, Outgoing, People, Undelivered,
        seats::{Invited, Seats},
    },
};
use store::Db;

use crate::{
    cast::{Walk, at, by, count, everybody, id, invitation, letter, link, submitted, supplier},
    support::House,
};

/// Puts letters into the outbox in this order, one second apart.
async fn queue(db: &Db, names: &[String]) {
    for (second, name) in (0..).zip(names) {
        let link = journey::port::Link { created_at: at(second), ..link(name, LinkPurpose::Reset) };
        db.add_link(link, letter(name)).await.unwrap();
    }
}

fn outgoing(name: &str, since: i64) -> Outgoing {
    Outgoing { letter: letter(name), tries: 0, since: at(since) }
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("letter-{number:02}")).collect()
}

pub async fn a_letter_is_taken_once_and_sent_once(house: House) {
    let db = house.db;
    assert_eq!(db.letters_waiting().await.unwrap(), (0, None));
    assert_eq!(db.next_letter(at(0), at(9)).await.unwrap(), None);
    queue(&db, &names(3)).await;
    assert_eq!(db.letters_waiting().await.unwrap(), (3, Some(at(0))));
    assert_eq!(db.next_letter(at(-1), at(9)).await.unwrap(), None, "not due yet");
    for (since, name) in (0..).zip(names(3)) {
        assert_eq!(db.next_letter(at(5), at(60)).await.unwrap(), Some(outgoing(&name, since)));
    }
    assert_eq!(db.next_letter(at(5), at(60)).await.unwrap(), None, "all are hidden");
    db.letter_sent("letter-00", at(6)).await.unwrap();
    assert_eq!(db.letters_waiting().await.unwrap(), (2, Some(at(1))));
    // Whoever took the others was lost: they come back.
    assert_eq!(db.next_letter(at(60), at(99)).await.unwrap().unwrap().letter.id, "letter-01");
    db.letter_sent("letter-01", at(61)).await.unwrap();
    db.letter_sent("letter-02", at(61)).await.unwrap();
    assert_eq!(db.letters_waiting().await.unwrap(), (0, None));
    assert_eq!(db.next_letter(at(999), at(1000)).await.unwrap(), None);

    // The same promise twice is one letter, and one that was sent is not sent again.
    everybody(&db).await;
    let (mut walk, mut opened) = Walk::open(1, "Patient view", at(0));
    opened.letters = vec![letter("welcome"), letter("welcome"), letter("letter-00")];
    let before = count(&house.url, "outbox").await;
    db.append(opened).await.unwrap();
    let mut again = walk.then(vec![submitted("read-capabilities", 1)], Some(by("ada", "acme")), at(1));
    again.letters = vec![letter("welcome")];
    db.append(again).await.unwrap();
    assert_eq!(count(&house.url, "outbox").await, before + 1);
    // What was sent is not kept: it may hold a link.
    assert_eq!(count(&house.url, "outbox WHERE sent_us IS NOT NULL AND body <> ''").await, 0);
}

pub async fn two_takers_never_get_the_same_letter(house: House) {
    let db = house.db;
    let all = names(30);
    queue(&db, &all).await;
    let takers: Vec<_> = (0..6)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                // Whoever loses a race may come home empty-handed once, so everybody asks until all are gone.
                while db.letters_waiting().await.unwrap().0 > 0 {
                    if let Some(next) = db.next_letter(at(100), at(9999)).await.unwrap() {
                        db.letter_sent(&next.letter.id, at(100)).await.unwrap();
                        taken.push(next.letter.id);
                    }
                }
                taken
            })
        })
        .collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for taker in takers {
        for taken in taker.await.unwrap() {
            *times.entry(taken).or_default() += 1;
        }
    }
    assert_eq!(times.keys().cloned().collect::<Vec<_>>(), all);
    assert!(times.values().all(|count| *count == 1), "{times:?}");
}

pub async fn a_letter_that_failed_comes_back_at_its_time(house: House) {
    let db = house.db;
    supplier(&db, "acme", "ada").await;
    let first = db.next_letter(at(0), at(60)).await.unwrap().unwrap();
    db.letter_failed(&first.letter.id, &"“4xx” try later\0 ".repeat(100), at(30)).await.unwrap();
    assert_eq!(db.next_letter(at(29), at(90)).await.unwrap(), None);
    assert_eq!(db.next_letter(at(30), at(90)).await.unwrap(), Some(Outgoing { tries: 1, ..first.clone() }));
    db.letter_failed(&first.letter.id, "", at(40)).await.unwrap();
    assert_eq!(db.next_letter(at(41), at(90)).await.unwrap().unwrap().tries, 2);
    assert_eq!(db.letters_waiting().await.unwrap(), (1, Some(at(0))));
}

pub async fn a_letter_that_cannot_arrive_waits_no_more_and_is_told(house: House) {
    let db = house.db;
    queue(&db, &names(3)).await;
    for _ in 0..3 {
        db.next_letter(at(5), at(60)).await.unwrap().unwrap();
    }
    let tell = letter("undelivered-letter-00");
    db.letter_undelivered("letter-00", Undelivered::Refused, "550 no such box", at(6), Some(tell.clone())).await.unwrap();
    assert_eq!(db.letters_waiting().await.unwrap(), (3, Some(at(1))), "two others and the one that tells");
    assert_eq!((db.letters_undelivered(at(5)).await.unwrap(), db.letters_undelivered(at(6)).await.unwrap()), (1, 0));
    assert_eq!(db.next_letter(at(7), at(99)).await.unwrap().unwrap().letter, tell);
    db.letter_sent("undelivered-letter-00", at(7)).await.unwrap();
    // It is told once, however often somebody gives it up.
    let another = Some(letter("another"));
    db.letter_undelivered("letter-00", Undelivered::GivenUp, "", at(8), another.clone()).await.unwrap();
    db.letter_undelivered("nothing", Undelivered::GivenUp, "", at(8), another.clone()).await.unwrap();
    db.letter_undelivered("undelivered-letter-00", Undelivered::GivenUp, "", at(8), another).await.unwrap();
    assert_eq!(count(&house.url, "outbox WHERE id = 'another'").await, 0);
    assert_eq!(db.letters_undelivered(at(0)).await.unwrap(), 1);
    assert_eq!(db.next_letter(at(9), at(99)).await.unwrap(), None, "the others are still hidden");

    let unsent = db.letters_unsent(9).await.unwrap();
    let ids: Vec<&str> = unsent.iter().map(|letter| letter.id.as_str()).collect();
    assert_eq!(ids, ["letter-00", "letter-01", "letter-02"]);
    assert_eq!((unsent[0].to.as_str(), unsent[0].subject.as_str()), ("letter-00@example.org", "About letter-00"));
    assert_eq!((unsent[0].tries, unsent[0].last_error.as_str(), unsent[0].since), (1, "550 no such box", at(0)));
    assert_eq!(unsent[0].undelivered, Some((Undelivered::Refused, at(6))));
    assert_eq!(unsent[1].undelivered, None);
    assert_eq!(db.letters_unsent(1).await.unwrap(), unsent[..1]);

    // Put back it is a new one; what has gone is not sent again.
    assert!(db.letter_again("letter-00", at(20)).await.unwrap());
    assert!(!db.letter_again("undelivered-letter-00", at(20)).await.unwrap());
    assert!(!db.letter_again("nothing", at(20)).await.unwrap());
    assert_eq!(db.next_letter(at(20), at(99)).await.unwrap(), Some(outgoing("letter-00", 20)));
    assert_eq!(db.letters_undelivered(at(0)).await.unwrap(), 0);
}

pub async fn an_invitation_that_cannot_arrive_stands_until_it_is_replaced(house: House) {
    let db = house.db;
    everybody(&db).await;
    let limit = InvitationLimit { of_organisation: 9, to_address: 9 };
    let send = async |name: &str, from: i64| {
        let mut link = invitation(name, "acme", &[Role::Developer]);
        link.email = "eve@example.org".to_owned();
        link.created_at = at(from);
        let letter = journey::port::Letter { id: format!("invite-{}", link.token), ..letter(name) };
        let token = link.token.clone();
        (db.invite(link, letter, limit).await.unwrap(), token)
    };
    let (_, first) = send("first", 1).await;
    assert_eq!(db.invitations_undelivered(&id("acme")).await.unwrap(), []);
    assert!(matches!(send("second", 2).await.0, Invited::Already(_)), "a second click");
    let give_up = async |token: &journey::base::ids::Digest| {
        db.letter_undelivered(&format!("invite-{token}"), Undelivered::NoAddress, "", at(3), None).await.unwrap();
    };
    give_up(&first).await;
    assert_eq!(db.invitations_undelivered(&id("acme")).await.unwrap(), [(first, Undelivered::NoAddress)]);
    assert_eq!(db.invitations_undelivered(&id("programme")).await.unwrap(), []);
    // One that cannot arrive is no reason not to send another.
    let (outcome, third) = send("third", 4).await;
    assert_eq!(outcome, Invited::Sent);
    assert_eq!(db.invitations_undelivered(&id("acme")).await.unwrap(), [], "the older one has ended");
    give_up(&third).await;
    assert_eq!(db.invitations_undelivered(&id("acme")).await.unwrap().len(), 1);
    db.cancel_invitation(&id("acme"), &third, by("ada", "acme"), at(6)).await.unwrap();
    assert_eq!(db.invitations_undelivered(&id("acme")).await.unwrap(), []);
}
