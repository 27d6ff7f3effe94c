//! `/guidance`: the texts of the guidance that operators correct without a release. One of them writes and says why, looks at
//! it and proposes it; another one publishes it or sends it back. Every version stays and can be proposed again.

use journey::{
    base::actor::Actor,
    form::Answers,
    guidance::corrections::{self, Subject, may_correct, may_publish, may_take_back, subject, subjects},
    port::corrections::{Fate, Proposal, Version},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page, titled},
    base::{dates, diff, halt::Halt, said::RefusedForm, words::counted},
    design::{Button, Crumbs, Details, Grid, Hidden, SummaryRow, Title, ask, say},
    request::visitor::{Visitor, param, query},
    site::guidance::in_place,
};

/// Refuses everybody who does not correct texts.
///
/// # Errors
/// [`Halt::NotYours`], with whom to ask.
pub(super) fn operators_only(visitor: &Visitor) -> Result<(), Halt> {
    if may_correct(&visitor.actor) {
        return Ok(());
    }
    Err(Halt::NotYours {
        heading: "Operators of this service correct its texts".to_owned(),
        detail: "If you found something wrong in the guidance, write to the address on the accessibility page and say where."
            .to_owned(),
    })
}

/// How a text stands, in words.
fn state(corrected: bool, proposal: Option<&Proposal>) -> AnyView {
    match proposal.map(|proposal| proposal.fate) {
        Some(Fate::Waiting) => {
            view! { <strong class="nhsuk-tag nhsuk-tag--yellow">"Waits for a second person"</strong> }.into_any()
        }
        Some(Fate::SentBack) => view! { <strong class="nhsuk-tag nhsuk-tag--orange">"Sent back"</strong> }.into_any(),
        _ if corrected => "Corrected".into_any(),
        _ => "As released".into_any(),
    }
}

