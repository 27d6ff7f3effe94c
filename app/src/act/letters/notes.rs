//! What the supplier, or a team of NHS England, is told of each event.
//!
//! Long because each event has its sentence in one match.

use journey::{
    base::{
        actor::{Role, Side},
        ids::{PersonId, TaskId},
    },
    ledger::{
        defect,
        event::{Event, Recorded},
        journey::Journey,
        signing,
        standing::State,
    },
    port::{Enclosed, StoreError, notices::Notice},
    rule::{defects, queries},
    view::turns::{self, Turn},
};

use crate::{
    act::{
        letters::made::{asking, link, named, notice, organisation_of, with_words},
        wording,
    },
    base::{dates, words::counted},
    request::services::Services,
};

struct Note {
    side: Side,
    roles: Vec<Role>,
    subject: String,
    text: String,
    link: String,
    enclosed: Option<Enclosed>,
}

/// The letters about one event, for whoever it is written to; none where nobody is.
/// Whoever has a turn by it since now is asked for an act, and so is whoever has to answer; the rest is told that it happened.
pub(super) async fn note(
    services: &Services,
    journey: &Journey,
    recorded: &Recorded,
    begun: &[Turn],
) -> Result<Vec<Notice>, StoreError> {
    let Some(note) = note_of(services, journey, recorded) else { return Ok(Vec::new()) };
    let supplier = [journey.organisation.clone()];
    let of = (note.side == Side::Supplier).then_some(supplier.as_slice());
    let people = services.store.addresses(of, &note.roles).await?.into_iter();
    // Nobody needs a letter about what they did themselves, except the receipt.
    let has_turn = begun.iter().any(|turn| turn.side == note.side && turn.roles.iter().any(|role| note.roles.contains(role)));
    let answers = matches!(
        recorded.event,
        Event::WaiverProposed { .. } | Event::LeaveAsked { .. } | Event::PartAsked { .. } | Event::QueryRaised { .. }
    );
    let others = people.filter(|(person, _)| recorded.by.as_ref().is_none_or(|by| by.person != *person));
    let one = |(person, to): (PersonId, String)| {
        let id = format!("{}-{}-{person}", journey.reference, recorded.seq);
        let mut notice = notice(services, id, (person, to), &note.subject, &note.text, &note.link);
        notice.letter.enclosed.clone_from(&note.enclosed);
        if has_turn || answers { asking(notice) } else { notice }
    };
    Ok(others.map(one).collect())
}

