//! `/worklist/figures`: how long the programme took, by month, task and team: a chart with its table, and the same as CSV
//! (`/worklist/figures.csv`). What is counted are waits that have ended ([`journey::view::waits`]).

use std::collections::BTreeMap;

use jiff::civil::Date;
use journey::{
    base::{actor::Role, calendar},
    plan::process::Processes,
    port::work::WaitCount,
    view::waits::{FEWEST, Usual},
};
use leptos::prelude::*;

use crate::{
    act::{
        page::{context, page},
        worklist::{only_for_teams, teams},
    },
    base::{dates, paths},
    design::{
        Column::{Figures, Words},
        Crumbs, Grid, Title, say,
    },
};

/// Months that are shown, the present one included.
const MONTHS: i8 = 12;

/// The first month that is shown, as it is stored: `2025-12`.
#[must_use]
pub fn first_month(today: Date) -> String {
    let first = today.first_of_month().saturating_sub(jiff::Span::new().months(MONTHS - 1));
    format!("{:04}-{:02}", first.year(), first.month())
}

/// What is told of some waits together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Waits.
    pub times: u32,
    /// Of these, in a first round.
    pub first: u32,
    /// Of these, with a target.
    pub with_target: u32,
    /// Of these, too late.
    pub late: u32,
    days: BTreeMap<u32, u32>,
}

impl Told {
    fn add(&mut self, count: &WaitCount) {
        self.times += count.times;
        self.first += count.first;
        self.with_target += count.with_target;
        self.late += count.late;
        *self.days.entry(count.days).or_default() += count.times;
    }

    /// Median and 90th percentile, where enough is known.
    #[must_use]
    pub fn usual(&self) -> Option<Usual> {
        Usual::of(self.days.iter().map(|(days, times)| (*days, *times)).collect())
    }

    /// "92 %"; empty where nothing had a target.
    #[must_use]
    pub fn on_time(&self) -> String {
        if self.with_target == 0 {
            return String::new();
        }
        format!("{} %", (self.with_target - self.late) * 100 / self.with_target)
    }
}

/// Adds waits up by what `of` says of each.
#[must_use]
pub fn by<K: Ord>(counts: &[WaitCount], of: impl Fn(&WaitCount) -> K) -> BTreeMap<K, Told> {
    let mut told: BTreeMap<K, Told> = BTreeMap::new();
    for count in counts {
        told.entry(of(count)).or_default().add(count);
    }
    told
}

/// What a task is called, whichever process it is of.
#[must_use]
pub fn name_of(processes: &Processes, count: &WaitCount) -> String {
    let task = processes.all().find_map(|process| process.task(&count.task));
    task.map_or_else(|| count.task.to_string(), |task| task.noun.clone())
}

/// "November 2026"
#[must_use]
pub fn month_in_words(month: &str) -> String {
    format!("{month}-01").parse::<Date>().map_or_else(|_| month.to_owned(), |first| first.strftime("%B %Y").to_string())
}

/// `/worklist/figures`
#[component]
pub fn FiguresPage() -> impl IntoView {
    page(async {
        let context = context().await?;
        if teams(&*context.visitor()?).is_empty() {
            return Err(only_for_teams());
        }
        let today = calendar::date_of(context.services.clock.now());
        let counts = context.services.store.wait_counts(&first_month(today)).await?;
        let processes = context.services.processes;
        let months = by(&counts, |count| count.month.clone());
        let tasks = by(&counts, |count| name_of(processes, count));
        let of_teams = by(&counts, |count| count.role);
        let none = counts.is_empty();
        let body = view! {
            <Crumbs links=vec![(paths::WORKLIST.to_owned(), "Worklist".to_owned())] />
            {say::banner(context.banner)}
            <Title text="Figures">{format!("How long NHS England took, from {} to {}. A wait counts in the month in which it ended, in working days.", month_in_words(&first_month(today)), dates::date(today))}</Title>
            {if none {
                view! { <div class="gpc-empty"><h2 class="nhsuk-heading-s">"Nothing has been decided yet"</h2><p>"The figures begin with the first decision. " <a href=paths::WORKLIST>"Go to the worklist"</a></p></div> }.into_any()
            } else {
                view! {
                    <h2 class="nhsuk-heading-m">"By month"</h2>
                    {chart(&months)}
                    {table("By month", "Month", months.iter().map(|(month, told)| (month_in_words(month), told)).collect())}
                    <h2 class="nhsuk-heading-m">"By task"</h2>
                    {table("By task", "Task", tasks.iter().map(|(task, told)| (task.clone(), told)).collect())}
                    <h2 class="nhsuk-heading-m">"By team"</h2>
                    {table("By team", "Team", of_teams.iter().map(|(role, told): (&Role, &Told)| (role.title().to_owned(), told)).collect())}
                    <p class="gpc-meta">{format!("Median and 9 of 10 are said from {FEWEST} answers on. On time is the share of those with a published target.")}</p>
                    <ul class="gpc-ways"><li><a href=format!("{}.csv", paths::FIGURES)>"Download as CSV"</a></li><li><a href="/worklist/rules">"Rules that fail most in live runs"</a></li></ul>
                }
                .into_any()
            }}
        }
        .into_any();
        Ok(("Figures".to_owned(), body))
    })
}

