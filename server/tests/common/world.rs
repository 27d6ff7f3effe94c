//! The people who visit in tests, and journeys in every state. Accounts are made over HTTP, as people make them; journeys
//! are brought to a state by the rules themselves, which is the same write path without the pages.

use journey::{
    base::{
        actor::{Actor, Role, Side},
        calendar,
        ids::{Digest, JourneyRef, TaskId},
    },
    form::{Answers, Form, Kind, Named, Wave},
    ledger::{
        agreement_text::AgreementText,
        event::{By, Event, Finding, Recorded},
        journey::Journey,
        machine::Verb,
        site::{Site, Step, StepSite},
        standing::Standing,
        words,
    },
    plan::{
        capability::{Capability, Chosen, PdsRoute},
        opening::Opening,
        process::{Page, Processes, Settle},
    },
    port::{
        Batch, Drafts as _, Ledger as _, Letter, Link, LinkPurpose, Organisation, People as _, Submission,
        notices::NoticeBook as _,
    },
    rule::{
        command::Command,
        decide,
        go_live::{Sent, StepDone},
        member_checks, offers, review,
    },
    task::{agreement, forms},
    view::{notices::Notices, overview},
};

use super::{Browser, House, PASSWORD, fresh};

/// Somebody with an account, signed in.
#[derive(Clone)]
pub struct Someone {
    pub email: String,
    pub actor: Actor,
    pub organisation: Organisation,
    pub browser: Browser,
}

impl Someone {
    /// As the rules see them now.
    pub async fn of(house: &House, email: &str, browser: Browser) -> Self {
        let person = house.db.person_by_email(email).await.unwrap().expect("an account");
        let memberships = house.db.memberships(&person.id).await.unwrap();
        let actor = Actor {
            person: person.id,
            organisation: memberships[0].organisation.id.clone(),
            member_of: memberships.iter().map(|m| m.organisation.id.clone()).collect(),
            roles: memberships[0].roles.iter().copied().collect(),
        };
        Self { email: email.to_owned(), actor, organisation: memberships[0].organisation.clone(), browser }
    }

    pub fn by(&self) -> By {
        By { person: self.actor.person.clone(), organisation: self.actor.organisation.clone() }
    }
}

