//! The one reader of forms with files. It holds no file, and gives everything a bound: how much text, how many parts, how
//! long a sender is silent, how slow they are. docs/security.md has the table; `enter` knows who asks before this begins.
//!
//! Long because reading a form within its bounds is one pass over its bytes.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use app::base::halt::Halt;
use axum::{
    body::{BodyDataStream, Bytes},
    extract::Request,
    http::header,
};
use futures_util::{Stream, StreamExt as _};
use journey::{
    form::{Answers, LONGEST},
    port::StoreError,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep},
};

use crate::kinds::shown_name;

/// Bytes of all text parts of a form together, as of a form without files.
pub const MOST_TEXT: usize = 512 * 1024;
/// Parts of a form: text and files.
pub const MOST_PARTS: usize = 300;
/// Characters of the name of a part.
const LONGEST_NAME: usize = 200;
/// Bytes that may come without a part beginning, or a piece of one being complete.
const MOST_BETWEEN: usize = 64 * 1024;
/// Bytes that are looked at at a time.
const SIP: usize = 16 * 1024;

/// Longest silence of a sender.
pub const SILENCE: Duration = Duration::from_secs(30);
/// A sender may take this long whatever comes, and longer as long as [`LEAST_RATE`] holds for the time beyond it. Only time
/// in which the sender is waited for counts.
const GRACE: Duration = Duration::from_secs(60);
/// Bytes a second: 256 kbit/s, a slow line. A file of 100 MB may take 52 minutes.
const LEAST_RATE: u64 = 32_000;

/// Why a form was not read to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Its sender said nothing for [`SILENCE`].
    #[error("silence")]
    Silent,
    /// It came slower than `LEAST_RATE`.
    #[error("too slow")]
    Slow,
    /// It is larger than any form of ours.
    #[error("larger than a form may be")]
    TooLarge,
    /// Its texts together are longer than [`MOST_TEXT`].
    #[error("texts longer than a form may have")]
    TooLong,
    /// It has more than [`MOST_PARTS`].
    #[error("more parts than a form may have")]
    TooMany,
    /// It broke off, or is no form.
    #[error("{0}")]
    Unreadable(String),
}

/// Why a form leads to no page.
#[derive(Debug)]
pub enum Stop {
    /// As with any action.
    Halt(Halt),
    /// It was not read to its end.
    Broken(Broken),
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Stop::Halt(halt)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Halt(error.into())
    }
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Stop::Broken(broken)
    }
}

/// What a form of one kind may have, and where it belongs.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Bytes of the whole form.
    pub most: u64,
    /// Characters of one text.
    pub longest_text: usize,
    /// The page that a form with these texts came from, and what was typed there.
    pub came_from: fn(&Texts) -> (String, Answers),
    /// The control of that page by which files without a question of their own were chosen.
    pub control: fn(&Texts) -> String,
}

impl Rules {
    /// Rules for forms up to so many bytes.
    #[must_use]
    pub fn new(most: u64, came_from: fn(&Texts) -> (String, Answers)) -> Self {
        Self { most, longest_text: LONGEST, came_from, control: |_| "file".to_owned() }
    }
}

/// The texts of a form in their order.
#[derive(Clone, Debug, Default)]
pub struct Texts(pub Vec<(String, String)>);

impl Texts {
    /// The last text of this name; empty when there is none.
    #[must_use]
    pub fn one(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }

    /// Every text whose name is `answers[…][]`, under the name within.
    #[must_use]
    pub fn answers(&self) -> Answers {
        let mut answers = Answers::default();
        for (name, text) in &self.0 {
            if let Some(id) = name.strip_prefix("answers[").and_then(|rest| rest.strip_suffix("][]")) {
                answers.0.entry(id.to_owned()).or_default().push(text.clone());
            }
        }
        answers
    }
}

/// A file of a form: its field, the name that is shown, and its bytes as they come.
pub struct Part {
    /// The name of the control, `file` or `file[…][]`.
    pub field: String,
    /// As a person sees it.
    pub name: String,
    /// What comes.
    pub bytes: Sent,
}

impl Part {
    /// The question that the file answers: what stands in the brackets of its field.
    #[must_use]
    pub fn question(&self) -> &str {
        self.field.strip_prefix("file[").and_then(|rest| rest.strip_suffix("][]")).unwrap_or_default()
    }
}

/// A form that is being read.
pub struct Form {
    parts: multer::Multipart<'static>,
    between: Arc<AtomicUsize>,
    longest_text: usize,
    most_text: usize,
    count: usize,
    bytes_of_text: usize,
    /// The texts that have come.
    pub texts: Texts,
    /// Names of texts whose end did not fit, as they stand in `answers[…][]`, or as they are.
    pub cut: Vec<String>,
}

