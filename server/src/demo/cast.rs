//! The people of the demo, and how they get their accounts: suppliers register and confirm, everybody else is invited and
//! accepts, through the same functions of the store that the pages use. Nobody here exists: names are invented, codes begin
//! with T999, addresses end in `.example`.

use Role::{
    AuthorisedPerson, ClinicalSafety, ClinicalSafetyOfficer, Commissioner, Developer, EndUserCso, FunctionalAssurance, GroupLead,
    InformationGovernance, OnboardingLead, Operator, PlatformSupport, ProgrammeLead, ServiceManagement, Signatory,
    TechnicalArchitect,
};
use app::request::services::Services;
use jiff::{Timestamp, ToSpan as _};
use journey::{
    base::{
        actor::{Actor, Role, Side},
        ids::{Digest, OrganisationId, PersonId},
    },
    ledger::event::By,
    people::second_steps::{self, AppKey},
    port::{Letter, Link, LinkPurpose, Organisation, Person, second_steps::SecondStep},
};

use crate::demo::{stage::Rng, text};

/// An organisation before it exists: name, ODS code, side, and its people.
type Firm = (&'static str, &'static str, Side, &'static [(&'static str, &'static str, &'static [Role])]);

/// The first person of the demo: where they are, the demo was.
pub(crate) const FIRST: &str = "amara@northmoor.example";

/// Three suppliers of products that read records and one of a system that holds them, the programme, three organisations that use products, a commissioner, and whoever runs the service.
pub(crate) const FIRMS: &[Firm] = &[
    (
        "Northmoor Digital Health",
        "T99901",
        Side::Supplier,
        &[
            ("Amara Nwosu", "amara@northmoor.example", &[OnboardingLead]),
            ("Tom Whitlock", "tom@northmoor.example", &[Developer]),
            ("Helen Prior", "helen@northmoor.example", &[ClinicalSafetyOfficer]),
            ("Martin Shaw", "martin@northmoor.example", &[Signatory]),
        ],
    ),
    (
        "Larkfield Systems",
        "T99902",
        Side::Supplier,
        &[
            ("Priya Raman", "priya@larkfield.example", &[OnboardingLead]),
            ("Owen Price", "owen@larkfield.example", &[Developer]),
            ("Salma Idris", "salma@larkfield.example", &[ClinicalSafetyOfficer]),
            ("Graham Kerr", "graham@larkfield.example", &[Signatory]),
        ],
    ),
    // A small one: two people hold every role.
    (
        "Tarn Software",
        "T99903",
        Side::Supplier,
        &[
            ("Joe Ferris", "joe@tarn.example", &[OnboardingLead, Developer]),
            ("Ruth Adeyemi", "ruth@tarn.example", &[ClinicalSafetyOfficer, Signatory]),
        ],
    ),
    (
        "NHS England",
        "T99931",
        Side::Programme,
        &[
            ("Dana Whitfield", "dana@programme.example", &[ProgrammeLead]),
            ("Karim Osei", "karim@programme.example", &[ProgrammeLead, TechnicalArchitect]),
            ("Ruth Delaney", "rdelaney@programme.example", &[FunctionalAssurance]),
            ("Sanjay Mistry", "sanjay@programme.example", &[ClinicalSafety]),
            ("Ingrid Vale", "ingrid@programme.example", &[InformationGovernance]),
            ("Pete Lomax", "pete@programme.example", &[PlatformSupport]),
            ("Mary Teague", "mary@programme.example", &[ServiceManagement]),
        ],
    ),
    (
        "Eastvale Hospitals NHS Trust",
        "T99911",
        Side::EndUser,
        &[
            ("Lewis Grant", "lewis@eastvale.example", &[GroupLead]),
            ("Nadia Farouk", "nadia@eastvale.example", &[EndUserCso]),
            ("Carol Hughes", "carol@eastvale.example", &[AuthorisedPerson]),
        ],
    ),
    (
        "Saltmarsh Primary Care Network",
        "T99912",
        Side::EndUser,
        &[
            ("Bea Lindqvist", "bea@saltmarsh.example", &[GroupLead, EndUserCso]),
            ("Ivan Petrov", "ivan@saltmarsh.example", &[AuthorisedPerson]),
        ],
    ),
    (
        "Brackendale Hospice",
        "T99913",
        Side::EndUser,
        &[("Moira Kane", "moira@brackendale.example", &[GroupLead, EndUserCso, AuthorisedPerson])],
    ),
    ("Wenlow Integrated Care Board", "T99921", Side::Commissioner, &[("Anil Desai", "anil@wenlow.example", &[Commissioner])]),
    // The one that holds records: a supplier of GP clinical systems.
    (
        "Fenland Clinical Systems",
        "T99904",
        Side::Supplier,
        &[
            ("Grace Okafor", "grace@fenland.example", &[OnboardingLead]),
            ("Leon Marsh", "leon@fenland.example", &[Developer]),
            ("Farah Siddiqui", "farah@fenland.example", &[ClinicalSafetyOfficer]),
        ],
    ),
    (
        "Onboarding service team",
        "T99941",
        Side::Operator,
        &[("Olive Marsh", "olive@service.example", &[Operator]), ("Omar Reid", "omar@service.example", &[Operator])],
    ),
];

