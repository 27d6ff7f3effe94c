//! Who may read and judge what in a SCAL, by whatever way it is asked for.
//!
//! Long because its stories share one supplier and one SCAL of 160 rows.

use crate::common::{
    ADDS_FILES, House, multipart_named,
    world::{Play, Someone, admit, answers_to, fields_of, invite, journey_of, opening as world_opening, register, task},
};
use journey::{
    base::{
        actor::{Role, Side},
        ids::{Digest, JourneyRef},
    },
    catalogue::{row, scal},
    form::Answers,
    ledger::machine::StateKind,
    plan::{
        capability::{Capability, Chosen},
        opening::Opening,
    },
    port::{Drafts as _, Ledger as _, People as _, scal::Scal as _},
    rule::command::Command,
    scal::{book, verdicts},
};

struct Cast {
    house: House,
    lead: Someone,
    officer: Someone,
    assurance: Someone,
    clinical: Someone,
    governance: Someone,
    architect: Someone,
    all: Someone,
}

impl Cast {
    async fn new() -> Self {
        let house = House::new().await;
        let mut lead = register(&house, "Fernhollow", "lead@fernhollow.example").await;
        let officer = invite(&house, &mut lead, "officer@fernhollow.example", Role::ClinicalSafetyOfficer).await;
        let team = async |email: &str, roles: &[Role]| admit(&house, Side::Programme, "NHS England", email, roles).await;
        let every: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
        let assurance = team("assurance@nhs.example", &[Role::FunctionalAssurance]).await;
        let clinical = team("clinical@nhs.example", &[Role::ClinicalSafety]).await;
        let governance = team("governance@nhs.example", &[Role::InformationGovernance]).await;
        let architect = team("architect@nhs.example", &[Role::TechnicalArchitect]).await;
        let all = team("all@nhs.example", &every).await;
        Self { lead, officer, assurance, clinical, governance, architect, all, house }
    }

    fn at_scal(&self) -> Play {
        let mut play = Play::open(&self.house, &self.lead);
        play.until_ready(&[&self.lead.actor, &self.officer.actor, &self.all.actor], "submit-scal");
        play
    }
}

fn answers(opening: &Opening, not_met: &str) -> Answers {
    scal::rows(opening).into_iter().fold(Answers::default(), |answers, row| {
        let status = if row.field.as_str() == not_met { row::NOT_MET } else { "met" };
        let answers = answers.with(row.field.as_str(), status).with(row.words(), "As written.");
        if row::document(row).is_some() { answers.with(row.links(), "https://example.org/safety") } else { answers }
    })
}

async fn verdicts_kept(house: &House, reference: &JourneyRef) -> Vec<String> {
    let drafts = house.db.drafts(reference, &task("submit-scal"), verdicts::SUBJECT).await.unwrap();
    drafts.into_iter().map(|draft| draft.subject).collect()
}

#[tokio::test]
async fn a_verdict_is_kept_of_whoever_judges_the_row_and_of_nobody_else() {
    let mut cast = Cast::new().await;
    let mut play = cast.at_scal();
    let sent = answers(&play.journey.opening, "scal-org-06");
    play.does(&cast.lead.actor, Command::Submit { task: task("submit-scal"), answers: sent });
    let reference = play.written(&cast.house).await;
    let journey = reference.to_string();
    let fields = |row: &str| {
        vec![
            ("journey".to_owned(), journey.clone()),
            ("task".to_owned(), "submit-scal".to_owned()),
            ("subject".to_owned(), format!("verdict.{row}")),
            (format!("answers[verdict_{row}][]"), "accept".to_owned()),
        ]
    };
    // The row belongs to assurance, and is not met: its verdict is the architect's.
    for (who, row, kept) in [
        (&cast.assurance, "scal-org-06", false),
        (&cast.clinical, "scal-org-06", false),
        (&cast.architect, "scal-org-06", true),
        (&cast.architect, "scal-org-01", false),
        (&cast.assurance, "scal-org-01", true),
    ] {
        let fields = fields(row);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        who.browser.clone().post("draft/autosave", &fields).await;
        let there = verdicts_kept(&cast.house, &reference).await.contains(&format!("verdict.{row}"));
        assert_eq!(there, kept, "{} on {row}", who.email);
    }
    // The general way to judge does not lead past the row's own.
    let fields = [
        ("journey", journey.as_str()),
        ("task", "submit-scal"),
        ("seen", "1000"),
        ("answers[decision][]", "approve"),
        ("answers[rest][]", "accept"),
    ];
    let page = cast.assurance.browser.post("task/review", &fields).await;
    assert_eq!(page.to(), "/not-found");
    let journey = journey_of(&cast.house, &reference).await;
    let record = journey.task(&task("submit-scal"));
    assert!(record.approvals.is_empty() && record.state.kind() == StateKind::Submitted);
}

#[tokio::test]
async fn what_is_missing_cannot_be_sent_by_the_general_way_either() {
    let mut cast = Cast::new().await;
    let reference = cast.at_scal().written(&cast.house).await;
    let journey = reference.to_string();
    let fields = [("journey", journey.as_str()), ("task", "submit-scal"), ("seen", "1000")];
    assert_eq!(cast.lead.browser.post("task/submit", &fields).await.to(), "/not-found");
    let page = cast.lead.browser.submit("scal/submit", &fields).await;
    assert!(page.body.contains("You cannot submit the SCAL yet"), "{}", page.body);
    assert_eq!(journey_of(&cast.house, &reference).await.task(&task("submit-scal")).sent.len(), 0);
}

