//! What both sides say about a journey is on its pages, and facts are held against each other before they are recorded.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use common::world::{Play, Small, task};
use journey::command::Command;

#[tokio::test]
async fn what_the_programme_answers_stands_on_the_page_of_the_task_for_both_sides() {
    let mut small = Small::new().await;
    let mut play = Play::open(&small.house, &small.lead);
    play.until_ready(&small.cast(), "contact-gp-connect-team").submits(&small.lead.actor, "contact-gp-connect-team");
    let note = "Ruth Delaney looks after you.\nShe calls on Monday.".to_owned();
    play.does(&small.reviewer.actor, Command::Acknowledge { task: task("contact-gp-connect-team"), note });
    play.until_ready(&small.cast(), "describe-use-case").submits(&small.lead.actor, "describe-use-case");
    let note = "Approved for direct care only.".to_owned();
    let review = task("obtain-use-case-approval");
    let spec = play.journey.process.task(&review).unwrap();
    let accepted = journey::review::unjudged(&play.journey, spec, journey::actor::Role::ProgrammeLead);
    play.does(&small.reviewer.actor, Command::Approve { task: review, note, accepted, conditions: Vec::new() });
    // The words stay when the task is opened again.
    play.does(
        &small.reviewer.actor,
        Command::Reopen { task: task("contact-gp-connect-team"), reason: "Another product lead.".to_owned() },
    );
    let reference = play.written(&small.house).await;
    for (id, words, about) in [
        ("contact-gp-connect-team", "Ruth Delaney looks after you.\nShe calls on Monday.", "Answer to round 1 by Pia Reviewer"),
        ("describe-use-case", "Approved for direct care only.", "Approval to round 1 by Pia Reviewer"),
        ("obtain-use-case-approval", "Approved for direct care only.", "Approval to round 1 by Pia Reviewer"),
    ] {
        let path = format!("/journeys/{reference}/tasks/{id}");
        for browser in [&mut small.lead.browser, &mut small.reviewer.browser] {
            let page = browser.get(&path).await.body;
            assert!(page.contains(words) && page.contains(about), "{id}: {page}");
        }
    }
}
