//! Signing by a link in a letter: what its pages send.

use journey::port::Letter;

use super::world::{fields_of, signing};

pub const SHARING: &str = "data-sharing-agreement";

/// The form with which somebody signs whose link this is.
pub fn signed_with(link: &str, words: &str) -> Vec<(String, String)> {
    let mut fields = fields_of(&signing(SHARING));
    fields.extend([("token".to_owned(), token_of(link)), ("words".to_owned(), words.to_owned())]);
    fields
}

/// The token of a link.
pub fn token_of(link: &str) -> String {
    link.trim_start_matches("/sign/").to_owned()
}

/// The newest code among letters.
pub fn code_in(letters: &[Letter]) -> String {
    let letter = letters.iter().rev().find(|letter| letter.id.starts_with("sign-code-")).expect("a letter with a code");
    letter.body.split_once("Your code is ").unwrap().1[..6].to_owned()
}
