//! What the form of a task begins with: what is kept as a draft, else what was sent last, else what is known beforehand.

use journey::{
    form::Answers,
    plan::process::Page,
    rule::{answering, members},
    task::forms,
};

use crate::{
    act::sent,
    base::halt::Halt,
    desk::{context::TaskContext, drafts::Drafted},
};

/// The answers that somebody goes on with, given the draft of the task.
///
/// # Errors
/// When what was sent cannot be read.
pub fn answers(desk: &TaskContext, draft: &Drafted) -> Result<Answers, Halt> {
    if let Some(answers) = &draft.answers {
        return Ok(answers.clone());
    }
    if let Some(back) = &desk.second_thoughts.kept_back {
        return sent::answers_of(back);
    }
    let last = desk.sent.last().map(sent::answers_of).transpose()?.map(answering::without_replies);
    // What is chosen now may be what the assurance team has corrected.
    let last = last.filter(|_| desk.spec.page != Page::Capabilities);
    let opening = &desk.journey().opening;
    Ok(last.unwrap_or_else(|| members::beforehand(desk.journey(), desk.spec, forms::beforehand(desk.spec, opening))))
}
