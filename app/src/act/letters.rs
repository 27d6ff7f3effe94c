//! Letters about journeys and accounts: plain text, one link, whose turn it is and by when. They are written into the
//! outbox together with what they are about.
//!
//! Long because each event has its sentences here, so that no two letters say the same thing differently.

use std::collections::{BTreeMap, BTreeSet};

use journey::{
    base::{
        actor::{Role, Side},
        calendar,
        identity::Identity,
        ids::{Digest, OrganisationId, PersonId, Seq, TaskId},
    },
    ledger::{
        event::{Event, Recorded},
        journey::Journey,
        signing,
        standing::{Settlement, Signature, Standing, State},
        words,
    },
    plan::{
        capability::Capability,
        certificates::{self, ValidityChange},
        process::Settle,
    },
    port::{Enclosed, JourneyFilter, Letter, Link, StoreError, Undelivered, notices::Notice, seats::Invited},
    rule::{certificate::CertificateNumber, members, queries},
    view::{
        overview,
        turns::{self, Around},
    },
};

use crate::{
    act::wording,
    base::{
        dates, paths,
        words::{counted, listed},
    },
    request::services::Services,
};

const FOOT: &str = "\n\nYou get this letter because you have a part in this at GP Connect onboarding. Please do not reply to it.";

/// The end of a letter that its reader can choose not to get.
#[must_use]
pub fn foot(services: &Services) -> String {
    format!("{FOOT}\nYou can choose when you get letters like this: {}/account#notices\n", services.base_url)
}

/// What follows from something that was recorded.
#[derive(Debug, Default)]
pub struct Mail {
    /// Letters that always go: receipts.
    pub letters: Vec<Letter>,
    /// Letters about turns and decisions, which go as their reader chose.
    pub notices: Vec<Notice>,
}

/// A letter about something behind this link, for whom, by which id.
pub(crate) fn notice(
    services: &Services,
    id: String,
    (person, to): (PersonId, String),
    subject: &str,
    text: &str,
    link: &str,
) -> Notice {
    let body = format!("Hello,\n\n{text}\n\n{link}{}", foot(services));
    let letter = Letter { id, to, subject: subject.to_owned(), body, enclosed: None };
    Notice { person, letter, link: link.to_owned(), urgent: false, message: None }
}

/// What somebody did, as the middle of a sentence: "Ruth Delaney **returned this with findings** at 10:04".
#[must_use]
pub fn did(event: &Event) -> &'static str {
    match event {
        Event::Opened { .. } => "opened the journey",
        Event::Started { .. } => "started work on this",
        Event::Submitted { .. } => "submitted this",
        Event::Approved { .. } => "approved this",
        Event::Returned { .. } => "returned this with findings",
        Event::SentBack { .. } => "sent this back before every team had finished",
        Event::Refused { .. } => "refused this",
        Event::Uplifted { .. } => "moved this to a newer edition of the catalogue",
        Event::Reassessed { .. } => "began the assessment of a new product version",
        Event::Acknowledged { .. } => "answered this",
        Event::Issued { .. } => "issued this",
        Event::StillHolds { .. } => "said that this still holds",
        Event::Signed { .. } => "signed this",
        Event::AskedToSign { .. } => "asked members of the group by letter to sign this",
        Event::Declined { .. } => "declined to sign this",
        Event::SignatureWithdrawn { until: None, .. } => "took back the signature of their organisation",
        Event::SignatureWithdrawn { until: Some(_), .. } => "took back the signature of their organisation from a later day on",
        Event::SignatureEnded { .. } => "let a signature end that was taken back",
        Event::SignatoryReplaced { .. } => "named somebody else to sign this",
        Event::IncidentReported { .. } => "reported an incident",
        Event::WaiverProposed { .. } => "proposed to do without this",
        Event::WaiverConfirmed { .. } => "agreed to do without this",
        Event::WaiverDeclined { .. } => "did not agree to do without this",
        Event::ValidityProposed { change: ValidityChange::Suspend, .. } => "proposed to suspend the certificate",
        Event::ValidityProposed { change: ValidityChange::Withdraw, .. } => "proposed to withdraw the certificate",
        Event::ValidityProposed { change: ValidityChange::Reinstate, .. } => "proposed to reinstate the certificate",
        Event::ValidityConfirmed { .. } => "agreed to what was proposed for the certificate",
        Event::ValidityDeclined { .. } => "did not agree to what was proposed for the certificate",
        Event::Reopened { .. } => "opened this again",
        Event::Lapsed { .. } => "let this lapse",
        Event::Expired { .. } => "let the certificate expire",
        Event::Replanned { .. } => "confirmed the plan of the journey",
        Event::Rescoped { .. } => "chose other capabilities",
        Event::PartAsked { .. } => "asked for a part for an organisation",
        Event::PartDeclined { .. } => "did not give an organisation a part",
        Event::Joined { .. } => "gave an organisation a part",
        Event::Identified { .. } => "corrected who an organisation is",
        Event::LeaveAsked { .. } => "asked that an organisation leaves",
        Event::LeaveDeclined { .. } => "let an organisation stay that was asked to leave",
        Event::Left { .. } => "took back the part of an organisation",
        Event::Reclassified { .. } => "said what sort of evidence a file is",
        Event::SiteLive { .. } => "recorded a site",
        Event::SiteTakenBack { .. } => "took a site back",
        Event::SiteStep { .. } => "recorded what was done at sites",
        Event::SiteStepTakenBack { .. } => "took back what was recorded of sites",
        Event::SiteSuspended { .. } => "suspended a site",
        Event::SiteResumed { .. } => "let a site go on",
        Event::SiteChecked { .. } => "recorded an early check of a site",
        Event::ConditionClosed { .. } => "said that a condition of this is met",
        Event::MembersChecked { .. } => "recorded what was checked of members of the group",
        Event::QueryRaised { .. } => "asked the supplier about a row of the SCAL",
        Event::QueryAnswered { changes: false, .. } => "replied to a query about the SCAL",
        Event::QueryAnswered { changes: true, .. } => "replied to a query about the SCAL and changes the answer",
        Event::QueryClosed { .. } => "said that a query about the SCAL is answered",
        Event::WentLive => "took the journey live",
        Event::Withdrawn { .. } => "withdrew the journey",
        Event::Resumed { .. } => "resumed the journey",
    }
}

