//! Forms of operators: each act has its reason, and every page may have several such forms.

use std::sync::Arc;

use journey::{
    base::{
        actor::Actor,
        ids::{JourneyRef, OrganisationId, PersonId},
    },
    form::{Answers, Problem},
    people::operators::{self, MergeRefusal},
    port::{
        accounts::AccountsRefused,
        audit::{Act, Noted},
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{Typed, signed_in},
        step_up,
    },
    base::{halt::Halt, said::RefusedForm, words},
    design::{Button, Details, Hidden, ask},
    request::{
        flash,
        services::{Services, services},
        visitor::{Caller, Visitor, calling},
    },
};

/// Only who operates this service.
///
/// # Errors
/// [`Halt::NotYours`] for everybody else.
pub fn operators_only(actor: &Actor) -> Result<(), Halt> {
    if operators::may_operate(actor) {
        return Ok(());
    }
    Err(Halt::NotYours {
        heading: "This page is for the operators of this service".to_owned(),
        detail: "They look after accounts. The people of your own organisation are under Organisation.".to_owned(),
    })
}

/// Where an organisation stands for operators.
#[must_use]
pub fn organisation_page(id: &OrganisationId) -> String {
    format!("/operator/organisations/{id}")
}

/// Where a person stands for operators.
#[must_use]
pub fn person_page(id: &PersonId) -> String {
    format!("/operator/people/{id}")
}

/// An operator who does something, with the reason.
pub(crate) struct Operating {
    pub services: Services,
    pub caller: Caller,
    pub visitor: Arc<Visitor>,
    pub reason: String,
    page: String,
    typed: Answers,
    key: String,
}

impl Operating {
    /// Brings them back to their page with what they typed, and why nothing was done.
    pub async fn refuse(&self, heading: &str, detail: &str) -> Result<String, Halt> {
        let kept = RefusedForm {
            path: self.page.clone(),
            heading: heading.to_owned(),
            detail: detail.to_owned(),
            typed: self.typed.clone().with("form", &self.key),
            ..RefusedForm::default()
        };
        flash::keep(&self.caller.session, kept).await?;
        Ok(self.page.clone())
    }

    /// The same for what the store refused.
    pub async fn refused(&self, refused: AccountsRefused) -> Result<String, Halt> {
        let (heading, detail) = in_words(refused)?;
        self.refuse(&heading, &detail).await
    }

    /// Says what was done.
    pub fn done(&self, heading: &str, text: &str) -> Result<String, Halt> {
        flash::say(&self.caller, heading, text);
        Ok(self.page.clone())
    }
}

/// Who does it and why; or the page that they come back to, when the reason is missing.
pub(crate) async fn operating(page: String, key: &str, answers: Typed) -> Result<Result<Operating, String>, Halt> {
    let (services, caller, typed) = (services()?, calling()?, Answers(answers));
    let visitor = signed_in(&caller, &page, &typed).await?;
    operators_only(&visitor.actor)?;
    if let Some(to) = step_up::stale(&services, &caller, &page, &typed.clone().with("form", key)).await? {
        return Ok(Err(to));
    }
    match operators::reason().check(&typed) {
        Ok(clean) => {
            let (reason, key) = (clean.one("reason").to_owned(), key.to_owned());
            Ok(Ok(Operating { services, caller, visitor, reason, page, typed, key }))
        }
        Err(problems) => {
            let field = field_of(key);
            let problems = problems.0.into_iter().map(|problem| Problem::new(&field, &problem.says)).collect();
            let kept = RefusedForm {
                path: page.clone(),
                heading: "There is a problem".to_owned(),
                detail: "Nothing was changed.".to_owned(),
                problems,
                typed: typed.with("form", key),
            };
            flash::keep(&caller.session, kept).await?;
            Ok(Err(page))
        }
    }
}

fn field_of(key: &str) -> String {
    format!("reason-{key}")
}

/// What people are told about the reason of an act that concerns somebody.
pub(crate) const READ_BY_THEM: &str = "This goes into the audit. The people concerned read it in an email.";

