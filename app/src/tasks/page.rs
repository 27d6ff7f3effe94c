//! `/journeys/{ref}/tasks/{task}`: the page of any task. What it offers is what `decide::offers` offers.

use journey::{
    answering,
    command::Refusal,
    decide,
    form::{Answers, Field, Form, Kind, Part},
    forms, members, opening,
    process::{Page, Settle},
    standing::{Standing, StateKind, Verb},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    agreement::sign,
    certificate,
    design::{Button, SummaryRow, against, answer_view, ask, dates, say},
    end_users::wishes,
    go_live::sites,
    halt::Halt,
    islands::{autosave::autosaved, upload::Upload},
    page::{hall, page, titled},
    scal,
    tasks::{
        drafts,
        frame::{Desk, framed, gate, reopened, returned},
        replies, results, review, sent,
    },
    use_case,
    worklist::claimed,
};

/// `/journeys/{ref}/tasks/{task}`
#[component]
pub fn TaskPage() -> impl IntoView {
    let (reference, task) =
        use_params_map().with_untracked(|p| (p.get("reference").unwrap_or_default(), p.get("task").unwrap_or_default()));
    page(async move {
        let desk = Desk::load(hall().await?, &reference, &task).await?;
        let kept = desk.hall.kept.clone().or_else(|| desk.not_said.clone());
        let title = format!("{}, {}", desk.spec.label, desk.journey().opening.product);
        let body = match desk.spec.page {
            Page::UseCase => use_case::form::view(&desk).await?,
            Page::Decision => review::view(&desk).await?,
            Page::Scal => scal::view(&desk, None).await?,
            _ if desk.may(Verb::Approve) => review::view(&desk).await?,
            _ => plain(&desk).await?,
        };
        Ok((titled(&title, kept.as_ref()), body))
    })
}

/// `/journeys/{ref}/tasks/{task}/{subject}`: the steps of a task that have a page of their own.
#[component]
pub fn SubjectPage() -> impl IntoView {
    let (reference, task, subject) = use_params_map().with_untracked(|p| {
        (p.get("reference").unwrap_or_default(), p.get("task").unwrap_or_default(), p.get("subject").unwrap_or_default())
    });
    page(async move {
        let mut desk = Desk::load(hall().await?, &reference, &task).await?;
        // The page of a row tells what was answered in every round.
        if desk.spec.page == Page::Scal && desk.sent.len() < desk.record().sent.len() {
            desk.sent = sent::every(&desk.hall.services, desk.journey(), &desk.spec.id).await?;
        }
        let kept = desk.hall.kept.clone().or_else(|| desk.not_said.clone());
        let (title, body) = match (desk.spec.page, subject.as_str()) {
            (Page::UseCase, "check") => ("Check your answers".to_owned(), use_case::check::view(&desk).await?),
            (Page::UseCase, "sent") => ("Use case submitted".to_owned(), use_case::check::sent(&desk)),
            (Page::Scal, subject) => scal::below(&desk, subject).await?,
            (Page::Testing, subject) => scal::stage::below(&desk, subject).await?,
            _ => return Err(Halt::Missing),
        };
        Ok((titled(&title, kept.as_ref()), body))
    })
}

/// The page of a task without a middle of its own.
async fn plain(desk: &Desk) -> Result<AnyView, Halt> {
    let form = forms::form_of(desk.spec, &desk.journey().opening);
    let asked = answering::asked(desk.journey(), desk.spec);
    let label_of = |id: &journey::ids::FieldId| answering::label_of(desk.spec, &desk.journey().opening, id);
    let submit = if desk.may(Verb::Submit) { Some(submit_view(desk, &asked).await?) } else { None };
    let drawn = submit.is_some() || decides(desk);
    let certificate = certificate::page::view(desk).await?;
    let results = results::view(desk).await?;
    let signatures = sign::view(desk).await?;
    let open = !matches!(desk.standing, Standing::Locked { .. });
    let sites = if desk.spec.page == Page::Sites && open { Some(sites::view(desk).await?) } else { None };
    let middle = view! {
        <p>{desk.spec.help.clone()}</p>
        {gate(desk)}
        {reopened(desk)}
        {returned(desk, label_of)}
        {start_view(desk)}
        {last_sent(desk, &form)?}
        {replies::view(desk)}
        {wishes::view(desk)}
        {crate::tasks::members::view(desk)?}
        {certificate}
        {results}
        {sites}
        {submit}
        {decision_view(desk)}
        {signatures}
        {(!drawn).then(|| say::kept_words(desk.hall.kept.as_ref()))}
        {nothing_to_do(desk)}
        {the_scal(desk)}
        {more(desk)}
    }
    .into_any();
    Ok(framed(desk, desk.spec.label.clone(), String::new(), middle))
}

