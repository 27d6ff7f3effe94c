//! Old events never change shape. `every-event.json` and `every-people-event.json` hold one of each, as they lie in
//! ledgers; lines may be added to them and never changed: each is read and written again byte for byte, and the digests over
//! the lines that were there when they were fixed never change, because a ledger that was honest yesterday must be honest
//! tomorrow.

mod common;

use std::{collections::BTreeSet, fmt::Debug};

use common::{Play, actor, at, by, opening, shipped};
use jiff::SignedDuration;
use journey::{
    base::{
        actor::Role,
        edition::Edition,
        ids::{Digest, Seq},
    },
    ledger::{
        event::{Event, Recorded},
        journey::{Corrupt, Journey},
    },
    people::rules::PeopleEvent,
    plan::opening::Opening,
};
use serde::{Serialize, de::DeserializeOwned};

/// The tag of each variant, and the list of them all. A new variant does not compile until it has its line here, and then
/// the committed file must have one.
macro_rules! tags {
    ($name:ident, $all:ident, $kind:ident { $($variant:ident = $tag:literal,)* }) => {
        const $all: &[&str] = &[$($tag),*];

        fn $name(event: &$kind) -> &'static str {
            match event { $($kind::$variant { .. } => $tag,)* }
        }
    };
}

tags!(tag, TAGS, Event {
    Opened = "opened",
    Started = "started",
    Submitted = "submitted",
    Approved = "approved",
    Returned = "returned",
    Uplifted = "uplifted",
    Reassessed = "reassessed",
    SentBack = "sent_back",
    Refused = "refused",
    Undone = "undone",
    RoundTakenBack = "round_taken_back",
    Acknowledged = "acknowledged",
    Issued = "issued",
    StillHolds = "still_holds",
    Signed = "signed",
    AskedToSign = "asked_to_sign",
    SignatoryReplaced = "signatory_replaced",
    IncidentReported = "incident_reported",
    Declined = "declined",
    SignatureWithdrawn = "signature_withdrawn",
    SignatureEnded = "signature_ended",
    RenewalDue = "renewal_due",
    SignaturesLapsed = "signatures_lapsed",
    WaiverProposed = "waiver_proposed",
    WaiverConfirmed = "waiver_confirmed",
    WaiverDeclined = "waiver_declined",
    Reopened = "reopened",
    Lapsed = "lapsed",
    Expired = "expired",
    PartAsked = "part_asked",
    PartDeclined = "part_declined",
    Joined = "joined",
    Identified = "identified",
    Replanned = "replanned",
    Rescoped = "rescoped",
    WentLive = "went_live",
    Withdrawn = "withdrawn",
    Resumed = "resumed",
    Left = "left",
    LeaveAsked = "leave_asked",
    LeaveDeclined = "leave_declined",
    Reclassified = "reclassified",
    SiteLive = "site_live",
    SiteTakenBack = "site_taken_back",
    ValidityProposed = "validity_proposed",
    ValidityConfirmed = "validity_confirmed",
    ValidityDeclined = "validity_declined",
    SiteStep = "site_step",
    SiteStepTakenBack = "site_step_taken_back",
    SiteSuspended = "site_suspended",
    SiteResumed = "site_resumed",
    SiteChecked = "site_checked",
    ConditionClosed = "condition_closed",
    MembersChecked = "members_checked",
    QueryRaised = "query_raised",
    QueryAnswered = "query_answered",
    QueryClosed = "query_closed",
    DefectRaised = "defect_raised",
    DefectAssessed = "defect_assessed",
    DefectMended = "defect_mended",
    DefectClosed = "defect_closed",
    DefectReopened = "defect_reopened",
});

