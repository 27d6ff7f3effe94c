//! `letters`: what has not gone, for an operator; and putting one back that was given up.

use journey::port::{Outbox, Unsent};

/// Lines that are printed at most.
const MOST: u32 = 500;

/// Lists letters that have not gone, or puts these back.
///
/// # Errors
/// When the database does not answer, or there is no such letter.
pub async fn run(outbox: &dyn Outbox, again: &[String], now: jiff::Timestamp) -> Result<String, String> {
    if again.is_empty() {
        let unsent = outbox.letters_unsent(MOST).await.map_err(|error| error.to_string())?;
        return Ok(listed(&unsent));
    }
    let mut said = String::new();
    for id in again {
        if !outbox.letter_again(id, now).await.map_err(|error| error.to_string())? {
            return Err(format!("{said}{id}: there is no email of this id that has not gone. `letters` lists them"));
        }
        said.push_str(&format!("{id} is tried again.\n"));
    }
    Ok(said)
}

/// One letter a line, its fields apart by tabs; nothing of its words.
fn listed(unsent: &[Unsent]) -> String {
    if unsent.is_empty() {
        return "Every email has been sent.\n".to_owned();
    }
    let mut text = "state\tid\taddress\tsubject\ttries\twaits since\tlast error\n".to_owned();
    for letter in unsent {
        let state = letter.undelivered.map_or("waiting", |(reason, _)| reason.name());
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fields = [
            state.to_owned(),
            one_line(&letter.id),
            one_line(&letter.to),
            one_line(&letter.subject),
            letter.tries.to_string(),
            letter.since.to_string(),
            one_line(&letter.last_error),
        ];
        text.push_str(&fields.join("\t"));
        text.push('\n');
    }
    text
}
