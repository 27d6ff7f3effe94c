//! `/journeys/{ref}/tasks/{task}/give?role=…`: what a task asks of one team is given to a colleague of that team, whose name stands
//! above it from then on and who is told.

use std::collections::BTreeSet;

use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::{PersonId, TaskId},
    },
    form::Problem,
    port::{Member, WriteError},
    rule::claims,
    view::turns,
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, act, signed_in},
        letters,
        load::{Loaded, load},
        wording,
    },
    base::{halt::Halt, paths, said::RefusedForm},
    design::{Button, Hidden, ask, group_class},
    desk::{context::TaskContext, frame::framed},
    request::{
        flash,
        services::{Services, services},
        visitor::{Visitor, calling, query},
    },
    site::people::sign_in::local,
};

/// The page, below its task.
pub const PAGE: &str = "give";

/// What the page is called.
pub const TITLE: &str = "Give it to a colleague";

/// Colleagues of this team in the reader's organisation, whoever holds it now left out.
async fn colleagues(services: &Services, visitor: &Visitor, team: Role, holder: Option<&PersonId>) -> Result<Vec<Member>, Halt> {
    let mut all = services.store.members(&visitor.organisation.id).await?;
    all.retain(|member| member.roles.contains(&team) && Some(&member.person) != holder);
    Ok(all)
}

fn not_theirs() -> Halt {
    Halt::NotYours {
        heading: "You cannot give this to a colleague".to_owned(),
        detail: "Whoever has claimed it can, and a programme lead.".to_owned(),
    }
}

/// The page.
///
/// # Errors
/// [`Halt::NotYours`] for whoever neither holds it nor leads the programme; [`Halt::Missing`] for a team that does not exist.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let team: Role = query("role").parse().map_err(|_| Halt::Missing)?;
    // Nothing of a team that is not asked can be given.
    if !desk.turns.iter().any(|turn| turn.side == Side::Programme && turn.roles.contains(&team)) {
        return Err(Halt::Missing);
    }
    let holder = desk.loaded.names.claims.get(&(desk.spec.id.clone(), team));
    if !claims::may_give(&desk.visitor.actor, holder) {
        return Err(not_theirs());
    }
    let people = colleagues(&desk.context.services, &desk.visitor, team, holder).await?;
    let held = match holder {
        Some(person) if *person == desk.visitor.actor.person => "You have claimed it now.".to_owned(),
        Some(person) => format!("{} has claimed it now.", desk.who(person)),
        None => "Nobody has claimed it.".to_owned(),
    };
    let problem = desk.context.kept.as_ref().and_then(|kept| kept.problem("person"));
    let class = group_class(problem.is_some());
    let options = people
        .iter()
        .enumerate()
        .map(|(at, member)| {
            let id = if at == 0 { "person".to_owned() } else { format!("person-{at}") };
            let name = if member.person == desk.visitor.actor.person { "Yourself".to_owned() } else { member.name.clone() };
            view! {
                <div class="nhsuk-radios__item">
                    <input class="nhsuk-radios__input" id=id.clone() type="radio" name="person" value=member.person.to_string() />
                    <label class="nhsuk-label nhsuk-radios__label" for=id>{name}</label>
                </div>
            }
        })
        .collect_view();
    let hidden = vec![
        ("role", team.name().to_owned()),
        ("held", holder.map(ToString::to_string).unwrap_or_default()),
        ("back", desk.path()),
    ];
    let middle = if people.is_empty() {
        view! {
            <p>{held}</p>
            <p>{format!("Nobody else in your organisation is {}. Somebody who looks after your organisation can give a colleague the role.", team.held())}</p>
        }
        .into_any()
    } else {
        view! {
            <p>{held}" They are told in the way they have chosen, and your colleagues see their name."</p>
            <form action="/do/worklist/give" method="post" novalidate>
                {desk.hidden()}
                <Hidden values=hidden />
                <div class=class>
                    <fieldset class="nhsuk-fieldset">
                        <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">{format!("Who takes it for {}?", team.the())}</legend>
                        {ask::message("person", problem)}
                        <div class="nhsuk-radios">{options}</div>
                    </fieldset>
                </div>
                <Button text="Give it to them" />
            </form>
        }
        .into_any()
    };
    Ok(framed(desk, TITLE.to_owned(), desk.spec.label.clone(), middle))
}

