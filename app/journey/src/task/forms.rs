//! What each task asks: one form per task, chosen by the kind of its page and, for short forms, by its name.
//!
//! Long because it has the questions of every short form.

use crate::{
    base::fault::Fault,
    catalogue::scal,
    form::{
        Answers, Field, Form, Kind, Rule,
        short::{choice, files, in_order, line, needs, note, past_day, words},
    },
    plan::{
        capability::PdsRoute,
        opening::Opening,
        opening_form,
        process::{Page, Process, Settle, TaskSpec},
        track::{CONSUMER, PROVIDER},
    },
    task::{agreement, end_users, go_live, provider, testing, use_case, version},
};

/// The questions of a task.
#[must_use]
pub fn form_of(spec: &TaskSpec, opening: &Opening) -> Form {
    if let Some(form) = named(spec) {
        return form(opening);
    }
    match spec.page {
        Page::UseCase => use_case::form(opening),
        Page::Capabilities => opening_form::capability_form(CONSUMER),
        Page::Prerequisites => prerequisites(),
        Page::Contact => contact(),
        Page::Scal => scal::form(opening),
        Page::Testing => testing::form(spec, opening),
        Page::Results => provider::run(spec.settle == Settle::ByReview),
        Page::Witness => provider::witness(),
        Page::Agreement | Page::Declaration => agreement::parts(spec),
        Page::Group => end_users::group(opening),
        Page::GoLive => go_live::request(),
        Page::Sites => go_live::completion(),
        Page::Form => done_and_where(),
        Page::Evidence => evidence(),
        Page::Mark => Form::of(vec![note("Note on this task", "Optional. Your colleagues and NHS England can read it.")]),
        // Nobody submits these.
        Page::Conversation | Page::Issue | Page::Certificate | Page::Decision => Form::default(),
    }
}

/// What a person types into the page of a task: all of it, but for rows of the SCAL that go with the record of a test stage
/// as they stand in the SCAL.
#[must_use]
pub fn asked(spec: &TaskSpec, opening: &Opening) -> Form {
    if spec.closes.is_some() { testing::own(spec) } else { form_of(spec, opening) }
}

/// The form of a submission as it is judged: rows are judged by those whom their answers ask for, and what did not go
/// along is not judged.
#[must_use]
pub fn judged(spec: &TaskSpec, opening: &Opening, sent: &Answers) -> Form {
    match spec.page {
        Page::Scal => scal::judged_form(opening, sent),
        Page::Testing => {
            let mut form = form_of(spec, opening);
            form.parts.retain(|part| part.id.as_str() != testing::ROWS || !part.is_blank(sent));
            form
        }
        _ => form_of(spec, opening),
    }
}

/// What is known before anything is typed into the form of a task.
#[must_use]
pub fn beforehand(spec: &TaskSpec, opening: &Opening) -> Answers {
    match spec.page {
        Page::UseCase => use_case::beforehand(opening),
        Page::Capabilities => opening_form::as_answers(&opening.capabilities),
        Page::Group => end_users::beforehand(opening),
        Page::Prerequisites => answered_at_the_start(opening),
        // Rows of a SCAL ask for no version of their own.
        Page::Scal => Answers::default(),
        _ => version::beforehand(&asked(spec, opening), opening),
    }
}

fn contact() -> Form {
    Form::of(vec![
        Field::new("message", "What do you want to tell them?", Kind::Words { max: 2000 })
            .hint("Who you are, what the product does and what you would like to know. They answer here.")
            .required("Write a message"),
        Field::new("contact", "Who should they answer?", Kind::Line { max: 120 })
            .hint("A name, and a telephone number if you would like a call.")
            .required("Enter the name of the person they should answer"),
    ])
}

