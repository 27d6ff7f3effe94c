//! The reviewer's page of any task that is reviewed: first only what changed, old beside new; earlier verdicts kept; one
//! decision at the end.
//!
//! Long because it draws one page, from its cards to its decision.

use journey::{
    base::actor::Role,
    form::{Against, Answers, Form, Kind, Part},
    ledger::{machine::Verb, standing::TaskRecord},
    plan::{
        certificates,
        process::{Page, TaskSpec},
    },
    port::scal::Phrase,
    rule::{
        answering, offers,
        review::{self, Answered},
    },
};
use leptos::prelude::*;

use crate::{
    act::sent,
    base::{dates, diff, halt::Halt, words::counted},
    design::{Button, Details, Grid, Hidden, against, ask, file_link, group_class, say},
    desk::{
        claimed,
        context::TaskContext,
        drafts,
        frame::{framed, gate, help, reopened},
        judged::judged,
        members,
        parts::{more, summary},
        phrases, replies, results, rows, teams,
    },
    islands::autosave::autosaved,
};

/// What one answer looks like to the reviewer.
struct Card<'a> {
    number: usize,
    part: &'a Part,
    stands: Answered,
    old: Option<String>,
    new: String,
    files: Vec<String>,
    /// What the supplier says of the finding on it.
    reply: String,
    /// How a figure stands against its limits.
    against: Option<Against>,
}

/// The page of a task for whoever may decide on it now; for everybody else, how it stands.
///
/// # Errors
/// When a submission or the draft cannot be read.
pub async fn view(desk: &TaskContext) -> Result<AnyView, Halt> {
    let work: &TaskSpec = desk.spec.reviews.as_ref().and_then(|id| desk.journey().process.task(id)).unwrap_or(desk.spec);
    let sent = desk.sent.last().map(sent::answers_of).transpose()?.unwrap_or_default();
    let form = review::judged_form(desk.journey(), work, &sent);
    match teams::deciding(desk) {
        Some(role) => reviewing(desk, &form, role).await,
        None => looking(desk, &form),
    }
}

/// For everybody who cannot decide now: how it stands, and what was submitted.
fn looking(desk: &TaskContext, form: &Form) -> Result<AnyView, Halt> {
    let sent = desk.sent.last().map(sent::answers_of).transpose()?;
    let why = (desk.standing == journey::ledger::standing::Standing::Submitted && desk.visitor.is_programme())
        .then(|| offers::judge(desk.journey(), &desk.visitor.actor, Verb::Approve, &desk.spec.id).err())
        .flatten()
        .map(|refusal| {
            let (heading, detail) = refusal.sentence(desk.journey().process);
            view! { <div class="nhsuk-inset-text"><p><b>{heading}". "</b>{detail}</p></div> }
        });
    let middle = view! {
        {help(desk)}
        {gate(desk)}
        {reopened(desk)}
        {why}
        {say::kept_words(desk.context.kept.as_ref())}
        {replies::view(desk)}
        {sent.map(|answers| {
            let work = desk.spec.reviews.as_ref().and_then(|id| desk.journey().process.task(id)).unwrap_or(desk.spec);
            let form = answering::with_replies(form.clone(), work, &desk.journey().opening, &answers);
            view! { <h2 class="nhsuk-heading-m">"What was submitted"</h2> {summary(&form, &answers)} }
        })}
        {more(desk)}
    }
    .into_any();
    Ok(framed(desk, desk.spec.label.clone(), String::new(), middle))
}

