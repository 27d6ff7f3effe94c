//! The sites of a journey with everything that was recorded of them, as a CSV file.

use app::{
    act::load::load,
    base::halt::Halt,
    request::visitor::Caller,
    work::go_live::{file, planned::sent_of},
};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use journey::{
    base::calendar,
    plan::process::{Page, TaskSpec},
};

use crate::{
    downloads::{answered, attached},
    register::plain,
    uploads::Uploads,
};

/// Hands it out: `GET /journeys/{reference}/tasks/{task}/sites.csv`, to whoever reads the task.
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
        spec.page == Page::Sites && spec.applies(&journey.opening) && journey.may_read(&visitor.actor, spec)
    };
    task.parse().ok().and_then(|id| journey.process.task(&id)).filter(reads).ok_or(Halt::Missing)?;
    let sent = sent_of(services, journey).await?;
    let fault = |error: &dyn std::fmt::Display| Halt::Fault(error.to_string());
    // Spreadsheet programs take a file without the mark for one of their own alphabet.
    let mut file = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    file.write_record(file::HEAD).map_err(|error| fault(&error))?;
    for line in file::lines(journey, &sent) {
        file.write_record(line.map(|cell| plain(&cell))).map_err(|error| fault(&error))?;
    }
    let bytes = file.into_inner().map_err(|error| fault(&error))?;
    let day = calendar::date_of(services.clock.now());
    attached(bytes, &format!("sites-{}-{day}.csv", journey.reference), "text/csv; charset=utf-8")
}
