//! `/verify` and `/verify/{number}`: whether a certificate is valid, for anybody who has its number. A hospital, a practice or
//! another supplier relies on it and has no account here.

use jiff::civil::Date;
use journey::{
    base::{calendar, identity::Identity, ids::Digest, text},
    form::{Answers, Field, Kind, Problem},
    rule::certificate::{self, CertificateNumber, CertificateState, Facts, IssuedCertificate},
};
use leptos::prelude::*;

use crate::{
    act::{
        load::load_of_certificate,
        page::{context, page},
    },
    base::{dates, halt::Halt, paths, said::RefusedForm, words},
    design::{
        ButtonLink, Crumbs, SummaryRow, Title,
        ask::{self, Look},
        group_class, say,
    },
    request::{
        services::Services,
        visitor::{param, query},
    },
    work::certificate::page::facts,
};

/// `/verify`: asks for the number.
#[component]
pub fn CheckCertificate() -> impl IntoView {
    page(async {
        let context = context().await?;
        let typed = text::line(&query("number"));
        let file = file_asked(&context.services).await?;
        if let Some(FileAsked::Certificate(number, digest)) = &file {
            return Err(Halt::Elsewhere(format!("{}?file={digest}", paths::certificate(number))));
        }
        let asked = !query("number").is_empty();
        if let Some(number) = CertificateNumber::typed(&typed)
            && found(&context.services, &number).await?.is_some()
        {
            return Err(Halt::Elsewhere(paths::certificate(&number)));
        }
        let problem = asked.then(|| match CertificateNumber::typed(&typed) {
            _ if typed.is_empty() => "Enter the number of the certificate".to_owned(),
            Some(number) => format!("No certificate has the number {number}. Compare it with the certificate"),
            None => "This is not the number of a certificate. A number looks like TCC-7K3M-9PX4-23 and is at the top of the certificate".to_owned(),
        });
        let of_number = problem.map(|says| ("Check the number", Problem::new("number", says)));
        let of_file = file.as_ref().and_then(FileAsked::problem).map(|says| ("Check the file", Problem::new("file", says)));
        let refused = of_number.or(of_file).map(|(heading, problem)| RefusedForm {
            heading: heading.to_owned(),
            problems: vec![problem],
            ..RefusedForm::default()
        });
        let title = if refused.is_some() { "Error: Check a certificate" } else { "Check a certificate" };
        let body = view! { {form(&typed, refused.as_ref())} {file_form(file, refused.as_ref())} }.into_any();
        Ok((title.to_owned(), body))
    })
}

fn form(typed: &str, refused: Option<&RefusedForm>) -> AnyView {
    let number = Field::new("number", "Number of the certificate", Kind::Line { max: 100 })
        .hint("It is at the top of the certificate, like TCC-7K3M-9PX4-23. Capital letters and hyphens do not matter.");
    let look = Look { name: "number".to_owned(), autocomplete: "off", ..Look::default() };
    view! {
        <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
            {say::kept(refused)}
            <Title text="Check a certificate">"For anybody who relies on a product that uses or provides GP Connect. You do not need an account."</Title>
            <form action="/verify" method="get" novalidate>
                {ask::question(&number, &Answers::default().with("number", typed), refused, &look)}
                <button class="nhsuk-button">"Check it"</button>
            </form>
            <h2 class="nhsuk-heading-m">"What you learn"</h2>
            <p>"Whether the certificate is valid today, for which supplier, product and version it was issued, and which certificate replaced it if one did."</p>
            <p>"You do not have the number? "<a href=paths::REGISTER>"Look the product up in the register of products"</a>"."</p>
            <p>"A certificate says that tests were passed. It does not say that an organisation may go live."</p>
        </div></div>
    }
    .into_any()
}

/// A file that somebody wants to have checked, by its digest.
enum FileAsked {
    /// None was chosen.
    None,
    /// It was not made here, or was changed since.
    Unknown,
    /// A certificate, with its number and the digest of the file.
    Certificate(String, Digest),
    /// What was signed: which agreement, for which product, when the last of all signed.
    Signed(String, String, String),
}

async fn file_asked(services: &Services) -> Result<Option<FileAsked>, Halt> {
    let asked = query("file");
    let digest: Digest = match asked.as_str() {
        "" => return Ok(None),
        digest => match digest.parse() {
            Ok(digest) => digest,
            Err(_) => return Ok(Some(FileAsked::None)),
        },
    };
    let Some(about) = services.store.document_with(&digest).await? else { return Ok(Some(FileAsked::Unknown)) };
    if !about.number.is_empty() {
        return Ok(Some(FileAsked::Certificate(about.number, digest)));
    }
    let loaded = load_of_certificate(services, &about.journey).await?;
    let spec = loaded.journey.process.task(&about.task).ok_or(Halt::Missing)?;
    let title = spec.signs.map_or(spec.label.as_str(), |signs| signs.title()).to_owned();
    Ok(Some(FileAsked::Signed(title, loaded.journey.product().to_owned(), dates::moment(about.made_at))))
}

