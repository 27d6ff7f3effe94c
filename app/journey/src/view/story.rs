//! The stories of the two examples: who takes part, what they make, and the moments that are worth a look.

use crate::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::TaskId,
    },
    ledger::{
        journey::{Journey, Phase},
        machine::StateKind,
    },
    plan::{
        capability::Capability,
        track::{CONSUMER, PROVIDER},
    },
    view::overview::overview,
};

/// Person, name, organisation, roles.
pub(super) type Member = (&'static str, &'static str, &'static str, &'static [Role]);

/// Whether a moment has come.
pub(super) type Come = fn(&Journey) -> bool;

/// A journey that is to be played.
pub(super) struct Story {
    pub side: &'static str,
    /// What its reference is made of.
    pub bits: u64,
    pub product: &'static str,
    pub capability: Capability,
    /// Who takes part, the reader first.
    pub cast: &'static [Member],
    /// Organisation, name, ODS code: the supplier, the programme, and whoever else has a part.
    pub organisations: &'static [(&'static str, &'static str, &'static str)],
    /// Who asks for a part, by place.
    pub guests: &'static [(usize, Side)],
    /// The decision that is no approval the first time, and what it asks for, so that there is a second round to look at.
    pub returned: (&'static str, &'static str),
    /// The first site: code, name, what was seen there.
    pub site: (&'static str, &'static str, &'static str),
    /// What is worth a look, in the order in which it comes.
    pub moments: &'static [(&'static str, &'static str, Come)],
}

impl Story {
    pub fn identity(&self, number: usize) -> Identity {
        let (_, name, ods_code) = self.organisations[number];
        Identity { name: name.to_owned(), ods_code: ods_code.to_owned() }
    }
}

fn of(name: &str) -> Option<TaskId> {
    name.parse().ok()
}

fn is(journey: &Journey, name: &str, kind: StateKind) -> bool {
    of(name).is_some_and(|task| journey.task(&task).state.kind() == kind)
}

fn waits(journey: &Journey, name: &str) -> bool {
    overview(journey).turns.iter().any(|turn| turn.task.as_str() == name && turn.awaited)
}

fn done(journey: &Journey, name: &str) -> bool {
    of(name).is_some_and(|task| journey.standing(&task).is_done())
}

/// A supplier whose product reads what a practice holds.
pub(super) const CONSUMES: Story = Story {
    side: CONSUMER,
    bits: 0x0e_8a3b_1e00,
    product: "Harbour Bedside 2.0",
    capability: Capability::AccessRecordStructured,
    cast: &[
        ("amina", "Amina Khan", "harbour", &[Role::OnboardingLead]),
        ("dev", "Dev Patel", "harbour", &[Role::Developer]),
        ("cerys", "Cerys Morgan", "harbour", &[Role::ClinicalSafetyOfficer]),
        ("sam", "Sam Whitlock", "harbour", &[Role::Signatory]),
        ("ruth", "Ruth Delaney", "programme", &[Role::ProgrammeLead]),
        ("tom", "Tom Achebe", "programme", &[Role::FunctionalAssurance]),
        ("helen", "Helen Frost", "programme", &[Role::ClinicalSafety]),
        ("ingrid", "Ingrid Vale", "programme", &[Role::InformationGovernance]),
        ("pete", "Pete Lomax", "programme", &[Role::PlatformSupport]),
        ("mary", "Mary Teague", "programme", &[Role::ServiceManagement]),
        ("lewis", "Lewis Grant", "trust", &[Role::GroupLead]),
        ("nadia", "Nadia Farouk", "trust", &[Role::EndUserCso]),
        ("carol", "Carol Hughes", "trust", &[Role::AuthorisedPerson]),
        ("anil", "Anil Desai", "board", &[Role::Commissioner]),
    ],
    organisations: &[
        ("harbour", "Harbour Health Software", "T99987"),
        ("programme", "NHS England", ""),
        ("trust", "Eastvale Hospitals NHS Trust", "T99988"),
        ("board", "Wenlow Integrated Care Board", "T99989"),
    ],
    guests: &[(2, Side::EndUser), (3, Side::Commissioner)],
    returned: (
        "obtain-use-case-approval",
        "Say which staff groups will see the record, and how they are told that access is logged.",
    ),
    site: ("A21471", "Willow Lane Surgery", "The first record was opened by a ward pharmacist."),
    moments: &[
        (
            "The journey is opened",
            "A few questions are answered. The plan, the test route and the SCAL follow from them.",
            |_| true,
        ),
        (
            "The use case is waiting for an answer",
            "The supplier has sent it. It is NHS England's turn, with a date by which it aims to answer.",
            |now| is(now, "describe-use-case", StateKind::Submitted) || waits(now, "obtain-use-case-approval"),
        ),
        (
            "The use case came back",
            "NHS England asked for a change and said which. Everything that was written is kept.",
            |now| is(now, "describe-use-case", StateKind::Returned) || is(now, "obtain-use-case-approval", StateKind::Returned),
        ),
        ("The use case is approved", "The second round answered the finding. Development may begin.", |now| {
            done(now, "obtain-use-case-approval")
        }),
        ("The SCAL is here", "NHS England has sent the list of what these capabilities need.", |now| done(now, "receive-scal")),
        ("First tests are passed", "The product works with the demonstrator. Next it is tested in INT.", |now| {
            done(now, "test-internet-demonstrator")
        }),
        ("The SCAL is accepted", "Every team has accepted its part, with the clinical safety case.", |now| {
            done(now, "submit-scal")
        }),
        (
            "Technical conformance is certified",
            "Tests against the systems of practices are passed, and the certificate is issued.",
            |now| done(now, "receive-technical-conformance-certificate"),
        ),
        ("The connection agreement is signed", "Both sides have signed the same words.", |now| {
            done(now, "receive-connection-agreement")
        }),
        ("Go live is approved", "The end users have signed their declaration, and nothing stands in the way any more.", |now| {
            done(now, "approval-to-go-live")
        }),
        (
            "The product is live",
            "The first practice uses it. The journey stays readable, with everything that happened.",
            |now| matches!(now.phase, Phase::Live { .. }),
        ),
    ],
};

