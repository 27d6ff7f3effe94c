//! Sends what waits in the outbox: by SMTP when configured, otherwise into a folder, with the link in the log so that it
//! can be followed on a laptop. A letter that does not go is tried again, later and later, and not for ever: what can never
//! arrive is told to whoever caused it, and to the operator.

use std::{path::PathBuf, sync::Arc, time::Duration};

use app::{act::letters, request::services::Services};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use journey::{
    base::ids::Digest,
    port::{Enclosed, Letter, LinkPurpose, Outgoing, StoreError, Undelivered},
};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp,
};

use crate::config::Serve;

/// How long one letter may take before it counts as not sent, unless a test says otherwise.
const PATIENCE: Duration = Duration::from_secs(20);
/// Pause when nothing waits.
const REST: Duration = Duration::from_millis(700);
/// A letter that does not go is given up after this time, and not before it was tried [`FEWEST_TRIES`] times: a service that
/// was stopped for a week gives nothing up when it is back.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(72);
/// See [`LONGEST_WAIT`]. With the pauses between them these take two hours and a half.
const FEWEST_TRIES: u32 = 12;

/// Who makes the documents that go with letters.
#[async_trait]
pub trait Enclosures: Send + Sync {
    /// The document as a file with its name; `None` when there is none, or it is too large for a letter.
    ///
    /// # Errors
    /// When it cannot be made now.
    async fn enclosed(&self, enclosed: &Enclosed) -> Result<Option<(String, Vec<u8>)>, String>;
}

/// Where letters go, and how long each may take.
pub struct Post {
    way: Way,
    heads: Heads,
    patience: Duration,
    /// `None` where letters go without documents.
    enclosures: Option<Arc<dyn Enclosures>>,
}

/// What stands in the head of every email.
struct Heads {
    /// Where replies go: to the address that pages tell people to write to.
    reply_to: Option<Mailbox>,
    /// Where people choose which emails they get. Those that name it can be left out.
    chosen_at: String,
}

enum Way {
    /// To an SMTP server.
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>, Box<Mailbox>),
    /// Into a folder, one file each.
    Folder(PathBuf),
}

impl Post {
    /// The way that the configuration names.
    ///
    /// # Errors
    /// When an address in the configuration is not one, or the folder cannot be made.
    pub fn new(config: &Serve) -> Result<Self, String> {
        Self::patient(config, PATIENCE)
    }

    /// The same with another patience: for tests with a server that hangs.
    ///
    /// # Errors
    /// When an address in the configuration is not one, or the folder cannot be made.
    pub fn patient(config: &Serve, patience: Duration) -> Result<Self, String> {
        let heads = Heads { reply_to: config.help_address.parse().ok(), chosen_at: letters::chosen_at(&config.public_url()) };
        let Some(url) = &config.letters.smtp_url else {
            let folder = config.letters_in();
            std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            return Ok(Self { way: Way::Folder(folder), heads, patience, enclosures: None });
        };
        let from = config.letters.mail_from.parse().map_err(|error| format!("MAIL_FROM: {error}"))?;
        let transport =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url.reveal()).map_err(|error| format!("SMTP_URL: {error}"))?;
        let way = Way::Smtp(Box::new(transport.timeout(Some(patience)).build()), Box::new(from));
        Ok(Self { way, heads, patience, enclosures: None })
    }

    /// The same, where letters go with the documents that they name.
    #[must_use]
    pub fn with_enclosures(self, enclosures: Arc<dyn Enclosures>) -> Self {
        Self { enclosures: Some(enclosures), ..self }
    }

    /// The document that goes with a letter.
    async fn enclosed(&self, letter: &Letter) -> Result<Option<(String, Vec<u8>)>, Unsendable> {
        let (Some(enclosures), Some(enclosed)) = (&self.enclosures, &letter.enclosed) else { return Ok(None) };
        enclosures.enclosed(enclosed).await.map_err(|why| Unsendable::Later(format!("its document: {why}")))
    }

    async fn send(&self, letter: &Letter) -> Result<(), Unsendable> {
        let enclosed = self.enclosed(letter).await?;
        match &self.way {
            Way::Smtp(transport, from) => {
                // An address and nothing else: a list or a name with it would be a way to write to others.
                let to: Address =
                    letter.to.parse().map_err(|error| Unsendable::Never(Undelivered::NoAddress, format!("{error}")))?;
                let message = message((**from).clone(), to, &self.heads, letter, enclosed);
                let message = message.map_err(|why| Unsendable::Never(Undelivered::NoAddress, why))?;
                // The transport's own time limit is per command; a server that answers each one slowly must not hold the rest.
                let sent = tokio::time::timeout(self.patience, transport.send(message))
                    .await
                    .map_err(|_| Unsendable::Later("no answer in time".to_owned()))?;
                let Err(error) = sent else { return Ok(()) };
                let why = error.to_string();
                if !for_good(&error) {
                    return Err(Unsendable::Later(why));
                }
                // A server that takes no letters at all, from anybody or from us, says nothing about this one.
                let talks = tokio::time::timeout(self.patience, transport.test_connection()).await;
                Err(match talks {
                    Ok(Ok(true)) => Unsendable::Never(Undelivered::Refused, why),
                    _ => Unsendable::Later(why),
                })
            }
            Way::Folder(folder) => {
                let mut text = format!("To: {}\nSubject: {}\n\n{}", letter.to, letter.subject, letter.body);
                let name: String =
                    letter.id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
                let (part, whole) = (folder.join(format!("{name}.part")), folder.join(format!("{name}.eml")));
                let later = |error: std::io::Error| Unsendable::Later(error.to_string());
                if let Some((called, bytes)) = enclosed {
                    tokio::fs::write(folder.join(format!("{name}.pdf")), bytes).await.map_err(later)?;
                    text.push_str(&format!("\n[Attached: “{called}”, here beside as {name}.pdf]\n"));
                }
                tokio::fs::write(&part, text).await.map_err(later)?;
                tokio::fs::rename(&part, &whole).await.map_err(later)?;
                let link = letter.body.split_whitespace().find(|word| word.starts_with("http")).unwrap_or("");
                tracing::info!(to = %letter.to, subject = %letter.subject, link, "letter");
                Ok(())
            }
        }
    }
}

