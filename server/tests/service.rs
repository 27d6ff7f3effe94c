//! The service as its visitors meet it, in one program: each file beside this one is a module of it, because linking the
//! whole service once for each of them takes minutes and many gigabytes. What needs a process to itself is a program of its
//! own: it counts statements, memory or log lines, kills, or publishes an edition of the catalogue. `Cargo.toml` names both.
#![expect(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod common;

mod accounts;
mod agreement;
mod backup;
mod before;
mod binary;
mod bucket;
mod certificates;
mod check;
mod defects;
mod demo;
mod docs;
mod documents;
mod drafts;
mod facts;
mod files;
mod group;
mod guessing;
mod heads;
mod live;
mod live_runs;
mod meetings;
mod members;
mod messages;
mod nonsense;
mod ods;
mod operator;
mod outbox;
mod pack;
mod packaging;
mod phrases;
mod provider;
mod races;
mod readers;
mod reading_age;
mod register;
mod remembered;
mod reports;
mod requests;
mod run_address;
mod run_evidence;
mod scal;
mod seals;
mod search;
mod seats;
mod second_step;
mod session;
mod signatures;
mod signing_links;
mod signing_story;
mod stops;
mod sweeps;
mod texts;
mod ticked;
mod try_here;
mod turns;
mod undo;
mod unused;
mod walls;
mod watching;
mod worklist;
