//! Questions on a page: label, help, message, field, as the rules define them in `journey::form`.

use jiff::civil::Date;
use journey::form::{Answers, Field, FileRef, Kind};
use leptos::prelude::*;

use crate::{
    base::said::RefusedForm,
    design::{Details, TextArea, group_class},
};

/// How a question is drawn.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Sent as `answers[id][]` when empty, otherwise under this plain name.
    pub name: String,
    /// Rows of a text area; 5 when 0.
    pub rows: u32,
    /// What the browser may fill in, such as `email`.
    pub autocomplete: &'static str,
}

/// A question with what was typed before and what was wrong with it.
pub fn question(field: &Field, answers: &Answers, kept: Option<&RefusedForm>, look: &Look) -> AnyView {
    let id = field.id.to_string();
    let name = if look.name.is_empty() { format!("answers[{id}][]") } else { look.name.clone() };
    let problem = kept.and_then(|kept| kept.problem(&id));
    let chosen = answers.many(&id).to_vec();
    match &field.kind {
        Kind::Choice(options) => options_view(field, &name, options, &chosen, problem, false),
        Kind::Choices(options) => options_view(field, &name, options, &chosen, problem, true),
        Kind::Pick(options) => {
            let options = options
                .iter()
                .map(|(value, label, _)| {
                    let selected = chosen.first().is_some_and(|c| c == value);
                    view! { <option value=*value selected=selected>{*label}</option> }
                })
                .collect_view();
            let described = described_by(&id, !field.hint.is_empty(), problem.is_some(), false);
            group(
                field,
                problem,
                view! { <select class="nhsuk-select" id=id name=name aria-describedby=described>{options}</select> }.into_any(),
            )
        }
        Kind::Words { .. } | Kind::Organisations { .. } | Kind::Waves { .. } | Kind::Links { .. } => {
            let value = answers.one(&id).to_owned();
            let described = described_by(&id, !field.hint.is_empty(), problem.is_some(), true);
            let max = field.limit().unwrap_or(journey::form::LONGEST);
            let over = value.chars().count().saturating_sub(max);
            let limit = if over > 0 {
                format!("You have {over} characters too many. The limit is {max}.")
            } else {
                format!("You can enter up to {max} characters")
            };
            let wrong = problem.is_some();
            group(
                field,
                problem,
                view! {
                    <TextArea
                        id=id.clone()
                        name=name
                        rows=if look.rows == 0 { 5 } else { look.rows }
                        described=described
                        wrong=wrong
                        words=value
                    />
                    <div class="nhsuk-hint nhsuk-character-count__message" id=format!("{id}-limit") data-max=max.to_string()>{limit}</div>
                }
                .into_any(),
            )
        }
        Kind::Files { .. } => files(field, &name, &chosen, problem),
        Kind::Line { .. } | Kind::Email | Kind::OdsCode | Kind::Day | Kind::Figure { .. } => {
            let value = answers.one(&id).to_owned();
            // A day that was taken comes back as the help says that days are written.
            let value = match (&field.kind, value.parse::<Date>()) {
                (Kind::Day, Ok(day)) => format!("{} {} {}", day.day(), day.month(), day.year()),
                _ => value,
            };
            let described = described_by(&id, !field.hint.is_empty(), problem.is_some(), false);
            let mut class = "nhsuk-input".to_owned();
            if problem.is_some() {
                class.push_str(" nhsuk-input--error");
            }
            if matches!(field.kind, Kind::OdsCode | Kind::Day) {
                class.push_str(" nhsuk-input--width-10");
            }
            if matches!(field.kind, Kind::Figure { .. }) {
                class.push_str(" nhsuk-input--width-5");
            }
            let kind = if matches!(field.kind, Kind::Email) { "email" } else { "text" };
            let autocomplete = (!look.autocomplete.is_empty()).then_some(look.autocomplete);
            group(
                field,
                problem,
                view! {
                    <input class=class id=id type=kind name=name value=value autocomplete=autocomplete aria-describedby=described spellcheck=(kind == "email").then_some("false") />
                }
                .into_any(),
            )
        }
    }
}

