//! What is said to the person at the terminal.

use std::io::{Write as _, stdout};

/// Prints a line. Whoever reads no further (`| head`) is no fault: nothing more is said then, and the work goes on.
pub(crate) fn say(line: &str) {
    let _ = writeln!(stdout().lock(), "{line}");
}
