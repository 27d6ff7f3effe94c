//! A journey is the fold of its events: what each makes true.
//!
//! Long because each event has its place in one match, so that what one makes true is read beside the others.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use jiff::{Timestamp, civil::Date};

use crate::{
    base::{
        actor::{Role, Side},
        calendar,
        identity::Identity,
        ids::{Digest, JourneyRef, OrganisationId, PersonId, Seq, TaskId},
    },
    catalogue::editions::{self, Difference},
    ledger::{
        basis::Basis,
        defect::{DefectDeed, DefectRecord, DefectWord},
        event::{By, Event, Finding, Recorded},
        journey::{Again, AskedLeave, AskedPart, Corrupt, Journey, Phase, Why, has_part},
        names, signing,
        site::{Done, EarlyCheck, Suspended},
        standing::{
            Approval, Asked, AskedSignatory, Certified, ClosedCondition, Confirmation, Ending, IssuedAs, LastDeed, Proposal,
            QueryWord, Reopening, Replaced, Reply, Reported, Sent, Settlement, Signature, State, Stopped, TakenBack, TaskRecord,
            ValidityProposal, Verdict, Verdicts,
        },
        use_case::ApprovedUse,
    },
    plan::{
        certificates::{self, ValidityChange},
        process::{Page, Processes, Settle, TaskSpec},
    },
};

