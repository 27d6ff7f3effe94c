//! Signatures by a link in a letter: written like every deed of a journey, for somebody who has no account.

use journey::{
    ledger::{
        event::{By, Event},
        journey::Journey,
        refusal::Refusal,
        signing,
    },
    plan::process::TaskSpec,
    port::{
        Letter,
        signatories::{Asked, AskedChange},
    },
    rule::decide,
};

use crate::{
    act::{
        decided::Decided,
        letters,
        post::{self, Unwritten},
    },
    base::halt::Halt,
    request::{ledger, services::Services},
};

/// How often it is tried again when somebody else wrote to the same journey meanwhile.
const TRIES: usize = 8;

/// Hundreds may sign the same agreement within minutes. In this process one after the other does, so that they do not keep
/// overtaking each other; other processes are met by trying again.
static ONE_BY_ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Records what `make` says on the journey that somebody is asked in, with what becomes of the request and a letter to them. The
/// journey afterwards, with the event; or why not.
///
/// # Errors
/// [`Halt::Missing`] when there is no such journey or task; [`Halt::Unavailable`] when the database does not answer.
pub async fn record(
    services: &Services,
    asked: &Asked,
    make: impl Fn(&Journey, &TaskSpec) -> Result<Event, Refusal>,
    changes: &[AskedChange],
    letter: impl Fn(&Journey, &Event) -> Option<Letter>,
) -> Result<Result<(Journey, Event), Refusal>, Halt> {
    let organisation = signing::organisation_of_member(&asked.member.ods_code).ok_or(Halt::Missing)?;
    let by = By { person: asked.id.clone(), organisation };
    let _turn = ONE_BY_ONE.lock().await;
    for _ in 0..TRIES {
        let journey = ledger::read(services, &asked.journey).await?.journey;
        if post::bring_up_to_date(services, &journey).await? {
            continue;
        }
        let spec = journey.process.task(&asked.task).ok_or(Halt::Missing)?;
        let event = match make(&journey, spec) {
            Ok(event) => event,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let texts = decide::texts(&journey, std::slice::from_ref(&event));
        let mut deed = Decided::by_link(&journey, event.clone(), by.clone(), services.clock.now(), texts)?;
        deed.signatories.extend_from_slice(changes);
        let after = deed.after.clone();
        let mut mail = letters::about(services, &journey, &after, &deed.recorded).await?;
        mail.letters.extend(letter(&after, &event));
        match post::write(services, vec![deed], mail).await {
            Ok(()) => {
                tracing::info!(journey = %asked.journey, task = %asked.task, member = asked.member.ods_code, "signed or taken back by link");
                return Ok(Ok((after, event)));
            }
            Err(Unwritten::Conflict) => {
                // Whoever is not asked any more by now is told so.
                if services.store.signatory(&asked.id).await?.is_none_or(|now| now.ended.is_some()) {
                    return Ok(Err(Refusal::NothingToDo));
                }
            }
            Err(Unwritten::Halt(halt)) => return Err(halt),
        }
    }
    Err(Halt::Unavailable("many people are writing to this journey at once".to_owned()))
}
