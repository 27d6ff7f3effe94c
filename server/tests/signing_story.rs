//! One group from its file to its signatures, and what comes after: 240 practices of a file with 12 bad rows, 200 that sign by a link,
//! reminders with a clock that is moved, one that takes its signature back and gives it again, one that joins late, another use case
//! that all of them sign again for, and a year later. The parts are proved in `members.rs` and `signing_links.rs`.

use std::{collections::BTreeMap, sync::Arc};

use crate::common::{
    Browser, House, Page,
    by_link::{SHARING, code_in, signed_with, token_of},
    group_file::{GROUP, many, members, path, register, sends, take, ticked, upload},
    path_in,
    world::{Play, Small, Someone, admit, answers_to, fields_of, journey_of, opening, task},
};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::JourneyRef,
    },
    ledger::{basis::Basis, signing},
    plan::opening::Opening,
    rule::command::Command,
    task::forms,
};
use server::serve;
use tokio::sync::Mutex;

const DAY: i64 = 24 * 60 * 60;

struct Story {
    small: Small,
    gil: Someone,
    reference: JourneyRef,
    /// The newest link of each member, by its code.
    links: BTreeMap<String, String>,
}

/// The address of whoever signs for a member.
fn address(code: &str) -> String {
    format!("{}@practice.example", code.to_lowercase())
}

impl Story {
    async fn begun() -> Self {
        let small = Small::of(House::new().await).await;
        register(&small.house, "epraccur.csv").await;
        let gil = admit(&small.house, Side::EndUser, "Saltmarsh Network", "gil@saltmarsh.example", &[Role::GroupLead]).await;
        let opening = Opening { supporting_tasks: false, ..opening() };
        let mut play = Play::open_with("consumer", &small.house, &small.lead, opening);
        play.joined(&small.reviewer.actor, &[&gil]);
        let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([gil.actor.clone()]).collect();
        play.until_ready(&cast.iter().collect::<Vec<_>>(), GROUP);
        // An approval lapses where nobody begins to develop.
        play.does(&small.lead.actor, Command::Start { task: task("develop-product") });
        let reference = play.written(&small.house).await;
        Self { small, gil, reference, links: BTreeMap::new() }
    }

    /// Somebody sends a form of a task.
    async fn does(&self, browser: &mut Browser, action: &str, on: &str, more: &[(String, String)]) -> Page {
        let mut fields = vec![
            ("journey".to_owned(), self.reference.to_string()),
            ("task".to_owned(), on.to_owned()),
            ("seen".to_owned(), "1000000".to_owned()),
        ];
        fields.extend(more.iter().cloned());
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let page = browser.submit(action, &fields).await;
        assert!(page.done().is_some(), "{action} {on}: {:?} {}", page.refusal(), page.body);
        page
    }

    async fn lead_does(&mut self, action: &str, on: &str, more: &[(String, String)]) -> Page {
        let mut browser = self.gil.browser.clone();
        self.does(&mut browser, action, on, more).await
    }

    async fn programme_does(&mut self, action: &str, on: &str, more: &[(String, String)]) -> Page {
        let mut browser = self.small.reviewer.browser.clone();
        self.does(&mut browser, action, on, more).await
    }

    /// Answers to all questions of a task, with these in place of some.
    async fn answers(&self, on: &str, words: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let journey = journey_of(&self.small.house, &self.reference).await;
        let spec = journey.process.task(&task(on)).unwrap();
        let mut answers = answers_to(&forms::form_of(spec, &journey.opening), words);
        answers.0.extend(forms::beforehand(spec, &journey.opening).0);
        let answers = more.iter().fold(answers, |answers, (id, value)| answers.with(id, value));
        fields_of(&answers).into_iter().filter(|(name, _)| !name.contains("files")).collect()
    }

    /// The links in letters that were sent since, by member. How many there were, with this in their subject.
    async fn read_letters(&mut self, with: &str) -> usize {
        self.small.house.clock.forward(1);
        let letters = self.small.house.letters().await;
        let mut count = 0;
        for letter in letters.iter().filter(|letter| letter.to.ends_with("@practice.example") && letter.subject.contains(with)) {
            count += 1;
            if letter.id.starts_with("sign-") {
                let code = letter.to.split('@').next().unwrap().to_uppercase();
                self.links.insert(code, path_in(&letter.body));
            }
        }
        count
    }

    /// Everything that goes by itself now.
    async fn sweeps(&self) -> u32 {
        serve::lapse_all(&self.small.house.services).await;
        app::work::signatories::remind::send_due(&self.small.house.services).await.unwrap()
    }

    /// These open their links, enter a code and sign, from four clients.
    async fn sign(&self, codes: &[String]) {
        // Letters are read here by everybody, so a code is asked for and read by one after the other.
        let letters = Arc::new(Mutex::new(()));
        let house = &self.small.house;
        let one = async |code: &String| {
            let link = &self.links[code];
            let (mut browser, token) = (house.browser(), token_of(link));
            let entered = {
                let _alone = letters.lock().await;
                browser.post("sign/code", &[("token", &token)]).await;
                code_in(&house.letters().await)
            };
            let page = browser.submit("sign/enter", &[("token", &token), ("code", &entered)]).await;
            let fields = signed_with(link, &page.hidden("words"));
            let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let answer = browser.post("sign/sign", &fields).await;
            assert!(answer.status.is_redirection(), "{code}: {}", answer.body);
        };
        for code in codes {
            one(code).await;
        }
    }

