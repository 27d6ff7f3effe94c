//! Letters: at least once, and never silently never (design/reliability.md R8). A real SMTP server takes them.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use crate::common::{Folder, House, PASSWORD, world::register};
use journey::{
    base::ids::Digest,
    port::{Letter, Link, LinkPurpose, Outbox as _, People as _, Undelivered},
};
use server::{
    commands::letters,
    outbox::{Post, send_due},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// Takes letters and prints each as a line. To `refused@` it says no, to `hangs@` it says nothing at all.
const SCRIPT: &str = r#"
const { createRequire } = require('module');
const { SMTPServer } = createRequire(process.argv[2])('smtp-server');
const server = new SMTPServer({
  authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'], logger: false,
  onRcptTo(address, session, done) {
    if (address.address.startsWith('refused@')) return done(Object.assign(new Error('no such box'), { responseCode: 550 }));
    if (address.address.startsWith('hangs@')) return;
    done();
  },
  onData(stream, session, done) {
    let text = '';
    stream.on('data', chunk => { text += chunk; });
    stream.on('end', () => {
      console.log(JSON.stringify({ to: session.envelope.rcptTo.map(a => a.address), text }));
      done();
    });
  },
});
server.on('error', error => { console.error(error.message); process.exit(1); });
server.listen(Number(process.argv[3]), '127.0.0.1', () => console.log(server.server.address().port));
"#;

/// The server and what it has taken.
struct Taker {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    port: u16,
    _folder: Folder,
}

fn modules() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("end2end");
    let found = root.join("node_modules/smtp-server").is_dir();
    assert!(found, "the SMTP server for tests is not installed: `make test` installs it, or npm ci --prefix end2end");
    root.join("package.json")
}

impl Taker {
    async fn at(port: u16) -> Self {
        let folder = Folder::new();
        let script = folder.path().join("taker.cjs");
        std::fs::write(&script, SCRIPT).unwrap();
        let mut child = Command::new("node")
            .arg(&script)
            .arg(modules())
            .arg(port.to_string())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node is installed");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().expect("it listens").parse().unwrap();
        Self { _child: child, lines, port, _folder: folder }
    }

    /// The next letter, with its transport encoding undone.
    async fn next(&mut self) -> (String, String) {
        let line =
            tokio::time::timeout(Duration::from_secs(10), self.lines.next_line()).await.expect("a letter").unwrap().unwrap();
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        let text = value["text"].as_str().unwrap().replace("=\r\n", "").replace("=3D", "=");
        (value["to"][0].as_str().unwrap().to_owned(), text)
    }

    /// Whether nothing has come beside what was read: one more letter is sent, and it must be the next.
    async fn is_quiet(&mut self, house: &House, post: &Post) -> bool {
        let last = format!("last-{}@acme.example", crate::common::fresh());
        letter(house, &last).await;
        assert_eq!(send_due(&house.services, post).await.unwrap(), 1);
        self.next().await.0 == last
    }
}

async fn house(port: u16) -> (House, Post) {
    let change = |config: &mut server::config::Serve| config.letters.smtp_url = Some(format!("smtp://127.0.0.1:{port}").into());
    let house = House::with(change, std::sync::Arc::new(crate::common::Quick)).await;
    let post = Post::patient(&house.config, Duration::from_millis(700)).unwrap();
    (house, post)
}

#[tokio::test]
async fn an_email_that_one_may_choose_not_to_get_says_where() {
    let mut taker = Taker::at(0).await;
    let (house, post) = house(taker.port).await;
    let now = house.services.clock.now();
    let link = Link {
        token: Digest::of(b"choosable"),
        purpose: LinkPurpose::Confirm,
        person: None,
        organisation: None,
        email: "lena@acme.example".to_owned(),
        roles: Vec::new(),
        by: None,
        created_at: now,
        expires_at: now,
    };
    let body = format!("Hello.{}", app::act::letters::foot(&house.services));
    let subject = "Approved: use case".to_owned();
    let letter = Letter { id: "choosable".to_owned(), to: "lena@acme.example".to_owned(), subject, body, enclosed: None };
    house.db.add_link(link, letter).await.unwrap();
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 1);
    let (_, text) = taker.next().await;
    let wanted = format!("List-Unsubscribe: <{}/account#notices>\r\n", house.config.public_url());
    assert!(text.contains(&wanted), "{wanted} in {text}");
}