/// The self-check of domain/journeys.md, `study-prerequisites`: what a product needs before it can be tested or used.
fn prerequisites() -> Form {
    let asked = [
        ("hscn", "Connection to the Health and Social Care Network"),
        ("pds", "A way to find patients on PDS"),
        ("cso", "A clinical safety officer"),
        ("ig", "Information governance: DSPT, data protection impact assessment"),
        ("accessibility", "Accessibility: WCAG level AA"),
        ("hosting", "Hosting: where data is stored and processed"),
    ];
    let state = || Kind::Choice(vec![("ready", "In place", ""), ("planned", "Planned", ""), ("gap", "Not yet", "")]);
    let missing = |label: &str| format!("Say how far you are: {}", label.split(':').next().unwrap_or(label));
    let mut fields: Vec<Field> =
        asked.iter().map(|(id, label)| Field::new(id, label, state()).required(&missing(label))).collect();
    fields.push(note("What is missing, and by when?", "Optional. For your own plan; NHS England can read it."));
    Form::of(fields)
}

/// What the answers at the start of a journey say of the prerequisites: nobody is asked twice.
fn answered_at_the_start(opening: &Opening) -> Answers {
    let known = [("hscn", opening.hscn), ("pds", opening.pds != PdsRoute::None)];
    known.into_iter().filter(|(_, ready)| *ready).fold(Answers::default(), |answers, (id, _)| answers.with(id, "ready"))
}

/// The questions of a form, in a journey that was opened so.
type Questions = fn(&Opening) -> Form;

/// The forms that a definition may name, each with its questions: after the supporting tasks of domain/journeys.md and what
/// domain/testing.md and domain/scal.md say each must leave. A new form is a line here and a function below.
const FORMS: &[(&str, Questions)] = &[
    ("clinical_safety_officer", clinical_safety_officer),
    ("hscn", hscn),
    ("pds_route", pds_route),
    ("mpv", mpv),
    ("endpoint", endpoint),
    ("fqdn", fqdn),
    ("int_data_sharing", int_data_sharing),
    ("service_desk", service_desk),
    ("production_access", production_access),
    ("dspt", dspt),
    ("penetration_test", penetration),
    ("first_of_type", first_of_type),
    ("uplift", uplift),
    ("clinical_meeting_1", |_| meeting("The product, its users, and the hazards you expect.")),
    ("clinical_meeting_2", |_| meeting("How hazards are found, scored and controlled, and by whom.")),
    ("clinical_meeting_3", |_| meeting("What remains before the product may be used, and the recommendations.")),
    (end_users::SCAL_REVIEW, |_| end_users::scal_review()),
    ("deployment_approach", |_| go_live::approach()),
    ("provider_capabilities", |_| opening_form::capability_form(PROVIDER)),
    ("provider_design", |_| provider::design()),
    ("provider_technical_accreditation", |_| provider::accreditation()),
    ("provider_performance_model", |_| provider::model()),
    ("provider_performance_test", |_| provider::performance()),
    ("provider_penetration_test", |_| provider::penetration()),
    ("provider_clinical_safety", |_| provider::safety()),
    ("provider_integration_testing", |_| provider::integration()),
    ("provider_gateway", |_| provider::gateway()),
    ("provider_go_live", |_| provider::go_live()),
    ("provider_pilot", |_| provider::pilot()),
    ("provider_practices", provider::registration),
    ("provider_roll_out", |_| provider::roll_out()),
];

/// The form that a task names.
fn named(spec: &TaskSpec) -> Option<Questions> {
    let name = spec.form.as_deref()?;
    FORMS.iter().find(|(known, _)| *known == name).map(|(_, form)| *form)
}

/// What is wrong with the forms that a process names.
#[must_use]
pub fn unknown(process: &Process) -> Vec<Fault> {
    let unknown = process.tasks.iter().filter(|task| task.form.is_some() && named(task).is_none());
    unknown
        .map(|task| {
            let name = task.form.as_deref().unwrap_or_default();
            Fault {
                line: task.line,
                says: format!("task “{}”: there is no form “{name}” (app/journey/src/task/forms.rs)", task.id),
            }
        })
        .collect()
}

/// Whether a task is one of the clinical lane: the safety officer, or a meeting with the clinical safety team.
#[must_use]
pub fn is_clinical(spec: &TaskSpec) -> bool {
    spec.form.as_deref().is_some_and(|form| form == "clinical_safety_officer" || form.starts_with("clinical_meeting_"))
}

