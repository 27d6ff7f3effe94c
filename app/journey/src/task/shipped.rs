//! The definitions and the catalogue that this release ships.

use std::sync::LazyLock;

use crate::{
    base::fault::Fault,
    catalogue::editions,
    plan::process::{Process, Processes},
    task::forms,
};

/// The definitions this release ships.
const SHIPPED: &[&str] =
    &[include_str!("../../processes/consumer-2026-1.toml"), include_str!("../../processes/provider-2026-1.toml")];

impl Processes {
    /// Every shipped definition, read once.
    ///
    /// # Errors
    /// Every fault of every definition, with its line: such a release must not start.
    pub fn shipped() -> Result<&'static Processes, &'static [Fault]> {
        static READ: LazyLock<Result<Processes, Vec<Fault>>> = LazyLock::new(|| {
            let mut known = Vec::new();
            let mut faults = Vec::new();
            for text in SHIPPED {
                match Process::read(text) {
                    Ok(process) => {
                        faults.extend(forms::unknown(&process));
                        known.push(process);
                    }
                    Err(found) => faults.extend(found),
                }
            }
            faults.extend(editions::shipped().err().unwrap_or_default().iter().cloned());
            if faults.is_empty() { Ok(Processes::of(known)) } else { Err(faults) }
        });
        READ.as_ref().map_err(Vec::as_slice)
    }
}
