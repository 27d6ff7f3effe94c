//! Tables that become lists on a narrow page.

use leptos::prelude::*;

/// The head of a column of a [`Grid`].
#[derive(Clone)]
pub enum Column {
    /// Words below it.
    Words(&'static str),
    /// Figures below it, flush right.
    Figures(&'static str),
    /// Words below it, and a link that sorts by them.
    Sorted {
        /// The head.
        text: &'static str,
        /// The address of the table in that order.
        to: String,
        /// How the table is sorted by it now: `ascending`, `descending`, or not.
        sorted: Option<&'static str>,
    },
    /// Read out and not seen: what stands below says by itself what it is.
    Unseen(&'static str),
}

/// The heads of a [`Grid`], from left to right.
#[derive(Clone)]
pub struct Columns(Vec<Column>);

impl Columns {
    /// With one more, where there is one.
    #[must_use]
    pub fn and(mut self, last: Option<Column>) -> Self {
        self.0.extend(last);
        self
    }
}

impl FromIterator<Column> for Columns {
    fn from_iter<T: IntoIterator<Item = Column>>(all: T) -> Self {
        Self(all.into_iter().collect())
    }
}

impl<const N: usize> From<[&'static str; N]> for Columns {
    fn from(all: [&'static str; N]) -> Self {
        Self(all.map(Column::Words).to_vec())
    }
}

impl<const N: usize> From<[Column; N]> for Columns {
    fn from(all: [Column; N]) -> Self {
        Self(all.to_vec())
    }
}

/// A table whose cells stand below each other on a narrow page, each with its head (`data-l`) before it. The roles say what a
/// style that is no table's would take away.
#[component]
pub fn Grid(
    /// Read out before it; empty where the heading above says the same.
    #[prop(optional, into)]
    caption: String,
    /// The heads.
    #[prop(into)]
    columns: Columns,
    /// Rows: `tr` with the roles of rows and cells.
    rows: AnyView,
    /// What of it is brought up to date while somebody looks (`islands::live`).
    #[prop(optional)]
    live: Option<&'static str>,
    /// A class of ours beside.
    #[prop(optional)]
    class: Option<&'static str>,
) -> impl IntoView {
    let heads = columns.0.into_iter().map(|column| match column {
        Column::Words(text) => view! { <th scope="col" role="columnheader">{text}</th> }.into_any(),
        Column::Figures(text) => view! { <th scope="col" role="columnheader" class="gpc-num">{text}</th> }.into_any(),
        Column::Sorted { text, to, sorted } => {
            let mark = match sorted {
                Some("ascending") => " ▲",
                Some(_) => " ▼",
                None => "",
            };
            view! { <th scope="col" role="columnheader" aria-sort=sorted><a href=to>{text}</a><span aria-hidden="true">{mark}</span></th> }
                .into_any()
        }
        Column::Unseen(text) => {
            view! { <th scope="col" role="columnheader"><span class="nhsuk-u-visually-hidden">{text}</span></th> }.into_any()
        }
    });
    view! {
        <table class=class.map_or("gpc-grid".to_owned(), |class| format!("gpc-grid {class}")) role="table">
            {(!caption.is_empty()).then(|| view! { <caption class="nhsuk-u-visually-hidden">{caption}</caption> })}
            <thead role="rowgroup"><tr role="row">{heads.collect_view()}</tr></thead>
            <tbody role="rowgroup" data-live=live>{rows}</tbody>
        </table>
    }
}
