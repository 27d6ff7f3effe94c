//! A journey that was brought to its deployment, and the people who brought it there.

use journey::{
    base::actor::{Actor, Role, Side},
    ledger::{machine::Verb, standing::Standing},
    plan::{opening::Opening, process::Settle},
    rule::offers,
};

use super::{Play, actor, at, id, joins, opening, shipped};

/// A supplier, every team of the programme, and two people of a trust that will use the product.
pub fn cast() -> [Actor; 4] {
    let of = |side: Side| Role::ALL.iter().copied().filter(|role| role.side() == side).collect::<Vec<_>>();
    let supplier: Vec<Role> = of(Side::Supplier).into_iter().filter(|role| *role != Role::Signatory).collect();
    [
        actor("ada", "acme", &supplier),
        actor("sig", "acme", &[Role::Signatory]),
        actor("pro", "nhs", &of(Side::Programme)),
        actor("amy", "rj1", &of(Side::EndUser)),
    ]
}

/// Whatever the cast may do until a task can be begun, a day for each step.
pub fn until(play: &mut Play, cast: &[Actor], wanted: &str) {
    for _ in 0..200 {
        if !matches!(play.journey.standing(&id(wanted)), Standing::Locked { .. }) {
            return;
        }
        let next = cast.iter().find_map(|actor| {
            let offer = offers::offers(&play.journey, actor).into_iter().find(|offer| {
                let Some(task) = &offer.task else { return false };
                let spec = play.spec(task);
                let filled = spec.settle == Settle::BySignatures && play.journey.task(task).round.0 > 0;
                let leads = matches!(offer.verb, Verb::Approve | Verb::Acknowledge | Verb::Issue | Verb::Sign)
                    || offer.verb == Verb::Submit && !filled;
                leads && *task != id(wanted) && !play.journey.standing(task).is_done()
            })?;
            Some((actor.clone(), offer.verb, offer.task?))
        });
        let (actor, verb, task) = next.unwrap_or_else(|| panic!("nobody can bring {wanted} forward"));
        play.wait(60);
        play.check_members();
        let command = play.command(verb, &task, "done");
        play.obey(&actor, command).expect("what is offered is obeyed");
    }
    panic!("{wanted} never became ready");
}

/// A journey whose sites can be recorded, opened on 2 March; the approval to go live is given on 9 March.
pub fn deploying() -> Play {
    deploying_with(Opening { supporting_tasks: false, ..opening() })
}

/// The same of another plan.
pub fn deploying_with(opening: Opening) -> Play {
    let process = shipped().newest("consumer").expect("a consumer process");
    let mut play = Play::open(shipped(), process, &cast()[0], opening);
    until(&mut play, &cast(), "start-end-user-engagement");
    play.obey(&cast()[2], joins("rj1")).expect("the trust joins");
    until(&mut play, &cast(), "approval-to-go-live");
    play.now = at("2026-03-09T09:00:00Z");
    until(&mut play, &cast(), "deployment-approach");
    play.now = at("2026-03-16T09:00:00Z");
    until(&mut play, &cast(), "go-live");
    play
}