/// A letter as it goes to a mail server.
fn message(
    from: Mailbox,
    to: Address,
    heads: &Heads,
    letter: &Letter,
    enclosed: Option<(String, Vec<u8>)>,
) -> Result<Message, String> {
    let mut message = Message::builder()
        .from(from)
        .to(to.into())
        .subject(&letter.subject)
        .message_id(Some(format!("<{}@gpc-onboarding>", letter.id)));
    if let Some(reply_to) = &heads.reply_to {
        message = message.reply_to(reply_to.clone());
    }
    // RFC 2369: for those that their reader may choose not to get.
    if letter.body.contains(&heads.chosen_at) {
        message = message.header(ListUnsubscribe(format!("<{}>", heads.chosen_at)));
    }
    let message = match enclosed {
        None => message.header(ContentType::TEXT_PLAIN).body(letter.body.clone()),
        Some((name, bytes)) => {
            let pdf = ContentType::parse("application/pdf").map_err(|error| error.to_string())?;
            let words = SinglePart::plain(letter.body.clone());
            message.multipart(MultiPart::mixed().singlepart(words).singlepart(Attachment::new(name).body(bytes, pdf)))
        }
    };
    message.map_err(|error| error.to_string())
}

/// Where somebody says that they do not want such emails.
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// Why a letter did not go, and what was said.
enum Unsendable {
    /// It may go another time.
    Later(String),
    /// It will never go.
    Never(Undelivered, String),
}

/// Whether a server refused this letter and would refuse it again: a 5xx about its recipient or its text. One about our
/// login, our sender or a command is ours to mend, and then the letter goes.
fn for_good(error: &smtp::Error) -> bool {
    use std::error::Error as _;
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let code = error.status().filter(|_| error.is_permanent()).map(u16::from);
    code.is_some_and(|code| (550..=556).contains(&code)) && !is_about_us(&said)
}

/// Whether the enhanced status of an answer (RFC 3463) is about the sender (5.1.7, 5.1.8), the mail system in between (5.3,
/// 5.5) or what is permitted to us (5.7).
fn is_about_us(said: &str) -> bool {
    let mut parts = said.split_whitespace().next().unwrap_or_default().split('.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("5"), Some("1"), Some(detail)) => matches!(detail, "7" | "8"),
        (Some("5"), Some(subject), Some(_)) => matches!(subject, "3" | "5" | "7"),
        _ => false,
    }
}

