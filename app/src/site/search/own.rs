//! What a signed-in reader finds beside the guidance: journeys, tasks and rows on them, messages, people, organisations. Each is asked of the
//! lists that the reader has anyway, or is judged by the rule that guards its page: nobody finds what they may not read.

use std::{collections::BTreeMap, sync::Arc};

use journey::{
    base::{
        actor::Side,
        fold,
        ids::{JourneyRef, TaskId},
    },
    catalogue::{row::Row, scal},
    guidance::search::excerpt,
    ledger::journey::Journey,
    people::rules,
    plan::process::{Page, Processes},
    port::{JourneyFilter, JourneyLine, finding::SaidFilter, seats::OrganisationFilter},
    rule::conversation::{self, Audience},
};

use crate::{
    act::load::load,
    base::{dates, halt::Halt, paths},
    request::{services::Services, visitor::Visitor},
};

/// One result.
pub struct Line {
    /// Where it is read.
    pub to: String,
    /// Its heading.
    pub title: String,
    /// What it belongs to.
    pub about: String,
    /// The part of its text around what was looked for; empty where the heading says it all.
    pub text: String,
}

/// Results of one kind.
pub struct Group {
    /// In addresses.
    pub name: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What was found, best first.
    pub lines: Vec<Line>,
    /// There is more than that, and where: the list that has all of it.
    pub more: Option<String>,
}

/// What a reader finds.
#[derive(Default)]
pub struct Own {
    /// What is called so: journeys, messages, people, organisations.
    pub called: Vec<Group>,
    /// Tasks on journeys.
    pub tasks: Vec<Group>,
    /// Rows on journeys, which the guidance has as well.
    pub rows: Vec<Group>,
    /// The question as it was looked for among journeys, where it was corrected.
    pub meant: Option<String>,
}

/// Journeys that are shown, and whose tasks and rows are looked through.
const JOURNEYS: u32 = 20;

/// Journeys whose names a slip is compared with, those that changed last.
const NAMES: u32 = 200;

/// Tasks and rows that are shown.
const TASKS: usize = 60;

/// Messages that are read; what the reader may not see of them is left out.
const MESSAGES: u32 = 40;

/// People and organisations that are shown.
const PEOPLE: u32 = 40;

/// Looks for the words of a question in what this person may read. `meant` is the question as the guidance understood it; `rows` are ids
/// of rows of the SCAL that fit.
///
/// # Errors
/// When the database does not answer.
pub async fn own(services: &Services, visitor: &Visitor, asked: &str, meant: Option<&str>, rows: &[String]) -> Result<Own, Halt> {
    let (mut lines, called) = journeys(services, visitor, asked).await?;
    let more = (lines.len() > JOURNEYS as usize).then(|| format!("/journeys?find={}", crate::base::words::encode(asked)));
    lines.truncate(JOURNEYS as usize);
    let mut loads = Loads { services, visitor, known: BTreeMap::new() };
    let looked = called.as_deref().or(meant).unwrap_or(asked);
    let (tasks, on_rows) = on_journeys(&mut loads, looked, rows).await?;
    let said = messages(&mut loads, asked).await?;
    let group = |name, title, lines: Vec<Line>, more| (!lines.is_empty()).then_some(Group { name, title, lines, more });
    let of_name = [
        group("journeys", "Journeys", lines.iter().map(journey).collect(), more),
        group("messages", "Messages", said, None),
        group("people", "People", people(services, visitor, asked).await?, None),
        group("organisations", "Organisations", organisations(services, visitor, asked).await?, None),
    ];
    Ok(Own {
        called: of_name.into_iter().flatten().collect(),
        tasks: group("my-tasks", "Tasks on journeys", tasks, None).into_iter().collect(),
        rows: group("my-rows", "Rows of the SCAL on journeys", on_rows, None).into_iter().collect(),
        meant: called,
    })
}

/// The list of journeys as this person has it.
fn list_of(visitor: &Visitor, find: &str, limit: u32) -> JourneyFilter {
    let programme = visitor.is_programme();
    let supplier = visitor.actor.on(Side::Supplier) && !programme;
    let own = || visitor.organisation.id.clone();
    JourneyFilter {
        organisation: supplier.then(own),
        party: (!programme && !supplier).then(own),
        find: find.to_owned(),
        phase: String::new(),
        after: None,
        limit,
    }
}