#[tokio::test]
async fn a_penetration_test_is_handed_to_security_and_a_stranger_looks_after_no_row() {
    let mut cast = Cast::new().await;
    let reference = cast.at_scal().written(&cast.house).await;
    let journey = reference.to_string();
    let report = b"%PDF-1.7 findings";
    let words = [("journey", journey.as_str()), ("task", "submit-scal"), ("subject", "row.scal-sec-09")];
    let form = multipart_named("file[scal-sec-09_files][]", ADDS_FILES, &words, &[("report.pdf", report)]);
    let answer = cast.lead.browser.send(form).await;
    assert!(cast.lead.browser.follow(answer).await.done().is_some());
    let digest = Digest::of(report);
    let file = format!("/files/{digest}?journey={journey}&task=submit-scal");
    assert_eq!(cast.clinical.browser.download(&file).await.0, 200, "nothing is said about it yet");
    let facts = [
        ("journey", journey.as_str()),
        ("task", "submit-scal"),
        ("file", digest.as_str()),
        ("answers[sort][]", "penetration_test"),
        ("answers[product][]", "4.2.3"),
        ("answers[environment][]", "int"),
        ("answers[effective][]", "2 3 2026"),
    ];
    assert!(cast.lead.browser.submit("scal/evidence", &facts).await.done().is_some());
    assert_eq!(cast.house.db.evidence(&reference, &task("submit-scal")).await.unwrap().len(), 1);
    for (who, reads) in [(&cast.lead, true), (&cast.governance, true), (&cast.clinical, false), (&cast.officer, false)] {
        let (status, bytes) = who.browser.download(&file).await;
        assert_eq!(status == 200, reads, "{}: {status}", who.email);
        assert_eq!(bytes == report, reads, "{}", who.email);
    }
    // Somebody who is no colleague is not written down as one.
    let stranger = cast.assurance.actor.person.to_string();
    let colleague = cast.officer.actor.person.to_string();
    for (row, assignee, kept) in [("gpc-ig1", &stranger, ""), ("gpc-ig2", &colleague, colleague.as_str())] {
        let status = format!("answers[{row}][]");
        let words = format!("answers[{row}_words][]");
        let fields = [
            ("journey", journey.as_str()),
            ("task", "submit-scal"),
            ("row", row),
            (status.as_str(), "partly"),
            (words.as_str(), "By May."),
            ("answers[assignee][]", assignee),
        ];
        cast.lead.browser.submit("scal/save", &fields).await;
        let subject = book::subject_of(&row.parse().unwrap());
        let draft = cast.house.db.draft(&reference, &task("submit-scal"), &subject).await.unwrap().unwrap();
        let body: Answers = serde_json::from_str(&draft.body).unwrap();
        assert_eq!(body.one(book::ASSIGNEE), kept, "{row}");
    }
}

#[tokio::test]
async fn a_file_on_a_row_keeps_the_list_that_the_row_was_opened_from() {
    let mut cast = Cast::new().await;
    let reference = cast.at_scal().written(&cast.house).await;
    let journey = reference.to_string();
    let row = format!("/journeys/{journey}/tasks/submit-scal/scal-sec-09");
    let file = b"%PDF-1.7 findings";
    let version = async || {
        let draft = cast.house.db.draft(&reference, &task("submit-scal"), "row.scal-sec-09").await.unwrap();
        draft.map_or(0, |draft| draft.version).to_string()
    };
    let named = format!("{} report.pdf", Digest::of(file));
    for (filter, kept) in
        [("?environment=internet&level=must", "?environment=internet&level=must"), ("", ""), ("//elsewhere.example", "")]
    {
        let back = format!("{row}{kept}");
        let now = version().await;
        let words = [
            ("journey", journey.as_str()),
            ("task", "submit-scal"),
            ("subject", "row.scal-sec-09"),
            ("version", now.as_str()),
            ("page", "/tasks/submit-scal/scal-sec-09"),
            ("filter", filter),
        ];
        let form = multipart_named("file[scal-sec-09_files][]", ADDS_FILES, &words, &[("report.pdf", file)]);
        assert_eq!(cast.lead.browser.send(form).await.to(), back, "added");
        let now = version().await;
        let words = words.map(|(name, value)| (name, if name == "version" { now.as_str() } else { value }));
        let remove = [words.as_slice(), &[("remove", named.as_str())]].concat();
        assert_eq!(cast.lead.browser.post("files/remove", &remove).await.to(), back, "removed");
    }
}

/// Every team of the programme accepts everything.
fn accepted_by_all(cast: &Cast, play: &mut Play, sent: &Answers) {
    play.does(&cast.lead.actor, Command::Submit { task: task("submit-scal"), answers: sent.clone() });
    let rows = scal::rows(&play.journey.opening);
    for (team, role) in [
        (&cast.assurance, Role::FunctionalAssurance),
        (&cast.clinical, Role::ClinicalSafety),
        (&cast.governance, Role::InformationGovernance),
    ] {
        let accepted = rows.iter().filter(|row| row.owner == role).map(|row| row.field.clone()).collect();
        let (note, conditions) = (String::new(), Vec::new());
        play.does(&team.actor, Command::Approve { task: task("submit-scal"), note, accepted, conditions });
    }
}

