//! Sends what waits in the outbox: by SMTP when configured, otherwise into a folder, with the link in the log so that it
//! can be followed on a laptop. A letter that does not go is tried again, later and later.

use std::{path::PathBuf, time::Duration};

use app::services::Services;
use jiff::{Timestamp, ToSpan as _};
use journey::port::{Letter, StoreError};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

use crate::config::Serve;

/// How long one letter may take before it counts as not sent, unless a test says otherwise.
const PATIENCE: Duration = Duration::from_secs(20);
/// Pause when nothing waits.
const REST: Duration = Duration::from_millis(700);

/// Where letters go, and how long each may take.
pub struct Post {
    way: Way,
    patience: Duration,
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
        let Some(url) = &config.letters.smtp_url else {
            let folder = config.letters_in();
            std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            return Ok(Self { way: Way::Folder(folder), patience });
        };
        let from = config.letters.mail_from.parse().map_err(|error| format!("MAIL_FROM: {error}"))?;
        let transport =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url.reveal()).map_err(|error| format!("SMTP_URL: {error}"))?;
        Ok(Self { way: Way::Smtp(Box::new(transport.timeout(Some(patience)).build()), Box::new(from)), patience })
    }

    async fn send(&self, letter: &Letter) -> Result<(), String> {
        match &self.way {
            Way::Smtp(transport, from) => {
                let to = letter.to.parse().map_err(|error| format!("{error}"))?;
                let message = Message::builder()
                    .from((**from).clone())
                    .to(to)
                    .subject(&letter.subject)
                    .message_id(Some(format!("<{}@gpc-onboarding>", letter.id)))
                    .header(ContentType::TEXT_PLAIN)
                    .body(letter.body.clone())
                    .map_err(|error| error.to_string())?;
                // The transport's own time limit is per command; a server that answers each one slowly must not hold the rest.
                let sent = tokio::time::timeout(self.patience, transport.send(message))
                    .await
                    .map_err(|_| "no answer in time".to_owned())?;
                sent.map(drop).map_err(|error| error.to_string())
            }
            Way::Folder(folder) => {
                let text = format!("To: {}\nSubject: {}\n\n{}", letter.to, letter.subject, letter.body);
                let name: String =
                    letter.id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
                let (part, whole) = (folder.join(format!("{name}.part")), folder.join(format!("{name}.eml")));
                tokio::fs::write(&part, text).await.map_err(|error| error.to_string())?;
                tokio::fs::rename(&part, &whole).await.map_err(|error| error.to_string())?;
                let link = letter.body.split_whitespace().find(|word| word.starts_with("http")).unwrap_or("");
                tracing::info!(to = %letter.to, subject = %letter.subject, link, "letter");
                Ok(())
            }
        }
    }
}

/// Sends everything that is due now. Says how many letters were tried.
///
/// # Errors
/// When the memory does not answer.
pub async fn send_due(services: &Services, post: &Post) -> Result<u32, StoreError> {
    let mut tried = 0;
    loop {
        let now = services.clock.now();
        let hidden = later(now, 2 * i64::try_from(post.patience.as_secs()).unwrap_or(60).max(1));
        let Some(outgoing) = services.store.next_letter(now, hidden).await? else { return Ok(tried) };
        tried += 1;
        match post.send(&outgoing.letter).await {
            Ok(()) => services.store.letter_sent(&outgoing.letter.id, services.clock.now()).await?,
            Err(why) => {
                tracing::warn!(letter = %outgoing.letter.id, tries = outgoing.tries + 1, why, "a letter did not go");
                let again = later(services.clock.now(), pause(outgoing.tries));
                services.store.letter_failed(&outgoing.letter.id, &why, again).await?;
            }
        }
    }
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
