//! What has changed, for those who look: as it is heard, and what was heard lately, for whoever begins to listen.

use std::{
    collections::{BTreeSet, VecDeque, hash_map::RandomState},
    fmt,
    hash::{BuildHasher as _, Hasher as _},
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

use journey::base::{actor::Role, ids::JourneyRef};
use tokio::sync::broadcast;

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// This journey, or what is said or claimed about it.
    Journey {
        /// Which one.
        reference: JourneyRef,
        /// Roles whose worklists are other ones now: those that had a turn or have one. Nothing when it is not known.
        roles: Option<BTreeSet<Role>>,
    },
    /// Perhaps everything: something may have been missed.
    Anything,
}

/// Changes that wait for a slow listener; one that falls further behind is told that anything may have changed.
pub(crate) const BACKLOG: usize = 256;

/// Changes that are remembered for pages that begin to listen after they were drawn.
const REMEMBERED: usize = 4_096;

/// How far somebody has heard: how many changes, of the server that counted them. Another server counts on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    server: u64,
    count: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:x}-{:x}", self.server, self.count)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |part: &str| u64::from_str_radix(part, 16).map_err(drop);
        let (server, count) = text.split_once('-').ok_or(())?;
        Ok(Self { server: number(server)?, count: number(count)? })
    }
}

/// A change with how far whoever hears it has heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// How far.
    pub position: Position,
    /// What changed.
    pub change: Change,
}

/// Tells those who listen, and remembers what was told lately.
#[derive(Clone, Debug)]
pub(crate) struct Changes {
    sender: broadcast::Sender<Heard>,
    recent: Arc<Mutex<Recent>>,
}

#[derive(Debug)]
struct Recent {
    position: Position,
    last: VecDeque<Change>,
}

impl Changes {
    /// Nobody listens yet, and nothing has changed.
    pub(crate) fn new() -> Self {
        let server = RandomState::new().build_hasher().finish();
        let recent = Recent { position: Position { server, count: 0 }, last: VecDeque::new() };
        Self { sender: broadcast::channel(BACKLOG).0, recent: Arc::new(Mutex::new(recent)) }
    }

    /// Nobody may be listening, which is as well.
    pub(crate) fn tell(&self, change: Change) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.position.count += 1;
        recent.last.push_back(change.clone());
        if recent.last.len() > REMEMBERED {
            recent.last.pop_front();
        }
        drop(self.sender.send(Heard { position: recent.position, change }));
    }

    pub(crate) fn position(&self) -> Position {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).position
    }

    /// Everything from now on, how far that is, and what was told after `from`: "anything" where that is not remembered.
    pub(crate) fn after(&self, from: Option<Position>) -> (broadcast::Receiver<Heard>, Position, Vec<Change>) {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let missed = match from {
            None => Vec::new(),
            Some(from) => {
                let count = recent.position.count.checked_sub(from.count).and_then(|count| usize::try_from(count).ok());
                let known = count.filter(|count| from.server == recent.position.server && *count <= recent.last.len());
                match known {
                    Some(count) => recent.last.iter().skip(recent.last.len() - count).cloned().collect(),
                    None => vec![Change::Anything],
                }
            }
        };
        (self.sender.subscribe(), recent.position, missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(number: u64) -> Change {
        Change::Journey { reference: JourneyRef::from_bits(number), roles: None }
    }

    #[test]
    fn whoever_begins_to_listen_hears_what_came_since_their_page_was_drawn() {
        let changes = Changes::new();
        changes.tell(change(1));
        let drawn = changes.position();
        assert_eq!(changes.after(Some(drawn)).2, [], "nothing has changed since");
        changes.tell(change(2));
        changes.tell(change(3));
        let (mut listening, position, missed) = changes.after(Some(drawn.to_string().parse().unwrap()));
        assert_eq!(missed, [change(2), change(3)]);
        assert_eq!(position, changes.position());
        assert!(listening.try_recv().is_err(), "what was missed is said once");
        changes.tell(change(4));
        let heard = listening.try_recv().unwrap();
        assert_eq!((heard.change, heard.position), (change(4), changes.position()));
        assert_eq!(changes.after(None).2, [], "who says nothing has missed nothing");
    }

    #[test]
    fn what_another_server_counted_and_what_is_forgotten_may_be_anything() {
        let (changes, other) = (Changes::new(), Changes::new());
        let drawn = changes.position();
        assert_eq!(other.after(Some(drawn)).2, [Change::Anything]);
        for number in 0..=REMEMBERED as u64 {
            changes.tell(change(number));
        }
        assert_eq!(changes.after(Some(drawn)).2, [Change::Anything]);
        let ahead = Position { count: u64::MAX, ..drawn };
        assert_eq!(changes.after(Some(ahead)).2, [Change::Anything]);
        for text in ["", "-", "x-1", "1-", "1"] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }
}
