//! The supplier's side: rows with status, words, files, a note of the own side and who looks after them. Who may only look
//! sees the same table without forms.

use journey::{
    decide,
    form::{Answers, Kind},
    port::Member,
    scal::{
        self, Row,
        book::{self, ASSIGNEE, Entry, Filter, NOBODY, NOTE, Show, Stands},
        editions,
        evidence::Evidence,
    },
    standing::{StateKind, Verb},
};
use leptos::prelude::*;

use crate::{
    design::{Button, Hidden, answer_view, ask, dates, diff},
    halt::Halt,
    islands::{autosave::Autosave, single_keys::SingleKeys, upload::Upload},
    letters::counted,
    scal::{
        earlier, entries,
        filter::{self, written},
        framed,
        table::{self, Choice, Line, of_section, stands_tag},
        working,
    },
    tasks::frame::Desk,
};

/// What the pages of this side look at.
struct Book {
    entries: Vec<Entry>,
    filter: Filter,
    members: Vec<Member>,
    evidence: Vec<Evidence>,
    product: String,
    writes: bool,
    own: bool,
}

impl Book {
    fn shown(&self, desk: &Desk) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| self.filter.lets_pass(entry, &desk.visitor.actor.person)).collect()
    }

    fn name_of(&self, person: &journey::ids::PersonId) -> String {
        self.members
            .iter()
            .find(|member| member.person == *person)
            .map_or_else(|| "Somebody who left".to_owned(), |m| m.name.clone())
    }
}

/// The page, with one row open when `row` names it.
///
/// # Errors
/// [`Halt::Missing`] when there is no such row.
pub async fn view(desk: &Desk, row: Option<&str>) -> Result<AnyView, Halt> {
    let journey = desk.journey();
    let store = &desk.hall.services.store;
    let own = desk.visitor.actor.organisation == journey.organisation;
    let (entries, product) = working(desk).await?;
    let members = if own { store.members(&journey.organisation).await? } else { Vec::new() };
    // Asked only where it is shown: beside the files of the open row.
    let has_files = row.is_some_and(|id| entries.iter().any(|entry| entry.row.field.as_str() == id && !entry.files().is_empty()));
    let evidence = if has_files { store.evidence(&journey.reference, &desk.spec.id).await? } else { Vec::new() };
    let mut filter = filter::asked();
    // Whoever only looks has nothing to do here.
    if !own && crate::visitor::query("show").is_empty() {
        filter.show = Show::All;
    }
    let writes = decide::may_write(journey, &desk.visitor.actor, &desk.spec.id);
    let book = Book { entries, filter, members, evidence, product, writes, own };
    let open = match row {
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
        let nothing =
            view! { <p>"Nothing was submitted yet. The rows and their answers stand here when the supplier has sent them."</p> };
        return Ok(framed(desk, heading, ().into_any(), nothing.into_any()));
    }
    let pane = match open {
        Some(entry) => Some(pane(desk, &book, entry)?),
        None => None,
    };
    let class = if pane.is_some() { "gpc-split gpc-split--open" } else { "" };
    let halves = view! {
        {uplift(desk)}
        <div class=class>
            <div class="gpc-list">
                {list(desk, &book, open.map(|entry| entry.row))}
                {bulk(desk, &book)}
                {ways(desk, &book)}
            </div>
            {pane}
        </div>
        {progress(desk, &book)}
        <SingleKeys />
    };
    Ok(framed(desk, heading, facts(desk, &book), halves.into_any()))
}

/// How far it is, and the way to send it.
fn facts(desk: &Desk, book: &Book) -> AnyView {
    let told = book::progress(&book.entries);
    let to_go = told.all - told.ready;
    let path = desk.path();
    let findings = if told.returned > 0 { format!(" {} to answer.", counted(told.returned, "finding")) } else { String::new() };
    let accepted = if told.accepted > 0 { format!(" {} accepted.", told.accepted) } else { String::new() };
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
                {format!(" ready.{findings}{accepted} ")}
                {(to_go > 0).then(|| view! { <a href=format!("{path}?show=todo")>"See what is missing"</a>". " })}
                {format!("Catalogue {}. {version}", desk.journey().opening.catalogue)}
            </p>
        </div>
    }
    .into_any()
}

