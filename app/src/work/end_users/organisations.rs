//! `/journeys/{ref}/organisations`: who has a part in a journey beside the supplier, who waits for one, and how another one
//! gets it.

use journey::{
    base::actor::{Actor, Role, Side},
    form::Answers,
    ledger::machine::Verb,
    port::seats::{PartyLine, WaitingPart},
    rule::{claims, leaving, offers},
    task::end_users,
};
use leptos::prelude::*;

use crate::{
    act::{
        letters,
        load::{Loaded, load},
        page::{context, page, titled},
        wording,
    },
    base::{dates, paths, said::RefusedForm},
    design::{Button, Column::Words, Columns, Crumbs, Grid, Hidden, SummaryRow, Title, ask, say},
    desk::claimed,
    request::visitor::{param, query},
};

/// `/journeys/{ref}/organisations`
#[component]
pub fn Organisations() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = load(&context.services, &visitor, &reference).await?;
        let (journey, store) = (&loaded.journey, &context.services.store);
        let offers = offers::offers_on_whole(journey, &visitor.actor);
        let may = |verb: Verb| offers.contains(&verb);
        let (gives, asks, declines) = (may(Verb::Join), may(Verb::AskForPart), may(Verb::DeclinePart));
        let leaves = [Verb::Leave, Verb::AskToLeave, Verb::DeclineLeave].into_iter().any(may);
        let parties = store.parties_of(&journey.reference, context.services.clock.now()).await?;
        let waiting = store.waiting_parts_of(&journey.reference).await?;
        let kept = context.kept.clone();
        let refused = kept.as_ref();
        let answers = context.typed_or(Answers::default());
        let reference = journey.reference.to_string();
        // Whose address was typed is for those who may ask or give.
        let addresses = gives || asks;
        let reference_path = paths::of_journey(&reference, "organisations");
        let crumbs = || {
            let home = (paths::journey(&reference), journey.opening.product.clone());
            vec![("/journeys".to_owned(), "Journeys".to_owned()), home]
        };
        let title = titled(&format!("Organisations of {}", journey.opening.product), refused);
        // One request, or one organisation to be invited again, has the page for itself: its questions stand there once.
        let (asked, again) = (query("part"), query("again"));
        let alone = if let Some(waiting) = waiting.iter().find(|waiting| gives && waiting.part.as_str() == asked) {
            Some(request_alone(&reference, waiting, refused))
        } else {
            let party = parties.iter().find(|party| gives && party.people == 0 && party.organisation.id.as_str() == again);
            party.map(|party| again_alone(&reference, party, refused))
        };
        if let Some(alone) = alone {
            let body = view! {
                <Crumbs links=[crumbs(), vec![(reference_path, "Organisations".to_owned())]].concat() />
                <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                    {say::kept(refused)}
                    {say::banner(context.banner.clone())}
                    {alone}
                </div></div>
            }
            .into_any();
            return Ok((title, body));
        }
        let rows = parties.iter().map(|party| {
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">
                        {party.organisation.name.clone()}
                        {(!party.organisation.ods_code.is_empty()).then(|| view! { <br /><span class="gpc-meta gpc-mono">{party.organisation.ods_code.clone()}</span> })}
                    </th>
                    <td role="cell" data-l="Part">{part(party.organisation.side)}</td>
                    <td role="cell" data-l="People">{people(party, addresses)}{undelivered(party, addresses)}{asked_to_leave(&loaded, party)}</td>
                    {(leaves || gives).then(|| view! {
                        <td role="cell">
                            {(gives && party.people == 0).then(|| view! {
                                <a href=format!("{reference_path}?again={}", party.organisation.id)>"Invite again"<span class="nhsuk-u-visually-hidden">{format!(" somebody of {}", party.organisation.name)}</span></a>
                            })}
                            {leave_views(&loaded, &visitor.actor, party, refused)}
                        </td>
                    })}
                </tr>
            }
        }).collect_view();
        let some = !parties.is_empty();
        let requests = waiting
            .iter()
            .filter(|_| addresses)
            .map(|waiting| request_view(&reference, waiting, gives, declines, refused))
            .collect_view();
        let product = journey.opening.product.clone();
        let hidden = vec![("journey", reference.clone())];
        let supplier = loaded.names.organisations.get(&journey.organisation).cloned().unwrap_or_default();
        let form = (gives || asks).then(|| {
            let (heading, text, button) = if gives {
                (
                    "Add an organisation",
                    "You confirm with it who the organisation is. Its first person is invited at once.",
                    "Add it",
                )
            } else {
                (
                    "Ask to add an organisation",
                    "NHS England confirms who the organisation is before anybody is invited. You will hear by email when it has.",
                    "Ask to add it",
                )
            };
            view! {
                <h2 class="nhsuk-heading-m gpc-below" id="give">{heading}</h2>
                <p>{text}</p>
                <form action="/do/end-users/invite" method="post" novalidate>
                    <Hidden values=hidden />
                    {ask::questions(&end_users::invitation(), &answers, refused)}
                    <Button text=button />
                </form>
            }
        });
        let body = view! {
            <Crumbs links=crumbs() />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(refused)}
                    {say::banner(context.banner.clone())}
                    <Title above=format!("{product} {reference}") text="Organisations taking part">
                        {format!("{supplier} is the supplier. The GP Connect teams of NHS England take part in every journey.")}
                    </Title>
                    {(addresses && !waiting.is_empty()).then(|| view! {
                        <h2 class="nhsuk-heading-m" id="waiting">"Waiting for NHS England to confirm"</h2>
                        {requests}
                        <h2 class="nhsuk-heading-m">"Taking part now"</h2>
                    })}
                    {if some {
                        view! {
                            <Grid
                                caption="Organisations taking part in this journey"
                                columns=Columns::from(["Organisation", "Part", "People"]).and((leaves || gives).then_some(Words("Change")))
                                rows=rows.into_any()
                            />
                        }
                        .into_any()
                    } else {
                        view! {
                            <div class="gpc-empty">
                                <h2 class="nhsuk-heading-s">"No other organisation takes part yet"</h2>
                                <p>"Those that will use the product read the SCAL and sign for its use; whoever leads the deployment agrees the plan. They see this journey and no other."</p>
                            </div>
                        }
                        .into_any()
                    }}
                    {form}
                    {(!gives && !asks).then(|| view! { <p class="gpc-below">"An onboarding lead of the supplier asks to add an organisation; a programme lead of NHS England confirms who it is and adds it."</p> })}
                </div>
            </div>
        }
        .into_any();
        Ok((title, body))
    })
}