/// A letter to this address, as any reason would write it.
async fn letter(house: &House, to: &str) {
    let now = house.services.clock.now();
    let id = format!("test-{}", crate::common::fresh());
    let link = Link {
        token: Digest::of(id.as_bytes()),
        purpose: LinkPurpose::Confirm,
        person: None,
        organisation: None,
        email: to.to_owned(),
        roles: Vec::new(),
        by: None,
        created_at: now,
        expires_at: now,
    };
    let letter = Letter { id, to: to.to_owned(), subject: format!("For {to}"), body: "Hello.\n".to_owned(), enclosed: None };
    house.db.add_link(link, letter).await.unwrap();
}

async fn waiting(house: &House) -> u32 {
    house.db.letters_waiting().await.unwrap().0
}

#[tokio::test]
async fn a_letter_arrives_once_with_its_subject_words_and_link() {
    let mut taker = Taker::at(0).await;
    let (house, post) = house(taker.port).await;
    let fields = [
        ("answers[organisation][]", "Acme Care"),
        ("answers[name][]", "Lena Lead"),
        ("answers[email][]", "lena@acme.example"),
        ("password", crate::common::PASSWORD),
        ("again", crate::common::PASSWORD),
    ];
    house.browser().post("account/register", &fields).await;
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 1);
    let (to, text) = taker.next().await;
    assert_eq!(to, "lena@acme.example");
    for wanted in [
        "Subject: Confirm your email address\r\n",
        "To: lena@acme.example\r\n",
        "From: \"GP Connect onboarding\" <onboarding@example.org>",
        "Reply-To: ",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert!(!text.contains("List-Unsubscribe"), "it always goes: {text}");
    // The link works as it stands in the letter.
    let mut browser = house.browser();
    let token = browser.get(&crate::common::path_in(&text)).await.hidden("token");
    assert_eq!(browser.post("account/confirm", &[("token", &token), ("password", PASSWORD)]).await.to(), "/journeys");
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 0);
    house.clock.forward(24 * 3600);
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 0);
    assert!(taker.is_quiet(&house, &post).await, "once");
}

#[tokio::test]
async fn a_refused_letter_is_not_tried_again_and_holds_up_nobody() {
    let mut taker = Taker::at(0).await;
    let (house, post) = house(taker.port).await;
    for to in ["refused@acme.example", "no address", "a@b.example, c@d.example", "lena@acme.example"] {
        letter(&house, to).await;
    }
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 4);
    assert_eq!(taker.next().await.0, "lena@acme.example");
    assert_eq!(waiting(&house).await, 0, "what cannot go does not wait");
    let mut unsent: Vec<(String, &str)> = Vec::new();
    for letter in house.db.letters_unsent(9).await.unwrap() {
        unsent.push((letter.to, letter.undelivered.unwrap().0.name()));
    }
    unsent.sort();
    let wanted = [("a@b.example, c@d.example", "no_address"), ("no address", "no_address"), ("refused@acme.example", "refused")];
    assert_eq!(unsent, wanted.map(|(to, reason)| (to.to_owned(), reason)));
    assert_eq!(house.db.letters_undelivered(jiff::Timestamp::MIN).await.unwrap(), 3);
    house.clock.forward(24 * 3600);
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 0);
    assert!(taker.is_quiet(&house, &post).await);

    // An operator sees it, and can put it back.
    let now = house.services.clock.now();
    let listed = letters::run(&house.db, &[], now).await.unwrap();
    let line = listed.lines().find(|line| line.contains("refused@")).unwrap();
    let fields: Vec<&str> = line.split('\t').collect();
    assert_eq!(
        (fields[0], fields[2], fields[3], fields[4]),
        ("refused", "refused@acme.example", "For refused@acme.example", "1")
    );
    assert!(fields[6].contains("550") && !listed.contains("Hello."), "{listed}");
    let again = [fields[1].to_owned()];
    assert!(letters::run(&house.db, &again, now).await.unwrap().contains("tried again"));
    assert!(letters::run(&house.db, &["nothing".to_owned()], now).await.is_err());
    assert_eq!((waiting(&house).await, send_due(&house.services, &post).await.unwrap()), (1, 1));
}

