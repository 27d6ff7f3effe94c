//! `/journeys/{ref}/captures`: requests that somebody has in a file, held against the rules and kept as a run.

use journey::practice::run::{self, MOST_EXCHANGES};
use leptos::prelude::*;

use crate::{
    act::page::{context, page, titled},
    base::paths,
    design::{Crumbs, Hidden, Title, ask, group_class, say},
    islands::upload::Upload,
    request::visitor::param,
    work::live_runs::{actions::tests, seen::journey_with_runs},
};

/// The name of the field for pasted text, and its place on the page.
pub const PASTED: &str = "pasted";

/// `/journeys/{ref}/captures`
#[component]
pub fn Captures() -> impl IntoView {
    let reference = param("reference");
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = journey_with_runs(&context.services, &visitor, &reference).await?;
        tests(&loaded, &visitor)?;
        let journey = &loaded.journey;
        let kept = context.kept.clone();
        let product = journey.opening.product.clone();
        let answers = context.typed_or(run::filled_in(journey, &visitor.name));
        let fields = ask::questions(&run::form(), &answers, kept.as_ref());
        let problem = kept.as_ref().and_then(|kept| kept.problem("file"));
        let class = group_class(problem.is_some());
        let help = "Raw HTTP with the whole address in its first line, or a curl command.";
        let body = view! {
            <Crumbs links=vec![
                ("/journeys".to_owned(), "Journeys".to_owned()),
                (paths::journey(&journey.reference), product.clone()),
                (paths::live_runs(&journey.reference), "Live runs".to_owned()),
            ] />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    <Title above=format!("{product} {}", journey.reference) text="Requests from a file" />
                    <p>"A HAR file, raw HTTP, a curl command, a Postman collection or a run of newman. Each request is held against the rules and kept as a run, with the name of the file. It counts as what you sent us: a live run shows more, because its requests came over the wire."</p>
                    <p>{format!("Use test patients only. Other NHS numbers are hidden before anything is kept. Tokens and cookies are shown to nobody outside your organisation. The file itself is not kept. A run takes {MOST_EXCHANGES} requests.")}</p>
                    <form action="/do/live-runs/file" method="post" enctype="multipart/form-data" novalidate>
                        <Hidden values=vec![("journey", journey.reference.to_string())] />
                        <div class=class>
                            <label class="nhsuk-label nhsuk-label--s" for="file">"The file"</label>
                            {ask::message("file", problem)}
                            <input class="nhsuk-file-upload" type="file" id="file" name="file" />
                        </div>
                        {ask::words(PASTED, PASTED, "Or paste requests", help, answers.one(PASTED), kept.as_ref().and_then(|kept| kept.problem(PASTED)), 6)}
                        {fields}
                        <button class="nhsuk-button">"Read the requests"</button>
                        <Upload />
                    </form>
                </div>
            </div>
        }
        .into_any();
        Ok((titled(&format!("Requests of {product} from a file"), kept.as_ref()), body))
    })
}
