//! `/notifications`: what a person was told of, newest first: what is their turn, what was decided, who wrote to them. The same as
//! their emails, whatever they chose to be sent.

use jiff::Timestamp;
use journey::port::notices::News;
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, paths, words::encode},
    design::{Title, say},
    request::{services::Services, visitor::query},
};

const PAGE: u32 = 50;

/// `/notifications`
#[component]
pub fn Notifications() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        let (person, store) = (&visitor.actor.person, &context.services.store);
        let from = query("after");
        let mut news = store.news(person, after(&from), PAGE + 1).await?;
        let more = news.len() > PAGE as usize;
        news.truncate(PAGE as usize);
        // Whoever looks at the list has seen the newest of it. A browser ahead of time is nobody who looks.
        if let Some(newest) = news.first().filter(|_| visitor.news > 0 && from.is_empty() && !context.caller.in_background) {
            store.see_news(person, newest.at).await?;
        }
        let next = news.last().filter(|_| more).map(|last| {
            format!("{}?after={}", paths::NOTIFICATIONS, encode(&format!("{} {}", last.at.as_microsecond(), last.id)))
        });
        let none = news.is_empty();
        let items = news.into_iter().map(|one| item(&context.services, one)).collect_view();
        let body = view! {
            {say::banner(context.banner)}
            <Title text="Notifications">"What is your turn, what was decided, and who wrote to you. " <a href="/account#notices">"Choose which of these are emailed to you"</a></Title>
            {if none {
                view! { <div class="gpc-empty"><h2 class="nhsuk-heading-s">"You have no notifications"</h2><p>"They come when it is your turn, when something is decided and when somebody writes to you. " <a href="/journeys">"Go to your journeys"</a></p></div> }.into_any()
            } else {
                view! { <ul class="nhsuk-list gpc-news">{items}</ul> }.into_any()
            }}
            <p class="gpc-meta gpc-below">
                {next.map(|to| view! { <a href=to rel="next">"Older notifications"</a> " " })}
                {(!from.is_empty()).then(|| view! { <a href=paths::NOTIFICATIONS>"Back to the newest"</a> })}
            </p>
        }
        .into_any();
        Ok(("Notifications".to_owned(), body))
    })
}

fn after(text: &str) -> Option<(Timestamp, String)> {
    let (at, id) = text.split_once(' ')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.to_owned()))
}

fn item(services: &Services, one: News) -> AnyView {
    // Links of emails are whole; on a page they stay on this service.
    let to = one.link.strip_prefix(&*services.base_url).unwrap_or("/journeys").to_owned();
    view! {
        <li class=one.unseen.then_some("is-new")>
            <a href=to>{one.words}</a>
            {one.unseen.then(|| view! { " " <strong class="nhsuk-tag">"New"</strong> })}
            <br />
            <span class="gpc-meta">{dates::moment(one.at)}</span>
        </li>
    }
    .into_any()
}
