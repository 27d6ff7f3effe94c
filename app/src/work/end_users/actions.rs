//! Giving an organisation a part. A supplier asks; a programme lead confirms who the organisation is, and only then is
//! anybody invited. All that follows from a decision is written in its transaction.
//!
//! Long because every action on parts and invitations is here, each of a few lines.

use journey::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::{OrganisationId, PartId},
    },
    form::{Answers, Form, Problem, Problems},
    ledger::{machine::Verb, refusal::Refusal},
    people::rules,
    port::{Letter, Link, LinkPurpose, Organisation, seats::SeatChange},
    rule::{command::Command, offers},
    task::end_users,
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionRequest, ActionResult, Typed, act, signed_in},
        letters,
        load::{Loaded, load},
        post::perform_with_seats,
    },
    base::{halt::Halt, paths, said::RefusedForm, words::encode},
    request::{
        flash,
        services::{Services, services},
        visitor::{Caller, Visitor, calling},
    },
    site::people::new_link,
};

fn wish(journey: &str, typed: Answers) -> ActionRequest {
    ActionRequest {
        journey: journey.to_owned(),
        task: String::new(),
        seen: None,
        page: "/organisations".to_owned(),
        typed,
        role: None,
        instead: String::new(),
        drafts: Vec::new(),
        sent: Vec::new(),
    }
}

/// A reason, typed into the form of one organisation or request: should it be refused, it comes back into that form.
fn reason_about(form: &str, id: &str, reason: &str) -> Answers {
    Answers::default().with("reason", reason).with("about", &format!("{form}-{id}"))
}

fn page_of(journey: &str) -> String {
    paths::of_journey(&encode(journey), "organisations")
}

/// Who is to have a part, and who is invited first.
struct Seat {
    side: Side,
    identity: Identity,
    email: String,
    roles: Vec<Role>,
}

/// Asks for a part for an organisation; from a programme lead it gives the part at once.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/invite")]
pub async fn invite(#[server(default)] journey: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let page = page_of(&journey);
        let visitor = signed_in(&caller, &page, &typed).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let offers = offers::offers_on_whole(&loaded.journey, &visitor.actor);
        let gives = offers.contains(&Verb::Join);
        if gives || offers.contains(&Verb::AskForPart) {
            let Some(clean) = checked(&caller, &loaded, &page, &end_users::invitation(), &typed).await? else { return Ok(page) };
            let (side, roles) = end_users::invited_as(&clean);
            let seat = Seat { side, identity: identity_in(&clean), email: clean.one("email").to_owned(), roles };
            if of_supplier(&services, &caller, &loaded, &page, &seat, &typed).await? {
                return Ok(page);
            }
            if gives {
                return give(&services, &visitor, wish(&journey, typed), None, seat).await;
            }
            return ask(&services, wish(&journey, typed), seat).await;
        }
        // The rules know the sentence.
        let seat = Seat { side: Side::EndUser, identity: Identity::default(), email: String::new(), roles: Vec::new() };
        ask(&services, wish(&journey, typed), seat).await
    })
    .await
}

/// Confirms who an organisation is that a supplier asked a part for, and gives it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/confirm")]
pub async fn confirm(
    #[server(default)] journey: String,
    #[server(default)] part: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let page = page_of(&journey);
        let visitor = signed_in(&caller, &page, &typed).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let waiting = services.store.waiting_parts_of(&loaded.journey.reference).await?;
        let Some(waiting) = waiting.into_iter().find(|waiting| waiting.part.as_str() == part) else {
            // Answered by somebody else, or taken back: the rules know the sentence.
            let part = part.parse().map_err(|_| Halt::Missing)?;
            return decline_part(&journey, part, String::new()).await;
        };
        let back = format!("{page}?part={}", waiting.part);
        let Some(clean) = checked(&caller, &loaded, &page, &end_users::confirmation(), &typed).await? else { return Ok(back) };
        let seat = Seat {
            side: waiting.side,
            identity: identity_in(&clean),
            email: clean.one("email").to_owned(),
            roles: end_users::first_roles(waiting.side, &waiting.roles),
        };
        if of_supplier(&services, &caller, &loaded, &page, &seat, &typed).await? {
            return Ok(back);
        }
        give(&services, &visitor, wish(&journey, typed), Some(waiting.part), seat).await
    })
    .await
}

