//! The supplier's side: rows with status, words, files, a note of the own side and who looks after them. Who may only look
//! sees the same table without forms.

use journey::{
    base::environment,
    catalogue::{
        editions,
        row::{Row, STATUSES},
    },
    ledger::machine::{StateKind, Verb},
    practice::{
        proof::{self, Counted},
        run,
    },
    rule::offers,
    scal::book::{self, Entry, Filter, NOBODY, Show},
};
use leptos::prelude::*;

use crate::{
    base::{dates, halt::Halt, paths, words::counted},
    design::{
        Button,
        Column::{Figures, Words},
        Columns, Grid, Hidden, ask,
    },
    desk::{context::TaskContext, kept_file, working::working},
    islands::single_keys::SingleKeys,
    work::scal::{
        answering::AnswerContext,
        filter::{self, written},
        frame::framed,
        import, row,
        table::{self, Choice, Line, of_section, stands_tag},
        withdrawn,
    },
};

/// The page, with one row open when `row` names it.
///
/// # Errors
/// [`Halt::Missing`] when there is no such row.
pub async fn view(desk: &TaskContext, id: Option<&str>) -> Result<AnyView, Halt> {
    let journey = desk.journey();
    let store = &desk.context.services.store;
    let own = desk.visitor.actor.organisation == journey.organisation;
    let (mut entries, product) = working(desk).await?;
    let members = if own { store.members(&journey.organisation).await? } else { Vec::new() };
    if own {
        book::find_left(&mut entries, members.iter().map(|member| &member.person));
    }
    // Asked only where it is shown: beside the files of the open row.
    let has_files = id.is_some_and(|id| entries.iter().any(|entry| entry.row.field.as_str() == id && !entry.files().is_empty()));
    let evidence = if has_files { store.evidence(&journey.reference, &desk.spec.id).await? } else { Vec::new() };
    let mut filter = filter::asked();
    // Whoever only looks has nothing to do here.
    if !own && crate::request::visitor::query("show").is_empty() {
        filter.show = Show::All;
    }
    let writes = offers::may_write(journey, &desk.visitor.actor, &desk.spec.id);
    let open = id.and_then(|id| entries.iter().find(|entry| entry.row.field.as_str() == id));
    let runs = runs_of(desk, open.map(|entry| entry.row)).await?;
    let book = AnswerContext { entries, filter, members, evidence, product, runs, writes, own };
    let open = match id {
        Some(id) => Some(book.entries.iter().find(|entry| entry.row.field.as_str() == id).ok_or(Halt::Missing)?),
        None => None,
    };
    let round = desk.record().round;
    let heading = match desk.record().state.kind() {
        StateKind::Open | StateKind::Returned if own => format!("SCAL, round {}, draft", round.next()),
        _ if desk.sent.is_empty() => "SCAL".to_owned(),
        _ => format!("SCAL, round {round}"),
    };
    if !own && desk.sent.is_empty() {
        let nothing = view! { <p>"Nothing has been submitted yet. The rows and their answers appear here when the supplier has sent them."</p> };
        return Ok(framed(desk, heading, ().into_any(), nothing.into_any()));
    }
    let shown = book.shown(desk);
    let pane = match open {
        Some(entry) => Some(row::pane(desk, &book, &shown, entry)?),
        None => None,
    };
    let class = if pane.is_some() { "gpc-split gpc-split--open" } else { "" };
    let halves = view! {
        {uplift(desk)}
        {new_version(desk)}
        <div class=class>
            <div class="gpc-list">
                {list(desk, &book, &shown, open.map(|entry| entry.row))}
                {bulk(desk, &book, shown.len())}
                {ways(desk, &book, open.is_none())}
            </div>
            {pane}
        </div>
        {progress(desk, &book)}
        <SingleKeys>
            <ul class="nhsuk-list">
                <li><kbd>"J"</kbd>" next row, "<kbd>"K"</kbd>" previous row"</li>
                <li><kbd>"Ctrl"</kbd>" and "<kbd>"Enter"</kbd>" save, and open the next row"</li>
                <li><kbd>"Esc"</kbd>" back to the list"</li>
            </ul>
        </SingleKeys>
    };
    Ok(framed(desk, heading, facts(desk, &book), halves.into_any()))
}

