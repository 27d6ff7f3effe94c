//! Live runs of the demo: a supplier tried its product, mended what failed, and tried it again.

use jiff::{SignedDuration, Timestamp};
use journey::{
    base::ids::JourneyRef,
    guidance::spine::{
        interactions::{interaction, service_root},
        token,
        worked::{Captured, worked},
    },
    ledger::event::Event,
    port::{StoreError, WriteError},
    practice::{
        answer::answer,
        exchange::{To, Took, keep, rules},
        run::{LiveRun, Opened},
        seam,
        state::Practice,
    },
};

use crate::demo::{cast::Cast, stage::Stage};

/// Whose product it is, and which.
const TESTER: &str = "joe@tarn.example";
const PRODUCT: &str = "Care Home View 1.1";

/// What is asked for.
const RECORD: &str = "fhir:operation:gpc.getcarerecord";

/// What is wrong with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    NoTrace,
    LongLived,
    NoScope,
}

/// The runs: how many days ago, and what was sent.
const RUNS: [(i64, &[Fault]); 2] = [
    (6, &[Fault::LongLived, Fault::NoTrace, Fault::LongLived, Fault::NoScope, Fault::None]),
    (3, &[Fault::None, Fault::None, Fault::None]),
];

/// Keeps them. Nothing where the demo has no such product.
pub(crate) async fn set(stage: &Stage, cast: &Cast, now: Timestamp) -> Result<(), String> {
    let Some(journey) = journey_of(stage).await? else { return Ok(()) };
    let everybody = cast.companies.iter().flat_map(|company| &company.people);
    let tester = everybody.into_iter().find(|person| person.email == TESTER).ok_or("nobody tests")?;
    let said = |error: WriteError| error.to_string();
    let store = &stage.services.store;
    for (days, faults) in RUNS {
        let at = now - SignedDuration::from_hours(24 * days);
        let opened = Opened {
            id: stage.services.secrets.id(),
            journey: journey.clone(),
            at,
            by: tester.actor.person.clone(),
            environment: "int".to_owned(),
            version: "1.1".to_owned(),
            tester: tester.name.clone(),
            areas: vec!["html".to_owned()],
            rules: rules(),
            file: None,
        };
        let mut run = LiveRun::begin(opened, stage.services.secrets.token());
        store.open_live_run(&run).await.map_err(said)?;
        for (minute, fault) in (1..).zip(faults) {
            let at = at + SignedDuration::from_mins(2 * minute);
            let request = request(at, *fault, &format!("{minute:02}{days:02}1679-2564-4fb4-9129-aecc81ea2706"));
            let checks = seam::checked(&request, &seam::context(&run.opened), Some(at));
            let answer = answer(&mut Practice::default(), &request, &checks, at);
            let took = Took { after: (run.count, &run.head), at, to: To::Practice, request, certificate: Vec::new(), checks };
            let kept = keep(&run.opened, took, &answer);
            store.add_exchange(&run, &kept).await.map_err(said)?;
            run.count += 1;
            run.head = kept.digest();
        }
        store.close_live_run(&journey, &run.opened.id, at + SignedDuration::from_mins(30)).await.map_err(said)?;
    }
    Ok(())
}

async fn journey_of(stage: &Stage) -> Result<Option<JourneyRef>, String> {
    let (store, told) = (&stage.services.store, |error: StoreError| error.to_string());
    for reference in store.references(None, 100).await.map_err(told)? {
        let history = store.history(&reference).await.map_err(told)?;
        let is = |event: &Event| matches!(event, Event::Opened { opening, .. } if opening.product == PRODUCT);
        if history.first().is_some_and(|first| is(&first.event)) {
            return Ok(Some(reference));
        }
    }
    Ok(None)
}

/// A request of the product as it was sent then.
fn request(at: Timestamp, fault: Fault, trace: &str) -> Captured {
    let Some(known) = interaction(RECORD) else { return Captured::default() };
    let mut request = worked(known);
    let mut claims = token::claims(known, &service_root(known));
    let now = at.as_second();
    let lives = if fault == Fault::LongLived { 900 } else { 300 };
    (claims["iat"], claims["exp"]) = (now.into(), (now + lives).into());
    claims["requesting_device"]["version"] = "1.1".into();
    if fault == Fault::NoScope {
        claims["requested_scope"] = "patient/*.write".into();
    }
    let bearer = format!("Bearer {}", token::encode(&token::header(), &claims));
    request.headers.retain(|(name, _)| !(fault == Fault::NoTrace && name == "Ssp-TraceID"));
    for (name, value) in &mut request.headers {
        match name.as_str() {
            "Ssp-TraceID" => trace.clone_into(value),
            "Authorization" => bearer.clone_into(value),
            _ => {}
        }
    }
    request
}
