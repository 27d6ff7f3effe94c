//! What each task asks: its questions, and what is read from what was uploaded.

pub mod agreement;
pub mod end_users;
pub mod forms;
pub mod go_live;
pub mod member_file;
pub mod provider;
pub mod results;
pub mod shipped;
pub mod testing;
pub mod use_case;
pub mod version;
