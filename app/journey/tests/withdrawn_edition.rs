//! An edition of the catalogue is withdrawn. In a process of its own: editions are known to the whole process.

use jiff::Timestamp;
use journey::{
    base::edition::Edition,
    catalogue::{
        editions::{learn, newest, proposed, rows, was_published, was_withdrawn},
        withdrawal::{Stays, may_go},
    },
};

#[test]
fn only_what_was_published_and_nobody_uses_goes_and_its_rows_stay() {
    let shipped = newest();
    assert_eq!(may_go(&shipped, 0), Err(Stays::Shipped));
    let edition: Edition = "2091-1".parse().unwrap();
    was_published(edition.clone(), Timestamp::UNIX_EPOCH);
    learn(edition.clone(), rows(&shipped)[..3].to_vec());
    assert_eq!(newest(), edition);
    assert_eq!(may_go(&edition, 2), Err(Stays::Used(2)));
    assert_eq!(may_go(&edition, 0), Ok(()));
    was_withdrawn(edition.clone());
    assert_eq!((may_go(&edition, 0), newest()), (Err(Stays::Withdrawn), shipped));
    assert_eq!(rows(&edition).len(), 3, "a ledger that names it can still be read");
    let again = proposed("2091-1", "id", &Default::default()).unwrap_err();
    assert!(again[0].says.contains("later than 2091-1"), "its name is not used again: {again:?}");
}
