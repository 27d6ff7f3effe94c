//! How hard sentences are to read: the Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and Chissom, "Derivation of new readability
//! formulas for Navy enlisted personnel", 1975), to which five years are added: a grade is a year of American school, which begins
//! at five or six. Names nothing, so that a test of the server measures its pages with the same file.

/// Vowels that are said, as a rule of thumb: groups of them, without a silent e at the end.
#[must_use]
pub fn syllables(word: &str) -> usize {
    let word: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let vowel = |c: &char| "aeiouyáéíóú".contains(*c);
    let groups = word.iter().enumerate().filter(|(at, c)| vowel(c) && (*at == 0 || !vowel(&word[at - 1]))).count();
    let text: String = word.iter().collect();
    let silent = (text.ends_with('e') && !text.ends_with("le"))
        || (text.ends_with("ed") && !text.ends_with("ted") && !text.ends_with("ded"))
        || text.ends_with("es") && !["ses", "zes", "xes", "ces", "ges", "hes"].iter().any(|end| text.ends_with(end));
    groups.saturating_sub(usize::from(silent && groups > 1)).max(1)
}

/// The Flesch-Kincaid grade of these sentences.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of words become figures")]
pub fn grade<S: AsRef<str>>(sentences: &[S]) -> f64 {
    let words: Vec<&str> = sentences
        .iter()
        .flat_map(|one| one.as_ref().split_whitespace())
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    let said: usize = words.iter().map(|word| syllables(word)).sum();
    0.39 * words.len() as f64 / sentences.len() as f64 + 11.8 * said as f64 / words.len() as f64 - 15.59
}

/// The age, in years, at which these sentences are read without effort.
#[must_use]
pub fn age<S: AsRef<str>>(sentences: &[S]) -> f64 {
    grade(sentences) + 5.0
}