impl Journey {
    /// What one event makes true.
    pub(crate) fn apply(&mut self, recorded: &Recorded) -> Result<(), Corrupt> {
        self.reply(recorded);
        let (at, seq) = (recorded.at, recorded.seq);
        let by = recorded.by.as_ref().map(|by| by.person.clone());
        let person = || by.clone().ok_or(Corrupt::Misplaced(seq));
        if let Some(by) = recorded.by.as_ref().filter(|by| has_part(self, &by.organisation)) {
            self.hands_of_others.insert(by.person.clone());
        }
        match &recorded.event {
            Event::Opened { .. } => return Err(Corrupt::Misplaced(seq)),
            Event::Started { task } => self.touch(task, seq).started = Some(at),
            Event::Submitted { task, round, digest, justified, group, along, judged, text, agrees, use_case } => {
                let by = person()?;
                if group.is_some() {
                    self.group.clone_from(group);
                }
                let decides = self.process.reviewer_of(task).map(|t| t.id.clone());
                let settle = self.process.task(task).map(|t| t.settle);
                if self.process.task(task).is_some_and(|spec| spec.page == Page::UseCase) {
                    self.use_case_for = Some(self.chosen());
                }
                let (capabilities, edition) = (self.opening.capabilities.clone(), self.opening.catalogue.clone());
                let names_use = self.use_case.is_some();
                let names_setting = self.group.as_ref().is_some_and(|group| group.care_setting.is_some());
                let record = self.touch(task, seq);
                record.round = *round;
                record.kept_back = None;
                record.since = at;
                record.sent.push(Sent {
                    round: *round,
                    by: by.clone(),
                    agrees: agrees.clone(),
                    at,
                    digest: digest.clone(),
                    justified: justified.clone(),
                    along: along.clone(),
                    capabilities,
                    edition,
                    text: *text,
                    use_case: use_case.clone(),
                    names_use,
                    names_setting,
                });
                record.proposal = None;
                record.validity = None;
                record.to_fill_in = false;
                // Who signs was named for what was sent before.
                record.replaced.clear();
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
                record.asked.clear();
                // What was judged with a test stage is judged: of this round, which answers the same.
                for row in judged {
                    let said = self.verdict_of_stage(row).map(|(stage, _, verdict)| (stage.clone(), verdict.clone()));
                    if let Some((stage, verdict)) = said {
                        let verdict = Verdict { round: *round, stage: Some(stage), ..verdict };
                        self.touch(task, seq).verdicts.says(row, verdict);
                    }
                }
                self.rest(task, seq, at);
                if let Some(decides) = decides {
                    let record = self.touch(&decides, seq);
                    record.round = *round;
                    record.since = at;
                    record.state = State::Submitted;
                    record.approvals.clear();
                    record.asked.clear();
                }
            }
            Event::Approved { task, role, note, round, accepted, conditions, facts } => {
                let by = person()?;
                let exceptions = self.process.task(task).is_some_and(|t| t.escalate.contains(role));
                let record = self.touch(task, seq);
                record.asked.retain(|asked| asked.role != *role);
                record.approvals.push(Approval { role: *role, by: by.clone(), at });
                let verdict =
                    Verdict { finding: None, condition: None, by: by.clone(), role: *role, at, round: *round, stage: None };
                // What this role found before has been answered. Where the answer asks for an exception now, that is not its
                // to grant.
                let justified = record.sent.last().map(|sent| sent.justified.clone()).unwrap_or_default();
                record.verdicts.answers(&verdict, |field| exceptions || !justified.contains(field));
                for field in accepted {
                    record.verdicts.says(field, verdict.clone());
                }
                for condition in conditions {
                    if let Some(field) = &condition.field {
                        let condition = Some(condition.words.clone());
                        record.verdicts.says(field, Verdict { condition, ..verdict.clone() });
                    }
                }
                self.settle_when_approved(task, &by, note, seq, at);
                if self.task(task).settled == Some(seq) {
                    self.certify(task, facts.as_ref());
                }
                self.go_back_when_finished(task, seq, at);
            }
            Event::Returned { task, round, role, findings, accepted, conditions, gathered } => {
                let by = person()?;
                let verdict = |finding: Option<String>| Verdict {
                    finding,
                    condition: None,
                    by: by.clone(),
                    role: *role,
                    at,
                    round: *round,
                    stage: None,
                };
                let record = self.touch(task, seq);
                for field in accepted {
                    record.verdicts.says(field, verdict(None));
                }
                for condition in conditions {
                    if let Some(field) = &condition.field {
                        let condition = Some(condition.words.clone());
                        record.verdicts.says(field, Verdict { condition, ..verdict(None) });
                    }
                }
                for finding in findings {
                    if let Some(field) = &finding.field {
                        record.verdicts.says(field, verdict(Some(finding.words.clone())));
                    }
                }
                record.approvals.retain(|approval| approval.role != *role || !gathered);
                record.asked.push(Asked { role: *role, by: by.clone(), at, findings: findings.clone() });
                if *gathered {
                    self.go_back_when_finished(task, seq, at);
                } else {
                    self.go_back(task, seq, at);
                }
            }
            Event::SentBack { task, .. } => self.go_back(task, seq, at),
            Event::Undone { task, of } | Event::RoundTakenBack { task, of, .. } => {
                // What it takes back was passed over when the ledger was told up to here, see `replay`.
                if !self.passed.contains(of) {
                    return Err(Corrupt::Misplaced(seq));
                }
                self.touch(task, seq);
            }
            Event::Uplifted { task, catalogue } => {
                let change = Difference::between(editions::rows(&self.opening.catalogue), editions::rows(catalogue));
                self.opening.catalogue.clone_from(catalogue);
                let record = self.touch(task, seq);
                for (row, _) in &change.changed {
                    record.verdicts.forget(&row.field);
                }
                self.facts_since = at;
                let again = Again { since: seq, why: Why::OtherWords };
                self.asked_again.extend(change.changed.into_iter().map(|(row, _)| (row.field, again.clone())));
            }
            Event::Reassessed { task, product, name, rows } => {
                let record = self.touch(task, seq);
                for row in rows {
                    record.verdicts.forget(row);
                }
                self.facts_since = at;
                let again = Again { since: seq, why: Why::NewVersion(product.clone()) };
                self.asked_again.extend(rows.iter().map(|row| (row.clone(), again.clone())));
                self.product = Some((product.clone(), self.task(task).round));
                // Where the name stands alone, the version goes with it; else it is all that was said.
                let alone = !self.opening.version.is_empty() && self.named != self.opening.product;
                if !name.is_empty() {
                    self.opening.product.clone_from(name);
                }
                let named = alone || !name.is_empty();
                self.assessed = if named { format!("{} {product}", self.opening.product) } else { product.clone() };
                self.opening.version.clone_from(product);
            }
            Event::Refused { task, role, reason, .. } => {
                let by = person()?;
                self.touch(task, seq).verdicts = Verdicts::default();
                let findings = vec![Finding { field: None, words: reason.clone() }];
                self.send_back(task, State::Returned { by, role: *role, findings, refused: true }, seq, at);
            }
            Event::Acknowledged { task, note, .. } => self.settle(task, Settlement::Acknowledged, by, note, seq, at),
            Event::StillHolds { task, role, reason, basis } => {
                let said = Confirmation { role: *role, by: person()?, at, reason: reason.clone(), basis: basis.clone() };
                self.touch(task, seq).confirmed.push(said);
                // Before use cases were compared with the capabilities, one could be said to hold for others.
                let work = self.submitter(task).unwrap_or_else(|| task.clone());
                if self.process.task(&work).is_some_and(|spec| spec.page == Page::UseCase) {
                    self.use_case_for = Some(self.chosen());
                }
                if let Some(spec) = self.process.task(task) {
                    let confirmed = self.confirmed(spec);
                    let every = spec.settle == Settle::ByReview;
                    let wanted = self.confirms(spec);
                    let enough = if every { wanted.iter().all(|r| confirmed.contains(r)) } else { confirmed.contains(role) };
                    if enough {
                        let basis = Some(Basis::now(self, spec));
                        let record = self.touch(task, seq);
                        record.basis = basis;
                        record.held = Some(at);
                        record.confirmed.clear();
                    }
                }
            }
            Event::Issued { task, note, facts, .. } => {
                self.settle(task, Settlement::Issued, by, note, seq, at);
                self.certify(task, facts.as_ref());
            }
            Event::Signed { task, role, name, authority, words, member, renew_by } => {
                let by = person()?;
                let organisation = recorded.by.as_ref().map(|by| by.organisation.clone()).ok_or(Corrupt::Misplaced(seq))?;
                let by_link = member.is_some();
                let identity = member.as_ref().or(self.identity(&organisation)).cloned();
                if !by_link {
                    self.signers.insert(organisation.clone());
                }
                // It stays settled for the others while one organisation signs beside them.
                let beside = |spec| !signing::late(self, spec).is_empty() || (by_link && signing::stands(self, spec));
                let late = self.process.task(task).is_some_and(beside);
                let next = self.process.task(task).and_then(|spec| self.signs_next(spec));
                // Hundreds may sign by link while others have the page open: that changes nothing of what these can do.
                let record = if by_link { self.record_of(task) } else { self.touch(task, seq) };
                record.to_fill_in = false;
                record.taken_back.retain(|back| back.organisation != organisation);
                // What is given anew takes the place of what was given before.
                renewed(record, *role, &organisation, identity.as_ref());
                if !late {
                    // Whoever is waited for has been waited for since before, when somebody signs by a link beside them.
                    if !by_link {
                        record.since = at;
                    }
                    // Everybody signs the same words: what was signed under others is history.
                    record.signatures.retain(|signature| signature.words == *words);
                    let there = &record.signatures;
                    record.ending.retain(|ending| there.iter().any(|s| s.organisation == ending.back.organisation));
                    record.to_renew.retain(|due, _| there.iter().any(|s| s.organisation == *due));
                    record.state = State::Open;
                }
                record.signatures.push(Signature {
                    role: *role,
                    by: by.clone(),
                    organisation,
                    identity,
                    name: name.clone(),
                    authority: authority.clone(),
                    at,
                    words: words.clone(),
                    by_link,
                    renew_by: *renew_by,
                });
                if by_link && !late && self.process.task(task).and_then(|spec| self.signs_next(spec)) != next {
                    self.record_of(task).since = at;
                }
                let there: Vec<&Signature> = self.task(task).signatures.iter().collect();
                if !late && self.process.task(task).is_some_and(|spec| self.missing(spec, &there).is_empty()) {
                    self.settle(task, Settlement::Signed, Some(by), "", seq, at);
                }
            }
            Event::AskedToSign { task, asked } => {
                let by = person()?;
                let record = self.record_of(task);
                for signatory in asked {
                    let asked = AskedSignatory { name: signatory.name.clone(), by: by.clone(), at };
                    record.asked_to_sign.insert(signatory.member.ods_code.clone(), asked);
                }
            }
            Event::Declined { task, role, reason } => {
                let by = person()?;
                let record = self.touch(task, seq);
                record.since = at;
                record.to_fill_in = true;
                record.signatures.clear();
                record.taken_back.clear();
                record.ending.clear();
                record.to_renew.clear();
                record.lapsed.clear();
                let findings = vec![Finding { field: None, words: reason.clone() }];
                record.state = State::Returned { by, role: *role, findings, refused: true };
            }
            Event::SignatureWithdrawn { task, reason, until, .. } => {
                let by = recorded.by.as_ref().ok_or(Corrupt::Misplaced(seq))?;
                let (by, organisation) = (by.person.clone(), by.organisation.clone());
                let back = TakenBack { organisation: organisation.clone(), by, at, reason: reason.clone() };
                match until {
                    // It counts until then. Another day takes the place of the one before.
                    Some(until) => {
                        let record = self.touch(task, seq);
                        record.ending.retain(|ending| ending.back.organisation != organisation);
                        record.ending.push(Ending { until: *until, back });
                    }
                    None => {
                        self.take_out(task, &organisation, seq, at);
                        self.touch(task, seq).taken_back.push(back);
                    }
                }
            }
            Event::SignatureEnded { task, organisation } => {
                let is_it = |ending: &Ending| ending.back.organisation == *organisation;
                let back = self.task(task).ending.iter().find(|ending| is_it(ending)).map(|ending| ending.back.clone());
                let back = back.ok_or(Corrupt::Misplaced(seq))?;
                self.take_out(task, organisation, seq, at);
                self.touch(task, seq).taken_back.push(TakenBack { at, ..back });
            }
            Event::RenewalDue { task, organisations } => {
                self.renewable(task, organisations, |by| signing::renewal_asked(by).is_some_and(|asked| asked <= at), seq)?;
                let record = self.record_of(task);
                record.to_renew.extend(organisations.iter().map(|organisation| (organisation.clone(), at)));
            }
            Event::SignaturesLapsed { task, organisations } => {
                self.renewable(task, organisations, |by| calendar::first_instant_after(by).is_some_and(|end| end <= at), seq)?;
                for organisation in organisations {
                    self.take_out(task, organisation, seq, at);
                    self.touch(task, seq).lapsed.insert(organisation.clone(), at);
                }
            }
            Event::SignatoryReplaced { task, role, from, to, reason } => {
                let by = person()?;
                let record = self.touch(task, seq);
                let had_signed = record.signatures.iter().any(|s| s.role == *role && s.by == from.person);
                record.signatures.retain(|s| s.role != *role || s.by != from.person);
                // Whoever is named signs, also where somebody had been named in their place.
                record.replaced.retain(|known| known.from.person != from.person && known.from.person != to.person);
                let (from, to, reason) = (from.clone(), to.clone(), reason.clone());
                record.replaced.push(Replaced { from, to, by, at, reason, had_signed });
                if had_signed {
                    record.since = at;
                    record.state = State::Open;
                }
            }
            Event::IncidentReported { task, incident } => {
                let by = person()?;
                self.touch(task, seq).incidents.push(Reported { incident: incident.clone(), by, at });
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
                record.settled = Some(seq);
                record.basis = None;
                record.stopped = None;
                record.expired = None;
                record.confirmed.clear();
                record.state = State::Waived { proposed_by: proposal.by, confirmed_by, reason: proposal.reason };
            }
            Event::WaiverDeclined { task, .. } => self.touch(task, seq).proposal = None,
            Event::ValidityProposed { task, change, reason } => {
                let proposal = Proposal { by: person()?, at, reason: reason.clone() };
                self.touch(task, seq).validity = Some(ValidityProposal { change: *change, proposal });
            }
            Event::ValidityConfirmed { task } => {
                let confirmed_by = person()?;
                let record = self.touch(task, seq);
                let ValidityProposal { change, proposal } = record.validity.take().ok_or(Corrupt::Misplaced(seq))?;
                match change {
                    ValidityChange::Suspend | ValidityChange::Withdraw => {
                        let withdrawn = change == ValidityChange::Withdraw;
                        record.stopped = Some(Stopped { withdrawn, proposal, confirmed_by, at });
                    }
                    ValidityChange::Reinstate => {
                        record.stopped = None;
                        record.held = Some(at);
                    }
                }
            }
            Event::ValidityDeclined { task, .. } => self.touch(task, seq).validity = None,
            Event::Reopened { task, reason } => self.reopen(task, Reopening { by, reason: reason.clone() }, seq, at),
            Event::Lapsed { task } => {
                let reason = "The approval lapsed because development had not started.".to_owned();
                self.reopen(task, Reopening { by: None, reason }, seq, at);
            }
            Event::Expired { task } => {
                let on = self.expire().find(|(expires, on)| *expires == task && *on <= at).map(|(_, on)| on);
                self.touch(task, seq).expired = Some(on.ok_or(Corrupt::Misplaced(seq))?);
            }
            Event::Replanned { plan, .. } => {
                let before = self.opening.plan();
                self.opening.confirm(plan);
                if before != *plan {
                    self.facts_since = at;
                }
                // A name that was put right is signed and certified from now on; what was signed keeps its words.
                if (&before.product, &before.version) != (&plan.product, &plan.version) {
                    self.named = self.opening.named();
                    self.assessed = self.opening.named();
                }
            }
            Event::Rescoped { capabilities } => {
                self.opening.capabilities.clone_from(capabilities);
                self.facts_since = at;
            }
            Event::PartAsked { part, side, identity } => {
                let asked = AskedPart { side: *side, identity: identity.clone(), by: person()?, at };
                self.asked_parts.insert(part.clone(), asked);
            }
            Event::PartDeclined { part, .. } => drop(self.asked_parts.remove(part)),
            Event::Joined { organisation, side, identity, part } => {
                self.parties.insert(organisation.clone(), side.unwrap_or(Side::EndUser));
                self.joined.insert(organisation.clone(), at);
                self.left.remove(organisation);
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
            Event::LeaveAsked { organisation, reason } => {
                let by = recorded.by.clone().ok_or(Corrupt::Misplaced(seq))?;
                let asked = AskedLeave { by: by.person, of: by.organisation, at, reason: reason.clone() };
                self.asked_leaves.insert(organisation.clone(), asked);
            }
            Event::LeaveDeclined { organisation, .. } => drop(self.asked_leaves.remove(organisation)),
            Event::Left { organisation, .. } => {
                self.parties.remove(organisation);
                self.asked_leaves.remove(organisation);
                self.left.insert(organisation.clone());
                self.decided_without_them(seq, at);
                // What it signed does not count alone, nor again when it comes back.
                let process = self.process;
                for spec in process.tasks.iter().filter(|spec| spec.settle == Settle::BySignatures) {
                    if signing::has_signed(self, spec, organisation) {
                        self.take_out(&spec.id, organisation, seq, at);
                    }
                    if let Some(record) = self.tasks.get_mut(&spec.id) {
                        record.taken_back.retain(|back| back.organisation != *organisation);
                    }
                }
            }
            // The facts lie beside the ledger; here stands who changed what, for whoever looks.
            Event::Reclassified { .. } => {}
            Event::SiteLive { task, site } => {
                self.touch(task, seq);
                self.sites.insert(site.ods_code.clone(), site.clone());
            }
            Event::SiteTakenBack { task, ods_code, .. } => {
                self.touch(task, seq);
                self.sites.remove(ods_code);
                if let Some(record) = self.site_records.get_mut(ods_code) {
                    record.suspended.clear();
                }
            }
            // What others do at single sites leaves an open page of the task as true as it was.
            Event::SiteStep { step, on, capabilities, sites, .. } => {
                let by = person()?;
                for site in sites {
                    let record = self.site_records.entry(site.ods_code.clone()).or_default();
                    for capability in capabilities {
                        let done = Done { on: *on, asid: site.asid.clone(), by: by.clone() };
                        record.steps.insert((*capability, *step), done);
                    }
                }
            }
            Event::SiteStepTakenBack { step, capabilities, sites, .. } => {
                for site in sites {
                    let Some(record) = self.site_records.get_mut(site) else { continue };
                    record.steps.retain(|(capability, of), _| !(of == step && capabilities.contains(capability)));
                }
            }
            Event::SiteSuspended { task, ods_code, capabilities, reason, side } => {
                let by = person()?;
                self.touch(task, seq);
                let record = self.site_records.entry(ods_code.clone()).or_default();
                for capability in capabilities {
                    let suspended = Suspended { at, reason: reason.clone(), by: by.clone(), side: *side };
                    record.suspended.insert(*capability, suspended);
                }
            }
            Event::SiteResumed { task, ods_code, capabilities, .. } => {
                self.touch(task, seq);
                if let Some(record) = self.site_records.get_mut(ods_code) {
                    record.suspended.retain(|capability, _| !capabilities.contains(capability));
                }
            }
            Event::SiteChecked { ods_code, on, fine, words, .. } => {
                let check = EarlyCheck { on: *on, fine: *fine, words: words.clone(), by: person()?, at };
                self.site_records.entry(ods_code.clone()).or_default().checks.push(check);
            }
            Event::ConditionClosed { task, field, role, round, note } => {
                let by = person()?;
                let closed = ClosedCondition { field: field.clone(), role: *role, round: *round, note: note.clone(), by, at };
                self.touch(task, seq).closed.push(closed);
            }
            Event::MembersChecked { task, checked, .. } => {
                let by = person()?;
                self.record_of(task);
                for check in checked {
                    let known = self.checked.entry(check.ods_code.clone()).or_default();
                    if let Some(dspt) = &check.dspt {
                        known.dspt = Some((dspt.clone(), by.clone(), at));
                    }
                    if let Some(sharing) = &check.sharing {
                        known.sharing = Some((sharing.clone(), by.clone(), at));
                    }
                }
            }
            Event::QueryRaised { task, role, row, words } => {
                let (role, by, words) = (*role, person()?, words.clone());
                let query = self.touch(task, seq).queries.entry(row.clone()).or_default();
                query.words.push(QueryWord { role, by, at, words, changes: false });
                query.closed = None;
            }
            Event::QueryAnswered { task, role, row, words, changes } => {
                let word = QueryWord { role: *role, by: person()?, at, words: words.clone(), changes: *changes };
                let query = self.touch(task, seq).queries.get_mut(row).ok_or(Corrupt::Misplaced(seq))?;
                query.words.push(word);
                // Its team judges it again; every other row keeps its verdict.
                if let Some(scal) = self.process.scal().filter(|_| *changes) {
                    self.touch(&scal.id, seq).verdicts.forget(row);
                    self.asked_again.insert(row.clone(), Again { since: seq, why: Why::Query });
                }
            }
            Event::QueryClosed { task, row, .. } => {
                let by = person()?;
                let query = self.touch(task, seq).queries.get_mut(row).ok_or(Corrupt::Misplaced(seq))?;
                query.closed = Some((by, at));
            }
            Event::DefectRaised { task, number, role, defect, assessment } => {
                let word = defect_word(DefectDeed::Raised(*assessment), *role, person()?, at, "");
                let next = u32::try_from(self.defects.len()).unwrap_or(u32::MAX).saturating_add(1);
                let raised = DefectRecord::raised(*number, task.clone(), defect.clone(), word, seq);
                self.defects.push(raised.filter(|_| *number == next).ok_or(Corrupt::Misplaced(seq))?);
                self.record_of(task);
                self.note_pause(task, at);
            }
            Event::DefectAssessed { task, number, role, assessment, reason } => {
                let word = defect_word(DefectDeed::Assessed(*assessment), *role, person()?, at, reason);
                self.defect_goes_on(task, *number, word, seq)?;
            }
            Event::DefectMended { task, number, role, what, version } => {
                let word = defect_word(DefectDeed::Mended(version.clone()), *role, person()?, at, what);
                self.defect_goes_on(task, *number, word, seq)?;
            }
            Event::DefectClosed { task, number, role, how, words } => {
                let word = defect_word(DefectDeed::Closed(*how), *role, person()?, at, words);
                self.defect_goes_on(task, *number, word, seq)?;
            }
            Event::DefectReopened { task, number, role, words } => {
                let word = defect_word(DefectDeed::Reopened, *role, person()?, at, words);
                self.defect_goes_on(task, *number, word, seq)?;
            }
            Event::WentLive => self.phase = Phase::Live { since: at },
            Event::Withdrawn { reason } => self.phase = Phase::Withdrawn { since: at, reason: reason.clone() },
            Event::Resumed { .. } => {
                self.phase = Phase::Open;
                self.resumed = Some(at);
            }
        }
        Ok(())
    }

    /// Keeps what the programme wrote with a decision.
    fn reply(&mut self, recorded: &Recorded) {
        let (how, task, role, words) = match &recorded.event {
            Event::Approved { task, role, note, .. } => (Settlement::Approved, task, role, note),
            Event::Acknowledged { task, role, note, .. } => (Settlement::Acknowledged, task, role, note),
            Event::Issued { task, role, note, .. } => (Settlement::Issued, task, role, note),
            _ => return,
        };
        let Some(by) = recorded.by.as_ref().filter(|_| !words.is_empty()) else { return };
        let record = self.touch(task, recorded.seq);
        let (by, words) = (by.person.clone(), words.clone());
        record.replies.push(Reply { how, round: record.round, role: *role, by, at: recorded.at, words });
    }

    /// Something was done about a defect. Open pages of its task are as true as before; the clock of whoever issues the certificate
    /// begins when the last defect that blocks it is gone.
    fn defect_goes_on(&mut self, task: &TaskId, number: u32, word: DefectWord, seq: Seq) -> Result<(), Corrupt> {
        let process = self.process;
        let blocked = |journey: &Self| -> Vec<&'static TaskSpec> {
            process.tasks.iter().filter(|spec| !journey.blocked_by(spec).is_empty()).collect()
        };
        let (at, before) = (word.at, blocked(self));
        let place = usize::try_from(number).unwrap_or_default().wrapping_sub(1);
        let defect = self.defects.get_mut(place).filter(|defect| defect.task == *task).ok_or(Corrupt::Misplaced(seq))?;
        if !defect.goes_on(word, seq) {
            return Err(Corrupt::Misplaced(seq));
        }
        self.note_pause(task, at);
        let after = blocked(self);
        for spec in before.into_iter().filter(|spec| !after.iter().any(|other| other.id == spec.id)) {
            self.record_of(&spec.id).held = Some(at);
        }
        Ok(())
    }

