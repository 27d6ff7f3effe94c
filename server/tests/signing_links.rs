//! Signing by a link in a letter, from the list of the group lead to the signature in the ledger: over HTTP, without an account and
//! without script. The rules are proved in `app/journey/tests/signing.rs`, codes and requests in the contract of the database.
//!
//! Long because each story goes from the letter to the signature.

use std::{collections::BTreeSet, sync::Arc, time::Instant};

use crate::common::{
    Browser, House, Page,
    by_link::{SHARING, code_in, signed_with, token_of},
    path_in,
    world::{Play, Small, Someone, admit, answers_to, fields_of, invite, journey_of, opening, signing, task},
};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::{Digest, JourneyRef, Seq},
    },
    ledger::{event::Event, signing as signatures},
    plan::opening::Opening,
    port::{Enclosed, Ledger as _, Letter},
    rule::command::Command,
    task::forms,
};
use server::{
    outbox::{Enclosures as _, Post, send_due},
    seal,
};

const RAE: &str = "rae@willow.example";
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// A group with these members, whose data sharing agreement can be signed. Its lead signs for none of them.
struct Scene {
    small: Small,
    gil: Someone,
    reference: JourneyRef,
    code: String,
}

async fn scene(house: House, members: &str) -> Scene {
    let small = Small::of(house).await;
    let roles = [Role::GroupLead];
    let gil = admit(&small.house, Side::EndUser, "Saltmarsh Network", "gil@saltmarsh.example", &roles).await;
    let mut play = Play::open_with("consumer", &small.house, &small.lead, Opening { supporting_tasks: false, ..opening() });
    play.joined(&small.reviewer.actor, &[&gil]);
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([gil.actor.clone()]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    let group = "start-end-user-engagement";
    play.until_ready(&cast, group);
    let spec = play.journey.process.task(&task(group)).unwrap();
    let answers =
        answers_to(&forms::form_of(spec, &play.journey.opening), "To see medicines on the ward.").with("members", members);
    play.does(&gil.actor, Command::Submit { task: task(group), answers });
    play.until_ready(&cast, SHARING).submits(&gil.actor, SHARING);
    let reference = play.written(&small.house).await;
    Scene { small, gil, reference, code: String::new() }
}

async fn of_two() -> Scene {
    scene(House::new().await, "A21471 Willow Lane Surgery\nB82617 Marsh Road Practice").await
}

impl Scene {
    fn list(&self) -> String {
        format!("/journeys/{}/tasks/{SHARING}/signatories", self.reference)
    }

    async fn lead_does(&mut self, action: &str, fields: &[(&str, &str)]) -> Page {
        let journey = self.reference.to_string();
        let on = [("journey", journey.as_str()), ("task", SHARING), ("seen", "1000000")];
        let all: Vec<(&str, &str)> = on.iter().chain(fields).copied().collect();
        self.gil.browser.submit(action, &all).await
    }

    async fn asks(&mut self, lines: &str) -> Page {
        self.lead_does("signatories/ask", &[("signatories", lines)]).await
    }

    /// The link that was sent to this address last.
    async fn link_to(&mut self, email: &str) -> String {
        self.small.house.clock.forward(1);
        self.small.house.link_for(email).await
    }

    /// Opens a link, asks for a code, reads it in the letter and enters it.
    async fn enters(&mut self, link: &str) -> (Browser, Page) {
        let mut browser = self.small.house.browser();
        let page = self.enters_with(&mut browser, link).await;
        (browser, page)
    }

    async fn enters_with(&mut self, browser: &mut Browser, link: &str) -> Page {
        let token = token_of(link);
        self.small.house.clock.forward(61);
        let page = browser.submit("sign/code", &[("token", &token)]).await;
        assert!(page.done().is_some_and(|says| says.starts_with("A code is on its way")), "{:?}", page.refusal());
        self.code = code_in(&self.small.house.letters().await);
        browser.submit("sign/enter", &[("token", &token), ("code", &self.code)]).await
    }

    /// Somebody with an account signs.
    async fn account_signs(&self, browser: &mut Browser) {
        let page = browser.get(&format!("/journeys/{}/tasks/{SHARING}", self.reference)).await;
        let mut fields = fields_of(&signing(SHARING));
        fields.extend([("journey".to_owned(), self.reference.to_string()), ("task".to_owned(), SHARING.to_owned())]);
        fields.extend(["seen", "words"].map(|name| (name.to_owned(), page.hidden(name))));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let page = browser.submit("task/sign", &fields).await;
        assert!(page.done().is_some(), "{:?}", page.refusal());
    }

    async fn signs(&self, browser: &mut Browser, link: &str) -> Page {
        let page = browser.get(link).await;
        browser
            .submit(
                "sign/sign",
                &signed_with(link, &page.hidden("words")).iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(),
            )
            .await
    }

    /// Letters that go by themselves now.
    async fn sweeps(&self) -> u32 {
        app::work::signatories::remind::send_due(&self.small.house.services).await.unwrap()
    }

    async fn counted(&self) -> String {
        let journey = journey_of(&self.small.house, &self.reference).await;
        signatures::count_in_words(&journey, journey.process.task(&task(SHARING)).unwrap()).unwrap()
    }
}

fn to<'a>(letters: &'a [Letter], address: &str) -> Vec<&'a Letter> {
    letters.iter().filter(|letter| letter.to == address).collect()
}

