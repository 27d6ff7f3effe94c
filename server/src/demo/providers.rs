//! Three journeys of a supplier whose system holds the records: one at the witness test, one with its first certificate, and one that is
//! being rolled out.

use journey::{
    base::actor::Role,
    plan::{
        capability::{
            Capability::{AccessRecordStructured, AppointmentManagement},
            PdsRoute,
        },
        opening::Opening,
        track::PROVIDER,
    },
    rule::command::Command,
};

use crate::demo::{
    cast::{Cast, Company},
    play::{Play, task},
    stage::Stage,
    words::chosen,
};

/// The code of the supplier.
const SUPPLIER: &str = "T99904";

fn opening(product: &str, capabilities: &[journey::plan::capability::Capability]) -> Opening {
    Opening {
        product: product.to_owned(),
        capabilities: capabilities.iter().copied().map(chosen).collect(),
        hscn: true,
        pds: PdsRoute::Own,
        already_conformant: false,
        other_organisations: true,
        supporting_tasks: true,
        catalogue: Default::default(),
        unconfirmed: false,
        version: String::new(),
    }
}

fn runs_pilot() -> Result<Command, String> {
    Ok(Command::Start { task: task("p-fot-pilot")? })
}

/// Plays and writes all of them. Answers how many there are.
pub(crate) async fn all(stage: &Stage, cast: &Cast) -> Result<usize, String> {
    let company = cast.companies.iter().find(|company| company.organisation.ods_code == SUPPLIER);
    let company: &Company = company.ok_or("nobody provides")?;
    let open = |opening: Opening, days: i64| Play::open_as(PROVIDER, stage, cast, company, opening, days);

    // Roll-out has begun.
    let mut live = open(opening("Fenland Practice 6.4", &[AccessRecordStructured]), 350)?;
    live.until("p-fot-pilot", 120).await?.on(100).as_role(Role::OnboardingLead, runs_pilot()?).await?.until("", 60).await?;

    // The first certificate is issued, and the pilot runs.
    let mut pilot = open(opening("Fenland Appointments 3.0", &[AppointmentManagement]), 250)?;
    pilot
        .until("p-fot-devmac", 70)
        .await?
        .until("p-fot-pilot", 12)
        .await?
        .on(9)
        .as_role(Role::OnboardingLead, runs_pilot()?)
        .await?;

    // The test reports came back once. The witness test was held; who watched has not signed yet.
    let mut witness = open(opening("Fenland Practice 7.1", &[AccessRecordStructured, AppointmentManagement]), 140)?;
    witness.until("p-provider-testing-assurance", 40).await?.on(36).submits("p-provider-testing-assurance").await?;
    let finding =
        "A request for a patient of another practice is missing among the negative tests. Add it and run the suite again.";
    witness.on(31).returns("p-provider-testing-assurance", Role::FunctionalAssurance, &[("negative", finding)]).await?;
    witness.on(24).submits("p-provider-testing-assurance").await?;
    witness.on(19).approves("p-provider-testing-assurance", Role::FunctionalAssurance).await?;
    witness.until("p-witness-test", 10).await?.on(6).submits("p-witness-test").await?;
    witness.on(5).signs("p-witness-test").await?;

    let mut told = 0;
    for mut play in [live, pilot, witness] {
        play.write().await?;
        told += 1;
    }
    Ok(told)
}
