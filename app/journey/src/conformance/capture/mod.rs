//! Readers of captures.