#[tokio::test]
async fn a_practice_signs_by_a_link_and_a_code_and_gets_its_copy() {
    let mut scene = of_two().await;
    let list = scene.list();
    let page = scene.gil.browser.get(&list).await;
    assert!(page.heading().contains("0 of 2 organisations have signed"), "{}", page.heading());
    let page = scene.asks(&format!("A21471, Rae Reader, {RAE}")).await;
    assert!(page.done().is_some_and(|says| says.starts_with("You asked 1 person to sign")), "{:?}", page.refusal());
    assert!(page.body.contains("Email sent") && page.body.contains(RAE), "{}", page.body);
    let letters = scene.small.house.letters().await;
    let letter = to(&letters, RAE)[0];
    for words in [
        "gil",
        "Saltmarsh Network asks you to sign",
        "Willow Lane Surgery (A21471)",
        "To see medicines on the ward.",
        "you need no account",
    ] {
        assert!(letter.body.to_lowercase().contains(&words.to_lowercase()), "{words}: {}", letter.body);
    }
    let link = path_in(&letter.body);
    // A program that looks at links in letters uses nothing up, and whoever sent it never sees the link.
    for _ in 0..2 {
        let page = scene.small.house.browser().get(&link).await;
        assert!(page.status == 200 && page.body.contains("Email me a code") && !page.body.contains("Tick each"), "{}", page.body);
    }
    assert!(!scene.gil.browser.get(&list).await.body.contains(&token_of(&link)));
    // Without a code nothing is shown or done.
    let mut browser = scene.small.house.browser();
    for action in ["sign/sign", "sign/decline", "sign/keep", "sign/ask", "sign/pass-on", "sign/take-back"] {
        let page = browser.submit(action, &[("token", &token_of(&link)), ("reason", "No"), ("question", "Why?")]).await;
        assert!(page.body.contains("Enter a code first") || page.body.contains("Email me a code"), "{action}: {}", page.body);
    }
    assert_eq!(scene.counted().await, "0 of 3 have signed");
    // A wrong code, then the right one.
    let token = token_of(&link);
    browser.submit("sign/code", &[("token", &token)]).await;
    let code = code_in(&scene.small.house.letters().await);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let page = browser.submit("sign/enter", &[("token", &token), ("code", wrong)]).await;
    assert!(page.body.contains("This code does not fit"), "{}", page.body);
    let page = browser.submit("sign/enter", &[("token", &token), ("code", "12")]).await;
    assert!(page.body.contains("Enter the 6 digits of the code"), "{}", page.body);
    let page = browser.submit("sign/enter", &[("token", &token), ("code", &format!(" {} {}", &code[..3], &code[3..]))]).await;
    assert!(page.body.contains("Signing as Rae Reader for Willow Lane Surgery (A21471)"), "{}", page.body);
    assert!(page.body.contains("GP Connect is used for direct care only.") && page.body.contains("https://example.org/evidence"));
    let page = scene.small.house.browser().submit("sign/enter", &[("token", &token), ("code", &code)]).await;
    assert!(page.body.contains("This code does not fit"), "it works once: {}", page.body);
    // What is missing is asked for, and what was chosen comes back; so does what was kept for later.
    let page = browser.get(&link).await;
    let words = page.hidden("words");
    let some = [
        ("token", token.as_str()),
        ("words", &words),
        ("answers[authority][]", "caldicott_guardian"),
        ("answers[statements][]", "1"),
    ];
    let page = browser.submit("sign/sign", &some).await;
    assert!(page.body.contains("Tick each statement that you agree to."), "{}", page.body);
    assert!(page.body.contains("value=\"caldicott_guardian\" checked"), "{}", page.body);
    let page = browser.submit("sign/keep", &some).await;
    assert!(page.body.contains(&format!("Your reference is {} A21471", scene.reference)), "{}", page.body);
    assert!(browser.get(&link).await.body.contains("value=\"caldicott_guardian\" checked"));
    let page = scene.signs(&mut browser, &link).await;
    assert!(page.done().is_some_and(|says| says.starts_with("Thank you: your signature is recorded")), "{:?}", page.refusal());
    assert!(page.heading().contains("Signed for Willow Lane Surgery"), "{}", page.body);
    let again = signed_with(&link, &words);
    let again: Vec<(&str, &str)> = again.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let page = browser.submit("sign/sign", &again).await;
    assert!(page.heading().contains("Signed for Willow Lane Surgery"), "a second click: {}", page.body);
    assert_eq!(scene.counted().await, "1 of 3 have signed");
    // Their copy, without an account.
    scene.small.house.clock.forward(1);
    let letters = scene.small.house.letters().await;
    let copies: Vec<_> = to(&letters, RAE).into_iter().filter(|letter| letter.subject.starts_with("Signed for")).collect();
    assert_eq!(copies.len(), 1);
    assert!(
        copies[0].body.contains("GP Connect is used for direct care only.") && copies[0].body.contains(&words),
        "{}",
        copies[0].body
    );
    // Everybody reads who has signed, under the name of the letter; the programme countersigns what one member has signed, and
    // the organisation with an account.
    // Whoever has signed is not sent away by a request that is taken back: their link is how they take the signature back.
    let page = scene.lead_does("signatories/take-back", &[("ods_code", "A21471")]).await;
    assert_eq!(page.done(), None, "{}", page.body);
    assert!(browser.get(&link).await.heading().contains("Signed for Willow Lane Surgery"));
    let page = scene.gil.browser.get(&list).await;
    assert!(page.heading().contains("1 of 2 organisations have signed") && page.body.contains("Rae Reader, "), "{}", page.body);
    let history = scene.gil.browser.get(&format!("/journeys/{}/history", scene.reference)).await;
    assert!(
        history.body.contains("As Rae Reader, Data Protection Officer, for Willow Lane Surgery (A21471), by a link in an email.")
    );
    let csv = scene.gil.browser.get(&format!("{list}.csv")).await;
    assert!(csv.body.contains("A21471,Willow Lane Surgery,Signed,"), "{}", csv.body);
    assert!(csv.body.contains("B82617,Marsh Road Practice,Not asked"), "{}", csv.body);
    let others = scene.small.lead.browser.get(&list).await;
    assert!(others.body.contains("Rae Reader") && !others.body.contains(RAE), "addresses are for whoever asks");
    assert_eq!(scene.small.house.faults().await, Vec::<String>::new());
}

