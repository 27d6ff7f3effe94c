//! What waits on the operator's desk of the demo: a supplier that is there twice, a locked account, emails that cannot be
//! delivered, and a few sign-ins.

use jiff::{Timestamp, ToSpan as _};
use journey::{
    base::actor::{Role, Side},
    ledger::event::By,
    port::{
        Letter, Undelivered,
        audit::{Act, Noted},
    },
};

use crate::demo::{
    cast::{Cast, join},
    stage::Stage,
};

/// The double of a supplier: somebody registered it a second time, without its code.
const DOUBLE: &str = "Larkfield Systems Ltd";

/// Who is in the double. The last one is locked.
const PEOPLE: [(&str, &str, &[Role]); 2] = [
    ("Dev Anand", "dev.anand@larkfield.example", &[Role::OnboardingLead]),
    ("Sam Hollis", "sam.hollis@larkfield.example", &[Role::Developer]),
];

/// Emails that did not arrive: to whom, why, and what the mail server said.
const LOST: [(&str, Undelivered, &str); 3] = [
    ("gone@northmoor.example", Undelivered::Refused, "550 5.1.1 The email account that you tried to reach does not exist"),
    ("owen@larkfield", Undelivered::NoAddress, "no mail server for larkfield"),
    ("nadia.farouk@eastvale-hospitals.example", Undelivered::GivenUp, "connection timed out"),
];

/// Sets the desk, some days before the demo begins.
pub(crate) async fn set(stage: &Stage, cast: &Cast, password: &str, now: Timestamp) -> Result<(), String> {
    let (services, ago) = (&stage.services, |days: i64| now.checked_sub((days * 24).hours()).unwrap_or(now));
    let said = |error: journey::port::StoreError| error.to_string();
    let hash = services.secrets.hash(password.to_owned()).await.map_err(|error| error.to_string())?;
    let members: Vec<_> = PEOPLE.iter().map(|(name, email, roles)| ((*name).to_owned(), (*email).to_owned(), *roles)).collect();
    let double = join(services, &hash, ago(9), (DOUBLE, "", Side::Supplier), &members).await?;
    let operator = cast.of(Side::Operator).first().and_then(|company| company.people.first()).ok_or("nobody operates it")?;
    let by = By { person: operator.actor.person.clone(), organisation: operator.actor.organisation.clone() };
    let letter = |id: String, to: &str, subject: &str| Letter {
        id,
        to: to.to_owned(),
        subject: subject.to_owned(),
        body: "An email of the demo: it is not sent.".to_owned(),
        enclosed: None,
    };
    if let Some(locked) = double.people.last() {
        let told = letter("locked-demo".to_owned(), &locked.email, "Your account is locked");
        let reason = "Left the company on 20 November. Priya Raman asked for it by telephone.";
        services.store.lock(&locked.actor.person, reason, by, ago(2), told).await.map_err(|error| error.to_string())?;
    }
    // What was written so far counts as sent, as with everybody else.
    while let Some(out) = services.store.next_letter(Timestamp::MAX, Timestamp::MAX).await.map_err(said)? {
        services.store.letter_sent(&out.letter.id, ago(2)).await.map_err(said)?;
    }
    for (place, (to, why, answer)) in LOST.into_iter().enumerate() {
        let (mut link, _) = app::site::people::new_link(services, journey::port::LinkPurpose::Invite, to);
        link.organisation = Some(double.organisation.id.clone());
        link.roles = vec![Role::Developer];
        link.created_at = ago(4);
        let id = format!("invite-{}", link.token);
        let subject = format!("Join {DOUBLE} at GP Connect onboarding");
        services.store.add_link(link, letter(id.clone(), to, &subject)).await.map_err(said)?;
        let days = i64::try_from(place).unwrap_or(0) % 3;
        services.store.letter_undelivered(&id, why, answer, ago(1 + days), None).await.map_err(said)?;
    }
    let amara = cast.of(Side::Supplier).first().and_then(|company| company.people.first()).ok_or("nobody supplies")?;
    for (minutes, act, about) in [
        (95, Act::SignInFailed, "the password was wrong, or nobody has this address"),
        (94, Act::SignedIn, ""),
        (40, Act::Exported, "pack.zip"),
    ] {
        let noted = Noted {
            id: services.secrets.id(),
            at: now.checked_sub(minutes.minutes()).unwrap_or(now),
            act,
            person: Some(amara.actor.person.clone()),
            organisation: (act == Act::Exported).then(|| amara.actor.organisation.clone()),
            journey: None,
            about: about.to_owned(),
            reason: String::new(),
            address: "192.0.2.41".to_owned(),
        };
        services.store.note(noted).await.map_err(said)?;
    }
    Ok(())
}
