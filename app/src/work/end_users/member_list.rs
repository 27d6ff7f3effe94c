//! What stands around the list of members on the page of a group: what the register of ODS codes says of it, and the ways to fill
//! it from a file and to take over the names of the register. Each way saves what is typed first.

use journey::{
    base::{calendar, ids::TaskId},
    form::Answers,
    plan::process::Page,
    rule::members,
    task::end_users::MOST_MEMBERS,
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act, signed_in},
        load, sent,
    },
    base::{halt::Halt, paths, words::encode},
    design::Button,
    desk::{
        context::TaskContext,
        drafts::{self, Saving},
        ods,
    },
    request::{flash, services::services, visitor::calling},
    work::end_users::member_import,
};

/// What the register says of these answers; nothing on the page of another task.
///
/// # Errors
/// When the database does not answer.
pub async fn register(desk: &TaskContext, answers: &Answers) -> Result<Option<AnyView>, Halt> {
    if desk.spec.page != Page::Group {
        return Ok(None);
    }
    let asked = ods::ask_about(&desk.context.services, answers).await?;
    Ok(ods::view(&asked, answers, desk.today))
}

/// The same of what was sent, for whoever reads it and does not write.
///
/// # Errors
/// When the database does not answer, or what was sent cannot be read.
pub async fn register_of_sent(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    match desk.sent.last() {
        Some(last) => register(desk, &sent::answers_of(last)?).await,
        None => Ok(None),
    }
}

/// The ways to fill the list, as buttons of its form; nothing on the page of another task.
///
/// # Errors
/// When the database does not answer.
pub async fn ways(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    if desk.spec.page != Page::Group {
        return Ok(None);
    }
    let left = member_import::left(desk).await?;
    let left = (left > 0).then(|| {
        let to = format!("{}/{}", desk.path(), member_import::PAGE);
        view! { <p><a href=to>{format!("See the rows of your file that were not taken ({left})")}</a></p> }
    });
    let way = |text: &'static str, then: &'static str| {
        view! { <Button text=text secondary=true small=true name="then" value=then action="/do/end-users/members" /> }.into_any()
    };
    Ok(Some(
        view! {
            <h3 class="nhsuk-heading-s">"Help with the members"</h3>
            <p>{format!("Up to {MOST_MEMBERS} members can come from an Excel or CSV file. You see each row before it is added. What you have typed above is saved first.")}</p>
            {left}
            <div class="nhsuk-button-group">
                {way("Add members from a file", "file")}
                {way("Compare with the register", "compare")}
                {way("Use the names of the register", "names")}
            </div>
        }
        .into_any(),
    ))
}

/// Saves what was typed into the form of a group, and goes on: to a file, or to what the register says, with or without its
/// names.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/members")]
pub async fn members(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] version: u64,
    #[server(default)] then: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let page = paths::task(&encode(&journey), &encode(&task));
        let visitor = signed_in(&caller, &page, &typed).await?;
        let loaded = load::load(&services, &visitor, &journey).await?.journey;
        let id: TaskId = task.parse().map_err(|_| Halt::Missing)?;
        if loaded.process.task(&id).is_none_or(|spec| spec.page != Page::Group) {
            return Err(Halt::Missing);
        }
        let mut wanted = typed.clone();
        if then == "names" {
            let asked = ods::ask_about(&services, &typed).await?;
            if let Some(register) = asked.register() {
                let list = members::with_names_of(register, typed.one("members"), calendar::date_of(services.clock.now()));
                wanted = wanted.with("members", &list);
            }
        }
        match drafts::save(&journey, &task, "answers", version, &wanted).await? {
            Saving::Saved(_) => {}
            unsaved => {
                drafts::keep_unsaved(&journey, &page, unsaved, typed).await?;
                return Ok(page);
            }
        }
        let says = match then.as_str() {
            "file" => return Ok(format!("{page}/{}", member_import::PAGE)),
            "names" => "The names are those of the register, where it has the code. Your draft is saved",
            _ => "Your draft is saved, and compared with the register",
        };
        flash::say(&caller, says, "Nothing was sent.");
        Ok(page)
    })
    .await
}
