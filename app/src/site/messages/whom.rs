//! Whom a message is to reach at once: picked below the words from those who may read it, and from nobody else. A few are
//! boxes to tick; of many each is a field that suggests names while somebody types, as browsers do without a script of ours.

use journey::{
    base::{fold, ids::TaskId},
    ledger::journey::Journey,
    port::messages::Listener,
    rule::conversation::{self, Audience},
};
use leptos::prelude::*;

use crate::{
    base::{said::RefusedForm, words::listed},
    design::{ask, group_class},
    request::visitor::Visitor,
};

/// People that are shown as boxes; more of them are suggested.
const BOXES: usize = 8;

/// Names that are suggested; others are found with `@` in the words.
const SUGGESTED: usize = 200;

/// Fields in which somebody of many is named.
const FIELDS: usize = 3;

/// Who can be told of a message: those who may read it, by name, without the writer.
pub(crate) fn readers_of<'a>(
    journey: &Journey,
    writer: &Visitor,
    listeners: &'a [Listener],
    (task, audience): (Option<&TaskId>, Audience),
) -> Vec<&'a Listener> {
    let reads = |one: &&Listener| conversation::may_read(journey, &one.actor(listeners), task, audience);
    let others = listeners.iter().filter(|one| one.person != writer.actor.person).filter(reads);
    let mut readers: Vec<&Listener> = Vec::new();
    for one in others {
        // A person of two organisations is there once.
        if !readers.iter().any(|known| known.person == one.person) {
            readers.push(one);
        }
    }
    readers
}

/// The choice below the words of a form: of these people, or the way to see them where nobody has asked for them yet.
pub(crate) fn view(field: &str, people: Option<&Vec<(String, String, String)>>, kept: Option<&RefusedForm>) -> Option<AnyView> {
    let id = format!("{field}-tell");
    let Some(people) = people else {
        return Some(
            view! {
                <p>
                    <button class="gpc-linkbutton" name="then" value="choose" formnovalidate>"Choose who is told at once"</button>
                </p>
            }
            .into_any(),
        );
    };
    if people.is_empty() {
        return None;
    }
    let problem = kept.and_then(|kept| kept.problem(&id));
    let chosen: Vec<String> = kept.map(|kept| kept.typed.many("tell").to_vec()).unwrap_or_default();
    let class = group_class(problem.is_some());
    let described = if problem.is_some() { format!("{id}-hint {id}-error") } else { format!("{id}-hint") };
    let choice = if people.len() <= BOXES { boxes(&id, people, &chosen) } else { fields(&id, people, &chosen) };
    Some(
        view! {
            <div class=class>
                <fieldset class="nhsuk-fieldset" aria-describedby=described>
                    <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">"Who is told at once? (optional)"</legend>
                    <div class="nhsuk-hint" id=format!("{id}-hint")>"They get an email now, unless they chose to get none. Everybody else reads it when they look, or in their daily email."</div>
                    {ask::message(&id, problem)}
                    {choice}
                </fieldset>
            </div>
        }
        .into_any(),
    )
}

fn boxes(id: &str, people: &[(String, String, String)], chosen: &[String]) -> AnyView {
    let items = people
        .iter()
        .enumerate()
        .map(|(place, (person, name, organisation))| {
            let item = if place == 0 { id.to_owned() } else { format!("{id}-{place}") };
            let checked = chosen.contains(person);
            let label = format!("{name}, {organisation}");
            view! {
                <div class="nhsuk-checkboxes__item">
                    <input class="nhsuk-checkboxes__input" id=item.clone() name="tell" type="checkbox" value=person.clone() checked=checked data-as=fold::folded(name) data-name=name.clone() data-label=label.clone() />
                    <label class="nhsuk-label nhsuk-checkboxes__label" for=item>{label}</label>
                </div>
            }
        })
        .collect_view();
    view! { <div class="nhsuk-checkboxes nhsuk-checkboxes--small">{items}</div> }.into_any()
}

fn fields(id: &str, people: &[(String, String, String)], chosen: &[String]) -> AnyView {
    let list = format!("{id}-people");
    let shown = |one: &(String, String, String)| format!("{}, {}", one.1, one.2);
    let option = |one| view! { <option value=shown(one) data-as=fold::folded(&one.1) data-name=one.1.clone() data-label=shown(one)></option> };
    let options = people.iter().take(SUGGESTED).map(option).collect_view();
    let inputs = (0..FIELDS)
        .map(|place| {
            let item = if place == 0 { id.to_owned() } else { format!("{id}-{place}") };
            let label = if place == 0 { "Name".to_owned() } else { format!("Name {}", place + 1) };
            // One that was ticked before there were so many comes back as a name.
            let typed = chosen.get(place).cloned().unwrap_or_default();
            let typed = people.iter().find(|one| one.0 == typed).map_or(typed, shown);
            view! {
                <label class="nhsuk-label" for=item.clone()>{label}</label>
                <input class="nhsuk-input nhsuk-u-margin-bottom-2" id=item name="tell" type="text" list=list.clone() value=typed autocomplete="off" spellcheck="false" />
            }
        })
        .collect_view();
    view! { {inputs} <datalist id=list>{options}</datalist> }.into_any()
}

/// Those who were told by name without being named in the words.
pub(crate) fn told(words: &str, mentions: &[String]) -> Option<AnyView> {
    let names: Vec<&str> = mentions.iter().map(String::as_str).collect();
    let in_words = conversation::mentioned(words, &names);
    let others = mentions.iter().enumerate().filter(|(place, _)| !in_words.contains(place)).map(|(_, name)| name.clone());
    let others: Vec<String> = others.collect();
    (!others.is_empty()).then(|| view! { <p class="gpc-meta">{format!("To {}", listed(others))}</p> }.into_any())
}
