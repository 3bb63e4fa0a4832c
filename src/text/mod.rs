//! Text that came out of a trace, and text that goes onto a surface: read as a person reads it, and
//! shown without what a terminal would obey.

pub mod codes;
pub mod guid;
pub(crate) mod placeholder;
pub mod readable;
pub mod sanitize;
pub mod sentence;
pub mod shell;
pub mod trace_path;
pub mod url;

/// Whether `word` stands in `text` by itself: no letter or digit before or behind it.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    let inside = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        let behind = &text[at + word.len()..];
        !inside(text[..at].chars().next_back()) && !inside(behind.chars().next())
    })
}
