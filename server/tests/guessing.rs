//! Guessing is slow, and says nothing about who has an account (design/reliability.md S6).

use std::{
    net::IpAddr,
    sync::{Arc, Mutex},
};

use crate::common::{Browser, House, PASSWORD, Page, Quick, path_in, world::register};
use app::request::services::{Busy, Secrets};
use async_trait::async_trait;

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

/// A page without what was typed, and without the nonces that are new each time: what it gives away.
fn words(page: &Page, email: &str) -> String {
    let main = page.body.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
    let mut pieces = main.split(" nonce=\"");
    let first = pieces.next().unwrap().to_owned();
    let whole = pieces.fold(first, |whole, piece| whole + piece.split_once('"').unwrap().1);
    whole.replace(email, "{email}")
}

#[tokio::test]
async fn the_eleventh_try_is_refused_with_the_same_words_whether_the_account_is_known_or_not() {
    let house = House::new().await;
    register(&house, "Acme Care", KNOWN).await;
    for email in [KNOWN, UNKNOWN] {
        for n in 0..10_u8 {
            let page = guess(&mut somewhere(&house, 1), email).await;
            assert!(page.body.contains("they do not belong together"), "try {n} of {email}");
        }
    }
    let known = guess(&mut somewhere(&house, 1), KNOWN).await;
    let unknown = guess(&mut somewhere(&house, 1), UNKNOWN).await;
    assert_eq!(known.refusal().as_deref(), Some("There were too many tries"));
    assert_eq!(words(&known, KNOWN), words(&unknown, UNKNOWN));
    // Not even the right password, or the limit would only slow down the unlucky.
    let right = somewhere(&house, 1).sign_in(KNOWN).await;
    assert!(right.to().starts_with("/sign-in"));
    // Another account is not touched, nor is this one from elsewhere.
    register(&house, "Globex", "gus@globex.example").await;
    assert_eq!(somewhere(&house, 1).sign_in("gus@globex.example").await.to(), "/journeys");
    assert_eq!(somewhere(&house, 2).sign_in(KNOWN).await.to(), "/journeys");
    // A quarter of an hour later all is as before.
    house.clock.forward(15 * 60 + 1);
    assert_eq!(somewhere(&house, 1).sign_in(KNOWN).await.to(), "/journeys");
}

/// A stranger with many addresses guesses slowly, and keeps nobody out.
#[tokio::test]
async fn strangers_everywhere_are_slow_and_the_owner_signs_in_beside_them() {
    let house = House::new().await;
    let lead = register(&house, "Acme Care", KNOWN).await;
    let mut owner = lead.browser.clone();
    owner.post("account/sign-out", &[]).await;
    for quarter in 0..3 {
        let (mut looked_at, mut unknown) = (0, 0);
        for n in 0..60_u8 {
            let page = guess(&mut somewhere(&house, n), KNOWN).await;
            looked_at += usize::from(page.body.contains("they do not belong together"));
            let page = guess(&mut somewhere(&house, n), UNKNOWN).await;
            unknown += usize::from(page.body.contains("they do not belong together"));
        }
        assert_eq!((looked_at, unknown), (25, 25), "quarter of an hour {quarter}");
        // Nor does a browser that only says that it is known.
        let mut stranger = somewhere(&house, 100);
        stranger.cookies.push(("known".to_owned(), "0".repeat(64)));
        assert!(stranger.sign_in(KNOWN).await.to().starts_with("/sign-in"));
        // The browser that signed in before gets in, at whatever address, also at that of a stranger.
        for address in [1, 200] {
            owner.address = IpAddr::from([192, 0, 2, address]);
            assert_eq!(owner.sign_in(KNOWN).await.to(), "/journeys", "quarter of an hour {quarter}");
            owner.post("account/sign-out", &[]).await;
        }
        house.clock.forward(15 * 60 + 1);
    }
    // It is not a way round either: whoever sits there has ten tries.
    for n in 0..10 {
        assert!(guess(&mut owner, KNOWN).await.body.contains("they do not belong together"), "try {n}");
    }
    assert_eq!(guess(&mut owner, KNOWN).await.refusal().as_deref(), Some("There were too many tries"));
}