/// The runs of the journey, where an open row has rules that they are held against and the reader may see them.
pub(crate) async fn runs_of(desk: &TaskContext, open: Option<&Row>) -> Result<Vec<Counted>, Halt> {
    let supported = open.is_some_and(|row| !proof::rules_of(row).is_empty());
    if !supported || !run::may_read(desk.journey(), &desk.visitor.actor) {
        return Ok(Vec::new());
    }
    Ok(desk.context.services.store.counted_runs(&desk.journey().reference, proof::MOST_RUNS_READ).await?)
}

/// How far it is, and the way to send it.
fn facts(desk: &TaskContext, book: &AnswerContext) -> AnyView {
    let told = book::progress(&book.entries);
    let to_go = told.all - told.ready;
    let bare = if book.own { book.entries.iter().filter(|entry| entry.lacks_evidence()).count() } else { 0 };
    let path = desk.path();
    let findings = if told.returned > 0 { format!(" {} to answer.", counted(told.returned, "finding")) } else { String::new() };
    let accepted = if told.accepted > 0 { format!(" {} accepted.", told.accepted) } else { String::new() };
    let apart = if told.not_applicable > 0 { format!(", {} of them do not apply", told.not_applicable) } else { String::new() };
    let send = (book.writes && desk.may(Verb::Submit)).then(|| {
        let round = desk.record().round.next();
        view! {
            <form action="/do/scal/submit" method="post">
                {desk.hidden()}
                <Button text=format!("Submit round {round}") secondary={ to_go > 0 } />
            </form>
        }
    });
    let version = if book.product.is_empty() {
        "Product version not given.".to_owned()
    } else {
        format!("Product version {}.", book.product)
    };
    view! {
        <div class="gpc-headside">
            {send}
            <p class="gpc-meta">
                <progress max=told.all.to_string() value=told.ready.to_string() aria-label="Rows ready to send"></progress>
                <b>{format!(" {} of {} rows", told.ready, told.all)}</b>
                {format!(" ready{apart}.{findings}{accepted} ")}
                {(bare > 0).then(|| format!("{} said to be met without the evidence that is expected: see Evidence in the table. ", counted(bare, "row")))}
                {(to_go > 0).then(|| view! { <a href=format!("{path}?show=todo")>"See what is missing"</a>". " })}
                {format!("Catalogue {}. {version}", desk.journey().opening.catalogue)}
            </p>
        </div>
    }
    .into_any()
}

/// How many pieces of evidence a row names; where some is expected and there is none, that it is missing.
pub(crate) fn evidence(entry: &Entry) -> String {
    if entry.lacks_evidence() { "0, missing".to_owned() } else { entry.proofs().to_string() }
}

/// A newer edition, and what moving to it would do.
fn uplift(desk: &TaskContext) -> Option<AnyView> {
    if !desk.may(Verb::Uplift) {
        return None;
    }
    let newest = editions::newest();
    let to = format!("{}/uplift", desk.path());
    Some(
        view! {
            <div class="nhsuk-inset-text">
                <p>{format!("Edition {newest} of the catalogue is published. This journey answers edition {}. ", desk.journey().opening.catalogue)}
                <a href=to>"See what would change"</a></p>
            </div>
        }
        .into_any(),
    )
}

/// The way to have another version of the product assessed.
fn new_version(desk: &TaskContext) -> Option<AnyView> {
    let to = format!("{}/new-version", desk.path());
    desk.may(Verb::Reassess).then(|| {
        view! { <p class="gpc-meta">"The SCAL is accepted. "<a href=to>"Have a new product version assessed"</a></p> }.into_any()
    })
}