fn decides(desk: &Desk) -> bool {
    [Verb::Approve, Verb::Acknowledge, Verb::Issue, Verb::Sign, Verb::Decline].iter().any(|verb| desk.may(*verb))
}

/// The way to the SCAL from the task that issued it.
fn the_scal(desk: &Desk) -> Option<AnyView> {
    let journey = desk.journey();
    let scal = journey.plan().find(|spec| spec.page == Page::Scal)?;
    (desk.spec.page == Page::Issue && desk.standing == Standing::Settled).then(|| {
        let to = format!("/journeys/{}/tasks/{}", journey.reference, scal.id);
        view! { <p><a href=to>{scal.label.clone()}</a>". Its rows can be filled in from now on."</p> }.into_any()
    })
}

/// The one sentence for a reader who can only look.
fn nothing_to_do(desk: &Desk) -> Option<AnyView> {
    let locked = matches!(desk.standing, Standing::Locked { .. });
    let done = desk.standing.is_done();
    // What is checked again says itself what is to be done.
    let again = matches!(desk.standing, Standing::CheckAgain { .. });
    let acts = [Verb::Submit, Verb::Start, Verb::RecordSite].iter().any(|verb| desk.may(*verb));
    if locked || done || again || acts || decides(desk) {
        return None;
    }
    if desk.spec.settle == Settle::WithJourney {
        return Some(view! { <p class="gpc-meta">"It stays open until the product is live."</p> }.into_any());
    }
    let signing = desk.spec.settle == Settle::BySignatures && desk.record().round.0 > 0;
    let verb = match desk.standing {
        Standing::Submitted => Verb::Approve,
        _ if signing => Verb::Sign,
        _ => Verb::Submit,
    };
    let text = match decide::why_not(desk.journey(), &desk.visitor.actor, verb, &desk.spec.id) {
        // The reader is on the page that says whose turn it is.
        Some(Refusal::NothingToDo) => desk.whose_turn().unwrap_or_else(|| "There is nothing to do here now.".to_owned()),
        Some(Refusal::AlreadyDone) if signing => "Your organisation has signed. Other signatures are still awaited.".to_owned(),
        Some(refusal) => {
            let (heading, detail) = refusal.sentence(desk.journey().process);
            format!("{heading}. {detail}")
        }
        None => return None,
    };
    Some(view! { <div class="nhsuk-inset-text"><p>{text}</p></div> }.into_any())
}

fn start_view(desk: &Desk) -> Option<AnyView> {
    desk.may(Verb::Start).then(|| {
        view! {
            <form action="/do/task/start" method="post">
                {desk.hidden()}
                <Button text="Record that work has started" secondary=true />
            </form>
        }
        .into_any()
    })
}

/// What was sent last, as a summary.
fn last_sent(desk: &Desk, form: &Form) -> Result<Option<AnyView>, Halt> {
    let record = desk.record();
    let shown = record.state.kind() != StateKind::Open || desk.spec.settle == Settle::BySignatures;
    let Some(last) = desk.sent.last().filter(|_| shown) else { return Ok(None) };
    let answers = Desk::answers_of(last)?;
    if answers.is_blank() {
        return Ok(None);
    }
    let form = answering::with_replies(form.clone(), desk.spec, &desk.journey().opening, &answers);
    Ok(Some(
        view! { <h2 class="nhsuk-heading-m">{format!("What was sent, round {}", last.round)}</h2> {summary(&form, &answers)} }
            .into_any(),
    ))
}