impl Form {
    /// Begins to read. All its texts together may have `most_text` bytes.
    ///
    /// # Errors
    /// When it is no form, or says itself that it is too large.
    pub fn open(request: Request, rules: &Rules, most_text: usize) -> Result<Self, Broken> {
        let most = rules.most;
        let text = |name| request.headers().get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
        if text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()).is_some_and(|length: u64| length > most) {
            return Err(Broken::TooLarge);
        }
        let boundary = multer::parse_boundary(text(header::CONTENT_TYPE).unwrap_or_default());
        let boundary = boundary.map_err(|error| Broken::Unreadable(error.to_string()))?;
        let between = Arc::new(AtomicUsize::new(0));
        let sips = Sips {
            body: request.into_body().into_data_stream(),
            rest: Bytes::new(),
            gave: false,
            between: between.clone(),
            silence: Box::pin(tokio::time::sleep(SILENCE)),
            waiting: None,
            waited: Duration::ZERO,
            bytes: 0,
            most,
        };
        Ok(Self {
            parts: multer::Multipart::new(sips, boundary),
            between,
            longest_text: rules.longest_text,
            most_text,
            count: 0,
            bytes_of_text: 0,
            texts: Texts::default(),
            cut: Vec::new(),
        })
    }

    /// Reads on to the next file; `None` at the end. Texts on the way are put into `texts`.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn next_file(&mut self) -> Result<Option<Part>, Broken> {
        loop {
            self.between.store(0, Ordering::Relaxed);
            let Some(field) = self.parts.next_field().await.map_err(broken)? else { return Ok(None) };
            self.count += 1;
            if self.count > MOST_PARTS {
                return Err(Broken::TooMany);
            }
            let name: String = field.name().unwrap_or_default().chars().take(LONGEST_NAME).collect();
            let file = field.file_name().unwrap_or_default().to_owned();
            let mut bytes = Sent { field, between: self.between.clone() };
            if name != "file" && !name.starts_with("file[") {
                self.text(name, &mut bytes).await?;
            } else if file.is_empty() {
                // A file control that was left empty sends one part without a name.
                bytes.drained().await?;
            } else {
                return Ok(Some(Part { field: name, name: shown_name(&file), bytes }));
            }
        }
    }

    async fn text(&mut self, name: String, sent: &mut Sent) -> Result<(), Broken> {
        let mut bytes: Vec<u8> = Vec::new();
        let mut cut = false;
        while let Some(piece) = sent.next().await.transpose()? {
            self.bytes_of_text += piece.len();
            if self.bytes_of_text > self.most_text {
                return Err(Broken::TooLong);
            }
            // A character has four bytes at most.
            let room = (self.longest_text * 4).saturating_sub(bytes.len()).min(piece.len());
            bytes.extend_from_slice(&piece[..room]);
            cut |= room < piece.len();
        }
        let text = String::from_utf8_lossy(&bytes);
        let fits: String = text.chars().take(self.longest_text).collect();
        if cut || fits.len() < text.len() {
            let id = name.strip_prefix("answers[").and_then(|rest| rest.strip_suffix("][]")).unwrap_or(&name);
            self.cut.push(id.to_owned());
        }
        self.texts.0.push((name, fits));
        Ok(())
    }

    /// Reads what is left and throws it away, whatever it is, so that a sender who is told something reads it.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn drained(&mut self) -> Result<(), Broken> {
        loop {
            let Self { parts, between, .. } = self;
            let next = std::future::poll_fn(|cx| {
                between.store(0, Ordering::Relaxed);
                parts.poll_next_field(cx)
            });
            if next.await.map_err(broken)?.is_none() {
                return Ok(());
            }
        }
    }
}

/// The bytes of a part as they come.
pub struct Sent {
    field: multer::Field<'static>,
    between: Arc<AtomicUsize>,
}

impl Sent {
    /// Reads what is left and throws it away, so that what follows in the form is reached.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn drained(&mut self) -> Result<(), Broken> {
        while self.next().await.transpose()?.is_some() {}
        Ok(())
    }

    /// All of it, if it has no more bytes than that and there is room for it; otherwise the rest is thrown away.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn whole(&mut self, most: u64, room: &Arc<Semaphore>) -> Result<Whole, Broken> {
        let mut bytes: Vec<u8> = Vec::new();
        let mut held: Option<OwnedSemaphorePermit> = None;
        while let Some(piece) = self.next().await.transpose()? {
            let more = u32::try_from(piece.len()).ok().and_then(|more| room.clone().try_acquire_many_owned(more).ok());
            let large = (bytes.len() + piece.len()) as u64 > most;
            let (false, Some(more)) = (large, more) else {
                drop((bytes, held));
                self.drained().await?;
                return Ok(if large { Whole::TooLarge } else { Whole::NoRoom });
            };
            match &mut held {
                Some(held) => held.merge(more),
                None => held = Some(more),
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(Whole::Held(bytes, held))
    }
}

