//! The conversation: a thread on each journey and on each of its tasks, beside it the notes that one side keeps for
//! itself, and the letters that tell of both. Who may read and write is `journey::conversation`.

pub mod actions;
pub mod daily;
pub mod page;
pub mod send;
pub mod thread;
pub mod whom;
