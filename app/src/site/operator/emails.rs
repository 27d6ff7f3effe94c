//! `/operator/emails`: emails that wait and emails that cannot be delivered, with the reason, and sending them again. Their
//! words are not shown: they may hold a link.

use journey::port::{Unsent, audit::Act};
use leptos::prelude::*;

use crate::{
    act::{
        action::{ActionResult, Typed, act},
        page::{context, page, titled},
    },
    base::{
        dates,
        words::{counted, encode},
    },
    design::{
        Button,
        Column::{Figures, Unseen, Words},
        Grid, Title, say,
    },
    site::operator::forms::{noted, operating, operators_only, reason},
};

/// Emails of the page.
const MOST: u32 = 200;

/// Days for which emails that cannot be delivered are counted, as for the metrics.
pub(crate) const COUNTED_DAYS: i64 = 7;

/// `/operator/emails`
#[component]
pub fn OperatorEmails() -> impl IntoView {
    page(async {
        let context = context().await?;
        operators_only(&context.visitor()?.actor)?;
        let store = &context.services.store;
        let (waiting, oldest) = store.letters_waiting().await?;
        let unsent = store.letters_unsent(MOST).await?;
        let kept = context.kept.clone();
        let failed = unsent.iter().filter(|letter| letter.undelivered.is_some()).count();
        let since = oldest.map(|at| format!(", the oldest since {}", dates::moment(at))).unwrap_or_default();
        let facts = format!("{} cannot be delivered. {}{since}.", counted(failed, "email"), waits(waiting));
        let chosen = kept.as_ref().map(|kept| kept.typed.many("letters").to_vec()).unwrap_or_default();
        let rows = unsent.iter().map(|letter| row(letter, &chosen)).collect_view();
        let list = if unsent.is_empty() {
            view! { <div class="gpc-empty"><p>"Every email has been sent."</p></div> }.into_any()
        } else {
            view! {
                <form action="/do/operator/send-again" method="post" novalidate>
                    <Grid
                        caption="Emails that have not been sent: those that cannot be delivered first"
                        columns=[Unseen("Choose"), Words("To"), Words("Subject"), Words("State"), Figures("Tries"), Words("Waits since")]
                        rows=rows.into_any()
                    />
                    <div class="gpc-below">{reason("again", "This goes into the audit.", kept.as_ref())}</div>
                    <Button text="Send the chosen ones again" secondary=true />
                    " "
                    {(failed > 0).then(|| view! {
                        <Button text="Send all again that cannot be delivered" secondary=true name="all" value="yes" />
                    })}
                </form>
            }
            .into_any()
        };
        let body = view! {
            {say::kept(kept.as_ref())}
            {say::banner(context.banner)}
            <Title text="Emails">{facts}</Title>
            <p>"The words of an email are not shown, because they may hold a link that lets somebody in. An email that is sent again is tried as if it were new."</p>
            {list}
        }
        .into_any();
        Ok((titled("Emails", kept.as_ref()), body))
    })
}

fn waits(waiting: u32) -> String {
    match waiting {
        0 => "None waiting".to_owned(),
        1 => "1 waiting".to_owned(),
        more => format!("{more} waiting"),
    }
}

fn row(letter: &Unsent, chosen: &[String]) -> AnyView {
    let id = format!("letter-{}", letter.id);
    let label = format!("{}: {}", letter.to, letter.subject);
    let checked = chosen.contains(&letter.id);
    let state = match letter.undelivered {
        Some((why, at)) => {
            let says = format!("Since {}: {}.", dates::moment(at), why.in_words());
            view! { <strong class="nhsuk-tag nhsuk-tag--red">"Cannot be delivered"</strong><br />{says} }.into_any()
        }
        None if letter.tries > 0 => "It could not be sent, and is tried again.".into_any(),
        None => "It waits to be sent.".into_any(),
    };
    let said = (!letter.last_error.is_empty()).then(
        || view! { <br /><span class="gpc-meta gpc-break">{format!("The mail server said: {}", letter.last_error)}</span> },
    );
    let find = format!("/operator/people?find={}", encode(&letter.to));
    view! {
        <tr role="row">
            <td role="cell">
                <div class="nhsuk-checkboxes nhsuk-checkboxes--small">
                    <div class="nhsuk-checkboxes__item">
                        <input class="nhsuk-checkboxes__input" id=id.clone() name="answers[letters][]" type="checkbox" value=letter.id.clone() checked=checked />
                        <label class="nhsuk-label nhsuk-checkboxes__label" for=id><span class="nhsuk-u-visually-hidden">{label}</span></label>
                    </div>
                </div>
            </td>
            <th scope="row" role="rowheader" class="gpc-break"><a href=find>{letter.to.clone()}</a></th>
            <td role="cell" data-l="Subject">{letter.subject.clone()}</td>
            <td role="cell" data-l="State">{state}{said}</td>
            <td role="cell" data-l="Tries" class="gpc-num">{letter.tries.to_string()}</td>
            <td role="cell" data-l="Waits since">{dates::moment(letter.since)}</td>
        </tr>
    }
    .into_any()
}

/// Sends emails again: the chosen ones, or all that cannot be delivered.
///
/// # Errors
/// Never: every outcome is a redirect.
#[server(prefix = "/do", endpoint = "operator/send-again")]
pub async fn send_again(#[server(default)] all: String, #[server(default)] answers: Typed) -> ActionResult {
    act(async move {
        let chosen = answers.get("letters").cloned().unwrap_or_default();
        let operating = match operating("/operator/emails".to_owned(), "again", answers).await? {
            Ok(operating) => operating,
            Err(page) => return Ok(page),
        };
        if all.is_empty() && chosen.is_empty() {
            return operating.refuse("There is a problem", "Choose at least one email. Nothing was sent.").await;
        }
        let ids: Vec<String> = if all.is_empty() { chosen.into_iter().take(MOST as usize).collect() } else { Vec::new() };
        let note = noted(&operating.services, &operating.caller, Act::EmailAgain, "", &operating.reason);
        match operating.services.store.letters_again(&ids, note).await? {
            0 => operating.refuse("Nothing was sent again", "These emails have been sent meanwhile, or there are none.").await,
            count => operating.done(
                &format!("{} sent again", if count == 1 { "1 email is".to_owned() } else { format!("{count} emails are") }),
                "They go within a minute. If one cannot be delivered, it comes back here with the reason.",
            ),
        }
    })
    .await
}
