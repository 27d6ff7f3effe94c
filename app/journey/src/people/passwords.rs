//! Passwords that are guessed first: those that many people use (`passwords/README.md` says where the list is from), the
//! same with a few digits or signs around them, runs and repetitions, and the names of this service.

/// Shortest password. Length is what counts (NCSC: three random words); no rules about characters.
pub const PASSWORD_MIN: usize = 12;

/// Longest password, so that hashing stays bounded.
pub const PASSWORD_MAX: usize = 200;

/// In lower case, in the order of their bytes, one a line.
const LIST: &str = include_str!("../../passwords/common.txt");

/// The password of the people of the demo: everybody knows it.
pub const DEMO: &str = "river copper lantern";

/// Words that are tried first wherever they are the name of the place. Letters only.
const HERE: [&str; 4] = ["gpconnect", "onboarding", "england", "nhs"];

/// Letters that have to be left beside the names of this service.
const LEFT: usize = 6;

/// Neighbours on a keyboard.
const ROWS: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Whether a password would be among the first that somebody tries.
#[must_use]
pub fn is_common(password: &str) -> bool {
    let folded = password.to_lowercase();
    let bare: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let stem = folded.trim_matches(|c: char| !c.is_alphabetic());
    let stem_as_said: String = stem.chars().filter_map(as_said).collect();
    folded == DEMO
        || [folded.as_str(), bare.as_str(), stem, stem_as_said.as_str()].into_iter().any(is_listed)
        || is_named_after_this(&bare)
        || repeats(&folded)
        || runs(&folded)
}

/// Whether a word is in the list.
fn is_listed(word: &str) -> bool {
    let (mut low, mut high) = (0, LIST.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = LIST[..middle].rfind('\n').map_or(0, |end| end + 1);
        let line = LIST[start..].lines().next().unwrap_or_default();
        match line.cmp(word) {
            std::cmp::Ordering::Less => low = start + line.len() + 1,
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

/// The letter that a sign or a digit is written for.
fn as_said(c: char) -> Option<char> {
    let letter = match c {
        '@' | '4' => 'a',
        '3' | '€' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' | '+' => 't',
        other => other,
    };
    letter.is_alphanumeric().then_some(letter)
}

/// Nothing much is left of it without the names of this service.
fn is_named_after_this(bare: &str) -> bool {
    let without = HERE.iter().fold(bare.to_owned(), |left, word| left.replace(word, " "));
    without.len() < bare.len() && without.chars().filter(|c| c.is_alphabetic()).count() < LEFT
}

/// A few characters, again and again: fewer than a password has.
fn repeats(folded: &str) -> bool {
    let all: Vec<char> = folded.chars().collect();
    let shortest = crate::people::passwords::PASSWORD_MIN.min(all.len() / 2 + 1);
    (1..shortest).any(|period| all.iter().zip(&all[period..]).all(|(earlier, later)| earlier == later))
}

/// Made of runs of four characters and more: of the alphabet, of numbers, of a row of the keyboard, either way.
fn runs(folded: &str) -> bool {
    let all: Vec<char> = folded.chars().collect();
    let breaks = all.windows(2).filter(|two| !follows(two[0], two[1])).count();
    (breaks + 1) * 4 <= all.len()
}

fn follows(one: char, next: char) -> bool {
    let on_a_row = ROWS.iter().any(|row| {
        let place = |c: char| row.chars().position(|other| other == c);
        matches!((place(one), place(next)), (Some(a), Some(b)) if a.abs_diff(b) == 1)
    });
    u32::from(one).abs_diff(u32::from(next)) <= 1 || on_a_row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        let all: Vec<&str> = LIST.lines().collect();
        assert_eq!(all.len(), 20_000);
        assert!(all.windows(2).all(|two| two[0] < two[1]), "in order, each once");
        assert!(all.iter().all(|word| word.len() >= 5 && word.is_ascii() && *word == word.to_lowercase()));
        assert!(all.iter().all(|word| is_listed(word)), "each is found");
        assert!(all.iter().filter(|word| word.len() >= crate::people::passwords::PASSWORD_MIN).count() >= 10_000);
        for none in ["", "a", "three random words", "zzzzzzzzzzzzzzzzzzzzzz", "~"] {
            assert!(!is_listed(none), "{none}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for password in [
            "password12345",
            "Password12345!",
            "P@ssw0rd-2026",
            "123456789012",
            "qwertyuiop12",
            "1qaz2wsx3edc",
            "iloveyou1234",
            "thisismypassword",
            "2026Sunshine!!",
            "passwordpassword",
            "abcabcabcabcab",
            "abcdefghijkl",
            "zyxwvutsrqpo",
            "asdfghjkl;'#",
            "aaaabbbbcccc",
            "GP Connect 2026",
            "gpconnectonboarding",
            "NHS-England-2026!",
            DEMO,
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn what_nobody_guesses_first_is_taken() {
        for password in [
            "three random words",
            "other random words",
            "quiet harbour lantern",
            "correct horse battery",
            "xK9#mQ2$vL5p",
            "onboarding walnut trumpet",
            "zwölf Boxkämpfer jagen",
            "短い言葉を三つ並べる文",
            "4711-0815-9321-7",
        ] {
            assert!(!is_common(password), "{password}");
        }
    }
}
