//! The picture of all journeys: everyone counts once in each place, and only while open and on its side.

use journey::{
    base::{
        actor::{Role, Side},
        ids::TaskId,
    },
    port::picture::{Picture, Tally},
};

use crate::{
    cast::{at, everybody, listed, supplier, task, turn},
    support::House,
};

const DAY: i64 = 86_400;

fn places(pairs: &[(&str, &str)]) -> Vec<(TaskId, String)> {
    pairs.iter().map(|(name, place)| (task(name), (*place).to_owned())).collect()
}

async fn tallied(house: &House, side: &str, pairs: &[(&str, &str)]) -> Vec<(String, u32)> {
    let mut tallies = house.db.tally(side, &places(pairs)).await.unwrap();
    tallies.sort_by(|a, b| (&a.place, a.since).cmp(&(&b.place, b.since)));
    tallies.into_iter().map(|Tally { place, journeys, .. }| (place, journeys)).collect()
}

pub async fn each_journey_counts_once_where_it_stands(house: House) {
    everybody(&house.db).await;
    supplier(&house.db, "other", "zoe").await;
    let lead = [Role::OnboardingLead, Role::Developer];
    // Two turns at one place, and another elsewhere.
    let turns = vec![
        turn("test-internet-demonstrator", &lead, at(2 * DAY), None),
        turn("test-opentest", &lead, at(0), None),
        turn("develop-product", &lead, at(5 * DAY), None),
    ];
    let first = listed(&house.db, 1, "First", "acme", at(9), turns).await;
    let second =
        listed(&house.db, 2, "Second", "other", at(9), vec![turn("test-opentest", &[Role::FunctionalAssurance], at(60), None)])
            .await;
    let pairs = [("test-internet-demonstrator", "n9"), ("test-opentest", "n9"), ("develop-product", "n7"), ("go-live", "n16")];
    let expected = [("n7".to_owned(), 1), ("n9".to_owned(), 2)];
    assert_eq!(tallied(&house, "consumer", &pairs).await, expected);
    let tallies = house.db.tally("consumer", &places(&pairs)).await.unwrap();
    let since = tallies.iter().find(|tally| tally.place == "n9").unwrap().since;
    assert_eq!(since, journey::base::calendar::date_of(at(0)), "since the earliest");
    // The same task may belong to two places.
    assert_eq!(
        tallied(&house, "consumer", &[("test-opentest", "a"), ("test-opentest", "b")]).await,
        [("a".to_owned(), 2), ("b".to_owned(), 2)]
    );
    assert!(tallied(&house, "provider", &pairs).await.is_empty());
    assert!(tallied(&house, "consumer", &[]).await.is_empty());

    let there = house.db.standing_at("consumer", &[task("test-opentest"), task("go-live")], 10).await.unwrap();
    let seen: Vec<_> = there.iter().map(|s| (&s.journey, s.product.as_str(), s.side, s.since)).collect();
    assert_eq!(seen, [(&first, "First", Side::Supplier, at(0)), (&second, "Second", Side::Programme, at(60))]);
    assert_eq!(there[1].supplier, "other & Söhne");
    assert_eq!(house.db.standing_at("consumer", &[task("test-opentest")], 1).await.unwrap().len(), 1);
    assert!(house.db.standing_at("provider", &[task("test-opentest")], 10).await.unwrap().is_empty());
    assert!(house.db.standing_at("consumer", &[], 10).await.unwrap().is_empty());
}

/// A day begins at midnight in the UK: in summer that is an hour before midnight in UTC.
pub async fn days_are_those_of_the_uk(house: House) {
    everybody(&house.db).await;
    let lead = [Role::OnboardingLead];
    for (bits, since) in [(1, "2026-07-06T22:30:00Z"), (2, "2026-07-06T23:30:00Z"), (3, "2026-07-07T22:30:00Z")] {
        let turns = vec![turn("develop-product", &lead, since.parse().unwrap(), None)];
        listed(&house.db, bits, "Summer", "acme", at(9), turns).await;
    }
    let tallies = house.db.tally("consumer", &places(&[("develop-product", "n7")])).await.unwrap();
    let days: Vec<(String, u32)> = tallies.iter().map(|tally| (tally.since.to_string(), tally.journeys)).collect();
    assert_eq!(days, [("2026-07-06".to_owned(), 1), ("2026-07-07".to_owned(), 2)]);
}
