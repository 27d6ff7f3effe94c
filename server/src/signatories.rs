//! Who was asked to sign for the members of a group, and who has, as a CSV file; and who is to be asked, as a file that is taken in
//! and shown row by row before any letter is sent.

use app::{
    act::load::{Loaded, load},
    base::{dates, halt::Halt, said::RefusedForm, words::encode},
    request::{
        flash,
        visitor::{Caller, Visitor},
    },
    work::signatories::{
        file,
        rows::{Row, asked, rows},
    },
};
use axum::{
    Extension,
    extract::{Path, Request, State},
    response::Response,
};
use journey::{
    base::{calendar, ids::TaskId},
    form::{Answers, Problem},
    ledger::machine::Verb,
    plan::process::TaskSpec,
    rule::offers,
    task::member_file::people,
};

use crate::{
    downloads::{answered, attached},
    enter::enter,
    form::{Form, NO_ROOM, Rules, Stop, Texts, Whole},
    register::plain,
    uploads::{Uploads, one_file},
    workbook::table,
};

/// The head of the file.
const HEAD: [&str; 8] =
    ["ODS code", "Organisation", "State", "About it", "Who was asked", "Email address", "Last letter", "Please answer by"];

/// Hands it out: `GET /journeys/{reference}/tasks/{task}/signatories.csv`, to whoever reads the task. Addresses are for whoever may ask.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path((reference, task)): Path<(String, String)>,
) -> Response {
    answered(written(&uploads, &caller, &reference, &task).await)
}

async fn written(uploads: &Uploads, caller: &Caller, reference: &str, task: &str) -> Result<Response, Halt> {
    let services = &uploads.services;
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let loaded = load(services, &visitor, reference).await?;
    let journey = &loaded.journey;
    let reads = |spec: &&'static TaskSpec| spec.applies(&journey.opening) && journey.may_read(&visitor.actor, spec);
    let spec = task.parse().ok().and_then(|id| journey.process.task(&id)).filter(reads).ok_or(Halt::Missing)?;
    let all = asked(services, journey, spec).await?;
    let may = offers::judge(journey, &visitor.actor, Verb::AskToSign, &spec.id).is_ok();
    let fault = |error: &dyn std::fmt::Display| Halt::Fault(error.to_string());
    // Spreadsheet programs take a file without the mark for one of their own alphabet.
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    file.write_record(HEAD).map_err(|error| fault(&error))?;
    for row in rows(journey, spec, &all) {
        file.write_record(line(&row, may).map(|cell| plain(&cell))).map_err(|error| fault(&error))?;
    }
    let bytes = file.into_inner().map_err(|error| fault(&error))?;
    let day = calendar::date_of(services.clock.now());
    attached(bytes, &format!("signatures-{}-{day}.csv", journey.reference), "text/csv; charset=utf-8")
}

fn line(row: &Row<'_>, may: bool) -> [String; 8] {
    let asked = row.asked.filter(|one| one.ended.is_none()).map(|one| &one.asked);
    let of = |text: Option<String>| text.unwrap_or_default();
    [
        row.member.ods_code.clone(),
        row.member.name.clone(),
        row.how.word().to_owned(),
        row.about(),
        of(asked.map(|one| one.name.clone())),
        of(asked.filter(|_| may).map(|one| one.email.clone())),
        of(asked.map(|one| dates::day_of(one.sent_at))),
        of(asked.map(|one| dates::date(one.due))),
    ]
}

/// Bytes of a form with a list: the file and what is around it.
const LONGEST_FORM: u64 = 6_000_000;

/// Takes in who signs for which member: `POST /do/signatories/file`, a multipart form. No letter is sent; the next page shows who would
/// get one.
pub async fn upload(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules::new(LONGEST_FORM, |texts| (page_of(texts), Answers::default()));
    enter(&uploads, &caller, request, rules, async |visitor, form| taken(&uploads, &caller, visitor, form).await).await
}

fn page_of(texts: &Texts) -> String {
    format!("/journeys/{}/tasks/{}/{}", encode(texts.one("journey")), encode(texts.one("task")), file::PAGE)
}

/// The journey and the task that people are asked to sign on. Whoever may not ask has no file read.
async fn asks_on(uploads: &Uploads, visitor: &Visitor, texts: &Texts) -> Result<(Loaded, TaskId), Halt> {
    let loaded = load(&uploads.services, visitor, texts.one("journey")).await?;
    let task: TaskId = texts.one("task").parse().map_err(|_| Halt::Missing)?;
    if file::may(&loaded.journey, visitor, &task) { Ok((loaded, task)) } else { Err(Halt::Missing) }
}

async fn taken(uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    let may = |texts: Texts| async move { asks_on(uploads, visitor, &texts).await };
    let ((loaded, task), sent) = one_file(uploads, form, may).await?;
    let page = page_of(&form.texts);
    let refused = async |heading: String, says: &str| -> Result<String, Stop> {
        // What is offered below a refusal would be taken for the file that was refused.
        file::forget(&uploads.services, visitor, &loaded.journey, &task).await?;
        let problems = vec![Problem::new("file", says)];
        let detail = "No letter was sent.".to_owned();
        let kept = RefusedForm { path: page.clone(), heading, detail, problems, typed: Answers::default() };
        flash::keep(&caller.session, kept).await?;
        Ok(page.clone())
    };
    let (name, bytes, _room) = match sent {
        None => return refused("No file was chosen".to_owned(), "Choose an Excel or CSV file, then press Upload").await,
        Some((name, Whole::NoRoom)) => return refused(format!("{name} was not taken"), NO_ROOM).await,
        Some((name, Whole::TooLarge)) => {
            let says = "It is larger than 5 MB. Keep the sheet with the codes, the names and the addresses, and send that";
            return refused(format!("{name} was not taken"), says).await;
        }
        Some((name, Whole::Held(bytes, room))) => (name, bytes, room),
    };
    let read = uploads.parse(move || {
        let (lines, mut notes) = table::read(bytes)?;
        let mut people = people::find(&lines)?;
        people.notes.append(&mut notes);
        Ok::<_, String>(people)
    });
    match read.await? {
        Ok(people) => {
            tracing::info!(journey = %loaded.journey.reference, rows = people.rows.len(), "a list of signatories was read");
            file::keep(&uploads.services, visitor, &loaded.journey, &task, &name, people).await?;
            Ok(page)
        }
        Err(says) => refused(format!("{name} was not taken"), &says).await,
    }
}
