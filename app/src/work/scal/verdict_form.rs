//! The form for the verdict on one row, with the phrase book of its team.

use journey::{base::actor::Role, form::Answers, port::scal::Phrase, rule::review, scal::verdicts};
use leptos::prelude::*;

use crate::{
    design::{Button, Hidden, ask},
    desk::{context::TaskContext, drafts},
    islands::autosave::autosaved,
    work::scal::bench::{Judged, ReviewContext},
};

/// The team that the forms of the bench are for, as their hidden field says it.
#[must_use]
pub fn for_team(role: Role) -> (&'static str, String) {
    ("role", role.name().to_owned())
}

/// Verdict, words, and phrases.
pub(super) fn verdict_form(
    desk: &TaskContext,
    bench: &ReviewContext,
    judged: &Judged,
    query: &str,
    phrases: &[Phrase],
    role: Role,
) -> AnyView {
    let row = judged.row;
    let kept = desk.context.kept.as_ref();
    let typed = kept.map_or(&bench.typed, |kept| &kept.typed);
    let (verdict, finding) = (review::verdict_of(&row.field), review::finding_of(&row.field));
    let problem = kept.and_then(|kept| kept.problem(&finding));
    let own = bench.draft(&row.field).is_some_and(|draft| draft.by == desk.visitor.actor.person);
    // Somebody was faster, a colleague or another window: what they saved, beside what was typed.
    let faster = kept.filter(|kept| kept.problems.is_empty() && bench.draft(&row.field).is_some()).and_then(|kept| {
        let words = |from: &Answers| drafts::verdict_in_words(&row.field, from);
        drafts::beside(own, vec![(String::new(), words(&bench.typed), words(&kept.typed))])
    });
    let option = |value: &'static str, label: &'static str| {
        let key = (value == "change").then_some("c");
        let then = key.map(|_| finding.clone());
        let id = if value == "accept" { verdict.clone() } else { format!("{verdict}-{value}") };
        let checked = typed.one(&verdict) == value;
        view! {
            <div class="nhsuk-radios__item">
                <input class="nhsuk-radios__input" id=id.clone() name=format!("answers[{verdict}][]") type="radio" value=value checked=checked data-key=key data-then=then />
                <label class="nhsuk-label nhsuk-radios__label" for=id>{label}</label>
            </div>
        }
    };
    let refuse = if role == Role::TechnicalArchitect { "Refuse the justification" } else { "Request a change" };
    // Those of the words of this row first, then what is used most.
    let phrases = phrases
        .iter()
        .take(8)
        .map(|phrase| {
            let used = if phrase.used == 1 { "used once".to_owned() } else { format!("used {} times", phrase.used) };
            view! {
                <li>
                    <button class="gpc-linkbutton" name="phrase" value=phrase.id.clone() formnovalidate>{phrase.words.clone()}</button>
                    " "<span class="gpc-meta">{used}</span>
                </li>
            }
        })
        .collect_view();
    let none = phrases.is_empty();
    let values = vec![
        ("subject", verdicts::subject_of(&row.field)),
        ("version", bench.version(&row.field).to_string()),
        ("row", row.field.to_string()),
        ("filter", query.to_owned()),
        for_team(role),
    ];
    view! {
        {faster}
        <form action="/do/scal/judge" method="post" id="verdict" novalidate>
            {desk.hidden()}
            <Hidden values=values />
            // Enter on one of the choices presses the first button of the form: it saves what was chosen.
            <button type="submit" name="then" value="next" hidden></button>
            <button class="nhsuk-button" type="submit" name="then" value="accept" data-key="a">"Accept and open the next"</button>
            <div class="nhsuk-form-group">
                <fieldset class="nhsuk-fieldset">
                    <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">"Verdict"</legend>
                    <div class="nhsuk-radios nhsuk-radios--small">
                        {option("accept", "Accept")}
                        {option("condition", "Accept with a condition")}
                        {option("change", refuse)}
                    </div>
                </fieldset>
            </div>
            {ask::words(&finding, &format!("answers[{finding}][]"), "Finding or condition", "Needed unless you accept. The supplier reads these words. A condition is printed on the certificate, which anybody can read.", typed.one(&finding), problem, 3)}
            <div class="nhsuk-button-group">
                <button class="nhsuk-button nhsuk-button--secondary" type="submit" name="then" value="next" data-key="Ctrl+Enter">"Save and next"</button>
                <Button text="Save" secondary=true name="then" value="stay" />
            </div>
            {autosaved("")}
            <h3>"Phrase book"</h3>
            {if none {
                view! { <p class="gpc-meta">"Nothing yet. What your team writes often can be kept here."</p> }.into_any()
            } else {
                view! { <ul class="nhsuk-list">{phrases}</ul> }.into_any()
            }}
            <button class="gpc-linkbutton" name="then" value="phrase" formnovalidate>"Add the words above to the phrase book"</button>
        </form>
    }
    .into_any()
}
