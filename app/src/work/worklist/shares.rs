//! `/worklist/shares`: how what waits for the reader's teams is shared out, by team and by person.

use std::collections::BTreeMap;

use journey::{
    base::{actor::Role, calendar},
    port::{WorkOrder, WorkShare},
};
use leptos::prelude::*;

use crate::{
    act::{
        page::{context, page},
        worklist::{Asked, only_for_teams, teams},
    },
    base::{dates, paths},
    design::{
        Column::{Figures, Words},
        Crumbs, Grid, Title, say,
    },
    request::visitor::query,
};

/// `/worklist/shares`
#[component]
pub fn Shares() -> impl IntoView {
    page(async {
        let context = context().await?;
        let visitor = context.visitor()?;
        let mine = teams(&visitor);
        if mine.is_empty() {
            return Err(only_for_teams());
        }
        let asked = Asked::read(query);
        let today = calendar::date_of(context.services.clock.now());
        let shares = context.services.store.work_shares(&asked.roles(&mine), calendar::last_working_day(today)).await?;
        let body = view! {
            <Crumbs links=vec![(paths::WORKLIST.to_owned(), "Worklist".to_owned())] />
            {say::banner(context.banner)}
            <Title text="Who has what">{format!("What is waiting for your teams on {}.", dates::date(today))}</Title>
            {if shares.is_empty() {
                view! { <div class="gpc-empty"><h2 class="nhsuk-heading-s">"Nothing is waiting for your team"</h2><p><a href="/journeys">"See what is with suppliers"</a></p></div> }.into_any()
            } else {
                tables(&asked, &shares)
            }}
        }
        .into_any();
        Ok(("Who has what".to_owned(), body))
    })
}

/// How the work is shared out: by team, and by person.
fn tables(asked: &Asked, shares: &[WorkShare]) -> AnyView {
    // By name, then who that is: two people may have one name.
    let mut people: BTreeMap<(String, String), (u32, u32)> = BTreeMap::new();
    let mut of_teams: BTreeMap<Role, (u32, u32, u32)> = BTreeMap::new();
    for share in shares {
        let team = of_teams.entry(share.role).or_default();
        *team = (team.0 + share.all, team.1 + share.overdue, team.2 + if share.person.is_none() { share.all } else { 0 });
        if let Some((person, name)) = &share.person {
            let one = people.entry((name.clone(), person.to_string())).or_default();
            *one = (one.0 + share.all, one.1 + share.overdue);
        }
    }
    let row = |to: Asked, name: String, numbers: Vec<(&'static str, u32)>| {
        let cells = numbers
            .into_iter()
            .map(|(label, number)| view! { <td role="cell" data-l=label class="gpc-num">{number.to_string()}</td> })
            .collect_view();
        view! { <tr role="row"><th scope="row" role="rowheader"><a href=to.path()>{name}</a></th>{cells}</tr> }
    };
    let fresh = Asked { order: WorkOrder::default(), ..Asked::default() };
    let teams = of_teams
        .into_iter()
        .map(|(role, (all, late, free))| {
            let to = Asked { team: Some(role), ..fresh.clone() };
            row(to, role.title().to_owned(), vec![("Tasks", all), ("Overdue", late), ("Claimed by nobody", free)])
        })
        .collect_view();
    let nobody = people.is_empty();
    let people = people
        .into_iter()
        .map(|((name, person), (all, late))| {
            let to = Asked { team: asked.team, claimed: person, ..fresh.clone() };
            row(to, name, vec![("Tasks", all), ("Overdue", late)])
        })
        .collect_view();
    view! {
        <Grid caption="What is waiting for each team" columns=[Words("Team"), Figures("Tasks"), Figures("Overdue"), Figures("Claimed by nobody")] rows=teams.into_any() />
        {if nobody {
            view! { <p>"Nobody has claimed a task."</p> }.into_any()
        } else {
            view! { <Grid caption="What each person has claimed" columns=[Words("Person"), Figures("Tasks"), Figures("Overdue")] rows=people.into_any() /> }.into_any()
        }}
    }
    .into_any()
}
