//! The words to sign, who has signed them, who is still to sign, and the form for the reader's own signature.

use journey::{
    base::{
        actor::{Role, Side},
        identity::Identity,
        ids::{Digest, OrganisationId},
    },
    form::{Answers, Field, Kind},
    ledger::{
        agreement_text,
        event::{Event, Recorded},
        machine::Verb,
        signing,
        standing::{Settlement, Signature, Standing, State, TakenBack},
        words,
    },
    plan::process::Settle,
    rule::members,
    task::agreement,
};
use leptos::prelude::*;

use crate::{
    act::{sent, wording},
    base::{dates, halt::Halt, paths},
    design::{Button, Details, Grid, Hidden, ask},
    desk::{claimed, context::TaskContext, unasked},
    work::agreement::{beside, replace, text},
};

/// The middle of a task that is signed, below its parts.
///
/// # Errors
/// When the text that was signed cannot be read.
pub async fn view(desk: &TaskContext) -> Result<Option<AnyView>, Halt> {
    if desk.spec.settle != Settle::BySignatures || matches!(desk.standing, Standing::Locked { .. }) {
        return Ok(None);
    }
    let record = desk.record();
    if record.round.0 == 0 || record.to_fill_in {
        let says = if record.to_fill_in {
            "Nobody signs until the details have been sent again."
        } else {
            "Nobody signs until the details have been sent."
        };
        let before = before(desk, None).await?;
        return Ok(Some(view! { <p class="gpc-meta">{says}</p> {preview(desk)} {before} }.into_any()));
    }
    let now = words::words_to_sign(desk.journey(), desk.spec);
    // What is settled is shown as it was signed, whatever would be signed today.
    let signed = record.signatures.last().filter(|_| desk.standing == Standing::Settled).map(|last| last.words.clone());
    let (words, digest) = match signed {
        Some(digest) if digest != Digest::of(now.as_bytes()) => (text::kept(&desk.context.services, &digest).await?, digest),
        _ => {
            let digest = Digest::of(now.as_bytes());
            (now, digest)
        }
    };
    // Nothing can be downloaded as signed until everybody has.
    let complete = matches!(record.state, State::Settled { how: Settlement::Signed, .. });
    let readable = Digest::of(words.as_bytes()) == digest;
    let before = before(desk, Some(&digest)).await?;
    let counted = signing::count_in_words(desk.journey(), desk.spec).map(|text| format!("{text}."));
    // Hundreds may sign by a link: their list has a page of its own.
    let (by_link, own): (Vec<&Signature>, Vec<&Signature>) = record.signatures.iter().partition(|signature| signature.by_link);
    let more = by_link.len().saturating_sub(unasked::NAMED);
    let shown = own.into_iter().chain(by_link.into_iter().take(unasked::NAMED));
    let rows = shown.map(|signature| row(desk, signature, &digest)).collect_view();
    let more = (more > 0).then(|| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{format!("and {more} more, signed by email")}</th>
                <td role="cell" data-l="As">{Role::AuthorisedPerson.title()}</td>
                <td role="cell" data-l="Signed">"See who has signed for each member, below"</td>
                <td role="cell" data-l="By authority of"></td>
            </tr>
        }
    });
    let missing = desk
        .journey()
        .unsigned(desk.spec)
        .into_iter()
        // What is to be given anew stands among those who have signed.
        .filter(|(_, of)| of.as_ref().is_none_or(|of| !desk.journey().is_renewing(desk.spec, of)))
        .map(|(role, organisation)| {
            let who = match (organisation, role.side()) {
                (Some(organisation), _) => Some(named(desk, &organisation)),
                (None, Side::Supplier) => Some(named(desk, &desk.journey().organisation)),
                (None, side) => Some(side.title().to_owned()),
            };
            let who = who.unwrap_or_else(|| role.side().title().to_owned());
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{who}</th>
                    <td role="cell" data-l="As">{role.title()}</td>
                    <td role="cell" data-l="Signed">"Not yet"</td>
                    <td role="cell" data-l="By authority of"></td>
                </tr>
            }
        })
        .collect_view();
    let replaced = replace::view(desk).await?;
    let may_sign = readable && desk.may(Verb::Sign);
    let organisation = &desk.visitor.organisation.id;
    let changed = if may_sign {
        let now = (words.as_str(), &digest);
        beside::view(&desk.context.services, &desk.loaded.history, &desk.spec.id, organisation, now).await?
    } else {
        None
    };
    Ok(Some(
        view! {
            {changed}
            {text::view("What is signed", &words, &digest)}
            <h2 class="nhsuk-heading-m">"Signatures"</h2>
            <p>{counted}</p>
            {complete.then(|| view! { <p><a href=paths::signed_file(&desk.journey().reference, &desk.spec.id) download="">"Download what was signed, with the signatures (PDF)"</a></p> })}
            {taken_back(desk)}
            {replace::told(desk)}
            <Grid caption="Who has signed and who is still to sign, in their order" columns=["Organisation", "As", "Signed", "By authority of"] rows={view! { {rows}{more}{missing}{not_asked(desk)} }.into_any()} />
            {addendum(desk)}
            {before}
            {may_sign.then(|| form(desk, &digest))}
            {desk.may(Verb::Decline).then(|| decline(desk))}
            {replaced}
            {desk.may(Verb::WithdrawSignature).then(|| withdraw(desk))}
        }
        .into_any(),
    ))
}

