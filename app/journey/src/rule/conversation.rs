//! The conversation on a journey and on each of its tasks: who may read what was said, who may say something, and what a
//! message must be. Messages are no events: they are kept beside the ledger, and their writer may take them back for a
//! short time. Pages, letters and files all ask here.

use std::{collections::BTreeSet, str::FromStr};

use jiff::{SignedDuration, Timestamp};

use crate::{
    base::{
        actor::{Actor, Side},
        fold,
        ids::{OrganisationId, PersonId, TaskId},
        named::named,
        text,
    },
    ledger::{
        journey::{Journey, Phase},
        refusal::Refusal,
    },
    plan::process::Processes,
};

/// Characters that a message may have.
pub const MOST_CHARACTERS: usize = 4_000;

/// Files that may come with a message.
pub const MOST_FILES: usize = 20;

/// For how long a person may take back what they wrote.
pub const TAKE_BACK: SignedDuration = SignedDuration::from_mins(15);

named! {
    /// Who a message is for: everybody who may see the journey, or one side of it.
    pub enum Audience {
        /// Everybody who may see the journey.
        All = "all",
        /// The GP Connect teams among themselves.
        Programme = "programme",
        /// The people of the supplier among themselves.
        Supplier = "supplier",
    }
}

/// A word that names no audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an audience")]
pub struct NotAnAudience;

impl Audience {
    /// Name of the question for the words of a message to this audience: its problems are shown there.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Audience::All => "message-all",
            Audience::Programme => "message-programme",
            Audience::Supplier => "message-supplier",
        }
    }
}

impl FromStr for Audience {
    type Err = NotAnAudience;

    fn from_str(name: &str) -> Result<Self, NotAnAudience> {
        Audience::named(name).ok_or(NotAnAudience)
    }
}

/// The audience that is this person's own side on a journey; none for end users and the commissioner, who are many
/// organisations. Whoever works for the programme and belongs to an organisation with a part in the journey does not
/// read what the programme says of it among itself (domain/people.md §5).
#[must_use]
pub fn own_side(journey: &Journey, actor: &Actor) -> Option<Audience> {
    if actor.organisation == journey.organisation && actor.on(Side::Supplier) {
        return Some(Audience::Supplier);
    }
    let involved = |id: &OrganisationId| *id == journey.organisation || journey.has_joined(id);
    (actor.on(Side::Programme) && !actor.member_of.iter().any(involved)).then_some(Audience::Programme)
}

/// The same for lists over many journeys, where it is not known who has a part in each: a person of several
/// organisations is told nothing there, because even a number would say that something was noted.
#[must_use]
pub fn own_side_in_lists(actor: &Actor) -> Option<Audience> {
    match actor.member_of.len() {
        1 if actor.on(Side::Programme) => Some(Audience::Programme),
        1 if actor.on(Side::Supplier) => Some(Audience::Supplier),
        _ => None,
    }
}

/// Whether what was said on a task is news to this person in lists over many journeys in which they have a part.
#[must_use]
pub fn is_news_in_lists(processes: &Processes, actor: &Actor, task: Option<&TaskId>) -> bool {
    let Some(task) = task else { return true };
    let mut specs = processes.all().filter_map(|process| process.task(task));
    specs.any(|spec| Side::ALL.iter().any(|side| actor.on(*side) && spec.is_read_by(*side)))
}

/// Whether a person may read what was said to this audience, on this task or on the journey as a whole. Whoever does not read
/// the task reads nothing of what was said about it.
#[must_use]
pub fn may_read(journey: &Journey, actor: &Actor, task: Option<&TaskId>, audience: Audience) -> bool {
    let place = task.is_none_or(|task| journey.may_read_task(actor, task));
    place && journey.may_see(actor) && (audience == Audience::All || own_side(journey, actor) == Some(audience))
}

/// The audiences that a person may write to now: everybody first. None once the journey is withdrawn.
#[must_use]
pub fn offered(journey: &Journey, actor: &Actor, task: Option<&TaskId>) -> Vec<Audience> {
    if matches!(journey.phase, Phase::Withdrawn { .. }) {
        return Vec::new();
    }
    Audience::ALL.iter().copied().filter(|audience| may_read(journey, actor, task, *audience)).collect()
}

/// The words of a message as they are kept, when this person may say them.
///
/// # Errors
/// [`Refusal::Unknown`] when they may not know of the audience, [`Refusal::Closed`] when nothing more is said here, and
/// [`Refusal::Invalid`] when the words need a change.
pub fn judge(
    journey: &Journey,
    actor: &Actor,
    (task, audience): (Option<&TaskId>, Audience),
    words: &str,
    files: usize,
) -> Result<String, Refusal> {
    if !may_read(journey, actor, task, audience) {
        return Err(Refusal::Unknown);
    }
    if !offered(journey, actor, task).contains(&audience) {
        return Err(Refusal::Closed);
    }
    let words = text::tidy(words);
    let long = words.chars().count();
    let says = if words.is_empty() && files > 0 {
        "Write what the files are".to_owned()
    } else if words.is_empty() {
        "Write what you want to say".to_owned()
    } else if long > MOST_CHARACTERS {
        format!("Shorten the message by {} characters", long - MOST_CHARACTERS)
    } else if files > MOST_FILES {
        format!("Leave out {} of the files: a message can have {MOST_FILES}", files - MOST_FILES)
    } else {
        return Ok(words);
    };
    Err(Refusal::problem(audience.field(), &says))
}