/// What part an organisation of this side has.
pub(crate) fn part(side: Side) -> &'static str {
    match side {
        Side::Commissioner => "Leads the deployment",
        _ => "Will use the product",
    }
}

fn people(party: &PartyLine, addresses: bool) -> String {
    if party.people > 0 {
        return if party.people == 1 { "1 person".to_owned() } else { format!("{} people", party.people) };
    }
    let on_its_way = party.invited.iter().filter(|open| open.undelivered.is_none());
    let all: Vec<String> = on_its_way.map(|open| format!("{}, until {}", open.email, dates::day_of(open.until))).collect();
    match (all.is_empty(), addresses) {
        (true, _) => "Nobody has joined, and no invitation is open".to_owned(),
        (false, true) => format!("Nobody has joined yet. Invited: {}", all.join("; ")),
        (false, false) => "Nobody has joined yet".to_owned(),
    }
}

/// Invitations that cannot arrive. Whoever may not see addresses learns that somebody has to look.
fn undelivered(party: &PartyLine, addresses: bool) -> AnyView {
    let lost = party.invited.iter().filter_map(|open| Some((open, open.undelivered?)));
    lost.map(|(open, reason)| {
        let says = if addresses {
            letters::undelivered_in_words(&open.email, reason)
        } else {
            "An invitation could not be delivered.".to_owned()
        };
        view! { <p class="nhsuk-error-message">{says}</p> }
    })
    .collect_view()
    .into_any()
}

fn facts(waiting: &WaitingPart) -> AnyView {
    let roles: Vec<&str> = waiting.roles.iter().map(|role| role.title()).collect();
    view! {
        <dl class="nhsuk-summary-list">
            <SummaryRow key="Part" value=part(waiting.side) />
            <SummaryRow key="First person" value=waiting.email.clone() />
            <SummaryRow key="As" value=roles.join(", ") />
            <SummaryRow key="Asked" value=format!("{}, by {}", dates::moment(waiting.at), waiting.by.1) />
        </dl>
    }
    .into_any()
}

