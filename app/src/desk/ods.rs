//! What the register of ODS codes says of the organisations that a group names: shown beside the list to whoever writes it and
//! to whoever reads it. It refuses nothing, and where no register is loaded it says so.

use jiff::civil::Date;
use journey::{
    base::{
        calendar,
        ods::{Register, Remark, Successor},
    },
    form::Answers,
    ledger::journey::Journey,
    plan::process::{Page, TaskSpec},
    port::ods::Loaded,
    rule::members::{self, Remarked},
};
use leptos::prelude::*;

use crate::{
    base::{
        dates,
        halt::Halt,
        words::{counted, listed},
    },
    design::Details,
    request::services::Services,
};

/// The register, as far as it was asked.
pub struct Asked {
    /// How it was loaded; `None` while it never was.
    pub loaded: Option<Loaded>,
    /// What it says; empty while it never was loaded.
    register: Register,
}

impl Asked {
    /// What it says; `None` while it never was loaded.
    #[must_use]
    pub fn register(&self) -> Option<&Register> {
        self.loaded.as_ref().map(|_| &self.register)
    }

    /// How far it can be trusted, as a sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        match &self.loaded {
            None => "No register of ODS codes is loaded here, so codes are looked at by their form alone.".to_owned(),
            Some(loaded) if loaded.sample => {
                "The register of ODS codes that is loaded here is a sample of invented organisations.".to_owned()
            }
            Some(loaded) => format!("The register of ODS codes was loaded last on {}.", dates::day_of(loaded.at)),
        }
    }
}

/// Asks the register about these codes.
///
/// # Errors
/// When the database does not answer.
pub async fn ask(services: &Services, mut codes: Vec<String>) -> Result<Asked, Halt> {
    let loaded = services.store.ods_loaded().await?;
    codes.sort();
    codes.dedup();
    let register = if loaded.is_some() { services.store.ods_codes(&codes).await? } else { Register::new() };
    Ok(Asked { loaded, register })
}

/// Asks the register about the organisations that the answers of a group name.
///
/// # Errors
/// When the database does not answer.
pub async fn ask_about(services: &Services, answers: &Answers) -> Result<Asked, Halt> {
    ask(services, members::named(answers).into_iter().map(|(_, named)| named.ods_code).collect()).await
}

/// How many of the organisations that were sent the register has something to say about, beside their names; none where the task
/// is no group's.
///
/// # Errors
/// When the database does not answer.
pub async fn doubts(services: &Services, journey: &Journey, spec: &TaskSpec, answers: &Answers) -> Result<usize, Halt> {
    if spec.page != Page::Group || !spec.applies(&journey.opening) {
        return Ok(0);
    }
    let asked = ask_about(services, answers).await?;
    let Some(register) = asked.register() else { return Ok(0) };
    let said = members::remarked(answers, register, calendar::date_of(services.clock.now()));
    Ok(said.iter().filter(|it| !matches!(it.remark, Remark::Named(_))).count())
}

/// What the register says of one organisation, after its name and a colon.
#[must_use]
pub fn says(remark: &Remark) -> String {
    match remark {
        Remark::Closed(since) => closed(*since),
        Remark::Succeeded(since, next) => {
            format!("{}. After it came {}", closed(*since), listed(next.iter().map(came_after).collect()))
        }
        Remark::Unknown => "not in the register that is loaded here. It may be new, or the code may be wrong".to_owned(),
        Remark::Named(name) => format!("the register has the name {name}"),
    }
}

/// "closed since 1 April 2025".
#[must_use]
pub fn closed(since: Option<Date>) -> String {
    since.map_or_else(|| "closed".to_owned(), |since| format!("closed since {}", dates::date(since)))
}

/// Whoever came after an organisation, with its code.
#[must_use]
pub fn came_after(next: &Successor) -> String {
    let name = if next.name.is_empty() { next.code.clone() } else { format!("{} ({})", next.name, next.code) };
    if next.ended { format!("{name}, which is closed too") } else { name }
}

/// Doubts that are written out; more are counted. Names that differ are fewer.
const MOST_DOUBTS: usize = 100;
/// See [`MOST_DOUBTS`].
const MOST_NAMES: usize = 30;

/// The section with what the register says of the organisations in these answers; nothing where they name none.
pub fn view(asked: &Asked, answers: &Answers, today: Date) -> Option<AnyView> {
    let all = members::named(answers).len();
    if all == 0 {
        return None;
    }
    let said = asked.register().map(|register| members::remarked(answers, register, today)).unwrap_or_default();
    let (names, doubts): (Vec<Remarked>, Vec<Remarked>) = said.into_iter().partition(|it| matches!(it.remark, Remark::Named(_)));
    let fine = (asked.loaded.is_some() && doubts.is_empty()).then(|| match all {
        1 => "It is in the register and open.".to_owned(),
        _ => format!("All {all} organisations are in the register and open."),
    });
    let lines = |of: &[Remarked], most: usize| {
        let more = of.len().saturating_sub(most);
        let more = (more > 0).then(|| view! { <li>{format!("and {more} more")}</li> });
        let items = of.iter().take(most).map(line).collect_view();
        view! { <ul class="nhsuk-list nhsuk-list--bullet">{items}{more}</ul> }.into_any()
    };
    let heading = if doubts.is_empty() {
        "Compared with the register of ODS codes".to_owned()
    } else {
        format!("Look at {}", counted(doubts.len(), "organisation"))
    };
    Some(
        view! {
            <section class="nhsuk-inset-text" aria-labelledby="in-register">
                <h3 class="nhsuk-heading-s" id="in-register">{heading}</h3>
                {fine.map(|text| view! { <p>{text}</p> })}
                {(!doubts.is_empty()).then(|| view! {
                    {lines(&doubts, MOST_DOUBTS)}
                    <p>"This stops nobody: it is for you to look at before it is signed."</p>
                })}
                {(!names.is_empty()).then(|| {
                    let summary = format!("{} in the register", match names.len() {
                        1 => "1 organisation has another name".to_owned(),
                        some => format!("{some} organisations have other names"),
                    });
                    view! { <Details summary=summary body=lines(&names, MOST_NAMES) /> }
                })}
                <p class="gpc-meta">{asked.in_words()}</p>
            </section>
        }
        .into_any(),
    )
}

fn line(of: &Remarked) -> AnyView {
    let place = of.line.map_or_else(|| "The lead".to_owned(), |line| format!("Line {line}"));
    let who = format!("{} {}", of.named.ods_code, of.named.name);
    view! { <li>{format!("{place}, ")}<b>{who}</b>{format!(": {}.", says(&of.remark))}</li> }.into_any()
}
