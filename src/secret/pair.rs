//! Secrets in running text by the name in front of them: members of JSON, pairs, elements of XML,
//! switches of command lines.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::MASK;
use super::forms::{is_error_code, is_null_word, is_variable};
use super::names::{is_secret_header, is_secret_name};
use super::shape::{groups, pattern};
use super::value::{MAX_VALUE, value_at};
use crate::peel::clip;

/// Quoted names with what stands behind them: `"password": "…"`, at any depth of escaping.
pub(super) fn members(text: &str) -> Vec<Range<usize>> {
    static NAME: OnceLock<Regex> = OnceLock::new();
    let name = pattern(
        &NAME,
        r#"\\*["']([A-Za-z_$][A-Za-z0-9_ $.-]{1,60})\\*["'][ \t\r\n]*[:=][ \t\r\n]*"#,
    );
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(found) = name.captures_at(text, at) {
        at = found.get(0).expect("group 0 is the match").end();
        if !is_secret_name(&found[1]) {
            continue;
        }
        let Some(value) = value_at(text, at) else {
            continue;
        };
        if !is_evidence(&found[1], &text[value.inner.clone()]) {
            at = value.end;
            ranges.push(value.inner);
        }
    }
    ranges
}

/// Names without quotes: `client_secret=…`, `X-Api-Key: …`, `AccountKey=…;`.
pub(super) fn pairs(text: &str) -> Vec<Range<usize>> {
    static PAIR: OnceLock<Regex> = OnceLock::new();
    let pair = pattern(
        &PAIR,
        r"(?:^|[^A-Za-z0-9_.$-])([A-Za-z_][A-Za-z0-9_.-]{1,60})([ \t]?=[ \t]?|[ \t]?:[ \t\r\n]?)",
    );
    let mut ranges = Vec::new();
    let mut from = 0;
    // The value of one may be the name of the next, so each search starts at the sign before it.
    while let Some(found) = pair.captures_at(text, from) {
        let at = found.get(0).expect("group 0 is the match").end();
        let (name, sign) = (&found[1], &found[2]);
        from = at - 1;
        if !is_secret_name(name) && !is_secret_header(name) {
            continue;
        }
        let Some(value) = value_at(text, at) else {
            continue;
        };
        let inner = &text[value.inner.clone()];
        if inner.len() >= 3 && !is_evidence(name, inner) && !is_prose(sign, inner) {
            from = value.end;
            ranges.push(value.inner);
        }
    }
    ranges
}

/// XML: `<password>…</password>`, with whatever is inside.
pub(crate) fn elements(text: &str) -> Vec<Range<usize>> {
    static ELEMENT: OnceLock<Regex> = OnceLock::new();
    if !text.contains('<') {
        return Vec::new();
    }
    let element = pattern(
        &ELEMENT,
        r"<((?:[A-Za-z0-9]+:)?([A-Za-z_][A-Za-z0-9_.-]+))(?:[ \t\r\n][^<>]*)?>",
    );
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(found) = element.captures_at(text, from) {
        from = found.get(0).expect("group 0 is the match").end();
        if !is_secret_name(&found[2]) || found[0].ends_with("/>") {
            continue;
        }
        let value = element_value(text, from, &found[1]);
        if !is_evidence(&found[2], &text[value.clone()]) {
            from = value.end;
            ranges.push(value);
        }
    }
    ranges
}

