//! What the people of the demo write. A question that is not named here is answered by its kind, so that a new question
//! does not stop the demo.
//!
//! Long because it is one list of words.

use jiff::{ToSpan as _, civil::Date};
use journey::{
    base::actor::{Role, Side},
    catalogue::{row, scal},
    form::{Answers, Field, Form, Kind},
    ledger::journey::Journey,
    plan::{
        capability::Capability,
        process::{Page, TaskSpec},
    },
    task::{forms, testing},
};

use crate::demo::{cast::Company, provider_words, stage::Rng};

/// Sites where products go live: invented practices.
pub const SITES: &[(&str, &str)] = &[
    ("T99951", "Willow Lane Surgery"),
    ("T99952", "Mill Street Practice"),
    ("T99953", "Harbour View Medical Centre"),
    ("T99954", "The Old Bakery Surgery"),
    ("T99955", "Fernhill Family Practice"),
    ("T99956", "Station Road Health Centre"),
];

/// Under which clinical safety lets a product go live.
pub const CONDITION: &str = "Train both shifts at each site before its first live call, and send us the list of who was trained.";

/// The sites of a plan in three waves, the first of which began two days ago.
fn waves(today: Date) -> String {
    let from = |days: i64| today.saturating_add(days.days()).strftime("%-d %B %Y").to_string();
    let site = |at: usize| SITES.get(at).map(|(code, name)| format!("{code} {name}\n")).unwrap_or_default();
    let wave = |number: usize, days: i64, sites: std::ops::Range<usize>| {
        format!("Wave {number} from {}\n{}", from(days), sites.map(site).collect::<String>())
    };
    wave(1, -2, 0..3) + &wave(2, 40, 3..5) + &wave(3, 70, 5..6)
}

