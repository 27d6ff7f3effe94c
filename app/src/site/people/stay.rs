//! `/stay-signed-in`: opened beside a page on which somebody reads or writes for long. That it is opened keeps them signed in.

use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, halt::Halt},
    design::Title,
};

/// `/stay-signed-in`
#[component]
pub fn StaySignedIn() -> impl IntoView {
    page(async {
        let context = context().await?;
        let account = context.caller.account.ok_or(Halt::SignIn)?;
        let until = dates::time_of(account.ends);
        let more = if account.at_latest {
            "That is 12 hours after you signed in. Then you have to sign in again."
        } else {
            "Each page that you open gives you 30 minutes more, up to 12 hours after you signed in."
        };
        let body = view! {
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    <Title text=format!("You are signed in until {until}") />
                    <p>{more}</p>
                    <p>"You can close this tab. What you typed in the other one is still there. The time that it names may be the old one until you load another page."</p>
                </div>
            </div>
        }
        .into_any();
        Ok((format!("You are signed in until {until}"), body))
    })
}