/// The letters that follow from what was just recorded. `journey` is as it is afterwards, `before` as it was.
///
/// # Errors
/// When the addresses cannot be read.
pub async fn about(services: &Services, before: &Journey, journey: &Journey, recorded: &[Recorded]) -> Result<Mail, StoreError> {
    let mut mail = Mail { notices: turns(services, before, journey, recorded).await?, letters: Vec::new() };
    for event in recorded {
        mail.notices.extend(relying(services, before, journey, event).await?);
        mail.notices.extend(at_sites(services, before, journey, event).await?);
        mail.notices.extend(incident(services, journey, event).await?);
        mail.notices.extend(replied(services, journey, event).await?);
        let Some(note) = note_of(services, journey, event) else { continue };
        let supplier = [journey.organisation.clone()];
        let of = (note.side == Side::Supplier).then_some(supplier.as_slice());
        for (person, address) in services.store.addresses(of, &note.roles).await? {
            // Nobody needs a letter about what they did themselves, except the receipt.
            if event.by.as_ref().is_some_and(|by| by.person == person) {
                continue;
            }
            let id = format!("{}-{}-{person}", journey.reference, event.seq);
            let mut notice = notice(services, id, (person, address), &note.subject, &note.text, &note.link);
            notice.letter.enclosed = note.enclosed.clone();
            mail.notices.push(notice);
        }
        mail.letters.extend(receipt(services, journey, event).await?);
        mail.letters.extend(copies(services, journey, event).await?);
        mail.notices.extend(signed_before(services, before, journey, event).await?);
        mail.notices.extend(replaced(services, before, journey, event).await?);
        mail.notices.extend(left(services, journey, event).await?);
        if let Event::Joined { organisation, .. } = &event.event {
            mail.notices.extend(joined(services, journey, event.seq, organisation).await?);
        }
    }
    Ok(mail)
}

/// Those whose turn it has become by this. What was submitted to the programme or returned to the supplier has a letter
/// of its own, so these are the turns to issue and to sign, and every turn of the end users and the commissioner.
async fn turns(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &[Recorded],
) -> Result<Vec<Notice>, StoreError> {
    let Some(last) = recorded.last() else { return Ok(Vec::new()) };
    let was = overview::overview(before).turns;
    let mut notices = Vec::new();
    for turn in overview::overview(journey).turns {
        let Some(spec) = journey.process.task(&turn.task) else { continue };
        let before = was
            .iter()
            .find(|old| old.task == turn.task && old.side == turn.side && old.roles == turn.roles && old.round == turn.round);
        let told = before.is_some_and(|old| turn.organisations.iter().all(|id| old.organisations.contains(id)));
        let theirs = matches!(turn.side, Side::EndUser | Side::Commissioner);
        let again = matches!(journey.standing(&spec.id), Standing::CheckAgain { .. });
        let asked = turn.awaited && (again || matches!(spec.settle, Settle::ByIssue | Settle::BySignatures));
        // Of a query both sides are told in its own letter, and whoever was named to sign has one of their own.
        let of_query = matches!(last.event, Event::QueryRaised { .. } | Event::QueryAnswered { .. } | Event::QueryClosed { .. });
        let own_letter = of_query || matches!(last.event, Event::SignatoryReplaced { .. });
        if told || !(theirs || asked) || (own_letter && last.event.task() == Some(&turn.task)) {
            continue;
        }
        // All of them in one question, however many have joined.
        let organisations: Option<Vec<OrganisationId>> = match turn.side {
            Side::Supplier => Some(vec![journey.organisation.clone()]),
            Side::EndUser | Side::Commissioner if turn.organisations.is_empty() => {
                Some(journey.parties().filter(|(_, side)| *side == turn.side).map(|(id, _)| id.clone()).collect())
            }
            // Who was told before is waiting to sign already.
            Side::EndUser | Side::Commissioner => {
                let told = before.map(|old| old.organisations.as_slice()).unwrap_or_default();
                Some(turn.organisations.iter().filter(|id| !told.contains(id)).cloned().collect())
            }
            Side::Programme | Side::Operator => None,
        };
        let product = &journey.opening.product;
        for (person, to) in services.store.addresses(organisations.as_deref(), &turn.roles).await? {
            // Whoever had a hand in it, and whoever did this just now, has nothing to be told.
            if last.by.as_ref().is_some_and(|by| by.person == person) || turn.not_by.contains(&person) {
                continue;
            }
            let id = format!("{}-{}-turn-{}-{person}", journey.reference, last.seq, turn.task);
            let subject = format!("{product}: {} waits for you ({})", spec.label, journey.reference);
            let record = journey.task(&spec.id);
            let why = if record.validity.is_some() {
                " A change of the certificate was proposed: please agree to it, or say why not."
            } else if record.stopped.as_ref().is_some_and(|stopped| !stopped.withdrawn) {
                " The certificate is suspended: please reinstate it or withdraw it when you know more."
            } else if turn.side == Side::EndUser && queries::for_group(record).next().is_some() {
                " The supplier has replied to your query about the SCAL: please say that it answers you, or ask again."
            } else if again {
                " Something that it depends on has changed: please check it again."
            } else {
                ""
            };
            let text = format!("It is your turn: “{}” for {product}.{why}", spec.label);
            let link = format!("{}/journeys/{}/tasks/{}", services.base_url, journey.reference, turn.task);
            notices.push(notice(services, id, (person, to), &subject, &text, &link));
        }
    }
    Ok(notices)
}