impl FileAsked {
    /// What is wrong with the file, for whoever sent it.
    fn problem(&self) -> Option<String> {
        match self {
            FileAsked::None => Some("Choose a file".to_owned()),
            FileAsked::Unknown => Some("We did not make this file, or it was changed since. Ask for the file as it was downloaded here: a scan, a print or a copy that was saved anew is another file".to_owned()),
            FileAsked::Certificate(..) | FileAsked::Signed(..) => None,
        }
    }
}

/// Asks for a file, below what is known of the one that was sent.
fn file_form(asked: Option<FileAsked>, refused: Option<&RefusedForm>) -> AnyView {
    let problem = refused.and_then(|refused| refused.problem("file"));
    let ours = match asked {
        Some(FileAsked::Signed(title, product, at)) => Some((title, product, at)),
        _ => None,
    };
    let ours = ours.map(|(title, product, at)| {
        view! {
            <section class="gpc-cert" aria-labelledby="ours">
                <h3 class="nhsuk-heading-s" id="ours">"This file was made here, and not changed since"</h3>
                <p>{format!("It is the {} for {product} as everybody had signed it on {at}.", text::lower_first(&title))}</p>
                <p>"Whether it still counts is known to those who take part in the journey: signatures can be taken back."</p>
            </section>
        }
    });
    let class = group_class(problem.is_some());
    let described = if problem.is_some() { "file-error file-hint" } else { "file-hint" };
    view! {
        <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
            <h2 class="nhsuk-heading-m" id="check-file">"Check a file"</h2>
            {ours}
            <form action="/do/verify/file" method="post" enctype="multipart/form-data" novalidate>
                <div class=class>
                    <label class="nhsuk-label nhsuk-label--s" for="file">"A certificate or an agreement as a PDF"</label>
                    <div class="nhsuk-hint" id="file-hint">"You learn whether it is byte for byte what was downloaded here. The file is not kept."</div>
                    {ask::message("file", problem)}
                    <input class="nhsuk-file-upload" id="file" name="file" type="file" accept="application/pdf" aria-describedby=described />
                </div>
                <button class="nhsuk-button nhsuk-button--secondary">"Check the file"</button>
            </form>
            <h2 class="nhsuk-heading-m">"Check a file without this service"</h2>
            <p>"PDFs that are made here have a digital signature of the service. "<a href=paths::SEAL>"See the certificate of the signature and how to check it"</a>"."</p>
            <h2 class="nhsuk-heading-m">"Check that nothing is missing"</h2>
            <p>"Every day the service publishes, signed, where the record of each journey ends. "<a href=paths::HEADS>"See the daily lists and how to check with them"</a>"."</p>
        </div></div>
    }
    .into_any()
}

/// A certificate with what it says, and the name its supplier has in it.
struct Found {
    title: &'static str,
    facts: Facts,
    issued_on: String,
    /// Its last day, where time alone ends it.
    until: Option<Date>,
    state: CertificateState,
}

/// The certificate with this number, if there is one.
async fn found(services: &Services, number: &CertificateNumber) -> Result<Option<Found>, Halt> {
    let loaded = match load_of_certificate(services, &number.journey).await {
        Ok(loaded) => loaded,
        Err(Halt::Missing) => return Ok(None),
        Err(halt) => return Err(halt),
    };
    let (journey, history) = (&loaded.journey, &loaded.history);
    let Some(IssuedCertificate { spec, kind, issued, state }) = certificate::find(services.processes, journey, history, number)
    else {
        return Ok(None);
    };
    let facts = facts(services, journey, history, spec, issued).await?;
    let team = facts.team.title().to_lowercase();
    let issued_on = format!("{} by NHS England, {team}", dates::date(calendar::date_of(issued.at)));
    let until = facts.last_day(issued.at);
    Ok(Some(Found { title: kind.title, facts, issued_on, until, state }))
}

/// `/verify/{number}`: what is said of one certificate.
#[component]
pub fn OneCertificate() -> impl IntoView {
    let number = param("number");
    page(async move {
        let context = context().await?;
        let number = CertificateNumber::typed(&number).ok_or(Halt::Missing)?;
        let found = found(&context.services, &number).await?.ok_or(Halt::Missing)?;
        let now = context.services.clock.now();
        let file: Option<Digest> = query("file").parse().ok();
        let made = match &file {
            Some(digest) => context.services.store.document_with(digest).await?,
            None => None,
        };
        let ours = made.is_some_and(|about| about.number == number.to_string());
        Ok((format!("{} {number}", found.title), shown(&number, &found, dates::moment(now), ours)))
    })
}