/// Answers by question, for every task that asks it. `{product}`, `{version}`, `{supplier}` and `{capability}` are filled in.
const BY_FIELD: &[(&str, &str)] = &[
    (
        "message",
        "We make {product} and would like to use {capability}. Could we talk about the test route and about what you need from us before we describe the use case?",
    ),
    ("contact", "{lead}, 01632 960 142"),
    ("purpose", "{product} shows clinicians what the GP practice knows, at the moment they decide about a patient's care."),
    (
        "problem",
        "Staff ring the practice for medicines and allergies, or go without at night and at weekends. An audit in three sites found a call for every fourth admission, of 14 minutes on average, and medicines that were continued although the GP had stopped them.",
    ),
    (
        "users",
        "Ward pharmacists and admitting doctors, at admission and before discharge. About 40 people at a site, each with a named account and a role that includes looking at the GP record.",
    ),
    (
        "organisations",
        "One acute trust at first, then two neighbouring organisations. We expect 5 sites and about 220 users in the first year.",
    ),
    (
        "capability_use",
        "{capability}: shown read-only beside the local record, with source and time of retrieval. Nothing is stored beyond the audit record.",
    ),
    (
        "direct_care",
        "The clinician in charge of the patient decides with it about medicines, allergies and further tests. It is opened for a patient who is in their care, and for nothing else: there are no reports and no bulk access.",
    ),
    (
        "minutes",
        "The hazards of wrong patient, stale data and missing items were gone through one by one. Each has a control and an owner. The clinical safety team asked for a clearer warning when items are withheld.",
    ),
    ("attended", "Clinical safety officer and developer of {supplier}; two members of the clinical safety team."),
    ("actions", "Add the time of retrieval to the printed summary: {supplier}, two weeks."),
    ("registration", "GMC 0000000 (demo)"),
    (
        "hazard_log",
        "Hazard log of {product}, version 1.3, in our quality system. All 42 entries of the generic log were reviewed; 9 do not apply.",
    ),
    ("supplier", "Demo Networks, HSCN consumer connection"),
    ("reference", "DN-HSCN-20417"),
    ("through", "Demo PDS mini service 2"),
    ("how", "When a patient is admitted. The trace is repeated when it is older than 24 hours, before GP Connect is called."),
    ("manufacturer", "{ods}"),
    ("product", "{product}"),
    ("version", "{version}"),
    ("organisation", "{ods}"),
    (
        "interactions",
        "urn:nhs:names:services:gpconnect:fhir:operation:gpc.getcarerecord\nurn:nhs:names:services:gpconnect:fhir:rest:read:metadata",
    ),
    ("request", "-----BEGIN CERTIFICATE REQUEST-----\n(demo: not a real request)\n-----END CERTIFICATE REQUEST-----"),
    ("fqdn", "gpc.{domain}"),
    ("address", "192.0.2.14"),
    ("consumer", "{ods}, ASID 200000000999"),
    ("window", "Mondays to Thursdays from 9:30 to 16:30 for four weeks. Call {lead} if anything looks wrong at your end."),
    ("desk", "{supplier} service desk"),
    ("telephone", "01632 960 100"),
    ("hours", "Monday to Sunday, 7:00 to 22:00; on call at night"),
    (
        "escalation",
        "First line, then the duty engineer within 15 minutes, then the head of service. Each has a telephone number that is answered by a person.",
    ),
    ("high_severity", "The duty engineer, the head of service and the clinical safety officer, all within 30 minutes."),
    ("endpoints", "https://gpc.{domain} on HSCN, hosted in two data centres in England"),
    ("endpoint", "https://messagingapi.demo.example, provider release 1.2"),
    ("tester", "{developer}, test lead, {supplier}"),
    (
        "tests",
        "Scripts GEN-01 to GEN-12 and all scripts of {capability}. Every request and response is in the files, with all headers.",
    ),
    ("open_points", ""),
    ("findings", "0 critical, 2 high, both closed"),
    ("note", "Done as our quality system describes. The dated record is available on request."),
    ("legal_name", "{supplier} Limited"),
    ("services", "{capability} for hospital wards and community teams: shown read-only, for direct care."),
    (
        "processing",
        "In two data centres in England run by {supplier}. Audit records are kept for 8 years, nothing else is kept. No sub-processors.",
    ),
    (
        "reason",
        "So that the people who treat you away from your practice can see your medicines and allergies, and need not ask you or ring your GP.",
    ),
    ("privacy_notice", "https://www.example.org/privacy"),
    ("members", "T99951 Willow Lane Surgery\nT99952 Mill Street Practice\nT99953 Harbour View Medical Centre"),
    ("sites", "T99951 Willow Lane Surgery\nT99952 Mill Street Practice"),
    ("cso", "Nadia Farouk, GMC 0000000 (demo)"),
    ("incidents", "Whoever notices it tells the service desk of the organisation, which tells {supplier} within the hour."),
    (
        "training",
        "Two hours in the classroom for each user, led by the clinical safety officer, and a card beside each screen. Nobody gets an account before the training.",
    ),
    ("commissioner", "Wenlow Integrated Care Board"),
    ("reviewer", "Nadia Farouk, clinical safety officer, with Lewis Grant, Eastvale"),
    ("officer", "Nadia Farouk"),
    ("safety_case", "EHT-SC-014, version 2"),
    (
        "support",
        "Our service desk answers from 7:00 to 22:00. A clinical incident reaches our clinical safety officer by telephone at any hour.",
    ),
    ("safety", "Two residual risks of low severity, both about stale data; users are taught to look at the time of retrieval."),
    (
        "waves",
        "Two weeks without an incident of severity 1 or 2, and the clinical safety officer agrees. After wave 1 the pilot report must be accepted as well.",
    ),
    ("benefits", "Calls to practices about medicines: 31 a week today, fewer than 8 in three months."),
    ("rollback", "The head of service decides. GP Connect is switched off by one setting; sites go back to the telephone."),
    ("agreed_with", "Wenlow Integrated Care Board, which has a part here or was asked by email"),
    ("checks", "First calls at both sites were right, the audit shows them, and users found what they looked for. No incidents."),
];

/// Answers to the questions of a task, by somebody who knows the product.
pub(crate) fn answers(
    journey: &Journey,
    spec: &TaskSpec,
    form: &Form,
    supplier: Option<&Company>,
    today: Date,
    rng: &mut Rng,
) -> Answers {
    let mut answers = forms::beforehand(spec, &journey.opening);
    if spec.page == Page::Scal {
        return scal_answers(journey, rng);
    }
    for field in &form.fields {
        let id = field.id.as_str();
        if answers.0.contains_key(id) {
            continue;
        }
        for value in values(journey, spec, field, supplier, today) {
            answers = answers.with(id, &value);
        }
    }
    answers
}