    fn touch(&mut self, task: &TaskId, seq: Seq) -> &mut TaskRecord {
        let record = self.record_of(task);
        record.changed = seq;
        record
    }

    /// The same for what leaves an open page of the task as true as it was.
    fn record_of(&mut self, task: &TaskId) -> &mut TaskRecord {
        let opened = self.opened_at;
        self.tasks.entry(task.clone()).or_insert_with(|| TaskRecord::untouched(opened))
    }

    fn settle(&mut self, task: &TaskId, how: Settlement, by: Option<PersonId>, note: &str, seq: Seq, at: Timestamp) {
        let record = self.touch(task, seq);
        record.since = at;
        record.proposal = None;
        record.reopened = None;
        record.state = State::Settled { how, by, note: note.to_owned() };
        self.rest(task, seq, at);
    }

    /// Notes what a task rests on, if it is settled now.
    fn rest(&mut self, task: &TaskId, seq: Seq, at: Timestamp) {
        let Some(spec) = self.process.task(task) else { return };
        if !matches!(self.task(task).state, State::Settled { .. }) {
            return;
        }
        let record = self.touch(task, seq);
        record.settled = Some(seq);
        record.validity = None;
        record.stopped = None;
        record.expired = None;
        record.first_settled.get_or_insert(at);
        record.confirmed.clear();
        self.approve_use(spec);
        let mut basis = Basis::now(self, spec);
        // What was approved is what was sent, with the rows that were asked then, whatever was chosen while it was looked at.
        if let Some(sent) = self.submitted_in(spec).sent.last().filter(|_| spec.settle == Settle::ByReview) {
            basis.capabilities = basis.capabilities.map(|_| sent.capabilities.clone());
            basis.edition = basis.edition.map(|_| sent.edition.clone());
        }
        let left = certificates::kind(spec).map(|_| IssuedAs {
            seq,
            at,
            product: self.product().to_owned(),
            capabilities: self.opening.capabilities.clone(),
            supplier: self.identity(&self.organisation).cloned(),
            facts: None,
        });
        let version = self.product_version().map(|(version, _)| version.to_owned());
        let record = self.touch(task, seq);
        record.basis = Some(basis);
        if let Some(left) = &left
            && record.versions.last().is_none_or(|known| known.version != version)
        {
            record.versions.push(Certified { product: left.product.clone(), version, at });
        }
        record.certificate = left.or_else(|| record.certificate.take());
    }

