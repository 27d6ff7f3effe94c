//! `/operator`: where operators land. What needs them, how the service is, and the way to everything else.

use jiff::{SignedDuration, Timestamp};
use journey::port::{accounts::PeopleFilter, heads::ListFacts};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, words::counted},
    design::{Button, SummaryRow, Title, say},
    request::services::{Host, Services},
    site::operator::{emails::COUNTED_DAYS, forms::operators_only},
};

/// An email that waits longer than this needs somebody, in minutes: as the alarm of docs/operations.md says.
const LATE: i64 = 15;

/// A disk with less than this left needs somebody, in hundredths.
const FULL: u64 = 10;

/// Locked accounts that are counted.
const MOST_LOCKED: u32 = 100;

/// What is known of the service.
struct Health {
    database: Result<(), String>,
    waiting: u32,
    oldest: Option<Timestamp>,
    undelivered: u32,
    heads: Option<ListFacts>,
    locked: usize,
    host: Host,
    now: Timestamp,
}

impl Health {
    async fn look(services: &Services) -> Result<Self, crate::base::halt::Halt> {
        let (store, now) = (&services.store, services.clock.now());
        let (waiting, oldest) = store.letters_waiting().await?;
        let since = now.checked_sub(SignedDuration::from_hours(24 * COUNTED_DAYS)).unwrap_or(Timestamp::MIN);
        let locked = PeopleFilter { locked: true, limit: MOST_LOCKED, ..PeopleFilter::default() };
        Ok(Self {
            database: store.ready().await.map_err(|error| error.to_string()),
            waiting,
            oldest,
            undelivered: store.letters_undelivered(since).await?,
            heads: store.newest_list().await?,
            locked: store.find_people(&locked).await?.len(),
            host: services.hosting.look(),
            now,
        })
    }

    /// What somebody should see to, as a sentence with the page for it.
    fn needs(&self) -> Vec<(String, Option<&'static str>)> {
        let mut needs = Vec::new();
        if let Err(why) = &self.database {
            needs.push((format!("The database cannot be written to: {why}"), None));
        }
        if self.undelivered > 0 {
            let says =
                format!("{} of the last {COUNTED_DAYS} days cannot be delivered", counted(self.undelivered as usize, "email"));
            needs.push((says, Some("/operator/emails")));
        }
        if self.oldest.is_some_and(|at| self.now.duration_since(at) > SignedDuration::from_mins(LATE)) {
            needs.push((format!("An email has waited for more than {LATE} minutes"), Some("/operator/emails")));
        }
        if self.heads.as_ref().is_some_and(|list| self.now.duration_since(list.made_at) > SignedDuration::from_hours(48)) {
            needs.push(("No daily list of heads was made in the last two days".to_owned(), Some("/verify/heads")));
        }
        if self.host.disk.is_some_and(|(free, all)| all > 0 && free.saturating_mul(100) / all < FULL) {
            needs.push((format!("The disk for files is nearly full: less than {FULL}% is free"), None));
        }
        needs
    }
}

/// "12.3 GB".
fn bytes(count: u64) -> String {
    let tenths = count / 100_000_000;
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

/// `/operator`
#[component]
pub fn OperatorDesk() -> impl IntoView {
    page(async {
        let context = context().await?;
        operators_only(&context.visitor()?.actor)?;
        let health = Health::look(&context.services).await?;
        let needs = health
            .needs()
            .into_iter()
            .map(|(says, to)| match to {
                Some(to) => view! { <li><a href=to>{says}</a></li> }.into_any(),
                None => view! { <li>{says}</li> }.into_any(),
            })
            .collect::<Vec<_>>();
        let waits = if needs.is_empty() {
            view! { <p>"Nothing needs your attention just now."</p> }.into_any()
        } else {
            view! { <ul class="nhsuk-list nhsuk-list--bullet">{needs}</ul> }.into_any()
        };
        let oldest = health.oldest.map(|at| format!(", the oldest since {}", dates::moment(at))).unwrap_or_default();
        let heads = match &health.heads {
            Some(list) => format!("{}, {}", dates::date(list.day), counted(list.ledgers as usize, "ledger")),
            None => "None yet".to_owned(),
        };
        let disk = match health.host.disk {
            Some((free, all)) => format!("{} free of {}", bytes(free), bytes(all)),
            None => "Not known".to_owned(),
        };
        let database = match &health.database {
            Ok(()) => format!("{} answers, and can be written to", health.host.database),
            Err(why) => format!("{}: {why}", health.host.database),
        };
        let body = view! {
            {say::kept(context.kept.as_ref())}
            {say::banner(context.banner)}
            <Title text="Operator’s desk" />
            <form class="gpc-filters" method="get" action="/operator/people" role="search">
                <div>
                    <label for="find">"Find a person by name, email address, organisation or ODS code"</label>
                    <input class="nhsuk-input" id="find" name="find" type="search" maxlength="200" />
                </div>
                <Button text="Find" secondary=true small=true />
            </form>
            <h2 class="nhsuk-heading-m gpc-below" id="needs">"What needs your attention"</h2>
            {waits}
            <h2 class="nhsuk-heading-m gpc-below" id="health">"How the service is"</h2>
            <dl class="nhsuk-summary-list">
                <SummaryRow key="Database" value=database />
                <SummaryRow key="Emails that wait" value=format!("{}{oldest}", health.waiting) />
                <SummaryRow key=format!("Emails of the last {COUNTED_DAYS} days that cannot be delivered") value=health.undelivered.to_string() />
                <SummaryRow key="Locked accounts" value=health.locked.to_string() />
                <SummaryRow key="Last daily list of heads" value=heads />
                <SummaryRow key="Files" value=format!("In {}", health.host.files) />
                <SummaryRow key="Disk for files" value=disk />
                <SummaryRow key="Clock of the service" value=dates::moment(health.now) />
                <SummaryRow key="Version" value=health.host.version />
                <SummaryRow key="Last backup" value="Not known here: backups are made with the command gpc-onboarding backup" />
            </dl>
        }
        .into_any();
        Ok(("Operator’s desk".to_owned(), body))
    })
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn bytes_are_said_as_people_say_them() {
        assert_eq!(bytes(0), "0.0 GB");
        assert_eq!(bytes(12_345_678_901), "12.3 GB");
    }
}
