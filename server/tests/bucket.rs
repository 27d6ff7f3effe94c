//! Files in an S3-compatible bucket: added, handed out, refused without a trace, swept (docs/operations.md, `FILES_URL`).
//! A server for it is started here; `scripts/ensure-s3.sh` installs it.

use std::{path::Path, process::Stdio, time::Duration};

use crate::common::{
    Folder,
    process::{Running, client},
};
use axum::body::Bytes;
use futures_util::stream;
use journey::base::ids::Digest;
use reqwest::{StatusCode, header};
use server::{
    demo::PASSWORD,
    file_store::{FileStore, Lost},
};
use store::Db;
use tokio::process::{Child, Command};

/// Keys that only this server takes for keys.
const KEYS: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "demo"),
    ("AWS_SECRET_ACCESS_KEY", "demo-secret"),
    ("AWS_REGION", "eu-west-2"),
    ("AWS_ALLOW_HTTP", "true"),
];
const BUCKET: &str = "onboarding-files";

struct Bucket {
    _server: Child,
    endpoint: String,
    client: reqwest::Client,
}

impl Bucket {
    async fn new() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/s3/bin/moto_server");
        assert!(program.exists(), "the S3 server for tests is not installed: run scripts/ensure-s3.sh");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let endpoint = format!("http://127.0.0.1:{port}");
        let client = client();
        for _ in 0..300 {
            let made = client.put(format!("{endpoint}/{BUCKET}")).body(
                "<CreateBucketConfiguration><LocationConstraint>eu-west-2</LocationConstraint></CreateBucketConfiguration>",
            );
            if made.send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Self { _server: server, endpoint, client };
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the S3 server did not start");
    }

    fn settings<'a>(&'a self, url: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut all = KEYS.to_vec();
        all.extend([("AWS_ENDPOINT", self.endpoint.as_str()), ("FILES_URL", url)]);
        all
    }

    /// Every key in the bucket.
    async fn keys(&self) -> Vec<String> {
        let text = self.client.get(format!("{}/{BUCKET}?list-type=2", self.endpoint)).send().await.unwrap().text().await.unwrap();
        text.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned()).collect()
    }

    /// Uploads that were begun and neither completed nor given up.
    async fn unfinished(&self) -> usize {
        let text = self.client.get(format!("{}/{BUCKET}?uploads", self.endpoint)).send().await.unwrap().text().await.unwrap();
        text.matches("<UploadId>").count()
    }
}