/// A person with an account.
#[derive(Clone, Debug)]
pub struct Someone {
    /// Full name.
    pub name: String,
    /// Address, for signing in.
    pub email: String,
    /// As the rules see them.
    pub actor: Actor,
}

/// An organisation with its people.
#[derive(Clone, Debug)]
pub struct Company {
    /// As registered.
    pub organisation: Organisation,
    /// Who belongs to it, the lead first.
    pub people: Vec<Someone>,
}

/// Everybody.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    /// Every organisation.
    pub companies: Vec<Company>,
}

impl Cast {
    /// The organisations of a side.
    pub fn of(&self, side: Side) -> Vec<&Company> {
        self.companies.iter().filter(|company| company.organisation.side == side).collect()
    }
}

/// The code of the supplier that says itself who it is, and nobody has confirmed it.
const UNCONFIRMED: &str = "T99903";

/// Makes every account at this time, and more suppliers until there are so many people.
pub(crate) async fn assemble(services: &Services, password: &str, since: Timestamp, people: u32) -> Result<Cast, String> {
    // One hash for everybody: it is one password, and hashing costs on purpose.
    let hash = services.secrets.hash(password.to_owned()).await.map_err(|error| error.to_string())?;
    let mut cast = Cast::default();
    for (name, ods_code, side, members) in FIRMS {
        let members: Vec<Member> =
            members.iter().map(|(name, email, roles)| ((*name).to_owned(), (*email).to_owned(), *roles)).collect();
        cast.companies.push(join(services, &hash, since, (name, ods_code, *side), &members).await?);
    }
    let mut rng = Rng::new(77);
    let mut there: usize = cast.companies.iter().map(|company| company.people.len()).sum();
    let mut number = 0;
    while there < people as usize {
        number += 1;
        let name = format!("{} {}", rng.pick(text::FIRM_FIRST), rng.pick(text::FIRM_LAST));
        let domain = format!("supplier{number}.example");
        let roles: [&'static [Role]; 4] = [&[OnboardingLead], &[Developer], &[ClinicalSafetyOfficer], &[Signatory]];
        let members: Vec<Member> = roles
            .iter()
            .enumerate()
            .map(|(place, roles)| {
                let name = format!("{} {}", rng.pick(text::FIRST_NAMES), rng.pick(text::LAST_NAMES));
                (name, format!("person{place}@{domain}"), *roles)
            })
            .collect();
        let code = format!("T99{number:04}");
        cast.companies.push(join(services, &hash, since, (&format!("{name} {number}"), &code, Side::Supplier), &members).await?);
        there += members.len();
    }
    // The programme knows them all but the one that came last.
    let confirms =
        cast.of(Side::Programme).first().and_then(|company| company.people.first()).map(|someone| someone.actor.clone());
    let confirms = confirms.ok_or("nobody is of the programme")?;
    for company in cast.companies.iter().filter(|company| company.organisation.ods_code != UNCONFIRMED) {
        let by = By { person: confirms.person.clone(), organisation: confirms.organisation.clone() };
        let (id, identity) = (&company.organisation.id, company.organisation.identity());
        services.store.set_details(id, &identity, by, since).await.map_err(|error| error.to_string())?;
    }
    // Nobody reads these addresses. The letters count as sent, so that a service with a real mail server has none to send.
    while let Some(out) = services.store.next_letter(Timestamp::MAX, Timestamp::MAX).await.map_err(|error| error.to_string())? {
        services.store.letter_sent(&out.letter.id, since).await.map_err(|error| error.to_string())?;
    }
    Ok(cast)
}

/// Somebody before they exist: name, address, roles.
pub(crate) type Member = (String, String, &'static [Role]);

/// An organisation and its people: the first one registers it, or is invited as `admin` does; the others are invited by them.
pub(crate) async fn join(
    services: &Services,
    hash: &str,
    at: Timestamp,
    (name, ods_code, side): (&str, &str, Side),
    members: &[Member],
) -> Result<Company, String> {
    let organisation =
        Organisation { id: services.organisation_id(), name: name.to_owned(), ods_code: ods_code.to_owned(), side };
    let mut people: Vec<Someone> = Vec::new();
    if side != Side::Supplier {
        services.store.add_organisation(organisation.clone(), at).await.map_err(|error| error.to_string())?;
    }
    for (name, email, roles) in members {
        let person = Person {
            id: services.person_id(),
            email: email.clone(),
            name: name.clone(),
            password: hash.to_owned(),
            confirmed: people.is_empty() && side != Side::Supplier,
            locked: false,
        };
        let registers = people.is_empty() && side == Side::Supplier;
        let purpose = if registers { LinkPurpose::Confirm } else { LinkPurpose::Invite };
        let lead = people.first().map(|lead| lead.actor.person.clone());
        let (link, letter) = link(services, purpose, &organisation.id, email, roles, lead, at);
        let token = link.token.clone();
        if registers {
            let mut link = link;
            (link.person, link.organisation) = (Some(person.id.clone()), None);
            link.roles = Vec::new();
            let first = (organisation.clone(), person.clone(), roles.to_vec());
            // Whoever registers leads; a small supplier gives itself the other roles next.
            services
                .store
                .register(first.0, first.1, vec![OnboardingLead], link, letter)
                .await
                .map_err(|error| error.to_string())?;
            services.store.confirm(&token, at).await.map_err(|error| error.to_string())?;
            if first.2 != [OnboardingLead] {
                let by = By { person: person.id.clone(), organisation: organisation.id.clone() };
                services
                    .store
                    .set_roles(&organisation.id, &person.id, roles, None, by, at)
                    .await
                    .map_err(|error| error.to_string())?;
            }
        } else {
            services.store.add_link(link, letter).await.map_err(|error| error.to_string())?;
            let invited = Person { confirmed: true, ..person.clone() };
            services.store.accept(&token, person.id.clone(), Some(invited), at).await.map_err(|error| error.to_string())?;
        }
        if second_steps::must(roles.iter().copied()) {
            let step = SecondStep { key: AppKey::of_demo(), last: 0, since: at, codes_left: 0 };
            let letter = Letter {
                id: format!("second-step-{}", person.id),
                to: email.clone(),
                subject: "Your second step is set up".to_owned(),
                body: String::new(),
                enclosed: None,
            };
            let set_up = services.store.set_up_second_step(&person.id, &step, &[], false, letter).await;
            set_up.map_err(|error| error.to_string())?;
        }
        people.push(Someone {
            name: name.clone(),
            email: email.clone(),
            actor: Actor {
                person: person.id,
                organisation: organisation.id.clone(),
                member_of: vec![organisation.id.clone()],
                roles: roles.iter().copied().collect(),
            },
        });
    }
    Ok(Company { organisation, people })
}

fn link(
    services: &Services,
    purpose: LinkPurpose,
    organisation: &OrganisationId,
    email: &str,
    roles: &[Role],
    by: Option<PersonId>,
    at: Timestamp,
) -> (Link, Letter) {
    let token = services.secrets.token();
    let link = Link {
        token: Digest::of(token.as_bytes()),
        purpose,
        person: None,
        organisation: Some(organisation.clone()),
        email: email.to_owned(),
        roles: roles.to_vec(),
        by,
        created_at: at,
        expires_at: at.checked_add(24.hours()).unwrap_or(Timestamp::MAX),
    };
    let letter = Letter {
        id: format!("{}-{}", purpose.name(), link.token),
        to: email.to_owned(),
        subject: "Demo".to_owned(),
        body: "An email of the demo: it is not sent.".to_owned(),
        enclosed: None,
    };
    (link, letter)
}