/// Journeys that have every word; where none has, those that were meant.
async fn journeys(services: &Services, visitor: &Visitor, asked: &str) -> Result<(Vec<JourneyLine>, Option<String>), Halt> {
    let found = services.store.journeys(&list_of(visitor, asked, JOURNEYS + 1)).await?;
    if !found.is_empty() {
        return Ok((found, None));
    }
    let known = services.store.journeys(&list_of(visitor, "", NAMES)).await?;
    let names: Vec<String> = known.iter().flat_map(|line| fold::words(&format!("{} {}", line.product, line.supplier))).collect();
    let nearest = |word: &String| names.iter().filter_map(|name| Some((fold::slips(word, name)?, name))).min();
    let words = fold::asked(asked);
    let meant: Vec<String> =
        words.iter().map(|word| nearest(word).map_or_else(|| word.clone(), |(_, name)| name.clone())).collect();
    if meant == words {
        return Ok((Vec::new(), None));
    }
    let meant = meant.join(" ");
    let found = services.store.journeys(&list_of(visitor, &meant, JOURNEYS + 1)).await?;
    let meant = (!found.is_empty()).then_some(meant);
    Ok((found, meant))
}

fn journey(line: &JourneyLine) -> Line {
    let stage = match line.phase.as_str() {
        "live" => "Live",
        "withdrawn" => "Withdrawn",
        _ => line.stage.as_str(),
    };
    Line {
        to: paths::journey(&line.reference),
        title: line.product.clone(),
        about: format!("{}, {}", line.supplier, line.reference),
        text: format!("{stage}. {} of {} tasks done.", line.done, line.all),
    }
}

/// Journeys that were loaded for one page; `None` for one that the reader may not know of.
struct Loads<'a> {
    services: &'a Services,
    visitor: &'a Visitor,
    known: BTreeMap<JourneyRef, Option<Arc<Journey>>>,
}

impl Loads<'_> {
    async fn journey(&mut self, reference: &JourneyRef) -> Result<Option<Arc<Journey>>, Halt> {
        if let Some(known) = self.known.get(reference) {
            return Ok(known.clone());
        }
        let loaded = match load(self.services, self.visitor, &reference.to_string()).await {
            Ok(loaded) => Some(loaded.journey),
            // One ledger that does not hold is told on its own page; a search goes on without it.
            Err(Halt::Missing | Halt::Fault(_)) => None,
            Err(halt) => return Err(halt),
        };
        self.known.insert(reference.clone(), loaded.clone());
        Ok(loaded)
    }
}

/// Whether a label has the word, or a word that begins with it.
fn has(label: &[String], word: &str) -> bool {
    let one = fold::singular(word);
    label.iter().any(|known| known.starts_with(one) && (one.len() > 2 || known == word))
}

/// Words that stand in the label of a task of any process: what is left of a question names the journey.
fn parted(processes: &'static Processes, asked: &str) -> (Vec<String>, Vec<String>) {
    let labels: Vec<Vec<String>> =
        processes.all().flat_map(|process| &process.tasks).map(|task| fold::words(&task.label).collect()).collect();
    fold::words(asked).partition(|word| labels.iter().any(|label| has(label, word)))
}

/// Tasks with these words, and rows with these ids, on the journeys that changed last.
async fn on_journeys(loads: &mut Loads<'_>, asked: &str, rows: &[String]) -> Result<(Vec<Line>, Vec<Line>), Halt> {
    let (label, rest) = parted(loads.services.processes, asked);
    if label.is_empty() && rows.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let listed = loads.services.store.journeys(&list_of(loads.visitor, &rest.join(" "), JOURNEYS)).await?;
    let every = if rows.is_empty() || rest.is_empty() {
        listed.clone()
    } else {
        loads.services.store.journeys(&list_of(loads.visitor, "", JOURNEYS)).await?
    };
    let (mut tasks, mut on_rows) = (Vec::new(), Vec::new());
    if !label.is_empty() {
        for line in &listed {
            let Some(journey) = loads.journey(&line.reference).await? else { continue };
            for spec in journey.plan().filter(|spec| journey.may_read(&loads.visitor.actor, spec)) {
                let words: Vec<String> = fold::words(&spec.label).collect();
                if tasks.len() < TASKS && label.iter().all(|word| has(&words, word)) {
                    tasks.push(Line {
                        to: paths::task(&line.reference, &spec.id),
                        title: spec.label.clone(),
                        about: format!("{}, {}, {}", line.product, line.supplier, line.reference),
                        text: String::new(),
                    });
                }
            }
        }
    }
    if !rows.is_empty() {
        for line in &every {
            let Some(journey) = loads.journey(&line.reference).await? else { continue };
            let spec = journey.plan().find(|spec| spec.page == Page::Scal && journey.may_read(&loads.visitor.actor, spec));
            let Some(spec) = spec else { continue };
            let asked: Vec<&Row> = scal::rows(&journey.opening);
            for row in asked.into_iter().filter(|row| rows.contains(&row.id)) {
                if on_rows.len() < TASKS {
                    on_rows.push(Line {
                        to: format!("{}/{}", paths::task(&line.reference, &spec.id), row.field),
                        title: row.id.clone(),
                        about: format!("{}, {}, {}", line.product, line.supplier, line.reference),
                        text: row.requirement.clone(),
                    });
                }
            }
        }
    }
    Ok((tasks, on_rows))
}