fn list(desk: &TaskContext, book: &AnswerContext, shown: &[&Entry], open: Option<&'static Row>) -> AnyView {
    let path = desk.path();
    let query = written(&book.filter);
    let count = |show: Show| {
        let filter = Filter { show, ..Filter::default() };
        book.entries.iter().filter(|entry| filter.lets_pass(entry, &desk.visitor.actor.person)).count()
    };
    let shows: Vec<Choice> = Show::ALL
        .iter()
        .filter(|show| book.own || **show != Show::Mine)
        .map(|show| (show.name().to_owned(), format!("{} ({})", show.title(), count(*show))))
        .collect();
    let mut first = vec![table::select("show", "Show", None, shows, book.filter.show.name())];
    if book.own {
        let mut people: Vec<Choice> = book.members.iter().map(|m| (m.person.to_string(), m.name.clone())).collect();
        people.insert(0, (NOBODY.to_owned(), "Nobody".to_owned()));
        first.push(table::select("assigned", "Assigned to", Some("Anyone"), people, &book.filter.assigned));
    }
    let rows: Vec<&'static Row> = book.entries.iter().map(|entry| entry.row).collect();
    let filters = table::filters(&path, "", &book.filter, &rows, first, shown.len());
    let today = desk.today;
    let lines: Vec<Line> = shown
        .iter()
        .map(|entry| {
            let mut cells = vec![("Environment", entry.row.environment.title().to_owned()), ("Evidence", evidence(entry))];
            if book.own {
                cells.push(("Assigned", entry.assignee.as_ref().map(|p| book.name_of(p)).unwrap_or_default()));
                cells.push(("Saved", entry.saved.as_ref().map(|(_, at)| dates::when(*at, today)).unwrap_or_default()));
            }
            Line {
                row: entry.row,
                to: format!("{path}/{}{query}", entry.row.field),
                tag: stands_tag(entry.stands),
                cells,
                open: open.is_some_and(|row| row.field == entry.row.field),
                tick: book.writes,
            }
        })
        .collect();
    let empty = lines.is_empty().then(|| {
        let told = book::progress(&book.entries);
        let words = match book.filter.show {
            Show::ToDo if told.accepted == told.all => "Nothing is left to do: every row is accepted.",
            Show::ToDo if told.ready == told.all => "Nothing is left to do: every row can be sent.",
            _ => "No row matches. Choose other filters, or show all rows.",
        };
        view! { <p class="gpc-empty">{words}</p> }
    });
    let tells = |section: u32| {
        let told = book::progress(of_section(&book.entries, section));
        let apart = if told.not_applicable > 0 { format!(" ({} do not apply)", told.not_applicable) } else { String::new() };
        format!("{} of {} ready{apart}, {} accepted", told.ready, told.all, told.accepted)
    };
    view! {
        {filters}
        {match empty {
            Some(empty) => empty.into_any(),
            None => table::table(lines, "Status", book.writes.then_some("bulk"), tells),
        }}
    }
    .into_any()
}

/// One deed for many rows, of which so many are shown.
fn bulk(desk: &TaskContext, book: &AnswerContext, count: usize) -> Option<AnyView> {
    if !book.writes || count == 0 {
        return None;
    }
    let people =
        book.members.iter().map(|m| view! { <option value=m.person.to_string()>{m.name.clone()}</option> }).collect_view();
    let typed = desk.context.kept.as_ref().map(|kept| kept.typed.clone()).unwrap_or_default();
    let chosen = typed.one("status").to_owned();
    let statuses = STATUSES
        .iter()
        .map(|(value, words, _)| view! { <option value=*value selected=chosen == *value>{*words}</option> })
        .collect_view();
    let problem = desk.context.kept.as_ref().and_then(|kept| kept.problem("words"));
    Some(
        view! {
            <details class="nhsuk-details gpc-many" open=!typed.one("status").is_empty()>
                <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">"Change many rows at once"</span></summary>
                <form action="/do/scal/many" method="post" id="bulk" novalidate>
                    {desk.hidden()}
                    <Hidden values=vec![("filter", written(&book.filter))] />
                    <fieldset class="nhsuk-fieldset">
                        <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">"Which rows?"</legend>
                        <div class="nhsuk-radios nhsuk-radios--inline nhsuk-radios--small">
                            <div class="nhsuk-radios__item">
                                <input class="nhsuk-radios__input" id="scope-ticked" name="scope" type="radio" value="ticked" checked />
                                <label class="nhsuk-label nhsuk-radios__label" for="scope-ticked">"The rows I ticked"</label>
                            </div>
                            <div class="nhsuk-radios__item">
                                <input class="nhsuk-radios__input" id="scope-shown" name="scope" type="radio" value="shown" />
                                <label class="nhsuk-label nhsuk-radios__label" for="scope-shown">{format!("All {} in the table", counted(count, "row"))}</label>
                            </div>
                        </div>
                    </fieldset>
                    <div class="gpc-two">
                        <div>
                            <div class="nhsuk-form-group">
                                <label class="nhsuk-label nhsuk-label--s" for="bulk-assignee">"Assign to"</label>
                                <select class="nhsuk-select" id="bulk-assignee" name="assignee"><option value="">"Nobody"</option>{people}</select>
                            </div>
                            <Button text="Assign the rows" secondary=true small=true name="deed" value="assign" />
                        </div>
                        <div>
                            <div class="nhsuk-form-group">
                                <label class="nhsuk-label nhsuk-label--s" for="bulk-status">"Status for all of them"</label>
                                <select class="nhsuk-select" id="bulk-status" name="status">{statuses}</select>
                            </div>
                            {ask::words("words", "words", "Words for all of them", "The same words go to each row, in place of those that are there.", typed.one("words"), problem, 3)}
                            <Button text="Answer the rows" secondary=true small=true name="deed" value="answer" />
                        </div>
                    </div>
                    {book.entries.iter().any(|entry| entry.again.is_some()).then(|| view! {
                        <div>
                            <p>"Rows that are asked again stay so until somebody confirms their answers. Confirm those that are right for what is asked now."</p>
                            <Button text="Confirm the answers" secondary=true small=true name="deed" value="confirm" />
                        </div>
                    })}
                </form>
            </details>
        }
        .into_any(),
    )
}

