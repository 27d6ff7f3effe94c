//! What is known of each member of a group, as a CSV file: how it stands in the DSPT, by what it shares data, what it has signed. And
//! what was checked of them, as a file that is taken in and shown row by row before anything is recorded.

use app::{
    act::load::{Loaded, load},
    base::{dates, halt::Halt, said::RefusedForm, words::encode},
    request::{
        flash,
        visitor::{Caller, Visitor},
    },
    work::end_users::{
        check_import,
        checks::{Row, reviewed, rows},
    },
};
use axum::{
    Extension,
    extract::{Path, Request, State},
    response::Response,
};
use jiff::civil::Date;
use journey::{
    base::{calendar, ids::TaskId},
    form::{Answers, Problem},
    ledger::standing::Signature,
    plan::process::{Page, TaskSpec},
    task::member_file::checks,
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
const HEAD: [&str; 9] = [
    "ODS code",
    "Organisation",
    "DSPT",
    "Checked on",
    "More than a year ago",
    "Data sharing",
    "Data sharing signed",
    "SCAL accepted by the group",
    "Declaration signed",
];

/// Hands it out: `GET /journeys/{reference}/tasks/{task}/checks.csv`, to whoever reads the task of the group.
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
    let reads = |spec: &&'static TaskSpec| {
        spec.page == Page::Group && spec.applies(&journey.opening) && journey.may_read(&visitor.actor, spec)
    };
    task.parse().ok().and_then(|id| journey.process.task(&id)).filter(reads).ok_or(Halt::Missing)?;
    let fault = |error: &dyn std::fmt::Display| Halt::Fault(error.to_string());
    let (today, reviewed) = (calendar::date_of(services.clock.now()), reviewed(journey));
    // Spreadsheet programs take a file without the mark for one of their own alphabet.
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    file.write_record(HEAD).map_err(|error| fault(&error))?;
    for row in rows(journey) {
        file.write_record(line(&row, today, reviewed).map(|cell| plain(&cell))).map_err(|error| fault(&error))?;
    }
    let bytes = file.into_inner().map_err(|error| fault(&error))?;
    attached(bytes, &format!("members-{}-{today}.csv", journey.reference), "text/csv; charset=utf-8")
}

fn line(row: &Row<'_>, today: Date, reviewed: Option<Date>) -> [String; 9] {
    let (dspt, on) = row.dspt();
    let day = |signature: Option<&Signature>| signature.map_or_else(String::new, |signature| dates::day_of(signature.at));
    [
        row.member.ods_code.clone(),
        row.member.name.clone(),
        dspt,
        on,
        if row.is_old(today) { "Yes" } else { "" }.to_owned(),
        row.sharing(),
        day(row.shares),
        reviewed.map(dates::date).unwrap_or_default(),
        day(row.declares),
    ]
}

/// Bytes of a form with a list: the file and what is around it.
const LONGEST_FORM: u64 = 6_000_000;

/// Takes in what was checked of members: `POST /do/end-users/checks-file`, a multipart form. Nothing is recorded; the next page shows
/// what would be.
pub async fn upload(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules::new(LONGEST_FORM, |texts| (page_of(texts), Answers::default()));
    enter(&uploads, &caller, request, rules, async |visitor, form| taken(&uploads, &caller, visitor, form).await).await
}

fn page_of(texts: &Texts) -> String {
    format!("/journeys/{}/tasks/{}/{}", encode(texts.one("journey")), encode(texts.one("task")), check_import::PAGE)
}

/// The journey and the task of the group. Whoever records no checks there has no file read.
async fn records_on(uploads: &Uploads, visitor: &Visitor, texts: &Texts) -> Result<(Loaded, TaskId), Halt> {
    let loaded = load(&uploads.services, visitor, texts.one("journey")).await?;
    let task: TaskId = texts.one("task").parse().map_err(|_| Halt::Missing)?;
    if check_import::may(&loaded.journey, visitor, &task) { Ok((loaded, task)) } else { Err(Halt::Missing) }
}

async fn taken(uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    let may = |texts: Texts| async move { records_on(uploads, visitor, &texts).await };
    let ((loaded, task), sent) = one_file(uploads, form, may).await?;
    let page = page_of(&form.texts);
    let refused = async |heading: String, says: &str| -> Result<String, Stop> {
        // What is offered below a refusal would be taken for the file that was refused.
        check_import::forget(&uploads.services, visitor, &loaded.journey, &task).await?;
        let problems = vec![Problem::new("file", says)];
        let detail = "Nothing was recorded.".to_owned();
        let kept = RefusedForm { path: page.clone(), heading, detail, problems, typed: Answers::default() };
        flash::keep(&caller.session, kept).await?;
        Ok(page.clone())
    };
    let (name, bytes, _room) = match sent {
        None => return refused("No file was chosen".to_owned(), "Choose an Excel or CSV file, then press Upload").await,
        Some((name, Whole::NoRoom)) => return refused(format!("{name} was not taken"), NO_ROOM).await,
        Some((name, Whole::TooLarge)) => {
            return refused(
                format!("{name} was not taken"),
                "It is larger than 5 MB. Keep the sheet with the checks, and send that",
            )
            .await;
        }
        Some((name, Whole::Held(bytes, room))) => (name, bytes, room),
    };
    let read = uploads.parse(move || {
        let (lines, mut notes) = table::read(bytes)?;
        let mut file = checks::find(&lines)?;
        file.notes.append(&mut notes);
        Ok::<_, String>(file)
    });
    match read.await? {
        Ok(file) => {
            tracing::info!(journey = %loaded.journey.reference, rows = file.rows.len(), "a list of checks was read");
            check_import::keep(&uploads.services, visitor, &loaded.journey, &task, &name, file).await?;
            Ok(page)
        }
        Err(says) => refused(format!("{name} was not taken"), &says).await,
    }
}