/// The question for the reason, in one of the forms of a page.
pub(crate) fn reason(key: &str, help: &str, kept: Option<&RefusedForm>) -> AnyView {
    let own = kept.filter(|kept| kept.typed.one("form") == key);
    let field = field_of(key);
    let value = own.map(|kept| kept.typed.one("reason").to_owned()).unwrap_or_default();
    let problem = own.and_then(|kept| kept.problem(&field));
    ask::words(&field, "answers[reason][]", "Why?", help, &value, problem, 2)
}

/// One act as a form that opens: what it does, the reason, its button.
pub(crate) struct Form {
    pub key: String,
    pub summary: String,
    pub says: String,
    pub action: &'static str,
    pub hidden: Vec<(&'static str, String)>,
    pub button: String,
    pub warning: bool,
}

impl Form {
    pub fn draw(self, kept: Option<&RefusedForm>) -> AnyView {
        let open = kept.is_some_and(|kept| kept.typed.one("form") == self.key);
        let question = reason(&self.key, READ_BY_THEM, kept);
        view! {
            <Details summary=self.summary open=open body=view! {
                <p>{self.says}</p>
                <form action=self.action method="post" novalidate>
                    <Hidden values=self.hidden />
                    {question}
                    <Button text=self.button warning=self.warning secondary=!self.warning />
                </form>
            }.into_any() />
        }
        .into_any()
    }
}

/// Why something was not done: a heading and what to do.
///
/// # Errors
/// When the database does not answer.
pub(crate) fn in_words(refused: AccountsRefused) -> Result<(String, String), Halt> {
    let (heading, detail) = match refused {
        AccountsRefused::Store(error) => return Err(error.into()),
        AccountsRefused::NotAnOperator => {
            ("You do not operate this service any more", "Somebody has changed your roles. Nothing was changed.".to_owned())
        }
        AccountsRefused::Oneself => ("You cannot lock your own account", "Ask another operator.".to_owned()),
        AccountsRefused::LastOperator => (
            "This is the last operator",
            "Without them nobody could look after this service. Invite another operator first, and wait until they have accepted."
                .to_owned(),
        ),
        AccountsRefused::LastKeeper(names) => (
            "Nobody else looks after the people of an organisation",
            format!(
                "This person is the last who can invite people to {}. Have them give that role to a colleague first.",
                words::listed(names)
            ),
        ),
        AccountsRefused::HasAKeeper => (
            "Somebody looks after the people of this organisation",
            "They can give roles to their colleagues themselves. Nothing was changed.".to_owned(),
        ),
        AccountsRefused::ChangedSince => (
            "This was changed meanwhile",
            "Somebody else was faster, or the page was old. It shows now how things are. Nothing was changed.".to_owned(),
        ),
        AccountsRefused::NotMerged(refusals) => (
            "These organisations cannot be merged",
            refusals.iter().map(why_not_merged).collect::<Vec<_>>().join(" "),
        ),
    };
    Ok((heading.to_owned(), detail))
}

/// Why two organisations stay two.
pub(crate) fn why_not_merged(refusal: &MergeRefusal) -> String {
    match refusal {
        MergeRefusal::Same => "An organisation cannot be merged into itself.".to_owned(),
        MergeRefusal::OtherSide => "They are of different kinds: a supplier cannot become an end user, for example.".to_owned(),
        MergeRefusal::Merged => "One of them has already been merged.".to_owned(),
        MergeRefusal::Journeys(journeys) => format!(
            "The one that would go takes part in {}: {}. What was recorded there names it and cannot be changed. Try it the other way round.",
            words::counted(journeys.len(), "journey"),
            words::listed(journeys.iter().map(JourneyRef::to_string).collect())
        ),
    }
}

/// Something that an operator, or whoever else asks, did beside the ledgers.
#[must_use]
pub fn noted(services: &Services, caller: &Caller, act: Act, about: &str, reason: &str) -> Noted {
    Noted {
        id: services.secrets.id(),
        at: services.clock.now(),
        act,
        person: caller.visitor.as_ref().map(|visitor| visitor.actor.person.clone()),
        organisation: caller.visitor.as_ref().map(|visitor| visitor.actor.organisation.clone()),
        journey: None,
        about: about.to_owned(),
        reason: reason.to_owned(),
        address: caller.address.clone(),
    }
}
