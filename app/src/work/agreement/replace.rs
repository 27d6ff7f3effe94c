//! Who signs for the supplier instead of somebody else: the form of whoever fills in the parts, and what they were told.

use journey::{
    base::{actor::Role, ids::PersonId},
    form::Answers,
    ledger::{event::Signer, machine::Verb, refusal::Refusal, signing, standing::Replaced},
    port::people::Member,
    rule::{command::Command, offers, replaced},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act},
        post::perform,
    },
    base::{dates, halt::Halt},
    design::{Button, Details, Hidden, ask, group_class},
    desk::{
        actions::{id_of, stay, wish},
        context::TaskContext,
    },
    request::{services::services, visitor::calling},
};

/// What the form is called among those of the page.
const FORM: &str = "replace-signatory";

/// Who was named in the place of whom, for the parts that were sent last.
pub fn told(desk: &TaskContext) -> AnyView {
    let one = |known: &Replaced| {
        let had_signed = if known.had_signed { " The signature that was given does not count any more." } else { "" };
        let text = format!(
            "{} signs in place of {}, named by {} on {}.{had_signed} ",
            known.to.name,
            known.from.name,
            desk.who(&known.by),
            dates::day_of(known.at)
        );
        view! { <div class="nhsuk-inset-text"><p>{text}<span class="gpc-lines">{known.reason.clone()}</span></p></div> }
    };
    desk.record().replaced.iter().map(one).collect_view().into_any()
}

/// The form that names somebody else, for whoever may.
///
/// # Errors
/// When the people of the organisation cannot be read.
pub async fn view(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    let journey = desk.journey();
    let Some(role) = signing::replaceable(journey, desk.spec).filter(|_| desk.may(Verb::ReplaceSignatory)) else {
        return Ok(None);
    };
    let people = desk.context.services.store.members(&desk.visitor.organisation.id).await?;
    let prepared = signing::prepared_by(journey, desk.spec, role);
    let can = |member: &&Member| member.roles.contains(&role) && Some(&member.person) != prepared;
    let able: Vec<(&PersonId, &str)> = people.iter().filter(can).map(|member| (&member.person, member.name.as_str())).collect();
    let given = replaced::given(journey, desk.spec);
    let from: Vec<(&PersonId, &str)> = match given {
        Some(signature) => vec![(&signature.by, signature.name.as_str())],
        None => able.iter().filter(|(id, _)| !signing::is_replaced(journey, desk.spec, role, id)).copied().collect(),
    };
    let to: Vec<(&PersonId, &str)> = able.iter().filter(|(id, _)| from.len() != 1 || from[0].0 != *id).copied().collect();
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.one("form") == FORM);
    let typed = |field: &str| kept.map(|kept| kept.typed.one(field).to_owned()).unwrap_or_default();
    let problem = |field: &str| kept.and_then(|kept| kept.problem(field));
    let organisation = &desk.visitor.organisation.name;
    let title = role.title().to_lowercase();
    let text = match given {
        Some(signature) => format!(
            "{} has signed. When somebody should not have signed, their signature is taken back and a colleague signs the same words. Every other signature stays. Until then this agreement does not hold, and what depends on it cannot continue.",
            signature.name
        ),
        None => {
            "When the person who was to sign cannot, a colleague signs instead. Every signature that was given stays.".to_owned()
        }
    };
    let form = if to.is_empty() || from.is_empty() {
        view! {
            <p>{format!("Nobody else at {organisation} can sign as {title}. ")}<a href="/organisation">"Give a colleague that role"</a>", then name them here."</p>
        }
        .into_any()
    } else {
        let who = match from.as_slice() {
            [(person, name)] => view! {
                <Hidden values=vec![(replaced::FROM, person.to_string())] />
                {ask::message(replaced::FROM, problem(replaced::FROM))}
                <p>"In place of "<b>{(*name).to_owned()}</b></p>
            }
            .into_any(),
            several => radios(replaced::FROM, "Who does not sign?", several, &typed(replaced::FROM), problem(replaced::FROM)),
        };
        view! {
            <form action="/do/task/replace-signatory" method="post" novalidate>
                {desk.hidden()}
                {who}
                {radios(replaced::TO, "Who signs instead?", &to, &typed(replaced::TO), problem(replaced::TO))}
                {ask::words("reason", "reason", "Why?", "Everybody on this journey can read this. Both of them get an email with it.", &typed("reason"), problem("reason"), 2)}
                <Button text="Name them" secondary=true small=true />
            </form>
        }
        .into_any()
    };
    let summary = if given.is_some() { "Take the signature back and name somebody else" } else { "Somebody else signs" };
    let body = view! { <p>{text}</p> {form} };
    Ok(Some(view! { <Details summary=summary open=kept.is_some() body=body.into_any() /> }.into_any()))
}

