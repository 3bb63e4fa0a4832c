//! The path of a trace as commands take it.

use crate::text::sanitize;
use crate::text::shell::{is_plain, quote_posix};

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

/// A path as a shell takes it.
pub(crate) fn in_shell(path: &str) -> String {
    if path == STANDARD_INPUT {
        return "-".to_owned();
    }
    let path = not_an_option(&sanitize::line(path));
    if is_plain(&path) {
        path
    } else {
        quote_posix(&path)
    }
}

#[cfg(test)]
mod tests {
    use super::in_shell;

    #[test]
    fn a_path_is_one_word_and_no_option() {
        assert_eq!(in_shell("a/b.har"), "a/b.har");
        assert_eq!(in_shell("-x.har"), "./-x.har");
        assert_eq!(in_shell("it's.har"), r"'it'\''s.har'");
        assert_eq!(in_shell("standard input"), "-");
    }
}