/// Registers a supplier, confirms the address and signs in: an onboarding lead.
pub async fn register(house: &House, organisation: &str, email: &str) -> Someone {
    let mut browser = house.browser();
    let name = name_of(email);
    let fields = [
        ("answers[organisation][]", organisation),
        ("answers[name][]", &name),
        ("answers[email][]", email),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    let page = browser.post("account/register", &fields).await;
    assert_eq!(page.to(), "/register/sent", "{}", page.body);
    let link = house.link_for(email).await;
    let page = browser.get(&link).await;
    let token = page.hidden("token");
    assert_eq!(browser.post("account/confirm", &[("token", &token), ("password", PASSWORD)]).await.to(), "/journeys");
    assert_eq!(browser.sign_in(email).await.to(), "/journeys");
    wants_each(house, Someone::of(house, email, browser).await).await
}

/// The people of tests want every email as it happens; what comes to whoever has chosen nothing is in `messages.rs`.
async fn wants_each(house: &House, someone: Someone) -> Someone {
    house.db.choose_notices(&someone.actor.person, Notices::AtOnce).await.unwrap();
    someone
}

fn name_of(email: &str) -> String {
    let name = email.split('@').next().unwrap().replace(['.', '-'], " ");
    name.split(' ').map(|w| w[..1].to_uppercase() + &w[1..]).collect::<Vec<_>>().join(" ")
}

/// Accepts the invitation that waits for this address, and sets up a second step where the roles need one.
pub async fn accept(house: &House, email: &str) -> Someone {
    let (mut browser, page) = accepted(house, email).await;
    let page = browser.through_second_step(page).await;
    assert!(["/journeys", "/worklist"].contains(&page.to()), "{} {}", page.to(), page.body);
    // That it was set up is told by email, which is not what tests read.
    house.letters().await;
    wants_each(house, Someone::of(house, email, browser).await).await
}

/// Accepts an invitation, and answers where that leads.
async fn accepted(house: &House, email: &str) -> (Browser, super::Page) {
    let link = house.link_for(email).await;
    let mut browser = house.browser();
    let page = browser.get(&link).await;
    let (token, name) = (page.hidden("token"), name_of(email));
    let fields = [("token", token.as_str()), ("answers[name][]", &name), ("password", PASSWORD), ("again", PASSWORD)];
    let page = browser.post("account/accept-invitation", &fields).await;
    (browser, page)
}

/// Invites a colleague over HTTP, who accepts.
pub async fn invite(house: &House, lead: &mut Someone, email: &str, role: Role) -> Someone {
    let page =
        lead.browser.submit("organisation/invite", &[("answers[email][]", email), ("answers[roles][]", role.name())]).await;
    assert!(page.done().is_some_and(|says| says.contains("was invited")), "{}", page.body);
    accept(house, email).await
}

/// Invites as the command `admin` does, for everybody who is not of a supplier.
pub async fn admit(house: &House, side: Side, organisation: &str, email: &str, roles: &[Role]) -> Someone {
    invited(house, side, organisation, email, roles).await;
    accept(house, email).await
}

/// The same of somebody who is signed in and has set up no second step.
pub async fn admit_without_second_step(house: &House, side: Side, organisation: &str, email: &str, roles: &[Role]) -> Someone {
    invited(house, side, organisation, email, roles).await;
    let (browser, page) = accepted(house, email).await;
    assert!(page.to().starts_with("/account/second-step/set-up"), "{}", page.to());
    Someone::of(house, email, browser).await
}

async fn invited(house: &House, side: Side, organisation: &str, email: &str, roles: &[Role]) {
    let now = house.services.clock.now();
    let organisation = match house.db.organisation_named(side, organisation).await.unwrap() {
        Some(known) => known,
        None => {
            let id = format!("org{}", fresh()).parse().unwrap();
            let new = Organisation { id, name: organisation.to_owned(), ods_code: String::new(), side };
            house.db.add_organisation(new.clone(), now).await.unwrap();
            new
        }
    };
    let token = house.services.secrets.token();
    let link = Link {
        token: Digest::of(token.as_bytes()),
        purpose: LinkPurpose::Invite,
        person: None,
        organisation: Some(organisation.id),
        email: email.to_owned(),
        roles: roles.to_vec(),
        by: None,
        created_at: now,
        expires_at: now.checked_add(jiff::Span::new().hours(24)).unwrap(),
    };
    let body = format!("{}/invitations/{token}", house.services.base_url);
    house
        .db
        .add_link(link, Letter { id: token, to: email.to_owned(), subject: String::new(), body, enclosed: None })
        .await
        .unwrap();
}

/// The supplier's answers that give a plan without the clinical meetings.
pub fn opening() -> Opening {
    let capability = Capability::AccessRecordHtml;
    Opening {
        product: "Bedside View 4.2".to_owned(),
        capabilities: vec![Chosen { capability, version: capability.versions()[0].to_owned() }],
        hscn: false,
        pds: PdsRoute::None,
        already_conformant: false,
        other_organisations: true,
        supporting_tasks: true,
        catalogue: Default::default(),
        unconfirmed: false,
        version: String::new(),
    }
}

/// The same as fields of the form.
pub const OPENING: &[(&str, &str)] = &[
    ("answers[product][]", "Bedside View 4.2"),
    ("answers[capabilities][]", "access-record-html"),
    ("answers[hscn][]", "no"),
    ("answers[pds][]", "none"),
    ("answers[already_conformant][]", "no"),
    ("answers[other_organisations][]", "yes"),
    ("answers[supporting_tasks][]", "yes"),
];

/// Answers that a form takes.
pub fn answers_to(form: &Form, words: &str) -> Answers {
    let mut answers = Answers::default();
    for field in &form.fields {
        let value = match &field.kind {
            Kind::Email => "name@example.org",
            Kind::OdsCode => "YGA01",
            Kind::Organisations { .. } | Kind::Waves { .. } => "A21471 Willow Lane Surgery",
            Kind::Links { .. } => "https://example.org/evidence",
            Kind::Day => "2026-03-02",
            Kind::Figure { .. } => "80",
            Kind::Files { .. } => "abababababababababababababababababababababababababababababababab evidence.pdf",
            _ => field.options().first().map_or(words, |option| option.0),
        };
        answers = answers.with(field.id.as_str(), value);
    }
    answers
}

/// What somebody answers who agrees to everything and signs as the Data Protection Officer, who may sign everything.
pub fn signing(id: &str) -> Answers {
    let shipped = shipped();
    let spec = shipped.all().find_map(|process| process.task(&task(id))).unwrap();
    let mut answers = Answers::default().with("authority", "data_protection_officer");
    let boxes = agreement::signing(spec, AgreementText::to_send(spec)).fields[0]
        .options()
        .iter()
        .map(|option| option.0.to_owned())
        .collect();
    answers.0.insert("statements".to_owned(), boxes);
    answers
}

/// Answers as fields of a form.
pub fn fields_of(answers: &Answers) -> Vec<(String, String)> {
    answers.0.iter().flat_map(|(field, values)| values.iter().map(move |v| (format!("answers[{field}][]"), v.clone()))).collect()
}

pub fn shipped() -> &'static Processes {
    Processes::shipped().expect("the shipped processes are lawful")
}

