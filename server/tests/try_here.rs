//! `gpc-onboarding try`: the built program on a machine without accounts, settings or a database, and nothing is left of it.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use crate::common::process::{client, program};

struct Running {
    child: Child,
    page: String,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn started(temp: &std::path::Path) -> Running {
    let mut command: Command = program();
    // What a developer may have set for another service is not for this one.
    command
        .args(["try", "--listen", "127.0.0.1:0"])
        .env("TMPDIR", temp)
        .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut word = |begins: &str| {
        let line = lines.by_ref().map(|line| line.unwrap()).find(|line| line.starts_with(begins)).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };
    let (page, whole) = (word("Watch"), word("Send"));
    let address = whole.split("/https://").next().unwrap().to_owned();
    Running { child, page, address }
}

#[tokio::test]
async fn a_product_is_tried_without_an_account_and_nothing_is_left() {
    let folder = crate::common::Folder::new();
    let mut running = started(folder.path());
    let client = client();
    let get = async |to: &str| client.get(to).send().await.unwrap();
    let target = format!("{}/https://provider.example.nhs.uk/T99999/STU3/1/gpconnect/metadata", running.address);
    let answer = get(&target).await;
    assert_eq!(answer.status().as_u16(), 400);
    assert!(answer.text().await.unwrap().contains("HDR-01"));
    let page = get(&running.page).await;
    assert_eq!(page.status().as_u16(), 200);
    let text = page.text().await.unwrap();
    assert!(text.contains("1. GET /metadata") && text.contains("Close this run"), "{text}");
    let (root, _) = running.page.split_once("/journeys").unwrap();
    let home = get(&format!("{root}/")).await;
    assert!(home.status().is_redirection() && running.page.ends_with(home.headers()["location"].to_str().unwrap()));
    // A page of somebody else whose name leads to this machine.
    let other = client.get(&running.page).header("host", "evil.example").send().await.unwrap();
    assert_eq!(other.status().as_u16(), 403);
    let told = Command::new("kill").args(["-INT", &running.child.id().to_string()]).status().unwrap();
    assert!(told.success() && running.child.wait().unwrap().success());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the folder is gone");
}