/// Answers as a summary list; files can be opened, nothing can be changed.
pub fn summary(form: &Form, answers: &Answers) -> AnyView {
    let dated = dates::in_answers(form, answers);
    // What is judged together is told together.
    let together: Vec<&Part> = form.parts.iter().filter(|part| part.fields.len() > 1 && form.parts.len() > 1).collect();
    let of_part = |field: &Field| together.iter().find(|part| part.fields.contains(&field.id));
    let rows = form
        .fields
        .iter()
        .filter(|field| of_part(field).is_none_or(|part| part.fields[0] == field.id && !part.is_blank(answers)))
        .map(|field| match field.kind {
            _ if of_part(field).is_some() => {
                let told =
                    of_part(field).map_or_else(Default::default, |part| (part.label.clone(), form.part_in_words(part, &dated)));
                view! { <SummaryRow key=told.0 value=told.1 /> }.into_any()
            }
            Kind::Files { .. } if !answers.many(field.id.as_str()).is_empty() => view! {
                <div class="nhsuk-summary-list__row">
                    <dt class="nhsuk-summary-list__key">{field.label.clone()}</dt>
                    <dd class="nhsuk-summary-list__value">{answer_view(form, field, answers)}</dd>
                </div>
            }
            .into_any(),
            Kind::Figure { .. } => view! {
                <div class="nhsuk-summary-list__row">
                    <dt class="nhsuk-summary-list__key">{field.label.clone()}</dt>
                    <dd class="nhsuk-summary-list__value">{form.in_words(&field.id, answers)}" "{field.against(answers.one(field.id.as_str())).map(against)}</dd>
                </div>
            }
            .into_any(),
            _ => view! { <SummaryRow key=field.label.clone() value=form.in_words(&field.id, &dated) /> }.into_any(),
        })
        .collect_view();
    view! { <dl class="nhsuk-summary-list">{rows}</dl> }.into_any()
}

async fn submit_view(desk: &Desk, form: &Form) -> Result<AnyView, Halt> {
    let draft = drafts::load(desk, "answers").await?;
    let last = desk.sent.last().map(Desk::answers_of).transpose()?.map(answering::without_replies);
    // What is chosen now may be what the assurance team has corrected.
    let last = last.filter(|_| desk.spec.page != Page::Capabilities);
    let before =
        draft.answers.clone().or(last).unwrap_or_else(|| {
            members::beforehand(desk.journey(), desk.spec, forms::beforehand(desk.spec, &desk.journey().opening))
        });
    // A refused form of another sort on the same page keeps its own words, not ours.
    let refused = desk.hall.kept.as_ref().filter(|kept| form.fields.iter().any(|f| kept.typed.0.contains_key(f.id.as_str())));
    let answers = refused.map_or(before, |kept| kept.typed.clone());
    let again = matches!(desk.standing, Standing::CheckAgain { .. });
    let (heading, button) = match desk.spec.settle {
        Settle::OnSubmit if again => ("Or do it again", "Mark as done again"),
        Settle::ByAcknowledgement | Settle::ByReview if again => ("Or send it again", "Send it again"),
        Settle::OnSubmit => ("When it is done", "Mark as done"),
        Settle::ByAcknowledgement => ("Write to NHS England", "Send to NHS England"),
        Settle::BySignatures if desk.record().to_fill_in => ("Put the parts right", "Send it to be signed"),
        Settle::BySignatures if desk.record().round.0 > 0 => ("Change the parts", "Send the changed parts to be signed"),
        Settle::BySignatures => ("Fill in the parts", "Send it to be signed"),
        _ => ("Send it for review", "Submit to NHS England"),
    };
    let sides: Vec<&str> = desk.spec.decide.iter().map(|role| role.title()).collect();
    let to = match desk.spec.settle {
        _ if sides.is_empty() => String::new(),
        Settle::BySignatures => format!(
            "Those who sign are told by email when you send it: {}, in this order. The words they sign can be read below; the parts can be changed until somebody has signed.",
            sides.join(", then ").to_lowercase()
        ),
        _ => format!("It goes to {}.", sides.join(", ").to_lowercase()),
    };
    let rows = if desk.spec.page == Page::Testing { scal::stage::rows(desk).await? } else { None };
    let takes_files = form.fields.iter().any(|field| matches!(field.kind, Kind::Files { .. }));
    Ok(view! {
        {draft.beside(form, refused)}
        <h2 class="nhsuk-heading-m">{heading}</h2>
        <form action="/do/task/submit" method="post" id="answers" novalidate>
            {desk.hidden()}
            {draft.hidden("answers")}
            {ask::questions(form, &answers, desk.hall.kept.as_ref())}
            {rows}
            <div class="nhsuk-button-group">
                <Button text=button />
                <Button text="Save and come back later" secondary=true action="/do/draft/keep" />
            </div>
            {autosaved(&draft.says)}
            {takes_files.then(|| view! { <Upload /> })}
            <p class="gpc-meta">{to}</p>
        </form>
    }
    .into_any())
}

