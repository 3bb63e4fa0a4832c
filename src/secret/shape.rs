//! Credentials that are known by their shape: tokens, keys, passwords in URLs, cookies, and what
//! stands behind the scheme of an `Authorization` field.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::layer::joined;
use super::value::user_info;

/// Where credentials stand in `text`.
///
/// Most texts hold none, and a pattern costs more to compile than such a text to search: each is
/// asked for only where something tells of it.
pub(super) fn shapes(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let tells = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    let long = || {
        text.split(|c: char| c.is_whitespace())
            .any(|word| word.len() >= 40)
    };
    let mut ranges = users(text);
    if tells(&["eyj", "q~", "-----begin"]) || long() {
        ranges.extend(tokens().find_iter(text).map(|found| found.range()));
    }
    if tells(&["cookie"]) {
        ranges.extend(groups(cookies(), text, 1));
    }
    if tells(&["bearer", "basic", "negotiate", "shared"]) {
        // Neither "Basic authentication" nor the parameters of a challenge are a credential.
        let is_lower = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        ranges.extend(groups(schemes(), text, 1).filter(|range| {
            let value = &text[range.clone()];
            let parameter = value.strip_suffix('=').is_some_and(is_lower);
            !(parameter || (value.len() < 15 && is_lower(value)))
        }));
    }
    ranges
}

/// `user:password` in the URLs of a text.
pub(crate) fn users(text: &str) -> Vec<Range<usize>> {
    if !text.contains('@') {
        return Vec::new();
    }
    let mut ranges = Vec::new();
    for mark in ["://", ":\\/\\/"] {
        // Each URL up to the next one.
        let mut start = 0;
        for (number, part) in text.split(mark).enumerate() {
            let stop = |c: char| c.is_whitespace() || "'\"<>".contains(c);
            let url = &part[..part.find(stop).unwrap_or(part.len())];
            if number > 0
                && let Some(end) = user_info(url)
            {
                ranges.push(start..start + end);
            }
            start += part.len() + mark.len();
        }
    }
    joined(ranges)
}

fn tokens() -> &'static Regex {
    static TOKENS: OnceLock<Regex> = OnceLock::new();
    pattern(
        &TOKENS,
        concat!(
            r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}",
            r"|(?-u:\b)[a-z2-7]{52}(?-u:\b)|(?-u:\b)[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?-u:\b)",
            r"|[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
            r"|-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)"
        ),
    )
}

fn cookies() -> &'static Regex {
    static COOKIES: OnceLock<Regex> = OnceLock::new();
    pattern(
        &COOKIES,
        r"(?i-u:\b(?:set-)?cookie2?)['\x22]?: ?([^ \t\r\n=;,]+=[^ \t\r\n;]*(?:; ?[^ \t\r\n=;,]+(?:=[^ \t\r\n;]*)?)*)",
    )
}

/// `Bearer …` and the other schemes of `Authorization`.
fn schemes() -> &'static Regex {
    static SCHEMES: OnceLock<Regex> = OnceLock::new();
    pattern(
        &SCHEMES,
        r"(?i-u:\b(?:bearer|basic|negotiate|sharedaccesssignature|sharedkey)) +([^&; \t\r\n\x22',<>{}]{6,})",
    )
}

/// Where group `number` of each match of `pattern` stands.
pub(super) fn groups<'t>(
    pattern: &'t Regex,
    text: &'t str,
    number: usize,
) -> impl Iterator<Item = Range<usize>> {
    pattern
        .captures_iter(text)
        .filter_map(move |found| Some(found.get(number)?.range()))
}

pub(super) fn pattern(cell: &'static OnceLock<Regex>, text: &str) -> &'static Regex {
    cell.get_or_init(|| Regex::new(text).expect("the pattern is a constant and is tested"))
}
