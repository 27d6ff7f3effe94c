//! The daily letter: at seven in the morning, UK time, one letter to each who chose it and has something new. However many
//! servers run, each letter is written once: whoever takes the lines away writes it.

use journey::{
    base::{calendar, ids::Digest},
    port::{Letter, StoreError, notices::Held},
    view::notices,
};

use crate::{act::letters::foot, base::words::counted, request::services::Services};

/// People who are looked after at once.
const PAGE: u32 = 100;
/// Lines that a letter names; the rest is counted.
const LINES: usize = 40;

/// Writes every daily letter that is due. Answers how many.
///
/// # Errors
/// When the database does not answer.
pub async fn send_due(services: &Services) -> Result<u32, StoreError> {
    let now = services.clock.now();
    let due = notices::last_daily(now);
    let mut sent = 0;
    loop {
        let people = services.store.held_for(due, PAGE).await?;
        if people.is_empty() {
            return Ok(sent);
        }
        for id in people {
            let held = services.store.held(&id, due).await?;
            let news: Vec<&Held> = held.iter().filter(|line| !line.seen).collect();
            let person = services.store.person(&id).await?;
            // Named by what it tells: what is added afterwards has a letter of its own.
            let lines: Vec<String> = held.iter().map(|line| line.id.clone()).collect();
            let letter = person.filter(|_| !news.is_empty()).map(|person| Letter {
                id: format!("daily-{id}-{}-{}", calendar::date_of(due), Digest::of(lines.join(" ").as_bytes())),
                to: person.email,
                subject: format!("{} at GP Connect onboarding", counted(news.len(), "new thing")),
                body: body(services, &person.name, &news),
                enclosed: None,
            });
            let written = letter.is_some();
            if services.store.send_held(&id, &lines, letter, now).await? && written {
                sent += 1;
            }
        }
    }
}

fn body(services: &Services, name: &str, news: &[&Held]) -> String {
    let lines: Vec<String> = news.iter().take(LINES).map(|line| format!("{}\n{}", line.subject, line.link)).collect();
    let more = news.len().saturating_sub(LINES);
    let more = if more > 0 { format!("\n\nAnd {more} more: {}/journeys", services.base_url) } else { String::new() };
    format!("Hello {name},\n\nThis is new since your last daily email:\n\n{}{more}{}", lines.join("\n\n"), foot(services))
}
