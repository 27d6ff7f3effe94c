//! Around every page: head, header, navigation, footer. The nonce for inline scripts travels to the header table as a
//! response header, which the server turns into the content security policy.

use axum::http::{HeaderName, HeaderValue};
use journey::{
    plan::process::{Page, TaskSpec},
    port::notices::MOST_UNSEEN,
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, provide_meta_context};

use crate::{
    base::{dates, paths},
    request::{
        services::{Services, services},
        visitor::{Visitor, calling, path, query, visitor},
    },
    top::routes::Pages,
};

/// Name of the response header that carries the nonce to the header table.
pub const NONCE_HEADER: &str = "x-csp-nonce";

/// Whether a page of a task shows the table of rows of a SCAL: that of the SCAL, and the bench below a test stage.
fn shows_rows(services: &Services, path: &str) -> bool {
    let mut parts = path.split('/').skip(4);
    let (task, below) = (parts.next().unwrap_or_default(), parts.next().is_some());
    let shows = |spec: &TaskSpec| spec.page == Page::Scal || (spec.page == Page::Testing && below);
    let mut tasks = services.processes.all().flat_map(|process| &process.tasks);
    tasks.any(|spec| spec.id.as_str() == task && shows(spec))
}

/// The document.
#[must_use]
pub fn shell() -> impl IntoView {
    provide_meta_context();
    let services = services().ok();
    let css = services.as_ref().map(|s| format!("/pkg/{}", s.assets.css)).unwrap_or_default();
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(value) = HeaderValue::from_str(&nonce.to_string())
    {
        response.insert_header(HeaderName::from_static(NONCE_HEADER), value);
    }
    let brand = services.as_ref().is_some_and(|s| s.nhs_brand);
    // Professionals work all day in the worklist and in the SCAL: these take the width they get.
    let path = path();
    let wide = path == "/worklist" || services.as_ref().is_some_and(|services| shows_rows(services, &path));
    let width = if wide { "nhsuk-width-container gpc-wide" } else { "nhsuk-width-container" };
    view! {
        <!DOCTYPE html>
        <html lang="en-GB" class="nhsuk-template">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="theme-color" content="#005eb8" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=css />
                <MetaTags />
            </head>
            <body class="nhsuk-template__body">
                <a class="nhsuk-skip-link" href="#maincontent">"Skip to main content"</a>
                {services.as_ref().and_then(|services| ending(services, width))}
                {header(visitor().as_deref(), brand, width)}
                <div class=width>
                    <main class="nhsuk-main-wrapper gpc-tight" id="maincontent" tabindex="-1">
                        <Pages />
                    </main>
                </div>
                {footer(width)}
            </body>
        </html>
    }
}

/// Minutes before the end of a session from which on a page says so.
const WARNING: i64 = 5;

/// Says on an open page, some minutes before, when its reader is signed out, and how not to be. It is in every page from the
/// beginning, and the style sheet shows it when the time has come: no script has to run, and nothing is asked of the server.
/// The way to stay leads to a window of its own, so that nothing typed here is lost.
fn ending(services: &Services, width: &'static str) -> Option<AnyView> {
    let account = calling().ok()?.account?;
    let left = account.ends.duration_since(services.clock.now()).as_mins();
    let class = format!("gpc-ends gpc-ends--{}", (left - WARNING).clamp(0, 25));
    let at = dates::time_of(account.ends);
    let says = if account.at_latest {
        view! {
            "You will be signed out at "<strong>{at}</strong>", 12 hours after you signed in. Send or save what you are writing now. What you send later is kept until you have signed in again."
        }
        .into_any()
    } else {
        view! {
            "If you do nothing, you will be signed out at "<strong>{at}</strong>". "
            <a href=paths::STAY target="_blank" rel="noopener">"Stay signed in (opens in a new tab)"</a>
        }
        .into_any()
    };
    Some(
        view! {
            <div class=class role="status">
                <div class="gpc-ends__words"><p class=width>{says}</p></div>
            </div>
        }
        .into_any(),
    )
}

