//! Finds an entry's URL without reading the entry.
//!
//! Nearly all entries of a large trace are pictures, scripts and telemetry; knowing their
//! URL is enough to pass them by.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::ingest::json::plain;
use crate::ingest::nesting::{Nesting, word_end};

/// What the first bytes of an entry say about its URL.
#[derive(Debug, PartialEq)]
pub(super) enum Url<'a> {
    /// This is it.
    Known(Cow<'a, str>),
    /// The bytes end before it.
    NotYet,
    /// The entry has no URL where one belongs, or is no JSON.
    Absent,
}

/// Looks for `request.url` in the beginning of an entry.
///
/// Of keys written twice the first counts here; the decoded entry has the last.
pub(super) fn request_url(entry: &[u8]) -> Url<'_> {
    match find_field(entry, b"\"request\"") {
        Field::Found(request) if request.first() == Some(&b'{') => {
            match find_field(request, b"\"url\"") {
                Field::Found(value) => string(value),
                Field::NotYet => Url::NotYet,
                Field::Absent => Url::Absent,
            }
        }
        Field::NotYet => Url::NotYet,
        Field::Found(_) | Field::Absent => Url::Absent,
    }
}

/// `request` of an entry that breaks off behind it.
pub(super) fn complete_request(entry: &[u8]) -> Option<&[u8]> {
    match find_field(entry, b"\"request\"") {
        Field::Found(request) => request.get(..value_end(request)?),
        Field::NotYet | Field::Absent => None,
    }
}

/// The string `value` begins with.
fn string(value: &[u8]) -> Url<'_> {
    let Some(end) = value_end(value) else {
        return Url::NotYet;
    };
    let raw = std::str::from_utf8(&value[..end]).ok();
    match raw.and_then(|raw| serde_json::from_str::<&RawValue>(raw).ok()) {
        Some(raw) if raw.get().starts_with('"') => Url::Known(plain(raw)),
        _ => Url::Absent,
    }
}

enum Field<'a> {
    /// The bytes from the field's value on.
    Found(&'a [u8]),
    NotYet,
    Absent,
}

/// Looks for the field whose quoted name is `name` in the object `bytes` begin with.
fn find_field<'a>(bytes: &'a [u8], name: &[u8]) -> Field<'a> {
    if bytes.first() != Some(&b'{') {
        return if bytes.is_empty() {
            Field::NotYet
        } else {
            Field::Absent
        };
    }
    let mut rest = &bytes[1..];
    loop {
        rest = skip(rest, b",");
        match rest.first() {
            None => return Field::NotYet,
            Some(b'"') => {}
            Some(_) => return Field::Absent,
        }
        let Some(end) = value_end(rest) else {
            return Field::NotYet;
        };
        let key = &rest[..end];
        rest = skip(&rest[end..], b":");
        if rest.is_empty() {
            return Field::NotYet;
        }
        if key == name {
            return Field::Found(rest);
        }
        match value_end(rest) {
            Some(end) => rest = &rest[end..],
            None => return Field::NotYet,
        }
    }
}

/// `bytes` behind blanks and the one separator in `also`.
fn skip<'a>(bytes: &'a [u8], also: &[u8]) -> &'a [u8] {
    let blank = |byte: &u8| byte.is_ascii_whitespace() || also.contains(byte);
    let at = bytes.iter().position(|byte| !blank(byte));
    &bytes[at.unwrap_or(bytes.len())..]
}

/// Where the value `bytes` begin with ends.
fn value_end(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'{' | b'[' => Nesting::default().advance(bytes),
        b'"' => string_end(bytes),
        _ => word_end(bytes),
    }
}

/// Where the string `bytes` begin with ends.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_url_as_soon_as_it_is_there() {
        let entry = br#"{"_initiator":{"url":"no","x":["}"]},"time":1.5,
            "request" : {"method":"GET", "url":"https:\/\/dev.azure.com/a?b=\"" , "headers":[]},"response":{}}"#;
        let known = Url::Known(Cow::Borrowed("https://dev.azure.com/a?b=\""));
        let first = (0..entry.len())
            .find(|&cut| request_url(&entry[..cut]) != Url::NotYet)
            .unwrap();
        assert_eq!(request_url(&entry[..first]), known);
        assert_eq!(request_url(entry), known);
        assert!(first < entry.len() - 20, "decided at {first}");
    }

    #[test]
    fn an_entry_without_url_has_none() {
        assert_eq!(request_url(br#"{"response":{"url":"x"}}"#), Url::Absent);
        assert_eq!(request_url(br#"{"request":{"url":7}}"#), Url::Absent);
        assert_eq!(request_url(b"null"), Url::Absent);
    }
}