pub async fn journey_of(house: &House, reference: &JourneyRef) -> Journey {
    let history = house.db.history(reference).await.unwrap();
    Journey::replay(reference, &history, shipped()).unwrap()
}

pub fn task(id: &str) -> TaskId {
    id.parse().unwrap()
}

/// A journey that is brought forward in memory and written at once.
pub struct Play {
    pub journey: Journey,
    recorded: Vec<Recorded>,
    submissions: Vec<Submission>,
    texts: Vec<String>,
}

impl Play {
    pub fn open(house: &House, lead: &Someone) -> Self {
        Self::open_as("consumer", house, lead)
    }

    pub fn open_as(side: &str, house: &House, lead: &Someone) -> Self {
        Self::open_with(side, house, lead, opening())
    }

    pub fn open_with(side: &str, house: &House, lead: &Someone, opening: Opening) -> Self {
        Self::open_in(shipped(), side, house, lead, opening)
    }

    /// The same by processes of a test.
    pub fn open_in(processes: &'static Processes, side: &str, house: &House, lead: &Someone, opening: Opening) -> Self {
        let reference = house.services.journey_ref();
        let process = processes.newest(side).unwrap();
        let identity = lead.organisation.identity();
        let event = decide::open(process, &lead.actor, opening, identity).unwrap();
        let first = Recorded::chain(&reference.to_string(), None, house.services.clock.now(), Some(lead.by()), event);
        let journey = Journey::open(&reference, &first, processes).unwrap();
        Self { journey, recorded: vec![first], submissions: Vec::new(), texts: Vec::new() }
    }

    fn record(&mut self, events: Vec<Event>, actor: &Actor) {
        let by = By { person: actor.person.clone(), organisation: actor.organisation.clone() };
        let at = self.journey.changed_at;
        for recorded in self.journey.record(events, Some(by), at) {
            self.journey.evolve(&recorded).unwrap();
            self.recorded.push(recorded);
        }
    }

    pub fn does(&mut self, actor: &Actor, command: Command) -> &mut Self {
        let events = decide::decide(&self.journey, actor, command.clone(), None, calendar::date_of(self.journey.changed_at))
            .unwrap_or_else(|why| panic!("{command:?}: {why:?}"));
        if let Command::Submit { task, answers } = &command {
            let spec = self.journey.process.task(task).unwrap();
            let clean = forms::form_of(spec, &self.journey.opening).check(answers).unwrap();
            for event in &events {
                if let Event::Submitted { digest, round, .. } = event {
                    self.submissions.push(Submission {
                        digest: digest.clone(),
                        task: task.clone(),
                        round: *round,
                        body: clean.to_json(),
                    });
                }
            }
        }
        self.texts.extend(decide::texts(&self.journey, &events));
        self.record(events, actor);
        self
    }

    pub fn joined(&mut self, lead: &Actor, organisations: &[&Someone]) -> &mut Self {
        for someone in organisations {
            let side = if someone.actor.on(Side::Commissioner) { Side::Commissioner } else { Side::EndUser };
            // As the programme gave it, before the journey began to matter.
            let organisation = someone.actor.organisation.clone();
            let (side, identity) = (Some(side), Some(someone.organisation.identity()));
            self.record(vec![Event::Joined { organisation, side, identity, part: None }], lead);
        }
        self
    }

