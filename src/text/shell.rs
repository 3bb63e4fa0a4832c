//! Words of a trace in a command line, quoted for the shell that the command is pasted into.

/// The shells that commands are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shell {
    /// sh, bash, zsh.
    #[default]
    Posix,
    /// `PowerShell` 5 and 7.
    PowerShell,
    /// The prompt of cmd.exe.
    Cmd,
    /// A prompt of Windows, which may be cmd.exe as well as `PowerShell`.
    Windows,
}

impl Shell {
    /// The shell of the platform that the program runs on.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else {
        Self::Posix
    };

    /// `words` as one command line. A path that begins like an option has to be made none before.
    pub fn line<'a>(self, words: impl IntoIterator<Item = &'a str>) -> String {
        let quoted = words.into_iter().map(|word| self.word(word));
        quoted.collect::<Vec<_>>().join(" ")
    }

    /// One word, in quotes where it needs them.
    pub fn word(self, word: &str) -> String {
        let option = word.strip_prefix("--").is_some_and(|name| {
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        });
        let plain = is_plain(word) || option || matches!(word, "-" | "-o");
        let bare = plain
            || match self {
                Self::Windows => is_plain(&word.replace('\\', "/")),
                // At the beginning of a word zsh looks a command up.
                Self::Posix => !word.starts_with('=') && is_plain(&word.replace('=', "/")),
                Self::PowerShell | Self::Cmd => false,
            };
        match self {
            _ if bare => word.to_owned(),
            Self::Posix => quote_posix(word),
            Self::PowerShell => quote_powershell(word),
            Self::Cmd => quote_cmd(word),
            Self::Windows => quote_windows(word),
        }
    }
}

/// Letters that neither bash nor PowerShell nor cmd.exe give a meaning.
pub(crate) fn is_plain(value: &str) -> bool {
    !value.is_empty()
        && !value.starts_with(['-', '@', '~'])
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte))
}

/// Single quotes for a POSIX shell.
pub fn quote_posix(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// Single quotes for `PowerShell`, which takes typographic quotes for quotes too.
pub(crate) fn quote_powershell(value: &str) -> String {
    let mut out = String::from("'");
    for c in value.chars() {
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    out
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

/// Double quotes mean the same to cmd.exe and to `PowerShell`, but for what each of them looks up
/// inside of them. Of a path such a letter becomes `?`, which mendpoint takes for any letter.
fn quote_windows(path: &str) -> String {
    let looked_up = |c: char| {
        c.is_control()
            || matches!(
                c,
                '%' | '!' | '^' | '$' | '`' | '"' | '\u{201c}'..='\u{201f}'
            )
    };
    let mut inside: String = path
        .chars()
        .map(|c| if looked_up(c) { '?' } else { c })
        .collect();
    // A backslash in front of the closing quote would keep it from closing.
    let slashes = inside.len() - inside.trim_end_matches('\\').len();
    inside.push_str(&"\\".repeat(slashes));
    format!("\"{inside}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_in_an_argument_means_anything_to_its_shell() {
        let line =
            |shell: Shell| shell.line(["patch", "--call", "a&calc&.har", "it's $(id) %PATH%"]);
        assert_eq!(
            line(Shell::Cmd),
            "patch --call ^\"a^&calc^&.har^\" ^\"it's^ $^(id^)^ ^%PATH^%^\""
        );
        assert_eq!(
            line(Shell::Posix),
            r"patch --call 'a&calc&.har' 'it'\''s $(id) %PATH%'"
        );
        assert_eq!(
            line(Shell::PowerShell),
            "patch --call 'a&calc&.har' 'it''s $(id) %PATH%'"
        );
        assert_eq!(
            line(Shell::Windows),
            "patch --call \"a&calc&.har\" \"it's ?(id) ?PATH?\""
        );
    }

    #[test]
    fn a_windows_path_stays_readable() {
        assert_eq!(
            Shell::Windows.word(r"C:\Users\sam\t.har"),
            r"C:\Users\sam\t.har"
        );
        assert_eq!(Shell::Windows.word(r"C:\my files\"), r#""C:\my files\\""#);
        assert_eq!(Shell::Posix.word(r"C:\x"), r"'C:\x'");
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
            let line = read_by_cmd(&format!("x {}", quote_cmd(&text)));
            prop_assert!(line.is_ok(), "{} is open: {line:?}", quote_cmd(&text));
            prop_assert_eq!(arguments(&line.unwrap()), vec!["x".to_owned(), text]);
        }

        #[test]
        fn powershell_reads_exactly_the_literal(text in hostile()) {
            prop_assert_eq!(read_by_powershell(&quote_powershell(&text)), Some(text));
        }

        #[test]
        fn at_a_prompt_of_windows_nothing_is_looked_up_or_run(text in hostile()) {
            let word = quote_windows(&text);
            let line = read_by_cmd(&format!("x {word}"));
            prop_assert!(line.is_ok(), "{word} is open: {line:?}");
            let read = arguments(&line.unwrap());
            prop_assert_eq!(read.len(), 2, "{:?}", read);
            prop_assert!(!word[1..].contains(['$', '`', '%']), "{}", word);
        }
    }
}
