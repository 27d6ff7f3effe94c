//! The table of rows: grouped by section, narrowed by a plain form, one row open.

use journey::{
    base::environment::Environment,
    catalogue::row::{Level, Row},
    scal::{
        book::{Entry, Filter, RowStatus},
        verdicts::VerdictStatus,
    },
};
use leptos::prelude::*;

use crate::{
    base::words::counted,
    design::{
        Column::{Unseen, Words},
        Columns, Grid,
    },
    site::guidance::sourced,
};

/// One line of the table.
pub struct Line {
    /// The row.
    pub row: &'static Row,
    /// Where it opens.
    pub to: String,
    /// How it stands.
    pub tag: AnyView,
    /// The other columns: heading and what stands there.
    pub cells: Vec<(&'static str, String)>,
    /// Whether it is the open one.
    pub open: bool,
    /// Whether it can be ticked for a bulk deed.
    pub tick: bool,
}

/// How a row stands, for those who answer it.
pub fn stands_tag(stands: RowStatus) -> AnyView {
    let class = match stands {
        RowStatus::ChangeRequested | RowStatus::AskedAgain => "nhsuk-tag nhsuk-tag--orange",
        RowStatus::ToAnswer => "nhsuk-tag nhsuk-tag--white",
        RowStatus::Started | RowStatus::Answered => "nhsuk-tag nhsuk-tag--blue",
        RowStatus::AcceptedWithCondition => "nhsuk-tag nhsuk-tag--yellow",
        RowStatus::Accepted => "nhsuk-tag nhsuk-tag--green",
    };
    view! { <strong class=class>{stands.word()}</strong> }.into_any()
}

/// What a reviewer says of a row.
pub fn says_tag(says: VerdictStatus) -> AnyView {
    let class = match says {
        VerdictStatus::None => "nhsuk-tag nhsuk-tag--white",
        VerdictStatus::WordsMissing => "nhsuk-tag nhsuk-tag--red",
        VerdictStatus::Change => "nhsuk-tag nhsuk-tag--orange",
        VerdictStatus::Condition => "nhsuk-tag nhsuk-tag--yellow",
        VerdictStatus::Accept | VerdictStatus::Kept => "nhsuk-tag nhsuk-tag--green",
    };
    view! { <strong class=class>{says.word()}</strong> }.into_any()
}

/// The table. `tells` says of a section how far it is. With `ticks` each line that allows it has a box `rows[]` of the form
/// with that id.
pub fn table(lines: Vec<Line>, first: &'static str, ticks: Option<&'static str>, tells: impl Fn(u32) -> String) -> AnyView {
    let columns: Vec<&'static str> = lines.first().map(|line| line.cells.iter().map(|cell| cell.0).collect()).unwrap_or_default();
    let wide = columns.len() + 2 + usize::from(ticks.is_some());
    let mut section = 0;
    let mut body = Vec::new();
    // J opens the first of them, until one is open: from then on it goes to the next.
    let mut key = (!lines.iter().any(|line| line.open)).then_some("j");
    for line in lines {
        if line.row.section != section {
            section = line.row.section;
            let heading = format!("{section} {}", line.row.section_title);
            let told = tells(section);
            body.push(
                view! {
                    <tr class="is-section" role="row">
                        <th colspan=wide.to_string() scope="colgroup" role="columnheader">{heading}" "<span class="gpc-meta">{told}</span></th>
                    </tr>
                }
                .into_any(),
            );
        }
        body.push(drawn(line, ticks, key.take()));
    }
    let heads = ticks.map(|_| Unseen("Choose")).into_iter().chain([Words("Row and requirement"), Words(first)]);
    let heads: Columns = heads.chain(columns.iter().copied().map(Words)).collect();
    view! { <Grid columns=heads rows=body.into_any() class="gpc-grid--scal" /> }.into_any()
}

fn drawn(line: Line, ticks: Option<&'static str>, key: Option<&'static str>) -> AnyView {
    let class = if line.open { "is-open" } else { "" };
    let field = line.row.field.to_string();
    let name = format!("Choose {}", line.row.id);
    let cells = line
        .cells
        .into_iter()
        .map(|(label, text)| {
            let class = (label == "Evidence").then_some("gpc-num");
            view! { <td role="cell" class=class data-l=label>{(!text.is_empty()).then_some(text)}</td> }
        })
        .collect_view();
    let tick = ticks.map(|form| {
        let tick = line.tick;
        view! {
            <td role="cell">
                {tick.then(|| view! { <input type="checkbox" name="rows[]" value=field.clone() form=form aria-label=name /> })}
            </td>
        }
    });
    view! {
        <tr class=class id=format!("row-{}", line.row.field) role="row">
            {tick}
            <th scope="row" role="rowheader">
                <a class="gpc-code" href=format!("{}#open-row", line.to) aria-current=line.open.then_some("true") data-key=key>{line.row.id.clone()}</a>
                <span class="gpc-req">{line.row.requirement.clone()}</span>
            </th>
            <td role="cell">{line.tag}</td>
            {cells}
        </tr>
    }
    .into_any()
}

/// An option of a select: value, words.
pub type Choice = (String, String);

/// A select of a filter.
pub fn select(name: &'static str, label: &'static str, any: Option<&'static str>, options: Vec<Choice>, chosen: &str) -> AnyView {
    let options = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect_view();
    view! {
        <div>
            <label for=format!("filter-{name}")>{label}</label>
            <select class="nhsuk-select" id=format!("filter-{name}") name=name>
                {any.map(|words| view! { <option value="">{words}</option> })}
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// The form that narrows the table. `first` are its own fields; the shared ones follow. `also` goes with the way to all rows.
pub fn filters(path: &str, also: &str, filter: &Filter, rows: &[&'static Row], first: Vec<AnyView>, shown: usize) -> AnyView {
    let mut sections: Vec<(u32, &str)> = rows.iter().map(|row| (row.section, row.section_title.as_str())).collect();
    sections.dedup();
    let sections: Vec<Choice> =
        sections.into_iter().map(|(number, title)| (number.to_string(), format!("{number} {title}"))).collect();
    let environments = Environment::ALL
        .iter()
        .filter(|e| rows.iter().any(|row| row.environment == **e))
        .map(|e| (e.name().to_owned(), e.title().to_owned()))
        .collect();
    let levels = Level::ALL.iter().map(|level| (level.name().to_owned(), level.name().to_owned())).collect();
    let mut owners: Vec<journey::base::actor::Role> = rows.iter().map(|row| row.owner).collect();
    owners.sort();
    owners.dedup();
    let owners = owners.into_iter().map(|role| (role.name().to_owned(), role.title().to_owned())).collect();
    let section = filter.section.map_or_else(String::new, |section| section.to_string());
    let narrowed = filter.level.is_some() || filter.owner.is_some() || !filter.text.is_empty();
    let all = rows.len();
    let also = if also.is_empty() { String::new() } else { format!("&{also}") };
    view! {
        <form class="gpc-filters" action=path.to_owned() method="get" role="search" aria-label="Rows">
            {first}
            {select("section", "Section", Some("All sections"), sections, &section)}
            {select("environment", "Environment", Some("Any"), environments, filter.environment.map_or("", Environment::name))}
            <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">"Apply"</button>
            <details class="nhsuk-details gpc-filters__more" open=narrowed>
                <summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">"More filters"</span></summary>
                <div class="gpc-filters__in">
                    {select("level", "Level", Some("Any"), levels, filter.level.map_or("", Level::name))}
                    {select("owner", "Team that settles", Some("Any"), owners, filter.owner.map_or("", |role| role.name()))}
                    <div>
                        <label for="filter-find">"Words"</label>
                        <input class="nhsuk-input" id="filter-find" name="find" value=filter.text.clone() />
                    </div>
                </div>
            </details>
            <p class="gpc-meta">
                {format!("{shown} of {}. ", counted(all, "row"))}
                {(shown < all).then(|| view! { <a href=format!("{path}?show=all{also}")>"Show all"</a> })}
            </p>
        </form>
    }
    .into_any()
}

/// The place of the open row in this list, and the rows before and after it. When it is not in the list (any more), its
/// neighbours are those between which it would stand; `all` is every row in order.
#[must_use]
pub fn neighbours<'a>(all: &[&'a Row], list: &[&'a Row], open: &Row) -> (Option<usize>, Option<&'a Row>, Option<&'a Row>) {
    let place = |row: &Row| all.iter().position(|other| other.field == row.field);
    let here = place(open);
    let before = list.iter().rev().find(|row| place(row) < here).copied();
    let after = list.iter().find(|row| place(row) > here).copied();
    (list.iter().position(|row| row.field == open.field), before, after)
}

/// "Row 3 of 12", previous, next, and back to the table: the rows are below `path`, and the table is at `list`.
pub fn walk((path, list_at): (&str, &str), query: &str, all: &[&Row], list: &[&Row], open: &Row, says: AnyView) -> AnyView {
    let (at, before, after) = neighbours(all, list, open);
    let place = at.map_or_else(|| "Not in this list".to_owned(), |at| format!("Row {} of {}", at + 1, list.len()));
    let link = |row: Option<&Row>, words: &'static str, key: &'static str| {
        row.map(|row| view! { <a href=format!("{path}/{}{query}#open-row", row.field) data-key=key>{words}</a>" " })
    };
    view! {
        <div class="gpc-panehead">
            <span>{place}" "{link(before, "Previous", "k")}{link(after, "Next", "j")}</span>
            {says}
        </div>
        <p class="gpc-paneback"><a href=format!("{list_at}{query}#row-{}", open.field) data-key="Escape">"Back to the list"</a></p>
    }
    .into_any()
}

/// What a row asks, in full.
pub fn asked(row: &Row) -> AnyView {
    view! {
        <p>{row.requirement.clone()}" "<b>{row.level.words()}</b></p>
        <p class="gpc-meta">
            {format!("Evidence expected: {}. Closed in: {}. Settled by: {}.", row.evidence.trim_end_matches('.'), row.environment.title(), row.owner.title().to_lowercase())}
            " "<span class="gpc-source">"Source: "{sourced(&row.source)}{format!(". Since edition {}.", row.since)}</span>
        </p>
    }
    .into_any()
}

/// How far the rows of each section are.
#[must_use]
pub fn of_section(entries: &[Entry], section: u32) -> Vec<&Entry> {
    entries.iter().filter(|entry| entry.row.section == section).collect()
}