/// Excel, evidence, printing. Where no row is open, a workbook is sent from here at once.
fn ways(desk: &TaskContext, book: &AnswerContext, whole: bool) -> AnyView {
    let path = desk.path();
    let here = whole && book.writes;
    view! {
        <ul class="gpc-ways">
            <li><a href=format!("{path}/scal.xlsx")>"Download as Excel"</a></li>
            {(book.writes && !whole).then(|| view! { <li><a href=format!("{path}/import")>"Upload an Excel file"</a>" (you see the changes before they are applied)"</li> })}
            <li><a href=format!("{path}/evidence")>"Evidence"</a></li>
            <li><a href=format!("{path}/safety")>"Clinical safety"</a></li>
            {run::may_read(desk.journey(), &desk.visitor.actor).then(|| view! { <li><a href=paths::traceability(&desk.journey().reference)>"Traceability"</a></li> })}
            {book.writes.then(|| view! { <li><a href=format!("{path}/copy")>"Take over answers from another product"</a></li> })}
            {withdrawn::can_be(desk).then(|| view! { <li><a href=format!("{path}/{}", withdrawn::PAGE)>"Rows that are no longer asked"</a></li> })}
            <li><a href=format!("{path}/print")>"Print the whole SCAL"</a></li>
        </ul>
        {here.then(|| kept_file::form(desk, "workbook", "/do/scal/upload", &import::WORKBOOK))}
    }
    .into_any()
}

/// How far each section and each environment is.
fn progress(desk: &TaskContext, book: &AnswerContext) -> AnyView {
    let path = desk.path();
    let row = |name: String, to: String, told: book::Progress| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a href=to>{name}</a></th>
                <td role="cell" class="gpc-num" data-l="Rows">{told.all}</td>
                <td role="cell" class="gpc-num" data-l="Ready">{told.ready}</td>
                <td role="cell" class="gpc-num" data-l="Do not apply">{told.not_applicable}</td>
                <td role="cell" class="gpc-num" data-l="Accepted">{told.accepted}</td>
                <td role="cell" class="gpc-num" data-l="Change requested">{told.returned}</td>
            </tr>
        }
    };
    let mut sections: Vec<(u32, &str)> = book.entries.iter().map(|e| (e.row.section, e.row.section_title.as_str())).collect();
    sections.dedup();
    let sections = sections
        .into_iter()
        .map(|(number, title)| {
            let told = book::progress(of_section(&book.entries, number));
            row(format!("{number} {title}"), format!("{path}?show=all&section={number}"), told)
        })
        .collect_view();
    let environments = environment::Environment::ALL
        .iter()
        .filter_map(|environment| {
            let told = book::progress(book.entries.iter().filter(|e| e.row.environment == *environment));
            let to = format!("{path}?show=all&environment={}", environment.name());
            (told.all > 0).then(|| row(environment.title().to_owned(), to, told))
        })
        .collect_view();
    let heads = |first: &'static str| {
        Columns::from([
            Words(first),
            Figures("Rows"),
            Figures("Ready"),
            Figures("Do not apply"),
            Figures("Accepted"),
            Figures("Change requested"),
        ])
    };
    view! {
        <section class="gpc-progress-of" aria-labelledby="progress">
            <h2 class="nhsuk-heading-m" id="progress">"Progress"</h2>
            <div class="gpc-two">
                <Grid columns=heads("Section") rows=sections.into_any() />
                <Grid columns=heads("Environment") rows=environments.into_any() />
            </div>
        </section>
    }
    .into_any()
}