    pub fn submits(&mut self, actor: &Actor, id: &str) -> &mut Self {
        let spec = self.journey.process.task(&task(id)).unwrap();
        if spec.page == Page::Declaration
            && let Some(checks) = member_checks::rest_is_met(&self.journey, calendar::date_of(self.journey.changed_at))
        {
            self.does(actor, checks);
        }
        // Chosen as it was opened with: another choice would be another plan.
        let answers = match spec.page {
            Page::Capabilities => forms::beforehand(spec, &self.journey.opening),
            Page::UseCase => {
                let mut answers = answers_to(&forms::form_of(spec, &self.journey.opening), "Some words of a test.");
                answers.0.extend(forms::beforehand(spec, &self.journey.opening).0);
                answers
            }
            _ => answers_to(&forms::form_of(spec, &self.journey.opening), "Some words of a test."),
        };
        self.does(actor, Command::Submit { task: task(id), answers })
    }

    /// Whatever the cast may do, in the order of the plan, until this task can be begun.
    pub fn until_ready(&mut self, cast: &[&Actor], id: &str) -> &mut Self {
        let wanted = task(id);
        for _ in 0..200 {
            if !matches!(self.journey.standing(&wanted), Standing::Locked { .. }) {
                return self;
            }
            let plan: Vec<TaskId> = self.journey.plan().map(|spec| spec.id.clone()).collect();
            let next = plan.iter().filter(|id| **id != wanted).find_map(|id| {
                cast.iter().find_map(|actor| {
                    // Parts that are filled in can be filled in again: once is enough here.
                    let spec = self.journey.process.task(id).unwrap();
                    let filled = spec.settle == Settle::BySignatures && self.journey.task(id).round.0 > 0;
                    let verbs = [Verb::Submit, Verb::Acknowledge, Verb::Approve, Verb::Issue, Verb::Sign, Verb::RecordSite];
                    let verbs = verbs.into_iter().filter(|verb| !(filled && *verb == Verb::Submit)).collect::<Vec<Verb>>();
                    let offers = offers::offers_on(&self.journey, actor, id);
                    verbs.into_iter().find(|verb| offers.contains(verb)).map(|verb| (id.clone(), *actor, verb))
                })
            });
            let Some((id, actor, verb)) = next else { panic!("nobody can bring {wanted} forward") };
            let (task, note) = (id.clone(), "Some words of a test.".to_owned());
            match verb {
                Verb::Submit => self.submits(actor, id.as_str()),
                Verb::Acknowledge => self.does(actor, Command::Acknowledge { task, note }),
                Verb::Approve => {
                    let spec = self.journey.process.task(&task).unwrap();
                    let role = offers::judge(&self.journey, actor, verb, &task).unwrap();
                    let accepted = review::unjudged(&self.journey, spec, role);
                    self.does(actor, Command::Approve { task, note, accepted, conditions: Vec::new() })
                }
                Verb::RecordSite => self.does(actor, records_a_site(task.as_str())),
                Verb::Issue => self.does(actor, Command::Issue { task, note }),
                _ => {
                    let words = self.words(id.as_str());
                    self.does(actor, Command::Sign { task, name: "A Name".to_owned(), authority: "A letter".to_owned(), words })
                }
            };
        }
        panic!("{wanted} never became ready");
    }

    /// Everybody who decides approves what was sent, the first of them under a condition.
    pub fn approved_under_a_condition(&mut self, actor: &Actor, id: &str) -> &mut Self {
        while self.journey.standing(&task(id)) == Standing::Submitted {
            let spec = self.journey.process.task(&task(id)).unwrap();
            let role = offers::judge(&self.journey, actor, Verb::Approve, &task(id)).unwrap();
            let mut accepted = review::unjudged(&self.journey, spec, role);
            let first = self.journey.task(&task(id)).approvals.is_empty();
            let condition = Finding { field: Some(accepted[0].clone()), words: "Train both shifts first.".to_owned() };
            let conditions: Vec<Finding> = first.then_some(condition).into_iter().collect();
            accepted.drain(..conditions.len());
            self.does(actor, Command::Approve { task: task(id), note: String::new(), accepted, conditions });
        }
        self
    }

    /// The digest of the words that are signed.
    pub fn words(&self, id: &str) -> Digest {
        Digest::of(words::words_to_sign(&self.journey, self.journey.process.task(&task(id)).unwrap()).as_bytes())
    }

    /// What was sent last for a task and is not written yet.
    pub fn sent(&self, id: &str) -> String {
        let sent = self.submissions.iter().rfind(|submission| submission.task == task(id));
        sent.map(|submission| submission.body.clone()).expect("it was sent")
    }

