//! A live run as a file: what was said when it was opened and every exchange, each as the text that its digest is of.

use app::{base::halt::Halt, request::visitor::Caller, work::live_runs::seen::one_run};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use journey::practice::{record, run};

use crate::{
    downloads::{answered, attached},
    uploads::Uploads,
};

/// Hands it out: `GET /journeys/{reference}/live-runs/{run}/run.json`, to whoever reads the run.
pub async fn get(
    State(uploads): State<Uploads>,
    Extension(caller): Extension<Caller>,
    Path((reference, id)): Path<(String, String)>,
) -> Response {
    answered(written(&uploads, &caller, &reference, &id).await)
}

async fn written(uploads: &Uploads, caller: &Caller, reference: &str, id: &str) -> Result<Response, Halt> {
    let services = &uploads.services;
    let visitor = caller.visitor.clone().ok_or_else(|| caller.nobody())?;
    let (loaded, run) = one_run(services, &visitor, reference, id).await?;
    let kept = services.store.whole_live_run(&run.opened.id).await?;
    let sees_tokens = run::may_see_tokens(&loaded.journey, &visitor.actor);
    let now = services.clock.now();
    let text = record::text(&run, &kept, run.closing(now).map(|closing| closing.title()), sees_tokens);
    let name = format!("live-run-{}-{}.json", loaded.journey.reference, run.opened.id);
    attached(text.into_bytes(), &name, "application/json; charset=utf-8")
}
