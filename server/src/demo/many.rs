//! As many journeys as somebody wants to measure with: the same commands, spread over suppliers, products and states.

use journey::{
    base::actor::{Role, Side},
    plan::{
        capability::{Capability, PdsRoute},
        opening::Opening,
    },
    rule::command::Command,
};

use crate::demo::{
    cast::{Cast, Company},
    play::Play,
    stage::{Rng, Stage},
    text,
    words::chosen,
};

/// How far they have come: the task that can be begun, and how many of a hundred.
const SPREAD: &[(&str, usize)] = &[
    ("describe-use-case", 8),
    ("obtain-use-case-approval", 12),
    ("receive-scal", 10),
    ("develop-product", 8),
    ("test-internet-demonstrator", 8),
    ("test-int-demonstrator", 8),
    ("submit-scal", 12),
    ("receive-technical-conformance-certificate", 6),
    ("receive-connection-agreement", 6),
    ("approval-to-go-live", 6),
    ("", 16),
];

/// Plays so many more. Answers how many there are.
pub(crate) async fn more(stage: &Stage, cast: &Cast, count: usize) -> Result<usize, String> {
    // Whoever makes systems that hold records signs nothing of a consumer.
    let signs = |company: &&Company| company.people.iter().any(|someone| someone.actor.is(Role::Signatory));
    let suppliers: Vec<&Company> = cast.of(Side::Supplier).into_iter().filter(signs).collect();
    let mut rng = Rng::new(2026);
    for number in 0..count {
        let supplier = rng.pick(&suppliers);
        let capability = *rng.pick(Capability::ALL);
        let others = rng.below(3) == 0;
        let opening = Opening {
            product: format!(
                "{} {} {}.{}",
                rng.pick(text::PRODUCT_FIRST),
                rng.pick(text::PRODUCT_LAST),
                1 + number % 7,
                number % 10
            ),
            capabilities: vec![chosen(capability)],
            hscn: rng.below(4) > 0,
            pds: *rng.pick(PdsRoute::ALL),
            already_conformant: rng.below(6) == 0,
            other_organisations: others,
            supporting_tasks: rng.below(5) > 0,
            catalogue: Default::default(),
            unconfirmed: false,
            version: String::new(),
        };
        let days = i64::try_from(20 + rng.below(360)).unwrap_or(20);
        let mut play = Play::open(stage, cast, supplier, opening, days)?;
        play.with_files = false;
        if others {
            play.joined(&["T99911"]).await?;
        }
        let mut left = rng.below(100);
        let far = SPREAD.iter().find(|(_, share)| {
            let here = left < *share;
            left = left.saturating_sub(*share);
            here
        });
        let end = i64::try_from(1 + rng.below(usize::try_from(days / 3).unwrap_or(1))).unwrap_or(1);
        play.until(far.map_or("", |(task, _)| task), end).await?;
        if rng.below(25) == 0 && play.journey.phase == journey::ledger::journey::Phase::Open {
            let reason = "The product is not developed further.".to_owned();
            play.as_role(Role::OnboardingLead, Command::Withdraw { reason }).await?;
        }
        play.write().await?;
    }
    Ok(count)
}