/// Who is asked to sign when the parts are sent, in their order, by name where the reader may know it: whoever sends them knows
/// it before. With how many signatures that are.
///
/// # Errors
/// When the people of the journey cannot be read.
pub async fn asked(desk: &TaskContext) -> Result<(usize, AnyView), Halt> {
    let journey = desk.journey();
    let people = desk.context.services.store.listeners(&journey.reference).await?;
    let all = journey.unsigned(desk.spec);
    let rows = all.iter().map(|(role, organisation)| {
        let own = organisation.as_ref().or_else(|| (role.side() == Side::Supplier).then_some(&journey.organisation));
        // Whoever sends the parts is the one who prepared them.
        let sends = signing::prepares(desk.spec, *role).then_some(&desk.visitor.actor.person);
        let names: Vec<String> = people
            .iter()
            .filter(|one| own.is_some_and(|own| one.organisation == *own) && one.roles.contains(role))
            .filter(|one| sends.is_none_or(|sends| one.person != *sends))
            .map(|one| one.name.clone())
            .collect();
        let of = own.map_or_else(|| role.side().title().to_owned(), |own| named(desk, own));
        let title = role.title().to_lowercase();
        let theirs = own == Some(&desk.visitor.actor.organisation);
        let who = match names.as_slice() {
            [] if theirs => {
                format!("{of}: nobody can sign as {title} yet. Give a colleague that role on the page of your organisation.")
            }
            [] if own.is_some() => format!("{of}: nobody there can sign as {title} yet"),
            [] => format!("{of}, {title}"),
            [one] => format!("{one} for {of}, {title}"),
            several => format!("{} for {of}, {title}", words_or(several)),
        };
        view! { <li>{who}</li> }
    });
    let list = view! { <ol class="nhsuk-list nhsuk-list--number">{rows.collect_view()}</ol> }.into_any();
    Ok((all.len(), list))
}

/// "Ann Lee, Bob Ray or Cy Day": one of them is enough.
fn words_or(names: &[String]) -> String {
    let (last, before) = names.split_last().map_or(("", &names[..0]), |(last, before)| (last.as_str(), before));
    if before.is_empty() { last.to_owned() } else { format!("{} or {last}", before.join(", ")) }
}

/// What will be signed, for whoever fills in the parts: they know it before they send it.
fn preview(desk: &TaskContext) -> AnyView {
    let words = words::words_to_send(desk.journey(), desk.spec);
    // What is long is read as a document, whole.
    if let Some(document) = agreement_text::read(&words) {
        return text::to_send(&document);
    }
    view! {
        <Details summary="Read the words that will be signed" body=view! { <p>"As they would stand today. The digest of the details becomes one of their lines when they are sent."</p>
                <div class="gpc-words gpc-lines">{words}</div> }.into_any() />
    }
    .into_any()
}

/// Words that were signed before and are not the ones above: what was signed can always be read.
async fn before(desk: &TaskContext, shown: Option<&Digest>) -> Result<Option<AnyView>, Halt> {
    let mut earlier: Vec<(&Recorded, &str, &Digest)> = Vec::new();
    for recorded in desk.loaded.history.iter() {
        if let Event::Signed { task, name, words, .. } = &recorded.event
            && *task == desk.spec.id
            && Some(words) != shown
        {
            earlier.push((recorded, name, words));
        }
    }
    let mut folds = Vec::new();
    let mut told: Vec<&Digest> = Vec::new();
    for (_, _, digest) in &earlier {
        if told.contains(digest) {
            continue;
        }
        told.push(digest);
        let text = text::kept(&desk.context.services, digest).await?;
        let by = earlier.iter().filter(|(_, _, words)| words == digest);
        let by =
            by.map(|(recorded, name, _)| view! { <li>{format!("{name}, {}", dates::moment(recorded.at))}</li> }).collect_view();
        folds.push(view! {
            <Details summary="Words that were signed before" body=view! { <ul class="nhsuk-list">{by}</ul>
                    <div class="gpc-words gpc-lines">{text}</div>
                    <p class="gpc-meta">"Digest: " <span class="gpc-mono gpc-break">{digest.to_string()}</span></p> }.into_any() />
        });
    }
    Ok((!folds.is_empty()).then(|| folds.into_any()))
}