/// What the supplier said at the start, for whoever opens the engagement: it is confirmed or corrected with the answer.
fn plan_view(desk: &Desk) -> Option<AnyView> {
    if !desk.spec.opens_engagement {
        return None;
    }
    let journey = desk.journey();
    let form = opening::form(&journey.process.side);
    let refused = desk.hall.kept.as_ref().filter(|kept| kept.typed.0.contains_key("hscn"));
    let answers = refused.map_or_else(|| opening::plan_answers(&journey.opening.plan()), |kept| kept.typed.clone());
    let without = !journey.opening.supporting_tasks;
    Some(
        view! {
            <fieldset class="nhsuk-fieldset">
                <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">"What the supplier said at the start"</legend>
                <p>"Confirm it with your answer, or correct it. The test route, the tasks of the plan and the name on certificates follow from it. A change is in the history, and what was settled on something else is checked again."</p>
                <p class="gpc-meta">{journey.opening.route().about()}</p>
                {without.then(|| view! { <p class="nhsuk-inset-text">"The supplier asks to do without the supporting tasks. If you agree, the safety officer, the toolkit, the clinical meetings, the penetration test and production access are not in the plan: say why in your answer."</p> })}
                {ask::questions(&form, &answers, desk.hall.kept.as_ref())}
            </fieldset>
        }
        .into_any(),
    )
}

/// The forms of those who answer or issue.
fn decision_view(desk: &Desk) -> Option<AnyView> {
    let typed = |field: &str| desk.hall.kept.as_ref().map(|kept| kept.typed.one(field).to_owned()).unwrap_or_default();
    let problem = |field: &str| desk.hall.kept.as_ref().and_then(|kept| kept.problem(field));
    if desk.may(Verb::Acknowledge) && desk.may(Verb::Return) {
        return Some(
            view! {
                <h2 class="nhsuk-heading-m">"Confirm, or ask for a change"</h2>
                <form action="/do/task/acknowledge" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("note", "note", "Your words to the supplier", "To confirm: what is set up, recorded or agreed, with identifiers, actions and days. To ask for a change: what to change; it goes back to them.", &typed("note"), problem("note"), 5)}
                    {claimed::instead(desk, "instead")}
                    <div class="nhsuk-button-group">
                        <Button text="Confirm" />
                        <Button text="Ask for a change" secondary=true action="/do/task/ask-for-a-change" />
                    </div>
                </form>
            }
            .into_any(),
        );
    }
    if desk.may(Verb::Acknowledge) {
        return Some(
            view! {
                <h2 class="nhsuk-heading-m">"Answer the supplier"</h2>
                <form action="/do/task/acknowledge" method="post" novalidate>
                    {desk.hidden()}
                    {plan_view(desk)}
                    {ask::words("note", "note", "Your answer", "The supplier reads this. Say who looks after them and what comes next.", &typed("note"), problem("note"), 5)}
                    {claimed::instead(desk, "instead")}
                    <Button text="Send the answer" />
                </form>
            }
            .into_any(),
        );
    }
    if desk.may(Verb::Issue) {
        return Some(
            view! {
                <h2 class="nhsuk-heading-m">{if matches!(desk.standing, Standing::CheckAgain { .. }) { "Issue it again" } else { "Issue it" }}</h2>
                <form action="/do/task/issue" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("note", "note", "What do you issue?", "Name the document, version and date. The supplier reads this.", &typed("note"), problem("note"), 4)}
                    {claimed::instead(desk, "instead")}
                    <Button text="Issue it to the supplier" />
                </form>
            }
            .into_any(),
        );
    }
    None
}