fn table(caption: &'static str, first: &'static str, lines: Vec<(String, &Told)>) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|(name, told)| {
            let usual = told.usual();
            let days = |days: Option<u32>| days.map_or_else(|| "–".to_owned(), |days| days.to_string());
            let on_time = told.on_time();
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{name}</th>
                    <td role="cell" data-l="Answers" class="gpc-num">{told.times.to_string()}</td>
                    <td role="cell" data-l="First rounds" class="gpc-num">{told.first.to_string()}</td>
                    <td role="cell" data-l="Median" class="gpc-num">{days(usual.map(|usual| usual.half))}</td>
                    <td role="cell" data-l="9 of 10 within" class="gpc-num">{days(usual.map(|usual| usual.most))}</td>
                    <td role="cell" data-l="On time" class="gpc-num">{if on_time.is_empty() { "–".to_owned() } else { on_time }}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Grid
            caption=caption
            columns=[Words(first), Figures("Answers"), Figures("First rounds"), Figures("Median"), Figures("9 of 10 within"), Figures("On time")]
            rows=rows.into_any()
        />
    }
    .into_any()
}

/// Answers of each month as bars, those that were late in another pattern. The table below says the same in figures.
fn chart(months: &BTreeMap<String, Told>) -> AnyView {
    let (wide, high_most, foot) = (60_u32, 120_u32, 24_u32);
    let most = months.values().map(|told| told.times).max().unwrap_or(1).max(1);
    let width = wide * u32::try_from(months.len()).unwrap_or(1);
    let bars = months
        .iter()
        .enumerate()
        .map(|(at, (month, told))| {
            let left = wide * u32::try_from(at).unwrap_or(0);
            let high = |times: u32| times * high_most / most;
            let (all, late) = (high(told.times), high(told.late));
            let short = format!("{month}-01").parse::<Date>().map_or_else(|_| month.clone(), |first| first.strftime("%b").to_string());
            view! {
                <rect class="gpc-chart__bar" x=(left + 8).to_string() y=(20 + high_most - all).to_string() width=(wide - 16).to_string() height=all.to_string() />
                <rect class="gpc-chart__bar gpc-chart__bar--late" x=(left + 8).to_string() y=(20 + high_most - late).to_string() width=(wide - 16).to_string() height=late.to_string() />
                <text x=(left + wide / 2).to_string() y=(14 + high_most - all).to_string() text-anchor="middle">{told.times.to_string()}</text>
                <text x=(left + wide / 2).to_string() y=(20 + high_most + 18).to_string() text-anchor="middle">{short}</text>
            }
        })
        .collect_view();
    view! {
        <figure class="gpc-chart">
            <svg viewBox=format!("0 0 {width} {}", high_most + foot + 20) width=width.to_string() height=(high_most + foot + 20).to_string() role="img" aria-label="Answers in each month; the table below has the figures">{bars}</svg>
            <figcaption class="gpc-meta">"Answers in each month; the dark part was late."</figcaption>
        </figure>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_months_are_shown_with_the_present_one() {
        assert_eq!(first_month(jiff::civil::date(2026, 11, 30)), "2025-12");
        assert_eq!(first_month(jiff::civil::date(2027, 1, 31)), "2026-02");
        assert_eq!(month_in_words("2026-02"), "February 2026");
    }

    #[test]
    fn on_time_is_the_share_of_what_had_a_target() {
        let told = Told { times: 9, with_target: 4, late: 1, ..Told::default() };
        assert_eq!((told.on_time(), Told::default().on_time()), ("75 %".to_owned(), String::new()));
    }
}
