//! What a supplier says about its evidence: the version that is assessed, what is known of a file, and which rows it proves.

use std::collections::BTreeMap;

use journey::{
    base::ids::Digest,
    catalogue::{row, scal},
    form::{Answers, FileRef, Problems},
    ledger::refusal::Refusal,
    port::WriteError,
    rule::{decide, draft::Draft, offers, versions},
    scal::{
        book::{self, Entry},
        evidence as facts,
    },
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
        post::tell_of_file,
    },
    base::{
        halt::Halt,
        said::RefusedForm,
        words::{counted, encode},
    },
    desk::refused::refused,
    desk::working::{PRODUCT, entries},
    request::flash,
    work::scal::actions::{closed, desk, draft, path_of},
};

/// Says which product version is assessed.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/product")]
pub async fn set_product(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] product_version: String,
) -> ActionResult {
    act(async move {
        let page = format!("{}/evidence", path_of(&journey, &task));
        let typed = Answers::default().with(scal::PRODUCT_VERSION, &product_version);
        let desk = desk(&journey, &task, &page, &typed).await?;
        if !offers::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id) {
            return refused(&desk, page, &closed(&desk), typed).await;
        }
        let product = match versions::named(&product_version) {
            Ok(product) => product,
            Err(refusal) => return refused(&desk, page, &refusal, typed).await,
        };
        let (store, reference) = (&desk.context.services.store, &desk.journey().reference);
        let before = store.draft(reference, &desk.spec.id, PRODUCT).await?;
        let seen = before.as_ref().map_or(0, |draft| draft.version);
        let draft = Draft {
            task: desk.spec.id.clone(),
            subject: PRODUCT.to_owned(),
            version: seen,
            body: Answers::default().with(scal::PRODUCT_VERSION, &product).to_json(),
            by: desk.visitor.actor.person.clone(),
            at: desk.context.services.clock.now(),
            sent: false,
        };
        match store.save_draft(reference, draft, seen).await {
            // A colleague saved a version in the same moment: the page shows which.
            Ok(_) | Err(WriteError::Conflict) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        flash::say(&desk.context.caller, "The product version is saved", "Evidence of older versions is marked.");
        Ok(page)
    })
    .await
}

/// Writes what is known of a file.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/evidence")]
pub async fn tell_evidence(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] file: String,
    #[server(default)] replaces: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let typed = Answers(answers);
        let path = format!("{}/evidence", path_of(&journey, &task));
        let desk = desk(&journey, &task, &path, &typed).await?;
        let page = format!("{path}?file={}", encode(&file));
        if !offers::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id) {
            return refused(&desk, page, &closed(&desk), typed).await;
        }
        let (store, reference) = (&desk.context.services.store, &desk.journey().reference);
        let files = store.files(reference, &desk.spec.id).await?;
        let known = |text: &str| files.iter().map(|file| &file.digest).find(|digest| digest.as_str() == text).cloned();
        let digest: Digest = known(&file).ok_or(Halt::Missing)?;
        let replaces = known(&replaces).filter(|other| *other != digest);
        let (by, at) = (desk.visitor.actor.person.clone(), desk.context.services.clock.now());
        let evidence = match facts::read(digest.clone(), &typed, replaces, by, at) {
            Ok(evidence) => evidence,
            Err(refusal) => return refused(&desk, page, &refusal, typed).await,
        };
        let (actor, task) = (&desk.visitor.actor, &desk.spec.id);
        let before = store.evidence_of(reference, &digest).await?.map(|facts| facts.sort).unwrap_or_default();
        match decide::tell_of_file(desk.journey(), actor, task, &digest, (before, evidence.sort)) {
            Err(refusal) => return refused(&desk, page, &refusal, typed).await,
            Ok(None) => store.tell_evidence(reference, task, evidence).await?,
            Ok(Some(event)) => {
                if !tell_of_file(&desk.context.services, actor, desk.journey(), event, task, evidence).await? {
                    let heading = "Somebody wrote to this journey at the same moment".to_owned();
                    let detail = "Nothing was changed. Your words are below: look at the file as it is now and send them again."
                        .to_owned();
                    flash::keep(&desk.context.caller.session, RefusedForm { path, heading, detail, problems: Vec::new(), typed })
                        .await?;
                    return Ok(page);
                }
            }
        }
        flash::say(&desk.context.caller, "It is saved", "");
        Ok(path)
    })
    .await
}

/// Adds a file of the SCAL to more rows.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "scal/attach")]
pub async fn attach(
    #[server(default)] journey: String,
    #[server(default)] task: String,
    #[server(default)] file: String,
    #[server(default)] rows: String,
) -> ActionResult {
    act(async move {
        let typed = Answers::default().with("rows", &rows);
        let path = format!("{}/evidence", path_of(&journey, &task));
        let desk = desk(&journey, &task, &path, &typed).await?;
        let page = format!("{path}?file={}", encode(&file));
        if !offers::may_write(desk.journey(), &desk.visitor.actor, &desk.spec.id) {
            return refused(&desk, page, &closed(&desk), typed).await;
        }
        let entries = entries(&desk).await?;
        let named = entries.iter().flat_map(Entry::files).filter_map(|value| FileRef::parse(value));
        let file: FileRef = named.into_iter().find(|known| known.digest.as_str() == file).ok_or(Halt::Missing)?;
        let chosen = match book::named(&entries, &rows) {
            Ok(chosen) => chosen,
            Err(refusal) => return refused(&desk, page, &refusal, typed).await,
        };
        let mut drafts = BTreeMap::new();
        for entry in chosen {
            let mut body = entry.body();
            let files = body.0.entry(entry.row.files().to_owned()).or_default();
            if files.iter().filter_map(|value| FileRef::parse(value)).any(|known| known.digest == file.digest) {
                continue;
            }
            files.push(file.to_string());
            if let Err(Problems(problems)) = row::files_fit(entry.row, &body) {
                let says = problems.into_iter().next().map(|problem| problem.says).unwrap_or_default();
                return refused(&desk, page, &Refusal::problem("rows", &format!("{}: {says}", entry.row.id)), typed).await;
            }
            match draft(&desk, entry, &body) {
                Ok(draft) => drop(drafts.insert(&entry.row.id, draft)),
                Err(refusal) => return refused(&desk, page, &refusal, typed).await,
            }
        }
        let count = counted(drafts.len(), "row");
        match desk.context.services.store.save_drafts(&desk.journey().reference, drafts.into_values().collect()).await {
            Ok(()) => {
                flash::say(
                    &desk.context.caller,
                    format!("{} is added to {count}", file.name),
                    "Rows that had it already are as they were.",
                );
                Ok(path)
            }
            Err(WriteError::Conflict) => {
                let heading = "Nothing was changed: a colleague saved one of these rows meanwhile".to_owned();
                let detail = "Your words are below. Send them again.".to_owned();
                flash::keep(&desk.context.caller.session, RefusedForm { path, heading, detail, problems: Vec::new(), typed })
                    .await?;
                Ok(page)
            }
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}
