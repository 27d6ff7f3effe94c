//! The two pictures: drawn on the server from `journey::ecosystem`, public and alive on a journey, with a map that says
//! the same; and the page of each stage that they lead to.

pub mod draw;
pub mod hero;
pub mod icons;
pub mod label;
pub mod map;
pub mod now;
pub mod picture;
pub mod public;
pub mod route;
pub mod spine;
pub mod stages;
pub mod standing;

#[cfg(test)]
mod measured;
