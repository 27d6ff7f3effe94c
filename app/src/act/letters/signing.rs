//! Those who have signed or are to sign: their copies, and what becomes of what they signed.

use std::collections::BTreeSet;

use journey::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::{Digest, OrganisationId, PersonId, TaskId},
    },
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
        standing::{Settlement, Signature, State},
        words,
    },
    port::{Enclosed, Letter, StoreError, notices::Notice},
};

use crate::{
    act::letters::made::{FOOT, Told, asking, link, named, notice, organisation_of, told, with_words},
    base::{dates, paths, words::counted},
    request::services::Services,
};

/// Organisations that a letter names; the others are counted.
const NAMED: usize = 20;

/// Whoever has signed learns that it counts no more, or that another organisation took its signature back; and so does the
/// programme that countersigned. `before` is the journey as it was.
pub(super) async fn signed_before(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &Recorded,
) -> Result<Vec<Notice>, StoreError> {
    let Some(task) = recorded.event.task() else { return Ok(Vec::new()) };
    let (label, product) = (journey.process.noun(task), &journey.opening.product);
    let again = "Your signature does not count any more. You will be asked to sign again when the details have been sent again.";
    let (subject, text) = match &recorded.event {
        Event::Declined { role, reason, .. } => (
            format!("Declined: {label} – {product}"),
            with_words(
                format!("The {} who was to sign “{label}” for {product} declined. {again}", role.title().to_lowercase()),
                reason,
            ),
        ),
        Event::Reopened { reason, .. } => (
            format!("Open again: {label} – {product}"),
            with_words(format!("“{label}” for {product}, which you had signed, was opened again. {again}"), reason),
        ),
        Event::SignatureWithdrawn { reason, until: Some(until), .. } => (
            format!("Signature taken back: {label} – {product}"),
            with_words(
                format!(
                    "{} took back its signature under “{label}” for {product}. It counts until {}. Yours stays as it is.",
                    organisation_of(journey, recorded),
                    dates::date(*until)
                ),
                reason,
            ),
        ),
        Event::SignatureWithdrawn { reason, .. } => (
            format!("Signature taken back: {label} – {product}"),
            with_words(
                format!(
                    "{} took back its signature under “{label}” for {product}. {}",
                    organisation_of(journey, recorded),
                    if journey.task(task).signatures.is_empty() { again } else { "Yours stays as it is." }
                ),
                reason,
            ),
        ),
        _ => return Ok(Vec::new()),
    };
    let link = link(services, journey, &recorded.event);
    let people = signers(services, &before.task(task).signatures).await?;
    Ok(told(services, journey, recorded, people, &Told { id: "signed", subject, text, link }))
}

/// Whoever signed with an account learns that the signature lapsed, and so does the lead of the group, who sees for whom. Whoever signed
/// by a link gets another link. `before` is the journey as it was.
pub(super) async fn lapsed(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &Recorded,
) -> Result<Vec<Notice>, StoreError> {
    let Event::SignaturesLapsed { task, organisations } = &recorded.event else { return Ok(Vec::new()) };
    let (label, product) = (journey.process.noun(task), &journey.opening.product);
    let of: Vec<Signature> =
        before.task(task).signatures.iter().filter(|s| organisations.contains(&s.organisation)).cloned().collect();
    let mut people = signers(services, &of).await?;
    let users: Vec<OrganisationId> =
        journey.parties().filter(|(_, side)| *side == Side::EndUser).map(|(id, _)| id.clone()).collect();
    people.extend(services.store.addresses(Some(&users), &[Role::GroupLead]).await?);
    people.sort();
    people.dedup_by(|a, b| a.0 == b.0);
    let who: Vec<String> =
        of.iter().filter_map(|signature| signature.identity.as_ref()).take(NAMED).map(Identity::in_words).collect();
    let more = organisations.len().saturating_sub(who.len());
    let more = if more > 0 { format!(" And {more} more.") } else { String::new() };
    let subject = format!("{} lapsed: {label} – {product}", counted(organisations.len(), "signature"));
    let text = format!(
        "Signatures under “{label}” for {product} count for a year. These were not given anew in time and do not count any more: {}.{more} Each of these organisations can sign again at any time.",
        who.join("; ")
    );
    let link = link(services, journey, &recorded.event);
    Ok(told(services, journey, recorded, people, &Told { id: "lapsed", subject, text, link }))
}

