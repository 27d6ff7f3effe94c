//! Agreements that are signed in part, as pages and letters have them, and organisations that come and go beside them. The
//! rules themselves are proved in `app/journey/tests/signing.rs`.

use crate::common::{
    Page,
    world::{Play, Small, Someone, admit, fields_of, opening, signing, task},
};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::JourneyRef,
    },
    plan::opening::Opening,
    port::Letter,
    rule::command::Command,
};

const SHARING: &str = "data-sharing-agreement";

/// A journey whose data sharing agreement waits to be signed by two organisations.
struct Scene {
    small: Small,
    gil: Someone,
    bea: Someone,
    play: Play,
    reference: JourneyRef,
}

async fn scene() -> Scene {
    let small = Small::new().await;
    let roles = [Role::GroupLead, Role::AuthorisedPerson];
    let gil = admit(&small.house, Side::EndUser, "Saltmarsh Network", "gil@saltmarsh.example", &roles).await;
    let bea = admit(&small.house, Side::EndUser, "Willow Lane Surgery", "bea@willow.example", &roles).await;
    let mut play = Play::open_with("consumer", &small.house, &small.lead, Opening { supporting_tasks: false, ..opening() });
    play.joined(&small.reviewer.actor, &[&gil, &bea]);
    let cast: Vec<Actor> = small.cast().into_iter().cloned().chain([gil.actor.clone()]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    play.until_ready(&cast, SHARING).submits(&gil.actor, SHARING);
    let reference = play.written(&small.house).await;
    Scene { small, gil, bea, play, reference }
}

impl Scene {
    /// Somebody signs the words that are to be signed.
    async fn sign(&mut self, who: &Actor) {
        let (name, authority) = ("A Name".to_owned(), "A letter".to_owned());
        let words = self.play.words(SHARING);
        self.play.does(who, Command::Sign { task: task(SHARING), name, authority, words });
        self.play.written(&self.small.house).await;
    }

    fn path(&self) -> String {
        format!("/journeys/{}/tasks/{SHARING}", self.reference)
    }
}

async fn does(someone: &mut Someone, path: &str, action: &str, reason: &str) -> Page {
    let page = someone.browser.get(path).await;
    assert!(page.body.contains(&format!("action=\"/do/{action}\"")), "{action} is not offered: {}", page.body);
    let (journey, seen) = (page.hidden("journey"), page.hidden("seen"));
    let fields = [("journey", journey.as_str()), ("task", SHARING), ("seen", seen.as_str()), ("reason", reason)];
    someone.browser.submit(action, &fields).await
}

/// What was written to somebody under a subject. Letters are taken once; these are all that were.
fn to<'a>(letters: &'a [Letter], address: &str, subject: &str) -> Vec<&'a str> {
    let theirs = letters.iter().filter(|letter| letter.to == address && letter.subject.contains(subject));
    theirs.map(|letter| letter.body.as_str()).collect()
}

