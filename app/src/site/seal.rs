//! `/verify/seal`: the certificates that documents are signed with, for anybody who wants to check one without this service.

use journey::port::seals::KnownSeal;
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, paths},
    design::{Crumbs, SummaryRow, Title},
};

/// Certificates on the page. One lasts for years.
const SHOWN: u32 = 50;

/// Takes a document apart with what every Unix has, and asks OpenSSL. `server/tests/seals.rs` runs it as it stands here.
const STEPS: &str = "set -- $(grep -ao '/ByteRange\\[[0-9 ]*' document.pdf | tail -n 1 | cut -d '[' -f 2)
head -c $2 document.pdf > signed
tail -c $4 document.pdf >> signed
head -c $(($3 - 1)) document.pdf | tail -c +$(($2 + 2)) | xxd -r -p > signature
openssl cms -verify -binary -inform DER -in signature -content signed \\
  -CAfile certificate.pem -partial_chain -purpose any -out /dev/null";

/// `/verify/seal`
#[component]
pub fn TheSeal() -> impl IntoView {
    page(async {
        let context = context().await?;
        let now = context.services.clock.now();
        let known = context.services.store.seals(SHOWN).await?;
        let certificates = known.iter().enumerate().map(|(place, seal)| certificate(seal, place == 0, now)).collect_view();
        let several = (known.len() > 1).then(|| {
            view! { <p>"The key has changed. Documents that were signed with an earlier one are checked with that one."</p> }
        });
        let none = known.is_empty().then(|| {
            view! {
                <div class="gpc-empty">
                    <h2 class="nhsuk-heading-s">"Documents are not signed yet"</h2>
                    <p>"The service has no key to sign them with. "<a href="/verify#check-file">"Check a document byte for byte"</a>"."</p>
                </div>
            }
        });
        let body = view! {
            <Crumbs links=vec![("/".to_owned(), "Start".to_owned()), ("/verify".to_owned(), "Check a certificate".to_owned())] />
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="The digital signature in documents">"For anybody who has a certificate or an agreement as a PDF. You do not need an account."</Title>
                <p>"The service signs every PDF that it makes. The signature shows that the service made the file and that nobody has changed it since. You can check that without the service, also years later."</p>
                <p>"It is the signature of the service. It does not stand for the people who signed an agreement: the document says who they are and when they signed."</p>
                <p>"Documents that were made before the service had a key have no digital signature. You can "<a href="/verify#check-file">"check them here"</a>" like all others."</p>
                <p>"A certificate can be suspended or withdrawn after its PDF was made. "<a href="/verify">"Check its number"</a>" before you rely on it."</p>
                {none}
                {certificates}
                {several}
                {(!known.is_empty()).then(how)}
            </div></div>
        }
        .into_any();
        Ok(("The digital signature in documents".to_owned(), body))
    })
}

fn certificate(known: &KnownSeal, newest: bool, now: jiff::Timestamp) -> AnyView {
    let KnownSeal { certificate, since } = known;
    let heading = match (newest, certificate.holds(now)) {
        (true, true) => "The certificate in use",
        (true, false) => "The last certificate. It is not valid today, so documents are not signed",
        (false, _) => "An earlier certificate",
    };
    let issuer = if certificate.is_our_own() {
        "The service itself. Nobody else vouches for it, so compare the fingerprint with one that you got in another way"
            .to_owned()
    } else {
        certificate.issuer.clone()
    };
    let file = paths::seal_file(&certificate.fingerprint);
    view! {
        <h2 class="nhsuk-heading-m">{heading}</h2>
        <dl class="nhsuk-summary-list">
            <SummaryRow key="Fingerprint (SHA-256)" value=certificate.fingerprint.to_string() />
            <SummaryRow key="Name" value=certificate.subject.clone() />
            <SummaryRow key="Issued by" value=issuer />
            <SummaryRow key="Valid" value=format!("{} to {}", dates::day_of(certificate.from), dates::day_of(certificate.until)) />
            <SummaryRow key="Known here since" value=dates::moment(*since) />
        </dl>
        <p><a href=file download>"Download the certificate"<span class="nhsuk-u-visually-hidden">{format!(" {}", certificate.fingerprint)}</span></a>" as certificate.pem, with those above it."</p>
    }
    .into_any()
}

fn how() -> AnyView {
    view! {
        <h2 class="nhsuk-heading-m">"How to check"</h2>
        <ol>
            <li>"Open the PDF in a program that shows digital signatures. It names GP Connect onboarding, and says whether the file was changed."</li>
            <li>"Compare the fingerprint of the certificate that the program shows with the one above."</li>
        </ol>
        <p>"Or with OpenSSL, for a document that was kept as document.pdf, and the certificate beside it:"</p>
        <pre class="gpc-code" tabindex="0" role="region" aria-label="How to check the digital signature with OpenSSL"><code>{STEPS}</code></pre>
        <p>"It answers “CMS Verification successful”."</p>
    }
    .into_any()
}
