//! Words that people read: [`read`] finds them, [`check`] says what is wrong with them, `age` how hard they are.

#[cfg(test)]
mod age;
#[cfg(test)]
mod ceiling;
mod check;
mod code;
mod read;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::tools::Outcome;

/// Prints what people read in files whose path begins with `place`, and below each line what is wrong with it.
///
/// # Errors
/// When a file cannot be read, or something is wrong with its words.
pub fn print(root: &Path, place: &str) -> Outcome {
    use std::io::Write as _;
    let banned = check::banned()?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut wrong = 0_usize;
    for said in read::everything(root)?.iter().filter(|said| said.file.starts_with(place)) {
        writeln!(out, "{}:{}: {}", said.file, said.line, said.text)?;
        for fault in check::faults(said, &banned) {
            wrong += 1;
            writeln!(out, "    ! {fault}")?;
        }
    }
    out.flush()?;
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} to mend, each after a line with !").into()) }
}
