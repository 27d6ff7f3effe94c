//! What the group keeps: its queries about the SCAL, its own records, and what is checked of each member.

use crate::common::{
    House,
    world::{Play, Small, Someone, admit, invite, opening},
};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::JourneyRef,
    },
    plan::opening::Opening,
};

/// A journey in which the group can review the SCAL, with the people of the group.
struct Group {
    small: Small,
    user: Someone,
    journey: JourneyRef,
}

impl Group {
    async fn until(task: &str) -> Self {
        let small = Small::of(House::new().await).await;
        let roles = [Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson];
        let user = admit(&small.house, Side::EndUser, "Eastvale Trust", "gil@eastvale.example", &roles).await;
        let teams = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect::<Vec<Role>>();
        let second = admit(&small.house, Side::Programme, "NHS England", "second@nhs.example", &teams).await;
        let cast: Vec<&Actor> = vec![&small.lead.actor, &second.actor, &user.actor];
        let mut play = Play::open_with("consumer", &small.house, &small.lead, opening());
        play.joined(&second.actor, &[&user]);
        let journey = play.until_ready(&cast, task).written(&small.house).await;
        Self { small, user, journey }
    }
}

const REVIEW: &str = "end-user-reviews-scal";

#[tokio::test]
async fn the_group_asks_about_a_row_and_the_supplier_replies_at_the_row() {
    let Group { small, user, journey } = Group::until(REVIEW).await;
    let journey = journey.to_string();
    let task = format!("/journeys/{journey}/tasks/{REVIEW}");
    let base = [("journey", journey.as_str()), ("task", REVIEW), ("seen", "1000000")];
    let with = |more: &[(&'static str, &'static str)]| base.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    let (mut group, mut supplier) = (user.browser.clone(), small.lead.browser.clone());
    let page = group.get(&task).await.body;
    assert!(page.contains("Ask the supplier about a row") && page.contains("Mark as done"), "{page}");
    assert!(!supplier.get(&task).await.body.contains("raise-query"), "the supplier asks nothing here");

    // What is missing is said beside what was typed.
    let page =
        group.submit("end-users/raise-query", &with(&[("query", "new"), ("row", "GPC-XX9"), ("words", "Who keeps it?")])).await;
    assert!(page.body.contains("“GPC-XX9” is not a row of this SCAL"), "{}", page.body);
    assert!(page.body.contains("value=\"GPC-XX9\"") && page.body.contains("Who keeps it?"), "{}", page.body);

    let page = group
        .submit("end-users/raise-query", &with(&[("query", "new"), ("row", "scal-org-01"), ("words", "Who keeps it?")]))
        .await;
    assert!(page.body.contains("The supplier was asked"), "{}", page.body);
    let page = group.get(&task).await.body;
    assert!(page.contains("The supplier has not replied yet") && page.contains("Save and come back later"), "{page}");
    assert!(!page.contains("Mark as done"), "it cannot be sent while a query is open: {page}");
    assert!(page.contains("A query about the SCAL is open"), "and says why: {page}");
    small.house.clock.forward(60);
    let letters = small.house.letters().await;
    let letter =
        letters.iter().find(|letter| letter.to == small.lead.email && letter.subject.contains("Query about SCAL-ORG-01"));
    assert!(letter.is_some_and(|letter| letter.body.contains("Who keeps it?")), "{letters:?}");

    // A draft is kept meanwhile.
    let draft = with(&[("subject", "answers"), ("version", "0"), ("answers[note][]", "Half of it is read.")]);
    group.submit("draft/keep", &draft).await;
    assert!(group.get(&task).await.body.contains("Half of it is read."));

    // The supplier reads it at the row, and replies there.
    let row = format!("/journeys/{journey}/tasks/submit-scal/scal-org-01");
    let page = supplier.get(&row).await.body;
    assert!(page.contains("Who keeps it?") && page.contains("answer-query"), "{page}");
    let page =
        supplier.submit("end-users/answer-query", &with(&[("row", "scal-org-01"), ("words", ""), ("then", "reply")])).await;
    assert!(page.body.contains("Write a reply"), "{}", page.body);
    let reply = with(&[("row", "scal-org-01"), ("words", "We do, for eight years."), ("then", "reply")]);
    let page = supplier.submit("end-users/answer-query", &reply).await;
    assert!(page.body.contains("Your reply was sent to the group"), "{}", page.body);
    small.house.clock.forward(60);
    let letters = small.house.letters().await;
    let to_group: Vec<_> =
        letters.iter().filter(|letter| letter.to == user.email && letter.subject.contains("SCAL-ORG-01")).collect();
    assert_eq!(to_group.len(), 1, "{letters:?}");
    assert!(to_group[0].body.contains("We do, for eight years."));

    let page = group.get(&task).await.body;
    assert!(page.contains("It is answered") && page.contains("Ask again"), "{page}");
    group.submit("end-users/close-query", &with(&[("row", "scal-org-01")])).await;
    let page = group.get(&task).await.body;
    assert!(page.contains("Mark as done") && page.contains("Answered: "), "{page}");
    let history = group.get(&format!("/journeys/{journey}/history")).await.body;
    assert!(
        history.contains("replied to a query about the SCAL") && history.contains("said that a query about the SCAL is answered")
    );
}