/// A newer edition, and what moving to it would do.
fn uplift(desk: &Desk) -> Option<AnyView> {
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

fn list(desk: &Desk, book: &Book, open: Option<&'static Row>) -> AnyView {
    let path = desk.path();
    let query = written(&book.filter);
    let shown = book.shown(desk);
    let count = |show: Show| {
        let filter = Filter { show, ..Filter::default() };
        book.entries.iter().filter(|entry| filter.lets_pass(entry, &desk.visitor.actor.person)).count()
    };
    let shows: Vec<Choice> = Show::ALL
        .iter()
        .filter(|known| book.own || known.0 != Show::Mine)
        .map(|(show, name, words)| ((*name).to_owned(), format!("{words} ({})", count(*show))))
        .collect();
    let mut first = vec![table::select("show", "Show", None, shows, book.filter.show.name())];
    if book.own {
        let mut people: Vec<Choice> = book.members.iter().map(|m| (m.person.to_string(), m.name.clone())).collect();
        people.insert(0, (NOBODY.to_owned(), "Nobody".to_owned()));
        first.push(table::select("assigned", "Assigned to", Some("Anyone"), people, &book.filter.assigned));
    }
    let rows: Vec<&'static Row> = book.entries.iter().map(|entry| entry.row).collect();
    let filters = table::filters(&path, &book.filter, &rows, first, shown.len());
    let today = desk.today;
    let lines: Vec<Line> = shown
        .iter()
        .map(|entry| {
            let mut cells =
                vec![("Environment", entry.row.environment.title().to_owned()), ("Files", entry.files().len().to_string())];
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
        let words = if book.filter.show == Show::ToDo && book::progress(&book.entries).ready == book.entries.len() {
            "Nothing is left to do: every row can be sent."
        } else {
            "No row fits. Choose other filters, or show all rows."
        };
        view! { <p class="gpc-empty">{words}</p> }
    });
    let tells = |section: u32| {
        let told = book::progress(of_section(&book.entries, section));
        format!("{} of {} ready, {} accepted", told.ready, told.all, told.accepted)
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

/// One deed for many rows.
fn bulk(desk: &Desk, book: &Book) -> Option<AnyView> {
    if !book.writes || book.shown(desk).is_empty() {
        return None;
    }
    let count = book.shown(desk).len();
    let people =
        book.members.iter().map(|m| view! { <option value=m.person.to_string()>{m.name.clone()}</option> }).collect_view();
    let typed = desk.hall.kept.as_ref().map(|kept| kept.typed.clone()).unwrap_or_default();
    let chosen = typed.one("status").to_owned();
    let statuses = scal::STATUSES
        .iter()
        .map(|(value, words, _)| view! { <option value=*value selected=chosen == *value>{*words}</option> })
        .collect_view();
    let problem = desk.hall.kept.as_ref().and_then(|kept| kept.problem("words"));
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
                </form>
            </details>
        }
        .into_any(),
    )
}

/// Excel, evidence, printing.
fn ways(desk: &Desk, book: &Book) -> AnyView {
    let path = desk.path();
    view! {
        <ul class="gpc-ways">
            <li><a href=format!("{path}/scal.xlsx")>"Download as Excel"</a></li>
            {book.writes.then(|| view! { <li><a href=format!("{path}/import")>"Upload an Excel file"</a>" (you see the changes before they are applied)"</li> })}
            <li><a href=format!("{path}/evidence")>"Evidence"</a></li>
            {book.writes.then(|| view! { <li><a href=format!("{path}/copy")>"Take over answers from another product"</a></li> })}
            <li><a href=format!("{path}/print")>"Print the whole SCAL"</a></li>
        </ul>
    }
    .into_any()
}

/// How far each section and each environment is.
fn progress(desk: &Desk, book: &Book) -> AnyView {
    let path = desk.path();
    let row = |name: String, to: String, told: book::Progress| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a href=to>{name}</a></th>
                <td role="cell" class="gpc-num" data-l="Rows">{told.all}</td>
                <td role="cell" class="gpc-num" data-l="Ready">{told.ready}</td>
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
    let environments = scal::Environment::ALL
        .iter()
        .filter_map(|environment| {
            let told = book::progress(book.entries.iter().filter(|e| e.row.environment == *environment));
            let to = format!("{path}?show=all&environment={}", environment.name());
            (told.all > 0).then(|| row(environment.title().to_owned(), to, told))
        })
        .collect_view();
    let head = |first: &'static str| {
        view! {
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">{first}</th>
                    <th scope="col" role="columnheader" class="gpc-num">"Rows"</th>
                    <th scope="col" role="columnheader" class="gpc-num">"Ready"</th>
                    <th scope="col" role="columnheader" class="gpc-num">"Accepted"</th>
                    <th scope="col" role="columnheader" class="gpc-num">"Change requested"</th>
                </tr>
            </thead>
        }
    };
    view! {
        <h2 class="nhsuk-heading-m">"Progress"</h2>
        <div class="gpc-two">
            <table class="gpc-grid" role="table">{head("Section")}<tbody role="rowgroup">{sections}</tbody></table>
            <table class="gpc-grid" role="table">{head("Environment")}<tbody role="rowgroup">{environments}</tbody></table>
        </div>
    }
    .into_any()
}

