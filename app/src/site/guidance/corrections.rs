//! `/guidance`: operators correct a text of the guidance and publish it without a release: edit, look at it, publish; every
//! version stays and can be published again.

use std::{collections::BTreeMap, sync::Arc};

use journey::{
    form::Answers,
    guidance::corrections::{self, Subject, may_correct, subject, subjects},
    port::{WriteError, corrections::Version},
};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act, signed_in},
        page::{context, page, titled},
    },
    base::{dates, halt::Halt, said::RefusedForm},
    design::{Button, Crumbs, Grid, Hidden, Title, ask, say},
    request::{
        flash,
        services::services,
        visitor::{Caller, Visitor, calling, param},
    },
    site::guidance::in_place,
};

fn operators_only(visitor: &Visitor) -> Result<(), Halt> {
    if may_correct(&visitor.actor) {
        return Ok(());
    }
    Err(Halt::NotYours {
        heading: "Operators of this service correct its texts".to_owned(),
        detail: "If you found something wrong in the guidance, write to the address on the accessibility page and say where."
            .to_owned(),
    })
}

/// `/guidance`
#[component]
pub fn Texts() -> impl IntoView {
    page(async {
        let context = context().await?;
        operators_only(&*context.visitor()?)?;
        let corrected = context.services.store.corrected().await?;
        let rows = subjects()
            .iter()
            .map(|subject| {
                let state = if corrected.contains_key(&subject.id) { "Corrected" } else { "As released" };
                view! {
                    <tr role="row">
                        <th scope="row" role="rowheader"><a href=format!("/guidance/{}", subject.id)>{subject.title.clone()}</a></th>
                        <td role="cell" data-l="Kind">{subject.kind}</td>
                        <td role="cell" data-l="Text">{state}</td>
                    </tr>
                }
            })
            .collect_view();
        let facts = match corrected.len() {
            0 => format!("{} texts. None has been corrected since the release.", subjects().len()),
            1 => format!("{} texts. 1 has been corrected since the release.", subjects().len()),
            some => format!("{} texts. {some} have been corrected since the release.", subjects().len()),
        };
        let body = view! {
            {say::banner(context.banner)}
            <Title text="Guidance texts">{facts}</Title>
            <Grid caption="Texts that can be corrected" columns=["About", "Kind", "Text"] rows=rows.into_any() />
        }
        .into_any();
        Ok(("Guidance texts".to_owned(), body))
    })
}

/// `/guidance/{kind}/{name}`
#[component]
pub fn Text() -> impl IntoView {
    let id = format!("{}/{}", param("kind"), param("name"));
    page(async move {
        let context = context().await?;
        operators_only(&*context.visitor()?)?;
        let subject = subject(&id).ok_or(Halt::Missing)?;
        let versions = context.services.store.versions(&subject.id).await?;
        let newest = versions.first().map_or(0, |version| version.number);
        let now = versions.first().map_or(subject.released.clone(), |version| version.words.clone());
        // A text that is only to be looked at is kept like a refused one, with nothing to complain of.
        let (kept, looked_at) = match context.kept.clone() {
            Some(kept) if kept.heading.is_empty() => (None, Some(kept.typed.one("words").to_owned())),
            other => (other, None),
        };
        let answers = context.typed_or(Answers::default().with("words", &now));
        let field =
            corrections::form().fields.into_iter().next().ok_or_else(|| Halt::Fault("a form without fields".to_owned()))?;
        let hidden = || vec![("subject", subject.id.clone()), ("seen", newest.to_string())];
        let preview = looked_at.map(|words| {
            view! {
                <section class="nhsuk-inset-text" aria-labelledby="preview">
                    <h2 class="nhsuk-heading-s" id="preview">"How it will read"</h2>
                    <p>{in_place(&words)}</p>
                    <form action="/do/guidance/publish" method="post" novalidate>
                        <Hidden values=hidden() />
                        <input type="hidden" name="answers[words][]" value=words.clone() />
                        <Button text="Publish the text" />
                    </form>
                </section>
            }
        });
        let body = view! {
            <Crumbs links=vec![("/guidance".to_owned(), "Guidance texts".to_owned())] />
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                {say::kept(kept.as_ref())}
                {say::banner(context.banner)}
                <Title above=subject.kind text=subject.title.clone()>{format!("Version {newest}. Everybody reads the newest version from the moment it is published.")}</Title>
                {preview}
                <form action="/do/guidance/preview" method="post" novalidate>
                    <Hidden values=hidden() />
                    {ask::question(&field, &answers, kept.as_ref(), &ask::Look::default())}
                    <Button text="Preview the text" secondary=true />
                </form>
                {earlier(subject, &versions)}
            </div></div>
        }
        .into_any();
        Ok((titled(&format!("{}, guidance text", subject.title), kept.as_ref()), body))
    })
}