#[tokio::test]
async fn an_answer_that_is_changed_opens_the_scal_at_that_row() {
    let Group { small, user, journey } = Group::until(REVIEW).await;
    let journey = journey.to_string();
    let base = [("journey", journey.as_str()), ("task", REVIEW), ("seen", "1000000"), ("row", "scal-org-01")];
    let with = |more: &[(&'static str, &'static str)]| base.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    let (mut group, mut supplier) = (user.browser.clone(), small.lead.browser.clone());
    group.submit("end-users/raise-query", &with(&[("words", "Is that still so?")])).await;
    let page = supplier.submit("end-users/answer-query", &with(&[("words", "No, we change it."), ("then", "change")])).await;
    assert!(page.body.contains("Change the answer here, then send the SCAL again"), "{}", page.body);
    assert!(page.body.contains("asked about this row"), "{}", page.body);
    assert!(page.body.contains("Confirm the answer") && page.body.contains("Asked again"), "{}", page.body);
    let page = group.get(&format!("/journeys/{journey}/tasks/{REVIEW}")).await.body;
    assert!(page.contains("The answer to the row is changed.") && !page.contains("Mark as done"), "{page}");
}

/// The group's own records are its own: whoever answers for clinical safety reads them, and the supplier learns that they are there.
#[tokio::test]
async fn the_groups_own_safety_case_is_asked_for_and_closed_to_the_supplier() {
    let Group { small, user, journey } = Group::until(REVIEW).await;
    let journey = journey.to_string();
    let task = format!("/journeys/{journey}/tasks/{REVIEW}");
    let base = [("journey", journey.as_str()), ("task", REVIEW), ("seen", "1000000")];
    let mut group = user.browser.clone();
    let page = group.submit("task/submit", &[&base[..], &[("answers[outcome][]", "accepted")]].concat()).await.body;
    for missing in [
        "Enter the name of your clinical safety officer",
        "Enter the reference of your safety case",
        "Enter the day on which your safety case was approved",
        "Enter the day on which your hazard log was reviewed",
    ] {
        assert!(page.contains(missing), "{missing}: {page}");
    }
    // Uploaded with the draft, then sent.
    let page = format!("/tasks/{REVIEW}");
    let fields = [&base[..], &[("subject", "answers"), ("version", "0"), ("page", page.as_str())]].concat();
    let added = group
        .send(crate::common::multipart_named("file[files][]", "files/add", &fields, &[("safety.txt", b"Our safety case.")]))
        .await;
    group.follow(added).await;
    let digest = journey::base::ids::Digest::of(b"Our safety case.");
    let file = format!("{digest} safety.txt");
    let sent = [
        ("answers[outcome][]", "accepted"),
        ("answers[reviewer][]", "Gil Hart, Eastvale"),
        ("answers[officer][]", "Gil Hart"),
        ("answers[registration][]", "GMC 1234567"),
        ("answers[safety_case][]", "EHT-SC-014, version 2"),
        ("answers[safety_case_on][]", "1 2 2026"),
        ("answers[hazard_log][]", "EHT-HL-014, version 3"),
        ("answers[hazard_log_on][]", "1 2 2026"),
        ("answers[note][]", "Local training."),
        ("answers[files][]", file.as_str()),
        ("version", "1"),
    ];
    let page = group.submit("task/submit", &[&base[..], &sent[..]].concat()).await;
    assert!(page.body.contains("completed"), "{}", page.body);
    let address = format!("/files/{digest}?journey={journey}&task={REVIEW}");
    assert_eq!(group.get(&address).await.status, 200, "its own");
    let mut supplier = small.lead.browser.clone();
    assert_eq!(supplier.get(&address).await.status, 404, "not the supplier's");
    let page = supplier.get(&task).await.body;
    assert!(page.contains("EHT-SC-014, version 2") && page.contains("1 file added. Only these can open them"), "{page}");
    assert!(!page.contains(&address.replace('&', "&amp;")), "{page}");
    assert_eq!(small.reviewer.browser.clone().get(&address).await.status, 200, "a programme lead");
}

