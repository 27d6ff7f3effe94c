//! Files that are taken in and shown on a page before anything of them is done: members of a group, who signs for them, what was
//! checked of them, what was done at sites, and a SCAL as a workbook.

use std::sync::Arc;

use app::{
    act::load::load,
    base::{halt::Halt, said::RefusedForm, words::encode},
    desk::kept_file::{self, ReadFile},
    request::{
        flash,
        visitor::{Caller, Visitor},
    },
    work::{
        end_users::{check_import, member_import},
        go_live::import as steps_file,
        scal::import,
        signatories::file as signatories_file,
    },
};
use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use journey::{
    base::ids::TaskId,
    form::{Answers, Problem},
    ledger::journey::Journey,
    scal::sheet,
    task::member_file::{
        RowFile,
        checks::{self, CheckFile},
        columns::{self, Line, MemberFile},
        people::{self, PeopleFile},
        sites::{self, SiteStepFile},
    },
};
use serde::Serialize;

use crate::{
    enter::enter,
    form::{Form, NO_ROOM, Rules, Stop, Texts, Whole},
    uploads::{Uploads, one_file},
    workbook::{self, table},
};

/// Bytes of a form with such a file: the file and what is around it.
const LONGEST_FORM: u64 = 6_000_000;

/// A sort of file that is shown before anything of it is done.
struct Preview<F> {
    /// The page that shows it, as the form names it; nothing typed goes back there.
    back: fn(&Texts) -> (String, Answers),
    /// What it is kept as.
    kept_as: &'static str,
    /// Whether somebody may send one to this task now.
    may: fn(&Journey, &Visitor, &TaskId) -> bool,
    /// Reads it, or says everything that is wrong with it.
    read: fn(Vec<u8>) -> Result<F, Vec<String>>,
    /// What did not happen when it is refused.
    nothing: &'static str,
    /// What to do where none was chosen.
    choose: &'static str,
    /// What to do about one that is too large.
    smaller: &'static str,
}

/// What to do where no file of rows was chosen.
const CHOOSE: &str = "Choose an Excel or CSV file, then press Upload";

const MEMBERS: Preview<MemberFile> = Preview {
    back: |texts| back(texts, member_import::PAGE),
    kept_as: kept_file::FILE,
    may: member_import::may,
    read: |bytes| rows(bytes, columns::find),
    nothing: "Nothing was added.",
    choose: CHOOSE,
    smaller: "Keep the sheet with the codes and the names, and send that",
};

const CHECKS: Preview<CheckFile> = Preview {
    back: |texts| back(texts, check_import::PAGE),
    kept_as: check_import::KEPT,
    may: check_import::may,
    read: |bytes| rows(bytes, checks::find),
    nothing: "Nothing was recorded.",
    choose: CHOOSE,
    smaller: "Keep the sheet with the checks, and send that",
};

const STEPS: Preview<SiteStepFile> = Preview {
    back: |texts| back(texts, steps_file::PAGE),
    kept_as: kept_file::FILE,
    may: steps_file::may,
    read: |bytes| rows(bytes, sites::find),
    nothing: "Nothing was recorded.",
    choose: CHOOSE,
    smaller: "Keep the sheet with the sites, and send that",
};

const SIGNATORIES: Preview<PeopleFile> = Preview {
    back: |texts| back(texts, signatories_file::PAGE),
    kept_as: kept_file::FILE,
    may: signatories_file::may,
    read: |bytes| rows(bytes, people::find),
    nothing: "No email was sent.",
    choose: CHOOSE,
    smaller: "Keep the sheet with the codes, the names and the addresses, and send that",
};

const SCAL: Preview<sheet::File> = Preview {
    back: |texts| back(texts, import::PAGE),
    kept_as: kept_file::FILE,
    may: import::may,
    read: workbook::read,
    nothing: "Nothing was changed.",
    choose: "Choose an Excel file, then press Upload",
    smaller: "Send the file that you downloaded, without pictures",
};

/// Takes a list of members in: `POST /do/end-users/members-file`, a multipart form.
pub async fn members(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    MEMBERS.take(&uploads, &caller, request).await
}