/// Whoever has signed learns that it counts no more, or that another organisation took its signature back; and so does the
/// programme that countersigned. `before` is the journey as it was.
async fn signed_before(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &Recorded,
) -> Result<Vec<Notice>, StoreError> {
    let Some(task) = recorded.event.task() else { return Ok(Vec::new()) };
    let (label, product) = (journey.process.label(task), &journey.opening.product);
    let again = "Your signature does not count any more. You are asked to sign again when the parts were sent again.";
    let (subject, text) = match &recorded.event {
        Event::Declined { role, reason, .. } => (
            format!("{product}: {label}, declined"),
            with_words(
                format!("The {} who was to sign “{label}” for {product} declined. {again}", role.title().to_lowercase()),
                reason,
            ),
        ),
        Event::Reopened { reason, .. } => (
            format!("{product}: {label}, open again"),
            with_words(format!("“{label}” for {product}, which you had signed, was opened again. {again}"), reason),
        ),
        Event::SignatureWithdrawn { reason, until: Some(until), .. } => (
            format!("{product}: {label}, a signature taken back"),
            with_words(
                format!(
                    "{} took its signature under “{label}” for {product} back. It counts until {}. Yours stays as it is.",
                    organisation_of(journey, recorded),
                    dates::date(*until)
                ),
                reason,
            ),
        ),
        Event::SignatureWithdrawn { reason, .. } => (
            format!("{product}: {label}, a signature taken back"),
            with_words(
                format!(
                    "{} took its signature under “{label}” for {product} back. {}",
                    organisation_of(journey, recorded),
                    if journey.task(task).signatures.is_empty() { again } else { "Yours stays as it is." }
                ),
                reason,
            ),
        ),
        _ => return Ok(Vec::new()),
    };
    let subject = format!("{subject} ({})", journey.reference);
    let link = format!("{}/journeys/{}/tasks/{task}", services.base_url, journey.reference);
    let mut people = signers(services, &before.task(task).signatures).await?;
    // Nobody needs a letter about what they did themselves.
    people.retain(|(person, _)| recorded.by.as_ref().is_none_or(|by| by.person != *person));
    let told = |(person, to): (PersonId, String)| {
        let id = format!("{}-{}-signed-{person}", journey.reference, recorded.seq);
        notice(services, id, (person, to), &subject, &text, &link)
    };
    Ok(people.into_iter().map(told).collect())
}

/// Whoever was named to sign, and whoever does not sign any more, learn of it with the reason; and so does everybody whose signature
/// stays beside one that was taken back. `before` is the journey as it was.
async fn replaced(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &Recorded,
) -> Result<Vec<Notice>, StoreError> {
    let Event::SignatoryReplaced { task, role, from, to, reason } = &recorded.event else { return Ok(Vec::new()) };
    let (label, product) = (journey.process.label(task), &journey.opening.product);
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
            ("please sign", format!("You are asked to sign “{label}” for {product}, in place of {}.", from.name))
        } else if person == from.person && had_signed {
            (
                "your signature does not count any more",
                format!("{} signs “{label}” for {product} in your place. Your signature does not count any more.", to.name),
            )
        } else if person == from.person {
            ("somebody else signs", format!("{} signs “{label}” for {product} in your place. You need do nothing.", to.name))
        } else {
            (
                "a signature taken back",
                format!(
                    "The signature of {} under “{label}” for {product} was taken back. {} signs the same words. Yours stays as it is.",
                    from.name, to.name
                ),
            )
        };
        let subject = format!("{product}: {label}, {subject} ({})", journey.reference);
        let id = format!("{}-{}-replaced-{person}", journey.reference, recorded.seq);
        notice(services, id, (person, address), &subject, &with_words(text, reason), &link)
    };
    Ok(people.into_iter().map(told).collect())
}

