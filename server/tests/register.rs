//! The register of products, for anybody: what is in it, how it is found, and what is not in it.

use crate::common::{
    Browser,
    postgres::by_hand,
    world::{Play, Small, admit, answers_to, invite, opening, records_a_site},
};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::JourneyRef,
    },
    plan::{opening::Opening, process::Signs},
    port::Ledger as _,
    rule::command::Command,
    task::forms,
    view::register::registered,
};
use server::outbox::Enclosures as _;

const REGISTER: &str = "/register-of-products";
const ISSUED: &str = "receive-technical-conformance-certificate";

/// Everybody who brings a journey forward.
async fn teams(small: &mut Small) -> Vec<Actor> {
    let signatory = invite(&small.house, &mut small.lead, "sam.signs@acme.example", Role::Signatory).await;
    let mut teams = small.assurance.actor.clone();
    teams.roles.extend([Role::ClinicalSafety, Role::InformationGovernance, Role::ServiceManagement, Role::PlatformSupport]);
    small.cast().into_iter().cloned().chain([teams, signatory.actor]).collect()
}

fn shortest(product: &str) -> Opening {
    Opening { product: product.to_owned(), supporting_tasks: false, other_organisations: false, ..opening() }
}

/// A product that is certified, or with a site live as well.
async fn certified(small: &Small, cast: &[Actor], product: &str, until: &str) -> (JourneyRef, String) {
    let cast: Vec<&Actor> = cast.iter().collect();
    let mut play = Play::open_with("consumer", &small.house, &small.lead, shortest(product));
    play.until_ready(&cast, until);
    if until == "go-live" {
        play.does(&small.lead.actor, records_a_site("go-live"));
    }
    let number = registered(&play.journey).lines[0].number.to_string();
    (play.written(&small.house).await, number)
}

/// Products on a page, from the top.
fn products(body: &str) -> Vec<String> {
    let link = format!("<a href=\"{REGISTER}/");
    body.split(&link).skip(1).map(|rest| rest.split_once('>').unwrap().1.split('<').next().unwrap().to_owned()).collect()
}

async fn shows(browser: &mut Browser, tail: &str) -> Vec<String> {
    let page = browser.get(&format!("{REGISTER}{tail}")).await;
    assert_eq!(page.status, 200, "{tail}");
    products(&page.body)
}

/// Lines of the file that have this question, without its head.
async fn rows(browser: &mut Browser, tail: &str) -> Vec<csv::StringRecord> {
    let file = browser.get(&format!("{REGISTER}.csv{tail}")).await;
    assert_eq!(file.status, 200, "{tail}");
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let text = file.body.strip_prefix('\u{feff}').expect("spreadsheet programs know the alphabet by its mark");
    csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
}

#[tokio::test]
async fn an_empty_register_says_what_comes_into_it() {
    let small = Small::new().await;
    small.submitted().await;
    let mut nobody = small.house.browser();
    let page = nobody.get(REGISTER).await;
    assert_eq!((page.status.as_u16(), page.heading().as_str()), (200, "Register of products"));
    assert!(
        page.body.contains("No certificate has been issued yet") && page.body.contains("href=\"/ecosystem/consumer\""),
        "{}",
        page.body
    );
    assert!(!page.body.contains("Bedside View"), "a product on its way is nobody's business: {}", page.body);
    let page = nobody.get(&format!("{REGISTER}?find=%3Cscript%3E&capability=nonsense&after=x")).await;
    assert!(page.body.contains("No certificate matches") && page.body.contains("Show the whole register"), "{}", page.body);
    assert!(!page.body.contains("<script>"), "{}", page.body);
    assert_eq!(rows(&mut nobody, "").await.len(), 0);
    for path in [format!("{REGISTER}/nonsense"), format!("{REGISTER}/TCC-7K3M-9PX4-23")] {
        assert_eq!(nobody.get(&path).await.status, 404, "{path}");
    }
    // Wherever somebody comes from, there is a way there.
    for path in ["/", "/verify", "/privacy"] {
        assert!(nobody.get(path).await.body.contains(&format!("href=\"{REGISTER}\"")), "{path}");
    }
}