#[tokio::test]
async fn one_file_proves_more_than_one_row_and_rows_that_are_not_there_are_named() {
    let mut cast = Cast::new().await;
    let reference = cast.at_scal().written(&cast.house).await;
    let journey = reference.to_string();
    let words = [("journey", journey.as_str()), ("task", "submit-scal"), ("subject", "row.gpc-ig1")];
    let capture = b"GET /Patient HTTP/1.1";
    let form = multipart_named("file[gpc-ig1_files][]", ADDS_FILES, &words, &[("capture.txt", capture)]);
    let answer = cast.lead.browser.send(form).await;
    assert!(cast.lead.browser.follow(answer).await.done().is_some());
    let digest = Digest::of(capture);
    let attach = |rows: &'static str| {
        vec![
            ("journey", journey.clone()),
            ("task", "submit-scal".to_owned()),
            ("file", digest.to_string()),
            ("rows", rows.to_owned()),
        ]
    };
    let send = async |cast: &mut Cast, rows: &'static str| {
        let fields = attach(rows);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        cast.lead.browser.submit("scal/attach", &fields).await
    };
    let refused = send(&mut cast, "gpc-ig2, GPC-NONE").await;
    assert!(refused.body.contains("“GPC-NONE” is not a row of this SCAL") && refused.body.contains("gpc-ig2, GPC-NONE"));
    assert!(send(&mut cast, "").await.body.contains("Name at least one row"));
    let done = send(&mut cast, "gpc-ig2 GPC-IG4, gpc-ig1").await;
    assert_eq!(done.done().as_deref(), Some("capture.txt is added to 2 rows"));
    for row in ["gpc-ig1", "gpc-ig2", "gpc-ig4"] {
        let draft = cast.house.db.draft(&reference, &task("submit-scal"), &format!("row.{row}")).await.unwrap().unwrap();
        assert_eq!(draft.body.matches(digest.as_str()).count(), 1, "{row}");
    }
    // The page shows it once, with every row that it proves, and a way to look at it without keeping it.
    let page = cast.lead.browser.get(&format!("/journeys/{journey}/tasks/submit-scal/evidence")).await;
    assert_eq!(page.body.matches("SHA-256").count(), 1);
    let shown = cast.lead.browser.get(&format!("/files/{digest}?journey={journey}&task=submit-scal&show=1")).await;
    assert_eq!(shown.headers["content-type"], "text/plain; charset=utf-8");
    assert!(shown.headers["content-disposition"].to_str().unwrap().starts_with("inline"));
    assert_eq!(shown.headers["content-security-policy"], "default-src 'none'; sandbox");
}

#[tokio::test]
async fn a_new_version_is_named_with_the_rows_that_it_touches() {
    let mut cast = Cast::new().await;
    let mut play = cast.at_scal();
    let sent = answers(&play.journey.opening, "").with(scal::PRODUCT_VERSION, "4.2");
    accepted_by_all(&cast, &mut play, &sent);
    let reference = play.written(&cast.house).await;
    let (journey, path) = (reference.to_string(), format!("/journeys/{reference}/tasks/submit-scal"));
    let page = cast.lead.browser.get(&path).await;
    assert!(page.body.contains(&format!("{path}/new-version")), "the way to it is offered");
    assert_eq!(cast.assurance.browser.get(&format!("{path}/new-version")).await.status, 404);
    let seen = cast.lead.browser.get(&format!("{path}/new-version")).await.hidden("seen");
    let fields = |version: &'static str| {
        [
            ("journey", journey.as_str()),
            ("task", "submit-scal"),
            ("seen", seen.as_str()),
            ("product_version", version),
            ("rows[0]", "scal-sec-09"),
        ]
    };
    let refused = cast.lead.browser.submit("scal/reassess", &fields("4.1.9")).await;
    assert!(refused.body.contains("Enter a version later than 4.2"), "{}", refused.body);
    assert!(refused.body.contains("value=\"4.1.9\""), "the words come back");
    let ticked = refused.body.split("value=\"scal-sec-09\"").nth(1).unwrap();
    assert!(ticked[..40].contains("checked"), "and so do the rows: {}", &ticked[..40]);
    let begun = cast.lead.browser.submit("scal/reassess", &fields("4.3")).await;
    assert_eq!(begun.done().as_deref(), Some("Version 4.3 is assessed: 4 rows to look at again"));
    assert!(begun.body.contains("Product version 4.3."), "evidence is measured by the new version");
    let row = cast.lead.browser.get(&format!("{path}/scal-sec-09")).await;
    assert!(row.body.contains("Version 4.3 touches this row."));
    let untouched = cast.lead.browser.get(&format!("{path}/gpc-ig1")).await;
    assert!(untouched.body.contains("nhsuk-tag--green") && !untouched.body.contains("touches this row"));
    let history = cast.lead.browser.get(&format!("/journeys/{journey}/history")).await;
    assert!(history.body.contains("Asked again: SCAL-ORG-03, SCAL-CS-05, SCAL-CS-10, SCAL-SEC-09."));
}

