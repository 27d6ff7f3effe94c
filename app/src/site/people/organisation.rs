//! `/organisation`: who belongs to it, who was invited, and changing that.
//!
//! Long because the page of an organisation and its actions show the same forms.

use journey::{
    base::{
        actor::Role,
        identity::Identity,
        ids::{Digest, PersonId},
    },
    form::{Answers, Problem},
    people::rules,
    port::{
        InHand, LinkPurpose, MOST_INVITATIONS, Member,
        seats::{RegisteredOrganisation, RolesRefused},
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act, signed_in},
        letters,
        page::{context, page, titled},
        step_up,
    },
    base::{dates, halt::Halt, said::RefusedForm, words},
    design::{Button, Column::Words, Columns, Details, Grid, Hidden, Title, ask, say},
    request::{
        flash,
        services::services,
        visitor::{Visitor, calling, query},
    },
    site::people::{new_link, second_step_reset},
};

/// `/organisation`
#[component]
pub fn OrganisationPage() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        let keeper = rules::may_keep_people(&visitor.actor);
        let members = context.services.store.members(&visitor.organisation.id).await?;
        let invited = context.services.store.invitations(&visitor.organisation.id, context.services.clock.now()).await?;
        let undelivered = context.services.store.invitations_undelivered(&visitor.organisation.id).await?;
        let kept = context.kept.clone();
        let allowed = rules::may_give(&visitor.actor);
        let leaves = query("leaves");
        let leaves = match members.iter().find(|member| keeper && member.person.as_str() == leaves) {
            Some(member) => {
                let held = context.services.store.in_hand(&visitor.organisation.id, &member.person).await?;
                Some(leaving_view(member, &members, held, &visitor.organisation.name))
            }
            None => None,
        };
        let lost = match keeper {
            true => {
                let resets = context.services.store.second_step_resets(&visitor.organisation.id).await?;
                Some(second_step_reset::section(&visitor, &members, &resets, kept.as_ref()))
            }
            false => None,
        };
        let rows = members
            .into_iter()
            .map(|member| {
                let titles: Vec<&str> = member.roles.iter().map(|role| role.title()).collect();
                let you = member.person == visitor.actor.person;
                let change = keeper.then(|| change_view(&member.person, &member.name, &member.roles, &allowed));
                view! {
                    <tr role="row">
                        <th scope="row" role="rowheader">{member.name.clone()}{you.then_some(" (you)")}</th>
                        <td role="cell" data-l="Email">{member.email}</td>
                        <td role="cell" data-l="Roles">{titles.join(", ")}</td>
                        <td role="cell" data-l="Since">{dates::day_of(member.since)}</td>
                        {keeper.then(|| view! { <td role="cell">{change}</td> })}
                    </tr>
                }
            })
            .collect_view();
        let any_invited = !invited.is_empty();
        let full = invited.len() >= MOST_INVITATIONS;
        // An invitation that could not be delivered is sent again with what it offered, to an address that is put right.
        let corrected = query("correct");
        let again = invited.iter().find(|link| keeper && link.token.as_str() == corrected).map(|link| {
            let roles = link.roles.iter().map(|role| role.name().to_owned()).collect();
            let mut answers = Answers::default().with("email", &link.email);
            answers.0.insert("roles".to_owned(), roles);
            (link.token.to_string(), answers)
        });
        let waiting = invited
            .into_iter()
            .map(|link| {
                let titles: Vec<&str> = link.roles.iter().map(|role| role.title()).collect();
                let email = link.email.clone();
                let reason = undelivered.iter().find(|(token, _)| *token == link.token).map(|(_, reason)| *reason);
                let problem = reason.map(|reason| {
                    let to = format!("/organisation?correct={}#invite", link.token);
                    view! {
                        <p class="nhsuk-error-message">{letters::undelivered_in_words(&email, reason)}</p>
                        {keeper.then(|| view! { <p><a href=to>"Correct the address"<span class="nhsuk-u-visually-hidden">{format!(" of {email}")}</span></a></p> })}
                    }
                });
                view! {
                    <li>
                        {link.email} " as " {titles.join(", ")} ", until " {dates::day_of(link.expires_at)} " "
                        {keeper
                            .then(|| {
                                view! {
                                    <form class="gpc-inline" action="/do/organisation/cancel-invitation" method="post">
                                        <Hidden values=vec![("invitation", link.token.to_string())] />
                                        <button class="gpc-linkbutton">"Take back"<span class="nhsuk-u-visually-hidden">{format!(" the invitation of {email}")}</span></button>
                                    </form>
                                }
                            })}
                        {problem}
                    </li>
                }
            })
            .collect_view();
        let invite = keeper.then(|| {
            let (instead, answers) = again.unwrap_or_default();
            let answers = context.typed_or(answers);
            view! {
                <h2 class="nhsuk-heading-m gpc-below" id="invite">"Invite a colleague"</h2>
                <form action="/do/organisation/invite" method="post" novalidate>
                    <Hidden values=vec![("instead", instead)] />
                    {ask::questions(&rules::invitation(&visitor.actor), &answers, kept.as_ref())}
                    <Button text="Send the invitation" />
                </form>
            }
        });
        let registered = context.services.store.registered(&visitor.organisation.id).await?.ok_or(Halt::Missing)?;
        let details = keeper.then(|| details_view(&registered, kept.as_ref()));
        let name = visitor.organisation.name.clone();
        let code = visitor.organisation.ods_code.clone();
        let body = view! {
            {say::kept(kept.as_ref())}
            {say::banner(context.banner)}
            <Title text=name.clone()>
                {if code.is_empty() { "ODS code not given. ".to_owned() } else { format!("ODS code {code}. ") }}
                {registered.confirmed.map(|at| format!("Confirmed by NHS England on {}.", dates::day_of(at)))}
            </Title>
            {leaves}
            <h2 class="nhsuk-heading-m">"People"</h2>
            <Grid
                caption=format!("People of {name}")
                columns=Columns::from(["Name", "Email", "Roles", "Since"]).and(keeper.then_some(Words("Change")))
                rows=rows.into_any()
            />
            {lost}
            {any_invited.then(|| view! { <h2 class="nhsuk-heading-m gpc-below">"Invited, not here yet"</h2><ul class="nhsuk-list nhsuk-list--bullet">{waiting}</ul> })}
            {full.then(|| view! { <p class="gpc-meta">{format!("The {MOST_INVITATIONS} invitations that have waited longest. Take back those that are no longer needed to see the others.")}</p> })}
            {invite}
            {details}
            {(!keeper).then(|| view! { <p class="gpc-below">"An onboarding lead, programme lead or group lead of your organisation can invite people and change roles."</p> })}
        }
        .into_any();
        Ok((titled(&name, kept.as_ref()), body))
    })
}