fn note_of(services: &Services, journey: &Journey, recorded: &Recorded) -> Option<Note> {
    let product = &journey.opening.product;
    let label = recorded.event.task().map_or("", |task| journey.process.noun(task));
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
                format!("Your turn: {} – {product}", spec.noun),
                format!("{} sent round {round} of “{label}” for {product}.{by}", named(journey, &journey.organisation)),
            )
        }
        // The supplier hears of it when it goes back, with what every team asks for.
        Event::Returned { task, .. } | Event::Approved { task, .. } | Event::SentBack { task, .. }
            if let Some(findings) = went_back(journey, task) =>
        {
            to_supplier(
                format!("Changes requested: {label} – {product}"),
                format!(
                    "It is your turn. {} returned “{label}” with {}. What was accepted stays accepted.",
                    wording::who_asked(journey.task(task)),
                    counted(findings, "finding")
                ),
            )
        }
        Event::Approved { task, role, .. } if !is_settled(journey, task) => to_supplier(
            format!("Approved by one team: {label} – {product}"),
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
        Event::Approved { task, note: words, .. } => to_supplier(
            format!("Approved: {label} – {product}"),
            with_words(format!("{} approved “{label}” for {product}.", wording::who_approved(journey.task(task))), words),
        ),
        Event::ConditionClosed { role, note, .. } => to_supplier(
            format!("Condition met: {label} – {product}"),
            with_words(format!("{} says that a condition of “{label}” for {product} is met.", role.title()), note),
        ),
        Event::Returned { .. } | Event::SentBack { .. } | Event::Undone { .. } => None,
        Event::RoundTakenBack { task, round, .. } => {
            let spec = journey.process.reviewer_of(task).or_else(|| journey.process.task(task))?;
            note(
                Side::Programme,
                journey.deciders(spec).into_iter().filter(|role| role.side() == Side::Programme).collect(),
                format!("Taken back: {label} – {product}"),
                format!(
                    "{} took back round {round} of “{label}” for {product} before it was opened. You do not need to do anything until it is sent again.",
                    named(journey, &journey.organisation)
                ),
            )
        }
        Event::Uplifted { catalogue, .. } => to_supplier(
            format!("New edition {catalogue}: {label} – {product}"),
            format!("“{label}” answers edition {catalogue} of the catalogue now. Rows that read differently are asked again."),
        ),
        Event::Reassessed { product: version, rows, .. } => to_supplier(
            format!("New version {version}: {label} – {product}"),
            format!(
                "“{label}” is open again for version {version}. {} asked again; every other row stays accepted.",
                asked(rows.len())
            ),
        ),
        Event::Refused { reason, .. } => to_supplier(
            format!("Refused: {label} – {product}"),
            with_words(format!("NHS England refused “{label}” for {product}."), reason),
        ),
        Event::Acknowledged { task, note: words, .. } if journey.process.task(task).is_some_and(|spec| spec.confirm) => {
            to_supplier(format!("Confirmed: {label} – {product}"), with_words(format!("NHS England confirmed “{label}”."), words))
        }
        Event::Acknowledged { note: words, .. } => {
            to_supplier(format!("Answered: {label} – {product}"), with_words(format!("NHS England answered “{label}”."), words))
        }
        Event::Issued { note: words, .. } => to_supplier(
            format!("Issued: {label} – {product}"),
            with_words(format!("NHS England completed “{label}” for {product}."), words),
        ),
        Event::StillHolds { role, reason, .. } if role.side() == Side::Programme => to_supplier(
            format!("Still holds: {label} – {product}"),
            with_words(format!("NHS England checked “{label}” for {product} again: it still holds."), reason),
        ),
        // Of members that sign by a link there may be hundreds: the page of the task counts them.
        Event::Signed { member: Some(_), .. } | Event::AskedToSign { .. } => None,
        Event::Signed { name, role, .. } => to_supplier(
            format!("Signed: {label} – {product}"),
            format!("{name} ({}) signed “{label}”.{}", role.title().to_lowercase(), counted_signatures(journey, recorded)),
        ),
        Event::Declined { role, reason, .. } => to_supplier(
            format!("Declined: {label} – {product}"),
            with_words(
                format!(
                    "The {} who was to sign “{label}” for {product} declined. No signature that was given counts any more. Whoever completed the details corrects them and sends them again; then everybody signs again.",
                    role.title().to_lowercase()
                ),
                reason,
            ),
        ),
        Event::SignatureEnded { organisation, .. } => to_supplier(
            format!("Signature ended: {label} – {product}"),
            format!(
                "The signature of {} under “{label}” for {product} was taken back, and its last day has passed. It does not count any more.{}",
                named(journey, organisation),
                counted_signatures(journey, recorded)
            ),
        ),
        // Those who sign are asked in letters of their own.
        Event::RenewalDue { .. } => None,
        Event::SignaturesLapsed { organisations, .. } => to_supplier(
            format!("{} lapsed: {label} – {product}", counted(organisations.len(), "signature")),
            format!(
                "{} under “{label}” for {product} lapsed, as nobody renewed {} within a year. Whoever signed is asked to sign again.{}",
                counted(organisations.len(), "signature"),
                if organisations.len() == 1 { "it" } else { "them" },
                counted_signatures(journey, recorded)
            ),
        ),
        Event::SignatureWithdrawn { reason, until, .. } => to_supplier(
            format!("Signature taken back: {label} – {product}"),
            with_words(
                format!(
                    "{} took back its signature under “{label}” for {product}{}.{}",
                    organisation_of(journey, recorded),
                    until.map_or_else(String::new, |until| format!(". It counts until {}", dates::date(until))),
                    counted_signatures(journey, recorded)
                ),
                reason,
            ),
        ),
        Event::SignatoryReplaced { from, to, reason, .. } => to_supplier(
            format!("Somebody else signs: {label} – {product}"),
            with_words(format!("{} signs “{label}” for {product} in place of {}.", to.name, from.name), reason),
        ),
        Event::WaiverProposed { reason, .. } => note(
            Side::Programme,
            vec![Role::ProgrammeLead],
            format!("Request to skip: {label} – {product}"),
            with_words(format!("Somebody asked to skip “{label}” for {product}. A programme lead decides."), reason),
        ),
        Event::WaiverConfirmed { .. } => {
            to_supplier(format!("Not needed: {label} – {product}"), format!("A second person agreed to skip “{label}”."))
        }
        Event::WaiverDeclined { reason, .. } => to_supplier(
            format!("Stays in the plan: {label} – {product}"),
            with_words(format!("The request to skip “{label}” was not agreed."), reason),
        ),
        Event::Reopened { task, reason } => to_supplier(
            format!("Open again: {label} – {product}"),
            with_words(
                format!("“{label}” was opened again. Your work is kept. {}", wording::resting_on(journey, task))
                    .trim_end()
                    .to_owned(),
                reason,
            ),
        ),
        Event::Lapsed { .. } => to_supplier(
            format!("Lapsed: {label} – {product}"),
            format!("“{label}” lapsed because development had not started. Your use case is kept: check it and submit it again."),
        ),
        // Whoever relies on it is told, the supplier among them.
        Event::Expired { .. } => None,
        Event::QueryRaised { row, words, .. } => note(
            Side::Supplier,
            queries::answered_by(journey),
            format!("Query about {} – {product}", row.as_str().to_uppercase()),
            with_words(
                format!(
                    "The group that will use {product} asks about row {} of the SCAL. Please reply, or change the answer.",
                    row.as_str().to_uppercase()
                ),
                words,
            ),
        ),
        Event::QueryClosed { row, .. } => to_supplier(
            format!("Query answered: {} – {product}", row.as_str().to_uppercase()),
            format!("The group that will use {product} has its answer about row {} of the SCAL.", row.as_str().to_uppercase()),
        ),
        Event::DefectRaised { task, number, role, defect, assessment } => {
            let spec = journey.process.task(task)?;
            let name = defect::name(*number);
            let blocks = if assessment.blocks { " It blocks the certificate." } else { "" };
            let subject = format!("Defect {name}: {} – {product}", defect.title);
            if role.side() == Side::Programme {
                let text = format!("{} raised defect {name} on “{label}” for {product}.{blocks}", role.title());
                note(Side::Supplier, defects::mended_by(spec), subject, with_words(text, &defect.happened))
            } else {
                let text = format!(
                    "The supplier raised defect {name} on “{label}” for {product}.{blocks} Please say who mends it and how bad it is."
                );
                note(Side::Programme, defects::judged_by(spec), subject, with_words(text, &defect.happened))
            }
        }
        Event::DefectAssessed { task, number, assessment, reason, .. } => {
            let (spec, name) = (journey.process.task(task)?, defect::name(*number));
            let says = wording::paused(journey, task).map_or_else(String::new, |paused| format!(" Your time on “{label}”: {paused}"));
            note(
                Side::Supplier,
                defects::mended_by(spec),
                format!("Defect {name} – {product}"),
                with_words(format!("Defect {name} on “{label}” for {product} now: {}.{says}", assessment.in_words()), reason),
            )
        }
        Event::DefectMended { task, number, what, version, .. } => note(
            Side::Programme,
            defects::judged_by(journey.process.task(task)?),
            format!("Mended: defect {} – {product}", defect::name(*number)),
            with_words(
                format!(
                    "The supplier says that defect {} on “{label}” for {product} is mended in {version}. Please close it, or open it again.",
                    defect::name(*number)
                ),
                what,
            ),
        ),
        Event::DefectClosed { task, number, how, words, .. } => note(
            Side::Supplier,
            defects::mended_by(journey.process.task(task)?),
            format!("Closed: defect {} – {product}", defect::name(*number)),
            with_words(
                format!("Defect {} on “{label}” for {product} is closed: {}.", defect::name(*number), how.title().to_lowercase()),
                words,
            ),
        ),
        Event::DefectReopened { task, number, words, .. } => note(
            Side::Supplier,
            defects::mended_by(journey.process.task(task)?),
            format!("Open again: defect {} – {product}", defect::name(*number)),
            with_words(format!("Defect {} on “{label}” for {product} is open again.", defect::name(*number)), words),
        ),
        Event::WentLive => {
            to_supplier(format!("Live: {product}"), format!("{product} is live. Every step is kept in its history."))
        }
        Event::Resumed { reason } => {
            to_supplier(format!("Resumed: {product}"), with_words("The journey is resumed.".to_owned(), reason))
        }
        Event::Withdrawn { reason } => note(
            Side::Programme,
            vec![Role::ProgrammeLead],
            format!("Withdrawn: {product}"),
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
            format!("Request to leave – {product}"),
            with_words(
                format!(
                    "Somebody asked that {} leaves the journey of {product}. A programme lead confirms it, or lets it stay.",
                    named(journey, organisation)
                ),
                reason,
            ),
        ),
        Event::LeaveDeclined { organisation, reason } => to_supplier(
            format!("An organisation stays – {product}"),
            with_words(format!("{} still takes part in the journey of {product}.", named(journey, organisation)), reason),
        ),
        Event::Left { organisation, reason } => to_supplier(
            format!("An organisation has left – {product}"),
            with_words(
                format!(
                    "{} no longer takes part in the journey of {product}. What it signed no longer counts.",
                    named(journey, organisation)
                ),
                reason,
            ),
        ),
        Event::PartAsked { identity, .. } => note(
            Side::Programme,
            vec![Role::ProgrammeLead],
            format!("Please confirm an organisation – {product}"),
            format!(
                "The supplier of {product} asks to add {}. Please confirm who it is: until then nobody is invited.",
                identity.in_words()
            ),
        ),
        Event::PartDeclined { reason, .. } => to_supplier(
            format!("Organisation not added – {product}"),
            with_words(format!("An organisation that you named was not added to the journey of {product}."), reason),
        ),
        Event::Joined { identity: Some(identity), .. } => to_supplier(
            format!("Organisation added – {product}"),
            format!("NHS England confirmed {}. It now takes part in the journey of {product}.", identity.in_words()),
        ),
        Event::Identified { identity, before, .. } => to_supplier(
            format!("Organisation has another name – {product}"),
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

/// The certificate that this left, to go with the letters about it.
fn certificate_left(journey: &Journey, recorded: &Recorded) -> Option<Enclosed> {
    let task = recorded.event.task()?;
    let left = journey.task(task).certificate.as_ref().filter(|left| left.seq == recorded.seq)?;
    Some(Enclosed { journey: journey.reference.clone(), task: task.clone(), seq: left.seq })
}

/// " 3 of 4 have signed."
fn counted_signatures(journey: &Journey, recorded: &Recorded) -> String {
    let spec = recorded.event.task().and_then(|task| journey.process.task(task));
    let text = spec.and_then(|spec| signing::count_in_words(journey, spec));
    text.map_or_else(String::new, |text| format!(" {text}."))
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

/// "1 row is", "3 rows are".
fn asked(rows: usize) -> String {
    format!("{} {}", counted(rows, "row"), if rows == 1 { "is" } else { "are" })
}
