//! What happened to a journey, and what is true after it. Journeys are their events (`event`), chained by digest; `fold` makes
//! a `journey` of them, and `standings` and `signing` say what follows. `heads` is the daily list of where all ledgers end.

pub mod agreement_text;
pub mod basis;
pub mod defect;
pub mod defect_clock;
pub mod event;
pub mod file_sort;
pub mod fold;
pub mod group;
pub mod heads;
pub mod identity;
pub mod incident;
pub mod journey;
pub mod machine;
pub mod member_check;
pub mod names;
pub mod refusal;
pub mod resting;
pub mod signing;
pub mod site;
pub mod standing;
pub mod standings;
pub mod undoing;
pub mod use_case;
pub mod words;