#[tokio::test]
async fn anybody_reads_what_is_certified_and_where_it_is_live_and_nothing_else() {
    let mut small = Small::new().await;
    let cast = teams(&mut small).await;
    let (journey, number) = certified(&small, &cast, "Bedside View 4.2", "go-live").await;
    let mut nobody = small.house.browser();
    let list = nobody.get(REGISTER).await;
    assert!(list.body.contains("1 certificate"), "{}", list.body);
    for there in ["Bedside View 4.2", "Acme Care", "consumer", "Access Record HTML", "2 March 2026", "Valid", "Live at 1 site"] {
        assert!(list.body.contains(there), "{there}: {}", list.body);
    }
    assert!(list.body.contains(&format!("href=\"/verify/{number}\"")), "{}", list.body);
    let one = nobody.get(&format!("{REGISTER}/{number}")).await;
    assert!(one.heading().ends_with("Bedside View 4.2"), "{}", one.heading());
    for there in
        ["Acme Care", "Willow Lane Surgery", "A21471", "Technical conformance certificate", "Live at 1 site, since 2 March 2026"]
    {
        assert!(one.body.contains(there), "{there}: {}", one.body);
    }
    // As it may be typed, and from the page of the certificate.
    assert_eq!(nobody.get(&format!("{REGISTER}/{}", number.to_lowercase())).await.status, 200);
    let checked = nobody.get(&format!("/verify/{number}")).await;
    assert!(checked.body.contains(&format!("href=\"{REGISTER}/{number}\"")), "{}", checked.body);

    let [row] = <[csv::StringRecord; 1]>::try_from(rows(&mut nobody, "").await).unwrap();
    let row: Vec<&str> = row.iter().collect();
    assert_eq!(row[..3], ["Bedside View 4.2", "Consumer", "Acme Care"]);
    assert_eq!(
        row[5..],
        [
            "Access Record HTML 0.7.4",
            "2026-03-02",
            &number,
            "Technical conformance certificate",
            "Valid",
            "",
            "2026-03-02",
            "1",
            &format!("{}{REGISTER}/{number}", small.house.services.base_url),
        ]
    );

    // No page of the journey, no person, no address, no words that were typed or said.
    let file = nobody.get(&format!("{REGISTER}.csv")).await;
    for (name, body) in [("list", &list.body), ("one", &one.body), ("file", &file.body)] {
        let secrets = [
            "/journeys/",
            "@acme.example",
            "@nhs.example",
            "Lena",
            "Finn",
            "Pia",
            "Some words of a test",
            "evidence.pdf",
            "A Name",
        ];
        for secret in secrets {
            assert!(!body.contains(secret), "{secret} on {name}: {body}");
        }
        let beside = body.replace(&number, "");
        assert!(!beside.contains(&journey.to_string()), "the reference stands in the number alone: {name}");
    }
    // Those who are signed in read the same.
    assert_eq!(shows(&mut small.lead.browser.clone(), "").await, ["Bedside View 4.2"]);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_register_is_searched_filtered_and_paged_by_its_address() {
    let mut small = Small::new().await;
    let cast = teams(&mut small).await;
    certified(&small, &cast, "Ward Round 2", "receive-connection-agreement").await;
    certified(&small, &cast, "=HYPERLINK(1)", "receive-connection-agreement").await;
    let (_, live) = certified(&small, &cast, "Bedside View 4.2", "go-live").await;
    let mut nobody = small.house.browser();
    let (formula, bedside, ward) = ("=HYPERLINK(1)", "Bedside View 4.2", "Ward Round 2");
    assert_eq!(shows(&mut nobody, "").await, [formula, bedside, ward]);
    let searches: [(&str, &[&str]); 12] = [
        ("?find=ward", &[ward]),
        ("?find=acme", &[formula, bedside, ward]),
        ("?find=Willow+Lane", &[bedside]),
        ("?find=a21471", &[bedside]),
        ("?find=lena", &[]),
        ("?capability=access-record-html", &[formula, bedside, ward]),
        ("?capability=send-document", &[]),
        ("?side=provider", &[]),
        ("?side=consumer&find=bedside", &[bedside]),
        ("?state=valid&find=ward", &[ward]),
        ("?order=assured&find=ward", &[ward]),
        (&format!("?find={live}"), &[bedside]),
    ];
    for (tail, expected) in searches {
        assert_eq!(shows(&mut nobody, tail).await, expected, "{tail}");
        let file: Vec<String> =
            rows(&mut nobody, tail).await.iter().map(|row| row[0].trim_start_matches('\'').to_owned()).collect();
        assert_eq!(file, expected, "the file has the same rows: {tail}");
    }
    assert_eq!(&rows(&mut nobody, "?find=hyperlink").await[0][0], "'=HYPERLINK(1)", "nobody's product is a formula");
    // What was asked is there again, in the form and in the address of the file.
    let page = nobody.get(&format!("{REGISTER}?find=ward&capability=access-record-html&state=valid&order=assured")).await;
    assert!(page.body.contains("value=\"ward\"") && page.body.contains("1 certificate found"), "{}", page.body);
    let file = format!("href=\"{REGISTER}.csv?find=ward&amp;capability=access-record-html&amp;state=valid&amp;order=assured\"");
    assert!(page.body.contains(&file), "{}", page.body);
    for chosen in [
        "<option value=\"access-record-html\" selected",
        "<option value=\"valid\" selected",
        "<option value=\"assured\" selected",
    ] {
        assert!(page.body.contains(chosen), "{chosen}: {}", page.body);
    }

    // Thirty more, each on exactly one page, in both orders.
    for n in 0..30 {
        let reference = certified(&small, &cast, &format!("Many {n:02}"), "receive-connection-agreement").await;
        assert!(!reference.1.is_empty());
        small.house.clock.forward(60);
    }
    for order in ["", "?order=assured"] {
        let first = nobody.get(&format!("{REGISTER}{order}")).await;
        assert!(first.body.contains("33 certificates"), "{}", first.body);
        let mut seen = products(&first.body);
        assert_eq!(seen.len(), 25);
        let next = first.body.split_once("rel=\"next\"").unwrap().0.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap();
        let second = nobody.get(&next.replace("&amp;", "&")).await;
        assert!(second.body.contains("Back to the first page") && !second.body.contains("rel=\"next\""), "{}", second.body);
        seen.extend(products(&second.body));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 33, "{order}");
    }
    assert_eq!(shows(&mut nobody, "?order=assured").await[0], "Many 29", "what was assured last comes first");
    assert_eq!(rows(&mut nobody, "?after=TCC-7K3M-9PX4-23_z").await.len(), 33, "a file has no pages");
}