    /// The use case that counts from now on, where this settles one.
    fn approve_use(&mut self, spec: &TaskSpec) {
        let work = self.submitter(&spec.id).unwrap_or_else(|| spec.id.clone());
        let decides = self.process.reviewer_of(&work).is_none_or(|reviewer| reviewer.id == spec.id);
        if !decides || self.process.task(&work).is_none_or(|work| work.page != Page::UseCase) {
            return;
        }
        let sent = self.task(&work).sent.last();
        let approved = sent.and_then(|sent| Some(ApprovedUse { says: sent.use_case.clone()?, digest: sent.digest.clone() }));
        self.use_case = approved;
    }

    /// A round is settled when everybody who decides has approved it.
    fn settle_when_approved(&mut self, task: &TaskId, by: &PersonId, note: &str, seq: Seq, at: Timestamp) {
        let wanted = self.process.task(task).map(|spec| self.deciders(spec)).unwrap_or_default();
        let record = self.touch(task, seq);
        let approved = |role: &Role| record.approvals.iter().any(|approval| approval.role == *role);
        if !record.asked.is_empty() || !wanted.iter().all(approved) {
            return;
        }
        record.since = at;
        record.reopened = None;
        record.state = State::Settled { how: Settlement::Approved, by: Some(by.clone()), note: note.to_owned() };
        self.rest(task, seq, at);
        if let Some(submitter) = self.submitter(task) {
            self.touch(&submitter, seq).reopened = None;
        }
    }