/// `/guidance`
#[component]
pub fn Texts() -> impl IntoView {
    page(async {
        let context = context().await?;
        operators_only(&*context.visitor()?)?;
        let store = &context.services.store;
        let (corrected, proposals) = (store.corrected().await?, store.proposals().await?);
        let (find, kind, show) = (query("find"), query("kind"), query("show"));
        let wanted = |subject: &Subject| match show.as_str() {
            "waiting" => proposals.get(&subject.id).is_some_and(|proposal| proposal.fate == Fate::Waiting),
            "corrected" => corrected.contains_key(&subject.id),
            _ => true,
        };
        let found: Vec<&'static Subject> =
            corrections::found(&find, &kind, &corrected).filter(|subject| wanted(subject)).collect();
        let narrowed = !(find.is_empty() && kind.is_empty() && show.is_empty());
        let groups = corrections::kinds()
            .into_iter()
            .filter_map(|kind| {
                let rows: Vec<_> = found
                    .iter()
                    .filter(|subject| subject.kind == kind)
                    .map(|subject| {
                        let how = state(corrected.contains_key(&subject.id), proposals.get(&subject.id));
                        view! {
                            <tr role="row">
                                <th scope="row" role="rowheader"><a href=format!("/guidance/{}", subject.id)>{subject.title.clone()}</a></th>
                                <td role="cell" data-l="Text">{how}</td>
                            </tr>
                        }
                    })
                    .collect();
                let caption = format!("{kind}: {}", counted(rows.len(), "text"));
                // All of them are hundreds: who looks for nothing yet chooses a kind.
                (!rows.is_empty()).then(|| {
                    let grid = view! { <Grid caption=caption.clone() columns=["About", "Text"] rows=rows.into_any() /> };
                    view! { <Details summary=caption body=grid.into_any() open=narrowed /> }
                })
            })
            .collect_view();
        let waiting = proposals.values().filter(|proposal| proposal.fate == Fate::Waiting).count();
        let facts = format!(
            "{}. {} corrected since the release. {} for a second person.",
            counted(subjects().len(), "text"),
            match corrected.len() {
                0 => "None has been".to_owned(),
                1 => "1 has been".to_owned(),
                some => format!("{some} have been"),
            },
            match waiting {
                0 => "None waits".to_owned(),
                1 => "1 waits".to_owned(),
                some => format!("{some} wait"),
            },
        );
        let kinds = corrections::kinds()
            .into_iter()
            .map(|one| view! { <option value=one selected=one == kind>{one}</option> })
            .collect_view();
        let shows = [("", "All texts"), ("waiting", "Waiting for a second person"), ("corrected", "Corrected")]
            .map(|(value, says)| view! { <option value=value selected=value == show>{says}</option> });
        let body = view! {
            {say::banner(context.banner)}
            <Title text="Guidance texts">{facts}</Title>
            <form class="gpc-filters" method="get" action="/guidance" role="search">
                <div>
                    <label for="find">"Words of the title or the text"</label>
                    <input class="nhsuk-input" id="find" name="find" type="search" maxlength="200" value=find.clone() />
                </div>
                <div><label for="kind">"Kind"</label><select class="nhsuk-select" id="kind" name="kind"><option value="">"All kinds"</option>{kinds}</select></div>
                <div><label for="show">"Show"</label><select class="nhsuk-select" id="show" name="show">{shows}</select></div>
                <Button text="Find" secondary=true small=true />
            </form>
            {if found.is_empty() {
                view! { <div class="gpc-empty"><p>"No text matches. Search for fewer words, or choose all kinds."</p></div> }.into_any()
            } else {
                groups.into_any()
            }}
            {narrowed.then(|| view! { <p class="gpc-meta gpc-below"><a href="/guidance">"Show all texts"</a></p> })}
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
        let visitor = context.visitor()?;
        operators_only(&visitor)?;
        let subject = subject(&id).ok_or(Halt::Missing)?;
        let store = &context.services.store;
        let versions = store.versions(&subject.id).await?;
        let proposal = store.proposals().await?.remove(&subject.id);
        let now = versions.first().map_or(subject.released.clone(), |version| version.words.clone());
        // A text that is only to be looked at is kept like a refused one, with nothing to complain of.
        let (kept, looked_at) = match context.kept.clone() {
            Some(kept) if kept.heading.is_empty() => (None, Some(kept.typed)),
            other => (other, None),
        };
        let seen = versions.first().map_or(0, |version| version.number);
        let part_of = |fate: Fate| proposal.as_ref().filter(|proposal| proposal.fate == fate);
        let (waiting, returned) = (part_of(Fate::Waiting), part_of(Fate::SentBack));
        let facts = format!("Version {seen}. Everybody reads the newest version from the moment it is published.");
        let part = match waiting {
            Some(proposal) => view! {
                {say::kept_words(kept.as_ref())}
                {answering(subject, proposal, &now, &visitor.actor, kept.as_ref())}
            }
            .into_any(),
            None => {
                let begun = returned.filter(|one| one.by == visitor.actor.person && one.follows == seen);
                let begun = begun.map_or_else(
                    || Answers::default().with("words", &now),
                    |one| Answers::default().with("words", &one.words).with("reason", &one.reason),
                );
                let answers = context.typed_or(begun);
                view! {
                    {returned.map(sent_back)}
                    {looked_at.map(|typed| preview(subject, seen, &now, &typed))}
                    {writing(subject, seen, &answers, kept.as_ref())}
                }
                .into_any()
            }
        };
        let body = view! {
            <Crumbs links=vec![("/guidance".to_owned(), "Guidance texts".to_owned())] />
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                {say::kept(kept.as_ref())}
                {say::banner(context.banner)}
                <Title above=subject.kind text=subject.title.clone()>{facts}</Title>
                {part}
                {earlier(subject, &versions, waiting.is_some())}
            </div></div>
        }
        .into_any();
        Ok((titled(&format!("{}, guidance text", subject.title), kept.as_ref()), body))
    })
}

fn hidden(subject: &Subject, seen: u32) -> Vec<(&'static str, String)> {
    vec![("subject", subject.id.clone()), ("seen", seen.to_string())]
}

/// Two texts beside each other, with what differs marked.
fn beside(now: &str, then: &str) -> AnyView {
    let (left, right) = diff::Patience::of_page().beside(now, then);
    view! { <div class="gpc-diff"><div><h3 class="nhsuk-heading-xs">"Now"</h3>{left}</div><div><h3 class="nhsuk-heading-xs">"Proposed"</h3>{right}</div></div> }
        .into_any()
}

/// The form in which a text is written.
fn writing(subject: &Subject, seen: u32, answers: &Answers, kept: Option<&RefusedForm>) -> AnyView {
    let questions = ask::questions(&corrections::form(), answers, kept);
    view! {
        <form action="/do/guidance/preview" method="post" novalidate>
            <Hidden values=hidden(subject, seen) />
            {questions}
            <Button text="Preview the text" secondary=true />
        </form>
    }
    .into_any()
}

/// How a text will read, and the button that proposes it.
fn preview(subject: &Subject, seen: u32, now: &str, typed: &Answers) -> AnyView {
    let fields = ["words", "reason"].map(|name| (format!("answers[{name}][]"), typed.one(name).to_owned()));
    view! {
        <section class="nhsuk-inset-text" aria-labelledby="preview">
            <h2 class="nhsuk-heading-s" id="preview">"How it will read"</h2>
            <p>{in_place(typed.one("words"))}</p>
            {beside(now, typed.one("words"))}
            <form action="/do/guidance/propose" method="post" novalidate>
                <Hidden values=hidden(subject, seen) />
                {fields.map(|(name, value)| view! { <input type="hidden" name=name value=value /> })}
                <p>"Another operator publishes it."</p>
                <Button text="Propose the text" />
            </form>
        </section>
    }
    .into_any()
}

/// Who wrote what waits, why, and what can be done about it.
fn answering(subject: &Subject, proposal: &Proposal, now: &str, actor: &Actor, kept: Option<&RefusedForm>) -> AnyView {
    let values = || vec![("subject", subject.id.clone()), ("number", proposal.number.to_string())];
    let publish = may_publish(actor, &proposal.by).then(|| {
        let form = corrections::sending_back();
        let typed = kept.map(|kept| kept.typed.clone()).unwrap_or_default();
        let questions = ask::questions(&form, &typed, kept);
        view! {
            <form action="/do/guidance/publish" method="post" novalidate>
                <Hidden values=values() />
                <Button text="Publish the text" />
            </form>
            <Details summary="Send it back" open=kept.is_some_and(|kept| kept.problem("why").is_some()) body=view! {
                <form action="/do/guidance/send-back" method="post" novalidate>
                    <Hidden values=values() />
                    {questions}
                    <Button text="Send the text back" secondary=true />
                </form>
            }.into_any() />
        }
    });
    let own = may_take_back(actor, &proposal.by).then(|| {
        view! {
            <p>"Another operator has to publish it. If you are the only one, "<a href="/organisation">"invite a second operator"</a>"."</p>
            <form action="/do/guidance/take-back" method="post" novalidate>
                <Hidden values=values() />
                <Button text="Take the text back" secondary=true />
            </form>
        }
    });
    view! {
        <section class="nhsuk-inset-text" aria-labelledby="proposal">
            <h2 class="nhsuk-heading-s" id="proposal">"Proposed text"</h2>
            <p>{in_place(&proposal.words)}</p>
            {beside(now, &proposal.words)}
            <dl class="nhsuk-summary-list">
                <SummaryRow key="Why" value=proposal.reason.clone() />
                <SummaryRow key="Written by" value=format!("{}, {}", proposal.named, dates::moment(proposal.at)) />
            </dl>
            {publish}
            {own}
        </section>
    }
    .into_any()
}

/// What a second person asked for.
fn sent_back(proposal: &Proposal) -> AnyView {
    let by = proposal.answered.as_ref().map(|(name, at)| format!("{name}, {}", dates::moment(*at))).unwrap_or_default();
    view! {
        <section class="nhsuk-inset-text" aria-labelledby="returned">
            <h2 class="nhsuk-heading-s" id="returned">{format!("The text that {} proposed was sent back", proposal.named)}</h2>
            <dl class="nhsuk-summary-list">
                <SummaryRow key="What should be different" value=proposal.answer.clone() />
                <SummaryRow key="Sent back by" value=by />
                <SummaryRow key="What was proposed" value=proposal.words.clone() />
            </dl>
        </section>
    }
    .into_any()
}

/// The way back: every version, down to that of the release.
fn earlier(subject: &'static Subject, versions: &[Version], waits: bool) -> AnyView {
    let newest = versions.first().map_or(0, |version| version.number);
    let back = |words: &str, number: u32| {
        let reason = format!("Back to version {number}.");
        (number != newest && !waits).then(|| {
            view! {
                <form action="/do/guidance/preview" method="post" novalidate>
                    <Hidden values=hidden(subject, newest) />
                    <input type="hidden" name="answers[words][]" value=words.to_owned() />
                    <input type="hidden" name="answers[reason][]" value=reason />
                    <Button text=format!("Preview version {number} again") secondary=true small=true />
                </form>
            }
        })
    };
    let items = versions
        .iter()
        .map(|version| {
            let published = version.published_by.as_ref().map(|name| format!(", published by {name}")).unwrap_or_default();
            let about = format!("Version {}, {}, by {}{published}", version.number, dates::moment(version.at), version.by);
            let why = (!version.reason.is_empty()).then(|| view! { <p class="gpc-meta">{format!("Why: {}", version.reason)}</p> });
            view! { <li><h3 class="nhsuk-heading-xs">{about}</h3><p class="gpc-lines">{version.words.clone()}</p>{why}{back(&version.words, version.number)}</li> }
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