fn header(visitor: Option<&Visitor>, brand: bool, width: &'static str) -> AnyView {
    let here = path();
    let links: Vec<(&str, &str)> = match visitor {
        None => vec![
            ("/", "Start"),
            ("/ecosystem/consumer", "How it works"),
            ("/capabilities", "Capabilities"),
            ("/spine", "Spine integration"),
            (paths::REGISTER, "Products"),
            ("/verify", "Check a certificate"),
            ("/register", "Create an account"),
        ],
        Some(v) if journey::people::rules::may_confirm_organisations(&v.actor) => vec![
            ("/worklist", "Worklist"),
            ("/journeys", "Journeys"),
            ("/organisations", "Organisations"),
            ("/organisation", "Your team"),
        ],
        Some(v) if v.is_programme() => {
            vec![("/worklist", "Worklist"), ("/journeys", "Journeys"), ("/organisation", "Organisation")]
        }
        Some(v) if v.actor.is(journey::base::actor::Role::Operator) => vec![
            ("/operator", "Desk"),
            ("/operator/people", "People"),
            ("/operator/organisations", "Organisations"),
            ("/operator/emails", "Emails"),
            ("/audit", "Audit"),
            ("/catalogue", "Catalogue"),
            ("/guidance", "Guidance"),
            ("/organisation", "Operators"),
        ],
        Some(_) => vec![("/journeys", "Journeys"), ("/organisation", "Organisation")],
    };
    // The guidance is a click away for whoever is signed in as well.
    let guidance = [
        ("/ecosystem/consumer", "How it works"),
        ("/capabilities", "Capabilities"),
        ("/spine", "Spine"),
        ("/glossary", "Glossary"),
    ];
    let links = links.into_iter().chain(guidance.into_iter().filter(|_| visitor.is_some()));
    let items = links
        .map(|(to, text)| {
            // What has pages of its own below it in the menu is current on its own page alone.
            let current = here == to || (!matches!(to, "/" | "/operator") && here.starts_with(&format!("{to}/")));
            let class = if current {
                "nhsuk-header__navigation-item nhsuk-header__navigation-item--current"
            } else {
                "nhsuk-header__navigation-item"
            };
            view! {
                <li class=class>
                    <a class="nhsuk-header__navigation-link" href=to aria-current=current.then_some("page")>
                        {text}
                    </a>
                </li>
            }
        })
        .collect_view();
    // Whoever opens the link in a letter once has one thing to do, and no account to sign in with.
    let alone = visitor.is_none() && here.starts_with("/sign/");
    let account = match visitor {
        Some(v) => {
            let who = format!("{}, {}", v.name, v.organisation.name);
            let whole = who.clone();
            let (unseen, more) = (v.news, v.news >= MOST_UNSEEN);
            let count = if more { format!("{}+", MOST_UNSEEN - 1) } else { unseen.to_string() };
            view! {
                <li class="nhsuk-header__account-item">
                    <a class="nhsuk-header__account-link" href=paths::NOTIFICATIONS>
                        "Notifications"
                        {(unseen > 0).then(|| view! { " " <span class="gpc-unseen">{count}<span class="nhsuk-u-visually-hidden">" new"</span></span> })}
                    </a>
                </li>
                <li class="nhsuk-header__account-item">
                    <a class="nhsuk-header__account-link" href="/account">
                        <svg class="nhsuk-icon nhsuk-icon--user" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16" height="16" focusable="false" aria-hidden="true">
                            <circle cx="12" cy="8" r="5" />
                            <path d="M3 22a9 9 0 0 1 18 0z" />
                        </svg>
                        <span class="gpc-who" title=whole>{who}</span>
                    </a>
                </li>
                <li class="nhsuk-header__account-item">
                    <form class="nhsuk-header__account-form" action="/do/account/sign-out" method="post" novalidate>
                        <button class="nhsuk-header__account-button">"Sign out"</button>
                    </form>
                </li>
            }
            .into_any()
        }
        None => view! {
            <li class="nhsuk-header__account-item">
                <a class="nhsuk-header__account-link" href="/sign-in">"Sign in"</a>
            </li>
        }
        .into_any(),
    };
    view! {
        <header class="nhsuk-header" role="banner">
            <div class=format!("nhsuk-header__container {width}")>
                <div class="nhsuk-header__service">
                    <a class="nhsuk-header__service-logo" href="/">
                        {brand.then(logo)}
                        <span class="nhsuk-header__service-name">"GP Connect onboarding"</span>
                    </a>
                </div>
                {(!alone).then(search_box)}
                {(!alone).then(|| view! {
                    <nav class="nhsuk-header__account" aria-label="Account">
                        <ul class="nhsuk-header__account-list">{account}</ul>
                    </nav>
                })}
            </div>
            {(!alone).then(|| view! {
                <nav class="nhsuk-header__navigation" aria-label="Menu">
                    <div class=format!("nhsuk-header__navigation-container {width}")>
                        <ul class="nhsuk-header__navigation-list">{items}</ul>
                    </div>
                </nav>
            })}
        </header>
    }
    .into_any()
}