/// Whoever signs is who is signed in, whatever name is sent; by what authority is chosen, and what is missing is asked for.
#[tokio::test]
async fn nobody_signs_under_a_name_that_is_typed() {
    let mut scene = scene().await;
    let path = scene.path();
    let page = scene.gil.browser.get(&path).await;
    assert!(page.body.contains("for Saltmarsh Network") && page.body.contains("Signing as "), "{}", page.body);
    assert!(!page.body.contains("name=\"name\""), "no name is asked for");
    let name = page.body.split_once("Signing as ").unwrap().1.split_once(" for ").unwrap().0.to_owned();
    let (journey, seen, words) = (page.hidden("journey"), page.hidden("seen"), page.hidden("words"));
    let on = [("journey", journey.as_str()), ("task", SHARING), ("seen", seen.as_str()), ("words", words.as_str())];
    let mut sign = async |more: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = on.iter().chain(more).copied().collect();
        scene.gil.browser.submit("task/sign", &fields).await
    };
    let page = sign(&[("name", "Moira Kane"), ("authority", "data_protection_officer")]).await;
    assert!(page.body.contains("Select by what authority you sign"), "{}", page.body);
    assert!(page.body.contains("Tick each statement that you agree to."), "{}", page.body);
    let agreed = fields_of(&signing(SHARING));
    let agreed: Vec<(&str, &str)> = agreed
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|field| field.1 != "data_protection_officer")
        .collect();
    let with = |more: &[(&'static str, &'static str)]| [&agreed[..], more].concat();
    let page = sign(&with(&[("answers[authority][]", "behalf")])[1..]).await;
    assert!(page.body.contains("If you do not agree to one, decline to sign"), "one is not ticked: {}", page.body);
    assert!(page.body.contains("Enter on whose behalf you sign"), "{}", page.body);
    let page = sign(&with(&[("answers[authority][]", "other"), ("answers[behalf][]", "Dr Leah Sand")])).await;
    assert!(page.body.contains("who gave you the authority"), "{}", page.body);
    assert!(page.body.contains("value=\"Dr Leah Sand\""), "what was typed comes back: {}", page.body);
    let behalf =
        [("answers[authority][]", "behalf"), ("answers[behalf][]", "Dr Leah Sand, Caldicott Guardian"), ("name", "Moira Kane")];
    let page = sign(&with(&behalf)).await;
    assert!(page.done().is_some_and(|says| says.starts_with("Signed")), "{:?}", page.refusal());
    let page = scene.bea.browser.get(&path).await;
    assert!(page.body.contains(&format!("{name}, ")) && !page.body.contains("Moira Kane"), "{}", page.body);
    assert!(page.body.contains("On behalf of Dr Leah Sand, Caldicott Guardian"), "{}", page.body);
}

/// Whoever signed has what they signed in their own post, once everybody has.
#[tokio::test]
async fn each_of_those_who_signed_is_sent_a_copy_when_all_have() {
    let mut scene = scene().await;
    let (gil, bea) = (scene.gil.actor.clone(), scene.bea.actor.clone());
    scene.sign(&gil).await;
    scene.sign(&bea).await;
    assert!(to(&scene.small.house.letters().await, "gil@saltmarsh.example", "Signed by everybody").is_empty());
    let page = scene.small.reviewer.browser.get(&scene.path()).await;
    let (journey, seen, words) = (page.hidden("journey"), page.hidden("seen"), page.hidden("words"));
    let agreed = fields_of(&signing(SHARING));
    let mut fields = vec![("journey", journey.as_str()), ("task", SHARING), ("seen", seen.as_str()), ("words", words.as_str())];
    fields.extend(agreed.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let page = scene.small.reviewer.browser.submit("task/sign", &fields).await;
    assert!(page.done().is_some(), "{:?}", page.refusal());
    let letters = scene.small.house.letters().await;
    let email = scene.small.reviewer.email.clone();
    for address in ["gil@saltmarsh.example", "bea@willow.example", &email] {
        let copies = to(&letters, address, "Signed by everybody");
        assert_eq!(copies.len(), 1, "{address}");
        for there in
            ["4. GP Connect is used for direct care only.", "Willow Lane Surgery", "A letter", "Data Protection Officer", &words]
        {
            assert!(copies[0].contains(there), "{there}: {}", copies[0]);
        }
    }
    assert!(to(&letters, &scene.small.lead.email, "Signed by everybody").is_empty(), "it signed nothing here");
}

/// Declining with a reason: told to whoever has signed, put right by whoever filled it in, and signed again by all.
#[tokio::test]
async fn whoever_signs_next_declines_and_those_who_signed_are_told() {
    let mut scene = scene().await;
    let gil = scene.gil.actor.clone();
    scene.sign(&gil).await;
    let path = scene.path();
    let page = scene.bea.browser.get(&path).await;
    assert!(page.body.contains("1 of 3 have signed."), "{}", page.body);
    // Without a reason nothing happens.
    let page = does(&mut scene.bea, &path, "task/decline", "").await;
    assert!(page.body.contains("Give a reason"), "{}", page.body);
    let page = does(&mut scene.bea, &path, "task/decline", "The privacy notice is of another trust.").await;
    assert_eq!(page.done().as_deref(), Some("You declined. Nobody's signature counts any more"), "{}", page.body);
    assert!(page.body.contains("Changes requested") && page.body.contains("declined to sign"), "{}", page.body);
    let letters = scene.small.house.letters().await;
    let told = to(&letters, "gil@saltmarsh.example", "Declined");
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("The privacy notice is of another trust.") && told[0].contains("Your signature does not count"));
    assert_eq!(to(&letters, &scene.small.lead.email, "Declined").len(), 1, "the supplier is told");
    // Whoever fills in the parts finds them as they were, and the reason.
    let page = scene.gil.browser.get(&path).await;
    assert!(page.body.contains("Correct the details") && page.body.contains("The privacy notice is of another trust."));
    assert!(page.body.contains("Words that were signed before"), "what was signed can be read");
    assert!(!page.body.contains("/do/task/sign\""), "nobody signs now");
    let (_, preview) = page.body.split_once("Read the words that will be signed").unwrap();
    assert!(preview.contains("GP Connect is used for direct care only."), "whoever sends it has read it: {preview}");
    assert!(page.body.contains("https://example.org/"), "what was filled in is there: {}", page.body);
}