/// The open row.
fn pane(desk: &Desk, book: &Book, entry: &Entry) -> Result<AnyView, Halt> {
    let row = entry.row;
    let shown: Vec<&Row> = book.shown(desk).into_iter().map(|entry| entry.row).collect();
    let says = match &entry.saved {
        Some((by, at)) if book.own => format!("Saved {} by {}", dates::when(*at, desk.today), book.name_of(by)),
        _ => String::new(),
    };
    let all: Vec<&Row> = book.entries.iter().map(|entry| entry.row).collect();
    let walk = table::walk(
        &desk.path(),
        &written(&book.filter),
        &all,
        &shown,
        row,
        view! { <span class="gpc-meta">{says}</span> }.into_any(),
    );
    let verdict = entry.verdict.as_ref().and_then(|verdict| {
        let who = if desk.visitor.is_programme() { desk.who(&verdict.by) } else { verdict.role.title().to_owned() };
        let (what, words) = match (&verdict.finding, &verdict.condition) {
            (Some(words), _) => ("Finding", words.clone()),
            (None, Some(words)) => ("Condition", words.clone()),
            (None, None) => return None,
        };
        Some(view! {
            <div class="gpc-finding">
                <p><b>{format!("{what}, round {}.", verdict.round)}</b>{format!(" {who}, {}", dates::day_of(verdict.at))}</p>
                <p class="gpc-lines">{words}</p>
            </div>
        })
    });
    let again = (entry.stands == Stands::AskedAgain).then(|| asked_again(row));
    let body = if book.writes { form(desk, book, entry) } else { reading(entry) };
    Ok(view! {
        <section class="gpc-pane" aria-labelledby="open-row">
            {walk}
            <h2 class="nhsuk-heading-m gpc-code" id="open-row" tabindex="-1">{row.id.clone()}</h2>
            {stands_tag(entry.stands)}
            {table::asked(row)}
            {again}
            {verdict}
            {body}
            {earlier::view(desk, row)?}
        </section>
    }
    .into_any())
}

