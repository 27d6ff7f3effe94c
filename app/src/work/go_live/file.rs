//! The sites of a journey as the lines of a file: one for each site and capability.

use journey::{
    ledger::{journey::Journey, site::Step},
    rule::go_live::Sent,
    view::sites::{self, Cell, SiteRow},
};

use crate::{base::dates, work::go_live::sites::signed};

/// The head of the file.
pub const HEAD: [&str; 14] = [
    "ODS code",
    "Site",
    "Wave",
    "Signed",
    "Capability",
    "State",
    "ASID",
    "ASID registered on",
    "Sharing configured on",
    "Enabled by the practice on",
    "Live since",
    "Suspended since",
    "Why suspended",
    "Last early check",
];

/// Every line, in the order of the plan.
#[must_use]
pub fn lines(journey: &Journey, sent: &Sent) -> Vec<[String; 14]> {
    let rows = sites::rows(journey, sent);
    rows.iter().flat_map(|row| row.cells.iter().map(move |cell| line(row, cell))).collect()
}

fn line(row: &SiteRow<'_>, cell: &Cell<'_>) -> [String; 14] {
    let on = |step: Step| cell.steps.get(&step).map(|done| done.on.to_string()).unwrap_or_default();
    let asid = cell.steps.get(&Step::Asid).map(|done| done.asid.clone()).unwrap_or_default();
    let suspended = cell.suspended.filter(|_| row.live_on.is_some());
    let check = row.checks.last().map(|check| {
        let showed = if check.fine { "nothing to put right" } else { "something to put right" };
        format!("{}: {showed}", check.on)
    });
    [
        row.site.ods_code.clone(),
        row.site.name.clone(),
        row.wave.map(|number| number.to_string()).unwrap_or_default(),
        signed(row).to_owned(),
        cell.capability.title().to_owned(),
        cell.in_words(),
        asid,
        on(Step::Asid),
        on(Step::Sharing),
        on(Step::Enabled),
        row.live_on.map(|day| day.to_string()).unwrap_or_default(),
        suspended.map(|suspended| dates::day_of(suspended.at)).unwrap_or_default(),
        suspended.map(|suspended| suspended.reason.clone()).unwrap_or_default(),
        check.unwrap_or_default(),
    ]
}