/// An organisation takes its signature back; what the others signed stays.
#[tokio::test]
async fn an_organisation_takes_its_signature_back_and_the_others_are_told() {
    let mut scene = scene().await;
    let (gil, bea, pat) = (scene.gil.actor.clone(), scene.bea.actor.clone(), scene.small.reviewer.actor.clone());
    for who in [&gil, &bea, &pat] {
        scene.sign(who).await;
    }
    let path = scene.path();
    let page = scene.gil.browser.get(&path).await;
    assert!(page.body.contains("3 of 3 have signed.") && page.body.contains("Signed by everybody"), "{}", page.body);
    let page = does(&mut scene.bea, &path, "task/withdraw-signature", "We stop using the product.").await;
    assert_eq!(page.done().as_deref(), Some("Your organisation's signature is taken back"), "{}", page.body);
    assert!(page.body.contains("2 of 3 have signed."), "{}", page.body);
    let letters = scene.small.house.letters().await;
    for address in ["gil@saltmarsh.example", &scene.small.reviewer.email, &scene.small.lead.email] {
        let told = to(&letters, address, "Signature taken back");
        assert_eq!(told.len(), 1, "{address}");
        assert!(told[0].contains("Willow Lane Surgery") && told[0].contains("We stop using the product."), "{}", told[0]);
    }
    let page = scene.gil.browser.get(&path).await;
    assert!(
        page.body.contains("Willow Lane Surgery took its signature back") || page.body.contains("took its signature back on")
    );
    assert!(page.body.contains("Completed") && !page.body.contains("Signed by everybody"), "{}", page.body);
    // It can sign again.
    let page = scene.bea.browser.get(&path).await;
    assert!(page.body.contains("/do/task/sign\"") && page.body.contains("Your turn"), "{}", page.body);
}