    /// "200 of 240 organisations have signed", as the list of the lead says it.
    async fn heading(&mut self) -> String {
        let list = format!("/journeys/{}/tasks/{SHARING}/signatories", self.reference);
        // A session ends after a while.
        self.gil.browser.sign_in("gil@saltmarsh.example").await;
        self.gil.browser.get(&list).await.heading()
    }

    async fn list(&mut self, search: &str) -> String {
        let list = format!("/journeys/{}/tasks/{SHARING}/signatories?{search}", self.reference);
        self.gil.browser.sign_in("gil@saltmarsh.example").await;
        self.gil.browser.get(&list).await.body
    }

    /// The lead asks these by letter.
    async fn asks(&mut self, codes: &[String]) {
        let lines: Vec<String> = codes.iter().map(|code| format!("{code}, Person of {code}, {}", address(code))).collect();
        self.lead_does("signatories/ask", SHARING, &[("signatories".to_owned(), lines.join("\n"))]).await;
    }

    /// The group goes to the programme again with these members, and is confirmed.
    async fn sends_group(&mut self, list: &str) {
        let note = [("note".to_owned(), "Recorded.".to_owned())];
        let answers = self.answers(GROUP, "To see medicines.", &[("members", list), ("lead_ods", "A00001")]).await;
        self.lead_does("task/submit", GROUP, &answers).await;
        self.programme_does("task/acknowledge", GROUP, &note).await;
    }
}