/// What is ours to mend costs no letter: only their recipients are refused for good.
#[tokio::test]
async fn a_server_that_does_not_let_us_in_costs_no_letter() {
    for (at, answer) in
        [("RCPT", "550 5.7.1 relaying denied"), ("MAIL", "553 5.1.8 this sender is not known"), ("RCPT", "451 later")]
    {
        let port = answering(at, answer).await;
        let (house, post) = house(port).await;
        letter(&house, "lena@acme.example").await;
        assert_eq!(send_due(&house.services, &post).await.unwrap(), 1);
        assert_eq!(waiting(&house).await, 1, "{answer}");
    }
}

/// A mail server that answers one command like this.
async fn answering(at: &'static str, answer: &'static str) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 here\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    let says = if line.starts_with(at) { answer } else { "250 fine" };
                    if write.write_all(format!("{says}\r\n").as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn a_letter_that_does_not_go_is_tried_for_three_days_and_then_told() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (house, post) = house(free).await;
    letter(&house, "lena@acme.example").await;
    // A service that was stopped for a week gives nothing up when it is back.
    house.clock.forward(7 * 24 * 3600);
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 1);
    assert_eq!(waiting(&house).await, 1);
    let mut tries = 1;
    for _ in 0..72 {
        house.clock.forward(3600);
        tries += send_due(&house.services, &post).await.unwrap();
    }
    assert_eq!((tries, waiting(&house).await), (12, 0), "twelve tries at least, and an end");
    let unsent = house.db.letters_unsent(9).await.unwrap();
    assert_eq!((unsent[0].tries, unsent[0].undelivered.unwrap().0), (12, Undelivered::GivenUp));
}

#[tokio::test]
async fn whoever_invited_somebody_in_vain_is_told_and_puts_it_right() {
    let mut taker = Taker::at(0).await;
    let (house, post) = house(taker.port).await;
    let mut lead = register(&house, "Acme Care", "lena@acme.example").await.browser;
    let invite = [("answers[email][]", "refused@acme.example"), ("answers[roles][]", "developer")];
    lead.submit("organisation/invite", &invite).await;
    while send_due(&house.services, &post).await.unwrap() > 0 {}
    let said = loop {
        let (to, text) = taker.next().await;
        if text.contains("Subject: Your invitation could not be delivered") {
            assert_eq!(to, "lena@acme.example");
            break text;
        }
    };
    assert!(said.contains("refused@acme.example") && said.contains("/organisation"), "{said}");
    house.clock.forward(7200);
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 0, "and told once");

    lead.sign_in("lena@acme.example").await;
    let page = lead.get("/organisation").await;
    assert!(page.body.contains("Could not be delivered to refused@acme.example: its mail server refused it"), "{}", page.body);
    let token = page.body.split("/organisation?correct=").nth(1).unwrap().split('#').next().unwrap().to_owned();
    let page = lead.get(&format!("/organisation?correct={token}")).await;
    assert_eq!(page.hidden("instead"), token);
    assert!(page.body.contains("value=\"refused@acme.example\""));
    // What is wrong again leads back to the same question.
    let wrong = [("instead", token.as_str()), ("answers[email][]", "nobody"), ("answers[roles][]", "developer")];
    let page = lead.submit("organisation/invite", &wrong).await;
    assert!(page.refusal().is_some() && page.hidden("instead") == token);
    let right = [("instead", token.as_str()), ("answers[email][]", "dev@acme.example"), ("answers[roles][]", "developer")];
    let page = lead.submit("organisation/invite", &right).await;
    assert!(page.done().is_some() && page.body.contains("dev@acme.example"));
    assert!(!page.body.contains("Could not be delivered") && !page.body.contains("refused@acme.example"), "it is replaced");
}