/// Asking for another name or code, folded away: it is rare. What is signed and issued names the organisation, so the
/// programme confirms it.
fn details_view(registered: &RegisteredOrganisation, kept: Option<&RefusedForm>) -> AnyView {
    let refused = kept.filter(|kept| kept.problem("organisation").is_some() || kept.problem("ods_code").is_some());
    let asked = registered.asked.as_ref();
    let shown = asked.map_or_else(|| registered.organisation.identity(), |asked| asked.identity.clone());
    let now = Answers::default().with("organisation", &shown.name).with("ods_code", &shown.ods_code);
    let answers = refused.map_or(now, |kept| kept.typed.clone());
    let waits = asked.map(|asked| {
        let says = format!("Asked for on {}: {}. NHS England confirms it.", dates::day_of(asked.at), asked.identity.in_words());
        view! {
            <div class="nhsuk-inset-text">
                <p>{says}</p>
                <form action="/do/organisation/take-back-details" method="post">
                    <button class="gpc-linkbutton">"Take the request back"</button>
                </form>
            </div>
        }
    });
    view! {
        {waits}
        <Details summary="Ask for another name or ODS code" open=refused.is_some() class="gpc-below" body=view! { <p>"Certificates and agreements name your organisation. NHS England confirms a change before it counts."</p>
                <form action="/do/organisation/set-details" method="post" novalidate>
                    {ask::questions(&rules::details(), &answers, refused)}
                    <Button text="Ask NHS England to confirm it" secondary=true small=true />
                </form> }.into_any() />
    }
    .into_any()
}

