//! What Python prints of its values: dictionaries as JSON, byte strings as bytes.

use crate::ingest::literal::escape;

/// How deep dictionaries may lie in each other.
const MOST_DEPTH: usize = 128;

/// The JSON that a printed dictionary or list stands for; `None` if it holds other objects.
///
/// What breaks off becomes JSON that breaks off at the same place.
pub(super) fn to_json(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut depth = 0_usize;
    while let Some(first) = rest.chars().next() {
        match first {
            '\'' | '"' => {
                let (value, closed, behind) = string(&rest[1..], first);
                let quoted = serde_json::to_string(&value).ok()?;
                out.push_str(if closed {
                    &quoted
                } else {
                    quoted.strip_suffix('"')?
                });
                rest = behind;
                continue;
            }
            '{' | '[' | '(' => {
                depth += 1;
                out.push(if first == '{' { '{' } else { '[' });
            }
            '}' | ']' | ')' => {
                depth = depth.checked_sub(1)?;
                out.push(if first == '}' { '}' } else { ']' });
            }
            ',' | ':' | ' ' | '\n' | '\t' => out.push(first),
            _ => {
                let end = rest
                    .find([',', '}', ']', ')', ':', ' ', '\n', '{', '[', '('])
                    .unwrap_or(rest.len());
                let (word, behind) = rest.split_at(end);
                out.push_str(match word {
                    "None" => "null",
                    "True" => "true",
                    "False" => "false",
                    // The prefix of a string, as Python 2 prints it.
                    _ if behind.is_empty() || is_number(word) => word,
                    _ => match word.strip_prefix(['u', 'b']) {
                        Some(quoted) if quoted.starts_with(['\'', '"']) => {
                            rest = &rest[1..];
                            continue;
                        }
                        _ => return None,
                    },
                });
                rest = behind;
                continue;
            }
        }
        if depth > MOST_DEPTH {
            return None;
        }
        rest = &rest[first.len_utf8()..];
    }
    Some(out)
}

fn is_number(word: &str) -> bool {
    word.bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'))
}

/// The string whose opening `quote` is behind us, whether it is closed, and what follows it.
fn string(text: &str, quote: char) -> (String, bool, &str) {
    let mut value = String::new();
    let mut rest = text;
    while let Some(at) = rest.find([quote, '\\']) {
        value.push_str(&rest[..at]);
        if rest[at..].starts_with(quote) {
            return (value, true, &rest[at + quote.len_utf8()..]);
        }
        rest = &rest[at + 1..];
        rest = &rest[escape(rest, &mut value).unwrap_or(rest.len())..];
    }
    value.push_str(rest);
    (value, false, "")
}

/// The bytes of a printed byte string (`b'…'`, or `'…'` as Python 2 prints it).
pub(super) fn bytes(literal: &str) -> Option<Vec<u8>> {
    let literal = literal.trim();
    let literal = literal.strip_prefix('b').unwrap_or(literal);
    let quote = literal.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut bytes = Vec::with_capacity(literal.len());
    let mut rest = &literal[1..];
    while let Some(at) = rest.find([quote, '\\']) {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        if rest[at..].starts_with(quote) {
            return Some(bytes);
        }
        rest = &rest[at + 1..];
        let digits = rest.strip_prefix('x').and_then(|rest| rest.get(..2));
        if let Some(byte) = digits.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &rest[3..];
            continue;
        }
        let mut text = String::new();
        rest = &rest[escape(rest, &mut text).unwrap_or(rest.len())..];
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionaries_become_json() {
        for (python, json) in [
            (
                "{'a': None, 'b': [True, False, -1.5], 'c': \"it's\"}",
                r#"{"a": null, "b": [true, false, -1.5], "c": "it's"}"#,
            ),
            (
                r"{'a': 'x\'y\\z\n\u00e9\xe9'}",
                "{\"a\": \"x'y\\\\z\\né\u{e9}\"}",
            ),
            ("{u'a': (1, 2)}", r#"{"a": [1, 2]}"#),
            ("{'a': {'b': 'c", r#"{"a": {"b": "c"#),
        ] {
            assert_eq!(to_json(python).as_deref(), Some(json), "{python}");
        }
        assert_eq!(to_json("{'a': <object at 0x1>}"), None);
        assert_eq!(to_json("{'a': datetime.datetime(2024, 1, 1)}"), None);
    }

    #[test]
    fn byte_strings_become_bytes() {
        assert_eq!(
            bytes(r"b'PUT /a\r\n\xc3\xa9'").unwrap(),
            b"PUT /a\r\n\xc3\xa9"
        );
        assert_eq!(bytes("\"it's\"").unwrap(), b"it's");
        assert_eq!(bytes("x"), None);
    }
}
