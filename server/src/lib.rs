//! The host: configuration, router, sessions, headers, mail, commands. Holds no rule and no query.
//!
//! `config` reads the environment, `serve` builds the router and runs it, `listen` takes connections, `gate` finds out who
//! asks and refuses what may not pass, `headers` is the one table of response headers, `login` hashes passwords
//! (on the threads of `heavy`), `outbox`
//! sends letters, `enter` takes forms with files in, which `form` reads within bounds and for which there are `places`,
//! `files` and `messages` keep uploads (`kinds` says what they are, `reports` reads those of test suites), `downloads` hands
//! them out, `previews` takes files in that are shown before anything of them is done, `ods` reads the files of the register of ODS codes, `evidence` is what stands in a signed document, `packing` a whole journey as a `pack`, `heads` are the daily lists of where ledgers end, `register` is the register of products as a file, `signatories` who signs for the members of a group, `checks` what is known of each of them, `sites` the sites of a journey as a file, `uploads` is what is shared by them and `file_store` where their bytes lie, `raw_routes` lists the routes that are no pages,
//! `live` tells open pages what has changed, `metrics` counts for whoever watches, `commands` are the tools of the binary,
//! `demo` plays journeys to look at.

pub mod audit;
mod checks;
pub mod commands;
pub mod config;
mod defects;
pub mod demo;
pub mod documents;
pub mod downloads;
pub mod enter;
mod evidence;
pub mod file_store;
pub mod files;
pub mod form;
pub mod gate;
pub mod headers;
pub mod heads;
mod heavy;
pub mod host;
mod kinds;
pub mod listen;
pub mod lists;
pub mod live;
mod live_files;
mod live_runs;
pub mod login;
pub mod meetings;
mod messages;
pub mod metrics;
pub mod ods;
pub mod outbox;
pub mod pack;
pub mod packing;
pub mod places;
mod previews;
pub mod raw_routes;
pub mod register;
mod reports;
mod requests;
pub mod run_address;
mod run_refusals;
pub mod scal;
pub mod seal;
pub mod serve;
mod signatories;
mod sites;
pub mod start;
mod terminal;
mod traceability;
pub mod unused;
pub mod uploads;
pub mod workbook;
mod worklist;