#[tokio::test]
async fn nobody_is_told_of_a_letter_to_themselves_or_of_a_letter_that_tells() {
    let taker = Taker::at(0).await;
    let (house, post) = house(taker.port).await;
    let mut lead = register(&house, "Acme Care", "refused@acme.example").await.browser;
    let invite = [("answers[email][]", "refused@other.example"), ("answers[roles][]", "developer")];
    lead.submit("organisation/invite", &invite).await;
    for _ in 0..5 {
        send_due(&house.services, &post).await.unwrap();
        house.clock.forward(3600);
    }
    let unsent: Vec<String> = house.db.letters_unsent(99).await.unwrap().into_iter().map(|letter| letter.id).collect();
    assert_eq!(unsent.iter().filter(|id| id.starts_with("undelivered-")).count(), 1, "{unsent:?}");
    assert!(unsent.iter().all(|id| !id.starts_with("undelivered-undelivered")), "{unsent:?}");
}

#[tokio::test]
async fn a_server_that_was_away_gets_every_letter_when_it_is_back() {
    // A port that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (house, post) = house(free).await;
    for n in 0..5 {
        letter(&house, &format!("person-{n}@acme.example")).await;
    }
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 5);
    assert_eq!(waiting(&house).await, 5);
    let mut taker = Taker::at(free).await;
    house.clock.forward(6);
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 5);
    let mut to = Vec::new();
    for _ in 0..5 {
        to.push(taker.next().await.0);
    }
    to.sort();
    to.dedup();
    assert_eq!((to.len(), waiting(&house).await), (5, 0));
    assert!(taker.is_quiet(&house, &post).await);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_and_the_others_go_on() {
    let mut taker = Taker::at(0).await;
    let (house, post) = house(taker.port).await;
    letter(&house, "hangs@acme.example").await;
    letter(&house, "lena@acme.example").await;
    let began = std::time::Instant::now();
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 2);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(taker.next().await.0, "lena@acme.example");
    assert_eq!(waiting(&house).await, 1);
    house.clock.forward(6);
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 1, "tried again");
}

#[tokio::test]
async fn a_sender_that_dies_between_taking_and_sending_loses_nothing() {
    let mut taker = Taker::at(0).await;
    let (house, post) = house(taker.port).await;
    letter(&house, "lena@acme.example").await;
    // Taken as the sender takes it, and then nothing more.
    let now = house.services.clock.now();
    let hidden = now.checked_add(jiff::Span::new().seconds(40)).unwrap();
    assert!(house.db.next_letter(now, hidden).await.unwrap().is_some());
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 0, "hidden from the others");
    house.clock.forward(40);
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 1);
    assert_eq!(taker.next().await.0, "lena@acme.example");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_senders_send_each_letter_once() {
    let mut taker = Taker::at(0).await;
    let (house, one) = house(taker.port).await;
    let two = Post::patient(&house.config, Duration::from_secs(5)).unwrap();
    for n in 0..20 {
        letter(&house, &format!("person-{n}@acme.example")).await;
    }
    let (a, b) = tokio::join!(send_due(&house.services, &one), send_due(&house.services, &two));
    assert_eq!(a.unwrap() + b.unwrap(), 20);
    let mut to = Vec::new();
    for _ in 0..20 {
        to.push(taker.next().await.0);
    }
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 20);
    assert!(taker.is_quiet(&house, &one).await);
}

#[tokio::test]
async fn without_a_server_each_letter_is_a_file() {
    let house = House::new().await;
    let post = Post::new(&house.config).unwrap();
    register(&house, "Acme Care", "lena@acme.example").await;
    for to in ["a@acme.example", "b@acme.example", "../../c@acme.example"] {
        letter(&house, to).await;
    }
    assert_eq!(send_due(&house.services, &post).await.unwrap(), 3);
    let names: Vec<String> = std::fs::read_dir(house.folder.path().join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.iter().all(|name| Path::new(name).extension().is_some_and(|e| e == "eml")), "{names:?}");
    let text = std::fs::read_to_string(house.folder.path().join("mail").join(&names[0])).unwrap();
    assert!(text.starts_with("To: ") && text.contains("\nSubject: For ") && text.contains("\n\nHello."), "{text}");
}
