//! `/journeys/{ref}/tasks/{task}`: the page of any task. What it offers is what `decide::offers` offers.

use journey::{
    form::{Form, Kind},
    ledger::{
        file_sort,
        machine::{StateKind, Verb},
        standing::Standing,
    },
    plan::{
        certificates, opening_form,
        process::{Page, Settle},
    },
    rule::{answering, offers, queries as queries_of},
    task::{end_users, forms},
};
use leptos::prelude::*;

use crate::{
    act::{
        page::{context, page, titled},
        sent,
    },
    base::{
        halt::Halt,
        paths,
        words::{counted, listed},
    },
    design::{Button, ask, say},
    desk::{
        begun, claimed,
        context::TaskContext,
        drafts,
        frame::{framed, gate, help, reopened, returned},
        parts::{more, summary},
        phrases, replies, results, review, review_check, teams, ticked,
    },
    islands::{autosave::autosaved, upload::Upload},
    request::visitor::param,
    top::looks::{decides, nothing_to_do},
    work::{
        agreement::{duties, sign},
        certificate::{page, validity},
        end_users::{check_import, checks, member_import, member_list, queries, reviewed, wishes},
        go_live::{conditions, import, one_site, sites},
        scal::{self, stage},
        signatories,
        use_case::{check, form},
        worklist::give,
    },
};

