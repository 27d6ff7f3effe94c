//! Two defects of the demo: one that a provider mends, and one that the supplier says it has mended.

use journey::{
    base::{actor::Role, environment::Environment},
    ledger::defect::{Assessment, Defect, Owner, Severity},
    rule::command::Command,
};

use crate::demo::play::{Play, task};

/// Raises them on a test stage, and says what became of them.
pub(super) async fn of_a_test(play: &mut Play<'_>, stage: &str) -> Result<(), String> {
    let stage = task(stage)?;
    let provider = Assessment { owner: Owner::Provider, severity: Severity::High, blocks: true };
    let defect = Defect {
        title: "Documents of a merged patient are missing".to_owned(),
        happened: "The search answers 200 with an empty bundle for a patient whose record was merged.".to_owned(),
        expected: "The documents of both records, as the specification says of merged patients.".to_owned(),
        environment: Environment::Internet,
        product: "2.0".to_owned(),
        request: "GET /A21471/STU3/1/gpconnect/fhir/Patient/15/DocumentReference\nAccept: application/fhir+json\nAuthorization: \
                  [token left out]"
            .to_owned(),
        answer: "200\ncontent-type: application/fhir+json\n\n{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}".to_owned(),
        run: None,
        scripts: vec!["GPC-STR-TST-GEN-07".to_owned()],
    };
    let raised = Command::RaiseDefect { task: stage.clone(), defect, assessment: provider };
    play.on(24).as_role(Role::Developer, raised).await?;
    let reason = "The log of the demonstrator shows the merge. Its supplier mends it.".to_owned();
    let assessed = Command::AssessDefect { task: stage.clone(), number: 1, assessment: provider, reason };
    play.on(22).as_role(Role::FunctionalAssurance, assessed).await?;

    let own = Assessment { owner: Owner::Consumer, severity: Severity::Medium, blocks: false };
    let defect = Defect {
        title: "A PDF is shown without its date".to_owned(),
        happened: "The list shows the name of a document and no date.".to_owned(),
        expected: "Name, type and date of each document.".to_owned(),
        environment: Environment::Internet,
        product: "2.0".to_owned(),
        request: String::new(),
        answer: String::new(),
        run: None,
        scripts: Vec::new(),
    };
    let raised = Command::RaiseDefect { task: stage.clone(), defect, assessment: own };
    play.on(21).as_role(Role::FunctionalAssurance, raised).await?;
    let what = "The list reads the date of the document now.".to_owned();
    let mended = Command::MendDefect { task: stage, number: 2, what, version: "2.0.1".to_owned() };
    play.on(9).as_role(Role::Developer, mended).await?;
    Ok(())
}