/// The files that were added so far, each with a way to take it out, and the way to add more. Both buttons send the whole
/// form, so that the other words are kept.
fn files(field: &Field, name: &str, chosen: &[String], problem: Option<String>) -> AnyView {
    let id = field.id.to_string();
    let items = chosen
        .iter()
        .filter_map(|value| FileRef::parse(value))
        .map(|file| {
            let value = file.to_string();
            view! {
                <li>
                    {crate::design::file_link(&value)}
                    <input type="hidden" name=name.to_owned() value=value.clone() />
                    " "
                    <button class="gpc-linkbutton" formaction="/do/files/remove" name="remove" value=value formnovalidate>
                        "Remove"<span class="nhsuk-u-visually-hidden">{format!(" {}", file.name)}</span>
                    </button>
                </li>
            }
        })
        .collect_view();
    let described = described_by(&id, !field.hint.is_empty(), problem.is_some(), true);
    let limit = crate::request::services::services().map(|known| format!("Each file up to {} MB.", known.longest_file_mb));
    let label = field.label.clone();
    // A page may ask for files twice: each button says for which question.
    let which = format!(" the chosen files: {label}");
    group(
        field,
        problem,
        view! {
            {(!chosen.is_empty()).then(|| view! { <ul class="nhsuk-list gpc-files" aria-label=format!("{label}, added")>{items}</ul> })}
            <div class="gpc-upload">
                <input class="nhsuk-file-upload" id=id.clone() type="file" name=format!("file[{id}][]") multiple=true aria-describedby=described />
                <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" formaction="/do/files/add" formenctype="multipart/form-data" formnovalidate>
                    "Upload"<span class="nhsuk-u-visually-hidden">{which}</span>
                </button>
            </div>
            <div class="nhsuk-hint" id=format!("{id}-limit")>{limit.unwrap_or_default()}</div>
        }
        .into_any(),
    )
}

/// Every question of a form. Those that are usually left as they are stand folded below the one before them.
pub fn questions(form: &journey::form::Form, answers: &Answers, kept: Option<&RefusedForm>) -> Vec<AnyView> {
    let draw = |field: &Field| question(field, answers, kept, &Look::default());
    let mut views = Vec::new();
    let mut rest = form.fields.as_slice();
    while let Some((field, after)) = rest.split_first() {
        if !matches!(field.kind, Kind::Pick(_)) {
            views.push(draw(field));
            rest = after;
            continue;
        }
        let picks = rest.iter().take_while(|f| matches!(f.kind, Kind::Pick(_))).count();
        let folded: Vec<AnyView> = rest[..picks].iter().map(draw).collect();
        rest = &rest[picks..];
        views.push(
            view! {
                <Details summary="Choose versions of the specifications" body=view! { <p>"The newest version is chosen unless you pick another one. Versions matter only for what you selected above."</p>
                        {folded} }.into_any() />
            }
            .into_any(),
        );
    }
    views
}