fn named(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn a_group_of_240_signs_and_goes_on_signing() {
    let mut story = Story::begun().await;
    // 240 rows, of which 12 are bad; twelve more members are typed.
    let reference = story.reference.clone();
    let gil = &mut story.gil.browser;
    let page = upload(gil, &reference, "members.csv", &many()).await;
    assert!(page.body.contains("members.csv: 240 rows"), "{}", page.body);
    let rows = ticked(&page);
    assert_eq!(rows.len(), 228, "12 of them cannot be taken");
    let page = take(gil, &reference, "0", &rows, false).await;
    assert_eq!(page.done().as_deref(), Some("228 members added from members.csv"));
    let (list, version) = members(&story.small.house, &reference).await;
    let more: Vec<String> = (228..240).map(|at| format!("A{at:05} Surgery {at}")).collect();
    let list = format!("{list}\n{}", more.join("\n"));
    let journey = journey_of(&story.small.house, &reference).await;
    let form = forms::form_of(journey.process.task(&task(GROUP)).unwrap(), &journey.opening);
    let typed = answers_to(&form, "To see medicines.").with("members", &list).with("lead_ods", "A00001");
    let page = sends(gil, &reference, "task/submit", version, &[], &typed).await;
    assert!(page.done().is_some(), "{:?} {}", page.refusal(), path(&reference));
    story.programme_does("task/acknowledge", GROUP, &[named("note", "Recorded.")]).await;
    let parts = story.answers(SHARING, "To see medicines.", &[]).await;
    story.lead_does("task/submit", SHARING, &parts).await;

    // All are asked, 200 sign.
    let codes: Vec<String> = (0..240).map(|at| format!("A{at:05}")).collect();
    story.small.house.letters().await;
    story.asks(&codes).await;
    assert_eq!(story.read_letters("Please sign for").await, 240);
    story.sign(&codes[..200]).await;
    assert_eq!(story.heading().await, "200 of 240 organisations have signed");

    // Only the others are reminded, in working days and three times at most.
    story.read_letters("").await;
    let mut reminders = Vec::new();
    for _ in 0..40 {
        story.small.house.clock.forward(DAY);
        story.sweeps().await;
        let sent = story.read_letters("Reminder: ").await;
        reminders.extend((sent > 0).then_some(sent));
    }
    assert_eq!(reminders, [40, 40, 40]);

    // One takes its signature back, is not written to, and signs again.
    let first = codes[0].clone();
    let link = story.links[&first].clone();
    let mut browser = story.small.house.browser();
    // The link of the first letter is too old by now: its page sends another one.
    let page = browser.submit("sign/new-link", &[("token", &token_of(&link))]).await;
    assert!(page.refusal().is_none(), "{}", page.body);
    story.read_letters("").await;
    let link = story.links[&first].clone();
    browser.submit("sign/code", &[("token", &token_of(&link))]).await;
    let code = code_in(&story.small.house.letters().await);
    browser.submit("sign/enter", &[("token", &token_of(&link)), ("code", &code)]).await;
    let page = browser.submit("sign/take-back", &[("token", &token_of(&link)), ("reason", "We merge.")]).await;
    assert!(page.done().is_some(), "{:?}", page.refusal());
    assert_eq!(story.heading().await, "199 of 240 organisations have signed");
    assert!(story.list("show=help").await.contains("Taken back"));
    story.small.house.clock.forward(10 * DAY);
    assert_eq!(story.sweeps().await, 0, "nobody is asked for what they took back");
    story.small.house.clock.forward(-9 * DAY);
    story.read_letters("").await;
    story.small.house.clock.forward(61);
    story.sign(std::slice::from_ref(&first)).await;
    assert_eq!(story.heading().await, "200 of 240 organisations have signed");

    // A member joins late: it has its own letter, and the others stay.
    story.gil.browser.sign_in("gil@saltmarsh.example").await;
    story.small.reviewer.browser.sign_in("pia.reviewer@nhs.example").await;
    story.small.lead.browser.sign_in("lena.lead@acme.example").await;
    story.programme_does("task/reopen", GROUP, &[named("reason", "One more practice.")]).await;
    story.sends_group(&format!("{list}\nB00003 New Quay")).await;
    assert_eq!(story.heading().await, "200 of 241 organisations have signed");
    story.sweeps().await;
    story.read_letters("").await;
    let late = "B00003".to_owned();
    story.asks(std::slice::from_ref(&late)).await;
    assert_eq!(story.read_letters("Please sign for").await, 1);
    story.sign(std::slice::from_ref(&late)).await;
    assert_eq!(story.heading().await, "201 of 241 organisations have signed");

    // The use case is another one: everybody who signed is asked again by itself, once, and reads what changed.
    story.programme_does("task/reopen", "obtain-use-case-approval", &[named("reason", "Another use.")]).await;
    assert_eq!(story.sweeps().await, 0, "not before it can be signed");
    let changed = [("purpose", "To order meals."), ("care_settings", "hospice")];
    let answers = story.answers("describe-use-case", "Meals.", &changed).await;
    let mut lead = story.small.lead.browser.clone();
    story.does(&mut lead, "task/submit", "describe-use-case", &answers).await;
    let form = journey::task::use_case::form(&opening());
    let mut verdicts: Vec<(String, String)> = vec![named("answers[decision][]", "approve")];
    verdicts.extend(form.fields.iter().map(|field| named(&format!("answers[verdict_{}][]", field.id), "accept")));
    story.programme_does("task/review", "obtain-use-case-approval", &verdicts).await;
    let journey = journey_of(&story.small.house, &reference).await;
    let basis = Basis::now(&journey, journey.process.task(&task(GROUP)).unwrap()).digest();
    let holds = [named("reason", "The same group."), named("basis", basis.as_str())];
    story.programme_does("task/still-holds", GROUP, &holds).await;
    assert_eq!(story.heading().await, "0 of 241 organisations have signed");
    story.read_letters("").await;
    story.sweeps().await;
    assert_eq!(story.read_letters("Please sign again for").await, 201);
    story.sweeps().await;
    assert_eq!(story.read_letters("Please sign again for").await, 0);
    let link = story.links[&codes[1]].clone();
    let mut browser = story.small.house.browser();
    browser.submit("sign/code", &[("token", &token_of(&link))]).await;
    let code = code_in(&story.small.house.letters().await);
    let page = browser.submit("sign/enter", &[("token", &token_of(&link)), ("code", &code)]).await.body;
    assert!(page.contains("What has changed since you signed") && page.contains("To order meals."), "{page}");
    story.small.house.clock.forward(61);
    story.sign(&codes[1..5]).await;
    assert_eq!(story.heading().await, "4 of 241 organisations have signed");
    let page = story.gil.browser.get(&format!("/journeys/{reference}/tasks/{SHARING}")).await.body;
    assert!(page.contains("It counts until"), "{page}");

    // A year later those four are asked to renew; whoever does not has not signed any more.
    story.small.house.clock.forward(340 * DAY);
    story.sweeps().await;
    story.gil.browser.sign_in("gil@saltmarsh.example").await;
    assert_eq!(story.read_letters("Please renew by").await, 4);
    assert_eq!(story.heading().await, "4 of 241 organisations have signed");
    assert!(story.list("show=unsigned").await.contains("Renew by"));
    story.small.house.clock.forward(61);
    story.sign(&codes[1..2]).await;
    let journey = journey_of(&story.small.house, &reference).await;
    let spec = journey.process.task(&task(SHARING)).unwrap();
    assert_eq!(journey.signatures(spec).len(), 4, "it takes the place of the one before");
    assert!(!signing::is_to_renew(&journey, spec, &codes[1]) && signing::is_to_renew(&journey, spec, &codes[2]));
    story.small.house.clock.forward(40 * DAY);
    story.sweeps().await;
    story.gil.browser.sign_in("gil@saltmarsh.example").await;
    assert_eq!(story.heading().await, "1 of 241 organisations have signed");
    let letters = story.small.house.letters().await;
    let told =
        letters.iter().filter(|letter| letter.to == "gil@saltmarsh.example" && letter.subject.contains("3 signatures lapsed"));
    assert_eq!(told.count(), 1, "the lead is told");
    let again = letters.iter().filter(|letter| letter.body.contains("Your signature was for one year"));
    assert_eq!(again.count(), 3, "and so is whoever let it lapse");
    assert_eq!(story.small.house.faults().await, Vec::<String>::new());
}
