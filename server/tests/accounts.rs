//! What people change about their own account over HTTP.

use crate::common::world::{Small, invite};
use journey::base::actor::Role;

#[tokio::test]
async fn a_person_changes_their_name_and_is_called_so_everywhere() {
    let mut small = Small::new().await;
    let reference = small.submitted().await;
    let page = small.lead.browser.get("/account/name").await;
    assert!(page.body.contains("value=\"Lena Lead\""), "the name is there to be changed: {}", page.body);
    let refused = small.lead.browser.submit("account/change-name", &[("answers[name][]", "  ")]).await;
    assert!(refused.body.contains("Enter your name"), "{}", refused.body);
    let refused = small.lead.browser.submit("account/change-name", &[("answers[name][]", "lena@acme.example")]).await;
    assert!(refused.refusal().is_some() && refused.body.contains("value=\"lena@acme.example\""), "{}", refused.body);
    let page = small.lead.browser.submit("account/change-name", &[("answers[name][]", "Lena O’Hara")]).await;
    assert_eq!((page.heading().as_str(), page.done().as_deref()), ("Your account", Some("Your name is changed")));
    let history = small.reviewer.browser.get(&format!("/journeys/{reference}/history")).await.body;
    assert!(history.contains("Lena O’Hara") && !history.contains("Lena Lead"), "{history}");
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_person_leaves_and_the_last_who_invites_stays() {
    let mut small = Small::new().await;
    let reference = small.submitted().await;
    let mut colleague = invite(&small.house, &mut small.lead, "dev@acme.example", Role::Developer).await;
    let acme = small.lead.organisation.id.to_string();
    let page = colleague.browser.get("/account/leave").await;
    assert_eq!(page.heading(), "Leave Acme Care");
    // A form of another organisation, as an old tab has it, leaves nothing.
    let other = colleague.browser.submit("account/leave", &[("organisation", "another")]).await;
    assert_eq!(other.refusal().as_deref(), Some("You act for another organisation now"));
    let page = colleague.browser.submit("account/leave", &[("organisation", &acme)]).await;
    assert_eq!(page.done().as_deref(), Some("You left Acme Care"), "{}", page.body);
    let journey = format!("/journeys/{reference}");
    assert_eq!(colleague.browser.get(&journey).await.to(), "/no-organisation");
    let refused = small.lead.browser.submit("account/leave", &[("organisation", &acme)]).await;
    assert_eq!(refused.refusal().as_deref(), Some("Somebody must be able to invite people"));
    assert_eq!(small.lead.browser.get(&journey).await.status, 200);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}
