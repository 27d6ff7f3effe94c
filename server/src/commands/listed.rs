//! What the daily lists of heads say, held against the ledgers: that the lists follow from each other and are signed, and that every
//! entry which one of them names is still in its ledger, at that place and with that digest. So a tail that was cut off, a ledger that
//! was written anew and a journey that was taken away are found, as long as one list is kept where nobody could change it as well.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use journey::{
    base::ids::{Digest, Seq},
    ledger::heads::{HeadList, SignedList, name_of},
    port::{
        Answer, StoreError,
        heads::{HeadLists as _, KeptList, ListKey, ListedHead},
    },
};
use store::Db;

use crate::heads;

/// Lists that are read at a time: the first one names every ledger.
const FEW: u32 = 20;

/// How many rows are read at a time.
const STEP: u32 = 200;

/// A list that somebody kept outside the database.
#[derive(Clone, Debug)]
pub struct Outside {
    /// The list with its signature.
    pub signed: SignedList,
    /// What it says.
    pub list: HeadList,
    /// Why its signature does not count, if it does not.
    pub fault: Option<String>,
}

impl Outside {
    /// The list in a file.
    ///
    /// # Errors
    /// When it cannot be read, or is no list.
    pub fn read(file: &Path) -> Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| told(&error))?;
        Self::of(&text).map_err(|error| told(&error))
    }

    /// The list that a file holds, as it was handed out.
    ///
    /// # Errors
    /// When it is no list.
    pub fn of(text: &str) -> Result<Self, String> {
        let signed = SignedList::of_file(text)?;
        let list = HeadList::read(&signed.text)?;
        let fault = heads::checked(&signed).err();
        Ok(Self { signed, list, fault })
    }
}

/// An entry that a list names.
pub(crate) struct Named {
    /// The list, in words.
    pub list: String,
    /// Whether it is one that was kept elsewhere and is not in the database.
    pub outside: bool,
    /// The place of the entry.
    pub seq: Seq,
    /// Its digest.
    pub digest: Digest,
}

/// What all lists of a database say.
#[derive(Default)]
pub struct Listed {
    named: HashMap<Digest, Vec<Named>>,
    /// What the database notes of each stream, beside the lists.
    noted: BTreeMap<String, ListedHead>,
    /// How many lists there are.
    pub lists: u64,
    /// The keys that they are signed with, the newest first.
    pub keys: Vec<ListKey>,
    /// What is wrong with the lists themselves.
    pub faults: Vec<String>,
}

