//! What people keep: a certificate, and what was signed, as a PDF that is made once and handed out the same ever after; and
//! whether a file that somebody has is one of them, byte for byte.
//!
//! Long because what is made, kept, signed and checked of a document is read together.

use app::{
    act::load::{Loaded, load, load_as_of},
    base::{dates, halt::Halt, paths},
    request::{services::Services, visitor::Caller},
    work::{
        agreement::{kept::filled_in, text},
        certificate::page::{facts, issued, rows},
    },
};
use async_trait::async_trait;
use axum::{
    Extension,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use journey::{
    base::{
        calendar,
        ids::{Digest, TaskId},
    },
    form::Answers,
    ledger::{
        agreement_text,
        event::Recorded,
        journey::Journey,
        standing::{Settlement, Signature, State as TaskState},
    },
    plan::{certificates, process::TaskSpec},
    port::{
        Enclosed,
        documents::{Document, DocumentAbout},
    },
    rule::certificate::CertificateNumber,
    view::names::Names,
};
use paper::{Block, Paper, Table, Text};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::{
    downloads::{answered, attached},
    evidence::{of_text, signed_for, whole_evidence},
    file_store::hex,
    form::{Broken, Form, MOST_TEXT, Rules},
    gate::turned_away,
    outbox::Enclosures,
    uploads::Uploads,
};

const PDF: &str = "application/pdf";

/// A file that somebody wants to have checked. Ours have some hundred kilobytes.
const LARGEST: u64 = 5_000_000;

/// Files that are checked at once, of everybody together: whoever checks one has no account.
const AT_ONCE: usize = 16;

static CHECKING: Semaphore = Semaphore::const_new(AT_ONCE);

/// The certificate of a task: `GET /journeys/{reference}/tasks/{task}/certificate.pdf`, for those who read the task.
pub async fn certificate(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path((reference, task)): Path<(String, String)>,
) -> Response {
    let made = async {
        let (loaded, spec) = read(&uploads, &caller, &reference, &task).await?;
        handed_out(&uploads, certificate_of(&uploads, &loaded, spec).await?).await
    };
    answered(made.await)
}

/// What was signed on a task, when everybody has: `GET /journeys/{reference}/tasks/{task}/signed.pdf`, for those who read the task.
pub async fn signed(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path((reference, task)): Path<(String, String)>,
) -> Response {
    let made = async {
        let (loaded, spec) = read(&uploads, &caller, &reference, &task).await?;
        handed_out(&uploads, signed_of(&uploads, &loaded, spec).await?).await
    };
    answered(made.await)
}

/// The journey and the task, for whoever reads the task.
async fn read(uploads: &Uploads, caller: &Caller, reference: &str, task: &str) -> Result<(Loaded, &'static TaskSpec), Halt> {
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load(&uploads.services, &visitor, reference).await?;
    let task: TaskId = task.parse().map_err(|_| Halt::Missing)?;
    let spec = loaded.journey.process.task(&task).filter(|spec| loaded.journey.may_read(&visitor.actor, spec));
    Ok((loaded, spec.ok_or(Halt::Missing)?))
}

/// What is made of a task, with what it is about and the name of the file.
struct ToMake {
    paper: Paper,
    about: DocumentAbout,
    name: String,
}

/// Makes every document of a journey that there can be now and is not kept yet.
///
/// # Errors
/// When one cannot be made, or the database does not answer.
pub(crate) async fn make_all(uploads: &Uploads, loaded: &Loaded) -> Result<(), Halt> {
    for spec in &loaded.journey.process.tasks {
        for of in [certificate_of(uploads, loaded, spec).await?, signed_of(uploads, loaded, spec).await?].into_iter().flatten() {
            made(uploads, of.paper, of.about).await?;
        }
    }
    Ok(())
}

/// The certificate that a task has left; `None` when it has left none.
async fn certificate_of(uploads: &Uploads, loaded: &Loaded, spec: &TaskSpec) -> Result<Option<ToMake>, Halt> {
    let Loaded { journey, history, names } = loaded;
    let services = &uploads.services;
    let (Some(issued), Some(kind)) = (issued(journey, history, spec), certificates::kind(spec)) else { return Ok(None) };
    let number = CertificateNumber::of(kind, &journey.reference, issued.seq);
    let facts = facts(services, journey, history, spec, issued).await?;
    let by = issued.by.as_ref().and_then(|by| names.people.get(&by.person)).cloned().unwrap_or_default();
    let team = facts.team.title().to_lowercase();
    let mut told = of_texts(rows(services, journey, &facts).await?);
    let on = dates::date(calendar::date_of(issued.at));
    if let Some(day) = facts.last_day(issued.at) {
        told.push(("Valid until".to_owned(), dates::date(day).into()));
    }
    told.push(("Issued".to_owned(), format!("{on} by {by}, NHS England, {team}").into()));
    let address = format!("{}{}", services.base_url, paths::certificate(&number));
    let blocks = vec![
        Block::Code(number.to_string()),
        Block::Facts(told),
        Block::Inset(facts.not.as_str().into()),
        Block::Paragraph(facts.ends.as_str().into()),
        Block::Heading("Check that it is still valid".to_owned()),
        Block::Paragraph(
            "This document says what was certified on the day of issue. A certificate can be suspended, withdrawn or replaced. Check it before you rely on it: you need no account."
                .into(),
        ),
        Block::Qr {
            holds: address.clone(),
            alternative: format!("QR code with the address {address}"),
            beside: Text::from("Scan the code, go to ").link(address.clone(), address).plain(", or read the number to whoever checks it. This file can be checked there too: byte for byte."),
        },
        Block::Heading("Where it is recorded".to_owned()),
        Block::Facts(recorded(journey, issued)),
    ];
    let paper = Paper {
        title: facts.title.clone(),
        issuer: "GP Connect onboarding".to_owned(),
        subject: format!("{number}: {}", facts.product),
        language: "en-GB".to_owned(),
        made: issued.at,
        foot: format!("{} {number}", facts.title),
        blocks,
    };
    let about = about(journey, spec, &number.to_string(), issued.at);
    Ok(Some(ToMake { paper, about, name: format!("{} {number}.pdf", facts.title) }))
}

/// Where an entry stands in the ledger of its journey.
fn recorded(journey: &Journey, entry: &Recorded) -> Vec<(String, Text)> {
    vec![
        ("Journey".to_owned(), journey.reference.to_string().into()),
        ("Entry in its history".to_owned(), entry.seq.to_string().into()),
        ("Digest of the entry".to_owned(), Text::new().mono(entry.digest.to_string())),
    ]
}

fn of_texts(rows: Vec<(&'static str, String)>) -> Vec<(String, Text)> {
    rows.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect()
}

fn about(journey: &Journey, spec: &TaskSpec, number: &str, made_at: Timestamp) -> DocumentAbout {
    DocumentAbout { journey: journey.reference.clone(), task: spec.id.clone(), number: number.to_owned(), made_at }
}

/// What everybody has signed on a task; `None` until they have.
async fn signed_of(uploads: &Uploads, loaded: &Loaded, spec: &TaskSpec) -> Result<Option<ToMake>, Halt> {
    let Loaded { journey, names, history } = loaded;
    let services = &uploads.services;
    let record = journey.task(&spec.id);
    let complete = matches!(record.state, TaskState::Settled { how: Settlement::Signed, .. });
    let Some(last) = record.signatures.last().filter(|_| complete) else { return Ok(None) };
    let words = text::kept(services, &last.words).await?;
    let parts = filled_in(services, journey, spec, last.at).await?;
    let with_parts = agreement_text::read(&words);
    let mut blocks = with_parts.as_ref().map_or_else(|| as_blocks(&words), of_text);
    if !parts.is_empty() {
        let heading =
            if with_parts.is_some() { "Annex 1: the parts as they were filled in" } else { "The details that were filled in" };
        blocks.push(Block::Heading(heading.to_owned()));
        blocks.push(Block::Facts(parts.into_iter().map(|(key, value)| (key, value.into())).collect()));
    }
    if with_parts.is_some() {
        blocks.push(Block::Paragraph(
            "Every other annex is kept by this service under its digest. Whoever reads the journey can download it there.".into(),
        ));
    }
    // What was made of words of before stays as it was made.
    if with_parts.is_some() || record.signatures.iter().any(|signature| signature.by_link) {
        blocks.extend(whole_evidence(services, journey, history, &record.signatures, names, &last.words));
    } else {
        blocks.extend(evidence(services, journey, &record.signatures, names, &last.words));
    }
    let product = journey.product();
    let title = spec.signs.map_or(spec.label.as_str(), |signs| signs.title());
    let paper = Paper {
        title: title.to_owned(),
        issuer: "GP Connect onboarding".to_owned(),
        subject: product.to_owned(),
        language: "en-GB".to_owned(),
        made: last.at,
        foot: format!("{title}, {product}, {}", journey.reference),
        blocks,
    };
    let about = about(journey, spec, "", last.at);
    Ok(Some(ToMake { paper, about, name: format!("{title} {product} {}.pdf", journey.reference) }))
}

/// The words that were signed, as a document: their first line is its title, lines like "Product: …" say what it is about, and
/// the statements have numbers.
fn as_blocks(words: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for line in words.lines().skip(1).map(str::trim).filter(|line| !line.is_empty()) {
        let counted = line.split_once(". ").filter(|(number, _)| number.chars().all(|c| c.is_ascii_digit()));
        if let Some((_, statement)) = counted {
            match blocks.last_mut() {
                Some(Block::Numbered(all)) => all.push(statement.into()),
                _ => {
                    blocks.push(Block::Heading("What was signed".to_owned()));
                    blocks.push(Block::Numbered(vec![statement.into()]));
                }
            }
        } else if let Some((key, value)) = line.split_once(": ") {
            let row = (key.to_owned(), Text::from(value));
            match blocks.last_mut() {
                Some(Block::Facts(all)) => all.push(row),
                _ => blocks.push(Block::Facts(vec![row])),
            }
        } else {
            blocks.push(Block::Paragraph(line.into()));
        }
    }
    blocks
}

/// Who signed, for whom and by what authority, and how that is checked.
fn evidence(services: &Services, journey: &Journey, signed: &[Signature], names: &Names, words: &Digest) -> Vec<Block> {
    let row = |signature: &Signature| {
        vec![
            signed_for(signature, names).into(),
            format!("{}, {}", signature.name, signature.role.title().to_lowercase()).into(),
            signature.authority.as_str().into(),
            dates::moment(signature.at).into(),
        ]
    };
    let heads = ["Organisation", "Signed by", "By authority of", "On"].map(str::to_owned).to_vec();
    let address = format!("{}/verify", services.base_url);
    vec![
        Block::NewPage,
        Block::Heading("Evidence of signing".to_owned()),
        Block::Table(Table { caption: "Everybody signed the same words, in this order".to_owned(), heads, rows: signed.iter().map(row).collect() }),
        Block::Facts(vec![
            ("Digest of the words".to_owned(), Text::new().mono(words.to_string())),
            ("Journey".to_owned(), journey.reference.to_string().into()),
        ]),
        Block::Paragraph(
            "Each of them was signed in with an account of their own when they signed. The times are those of the service. The words are kept under the digest above; whoever changes a letter of them has another digest."
                .into(),
        ),
        Block::Qr {
            holds: address.clone(),
            alternative: format!("QR code with the address {address}"),
            beside: Text::from("Whether this file is the one that was made here, byte for byte, can be checked at ")
                .link(address.clone(), address)
                .plain(" without an account."),
        },
    ]
}

/// Bytes of a document that goes with a letter. Mail servers take ten millions and more; encoded it is a third larger.
const MOST_ENCLOSED: usize = 2_000_000;

#[async_trait]
impl Enclosures for Uploads {
    async fn enclosed(&self, enclosed: &Enclosed) -> Result<Option<(String, Vec<u8>)>, String> {
        let made = async {
            let loaded = load_as_of(&self.services, &enclosed.journey, enclosed.seq).await?;
            let spec = loaded.journey.process.task(&enclosed.task).ok_or(Halt::Missing)?;
            let of = match certificate_of(self, &loaded, spec).await? {
                Some(certificate) => Some(certificate),
                None => signed_of(self, &loaded, spec).await?,
            };
            let Some(ToMake { paper, about, name }) = of else { return Ok(None) };
            Ok(Some((name, made(self, paper, about).await?)))
        };
        let made: Result<_, Halt> = made.await;
        match made.map_err(|halt| format!("{halt:?}"))? {
            Some((name, bytes)) if bytes.len() > MOST_ENCLOSED => {
                tracing::warn!(journey = %enclosed.journey, task = %enclosed.task, name, "a document is too large to go with an email");
                Ok(None)
            }
            fits => Ok(fits),
        }
    }
}

async fn handed_out(uploads: &Uploads, of: Option<ToMake>) -> Result<Response, Halt> {
    let ToMake { paper, about, name } = of.ok_or(Halt::Missing)?;
    attached(made(uploads, paper, about).await?, &name, PDF)
}

/// The document as it was made first, or made now.
async fn made(uploads: &Uploads, paper: Paper, about: DocumentAbout) -> Result<Vec<u8>, Halt> {
    let store = &uploads.services.store;
    // All that a document says and how: what is said otherwise one day is another document.
    let content = Digest::of(format!("{paper:?}").as_bytes());
    if let Some(bytes) = store.document(&content).await? {
        return Ok(bytes);
    }
    let (seal, now) = (uploads.seal.clone(), uploads.services.clock.now());
    let seal = seal.filter(|seal| {
        let holds = seal.certificate().holds(now);
        if !holds {
            tracing::error!("a document is made without a digital signature: the certificate of the key does not hold today");
        }
        holds
    });
    let made = uploads.parse(move || {
        let bytes = paper::set(&paper).map_err(|refused| refused.to_string())?;
        seal.map_or(Ok(bytes.clone()), |seal| seal.sealed(&bytes, now))
    });
    let bytes = made.await?.map_err(|refused| Halt::Fault(format!("a document could not be made: {refused}")))?;
    store.keep_document(Document { content: content.clone(), about, bytes }).await?;
    // Of two who make it at once the first is kept.
    store.document(&content).await?.ok_or_else(|| Halt::Fault(format!("document {content} was not kept")))
}

/// Hands the certificate of the seal with this fingerprint out, with those above it: `GET /verify/seal/{fingerprint}/certificate.pem`, to
/// anybody.
pub async fn certificate_of_seal(State(services): State<Services>, Path(fingerprint): Path<String>) -> Response {
    let found = match fingerprint.parse() {
        Ok(fingerprint) => services.store.seal(&fingerprint).await,
        Err(_) => Ok(None),
    };
    answered(match found {
        Ok(Some(known)) => attached(known.certificate.chain.into_bytes(), "certificate.pem", "application/x-pem-file"),
        Ok(None) => Err(Halt::Missing),
        Err(error) => Err(error.into()),
    })
}

/// Takes a file in to say whether it was made here: `POST /do/verify/file`, a multipart form, by anybody. Nothing of it is kept: it
/// is hashed as it comes, and the page that says what it is has only its digest.
pub async fn check(request: Request) -> Response {
    let Ok(_place) = CHECKING.try_acquire() else {
        return turned_away(
            StatusCode::SERVICE_UNAVAILABLE,
            "Many files are being checked just now",
            "Wait a few seconds, then go back and send the file again.",
        );
    };
    match digest_of(request).await {
        Ok(Some(digest)) => Redirect::to(&format!("/verify?file={digest}")).into_response(),
        Ok(None) => Redirect::to("/verify?file=none").into_response(),
        Err(broken) => {
            tracing::info!(%broken, "a file to be checked that was not read to its end");
            match broken {
                Broken::TooLarge | Broken::TooLong | Broken::TooMany => turned_away(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "That file is too large",
                    "A document that was made here is smaller than 5 MB, so this is none. Go back to check another.",
                ),
                _ => turned_away(
                    StatusCode::BAD_REQUEST,
                    "The file did not arrive whole",
                    "Check your connection, then go back and send the file again.",
                ),
            }
        }
    }
}

/// The digest of the file in the form; `None` when no file was chosen.
async fn digest_of(request: Request) -> Result<Option<Digest>, Broken> {
    let rules = Rules::new(LARGEST, |_| (String::new(), Answers::default()));
    let mut form = Form::open(request, &rules, MOST_TEXT)?;
    let mut digest = None;
    while let Some(mut part) = form.next_file().await? {
        let mut hash = Sha256::new();
        while let Some(piece) = part.bytes.next().await.transpose()? {
            hash.update(&piece);
        }
        digest = Some(hex(&hash.finalize()));
    }
    digest.map(|digest| digest.parse().map_err(|_| Broken::Unreadable("a digest that is none".to_owned()))).transpose()
}
