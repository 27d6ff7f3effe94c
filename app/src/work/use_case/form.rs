//! The questions of the use case, with what was written before and what NHS England said of it.

use journey::{
    base::ids::FieldId,
    form::Answers,
    ledger::{machine::Verb, standing::State},
    rule::answering,
    task::forms,
};
use leptos::prelude::*;

use crate::{
    act::sent,
    base::halt::Halt,
    design::{Button, Details, ask, say},
    desk::{
        context::TaskContext,
        drafts,
        frame::{framed, gate, help, reopened, returned},
        parts::{more, summary},
        replies,
    },
    islands::autosave::autosaved,
};

/// The page of `describe-use-case`.
///
/// # Errors
/// When the draft or a submission cannot be read.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let form = answering::asked(desk.journey(), desk.spec);
    let label_of = |id: &FieldId| form.field(id.as_str()).map(|f| f.label.clone()).unwrap_or_default();
    let middle = if desk.may(Verb::Submit) {
        let draft = drafts::load(desk, "answers").await?;
        let last = desk.sent.last().map(sent::answers_of).transpose()?.map(answering::without_replies);
        let back = desk.second_thoughts.kept_back.as_ref().map(sent::answers_of).transpose()?;
        let before =
            draft.answers.clone().or(back).or(last).unwrap_or_else(|| forms::beforehand(desk.spec, &desk.journey().opening));
        let answers = desk.context.typed_or(before);
        view! {
            {help(desk)}
            {reopened(desk)}
            {returned(desk, label_of)}
            {draft.beside(&form, desk.context.kept.as_ref())}
            {replies::view(desk)}
            <form action="/do/use-case/continue" method="post" id="answers" novalidate>
                {desk.hidden()}
                {draft.hidden("answers")}
                {questions(desk, &form, &answers)}
                {example()}
                <div class="nhsuk-button-group">
                    <Button text="Continue" />
                    <Button text="Save and come back later" secondary=true action="/do/draft/keep" />
                </div>
                {autosaved(&draft.says)}
            </form>
            {more(desk)}
        }
        .into_any()
    } else {
        let sent = desk.sent.last().map(sent::answers_of).transpose()?;
        let sent = sent.map(|answers| {
            let opening = &desk.journey().opening;
            summary(&answering::sent(desk.spec, opening, &answers), &answers)
        });
        view! {
            {help(desk)}
            {gate(desk)}
            {returned(desk, label_of)}
            {replies::view(desk)}
            {say::kept_words(desk.context.kept.as_ref())}
            {sent}
            {more(desk)}
        }
        .into_any()
    };
    Ok(framed(desk, desk.spec.label.clone(), String::new(), middle))
}

/// Every question, with the finding on it just above.
fn questions(desk: &TaskContext, form: &journey::form::Form, answers: &Answers) -> AnyView {
    let record = desk.record();
    let reviewer = desk.journey().process.reviewer_of(&desk.spec.id);
    let verdict = |field: &FieldId| reviewer.and_then(|spec| desk.journey().task(&spec.id).verdicts.last(field));
    let came_back = matches!(record.state, State::Returned { .. });
    form.fields
        .iter()
        .map(|field| {
            let finding = verdict(&field.id).filter(|_| came_back).and_then(|v| v.finding.clone());
            let accepted = came_back && verdict(&field.id).is_some_and(|v| v.finding.is_none());
            let mut asked = field.clone();
            if accepted {
                asked.hint.push_str(" Accepted: it stays accepted unless you change it.");
            }
            view! {
                {finding.map(|words| view! { <div class="gpc-finding gpc-finding--above"><p><b>"Change requested: "</b>{words}</p></div> })}
                {ask::question(&asked, answers, desk.context.kept.as_ref(), &ask::Look::default())}
            }
        })
        .collect_view()
        .into_any()
}

fn example() -> AnyView {
    view! {
        <Details summary="Example of a good answer about direct care" body=view! { <p>
                    "The ward pharmacist compares the medicines the patient brings with the current medicines of the GP record, and decides what to "
                    "prescribe on admission. Nothing is used for reports or research."
                </p> }.into_any() />
    }
    .into_any()
}