/// What is said to whoever sends a file that is wanted whole while others hold too much.
pub const NO_ROOM: &str = "Many workbooks are being read just now. Wait a minute, then send it again";

/// A file that is wanted whole.
#[derive(Debug)]
pub enum Whole {
    /// All of it, and the room that it has, which is given back when it is dropped.
    Held(Vec<u8>, Option<OwnedSemaphorePermit>),
    /// It is larger than it may be.
    TooLarge,
    /// Others hold too much just now.
    NoRoom,
}

/// Bytes of files that are held whole, of everybody together: workbooks and reports, as they come and while they are read.
pub const MOST_HELD: usize = 64_000_000;

impl Stream for Sent {
    type Item = Result<Bytes, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.field.poll_next_unpin(cx));
        self.between.store(0, Ordering::Relaxed);
        Poll::Ready(next.map(|piece| piece.map_err(broken)))
    }
}

fn broken(error: multer::Error) -> Broken {
    match error {
        multer::Error::StreamReadFailed(cause) => match cause.downcast::<Broken>() {
            Ok(broken) => *broken,
            Err(other) => Broken::Unreadable(other.to_string()),
        },
        other => Broken::Unreadable(other.to_string()),
    }
}

/// A body in small pieces, each by itself, so that nobody behind it gathers more than is looked at; and the clock of its
/// sender.
struct Sips {
    body: BodyDataStream,
    rest: Bytes,
    /// A piece was given: whoever asks again in the same breath is told to look at it first.
    gave: bool,
    between: Arc<AtomicUsize>,
    silence: Pin<Box<Sleep>>,
    waiting: Option<Instant>,
    waited: Duration,
    bytes: u64,
    most: u64,
}

impl Sips {
    /// How the sender was waited for, up to now.
    fn pace(&mut self) -> Result<(), Broken> {
        if let Some(since) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        let beyond = self.waited.saturating_sub(GRACE);
        if self.bytes < beyond.as_secs().saturating_mul(LEAST_RATE) { Err(Broken::Slow) } else { Ok(()) }
    }
}