fn values(journey: &Journey, spec: &TaskSpec, field: &Field, supplier: Option<&Company>, today: Date) -> Vec<String> {
    let id = field.id.as_str();
    let one = |text: &str| vec![text.to_owned()];
    match &field.kind {
        // Evidence is given as files here; a page that is asked for is given.
        Kind::Links { .. } if field.missing.is_none() => Vec::new(),
        Kind::Files { .. } => Vec::new(),
        Kind::Choices(options) if id == "care_settings" => {
            options.iter().filter(|o| matches!(o.0, "secondary_care" | "urgent_treatment")).map(|o| o.0.to_owned()).collect()
        }
        Kind::Choices(options) if id == "providers" => options.iter().take(2).map(|o| o.0.to_owned()).collect(),
        // A group works where its lead does.
        Kind::Choice(_) if id == "care_setting" => one(setting_of(&lead_of(journey).0)),
        Kind::Choice(_) if matches!(id, "with_vision" | "with_microtest") => one("not_tested"),
        Kind::Choice(options) | Kind::Pick(options) | Kind::Choices(options) => {
            options.first().map_or_else(Vec::new, |o| one(o.0))
        }
        Kind::Email => one("desk@northmoor.example"),
        Kind::OdsCode if spec.page == Page::Group => one(&lead_of(journey).1),
        Kind::OdsCode => one(supplier.map_or("T99901", |company| company.organisation.ods_code.as_str())),
        Kind::Figure { should, .. } => one(&(should - 12).to_string()),
        Kind::Day => {
            let days = match id {
                "trained_on" => -500,
                "works_since" => -40,
                "published_on" => -90,
                "from" => -9,
                "first_on" => 21,
                _ => -2,
            };
            one(&today.saturating_add(days.days()).to_string())
        }
        Kind::Organisations { .. } | Kind::Waves { .. } | Kind::Line { .. } | Kind::Words { .. } | Kind::Links { .. } => {
            let known = BY_FIELD.iter().find(|(name, _)| *name == id).map(|(_, words)| *words);
            let words = provider_words::own(journey, id).or(known).unwrap_or("As in our quality system, in its current version.");
            let text = match (spec.id.as_str(), id) {
                ("s-cso", "name") => officer(supplier),
                ("deployment-approach", "sites") => waves(today),
                ("p-read-capabilities" | "p-spine-overview", "note") => String::new(),
                ("p-build", "note") => "Version {version} is feature complete and under change control.".to_owned(),
                ("read-capabilities", "note") => "We looked at all five; this product needs {capability}.".to_owned(),
                ("try-demonstrator", "note") => {
                    "The demonstrator answers as the specification says. We kept the calls for our tests.".to_owned()
                }
                ("develop-product", "note") => "Version {version} is feature complete and under change control.".to_owned(),
                ("end-user-reviews-scal", "note") => {
                    "The control for stale data depends on training, so we train before each site starts.".to_owned()
                }
                (_, "lead") if spec.page == Page::Group => lead_of(journey).0,
                (_, "name") if spec.page == Page::Group => {
                    format!("{} shared care group", lead_of(journey).0.split(' ').next().unwrap_or_default())
                }
                (_, "address") if spec.page == Page::Agreement => "1 Demo Street, Anytown".to_owned(),
                _ => words.to_owned(),
            };
            let text = filled(&text, journey, supplier);
            let text = match field.limit() {
                Some(limit) => text.chars().take(limit).collect(),
                None => text,
            };
            if text.is_empty() { Vec::new() } else { vec![text] }
        }
    }
}

/// Name and code of whoever leads the group: the first of the end users that has a part.
fn lead_of(journey: &Journey) -> (String, String) {
    let users = journey.parties().filter(|(_, side)| *side == Side::EndUser).filter_map(|(id, _)| journey.identity(id));
    users
        .min_by(|a, b| a.ods_code.cmp(&b.ods_code))
        .map_or_else(|| ("The trust".to_owned(), "T99911".to_owned()), |lead| (lead.name.clone(), lead.ods_code.clone()))
}

