//! Nineteen journeys that a visitor meets in the demo: one in every state, told by date.

use Capability::{AccessDocument, AccessRecordHtml, AccessRecordStructured, AppointmentManagement, SendDocument};
use journey::{
    base::{actor::Role, identity::Identity},
    ledger::site::Step,
    plan::{
        capability::{Capability, PdsRoute},
        certificates::ValidityChange,
        opening::Opening,
    },
    rule::{command::Command, conversation::Audience},
};

use crate::demo::{
    by_link,
    cast::{Cast, Company},
    defects,
    play::Play,
    stage::Stage,
    words::chosen,
};

const USE_CASE: &str = "obtain-use-case-approval";

/// A product and what its supplier answered when the journey was opened.
fn opening(product: &str, capabilities: &[Capability], others: bool) -> Opening {
    Opening {
        product: product.to_owned(),
        capabilities: capabilities.iter().copied().map(chosen).collect(),
        hscn: true,
        pds: PdsRoute::Own,
        already_conformant: false,
        other_organisations: others,
        supporting_tasks: true,
        catalogue: Default::default(),
        unconfirmed: false,
        version: String::new(),
    }
}

fn task(id: &str) -> Result<journey::base::ids::TaskId, String> {
    id.parse().map_err(|_| format!("“{id}” is no task"))
}

