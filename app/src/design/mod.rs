//! The NHS.UK design system as components: markup as `nhsuk-frontend` documents it, classes from its style sheet, and
//! our few additions (`gpc-`). Nothing here loads data or knows a rule.

pub mod ask;
mod grid;
pub mod markup;
pub mod say;

use journey::{
    form::{Against, Answers, Field, FileRef, Form, Kind},
    ledger::standing::Standing,
};
use leptos::prelude::*;

use crate::base::dates;

pub use grid::{Column, Columns, Grid};

/// The title line of a page: an optional line above, the heading, and a line of facts below.
#[component]
pub fn Title(
    /// Above the heading, smaller: what the page belongs to.
    #[prop(optional, into)]
    above: String,
    /// The heading.
    #[prop(into)]
    text: String,
    /// Facts below.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="gpc-title">
            <h1 class="nhsuk-heading-l">
                {(!above.is_empty()).then(|| view! { <span class="nhsuk-caption-l">{above}<span class="nhsuk-u-visually-hidden">": "</span></span> })}
                {text}
            </h1>
            {children.map(|children| view! { <p class="gpc-meta">{children()}</p> })}
        </div>
    }
}

/// The way back up: (path, words), the page itself last without a link.
#[component]
pub fn Crumbs(
    /// From the top.
    links: Vec<(String, String)>,
) -> impl IntoView {
    let last = links.last().cloned();
    view! {
        <nav class="nhsuk-breadcrumb" aria-label="Breadcrumb">
            <ol class="nhsuk-breadcrumb__list">
                {links
                    .into_iter()
                    .map(|(to, text)| {
                        view! {
                            <li class="nhsuk-breadcrumb__list-item">
                                <a class="nhsuk-breadcrumb__link" href=to>{text}</a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
            {last
                .map(|(to, text)| {
                    view! {
                        <a class="nhsuk-back-link" href=to>
                            <span class="nhsuk-u-visually-hidden">"Back to "</span>
                            {text}
                        </a>
                    }
                })}
        </nav>
    }
}

/// What opens when its line is clicked.
#[component]
pub fn Details(
    /// The line that is always seen.
    #[prop(into)]
    summary: String,
    /// What opens.
    body: AnyView,
    /// Open from the beginning: there is something to mend inside.
    #[prop(optional)]
    open: bool,
    /// A class of ours beside.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = ["nhsuk-details", class].join(" ");
    view! {
        <details class=class.trim_end().to_owned() open=open>
            <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{summary}</span></summary>
            <div class="nhsuk-details__text">{body}</div>
        </details>
    }
}

/// "Back to …".
#[component]
pub fn Back(
    /// Where.
    #[prop(into)]
    to: String,
    /// In words, starting with "Back".
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <a class="nhsuk-back-link" href=to>{text}</a> }
}

/// The word for a standing, with its constant look (reference/pages/notes.md §2).
#[component]
pub fn StandingTag(
    /// Which.
    standing: Standing,
) -> impl IntoView {
    let class = match standing {
        Standing::NotNeeded { .. } | Standing::Locked { .. } => {
            "nhsuk-tag nhsuk-tag--no-colour nhsuk-tag--no-border nhsuk-u-font-weight-normal nhsuk-u-secondary-text-colour"
        }
        Standing::Settled => "nhsuk-tag nhsuk-tag--no-colour nhsuk-tag--no-border nhsuk-u-font-weight-normal",
        Standing::Ready | Standing::Draft => "nhsuk-tag nhsuk-tag--blue",
        Standing::Submitted => "nhsuk-tag nhsuk-tag--white",
        Standing::Returned => "nhsuk-tag nhsuk-tag--orange",
        Standing::CheckAgain { .. } => "nhsuk-tag nhsuk-tag--yellow",
    };
    view! { <strong class=class>{standing.word()}</strong> }
}

/// A verb in the person's words.
#[component]
pub fn Button(
    /// The words.
    #[prop(into)]
    text: String,
    /// Blue outline instead of green.
    #[prop(optional)]
    secondary: bool,
    /// Red: ends or refuses something.
    #[prop(optional)]
    warning: bool,
    /// Smaller, for dense tables.
    #[prop(optional)]
    small: bool,
    /// Name of the value sent, when a form has several buttons.
    #[prop(optional, into)]
    name: String,
    /// The value sent.
    #[prop(optional, into)]
    value: String,
    /// Another address than the form's.
    #[prop(optional, into)]
    action: String,
) -> impl IntoView {
    let mut class = String::from("nhsuk-button");
    for (on, more) in
        [(secondary, " nhsuk-button--secondary"), (warning, " nhsuk-button--warning"), (small, " nhsuk-button--small")]
    {
        if on {
            class.push_str(more);
        }
    }
    let some = |text: String| (!text.is_empty()).then_some(text);
    view! {
        <button class=class type="submit" name=some(name) value=some(value) formaction=some(action)>
            {text}
        </button>
    }
}

/// A link that looks like a button: it leads to the next thing to do, it changes nothing.
#[component]
pub fn ButtonLink(
    /// Where.
    #[prop(into)]
    to: String,
    /// The words.
    #[prop(into)]
    text: String,
    /// Blue outline instead of green.
    #[prop(optional)]
    secondary: bool,
) -> impl IntoView {
    let class = if secondary { "nhsuk-button nhsuk-button--secondary" } else { "nhsuk-button" };
    view! { <a class=class role="button" draggable="false" href=to>{text}</a> }
}

/// A row of a summary list, with a link to change it.
#[component]
pub fn SummaryRow(
    /// What it is.
    #[prop(into)]
    key: String,
    /// The answer; line ends are kept.
    #[prop(into)]
    value: String,
    /// Where it is changed; empty for nowhere.
    #[prop(optional, into)]
    change: String,
    /// A word about the answer, such as "Changed"; empty for none.
    #[prop(optional, into)]
    mark: String,
) -> impl IntoView {
    let empty = value.is_empty();
    let hidden = key.clone();
    view! {
        <div class="nhsuk-summary-list__row">
            <dt class="nhsuk-summary-list__key">{key}</dt>
            <dd class="nhsuk-summary-list__value gpc-lines">
                {(!mark.is_empty()).then(|| view! { <strong class="nhsuk-tag nhsuk-tag--blue">{mark}</strong> "\n" })}
                {if empty { "Not given".to_owned() } else { value }}
            </dd>
            {(!change.is_empty())
                .then(|| {
                    view! {
                        <dd class="nhsuk-summary-list__actions">
                            <a href=change>
                                "Change"<span class="nhsuk-u-visually-hidden">{format!(" {hidden}")}</span>
                            </a>
                        </dd>
                    }
                })}
        </div>
    }
}

/// A file of an answer as a link that hands it out. The page's own address says which task it belongs to.
pub fn file_link(value: &str) -> AnyView {
    let Some(file) = FileRef::parse(value) else { return value.to_owned().into_any() };
    let path = crate::request::visitor::path();
    let mut parts = path.split('/').skip(1);
    let (journey, task) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("journeys"), Some(journey), Some("tasks"), Some(task)) => (journey.to_owned(), task.to_owned()),
        _ => return file.name.into_any(),
    };
    let to = format!("/files/{}?journey={journey}&task={task}", file.digest);
    let show = looks_shown(&file.name).then(|| {
        let to = format!("{to}&show=1");
        view! { " "<a class="gpc-meta" href=to target="_blank">"Preview"<span class="nhsuk-u-visually-hidden">{format!(" {} (opens in a new tab)", file.name)}</span></a> }
    });
    view! { <a href=to download>{file.name.clone()}</a>{show} }.into_any()
}

/// Whether a file of this name is likely to be of a kind that is shown; the server decides by its bytes.
fn looks_shown(name: &str) -> bool {
    ends_in(name, PICTURES) || ends_in(name, &["pdf", "txt", "log", "csv", "json", "xml", "md"])
}

const PICTURES: &[&str] = &["png", "jpg", "jpeg", "gif", "webp"];

fn ends_in(name: &str, kinds: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| kinds.contains(&end.to_lowercase().as_str()))
}