/// `/journeys/{ref}/tasks/{task}`
#[component]
pub fn TaskPage() -> impl IntoView {
    let (reference, task) = (param("reference"), param("task"));
    page(async move {
        let desk = TaskContext::load(context().await?, &reference, &task).await?;
        let kept = desk.context.kept.clone().or_else(|| desk.not_said.clone());
        let title = format!("{}, {}", desk.spec.label, desk.journey().opening.product);
        let body = match desk.spec.page {
            Page::UseCase => form::view(&desk).await?,
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
    let (reference, task, subject) = (param("reference"), param("task"), param("subject"));
    page(async move {
        let mut desk = TaskContext::load(context().await?, &reference, &task).await?;
        // The page of a row tells what was answered in every round.
        if desk.spec.page == Page::Scal && desk.sent.len() < desk.record().sent.len() {
            desk.sent = sent::every(&desk.context.services, desk.journey(), &desk.spec.id).await?;
        }
        let kept = desk.context.kept.clone().or_else(|| desk.not_said.clone());
        let (title, body) = match (desk.spec.page, subject.as_str()) {
            (_, signatories::actions::PAGE) => (signatories::list::TITLE.to_owned(), signatories::list::view(&desk).await?),
            (_, signatories::file::PAGE) => (signatories::file::TITLE.to_owned(), signatories::file::view(&desk).await?),
            (_, give::PAGE) => (give::TITLE.to_owned(), give::view(&desk).await?),
            (Page::UseCase, "check") => ("Check your answers".to_owned(), check::view(&desk).await?),
            (Page::UseCase, "sent") => ("Use case submitted".to_owned(), check::sent(&desk)),
            (_, review_check::PAGE) if desk.may(Verb::Approve) => {
                (review_check::TITLE.to_owned(), review_check::view(&desk).await?)
            }
            (page, phrases::PAGE) if page != Page::Scal && desk.journey().went_along(desk.spec).is_empty() => {
                let role = teams::deciding(&desk).ok_or_else(|| Halt::Elsewhere(desk.path()))?;
                (phrases::TITLE.to_owned(), phrases::view(&desk, role, &desk.path()).await?)
            }
            (Page::Scal, subject) => scal::below(&desk, subject).await?,
            (Page::Group, member_import::PAGE) => ("Add members from a file".to_owned(), member_import::view(&desk).await?),
            (Page::Sites, import::PAGE) => (import::TITLE.to_owned(), import::view(&desk).await?),
            (Page::Sites, code) => one_site::view(&desk, code).await?,
            (Page::Group, check_import::PAGE) => (check_import::TITLE.to_owned(), check_import::view(&desk).await?),
            (Page::Group, checks::PAGE) => (checks::TITLE.to_owned(), checks::view(&desk)?),
            (Page::Testing, subject) => scal::below_stage(&desk, subject).await?,
            _ => return Err(Halt::Missing),
        };
        Ok((titled(&title, kept.as_ref()), body))
    })
}

/// The page of a task without a middle of its own.
async fn plain(desk: &TaskContext) -> Result<AnyView, Halt> {
    let form = forms::form_of(desk.spec, &desk.journey().opening);
    let asked = answering::asked(desk.journey(), desk.spec);
    let label_of = |id: &journey::base::ids::FieldId| answering::label_of(desk.spec, &desk.journey().opening, id);
    // A review is written while its queries are open, and sent when they are answered.
    let queried = !queries_of::open_rows(desk.record()).is_empty();
    let writes = desk.may(Verb::Submit) || (queried && offers::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id));
    let submit = if writes { Some(submit_view(desk, &asked).await?) } else { None };
    let register = if submit.is_none() { member_list::register_of_sent(desk).await? } else { None };
    let drawn = submit.is_some() || decides(desk);
    let reviewed = reviewed::view(desk).await?;
    let certificate = page::view(desk).await?;
    let draft = page::draft(desk).await?;
    let results = results::view(desk).await?;
    let signatures = sign::view(desk).await?;
    let open = !matches!(desk.standing, Standing::Locked { .. });
    let sites = if desk.spec.page == Page::Sites && open { Some(sites::view(desk).await?) } else { None };
    let middle = view! {
        {help(desk)}
        {gate(desk)}
        {reopened(desk)}
        {returned(desk, label_of)}
        {start_view(desk)}
        {last_sent(desk, &form)?}
        {register}
        {replies::view(desk)}
        {conditions::view(desk)}
        {wishes::view(desk)}
        {crate::desk::members::view(desk)?}
        {reviewed}
        {queries::view(desk)}
        {checks::link(desk)}
        {certificate}
        {results}
        {sites}
        {submit}
        {draft}
        {decision_view(desk)}
        {signatures}
        {duties::view(desk)}
        {signatories::list::link(desk)}
        {(!drawn).then(|| say::kept_words(desk.context.kept.as_ref()))}
        {nothing_to_do(desk)}
        {the_scal(desk)}
        {validity::view(desk)}
        {more(desk)}
    }
    .into_any();
    Ok(framed(desk, desk.spec.label.clone(), String::new(), middle))
}

/// The way to the SCAL from the task that issued it.
fn the_scal(desk: &TaskContext) -> Option<AnyView> {
    let journey = desk.journey();
    let scal = journey.plan().find(|spec| spec.page == Page::Scal)?;
    (desk.spec.page == Page::Issue && desk.standing == Standing::Settled).then(|| {
        let to = paths::task(&journey.reference, &scal.id);
        view! { <p><a href=to>{scal.label.clone()}</a>". Its rows can be filled in from now on."</p> }.into_any()
    })
}

fn start_view(desk: &TaskContext) -> Option<AnyView> {
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
fn last_sent(desk: &TaskContext, form: &Form) -> Result<Option<AnyView>, Halt> {
    let record = desk.record();
    let shown = record.state.kind() != StateKind::Open || desk.spec.settle == Settle::BySignatures;
    let Some(last) = desk.sent.last().filter(|_| shown) else { return Ok(None) };
    let answers = sent::answers_of(last)?;
    if answers.is_blank() {
        return Ok(None);
    }
    let mut form = answering::with_replies(form.clone(), desk.spec, &desk.journey().opening, &answers);
    if desk.spec.page == Page::Capabilities {
        form = opening_form::of_chosen(form, &answers);
    }
    // Files that the reader may not open are told of, without a link.
    let closed = !end_users::file_sort(desk.spec).may_be_read_by(&desk.visitor.actor);
    let files: usize = form.takes_files().map(|field| answers.many(field.id.as_str()).len()).sum();
    if closed {
        form.fields.retain(|field| !matches!(field.kind, Kind::Files { .. }));
    }
    let told = (closed && files > 0).then(|| {
        let roles: Vec<&str> = file_sort::readers(end_users::file_sort(desk.spec)).into_iter().map(|role| role.title()).collect();
        view! { <p class="gpc-meta">{format!("{} added. Only these can open them: {}.", counted(files, "file"), roles.join(", ").to_lowercase())}</p> }
    });
    Ok(Some(
        view! { <h2 class="nhsuk-heading-m">{format!("What was sent, round {}", last.round)}</h2> {summary(&form, &answers)} {told} }
            .into_any(),
    ))
}

async fn submit_view(desk: &TaskContext, form: &Form) -> Result<AnyView, Halt> {
    let draft = drafts::load(desk, "answers").await?;
    let before = begun::answers(desk, &draft)?;
    // A refused form of another sort on the same page keeps its own words, not ours.
    let refused = desk.context.kept.as_ref().filter(|kept| form.fields.iter().any(|f| kept.typed.0.contains_key(f.id.as_str())));
    let answers = refused.map_or(before, |kept| kept.typed.clone());
    let mut questions = ask::questions(form, &answers, desk.context.kept.as_ref());
    if let Some(register) = member_list::register(desk, &answers).await? {
        // Below the list that it is about.
        let below = form.fields.iter().position(|field| field.id.as_str() == "members").map_or(questions.len(), |at| at + 1);
        questions.insert(below.min(questions.len()), register);
    }
    let again = matches!(desk.standing, Standing::CheckAgain { .. });
    let asked = if desk.spec.settle == Settle::BySignatures { Some(sign::asked(desk).await?) } else { None };
    let send_to = match &asked {
        Some((1, _)) => "Send to the person who signs".to_owned(),
        Some((count, _)) => format!("Send to the {count} people who sign"),
        None => String::new(),
    };
    let sends = desk.may(Verb::Submit);
    let kept_from = offers::judge(desk.journey(), &desk.visitor.actor, Verb::Submit, &desk.spec.id).err().map(|refusal| {
        let (what, detail) = refusal.sentence(desk.journey().process);
        view! { <p>{format!("{what}. {detail}")}</p> }
    });
    let (heading, button) = match desk.spec.settle {
        _ if !sends => ("Your review, while a query is open", ""),
        Settle::OnSubmit if again => ("Or do it again", "Mark as done again"),
        Settle::ByAcknowledgement | Settle::ByReview if again => ("Or send it again", "Send it again"),
        Settle::OnSubmit => ("Mark it as done", "Mark as done"),
        Settle::ByAcknowledgement => ("Write to NHS England", "Send to NHS England"),
        Settle::BySignatures if desk.record().to_fill_in => ("Correct the details", send_to.as_str()),
        Settle::BySignatures if desk.record().round.0 > 0 => ("Change the details", send_to.as_str()),
        Settle::BySignatures => ("Complete the details", send_to.as_str()),
        _ => ("Send it for review", "Submit to NHS England"),
    };
    let signing = asked.map(|(_, list)| {
        view! {
            <h3 class="nhsuk-heading-s">"Who is asked to sign, in this order"</h3>
            {list}
            <p>"What they sign can be read below, whole, before you send it."</p>
        }
    });
    let agree = desk.journey().asked_to_agree(desk.spec, &desk.visitor.actor.organisation);
    let sides: Vec<String> = desk.spec.decide.iter().chain(&agree).map(|role| role.the()).collect();
    let to = match desk.spec.settle {
        _ if sides.is_empty() => String::new(),
        Settle::BySignatures => {
            "Whoever signs first is told by email when you send it, and each after that when it is their turn. The details can be changed until somebody has signed.".to_owned()
        }
        _ => format!("It goes to {}.", listed(sides)),
    };
    let rows = if desk.spec.page == Page::Testing { stage::rows(desk).await? } else { None };
    let also = if sends { ticked::others(desk).await? } else { None };
    let takes_files = form.fields.iter().any(|field| matches!(field.kind, Kind::Files { .. }));
    Ok(view! {
        {draft.beside(form, refused)}
        <h2 class="nhsuk-heading-m">{heading}</h2>
        {kept_from}
        <form action="/do/task/submit" method="post" id="answers" novalidate>
            {desk.hidden()}
            {draft.hidden("answers")}
            {questions}
            {rows}
            {also}
            {signing}
            <div class="nhsuk-button-group">
                {sends.then(|| view! { <Button text=button.to_owned() /> })}
                <Button text="Save and come back later" secondary=true action="/do/draft/keep" />
            </div>
            {member_list::ways(desk).await?}
            {autosaved(&draft.says)}
            {takes_files.then(|| view! { <Upload /> })}
            <p class="gpc-meta">{to}</p>
        </form>
    }
    .into_any())
}

/// What the supplier said at the start, for whoever opens the engagement: it is confirmed or corrected with the answer.
fn plan_view(desk: &TaskContext) -> Option<AnyView> {
    if !desk.spec.opens_engagement {
        return None;
    }
    let journey = desk.journey();
    let form = opening_form::form(&journey.process.side);
    let refused = desk.context.kept.as_ref().filter(|kept| kept.typed.0.contains_key("hscn"));
    let answers = refused.map_or_else(|| opening_form::plan_answers(&journey.opening.plan()), |kept| kept.typed.clone());
    let without = !journey.opening.supporting_tasks;
    Some(
        view! {
            <fieldset class="nhsuk-fieldset">
                <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">"What the supplier said at the start"</legend>
                <p>"Confirm it with your answer, or correct it. The test route, the tasks of the plan and the name on certificates follow from it. A change is in the history, and what was settled on something else is checked again."</p>
                <p class="gpc-meta">{journey.opening.route().about()}</p>
                {without.then(|| view! { <p class="nhsuk-inset-text">"The supplier asks to skip the supporting tasks. If you agree, the safety officer, the toolkit, the clinical meetings, the penetration test and production access are not in the plan: say why in your answer."</p> })}
                {ask::questions(&form, &answers, desk.context.kept.as_ref())}
            </fieldset>
        }
        .into_any(),
    )
}

/// The forms of those who answer or issue.
fn decision_view(desk: &TaskContext) -> Option<AnyView> {
    let typed = |field: &str| desk.context.kept.as_ref().map(|kept| kept.typed.one(field).to_owned()).unwrap_or_default();
    let problem = |field: &str| desk.context.kept.as_ref().and_then(|kept| kept.problem(field));
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
        let (asked, hint) = if certificates::kind(desk.spec).is_some() {
            (
                "More conditions and exceptions",
                "Optional. What you write is printed on the certificate below those from the verdicts, and anybody can read it.",
            )
        } else {
            ("What do you issue?", "Name the document, version and date. The supplier reads this.")
        };
        return Some(
            view! {
                <h2 class="nhsuk-heading-m">{if matches!(desk.standing, Standing::CheckAgain { .. }) { "Issue it again" } else { "Issue it" }}</h2>
                <form action="/do/task/issue" method="post" novalidate>
                    {desk.hidden()}
                    {ask::words("note", "note", asked, hint, &typed("note"), problem("note"), 4)}
                    {claimed::instead(desk, "instead")}
                    <Button text="Issue it to the supplier" />
                </form>
            }
            .into_any(),
        );
    }
    None
}