/// Plays and writes all of them. Answers how many there are.
pub(crate) async fn all(stage: &Stage, cast: &Cast) -> Result<usize, String> {
    let supplier = |code: &str| {
        let found = cast.companies.iter().find(|company| company.organisation.ods_code == code);
        found.ok_or_else(|| format!("{code} is nobody"))
    };
    let (northmoor, larkfield, tarn) = (supplier("T99901")?, supplier("T99902")?, supplier("T99903")?);
    let open = |company: &Company, opening: Opening, days: i64| Play::open(stage, cast, company, opening, days);
    let mut told = 0;
    let mut journeys = Vec::new();

    // Live, with sites; a pilot report waits, and the SCAL is kept up to date.
    let mut play = open(northmoor, opening("Bedside View 4.2", &[AccessRecordHtml], true), 330)?;
    play.joined(&["T99911", "T99921"]).await?.until("submit-scal", 200).await?.submits("submit-scal").await?;
    play.on(190)
        .returns("submit-scal", Role::ClinicalSafety, &[("scal-cs", "Name the version of the hazard log, and who signed it.")])
        .await?;
    // It goes back when every team has finished.
    play.on(187).approves("submit-scal", Role::FunctionalAssurance).await?;
    play.on(186).approves("submit-scal", Role::InformationGovernance).await?;
    play.on(184).submits("submit-scal").await?.until("go-live", 50).await?;
    let first = [("T99951", "918999198738"), ("T99952", "918999198739"), ("T99953", "918999198740")];
    play.prepares(Role::PlatformSupport, Step::Asid, &first).await?;
    play.prepares(Role::PlatformSupport, Step::Sharing, &first).await?;
    play.prepares(Role::OnboardingLead, Step::Enabled, &first).await?.until("", 42).await?;
    play.on(39).closes_condition("approval-to-go-live", "We have the lists of both sites: 41 people were trained.").await?;
    play.on(35)
        .checks("T99951", true, "Twelve records opened, each in the audit trail. No incident, and users find what they look for.")
        .await?;
    play.on(20).site("go-live").await?.submits("s-first-of-type").await?;
    play.on(18).prepares(Role::PlatformSupport, Step::Asid, &[("T99954", "918999198741"), ("T99955", "918999198742")]).await?;
    play.on(16)
        .checks("T99952", false, "Two calls timed out in the afternoon. The practice asks whether its firewall is in the way.")
        .await?;
    play.on(12)
        .suspends("T99952", "Calls time out since Tuesday. We look into it with the practice; users ring it until then.")
        .await?;
    play.on(9).prepares(Role::PlatformSupport, Step::Sharing, &[("T99954", "")]).await?;
    journeys.push(play);

    // Live for a while, by itself: a supplier that serves its own clinics.
    let mut play = open(larkfield, opening("Clinic Booker 3.3", &[AppointmentManagement], false), 390)?;
    play.until("", 150).await?;
    play.on(60).submits("s-uplift").await?;
    let what = "After the update of Monday some bookings showed the clinic of another site. Nobody was sent there. We took the update back.";
    play.on(30).incident("receive-connection-agreement", what, 20).await?;
    journeys.push(play);

    // Asks to go live: two of three teams have agreed. Its group has forty members, who are asked by letter to sign.
    let mut play = open(larkfield, opening("Urgent Care Link 5.0", &[AccessRecordHtml, AppointmentManagement], true), 260)?;
    play.members = Some(by_link::forty());
    play.joined(&["T99912", "T99921"]).await?.until("approval-to-go-live", 10).await?;
    play.asked_by_letter("data-sharing-agreement", 9, 21).await?;
    play.on(6).submits("approval-to-go-live").await?;
    play.on(3).approves("approval-to-go-live", Role::ServiceManagement).await?;
    journeys.push(play);

    // End users sign: one organisation has, two have not.
    let mut play = open(larkfield, opening("Shared Care Window 2.1", &[AccessRecordHtml, AccessDocument], true), 240)?;
    play.joined(&["T99911", "T99912", "T99913"]).await?.until("receive-technical-conformance-certificate", 30).await?;
    play.on(28).submits("start-end-user-engagement").await?;
    play.on(22).goes_on("start-end-user-engagement").await?;
    play.on(14).submits("data-sharing-agreement").await?;
    play.on(9).signs("data-sharing-agreement").await?;
    journeys.push(play);

    // The connection agreement: it was declined once and put right. The supplier has signed, the programme has not.
    let mut play = open(northmoor, opening("Frailty View 3.0", &[AccessRecordStructured], false), 250)?;
    play.until("receive-connection-agreement", 12).await?;
    play.on(10).submits("receive-connection-agreement").await?;
    let reason = "The registered address is that of our old office.".to_owned();
    play.on(9).as_role(Role::Signatory, Command::Decline { task: task("receive-connection-agreement")?, reason }).await?;
    play.on(8).submits("receive-connection-agreement").await?;
    play.on(7).signs("receive-connection-agreement").await?;
    journeys.push(play);

    // A certificate can be issued: everything before it is settled.
    let mut play = open(tarn, opening("Optician Share 1.0", &[SendDocument], false), 210)?;
    play.until("receive-technical-conformance-certificate", 3).await?;
    journeys.push(play);

    // The certificate is suspended while an incident is looked into.
    let mut play = open(larkfield, opening("Theatre List 2.1", &[AccessRecordHtml], false), 230)?;
    play.until("receive-connection-agreement", 20).await?;
    let reason = "Since 20 November the product has shown records of merged patients twice. We look into it with the supplier.";
    play.on(6).validity(ValidityChange::Suspend, reason).await?;
    journeys.push(play);

    // A certificate was withdrawn for good, and another was issued in its place.
    let mut play = open(tarn, opening("Day Ward 1.6", &[AccessDocument], false), 240)?;
    play.until("receive-connection-agreement", 60).await?;
    let reason = "The tests in INT were recorded for version 1.5 by mistake. They were repeated with version 1.6.";
    play.on(40).validity(ValidityChange::Withdraw, reason).await?;
    play.on(32).goes_on("receive-technical-conformance-certificate").await?;
    journeys.push(play);

    // SCAL in review: came back once, sent again, one team has accepted it.
    let mut play = open(northmoor, opening("Ward Round 1.4", &[AccessRecordHtml, AccessRecordStructured], true), 220)?;
    play.joined(&["T99911"]).await?.until("submit-scal", 28).await?;
    play.on(24).submits("submit-scal").await?;
    let findings: &[(&str, &str)] = &[
        ("gpc-ig10", "The extract shows successes only. Add one line for a blocked and one for a failed access."),
        ("scal-ig-16", "Give the reference and the date of the impact assessment."),
    ];
    play.on(19).returns("submit-scal", Role::InformationGovernance, findings).await?;
    play.on(18).approves("submit-scal", Role::FunctionalAssurance).await?;
    play.on(17).approves("submit-scal", Role::ClinicalSafety).await?;
    play.on(8).submits("submit-scal").await?;
    play.on(4).approves("submit-scal", Role::FunctionalAssurance).await?;
    let question = "@Amara Nwosu which test patient stands behind the failed access in row IG10? The extract shows two.";
    play.on(3).says(Role::InformationGovernance, Audience::All, "submit-scal", question, &["Amara Nwosu"]).await?;
    let answer =
        "The second one, 9690937286: the first was a repeat with the wrong role. @Ingrid Vale shall we mark it in the file?";
    play.says(Role::OnboardingLead, Audience::All, "submit-scal", answer, &["Ingrid Vale"]).await?;
    let note = "The audit rows are good now. I wait for their answer about the second patient, then I approve.";
    play.says(Role::InformationGovernance, Audience::Programme, "submit-scal", note, &[]).await?;
    journeys.push(play);

    // SCAL half answered.
    let mut play = open(tarn, opening("Care Home View 1.1", &[AccessRecordHtml], false), 170)?;
    play.until("submit-scal", 12).await?;
    play.on(5).drafts("submit-scal", 0.55).await?;
    told += 1;

    // Testing: a test came back, and somebody proposes to do without a task.
    let mut play = open(northmoor, opening("Outpatient Summary 2.0", &[AccessDocument], true), 150)?;
    play.joined(&["T99913"]).await?.until("test-internet-demonstrator", 36).await?;
    play.on(30).submits("test-internet-demonstrator").await?;
    play.on(26)
        .returns(
            "test-internet-demonstrator",
            Role::FunctionalAssurance,
            &[("files", "The responses of script GEN-07 are missing.")],
        )
        .await?;
    defects::of_a_test(&mut play, "test-internet-demonstrator").await?;
    let reason = "The product was tested by an independent company four months ago, for another framework. The report covers this version.";
    let waiver = Command::ProposeWaiver { task: task("s-pentest")?, reason: reason.to_owned() };
    play.on(6).as_role(Role::OnboardingLead, waiver).await?;
    // A part waits until the programme has confirmed who this is.
    let practice = Identity { name: "Willow Lane Surgery".to_owned(), ods_code: "A21471".to_owned() };
    play.on(3).asks(practice, "practice.manager@willowlane.example").await?;
    journeys.push(play);

    // Testing in INT waits for the assurance team, longer than it should.
    let mut play = open(larkfield, opening("Referral Desk 1.4", &[AccessRecordHtml], false), 160)?;
    play.until("test-int-demonstrator", 16).await?;
    play.on(13).submits("test-int-demonstrator").await?;
    play.write().await?;
    play.on(11).claimed("test-int-demonstrator", Role::FunctionalAssurance).await?;
    let chase = "Could you tell us when to expect an answer on the INT record? Our window with the provider ends next week.";
    play.on(2).says(Role::OnboardingLead, Audience::All, "", chase, &[]).await?;
    told += 1;

    // Approved, and development has begun.
    let mut play = open(northmoor, opening("Discharge Sender 2.0", &[SendDocument], false), 75)?;
    play.until("contact-assurance-team", 18).await?;
    play.as_role(Role::Developer, Command::Start { task: task("develop-product")? }).await?;
    journeys.push(play);

    // Approved long ago and not begun: it lapsed, was sent again and waits for an answer.
    let mut play = open(larkfield, opening("Repeat Requests 2.2", &[AccessRecordStructured], true), 290)?;
    play.until("contact-assurance-team", 240).await?;
    play.on(12).submits("describe-use-case").await?;
    journeys.push(play);

    // Use case returned with findings.
    let mut play = open(tarn, opening("Night Service 1.2", &[AccessRecordHtml], true), 40)?;
    play.until(USE_CASE, 16).await?;
    let findings: &[(&str, &str)] = &[
        ("direct_care", "Say what the clinician decides with the data. “Better overview” is not yet a decision."),
        ("organisations", "Name the first two organisations, or say how you will choose them."),
    ];
    play.on(10).returns(USE_CASE, Role::ProgrammeLead, findings).await?;
    journeys.push(play);

    // Use case submitted.
    let mut play = open(tarn, opening("Pocket Pharmacist 0.9", &[AccessRecordStructured], false), 30)?;
    play.until(USE_CASE, 6).await?;
    journeys.push(play);

    // Use case being written.
    let mut play = open(larkfield, opening("Hospice Notes 2.0", &[AccessRecordHtml, SendDocument], true), 21)?;
    play.until("describe-use-case", 6).await?;
    play.on(2).drafts("describe-use-case", 0.5).await?;
    told += 1;

    // Withdrawn.
    let mut play = open(tarn, opening("Evening Clinic 1.0", &[AppointmentManagement], false), 120)?;
    play.until("contact-assurance-team", 70).await?;
    let reason = "We sold this product. The new owner will begin again.".to_owned();
    play.on(45).as_role(Role::OnboardingLead, Command::Withdraw { reason }).await?;
    journeys.push(play);

    // Just opened.
    journeys.push(open(northmoor, opening("Maternity Companion 1.0", &[AccessRecordHtml], true), 1)?);

    for mut play in journeys {
        play.write().await?;
        told += 1;
    }
    Ok(told)
}
