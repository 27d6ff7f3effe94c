//! Words, days, differences and ends that every page uses; nothing here knows of a request.

pub mod dates;
pub mod diff;
pub mod halt;
pub mod paths;
pub mod remembered;
pub mod said;
pub mod words;
