//! The sites of a journey with everything that was recorded of them, as a CSV file.

use app::{
    base::halt::Halt,
    request::visitor::Caller,
    work::go_live::{file, planned::sent_of},
};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use journey::{base::calendar, plan::process::Page};

use crate::{
    downloads::{answered, csv_file, task_of},
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
    let (loaded, ..) = task_of(uploads, caller, (reference, task), |spec| spec.page == Page::Sites).await?;
    let journey = &loaded.journey;
    let sent = sent_of(services, journey).await?;
    let name = format!("sites-{}-{}.csv", journey.reference, calendar::date_of(services.clock.now()));
    csv_file(&name, file::HEAD, file::lines(journey, &sent))
}
