//! A meeting that was agreed, as a file for calendars.

use app::{base::halt::Halt, request::visitor::Caller, site::meetings::file};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};

use crate::{
    downloads::{answered, attached},
    uploads::Uploads,
};

/// Hands it out: `GET /journeys/{reference}/meetings/{meeting}/meeting.ics`, to whoever sees the meeting.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path((reference, meeting)): Path<(String, String)>,
) -> Response {
    answered(written(&uploads, &caller, &reference, &meeting).await)
}

async fn written(uploads: &Uploads, caller: &Caller, reference: &str, meeting: &str) -> Result<Response, Halt> {
    let visitor = caller.visitor.clone().ok_or(Halt::SignIn)?;
    let (name, file) = file::made(&uploads.services, &visitor, reference, meeting).await?;
    attached(file.into_bytes(), &name, "text/calendar; charset=utf-8; method=PUBLISH")
}
