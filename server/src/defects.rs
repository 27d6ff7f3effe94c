//! The defects of a journey as a CSV file.

use app::{
    base::halt::Halt,
    request::visitor::Caller,
    work::defects::{file, seen::journey_with_defects},
};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use journey::base::calendar;

use crate::{
    downloads::{answered, csv_file},
    uploads::Uploads,
};

/// Hands it out: `GET /journeys/{reference}/defects.csv`, to whoever reads the test stages.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path(reference): Path<String>,
) -> Response {
    answered(written(&uploads, &caller, &reference).await)
}

async fn written(uploads: &Uploads, caller: &Caller, reference: &str) -> Result<Response, Halt> {
    let services = &uploads.services;
    let visitor = caller.visitor.clone().ok_or_else(|| caller.nobody())?;
    let loaded = journey_with_defects(services, &visitor, reference).await?;
    let journey = &loaded.journey;
    let name = format!("defects-{}-{}.csv", journey.reference, calendar::date_of(services.clock.now()));
    csv_file(&name, file::HEAD, file::lines(journey, &visitor.actor, &loaded.names))
}