const GROUP: &str = "start-end-user-engagement";

/// What the lead records of each member is on one page and in one file, and a declaration leans on it.
#[tokio::test]
async fn the_lead_records_what_it_checked_of_a_member_and_the_declaration_asks_for_it() {
    let Group { small, user, journey } = Group::until("end-user-declaration").await;
    let journey = journey.to_string();
    let (mut group, mut supplier) = (user.browser.clone(), small.lead.browser.clone());
    let declares = [
        ("journey", journey.as_str()),
        ("task", "end-user-declaration"),
        ("seen", "1000000"),
        ("answers[members][]", "A21471 Willow Lane Surgery"),
        ("answers[cso][]", "Gil Hart, GMC 1234567"),
        ("answers[incidents][]", "By telephone."),
        ("answers[training][]", "In the classroom."),
    ];
    let page = group.submit("task/submit", &declares).await.body;
    assert!(page.contains("line 1: Willow Lane Surgery (A21471): no DSPT check is recorded"), "{page}");
    assert!(page.contains("record “Standards met” in the checks of") && page.contains("By telephone."), "{page}");

    let task = format!("/journeys/{journey}/tasks/{GROUP}");
    let page = group.get(&task).await.body;
    assert!(page.contains("DSPT standards are met by 0 of 1 member.") && page.contains("/checks"), "{page}");
    let base = [("journey", journey.as_str()), ("task", GROUP), ("answers[ods_code][]", "a21471")];
    let page = group.submit("end-users/check-member", &[&base[..], &[("answers[dspt][]", "met")]].concat()).await.body;
    assert!(page.contains("Enter the day on which you checked it") && page.contains("a21471"), "{page}");
    let today = journey::base::calendar::date_of(small.house.services.clock.now());
    let day = format!("{} {} {}", today.day(), today.month(), today.year());
    let met = [
        ("answers[dspt][]", "approaching"),
        ("answers[checked_on][]", day.as_str()),
        ("answers[sharing][]", "national"),
        ("answers[version][]", "2.1"),
    ];
    let page = group.submit("end-users/check-member", &[&base[..], &met[..]].concat()).await.body;
    assert!(page.contains("The check of A21471 is recorded") && page.contains("Approaching standards"), "{page}");
    assert!(page.contains("National arrangement, 2.1"), "{page}");
    let page = group.get(&format!("{task}/checks?show=not-met")).await.body;
    assert!(page.contains("Willow Lane Surgery"), "{page}");
    let page = group.submit("task/submit", &declares).await.body;
    assert!(page.contains("its DSPT says “Approaching standards”"), "{page}");

    let met = [("answers[dspt][]", "met"), ("answers[checked_on][]", day.as_str())];
    group.submit("end-users/check-member", &[&base[..], &met[..]].concat()).await;
    let page = group.get(&format!("{task}/checks?show=not-met")).await.body;
    assert!(page.contains("DSPT standards are met by 1 of 1 member") && page.contains("No member matches your search"), "{page}");
    let file = group.get(&format!("{task}/checks.csv")).await.body;
    assert!(file.contains("A21471,Willow Lane Surgery,Standards met,"), "{file}");
    assert!(file.contains("\"National arrangement, 2.1\""), "what was left blank stays: {file}");
    let page = group.submit("task/submit", &declares).await.body;
    assert!(!page.contains("DSPT check"), "{page}");
    // The supplier reads it, and records nothing.
    assert!(supplier.get(&format!("{task}/checks")).await.body.contains("Standards met"));
    let page = supplier.submit("end-users/check-member", &[&base[..], &met[..]].concat()).await.body;
    assert!(page.contains("You cannot do this in your role"), "{page}");

    // An assessment is published every year: an older check is said to be old.
    let old = format!("{} {} {}", today.day(), today.month(), today.year() - 2);
    let met = [("answers[dspt][]", "met"), ("answers[checked_on][]", old.as_str())];
    group.submit("end-users/check-member", &[&base[..], &met[..]].concat()).await;
    let page = group.get(&format!("{task}/checks?show=old")).await.body;
    assert!(page.contains("More than a year ago: please check again."), "{page}");
}