/// One box for everything that the reader may read. A form as any other, so it works without script.
fn search_box() -> AnyView {
    let asked = if path() == "/search" { journey::base::text::line(&query("q")) } else { String::new() };
    view! {
        <div class="nhsuk-header__search">
            <form class="nhsuk-header__search-form" action="/search" method="get" role="search" aria-label="Search the service" novalidate>
                <label class="nhsuk-u-visually-hidden" for="search-field">"Search the service"</label>
                <input class="nhsuk-input nhsuk-header__search-input" id="search-field" name="q" type="search" maxlength="200" autocomplete="off" placeholder="Search" value=asked />
                <button class="nhsuk-button nhsuk-button--small nhsuk-header__search-submit" aria-label="Search">
                    <svg class="nhsuk-icon nhsuk-icon--search" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16" height="16" focusable="false" aria-hidden="true">
                        <path d="m20.7 19.3-4.1-4.1a7 7 0 1 0-1.4 1.4l4 4.1a1 1 0 0 0 1.5 0c.4-.4.4-1 0-1.4ZM6 11a5 5 0 1 1 10 0 5 5 0 0 1-10 0Z" />
                    </svg>
                </button>
            </form>
        </div>
    }
    .into_any()
}

/// The NHS logo: for services of the NHS only, switched on by `serve --brand nhs`.
fn logo() -> AnyView {
    view! {
        <svg class="nhsuk-header__logo" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 80" height="40" width="100" focusable="false" role="img" aria-label="NHS">
            <title>"NHS"</title>
            <path fill="currentcolor" d="M200 0v80H0V0h200Zm-27.5 5.5c-14.5 0-29 5-29 22 0 10.2 7.7 13.5 14.7 16.3l.7.3c5.4 2 10.1 3.9 10.1 8.4 0 6.5-8.5 7.5-14 7.5s-12.5-1.5-16-3.5L135 70c5.5 2 13.5 3.5 20 3.5 15.5 0 32-4.5 32-22.5 0-19.5-25.5-16.5-25.5-25.5 0-5.5 5.5-6.5 12.5-6.5a35 35 0 0 1 14.5 3l4-13.5c-4.5-2-12-3-20-3Zm-131 2h-22l-14 65H22l9-45h.5l13.5 45h21.5l14-65H64l-9 45h-.5l-13-45Zm63 0h-18l-13 65h17l6-28H117l-5.5 28H129l13.5-65H125L119.5 32h-20l5-24.5Z" />
        </svg>
    }
    .into_any()
}

fn footer(width: &'static str) -> AnyView {
    let links = [
        ("/search", "Search"),
        ("/glossary", "Glossary"),
        (paths::REGISTER, "Register of products"),
        ("/verify", "Check a certificate"),
        ("/accessibility", "Accessibility statement"),
        ("/cookies", "Cookies"),
        ("/privacy", "Privacy"),
    ];
    let items = links
        .into_iter()
        .map(|(to, text)| view! { <li class="nhsuk-footer__list-item"><a class="nhsuk-footer__list-item-link" href=to>{text}</a></li> })
        .collect_view();
    view! {
        <footer class="nhsuk-footer" role="contentinfo">
            <div class=width>
                <div class="nhsuk-footer__meta">
                    <h2 class="nhsuk-u-visually-hidden">"Support links"</h2>
                    <ul class="nhsuk-footer__list">{items}</ul>
                    <p class="nhsuk-body-s">
                        "Facts about GP Connect come from material under Crown copyright, used under the Open Government Licence v3.0."
                    </p>
                </div>
            </div>
        </footer>
    }
    .into_any()
}
