//! Members of an end-user group as a file: taken in, and shown row by row before anything of it reaches the list.

use app::{
    act::load::{Loaded, load},
    base::{halt::Halt, said::RefusedForm, words::encode},
    request::{
        flash,
        visitor::{Caller, Visitor},
    },
    work::end_users::member_import,
};
use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use journey::{
    base::ids::TaskId,
    form::{Answers, Problem},
    task::member_file::columns,
};

use crate::{
    enter::enter,
    form::{Form, NO_ROOM, Rules, Stop, Texts, Whole},
    uploads::{Uploads, one_file},
    workbook::table,
};

/// Bytes of a form with a list: the file and what is around it.
const LONGEST_FORM: u64 = 6_000_000;

/// Takes a list of members in: `POST /do/end-users/members-file`, a multipart form. Nothing is added; the next page shows what
/// would be.
pub async fn upload(State(uploads): State<Uploads>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let rules = Rules::new(LONGEST_FORM, |texts| (page_of(texts), Answers::default()));
    enter(&uploads, &caller, request, rules, async |visitor, form| taken(&uploads, &caller, visitor, form).await).await
}

fn page_of(texts: &Texts) -> String {
    format!("/journeys/{}/tasks/{}/{}", encode(texts.one("journey")), encode(texts.one("task")), member_import::PAGE)
}

/// The journey and the task that a list is for. Whoever may not write there has no file read.
async fn import_to(uploads: &Uploads, visitor: &Visitor, texts: &Texts) -> Result<(Loaded, TaskId), Halt> {
    let loaded = load(&uploads.services, visitor, texts.one("journey")).await?;
    let task: TaskId = texts.one("task").parse().map_err(|_| Halt::Missing)?;
    if member_import::may(&loaded.journey, visitor, &task) { Ok((loaded, task)) } else { Err(Halt::Missing) }
}

async fn taken(uploads: &Uploads, caller: &Caller, visitor: &Visitor, form: &mut Form) -> Result<String, Stop> {
    let may = |texts: Texts| async move { import_to(uploads, visitor, &texts).await };
    let ((loaded, task), sent) = one_file(uploads, form, may).await?;
    let page = page_of(&form.texts);
    let refused = async |heading: String, says: &str| -> Result<String, Stop> {
        // What is offered below a refusal would be taken for the file that was refused.
        member_import::forget(&uploads.services, visitor, &loaded.journey, &task).await?;
        let problems = vec![Problem::new("file", says)];
        let detail = "Nothing was added.".to_owned();
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
                "It is larger than 5 MB. Keep the sheet with the codes and the names, and send that",
            )
            .await;
        }
        Some((name, Whole::Held(bytes, room))) => (name, bytes, room),
    };
    let read = uploads.parse(move || {
        let (lines, mut notes) = table::read(bytes)?;
        let mut file = columns::find(&lines)?;
        file.notes.append(&mut notes);
        Ok::<_, String>(file)
    });
    match read.await? {
        Ok(file) => {
            tracing::info!(journey = %loaded.journey.reference, rows = file.rows.len(), "a list of members was read");
            member_import::keep(&uploads.services, visitor, &loaded.journey, &task, &name, file).await?;
            Ok(page)
        }
        Err(says) => refused(format!("{name} was not taken"), &says).await,
    }
}
