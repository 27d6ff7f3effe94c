//! The desk of a task: what everybody finds on its page, drafts, files, what was sent, reviews.

pub mod actions;
pub mod again;
pub mod begun;
pub mod claimed;
pub mod context;
pub mod drafts;
pub mod files;
pub mod frame;
pub mod judged;
pub mod kept_file;
pub mod members;
pub mod ods;
pub mod parts;
pub mod plan_actions;
pub mod replies;
pub mod results;
pub mod review;
pub mod review_check;
pub mod rows;
pub mod search;
pub mod second_thoughts;
pub mod signing_actions;
pub mod take_back;
pub mod teams;
pub mod unasked;
pub mod working;
