//! How long NHS England takes for a whole plan: the answers that follow each other, along the longest way through the gates. What goes
//! on side by side is counted once, and the work of the supplier not at all: nobody measures it.

use std::collections::BTreeMap;

use crate::{
    base::{actor::Side, ids::TaskId},
    plan::{
        opening::Opening,
        process::{Page, Process, Target, TaskSpec},
    },
    view::waits::Usual,
};

/// Fewer measured answers than this on the way say nothing about the whole.
pub const FEWEST: usize = 3;

/// Working days of all answers that follow each other until the product is live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Length {
    /// Where each takes as long as half of them did.
    pub half: u32,
    /// Where each takes as long as nine of ten did.
    pub most: u32,
    /// Answers on the longest way.
    pub answers: usize,
    /// So many of them are measured, or have a target that is published.
    pub known: usize,
    /// So many of them are measured.
    pub measured: usize,
}

impl Length {
    /// "about 24 to 52 working days"
    #[must_use]
    pub fn in_words(&self) -> String {
        match (self.half, self.most) {
            (1, 1) => "about 1 working day".to_owned(),
            (half, most) if half == most => format!("about {most} working days"),
            (half, most) => format!("about {half} to {most} working days"),
        }
    }

    /// The same way with one more answer at its end.
    fn then(mut self, task: &TaskSpec, usual: Option<&Usual>) -> Self {
        self.answers += 1;
        let promised = task.target.and_then(Target::working_days);
        if let Some((half, most)) = usual.map(|usual| (usual.half, usual.most)).or(promised.map(|days| (days, days))) {
            self.half += half;
            self.most += most;
            self.known += 1;
            self.measured += usize::from(usual.is_some());
        }
        self
    }

    /// A sum with more than a quarter missing would say too little.
    fn says_enough(&self) -> bool {
        self.measured >= FEWEST && self.known * 4 >= self.answers * 3
    }
}

/// The length of the plan that follows from this opening, where enough of it is known.
#[must_use]
pub fn of(process: &Process, opening: &Opening, usual: &BTreeMap<TaskId, Usual>) -> Option<Length> {
    let planned: Vec<&TaskSpec> = process.plan(opening).filter(|task| task.is_work()).collect();
    let mut until: BTreeMap<&TaskId, Length> = BTreeMap::new();
    // A task may stand before what it needs, so all are gone through until nothing changes; a lawful process has no circles.
    for _ in 0..=planned.len() {
        let before = until.clone();
        for task in &planned {
            let ways = task.needs.iter().filter_map(|need| until.get(need));
            let begun = ways.max_by_key(|way| (way.most, way.half, way.answers)).copied().unwrap_or_default();
            let waits = task.decide.iter().any(|role| role.side() == Side::Programme);
            until.insert(&task.id, if waits { begun.then(task, usual.get(&task.id)) } else { begun });
        }
        if before == until {
            break;
        }
    }
    // What comes after the first site is live is no part of the way there.
    let live = planned.iter().find(|task| task.page == Page::Sites)?;
    until.get(&live.id).copied().filter(Length::says_enough)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{
        capability::{Capability, Chosen, PdsRoute},
        process::Processes,
    };

    fn consumer() -> (&'static Process, Opening) {
        let processes = Processes::shipped().unwrap_or_else(|faults| panic!("{faults:?}"));
        let process = processes.newest("consumer").unwrap_or_else(|| panic!("there is one"));
        let capability = Capability::AccessRecordHtml;
        let opening = Opening {
            product: "Ward View 1.0".to_owned(),
            capabilities: vec![Chosen { capability, version: capability.versions()[0].to_owned() }],
            hscn: true,
            pds: PdsRoute::Own,
            already_conformant: false,
            other_organisations: true,
            supporting_tasks: true,
            catalogue: Default::default(),
            unconfirmed: false,
            version: String::new(),
        };
        (process, opening)
    }

    fn all(process: &Process, half: u32, most: u32) -> BTreeMap<TaskId, Usual> {
        process.tasks.iter().map(|task| (task.id.clone(), Usual { half, most, of: 9 })).collect()
    }

    #[test]
    fn what_goes_on_side_by_side_is_counted_once() {
        let (process, opening) = consumer();
        let length = of(process, &opening, &all(process, 2, 5)).unwrap_or_else(|| panic!("everything is measured"));
        let waits = |task: &&TaskSpec| task.decide.iter().any(|role| role.side() == Side::Programme);
        let every = process.plan(&opening).filter(waits).count();
        assert!(length.answers > 4 && length.answers < every, "{length:?} of {every}");
        let answers = u32::try_from(length.answers).unwrap_or(0);
        assert_eq!((length.half, length.most), (2 * answers, 5 * answers));
        assert_eq!((length.known, length.measured), (length.answers, length.answers));
        // A slow answer beside the way does not make it longer before it is the longest itself.
        let mut slow = all(process, 2, 5);
        let beside: TaskId = "s-dspt".parse().unwrap_or_else(|_| panic!("a task"));
        slow.insert(beside.clone(), Usual { half: 3, most: 6, of: 9 });
        assert_eq!(of(process, &opening, &slow).map(|one| one.answers), Some(length.answers));
    }

    #[test]
    fn a_plan_of_which_little_is_known_has_no_length() {
        let (process, opening) = consumer();
        assert_eq!(of(process, &opening, &BTreeMap::new()), None, "targets alone are no times");
        let few = all(process, 2, 5).into_iter().filter(|(task, _)| task.as_str() == "receive-scal").collect();
        assert_eq!(of(process, &opening, &few), None);
    }

    #[test]
    fn a_published_target_stands_in_where_nothing_is_measured() {
        let (process, opening) = consumer();
        let whole = of(process, &opening, &all(process, 1, 1)).unwrap_or_else(|| panic!("everything is measured"));
        let mut some = all(process, 1, 1);
        some.retain(|task, _| task.as_str() != "obtain-use-case-approval");
        let length = of(process, &opening, &some).unwrap_or_else(|| panic!("most is measured"));
        // 14 calendar days are 10 working days, in place of 1.
        assert_eq!((length.half, length.measured + 1), (whole.half + 9, length.known));
        assert_eq!(length.in_words(), format!("about {} working days", whole.half + 9));
    }
}