/// A meeting with the clinical safety team, and what it was about.
fn meeting(about: &str) -> Form {
    Form::of(vec![
        past_day("held_on", "When was the meeting held?", "Enter the date of the meeting"),
        words("attended", "Who attended?", "Names and roles, from your side and from NHS England.", "Say who attended"),
        words("minutes", "What was said and agreed?", about, "Say what was agreed"),
        words("actions", "Which actions are open?", "Optional. One per line, with who and by when.", ""),
        files("Minutes, slides, the hazard log as it was shown."),
    ])
}

fn clinical_safety_officer(_: &Opening) -> Form {
    Form::of(vec![
        line("name", "Who is your clinical safety officer?", "", "Enter their full name"),
        line(
            "registration",
            "Professional body and registration number",
            "Such as GMC 1234567. The officer must be a registered clinician.",
            "Enter the body and the number",
        ),
        past_day("trained_on", "When were they trained in clinical safety?", "Enter the date of the training"),
        words(
            "hazard_log",
            "Where is the hazard log, and which version is it?",
            "Review each entry of the GP Connect generic hazard log that fits your capabilities.",
            "Say where the hazard log is",
        ),
        files("The hazard log, if you want to send it now."),
    ])
}

fn hscn(_: &Opening) -> Form {
    Form::of(vec![
        line("supplier", "Who provides the connection?", "", "Enter who provides the connection"),
        line("reference", "Its reference or circuit number", "", "Enter its reference"),
        past_day("works_since", "When did it start working?", "Enter the date"),
    ])
}

fn pds_route(_: &Opening) -> Form {
    Form::of(vec![
        choice(
            "route",
            "How will your product trace patients?",
            "",
            &[
                ("own", "With its own PDS compliance", "You complete PDS assurance for the product."),
                ("mini_service", "As a client of a mini service", "A compliant mini service answers your queries."),
                (
                    "third_party",
                    "Through another product that is compliant",
                    "Another system of the same user has traced the patient.",
                ),
            ],
            "Select how your product will trace patients",
        ),
        line("through", "Name of the mini service or product", "If you use one.", ""),
        words(
            "how",
            "When and how is a patient traced?",
            "A trace must be at most 24 hours old when GP Connect is called.",
            "Say when and how a patient is traced",
        ),
    ])
    .rule(needs("route", &["mini_service", "third_party"], "through", "Enter the name of the mini service or product"))
}

fn mpv(_: &Opening) -> Form {
    Form::of(vec![
        line(
            "manufacturer",
            "Manufacturer",
            "As it should be registered with Spine, such as the ODS code of your organisation.",
            "Enter the manufacturer",
        ),
        line("product", "Product name", "", "Enter the product name"),
        line("version", "Version", "The version under assurance.", "Enter the version"),
    ])
}

fn endpoint(_: &Opening) -> Form {
    Form::of(vec![
        choice(
            "topology",
            "Which topology do you use?",
            "",
            &[
                ("own", "Our own message handling server", "We hold the party key."),
                ("shared", "A message handling server that we share", "Another organisation holds the party key."),
            ],
            "Select the topology",
        ),
        line("organisation", "ODS code of the organisation that sends requests in INT", "", "Enter the ODS code"),
        words("interactions", "Which interactions does the endpoint need?", "One per line.", "Name the interactions"),
        words("request", "Certificate signing request", "Paste the PEM text, or add it as a file. Never send a private key.", ""),
        files("The certificate signing request, if you did not paste it."),
    ])
}

fn fqdn(_: &Opening) -> Form {
    Form::of(vec![
        line("fqdn", "Fully qualified domain name", "Such as consumer.example.thirdparty.nhs.uk.", "Enter the full domain name"),
        line("address", "IP address on HSCN", "", "Enter the IP address"),
    ])
}