/// What stands in the element `name` that begins before `at`; of one that never ends, its first word.
fn element_value(text: &str, at: usize, name: &str) -> Range<usize> {
    let inside = clip(&text[at..], MAX_VALUE);
    let closes = |end: &usize| {
        let tag = inside[*end + 2..].get(..name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    };
    let end = memchr::memmem::find_iter(inside.as_bytes(), "</").find(closes);
    let end = end.unwrap_or_else(|| {
        let stop = |c: char| c.is_whitespace() || c == '<';
        inside.find(stop).unwrap_or(inside.len())
    });
    let mut start = at + end - inside[..end].trim_start().len();
    let mut value = inside[..end].trim();
    if let Some(bare) = value.strip_prefix(CDATA) {
        start += CDATA.len();
        value = bare.strip_suffix("]]>").unwrap_or(bare);
    }
    start..start + value.len()
}

/// What begins a text of XML in which nothing is markup.
const CDATA: &str = "<![CDATA[";

/// Command lines: `--password …`, `-ClientSecret …`, `-u user:password`, and what becomes a
/// `SecureString`.
pub(crate) fn switches(text: &str) -> Vec<Range<usize>> {
    static SWITCH: OnceLock<Regex> = OnceLock::new();
    static PLAIN: OnceLock<Regex> = OnceLock::new();
    if !text.contains('-') {
        return Vec::new();
    }
    let switch = pattern(
        &SWITCH,
        r"(?:^|[\s\x22'(\[,])--?([A-Za-z][A-Za-z0-9-]{0,60})[ \t]+",
    );
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(found) = switch.captures_at(text, from) {
        let at = found.get(0).expect("group 0 is the match").end();
        // The blank before the next switch.
        from = at - 1;
        let name = &found[1];
        let user = matches!(name, "u" | "user" | "proxy-user");
        if !user && !is_secret_name(name) {
            continue;
        }
        let Some(value) = value_at(text, at) else {
            continue;
        };
        let inner = &text[value.inner.clone()];
        if user {
            if let Some((user, password)) = inner.split_once(':')
                && !user.is_empty()
                && password.len() >= 3
                && !password.starts_with("//")
            {
                ranges.push(value.inner.end - password.len()..value.inner.end);
            }
        } else if !is_evidence(name, inner) && !goes_on(inner) {
            from = value.end;
            ranges.push(value.inner);
        }
    }
    if text.contains("ecure") {
        let plain = pattern(
            &PLAIN,
            r"(?i-u:ConvertTo-SecureString)(?: +-String)? +(?:\x22([^\x22\n]+)|'([^'\n]+)|([^\s$(-][^\s)]+))",
        );
        ranges.extend((1..=3).flat_map(|number| groups(plain, text, number)));
    }
    ranges
}

/// What stands behind a switch where somebody writes about it.
fn goes_on(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "is",
        "was",
        "are",
        "and",
        "or",
        "option",
        "options",
        "parameter",
        "argument",
        "flag",
        "switch",
        "must",
        "not",
        "for",
        "to",
        "with",
        "has",
        "cannot",
        "can",
        "requires",
        "as",
        "in",
        "the",
        "a",
        "an",
        "of",
        "value",
        "needs",
        "should",
        "does",
        "will",
        "if",
        "when",
        "from",
        "on",
        "instead",
        "that",
        "it",
        "stdin",
    ];
    let word = value.trim_end_matches(['.', ',', ':', '!', '?']);
    value.starts_with('-')
        || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
        || OUTCOMES.contains(&word)
}

/// What messages say of a secret in place of the secret.
const OUTCOMES: &[&str] = &[
    "missing", "required", "expired", "invalid", "empty", "wrong", "revoked", "redacted",
];

/// Behind a colon prose goes on: `token: expired`, `Bearer error="invalid_token"`.
fn is_prose(sign: &str, value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    let word = value
        .trim_end_matches(['.', '!', '?'])
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || b"-/_".contains(&byte));
    if OUTCOMES.contains(&value) {
        return true;
    }
    if sign.contains(':') {
        // The address of a secret, and whom a certificate is for, are not the thing itself.
        let about = value.starts_with("http") || value.starts_with("CN=");
        word || about || value.len() < 6
    } else {
        value.len() < 4
    }
}

/// Values behind a secret's name that are no secret: nothing, a masked one, a variable, and the code
/// of an error.
fn is_evidence(name: &str, value: &str) -> bool {
    let bare = value.trim().trim_matches(['"', '\'']).trim();
    let is_code = name.eq_ignore_ascii_case("code") && is_error_code(bare);
    is_null_word(bare) || bare.contains(MASK) || is_code || is_variable(bare)
}

/// The values of secret parameters of a URL or form as it is written.
pub(super) fn parameters(url: &str) -> Vec<Range<usize>> {
    static VALUE: OnceLock<Regex> = OnceLock::new();
    let value = pattern(&VALUE, r"[?&#;]([^=&#;?]+)=([^&#;]+)");
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(found) = value.captures_at(url, from) {
        let value = found.get(2).expect("the pattern has two groups").range();
        // A URL in a value has parameters of its own.
        from = value.start;
        if is_secret_name(&found[1]) {
            from = value.end;
            ranges.push(value);
        }
    }
    ranges
}
