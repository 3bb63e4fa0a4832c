//! What comes from a trace or from the user's own command line, quoted for each shell.

pub(super) use crate::rule::fill::{is_plain, quote_posix, quote_powershell};

/// Arguments of a command line in a POSIX shell.
pub(super) fn posix(arguments: &[String]) -> String {
    join(arguments, quote_posix)
}

/// Arguments at the prompt of cmd.exe.
pub(super) fn cmd(arguments: &[String]) -> String {
    join(arguments, quote_cmd)
}

fn join(arguments: &[String], quote: fn(&str) -> String) -> String {
    let quoted = arguments.iter().map(|argument| {
        let option = argument.strip_prefix("--").is_some_and(|name| {
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        });
        if option || is_plain(argument) {
            argument.clone()
        } else {
            quote(argument)
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// Double quotes keep every letter of a Windows path but the percent sign, which a caret outside of
/// them keeps. A quote cannot stand in a path; the C runtime takes `\"` for one in other arguments.
///
/// cmd.exe toggles at each quote and knows no escape for it, so everything that has a meaning outside
/// of quotes gets a caret, and no quote is left for cmd.exe to see: `^"a^&b^"`.
fn quote_cmd(argument: &str) -> String {
    let mut out = String::from("^\"");
    let mut backslashes = 0;
    for c in argument.chars().filter(|c| !c.is_control()) {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                out.push_str(&"\\".repeat(backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        if "()%!^\"<>&|,;= \t".contains(c) {
            out.push('^');
        }
        out.push(c);
    }
    out.push_str(&"\\".repeat(backslashes));
    out.push_str("^\"");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_argument_means_anything_to_cmd() {
        assert_eq!(quote_cmd("a&b %PATH%"), "^\"a^&b^ ^%PATH^%^\"");
        assert_eq!(quote_cmd("say \"hi\""), "^\"say^ \\^\"hi\\^\"^\"");
        assert_eq!(quote_cmd("C:\\x\\"), "^\"C:\\x\\\\^\"");
        assert_eq!(
            cmd(&["patch".into(), "--call".into(), "my trace".into()]),
            "patch --call ^\"my^ trace^\""
        );
        assert_eq!(posix(&["patch".into(), "it's".into()]), r"patch 'it'\''s'");
        assert_eq!(posix(&["-o".into()]), "'-o'");
    }
}
