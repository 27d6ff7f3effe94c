//! Who may do what, and when: `decide` lists what a person may do and obeys the same list.

pub mod answering;
pub mod asked_anew;
pub mod audit;
pub mod by_link;
pub mod certificate;
pub mod claims;
pub mod command;
pub mod conflict;
pub mod conversation;
pub mod decide;
pub mod draft;
pub mod duties;
pub mod go_live;
pub mod incident;
pub mod leaving;
pub mod member_checks;
pub mod members;
pub mod offers;
pub mod queries;
pub mod reason;
pub mod replaced;
pub mod review;
pub mod site_file;
pub mod undo;
pub mod versions;
