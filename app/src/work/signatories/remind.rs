//! Letters that go by themselves: a reminder after five working days, three at most, and none to whoever has answered; and another
//! letter to whoever has signed what has changed since.

use journey::{ledger::signing, rule::by_link};

use crate::{
    base::halt::Halt,
    request::{ledger, services::Services},
    work::signatories::{actions::written_again, changed, remind_at},
};
use journey::port::signatories::{AskedChange, AskedSince};

/// How many are looked at in one go.
const STEP: u32 = 50;

/// How often in one sweep: the next one goes on.
const MOST_STEPS: u32 = 40;

/// Writes every reminder that is due. Says how many.
///
/// # Errors
/// When the database does not answer.
pub async fn send_due(services: &Services) -> Result<u32, Halt> {
    let mut sent = 0;
    for _ in 0..MOST_STEPS {
        let due = services.store.to_remind(services.clock.now(), STEP).await?;
        for one in &due {
            sent += u32::from(remind(services, one).await?);
        }
        if due.len() < STEP as usize {
            break;
        }
    }
    Ok(sent)
}

/// Reminds one of them, or notes that there is nothing to remind them of now.
async fn remind(services: &Services, one: &AskedSince) -> Result<bool, Halt> {
    let now = services.clock.now();
    let asked = &one.asked;
    let journey = ledger::read(services, &asked.journey).await?.journey;
    let spec = journey.process.task(&asked.task);
    let code = &asked.member.ods_code;
    let back = spec.is_some_and(|spec| signing::took_back(&journey, spec, code));
    let waits = spec.filter(|spec| !back && by_link::may_sign(&journey, spec, code).is_ok());
    // The letter that asks somebody again is no reminder yet.
    let again = one.signed_at.is_some_and(|signed| signed >= one.asked.sent_at);
    let (change, letter) = match waits {
        Some(spec) => {
            let (change, letter) = written_again(services, &journey, spec, one, now, !again).await?;
            (change, vec![letter])
        }
        // Whoever has signed is not reminded; what cannot be signed just now is looked at again later.
        None => {
            let signed = spec.is_some_and(|spec| signing::has_signed_as(&journey, spec, code));
            let remind_at = if signed || back { None } else { remind_at(now, one.reminders) };
            (AskedChange::Later { id: asked.id.clone(), remind_at }, Vec::new())
        }
    };
    // Somebody who answered meanwhile, or whom another process reminded, is left alone.
    let written = changed(services, &[change], &letter, now).await?;
    Ok(written && !letter.is_empty())
}
