//! Public pages: the start page, an example journey, and what the service says of itself.

pub mod example;

use journey::{plan::process::Origin, view::ecosystem::diagram};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{halt::Halt, paths, words::counted},
    design::{ButtonLink, Grid, Title},
    request::visitor::path,
    work::ecosystem::hero,
};

/// `/`
#[component]
pub fn Start() -> impl IntoView {
    page(async {
        let context = context().await?;
        let signed_in = context.caller.visitor.clone();
        let process = context.services.processes.newest("consumer");
        let stages = process.map(|process| {
            let items = process
                .stages
                .iter()
                .map(|stage| {
                    let count = process.tasks.iter().filter(|t| t.stage == stage.id && t.origin != Origin::Supporting).count();
                    view! {
                        <li>
                            <b>{stage.title.clone()}</b>
                            <span class="gpc-meta">{format!(" {}", counted(count, "task"))}</span>
                            <br />
                            {stage.about.clone()}
                        </li>
                    }
                })
                .collect_view();
            view! { <ol class="nhsuk-list nhsuk-list--number gpc-steps">{items}</ol> }
        });
        let (main, to) = match &signed_in {
            Some(visitor) if visitor.is_programme() => ("Go to the worklist", "/worklist"),
            Some(_) => ("Go to your journeys", "/journeys"),
            None => ("Sign in", "/sign-in"),
        };
        let anonymous = signed_in.is_none();
        let body = view! {
            {crate::design::say::banner(context.banner)}
            <h1 class="nhsuk-heading-xl">"Connect a product to GP Connect"</h1>
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    <p class="nhsuk-lede-text">
                        "Take a product from first idea to live in a practice. Always see where you are, what is next, whose turn it is and what is stopping you."
                    </p>
                    <ButtonLink to=to text=main />
                    {anonymous.then(|| view! { <p>"New here? " <a href="/register">"Create an account for your organisation"</a> "."</p> })}
                </div>
            </div>
            <div class="gpc-sides">
                <section>
                    <h2 class="nhsuk-heading-m">"Suppliers"</h2>
                    <p>"Describe your use case, answer what NHS England asks, test, get your certificate and go live. Every wait shows who holds it and by when."</p>
                </section>
                <section>
                    <h2 class="nhsuk-heading-m">"NHS England teams"</h2>
                    <p>"Review what is submitted, oldest first. See only what changed since you last looked. Decide, with reasons."</p>
                </section>
                <section>
                    <h2 class="nhsuk-heading-m">"Practices, trusts and groups"</h2>
                    <p>"Read what you are asked to sign, and for whom. Use the link in the email you were sent."</p>
                    <p>"See which products are assured and where they are live in the "<a href=paths::REGISTER>"register of products"</a>"."</p>
                </section>
            </div>
            <h2 class="nhsuk-heading-l gpc-below">"See the whole journey"</h2>
            <div class="gpc-two">
                <section>
                    <h3 class="nhsuk-heading-m"><a href="/ecosystem/consumer">"The consumer journey"</a></h3>
                    {small("consumer")}
                    <p>"For products that call GP Connect: to show a record, to book an appointment, to send a document."</p>
                </section>
                <section>
                    <h3 class="nhsuk-heading-m"><a href="/ecosystem/provider">"The provider journey"</a></h3>
                    {small("provider")}
                    <p>"For GP clinical systems that hold records and open them to others."</p>
                </section>
            </div>
            <p>{onward("/example", "See an example journey")}</p>
            <p>{onward("/example?side=provider", "See an example of a provider journey")}</p>
            <p>
                <a href="/capabilities">"Read about the capabilities"</a> ", " <a href="/spine">"how a request travels over Spine"</a> ", or " <a href="/glossary">"look up a word"</a> "."
            </p>
            <h2 class="nhsuk-heading-l gpc-below">"How it works"</h2>
            <p>"The steps for a product that reads or writes GP data, stage by stage:"</p>
            {stages}
        }
        .into_any();
        Ok(("Connect a product to GP Connect".to_owned(), body))
    })
}

/// A link with an arrow.
fn onward(to: &'static str, text: &'static str) -> AnyView {
    view! {
        <a class="nhsuk-action-link" href=to>
            <svg class="nhsuk-icon nhsuk-icon--arrow-right-circle" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" focusable="false" aria-hidden="true">
                <path d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1 15.500-1.400-1.400 3.100-3.100H6v-2h8.700l-3.100-3.100L13 6.500l5.500 5.500z" />
            </svg>
            <span class="nhsuk-action-link__text">{text}</span>
        </a>
    }
    .into_any()
}

/// A picture of the start page: its stages are links, its stops are not.
fn small(side: &str) -> AnyView {
    let drawn = diagram(side).map(|diagram| hero::svg(diagram) + &hero::stages(diagram));
    view! { <div class="gpc-hero" inner_html=drawn></div> }.into_any()
}