/// Who an organisation is, as the journey says; its name of today where the journey does not say.
fn named(desk: &TaskContext, organisation: &OrganisationId) -> String {
    let today = || desk.loaded.names.organisations.get(organisation).cloned().unwrap_or_default();
    desk.journey().identity(organisation).map_or_else(today, Identity::in_words)
}

fn row(desk: &TaskContext, signature: &Signature, digest: &Digest) -> AnyView {
    // Whoever signed is named as at the time of the signature.
    let then = signature.identity.as_ref();
    let organisation = then.map_or_else(|| named(desk, &signature.organisation), Identity::in_words);
    let now = then.and_then(|then| wording::now_called(desk.journey(), &signature.organisation, then));
    let now = now.map(|now| view! { <br /><span class="gpc-meta">{format!("Now {now}")}</span> });
    let same = signature.words == *digest;
    let ending = signing::ending(desk.record(), &signature.organisation).filter(|_| signature.role.side() == Side::EndUser);
    let until = ending.map(|ending| format!("It was taken back and counts until {}. ", dates::date(ending.until)));
    let due = desk.record().to_renew.contains_key(&signature.organisation);
    let until = until.or_else(|| {
        let by = signature.renew_by.filter(|_| same)?;
        Some(format!("{} {}. ", if due { "Renew by" } else { "It counts until" }, dates::date(by)))
    });
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{organisation}{now}</th>
            <td role="cell" data-l="As">{signature.role.title()}</td>
            <td role="cell" data-l="Signed">
                {format!("{}, {}. ", signature.name, dates::moment(signature.at))}
                {until}
                {if same { "These words." } else { "Other words than the ones above: what they refer to has changed since." }}
            </td>
            <td role="cell" data-l="By authority of">{signature.authority.clone()}</td>
        </tr>
    }
    .into_any()
}

fn form(desk: &TaskContext, digest: &Digest) -> AnyView {
    let organisation = named(desk, &desk.visitor.organisation.id);
    let kept = desk.context.kept.as_ref();
    let answers = desk.context.typed_or(Answers::default());
    view! {
        <h2 class="nhsuk-heading-m">{format!("Signing as {} for {organisation}", desk.visitor.name)}</h2>
        <p>"Your signature is recorded with your name, the name and code of your organisation, the time and the digest of the words above. "{can_be_undone(desk)}</p>
        <p>"Is this not your name? Ask a colleague whose name it is to sign, or sign in with your own account."</p>
        <form action="/do/task/sign" method="post" novalidate>
            {desk.hidden()}
            <Hidden values=vec![("words", digest.to_string())] />
            {ask::questions(&agreement::signing(desk.spec, words::text_of(desk.journey(), desk.spec)), &answers, kept)}
            {claimed::instead(desk, "instead")}
            <Button text=format!("Sign for {organisation}") />
        </form>
    }
    .into_any()
}

/// Members of the group that are not asked to sign yet, among those who sign.
fn not_asked(desk: &TaskContext) -> AnyView {
    if !desk.spec.is_signed_by_users() {
        return ().into_any();
    }
    let row = |member: members::Unasked<'_>| {
        let says = if member.asked { "Not asked yet: its part waits for NHS England" } else { "Not asked yet" };
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{member.identity.in_words()}</th>
                <td role="cell" data-l="As">{Role::AuthorisedPerson.title()}</td>
                <td role="cell" data-l="Signed">{says}</td>
                <td role="cell" data-l="By authority of"></td>
            </tr>
        }
    };
    let all = members::without_part(desk.journey());
    let more = all.len().saturating_sub(unasked::NAMED);
    let more = (more > 0).then(|| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{format!("and {more} more members")}</th>
                <td role="cell" data-l="As">{Role::AuthorisedPerson.title()}</td>
                <td role="cell" data-l="Signed">"Not asked yet"</td>
                <td role="cell" data-l="By authority of"></td>
            </tr>
        }
    });
    let rows = all.into_iter().take(unasked::NAMED).map(row).collect_view();
    view! { {rows} {more} }.into_any()
}

