//! What comes from a trace or from the user's own command line, quoted for each shell.

pub(super) use crate::rules::engine::fill::{is_plain, quote_posix, quote_powershell};

/// Arguments of a command line in a POSIX shell.
pub(super) fn posix(arguments: &[String]) -> String {
    join(arguments, quote_posix)
}

/// Arguments in `PowerShell`.
pub(super) fn powershell(arguments: &[String]) -> String {
    join(arguments, quote_powershell)
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
    use proptest::prelude::*;

    #[test]
    fn nothing_in_an_argument_means_anything_to_cmd() {
        assert_eq!(quote_cmd("a&b %PATH%"), "^\"a^&b^ ^%PATH^%^\"");
        assert_eq!(
            cmd(&["patch".into(), "--call".into(), "my trace".into()]),
            "patch --call ^\"my^ trace^\""
        );
        assert_eq!(posix(&["patch".into(), "it's".into()]), r"patch 'it'\''s'");
        assert_eq!(posix(&["-o".into()]), "'-o'");
    }

    /// A line as the prompt of cmd.exe reads it, after its documented phases: variables between percent
    /// signs, then carets and quotes. `Err` if a character with a meaning is left outside of quotes.
    fn read_by_cmd(line: &str) -> Result<String, char> {
        let defined = ["PATH", "A", "TEMP"];
        let mut expanded = String::new();
        let mut rest = line;
        while let Some(at) = rest.find('%') {
            let behind = &rest[at + 1..];
            expanded.push_str(&rest[..at]);
            let name = behind.split_once('%').map(|(name, _)| name);
            let is_defined =
                |name: &&str| defined.iter().any(|known| known.eq_ignore_ascii_case(name));
            if let Some(name) = name.filter(is_defined) {
                expanded.push_str("EXPANDED");
                rest = &behind[name.len() + 1..];
            } else {
                expanded.push('%');
                rest = behind;
            }
        }
        expanded.push_str(rest);
        let mut out = String::new();
        let mut quoted = false;
        let mut chars = expanded.chars();
        while let Some(c) = chars.next() {
            match c {
                '^' if !quoted => out.extend(chars.next()),
                '"' => {
                    quoted = !quoted;
                    out.push(c);
                }
                '&' | '|' | '<' | '>' | '(' | ')' if !quoted => return Err(c),
                c => out.push(c),
            }
        }
        Ok(out)
    }

    /// Arguments as the C runtime of Windows takes a command line apart.
    fn arguments(line: &str) -> Vec<String> {
        let mut all = Vec::new();
        let mut current: Option<String> = None;
        let mut quoted = false;
        let mut backslashes = 0;
        for c in line.chars() {
            if c == '\\' {
                backslashes += 1;
                continue;
            }
            let own = current.get_or_insert_default();
            if c == '"' {
                own.push_str(&"\\".repeat(backslashes / 2));
                if backslashes % 2 == 1 {
                    own.push('"');
                } else {
                    quoted = !quoted;
                }
            } else {
                own.push_str(&"\\".repeat(backslashes));
                if (c == ' ' || c == '\t') && !quoted {
                    all.extend(current.take().filter(|text| !text.is_empty()));
                } else {
                    own.push(c);
                }
            }
            backslashes = 0;
        }
        if let Some(own) = &mut current {
            own.push_str(&"\\".repeat(backslashes));
        }
        all.extend(current);
        all
    }

    /// A literal as PowerShell reads it; `None` if it ends before the text does.
    fn read_by_powershell(literal: &str) -> Option<String> {
        let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
        let mut chars = literal.chars().peekable();
        chars.next().filter(|c| *c == '\'')?;
        let mut out = String::new();
        while let Some(c) = chars.next() {
            if is_quote(c) {
                match chars.peek() {
                    None => return Some(out),
                    Some(next) if is_quote(*next) => out.extend(chars.next()),
                    Some(_) => return None,
                }
            } else {
                out.push(c);
            }
        }
        None
    }

    /// Texts full of what shells know.
    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "'", "\"", "$(id)", "`id`", "%PATH%", "%a%", "^", "&", "|", "<", ">", "!", "\\", "(",
            ")", " ", "\u{2018}", "\u{2019}", "\u{201b}", "\u{202e}", "a", ";", "--x", "=", ",",
        ]);
        let any = prop_oneof![pieces.prop_map(str::to_owned), "\\PC{0,4}"];
        prop::collection::vec(any, 1..8).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn cmd_hands_on_exactly_the_argument(text in hostile()) {
            let line = read_by_cmd(&cmd(&["x".to_owned(), text.clone()]));
            prop_assert!(line.is_ok(), "{} is open: {line:?}", cmd(&[text]));
            prop_assert_eq!(arguments(&line.unwrap()), vec!["x".to_owned(), text]);
        }

        #[test]
        fn powershell_reads_exactly_the_literal(text in hostile()) {
            prop_assert_eq!(read_by_powershell(&quote_powershell(&text)), Some(text));
        }
    }
}