    /// Somebody who was to agree to a round has left: what the others decided counts.
    fn decided_without_them(&mut self, seq: Seq, at: Timestamp) {
        let process = self.process;
        for spec in process.tasks.iter().filter(|spec| !spec.agrees.is_empty()) {
            let record = self.task(&spec.id);
            if record.state != State::Submitted {
                continue;
            }
            if let Some(last) = record.approvals.last().cloned() {
                self.settle_when_approved(&spec.id, &last.by, "", seq, at);
            }
            self.go_back_when_finished(&spec.id, seq, at);
        }
    }

    /// What the certificate says that a task has just left.
    fn certify(&mut self, task: &TaskId, facts: Option<&Digest>) {
        if let Some(left) = self.record_of(task).certificate.as_mut() {
            left.facts = facts.cloned();
        }
    }

    /// A round goes back when every team has finished and one of them asked for a change.
    fn go_back_when_finished(&mut self, task: &TaskId, seq: Seq, at: Timestamp) {
        let record = self.task(task);
        let wanted = self.process.task(task).map(|spec| self.deciders(spec)).unwrap_or_default();
        if !record.asked.is_empty() && wanted.iter().all(|role| record.has_finished(*role)) {
            self.go_back(task, seq, at);
        }
    }

    /// A round goes back with everything that was asked for.
    fn go_back(&mut self, task: &TaskId, seq: Seq, at: Timestamp) {
        let asked = &self.task(task).asked;
        let Some(last) = asked.last() else { return };
        let findings = asked.iter().flat_map(|asked| asked.findings.iter().cloned()).collect();
        let state = State::Returned { by: last.by.clone(), role: last.role, findings, refused: false };
        self.send_back(task, state, seq, at);
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

    /// Each of these has a signature that says until which day it counts, and its time has come.
    fn renewable(&self, task: &TaskId, of: &[OrganisationId], come: impl Fn(Date) -> bool, seq: Seq) -> Result<(), Corrupt> {
        let signatures = &self.task(task).signatures;
        let due = |organisation: &OrganisationId| {
            signatures.iter().any(|s| s.organisation == *organisation && s.renew_by.is_some_and(&come))
        };
        if of.iter().all(due) { Ok(()) } else { Err(Corrupt::Misplaced(seq)) }
    }

    /// What an organisation that uses the product has signed on a task counts no more. The others' signatures stay; where
    /// nobody of that side is left, the task is open and everybody signs again.
    fn take_out(&mut self, task: &TaskId, organisation: &OrganisationId, seq: Seq, at: Timestamp) {
        let of_users = |role: Role| role.side() == Side::EndUser;
        let record = self.touch(task, seq);
        record.signatures.retain(|signature| !(of_users(signature.role) && signature.organisation == *organisation));
        record.ending.retain(|ending| ending.back.organisation != *organisation);
        record.to_renew.remove(organisation);
        if !record.signatures.iter().any(|signature| of_users(signature.role)) {
            record.signatures.clear();
            record.ending.clear();
            if matches!(record.state, State::Settled { .. }) {
                record.state = State::Open;
                record.since = at;
            }
        }
    }

    fn reopen(&mut self, task: &TaskId, why: Reopening, seq: Seq, at: Timestamp) {
        for task in [Some(task.clone()), self.submitter(task)].into_iter().flatten() {
            let record = self.touch(&task, seq);
            record.state = State::Open;
            record.since = at;
            record.approvals.clear();
            record.to_fill_in = true;
            record.signatures.clear();
            record.taken_back.clear();
            record.ending.clear();
            record.to_renew.clear();
            record.lapsed.clear();
            record.validity = None;
            record.stopped = None;
            record.expired = None;
            record.reopened = Some(why.clone());
        }
    }
}

fn defect_word(deed: DefectDeed, role: Role, by: PersonId, at: Timestamp, words: &str) -> DefectWord {
    DefectWord { deed, role, by, at, words: words.to_owned() }
}

/// A signature that was to be given anew is given: the one before makes room, also where one of the two was given by a link.
fn renewed(record: &mut TaskRecord, role: Role, organisation: &OrganisationId, identity: Option<&Identity>) {
    let code = |identity: &Identity| identity.ods_code.clone();
    let own = identity.map(code).filter(|code| !code.is_empty());
    let is_own = |s: &Signature| s.organisation == *organisation || (own.is_some() && s.identity.as_ref().map(code) == own);
    let to_renew = &mut record.to_renew;
    let lapsed = &mut record.lapsed;
    record.signatures.retain(|s| !(s.role == role && is_own(s) && to_renew.remove(&s.organisation).is_some()));
    lapsed.remove(organisation);
}

impl Journey {
    /// The fold of a whole ledger, each link verified.
    ///
    /// # Errors
    /// [`Corrupt`] at the first event that cannot be.
    pub fn replay(reference: &JourneyRef, history: &[Recorded], processes: &'static Processes) -> Result<Self, Corrupt> {
        let Some((first, rest)) = history.split_first() else { return Err(Corrupt::Misplaced(Seq(0))) };
        let mut journey = Self::open(reference, first, processes)?;
        let passed: BTreeMap<Seq, &Event> =
            rest.iter().filter_map(|recorded| Some((recorded.event.takes_back()?, &recorded.event))).collect();
        for recorded in rest {
            match passed.get(&recorded.seq) {
                Some(by) => journey.pass_over(recorded, by)?,
                None => journey.evolve(recorded)?,
            }
        }
        Ok(journey)
    }