fn radios(field: &'static str, question: &str, people: &[(&PersonId, &str)], typed: &str, problem: Option<String>) -> AnyView {
    let class = group_class(problem.is_some());
    let options = people.iter().enumerate().map(|(at, (person, name))| {
        let id = if at == 0 { field.to_owned() } else { format!("{field}-{at}") };
        let value = person.to_string();
        let checked = value == typed;
        view! {
            <div class="nhsuk-radios__item">
                <input class="nhsuk-radios__input" id=id.clone() type="radio" name=field value=value checked=checked />
                <label class="nhsuk-label nhsuk-radios__label" for=id>{(*name).to_owned()}</label>
            </div>
        }
    });
    view! {
        <div class=class>
            <fieldset class="nhsuk-fieldset">
                <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">{question.to_owned()}</legend>
                {ask::message(field, problem)}
                <div class="nhsuk-radios nhsuk-radios--small">{options.collect_view()}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// Names somebody of one's own organisation who signs instead of somebody else.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "task/replace-signatory")]
pub async fn replace_signatory(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] seen: u64,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] reason: String,
) -> ActionResult {
    act(async move {
        let visitor = calling()?.visitor;
        // Who belongs to the organisation is known beside the ledger.
        let people = match &visitor {
            Some(visitor) => services()?.store.members(&visitor.organisation.id).await?,
            None => Vec::new(),
        };
        let typed =
            Answers::default().with("form", FORM).with(replaced::FROM, &from).with(replaced::TO, &to).with("reason", &reason);
        perform(
            wish(&journey, &task, seen, typed),
            |journey, spec| {
                let task = id_of(spec)?;
                let visitor = visitor.as_ref().ok_or(Refusal::Unknown)?;
                offers::judge(journey, &visitor.actor, Verb::ReplaceSignatory, &task)?;
                let spec = spec.ok_or(Refusal::Unknown)?;
                let role = signing::replaceable(journey, spec).ok_or(Refusal::NothingToDo)?;
                // Whoever has signed may have left the organisation since.
                let signed = replaced::given(journey, spec).filter(|signature| signature.by.to_string() == from);
                let from = signed
                    .map(|signature| Signer { person: signature.by.clone(), name: signature.name.clone() })
                    .or_else(|| signer(&people, &from, role))
                    .ok_or_else(|| Refusal::problem(replaced::FROM, "Choose who does not sign"))?;
                let to = signer(&people, &to, role);
                let to = to.ok_or_else(|| Refusal::problem(replaced::TO, "Choose who signs instead"))?;
                Ok(Command::ReplaceSignatory { task, from, to, reason: reason.clone() })
            },
            |after, events| stay(after, events, "Named. Both of them get an email".to_owned()),
        )
        .await
    })
    .await
}

/// Somebody of the organisation who can sign in this role.
fn signer(people: &[Member], person: &str, role: Role) -> Option<Signer> {
    let member = people.iter().find(|member| member.person.to_string() == person && member.roles.contains(&role))?;
    Some(Signer { person: member.person.clone(), name: member.name.clone() })
}
