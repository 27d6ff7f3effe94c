//! The SCAL catalogue: its rows, its editions, and what of it a journey answers.

pub mod csv;
pub mod editions;
pub mod row;
pub mod scal;
pub mod withdrawal;
