//! Secrets in markup: elements of XML, fields of HTML forms, and a value beside the name that says what
//! it is.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::names::is_secret_name;
use super::pair::is_evidence;
use super::shape::pattern;
use super::value::{MAX_VALUE, value_at};
use crate::text::readable::clip;

/// XML: `<password>…</password>`, with whatever is inside.
pub(super) fn elements(text: &str) -> Vec<Range<usize>> {
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

/// `<input name="code" value="…">` and `<meta name="csrf-token" content="…">`, their attributes in any
/// order.
pub(super) fn fields(text: &str) -> Vec<Range<usize>> {
    static TAG: OnceLock<Regex> = OnceLock::new();
    static NAME: OnceLock<Regex> = OnceLock::new();
    static VALUE: OnceLock<Regex> = OnceLock::new();
    if !text.contains('<') {
        return Vec::new();
    }
    let tag = pattern(&TAG, r"<(?i-u:input|meta|add)[ \t\r\n][^<>]*>");
    let name = pattern(
        &NAME,
        r#"(?i-u:[ \t\r\n](?:name|id|key|type))=["']([^"']{1,60})["']"#,
    );
    let value = pattern(
        &VALUE,
        r#"(?i-u:[ \t\r\n](?:value|content))=(?:"([^"]+)"|'([^']+)')"#,
    );
    let mut ranges = Vec::new();
    for tag in tag.find_iter(text) {
        let secret = |found: regex::Captures<'_>| is_secret_name(&found[1]);
        if !name.captures_iter(tag.as_str()).any(secret) {
            continue;
        }
        let found = value.captures(tag.as_str());
        let group = found.and_then(|found| Some(found.get(1).or(found.get(2))?.range()));
        if let Some(value) = group {
            let range = tag.start() + value.start..tag.start() + value.end;
            if !is_evidence("", &text[range.clone()]) {
                ranges.push(range);
            }
        }
    }
    ranges
}

/// `"name": "clientSecret", "value": "…"`, and the same in YAML and in attributes.
pub(super) fn named_values(text: &str) -> Vec<Range<usize>> {
    static NAMED: OnceLock<Regex> = OnceLock::new();
    // A pattern costs more to compile than most texts to search.
    let mut signs = memchr::memchr2_iter(b':', b'=', text.as_bytes());
    let is_of_value = |sign: usize| {
        let before = text[..sign].trim_end_matches(['\\', '"', '\'', ' ', '\t']);
        let ends = |word: &str| {
            let start = before.len().checked_sub(word.len());
            start.is_some_and(|at| before.as_bytes()[at..].eq_ignore_ascii_case(word.as_bytes()))
        };
        ["value", "val", "default", "content", "text"]
            .iter()
            .any(|word| ends(word))
    };
    if !signs.any(is_of_value) {
        return Vec::new();
    }
    let named = pattern(
        &NAMED,
        r#"(?i-u:(?:\b|_)(?:name|key|label|id)\\*["']?[ \t]*[:=][ \t]*)\\*["']?([A-Za-z_][A-Za-z0-9_.:-]{1,60})\\*["']?[ \t\r\n,;]{1,40}\\*["']?(?i-u:value|val|default|content|text)\\*["']?[ \t]*[:=][ \t]*"#,
    );
    let mut ranges = Vec::new();
    for found in named.captures_iter(text) {
        let at = found.get(0).expect("group 0 is the match").end();
        if !is_secret_name(&found[1]) {
            continue;
        }
        if let Some(value) = value_at(text, at)
            && !is_evidence(&found[1], &text[value.inner.clone()])
        {
            ranges.push(value.inner);
        }
    }
    ranges
}
