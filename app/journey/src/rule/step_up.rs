//! What needs a second step that was shown a moment ago: what others rely on, and what nobody should do from a computer that was
//! left alone.

use crate::ledger::machine::Verb;

/// Whether whoever has a second step shows it again before this, unless it is fresh.
#[must_use]
pub fn asks_again(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Issue | Verb::Sign | Verb::WithdrawSignature | Verb::ProposeValidity | Verb::ConfirmValidity | Verb::Withdraw
    )
}