/// Rare and weighty: do without, open again.
pub fn more(desk: &Desk) -> AnyView {
    let fold = |summary: &'static str, body: AnyView| {
        view! {
            <details class="nhsuk-details">
                <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{summary}</span></summary>
                <div class="nhsuk-details__text">{body}</div>
            </details>
        }
        .into_any()
    };
    let propose = desk.may(Verb::ProposeWaiver).then(|| {
        fold(
            "Do without this task",
            view! {
                <form action="/do/task/propose-waiver" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("reason", "reason", "Why is it not needed?", "A programme lead reads this and decides. It must be another person than you.", "", None, 3)}
                    <Button text="Propose to do without" secondary=true small=true />
                </form>
            }
            .into_any(),
        )
    });
    let reopen = desk.may(Verb::Reopen).then(|| {
        let resting = desk.journey().resting_on(&desk.spec.id);
        let labels = resting.iter().map(|spec| view! { <li>{spec.label.clone()}</li> }).collect_view();
        fold(
            "Open it again",
            view! {
                {(!resting.is_empty()).then(|| view! {
                    <p>"These do not count until it is completed again:"</p>
                    <ul class="nhsuk-list nhsuk-list--bullet">{labels}</ul>
                })}
                {(!desk.record().signatures.is_empty()).then(|| view! { <p>"The signatures that were given do not count any more. Whoever has signed is told, and signs again when the parts were sent again."</p> })}
                <form action="/do/task/reopen" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("reason-reopen", "reason", "Why is it opened again?", "What depends on it cannot go on until it is completed again. All work is kept.", "", None, 3)}
                    <Button text="Open it again" secondary=true small=true />
                </form>
            }
            .into_any(),
        )
    });
    let send_back = desk.may(Verb::SendBack).then(|| {
        fold(
            "Send it back now, without waiting for the other teams",
            view! {
                <form action="/do/task/send-back" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("reason-send-back", "reason", "Why does it not wait for the other teams?", "Everybody on this journey can read this. The supplier gets what has been asked for so far.", "", None, 2)}
                    <Button text="Send it back to the supplier" secondary=true small=true />
                </form>
            }
            .into_any(),
        )
    });
    let proposal = desk.record().proposal.as_ref().map(|proposal| {
        let confirm = desk.may(Verb::ConfirmWaiver).then(|| {
            view! {
                <form action="/do/task/confirm-waiver" method="post">
                    {desk.hidden()}
                    <Button text="Agree to do without" small=true />
                </form>
            }
        });
        let decline = desk.may(Verb::DeclineWaiver).then(|| {
            view! {
                <form action="/do/task/decline-waiver" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("reason-decline", "reason", "Why does it stay in the plan?", "", "", None, 2)}
                    <Button text="Do not agree" secondary=true small=true />
                </form>
            }
        });
        view! {
            <section class="gpc-finding">
                <h2 class="nhsuk-heading-s">"Proposed: do without this task"</h2>
                <p class="gpc-lines">{proposal.reason.clone()}</p>
                <p class="gpc-meta">{format!("{}, {}. A programme lead who did not propose it decides.", desk.who(&proposal.by), crate::design::dates::day_of(proposal.at))}</p>
                {confirm}
                {decline}
            </section>
        }
    });
    view! { {send_back} {proposal} {propose} {reopen} }.into_any()
}
