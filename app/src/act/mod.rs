//! Reading and writing journeys: the frame of every page, the only way to write, the letters that follow.

pub mod action;
pub mod by_link;
pub mod decided;
pub mod known;
pub mod letters;
pub mod load;
pub mod page;
pub mod post;
pub mod sent;
pub mod step_up;
pub mod usual;
pub mod wording;
pub mod worklist;
