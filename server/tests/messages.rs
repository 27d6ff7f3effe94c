//! Conversations: who reads and writes what, notes that never reach another side by whatever way, files that follow their
//! message, and letters as each chose.
//!
//! Long because all of it is about what is said, and shares its cast.

use std::fmt::Write as _;

use crate::common::{
    Browser, House, Page, WITH_FILES, multipart,
    world::{Play, Small, Someone, admit, invite, register, task},
};
use axum::http::StatusCode;
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::{Digest, JourneyRef},
    },
    port::{
        Ledger as _,
        messages::{Messages as _, Thread, ThreadFilter},
        notices::NoticeBook as _,
    },
    view::notices::Notices,
};

const PDF: &[u8] = b"%PDF-1.7\nA report.\n";

/// A supplier with two people, two of the programme, an end user with a part, and a stranger.
struct Cast {
    house: House,
    lead: Someone,
    developer: Someone,
    reviewer: Someone,
    assurance: Someone,
    user: Someone,
    stranger: Someone,
    journey: JourneyRef,
}

async fn cast() -> Cast {
    let Small { house, mut lead, reviewer, assurance } = Small::new().await;
    let developer = invite(&house, &mut lead, "dora.developer@acme.example", Role::Developer).await;
    let user = admit(&house, Side::EndUser, "A Trust", "uma.user@trust.example", &[Role::GroupLead]).await;
    let stranger = register(&house, "Globex", "gil.globex@globex.example").await;
    let mut play = Play::open(&house, &lead);
    play.joined(&lead.actor, &[&user]);
    let people: [&Actor; 3] = [&lead.actor, &reviewer.actor, &assurance.actor];
    let journey = play.until_ready(&people, "describe-use-case").written(&house).await;
    // Who has claimed something takes part.
    let now = house.services.clock.now();
    house.db.claim(&journey, &task("s-pentest"), Role::FunctionalAssurance, &assurance.actor.person, now).await.unwrap();
    house.letters().await;
    Cast { house, lead, developer, reviewer, assurance, user, stranger, journey }
}

impl Cast {
    fn home(&self) -> String {
        format!("/journeys/{}", self.journey)
    }

    fn page(&self) -> String {
        format!("{}/messages", self.home())
    }

    async fn says(&self, who: &Someone, id: &str, audience: &str, task: &str, words: &str, files: &[(&str, &[u8])]) -> Page {
        let mut browser = who.browser.clone();
        says(&mut browser, &self.journey, id, audience, task, words, files).await
    }

    /// What a person gets of a message, by whatever page it might be on.
    async fn everything(&self, who: &Someone) -> String {
        let mut browser = who.browser.clone();
        let mut all = String::new();
        for path in ["", "/messages", "/history", "/organisations", "/tasks/describe-use-case", "/tasks/ongoing-communication"] {
            all.push_str(&browser.get(&format!("{}{path}", self.home())).await.body);
        }
        for path in ["/journeys", "/account", "/worklist"] {
            all.push_str(&browser.get(path).await.body);
        }
        all
    }
}