/// Takes in what was checked of members: `POST /do/end-users/checks-file`, a multipart form.
pub async fn checks(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    CHECKS.take(&uploads, &caller, request).await
}

/// Takes in what was done at sites: `POST /do/go-live/steps-file`, a multipart form.
pub async fn steps(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    STEPS.take(&uploads, &caller, request).await
}

/// Takes in who signs for which member: `POST /do/signatories/file`, a multipart form.
pub async fn signatories(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    SIGNATORIES.take(&uploads, &caller, request).await
}

/// Takes a SCAL in as a workbook: `POST /do/scal/upload`, a multipart form.
pub async fn scal(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    SCAL.take(&uploads, &caller, request).await
}

/// The rows of a table, with what is to be said of the file itself.
fn rows<R>(bytes: Vec<u8>, find: fn(&[Line]) -> Result<RowFile<R>, String>) -> Result<RowFile<R>, Vec<String>> {
    let read = table::read(bytes).and_then(|(lines, mut notes)| {
        let mut file = find(&lines)?;
        file.notes.append(&mut notes);
        Ok(file)
    });
    read.map_err(|says| vec![says])
}

impl<F: Serialize + Default + Send + 'static> Preview<F> {
    async fn take(&self, uploads: &Uploads, caller: &Caller, request: Request) -> Response {
        let rules = Rules::new(LONGEST_FORM, self.back);
        enter(uploads, caller, request, rules, async |visitor, form| self.taken(uploads, caller, visitor, form).await).await
    }

    /// The journey and the task that a file is for. Whoever may not send one there has none read.
    async fn goes_to(&self, uploads: &Uploads, visitor: &Visitor, texts: &Texts) -> Result<(Arc<Journey>, TaskId), Halt> {
        let journey = load(&uploads.services, visitor, texts.one("journey")).await?.journey;
        let task: TaskId = texts.one("task").parse().map_err(|_| Halt::Missing)?;
        if (self.may)(&journey, visitor, &task) { Ok((journey, task)) } else { Err(Halt::Missing) }
    }

    async fn taken(&self, uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
        let services = &uploads.services;
        let goes_to = |texts: Texts| async move { self.goes_to(uploads, visitor, &texts).await };
        let ((journey, task), sent) = one_file(uploads, form, goes_to).await?;
        let (page, typed) = (self.back)(&form.texts);
        let refused = |name: &str, says: Vec<String>| (format!("{name} was not taken"), says);
        let read = match sent {
            None => Err(("No file was chosen".to_owned(), vec![self.choose.to_owned()])),
            Some((name, Whole::NoRoom)) => Err(refused(&name, vec![NO_ROOM.to_owned()])),
            Some((name, Whole::TooLarge)) => Err(refused(&name, vec![format!("It is larger than 5 MB. {}", self.smaller)])),
            Some((name, Whole::Held(bytes, _room))) => {
                let read = self.read;
                match uploads.parse(move || read(bytes)).await? {
                    Ok(file) => Ok(ReadFile { name, file }),
                    Err(says) => Err(refused(&name, says)),
                }
            }
        };
        match read {
            Ok(read) => {
                tracing::info!(journey = %journey.reference, page, "a file was read");
                kept_file::keep(services, visitor, &journey, &task, self.kept_as, &read).await?;
            }
            Err((heading, says)) => {
                // What is offered below a refusal would be taken for the file that was refused.
                kept_file::forget::<ReadFile<F>>(services, visitor, &journey, &task, self.kept_as).await?;
                let problems = says.into_iter().map(|says| Problem::new("file", says)).collect();
                let (path, detail) = (page.clone(), self.nothing.to_owned());
                flash::keep(&caller.session, RefusedForm { path, heading, detail, problems, typed }).await?;
            }
        }
        Ok(page)
    }
}

fn back(texts: &Texts, page: &str) -> (String, Answers) {
    let task = format!("/journeys/{}/tasks/{}", encode(texts.one("journey")), encode(texts.one("task")));
    (format!("{task}/{page}"), Answers::default())
}
