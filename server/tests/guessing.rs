//! Guessing is slow, and says nothing about who has an account (design/reliability.md S6).
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use common::{Browser, House, PASSWORD, Page, Quick, world::register};
use server::login::MachineSecrets;

const KNOWN: &str = "lena@acme.example";
const UNKNOWN: &str = "nobody@acme.example";

/// A browser at an address that nobody else has.
fn somewhere(house: &House, n: u8) -> Browser {
    let mut browser = house.browser();
    browser.address = IpAddr::from([192, 0, 2, n]);
    browser
}

async fn guess(browser: &mut Browser, email: &str) -> Page {
    browser.submit("account/sign-in", &[("email", email), ("password", "a guess, a guess")]).await
}

/// A page without what was typed: what it gives away.
fn words(page: &Page, email: &str) -> String {
    let main = page.body.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
    main.replace(email, "{email}")
}

#[tokio::test]
async fn the_eleventh_try_is_refused_with_the_same_words_whether_the_account_is_known_or_not() {
    let house = House::new().await;
    register(&house, "Acme Care", KNOWN).await;
    for (at, email) in [KNOWN, UNKNOWN].into_iter().enumerate() {
        // From ten addresses: the limit is on the account.
        for n in 0..10_u8 {
            let page = guess(&mut somewhere(&house, 100 * u8::try_from(at).unwrap() + n), email).await;
            assert!(page.body.contains("they do not belong together"), "try {n} of {email}");
        }
    }
    let known = guess(&mut somewhere(&house, 50), KNOWN).await;
    let unknown = guess(&mut somewhere(&house, 51), UNKNOWN).await;
    assert_eq!(known.refusal().as_deref(), Some("There were too many tries"));
    assert_eq!(words(&known, KNOWN), words(&unknown, UNKNOWN));
    // Not even the right password, or the limit would only slow down the unlucky.
    let right = somewhere(&house, 52).sign_in(KNOWN).await;
    assert!(right.to().starts_with("/sign-in"));
    // Another account is not touched.
    register(&house, "Globex", "gus@globex.example").await;
    assert_eq!(somewhere(&house, 53).sign_in("gus@globex.example").await.to(), "/journeys");
    // A quarter of an hour later all is as before.
    house.clock.forward(15 * 60 + 1);
    assert_eq!(somewhere(&house, 52).sign_in(KNOWN).await.to(), "/journeys");
}

#[tokio::test]
async fn the_words_for_a_wrong_password_and_for_no_account_are_the_same() {
    let house = House::new().await;
    register(&house, "Acme Care", KNOWN).await;
    let known = guess(&mut somewhere(&house, 1), KNOWN).await;
    let unknown = guess(&mut somewhere(&house, 2), UNKNOWN).await;
    assert_eq!(words(&known, KNOWN), words(&unknown, UNKNOWN));
    assert_eq!(known.status, unknown.status);
}

#[tokio::test]
async fn one_address_that_tries_many_accounts_is_stopped() {
    let house = House::with(|config| config.tries_per_address = 10, Arc::new(Quick)).await;
    register(&house, "Acme Care", KNOWN).await;
    let mut browser = somewhere(&house, 1);
    for n in 0..10 {
        let page = guess(&mut browser, &format!("somebody-{n}@acme.example")).await;
        assert!(page.body.contains("they do not belong together"), "try {n}");
    }
    assert_eq!(guess(&mut browser, "one-more@acme.example").await.refusal().as_deref(), Some("There were too many tries"));
    assert_eq!(somewhere(&house, 2).sign_in(KNOWN).await.to(), "/journeys", "others go on");
    house.clock.forward(15 * 60 + 1);
    assert_eq!(browser.sign_in(KNOWN).await.to(), "/journeys");
}

#[tokio::test]
async fn who_signs_in_properly_all_day_is_never_stopped() {
    let house = House::with(|config| config.tries_per_address = 10, Arc::new(Quick)).await;
    register(&house, "Acme Care", KNOWN).await;
    for _ in 0..25 {
        assert_eq!(somewhere(&house, 1).sign_in(KNOWN).await.to(), "/journeys");
    }
}