#[tokio::test]
async fn what_is_suspended_withdrawn_or_ended_says_so_and_stays_listed() {
    let mut small = Small::new().await;
    let cast = teams(&mut small).await;
    let (journey, number) = certified(&small, &cast, "Bedside View 4.2", "go-live").await;
    let mut nobody = small.house.browser();
    let (mut assurance, mut reviewer) = (small.assurance.browser.clone(), small.reviewer.browser.clone());
    let of_journey = journey.to_string();
    let base = [("journey", of_journey.as_str()), ("task", ISSUED), ("seen", "1000000")];
    let with = |more: &[(&'static str, &'static str)]| base.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    assurance.submit("task/propose-validity", &with(&[("change", "suspend"), ("reason", "An incident of 3 May.")])).await;
    assert!(nobody.get(REGISTER).await.body.contains(">Valid<"), "nobody has agreed yet");
    reviewer.submit("task/confirm-validity", &with(&[])).await;
    for path in [REGISTER.to_owned(), format!("{REGISTER}/{number}")] {
        let page = nobody.get(&path).await;
        assert!(page.body.contains("Suspended") && page.body.contains("since 2 March 2026"), "{}", page.body);
        assert!(!page.body.contains(">Valid<"), "{}", page.body);
    }
    assert!(
        nobody.get(&format!("{REGISTER}/{number}")).await.body.contains("Willow Lane Surgery"),
        "what is live stays recorded"
    );
    assert_eq!(shows(&mut nobody, "?state=valid").await, [""; 0]);
    assert_eq!(&rows(&mut nobody, "").await[0][9], "Suspended");

    assurance.submit("task/propose-validity", &with(&[("change", "withdraw"), ("reason", "It was another product.")])).await;
    reviewer.submit("task/confirm-validity", &with(&[])).await;
    assert_eq!(&rows(&mut nobody, "").await[0][9], "Withdrawn");
    assert_eq!(shows(&mut nobody, "").await, ["Bedside View 4.2"]);

    // Another in its place: the number of before leads to it, and is not listed.
    small.house.letters().await;
    let issued = assurance.submit("task/issue", &with(&[("note", "")])).await;
    assert!(issued.done().is_some(), "{}", issued.body);
    // The supplier is told by a letter that has the certificate with it.
    let letters = small.house.letters().await;
    let told = letters.iter().find(|letter| letter.to == small.lead.email && letter.body.contains("completed")).unwrap();
    assert!(told.body.contains("The certificate is attached as a PDF"), "{}", told.body);
    let (name, bytes) = small.house.uploads.enclosed(told.enclosed.as_ref().unwrap()).await.unwrap().unwrap();
    assert!(name.starts_with("Technical conformance certificate TCC-"), "{name}");
    let (_, downloaded) =
        small.lead.browser.clone().download(&format!("/journeys/{journey}/tasks/{ISSUED}/certificate.pdf")).await;
    assert!(bytes == downloaded);
    let again = rows(&mut nobody, "").await;
    assert_eq!((again.len(), &again[0][9]), (1, "Valid"));
    let newest = again[0][7].to_owned();
    assert_ne!(newest, number);
    assert_eq!(nobody.get(&format!("{REGISTER}/{number}")).await.to(), format!("{REGISTER}/{newest}"));
    assert_eq!(nobody.get(&format!("{REGISTER}/TCC-{journey}-1")).await.status, 404, "no certificate has this number");

    small
        .lead
        .browser
        .clone()
        .submit("journey/withdraw", &[("journey", &of_journey), ("reason", "Sold to another supplier.")])
        .await;
    let page = nobody.get(REGISTER).await;
    assert!(
        page.body.contains("No longer valid") && page.body.contains("The supplier ended the onboarding on 2 March 2026"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("Sold to another supplier"), "why is for those who have a part: {}", page.body);
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}

/// Why data is shared is read where the agreement says that it is published, once everybody has signed it. What else was written is
/// not.
#[tokio::test]
async fn why_data_is_shared_is_read_once_it_is_agreed() {
    let mut small = Small::new().await;
    let mut cast = teams(&mut small).await;
    let roles = [Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson];
    let trust = admit(&small.house, Side::EndUser, "A Trust", "gil.group@trust.example", &roles).await;
    cast.push(trust.actor.clone());
    let cast: Vec<&Actor> = cast.iter().collect();
    let opening = Opening { other_organisations: true, ..shortest("Bedside View 4.2") };
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening);
    play.joined(&small.lead.actor, &[&trust]);
    let agreement = play.journey.plan().find(|spec| spec.signs == Some(Signs::Sharing)).unwrap();
    play.until_ready(&cast, agreement.id.as_str());
    let form = forms::form_of(agreement, &play.journey.opening);
    let reason = "So that the ward reads allergies.";
    let answers = answers_to(&form, "Words for those who sign.").with("reason", reason);
    play.does(&trust.actor, Command::Submit { task: agreement.id.clone(), answers });
    let number = registered(&play.journey).lines[0].number.to_string();
    let path = format!("{REGISTER}/{number}");
    play.written(&small.house).await;
    let mut nobody = small.house.browser();
    let page = nobody.get(&path).await;
    assert!(
        page.body.contains("not recorded as live anywhere") && !page.body.contains(reason),
        "nobody has signed it: {}",
        page.body
    );
    play.until_ready(&cast, "go-live").written(&small.house).await;
    let page = nobody.get(&path).await;
    assert!(page.body.contains("Why data is shared") && page.body.contains(reason), "{}", page.body);
    for secret in ["Words for those who sign", "Some words of a test", "A Trust", "trust.example", "example.org/evidence"] {
        assert!(!page.body.contains(secret), "{secret}: {}", page.body);
    }
    assert_eq!(shows(&mut nobody, "?find=A+Trust").await, [""; 0], "that it has a part is for those who have one");
}

#[tokio::test]
async fn a_line_that_the_ledger_does_not_say_is_found_and_mended() {
    let mut small = Small::new().await;
    let cast = teams(&mut small).await;
    let (journey, _) = certified(&small, &cast, "Bedside View 4.2", "go-live").await;
    let url = format!("sqlite://{}", small.house.file().display());
    for damage in [
        "UPDATE register_lines SET validity = 'withdrawn'",
        "DELETE FROM register_sites",
        "UPDATE register_lines SET product = 'Other'",
        "DELETE FROM register_lines",
    ] {
        by_hand(&url, damage).await;
        let found = small.house.faults().await;
        assert_eq!(found, [format!("{journey}: the lists show something else than the ledger says")], "{damage}");
        // As a database of an earlier release is brought along.
        small.house.db.note_lists_made(0).await.unwrap();
        server::lists::renew(&small.house.db, small.house.services.processes).await.unwrap();
        assert_eq!(small.house.faults().await, Vec::<String>::new(), "made anew");
    }
}