const SHARING: &str = "data-sharing-agreement";

/// Who signs comes from a file: rows are shown with what is wrong before any letter goes, and the good ones are asked.
#[tokio::test]
async fn people_who_sign_come_from_a_file_and_no_letter_goes_before_the_rows_are_seen() {
    let Group { small, user, journey } = Group::until(SHARING).await;
    let journey = journey.to_string();
    let mut group = user.browser.clone();
    let base = [("journey", journey.as_str()), ("task", SHARING), ("seen", "1000000")];
    let parts = [
        ("answers[reason][]", "Direct care."),
        ("answers[dspt][]", "met"),
        ("answers[checked_on][]", "1 2 2026"),
        ("answers[privacy_notice][]", "https://eastvale.example/privacy"),
    ];
    group.submit("task/submit", &[&base[..], &parts[..]].concat()).await;
    let page = format!("/journeys/{journey}/tasks/{SHARING}/signatories-file");
    let list = group.get(&format!("/journeys/{journey}/tasks/{SHARING}/signatories")).await.body;
    assert!(list.contains("/signatories-file"), "{list}");
    let file = b"Email;Name;ODS code\nrae@willow.example;Rae Reader;A21471\nbo@b.example;Bo Bold;B82617\nbad;Cy Cold;A21471\n";
    let send =
        |name: &str, bytes: &[u8]| crate::common::multipart_named("file", "signatories/file", &base[..2], &[(name, bytes)]);
    let answer = group.send(send("who.csv", file)).await;
    let shown = group.follow(answer).await.body;
    for there in [
        "who.csv: 3 rows",
        "1 ready to send, 2 cannot be taken",
        "The group does not name this member",
        "The same member as in row 2 of the file",
        "Send the email",
    ] {
        assert!(shown.contains(there), "{there}: {shown}");
    }
    small.house.clock.forward(60);
    let letters = |all: &[journey::port::Letter]| all.iter().filter(|letter| letter.to == "rae@willow.example").count();
    assert_eq!(letters(&small.house.letters().await), 0, "no letter before the rows were seen");
    let lines = "A21471\tRae Reader\trae@willow.example";
    let asked = group.submit("signatories/ask", &[&base[..2], &[("signatories", lines)]].concat()).await.body;
    assert!(asked.contains("You asked 1 person to sign"), "{asked}");
    small.house.clock.forward(60);
    assert_eq!(letters(&small.house.letters().await), 1);
    let shown = group.get(&page).await.body;
    assert!(shown.contains("2 cannot be taken, 1 asked or signed already"), "the bad rows stay: {shown}");

    // What cannot be read is said, and nobody but the lead asks.
    let answer = group.send(send("who.csv", b"Name,Email\nRae Reader,rae@willow.example\n")).await;
    let shown = group.follow(answer).await.body;
    assert!(shown.contains("Not all of the three columns are found") && !shown.contains("who.csv: 3 rows"), "{shown}");
    assert_eq!(small.lead.browser.clone().get(&page).await.status, 404);
}

