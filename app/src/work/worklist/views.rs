//! Views of the worklist that a person keeps: a name for what is looked for and its order.

use journey::{
    base::text,
    form::{Answers, Problem},
    port::{MOST_VIEWS, WriteError},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        page::PageContext,
        worklist::{Asked, only_for_teams, teams},
    },
    base::{paths, said::RefusedForm},
    design::{Details, Hidden, ask, group_class},
    request::{flash, services::services, visitor::calling},
};

/// Longest name of a view, in characters.
const LONGEST: usize = 60;

/// The views as links, and the form that keeps what is looked at now.
pub fn kept(context: &PageContext, asked: &Asked, views: &[(String, String)]) -> AnyView {
    let now = asked.tail();
    let known = views.iter().any(|(_, tail)| *tail == now);
    let items = views
        .iter()
        .map(|(name, tail)| {
            let current = (*tail == now).then_some("true");
            view! {
                <li>
                    <a href=format!("{}{tail}", paths::WORKLIST) aria-current=current>{name.clone()}</a>" "
                    <form class="gpc-inline" action="/do/worklist/drop-view" method="post">
                        <Hidden values=vec![("name", name.clone()), ("back", asked.path())] />
                        <button class="gpc-linkbutton">"Remove"<span class="nhsuk-u-visually-hidden">{format!(" the view {name}")}</span></button>
                    </form>
                </li>
            }
        })
        .collect_view();
    let refused = context.kept.as_ref();
    let problem = refused.and_then(|kept| kept.problem("name"));
    let open = problem.is_some();
    let typed = refused.map(|kept| kept.typed.one("name").to_owned()).unwrap_or_default();
    let (class, wrong) = (group_class(open), open.then_some("true"));
    let form = view! {
        <form action="/do/worklist/keep-view" method="post" novalidate>
            <Hidden values=vec![("query", now.clone())] />
            <div class=class>
                <label class="nhsuk-label nhsuk-label--s" for="name">"Name of the view"</label>
                <div class="nhsuk-hint" id="name-hint">"It keeps the filters and the order that you see now."</div>
                {ask::message("name", problem)}
                <input class="nhsuk-input nhsuk-input--width-20" id="name" name="name" value=typed aria-describedby="name-hint" aria-invalid=wrong />
            </div>
            <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Keep this view"</button>
        </form>
    };
    let none = views.is_empty();
    let can_keep = open || (!now.is_empty() && !known);
    view! {
        {(!none).then(|| view! { <nav aria-label="Your views"><ul class="gpc-ways gpc-views">{items}</ul></nav> })}
        {can_keep.then(|| view! { <Details summary="Keep what you see as a view" open=open body=form.into_any() /> })}
    }
    .into_any()
}

/// Keeps a view under a name.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "worklist/keep-view")]
pub async fn keep_view(#[server(default)] name: String, #[server(default)] query: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        // Read and written again: what is kept is a question to the worklist and nothing else.
        let asked = Asked::of_tail(&query);
        let back = asked.path();
        let visitor = signed_in(&caller, &back, &Answers::default()).await?;
        if teams(&visitor).is_empty() {
            return Err(only_for_teams());
        }
        let named = text::line(&name);
        let says = match named.chars().count() {
            0 => Some("Enter a name for the view".to_owned()),
            length if length > LONGEST => Some(format!("Use {LONGEST} characters or fewer for the name of the view")),
            _ => match services.store.keep_view(&visitor.actor.person, &named, &asked.tail()).await {
                Ok(()) => None,
                Err(WriteError::Conflict) => Some(format!("You keep {MOST_VIEWS} views already. Remove one first")),
                Err(WriteError::Store(error)) => return Err(error.into()),
            },
        };
        match says {
            None => flash::say(&caller, format!("View kept: {named}"), "It is above the filters, for you alone."),
            Some(says) => {
                let kept = RefusedForm {
                    path: back.clone(),
                    heading: "There is a problem".to_owned(),
                    problems: vec![Problem::new("name", says)],
                    typed: Answers::default().with("name", &name),
                    ..RefusedForm::default()
                };
                flash::keep(&caller.session, kept).await?;
            }
        }
        Ok(back)
    })
    .await
}

/// Forgets a view.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "worklist/drop-view")]
pub async fn drop_view(#[server(default)] name: String, #[server(default)] back: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let back = Asked::of_tail(back.strip_prefix(paths::WORKLIST).unwrap_or_default()).path();
        let visitor = signed_in(&caller, &back, &Answers::default()).await?;
        if teams(&visitor).is_empty() {
            return Err(only_for_teams());
        }
        services.store.drop_view(&visitor.actor.person, &name).await?;
        flash::say(&caller, format!("View removed: {name}"), "");
        Ok(back)
    })
    .await
}