/// Whether this colleague could decide for the team now: nobody is given the work of an organisation that they belong to.
async fn could(
    services: &Services,
    visitor: &Visitor,
    loaded: &Loaded,
    task: &TaskId,
    team: Role,
    person: &PersonId,
) -> Result<bool, Halt> {
    let Some((_, memberships, _)) = services.store.account(person).await? else { return Ok(false) };
    let journey = &loaded.journey;
    let Some(spec) = journey.process.task(task) else { return Ok(false) };
    let actor = Actor {
        person: person.clone(),
        organisation: visitor.organisation.id.clone(),
        member_of: memberships.iter().map(|membership| membership.organisation.id.clone()).collect(),
        roles: BTreeSet::from([team]),
    };
    let turns = turns::turns_on(journey, spec, &journey.standing(task));
    Ok(turns
        .iter()
        .any(|turn| turn.side == Side::Programme && turn.roles.contains(&team) && turns::is_theirs(turn, &actor, journey)))
}

/// Gives a task to a colleague. Of two who do it at once one does; the other is told who has it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "worklist/give")]
pub async fn give(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] role: String,
    #[server(default)] held: String,
    #[server(default)] person: String,
    #[server(default)] back: String,
) -> ActionResult {
    act(async move {
        let (services, caller) = (services()?, calling()?);
        let back = local(if back.is_empty() { "/worklist" } else { &back });
        let visitor = signed_in(&caller, &back, &Default::default()).await?;
        let loaded = load(&services, &visitor, &journey).await?;
        let task: TaskId = task.parse().map_err(|_| Halt::Missing)?;
        let team: Role = role.parse().map_err(|_| Halt::Missing)?;
        let spec = loaded.journey.process.task(&task).ok_or(Halt::Missing)?;
        let reference = &loaded.journey.reference;
        let holder = loaded.names.claims.get(&(task.clone(), team));
        if !claims::may_give(&visitor.actor, holder) {
            return Err(not_theirs());
        }
        let faster = |holder: Option<&PersonId>| RefusedForm {
            path: back.clone(),
            heading: match holder {
                Some(_) => format!("{} has claimed it meanwhile", wording::who(&loaded.names, holder)),
                None => "It was handed back meanwhile".to_owned(),
            },
            detail: "Nothing was changed. Look at the task again before you give it to somebody.".to_owned(),
            ..RefusedForm::default()
        };
        if holder.map(ToString::to_string).unwrap_or_default() != held {
            flash::keep(&caller.session, faster(holder)).await?;
            return Ok(back);
        }
        let people = colleagues(&services, &visitor, team, holder).await?;
        let page = format!("{}/{PAGE}", paths::task(reference, &task));
        let chosen = people.iter().find(|member| member.person.to_string() == person);
        let could = match chosen {
            Some(member) => could(&services, &visitor, &loaded, &task, team, &member.person).await?,
            None => false,
        };
        let colleague = match chosen {
            Some(colleague) if could => colleague,
            _ => {
                let says = chosen.map_or_else(
                    || "Choose who takes it".to_owned(),
                    |member| format!("{} cannot decide on this task: choose somebody else", member.name),
                );
                let problems = vec![Problem::new("person", says)];
                let heading = "There is a problem".to_owned();
                flash::keep(&caller.session, RefusedForm { path: page.clone(), heading, problems, ..RefusedForm::default() }).await?;
                return Ok(format!("{page}?role={}", team.name()));
            }
        };
        let now = services.clock.now();
        let notice = (colleague.person != visitor.actor.person).then(|| {
            let product = &loaded.journey.opening.product;
            let id = format!("given-{reference}-{task}-{}-{}-{}", team.name(), colleague.person, now.as_microsecond());
            let link = format!("{}{}", services.base_url, paths::task(reference, &task));
            let subject = format!("{} gave you a task: {} – {product}", visitor.name, spec.noun);
            let text = format!(
                "{} gave you “{}” of {product}, for {}. Your colleagues see that you have it. Hand it back on its page if you cannot take it.",
                visitor.name,
                spec.noun,
                team.the()
            );
            letters::asking(letters::notice(&services, id, (colleague.person.clone(), colleague.email.clone()), &subject, &text, &link))
        });
        match services.store.give_claim(reference, &task, team, holder, &colleague.person, notice, now).await {
            Ok(()) => flash::say(&caller, format!("{} has it now: {}", colleague.name, spec.noun), "Your colleagues see their name."),
            Err(WriteError::Conflict) => {
                let names = services.store.names(reference).await?;
                flash::keep(&caller.session, faster(names.claims.get(&(task, team)))).await?;
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        Ok(back)
    })
    .await
}