/// `/accessibility`
#[component]
pub fn Accessibility() -> impl IntoView {
    page(async {
        let context = context().await?;
        let help = context.services.help_address.to_string();
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Accessibility statement" />
                <p>"We want everybody to be able to use this service. You should be able to:"</p>
                <ul class="nhsuk-list nhsuk-list--bullet">
                    <li>"do everything with the keyboard alone, and always see where you are"</li>
                    <li>"zoom to 400% and use a small screen without scrolling sideways"</li>
                    <li>"use a screen reader on every page"</li>
                    <li>"switch JavaScript off and still do everything"</li>
                    <li>"be told 5 minutes before you are signed out, stay signed in with one click, and lose nothing that you typed"</li>
                </ul>
                <h2 class="nhsuk-heading-m">"How accessible it is"</h2>
                <p>"The service is built to meet the Web Content Accessibility Guidelines 2.2 at level AA. Every page is checked with an automatic tool, colour contrast included, each time the service changes. It has not been audited by a third party yet."</p>
                <h2 class="nhsuk-heading-m">"If something does not work for you"</h2>
                <p>"Write to " <a href=format!("mailto:{help}")>{help.clone()}</a> ". Say which page it was and what you use. We answer within 5 working days."</p>
                <p>"If you are not content with our answer, contact the Equality Advisory and Support Service."</p>
            </div></div>
        }
        .into_any();
        Ok(("Accessibility statement".to_owned(), body))
    })
}

/// `/privacy`
#[component]
pub fn Privacy() -> impl IntoView {
    page(async {
        let context = context().await?;
        let help = context.services.help_address.to_string();
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Privacy" />
                <p>"This service holds no patient data. Never write about a real patient here, and use test NHS numbers in evidence."</p>
                <h2 class="nhsuk-heading-m">"What we keep about you"</h2>
                <ul class="nhsuk-list nhsuk-list--bullet">
                    <li>"your name, email address, organisation and roles, so that people know who did what"</li>
                    <li>"what you do on a journey, in a history that cannot be changed afterwards: it is the record of the assurance"</li>
                    <li>"the meetings that you propose and answer, with your words, for as long as the journey is kept"</li>
                    <li>"what you say in the conversations of a journey, and how far you have read them; you can take back a message for 15 minutes"</li>
                    <li>"what these pages told you about, for half a year, and the views of the worklist that you keep"</li>
                    <li>"where you are signed in: the name of the browser and the time"</li>
                    <li>"the name and email address of people who are asked by email to sign for their organisation, without an account; what they signed keeps their name"</li>
                    <li>"when you sign in, and when somebody tries to and cannot, for 90 days; what you download; the operators of this service see it"</li>
                    <li>"your network address, for two days, to slow down guessing of passwords and to see who tried"</li>
                </ul>
                <h2 class="nhsuk-heading-m">"Who sees it"</h2>
                <p>"People of your organisation, the GP Connect teams of NHS England, and the organisations that take part in the same journey. Nobody else."</p>
                <h2 class="nhsuk-heading-m">"What anybody can read"</h2>
                <p>"When a certificate is issued, the "<a href=paths::REGISTER>"register of products"</a>" lists the product, the supplier, the capabilities, how the certificate stands and where the product is live, by the name and ODS code of each organisation. It has no names of people, no email addresses, no evidence and nothing that was said on a journey."</p>
                <h2 class="nhsuk-heading-m">"Your rights"</h2>
                <p>"Ask us what we hold about you, or to correct it: " <a href=format!("mailto:{help}")>{help.clone()}</a> "."</p>
            </div></div>
        }
        .into_any();
        Ok(("Privacy".to_owned(), body))
    })
}

/// `/cookies`
#[component]
pub fn Cookies() -> impl IntoView {
    page(async {
        context().await?;
        let body = view! {
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Cookies" />
                <p>"We use three cookies. They only do what you ask of the service, so we do not ask for consent."</p>
                <Grid caption="The cookies of this service" columns=["Purpose", "Contains", "Ends"] rows={view! { <tr role="row"><td role="cell" data-l="Purpose">"Keeps you signed in, and carries a form over when it has to be shown again"</td><td role="cell" data-l="Contains">"A random number"</td><td role="cell" data-l="Ends">"After 30 minutes without use, 12 hours at the latest, or when you sign out. An open page says so 5 minutes before"</td></tr>
                        <tr role="row"><td role="cell" data-l="Purpose">"Tells you on the next page what you have just done, or what to put right when you sign in or register"</td><td role="cell" data-l="Contains">"That sentence, and what you typed but no password"</td><td role="cell" data-l="Ends">"When the next page is shown, or after 5 minutes"</td></tr>
                        <tr role="row"><td role="cell" data-l="Purpose">"Tells us that you have signed in with this browser before, so that nobody who tries wrong passwords can keep you out"</td><td role="cell" data-l="Contains">"A number that only we can work out"</td><td role="cell" data-l="Ends">"90 days after you last signed in, or when you set a new password"</td></tr> }.into_any()} />
                <p class="gpc-below">"There is nothing for advertising or statistics, and nothing of other companies."</p>
            </div></div>
        }
        .into_any();
        Ok(("Cookies".to_owned(), body))
    })
}

/// Where nothing else fits, and the plain page of an action that other people do, when it is not known where it was asked for.
#[component]
pub fn Nowhere() -> impl IntoView {
    page(async {
        if path() != "/not-yours" {
            return Err(Halt::Missing);
        }
        let told = context().await?.kept.map(|kept| (kept.heading, kept.detail));
        let (heading, detail) = told.unwrap_or_else(|| {
            let detail = "Other roles or another organisation do this. Nothing was changed.";
            ("You cannot do this".to_owned(), detail.to_owned())
        });
        Err(Halt::NotYours { heading, detail })
    })
}