/// The care setting of an organisation with this name.
fn setting_of(name: &str) -> &'static str {
    match name {
        name if name.contains("Hospital") => "secondary_care",
        name if name.contains("Primary Care Network") => "primary_care_network",
        name if name.contains("Hospice") => "hospice",
        _ => "general_practice",
    }
}

fn officer(supplier: Option<&Company>) -> String {
    let found = supplier.and_then(|company| company.people.iter().find(|p| p.actor.is(Role::ClinicalSafetyOfficer)));
    found.map_or_else(|| "The clinical safety officer".to_owned(), |someone| someone.name.clone())
}

fn filled(text: &str, journey: &Journey, supplier: Option<&Company>) -> String {
    let product = journey.opening.product.as_str();
    let version = product.rsplit(' ').next().filter(|v| v.starts_with(|c: char| c.is_ascii_digit())).unwrap_or("1.0");
    let capabilities: Vec<&str> = journey.opening.capabilities.iter().map(|c| c.capability.title()).collect();
    let (name, ods, lead, developer, domain) =
        supplier.map_or(("The supplier", "T99901", "The lead", "The developer", "northmoor.example"), |company| {
            let person = |role: Role| company.people.iter().find(|p| p.actor.is(role)).map_or("", |p| p.name.as_str());
            let domain = company.people.first().and_then(|p| p.email.split('@').nth(1)).unwrap_or("northmoor.example");
            (
                company.organisation.name.as_str(),
                company.organisation.ods_code.as_str(),
                person(Role::OnboardingLead),
                person(Role::Developer),
                domain,
            )
        });
    text.replace("{product}", product)
        .replace("{version}", version)
        .replace("{capability}", &capabilities.join(" and "))
        .replace("{supplier}", name)
        .replace("{ods}", ods)
        .replace("{lead}", lead)
        .replace("{developer}", developer)
        .replace("{officer}", &officer(supplier))
        .replace("{domain}", domain)
}

/// Most rows are met and say where; a few do not apply.
fn scal_answers(journey: &Journey, rng: &mut Rng) -> Answers {
    let mut answers = Answers::default();
    for row in scal::rows(&journey.opening) {
        let (status, words) = match rng.below(14) {
            0 => (
                "not_applicable",
                "The product does not implement this interaction; see the list of interactions in section 1.".to_owned(),
            ),
            1 if row.level != row::Level::Must => {
                ("partly", "The next release brings the rest; the date is in our plan.".to_owned())
            }
            _ => ("met", format!("Evidence pack, part {}, page {}.", row.section, 3 + rng.below(60))),
        };
        answers = answers.with(row.field.as_str(), status).with(row.words(), &words);
        if row::document(row).is_some() {
            answers = answers.with(row.links(), "https://www.example.org/clinical-safety");
        }
    }
    answers
}

/// The answer of a team to what was sent to it.
pub fn answer(spec: &TaskSpec) -> String {
    match spec.id.as_str() {
        "contact-gp-connect-team" => {
            "Welcome. Dana Whitfield looks after your journey. Describe the use case next; ask here if a question is unclear."
        }
        "contact-assurance-team" => {
            "Ruth Delaney is your assurance lead. Your test route fits. We issue the SCAL within the week."
        }
        "s-mpv" | "s-endpoint" | "s-fqdn" => "Registered in INT. The identifiers went to your technical contact.",
        "s-int-data-sharing" => "Sharing is open in INT for the window that you named. The providers are told.",
        "s-service-desk" => "Your desk is in the national directory. A test call worked.",
        "s-production-access" => "Identifiers and certificates for the first sites are issued.",
        "start-end-user-engagement" => "The group is recorded. Its members can sign the data sharing agreement now.",
        _ => "Seen and agreed. The note is in your history.",
    }
    .to_owned()
}

/// What a team says when it issues something.
pub fn issued(spec: &TaskSpec) -> String {
    match spec.id.as_str() {
        "receive-scal" => "Your SCAL is open: the rows of your capabilities and the common sections. Answer row by row; each team looks at its own.",
        "receive-technical-conformance-certificate" => "Only the interactions that the SCAL names are covered.",
        _ => "Issued.",
    }
    .to_owned()
}