/// What becomes of a signature, as the rules have it for whoever signs here.
fn can_be_undone(desk: &TaskContext) -> &'static str {
    if desk.visitor.actor.on(Side::EndUser) {
        "Your organisation can take its signature back on this page, with a reason."
    } else {
        "Until everybody has signed, whoever completed the details can open this again to correct them. Afterwards a programme lead can."
    }
}

/// Members that a declaration was extended to: they joined later and signed the words of the others.
fn addendum(desk: &TaskContext) -> Option<AnyView> {
    let answers = desk.sent.last().and_then(|last| sent::answers_of(last).ok())?;
    let later = members::addendum(desk.journey(), desk.spec, &answers);
    let told = |signature: &&Signature| {
        let who = signature.identity.as_ref().map_or_else(|| named(desk, &signature.organisation), Identity::in_words);
        format!("{who}, on {}", dates::day_of(signature.at))
    };
    let more = later.len().saturating_sub(unasked::NAMED);
    let mut names: Vec<String> = later.iter().take(unasked::NAMED).map(told).collect();
    names.extend((more > 0).then(|| format!("and {more} more")));
    (!names.is_empty()).then(|| {
        view! { <p><b>"Addendum: "</b>{format!("this declaration was extended to members that joined later and signed the same words: {}. What the others declared stays as it was.", names.join("; "))}</p> }
            .into_any()
    })
}

/// Signatures that were taken back and not given again.
fn taken_back(desk: &TaskContext) -> AnyView {
    let told = |back: &TakenBack| {
        let text = format!(
            "{} took its signature back on {} ({}). ",
            named(desk, &back.organisation),
            dates::day_of(back.at),
            desk.who(&back.by)
        );
        view! { <div class="nhsuk-inset-text"><p>{text}<span class="gpc-lines">{back.reason.clone()}</span></p></div> }
    };
    desk.record().taken_back.iter().map(told).collect_view().into_any()
}

/// What was typed into one of the forms that ask for a reason, and what is wrong with it.
fn reason(desk: &TaskContext, form: &str) -> (String, Option<String>) {
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.one("form") == form);
    kept.map(|kept| (kept.typed.one("reason").to_owned(), kept.problem("reason"))).unwrap_or_default()
}

fn decline(desk: &TaskContext) -> AnyView {
    let (typed, problem) = reason(desk, "decline");
    view! {
        <h2 class="nhsuk-heading-m">"If you do not agree"</h2>
        <p>"When you decline, no signature that was given counts any more. Whoever completed the details corrects them and sends them again; then everybody signs. Everybody who has signed is told."</p>
        <form action="/do/task/decline" method="post" novalidate>
            {desk.hidden()}
            {ask::words("reason-decline", "reason", "Why do you decline to sign?", "Everybody on this journey can read this. Say what must be put right.", &typed, problem, 3)}
            <Button text="Decline to sign" secondary=true />
        </form>
    }
    .into_any()
}

fn withdraw(desk: &TaskContext) -> AnyView {
    let (typed, problem) = reason(desk, "withdraw-signature");
    let kept = desk.context.kept.as_ref().filter(|kept| kept.typed.one("form") == "withdraw-signature");
    let typed_day = kept.map(|kept| kept.typed.clone()).unwrap_or_default();
    let last_day = Field::new("until", "Last day on which it counts", Kind::Day)
        .hint("Leave it blank to take the signature back at once. For example, 31 1 2027.");
    let organisation = named(desk, &desk.visitor.organisation.id);
    let others = desk
        .record()
        .signatures
        .iter()
        .any(|signature| signature.role.side() == Side::EndUser && signature.organisation != desk.visitor.organisation.id);
    let text = if others {
        "The signatures of the others stay. It is kept in the history, and the others are told. Your organisation can sign again later."
    } else {
        "It is the only one of the organisations that will use the product, so this is not agreed any more and what depends on it cannot continue. It is kept in the history, and the others are told. Your organisation can sign again later."
    };
    view! {
        <h2 class="nhsuk-heading-m">{format!("Take back the signature of {organisation}")}</h2>
        <p>{text}</p>
        <form action="/do/task/withdraw-signature" method="post" novalidate>
            {desk.hidden()}
            {ask::question(&last_day, &typed_day, kept, &ask::Look { name: "until".to_owned(), ..ask::Look::default() })}
            {ask::words("reason-withdraw", "reason", "Why does your organisation take its signature back?", "Everybody on this journey can read this.", &typed, problem, 3)}
            <Button text="Take the signature back" secondary=true />
        </form>
    }
    .into_any()
}
