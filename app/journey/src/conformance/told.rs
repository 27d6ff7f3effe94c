//! Told.
