//! `/journeys/{ref}/defects/{number}`: a defect, what the reader may do about it, and everything that was done.

use journey::{
    form::{Answers, Form},
    ledger::{
        defect::{DefectDeed, DefectRecord, DefectState, DefectWord},
        journey::Journey,
        machine::Verb,
    },
    rule::{
        defects::{self, assessing, closing, mending, reopening},
        offers,
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        load::Loaded,
        page::{context, page, titled},
        wording,
    },
    base::{dates, halt::Halt, paths, said::RefusedForm},
    design::{Button, Crumbs, Details, Hidden, SummaryRow, Title, ask, kept_true, live_on, say},
    islands::Wake,
    request::visitor::{Visitor, param},
    site::messages::thread::{Talk, is_message},
    work::defects::{list::tag, seen::journey_with_defects},
};

/// `/journeys/{ref}/defects/{number}`
#[component]
pub fn OneDefect() -> impl IntoView {
    let (reference, number) = (param("reference"), param("number"));
    page(async move {
        let context = context().await?;
        let visitor = context.visitor()?;
        let loaded = journey_with_defects(&context.services, &visitor, &reference).await?;
        let journey = &loaded.journey;
        let number: u32 = number.parse().map_err(|_| Halt::Missing)?;
        let sees = |defect: &&DefectRecord| journey.may_read_task(&visitor.actor, &defect.task);
        let defect = journey.defect(number).filter(sees).ok_or(Halt::Missing)?;
        let kept = context.kept.clone();
        let said = kept.clone().filter(is_message);
        let talk = Talk::about_defect(&context.services, &visitor, journey, (&defect.task, number), said).await?;
        let is_said = kept.as_ref().is_some_and(is_message);
        let forms = offered(journey, &visitor, defect);
        let lost = kept.as_ref().filter(|kept| !is_said && !forms.iter().any(|verb| verb.name() == kept.typed.one("form")));
        let product = journey.opening.product.clone();
        let title = format!("{}: {}", defect.name(), defect.defect.title);
        let drawn = forms.iter().map(|verb| form(journey, defect, *verb, kept.as_ref())).collect_view();
        let (stands, turn) = (tag(defect), says_turn(journey, defect));
        let paused = wording::paused(journey, &defect.task);
        let body = view! {
            <Crumbs links=vec![
                ("/journeys".to_owned(), "Journeys".to_owned()),
                (paths::journey(&journey.reference), product.clone()),
                (paths::defects(&journey.reference), "Defects".to_owned()),
            ] />
            <div class="nhsuk-grid-row">
                <div class="nhsuk-grid-column-two-thirds">
                    {say::kept(kept.as_ref())}
                    {say::banner(context.banner.clone())}
                    {say::kept_words(lost)}
                    <Title above=format!("{product} {}", journey.reference) text=title.clone()>{stands} " " {turn}</Title>
                    {live_on(&journey.reference)}
                    {kept_true("paused", view! { {paused.map(|text| view! { <div class="nhsuk-inset-text"><p><b>"The time of the supplier: "</b>{text}</p></div> })} }.into_any())}
                    {kept_true("defect", facts(journey, defect))}
                    {drawn}
                    {kept_true("done", done(&loaded, defect))}
                    {talk.below_a_task()}
                </div>
            </div>
            <Wake />
        }
        .into_any();
        Ok((titled(&title, kept.as_ref()), body))
    })
}

/// Whose turn it is about this one defect.
fn says_turn(journey: &Journey, defect: &DefectRecord) -> &'static str {
    match (defects::turn(journey, defect), &defect.state) {
        (None, _) => "Nothing more is to be done.",
        (Some(journey::base::actor::Side::Supplier), _) => "The supplier mends it.",
        (_, DefectState::Mended { .. }) => "NHS England says whether it is mended.",
        _ if !defect.confirmed => "NHS England says who mends it and how bad it is.",
        _ => "NHS England follows it with whoever mends it.",
    }
}

/// What this person may do about this one defect.
fn offered(journey: &Journey, visitor: &Visitor, defect: &DefectRecord) -> Vec<Verb> {
    let offers = offers::offers_on(journey, &visitor.actor, &defect.task);
    let fits = |verb: &Verb| match verb {
        Verb::AssessDefect | Verb::CloseDefect => defect.is_open(),
        Verb::MendDefect => defects::is_for_supplier(journey, defect),
        Verb::ReopenDefect => defect.state != DefectState::Open,
        _ => false,
    };
    let all = [Verb::MendDefect, Verb::AssessDefect, Verb::CloseDefect, Verb::ReopenDefect];
    all.into_iter().filter(|verb| offers.contains(verb) && fits(verb)).collect()
}