/// A request as it stands in the list.
fn request_view(journey: &str, waiting: &WaitingPart, gives: bool, declines: bool, kept: Option<&RefusedForm>) -> AnyView {
    let to = format!("/journeys/{journey}/organisations?part={}", waiting.part);
    view! {
        <section id=format!("part-{}", waiting.part) aria-label=format!("Request for {}", waiting.identity.name)>
            <h3 class="nhsuk-heading-s">{waiting.identity.in_words()}</h3>
            {facts(waiting)}
            {gives.then(|| view! { <p><a href=to>"Confirm who it is"<span class="nhsuk-u-visually-hidden">{format!(": {}", waiting.identity.name)}</span></a></p> })}
            {(declines && !gives).then(|| decline_view(journey, waiting, gives, kept))}
        </section>
    }
    .into_any()
}

fn decline_view(journey: &str, waiting: &WaitingPart, gives: bool, kept: Option<&RefusedForm>) -> AnyView {
    let (summary, help) = if gives {
        ("Do not add it", "The supplier reads this.")
    } else {
        ("Take the request back", "It is kept in the history.")
    };
    let form = ReasonForm {
        action: "decline",
        hidden: vec![("journey", journey.to_owned()), ("part", waiting.part.to_string())],
        id: waiting.part.as_str(),
        of: &waiting.identity.name,
        summary,
        help: Some(help),
        class: "",
    };
    form.drawn(kept, |_, _| None)
}

/// A request, with what a programme lead needs to decide on it.
fn request_alone(journey: &str, waiting: &WaitingPart, kept: Option<&RefusedForm>) -> AnyView {
    let domain = |address: &str| address.rsplit('@').next().unwrap_or_default().to_owned();
    let same = domain(&waiting.email) == domain(&waiting.by.2);
    let hidden = vec![("journey", journey.to_owned()), ("part", waiting.part.to_string())];
    let asked = Answers::default()
        .with("organisation", &waiting.identity.name)
        .with("ods_code", &waiting.identity.ods_code)
        .with("email", &waiting.email);
    let about_this = |kept: &&RefusedForm| kept.typed.one("about").is_empty();
    let answers = kept.filter(about_this).map_or(asked, |kept| kept.typed.clone());
    view! {
        <Title above=format!("{} {journey}", waiting.product) text=format!("Who is {}?", waiting.identity.name)>
            {format!("{} asks to add it.", waiting.supplier)}
        </Title>
        {facts(waiting)}
        {same.then(|| view! {
            <div class="nhsuk-inset-text">
                <p>"This address has the same domain as the address of whoever asked. Make sure that this person works for the organisation and not for the supplier."</p>
            </div>
        })}
        <p>"Look the code up in the register of the Organisation Data Service, and make sure that this person acts for the organisation. What you confirm here is what the organisation signs under."</p>
        <form action="/do/end-users/confirm" method="post" novalidate>
            <Hidden values=hidden />
            {ask::questions(&end_users::confirmation(), &answers, kept)}
            <Button text="Confirm and add it" />
        </form>
        {decline_view(journey, waiting, true, kept)}
    }
    .into_any()
}

/// Until somebody has come, another address can be invited: for a slip, or a person who has left.
fn again_alone(journey: &str, party: &PartyLine, kept: Option<&RefusedForm>) -> AnyView {
    let id = &party.organisation.id;
    let hidden = vec![("journey", journey.to_owned()), ("organisation", id.to_string())];
    let last = party.invited.last().map(|open| open.email.clone()).unwrap_or_default();
    let answers = kept.map_or_else(|| Answers::default().with("email", &last), |kept| kept.typed.clone());
    view! {
        <Title text=format!("Invite somebody of {}", party.organisation.identity().in_words()) />
        <p>{people(party, true)}"."</p>
        {undelivered(party, true)}
        <form action="/do/end-users/invite-again" method="post" novalidate>
            <Hidden values=hidden />
            {ask::questions(&end_users::first_person(party.organisation.side), &answers, kept)}
            <Button text="Send the invitation" />
        </form>
    }
    .into_any()
}

/// Who asked that an organisation leaves, and why.
fn asked_to_leave(loaded: &Loaded, party: &PartyLine) -> Option<AnyView> {
    let asked = loaded.journey.asked_leave(&party.organisation.id)?;
    let who = wording::who(&loaded.names, Some(&asked.by));
    let text = format!("{who} asked on {} that it leaves. A programme lead confirms it. ", dates::day_of(asked.at));
    Some(view! { <p class="gpc-meta">{text}<span class="gpc-lines">{asked.reason.clone()}</span></p> }.into_any())
}

