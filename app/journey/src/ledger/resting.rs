//! What a settlement rests on now, compared with what it rested on then.

use crate::{
    base::ids::TaskId,
    ledger::{
        basis::{Basis, Change, Ground},
        journey::Journey,
        standing::{State, TaskRecord},
        words,
    },
    plan::process::{Process, Rests, Settle, TaskSpec},
};

/// Whether a task looks at a fact. What is signed names capabilities and version in its words.
fn rests_on(spec: &TaskSpec, fact: Rests) -> bool {
    spec.rests.contains(&fact) || (spec.settle == Settle::BySignatures && fact != Rests::Edition)
}

/// The tasks that a settlement rests on, as they are now. A signature rests on the words that it names and on nothing else:
/// those that were filled in, and those of other tasks that became part of them.
fn grounds<'a>(journey: &'a Journey, spec: &'a TaskSpec) -> impl Iterator<Item = (&'a TaskId, Option<Ground>)> {
    let process: &'a Process = journey.process;
    let signed = spec.settle == Settle::BySignatures;
    let named = signed.then(|| crate::plan::bound::bound(process, spec)).into_iter().flatten();
    let needed = spec.needs.iter().filter(move |_| !signed).filter_map(|need| process.task(need));
    let of = move |task: &'a TaskSpec| {
        let record = journey.task(&task.id);
        let ground = if signed {
            Ground::sent(record)
        } else if task.applies(&journey.opening) {
            Ground::settled(record)
        } else {
            None
        };
        (&task.id, ground)
    };
    named.chain(needed).map(of)
}

impl Ground {
    /// A task as it is settled or waived now; `None` when it is neither.
    pub(crate) fn settled(record: &TaskRecord) -> Option<Self> {
        matches!(record.state, State::Settled { .. } | State::Waived { .. }).then(|| Self {
            settled: record.settled,
            round: record.round,
            digest: record.sent.last().map(|sent| sent.digest.clone()),
            at: record.since,
        })
    }

    /// The words of a task that were sent last: what a signature names.
    fn sent(record: &TaskRecord) -> Option<Self> {
        let sent = record.sent.last()?;
        Some(Self { settled: None, round: sent.round, digest: Some(sent.digest.clone()), at: sent.at })
    }
}

impl Basis {
    /// What a settlement of this task would rest on now.
    #[must_use]
    pub fn now(journey: &Journey, spec: &TaskSpec) -> Self {
        let rests = |fact: Rests| rests_on(spec, fact);
        Self {
            needs: grounds(journey, spec).map(|(task, ground)| (task.clone(), ground)).collect(),
            capabilities: rests(Rests::Capabilities).then(|| journey.opening.capabilities.clone()),
            product: rests(Rests::Version).then(|| journey.product().to_owned()),
            edition: rests(Rests::Edition).then(|| journey.opening.catalogue.clone()),
            use_case: words::named_use(journey, spec).cloned(),
            care_setting: words::named_setting(journey, spec).map(str::to_owned),
        }
    }

    /// Whether a settlement of this task would rest on the same now.
    #[must_use]
    pub fn holds(&self, journey: &Journey, spec: &TaskSpec) -> bool {
        self.capabilities.as_ref().is_none_or(|then| *then == journey.opening.capabilities)
            && self.product.as_ref().is_none_or(|then| then == journey.product())
            && self.edition.as_ref().is_none_or(|then| *then == journey.opening.catalogue)
            && self.use_case.as_ref().is_none_or(|then| journey.approved_use() == Some(then))
            && self.care_setting.as_deref().is_none_or(|then| words::setting(journey) == Some(then))
            && grounds(journey, spec).eq(self.needs.iter().map(|(task, ground)| (task, ground.clone())))
    }

    /// What differs between this and what a settlement would rest on now, in the order of the process.
    #[must_use]
    pub fn changes(&self, journey: &Journey, spec: &TaskSpec) -> Vec<Change> {
        let now = Self::now(journey, spec);
        let mut changes = Vec::new();
        let then_of = |task: &TaskId| self.needs.iter().find(|(known, _)| known == task).and_then(|(_, ground)| ground.clone());
        for (task, ground) in now.needs {
            let then = then_of(&task);
            if then != ground {
                changes.push(Change::Need { task, then, now: ground });
            }
        }
        if let (Some(then), Some(now)) = (&self.capabilities, now.capabilities)
            && *then != now
        {
            changes.push(Change::Capabilities { then: then.clone(), now });
        }
        if let (Some(then), Some(now)) = (&self.product, now.product)
            && *then != now
        {
            changes.push(Change::Product { then: then.clone(), now });
        }
        if let Some(then) = &self.use_case
            && journey.approved_use() != Some(then)
        {
            let now = journey.approved_use().map(|now| now.says.clone());
            changes.push(Change::UseCase { then: then.says.clone(), now });
        }
        if let Some(then) = &self.care_setting
            && words::setting(journey) != Some(then)
        {
            let now = words::setting(journey).unwrap_or_default().to_owned();
            changes.push(Change::CareSetting { then: then.clone(), now });
        }
        if let (Some(then), Some(now)) = (&self.edition, now.edition)
            && *then != now
        {
            changes.push(Change::Edition { then: then.clone(), now });
        }
        changes
    }
}