fn change_view(person: &PersonId, name: &str, roles: &[Role], allowed: &[Role]) -> AnyView {
    let boxes = allowed
        .iter()
        .map(|role| {
            let id = format!("{person}-{}", role.name());
            view! {
                <div class="nhsuk-checkboxes__item">
                    <input class="nhsuk-checkboxes__input" id=id.clone() type="checkbox" name="answers[roles][]" value=role.name() checked=roles.contains(role) />
                    <label class="nhsuk-label nhsuk-checkboxes__label" for=id>{role.title()}</label>
                </div>
            }
        })
        .collect_view();
    let (person, name) = (person.to_string(), name.to_owned());
    let seen = roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ");
    let hidden = name.clone();
    view! {
        <details class="nhsuk-details gpc-fold">
            <summary class="nhsuk-details__summary">
                <span class="nhsuk-details__summary-text">"Change"<span class="nhsuk-u-visually-hidden">{format!(" the roles of {hidden}")}</span></span>
            </summary>
            <div class="nhsuk-details__text">
                <form action="/do/organisation/set-roles" method="post">
                    <Hidden values=vec![("person", person), ("seen", seen)] />
                    <fieldset class="nhsuk-fieldset">
                        <legend class="nhsuk-fieldset__legend">{format!("Roles of {name}. With none they leave the organisation.")}</legend>
                        <div class="nhsuk-checkboxes">{boxes}</div>
                    </fieldset>
                    <Button text="Save the roles" secondary=true small=true />
                </form>
            </div>
        </details>
    }
    .into_any()
}

