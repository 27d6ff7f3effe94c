//! How a form with files comes in: who sends it is known first, then they get a place, then it is read, and whatever became
//! of it is answered with a page.

use std::time::Duration;

use app::{
    act::action,
    base::halt::Halt,
    request::{
        flash::{self, MOST_WAITING, Waiting},
        visitor::{Caller, Visitor},
    },
};
use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};

use crate::{
    form::{Broken, Form, MOST_TEXT, Rules, Stop},
    gate::{self, turned_away},
    places::Full,
    uploads::Uploads,
};

/// How long a form waits for its place. Nothing of it is read meanwhile.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes a form in: who sends it is known first, then they get a place, then it is read.
pub async fn enter<W>(uploads: &Uploads, caller: &Caller, request: Request, rules: Rules, work: W) -> Response
where
    W: AsyncFnOnce(&Visitor, &mut Form) -> Result<String, Stop>,
{
    let answer = match caller.visitor.clone() {
        Some(visitor) => {
            let place = match uploads.places.wait(&visitor.actor.person, PATIENCE).await {
                Ok(place) => place,
                Err(full) => return no_place(full),
            };
            let answer = read(caller, &visitor, request, rules, work).await;
            drop(place);
            answer
        }
        None => signed_out(uploads, caller, request, rules).await,
    };
    match answer {
        Ok(to) | Err(Stop::Halt(Halt::Elsewhere(to))) => Redirect::to(&to).into_response(),
        Err(Stop::Halt(Halt::SignIn)) => Redirect::to("/sign-in?why=not-kept").into_response(),
        Err(Stop::Halt(Halt::Missing)) => Redirect::to("/not-found").into_response(),
        Err(Stop::Halt(Halt::NotYours { .. })) => Redirect::to("/not-yours").into_response(),
        Err(Stop::Halt(Halt::Unavailable(why))) => {
            tracing::warn!(why, "a form with files could not be kept");
            gate::try_again()
        }
        Err(Stop::Halt(Halt::Fault(why))) => {
            tracing::error!(why, "fault in a form with files");
            gate::fault()
        }
        Err(Stop::Broken(broken)) => {
            tracing::info!(%broken, "a form with files that was not read to its end");
            cut_off(&broken)
        }
    }
}

async fn read<W>(caller: &Caller, visitor: &Visitor, request: Request, rules: Rules, work: W) -> Result<String, Stop>
where
    W: AsyncFnOnce(&Visitor, &mut Form) -> Result<String, Stop>,
{
    let mut form = Form::open(request, &rules, MOST_TEXT)?;
    let answer = work(visitor, &mut form).await;
    let (heading, detail) = match &answer {
        Err(Stop::Halt(Halt::NotYours { heading, detail })) => (heading.clone(), detail.clone()),
        Err(Stop::Broken(Broken::TooLong | Broken::TooMany)) => (
            "This form is longer than can be kept".to_owned(),
            "A form can hold about 500,000 characters in 300 parts. What fits is below. Shorten it, then send it again."
                .to_owned(),
        ),
        _ => {
            if answer.is_err() {
                drop(form.drained().await);
            }
            return answer;
        }
    };
    let (page, typed) = (rules.came_from)(&form.texts);
    caller.doing.begin(&page, &typed);
    drop(form.drained().await);
    Ok(action::come_back(caller, heading, detail).await?)
}

/// Nobody is signed in. Of whoever was, the words are kept, as many as are; of everybody else nothing is read.
async fn signed_out(uploads: &Uploads, caller: &Caller, request: Request, rules: Rules) -> Result<String, Stop> {
    let Some(was) = flash::was(&caller.session).await? else {
        return Ok(action::to_sign_in("", Waiting::Nothing));
    };
    let Ok(place) = uploads.places.wait(&was, PATIENCE).await else { return Ok(action::to_sign_in("", Waiting::Nothing)) };
    let mut form = Form::open(request, &rules, MOST_WAITING)?;
    let mut files = Vec::new();
    let waiting = loop {
        match form.next_file().await {
            Ok(Some(mut part)) => {
                let own = part.question().to_owned();
                let field = if own.is_empty() { (rules.control)(&form.texts) } else { own };
                files.push((field, part.name.clone()));
                part.bytes.drained().await?;
            }
            Ok(None) if form.cut.is_empty() => {
                let (page, typed) = (rules.came_from)(&form.texts);
                break flash::wait(&caller.session, &page, typed, &files).await?;
            }
            Ok(None) | Err(Broken::TooLong | Broken::TooMany) => break Waiting::TooLong,
            Err(other) => return Err(other.into()),
        }
    };
    drop(place);
    Ok(action::to_sign_in(&(rules.came_from)(&form.texts).0, waiting))
}

fn no_place(full: Full) -> Response {
    let (status, heading, text) = match full {
        Full::OfPerson => (
            StatusCode::TOO_MANY_REQUESTS,
            "You are sending several forms with files already",
            "Nothing was changed. Wait until they have arrived, then load this page again and let your browser send the form again.",
        ),
        Full::OfAll => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Many files are being added just now",
            "Nothing was changed. Wait a few seconds, then load this page again and let your browser send the form again.",
        ),
    };
    turned_away(status, heading, text)
}

fn cut_off(broken: &Broken) -> Response {
    match broken {
        Broken::TooLarge | Broken::TooLong | Broken::TooMany => turned_away(
            StatusCode::PAYLOAD_TOO_LARGE,
            "That is too large",
            "Nothing was changed. Go back: your browser keeps what you typed. Send fewer or smaller files at once.",
        ),
        Broken::Silent | Broken::Slow => turned_away(
            StatusCode::REQUEST_TIMEOUT,
            "The form did not arrive in time",
            "Nothing was sent. Check your connection and go back: your browser keeps what you typed. Send one file at a time if the line is slow.",
        ),
        Broken::Unreadable(_) => turned_away(
            StatusCode::BAD_REQUEST,
            "The form did not arrive whole",
            "Nothing was sent. Go back: your browser keeps what you typed. Choose the files again, then send the form again.",
        ),
    }
}
