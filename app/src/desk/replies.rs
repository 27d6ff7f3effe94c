//! What the programme wrote when it answered, approved or issued: on the page of the task, for everybody who may open it.

use journey::ledger::standing::{Reply, Settlement};
use leptos::prelude::*;

use crate::{base::dates, desk::context::TaskContext};

/// The words with their author, day and round, newest first; nothing where nobody wrote any. The page of work that another
/// task decides on shows the words of that decision.
#[must_use]
pub fn view(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    let own = desk.record().replies.iter();
    let of_decision = journey.process.reviewer_of(&desk.spec.id).map(|review| journey.task(&review.id).replies.iter());
    let mut replies: Vec<&Reply> = own.chain(of_decision.into_iter().flatten()).collect();
    if replies.is_empty() {
        return None;
    }
    replies.sort_by_key(|reply| std::cmp::Reverse(reply.at));
    let items = replies.into_iter().map(|reply| one(desk, reply)).collect_view();
    Some(
        view! {
            <section aria-labelledby="replies">
                <h2 class="nhsuk-heading-m" id="replies">"What NHS England wrote"</h2>
                {items}
            </section>
        }
        .into_any(),
    )
}

fn one(desk: &TaskContext, reply: &Reply) -> AnyView {
    let about = match reply.how {
        Settlement::Approved => "Approval of",
        Settlement::Issued => "Issued in",
        Settlement::Acknowledged if desk.spec.confirm => "Confirmation of",
        _ => "Answer to",
    };
    let (what, _) = about.split_once(' ').unwrap_or((about, ""));
    let about = if reply.round.0 == 0 { what.to_owned() } else { format!("{about} round {}", reply.round) };
    let team = reply.role.title().to_lowercase();
    view! {
        <div class="nhsuk-inset-text">
            <p class="gpc-lines">{reply.words.clone()}</p>
            <p class="gpc-meta">{format!("{about} by {}, {team}, on {}.", desk.who(&reply.by), dates::day_of(reply.at))}</p>
        </div>
    }
    .into_any()
}
