//! What each event makes true.

use jiff::Timestamp;

use super::{Again, AskedPart, Corrupt, Journey, Phase, Why};
use crate::{
    actor::Side,
    event::{Event, Finding, Recorded},
    ids::{PersonId, Seq, TaskId},
    process::Settle,
    scal::editions::{self, Difference},
    standing::{Approval, Proposal, Reopening, Sent, Settlement, Signature, State, StateKind, TaskRecord, Verdict},
};

impl Journey {
    /// What one event makes true.
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), Corrupt> {
        let (at, seq) = (recorded.at, recorded.seq);
        let by = recorded.by.as_ref().map(|by| by.person.clone());
        let person = || by.clone().ok_or(Corrupt::Misplaced(seq));
        match &recorded.event {
            Event::Opened { .. } => return Err(Corrupt::Misplaced(seq)),
            Event::Started { task } => self.touch(task, seq).started = Some(at),
            Event::Submitted { task, round, digest, justified } => {
                let by = person()?;
                let decides = self.process.reviewer_of(task).map(|t| t.id.clone());
                let settle = self.process.task(task).map(|t| t.settle);
                let record = self.touch(task, seq);
                record.round = *round;
                record.since = at;
                record.sent.push(Sent {
                    round: *round,
                    by: by.clone(),
                    at,
                    digest: digest.clone(),
                    justified: justified.clone(),
                });
                record.proposal = None;
                record.state = match settle {
                    Some(Settle::OnSubmit) => {
                        record.reopened = None;
                        State::Settled { how: Settlement::Marked, by: Some(by), note: String::new() }
                    }
                    // The parts are filled in; what is signed names them.
                    Some(Settle::BySignatures) => State::Open,
                    _ => State::Submitted,
                };
                record.approvals.clear();
                if let Some(decides) = decides {
                    let record = self.touch(&decides, seq);
                    record.round = *round;
                    record.since = at;
                    record.state = State::Submitted;
                    record.approvals.clear();
                }
            }
            Event::Approved { task, role, note, round, accepted, conditions } => {
                let by = person()?;
                let asked = self.process.task(task).map(|t| self.deciders(t)).unwrap_or_default();
                let exceptions = self.process.task(task).is_some_and(|t| t.escalate.contains(role));
                let record = self.touch(task, seq);
                record.approvals.push(Approval { role: *role, by: by.clone(), at });
                let verdict = Verdict { finding: None, condition: None, by: by.clone(), role: *role, at, round: *round };
                for field in accepted {
                    record.verdicts.insert(field.clone(), verdict.clone());
                }
                for condition in conditions {
                    if let Some(field) = &condition.field {
                        let condition = Some(condition.words.clone());
                        record.verdicts.insert(field.clone(), Verdict { condition, ..verdict.clone() });
                    }
                }
                // What this role found before has been answered. Where the answer asks for an exception now, that is not its
                // to grant.
                let justified = record.sent.last().map(|sent| sent.justified.clone()).unwrap_or_default();
                for (field, old) in record.verdicts.iter_mut().filter(|(_, v)| v.finding.is_some() && v.role == *role) {
                    if exceptions || !justified.contains(field) {
                        *old = verdict.clone();
                    }
                }
                if asked.iter().all(|role| record.approvals.iter().any(|a| a.role == *role)) {
                    record.since = at;
                    record.reopened = None;
                    record.state = State::Settled { how: Settlement::Approved, by: Some(by), note: note.clone() };
                    if let Some(submitter) = self.submitter(task) {
                        self.touch(&submitter, seq).reopened = None;
                    }
                }
            }
            Event::Returned { task, round, role, findings, accepted, conditions } => {
                let by = person()?;
                let verdict = |finding: Option<String>| Verdict {
                    finding,
                    condition: None,
                    by: by.clone(),
                    role: *role,
                    at,
                    round: *round,
                };
                let record = self.touch(task, seq);
                for field in accepted {
                    record.verdicts.insert(field.clone(), verdict(None));
                }
                for condition in conditions {
                    if let Some(field) = &condition.field {
                        let condition = Some(condition.words.clone());
                        record.verdicts.insert(field.clone(), Verdict { condition, ..verdict(None) });
                    }
                }
                for finding in findings {
                    if let Some(field) = &finding.field {
                        record.verdicts.insert(field.clone(), verdict(Some(finding.words.clone())));
                    }
                }
                let state = State::Returned { by: by.clone(), role: *role, findings: findings.clone(), refused: false };
                self.send_back(task, state, seq, at);
            }
            Event::Uplifted { task, catalogue } => {
                let change = Difference::between(editions::rows(&self.opening.catalogue), editions::rows(catalogue));
                self.opening.catalogue.clone_from(catalogue);
                let record = self.touch(task, seq);
                for (row, _) in &change.changed {
                    record.verdicts.remove(&row.field);
                }
                if record.state.kind() == StateKind::Settled {
                    let reason = format!("The journey moved to edition {catalogue} of the catalogue.");
                    self.reopen(task, Reopening { by, reason }, seq, at);
                }
                let again = Again { since: seq, why: Why::OtherWords };
                self.asked_again.extend(change.changed.into_iter().map(|(row, _)| (row.field, again.clone())));
            }
            Event::Reassessed { task, product, rows } => {
                let record = self.touch(task, seq);
                for row in rows {
                    record.verdicts.remove(row);
                }
                let reason = format!("Version {product} of the product is assessed.");
                self.reopen(task, Reopening { by, reason }, seq, at);
                let again = Again { since: seq, why: Why::NewVersion(product.clone()) };
                self.asked_again.extend(rows.iter().map(|row| (row.clone(), again.clone())));
                self.product = Some((product.clone(), self.task(task).round));
            }
            Event::Refused { task, role, reason, .. } => {
                let by = person()?;
                self.touch(task, seq).verdicts.clear();
                let findings = vec![Finding { field: None, words: reason.clone() }];
                self.send_back(task, State::Returned { by, role: *role, findings, refused: true }, seq, at);
            }
            Event::Acknowledged { task, note, .. } => self.settle(task, Settlement::Acknowledged, by, note, seq, at),
            Event::Issued { task, note, .. } => self.settle(task, Settlement::Issued, by, note, seq, at),
            Event::Signed { task, role, name, authority, words } => {
                let by = person()?;
                let organisation = recorded.by.as_ref().map(|by| by.organisation.clone()).ok_or(Corrupt::Misplaced(seq))?;
                let identity = self.identity(&organisation).cloned();
                let record = self.touch(task, seq);
                record.since = at;
                record.signatures.push(Signature {
                    role: *role,
                    by: by.clone(),
                    organisation,
                    identity,
                    name: name.clone(),
                    authority: authority.clone(),
                    at,
                    words: words.clone(),
                });
                if self.process.task(task).is_some_and(|spec| self.unsigned(spec).is_empty()) {
                    self.settle(task, Settlement::Signed, Some(by), "", seq, at);
                }
            }
            Event::WaiverProposed { task, reason } => {
                let by = person()?;
                self.touch(task, seq).proposal = Some(Proposal { by, at, reason: reason.clone() });
            }
            Event::WaiverConfirmed { task } => {
                let confirmed_by = person()?;
                let proposal = self.task(task).proposal.clone().ok_or(Corrupt::Misplaced(seq))?;
                let record = self.touch(task, seq);
                record.proposal = None;
                record.since = at;
                record.state = State::Waived { proposed_by: proposal.by, confirmed_by, reason: proposal.reason };
            }
            Event::WaiverDeclined { task, .. } => self.touch(task, seq).proposal = None,
            Event::Reopened { task, reason } => self.reopen(task, Reopening { by, reason: reason.clone() }, seq, at),
            Event::Lapsed { task } => {
                let reason = "The approval lapsed because development had not started.".to_owned();
                self.reopen(task, Reopening { by: None, reason }, seq, at);
            }
            Event::Rescoped { capabilities } => self.opening.capabilities.clone_from(capabilities),
            Event::PartAsked { part, side, identity } => {
                let asked = AskedPart { side: *side, identity: identity.clone(), by: person()?, at };
                self.asked_parts.insert(part.clone(), asked);
            }
            Event::PartDeclined { part, .. } => drop(self.asked_parts.remove(part)),
            Event::Joined { organisation, side, identity, part } => {
                self.parties.insert(organisation.clone(), side.unwrap_or(Side::EndUser));
                if let Some(identity) = identity {
                    self.identities.insert(organisation.clone(), identity.clone());
                }
                if let Some(part) = part {
                    self.asked_parts.remove(part);
                }
            }
            Event::Identified { organisation, identity, .. } => {
                self.identities.insert(organisation.clone(), identity.clone());
            }
            Event::Left { organisation, .. } => drop(self.parties.remove(organisation)),
            // The facts lie beside the ledger; here stands who changed what, for whoever looks.
            Event::Reclassified { .. } => {}
            Event::SiteLive { task, site } => {
                self.touch(task, seq);
                self.sites.insert(site.ods_code.clone(), site.clone());
            }
            Event::SiteTakenBack { task, ods_code, .. } => {
                self.touch(task, seq);
                self.sites.remove(ods_code);
            }
            Event::WentLive => self.phase = Phase::Live { since: at },
            Event::Withdrawn { reason } => self.phase = Phase::Withdrawn { since: at, reason: reason.clone() },
            Event::Resumed { .. } => self.phase = Phase::Open,
        }
        Ok(())
    }

    fn touch(&mut self, task: &TaskId, seq: Seq) -> &mut TaskRecord {
        let opened = self.opened_at;
        let record = self.tasks.entry(task.clone()).or_insert_with(|| TaskRecord::untouched(opened));
        record.changed = seq;
        record
    }

    fn settle(&mut self, task: &TaskId, how: Settlement, by: Option<PersonId>, note: &str, seq: Seq, at: Timestamp) {
        let record = self.touch(task, seq);
        record.since = at;
        record.proposal = None;
        record.reopened = None;
        record.state = State::Settled { how, by, note: note.to_owned() };
    }

    /// A review that reviews another task stays open; the other one comes back.
    fn send_back(&mut self, task: &TaskId, state: State, seq: Seq, at: Timestamp) {
        let back = match self.submitter(task) {
            Some(submitter) => {
                let review = self.touch(task, seq);
                review.state = State::Open;
                review.since = at;
                review.approvals.clear();
                submitter
            }
            None => task.clone(),
        };
        let record = self.touch(&back, seq);
        record.state = state;
        record.since = at;
        record.approvals.clear();
    }

    fn reopen(&mut self, task: &TaskId, why: Reopening, seq: Seq, at: Timestamp) {
        for task in [Some(task.clone()), self.submitter(task)].into_iter().flatten() {
            let record = self.touch(&task, seq);
            record.state = State::Open;
            record.since = at;
            record.approvals.clear();
            record.signatures.clear();
            record.reopened = Some(why.clone());
        }
    }

    /// The other task whose submission this one decides on.
    pub(super) fn submitter(&self, task: &TaskId) -> Option<TaskId> {
        self.process.task(task).and_then(|spec| spec.reviews.clone())
    }
}
