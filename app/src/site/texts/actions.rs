//! Texts of the guidance are proposed, published, sent back and taken back.

use std::sync::Arc;

use journey::{
    form::{Answers, Problems},
    guidance::corrections::{self, Subject, may_publish, may_take_back, subject},
    port::{
        WriteError,
        audit::Act,
        corrections::{Fate, NewProposal, Proposal},
    },
};
use leptos::prelude::*;

use crate::{
    act::action::{ActionResult, Typed, act, signed_in},
    base::{halt::Halt, said::RefusedForm},
    request::{
        flash,
        services::{Services, services},
        visitor::{Caller, Visitor, calling},
    },
    site::{
        operator::forms::noted,
        texts::{letters, page::operators_only},
    },
};

/// Somebody at a text.
struct Correcting {
    services: Services,
    caller: Caller,
    visitor: Arc<Visitor>,
    subject: &'static Subject,
    page: String,
    typed: Answers,
}

impl Correcting {
    async fn begun(id: &str, answers: Typed) -> Result<Self, Halt> {
        let (services, caller, typed) = (services()?, calling()?, Answers(answers));
        let visitor = signed_in(&caller, "/guidance", &typed).await?;
        operators_only(&visitor)?;
        let subject = subject(id).ok_or(Halt::Missing)?;
        let page = format!("/guidance/{}", subject.id);
        Ok(Self { services, caller, visitor, subject, page, typed })
    }

    /// Goes back to the page with every word.
    async fn back(self, heading: &str, detail: &str, problems: Problems) -> Result<String, Halt> {
        let Self { caller, page, typed, .. } = self;
        let (heading, detail, problems) = (heading.to_owned(), detail.to_owned(), problems.0);
        flash::keep(&caller.session, RefusedForm { path: page.clone(), heading, detail, problems, typed }).await?;
        Ok(page)
    }

    async fn wrong(self, problems: Problems) -> Result<String, Halt> {
        self.back("There is a problem", "Nothing was changed.", problems).await
    }

    fn said(self, heading: &str, text: &str) -> String {
        flash::say(&self.caller, heading, text);
        self.page
    }

    /// The proposal that was looked at, while it waits.
    async fn waiting(&self, number: &str) -> Result<Option<Proposal>, Halt> {
        let proposal = self.services.store.proposals().await?.remove(&self.subject.id);
        Ok(proposal.filter(|one| one.fate == Fate::Waiting && one.number.to_string() == number))
    }

    /// Answers a proposal, tells its writer, and says so.
    async fn answer(self, proposal: &Proposal, fate: Fate, why: &str, said: (&str, &str)) -> Result<String, Halt> {
        let deed = if fate == Fate::Published { Act::TextPublished } else { Act::TextSentBack };
        let note = noted(&self.services, &self.caller, deed, &self.subject.title, why);
        let letter = match fate {
            Fate::TakenBack | Fate::Waiting => None,
            Fate::Published => letters::answered(&self.services, &self.visitor, self.subject, proposal, None).await?,
            Fate::SentBack => letters::answered(&self.services, &self.visitor, self.subject, proposal, Some(why)).await?,
        };
        match self.services.store.answer_proposal(&self.subject.id, proposal.number, fate, note, letter).await {
            Ok(()) => {
                tracing::info!(person = %self.visitor.actor.person, text = self.subject.id, fate = fate.name(), "answered");
                Ok(self.said(said.0, said.1))
            }
            Err(WriteError::Conflict) => self.gone().await,
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    }

    async fn gone(self) -> Result<String, Halt> {
        let detail = "Somebody else has answered it, or its writer took it back. The page shows how the text stands now.";
        self.back("This text does not wait any more", detail, Problems::default()).await
    }
}

/// Shows a text as it will read, and proposes nothing.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "guidance/preview")]
pub async fn preview(#[server(default)] subject: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let at = Correcting::begun(&subject, answers).await?;
        match corrections::check(&at.typed) {
            Ok((words, reason)) => {
                let typed = Answers::default().with("words", &words).with("reason", &reason);
                let shown = RefusedForm { path: at.page.clone(), typed, ..RefusedForm::default() };
                flash::keep(&at.caller.session, shown).await?;
                Ok(at.page)
            }
            Err(problems) => at.wrong(problems).await,
        }
    })
    .await
}