async fn reviewing(desk: &TaskContext, form: &Form, role: Role) -> Result<AnyView, Halt> {
    let record = desk.record();
    let work = desk.journey().submitted_in(desk.spec);
    let new = desk.sent.last().map(sent::answers_of).transpose()?.unwrap_or_default();
    let old = desk.sent.iter().rev().nth(1).map(sent::answers_of).transpose()?;
    let judged = judged(form, role, record, &desk.sent)?;
    // Rows of the SCAL that went with a test stage are judged at their own bench.
    let along = desk.journey().went_along(desk.spec);
    let (rows, judged): (Vec<_>, Vec<_>) =
        judged.into_iter().partition(|(part, _)| along.iter().any(|along| along.row == part.id));
    let rows = rows::to_judge(desk, role, &rows).await?;
    let draft = drafts::load_review(desk, role).await?;
    let typed = desk.context.typed_or(draft.answers.clone().unwrap_or_default());
    // The first time for this team, whatever others have said.
    let first_round = judged.iter().all(|(part, _)| record.verdicts.of(&part.id, role).is_none());
    let shown = (old.as_ref().map(|old| dates::in_answers(form, old)), dates::in_answers(form, &new));
    let mut open = Vec::new();
    let mut kept = Vec::new();
    for (at, (part, stands)) in judged.iter().enumerate() {
        let field = part.fields.first().and_then(|id| form.field(id.as_str()));
        let card = Card {
            number: at + 1,
            part,
            stands: stands.clone(),
            old: shown.0.as_ref().map(|old| form.part_in_words(part, old)),
            new: form.part_in_words(part, &shown.1),
            files: files_of(form, part, &new),
            reply: answering::reply(&new, Some(&part.id)).to_owned(),
            against: field.and_then(|field| field.against(new.one(field.id.as_str()))),
        };
        if *stands == Answered::Kept { kept.push(card) } else { open.push(card) }
    }
    let changed = open.iter().filter(|c| c.stands == Answered::ToJudge).count();
    let all = judged.len();
    let round = work.round;
    let lead = if all == 0 {
        "Rows of the SCAL went with this record. Those of your team are yours to judge; another team reads the record itself."
            .to_owned()
    } else if first_round {
        format!("{} to read. Accept each one, or request a change and say what.", counted(all, "answer"))
    } else {
        again(changed, open.len() - changed, kept.len())
    };
    let sent = work.sent.last();
    let facts = sent
        .map_or_else(String::new, |sent| format!("Submitted by {} on {}. ", desk.who(&sent.by), dates::day_of(sent.at)))
        + &desk.due().map_or_else(String::new, |due| format!("Due {} ({}).", dates::date(due), dates::due_in(due, desk.today).1));
    // A colleague of the team was faster: what they saved, beside what was typed.
    let faster = desk.context.kept.as_ref().filter(|kept| kept.problems.is_empty()).zip(draft.answers.as_ref());
    let faster = faster.and_then(|(kept, saved)| {
        let words = |part: &Part, from: &Answers| drafts::verdict_in_words(&part.id, from);
        let of = |(part, _): &(Part, Answered)| (part.label.clone(), words(part, saved), words(part, &kept.typed));
        drafts::beside(draft.own, judged.iter().map(of).collect())
    });
    let patience = diff::Patience::of_page();
    let book = phrases::of(desk, role).await?;
    let drawn = |of: &Card<'_>| card(desk, (record, role), of, &typed, &patience, &book);
    let cards = open.iter().map(drawn).collect_view();
    let kept_again = kept.iter().map(drawn).collect_view();
    let some_kept = !kept.is_empty();
    let reply = said(answering::reply(&new, None));
    let results = results::view(desk).await?;
    let members = members::view(desk)?;
    let middle = view! {
        <div class="nhsuk-inset-text"><p>{lead}</p></div>
        {teams::choice(desk, role, &desk.path())}
        {faster}
        {reply}
        {replies::view(desk)}
        {members}
        {results}
        {rows}
        <form action="/do/task/review" method="post" id="review" novalidate>
            {desk.hidden()}
            {draft.hidden(&review::subject_of(role))}
            <Hidden values=vec![("role", role.name().to_owned())] />
            {cards}
            {some_kept.then(|| view! {
                <h2 class="nhsuk-heading-m">"Kept from earlier rounds"</h2>
                {kept_table(desk, (record, role), &kept)}
                <details class="nhsuk-details">
                    <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{format!("Show the {} and judge them again", counted(kept.len(), "kept answer"))}</span></summary>
                    <div>{kept_again}</div>
                </details>
            })}
            {(changed > 1).then(|| rest(&typed, changed))}
            {decision(desk, &typed)}
            {autosaved(&draft.says)}
        </form>
        {more(desk)}
    }
    .into_any();
    Ok(framed(desk, format!("Review round {round}: {}", work_noun(desk)), facts, middle))
}

/// The files that the answers of a part name.
fn files_of(form: &Form, part: &Part, answers: &Answers) -> Vec<String> {
    let takes = |id: &&journey::base::ids::FieldId| form.field(id.as_str()).is_some_and(|f| matches!(f.kind, Kind::Files { .. }));
    part.fields.iter().filter(takes).flat_map(|id| answers.many(id.as_str()).to_vec()).collect()
}

/// What the supplier replied to a finding; nothing where it is silent.
fn said(reply: &str) -> Option<AnyView> {
    (!reply.is_empty()).then(|| {
        view! { <div class="nhsuk-inset-text"><p><b>"The supplier replies: "</b><span class="gpc-lines">{reply.to_owned()}</span></p></div> }
            .into_any()
    })
}

