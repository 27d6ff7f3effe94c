//! A group of forty in the demo, asked by letter to sign: half have, one declined, the others have time.

use jiff::{Timestamp, ToSpan as _};
use journey::{
    base::{actor::Role, calendar, identity::Identity, ids::Digest},
    ledger::event::{By, Event, Signatory},
    ledger::signing,
    port::signatories::{Asked, AskedChange, HowEnded, SigningLink},
    rule::{by_link, command::Command, decide},
};

use app::act::decided::Decided;

use crate::{
    demo::play::{Play, halted, task},
    login::MachineSecrets,
};

const STREETS: [&str; 8] = ["Alder", "Birch", "Cedar", "Dale", "Elm", "Fern", "Glebe", "Hazel"];
const KINDS: [&str; 5] = ["Street Surgery", "Road Practice", "Lane Medical Centre", "House Surgery", "Park Health Centre"];
const NAMES: [&str; 10] = [
    "Rae Okafor",
    "Bo Fenwick",
    "Sol Ames",
    "Ines Duarte",
    "Tom Beck",
    "Uma Rao",
    "Will Hart",
    "Xenia Papas",
    "Yusuf Demir",
    "Zoe Lind",
];

/// The three practices that plans of the demo name, and thirty-seven more, as a form writes them.
pub(crate) fn forty() -> String {
    let first =
        ["T99951 Willow Lane Surgery", "T99952 Mill Street Practice", "T99953 Harbour View Medical Centre"].map(str::to_owned);
    let more = (3..40).map(|at| format!("T{} {} {}", 99_957 + at, STREETS[at % 8], KINDS[at / 8]));
    first.into_iter().chain(more).collect::<Vec<_>>().join("\n")
}

impl Play<'_> {
    /// The group lead asks a person of each member, so many days ago; `signed` of them have signed since.
    pub(crate) async fn asked_by_letter(&mut self, id: &str, days_ago: i64, signed: usize) -> Result<(), String> {
        let spec = self.spec(&task(id)?)?;
        let members: Vec<Identity> = by_link::unsigned(&self.journey, spec).into_iter().cloned().collect();
        let asked: Vec<Signatory> = members
            .iter()
            .enumerate()
            .map(|(at, member)| Signatory { member: member.clone(), name: NAMES[at % NAMES.len()].to_owned() })
            .collect();
        let lead = self.holder(Role::GroupLead, None)?;
        self.on(days_ago).does(&lead, Command::AskToSign { task: spec.id.clone(), asked: asked.clone() }).await?;
        let at = self.at;
        let mut people = Vec::new();
        for (place, signatory) in asked.into_iter().enumerate() {
            let (asked, link) = self.request(place, signatory, id, at, &lead.actor.person)?;
            self.along(AskedChange::Asked { asked: asked.clone(), link });
            people.push(asked);
        }
        for asked in people.iter().take(signed) {
            self.signs_by_link(asked)?;
        }
        self.write().await?;
        // One does not want to.
        if let Some(declined) = people.last() {
            let reason = "We change our system in the spring, and join then.".to_owned();
            let at = self.tick();
            let ended = AskedChange::Ended { id: declined.id.clone(), how: HowEnded::Declined, reason, at };
            self.stage.services.store.change_signatories(&[ended], &[], at).await.map_err(|why| why.to_string())?;
        }
        Ok(())
    }

    /// Who is asked, with a link that nobody can work out: its letter was never written.
    fn request(
        &self,
        place: usize,
        signatory: Signatory,
        id: &str,
        at: Timestamp,
        by: &journey::base::ids::PersonId,
    ) -> Result<(Asked, SigningLink), String> {
        use app::request::services::Secrets as _;
        let token = Digest::of(MachineSecrets::new().token().as_bytes());
        let first = signatory.name.split(' ').next().unwrap_or_default().to_lowercase();
        let due = journey::base::calendar::date_of(at).checked_add(14.days()).map_err(|error| error.to_string())?;
        let asked = Asked {
            id: self.stage.services.person_id(),
            journey: self.journey.reference.clone(),
            task: task(id)?,
            email: format!("{first}.{place}@practices.example"),
            name: signatory.name,
            member: signatory.member,
            by: by.clone(),
            at,
            due,
            letter: format!("sign-{token}"),
            sent_at: at,
            remind_at: None,
        };
        let link = SigningLink { token, created_at: at, expires_at: at.checked_add((30 * 24).hours()).unwrap_or(Timestamp::MAX) };
        Ok((asked, link))
    }

    fn signs_by_link(&mut self, asked: &Asked) -> Result<(), String> {
        let (at, spec) = (self.tick(), self.spec(&asked.task)?);
        let words = signing::words(&self.journey, spec);
        let signs = ("Caldicott Guardian", &asked.member.ods_code);
        let event = by_link::sign(&self.journey, spec, signs.1, (&asked.name, signs.0), &words, calendar::date_of(at))
            .map_err(|why| format!("{why:?}"))?;
        let organisation = signing::organisation_of_member(signs.1).ok_or("a member without a code")?;
        let by = By { person: asked.id.clone(), organisation };
        self.records(event, by, at)?;
        self.along(AskedChange::Signed { id: asked.id.clone(), at });
        Ok(())
    }

    fn records(&mut self, event: Event, by: By, at: Timestamp) -> Result<(), String> {
        let texts = decide::texts(&self.journey, std::slice::from_ref(&event));
        let deed = Decided::by_link(&self.journey, event, by, at, texts).map_err(halted)?;
        self.journey = deed.after.clone();
        self.deeds.push(deed);
        Ok(())
    }

    /// What happens to somebody who is asked, with what was decided last.
    fn along(&mut self, change: AskedChange) {
        if let Some(deed) = self.deeds.last_mut() {
            deed.signatories.push(change);
        }
    }
}