impl Stream for Sips {
    type Item = Result<Bytes, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if std::mem::take(&mut this.gave) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        while this.rest.is_empty() {
            match this.body.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(bytes))) => {
                    this.bytes += bytes.len() as u64;
                    this.rest = bytes;
                    if let Err(broken) = this.pace() {
                        return Poll::Ready(Some(Err(broken)));
                    }
                    if this.bytes > this.most {
                        return Poll::Ready(Some(Err(Broken::TooLarge)));
                    }
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(Broken::Unreadable(error.to_string())))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => {
                    if this.waiting.is_none() {
                        this.waiting = Some(Instant::now());
                        this.silence.as_mut().reset(Instant::now() + SILENCE);
                    }
                    ready!(this.silence.as_mut().poll(cx));
                    return Poll::Ready(Some(Err(Broken::Silent)));
                }
            }
        }
        let piece = this.rest.split_to(this.rest.len().min(SIP));
        if this.between.fetch_add(piece.len(), Ordering::Relaxed) > MOST_BETWEEN {
            return Poll::Ready(Some(Err(Broken::Unreadable("a part that never begins".to_owned()))));
        }
        this.gave = true;
        Poll::Ready(Some(Ok(piece)))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tokio::sync::mpsc;

    use super::*;

    const TO_FILE: &str = "--edge\r\nContent-Disposition: form-data; name=\"journey\"\r\n\r\nJ\r\n\
                           --edge\r\nContent-Disposition: form-data; name=\"file[files][]\"; filename=\"a.txt\"\r\n\r\nbytes";

    fn rules(most: u64) -> Rules {
        Rules::new(most, |_| ("/".to_owned(), Answers::default()))
    }

    fn request(body: Body) -> Request {
        let request = Request::post("/").header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        request.body(body).expect("a request")
    }

    /// A form whose sender may say more, or be silent.
    fn slowly(said: &str) -> (mpsc::Sender<Bytes>, Form) {
        let (more, coming) = mpsc::channel(1);
        let said = Bytes::from(said.to_owned());
        let coming = futures_util::stream::unfold(coming, |mut coming| async {
            let bytes: Bytes = coming.recv().await?;
            Some((bytes, coming))
        });
        let all = futures_util::stream::once(async { said }).chain(coming).map(Ok::<_, std::io::Error>);
        (more, Form::open(request(Body::from_stream(all)), &rules(1 << 30), MOST_TEXT).expect("a form"))
    }

    async fn to_its_end(form: &mut Form) -> Broken {
        loop {
            match form.next_file().await {
                Ok(Some(mut part)) => {
                    if let Err(broken) = part.bytes.drained().await {
                        return broken;
                    }
                }
                Ok(None) => panic!("it ends"),
                Err(broken) => return broken,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_a_form_wherever_it_falls() {
        for said in ["", "--edge\r\nContent-Dispo", &TO_FILE[..TO_FILE.find("J\r\n").expect("a text") + 1], TO_FILE] {
            let (_more, mut form) = slowly(said);
            let begun = Instant::now();
            assert_eq!(to_its_end(&mut form).await, Broken::Silent, "{said:?}");
            assert!(begun.elapsed() <= SILENCE + Duration::from_secs(1), "{said:?}: {:?}", begun.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_never_silent_but_too_slow_is_ended_and_a_slow_line_is_not() {
        for (bytes, slow) in [(1_000, true), (32_500 * 20, false)] {
            let (more, mut form) = slowly(TO_FILE);
            let sender = tokio::spawn(async move {
                for _ in 0..15 {
                    tokio::time::sleep(Duration::from_secs(20)).await;
                    if more.send(vec![b'x'; bytes].into()).await.is_err() {
                        return;
                    }
                }
                drop(more.send("\r\n--edge--\r\n".into()).await);
            });
            let mut part = form.next_file().await.expect("it begins").expect("a file");
            let begun = Instant::now();
            let end = part.bytes.drained().await;
            assert_eq!(end, if slow { Err(Broken::Slow) } else { Ok(()) });
            assert!(!slow || begun.elapsed() < Duration::from_secs(90), "{:?}", begun.elapsed());
            sender.abort();
        }
    }

    #[tokio::test]
    async fn nothing_of_a_form_is_gathered_without_end() {
        let endless = |begins: &str, repeats: &'static str| {
            let begins = Bytes::from(begins.to_owned());
            let rest = futures_util::stream::repeat_with(move || Bytes::from(repeats.repeat(8_000)));
            let all = futures_util::stream::once(async { begins }).chain(rest).map(Ok::<_, std::io::Error>);
            Form::open(request(Body::from_stream(all)), &rules(1 << 30), MOST_TEXT).expect("a form")
        };
        let text = &TO_FILE[..TO_FILE.find("J\r\n").expect("a text") + 1];
        let gathered = Broken::Unreadable("a part that never begins".to_owned());
        assert_eq!(to_its_end(&mut endless("", "preamble")).await, gathered);
        assert_eq!(to_its_end(&mut endless("--edge\r\nX: ", "head")).await, gathered);
        assert_eq!(to_its_end(&mut endless(text, "text")).await, Broken::TooLong);
        assert_eq!(to_its_end(&mut endless(TO_FILE, "file")).await, Broken::TooLarge);
        let empty = "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
        assert_eq!(to_its_end(&mut endless("", empty)).await, Broken::TooMany);
    }

    #[tokio::test]
    async fn what_is_held_whole_has_its_room_and_gives_it_back() {
        let room = Arc::new(Semaphore::new(100));
        let file = async |bytes: usize, most: u64| {
            let body = format!("{TO_FILE}{}\r\n--edge--\r\n", "x".repeat(bytes - "bytes".len()));
            let mut form = Form::open(request(Body::from(body)), &rules(1 << 30), MOST_TEXT).expect("a form");
            let mut part = form.next_file().await.expect("it begins").expect("a file");
            let whole = part.bytes.whole(most, &room).await.expect("it comes");
            drop(part);
            assert!(form.next_file().await.expect("what follows is reached").is_none());
            whole
        };
        assert!(matches!(file(80, 70).await, Whole::TooLarge));
        let held = file(80, 80).await;
        assert!(matches!(&held, Whole::Held(bytes, Some(_)) if bytes.len() == 80));
        assert!(matches!(file(80, 80).await, Whole::NoRoom), "80 of 100 are held");
        drop(held);
        assert!(matches!(file(80, 80).await, Whole::Held(..)));
        assert_eq!(room.available_permits(), 100);
    }

    #[tokio::test]
    async fn a_text_is_cut_at_a_character_and_that_is_noted() {
        let part =
            |name: &str, text: &str| format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        let long = "𝄞".repeat(LONGEST + 1);
        let body = format!("{}{}{}--edge--\r\n", part("a", &"ü".repeat(LONGEST)), part("answers[b][]", &long), part("a", "last"));
        let mut form = Form::open(request(Body::from(body)), &rules(1 << 30), MOST_TEXT).expect("a form");
        assert!(form.next_file().await.expect("it is whole").is_none());
        assert_eq!((form.texts.one("a"), form.cut.as_slice()), ("last", &["b".to_owned()][..]));
        assert_eq!(form.texts.0[0].1.chars().count(), LONGEST);
        assert_eq!(form.texts.answers().one("b"), "𝄞".repeat(LONGEST));
    }
}