async fn says(
    browser: &mut Browser,
    journey: &JourneyRef,
    id: &str,
    audience: &str,
    task: &str,
    words: &str,
    files: &[(&str, &[u8])],
) -> Page {
    let journey = journey.to_string();
    let fields = [("journey", journey.as_str()), ("task", task), ("audience", audience), ("message", id), ("words", words)];
    let answer = browser.send(multipart(WITH_FILES, &fields, files)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    browser.follow(answer).await
}

#[tokio::test]
async fn each_writes_to_everybody_and_to_their_own_side_only() {
    let cast = cast().await;
    let mut table = String::new();
    for (name, who) in [
        ("lead", &cast.lead),
        ("developer", &cast.developer),
        ("reviewer", &cast.reviewer),
        ("end user", &cast.user),
        ("stranger", &cast.stranger),
    ] {
        for audience in ["all", "supplier", "programme", "nonsense"] {
            for task in ["", "describe-use-case"] {
                let id = format!("{name}-{audience}-{task}").replace(' ', "-");
                let page = cast.says(who, &id, audience, task, "Some words.", &[]).await;
                let kept = cast.house.db.message(&cast.journey, &id.parse().unwrap()).await.unwrap().is_some();
                assert_eq!(kept, page.done().is_some(), "{id}");
                assert_eq!(page.status == 404, !kept, "{id}");
                if kept && task.is_empty() {
                    writeln!(table, "{name} {audience}").unwrap();
                }
                let on_task = cast.house.db.message(&cast.journey, &id.parse().unwrap()).await.unwrap();
                assert_eq!(on_task.is_some_and(|m| m.task.is_some()), kept && !task.is_empty(), "{id}");
            }
        }
    }
    assert_eq!(
        table,
        "lead all\nlead supplier\ndeveloper all\ndeveloper supplier\nreviewer all\nreviewer programme\nend user all\n"
    );
}

#[tokio::test]
async fn a_note_of_one_side_reaches_no_other_by_any_way() {
    let cast = cast().await;
    for task in ["", "describe-use-case"] {
        let id = format!("ours{task}");
        let words = format!("Heron {id}: they seem unready. @Lena Lead must not hear of it.");
        let page = cast.says(&cast.reviewer, &id, "programme", task, &words, &[("Kingfisher.pdf", PDF)]).await;
        assert!(page.done().is_some(), "{}", page.body);
        assert!(page.body.contains("Notes for NHS England only") && page.body.contains("Heron"), "{}", page.body);
        cast.says(&cast.lead, &format!("theirs{task}"), "supplier", task, "Bittern: we are late. @Pia Reviewer", &[]).await;
    }
    let letters = cast.house.letters().await;
    assert!(letters.iter().any(|l| l.to == cast.assurance.email), "colleagues are told: {letters:?}");
    for letter in &letters {
        assert!(!letter.body.contains("Heron") && !letter.body.contains("Bittern"), "a letter may be passed on: {}", letter.body);
        assert!(!letter.subject.contains("mentioned"), "who may not read it is not spoken to: {}", letter.subject);
        let programme = letter.to.ends_with("@nhs.example");
        assert_eq!(letter.subject.contains("Pia Reviewer wrote a note"), programme, "{} {}", letter.to, letter.subject);
    }
    let file = |id: &str| format!("/files/{}?journey={}&message={id}", Digest::of(PDF), cast.journey);
    for (who, reads, hidden) in [
        (&cast.lead, "Bittern", "Heron"),
        (&cast.developer, "Bittern", "Heron"),
        (&cast.reviewer, "Heron", "Bittern"),
        (&cast.assurance, "Heron", "Bittern"),
        (&cast.user, "A Trust", "Heron"),
    ] {
        let all = cast.everything(who).await;
        assert!(all.contains(reads), "{} does not read {reads}", who.email);
        assert!(!all.contains(hidden), "{} reads {hidden}", who.email);
        let programme = who.email.ends_with("@nhs.example");
        assert_eq!(all.contains("Kingfisher"), programme, "{}", who.email);
        assert!(who.email != cast.user.email || (!all.contains("Bittern") && !all.contains("Notes for")), "{}", who.email);
        for id in ["ours", "oursdescribe-use-case"] {
            let answer = who.browser.clone().get(&file(id)).await;
            assert_eq!(answer.status == StatusCode::OK, programme, "{} {id}: {}", who.email, answer.status);
        }
    }
    // Naming the file elsewhere does not help: on a task, on a message to everybody, or by sending its digest.
    let mut lead = cast.lead.browser.clone();
    cast.says(&cast.lead, "open", "all", "", "Hello.", &[]).await;
    let digest = Digest::of(PDF).to_string();
    let journey = cast.journey.to_string();
    let fields =
        [("journey", journey.as_str()), ("audience", "all"), ("message", "theft"), ("words", "Mine."), ("keep", digest.as_str())];
    assert!(lead.submit(WITH_FILES, &fields).await.done().is_some());
    for from in ["message=open", "message=theft", "task=describe-use-case", "message=", "message=nothing"] {
        let answer = lead.get(&format!("/files/{digest}?journey={journey}&{from}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{from}");
    }
    // A number would tell as well: an end user has no news.
    let list = cast.user.browser.clone().get("/journeys").await;
    assert!(list.body.contains("2 unread messages"), "the two to everybody: {}", list.body);
}

#[tokio::test]
async fn whoever_also_belongs_to_the_supplier_reads_no_notes_about_it() {
    let cast = cast().await;
    cast.says(&cast.reviewer, "note", "programme", "", "Heron.", &[]).await;
    let mut lead = cast.lead.clone();
    cast.house.letters().await;
    lead.browser
        .submit("organisation/invite", &[("answers[email][]", &cast.assurance.email), ("answers[roles][]", "developer")])
        .await;
    let link = cast.house.link_for(&cast.assurance.email).await;
    let mut both = cast.assurance.clone();
    let token = both.browser.get(&link).await.hidden("token");
    both.browser.post("account/accept-invitation", &[("token", &token)]).await;
    let organisation = cast.assurance.actor.organisation.to_string();
    both.browser.post("account/switch", &[("organisation", &organisation)]).await;
    let all = cast.everything(&both).await;
    assert!(all.contains("Bedside View") && !all.contains("Heron") && !all.contains("Notes for NHS England"), "{all}");
    assert!(!both.browser.get("/journeys").await.body.contains("unread"), "not even the number");
    cast.house.letters().await;
    cast.says(&cast.reviewer, "note-2", "programme", "", "Heron again. @Finn Assurance", &[]).await;
    assert_eq!(cast.house.letters().await, [], "nor a letter");
}

#[tokio::test]
async fn what_is_said_twice_is_kept_once_and_words_are_never_lost() {
    let cast = cast().await;
    for _ in 0..2 {
        cast.says(&cast.lead, "once", "all", "", "Hello.", &[]).await;
    }
    let filter = ThreadFilter {
        journey: cast.journey.clone(),
        task: None,
        own: None,
        reader: cast.lead.actor.person.clone(),
        before: None,
        notes_before: None,
        limit: 50,
    };
    let Thread { all, .. } = cast.house.db.thread(&filter).await.unwrap();
    assert_eq!(all.len(), 1);
    let told = cast.house.letters().await;
    assert_eq!(told.iter().filter(|letter| letter.to == cast.reviewer.email).count(), 1, "{told:?}");
    // Two posts of one form at the same time.
    let at_once = (0..6).map(|_| {
        let (mut browser, journey) = (cast.lead.browser.clone(), cast.journey.clone());
        tokio::spawn(async move { says(&mut browser, &journey, "twice", "all", "", "Twice.", &[]).await })
    });
    for sent in at_once.collect::<Vec<_>>() {
        // Which of the pages that follow says so depends on which is first: they share a session.
        assert_eq!(sent.await.unwrap().status, StatusCode::OK);
    }
    assert_eq!(cast.house.db.thread(&filter).await.unwrap().all.len(), 2);
    // Nothing written, too much written, a bad file: the words and the good file stay.
    for task in ["", "describe-use-case"] {
        let id = format!("kept{task}");
        let page = cast.says(&cast.lead, &id, "all", task, "  \n ", &[("report.pdf", PDF)]).await;
        assert!(page.body.contains("Write what the files are") && page.body.contains("<title>Error: "), "{}", page.body);
        assert!(page.body.contains("report.pdf") && !page.hidden("message").is_empty(), "{}", page.body);
        let long = "é".repeat(4_003);
        let page = cast.says(&cast.lead, &id, "all", task, &long, &[]).await;
        assert!(page.body.contains("Shorten the message by 3 characters") && page.body.contains(&long));
        let bad: (&str, &[u8]) = ("tool.pdf", b"MZ\x90\x00\x03\x00\x00\x00");
        let page = cast.says(&cast.lead, &id, "all", task, "Words that stay.", &[bad, ("list.txt", b"a\n")]).await;
        assert!(page.body.contains("tool.pdf: files of this kind are not accepted"), "{}", page.body);
        assert!(page.body.contains("Words that stay.") && page.body.contains("list.txt"), "{}", page.body);
        // Sent again with the file that waits.
        let (journey, digest) = (cast.journey.to_string(), Digest::of(b"a\n").to_string());
        let mut lead = cast.lead.browser.clone();
        let fields = [
            ("journey", journey.as_str()),
            ("task", task),
            ("audience", "all"),
            ("message", id.as_str()),
            ("words", "Words that stay."),
            ("keep", digest.as_str()),
        ];
        let page = lead.submit(WITH_FILES, &fields).await;
        assert!(page.done().is_some() && page.body.contains("list.txt") && !page.body.contains("report.pdf"), "{}", page.body);
        let file = lead.get(&format!("/files/{digest}?journey={journey}&message={id}")).await;
        assert_eq!((file.status, file.body.as_str()), (StatusCode::OK, "a\n"));
        assert_eq!(file.headers.get("content-security-policy").unwrap(), "default-src 'none'; sandbox");
    }
    // Signed out: the words wait until the sign-in.
    let mut browser = cast.lead.browser.clone();
    cast.house.clock.forward(31 * 60);
    let page = says(&mut browser, &cast.journey, "later", "all", "", "Words from before.", &[("report.pdf", PDF)]).await;
    assert_eq!(page.heading(), "Sign in");
    browser.sign_in(&cast.lead.email).await;
    let page = browser.get(&cast.page()).await;
    assert!(page.body.contains("Words from before.") && page.body.contains("You were signed out"), "{}", page.body);
    assert!(page.body.contains("report.pdf was not kept: choose it again"), "{}", page.body);
}

#[tokio::test]
async fn a_refused_message_does_not_touch_the_form_of_the_task() {
    let cast = cast().await;
    crate::common::world::draft(&cast.house, &cast.journey, &cast.lead).await;
    let page = cast.says(&cast.lead, "empty", "all", "describe-use-case", "", &[]).await;
    assert!(page.body.contains("Write what you want to say"), "{}", page.body);
    assert!(page.body.contains("Some words of a draft."), "the draft is still in its form");
}

#[tokio::test]
async fn a_message_is_taken_back_for_fifteen_minutes_by_its_writer() {
    let cast = cast().await;
    cast.says(&cast.lead, "slip", "all", "", "Heron.", &[("report.pdf", PDF)]).await;
    let journey = cast.journey.to_string();
    let fields = [("journey", journey.as_str()), ("message", "slip")];
    for who in [&cast.reviewer, &cast.developer] {
        let page = who.browser.clone().submit("messages/take-back", &fields).await;
        assert_eq!(page.refusal().as_deref(), Some("The message was not taken back"));
    }
    assert!(cast.reviewer.browser.clone().get(&cast.page()).await.body.contains("Heron"));
    cast.house.clock.forward(14 * 60 + 59);
    let mut lead = cast.lead.browser.clone();
    assert!(lead.get(&cast.page()).await.body.contains("Take it back"));
    for _ in 0..2 {
        let page = lead.submit("messages/take-back", &fields).await;
        assert_eq!(page.done().as_deref(), Some("Your message is taken back"));
        assert!(page.body.contains("Message taken back by Lena Lead at 09:14"), "{}", page.body);
        assert!(!page.body.contains("Heron") && !page.body.contains("report.pdf"));
    }
    let file = lead.get(&format!("/files/{}?journey={journey}&message=slip", Digest::of(PDF))).await;
    assert_eq!(file.status, StatusCode::NOT_FOUND);
    cast.says(&cast.lead, "old", "all", "", "Bittern.", &[]).await;
    cast.house.clock.forward(15 * 60);
    assert!(!lead.get(&cast.page()).await.body.contains("Take it back"));
    let page = lead.submit("messages/take-back", &[("journey", journey.as_str()), ("message", "old")]).await;
    assert_eq!(page.refusal().as_deref(), Some("The message was not taken back"));
    assert!(page.body.contains("Bittern"));
}

#[tokio::test]
async fn what_is_new_is_marked_until_its_page_is_opened_by_a_person() {
    let cast = cast().await;
    cast.says(&cast.lead, "one", "all", "", "Hello.", &[]).await;
    cast.says(&cast.lead, "two", "all", "describe-use-case", "About this.", &[]).await;
    cast.says(&cast.lead, "three", "supplier", "describe-use-case", "Among us.", &[]).await;
    let mut reviewer = cast.reviewer.browser.clone();
    let count = |page: &Page, text: &str| page.body.matches(text).count();
    let home = reviewer.get(&cast.home()).await;
    assert_eq!(count(&home, "1 unread message"), 5, "below the title, channel, task, side column twice: {}", home.body);
    assert_eq!(count(&reviewer.get("/journeys").await, "2 unread messages"), 1);
    // A script that fetches the page has not read it.
    let path = format!("{}/tasks/describe-use-case", cast.home());
    for (name, value) in [("sec-fetch-dest", "empty"), ("sec-purpose", "prefetch")] {
        let request = axum::http::Request::get(&path).header(name, value).body(axum::body::Body::empty()).unwrap();
        assert!(reviewer.send(request).await.body.contains(">New<"));
    }
    assert!(reviewer.get(&path).await.body.contains(">New<"));
    assert!(!reviewer.get(&path).await.body.contains(">New<"), "seen once is seen");
    assert_eq!(count(&reviewer.get("/journeys").await, "1 unread message"), 1);
    reviewer.get(&cast.page()).await;
    assert_eq!(count(&reviewer.get("/journeys").await, "unread message"), 0);
    assert_eq!(count(&reviewer.get(&cast.home()).await, "unread message"), 0);
    // Each sees for themselves, and one's own words are no news.
    assert!(cast.developer.browser.clone().get("/journeys").await.body.contains("3 unread messages"));
    assert!(!cast.lead.browser.clone().get("/journeys").await.body.contains("unread message"));
}

#[tokio::test]
async fn the_last_fifty_are_shown_and_every_message_has_a_link_that_finds_it() {
    let cast = cast().await;
    for n in 1..=55 {
        cast.says(&cast.lead, &format!("m{n}"), "all", "", &format!("Message number {n}."), &[]).await;
    }
    let mut reviewer = cast.reviewer.browser.clone();
    let page = reviewer.get(&cast.page()).await;
    assert!(page.body.contains("Message number 55.") && page.body.contains("Message number 6."), "{}", page.body);
    assert!(!page.body.contains("Message number 5.") && page.body.contains("Show earlier messages"));
    assert!(page.body.find("Message number 6.") < page.body.find("Message number 55."), "oldest first");
    let earlier = page.body.split("?before=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = reviewer.get(&format!("{}?before={earlier}", cast.page())).await;
    assert!(page.body.contains("Message number 1.") && page.body.contains("Message number 5."), "{}", page.body);
    assert!(!page.body.contains("Message number 6.") && !page.body.contains("Show earlier messages"));
    for (id, words) in [("m2", "Message number 2."), ("m54", "Message number 54.")] {
        let page = reviewer.get(&format!("{}?message={id}", cast.page())).await;
        assert!(page.body.contains(words) && page.body.contains(&format!("id=\"message-{id}\"")), "{id}");
    }
    for odd in ["?before=x&notes-before=-1", "?message=%00", "?message=nothing", "?before=18446744073709551615"] {
        assert_eq!(reviewer.get(&format!("{}{odd}", cast.page())).await.status, StatusCode::OK, "{odd}");
    }
}

#[tokio::test]
async fn a_withdrawn_journey_is_read_and_not_written_to() {
    let cast = cast().await;
    cast.says(&cast.lead, "before", "all", "", "Before.", &[]).await;
    let mut lead = cast.lead.browser.clone();
    lead.submit("journey/withdraw", &[("journey", &cast.journey.to_string()), ("reason", "Not now.")]).await;
    let page = lead.get(&cast.page()).await;
    assert!(page.body.contains("Before.") && !page.body.contains("Send the message") && !page.body.contains("Take it back"));
    let page = cast.says(&cast.lead, "after", "all", "", "After it ended.", &[("report.pdf", PDF)]).await;
    assert!(page.body.contains("This journey was withdrawn") && page.body.contains("After it ended."), "{}", page.body);
    let taken = lead.submit("messages/take-back", &[("journey", &cast.journey.to_string()), ("message", "before")]).await;
    assert!(taken.refusal().is_some() && taken.body.contains("Before."));
}

#[tokio::test]
async fn letters_come_as_each_chose_and_a_name_is_heard_at_once() {
    let cast = cast().await;
    for (who, choice) in [(&cast.developer, "daily"), (&cast.user, "never")] {
        let page = who.browser.clone().submit("account/notices", &[("choice", choice)]).await;
        assert_eq!(page.done().as_deref(), Some("Your choice is saved"));
        // Of the choices this one is chosen, and no other.
        let inputs = page.body.split("<input").filter_map(|rest| rest.split('>').next());
        let chosen: Vec<&str> = inputs.filter(|input| input.contains("name=\"choice\"") && input.contains(" checked")).collect();
        assert!(chosen.len() == 1 && chosen[0].contains(&format!("value=\"{choice}\"")), "{chosen:?}");
    }
    let to = |letters: Vec<journey::port::Letter>| {
        let mut all: Vec<String> = letters.into_iter().map(|letter| letter.to).collect();
        all.sort();
        all.join(" ")
    };
    cast.says(&cast.lead, "one", "all", "", "Hello.", &[]).await;
    assert_eq!(to(cast.house.letters().await), "finn.assurance@nhs.example pia.reviewer@nhs.example");
    let page = cast.says(&cast.lead, "two", "all", "", "Dear @dora developer and @Uma User, see <b>this</b>.", &[]).await;
    assert!(page.body.contains("<b>@dora developer</b>") && page.body.contains("<b>@Uma User</b>"), "{}", page.body);
    assert!(!page.body.contains("see <b>this"), "typed markup stays words");
    let letters = cast.house.letters().await;
    let dora = letters.iter().find(|letter| letter.to == cast.developer.email).expect("spoken to by name");
    assert!(dora.subject.contains("Lena Lead mentioned you in a message"), "{}", dora.subject);
    assert_eq!(crate::common::path_in(&dora.body), format!("{}?message=two#message-two", cast.page()));
    assert!(!letters.iter().any(|letter| letter.to == cast.user.email), "no letters is no letters");
    // The daily letter: not before seven, then once, from two servers at once, with what is still unread.
    let daily = || app::site::messages::daily::send_due(&cast.house.services);
    assert_eq!(daily().await.unwrap(), 0);
    cast.house.clock.forward(21 * 3600 + 3540);
    assert_eq!(daily().await.unwrap(), 0, "06:59");
    cast.house.clock.forward(60);
    let (one, two) = tokio::join!(daily(), daily());
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    assert_eq!(daily().await.unwrap(), 0);
    let letters = cast.house.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(
        (letters[0].to.as_str(), letters[0].subject.as_str()),
        (cast.developer.email.as_str(), "1 new thing at GP Connect onboarding")
    );
    assert!(letters[0].body.contains("?message=one#message-one"), "{}", letters[0].body);
    // The next day nothing is new; the day after, what was read meanwhile is not told.
    cast.house.clock.forward(86_400);
    assert_eq!(daily().await.unwrap(), 0);
    cast.house.browser().sign_in(&cast.lead.email).await;
    let mut lead = cast.house.browser();
    lead.sign_in(&cast.lead.email).await;
    says(&mut lead, &cast.journey, "three", "all", "", "Read at once.", &[]).await;
    let mut developer = cast.house.browser();
    developer.sign_in(&cast.developer.email).await;
    developer.get(&cast.page()).await;
    cast.house.letters().await;
    cast.house.clock.forward(86_400);
    assert_eq!(daily().await.unwrap(), 0);
    assert_eq!(cast.house.letters().await, []);
}

#[tokio::test]
async fn whoever_has_chosen_nothing_hears_at_once_of_what_needs_them_and_once_a_day_of_the_rest() {
    let cast = cast().await;
    for who in [&cast.lead, &cast.reviewer, &cast.developer] {
        cast.house.db.choose_notices(&who.actor.person, Notices::default()).await.unwrap();
    }
    let page = cast.developer.browser.clone().get("/account").await;
    let inputs = page.body.split("<input").filter_map(|rest| rest.split('>').next());
    let chosen: Vec<&str> = inputs.filter(|input| input.contains("name=\"choice\"") && input.contains(" checked")).collect();
    assert!(chosen.len() == 1 && chosen[0].contains("value=\"needed\""), "{chosen:?}");
    let told = async |who: &Someone| -> Vec<String> {
        let letters = cast.house.letters().await.into_iter();
        letters.filter(|letter| letter.to == who.email && !letter.subject.starts_with("Received")).map(|l| l.subject).collect()
    };
    // A message to everybody asks nothing of the developer; one that names her is told at once.
    cast.says(&cast.lead, "one", "all", "", "Hello.", &[]).await;
    assert_eq!(told(&cast.developer).await, Vec::<String>::new());
    cast.says(&cast.lead, "two", "all", "", "Dear @Dora Developer.", &[]).await;
    assert_eq!(told(&cast.developer).await.len(), 1);
    // A use case that waits for its review is a turn.
    crate::common::world::draft(&cast.house, &cast.journey, &cast.lead).await;
    let journey = cast.journey.to_string();
    let mut lead = cast.lead.browser.clone();
    lead.submit("use-case/submit", &[("journey", &journey), ("task", "describe-use-case"), ("seen", "1000"), ("version", "1")])
        .await;
    let turns = told(&cast.reviewer).await;
    assert!(turns.len() == 1 && turns[0].starts_with("Your turn: "), "{turns:?}");
    // Somebody asks to skip a task: the supplier's own request is told to whoever decides. What is decided brings no turn.
    let skip = [("journey", journey.as_str()), ("task", "s-pentest"), ("seen", "1000"), ("reason", "It is tested elsewhere.")];
    assert!(lead.submit("task/propose-waiver", &skip).await.done().is_some());
    assert!(told(&cast.reviewer).await.iter().any(|subject| subject.starts_with("Request to skip: ")));
    let declined = [("journey", journey.as_str()), ("task", "s-pentest"), ("seen", "1000"), ("reason", "It is needed.")];
    let page = cast.reviewer.browser.clone().submit("task/decline-waiver", &declined).await;
    assert!(page.done().is_some(), "{}", page.body);
    assert_eq!(told(&cast.lead).await, Vec::<String>::new(), "nothing to do about it");
    cast.house.clock.forward(86_400);
    app::site::messages::daily::send_due(&cast.house.services).await.unwrap();
    let letters = cast.house.letters().await;
    let daily = letters.iter().find(|letter| letter.to == cast.lead.email).expect("a daily email");
    assert!(daily.body.contains("Stays in the plan: "), "{}", daily.body);
    let daily = letters.iter().find(|letter| letter.to == cast.developer.email).expect("a daily email");
    assert!(daily.body.contains("?message=one#message-one") && !daily.body.contains("?message=two#"), "{}", daily.body);
}

#[tokio::test]
async fn who_is_told_at_once_is_picked_from_those_who_may_read_it() {
    let cast = cast().await;
    let journey = cast.journey.to_string();
    for who in [&cast.developer, &cast.assurance, &cast.reviewer] {
        cast.house.db.choose_notices(&who.actor.person, Notices::default()).await.unwrap();
    }
    // On the page of the journey the choice is there; who may not read a note is not in the choice of the note.
    let page = cast.reviewer.browser.clone().get(&cast.page()).await;
    let (all, notes) = page.body.split_once("Notes for NHS England only").unwrap();
    for person in [&cast.lead, &cast.developer, &cast.assurance, &cast.user] {
        let value = format!("name=\"tell\" type=\"checkbox\" value=\"{}\"", person.actor.person);
        assert!(all.contains(&value), "{} can be picked", person.email);
        assert_eq!(notes.contains(&value), person.email == cast.assurance.email, "{}", person.email);
    }
    let own = format!("value=\"{}\"", cast.reviewer.actor.person);
    assert!(!page.body.contains(&own), "nobody tells themselves");
    // On a task it is asked for first: nothing is sent, every word comes back.
    let mut lead = cast.lead.browser.clone();
    let task = format!("{}/tasks/describe-use-case", cast.home());
    assert!(!lead.get(&task).await.body.contains("name=\"tell\""));
    let mut fields = vec![
        ("journey", journey.as_str()),
        ("task", "describe-use-case"),
        ("audience", "all"),
        ("message", "picked"),
        ("words", "Heron: please look."),
        ("then", "choose"),
    ];
    let answer = lead.send(multipart(WITH_FILES, &fields, &[("report.pdf", PDF)])).await;
    assert!(answer.to().ends_with("describe-use-case#message-all-tell"), "{}", answer.to());
    let page = lead.follow(answer).await;
    assert!(page.body.contains("Heron: please look.") && page.body.contains("report.pdf"), "{}", page.body);
    assert!(page.body.contains("Who is told at once?") && !page.body.contains("<title>Error"), "{}", page.body);
    assert!(cast.house.db.message(&cast.journey, &"picked".parse().unwrap()).await.unwrap().is_none(), "it is not sent yet");
    cast.house.letters().await;
    // Whoever does not read it cannot be picked, by whatever is sent.
    fields.pop();
    for stranger in [cast.stranger.actor.person.as_str(), "Gil Globex", "Somebody <b>else</b>"] {
        let mut fields = fields.clone();
        fields.extend([("tell", cast.developer.actor.person.as_str()), ("tell", stranger)]);
        let page = lead.submit(WITH_FILES, &fields).await;
        assert!(page.body.contains("reads this. Choose a name from the list") && page.body.contains("Heron: please look."));
        assert!(page.body.contains("<title>Error: ") && !page.body.contains("<b>else</b>"), "{}", page.body);
    }
    assert_eq!(cast.house.letters().await, []);
    // By the box or by the name as it is suggested: each is told at once, and the message says so.
    fields.extend([("tell", cast.developer.actor.person.as_str()), ("tell", "pia reviewer, nhs england"), ("tell", " ")]);
    let page = lead.submit(WITH_FILES, &fields).await;
    assert!(page.done().is_some() && page.body.contains("To Dora Developer and Pia Reviewer"), "{}", page.body);
    let letters = cast.house.letters().await;
    let mut told: Vec<&str> = letters.iter().filter(|l| l.subject.contains("mentioned you")).map(|l| l.to.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, [cast.developer.email.as_str(), cast.reviewer.email.as_str()]);
    assert!(!letters.iter().any(|letter| letter.to == cast.assurance.email), "the others read it in their daily email");
    // A note tells nobody of another side, whoever is named.
    let fields = [
        ("journey", journey.as_str()),
        ("audience", "supplier"),
        ("message", "note"),
        ("words", "Bittern."),
        ("tell", cast.reviewer.actor.person.as_str()),
    ];
    let page = lead.submit(WITH_FILES, &fields).await;
    assert!(page.body.contains("reads this. Choose a name from the list"), "{}", page.body);
    assert_eq!(cast.house.letters().await, []);
}

#[tokio::test]
async fn many_who_take_part_are_suggested_by_name() {
    let mut cast = cast().await;
    for n in 0..9 {
        let email = format!("worker{}.acme@acme.example", char::from(b'a' + n));
        invite(&cast.house, &mut cast.lead, &email, Role::Developer).await;
    }
    let page = cast.lead.browser.clone().get(&cast.page()).await;
    assert!(
        page.body.contains("<datalist id=\"message-all-tell-people\"><option value=\"Dora Developer, Acme Care\"")
            && page.body.contains("data-as=\"dora developer\""),
        "{}",
        page.body
    );
    assert!(page.body.contains("list=\"message-all-tell-people\"") && !page.body.contains("name=\"tell\" type=\"checkbox\""));
    let journey = cast.journey.to_string();
    let fields = [
        ("journey", journey.as_str()),
        ("audience", "all"),
        ("message", "many"),
        ("words", "Hello."),
        ("tell", "Workera Acme, Acme Care"),
    ];
    let page = cast.lead.browser.clone().submit(WITH_FILES, &fields).await;
    assert!(page.done().is_some() && page.body.contains("To Workera Acme"), "{}", page.body);
}

#[tokio::test]
async fn the_choice_covers_turns_and_decisions_but_no_receipt() {
    let cast = cast().await;
    for (who, choice) in [(&cast.lead, "never"), (&cast.reviewer, "daily")] {
        who.browser.clone().submit("account/notices", &[("choice", choice)]).await;
    }
    let mut play = Play::open(&cast.house, &cast.lead);
    let people = [&cast.lead.actor, &cast.reviewer.actor, &cast.assurance.actor];
    let journey = play.until_ready(&people, "describe-use-case").written(&cast.house).await;
    crate::common::world::draft(&cast.house, &journey, &cast.lead).await;
    let mut lead = cast.lead.browser.clone();
    let reference = journey.to_string();
    lead.submit("use-case/submit", &[("journey", &reference), ("task", "describe-use-case"), ("seen", "1000"), ("version", "1")])
        .await;
    assert!(cast.house.db.history(&journey).await.unwrap().len() > 1);
    let letters = cast.house.letters().await;
    let subjects: Vec<String> = letters.iter().map(|l| format!("{} {}", l.to, l.subject)).collect();
    assert!(subjects.iter().any(|s| s.starts_with(&cast.lead.email) && s.contains("Received:")), "{subjects:?}");
    assert!(!subjects.iter().any(|s| s.contains("Your turn: ")), "{subjects:?}");
    cast.house.clock.forward(86_400);
    assert_eq!(app::site::messages::daily::send_due(&cast.house.services).await.unwrap(), 1);
    let letters = cast.house.letters().await;
    assert_eq!(letters[0].to, cast.reviewer.email);
    assert!(letters[0].body.contains("Your turn: Use case approval"), "{}", letters[0].body);
}

#[tokio::test]
async fn the_first_question_reaches_a_programme_lead_although_nobody_of_the_programme_acted_yet() {
    let Small { house, lead, reviewer, assurance } = Small::new().await;
    let journey = Play::open(&house, &lead).written(&house).await;
    house.letters().await;
    let page = says(&mut lead.browser.clone(), &journey, "first", "all", "", "Where do we begin?", &[]).await;
    assert!(page.done().is_some());
    let letters = house.letters().await;
    let to: Vec<&str> = letters.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!(to, [reviewer.email.as_str()]);
    // Whoever answers takes part from then on.
    says(&mut assurance.browser.clone(), &journey, "answer", "all", "", "With the capabilities.", &[]).await;
    house.letters().await;
    says(&mut lead.browser.clone(), &journey, "thanks", "all", "", "Thank you.", &[]).await;
    let letters = house.letters().await;
    assert_eq!(letters.iter().map(|l| l.to.as_str()).collect::<Vec<_>>(), [assurance.email.as_str()]);
}

#[tokio::test]
async fn no_form_makes_the_conversation_stumble() {
    let cast = cast().await;
    let mut browsers = [cast.lead.browser.clone(), cast.reviewer.browser.clone(), cast.house.browser()];
    let journey = cast.journey.to_string();
    let sound = [("journey", journey.as_str()), ("task", ""), ("audience", "all"), ("message", "odd"), ("words", "Hello.")];
    let long = "a".repeat(30_000);
    let odd = ["", " ", "-1", "../../x", "'; DROP TABLE messages; --", "\u{0}", "\u{202e}x", "ALL", "a\u{1F926}", &long];
    for (at, (name, _)) in sound.iter().enumerate() {
        for value in odd {
            let mut fields = sound.to_vec();
            fields[at] = (name, value);
            for browser in &mut browsers {
                for files in [&[][..], &[("a.pdf", PDF)]] {
                    let page = browser.send(multipart(WITH_FILES, &fields, files)).await;
                    assert!(!page.status.is_server_error(), "{name} {value:?}: {}", page.status);
                    assert!(!page.to().starts_with("//"), "{name} {value:?}");
                }
            }
        }
    }
    // Files before the words that say where they belong, too many fields, another sort of body.
    for browser in &mut browsers {
        let page = browser.send(multipart(WITH_FILES, &[], &[("a.pdf", PDF)])).await;
        assert!(!page.status.is_server_error() && !page.status.is_success(), "{}", page.status);
        let many: Vec<(&str, &str)> = (0..500).map(|_| ("keep", "x")).collect();
        let page = browser.send(multipart(WITH_FILES, &many, &[])).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let plain = crate::common::form(WITH_FILES).body(axum::body::Body::from("words=a")).unwrap();
        let page = browser.send(plain).await;
        assert!(page.status.is_client_error() || page.to().starts_with("/sign-in"), "{}", page.status);
        let mut foreign = multipart(WITH_FILES, &sound, &[]);
        foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(browser.send(foreign).await.status, StatusCode::FORBIDDEN);
    }
    // Twenty files are taken, and the next one is refused by name.
    let names: Vec<String> = (1..=21).map(|n| format!("{n}.txt")).collect();
    let bytes: Vec<Vec<u8>> = names.iter().map(|name| format!("file {name}\n").into_bytes()).collect();
    let files: Vec<(&str, &[u8])> = names.iter().zip(&bytes).map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let page = cast.says(&cast.lead, "many", "all", "", "All of them.", &files).await;
    assert!(page.body.contains("21.txt: there are 20 files already"), "{}", page.body);
    assert!(!page.body.contains("20.txt: ") && page.body.contains("20.txt"));
}

#[test]
fn an_email_whose_parts_do_not_agree_is_seen() {
    let fine =
        crate::common::said::faults("Your turn: Use case – Bedside View (7K3M-9PX4)", "Hello,\n\nIt is your turn: 1 finding.\n");
    assert_eq!(fine, Vec::<String>::new());
    for (subject, body) in [
        ("approved: use case", ""),
        ("Approved: – Bedside View", ""),
        ("Approved: Use case", "It went to the the team."),
        ("Approved: Use case", "It has 1 findings."),
        ("Approved: Use case", "It is approved ."),
        ("Approved: Use case", "It is  approved."),
        ("Approved: Use case", "“” was approved."),
    ] {
        assert_eq!(crate::common::said::faults(subject, body).len(), 1, "{subject}: {body}");
    }
}