    /// Writes it.
    pub async fn written(&mut self, house: &House) -> JourneyRef {
        let batch = Batch {
            journey: self.journey.reference.clone(),
            recorded: std::mem::take(&mut self.recorded),
            submissions: std::mem::take(&mut self.submissions),
            texts: std::mem::take(&mut self.texts),
            drafts_done: Vec::new(),
            drafts_sent: Vec::new(),
            seats: Vec::new(),
            signatories: Vec::new(),
            evidence: Vec::new(),
            letters: Vec::new(),
            notices: Vec::new(),
            letters_go: None,
            projection: overview::project(&self.journey),
        };
        house.db.append(batch).await.unwrap();
        self.journey.reference.clone()
    }
}

/// Records that sharing with that site is configured.
pub fn records_a_step(id: &str) -> Command {
    let site = a_site();
    let sites = vec![StepSite { ods_code: site.ods_code.clone(), asid: String::new() }];
    let capabilities = opening().capabilities.iter().map(|chosen| chosen.capability).collect();
    let done = StepDone { step: Step::Sharing, on: site.live_on, capabilities, sites };
    let named = Named { ods_code: site.ods_code, name: site.name };
    let wave = Wave { number: 0, from: None, sites: vec![named] };
    Command::RecordStep { task: task(id), done, sent: Sent { waves: vec![wave], declared: Vec::new() } }
}

/// Records a site that is live, and that the declaration names.
pub fn records_a_site(id: &str) -> Command {
    let site = a_site();
    let declared = vec![Named { ods_code: site.ods_code.clone(), name: site.name.clone() }];
    Command::RecordSite { task: task(id), site, sent: Sent { waves: Vec::new(), declared } }
}

/// A site that is live.
fn a_site() -> Site {
    let live_on = "2026-03-02".parse().unwrap();
    Site {
        ods_code: "A21471".to_owned(),
        name: "Willow Lane Surgery".to_owned(),
        live_on,
        note: String::new(),
        outside_plan: String::new(),
        capabilities: Vec::new(),
    }
}

/// The list of heads of today.
pub async fn a_list_of_heads(house: &House) {
    let key = server::heads::HeadsKey::read(&"ab".repeat(32)).unwrap();
    server::heads::publish(&house.services, &key).await.unwrap().unwrap();
}

/// A use case that is complete, as a saved draft. Answers its version.
pub async fn draft(house: &House, reference: &JourneyRef, lead: &Someone) -> u64 {
    let journey = journey_of(house, reference).await;
    let spec = journey.process.task(&task("describe-use-case")).unwrap();
    let answers = answers_to(&forms::form_of(spec, &journey.opening), "Some words of a draft.");
    let draft = journey::rule::draft::Draft {
        task: task("describe-use-case"),
        subject: "answers".to_owned(),
        version: 0,
        body: answers.to_json(),
        by: lead.actor.person.clone(),
        at: house.services.clock.now(),
        sent: false,
    };
    house.db.save_draft(reference, draft, 0).await.unwrap()
}

/// What a test of one journey needs: a supplier, three of the programme, and a journey at the use case.
pub struct Small {
    pub house: House,
    pub lead: Someone,
    pub reviewer: Someone,
    pub assurance: Someone,
}

impl Small {
    pub async fn new() -> Self {
        Self::of(House::new().await).await
    }

    pub async fn of(house: House) -> Self {
        let lead = register(&house, "Acme Care", "lena.lead@acme.example").await;
        let reviewer = admit(&house, Side::Programme, "NHS England", "pia.reviewer@nhs.example", &[Role::ProgrammeLead]).await;
        let assurance =
            admit(&house, Side::Programme, "NHS England", "finn.assurance@nhs.example", &[Role::FunctionalAssurance]).await;
        Self { house, lead, reviewer, assurance }
    }

    pub fn cast(&self) -> [&Actor; 3] {
        [&self.lead.actor, &self.reviewer.actor, &self.assurance.actor]
    }

    /// A journey whose use case can be written.
    pub async fn drafting(&self) -> JourneyRef {
        Play::open(&self.house, &self.lead).until_ready(&self.cast(), "describe-use-case").written(&self.house).await
    }

    /// A journey whose use case waits for the programme lead.
    pub async fn submitted(&self) -> JourneyRef {
        let mut play = Play::open(&self.house, &self.lead);
        play.until_ready(&self.cast(), "describe-use-case").submits(&self.lead.actor, "describe-use-case");
        play.written(&self.house).await
    }

    /// The last position of a journey's ledger.
    pub async fn seq(&self, reference: &JourneyRef) -> u64 {
        journey_of(&self.house, reference).await.seq.0
    }
}