/// Proposes a text, unless another one waits or was published meanwhile.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "guidance/propose")]
pub async fn propose(
    #[server(default)] subject: String,
    #[server(default)] seen: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let at = Correcting::begun(&subject, answers).await?;
        let (words, reason) = match corrections::check(&at.typed) {
            Ok(read) => read,
            Err(problems) => return at.wrong(problems).await,
        };
        let note = noted(&at.services, &at.caller, Act::TextProposed, &at.subject.title, &reason);
        let letters = letters::waits(&at.services, &at.visitor, at.subject, &reason).await?;
        let told = if letters.is_empty() {
            "You are the only operator. Invite another one, who can publish it."
        } else {
            "The other operators are told by email. One of them publishes it."
        };
        let seen = seen.parse().unwrap_or(u32::MAX);
        let proposal = NewProposal { subject: at.subject.id.clone(), seen, words, reason };
        match at.services.store.propose(proposal, note, letters).await {
            Ok(()) => {
                tracing::info!(person = %at.visitor.actor.person, text = at.subject.id, "proposed");
                Ok(at.said("The text is proposed", told))
            }
            Err(WriteError::Conflict) => {
                let detail = "Another text waits for a second person, or was published meanwhile. Yours was not proposed. Compare it with that one, then preview yours again.";
                at.back("Somebody else was faster", detail, Problems::default()).await
            }
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// Publishes a text that somebody else proposed.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "guidance/publish")]
pub async fn publish(#[server(default)] subject: String, #[server(default)] number: String) -> ActionResult {
    act(async move {
        let at = Correcting::begun(&subject, Typed::default()).await?;
        let Some(proposal) = at.waiting(&number).await? else { return at.gone().await };
        if !may_publish(&at.visitor.actor, &proposal.by) {
            let detail = "You wrote this text. Another operator publishes it, or you take it back.";
            return at.back("A second person publishes a text", detail, Problems::default()).await;
        }
        at.answer(&proposal, Fate::Published, "", ("The text is published", "Everybody reads it from now on.")).await
    })
    .await
}

/// Sends a text back to whoever proposed it.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "guidance/send-back")]
pub async fn send_back(
    #[server(default)] subject: String,
    #[server(default)] number: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let at = Correcting::begun(&subject, answers).await?;
        let Some(proposal) = at.waiting(&number).await? else { return at.gone().await };
        if !may_publish(&at.visitor.actor, &proposal.by) {
            let detail = "You wrote this text yourself. You can take it back.";
            return at.back("A second person sends a text back", detail, Problems::default()).await;
        }
        match corrections::sending_back().check(&at.typed) {
            Ok(clean) => {
                let said = format!("{} is told by email.", proposal.named);
                at.answer(&proposal, Fate::SentBack, clean.one("why"), ("The text is sent back", &said)).await
            }
            Err(problems) => at.wrong(problems).await,
        }
    })
    .await
}

/// Takes back a text that one proposed oneself.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "guidance/take-back")]
pub async fn take_back(#[server(default)] subject: String, #[server(default)] number: String) -> ActionResult {
    act(async move {
        let at = Correcting::begun(&subject, Typed::default()).await?;
        let Some(proposal) = at.waiting(&number).await? else { return at.gone().await };
        if !may_take_back(&at.visitor.actor, &proposal.by) {
            let detail = "Only whoever wrote a text takes it back. You can publish it or send it back.";
            return at.back("This is not your text", detail, Problems::default()).await;
        }
        at.answer(&proposal, Fate::TakenBack, "", ("The text is taken back", "Nobody is asked to publish it any more.")).await
    })
    .await
}