/// What the reader may do about an organisation's leaving.
fn leave_views(loaded: &Loaded, actor: &Actor, party: &PartyLine, kept: Option<&RefusedForm>) -> AnyView {
    let (journey, id) = (&loaded.journey, &party.organisation.id);
    let may = |verb: Verb| leaving::may(journey, actor, verb, id).is_ok();
    let own = *id == actor.organisation;
    let asked = journey.asked_leave(id);
    let form = |action: &'static str, summary: &'static str, help: Option<&'static str>| {
        let form = ReasonForm {
            action,
            hidden: vec![("journey", journey.reference.to_string()), ("organisation", id.to_string())],
            id: id.as_str(),
            of: &party.organisation.name,
            summary,
            help,
            class: "gpc-fold",
        };
        let held = claims::wish_of_another(&loaded.names.claims, journey, id, actor).filter(|_| action != "ask-to-leave");
        let held: Vec<_> = held.map(|holder| (Role::ProgrammeLead, holder)).into_iter().collect();
        form.drawn(kept, |field, kept| claimed::in_place_of(&held, &loaded.names, kept, field))
    };
    let leave = may(Verb::Leave).then(|| match (asked.is_some(), own) {
        (true, _) => form("take-back", "Confirm that it leaves", None),
        (false, true) => form("take-back", "Leave this journey", Some(GOES)),
        (false, false) => form("take-back", "Remove it from this journey", Some(GOES)),
    });
    let ask = may(Verb::AskToLeave).then(|| {
        let summary = if own { "Ask to leave" } else { "Ask that it leaves" };
        let help = "A programme lead of NHS England confirms it. The organisation, and whoever decides, read this.";
        form("ask-to-leave", summary, Some(help))
    });
    let stay = may(Verb::DeclineLeave).then(|| {
        let help = "The supplier and the organisation read this.";
        let theirs = asked.is_some_and(|asked| asked.of == actor.organisation);
        let summary = if theirs { "Take the request back" } else { "Let it stay" };
        form("decline-leave", summary, Some(help))
    });
    view! { {leave} {ask} {stay} }.into_any()
}

const GOES: &str =
    "Its people cannot open this journey any more. What it signed does not count any more; it can always be read by them.";

/// A form about one organisation or one request that is folded away. It opens with what was typed when that was refused.
struct ReasonForm<'a> {
    action: &'static str,
    hidden: Vec<(&'static str, String)>,
    /// Whose form of this action.
    id: &'a str,
    /// The name of it, for those who only hear the page.
    of: &'a str,
    summary: &'static str,
    /// Without it no reason is asked for: that of the wish counts.
    help: Option<&'static str>,
    class: &'static str,
}

impl ReasonForm<'_> {
    fn drawn(self, kept: Option<&RefusedForm>, box_of: impl FnOnce(&str, Option<&RefusedForm>) -> Option<AnyView>) -> AnyView {
        let Self { action, hidden, id, of, summary, help, class } = self;
        let about = format!("{action}-{id}");
        let kept = kept.filter(|kept| kept.typed.one("about") == about);
        // The summary of errors links to the field by its name.
        let field = |name: &str| if kept.is_some() { name.to_owned() } else { format!("{about}-{name}") };
        let typed = kept.map(|kept| kept.typed.one("reason").to_owned()).unwrap_or_default();
        let problem = kept.and_then(|kept| kept.problem("reason"));
        let reason = match help {
            Some(help) => ask::words(&field("reason"), "reason", "Why?", help, &typed, problem, 2),
            None => view! { <p>{GOES}</p> }.into_any(),
        };
        let class = ["nhsuk-details", class].join(" ");
        view! {
            <details class=class.trim_end().to_owned() open=kept.is_some()>
                <summary class="nhsuk-details__summary">
                    <span class="nhsuk-details__summary-text">{summary}<span class="nhsuk-u-visually-hidden">{format!(": {of}")}</span></span>
                </summary>
                <div class="nhsuk-details__text">
                    <form action=format!("/do/end-users/{action}") method="post" novalidate>
                        <Hidden values=hidden />
                        {reason}
                        {box_of(&field("instead"), kept)}
                        <Button text=summary secondary=true small=true />
                    </form>
                </div>
            </details>
        }
        .into_any()
    }
}