/// The answers without a verdict are accepted in one go.
fn rest(typed: &Answers, changed: usize) -> AnyView {
    let checked = typed.one("rest") == "accept";
    view! {
        <div class="nhsuk-form-group">
            <div class="nhsuk-checkboxes nhsuk-checkboxes--small">
                <div class="nhsuk-checkboxes__item">
                    <input class="nhsuk-checkboxes__input" id="rest" type="checkbox" name="answers[rest][]" value="accept" checked=checked aria-describedby="rest-hint" />
                    <label class="nhsuk-label nhsuk-checkboxes__label" for="rest">"Accept the rest: every answer above that I gave no verdict on"</label>
                    <div class="nhsuk-hint nhsuk-checkboxes__hint" id="rest-hint">{format!("Of the {changed} to read. Each is recorded as accepted by you.")}</div>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// What is reviewed, as a sentence names it.
fn work_noun(desk: &TaskContext) -> String {
    desk.journey().process.noun(desk.spec.reviews.as_ref().unwrap_or(&desk.spec.id)).to_owned()
}

fn card(
    desk: &TaskContext,
    (record, role): (&TaskRecord, Role),
    card: &Card<'_>,
    typed: &Answers,
    patience: &diff::Patience,
    book: &[Phrase],
) -> AnyView {
    let id = card.part.id.to_string();
    let (verdict_name, finding_name) = (format!("verdict_{id}"), format!("finding_{id}"));
    let verdict = record.verdicts.of(&card.part.id, role);
    let others = others(desk, record, role, &card.part.id);
    let finding = verdict.and_then(|v| {
        let words = v.finding.clone()?;
        Some(view! {
            <div class="gpc-finding">
                <p><b>{format!("Finding in round {}", v.round)}</b>{format!(" ({}, {}): {words}", desk.who(&v.by), dates::day_of(v.at))}</p>
            </div>
        })
    });
    let body = match &card.old {
        Some(old) if *old != card.new => {
            let (left, right) = patience.beside(old, &card.new);
            view! {
                <div class="gpc-diff">
                    <div><h4>"Before"</h4>{left}</div>
                    <div><h4>"Now"</h4>{right}</div>
                </div>
            }
            .into_any()
        }
        _ => {
            let same = card.old.is_some() && card.stands == Answered::Unanswered;
            view! { <div class="gpc-diff gpc-diff--one"><div>{same.then(|| view! { <h4>"Not changed"</h4> })}<p class="gpc-lines">{card.new.clone()}</p></div></div> }.into_any()
        }
    };
    let chosen = typed.one(&verdict_name).to_owned();
    let problem = desk.context.kept.as_ref().and_then(|kept| kept.problem(&verdict_name));
    let words_problem = desk.context.kept.as_ref().and_then(|kept| kept.problem(&finding_name));
    let heading = format!("{}. {}", card.number, card.part.label);
    let about = card.part.about.clone();
    let option = |value: &'static str, label: &'static str, id: String| {
        let checked = chosen == value;
        view! {
            <div class="nhsuk-radios__item">
                <input class="nhsuk-radios__input" id=id.clone() name=format!("answers[{verdict_name}][]") type="radio" value=value checked=checked />
                <label class="nhsuk-label nhsuk-radios__label" for=id>{label}</label>
            </div>
        }
    };
    // What may be used under a condition: it is then closed by the team that set it.
    let conditional = desk.spec.page == Page::GoLive;
    let group = group_class(problem.is_some());
    view! {
        <section class="gpc-answer" aria-label=heading.clone()>
            <header><h3 class="nhsuk-heading-s">{heading.clone()}</h3></header>
            {(!about.is_empty()).then(|| view! { <p class="gpc-answer__about">{about}</p> })}
            {finding}
            {said(&card.reply)}
            {others}
            {body}
            {card.against.map(|how| view! { <p class="gpc-answer__about">{against(how)}</p> })}
            {(!card.files.is_empty()).then(|| {
                let items = card.files.iter().map(|value| view! { <li>{file_link(value)}</li> }).collect_view();
                view! { <ul class="nhsuk-list gpc-files gpc-answer__about" aria-label="Files of this answer">{items}</ul> }
            })}
            <div class="gpc-verdict">
                <div class=group>
                    <fieldset class="nhsuk-fieldset">
                        <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">{format!("Verdict on answer {}", card.number)}</legend>
                        {ask::message(&verdict_name, problem)}
                        <div class="nhsuk-radios nhsuk-radios--inline nhsuk-radios--small">
                            {option("accept", "Accept", verdict_name.clone())}
                            {conditional.then(|| option("condition", "Accept on a condition", format!("{verdict_name}-condition")))}
                            {option("change", "Request a change", format!("{verdict_name}-change"))}
                        </div>
                    </fieldset>
                </div>
                {ask::words(
                    &finding_name,
                    &format!("answers[{finding_name}][]"),
                    &if conditional { format!("Condition or finding on answer {}", card.number) } else { format!("Finding on answer {}", card.number) },
                    if conditional { "Only for a condition or a change. The supplier reads these words. A condition stays open until your team says that it is met." } else { "Only when you request a change. The supplier reads these words." },
                    typed.one(&finding_name),
                    words_problem,
                    2,
                )}
                {phrases::beside(desk, role, book, &card.part.id)}
            </div>
        </section>
    }
    .into_any()
}

/// What other teams said of the same answer: for this team it is something to know, and no verdict of its own.
fn others(desk: &TaskContext, record: &TaskRecord, role: Role, field: &journey::base::ids::FieldId) -> Option<AnyView> {
    let said = record.verdicts.all(field).iter().filter(|verdict| verdict.role != role).map(|verdict| {
        let who = format!("{} ({})", desk.who(&verdict.by), verdict.role.title().to_lowercase());
        let text = match (&verdict.finding, &verdict.condition) {
            (Some(words), _) => format!("{who} asked for a change in round {}: {words}", verdict.round),
            (None, Some(words)) => format!("{who} accepted this in round {} on a condition: {words}", verdict.round),
            (None, None) => format!("{who} accepted this in round {}.", verdict.round),
        };
        view! { <li class="gpc-lines">{text}</li> }
    });
    let said: Vec<_> = said.collect();
    (!said.is_empty())
        .then(|| view! { <ul class="nhsuk-list gpc-answer__about gpc-meta" aria-label="Other teams">{said}</ul> }.into_any())
}

fn kept_table(desk: &TaskContext, (record, role): (&TaskRecord, Role), kept: &[Card<'_>]) -> AnyView {
    let rows = kept
        .iter()
        .filter_map(|card| {
            let verdict = record.verdicts.of(&card.part.id, role)?;
            Some(view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{format!("{}. {}", card.number, card.part.label)}</th>
                    <td role="cell" data-l="Verdict">"Accepted"</td>
                    <td role="cell" data-l="By">{desk.who(&verdict.by)}</td>
                    <td role="cell" data-l="Date">{dates::day_of(verdict.at)}</td>
                </tr>
            })
        })
        .collect_view();
    view! {
        <Grid caption="Answers that keep their verdict" columns=["Answer", "Verdict", "By", "Date"] rows=rows.into_any() />
    }
    .into_any()
}

fn decision(desk: &TaskContext, typed: &Answers) -> AnyView {
    let kept = desk.context.kept.as_ref();
    let problem = |field: &str| kept.and_then(|kept| kept.problem(field));
    let about_words = if certificates::kind(desk.spec).is_some() {
        "Optional. Conditions, or what to watch. They are printed on the certificate, and anybody can read them."
    } else {
        "Optional. Conditions, or what to watch."
    };
    view! {
        <h2 class="nhsuk-heading-m" id="decision">"Decision"</h2>
        {ask::message("decision", problem("decision"))}
        {ask::words("note", "answers[note][]", "Words that go with an approval", about_words, typed.one("note"), problem("note"), 2)}
        {claimed::instead(desk, "instead")}
        <div class="nhsuk-button-group">
            <Button text="Return to supplier" secondary=true name="answers[decision][]" value="return" action="/do/task/check" />
            <Button text="Approve" name="answers[decision][]" value="approve" action="/do/task/check" />
            <Button text="Save and come back later" secondary=true action="/do/draft/keep" />
        </div>
        <Details summary="Refuse it" open=problem("reason").is_some() body=view! { {ask::words("reason", "answers[reason][]", "Why is it refused?", "The supplier reads this. They can send something else or withdraw.", typed.one("reason"), problem("reason"), 3)}
                <Button text="Refuse" warning=true name="answers[decision][]" value="refuse" action="/do/task/check" /> }.into_any() />
    }
    .into_any()
}

/// What a later round brings, by how many answers are changed, unchanged in spite of a finding, and kept.
fn again(changed: usize, unanswered: usize, kept: usize) -> String {
    let mut lead = match changed {
        0 => "No answer has changed.".to_owned(),
        _ => format!("{changed} of {} changed.", counted(changed + unanswered + kept, "answer")),
    };
    if unanswered > 0 {
        lead += &format!(" {} with a finding and the same words as before.", counted(unanswered, "answer"));
    }
    lead += &match kept {
        0 => String::new(),
        1 => " The other one keeps its verdict.".to_owned(),
        _ if changed + unanswered == 0 => format!(" All {kept} keep their verdict."),
        _ => format!(" The other {kept} keep their verdict."),
    };
    lead
}

#[cfg(test)]
mod tests {
    use super::again;

    #[test]
    fn a_later_round_says_what_it_brings_in_whole_sentences() {
        assert_eq!(again(2, 0, 6), "2 of 8 answers changed. The other 6 keep their verdict.");
        assert_eq!(again(0, 0, 8), "No answer has changed. All 8 keep their verdict.");
        assert_eq!(
            again(1, 1, 1),
            "1 of 3 answers changed. 1 answer with a finding and the same words as before. The other one keeps its verdict."
        );
        assert_eq!(again(2, 0, 0), "2 of 2 answers changed.");
    }
}