/// Whoever was named to sign, and whoever does not sign any more, learn of it with the reason; and so does everybody whose signature
/// stays beside one that was taken back. `before` is the journey as it was.
pub(super) async fn replaced(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &Recorded,
) -> Result<Vec<Notice>, StoreError> {
    let Event::SignatoryReplaced { task, role, from, to, reason } = &recorded.event else { return Ok(Vec::new()) };
    let (label, product) = (journey.process.noun(task), &journey.opening.product);
    let had_signed = before.task(task).signatures.iter().any(|s| s.role == *role && s.by == from.person);
    let link = format!("{}/journeys/{}/tasks/{task}", services.base_url, journey.reference);
    let mut people = Vec::new();
    for one in [from, to] {
        people.extend(services.store.person(&one.person).await?.map(|known| (one.person.clone(), known.email)));
    }
    if had_signed {
        let mut others = signers(services, &before.task(task).signatures).await?;
        others.retain(|(person, _)| *person != from.person && *person != to.person);
        people.extend(others);
    }
    // Nobody needs a letter about what they did themselves.
    people.retain(|(person, _)| recorded.by.as_ref().is_none_or(|by| by.person != *person));
    let told = |(person, address): (PersonId, String)| {
        let (subject, text) = if person == to.person {
            ("Please sign", format!("You are asked to sign “{label}” for {product}, in place of {}.", from.name))
        } else if person == from.person && had_signed {
            (
                "Your signature does not count any more",
                format!("{} signs “{label}” for {product} in your place. Your signature does not count any more.", to.name),
            )
        } else if person == from.person {
            (
                "Somebody else signs",
                format!("{} signs “{label}” for {product} in your place. You do not need to do anything.", to.name),
            )
        } else {
            (
                "Signature taken back",
                format!(
                    "The signature of {} under “{label}” for {product} was taken back. {} signs the same words. Yours stays as it is.",
                    from.name, to.name
                ),
            )
        };
        let subject = format!("{subject}: {label} – {product} ({})", journey.reference);
        let id = format!("{}-{}-replaced-{person}", journey.reference, recorded.seq);
        let signs = person == to.person;
        let notice = notice(services, id, (person, address), &subject, &with_words(text, reason), &link);
        if signs { asking(notice) } else { notice }
    };
    Ok(people.into_iter().map(told).collect())
}

/// The addresses of those who signed. Two questions at most, however many they are: those of the programme, and all others.
async fn signers(services: &Services, signed: &[Signature]) -> Result<Vec<(PersonId, String)>, StoreError> {
    let of_programme = |signature: &&Signature| signature.role.side() == Side::Programme;
    let mut people = Vec::new();
    for programme in [true, false] {
        let theirs: Vec<&Signature> = signed.iter().filter(|signature| of_programme(signature) == programme).collect();
        if theirs.is_empty() {
            continue;
        }
        let roles: Vec<Role> = theirs.iter().map(|signature| signature.role).collect();
        let of: Vec<OrganisationId> = theirs.iter().map(|signature| signature.organisation.clone()).collect();
        people.extend(services.store.addresses((!programme).then_some(of.as_slice()), &roles).await?);
    }
    people.retain(|(person, _)| signed.iter().any(|signature| signature.by == *person));
    Ok(people)
}