/// What a browser holds that signed in before is for one account and one password.
#[tokio::test]
async fn a_browser_is_known_for_its_account_until_the_password_changes() {
    let house = House::new().await;
    let lead = register(&house, "Acme Care", KNOWN).await;
    register(&house, "Globex", "gus@globex.example").await;
    let mut old = lead.browser.clone();
    let known = |browser: &Browser| browser.cookies.iter().find(|(name, _)| name == "known").unwrap().1.clone();
    let before = known(&old);
    old.post("account/sign-out", &[]).await;
    let mut other = somewhere(&house, 1);
    other.sign_in(KNOWN).await;
    assert_eq!(known(&other), before, "nothing is kept for it");
    let fields = [("current", PASSWORD), ("password", "other random words"), ("again", "other random words")];
    let page = other.submit("account/change-password", &fields).await;
    assert_eq!(page.done().as_deref(), Some("Your password is changed"));
    assert_ne!(known(&other), before);
    for n in 0..30 {
        guess(&mut somewhere(&house, 100 + n), KNOWN).await;
        guess(&mut somewhere(&house, 100 + n), "gus@globex.example").await;
    }
    let new = [("email", KNOWN), ("password", "other random words")];
    other.post("account/sign-out", &[]).await;
    assert!(other.sign_in("gus@globex.example").await.to().starts_with("/sign-in"), "another account");
    assert!(old.post("account/sign-in", &new).await.to().starts_with("/sign-in"), "an old password");
    assert_eq!(other.post("account/sign-in", &new).await.to(), "/journeys");
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

/// Wherever a password is set, one that is guessed first is refused.
#[tokio::test]
async fn a_password_that_many_people_use_is_refused_wherever_one_is_set() {
    const SAYS: &str = "Use a password that is harder to guess";
    let house = House::new().await;
    let mut lead = register(&house, "Acme Care", KNOWN).await;
    lead.browser.submit("account/forgot-password", &[("email", KNOWN)]).await;
    let reset = house.link_for(KNOWN).await.rsplit('/').next().unwrap().to_owned();
    let invite = [("answers[email][]", "dev@acme.example"), ("answers[roles][]", "developer")];
    lead.browser.submit("organisation/invite", &invite).await;
    let invited = house.link_for("dev@acme.example").await.rsplit('/').next().unwrap().to_owned();
    for weak in ["password12345", "123456789012", "qwertyuiop12", server::demo::PASSWORD] {
        let both = [("password", weak), ("again", weak)];
        let new = [("answers[organisation][]", "Globex"), ("answers[name][]", "Gus"), ("answers[email][]", "gus@globex.example")];
        let mut browser = house.browser();
        let page = browser.submit("account/register", &[&new[..], &both].concat()).await;
        assert!(page.body.contains(SAYS), "registering with {weak}: {}", page.body);
        let page = browser.submit("account/reset-password", &[&[("token", reset.as_str())][..], &both].concat()).await;
        assert!(page.body.contains(SAYS), "resetting to {weak}: {}", page.body);
        let join = [("token", invited.as_str()), ("answers[name][]", "Dev")];
        let page = browser.submit("account/accept-invitation", &[&join[..], &both].concat()).await;
        assert!(page.body.contains(SAYS), "joining with {weak}: {}", page.body);
        let page = lead.browser.submit("account/change-password", &[&[("current", PASSWORD)][..], &both].concat()).await;
        assert!(page.body.contains(SAYS), "changing to {weak}: {}", page.body);
    }
    assert_eq!(house.letters().await.len(), 0);
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
    let mut wanted = [(KNOWN, "You already have an account"), ("new@acme.example", "Confirm your email address")];
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
    for email in [KNOWN, UNKNOWN] {
        let again = house.browser().submit("account/forgot-password", &[("email", email)]).await;
        assert_eq!(words(&again, email), words(&known, KNOWN));
    }
    assert!(house.letters().await.is_empty(), "the link of the first letter still works");
    assert_eq!(house.browser().get(&path_in(&letters[0].body)).await.heading(), "Choose a new password");
    house.clock.forward(15 * 60 + 1);
    house.browser().submit("account/forgot-password", &[("email", KNOWN)]).await;
    assert_eq!(house.letters().await.len(), 1);
}

/// A stranger who asks all the time does not keep the owner from setting a new password.
#[tokio::test]
async fn a_reset_that_others_ask_for_leaves_the_owner_one_that_works() {
    let house = House::with(|config| config.tries_per_address = 10, Arc::new(Quick)).await;
    register(&house, "Acme Care", KNOWN).await;
    let mut stranger = somewhere(&house, 1);
    for _ in 0..10 {
        stranger.submit("account/forgot-password", &[("email", KNOWN)]).await;
        guess(&mut stranger, KNOWN).await;
    }
    for email in [KNOWN, UNKNOWN] {
        let page = stranger.submit("account/forgot-password", &[("email", email)]).await;
        assert_eq!(page.refusal().as_deref(), Some("There were too many tries"), "it is said");
        assert!(page.body.contains(email), "what was typed is kept");
    }
    let mut owner = somewhere(&house, 2);
    let page = owner.submit("account/forgot-password", &[("email", KNOWN)]).await;
    assert_eq!(page.done().as_deref(), Some("Check your email"));
    let letters = house.letters().await;
    assert_eq!(letters.iter().filter(|letter| letter.to == KNOWN).count(), 1, "one letter, and it is the owner's");
    let link = path_in(&letters[0].body);
    let token = link.rsplit('/').next().unwrap();
    owner.post("account/reset-password", &[("token", token), ("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(owner.sign_in(KNOWN).await.to(), "/journeys");
}

/// A form that is sent twice, by a finger or by a network, is one wish.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_for_twice_at_once_makes_one_letter() {
    let house = House::new().await;
    register(&house, "Acme Care", KNOWN).await;
    let twice = async |action: &str, fields: &[(&str, &str)]| {
        let (mut one, mut two) = (house.browser(), house.browser());
        let (one, two) = tokio::join!(one.post(action, fields), two.post(action, fields));
        assert_eq!(one.to(), two.to());
    };
    twice("account/forgot-password", &[("email", KNOWN)]).await;
    assert_eq!(house.letters().await.len(), 1);
    let fields = [
        ("answers[organisation][]", "Globex"),
        ("answers[name][]", "Gus"),
        ("answers[email][]", "gus@globex.example"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    twice("account/register", &fields).await;
    let letters = house.letters().await;
    assert_eq!(letters.iter().map(|letter| letter.subject.as_str()).collect::<Vec<_>>(), ["Confirm your email address"]);
    // Nor does somebody who registered with another's address send them one letter after the other.
    for _ in 0..3 {
        let page = house.browser().submit("account/sign-in", &[("email", "gus@globex.example"), ("password", PASSWORD)]).await;
        assert_eq!(page.refusal().as_deref(), Some("Confirm your email address first"));
    }
    assert!(house.letters().await.is_empty());
    house.clock.forward(15 * 60 + 1);
    house.browser().sign_in("gus@globex.example").await;
    assert_eq!(house.letters().await.len(), 1);
}

/// Secrets of tests that note each password that is looked at: whether there was a hash to compare it with.
#[derive(Default)]
struct Noting(Mutex<Vec<bool>>);

#[async_trait]
impl Secrets for Noting {
    fn token(&self) -> String {
        Quick.token()
    }

    fn id(&self) -> String {
        Quick.id()
    }

    fn bits(&self) -> u64 {
        Quick.bits()
    }

    async fn hash(&self, password: String) -> Result<String, Busy> {
        Quick.hash(password).await
    }

    async fn fits(&self, password: String, hash: Option<String>) -> Result<bool, Busy> {
        self.0.lock().unwrap().push(hash.is_some());
        Quick.fits(password, hash).await
    }
}

/// What takes the time of a sign-in is hashing, and that is done once in either case; that the two hashes cost alike is
/// proved where they are made (`server/src/login.rs`).
#[tokio::test]
async fn an_unknown_address_takes_as_long_as_a_known_one() {
    let noting = Arc::new(Noting::default());
    let house = House::with(|_| {}, noting.clone()).await;
    register(&house, "Acme Care", KNOWN).await;
    for n in 0..15_u8 {
        for (email, known) in [(KNOWN, true), (UNKNOWN, false)] {
            noting.0.lock().unwrap().clear();
            let page = somewhere(&house, n).post("account/sign-in", &[("email", email), ("password", "a guess, a guess")]).await;
            assert!(page.to().starts_with("/sign-in"));
            assert_eq!(*noting.0.lock().unwrap(), [known], "try {n} of {email}");
        }
        house.clock.forward(16 * 60);
    }
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
    assert_eq!(stranger.sign_in("lena@acme.example").await.to(), "/sign-in", "not confirmed");
}

fn link_path(link: &str) -> &str {
    link.find("/register/").map_or(link, |at| &link[at..])
}