    /// Goes on to the entry at this place of the ledger. `self` is the fold of all before it.
    ///
    /// # Errors
    /// As [`Journey::evolve`].
    pub fn step(&mut self, history: &[Recorded], at: usize, processes: &'static Processes) -> Result<(), Corrupt> {
        let recorded = &history[at];
        if recorded.event.takes_back().is_none() {
            return self.evolve(recorded);
        }
        // What is taken back stands before: the ledger is told again without it.
        *self = Self::replay(&self.reference, &history[..=at], processes)?;
        Ok(())
    }

    /// The same for all that was recorded since. `before` is the whole ledger until then.
    ///
    /// # Errors
    /// As [`Journey::evolve`].
    pub fn then(&self, before: &[Recorded], since: &[Recorded], processes: &'static Processes) -> Result<Self, Corrupt> {
        if since.iter().any(|recorded| recorded.event.takes_back().is_some()) {
            let all: Vec<Recorded> = before.iter().chain(since).cloned().collect();
            return Self::replay(&self.reference, &all, processes);
        }
        let mut after = self.clone();
        for recorded in since {
            after.evolve(recorded)?;
        }
        Ok(after)
    }

    /// Keeps the place of an entry that a later one takes back, `by` what that says, and nothing of what it says itself.
    fn pass_over(&mut self, recorded: &Recorded, by: &Event) -> Result<(), Corrupt> {
        let seq = recorded.seq;
        if !recorded.follows(&self.reference.to_string(), Some((self.seq, &self.head))) {
            return Err(Corrupt::Broken(seq));
        }
        let Some(task) = recorded.event.task().filter(|task| by.task() == Some(task) && self.process.task(task).is_some()) else {
            return Err(Corrupt::Misplaced(seq));
        };
        if let Some(by) = recorded.by.as_ref().filter(|by| has_part(self, &by.organisation)) {
            self.hands_of_others.insert(by.person.clone());
        }
        let record = self.touch(task, seq);
        match (&recorded.event, by) {
            // Its number is used: what is sent next is another round.
            (Event::Submitted { round, digest, .. }, Event::RoundTakenBack { .. }) => {
                record.round = *round;
                record.kept_back = Some((*round, digest.clone()));
            }
            (event, Event::Undone { .. }) if event.is_undoable() => {}
            _ => return Err(Corrupt::Misplaced(seq)),
        }
        self.passed.insert(seq);
        self.came_to(recorded);
        Ok(())
    }

