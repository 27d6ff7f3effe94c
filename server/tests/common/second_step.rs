//! How the people of tests show their second step: pages of a house say the code, as those of the demo do.

use axum::http::header;

use super::{Browser, Page};

/// The code that a page of the demo shows; empty where it shows none.
pub fn code_on(page: &str) -> String {
    let (_, after) = page.split_once("id=\"shared-code\">").unwrap_or_default();
    after.trim_start_matches("<!>").chars().take_while(char::is_ascii_digit).collect()
}

impl Page {
    /// The code of a second step, which a house shows.
    pub fn shared_code(&self) -> String {
        self.text_of("id=\"shared-code\"").unwrap_or_else(|| panic!("no code on “{}”", self.heading()))
    }
}

impl Browser {
    /// Shows the second step, or sets it up, where an answer leads there; answers where they go then. Pages of a house show the code.
    pub async fn through_second_step(&mut self, page: Page) -> Page {
        let sets_up = page.to().starts_with("/account/second-step/set-up");
        if !sets_up && !page.to().starts_with("/sign-in/second-step") {
            return page;
        }
        let asked = self.get(page.to()).await;
        let (code, next) = (asked.shared_code(), asked.hidden("next"));
        let action = if sets_up { "account/set-up-second-step" } else { "account/second-step" };
        let mut done = self.post(action, &[("code", &code), ("next", &next)]).await;
        if sets_up {
            assert!(done.to().starts_with("/account/second-step/codes"), "{}", done.to());
            let codes = self.get(done.to()).await;
            let kept = codes.body.split("<a ").find(|link| link.contains("I have kept them")).expect("the way on");
            let on = kept.split_once("href=\"").and_then(|(_, rest)| rest.split('"').next()).expect("where it leads");
            done.headers.insert(header::LOCATION, on.parse().unwrap());
        }
        done
    }
}
