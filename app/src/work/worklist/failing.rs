//! `/worklist/rules`: which rules the requests of suppliers fail most, so that guidance is mended where it is needed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use journey::{
    base::ids::JourneyRef,
    conformance::catalogue::rule,
    port::live_runs::{Failures, MOST_COUNTED},
};
use leptos::prelude::*;

use crate::{
    act::{
        page::{context, page},
        worklist::{only_for_teams, teams},
    },
    base::{dates, paths, words::counted},
    design::{
        Column::{Figures, Words},
        Crumbs, Grid, Title,
    },
    work::conformance::rules::address,
};

/// Days that are counted.
const DAYS: i64 = 365;

/// How often a rule failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told<'a> {
    requests: u32,
    runs: usize,
    journeys: BTreeSet<&'a JourneyRef>,
}

/// The rules that failed, most products first.
fn most(failures: &[Failures]) -> Vec<(&str, Told<'_>)> {
    let mut told: BTreeMap<&str, Told<'_>> = BTreeMap::new();
    for run in failures {
        for (rule, requests) in &run.failed {
            let of = told.entry(rule).or_default();
            of.requests += requests;
            of.runs += 1;
            of.journeys.insert(&run.journey);
        }
    }
    let mut told: Vec<_> = told.into_iter().collect();
    told.sort_by_key(|(_, told)| std::cmp::Reverse((told.journeys.len(), told.runs, told.requests)));
    told
}

/// `/worklist/rules`
#[component]
pub fn RuleFailures() -> impl IntoView {
    page(async {
        let context = context().await?;
        if teams(&*context.visitor()?).is_empty() {
            return Err(only_for_teams());
        }
        let now = context.services.clock.now();
        let since = now - SignedDuration::from_hours(24 * DAYS);
        let failures = context.services.store.rule_failures(since).await?;
        let runs = failures.len();
        let full = runs == MOST_COUNTED as usize;
        let found = most(&failures);
        let lines = found
            .iter()
            .map(|(number, told)| {
                let about = rule(number).map_or("", |rule| rule.about);
                let name = match rule(number) {
                    Some(rule) => view! { <a href=address(rule.id)>{rule.id}</a> }.into_any(),
                    None => (*number).to_owned().into_any(),
                };
                view! {
                    <tr role="row">
                        <th scope="row" role="rowheader">{name}" "{about}</th>
                        <td role="cell" class="gpc-num" data-l="Products">{told.journeys.len()}</td>
                        <td role="cell" class="gpc-num" data-l="Runs">{told.runs}</td>
                        <td role="cell" class="gpc-num" data-l="Requests">{told.requests}</td>
                    </tr>
                }
            })
            .collect_view();
        let none = found.is_empty();
        let body = view! {
            <Crumbs links=vec![(paths::WORKLIST.to_owned(), "Worklist".to_owned()), (paths::FIGURES.to_owned(), "Figures".to_owned())] />
            <Title text="Rules that fail most">{format!("In {} since {}, mended or not.", counted(runs, "run"), dates::day_of(since))}</Title>
            <p>"Where many products fail the same rule, its explanation may be what needs mending."</p>
            {full.then(|| view! { <p class="gpc-meta">{format!("The newest {MOST_COUNTED} runs are counted.")}</p> })}
            {if none {
                view! { <p class="gpc-empty">"No rule has failed in a run yet."</p> }.into_any()
            } else {
                view! { <Grid caption="Rules by how many products failed them" columns=[Words("Rule"), Figures("Products"), Figures("Runs"), Figures("Requests")] rows=lines.into_any() /> }.into_any()
            }}
        }
        .into_any();
        Ok(("Rules that fail most".to_owned(), body))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_more_products_fail_comes_first_however_often_one_of_them_fails_another() {
        let run = |journey: u64, failed: &[(&str, u32)]| Failures {
            journey: JourneyRef::from_bits(journey),
            failed: failed.iter().map(|(rule, count)| ((*rule).to_owned(), *count)).collect(),
        };
        let runs = [run(1, &[("JWT-07", 90), ("HDR-01", 1)]), run(1, &[("JWT-07", 9)]), run(2, &[("HDR-01", 1)])];
        let found = most(&runs);
        let told: Vec<_> = found.iter().map(|(rule, told)| (*rule, told.journeys.len(), told.runs, told.requests)).collect();
        assert_eq!(told, [("HDR-01", 2, 2, 2), ("JWT-07", 1, 2, 99)]);
    }
}
