//! The sites of a journey, one a row, with each capability of the product: what is done there, what is missing, what is live and
//! what is suspended (domain/end_users.md §9, "Per-site enablement matrix"). Pages, files and the picture of progress ask here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{
    base::named::named,
    form::Named,
    ledger::{
        journey::Journey,
        site::{Done, EarlyCheck, Step, Suspended},
    },
    plan::capability::Capability,
    rule::go_live::{self, Sent},
};

/// How a capability stands at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellState {
    /// So many steps are done, of [`Step::ALL`]; it is not live.
    Prepared(usize),
    /// It is live.
    Live,
    /// It is live, and suspended.
    Suspended,
}

/// One capability at one site.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// Which.
    pub capability: Capability,
    /// How it stands.
    pub state: CellState,
    /// The steps that are done.
    pub steps: BTreeMap<Step, &'a Done>,
    /// Why nobody uses it there, where it is suspended.
    pub suspended: Option<&'a Suspended>,
}

impl Cell<'_> {
    /// The first step that is not recorded. Of what is live already none is missed: it could not work without.
    #[must_use]
    pub fn next(&self) -> Option<Step> {
        let prepared = matches!(self.state, CellState::Prepared(_));
        Step::ALL.iter().copied().find(|step| prepared && !self.steps.contains_key(step))
    }

    /// "Live", "Suspended", "Ready", "2 of 3 steps", "Not started".
    #[must_use]
    pub fn in_words(&self) -> String {
        match self.state {
            CellState::Suspended => "Suspended".to_owned(),
            CellState::Live => "Live".to_owned(),
            CellState::Prepared(0) => "Not started".to_owned(),
            CellState::Prepared(done) if done == Step::ALL.len() => "Ready".to_owned(),
            CellState::Prepared(done) => format!("{done} of {} steps", Step::ALL.len()),
        }
    }
}

/// One site.
#[derive(Clone, Debug)]
pub struct SiteRow<'a> {
    /// Its code and name: as it was recorded, else as the plan names it.
    pub site: Named,
    /// The wave of the plan, from 1; `None` where the plan has no waves or does not name it.
    pub wave: Option<usize>,
    /// The day on which that wave is planned to begin.
    pub from: Option<Date>,
    /// Whether the plan names it.
    pub planned: bool,
    /// Whether whoever uses the product there has signed; `None` where nobody has to.
    pub signed: Option<bool>,
    /// Since when it is live.
    pub live_on: Option<Date>,
    /// One for each capability of the product, in their order.
    pub cells: Vec<Cell<'a>>,
    /// Its early checks, oldest first.
    pub checks: &'a [EarlyCheck],
}

named! {
    /// Which sites are shown.
    pub enum Shown {
        /// Every one.
        All = ("", "All sites"),
        /// Those that have not signed.
        Unsigned = ("unsigned", "Not signed"),
        /// Those where the identifier is missing for some capability.
        Asid = ("asid", "ASID missing"),
        /// Those where sharing is missing.
        Sharing = ("sharing", "Sharing missing"),
        /// Those where the practice has not turned something on.
        Enabled = ("enabled", "Not enabled by the practice"),
        /// Those where every step is done and which are not live.
        Ready = ("ready", "Ready, not live"),
        /// Those that are live.
        Live = ("live", "Live"),
        /// Those with something suspended.
        Suspended = ("suspended", "Suspended"),
        /// Those whose last early check found something.
        Found = ("found", "Early check found something"),
        /// Those that are live and have no early check.
        Unchecked = ("unchecked", "Live, no early check"),
    }
}

impl SiteRow<'_> {
    /// Whether it is among these.
    #[must_use]
    pub fn is(&self, shown: Shown) -> bool {
        let lacks = |step: Step| {
            let cells = self.cells.iter().filter(|cell| matches!(cell.state, CellState::Prepared(_)));
            cells.clone().any(|cell| !cell.steps.contains_key(&step))
        };
        match shown {
            Shown::All => true,
            Shown::Unsigned => self.signed == Some(false),
            Shown::Asid => self.live_on.is_none() && lacks(Step::Asid),
            Shown::Sharing => self.live_on.is_none() && lacks(Step::Sharing),
            Shown::Enabled => self.live_on.is_none() && lacks(Step::Enabled),
            Shown::Ready => self.live_on.is_none() && self.cells.iter().all(|cell| cell.next().is_none()),
            Shown::Live => self.is_in_use(),
            Shown::Suspended => self.cells.iter().any(|cell| cell.state == CellState::Suspended),
            Shown::Found => self.checks.last().is_some_and(|check| !check.fine),
            Shown::Unchecked => self.live_on.is_some() && self.checks.is_empty(),
        }
    }

    /// Whether at least one capability is live and not suspended there.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.cells.iter().any(|cell| cell.state == CellState::Live)
    }
}

