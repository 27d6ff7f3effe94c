//! The offers to undo one's decision and to take back what one has sent, above what the page of a task says.

use journey::ledger::standing::TaskRecord;
use leptos::prelude::*;

use crate::{base::dates, design::Button, desk::context::TaskContext, request::visitor};

/// The two offers, above what the page says.
pub fn view(desk: &TaskContext) -> Option<AnyView> {
    let thoughts = &desk.second_thoughts;
    if let Some(until) = thoughts.undo_until {
        return Some(
            view! {
                <div class="nhsuk-inset-text" id="undo">
                    <p>{format!("You decided this. You can undo it until {}, as long as nothing follows from it. Emails about it wait until then.", dates::time_of(until))}</p>
                    <form action="/do/task/undo" method="post">
                        {desk.hidden()}
                        <Button text="Undo this decision" secondary=true small=true />
                    </form>
                </div>
            }
            .into_any(),
        );
    }
    if thoughts.takes_back {
        return Some(
            view! {
                <div class="nhsuk-inset-text" id="take-back">
                    <p>"Nobody who decides on it has opened what you sent. Until somebody does, you can take it back, change it and send it again."</p>
                    <form action="/do/task/take-back" method="post">
                        {desk.hidden()}
                        <Button text="Take it back and change it" secondary=true small=true />
                    </form>
                </div>
            }
            .into_any(),
        );
    }
    // On the page with the form, and not on its steps.
    let here = thoughts.kept_back.is_some() && visitor::path() == desk.path();
    let back = kept_back(desk.record()).filter(|_| here)?;
    Some(view! { <p class="nhsuk-inset-text">{back}</p> }.into_any())
}

fn kept_back(record: &TaskRecord) -> Option<String> {
    let (round, _) = record.kept_back.as_ref()?;
    Some(format!(
        "Round {round} was taken back before anybody had opened it. Its words are in the form: change them and send them again."
    ))
}