/// Leaving, once the group is answered: asked, confirmed by another, told, and what was signed can still be read.
#[tokio::test]
async fn an_organisation_leaves_with_the_programmes_word_and_reads_what_it_signed() {
    let mut scene = scene().await;
    let bea = scene.bea.actor.clone();
    scene.sign(&bea).await;
    let home = format!("/journeys/{}", scene.reference);
    let page_of = format!("{home}/organisations");
    let (reference, willow) = (scene.reference.to_string(), bea.organisation.to_string());
    let signed = format!("{home}/signed");
    assert_eq!(scene.bea.browser.get(&signed).await.status, 404, "it has a part");

    let page = scene.small.lead.browser.get(&page_of).await;
    assert!(page.body.contains("Ask that it leaves") && !page.body.contains("Remove it from this journey"), "{}", page.body);
    let fields = [("journey", reference.as_str()), ("organisation", willow.as_str()), ("reason", "It closes in March.")];
    let page = scene.small.lead.browser.submit("end-users/take-back", &fields).await;
    assert!(page.refusal().is_some(), "nobody of the supplier takes it out alone: {}", page.body);
    let page = scene.small.lead.browser.submit("end-users/ask-to-leave", &fields).await;
    assert_eq!(page.done().as_deref(), Some("You asked that the organisation leaves"), "{}", page.body);
    assert_eq!(scene.bea.browser.get(&home).await.status, 200, "nothing changes until it is confirmed");
    let letters = scene.small.house.letters().await;
    assert_eq!(to(&letters, "bea@willow.example", "Request that your organisation leaves").len(), 1);
    assert_eq!(to(&letters, &scene.small.reviewer.email, "Request to leave").len(), 1);

    // Whoever decides finds it in the worklist, on the journey and on the task of the group, and can claim it.
    let group = format!("{home}/tasks/start-end-user-engagement");
    let worklist = scene.small.reviewer.browser.get("/worklist?task=start-end-user-engagement").await;
    assert!(worklist.body.contains(&group), "{}", worklist.body);
    let page = scene.small.reviewer.browser.get(&home).await;
    assert!(page.body.contains("Decide: may an organisation leave?") && page.body.contains("Your turn"), "{}", page.body);
    let page = scene.small.reviewer.browser.get(&group).await;
    assert!(page.body.contains("Confirm that it leaves, or let it stay"), "{}", page.body);
    assert!(page.body.contains("It closes in March."), "{}", page.body);
    let claim = [("journey", reference.as_str()), ("task", "start-end-user-engagement"), ("role", "programme_lead")];
    let page = scene.small.reviewer.browser.submit("worklist/claim", &claim).await;
    assert!(page.done().is_some_and(|says| says.starts_with("You have claimed")), "{}", page.body);
    let page = scene.gil.browser.get(&group).await;
    assert!(page.body.contains("who did not ask for it decides") && !page.body.contains("or let it stay"), "{}", page.body);

    // A colleague who decides in their place says so; until then nothing happens, and the reason comes back into its form.
    let mut other = admit(&scene.small.house, Side::Programme, "NHS England", "pam@nhs.example", &[Role::ProgrammeLead]).await;
    let page = other.browser.get(&page_of).await;
    assert!(page.body.contains("has claimed it for the programme lead"), "{}", page.body);
    let kept = [("journey", reference.as_str()), ("organisation", willow.as_str()), ("reason", "They stay until March.")];
    for action in ["end-users/take-back", "end-users/decline-leave"] {
        let page = other.browser.submit(action, &kept).await;
        assert!(page.refusal().is_some_and(|says| says.ends_with("has claimed this")), "{action}: {}", page.body);
        assert!(page.body.contains("id=\"instead\""), "the summary of errors leads to it: {}", page.body);
        let told = page.body.matches("id=\"instead-error\"").count() + page.body.matches("-instead-error\"").count();
        assert_eq!(told, 1, "{action}, in its own form alone: {}", page.body);
        let typed = page.body.contains("They stay until March.</textarea>");
        assert_eq!(typed, action == "end-users/decline-leave", "one of the two asks for a reason: {}", page.body);
    }

    let page = scene.small.reviewer.browser.get(&page_of).await;
    assert!(page.body.contains("It closes in March.") && page.body.contains("Confirm that it leaves"), "{}", page.body);
    let fields = [("journey", reference.as_str()), ("organisation", willow.as_str())];
    let page = scene.small.reviewer.browser.submit("end-users/take-back", &fields).await;
    assert_eq!(page.done().as_deref(), Some("The organisation has left"), "{}", page.body);
    let worklist = scene.small.reviewer.browser.get("/worklist?task=start-end-user-engagement").await;
    assert!(!worklist.body.contains(&group), "nothing waits any more: {}", worklist.body);
    let letters = scene.small.house.letters().await;
    let told = to(&letters, "bea@willow.example", "Your organisation has left");
    assert!(told.len() == 1 && told[0].contains("It closes in March.") && told[0].contains(&signed), "{told:?}");

    for path in [&page_of, &format!("{home}/history"), &format!("{home}/messages")] {
        assert_eq!(scene.bea.browser.get(path).await.status, 404, "{path}");
    }
    // The link of a letter of before, and a bookmark, lead to what there is to read.
    for path in [&home, &scene.path()] {
        let page = scene.bea.browser.get(path).await;
        assert_eq!(page.to(), signed, "{path}");
    }
    let page = scene.bea.browser.get(&signed).await;
    assert_eq!(page.status, 200);
    let there = ["What Willow Lane Surgery signed", "Data sharing agreement", "GP Connect is used for direct care only."];
    for words in there.into_iter().chain(["Some words of a test.", "A letter"]) {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    // Nobody else reads it there.
    for other in [&mut scene.gil.browser, &mut scene.small.lead.browser, &mut scene.small.assurance.browser] {
        assert_eq!(other.get(&signed).await.status, 404);
    }
    assert!(scene.gil.browser.get(&scene.path()).await.body.contains("0 of 2 have signed."));
}

/// The group is the list of record: what is declared is filled in from it, compared with it, and shown to whoever signs.
#[tokio::test]
async fn a_declaration_is_made_for_the_members_of_the_group() {
    let mut scene = scene().await;
    let page = scene.gil.browser.get(&scene.path()).await;
    assert!(page.body.contains("Compared with the members of the group"), "{}", page.body);
    assert!(page.body.contains("Willow Lane Surgery (A21471)") && page.body.contains("Not asked yet"), "{}", page.body);
    // On the journey too, with what to do for whoever can do it.
    let home = format!("/journeys/{}", scene.reference);
    for path in [home.clone(), scene.path()] {
        for (browser, does) in [
            (&mut scene.gil.browser, "Ask somebody of each by email to sign"),
            (&mut scene.small.lead.browser, "Ask to add each of them"),
            (&mut scene.small.reviewer.browser, "Add each of them"),
        ] {
            let page = browser.get(&path).await;
            assert!(page.body.contains("Members of the group that nobody has asked to sign yet"), "{path}: {}", page.body);
            assert!(
                page.body.contains("<li>Willow Lane Surgery (A21471)</li>") && page.body.contains(does),
                "{path}: {}",
                page.body
            );
        }
    }

    let (gil, bea) = (scene.gil.actor.clone(), scene.bea.actor.clone());
    let mut teams = scene.small.assurance.actor.clone();
    teams.roles.extend([Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement]);
    let cast: Vec<Actor> = scene.small.cast().into_iter().cloned().chain([gil, bea, teams]).collect();
    let cast: Vec<&Actor> = cast.iter().collect();
    scene.play.until_ready(&cast, "end-user-declaration").written(&scene.small.house).await;
    let path = format!("/journeys/{}/tasks/end-user-declaration", scene.reference);
    let page = scene.gil.browser.get(&path).await;
    assert!(page.body.contains("\nA21471 Willow Lane Surgery</textarea>"), "it is filled in beforehand: {}", page.body);
    let (journey, seen) = (page.hidden("journey"), page.hidden("seen"));
    let send = |members: &'static str| {
        vec![
            ("journey", journey.clone()),
            ("task", "end-user-declaration".to_owned()),
            ("seen", seen.clone()),
            ("answers[members][]", members.to_owned()),
            ("answers[cso][]", "Dr Ash, GMC 1234567".to_owned()),
            ("answers[incidents][]", "By telephone.".to_owned()),
            ("answers[training][]", "At the desk.".to_owned()),
        ]
    };
    let fields = send("A21471 Willow Lane Surgery\nT99999 Not a member Practice");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = scene.gil.browser.submit("task/submit", &fields).await;
    assert!(page.body.contains("line 2: Not a member Practice (T99999) is not a member of the group"), "{}", page.body);
    assert!(page.body.contains("T99999 Not a member Practice</textarea>"), "what was typed is there");
    // Nor is it made for a member whose standards nobody has checked.
    let fields = send("A21471 Willow Lane Surgery");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = scene.gil.browser.submit("task/submit", &fields).await;
    assert!(page.body.contains("no DSPT check is recorded"), "{}", page.body);
    let checked = [
        ("journey", journey.as_str()),
        ("task", "start-end-user-engagement"),
        ("answers[ods_code][]", "A21471"),
        ("answers[dspt][]", "met"),
        ("answers[checked_on][]", "2 3 2026"),
    ];
    assert!(scene.gil.browser.submit("end-users/check-member", &checked).await.done().is_some());
    let page = scene.gil.browser.submit("task/submit", &fields).await;
    assert!(page.done().is_some(), "{}", page.body);
}