fn int_data_sharing(_: &Opening) -> Form {
    Form::of(vec![
        Field::new("providers", "Which provider test systems will you call?", Kind::Choices(testing::PROVIDERS.to_vec()))
            .hint("Select all that apply.")
            .required("Select the provider test systems you will call"),
        line("consumer", "ODS code and ASID of your consumer in INT", "", "Enter the ODS code and the ASID"),
        words("window", "When will you test?", "Dates, and whom the providers may call.", "Say when you will test"),
    ])
}

fn service_desk(_: &Opening) -> Form {
    Form::of(vec![
        line("desk", "Name of your service desk", "", "Enter the name of your service desk"),
        line("telephone", "Telephone number", "", "Enter the telephone number"),
        Field::new("email", "Email address of the desk", Kind::Email).required("Enter the email address of the desk"),
        line("hours", "Support hours", "Such as Monday to Friday, 8:00 to 18:00.", "Enter the support hours"),
        words(
            "escalation",
            "How is an incident escalated?",
            "Name the levels and how each is reached.",
            "Say how an incident is escalated",
        ),
        words(
            "high_severity",
            "Who joins a high severity incident?",
            "They must be able to join within 30 minutes.",
            "Say who joins a high severity incident",
        ),
    ])
}

fn production_access(_: &Opening) -> Form {
    Form::of(vec![
        words(
            "endpoints",
            "Which production endpoints do you need?",
            "Domain names and addresses.",
            "Say which endpoints you need",
        ),
        Field::new("sites", "Which organisations need an identifier (ASID)?", Kind::Organisations { most: 500 })
            .hint("One per line: the ODS code, then the name. Each organisation needs its own.")
            .required("Enter the organisations"),
        words(
            "request",
            "Certificate signing request for production",
            "Paste the PEM text, or add it as a file. Never send a private key.",
            "",
        ),
        files("Certificate signing requests, endpoint forms."),
    ])
}

fn dspt(_: &Opening) -> Form {
    Form::of(vec![
        choice(
            "status",
            "What does your published assessment say?",
            "",
            &[
                ("met", "Standards met", ""),
                ("exceeded", "Standards exceeded", ""),
                ("approaching", "Approaching standards", "Not enough: publish an improved assessment first."),
            ],
            "Select what your assessment says",
        ),
        Field::new("ods_code", "ODS code it was published under", Kind::OdsCode).required("Enter the ODS code"),
        past_day("published_on", "When was it published?", "Enter the date it was published"),
        words("note", "Anything to add", "Optional.", ""),
        files("Optional. The status page as a PDF or picture."),
    ])
    .rule(Rule::Not {
        field: "status",
        is: "approaching",
        says: "Publish an assessment at standards met or better first. Your draft is kept",
    })
}

fn penetration(_: &Opening) -> Form {
    provider::penetration_test([line("version", "Product version that was tested", "", "Enter the product version")], "go live")
}

fn first_of_type(_: &Opening) -> Form {
    in_order(Form::of(vec![
        Field::new("sites", "At which sites did the pilot run?", Kind::Organisations { most: 20 })
            .hint("One per line: the ODS code, then the name.")
            .required("Enter the sites"),
        past_day("from", "First day", "Enter the first day"),
        past_day("to", "Last day", "Enter the last day"),
        words(
            "note",
            "What did you see?",
            "Incidents, feedback of users, clinical safety, and what you changed.",
            "Say what you saw",
        ),
        files("The pilot report."),
    ]))
}

fn uplift(_: &Opening) -> Form {
    Form::of(vec![
        line("version", "Product version", "", "Enter the product version"),
        words(
            "note",
            "What changed, and which SCAL rows does it touch?",
            "Name each row and what was tested again.",
            "Say what changed",
        ),
        files("Evidence of the tests that were run again."),
    ])
}

fn evidence() -> Form {
    let mut form = done_and_where();
    form.fields.push(files("Optional."));
    form
}

fn done_and_where() -> Form {
    Form::of(vec![
        note("What did you do, and where can it be found?", "Name the document, version and date.")
            .required("Say what you did and where it can be found"),
    ])
}