/// The way back: every version, down to that of the release.
fn earlier(subject: &'static Subject, versions: &[Version]) -> AnyView {
    let newest = versions.first().map_or(0, |version| version.number);
    let back = |words: &str, number: u32| {
        let hidden = vec![("subject", subject.id.clone()), ("seen", newest.to_string())];
        (number != newest).then(|| {
            view! {
                <form action="/do/guidance/preview" method="post" novalidate>
                    <Hidden values=hidden />
                    <input type="hidden" name="answers[words][]" value=words.to_owned() />
                    <Button text=format!("Preview version {number} again") secondary=true small=true />
                </form>
            }
        })
    };
    let items = versions
        .iter()
        .map(|version| {
            let about = format!("Version {}, {}, by {}", version.number, dates::moment(version.at), version.by);
            view! { <li><h3 class="nhsuk-heading-xs">{about}</h3><p class="gpc-lines">{version.words.clone()}</p>{back(&version.words, version.number)}</li> }
        })
        .collect_view();
    view! {
        <section class="gpc-below" aria-labelledby="versions">
            <h2 class="nhsuk-heading-m" id="versions">"Versions"</h2>
            <ul class="nhsuk-list">
                {items}
                <li><h3 class="nhsuk-heading-xs">"Version 0, of the release"</h3><p class="gpc-lines">{subject.released.clone()}</p>{back(&subject.released, 0)}</li>
            </ul>
        </section>
    }
    .into_any()
}

/// Who corrects what: the person, the text and its page.
async fn correcting(caller: &Caller, id: &str, typed: &Answers) -> Result<(Arc<Visitor>, &'static Subject, String), Halt> {
    let visitor = signed_in(caller, "/guidance", typed).await?;
    operators_only(&visitor)?;
    let subject = subject(id).ok_or(Halt::Missing)?;
    Ok((visitor, subject, format!("/guidance/{}", subject.id)))
}

/// A text that cannot be published as it is goes back to its page with every word.
async fn checked(caller: &Caller, page: &str, typed: &Answers) -> Result<Option<String>, Halt> {
    match corrections::check(typed) {
        Ok(words) => Ok(Some(words)),
        Err(problems) => {
            let kept = RefusedForm {
                path: page.to_owned(),
                heading: "There is a problem".to_owned(),
                detail: "Nothing was published.".to_owned(),
                problems: problems.0,
                typed: typed.clone(),
            };
            flash::keep(&caller.session, kept).await?;
            Ok(None)
        }
    }
}

/// Shows a text as it will read, and publishes nothing.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "guidance/preview")]
pub async fn preview(#[server(default)] subject: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let (caller, typed) = (calling()?, Answers(answers));
        let (_, _, page) = correcting(&caller, &subject, &typed).await?;
        if let Some(words) = checked(&caller, &page, &typed).await? {
            let typed = Answers(BTreeMap::from([("words".to_owned(), vec![words])]));
            flash::keep(&caller.session, RefusedForm { path: page.clone(), typed, ..RefusedForm::default() }).await?;
        }
        Ok(page)
    })
    .await
}

/// Publishes a text, unless somebody else published another one meanwhile.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "guidance/publish")]
pub async fn publish(
    #[server(default)] subject: String,
    #[server(default)] seen: String,
    #[server(default)] answers: Typed,
) -> ActionResult {
    act(async move {
        let (services, caller, typed) = (services()?, calling()?, Answers(answers));
        let (visitor, subject, page) = correcting(&caller, &subject, &typed).await?;
        let Some(words) = checked(&caller, &page, &typed).await? else { return Ok(page) };
        let seen = seen.parse().unwrap_or(u32::MAX);
        let now = services.clock.now();
        match services.store.publish(&subject.id, seen, &words, &visitor.actor.person, now).await {
            Ok(()) => {
                tracing::info!(person = %visitor.actor.person, text = subject.id, "published");
                flash::say(&caller, "The text is published", "Everybody reads it from now on.");
            }
            Err(WriteError::Conflict) => {
                let kept = RefusedForm {
                    path: page.clone(),
                    heading: "Another version was published meanwhile".to_owned(),
                    detail: "Yours is below and was not published. Compare it with the newest version, then preview it again."
                        .to_owned(),
                    typed,
                    ..RefusedForm::default()
                };
                flash::keep(&caller.session, kept).await?;
            }
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        Ok(page)
    })
    .await
}
