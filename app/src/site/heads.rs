//! `/verify/heads` and `/verify/heads/{day}`: the daily lists of where all ledgers end, for anybody who wants to be able to say later
//! that nothing was cut off.

use jiff::civil::Date;
use journey::{
    ledger::heads::{Head, HeadList},
    port::heads::{ListFacts, ListKey},
};
use leptos::prelude::*;

use crate::{
    act::page::{context, page},
    base::{dates, halt::Halt, paths, words::counted},
    design::{
        Column::{Figures, Words},
        Crumbs, Grid, SummaryRow, Title,
    },
    request::visitor::{param, query},
};

/// Lists on one page.
const PAGE: u32 = 30;

/// Lines of a list that its page shows. The file has all of them.
const SHOWN: usize = 100;

/// What stands before the bytes of a public key (Ed25519) where OpenSSL reads one (RFC 8410).
const BEFORE_KEY: &str = "302a300506032b6570032100";

/// `/verify/heads`
#[component]
pub fn Heads() -> impl IntoView {
    page(async {
        let context = context().await?;
        let store = &context.services.store;
        let before = query("before").parse().unwrap_or(u64::MAX);
        let mut lists = store.lists_before(before, PAGE + 1).await?;
        let more = lists.len() > PAGE as usize;
        lists.truncate(PAGE as usize);
        let next = lists.last().filter(|_| more).map(|last| format!("{}?before={}", paths::HEADS, last.number));
        let keys = store.list_keys().await?;
        let list = if lists.is_empty() { empty(before == u64::MAX) } else { table(&lists) };
        let body = view! {
            <Crumbs links=vec![("/".to_owned(), "Start".to_owned()), ("/verify".to_owned(), "Check a certificate".to_owned())] />
            <div class="nhsuk-grid-row"><div class="nhsuk-grid-column-two-thirds">
                <Title text="Daily lists of where all ledgers end">"For anybody who relies on what is recorded here. You do not need an account."</Title>
                <p>"Everything that happens to a journey is an entry in its ledger, and each entry has the digest of the one before. So nobody can change an entry without all later digests changing. But whoever runs the database could cut entries off at the end, or write a whole ledger anew."</p>
                <p>"Each day, soon after midnight, the service writes a list of where every ledger ends that has grown since the list before. It signs the list, and each list has the digest of the one before. A list that you keep shows later whether anything that was recorded until then is missing or different, in any journey."</p>
                <p>"A list names no journey. Each ledger has a name made of digits and letters, which only those can make who can read the journey: its history page says it, and so does the journey as a ZIP file."</p>
            </div></div>
            {list}
            <p class="gpc-below">
                {next.map(|to| view! { <a href=to rel="next">"Earlier lists"</a> " " })}
                {(before != u64::MAX).then(|| view! { <a href=paths::HEADS>"Back to the newest list"</a> })}
            </p>
            {the_keys(&keys)}
            {how(&keys)}
        }
        .into_any();
        Ok(("Daily lists of where all ledgers end".to_owned(), body))
    })
}

