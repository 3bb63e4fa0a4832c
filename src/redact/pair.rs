//! A secret beside its name in running text: `name=value`, `"name":"value"`, `name: value`.

use std::sync::OnceLock;

use regex::Regex;

use super::mask::Kind;
use super::scrub::Scrubber;
use super::shape::{is_opaque, pattern};
use crate::secret::value::bare_end;
use crate::secret::{is_certain, is_null_word, is_secret_header, is_secret_name};

/// The most words that a pass phrase has.
const LONGEST_PHRASE: usize = 8;

/// How a value is set off from what follows.
enum Delimiter {
    /// A quote with so many backslashes before it.
    Quote(char, usize),
    /// Nothing: behind `=`, `%3D`, or `:`.
    Equals,
    EncodedEquals,
    Colon,
}

impl Scrubber {
    /// `text` without the values of secret names.
    pub(super) fn pairs(&mut self, text: &str) -> Option<String> {
        static NAME: OnceLock<Regex> = OnceLock::new();
        let name = pattern(
            &NAME,
            r#"(?-u)([A-Za-z_][A-Za-z0-9_.-]{1,60})(\\*["'])?[ \t]{0,4}(=|:|%3[dD])[ \t]{0,4}(\\*["'])?"#,
        );
        let mut out = String::new();
        let mut copied = 0;
        let mut at = 0;
        while let Some(found) = name.captures_at(text, at) {
            let (Some(all), Some(word)) = (found.get(0), found.get(1)) else {
                break;
            };
            at = all.end();
            let key = word.as_str().rsplit('.').next().unwrap_or_default();
            if !is_secret_name(key) && !is_secret_header(key) {
                // What looked like the separator may belong to the next name.
                at = word.end();
                continue;
            }
            let delimiter = match (found.get(4), &found[3]) {
                (Some(quote), _) => Delimiter::Quote(
                    if quote.as_str().ends_with('"') {
                        '"'
                    } else {
                        '\''
                    },
                    quote.len() - 1,
                ),
                (None, "=") => Delimiter::Equals,
                (None, ":") => Delimiter::Colon,
                (None, _) => Delimiter::EncodedEquals,
            };
            let value = value_of(text, at, &delimiter);
            // `name: "…"` with an unquoted name is also how logs say what became of something.
            let sentence = found.get(2).is_none()
                && &found[3] == ":"
                && value.split_whitespace().count() > LONGEST_PHRASE;
            if sentence {
                continue;
            }
            if let Some(masked) = self.pair(key, value, &delimiter) {
                out.push_str(&text[copied..at]);
                out.push_str(&masked);
                copied = at + value.len();
            }
            at += value.len();
        }
        if copied == 0 {
            return None;
        }
        out.push_str(&text[copied..]);
        Some(out)
    }

    fn pair(&mut self, name: &str, value: &str, delimiter: &Delimiter) -> Option<String> {
        let told = !matches!(delimiter, Delimiter::Colon);
        let (certain, least) = match (is_certain(name), told) {
            (true, true) => (true, 1),
            (true, false) => (false, 6),
            (false, _) => (false, 12),
        };
        // Tokens are taken apart by their own function.
        let bracket = value.starts_with(['{', '[']);
        if is_null_word(value)
            || bracket
            || value.starts_with("eyJ")
            || !(certain || is_opaque(value, least))
        {
            return None;
        }
        self.secret(value, Kind::Member)
    }
}

/// The value that begins at `at`.
fn value_of<'t>(whole: &'t str, at: usize, delimiter: &Delimiter) -> &'t str {
    let text = &whole[at..];
    let end = match delimiter {
        Delimiter::Quote(quote, escapes) => closing(text, *quote, *escapes),
        Delimiter::Equals => {
            let end = text.find(['&', ';', '"', '\'', '<', '>', '\r', '\n', '\\']);
            let listed = end.is_some_and(|end| text[end..].starts_with(';'));
            // Blanks belong to a value only in a list with semicolons.
            match end {
                Some(end) if listed => end,
                _ => bare_end(whole, at) - at,
            }
        }
        Delimiter::EncodedEquals => {
            let end = text
                .find(['&', ';', '"', '\'', '<', '>', ' ', '\r', '\n', '\\'])
                .unwrap_or(text.len());
            let lower = text[..end].to_ascii_lowercase();
            ["%26", "%3b", "%22", "%20"]
                .iter()
                .filter_map(|mark| lower.find(mark))
                .min()
                .unwrap_or(end)
        }
        Delimiter::Colon => bare_end(whole, at) - at,
    };
    &text[..end]
}

/// Where the quote stands that closes what was opened behind `escapes` backslashes: the next one
/// with no more of them.
fn closing(text: &str, quote: char, escapes: usize) -> usize {
    for (at, _) in text.match_indices(quote) {
        let before = text[..at].bytes().rev().take_while(|b| *b == b'\\').count();
        if before <= escapes {
            return at - before;
        }
    }
    // An unclosed quote: a cut text, or an apostrophe.
    text.find(['\r', '\n']).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_their_quotes_do() {
        for (text, value) in [
            (r#""pwd":"a'b" c"#, "a'b"),
            (r#"\"pwd\":\"a\\\"b\" c"#, r#"a\\\"b"#),
            ("pwd='a\"b' c", "a\"b"),
            ("pwd=a b;x=y", "a b"),
            ("pwd=ab xy", "ab"),
            ("pwd%3Dab%26x", "ab"),
            ("pwd=ab&x=1", "ab"),
        ] {
            let mut scrubber = Scrubber::new([5; 16], false);
            let out = scrubber.pairs(text).unwrap_or_default();
            let (front, back) = text.split_once(value).unwrap();
            assert!(
                out.starts_with(&format!("{front}REDACTED-")) && out.ends_with(back),
                "{text} -> {out}"
            );
        }
    }
}