#[tokio::test]
async fn a_new_password_lets_its_owner_in_at_once() {
    let house = House::new().await;
    register(&house, "Acme Care", KNOWN).await;
    let mut browser = somewhere(&house, 1);
    for _ in 0..12 {
        guess(&mut browser, KNOWN).await;
    }
    assert!(browser.sign_in(KNOWN).await.to().starts_with("/sign-in"));
    browser.submit("account/forgot-password", &[("email", KNOWN)]).await;
    let token = house.link_for(KNOWN).await.rsplit('/').next().unwrap().to_owned();
    browser.post("account/reset-password", &[("token", &token), ("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(browser.sign_in(KNOWN).await.to(), "/journeys");
}

#[tokio::test]
async fn passwords_cannot_be_guessed_on_the_account_page_either() {
    let house = House::new().await;
    let mut lead = register(&house, "Acme Care", KNOWN).await;
    let fields = [("current", "a guess, a guess"), ("password", "other random words"), ("again", "other random words")];
    for _ in 0..10 {
        lead.browser.submit("account/change-password", &fields).await;
    }
    let right = [("current", PASSWORD), fields[1], fields[2]];
    let page = lead.browser.submit("account/change-password", &right).await;
    assert!(page.body.contains("There were too many tries"), "{}", page.body);
}

#[tokio::test]
async fn registering_a_known_address_tells_its_owner_and_nobody_else() {
    let house = House::new().await;
    register(&house, "Acme Care", KNOWN).await;
    let mut pages = Vec::new();
    for email in [KNOWN, "LENA@acme.example ", "new@acme.example"] {
        let fields = [
            ("answers[organisation][]", "Acme Care"),
            ("answers[name][]", "Eve"),
            ("answers[email][]", email),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        let mut browser = house.browser();
        let answer = browser.post("account/register", &fields).await;
        assert_eq!(answer.to(), "/register/sent");
        let shown = browser.follow(answer).await;
        pages.push(words(&shown, &email.trim().to_lowercase()));
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]));
    let letters = house.letters().await;
    let told: Vec<(&str, &str)> = letters.iter().map(|l| (l.to.as_str(), l.subject.as_str())).collect();
    let mut wanted = [
        (KNOWN, "You already have an account"),
        (KNOWN, "You already have an account"),
        ("new@acme.example", "Confirm your email address"),
    ];
    let mut told = told;
    told.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(told, wanted);
    assert!(letters.iter().filter(|l| l.to == KNOWN).all(|l| !l.body.contains("/register/")), "no link that changes anything");
    // The account is as it was.
    assert_eq!(house.browser().sign_in(KNOWN).await.to(), "/journeys");
}

#[tokio::test]
async fn asking_for_a_new_password_says_the_same_for_every_address() {
    let house = House::new().await;
    register(&house, "Acme Care", KNOWN).await;
    let known = house.browser().submit("account/forgot-password", &[("email", KNOWN)]).await;
    let unknown = house.browser().submit("account/forgot-password", &[("email", UNKNOWN)]).await;
    assert_eq!(words(&known, KNOWN), words(&unknown, UNKNOWN));
    let letters = house.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, KNOWN);
    // Nobody's letter box is filled, and the answer does not change.
    let mut last = None;
    for _ in 0..15 {
        last = Some(house.browser().submit("account/forgot-password", &[("email", KNOWN)]).await);
    }
    assert_eq!(words(&last.unwrap(), KNOWN), words(&known, KNOWN));
    assert!(house.letters().await.len() <= 10);
}

#[tokio::test]
async fn an_unknown_address_takes_as_long_as_a_known_one() {
    let house = House::with(|_| {}, Arc::new(MachineSecrets::new())).await;
    register(&house, "Acme Care", KNOWN).await;
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for n in 0..15_u8 {
        // By turns, so that whatever else this machine does touches both alike.
        for (which, email) in [KNOWN, UNKNOWN].into_iter().enumerate() {
            let mut browser = somewhere(&house, n);
            let began = Instant::now();
            let page = browser.post("account/sign-in", &[("email", email), ("password", "a guess, a guess")]).await;
            times[which].push(began.elapsed());
            assert!(page.to().starts_with("/sign-in"));
        }
        house.clock.forward(16 * 60);
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let (known, unknown) = (median(&mut times[0]), median(&mut times[1]));
    let factor = known.as_secs_f64() / unknown.as_secs_f64();
    assert!((0.6..1.7).contains(&factor), "known {known:?}, unknown {unknown:?}");
    assert!(unknown > Duration::from_millis(2), "a real hash takes its time: {unknown:?}");
}

/// Somebody may have registered with another's address and a password of their own. Its owner, who has the letter but not
/// the password, does not open the door for them.
#[tokio::test]
async fn a_link_alone_confirms_nothing() {
    let house = House::new().await;
    let mut stranger = house.browser();
    let fields = [
        ("answers[organisation][]", "Not Theirs Ltd"),
        ("answers[name][]", "Not Lena"),
        ("answers[email][]", "lena@acme.example"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    assert_eq!(stranger.post("account/register", &fields).await.to(), "/register/sent");
    let link = house.link_for("lena@acme.example").await;
    let mut owner = house.browser();
    let token = owner.get(&link).await.hidden("token");
    for password in ["", "a password of the owner"] {
        let answer = owner.post("account/confirm", &[("token", &token), ("password", password)]).await;
        assert_eq!(answer.to(), link_path(&link));
        let page = owner.get(link_path(&link)).await;
        assert!(page.body.contains("Enter the password that you chose when you registered"), "{}", page.body);
    }
    assert_eq!(stranger.sign_in("lena@acme.example").await.to(), "/sign-in?next=/journeys", "not confirmed");
}

fn link_path(link: &str) -> &str {
    link.find("/register/").map_or(link, |at| &link[at..])
}
