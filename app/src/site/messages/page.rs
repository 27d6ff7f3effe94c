//! `/journeys/{ref}/messages`: what was said on the journey as a whole, and who takes part.

use journey::{ledger::journey::Journey, port::messages::Listener, rule::conversation};
use leptos::prelude::*;

use crate::{
    act::{
        load::load,
        page::{context, page, titled},
    },
    base::paths,
    design::{Crumbs, Title, kept_true, live_on, say},
    islands::Wake,
    request::visitor::{Visitor, param},
    site::{meetings, messages::thread::Talk},
};

/// `/journeys/{ref}/messages`
#[component]
pub fn Messages() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = load(&context.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        let kept = context.kept.clone();
        let talk = Talk::load(&context.services, &visitor, journey, None, kept.clone()).await?;
        // Where nobody writes any more it was not asked for.
        let listeners = match &talk.listeners {
            Some(listeners) => listeners.clone(),
            None => context.services.store.listeners(&journey.reference).await?,
        };
        let meetings = meetings::list::seen(&context.services, &loaded, &visitor.actor).await?;
        let now = context.services.clock.now();
        let product = journey.opening.product.clone();
        let home = paths::journey(&journey.reference);
        let body = view! {
            <Crumbs links=vec![("/journeys".to_owned(), "Journeys".to_owned()), (home.clone(), product.clone())] />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner.clone())}
                    <Title above=format!("{product} {}", journey.reference) text="Messages" />
                    {live_on(&journey.reference)}
                    {talk.whole(Some(people(journey, &visitor, &listeners)))}
                </div>
                <div class="nhsuk-grid-column-one-third gpc-aside">
                    {kept_true("meetings", meetings::list::section(journey, &visitor.actor, (&meetings, now), None).into_any())}
                    <section>
                        <h2 class="nhsuk-heading-s">"On tasks"</h2>
                        <p class="gpc-meta">"Each task has a conversation of its own at the end of its page. "<a href=format!("{home}#tasks")>"The list of tasks"</a>" says where something is unread."</p>
                    </section>
                    <section>
                        <h2 class="nhsuk-heading-s">"This journey"</h2>
                        <ul class="gpc-links">
                            <li><a href=home.clone()>"All tasks"</a></li>
                            <li><a href=format!("{home}/history")>"History"</a></li>
                            <li><a href="/account#notices">"Choose when you get emails"</a></li>
                        </ul>
                    </section>
                </div>
            </div>
            <Wake />
        }
        .into_any();
        Ok((titled(&format!("Messages about {product}"), kept.as_ref()), body))
    })
}

/// Everybody who can be spoken to by name.
fn people(journey: &Journey, visitor: &Visitor, listeners: &[Listener]) -> AnyView {
    let own = conversation::own_side(journey, &visitor.actor);
    let items = listeners
        .iter()
        .map(|one| {
            let reads = own.is_some_and(|own| conversation::may_read(journey, &one.actor(listeners), None, own));
            let notes = reads.then_some(" Reads your notes.");
            view! { <li>{format!("@{}, {}.", one.name, one.organisation_name)}{notes}</li> }
        })
        .collect_view();
    let nobody = listeners.is_empty();
    view! {
        <details class="nhsuk-details" id="people">
            <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">"People you can mention"</span></summary>
            <div class="nhsuk-details__text">
                <p>"Tick or name them below your words, or write @ and the full name. They get an email at once, unless they chose to get none."</p>
                {if nobody { view! { <p>"Nobody has confirmed their address yet."</p> }.into_any() } else { view! { <ul class="nhsuk-list">{items}</ul> }.into_any() }}
            </div>
        </details>
    }
    .into_any()
}