/// A team that undoes its decision has every verdict again that the decision was made of.
#[tokio::test]
async fn a_decision_on_rows_that_is_undone_leaves_every_verdict_where_it_was() {
    let mut cast = Cast::new().await;
    let mut play = cast.at_scal();
    let sent = answers(&play.journey.opening, "");
    play.does(&cast.lead.actor, Command::Submit { task: task("submit-scal"), answers: sent });
    let reference = play.written(&cast.house).await;
    let (journey, path) = (reference.to_string(), format!("/journeys/{reference}/tasks/submit-scal"));
    let browser = &mut cast.governance.browser;
    let spec = play.journey.process.task(&task("submit-scal")).unwrap();
    let rows = journey::rule::review::unjudged(&play.journey, spec, Role::InformationGovernance);
    assert!(rows.len() > 3, "a team has several rows");
    for (at, row) in rows.iter().enumerate() {
        let verdict = if at == 0 { "change" } else { "accept" };
        let (field, words) = (format!("answers[verdict_{row}][]"), format!("answers[finding_{row}][]"));
        let mut fields = vec![("journey", journey.as_str()), ("task", "submit-scal"), ("row", row.as_str()), ("version", "0")];
        fields.extend([("then", "next"), ("role", "information_governance"), (field.as_str(), verdict)]);
        fields.push((words.as_str(), if at == 0 { "Name the controller." } else { "" }));
        browser.post("scal/judge", &fields).await;
    }
    let before = verdicts_kept(&cast.house, &reference).await;
    assert_eq!(before.len(), rows.len());
    let seen = browser.get(&path).await.hidden("seen");
    let finish = [("journey", journey.as_str()), ("task", "submit-scal"), ("seen", &seen), ("role", "information_governance")];
    let page = browser.submit("scal/finish", &finish).await;
    assert!(page.refusal().is_none() && page.body.contains("Undo this decision"), "{:?}", page.refusal());
    assert_eq!(verdicts_kept(&cast.house, &reference).await, Vec::<String>::new());
    let page = browser.submit("task/undo", &[("journey", &journey), ("task", "submit-scal")]).await;
    assert_eq!(page.done().as_deref(), Some("Your decision is undone"));
    assert_eq!(verdicts_kept(&cast.house, &reference).await, before);
    let row = browser.get(&format!("{path}/{}", rows[0])).await;
    assert!(row.body.contains("Name the controller."), "{}", row.body);
}

#[tokio::test]
async fn whoever_holds_several_roles_chooses_for_which_team_they_judge() {
    let mut cast = Cast::new().await;
    let mut play = cast.at_scal();
    let sent = answers(&play.journey.opening, "");
    play.does(&cast.lead.actor, Command::Submit { task: task("submit-scal"), answers: sent });
    let reference = play.written(&cast.house).await;
    let (journey, path) = (reference.to_string(), format!("/journeys/{reference}/tasks/submit-scal"));
    let first_of = |team: Role| scal::rows(&play.journey.opening).into_iter().find(|row| row.owner == team).unwrap();
    let (own, other) = (first_of(Role::InformationGovernance), first_of(Role::FunctionalAssurance));
    let browser = &mut cast.all.browser;
    let first = browser.get(&path).await;
    assert!(first.body.contains("For the functional assurance team:"), "{}", first.body);
    assert!(first.body.contains(&format!("href=\"{path}?as=information_governance\"")));
    // The page, its rows, its filter and its end are for the team that was chosen.
    let chosen = browser.get(&format!("{path}?as=information_governance")).await;
    assert!(chosen.body.contains("For the information governance team:"), "{}", chosen.body);
    assert!(chosen.body.contains(&format!("{path}/{}?as=information_governance#open-row", own.field)), "{}", chosen.body);
    assert!(!chosen.body.contains(&format!("id=\"row-{}\"", other.field)));
    assert_eq!(chosen.hidden("as"), "information_governance");
    let finish = browser.get(&format!("{path}/finish?as=information_governance")).await;
    assert!(finish.body.contains(&own.id) && !finish.body.contains(&other.id), "{}", finish.body);
    let judge = |row: &row::Row, role: &str| {
        let mut fields: Vec<(String, String)> = [
            ("journey", journey.as_str()),
            ("task", "submit-scal"),
            ("row", row.field.as_str()),
            ("version", "0"),
            ("filter", "?as=information_governance"),
            ("then", "next"),
            ("role", role),
        ]
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
        fields.push((format!("answers[verdict_{}][]", row.field), "accept".to_owned()));
        fields
    };
    for (row, role, done) in [
        (own, "information_governance", true),
        // A row of another team, and a role that decides nothing here: never exchanged for one that would do.
        (other, "information_governance", false),
        (other, "service_management", false),
    ] {
        let fields = judge(row, role);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = browser.post("scal/judge", &fields).await;
        assert_eq!(done, answer.to().contains("as=information_governance#open-row"), "{} in {role}: {}", row.id, answer.to());
        let there = verdicts_kept(&cast.house, &reference).await.contains(&format!("verdict.{}", row.field));
        assert_eq!(there, done, "{} in {role}", row.id);
    }
}

/// How many verdicts are kept on rows that went with a stage.
async fn verdicts_at(house: &House, reference: &JourneyRef, stage: &str) -> usize {
    house.db.drafts(reference, &task(stage), verdicts::SUBJECT).await.unwrap().len()
}

