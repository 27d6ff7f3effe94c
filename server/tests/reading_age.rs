//! How hard what a signer reads is: somebody of a practice who comes once, from an email. The NHS content guide asks for a reading age
//! of 9 to 11 years. Measured as everything is that people read (`xtask/src/words/age.rs`).
//!
//! Whole sentences count, as they stand on the pages and in the emails. What a signer signs does not: it is the agreement's, and the
//! same for everybody. Nor do headings, labels of one word, names, numbers and addresses.

#[path = "../../xtask/src/words/age.rs"]
mod age;

use crate::common::{
    House, path_in,
    world::{Play, Small, admit, answers_to, fields_of, journey_of, opening, signing, task},
};
use journey::{
    base::actor::{Actor, Role, Side},
    ledger::words,
    plan::opening::Opening,
    rule::command::Command,
    task::forms,
};

const SHARING: &str = "data-sharing-agreement";

/// The reading age that no page and no email may go beyond, in years.
const OLDEST: f64 = 11.0;

/// Whole sentences in these lines, without names, numbers and addresses.
fn sentences(lines: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for line in lines {
        let line = line.split_whitespace().filter(|word| !word.contains(['@', '/'])).collect::<Vec<_>>().join(" ");
        for one in line.split_inclusive(['.', '?', '!', ':']) {
            let one = one.trim();
            let ends = one.ends_with(['.', '?', '!', ':']);
            let names =
                ["Saltmarsh", "Willow", "Rae", "Bedside"].iter().any(|name| one.contains(name)) && one.split(' ').count() < 4;
            if ends && one.split(' ').count() > 2 && !names {
                all.push(one.to_owned());
            }
        }
    }
    all
}

/// What stands in the main part of a page, a line for each block.
fn lines_of(body: &str) -> Vec<String> {
    let main = body.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
    let main = main.split_once('>').unwrap().1;
    let mut text = String::new();
    let mut rest = main;
    while let Some((words, tag)) = rest.split_once('<') {
        text.push_str(words);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        if !["a", "span", "strong", "em", "code"].contains(&name) && !name.starts_with('!') {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    let text =
        text.replace("&#x27;", "'").replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[tokio::test]
async fn what_a_signer_reads_is_no_harder_than_the_content_guide_asks() {
    let small = Small::of(House::new().await).await;
    let mut gil = admit(&small.house, Side::EndUser, "Saltmarsh Network", "gil@saltmarsh.example", &[Role::GroupLead]).await;
    let mut play = Play::open_with("consumer", &small.house, &small.lead, Opening { supporting_tasks: false, ..opening() });
    play.joined(&small.reviewer.actor, &[&gil]);
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([gil.actor.clone()]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    let group = "start-end-user-engagement";
    play.until_ready(&cast, group);
    let spec = play.journey.process.task(&task(group)).unwrap();
    let answers = answers_to(&forms::form_of(spec, &play.journey.opening), "To see medicines on the ward.");
    play.does(&gil.actor, Command::Submit { task: task(group), answers: answers.with("members", "A21471 Willow Lane Surgery") });
    play.until_ready(&cast, SHARING).submits(&gil.actor, SHARING);
    let reference = play.written(&small.house).await.to_string();
    let asks = [
        ("journey", reference.as_str()),
        ("task", SHARING),
        ("seen", "1000000"),
        ("signatories", "A21471, Rae Reader, rae@willow.example"),
    ];
    gil.browser.submit("signatories/ask", &asks).await;
    let letters = small.house.letters().await;
    let letter = letters.iter().find(|letter| letter.to == "rae@willow.example").unwrap();
    let link = path_in(&letter.body);
    let token = link.trim_start_matches("/sign/").to_owned();
    let mut browser = small.house.browser();
    let mut read = vec![("the letter that asks".to_owned(), letter.body.lines().map(str::to_owned).collect::<Vec<_>>())];
    read.push(("the page of the link".to_owned(), lines_of(&browser.get(&link).await.body)));
    let page = browser.submit("sign/code", &[("token", &token)]).await;
    read.push(("the page that asks for the code".to_owned(), lines_of(&page.body)));
    let letters = small.house.letters().await;
    let letter = letters.iter().find(|letter| letter.id.starts_with("sign-code-")).unwrap();
    read.push(("the letter with the code".to_owned(), letter.body.lines().map(str::to_owned).collect()));
    let code = letter.body.split_once("Your code is ").unwrap().1[..6].to_owned();
    let page = browser.submit("sign/enter", &[("token", &token), ("code", &code)]).await;
    read.push(("the page on which they sign".to_owned(), lines_of(&page.body)));

    let words = page.hidden("words");
    let mut fields = fields_of(&signing(SHARING));
    fields.extend([("token".to_owned(), token.clone()), ("words".to_owned(), words)]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser.submit("sign/sign", &fields).await;
    assert!(page.done().is_some(), "{:?}", page.refusal());
    read.push(("the page when they have signed".to_owned(), lines_of(&page.body)));
    small.house.clock.forward(1);
    let letters = small.house.letters().await;
    let letter = letters.iter().find(|letter| letter.subject.starts_with("Signed for")).unwrap();
    read.push(("the letter with their copy".to_owned(), letter.body.lines().map(str::to_owned).collect()));
    let journey = journey_of(&small.house, &reference.parse().unwrap()).await;
    let signed = words::words_to_sign(&journey, journey.process.task(&task(SHARING)).unwrap());
    let mut told = String::new();
    let mut hard = Vec::new();
    for (what, lines) in &read {
        let mut sentences = sentences(lines);
        sentences.retain(|one| !signed.contains(one.as_str()));
        assert!(sentences.len() > 2, "{what}: {lines:?}");
        let age = age::age(&sentences);
        told.push_str(&format!("{what}: {age:.1} years, {} sentences\n", sentences.len()));
        if age > OLDEST {
            hard.push(format!("{what}: {age:.1} years: {sentences:#?}"));
        }
    }
    println!("{told}");
    assert!(hard.is_empty(), "harder than a reading age of {OLDEST}:\n{told}{}", hard.join("\n"));
}
