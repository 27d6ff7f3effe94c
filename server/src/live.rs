//! Open pages hear that their journey, or the worklist, has changed: a stream of server-sent events that say nothing but
//! that. The page then asks for itself again, and is answered as far as its reader may see.

use std::{convert::Infallible, time::Duration};

use app::{
    act::load,
    base::halt::Halt,
    request::{
        services::Services,
        visitor::{Caller, Visitor},
    },
};
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use journey::base::{actor::Role, ids::JourneyRef};
use store::{Change, Db};
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

    /// A stream of the changes that somebody looks for.
    fn stream(&self, visitor: &Visitor, about: About) -> Response {
        let place = match self.places.take(&visitor.actor.person) {
            Ok(place) => place,
            Err(Full::OfPerson) => return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "30")]).into_response(),
            Err(Full::OfAll) => return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "30")]).into_response(),
        };
        let listening = Listening {
            about,
            changes: self.db.changes(),
            stop: self.stop.clone(),
            until: Instant::now() + LASTS,
            begun: false,
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
    changes: broadcast::Receiver<Change>,
    stop: watch::Receiver<bool>,
    until: Instant,
    begun: bool,
    _place: Place,
}

impl Listening {
    /// The next event; `None` when the stream ends.
    async fn next(&mut self) -> Option<Event> {
        if !self.begun {
            self.begun = true;
            return Some(Event::default().event("listening").data("1"));
        }
        loop {
            let change = tokio::select! {
                change = self.changes.recv() => change,
                _ = self.stop.wait_for(|stop| *stop) => return None,
                () = sleep_until(self.until) => return None,
            };
            let concerns = match change {
                Ok(change) => self.about.concerned(&change),
                Err(broadcast::error::RecvError::Lagged(_)) => true,
                Err(broadcast::error::RecvError::Closed) => return None,
            };
            if concerns {
                return Some(Event::default().event("changed").data("1"));
            }
        }
    }
}

/// `GET /live/journeys/{reference}`: for whoever may see the journey.
pub async fn journey(State(live): State<Live>, Extension(caller): Extension<Caller>, Path(reference): Path<String>) -> Response {
    // A browser that is told "no content" does not come back.
    let Some(visitor) = &caller.visitor else { return StatusCode::NO_CONTENT.into_response() };
    match load::load(&live.services, visitor, &reference).await {
        Ok(loaded) => live.stream(visitor, About::Journey(loaded.journey.reference.clone())),
        Err(Halt::Unavailable(why)) => {
            tracing::warn!(why, "nobody can listen: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "5")]).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /live/worklist`: for the teams of the programme. A team hears of what had a turn with it, or has one now.
pub async fn worklist(State(live): State<Live>, Extension(caller): Extension<Caller>) -> Response {
    match &caller.visitor {
        None => StatusCode::NO_CONTENT.into_response(),
        Some(visitor) if visitor.is_programme() => {
            live.stream(visitor, About::Worklist(visitor.actor.roles.iter().copied().collect()))
        }
        Some(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