#[tokio::test]
async fn rows_that_a_test_stage_closes_go_with_its_record() {
    let mut cast = Cast::new().await;
    let stage = "test-int-demonstrator";
    let mut play = Play::open(&cast.house, &cast.lead);
    play.until_ready(&[&cast.lead.actor, &cast.officer.actor, &cast.all.actor], stage);
    let closes = journey::task::testing::rows(play.journey.process.task(&task(stage)).unwrap(), &play.journey.opening);
    let reference = play.written(&cast.house).await;
    let journey = reference.to_string();
    let of_assurance = |row: &&&row::Row| row.owner == Role::FunctionalAssurance;
    let row = *closes.iter().find(of_assurance).unwrap();
    let other = *closes.iter().find(|other| other.field != row.field).unwrap();
    // A row that is said to be met in words alone is marked, with what is expected, before anything is sent.
    let (status_of, words_of) = (format!("answers[{}][]", row.field), format!("answers[{}][]", row.words()));
    let said = [
        ("journey", journey.as_str()),
        ("task", "submit-scal"),
        ("row", row.field.as_str()),
        ("version", "0"),
        (status_of.as_str(), "met"),
        (words_of.as_str(), "It works."),
    ];
    cast.lead.browser.submit("scal/save", &said).await;
    let page = cast.lead.browser.get(&format!("/journeys/{journey}/tasks/{stage}")).await;
    assert!(page.body.contains("Evidence is missing for 1 row."), "{}", page.body);
    // One row with a file, one half written.
    let subject = book::subject_of(&row.field);
    let words = [("journey", journey.as_str()), ("task", "submit-scal"), ("subject", subject.as_str()), ("version", "1")];
    let form = multipart_named(&format!("file[{}][]", row.files()), ADDS_FILES, &words, &[("capture.txt", b"captured")]);
    let answer = cast.lead.browser.send(form).await;
    cast.lead.browser.follow(answer).await;
    let page = cast.lead.browser.get(&format!("/journeys/{journey}/tasks/submit-scal/{}", row.field)).await;
    let file = format!("{} capture.txt", Digest::of(b"captured"));
    for (row, status, file, version) in
        [(row, "met", file.as_str(), page.hidden("version")), (other, "partly", "", "0".to_owned())]
    {
        let (status_of, files_of) = (format!("answers[{}][]", row.field), format!("answers[{}][]", row.files()));
        let fields = [
            ("journey", journey.as_str()),
            ("task", "submit-scal"),
            ("row", row.field.as_str()),
            ("version", version.as_str()),
            (status_of.as_str(), status),
            (files_of.as_str(), file),
        ];
        cast.lead.browser.submit("scal/save", &fields).await;
    }
    let page = cast.lead.browser.get(&format!("/journeys/{journey}/tasks/{stage}")).await;
    assert!(page.body.contains(&format!("This stage closes {} rows", closes.len())), "{}", page.body);
    assert!(page.body.contains("as they stand now: 1.") && !page.body.contains("Evidence is missing"));
    // What is typed of rows is not what goes along.
    let typed = journey::task::testing::own(play.journey.process.task(&task(stage)).unwrap());
    let typed = answers_to(&typed, "Some words of a test.").with(other.field.as_str(), "met").with(other.words(), "Forged.");
    let mut typed = typed;
    typed.0.remove("files");
    typed.0.remove("results");
    let mut fields = vec![
        ("journey".to_owned(), journey.clone()),
        ("task".to_owned(), stage.to_owned()),
        ("seen".to_owned(), page.hidden("seen")),
    ];
    fields.extend(fields_of(&typed));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let sent = cast.lead.browser.submit("task/submit", &fields).await;
    assert!(sent.done().is_some(), "{:?}", sent.refusal());
    let kept = cast.house.db.submissions(&reference, &task(stage)).await.unwrap();
    let kept: Answers = serde_json::from_str(&kept[0].body).unwrap();
    assert_eq!(kept.one(row.field.as_str()), "met");
    assert_eq!(kept.many(row.files()), std::slice::from_ref(&file));
    assert!(kept.many(other.field.as_str()).is_empty(), "what is not complete stays behind");
    // The record names its rows, and the way to the bench where they are judged; the file is opened from there.
    let stage_page = format!("/journeys/{journey}/tasks/{stage}");
    let judge = &mut cast.assurance;
    let (team, other_team) = (row.owner.name(), Role::ClinicalSafety.name());
    let review = judge.browser.get(&stage_page).await;
    assert!(review.body.contains(&format!("href=\"{stage_page}/rows\"")) && review.body.contains(&row.id), "{}", review.body);
    assert!(!review.body.contains(&other.id));
    let digest = Digest::of(b"captured");
    let (status, bytes) = judge.browser.download(&format!("/files/{digest}?journey={journey}&task={stage}")).await;
    assert_eq!((status.as_u16(), bytes.as_slice()), (200, b"captured".as_slice()));
    let of_row = cast.lead.browser.get(&format!("/journeys/{journey}/tasks/submit-scal/{}", row.field)).await;
    assert!(of_row.body.contains("Test stage: round 1 of"));
    let bench = judge.browser.get(&format!("{stage_page}/rows")).await;
    assert!(bench.heading().starts_with("Rows of the SCAL") && bench.body.contains(&row.id), "{}", bench.body);
    assert!(bench.body.contains("1 row to look at, 1 without a verdict") && !bench.body.contains("Finish my sections"));

    // Without a verdict on its row the stage is not accepted, and the row is named.
    let own = journey::task::testing::own(play.journey.process.task(&task(stage)).unwrap());
    let decision = |seen: &str, version: &str, decision: &str, change: &str| {
        let mut fields = vec![
            ("journey".to_owned(), journey.clone()),
            ("task".to_owned(), stage.to_owned()),
            ("seen".to_owned(), seen.to_owned()),
            ("version".to_owned(), version.to_owned()),
            ("role".to_owned(), team.to_owned()),
            ("answers[decision][]".to_owned(), decision.to_owned()),
        ];
        for field in &own.fields {
            let verdict = if field.id.as_str() == change { "change" } else { "accept" };
            fields.push((format!("answers[verdict_{}][]", field.id), verdict.to_owned()));
        }
        fields.push((format!("answers[finding_{change}][]"), "Name the scripts.".to_owned()));
        fields
    };
    let sends = async |someone: &mut Someone, action: &str, fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        someone.browser.submit(action, &fields).await
    };
    let refused = sends(judge, "task/review", decision(&review.hidden("seen"), "0", "approve", "")).await;
    assert!(refused.body.contains(&format!("{} (", row.id)) && refused.body.contains("has no verdict yet"), "{}", refused.body);
    assert!(refused.refusal().is_some());

    // Its own team judges it, in the role that the form names; nobody else does.
    let verdict = |role: &str, version: &str| {
        let fields =
            [("journey", journey.as_str()), ("task", stage), ("row", row.field.as_str()), ("version", version), ("role", role)];
        let mut fields: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        fields.push((format!("answers[verdict_{}][]", row.field), "accept".to_owned()));
        fields
    };
    let refused = sends(&mut cast.clinical, "scal/judge", verdict("", "0")).await;
    assert!(refused.refusal().is_some(), "{}", refused.body);
    let refused = sends(&mut cast.all, "scal/judge", verdict(other_team, "0")).await;
    assert!(refused.refusal().is_some(), "a role that does not decide here is not exchanged for another");
    assert_eq!(verdicts_at(&cast.house, &reference, stage).await, 0);
    let saved = sends(judge, "scal/judge", verdict(team, "0")).await;
    assert_eq!((saved.refusal(), verdicts_at(&cast.house, &reference, stage).await), (None, 1), "{}", saved.body);

    // It goes back for something else; the same words without a reply are not sent again, and nothing typed is lost.
    let back = sends(judge, "task/review", decision(&review.hidden("seen"), "0", "return", "tests")).await;
    assert!(back.done().is_some(), "{:?}", back.refusal());
    assert_eq!(verdicts_at(&cast.house, &reference, stage).await, 0, "the verdict is in the ledger");
    let page = cast.lead.browser.get(&stage_page).await;
    assert!(page.body.contains("Your reply about"), "{}", page.body);
    let again = |page: &crate::common::Page, reply: &str| {
        let mut fields = vec![
            ("journey".to_owned(), journey.clone()),
            ("task".to_owned(), stage.to_owned()),
            ("seen".to_owned(), page.hidden("seen")),
        ];
        fields.extend(fields_of(&typed.clone().with("reply_tests", reply).with("tester", "Tess Typed")));
        fields
    };
    let refused = sends(&mut cast.lead, "task/submit", again(&page, " ")).await;
    assert!(refused.body.contains("Change “Which tests did you run?”, or say here why it stays as it is"), "{}", refused.body);
    assert!(refused.body.contains("Tess Typed"), "nothing typed is lost");
    let sent = sends(&mut cast.lead, "task/submit", again(&page, "The scripts have no names.")).await;
    assert!(sent.done().is_some(), "{:?}", sent.refusal());

    // The reviewer reads the reply; the row keeps its verdict, and the stage is accepted.
    let review = judge.browser.get(&stage_page).await;
    assert!(review.body.contains("The scripts have no names."), "{}", review.body);
    assert!(review.body.contains("1 of 1 row judged: 1 accepted"), "{}", review.body);
    let approved = sends(judge, "task/review", decision(&review.hidden("seen"), "0", "approve", "")).await;
    assert!(approved.done().is_some(), "{}", approved.body);
    assert_eq!(cast.house.faults().await, Vec::<String>::new(), "an honest journey is found whole");
}