/// Does not give a part that was asked for. The supplier takes its own request back with it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/decline")]
pub async fn decline(
    #[server(default)] journey: String,
    #[server(default)] part: String,
    #[server(default)] reason: String,
) -> ActionResult {
    act(async move {
        let part: PartId = part.parse().map_err(|_| Halt::Missing)?;
        decline_part(&journey, part, reason).await
    })
    .await
}

async fn decline_part(journey: &str, part: PartId, reason: String) -> Result<String, Halt> {
    let page = page_of(journey);
    // A programme lead decides on a page of its own.
    let from = format!("/organisations?part={part}");
    let seats = vec![SeatChange::Answered { part: part.clone() }];
    perform_with_seats(
        ActionRequest { page: from, ..wish(journey, reason_about("decline", part.as_str(), &reason)) },
        |_, _| Ok(Command::DeclinePart { part: part.clone(), reason: reason.clone() }),
        seats,
        |_, _| (page, "The organisation is not added".to_owned(), "Nobody was invited. The reason is in the history.".to_owned()),
    )
    .await
}

/// Invites the first person of an organisation again, or somebody else: until somebody has come.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/invite-again")]
pub async fn invite_again(
    #[server(default)] journey: String,
    #[server(default)] organisation: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let page = page_of(&journey);
        let visitor = signed_in(&caller, &page, &typed).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let organisation: OrganisationId = organisation.parse().map_err(|_| Halt::Missing)?;
        let party = loaded.journey.parties().find(|(id, _)| **id == organisation).map(|(_, side)| side);
        let side = party.ok_or(Halt::Missing)?;
        if !offers::offers_on_whole(&loaded.journey, &visitor.actor).contains(&Verb::Join) {
            return Err(Halt::Missing);
        }
        let known = services.store.organisation(&organisation).await?.ok_or(Halt::Missing)?;
        if !services.store.members(&organisation).await?.is_empty() {
            let heading = format!("{} has people of its own now", known.name);
            let detail = "Nobody was invited: its lead can invite colleagues.".to_owned();
            flash::keep(&caller.session, RefusedForm { path: page.clone(), heading, detail, ..RefusedForm::default() }).await?;
            return Ok(page);
        }
        let back = format!("{page}?again={organisation}");
        let Some(clean) = checked(&caller, &loaded, &page, &end_users::first_person(side), &typed).await? else {
            return Ok(back);
        };
        let roles = end_users::roles_of(side, &clean);
        let seat = Seat { side, identity: known.identity(), email: clean.one("email").to_owned(), roles };
        if of_supplier(&services, &caller, &loaded, &page, &seat, &typed).await? {
            return Ok(back);
        }
        let (link, letter) = invitation(&services, &visitor, &known, &seat);
        let outcome = services.store.invite(link, letter, rules::invitation_limit(true)).await?;
        match letters::of_invitation(outcome, &seat.email) {
            Ok((heading, text)) => {
                // Nobody of it is here: this one stands for its first person, and a slip opens nothing any more.
                let now = services.clock.now();
                for old in services.store.invitations(&organisation, now).await? {
                    if old.email != seat.email {
                        services.store.cancel_invitation(&organisation, &old.token, visitor.by(), now).await?;
                    }
                }
                flash::say(&caller, heading, text);
                Ok(page)
            }
            Err(says) => {
                refuse(&caller, &page, vec![Problem::new("email", says)], typed).await?;
                Ok(back)
            }
        }
    })
    .await
}