/// The words go at once, the document when everybody has signed whose signature is waited for; whoever signs later has it at once.
#[tokio::test]
async fn whoever_signed_by_a_link_is_sent_the_document_when_all_have_signed() {
    let mut scene = of_two().await;
    scene.asks(&format!("A21471, Rae Reader, {RAE}")).await;
    let link = scene.link_to(RAE).await;
    let (mut browser, _) = scene.enters(&link).await;
    scene.signs(&mut browser, &link).await;
    scene.small.house.clock.forward(1);
    let letters = scene.small.house.letters().await;
    assert!(letters.iter().all(|letter| letter.enclosed.is_none()), "not everybody has signed: {letters:?}");
    let copies = to(&letters, RAE);
    let copy = copies.iter().find(|letter| letter.subject.starts_with("Signed for")).unwrap();
    assert!(copy.body.contains("you get another email with a PDF"), "{}", copy.body);

    // The organisation with an account signs, and NHS England last; the letters go into the folder of a development machine.
    let path = format!("/journeys/{}/tasks/{SHARING}", scene.reference);
    let mut amy = invite(&scene.small.house, &mut scene.gil, "amy@saltmarsh.example", Role::AuthorisedPerson).await;
    scene.small.house.letters().await;
    scene.account_signs(&mut amy.browser).await;
    let mut reviewer = scene.small.reviewer.browser.clone();
    scene.account_signs(&mut reviewer).await;
    let post = Post::new(&scene.small.house.config).unwrap().with_enclosures(Arc::new(scene.small.house.uploads.clone()));
    scene.small.house.clock.forward(1);
    send_due(&scene.small.house.services, &post).await.unwrap();
    let folder = scene.small.house.config.letters_in();
    let sent = |address: &str, subject: &str| {
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let letters = files.filter(|path| path.extension().is_some_and(|kind| kind == "eml"));
        let mut theirs = letters.filter(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            text.starts_with(&format!("To: {address}\n")) && text.lines().nth(1).unwrap().contains(subject)
        });
        let one = theirs.next().unwrap_or_else(|| panic!("no letter to {address}"));
        assert_eq!(theirs.next(), None);
        (std::fs::read_to_string(&one).unwrap(), std::fs::read(one.with_extension("pdf")).unwrap())
    };
    let (text, bytes) = sent(RAE, "Signed by everybody");
    assert!(text.contains("[Attached: “") && text.contains("The same is attached as a PDF"), "{text}");
    assert!(seal::checked(&bytes).unwrap().is_some());
    let email = scene.small.reviewer.email.clone();
    assert!(sent(&email, "Signed by everybody").1 == bytes, "everybody has the same document");
    let (_, downloaded) = scene.gil.browser.download(&format!("{path}/signed.pdf")).await;
    assert!(downloaded == bytes, "and so has whoever downloads it");

    // One member signs later.
    scene.asks("B82617, Bo Marsh, bo@marsh.example").await;
    let link = scene.link_to("bo@marsh.example").await;
    let (mut browser, _) = scene.enters(&link).await;
    scene.signs(&mut browser, &link).await;
    scene.small.house.clock.forward(1);
    let letters = scene.small.house.letters().await;
    assert!(to(&letters, RAE).is_empty(), "nobody else is sent it again: {letters:?}");
    let enclosed = to(&letters, "bo@marsh.example")[0].enclosed.clone().unwrap();
    let (name, late) = scene.small.house.uploads.enclosed(&enclosed).await.unwrap().unwrap();
    assert!(name.ends_with(".pdf") && late != bytes && late.len() > bytes.len());
    // A letter that waited for long goes with the document of then.
    let seq = enclosed.seq.0 - 1;
    let before = Enclosed { seq: Seq(seq), ..enclosed };
    assert!(scene.small.house.uploads.enclosed(&before).await.unwrap().unwrap().1 == bytes);
    // The pack has the newest of them.
    let (_, pack) = scene.small.lead.browser.download(&format!("/journeys/{}/pack.zip", scene.reference)).await;
    let pack = zip::ZipArchive::new(std::io::Cursor::new(pack)).unwrap();
    let names = pack.file_names().map(|name| name.unwrap().into_owned());
    let packed: Vec<String> = names.filter(|name| name.contains(SHARING) && name.ends_with(".pdf")).collect();
    assert_eq!(packed, [format!("documents/{SHARING}-{}.pdf", &Digest::of(&late).as_str()[..12])]);
    assert_eq!(scene.small.house.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_link_that_does_not_work_says_what_happened_and_the_way_on() {
    let mut scene = of_two().await;
    let page = scene.small.house.browser().get("/sign/0123456789abcdef").await;
    assert!(page.body.contains("This link is not known"), "{}", page.body);
    // A wrong address is corrected: the old link is dead at once, the new one works.
    scene.asks(&format!("A21471, Rae Reader, {RAE}")).await;
    let old = scene.link_to(RAE).await;
    let (mut early, _) = scene.enters(&old).await;
    let fields = [("ods_code", "A21471"), ("name", "Rae Reader"), ("email", "rae.reader@willow.example")];
    let page = scene.lead_does("signatories/ask", &fields).await;
    assert!(page.done().is_some(), "{:?}", page.refusal());
    let page = early.get(&old).await;
    assert!(
        page.body.contains("This link does not work any more") && page.body.contains("Look for a newer email"),
        "{}",
        page.body
    );
    let page =
        early.submit("sign/sign", &signed_with(&old, "").iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>()).await;
    assert!(page.body.contains("This link does not work any more"), "{}", page.body);
    let link = scene.link_to("rae.reader@willow.example").await;
    // Somebody else who is signed in is not let in beside, and told so.
    let mut other = scene.gil.browser.clone();
    let page = other.get(&link).await;
    assert!(
        page.body.contains("You are signed in as") && page.body.contains("sign out and open the link again"),
        "{}",
        page.body
    );
    let page = other.submit("sign/code", &[("token", &token_of(&link))]).await;
    assert!(page.body.contains("You are signed in as"), "{}", page.body);
    // The page of one person opens nothing of another.
    scene.asks("B82617, Bo Fox, bo@marsh.example").await;
    let second = scene.link_to("bo@marsh.example").await;
    let (mut rae, _) = scene.enters(&link).await;
    let page = rae
        .submit("sign/sign", &signed_with(&second, "").iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>())
        .await;
    assert!(page.body.contains("Email me a code"), "{}", page.body);
    // It is passed on: the link ends, and the other has one of their own.
    let page = rae.submit("sign/pass-on", &[("token", &token_of(&link)), ("name", ""), ("email", "no")]).await;
    assert!(
        page.body.contains("Enter the name of the person who should sign") && page.body.contains("value=\"no\""),
        "{}",
        page.body
    );
    let page =
        rae.submit("sign/pass-on", &[("token", &token_of(&link)), ("name", "Lia"), ("email", "lena.lead@acme.example")]).await;
    assert!(page.body.contains("belongs to somebody of the supplier"), "{}", page.body);
    let page = rae
        .submit("sign/pass-on", &[("token", &token_of(&link)), ("name", "Dr Sol Ames"), ("email", "sol@willow.example")])
        .await;
    assert!(page.heading().contains("You have passed this on"), "{}", page.body);
    scene.small.house.clock.forward(1);
    let letters = scene.small.house.letters().await;
    assert!(
        to(&letters, "gil@saltmarsh.example").iter().any(|letter| letter.body.contains("To Dr Sol Ames, sol@willow.example"))
    );
    let link = path_in(&to(&letters, "sol@willow.example")[0].body);
    // A question goes to whoever asked; a decline too, and it is nobody else's.
    let (mut sol, _) = scene.enters(&link).await;
    let page = sol.submit("sign/ask", &[("token", &token_of(&link)), ("question", " ")]).await;
    assert!(page.body.contains("Enter your question"), "{}", page.body);
    let page = sol.submit("sign/ask", &[("token", &token_of(&link)), ("question", "Which wards?")]).await;
    assert!(page.done().is_some_and(|says| says.starts_with("Your question was sent")), "{}", page.body);
    let page = sol.submit("sign/decline", &[("token", &token_of(&link)), ("reason", "We change system in May.")]).await;
    assert!(page.heading().contains("You have declined to sign"), "{}", page.body);
    scene.small.house.clock.forward(1);
    let letters = scene.small.house.letters().await;
    let told: Vec<&str> = to(&letters, "gil@saltmarsh.example").iter().map(|letter| letter.body.as_str()).collect();
    assert!(told.iter().any(|body| body.contains("Which wards?") && body.contains("sol@willow.example")), "{told:?}");
    assert!(told.iter().any(|body| body.contains("declined to sign") && body.contains("We change system in May.")), "{told:?}");
    let (list, journey) = (scene.list(), scene.reference.to_string());
    let page = scene.gil.browser.get(&list).await;
    assert!(page.body.contains("Declined") && page.body.contains("“We change system in May.”"), "{}", page.body);
    // Taken back by whoever asked.
    let page = scene.lead_does("signatories/take-back", &[("ods_code", "B82617")]).await;
    assert!(page.done().is_some_and(|says| says.starts_with("Bo Fox is not asked any more")), "{:?}", page.refusal());
    let page = scene.small.house.browser().get(&second).await;
    assert!(page.heading().contains("You are not asked to sign any more") && page.body.contains(&journey), "{}", page.body);
    // Too old: a new one goes to the same address.
    scene.asks(&format!("A21471, Rae Reader, {RAE}")).await;
    let link = scene.link_to(RAE).await;
    scene.small.house.clock.forward(31 * DAY);
    let page = scene.small.house.browser().get(&link).await;
    assert!(page.heading().contains("This link is too old") && page.body.contains("r••••@willow.example"), "{}", page.body);
    let page = scene.small.house.browser().submit("sign/code", &[("token", &token_of(&link))]).await;
    assert!(page.heading().contains("This link is too old"), "{}", page.body);
    scene.small.house.browser().submit("sign/new-link", &[("token", &token_of(&link))]).await;
    let newer = scene.link_to(RAE).await;
    assert_ne!(newer, link);
    let (mut rae, page) = scene.enters(&newer).await;
    assert!(page.body.contains("Signing as Rae Reader"), "{}", page.body);
    // The group is put right meanwhile and names the practice no more: the words of the page come back, nothing is signed.
    scene.signs(&mut rae, &newer).await;
    assert_eq!(scene.small.house.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn whoever_asks_is_told_line_by_line_what_cannot_be_sent() {
    let mut scene = of_two().await;
    let page = scene.asks("A21471, Rae Reader\nC81111, Cy, cy@c.example").await;
    assert!(page.body.contains("Line 1: write the ODS code"), "{}", page.body);
    assert!(page.body.contains("C81111, Cy, cy@c.example"), "the words come back: {}", page.body);
    let page = scene.asks("C81111, Cy Day, cy@c.example").await;
    assert!(page.body.contains("C81111 is not a member of the group"), "{}", page.body);
    let page = scene.asks("A21471, Lena Lead, lena.lead@acme.example").await;
    assert!(page.body.contains("lena.lead@acme.example belongs to somebody of the supplier"), "{}", page.body);
    let page = scene.asks(" ").await;
    assert!(page.body.contains("Name at least one person"), "{}", page.body);
    scene.small.house.clock.forward(1);
    assert!(scene.small.house.letters().await.iter().all(|letter| !letter.id.starts_with("sign-")), "nobody was written to");
    // Nobody of the supplier asks, nor the programme; they read the list.
    let list = scene.list();
    for someone in [&mut scene.small.lead, &mut scene.small.reviewer] {
        let page = someone.browser.get(&list).await;
        assert!(page.status == 200 && !page.body.contains("/do/signatories/"), "{}", page.body);
        let journey = scene.reference.to_string();
        let fields =
            [("journey", journey.as_str()), ("task", SHARING), ("signatories", "A21471, Rae Reader, rae@willow.example")];
        let page = someone.browser.submit("signatories/ask", &fields).await;
        assert!(page.refusal().is_some(), "{}", page.body);
    }
}

#[tokio::test]
async fn reminders_go_in_working_days_three_times_and_stop_with_the_signature() {
    let mut scene = of_two().await;
    scene.asks(&format!("A21471, Rae Reader, {RAE}\nB82617, Bo Fox, bo@marsh.example")).await;
    let link = scene.link_to(RAE).await;
    let (mut rae, _) = scene.enters(&link).await;
    scene.signs(&mut rae, &link).await;
    scene.small.house.letters().await;
    let mut sent = Vec::new();
    for day in 0..60 {
        scene.small.house.clock.forward(DAY);
        app::work::signatories::remind::send_due(&scene.small.house.services).await.unwrap();
        for letter in scene.small.house.letters().await {
            assert_eq!((letter.to.as_str(), letter.subject.starts_with("Reminder: ")), ("bo@marsh.example", true), "{letter:?}");
            sent.push(day);
        }
    }
    assert_eq!(sent.len(), 3, "{sent:?}");
    assert!(sent.windows(2).all(|pair| (6..=9).contains(&(pair[1] - pair[0]))), "five working days apart: {sent:?}");
    // By hand, not twice within a day.
    scene.gil.browser.sign_in("gil@saltmarsh.example").await;
    let page = scene.lead_does("signatories/remind", &[]).await;
    assert!(page.done().is_some_and(|says| says.starts_with("1 reminder sent")), "{:?}", page.refusal());
    let page = scene.lead_does("signatories/remind", &[]).await;
    assert!(page.done().is_some_and(|says| says.starts_with("Nobody was reminded")), "{:?}", page.refusal());
}

#[tokio::test]
async fn a_signature_is_taken_back_and_given_again_and_given_anew_when_the_words_change() {
    let mut scene = of_two().await;
    scene.asks(&format!("A21471, Rae Reader, {RAE}")).await;
    let link = scene.link_to(RAE).await;
    let (mut rae, _) = scene.enters(&link).await;
    scene.signs(&mut rae, &link).await;
    let page = rae.submit("sign/take-back", &[("token", &token_of(&link)), ("reason", "")]).await;
    assert!(page.body.contains("Give a reason"), "{}", page.body);
    let page = rae.submit("sign/take-back", &[("token", &token_of(&link)), ("reason", "We merge.")]).await;
    assert!(page.done().is_some_and(|says| says.starts_with("The signature is taken back")), "{:?}", page.refusal());
    assert_eq!(scene.counted().await, "0 of 3 have signed");
    let page = scene.signs(&mut rae, &link).await;
    assert!(page.done().is_some(), "{:?}", page.refusal());
    // The parts are put right: everybody signs again, and an old page signs nothing.
    let old = rae.get(&link).await;
    assert!(old.heading().contains("Signed for"), "{}", old.body);
    let journey = scene.reference.to_string();
    let on = [("journey", journey.as_str()), ("task", SHARING), ("seen", "1000000"), ("reason", "Another notice.")];
    let page = scene.gil.browser.submit("task/reopen", &on).await;
    assert!(page.done().is_some(), "{:?}", page.refusal());
    let page = rae.get(&link).await;
    assert!(page.heading().contains("You cannot sign yet"), "{}", page.body);
    let parts = answers_to(
        &journey::task::agreement::parts(
            journey_of(&scene.small.house, &scene.reference).await.process.task(&task(SHARING)).unwrap(),
        ),
        "Other words.",
    );
    let parts = fields_of(&parts);
    let fields: Vec<(&str, &str)> = on[..3]
        .iter()
        .copied()
        .chain(parts.iter().map(|(a, b)| (a.as_str(), b.as_str())))
        .filter(|(name, _)| !name.contains("files"))
        .collect();
    let page = scene.gil.browser.submit("task/submit", &fields).await;
    assert!(page.done().is_some(), "{:?} {}", page.refusal(), page.body);
    let list = scene.list();
    assert!(scene.gil.browser.get(&list).await.body.contains("Must sign again"));
    // They are written to without anybody asking for it, once.
    scene.small.house.letters().await;
    assert_eq!(scene.sweeps().await, 1);
    assert_eq!(scene.sweeps().await, 0);
    let letters = scene.small.house.letters().await;
    let letter = to(&letters, RAE).into_iter().find(|letter| letter.subject.starts_with("Please sign again")).expect("a letter");
    let newer = path_in(&letter.body);
    let (mut rae, page) = scene.enters(&newer).await;
    assert!(page.body.contains("please read it and sign again"), "{}", page.body);
    assert!(page.body.contains("What has changed since you signed") && page.body.contains("<ins>2"), "{}", page.body);
    let page = rae
        .submit(
            "sign/sign",
            &signed_with(&newer, &"0".repeat(64)).iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(),
        )
        .await;
    assert!(page.refusal().is_some_and(|says| says.contains("The words to sign have changed")), "{}", page.body);
    let page = scene.signs(&mut rae, &newer).await;
    assert!(page.done().is_some(), "{:?}", page.refusal());
    assert_eq!(scene.counted().await, "1 of 3 have signed");
    assert_eq!(scene.small.house.faults().await, Vec::<String>::new());
}

/// Practices of a large group, each with a code of its own.
fn practices(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("A{:05}", 20_000 + at)).collect()
}

/// Everybody of a large group signs within a moment, from fifty clients: nobody is lost and nobody counts twice.
async fn many_sign_at_once(house: House, count: usize) {
    let codes = practices(count);
    let members: Vec<String> = codes.iter().map(|code| format!("{code} Practice {code}")).collect();
    let mut scene = scene(house, &members.join("\n")).await;
    let lines: Vec<String> =
        codes.iter().map(|code| format!("{code}, Person of {code}, {}@practice.example", code.to_lowercase())).collect();
    let page = scene.asks(&lines.join("\n")).await;
    assert!(page.done().is_some_and(|says| says.starts_with(&format!("You asked {count} people"))), "{:?}", page.refusal());
    scene.small.house.clock.forward(1);
    let letters = scene.small.house.letters().await;
    let links: Vec<String> =
        letters.iter().filter(|letter| letter.id.starts_with("sign-")).map(|letter| path_in(&letter.body)).collect();
    assert_eq!(links.iter().collect::<BTreeSet<_>>().len(), count, "each has a link of their own");
    // Codes are entered one after the other, as letters are read here by everybody.
    let mut ready = Vec::new();
    let mut words = String::new();
    for link in &links {
        let (mut browser, token) = (scene.small.house.browser(), token_of(link));
        browser.submit("sign/code", &[("token", &token)]).await;
        let code = code_in(&scene.small.house.letters().await);
        let page = browser.submit("sign/enter", &[("token", &token), ("code", &code)]).await;
        words = page.hidden("words");
        ready.push((browser, link.clone()));
    }
    let began = Instant::now();
    let mut clients = tokio::task::JoinSet::new();
    for some in ready.chunks(count.div_ceil(50)) {
        let (some, words) = (some.to_vec(), words.clone());
        clients.spawn(async move {
            for (mut browser, link) in some {
                // A second click at the same moment.
                let fields = signed_with(&link, &words);
                let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                let mut twin = browser.clone();
                let (one, two) = tokio::join!(browser.post("sign/sign", &fields), twin.post("sign/sign", &fields));
                assert!(one.status.is_redirection() && two.status.is_redirection(), "{} {}", one.status, two.status);
            }
        });
    }
    clients.join_all().await;
    println!("{count} signatures from 50 clients, each clicked twice, in {:?}", began.elapsed());
    let history = scene.small.house.db.history(&scene.reference).await.unwrap();
    let signed: Vec<String> = history
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::Signed { member: Some(member), .. } => Some(member.ods_code.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(signed.len(), count, "nobody counts twice");
    assert_eq!(signed.into_iter().collect::<BTreeSet<_>>(), codes.into_iter().collect(), "and nobody is lost");
    scene.small.house.clock.forward(1);
    let copies = scene.small.house.letters().await.into_iter().filter(|letter| letter.subject.starts_with("Signed for")).count();
    assert_eq!(copies, count, "each has their copy, once");
    let list = scene.list();
    let page = scene.gil.browser.get(&list).await;
    assert!(page.heading().contains(&format!("{count} of {count} organisations have signed")), "{}", page.heading());
    assert_eq!(scene.small.house.faults().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_240_who_sign_from_50_clients_none_is_lost_and_none_counts_twice() {
    many_sign_at_once(House::new().await, 240).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_60_who_sign_from_50_clients_none_is_lost_and_none_counts_twice_on_postgres() {
    let Some((house, database)) = House::on_postgres().await else { return };
    many_sign_at_once(house, 60).await;
    database.dropped().await;
}