#[tokio::test]
async fn clinical_safety_is_told_in_one_place() {
    let mut cast = Cast::new().await;
    let capability = Capability::AccessRecordStructured;
    let capabilities = vec![Chosen { capability, version: capability.versions()[0].to_owned() }];
    let structured = Opening { capabilities, ..world_opening() };
    let mut play = Play::open_with("consumer", &cast.house, &cast.lead, structured);
    play.until_ready(&[&cast.lead.actor, &cast.officer.actor, &cast.all.actor], "submit-scal");
    let sent = answers(&play.journey.opening, "");
    play.does(&cast.lead.actor, Command::Submit { task: task("submit-scal"), answers: sent });
    let reference = play.written(&cast.house).await;
    let path = format!("/journeys/{reference}/tasks/submit-scal/safety");
    let page = cast.officer.browser.get(&path).await;
    assert!(page.body.contains("Round 1 is not accepted by the clinical safety team."));
    assert!(page.body.contains("SCAL-CS-01") && !page.body.contains("SCAL-SEC-09"));
    assert!(page.body.contains("No file is marked as hazard log."));
    assert!(
        page.body.contains("Clinical meeting 1") && page.body.contains("Attended by: Some words of a test."),
        "{}",
        page.body
    );
    let page = cast.clinical.browser.get(&path).await;
    assert!(page.body.contains("Finish your sections"));
}