/// Takes the part of an organisation back.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/take-back")]
pub async fn take_back(
    #[server(default)] journey: String,
    #[server(default)] organisation: String,
    #[server(default)] reason: String,
    #[server(default)] instead: String,
) -> ActionResult {
    act(async move {
        let page = page_of(&journey);
        let typed = reason_about("take-back", &organisation, &reason);
        let organisation = organisation.parse::<OrganisationId>().ok();
        // Whoever leaves cannot open the journey any more.
        let own = calling()?.visitor.is_some_and(|visitor| Some(&visitor.organisation.id) == organisation.as_ref());
        let next = if own { "/journeys".to_owned() } else { page.clone() };
        let seats = organisation.iter().map(|organisation| SeatChange::Left { organisation: organisation.clone() }).collect();
        perform_with_seats(
            ActionRequest { instead, ..wish(&journey, typed) },
            |_, _| {
                let organisation = organisation.clone().ok_or(Refusal::AlreadyDone)?;
                Ok(Command::Leave { organisation, reason: reason.clone() })
            },
            seats,
            |_, _| {
                let text =
                    "What was signed and written stays in the history, and the signatures do not count any more. Invitations that nobody accepted do not work any more.";
                (next, "The organisation has left".to_owned(), text.to_owned())
            },
        )
        .await
    })
    .await
}

/// Asks that an organisation leaves: a programme lead confirms it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/ask-to-leave")]
pub async fn ask_to_leave(
    #[server(default)] journey: String,
    #[server(default)] organisation: String,
    #[server(default)] reason: String,
) -> ActionResult {
    act(async move {
        let page = page_of(&journey);
        let typed = reason_about("ask-to-leave", &organisation, &reason);
        let organisation = organisation.parse::<OrganisationId>().map_err(|_| Halt::Missing)?;
        perform_with_seats(
            wish(&journey, typed),
            |_, _| Ok(Command::AskToLeave { organisation: organisation.clone(), reason: reason.clone() }),
            Vec::new(),
            |_, _| {
                let text = "A programme lead of NHS England confirms it. Until then nothing changes; the organisation is told.";
                (page, "You asked that the organisation leaves".to_owned(), text.to_owned())
            },
        )
        .await
    })
    .await
}

/// Lets an organisation stay that was asked to leave. Whoever asked takes the wish back with it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/decline-leave")]
pub async fn decline_leave(
    #[server(default)] journey: String,
    #[server(default)] organisation: String,
    #[server(default)] reason: String,
    #[server(default)] instead: String,
) -> ActionResult {
    act(async move {
        let page = page_of(&journey);
        let typed = reason_about("decline-leave", &organisation, &reason);
        let organisation = organisation.parse::<OrganisationId>().map_err(|_| Halt::Missing)?;
        perform_with_seats(
            ActionRequest { instead, ..wish(&journey, typed) },
            |_, _| Ok(Command::DeclineLeave { organisation: organisation.clone(), reason: reason.clone() }),
            Vec::new(),
            |_, _| (page, "The organisation stays".to_owned(), "It still takes part. The reason is in the history.".to_owned()),
        )
        .await
    })
    .await
}

fn identity_in(clean: &Answers) -> Identity {
    Identity { name: clean.one("organisation").to_owned(), ods_code: clean.one("ods_code").to_owned() }
}

/// The answers, tidied; `None` when the page shows what is wrong with them.
async fn checked(caller: &Caller, loaded: &Loaded, page: &str, form: &Form, typed: &Answers) -> Result<Option<Answers>, Halt> {
    match form.check(typed) {
        Ok(clean) => Ok(Some(clean)),
        Err(Problems(problems)) => {
            let (heading, detail) = Refusal::Invalid(Problems(problems.clone())).sentence(loaded.journey.process);
            let kept = RefusedForm { path: page.to_owned(), heading, detail, problems, typed: typed.clone() };
            flash::keep(&caller.session, kept).await?;
            Ok(None)
        }
    }
}

async fn refuse(caller: &Caller, page: &str, problems: Vec<Problem>, typed: Answers) -> Result<(), Halt> {
    let (heading, detail) = ("There is a problem".to_owned(), "Nobody was invited. Your words are kept.".to_owned());
    flash::keep(&caller.session, RefusedForm { path: page.to_owned(), heading, detail, problems, typed }).await
}

