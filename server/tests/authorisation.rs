//! Who gets what (design/reliability.md S1, S2): every page and every action, for every kind of visitor, on a journey of
//! their own and on another organisation's. The outcome is printed to `authorisation.txt`, so that a change of policy is a
//! visible change of text; a page or an action that this file does not know fails as undeclared.
//!
//! Long because it has a probe for every route and every action.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

use app::islands::autosave::Autosaved;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use common::{
    ADDS_FILES, Browser, Folder, Hand, House, PASSWORD, WITH_FILES, actions, committed, multipart,
    world::{
        OPENING, Play, Someone, a_list_of_heads, admit, admit_without_second_step, draft, fields_of, invite, journey_of,
        records_a_site, records_a_step, register, task,
    },
};
use jiff::Timestamp;
use journey::{
    base::{
        actor::{Actor, Role, Side},
        environment::Environment,
        ids::{Digest, JourneyRef, MeetingId, MessageId},
    },
    conformance::capture::Capture,
    form::Answers,
    guidance::spine::{
        interactions::interaction,
        worked::{Captured, worked},
    },
    ledger::{
        defect::{Assessment, Defect, Owner, Severity},
        event::By,
        journey::Journey,
        machine::Verb,
    },
    plan::certificates::ValidityChange,
    port::{
        Drafts as _, Ledger as _, People as _, SignIns as _, live_runs::LiveRuns as _, meetings::Meetings as _,
        messages::Messages as _, scal::Scal as _, seats::Seats as _,
    },
    practice::{
        directory,
        exchange::{To, Took, keep, rules},
        from_file::run_of as run_of_file,
        run::{LiveRun, Opened, SourceFile},
    },
    rule::{
        command::Command,
        draft::Draft,
        leaving,
        meeting::{Act, Meeting, Step},
        offers,
    },
};
use server::raw_routes::RawRoutes;

/// The programme's roles, each held by one person.
const TEAMS: &[Role] = &[
    Role::ProgrammeLead,
    Role::FunctionalAssurance,
    Role::ClinicalSafety,
    Role::InformationGovernance,
    Role::TechnicalArchitect,
    Role::PlatformSupport,
    Role::ServiceManagement,
];

/// One person of an end-user organisation holds all of its roles.
const USERS: &[Role] = &[Role::GroupLead, Role::EndUserCso, Role::AuthorisedPerson];

/// Those who are signed in and have shown no second step, though their roles need one: they have no roles.
const SHUT_OUT: [&str; 2] = ["reviewer_without_second_step", "operator_without_second_step"];

/// Where they are led from everywhere.
const SET_UP: &str = "/account/second-step/set-up";

/// The test stage on which defects were seen.
const STAGE: &str = "test-int-demonstrator";

/// The file that came with what a supplier's lead said.
const ENCLOSED: &[u8] = b"Enclosed with the message.";

/// The states that the actions need, each in a journey of its own.
#[derive(Clone)]
struct Journeys {
    /// Just opened; one task marked, one sent for review, one sent to be answered, one waiver proposed.
    early: JourneyRef,
    /// A use case with a draft that is complete.
    drafting: JourneyRef,
    /// A use case that waits for its review.
    submitted: JourneyRef,
    /// A group of end users waits to be confirmed.
    confirming: JourneyRef,
    /// The data sharing agreement can be signed, and members of the group can be asked to.
    asking: JourneyRef,
    /// The SCAL can be issued.
    issuing: JourneyRef,
    /// The SCAL is being answered.
    answering: JourneyRef,
    /// The SCAL waits for its review.
    judging: JourneyRef,
    /// The connection agreement can be signed.
    signing: JourneyRef,
    /// The group reviews the SCAL: a query waits for the supplier, and a reply for the group.
    reviewing: JourneyRef,
    /// One site is live, and others can be recorded.
    sites: JourneyRef,
    /// A certificate was issued, and somebody proposed to suspend it.
    doubted: JourneyRef,
    /// Going live was approved under a condition; a step was recorded at a site that is live and suspended.
    suspended: JourneyRef,
    /// A defect of a test stage is open, and another one is said to be mended.
    defective: JourneyRef,
    /// Withdrawn.
    withdrawn: JourneyRef,
}

/// One side's supplier with its journeys.
#[derive(Clone)]
struct Supplier {
    lead: Someone,
    developer: Someone,
    /// Two who sign for it.
    signers: (String, String),
    journeys: Journeys,
    /// An organisation with a part in its journeys.
    party: String,
    /// A request for a part in its early journey.
    part: String,
    /// Token of an invitation that waits, as the organisation's page names it.
    invitation: String,
    /// Handle of a session of its developer.
    session: String,
    /// A message to everybody that its lead wrote a moment ago.
    said: MessageId,
    /// A meeting that its lead proposed on the submitted journey, and one that was agreed on the early one.
    asked: MeetingId,
    agreed: MeetingId,
}