/// The form for one thing that can be done about it.
fn form(journey: &Journey, defect: &DefectRecord, verb: Verb, kept: Option<&RefusedForm>) -> AnyView {
    let kept = kept.filter(|kept| kept.typed.one("form") == verb.name());
    let (questions, begun): (Form, Answers) = match verb {
        Verb::MendDefect => (mending(), Answers::default().with("version", journey.product())),
        Verb::AssessDefect => (assessing(), defects::as_answers(defect.assessment)),
        Verb::CloseDefect => (closing(), Answers::default()),
        _ => (reopening(), Answers::default()),
    };
    let typed = kept.map_or(begun, |kept| kept.typed.clone());
    let (action, summary, button) = match verb {
        Verb::MendDefect => ("/do/defects/mend", "Say that it is mended", "It is mended"),
        Verb::AssessDefect if defect.confirmed => {
            ("/do/defects/assess", "Change who mends it, how bad it is or whether it blocks", "Record it")
        }
        Verb::AssessDefect => ("/do/defects/assess", "Say who mends it, how bad it is and whether it blocks", "Record it"),
        Verb::CloseDefect => ("/do/defects/close", "Close it", "Close the defect"),
        _ => ("/do/defects/reopen", "Open it again", "Open the defect again"),
    };
    let values = vec![
        ("journey", journey.reference.to_string()),
        ("task", defect.task.to_string()),
        ("number", defect.number.to_string()),
        ("seen", defect.changed.to_string()),
    ];
    let first = verb == Verb::AssessDefect && !defect.confirmed || verb == Verb::MendDefect;
    let body = view! {
        <form action=action method="post" novalidate>
            <Hidden values=values />
            {ask::questions(&questions, &typed, kept)}
            <Button text=button secondary=!first />
        </form>
    };
    view! { <Details summary=summary open=kept.is_some() || first body=body.into_any() /> }.into_any()
}

fn facts(journey: &Journey, defect: &DefectRecord) -> AnyView {
    let seen = &defect.defect;
    let stage = paths::task(&journey.reference, &defect.task);
    let noun = journey.process.noun(&defect.task).to_owned();
    let assessment = defect.assessment;
    let blocks = if assessment.blocks { "Yes. No certificate is issued while it is open." } else { "No" };
    let said = if defect.confirmed { "" } else { " (as whoever raised it sees it)" };
    let run = seen.run.as_ref().map(|(run, number)| {
        let to = paths::live_request(&journey.reference, run, u32::try_from(*number).unwrap_or(0));
        view! { <p>"Seen in "<a href=to>{format!("request {number} of a live run")}</a>"."</p> }
    });
    let text = |summary: &'static str, text: &str| {
        let text = text.to_owned();
        (!text.is_empty()).then(|| {
            view! { <Details summary=summary body=view! { <pre class="gpc-code" tabindex="0">{text}</pre> }.into_any() open=true /> }
        })
    };
    view! {
        <dl class="nhsuk-summary-list">
            <SummaryRow key="Who mends it" value=format!("{}{said}", assessment.owner.title()) />
            <SummaryRow key="Severity" value=format!("{}{said}. {}", assessment.severity.title(), assessment.severity.means()) />
            <SummaryRow key="Blocks the certificate" value=blocks />
            <SummaryRow key="What happened" value=seen.happened.clone() />
            <SummaryRow key="What was expected" value=seen.expected.clone() />
            <SummaryRow key="Seen in" value=format!("{}, with {}", seen.environment.title(), seen.product) />
            {(!seen.scripts.is_empty()).then(|| view! { <SummaryRow key="Test scripts" value=seen.scripts.join(", ") /> })}
        </dl>
        <p>"Test stage: "<a href=stage>{noun}</a>"."</p>
        {run}
        {text("The request", &seen.request)}
        {text("The answer", &seen.answer)}
    }
    .into_any()
}

/// What was done, in a sentence.
fn deed(word: &DefectWord) -> String {
    match &word.deed {
        DefectDeed::Raised(assessment) => format!("raised it: {}", assessment.in_words()),
        DefectDeed::Assessed(assessment) => format!("says: {}", assessment.in_words()),
        DefectDeed::Mended(version) => format!("says that it is mended in {version}"),
        DefectDeed::Closed(how) => format!("closed it: {}", how.title().to_lowercase()),
        DefectDeed::Reopened => "opened it again".to_owned(),
    }
}

/// Everything that was done about it, oldest first.
fn done(loaded: &Loaded, defect: &DefectRecord) -> AnyView {
    let item = |word: &DefectWord| {
        let who = wording::who(&loaded.names, Some(&word.by));
        let words = (!word.words.is_empty()).then(|| view! { <br /><span class="gpc-lines">{word.words.clone()}</span> });
        view! {
            <li>
                {format!("{who}, {}, {}.", word.role.title().to_lowercase(), deed(word))}
                {words}
                <time datetime=word.at.to_string()>{dates::moment(word.at)}</time>
            </li>
        }
    };
    let items = defect.words.iter().map(item).collect_view();
    view! {
        <section aria-labelledby="done">
            <h2 class="nhsuk-heading-m" id="done">"What was done"</h2>
            <ol class="gpc-log">{items}</ol>
        </section>
    }
    .into_any()
}