/// A signature is taken back from a day on: the page says until when it counts, and the sweep ends it.
#[tokio::test]
async fn a_signature_counts_until_the_day_that_its_organisation_named() {
    let Group { small, user, journey } = Group::until("end-user-declaration").await;
    let journey = journey.to_string();
    let mut group = user.browser.clone();
    let task = format!("/journeys/{journey}/tasks/{SHARING}");
    let base = [("journey", journey.as_str()), ("task", SHARING), ("seen", "1000000"), ("reason", "We move to another product.")];
    let page = group.submit("task/withdraw-signature", &[&base[..], &[("until", "1 1 2020")]].concat()).await.body;
    assert!(page.contains("The last day cannot be in the past") && page.contains("We move to another product."), "{page}");
    assert!(page.contains("value=\"1 1 2020\"") || page.contains("1 1 2020"), "{page}");
    let today = journey::base::calendar::date_of(small.house.services.clock.now());
    let last = today.checked_add(jiff::Span::new().days(3)).unwrap();
    let typed = format!("{} {} {}", last.day(), last.month(), last.year());
    let page = group.submit("task/withdraw-signature", &[&base[..], &[("until", typed.as_str())]].concat()).await.body;
    let until = app::base::dates::date(last);
    assert!(
        page.contains(&format!("Your organisation&#x27;s signature counts until {until}"))
            || page.contains(&format!("signature counts until {until}")),
        "{page}"
    );
    assert!(page.contains(&format!("It was taken back and counts until {until}")), "{page}");
    // Pages show what time brings at once, and whoever writes next records it.
    small.house.clock.forward(60 * 60 * 24 * 4);
    let mut reviewer = small.reviewer.browser.clone();
    let page = reviewer.get(&task).await;
    if page.status == 200 {
        assert!(page.body.contains("took its signature back on"), "{}", page.body);
    }
    let reference: JourneyRef = journey.parse().unwrap();
    let mut now = crate::common::world::journey_of(&small.house, &reference).await;
    let due = journey::rule::decide::due(&now, small.house.services.clock.now());
    assert_eq!(due.len(), 1, "{due:?}");
    for recorded in now.record(due, None, small.house.services.clock.now()) {
        now.evolve(&recorded).unwrap();
    }
    assert_eq!(now.task(&SHARING.parse().unwrap()).taken_back.len(), 1);
}

/// What was checked of members comes from a file as well: each row is shown first, and the right ones are recorded at once.
#[tokio::test]
async fn checks_of_members_come_from_a_file() {
    let Group { small, user, journey } = Group::until(SHARING).await;
    let journey = journey.to_string();
    let mut group = user.browser.clone();
    let base = [("journey", journey.as_str()), ("task", GROUP)];
    let task = format!("/journeys/{journey}/tasks/{GROUP}");
    assert!(group.get(&format!("{task}/checks")).await.body.contains("Record checks from an Excel or CSV file"));
    let today = journey::base::calendar::date_of(small.house.services.clock.now());
    let table = format!(
        "Checked on;DSPT;ODS code\n{today};Standards met;A21471\n{today};Perfect;A21471\n{today};Standards met;B82617\n;Standards met;A21471\n"
    );
    let send = |bytes: &[u8]| crate::common::multipart_named("file", "end-users/checks-file", &base, &[("checks.csv", bytes)]);
    let answer = group.send(send(table.as_bytes())).await;
    let shown = group.follow(answer).await.body;
    for there in [
        "checks.csv: 4 rows",
        "1 can be recorded and 3 cannot be recorded.",
        "“Perfect” is not a DSPT status",
        "The group does not name this member",
        "Enter the day on which you checked it",
        "Record 1 check",
    ] {
        assert!(shown.contains(there), "{there}: {shown}");
    }
    assert!(group.get(&task).await.body.contains("DSPT standards are met by 0 of 1 member."), "nothing is recorded yet");
    let page = group.submit("end-users/take-checks", &base).await.body;
    assert!(page.contains("1 check recorded") && page.contains("DSPT standards are met by 1 of 1 member"), "{page}");
    // Sent again, it says what is known; nothing is left to record.
    let answer = group.send(send(format!("ODS code;DSPT;Checked on\nA21471;Standards met;{today}\n").as_bytes())).await;
    let shown = group.follow(answer).await.body;
    assert!(shown.contains("Recorded already") && !shown.contains("take-checks"), "{shown}");
    // The page of members from a file is not put out by it.
    assert_eq!(group.get(&format!("{task}/checks-file")).await.status, 200);
    let answer = group.send(send(b"Name\nWillow Lane\n")).await;
    assert!(group.follow(answer).await.body.contains("Not all columns are found"));
}

