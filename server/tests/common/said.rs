//! Every email that any test reads is looked at as its reader would: subject and text are put together from parts, which have to
//! agree.

use journey::port::Letter;

/// What is wrong with the words of an email.
pub fn faults(subject: &str, body: &str) -> Vec<String> {
    let mut all = Vec::new();
    if subject.chars().next().is_none_or(char::is_lowercase) || subject.ends_with(['.', ':', ' ', '–']) || subject.contains(": –")
    {
        all.push(format!("the subject is no heading: {subject}"));
    }
    for line in std::iter::once(subject).chain(body.lines()) {
        let text = line.trim();
        if ["  ", " .", " ,", "“”", "(s)", " ()", ": ."].iter().any(|part| text.contains(part)) || text.ends_with("..") {
            all.push(format!("parts that do not fit: {text}"));
        }
        let words: Vec<String> = text.split(' ').map(str::to_lowercase).collect();
        for pair in words.windows(2) {
            let (one, next) = (pair[0].as_str(), pair[1].trim_end_matches(['.', ',']));
            let articles = ["a", "an", "the", "your"];
            let many = ["tasks", "findings", "answers", "changes", "rows", "messages", "files"];
            if articles.contains(&one) && articles.contains(&next) || one == "1" && many.contains(&next) {
                all.push(format!("“{one} {next}”: {text}"));
            }
        }
    }
    all
}

/// Stops the test when an email is not well said. What tests write themselves has no subject.
pub fn well(letter: &Letter) {
    if letter.subject.is_empty() {
        return;
    }
    let faults = faults(&letter.subject, &letter.body);
    assert!(faults.is_empty(), "to {}: {}", letter.to, faults.join("\n"));
}