tags!(people_tag, PEOPLE_TAGS, PeopleEvent {
    Registered = "registered",
    Confirmed = "confirmed",
    Invited = "invited",
    InvitationCancelled = "invitation_cancelled",
    Accepted = "accepted",
    RolesChanged = "roles_changed",
    Removed = "removed",
    PasswordChanged = "password_changed",
    NameChanged = "name_changed",
    DetailsAsked = "details_asked",
    DetailsDeclined = "details_declined",
    DetailsChanged = "details_changed",
    Locked = "locked",
    Unlocked = "unlocked",
    SessionsEnded = "sessions_ended",
    ResetSent = "reset_sent",
    GivenBack = "given_back",
    Merged = "merged",
    SecondStepSetUp = "second_step_set_up",
    RecoveryCodesMade = "recovery_codes_made",
    SecondStepRemoved = "second_step_removed",
    SecondStepResetAsked = "second_step_reset_asked",
    SecondStepReset = "second_step_reset",
});

/// Decodes every line of a committed file and encodes it again, byte for byte.
fn decoded<E: DeserializeOwned + Serialize + Debug>(file: &str, tag: fn(&E) -> &'static str, tags: &[&str]) -> Vec<E> {
    let _: Vec<serde_json::Value> = serde_json::from_str(file).expect("the file is JSON");
    let mut events = Vec::new();
    let mut met = BTreeSet::new();
    for line in file.lines().filter(|line| line.starts_with('{')) {
        let text = line.trim_end_matches(',');
        let event: E = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text} is not read any more: {error}"));
        assert_eq!(serde_json::to_string(&event).expect("plain data"), text, "it is written differently now");
        let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(value["event"], tag(&event), "{event:?} has another name");
        met.insert(tag(&event));
        events.push(event);
    }
    assert_eq!(met, tags.iter().copied().collect(), "one of each is committed");
    events
}

/// The digest at the end of a ledger of these events, on fixed days, by people and by time itself.
fn head<E: Serialize + Clone>(stream: &str, events: &[E]) -> String {
    let mut last: Option<(Seq, Digest)> = None;
    let mut now = at("2026-03-02T09:00:00.000001Z");
    for (place, event) in events.iter().enumerate() {
        let person = (place % 5 != 4).then(|| by(&actor("ada", "acme", &[])));
        let after = last.as_ref().map(|(seq, digest)| (*seq, digest));
        let recorded = Recorded::chain(stream, after, now, person, event.clone());
        assert!(recorded.follows(stream, after));
        assert!(!recorded.follows("7K3M-9PX4", after), "an event belongs to its stream");
        last = Some((recorded.seq, recorded.digest));
        now += SignedDuration::from_secs(61);
    }
    last.expect("events").1.to_string()
}

#[test]
fn every_event_ever_written_is_read_and_written_as_before() {
    let events = decoded(include_str!("every-event.json"), tag, TAGS);
    // A new pair is added when lines are: those that are here stay.
    for (first, digest) in [
        (20, "3670ac3ab4d6e010a7ad307842e1300b668bac7e6cb3f7641bb3d42870d2dc2b"),
        (39, "408e7163ee595b945d6c1c07f0fd18a86654a1b239b2d39d284b617a7ddbfce6"),
        (51, "3a78da346d0f1af0b494ac6de49a988716af6b1be76efd79ec1a9766652dd2aa"),
        (55, "29eb1f98eebabea1efadeb59f65c63c31f7244604d6a0cde7162e9b8d842363e"),
        (57, "b083dc0c9ec7ff0edbe5569dba0672dbefcbb495d90bb9d6575d745fcf8098ef"),
        (78, "c09d67c51b351f6ecfe27c7995c3ddc8afd30c65b932288e7a14632db227001a"),
    ] {
        assert_eq!(head("0000-0000", &events[..first]), digest, "the digest of the first {first} must never change");
    }
}

