//! Where the pages of a journey are: every link to one is made here. What was typed by somebody goes through
//! [`encode`] before.

use std::fmt::Display;

use journey::base::actor::Role;

use crate::base::words::encode;

/// A journey.
#[must_use]
pub fn journey(reference: &dyn Display) -> String {
    format!("/journeys/{reference}")
}

/// Where a reviewer checks what they are about to decide for a team on the task with this page, in place of the people with these ids.
#[must_use]
pub fn check(task: &str, team: Role, instead: &str) -> String {
    let instead = if instead.is_empty() { String::new() } else { format!("&instead={}", encode(instead)) };
    format!("{task}/check?as={}{instead}", team.name())
}

/// Where anybody checks the certificate with this number.
#[must_use]
pub fn certificate(number: &dyn Display) -> String {
    format!("/verify/{number}")
}

/// Where somebody stays signed in without leaving the page that they are on.
pub const STAY: &str = "/stay-signed-in";

/// Where a second step is set up.
pub const SET_UP_SECOND_STEP: &str = "/account/second-step/set-up";

/// Where new recovery codes are shown, once.
pub const RECOVERY_CODES: &str = "/account/second-step/codes";

/// Where somebody whose password fitted shows their second step.
pub const SIGN_IN_SECOND_STEP: &str = "/sign-in/second-step";

/// Where somebody who is signed in shows it again.
pub const SECOND_STEP: &str = "/second-step";

/// One of these pages, and where to go on from there.
#[must_use]
pub fn then(page: &str, next: &str) -> String {
    if next.is_empty() { page.to_owned() } else { format!("{page}?next={}", encode(next)) }
}

/// The daily lists of heads.
pub const HEADS: &str = "/verify/heads";

/// The list of heads of a day.
#[must_use]
pub fn heads(day: &dyn Display) -> String {
    format!("{HEADS}/{day}")
}

/// The same as a file.
#[must_use]
pub fn heads_file(day: &dyn Display) -> String {
    format!("{HEADS}/{day}/list.txt")
}

/// The digital signature in documents, and its certificates.
pub const SEAL: &str = "/verify/seal";

/// A certificate of the seal as a file.
#[must_use]
pub fn seal_file(fingerprint: &dyn Display) -> String {
    format!("{SEAL}/{fingerprint}/certificate.pem")
}

/// What a person was told of.
pub const NOTIFICATIONS: &str = "/notifications";

/// The editions of the SCAL catalogue.
pub const CATALOGUE: &str = "/catalogue";

/// What waits for the teams of the programme.
pub const WORKLIST: &str = "/worklist";

/// How it is shared out.
pub const SHARES: &str = "/worklist/shares";

/// How long the programme took.
pub const FIGURES: &str = "/worklist/figures";

/// What somebody of the programme recorded.
pub const DECIDED: &str = "/worklist/decided";

/// The register of products.
pub const REGISTER: &str = "/register-of-products";

/// The same as a CSV file.
pub const REGISTER_CSV: &str = "/register-of-products.csv";

/// Where the register has the product with this certificate.
#[must_use]
pub fn registered(number: &dyn Display) -> String {
    format!("{REGISTER}/{number}")
}

/// The certificate of a task as a file.
#[must_use]
pub fn certificate_file(journey: &dyn Display, task: &dyn Display) -> String {
    format!("{}/certificate.pdf", self::task(journey, task))
}

/// What was signed on a task as a file.
#[must_use]
pub fn signed_file(journey: &dyn Display, task: &dyn Display) -> String {
    format!("{}/signed.pdf", self::task(journey, task))
}

/// The page behind the link in a letter that asks somebody to sign.
#[must_use]
pub fn sign(token: &str) -> String {
    format!("/sign/{}", crate::base::words::encode(token).replace('/', ""))
}

/// The list of the sites of a journey, without the ending of its file.
#[must_use]
pub fn sites(journey: &dyn Display, task: &dyn Display) -> String {
    format!("{}/sites", self::task(journey, task))
}

/// The people who are asked by letter to sign on a task.
#[must_use]
pub fn signatories(journey: &dyn Display, task: &dyn Display) -> String {
    format!("{}/signatories", self::task(journey, task))
}

/// A page below a journey, such as `messages` or `history`.
#[must_use]
pub fn of_journey(reference: &dyn Display, page: &str) -> String {
    format!("/journeys/{reference}/{page}")
}

/// A task of a journey.
#[must_use]
pub fn task(reference: &dyn Display, task: &dyn Display) -> String {
    format!("/journeys/{reference}/tasks/{task}")
}

/// The defects of a journey.
#[must_use]
pub fn defects(reference: &dyn Display) -> String {
    of_journey(reference, "defects")
}

/// The same as a CSV file.
#[must_use]
pub fn defects_file(reference: &dyn Display) -> String {
    format!("{}/defects.csv", journey(reference))
}

/// A defect of a journey.
#[must_use]
pub fn defect(reference: &dyn Display, number: u32) -> String {
    format!("{}/{number}", defects(reference))
}

/// Where a defect is raised. The query says on which stage it was seen, or with which request of a live run.
#[must_use]
pub fn new_defect(reference: &dyn Display, query: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}/new{mark}{query}", defects(reference))
}

/// The live runs of a journey.
#[must_use]
pub fn live_runs(reference: &dyn Display) -> String {
    of_journey(reference, "live-runs")
}

/// What each row of the SCAL of a journey rests on.
#[must_use]
pub fn traceability(reference: &dyn Display) -> String {
    of_journey(reference, "traceability")
}

/// The form for requests from a file.
#[must_use]
pub fn captures(reference: &dyn Display) -> String {
    of_journey(reference, "captures")
}

/// A live run.
#[must_use]
pub fn live_run(reference: &dyn Display, run: &str) -> String {
    format!("{}/{}", live_runs(reference), encode(run))
}

/// The same as a file.
#[must_use]
pub fn live_run_file(reference: &dyn Display, run: &str) -> String {
    format!("{}/run.json", live_run(reference, run))
}

/// One request of it.
#[must_use]
pub fn live_request(reference: &dyn Display, run: &str, number: u32) -> String {
    format!("{}/{number}", live_run(reference, run))
}

/// The meetings of a journey.
#[must_use]
pub fn meetings(reference: &dyn Display) -> String {
    format!("/journeys/{reference}/meetings")
}

/// Where a meeting is proposed, on a task or on the journey as a whole.
#[must_use]
pub fn new_meeting(reference: &dyn Display, task: Option<&dyn Display>) -> String {
    let about = task.map_or_else(String::new, |task| format!("?task={task}"));
    format!("/journeys/{reference}/meetings/new{about}")
}

/// A meeting.
#[must_use]
pub fn meeting(reference: &dyn Display, meeting: &dyn Display) -> String {
    format!("/journeys/{reference}/meetings/{meeting}")
}

/// The file of a meeting for calendars.
#[must_use]
pub fn meeting_file(reference: &dyn Display, meeting: &dyn Display) -> String {
    format!("/journeys/{reference}/meetings/{meeting}/meeting.ics")
}