/// Whether a person may take back a message that `by` wrote at `at`: their own, soon, while the journey can be written to.
#[must_use]
pub fn may_take_back(
    journey: &Journey,
    actor: &Actor,
    task: Option<&TaskId>,
    (by, at): (&PersonId, Timestamp),
    now: Timestamp,
) -> bool {
    actor.person == *by && !offered(journey, actor, task).is_empty() && now.duration_since(at) < TAKE_BACK
}

/// A piece of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// The name of somebody who is spoken to, with its `@`.
    Mention(&'a str),
}

/// A message cut where somebody is mentioned: `@` and a full name, in capitals or not. The longest name wins, and a name
/// ends where a word ends, so that `@Ann Lee` does not speak to Ann Leeds.
#[must_use]
pub fn pieces<'a>(words: &'a str, names: &[&str]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = words[at..].find('@') {
        let mark = at + found;
        let after = &words[mark + 1..];
        let longest = names.iter().filter_map(|name| begins(after, name)).max();
        at = mark + 1;
        // An address is no mention: `a@Ann` has a letter before.
        let inside = words[..mark].chars().next_back().is_some_and(char::is_alphanumeric);
        if let Some(length) = longest.filter(|_| !inside) {
            if mark > from {
                pieces.push(Piece::Words(&words[from..mark]));
            }
            at = mark + 1 + length;
            pieces.push(Piece::Mention(&words[mark..at]));
            from = at;
        }
    }
    if from < words.len() {
        pieces.push(Piece::Words(&words[from..]));
    }
    pieces
}

/// How many bytes of the text are this name, if it begins with it and the word ends there.
fn begins(text: &str, name: &str) -> Option<usize> {
    let mut rest = text.char_indices();
    let mut wanted = name.chars().peekable();
    wanted.peek()?;
    for letter in wanted {
        let (_, there) = rest.next()?;
        if there != letter && !there.to_lowercase().eq(letter.to_lowercase()) {
            return None;
        }
    }
    let end = rest.next();
    let length = end.map_or(text.len(), |(at, _)| at);
    (!end.is_some_and(|(_, next)| next.is_alphanumeric())).then_some(length)
}

/// Which of these names are mentioned, by their place. The words are cut once, however many names there are.
#[must_use]
pub fn mentioned(words: &str, names: &[&str]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for piece in pieces(words, names) {
        let Piece::Mention(text) = piece else { continue };
        let whole = |name: &&str| begins(&text[1..], name) == Some(text.len() - 1);
        found.extend(names.iter().enumerate().filter(|(_, name)| whole(name)).map(|(place, _)| place));
    }
    found
}

/// The one of these names that somebody typed or picked from a list: whatever accents and capitals were typed, with the
/// organisation after a comma or without, where only one person is called so.
#[must_use]
pub fn named_one(typed: &str, names: &[(&str, &str)]) -> Option<usize> {
    let typed = fold::folded(&text::line(typed));
    let is = |(name, organisation): &(&str, &str)| fold::folded(&format!("{name}, {organisation}")) == typed;
    if let Some(place) = names.iter().position(is) {
        return Some(place);
    }
    let mut alike = names.iter().enumerate().filter(|(_, (name, _))| fold::folded(name) == typed).map(|(place, _)| place);
    let first = alike.next();
    first.filter(|_| alike.next().is_none() && !typed.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_a_full_name_and_the_longest_wins() {
        let names = ["Ann Lee", "Ann Lee Smith", "Zoë Ärzt"];
        let cut = |words: &'static str| pieces(words, &names);
        assert_eq!(
            cut("Dear @ann lee smith, and @Ann Lee."),
            [
                Piece::Words("Dear "),
                Piece::Mention("@ann lee smith"),
                Piece::Words(", and "),
                Piece::Mention("@Ann Lee"),
                Piece::Words(".")
            ]
        );
        assert_eq!(cut("@ZOË ÄRZT"), [Piece::Mention("@ZOË ÄRZT")]);
        for nobody in ["@Ann Leeds", "@Ann", "mail ann@Ann Lee", "@", "@ Ann Lee", ""] {
            assert!(cut(nobody).iter().all(|piece| matches!(piece, Piece::Words(_))), "{nobody}");
        }
        assert_eq!(mentioned("@Ann Lee Smith", &names), BTreeSet::from([1]), "Ann Lee is another person");
        assert_eq!(mentioned("@zoë ärzt and @Ann Lee", &["Ann Lee", "Zoë Ärzt", "Ann Lee"]), BTreeSet::from([0, 1, 2]));
    }

    #[test]
    fn somebody_is_named_by_their_name_alone_where_nobody_else_is_called_so() {
        let names = [("Ann O’Neill", "Acme"), ("Bo Ray", "Acme"), ("Bo Ray", "A Trust")];
        for (typed, found) in [
            ("ann o'neill", Some(0)),
            (" Ann  O’Neill, Acme ", Some(0)),
            ("Bo Ray", None),
            ("bo ray, a trust", Some(2)),
            ("Ann", None),
            ("", None),
        ] {
            assert_eq!(named_one(typed, &names), found, "{typed}");
        }
    }

    #[test]
    fn a_name_that_is_empty_is_nobody() {
        assert_eq!(pieces("@ you", &[""]), [Piece::Words("@ you")]);
    }
}
