//! Who may read and judge what in a SCAL, by whatever way it is asked for.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use common::{
    ADDS_FILES, House, multipart_named,
    world::{Play, Someone, admit, invite, journey_of, register, task},
};
use journey::{
    actor::{Role, Side},
    command::Command,
    form::Answers,
    ids::{Digest, JourneyRef},
    opening::Opening,
    port::{Drafts as _, scal::Scal as _},
    scal::{self, book, verdicts},
    standing::StateKind,
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
        let status = if row.field.as_str() == not_met { scal::NOT_MET } else { "met" };
        answers.with(row.field.as_str(), status).with(&row.words(), "As written.")
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
    let record = journey_of(&cast.house, &reference).await.task(&task("submit-scal"));
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