fn described_by(id: &str, hint: bool, problem: bool, limit: bool) -> Option<String> {
    let parts = [(hint, "hint"), (problem, "error"), (limit, "limit")];
    let ids: Vec<String> = parts.iter().filter(|(on, _)| *on).map(|(_, part)| format!("{id}-{part}")).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn group(field: &Field, problem: Option<String>, input: AnyView) -> AnyView {
    let id = field.id.to_string();
    let class = group_class(problem.is_some());
    view! {
        <div class=class>
            <label class="nhsuk-label nhsuk-label--s" for=id.clone()>{field.label.clone()}</label>
            {hint(&id, &field.hint)}
            {message(&id, problem)}
            {input}
        </div>
    }
    .into_any()
}

fn hint(id: &str, words: &str) -> Option<AnyView> {
    let (id, words) = (format!("{id}-hint"), words.to_owned());
    (!words.is_empty()).then(|| view! { <div class="nhsuk-hint" id=id>{words}</div> }.into_any())
}

/// The message of one question.
pub fn message(id: &str, problem: Option<String>) -> Option<AnyView> {
    let id = format!("{id}-error");
    problem.map(|says| {
        view! {
            <span class="nhsuk-error-message" id=id>
                <span class="nhsuk-u-visually-hidden">"Error: "</span>
                {says}
            </span>
        }
        .into_any()
    })
}

fn options_view(
    field: &Field,
    name: &str,
    options: &[journey::form::Choice],
    chosen: &[String],
    problem: Option<String>,
    many: bool,
) -> AnyView {
    let id = field.id.to_string();
    let described = described_by(&id, !field.hint.is_empty(), problem.is_some(), false);
    let class = group_class(problem.is_some());
    let (outer, prefix, kind) =
        if many { ("nhsuk-checkboxes", "nhsuk-checkboxes", "checkbox") } else { ("nhsuk-radios", "nhsuk-radios", "radio") };
    // Short answers without explanations stand side by side.
    let inline = !many && options.len() == 2 && options.iter().all(|o| o.1.len() <= 8);
    let outer = if inline { format!("{outer} nhsuk-radios--inline") } else { outer.to_owned() };
    let items = options
        .iter()
        .enumerate()
        .map(|(place, (value, label, about))| {
            // The summary links to the first option.
            let option_id = if place == 0 { id.clone() } else { format!("{id}-{value}") };
            let about_id = format!("{option_id}-about");
            let described = (!about.is_empty()).then(|| about_id.clone());
            let (value, label, about) = ((*value).to_owned(), (*label).to_owned(), (*about).to_owned());
            let checked = chosen.contains(&value);
            view! {
                <div class=format!("{prefix}__item")>
                    <input
                        class=format!("{prefix}__input")
                        id=option_id.clone()
                        name=name.to_owned()
                        type=kind
                        value=value
                        checked=checked
                        aria-describedby=described
                    />
                    <label class=format!("nhsuk-label {prefix}__label") for=option_id>{label}</label>
                    {(!about.is_empty()).then(|| view! { <div class=format!("nhsuk-hint {prefix}__hint") id=about_id>{about}</div> })}
                </div>
            }
        })
        .collect_view();
    view! {
        <div class=class>
            <fieldset class="nhsuk-fieldset" aria-describedby=described>
                <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">{field.label.clone()}</legend>
                {hint(&id, &field.hint)}
                {message(&id, problem)}
                <div class=outer>{items}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// A password, never shown again.
pub fn password(id: &'static str, label: &str, help: &str, autocomplete: &'static str, kept: Option<&RefusedForm>) -> AnyView {
    let problem = kept.and_then(|kept| kept.problem(id));
    let class = group_class(problem.is_some());
    let described = described_by(id, !help.is_empty(), problem.is_some(), false);
    let input = if problem.is_some() {
        "nhsuk-input nhsuk-input--error nhsuk-input--width-20"
    } else {
        "nhsuk-input nhsuk-input--width-20"
    };
    view! {
        <div class=class>
            <label class="nhsuk-label nhsuk-label--s" for=id>{label.to_owned()}</label>
            {hint(id, help)}
            {message(id, problem)}
            <input class=input id=id name=id type="password" autocomplete=autocomplete spellcheck="false" aria-describedby=described />
        </div>
    }
    .into_any()
}

/// A field for a code, the digits of an app or a recovery code.
pub fn code(id: &'static str, label: &'static str, help: &str, kept: Option<&RefusedForm>) -> AnyView {
    let problem = kept.and_then(|kept| kept.problem(id));
    let (class, wrong) = (group_class(problem.is_some()), problem.is_some());
    let described = described_by(id, true, wrong, false);
    let width = if id == "code" { "nhsuk-input--width-5" } else { "nhsuk-input--width-20" };
    let input = if wrong { format!("nhsuk-input nhsuk-input--error {width}") } else { format!("nhsuk-input {width}") };
    let (keys, fills) = if id == "code" { ("numeric", "one-time-code") } else { ("text", "off") };
    view! {
        <div class=class>
            <label class="nhsuk-label nhsuk-label--s" for=id>{label}</label>
            {hint(id, help)}
            {message(id, problem)}
            <input class=input id=id name=id type="text" inputmode=keys autocomplete=fills spellcheck="false" aria-describedby=described />
        </div>
    }
    .into_any()
}

/// A short text of words that come with a decision, sent under a plain name.
pub fn words(id: &str, name: &str, label: &str, help: &str, value: &str, problem: Option<String>, rows: u32) -> AnyView {
    let class = group_class(problem.is_some());
    let wrong = problem.is_some();
    let described = described_by(id, !help.is_empty(), wrong, false);
    let (id, name, value) = (id.to_owned(), name.to_owned(), value.to_owned());
    view! {
        <div class=class>
            <label class="nhsuk-label nhsuk-label--s" for=id.clone()>{label.to_owned()}</label>
            {hint(&id, help)}
            {message(&id, problem)}
            <TextArea id=id.clone() name=name rows=rows described=described wrong=wrong words=value />
        </div>
    }
    .into_any()
}