    /// The journey after its first event.
    ///
    /// # Errors
    /// [`Corrupt`] when that is not a lawful opening.
    pub fn open(reference: &JourneyRef, first: &Recorded, processes: &'static Processes) -> Result<Self, Corrupt> {
        if !first.follows(&reference.to_string(), None) {
            return Err(Corrupt::Broken(first.seq));
        }
        let Event::Opened { process, organisation, opening, identity } = &first.event else {
            return Err(Corrupt::Misplaced(first.seq));
        };
        if !editions::knows(&opening.catalogue) {
            return Err(Corrupt::UnknownEdition(opening.catalogue.clone()));
        }
        let process = processes.get(process).ok_or_else(|| Corrupt::UnknownProcess(process.to_string()))?;
        Ok(Self {
            reference: reference.clone(),
            process,
            organisation: organisation.clone(),
            opening: opening.clone(),
            opened_at: first.at,
            opened_by: first.by.clone(),
            phase: Phase::Open,
            seq: first.seq,
            head: first.digest.clone(),
            changed_at: first.at,
            whole_changed: first.seq,
            passed: BTreeSet::new(),
            sites: BTreeMap::new(),
            site_records: BTreeMap::new(),
            parties: BTreeMap::new(),
            joined: BTreeMap::new(),
            asked_parts: BTreeMap::new(),
            asked_leaves: BTreeMap::new(),
            group: None,
            signers: BTreeSet::new(),
            left: BTreeSet::new(),
            identities: identity.iter().map(|identity| (organisation.clone(), identity.clone())).collect(),
            known_as: names::told_by(&first.event).into_iter().collect(),
            tasks: BTreeMap::new(),
            untouched: TaskRecord::untouched(first.at),
            asked_again: BTreeMap::new(),
            product: None,
            named: opening.named(),
            assessed: opening.named(),
            stands: OnceLock::new(),
            facts_since: first.at,
            resumed: None,
            hands_of_others: first.by.iter().map(|by| by.person.clone()).collect(),
            checked: BTreeMap::new(),
            use_case_for: None,
            defects: Vec::new(),
            pauses: BTreeMap::new(),
            use_case: None,
        })
    }

