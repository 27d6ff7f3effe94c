//! Drafts are nobody's to lose: whatever people do on a journey, in whatever order, a draft goes with the submission or the
//! decision that is made of it and with nothing else, and whoever may go on with it finds its words on their page.

use std::collections::BTreeMap;

use crate::common::{
    House,
    world::{Play, Someone, admit, answers_to, fields_of, invite, journey_of, register},
};
use journey::{
    base::{
        actor::{Role, Side},
        ids::{JourneyRef, TaskId},
    },
    form::{Answers, Form, Kind},
    ledger::{journey::Journey, machine::Verb},
    plan::process::{Page, TaskSpec},
    port::Drafts as _,
    rule::{answering, offers, review},
    task::forms,
};

/// A small generator (xorshift), so that a failure can be seen again from its seed.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % n as u64).unwrap()
    }
}

/// What people have been told is saved: task and subject, with the words that they typed last.
type Told = BTreeMap<(TaskId, String), String>;

struct Scene {
    house: House,
    lead: Someone,
    colleague: Someone,
    programme: Someone,
    reference: JourneyRef,
    told: Told,
    rng: Rng,
    count: usize,
}

impl Scene {
    async fn new(seed: u64) -> Self {
        let house = House::new().await;
        let mut lead = register(&house, "Acme Care", "lena.lead@acme.example").await;
        let colleague = invite(&house, &mut lead, "ben.lead@acme.example", Role::OnboardingLead).await;
        let every: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == Side::Programme).collect();
        let programme = admit(&house, Side::Programme, "NHS England", "una@nhs.example", &every).await;
        let mut play = Play::open(&house, &lead);
        let reference = play.until_ready(&[&lead.actor, &programme.actor], "receive-scal").written(&house).await;
        Self { house, lead, colleague, programme, reference, told: Told::new(), rng: Rng(seed), count: 0 }
    }

    async fn journey(&self) -> Journey {
        journey_of(&self.house, &self.reference).await
    }

    /// A task of a plain form on which somebody may do this now.
    fn some(&mut self, journey: &Journey, verb: Verb, of_programme: bool) -> Option<&'static TaskSpec> {
        let actor = if of_programme { &self.programme.actor } else { &self.lead.actor };
        let plain = |spec: &&TaskSpec| matches!(spec.page, Page::Form | Page::Evidence | Page::Mark);
        let all: Vec<_> =
            journey.plan().filter(plain).filter(|spec| offers::offers_on(journey, actor, &spec.id).contains(&verb)).collect();
        if all.is_empty() { None } else { Some(all[self.rng.below(all.len())]) }
    }

    /// The version that is stored, or now and then one that is not. Whether it is the one, and whether there is any.
    async fn version(&mut self, task: &TaskId, subject: &str) -> (u64, bool, bool) {
        let stored = self.house.db.draft(&self.reference, task, subject).await.unwrap().map_or(0, |draft| draft.version);
        if self.rng.below(4) == 0 { (stored + 1, false, stored > 0) } else { (stored, true, stored > 0) }
    }

    fn words(&mut self) -> String {
        self.count += 1;
        format!("Words that were typed, number {}.", self.count)
    }

    /// Sends a form as the lead, as a colleague or as the programme; whether it was done.
    async fn sends(&mut self, of_programme: bool, action: &str, fields: &[(String, String)]) -> bool {
        let someone = match (of_programme, self.rng.below(2)) {
            (true, _) => &mut self.programme,
            (false, 0) => &mut self.lead,
            (false, _) => &mut self.colleague,
        };
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        someone.browser.submit(action, &fields).await.done().is_some()
    }

    fn form(&self, journey: &Journey, spec: &TaskSpec, more: &[(&str, String)]) -> Vec<(String, String)> {
        let seen = journey.changed(&spec.id).to_string();
        let own = [("journey", self.reference.to_string()), ("task", spec.id.to_string()), ("seen", seen)];
        own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    /// One step of somebody. Says what it was.
    async fn step(&mut self) -> &'static str {
        let journey = self.journey().await;
        match self.rng.below(12) {
            0..=4 => self.types(&journey).await,
            5 | 6 => self.submits(&journey).await,
            7 | 8 => self.judges(&journey).await,
            9 => self.decides(&journey).await,
            10 => self.answers(&journey).await,
            _ => self.opens_again(&journey).await,
        }
    }

    async fn types(&mut self, journey: &Journey) -> &'static str {
        let Some(spec) = self.some(journey, Verb::Submit, false) else { return "nothing to type" };
        let Some(field) = words_in(&forms::asked(spec, &journey.opening)) else { return "nothing to type" };
        let (version, fits, _) = self.version(&spec.id, "answers").await;
        let words = self.words();
        let answer = (format!("answers[{field}][]"), words.clone());
        let mut form = self.form(journey, spec, &[("subject", "answers".to_owned()), ("version", version.to_string())]);
        form.push(answer);
        let saved = self.sends(false, "draft/keep", &form).await;
        assert_eq!(saved, fits, "a draft of {}", spec.id);
        if saved {
            self.told.insert((spec.id.clone(), "answers".to_owned()), words);
        }
        "types an answer"
    }

    async fn submits(&mut self, journey: &Journey) -> &'static str {
        let Some(spec) = self.some(journey, Verb::Submit, false) else { return "nothing to send" };
        let (version, fits, there) = self.version(&spec.id, "answers").await;
        let words = self.words();
        let mut answers = answers_to(&forms::asked(spec, &journey.opening), &words);
        answers.0.retain(|name, _| name != "files");
        for finding in answering::findings(journey, spec) {
            answers = answers.with(&answering::reply_to(finding.field.as_ref()), &words);
        }
        let mut form = self.form(journey, spec, &[("version", version.to_string())]);
        form.extend(fields_of(&answers));
        let sent = self.sends(false, "task/submit", &form).await;
        // A draft that nobody has seen stops it.
        assert_eq!(sent, fits || !there, "{} is sent", spec.id);
        if sent {
            self.told.remove(&(spec.id.clone(), "answers".to_owned()));
        }
        "sends a task"
    }

    /// The reviewed task that waits, the role that decides, and its parts with a verdict on each.
    fn waiting(&mut self, journey: &Journey) -> Option<(&'static TaskSpec, Role, Vec<String>)> {
        let spec = self.some(journey, Verb::Approve, true)?;
        let role = offers::judge(journey, &self.programme.actor, Verb::Approve, &spec.id).ok()?;
        let form = review::judged_form(journey, spec, &Answers::default());
        Some((spec, role, form.to_review().into_iter().map(|part| part.id.to_string()).collect()))
    }

    async fn judges(&mut self, journey: &Journey) -> &'static str {
        let Some((spec, role, parts)) = self.waiting(journey) else { return "nothing to judge" };
        let subject = review::subject_of(role);
        let (version, fits, _) = self.version(&spec.id, &subject).await;
        let words = self.words();
        let mut form = self.form(journey, spec, &[("subject", subject.clone()), ("version", version.to_string())]);
        form.push((format!("answers[finding_{}][]", parts[0]), words.clone()));
        let saved = self.sends(true, "draft/keep", &form).await;
        assert_eq!(saved, fits, "a draft of the review of {}", spec.id);
        if saved {
            self.told.insert((spec.id.clone(), subject), words);
        }
        "types a verdict"
    }

    async fn decides(&mut self, journey: &Journey) -> &'static str {
        let Some((spec, role, parts)) = self.waiting(journey) else { return "nothing to decide" };
        let subject = review::subject_of(role);
        let (version, fits, there) = self.version(&spec.id, &subject).await;
        let back = self.rng.below(2) == 0;
        let decision = if back { "return" } else { "approve" };
        let mut form = self.form(journey, spec, &[("version", version.to_string()), ("role", role.name().to_owned())]);
        form.push(("answers[decision][]".to_owned(), decision.to_owned()));
        for (at, part) in parts.iter().enumerate() {
            let verdict = if back && at == 0 { "change" } else { "accept" };
            form.push((format!("answers[verdict_{part}][]"), verdict.to_owned()));
        }
        form.push((format!("answers[finding_{}][]", parts[0]), "Say more.".to_owned()));
        let decided = self.sends(true, "task/review", &form).await;
        assert_eq!(decided, fits || !there, "{} is decided", spec.id);
        if decided {
            self.told.remove(&(spec.id.clone(), subject));
        }
        "decides"
    }

    async fn answers(&mut self, journey: &Journey) -> &'static str {
        let Some(spec) = self.some(journey, Verb::Acknowledge, true) else { return "nothing to answer" };
        let form = self.form(journey, spec, &[("note", "It is set up.".to_owned())]);
        assert!(self.sends(true, "task/acknowledge", &form).await, "{} is answered", spec.id);
        "answers"
    }

    async fn opens_again(&mut self, journey: &Journey) -> &'static str {
        let Some(spec) = self.some(journey, Verb::Reopen, false) else { return "nothing to open again" };
        let form = self.form(journey, spec, &[("reason", "One more thing.".to_owned())]);
        assert!(self.sends(false, "task/reopen", &form).await, "{} is opened again", spec.id);
        "opens a task again"
    }

    /// What is stored is what people were told, and somebody who may go on with a draft finds its words.
    async fn check(&mut self, step: &str) {
        let journey = self.journey().await;
        let mut stored = BTreeMap::new();
        for spec in journey.plan() {
            for draft in self.house.db.drafts(&self.reference, &spec.id, "").await.unwrap() {
                stored.insert((spec.id.clone(), draft.subject), draft.body);
            }
        }
        let keys = |all: &BTreeMap<(TaskId, String), String>| all.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&stored), keys(&self.told), "after somebody {step}");
        for (draft, words) in &self.told {
            assert!(stored[draft].contains(words.as_str()), "after somebody {step}: {draft:?} is not “{words}”");
        }
        let may = |(id, subject): &&(TaskId, String)| {
            subject == "answers" && offers::offers_on(&journey, &self.lead.actor, id).contains(&Verb::Submit)
        };
        let shown: Vec<(TaskId, String)> = self.told.keys().filter(may).cloned().collect();
        if shown.is_empty() {
            return;
        }
        let (id, subject) = shown[self.rng.below(shown.len())].clone();
        let page = self.lead.browser.get(&format!("/journeys/{}/tasks/{id}", self.reference)).await;
        let words = &self.told[&(id.clone(), subject)];
        assert!(page.body.contains(words.as_str()), "after somebody {step}: {id} does not show “{words}”");
    }
}

/// A question of this form for words.
fn words_in(form: &Form) -> Option<String> {
    let takes = |kind: &Kind| matches!(kind, Kind::Words { .. }) || matches!(kind, Kind::Line { max } if *max >= 60);
    form.fields.iter().find(|field| takes(&field.kind)).map(|field| field.id.to_string())
}

#[tokio::test]
async fn a_draft_goes_with_what_is_made_of_it_and_with_nothing_else() {
    let mut steps: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in [7, 11, 13] {
        let mut scene = Scene::new(seed).await;
        for _ in 0..70 {
            let step = scene.step().await;
            *steps.entry(step).or_default() += 1;
            scene.check(step).await;
        }
        assert_eq!(scene.house.faults().await, Vec::<String>::new());
    }
    // A walk that never does something proves nothing about it.
    for step in ["types an answer", "sends a task", "types a verdict", "decides", "opens a task again"] {
        assert!(steps.get(step).is_some_and(|count| *count > 1), "{step}: {steps:?}");
    }
}
