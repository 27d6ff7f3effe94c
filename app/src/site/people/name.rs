//! `/account/name`: a person changes what they are called.

use journey::{form::Answers, people::rules, port::WriteError};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act, signed_in},
        page::{context, page, titled},
    },
    base::{halt::Halt, said::RefusedForm},
    design::{Back, Button, Title, ask, say},
    request::{flash, services::services, visitor::calling},
};

/// `/account/name`
#[component]
pub fn AccountName() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        let answers = context.typed_or(Answers::default().with("name", &visitor.name));
        let kept = context.kept.as_ref();
        let body = view! {
            <Back to="/account" text="Your account" />
            {say::kept(kept)}
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    <Title text="Change your name" />
                    <p>"Your new name is shown from now on, and for what you did before. What was signed keeps the name that it was signed with."</p>
                    <form action="/do/account/change-name" method="post" novalidate>
                        {ask::questions(&rules::acceptance(), &answers, kept)}
                        <Button text="Change your name" />
                    </form>
                </div>
            </div>
        }
        .into_any();
        Ok((titled("Change your name", kept), body))
    })
}

/// Changes one's own name.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/change-name")]
pub async fn change_name(#[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let back = "/account/name";
        let visitor = signed_in(&caller, back, &typed).await?;
        let clean = match rules::acceptance().check(&typed) {
            Ok(clean) => clean,
            Err(problems) => {
                let kept = RefusedForm {
                    path: back.to_owned(),
                    heading: "There is a problem".to_owned(),
                    detail: String::new(),
                    problems: problems.0,
                    typed,
                };
                flash::keep(&caller.session, kept).await?;
                return Ok(back.to_owned());
            }
        };
        let name = clean.one("name");
        if name != visitor.name {
            match services.store.rename(&visitor.actor.person, name, services.clock.now()).await {
                Ok(()) => {}
                Err(WriteError::Conflict) => return Err(Halt::Unavailable("many accounts change at once".to_owned())),
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        flash::say(&caller, "Your name is changed", format!("You are called {name} from now on."));
        Ok("/account".to_owned())
    })
    .await
}