/// A supplier whose system holds the record.
pub(super) const PROVIDES: Story = Story {
    side: PROVIDER,
    bits: 0x0e_8a3b_1e01,
    product: "Fenland Practice 7.1",
    capability: Capability::AccessRecordStructured,
    cast: &[
        ("grace", "Grace Okafor", "fenland", &[Role::OnboardingLead]),
        ("leon", "Leon Marsh", "fenland", &[Role::Developer]),
        ("farah", "Farah Siddiqui", "fenland", &[Role::ClinicalSafetyOfficer]),
        ("ruth", "Ruth Delaney", "programme", &[Role::ProgrammeLead]),
        ("tom", "Tom Achebe", "programme", &[Role::FunctionalAssurance]),
        ("helen", "Helen Frost", "programme", &[Role::ClinicalSafety]),
        ("ingrid", "Ingrid Vale", "programme", &[Role::InformationGovernance]),
        ("pete", "Pete Lomax", "programme", &[Role::PlatformSupport]),
        ("mary", "Mary Teague", "programme", &[Role::ServiceManagement]),
    ],
    organisations: &[("fenland", "Fenland Clinical Systems", "T99986"), ("programme", "NHS England", "")],
    guests: &[],
    returned: (
        "p-provider-testing-assurance",
        "Two tests are missing. One sends a request without a token. One asks for a patient of another practice. Add both and run them all again.",
    ),
    site: (
        "A21472",
        "Mill Street Practice",
        "The practice manager turned Access Record: Structured on and saw the first call in the audit.",
    ),
    moments: &[
        ("The journey is opened", "A few questions are answered. The plan follows from them.", |_| true),
        (
            "A contact is named",
            "The Provider Assurance team has answered. Its contact stays with the supplier to the end.",
            |now| done(now, "p-engage"),
        ),
        ("Design and build are done", "Every capability is off until a practice turns it on. Self-testing is next.", |now| {
            done(now, "p-build")
        }),
        (
            "The test reports came back",
            "NHS England asked for two more tests. What was sent is kept. The next run is compared with this one.",
            |now| is(now, "p-provider-testing-assurance", StateKind::Returned),
        ),
        (
            "The witness test is signed",
            "The team watched what no test suite can show. Both sides have signed the same record.",
            |now| done(now, "p-witness-test"),
        ),
        ("The First of Type certificate is issued", "With the first DevMAC the pilot may start, and only that.", |now| {
            done(now, "p-fot-devmac")
        }),
        ("The gateway to Live is open", "The tests with consumers are passed. The live Spine knows the product.", |now| {
            done(now, "p-gateway")
        }),
        ("The pilot may begin", "Three teams have approved where the pilot is and who supports it.", |now| {
            done(now, "p-approval-go-live")
        }),
        (
            "Full roll-out is approved",
            "The pilot went well. With the second DevMAC each practice that wants the product may have it.",
            |now| done(now, "p-full-rollout-approval"),
        ),
        (
            "Roll-out begins",
            "The first practice has turned the capability on. The journey stays readable, with everything that happened.",
            |now| matches!(now.phase, Phase::Live { .. }),
        ),
    ],
};