/// Nobody is taken out of an organisation before it is said what they leave behind.
#[tokio::test]
async fn whoever_is_taken_out_is_asked_about_first() {
    let mut cast = Cast::new().await;
    let reference = cast.at_scal().written(&cast.house).await.to_string();
    let officer = cast.officer.actor.person.to_string();
    let rows = [
        ("journey", reference.as_str()),
        ("task", "submit-scal"),
        ("subject", "row.scal-org-01"),
        ("row", "scal-org-01"),
        ("version", "0"),
        ("answers[assignee][]", officer.as_str()),
    ];
    cast.lead.browser.submit("scal/save", &rows).await;
    let asked = cast.lead.browser.submit("organisation/set-roles", &[("person", &officer)]).await;
    for says in ["Remove", "They look after 1 row of your SCALs.", "Nobody else here is clinical safety officer."] {
        assert!(asked.body.contains(says), "{says}: {}", asked.body);
    }
    let organisation = &cast.lead.actor.organisation;
    assert_eq!(cast.house.db.members(organisation).await.unwrap().len(), 2, "nothing has changed yet");
    let done = cast.lead.browser.submit("organisation/set-roles", &[("person", &officer), ("confirm", "yes")]).await;
    assert!(done.done().is_some_and(|says| says.ends_with("left the organisation")), "{:?}", done.refusal());
    assert_eq!(cast.house.db.members(organisation).await.unwrap().len(), 1);
    // The row is found among those that need somebody.
    let rows = cast.lead.browser.get(&format!("/journeys/{reference}/tasks/submit-scal?assigned=nobody")).await;
    assert!(rows.body.contains("SCAL-ORG-01"), "{}", rows.body);
}

