//! What a page says first: a problem, a refusal, or that something was done.

use leptos::prelude::*;

use crate::{
    base::said::{Banner, RefusedForm},
    design::{Hidden, TextArea},
};

/// The error summary, or for a refusal without wrong answers the same box with the reason. It takes focus. What is kept
/// without a heading is only to be looked at: nothing is said of it.
pub fn kept(kept: Option<&RefusedForm>) -> Option<AnyView> {
    let kept = kept.filter(|kept| !kept.heading.is_empty())?;
    let heading = kept.heading.clone();
    let links = kept
        .problems
        .iter()
        .map(|problem| {
            let (to, says) = (format!("#{}", problem.field), problem.says.clone());
            view! { <li><a href=to>{says}</a></li> }
        })
        .collect_view();
    let list = (!kept.problems.is_empty()).then(|| view! { <ul class="nhsuk-list nhsuk-error-summary__list">{links}</ul> });
    let detail = kept.detail.clone();
    Some(
        view! {
            <div class="nhsuk-error-summary" tabindex="-1" autofocus>
                <div role="alert">
                    <h2 class="nhsuk-error-summary__heading">{heading}</h2>
                    <div class="nhsuk-error-summary__body">
                        <p>{detail}</p>
                        {list}
                    </div>
                </div>
            </div>
        }
        .into_any(),
    )
}

/// Words that were typed into a form that the page does not show any more: nothing is lost.
pub fn kept_words(kept: Option<&RefusedForm>) -> Option<AnyView> {
    let kept = kept?;
    let words: Vec<String> = kept
        .typed
        .0
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "decision"))
        .flat_map(|(_, values)| values.clone())
        .filter(|v| v.contains(' ') || v.chars().count() > 20)
        .collect();
    if words.is_empty() {
        return None;
    }
    let text = words.join("\n\n");
    Some(
        view! {
            <div class="gpc-answer gpc-kept">
                <div class="gpc-verdict">
                    <label class="nhsuk-label nhsuk-label--s" for="kept-words">"Your words, not recorded"</label>
                    <TextArea id="kept-words" rows=6 described=None words=text />
                </div>
            </div>
        }
        .into_any(),
    )
}

/// Something was done: what, whose turn, by when.
pub fn banner(banner: Option<Banner>) -> Option<AnyView> {
    let Banner { heading, text, links, undo, .. } = banner?;
    let links =
        links.into_iter().map(|(to, words)| view! { <li><a class="nhsuk-notification-banner__link" href=to>{words}</a></li> });
    let links = links.collect::<Vec<_>>();
    Some(
        view! {
            <div class="nhsuk-notification-banner nhsuk-notification-banner--success" role="alert" tabindex="-1" autofocus aria-labelledby="done-title">
                <div class="nhsuk-notification-banner__header">
                    <h2 class="nhsuk-notification-banner__title" id="done-title">"Success"</h2>
                </div>
                <div class="nhsuk-notification-banner__content">
                    <p class="nhsuk-notification-banner__heading">{heading}</p>
                    {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
                    {undo.map(|(journey, task)| {
                        let values = vec![("journey", journey), ("task", task)];
                        view! {
                            <form action="/do/task/undo" method="post">
                                <Hidden values=values />
                                <button class="gpc-linkbutton">"Undo this decision"</button>
                            </form>
                        }
                    })}
                    {(!links.is_empty()).then(|| view! { <ul class="nhsuk-list">{links}</ul> })}
                </div>
            </div>
        }
        .into_any(),
    )
}