/// Whether the first person of another organisation would be somebody of the supplier: the page says so then. A supplier
/// that uses its own product has a part under its own code, with its own people.
async fn of_supplier(
    services: &Services,
    caller: &Caller,
    loaded: &Loaded,
    page: &str,
    seat: &Seat,
    typed: &Answers,
) -> Result<bool, Halt> {
    let supplier = &loaded.journey.organisation;
    let own = services.store.organisation(supplier).await?.is_some_and(|it| it.ods_code == seat.identity.ods_code);
    if own || !services.store.members(supplier).await?.iter().any(|member| member.email == seat.email) {
        return Ok(false);
    }
    let says = "This address belongs to somebody of the supplier. Enter the address of somebody at the organisation itself";
    refuse(caller, page, vec![Problem::new("email", says)], typed.clone()).await?;
    Ok(true)
}

/// The supplier asks.
async fn ask(services: &Services, wish: ActionRequest, seat: Seat) -> Result<String, Halt> {
    let Seat { side, identity, email, roles } = seat;
    let (page, name) = (page_of(&wish.journey), identity.name.clone());
    let part: PartId = services.secrets.id().parse().map_err(|_| Halt::Fault("random ids are ids".to_owned()))?;
    let seats = vec![SeatChange::Asked { part: part.clone(), email: email.clone(), roles }];
    perform_with_seats(
        wish,
        |_, _| Ok(Command::AskForPart { part: part.clone(), side, identity: identity.clone() }),
        seats,
        |_, _| {
            let text =
                format!("NHS England confirms who {name} is. Then {email} gets a link by email; nobody is invited before.");
            (page, format!("You asked to add {name}"), text)
        },
    )
    .await
}

/// A programme lead gives the part. The organisation is the one that has the code on this side, or a new one; where nobody
/// of it is here yet, its first person is invited.
async fn give(
    services: &Services,
    visitor: &Visitor,
    wish: ActionRequest,
    part: Option<PartId>,
    seat: Seat,
) -> Result<String, Halt> {
    let page = page_of(&wish.journey);
    let known = services.store.organisation_coded(seat.side, &seat.identity.ods_code).await?;
    let people = match &known {
        Some(known) => services.store.members(&known.id).await?.len(),
        None => 0,
    };
    let mut seats: Vec<SeatChange> = part.iter().map(|part| SeatChange::Answered { part: part.clone() }).collect();
    let organisation = known.unwrap_or_else(|| {
        let Identity { name, ods_code } = seat.identity.clone();
        let made = Organisation { id: services.organisation_id(), name, ods_code, side: seat.side };
        seats.push(SeatChange::Made(made.clone()));
        made
    });
    if people == 0 {
        let (link, letter) = invitation(services, visitor, &organisation, &seat);
        seats.push(SeatChange::Invited { link: Box::new(link), letter });
    }
    let (name, email) = (organisation.name.clone(), seat.email.clone());
    perform_with_seats(
        wish,
        |_, _| {
            let (identity, side) = (organisation.identity(), seat.side);
            Ok(Command::Join { organisation: organisation.id.clone(), side, identity, part: part.clone() })
        },
        seats,
        |_, _| {
            let text = if people == 0 {
                format!("{email} gets a link by email. It works for 14 days.")
            } else {
                format!(
                    "It is here already: {} told and can open this journey now. Nobody else was invited; its lead can invite colleagues.",
                    if people == 1 { "its 1 person is".to_owned() } else { format!("its {people} people are") }
                )
            };
            (page, format!("{name} takes part in this journey"), text)
        },
    )
    .await
}

/// The link for the first person of an organisation. What a supplier typed stays out of the subject.
fn invitation(services: &Services, visitor: &Visitor, organisation: &Organisation, seat: &Seat) -> (Link, Letter) {
    let (mut link, token) = new_link(services, LinkPurpose::Invite, &seat.email);
    link.organisation = Some(organisation.id.clone());
    link.roles.clone_from(&seat.roles);
    link.by = Some(visitor.actor.person.clone());
    let letter = letters::account(
        format!("invite-{}", link.token),
        &seat.email,
        "Join your organisation at GP Connect onboarding",
        &format!(
            "{} takes part in a journey at GP Connect onboarding. {} of {} confirmed this and invites you to join for it. The link works for 14 days.",
            organisation.identity().in_words(),
            visitor.name,
            visitor.organisation.name
        ),
        &format!("{}/invitations/{token}", services.base_url),
    );
    (link, letter)
}
