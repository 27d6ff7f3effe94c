//! A run as a text of its own: what was said when it was opened and every exchange, each as the text that its digest is of.

use serde_json::json;

use crate::practice::{
    exchange::{Kept, is_whole},
    run::LiveRun,
};

/// What such a text says of itself.
const ABOUT: &str = "A live run. The digest of each entry is SHA-256 of the bytes of its \"exchange\" in this file; \"before\" in it is the digest of the entry before, in the first one of \"opened\".";

/// The run as it stands. What is held back is in it for the supplier alone; without it the text of a closed run is the same for
/// whoever asks, so that its digest is that of the run.
#[must_use]
pub fn text(run: &LiveRun, kept: &[Kept], closed: Option<&str>, held_back: bool) -> String {
    let facts = json!({
        "about": ABOUT,
        "head": run.head, "entries": kept.len(), "whole": is_whole(&run.opened, kept, &run.head), "closed": closed,
    });
    // The texts go in as they are: their bytes are what the digests are of.
    let mut text = format!("{{\"run\":{facts},\n\"opened\":{},\n\"exchanges\":[", run.opened.text());
    for (at, one) in kept.iter().enumerate() {
        let secret = if held_back { json!(one.held_back) } else { json!([]) };
        let comma = if at == 0 { "" } else { "," };
        text.push_str(&format!("{comma}\n{{\"digest\":\"{}\",\"heldBack\":{secret},\n\"exchange\":{}}}", one.digest(), one.text));
    }
    text.push_str("\n]}\n");
    text
}
