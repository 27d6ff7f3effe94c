//! How every page is made: load first, then draw; or say honestly why there is none.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title as HeadTitle;

use crate::{
    act::worklist,
    base::{
        halt::Halt,
        said::{Banner, RefusedForm},
    },
    design::markup::Markup,
    request::{
        flash,
        services::{Services, services},
        visitor::{self, Caller, Visitor, calling},
    },
};

/// What most pages begin with.
pub struct PageContext {
    /// The services.
    pub services: Services,
    /// The caller.
    pub caller: Caller,
    /// Something to say, once.
    pub banner: Option<Banner>,
    /// A refused form of this page.
    pub kept: Option<RefusedForm>,
}

/// What a public page has.
///
/// # Errors
/// When the session cannot be read.
pub async fn context() -> Result<PageContext, Halt> {
    let caller = calling()?;
    // What is to be said once is said to a person, not to a script that looks whether something has changed.
    if caller.in_background {
        return Ok(PageContext { services: services()?, caller, banner: None, kept: None });
    }
    let mut banner = flash::heard(&caller);
    let kept = flash::take(&caller, &visitor::path()).await?;
    let services = services()?;
    if let Some(banner) = banner.as_mut().filter(|banner| banner.goes_on) {
        banner.links = worklist::onwards(&services, &caller).await?;
    }
    Ok(PageContext { services, caller, banner, kept })
}

impl PageContext {
    /// The signed-in person.
    ///
    /// # Errors
    /// [`Halt::SignIn`] when nobody is.
    pub fn visitor(&self) -> Result<Arc<Visitor>, Halt> {
        self.caller.visitor.clone().ok_or_else(|| self.caller.nobody())
    }

    /// What was typed into a refused form; otherwise what is given here.
    #[must_use]
    pub fn typed_or(&self, otherwise: journey::form::Answers) -> journey::form::Answers {
        self.kept.as_ref().map_or(otherwise, |kept| kept.typed.clone())
    }
}

/// Draws a page when its data is there. `title` is what the browser's tab says; an error goes before it.
pub fn page(load: impl Future<Output = Result<(String, AnyView), Halt>> + Send + 'static) -> impl IntoView {
    Suspend::new(async move {
        match load.await {
            Ok((title, body)) => view! {
                <HeadTitle text=crate::design::raw(&format!("{title} – GP Connect onboarding")) />
                {drawn(body)}
            }
            .into_any(),
            Err(halt) => stopped(halt),
        }
    })
}

/// A view as the text of its markup. Nothing in it waits for anything any more, so it is written straight into one text;
/// drawn with what may still wait, each element would be a text of its own first.
fn drawn(view: AnyView) -> Markup {
    Markup(view.to_html())
}

/// The title of a page that may show a refused form.
#[must_use]
pub fn titled(text: &str, kept: Option<&RefusedForm>) -> String {
    if kept.is_some_and(|kept| !kept.heading.is_empty()) { format!("Error: {text}") } else { text.to_owned() }
}

fn status(code: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(code);
        if code == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
    }
}

/// The page that says why there is none.
pub fn stopped(halt: Halt) -> AnyView {
    match halt {
        Halt::Elsewhere(to) => {
            go(&to);
            ().into_any()
        }
        Halt::SignIn => {
            go(&format!("/sign-in?next={}", crate::base::words::encode(&visitor::path_and_query())));
            ().into_any()
        }
        Halt::Missing => {
            status(StatusCode::NOT_FOUND);
            let typed = "If you typed the address, check it. A journey's reference has 8 characters, like 7K3M-9PX4.";
            let home = ("/", "Go to the start page");
            // The same words whether there is such a page or not.
            match visitor::visitor() {
                Some(visitor) => {
                    let (email, organisation) = (&visitor.email, &visitor.organisation.name);
                    let whose = format!(
                        "You are signed in as {email}, for {organisation}. If somebody sent you the link, ask them for which address and \
                         which organisation it is: the page may belong to another one."
                    );
                    plain("Page not found", &[typed, &whose], &[("/journeys", "Go to your journeys"), home])
                }
                None => {
                    let whose = "The page may belong to an organisation. If it is yours, sign in to see it.";
                    plain("Page not found", &[typed, whose], &[("/sign-in", "Sign in"), home])
                }
            }
        }
        Halt::NotYours { heading, detail } => {
            status(StatusCode::FORBIDDEN);
            plain(&heading, &[&detail], &[("/journeys", "Go to your journeys"), ("/account", "See who you are signed in as")])
        }
        Halt::Unavailable(why) => {
            tracing::warn!(why, "a page could not be made: the database does not answer");
            status(StatusCode::SERVICE_UNAVAILABLE);
            plain(
                "Try again in a moment",
                &[
                    "The service cannot reach its records just now. Nothing you sent before was lost.",
                    "Wait a few seconds, then load this page again. If you were writing, your last saved draft is kept.",
                ],
                &[],
            )
        }
        Halt::Fault(why) => {
            tracing::error!(why, "a page could not be made: a fault");
            status(StatusCode::INTERNAL_SERVER_ERROR);
            plain(
                "There is a fault in the service",
                &[
                    "It is ours, not yours, and it was noted. Nothing was changed.",
                    "If it happens again, tell us what you were doing and when.",
                ],
                &[("/journeys", "Go to your journeys")],
            )
        }
    }
}

fn go(to: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(to)) {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(HeaderName::from_static("location"), value);
    }
}

fn plain(heading: &str, paragraphs: &[&str], links: &[(&'static str, &'static str)]) -> AnyView {
    let heading = heading.to_owned();
    view! {
        <HeadTitle text=crate::design::raw(&format!("{heading} – GP Connect onboarding")) />
        <div class="nhsuk-grid-row">
            <div class="nhsuk-grid-column-two-thirds">
                <h1 class="nhsuk-heading-l">{heading}</h1>
                {paragraphs.iter().map(|text| view! { <p>{(*text).to_owned()}</p> }).collect_view()}
                {(!links.is_empty())
                    .then(|| {
                        let items = links.iter().map(|(to, text)| view! { <li><a href=*to>{*text}</a></li> }).collect_view();
                        view! { <ul class="nhsuk-list">{items}</ul> }
                    })}
            </div>
        </div>
    }
    .into_any()
}
