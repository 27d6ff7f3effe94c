//! Has anything changed since the last build? Answered by content, so that a fresh checkout or a touched file
//! does not cost a build, and a change never goes unseen.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::tools::Outcome;

/// Every file in `folder`, at any depth, in a fixed order. A file stands for itself.
pub fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    if folder.is_file() {
        return Ok(vec![folder.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        found.extend(files(&entry?.path())?);
    }
    found.sort();
    Ok(found)
}

/// One value for a way of building and everything it reads.
pub fn of(way: &str, inputs: &[&Path]) -> Outcome<String> {
    let mut digest = Sha256::new();
    digest.update(way);
    for input in inputs {
        for file in files(input)? {
            let content = fs::read(&file)?;
            digest.update(file.to_string_lossy().as_bytes());
            digest.update(content.len().to_le_bytes());
            digest.update(content);
        }
    }
    Ok(hex(&digest.finalize()))
}

/// The part of a file's digest that goes into its name.
pub fn short(content: &[u8]) -> String {
    hex(&Sha256::digest(content)[..8])
}

/// Runs `work` unless its product and a stamp with this fingerprint are there already.
pub fn unless_fresh(fingerprint: &str, product: &Path, work: impl FnOnce() -> Outcome) -> Outcome {
    let mut stamp = product.as_os_str().to_owned();
    stamp.push(".stamp");
    if product.exists() && fs::read_to_string(&stamp).is_ok_and(|seen| seen == fingerprint) {
        return Ok(());
    }
    work()?;
    Ok(fs::write(stamp, fingerprint)?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