/// Heading, tag, the bar above, and the sentence behind "Checked on …".
fn says(found: &Found) -> (&'static str, &'static str, &'static str, String) {
    let day = dates::day_of;
    match &found.state {
        CertificateState::Valid => (
            "This certificate is valid",
            "nhsuk-tag nhsuk-tag--green",
            "gpc-cert",
            format!("It covers {} only. Any other version needs its own certificate.", found.facts.product),
        ),
        CertificateState::InQuestion => (
            "This certificate is being checked again. Do not rely on it yet",
            "nhsuk-tag nhsuk-tag--yellow",
            "gpc-cert gpc-cert--doubted",
            "Something that it rests on has changed since it was issued. NHS England confirms it with a new certificate, or it ends."
                .to_owned(),
        ),
        CertificateState::Superseded { on, .. } => (
            "This certificate has been replaced. Do not rely on it",
            "nhsuk-tag nhsuk-tag--orange",
            "gpc-cert gpc-cert--doubted",
            format!("Another certificate was issued in its place on {}. This one was real.", day(*on)),
        ),
        CertificateState::Reopened { on } => (
            "This certificate is no longer valid. Do not rely on it",
            "nhsuk-tag nhsuk-tag--red",
            "gpc-cert gpc-cert--ended",
            format!("What it was issued for was opened again on {}. No other certificate has been issued yet.", day(*on)),
        ),
        CertificateState::Suspended { on, reason } => (
            "This certificate is suspended. Do not rely on it now",
            "nhsuk-tag nhsuk-tag--orange",
            "gpc-cert gpc-cert--doubted",
            format!("NHS England suspended it on {}. It counts again only when NHS England says so here. Reason: {reason}", day(*on)),
        ),
        CertificateState::Expired { .. } => (
            "This certificate has expired. Do not rely on it",
            "nhsuk-tag nhsuk-tag--red",
            "gpc-cert gpc-cert--ended",
            match found.until {
                Some(day) => format!("It was valid until {}. No other certificate has been issued yet.", dates::date(day)),
                None => "No other certificate has been issued yet.".to_owned(),
            },
        ),
        CertificateState::Withdrawn { on, reason } => (
            "This certificate was withdrawn. Do not rely on it",
            "nhsuk-tag nhsuk-tag--red",
            "gpc-cert gpc-cert--ended",
            format!("NHS England withdrew it on {}, for good. Reason: {reason}", day(*on)),
        ),
        CertificateState::Ended { on } => (
            "This certificate is no longer valid. Do not rely on it",
            "nhsuk-tag nhsuk-tag--red",
            "gpc-cert gpc-cert--ended",
            format!("The supplier ended the onboarding of this product on {}.", day(*on)),
        ),
    }
}

fn shown(number: &CertificateNumber, found: &Found, now: String, ours: bool) -> AnyView {
    let (heading, tag, class, sentence) = says(found);
    let facts = &found.facts;
    let by = match &found.state {
        CertificateState::Superseded { by, .. } => Some(by.clone()),
        _ => None,
    };
    let or_none = |text: &str| if text.is_empty() { "None".to_owned() } else { text.to_owned() };
    let capabilities = facts.capabilities.iter().map(|one| format!("{} {}", one.capability.title(), one.version)).collect();
    view! {
        <Crumbs links=vec![("/".to_owned(), "Start".to_owned()), ("/verify".to_owned(), "Check another certificate".to_owned())] />
        <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
            <Title above=format!("{} {number}", found.title) text=heading />
            <div class=class>
                <p><strong class=tag>{found.state.word()}</strong></p>
                <p><strong>{format!("Checked on {now}. ")}</strong>{sentence}</p>
                {ours.then(|| view! { <p><strong>"Your file was made here, and not changed since."</strong>" It is this certificate as it was issued."</p> })}
                {by.map(|by| view! { <ButtonLink to=paths::certificate(&by) text="See the certificate that replaced it" /> })}
                <dl class="nhsuk-summary-list">
                    <SummaryRow key="Certificate" value=number.to_string() />
                    <SummaryRow key="Supplier" value=facts.supplier.as_ref().map(Identity::in_words).unwrap_or_default() />
                    <SummaryRow key="Product" value=facts.product.clone() />
                    <SummaryRow key="Capabilities" value=words::listed(capabilities) />
                    <SummaryRow key="Issued" value=found.issued_on.clone() />
                    {found.until.map(|day| view! { <SummaryRow key="Valid until" value=dates::date(day) /> })}
                    <SummaryRow key="Conditions and exceptions" value=or_none(&facts.conditions) />
                </dl>
            </div>
            <p><a href=paths::registered(number)>"See it in the register of products"</a></p>
            <p>{facts.not.clone()}</p>
            <p>{facts.ends.clone()}</p>
        </div></div>
    }
    .into_any()
}