/// A picture that was added to a task, shown on the page itself; nothing for any other file.
pub fn picture(file: &FileRef, journey: &journey::base::ids::JourneyRef, task: &journey::base::ids::TaskId) -> Option<AnyView> {
    let to = format!("/files/{}?journey={journey}&task={task}&show=1", file.digest);
    ends_in(&file.name, PICTURES)
        .then(|| view! { <p><img class="gpc-picture" src=to alt=format!("Preview of {}", file.name) /></p> }.into_any())
}

/// How a figure stands against its limits, in a word with a colour.
pub fn against(how: Against) -> AnyView {
    let (class, word) = match how {
        Against::Target => ("nhsuk-tag nhsuk-tag--green", "As it should be"),
        Against::Limit => ("nhsuk-tag nhsuk-tag--yellow", "Within the limit"),
        Against::Missed => ("nhsuk-tag nhsuk-tag--red", "Limit missed"),
    };
    view! { <strong class=class>{word}</strong> }.into_any()
}

/// An answer: words, or files as links.
pub fn answer_view(form: &Form, field: &Field, answers: &Answers) -> AnyView {
    match field.kind {
        Kind::Files { .. } => {
            let items = answers.many(field.id.as_str()).iter().map(|value| view! { <li>{file_link(value)}</li> }).collect_view();
            view! { <ul class="nhsuk-list">{items}</ul> }.into_any()
        }
        Kind::Links { .. } => {
            let items = answers.one(field.id.as_str()).lines().map(link_out).collect_view();
            view! { <ul class="nhsuk-list">{items}</ul> }.into_any()
        }
        Kind::Day => form.in_words(&field.id, &dates::in_answers(form, answers)).into_any(),
        _ => form.in_words(&field.id, answers).into_any(),
    }
}