fn empty(first: bool) -> AnyView {
    if first {
        return view! {
            <div class="gpc-empty">
                <h2 class="nhsuk-heading-s">"No list has been made yet"</h2>
                <p>"The first one is made when the service has a key to sign it with."</p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="gpc-empty">
            <h2 class="nhsuk-heading-s">"There are no earlier lists"</h2>
        </div>
    }
    .into_any()
}

fn table(lists: &[ListFacts]) -> AnyView {
    let rows = lists
        .iter()
        .map(|list| {
            let day = dates::date(list.day);
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader" class="gpc-nb"><a href=paths::heads(&list.day)>{day.clone()}</a></th>
                    <td role="cell" data-l="Number" class="gpc-num">{list.number.to_string()}</td>
                    <td role="cell" data-l="Ledgers" class="gpc-num">{list.ledgers.to_string()}</td>
                    <td role="cell" data-l="Digest"><span class="gpc-mono gpc-break">{list.digest.to_string()}</span></td>
                    <td role="cell" data-l="File">
                        <a href=paths::heads_file(&list.day) download>"Download"<span class="nhsuk-u-visually-hidden">{format!(" the list of {day}")}</span></a>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let columns = [Words("Day"), Figures("Number"), Figures("Ledgers"), Words("Digest of the list"), Words("File")];
    view! { <Grid caption="Lists, newest first" columns=columns rows=rows.into_any() /> }.into_any()
}

fn the_keys(keys: &[ListKey]) -> AnyView {
    if keys.is_empty() {
        return ().into_any();
    }
    let lines = keys
        .iter()
        .map(|key| {
            let days = if key.from == key.until {
                format!("The list of {}", dates::date(key.from))
            } else {
                format!("Lists of {} to {}", dates::date(key.from), dates::date(key.until))
            };
            view! { <li>{days}": "<span class="gpc-mono gpc-break">{key.key.clone()}</span></li> }
        })
        .collect_view();
    let several = (keys.len() > 1).then(|| {
        view! { <p>"The key has changed. Lists that were signed with an earlier one are checked with that one."</p> }
    });
    view! {
        <h2 class="nhsuk-heading-m">"The public key"</h2>
        <p>"Lists are signed with Ed25519. Write the key down where you keep the lists: then you notice if somebody else signs."</p>
        <ul>{lines}</ul>
        {several}
    }
    .into_any()
}

fn how(keys: &[ListKey]) -> AnyView {
    let newest = keys.first().map(|ListKey { key, .. }| {
        let steps = format!(
            "printf {BEFORE_KEY}{key} | xxd -r -p > key\nhead -n -1 list.txt > text\ntail -n 1 list.txt | cut -d ' ' -f 2 | xxd -r -p > signature\nopenssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
        );
        view! {
            <p>"The signature alone, with OpenSSL, for a list that was signed with the newest key and kept as list.txt:"</p>
            <pre class="gpc-code" tabindex="0" role="region" aria-label="How to check the signature with OpenSSL"><code>{steps}</code></pre>
            <p>"The last line of the file is the signature of everything above it. The SHA-256 of that is the digest which the next list names."</p>
        }
    });
    view! {
        <h2 class="nhsuk-heading-m">"How to check"</h2>
        <ol>
            <li>"Download a list now and then, and keep it where the service does not reach. The newest list is enough: through the digests it covers all lists before it."</li>
            <li>"Whoever has the database or a copy of it checks it against your file: "<span class="gpc-mono gpc-break">"gpc-onboarding verify --heads list.txt"</span>"."</li>
            <li>"Whoever has a journey as a ZIP file checks that, without the service: "<span class="gpc-mono gpc-break">"gpc-onboarding verify --pack journey.zip --heads list.txt"</span>"."</li>
        </ol>
        {newest}
    }
    .into_any()
}

/// `/verify/heads/{day}`
#[component]
pub fn HeadsOfDay() -> impl IntoView {
    let day = param("day");
    page(async move {
        let context = context().await?;
        let day: Date = day.parse().map_err(|_| Halt::Missing)?;
        let kept = context.services.store.list_of(day).await?.ok_or(Halt::Missing)?;
        let list = HeadList::read(&kept.signed.text).map_err(|why| Halt::Fault(format!("the list of heads of {day}: {why}")))?;
        let title = format!("Where all ledgers end, {}", dates::date(day));
        let body = view! {
            <Crumbs links=vec![("/".to_owned(), "Start".to_owned()), (paths::HEADS.to_owned(), "Daily lists".to_owned())] />
            <Title above=format!("List {}", list.number) text=title.clone()>{format!("Made on {}.", dates::moment(list.made_at))}</Title>
            <p><a href=paths::heads_file(&day) download>"Download the list with its signature"</a>". The file is what is signed, and what you keep."</p>
            <dl class="nhsuk-summary-list">
                <SummaryRow key="Digest of this list" value=kept.facts.digest.to_string() />
                <SummaryRow key="Digest of the list before" value=if list.number == 1 { "None: this is the first list".to_owned() } else { list.before.to_string() } />
                <SummaryRow key="Public key" value=list.key.clone() />
                <SummaryRow key="Signature" value=kept.signed.signature.clone() />
                <SummaryRow key="Ledgers that it names" value=list.heads.len().to_string() />
            </dl>
            {lines(&list.heads)}
        }
        .into_any();
        Ok((title, body))
    })
}

fn lines(heads: &[Head]) -> AnyView {
    if heads.is_empty() {
        return view! { <p>"No ledger has grown since the list before. The list is made all the same, so that there is one of each day."</p> }.into_any();
    }
    let more = heads.len().saturating_sub(SHOWN);
    let rows = heads
        .iter()
        .take(SHOWN)
        .map(|head| {
            view! {
                <tr role="row">
                    <td role="cell" data-l="Ledger"><span class="gpc-mono gpc-break">{head.ledger.to_string()}</span></td>
                    <td role="cell" data-l="Last entry" class="gpc-num">{head.seq.to_string()}</td>
                    <td role="cell" data-l="Its digest"><span class="gpc-mono gpc-break">{head.digest.to_string()}</span></td>
                </tr>
            }
        })
        .collect_view();
    let columns = [Words("Ledger"), Figures("Last entry"), Words("Its digest")];
    view! {
        <Grid caption="Where ledgers end that have grown since the list before" columns=columns rows=rows.into_any() />
        {(more > 0).then(|| view! { <p>{format!("The file has {} more.", counted(more, "ledger"))}</p> })}
    }
    .into_any()
}
