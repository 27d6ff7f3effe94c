//! Open pages hear that their journey, or the worklist, has changed: a stream of server-sent events that say nothing but
//! that. The page then asks for itself again, and is answered as far as its reader may see.
//!
//! A page says how far changes had been heard when it was asked for, and a browser that connects again says how far it has heard: what
//! came in between is said first, so that nothing falls between drawing a page and listening, or between two streams.

use std::{convert::Infallible, time::Duration};

use app::{
    act::load,
    base::halt::Halt,
    request::{
        services::Services,
        visitor::{Caller, Drawn, Visitor},
    },
};
use axum::{
    Extension,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    middleware::Next,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use journey::base::{actor::Role, ids::JourneyRef};
use serde::Deserialize;
use store::{Change, Db, Heard, Position};
use tokio::{
    sync::{broadcast, watch},
    time::{Instant, sleep_until},
};

use crate::places::{Full, Place, Places};

/// How long one stream lasts. The browser then connects again, and who may listen is looked at anew.
const LASTS: Duration = Duration::from_secs(10 * 60);

/// Streams at once, in all and of one person. More get "try again"; their pages work without.
const MOST: usize = 2_000;
/// See `MOST`.
pub const OF_ONE: usize = 12;

/// A comment is sent so often, so that nothing on the way takes the stream for dead.
const BREATH: Duration = Duration::from_secs(20);

/// What the streams need.
#[derive(Clone)]
pub struct Live {
    services: Services,
    db: Db,
    places: Places,
    stop: watch::Receiver<bool>,
}

impl Live {
    /// Streams that end when `stop` says so: a server that shuts down does not wait for them.
    #[must_use]
    pub fn new(services: Services, db: Db, stop: watch::Receiver<bool>) -> Self {
        Self { services, db, places: Places::new(MOST, OF_ONE), stop }
    }

    /// A stream of the changes that somebody looks for, beginning with what they have missed.
    fn stream(&self, visitor: &Visitor, about: About, from: Option<Position>) -> Response {
        let place = match self.places.take(&visitor.actor.person) {
            Ok(place) => place,
            Err(Full::OfPerson) => return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "30")]).into_response(),
            Err(Full::OfAll) => return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "30")]).into_response(),
        };
        let (changes, position, missed) = self.db.changes_after(from);
        let missed = missed.iter().any(|change| about.concerned(change));
        let mut first = vec![said("listening", position)];
        first.extend(missed.then(|| said("changed", position)));
        let listening = Listening {
            about,
            changes,
            stop: self.stop.clone(),
            until: Instant::now() + LASTS,
            first: first.into_iter(),
            position,
            _place: place,
        };
        let events = stream::unfold(listening, |mut listening| async move {
            let event = listening.next().await?;
            Some((Ok::<Event, Infallible>(event), listening))
        });
        let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(BREATH)).into_response();
        // Proxies that collect an answer before they pass it on would make it late.
        response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
        response
    }
}

/// What an open page shows.
enum About {
    /// One journey.
    Journey(JourneyRef),
    /// What waits for these roles.
    Worklist(Vec<Role>),
}

impl About {
    fn concerned(&self, change: &Change) -> bool {
        match (change, self) {
            (Change::Anything, _) | (Change::Journey { roles: None, .. }, About::Worklist(_)) => true,
            (Change::Journey { reference, .. }, About::Journey(mine)) => reference == mine,
            (Change::Journey { roles: Some(roles), .. }, About::Worklist(mine)) => mine.iter().any(|role| roles.contains(role)),
        }
    }
}

/// One open page.
struct Listening {
    about: About,
    changes: broadcast::Receiver<Heard>,
    stop: watch::Receiver<bool>,
    until: Instant,
    /// What is said before anything new.
    first: std::vec::IntoIter<Event>,
    /// How far it has heard.
    position: Position,
    _place: Place,
}

impl Listening {
    /// The next event; `None` when the stream ends.
    async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.first.next() {
            return Some(event);
        }
        loop {
            let heard = tokio::select! {
                heard = self.changes.recv() => heard,
                _ = self.stop.wait_for(|stop| *stop) => return None,
                () = sleep_until(self.until) => return None,
            };
            let concerns = match heard {
                Ok(heard) => {
                    self.position = heard.position;
                    self.about.concerned(&heard.change)
                }
                Err(broadcast::error::RecvError::Lagged(_)) => true,
                Err(broadcast::error::RecvError::Closed) => return None,
            };
            if concerns {
                return Some(said("changed", self.position));
            }
        }
    }
}

/// An event. The browser gives its id back when it connects again.
fn said(name: &str, position: Position) -> Event {
    Event::default().event(name).id(position.to_string()).data("1")
}

/// How far whoever connects has heard, as the page or the browser says.
#[derive(Debug, Deserialize)]
pub struct After {
    #[serde(default)]
    after: String,
}

impl After {
    fn position(&self, headers: &HeaderMap) -> Option<Position> {
        let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
        last.unwrap_or(&self.after).parse().ok()
    }
}

/// Notes how far changes were heard before anything of a page is read.
pub async fn drawn(State(live): State<Live>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Drawn(live.db.position().to_string()));
    next.run(request).await
}

/// `GET /live/journeys/{reference}`: for whoever may see the journey.
pub async fn journey(
    State(live): State<Live>,
    Extension(caller): Extension<Caller>,
    Path(reference): Path<String>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    // A browser that is told "no content" does not come back.
    let Some(visitor) = &caller.visitor else { return StatusCode::NO_CONTENT.into_response() };
    match load::load(&live.services, visitor, &reference).await {
        Ok(loaded) => live.stream(visitor, About::Journey(loaded.journey.reference.clone()), after.position(&headers)),
        Err(Halt::Unavailable(why)) => {
            tracing::warn!(why, "nobody can listen: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "5")]).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /live/worklist`: for the teams of the programme. A team hears of what had a turn with it, or has one now.
pub async fn worklist(
    State(live): State<Live>,
    Extension(caller): Extension<Caller>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    match &caller.visitor {
        None => StatusCode::NO_CONTENT.into_response(),
        Some(visitor) if visitor.is_programme() => {
            let about = About::Worklist(visitor.actor.roles.iter().copied().collect());
            live.stream(visitor, about, after.position(&headers))
        }
        Some(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