    /// The next events of this journey, chained and with their place, not yet applied.
    #[must_use]
    pub fn record(&self, events: Vec<Event>, by: Option<By>, at: Timestamp) -> Vec<Recorded> {
        let stream = self.reference.to_string();
        let mut last = (self.seq, self.head.clone());
        events
            .into_iter()
            .map(|event| {
                let recorded = Recorded::chain(&stream, Some((last.0, &last.1)), at, by.clone(), event);
                last = (recorded.seq, recorded.digest.clone());
                recorded
            })
            .collect()
    }

    /// Applies one event.
    ///
    /// # Errors
    /// [`Corrupt`] when it does not follow; the journey is then unchanged.
    pub fn evolve(&mut self, recorded: &Recorded) -> Result<(), Corrupt> {
        if !recorded.follows(&self.reference.to_string(), Some((self.seq, &self.head))) {
            return Err(Corrupt::Broken(recorded.seq));
        }
        if recorded.event.task().is_some_and(|task| self.process.task(task).is_none()) {
            return Err(Corrupt::UnknownTask(recorded.seq));
        }
        if let Event::Uplifted { catalogue, .. } = &recorded.event
            && !editions::knows(catalogue)
        {
            return Err(Corrupt::UnknownEdition(catalogue.clone()));
        }
        self.stands = OnceLock::new();
        self.apply(recorded)?;
        self.known_as.extend(names::told_by(&recorded.event));
        self.note_deed(recorded);
        self.came_to(recorded);
        Ok(())
    }

    fn came_to(&mut self, recorded: &Recorded) {
        self.stands = OnceLock::new();
        self.seq = recorded.seq;
        self.head = recorded.digest.clone();
        self.changed_at = recorded.at;
        if recorded.event.task().is_none() {
            self.whole_changed = recorded.seq;
        }
    }

    /// What its doer may take back, until something is built on it.
    fn note_deed(&mut self, recorded: &Recorded) {
        let (Some(task), Some(by)) = (recorded.event.task(), &recorded.by) else { return };
        let deed = LastDeed { seq: recorded.seq, by: by.person.clone(), at: recorded.at };
        if recorded.event.is_undoable() {
            self.record_of(task).decided = Some(deed);
        } else if matches!(recorded.event, Event::Submitted { .. }) {
            self.record_of(task).handed_in = Some(deed);
        }
    }
}