/// When everybody has signed, each of them is sent the words, the signatures and the PDF, and can keep them whatever becomes of the
/// account; so is whoever signed by a link. Whoever joined later and signs for their own organisation gets theirs then. A signature by
/// a link has a letter of its own, which is written with it ([`complete`]).
pub(super) async fn copies(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Letter>, StoreError> {
    let Event::Signed { task, words: digest, .. } = &recorded.event else { return Ok(Vec::new()) };
    let record = journey.task(task);
    let settled = journey.process.task(task).filter(|_| matches!(record.state, State::Settled { .. }));
    let Some(spec) = settled else { return Ok(Vec::new()) };
    let now = words::words_to_sign(journey, spec);
    // Whoever signs late signs the words of the others, which are kept already.
    let kept = if Digest::of(now.as_bytes()) == *digest { Some(now) } else { services.store.text(digest).await? };
    let Some(text) = kept else { return Ok(Vec::new()) };
    let late = record.settled != Some(recorded.seq);
    let mut people = signers(services, &record.signatures).await?;
    people.extend(by_link(services, journey, task, &record.signatures).await?);
    let is_theirs = |person: &PersonId| recorded.by.as_ref().is_some_and(|by| by.person == *person);
    let own_letter = |person: &PersonId| is_theirs(person) && matches!(recorded.event, Event::Signed { member: Some(_), .. });
    people.retain(|(person, _)| (!late || is_theirs(person)) && !own_letter(person));
    let signed: Vec<String> = record
        .signatures
        .iter()
        .map(|signature| {
            let organisation =
                signature.identity.as_ref().map_or_else(|| named(journey, &signature.organisation), Identity::in_words);
            format!(
                "{}, {} for {organisation}, by authority of: {}. Signed on {}.",
                signature.name,
                signature.role.title().to_lowercase(),
                signature.authority,
                dates::moment(signature.at)
            )
        })
        .collect();
    let product = &journey.opening.product;
    let copy = |(person, to): (PersonId, String)| Letter {
        id: format!("{}-{}-copy-{person}", journey.reference, recorded.seq),
        to,
        subject: format!("Signed by everybody: {} – {product} ({})", spec.noun, journey.reference),
        body: format!(
            "Hello,\n\nEverybody who was asked to sign “{}” for {product} has signed. This is your copy: the words, and who signed them.\n\n{text}\n\nSignatures\n\n{}\n\nDigest of the words (SHA-256): {digest}\n\n{ENCLOSED} If it is not, and you can sign in, you find it here:\n{}\n\n{}{FOOT}\n",
            spec.label,
            signed.join("\n"),
            format_args!("{}{}", services.base_url, paths::signed_file(&journey.reference, &spec.id)),
            link(services, journey, &recorded.event),
        ),
        enclosed: Some(Enclosed { journey: journey.reference.clone(), task: task.clone(), seq: recorded.seq }),
    };
    Ok(people.into_iter().map(copy).collect())
}

/// The addresses of those whose signatures by a link count.
async fn by_link(
    services: &Services,
    journey: &Journey,
    task: &TaskId,
    signed: &[Signature],
) -> Result<Vec<(PersonId, String)>, StoreError> {
    let members: BTreeSet<&PersonId> =
        signed.iter().filter(|signature| signature.by_link).map(|signature| &signature.by).collect();
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let asked = services.store.signatories(&journey.reference, task).await?.into_iter();
    let theirs = asked.map(|since| since.asked).filter(|asked| members.contains(&asked.id));
    Ok(theirs.map(|asked| (asked.id, asked.email)).collect())
}

/// What is told of a document that goes with a letter. One that is too large does not go.
pub(crate) const ENCLOSED: &str = "The same is attached as a PDF, unless it is too large for an email.";

/// The document that goes with the letter about this signature: once everybody has signed whose signature is waited for.
#[must_use]
pub(crate) fn complete(journey: &Journey, task: &TaskId) -> Option<Enclosed> {
    let settled = matches!(journey.task(task).state, State::Settled { how: Settlement::Signed, .. });
    settled.then(|| Enclosed { journey: journey.reference.clone(), task: task.clone(), seq: journey.seq })
}
