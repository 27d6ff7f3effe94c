//! Giving an organisation a part in a journey, and taking it back.

use journey::{
    command::{Command, Refusal},
    decide, end_users,
    form::Answers,
    ids::OrganisationId,
    port::{LinkPurpose, Organisation},
    standing::Verb,
};
use leptos::prelude::*;

use crate::{
    flash::{self, Kept},
    halt::Halt,
    letters,
    people::new_link,
    post::{Done, Typed, Wish, act, encode, load, perform, signed_in},
    services::{Services, services},
    visitor::{Visitor, calling},
};

fn wish(journey: &str, typed: Answers) -> Wish {
    Wish { journey: journey.to_owned(), task: String::new(), seen: None, page: "/organisations".to_owned(), typed }
}

/// Gives an organisation a part and invites its first person. An organisation that is here already with people of its own
/// gets the part, and its people are told; nobody from outside can be put into it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "end-users/invite")]
pub async fn invite(#[server(default)] journey: String, #[server(default)] answers: Typed) -> Done {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let page = format!("/journeys/{}/organisations", encode(&journey));
        let visitor = signed_in(&caller, &page, &typed).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        if !decide::offers_on_whole(&loaded.journey, &visitor.actor).contains(&Verb::Join) {
            // The rules know the sentence.
            let nobody = OrganisationId::try_from("nobody".to_owned()).map_err(|_| Halt::Missing)?;
            let side = journey::actor::Side::EndUser;
            return perform(
                wish(&journey, typed),
                |_, _| Ok(Command::Join { organisation: nobody.clone(), side }),
                |_, _| (page.clone(), String::new(), String::new()),
            )
            .await;
        }
        let clean = match end_users::invitation().check(&typed) {
            Ok(clean) => clean,
            Err(problems) => {
                let (heading, detail) = Refusal::Invalid(problems.clone()).sentence(loaded.journey.process);
                flash::keep(&caller.session, Kept { path: page.clone(), heading, detail, problems: problems.0, typed }).await?;
                return Ok(page);
            }
        };
        let (side, roles) = end_users::invited_as(&clean);
        let (organisation, is_new) = found(&services, &clean, side).await?;
        let name = organisation.name.clone();
        let told = if is_new { clean.one("email").to_owned() } else { String::new() };
        let to = page.clone();
        let answer = perform(
            wish(&journey, typed),
            |_, _| Ok(Command::Join { organisation: organisation.id.clone(), side }),
            |_, _| {
                let text = if is_new {
                    format!("{told} gets a link by email. It works for 14 days.")
                } else {
                    "It is here already: its people are told and can open this journey now.".to_owned()
                };
                (to, format!("{name} has a part in this journey"), text)
            },
        )
        .await?;
        // Only when it has the part now: a refusal invites nobody.
        let joined = load(&services, &visitor, &journey).await?.journey.has_joined(&organisation.id);
        if is_new && joined {
            send(&services, &visitor, &organisation, clean.one("email"), roles).await?;
        }
        Ok(answer)
    })
    .await
}

/// The organisation with this code on this side; made when there is none. Says whether nobody belongs to it yet.
async fn found(services: &Services, clean: &Answers, side: journey::actor::Side) -> Result<(Organisation, bool), Halt> {
    let code = clean.one("ods_code");
    if let Some(known) = services.store.organisation_coded(side, code).await? {
        let empty = services.store.members(&known.id).await?.is_empty();
        return Ok((known, empty));
    }
    let new = Organisation {
        id: services.organisation_id(),
        name: clean.one("organisation").to_owned(),
        ods_code: code.to_owned(),
        side,
    };
    services.store.add_organisation(new.clone(), services.clock.now()).await?;
    Ok((new, true))
}

async fn send(
    services: &Services,
    visitor: &Visitor,
    organisation: &Organisation,
    email: &str,
    roles: Vec<journey::actor::Role>,
) -> Result<(), Halt> {
    let (mut link, token) = new_link(services, LinkPurpose::Invite, email);
    link.organisation = Some(organisation.id.clone());
    link.roles = roles;
    link.by = Some(visitor.actor.person.clone());
    let letter = letters::account(
        format!("invite-{}", link.token),
        email,
        &format!("{} has a part at GP Connect onboarding", organisation.name),
        &format!(
            "{} of {} gave {} a part in a journey at GP Connect onboarding and invites you to join. The link works for 14 days.",
            visitor.name, visitor.organisation.name, organisation.name
        ),
        &format!("{}/invitations/{token}", services.base_url),
    );
    services.store.add_link(link, letter).await?;
    Ok(())
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
) -> Done {
    let page = format!("/journeys/{}/organisations", encode(&journey));
    act(perform(
        wish(&journey, Answers::default().with("reason", &reason)),
        |_, _| {
            let organisation = organisation.parse().map_err(|_| Refusal::AlreadyDone)?;
            Ok(Command::Leave { organisation, reason: reason.clone() })
        },
        |_, _| (page, "The part is taken back".to_owned(), "What was signed and written stays in the history.".to_owned()),
    ))
    .await
}
