//! How long it takes to hold a request against every rule and to mask it, without a server: told, not judged. Run with
//! `cargo test --release --package journey --test check_rate -- --nocapture`.

use std::time::Instant;

use journey::{
    guidance::spine::{interactions::interactions, worked::worked},
    practice::{run::Opened, seam},
};

#[test]
fn worked_requests_are_checked_and_masked() {
    let opened = opened();
    let context = seam::context(&opened);
    let requests: Vec<_> = interactions().iter().map(worked).collect();
    let rounds = if cfg!(debug_assertions) { 2 } else { 200 };
    let (begun, mut checks) = (Instant::now(), 0);
    for _ in 0..rounds {
        for request in &requests {
            checks += seam::checked(request, &context, None).len();
            assert_eq!(seam::masked(request.clone()).method, request.method);
        }
    }
    let count = rounds * requests.len();
    assert!(checks >= 50 * count, "every rule about one request is asked");
    let took = begun.elapsed();
    println!("{count} requests checked and masked in {} ms: {} µs each", took.as_millis(), took.as_micros() / count as u128);
}

fn opened() -> Opened {
    Opened {
        id: "r".to_owned(),
        journey: journey::base::ids::JourneyRef::from_bits(1),
        at: "2026-03-02T10:00:00Z".parse().expect("an instant"),
        by: "ada".parse().expect("an id"),
        environment: "int".to_owned(),
        version: "1.0".to_owned(),
        tester: "Ada".to_owned(),
        areas: Vec::new(),
        rules: journey::practice::exchange::rules(),
        file: None,
    }
}
