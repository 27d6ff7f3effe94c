//! The words that are signed. A signature binds their digest, so they are made here from the journey alone.

use crate::{journey::Journey, process::TaskSpec};

/// The words to sign for a task, as shown and as hashed.
#[must_use]
pub fn words(journey: &Journey, spec: &TaskSpec) -> String {
    let capabilities: Vec<String> =
        journey.opening.capabilities.iter().map(|c| format!("{} {}", c.capability.title(), c.version)).collect();
    format!(
        "{label}\n\nJourney {reference}\nProduct: {product}\nCapabilities: {capabilities}\n\n\
         I have authority to sign for my organisation. I have read what is recorded on this journey and agree to it for this \
         product and these capabilities. GP Connect is used for the direct care of patients only.",
        label = spec.label,
        reference = journey.reference,
        product = journey.opening.product,
        capabilities = capabilities.join(", "),
    )
}