/// Messages with these words that the reader may read, newest first.
async fn messages(loads: &mut Loads<'_>, asked: &str) -> Result<Vec<Line>, Halt> {
    let visitor = loads.visitor;
    let words = fold::keywords(asked);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let own = if visitor.is_programme() {
        Some(Audience::Programme)
    } else {
        visitor.actor.on(Side::Supplier).then_some(Audience::Supplier)
    };
    let filter = SaidFilter {
        words: words.clone(),
        organisation: (!visitor.is_programme()).then(|| visitor.organisation.id.clone()),
        own,
        limit: MESSAGES,
    };
    let mut lines = Vec::new();
    for (reference, message) in loads.services.store.said(&filter).await? {
        let Some(journey) = loads.journey(&reference).await? else { continue };
        if !conversation::may_read(&journey, &visitor.actor, message.task.as_ref(), message.audience) {
            continue;
        }
        let path = match &message.task {
            Some(task) => paths::task(&reference, task),
            None => paths::of_journey(&reference, "messages"),
        };
        let on = message.task.as_ref().map_or("Journey", |task: &TaskId| journey.process.label(task));
        lines.push(Line {
            to: format!("{path}?message={id}#message-{id}", id = message.id),
            title: format!("{}, {}", message.name, dates::day_of(message.at)),
            about: format!("{on}, {}, {reference}", journey.opening.product),
            text: excerpt(&message.words, &words),
        });
    }
    Ok(lines)
}

/// People of the reader's organisation; for whoever confirms organisations, of every one.
async fn people(services: &Services, visitor: &Visitor, asked: &str) -> Result<Vec<Line>, Halt> {
    let words = fold::keywords(asked);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    if rules::may_confirm_organisations(&visitor.actor) {
        let called = services.store.people_called(&words, PEOPLE).await?;
        return Ok(called
            .into_iter()
            .map(|one| Line {
                to: format!("/organisations/{}", one.organisation),
                title: one.name,
                about: one.organisation_name,
                text: String::new(),
            })
            .collect());
    }
    let members = services.store.members(&visitor.organisation.id).await?;
    let has_all = |name: &str, email: &str| {
        let known: Vec<String> = fold::words(&format!("{name} {email}")).collect();
        words.iter().all(|word| known.iter().any(|one| one.starts_with(word.as_str())))
    };
    let found = members.into_iter().filter(|member| has_all(&member.name, &member.email)).take(PEOPLE as usize);
    Ok(found
        .map(|member| Line {
            to: "/organisation".to_owned(),
            title: member.name,
            about: visitor.organisation.name.clone(),
            text: member.roles.iter().map(|role| role.title()).collect::<Vec<_>>().join(", "),
        })
        .collect())
}

/// Organisations, for whoever confirms them.
async fn organisations(services: &Services, visitor: &Visitor, asked: &str) -> Result<Vec<Line>, Halt> {
    if !rules::may_confirm_organisations(&visitor.actor) {
        return Ok(Vec::new());
    }
    let filter = OrganisationFilter { find: asked.to_owned(), limit: PEOPLE, ..OrganisationFilter::default() };
    let found = services.store.organisations(&filter).await?;
    Ok(found
        .into_iter()
        .map(|one| Line {
            to: format!("/organisations/{}", one.organisation.id),
            title: one.organisation.name,
            about: one.organisation.side.title().to_owned(),
            text: if one.organisation.ods_code.is_empty() {
                String::new()
            } else {
                format!("ODS code {}", one.organisation.ods_code)
            },
        })
        .collect())
}