#[test]
fn every_event_of_people_is_read_and_written_as_before() {
    let events = decoded(include_str!("every-people-event.json"), people_tag, PEOPLE_TAGS);
    for (first, digest) in [
        (8, "6b978c9168574d6f20acef20fdbb6211ff7d8d2431f3cdac74c8be2e70c9189a"),
        (12, "38ef4736986fd3ef4c9b4f6ed0f6098d9b4236c937fb7412b5602324c59c24ec"),
        (18, "8d34fbb50b76b1cc362b19ddc62fd88c01c5e5b226c08f21d62f285be2d913c4"),
        (23, "0fddcab52c0b092c1796bc08804da24e2a176b3f7ba6a3108fdffae58a4762fb"),
        (24, "6d812df9faed33debcc99b3bb6253fae7384e79b967ab0c9ffde1e2d3eac8166"),
    ] {
        assert_eq!(head("people", &events[..first]), digest, "the digest of the first {first} must never change");
    }
}

/// An event of a later release: one with a field that this one does not know.
#[derive(Clone, serde::Serialize)]
struct Later {
    event: &'static str,
    task: &'static str,
    since: &'static str,
}

/// A field that a later release adds makes an event neither unreadable nor unbelievable here, while both releases run.
#[test]
fn a_field_that_is_not_known_is_passed_over_and_believed() {
    let later = Later { event: "lapsed", task: "obtain-use-case-approval", since: "a later release" };
    let written = Recorded::chain("7K3M-9PX4", None, at("2026-03-02T09:00:00Z"), None, later);
    let event: Event = serde_json::from_str(&written.body).expect("it is read");
    assert_eq!(event, Event::Lapsed { task: "obtain-use-case-approval".parse().expect("a task id") });
    let Recorded { seq, at, by, body, prev, digest, .. } = written;
    let read = Recorded { seq, at, by, event, body, prev, digest };
    assert!(read.follows("7K3M-9PX4", None), "it is as it was written");
    let body = read.body.replace("a later release", "an earlier one");
    assert!(!Recorded { body, ..read }.follows("7K3M-9PX4", None), "what is not known cannot be changed unseen either");
}

#[test]
fn what_is_not_an_event_is_refused() {
    for text in [
        r#"{"event":"promoted","task":"go-live"}"#,
        r#"{"event":"lapsed"}"#,
        r#"{"event":"lapsed","task":"Go Live"}"#,
        r#"{"event":"submitted","task":"go-live","round":-1,"digest":"00"}"#,
        r#"{"event":"issued","task":"go-live","role":"king","note":""}"#,
        r#"{"task":"go-live"}"#,
        "null",
    ] {
        assert!(serde_json::from_str::<Event>(text).is_err(), "{text}");
    }
}

/// What an edition asks is never taken for nothing because this process does not know the edition.
#[test]
fn a_ledger_that_names_an_unknown_edition_is_not_read_as_one_that_asks_nothing() {
    let unknown: Edition = "2031-7".parse().expect("an edition");
    let process = shipped().newest("consumer").expect("a consumer process");
    let lead = actor("ada", "acme", &[Role::OnboardingLead]);
    let journey = Play::open(shipped(), process, &lead, opening()).journey;
    let opened = Event::Opened {
        process: process.id.clone(),
        organisation: lead.organisation.clone(),
        opening: Opening { catalogue: unknown.clone(), ..opening() },
        identity: None,
    };
    let now = at("2026-03-02T09:00:00Z");
    let first = Recorded::chain(&journey.reference.to_string(), None, now, Some(by(&lead)), opened);
    let read = Journey::open(&journey.reference, &first, shipped());
    assert_eq!(read.expect_err("nobody knows what it asks"), Corrupt::UnknownEdition(unknown.clone()));
    let moved = Event::Uplifted { task: "submit-scal".parse().expect("a task"), catalogue: unknown.clone() };
    let mut after = journey.clone();
    let recorded = journey.record(vec![moved], Some(by(&lead)), now);
    assert_eq!(after.evolve(&recorded[0]), Err(Corrupt::UnknownEdition(unknown)));
    assert_eq!((after.seq, &after.opening), (journey.seq, &journey.opening), "nothing was changed");
}