/// Service management, clinical safety and the programme learn of an incident at once, and so do those of the supplier who answer
/// for it.
async fn incident(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Notice>, StoreError> {
    let Event::IncidentReported { task, incident } = &recorded.event else { return Ok(Vec::new()) };
    let product = &journey.opening.product;
    let programme = [Role::ServiceManagement, Role::ClinicalSafety, Role::ProgrammeLead];
    let supplier = [Role::OnboardingLead, Role::ClinicalSafetyOfficer];
    let mut people = services.store.addresses(None, &programme).await?;
    let own = services.store.addresses(Some(std::slice::from_ref(&journey.organisation)), &supplier).await?;
    people.extend(own.into_iter().filter(|(person, _)| recorded.by.as_ref().is_none_or(|by| by.person != *person)));
    let sites: Vec<String> = incident.sites.iter().map(Identity::in_words).collect();
    let sites = if sites.is_empty() { "No site in particular".to_owned() } else { sites.join(", ") };
    let late = if incident.late_by().is_some() { "later than agreed" } else { "in time" };
    let text = with_words(
        format!(
            "{} reported an incident with {product}.\nNoticed: {}\nReported: {}, {late}\nSites: {sites}",
            organisation_of(journey, recorded),
            dates::moment(incident.noticed),
            dates::moment(incident.reported),
        ),
        &incident.what,
    );
    let subject = format!("{product}: an incident was reported ({})", journey.reference);
    let link = format!("{}/journeys/{}/tasks/{task}#duties", services.base_url, journey.reference);
    let told = |(person, to): (PersonId, String)| {
        let id = format!("{}-{}-incident-{person}", journey.reference, recorded.seq);
        // It waits for no daily letter.
        Notice { urgent: true, ..notice(services, id, (person, to), &subject, &text, &link) }
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
async fn copies(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Letter>, StoreError> {
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
        subject: format!("{product}: {}, signed by everybody ({})", spec.label, journey.reference),
        body: format!(
            "Hello,\n\nEverybody who is asked to has signed “{}” for {product}. This is your copy: the words, and who signed them.\n\n{text}\n\nSignatures\n\n{}\n\nDigest of the words (SHA-256): {digest}\n\n{ENCLOSED} If it is not, and you can sign in, you find it here:\n{}\n\n{}{FOOT}\n",
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

/// The certificate that this left, to go with the letters about it.
fn certificate_left(journey: &Journey, recorded: &Recorded) -> Option<Enclosed> {
    let task = recorded.event.task()?;
    let left = journey.task(task).certificate.as_ref().filter(|left| left.seq == recorded.seq)?;
    Some(Enclosed { journey: journey.reference.clone(), task: task.clone(), seq: left.seq })
}

/// The people of an organisation learn that somebody wants it to leave, that it stays, or that it has left.
async fn left(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Notice>, StoreError> {
    let product = &journey.opening.product;
    let mut link = format!("{}/journeys/{}/organisations", services.base_url, journey.reference);
    let (organisation, subject, text) = match &recorded.event {
        Event::LeaveAsked { organisation, reason } => {
            let text = format!(
                "Somebody asked that your organisation leaves the journey of {product}. A programme lead of NHS England confirms it, or lets it stay. Until then nothing changes."
            );
            (organisation, "shall your organisation leave?", with_words(text, reason))
        }
        Event::LeaveDeclined { organisation, reason } => {
            let text = format!("Your organisation keeps its part in the journey of {product}.");
            (organisation, "your organisation stays", with_words(text, reason))
        }
        Event::Left { organisation, reason } => {
            let read = if journey.left_after_signing(organisation) {
                link = format!("{}/journeys/{}/signed", services.base_url, journey.reference);
                "\n\nWhat it signed does not count any more. You can always read it here:"
            } else {
                link = format!("{}/journeys", services.base_url);
                ""
            };
            let text = format!("Your organisation has no part in the journey of {product} any more.");
            (organisation, "your organisation has left", with_words(text, reason) + read)
        }
        _ => return Ok(Vec::new()),
    };
    let roles = [Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson, Role::Commissioner];
    let subject = format!("{product}: {subject} ({})", journey.reference);
    let people = services.store.addresses(Some(std::slice::from_ref(organisation)), &roles).await?.into_iter();
    let others = people.filter(|(person, _)| recorded.by.as_ref().is_none_or(|by| by.person != *person));
    let told = |(person, to): (PersonId, String)| {
        let id = format!("{}-{}-left-{person}", journey.reference, recorded.seq);
        notice(services, id, (person, to), &subject, text.trim_end(), &link)
    };
    Ok(others.map(told).collect())
}

/// The group learns what the supplier replied to its query.
async fn replied(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Notice>, StoreError> {
    let Event::QueryAnswered { task, row, words, changes, .. } = &recorded.event else { return Ok(Vec::new()) };
    let Some(spec) = journey.process.task(task) else { return Ok(Vec::new()) };
    let (product, row) = (&journey.opening.product, row.as_str().to_uppercase());
    let then = if *changes {
        "The answer to the row is changed. NHS England judges it again; then you can go on with your review."
    } else {
        "Say that it answers you, or ask again. Your review can be sent when no query is open."
    };
    let subject = format!("{product}: a reply about {row} ({})", journey.reference);
    let text = with_words(format!("The supplier of {product} replied to your query about row {row} of the SCAL. {then}"), words);
    let link = link(services, journey, &recorded.event);
    let lead = members::lead(journey, spec).cloned();
    let users = journey.parties().filter(|(_, side)| *side == Side::EndUser).map(|(id, _)| id.clone());
    let organisations: Vec<OrganisationId> = lead.map_or_else(|| users.collect(), |lead| vec![lead]);
    let people = services.store.addresses(Some(&organisations), &queries::asked_by(spec)).await?.into_iter();
    let others = people.filter(|(person, _)| recorded.by.as_ref().is_none_or(|by| by.person != *person));
    let told = |(person, to): (PersonId, String)| {
        let id = format!("{}-{}-reply-{person}", journey.reference, recorded.seq);
        notice(services, id, (person, to), &subject, &text, &link)
    };
    Ok(others.map(told).collect())
}

/// What became of a certificate, in one sentence; `None` for an event that changed nothing of one. `before` is the journey as
/// it was.
fn became(before: &Journey, event: &Event) -> Option<(&'static str, &'static str, String)> {
    if let Event::Expired { .. } = event {
        return Some((
            "expired",
            "Do not rely on it any more, and let no more sites go live, until NHS England has issued another.",
            String::new(),
        ));
    }
    let Event::ValidityConfirmed { task } = event else { return None };
    let asked = before.task(task).validity.as_ref()?;
    let (word, what) = match asked.change {
        ValidityChange::Suspend => ("suspended", "Do not rely on it, and let no more sites go live, until it is reinstated."),
        ValidityChange::Withdraw => ("withdrawn", "Do not rely on it any more."),
        ValidityChange::Reinstate => ("reinstated", "It counts again as it did before."),
    };
    Some((word, what, asked.proposal.reason.clone()))
}

/// Whoever relies on a certificate learns that it is suspended, withdrawn or reinstated, or has expired: the supplier, and every organisation
/// that will use the product or leads its deployment.
async fn relying(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &Recorded,
) -> Result<Vec<Notice>, StoreError> {
    let told = became(before, &recorded.event).zip(recorded.event.task().and_then(|task| journey.process.task(task)));
    let Some(((word, what, reason), spec)) = told else { return Ok(Vec::new()) };
    let Some((kind, issued)) = certificates::kind(spec).zip(before.task(&spec.id).settled) else { return Ok(Vec::new()) };
    let number = CertificateNumber::of(kind, &journey.reference, issued);
    let product = &journey.opening.product;
    let subject = format!("{product}: certificate {word} ({})", journey.reference);
    let says = match recorded.event {
        Event::Expired { .. } => format!("The certificate {number} of {product} has {word}."),
        _ => format!("NHS England has {word} the certificate {number} of {product}."),
    };
    let text = with_words(format!("{says} {what}"), &reason);
    let link = format!("{}{}", services.base_url, paths::certificate(&number));
    let organisations: Vec<OrganisationId> =
        journey.parties().map(|(id, _)| id.clone()).chain([journey.organisation.clone()]).collect();
    let roles = [Role::OnboardingLead, Role::ClinicalSafetyOfficer, Role::GroupLead, Role::EndUserCso, Role::Commissioner];
    let people = services.store.addresses(Some(&organisations), &roles).await?.into_iter();
    let notices = people.map(|(person, to)| {
        let id = format!("{}-{}-validity-{person}", journey.reference, recorded.seq);
        Notice { urgent: true, ..notice(services, id, (person, to), &subject, &text, &link) }
    });
    Ok(notices.collect())
}

/// Everybody concerned learns that a site is suspended, goes on, or is not live any more: the supplier, the programme, and every
/// organisation with a part. `before` is the journey as it was.
async fn at_sites(
    services: &Services,
    before: &Journey,
    journey: &Journey,
    recorded: &Recorded,
) -> Result<Vec<Notice>, StoreError> {
    let product = &journey.opening.product;
    let of = |capabilities: &[Capability]| listed(capabilities.iter().map(|it| it.title().to_owned()).collect());
    let (ods_code, word, what, reason) = match &recorded.event {
        Event::SiteSuspended { ods_code, capabilities, reason, .. } => {
            (ods_code, "suspended", format!("{}: nobody uses it there until it goes on.", of(capabilities)), reason)
        }
        Event::SiteResumed { ods_code, capabilities, reason, .. } => {
            (ods_code, "goes on", format!("{} can be used there again.", of(capabilities)), reason)
        }
        Event::SiteTakenBack { ods_code, reason, .. } => {
            (ods_code, "taken back", "The site is not recorded as live any more.".to_owned(), reason)
        }
        _ => return Ok(Vec::new()),
    };
    let name = before.sites.get(ods_code).map_or_else(String::new, |site| format!("{} ", site.name));
    let subject = format!("{product}: {name}({ods_code}) {word} ({})", journey.reference);
    let text = with_words(format!("{product} at {name}({ods_code}). {what}"), reason);
    let link = link(services, journey, &recorded.event);
    let organisations: Vec<OrganisationId> =
        journey.parties().map(|(id, _)| id.clone()).chain([journey.organisation.clone()]).collect();
    let theirs = [Role::OnboardingLead, Role::ClinicalSafetyOfficer, Role::GroupLead, Role::EndUserCso, Role::Commissioner];
    let mut people = services.store.addresses(Some(&organisations), &theirs).await?;
    people.extend(services.store.addresses(None, &[Role::ProgrammeLead, Role::ServiceManagement]).await?);
    people.sort();
    people.dedup_by(|a, b| a.0 == b.0);
    people.retain(|(person, _)| recorded.by.as_ref().is_none_or(|by| by.person != *person));
    let notices = people.into_iter().map(|(person, to)| {
        let id = format!("{}-{}-site-{person}", journey.reference, recorded.seq);
        Notice { urgent: word == "suspended", ..notice(services, id, (person, to), &subject, &text, &link) }
    });
    Ok(notices.collect())
}

fn named(journey: &Journey, organisation: &OrganisationId) -> String {
    journey.identity(organisation).map_or_else(|| "an organisation".to_owned(), Identity::in_words)
}

/// Who somebody acted for, by name.
fn organisation_of(journey: &Journey, recorded: &Recorded) -> String {
    let organisation = recorded.by.as_ref().and_then(|by| journey.identity(&by.organisation));
    organisation.map_or_else(|| "An organisation".to_owned(), Identity::in_words)
}

/// " 3 of 4 have signed."
fn counted_signatures(journey: &Journey, recorded: &Recorded) -> String {
    let spec = recorded.event.task().and_then(|task| journey.process.task(task));
    let text = spec.and_then(|spec| signing::count_in_words(journey, spec));
    text.map_or_else(String::new, |text| format!(" {text}."))
}

/// An organisation whose people are here already learns that it has a part.
async fn joined(
    services: &Services,
    journey: &Journey,
    seq: Seq,
    organisation: &OrganisationId,
) -> Result<Vec<Notice>, StoreError> {
    let roles = [Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson, Role::Commissioner];
    let people = services.store.addresses(Some(std::slice::from_ref(organisation)), &roles).await?;
    let product = &journey.opening.product;
    let subject = format!("{product}: your organisation has a part ({})", journey.reference);
    let text =
        format!("Your organisation has a part in the journey of {product} to GP Connect. You see there what is asked of you.");
    let link = format!("{}/journeys/{}", services.base_url, journey.reference);
    let told = |(person, to): (PersonId, String)| {
        let id = format!("{}-{seq}-joined-{person}", journey.reference);
        notice(services, id, (person, to), &subject, &text, &link)
    };
    Ok(people.into_iter().map(told).collect())
}

struct Note {
    side: Side,
    roles: Vec<Role>,
    subject: String,
    text: String,
    link: String,
    enclosed: Option<Enclosed>,
}

fn link(services: &Services, journey: &Journey, event: &Event) -> String {
    let task = event.task().map(|task| {
        let shown =
            journey.process.reviewer_of(task).filter(|_| matches!(event, Event::Submitted { .. })).map_or(task, |r| &r.id);
        format!("/tasks/{shown}")
    });
    let seats =
        matches!(event, Event::PartAsked { .. } | Event::PartDeclined { .. } | Event::Joined { .. } | Event::Identified { .. })
            || matches!(event, Event::LeaveAsked { .. } | Event::LeaveDeclined { .. } | Event::Left { .. });
    let page = task.unwrap_or_else(|| if seats { "/organisations".to_owned() } else { String::new() });
    format!("{}/journeys/{}{page}", services.base_url, journey.reference)
}

fn note_of(services: &Services, journey: &Journey, recorded: &Recorded) -> Option<Note> {
    let product = &journey.opening.product;
    let label = recorded.event.task().map_or("", |task| journey.process.label(task));
    let supplier = vec![Role::OnboardingLead];
    let note = |side: Side, roles: Vec<Role>, subject: String, text: String| {
        // The supplier reads the task of each of its certificates.
        let enclosed = certificate_left(journey, recorded).filter(|_| side == Side::Supplier);
        let told =
            enclosed.as_ref().map_or("", |_| "\n\nThe certificate is attached as a PDF, unless it is too large for an email.");
        Some(Note {
            side,
            roles,
            subject: format!("{subject} ({})", journey.reference),
            text: text + told,
            link: link(services, journey, &recorded.event),
            enclosed,
        })
    };
    let to_supplier = |subject: String, text: String| note(Side::Supplier, supplier.clone(), subject, text);
    match &recorded.event {
        Event::Submitted { task, round, .. } => {
            let spec = journey.process.reviewer_of(task).or_else(|| journey.process.task(task))?;
            if spec.decide.is_empty() {
                return None;
            }
            let standing = journey.standing(&spec.id);
            let due = turns::turns_on(journey, spec, &standing).into_iter().find_map(|turn| turn.due);
            let by = due.map_or_else(String::new, |due| format!(" An answer is due on {}.", dates::date(due)));
            note(
                Side::Programme,
                // Whoever else decides has a part here, and gets the letter of their turn.
                journey.deciders(spec).into_iter().filter(|role| role.side() == Side::Programme).collect(),
                format!("{product}: {} waits for you", spec.label),
                format!("The supplier of {product} submitted round {round} of “{label}”.{by}"),
            )
        }
        // The supplier hears of it when it goes back, with what every team asks for.
        Event::Returned { task, .. } | Event::Approved { task, .. } | Event::SentBack { task, .. }
            if let Some(findings) = went_back(journey, task) =>
        {
            to_supplier(
                format!("{product}: changes requested"),
                format!(
                    "It is your turn. {} returned “{label}” with {}. What was accepted stays accepted.",
                    wording::who_asked(journey.task(task)),
                    counted(findings, "finding")
                ),
            )
        }
        Event::Approved { task, role, .. } if !is_settled(journey, task) => to_supplier(
            format!("{product}: {label}, approved by one team"),
            format!(
                "{} approved its part of “{label}” for {product}. {}",
                if role.side() == Side::Programme { role.title() } else { "The commissioner" },
                if journey.process.task(task).is_some_and(|spec| spec.agrees.is_empty()) {
                    "Other teams of NHS England have not finished."
                } else {
                    "Others who decide have not finished."
                }
            ),
        ),
        Event::Approved { note: words, .. } => to_supplier(
            format!("{product}: {label}, approved"),
            with_words(format!("NHS England approved “{label}” for {product}."), words),
        ),
        Event::ConditionClosed { role, note, .. } => to_supplier(
            format!("{product}: {label}, a condition is met"),
            with_words(format!("{} says that a condition of “{label}” for {product} is met.", role.title()), note),
        ),
        Event::Returned { .. } | Event::SentBack { .. } => None,
        Event::Uplifted { catalogue, .. } => to_supplier(
            format!("{product}: the catalogue is now {catalogue}"),
            format!("“{label}” answers edition {catalogue} of the catalogue now. Rows that read differently are asked again."),
        ),
        Event::Reassessed { product: version, rows, .. } => to_supplier(
            format!("{product}: version {version} is assessed"),
            format!(
                "“{label}” is open again for version {version}. {} asked again; every other row stays accepted.",
                asked(rows.len())
            ),
        ),
        Event::Refused { reason, .. } => to_supplier(
            format!("{product}: {label}, refused"),
            with_words(format!("NHS England refused “{label}” for {product}."), reason),
        ),
        Event::Acknowledged { task, note: words, .. } if journey.process.task(task).is_some_and(|spec| spec.confirm) => {
            to_supplier(format!("{product}: {label}, confirmed"), with_words(format!("NHS England confirmed “{label}”."), words))
        }
        Event::Acknowledged { note: words, .. } => {
            to_supplier(format!("{product}: {label}, answered"), with_words(format!("NHS England answered “{label}”."), words))
        }
        Event::Issued { note: words, .. } => to_supplier(
            format!("{product}: {label}"),
            with_words(format!("NHS England completed “{label}” for {product}."), words),
        ),
        Event::StillHolds { role, reason, .. } if role.side() == Side::Programme => to_supplier(
            format!("{product}: {label} still holds"),
            with_words(format!("NHS England checked “{label}” for {product} again: it still holds."), reason),
        ),
        // Of members that sign by a link there may be hundreds: the page of the task counts them.
        Event::Signed { member: Some(_), .. } | Event::AskedToSign { .. } => None,
        Event::Signed { name, role, .. } => to_supplier(
            format!("{product}: {label}, signed"),
            format!("{name} ({}) signed “{label}”.{}", role.title().to_lowercase(), counted_signatures(journey, recorded)),
        ),
        Event::Declined { role, reason, .. } => to_supplier(
            format!("{product}: {label}, declined"),
            with_words(
                format!(
                    "The {} who was to sign “{label}” for {product} declined. No signature that was given counts any more. Whoever filled in the parts puts them right and sends them again; then everybody signs again.",
                    role.title().to_lowercase()
                ),
                reason,
            ),
        ),
        Event::SignatureEnded { organisation, .. } => to_supplier(
            format!("{product}: {label}, a signature has ended"),
            format!(
                "The signature of {} under “{label}” for {product} was taken back, and its last day has passed. It does not count any more.{}",
                named(journey, organisation),
                counted_signatures(journey, recorded)
            ),
        ),
        Event::SignatureWithdrawn { reason, until, .. } => to_supplier(
            format!("{product}: {label}, a signature taken back"),
            with_words(
                format!(
                    "{} took its signature under “{label}” for {product} back{}.{}",
                    organisation_of(journey, recorded),
                    until.map_or_else(String::new, |until| format!(". It counts until {}", dates::date(until))),
                    counted_signatures(journey, recorded)
                ),
                reason,
            ),
        ),
        Event::SignatoryReplaced { from, to, reason, .. } => to_supplier(
            format!("{product}: {label}, somebody else signs"),
            with_words(format!("{} signs “{label}” for {product} in place of {}.", to.name, from.name), reason),
        ),
        Event::WaiverProposed { reason, .. } => note(
            Side::Programme,
            vec![Role::ProgrammeLead],
            format!("{product}: do without “{label}”?"),
            with_words(format!("Somebody proposed to do without “{label}” for {product}. A programme lead decides."), reason),
        ),
        Event::WaiverConfirmed { .. } => {
            to_supplier(format!("{product}: {label}, not needed"), format!("A second person agreed to do without “{label}”."))
        }
        Event::WaiverDeclined { reason, .. } => to_supplier(
            format!("{product}: {label} stays in the plan"),
            with_words(format!("The proposal to do without “{label}” was not agreed."), reason),
        ),
        Event::Reopened { task, reason } => to_supplier(
            format!("{product}: {label}, open again"),
            with_words(
                format!("“{label}” was opened again. Your work is kept. {}", wording::resting_on(journey, task))
                    .trim_end()
                    .to_owned(),
                reason,
            ),
        ),
        Event::Lapsed { .. } => to_supplier(
            format!("{product}: the approval lapsed"),
            format!("“{label}” lapsed because development had not started. Your use case is kept: check it and submit it again."),
        ),
        // Whoever relies on it is told, the supplier among them.
        Event::Expired { .. } => None,
        Event::QueryRaised { row, words, .. } => note(
            Side::Supplier,
            queries::answered_by(journey),
            format!("{product}: a query about {}", row.as_str().to_uppercase()),
            with_words(
                format!(
                    "The group that will use {product} asks about row {} of the SCAL. Please reply, or change the answer.",
                    row.as_str().to_uppercase()
                ),
                words,
            ),
        ),
        Event::QueryClosed { row, .. } => to_supplier(
            format!("{product}: a query about {} is answered", row.as_str().to_uppercase()),
            format!("The group that will use {product} has its answer about row {} of the SCAL.", row.as_str().to_uppercase()),
        ),
        Event::WentLive => {
            to_supplier(format!("{product} is live"), format!("{product} is live. Every step is kept in its history."))
        }
        Event::Resumed { reason } => {
            to_supplier(format!("{product}: resumed"), with_words("The journey goes on.".to_owned(), reason))
        }
        Event::Withdrawn { reason } => note(
            Side::Programme,
            vec![Role::ProgrammeLead],
            format!("{product}: withdrawn"),
            with_words(format!("The supplier withdrew {product}."), reason),
        ),
        // Who is concerned by a site is told apart (`at_sites`).
        Event::Reclassified { .. }
        | Event::SiteLive { .. }
        | Event::SiteTakenBack { .. }
        | Event::SiteStep { .. }
        | Event::SiteStepTakenBack { .. }
        | Event::SiteSuspended { .. }
        | Event::SiteResumed { .. }
        | Event::SiteChecked { .. }
        // Of an incident everybody concerned is told by one letter (`incident`).
        | Event::IncidentReported { .. } => None,
        Event::LeaveAsked { organisation, reason } => note(
            Side::Programme,
            vec![Role::ProgrammeLead],
            format!("{product}: may an organisation leave?"),
            with_words(
                format!(
                    "Somebody asked that {} leaves the journey of {product}. A programme lead confirms it, or lets it stay.",
                    named(journey, organisation)
                ),
                reason,
            ),
        ),
        Event::LeaveDeclined { organisation, reason } => to_supplier(
            format!("{product}: an organisation stays"),
            with_words(format!("{} keeps its part in the journey of {product}.", named(journey, organisation)), reason),
        ),
        Event::Left { organisation, reason } => to_supplier(
            format!("{product}: an organisation has left"),
            with_words(
                format!(
                    "{} has no part in the journey of {product} any more. What it signed does not count any more.",
                    named(journey, organisation)
                ),
                reason,
            ),
        ),
        Event::PartAsked { identity, .. } => note(
            Side::Programme,
            vec![Role::ProgrammeLead],
            format!("{product}: who is this organisation?"),
            format!(
                "The supplier of {product} asks for a part for {}. Please confirm who it is: until then nobody is invited.",
                identity.in_words()
            ),
        ),
        Event::PartDeclined { reason, .. } => to_supplier(
            format!("{product}: a part was not given"),
            with_words(format!("An organisation that you named gets no part in the journey of {product}."), reason),
        ),
        Event::Joined { identity: Some(identity), .. } => to_supplier(
            format!("{product}: an organisation has a part"),
            format!("NHS England confirmed {}. It has a part in the journey of {product} now.", identity.in_words()),
        ),
        Event::Identified { identity, before, .. } => to_supplier(
            format!("{product}: an organisation has another name"),
            format!(
                "NHS England confirmed that {} is {} from now on. What was signed and issued before names it as it was then.",
                before.in_words(),
                identity.in_words()
            ),
        ),
        Event::Opened { .. }
        | Event::Started { .. }
        | Event::StillHolds { .. }
        // The lead records what it sees; nobody waits for it.
        | Event::MembersChecked { .. }
        // The group is told by `replied`.
        | Event::QueryAnswered { .. }
        // Whoever decides has the turn, and whoever relies on the certificate is told (`relying`).
        | Event::ValidityProposed { .. }
        | Event::ValidityConfirmed { .. }
        | Event::ValidityDeclined { .. }
        | Event::Replanned { .. }
        | Event::Rescoped { .. }
        | Event::Joined { identity: None, .. } => None,
    }
}

/// How many findings came back with a task, or with what it decides on, when it has just come back.
fn went_back(journey: &Journey, task: &TaskId) -> Option<usize> {
    let spec = journey.process.task(task)?;
    let State::Returned { findings, refused: false, .. } = &journey.submitted_in(spec).state else { return None };
    Some(findings.len())
}

fn is_settled(journey: &Journey, task: &TaskId) -> bool {
    matches!(journey.task(task).state, State::Settled { .. })
}

/// Whoever sends something to the programme gets a receipt: what, when, by when an answer is due, how to ask.
async fn receipt(services: &Services, journey: &Journey, recorded: &Recorded) -> Result<Vec<Letter>, StoreError> {
    let (Event::Submitted { task, round, .. }, Some(by)) = (&recorded.event, &recorded.by) else { return Ok(Vec::new()) };
    let Some(spec) = journey.process.reviewer_of(task).or_else(|| journey.process.task(task)).filter(|s| !s.decide.is_empty())
    else {
        return Ok(Vec::new());
    };
    let Some(person) = services.store.person(&by.person).await? else { return Ok(Vec::new()) };
    let standing = journey.standing(&spec.id);
    let turns = turns::turns_on(journey, spec, &standing);
    // Of the sender only their own deed is known here, not what else they may do: the roles are named.
    let said = Around::of(journey, &BTreeMap::new()).said_of_all(&turns);
    let due = said.map_or_else(String::new, |(text, due)| {
        due.map_or_else(|| text.clone(), |due| format!("{text} Expect an answer by {}.", dates::date(due)))
    });
    Ok(vec![Letter {
        id: format!("{}-{}-receipt", journey.reference, recorded.seq),
        to: person.email,
        subject: format!("Received: {} ({})", journey.process.label(task), journey.reference),
        body: format!(
            "Hello {},\n\nWe received round {round} of “{}” for {} on {}.\n{due}\n\nYour reference is {}.\n\n{}{FOOT}\n",
            person.name,
            journey.process.label(task),
            journey.opening.product,
            dates::date(calendar::date_of(recorded.at)),
            journey.reference,
            link(services, journey, &Event::Started { task: task.clone() }),
        ),
        enclosed: None,
    }])
}

fn with_words(text: String, words: &str) -> String {
    if words.is_empty() { text } else { format!("{text}\n\nIn their words:\n{words}") }
}

/// "1 row is", "3 rows are".
fn asked(rows: usize) -> String {
    format!("{} {}", counted(rows, "row"), if rows == 1 { "is" } else { "are" })
}

/// What is said after somebody was invited; otherwise what is wrong with the address, in words for whoever typed it.
///
/// # Errors
/// When nobody was invited.
pub fn of_invitation(outcome: Invited, email: &str) -> Result<(String, String), String> {
    match outcome {
        Invited::Sent => Ok((format!("{email} was invited"), "They get a link by email. It works for 14 days.".to_owned())),
        Invited::Already(at) => Ok((
            format!("{email} was invited at {}", dates::time_of(at)),
            "One email was sent, and its link works. If it does not arrive, invite them again in 15 minutes.".to_owned(),
        )),
        Invited::TooManyOfOrganisation => {
            Err("Your organisation has invited as many people today as it may. Invite the others tomorrow".to_owned())
        }
        Invited::TooManyToAddress => {
            Err("This address was invited too often today. Invite it again tomorrow, or ask its owner whether emails arrive"
                .to_owned())
        }
    }
}

/// A letter about an account. `id` makes it one letter however often it is written.
#[must_use]
pub fn account(id: String, to: &str, subject: &str, text: &str, link: &str) -> Letter {
    Letter {
        id,
        to: to.to_owned(),
        subject: subject.to_owned(),
        body: format!(
            "Hello,\n\n{text}\n\n{link}\n\nIf you did not expect this letter you can ignore it: nothing happens without the link.\n"
        ),
        enclosed: None,
    }
}

/// Tells whoever invited somebody that the invitation cannot be delivered; nobody when nobody in particular did, or when
/// it was to themselves.
///
/// # Errors
/// When the database does not answer.
pub async fn undelivered(
    services: &Services,
    letter: &Letter,
    invitation: &Link,
    reason: Undelivered,
) -> Result<Option<Letter>, StoreError> {
    let store = &services.store;
    let (Some(by), Some(organisation)) = (&invitation.by, &invitation.organisation) else { return Ok(None) };
    let (Some(person), Some(organisation)) = (store.person(by).await?, store.organisation(organisation).await?) else {
        return Ok(None);
    };
    if person.email == letter.to {
        return Ok(None);
    }
    // A lead invites colleagues on the page of their organisation; the programme invites for a part in a journey.
    let colleague = store.memberships(by).await?.iter().any(|membership| membership.organisation.id == organisation.id);
    let journey = JourneyFilter { party: Some(organisation.id.clone()), limit: 1, ..JourneyFilter::default() };
    let page = match store.journeys(&journey).await?.first() {
        Some(line) if !colleague => format!("/journeys/{}/organisations?again={}", line.reference, organisation.id),
        _ => "/organisation".to_owned(),
    };
    let link = format!("{}{page}", services.base_url);
    Ok(Some(Letter {
        id: format!("undelivered-{}", letter.id),
        to: person.email,
        subject: "Your invitation could not be delivered".to_owned(),
        body: format!(
            "Hello {},\n\nYou invited {} to join {}. The email could not be delivered: {}.\n\nCheck the address and invite them again:\n{link}\n",
            person.name,
            letter.to,
            organisation.identity().in_words(),
            reason.in_words(),
        ),
        enclosed: None,
    }))
}

/// What pages say of an invitation that cannot be delivered.
#[must_use]
pub fn undelivered_in_words(email: &str, reason: Undelivered) -> String {
    format!("Could not be delivered to {email}: {}. Check the address and invite again.", reason.in_words())
}
