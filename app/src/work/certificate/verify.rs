//! `/verify` and `/verify/{number}`: whether a certificate is valid, for anybody who has its number. A hospital, a practice or
//! another supplier relies on it and has no account here.

use journey::{
    base::{calendar, identity::Identity, text},
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
        say,
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
        let asked = !query("number").is_empty();
        if let Some(number) = CertificateNumber::typed(&typed)
            && found(&context.services, &number).await?.is_some()
        {
            return Err(Halt::Elsewhere(paths::certificate(&number)));
        }
        let problem = asked.then(|| match CertificateNumber::typed(&typed) {
            _ if typed.is_empty() => "Enter the number of the certificate".to_owned(),
            Some(number) => format!("No certificate has the number {number}. Compare it with the certificate"),
            None => "This is no number of a certificate. It looks like TCC-7K3M-9PX4-23 and stands at the head of it".to_owned(),
        });
        let title = if problem.is_some() { "Error: Check a certificate" } else { "Check a certificate" };
        Ok((title.to_owned(), form(&typed, problem)))
    })
}

fn form(typed: &str, problem: Option<String>) -> AnyView {
    let refused = problem.map(|says| RefusedForm {
        heading: "Check the number".to_owned(),
        problems: vec![Problem::new("number", says)],
        ..RefusedForm::default()
    });
    let number = Field::new("number", "Number of the certificate", Kind::Line { max: 100 })
        .hint("It stands at the head of the certificate, like TCC-7K3M-9PX4-23. Capital letters and hyphens do not matter.");
    let look = Look { name: "number".to_owned(), autocomplete: "off", ..Look::default() };
    view! {
        <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
            {say::kept(refused.as_ref())}
            <Title text="Check a certificate">"For anybody who relies on a product that uses or provides GP Connect. You do not need an account."</Title>
            <form action="/verify" method="get" novalidate>
                {ask::question(&number, &Answers::default().with("number", typed), refused.as_ref(), &look)}
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

/// A certificate with what it says, and the name its supplier has in it.
struct Found {
    title: &'static str,
    facts: Facts,
    issued_on: String,
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
    Ok(Some(Found { title: kind.title, facts, issued_on, state }))
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
        Ok((format!("{} {number}", found.title), shown(&number, &found, dates::moment(now))))
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

fn shown(number: &CertificateNumber, found: &Found, now: String) -> AnyView {
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
                {by.map(|by| view! { <ButtonLink to=paths::certificate(&by) text="See the certificate that replaced it" /> })}
                <dl class="nhsuk-summary-list">
                    <SummaryRow key="Certificate" value=number.to_string() />
                    <SummaryRow key="Supplier" value=facts.supplier.as_ref().map(Identity::in_words).unwrap_or_default() />
                    <SummaryRow key="Product" value=facts.product.clone() />
                    <SummaryRow key="Capabilities" value=words::listed(capabilities) />
                    <SummaryRow key="Issued" value=found.issued_on.clone() />
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
