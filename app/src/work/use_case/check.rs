//! Check your answers, then submit; and what the supplier sees after that.

use journey::{
    form::{Answers, Field},
    ledger::machine::Verb,
    rule::answering,
    view::turns,
};
use leptos::prelude::*;

use crate::{
    act::sent,
    base::{dates, halt::Halt, paths, words::counted},
    design::{Button, SummaryRow},
    desk::{context::TaskContext, drafts, frame::framed},
};

/// `…/describe-use-case/check`
///
/// # Errors
/// When the draft cannot be read.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let draft = drafts::load(desk, "answers").await?;
    let Some(answers) = draft.answers.clone().filter(|_| desk.may(Verb::Submit)) else {
        return Err(Halt::Elsewhere(desk.path()));
    };
    let form = answering::asked(desk.journey(), desk.spec);
    let incomplete = form.check(&answers).is_err();
    let answers = dates::in_answers(&form, &answers);
    // In a later round, what is not as it was sent before: that is what is read first.
    let before = desk.sent.last().map(sent::answers_of).transpose()?.map(|before| dates::in_answers(&form, &before));
    // As they are read: a question left empty and one that was not asked before say the same.
    let words = |field: &Field, from: &Answers| form.in_words(&field.id, from);
    let differs = |field: &Field| before.as_ref().is_some_and(|before| words(field, before) != words(field, &answers));
    let changed = form.fields.iter().filter(|field| differs(field)).count();
    let told = before.as_ref().map(|_| match changed {
        0 => "No answer has changed since the last round.".to_owned(),
        _ => format!(
            "{} since the last round. NHS England reads what has changed and keeps its verdict on the rest.",
            counted(changed, "change")
        ),
    });
    let rows = form
        .fields
        .iter()
        .map(|field| {
            let mark = if differs(field) { "Changed" } else { "" };
            let change = format!("{}#{}", desk.path(), field.id);
            view! { <SummaryRow key=field.label.clone() value=form.in_words(&field.id, &answers) change=change mark=mark /> }
        })
        .collect_view();
    let reviewer = desk.journey().process.reviewer_of(&desk.spec.id);
    let target = reviewer
        .and_then(|review| review.target)
        .filter(|target| target.working_days().is_some())
        .map_or_else(String::new, |target| format!(" They aim to answer within {}.", target.in_words()));
    let middle = view! {
        {told.map(|text| view! { <p>{text}</p> })}
        <dl class="nhsuk-summary-list">{rows}</dl>
        {incomplete
            .then(|| view! { <div class="nhsuk-inset-text"><p>"Some answers still need a change. You see which ones when you submit."</p></div> })}
        <h2 class="nhsuk-heading-m">"Submit to NHS England"</h2>
        <p>{format!("The programme lead reads it and approves it, asks for changes, or refuses it.{target} You can take it back until one of them opens it.")}</p>
        <form action="/do/use-case/submit" method="post">
            {desk.hidden()}
            {draft.hidden("answers")}
            <div class="nhsuk-button-group">
                <Button text="Submit to NHS England" />
                <a class="nhsuk-button nhsuk-button--secondary" role="button" draggable="false" href=desk.path()>"Go back and change it"</a>
            </div>
        </form>
        <p class="gpc-saved">{draft.says.clone()}</p>
    }
    .into_any();
    Ok(framed(desk, "Check your answers".to_owned(), String::new(), middle))
}

/// `…/describe-use-case/sent`
pub fn sent(desk: &TaskContext) -> AnyView {
    let journey = desk.journey();
    let reference = journey.reference.to_string();
    let round = desk.record().round;
    let due = journey
        .process
        .reviewer_of(&desk.spec.id)
        .and_then(|spec| turns::turns_on(journey, spec, &journey.standing(&spec.id)).into_iter().find_map(|turn| turn.due));
    let by = due.map_or_else(
        || "NHS England reads it.".to_owned(),
        |due| format!("NHS England reads it. Expect an answer by {}.", dates::date(due)),
    );
    let middle = view! {
        <div class="nhsuk-panel">
            <h2 class="nhsuk-panel__heading">{format!("Use case, round {round}, submitted")}</h2>
            <div class="nhsuk-panel__body">"Your reference" <br /> <strong>{reference.clone()}</strong></div>
        </div>
        <h2 class="nhsuk-heading-m">"What happens next"</h2>
        <ol class="nhsuk-list nhsuk-list--number">
            <li>{by}</li>
            <li>"If they need more, it comes back to you with findings. Your other answers stay accepted."</li>
            <li>"You get an email with the answer. We have emailed you a receipt."</li>
        </ol>
        <p><a href=paths::journey(&reference)>"Go to the journey"</a></p>
    }
    .into_any();
    framed(desk, "Use case submitted".to_owned(), String::new(), middle)
}