impl Listed {
    /// Reads every list of a database, with one that somebody kept elsewhere.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(db: &Db, outside: Option<&Outside>) -> Result<Self, String> {
        loop {
            let (listed, last) = match Self::read_once(db, outside).await {
                Ok(read) => read,
                // A fault does not end it: what lists say is not known then.
                Err(fault @ StoreError::Unreadable { .. }) => {
                    return Ok(Self { faults: vec![fault.to_string()], ..Self::default() });
                }
                Err(error) => return Err(error.to_string()),
            };
            // A list that was made meanwhile is noted, and is not among those that were read.
            let newest = db.newest_list().await.map_err(|error| error.to_string())?;
            if newest.is_none_or(|newest| newest.number <= last) {
                return Ok(listed);
            }
        }
    }

    /// The same with the number of the newest list.
    async fn read_once(db: &Db, outside: Option<&Outside>) -> Answer<(Self, u64)> {
        let mut listed = Self::default();
        let mut before: Option<(u64, Digest)> = None;
        let mut is_here = false;
        loop {
            let step = db.lists_after(before.as_ref().map_or(0, |(number, _)| *number), FEW).await?;
            if step.is_empty() {
                break;
            }
            for list in step {
                is_here |= outside.is_some_and(|outside| outside.signed.text == list.signed.text);
                before = Some(listed.take(list, before.as_ref()));
            }
        }
        listed.keys = db.list_keys().await?;
        let mut after = String::new();
        loop {
            let step = db.listed_heads(&after, STEP).await?;
            let Some(last) = step.last() else { break };
            after = last.stream.clone();
            listed.noted.extend(step.into_iter().map(|head| (head.stream.clone(), head)));
        }
        if let Some(Outside { list, fault, .. }) = outside {
            let called = format!("the kept list of {}", list.day);
            listed.faults.extend(fault.iter().map(|fault| format!("{called}: {fault}")));
            if !is_here {
                listed.faults.push(format!(
                    "{called}, number {}, is not among the lists of this database: it was restored from an older backup, or its lists were \
                     changed",
                    list.number
                ));
                listed.name(list, &called, true);
            }
        }
        Ok((listed, before.map_or(0, |(number, _)| number)))
    }

    /// Takes the next list in. Answers its number and the digest that the one after it must name.
    fn take(&mut self, kept: KeptList, before: Option<&(u64, Digest)>) -> (u64, Digest) {
        let KeptList { facts, signed } = kept;
        self.lists += 1;
        let called = format!("the list of {}", facts.day);
        let digest = Digest::of(signed.text.as_bytes());
        if let Err(says) = heads::checked(&signed) {
            self.faults.push(format!("{called}: {says}"));
        }
        if let Ok(list) = HeadList::read(&signed.text) {
            let beside = (list.number, list.day, list.made_at, &list.key, list.heads.len() as u64, &digest);
            if beside != (facts.number, facts.day, facts.made_at, &facts.key, u64::from(facts.ledgers), &facts.digest) {
                self.faults.push(format!("{called}: what stands beside it is not what it says"));
            }
            let (number, wanted) = before.map_or((0, Digest::root()), |(number, digest)| (*number, digest.clone()));
            if list.number != number + 1 || list.before != wanted {
                self.faults.push(format!("{called} does not follow from the list before it"));
            }
            self.name(&list, &called, false);
        }
        (facts.number, digest)
    }

    fn name(&mut self, list: &HeadList, called: &str, outside: bool) {
        for head in &list.heads {
            let named = Named { list: called.to_owned(), outside, seq: head.seq, digest: head.digest.clone() };
            self.named.entry(head.ledger.clone()).or_default().push(named);
        }
    }

    /// What the lists say otherwise than this ledger, whose digests are these, the first one first.
    pub fn compare(&mut self, stream: &str, digests: &[Digest]) -> Vec<String> {
        let Some(first) = digests.first() else { return Vec::new() };
        let ledger = name_of(stream, first);
        let named = self.named.remove(&ledger).unwrap_or_default();
        let mut faults: Vec<String> = named.iter().filter_map(|named| missing(digests, named)).collect();
        let last = named.iter().filter(|named| !named.outside).max_by_key(|named| named.seq);
        let last = last.map(|named| (&ledger, named.seq, &named.digest));
        match self.noted.remove(stream) {
            // A ledger that begins otherwise has another name in lists: what is named under the old one is told here.
            Some(noted) if noted.ledger != ledger => {
                self.named.remove(&noted.ledger);
                faults.push(format!("the ledger begins with another entry than when the list of {} named it", noted.day));
            }
            noted => {
                let noted = noted.as_ref().map(|noted| (&noted.ledger, noted.seq, &noted.digest));
                if noted != last && faults.is_empty() {
                    faults.push("what is noted of the list that names it last is not what the lists say".to_owned());
                }
            }
        }
        faults
    }

    /// A ledger that cannot be read is told already, and is not told again as one that is gone.
    pub fn unread(&mut self, stream: &str) {
        if let Some(noted) = self.noted.remove(stream) {
            self.named.remove(&noted.ledger);
        }
    }

    /// Ledgers that lists name and that are not there any more.
    pub fn gone(self) -> Vec<String> {
        let Self { mut named, noted, .. } = self;
        let mut faults = Vec::new();
        for (stream, head) in noted {
            named.remove(&head.ledger);
            faults
                .push(format!("{stream}: the list of {} names entry {} of it, and there is no such ledger", head.day, head.seq));
        }
        let mut others: Vec<String> = named
            .into_iter()
            .filter_map(|(ledger, named)| {
                let last = named.into_iter().max_by_key(|named| named.seq)?;
                Some(format!("{} names entry {} of a ledger that is not there: {ledger}", last.list, last.seq))
            })
            .collect();
        others.sort();
        faults.extend(others);
        faults
    }
}

/// Why an entry that a list names is not in its ledger, if it is not.
pub(crate) fn missing(digests: &[Digest], Named { list, seq, digest, .. }: &Named) -> Option<String> {
    let place = usize::try_from(seq.0).ok().and_then(|seq| seq.checked_sub(1));
    match place.and_then(|place| digests.get(place)) {
        Some(found) if found == digest => None,
        Some(_) => Some(format!("entry {seq} is not the one that {list} names")),
        None => Some(format!("{list} names entry {seq}, and the ledger ends at {}", digests.len())),
    }
}