/// A reviewer has a row open in two windows: the second sees what the first has saved before it writes over it.
#[tokio::test]
async fn a_verdict_that_was_saved_meanwhile_stands_beside_the_one_that_is_typed() {
    let mut cast = Cast::new().await;
    let mut play = cast.at_scal();
    let all = answers(&play.journey.opening, "");
    play.does(&cast.lead.actor, Command::Submit { task: task("submit-scal"), answers: all });
    let reference = play.written(&cast.house).await.to_string();
    let row = "scal-org-01";
    let (verdict, finding, subject) =
        (format!("answers[verdict_{row}][]"), format!("answers[finding_{row}][]"), format!("verdict.{row}"));
    let fields = |chosen: &'static str, words: &'static str| {
        [
            ("journey", reference.clone()),
            ("task", "submit-scal".to_owned()),
            ("subject", subject.clone()),
            ("version", "0".to_owned()),
            ("row", row.to_owned()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .chain([(verdict.clone(), chosen.to_owned()), (finding.clone(), words.to_owned())])
        .collect::<Vec<_>>()
    };
    let first = fields("change", "Name the officer.");
    let first: Vec<(&str, &str)> = first.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    cast.assurance.browser.submit("scal/judge", &first).await;
    let second = fields("condition", "Name the deputy.");
    let second: Vec<(&str, &str)> = second.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let page = cast.assurance.browser.submit("scal/judge", &second).await;
    assert!(
        page.refusal().is_some_and(|says| says.starts_with("You saved this draft in another window")),
        "{:?}",
        page.refusal()
    );
    let (saved, typed) = page.body.split_once("Typed by you").unwrap();
    assert!(
        saved.contains("Saved by you") && saved.contains("<del>Request</del>") && saved.contains("<del>officer.</del>"),
        "{}",
        page.body
    );
    assert!(typed.contains("<ins>Accept with</ins>") && typed.contains("<ins>deputy.</ins>"), "{}", page.body);
    // Pressing again is meant: the page knows the other version now.
    let mut again = fields("condition", "Name the deputy.");
    again[3].1 = page.hidden("version");
    let again: Vec<(&str, &str)> = again.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let page = cast.assurance.browser.submit("scal/judge", &again).await;
    assert_eq!(page.refusal(), None);
    let draft = cast.house.db.draft(&reference.parse().unwrap(), &task("submit-scal"), &subject).await.unwrap().unwrap();
    assert!(draft.body.contains("deputy") && !draft.body.contains("officer"), "{}", draft.body);
}

/// What one team claims is still free for the others, in the list, on the page and for “the oldest free task”.
#[tokio::test]
async fn each_team_claims_its_own_part_of_a_review() {
    let mut cast = Cast::new().await;
    let mut play = cast.at_scal();
    let all = answers(&play.journey.opening, "");
    play.does(&cast.lead.actor, Command::Submit { task: task("submit-scal"), answers: all });
    let reference = play.written(&cast.house).await;
    let path = format!("/journeys/{reference}/tasks/submit-scal");
    let on = |role: &str| {
        [
            ("journey", reference.to_string()),
            ("task", "submit-scal".to_owned()),
            ("role", role.to_owned()),
            ("back", path.clone()),
        ]
    };
    let mine = on("functional_assurance");
    let mine: Vec<(&str, &str)> = mine.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let page = cast.assurance.browser.submit("worklist/claim", &mine).await;
    assert!(page.done().is_some_and(|says| says.starts_with("You have claimed")), "{:?}", page.refusal());
    assert!(page.body.contains("Claimed by you for the functional assurance team."), "{}", page.body);
    // Clinical safety sees who has the part of another team, and that its own is free.
    let page = cast.clinical.browser.get(&path).await;
    assert!(page.body.contains("Nobody has claimed it for the clinical safety team."), "{}", page.body);
    assert!(page.body.contains("for the functional assurance team.") && page.body.contains("Claim it"), "{}", page.body);
    let page = cast.clinical.browser.submit("worklist/claim", &mine).await;
    assert_eq!(page.refusal().as_deref(), Some("You cannot claim this task"), "not their team");
    let page = cast.clinical.browser.submit("worklist/claim-oldest", &[]).await;
    assert!(page.done().is_some_and(|says| says.starts_with("You have claimed")), "{:?}", page.refusal());
    let claims = cast.house.db.names(&reference).await.unwrap().claims;
    let scal = task("submit-scal");
    assert_eq!(claims.get(&(scal.clone(), Role::FunctionalAssurance)), Some(&cast.assurance.actor.person));
    assert_eq!(claims.get(&(scal, Role::ClinicalSafety)), Some(&cast.clinical.actor.person));
    assert_eq!(cast.house.faults().await, Vec::<String>::new());
}

/// Ada has the form open; Ben saves the draft; Ada sends hers. Nothing is sent over Ben's words, and Ada is told who saved when.
#[tokio::test]
async fn nothing_is_sent_over_a_draft_that_its_sender_has_not_seen() {
    let mut cast = Cast::new().await;
    let id = "contact-gp-connect-team";
    let mut play = Play::open(&cast.house, &cast.lead);
    play.until_ready(&[&cast.lead.actor, &cast.officer.actor, &cast.all.actor], id);
    let asked = journey::task::forms::asked(play.journey.process.task(&task(id)).unwrap(), &play.journey.opening);
    let reference = play.written(&cast.house).await;
    let journey = reference.to_string();
    let mut ben = invite(&cast.house, &mut cast.lead, "ben@fernhollow.example", Role::OnboardingLead).await;
    let fields = |words: &str, version: &str, seen: &str| {
        let mut fields = vec![
            ("journey".to_owned(), journey.clone()),
            ("task".to_owned(), id.to_owned()),
            ("subject".to_owned(), "answers".to_owned()),
            ("version".to_owned(), version.to_owned()),
            ("seen".to_owned(), seen.to_owned()),
        ];
        fields.extend(fields_of(&answers_to(&asked, words)));
        fields
    };
    let of = |fields: &[(String, String)]| fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect::<Vec<_>>();
    let page = cast.lead.browser.get(&format!("/journeys/{journey}/tasks/{id}")).await;
    let (version, seen) = (page.hidden("version"), page.hidden("seen"));
    let saved = of(&fields("Words of Ben.", &version, &seen));
    let saved: Vec<(&str, &str)> = saved.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    ben.browser.post("draft/autosave", &saved).await;
    let adas = of(&fields("Words of Ada.", &version, &seen));
    let adas: Vec<(&str, &str)> = adas.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let page = cast.lead.browser.submit("task/submit", &adas).await;
    assert!(page.body.contains("saved another draft at"), "{}", page.body);
    assert!(page.body.contains("Words of Ada."), "{}", page.body);
    assert!(page.body.contains("Saved by your colleague") && page.body.contains("Words of <del>Ben.</del>"), "{}", page.body);
    let draft = cast.house.db.draft(&reference, &task(id), "answers").await.unwrap().unwrap();
    assert!(draft.body.contains("Words of Ben."), "{}", draft.body);
    assert_eq!(journey_of(&cast.house, &reference).await.task(&task(id)).sent.len(), 0);
    // The page knows the other draft now; sending again is meant.
    let again = of(&fields("Words of Ada.", &page.hidden("version"), &page.hidden("seen")));
    let again: Vec<(&str, &str)> = again.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let sent = cast.lead.browser.submit("task/submit", &again).await;
    assert!(sent.done().is_some(), "{:?}", sent.refusal());
    assert_eq!(cast.house.db.draft(&reference, &task(id), "answers").await.unwrap(), None);
    // What reviewers read is what the ledger names: other words under it are shown to nobody, and a row beside it neither.
    let path = format!("/journeys/{journey}/tasks/{id}");
    let shown = cast.all.browser.get(&path).await;
    assert!(shown.body.contains("Words of Ada.") && !shown.body.contains("Words of Ben."), "{}", shown.body);
    assert_eq!(cast.house.faults().await, Vec::<String>::new());
}

/// A value that is longer than can be kept is refused aloud, whichever way it comes, and what was there stays.
#[tokio::test]
async fn no_answer_is_cut() {
    let mut cast = Cast::new().await;
    let reference = cast.at_scal().written(&cast.house).await;
    let journey = reference.to_string();
    let row = "scal-org-01";
    let subject = format!("row.{row}");
    for (length, kept) in [(20_000, true), (20_001, false)] {
        let words = "x".repeat(length);
        let draft = cast.house.db.draft(&reference, &task("submit-scal"), &subject).await.unwrap();
        let version = draft.map_or(0, |draft| draft.version).to_string();
        let words_of = format!("answers[{row}_words][]");
        let fields = [
            ("journey", journey.as_str()),
            ("task", "submit-scal"),
            ("subject", subject.as_str()),
            ("row", row),
            ("version", version.as_str()),
            (words_of.as_str(), words.as_str()),
        ];
        cast.lead.browser.post("draft/autosave", &fields).await;
        let draft = cast.house.db.draft(&reference, &task("submit-scal"), &subject).await.unwrap().unwrap();
        assert_eq!(draft.body.contains(&format!("\"{words}\"")), kept, "{length} characters");
        assert!(draft.body.contains(&"x".repeat(20_000)), "what was there stays whole");
        if !kept {
            let page = cast.lead.browser.submit("scal/save", &fields).await;
            assert!(page.body.contains("Shorten") && page.body.contains(&words), "it is said, and the words are kept");
        }
    }
}
