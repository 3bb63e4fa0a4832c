//! Commands of cmd.exe, as browsers copy them for Windows.

use super::{Script, command};
use crate::ingest::literal::Names as _;

/// Runs the command that `text` begins with; gives how much of `text` it was.
pub(super) fn run(text: &str, script: &mut Script) -> usize {
    let (line, length) = uncaret(text, script);
    // Browsers escape every backslash and double it, also where no quote follows.
    let escapes = &text[..length];
    let words = words(
        &line,
        escapes.contains("^\\") || escapes.contains("\\\\\"\""),
    );
    if let Some((name, words)) = words.split_first() {
        command::run(name, words, None, script);
    }
    length
}

/// Whether `line` can only be meant for cmd.exe.
pub(super) fn is_cmd(line: &str) -> bool {
    line.contains("^\"")
        || line.contains("{\"\"")
        || line.trim_end().ends_with('^')
        || line
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("curl.exe")
            && line.contains("\\\"")
}

/// The line as cmd.exe hands it on. A caret takes the meaning from what follows, and outside of quotes
/// joins the next line. Quotes escaped for the program count for nothing here: cmd.exe itself would see
/// the command end at an ampersand between them, and nobody meant that.
fn uncaret(text: &str, script: &mut Script) -> (String, usize) {
    let mut out = String::new();
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '^' if !quoted => {
                let Some((_, mut next)) = chars.next() else {
                    break;
                };
                if next == '\n' {
                    // What follows the joined line end is taken as it is, be it another one.
                    let Some((_, after)) = chars.next() else {
                        break;
                    };
                    next = after;
                    if next == '^' {
                        let Some((_, escaped)) = chars.next() else {
                            break;
                        };
                        next = escaped;
                    } else if next == '"' {
                        quoted = true;
                    }
                }
                out.push(next);
            }
            '\\' if text[at..].starts_with("\\\"") => {
                out.push_str("\\\"");
                chars.next();
            }
            '"' => {
                quoted = !quoted;
                out.push(c);
            }
            '%' => {
                let rest = &text[at + 1..];
                let length = rest
                    .bytes()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
                    .count();
                if length > 0 && rest[length..].starts_with('%') {
                    let name = &rest[..length];
                    let value = script.variable(name);
                    out.push_str(&value.unwrap_or_else(|| script.unknown(name)));
                    while chars
                        .next_if(|(next, _)| *next <= at + 1 + length)
                        .is_some()
                    {}
                } else {
                    out.push(c);
                }
            }
            '\n' => return (out, at + 1),
            '&' if !quoted => return (out, at + 1),
            other => out.push(other),
        }
    }
    (out, text.len())
}

/// The words of a line as programs of Windows split it.
fn words(line: &str, doubled: bool) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\n' if !quoted => words.extend(word.take()),
            '\\' => {
                let mut slashes = 1;
                while chars.next_if_eq(&'\\').is_some() {
                    slashes += 1;
                }
                let word = word.get_or_insert_default();
                if chars.peek() == Some(&'"') {
                    word.extend(std::iter::repeat_n('\\', slashes / 2));
                    if slashes % 2 == 1 {
                        chars.next();
                        word.push('"');
                    }
                } else {
                    let slashes = if doubled {
                        slashes.div_ceil(2)
                    } else {
                        slashes
                    };
                    word.extend(std::iter::repeat_n('\\', slashes));
                }
            }
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                word.get_or_insert_default().push('"');
            }
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_and_quotes_are_undone_as_windows_undoes_them() {
        let mut script = Script::default();
        for (text, expected) in [
            (
                "curl ^\"https://a/?b=c^&d=e^\" ^\n  -H ^\"x: y^\"\n",
                vec!["curl", "https://a/?b=c&d=e", "-H", "x: y"],
            ),
            (
                "curl --data-raw ^\"^{^\\^\"a^\\^\":^\\^\"100^%^ b^\\^\"^}^\"",
                vec!["curl", "--data-raw", "{\"a\":\"100% b\"}"],
            ),
            (
                "curl \"https://a/\" ^\n  -d \"{\\\"a\\\":1}\"",
                vec!["curl", "https://a/", "-d", "{\"a\":1}"],
            ),
            (
                "curl -d \"{\\\"a\\\":\\\"b & c\\\"}\" & rest",
                vec!["curl", "-d", "{\"a\":\"b & c\"}"],
            ),
            ("curl -d ^\"a^\n\nb^\"", vec!["curl", "-d", "a\nb"]),
        ] {
            let (line, _) = uncaret(text, &mut script);
            assert_eq!(words(&line, false), expected, "{text}");
        }
    }
}
