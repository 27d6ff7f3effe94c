//! `/account/leave`: a person leaves the organisation that they act for.

use journey::port::seats::RolesRefused;
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        page::{context, page, titled},
    },
    base::said::RefusedForm,
    design::{Back, Button, Hidden, Title, say},
    request::{flash, services::services, visitor::calling},
};

/// `/account/leave`
#[component]
pub fn LeaveOrganisation() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        let name = visitor.organisation.name.clone();
        let kept = context.kept.as_ref();
        let title = format!("Leave {name}");
        let roles: Vec<&str> = visitor.actor.roles.iter().map(|role| role.title()).collect();
        let body = view! {
            <Back to="/account" text="Your account" />
            {say::kept(kept)}
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    <Title text=title.clone() />
                    <p>{format!("You belong to it as {}. When you leave:", roles.join(", "))}</p>
                    <ul class="nhsuk-list nhsuk-list--bullet">
                        <li>"you cannot see its journeys any more"</li>
                        <li>"what you sent, decided or signed stays, with your name"</li>
                        <li>"invitations that you sent stop working if you looked after its people"</li>
                        <li>"you keep your account, and a colleague can invite you again"</li>
                    </ul>
                    <form action="/do/account/leave" method="post">
                        <Hidden values=vec![("organisation", visitor.organisation.id.to_string())] />
                        <Button text=title.clone() warning=true />
                    </form>
                </div>
            </div>
        }
        .into_any();
        Ok((titled(&title, kept), body))
    })
}

/// Leaves the organisation that the page named.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "account/leave")]
pub async fn leave(#[server(default)] organisation: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let page = "/account/leave";
        let visitor = signed_in(&caller, page, &Default::default()).await?;
        let refuse = |heading: &str, detail: &str| RefusedForm {
            path: page.to_owned(),
            heading: heading.to_owned(),
            detail: detail.to_owned(),
            ..RefusedForm::default()
        };
        // Whoever changed organisations in another tab meanwhile leaves none that they did not read.
        if visitor.organisation.id.as_str() != organisation {
            let detail = "Nothing was changed. Check below which organisation you would leave.";
            flash::keep(&caller.session, refuse("You act for another organisation now", detail)).await?;
            return Ok(page.to_owned());
        }
        let (person, now) = (&visitor.actor.person, services.clock.now());
        match services.store.set_roles(&visitor.organisation.id, person, &[], None, visitor.by(), now).await {
            Ok(()) => {
                flash::say(&caller, format!("You left {}", visitor.organisation.name), "");
                let elsewhere = visitor.memberships.len() > 1;
                Ok(if elsewhere { "/account" } else { "/no-organisation" }.to_owned())
            }
            Err(RolesRefused::Store(error)) => Err(error.into()),
            Err(RolesRefused::LeavesNobody) => {
                let detail = "Nothing was changed. Give another person the lead role first, on the page of your organisation.";
                flash::keep(&caller.session, refuse("Somebody must be able to invite people", detail)).await?;
                Ok(page.to_owned())
            }
            Err(RolesRefused::ChangedSince | RolesRefused::NotAKeeper) => Ok("/account".to_owned()),
        }
    })
    .await
}