fn pieces(all: Vec<u8>, size: usize) -> Vec<Result<Bytes, String>> {
    all.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_lie_in_a_bucket_as_they_do_in_a_folder() {
    let bucket = Bucket::new().await;
    let url = format!("s3://{BUCKET}/live/");
    let file_store = FileStore::bucket_with(&url, |name| {
        bucket.settings(&url).into_iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    })
    .unwrap();
    file_store.ready().await.unwrap();
    assert!(file_store.is_empty().await.unwrap());

    // Larger than a part, so that it goes in several.
    let bytes: Vec<u8> = (0..12_000_000u32).map(|n| (n % 251) as u8).collect();
    let digest = Digest::of(&bytes);
    let mut sender = stream::iter(pieces(bytes.clone(), 300_000));
    let taken = file_store.keep(&mut sender, 20_000_000, "one", |_| Ok("text/plain")).await.unwrap().unwrap();
    assert_eq!((taken.digest.clone(), taken.bytes), (digest.clone(), 12_000_000));
    let place = format!("live/{}/{}/{digest}", &digest.as_str()[..2], &digest.as_str()[2..4]);
    assert_eq!(bucket.keys().await, std::slice::from_ref(&place), "under its digest, below the prefix, and nothing else");
    let mut length = 0;
    let read = file_store.read(&digest, |piece| {
        length += piece.len();
        Ok(())
    });
    assert_eq!(read.await.unwrap(), Some((digest.clone(), 12_000_000)));

    // The same bytes again are the same file.
    let mut sender = stream::iter(pieces(bytes.clone(), 1_000_000));
    file_store.keep(&mut sender, 20_000_000, "two", |_| Ok("text/plain")).await.unwrap().unwrap();
    assert_eq!(bucket.keys().await, std::slice::from_ref(&place));

    // What is refused, what is too long and what breaks off leaves nothing behind.
    let mut sender = stream::iter(pieces(bytes.clone(), 300_000));
    let refused = file_store.keep(&mut sender, 20_000_000, "three", |_| Err("no")).await.unwrap();
    assert_eq!(refused, Err("no".to_owned()));
    let mut sender = stream::iter(pieces(bytes.clone(), 300_000));
    let long = file_store.keep(&mut sender, 11_000_000, "four", |_| Ok("text/plain")).await.unwrap();
    assert!(long.is_err_and(|says| says.contains("larger than 11 MB")));
    let mut broken = pieces(bytes[..8_000_000].to_vec(), 300_000);
    broken.push(Err("the line went dead".to_owned()));
    let lost = file_store.keep(&mut stream::iter(broken), 20_000_000, "five", |_| Ok("text/plain")).await;
    assert!(matches!(lost, Err(Lost::Sender(why)) if why.contains("dead")));
    assert_eq!(bucket.keys().await, std::slice::from_ref(&place));
    assert_eq!(bucket.unfinished().await, 0);
    assert_eq!(file_store.read(&Digest::of(b"nothing"), |_| Ok(())).await.unwrap(), None);

    // What a process left that died between writing and naming is swept after a day, and not before.
    bucket.client.put(format!("{}/{BUCKET}/live/incoming/left", bucket.endpoint)).body("half").send().await.unwrap();
    let now = jiff::Timestamp::from_second(i64::try_from(now_in_seconds()).unwrap()).unwrap();
    assert_eq!(file_store.sweep(now).await.unwrap(), 0);
    let tomorrow = now.checked_add(jiff::SignedDuration::from_hours(25)).unwrap();
    assert_eq!(file_store.sweep(tomorrow).await.unwrap(), 1);
    assert_eq!(bucket.keys().await, [place]);
}

#[expect(clippy::disallowed_methods, reason = "the server of the bucket dates what it is sent by the machine's clock")]
fn now_in_seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_keeps_files_in_the_bucket_that_it_is_told() {
    let bucket = Bucket::new().await;
    let mut program = crate::common::process::program();
    let folder = Folder::new();
    program.arg("serve").env("DATA", folder.path()).env("LISTEN", "127.0.0.1:0").envs(bucket.settings("nonsense"));
    let out = program.output().unwrap();
    assert!(!out.status.success() && String::from_utf8_lossy(&out.stderr).contains("FILES_URL"), "{out:?}");

    let url = format!("s3://{BUCKET}/live");
    let mut settings = bucket.settings(&url);
    settings.push(("DEMO", "true"));
    let running = Running::start(Folder::new(), &settings);
    assert!(!running.folder.path().join("files").exists(), "no folder beside it");
    assert!(bucket.keys().await.len() > 20, "the files of the demo are in the bucket");
    assert!(!running.said().contains("demo-secret"), "and its key is told to nobody");
    // Somebody of the demo opens one of them over HTTP.
    let db = Db::open(&format!("sqlite://{}", running.folder.path().join("onboarding.sqlite").display())).await.unwrap();
    let (journey, file) = db.every_file(["", "", ""], 1).await.unwrap()[0].clone();
    let client = client();
    let base = format!("http://{}", running.address);
    let signed_in = client
        .post(format!("{base}/do/account/sign-in"))
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT, "text/html")
        .form(&[("email", "dana@programme.example"), ("password", PASSWORD)])
        .send()
        .await
        .unwrap();
    assert_eq!(signed_in.status(), StatusCode::SEE_OTHER);
    let asked = client.get(format!("{base}/sign-in/second-step")).send().await.unwrap().text().await.unwrap();
    let code = crate::common::second_step::code_on(&asked);
    let shown = client.post(format!("{base}/do/account/second-step")).header("sec-fetch-site", "same-origin");
    let shown = shown.header(header::ACCEPT, "text/html").form(&[("code", code.as_str())]).send().await.unwrap();
    assert_eq!(shown.headers()[header::LOCATION], "/worklist");
    let answer = client.get(format!("{base}/files/{}?journey={journey}&task={}", file.digest, file.task)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(Digest::of(&answer.bytes().await.unwrap()), file.digest);
    // A backup takes them out of the bucket.
    let mut backup = crate::common::process::program();
    let to = running.folder.path().join("backup");
    backup.arg("backup").arg("--to").arg(&to).env("DATA", running.folder.path()).envs(bucket.settings(&url));
    let out = backup.output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(to.join("files").join(file.digest.as_str()).exists());
}

#[tokio::test]
async fn an_address_that_makes_no_sense_is_named() {
    for (url, says) in [("https://bucket", "s3://"), ("s3://", "names no bucket"), ("s3:///prefix", "names no bucket")] {
        assert!(FileStore::bucket(url).is_err_and(|why| why.contains("FILES_URL") && why.contains(says)), "{url}");
    }
}