/// A database in which all of them have an account and a session, closed, to be copied.
struct World {
    _folder: Folder,
    file: PathBuf,
    clock: Arc<Hand>,
    acme: Supplier,
    globex: Supplier,
    /// Name and session.
    visitors: Vec<(&'static str, Option<Someone>)>,
}

async fn supplier(
    house: &House,
    name: &str,
    at: &str,
    cast: &[&Actor],
    parties: &[&Someone],
) -> (Supplier, Vec<(&'static str, Someone)>) {
    let mut lead = register(house, name, &format!("lead@{at}")).await;
    let developer = invite(house, &mut lead, &format!("developer@{at}"), Role::Developer).await;
    let officer = invite(house, &mut lead, &format!("officer@{at}"), Role::ClinicalSafetyOfficer).await;
    let signatory = invite(house, &mut lead, &format!("signatory@{at}"), Role::Signatory).await;
    let deputy = invite(house, &mut lead, &format!("deputy@{at}"), Role::Signatory).await;
    let proposer = cast[0];
    let mut cast = cast.to_vec();
    cast.extend(parties.iter().map(|someone| &someone.actor));
    cast.extend([&lead.actor, &developer.actor, &officer.actor, &signatory.actor]);
    let start = || {
        let mut play = Play::open(house, &lead);
        play.joined(&lead.actor, parties);
        play
    };
    let mut early = start();
    early.submits(&lead.actor, "read-capabilities").submits(&lead.actor, "study-prerequisites");
    early.submits(&lead.actor, "contact-gp-connect-team").submits(&lead.actor, "s-dspt");
    early.does(&lead.actor, Command::ProposeWaiver { task: task("s-pentest"), reason: "It is tested elsewhere.".to_owned() });
    let mut submitted = start();
    submitted.until_ready(&cast, "describe-use-case").submits(&lead.actor, "describe-use-case");
    let mut doubted = start();
    doubted.until_ready(&cast, "receive-connection-agreement").does(
        proposer,
        Command::ProposeValidity {
            task: task("receive-technical-conformance-certificate"),
            change: ValidityChange::Suspend,
            reason: "An incident.".to_owned(),
        },
    );
    let mut suspended = start();
    suspended.until_ready(&cast, "approval-to-go-live").submits(&lead.actor, "approval-to-go-live");
    suspended.approved_under_a_condition(proposer, "approval-to-go-live").until_ready(&cast, "go-live");
    suspended.does(&lead.actor, records_a_step("go-live")).does(&lead.actor, records_a_site("go-live"));
    let (ods_code, reason) = ("A21471".to_owned(), "An incident.".to_owned());
    let suspend = Command::SuspendSite { task: task("go-live"), ods_code, capabilities: Vec::new(), reason };
    suspended.does(&lead.actor, suspend);
    let mut reviewing = start();
    let review = || task("end-user-reviews-scal");
    let query = |row: &str| Command::RaiseQuery { task: review(), row: row.to_owned(), words: "Who does?".to_owned() };
    let reply =
        |row: &str| Command::AnswerQuery { task: review(), row: row.to_owned(), words: "We do.".to_owned(), changes: false };
    reviewing
        .until_ready(&cast, "end-user-reviews-scal")
        .does(&parties[0].actor, query("SCAL-ORG-01"))
        .does(&parties[0].actor, query("SCAL-ORG-02"))
        .does(&lead.actor, reply("SCAL-ORG-02"));
    let mut defective = start();
    let raised = |title: &str| Command::RaiseDefect {
        task: task(STAGE),
        defect: Defect {
            title: title.to_owned(),
            happened: "Three of four.".to_owned(),
            expected: "Four.".to_owned(),
            environment: Environment::Int,
            product: "4.2".to_owned(),
            request: String::new(),
            answer: String::new(),
            run: None,
            scripts: Vec::new(),
        },
        assessment: Assessment { owner: Owner::Consumer, severity: Severity::High, blocks: true },
    };
    let mended =
        Command::MendDefect { task: task(STAGE), number: 2, what: "All are read.".to_owned(), version: "4.3".to_owned() };
    defective
        .until_ready(&cast, "submit-scal")
        .does(&lead.actor, raised("An allergy is missing"))
        .does(&lead.actor, raised("A medication is missing"))
        .does(&lead.actor, mended);
    let mut withdrawn = start();
    withdrawn.does(&lead.actor, Command::Withdraw { reason: "Not now.".to_owned() });
    let journeys = Journeys {
        early: early.written(house).await,
        drafting: start().until_ready(&cast, "describe-use-case").written(house).await,
        submitted: submitted.written(house).await,
        issuing: start().until_ready(&cast, "receive-scal").written(house).await,
        answering: start().until_ready(&cast, "submit-scal").written(house).await,
        judging: start().until_ready(&cast, "submit-scal").submits(&lead.actor, "submit-scal").written(house).await,
        signing: start()
            .until_ready(&cast, "receive-connection-agreement")
            .submits(&lead.actor, "receive-connection-agreement")
            .written(house)
            .await,
        doubted: doubted.written(house).await,
        suspended: suspended.written(house).await,
        sites: start().until_ready(&cast, "go-live").does(&lead.actor, records_a_site("go-live")).written(house).await,
        withdrawn: withdrawn.written(house).await,
        defective: defective.written(house).await,
        reviewing: reviewing.written(house).await,
        confirming: start()
            .until_ready(&cast, "start-end-user-engagement")
            .submits(&lead.actor, "start-end-user-engagement")
            .written(house)
            .await,
        asking: start()
            .until_ready(&cast, "data-sharing-agreement")
            .submits(&parties[0].actor, "data-sharing-agreement")
            .written(house)
            .await,
    };
    assert_eq!(draft(house, &journeys.drafting, &lead).await, 1);
    runs_live(house, &journeys, &lead).await;
    keeps_a_record(house, &journeys, &lead).await;
    let fields = [("answers[email][]", &*format!("waits@{at}")), ("answers[roles][]", "developer")];
    lead.browser.submit("organisation/invite", &fields).await;
    let now = house.services.clock.now();
    let invitation = house.db.invitations(&lead.actor.organisation, now).await.unwrap()[0].token.to_string();
    let session = house.db.sessions(&developer.actor.person, now).await.unwrap()[0].handle.to_string();
    let signers = (signatory.actor.person.to_string(), deputy.actor.person.to_string());
    let people = vec![
        ("onboarding_lead", lead.clone()),
        ("developer", developer.clone()),
        ("clinical_safety_officer", officer),
        ("signatory", signatory),
    ];
    let party = parties[0].actor.organisation.to_string();
    let early = journeys.early.to_string();
    let fields = [
        ("journey", early.as_str()),
        ("answers[side][]", "end_user"),
        ("answers[organisation][]", "D Trust"),
        ("answers[ods_code][]", "RD1"),
        ("answers[email][]", "first@d.example"),
        ("answers[roles][]", "group_lead"),
    ];
    assert!(lead.browser.submit("end-users/invite", &fields).await.done().is_some());
    let part = house.db.waiting_parts_of(&journeys.early).await.unwrap()[0].part.to_string();
    let said: MessageId = format!("said-by-{}", lead.actor.person).parse().unwrap();
    let journey = journeys.early.to_string();
    let words = [("journey", journey.as_str()), ("audience", "all"), ("message", said.as_str()), ("words", "Hello.")];
    let answer = lead.browser.send(multipart(WITH_FILES, &words, &[("hello.txt", ENCLOSED)])).await;
    assert!(lead.browser.follow(answer).await.done().is_some());
    let now = house.services.clock.now();
    let asked = met(&lead, proposer, "asked", now);
    house
        .db
        .propose_meeting(&journeys.submitted, &Meeting { steps: asked.steps[..1].to_vec(), ..asked.clone() }, &[])
        .await
        .unwrap();
    let agreed = met(&lead, proposer, "agreed", now);
    house.db.propose_meeting(&journeys.early, &agreed, &[]).await.unwrap();
    house.db.answer_meeting(&journeys.early, &agreed.id, 1, &agreed.steps[1], &[]).await.unwrap();
    let (asked, agreed) = (asked.id, agreed.id);
    (Supplier { lead, developer, signers, journeys, party, part, invitation, session, said, asked, agreed }, people)
}

/// The time of the meetings that are proposed here.
const MEETS: &str = "2026-06-01T10:00:00Z";

/// A meeting of a supplier with the programme, proposed and agreed.
fn met(lead: &Someone, programme: &Actor, name: &str, now: Timestamp) -> Meeting {
    let step = |act, side, actor: &Actor| Step {
        act,
        side,
        by: By { person: actor.person.clone(), organisation: actor.organisation.clone() },
        at: now,
        times: vec![MEETS.parse().unwrap()],
        minutes: 60,
        place: "https://meet.example/1".to_owned(),
        words: String::new(),
        told: 1,
        name: String::new(),
        organisation: String::new(),
    };
    Meeting {
        id: format!("{name}-{}", lead.actor.person).parse().unwrap(),
        task: None,
        from: Side::Supplier,
        with: Side::Programme,
        about: "The hazard log.".to_owned(),
        steps: vec![step(Act::Proposed, Side::Supplier, &lead.actor), step(Act::Agreed, Side::Programme, programme)],
    }
}

impl World {
    async fn new() -> Self {
        let mut house = House::new().await;
        let second = admit(&house, Side::Programme, "NHS England", "second@nhs.example", TEAMS).await;
        let mut programme = Vec::new();
        for role in TEAMS {
            let email = format!("{}@nhs.example", role.name().replace('_', "-"));
            programme.push((role.name(), admit(&house, Side::Programme, "NHS England", &email, &[*role]).await));
        }
        let user = admit(&house, Side::EndUser, "A Trust", "user@trust.example", USERS).await;
        let other = admit(&house, Side::EndUser, "B Trust", "user@other.example", USERS).await;
        let board = admit(&house, Side::Commissioner, "A Board", "board@icb.example", &[Role::Commissioner]).await;
        let operator = admit(&house, Side::Operator, "The host", "operator@host.example", &[Role::Operator]).await;
        let reviewer = "reviewer@nhs.example";
        let reviewer = admit_without_second_step(&house, Side::Programme, "NHS England", reviewer, &[Role::ProgrammeLead]).await;
        let other_operator = "operator@other.example";
        let other_operator =
            admit_without_second_step(&house, Side::Operator, "The host", other_operator, &[Role::Operator]).await;
        let cast = [&second.actor];
        let (acme, mine) = supplier(&house, "Acme Care", "acme.example", &cast, &[&user, &board]).await;
        let (globex, _) = supplier(&house, "Globex", "globex.example", &cast, &[&other]).await;
        let mut visitors = vec![("nobody", None)];
        visitors.extend(mine.into_iter().chain(programme).map(|(name, someone)| (name, Some(someone))));
        visitors.extend([("end_users", Some(user)), ("commissioner", Some(board)), ("operator", Some(operator))]);
        visitors.extend([(SHUT_OUT[0], Some(reviewer)), (SHUT_OUT[1], Some(other_operator))]);
        a_list_of_heads(&house).await;
        let file = house.file();
        let clock = house.clock.clone();
        house.db.close().await;
        let folder = std::mem::replace(&mut house.folder, Folder::new());
        Self { _folder: folder, file, clock, acme, globex, visitors }
    }

    async fn copy(&self) -> House {
        House::copy_of(&self.file, self.clock.clone()).await
    }

    fn browser(house: &House, someone: Option<&Someone>) -> Browser {
        let mut browser = house.browser();
        browser.cookies = someone.map(|s| s.browser.cookies.clone()).unwrap_or_default();
        // What was last said to them is not what is asked for here.
        browser.cookies.retain(|(name, _)| !name.ends_with("said"));
        browser
    }

    fn of(&self, whose: &str) -> &Supplier {
        if whose == "own" { &self.acme } else { &self.globex }
    }
}

/// Outcomes with the visitors who get them, in the order of the visitors.
#[derive(Default)]
struct Table(Vec<(String, Vec<&'static str>)>);

impl Table {
    fn add(&mut self, outcome: String, visitor: &'static str) {
        match self.0.iter_mut().find(|(known, _)| *known == outcome) {
            Some((_, visitors)) => visitors.push(visitor),
            None => self.0.push((outcome, vec![visitor])),
        }
    }

    fn print(&self, whose: &str, all: usize, text: &mut String) {
        for (outcome, visitors) in &self.0 {
            let who = if visitors.len() == all { "everybody".to_owned() } else { visitors.join(", ") };
            text.push_str(&format!("  {whose:<6} {outcome}\n           {who}\n"));
        }
    }
}

/// A page's address with a journey of this supplier in it. An unknown parameter is a page nobody has thought about.
fn address(path: &str, supplier: &Supplier) -> String {
    let of_defects = path.contains("/defects");
    let reference = if of_defects { &supplier.journeys.defective } else { &supplier.journeys.submitted };
    let filled = path
        .replace("defects/{number}", "defects/1")
        .replace("{reference}", &reference.to_string())
        .replace("{task}", "describe-use-case")
        .replace("{subject}", "sent")
        .replace("{side}", "consumer")
        .replace("{stage}", "explore")
        .replace("{kind}", "words")
        .replace("{name}", "asid")
        .replace("{capability}", "access-record-html")
        .replace("people/{id}", &format!("people/{}", supplier.lead.actor.person))
        .replace("{tab}", "spine")
        .replace("{id}", supplier.lead.actor.organisation.as_str())
        .replace("{run}/{number}", "{run}/1")
        .replace("{run}", &run_of(&supplier.journeys))
        .replace("{number}", "TCC-7K3M-9PX4-23")
        .replace("{day}", "2026-03-02")
        .replace("{meeting}", supplier.asked.as_str())
        .replace("{token}", "0123456789abcdef");
    assert!(!filled.contains(['{', ':', '*']), "undeclared: say in authorisation.rs what stands for the parameter of {path}");
    filled
}

/// The id of the live run of a supplier's submitted journey.
fn run_of(journeys: &Journeys) -> String {
    format!("run-{}", journeys.submitted.to_string().to_lowercase())
}

/// A run from a file whose rules passed, of a supplier's journey whose SCAL is answered.
fn record_of(journeys: &Journeys) -> String {
    format!("record-{}", journeys.answering.to_string().to_lowercase())
}

/// The same, kept.
async fn keeps_a_record(house: &House, journeys: &Journeys, lead: &Someone) {
    let at = house.services.clock.now();
    let opened = Opened {
        id: record_of(journeys),
        journey: journeys.answering.clone(),
        at,
        by: lead.actor.person.clone(),
        environment: "int".to_owned(),
        version: "4.2".to_owned(),
        tester: "A tester".to_owned(),
        areas: vec!["html".to_owned()],
        rules: rules(),
        file: Some(SourceFile { name: "a.http".to_owned(), digest: Digest::of(b"a") }),
    };
    let request = worked(interaction("fhir:operation:gpc.getcarerecord").unwrap());
    let exchanges = vec![journey::conformance::exchange::Exchange::from(request)];
    let made = run_of_file(opened, Capture { exchanges, ..Capture::default() }, at).unwrap();
    house.db.keep_live_run(&made.run, &made.kept).await.unwrap();
    let body = Answers::default().with(journey::catalogue::scal::PRODUCT_VERSION, "4.2").to_json();
    let by = lead.actor.person.clone();
    let product = Draft { task: task("submit-scal"), subject: "row.product".to_owned(), version: 0, body, by, at, sent: false };
    house.db.save_draft(&journeys.answering, product, 0).await.unwrap();
}

/// A live run with one request.
async fn runs_live(house: &House, journeys: &Journeys, lead: &Someone) {
    let opened = Opened {
        id: run_of(journeys),
        journey: journeys.submitted.clone(),
        at: house.services.clock.now(),
        by: lead.actor.person.clone(),
        environment: "int".to_owned(),
        version: "4.2".to_owned(),
        tester: "A tester".to_owned(),
        areas: vec!["html".to_owned()],
        rules: rules(),
        file: None,
    };
    let key = format!("key-{}", opened.id);
    let run = LiveRun::begin(opened, key);
    house.db.open_live_run(&run).await.unwrap();
    let request = Captured { method: "GET".to_owned(), url: "https://proxy.example/pds".to_owned(), ..Captured::default() };
    let answer = directory::pds(&request);
    let at = house.services.clock.now();
    let took = Took { after: (0, &run.head), at, to: To::Pds, request, certificate: Vec::new(), checks: Vec::new() };
    house.db.add_exchange(&run, &keep(&run.opened, took, &answer)).await.unwrap();
}

/// Where a redirect leads, without what differs from one run to the next.
fn class_of(to: &str) -> String {
    let path = to.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        // The id of a run is random.
        ["", "journeys", _, "live-runs", _] => "/journeys/{reference}/live-runs/{run}".to_owned(),
        ["", "journeys", reference, "meetings", met] if met != "new" => {
            path.replacen(reference, "{reference}", 1).replacen(met, "{meeting}", 1)
        }
        ["", "journeys", reference, ..] if reference.parse::<JourneyRef>().is_ok() => path.replacen(reference, "{reference}", 1),
        ["", "organisations", _] => "/organisations/{id}".to_owned(),
        ["", "operator", _, id, ..] => path.replacen(id, "{id}", 1),
        ["", kind @ ("invitations" | "register" | "reset-password" | "sign"), token] if token != "sent" => {
            format!("/{kind}/{{token}}")
        }
        _ => path.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_and_every_action_answers_every_visitor_as_the_table_says() {
    let world = Arc::new(World::new().await);
    let mut text = String::from(
        "Who gets what. Made by server/tests/authorisation.rs; review a change, then UPDATE_TABLES=1.\n\
         own: the visitor's own journey (for the programme and for end users who take part: one of Acme's)\n\
         other: another organisation's journey   !: something was recorded or changed\n",
    );
    text.push_str("\n# Pages\n");
    text.push_str(&pages(&world).await);
    text.push_str("\n# Files and streams\n");
    text.push_str(&files_and_streams(&world).await);
    text.push_str("\n# Actions\n");
    let mut names = actions();
    let forms = RawRoutes::ALL.into_iter().filter(|route| route.method() == "POST");
    names.extend(forms.map(|route| route.path().trim_start_matches("/do/").to_owned()));
    names.sort();
    // Two halves at once: each probe has a database of its own.
    let half = names.len() / 2;
    let (one, two) = (names[..half].to_vec(), names[half..].to_vec());
    let (first, second) = (world.clone(), world.clone());
    let first = tokio::spawn(async move { every_action(&first, one).await });
    let second = tokio::spawn(async move { every_action(&second, two).await });
    text.push_str(&first.await.unwrap());
    text.push_str(&second.await.unwrap());
    committed("authorisation.txt", &text);
}

async fn pages(world: &World) -> String {
    let mut text = String::new();
    let house = world.copy().await;
    let mut listed = server::serve::pages();
    listed.sort_by(|a, b| a.path().cmp(b.path()));
    for page in &listed {
        text.push_str(&format!("\nGET {}\n", page.path()));
        let journeys: &[&str] = if page.path().contains("{reference}") { &["own", "other"] } else { &["any"] };
        for whose in journeys {
            let mut table = Table::default();
            for (name, someone) in &world.visitors {
                let mut browser = World::browser(&house, someone.as_ref());
                let answer = browser.get(&address(page.path(), world.of(whose))).await;
                assert!(!answer.status.is_server_error(), "{name} {} {}", page.path(), answer.status);
                let to = if answer.status.is_redirection() { format!(" {}", class_of(answer.to())) } else { String::new() };
                if *whose == "other" && !TEAMS.iter().any(|team| team.name() == *name) {
                    let shut_out = SHUT_OUT.contains(name) && to.trim() == SET_UP;
                    let denied = answer.status == 404 || (*name == "nobody" && to == " /sign-in") || shut_out;
                    assert!(denied, "{name} sees {} of another organisation: {}", page.path(), answer.status);
                    assert!(!answer.body.contains("Bedside View"), "{name} {}", page.path());
                }
                let insider = TEAMS.iter().any(|team| team.name() == *name);
                // What is certified is public; `register.rs` says what of it.
                let public = page.path().starts_with("/register-of-products");
                // Operators look after every account.
                let operates = *name == "operator" && (page.path().starts_with("/operator") || page.path() == "/audit");
                assert!(
                    insider || public || operates || !answer.body.contains("Globex"),
                    "{name} reads of another organisation on {}",
                    page.path()
                );
                table.add(format!("{}{to}", answer.status.as_u16()), name);
            }
            table.print(whose, world.visitors.len(), &mut text);
        }
    }
    text
}

/// What is handed out beside the pages: files, and streams, of which only the beginning is looked at.
async fn files_and_streams(world: &World) -> String {
    let mut text = String::new();
    let house = world.copy().await;
    for route in RawRoutes::ALL.into_iter().filter(|route| route.method() == "GET") {
        text.push_str(&format!("\nGET {}\n", route.path()));
        let kinds: &[&str] = if matches!(
            route,
            RawRoutes::LiveWorklist
                | RawRoutes::WorklistCsv
                | RawRoutes::WorklistExcel
                | RawRoutes::FiguresCsv
                | RawRoutes::Catalogue
                | RawRoutes::Register
                | RawRoutes::Heads
                | RawRoutes::Seal
                | RawRoutes::Audit
        ) {
            &["any"]
        } else {
            &["own", "other"]
        };
        for whose in kinds {
            let early = &world.of(whose).journeys.early;
            let path = match route {
                RawRoutes::File => {
                    let message = &world.of(whose).said;
                    format!("/files/{}?journey={early}&message={message}", journey::base::ids::Digest::of(ENCLOSED))
                }
                RawRoutes::LiveJourney => format!("/live/journeys/{early}"),
                RawRoutes::LiveWorklist => "/live/worklist".to_owned(),
                RawRoutes::LiveRun | RawRoutes::Defects => address(route.path(), world.of(whose)),
                RawRoutes::WorklistCsv | RawRoutes::WorklistExcel | RawRoutes::FiguresCsv => route.path().to_owned(),
                RawRoutes::Traceability => format!("/journeys/{}/traceability.xlsx", world.of(whose).journeys.answering),
                RawRoutes::Scal => format!("/journeys/{}/tasks/submit-scal/scal.xlsx", world.of(whose).journeys.answering),
                RawRoutes::Pack => format!("/journeys/{early}/pack.zip"),
                RawRoutes::Catalogue => "/catalogue/2026-1".to_owned(),
                RawRoutes::Register | RawRoutes::Audit => route.path().to_owned(),
                RawRoutes::Signatories => {
                    format!("/journeys/{}/tasks/data-sharing-agreement/signatories.csv", world.of(whose).journeys.asking)
                }
                RawRoutes::Sites => format!("/journeys/{}/tasks/go-live/sites.csv", world.of(whose).journeys.sites),
                RawRoutes::Checks => {
                    format!("/journeys/{}/tasks/start-end-user-engagement/checks.csv", world.of(whose).journeys.asking)
                }
                RawRoutes::Meeting => app::base::paths::meeting_file(early, &world.of(whose).agreed),
                RawRoutes::Heads => "/verify/heads/2026-03-02/list.txt".to_owned(),
                RawRoutes::Seal => {
                    let known = house.services.store.seals(1).await.unwrap();
                    app::base::paths::seal_file(&known[0].certificate.fingerprint)
                }
                RawRoutes::Certificate => {
                    let issued = &world.of(whose).journeys.signing;
                    format!("/journeys/{issued}/tasks/receive-technical-conformance-certificate/certificate.pdf")
                }
                // One of two has signed it.
                RawRoutes::Signed => {
                    let waits = &world.of(whose).journeys.signing;
                    format!("/journeys/{waits}/tasks/receive-connection-agreement/signed.pdf")
                }
                RawRoutes::AddFiles
                | RawRoutes::Say
                | RawRoutes::UploadScal
                | RawRoutes::UploadMembers
                | RawRoutes::UploadSignatories
                | RawRoutes::UploadChecks
                | RawRoutes::UploadSteps
                | RawRoutes::TakeCatalogue
                | RawRoutes::CheckFile
                | RawRoutes::ReadCapture
                | RawRoutes::AnswerWithRun
                | RawRoutes::CheckRequest => {
                    unreachable!("they are actions")
                }
            };
            let mut table = Table::default();
            for (name, someone) in &world.visitors {
                let (status, to) = World::browser(&house, someone.as_ref()).begun(&path).await;
                if *whose == "other" && !TEAMS.iter().any(|team| team.name() == *name) {
                    let nobody = *name == "nobody" || SHUT_OUT.contains(name);
                    let denied = status == 404 || (nobody && (status == 204 || to == "/sign-in" || to == SET_UP));
                    assert!(denied, "{name} gets {path} of another organisation: {status}");
                }
                table.add(format!("{} {}", status.as_u16(), class_of(&to)).trim_end().to_owned(), name);
            }
            table.print(whose, world.visitors.len(), &mut text);
        }
    }
    text
}

/// What an action is probed with.
struct Probe {
    /// The journey, the task, and the verb that the rules know it by.
    about: Option<(JourneyRef, &'static str, Option<Verb>)>,
    fields: Vec<(String, String)>,
}

/// Sensible fields for an action, on something of this supplier. Unknown actions have none: they are undeclared.
fn probe(action: &str, supplier: &Supplier, house: &Journeys, words: &str) -> Option<Probe> {
    let with = |fields: &[(&str, &str)]| Probe {
        about: None,
        fields: fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
    };
    let on = |journey: &JourneyRef, task: &'static str, verb: Verb, fields: &[(&str, &str)]| {
        let mut probe = with(fields);
        probe.fields.extend([
            ("journey".to_owned(), journey.to_string()),
            ("task".to_owned(), task.to_owned()),
            ("seen".to_owned(), "1000".to_owned()),
            ("version".to_owned(), "1".to_owned()),
        ]);
        probe.about = Some((journey.clone(), task, Some(verb)));
        probe
    };
    let scal = |journey: &JourneyRef, verb: Option<Verb>, fields: &[(&str, &str)]| {
        let mut probe = on(journey, "submit-scal", Verb::Submit, fields);
        probe.fields.retain(|(name, _)| name != "version");
        probe.about = Some((journey.clone(), "submit-scal", verb));
        probe
    };
    let use_case = "describe-use-case";
    let deciding = "obtain-use-case-approval";
    let draft = |mut probe: Probe, subject: &str| {
        probe.fields.push(("subject".to_owned(), subject.to_owned()));
        probe.fields.push(("answers[purpose][]".to_owned(), "Other words.".to_owned()));
        probe
    };
    Some(match action {
        "account/accept-invitation" | "account/confirm" | "account/reset-password" => {
            with(&[("token", "0123456789abcdef"), ("answers[name][]", "A Name"), ("password", PASSWORD), ("again", PASSWORD)])
        }
        "account/change-password" => {
            with(&[("current", PASSWORD), ("password", "other random words"), ("again", "other random words")])
        }
        "account/end-session" => with(&[("session", &supplier.session)]),
        "worklist/keep-view" => with(&[("name", "Mine"), ("query", "?claimed=mine")]),
        "worklist/drop-view" => with(&[("name", "Mine"), ("back", "/worklist")]),
        "account/end-other-sessions" | "account/sign-out" | "worklist/claim-oldest" => with(&[]),
        "account/forgot-password" => with(&[("email", &supplier.lead.email)]),
        "account/register" => with(&[
            ("answers[organisation][]", "Initech"),
            ("answers[name][]", "A Name"),
            ("answers[email][]", "new@initech.example"),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ]),
        "account/sign-in" => with(&[("email", &supplier.lead.email), ("password", "a wrong password")]),
        "account/set-up-second-step" | "account/second-step" => with(&[("code", "000000")]),
        "account/recovery-codes" | "account/remove-second-step" => with(&[]),
        // Nobody is called so, and nobody leaves: the others of this table go on with the same people.
        "account/change-name" => with(&[("answers[name][]", "")]),
        "account/leave" => with(&[("organisation", "another")]),
        "account/notices" => with(&[("choice", "daily")]),
        "account/switch" => with(&[("organisation", supplier.lead.actor.organisation.as_str())]),
        "organisation/invite" => with(&[("answers[email][]", "colleague@any.example"), ("answers[roles][]", "developer")]),
        "organisation/cancel-invitation" => with(&[("invitation", &supplier.invitation)]),
        "organisation/set-details" => with(&[("answers[organisation][]", "Renamed Ltd"), ("answers[ods_code][]", "YGA01")]),
        "organisation/take-back-details" => with(&[]),
        "organisations/set-details" => with(&[
            ("organisation", supplier.lead.actor.organisation.as_str()),
            ("answers[organisation][]", "Renamed Ltd"),
            ("answers[ods_code][]", "YGA01"),
        ]),
        "organisations/decline-details" => {
            with(&[("organisation", supplier.lead.actor.organisation.as_str()), ("reason", "It is not in the register.")])
        }
        "organisation/set-roles" => {
            with(&[("person", supplier.developer.actor.person.as_str()), ("answers[roles][]", "signatory")])
        }
        "organisation/ask-second-step-reset"
        | "organisation/confirm-second-step-reset"
        | "organisation/take-back-second-step-reset" => {
            with(&[("person", supplier.developer.actor.person.as_str()), ("reason", "They asked by telephone.")])
        }
        "operator/reset-second-step" | "operator/lock" | "operator/unlock" | "operator/end-sessions" | "operator/send-reset" => {
            with(&[("person", supplier.developer.actor.person.as_str()), ("answers[reason][]", "They asked by telephone.")])
        }
        // Somebody looks after its people: this says that whoever may not is not let past either.
        "operator/give-back" => with(&[
            ("organisation", supplier.lead.actor.organisation.as_str()),
            ("answers[person][]", supplier.developer.actor.person.as_str()),
            ("answers[reason][]", "Their lead left."),
        ]),
        // It has a part in journeys, and does not go.
        "operator/merge" => with(&[
            ("goes", supplier.lead.actor.organisation.as_str()),
            ("answers[into][]", &supplier.party),
            ("answers[reason][]", "A double."),
        ]),
        "operator/send-again" => with(&[("all", "yes"), ("answers[reason][]", "The server was mended.")]),
        "guidance/preview" | "guidance/propose" => with(&[
            ("subject", "words/asid"),
            ("seen", "0"),
            ("answers[words][]", "A number of a system."),
            ("answers[reason][]", "It was wrong."),
        ]),
        // Nothing waits under this number: who answers what waits is in texts.rs.
        "guidance/publish" | "guidance/send-back" | "guidance/take-back" => {
            with(&[("subject", "words/asid"), ("number", "99"), ("answers[why][]", "Say more.")])
        }
        // It came with the release, and stays: which one goes is in editions.rs.
        "catalogue/withdraw" => with(&[("edition", "2026-1"), ("answers[reason][]", "A mistake.")]),
        // Too old to be published, so that the editions of this process stay as they are.
        "catalogue/preview" | "catalogue/publish" | "catalogue/file" => {
            with(&[("edition", "2020-1"), ("note", "Nothing."), ("body", "id")])
        }
        "signatories/ask" => on(
            &house.asking,
            "data-sharing-agreement",
            Verb::AskToSign,
            &[("signatories", "A21471, Rae Reader, rae@any.example")],
        ),
        // Nobody was asked: these say that whoever may not is not let past either.
        "signatories/remind" | "signatories/take-back" | "signatories/file" => {
            let mut probe = on(&house.asking, "data-sharing-agreement", Verb::AskToSign, &[("ods_code", "A21471")]);
            probe.about = Some((house.asking.clone(), "data-sharing-agreement", None));
            probe
        }
        // Of a link that was never sent. What whoever has one can do is in signing_links.rs.
        "sign/code" | "sign/enter" | "sign/sign" | "sign/keep" | "sign/decline" | "sign/pass-on" | "sign/ask"
        | "sign/take-back" | "sign/new-link" => with(&[("token", "0123456789abcdef"), ("reason", "No."), ("code", "123456")]),
        // Anybody asks whether a file was made here.
        "verify/file" => with(&[]),
        "spine/check" => with(&[("request", "GET https://proxy.example/https://gp.example/A20047/STU3/1/gpconnect/metadata\n")]),
        "journey/plan" => with(OPENING),
        // The questions were answered before, as far as this visitor may.
        "journey/open" => with(&[]),
        "journey/withdraw" => {
            let mut probe = on(&house.early, "", Verb::Withdraw, &[("reason", "Not now.")]);
            probe.fields.retain(|(name, _)| name != "task");
            probe
        }
        "journey/resume" => {
            let mut probe = on(&house.withdrawn, "", Verb::Resume, &[("reason", "Now.")]);
            probe.fields.retain(|(name, _)| name != "task");
            probe
        }
        "end-users/invite" => {
            // Who may give a part need not ask for one.
            let mut probe = on(
                &house.early,
                "",
                Verb::AskForPart,
                &[
                    ("answers[side][]", "end_user"),
                    ("answers[organisation][]", "C Trust"),
                    ("answers[ods_code][]", "RC1"),
                    ("answers[email][]", "first@c.example"),
                    ("answers[roles][]", "group_lead"),
                ],
            );
            probe.fields.retain(|(name, _)| name != "task");
            probe
        }
        "end-users/confirm" | "end-users/decline" => {
            let verb = if action == "end-users/confirm" { Verb::Join } else { Verb::DeclinePart };
            let mut probe = on(
                &house.early,
                "",
                verb,
                &[
                    ("part", &supplier.part),
                    ("reason", "It is not in the register."),
                    ("answers[organisation][]", "D Trust"),
                    ("answers[ods_code][]", "RD1"),
                    ("answers[email][]", "first@d.example"),
                ],
            );
            probe.fields.retain(|(name, _)| name != "task");
            probe
        }
        // Its people are here, so nobody is invited from outside, whoever asks.
        "end-users/invite-again" => with(&[
            ("journey", house.early.to_string().as_str()),
            ("organisation", &supplier.party),
            ("answers[email][]", "other@trust.example"),
            ("answers[roles][]", "group_lead"),
        ]),
        // The group is not answered yet, and nobody has asked: this says that whoever may not is not let past either.
        "end-users/ask-to-leave" | "end-users/decline-leave" => {
            let verb = if action == "end-users/ask-to-leave" { Verb::AskToLeave } else { Verb::DeclineLeave };
            let fields = [("organisation", supplier.party.as_str()), ("reason", "It was another trust.")];
            let mut probe = on(&house.early, "", verb, &fields);
            probe.fields.retain(|(name, _)| name != "task");
            probe
        }
        "end-users/take-back" => {
            let fields = [("organisation", supplier.party.as_str()), ("reason", "It was another trust.")];
            let mut probe = on(&house.early, "", Verb::Leave, &fields);
            probe.fields.retain(|(name, _)| name != "task");
            probe
        }
        "go-live/record-site" => on(
            &house.sites,
            "go-live",
            Verb::RecordSite,
            &[("answers[ods_code][]", "A21471"), ("answers[name][]", "Willow Lane"), ("answers[live_on][]", "2026-03-02")],
        ),
        "go-live/record-step" => on(
            &house.sites,
            "go-live",
            Verb::RecordStep,
            &[
                ("answers[step][]", "sharing"),
                ("answers[for_capabilities][]", "access-record-html"),
                ("answers[on][]", "2026-03-02"),
                ("answers[places][]", "A21471"),
            ],
        ),
        "go-live/take-back-step" => on(
            &house.suspended,
            "go-live",
            Verb::TakeBackStep,
            &[
                ("step", "sharing"),
                ("answers[capabilities][]", "access-record-html"),
                ("answers[ticked][]", "A21471"),
                ("reason", "It was another site."),
            ],
        ),
        "go-live/suspend-site" => {
            on(&house.sites, "go-live", Verb::SuspendSite, &[("ods_code", "A21471"), ("reason", "An incident.")])
        }
        "go-live/resume-site" => {
            on(&house.suspended, "go-live", Verb::ResumeSite, &[("ods_code", "A21471"), ("reason", "It was put right.")])
        }
        "go-live/check-site" => on(
            &house.sites,
            "go-live",
            Verb::CheckSite,
            &[
                ("ods_code", "A21471"),
                ("answers[checked_on][]", "2026-03-02"),
                ("answers[outcome][]", "fine"),
                ("answers[looked_at][]", "Three calls, all of them answered."),
            ],
        ),
        "go-live/close-condition" => on(
            &house.suspended,
            "approval-to-go-live",
            Verb::CloseCondition,
            &[("field", "sites"), ("note", "Both shifts are trained.")],
        ),
        "go-live/take-back-site" => {
            on(&house.sites, "go-live", Verb::TakeBackSite, &[("ods_code", "A21471"), ("reason", "It was another site.")])
        }
        // Without a file it keeps the words alone; what becomes of files is for `server/tests/files.rs`.
        ADDS_FILES => {
            let mut probe = draft(on(&house.early, "s-hscn", Verb::Submit, &[]), "answers");
            probe.fields.retain(|(name, _)| name != "version");
            probe
        }
        // No verb of a task: `conversation` says who may, and `server/tests/messages.rs` for which audience.
        "messages/send" => {
            let mut probe = with(&[("journey", &house.early.to_string()), ("audience", "all"), ("words", "Hello.")]);
            probe.fields.push(("message".to_owned(), "a-new-message".to_owned()));
            probe
        }
        "defects/raise" => on(
            &house.defective,
            STAGE,
            Verb::RaiseDefect,
            &[
                ("answers[title][]", "A slow answer"),
                ("answers[happened][]", "It took a minute."),
                ("answers[expected][]", "Three seconds."),
                ("answers[environment][]", "int"),
                ("answers[product][]", "4.2"),
                ("answers[owner][]", "spine"),
                ("answers[severity][]", "low"),
                ("answers[blocks][]", "no"),
            ],
        ),
        "defects/assess" => on(
            &house.defective,
            STAGE,
            Verb::AssessDefect,
            &[
                ("number", "1"),
                ("answers[owner][]", "provider"),
                ("answers[severity][]", "low"),
                ("answers[blocks][]", "no"),
                ("answers[reason][]", "The log of the provider."),
            ],
        ),
        "defects/mend" => on(
            &house.defective,
            STAGE,
            Verb::MendDefect,
            &[("number", "1"), ("answers[what][]", "All are read."), ("answers[version][]", "4.3")],
        ),
        "defects/close" => on(
            &house.defective,
            STAGE,
            Verb::CloseDefect,
            &[("number", "2"), ("answers[how][]", "mended"), ("answers[known][]", "A new run.")],
        ),
        "defects/reopen" => {
            on(&house.defective, STAGE, Verb::ReopenDefect, &[("number", "2"), ("answers[again][]", "It is still there.")])
        }
        "live-runs/open" => with(&[
            ("journey", &house.submitted.to_string()),
            ("answers[version][]", "4.3"),
            ("answers[tester][]", "A tester"),
            ("answers[environment][]", "int"),
            ("answers[areas][]", "html"),
        ]),
        "live-runs/file" => with(&[
            ("journey", &house.submitted.to_string()),
            ("answers[version][]", "4.3"),
            ("answers[tester][]", "A tester"),
            ("answers[environment][]", "int"),
            ("answers[areas][]", "html"),
            ("pasted", "GET https://proxy.example/https://gp.example/A20047/STU3/1/gpconnect/metadata HTTP/1.1\n\n"),
        ]),
        "live-runs/answer" => {
            with(&[("journey", &house.answering.to_string()), ("run", &record_of(house)), ("rows", "gpc-ssp10-01")])
        }
        "live-runs/close" => with(&[("journey", &house.submitted.to_string()), ("run", &run_of(house))]),
        "messages/take-back" => with(&[("journey", &house.early.to_string()), ("message", supplier.said.as_str())]),
        // No verb of a task: `rule::meeting` says who may. One that waits for the programme, and for nobody else.
        "meetings/propose" => with(&[
            ("journey", &house.early.to_string()),
            ("meeting", "a-new-meeting"),
            ("answers[proposed-day1][]", "1 6 2026"),
            ("answers[proposed-time1][]", "11:00"),
            ("answers[proposed-minutes][]", "60"),
            ("answers[proposed-place][]", "Leeds"),
            ("answers[proposed-words][]", "The hazard log."),
        ]),
        "meetings/answer" => with(&[
            ("journey", &house.submitted.to_string()),
            ("meeting", supplier.asked.as_str()),
            ("deed", "agreed"),
            ("seen", "1"),
            ("answers[agreed-time][]", MEETS),
        ]),
        "task/start" => on(&house.early, "s-hscn", Verb::Start, &[]),
        "task/submit" => on(&house.early, "try-demonstrator", Verb::Submit, &[("answers[note][]", "Done.")]),
        "task/acknowledge" => on(&house.early, "contact-gp-connect-team", Verb::Acknowledge, &[("note", "Welcome.")]),
        "task/ask-for-a-change" => {
            on(&house.confirming, "start-end-user-engagement", Verb::Return, &[("note", "Name every member of the group.")])
        }
        "task/issue" => on(&house.issuing, "receive-scal", Verb::Issue, &[("note", "SCAL 1.0")]),
        "task/review" | "task/check" => {
            let mut probe = on(&house.submitted, deciding, Verb::Approve, &[("role", "programme_lead")]);
            let mut answers = Answers::default().with("decision", "approve");
            for field in &journey::task::use_case::form(&common::world::opening()).fields {
                answers = answers.with(&format!("verdict_{}", field.id), "accept");
            }
            probe.fields.extend(fields_of(&answers));
            // What is checked is kept as a draft, and there is none yet.
            probe.fields.retain(|(name, _)| name != "version" || action == "task/review");
            probe
        }
        "task/sign" => {
            let mut probe = on(&house.signing, "receive-connection-agreement", Verb::Sign, &[("words", words)]);
            probe.fields.extend(fields_of(&common::world::signing("receive-connection-agreement")));
            probe
        }
        // Nobody has signed in part here, and none of the end users: who may do it otherwise stands in the matrix of the rules.
        "task/decline" => {
            on(&house.signing, "receive-connection-agreement", Verb::Decline, &[("reason", "It is another address.")])
        }
        "task/withdraw-signature" => {
            on(&house.signing, "receive-connection-agreement", Verb::WithdrawSignature, &[("reason", "We stop.")])
        }
        "task/replace-signatory" => on(
            &house.signing,
            "receive-connection-agreement",
            Verb::ReplaceSignatory,
            &[("from", &supplier.signers.0), ("to", &supplier.signers.1), ("reason", "She is away.")],
        ),
        // It is not signed here: whoever may report is told that there is nothing to report under, and whoever may not is not let past.
        "task/report-incident" => on(
            &house.signing,
            "receive-connection-agreement",
            Verb::ReportIncident,
            &[("answers[what][]", "Records were merged.")],
        ),
        "scal/save" => scal(
            &house.answering,
            Some(Verb::Submit),
            &[("row", "gpc-ig1"), ("answers[gpc-ig1][]", "partly"), ("answers[gpc-ig1_words][]", "By May.")],
        ),
        "scal/many" => scal(&house.answering, Some(Verb::Submit), &[("deed", "assign"), ("rows[]", "gpc-ig1")]),
        "scal/product" => scal(&house.answering, Some(Verb::Submit), &[("product_version", "4.2.3")]),
        "scal/accept" => scal(
            &house.judging,
            Some(Verb::Approve),
            &[("rows[0]", "scal-org-01"), ("rows[1]", "scal-cs-01"), ("rows[2]", "gpc-ig1"), ("sure", "yes")],
        ),
        "task/add-phrase" => scal(&house.judging, Some(Verb::Approve), &[("words", "A header is missing.")]),
        // Of no test stage: who matches what is in reports.rs.
        "task/match-script" => {
            let journey = house.early.to_string();
            let fields = [("journey", journey.as_str()), ("task", "s-hscn")];
            with(&[&fields[..], &[("scenario", "Spine: A token"), ("scripts", "GPC-SPN-TST-10")]].concat())
        }
        "task/put-phrase" => {
            scal(&house.judging, Some(Verb::Approve), &[("phrase", "scal-org-01:"), ("answers[finding_scal-org-01][]", "None.")])
        }
        // Each row belongs to one team, so that most reviewers find nothing there.
        "scal/judge" => scal(&house.judging, None, &[("row", "scal-org-01"), ("answers[verdict_scal-org-01][]", "accept")]),
        // Of an untouched SCAL: some rows are missing, nothing was uploaded, nothing is finished, no phrase is known.
        "scal/submit" | "scal/copy" | "scal/apply" | "scal/evidence" | "scal/attach" | "scal/upload" => {
            scal(&house.answering, None, &[])
        }
        "scal/finish" | "task/remove-phrase" => scal(&house.judging, None, &[("phrase", "none")]),
        "scal/reassess" => scal(&house.answering, Some(Verb::Reassess), &[("product_version", "4.3")]),
        "scal/uplift" => scal(&house.answering, Some(Verb::Uplift), &[]),
        "task/propose-validity" => on(
            &house.signing,
            "receive-technical-conformance-certificate",
            Verb::ProposeValidity,
            &[("change", "suspend"), ("reason", "An incident is looked into.")],
        ),
        "task/confirm-validity" => on(&house.doubted, "receive-technical-conformance-certificate", Verb::ConfirmValidity, &[]),
        "task/decline-validity" => on(
            &house.doubted,
            "receive-technical-conformance-certificate",
            Verb::DeclineValidity,
            &[("reason", "It was another product.")],
        ),
        "end-users/check-member" => on(
            &house.asking,
            "start-end-user-engagement",
            Verb::CheckMembers,
            &[("answers[ods_code][]", "A21471"), ("answers[dspt][]", "met"), ("answers[checked_on][]", "1 3 2026")],
        ),
        // Nothing was uploaded, so nothing can be recorded.
        "end-users/checks-file" | "end-users/take-checks" => {
            let mut probe = on(&house.asking, "start-end-user-engagement", Verb::CheckMembers, &[]);
            probe.about = Some((house.asking.clone(), "start-end-user-engagement", None));
            probe
        }
        // Nothing was uploaded, so nothing can be recorded.
        "go-live/steps-file" | "go-live/take-steps" => {
            let mut probe = on(&house.sites, "go-live", Verb::RecordStep, &[]);
            probe.about = Some((house.sites.clone(), "go-live", None));
            probe
        }
        "end-users/raise-query" => {
            on(&house.reviewing, "end-user-reviews-scal", Verb::RaiseQuery, &[("row", "SCAL-ORG-03"), ("words", "Who keeps it?")])
        }
        "end-users/answer-query" => on(
            &house.reviewing,
            "end-user-reviews-scal",
            Verb::AnswerQuery,
            &[("row", "SCAL-ORG-01"), ("words", "We do."), ("then", "reply")],
        ),
        "end-users/close-query" => on(&house.reviewing, "end-user-reviews-scal", Verb::CloseQuery, &[("row", "SCAL-ORG-02")]),
        "task/propose-waiver" => on(&house.early, "s-hscn", Verb::ProposeWaiver, &[("reason", "We have it.")]),
        "task/confirm-waiver" => on(&house.early, "s-pentest", Verb::ConfirmWaiver, &[]),
        "task/decline-waiver" => on(&house.early, "s-pentest", Verb::DeclineWaiver, &[("reason", "It is needed.")]),
        // Nobody has asked for a change and nothing has changed here: these say that whoever may not is not let past either.
        // Who may, when there is something to send back or to check again, stands in the matrix of the rules.
        "task/send-back" => on(&house.submitted, deciding, Verb::SendBack, &[("reason", "The others are away.")]),
        "task/undo" => on(&house.submitted, deciding, Verb::Undo, &[]),
        "task/take-back" => on(&house.submitted, use_case, Verb::TakeBackRound, &[]),
        "task/still-holds" => on(
            &house.early,
            "read-capabilities",
            Verb::StillHolds,
            &[("reason", "It is the same."), ("basis", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")],
        ),
        "task/reopen" => on(&house.early, "read-capabilities", Verb::Reopen, &[("reason", "Once more.")]),
        "files/remove" => {
            let mut probe = draft(on(&house.drafting, use_case, Verb::Submit, &[]), "answers");
            probe.fields.push(("remove".to_owned(), "none".to_owned()));
            probe
        }
        // Nothing was uploaded, so nothing is added. What becomes of a file is for `server/tests/members.rs`.
        "end-users/members" | "end-users/members-file" | "end-users/take-members" => {
            let mut probe =
                on(&house.issuing, "start-end-user-engagement", Verb::Submit, &[("rows[]", "1"), ("then", "compare")]);
            // The first draft of this list, whoever writes it.
            probe.fields.retain(|(name, _)| name != "version");
            let verb = (action == "end-users/members").then_some(Verb::Submit);
            probe.about = Some((house.issuing.clone(), "start-end-user-engagement", verb));
            probe
        }
        "draft/keep" | "draft/autosave" => draft(on(&house.drafting, use_case, Verb::Submit, &[]), "answers"),
        "use-case/continue" => {
            let mut probe = on(&house.drafting, use_case, Verb::Submit, &[]);
            let form = journey::task::use_case::form(&common::world::opening());
            probe.fields.extend(fields_of(&common::world::answers_to(&form, "Other words.")));
            probe
        }
        "use-case/submit" => on(&house.drafting, use_case, Verb::Submit, &[]),
        "worklist/give" => on(&house.submitted, deciding, Verb::Approve, &[("role", "programme_lead"), ("person", "somebody")]),
        "worklist/claim" | "worklist/release" => on(&house.submitted, deciding, Verb::Approve, &[]),
        _ => return None,
    })
}

/// Everything that a probe might change and must not: ledgers, accounts, drafts, claims, letters, sessions of others.
async fn state(world: &World, house: &House) -> String {
    let mut text = String::new();
    for supplier in [&world.acme, &world.globex] {
        let j = &supplier.journeys;
        for (reference, beginning) in [(&j.answering, "row."), (&j.judging, "verdict.")] {
            let drafts = house.db.drafts(reference, &task("submit-scal"), beginning).await.unwrap();
            text.push_str(&format!("scal {:?}\n", drafts.into_iter().map(|d| (d.subject, d.version)).collect::<Vec<_>>()));
        }
        let all = [
            &j.early,
            &j.drafting,
            &j.submitted,
            &j.confirming,
            &j.asking,
            &j.issuing,
            &j.answering,
            &j.judging,
            &j.signing,
            &j.doubted,
            &j.reviewing,
            &j.sites,
            &j.suspended,
            &j.defective,
            &j.withdrawn,
        ];
        for reference in all {
            let history = house.db.history(reference).await.unwrap();
            let names = house.db.names(reference).await.unwrap();
            let draft = house.db.draft(reference, &task("describe-use-case"), "answers").await.unwrap();
            let last = history.last().unwrap();
            text.push_str(&format!("{reference} {} {:?} {:?}\n", last.seq, draft.map(|d| d.version), names.claims));
        }
        let added = house.db.draft(&j.early, &task("s-hscn"), "answers").await.unwrap();
        text.push_str(&format!("files {:?}\n", added.map(|draft| draft.version)));
        let members = house.db.draft(&j.issuing, &task("start-end-user-engagement"), "answers").await.unwrap();
        text.push_str(&format!("members {:?}\n", members.map(|draft| draft.version)));
        let new = house.db.message(&j.early, &"a-new-message".parse().unwrap()).await.unwrap().is_some();
        let said = house.db.message(&j.early, &supplier.said).await.unwrap().unwrap();
        text.push_str(&format!("messages {new} {:?}\n", said.taken_back));
        let runs = house.db.live_runs(&j.submitted, 10).await.unwrap();
        text.push_str(&format!("live runs {:?}\n", runs.iter().map(|run| run.closed.is_some()).collect::<Vec<_>>()));
        for journey in [&j.early, &j.submitted] {
            let steps = house.db.meetings(journey).await.unwrap().into_iter().map(|one| one.steps.len());
            text.push_str(&format!("meetings {:?}\n", steps.collect::<Vec<_>>()));
        }
        let now = house.services.clock.now();
        let sessions = house.db.sessions(&supplier.developer.actor.person, now).await.unwrap();
        text.push_str(&format!("sessions {}\n", sessions.len()));
    }
    for role in TEAMS {
        text.push_str(&format!("phrases {}\n", house.db.phrases(*role).await.unwrap().len()));
    }
    let people = house.db.people_events(journey::base::ids::Seq(0), 10_000).await.unwrap().len();
    let references = house.db.references(None, 10_000).await.unwrap().len();
    text.push_str(&format!("people {people} journeys {references}\n"));
    text
}

async fn every_action(world: &World, names: Vec<String>) -> String {
    let mut text = String::new();
    let mut house = world.copy().await;
    let clean = state(world, &house).await;
    let mut words = BTreeMap::new();
    for whose in ["own", "other"] {
        let signing = &world.of(whose).journeys.signing;
        let journey: Journey = journey_of(&house, signing).await;
        let spec = journey.process.task(&task("receive-connection-agreement")).unwrap();
        let digest = journey::base::ids::Digest::of(journey::ledger::words::words_to_sign(&journey, spec).as_bytes());
        words.insert(whose, digest.to_string());
    }
    for action in names {
        text.push_str(&format!("\nPOST {action}\n"));
        let any = probe(&action, &world.acme, &world.acme.journeys, "").unwrap_or_else(|| {
            panic!("undeclared: say in authorisation.rs what {action} is probed with, and look at who may do it")
        });
        let own_and_other = any.about.is_some()
            || action.starts_with("organisation/")
            || action.starts_with("organisations/")
            || action == "end-users/invite-again"
            || action.starts_with("messages/")
            || action.starts_with("live-runs/")
            || action.starts_with("meetings/")
            || action == "account/switch"
            || action == "account/end-session";
        // These act on the visitor's own organisation whatever they are sent: there is no other one to name.
        let own_only = ["organisation/invite", "organisation/set-details", "organisation/take-back-details"];
        let kinds: &[&str] = if own_and_other && !own_only.contains(&action.as_str()) { &["own", "other"] } else { &["any"] };
        for whose in kinds {
            let mut table = Table::default();
            for (name, someone) in &world.visitors {
                let supplier = world.of(whose);
                let probe = probe(&action, supplier, &supplier.journeys, &words.get(whose).cloned().unwrap_or_default()).unwrap();
                let mut browser = World::browser(&house, someone.as_ref());
                let mut before = clean.clone();
                if action == "journey/open" {
                    browser.post("journey/plan", OPENING).await;
                }
                if action == "worklist/release" {
                    let lead = world.visitors.iter().find(|(name, _)| *name == "programme_lead").unwrap().1.as_ref();
                    let (reference, id, _) = probe.about.as_ref().unwrap();
                    house
                        .db
                        .claim(reference, &task(id), Role::ProgrammeLead, &lead.unwrap().actor.person, world.clock_now())
                        .await
                        .unwrap();
                    before = state(world, &house).await;
                }
                let shut_out = SHUT_OUT.contains(name);
                let offered = match (&probe.about, someone.as_ref().filter(|_| !shut_out)) {
                    (Some((reference, id, Some(verb))), Some(someone)) => {
                        let journey = journey_of(&house, reference).await;
                        let offers = offers::offers(&journey, &someone.actor);
                        let on = (!id.is_empty()).then(|| task(id));
                        // Who leaves is offered for one organisation and not for another.
                        let party =
                            probe.fields.iter().find(|(name, _)| name == "organisation").and_then(|(_, id)| id.parse().ok());
                        let of_party = matches!(verb, Verb::Leave | Verb::AskToLeave | Verb::DeclineLeave)
                            .then_some(party)
                            .flatten()
                            .map(|party| leaving::may(&journey, &someone.actor, *verb, &party).is_ok());
                        let fits = |offered: Verb| offered == *verb || (*verb == Verb::AskForPart && offered == Verb::Join);
                        let any = offers.iter().any(|offer| fits(offer.verb) && offer.task == on);
                        Some(any && of_party.unwrap_or(true))
                    }
                    (Some(_), None) => Some(false),
                    _ => None,
                };
                let fields: Vec<(&str, &str)> = probe.fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                let answer = browser.post(&action, &fields).await;
                assert!(!answer.status.is_server_error(), "{name} {action} {}", answer.status);
                let said = outcome(&mut browser, answer).await;
                let changed = state(world, &house).await != before;
                // What the rules do not offer is not obeyed, by whatever way it comes.
                if let Some(offered) = offered {
                    assert!(offered || !changed, "{name} {action} {whose}: not offered, and yet it changed something: {said}");
                    let records = !matches!(action.as_str(), "worklist/release" | "worklist/give" | "task/check");
                    assert!(!offered || changed || !records, "{name} {action} {whose}: offered, and yet refused: {said}");
                }
                let outsider = !TEAMS.iter().any(|team| team.name() == *name);
                if *whose == "other" && outsider {
                    assert!(!changed, "{name} {action}: changed something of another organisation: {said}");
                    if offered.is_some() && *name != "nobody" && !shut_out {
                        let silent = said.starts_with("not-found") || said.starts_with("Not saved.");
                        assert!(silent, "{name} {action}: learns of another organisation's journey: {said}");
                    }
                }
                if *name == "nobody" && offered.is_some() {
                    assert!(said.starts_with("sign-in") || said.starts_with("Not saved"), "{action}: {said}");
                }
                assert!(
                    !shut_out || !changed || action.starts_with("account/"),
                    "{name} {action}: changed something without a second step"
                );
                table.add(format!("{}{said}", if changed { "! " } else { "" }), name);
                // Sessions hold what was said; whatever changed, the next visitor finds everything as it was.
                let touched = changed || action.starts_with("account/") || action == "worklist/release";
                if touched {
                    house = world.copy().await;
                }
            }
            table.print(whose, world.visitors.len(), &mut text);
        }
    }
    text
}

impl World {
    fn clock_now(&self) -> jiff::Timestamp {
        use app::request::services::Clock as _;
        self.clock.now()
    }
}

/// What the visitor is told.
async fn outcome(browser: &mut Browser, answer: common::Page) -> String {
    if !answer.status.is_redirection() {
        if let Ok(saved) = serde_json::from_str::<Autosaved>(&answer.body) {
            let sentence: String = saved.says.split('.').next().unwrap_or_default().chars().take(60).collect();
            return if saved.version.is_some() { "saved".to_owned() } else { format!("{sentence}.") };
        }
        return format!("{} {}", answer.status.as_u16(), answer.heading());
    }
    match answer.to() {
        "/not-found" => return "not-found".to_owned(),
        "/not-yours" => return "not-yours".to_owned(),
        to if to.contains("why=") => return "sign-in".to_owned(),
        _ => {}
    }
    let to = class_of(answer.to());
    let page = browser.follow(answer).await;
    let status = if page.status == 200 { String::new() } else { format!(" {}", page.status.as_u16()) };
    match (page.refusal(), page.done()) {
        (Some(says), _) => format!("refused at {to}{status}: {says}"),
        (None, Some(says)) => format!("done, {to}{status}: {}", without_names(&says)),
        (None, None) => format!("{to}{status}: {}", without_names(&page.heading())),
    }
}

/// Names of people and references differ with the data, not with the policy.
fn without_names(text: &str) -> String {
    text.split(' ')
        .map(|word| if word.parse::<JourneyRef>().is_ok() { "{reference}" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}