/// What the row asked before.
fn asked_again(row: &Row) -> Option<AnyView> {
    let before = editions::all().into_iter().rev().find_map(|edition| {
        let old = editions::rows(&edition).iter().find(|old| old.field == row.field)?;
        (!old.asks_the_same(row)).then_some(old)
    })?;
    let (left, right) = diff::beside(&before.requirement, &row.requirement);
    Some(
        view! {
            <div class="gpc-finding"><p><b>"The catalogue asks something else now."</b>" Look at your answer and save it again."</p></div>
            <div class="gpc-diff">
                <div><h3>"Asked before"</h3>{left}</div>
                <div><h3>"Asked now"</h3>{right}</div>
            </div>
        }
        .into_any(),
    )
}

/// The answer for those who only read.
fn reading(entry: &Entry) -> AnyView {
    let form = scal::row_form(entry.row);
    let rows = form
        .fields
        .iter()
        .map(|field| {
            view! {
                <div class="nhsuk-summary-list__row">
                    <dt class="nhsuk-summary-list__key">{field.label.clone()}</dt>
                    <dd class="nhsuk-summary-list__value gpc-lines">
                        {if entry.answers.many(field.id.as_str()).is_empty() { "Not given".into_any() } else { answer_view(&form, field, &entry.answers) }}
                    </dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="nhsuk-summary-list">{rows}</dl> }.into_any()
}

fn form(desk: &Desk, book: &Book, entry: &Entry) -> AnyView {
    let row = entry.row;
    let kept = desk.hall.kept.as_ref();
    let typed: Answers = kept.map_or_else(|| entry.body(), |kept| kept.typed.clone());
    let asked = scal::row_form(row);
    let status = asked.fields[0].id.to_string();
    let options = scal::STATUSES
        .iter()
        .map(|(value, words, _)| {
            let selected = typed.one(&status) == *value;
            view! { <option value=*value selected=selected>{*words}</option> }
        })
        .collect_view();
    let people = book
        .members
        .iter()
        .map(|member| {
            let selected = typed.one(ASSIGNEE) == member.person.as_str();
            view! { <option value=member.person.to_string() selected=selected>{member.name.clone()}</option> }
        })
        .collect_view();
    let subject = book::subject_of(&row.field);
    let page = format!("/tasks/{}/{}", desk.spec.id, row.field);
    let values = vec![
        ("subject", subject),
        ("version", entry.version.to_string()),
        ("row", row.field.to_string()),
        ("filter", written(&book.filter)),
        ("page", page),
    ];
    let files = asked.fields.iter().find(|field| matches!(field.kind, Kind::Files { .. }));
    let theirs = kept.filter(|_| !entry.answers.is_blank()).and_then(|kept| beside(entry, &kept.typed));
    // What is expected stands above the form already.
    let words = &asked.fields[1].clone().hint("");
    view! {
        {theirs}
        <form action="/do/scal/save" method="post" id="row" novalidate>
            {desk.hidden()}
            <Hidden values=values />
            <div class="nhsuk-form-group">
                <label class="nhsuk-label nhsuk-label--s" for=status.clone()>"Answer"</label>
                <select class="nhsuk-select" id=status.clone() name=format!("answers[{status}][]")>
                    <option value="">"Not answered"</option>
                    {options}
                </select>
            </div>
            {ask::question(words, &typed, kept, &ask::Look { rows: 4, ..ask::Look::default() })}
            {files.map(|field| view! {
                {ask::question(field, &typed, kept, &ask::Look::default())}
                <Upload form="row".to_owned() />
            })}
            {facts_of_files(desk, book, entry)}
            <div class="nhsuk-form-group">
                <label class="nhsuk-label nhsuk-label--s" for=ASSIGNEE>"Who looks after this row"</label>
                <select class="nhsuk-select" id=ASSIGNEE name=format!("answers[{ASSIGNEE}][]")>
                    <option value="">"Nobody"</option>
                    {people}
                </select>
            </div>
            {ask::words(NOTE, &format!("answers[{NOTE}][]"), "Note for your own side", "NHS England does not see it.", typed.one(NOTE), None, 2)}
            <div class="nhsuk-button-group">
                <Button text="Save and next" name="then" value="next" />
                <Button text="Save" secondary=true name="then" value="stay" />
            </div>
            <Autosave form="row".to_owned() says=String::new() />
        </form>
    }
    .into_any()
}

/// What is saved and what was typed, side by side, when a colleague was faster.
fn beside(entry: &Entry, typed: &Answers) -> Option<AnyView> {
    let form = scal::row_form(entry.row);
    let part = &form.parts[0];
    let (saved, mine) = (form.part_in_words(part, &entry.answers), form.part_in_words(part, typed));
    if saved == mine {
        return None;
    }
    let (left, right) = diff::beside(&saved, &mine);
    Some(
        view! {
            <div class="gpc-diff">
                <div><h3>"Saved by your colleague"</h3>{left}</div>
                <div><h3>"Typed by you"</h3>{right}</div>
            </div>
        }
        .into_any(),
    )
}

/// What is known of each file of a row; what is older than the product is marked.
fn facts_of_files(desk: &Desk, book: &Book, entry: &Entry) -> Option<AnyView> {
    let files: Vec<journey::form::FileRef> =
        entry.files().iter().filter_map(|value| journey::form::FileRef::parse(value)).collect();
    if files.is_empty() {
        return None;
    }
    let path = desk.path();
    let items = files
        .into_iter()
        .map(|file| {
            let facts = book.evidence.iter().find(|facts| facts.digest == file.digest);
            let told = facts.map_or_else(|| "Nothing is said about it yet.".to_owned(), crate::scal::evidence::in_words);
            let stale = facts.is_some_and(|facts| facts.is_stale(&book.product));
            let to = format!("{path}/evidence?file={}", file.digest);
            view! {
                <li>
                    {stale.then(|| view! { <strong class="nhsuk-tag nhsuk-tag--grey">"Old version"</strong>" " })}
                    {format!("{}: {told} ", file.name)}
                    <a href=to>"Say where and when"<span class="nhsuk-u-visually-hidden">{format!(" {} was made", file.name)}</span></a>
                </li>
            }
        })
        .collect_view();
    Some(view! { <ul class="nhsuk-list gpc-meta">{items}</ul> }.into_any())
}

/// Everything on paper: each row with its requirement and answer.
///
/// # Errors
/// When the memory does not answer.
pub async fn printed(desk: &Desk) -> Result<AnyView, Halt> {
    let entries = entries(desk).await?;
    let mut section = 0;
    let mut body = Vec::new();
    for entry in &entries {
        if entry.row.section != section {
            section = entry.row.section;
            body.push(view! { <h2 class="nhsuk-heading-m">{format!("{section} {}", entry.row.section_title)}</h2> }.into_any());
        }
        body.push(
            view! {
                <section class="gpc-answer" aria-label=entry.row.id.clone()>
                    <header><h3 class="nhsuk-heading-s gpc-code">{entry.row.id.clone()}</h3>{stands_tag(entry.stands)}</header>
                    <div class="gpc-answer__about">{table::asked(entry.row)} {reading(entry)}</div>
                </section>
            }
            .into_any(),
        );
    }
    let product = desk.journey().opening.product.clone();
    Ok(view! {
        <p class="nhsuk-u-margin-bottom-4"><a href=desk.path()>"Back to the SCAL"</a></p>
        <h1 class="nhsuk-heading-l"><span class="nhsuk-caption-l">{format!("{product} {}", desk.journey().reference)}</span>"SCAL"</h1>
        <p class="gpc-meta">{format!("Catalogue {}. Made on {}. Use your browser to print it.", desk.journey().opening.catalogue, dates::date(desk.today))}</p>
        {body}
    }
    .into_any())
}