/// Every site that the plan names or that was recorded, wave by wave, in the order of the plan; then those outside it.
#[must_use]
pub fn rows<'a>(journey: &'a Journey, sent: &Sent) -> Vec<SiteRow<'a>> {
    let mut named: Vec<(Named, Option<usize>, Option<Date>, bool)> = Vec::new();
    for wave in &sent.waves {
        let number = Some(wave.number).filter(|number| *number > 0);
        named.extend(wave.sites.iter().map(|site| (site.clone(), number, wave.from, true)));
    }
    let known: BTreeSet<String> = named.iter().map(|(site, ..)| site.ods_code.clone()).collect();
    let recorded = journey.sites.values().map(|site| (&site.ods_code, site.name.as_str()));
    let prepared = journey.site_records().filter(|(_, record)| !record.steps.is_empty()).map(|(code, _)| (code, ""));
    let mut outside: BTreeMap<&String, &str> = prepared.collect();
    outside.extend(recorded);
    let outside = outside.into_iter().filter(|(code, _)| !known.contains(*code));
    named.extend(outside.map(|(code, name)| (Named { ods_code: code.clone(), name: name.to_owned() }, None, None, false)));
    named.into_iter().map(|(site, wave, from, planned)| row(journey, sent, site, (wave, from, planned))).collect()
}

fn row<'a>(
    journey: &'a Journey,
    sent: &Sent,
    mut site: Named,
    (wave, from, planned): (Option<usize>, Option<Date>, bool),
) -> SiteRow<'a> {
    let record = journey.site_record(&site.ods_code);
    let live = journey.sites.get(&site.ods_code);
    let live_there = live.map(|site| journey.recorded_at(site)).unwrap_or_default();
    let cells = journey.chosen().into_iter().map(|capability| {
        let done = |step: &Step| Some((*step, record?.steps.get(&(capability, *step))?));
        let steps: BTreeMap<Step, &Done> = Step::ALL.iter().filter_map(done).collect();
        let suspended = record.and_then(|record| record.suspended.get(&capability));
        let state = match suspended {
            Some(_) if live.is_some() => CellState::Suspended,
            _ if live_there.contains(&capability) => CellState::Live,
            _ => CellState::Prepared(steps.len()),
        };
        Cell { capability, state, steps, suspended }
    });
    let cells = cells.collect();
    if let Some(live) = live {
        site.name.clone_from(&live.name);
    }
    SiteRow {
        signed: go_live::has_signed(journey, &site.ods_code, sent),
        site,
        wave,
        from,
        planned,
        live_on: live.map(|site| site.live_on),
        cells,
        checks: record.map(|record| record.checks.as_slice()).unwrap_or_default(),
    }
}

/// How far the sites of one wave have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The wave; `None` for sites without one.
    pub wave: Option<usize>,
    /// The day on which it is planned to begin.
    pub from: Option<Date>,
    /// Its sites.
    pub sites: usize,
    /// Those where whoever uses the product has signed, or need not.
    pub signed: usize,
    /// Those where each step is done for every capability, in the order of [`Step::ALL`]. What is live has had them all.
    pub steps: [usize; 3],
    /// Those in use: live, and not suspended as a whole.
    pub live: usize,
}

/// How far the sites have come, wave by wave.
#[must_use]
pub fn progress(rows: &[SiteRow<'_>]) -> Vec<Progress> {
    let mut waves: Vec<Progress> = Vec::new();
    for row in rows {
        if waves.last().is_none_or(|last| last.wave != row.wave) {
            waves.push(Progress { wave: row.wave, from: row.from, ..Progress::default() });
        }
        let Some(wave) = waves.last_mut() else { continue };
        wave.sites += 1;
        wave.signed += usize::from(row.signed != Some(false));
        for (at, step) in Step::ALL.iter().enumerate() {
            let done = |cell: &Cell<'_>| !matches!(cell.state, CellState::Prepared(_)) || cell.steps.contains_key(step);
            wave.steps[at] += usize::from(row.cells.iter().all(done));
        }
        wave.live += usize::from(row.is_in_use());
    }
    waves
}