/// A page that somebody named: opened beside ours, told nothing of it.
pub fn link_out(link: &str) -> AnyView {
    view! { <li><a href=link.to_owned() target="_blank" rel="noopener noreferrer nofollow">{link.to_owned()}<span class="nhsuk-u-visually-hidden">" (opens in a new tab)"</span></a></li> }
        .into_any()
}

/// A part of a page that is kept true while the page is open (`islands::live`). It holds no island.
pub fn kept_true(name: &'static str, part: AnyView) -> AnyView {
    view! { <div data-live=name>{part}</div> }.into_any()
}

/// Listens for changes of a journey. One on a page; `islands::Wake` goes with it.
pub fn live_on(journey: &journey::base::ids::JourneyRef) -> AnyView {
    crate::islands::live::live_at(&format!("/live/journeys/{journey}"))
}

/// Hidden values of a form.
#[component]
pub fn Hidden(
    /// Name and value.
    values: Vec<(&'static str, String)>,
) -> impl IntoView {
    values.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
}

/// The class of a question with its answer; `wrong` when something is said about the answer.
#[must_use]
pub fn group_class(wrong: bool) -> &'static str {
    if wrong { "nhsuk-form-group nhsuk-form-group--error" } else { "nhsuk-form-group" }
}

/// A text area with words in it. It is the only one, because the framework leaves it to us to escape what stands inside.
#[component]
pub fn TextArea(
    /// Its id, which its label names.
    #[prop(into)]
    id: String,
    /// The name under which it is sent. Without one the words are shown and cannot be changed.
    #[prop(optional, into)]
    name: String,
    /// Lines that are seen at once.
    rows: u32,
    /// The ids of what describes it.
    described: Option<String>,
    /// Whether something is wrong with the words.
    #[prop(optional)]
    wrong: bool,
    /// The words.
    words: String,
) -> impl IntoView {
    let class = if wrong { "nhsuk-textarea nhsuk-textarea--error" } else { "nhsuk-textarea" };
    let readonly = name.is_empty();
    let name = (!readonly).then_some(name);
    view! {
        <textarea class=class id=id name=name rows=rows aria-describedby=described readonly=readonly>
            // The first line end of a text area is swallowed by browsers.
            {format!("\n{}", raw(&words))}
        </textarea>
    }
}

/// Words for the inside of a `<textarea>` or a `<title>`: the framework writes those two as they are, so that a
/// `</textarea>` that somebody typed would end it and begin markup of its own.
#[must_use]
pub fn raw(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