/// Before somebody is taken out: what they have in hand, and which roles nobody holds afterwards.
fn leaving_view(member: &Member, members: &[Member], held: InHand, organisation: &str) -> AnyView {
    let others = |role: &Role| members.iter().any(|other| other.person != member.person && other.roles.contains(role));
    let only: Vec<String> = member.roles.iter().filter(|role| !others(role)).map(|role| role.title().to_lowercase()).collect();
    let mut sees_to = Vec::new();
    if held.rows > 0 {
        sees_to.push(format!(
            "They look after {} of your SCALs. Choose “Nobody” under “Assigned to” in the SCAL to find these rows afterwards.",
            words::counted(held.rows as usize, "row")
        ));
    }
    if held.claims > 0 {
        let tasks = words::counted(held.claims as usize, "task");
        sees_to.push(format!("They have claimed {tasks}. A programme lead can hand them back."));
    }
    if !only.is_empty() {
        sees_to.push(format!("Nobody else here is {}. Tasks for that role wait until somebody has it.", words::listed(only)));
    }
    if sees_to.is_empty() {
        sees_to.push("Nothing is waiting for them alone.".to_owned());
    }
    let list = sees_to.into_iter().map(|says| view! { <li>{says}</li> }).collect_view();
    let seen = member.roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ");
    let values = vec![("person", member.person.to_string()), ("seen", seen), ("confirm", "yes".to_owned())];
    view! {
        <section class="nhsuk-inset-text" id="leaves" aria-labelledby="leaves-title">
            <h2 class="nhsuk-heading-m" id="leaves-title">{format!("Remove {} from {organisation}?", member.name)}</h2>
            <ul class="nhsuk-list nhsuk-list--bullet">{list}</ul>
            <p>"They are signed out of it at once. What they did stays under their name. You can invite them again."</p>
            <form action="/do/organisation/set-roles" method="post">
                <Hidden values=values />
                <div class="nhsuk-button-group">
                    <Button text="Remove them" />
                    <a class="nhsuk-link" href="/organisation">"Cancel"</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

async fn keeper(page: &str, typed: &Answers) -> Result<std::sync::Arc<Visitor>, Halt> {
    let visitor = signed_in(&calling()?, page, typed).await?;
    if rules::may_keep_people(&visitor.actor) {
        return Ok(visitor);
    }
    Err(Halt::NotYours { heading: "You cannot change who belongs to this organisation".to_owned(), detail: String::new() })
}

/// Invites a colleague with roles. `instead` names an invitation that could not be delivered: this one takes its place.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisation/invite")]
pub async fn invite(#[server(default)] answers: Typed, #[server(default)] instead: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let instead = instead.parse::<Digest>().ok();
        let back =
            instead.as_ref().map_or_else(|| "/organisation".to_owned(), |old| format!("/organisation?correct={old}#invite"));
        let visitor = keeper("/organisation", &typed).await?;
        if let Some(to) = step_up::stale(&services, &caller, &back, &typed).await? {
            return Ok(to);
        }
        let refuse = |problems: Vec<Problem>| RefusedForm {
            path: "/organisation".to_owned(),
            heading: "There is a problem".to_owned(),
            detail: "Nobody was invited.".to_owned(),
            problems,
            typed: typed.clone(),
        };
        let clean = match rules::invitation(&visitor.actor).check(&typed) {
            Ok(clean) => clean,
            Err(problems) => {
                flash::keep(&caller.session, refuse(problems.0)).await?;
                return Ok(back);
            }
        };
        let email = clean.one("email").to_owned();
        let organisation = &visitor.organisation;
        if services.store.members(&organisation.id).await?.iter().any(|member| member.email == email) {
            flash::keep(
                &caller.session,
                refuse(vec![Problem::new("email", "This person belongs to your organisation already. Change their roles above")]),
            )
            .await?;
            return Ok(back);
        }
        let (mut link, token) = new_link(&services, LinkPurpose::Invite, &email);
        link.organisation = Some(organisation.id.clone());
        link.roles = rules::roles_picked(&visitor.actor, &clean);
        link.by = Some(visitor.actor.person.clone());
        // What somebody typed as a name stays out of the subject.
        let letter = letters::account(
            format!("invite-{}", link.token),
            &email,
            "Join your colleagues at GP Connect onboarding",
            &format!("{} invites you to join {}. The link works for 14 days.", visitor.name, organisation.name),
            &format!("{}/invitations/{token}", services.base_url),
        );
        let confirmed = services.store.registered(&organisation.id).await?.is_some_and(|it| it.confirmed.is_some());
        let known = confirmed || visitor.is_programme();
        match letters::of_invitation(services.store.invite(link, letter, rules::invitation_limit(known)).await?, &email) {
            Ok((heading, text)) => flash::say(&caller, heading, text),
            Err(says) => {
                flash::keep(&caller.session, refuse(vec![Problem::new("email", says)])).await?;
                return Ok(back);
            }
        }
        // The new one stands for the one that could not be delivered.
        let lost = services.store.invitations_undelivered(&organisation.id).await?;
        if let Some((old, _)) = lost.into_iter().find(|(token, _)| Some(token) == instead.as_ref()) {
            services.store.cancel_invitation(&organisation.id, &old, visitor.by(), services.clock.now()).await?;
        }
        Ok("/organisation".to_owned())
    })
    .await
}

/// Takes an invitation back.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisation/cancel-invitation")]
pub async fn cancel_invitation(#[server(default)] invitation: String) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let visitor = keeper("/organisation", &Answers::default()).await?;
        let token: Digest = invitation.parse().map_err(|_| Halt::Missing)?;
        let now = services.clock.now();
        let waiting = services.store.invitations(&visitor.organisation.id, now).await?;
        if !waiting.iter().any(|link| link.token == token) {
            let kept = RefusedForm {
                path: "/organisation".to_owned(),
                heading: "This invitation is no longer open".to_owned(),
                detail: "It was accepted or taken back before, or it is older than 14 days.".to_owned(),
                ..RefusedForm::default()
            };
            flash::keep(&caller.session, kept).await?;
            return Ok("/organisation".to_owned());
        }
        services.store.cancel_invitation(&visitor.organisation.id, &token, visitor.by(), now).await?;
        flash::say(&caller, "The invitation was taken back", "Its link does not work any more.");
        Ok("/organisation".to_owned())
    })
    .await
}

