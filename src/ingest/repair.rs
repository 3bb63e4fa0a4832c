//! Makes almost-JSON into JSON, after a strict reader refused it.
//!
//! Only spelling is mended: raw control characters inside strings, unknown escapes, `NaN` and
//! its like, `+1` and `007`, commas before a closing bracket, NUL bytes. Nothing is invented.

use std::fmt::Write as _;

/// Words that other languages write where JSON has another word, longest first.
const WORDS: &[(&str, &str)] = &[
    ("-Infinity", "null"),
    ("undefined", "null"),
    ("Infinity", "null"),
    ("False", "false"),
    ("True", "true"),
    ("None", "null"),
    ("NaN", "null"),
];

/// `text` with its spelling mended.
pub(super) fn repair(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            rest = copy_string(rest, &mut out);
            continue;
        }
        if let Some((word, json)) = WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
            out.push_str(json);
            rest = &rest[word.len()..];
            continue;
        }
        if matches!(first, '+' | '-' | '0'..='9') {
            rest = copy_number(rest, &mut out);
            continue;
        }
        if matches!(first, '}' | ']') && out.trim_end().ends_with(',') {
            out.truncate(out.trim_end().len() - 1);
        }
        if first != '\0' {
            out.push(first);
        }
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// Copies the number `text` begins with, without a plus and zeros before it; returns what stands behind it.
fn copy_number<'a>(text: &'a str, out: &mut String) -> &'a str {
    let symbol = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    let (number, rest) = text.split_at(text.find(|c| !symbol(c)).unwrap_or(text.len()));
    let digits = number.trim_start_matches('+');
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    let bare = digits.trim_start_matches('0');
    let zero = if bare.starts_with(|c: char| c.is_ascii_digit()) {
        ""
    } else {
        "0"
    };
    out.extend([sign, zero, bare]);
    rest
}

/// Copies the string `text` begins with; returns what stands behind it.
fn copy_string<'a>(text: &'a str, out: &mut String) -> &'a str {
    out.push('"');
    let mut chars = text[1..].chars();
    while let Some(next) = chars.next() {
        match next {
            '"' => {
                out.push('"');
                break;
            }
            '\\' => copy_escape(&mut chars, out),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    chars.as_str()
}

/// Copies what follows a backslash, which itself is kept only where JSON knows the escape.
fn copy_escape(chars: &mut std::str::Chars<'_>, out: &mut String) {
    let rest = chars.as_str();
    let hex = rest.strip_prefix('u').and_then(|digits| digits.get(..4));
    let known = match rest.chars().next() {
        Some('u') => hex.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit())),
        Some(next) => "\"\\/bfnrt".contains(next),
        None => false,
    };
    if known {
        out.push('\\');
        out.extend(chars.next());
    } else {
        out.push_str("\\\\");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mends_spelling_and_leaves_strings_alone() {
        let broken =
            "{\"a\":NaN,\"b\":[1,2 , ],\"c\":\"NaN,]\n\\d\\\"\",\"d\":-Infinity,\"e\":True,}\0";
        let mended = repair(broken);
        let value: serde_json::Value = serde_json::from_str(&mended).unwrap();
        assert_eq!(value["c"], "NaN,]\n\\d\"");
        assert_eq!(value["b"], serde_json::json!([1, 2]));
        assert_eq!(value["d"], serde_json::Value::Null);
        assert_eq!(value["e"], true);
        assert_eq!(
            repair("[+0112.5,-007,000,0,0.50,-1e-7,.5]"),
            "[112.5,-7,0,0,0.50,-1e-7,.5]"
        );
    }

    #[test]
    fn good_json_stays_as_it_is() {
        let good = r#"{"a":"\u00e9\\","b":[1,true,null],"c":"x/y\/"}"#;
        assert_eq!(repair(good), good);
    }
}
