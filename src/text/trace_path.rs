//! The path of a trace as commands take it.

use crate::text::sanitize;
use crate::text::shell::Shell;

/// What reports call a pipe; to commands it is `-`.
pub const STANDARD_INPUT: &str = "standard input";

/// A path that no command takes for an option; `-` is standard input.
pub fn not_an_option(path: &str) -> String {
    if path.starts_with('-') && path != "-" {
        format!("./{path}")
    } else {
        path.to_owned()
    }
}

/// A path as a word for `shell`.
pub(crate) fn word_in(shell: Shell, path: &str) -> String {
    if path == STANDARD_INPUT {
        return "-".to_owned();
    }
    shell.word(&not_an_option(&sanitize::path(path)))
}

#[cfg(test)]
mod tests {
    use super::{Shell, word_in};

    #[test]
    fn a_path_is_one_word_and_no_option() {
        let word = |path| word_in(Shell::Posix, path);
        assert_eq!(word("a/b.har"), "a/b.har");
        assert_eq!(word("-x.har"), "./-x.har");
        assert_eq!(word("it's.har"), r"'it'\''s.har'");
        assert_eq!(word("standard input"), "-");
        assert_eq!(word("a\n\u{202e}b.har"), "'a??b.har'");
        assert_eq!(
            word_in(Shell::Windows, r"C:\my files\a&b.har"),
            r#""C:\my files\a&b.har""#
        );
    }
}
