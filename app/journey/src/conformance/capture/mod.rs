//! Readers of captures: what people have, made into exchanges. What cannot be read says where and why, and the rest is kept.

pub mod curl;
pub mod decode;
pub mod few;
pub mod files;
pub mod har;
pub mod postman;
pub mod raw;
pub mod read;
pub mod shell;
pub mod tidy;

pub use files::{Capture, Fault, LARGEST, MOST};
pub use read::read;