/// Words with an approval; most have none.
pub(crate) fn note(spec: &TaskSpec, rng: &mut Rng) -> String {
    match spec.id.as_str() {
        "obtain-use-case-approval" => "A clear use case for direct care. Start development within six months.".to_owned(),
        "approval-to-go-live" => "Begin with the two sites of the plan and tell us after the first week.".to_owned(),
        _ if rng.below(3) == 0 => "Clear and complete, thank you.".to_owned(),
        _ => String::new(),
    }
}

/// By what authority somebody signs.
pub fn authority(role: Role) -> String {
    match role {
        Role::Signatory => "Director, with power to sign for the company",
        Role::ProgrammeLead => "Programme lead, for NHS England",
        _ => "Caldicott Guardian, by resolution of the board",
    }
    .to_owned()
}

/// Files with a task: a log, and for what is read by people a small report.
pub fn evidence(journey: &Journey, spec: &TaskSpec, today: Date) -> Vec<(String, Vec<u8>)> {
    let product = &journey.opening.product;
    let log = |name: &str, lines: &str| {
        (name.to_owned(), format!("{product}\n{}\n{today}\n\n{lines}\nThis is a file of a demo.\n", spec.label).into_bytes())
    };
    match spec.page {
        Page::Results => vec![("provider-suite.xml".to_owned(), provider_words::report(journey, spec))],
        Page::Testing => vec![
            log(
                &format!("{}-requests.txt", spec.id),
                "GET /metadata 200\nPOST /Patient/$gpc.getcarerecord 200\nPOST /Patient/$gpc.getcarerecord 404 NO_RECORD\n",
            ),
            (format!("{}-report.pdf", spec.id), pdf(&format!("{product}: {}, {today}", spec.label))),
        ],
        Page::Evidence => vec![(format!("{}.pdf", spec.id), pdf(&format!("{product}: {}, {today}", spec.label)))],
        Page::Scal => vec![log("declaration.txt", "We declare that the answers are true for this version.")],
        _ if matches!(spec.id.as_str(), "s-cso" | "s-clinical-meeting-1") => {
            vec![log("hazard-log.txt", "H1 wrong patient: low\nH2 stale data: low\n")]
        }
        _ => Vec::new(),
    }
}

/// The report of a run at a test stage, with a scenario for each published script that its rows name; none where no row does.
pub fn run_of_stage(journey: &Journey, spec: &TaskSpec) -> Option<(String, Vec<u8>)> {
    let scripts = testing::scripts(spec, &journey.opening);
    let case = |(script, rows): (&_, &Vec<&row::Row>)| {
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        format!("  <testcase classname=\"consumer\" name=\"{script} for {}\" time=\"0.4\"/>\n", ids.join(", "))
    };
    let cases: String = scripts.iter().map(case).collect();
    let suite = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"{}\" tests=\"{}\" failures=\"0\">\n{cases}</testsuite>\n",
        spec.id,
        scripts.len()
    );
    (!scripts.is_empty()).then(|| (format!("{}-run.xml", spec.id), suite.into_bytes()))
}

/// A page with one line of text, as small as a PDF can be.
fn pdf(line: &str) -> Vec<u8> {
    let line: String = line.chars().filter(|c| c.is_ascii() && !matches!(c, '(' | ')' | '\\')).collect();
    let drawn = format!("BT /F1 14 Tf 60 760 Td ({line}) Tj 0 -24 Td (A file of a demo.) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 4 0 R>>>>>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        format!("<</Length {}>>stream\n{drawn}\nendstream", drawn.len()),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(out.len());
        out += &format!("{} 0 obj{object}endobj\n", number + 1);
    }
    let start = out.len();
    out += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        out += &format!("{place:010} 00000 n \n");
    }
    out += &format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    out.into_bytes()
}

/// The capability with this name, at its newest version.
pub fn chosen(capability: Capability) -> journey::plan::capability::Chosen {
    journey::plan::capability::Chosen { capability, version: capability.versions()[0].to_owned() }
}