/// Changes a member's roles; with none they leave, after the page has asked (`confirm`). `seen` are those that the page showed.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisation/set-roles")]
pub async fn set_roles(
    #[server(default)] person: String,
    #[server(default)] seen: String,
    #[server(default)] confirm: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let visitor = keeper("/organisation", &typed).await?;
        if let Some(to) = step_up::stale(&services, &caller, "/organisation", &typed).await? {
            return Ok(to);
        }
        let person: PersonId = person.parse().map_err(|_| Halt::Missing)?;
        let members = services.store.members(&visitor.organisation.id).await?;
        let Some(member) = members.iter().find(|member| member.person == person) else { return Err(Halt::Missing) };
        let allowed = rules::may_give(&visitor.actor);
        let mut roles = rules::roles_picked(&visitor.actor, &typed);
        // Roles of another side are not this person's to give or take.
        roles.extend(member.roles.iter().copied().filter(|role| !allowed.contains(role)));
        // Whoever must stay is refused below; nobody is asked about them first.
        let held: Vec<(PersonId, Vec<Role>)> =
            members.iter().map(|member| (member.person.clone(), member.roles.clone())).collect();
        if roles.is_empty() && confirm.is_empty() && !rules::leaves_nobody(&held, &person, &roles) {
            return Ok(format!("/organisation?leaves={person}#leaves"));
        }
        let seen: Vec<Role> = seen.split(' ').filter_map(|name| name.parse().ok()).collect();
        let seen = (!seen.is_empty()).then_some(seen.as_slice());
        let (organisation, now) = (&visitor.organisation.id, services.clock.now());
        let (heading, detail) = match services.store.set_roles(organisation, &person, &roles, seen, visitor.by(), now).await {
            Ok(()) => {
                let says = if roles.is_empty() {
                    format!("{} left the organisation", member.name)
                } else {
                    format!("The roles of {} are changed", member.name)
                };
                flash::say(&caller, says, "");
                return Ok("/organisation".to_owned());
            }
            Err(RolesRefused::Store(error)) => return Err(error.into()),
            Err(RolesRefused::LeavesNobody) => (
                "Somebody must be able to invite people".to_owned(),
                "Nothing was changed. Give another person the lead role first.",
            ),
            Err(RolesRefused::ChangedSince) => (
                format!("A colleague changed the roles of {} meanwhile", member.name),
                "Nothing was changed by you. Look at the roles below, then decide again.",
            ),
            Err(RolesRefused::NotAKeeper) => (
                "You cannot change who belongs to this organisation any more".to_owned(),
                "Nothing was changed. A colleague changed your role.",
            ),
        };
        let kept = RefusedForm { path: "/organisation".to_owned(), heading, detail: detail.to_owned(), ..RefusedForm::default() };
        flash::keep(&caller.session, kept).await?;
        Ok("/organisation".to_owned())
    })
    .await
}

/// Asks the programme to confirm another name or code of one's organisation.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisation/set-details")]
pub async fn set_details(#[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let typed = Answers(answers);
        let visitor = keeper("/organisation", &typed).await?;
        let clean = match rules::details().check(&typed) {
            Ok(clean) => clean,
            Err(problems) => {
                let kept = RefusedForm {
                    path: "/organisation".to_owned(),
                    heading: "There is a problem".to_owned(),
                    detail: "Nothing was changed.".to_owned(),
                    problems: problems.0,
                    typed,
                };
                flash::keep(&caller.session, kept).await?;
                return Ok("/organisation".to_owned());
            }
        };
        let identity = Identity { name: clean.one("organisation").to_owned(), ods_code: clean.one("ods_code").to_owned() };
        if identity == visitor.organisation.identity() {
            flash::say(&caller, "Name and code are these already", "Nothing was sent.");
            return Ok("/organisation".to_owned());
        }
        services.store.ask_details(&visitor.organisation.id, &identity, visitor.by(), services.clock.now()).await?;
        flash::say(&caller, "NHS England is asked to confirm it", "Until then every page shows what it shows now.");
        Ok("/organisation".to_owned())
    })
    .await
}

/// Takes the request for another name or code back.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "organisation/take-back-details")]
pub async fn take_back_details() -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let visitor = keeper("/organisation", &Answers::default()).await?;
        let (organisation, now) = (&visitor.organisation.id, services.clock.now());
        services.store.decline_details(organisation, "Taken back.", visitor.by(), now).await?;
        flash::say(&caller, "The request was taken back", "Name and code stay as they are.");
        Ok("/organisation".to_owned())
    })
    .await
}
