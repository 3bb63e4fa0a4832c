//! Texts that JSON or a page holds: the lines of a log as members of objects, and code on a page.

use std::collections::HashMap;

use jiff::Timestamp;
use mail_parser::decoders::html::add_html_token;
use serde_json::{Deserializer, Value};

/// How many texts of one document are tried.
const MOST_TEXTS: usize = 3;

/// How deep members are looked for; a document of a log is flat.
const MOST_DEPTH: usize = 12;

/// The texts that the strings of JSON make, one for each member: of a log each object holds a line.
pub(super) fn in_json(text: &str) -> Vec<String> {
    let text = text.trim_start();
    if !text.starts_with(['{', '[', '"']) {
        return Vec::new();
    }
    let mut texts = HashMap::new();
    let mut bare = String::new();
    for document in documents(text) {
        match document {
            Ok(value) => gather(&value, &mut String::new(), None, 0, &mut texts),
            Err(line) => {
                bare.push_str(line);
                bare.push('\n');
            }
        }
    }
    let mut texts: Vec<String> = texts
        .into_values()
        .filter(|text: &String| text.contains('\n') && super::may_speak_of_endpoints(text))
        .collect();
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts.truncate(MOST_TEXTS);
    for text in &mut texts {
        text.push_str(&bare);
    }
    texts
}

/// The documents in `text`: one, or one a line, among which other lines may stand.
fn documents(text: &str) -> Vec<Result<Value, &str>> {
    let whole: Result<Vec<Value>, _> = Deserializer::from_str(text).into_iter().collect();
    match whole {
        Ok(values) => values.into_iter().map(Ok).collect(),
        Err(_) => text
            .lines()
            .map(|line| serde_json::from_str(line).map_err(|_| line))
            .collect(),
    }
}

/// Adds each string in `value` to the text of the member `path`, behind the time that stands beside it.
fn gather(
    value: &Value,
    path: &mut String,
    time: Option<&str>,
    depth: usize,
    texts: &mut HashMap<String, String>,
) {
    if depth > MOST_DEPTH {
        return;
    }
    let length = path.len();
    match value {
        Value::String(line) => {
            let text = texts.entry(path.clone()).or_default();
            if let Some(time) = time.filter(|_| !text.ends_with(|c| c != '\n')) {
                text.push_str(time);
                text.push(' ');
            }
            text.push_str(line);
            if !line.ends_with('\n') {
                text.push('\n');
            }
        }
        Value::Array(items) => {
            for item in items {
                gather(item, path, time, depth + 1, texts);
            }
        }
        Value::Object(members) => {
            let is_time = |text: &&str| text.parse::<Timestamp>().is_ok();
            let own = members.values().filter_map(Value::as_str).find(is_time);
            for (name, value) in members {
                path.push('/');
                path.push_str(name);
                gather(value, path, own, depth + 1, texts);
                path.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Elements of a page whose text stands as it is.
const AS_IT_IS: [(&str, &str); 3] = [
    ("<pre", "</pre"),
    ("<textarea", "</textarea"),
    ("<code", "</code"),
];

/// The code on a page, or the whole text where only its signs are written as on a page.
pub(super) fn in_page(text: &str) -> Vec<String> {
    if !["&quot;", "&#34;", "&#x22;", "<pre", "<textarea", "<code"]
        .iter()
        .any(|sign| text.contains(sign))
    {
        return Vec::new();
    }
    let parts = AS_IT_IS
        .iter()
        .map(|(begin, end)| elements(text, begin, end));
    let part = parts
        .into_iter()
        .find(|part| super::may_speak_of_endpoints(part));
    let inner = part.unwrap_or_else(|| text.to_owned());
    vec![without_markup(&inner)]
}

/// What stands in the elements of `text` that begin with `begin`.
fn elements(text: &str, begin: &str, end: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(begin) {
        let Some((_, content)) = behind.split_once('>') else {
            break;
        };
        let (content, behind) = content.split_once(end).unwrap_or((content, ""));
        out.push_str(content);
        out.push('\n');
        rest = behind;
    }
    out
}

/// `text` without elements, and its entities as what they stand for.
fn without_markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let is_tag =
            rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        let (last, longest) = if rest.starts_with('&') {
            (b';', LONGEST_ENTITY)
        } else {
            (b'>', LONGEST_TAG)
        };
        let mut signs = rest.bytes().take(longest);
        let end = signs
            .position(|byte| byte == last)
            .filter(|_| is_tag || last == b';');
        let Some(end) = end else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
            continue;
        };
        let (token, behind) = rest.split_at(end + 1);
        if token.starts_with('&') {
            add_html_token(&mut out, token.as_bytes(), false);
        } else if ["<br", "</p", "</div", "</li", "</tr"]
            .iter()
            .any(|tag| token.starts_with(tag))
        {
            out.push('\n');
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Longest name of a sign, in bytes.
const LONGEST_ENTITY: usize = 12;

/// Longest tag, in bytes.
const LONGEST_TAG: usize = 400;

/// How far into a text a string may begin, in bytes.
const MOST_IN_FRONT: usize = 40;

/// The lines of a string that a program printed as it writes strings down, with a sign for each line end.
pub(super) fn in_string(text: &str) -> Vec<String> {
    let written = text.matches("\\n").count();
    if written < 3 || written < 3 * text.lines().count() {
        return Vec::new();
    }
    let mut out = String::with_capacity(text.len());
    let begin = text.find(['"', '\'']).filter(|at| *at <= MOST_IN_FRONT);
    let mut signs = text[begin.map_or(0, |at| at + 1)..].chars();
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            out.push(sign);
            continue;
        }
        match signs.next() {
            Some('n') => out.push('\n'),
            Some('r') => {}
            Some('t') => out.push('\t'),
            Some(same @ ('\\' | '"' | '\'' | '/')) => out.push(same),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    vec![out]
}