/// Steps at sites come from a file as well, in the columns of the file that is given out; the identifiers stand in the list of members.
#[tokio::test]
async fn steps_at_sites_come_from_a_file_and_identifiers_stand_beside_members() {
    let mut small = Small::of(House::new().await).await;
    let roles = [Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson];
    let user = admit(&small.house, Side::EndUser, "Eastvale Trust", "gil@eastvale.example", &roles).await;
    let teams = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect::<Vec<Role>>();
    let second = admit(&small.house, Side::Programme, "NHS England", "second@nhs.example", &teams).await;
    let signatory = invite(&small.house, &mut small.lead, "signatory@acme.example", Role::Signatory).await;
    let officer = invite(&small.house, &mut small.lead, "officer@acme.example", Role::ClinicalSafetyOfficer).await;
    let cast: Vec<&Actor> =
        vec![&small.lead.actor, &signatory.actor, &officer.actor, &second.actor, &small.reviewer.actor, &user.actor];
    let opening = Opening { supporting_tasks: false, ..opening() };
    let mut play = Play::open_with("consumer", &small.house, &small.lead, opening);
    play.joined(&second.actor, &[&user]);
    let journey = play.until_ready(&cast, "go-live").written(&small.house).await.to_string();
    let (mut supplier, mut group) = (small.lead.browser.clone(), user.browser.clone());
    let base = [("journey", journey.as_str()), ("task", "go-live")];
    let task = format!("/journeys/{journey}/tasks/go-live");
    let file = supplier.get(&format!("{task}/sites.csv")).await.body;
    assert!(file.contains("ASID registered on") && file.contains("A21471"), "{file}");
    assert!(supplier.get(&task).await.body.contains("Record steps from an Excel or CSV file"));
    let today = journey::base::calendar::date_of(small.house.services.clock.now());
    let tomorrow = today.tomorrow().unwrap();
    let table = format!(
        "ODS code;Capability;ASID;ASID registered on;Sharing configured on;Enabled by the practice on\n\
         A21471;;918999198738;{today};{today};\nA21471;;;;;{today}\nB82617;;;;{today};\nA21471;Send Document;;;{today};\n;;;;;{today}\n\
         A21471;;91899;{today};;\nA21471;;;;{tomorrow};\n"
    );
    let send = |bytes: &[u8]| crate::common::multipart_named("file", "go-live/steps-file", &base, &[("steps.csv", bytes)]);
    let answer = supplier.send(send(table.as_bytes())).await;
    let shown = supplier.follow(answer).await.body;
    for there in [
        "steps.csv: 7 rows",
        "1 can be recorded and 6 cannot be recorded.",
        "The same site and capability as in row 2 of the file",
        "B82617 is not in the plan",
        "“Send Document” is not a capability of this product",
        "Enter an ODS code",
        "“91899” is not an ASID: an ASID has 12 digits",
        "the day cannot be in the future",
        "Record 1 row",
    ] {
        assert!(shown.contains(there), "{there}: {shown}");
    }
    let checks = format!("/journeys/{journey}/tasks/{GROUP}/checks");
    assert!(!group.get(&checks).await.body.contains("918999198738"), "nothing is recorded yet");
    let page = supplier.submit("go-live/take-steps", &base).await;
    assert_eq!(page.done().as_deref(), Some("Recorded at 1 site"), "{:?}", page.refusal());
    assert!(page.body.contains("2 of 3 steps"), "{}", page.body);
    let shown = supplier.get(&format!("{task}/steps-file")).await.body;
    assert!(shown.contains("1 with nothing new"), "{shown}");
    assert!(group.get(&checks).await.body.contains("918999198738"));
    assert!(group.get(&format!("{checks}.csv")).await.body.contains(",918999198738"));
    let answer = supplier.send(send(b"Name\nWillow Lane\n")).await;
    assert!(supplier.follow(answer).await.body.contains("Not all columns are found"));
    assert_eq!(small.house.faults().await, Vec::<String>::new());
}