/// Sends everything that is due now. Says how many letters were tried.
///
/// # Errors
/// When the database does not answer.
pub async fn send_due(services: &Services, post: &Post) -> Result<u32, StoreError> {
    let mut tried = 0;
    loop {
        let now = services.clock.now();
        let hidden = later(now, 2 * i64::try_from(post.patience.as_secs()).unwrap_or(60).max(1));
        let Some(outgoing) = services.store.next_letter(now, hidden).await? else { return Ok(tried) };
        tried += 1;
        let id = &outgoing.letter.id;
        let (never, why) = match post.send(&outgoing.letter).await {
            Ok(()) => {
                services.store.letter_sent(id, services.clock.now()).await?;
                continue;
            }
            Err(Unsendable::Never(reason, why)) => (Some(reason), why),
            Err(Unsendable::Later(why)) => (too_long(&outgoing, services.clock.now()).then_some(Undelivered::GivenUp), why),
        };
        let (tries, now) = (outgoing.tries + 1, services.clock.now());
        if let Some(reason) = never {
            tracing::error!(letter = %id, tries, reason = reason.name(), why, "an email cannot be delivered and is not tried again");
            let tell = telling(services, &outgoing.letter, reason).await?;
            services.store.letter_undelivered(id, reason, &why, now, tell).await?;
        } else {
            tracing::warn!(letter = %id, tries, why, "an email did not go");
            services.store.letter_failed(id, &why, later(now, pause(outgoing.tries))).await?;
        }
    }
}

/// Whether a letter that did not go now was tried for long enough.
fn too_long(outgoing: &Outgoing, now: Timestamp) -> bool {
    outgoing.tries + 1 >= FEWEST_TRIES && now.duration_since(outgoing.since) >= LONGEST_WAIT
}

/// The letter to whoever caused one that cannot arrive. Only invitations cause one: nobody is told of a letter to themselves,
/// and no letter tells of a letter that tells.
async fn telling(services: &Services, letter: &Letter, reason: Undelivered) -> Result<Option<Letter>, StoreError> {
    let Some(token) = letter.id.strip_prefix("invite-").and_then(|token| token.parse::<Digest>().ok()) else { return Ok(None) };
    // One that was taken back or replaced meanwhile is nobody's concern.
    let Some(link) = services.store.link(&token, LinkPurpose::Invite, services.clock.now()).await? else { return Ok(None) };
    letters::undelivered(services, letter, &link, reason).await
}

/// Seconds until the next try: 5, 10, 20, … up to an hour.
fn pause(tries: u32) -> i64 {
    (5_i64 << tries.min(10)).min(3600)
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(seconds.seconds()).unwrap_or(Timestamp::MAX)
}

/// Sends letters for as long as the service runs.
pub async fn run(services: Services, post: Post) {
    loop {
        if let Err(why) = send_due(&services, &post).await {
            tracing::warn!(%why, "the outbox cannot be read");
        }
        tokio::time::sleep(REST).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_goes_as_an_attachment_under_its_name_with_all_its_bytes() {
        let letter = Letter {
            id: "one".to_owned(),
            to: "rae@willow.example".to_owned(),
            subject: "Signed by everybody".to_owned(),
            body: "Hello “Rae”.\n".to_owned(),
            enclosed: None,
        };
        let (from, to): (Mailbox, Address) = ("a@example.org".parse().expect("one"), letter.to.parse().expect("one"));
        let heads = Heads { reply_to: None, chosen_at: "https://gpc.example/account#notices".to_owned() };
        let sent = |enclosed| {
            let message = message(from.clone(), to.clone(), &heads, &letter, enclosed).expect("an email");
            String::from_utf8(message.formatted()).expect("emails are text")
        };
        let plain = sent(None);
        assert!(plain.contains("Content-Type: text/plain") && !plain.contains("multipart"), "{plain}");
        let bytes: Vec<u8> = (0..=255).cycle().take(3_000).collect();
        let with = sent(Some(("Agreement Ward – Round.pdf".to_owned(), bytes.clone())));
        assert!(with.contains("Content-Type: multipart/mixed") && with.contains("Content-Disposition: attachment"), "{with}");
        assert!(with.contains("Content-Type: application/pdf") && with.contains("Message-ID: <one@gpc-onboarding>"), "{with}");
        let encoded = with.split("application/pdf").nth(1).expect("a part").split("base64\r\n\r\n").nth(1).expect("its bytes");
        let encoded: String = encoded.split("\r\n--").next().expect("an end").lines().collect();
        assert_eq!(encoded.len(), bytes.len() / 3 * 4);
        assert!(encoded.starts_with("AAECAwQF"), "{encoded}");
    }
}
